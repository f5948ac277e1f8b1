//! Ids: 64-bit integers given in order by the store, never twice.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// The letter that precedes the number where people see it.
            pub const PREFIX: &'static str = $prefix;

            /// Parses the form that people see, such as `C-12`; case does not matter.
            pub fn parse(text: &str) -> Option<Self> {
                let (prefix, number) = text.split_once('-')?;
                if !prefix.eq_ignore_ascii_case($prefix) || number.starts_with(['+', '-']) {
                    return None;
                }
                number.parse().ok().filter(|number| *number > 0).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "-{}"), self.0)
            }
        }
    )*};
}

ids! {
    /// Names a customer: `C-12`.
    CustomerId "C";
    /// Names a contact, a person at a customer: `P-3`.
    ContactId "P";
    /// Names an interaction: `I-5`.
    InteractionId "I";
    /// Names a deal: `D-7`.
    DealId "D";
    /// Names an event in a deal's life: `E-9`.
    DealEventId "E";
    /// Names a task: `T-4`.
    TaskId "T";
    /// Names a rep: `R-2`.
    RepId "R";
    /// Names a product: `G-8`.
    ProductId "G";
    /// Names a target: `Q-1`.
    TargetId "Q";
    /// Names an override of a machine's value: `V-6`.
    OverrideId "V";
    /// Names a stored plan: `L-3`.
    PlanId "L";
    /// Names an operation, one command that wrote: `O-21`.
    OperationId "O";
    /// Names a run of the scoring packs: `S-5`.
    RunId "S";
}

//! Native plugins for kehu, in safe Rust: implement a trait, write one macro, have a pack.
//!
//! A native plugin is a pack like any other: it has a `pack.toml`, which says what its steps need and
//! give, and it explains every value by rules. [`plugin!`] makes a shared library of it; [`entry!`]
//! makes it part of another program.
//!
//! - [`Scorer`], [`Planner`] and [`FollowUp`] are what a step implements.
//! - [`Batch`] has the customers' needed columns; [`Given`] takes what is given, with its reasons, so
//!   that a sum and its parts cannot differ.
//! - [`rules!`] declares the sentences; [`Context`] has the day, the seed, the settings and the state.
//! - [`testing`] runs a plugin under `cargo test`, without loading anything.
//!
//! A panic is caught, told, and ends the call; what Rust cannot catch (a crash of C code, memory that
//! runs out) ends the process in which kehu runs plugins, never kehu.
//!
//! ```
//! use kehu_plugin::{Batch, Context, Given, Output, Result, Rule, Scorer};
//!
//! kehu_plugin::rules! {
//!     QUIET = Rule::new("quiet", "silent for {value} days", "{value} 天未购买").input("recency_days");
//! }
//!
//! struct Silence;
//!
//! impl Scorer for Silence {
//!     const OUTPUTS: &'static [Output] = &[Output::sum("silence", &[QUIET])];
//!
//!     fn new(_: &Context<'_>) -> Result<Self> {
//!         Ok(Self)
//!     }
//!
//!     fn score(&mut self, batch: &Batch<'_>, given: &Given<'_>) -> Result {
//!         let recency = batch.numbers("recency_days")?;
//!         let mut silence = given.sum("silence")?;
//!         for row in 0..batch.rows() {
//!             if let Some(days) = recency.get(row).filter(|days| *days > 30.0) {
//!                 silence.add(row, QUIET, days / 10.0);
//!             }
//!         }
//!         Ok(())
//!     }
//! }
//!
//! kehu_plugin::entry! {
//!     manifest: r#"
//! name = "silence"
//! version = "1.0.0"
//! api = "0.1"
//! [[step]]
//! hook = "score"
//! needs = ["recency_days"]
//! [step.gives.silence]
//! type = "number"
//! "#,
//!     rules: RULES,
//!     steps: { "score" => Scorer(Silence) },
//! }
//!
//! let kit = kehu_plugin::testing::Kit::new(&ENTRY);
//! let customers = kit.customers(2).numbers("recency_days", [Some(5.0), Some(45.0)]);
//! let scored = kit.score("score", &customers).unwrap();
//! assert_eq!(scored.numbers("silence"), [Some(0.0), Some(4.5)]);
//! assert_eq!(scored.reasons("silence", 1), [("quiet", 4.5)]);
//! ```

#[cfg(panic = "abort")]
compile_error!(
    "a plugin of kehu needs panic = \"unwind\": with \"abort\" no panic can be caught and told; take \
     panic = \"abort\" out of the profile in Cargo.toml"
);

mod batch;
mod call;
mod declare;
mod entry;
mod given;
pub mod testing;
mod traits;

pub use batch::{Batch, Codes, Days, Flags, Numbers};
pub use call::{Call, Context, Error, Result};
pub use declare::{Output, Rule, RuleId};
pub use given::{DayColumn, FlagColumn, Given, LabelColumn, NumberColumn, Sum, TextColumn};
pub use traits::{FollowUp, Planner, Scorer};

pub use kehu_abi::Entry;
pub use kehu_contract as contract;
pub use serde_json;

/// What the macros of this crate write; not for authors.
#[doc(hidden)]
pub mod private {
    pub use crate::entry::{Plugin, asked, entry, follow_up_table, planner_table, scorer_table};
    pub use kehu_abi as abi;
}

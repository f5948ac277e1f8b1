//! Rules and reasons: why a customer has the value that it has.

use serde::{Deserialize, Serialize};

use crate::Text;

/// Says how a rule's input is compared with its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// `<`
    #[serde(rename = "<")]
    Less,
    /// `<=`
    #[serde(rename = "<=")]
    AtMost,
    /// `>`
    #[serde(rename = ">")]
    More,
    /// `>=`
    #[serde(rename = ">=")]
    AtLeast,
    /// `==`
    #[serde(rename = "==")]
    Equal,
    /// `~=`
    #[serde(rename = "~=")]
    Unequal,
    /// The input is missing; there is no limit.
    #[serde(rename = "missing")]
    Missing,
}

impl Comparison {
    /// All comparisons, in the order in which help shows them.
    pub const ALL: [Self; 7] = [
        Self::Less,
        Self::AtMost,
        Self::More,
        Self::AtLeast,
        Self::Equal,
        Self::Unequal,
        Self::Missing,
    ];

    /// The sign for it in scripts.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
            Self::Equal => "==",
            Self::Unequal => "~=",
            Self::Missing => "missing",
        }
    }

    /// Parses a sign.
    pub fn parse(sign: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|comparison| comparison.sign() == sign)
    }

    /// True if the comparison holds for an input that is there.
    pub fn holds(self, input: f64, limit: f64) -> bool {
        match self {
            Self::Less => input < limit,
            Self::AtMost => input <= limit,
            Self::More => input > limit,
            Self::AtLeast => input >= limit,
            // Adding 0 makes one zero of the two.
            Self::Equal => (input + 0.0).total_cmp(&(limit + 0.0)).is_eq(),
            Self::Unequal => (input + 0.0).total_cmp(&(limit + 0.0)).is_ne(),
            Self::Missing => false,
        }
    }
}

/// Describes one rule of a pack, declared once when the pack loads.
///
/// A rule with an `input` and a `comparison` is a test: hosts can apply it, and `--why-not` can say
/// that it did not fire. A rule without them is only a sentence that free code refers to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Its name within the pack.
    pub id: String,
    /// The column that it tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// How the input is compared with the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison: Option<Comparison>,
    /// The setting that holds the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setting: Option<String>,
    /// The limit itself: the setting's value, or a figure that the rule states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// The points that it gives where it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<f64>,
    /// The sentence, with `{1}`, `{2}`, … for its arguments; `{value}` is `{1}`, `{limit}` is `{2}`.
    pub text: Text,
    /// The file that declares it, relative to the workspace or the pack.
    pub file: String,
    /// The line that declares it, counted from 1.
    pub line: u32,
    /// That line's own text, without the space around it.
    pub source: String,
}

/// Holds one argument of a reason.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Argument {
    /// A number; NaN is a missing value.
    Number(f64),
    /// The place of a text in [`Reasons::texts`].
    Text(u32),
}

/// Holds one fired rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reason {
    /// The place of the rule in the pack's table.
    pub rule: u16,
    /// The points that it gave; for a label, 0.
    pub points: f64,
    /// Where its arguments end in [`Reasons::arguments`]; they begin where those before it end.
    pub arguments_end: u32,
}

/// Holds the reasons of one column for a batch of customers, in row order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reasons {
    /// For each row, where its reasons end in `entries`; they begin where the row before ends.
    pub ends: Vec<u32>,
    /// The reasons of all rows.
    pub entries: Vec<Reason>,
    /// The arguments of all reasons.
    pub arguments: Vec<Argument>,
    /// The distinct texts among the arguments.
    pub texts: Vec<String>,
}

impl Reasons {
    /// The reasons of one row: each entry with its arguments.
    pub fn of(&self, row: usize) -> impl Iterator<Item = (&Reason, &[Argument])> {
        let start = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        let end = self.ends[row] as usize;
        (start..end).map(|place| {
            let from = if place == 0 { 0 } else { self.entries[place - 1].arguments_end as usize };
            let entry = &self.entries[place];
            (entry, &self.arguments[from..entry.arguments_end as usize])
        })
    }

    /// The sum of a row's points, added in the order in which the reasons fired.
    pub fn points(&self, row: usize) -> f64 {
        self.of(row).fold(0.0, |sum, (reason, _)| sum + reason.points)
    }
}

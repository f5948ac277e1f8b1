//! What `on_event` sees and gives: what a command has written, and what follows from it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::{Cause, DealView, InteractionView};

/// Says what became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is new.
    Added,
    /// It is another than before.
    Changed,
    /// It is gone.
    Removed,
}

/// Holds one change that a command has written, with its customer as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The record's id as people see it, such as `I-5`.
    #[serde(skip)]
    pub shown: String,
    /// The sort of record: `customer`, `contact`, `interaction`, `deal`, `move` (of a deal), `task`,
    /// `rep`, `product` or `target`.
    pub record: String,
    /// What became of it.
    pub change: Change,
    /// Its id.
    pub id: i64,
    /// The kind of an interaction; missing for all else.
    pub kind: Option<String>,
    /// The command that wrote it, such as `log` or `deal move`.
    pub command: String,
    /// Who acted.
    pub by: String,
    /// The day on which it happened, counted from 1970-01-01; today for what happens on no day.
    pub day: i32,
    /// The record as it was; none for a new one.
    pub before: Option<Map<String, Json>>,
    /// The record as it is; none for one that is gone.
    pub after: Option<Map<String, Json>>,
    /// The earlier interaction that it is about.
    pub about: Option<Map<String, Json>>,
    /// The deal that it belongs to, or is.
    pub deal: Option<Map<String, Json>>,
    /// The customer; none for what belongs to no customer.
    pub customer: Option<Map<String, Json>>,
    /// The people at the customer, in id order.
    pub contacts: Vec<Map<String, Json>>,
    /// The customer's open deals, in id order.
    pub deals: Vec<DealView>,
    /// The customer's last 20 interactions, the latest first, this one among them.
    pub interactions: Vec<InteractionView>,
}

/// Says something in words of the script's own, or by a rule that knows both languages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Words {
    /// As it stands.
    Text(String),
    /// The sentence of a rule, in the workspace's language.
    Rule(Cause),
}

/// Names one thing that follows from an event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Something is to be done.
    Task {
        /// What.
        what: Words,
        /// By when, counted from 1970-01-01.
        due: i32,
        /// Who, by name; the deal's rep, the customer's owner or the one who acted if nothing is said.
        rep: Option<String>,
        /// About which deal.
        deal: Option<i64>,
        /// The day of the fact that it rests on: for one fact, one task.
        fact_day: i32,
    },
    /// The customer gets a tag.
    Tag(String),
    /// The customer loses a tag.
    Untag(String),
    /// A note is written about the customer.
    Note(Words),
    /// A custom field of the customer, of type flag, is set.
    Flag {
        /// The field.
        field: String,
        /// What it says from now on.
        value: bool,
    },
    /// What the customer's record says from now on, as people write it; an empty text says nothing any more.
    Edit(BTreeMap<String, String>),
    /// Nothing is written: people are told.
    Warn {
        /// What to do.
        advice: Vec<Cause>,
    },
}

/// Says what follows from one event, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Consequence {
    /// The place of the event among those that were told.
    pub event: usize,
    /// What follows.
    pub effect: Effect,
    /// Why; at least one.
    pub causes: Vec<Cause>,
}

//! What `follow_up` and `review` see and give.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Refers to a rule, with its points and arguments: a reason outside the columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    /// The place of the rule in the pack's table.
    pub rule: u16,
    /// The points that it gave.
    #[serde(default)]
    pub points: f64,
    /// Its arguments: numbers and texts.
    #[serde(default)]
    pub arguments: Vec<Json>,
}

/// Shows an open deal to a script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DealView {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its pipeline.
    pub pipeline: String,
    /// The stage that it is in.
    pub stage: String,
    /// The stage's win probability, 0 to 1; none where the pipeline states none.
    pub probability: Option<f64>,
    /// Its amount in major units, where known.
    pub amount: Option<f64>,
    /// The day on which it entered its stage.
    pub since: i32,
    /// The days that it has been in its stage.
    pub days_in_stage: i32,
    /// The longest stay that the pipeline allows the stage, in days.
    pub longest_stay: Option<i32>,
    /// The name of the rep who has it.
    pub rep: Option<String>,
}

/// Shows an interaction to a script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InteractionView {
    /// Its id.
    pub id: i64,
    /// Its kind.
    pub kind: String,
    /// Its day.
    pub happened: i32,
    /// The days from then to the as-of day.
    pub days_ago: i32,
    /// The channel, where recorded.
    pub channel: Option<String>,
    /// The outcome, where recorded.
    pub outcome: Option<String>,
    /// The mood, where recorded.
    pub mood: Option<String>,
    /// The amount in major units, where it has one.
    pub amount: Option<f64>,
    /// The state, for a kind that has states.
    pub state: Option<String>,
    /// The interaction that it is about.
    pub about: Option<i64>,
}

/// Holds what `follow_up` sees of a customer beside its columns.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The customer's name.
    pub name: String,
    /// Its open deals, in id order.
    pub deals: Vec<DealView>,
    /// Its last 20 interactions, the latest first.
    pub interactions: Vec<InteractionView>,
}

/// Proposes one thing to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// The customer that it is for.
    pub customer: i64,
    /// The deal that it is about.
    #[serde(default)]
    pub deal: Option<i64>,
    /// What to do: one of the pack's declared actions.
    pub action: String,
    /// By which channel: `visit`, `phone`, `message`, `email`, …
    pub channel: String,
    /// When, counted from 1970-01-01.
    pub due: i32,
    /// The day of the fact that the proposal rests on; it makes the worklist's key last.
    pub fact_day: i32,
    /// Its place in the worklist: higher comes first; 0 to 100.
    pub priority: f64,
    /// The part of the order of work that it belongs to, such as `bottom`; for people and caps.
    #[serde(default)]
    pub group: String,
    /// Why; at least one.
    pub causes: Vec<Cause>,
}

/// Says what becomes of a proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The place of the proposal in the list that was reviewed.
    pub proposal: usize,
    /// What becomes of it.
    pub decision: Decision,
    /// Why; at least one.
    pub causes: Vec<Cause>,
}

/// Decides about one proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It is not shown among today's work, only among what was withheld.
    Withhold,
    /// It stays, with what is stated here in place of its own.
    Change {
        /// Another day.
        #[serde(default)]
        due: Option<i32>,
        /// Another channel.
        #[serde(default)]
        channel: Option<String>,
        /// Another place in the worklist.
        #[serde(default)]
        priority: Option<f64>,
    },
}

//! What `follow_up` and `review` see and give.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
    /// The day on which it is expected to close, where known.
    #[serde(default)]
    pub expected_close: Option<i32>,
    /// The name of the rep who has it.
    pub rep: Option<String>,
    /// Its custom fields: every declared one, known or not.
    #[serde(default)]
    pub fields: Map<String, Json>,
}

/// Shows an interaction to a script.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
    /// The name of the rep by whom it was.
    #[serde(default)]
    pub by: Option<String>,
    /// The contact with whom it was.
    #[serde(default)]
    pub contact: Option<i64>,
    /// The deal that it was about.
    #[serde(default)]
    pub deal: Option<i64>,
    /// Its custom fields: every declared one, known or not.
    #[serde(default)]
    pub fields: Map<String, Json>,
}

/// Shows one step of a thread.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StepView {
    /// The interaction that made it.
    pub id: i64,
    /// That one's kind: the thread's own, or one without states, such as a call about it.
    pub kind: String,
    /// Its day.
    pub day: i32,
    /// Its minute of the day, where known.
    pub minute: Option<i32>,
    /// The state that it put the thread into; none if it left it.
    pub state: Option<String>,
    /// The name of the rep who made it.
    pub by: Option<String>,
    /// The channel, where recorded.
    pub channel: Option<String>,
    /// Words, where recorded.
    pub text: Option<String>,
}

/// Shows a thread: an interaction of a kind with states, such as a complaint or a promise, and all that
/// was done about it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ThreadView {
    /// The id of the interaction that began it.
    pub id: i64,
    /// Its kind.
    pub kind: String,
    /// Its state: the one of its last step that states one.
    pub state: Option<String>,
    /// True unless that state closes it.
    pub open: bool,
    /// The day on which it began.
    pub opened: i32,
    /// The days from then to the as-of day.
    pub days_open: i32,
    /// The hours from then to the as-of moment: where no time of day is recorded, from the end of its
    /// day, and 0 until then.
    #[serde(default)]
    pub hours_open: f64,
    /// By when it is due, where recorded.
    pub due: Option<i32>,
    /// The name of the rep who recorded it.
    pub rep: Option<String>,
    /// The deal that it is about.
    pub deal: Option<i64>,
    /// The contact whom it concerns.
    pub contact: Option<i64>,
    /// The earlier interaction that it is about.
    pub about: Option<i64>,
    /// Words, where recorded.
    pub text: Option<String>,
    /// The custom fields of its first interaction, and what only a later step says: every declared one, known or not.
    pub fields: Map<String, Json>,
    /// Its steps, the earliest first; the first one began it.
    pub steps: Vec<StepView>,
}

/// Holds what `follow_up` sees of a customer beside its columns.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The customer's name.
    pub name: String,
    /// The customer's record.
    #[serde(default)]
    pub customer: Map<String, Json>,
    /// The people at the customer, in id order.
    #[serde(default)]
    pub contacts: Vec<Map<String, Json>>,
    /// The open tasks about the customer, in id order.
    #[serde(default)]
    pub tasks: Vec<Map<String, Json>>,
    /// Its open deals, in id order.
    pub deals: Vec<DealView>,
    /// Its last 20 interactions, the latest first.
    pub interactions: Vec<InteractionView>,
    /// Its threads, the earliest first, closed ones too.
    #[serde(default)]
    pub threads: Vec<ThreadView>,
}

impl Case {
    /// The interactions that a proposal may be about: those that it shows, and its threads.
    pub fn interaction_ids(&self) -> Vec<i64> {
        let threads = self.threads.iter().map(|thread| thread.id);
        threads.chain(self.interactions.iter().map(|each| each.id)).collect()
    }
}

/// Proposes one thing to do.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
    /// True if that day was promised to the customer or set by a person: past it, the proposal is late. Else it
    /// has been due since then, as when an interval is over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub promised: bool,
    /// True if it reaches the customer; the host says so in `review`, by the channel, and a pack need not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub contact: bool,
    /// The day of the fact that the proposal rests on; it makes the worklist's key last.
    pub fact_day: i32,
    /// Its place in the worklist: higher comes first; 0 to 100.
    pub priority: f64,
    /// The part of the order of work that it belongs to, such as `bottom`; for people and caps.
    #[serde(default)]
    pub group: String,
    /// The interaction that it is about; once done, what is logged is about it too.
    #[serde(default)]
    pub about: Option<i64>,
    /// The state that doing it puts that thread into.
    #[serde(default)]
    pub state: Option<String>,
    /// Custom fields of the interaction that is logged once it is done, as people write them.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// What the customer's record says once it is done, as people write it: `owner`, `place`, `phone`, `email`,
    /// `source`, `parent`, or a custom field; an empty text says nothing any more.
    #[serde(default)]
    pub edit: BTreeMap<String, String>,
    /// Why; at least one.
    pub causes: Vec<Cause>,
    /// How to go about it: what to say, what to ask.
    #[serde(default)]
    pub guidance: Vec<Cause>,
}

/// Says what becomes of a proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The place of the proposal in the list that was reviewed.
    pub proposal: usize,
    /// What becomes of it.
    pub decision: Decision,
    /// Why, or how to go about it; at least one.
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
        /// Another part of the order of work.
        #[serde(default)]
        group: Option<String>,
    },
    /// It stays as it is, and the causes say how to go about it. A pack may advise more than once, and
    /// beside another decision.
    Advise,
}

//! What `stage` sees and gives: a deal that moves to another stage, or stays where it is.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::{Cause, InteractionView, ThreadView};

/// Shows a stage as its pipeline declares it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageView {
    /// Its name.
    pub name: String,
    /// Its place in the pipeline, counted from 1.
    pub order: i32,
    /// What it means: `open`, `won` or `lost`.
    pub role: String,
    /// The probability that a deal in it is won, 0 to 1; none where the pipeline states none.
    pub probability: Option<f64>,
    /// The longest stay, in days; none where the pipeline states none.
    pub longest_stay: Option<i32>,
    /// What must be on file before a deal leaves it forward, in the workspace's own words.
    pub exit_criteria: Vec<String>,
    /// Whose task it is, in the workspace's own words; none where the pipeline states none.
    #[serde(default)]
    pub owner_role: Option<String>,
}

/// Shows one move of a deal's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoveView {
    /// The day, counted from 1970-01-01.
    pub day: i32,
    /// The stage that the deal entered.
    pub stage: String,
    /// The days that it stayed there: to the next move, or to the as-of day.
    pub days: i32,
    /// The name of the rep who moved it.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The rules that stood against the move and were overruled, each as `pack.rule: sentence`.
    pub overruled: Option<String>,
    /// The amount as of then, in major units.
    pub amount: Option<f64>,
}

/// Says how a move lies to the pipeline's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The deal is opened.
    Open,
    /// It enters the next stage.
    Forward,
    /// It passes over an open stage.
    Skip,
    /// It goes back.
    Back,
    /// It is lost.
    Lose,
    /// It leaves a closed stage.
    Reopen,
}

/// Shows the move that is asked about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoveAsked {
    /// The stage that the deal is to enter.
    pub to: StageView,
    /// How that lies to the pipeline's order.
    pub direction: Direction,
    /// The open stages that it passes over.
    pub passed: Vec<String>,
    /// The day, counted from 1970-01-01.
    pub day: i32,
    /// The reason that was given.
    pub reason: Option<String>,
    /// The amount from now on, in major units, where one was given.
    pub amount: Option<f64>,
}

/// Holds what `stage` sees of a deal beside its customer's columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageCase {
    /// The deal's id; 0 while it is being opened.
    #[serde(skip)]
    pub id: i64,
    /// The deal's record, with where it stands: `stage`, `days_in_stage`, `opened`, `days_open`,
    /// `probability`, `amount`. `stage` is missing while it is being opened.
    pub deal: Map<String, Json>,
    /// The stage that it is in; none while it is being opened, or if it is no longer declared.
    pub stage: Option<StageView>,
    /// The move that is asked about; none in a review of deals that stay.
    #[serde(rename = "move")]
    pub asked: Option<MoveAsked>,
    /// Its moves so far, the earliest first.
    pub history: Vec<MoveView>,
    /// The customer's record; none if the deal has no customer yet.
    pub customer: Option<Map<String, Json>>,
    /// The people at the customer, in id order.
    pub contacts: Vec<Map<String, Json>>,
    /// The customer's last 20 interactions, the latest first.
    pub interactions: Vec<InteractionView>,
    /// The customer's threads, the earliest first, closed ones too.
    #[serde(default)]
    pub threads: Vec<ThreadView>,
}

/// Judges a move, or a stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// There is nothing against it.
    Allow,
    /// It is done, and people are told what speaks against it.
    Warn,
    /// It is not done.
    Refuse,
}

/// Says what a pack thinks of one deal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opinion {
    /// The place of the deal among those that were asked about.
    pub case: usize,
    /// What it comes to.
    pub judgement: Judgement,
    /// Why; at least one.
    pub causes: Vec<Cause>,
    /// What to do; at least one where it refuses.
    pub advice: Vec<Cause>,
}

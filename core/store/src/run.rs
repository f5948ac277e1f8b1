//! Runs as they are kept.

use kehu_contract::{ColumnInfo, Give, LabelValue, Rule};
use kehu_domain::{CustomerId, Day, OperationId, Override, RunId};
use serde::{Deserialize, Serialize};

/// Holds a run's header: everything about it but the columns' values and reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredRun {
    /// The id.
    pub id: RunId,
    /// The operation that made it.
    pub operation: OperationId,
    /// The last operation that it has seen.
    pub base: Option<OperationId>,
    /// The day as of which all was seen.
    pub as_of: Day,
    /// The number of customers.
    pub customers: usize,
    /// The seed.
    pub seed: u64,
    /// The id of the first customer of each batch, by which a customer is found.
    pub first_ids: Vec<i64>,
    /// People's words that counted instead of the machine's values, which they keep here.
    pub overrides: Vec<AppliedOverride>,
    /// The packs that ran, in their order.
    pub packs: Vec<RunPack>,
    /// The columns, features first, then in the order in which steps gave them.
    pub columns: Vec<RunColumn>,
    /// Packs that were switched off, each with what it said.
    pub failures: Vec<(String, String)>,
    /// True if the columns and reasons are kept too, not only the header and the changes of labels.
    pub whole: bool,
    /// True if what it was computed from has been undone since.
    pub stale: bool,
}

/// Holds a pack as it was when a run used it; kept once for all runs that used it unchanged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunPack {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The hash of its files.
    pub hash: String,
    /// The settings that it ran with.
    pub settings: serde_json::Map<String, serde_json::Value>,
    /// Its rules, as they were.
    pub rules: Vec<Rule>,
    /// The states that its fits returned, by step.
    pub states: serde_json::Map<String, serde_json::Value>,
}

/// Holds one override as a run applied it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppliedOverride {
    /// The override.
    #[serde(flatten)]
    pub by_person: Override,
    /// The value that the machine gave, as people write it; none if it was missing.
    pub machine: Option<String>,
}

/// Describes a column of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunColumn {
    /// Name, type, unit and doc line.
    #[serde(flatten)]
    pub info: ColumnInfo,
    /// The values that a label may have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<LabelValue>,
    /// The pack and the step that gave it; none for a feature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_by: Option<(String, String)>,
    /// The columns that the step read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<String>,
}

impl RunColumn {
    /// Describes what a step gives.
    pub fn given(
        give: &Give,
        values: Vec<LabelValue>,
        pack: &str,
        step: &str,
        inputs: Vec<String>,
    ) -> Self {
        Self {
            info: give.info.clone(),
            values,
            given_by: Some((pack.to_owned(), step.to_owned())),
            inputs,
        }
    }
}

/// Holds one change of a label between a run and the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelChange {
    /// Whose.
    pub customer: CustomerId,
    /// Which column.
    pub column: String,
    /// What it was; none if it was missing.
    pub from: Option<String>,
    /// What it is; none if it is missing.
    pub to: Option<String>,
}

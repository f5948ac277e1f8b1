//! Operations: each command that writes is one, and can be taken back.

use serde::{Deserialize, Serialize};

use crate::OperationId;

/// Describes an operation before it has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationDraft {
    /// The command, such as `import` or `deal move`.
    pub kind: String,
    /// Who acts.
    pub by: String,
    /// The moment in UTC, `YYYY-MM-DDTHH:MM:SSZ`.
    pub at: String,
    /// One line that says what was done.
    pub summary: String,
    /// The file that it came from.
    pub source: Option<String>,
    /// The operation that gave rise to it; undoing that one undoes it too.
    pub cause: Option<OperationId>,
}

/// Describes an operation that has happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// Its id.
    pub id: OperationId,
    /// The command.
    pub kind: String,
    /// Who acted.
    pub by: String,
    /// The moment in UTC.
    pub at: String,
    /// What was done.
    pub summary: String,
    /// The file that it came from.
    pub source: Option<String>,
    /// The operation that gave rise to it.
    #[serde(default)]
    pub cause: Option<OperationId>,
    /// The operation that took it back.
    pub undone_by: Option<OperationId>,
}

//! What `import_row` sees and gives: rows of an import, before they become records.

use serde::{Deserialize, Serialize};

use crate::{Cause, Columns, Value};

/// Holds rows of one table of an import, read by its mapping.
#[derive(Debug, Clone)]
pub struct Rows {
    /// The file, as the person named it.
    pub file: String,
    /// What the rows become: `customer`, `contact`, `interaction`, `deal`, `rep` or `product`.
    pub record: String,
    /// The line where each row starts, counted from 1.
    pub lines: Vec<u64>,
    /// The mapped fields, a column each.
    pub columns: Columns,
    /// Fields of the record that the mapping does not name: they read as missing, and cannot be set.
    pub unmapped: Vec<String>,
    /// Mapped fields that no pack may set: they say what a row is.
    pub fixed: Vec<String>,
}

/// Says what becomes of a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowDecision {
    /// Some fields say something else; a missing value says nothing.
    Change(Vec<(String, Value)>),
    /// It is not imported.
    Refuse,
}

/// Judges one row of an import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowVerdict {
    /// The place of the row among those that were shown.
    pub row: usize,
    /// What becomes of it.
    pub decision: RowDecision,
    /// Why; at least one.
    pub causes: Vec<Cause>,
}

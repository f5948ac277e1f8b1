//! What came of an import.

use std::collections::BTreeMap;

use kehu_contract::document::Problem;
use kehu_domain::rows::SourceError;
use kehu_domain::{Entity, OperationId};
use kehu_store::{Matched, RowFate, StoreError};
use serde::Serialize;

use super::declare::Declarations;
use crate::day::Because;

/// How many refused rows a report names; it counts all of them.
pub const REFUSALS_NAMED: usize = 1_000;

/// Says what an import did, or in a dry run would do.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ImportReport {
    /// The mapping's name.
    pub mapping: String,
    /// True if nothing was written.
    pub dry_run: bool,
    /// The operation that was written; none in a dry run, and where nothing changed.
    pub operation: Option<OperationId>,
    /// What came of each table, in the mapping's order.
    pub tables: Vec<TableReport>,
    /// The refused rows, the first ones of them.
    pub refusals: Vec<Refusal>,
    /// How many rows were refused in all.
    pub refused: u64,
    /// What packs did to the rows, in their order.
    pub packs: Vec<PackReport>,
    /// What the mapping declares that `kehu.toml` does not have yet.
    pub declarations: Declarations,
}

/// Says what one pack did to the rows of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PackReport {
    /// The pack.
    pub pack: String,
    /// Rows that it changed.
    pub changed: u64,
    /// Rows that it refused.
    pub refused: u64,
    /// How often each of its rules was the first reason.
    pub rules: BTreeMap<String, u64>,
}

impl PackReport {
    /// True if it did anything.
    pub fn has_acted(&self) -> bool {
        self.changed + self.refused > 0
    }

    pub(super) fn count(&mut self, because: &[Because], is_change: bool) {
        *(if is_change { &mut self.changed } else { &mut self.refused }) += 1;
        if let Some(first) = because.first() {
            *self.rules.entry(first.rule.clone()).or_default() += 1;
        }
    }
}

/// Says what came of one table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableReport {
    /// The file.
    pub file: String,
    /// The encoding that was found.
    pub encoding: String,
    /// What its rows became.
    pub into: Entity,
    /// How many rows were read.
    pub rows: u64,
    /// Rows that made a new record.
    pub created: u64,
    /// Rows that changed a record.
    pub changed: u64,
    /// Rows that said what was known already.
    pub unchanged: u64,
    /// Rows that were refused.
    pub refused: u64,
    /// What the rows made besides: customers that they named first, events of deals, purchases of won
    /// deals.
    pub besides: Vec<Besides>,
}

/// Counts records that rows made besides their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Besides {
    /// The sort.
    pub entity: Entity,
    /// New ones.
    pub created: u64,
    /// Changed ones.
    pub changed: u64,
}

/// Describes a row that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The file.
    pub file: String,
    /// The line where the row starts.
    pub line: u64,
    /// The column at fault, by the file's name for it.
    pub column: Option<String>,
    /// What stands there, shortened.
    pub value: Option<String>,
    /// What is wrong with it.
    pub why: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The reasons of the pack that refuses it; none where no pack does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Because>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column \"{column}\"")?;
        }
        match &self.value {
            Some(value) => write!(f, ": \"{value}\" {}", self.why),
            None => write!(f, ": {}", self.why),
        }
    }
}

fn nothing_fits(rows: u64, first: &Refusal) -> String {
    let Refusal { file, column, why, .. } = first;
    let column = column.as_ref().map(|column| format!("column \"{column}\" ")).unwrap_or_default();
    let rows = grouped(rows);
    format!("none of the {rows} rows of {file} fits: {column}{why}; nothing was written")
}

/// A count with commas between groups of three.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}

/// Hears how an import goes on; the defaults do nothing.
pub trait Observer {
    /// Rows were read: of which table, how much of how much.
    fn progress(&mut self, progress: &Progress<'_>) {
        let _ = progress;
    }

    /// The fate of one row is known: its table, line and fate. Those of interactions come at the end.
    fn row(&mut self, table: usize, line: u64, fate: RowFate) {
        let _ = (table, line, fate);
    }

    /// Another operation came between: what was heard so far is void, and all rows come again.
    fn again(&mut self) {}

    /// A row was refused; unlike the report's list, all of them come here.
    fn refused(&mut self, refusal: &Refusal) {
        let _ = refusal;
    }
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {}

/// Says how far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The file that is read; empty while the store sorts and merges.
    pub file: &'a str,
    /// Rows read so far in this file.
    pub rows: u64,
    /// Bytes read.
    pub read: u64,
    /// Bytes in all.
    pub total: u64,
}

/// Says why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Every row of a table is refused, and for the same reason: the file is another one than the
    /// mapping speaks of.
    #[error("{}", nothing_fits(*.rows, .first))]
    NothingFits {
        /// How many rows the table has.
        rows: u64,
        /// The first of them.
        first: Box<Refusal>,
    },
    /// A pack that looks at the rows failed.
    #[error("{0}")]
    Pack(String),
    /// The mapping does not fit the files.
    #[error("the mapping does not fit the files")]
    Mapping(Vec<Problem>),
    /// A file cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TableReport {
    pub(super) fn new(file: &str, encoding: &str, into: Entity) -> Self {
        Self {
            file: file.to_owned(),
            encoding: encoding.to_owned(),
            into,
            rows: 0,
            created: 0,
            changed: 0,
            unchanged: 0,
            refused: 0,
            besides: Vec::new(),
        }
    }

    pub(super) fn count(&mut self, fate: RowFate) {
        match fate {
            RowFate::Created => self.created += 1,
            RowFate::Changed => self.changed += 1,
            RowFate::Unchanged => self.unchanged += 1,
        }
    }

    pub(super) fn count_besides(&mut self, entity: Entity, fate: RowFate) {
        let known = self.besides.iter().position(|besides| besides.entity == entity);
        let at = known.unwrap_or(self.besides.len());
        if known.is_none() {
            self.besides.push(Besides { entity, created: 0, changed: 0 });
        }
        match fate {
            RowFate::Created => self.besides[at].created += 1,
            RowFate::Changed => self.besides[at].changed += 1,
            RowFate::Unchanged => {}
        }
    }
}

impl ImportReport {
    /// What came of all rows together.
    pub fn total(&self) -> Matched {
        let mut total = Matched::default();
        for table in &self.tables {
            total.created += table.created;
            total.changed += table.changed;
            total.unchanged += table.unchanged;
        }
        total
    }

    /// True if something is new or changed, in the tables or besides.
    pub fn changes_anything(&self) -> bool {
        let besides = |table: &TableReport| table.besides.iter().any(|b| b.created + b.changed > 0);
        self.tables.iter().any(|table| table.created + table.changed > 0 || besides(table))
    }
}

/// A value as a message shows it.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    let mut letters = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let short: String = letters.by_ref().take(MOST).collect();
    if letters.next().is_some() { format!("{short}…") } else { short }
}

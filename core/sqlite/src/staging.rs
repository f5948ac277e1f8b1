//! Imports: rows are taken in temporary files, sorted and matched without a lock.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kehu_domain::{Day, Entity, OperationDraft, OperationId, Record};
use kehu_store::{Result, RowFate, Staging};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};

use crate::fault::{Done, Fault};
use crate::file;
use crate::matching::Matching;
use crate::merge;
use crate::reader::SqliteReader;
use crate::spool::{Spool, Values, read_number, write_number, write_values};
use crate::table::values;

/// Takes an import's rows.
pub(crate) struct SqliteStaging {
    pub(crate) path: Arc<Path>,
    pub(crate) patience: Duration,
    base: Option<OperationId>,
    reader: Option<SqliteReader>,
    /// The rows of each sort, by its place in [`Entity::ALL`].
    taken: [Spool; Entity::ALL.len()],
    /// The greatest number among the provisional ids of each sort, without its sign.
    pub(crate) highest: [i64; Entity::ALL.len()],
    /// For each sort the columns in which any row has a value, a bit each.
    pub(crate) used: [u64; Entity::ALL.len()],
    /// The interactions, by provisional id, that others are about.
    referred: HashSet<i64>,
    matched: Option<Staged>,
}

/// Holds what is to be merged.
pub(crate) struct Staged {
    /// The rows of each sort; of interactions those that are new or changed.
    pub(crate) rows: [Spool; Entity::ALL.len()],
    /// What became of the interactions that others are about.
    pub(crate) referred: HashMap<i64, Referred>,
}

/// Says where an interaction is that another one is about.
#[derive(Clone, Copy)]
pub(crate) enum Referred {
    /// It is new: so many new ones come before it.
    New(i64),
    /// It is stored under this id.
    Stored(i64),
}

/// The place of a sort in [`Entity::ALL`].
pub(crate) fn place(entity: Entity) -> usize {
    Entity::ALL.iter().position(|other| *other == entity).unwrap_or_default()
}

impl SqliteStaging {
    /// Begins with a view of the store as it is now.
    pub(crate) fn new(path: &Arc<Path>, patience: Duration) -> Done<Self> {
        let reader = SqliteReader::open(path)?;
        Ok(Self {
            path: Arc::clone(path),
            patience,
            base: crate::change::last(&reader.connection)?,
            reader: Some(reader),
            taken: spools(path),
            highest: [0; _],
            used: [0; _],
            referred: HashSet::new(),
            matched: None,
        })
    }

    fn take(&mut self, table: usize, line: u64, record: &Record) -> Done<()> {
        let place = place(record.entity());
        self.highest[place] = self.highest[place].max(record.id().saturating_neg());
        let (customer, happened) = match record {
            Record::Interaction(one) => {
                if let Some(about) = one.about.filter(|about| about.0 < 0) {
                    self.referred.insert(about.0);
                }
                (clustered(one.customer.0), one.happened.number())
            }
            _ => (0, 0),
        };
        let values = values(record);
        for (column, value) in values.iter().enumerate() {
            self.used[place] |= u64::from(!is_null(value)) << column;
        }
        self.taken[place].push(customer, happened, |bytes| {
            write_number(table as u64, bytes);
            write_number(line, bytes);
            write_values(&values, bytes);
        })?;
        Ok(())
    }

    fn finish_all(&mut self, report: &mut dyn FnMut(usize, u64, RowFate)) -> Done<()> {
        let Some(reader) = self.reader.take() else { return Ok(()) };
        let place = place(Entity::Interaction);
        let mut rows = std::mem::replace(&mut self.taken, spools(&self.path));
        let taken = std::mem::replace(&mut rows[place], Spool::new(file::folder(&self.path)));
        let mut sorted = taken.sort()?;
        let mut matching = Matching::new(&reader.connection, &self.referred);
        let mut bytes = Vec::new();
        while sorted.next(&mut bytes)? {
            let (table, line, row) = split(&bytes)?;
            let (fate, id) = matching.decide(&Values::read(row).ok_or_else(torn)?)?;
            if fate != RowFate::Unchanged {
                rows[place].push(0, 0, |bytes| {
                    write_number(id.cast_unsigned(), bytes);
                    bytes.extend_from_slice(row);
                })?;
            }
            report(table, line, fate);
        }
        let referred = matching.referred();
        self.matched = Some(Staged { rows, referred });
        Ok(())
    }
}

fn spools(path: &Path) -> [Spool; Entity::ALL.len()] {
    std::array::from_fn(|_| Spool::new(file::folder(path)))
}

fn is_null(value: &ToSqlOutput<'_>) -> bool {
    matches!(value, ToSqlOutput::Borrowed(ValueRef::Null) | ToSqlOutput::Owned(Value::Null))
}

/// New customers come after those that are stored, in the order of their numbers.
fn clustered(customer: i64) -> i64 {
    if customer < 0 { i64::MAX / 2 - customer } else { customer }
}

/// Takes table and line from the bytes of a row.
pub(crate) fn split(mut bytes: &[u8]) -> Done<(usize, u64, &[u8])> {
    let table = read_number(&mut bytes).ok_or_else(torn)?;
    let line = read_number(&mut bytes).ok_or_else(torn)?;
    Ok((usize::try_from(table).unwrap_or(usize::MAX), line, bytes))
}

/// Says that a temporary file does not hold what was written.
pub(crate) fn torn() -> Fault {
    std::io::Error::new(std::io::ErrorKind::InvalidData, "a temporary file was changed").into()
}

impl Staging for SqliteStaging {
    fn base(&self) -> Option<OperationId> {
        self.base
    }

    fn push(&mut self, table: usize, line: u64, record: Record) -> Result<()> {
        let taken = self.take(table, line, &record);
        taken.map_err(|fault| fault.of(&self.path))
    }

    fn finish(&mut self, report: &mut dyn FnMut(usize, u64, RowFate)) -> Result<()> {
        let finished = self.finish_all(report);
        finished.map_err(|fault| fault.of(&self.path))
    }

    fn merge(mut self: Box<Self>, draft: &OperationDraft, today: Day) -> Result<OperationId> {
        self.finish(&mut |_, _, _| {})?;
        let path = Arc::clone(&self.path);
        let merged = match self.matched.take() {
            Some(staged) => merge::merge(&self, staged, draft, today),
            None => Err(torn()),
        };
        merged.map_err(|fault| fault.of(&path))
    }
}

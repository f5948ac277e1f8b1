//! The short end of an import: what was staged becomes one operation.

use std::collections::{HashMap, HashSet};

use kehu_domain::{Day, Entity, OperationDraft, OperationId, Record};
use kehu_store::{StoreError, Writer as _};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement};

use crate::change;
use crate::fault::{Done, Fault};
use crate::rows;
use crate::spool::{Spool, Values, read_number};
use crate::staging::{Referred, SqliteStaging, Staged, place, split, torn};
use crate::table::{record, table};
use crate::writer::SqliteWriter;

/// How many records are remembered as being there.
const REMEMBERED: usize = 1 << 16;

/// Writes all that was staged as one operation.
pub(crate) fn merge(
    staging: SqliteStaging,
    staged: Staged,
    draft: &OperationDraft,
    today: Day,
) -> Done<OperationId> {
    let base = kehu_store::Staging::base(&staging).map_or(0, |base| base.0);
    let writer = SqliteWriter::begin(&staging.path, staging.patience, draft)?;
    let operation = writer.operation();
    // Ids of operations have no gaps.
    if operation.0 != base + 1 {
        return Err(StoreError::Moved.into());
    }
    let Staged { rows, referred } = staged;
    let mut merge = Merge {
        connection: &writer.reader.connection,
        operation: operation.0,
        today,
        next: [0; _],
        unnumbered: [0; _],
        highest: staging.highest,
        referred,
        there: HashSet::new(),
        kinds: HashMap::new(),
    };
    merge.take_ids(&rows)?;
    for (entity, rows) in Entity::ALL.into_iter().zip(rows) {
        if rows.len() > 0 {
            merge.sort(entity, rows)?;
        }
    }
    drop(merge);
    let reader = writer.keep()?;
    // A reader that still looks at the old state only puts this off.
    reader.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(operation)
}

struct Merge<'c> {
    connection: &'c Connection,
    operation: i64,
    today: Day,
    /// The id that the provisional id -1 of each sort stands for.
    next: [i64; Entity::ALL.len()],
    /// How many records of each sort without any id have been written.
    unnumbered: [i64; Entity::ALL.len()],
    highest: [i64; Entity::ALL.len()],
    referred: HashMap<i64, Referred>,
    there: HashSet<(Entity, i64)>,
    kinds: HashMap<String, i64>,
}

impl Merge<'_> {
    /// Takes the ids that the staged rows may need; those that only replace leave none unused.
    fn take_ids(&mut self, rows: &[Spool; Entity::ALL.len()]) -> Done<()> {
        for entity in Entity::ALL {
            let at = place(entity);
            let count = match entity {
                // These are numbered here, in the order in which they are stored.
                Entity::Interaction => 0,
                _ => self.highest[at],
            };
            if rows[at].len() > 0 {
                self.next[at] = change::take_ids(self.connection, table(entity).name, count)?;
            }
        }
        Ok(())
    }

    /// Writes the rows of one sort.
    fn sort(&mut self, entity: Entity, rows: Spool) -> Done<()> {
        let sql = rows::insertion(entity, "?");
        let mut statement = self.connection.prepare(&sql)?;
        let first = self.next[place(entity)];
        let (mut made, mut bytes) = (0, Vec::new());
        let mut sorted = rows.sort()?;
        while sorted.next(&mut bytes)? {
            let (id, row) = match entity {
                Entity::Interaction => {
                    let mut row = bytes.as_slice();
                    (read_number(&mut row).ok_or_else(torn)?.cast_signed(), row)
                }
                _ => (0, split(&bytes)?.2),
            };
            let mut values = Values::read(row).ok_or_else(torn)?;
            if self.write(entity, &mut values, id, &mut statement)? {
                made += 1;
            }
        }
        let unnumbered = self.unnumbered[place(entity)];
        change::take_ids(self.connection, table(entity).name, unnumbered)?;
        let numbered = if entity == Entity::Interaction { 0 } else { self.highest[place(entity)] };
        let range = (made > 0).then(|| (first, first + numbered + unnumbered - 1));
        change::count_rows(self.connection, entity, made)?;
        change::note(self.connection, self.operation, entity, range, made, 0)
    }

    /// Writes one row, and returns whether it is a new record. `matched` is the stored one that it
    /// replaces.
    fn write(
        &mut self,
        entity: Entity,
        values: &mut Values<'_>,
        matched: i64,
        statement: &mut Statement<'_>,
    ) -> Done<bool> {
        for (at, _, refers) in table(entity).references() {
            if let Some(named) = values.number(at) {
                *values.at(at) = ValueRef::Integer(self.named(entity, refers, named)?);
            }
        }
        let at = table(entity).place("id").unwrap_or_default();
        let own = values.number(at).unwrap_or_default();
        let own = if matched > 0 { matched } else { own };
        if own > 0 {
            *values.at(at) = ValueRef::Integer(own);
            let record = record(entity, values.all()).ok_or_else(torn)?;
            change::replace(self.connection, self.operation, &record, self.today)?;
            return Ok(false);
        }
        *values.at(at) = ValueRef::Integer(self.number(entity, own));
        self.insert(entity, values, statement)?;
        Ok(true)
    }

    /// The id of a new record.
    fn number(&mut self, entity: Entity, provisional: i64) -> i64 {
        let at = place(entity);
        if provisional < 0 && entity != Entity::Interaction {
            return self.next[at] - provisional - 1;
        }
        let numbered = if entity == Entity::Interaction { 0 } else { self.highest[at] };
        self.unnumbered[at] += 1;
        self.next[at] + numbered + self.unnumbered[at] - 1
    }

    /// The id that a reference stands for; the record must be there, or come with the same sort.
    fn named(&mut self, from: Entity, entity: Entity, id: i64) -> Done<i64> {
        let at = place(entity);
        let real = match (id, entity) {
            (1.., _) => id,
            (_, Entity::Interaction) => match self.referred.get(&id) {
                Some(Referred::New(before)) => self.next[at] + before,
                Some(Referred::Stored(stored)) => *stored,
                None => return Err(rows::missing(entity, id)),
            },
            _ if id < 0 && -id <= self.highest[at] => self.next[at] - id - 1,
            _ => return Err(rows::missing(entity, id)),
        };
        if id < 0 && from == entity {
            return Ok(real);
        }
        if !self.there.contains(&(entity, real)) {
            if !rows::exists(self.connection, entity, real)? {
                return Err(rows::missing(entity, id));
            }
            if self.there.len() >= REMEMBERED {
                self.there.clear();
            }
            self.there.insert((entity, real));
        }
        Ok(real)
    }

    fn insert(
        &mut self,
        entity: Entity,
        values: &mut Values<'_>,
        statement: &mut Statement<'_>,
    ) -> Done<()> {
        if entity == Entity::Interaction {
            let at = table(entity).place("kind").unwrap_or_default();
            let number = self.kind(values.text(at).ok_or_else(torn)?)?;
            *values.at(at) = ValueRef::Integer(number);
        } else {
            let record: Record = record(entity, values.all()).ok_or_else(torn)?;
            rows::add_names(self.connection, &record)?;
        }
        let mut place = 0;
        for value in values.all() {
            place += 1;
            statement.raw_bind_parameter(place, ToSqlOutput::Borrowed(*value))?;
        }
        statement.raw_bind_parameter(place + 1, self.operation)?;
        statement.raw_execute()?;
        Ok(())
    }

    fn kind(&mut self, name: &str) -> Result<i64, Fault> {
        if let Some(number) = self.kinds.get(name) {
            return Ok(*number);
        }
        let number = rows::kind_number(self.connection, name)?;
        self.kinds.insert(name.to_owned(), number);
        Ok(number)
    }
}

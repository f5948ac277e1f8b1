//! The short end of an import: what was staged becomes one operation.

use std::collections::{HashMap, HashSet};

use kehu_domain::{Day, Entity, OperationDraft, OperationId};
use kehu_store::{StoreError, Writer as _};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement};

use crate::change;
use crate::fault::{Done, Fault};
use crate::names::Names;
use crate::rows;
use crate::spool::{Spool, Values, read_number};
use crate::staging::{Referred, SqliteStaging, Staged, place, split, torn};
use crate::table::{Column, record, table};
use crate::writer::SqliteWriter;

/// How many rows one statement inserts: as it goes on, SQLite need not search for the place again.
const ROWS: usize = 32;
/// How many records are remembered as being there.
const REMEMBERED: usize = 1 << 16;

/// Writes all that was staged as one operation.
pub(crate) fn merge(
    staging: &SqliteStaging,
    staged: Staged,
    draft: &OperationDraft,
    today: Day,
) -> Done<OperationId> {
    let base = kehu_store::Staging::base(staging).map_or(0, |base| base.0);
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
        complete: [false; _],
        used: staging.used,
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
    /// True of the sorts of which a record has come for each provisional id.
    complete: [bool; Entity::ALL.len()],
    used: [u64; Entity::ALL.len()],
    referred: HashMap<i64, Referred>,
    there: HashSet<(Entity, i64)>,
    kinds: HashMap<String, i64>,
}

impl Merge<'_> {
    /// Takes the ids that the staged rows may need; those that only replace leave none unused.
    fn take_ids(&mut self, rows: &[Spool; Entity::ALL.len()]) -> Done<()> {
        for entity in Entity::ALL {
            let at = place(entity);
            if rows[at].len() > 0 {
                let count = self.numbered(entity);
                self.next[at] = change::take_ids(self.connection, table(entity).name, count)?;
            }
        }
        Ok(())
    }

    /// Writes the rows of one sort.
    fn sort(&mut self, entity: Entity, rows: Spool) -> Done<()> {
        let at = place(entity);
        let first = self.next[at];
        let columns: Vec<_> = table(entity).columns.iter().enumerate().collect();
        let used = columns.into_iter().filter(|(place, _)| self.used[at] >> place & 1 == 1);
        let (places, columns): (Vec<usize>, Vec<&Column>) = used.unzip();
        let mut one = self.connection.prepare(&rows::insertion(entity, &columns, "?", 1))?;
        let mut many = self.connection.prepare(&rows::insertion(entity, &columns, "?", ROWS))?;
        let mut names = Names::new(self.connection, table(entity).name);
        let mut chunk = vec![Vec::new(); ROWS];
        let (mut made, mut filled) = (0, 0);
        let mut sorted = rows.sort()?;
        while sorted.next(&mut chunk[filled])? {
            if self.replace(entity, &chunk[filled])? {
                continue;
            }
            made += 1;
            filled += 1;
            if filled == ROWS {
                self.insert(entity, &places, &chunk, &mut many, &mut names)?;
                filled = 0;
            }
        }
        for row in &chunk[..filled] {
            self.insert(entity, &places, std::slice::from_ref(row), &mut one, &mut names)?;
        }
        names.enter()?;
        let unnumbered = self.unnumbered[at];
        self.complete[at] = made - unnumbered == self.highest[at];
        change::take_ids(self.connection, table(entity).name, unnumbered)?;
        let range = (made > 0).then(|| (first, first + self.numbered(entity) + unnumbered - 1));
        change::count_rows(self.connection, entity, made)?;
        change::note(self.connection, self.operation, entity, range, made, 0)
    }

    /// Replaces a stored record if the row has its id; false if the row is new.
    fn replace(&mut self, entity: Entity, bytes: &[u8]) -> Done<bool> {
        let (matched, row) = read_row(entity, bytes)?;
        if entity == Entity::Interaction && matched == 0 {
            return Ok(false);
        }
        let mut values = Values::read(row).ok_or_else(torn)?;
        let at = id_place(entity);
        let own = values.number(at).unwrap_or_default();
        let own = if matched > 0 { matched } else { own };
        if own <= 0 {
            return Ok(false);
        }
        self.name_all(entity, &mut values)?;
        *values.at(at) = ValueRef::Integer(own);
        let record = record(entity, values.all()).ok_or_else(torn)?;
        change::replace(self.connection, self.operation, &record, self.today)?;
        Ok(true)
    }

    /// Inserts new rows with one statement.
    fn insert(
        &mut self,
        entity: Entity,
        places: &[usize],
        rows: &[Vec<u8>],
        statement: &mut Statement<'_>,
        names: &mut Names<'_>,
    ) -> Done<()> {
        let at = id_place(entity);
        let kind = (entity == Entity::Interaction).then(|| table(entity).place("kind")).flatten();
        let mut parameter = 0;
        for bytes in rows {
            let mut values = Values::read(read_row(entity, bytes)?.1).ok_or_else(torn)?;
            self.name_all(entity, &mut values)?;
            let own = values.number(at).unwrap_or_default();
            *values.at(at) = ValueRef::Integer(self.number(entity, own));
            if let Some(at) = kind {
                let number = self.kind(values.text(at).ok_or_else(torn)?)?;
                *values.at(at) = ValueRef::Integer(number);
            } else {
                names.add(&record(entity, values.all()).ok_or_else(torn)?)?;
            }
            for place in places {
                parameter += 1;
                let value = ToSqlOutput::Borrowed(*values.at(*place));
                statement.raw_bind_parameter(parameter, value)?;
            }
            parameter += 1;
            statement.raw_bind_parameter(parameter, self.operation)?;
        }
        statement.raw_execute()?;
        Ok(())
    }

    /// Puts real ids in the place of all references.
    fn name_all(&mut self, entity: Entity, values: &mut Values<'_>) -> Done<()> {
        for (at, _, refers) in table(entity).references() {
            if let Some(named) = values.number(at) {
                *values.at(at) = ValueRef::Integer(self.named(entity, refers, named)?);
            }
        }
        Ok(())
    }

    /// How many provisional ids of a sort are numbered by who gave them; interactions are numbered
    /// here, in the order in which they are stored.
    fn numbered(&self, entity: Entity) -> i64 {
        if entity == Entity::Interaction { 0 } else { self.highest[place(entity)] }
    }

    /// The id of a new record.
    fn number(&mut self, entity: Entity, provisional: i64) -> i64 {
        let at = place(entity);
        if provisional < 0 && entity != Entity::Interaction {
            return self.next[at] - provisional - 1;
        }
        self.unnumbered[at] += 1;
        self.next[at] + self.numbered(entity) + self.unnumbered[at] - 1
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
        // What has just been written need not be looked for.
        if id < 0 && (from == entity || self.complete[at]) {
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

    fn kind(&mut self, name: &str) -> Result<i64, Fault> {
        if let Some(number) = self.kinds.get(name) {
            return Ok(*number);
        }
        let number = rows::kind_number(self.connection, name)?;
        self.kinds.insert(name.to_owned(), number);
        Ok(number)
    }
}

/// Where a sort has its ids.
fn id_place(entity: Entity) -> usize {
    table(entity).place("id").unwrap_or_default()
}

/// The stored interaction that a row replaces, 0 for all else, and the bytes of its values.
fn read_row(entity: Entity, bytes: &[u8]) -> Done<(i64, &[u8])> {
    if entity != Entity::Interaction {
        return Ok((0, split(bytes)?.2));
    }
    let mut row = bytes;
    let matched = read_number(&mut row).ok_or_else(torn)?.cast_signed();
    Ok((matched, row))
}

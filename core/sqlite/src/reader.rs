//! A view of the store: one connection that stays in one read transaction.

use std::path::Path;
use std::sync::Arc;

use kehu_domain::{
    Customer, CustomerId, Day, Deal, DealEvent, Entity, Operation, OperationId, Record, RunId,
};
use kehu_store::{
    Change, CustomerRange, CustomerRow, Found, InteractionRow, LabelChange, Reader, Result,
    StoredRun, Visit, Wanted,
};
use rusqlite::{Connection, params};

use crate::fault::Done;
use crate::{change, file, rows, run, scan};

/// How much of the file a reader keeps in memory, in KiB.
const CACHE: i64 = 16 * 1024;

/// Sees one state of the store, or, inside a writer, that operation's own.
pub(crate) struct SqliteReader {
    pub(crate) connection: Connection,
    pub(crate) path: Arc<Path>,
}

impl SqliteReader {
    /// Opens a view of the store as it is now.
    pub(crate) fn open(path: &Arc<Path>) -> Done<Self> {
        let connection = file::connect(path)?;
        connection.pragma_update(None, "cache_size", -CACHE)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.execute_batch("BEGIN")?;
        // The transaction sees nothing until it first reads.
        change::last(&connection)?;
        Ok(Self { connection, path: Arc::clone(path) })
    }

    /// Moves the view on to the present state.
    pub(crate) fn renew(&self) -> Done<()> {
        self.connection.execute_batch("COMMIT; BEGIN")?;
        change::last(&self.connection)?;
        Ok(())
    }

    fn told<T>(&self, done: Done<T>) -> Result<T> {
        done.map_err(|fault| fault.of(&self.path))
    }
}

impl Reader for SqliteReader {
    fn last_operation(&self) -> Result<Option<OperationId>> {
        self.told(change::last(&self.connection))
    }

    fn operations(&self, limit: usize) -> Result<Vec<Operation>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.told(change::operations(&self.connection, "ORDER BY id DESC LIMIT ?", [limit]))
    }

    fn operation(&self, id: OperationId) -> Result<Option<Operation>> {
        let found = change::operations(&self.connection, "WHERE id = ?", [id.0]);
        self.told(found.map(|mut found| found.pop()))
    }

    fn touched(&self, id: OperationId) -> Result<Vec<(Entity, u64)>> {
        self.told(change::touched(&self.connection, id.0))
    }

    fn changes(&self, id: OperationId) -> Result<Vec<Change>> {
        self.told(change::changes(&self.connection, id.0))
    }

    fn maker(&self, entity: Entity, id: i64) -> Result<Option<Operation>> {
        self.told(change::maker(&self.connection, entity, id))
    }

    fn last_id(&self, entity: Entity) -> Result<i64> {
        self.told(rows::last_id(&self.connection, entity))
    }

    fn count(&self, entity: Entity) -> Result<u64> {
        self.told(rows::count(&self.connection, entity))
    }

    fn get(&self, entity: Entity, id: i64) -> Result<Option<Record>> {
        let found = rows::get(&self.connection, entity, id);
        self.told(found.map(|found| found.map(|(record, _)| record)))
    }

    fn find(&self, entity: Entity, text: &str, limit: usize) -> Result<Vec<Found>> {
        self.told(rows::find(&self.connection, entity, text, limit))
    }

    fn each(
        &self,
        entity: Entity,
        customer: Option<CustomerId>,
        visit: Visit<'_, Record>,
    ) -> Result<()> {
        self.told(rows::each(&self.connection, entity, customer.map(|one| one.0), visit))
    }

    fn customers(
        &self,
        range: CustomerRange,
        as_of: Day,
        visit: &mut dyn FnMut(&Customer) -> Result<()>,
    ) -> Result<()> {
        self.told(scan::customers(&self.connection, range, as_of, visit))
    }

    fn customer_rows(
        &self,
        range: CustomerRange,
        as_of: Day,
        visit: &mut dyn FnMut(&CustomerRow<'_>) -> Result<()>,
    ) -> Result<()> {
        self.told(scan::customer_rows(&self.connection, range, as_of, visit))
    }

    fn kinds(&self) -> Result<Vec<String>> {
        let kinds = || -> Done<Vec<String>> {
            let sql = "SELECT name FROM kind ORDER BY number";
            let mut statement = self.connection.prepare_cached(sql)?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
        };
        self.told(kinds())
    }

    fn interactions(
        &self,
        range: CustomerRange,
        as_of: Day,
        wanted: Wanted,
        visit: &mut dyn FnMut(&InteractionRow<'_>) -> Result<()>,
    ) -> Result<()> {
        self.told(scan::interactions(&self.connection, range, as_of, wanted, visit))
    }

    fn deals(
        &self,
        range: CustomerRange,
        as_of: Day,
        visit: &mut dyn FnMut(&Deal, &[DealEvent]) -> Result<()>,
    ) -> Result<()> {
        let condition = "customer > ? AND customer <= ?";
        let bounds = [range.after, range.through];
        self.told(scan::deals(&self.connection, condition, bounds, as_of, visit))
    }

    fn deals_without_customer(
        &self,
        as_of: Day,
        visit: &mut dyn FnMut(&Deal, &[DealEvent]) -> Result<()>,
    ) -> Result<()> {
        self.told(scan::deals(&self.connection, "customer IS NULL", [], as_of, visit))
    }

    fn external_ids(&self, system: &str, visit: &mut dyn FnMut(&str, i64)) -> Result<()> {
        let each = |visit: &mut dyn FnMut(&str, i64)| -> Done<()> {
            let sql = "SELECT external, customer FROM external_id WHERE system = ? ORDER BY 1, 2";
            let mut statement = self.connection.prepare_cached(sql)?;
            let mut rows = statement.query(params![system])?;
            while let Some(row) = rows.next()? {
                visit(row.get_ref(0)?.as_str().unwrap_or_default(), row.get(1)?);
            }
            Ok(())
        };
        self.told(each(visit))
    }

    fn runs(&self) -> Result<Vec<StoredRun>> {
        self.told(run::runs(&self.connection, None))
    }

    fn run(&self, id: RunId) -> Result<Option<StoredRun>> {
        self.told(run::runs(&self.connection, Some(id)).map(|mut found| found.pop()))
    }

    fn run_part(&self, run: RunId, name: &str, batch: usize) -> Result<Option<Vec<u8>>> {
        self.told(run::part(&self.connection, run, name, batch))
    }

    fn label_changes(&self, run: RunId, customer: Option<CustomerId>) -> Result<Vec<LabelChange>> {
        self.told(run::label_changes(&self.connection, run, customer))
    }
}

//! One operation: a connection in one write transaction.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kehu_domain::{Day, Entity, OperationDraft, OperationId, Record, RunId};
use kehu_store::{LabelChange, Reader, Result, StoredRun, Writer};

use crate::fault::Done;
use crate::lock::{self, Sign};
use crate::reader::SqliteReader;
use crate::{change, file, run};

/// How much of the file a writer keeps in memory, in KiB.
const CACHE: i64 = 64 * 1024;

/// Writes one operation; when it is dropped, SQLite rolls it back.
pub(crate) struct SqliteWriter {
    // Dropped first: once the lock is free, the sign is another's.
    sign: Sign,
    pub(crate) reader: SqliteReader,
    operation: i64,
    summary: Option<String>,
}

impl SqliteWriter {
    /// Takes the lock and begins.
    pub(crate) fn begin(
        path: &Arc<Path>,
        patience: Duration,
        draft: &OperationDraft,
    ) -> Done<Self> {
        let connection = file::connect(path)?;
        connection.pragma_update(None, "cache_size", -CACHE)?;
        let sign = lock::begin(&connection, path, patience, draft)?;
        let operation = change::begin(&connection, draft)?;
        let reader = SqliteReader { connection, path: Arc::clone(path) };
        Ok(Self { sign, reader, operation, summary: None })
    }

    /// Keeps the operation, and returns the connection for what may follow.
    pub(crate) fn keep(self) -> Done<SqliteReader> {
        let Self { sign, reader, operation, summary } = self;
        if let Some(summary) = summary {
            let sql = "UPDATE operation SET summary = ? WHERE id = ?";
            reader.connection.execute(sql, rusqlite::params![summary, operation])?;
        }
        drop(sign);
        reader.connection.execute_batch("COMMIT")?;
        Ok(reader)
    }

    fn told<T>(&self, done: Done<T>) -> Result<T> {
        done.map_err(|fault| fault.of(&self.reader.path))
    }
}

impl Writer for SqliteWriter {
    fn operation(&self) -> OperationId {
        OperationId(self.operation)
    }

    fn reader(&self) -> &dyn Reader {
        &self.reader
    }

    fn put(&mut self, record: &Record, today: Day) -> Result<i64> {
        self.told(change::put(&self.reader.connection, self.operation, record, today))
    }

    fn remove(&mut self, entity: Entity, id: i64) -> Result<()> {
        self.told(change::remove(&self.reader.connection, self.operation, entity, id))
    }

    fn put_run(&mut self, run: &StoredRun) -> Result<RunId> {
        self.told(run::put(&self.reader.connection, self.operation, run))
    }

    fn put_run_part(&mut self, run: RunId, name: &str, batch: usize, bytes: &[u8]) -> Result<()> {
        self.told(run::put_part(&self.reader.connection, run, name, batch, bytes))
    }

    fn put_label_changes(&mut self, run: RunId, changes: &[LabelChange]) -> Result<()> {
        self.told(run::put_label_changes(&self.reader.connection, run, changes))
    }

    fn thin_runs(&mut self, keep: usize) -> Result<()> {
        self.told(run::thin(&self.reader.connection, keep))
    }

    fn set_summary(&mut self, summary: &str) {
        self.summary = Some(summary.to_owned());
    }

    fn commit(self: Box<Self>) -> Result<OperationId> {
        let (operation, path) = (OperationId(self.operation), Arc::clone(&self.reader.path));
        self.keep().map_err(|fault| fault.of(&path))?;
        Ok(operation)
    }
}

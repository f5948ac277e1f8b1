//! Keeps a workspace in one SQLite file, safe against crashes and open to many readers at once.
//!
//! - [`SqliteStore`] is the file; it hands out readers, writers and stagings, each with a connection
//!   of its own.
//! - `schema.sql` says what is kept; one description of each record (`table`) drives all reading and
//!   writing of rows.
//! - `change` and `undo` make, replace, remove and restore records; `scan` reads what scoring folds.
//! - `staging` takes imports in temporary files without a lock, and merges them.
//!
//! ```
//! use kehu_domain::{Customer, Day, Entity, OperationDraft};
//! use kehu_sqlite::SqliteStore;
//! use kehu_store::Store as _;
//! # let folder = tempfile::tempdir().unwrap();
//! let store = SqliteStore::create(&folder.path().join("kehu.db"))?;
//! let draft = OperationDraft {
//!     kind: "customer add".into(),
//!     by: "ann".into(),
//!     at: "2024-05-01T08:00:00Z".into(),
//!     summary: "Huaxing".into(),
//!     source: None,
//!     cause: None,
//! };
//! let mut writer = store.write(&draft)?;
//! let huaxing = Customer { name: "Huaxing".into(), ..Customer::default() };
//! let id = writer.put(&huaxing.into(), Day::parse("2024-05-01").unwrap())?;
//! writer.commit()?;
//! assert_eq!(store.read()?.find(Entity::Customer, "HUAXING", 5)?[0].id, id);
//! # Ok::<(), kehu_store::StoreError>(())
//! ```

mod cell;
mod change;
mod doctor;
mod erase;
mod fault;
mod file;
mod fold;
mod lock;
mod matching;
mod merge;
mod migrate;
mod names;
mod reader;
mod rows;
mod run;
mod scan;
mod spool;
mod staging;
mod table;
mod undo;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kehu_domain::{Day, Entity, Operation, OperationDraft, OperationId};
use kehu_store::{Erased, Reader, Result, Staging, Store, Undone, Writer};

use crate::fault::Done;
use crate::reader::SqliteReader;
use crate::writer::SqliteWriter;

/// How long a writer waits for another one before it says who that is.
const PATIENCE: Duration = Duration::from_secs(2);

/// Keeps a workspace's records in one SQLite file.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    path: Arc<Path>,
    patience: Duration,
}

impl SqliteStore {
    /// Makes a new store that only its owner may read; its folder must be there.
    ///
    /// # Errors
    /// [`StoreError::Exists`](kehu_store::StoreError::Exists): no file is ever overwritten.
    pub fn create(path: &Path) -> Result<Self> {
        file::create(path).map_err(|fault| fault.of(path))?;
        Ok(Self::at(path))
    }

    /// Opens a store; one of an older version is copied beside itself and brought up.
    pub fn open(path: &Path) -> Result<Self> {
        file::check(path).map_err(|fault| fault.of(path))?;
        Ok(Self::at(path))
    }

    /// Sets how long a writer waits for another one; two seconds unless set.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    fn at(path: &Path) -> Self {
        Self { path: Arc::from(path), patience: PATIENCE }
    }

    fn told<T>(&self, done: Done<T>) -> Result<T> {
        done.map_err(|fault| fault.of(&self.path))
    }

    fn begin(&self, draft: &OperationDraft) -> Result<SqliteWriter> {
        self.told(SqliteWriter::begin(&self.path, self.patience, draft))
    }

    fn open_many(&self, count: usize) -> Done<Vec<SqliteReader>> {
        let mut readers = Vec::with_capacity(count);
        for _ in 0..count {
            readers.push(SqliteReader::open(&self.path)?);
        }
        // Each commit is one operation, so those that see the same last one see the same state.
        loop {
            let mut last = Vec::with_capacity(count);
            for reader in &readers {
                last.push(change::last(&reader.connection)?);
            }
            let newest = last.iter().max().copied().flatten();
            if last.iter().all(|seen| *seen == newest) {
                return Ok(readers);
            }
            for (reader, _) in readers.iter().zip(&last).filter(|(_, seen)| **seen != newest) {
                reader.renew()?;
            }
        }
    }

    fn take_back(&self, writer: &SqliteWriter, target: &Operation) -> Result<()> {
        self.told(undo::undo(&writer.reader.connection, target.id, writer.operation().0))
    }
}

impl Store for SqliteStore {
    fn read(&self) -> Result<Box<dyn Reader>> {
        Ok(Box::new(self.told(SqliteReader::open(&self.path))?))
    }

    fn read_many(&self, count: usize) -> Result<Vec<Box<dyn Reader>>> {
        let readers = self.told(self.open_many(count))?;
        Ok(readers.into_iter().map(|reader| Box::new(reader) as Box<dyn Reader>).collect())
    }

    fn write(&self, draft: &OperationDraft) -> Result<Box<dyn Writer>> {
        Ok(Box::new(self.begin(draft)?))
    }

    fn stage(&self) -> Result<Box<dyn Staging>> {
        Ok(Box::new(self.told(staging::SqliteStaging::new(&self.path, self.patience))?))
    }

    fn undo(&self, target: Option<OperationId>, draft: &OperationDraft) -> Result<Undone> {
        let draft = OperationDraft { kind: undo::KIND.to_owned(), ..draft.clone() };
        let mut writer = self.begin(&draft)?;
        let target = self.told(undo::target(&writer.reader.connection, target))?;
        let with = self.told(undo::consequences(&writer.reader.connection, target.id))?;
        for operation in with.iter().chain([&target]) {
            self.take_back(&writer, operation)?;
        }
        let also: Vec<String> = with.iter().map(|operation| operation.id.to_string()).collect();
        let also =
            if also.is_empty() { String::new() } else { format!(", with {}", also.join(", ")) };
        writer.set_summary(&format!("{} {}: {}{also}", target.id, target.kind, target.summary));
        let by = Some(Box::new(writer).commit()?);
        let undone = |operation| Operation { undone_by: by, ..operation };
        Ok(Undone { operation: undone(target), with: with.into_iter().map(undone).collect() })
    }

    fn erase(&self, entity: Entity, id: i64, draft: &OperationDraft, today: Day) -> Result<Erased> {
        let draft = OperationDraft { kind: erase::KIND.to_owned(), ..draft.clone() };
        let mut writer = self.begin(&draft)?;
        let connection = &writer.reader.connection;
        self.told(connection.pragma_update(None, "secure_delete", true).map_err(Into::into))?;
        let erased = self.told(erase::erase(connection, entity, id, today))?;
        writer.set_summary(&format!("erased {}-{id}", entity.prefix()));
        let reader = self.told(writer.keep())?;
        let swept = self.told(erase::sweep(&reader.connection))?;
        Ok(Erased { swept, ..erased })
    }

    fn describe(&self) -> Result<Vec<(String, String)>> {
        let reader = self.told(SqliteReader::open(&self.path))?;
        self.told(doctor::describe(&reader.connection))
    }

    fn check(&self) -> Result<Vec<String>> {
        let reader = self.told(SqliteReader::open(&self.path))?;
        self.told(doctor::check(&reader.connection))
    }
}

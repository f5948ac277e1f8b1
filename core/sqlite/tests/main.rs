//! What a workspace's file must do, through the crate's public face.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as it should be")]

mod hostile;
mod killed;
mod locking;
mod model;
mod story;

use std::path::{Path, PathBuf};

use kehu_domain::{Customer, Day, OperationDraft};
use kehu_sqlite::SqliteStore;
use kehu_store::{Result, Store as _};
use tempfile::TempDir;

/// A folder in memory where there is one: no test waits for a disk.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir()).unwrap()
}

/// A new store in a folder that is deleted with it.
fn new_store() -> (TempDir, PathBuf, SqliteStore) {
    let folder = folder();
    let path = folder.path().join("kehu.db");
    let store = SqliteStore::create(&path).unwrap();
    (folder, path, store)
}

fn draft(kind: &str) -> OperationDraft {
    OperationDraft {
        kind: kind.into(),
        by: "ann".into(),
        at: "2024-05-01T08:00:00Z".into(),
        summary: "something".into(),
        source: None,
        cause: None,
    }
}

fn today() -> Day {
    Day::parse("2024-05-01").unwrap()
}

fn add_customer(store: &SqliteStore, name: &str) -> Result<i64> {
    let mut writer = store.write(&draft("customer add"))?;
    let customer = Customer { name: name.into(), ..Customer::default() };
    let id = writer.put(&customer.into(), today())?;
    writer.commit()?;
    Ok(id)
}

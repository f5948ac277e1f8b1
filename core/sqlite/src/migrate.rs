//! The steps from one version of the schema to the next.

use std::path::Path;

use rusqlite::Connection;

use crate::fault::Done;
use crate::file::beside;

/// Each step brings a store from the version that is its place to the next one.
const STEPS: [&str; 1] = [include_str!("schema.sql")];

/// The version of the schema that this build writes.
pub(crate) const VERSION: i64 = STEPS.len() as i64;

/// Takes the steps that a store of version `from` lacks, all or none.
pub(crate) fn run(connection: &Connection, from: i64) -> Done<()> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let steps = || -> rusqlite::Result<()> {
        // Another process may have taken them meanwhile.
        let now: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        for step in STEPS.iter().skip(usize::try_from(now.max(from)).unwrap_or(usize::MAX)) {
            connection.execute_batch(step)?;
        }
        connection.pragma_update(None, "user_version", VERSION)
    };
    match steps() {
        Ok(()) => Ok(connection.execute_batch("COMMIT")?),
        Err(error) => {
            connection.execute_batch("ROLLBACK")?;
            Err(error.into())
        }
    }
}

/// Copies a store of an older version beside it, before it is changed.
pub(crate) fn back_up(connection: &Connection, path: &Path, version: i64) -> Done<()> {
    let name = |count: u32| match count {
        0 => beside(path, &format!("-before-{version}")),
        count => beside(path, &format!("-before-{version}.{count}")),
    };
    let free = (0..1_000).map(name).find(|copy| !copy.exists()).unwrap_or_else(|| name(1_000));
    make_private(&free)?;
    connection.execute("VACUUM INTO ?", [free.to_string_lossy()])?;
    Ok(())
}

/// SQLite writes into an empty file as it finds it, so that nobody else ever sees the copy.
fn make_private(path: &Path) -> Done<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    Ok(())
}

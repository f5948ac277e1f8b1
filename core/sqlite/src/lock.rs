//! Who writes, and what those who wait are told.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use kehu_domain::OperationDraft;
use kehu_store::StoreError;
use rusqlite::{Connection, ErrorCode};

use crate::fault::Done;
use crate::file::beside;

/// Stands for the file that names the writer while it writes.
///
/// Left behind by a crash it does no harm: it is read only while the lock is held, and each holder
/// writes its own.
pub(crate) struct Sign(PathBuf);

impl Drop for Sign {
    fn drop(&mut self) {
        // If it stays, the next writer overwrites it.
        fs::remove_file(&self.0).ok();
    }
}

/// Takes the lock, waiting for another writer no longer than `patience`.
pub(crate) fn begin(
    connection: &Connection,
    path: &Path,
    patience: Duration,
    draft: &OperationDraft,
) -> Done<Sign> {
    if connection.is_readonly("main")? {
        let message = "it may only be read".to_owned();
        return Err(StoreError::ReadOnly { path: path.to_owned(), message }.into());
    }
    let start = Instant::now();
    connection.busy_timeout(Duration::ZERO)?;
    while let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        let busy = error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy);
        if !busy || start.elapsed() >= patience {
            return Err(error.into());
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    connection.busy_timeout(crate::file::BUSY)?;
    Ok(put_up_sign(path, draft))
}

fn put_up_sign(path: &Path, draft: &OperationDraft) -> Sign {
    let sign = beside(path, "-writer");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let words = format!(
        "process {} ({}, `{}`, since {})",
        std::process::id(),
        draft.by,
        draft.kind,
        draft.at
    );
    // Without the sign those who wait are told less, no more.
    options.open(&sign).and_then(|mut file| file.write_all(words.as_bytes())).ok();
    Sign(sign)
}

/// Names the process that holds the lock.
pub(crate) fn holder(path: &Path) -> String {
    match fs::read_to_string(beside(path, "-writer")) {
        Ok(words) if !words.is_empty() => words,
        _ => "another process".to_owned(),
    }
}

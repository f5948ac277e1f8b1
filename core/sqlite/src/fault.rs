//! What goes wrong inside, and what the caller is told.

use std::io;
use std::path::Path;

use kehu_store::StoreError;
use rusqlite::ErrorCode;

/// The result of a step inside.
pub(crate) type Done<T> = std::result::Result<T, Fault>;

/// Says what went wrong before it is known in which file.
#[derive(Debug)]
pub(crate) enum Fault {
    /// SQLite says so.
    Sqlite(rusqlite::Error),
    /// The file system says so.
    Io(io::Error),
    /// What is stored is not what was written.
    Damaged(String),
    /// It is known already.
    Store(StoreError),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl Fault {
    /// Tells it to the caller.
    pub(crate) fn of(self, path: &Path) -> StoreError {
        match self {
            Self::Store(error) => error,
            Self::Damaged(message) => StoreError::Corrupt { path: path.to_owned(), message },
            Self::Io(error) => file_error(&error, path),
            Self::Sqlite(error) => sqlite_error(&error, path),
        }
    }
}

/// Tells the caller what the file system said.
pub(crate) fn file_error(error: &io::Error, path: &Path) -> StoreError {
    let path = path.to_owned();
    match error.kind() {
        io::ErrorKind::NotFound => StoreError::Gone { path },
        io::ErrorKind::AlreadyExists => StoreError::Exists { path },
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly { path, message: error.to_string() }
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full,
        _ => StoreError::Io(format!("{}: {error}", path.display())),
    }
}

/// True if what could not be read is damaged, rather than locked, gone or not allowed.
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt)
}

fn sqlite_error(error: &rusqlite::Error, path: &Path) -> StoreError {
    let message = error.to_string();
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Corrupt { path, message },
        Some(ErrorCode::NotADatabase) => StoreError::Foreign { path },
        Some(ErrorCode::DiskFull) => StoreError::Full,
        // Where not even the shared memory beside the file finds room, SQLite only says that it failed.
        Some(ErrorCode::SystemIoFailure) if has_no_room(&path) => StoreError::Full,
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            StoreError::ReadOnly { path, message }
        }
        Some(ErrorCode::CannotOpen) if !path.exists() => StoreError::Gone { path },
        Some(ErrorCode::CannotOpen) => StoreError::ReadOnly { path, message },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Locked { holder: crate::lock::holder(&path) }
        }
        _ => StoreError::Io(format!("{}: {message}", path.display())),
    }
}

/// True if the disk of a file has hardly a page left.
#[cfg(unix)]
fn has_no_room(path: &Path) -> bool {
    rustix::fs::statvfs(crate::file::folder(path))
        .is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) < 64 * 1024)
}

#[cfg(not(unix))]
fn has_no_room(_path: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_failures() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (x); PRAGMA max_page_count = 3").unwrap();
        let full = connection.execute("INSERT INTO t VALUES (zeroblob(100000))", []).unwrap_err();
        assert!(matches!(Fault::from(full).of(Path::new("x")), StoreError::Full));
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert!(matches!(Fault::from(full).of(Path::new("x")), StoreError::Full));
    }
}

//! The file itself: how it is made, recognised and opened.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kehu_store::StoreError;
use rusqlite::{Connection, OpenFlags};

use crate::fault::{Done, Fault, file_error};
use crate::migrate;

/// Marks a file as ours; the letters `kehu`.
const APPLICATION: i64 = 0x6b65_6875;
/// Larger pages than usual make the scans of interactions shorter.
const PAGE: u32 = 8_192;
/// How long SQLite itself waits for the short locks inside a file.
pub(crate) const BUSY: Duration = Duration::from_secs(10);

/// The folder that a file lies in.
pub(crate) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Makes a new store; it appears under its name only when it is whole.
pub(crate) fn create(path: &Path) -> Done<()> {
    if path.exists() {
        return Err(StoreError::Exists { path: path.to_owned() }.into());
    }
    let folder = folder(path);
    fs::metadata(folder).map_err(|error| file_error(&error, folder))?;
    refuse_network(folder)?;
    let draft = tempfile::Builder::new().prefix(".kehu-").tempfile_in(folder)?;
    let connection = connect(draft.path())?;
    connection.execute_batch(&format!(
        "PRAGMA page_size = {PAGE}; PRAGMA application_id = {APPLICATION}; PRAGMA journal_mode = WAL;"
    ))?;
    migrate::run(&connection, 0)?;
    connection.close().map_err(|(_, error)| Fault::Sqlite(error))?;
    draft.persist_noclobber(path).map_err(|error| Fault::Io(error.error))?;
    Ok(())
}

/// Makes sure that a file is a store of a version that this build knows, and brings an older one up.
///
/// Only SQLite ever opens the file: were it opened and closed here beside it, the system would drop
/// the locks that this process holds on it.
pub(crate) fn check(path: &Path) -> Done<()> {
    let found = fs::metadata(path)?;
    if !found.is_file() {
        return Err(StoreError::Foreign { path: path.to_owned() }.into());
    }
    refuse_network(path)?;
    let connection = connect(path)?;
    let number = |pragma| connection.query_row(pragma, [], |row| row.get::<_, i64>(0));
    if number("PRAGMA application_id")? != APPLICATION {
        return Err(StoreError::Foreign { path: path.to_owned() }.into());
    }
    let (found, known) = (number("PRAGMA user_version")?, migrate::VERSION);
    if found > known {
        return Err(StoreError::Newer { path: path.to_owned(), found, known }.into());
    }
    if found < known {
        if connection.is_readonly("main")? {
            let message = format!("it is of version {found} and must be brought up to {known}");
            return Err(StoreError::ReadOnly { path: path.to_owned(), message }.into());
        }
        migrate::back_up(&connection, path, found)?;
        migrate::run(&connection, found)?;
    }
    Ok(())
}

/// A file whose name is that of the store with something added.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Opens a connection; never makes a file of its own, and reads where it may not write.
pub(crate) fn connect(path: &Path) -> Done<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = if is_still(path) {
        let flags = flags | OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        Connection::open_with_flags(still(path), flags)?
    } else {
        Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_READ_WRITE)?
    };
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(128);
    // References are checked where records are written; the bulk of an import would pay too much.
    connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA synchronous = FULL;")?;
    Ok(connection)
}

/// True if the file may be read where nothing may be written: on a disk that is mounted to be read,
/// or in somebody else's folder. Readers of a log need shared memory beside the file; where that
/// cannot be made, and no log waits, the file can only be read as one that stands still.
#[cfg(unix)]
fn is_still(path: &Path) -> bool {
    use rustix::fs::{Access, access};
    let refuses = |place: &Path| access(place, Access::WRITE_OK).is_err();
    refuses(path) && refuses(folder(path)) && !beside(path, "-wal").exists()
}

#[cfg(not(unix))]
fn is_still(_path: &Path) -> bool {
    false
}

/// The address by which SQLite reads a file as one that nobody changes.
fn still(path: &Path) -> String {
    let mut address = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                address.push(char::from(*byte));
            }
            other => address += &format!("%{other:02X}"),
        }
    }
    address + "?immutable=1"
}

/// Network drives do not keep the promises that the locks and the shared memory of a store need.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn refuse_network(path: &Path) -> Done<()> {
    const KINDS: [(u32, &str); 9] = [
        (0x6969, "NFS"),
        (0x517b, "SMB"),
        (0xff53_4d42, "CIFS"),
        (0xfe53_4d42, "SMB2"),
        (0x5346_414f, "AFS"),
        (0x7375_7245, "Coda"),
        (0x0102_1997, "9P"),
        (0x00c3_6400, "Ceph"),
        (0x0bd0_0bd0, "Lustre"),
    ];
    let Ok(found) = rustix::fs::statfs(path) else { return Ok(()) };
    let magic = found.f_type as u32;
    match KINDS.iter().find(|(kind, _)| *kind == magic) {
        Some((_, name)) => Err(StoreError::Io(format!(
            "{} lies on a network drive ({name}), where a database can be damaged; \
             move the workspace to a local disk",
            path.display()
        ))
        .into()),
        None => Ok(()),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn refuse_network(_path: &Path) -> Done<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_stands_still_is_read_whatever_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a?b %20#客户&mode=rw.db");
        create(&path).map_err(|fault| fault.of(&path)).unwrap();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let connection = Connection::open_with_flags(still(&path), flags).unwrap();
        let found: i64 =
            connection.query_row("PRAGMA application_id", [], |row| row.get(0)).unwrap();
        assert_eq!(found, APPLICATION);
        assert!(connection.execute_batch("CREATE TABLE t (x)").is_err());
    }
}

use std::fs;
use std::path::Path;

use kehu_domain::Entity;
use kehu_sqlite::SqliteStore;
use kehu_store::{Store as _, StoreError};
use rusqlite::Connection;

use crate::{add_customer, folder, new_store};

fn refused(path: &Path) -> StoreError {
    SqliteStore::open(path).expect_err("it is no sound store")
}

#[test]
fn no_file_is_ever_overwritten() {
    let (_folder, path, store) = new_store();
    add_customer(&store, "Huaxing").unwrap();
    let again = SqliteStore::create(&path);
    assert!(matches!(again, Err(StoreError::Exists { .. })), "{again:?}");
    assert_eq!(store.read().unwrap().count(Entity::Customer).unwrap(), 1);
}

#[test]
fn what_is_not_there_is_gone() {
    let folder = folder();
    let path = folder.path().join("kehu.db");
    assert!(matches!(refused(&path), StoreError::Gone { .. }));
    assert!(!path.exists(), "opening makes nothing");
    let created = SqliteStore::create(&folder.path().join("none/kehu.db"));
    assert!(matches!(created, Err(StoreError::Gone { .. })), "{created:?}");
    let store = SqliteStore::create(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let read = store.read().err();
    assert!(matches!(read, Some(StoreError::Gone { .. })), "{read:?}");
}

#[test]
fn a_file_of_another_program_is_left_alone() {
    let folder = folder();
    let path = folder.path().join("kehu.db");
    for content in [&b""[..], b"name,phone\n", b"SQLite format 3\0", &[7; 5_000]] {
        fs::write(&path, content).unwrap();
        assert!(matches!(refused(&path), StoreError::Foreign { .. }));
        assert_eq!(fs::read(&path).unwrap(), content);
    }
    fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    assert!(matches!(refused(&path), StoreError::Foreign { .. }));
    assert!(matches!(refused(folder.path()), StoreError::Foreign { .. }), "a folder");
}

#[test]
fn a_file_that_is_cut_off_is_damaged() {
    let (_folder, path, store) = new_store();
    for number in 0..200 {
        add_customer(&store, &format!("Customer {number}")).unwrap();
    }
    let whole = fs::read(&path).unwrap();
    for share in [2, 3, 10] {
        fs::write(&path, &whole[..whole.len() / share]).unwrap();
        let error = refused(&path);
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    }
    fs::write(&path, &whole[..50]).unwrap();
    assert!(matches!(refused(&path), StoreError::Corrupt { .. }));
}

#[test]
fn damage_is_reported_and_breaks_nothing_else() {
    let (_folder, path, store) = new_store();
    for number in 0..50 {
        add_customer(&store, &format!("Customer {number}")).unwrap();
    }
    let whole = fs::read(&path).unwrap();
    for place in (100..whole.len()).step_by(whole.len() / 60) {
        let mut damaged = whole.clone();
        let end = (place + 700).min(whole.len());
        damaged[place..end].iter_mut().for_each(|byte| *byte ^= 0x5a);
        fs::write(&path, &damaged).unwrap();
        // Whatever is hit, each call returns a value or an error.
        let Ok(store) = SqliteStore::open(&path) else { continue };
        if let Ok(reader) = store.read() {
            for entity in Entity::ALL {
                reader.each(entity, None, &mut |_| Ok(())).ok();
            }
            reader.operations(100).ok();
            reader.find(Entity::Customer, "customer", 100).ok();
        }
        store.check().ok();
        add_customer(&store, "One more").ok();
    }
}

#[test]
fn a_damaged_table_is_found_by_the_check() {
    let (_folder, path, store) = new_store();
    add_customer(&store, "Huaxing").unwrap();
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF; UPDATE customer SET owner = 77").unwrap();
    assert_eq!(store.check().unwrap(), ["1 rows of customer name a rep that is not there"]);
    connection.execute_batch("DELETE FROM customer").unwrap();
    assert_eq!(store.check().unwrap(), ["customer has 0 rows, 1 were counted"]);
}

#[test]
fn a_file_of_a_newer_version_is_refused_and_says_so() {
    let (_folder, path, _store) = new_store();
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 9").unwrap();
    let error = refused(&path);
    assert!(matches!(error, StoreError::Newer { found: 9, known: 1, .. }), "{error}");
}

#[test]
fn a_file_of_an_older_version_is_copied_before_it_is_changed() {
    let folder = folder();
    let path = folder.path().join("kehu.db");
    // As if it had been written before there was a first schema.
    let old = Connection::open(&path).unwrap();
    old.execute_batch("PRAGMA application_id = 1801807989; CREATE TABLE old (x)").unwrap();
    drop(old);
    let store = SqliteStore::open(&path).unwrap();
    add_customer(&store, "Huaxing").unwrap();
    let copy = Connection::open(folder.path().join("kehu.db-before-0")).unwrap();
    let tables: i64 =
        copy.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1, "the copy is the old file");
    SqliteStore::open(&path).unwrap();
    assert!(!folder.path().join("kehu.db-before-0.1").exists(), "copied once");
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_what_is_written() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, _, store) = new_store();
    let mut writer = store.write(&crate::draft("put")).unwrap();
    let customer = kehu_domain::Customer { name: "Huaxing".into(), ..Default::default() };
    writer.put(&customer.into(), crate::today()).unwrap();
    let mut names = Vec::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["kehu.db", "kehu.db-shm", "kehu.db-wal", "kehu.db-writer"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_that_cannot_be_written_is_read_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let created = SqliteStore::create(Path::new("/sys/kehu.db"));
    assert!(matches!(created, Err(StoreError::ReadOnly { .. })), "{created:?}");
    let (_folder, path, store) = new_store();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    if fs::OpenOptions::new().write(true).open(&path).is_ok() {
        return; // nothing is read-only for the superuser
    }
    let written = store.write(&crate::draft("put")).err();
    assert!(matches!(written, Some(StoreError::ReadOnly { .. })), "{written:?}");
    assert!(store.read().is_ok());
}

#[test]
fn an_import_leaves_no_file_behind() {
    let (folder, _, store) = new_store();
    let staging = store.stage().unwrap();
    drop(staging);
    drop(store);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use kehu_domain::{Customer, CustomerId, Day, Entity, Interaction};
use kehu_sqlite::SqliteStore;
use kehu_store::Store as _;

use crate::{draft, new_store, today};

const PATH: &str = "KEHU_TEST_STORE";
/// Records of each sort in one operation.
const MANY: i64 = 300;

/// Runs in a process of its own, which is killed: writes and imports until then.
#[test]
#[ignore = "the other tests start it"]
fn write_until_killed() {
    let Some(path) = std::env::var_os(PATH).map(PathBuf::from) else { return };
    let store = SqliteStore::open(&path).unwrap();
    loop {
        let mut writer = store.write(&draft("put")).unwrap();
        for _ in 0..MANY {
            writer.put(&Customer::default().into(), today()).unwrap();
        }
        writer.commit().unwrap();
        let mut staging = store.stage().unwrap();
        for number in 1..=MANY {
            let customer = Customer { id: -number, ..Customer::default() };
            staging.push(0, 1, customer.into()).unwrap();
            let call = Interaction::new(CustomerId(-number), Day::MIN, "call");
            staging.push(0, 1, call.into()).unwrap();
        }
        staging.merge(&draft("import"), today()).unwrap();
        store.undo(None, &draft("undo")).unwrap();
    }
}

#[test]
fn after_a_kill_each_operation_is_there_or_not() {
    let (_folder, path, store) = new_store();
    let mut seen = 0;
    for round in 0..8 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "killed::write_until_killed", "--ignored"])
            .env(PATH, &path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(60 + 37 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        let store = SqliteStore::open(&path).unwrap();
        assert_eq!(store.check().unwrap(), [""; 0]);
        let reader = store.read().unwrap();
        let count = reader.count(Entity::Customer).unwrap() as i64;
        assert_eq!(count % MANY, 0, "an operation is whole");
        let operations = reader.operations(usize::MAX).unwrap();
        let kept = |kind: &str| {
            let kept = operations.iter().filter(|one| one.kind == kind && one.undone_by.is_none());
            kept.count() as i64
        };
        assert_eq!(count, (kept("put") + kept("import")) * MANY);
        assert_eq!(reader.count(Entity::Interaction).unwrap() as i64, kept("import") * MANY);
        seen = operations.len();
    }
    assert!(seen > 0, "something was written before the kills");
    assert!(store.write(&draft("put")).is_ok(), "the lock of a killed writer is free");
}

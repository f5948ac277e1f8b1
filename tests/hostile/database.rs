//! A store that is missing, foreign, damaged, newer, locked or only to be read.

use insta::assert_snapshot;

use crate::kit::Kit;

#[test]
fn a_database_that_is_missing_garbage_or_foreign_is_told_apart() {
    let kit = Kit::new();
    std::fs::remove_file(kit.path().join("kehu.db")).unwrap();
    assert_snapshot!(kit.run("customer list"), @r"
    [stderr]
    error: $DIR/shop/kehu.db is not there
    hint: put the file back where it was, or take a backup
    hint: a new workspace is made with: kehu init DIR
    [exit 1]
    ");
    kit.write("kehu.db", "this is no database, but a text that is long enough to look at");
    assert_snapshot!(kit.run("customer list"), @r"
    [stderr]
    error: $DIR/shop/kehu.db is no kehu database
    hint: if $DIR/shop/kehu.db should be the workspace's data, restore it from a backup
    [exit 1]
    ");
    assert_snapshot!(kit.run("doctor"), @r"
    state  what       found                                             advice
    ok     kehu       0.1.0
    error  workspace  $DIR/shop/kehu.db is no kehu database  if $DIR/shop/kehu.db should be the workspace's data, restore it from a backup
    [exit 1]
    ");
    kit.write("kehu.db", "");
    assert!(kit.run("customer add x").contains("error: "));
}

#[test]
fn a_database_that_is_damaged_in_its_middle_is_looked_at_to_the_end() {
    use std::io::{Seek as _, SeekFrom, Write as _};
    let kit = Kit::shop();
    let rows: Vec<String> = (0..12_000).map(|row| format!("Customer {row},Place {row}")).collect();
    kit.write("many.csv", &format!("name,place\n{}\n", rows.join("\n")));
    kit.write(
        "map.toml",
        "name = \"many\"\n[[table]]\ninto = \"customer\"\n[table.columns]\nname = \"name\"\nplace = \"place\"\n",
    );
    kit.done("import many.csv --map map.toml");
    let path = kit.path().join("kehu.db");
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    let middle = file.metadata().unwrap().len() / 2;
    file.seek(SeekFrom::Start(middle - middle % 8_192)).unwrap();
    file.write_all(&vec![0xa5; 4 * 8_192]).unwrap();
    drop(file);
    let told = kit.run("doctor");
    for line in ["error    database", "cannot be read to its end", "restore it from a backup"] {
        assert!(told.contains(line), "{told}");
    }
    for line in ["customer        12003", "calendar", "[exit 1]"] {
        assert!(told.contains(line), "{told}");
    }
    let told = kit.run("customer list --limit 0");
    assert!(told.contains("kehu.db is damaged") && told.ends_with("[exit 1]\n"), "{told}");
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    let kit = Kit::shop();
    let connection = rusqlite::Connection::open(kit.path().join("kehu.db")).unwrap();
    connection.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(connection);
    assert_snapshot!(kit.run("customer add x"), @r"
    [stderr]
    error: $DIR/shop/kehu.db has schema version 99, this build knows up to 1
    hint: use the newer kehu that wrote it
    [exit 1]
    ");
}

#[test]
fn who_waits_for_a_writer_is_told_who_that_is() {
    use kehu_store::Store as _;
    let kit = Kit::shop();
    let store = kehu_sqlite::SqliteStore::open(&kit.path().join("kehu.db")).unwrap();
    let draft = kehu_domain::OperationDraft {
        kind: "import".to_owned(),
        by: "王芳".to_owned(),
        at: "2024-03-01T01:00:00Z".to_owned(),
        summary: "till.csv".to_owned(),
        source: None,
        cause: None,
    };
    let writer = store.write(&draft).unwrap();
    let told = kit.run("customer add x");
    assert!(told.contains("王芳") && told.contains("import"), "{told}");
    assert!(told.ends_with("[exit 1]\n"), "{told}");
    assert!(kit.run("customer list").contains("武汉钢铁"), "readers do not wait");
    drop(writer);
    kit.done("customer add x");
}

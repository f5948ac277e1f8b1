//! The story that every store must pass.

use std::cell::RefCell;

use kehu_sqlite::SqliteStore;
use kehu_store::Store;

#[test]
fn a_file_keeps_every_promise_of_a_store() {
    let folders = RefCell::new(Vec::new());
    let make = || -> Box<dyn Store> {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::create(&folder.path().join("kehu.db")).unwrap();
        folders.borrow_mut().push(folder);
        Box::new(store)
    };
    kehu_store::conformance::story(&make).unwrap();
}

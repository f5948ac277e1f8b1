use std::cell::RefCell;

use kehu_store::Store;

use crate::new_store;

#[test]
fn a_file_keeps_every_promise_of_a_store() {
    let folders = RefCell::new(Vec::new());
    let make = || -> Box<dyn Store> {
        let (folder, _, store) = new_store();
        folders.borrow_mut().push(folder);
        Box::new(store)
    };
    kehu_store::conformance::story(&make).unwrap();
}

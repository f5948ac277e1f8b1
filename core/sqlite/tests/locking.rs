use std::time::{Duration, Instant};

use kehu_domain::Entity;
use kehu_store::{Store as _, StoreError};

use crate::{add_customer, draft, new_store};

#[test]
fn who_waits_too_long_is_told_who_writes() {
    let (_folder, path, store) = new_store();
    let store = store.with_patience(Duration::from_millis(50));
    let writer = store.write(&draft("import")).unwrap();
    let start = Instant::now();
    let refused = add_customer(&store, "Huaxing").unwrap_err();
    assert!(start.elapsed() >= Duration::from_millis(50));
    let StoreError::Locked { holder } = &refused else { panic!("{refused}") };
    let expected =
        format!("process {} (ann, `import`, since 2024-05-01T08:00:00Z)", std::process::id());
    assert_eq!(*holder, expected);
    assert!(store.read().is_ok(), "readers never wait");
    drop(writer);
    assert!(!path.with_extension("db-writer").exists());
    add_customer(&store, "Huaxing").unwrap();
}

#[test]
fn who_waits_long_enough_writes_next() {
    let (_folder, _, store) = new_store();
    let writer = store.write(&draft("import")).unwrap();
    let other = store.clone().with_patience(Duration::from_secs(60));
    let waiting = std::thread::spawn(move || add_customer(&other, "Huaxing"));
    std::thread::sleep(Duration::from_millis(30));
    writer.commit().unwrap();
    assert_eq!(waiting.join().unwrap().unwrap(), 1);
}

#[test]
fn many_at_once_get_ids_in_order_and_lose_nothing() {
    let (_folder, _, store) = new_store();
    let store = store.with_patience(Duration::from_secs(60));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let store = store.clone();
            std::thread::spawn(move || {
                let add = |number: i32| add_customer(&store, &format!("Customer {number}"));
                (0..25).map(|number| add(number).unwrap()).collect::<Vec<_>>()
            })
        })
        .collect();
    for _ in 0..20 {
        let readers = store.read_many(3).unwrap();
        let last = readers[0].last_operation().unwrap();
        for reader in &readers {
            assert_eq!(reader.last_operation().unwrap(), last);
            let count = reader.count(Entity::Customer).unwrap();
            assert_eq!(Some(count as i64).filter(|count| *count > 0), last.map(|last| last.0));
        }
    }
    let mut ids: Vec<_> = threads.into_iter().flat_map(|one| one.join().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, (1..=100).collect::<Vec<_>>());
}

//! How long an import and a scan take, each beside a bare loop over SQLite in the same run.
//!
//! `cargo bench -p kehu-sqlite -- 1000000` takes that many customers, each with ten interactions.

#![expect(clippy::print_stdout, reason = "a benchmark shows its figures")]

use std::path::Path;
use std::time::{Duration, Instant};

use kehu_domain::{Customer, CustomerId, Day, Interaction, Money, OperationDraft, Record};
use kehu_sqlite::SqliteStore;
use kehu_store::{CustomerRange, Store as _, StoreError, Wanted};
use rusqlite::Connection;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let given = std::env::args().find_map(|word| word.parse().ok());
    let customers: i64 = given.unwrap_or(20_000);
    let folder = tempfile::tempdir_in(option_env!("CARGO_TARGET_TMPDIR").unwrap_or("."))?;
    let bare = folder.path().join("bare.db");
    let (insert, scan) = (bare_insert(&bare, customers)?, bare_scan(&bare)?);
    std::fs::remove_file(&bare)?;
    println!("{customers} customers, {} interactions", customers * 10);
    let path = folder.path().join("kehu.db");
    let store = SqliteStore::create(&path)?;
    let first = import(&store, customers, false)?;
    show("import", first.iter().sum(), insert);
    println!("  pushed {:?}, matched {:?}, merged {:?}", first[0], first[1], first[2]);
    println!("  {} MB", std::fs::metadata(&path)?.len() / 1_000_000);
    let again = import(&store, customers, true)?;
    show("import again", again.iter().sum(), insert);
    println!("  pushed {:?}, matched {:?}, merged {:?}", again[0], again[1], again[2]);
    for (name, wanted) in [
        ("scan of money", Wanted { money: true, ..Wanted::default() }),
        ("scan of money and words", Wanted { money: true, words: true, ..Wanted::default() }),
        (
            "scan of all",
            Wanted {
                money: true,
                words: true,
                links: true,
                thread: true,
                fields: true,
                text: true,
            },
        ),
    ] {
        show(name, timed(|| scan_all(&store, wanted))?, scan);
    }
    show("customers", timed(|| read_customers(&store))?, scan);
    show("undo of a log", timed(|| log_and_undo(&store))?, scan);
    show("undo of the import", timed(|| undo_import(&store))?, insert);
    show("check", timed(|| check(&store))?, scan);
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
    }
    Ok(())
}

fn show(what: &str, time: Duration, bare: Duration) {
    println!("{what}: {time:.2?}, {:.2} of a bare loop", time.as_secs_f64() / bare.as_secs_f64());
}

fn timed(work: impl FnOnce() -> Outcome<()>) -> Outcome<Duration> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

/// Rows as a file would give them: by day, not by customer.
fn rows(customers: i64) -> impl Iterator<Item = (i64, i32, i64)> {
    (0..customers * 10).map(move |line| {
        let customer =
            line.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64.cast_signed()).rem_euclid(customers);
        (customer + 1, (line * 1_000 / customers / 10) as i32 + 18_000, line % 90_000)
    })
}

fn bare_insert(path: &Path, customers: i64) -> Outcome<Duration> {
    let mut sorted: Vec<_> = rows(customers).collect();
    sorted.sort_unstable();
    let start = Instant::now();
    let mut connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA cache_size = -65536; PRAGMA page_size = 8192;
         CREATE TABLE interaction (customer INTEGER, happened INTEGER, id INTEGER, kind INTEGER,
           amount INTEGER, channel TEXT, identity INTEGER,
           PRIMARY KEY (customer, happened, id)) WITHOUT ROWID",
    )?;
    let transaction = connection.transaction()?;
    let mut statement =
        transaction.prepare("INSERT INTO interaction VALUES (?, ?, ?, 0, ?, 'phone', ?)")?;
    for (id, (customer, happened, amount)) in sorted.into_iter().enumerate() {
        let id = id as i64;
        statement.execute((customer, happened, id, amount, id.wrapping_mul(0x1234_5678_9abc)))?;
    }
    drop(statement);
    transaction.commit()?;
    Ok(start.elapsed())
}

fn bare_scan(path: &Path) -> Outcome<Duration> {
    let start = Instant::now();
    let connection = Connection::open(path)?;
    let mut statement =
        connection.prepare("SELECT customer, happened, id, kind, amount FROM interaction")?;
    let mut rows = statement.query([])?;
    let mut sum = 0;
    while let Some(row) = rows.next()? {
        for place in 0..5 {
            sum += row.get_ref(place)?.as_i64()?;
        }
    }
    std::hint::black_box(sum);
    Ok(start.elapsed())
}

fn draft(kind: &str) -> OperationDraft {
    OperationDraft {
        kind: kind.into(),
        by: "ann".into(),
        at: "2024-05-01T08:00:00Z".into(),
        summary: String::new(),
        source: None,
        cause: None,
    }
}

fn import(store: &SqliteStore, customers: i64, again: bool) -> Outcome<[Duration; 3]> {
    let start = Instant::now();
    let mut staging = store.stage()?;
    let sign = if again { 1 } else { -1 };
    if !again {
        for number in 1..=customers {
            let name = format!("Customer {}", number * 7_919 % customers);
            let external_ids = [("erp".to_owned(), format!("K{number:08}"))].into();
            let customer = Customer { id: -number, name, external_ids, ..Customer::default() };
            staging.push(0, number.cast_unsigned(), customer.into())?;
        }
    }
    for (line, (customer, happened, amount)) in (1..).zip(rows(customers)) {
        let day = Day::from_number(happened).ok_or("no day")?;
        let mut row = Interaction::new(CustomerId(customer * sign), day, "purchase");
        row.id = -line;
        row.amount = Some(Money(amount));
        row.channel = Some("phone".to_owned());
        row.identity = Some(line.wrapping_mul(0x1234_5678_9abc));
        staging.push(1, line.cast_unsigned(), Record::Interaction(row))?;
    }
    let pushed = start.elapsed();
    let start = Instant::now();
    let mut count = 0;
    staging.finish(&mut |_, _, _| count += 1)?;
    let matched = start.elapsed();
    let start = Instant::now();
    staging.merge(&draft("import"), Day::from_number(20_000).ok_or("no day")?)?;
    Ok([pushed, matched, start.elapsed()])
}

fn scan_all(store: &SqliteStore, wanted: Wanted) -> Outcome<()> {
    let mut sum = 0;
    store.read()?.interactions(CustomerRange::ALL, Day::MAX, wanted, &mut |row| {
        sum += row.customer + row.id + row.amount.unwrap_or(0);
        Ok(())
    })?;
    std::hint::black_box(sum);
    Ok(())
}

fn read_customers(store: &SqliteStore) -> Outcome<()> {
    let mut sum = 0;
    store.read()?.customers(CustomerRange::ALL, Day::MAX, &mut |customer| {
        sum += customer.name.len();
        Ok(())
    })?;
    std::hint::black_box(sum);
    Ok(())
}

fn log_and_undo(store: &SqliteStore) -> Outcome<()> {
    let day = Day::from_number(20_000).ok_or("no day")?;
    let mut writer = store.write(&draft("log"))?;
    writer.put(&Interaction::new(CustomerId(1), day, "call").into(), day)?;
    writer.commit()?;
    store.undo(None, &draft("undo"))?;
    Ok(())
}

/// Takes back the second import, which made nothing, and the first one.
fn undo_import(store: &SqliteStore) -> Outcome<()> {
    store.undo(None, &draft("undo"))?;
    match store.undo(None, &draft("undo")) {
        Err(StoreError::Refused { .. }) => Err("nothing is in the way".into()),
        other => Ok(other.map(|_| ())?),
    }
}

fn check(store: &SqliteStore) -> Outcome<()> {
    if store.check()?.is_empty() { Ok(()) } else { Err("the store is damaged".into()) }
}

//! How fast purchases are read, mapped and imported, beside a bare loop over the same rows.
//!
//! `cargo bench -p kehu-engine --bench import -- 10000000` sets the number of rows.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its figures and may fall"
)]

use std::io::Write as _;
use std::time::Instant;

use kehu_domain::rows::{Row, RowSource as _, TextFormat};
use kehu_domain::{Day, OperationDraft};
use kehu_engine::import::{Import, Mapping, Silent};
use kehu_engine::packs::PackSet;
use kehu_engine::settings::Settings;
use kehu_sqlite::SqliteStore;

const MAPPING: &str = r#"
name = "shop"
[[table]]
into = "interaction"
create_customers = true
[table.columns]
kind = { value = "purchase" }
customer = "customer"
day = "day"
quantity = "pieces"
amount = "amount"
"#;

fn main() {
    let rows: u64 = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(500_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("purchases.csv");
    write_purchases(&path, rows);
    let format = TextFormat::default();
    let show = |what: &str, started: Instant, bare: Option<f64>| {
        let seconds = started.elapsed().as_secs_f64();
        let ratio = bare.map(|bare| format!(", {:.1} times the bare loop", seconds / bare));
        let a_second = rows as f64 / seconds / 1e6;
        println!("{what}: {seconds:.2} s, {a_second:.2} M rows/s{}", ratio.unwrap_or_default());
        seconds
    };

    let started = Instant::now();
    let mut source = kehu_exchange::csv::open(&path, "purchases.csv", &format).unwrap();
    let (mut row, mut bytes) = (Row::default(), 0);
    while source.next(&mut row).unwrap() {
        bytes += row.cell(row.len() - 1).len();
    }
    let bare = show("read", started, None);
    assert!(bytes > 0);

    let settings = Settings::read(&[]).unwrap();
    let mapping = Mapping::parse("map.toml", MAPPING, &settings).unwrap();
    let store = SqliteStore::create(&folder.path().join("kehu.db")).unwrap();
    let draft = OperationDraft {
        kind: "import".to_owned(),
        by: "bench".to_owned(),
        at: "2024-01-01T00:00:00Z".to_owned(),
        summary: String::new(),
        source: None,
        cause: None,
    };
    let packs = PackSet::default();
    let today = Day::parse("2024-01-01").unwrap();
    for (what, dry_run) in [("dry run", true), ("import", false), ("import again", false)] {
        let started = Instant::now();
        let import = Import {
            store: &store,
            mapping: &mapping,
            draft: &draft,
            packs: &packs,
            today,
            dry_run,
        };
        let report = import
            .run(
                &mut |spec| Ok(Box::new(kehu_exchange::csv::open(&path, "p.csv", &spec.format)?)),
                &mut Silent,
            )
            .unwrap();
        assert_eq!(report.refused, 0);
        show(what, started, Some(bare));
    }
}

/// Writes purchases of a tenth as many customers, in the order of days.
fn write_purchases(path: &std::path::Path, rows: u64) {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    writeln!(file, "customer,day,pieces,amount").unwrap();
    let (mut state, first) = (1_u64, Day::parse("2020-01-01").unwrap());
    for at in 0..rows {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let customer = (state >> 33) % (rows / 10).max(1);
        let day = first.plus_days((at * 1_400 / rows) as i32);
        let cents = (state >> 20) % 100_000;
        let pieces = state % 9 + 1;
        writeln!(file, "{customer:07},{day},{pieces},{}.{:02}", cents / 100, cents % 100).unwrap();
    }
    file.flush().unwrap();
}

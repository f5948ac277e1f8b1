//! The plugins that authors begin with: the one in C, and the one in Rust.

use std::path::Path;
use std::sync::Arc;

use kehu_contract::{Batch, ColumnData, ColumnType, Columns, PackFactory as _, ScoredColumn};
use kehu_native::{Isolation, OnCrash};
use serde_json::Value as Json;

use super::kit::{Bench, context, factory};

fn customers() -> Batch {
    let mut columns = Columns::new(3);
    let mut insert = |name, kind, values| {
        columns.insert(name, kind, Arc::new(ColumnData::Number(values)));
    };
    insert("recency_days", ColumnType::Number, vec![5.0, 45.0, f64::NAN]);
    insert("amount", ColumnType::Money, vec![20_000.0, 100.0, f64::NAN]);
    Batch { ids: vec![1, 2, 3], columns }
}

fn answers(path: &Path, isolation: Isolation) -> Vec<ScoredColumn> {
    let factory = factory(path, OnCrash::Fail, isolation);
    let mut pack = factory.create(&context(&factory)).unwrap();
    pack.score(0, &customers(), &Json::Null).unwrap()
}

#[test]
fn the_example_in_c_is_clean_and_scores() {
    let bench = Bench::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/plugin-in-c");
    let source = std::fs::read_to_string(folder.join("silence.c")).unwrap();
    let flags = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror"];
    let path = bench.compile_strictly(&flags, "silence", &source);
    for isolation in [Isolation::Worker, Isolation::InProcess] {
        let scored = answers(&path, isolation);
        let ColumnData::Number(values) = &scored[0].data else { panic!("no numbers") };
        assert_eq!(format!("{values:?}"), "[2.0, 4.5, NaN]");
        let held: Vec<u16> = scored[0].reasons.entries.iter().map(|reason| reason.rule).collect();
        assert_eq!(held, [1, 0, 2]);
    }
}

#[test]
fn the_example_in_rust_is_loaded_from_its_library() {
    let program = Path::new(assert_cmd::cargo::cargo_bin!("kehu"));
    let built = program.with_file_name("examples").join("libscorer.so");
    let bench = Bench::new();
    assert!(built.exists(), "cargo test builds the example {}", built.display());
    let path = bench.path("scorer.so");
    std::fs::copy(built, &path).unwrap();
    for isolation in [Isolation::Worker, Isolation::InProcess] {
        let scored = answers(&path, isolation);
        let ColumnData::Number(values) = &scored[0].data else { panic!("no numbers") };
        assert_eq!(format!("{values:?}"), "[2.0, 1.5, NaN]");
        let ColumnData::Text { codes, .. } = &scored[1].data else { panic!("no labels") };
        assert_eq!(*codes, [0, 0, u32::MAX]);
    }
}

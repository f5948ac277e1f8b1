//! The plugins that authors begin with: the one in C, and the one in Rust.

use std::path::Path;
use std::sync::Arc;

use kehu_contract::{Batch, ColumnData, ColumnType, Columns, PackFactory as _, ScoredColumn};
use kehu_native::{Isolation, OnCrash};
use serde_json::Value as Json;

use super::kit::{Bench, context, factory};
use crate::kit::Kit;

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
fn the_follow_up_in_c_is_clean_keeps_to_the_rules_and_fills_the_worklist() {
    let bench = Bench::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/plugin-in-c");
    let source = std::fs::read_to_string(folder.join("reminder.c")).unwrap();
    let flags = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror"];
    let path = bench.compile_strictly(&flags, "reminder", &source);
    let kit = Kit::shop();
    for (name, day) in
        [("武汉钢铁", "2023-12-01"), ("武汉机械", "2024-02-20"), ("'Ann Lee'", "2023-12-11")]
    {
        kit.done(&format!("log purchase {name} --on {day} --amount 400"));
    }
    kit.done("customer edit 武汉机械 --owner 李伟");
    kit.done("customer edit 'Ann Lee' --owner 李伟");
    // What stands in a text is no sign of JSON.
    kit.done("deal add 'Ann Lee' 'rolls \"]}{\\' --amount 4000");
    let told = kit.run(&format!("plugin validate {}", path.display()));
    assert!(told.ends_with("[stderr]\nreminder-in-c keeps to the rules.\n"), "{told}");
    kit.done(&format!("plugin add {} --yes", path.display()));
    kit.done("score");
    let purposes = kit.purposes();
    let mine = |line: &&serde_json::Value| line["pack"] == "reminder-in-c";
    let shown: Vec<String> = purposes
        .iter()
        .filter(mine)
        .map(|line| {
            let because = line["because"].as_array().unwrap();
            let why: Vec<&str> = because.iter().filter_map(|each| each["en"].as_str()).collect();
            let name = line["customer"]["name"].as_str().unwrap();
            format!("{name}, {}: {}", line["channel"].as_str().unwrap(), why.join("; "))
        })
        .collect();
    assert_eq!(
        shown,
        [
            "Ann Lee, visit: silent for 81 days, more than 60; a deal is open, so go there",
            "武汉钢铁, phone: silent for 91 days, more than 60"
        ]
    );
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

#[test]
fn the_examples_in_rust_that_decide_keep_to_the_rules() {
    let program = Path::new(assert_cmd::cargo::cargo_bin!("kehu"));
    let bench = Bench::new();
    for name in ["planner", "follow_up"] {
        let built = program.with_file_name("examples").join(format!("lib{name}.so"));
        assert!(built.exists(), "cargo test builds the example {}", built.display());
        let path = bench.path(&format!("{name}.so"));
        std::fs::copy(built, &path).unwrap();
        let options = kehu_native::check::Options {
            limits: kehu_contract::Limits::default(),
            seed: 1,
            fuzz: std::time::Duration::ZERO,
            clock: std::time::Duration::ZERO,
            kinds: std::collections::BTreeMap::new(),
        };
        let factory = factory(&path, OnCrash::Fail, Isolation::Worker);
        for finding in kehu_native::check::all(&factory, &options, &mut |_| {}) {
            let failed = matches!(
                finding.outcome,
                kehu_native::check::Outcome::Failed { .. }
                    | kehu_native::check::Outcome::Warned { .. }
            );
            assert!(!failed, "{name}: {finding:?}");
        }
    }
}

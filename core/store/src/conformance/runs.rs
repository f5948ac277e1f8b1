//! Runs of the scoring packs.

use kehu_contract::{ColumnInfo, ColumnType, Text};
use kehu_domain::{CustomerId, OperationId, Override, RunId};

use super::{Part, customer, day, draft, operation, put};
use crate::{
    AppliedOverride, LabelChange, Result, RunColumn, RunPack, Store, StoreError, StoredRun,
};

pub(super) const PARTS: &[Part] = &[
    runs_come_back_as_they_were,
    old_runs_are_thinned_out,
    undoing_what_a_run_has_seen_makes_it_stale,
    undoing_a_score_deletes_its_run,
];

fn run(base: Option<OperationId>, threshold: i64) -> StoredRun {
    let settings = serde_json::json!({ "threshold": threshold });
    let states = serde_json::json!({ "fit": { "median": 2.5 } });
    let object = |value: serde_json::Value| value.as_object().cloned().unwrap_or_default();
    StoredRun {
        id: RunId(0),
        operation: OperationId(0),
        base,
        as_of: day("2024-05-01"),
        customers: 2,
        seed: u64::MAX,
        first_ids: vec![1, 9_000],
        overrides: vec![AppliedOverride {
            by_person: Override {
                id: 1,
                customer: CustomerId(1),
                column: "tier".to_owned(),
                value: "A".to_owned(),
                until: None,
                reason: "friend".to_owned(),
                by: "ann".to_owned(),
                known: day("2024-05-01"),
            },
            machine: Some("B".to_owned()),
        }],
        packs: vec![RunPack {
            name: "rfm".to_owned(),
            version: "1.0.0".to_owned(),
            hash: "abc".to_owned(),
            settings: object(settings),
            rules: Vec::new(),
            states: object(states),
        }],
        columns: vec![RunColumn {
            info: ColumnInfo {
                name: "tier".to_owned(),
                kind: ColumnType::Label,
                unit: String::new(),
                doc: Text::new("Tier", "等级"),
                title: None,
            },
            values: Vec::new(),
            given_by: Some(("rfm".to_owned(), "score".to_owned())),
            inputs: vec!["amount".to_owned()],
        }],
        failures: vec![("other".to_owned(), "it broke".to_owned())],
        whole: true,
        stale: false,
    }
}

/// Stores a run with a part as one operation.
fn score(store: &dyn Store, threshold: i64, keep: usize) -> Result<StoredRun> {
    let base = store.read()?.last_operation()?;
    let mut run = run(base, threshold);
    let (operation, id) = operation(store, "score", |writer| {
        let id = writer.put_run(&run)?;
        writer.put_run_part(id, "tier", 0, &[7; 9_000])?;
        writer.put_run_part(id, "tier", 1, &[])?;
        let change = |customer: i64, from: Option<&str>| LabelChange {
            customer: CustomerId(customer),
            column: "tier".to_owned(),
            from: from.map(str::to_owned),
            to: Some("A".to_owned()),
        };
        writer.put_label_changes(id, &[change(1, None), change(2, Some("B"))])?;
        writer.thin_runs(keep)?;
        Ok(id)
    })?;
    (run.id, run.operation) = (id, operation);
    Ok(run)
}

fn runs_come_back_as_they_were(store: &dyn Store) -> Result<()> {
    put(store, customer("one"), "2024-05-01")?;
    let first = score(store, 1, 3)?;
    let second = score(store, 2, 3)?;
    assert_eq!((first.id, second.id), (RunId(1), RunId(2)));
    let reader = store.read()?;
    assert_eq!(reader.runs()?, [second.clone(), first.clone()]);
    assert_eq!(reader.run(first.id)?, Some(first.clone()));
    assert_eq!(reader.run(RunId(9))?, None);
    assert_eq!(reader.run_part(first.id, "tier", 0)?, Some(vec![7; 9_000]));
    assert_eq!(reader.run_part(first.id, "tier", 1)?, Some(Vec::new()));
    assert_eq!(reader.run_part(first.id, "tier", 2)?, None);
    assert_eq!(reader.label_changes(second.id, None)?.len(), 2);
    let one = reader.label_changes(second.id, Some(CustomerId(2)))?;
    assert_eq!(one.len(), 1);
    assert_eq!(one[0].from.as_deref(), Some("B"));
    Ok(())
}

fn old_runs_are_thinned_out(store: &dyn Store) -> Result<()> {
    put(store, customer("one"), "2024-05-01")?;
    let runs = [score(store, 1, 2)?, score(store, 1, 2)?, score(store, 1, 2)?];
    let reader = store.read()?;
    let whole: Vec<_> = reader.runs()?.iter().map(|run| run.whole).collect();
    assert_eq!(whole, [true, true, false]);
    assert_eq!(reader.run_part(runs[0].id, "tier", 0)?, None);
    assert!(reader.run_part(runs[1].id, "tier", 0)?.is_some());
    assert_eq!(reader.label_changes(runs[0].id, None)?.len(), 2, "changes of labels stay");
    Ok(())
}

fn undoing_what_a_run_has_seen_makes_it_stale(store: &dyn Store) -> Result<()> {
    let (made, _) = put(store, customer("one"), "2024-05-01")?;
    let run = score(store, 1, 3)?;
    put(store, customer("two"), "2024-05-01")?;
    store.undo(None, &draft("undo"))?;
    let stale = || -> Result<bool> { Ok(store.read()?.run(run.id)?.is_some_and(|run| run.stale)) };
    assert!(!stale()?, "it has not seen what was undone");
    store.undo(Some(made), &draft("undo"))?;
    assert!(stale()?, "runs do not stand in the way of an undo");
    Ok(())
}

fn undoing_a_score_deletes_its_run(store: &dyn Store) -> Result<()> {
    put(store, customer("one"), "2024-05-01")?;
    let run = score(store, 1, 3)?;
    let undone = store.undo(None, &draft("undo"))?.operation;
    assert_eq!(undone.id, run.operation);
    let reader = store.read()?;
    assert!(reader.runs()?.is_empty());
    assert_eq!(reader.run_part(run.id, "tier", 0)?, None);
    assert!(reader.label_changes(run.id, None)?.is_empty());
    drop(reader);
    assert_eq!(score(store, 1, 3)?.id, RunId(2), "ids of runs are not given twice either");
    let mut writer = store.write(&draft("score"))?;
    let stranger = writer.put_run(&StoredRun { id: RunId(2), ..run });
    assert!(matches!(stranger, Err(StoreError::Missing { .. })), "{stranger:?}");
    Ok(())
}

//! Staging and merging.

use std::collections::BTreeMap;

use kehu_domain::{
    Customer, CustomerId, Entity, Interaction, InteractionId, Money, Record, Rep, RepId,
};

use super::{Part, all, customer, day, draft, interaction, put, snapshot};
use crate::{Result, RowFate, Store, StoreError};

pub(super) const PARTS: &[Part] = &[
    provisional_ids_become_real_ones,
    importing_twice_changes_nothing,
    equal_rows_count_as_often_as_they_occur,
    external_ids_tell_which_row_changes,
    a_record_with_its_id_is_replaced,
    an_import_is_refused_if_the_store_has_moved_on,
    an_import_is_undone_as_a_whole,
    an_import_that_names_what_is_not_there_keeps_nothing,
];

/// Imports rows and returns how many were created, changed and unchanged among the interactions.
fn import(store: &dyn Store, rows: Vec<Record>) -> Result<[usize; 3]> {
    let mut staging = store.stage()?;
    for (line, row) in rows.into_iter().enumerate() {
        staging.push(2, line as u64 + 2, row)?;
    }
    let mut fates = [0; 3];
    staging.finish(&mut |table, line, fate| {
        assert!(table == 2 && line >= 2);
        fates[match fate {
            RowFate::Created => 0,
            RowFate::Changed => 1,
            RowFate::Unchanged => 2,
        }] += 1;
    })?;
    staging.merge(&draft("import"), day("2024-05-01"))?;
    Ok(fates)
}

fn new_customer(number: i64, name: &str) -> Customer {
    Customer { id: -number, ..customer(name) }
}

fn numbered(number: i64, row: Interaction) -> Record {
    Interaction { id: -number, ..row }.into()
}

fn provisional_ids_become_real_ones(store: &dyn Store) -> Result<()> {
    put(store, customer("zero"), "2024-04-01")?;
    let mut complaint = interaction(-2, "2024-01-09", "complaint");
    complaint.state = Some("opened".to_owned());
    let mut resolved = interaction(-2, "2024-01-02", "complaint");
    resolved.about = Some(InteractionId(-1));
    let mut owned = new_customer(1, "one");
    owned.owner = Some(RepId(-1));
    owned.parent = Some(CustomerId(-2));
    let mut first = interaction(1, "2024-01-01", "call");
    first.amount = Some(Money(1));
    let fates = import(
        store,
        vec![
            numbered(1, complaint),
            numbered(2, resolved),
            owned.into(),
            new_customer(2, "two").into(),
            Rep { id: -1, name: "Li".to_owned(), ..Rep::default() }.into(),
            numbered(3, interaction(-1, "2024-01-01", "call")),
            numbered(4, first),
        ],
    )?;
    assert_eq!(fates, [4, 0, 0]);
    let customers = all(store, Entity::Customer)?;
    assert_eq!(customers.iter().map(Record::id).collect::<Vec<_>>(), [1, 2, 3]);
    match &customers[1] {
        Record::Customer(one) => {
            assert_eq!(
                (one.name.as_str(), one.owner, one.parent),
                ("one", Some(RepId(1)), Some(CustomerId(3)))
            );
        }
        other => panic!("{other:?}"),
    }
    let seen: Vec<_> = all(store, Entity::Interaction)?
        .into_iter()
        .map(|record| match record {
            Record::Interaction(one) => (one.id, one.customer.0, one.about.map(|about| about.0)),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(seen, [(1, 1, None), (2, 2, None), (3, 3, Some(4)), (4, 3, None)]);
    assert_eq!(store.read()?.count(Entity::Interaction)?, 4);
    assert_eq!(put(store, customer("four"), "2024-05-01")?.1, 4);
    assert!(store.check()?.is_empty());
    Ok(())
}

/// Rows without ids of their own, known again by what they say.
fn rows(customer: i64) -> Vec<Record> {
    let row = |number: i64, happened: &str, identity: i64| {
        let mut row = interaction(customer, happened, "purchase");
        row.identity = Some(identity);
        numbered(number, row)
    };
    vec![
        row(1, "2024-01-02", 7),
        row(2, "2024-01-01", 7),
        row(3, "2024-01-02", 7),
        row(4, "2024-01-02", 5),
    ]
}

fn importing_twice_changes_nothing(store: &dyn Store) -> Result<()> {
    let mut first = rows(-1);
    first.push(new_customer(1, "one").into());
    assert_eq!(import(store, first)?, [4, 0, 0]);
    let before = snapshot(store)?;
    assert_eq!(import(store, rows(1))?, [0, 0, 4]);
    assert_eq!(snapshot(store)?, before);
    let last = store.read()?.last_operation()?.expect("the second import is an operation too");
    assert!(store.read()?.touched(last)?.is_empty());
    Ok(())
}

fn equal_rows_count_as_often_as_they_occur(store: &dyn Store) -> Result<()> {
    put(store, customer("one"), "2024-05-01")?;
    assert_eq!(import(store, rows(1))?, [4, 0, 0]);
    let mut more = rows(1);
    more.extend(rows(1).into_iter().take(1));
    assert_eq!(import(store, more)?, [1, 0, 4]);
    assert_eq!(store.read()?.count(Entity::Interaction)?, 5);
    let plain = vec![numbered(1, interaction(1, "2024-01-01", "call"))];
    assert_eq!(import(store, plain.clone())?, [1, 0, 0]);
    assert_eq!(import(store, plain)?, [1, 0, 0], "without an identity every row is new");
    Ok(())
}

fn external_ids_tell_which_row_changes(store: &dyn Store) -> Result<()> {
    put(store, customer("one"), "2024-05-01")?;
    let row = |kind: &str, external: &str, amount: i64| {
        let mut row = interaction(1, "2024-01-01", kind);
        row.external_id = Some(external.to_owned());
        row.amount = Some(Money(amount));
        numbered(1, row)
    };
    let first = vec![row("purchase", "a", 1), row("purchase", "b", 1), row("receipt", "a", 1)];
    assert_eq!(import(store, first)?, [3, 0, 0]);
    let again = vec![row("purchase", "a", 1), row("purchase", "b", 2), row("receipt", "c", 1)];
    assert_eq!(import(store, again)?, [1, 1, 1]);
    let amounts: Vec<_> = all(store, Entity::Interaction)?
        .into_iter()
        .map(|record| match record {
            Record::Interaction(one) => one.amount.map(|money| money.0),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(amounts.len(), 4);
    assert_eq!(amounts.into_iter().flatten().sum::<i64>(), 5);
    store.undo(None, &draft("undo"))?;
    assert_eq!(store.read()?.count(Entity::Interaction)?, 3);
    Ok(())
}

fn a_record_with_its_id_is_replaced(store: &dyn Store) -> Result<()> {
    let before = put(store, customer("one"), "2024-01-01")?.1;
    let renamed = Customer { id: before, ..customer("renamed") };
    let mut call = interaction(1, "2024-01-01", "call");
    call.id = put(store, call.clone(), "2024-01-01")?.1;
    let same = call.clone();
    call.mood = Some("good".to_owned());
    assert_eq!(import(store, vec![renamed.into(), call.into()])?, [0, 1, 0]);
    assert!(store.read()?.find(Entity::Customer, "one", 1)?.is_empty());
    let last = store.read()?.last_operation()?.expect("there are operations");
    assert_eq!(store.read()?.touched(last)?, [(Entity::Customer, 1), (Entity::Interaction, 1)]);
    store.undo(None, &draft("undo"))?;
    assert_eq!(all(store, Entity::Interaction)?, [same.into()]);
    Ok(())
}

fn an_import_is_refused_if_the_store_has_moved_on(store: &dyn Store) -> Result<()> {
    let mut staging = store.stage()?;
    assert_eq!(staging.base(), None);
    staging.push(0, 2, new_customer(1, "one").into())?;
    put(store, customer("other"), "2024-05-01")?;
    let merged = staging.merge(&draft("import"), day("2024-05-01"));
    assert!(matches!(merged, Err(StoreError::Moved)), "{merged:?}");
    assert_eq!(store.read()?.count(Entity::Customer)?, 1);
    let mut staging = store.stage()?;
    assert_eq!(staging.base(), store.read()?.last_operation()?);
    staging.push(0, 2, new_customer(1, "one").into())?;
    staging.merge(&draft("import"), day("2024-05-01"))?;
    assert_eq!(store.read()?.count(Entity::Customer)?, 2);
    Ok(())
}

fn an_import_is_undone_as_a_whole(store: &dyn Store) -> Result<()> {
    let mut staged = new_customer(1, "one");
    staged.external_ids = BTreeMap::from([("erp".to_owned(), "k1".to_owned())]);
    let mut first = rows(-1);
    first.push(staged.into());
    import(store, first.clone())?;
    put(store, customer("two"), "2024-05-01")?;
    put(store, interaction(2, "2024-05-01", "call"), "2024-05-01")?;
    store.undo(Some(kehu_domain::OperationId(1)), &draft("undo"))?;
    let reader = store.read()?;
    assert_eq!((reader.count(Entity::Customer)?, reader.count(Entity::Interaction)?), (1, 1));
    let mut external = 0;
    reader.external_ids("erp", &mut |_, _| external += 1)?;
    assert_eq!(external, 0);
    assert!(store.check()?.is_empty());
    import(store, first)?;
    let ids: Vec<_> = all(store, Entity::Customer)?.iter().map(Record::id).collect();
    assert_eq!(ids, [2, 3], "the id of the undone customer is not given again");
    Ok(())
}

fn an_import_that_names_what_is_not_there_keeps_nothing(store: &dyn Store) -> Result<()> {
    for stray in [9, -2] {
        let mut staging = store.stage()?;
        staging.push(0, 2, new_customer(1, "one").into())?;
        staging.push(0, 3, numbered(1, interaction(stray, "2024-01-01", "call")))?;
        let merged = staging.merge(&draft("import"), day("2024-05-01"));
        assert!(matches!(merged, Err(StoreError::Missing { .. })), "{merged:?}");
        assert!(snapshot(store)?.is_empty());
    }
    Ok(())
}

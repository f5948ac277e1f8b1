//! The one story that every store must pass, told in parts; stores run it in their own tests.
//!
//! Each part gets an empty store from the function it is given. A part panics where a store breaks a
//! promise: it is a test.

mod erasing;
mod imports;
mod records;
mod runs;
mod undoing;

use kehu_domain::{
    Customer, CustomerId, Day, Entity, Interaction, OperationDraft, OperationId, Record,
};

use crate::{Result, Store, Writer};

/// Makes an empty store.
pub type Make<'m> = &'m dyn Fn() -> Box<dyn Store>;

/// Tells the whole story.
///
/// # Errors
/// Whatever the store fails with where it must not.
///
/// # Panics
/// Where the store breaks a promise.
pub fn story(make: Make<'_>) -> Result<()> {
    for part in
        [records::PARTS, undoing::PARTS, erasing::PARTS, imports::PARTS, runs::PARTS].concat()
    {
        part(&*make())?;
    }
    Ok(())
}

/// One part of the story.
type Part = fn(&dyn Store) -> Result<()>;

fn day(text: &str) -> Day {
    Day::parse(text).expect("the story names days that exist")
}

fn draft(kind: &str) -> OperationDraft {
    OperationDraft {
        kind: kind.to_owned(),
        by: "ann".to_owned(),
        at: "2024-05-01T08:00:00Z".to_owned(),
        summary: format!("a {kind}"),
        source: None,
        cause: None,
    }
}

/// Does something as one operation.
fn operation<T>(
    store: &dyn Store,
    kind: &str,
    work: impl FnOnce(&mut dyn Writer) -> Result<T>,
) -> Result<(OperationId, T)> {
    let mut writer = store.write(&draft(kind))?;
    let done = work(&mut *writer)?;
    Ok((writer.commit()?, done))
}

/// Writes one record as one operation.
fn put(store: &dyn Store, record: impl Into<Record>, today: &str) -> Result<(OperationId, i64)> {
    let record = record.into();
    operation(store, "put", |writer| writer.put(&record, day(today)))
}

fn customer(name: &str) -> Customer {
    Customer { name: name.to_owned(), ..Customer::default() }
}

fn interaction(customer: i64, happened: &str, kind: &str) -> Interaction {
    Interaction::new(CustomerId(customer), day(happened), kind)
}

fn all(store: &dyn Store, entity: Entity) -> Result<Vec<Record>> {
    let mut found = Vec::new();
    store.read()?.each(entity, None, &mut |record| {
        found.push(record);
        Ok(())
    })?;
    Ok(found)
}

/// Everything that a store shows of its records, to compare two states.
fn snapshot(store: &dyn Store) -> Result<Vec<Record>> {
    let mut found = Vec::new();
    for entity in Entity::ALL {
        found.extend(all(store, entity)?);
    }
    Ok(found)
}

//! A person's data: all of it in one piece, and taken out for good.

use kehu_domain::{Contact, ContactId, Customer, CustomerId, Entity, FieldType, Record};
use kehu_store::{Erased, Reader};
use serde_json::{Map, Value as Json};

use super::{Desk, RecordError, Result, names};

/// The parts of an export, each with the sort of its records.
const PARTS: [(&str, Entity); 7] = [
    ("customer", Entity::Customer),
    ("contacts", Entity::Contact),
    ("deals", Entity::Deal),
    ("moves", Entity::DealEvent),
    ("interactions", Entity::Interaction),
    ("tasks", Entity::Task),
    ("overrides", Entity::Override),
];

/// Gathers all that is on file about a customer: one object with a list for each sort of record, closed
/// deals and done tasks included. Ids are numbers, days ISO texts, amounts in major units.
pub fn export(desk: &Desk<'_>, reader: &dyn Reader, customer: CustomerId) -> Result<Json> {
    let mut whole = Map::new();
    for (part, entity) in PARTS {
        let mut rows = Vec::new();
        reader.each(entity, Some(customer), &mut |record| {
            rows.push(shown(desk, &record));
            Ok(())
        })?;
        whole.insert(part.to_owned(), rows.into());
    }
    Ok(whole.into())
}

/// Shows a record as JSON; what the store keeps in minor units is in major ones.
fn shown(desk: &Desk<'_>, record: &Record) -> Json {
    let Ok(Json::Object(tagged)) = serde_json::to_value(record) else { return Json::Null };
    let Some((_, Json::Object(mut facts))) = tagged.into_iter().next() else { return Json::Null };
    facts.remove("identity");
    let factor = 10_f64.powi(desk.settings.currency.scale().cast_signed());
    let major = |value: &mut Json| {
        if let Some(minor) = value.as_f64() {
            *value = (minor / factor).into();
        }
    };
    for name in ["amount", "margin"] {
        facts.get_mut(name).map(major);
    }
    if let Some(Json::Object(fields)) = facts.get_mut("fields") {
        for field in desk.settings.fields_of(record.entity()) {
            if field.kind == FieldType::Money {
                fields.get_mut(&field.name).map(major);
            }
        }
    }
    facts.into()
}

/// Says whether the person at the keyboard has said that it is for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForGood {
    /// It was said.
    Said,
    /// It was not: nothing is erased.
    NotSaid,
}

/// Erases a customer, its people and every word about them, for good; returns its id and what was done.
pub fn erase_customer(
    desk: &Desk<'_>,
    customer: &str,
    for_good: ForGood,
) -> Result<(CustomerId, Erased)> {
    let id = CustomerId(names::whole(&*desk.store.read()?, Entity::Customer, customer)?);
    let found: Customer = names::get(&*desk.store.read()?, Entity::Customer, id.0)?;
    let whom = format!("{} ({id})", found.name);
    let export = Some(format!("kehu customer export {id} keeps a copy for the customer"));
    Ok((id, erase(desk, Entity::Customer, id.0, &whom, export, for_good)?))
}

/// Erases a contact and the words of what was said to it, for good.
pub fn erase_contact(desk: &Desk<'_>, contact: &str, for_good: ForGood) -> Result<(i64, Erased)> {
    let id = ContactId(names::whole(&*desk.store.read()?, Entity::Contact, contact)?);
    let found: Contact = names::get(&*desk.store.read()?, Entity::Contact, id.0)?;
    let whom = format!("{} ({id})", found.name);
    Ok((id.0, erase(desk, Entity::Contact, id.0, &whom, None, for_good)?))
}

fn erase(
    desk: &Desk<'_>,
    entity: Entity,
    id: i64,
    whom: &str,
    export: Option<String>,
    for_good: ForGood,
) -> Result<Erased> {
    if for_good == ForGood::NotSaid {
        let mut error = RecordError::refused(format!(
            "{whom} would be erased for good: no undo brings it back, and nothing was done"
        ))
        .hint("--forever does it");
        if let Some(export) = export {
            error = error.hint_more(&export);
        }
        return Err(error);
    }
    let erased = desk.store.erase(entity, id, &desk.draft("erase"), desk.act.today)?;
    Ok(erased)
}

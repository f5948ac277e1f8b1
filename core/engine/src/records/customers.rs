//! Customers: added, edited, archived and restored.

use std::collections::BTreeMap;

use kehu_domain::{Customer, CustomerId, CustomerType, Entity};
use kehu_store::Reader;

use super::{Desk, RecordError, Result, names, values};
use crate::settings::Settings;

/// Holds what is to be said about a customer; what is not given stays as it is, an empty text
/// clears.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CustomerFacts {
    /// The name.
    pub name: Option<String>,
    /// What it is.
    pub kind: Option<CustomerType>,
    /// The rep who is responsible, by name or id.
    pub owner: Option<String>,
    /// Where it is.
    pub place: Option<String>,
    /// Degrees north.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lon: Option<f64>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The birthday of a private customer.
    pub birthday: Option<String>,
    /// The customer that it belongs to, by name or id.
    pub parent: Option<String>,
    /// Where it was heard of first.
    pub source: Option<String>,
    /// Whether it agreed that its data is used.
    pub consent: Option<bool>,
    /// Tags to put on.
    pub tags: Vec<String>,
    /// Tags to take off.
    pub untags: Vec<String>,
    /// Ids in other systems, as `system=id`.
    pub external_ids: Vec<String>,
    /// Custom fields, as `name=value`.
    pub fields: Vec<String>,
}

/// Says what to do with a customer whose name another one bears already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameName {
    /// Refuse it.
    Refuse,
    /// Add it all the same.
    Allow,
}

/// Adds a customer; typed today, it is known from today on.
pub fn add(desk: &Desk<'_>, facts: &CustomerFacts, same_name: SameName) -> Result<Customer> {
    desk.write("customer add", |writer| {
        let mut customer = Customer { known: Some(desk.act.today), ..Customer::default() };
        apply(desk.settings, writer.reader(), facts, &mut customer)?;
        if same_name == SameName::Refuse {
            refuse_same_name(writer.reader(), &customer.name)?;
        }
        let customer = desk.put(writer, customer)?;
        let summary = format!("added {} {}", CustomerId(customer.id), customer.name);
        Ok((customer, summary))
    })
}

fn refuse_same_name(reader: &dyn Reader, name: &str) -> Result<()> {
    let found = reader.find(Entity::Customer, name, names::CANDIDATES)?;
    match found.iter().find(|each| names::same(&each.name, name)) {
        Some(other) => Err(RecordError::refused(format!(
            "{} is called {} already",
            CustomerId(other.id),
            other.name
        ))
        .hint(format!("change that one with kehu customer edit {}", CustomerId(other.id)))
        .hint_more("--force adds a second one of that name")),
        None => Ok(()),
    }
}

/// Changes a customer.
pub fn edit(desk: &Desk<'_>, customer: &str, facts: &CustomerFacts) -> Result<Customer> {
    change(desk, "customer edit", "edited", customer, |reader, customer| {
        apply(desk.settings, reader, facts, customer)
    })
}

/// Archives a customer: it is kept, and no longer counted from today on.
pub fn archive(desk: &Desk<'_>, customer: &str) -> Result<Customer> {
    change(desk, "customer archive", "archived", customer, |_, customer| {
        if let Some(day) = customer.archived {
            let id = CustomerId(customer.id);
            return Err(RecordError::refused(format!("{id} is archived since {day}")));
        }
        customer.archived = Some(desk.act.today);
        Ok(())
    })
}

/// Takes a customer back from the archive.
pub fn restore(desk: &Desk<'_>, customer: &str) -> Result<Customer> {
    change(desk, "customer restore", "restored", customer, |_, customer| {
        if customer.archived.take().is_none() {
            let id = CustomerId(customer.id);
            return Err(RecordError::refused(format!("{id} is not archived")));
        }
        Ok(())
    })
}

fn change(
    desk: &Desk<'_>,
    command: &str,
    done: &str,
    customer: &str,
    apply: impl FnOnce(&dyn Reader, &mut Customer) -> Result<()>,
) -> Result<Customer> {
    desk.write(command, |writer| {
        let id = names::customer(writer.reader(), customer)?;
        let mut customer: Customer = names::get(writer.reader(), Entity::Customer, id.0)?;
        let before = customer.clone();
        apply(writer.reader(), &mut customer)?;
        if customer == before {
            return Err(nothing_changed(&id.to_string()));
        }
        let customer = desk.put(writer, customer)?;
        let summary = format!("{done} {id} {}", customer.name);
        Ok((customer, summary))
    })
}

/// Says that an edit changes nothing, so that no empty operation stands in the history.
pub(super) fn nothing_changed(id: &str) -> RecordError {
    RecordError::refused(format!("nothing is changed: {id} says so already"))
        .hint("name what is to be changed; see --help")
}

fn apply(
    settings: &Settings,
    reader: &dyn Reader,
    facts: &CustomerFacts,
    customer: &mut Customer,
) -> Result<()> {
    if let Some(name) = &facts.name {
        customer.name = values::name("name", name)?;
    }
    if let Some(kind) = facts.kind {
        customer.kind = kind;
    }
    if let Some(owner) = &facts.owner {
        customer.owner = optional(owner, |text| names::rep(reader, text))?;
    }
    if let Some(parent) = &facts.parent {
        customer.parent = optional(parent, |text| names::customer(reader, text))?;
        refuse_circle(reader, customer)?;
    }
    if let Some(birthday) = &facts.birthday {
        customer.birthday = names::day("birthday", birthday)?;
    }
    if let Some(place) = &facts.place {
        customer.place = values::line("place", place)?;
    }
    if let Some(source) = &facts.source {
        customer.source = values::word(settings, "source", source)?;
    }
    if let Some(phone) = &facts.phone {
        customer.phone = values::phone(phone)?;
    }
    if let Some(email) = &facts.email {
        customer.email = values::email(email)?;
    }
    if let Some(lat) = facts.lat {
        customer.lat = Some(values::degrees("lat", lat, 90.0)?);
    }
    if let Some(lon) = facts.lon {
        customer.lon = Some(values::degrees("lon", lon, 180.0)?);
    }
    customer.consent = facts.consent.or(customer.consent);
    apply_tags(facts, customer)?;
    apply_external_ids(facts, customer)?;
    values::set_fields(settings, Entity::Customer, &mut customer.fields, &facts.fields)
}

/// Reads a reference that an empty text clears.
pub(super) fn optional<T>(text: &str, read: impl FnOnce(&str) -> Result<T>) -> Result<Option<T>> {
    if text.trim().is_empty() { Ok(None) } else { read(text).map(Some) }
}

/// Changes a customer's record as a pack asks: each field by its name, as people write it; an empty text says
/// nothing any more.
pub(crate) fn set(
    settings: &Settings,
    reader: &dyn Reader,
    customer: &mut Customer,
    edit: &BTreeMap<String, String>,
) -> Result<()> {
    let mut facts = CustomerFacts::default();
    for (name, text) in edit {
        let fact = match name.as_str() {
            "owner" => &mut facts.owner,
            "place" => &mut facts.place,
            "phone" => &mut facts.phone,
            "email" => &mut facts.email,
            "source" => &mut facts.source,
            "parent" => &mut facts.parent,
            _ => {
                facts.fields.push(format!("{name}={text}"));
                continue;
            }
        };
        *fact = Some(text.clone());
    }
    apply(settings, reader, &facts, customer)
}

fn refuse_circle(reader: &dyn Reader, customer: &Customer) -> Result<()> {
    let mut above = customer.parent;
    let mut steps = 0;
    while let Some(id) = above {
        if id.0 == customer.id || steps > 100 {
            return Err(RecordError::refused(format!(
                "{id} belongs to {} itself",
                CustomerId(customer.id)
            )));
        }
        above = names::get::<Customer>(reader, Entity::Customer, id.0)?.parent;
        steps += 1;
    }
    Ok(())
}

fn apply_tags(facts: &CustomerFacts, customer: &mut Customer) -> Result<()> {
    for tag in &facts.tags {
        let tag = values::name("tag", tag)?;
        if !customer.tags.contains(&tag) {
            customer.tags.push(tag);
        }
    }
    for tag in &facts.untags {
        let before = customer.tags.len();
        customer.tags.retain(|each| !names::same(each, tag));
        if customer.tags.len() == before {
            return Err(RecordError::invalid(format!("there is no tag \"{tag}\" to take off"))
                .hint(kehu_contract::did_you_mean(tag, customer.tags.iter().map(String::as_str))));
        }
    }
    Ok(())
}

fn apply_external_ids(facts: &CustomerFacts, customer: &mut Customer) -> Result<()> {
    for text in &facts.external_ids {
        let Some((system, id)) = text.split_once('=') else {
            return Err(RecordError::invalid(format!("\"{text}\" is no external id"))
                .hint("write --external SYSTEM=ID, such as --external erp=10023"));
        };
        let system = values::name("external", system)?;
        match values::line("external", id)? {
            Some(id) => customer.external_ids.insert(system, id),
            None => customer.external_ids.remove(&system),
        };
    }
    Ok(())
}

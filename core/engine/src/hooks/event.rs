//! What packs make of what a command has written: asked after it is kept, applied as operations of
//! their own.

use kehu_contract::{Change, Consequence, Event, Hook, Rule};
use kehu_domain::{CustomerId, Deal, DealId, Entity, Interaction, Operation, OperationId, Record};
use kehu_store::{CustomerRange, Reader, StoreError};

use super::effects::{self, Done, Effects};
use super::subjects::{Hindrance, Subjects};
use super::views::Views;
use super::{Asking, Unheard};
use crate::records::names;

/// Says what a pack has made of a command.
#[derive(Debug, Clone, PartialEq)]
pub struct Aftermath {
    /// The pack.
    pub pack: String,
    /// The operation that holds what it wrote; none if it wrote nothing.
    pub operation: Option<OperationId>,
    /// What it did, in order.
    pub done: Vec<Done>,
}

/// Tells the packs what an operation has written, and applies what they make of it: for each pack one
/// operation that names the one it follows from. What they write is told to nobody.
///
/// # Errors
/// What the store says; what was applied before stands. A pack that fails is no error: nothing of
/// what it makes is applied.
pub fn tell(
    asking: &Asking<'_>,
    operation: OperationId,
) -> Result<(Vec<Aftermath>, Unheard), StoreError> {
    let mut unheard = Unheard::default();
    let answering = asking.packs.answering(Hook::OnEvent, asking.desk.settings);
    if answering.is_empty() {
        return Ok((Vec::new(), unheard));
    }
    let reader = asking.desk.store.read()?;
    let reader = reader.as_ref();
    let Some(cause) = reader.operation(operation)? else { return Ok((Vec::new(), unheard)) };
    let told = events(asking, reader, &cause)?;
    let customers: Vec<Option<CustomerId>> = told.iter().map(|told| told.customer).collect();
    let events: Vec<Event> = told.into_iter().map(|told| told.event).collect();
    if events.is_empty() {
        return Ok((Vec::new(), unheard));
    }
    let subjects = match Subjects::read(asking, reader, &customers) {
        Ok(subjects) => subjects,
        Err(Hindrance::Store(error)) => return Err(error),
        Err(Hindrance::Features(why)) => {
            for (pack, _) in answering {
                unheard.fail(pack, why.clone());
            }
            return Ok((Vec::new(), unheard));
        }
    };
    let mut aftermaths = Vec::new();
    for (pack, step) in answering {
        if unheard.has_failed(pack) {
            continue;
        }
        let declared = &pack.manifest().steps[step];
        let asked = match subjects.batch(pack.name(), declared)? {
            Ok(batch) => asking.load(pack).and_then(|mut instance| {
                let made = instance.on_event(step, &batch, &events)?;
                Ok((instance.rules().to_vec(), made))
            }),
            Err(refusal) => {
                unheard.fail(pack, refusal);
                continue;
            }
        };
        let (rules, made): (Vec<Rule>, Vec<Consequence>) = match asked {
            Ok(asked) => asked,
            Err(error) => {
                unheard.fail(pack, error.to_string());
                continue;
            }
        };
        let effects = Effects { asking, reader, cause: &cause, pack, rules: &rules };
        let planned = made.iter().map(|one| effects.plan(one, &events, &customers));
        match planned.collect::<Result<Vec<_>, effects::Wrong>>() {
            Ok(planned) => aftermaths.extend(effects.apply(planned)?),
            Err(effects::Wrong::Store(error)) => return Err(error),
            Err(effects::Wrong::Effect(why)) => unheard.fail(pack, why),
        }
    }
    unheard.unscored = subjects.unscored();
    Ok((aftermaths, unheard))
}

/// One event with the customer that it belongs to.
struct Told {
    event: Event,
    customer: Option<CustomerId>,
}

/// The changes of an operation as events, in the order of its records.
fn events(
    asking: &Asking<'_>,
    reader: &dyn Reader,
    cause: &Operation,
) -> Result<Vec<Told>, StoreError> {
    let views = Views::new(reader, asking.desk.settings, asking.desk.act.today)?;
    let mut told = Vec::new();
    for (before, after) in reader.changes(cause.id)? {
        let Some(record) = after.as_ref().or(before.as_ref()) else { continue };
        let Some(sort) = sort(record.entity()) else { continue };
        let change = match (&before, &after) {
            (None, _) => Change::Added,
            (Some(_), Some(_)) => Change::Changed,
            (Some(_), None) => Change::Removed,
        };
        let deal = deal_of(asking, reader, &views, record)?;
        let customer = customer_of(record).or(deal.as_ref().and_then(|(_, customer)| *customer));
        let (entity, id) = (record.entity(), record.id());
        let event = Event {
            shown: names::show_id(entity, id),
            record: sort.to_owned(),
            change,
            id,
            kind: kind_of(record).map(str::to_owned),
            command: cause.kind.clone(),
            by: cause.by.clone(),
            day: happened(record).map_or(asking.desk.act.today, |day| day).number(),
            about: about(reader, &views, record)?,
            before: before.as_ref().map(|record| views.record(record)),
            after: after.as_ref().map(|record| views.record(record)),
            deal: deal.map(|(deal, _)| deal),
            customer: customer.map(|id| views.customer(id)).transpose()?.flatten(),
            contacts: customer.map(|id| views.contacts(id)).transpose()?.unwrap_or_default(),
            deals: customer.map(|id| views.deals(id)).transpose()?.unwrap_or_default(),
            interactions: customer
                .map(|id| views.interactions(id))
                .transpose()?
                .unwrap_or_default(),
        };
        let customer = customer.filter(|_| event.customer.is_some());
        told.push(Told { event, customer });
    }
    Ok(told)
}

/// The word for the sorts of records that packs are told of.
fn sort(entity: Entity) -> Option<&'static str> {
    match entity {
        Entity::DealEvent => Some("move"),
        Entity::Override | Entity::Plan => None,
        other => Some(other.name()),
    }
}

fn kind_of(record: &Record) -> Option<&str> {
    match record {
        Record::Interaction(interaction) => Some(&interaction.kind),
        _ => None,
    }
}

fn happened(record: &Record) -> Option<kehu_domain::Day> {
    match record {
        Record::Interaction(interaction) => Some(interaction.happened),
        Record::DealEvent(event) => Some(event.happened),
        _ => None,
    }
}

fn customer_of(record: &Record) -> Option<CustomerId> {
    match record {
        Record::Customer(customer) => Some(CustomerId(customer.id)),
        Record::Contact(contact) => Some(contact.customer),
        Record::Interaction(interaction) => Some(interaction.customer),
        Record::Deal(deal) => deal.customer,
        Record::Task(task) => task.customer,
        _ => None,
    }
}

type Shown = serde_json::Map<String, serde_json::Value>;

/// The deal that a record is or belongs to, where it stands now, and its customer.
fn deal_of(
    asking: &Asking<'_>,
    reader: &dyn Reader,
    views: &Views<'_>,
    record: &Record,
) -> Result<Option<(Shown, Option<CustomerId>)>, StoreError> {
    let id = match record {
        Record::Deal(deal) => Some(DealId(deal.id)),
        Record::DealEvent(event) => Some(event.deal),
        Record::Interaction(interaction) => interaction.deal,
        Record::Task(task) => task.deal,
        _ => None,
    };
    let Some(id) = id else { return Ok(None) };
    let found = reader.get(Entity::Deal, id.0)?.and_then(|record| Deal::try_from(record).ok());
    let Some(deal) = found else { return Ok(None) };
    let mut events = Vec::new();
    let mut visit = |each: &Deal, its: &[kehu_domain::DealEvent]| {
        if each.id == id.0 {
            events = its.to_vec();
        }
        Ok(())
    };
    let today = asking.desk.act.today;
    match deal.customer {
        Some(customer) => reader.deals(CustomerRange::one(customer), today, &mut visit)?,
        None => reader.deals_without_customer(today, &mut visit)?,
    }
    Ok(Some((views.deal(&deal, &events), deal.customer)))
}

/// The earlier interaction that an interaction is about.
fn about(
    reader: &dyn Reader,
    views: &Views<'_>,
    record: &Record,
) -> Result<Option<Shown>, StoreError> {
    let Record::Interaction(Interaction { about: Some(id), .. }) = record else { return Ok(None) };
    let found = reader.get(Entity::Interaction, id.0)?;
    Ok(found.map(|earlier| views.record(&earlier)))
}

//! Features over deals, tasks and contacts, and the primitives.

use std::collections::BTreeMap;

use kehu_contract::{ColumnData, Source};
use kehu_domain::{
    Contact, Day, Deal, DealEvent, Entity, FieldType, FieldValue, Stage, StageRole, Task, TaskState,
};
use kehu_store::{CustomerRange, Reader, Result};

use super::base::Base;
use super::catalogue::{Catalogue, Primitive};
use super::field::{Datum, FieldRef, Names, Row, number, text};
use super::fold::{Folder, NEVER};
use super::interactions::Met;
use crate::settings::Settings;

/// A deal as it stood at the end of a day.
struct DealRow<'a> {
    deal: Deal,
    entered: i32,
    opened: i32,
    days_open: i32,
    days_in_stage: i32,
    stage_name: String,
    stage: Option<&'a Stage>,
    amount: Option<i64>,
    names: &'a Names,
}

impl<'a> DealRow<'a> {
    fn new(
        deal: &Deal,
        events: &[DealEvent],
        settings: &'a Settings,
        names: &'a Names,
        as_of: Day,
    ) -> Option<Self> {
        let (first, last) = (events.first()?, events.last()?);
        let amount = events.iter().rev().find_map(|event| event.amount).or(deal.amount);
        Some(Self {
            deal: deal.clone(),
            entered: last.happened.number(),
            opened: first.happened.number(),
            days_open: as_of.since(first.happened),
            days_in_stage: as_of.since(last.happened),
            stage_name: last.stage.clone(),
            stage: settings.stage(&deal.pipeline, &last.stage),
            amount: amount.map(|amount| amount.0),
            names,
        })
    }

    /// A stage that is no longer declared counts as open: the deal must not vanish in silence.
    fn role(&self) -> StageRole {
        self.stage.map_or(StageRole::Open, |stage| stage.role)
    }

    /// True if it is open, and longer in its stage than the stage allows.
    fn is_stalled(&self) -> bool {
        let most = self.stage.and_then(|stage| stage.longest_stay);
        self.role() == StageRole::Open && most.is_some_and(|most| self.days_in_stage > most)
    }

    /// The amount of an open deal times its win probability, in minor units.
    fn weighted(&self) -> Option<f64> {
        let is_open = self.role() == StageRole::Open;
        self.probability().filter(|_| is_open).zip(self.amount).map(|(share, it)| share * it as f64)
    }

    fn probability(&self) -> Option<f64> {
        match self.role() {
            StageRole::Open => self.stage.and_then(|stage| stage.probability),
            StageRole::Won => Some(1.0),
            StageRole::Lost => Some(0.0),
        }
    }
}

impl Row for DealRow<'_> {
    fn day(&self) -> i32 {
        self.entered
    }

    fn get(&self, field: &FieldRef) -> Datum<'_> {
        match field {
            FieldRef::Amount => number(self.amount.map(|amount| amount as f64)),
            FieldRef::Pipeline => Datum::Text(&self.deal.pipeline),
            FieldRef::Stage => Datum::Text(&self.stage_name),
            FieldRef::Role => Datum::Text(match self.role() {
                StageRole::Open => "open",
                StageRole::Won => "won",
                StageRole::Lost => "lost",
            }),
            FieldRef::Probability => number(self.probability()),
            FieldRef::Weighted => number(self.weighted()),
            FieldRef::DaysInStage => Datum::Number(f64::from(self.days_in_stage)),
            FieldRef::Opened => Datum::Day(self.opened),
            FieldRef::DaysOpen => Datum::Number(f64::from(self.days_open)),
            FieldRef::Stalled => Datum::Flag(self.is_stalled()),
            FieldRef::ExpectedClose => {
                self.deal.expected_close.map_or(Datum::Missing, |day| Datum::Day(day.number()))
            }
            FieldRef::Happened => Datum::Day(self.entered),
            FieldRef::Rep => self.names.rep(self.deal.rep.map(|rep| rep.0)),
            FieldRef::Product => self.names.product(self.deal.product.map(|product| product.0)),
            FieldRef::Category => self.names.category(self.deal.product.map(|product| product.0)),
            FieldRef::Name => Datum::Text(&self.deal.name),
            FieldRef::Custom(name, kind) => field_value(self.deal.fields.get(name), *kind),
            field if field.is_of_product() => {
                let product = self.deal.product.map(|product| product.0);
                self.names.of_product(field, product, self.entered)
            }
            _ => Datum::Missing,
        }
    }
}

struct TaskRow<'a> {
    task: Task,
    names: &'a Names,
}

impl Row for TaskRow<'_> {
    fn day(&self) -> i32 {
        self.task.known.number()
    }

    fn get(&self, field: &FieldRef) -> Datum<'_> {
        match field {
            FieldRef::State => Datum::Text(match self.task.state {
                TaskState::Open => "open",
                TaskState::Done => "done",
                TaskState::Snoozed => "snoozed",
                TaskState::Skipped => "skipped",
            }),
            FieldRef::Open => {
                Datum::Flag(matches!(self.task.state, TaskState::Open | TaskState::Snoozed))
            }
            FieldRef::Due => Datum::Day(self.task.due.number()),
            FieldRef::Rep => self.names.rep(self.task.rep.map(|rep| rep.0)),
            _ => Datum::Missing,
        }
    }
}

#[derive(Clone)]
struct ContactRow {
    contact: Contact,
    day: i32,
}

impl Row for ContactRow {
    fn day(&self) -> i32 {
        self.day
    }

    fn get(&self, field: &FieldRef) -> Datum<'_> {
        let contact = &self.contact;
        match field {
            FieldRef::Name => Datum::Text(&contact.name),
            FieldRef::Role => text(contact.role.as_deref()),
            FieldRef::Department => text(contact.department.as_deref()),
            FieldRef::Influence => text(contact.influence.as_deref()),
            FieldRef::Coach => contact.coach.map_or(Datum::Missing, Datum::Flag),
            FieldRef::Birthday => {
                contact.birthday.map_or(Datum::Missing, |day| Datum::Day(day.number()))
            }
            FieldRef::Custom(name, kind) => field_value(contact.fields.get(name), *kind),
            _ => Datum::Missing,
        }
    }
}

/// The value of a custom field of a record.
pub(super) fn field_value(value: Option<&FieldValue>, kind: FieldType) -> Datum<'_> {
    match value {
        Some(FieldValue::Text(text)) if kind == FieldType::Day => {
            Day::parse(text).map_or(Datum::Missing, |day| Datum::Day(day.number()))
        }
        Some(FieldValue::Number(number)) => Datum::Number(*number),
        Some(FieldValue::Text(text)) => Datum::Text(text),
        Some(FieldValue::Flag(flag)) => Datum::Flag(*flag),
        None => Datum::Missing,
    }
}

/// Rows by the place of their customer in the base.
type ByCustomer<T> = BTreeMap<usize, Vec<T>>;

#[expect(clippy::too_many_arguments, reason = "the pass joins all that the computation knows")]
pub(super) fn fold(
    reader: &dyn Reader,
    settings: &Settings,
    catalogue: &Catalogue,
    names: &Names,
    base: &Base,
    met: &Met,
    range: CustomerRange,
    as_of: Day,
    place: &mut dyn FnMut(usize, ColumnData, bool),
) -> Result<()> {
    let deals = read_deals(reader, settings, names, base, range, as_of)?;
    let wants =
        |source: &Source| catalogue.features().any(|(_, feature)| feature.source == *source);
    let tasks = if wants(&Source::Tasks) {
        read_tasks(reader, names, base, as_of)?
    } else {
        ByCustomer::new()
    };
    let contacts = if wants(&Source::Contacts) || catalogue.has(Primitive::BirthdayInDays) {
        read_contacts(reader, base, as_of)?
    } else {
        ByCustomer::new()
    };
    let asks = catalogue.features().any(|(_, feature)| feature.by_meeting);
    let by_meeting = if asks { in_order_of_meeting(&contacts, met) } else { ByCustomer::new() };
    for (at, feature) in catalogue.features() {
        let folder = Folder::new(feature, settings, as_of);
        let (column, seen) = match feature.source {
            Source::Interactions(_) | Source::Members | Source::Parents | Source::Customers => {
                continue;
            }
            Source::Deals => fold_rows(folder, &deals, base.ids.len()),
            Source::Tasks => fold_rows(folder, &tasks, base.ids.len()),
            Source::Contacts if feature.by_meeting => {
                fold_rows(folder, &by_meeting, base.ids.len())
            }
            Source::Contacts => fold_rows(folder, &contacts, base.ids.len()),
        };
        place(at, column, seen);
    }
    for (at, primitive) in catalogue.primitives() {
        let values = (0..base.ids.len()).map(|row| match primitive {
            Primitive::Probability => best(&deals, row).and_then(DealRow::probability),
            Primitive::DaysInStage => best(&deals, row).map(|deal| f64::from(deal.days_in_stage)),
            Primitive::BirthdayInDays => birthday(base, &contacts, row, as_of),
        });
        let values = values.map(|value| value.unwrap_or(f64::NAN)).collect();
        place(at, ColumnData::Number(values), true);
    }
    Ok(())
}

fn fold_rows<T: Row>(
    mut folder: Folder<'_>,
    rows: &ByCustomer<T>,
    customers: usize,
) -> (ColumnData, bool) {
    for customer in 0..customers {
        for row in rows.get(&customer).into_iter().flatten() {
            folder.add(row, 0);
        }
        folder.flush(&|_| None);
    }
    let seen = folder.seen;
    (folder.finish(), seen)
}

fn read_deals<'a>(
    reader: &dyn Reader,
    settings: &'a Settings,
    names: &'a Names,
    base: &Base,
    range: CustomerRange,
    as_of: Day,
) -> Result<ByCustomer<DealRow<'a>>> {
    let mut deals = ByCustomer::new();
    reader.deals(range, as_of, &mut |deal, events| {
        let customer = deal.customer.and_then(|customer| base.ids.binary_search(&customer.0).ok());
        if let (Some(at), Some(row)) =
            (customer, DealRow::new(deal, events, settings, names, as_of))
        {
            deals.entry(at).or_insert_with(Vec::new).push(row);
        }
        Ok(())
    })?;
    for rows in deals.values_mut() {
        rows.sort_by_key(|row: &DealRow<'_>| (row.entered, row.deal.id));
    }
    Ok(deals)
}

fn read_tasks<'a>(
    reader: &dyn Reader,
    names: &'a Names,
    base: &Base,
    as_of: Day,
) -> Result<ByCustomer<TaskRow<'a>>> {
    let mut tasks = ByCustomer::new();
    reader.each(Entity::Task, None, &mut |record| {
        if let Ok(task) = Task::try_from(record)
            && task.known <= as_of
            && let Some(at) = task.customer.and_then(|each| base.ids.binary_search(&each.0).ok())
        {
            tasks.entry(at).or_insert_with(Vec::new).push(TaskRow { task, names });
        }
        Ok(())
    })?;
    for rows in tasks.values_mut() {
        rows.sort_by_key(|row: &TaskRow<'_>| (row.task.known, row.task.id));
    }
    Ok(tasks)
}

fn read_contacts(reader: &dyn Reader, base: &Base, as_of: Day) -> Result<ByCustomer<ContactRow>> {
    let mut contacts = ByCustomer::new();
    reader.each(Entity::Contact, None, &mut |record| {
        if let Ok(contact) = Contact::try_from(record)
            && contact.known.is_none_or(|day| day <= as_of)
            && let Ok(at) = base.ids.binary_search(&contact.customer.0)
        {
            let day = contact.known.map_or(NEVER, Day::number);
            contacts.entry(at).or_insert_with(Vec::new).push(ContactRow { contact, day });
        }
        Ok(())
    })?;
    for rows in contacts.values_mut() {
        rows.sort_by_key(|row: &ContactRow| (row.day, row.contact.id));
    }
    Ok(contacts)
}

/// The same contacts in the order in which they were last met, each on that day; of those met on one day
/// the one of the later row comes last.
fn in_order_of_meeting(contacts: &ByCustomer<ContactRow>, met: &Met) -> ByCustomer<ContactRow> {
    let mut found = ByCustomer::new();
    for (at, rows) in contacts {
        let mut rows = rows.clone();
        rows.sort_by_key(|row| met.get(&row.contact.id).map(|(_, place)| *place));
        for row in &mut rows {
            row.day = met.get(&row.contact.id).map_or(NEVER, |(day, _)| *day);
        }
        found.insert(*at, rows);
    }
    found
}

/// The open deal with the highest probability, then longest in its stage, then of the lowest id.
fn best<'d, 'a>(deals: &'d ByCustomer<DealRow<'a>>, row: usize) -> Option<&'d DealRow<'a>> {
    let open = deals.get(&row)?.iter().filter(|deal| deal.role() == StageRole::Open);
    open.max_by(|left, right| {
        let probability = |deal: &DealRow<'_>| deal.probability().unwrap_or(-1.0);
        probability(left)
            .total_cmp(&probability(right))
            .then(left.days_in_stage.cmp(&right.days_in_stage))
            .then(right.deal.id.cmp(&left.deal.id))
    })
}

fn birthday(base: &Base, contacts: &ByCustomer<ContactRow>, row: usize, as_of: Day) -> Option<f64> {
    let theirs = contacts.get(&row).into_iter().flatten().filter_map(|row| row.contact.birthday);
    let days = base.birthdays[row].into_iter().chain(theirs);
    days.map(|day| day.days_to_anniversary(as_of)).min().map(f64::from)
}

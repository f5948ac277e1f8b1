//! What there is to know of one customer before a call.

use kehu_contract::ThreadView;
use kehu_domain::{
    Contact, Customer, CustomerId, Day, Deal, DealEvent, Entity, Interaction, RepId, StoredPlan,
    Task, TaskState,
};
use kehu_store::{CustomerRange, Reader, StoreError};

use super::DayError;
use super::cases::Cases;
use super::plan::{VisitStop, read_plan};
use super::portfolio::is_open;
use crate::records::deals::DealState;
use crate::settings::Settings;

/// Holds what is known of a customer at the end of a day, as far as it matters for what comes next.
#[derive(Debug, Clone, PartialEq)]
pub struct Briefing {
    /// The customer.
    pub customer: Customer,
    /// The people there, in id order.
    pub contacts: Vec<Contact>,
    /// The open deals, in id order.
    pub deals: Vec<DealState>,
    /// The threads that are open, the earliest first.
    pub threads: Vec<ThreadView>,
    /// The last interactions, at most twenty, the latest first.
    pub interactions: Vec<Interaction>,
    /// The open tasks, in the order in which they are due.
    pub tasks: Vec<Task>,
    /// The next visit of a plan that is kept.
    pub next_visit: Option<NextVisit>,
}

/// Holds a planned visit: whose, when and what for.
#[derive(Debug, Clone, PartialEq)]
pub struct NextVisit {
    /// Whose plan it is.
    pub rep: RepId,
    /// The day.
    pub day: Day,
    /// The visit.
    pub stop: VisitStop,
}

impl Briefing {
    /// Gathers what was known of a customer at the end of a day; none if nothing was.
    ///
    /// # Errors
    /// What the store says, or that a plan is damaged.
    pub fn of(
        reader: &dyn Reader,
        settings: &Settings,
        customer: CustomerId,
        as_of: Day,
    ) -> Result<Option<Self>, DayError> {
        let Some(customer) = known(reader, customer, as_of)? else { return Ok(None) };
        let id = CustomerId(customer.id);
        let (views, mut threads) = Cases::new(reader, settings, as_of)?.happened(id)?;
        threads.retain(|thread| thread.open);
        let mut interactions = Vec::with_capacity(views.len());
        for view in views {
            let found = reader.get(Entity::Interaction, view.id)?;
            interactions.extend(found.and_then(|record| Interaction::try_from(record).ok()));
        }
        Ok(Some(Self {
            contacts: contacts(reader, id, as_of)?,
            deals: open_deals(reader, settings, id, as_of)?,
            threads,
            interactions,
            tasks: open_tasks(reader, id, as_of)?,
            next_visit: next_visit(reader, id, as_of)?,
            customer,
        }))
    }
}

/// A customer with the values that held at the end of a day.
fn known(
    reader: &dyn Reader,
    customer: CustomerId,
    as_of: Day,
) -> Result<Option<Customer>, StoreError> {
    let mut found = None;
    reader.customers(CustomerRange::one(customer), as_of, &mut |each| {
        found = Some(each.clone());
        Ok(())
    })?;
    Ok(found)
}

fn contacts(
    reader: &dyn Reader,
    customer: CustomerId,
    as_of: Day,
) -> Result<Vec<Contact>, StoreError> {
    let mut contacts: Vec<Contact> = Vec::new();
    reader.each(Entity::Contact, Some(customer), &mut |record| {
        contacts.extend(Contact::try_from(record));
        Ok(())
    })?;
    contacts.retain(|contact| contact.known.is_none_or(|day| day <= as_of));
    Ok(contacts)
}

fn open_deals(
    reader: &dyn Reader,
    settings: &Settings,
    customer: CustomerId,
    as_of: Day,
) -> Result<Vec<DealState>, StoreError> {
    let mut deals = Vec::new();
    let range = CustomerRange::one(customer);
    reader.deals(range, as_of, &mut |deal: &Deal, events: &[DealEvent]| {
        if is_open(settings, deal, events) {
            deals.push(DealState { deal: deal.clone(), events: events.to_vec() });
        }
        Ok(())
    })?;
    Ok(deals)
}

fn open_tasks(
    reader: &dyn Reader,
    customer: CustomerId,
    as_of: Day,
) -> Result<Vec<Task>, StoreError> {
    let mut tasks: Vec<Task> = Vec::new();
    reader.each(Entity::Task, Some(customer), &mut |record| {
        tasks.extend(Task::try_from(record));
        Ok(())
    })?;
    tasks.retain(|task| {
        let is_open = task.state == TaskState::Open
            || task.state == TaskState::Snoozed && super::tasks::is_own(task);
        is_open && task.known <= as_of
    });
    tasks.sort_by_key(|task| (task.due, task.id));
    Ok(tasks)
}

/// The first visit from a day on, in the latest plan of each rep for its days.
fn next_visit(
    reader: &dyn Reader,
    customer: CustomerId,
    as_of: Day,
) -> Result<Option<NextVisit>, DayError> {
    let mut stored: Vec<StoredPlan> = Vec::new();
    reader.each(Entity::Plan, None, &mut |record| {
        stored.extend(StoredPlan::try_from(record));
        Ok(())
    })?;
    // A later plan of a rep counts instead of an earlier one on the days that it covers.
    let mut next: Option<NextVisit> = None;
    for (at, plan) in stored.iter().enumerate().rev() {
        if plan.to < as_of || plan.as_of > as_of {
            continue;
        }
        let later = &stored[at + 1..];
        let replaced = |day: Day| {
            later.iter().any(|other| {
                let is_theirs = other.rep == plan.rep && other.as_of <= as_of;
                is_theirs && other.from <= day && day <= other.to
            })
        };
        for day in read_plan(plan)?.days {
            let sooner = next.as_ref().is_none_or(|next| day.day < next.day);
            if day.day < as_of || !sooner || replaced(day.day) {
                continue;
            }
            if let Some(stop) = day.visits.into_iter().find(|stop| stop.customer == customer) {
                next = Some(NextVisit { rep: plan.rep, day: day.day, stop });
            }
        }
    }
    Ok(next)
}

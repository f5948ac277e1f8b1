//! What `follow_up` sees of a customer beside its columns.

use std::collections::VecDeque;

use kehu_contract::{Case, DealView, InteractionView, StepView, ThreadView};
use kehu_domain::{
    Contact, Customer, CustomerId, Day, Deal, DealEvent, Entity, Fields, Interaction, Money,
    Record, Task, TaskState,
};
use kehu_store::{CustomerRange, InteractionRow, Reader, StoreError, Wanted};
use serde_json::{Map, Value as Json};

use super::portfolio::is_open;
use crate::settings::Settings;
use crate::views::RecordViews;

/// How many interactions a case holds.
const INTERACTIONS: usize = 20;

/// Reads cases, one customer after the other.
pub(crate) struct Cases<'a> {
    reader: &'a dyn Reader,
    settings: &'a Settings,
    as_of: Day,
    kinds: Vec<String>,
    pub(crate) views: RecordViews<'a>,
}

/// A thread while its rows are read: the head's id and kind, its state, and the ids of its rows.
struct Head {
    id: i64,
    kind: String,
    state: Option<String>,
    rows: Vec<i64>,
}

impl<'a> Cases<'a> {
    pub(crate) fn new(
        reader: &'a dyn Reader,
        settings: &'a Settings,
        as_of: Day,
    ) -> Result<Self, StoreError> {
        let views = RecordViews::new(reader, settings)?;
        Ok(Self { reader, settings, as_of, kinds: reader.kinds()?, views })
    }

    /// What is known of a customer at the end of the day.
    pub(crate) fn read(&self, customer: &Customer) -> Result<Case, StoreError> {
        let id = CustomerId(customer.id);
        let (interactions, threads) = self.happened(id)?;
        Ok(Case {
            name: customer.name.clone(),
            customer: self.views.record(&Record::Customer(customer.clone())),
            contacts: self.contacts(id)?,
            tasks: self.tasks(id)?,
            deals: self.deals(id)?,
            interactions,
            threads,
        })
    }

    /// The people at a customer who are known by then, in id order.
    pub(crate) fn contacts(
        &self,
        customer: CustomerId,
    ) -> Result<Vec<Map<String, Json>>, StoreError> {
        let mut contacts = Vec::new();
        self.reader.each(Entity::Contact, Some(customer), &mut |record| {
            if let Ok(contact) = Contact::try_from(record)
                && contact.known.is_none_or(|day| day <= self.as_of)
            {
                contacts.push(self.views.record(&contact.into()));
            }
            Ok(())
        })?;
        Ok(contacts)
    }

    /// The open tasks about a customer, in id order.
    fn tasks(&self, customer: CustomerId) -> Result<Vec<Map<String, Json>>, StoreError> {
        let mut tasks = Vec::new();
        self.reader.each(Entity::Task, Some(customer), &mut |record| {
            if let Ok(task) = Task::try_from(record)
                && matches!(task.state, TaskState::Open | TaskState::Snoozed)
                && task.known <= self.as_of
            {
                tasks.push(self.views.record(&task.into()));
            }
            Ok(())
        })?;
        Ok(tasks)
    }

    /// The open deals of a customer, in id order.
    pub(crate) fn deals(&self, customer: CustomerId) -> Result<Vec<DealView>, StoreError> {
        let mut deals = Vec::new();
        self.reader.deals(CustomerRange::one(customer), self.as_of, &mut |deal, events| {
            if is_open(self.settings, deal, events) {
                deals.extend(self.deal(deal, events));
            }
            Ok(())
        })?;
        deals.sort_by_key(|deal| deal.id);
        Ok(deals)
    }

    /// The last interactions of a customer, the latest first, and its threads, the earliest first.
    pub(crate) fn happened(
        &self,
        customer: CustomerId,
    ) -> Result<(Vec<InteractionView>, Vec<ThreadView>), StoreError> {
        let mut last: VecDeque<InteractionView> = VecDeque::with_capacity(INTERACTIONS + 1);
        let mut heads: Vec<Head> = Vec::new();
        let range = CustomerRange::one(customer);
        let wanted = Wanted {
            money: true,
            links: true,
            words: true,
            thread: true,
            fields: true,
            text: false,
        };
        self.reader.interactions(range, self.as_of, wanted, &mut |row| {
            self.follow(row, &mut heads);
            last.push_front(self.interaction(row));
            last.truncate(INTERACTIONS);
            Ok(())
        })?;
        let threads = heads.into_iter().map(|head| self.thread(head));
        let threads = threads.collect::<Result<Vec<_>, _>>()?.into_iter().flatten();
        Ok((last.into(), threads.collect()))
    }

    /// Lets a row begin a thread, or go on with one: by a row of the thread's own kind, or of a kind
    /// without states, such as a call about it.
    fn follow(&self, row: &InteractionRow<'_>, heads: &mut Vec<Head>) {
        let Some(kind) = self.kinds.get(row.kind) else { return };
        let states = self.settings.kind(kind).map_or(&[][..], |kind| &kind.states);
        let about = row.about.and_then(|about| heads.iter_mut().find(|head| head.id == about));
        match about {
            Some(head) if head.kind == *kind || states.is_empty() => {
                head.rows.push(row.id);
                let known = self.settings.kind(&head.kind).map_or(&[][..], |kind| &kind.states);
                if let Some(state) =
                    row.state.filter(|state| known.iter().any(|each| each == state))
                {
                    head.state = Some(state.to_owned());
                }
            }
            _ if states.is_empty() => {}
            _ => {
                let state = row
                    .state
                    .map_or_else(|| states.first().cloned(), |state| Some(state.to_owned()));
                heads.push(Head { id: row.id, kind: kind.clone(), state, rows: vec![row.id] });
            }
        }
    }

    fn thread(&self, head: Head) -> Result<Option<ThreadView>, StoreError> {
        let mut rows: Vec<Interaction> = Vec::with_capacity(head.rows.len());
        for id in &head.rows {
            let found = self.reader.get(Entity::Interaction, *id)?;
            rows.extend(found.and_then(|record| Interaction::try_from(record).ok()));
        }
        let Some(first) = rows.first().cloned() else { return Ok(None) };
        let closing = self.settings.kind(&head.kind).map_or(&[][..], |kind| &kind.closing);
        // What the first one does not say, a later step may: the cause, when it is resolved.
        let mut fields = first.fields.clone();
        for (name, value) in rows.iter().skip(1).flat_map(|row| &row.fields) {
            fields.entry(name.clone()).or_insert_with(|| value.clone());
        }
        let steps = rows.into_iter().map(|row| StepView {
            id: row.id,
            kind: row.kind,
            day: row.happened.number(),
            minute: row.minute.map(i32::from),
            state: row.state,
            by: row.rep.and_then(|rep| self.views.rep(rep.0)).map(str::to_owned),
            channel: row.channel,
            text: row.text,
        });
        Ok(Some(ThreadView {
            id: head.id,
            open: !head.state.as_ref().is_some_and(|state| closing.contains(state)),
            kind: head.kind,
            state: head.state,
            opened: first.happened.number(),
            days_open: self.as_of.since(first.happened),
            hours_open: self.settings.hours_until(self.as_of, first.happened, first.minute),
            due: first.due.map(Day::number),
            rep: first.rep.and_then(|rep| self.views.rep(rep.0)).map(str::to_owned),
            deal: first.deal.map(|deal| deal.0),
            contact: first.contact.map(|contact| contact.0),
            about: first.about.map(|about| about.0),
            text: first.text,
            fields: self.views.custom(Entity::Interaction, &fields),
            steps: steps.collect(),
        }))
    }

    fn deal(&self, deal: &Deal, events: &[DealEvent]) -> Option<DealView> {
        let last = events.last()?;
        let stage = self.settings.stage(&deal.pipeline, &last.stage);
        let amount = events.iter().rev().find_map(|event| event.amount).or(deal.amount);
        Some(DealView {
            id: deal.id,
            name: deal.name.clone(),
            pipeline: deal.pipeline.clone(),
            stage: last.stage.clone(),
            probability: stage.and_then(|stage| stage.probability),
            amount: amount.map(|amount| self.settings.currency.to_major(amount)),
            since: last.happened.number(),
            days_in_stage: self.as_of.since(last.happened),
            longest_stay: stage.and_then(|stage| stage.longest_stay),
            expected_close: deal.expected_close.map(Day::number),
            rep: deal.rep.and_then(|rep| self.views.rep(rep.0)).map(str::to_owned),
            fields: self.views.custom(Entity::Deal, &deal.fields),
        })
    }

    fn interaction(&self, row: &InteractionRow<'_>) -> InteractionView {
        let own = |text: Option<&str>| text.map(str::to_owned);
        let fields: Option<Fields> = row.fields.and_then(|text| serde_json::from_str(text).ok());
        InteractionView {
            id: row.id,
            kind: self.kinds.get(row.kind).cloned().unwrap_or_default(),
            happened: row.happened,
            days_ago: self.as_of.number() - row.happened,
            channel: own(row.channel),
            outcome: own(row.outcome),
            mood: own(row.mood),
            amount: row.amount.map(|amount| self.settings.currency.to_major(Money(amount))),
            state: own(row.state),
            about: row.about,
            by: row.rep.and_then(|rep| self.views.rep(rep)).map(str::to_owned),
            contact: row.contact,
            deal: row.deal,
            fields: self.views.custom(Entity::Interaction, &fields.unwrap_or_default()),
        }
    }
}

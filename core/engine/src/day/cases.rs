//! What `follow_up` sees of a customer beside its columns.

use std::collections::BTreeMap;

use kehu_contract::{Case, DealView, InteractionView};
use kehu_domain::{CustomerId, Day, Deal, DealEvent, Entity, Money, Rep};
use kehu_store::{CustomerRange, InteractionRow, Reader, StoreError, Wanted};

use super::portfolio::is_open;
use crate::settings::Settings;

/// How many interactions a case holds.
const INTERACTIONS: usize = 20;

/// Reads cases, one customer after the other.
pub(crate) struct Cases<'a> {
    reader: &'a dyn Reader,
    settings: &'a Settings,
    as_of: Day,
    reps: BTreeMap<i64, String>,
    kinds: Vec<String>,
}

impl<'a> Cases<'a> {
    pub(crate) fn new(
        reader: &'a dyn Reader,
        settings: &'a Settings,
        as_of: Day,
    ) -> Result<Self, StoreError> {
        let mut reps = BTreeMap::new();
        reader.each(Entity::Rep, None, &mut |record| {
            if let Ok(rep) = Rep::try_from(record) {
                reps.insert(rep.id, rep.name);
            }
            Ok(())
        })?;
        Ok(Self { reader, settings, as_of, reps, kinds: reader.kinds()? })
    }

    /// What is known of a customer at the end of the day.
    pub(crate) fn read(&self, customer: i64, name: &str) -> Result<Case, StoreError> {
        let customer = CustomerId(customer);
        let (deals, interactions) = (self.deals(customer)?, self.interactions(customer)?);
        Ok(Case { name: name.to_owned(), deals, interactions })
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

    /// The last interactions of a customer, the latest first.
    pub(crate) fn interactions(
        &self,
        customer: CustomerId,
    ) -> Result<Vec<InteractionView>, StoreError> {
        let mut interactions = Vec::new();
        let range = CustomerRange::one(customer);
        let wanted = Wanted { money: true, words: true, thread: true, ..Wanted::default() };
        self.reader.interactions(range, self.as_of, wanted, &mut |row| {
            interactions.push(self.interaction(row));
            Ok(())
        })?;
        interactions.reverse();
        interactions.truncate(INTERACTIONS);
        Ok(interactions)
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
            rep: deal.rep.and_then(|rep| self.reps.get(&rep.0).cloned()),
        })
    }

    fn interaction(&self, row: &InteractionRow<'_>) -> InteractionView {
        let own = |text: Option<&str>| text.map(str::to_owned);
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
        }
    }
}

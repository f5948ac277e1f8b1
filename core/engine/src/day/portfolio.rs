//! Whose work a customer is.

use std::collections::{BTreeMap, BTreeSet};

use kehu_domain::{Customer, CustomerId, Deal, DealEvent, RepId, StageRole};
use kehu_store::{CustomerRange, StoreError};

use super::Work;
use crate::settings::Settings;

/// Holds the customers that a rep works on as of a day: those that the rep owns, and those with an
/// open deal of the rep.
///
/// What concerns a customer as a whole is one rep's to do: the owner's, else that of the rep of its
/// likeliest open deal. Otherwise everyone with a deal there would visit it for the same reason.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Portfolio {
    /// The customers by id, known and not archived.
    pub customers: BTreeMap<i64, Customer>,
    /// The open deals of the rep that have a customer, by id.
    pub deals: BTreeSet<i64>,
    /// How many open deals of the rep have no customer, and so are in no list.
    pub deals_without_customer: usize,
    /// The customers that are another rep's to visit and to care for.
    elsewhere: BTreeSet<i64>,
}

/// A deal in the order in which deals make their reps responsible: by probability, then by the days in
/// its stage, then the lowest id; the features of a customer's best deal go by the same order.
struct Likelihood {
    probability: f64,
    days_in_stage: i32,
    id: i64,
}

impl Likelihood {
    fn of(work: &Work<'_>, deal: &Deal, events: &[DealEvent]) -> Option<Self> {
        let last = events.last()?;
        let stage = work.settings.stage(&deal.pipeline, &last.stage);
        Some(Self {
            probability: stage.and_then(|stage| stage.probability).unwrap_or(-1.0),
            days_in_stage: work.as_of.since(last.happened),
            id: deal.id,
        })
    }

    fn is_above(&self, other: &Self) -> bool {
        let order = self.probability.total_cmp(&other.probability);
        let order = order.then(self.days_in_stage.cmp(&other.days_in_stage));
        order.then(other.id.cmp(&self.id)).is_gt()
    }
}

/// Finds a rep's customers, and some others by id.
pub(super) fn find(work: &Work<'_>, also: &BTreeSet<i64>) -> Result<Portfolio, StoreError> {
    let rep = RepId(work.rep.id);
    let mut portfolio = Portfolio::default();
    let mut wanted: BTreeSet<i64> = also.clone();
    let mut likeliest: BTreeMap<i64, (Likelihood, RepId)> = BTreeMap::new();
    work.reader.deals(CustomerRange::ALL, work.as_of, &mut |deal, events| {
        let (Some(theirs), Some(customer)) = (deal.rep, deal.customer) else { return Ok(()) };
        if !is_open(work.settings, deal, events) {
            return Ok(());
        }
        if theirs == rep {
            portfolio.deals.insert(deal.id);
            wanted.insert(customer.0);
        }
        if let Some(likelihood) = Likelihood::of(work, deal, events)
            && likeliest.get(&customer.0).is_none_or(|(best, _)| likelihood.is_above(best))
        {
            likeliest.insert(customer.0, (likelihood, theirs));
        }
        Ok(())
    })?;
    work.reader.deals_without_customer(work.as_of, &mut |deal, events| {
        if deal.rep == Some(rep) && is_open(work.settings, deal, events) {
            portfolio.deals_without_customer += 1;
        }
        Ok(())
    })?;
    work.reader.customers(CustomerRange::ALL, work.as_of, &mut |customer| {
        let theirs = customer.owner == Some(rep) || wanted.contains(&customer.id);
        if theirs && customer.archived.is_none_or(|day| day > work.as_of) {
            let by_deal = likeliest.get(&customer.id).map(|(_, rep)| *rep);
            if customer.owner.or(by_deal).is_some_and(|responsible| responsible != rep) {
                portfolio.elsewhere.insert(customer.id);
            }
            portfolio.customers.insert(customer.id, customer.clone());
        }
        Ok(())
    })?;
    Ok(portfolio)
}

/// A stage that is no longer declared counts as open: the deal must not vanish in silence.
pub(super) fn is_open(settings: &Settings, deal: &Deal, events: &[DealEvent]) -> bool {
    events.last().is_some_and(|last| {
        settings
            .stage(&deal.pipeline, &last.stage)
            .is_none_or(|stage| stage.role == StageRole::Open)
    })
}

impl Portfolio {
    /// True if what concerns the customer as a whole is the rep's to do.
    pub(super) fn is_responsible(&self, customer: CustomerId) -> bool {
        !self.elsewhere.contains(&customer.0)
    }
}

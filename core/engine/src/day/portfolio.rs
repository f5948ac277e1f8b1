//! Whose work a customer is.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use kehu_domain::{Customer, CustomerId, Deal, DealEvent, RepId, StageRole};
use kehu_store::{CustomerRange, StoreError};

use super::Work;
use crate::settings::Settings;

/// Holds the customers that a rep works on as of a day: those that are the rep's, and those with an
/// open deal of the rep. A customer without an owner is that rep's who has most of its open deals.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Portfolio {
    /// The customers by id, known and not archived.
    pub customers: BTreeMap<i64, Customer>,
    /// Those of them that are the rep's as a whole.
    pub(super) responsible: BTreeSet<i64>,
    /// The open deals of the rep that have a customer, by id.
    pub deals: BTreeSet<i64>,
    /// How many open deals of the rep have no customer, and so are in no list.
    pub deals_without_customer: usize,
}

/// Finds a rep's customers, and some others by id.
pub(super) fn find(work: &Work<'_>, also: &BTreeSet<i64>) -> Result<Portfolio, StoreError> {
    let rep = work.rep_id();
    let mut portfolio = Portfolio::default();
    let mut wanted: BTreeSet<i64> = also.clone();
    let mut deals_of: BTreeMap<i64, BTreeMap<RepId, usize>> = BTreeMap::new();
    work.reader.deals(CustomerRange::ALL, work.as_of, &mut |deal, events| {
        if !is_open(work.settings, deal, events) {
            return Ok(());
        }
        if deal.rep == rep {
            portfolio.deals.insert(deal.id);
            wanted.extend(deal.customer.map(|customer| customer.0));
        }
        if let (Some(customer), Some(rep)) = (deal.customer, deal.rep) {
            *deals_of.entry(customer.0).or_default().entry(rep).or_default() += 1;
        }
        Ok(())
    })?;
    work.reader.deals_without_customer(work.as_of, &mut |deal, events| {
        if deal.rep == rep && is_open(work.settings, deal, events) {
            portfolio.deals_without_customer += 1;
        }
        Ok(())
    })?;
    work.reader.customers(CustomerRange::ALL, work.as_of, &mut |customer| {
        let reps = deals_of.get(&customer.id);
        let most = || reps?.iter().max_by_key(|(rep, count)| (**count, Reverse(**rep)));
        let responsible = customer.owner.or_else(|| most().map(|(rep, _)| *rep));
        let is_wanted = wanted.contains(&customer.id);
        let is_theirs = responsible == rep || responsible.is_none() && is_wanted;
        if is_theirs {
            portfolio.responsible.insert(customer.id);
        }
        if (is_theirs || is_wanted) && customer.archived.is_none_or(|day| day > work.as_of) {
            portfolio.customers.insert(customer.id, customer.clone());
        }
        Ok(())
    })?;
    Ok(portfolio)
}

/// One customer with all its open deals, whoever has them.
pub(super) fn of_one(work: &Work<'_>, customer: &Customer) -> Result<Portfolio, StoreError> {
    let mut portfolio = Portfolio::default();
    portfolio.customers.insert(customer.id, customer.clone());
    portfolio.responsible.insert(customer.id);
    let range = CustomerRange::one(CustomerId(customer.id));
    work.reader.deals(range, work.as_of, &mut |deal, events| {
        if is_open(work.settings, deal, events) {
            portfolio.deals.insert(deal.id);
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
    /// True if what concerns the customer as a whole is the rep's to do, not another one's.
    pub(super) fn is_responsible(&self, customer: CustomerId) -> bool {
        self.responsible.contains(&customer.0)
    }
}

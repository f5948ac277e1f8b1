//! What `follow_up` sees of a customer beside its columns.

use std::collections::BTreeMap;

use kehu_contract::{Case, DealView, InteractionView};
use kehu_domain::{CustomerId, Deal, DealEvent, Entity, Money, Rep};
use kehu_store::{CustomerRange, InteractionRow, StoreError, Wanted};

use super::Work;
use super::portfolio::is_open;

/// How many interactions a case holds.
const INTERACTIONS: usize = 20;

/// Reads cases, one customer after the other.
pub(super) struct Cases<'a> {
    work: Work<'a>,
    reps: BTreeMap<i64, String>,
    kinds: Vec<String>,
}

impl<'a> Cases<'a> {
    pub(super) fn new(work: &Work<'a>) -> Result<Self, StoreError> {
        let mut reps = BTreeMap::new();
        work.reader.each(Entity::Rep, None, &mut |record| {
            if let Ok(rep) = Rep::try_from(record) {
                reps.insert(rep.id, rep.name);
            }
            Ok(())
        })?;
        Ok(Self { work: *work, reps, kinds: work.reader.kinds()? })
    }

    /// What is known of a customer at the end of the day.
    pub(super) fn read(&self, customer: i64, name: &str) -> Result<Case, StoreError> {
        let range = CustomerRange::one(CustomerId(customer));
        let mut case = Case { name: name.to_owned(), ..Case::default() };
        self.work.reader.deals(range, self.work.as_of, &mut |deal, events| {
            if is_open(self.work.settings, deal, events) {
                case.deals.extend(self.deal(deal, events));
            }
            Ok(())
        })?;
        case.deals.sort_by_key(|deal| deal.id);
        let wanted = Wanted { money: true, words: true, thread: true, ..Wanted::default() };
        self.work.reader.interactions(range, self.work.as_of, wanted, &mut |row| {
            case.interactions.push(self.interaction(row));
            Ok(())
        })?;
        case.interactions.reverse();
        case.interactions.truncate(INTERACTIONS);
        Ok(case)
    }

    fn deal(&self, deal: &Deal, events: &[DealEvent]) -> Option<DealView> {
        let last = events.last()?;
        let stage = self.work.settings.stage(&deal.pipeline, &last.stage);
        let amount = events.iter().rev().find_map(|event| event.amount).or(deal.amount);
        Some(DealView {
            id: deal.id,
            name: deal.name.clone(),
            pipeline: deal.pipeline.clone(),
            stage: last.stage.clone(),
            probability: stage.and_then(|stage| stage.probability),
            amount: amount.map(|amount| self.work.settings.currency.to_major(amount)),
            since: last.happened.number(),
            days_in_stage: self.work.as_of.since(last.happened),
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
            days_ago: self.work.as_of.number() - row.happened,
            channel: own(row.channel),
            outcome: own(row.outcome),
            mood: own(row.mood),
            amount: row.amount.map(|amount| self.work.settings.currency.to_major(Money(amount))),
            state: own(row.state),
            about: row.about,
        }
    }
}

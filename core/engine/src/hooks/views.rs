//! A deal as packs see it, with what lies around it.

use kehu_contract::{DealView, InteractionView, MoveView, StageView, ThreadView};
use kehu_domain::{CustomerId, Day, Deal, DealEvent, Entity, Record, Stage, StageRole};
use kehu_store::{Reader, Result};
use serde_json::{Map, Value as Json};

use crate::day::cases::Cases;
use crate::settings::Settings;

/// Turns records into what packs see.
pub(super) struct Views<'a> {
    reader: &'a dyn Reader,
    settings: &'a Settings,
    today: Day,
    cases: Cases<'a>,
}

impl<'a> Views<'a> {
    pub(super) fn new(reader: &'a dyn Reader, settings: &'a Settings, today: Day) -> Result<Self> {
        let cases = Cases::new(reader, settings, today)?;
        Ok(Self { reader, settings, today, cases })
    }

    /// A record with all its fields; what it does not say is `null`.
    pub(super) fn record(&self, record: &Record) -> Map<String, Json> {
        self.cases.views.record(record)
    }

    /// A customer, as it is today.
    pub(super) fn customer(&self, id: CustomerId) -> Result<Option<Map<String, Json>>> {
        let found = self.reader.get(Entity::Customer, id.0)?;
        Ok(found.map(|record| self.record(&record)))
    }

    /// The people at a customer, in id order.
    pub(super) fn contacts(&self, customer: CustomerId) -> Result<Vec<Map<String, Json>>> {
        self.cases.contacts(customer)
    }

    /// A customer's last interactions, the latest first.
    pub(super) fn interactions(&self, customer: CustomerId) -> Result<Vec<InteractionView>> {
        Ok(self.cases.happened(customer)?.0)
    }

    /// A customer's last interactions, the latest first, and its threads.
    pub(super) fn happened(
        &self,
        customer: CustomerId,
    ) -> Result<(Vec<InteractionView>, Vec<ThreadView>)> {
        self.cases.happened(customer)
    }

    /// A customer's open deals, in id order.
    pub(super) fn deals(&self, customer: CustomerId) -> Result<Vec<DealView>> {
        self.cases.deals(customer)
    }

    /// A deal's record with where it stands; without events it is being opened.
    pub(super) fn deal(&self, deal: &Deal, events: &[DealEvent]) -> Map<String, Json> {
        let (first, last) = (events.first(), events.last());
        let amount = events.iter().rev().find_map(|event| event.amount).or(deal.amount);
        let stage = last.and_then(|last| self.settings.stage(&deal.pipeline, &last.stage));
        let mut shown = self.record(&deal.clone().into());
        for (name, value) in [
            ("id", Some(deal.id).filter(|id| *id != 0).map(Json::from)),
            ("stage", last.map(|event| event.stage.as_str().into())),
            ("days_in_stage", last.map(|event| self.today.since(event.happened).into())),
            ("opened", first.map(|event| event.happened.number().into())),
            ("days_open", first.map(|event| self.today.since(event.happened).into())),
            ("probability", stage.and_then(|stage| stage.probability).map(Json::from)),
            ("amount", amount.map(|it| self.settings.currency.to_major(it).into())),
        ] {
            shown.insert(name.to_owned(), value.unwrap_or(Json::Null));
        }
        shown
    }

    /// A deal's events as moves, each with the days that the deal stayed there.
    pub(super) fn history(&self, events: &[DealEvent]) -> Vec<MoveView> {
        let ends = events.iter().skip(1).map(|next| next.happened).chain([self.today]);
        let moves = events.iter().zip(ends);
        moves
            .map(|(event, end)| MoveView {
                day: event.happened.number(),
                stage: event.stage.clone(),
                days: end.since(event.happened),
                by: event.by.and_then(|rep| self.cases.views.rep(rep.0)).map(str::to_owned),
                reason: event.reason.clone(),
                overruled: event.overruled.clone(),
                amount: event.amount.map(|amount| self.settings.currency.to_major(amount)),
            })
            .collect()
    }

    /// A stage of a pipeline, as declared; none if it no longer is.
    pub(super) fn stage(&self, pipeline: &str, name: &str) -> Option<StageView> {
        let stages = &self.settings.pipeline(pipeline)?.stages;
        let at = stages.iter().position(|stage| stage.name == name)?;
        let Stage { role, probability, longest_stay, exit_criteria, owner_role, .. } = &stages[at];
        let role = match role {
            StageRole::Open => "open",
            StageRole::Won => "won",
            StageRole::Lost => "lost",
        };
        Some(StageView {
            name: name.to_owned(),
            order: at as i32 + 1,
            role: role.to_owned(),
            probability: *probability,
            longest_stay: *longest_stay,
            exit_criteria: exit_criteria.clone(),
            owner_role: owner_role.clone(),
        })
    }
}

//! Records as packs see them: days as numbers, amounts in major units, reps by name.

use std::collections::BTreeMap;

use kehu_contract::{DealView, InteractionView, MoveView, StageView};
use kehu_domain::{
    CustomerId, Day, Deal, DealEvent, Entity, FieldType, Fields, Money, Record, Rep, Stage,
    StageRole,
};
use kehu_store::{Reader, Result};
use serde_json::{Map, Value as Json, json};

use crate::day::cases::Cases;
use crate::settings::Settings;

/// Fields of records that hold a day.
const DAYS: [&str; 10] = [
    "happened",
    "due",
    "known",
    "birthday",
    "archived",
    "since",
    "until",
    "expected_close",
    "from",
    "to",
];
/// Those that hold an amount.
const AMOUNTS: [&str; 3] = ["amount", "margin", "price"];
/// Those that name a rep.
const REPS: [&str; 3] = ["owner", "rep", "by"];

/// Turns records into what packs see.
pub(super) struct Views<'a> {
    reader: &'a dyn Reader,
    settings: &'a Settings,
    today: Day,
    reps: BTreeMap<i64, String>,
    cases: Cases<'a>,
}

impl<'a> Views<'a> {
    pub(super) fn new(reader: &'a dyn Reader, settings: &'a Settings, today: Day) -> Result<Self> {
        let mut reps = BTreeMap::new();
        reader.each(Entity::Rep, None, &mut |record| {
            if let Ok(rep) = Rep::try_from(record) {
                reps.insert(rep.id, rep.name);
            }
            Ok(())
        })?;
        let cases = Cases::new(reader, settings, today)?;
        Ok(Self { reader, settings, today, reps, cases })
    }

    /// A record with all its fields; what it does not say is `null`.
    pub(super) fn record(&self, record: &Record) -> Map<String, Json> {
        let Ok(Json::Object(whole)) = serde_json::to_value(record) else { return Map::new() };
        let Some(Json::Object(mut fields)) = whole.into_iter().next().map(|(_, inner)| inner)
        else {
            return Map::new();
        };
        fields.remove("identity");
        for name in DAYS {
            if let Some(value) = fields.get_mut(name) {
                *value = day(value);
            }
        }
        for name in AMOUNTS {
            if let Some(value) = fields.get_mut(name) {
                *value = self.amount(value);
            }
        }
        let are_reps = record.entity() != Entity::Override;
        for name in REPS.iter().filter(|_| are_reps) {
            if let Some(value) = fields.get_mut(*name) {
                *value = value.as_i64().and_then(|id| self.rep(id)).map_or(Json::Null, Json::from);
            }
        }
        if let Record::Customer(customer) = record {
            fields.insert("tags".to_owned(), json!(customer.tags));
            fields.insert("external_ids".to_owned(), json!(customer.external_ids));
        }
        if let Some(custom) = custom_fields(record) {
            fields.insert("fields".to_owned(), self.custom(record.entity(), custom).into());
        }
        fields
    }

    fn amount(&self, value: &Json) -> Json {
        let currency = &self.settings.currency;
        value.as_i64().map_or(Json::Null, |minor| currency.to_major(Money(minor)).into())
    }

    pub(super) fn rep(&self, id: i64) -> Option<&str> {
        self.reps.get(&id).map(String::as_str)
    }

    /// Custom fields by their declarations: every declared one, known or not.
    fn custom(&self, entity: Entity, fields: &Fields) -> Map<String, Json> {
        let declared = self.settings.fields_of(entity);
        declared
            .map(|field| {
                let value = fields.get(&field.name);
                let value = value.and_then(|value| serde_json::to_value(value).ok());
                let value = value.unwrap_or(Json::Null);
                let shown = match field.kind {
                    FieldType::Day => day(&value),
                    FieldType::Money => {
                        let minor = value.as_f64().map(|minor| Money(minor as i64));
                        let currency = &self.settings.currency;
                        minor.map_or(Json::Null, |minor| currency.to_major(minor).into())
                    }
                    _ => value,
                };
                (field.name.clone(), shown)
            })
            .collect()
    }

    /// A customer, as it is today.
    pub(super) fn customer(&self, id: CustomerId) -> Result<Option<Map<String, Json>>> {
        let found = self.reader.get(Entity::Customer, id.0)?;
        Ok(found.map(|record| self.record(&record)))
    }

    /// The people at a customer, in id order.
    pub(super) fn contacts(&self, customer: CustomerId) -> Result<Vec<Map<String, Json>>> {
        let mut contacts = Vec::new();
        self.reader.each(Entity::Contact, Some(customer), &mut |record| {
            contacts.push(self.record(&record));
            Ok(())
        })?;
        Ok(contacts)
    }

    /// A customer's last interactions, the latest first.
    pub(super) fn interactions(&self, customer: CustomerId) -> Result<Vec<InteractionView>> {
        self.cases.interactions(customer)
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
                by: event.by.and_then(|rep| self.rep(rep.0)).map(str::to_owned),
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
        let Stage { role, probability, longest_stay, exit_criteria, .. } = &stages[at];
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
        })
    }
}

/// A day in ISO form as a number.
fn day(value: &Json) -> Json {
    value.as_str().and_then(Day::parse).map_or(Json::Null, |day| day.number().into())
}

fn custom_fields(record: &Record) -> Option<&Fields> {
    match record {
        Record::Rep(rep) => Some(&rep.fields),
        Record::Product(product) => Some(&product.fields),
        Record::Customer(customer) => Some(&customer.fields),
        Record::Contact(contact) => Some(&contact.fields),
        Record::Deal(deal) => Some(&deal.fields),
        Record::Interaction(interaction) => Some(&interaction.fields),
        _ => None,
    }
}

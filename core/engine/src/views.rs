//! Records as packs see them: days as numbers, amounts in major units, reps by name.

use std::collections::BTreeMap;

use kehu_domain::{Day, Entity, FieldType, Fields, Money, Record, Rep};
use kehu_store::{Reader, Result};
use serde_json::{Map, Value as Json, json};

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
pub(crate) struct RecordViews<'a> {
    settings: &'a Settings,
    reps: BTreeMap<i64, String>,
}

impl<'a> RecordViews<'a> {
    pub(crate) fn new(reader: &dyn Reader, settings: &'a Settings) -> Result<Self> {
        let mut reps = BTreeMap::new();
        reader.each(Entity::Rep, None, &mut |record| {
            if let Ok(rep) = Rep::try_from(record) {
                reps.insert(rep.id, rep.name);
            }
            Ok(())
        })?;
        Ok(Self { settings, reps })
    }

    /// A record with all its fields; what it does not say is `null`.
    pub(crate) fn record(&self, record: &Record) -> Map<String, Json> {
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

    pub(crate) fn rep(&self, id: i64) -> Option<&str> {
        self.reps.get(&id).map(String::as_str)
    }

    /// Custom fields by their declarations: every declared one, known or not.
    pub(crate) fn custom(&self, entity: Entity, fields: &Fields) -> Map<String, Json> {
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

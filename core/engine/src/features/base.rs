//! The base: the customers that a day's decisions are about, and their custom fields.

use kehu_contract::{ColumnData, MISSING_DAY, MISSING_FLAG, TextBuilder};
use kehu_domain::{Day, Entity, Field, FieldType, FieldValue, Fields};
use kehu_store::{CustomerRange, Reader, Result, StoreError};

use super::groups::Link;
use crate::settings::Settings;

/// Holds a range's customers that are known and not archived, with what features need of them.
pub(super) struct Base {
    pub(super) ids: Vec<i64>,
    pub(super) birthdays: Vec<Option<Day>>,
    /// For each custom field that is declared, its values.
    values: Vec<(String, Vec<Option<FieldValue>>)>,
    /// Who belongs to whom, archived ones included; empty where nobody asks.
    pub(super) links: Vec<Link>,
}

pub(super) fn read(
    reader: &dyn Reader,
    settings: &Settings,
    range: CustomerRange,
    as_of: Day,
    with_links: bool,
) -> Result<Base> {
    let names = settings.fields_of(Entity::Customer).map(|field| (field.name.clone(), Vec::new()));
    let mut base =
        Base { ids: Vec::new(), birthdays: Vec::new(), values: names.collect(), links: Vec::new() };
    reader.customer_rows(range, as_of, &mut |customer| {
        if with_links {
            base.links.push(Link::of(customer));
        }
        if customer.archived.is_none_or(|day| day > as_of) {
            base.ids.push(customer.id);
            base.birthdays.push(customer.birthday);
            let text = customer.fields.filter(|_| !base.values.is_empty());
            let mut fields =
                text.map_or_else(|| Ok(Fields::new()), serde_json::from_str).map_err(|error| {
                    StoreError::Io(format!("the fields of C-{}: {error}", customer.id))
                })?;
            for (name, values) in &mut base.values {
                values.push(fields.remove(name));
            }
        }
        Ok(())
    })?;
    Ok(base)
}

impl Base {
    /// The values of a custom field as a column; what does not fit its type is missing.
    pub(super) fn field(&self, field: &Field, scale: u32) -> ColumnData {
        let empty = Vec::new();
        let values = self
            .values
            .iter()
            .find(|(name, _)| *name == field.name)
            .map_or(&empty, |(_, values)| values);
        match field.kind {
            FieldType::Number | FieldType::Money => {
                let divisor = if field.kind == FieldType::Money {
                    10_f64.powi(scale.cast_signed())
                } else {
                    1.0
                };
                let number = |value: &Option<FieldValue>| match value {
                    Some(FieldValue::Number(number)) => number / divisor,
                    _ => f64::NAN,
                };
                ColumnData::Number(values.iter().map(number).collect())
            }
            FieldType::Flag => {
                let flag = |value: &Option<FieldValue>| match value {
                    Some(FieldValue::Flag(flag)) => u8::from(*flag),
                    _ => MISSING_FLAG,
                };
                ColumnData::Flag(values.iter().map(flag).collect())
            }
            FieldType::Day => {
                let day = |value: &Option<FieldValue>| match value {
                    Some(FieldValue::Text(text)) => {
                        Day::parse(text).map_or(MISSING_DAY, Day::number)
                    }
                    _ => MISSING_DAY,
                };
                ColumnData::Day(values.iter().map(day).collect())
            }
            FieldType::Text | FieldType::Choice => {
                let mut builder = TextBuilder::default();
                for value in values {
                    builder.push(match value {
                        Some(FieldValue::Text(text)) => Some(text),
                        _ => None,
                    });
                }
                builder.finish()
            }
        }
    }
}

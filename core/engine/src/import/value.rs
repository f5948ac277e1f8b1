//! One column of a mapping: where its values come from, and how they are read.

use std::collections::HashMap;
use std::hash::Hasher as _;

use kehu_contract::did_you_mean;
use kehu_contract::document::Place;
use kehu_domain::rows::Row;
use kehu_domain::{Currency, Day, FieldValue, Money, Range};
use siphasher::sip::SipHasher13;

use super::date::{self, DateForm, Zone};
use super::vocabulary::{Holds, Target};
use crate::records::values;

/// Says why a cell cannot be used, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bad {
    pub(super) why: String,
    pub(super) hint: Option<String>,
}

impl Bad {
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), hint: None }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Origin {
    /// A column of the file.
    Column(String),
    /// The mapping itself.
    Constant(String),
    /// The price of the row's product.
    ProductPrice,
}

/// One field of a table's records, as the mapping declares it.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) field: String,
    pub(super) target: Target,
    pub(super) holds: Holds,
    /// Which numbers it takes; any where nothing is said.
    pub(super) range: Option<Range>,
    pub(super) origin: Origin,
    pub(super) default: Option<String>,
    pub(super) aliases: HashMap<String, String>,
    pub(super) nulls: Vec<String>,
    pub(super) date: DateForm,
    pub(super) zone: Zone,
    pub(super) decimal_comma: bool,
    pub(super) place: Place,
    /// The place in the row, once the file is open.
    pub(super) at: Option<usize>,
}

/// A value of the type that its field holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'r> {
    Text(&'r str),
    Number(f64),
    Money(Money),
    Moment(Day, Option<u16>),
    Flag(bool),
}

impl Column {
    /// The name by which a person finds the value: the file's column, else the field.
    pub(super) fn label(&self) -> &str {
        match &self.origin {
            Origin::Column(name) => name,
            _ => &self.field,
        }
    }

    /// The text of a row's cell, without blanks around it, with aliases and default put in; none if
    /// the row says nothing here.
    pub(super) fn text<'r>(&'r self, row: &'r Row) -> Option<&'r str> {
        let cell = match (&self.origin, self.at) {
            (Origin::Constant(text), _) => return Some(text),
            (_, Some(at)) => row.cell(at).trim(),
            _ => "",
        };
        if cell.is_empty() || self.nulls.iter().any(|null| null == cell) {
            return self.default.as_deref();
        }
        if self.aliases.is_empty() {
            return Some(cell);
        }
        Some(self.aliases.get(cell).map_or(cell, String::as_str))
    }

    /// The value of a row's cell.
    pub(super) fn read<'r>(
        &'r self,
        row: &'r Row,
        currency: &Currency,
    ) -> Result<Option<Value<'r>>, Bad> {
        let Some(text) = self.text(row) else { return Ok(None) };
        self.parse(text, currency).map(Some)
    }

    fn parse<'r>(&'r self, text: &'r str, currency: &Currency) -> Result<Value<'r>, Bad> {
        match &self.holds {
            Holds::Text | Holds::Words | Holds::Reference(_) => Ok(Value::Text(text)),
            Holds::Number => self.within(self.number(text)?).map(Value::Number),
            Holds::Latitude => self.bounded(text, 90.0, "latitude").map(Value::Number),
            Holds::Longitude => self.bounded(text, 180.0, "longitude").map(Value::Number),
            Holds::Money => {
                let money = self.money(text, currency)?;
                self.within(currency.to_major(money))?;
                Ok(Value::Money(money))
            }
            Holds::Day => date::read(text, &self.date, self.zone)
                .map(|(day, minute)| Value::Moment(day, minute)),
            Holds::Flag => flag(text).map(Value::Flag),
            Holds::Choice(choices) => match values::called(choices, text) {
                Some(at) => Ok(Value::Text(&choices[at].0)),
                None => {
                    let hint = did_you_mean(text, choices.iter().map(|(key, _)| key.as_str()));
                    Err(Bad::new(format!("is none of the choices of {}", self.field)).hint(hint))
                }
            },
        }
    }

    fn number(&self, text: &str) -> Result<f64, Bad> {
        let plain = |text: &str| {
            let sound = text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
            text.parse::<f64>().ok().filter(|number| sound && number.is_finite())
        };
        let number = if self.decimal_comma { None } else { plain(text) };
        number.or_else(|| plain(&self.ungrouped(text))).ok_or_else(|| Bad::new("is no number"))
    }

    /// A number, if it is one that the field takes.
    pub(super) fn within(&self, number: f64) -> Result<f64, Bad> {
        match self.range {
            Some(range) if !range.holds(number) => {
                Err(Bad::new(format!("is out of range, expected {range}")))
            }
            _ => Ok(number),
        }
    }

    fn ungrouped(&self, text: &str) -> String {
        let (group, decimal) = if self.decimal_comma { ('.', ',') } else { (',', '.') };
        let (whole, fraction) = match text.split_once(decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let grouped = whole.split(group).skip(1).all(|part| part.len() == 3);
        let whole = if grouped { whole.replace(group, "") } else { whole.to_owned() };
        fraction.map_or(whole.clone(), |fraction| format!("{whole}.{fraction}"))
    }

    fn bounded(&self, text: &str, bound: f64, what: &str) -> Result<f64, Bad> {
        let number = self.number(text)?;
        if number.abs() <= bound {
            return Ok(number);
        }
        Err(Bad::new(format!("is no {what}: it lies beyond {bound}")))
    }

    fn money(&self, text: &str, currency: &Currency) -> Result<Money, Bad> {
        let parsed = if self.decimal_comma {
            currency.parse(&self.ungrouped(text))
        } else {
            currency.parse(text)
        };
        parsed.map_err(|error| Bad::new(error.to_string()))
    }

    /// The value as a custom field keeps it.
    pub(super) fn custom(value: Value<'_>) -> FieldValue {
        match value {
            Value::Text(text) => FieldValue::Text(text.to_owned()),
            Value::Number(number) => FieldValue::Number(number),
            Value::Money(money) => FieldValue::Number(money.0 as f64),
            Value::Moment(day, _) => FieldValue::Text(day.to_string()),
            Value::Flag(flag) => FieldValue::Flag(flag),
        }
    }
}

fn flag(text: &str) -> Result<bool, Bad> {
    const WORDS: [(&str, bool); 12] = [
        ("yes", true),
        ("no", false),
        ("true", true),
        ("false", false),
        ("y", true),
        ("n", false),
        ("t", true),
        ("f", false),
        ("1", true),
        ("0", false),
        ("是", true),
        ("否", false),
    ];
    WORDS
        .iter()
        .find(|(word, _)| word.eq_ignore_ascii_case(text))
        .map(|(_, flag)| *flag)
        .ok_or_else(|| Bad::new("is neither yes nor no").hint("write yes or no, or say aliases"))
}

/// Tells a row without an id from all others by everything that is mapped.
///
/// The hash is fixed for good: stores keep it, and a later import must find the same.
#[derive(Debug, Clone)]
pub(super) struct Identity(SipHasher13);

impl Identity {
    pub(super) fn new() -> Self {
        Self(SipHasher13::new_with_keys(0x6b65_6875, 1))
    }

    /// Adds a value under its field; values must come in the same order each time.
    pub(super) fn add(&mut self, field: &str, value: Value<'_>) {
        self.text(field);
        match value {
            Value::Text(text) => self.text(text),
            Value::Number(number) => self.0.write(&number.to_bits().to_le_bytes()),
            Value::Money(money) => self.0.write(&money.0.to_le_bytes()),
            Value::Moment(day, minute) => {
                self.0.write(&day.number().to_le_bytes());
                self.0.write(&minute.unwrap_or(u16::MAX).to_le_bytes());
            }
            Value::Flag(flag) => self.0.write(&[u8::from(flag)]),
        }
    }

    fn text(&mut self, text: &str) {
        self.0.write(text.as_bytes());
        self.0.write(&[0xFF]);
    }

    pub(super) fn finish(&self) -> i64 {
        self.0.finish().cast_signed()
    }
}

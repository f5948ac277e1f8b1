//! From the rows of a fixture to typed columns.

use std::collections::BTreeMap;
use std::sync::Arc;

use kehu_contract::{
    ColumnData, ColumnType, Columns, MISSING_DAY, MISSING_FLAG, Need, TextBuilder, did_you_mean,
    percentile_ranks,
};
use serde_json::{Map, Value as Json};

use super::customers::Customers;
use super::spec::{day, is_missing, kind};
use crate::fault::Fault;

/// Names the columns that a fixture may give.
pub(super) struct Wanted<'a> {
    /// The function of `test`, for messages.
    pub(super) call: &'static str,
    /// What the steps read.
    pub(super) needs: Vec<&'a Need>,
    /// What earlier ones of the steps give, each with its step: a fixture does not.
    pub(super) given: BTreeMap<&'a str, &'a str>,
    /// The types of columns that are known.
    pub(super) kinds: &'a BTreeMap<String, ColumnType>,
}

/// Makes columns of the rows: one for each need that the fixture serves; ranks are computed of the values,
/// unless the fixture gives them itself.
pub(super) fn of(customers: &Customers, wanted: &Wanted<'_>) -> Result<Columns, Fault> {
    let mut names: Vec<(String, bool)> = Vec::new();
    for need in &wanted.needs {
        for (name, rank) in [(need.column.clone(), false), (need.name(), need.rank)] {
            if !names.iter().any(|(known, _)| *known == name) {
                names.push((name, rank));
            }
        }
    }
    check_names(customers, wanted, &names)?;
    let mut columns = Columns::new(customers.rows.len());
    for (name, rank) in &names {
        if wanted.given.contains_key(name.as_str()) {
            continue;
        }
        let is_given =
            customers.rows.iter().any(|row| row.get(name).is_some_and(|it| !is_missing(it)));
        if *rank && !is_given {
            continue;
        }
        let known = if *rank { Some(ColumnType::Number) } else { wanted.kinds.get(name).copied() };
        let kind = known.unwrap_or_else(|| guess(customers, name));
        columns.insert(name, kind, Arc::new(column(customers, wanted.call, name, kind)?));
    }
    Ok(columns)
}

/// Adds the ranks that a step needs and that nobody has given or computed yet.
pub(super) fn rank(columns: &mut Columns, needs: &[Need]) {
    for need in needs.iter().filter(|need| need.rank) {
        let name = need.name();
        if columns.get(&name).is_none()
            && let Some(source) = columns.get(&need.column)
        {
            let ranks = percentile_ranks(source);
            columns.insert(&name, ColumnType::Number, Arc::new(ranks));
        }
    }
}

/// The columns of some rows, in this order.
pub(super) fn pick(columns: &Columns, rows: &[usize]) -> Columns {
    let mut picked = Columns::new(rows.len());
    for (name, kind, data) in columns.iter() {
        let data = match &**data {
            ColumnData::Number(values) => {
                ColumnData::Number(rows.iter().map(|row| values[*row]).collect())
            }
            ColumnData::Flag(values) => {
                ColumnData::Flag(rows.iter().map(|row| values[*row]).collect())
            }
            ColumnData::Day(values) => {
                ColumnData::Day(rows.iter().map(|row| values[*row]).collect())
            }
            ColumnData::Text { codes, values } => ColumnData::Text {
                codes: rows.iter().map(|row| codes[*row]).collect(),
                values: Arc::clone(values),
            },
        };
        picked.insert(name, kind, Arc::new(data));
    }
    picked
}

fn check_names(
    customers: &Customers,
    wanted: &Wanted<'_>,
    names: &[(String, bool)],
) -> Result<(), Fault> {
    let call = wanted.call;
    let known = || names.iter().map(|(name, _)| name.as_str());
    for (customer, row) in customers.names.iter().zip(&customers.rows) {
        for name in row.keys() {
            if let Some(step) = wanted.given.get(name.as_str()) {
                let message =
                    format!("{call}: {customer}: \"{name}\" is what the step {step} gives");
                return Err(Fault::argument(message)
                    .hint("leave it out, or test one step alone: step = \"…\""));
            }
            if !known().any(|known| known == name) {
                let hint = if names.is_empty() {
                    "the step has no needs".to_owned()
                } else {
                    did_you_mean(name, known())
                };
                let message = format!("{call}: {customer}: the pack needs no column \"{name}\"");
                return Err(Fault::argument(message).hint(hint));
            }
        }
    }
    Ok(())
}

/// The type of a column of which nothing is known: that of its first value.
fn guess(customers: &Customers, name: &str) -> ColumnType {
    let first = customers.rows.iter().filter_map(|row| row.get(name)).find(|it| !is_missing(it));
    match first {
        Some(Json::String(_)) => ColumnType::Text,
        Some(Json::Bool(_)) => ColumnType::Flag,
        _ => ColumnType::Number,
    }
}

fn column(
    customers: &Customers,
    call: &str,
    name: &str,
    kind: ColumnType,
) -> Result<ColumnData, Fault> {
    let wrong = |customer: &str, value: &Json| {
        let (given, expected) = (self::kind(value), expected(kind));
        let fault =
            Fault::argument(format!("{call}: {customer}: {name} is {given}, expected {expected}"));
        if matches!(value, Json::Array(_) | Json::Object(_)) {
            fault.hint("write test.missing where a customer has no value")
        } else {
            fault
        }
    };
    let rows = customers.names.iter().zip(&customers.rows);
    let values = rows.map(|(customer, row)| (customer.as_str(), value(row, name)));
    Ok(match kind {
        ColumnType::Number | ColumnType::Money => {
            let number = |(customer, value): (&str, Option<&Json>)| match value {
                None => Ok(f64::NAN),
                Some(value) => value.as_f64().ok_or_else(|| wrong(customer, value)),
            };
            ColumnData::Number(values.map(number).collect::<Result<_, _>>()?)
        }
        ColumnType::Flag => {
            let flag = |(customer, value): (&str, Option<&Json>)| match value {
                None => Ok(MISSING_FLAG),
                Some(value) => value.as_bool().map(u8::from).ok_or_else(|| wrong(customer, value)),
            };
            ColumnData::Flag(values.map(flag).collect::<Result<_, _>>()?)
        }
        ColumnType::Day => {
            let read = |(customer, value): (&str, Option<&Json>)| match value {
                None => Ok(MISSING_DAY),
                Some(value) => day(value).ok_or_else(|| wrong(customer, value)),
            };
            ColumnData::Day(values.map(read).collect::<Result<_, _>>()?)
        }
        ColumnType::Label | ColumnType::Text => {
            let mut builder = TextBuilder::default();
            for (customer, value) in values {
                let text = value.map(|it| it.as_str().ok_or_else(|| wrong(customer, it)));
                builder.push(text.transpose()?);
            }
            builder.finish()
        }
    })
}

fn value<'a>(row: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    row.get(name).filter(|value| !is_missing(value))
}

/// What a fixture writes for a type.
fn expected(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Number => "a number",
        ColumnType::Money => "an amount, as a number",
        ColumnType::Label | ColumnType::Text => "a text",
        ColumnType::Flag => "true or false",
        ColumnType::Day => "a day such as \"2025-03-01\"",
    }
}

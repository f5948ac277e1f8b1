//! Overrides: a person's word in place of a machine's value.

use std::sync::Arc;

use kehu_contract::{ColumnData, ColumnType, Value, did_you_mean};
use kehu_domain::{Day, Entity, Override};
use kehu_store::{Reader, Result, RunColumn};

/// The overrides that count at the end of a day, in id order; of several for one customer and column
/// only the last one.
///
/// # Errors
/// What the store says.
pub fn counting(reader: &dyn Reader, as_of: Day) -> Result<Vec<Override>> {
    let mut found: Vec<Override> = Vec::new();
    reader.each(Entity::Override, None, &mut |record| {
        if let Ok(each) = Override::try_from(record)
            && each.known <= as_of
        {
            found.retain(|other| other.customer != each.customer || other.column != each.column);
            found.push(each);
        }
        Ok(())
    })?;
    found.retain(|each| each.until.is_none_or(|until| as_of <= until));
    Ok(found)
}

/// Checks a value against what a column may hold.
///
/// # Errors
/// What was expected.
pub fn check(column: &RunColumn, value: &str) -> std::result::Result<(), String> {
    let name = &column.info.name;
    match column.info.kind {
        ColumnType::Label if !column.values.iter().any(|each| each.key == value) => {
            let hint = did_you_mean(value, column.values.iter().map(|each| each.key.as_str()));
            Err(format!("{name} is never \"{value}\"; {hint}"))
        }
        ColumnType::Number | ColumnType::Money
            if !value.parse::<f64>().is_ok_and(f64::is_finite) =>
        {
            Err(format!("{name} is a number, and \"{value}\" is none"))
        }
        ColumnType::Flag if value != "yes" && value != "no" => {
            Err(format!("{name} is \"yes\" or \"no\""))
        }
        ColumnType::Day if Day::parse(value).is_none() => {
            Err(format!("{name} is a day; write it as 2024-03-31"))
        }
        _ => Ok(()),
    }
}

/// Reads a value that was written for a column; missing if it is none for it.
pub(super) fn read(kind: ColumnType, value: &str) -> Value {
    let found = match kind {
        ColumnType::Number | ColumnType::Money => value.parse().ok().map(Value::Number),
        ColumnType::Flag => Some(Value::Flag(value == "yes")),
        ColumnType::Day => Day::parse(value).map(|day| Value::Day(day.number())),
        ColumnType::Label | ColumnType::Text => Some(Value::Text(value.to_owned())),
    };
    found.unwrap_or(Value::Missing)
}

/// Puts a value into a row; false if it is none for this column.
pub(super) fn put(column: &mut ColumnData, kind: ColumnType, row: usize, value: &str) -> bool {
    match column {
        ColumnData::Number(values) => match value.parse::<f64>() {
            Ok(number) if number.is_finite() => values[row] = number,
            _ => return false,
        },
        ColumnData::Flag(values) => match value {
            "yes" => values[row] = 1,
            "no" => values[row] = 0,
            _ => return false,
        },
        ColumnData::Day(values) => match Day::parse(value) {
            Some(day) => values[row] = day.number(),
            None => return false,
        },
        ColumnData::Text { codes, values } => {
            debug_assert!(matches!(kind, ColumnType::Label | ColumnType::Text));
            let place = values.iter().position(|known| known == value).unwrap_or_else(|| {
                Arc::make_mut(values).push(value.to_owned());
                values.len() - 1
            });
            codes[row] = place as u32;
        }
    }
    true
}

//! Columns on their way into the VM: one buffer of numbers, row by row, and the tests of all rules.

use std::collections::HashMap;
use std::sync::Arc;

use kehu_contract::{
    ColumnData, ColumnType, Columns, Comparison, FailureKind, MISSING_CODE, MISSING_DAY,
    MISSING_FLAG, Rule, Step,
};
use mlua::{Lua, Table, Value};

use crate::api::day_in_words;
use crate::fault::{Fault, plain_within};
use crate::generate::Fields;

/// A rule has no comparison.
const NO_TEST: u8 = 2;
/// A rule tests a column that the step does not need.
const NOT_NEEDED: u8 = 3;
/// A rule compares a text with a number.
const TEXT: u8 = 4;

/// Holds the needed columns of a batch, in the order of the needs.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) fields: Fields,
    columns: Vec<Arc<ColumnData>>,
    rows: usize,
}

impl Frame {
    pub(crate) fn new(step: &Step, given: &Columns) -> Result<Self, Fault> {
        let rows = given.rows();
        let (mut fields, mut columns) = (Vec::new(), Vec::new());
        for need in &step.needs {
            let name = need.name();
            match (given.get(&name), given.kind(&name)) {
                (Some(data), Some(kind)) => {
                    fields.push((name, kind));
                    columns.push(Arc::clone(data));
                }
                _ if need.optional => {
                    fields.push((name, ColumnType::Number));
                    columns.push(Arc::new(ColumnData::missing(ColumnType::Number, rows)));
                }
                _ => {
                    let message = format!("the batch lacks the needed column \"{name}\"");
                    return Err(Fault::new(FailureKind::Host, message));
                }
            }
        }
        Ok(Self { fields, columns, rows })
    }

    /// A frame of columns that are rows' own fields, in their order.
    pub(crate) fn of_fields(given: &Columns) -> Self {
        let fields = given.iter().map(|(name, kind, _)| (name.to_owned(), kind)).collect();
        let columns = given.iter().map(|(.., data)| Arc::clone(data)).collect();
        Self { fields, columns, rows: given.rows() }
    }

    /// The number of customers.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The numbers of all rows, one row after the other; texts as places in their dictionary.
    pub(crate) fn encode(&self, lua: &Lua) -> mlua::Result<(Vec<u8>, Table)> {
        let stride = self.columns.len();
        let mut numbers = vec![f64::NAN; self.rows * stride];
        let dictionaries = lua.create_table()?;
        for (place, column) in self.columns.iter().enumerate() {
            let slots = numbers.iter_mut().skip(place).step_by(stride.max(1));
            match &**column {
                ColumnData::Number(values) => {
                    slots.zip(values).for_each(|(slot, value)| *slot = *value);
                }
                ColumnData::Flag(values) => slots.zip(values).for_each(|(slot, value)| {
                    *slot = if *value == MISSING_FLAG { f64::NAN } else { f64::from(*value) };
                }),
                ColumnData::Day(values) => slots.zip(values).for_each(|(slot, value)| {
                    *slot = if *value == MISSING_DAY { f64::NAN } else { f64::from(*value) };
                }),
                ColumnData::Text { codes, values } => {
                    let used = lua.create_table()?;
                    let mut places: HashMap<u32, f64> = HashMap::new();
                    for (slot, code) in slots.zip(codes) {
                        if *code == MISSING_CODE {
                            continue;
                        }
                        *slot = if let Some(place) = places.get(code) {
                            *place
                        } else {
                            let place = places.len() as f64;
                            let text = values.get(*code as usize).map_or("", String::as_str);
                            used.raw_push(text)?;
                            places.insert(*code, place);
                            place
                        };
                    }
                    dictionaries.raw_set(place + 1, used)?;
                }
            }
        }
        let mut bytes = Vec::with_capacity(numbers.len() * 8);
        for number in numbers {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        Ok((bytes, dictionaries))
    }

    /// Tests every rule on every row, so that the loop only looks the answers up. Lists follow the
    /// rules: their answer is that of their first rule which cannot be tested here, else yes.
    pub(crate) fn test(&self, rules: &[Rule], lists: &[Vec<u16>]) -> Vec<u8> {
        let width = rules.len() + lists.len();
        let mut mask = vec![NO_TEST; self.rows * width];
        for (place, rule) in rules.iter().enumerate() {
            let Some(comparison) = rule.comparison else { continue };
            let column = rule.input.as_deref().and_then(|input| self.column(input));
            let slots = mask.iter_mut().skip(place).step_by(width);
            let Some(column) = column else {
                slots.for_each(|slot| *slot = NOT_NEEDED);
                continue;
            };
            test_column(column, comparison, rule.limit.unwrap_or(f64::NAN), slots);
        }
        for (place, list) in lists.iter().enumerate() {
            let answers = mask.get(..width).unwrap_or_default();
            let wrong = list.iter().filter_map(|rule| answers.get(usize::from(*rule)));
            let answer = wrong.copied().find(|answer| *answer > 1).unwrap_or(1);
            let slots = mask.iter_mut().skip(rules.len() + place).step_by(width);
            slots.for_each(|slot| *slot = answer);
        }
        mask
    }

    /// The column of a field.
    pub(crate) fn column(&self, name: &str) -> Option<&ColumnData> {
        let place = self.fields.iter().position(|(field, _)| field == name)?;
        self.columns.get(place).map(|column| &**column)
    }

    /// The column of a field, to keep.
    pub(crate) fn shared(&self, name: &str) -> Option<Arc<ColumnData>> {
        let place = self.fields.iter().position(|(field, _)| field == name)?;
        self.columns.get(place).map(Arc::clone)
    }

    /// The inputs of one customer, for the message about it.
    pub(crate) fn inputs(&self, row: usize) -> Vec<(String, String)> {
        if row >= self.rows {
            return Vec::new();
        }
        let values = self.fields.iter().zip(&self.columns);
        values.map(|((name, _), column)| (name.clone(), shown(column, row))).collect()
    }
}

fn test_column<'a>(
    column: &ColumnData,
    comparison: Comparison,
    limit: f64,
    slots: impl Iterator<Item = &'a mut u8>,
) {
    if comparison == Comparison::Missing {
        for (row, slot) in slots.enumerate() {
            *slot = u8::from(column.is_missing(row));
        }
        return;
    }
    match column {
        ColumnData::Number(values) => slots.zip(values).for_each(|(slot, value)| {
            *slot = u8::from(!value.is_nan() && comparison.holds(*value, limit));
        }),
        ColumnData::Flag(values) => slots.zip(values).for_each(|(slot, value)| {
            *slot = u8::from(*value != MISSING_FLAG && comparison.holds(f64::from(*value), limit));
        }),
        ColumnData::Day(values) => slots.zip(values).for_each(|(slot, value)| {
            *slot = u8::from(*value != MISSING_DAY && comparison.holds(f64::from(*value), limit));
        }),
        ColumnData::Text { .. } => slots.for_each(|slot| *slot = TEXT),
    }
}

/// A value as a message shows it.
fn shown(column: &ColumnData, row: usize) -> String {
    if column.is_missing(row) {
        return "missing".to_owned();
    }
    match column {
        ColumnData::Number(values) => values[row].to_string(),
        ColumnData::Flag(values) => (values[row] == 1).to_string(),
        ColumnData::Day(values) => {
            let day = values[row];
            format!("{day} ({})", day_in_words(i64::from(day)))
        }
        ColumnData::Text { codes, values } => {
            let text = values.get(codes[row] as usize).map_or("", String::as_str);
            format!("\"{}\"", plain_within(text, 80))
        }
    }
}

/// A table that is a set of names, for the loop's check of undeclared ones.
pub(crate) fn name_set(lua: &Lua, names: impl IntoIterator<Item = String>) -> mlua::Result<Value> {
    let table = lua.create_table()?;
    for name in names {
        table.raw_set(name, true)?;
    }
    Ok(Value::Table(table))
}

//! Values in words, for people: tables with sorted keys, bounded in depth and length.

use mlua::{Function, Table, Value};

use crate::fault::{plain_within, words_of};

/// The deepest table whose fields are shown.
const DEPTH: usize = 4;
/// The most fields of one table that are shown.
const FIELDS: usize = 100;
/// The longest line on which a table is shown whole.
const LINE: usize = 80;
/// The longest that all may become.
const BYTES: usize = 64 * 1024;

/// The least that a table takes of all.
const TABLE: usize = 4;

/// Shows a value; nothing of a script runs here. `keys` gives the keys of a table in their order, within the
/// script's limits: a table may have millions of them.
///
/// # Errors
/// Those of a limit.
pub(crate) fn value(value: &Value, keys: &Function) -> mlua::Result<String> {
    within(value, keys, BYTES)
}

/// Shows a value in so many bytes, by and large.
///
/// # Errors
/// Those of a limit.
pub(crate) fn within(value: &Value, keys: &Function, bytes: usize) -> mlua::Result<String> {
    nested(value, keys, 0, &mut { bytes })
}

fn nested(value: &Value, keys: &Function, depth: usize, left: &mut usize) -> mlua::Result<String> {
    let shown = match value {
        Value::Nil => "nil".to_owned(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number_in_words(*number),
        Value::String(text) => format!("\"{}\"", plain_within(&words_of(text), 4_096)),
        Value::Table(table) => {
            *left = left.saturating_sub(TABLE);
            return fields(table, keys, depth, left);
        }
        other => other.type_name().to_owned(),
    };
    *left = left.saturating_sub(shown.len());
    Ok(shown)
}

/// A number as the language writes it.
fn number_in_words(number: f64) -> String {
    if number.is_nan() {
        "nan".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "inf" } else { "-inf" }.to_owned()
    } else if number.abs() >= 1e15 || (number != 0.0 && number.abs() < 1e-5) {
        format!("{number:e}")
    } else {
        number.to_string()
    }
}

fn fields(table: &Table, keys: &Function, depth: usize, left: &mut usize) -> mlua::Result<String> {
    if depth >= DEPTH || *left == 0 {
        return Ok("{…}".to_owned());
    }
    let length = table.raw_len();
    let (mut parts, mut shown) = (Vec::new(), 0);
    for place in 1..=length.min(FIELDS) {
        if *left == 0 {
            break;
        }
        parts.push(nested(&table.raw_get(place)?, keys, depth + 1, left)?);
        shown += 1;
    }
    let room = FIELDS - shown;
    let (first, count, others): (Table, usize, Table) = keys.call((table, length, room))?;
    for key in first.sequence_values::<Value>() {
        if *left == 0 {
            break;
        }
        let key = key?;
        let name = match &key {
            Value::String(text) => {
                let text = words_of(text);
                if is_word(&text) { text } else { format!("[\"{}\"]", plain_within(&text, 200)) }
            }
            other => format!("[{}]", nested(other, keys, DEPTH, left)?),
        };
        *left = left.saturating_sub(name.len());
        parts.push(format!("{name} = {}", nested(&table.raw_get(key)?, keys, depth + 1, left)?));
        shown += 1;
    }
    let more = length + count - shown + others.raw_len();
    let others = under_objects(table, &others, keys, depth, (FIELDS - shown, left))?;
    let more = more - others.len();
    parts.extend(others);
    if more > 0 {
        parts.push(format!("… {more} more"));
    }
    Ok(lay_out(&parts, depth))
}

/// What lies under keys that are tables or functions. The order in which they lie is that of addresses, which
/// differ from run to run: they are sorted by what is shown of them, and none is shown unless all are.
fn under_objects(
    table: &Table,
    objects: &Table,
    keys: &Function,
    depth: usize,
    (room, left): (usize, &mut usize),
) -> mlua::Result<Vec<String>> {
    let count = objects.raw_len();
    if count == 0 || count > room || *left == 0 {
        return Ok(Vec::new());
    }
    // Each has the same part of what is left, so that no order shows.
    let each = *left / count;
    *left %= count;
    let mut parts = Vec::new();
    for key in objects.sequence_values::<Value>() {
        let (key, mut left_of_it) = (key?, each);
        let name = nested(&key, keys, DEPTH, &mut left_of_it)?;
        let item = nested(&table.raw_get(key)?, keys, depth + 1, &mut left_of_it)?;
        *left += left_of_it;
        parts.push(format!("[{name}] = {item}"));
    }
    parts.sort();
    Ok(parts)
}

fn lay_out(parts: &[String], depth: usize) -> String {
    if parts.is_empty() {
        return "{}".to_owned();
    }
    let whole: usize = parts.iter().map(|part| part.len() + 2).sum();
    if whole + depth * 2 <= LINE && parts.iter().all(|part| !part.contains('\n')) {
        return format!("{{ {} }}", parts.join(", "));
    }
    let indent = "  ".repeat(depth + 1);
    let lines: Vec<String> = parts.iter().map(|part| format!("{indent}{part},")).collect();
    format!("{{\n{}\n{}}}", lines.join("\n"), "  ".repeat(depth))
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|each| each.is_ascii_alphanumeric() || each == '_')
}

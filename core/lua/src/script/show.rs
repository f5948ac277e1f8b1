//! Values in words, for people: tables with sorted keys, bounded in depth and length.

use std::cmp::Ordering;

use kehu_contract::plain;
use mlua::{Table, Value};

/// The deepest table whose fields are shown.
const DEPTH: usize = 4;
/// The most fields of one table that are shown.
const FIELDS: usize = 100;
/// The longest line on which a table is shown whole.
const LINE: usize = 80;
/// The longest that all may become.
const BYTES: usize = 64 * 1024;

/// Shows a value; nothing of a script runs here.
pub(crate) fn value(value: &Value) -> String {
    let mut left = BYTES;
    nested(value, 0, &mut left)
}

/// Makes text of a script fit for a terminal; lines and tabs stay.
pub(crate) fn printable(text: &str) -> String {
    if text.bytes().all(|byte| matches!(byte, b'\n' | b'\t' | b' '..=b'~')) {
        return text.to_owned();
    }
    let lines = text.split('\n').map(|line| {
        let parts: Vec<String> = line.split('\t').map(|part| plain(part, usize::MAX)).collect();
        parts.join("\t")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn nested(value: &Value, depth: usize, left: &mut usize) -> String {
    let shown = match value {
        Value::Nil => "nil".to_owned(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number_in_words(*number),
        Value::String(text) => format!("\"{}\"", plain(&text.to_string_lossy(), 4_096)),
        Value::Table(table) => return fields(table, depth, left),
        other => other.type_name().to_owned(),
    };
    *left = left.saturating_sub(shown.len());
    shown
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

fn fields(table: &Table, depth: usize, left: &mut usize) -> String {
    if depth >= DEPTH || *left == 0 {
        return "{…}".to_owned();
    }
    let length = table.raw_len();
    let mut parts = Vec::new();
    let mut more = 0;
    for place in 1..=length {
        if parts.len() >= FIELDS || *left == 0 {
            more += 1;
            continue;
        }
        let item = table.raw_get(place).unwrap_or(Value::Nil);
        parts.push(nested(&item, depth + 1, left));
    }
    let mut named: Vec<(Value, Value)> = table
        .pairs::<Value, Value>()
        .filter_map(Result::ok)
        .filter(|(key, _)| !is_place(key, length))
        .collect();
    named.sort_by(|(one, _), (other, _)| order(one, other));
    for (key, item) in named {
        if parts.len() >= FIELDS || *left == 0 {
            more += 1;
            continue;
        }
        let name = match &key {
            Value::String(text) => {
                let text = text.to_string_lossy();
                if is_word(&text) { text } else { format!("[\"{}\"]", plain(&text, 200)) }
            }
            other => format!("[{}]", nested(other, DEPTH, left)),
        };
        *left = left.saturating_sub(name.len());
        parts.push(format!("{name} = {}", nested(&item, depth + 1, left)));
    }
    if more > 0 {
        parts.push(format!("… {more} more"));
    }
    lay_out(&parts, depth)
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

fn is_place(key: &Value, length: usize) -> bool {
    match key {
        Value::Integer(place) => *place >= 1 && (*place as usize) <= length,
        Value::Number(place) => *place >= 1.0 && *place <= length as f64 && place.fract() == 0.0,
        _ => false,
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|each| each.is_ascii_alphanumeric() || each == '_')
}

/// Numbers first, then texts, then the rest as it comes.
fn order(one: &Value, other: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Integer(_) | Value::Number(_) => 0,
        Value::String(_) => 1,
        Value::Boolean(_) => 2,
        _ => 3,
    };
    let number = |value: &Value| match value {
        Value::Integer(number) => *number as f64,
        Value::Number(number) => *number,
        _ => 0.0,
    };
    match (one, other) {
        (Value::String(one), Value::String(other)) => {
            one.as_bytes().as_ref().cmp(other.as_bytes().as_ref())
        }
        _ => rank(one).cmp(&rank(other)).then(number(one).total_cmp(&number(other))),
    }
}

//! `kehu.text`: texts by characters, not bytes, since names here are mostly Chinese.

use mlua::{Lua, Table, Value};

use crate::fault::Fault;

/// The longest text that these functions take.
const BYTES: usize = 1024 * 1024;

/// Builds the functions.
pub(crate) fn table(lua: &Lua) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    table.raw_set(
        "len",
        lua.create_function(|_, given: Value| Ok(read(&given, "len", 1)?.chars().count() as f64))?,
    )?;
    table.raw_set(
        "sub",
        lua.create_function(|_, (given, first, last): (Value, Value, Value)| {
            let text = read(&given, "sub", 1)?;
            let length = text.chars().count() as f64;
            let first = place(&first, length, 1.0, 2)?.max(1.0);
            let last = place(&last, length, length, 3)?.min(length);
            let taken = (last - first + 1.0).max(0.0);
            Ok(text.chars().skip(first as usize - 1).take(taken as usize).collect::<String>())
        })?,
    )?;
    table.raw_set(
        "lower",
        lua.create_function(|_, given: Value| Ok(read(&given, "lower", 1)?.to_lowercase()))?,
    )?;
    table.raw_set(
        "trim",
        lua.create_function(|_, given: Value| Ok(read(&given, "trim", 1)?.trim().to_owned()))?,
    )?;
    table.raw_set(
        "contains",
        lua.create_function(|_, (given, part): (Value, Value)| {
            Ok(read(&given, "contains", 1)?.contains(&read(&part, "contains", 2)?))
        })?,
    )?;
    Ok(table)
}

fn read(given: &Value, function: &str, place: usize) -> Result<String, Fault> {
    let Value::String(text) = given else {
        let kind = given.type_name();
        let message =
            format!("kehu.text.{function}: argument {place} is a {kind}, expected a text");
        return Err(Fault::argument(message));
    };
    if text.as_bytes().len() > BYTES {
        return Err(Fault::argument(format!("kehu.text.{function}: argument {place} is too long")));
    }
    match text.to_str() {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => {
            let message =
                format!("kehu.text.{function}: argument {place} is no valid text (UTF-8)");
            Err(Fault::argument(message))
        }
    }
}

/// A place in a text: from the front, or with a minus sign from the end.
fn place(given: &Value, length: f64, default: f64, argument: usize) -> Result<f64, Fault> {
    let number = match given {
        Value::Nil => return Ok(default),
        Value::Integer(number) => *number as f64,
        Value::Number(number) if number.is_finite() => number.trunc(),
        other => {
            let kind = other.type_name();
            let message =
                format!("kehu.text.sub: argument {argument} is a {kind}, expected a number");
            return Err(Fault::argument(message));
        }
    };
    Ok(if number < 0.0 { length + number + 1.0 } else { number }.clamp(0.0, length + 1.0))
}

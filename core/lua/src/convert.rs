//! Plain data across the border: JSON in as frozen tables, tables out as JSON.

use mlua::{Lua, Table, Value};
use serde_json::{Map, Value as Json};

use crate::evaluate::a;
use crate::fault::{Fault, plain_within};

/// The deepest nesting that a returned table may have.
const DEPTH: usize = 16;
/// The longest JSON that a state may become.
pub(crate) const STATE_BYTES: usize = 64 * 1024;

/// Makes a Lua value of JSON; tables are frozen at every level, `null` is nil.
pub(crate) fn to_lua(lua: &Lua, json: &Json) -> mlua::Result<Value> {
    Ok(match json {
        Json::Null => Value::Nil,
        Json::Bool(flag) => Value::Boolean(*flag),
        Json::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        Json::String(text) => Value::String(lua.create_string(text)?),
        Json::Array(items) => {
            let table = lua.create_table_with_capacity(items.len(), 0)?;
            for item in items {
                table.raw_push(to_lua(lua, item)?)?;
            }
            table.set_readonly(true);
            Value::Table(table)
        }
        Json::Object(entries) => Value::Table(object_to_lua(lua, entries)?),
    })
}

/// Makes a frozen table of a JSON object.
pub(crate) fn object_to_lua(lua: &Lua, entries: &Map<String, Json>) -> mlua::Result<Table> {
    let table = lua.create_table_with_capacity(0, entries.len())?;
    for (key, item) in entries {
        table.raw_set(key.as_str(), to_lua(lua, item)?)?;
    }
    table.set_readonly(true);
    Ok(table)
}

/// Makes JSON of a plain Lua value; `path` names it in complaints.
///
/// Everything is read raw, so that no code of the script runs here.
pub(crate) fn from_lua(value: &Value, path: &str) -> Result<Json, Fault> {
    from_lua_within(value, path, STATE_BYTES * 4)
}

/// Makes JSON of a plain Lua value of at most so many bytes, by and large.
pub(crate) fn from_lua_within(value: &Value, path: &str, bytes: usize) -> Result<Json, Fault> {
    let mut budget = bytes;
    convert(value, path, 0, &mut budget)
}

fn convert(value: &Value, path: &str, depth: usize, budget: &mut usize) -> Result<Json, Fault> {
    let refuse = |what: &str| Err(Fault::result(format!("{path} is {what}")));
    if depth > DEPTH {
        return refuse("nested too deeply, or holds itself");
    }
    *budget = budget.saturating_sub(8);
    if *budget == 0 {
        return Err(Fault::result("the returned value is too large"));
    }
    match value {
        Value::Nil => Ok(Json::Null),
        Value::Boolean(flag) => Ok((*flag).into()),
        Value::Integer(number) => Ok((*number).into()),
        Value::Number(number) if number.is_finite() => Ok(number_to_json(*number)),
        Value::Number(_) => refuse("not a number (0/0) or infinite"),
        Value::String(text) => {
            *budget = budget.saturating_sub(text.as_bytes().len());
            match text.to_str() {
                Ok(text) => Ok(Json::String(text.to_owned())),
                Err(_) => refuse("no valid text (UTF-8)"),
            }
        }
        Value::Table(table) => convert_table(table, path, depth, budget),
        other => refuse(&format!("{}; plain tables, numbers and texts only", a(other))),
    }
}

fn convert_table(
    table: &Table,
    path: &str,
    depth: usize,
    budget: &mut usize,
) -> Result<Json, Fault> {
    if table.metatable().is_some() {
        return Err(Fault::result(format!("{path} has a metatable; plain tables only")));
    }
    let length = table.raw_len();
    let mut items = Vec::new();
    for place in 1..=length {
        let item: Value = table.raw_get(place).map_err(|_| Fault::result("unreadable table"))?;
        items.push(convert(&item, &format!("{path}[{place}]"), depth + 1, budget)?);
    }
    let mut entries = Map::new();
    for pair in table.pairs::<Value, Value>() {
        let (key, item) = pair.map_err(|_| Fault::result("unreadable table"))?;
        let Value::String(key) = &key else {
            if items.is_empty() || !is_place(&key, length) {
                let message = format!("{path} has a key that is no text and no place in a list");
                return Err(Fault::result(message));
            }
            continue;
        };
        let key = plain_within(&key.to_string_lossy(), 200);
        let converted = convert(&item, &format!("{path}.{key}"), depth + 1, budget)?;
        entries.insert(key, converted);
    }
    match (items.is_empty(), entries.is_empty()) {
        (true, _) => Ok(Json::Object(entries)),
        (false, true) => Ok(Json::Array(items)),
        (false, false) => {
            Err(Fault::result(format!("{path} mixes a list with named fields; use one of them")))
        }
    }
}

fn is_place(key: &Value, length: usize) -> bool {
    match key {
        Value::Integer(place) => *place >= 1 && (*place as usize) <= length,
        Value::Number(place) => *place >= 1.0 && *place <= length as f64 && place.fract() == 0.0,
        _ => false,
    }
}

/// Whole numbers become JSON's whole numbers, so that states read as they were written.
fn number_to_json(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() < 9.0e15 {
        (number as i64).into()
    } else {
        number.into()
    }
}

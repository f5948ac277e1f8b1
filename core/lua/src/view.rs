//! Records as scripts see them: frozen tables in which an unknown name is an error.

use kehu_contract::FailureKind;
use mlua::{Lua, Table, Value};
use serde_json::{Map, Value as Json};

use crate::convert::to_lua;
use crate::fault::Fault;
use crate::machine::strict_function;

/// A frozen table of what a script is asked about, with all that lies in it.
pub(crate) fn of(
    lua: &Lua,
    whose: &'static str,
    json: &serde_json::Result<Json>,
) -> mlua::Result<Value> {
    match json {
        Ok(json) => value_of(lua, whose, json),
        Err(error) => Err(Fault::new(FailureKind::Host, error.to_string()).into()),
    }
}

fn value_of(lua: &Lua, whose: &'static str, json: &Json) -> mlua::Result<Value> {
    match json {
        Json::Object(fields) => object(lua, whose, fields).map(Value::Table),
        Json::Array(items) => {
            let table = lua.create_table_with_capacity(items.len(), 0)?;
            for item in items {
                table.raw_push(value_of(lua, one_of(whose), item)?)?;
            }
            table.set_readonly(true);
            Ok(Value::Table(table))
        }
        plain => to_lua(lua, plain),
    }
}

/// Fields without a value are nil; other names are errors with the nearest one.
fn object(lua: &Lua, whose: &'static str, fields: &Map<String, Json>) -> mlua::Result<Table> {
    let table = lua.create_table_with_capacity(0, fields.len())?;
    for (name, value) in fields {
        table.raw_set(name.as_str(), value_of(lua, named(whose, name), value)?)?;
    }
    let meta = lua.create_table()?;
    let names = fields.keys().cloned().collect();
    meta.raw_set("__index", strict_function(lua, whose, names)?)?;
    meta.set_readonly(true);
    table.set_metatable(Some(meta))?;
    table.set_readonly(true);
    Ok(table)
}

/// How messages call a table that lies in another one.
fn named(outer: &'static str, name: &str) -> &'static str {
    match name {
        "deal" => "deal",
        "customer" => "customer",
        "stage" | "to" => "stage",
        "move" => "move",
        "history" => "history",
        "contacts" => "contacts",
        "interactions" => "interactions",
        "deals" => "deals",
        "threads" => "threads",
        "steps" => "steps",
        "tasks" => "tasks",
        "before" => "before",
        "after" => "after",
        "about" => "about",
        "fields" => "fields",
        "external_ids" => "external_ids",
        _ => outer,
    }
}

fn one_of(list: &'static str) -> &'static str {
    match list {
        "history" => "move",
        "contacts" => "contact",
        "interactions" => "interaction",
        "deals" => "deal",
        "threads" => "thread",
        "steps" => "step",
        "tasks" => "task",
        other => other,
    }
}

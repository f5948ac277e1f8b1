//! The functions of a pack that come without its manifest, tried on two customers.

use std::rc::Rc;

use kehu_contract::Hook;
use mlua::{Function, LuaString, Table, Value};

use super::{Session, strict_ctx};
use crate::fault::{Fault, words_of};
use crate::machine::{compile_host, key_in_words};

/// True for a table of functions: what the `main.lua` of a pack returns.
pub(super) fn is_pack(table: &Table) -> bool {
    let mut any = false;
    for pair in table.pairs::<Value, Value>() {
        let Ok((Value::String(_), Value::Function(_))) = pair else { return false };
        any = true;
    }
    any
}

/// True for a function that is called for each customer, with its row.
fn is_for_customers(name: &str) -> bool {
    match Hook::parse(name) {
        Some(Hook::Score | Hook::VisitNeed) => true,
        Some(_) => false,
        None => !name.contains("fit"),
    }
}

/// Calls the functions for the first two customers, and shows what they give.
pub(super) fn run(session: &Session, table: &Table) -> mlua::Result<()> {
    let mut functions: Vec<(String, Function)> = Vec::new();
    for pair in table.pairs::<Value, Function>() {
        let (name, function) = pair?;
        functions.push((key_in_words(&name), function));
    }
    functions.sort_by(|one, other| one.0.cmp(&other.0));
    // From here on rules are used, not declared.
    session.registry.finish()?;
    let attempt = attempt(session)?;
    let rows = customers(session)?;
    for (name, function) in &functions {
        if !is_for_customers(name) {
            session
                .out
                .text(&format!("{name}: only a pack with its pack.toml can be asked this"))?;
            continue;
        }
        for (id, called, row) in &rows {
            session.customer.set(Some(*id));
            session.subject.replace(Some(name.clone()));
            let given: Table = attempt.call((name.as_str(), function, row))?;
            session.out.text(&in_words(session, name, *id, called, &given)?)?;
        }
    }
    session.customer.set(None);
    session.subject.replace(None);
    Ok(())
}

/// The first two customers, each with its id and name; made-up ones where there is no base.
fn customers(session: &Session) -> mlua::Result<Vec<(i64, String, Value)>> {
    let kehu: Table = session.environment.raw_get("kehu")?;
    let lua = &session.machine.lua;
    let ask = lua.create_table()?;
    ask.raw_set("limit", 2)?;
    ask.raw_set("columns", "all")?;
    let mut rows = Vec::new();
    if let Ok(next) = kehu.raw_get::<Function>("customers")?.call::<Function>(ask) {
        for _ in 0..2 {
            let Value::Table(row) = next.call::<Value>(())? else { break };
            let id = row.raw_get::<f64>("id")? as i64;
            let name = row.raw_get::<Option<String>>("name")?.unwrap_or_default();
            rows.push((id, name, Value::Table(row)));
        }
    }
    for id in rows.len() as i64 + 1..=2 {
        let row = lua.create_table()?;
        row.raw_set("id", id as f64)?;
        row.raw_set("name", format!("customer {id}"))?;
        row.set_readonly(true);
        rows.push((id, format!("customer {id}"), Value::Table(row)));
    }
    Ok(rows)
}

/// The loop's inner part, with what it needs of the host.
fn attempt(session: &Session) -> mlua::Result<Function> {
    let lua = &session.machine.lua;
    let host = lua.create_table()?;
    host.raw_set("as_of", f64::from(session.as_of))?;
    host.raw_set("settings", &session.settings)?;
    let math: Table = lua.globals().get("math")?;
    host.raw_set("random", math.raw_get::<Function>("random")?)?;
    host.raw_set("strict_ctx", lua.create_function(strict_ctx)?)?;
    let registry = Rc::clone(&session.registry);
    let is_rule = move |_: &mlua::Lua, given: Value| Ok(registry.place(&given).is_some());
    host.raw_set("is_rule", lua.create_function(is_rule)?)?;
    host.raw_set("refuse", super::input::refuse(lua)?)?;
    let wrong = |_: &mlua::Lua, (_, message, hint): (LuaString, LuaString, Option<LuaString>)| {
        let fault = Fault::result(words_of(&message));
        Err::<(), _>(mlua::Error::from(match hint {
            Some(hint) => fault.hint(words_of(&hint)),
            None => fault,
        }))
    };
    host.raw_set("wrong", lua.create_function(wrong)?)?;
    let code = compile_host(include_str!("../luau/trial.luau"))?;
    session.machine.loader().load(lua, &code)?.call(host)
}

fn in_words(
    session: &Session,
    function: &str,
    id: i64,
    called: &str,
    given: &Table,
) -> mlua::Result<String> {
    let mut lines = vec![format!("{function} of C-{id} {called}")];
    for place in 1..=given.raw_len() {
        let column: Table = given.raw_get(place)?;
        let name: String = column.raw_get(1)?;
        let value = session.machine.shown(&column.raw_get(2)?)?;
        lines.push(format!("  {name} = {value}"));
        let reasons: Table = column.raw_get(3)?;
        for at in 1..=reasons.raw_len() {
            let reason: Table = reasons.raw_get(at)?;
            let points = reason.raw_get::<Option<f64>>(2)?;
            let points = points.map(|points| format!(" {points:+}")).unwrap_or_default();
            lines.push(format!("    {}{points}", reason.raw_get::<String>(1)?));
        }
    }
    if lines.len() == 1 {
        lines.push("  nothing".to_owned());
    }
    Ok(lines.join("\n"))
}

//! The table `kehu`: all that a pack may ask of the host.

mod day;
mod text;

use kehu_contract::RunContext;
use mlua::{Function, Table, Value};

use crate::convert::to_lua;
use crate::factory::Shared;
use crate::machine::{Machine, strict_function};

pub(crate) use day::{in_words as day_in_words, parse as parse_day};

/// Builds the frozen table `kehu`.
pub(crate) fn kehu_table(
    machine: &Machine,
    rule: Function,
    list: Function,
    settings: &Table,
) -> mlua::Result<Table> {
    let kehu = machine.lua.create_table()?;
    kehu.raw_set("rule", rule)?;
    kehu.raw_set("rules", list)?;
    kehu.raw_set("settings", settings)?;
    kehu.raw_set("day", strict(machine, "kehu.day", day::table(&machine.lua)?)?)?;
    kehu.raw_set("text", strict(machine, "kehu.text", text::table(&machine.lua)?)?)?;
    strict(machine, "kehu", kehu)
}

/// Builds the frozen table of the settings; an unknown name is an error.
pub(crate) fn settings_table(
    machine: &Machine,
    shared: &Shared,
    context: &RunContext,
) -> mlua::Result<Table> {
    let table = machine.lua.create_table()?;
    for setting in &shared.manifest.settings {
        let value = context.settings.get(&setting.name).unwrap_or(&setting.default);
        table.raw_set(setting.name.as_str(), to_lua(&machine.lua, value)?)?;
    }
    strict(machine, "kehu.settings", table)
}

/// Freezes a table whose unknown names are errors.
pub(crate) fn strict(machine: &Machine, whose: &'static str, table: Table) -> mlua::Result<Table> {
    let mut names = Vec::new();
    for pair in table.pairs::<Value, Value>() {
        if let (Value::String(name), _) = pair? {
            names.push(name.to_string_lossy());
        }
    }
    names.sort();
    let meta = machine.lua.create_table()?;
    meta.raw_set("__index", strict_function(&machine.lua, whose, names)?)?;
    meta.set_readonly(true);
    table.set_metatable(Some(meta))?;
    table.set_readonly(true);
    Ok(table)
}

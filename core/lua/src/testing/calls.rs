//! The table `test`: what a test may ask the pack.

use std::rc::Rc;

use kehu_contract::Hook;
use mlua::{Table, Value, Variadic};
use serde_json::Value as Json;

use super::runner::Stage;
use super::spec::MISSING;
use super::{day, records, score};
use crate::api;
use crate::fault::Fault;
use crate::machine::Machine;
use crate::view;

type Call = fn(&Stage, &[Value]) -> Result<Json, Fault>;

/// The functions, each with what it does.
const CALLS: [(&str, Call); 9] = [
    ("score", |stage, given| score::score(stage, "test.score", Hook::Score, given)),
    ("visit_need", |stage, given| score::score(stage, "test.visit_need", Hook::VisitNeed, given)),
    ("fit", score::fit),
    ("follow_up", day::follow_up),
    ("review", day::review),
    ("plan_visits", day::plan_visits),
    ("stage", records::stage),
    ("on_event", records::on_event),
    ("import_row", records::import_row),
];

/// The names in the table.
pub(super) fn names() -> Vec<String> {
    CALLS.iter().map(|(name, _)| (*name).to_owned()).chain(["missing".to_owned()]).collect()
}

/// Builds the table.
pub(super) fn table(machine: &Machine, stage: &Rc<Stage>) -> mlua::Result<Table> {
    let lua = &machine.lua;
    let table = lua.create_table()?;
    for (name, call) in CALLS {
        let stage = Rc::clone(stage);
        let function = lua.create_function(move |lua, given: Variadic<Value>| {
            let result = call(&stage, &given)?;
            view::of(lua, "result", &Ok(result))
        })?;
        table.raw_set(name, function)?;
    }
    table.raw_set("missing", MISSING)?;
    api::strict(machine, "test", table)
}

//! What the reports of packs have beside what scripts have: their pack, and what they were asked for.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use kehu_contract::document::Problem;
use kehu_contract::{Language, Manifest, Origin, Report};
use mlua::{Function, MultiValue, Table};
use serde_json::{Map, Value as Json};

use super::{Options, Script, Writer};
use crate::convert::from_lua;
use crate::evaluate::{self, Chunks};
use crate::exact;
use crate::factory::Shared;
use crate::fault::Fault;
use crate::files::{self, PackFiles};
use crate::machine::{Machine, Pace};

/// Says what a report was asked for; nothing for any other script.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The report's name.
    pub name: Option<String>,
    /// The id of the rep.
    pub rep: Option<i64>,
    /// The first day, counted from 1970-01-01.
    pub from: Option<i32>,
    /// The last day.
    pub to: Option<i32>,
}

impl Script {
    /// Checks the script of a report of a pack, with the values of the pack's settings.
    ///
    /// # Errors
    /// What is wrong with it, or with the files that it may require, each with its place.
    pub fn of_report(
        files: &PackFiles,
        manifest: &Manifest,
        report: &Report,
        settings: Map<String, Json>,
    ) -> Result<Self, Vec<Problem>> {
        Ok(Self {
            dir: files.dir.clone(),
            codes: files::report(files, report)?,
            pack: Some((manifest.clone(), settings)),
            shipped: files.origin == Origin::Shipped,
        })
    }
}

/// Adds what the helpers need of the host for reports.
pub(super) fn add_to(
    machine: &Machine,
    host: &Table,
    options: &Options,
    out: &Rc<Writer>,
) -> mlua::Result<()> {
    let lua = &machine.lua;
    let language = match options.language {
        Language::En => "en",
        Language::Zh => "zh",
    };
    host.raw_set("language", language)?;
    let asked = lua.create_table()?;
    asked.raw_set("name", options.asked.name.as_deref())?;
    asked.raw_set("rep", options.asked.rep.map(|id| id as f64))?;
    asked.raw_set("from", options.asked.from.map(f64::from))?;
    asked.raw_set("to", options.asked.to.map(f64::from))?;
    host.raw_set("asked", asked)?;
    let facts = Rc::clone(out);
    let read = move |_: &mlua::Lua, given: mlua::Value| {
        let Json::Object(given) = from_lua(&given, "kehu.facts")? else {
            return Err(Fault::argument("kehu.facts takes a table with names")
                .hint("write kehu.facts{ open = 3 }")
                .into());
        };
        // The fields of a table have no order of their own.
        let mut sorted: Vec<(String, Json)> =
            given.into_iter().map(|(name, value)| (name, as_written(value))).collect();
        sorted.sort_by(|left, right| left.0.cmp(&right.0));
        facts.facts(sorted.into_iter().collect())
    };
    host.raw_set("facts", lua.create_function(read)?)?;
    let amount = Rc::clone(out);
    host.raw_set("amount", lua.create_function(move |_, number: f64| Ok(amount.amount(number)))?)?;
    Ok(())
}

type Required = (Function, Rc<Chunks>, Rc<RefCell<Option<Table>>>);

/// The function `require` of a script, its loaded files, and the place for the environment that they run
/// in. A script that belongs to no pack has no other files.
pub(super) fn require(machine: &Machine, shared: &Arc<Shared>) -> mlua::Result<Required> {
    let pace = if shared.shipped { Pace::Native } else { Pace::Interpreted };
    let chunks = evaluate::load_scripts(machine, shared, pace)?;
    let slot = Rc::default();
    let function = if shared.scripts.len() > 1 {
        evaluate::require(&machine.lua, shared, &chunks, &slot, &Rc::default())?
    } else {
        machine.lua.create_function(|_, _: MultiValue| -> mlua::Result<()> {
            let fault = Fault::argument("a script of its own has no other files to require")
                .hint("what several scripts share belongs into a pack");
            Err(fault.into())
        })?
    };
    Ok((function, chunks, slot))
}

/// A figure without the last bits of how it was computed.
fn as_written(value: Json) -> Json {
    match value.as_f64().map(exact::as_written) {
        Some(number) if value.is_f64() => Json::from(number),
        _ => value,
    }
}

//! A batch through a pack's `score`.

use std::sync::Arc;

use kehu_contract::{FailureKind, LabelValue, RunContext, ScoredColumn, Step, did_you_mean};
use mlua::{Function, Lua, LuaString, Table, Value};
use serde_json::Value as Json;

use crate::api;
use crate::collect::{self, Given, Known, Read, Target};
use crate::convert::to_lua;
use crate::evaluate::{Evaluated, Evaluator};
use crate::fault::{Fault, plain_within};
use crate::frame::{Frame, name_set};
use crate::gate::Work;
use crate::machine::{Machine, key_in_words, strict_function};
use crate::pack::{LuaPack, Trouble};

/// What a call about a batch works with.
pub(crate) struct Job<'a> {
    pub(crate) pack: &'a LuaPack,
    pub(crate) step: &'a Step,
    pub(crate) evaluated: &'a Evaluated,
    pub(crate) frame: &'a Frame,
    pub(crate) chunk: &'a Function,
}

/// Runs the loop over the batch and reads what it wrote.
pub(crate) fn score(
    job: &Job<'_>,
    author: &Function,
    state: &Json,
    rows: usize,
) -> Result<Vec<ScoredColumn>, Trouble> {
    let pack = job.pack;
    let labels: Vec<Vec<LabelValue>> = job
        .step
        .gives
        .iter()
        .map(|give| pack.shared.manifest.label_values(give, &pack.context.settings))
        .collect();
    let mask = job.frame.test(&job.evaluated.rules, &job.evaluated.lists);
    let host = host_table(job, rows)?;
    host.raw_set("mask", job.pack.machine.lua.create_buffer(&mask)?)?;
    score_fields(job, &host, state, &labels)?;
    let row: mlua::Buffer = host.raw_get("row")?;
    let (run, readers, texts) = job.chunk.call::<(Function, Table, Table)>(host)?;
    pack.machine.gate.enter(Work::Customers, Some(row));
    run.call::<()>(author)?;
    pack.machine.gate.pause();
    let texts = read_texts(&texts)?;
    let known = job.evaluated.rules.iter().map(|rule| Known::new(rule, job.frame));
    let given = Given {
        rules: known.collect(),
        lists: &job.evaluated.lists,
        mask: &mask,
        texts: &texts,
        rows,
    };
    let mut scored = Vec::new();
    for (place, give) in job.step.gives.iter().enumerate() {
        let reader: Function = readers.raw_get(place + 1)?;
        let read: Read = reader.call(())?;
        let target = Target { name: &give.info.name, kind: give.info.kind, labels: &labels[place] };
        let column = collect::column(&target, &read, &given)
            .map_err(|(row, fault)| Trouble::Fault(Some(row), fault))?;
        scored.push(column);
    }
    Ok(scored)
}

/// The fields that every loop over customers needs.
pub(crate) fn host_table(job: &Job<'_>, rows: usize) -> mlua::Result<Table> {
    let lua = &job.pack.machine.lua;
    let host = lua.create_table()?;
    let (numbers, dictionaries) = job.frame.encode(lua)?;
    host.raw_set("rows", rows as f64)?;
    host.raw_set("frame", lua.create_buffer(numbers)?)?;
    host.raw_set("dictionaries", dictionaries)?;
    host.raw_set("row", lua.create_buffer(u32::MAX.to_le_bytes())?)?;
    host.raw_set("rules", job.evaluated.rules.len() as f64)?;
    host.raw_set("place_of", &job.evaluated.places)?;
    let names = job.frame.fields.iter().map(|(name, _)| name.clone());
    host.raw_set("declared", name_set(lua, names)?)?;
    host.raw_set("undeclared", undeclared(job)?)?;
    host.raw_set("fail", fail(&job.pack.machine)?)?;
    host.raw_set("function_name", job.step.function.as_str())?;
    host.raw_set("as_of", f64::from(job.pack.context.as_of))?;
    host.raw_set("settings", &job.pack.evaluator.settings)?;
    host.raw_set("log", &job.pack.evaluator.log)?;
    host.raw_set("random", lua.globals().get::<Table>("math")?.raw_get::<Function>("random")?)?;
    Ok(host)
}

/// The fields that `score` needs beside them.
fn score_fields(
    job: &Job<'_>,
    host: &Table,
    state: &Json,
    labels: &[Vec<LabelValue>],
) -> mlua::Result<()> {
    let lua = &job.pack.machine.lua;
    let rules = &job.evaluated.rules;
    let lists = job.evaluated.lists.iter().map(|_| "a list of rules");
    let names = rules.iter().map(|rule| rule.id.as_str()).chain(lists);
    host.raw_set("rule_ids", lua.create_sequence_from(names)?)?;
    host.raw_set("width", (rules.len() + job.evaluated.lists.len()) as f64)?;
    host.raw_set("unknown", unknown(&job.pack.machine)?)?;
    host.raw_set("state", to_lua(lua, state)?)?;
    let strict = lua.create_function(|lua, methods: Table| strict_index(lua, "ctx", methods))?;
    host.raw_set("strict_ctx", strict)?;
    let columns = lua.create_table()?;
    let names = lua.create_table()?;
    for (give, labels) in job.step.gives.iter().zip(labels) {
        let column = lua.create_table()?;
        column.raw_set("name", give.info.name.as_str())?;
        column.raw_set("kind", give.info.kind.name())?;
        let codes = lua.create_table()?;
        let list = lua.create_table()?;
        for (code, label) in labels.iter().enumerate() {
            codes.raw_set(label.key.as_str(), code as f64)?;
            list.raw_push(label.key.as_str())?;
        }
        column.raw_set("labels", codes)?;
        column.raw_set("label_list", list)?;
        columns.raw_push(column)?;
        names.raw_push(give.info.name.as_str())?;
    }
    host.raw_set("columns", columns)?;
    host.raw_set("column_list", names)
}

/// Freezes a table; from then on an unknown name in it is an error with the nearest known one.
pub(crate) fn strict_index(lua: &Lua, whose: &'static str, table: Table) -> mlua::Result<Table> {
    let mut names = vec!["state".to_owned()];
    for pair in table.pairs::<Value, Value>() {
        if let (Value::String(name), _) = pair? {
            names.push(name.to_string_lossy());
        }
    }
    names.sort();
    names.dedup();
    let meta = lua.create_table()?;
    meta.raw_set("__index", strict_function(lua, whose, names)?)?;
    meta.set_readonly(true);
    table.set_metatable(Some(meta))?;
    table.set_readonly(true);
    Ok(table)
}

/// The context of a call that gives nothing through `ctx`: `fit` and `plan_visits`.
pub(crate) fn plain_context(
    machine: &Machine,
    evaluator: &Evaluator,
    context: &RunContext,
) -> mlua::Result<Table> {
    let ctx = machine.lua.create_table()?;
    ctx.raw_set("as_of", f64::from(context.as_of))?;
    ctx.raw_set("settings", &evaluator.settings)?;
    ctx.raw_set("log", &evaluator.log)?;
    let math: Table = machine.lua.globals().get("math")?;
    ctx.raw_set("random", math.raw_get::<Function>("random")?)?;
    api::strict(machine, "ctx", ctx)
}

fn fail(machine: &Machine) -> mlua::Result<Function> {
    machine.lua.create_function(
        |_, (kind, message, hint): (LuaString, LuaString, Option<LuaString>)| -> mlua::Result<()> {
            let mut fault = Fault::new(kind_of(&kind), message.to_string_lossy());
            fault.hint = hint.map(|hint| hint.to_string_lossy());
            Err(fault.into())
        },
    )
}

fn unknown(machine: &Machine) -> mlua::Result<Function> {
    machine.lua.create_function(
        |_,
         (kind, message, wrong, names): (LuaString, LuaString, Value, Vec<String>)|
         -> mlua::Result<()> {
            let wrong = key_in_words(&wrong);
            let hint = did_you_mean(&wrong, names.iter().map(String::as_str));
            let message = format!("{} \"{wrong}\"", message.to_string_lossy());
            Err(Fault::new(kind_of(&kind), message).hint(hint).into())
        },
    )
}

fn kind_of(word: &LuaString) -> FailureKind {
    if word == "Result" { FailureKind::Result } else { FailureKind::Argument }
}

fn undeclared(job: &Job<'_>) -> mlua::Result<Function> {
    let names: Arc<Vec<String>> =
        Arc::new(job.frame.fields.iter().map(|(name, _)| name.clone()).collect());
    job.pack.machine.lua.create_function(move |_, key: Value| -> mlua::Result<()> {
        let name = key_in_words(&key);
        let hint = match kehu_contract::nearest(&name, names.iter().map(String::as_str)) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("add \"{}\" to needs in pack.toml", plain_within(&name, 64)),
        };
        Err(Fault::argument(format!("c.{name} is not in needs")).hint(hint).into())
    })
}

fn read_texts(texts: &Table) -> mlua::Result<Vec<String>> {
    let mut read = Vec::with_capacity(texts.raw_len());
    for place in 1..=texts.raw_len() {
        let text: LuaString = texts.raw_get(place)?;
        read.push(plain_within(&text.to_string_lossy(), 1_024));
    }
    Ok(read)
}

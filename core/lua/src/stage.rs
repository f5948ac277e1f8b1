//! Deals that move or stay, through a pack's `stage`.

use std::rc::Rc;

use kehu_contract::{Batch, Cause, FailureKind, Judgement, Opinion, StageCase};
use mlua::{Function, Table, Value};

use crate::batch::{Job, host_table, strict_index};
use crate::causes::{self, check_keys};
use crate::fault::Fault;
use crate::gate::Work;
use crate::pack::Trouble;
use crate::rules::Registry;
use crate::tray::{Tray, Words};
use crate::view;

const WORDS: Words = Words {
    one: "an opinion",
    hint: "return ctx:allow{…}, ctx:warn{…}, ctx:refuse{…} or nothing",
};

/// Runs the loop over the deals and gathers the opinions.
pub(crate) fn run(
    job: &Job<'_>,
    author: &Function,
    batch: &Batch,
    cases: &[StageCase],
) -> Result<Vec<Opinion>, Trouble> {
    if cases.len() != batch.ids.len() {
        return Err(
            Fault::new(FailureKind::Host, "the batch and its deals differ in number").into()
        );
    }
    let machine = &job.pack.machine;
    let lua = &machine.lua;
    let host = host_table(job, batch.columns.rows())?;
    let row: mlua::Buffer = host.raw_get("row")?;
    let tray = Tray::new(lua, &machine.gate)?;
    let ctx = context(job, &host, &tray)?;
    let take = tray.taker(lua, &job.step.function, WORDS, 1)?;
    let shown = cases.to_vec();
    let case_of = lua.create_function(move |lua, at: f64| {
        shown
            .get(at as usize)
            .map(|case| view::of(lua, "case", &serde_json::to_value(case)))
            .transpose()
    })?;
    let run: Function = job.chunk.call(host)?;
    machine.gate.enter(Work::Each("one deal"), Some(row));
    run.call::<()>((author, ctx, case_of, take))?;
    machine.gate.pause();
    let opinions = tray.finish().into_iter();
    Ok(opinions.map(|(case, opinion)| Opinion { case, ..opinion }).collect())
}

fn context(job: &Job<'_>, host: &Table, tray: &Rc<Tray<Opinion>>) -> mlua::Result<Table> {
    let lua = &job.pack.machine.lua;
    let ctx = lua.create_table()?;
    for name in ["as_of", "settings", "random", "log"] {
        ctx.raw_set(name, host.raw_get::<Value>(name)?)?;
    }
    for (name, judgement) in
        [("allow", Judgement::Allow), ("warn", Judgement::Warn), ("refuse", Judgement::Refuse)]
    {
        let registry = Rc::clone(&job.pack.evaluator.registry);
        tray.maker(lua, &ctx, name, move |table, whose, _| {
            check_keys(table, &["because", "advice"], whose)?;
            let causes = causes::of_field(table, "because", whose, &registry)?;
            let advice = advice(table, whose, &registry)?;
            if judgement == Judgement::Refuse && advice.is_empty() {
                return Err(Fault::result(format!("{whose} has no advice"))
                    .hint("say what would make the move possible: advice = { {rule, …} }"));
            }
            Ok(Opinion { case: 0, judgement, causes, advice })
        })?;
    }
    strict_index(lua, "ctx", ctx)
}

/// Advice is written as reasons are, so that it speaks both languages; there may be none.
pub(crate) fn advice(table: &Table, whose: &str, registry: &Registry) -> Result<Vec<Cause>, Fault> {
    match table.raw_get::<Value>("advice") {
        Ok(Value::Nil) => Ok(Vec::new()),
        _ => causes::of_field(table, "advice", whose, registry),
    }
}

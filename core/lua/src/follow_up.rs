//! A batch through a pack's `follow_up`.

use std::cell::RefCell;
use std::rc::Rc;

use kehu_contract::{Batch, Case, DealView, FailureKind, InteractionView, Proposal, did_you_mean};
use mlua::{Function, Lua, Table, Value};

use crate::batch::{Job, host_table, strict_index};
use crate::causes::{self, check_keys, needed, number, text, whole};
use crate::convert::to_lua;
use crate::evaluate::a;
use crate::fault::Fault;
use crate::gate::Work;
use crate::machine::key_in_words;
use crate::pack::Trouble;

/// The most proposals for one customer.
const PROPOSALS: usize = 50;
const KEYS: [&str; 8] =
    ["action", "channel", "due", "fact_day", "priority", "group", "deal", "because"];

/// The proposals of a batch: those made, each with its token, and those returned.
#[derive(Debug, Default)]
struct Desk {
    made: Vec<Proposal>,
    taken: Vec<Proposal>,
}

/// Runs the loop over the batch and gathers what was proposed.
pub(crate) fn run(
    job: &Job<'_>,
    author: &Function,
    batch: &Batch,
    cases: &[Case],
) -> Result<Vec<Proposal>, Trouble> {
    if cases.len() != batch.ids.len() {
        let fault = Fault::new(FailureKind::Host, "the batch and its cases differ in length");
        return Err(fault.into());
    }
    let machine = &job.pack.machine;
    let lua = &machine.lua;
    let host = host_table(job, batch.columns.rows())?;
    let row: mlua::Buffer = host.raw_get("row")?;
    let desk: Rc<RefCell<Desk>> = Rc::default();
    let tokens = lua.create_table()?;
    let ctx = context(job, &host, &desk, &tokens, &batch.ids, cases)?;
    let case_of = case_reader(lua, cases)?;
    let take = taker(lua, &desk, tokens, &job.step.function)?;
    let run: Function = job.chunk.call(host)?;
    machine.gate.enter(Work::Customers, Some(row));
    run.call::<()>((author, ctx, case_of, take))?;
    machine.gate.pause();
    Ok(desk.take().taken)
}

fn context(
    job: &Job<'_>,
    host: &Table,
    desk: &Rc<RefCell<Desk>>,
    tokens: &Table,
    ids: &[i64],
    cases: &[Case],
) -> mlua::Result<Table> {
    let machine = &job.pack.machine;
    let ctx = machine.lua.create_table()?;
    for name in ["as_of", "settings", "random"] {
        ctx.raw_set(name, host.raw_get::<Value>(name)?)?;
    }
    let (desk, tokens, ids) = (Rc::clone(desk), tokens.clone(), ids.to_vec());
    let (gate, registry) = (Rc::clone(&machine.gate), Rc::clone(&job.pack.evaluator.registry));
    let actions: Vec<String> =
        job.pack.shared.manifest.actions.iter().map(|action| action.key.clone()).collect();
    let deals: Vec<Vec<i64>> =
        cases.iter().map(|case| case.deals.iter().map(|deal| deal.id).collect()).collect();
    let as_of = job.pack.context.as_of;
    ctx.raw_set(
        "propose",
        machine.lua.create_function(move |lua, (_, given): (Value, Value)| {
            let Value::Table(table) = &given else {
                return Err(Fault::argument("ctx:propose takes a table")
                    .hint("write ctx:propose{ action = \"…\", … }, with a colon")
                    .into());
            };
            let row = gate.row_now() as usize;
            let mut proposal = read(table, &actions, as_of)?;
            proposal.causes = causes::read(&table.raw_get("because")?, "ctx:propose", &registry)?;
            proposal.customer = ids.get(row).copied().unwrap_or_default();
            if let Some(deal) = proposal.deal
                && !deals.get(row).is_some_and(|deals| deals.contains(&deal))
            {
                let message = format!("ctx:propose: deal {deal} is no open deal of this customer");
                return Err(Fault::result(message).into());
            }
            let mut desk = desk.borrow_mut();
            let token = lua.create_table()?;
            token.set_readonly(true);
            tokens.raw_set(&token, desk.made.len() as f64)?;
            desk.made.push(proposal);
            Ok(token)
        })?,
    )?;
    strict_index(&machine.lua, "ctx", ctx)
}

fn read(table: &Table, actions: &[String], as_of: i32) -> Result<Proposal, Fault> {
    let whose = "ctx:propose";
    check_keys(table, &KEYS, whose)?;
    let action = needed(text(table, "action", whose)?, "action", whose)?;
    if !actions.contains(&action) {
        let hint = did_you_mean(&action, actions.iter().map(String::as_str));
        let message =
            format!("{whose}: action \"{action}\" is not declared in [actions] of pack.toml");
        return Err(Fault::result(message).hint(hint));
    }
    let due = needed(whole(table, "due", whose)?, "due", whose)?;
    let priority = number(table, "priority", whose)?.unwrap_or(50.0);
    if !(0.0..=100.0).contains(&priority) {
        return Err(Fault::result(format!("{whose}: priority is {priority}, expected 0 to 100")));
    }
    Ok(Proposal {
        customer: 0,
        deal: whole(table, "deal", whose)?.map(i64::from),
        action,
        channel: needed(text(table, "channel", whose)?, "channel", whose)?,
        due,
        fact_day: whole(table, "fact_day", whose)?.unwrap_or(as_of),
        priority,
        group: text(table, "group", whose)?.unwrap_or_default(),
        causes: Vec::new(),
    })
}

/// What the loop calls with what the author's function returned.
fn taker(lua: &Lua, desk: &Rc<RefCell<Desk>>, tokens: Table, name: &str) -> mlua::Result<Function> {
    let (desk, name) = (Rc::clone(desk), name.to_owned());
    lua.create_function(move |_, returned: Value| {
        let mut desk = desk.borrow_mut();
        let place = |value: &Value| -> Option<usize> {
            tokens.raw_get::<Option<f64>>(value).ok()?.map(|place| place as usize)
        };
        let places = match &returned {
            Value::Nil => Vec::new(),
            single if place(single).is_some() => place(single).into_iter().collect(),
            Value::Table(list) => {
                let mut places = Vec::new();
                for at in 1..=list.raw_len() {
                    let item: Value = list.raw_get(at)?;
                    places.push(place(&item).ok_or_else(|| {
                        Fault::result(format!(
                            "{name} returned {} at place {at}, expected a proposal",
                            a(&item)
                        ))
                        .hint("make it with ctx:propose{…}")
                    })?);
                }
                places
            }
            other => {
                let message = format!("{name} returned {}, expected a list of proposals", a(other));
                return Err(Fault::result(message).hint("return { ctx:propose{…} }").into());
            }
        };
        if places.len() > PROPOSALS {
            let message =
                format!("{name} returned more than {PROPOSALS} proposals for one customer");
            return Err(Fault::result(message).into());
        }
        let chosen: Vec<Proposal> =
            places.iter().filter_map(|place| desk.made.get(*place).cloned()).collect();
        desk.taken.extend(chosen);
        Ok(())
    })
}

/// Reads what is known of a customer, when a script asks for it: most scripts look at few.
fn case_reader(lua: &Lua, cases: &[Case]) -> mlua::Result<Function> {
    let cases = cases.to_vec();
    let kept: RefCell<(usize, Option<Value>, Option<Value>)> =
        RefCell::new((usize::MAX, None, None));
    lua.create_function(move |lua, (row, key): (f64, Value)| {
        let row = row as usize;
        let Some(case) = cases.get(row) else { return Ok(Value::Nil) };
        if kept.borrow().0 != row {
            kept.replace((row, None, None));
        }
        let name = key_in_words(&key);
        match name.as_str() {
            "name" => Ok(Value::String(lua.create_string(&case.name)?)),
            "deals" => {
                if let Some(value) = &kept.borrow().1 {
                    return Ok(value.clone());
                }
                let value = list(lua, case.deals.iter().map(|deal| deal_table(lua, deal)))?;
                kept.borrow_mut().1 = Some(value.clone());
                Ok(value)
            }
            "interactions" => {
                if let Some(value) = &kept.borrow().2 {
                    return Ok(value.clone());
                }
                let value =
                    list(lua, case.interactions.iter().map(|each| interaction_table(lua, each)))?;
                kept.borrow_mut().2 = Some(value.clone());
                Ok(value)
            }
            _ => {
                let hint = did_you_mean(&name, ["name", "deals", "interactions"]);
                Err(Fault::argument(format!("case has no \"{name}\"")).hint(hint).into())
            }
        }
    })
}

fn list(lua: &Lua, items: impl Iterator<Item = mlua::Result<Table>>) -> mlua::Result<Value> {
    let table = lua.create_table()?;
    for item in items {
        table.raw_push(item?)?;
    }
    table.set_readonly(true);
    Ok(Value::Table(table))
}

fn deal_table(lua: &Lua, deal: &DealView) -> mlua::Result<Table> {
    record(lua, "deal", &serde_json::to_value(deal))
}

fn interaction_table(lua: &Lua, interaction: &InteractionView) -> mlua::Result<Table> {
    record(lua, "interaction", &serde_json::to_value(interaction))
}

/// A frozen table of a record; fields without a value are nil, other names are errors.
fn record(
    lua: &Lua,
    whose: &'static str,
    json: &serde_json::Result<serde_json::Value>,
) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    if let Ok(serde_json::Value::Object(fields)) = json {
        for (name, value) in fields {
            table.raw_set(name.as_str(), to_lua(lua, value)?)?;
        }
        let names = fields.keys().cloned().collect();
        let meta = lua.create_table()?;
        meta.raw_set("__index", crate::machine::strict_function(lua, whose, names)?)?;
        table.set_metatable(Some(meta))?;
    }
    table.set_readonly(true);
    Ok(table)
}

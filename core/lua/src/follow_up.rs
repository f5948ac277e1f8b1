//! A batch through a pack's `follow_up`.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use kehu_contract::{Batch, Case, FailureKind, Proposal, did_you_mean};
use mlua::{Function, Lua, Table, Value};

use crate::batch::{Job, host_table, strict_index};
use crate::causes::{self, check_keys, flag, needed, number, text, whole};
use crate::evaluate::a;
use crate::fault::{Fault, plain_within};
use crate::gate::Work;
use crate::machine::key_in_words;
use crate::pack::Trouble;
use crate::tray::{Tray, Words};
use crate::view;

/// The most proposals for one customer.
const PROPOSALS: usize = 50;
const KEYS: [&str; 14] = [
    "action", "channel", "due", "promised", "fact_day", "priority", "group", "deal", "about",
    "state", "fields", "edit", "because", "guidance",
];

/// What a case has.
const CASE: [&str; 7] =
    ["name", "customer", "contacts", "tasks", "deals", "interactions", "threads"];

const WORDS: Words =
    Words { one: "a proposal", hint: "return nothing, or a list of ctx:propose{…}" };

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
    let tray = Tray::new(lua, &machine.gate)?;
    let ctx = context(job, &host, &tray, &batch.ids, cases)?;
    let case_of = case_reader(lua, cases)?;
    let take = tray.taker(lua, &job.step.function, WORDS, PROPOSALS)?;
    let run: Function = job.chunk.call(host)?;
    machine.gate.enter(Work::Customers, Some(row));
    run.call::<()>((author, ctx, case_of, take))?;
    machine.gate.pause();
    Ok(tray.finish().into_iter().map(|(_, proposal)| proposal).collect())
}

fn context(
    job: &Job<'_>,
    host: &Table,
    tray: &Rc<Tray<Proposal>>,
    ids: &[i64],
    cases: &[Case],
) -> mlua::Result<Table> {
    let lua = &job.pack.machine.lua;
    let ctx = lua.create_table()?;
    for name in ["as_of", "settings", "random", "log"] {
        ctx.raw_set(name, host.raw_get::<Value>(name)?)?;
    }
    let (ids, registry) = (ids.to_vec(), Rc::clone(&job.pack.evaluator.registry));
    let actions: Vec<String> =
        job.pack.shared.manifest.actions.iter().map(|action| action.key.clone()).collect();
    let deals: Vec<Vec<i64>> =
        cases.iter().map(|case| case.deals.iter().map(|deal| deal.id).collect()).collect();
    let known: Vec<Vec<i64>> = cases.iter().map(Case::interaction_ids).collect();
    let as_of = job.pack.context.as_of;
    tray.maker(lua, &ctx, "propose", move |table, whose, row| {
        let mut proposal = read(table, &actions, as_of)?;
        proposal.causes = causes::of_field(table, "because", whose, &registry)?;
        if !matches!(table.raw_get("guidance"), Ok(Value::Nil)) {
            proposal.guidance = causes::of_field(table, "guidance", whose, &registry)?;
        }
        proposal.customer = ids.get(row).copied().unwrap_or_default();
        if let Some(deal) = proposal.deal
            && !deals.get(row).is_some_and(|deals| deals.contains(&deal))
        {
            let message = format!("{whose}: deal {deal} is no open deal of this customer");
            return Err(Fault::result(message));
        }
        if let Some(about) = proposal.about
            && !known.get(row).is_some_and(|known| known.contains(&about))
        {
            let message =
                format!("{whose}: {about} is no interaction of this customer in its case");
            return Err(Fault::result(message)
                .hint("give the id of one of case.threads or case.interactions"));
        }
        Ok(proposal)
    })?;
    strict_index(lua, "ctx", ctx)
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
        promised: flag(table, "promised", whose)?.unwrap_or(false),
        fact_day: whole(table, "fact_day", whose)?.unwrap_or(as_of),
        priority,
        group: text(table, "group", whose)?.unwrap_or_default(),
        about: whole(table, "about", whose)?.map(i64::from),
        state: text(table, "state", whose)?,
        fields: written(table, "fields", whose)?,
        edit: written(table, "edit", whose)?,
        ..Proposal::default()
    })
}

/// Reads values by the names of their fields, as people write them; `kehu.none` is an empty text.
pub(crate) fn written(
    table: &Table,
    key: &str,
    whose: &str,
) -> Result<BTreeMap<String, String>, Fault> {
    let unreadable = |_| Fault::result(format!("{whose}: {key} is unreadable"));
    let given = match table.raw_get::<Value>(key).map_err(unreadable)? {
        Value::Nil => return Ok(BTreeMap::new()),
        Value::Table(given) => given,
        other => {
            let message = format!("{whose}: {key} is {}, expected a table by name", a(&other));
            return Err(Fault::result(message));
        }
    };
    let mut fields = BTreeMap::new();
    for pair in given.pairs::<Value, Value>() {
        let (name, value) = pair.map_err(unreadable)?;
        let name = key_in_words(&name);
        let word = match &value {
            Value::String(text) => plain_within(&text.to_string_lossy(), 200),
            Value::Boolean(flag) => if *flag { "yes" } else { "no" }.to_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Number(number) if number.is_finite() => number.to_string(),
            none if none.is_null() => String::new(),
            other => {
                let message = format!(
                    "{whose}: field {name} is {}, expected a text, number or flag",
                    a(other)
                );
                return Err(Fault::result(message));
            }
        };
        fields.insert(name, word);
    }
    Ok(fields)
}

/// Reads what is known of a customer, when a script asks for it: most scripts look at few.
fn case_reader(lua: &Lua, cases: &[Case]) -> mlua::Result<Function> {
    let cases = cases.to_vec();
    let kept: RefCell<(usize, HashMap<String, Value>)> = RefCell::new((usize::MAX, HashMap::new()));
    lua.create_function(move |lua, (row, key): (f64, Value)| {
        let row = row as usize;
        let Some(case) = cases.get(row) else { return Ok(Value::Nil) };
        if kept.borrow().0 != row {
            kept.replace((row, HashMap::new()));
        }
        let name = key_in_words(&key);
        if let Some(value) = kept.borrow().1.get(&name) {
            return Ok(value.clone());
        }
        let value = match name.as_str() {
            "name" => return Ok(Value::String(lua.create_string(&case.name)?)),
            "customer" => view::of(lua, "customer", &serde_json::to_value(&case.customer))?,
            "contacts" => view::of(lua, "contacts", &serde_json::to_value(&case.contacts))?,
            "tasks" => view::of(lua, "tasks", &serde_json::to_value(&case.tasks))?,
            "deals" => view::of(lua, "deals", &serde_json::to_value(&case.deals))?,
            "interactions" => {
                view::of(lua, "interactions", &serde_json::to_value(&case.interactions))?
            }
            "threads" => view::of(lua, "threads", &serde_json::to_value(&case.threads))?,
            _ => {
                let hint = did_you_mean(&name, CASE);
                return Err(Fault::argument(format!("case has no \"{name}\"")).hint(hint).into());
            }
        };
        kept.borrow_mut().1.insert(name, value.clone());
        Ok(value)
    })
}

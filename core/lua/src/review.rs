//! Proposals through a pack's `review`.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

use kehu_contract::{Batch, Decision, Proposal, Verdict};
use mlua::{Function, Lua, Table, Value, Variadic};

use crate::batch::{Job, host_table, strict_index};
use crate::causes::{self, check_keys, number, text, whole};
use crate::evaluate::a;
use crate::fault::Fault;
use crate::gate::Work;
use crate::pack::Trouble;

/// The most verdicts for each proposal, guidance included.
const VERDICTS: usize = 20;

/// The verdicts that were made, each known by the token that the script holds.
#[derive(Debug)]
struct Desk {
    tokens: Table,
    made: RefCell<Vec<Verdict>>,
    most: usize,
}

/// Calls the author's function with all proposals and gathers its verdicts.
pub(crate) fn run(
    job: &Job<'_>,
    author: &Function,
    batch: &Batch,
    proposals: &[Proposal],
) -> Result<Vec<Verdict>, Trouble> {
    let machine = &job.pack.machine;
    let lua = &machine.lua;
    let host = host_table(job, batch.columns.rows())?;
    let places = lua.create_table()?;
    let (made, most) = (RefCell::default(), VERDICTS * proposals.len());
    let desk = Rc::new(Desk { tokens: lua.create_table()?, made, most });
    let list = proposal_list(lua, proposals, &places)?;
    let ctx = context(job, &host, &places, &desk)?;
    let ids = lua.create_sequence_from(batch.ids.iter().map(|id| *id as f64))?;
    let run: Function = job.chunk.call(host)?;
    machine.gate.enter(Work::Whole, None);
    let returned: Value = run.call((author, ctx, list, ids))?;
    machine.gate.pause();
    Ok(desk.verdicts(&returned, &job.step.function)?)
}

/// A function from rows by customer to the frozen list of proposals.
fn proposal_list(lua: &Lua, proposals: &[Proposal], places: &Table) -> mlua::Result<Function> {
    let (proposals, places) = (proposals.to_vec(), places.clone());
    lua.create_function(move |lua, rows: Table| {
        let list = lua.create_table()?;
        for (place, proposal) in proposals.iter().enumerate() {
            let table = lua.create_table()?;
            table.raw_set("customer", proposal.customer as f64)?;
            table.raw_set("deal", proposal.deal.map(|deal| deal as f64))?;
            table.raw_set("action", proposal.action.as_str())?;
            table.raw_set("channel", proposal.channel.as_str())?;
            table.raw_set("due", f64::from(proposal.due))?;
            table.raw_set("promised", proposal.promised)?;
            table.raw_set("contact", proposal.contact)?;
            table.raw_set("fact_day", f64::from(proposal.fact_day))?;
            table.raw_set("priority", proposal.priority)?;
            table.raw_set("group", proposal.group.as_str())?;
            table.raw_set("about", proposal.about.map(|about| about as f64))?;
            table.raw_set("state", proposal.state.as_deref())?;
            table.raw_set("c", rows.raw_get::<Value>(proposal.customer as f64)?)?;
            table.set_readonly(true);
            places.raw_set(&table, place as f64)?;
            list.raw_push(table)?;
        }
        list.set_readonly(true);
        Ok(list)
    })
}

/// A function from rows by customer to `ctx`.
fn context(job: &Job<'_>, host: &Table, places: &Table, desk: &Rc<Desk>) -> mlua::Result<Function> {
    let machine = &job.pack.machine;
    let ctx = machine.lua.create_table()?;
    for name in ["as_of", "settings", "random", "log"] {
        ctx.raw_set(name, host.raw_get::<Value>(name)?)?;
    }
    for (name, whose) in
        [("withhold", "ctx:withhold"), ("change", "ctx:change"), ("advise", "ctx:advise")]
    {
        let (places, desk) = (places.clone(), Rc::clone(desk));
        let registry = Rc::clone(&job.pack.evaluator.registry);
        let judge = machine.lua.create_function(move |lua, given: Variadic<Value>| {
            let subject = given.get(1).cloned().unwrap_or(Value::Nil);
            let place: Option<f64> = places.raw_get(&subject)?;
            let Some(place) = place else {
                return Err(Fault::argument(format!(
                    "{whose}: the first argument is {}, expected a proposal of this review",
                    a(&subject)
                ))
                .hint("write a colon, and hand over an item of the list of proposals")
                .into());
            };
            let (decision, rule_at) = match name {
                "change" => (change(given.get(2).unwrap_or(&Value::Nil))?, 3),
                "advise" => (Decision::Advise, 2),
                _ => (Decision::Withhold, 2),
            };
            let rule = given.get(rule_at).unwrap_or(&Value::Nil);
            let arguments = given.get(rule_at + 1..).unwrap_or_default();
            let causes = match registry.place(rule) {
                None if rule.is_table() => causes::read(rule, whose, &registry)?,
                _ => vec![causes::of_rule(rule, arguments, 0.0, whose, &registry)?],
            };
            desk.make(lua, Verdict { proposal: place as usize, decision, causes })
        })?;
        ctx.raw_set(name, judge)?;
    }
    machine.lua.create_function(move |lua, rows: Table| {
        ctx.raw_set("rows", rows)?;
        strict_index(lua, "ctx", ctx.clone())
    })
}

fn change(given: &Value) -> Result<Decision, Fault> {
    let whose = "ctx:change";
    let Value::Table(table) = given else {
        let message = format!("{whose}: the second argument is {}, expected a table", a(given));
        return Err(Fault::argument(message).hint("write ctx:change(p, { due = … }, rule, …)"));
    };
    check_keys(table, &["due", "channel", "priority", "group"], whose)?;
    let group = text(table, "group", whose)?;
    let (due, channel) = (whole(table, "due", whose)?, text(table, "channel", whose)?);
    let priority = number(table, "priority", whose)?;
    if priority.is_some_and(|priority| !(0.0..=100.0).contains(&priority)) {
        return Err(Fault::result(format!("{whose}: the priority is outside 0 to 100")));
    }
    if due.is_none() && channel.is_none() && priority.is_none() && group.is_none() {
        return Err(Fault::result(format!("{whose} changes nothing")));
    }
    Ok(Decision::Change { due, channel, priority, group })
}

impl Desk {
    /// Keeps a verdict and gives the token for it.
    fn make(&self, lua: &Lua, verdict: Verdict) -> mlua::Result<Table> {
        let mut made = self.made.borrow_mut();
        if made.len() >= self.most {
            let message = format!("a review makes at most {VERDICTS} verdicts for each proposal");
            return Err(Fault::result(message).into());
        }
        let token = lua.create_table()?;
        token.set_readonly(true);
        self.tokens.raw_set(&token, made.len() as f64)?;
        made.push(verdict);
        Ok(token)
    }

    /// Reads the returned list: verdicts made in this call, at most one for a proposal beside guidance.
    fn verdicts(&self, returned: &Value, name: &str) -> Result<Vec<Verdict>, Fault> {
        let list = match returned {
            Value::Nil => return Ok(Vec::new()),
            Value::Table(list) => list,
            other => {
                let message = format!("{name} returned {}, expected a list of verdicts", a(other));
                return Err(Fault::result(message).hint("return { ctx:withhold(p, rule, …) }"));
            }
        };
        if list.raw_len() > self.most {
            let message = format!(
                "{name} returned more than {VERDICTS} verdicts for each proposal, or one again and again"
            );
            return Err(Fault::result(message));
        }
        let made = self.made.borrow();
        let mut decided: HashSet<usize> = HashSet::new();
        let mut verdicts: Vec<Verdict> = Vec::new();
        for at in 1..=list.raw_len() {
            let item: Value = list.raw_get(at).map_err(|_| Fault::result("unreadable list"))?;
            let place = self.tokens.raw_get::<Option<f64>>(&item).ok().flatten();
            let Some(verdict) = place.and_then(|place| made.get(place as usize)) else {
                let message =
                    format!("{name} returned {} at place {at}, expected a verdict", a(&item));
                return Err(Fault::result(message)
                    .hint("make it with ctx:withhold, ctx:change or ctx:advise"));
            };
            if verdict.decision != Decision::Advise && !decided.insert(verdict.proposal) {
                let message =
                    format!("{name} returned two verdicts about one proposal, at place {at}");
                return Err(Fault::result(message));
            }
            verdicts.push(verdict.clone());
        }
        Ok(verdicts)
    }
}

//! What a command has written, through a pack's `on_event`.

use std::rc::Rc;

use kehu_contract::{Batch, Cause, Consequence, Effect, Event, FailureKind, Words as Said};
use mlua::{Function, Table, Value};

use crate::batch::{Job, host_table, strict_index};
use crate::causes::{self, check_keys, needed, text, whole};
use crate::evaluate::a;
use crate::fault::{Fault, plain_within};
use crate::follow_up::written;
use crate::gate::Work;
use crate::pack::Trouble;
use crate::rules::Registry;
use crate::stage::advice;
use crate::tray::{Tray, Words};
use crate::view;

/// The most things that may follow from one event.
const MOST: usize = 20;
/// The longest text of a task or note, in bytes.
const TEXT_BYTES: usize = 1_000;
const WORDS: Words = Words {
    one: "what ctx makes",
    hint: "return nothing, or a list of ctx:task{…}, ctx:tag{…}, ctx:untag{…}, ctx:note{…}, ctx:flag{…}, ctx:edit{…}, ctx:warn{…}",
};

/// What a function of `ctx` needs to know of each event.
struct About {
    customer: bool,
    deals: Vec<i64>,
    day: i32,
}

/// Runs the loop over the events and gathers what follows.
pub(crate) fn run(
    job: &Job<'_>,
    author: &Function,
    batch: &Batch,
    events: &[Event],
) -> Result<Vec<Consequence>, Trouble> {
    if events.len() != batch.ids.len() {
        let fault = Fault::new(FailureKind::Host, "the batch and its events differ in number");
        return Err(fault.into());
    }
    let machine = &job.pack.machine;
    let lua = &machine.lua;
    let host = host_table(job, batch.columns.rows())?;
    let row: mlua::Buffer = host.raw_get("row")?;
    let tray = Tray::new(lua, &machine.gate)?;
    let ctx = context(job, &host, &tray, events)?;
    let take = tray.taker(lua, &job.step.function, WORDS, MOST)?;
    let shown = events.to_vec();
    let event_of = lua.create_function(move |lua, at: f64| {
        shown
            .get(at as usize)
            .map(|event| view::of(lua, "event", &serde_json::to_value(event)))
            .transpose()
    })?;
    let run: Function = job.chunk.call(host)?;
    machine.gate.enter(Work::Each("one event"), Some(row));
    run.call::<()>((author, ctx, event_of, take))?;
    machine.gate.pause();
    let made = tray.finish().into_iter();
    Ok(made.map(|(event, (effect, causes))| Consequence { event, effect, causes }).collect())
}

type Made = (Effect, Vec<Cause>);
type Reader = fn(&Table, &str, &About, &Registry) -> Result<Effect, Fault>;

fn context(
    job: &Job<'_>,
    host: &Table,
    tray: &Rc<Tray<Made>>,
    events: &[Event],
) -> mlua::Result<Table> {
    let lua = &job.pack.machine.lua;
    let ctx = lua.create_table()?;
    for name in ["as_of", "settings", "random", "log"] {
        ctx.raw_set(name, host.raw_get::<Value>(name)?)?;
    }
    let about: Rc<Vec<About>> = Rc::new(events.iter().map(about).collect());
    let makers: [(&'static str, Reader); 7] = [
        ("task", task),
        ("tag", |table, whose, about, _| tag(table, whose, about).map(Effect::Tag)),
        ("untag", |table, whose, about, _| tag(table, whose, about).map(Effect::Untag)),
        ("note", note),
        ("flag", flag),
        ("edit", |table, whose, about, _| {
            check_keys(table, &["set", "because"], whose)?;
            needs_customer(whose, about)?;
            let set = written(table, "set", whose)?;
            if set.is_empty() {
                return Err(Fault::result(format!("{whose}: set names nothing")));
            }
            Ok(Effect::Edit(set))
        }),
        ("warn", |table, whose, _, registry| {
            check_keys(table, &["advice", "because"], whose)?;
            Ok(Effect::Warn { advice: advice(table, whose, registry)? })
        }),
    ];
    for (name, read) in makers {
        let (registry, about) = (Rc::clone(&job.pack.evaluator.registry), Rc::clone(&about));
        tray.maker(lua, &ctx, name, move |table, whose, row| {
            let about = about.get(row).ok_or_else(|| Fault::argument("there is no event"))?;
            let effect = read(table, whose, about, &registry)?;
            Ok((effect, causes::of_field(table, "because", whose, &registry)?))
        })?;
    }
    strict_index(lua, "ctx", ctx)
}

fn about(event: &Event) -> About {
    let own = event.deal.as_ref().and_then(|deal| deal.get("id")?.as_i64());
    About {
        customer: event.customer.is_some(),
        deals: event.deals.iter().map(|deal| deal.id).chain(own).collect(),
        day: event.day,
    }
}

fn task(table: &Table, whose: &str, about: &About, registry: &Registry) -> Result<Effect, Fault> {
    check_keys(table, &["what", "due", "rep", "deal", "fact_day", "because"], whose)?;
    let what = words(table, "what", whose, registry)?;
    let deal = whole(table, "deal", whose)?.map(i64::from);
    if let Some(deal) = deal
        && !about.deals.contains(&deal)
    {
        let message = format!("{whose}: deal {deal} is no open deal of this customer");
        return Err(Fault::result(message));
    }
    Ok(Effect::Task {
        what,
        due: needed(whole(table, "due", whose)?, "due", whose)?,
        rep: text(table, "rep", whose)?,
        deal,
        fact_day: whole(table, "fact_day", whose)?.unwrap_or(about.day),
    })
}

fn tag(table: &Table, whose: &str, about: &About) -> Result<String, Fault> {
    check_keys(table, &["tag", "because"], whose)?;
    needs_customer(whose, about)?;
    needed(text(table, "tag", whose)?.filter(|tag| !tag.trim().is_empty()), "tag", whose)
}

fn note(table: &Table, whose: &str, about: &About, registry: &Registry) -> Result<Effect, Fault> {
    check_keys(table, &["text", "because"], whose)?;
    needs_customer(whose, about)?;
    words(table, "text", whose, registry).map(Effect::Note)
}

fn flag(table: &Table, whose: &str, about: &About, _: &Registry) -> Result<Effect, Fault> {
    check_keys(table, &["field", "value", "because"], whose)?;
    needs_customer(whose, about)?;
    let field = needed(text(table, "field", whose)?, "field", whose)?;
    let value = match table.raw_get::<Value>("value") {
        Ok(Value::Nil) => true,
        Ok(Value::Boolean(value)) => value,
        Ok(other) => {
            let message = format!("{whose}: value is {}, expected true or false", a(&other));
            return Err(Fault::result(message));
        }
        Err(_) => return Err(Fault::result(format!("{whose}: value is unreadable"))),
    };
    Ok(Effect::Flag { field, value })
}

fn needs_customer(whose: &str, about: &About) -> Result<(), Fault> {
    if about.customer {
        return Ok(());
    }
    Err(Fault::result(format!("{whose}: the event belongs to no customer"))
        .hint("test it first: if event.customer then … end"))
}

/// A text, or a reason whose sentence is said.
fn words(table: &Table, key: &str, whose: &str, registry: &Registry) -> Result<Said, Fault> {
    let given = table.raw_get::<Value>(key);
    let given = given.map_err(|_| Fault::result(format!("{whose}: {key} is unreadable")))?;
    match &given {
        Value::String(text) => {
            let text = text.to_string_lossy();
            if text.trim().is_empty() || text.len() > TEXT_BYTES {
                let message = format!("{whose}: {key} is empty, or longer than {TEXT_BYTES} bytes");
                return Err(Fault::result(message));
            }
            Ok(Said::Text(plain_within(text.trim(), TEXT_BYTES)))
        }
        Value::Table(_) => {
            causes::one(&given, &format!("{whose}: {key}"), registry).map(Said::Rule)
        }
        other => Err(Fault::result(format!("{whose}: {key} is {}, expected a text", a(other)))
            .hint(format!("write {key} = \"…\", or {key} = {{rule, arguments…}}"))),
    }
}

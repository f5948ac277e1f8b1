//! Rows of an import through a pack's `import_row`.

use std::rc::Rc;

use kehu_contract::{
    Cause, ColumnType, FailureKind, RowDecision, RowVerdict, Rows, Value as Given, did_you_mean,
    nearest,
};
use mlua::{Function, Lua, Table, Value};

use crate::batch::{Job, host_table, strict_index};
use crate::causes::{self, check_keys};
use crate::evaluate::a;
use crate::fault::Fault;
use crate::frame::name_set;
use crate::gate::Work;
use crate::machine::key_in_words;
use crate::pack::Trouble;
use crate::tray::{Tray, Words};

/// The longest text of a field, in bytes.
const TEXT_BYTES: usize = 400_000;
const WORDS: Words = Words {
    one: "a verdict",
    hint: "return nothing, ctx:change{ set = { … }, because = … } or ctx:refuse{ because = … }",
};

type Made = (RowDecision, Vec<Cause>);

/// What a script may know and set of a row.
struct Shape {
    record: String,
    fields: Vec<(String, ColumnType)>,
    unmapped: Vec<String>,
    fixed: Vec<String>,
}

/// Runs the loop over the rows and gathers the verdicts.
pub(crate) fn run(
    job: &Job<'_>,
    author: &Function,
    rows: &Rows,
) -> Result<Vec<RowVerdict>, Trouble> {
    if rows.lines.len() != rows.columns.rows() {
        let fault = Fault::new(FailureKind::Host, "the rows and their lines differ in number");
        return Err(fault.into());
    }
    let machine = &job.pack.machine;
    let lua = &machine.lua;
    let shape = Rc::new(Shape {
        record: rows.record.clone(),
        fields: rows.columns.iter().map(|(name, kind, _)| (name.to_owned(), kind)).collect(),
        unmapped: rows.unmapped.clone(),
        fixed: rows.fixed.clone(),
    });
    let host = host_table(job, rows.columns.rows())?;
    let mapped = shape.fields.iter().map(|(name, _)| name.clone());
    host.raw_set("declared", name_set(lua, mapped.chain(shape.unmapped.iter().cloned()))?)?;
    host.raw_set("undeclared", unknown_field(lua, &shape)?)?;
    let row: mlua::Buffer = host.raw_get("row")?;
    let tray = Tray::new(lua, &machine.gate)?;
    let ctx = context(job, &host, &tray, rows, &shape)?;
    let take = tray.taker(lua, &job.step.function, WORDS, 1)?;
    let run: Function = job.chunk.call(host)?;
    machine.gate.enter(Work::Each("one row"), Some(row));
    run.call::<()>((author, ctx, take))?;
    machine.gate.pause();
    let made = tray.finish().into_iter();
    Ok(made.map(|(row, (decision, causes))| RowVerdict { row, decision, causes }).collect())
}

fn context(
    job: &Job<'_>,
    host: &Table,
    tray: &Rc<Tray<Made>>,
    rows: &Rows,
    shape: &Rc<Shape>,
) -> mlua::Result<Table> {
    let lua = &job.pack.machine.lua;
    let ctx = lua.create_table()?;
    for name in ["as_of", "settings", "random", "log"] {
        ctx.raw_set(name, host.raw_get::<Value>(name)?)?;
    }
    ctx.raw_set("record", rows.record.as_str())?;
    ctx.raw_set("file", rows.file.as_str())?;
    let registry = Rc::clone(&job.pack.evaluator.registry);
    tray.maker(lua, &ctx, "refuse", move |table, whose, _| {
        check_keys(table, &["because"], whose)?;
        Ok((RowDecision::Refuse, causes::of_field(table, "because", whose, &registry)?))
    })?;
    let (registry, shape) = (Rc::clone(&job.pack.evaluator.registry), Rc::clone(shape));
    tray.maker(lua, &ctx, "change", move |table, whose, _| {
        check_keys(table, &["set", "clear", "because"], whose)?;
        let mut fields = set(table, whose, &shape)?;
        fields.extend(clear(table, whose, &shape)?);
        if fields.is_empty() {
            return Err(Fault::result(format!("{whose} changes nothing"))
                .hint("name a field: set = { phone = … }, or clear = { \"phone\" }"));
        }
        // In the order of the mapping, whatever order the script's table has.
        let place = |name: &str| shape.fields.iter().position(|(field, _)| field == name);
        fields.sort_by_key(|(name, _)| place(name));
        if fields.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(Fault::result(format!("{whose} sets and clears one field")));
        }
        let causes = causes::of_field(table, "because", whose, &registry)?;
        Ok((RowDecision::Change(fields), causes))
    })?;
    strict_index(lua, "ctx", ctx)
}

fn set(table: &Table, whose: &str, shape: &Shape) -> Result<Vec<(String, Given)>, Fault> {
    let given = match table.raw_get::<Value>("set") {
        Ok(Value::Nil) => return Ok(Vec::new()),
        Ok(Value::Table(given)) => given,
        Ok(other) => {
            return Err(Fault::result(format!("{whose}: set is {}, expected a table", a(&other))));
        }
        Err(_) => return Err(Fault::result(format!("{whose}: set is unreadable"))),
    };
    let mut fields = Vec::new();
    for pair in given.pairs::<Value, Value>() {
        let (key, value) = pair.map_err(|_| Fault::result(format!("{whose}: unreadable")))?;
        let name = key_in_words(&key);
        let kind = settable(&name, whose, shape)?;
        fields.push((name.clone(), read(&value, &name, kind, whose)?));
    }
    Ok(fields)
}

fn clear(table: &Table, whose: &str, shape: &Shape) -> Result<Vec<(String, Given)>, Fault> {
    let wrong = || Fault::result(format!("{whose}: clear is no list of fields' names"));
    let list = match table.raw_get::<Value>("clear") {
        Ok(Value::Nil) => return Ok(Vec::new()),
        Ok(Value::Table(list)) => list,
        _ => return Err(wrong()),
    };
    let mut fields = Vec::new();
    for at in 1..=list.raw_len() {
        let Ok(Value::String(name)) = list.raw_get::<Value>(at) else { return Err(wrong()) };
        let name = name.to_string_lossy();
        settable(&name, whose, shape)?;
        fields.push((name, Given::Missing));
    }
    Ok(fields)
}

/// The type of a field that a pack may set.
fn settable(name: &str, whose: &str, shape: &Shape) -> Result<ColumnType, Fault> {
    let Some((_, kind)) = shape.fields.iter().find(|(field, _)| field == name) else {
        if shape.unmapped.iter().any(|field| field == name) {
            let message = format!("{whose}: this import maps no field \"{name}\"");
            return Err(Fault::result(message).hint("a pack changes what the mapping names"));
        }
        return Err(shape.unknown(name, whose));
    };
    if shape.fixed.iter().any(|field| field == name) {
        let message = format!("{whose}: \"{name}\" says what the row is, and stays as it is");
        return Err(Fault::result(message));
    }
    Ok(*kind)
}

fn read(value: &Value, name: &str, kind: ColumnType, whose: &str) -> Result<Given, Fault> {
    let number = match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Number(number) if number.is_finite() => Some(*number),
        _ => None,
    };
    let wrong = |expected: &str| {
        Err(Fault::result(format!("{whose}: {name} is {}, expected {expected}", a(value))))
    };
    match (kind, value, number) {
        (ColumnType::Text | ColumnType::Label, Value::String(text), _) => match text.to_str() {
            Ok(text) if text.len() > TEXT_BYTES => {
                Err(Fault::result(format!("{whose}: {name} is longer than {TEXT_BYTES} bytes")))
            }
            Ok(text) if text.trim().is_empty() => Ok(Given::Missing),
            Ok(text) => Ok(Given::Text(text.trim().to_owned())),
            Err(_) => Err(Fault::result(format!("{whose}: {name} is no valid text (UTF-8)"))),
        },
        (ColumnType::Text | ColumnType::Label, ..) => wrong("a text"),
        (ColumnType::Number | ColumnType::Money, _, Some(number)) => Ok(Given::Number(number)),
        (ColumnType::Number | ColumnType::Money, ..) => wrong("a finite number"),
        (ColumnType::Flag, Value::Boolean(flag), _) => Ok(Given::Flag(*flag)),
        (ColumnType::Flag, ..) => wrong("true or false"),
        (ColumnType::Day, _, Some(day))
            if day.fract() == 0.0 && day.abs() < f64::from(i32::MAX) =>
        {
            Ok(Given::Day(day as i32))
        }
        (ColumnType::Day, ..) => wrong("a day as a whole number"),
    }
}

impl Shape {
    fn unknown(&self, name: &str, whose: &str) -> Fault {
        let known = self.fields.iter().map(|(field, _)| field.as_str());
        let hint = did_you_mean(name, known);
        let record = &self.record;
        Fault::argument(format!("{whose}: a {record} has no field \"{name}\"")).hint(hint)
    }
}

fn unknown_field(lua: &Lua, shape: &Rc<Shape>) -> mlua::Result<Function> {
    let shape = Rc::clone(shape);
    lua.create_function(move |_, key: Value| -> mlua::Result<()> {
        let name = key_in_words(&key);
        let fields = shape.fields.iter().map(|(field, _)| field);
        let known = fields.chain(&shape.unmapped).map(String::as_str);
        let fault = Fault::argument(format!("a row of a {} has no \"{name}\"", shape.record));
        Err(match nearest(&name, known) {
            Some(near) => fault.hint(format!("did you mean row.{near}?")),
            None => fault.hint("rows have the fields of a mapping"),
        }
        .into())
    })
}

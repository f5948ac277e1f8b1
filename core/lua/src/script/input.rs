//! What the helpers of scripts call in the host.

use std::rc::Rc;

use kehu_contract::{did_you_mean, plain};
use mlua::{Function, Lua, LuaString, Table, Value};

use super::base::{Base, SUBJECTS, ScriptTable, Shape, TableCell, TableColumn};
use super::rows::{Rows, refused};
use super::{TABLE_CELLS, TABLE_ROWS, Told, Writer};
use crate::api::day_in_words;
use crate::convert::to_lua;
use crate::evaluate::a;
use crate::exact;
use crate::fault::{Fault, words_of};
use crate::machine::{Machine, key_in_words};

/// The most columns of a table that a script shows.
const COLUMNS: usize = 64;
/// The most labels of a column of it.
const LABELS: usize = 500;
/// The least that a cell takes of what may be written: a blank before it.
const CELL: usize = 1;

/// The table that the helpers find the host in.
pub(super) fn host_table(
    machine: &Machine,
    rows: &Rc<Rows>,
    out: &Rc<Writer>,
) -> mlua::Result<Table> {
    let lua = &machine.lua;
    let host = lua.create_table()?;
    host.raw_set("subjects", lua.create_sequence_from(SUBJECTS)?)?;
    host.raw_set("most_rows", TABLE_ROWS as f64)?;
    // A row of a table is a list: what is missing in it needs a value of its own.
    let missing = lua.create_table()?;
    host.raw_set("missing", &missing)?;
    host.raw_set("open", rows.open_function(lua)?)?;
    host.raw_set("next", rows.next_function(lua)?)?;
    host.raw_set("refuse", refuse(lua)?)?;
    host.raw_set("unknown", unknown(lua)?)?;
    host.raw_set("keys", lua.create_function(|lua, row: Table| keys(lua, &row))?)?;
    host.raw_set("only", only(lua, rows)?)?;
    host.raw_set("explain", explain(lua, rows)?)?;
    // A row may be one of the script's own that borrowed the metatable of another: its day is any number.
    host.raw_set("day", lua.create_function(|_, day: f64| Ok(day_in_words(day as i64)))?)?;
    host.raw_set("as_written", lua.create_function(|_, sum: f64| Ok(exact::as_written(sum)))?)?;
    let print = Rc::clone(out);
    host.raw_set("print", lua.create_function(move |_, text: LuaString| print.line(&text))?)?;
    host.raw_set(
        "fail",
        lua.create_function(|_, message: LuaString| {
            let message = plain(&words_of(&message), 4_096);
            Err::<(), _>(mlua::Error::external(Told(message)))
        })?,
    )?;
    let most = Rc::clone(out);
    host.raw_set(
        "most",
        lua.create_function(move |_, limit: Value| {
            Ok(most.most(limit_in(&limit)?).map_or(f64::INFINITY, |rows| rows as f64))
        })?,
    )?;
    let (table, base) = (Rc::clone(out), Rc::clone(&rows.base));
    host.raw_set(
        "table",
        lua.create_function(move |_, (columns, shown, about): (Table, Table, Table)| {
            let mut read = read_table(&columns, &shown, &missing, &table)?;
            read.name = text_in(&about, "name")?;
            read.title = text_in(&about, "title")?;
            read.hidden = about.raw_get::<f64>("hidden")? as usize;
            for (column, given) in read.columns.iter_mut().zip(columns.sequence_values::<Table>()) {
                column.labels = labels(&given?, base.as_ref())?;
            }
            table.table(&read)
        })?,
    )?;
    let rows = Rc::clone(rows);
    host.raw_set(
        "labels",
        lua.create_function(move |lua, column: LuaString| {
            let column = plain(&words_of(&column), 200);
            let ask = super::Ask { columns: vec![column.clone()], ..super::Ask::default() };
            rows.gate
                .exempt(|| rows.base.prepare("customers", &ask))
                .map_err(|refusal| refused(&rows.gate, refusal))?;
            let list = lua.create_table()?;
            for (key, text) in rows.base.labels(&column) {
                let label = lua.create_table()?;
                label.raw_set("key", key)?;
                label.raw_set("text", text)?;
                list.raw_push(label)?;
            }
            Ok(list)
        })?,
    )?;
    Ok(host)
}

/// Raises an error about an argument: its message, and a hint.
pub(super) fn refuse(lua: &Lua) -> mlua::Result<Function> {
    lua.create_function(|_, (message, hint): (LuaString, Option<LuaString>)| {
        let fault = Fault::argument(words_of(&message));
        Err::<(), _>(mlua::Error::from(match hint {
            Some(hint) => fault.hint(words_of(&hint)),
            None => fault,
        }))
    })
}

/// Raises an error about a name that is none of those known.
fn unknown(lua: &Lua) -> mlua::Result<Function> {
    lua.create_function(|_, (message, wrong, names): (LuaString, Value, Vec<String>)| {
        let wrong = key_in_words(&wrong);
        let hint = did_you_mean(&wrong, names.iter().map(String::as_str));
        let message = format!("{} \"{wrong}\"", words_of(&message));
        Err::<(), _>(mlua::Error::from(Fault::argument(message).hint(hint)))
    })
}

/// The names of a row's fields in order, as columns are described.
fn keys(lua: &Lua, row: &Table) -> mlua::Result<Table> {
    let mut names = Vec::new();
    for pair in row.pairs::<Value, Value>() {
        if let (Value::String(name), _) = pair? {
            if names.len() == COLUMNS {
                let message = format!("kehu.table: the first row has more than {COLUMNS} fields");
                let hint = "name the columns: kehu.table{ \"name\", rows = … }";
                return Err(Fault::argument(message).hint(hint).into());
            }
            names.push(words_of(&name));
        }
    }
    names.sort();
    let list = lua.create_table()?;
    for name in names {
        list.raw_push(lua.create_sequence_from([name])?)?;
    }
    Ok(list)
}

/// A question about one customer alone.
fn only(lua: &Lua, rows: &Rc<Rows>) -> mlua::Result<Function> {
    let rows = Rc::clone(rows);
    lua.create_function(move |lua, (customer, given): (Value, Value)| {
        let id = rows.customer(&customer, "kehu.customer: argument 1")?;
        let ask = lua.create_table()?;
        if let Value::Table(given) = &given {
            for pair in given.pairs::<Value, Value>() {
                let (key, value) = pair?;
                ask.raw_set(key, value)?;
            }
        } else if given != Value::Nil {
            let message = format!("kehu.customer: argument 2 is {}, expected a table", a(&given));
            return Err(Fault::argument(message).hint("write { columns = { \"…\" } }").into());
        }
        ask.raw_set("customer", id as f64)?;
        Ok(ask)
    })
}

fn explain(lua: &Lua, rows: &Rc<Rows>) -> mlua::Result<Function> {
    let rows = Rc::clone(rows);
    lua.create_function(move |lua, (customer, column): (Value, Value)| {
        let id = rows.customer(&customer, "kehu.explain: argument 1")?;
        let Value::String(column) = &column else {
            let message =
                format!("kehu.explain: argument 2 is {}, expected a column's name", a(&column));
            return Err(Fault::argument(message).into());
        };
        let column = plain(&words_of(column), 200);
        let ask = super::Ask { columns: vec![column.clone()], ..super::Ask::default() };
        rows.gate
            .exempt(|| rows.base.prepare("customers", &ask))
            .and_then(|()| rows.base.explain(id, &column))
            .map_err(|refusal| refused(&rows.gate, refusal))
            .and_then(|json| to_lua(lua, &json))
    })
}

/// Reads a table that a script shows. All of it is read raw: no code of the script runs here; and no more is
/// copied than may be written, since many cells of a script may be one and the same text.
fn read_table(
    columns: &Table,
    shown: &Table,
    missing: &Table,
    out: &Writer,
) -> Result<ScriptTable, Fault> {
    let unreadable = |_| Fault::argument("kehu.table: unreadable table");
    if columns.raw_len() > COLUMNS {
        return Err(Fault::argument(format!("kehu.table has more than {COLUMNS} columns")));
    }
    let mut table =
        ScriptTable { name: None, title: None, hidden: 0, columns: Vec::new(), rows: Vec::new() };
    for place in 1..=columns.raw_len() {
        let column: Table = columns.raw_get(place).map_err(unreadable)?;
        table.columns.push(read_column(&column)?);
    }
    let rows = shown.raw_len();
    if rows.saturating_mul(table.columns.len()) > TABLE_CELLS {
        let message = format!(
            "kehu.table shows at most {TABLE_CELLS} cells, this one has {rows} rows of {} columns",
            table.columns.len()
        );
        return Err(Fault::argument(message).hint("show fewer columns, or fewer rows"));
    }
    let mut bytes = 0;
    for place in 1..=rows {
        let row: Table = shown.raw_get(place).map_err(unreadable)?;
        let mut cells = Vec::with_capacity(table.columns.len());
        for (at, column) in table.columns.iter().enumerate() {
            let value: Value = row.raw_get(at + 1).map_err(unreadable)?;
            // A cell takes room however little it says: so what is held here is bounded, too.
            bytes += CELL;
            out.fits(bytes)?;
            cells.push(match &value {
                Value::Nil => TableCell::Missing,
                Value::Table(table) if table == missing => TableCell::Missing,
                Value::Boolean(flag) => TableCell::Flag(*flag),
                Value::Integer(number) => TableCell::Number(*number as f64),
                Value::Number(number) if number.is_finite() => TableCell::Number(*number),
                Value::Number(_) => TableCell::Missing,
                Value::String(text) => {
                    bytes += text.as_bytes().len();
                    out.fits(bytes)?;
                    TableCell::Text(text.to_string_lossy())
                }
                other => {
                    let message = format!(
                        "kehu.table: \"{}\" of row {place} is {}, expected a text, a number or a flag",
                        column.key,
                        a(other)
                    );
                    return Err(Fault::argument(message));
                }
            });
        }
        table.rows.push(cells);
    }
    Ok(table)
}

/// A text of a column or table, of which the helpers have made one in the reader's language.
fn text_in(table: &Table, key: &str) -> Result<Option<String>, Fault> {
    match table.raw_get::<Value>(key) {
        Ok(Value::String(text)) => Ok(Some(plain(&words_of(&text), 200))),
        Ok(Value::Nil) => Ok(None),
        Ok(other) => {
            let message = format!("kehu.table: {key} is {}, expected a text", a(&other));
            Err(Fault::argument(message))
        }
        Err(_) => Err(Fault::argument("kehu.table: unreadable column")),
    }
}

fn limit_in(limit: &Value) -> Result<Option<usize>, Fault> {
    match limit {
        Value::Nil => Ok(None),
        Value::Number(limit) if *limit >= 1.0 && limit.fract() == 0.0 => Ok(Some(*limit as usize)),
        Value::Integer(limit) if *limit >= 1 => Ok(Some(*limit as usize)),
        _ => Err(Fault::argument("kehu.table: limit is no whole number from 1")),
    }
}

/// What people call the values of a column: as the script says, or as the column of customers of that
/// name does.
fn labels(column: &Table, base: &dyn Base) -> mlua::Result<Vec<(String, String)>> {
    let of = |name: String| base.labels(&name);
    Ok(match column.raw_get::<Value>("labels")? {
        Value::Table(given) => {
            let short = |text: LuaString| plain(&words_of(&text), 200);
            let pairs = given.pairs::<LuaString, LuaString>().take(LABELS + 1);
            let read = pairs.map(|pair| pair.map(|(key, text)| (short(key), short(text))));
            let labels: Vec<_> = read.collect::<mlua::Result<_>>()?;
            if labels.len() > LABELS {
                let message = format!("kehu.table: a column has more than {LABELS} labels");
                return Err(Fault::argument(message).into());
            }
            labels
        }
        Value::String(name) => of(plain(&words_of(&name), 200)),
        _ if text_in(column, "kind")?.as_deref() == Some("label") => {
            text_in(column, "name")?.map(of).unwrap_or_default()
        }
        _ => Vec::new(),
    })
}

fn read_column(column: &Table) -> Result<TableColumn, Fault> {
    let text = |key: &str| text_in(column, key);
    let key = text("name")?.unwrap_or_default();
    let title = text("title")?.unwrap_or_else(|| key.clone());
    let shape = match (text("as")?, text("kind")?) {
        (Some(word), _) => stated_shape(&word)?,
        (None, kind) => usual_shape(kind.as_deref()),
    };
    let digits = match column.raw_get::<Value>("digits") {
        Ok(Value::Number(digits)) if (0.0..=12.0).contains(&digits) && digits.fract() == 0.0 => {
            Some(digits as usize)
        }
        Ok(Value::Integer(digits)) if (0..=12).contains(&digits) => Some(digits as usize),
        Ok(Value::Nil) => None,
        _ => {
            let message = "kehu.table: digits of a column is no whole number from 0 to 12";
            return Err(Fault::argument(message));
        }
    };
    let is_optional = matches!(column.raw_get::<Value>("optional"), Ok(Value::Boolean(true)));
    Ok(TableColumn { key, title, shape, digits, labels: Vec::new(), is_optional })
}

fn stated_shape(word: &str) -> Result<Shape, Fault> {
    const WORDS: [&str; 9] =
        ["number", "text", "day", "money", "percent", "customer", "deal", "interaction", "rep"];
    Ok(match word {
        "number" | "text" => Shape::Plain,
        "day" => Shape::Day,
        "money" => Shape::Money,
        "percent" => Shape::Percent,
        "customer" => Shape::Id("C"),
        "deal" => Shape::Id("D"),
        "interaction" => Shape::Id("I"),
        "rep" => Shape::Id("R"),
        "task" => Shape::Id("T"),
        other => {
            let message = format!("kehu.table: no column is shown as \"{other}\"");
            return Err(Fault::argument(message).hint(did_you_mean(other, WORDS)));
        }
    })
}

/// How a column is shown whose rows come from the records.
fn usual_shape(kind: Option<&str>) -> Shape {
    match kind {
        Some("day") => Shape::Day,
        Some("money") => Shape::Money,
        Some("C") => Shape::Id("C"),
        Some("D") => Shape::Id("D"),
        Some("I") => Shape::Id("I"),
        Some("Q") => Shape::Id("Q"),
        Some("R") => Shape::Id("R"),
        Some("T") => Shape::Id("T"),
        _ => Shape::Plain,
    }
}

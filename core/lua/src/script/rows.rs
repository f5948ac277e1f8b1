//! Lists of rows on their way into a script: opened by a question, read part by part.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use kehu_contract::{ColumnType, did_you_mean, nearest};
use mlua::{Function, Lua, MultiValue, Table, Value};

use super::OfPack;
use super::base::{Ask, AskedColumn, Base, Refusal};
use crate::evaluate::a;
use crate::fault::{Fault, plain_within};
use crate::frame::{Frame, name_set};
use crate::gate::Gate;
use crate::generate::{self, Fields};
use crate::machine::{HostLoader, compile_host, key_in_words};

/// The most lists that may be open at once; older ones are closed.
const OPEN: usize = 64;
const KEYS: [&str; 5] = ["where", "columns", "sort", "limit", "customer"];

/// A list that is being read.
struct List {
    subject: String,
    columns: Vec<AskedColumn>,
    make: Function,
}

/// What the functions about rows share.
pub(super) struct Rows {
    pub(super) base: Rc<dyn Base>,
    pub(super) gate: Rc<Gate>,
    loader: HostLoader,
    lists: RefCell<BTreeMap<usize, Rc<List>>>,
    /// The functions that make rows of certain fields, the latest ones.
    made: RefCell<Vec<(Fields, Function)>>,
}

impl Rows {
    pub(super) fn new(base: Rc<dyn Base>, gate: Rc<Gate>, loader: HostLoader) -> Rc<Self> {
        let (lists, made) = (RefCell::default(), RefCell::default());
        Rc::new(Self { base, gate, loader, lists, made })
    }

    /// Opens a list: gives its handle, and its columns as a list of `{ name, shape }`.
    pub(super) fn open_function(self: &Rc<Self>, lua: &Lua) -> mlua::Result<Function> {
        let rows = Rc::clone(self);
        lua.create_function(move |lua, (subject, given): (String, Value)| {
            let ask = read_ask(rows.base.as_ref(), &subject, &given)?;
            let ready = rows.gate.exempt(|| rows.base.prepare(&subject, &ask));
            ready.map_err(|refusal| refused(&rows.gate, refusal))?;
            let (list, columns) =
                rows.base.open(&subject, &ask).map_err(|refusal| refused(&rows.gate, refusal))?;
            rows.gate.look_next();
            let described = lua.create_table()?;
            for column in &columns {
                let pair = lua.create_table()?;
                pair.raw_push(column.name.as_str())?;
                pair.raw_push(shape_word(column))?;
                described.raw_push(pair)?;
            }
            let make = rows.maker(lua, &columns)?;
            let mut lists = rows.lists.borrow_mut();
            lists.insert(list, Rc::new(List { subject, columns, make }));
            while lists.len() > OPEN {
                lists.pop_first();
            }
            Ok((list, described))
        })
    }

    fn maker(&self, lua: &Lua, columns: &[AskedColumn]) -> mlua::Result<Function> {
        let fields: Fields =
            columns.iter().map(|column| (column.name.clone(), column.kind)).collect();
        let mut made = self.made.borrow_mut();
        if let Some((_, make)) = made.iter().find(|(known, _)| *known == fields) {
            return Ok(make.clone());
        }
        let make = self.loader.load(lua, &compile_host(&generate::rows(&fields))?)?;
        if made.len() >= OPEN {
            made.remove(0);
        }
        made.push((fields, make.clone()));
        Ok(make)
    }

    /// Reads the next part: what makes a row of its place, how many there are, their metatable.
    pub(super) fn next_function(self: &Rc<Self>, lua: &Lua) -> mlua::Result<Function> {
        let rows = Rc::clone(self);
        lua.create_function(move |lua, list: usize| {
            let Some(open) = rows.lists.borrow().get(&list).cloned() else {
                let message =
                    format!("this list was closed, because {OPEN} later ones were opened");
                return Err(Fault::argument(message)
                    .hint("read a list to its end before the next, or gather it with kehu.gather")
                    .into());
            };
            let part = rows.base.next(list).map_err(|refusal| refused(&rows.gate, refusal))?;
            rows.gate.look_next();
            let Some(columns) = part else {
                rows.lists.borrow_mut().remove(&list);
                return Ok(MultiValue::new());
            };
            let frame = Frame::of_fields(&columns);
            let (numbers, dictionaries) = frame.encode(lua)?;
            let host = lua.create_table()?;
            host.raw_set("frame", lua.create_buffer(numbers)?)?;
            host.raw_set("dictionaries", dictionaries)?;
            let names = open.columns.iter().map(|column| column.name.clone());
            host.raw_set("declared", name_set(lua, names)?)?;
            host.raw_set("undeclared", undeclared(lua, &rows, &open)?)?;
            let (make, meta): (Function, Table) = open.make.call(host)?;
            Ok(MultiValue::from_iter([
                Value::Function(make),
                Value::Number(frame.rows() as f64),
                Value::Table(meta),
            ]))
        })
    }

    /// Finds a customer: a row of one, an id as a number, or a text that names it.
    pub(super) fn customer(&self, given: &Value, whose: &str) -> mlua::Result<i64> {
        read_customer(self.base.as_ref(), given, whose).map_err(Into::into)
    }
}

/// The error for a refusal; a reading that was stopped is none of its own.
pub(super) fn refused(gate: &Gate, refusal: Refusal) -> mlua::Error {
    if gate.is_stopped() {
        gate.look_next();
    }
    if let Some(error) = refusal.pack {
        return mlua::Error::external(OfPack(error));
    }
    let mut fault = Fault::argument(refusal.message);
    fault.hint = refusal.hint;
    fault.into()
}

fn undeclared(lua: &Lua, rows: &Rc<Rows>, open: &Rc<List>) -> mlua::Result<Function> {
    let (rows, open) = (Rc::clone(rows), Rc::clone(open));
    lua.create_function(move |_, key: Value| -> mlua::Result<()> {
        let name = key_in_words(&key);
        let own = || open.columns.iter().map(|column| column.name.as_str());
        let all = rows.base.columns(&open.subject);
        let hint = if all.contains(&name) {
            format!("add it: kehu.{}{{ columns = {{ …, \"{name}\" }} }}", open.subject)
        } else if let Some(near) = nearest(&name, own()) {
            format!("did you mean \"{near}\"?")
        } else if let Some(near) = nearest(&name, all.iter().map(String::as_str)) {
            format!("did you mean \"{near}\"? It is not among the columns that were asked for")
        } else {
            did_you_mean(&name, own())
        };
        Err(Fault::argument(format!("the row has no \"{name}\"")).hint(hint).into())
    })
}

/// The word for how a column's values are shown: a type's, or what stands before an id.
fn shape_word(column: &AskedColumn) -> &'static str {
    column.prefix.unwrap_or(match column.kind {
        ColumnType::Money => "money",
        ColumnType::Day => "day",
        ColumnType::Number => "number",
        ColumnType::Flag => "flag",
        ColumnType::Label | ColumnType::Text => "text",
    })
}

fn read_ask(base: &dyn Base, subject: &str, given: &Value) -> Result<Ask, Fault> {
    let whose = format!("kehu.{subject}");
    let table = match given {
        Value::Nil => return Ok(Ask::default()),
        Value::Table(table) => table,
        other => {
            return Err(Fault::argument(format!("{whose} takes a table, got {}", a(other)))
                .hint(format!("write {whose}{{ where = \"…\", columns = {{ \"…\" }} }}")));
        }
    };
    for pair in table.pairs::<Value, Value>() {
        let (key, _) = pair.map_err(|_| Fault::argument(format!("{whose}: unreadable table")))?;
        let name = key_in_words(&key);
        if !KEYS.contains(&name.as_str()) {
            let hint = did_you_mean(&name, KEYS);
            return Err(Fault::argument(format!("{whose} has no field \"{name}\"")).hint(hint));
        }
    }
    let get = |key: &str| table.raw_get::<Value>(key).unwrap_or(Value::Nil);
    let condition = match get("where") {
        Value::Nil => None,
        Value::String(text) => Some(text_of(&whose, "where", &text)?),
        other => return Err(wrong(&whose, "where", &other, "a text")),
    };
    let limit = match get("limit") {
        Value::Nil => 0,
        Value::Integer(limit) if limit > 0 => limit as usize,
        Value::Number(limit) if limit >= 1.0 && limit.fract() == 0.0 && limit < 1e15 => {
            limit as usize
        }
        other => return Err(wrong(&whose, "limit", &other, "a whole number from 1")),
    };
    let customer = match get("customer") {
        Value::Nil => None,
        given => Some(read_customer(base, &given, &format!("{whose}: customer"))?),
    };
    let columns = names(&whose, "columns", &get("columns"))?;
    let sort = names(&whose, "sort", &get("sort"))?;
    Ok(Ask { condition, columns, sort, limit, customer })
}

fn wrong(whose: &str, key: &str, given: &Value, expected: &str) -> Fault {
    Fault::argument(format!("{whose}: {key} is {}, expected {expected}", a(given)))
}

fn text_of(whose: &str, key: &str, text: &mlua::LuaString) -> Result<String, Fault> {
    if text.as_bytes().len() > 10_000 {
        return Err(Fault::argument(format!("{whose}: {key} is longer than 10000 bytes")));
    }
    let text = text
        .to_str()
        .map_err(|_| Fault::argument(format!("{whose}: {key} is no valid text (UTF-8)")))?;
    Ok(text.to_owned())
}

/// A list of names, or one text with commas.
fn names(whose: &str, key: &str, given: &Value) -> Result<Vec<String>, Fault> {
    match given {
        Value::Nil => Ok(Vec::new()),
        Value::String(text) => {
            let text = text_of(whose, key, text)?;
            Ok(text.split(',').map(|name| plain_within(name.trim(), 200)).collect())
        }
        Value::Table(list) => {
            let mut names = Vec::new();
            if list.raw_len() > 500 {
                return Err(Fault::argument(format!("{whose}: {key} has more than 500 names")));
            }
            for place in 1..=list.raw_len() {
                match list.raw_get::<Value>(place) {
                    Ok(Value::String(text)) => {
                        names.push(plain_within(&text_of(whose, key, &text)?, 200));
                    }
                    Ok(other) => {
                        let key = format!("{key}[{place}]");
                        return Err(wrong(whose, &key, &other, "a column's name"));
                    }
                    Err(_) => return Err(Fault::argument(format!("{whose}: unreadable {key}"))),
                }
            }
            Ok(names)
        }
        other => Err(wrong(whose, key, other, "a list of column names")),
    }
}

fn read_customer(base: &dyn Base, given: &Value, whose: &str) -> Result<i64, Fault> {
    let as_id = |number: f64| {
        let is_id = number.fract() == 0.0 && (1.0..9e15).contains(&number);
        is_id
            .then_some(number as i64)
            .ok_or_else(|| Fault::argument(format!("{whose}: {number} is no customer's id")))
    };
    match given {
        Value::Integer(id) => as_id(*id as f64),
        Value::Number(id) => as_id(*id),
        Value::String(text) => {
            let text = text_of(whose, "the name", text)?;
            base.find(&text).map_err(|refusal| Fault {
                hint: refusal.hint,
                ..Fault::argument(format!("{whose}: {}", refusal.message))
            })
        }
        Value::Table(row) => match row.raw_get::<Value>("id") {
            Ok(Value::Number(id)) => as_id(id),
            Ok(Value::Integer(id)) => as_id(id as f64),
            _ => Err(Fault::argument(format!("{whose}: the table has no id"))
                .hint("give a row of kehu.customers, a name, or an id such as \"C-12\"")),
        },
        other => Err(Fault::argument(format!(
            "{whose} is {}, expected a customer: a row, a name, or an id",
            a(other)
        ))),
    }
}

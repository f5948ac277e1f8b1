//! What a script makes through `ctx` and hands back: the host keeps it, the script holds a token.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use mlua::{Function, Lua, Table, Value};

use crate::evaluate::a;
use crate::fault::Fault;
use crate::gate::Gate;

/// The most things that a script may make for one row.
const MADE: usize = 1_000;

/// Keeps what was made for a row, and what of it was handed back, each with the row that it is for.
#[derive(Debug)]
pub(crate) struct Tray<T> {
    gate: Rc<Gate>,
    /// From a token to the place of its thing among all that were ever made.
    tokens: Table,
    /// The row that the things are for, the place of the first of them, and the things; none once it was
    /// handed back. What is for rows before is gone: nothing that a script hoards stays here.
    row: Cell<usize>,
    first: Cell<usize>,
    made: RefCell<Vec<Option<T>>>,
    taken: RefCell<Vec<(usize, T)>>,
}

/// Says how the things are called in messages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    /// One of them, with its article.
    pub(crate) one: &'static str,
    /// How to make one.
    pub(crate) hint: &'static str,
}

impl<T: 'static> Tray<T> {
    pub(crate) fn new(lua: &Lua, gate: &Rc<Gate>) -> mlua::Result<Rc<Self>> {
        Ok(Rc::new(Self {
            gate: Rc::clone(gate),
            tokens: lua.create_table()?,
            row: Cell::default(),
            first: Cell::default(),
            made: RefCell::default(),
            taken: RefCell::default(),
        }))
    }

    /// Puts a function into `ctx` that makes a thing of the table it is given; `read` gets that table
    /// and the row.
    pub(crate) fn maker(
        self: &Rc<Self>,
        lua: &Lua,
        ctx: &Table,
        name: &'static str,
        read: impl Fn(&Table, &str, usize) -> Result<T, Fault> + 'static,
    ) -> mlua::Result<()> {
        let tray = Rc::clone(self);
        let function = lua.create_function(move |lua, (_, given): (Value, Value)| {
            let whose = format!("ctx:{name}");
            let Value::Table(table) = &given else {
                return Err(Fault::argument(format!("{whose} takes a table, got {}", a(&given)))
                    .hint(format!("write {whose}{{ because = {{ … }} }}, with a colon"))
                    .into());
            };
            let row = tray.gate.row_now() as usize;
            let thing = read(table, &whose, row)?;
            let token = lua.create_table()?;
            token.set_readonly(true);
            let place = tray.keep(row, thing, &whose)?;
            tray.tokens.raw_set(&token, place as f64)?;
            Ok(token)
        })?;
        ctx.raw_set(name, function)
    }

    /// What the loop calls with what the author's function returned: nothing, one thing, or, where
    /// `most` is more than one, a list.
    pub(crate) fn taker(
        self: &Rc<Self>,
        lua: &Lua,
        function: &str,
        words: Words,
        most: usize,
    ) -> mlua::Result<Function> {
        let (tray, function) = (Rc::clone(self), function.to_owned());
        lua.create_function(move |_, returned: Value| {
            let refuse = |at: Option<usize>, item: &Value| {
                let place = at.map(|at| format!(" at place {at}")).unwrap_or_default();
                let one = words.one;
                let message = format!("{function} returned {}{place}, expected {one}", a(item));
                mlua::Error::from(Fault::result(message).hint(words.hint))
            };
            match &returned {
                Value::Nil => {}
                single if tray.take(single)? => {}
                Value::Table(list) if most > 1 && list.metatable().is_none() => {
                    let length = list.raw_len();
                    if length > most {
                        let message = format!("{function} returned more than {most} at once");
                        return Err(Fault::result(message).into());
                    }
                    for at in 1..=length {
                        let item: Value = list.raw_get(at)?;
                        if !tray.take(&item)? {
                            return Err(refuse(Some(at), &item));
                        }
                    }
                    if let Some(stray) = stray_key(list, length)? {
                        let message =
                            format!("{function} returned a list with a field \"{stray}\"");
                        return Err(Fault::result(message).hint(words.hint).into());
                    }
                }
                other => return Err(refuse(None, other)),
            }
            Ok(())
        })
    }

    /// Keeps a thing for a row, and gives its place.
    fn keep(&self, row: usize, thing: T, whose: &str) -> Result<usize, Fault> {
        let mut made = self.made.borrow_mut();
        if self.row.replace(row) != row {
            self.first.set(self.first.get() + made.len());
            made.clear();
        }
        if made.len() >= MADE {
            let message = format!("{whose} is called more than {MADE} times for one");
            return Err(Fault::argument(message).hint("make only what is returned"));
        }
        made.push(Some(thing));
        Ok(self.first.get() + made.len() - 1)
    }

    /// Takes what a token stands for; false if it is no token.
    fn take(&self, token: &Value) -> mlua::Result<bool> {
        let Value::Table(_) = token else { return Ok(false) };
        let Some(place) = self.tokens.raw_get::<Option<f64>>(token)? else { return Ok(false) };
        let row = self.gate.row_now() as usize;
        let at = (place as usize).checked_sub(self.first.get());
        let (Some(at), true) = (at, row == self.row.get()) else {
            return Err(Fault::result("what was made for one is returned for another").into());
        };
        match self.made.borrow_mut().get_mut(at).and_then(Option::take) {
            Some(thing) => self.taken.borrow_mut().push((row, thing)),
            None => return Err(Fault::result("the same thing is returned twice").into()),
        }
        Ok(true)
    }

    /// All that was handed back, in order.
    pub(crate) fn finish(&self) -> Vec<(usize, T)> {
        self.taken.take()
    }
}

/// A key of a table beside the places of its list.
fn stray_key(list: &Table, length: usize) -> mlua::Result<Option<String>> {
    for pair in list.pairs::<Value, Value>() {
        let (key, _) = pair?;
        let is_place = match &key {
            Value::Integer(place) => (1..=length as i64).contains(place),
            Value::Number(place) => *place >= 1.0 && *place <= length as f64,
            _ => false,
        };
        if !is_place {
            return Ok(Some(crate::machine::key_in_words(&key)));
        }
    }
    Ok(None)
}

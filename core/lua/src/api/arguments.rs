//! What a script hands to a function of the host, checked against the registry.

use mlua::{Function, IntoLuaMulti, Lua, LuaString, Table, Value, Variadic};

use super::entry::{Entry, Parameter, Type};
use crate::fault::{Fault, plain_within};

/// The longest text that functions take, in bytes.
const TEXT_BYTES: usize = 1024 * 1024;
/// The most items of a list that functions take.
const ITEMS: usize = 1_000_000;
/// The first and the last day that can be written with four digits of a year.
pub(super) const FIRST_DAY: i64 = -719_528;
pub(super) const LAST_DAY: i64 = 2_932_896;

/// Makes the function of an entry: `work` is called with arguments that have the entry's types.
pub(super) fn function<R: IntoLuaMulti>(
    lua: &Lua,
    name: &str,
    work: impl Fn(&Lua, &Arguments) -> mlua::Result<R> + 'static,
) -> mlua::Result<Function> {
    let entry = super::entry_of(name).ok_or_else(|| Fault::host(format!("{name} has no entry")))?;
    lua.create_function(move |lua, values: Variadic<Value>| {
        let arguments = Arguments { entry, values: values.into() };
        arguments.check()?;
        work(lua, &arguments)
    })
}

/// Puts functions into a table, each under the last part of its name.
pub(super) struct Builder<'a> {
    pub(super) lua: &'a Lua,
    pub(super) table: Table,
}

impl<'a> Builder<'a> {
    pub(super) fn new(lua: &'a Lua) -> mlua::Result<Self> {
        Ok(Self { lua, table: lua.create_table()? })
    }

    pub(super) fn add<R: IntoLuaMulti>(
        &self,
        name: &str,
        work: impl Fn(&Lua, &Arguments) -> mlua::Result<R> + 'static,
    ) -> mlua::Result<&Self> {
        let short = name.rsplit('.').next().unwrap_or(name);
        self.table.raw_set(short, function(self.lua, name, work)?)?;
        Ok(self)
    }
}

/// Holds the arguments of one call.
pub(super) struct Arguments {
    entry: &'static Entry,
    values: Vec<Value>,
}

impl Arguments {
    fn check(&self) -> Result<(), Fault> {
        for (at, parameter) in self.entry.takes().iter().enumerate() {
            let value = self.value(at);
            if matches!(value, Value::Nil) && parameter.optional {
                continue;
            }
            if let Err(got) = accepts(parameter.kind, value) {
                return Err(self.refuse(at, parameter, &got));
            }
        }
        Ok(())
    }

    fn refuse(&self, at: usize, parameter: &Parameter, got: &str) -> Fault {
        let expected = parameter.kind.name(kehu_contract::Language::En);
        let fault = self.wrong(at, &format!("{expected} expected, got {got}"));
        if at == 0 && matches!(self.value(0), Value::Table(_)) {
            return fault.hint(format!("write a dot: {}(…)", self.entry.name));
        }
        fault
    }

    /// Says that an argument is wrong, by its place and name.
    pub(super) fn wrong(&self, at: usize, what: &str) -> Fault {
        let name = self.entry.takes().get(at).map_or("", |parameter| parameter.name);
        Fault::argument(format!("{}: argument {} '{name}': {what}", self.entry.name, at + 1))
    }

    pub(super) fn value(&self, at: usize) -> &Value {
        self.values.get(at).unwrap_or(&Value::Nil)
    }

    fn other(&self, at: usize) -> Fault {
        Fault::host(format!(
            "{}: the registry has another type for argument {}",
            self.entry.name,
            at + 1
        ))
    }

    pub(super) fn number(&self, at: usize) -> Result<f64, Fault> {
        number(self.value(at)).ok_or_else(|| self.other(at))
    }

    pub(super) fn number_or(&self, at: usize, default: f64) -> Result<f64, Fault> {
        if matches!(self.value(at), Value::Nil) { Ok(default) } else { self.number(at) }
    }

    pub(super) fn whole(&self, at: usize) -> Result<i64, Fault> {
        Ok(self.number(at)? as i64)
    }

    pub(super) fn text(&self, at: usize) -> Result<String, Fault> {
        match self.value(at) {
            Value::String(text) => Ok(text.to_string_lossy()),
            _ => Err(self.other(at)),
        }
    }

    /// One of the texts that the entry lists, if any is given.
    pub(super) fn choice(&self, at: usize) -> Result<Option<String>, Fault> {
        let kind = self.entry.takes().get(at).map(|parameter| parameter.kind);
        let (Some(Type::Choice(words)), false) = (kind, matches!(self.value(at), Value::Nil))
        else {
            return Ok(None);
        };
        let given = self.text(at)?;
        if words.contains(&given.as_str()) {
            return Ok(Some(given));
        }
        let hint = kehu_contract::did_you_mean(&given, words.iter().copied());
        let got = format!("got text \"{}\"", plain_within(&given, 40));
        Err(self.wrong(at, &format!("one of its words expected, {got}")).hint(hint))
    }

    /// The numbers of a list.
    pub(super) fn numbers(&self, at: usize) -> Result<Vec<f64>, Fault> {
        let Value::Table(list) = self.value(at) else { return Err(self.other(at)) };
        let mut numbers = Vec::with_capacity(list.raw_len());
        for place in 1..=list.raw_len() {
            let item = list.raw_get(place).unwrap_or(Value::Nil);
            match accepts(Type::Number, &item) {
                Ok(()) => numbers.push(number(&item).unwrap_or_default()),
                Err(got) => {
                    let what = format!("item {place}: number expected, got {got}");
                    return Err(self.wrong(at, &what));
                }
            }
        }
        Ok(numbers)
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

/// Whether a value has a type; if not, what it is.
fn accepts(kind: Type, value: &Value) -> Result<(), String> {
    let fits = match (kind, value) {
        (Type::Any, _) => true,
        (Type::Number, _) => number(value).is_some_and(f64::is_finite),
        (Type::Whole, _) => number(value).is_some_and(is_whole),
        (Type::Day, _) => number(value)
            .is_some_and(|day| is_whole(day) && (FIRST_DAY..=LAST_DAY).contains(&(day as i64))),
        (Type::Text | Type::Choice(_), Value::String(text)) => return check_text(text),
        (Type::Flag, Value::Boolean(_)) | (Type::Table | Type::Fields(_), Value::Table(_)) => true,
        (Type::List(_), Value::Table(list)) => {
            if list.raw_len() > ITEMS {
                return Err(format!("{} items, more than {ITEMS}", list.raw_len()));
            }
            true
        }
        // Rules and objects are looked up by who knows them.
        (Type::Rule | Type::Rules | Type::Reasons | Type::Argument | Type::Of(_), _) => true,
        _ => false,
    };
    if fits { Ok(()) } else { Err(got(value)) }
}

fn is_whole(number: f64) -> bool {
    number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0
}

fn check_text(text: &LuaString) -> Result<(), String> {
    let bytes = text.as_bytes().len();
    if bytes > TEXT_BYTES {
        return Err(format!("{bytes} bytes, more than {TEXT_BYTES}"));
    }
    if text.to_str().is_err() {
        return Err("bytes that are no text (UTF-8)".to_owned());
    }
    Ok(())
}

/// What a script handed over, in its own words.
pub(crate) fn got(value: &Value) -> String {
    match value {
        Value::Nil => "nothing".to_owned(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Integer(number) => format!("number {number}"),
        Value::Number(number) if number.is_nan() => "not a number (0/0)".to_owned(),
        Value::Number(number) => format!("number {number}"),
        Value::String(text) => format!("text \"{}\"", plain_within(&text.to_string_lossy(), 40)),
        Value::UserData(_) => "object".to_owned(),
        other => other.type_name().to_owned(),
    }
}

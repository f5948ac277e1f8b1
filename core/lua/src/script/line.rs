//! One line after the other: what a person types, at once shown.

use std::rc::Rc;

use kehu_contract::{FailureKind, PackError, did_you_mean};
use mlua::chunk::{ChunkMode, Compiler};
use mlua::{MultiValue, Table, Value};

use super::{Ask, ScriptError, Session, rows};
use crate::api::Ear;
use crate::convert::to_lua;
use crate::evaluate::a;
use crate::factory::Shared;
use crate::fault::{Fault, words_of};
use crate::files::{SCRIPT_BYTES, Script as Code, syntax};
use crate::gate::Work;
use crate::hints;
use crate::machine::key_in_words;

/// How many lines are kept, so that an error in a function of an earlier one can show its text.
const KEPT: usize = 200;
/// The most names that are offered to complete one.
const NAMES: usize = 200;

/// True if a text is the beginning of something: more must be typed before it can run.
pub fn is_incomplete(text: &str) -> bool {
    if text.len() > SCRIPT_BYTES || compile(&format!("return {}", bare(text))).is_ok() {
        return false;
    }
    let opened = text.matches("[[").count() > text.matches("]]").count();
    match compile(&kept(text)) {
        Ok(_) => false,
        Err((_, message)) => opened || message.contains("got <eof>"),
    }
}

/// An expression without the sign that some put before it.
fn bare(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('=').unwrap_or(text).trim_end_matches(';')
}

/// A statement whose local name is kept for the lines that follow.
fn kept(text: &str) -> String {
    let text = text.trim();
    text.strip_prefix("local ").unwrap_or(text).to_owned()
}

/// The code of a text; else the line that is wrong, and why.
fn compile(text: &str) -> Result<Vec<u8>, (u32, String)> {
    let compiled = Compiler::new().set_optimization_level(1).set_debug_level(1).compile(text);
    compiled.map_err(|error| syntax(&error))
}

impl Session {
    /// Puts a customer at hand, as `c`; gives its name.
    ///
    /// # Errors
    /// That there is none of that name, or several.
    pub fn take(&self, customer: &str) -> Result<String, ScriptError> {
        let kehu = self.environment.raw_get::<Table>("kehu");
        self.stretch(|| {
            let row: Value = kehu?.raw_get::<mlua::Function>("customer")?.call(customer)?;
            let Value::Table(row) = row else {
                return Err(Fault::argument(format!("{customer} is not there")).into());
            };
            self.environment.raw_set("c", &row)?;
            row.raw_get::<Option<String>>("name")
        })
        .map(Option::unwrap_or_default)
    }

    /// The id of the customer at hand.
    pub fn at_hand(&self) -> Option<i64> {
        match self.environment.raw_get::<Value>("c") {
            Ok(Value::Table(row)) => row.raw_get::<f64>("id").ok().map(|id| id as i64),
            _ => None,
        }
    }

    /// The name of the customer at hand.
    pub fn called(&self) -> Option<String> {
        match self.environment.raw_get::<Value>("c") {
            Ok(Value::Table(row)) => row.raw_get::<Option<String>>("name").ok().flatten(),
            _ => None,
        }
    }

    /// Gets ready for lines: they have the function `pack`, by which functions of packs are tried.
    ///
    /// # Errors
    /// That the host itself failed.
    pub fn begin(&self) -> Result<(), ScriptError> {
        // The engine keeps the globals that a line reads as they are when it is loaded, where it may; but
        // a later line may give them another value.
        self.environment.set_safeenv(false);
        self.stretch(|| {
            let lua = &self.machine.lua;
            let rows = Rc::clone(&self.rows);
            let pack = lua.create_function(move |lua, name: Value| {
                let Value::String(name) = &name else {
                    let message = format!("pack: argument 1 is {}, expected a name", a(&name));
                    return Err(Fault::argument(message).into());
                };
                functions_of(lua, &rows, &words_of(name))
            })?;
            self.environment.raw_set("pack", pack)
        })
    }

    /// Runs a line and shows what it gives. A local name of its beginning is kept for later lines.
    ///
    /// # Errors
    /// How it ended, if not well; the session goes on.
    pub fn enter(&self, text: &str) -> Result<(), ScriptError> {
        let number = self.entered.get() + 1;
        self.entered.set(number);
        let path = format!("line {number}");
        let wrong = |message: &str, line: u32| {
            let mut error = PackError::new(FailureKind::Load, "script", message);
            error.source = text.lines().nth(line as usize - 1).map(str::to_owned);
            error.hint = hints::of_syntax(message, error.source.as_deref().unwrap_or_default());
            error.place = Some((path.clone(), line));
            ScriptError::Failed(Box::new(error))
        };
        if text.len() > SCRIPT_BYTES || text.contains('\0') {
            return Err(wrong("this is too long to be typed, or no text", 1));
        }
        let code = match compile(&format!("return {}", bare(text))) {
            Ok(code) => code,
            Err(_) => compile(&kept(text)).map_err(|(line, message)| wrong(&message, line))?,
        };
        let code = Code { path: path.clone(), text: text.to_owned(), code };
        let shared = {
            let mut lines = self.lines.borrow_mut();
            lines.push(code.clone());
            if lines.len() > KEPT {
                lines.remove(0);
            }
            let (manifest, dir) = (self.shared.manifest.clone(), String::new());
            Shared { manifest, dir, scripts: lines.clone(), shipped: false, ear: Ear::default() }
        };
        self.out.renew();
        self.machine.random.begin("run", &[]);
        self.machine.gate.enter(Work::Script, None);
        let result = self.run_line(&code);
        self.finish(result, &shared)
    }

    fn run_line(&self, code: &Code) -> mlua::Result<()> {
        let chunk = self.machine.lua.load(code.code.as_slice());
        let chunk = chunk.set_name(format!("@{}", code.path)).set_mode(ChunkMode::Binary);
        let main = chunk.set_environment(self.environment.clone()).into_function()?;
        let returned: MultiValue = main.call(())?;
        for value in &returned {
            let (is_shown, row): (bool, Value) = self.present.call((value, false))?;
            match row {
                Value::Table(_) => self.out.text(&self.machine.shown(&row)?)?,
                _ if !is_shown => self.out.text(&self.machine.shown(value)?)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Work of the host's own with the limits of a line.
    fn stretch<T>(&self, work: impl FnOnce() -> mlua::Result<T>) -> Result<T, ScriptError> {
        self.machine.gate.enter(Work::Script, None);
        match work() {
            Ok(done) => self.finish(Ok(()), &self.shared).map(|()| done),
            Err(error) => match self.finish(Err(error), &self.shared) {
                Err(error) => Err(error),
                Ok(()) => Err(ScriptError::Stopped),
            },
        }
    }

    /// The names that a word may become, such as `kehu.customers` for `kehu.cus`.
    pub fn names(&self, word: &str) -> Vec<String> {
        let (path, begun) = match word.rfind(['.', ':']) {
            Some(at) => (&word[..=at], &word[at + 1..]),
            None => ("", word),
        };
        let mut table = self.environment.clone();
        for part in path.split(['.', ':']).filter(|part| !part.is_empty()) {
            match table.raw_get::<Value>(part) {
                Ok(Value::Table(inner)) => table = inner,
                _ => return Vec::new(),
            }
        }
        let mut names: Vec<String> = table
            .pairs::<Value, Value>()
            .filter_map(|pair| match pair {
                Ok((Value::String(name), _)) => Some(name.to_string_lossy()),
                _ => None,
            })
            .filter(|name| name.starts_with(begun))
            .map(|name| format!("{path}{name}"))
            .collect();
        names.sort();
        names.truncate(NAMES);
        names
    }
}

/// A pack as lines see it: its functions for one customer, by name.
fn functions_of(lua: &mlua::Lua, rows: &Rc<rows::Rows>, pack: &str) -> mlua::Result<Table> {
    let refused = |refusal| rows::refused(&rows.gate, refusal);
    let functions = rows.base.functions(pack).map_err(refused)?;
    let table = lua.create_table()?;
    for function in &functions.offered {
        let (rows, pack, name) = (Rc::clone(rows), pack.to_owned(), function.clone());
        let attempt = lua.create_function(move |lua, customer: Value| {
            let id = rows.customer(&customer, &format!("{name}: argument 1"))?;
            let refused = |refusal| rows::refused(&rows.gate, refusal);
            // What the pack takes counts, and is limited by its own limits besides; what all customers' features
            // take does not.
            let all = Ask { columns: vec!["all".to_owned()], ..Ask::default() };
            rows.gate.exempt(|| rows.base.prepare("customers", &all)).map_err(refused)?;
            let given = rows.base.attempt(&pack, &name, id);
            rows.gate.look_next();
            to_lua(lua, &given.map_err(refused)?)
        })?;
        table.raw_set(function.as_str(), attempt)?;
    }
    let meta = lua.create_table()?;
    let absent = move |_: &mlua::Lua, (_, name): (Value, Value)| -> mlua::Result<Value> {
        let name = key_in_words(&name);
        let offered = functions.offered.iter().map(String::as_str);
        let fault = if functions.others.contains(&name) {
            Fault::argument(format!("\"{name}\" is not about one customer, so no line can ask it"))
                .hint("kehu pack test tries it, in tests.lua")
        } else {
            Fault::argument(format!("the pack has no \"{name}\""))
                .hint(did_you_mean(&name, offered))
        };
        Err(fault.into())
    };
    meta.raw_set("__index", lua.create_function(absent)?)?;
    meta.set_readonly(true);
    table.set_metatable(Some(meta))?;
    table.set_readonly(true);
    Ok(table)
}

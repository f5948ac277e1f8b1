//! The VM: what it offers, and everything that it does not.

use std::cell::RefCell;
use std::rc::Rc;

use kehu_contract::{FailureKind, RunContext, did_you_mean};
use mlua::chunk::{ChunkMode, Compiler};
use mlua::{Function, Lua, LuaOptions, StdLib, Table, Value};

use crate::evaluate::a;
use crate::failure;
use crate::fault::{Fault, plain_within, words_of};
use crate::gate::{Gate, RAISED_BYTES};
use crate::random::Random;
use crate::script::show;

/// The name of the host's own Luau code in tracebacks; no file of a pack can have it.
pub(crate) const HOST_CHUNK: &str = "=[kehu]";

/// How many lines of `print` are kept, and how long each.
const LOG_LINES: usize = 1_000;
const LOG_BYTES: usize = 200;

/// The globals that a pack sees, beside `kehu`, `require`, `print` and `tostring`.
pub(crate) const GLOBALS: [&str; 21] = [
    "assert",
    "error",
    "getmetatable",
    "ipairs",
    "next",
    "pairs",
    "pcall",
    "rawequal",
    "rawget",
    "rawlen",
    "rawset",
    "select",
    "setmetatable",
    "tonumber",
    "type",
    "typeof",
    "unpack",
    "xpcall",
    "_VERSION",
    "bit32",
    "coroutine",
];
pub(crate) const LIBRARIES: [&str; 4] = ["math", "string", "table", "utf8"];

/// Globals of Lua that packs do not have, with the reason.
pub(crate) const ABSENT: [(&str, &str); 15] = [
    ("io", "a pack has no files"),
    ("os", "a pack has no clock and no system; use ctx.as_of and kehu.day"),
    ("debug", "a pack cannot look into the host"),
    ("package", "require finds the pack's own files and nothing else"),
    ("load", "a pack cannot compile code"),
    ("loadstring", "a pack cannot compile code"),
    ("loadfile", "a pack has no files"),
    ("dofile", "use require for the pack's own files"),
    ("getfenv", "a pack has one environment"),
    ("setfenv", "a pack has one environment"),
    ("newproxy", "use a table"),
    ("collectgarbage", "the host collects"),
    ("gcinfo", "the host collects"),
    ("buffer", "use a table"),
    ("module", "return a table"),
];

/// One VM for one pack on one thread.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) lua: Lua,
    pub(crate) gate: Rc<Gate>,
    pub(crate) random: Rc<Random>,
    log: Rc<RefCell<Vec<String>>>,
    tostring: Value,
    print: Value,
    /// Gives the keys of a table in the order in which they are shown.
    keys: Function,
    strict: Function,
    host: Table,
}

impl Machine {
    /// Builds the VM. The order matters: guards, freezing, and the limits last.
    pub(crate) fn new(pack: &str, context: &RunContext) -> mlua::Result<Self> {
        let libraries = StdLib::COROUTINE
            | StdLib::TABLE
            | StdLib::STRING
            | StdLib::UTF8
            | StdLib::BIT
            | StdLib::MATH
            | StdLib::BUFFER;
        let lua = Lua::new_with(libraries, LuaOptions::new().catch_rust_panics(false))?;
        lua.enable_jit(false);
        let gate = Gate::new(context.limits);
        let random = Random::new(context.seed, pack);
        let log = Rc::new(RefCell::new(Vec::new()));

        let host = host_environment(&lua)?;
        let (tostring, print, keys) = run_prelude(&lua, &gate, &log)?;
        let math: Table = lua.globals().raw_get("math")?;
        math.raw_set("random", random.function(&lua, Rc::clone(&gate))?)?;
        math.raw_remove("randomseed")?;
        sweep_globals(&lua)?;
        lua.sandbox(true)?;
        for library in LIBRARIES.iter().chain(&["bit32", "coroutine"]) {
            freeze(&lua.globals().get::<Table>(*library)?)?;
        }
        let strict = strict_globals(&lua)?;
        gate.install(&lua)?;
        Ok(Self { lua, gate, random, log, tostring, print, keys, strict, host })
    }

    /// Takes out what scripts printed.
    pub(crate) fn take_log(&self) -> Vec<String> {
        self.log.take()
    }

    /// Makes a fresh environment: every library at hand, nothing of another evaluation.
    pub(crate) fn environment(&self, kehu: &Table, require: &Function) -> mlua::Result<Table> {
        let globals = self.lua.globals();
        let environment = self.lua.create_table()?;
        for name in GLOBALS.iter().chain(&LIBRARIES) {
            environment.raw_set(*name, globals.get::<Value>(*name)?)?;
        }
        environment.raw_set("tostring", &self.tostring)?;
        environment.raw_set("print", &self.print)?;
        environment.raw_set("require", require)?;
        environment.raw_set("kehu", kehu)?;
        environment.raw_set("_G", &environment)?;
        let meta = self.lua.create_table()?;
        meta.raw_set("__index", &self.strict)?;
        meta.raw_set("__metatable", false)?;
        meta.set_readonly(true);
        environment.set_metatable(Some(meta))?;
        environment.set_safeenv(true);
        Ok(environment)
    }

    /// Loads code of the host's own, compiled by [`compile_host`].
    pub(crate) fn host_chunk(&self, code: &[u8], pace: Pace) -> mlua::Result<Function> {
        let chunk = self.lua.load(code).set_name(HOST_CHUNK).set_environment(self.host.clone());
        self.at_pace(pace, || chunk.set_mode(ChunkMode::Binary).into_function())
    }

    /// Loads code of the host's own while a script runs, who may not have the machine.
    pub(crate) fn loader(&self) -> HostLoader {
        HostLoader { host: self.host.clone() }
    }

    /// A value with its fields, for people.
    ///
    /// # Errors
    /// Those of a limit.
    pub(crate) fn shown(&self, value: &Value) -> mlua::Result<String> {
        show::value(value, &self.keys)
    }

    /// A value in words, without an address.
    pub(crate) fn tostring(&self) -> &Value {
        &self.tostring
    }

    /// Runs `load`, which loads code that is to run at a pace.
    pub(crate) fn at_pace<T>(&self, pace: Pace, load: impl FnOnce() -> T) -> T {
        self.lua.enable_jit(pace == Pace::Native);
        let loaded = load();
        self.lua.enable_jit(false);
        loaded
    }
}

/// Loads code of the host's own into a VM.
#[derive(Debug, Clone)]
pub(crate) struct HostLoader {
    host: Table,
}

impl HostLoader {
    /// Loads code that was compiled by [`compile_host`].
    pub(crate) fn load(&self, lua: &Lua, code: &[u8]) -> mlua::Result<Function> {
        let chunk = lua.load(code).set_name(HOST_CHUNK).set_environment(self.host.clone());
        chunk.set_mode(ChunkMode::Binary).into_function()
    }
}

/// Says how code runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Pace {
    /// Step by step.
    #[default]
    Interpreted,
    /// Translated for the processor, which takes some milliseconds.
    Native,
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.gate.uninstall();
    }
}

/// Makes the `__index` of a table in which other names than these are errors.
pub(crate) fn strict_function(
    lua: &Lua,
    whose: &'static str,
    names: Vec<String>,
) -> mlua::Result<Function> {
    lua.create_function(move |_, (_, key): (Value, Value)| -> mlua::Result<Value> {
        let name = key_in_words(&key);
        if names.contains(&name) {
            return Ok(Value::Nil);
        }
        let hint = did_you_mean(&name, names.iter().map(String::as_str));
        Err(Fault::argument(format!("{whose} has no \"{name}\"")).hint(hint).into())
    })
}

/// Shows a key of a table in a message.
pub(crate) fn key_in_words(key: &Value) -> String {
    match key {
        Value::String(text) => plain_within(&words_of(text), 100),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Nil => "nil".to_owned(),
        other => a(other),
    }
}

/// Compiles code of the host's own.
pub(crate) fn compile_host(source: &str) -> mlua::Result<Vec<u8>> {
    Compiler::new().set_optimization_level(2).set_debug_level(1).compile(source)
}

/// Makes a table read-only, with all tables in it.
pub(crate) fn freeze(table: &Table) -> mlua::Result<()> {
    if table.is_readonly() && table.metatable().is_none() {
        // A frozen table may still hold one that is not.
        for pair in table.pairs::<Value, Value>() {
            if let (_, Value::Table(inner)) = pair?
                && !inner.is_readonly()
            {
                freeze(&inner)?;
            }
        }
        return Ok(());
    }
    table.set_readonly(true);
    for pair in table.pairs::<Value, Value>() {
        if let (_, Value::Table(inner)) = pair? {
            freeze(&inner)?;
        }
    }
    Ok(())
}

/// The environment of the host's own code: the untouched library.
fn host_environment(lua: &Lua) -> mlua::Result<Table> {
    let host = lua.create_table()?;
    for pair in lua.globals().pairs::<Value, Value>() {
        let (name, value) = pair?;
        // Library tables are copied, since the prelude is about to put guards into them.
        let value = match value {
            Value::Table(library) if library != lua.globals() => {
                let copy = lua.create_table()?;
                for pair in library.pairs::<Value, Value>() {
                    let (name, value) = pair?;
                    copy.raw_set(name, value)?;
                }
                copy.set_readonly(true);
                Value::Table(copy)
            }
            other => other,
        };
        host.raw_set(name, value)?;
    }
    host.set_readonly(true);
    host.set_safeenv(true);
    Ok(host)
}

/// Leaves no global that a pack does not have. The engine resolves names of library functions
/// against the real globals when it loads a script, whatever environment the script is given.
fn sweep_globals(lua: &Lua) -> mlua::Result<()> {
    let globals = lua.globals();
    let mut unwanted = Vec::new();
    for pair in globals.pairs::<Value, Value>() {
        let (name, _) = pair?;
        let word = key_in_words(&name);
        if !GLOBALS.contains(&word.as_str()) && !LIBRARIES.contains(&word.as_str()) {
            unwanted.push(name);
        }
    }
    unwanted.into_iter().try_for_each(|name| globals.raw_remove(name))
}

fn run_prelude(
    lua: &Lua,
    gate: &Rc<Gate>,
    log: &Rc<RefCell<Vec<String>>>,
) -> mlua::Result<(Value, Value, Function)> {
    let look = {
        let gate = Rc::clone(gate);
        lua.create_function(move |_, ()| {
            gate.look_next();
            Ok(())
        })?
    };
    let note = {
        let log = Rc::clone(log);
        lua.create_function(move |_, line: mlua::LuaString| {
            let mut lines = log.borrow_mut();
            if lines.len() < LOG_LINES {
                lines.push(plain_within(&words_of(&line), LOG_BYTES));
            }
            Ok(())
        })?
    };
    // A script can put what it likes before the metatable that it shows; this looks at the one that there is.
    let has_words = lua.create_function(|_, table: Table| {
        let words = table.metatable().map(|meta| meta.raw_get::<Value>("__tostring"));
        Ok(words.transpose()?.is_some_and(|words| words != Value::Nil))
    })?;
    lua.load(include_str!("luau/prelude.luau"))
        .set_name(HOST_CHUNK)
        .set_mode(ChunkMode::Text)
        .call((look, note, has_words, plainly(lua, gate)?, note_raised(lua, gate)?))
}

/// Makes a text of an error that a script has caught, with the script's own file and line.
fn plainly(lua: &Lua, gate: &Rc<Gate>) -> mlua::Result<Function> {
    let gate = Rc::clone(gate);
    lua.create_function(move |_, problem: Value| {
        Ok(match &problem {
            Value::Error(error) => failure::caught(error, gate.is_of_script()),
            Value::String(text) => failure::without_host(&words_of(text)).to_owned(),
            other => other.type_name().to_owned(),
        })
    })
}

/// Notes what a script raises that is no text.
fn note_raised(lua: &Lua, gate: &Rc<Gate>) -> mlua::Result<Function> {
    let gate = Rc::clone(gate);
    lua.create_function(move |_, (problem, keys): (Value, Function)| {
        gate.note_raised(&show::within(&problem, &keys, RAISED_BYTES)?);
        Ok(())
    })
}

fn strict_globals(lua: &Lua) -> mlua::Result<Function> {
    let names: Vec<&str> = GLOBALS
        .iter()
        .chain(&LIBRARIES)
        .copied()
        .chain(["kehu", "require", "print", "tostring"])
        .collect();
    lua.create_function(move |_, (environment, key): (Table, Value)| -> mlua::Result<Value> {
        let name = key_in_words(&key);
        if let Some((_, reason)) = ABSENT.iter().find(|(absent, _)| *absent == name) {
            let message = format!("a pack has no \"{name}\"");
            return Err(Fault::new(FailureKind::Runtime, message).hint(*reason).into());
        }
        let mut known: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        for pair in environment.pairs::<Value, Value>() {
            if let (Value::String(name), _) = pair? {
                known.push(name.to_string_lossy());
            }
        }
        let hint = match kehu_contract::nearest(&name, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => "declare it with \"local\", or give it a value first".to_owned(),
        };
        let message = format!("global \"{name}\" has no value");
        Err(Fault::new(FailureKind::Runtime, message).hint(hint).into())
    })
}

//! Evaluating a pack: a fresh environment, its rules, and the functions that it returns.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use kehu_contract::{FailureKind, Rule, RunContext, did_you_mean};
use mlua::chunk::ChunkMode;
use mlua::{Function, Lua, Table, Value};

use crate::api;
use crate::factory::Shared;
use crate::fault::{Fault, plain_within};
use crate::files::Script;
use crate::machine::{Machine, Pace, key_in_words};
use crate::rules::Registry;

/// Holds what one evaluation of `main.lua` gave.
#[derive(Debug)]
pub(crate) struct Evaluated {
    /// The functions of the table that it returned.
    pub(crate) functions: BTreeMap<String, Function>,
    /// The rules, in the order of their declaration.
    pub(crate) rules: Vec<Rule>,
    /// The lists of rules that are applied together.
    pub(crate) lists: Vec<Vec<u16>>,
    /// From a rule's table to its place; lists follow the rules.
    pub(crate) places: Table,
}

/// Evaluates a pack as often as it is asked to.
#[derive(Debug)]
pub(crate) struct Evaluator {
    shared: Arc<Shared>,
    pub(crate) registry: Rc<Registry>,
    kehu: Table,
    pub(crate) settings: Table,
    pub(crate) log: Table,
    /// The scripts as they were loaded: each evaluation runs them in an environment of its own.
    chunks: RefCell<Rc<Chunks>>,
    pace: Cell<Pace>,
}

/// Loaded scripts by their path.
pub(crate) type Chunks = BTreeMap<String, Function>;

/// The modules that one evaluation has required: nothing while it still runs.
pub(crate) type Modules = Rc<RefCell<BTreeMap<String, Option<Value>>>>;

impl Evaluator {
    pub(crate) fn new(
        machine: &Machine,
        shared: &Arc<Shared>,
        context: &RunContext,
    ) -> mlua::Result<Self> {
        let registry = Rc::new(Registry::default());
        let settings = api::settings_table(machine, shared, context)?;
        let rule = registry.function(&machine.lua, shared, &context.settings)?;
        let list = registry.list_function(&machine.lua)?;
        let log = api::log_table(machine, shared)?;
        let kehu = api::kehu_table(machine, rule, list, &settings, &log)?;
        let (shared, pace) = (Arc::clone(shared), Cell::default());
        let chunks = RefCell::new(load_scripts(machine, &shared, Pace::Interpreted)?);
        Ok(Self { shared, registry, kehu, settings, log, chunks, pace })
    }

    /// Lets later evaluations run at a pace. Only scripts that come with the program are translated
    /// for the processor: the translator is one thing more that a hostile script might break.
    pub(crate) fn hurry(&self, machine: &Machine, pace: Pace) -> mlua::Result<()> {
        if self.shared.shipped && pace != self.pace.replace(pace) {
            self.chunks.replace(load_scripts(machine, &self.shared, pace)?);
        }
        Ok(())
    }

    /// The globals that a script sees.
    pub(crate) fn globals(&self, machine: &Machine) -> mlua::Result<Table> {
        let require = self.require(&machine.lua, &Rc::default(), &Rc::default())?;
        machine.environment(&self.kehu, &require)
    }

    /// Shows every loaded script, by its path.
    pub(crate) fn each_script(&self, mut show: impl FnMut(&str, &Function)) {
        for (path, script) in self.chunks.borrow().iter() {
            show(path, script);
        }
    }

    /// Evaluates `main.lua` in a fresh environment.
    pub(crate) fn evaluate(&self, machine: &Machine) -> mlua::Result<Evaluated> {
        self.registry.begin(&machine.lua)?;
        let returned = match self.shared.script("main.lua") {
            Some(_) => self.run(machine, "main.lua", |_| Ok(())),
            // A pack of reports alone answers nothing.
            None => machine.lua.create_table().map(Value::Table),
        };
        let declared = self.registry.finish()?;
        let functions = self.functions(&returned?)?;
        let places =
            declared.places.ok_or_else(|| Fault::new(FailureKind::Host, "no rule table"))?;
        Ok(Evaluated { functions, rules: declared.rules, lists: declared.lists, places })
    }

    /// Runs a script in a fresh environment, to which `dress` may add globals.
    pub(crate) fn run(
        &self,
        machine: &Machine,
        path: &str,
        dress: impl FnOnce(&Table) -> mlua::Result<()>,
    ) -> mlua::Result<Value> {
        let modules: Modules = Rc::default();
        // The environment holds `require`, which must know the environment.
        let slot: Rc<RefCell<Option<Table>>> = Rc::default();
        let require = self.require(&machine.lua, &slot, &modules)?;
        let environment = machine.environment(&self.kehu, &require)?;
        dress(&environment)?;
        slot.replace(Some(environment.clone()));
        let script = chunk(&self.chunks.borrow(), path, environment)?;
        let returned = script.call::<Value>(());
        // Breaks the circle of environment and `require`.
        slot.replace(None);
        modules.borrow_mut().clear();
        returned
    }

    fn require(
        &self,
        lua: &Lua,
        slot: &Rc<RefCell<Option<Table>>>,
        modules: &Modules,
    ) -> mlua::Result<Function> {
        require(lua, &self.shared, &self.chunks.borrow(), slot, modules)
    }

    /// Reads the table that `main.lua` returned: every function that a step names, nothing else.
    fn functions(&self, returned: &Value) -> mlua::Result<BTreeMap<String, Function>> {
        let Value::Table(table) = returned else {
            let message =
                format!("main.lua returned {}, expected a table of functions", a(returned));
            let fault = Fault::new(FailureKind::Load, message)
                .hint("end the file with: return { score = function(c, ctx) … end }");
            return Err(fault.into());
        };
        let steps = &self.shared.manifest.steps;
        let wanted: Vec<&str> = steps
            .iter()
            .flat_map(|step| [Some(&step.function), step.fit.as_ref()])
            .flatten()
            .map(String::as_str)
            .collect();
        let mut functions = BTreeMap::new();
        for pair in table.pairs::<Value, Value>() {
            let (key, value) = pair?;
            let name = key_in_words(&key);
            let Value::Function(function) = value else {
                let message = format!("main.lua returns \"{name}\", which is {}", a(&value));
                return Err(Fault::new(FailureKind::Load, message)
                    .hint("the returned table holds functions only")
                    .into());
            };
            if !wanted.contains(&name.as_str()) {
                let message =
                    format!("main.lua returns \"{name}\", which no step in pack.toml names");
                let hint = did_you_mean(&name, wanted.iter().copied());
                return Err(Fault::new(FailureKind::Load, message).hint(hint).into());
            }
            functions.insert(name, function);
        }
        match wanted.iter().find(|name| !functions.contains_key(**name)) {
            Some(name) => {
                let message = format!("main.lua returns no function \"{name}\"");
                let hint = format!("a step in pack.toml names it; add {name} = function(…) … end");
                Err(Fault::new(FailureKind::Load, message).hint(hint).into())
            }
            None => Ok(functions),
        }
    }
}

/// A value's type with its article, for messages.
pub(crate) fn a(value: &Value) -> String {
    match value {
        Value::Nil => "nothing".to_owned(),
        Value::Integer(_) => "a number".to_owned(),
        other => format!("a {}", other.type_name()),
    }
}

/// The function `require` of one evaluation: it gives what another file of the pack returns.
pub(crate) fn require(
    lua: &Lua,
    shared: &Arc<Shared>,
    chunks: &Rc<Chunks>,
    slot: &Rc<RefCell<Option<Table>>>,
    modules: &Modules,
) -> mlua::Result<Function> {
    let (shared, chunks) = (Arc::clone(shared), Rc::clone(chunks));
    let (slot, modules) = (Rc::clone(slot), Rc::clone(modules));
    lua.create_function(move |_, name: Value| {
        let Value::String(name) = &name else {
            let message = format!("require takes a text, got {}", a(&name));
            return Err(Fault::argument(message).into());
        };
        let name = plain_within(&name.to_string_lossy(), 200);
        let path = module_path(&name, &shared)?;
        match modules.borrow().get(&path) {
            Some(Some(value)) => return Ok(value.clone()),
            Some(None) => {
                let message = format!("require \"{name}\" goes round in a circle");
                return Err(Fault::new(FailureKind::Load, message).into());
            }
            None => {}
        }
        let Some(environment) = slot.borrow().clone() else {
            let fault = Fault::argument(format!("require \"{name}\" while the pack works"))
                .hint("require at the top level of the file, into a local");
            return Err(fault.into());
        };
        modules.borrow_mut().insert(path.clone(), None);
        let value: Value = chunk(&chunks, &path, environment)?.call(())?;
        modules.borrow_mut().insert(path, Some(value.clone()));
        Ok(value)
    })
}

/// Loads all scripts of a pack. They are compiled from the pack's text: it cannot bring code of its
/// own.
pub(crate) fn load_scripts(
    machine: &Machine,
    shared: &Shared,
    pace: Pace,
) -> mlua::Result<Rc<Chunks>> {
    let load = |script: &Script| {
        let chunk = machine.lua.load(script.code.as_slice()).set_name(format!("@{}", script.path));
        let chunk = chunk.set_mode(ChunkMode::Binary);
        Ok((script.path.clone(), machine.at_pace(pace, || chunk.into_function())?))
    };
    shared.scripts.iter().map(load).collect::<mlua::Result<_>>().map(Rc::new)
}

/// A script with an environment, which the functions that it makes keep.
pub(crate) fn chunk(chunks: &Chunks, path: &str, environment: Table) -> mlua::Result<Function> {
    let chunk = chunks
        .get(path)
        .ok_or_else(|| Fault::new(FailureKind::Host, format!("script {path} is gone")))?;
    chunk.set_environment(environment)?;
    Ok(chunk.clone())
}

fn module_path(name: &str, shared: &Shared) -> Result<String, Fault> {
    let stem = name.strip_suffix(".lua").unwrap_or(name);
    let path = format!("{stem}.lua");
    if shared.script(&path).is_some() {
        return Ok(path);
    }
    let names: Vec<&str> = shared
        .scripts
        .iter()
        .filter_map(|script| script.path.strip_suffix(".lua"))
        .filter(|name| *name != "main")
        .collect();
    let hint = if names.is_empty() {
        format!("main.lua is the only script here; put {path} beside it")
    } else {
        did_you_mean(stem, names)
    };
    Err(Fault::new(FailureKind::Load, format!("the pack has no file \"{path}\"")).hint(hint))
}

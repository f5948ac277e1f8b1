//! Scripts that are no packs: they read the records of a workspace, and say something about them.
//!
//! A [`Script`] is a checked file. A [`Session`] is a VM with the records at hand, in the sandbox and
//! within the limits that packs have; it runs a script, or one line after the other. What a script may
//! ask is a [`Base`], where it writes is an [`Output`]: the host itself reads and writes nothing.

mod base;
mod input;
mod line;
mod report;
mod rows;
pub(crate) mod show;
mod trial;

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use kehu_contract::document::Problem;
use kehu_contract::{FailureKind, Language, Limits, Manifest, PackError, RunContext, printable};
use mlua::{Function, MultiValue, Table, Value};
use serde_json::{Map, Value as Json};

use crate::api;
use crate::evaluate::{Chunks, chunk};
use crate::factory::Shared;
use crate::failure::{self, Scene, of_scripts};
use crate::fault::Fault;
use crate::files::{self, Script as Code};
use crate::gate::Work;
use crate::machine::{Machine, compile_host, strict_function};
use crate::rules::Registry;

pub use crate::files::SCRIPT_BYTES;
pub use base::{
    Ask, AskedColumn, Base, Functions, Output, Refusal, SUBJECTS, ScriptTable, Shape, TableCell,
    TableColumn,
};
pub use line::is_incomplete;
pub use report::Asked;

/// The most rows of a table that a script shows.
pub(crate) const TABLE_ROWS: usize = 1_000_000;
/// The most cells of such a table.
pub(crate) const TABLE_CELLS: usize = 20_000_000;

/// A script that was checked and compiled; nothing of it has run.
#[derive(Debug)]
pub struct Script {
    dir: String,
    /// The script itself, then those that it may require.
    codes: Vec<Code>,
    /// The pack that it belongs to, and the values of its settings.
    pack: Option<(Manifest, Map<String, Json>)>,
    /// True if it comes with the program.
    shipped: bool,
}

impl Script {
    /// Checks a script; `dir` is the folder that messages name it by, empty if they need none.
    ///
    /// # Errors
    /// What is wrong with the file, with its place.
    pub fn read(dir: &str, name: &str, bytes: &[u8]) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        match files::read_script(dir, name, bytes, false, &mut problems) {
            Some(code) => {
                Ok(Self { dir: dir.to_owned(), codes: vec![code], pack: None, shipped: false })
            }
            None => Err(problems),
        }
    }
}

/// Says how a script is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The day as of which all is seen, counted from 1970-01-01.
    pub as_of: i32,
    /// The words that were given for the script.
    pub arguments: Vec<String>,
    /// The language of whoever reads what it shows.
    pub language: Language,
    /// What a report was asked for.
    pub asked: Asked,
    /// The processor time that it may use.
    pub time: Duration,
    /// The memory that it may use, in bytes.
    pub memory: usize,
    /// How much it may write, in bytes.
    pub output: usize,
    /// Set by whoever no longer waits for it.
    pub stop: Arc<AtomicBool>,
}

/// Says how a script ended, if not well.
#[derive(Debug)]
pub enum ScriptError {
    /// It made a mistake, or broke a limit.
    Failed(Box<PackError>),
    /// A pack that it asked failed.
    Pack(Box<PackError>),
    /// It said itself that it failed, and why.
    Told(String),
    /// Somebody stopped it.
    Stopped,
    /// What it wrote could not be written.
    Output(io::Error),
}

/// What a script said with `kehu.fail`.
#[derive(Debug)]
struct Told(String);

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Told {}

/// The error of a pack that a script has asked.
#[derive(Debug)]
struct OfPack(Box<PackError>);

impl std::fmt::Display for OfPack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "pack {}: {} error: {}", self.0.pack, self.0.kind.name(), self.0.message)
    }
}

impl std::error::Error for OfPack {}

/// A VM with the records at hand.
pub struct Session {
    shared: Arc<Shared>,
    pub(crate) machine: Machine,
    environment: Table,
    chunks: Rc<Chunks>,
    rows: Rc<rows::Rows>,
    present: Function,
    /// The lines that were entered, the latest last, for the places of errors.
    lines: RefCell<Vec<Code>>,
    entered: Cell<usize>,
    pub(crate) out: Rc<Writer>,
    registry: Rc<Registry>,
    settings: Table,
    as_of: i32,
    /// The customer that a hook is tried on.
    customer: Cell<Option<i64>>,
    subject: RefCell<Option<String>>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("as_of", &self.as_of).finish_non_exhaustive()
    }
}

impl Session {
    /// Builds the VM for a script.
    ///
    /// # Errors
    /// That the host itself failed.
    pub fn new(
        script: Script,
        options: &Options,
        base: Rc<dyn Base>,
        output: Rc<dyn Output>,
    ) -> Result<Self, ScriptError> {
        let Script { dir, codes, pack, shipped } = script;
        let (manifest, settings) = pack.unwrap_or_else(|| (manifest(), Map::new()));
        let ear = api::Ear::default();
        let shared = Arc::new(Shared { manifest, dir, scripts: codes, shipped, ear });
        let context = RunContext {
            as_of: options.as_of,
            settings,
            seed: 0,
            limits: Limits {
                call: options.time,
                run: Duration::MAX / 4,
                memory: options.memory,
                ..Limits::default()
            },
        };
        let built = Self::build(&shared, &context, options, base, output);
        built.map_err(|error| {
            let scene = Scene { loading: true, ..Scene::default() };
            ScriptError::Failed(failure::describe(&shared, Some(&error), None, scene).into())
        })
    }

    fn build(
        shared: &Arc<Shared>,
        context: &RunContext,
        options: &Options,
        base: Rc<dyn Base>,
        output: Rc<dyn Output>,
    ) -> mlua::Result<Self> {
        let machine = Machine::new(&shared.manifest.name, context)?;
        machine.gate.stop_at(Arc::clone(&options.stop));
        let lua = &machine.lua;
        let registry = Rc::new(Registry::default());
        registry.begin(lua)?;
        let settings = api::settings_table(&machine, shared, context)?;
        let rule = registry.function(lua, shared, &context.settings)?;
        let rules = registry.list_function(lua)?;
        let out = Rc::new(Writer::new(output, options));
        let rows = rows::Rows::new(base, Rc::clone(&machine.gate), machine.loader());
        let host = input::host_table(&machine, &rows, &out)?;
        report::add_to(&machine, &host, options, &out)?;
        let code = compile_host(include_str!("../luau/script.luau"))?;
        let helpers = machine.loader().load(lua, &code)?;
        let (functions, print, present): (Table, Function, Function) =
            helpers.call((host, machine.tostring()))?;
        let arguments = lua.create_sequence_from(options.arguments.iter().map(String::as_str))?;
        arguments.set_readonly(true);
        let mut more = vec![
            ("as_of".to_owned(), Value::Number(f64::from(context.as_of))),
            ("args".to_owned(), Value::Table(arguments)),
        ];
        for pair in functions.pairs::<String, Value>() {
            more.push(pair?);
        }
        let more: Vec<(&str, Value)> =
            more.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        let kehu = api::kehu_with(&machine, rule, rules, &settings, &more)?;
        let (require, chunks, slot) = report::require(&machine, shared)?;
        let environment = machine.environment(&kehu, &require)?;
        slot.replace(Some(environment.clone()));
        environment.raw_set("print", print)?;
        Ok(Self {
            shared: Arc::clone(shared),
            machine,
            environment,
            chunks,
            rows,
            present,
            lines: RefCell::default(),
            entered: Cell::default(),
            out,
            registry,
            settings,
            as_of: context.as_of,
            customer: Cell::default(),
            subject: RefCell::default(),
        })
    }

    /// Runs the script to its end. What it returns is shown, a function for each customer of a pack is
    /// tried on the first two customers.
    ///
    /// # Errors
    /// How it ended, if not well.
    pub fn run(&self) -> Result<(), ScriptError> {
        self.machine.random.begin("run", &[]);
        self.machine.gate.enter(Work::Script, None);
        let result = self.run_inside();
        self.finish(result, &self.shared)
    }

    fn run_inside(&self) -> mlua::Result<()> {
        let Some(code) = self.shared.scripts.first() else { return Ok(()) };
        let main = chunk(&self.chunks, &code.path, self.environment.clone())?;
        let returned: MultiValue = main.call(())?;
        if let Some(Value::Table(table)) = returned.front()
            && trial::is_pack(table)
        {
            return trial::run(self, table);
        }
        if returned.is_empty() {
            return Ok(());
        }
        let (mut words, mut is_first) = (String::new(), true);
        for value in &returned {
            let (is_shown, row): (bool, Value) = self.present.call((value, true))?;
            if is_shown && row == Value::Nil {
                continue;
            }
            if !std::mem::take(&mut is_first) {
                words.push('\t');
            }
            match value {
                // As `print` shows it: without quotes.
                Value::String(text) => {
                    self.out.fits(words.len() + text.as_bytes().len())?;
                    words += &text.to_string_lossy();
                }
                _ if row != Value::Nil => words += &self.machine.shown(&row)?,
                other => words += &self.machine.shown(other)?,
            }
            self.out.fits(words.len())?;
        }
        if is_first { Ok(()) } else { self.out.text(&words) }
    }

    /// Makes an error of what went wrong in a stretch of work.
    fn finish(&self, result: mlua::Result<()>, shared: &Shared) -> Result<(), ScriptError> {
        let overrun = self.machine.gate.leave();
        if let Some(error) = self.out.failed.take() {
            return Err(ScriptError::Output(error));
        }
        if self.machine.gate.is_stopped() {
            return Err(ScriptError::Stopped);
        }
        let error = match (result, &overrun) {
            (Ok(()), None) => return Ok(()),
            (Ok(()), Some(_)) => None,
            (Err(error), _) => Some(error),
        };
        if let (Some(error), None) = (&error, &overrun) {
            if let Some(Told(told)) = raised(error) {
                return Err(ScriptError::Told(told.clone()));
            }
            if let Some(OfPack(failure)) = raised(error) {
                return Err(ScriptError::Pack(failure.clone()));
            }
        }
        let scene = Scene {
            customer: self.customer.take(),
            subject: self.subject.take(),
            is_script: true,
            ..Scene::default()
        };
        let scene = scene.with(&self.machine.gate);
        let mut error = failure::describe(shared, error.as_ref(), overrun, scene);
        error.message = of_scripts(&error.message);
        error.hint = error.hint.as_deref().map(of_scripts);
        Err(ScriptError::Failed(error.into()))
    }
}

/// What the host raised, however deep the error lies.
fn raised<T: std::error::Error + 'static>(error: &mlua::Error) -> Option<&T> {
    match error {
        mlua::Error::CallbackError { cause, .. } | mlua::Error::WithContext { cause, .. } => {
            raised(cause)
        }
        mlua::Error::ExternalError(error) => error.downcast_ref(),
        _ => None,
    }
}

/// The manifest of a script that has none.
fn manifest() -> Manifest {
    Manifest { name: "script".to_owned(), api: kehu_contract::API, ..Manifest::default() }
}

/// Writes what a script says, as much as it may.
pub(crate) struct Writer {
    output: Rc<dyn Output>,
    limit: usize,
    left: Cell<usize>,
    stop: Arc<AtomicBool>,
    failed: RefCell<Option<io::Error>>,
}

impl Writer {
    fn new(output: Rc<dyn Output>, options: &Options) -> Self {
        let (limit, stop) = (options.output, Arc::clone(&options.stop));
        Self { output, limit, left: Cell::new(limit), stop, failed: RefCell::default() }
    }

    /// Writes a text of the script.
    pub(crate) fn line(&self, text: &mlua::LuaString) -> mlua::Result<()> {
        self.fits(text.as_bytes().len())?;
        self.text(&text.to_string_lossy())
    }

    /// Writes text, made fit for a terminal.
    pub(crate) fn text(&self, text: &str) -> mlua::Result<()> {
        let text = printable(text, self.left.get()).ok_or_else(|| self.too_much())?;
        self.spend(text.len() + 1)?;
        self.done(self.output.text(&text))
    }

    /// Gives figures to programs, which read no lines.
    pub(crate) fn facts(&self, facts: Map<String, Json>) -> mlua::Result<()> {
        self.spend(serde_json::to_string(&facts).map_or(0, |text| text.len()))?;
        self.done(self.output.facts(facts))
    }

    /// An amount as people read it.
    pub(crate) fn amount(&self, number: f64) -> String {
        self.output.amount(number)
    }

    /// The most rows of a table that are wanted, if it says itself how many people want to see; none for all.
    pub(crate) fn most(&self, limit: Option<usize>) -> Option<usize> {
        self.output.most(limit)
    }

    /// Writes a table.
    pub(crate) fn table(&self, table: &ScriptTable) -> mlua::Result<()> {
        match self.output.table(table, self.left.get()) {
            Ok(Some(bytes)) => self.spend(bytes),
            Ok(None) => Err(self.too_much().into()),
            Err(error) => self.done(Err(error)),
        }
    }

    /// Refuses what is longer than what may still be written, before anything is made of it.
    pub(crate) fn fits(&self, bytes: usize) -> Result<(), Fault> {
        if bytes <= self.left.get() { Ok(()) } else { Err(self.too_much()) }
    }

    /// Lets as much be written again as at the beginning.
    fn renew(&self) {
        self.left.set(self.limit);
    }

    fn spend(&self, bytes: usize) -> mlua::Result<()> {
        self.fits(bytes)?;
        self.left.set(self.left.get() - bytes);
        Ok(())
    }

    fn too_much(&self) -> Fault {
        let limit = self.limit / (1024 * 1024);
        let message = format!("the script wrote more than {limit} MiB");
        Fault::new(FailureKind::Runtime, message)
            .hint("look for a loop that prints without an end; --output MIB allows more")
    }

    /// Once nothing can be written any more, the script need not go on.
    fn done(&self, written: io::Result<()>) -> mlua::Result<()> {
        let Err(error) = written else { return Ok(()) };
        self.stop.store(true, std::sync::atomic::Ordering::Relaxed);
        self.failed.replace(Some(error));
        Err(Fault::new(FailureKind::Host, "the output is closed").into())
    }
}

/// The function that refuses an unknown name of a context.
pub(crate) fn strict_ctx(lua: &mlua::Lua, methods: Table) -> mlua::Result<Table> {
    let mut names = Vec::new();
    for pair in methods.pairs::<String, Value>() {
        names.push(pair?.0);
    }
    names.sort();
    let meta = lua.create_table()?;
    meta.raw_set("__index", strict_function(lua, "ctx", names)?)?;
    meta.set_readonly(true);
    methods.set_metatable(Some(meta))?;
    methods.set_readonly(true);
    Ok(methods)
}

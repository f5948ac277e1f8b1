//! The tests' own VM, and the pack that they are about.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use kehu_contract::{FailureKind, Pack as _, PackError, RunContext, did_you_mean};
use mlua::{Function, LuaString, Table, Value};

use super::coverage::Counter;
use super::{AS_OF, Options, Outcome, Report, TESTS, TestFailure, TestResult, calls};
use crate::caller::caller;
use crate::evaluate::Evaluator;
use crate::factory::{LuaPackFactory, Shared};
use crate::failure::{self, Scene};
use crate::fault::{Fault, plain_within};
use crate::gate::{Gate, Work};
use crate::machine::{Machine, Pace, compile_host, key_in_words};
use crate::pack::LuaPack;

/// The most tests of a pack.
const TESTS_MOST: usize = 5_000;
/// The longest name of a test or group.
const NAME_BYTES: usize = 200;
/// How many instances of the pack are kept, each with settings of its own.
const INSTANCES: usize = 4;

/// What `assert` has; a test keeps this list and `testing.luau` alike.
pub(super) const ASSERTIONS: [&str; 12] = [
    "equal",
    "error",
    "is_false",
    "is_nil",
    "is_not_nil",
    "is_true",
    "matches",
    "near",
    "no_reason",
    "not_equal",
    "reason",
    "same",
];

/// Runs all tests.
pub(super) fn run(
    factory: &LuaPackFactory,
    shared: &Arc<Shared>,
    options: &Options,
) -> Result<Report, Box<PackError>> {
    let runner = Runner::open(factory, shared, options)?;
    let declared = runner.declared()?;
    let filter = options.filter.as_ref().map(|filter| filter.to_lowercase());
    let mut report = Report { tests: Vec::new(), left_out: 0, coverage: Vec::new() };
    for test in declared {
        let name = test.path.join(" > ").to_lowercase();
        if filter.as_ref().is_some_and(|filter| !name.contains(filter)) {
            report.left_out += 1;
        } else {
            report.tests.push(runner.run(test));
        }
    }
    report.coverage = runner.stage.count(|path| shared.shown(path));
    Ok(report)
}

/// The VM in which `tests.lua` runs.
struct Runner {
    shared: Arc<Shared>,
    machine: Machine,
    evaluator: Evaluator,
    stage: Rc<Stage>,
    globals: Table,
    start: Function,
    tests: Rc<RefCell<Vec<Declared>>>,
}

/// One test as `tests.lua` declares it.
struct Declared {
    path: Vec<String>,
    line: u32,
    body: Option<Function>,
    group: Value,
}

impl Runner {
    fn open(
        factory: &LuaPackFactory,
        shared: &Arc<Shared>,
        options: &Options,
    ) -> Result<Self, Box<PackError>> {
        let context = RunContext {
            as_of: AS_OF,
            settings: shared.manifest.defaults(),
            seed: options.seed,
            limits: options.limits,
        };
        let machine = Machine::new(&shared.manifest.name, &context);
        let machine = machine.map_err(|error| unloaded(shared, &error))?;
        let stage = Rc::new(Stage {
            factory: factory.clone(),
            options: options.clone(),
            gate: Rc::clone(&machine.gate),
            instances: RefCell::default(),
            counter: RefCell::default(),
            happened: RefCell::default(),
            rules: RefCell::default(),
        });
        let tests = Rc::default();
        let built = build(&machine, shared, &stage, &tests, &context);
        let (evaluator, globals, start) = built.map_err(|error| unloaded(shared, &error))?;
        Ok(Self { shared: Arc::clone(shared), machine, evaluator, stage, globals, start, tests })
    }

    /// Evaluates `tests.lua` and returns what it declares.
    fn declared(&self) -> Result<Vec<Declared>, Box<PackError>> {
        self.machine.random.begin("load", &[]);
        self.machine.gate.enter(Work::Load, None);
        let dress = |environment: &Table| {
            // `assert` is another one here than the engine's own, which calls it without looking.
            environment.set_safeenv(false);
            self.globals.pairs::<Value, Value>().try_for_each(|pair| {
                pair.and_then(|(name, value)| environment.raw_set(name, value))
            })
        };
        let evaluated = self.evaluator.run(&self.machine, TESTS, dress);
        let overrun = self.machine.gate.leave();
        self.machine.take_log();
        match (evaluated, overrun) {
            (Ok(_), None) => Ok(self.tests.take()),
            (evaluated, overrun) => {
                let scene = Scene { loading: true, ..Scene::default() };
                let scene = scene.with(&self.machine.gate);
                let error = evaluated.err();
                Err(Box::new(failure::describe(&self.shared, error.as_ref(), overrun, scene)))
            }
        }
    }

    fn run(&self, test: Declared) -> TestResult {
        let outcome = match &test.body {
            None => Outcome::Pending,
            Some(body) => self.outcome(&test.path.join(" > "), body, &test.group),
        };
        let mut printed = self.machine.take_log();
        printed.append(&mut self.stage.happened.borrow_mut().printed);
        let file = self.shared.shown(TESTS);
        TestResult { path: test.path, file, line: test.line, outcome, printed }
    }

    fn outcome(&self, name: &str, body: &Function, group: &Value) -> Outcome {
        self.stage.happened.take();
        self.machine.random.begin(name, &[]);
        self.machine.gate.enter(Work::Test, None);
        let ended = self.start.call::<()>((body, group));
        let overrun = self.machine.gate.leave();
        let mut happened = self.stage.happened.take();
        let printed = std::mem::take(&mut happened.printed);
        self.stage.happened.borrow_mut().printed = printed;
        let mut error = match (ended, overrun) {
            (Ok(()), None) => match happened.depends_on_order {
                None => return Outcome::Passed,
                // The test may have swallowed the error; the pack is wrong all the same.
                Some(message) => {
                    let pack = &self.shared.manifest.name;
                    return Outcome::Failed(Box::new(TestFailure {
                        error: PackError::new(FailureKind::Result, pack, message),
                        differences: Vec::new(),
                        pack: None,
                        unmet: true,
                        depends_on_order: true,
                    }));
                }
            },
            (ended, overrun) => {
                let scene = Scene::default().with(&self.machine.gate);
                failure::describe(&self.shared, ended.err().as_ref(), overrun, scene)
            }
        };
        let is_of_pack =
            happened.pack.as_ref().is_some_and(|(message, _)| *message == error.message);
        let pack = happened.pack.filter(|_| is_of_pack).map(|(_, pack)| pack);
        if pack.is_some() {
            // The pack's own error has its hint.
            error.hint = None;
        }
        let unmet = error.kind == FailureKind::Result && pack.is_none();
        Outcome::Failed(Box::new(TestFailure {
            differences: if unmet { happened.differences } else { Vec::new() },
            pack,
            unmet,
            depends_on_order: happened.depends_on_order.is_some_and(|it| it == error.message),
            error,
        }))
    }
}

fn unloaded(shared: &Shared, error: &mlua::Error) -> Box<PackError> {
    let scene = Scene { loading: true, ..Scene::default() };
    Box::new(failure::describe(shared, Some(error), None, scene))
}

fn build(
    machine: &Machine,
    shared: &Arc<Shared>,
    stage: &Rc<Stage>,
    tests: &Rc<RefCell<Vec<Declared>>>,
    context: &RunContext,
) -> mlua::Result<(Evaluator, Table, Function)> {
    let evaluator = Evaluator::new(machine, shared, context)?;
    let host = host(machine, shared, stage, tests)?;
    let code = compile_host(include_str!("../luau/testing.luau"))?;
    let chunk = machine.host_chunk(&code, Pace::Interpreted)?;
    let (globals, start) = chunk.call::<(Table, Function)>(host)?;
    globals.raw_set("test", calls::table(machine, stage)?)?;
    Ok((evaluator, globals, start))
}

/// What `testing.luau` needs of the host.
fn host(
    machine: &Machine,
    shared: &Arc<Shared>,
    stage: &Rc<Stage>,
    tests: &Rc<RefCell<Vec<Declared>>>,
) -> mlua::Result<Table> {
    let lua = &machine.lua;
    let host = lua.create_table()?;
    host.raw_set(
        "fail",
        lua.create_function(
            |_, (message, hint): (LuaString, Option<LuaString>)| -> mlua::Result<()> {
                let mut fault = Fault::argument(message.to_string_lossy());
                fault.hint = hint.map(|hint| hint.to_string_lossy());
                Err(fault.into())
            },
        )?,
    )?;
    let noted = Rc::clone(stage);
    host.raw_set(
        "failed",
        lua.create_function(
            move |_,
                  (message, hint, differences): (LuaString, Option<LuaString>, Vec<LuaString>)|
                  -> mlua::Result<()> {
                let plain = |text: &LuaString| plain_within(&text.to_string_lossy(), 2_000);
                noted.happened.borrow_mut().differences = differences.iter().map(plain).collect();
                let mut fault = Fault::result(message.to_string_lossy());
                fault.hint = hint.map(|hint| hint.to_string_lossy());
                Err(fault.into())
            },
        )?,
    )?;
    let (gate, tried) = (Rc::clone(&machine.gate), Rc::clone(stage));
    host.raw_set(
        "try",
        lua.create_function(move |_, body: Function| match body.call::<()>(()) {
            Ok(()) => Ok((true, String::new())),
            Err(error) if gate.is_over() => Err(error),
            Err(error) => {
                let mut happened = tried.happened.borrow_mut();
                happened.differences.clear();
                let of_pack = happened.pack.take().map(|(_, pack)| pack.to_string());
                Ok((false, of_pack.unwrap_or_else(|| failure::in_words(&error))))
            }
        })?,
    )?;
    let known = Rc::clone(stage);
    host.raw_set(
        "check_rule",
        lua.create_function(move |_, rule: LuaString| {
            Ok(known.check_rule(&rule.to_string_lossy())?)
        })?,
    )?;
    host.raw_set(
        "unknown",
        lua.create_function(
            |_, (whose, name, words): (LuaString, Value, Vec<String>)| -> mlua::Result<()> {
                let name = key_in_words(&name);
                let hint = did_you_mean(&name, words.iter().map(String::as_str));
                let message = format!("{} has no \"{name}\"", whose.to_string_lossy());
                Err(Fault::argument(message).hint(hint).into())
            },
        )?,
    )?;
    let (shared, tests) = (Arc::clone(shared), Rc::clone(tests));
    host.raw_set(
        "declare",
        lua.create_function(
            move |lua, (path, body, group): (Vec<LuaString>, Option<Function>, Value)| {
                let line = caller(lua, &shared).map_or(1, |(_, line)| line);
                let path =
                    path.iter().map(|name| plain_within(&name.to_string_lossy(), NAME_BYTES));
                let mut tests = tests.borrow_mut();
                if tests.len() >= TESTS_MOST {
                    return Err(
                        Fault::argument(format!("a pack has at most {TESTS_MOST} tests")).into()
                    );
                }
                tests.push(Declared { path: path.collect(), line, body, group });
                Ok(())
            },
        )?,
    )?;
    Ok(host)
}

/// What the functions of `test` share.
pub(super) struct Stage {
    factory: LuaPackFactory,
    pub(super) options: Options,
    gate: Rc<Gate>,
    /// Loaded instances, the latest last, each by the day, settings and seed that it was loaded for.
    instances: RefCell<Vec<(String, LuaPack)>>,
    counter: RefCell<Counter>,
    happened: RefCell<Happened>,
    rules: RefCell<BTreeSet<String>>,
}

/// What happened in the test that runs.
#[derive(Default)]
struct Happened {
    differences: Vec<String>,
    pack: Option<(String, Box<PackError>)>,
    depends_on_order: Option<String>,
    printed: Vec<String>,
}

/// Why a call of `test` could not be answered.
pub(super) enum Refusal {
    /// The pack failed.
    Pack(Box<PackError>),
    /// The pack answers otherwise when its customers come in another way.
    Order(String),
}

impl From<PackError> for Refusal {
    fn from(error: PackError) -> Self {
        Self::Pack(Box::new(error))
    }
}

impl Stage {
    /// The pack that is tested.
    pub(super) fn manifest(&self) -> &kehu_contract::Manifest {
        use kehu_contract::PackFactory as _;
        self.factory.manifest()
    }

    /// Lets an instance of the pack that is loaded for this context work on customers of these names. Its
    /// time does not count for the test's own code.
    pub(super) fn with<T>(
        &self,
        context: &RunContext,
        names: &[String],
        work: impl FnOnce(&mut LuaPack) -> Result<T, Refusal>,
    ) -> Result<T, Fault> {
        let worked = self.gate.exempt(|| {
            let mut pack = self.instance(context)?;
            let result = work(&mut pack.1);
            self.happened.borrow_mut().printed.append(&mut pack.1.take_log());
            self.keep(pack);
            result
        });
        worked.map_err(|refusal| self.fault(refusal, names))
    }

    fn instance(&self, context: &RunContext) -> Result<(String, LuaPack), Refusal> {
        let settings = serde_json::Value::Object(context.settings.clone());
        let key = format!("{} {} {settings}", context.as_of, context.seed);
        let mut instances = self.instances.borrow_mut();
        if let Some(place) = instances.iter().position(|(known, _)| *known == key) {
            return Ok(instances.remove(place));
        }
        drop(instances);
        let mut pack = LuaPack::unloaded(self.factory.shared(), context)?;
        if let Err(error) = pack.load() {
            // What a pack does until it refuses to load counts as well.
            self.count_in(&pack);
            return Err(error.into());
        }
        let ids = pack.rules().iter().map(|rule| rule.id.clone());
        self.rules.borrow_mut().extend(ids);
        Ok((key, pack))
    }

    fn keep(&self, pack: (String, LuaPack)) {
        let mut instances = self.instances.borrow_mut();
        instances.push(pack);
        if instances.len() > INSTANCES {
            let (_, pack) = instances.remove(0);
            self.count_in(&pack);
        }
    }

    fn count_in(&self, pack: &LuaPack) {
        let mut counter = self.counter.borrow_mut();
        pack.evaluator.each_script(|path, script| counter.add(path, script));
    }

    fn fault(&self, refusal: Refusal, names: &[String]) -> Fault {
        let mut happened = self.happened.borrow_mut();
        match refusal {
            Refusal::Pack(mut error) => {
                let place = error.customer.and_then(|id| usize::try_from(id - 1).ok());
                if let Some(name) = place.and_then(|place| names.get(place)) {
                    // A test knows its customers by its own names.
                    error.subject = Some(name.clone());
                    error.customer = None;
                }
                let what = match &error.step {
                    Some((_, step)) => format!("{step} failed"),
                    None => "the pack cannot be loaded".to_owned(),
                };
                let message = format!("{what}: {}", error.message);
                let fault = Fault::new(error.kind, message.clone());
                happened.pack = Some((message, error));
                fault
            }
            Refusal::Order(message) => {
                happened.depends_on_order = Some(message.clone());
                Fault::result(message).hint(
                    "declare what changes inside of the function; what is of all customers belongs into a fit",
                )
            }
        }
    }

    /// Refuses the id of a rule that the pack does not declare: an expectation about it would mean nothing.
    fn check_rule(&self, rule: &str) -> Result<(), Fault> {
        let rules = self.rules.borrow();
        if rules.contains(rule) {
            return Ok(());
        }
        let hint = did_you_mean(rule, rules.iter().map(String::as_str));
        let rule = plain_within(rule, 100);
        Err(Fault::argument(format!("the pack declares no rule \"{rule}\"")).hint(hint))
    }

    /// Which lines ran, in all instances so far.
    fn count(&self, shown: impl Fn(&str) -> String) -> Vec<super::FileCoverage> {
        for (_, pack) in self.instances.take() {
            self.count_in(&pack);
        }
        self.counter.take().finish(shown)
    }
}

//! A pack that is loaded for a run, on one thread.

use std::collections::BTreeMap;
use std::sync::Arc;

use kehu_contract::{
    Batch, Case, Columns, Consequence, Event, FailureKind, Hook, Opinion, Pack, PackError, Plan,
    PlanningProblem, Proposal, RowVerdict, Rows, Rule, RunContext, ScoredColumn, StageCase, Step,
    Verdict,
};
use mlua::Function;
use serde_json::Value as Json;

use crate::evaluate::{Evaluated, Evaluator};
use crate::factory::Shared;
use crate::failure::{self, Scene};
use crate::fault::Fault;
use crate::frame::Frame;
use crate::gate::{NO_ROW, Work};
use crate::generate::{self, Fields};
use crate::machine::{Machine, Pace, compile_host};
use crate::{batch, convert, fit, follow_up, import_row, on_event, plan, review, stage};

/// From so many customers on, translating a script for the processor takes less than it saves.
const NATIVE_ROWS: usize = 1_024;

/// A pack in its own VM.
///
/// Every call evaluates the pack's scripts anew, in a fresh environment: what a call leaves behind
/// is gone before the next one.
#[derive(Debug)]
pub struct LuaPack {
    pub(crate) shared: Arc<Shared>,
    pub(crate) context: RunContext,
    pub(crate) machine: Machine,
    pub(crate) evaluator: Evaluator,
    rules: Vec<Rule>,
    /// The loops, each for a step and the types of its columns.
    loops: BTreeMap<usize, (Fields, Function)>,
}

/// What went wrong, as far as the place that noticed it knows.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The VM raised it.
    Lua(mlua::Error),
    /// The host noticed it, perhaps at a row.
    Fault(Option<usize>, Fault),
}

impl From<mlua::Error> for Trouble {
    fn from(error: mlua::Error) -> Self {
        Self::Lua(error)
    }
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Fault(None, fault)
    }
}

impl LuaPack {
    pub(crate) fn new(shared: Arc<Shared>, context: &RunContext) -> Result<Self, PackError> {
        let mut pack = Self::unloaded(shared, context)?;
        pack.load()?;
        Ok(pack)
    }

    /// Makes the VM; nothing of the pack runs yet.
    pub(crate) fn unloaded(shared: Arc<Shared>, context: &RunContext) -> Result<Self, PackError> {
        let host = |error: &mlua::Error| {
            failure::describe(
                &shared,
                Some(error),
                None,
                Scene { loading: true, memory: context.limits.memory, ..Scene::default() },
            )
        };
        let machine = Machine::new(&shared.manifest.name, context).map_err(|error| host(&error))?;
        let evaluator = Evaluator::new(&machine, &shared, context).map_err(|error| host(&error))?;
        Ok(Self {
            shared,
            context: context.clone(),
            machine,
            evaluator,
            rules: Vec::new(),
            loops: BTreeMap::new(),
        })
    }

    /// Evaluates the pack for the first time, and keeps its rules.
    pub(crate) fn load(&mut self) -> Result<(), PackError> {
        self.rules = self.evaluate_first()?;
        Ok(())
    }

    /// Takes out what the pack printed since the last call: at most 1,000 lines of 200 bytes.
    pub fn take_log(&mut self) -> Vec<String> {
        self.machine.take_log()
    }

    /// The bytes that the pack's VM holds after a collection.
    pub fn memory(&self) -> usize {
        if self.machine.lua.gc_collect().is_err() {
            return usize::MAX;
        }
        self.machine.lua.used_memory()
    }

    fn evaluate_first(&self) -> Result<Vec<Rule>, PackError> {
        self.machine.random.begin("load", &[]);
        self.machine.gate.enter(Work::Load, None);
        let evaluated = self.evaluator.evaluate(&self.machine);
        let overrun = self.machine.gate.leave();
        match (evaluated, overrun) {
            (Ok(evaluated), None) => Ok(evaluated.rules),
            (evaluated, overrun) => {
                let scene = Scene { loading: true, ..Scene::default() };
                let scene = scene.with(&self.machine.gate);
                Err(failure::describe(&self.shared, evaluated.err().as_ref(), overrun, scene))
            }
        }
    }

    /// Runs one call of a step: a fresh environment, then `work`, with every failure described.
    fn call<T>(
        &self,
        place: usize,
        ids: &[i64],
        frame: Option<&Frame>,
        work: impl FnOnce(&Step, &Evaluated) -> Result<T, Trouble>,
    ) -> Result<T, PackError> {
        self.call_about(place, ids, frame, &|_| None, work)
    }

    /// Does the same where rows are not customers alone: `about` names what a row stands for.
    fn call_about<T>(
        &self,
        place: usize,
        ids: &[i64],
        frame: Option<&Frame>,
        about: &dyn Fn(usize) -> Option<String>,
        work: impl FnOnce(&Step, &Evaluated) -> Result<T, Trouble>,
    ) -> Result<T, PackError> {
        let mut scene = failure::scene(&self.shared, place);
        let Some(step) = self.shared.manifest.steps.get(place) else {
            let message = format!("the pack has no step {place}");
            return Err(PackError::new(FailureKind::Host, &self.shared.manifest.name, message));
        };
        self.machine.random.begin("load", &[]);
        self.machine.gate.enter(Work::Load, None);
        let evaluated = self.evaluator.evaluate(&self.machine);
        let left = self.machine.gate.leave();
        scene = scene.with(&self.machine.gate);
        if let Some(overrun) = left {
            scene.loading = true;
            return Err(failure::describe(&self.shared, None, Some(overrun), scene));
        }
        let evaluated = match evaluated {
            Ok(evaluated) if evaluated.rules == self.rules => evaluated,
            Ok(_) => {
                let fault =
                    Fault::new(FailureKind::Load, "the pack declares other rules than before")
                        .hint("rules must not depend on chance");
                return Err(failure::describe(&self.shared, Some(&fault.into()), None, scene));
            }
            Err(error) => {
                scene.loading = true;
                return Err(failure::describe(&self.shared, Some(&error), None, scene));
            }
        };
        self.machine.random.begin(&step.name, ids);
        let result = work(step, &evaluated);
        let row = self.machine.gate.row_now();
        let overrun = self.machine.gate.leave();
        scene = scene.with(&self.machine.gate);
        let (error, row) = match (result, &overrun) {
            (Ok(result), None) => return Ok(result),
            (Err(Trouble::Fault(at, fault)), None) => (Some(fault.into()), at),
            (Err(Trouble::Lua(error)), _) => (Some(error), at_row(row)),
            (_, Some(_)) => (None, at_row(row)),
        };
        if let Some(row) = row {
            scene.customer = ids.get(row).copied().filter(|id| *id != 0);
            scene.subject = about(row);
            scene.inputs = frame.map(|frame| frame.inputs(row)).unwrap_or_default();
        }
        scene.function = evaluated.functions.get(&step.function).and_then(place_of);
        Err(failure::describe(&self.shared, error.as_ref(), overrun, scene))
    }

    fn frame(&self, place: usize, columns: &Columns) -> Result<Frame, PackError> {
        let step = self.step(place)?;
        Frame::new(step, columns).map_err(|fault| {
            let error = fault.into();
            failure::describe(&self.shared, Some(&error), None, failure::scene(&self.shared, place))
        })
    }

    fn step(&self, place: usize) -> Result<&Step, PackError> {
        self.shared.manifest.steps.get(place).ok_or_else(|| {
            let message = format!("the pack has no step {place}");
            PackError::new(FailureKind::Host, &self.shared.manifest.name, message)
        })
    }

    /// Writes and compiles the loop of a step, unless that was done for the same columns before.
    fn prepare(&mut self, place: usize, frame: &Frame) -> Result<(), PackError> {
        if self.loops.get(&place).is_some_and(|(fields, _)| *fields == frame.fields) {
            return Ok(());
        }
        let source = generate::source(self.step(place)?, &frame.fields);
        let pace = if frame.rows() < NATIVE_ROWS { Pace::Interpreted } else { Pace::Native };
        let hurried = self.evaluator.hurry(&self.machine, pace);
        let code = hurried.and_then(|()| compile_host(&source));
        let chunk = code.and_then(|code| self.machine.host_chunk(&code, pace));
        let chunk = chunk.map_err(|error| {
            failure::describe(&self.shared, Some(&error), None, failure::scene(&self.shared, place))
        })?;
        self.loops.insert(place, (frame.fields.clone(), chunk));
        Ok(())
    }

    /// The loop of a step that is prepared.
    pub(crate) fn chunk(&self, place: usize) -> Result<&Function, Fault> {
        let chunk = self.loops.get(&place).map(|(_, chunk)| chunk);
        chunk.ok_or_else(|| Fault::new(FailureKind::Host, "the step has no loop"))
    }
}

fn function<'a>(evaluated: &'a Evaluated, name: &str) -> Result<&'a Function, Trouble> {
    let fault = || Fault::new(FailureKind::Host, format!("function {name} is gone"));
    Ok(evaluated.functions.get(name).ok_or_else(fault)?)
}

fn at_row(row: u32) -> Option<usize> {
    (row != NO_ROW).then_some(row as usize)
}

/// Where a function stands.
fn place_of(function: &Function) -> Option<(String, u32)> {
    let info = function.info();
    Some((info.short_src?, info.line_defined? as u32))
}

impl Pack for LuaPack {
    fn rules(&self) -> &[Rule] {
        &self.rules
    }

    fn fit(&mut self, place: usize, base: &Columns) -> Result<Json, PackError> {
        let frame = self.frame(place, base)?;
        self.call(place, &[], None, |step, evaluated| {
            let Some(name) = &step.fit else { return Ok(Json::Null) };
            let function = function(evaluated, name)?;
            let columns = fit::columns(&self.machine, step, &frame)?;
            let ctx = batch::plain_context(&self.machine, &self.evaluator, &self.context)?;
            self.machine.gate.enter(Work::Fit, None);
            let returned = function.call::<mlua::Value>((columns, ctx))?;
            self.machine.gate.pause();
            let state = convert::from_lua(&returned, &format!("what {name} returned"))?;
            let bytes = state.to_string().len();
            if bytes > convert::STATE_BYTES {
                let message =
                    format!("{name} returned {bytes} bytes, the limit is {}", convert::STATE_BYTES);
                return Err(Fault::result(message).into());
            }
            Ok(state)
        })
    }

    fn score(
        &mut self,
        place: usize,
        batch: &Batch,
        state: &Json,
    ) -> Result<Vec<ScoredColumn>, PackError> {
        let frame = self.frame(place, &batch.columns)?;
        self.prepare(place, &frame)?;
        self.call(place, &batch.ids, Some(&frame), |step, evaluated| {
            let author = function(evaluated, &step.function)?;
            let chunk = self.chunk(place)?;
            let job = batch::Job { pack: self, step, evaluated, frame: &frame, chunk };
            batch::score(&job, author, state, batch.columns.rows())
        })
    }

    fn follow_up(
        &mut self,
        place: usize,
        batch: &Batch,
        cases: &[Case],
    ) -> Result<Vec<Proposal>, PackError> {
        let frame = self.frame(place, &batch.columns)?;
        self.prepare(place, &frame)?;
        self.call(place, &batch.ids, Some(&frame), |step, evaluated| {
            let author = function(evaluated, &step.function)?;
            let chunk = self.chunk(place)?;
            let job = batch::Job { pack: self, step, evaluated, frame: &frame, chunk };
            follow_up::run(&job, author, batch, cases)
        })
    }

    fn review(
        &mut self,
        place: usize,
        batch: &Batch,
        proposals: &[Proposal],
    ) -> Result<Vec<Verdict>, PackError> {
        let frame = self.frame(place, &batch.columns)?;
        self.prepare(place, &frame)?;
        self.call(place, &batch.ids, Some(&frame), |step, evaluated| {
            let author = function(evaluated, &step.function)?;
            let chunk = self.chunk(place)?;
            let job = batch::Job { pack: self, step, evaluated, frame: &frame, chunk };
            review::run(&job, author, batch, proposals)
        })
    }

    fn stage(
        &mut self,
        place: usize,
        batch: &Batch,
        cases: &[StageCase],
    ) -> Result<Vec<Opinion>, PackError> {
        let frame = self.frame(place, &batch.columns)?;
        self.prepare(place, &frame)?;
        let deal = |row: usize| {
            let id = cases.get(row)?.id;
            Some(if id == 0 { "a new deal".to_owned() } else { format!("deal D-{id}") })
        };
        self.call_about(place, &batch.ids, Some(&frame), &deal, |step, evaluated| {
            let author = function(evaluated, &step.function)?;
            let chunk = self.chunk(place)?;
            let job = batch::Job { pack: self, step, evaluated, frame: &frame, chunk };
            stage::run(&job, author, batch, cases)
        })
    }

    fn on_event(
        &mut self,
        place: usize,
        batch: &Batch,
        events: &[Event],
    ) -> Result<Vec<Consequence>, PackError> {
        let frame = self.frame(place, &batch.columns)?;
        self.prepare(place, &frame)?;
        let record = |row: usize| {
            let event = events.get(row)?;
            Some(format!("{} {}", event.record, event.shown))
        };
        self.call_about(place, &batch.ids, Some(&frame), &record, |step, evaluated| {
            let author = function(evaluated, &step.function)?;
            let chunk = self.chunk(place)?;
            let job = batch::Job { pack: self, step, evaluated, frame: &frame, chunk };
            on_event::run(&job, author, batch, events)
        })
    }

    fn import_row(&mut self, place: usize, rows: &Rows) -> Result<Vec<RowVerdict>, PackError> {
        let frame = Frame::of_fields(&rows.columns);
        self.prepare(place, &frame)?;
        let line = |row: usize| Some(format!("{}:{}", rows.file, rows.lines.get(row)?));
        self.call_about(place, &[], Some(&frame), &line, |step, evaluated| {
            let author = function(evaluated, &step.function)?;
            let chunk = self.chunk(place)?;
            let job = batch::Job { pack: self, step, evaluated, frame: &frame, chunk };
            import_row::run(&job, author, rows)
        })
    }

    fn plan_visits(&mut self, place: usize, problem: &PlanningProblem) -> Result<Plan, PackError> {
        debug_assert!(
            self.shared.manifest.steps.get(place).is_none_or(|step| step.hook == Hook::PlanVisits)
        );
        self.call(place, &[], None, |step, evaluated| {
            let author = function(evaluated, &step.function)?;
            plan::run(self, author, problem)
        })
    }
}

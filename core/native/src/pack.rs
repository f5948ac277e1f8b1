//! A plugin that is loaded for a run, on one thread.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kehu_abi as abi;
use kehu_contract::{
    Batch, Case, Columns, FailureKind, Hook, Manifest, Pack, PackError, Plan, PlanningProblem,
    Proposal, Rule, RunContext, ScoredColumn, Step, Text, Value, Verdict,
};
use serde_json::{Map, Value as Json};

use crate::description::Description;
use crate::desk::Answer;
use crate::factory::{Crash, OnCrash, Shared};
use crate::guest::Guest;
use crate::host::{Death, Worker, limit_of, names};
use crate::lend::Lending;
use crate::search::About;
use crate::state;
use crate::survey::Trace;

/// The largest state.
const STATE_BYTES: usize = 64 * 1024;

/// Where the plugin's code runs.
pub(crate) enum Seat {
    Worker(Box<Worker>),
    Inside(Box<Guest>),
}

/// A plugin in its seat.
pub(crate) struct NativePack {
    shared: Arc<Shared>,
    context: RunContext,
    rules: Vec<Rule>,
    /// None after a death, until the next call.
    seat: Option<Seat>,
    spent: Duration,
    /// A limit that stands for all others.
    hurry: Option<Duration>,
    /// The row to which it came before it died last.
    reached: Option<usize>,
}

/// Why a call gave nothing.
pub(crate) enum Trouble {
    /// The worker ended.
    Death(Death),
    /// The plugin or the host says no, perhaps at a row.
    Fault(Option<usize>, Box<PackError>),
}

impl Trouble {
    /// Puts the customer of a batch in place of the row.
    pub(crate) fn within(self, batch: &Batch) -> Self {
        let Self::Fault(Some(row), mut error) = self else { return self };
        if let Some(customer) = batch.ids.get(row) {
            error.customer = Some(*customer);
            error.inputs = inputs(&batch.columns, row);
        }
        Self::Fault(None, error)
    }
}

impl NativePack {
    pub(crate) fn new(shared: Arc<Shared>, context: &RunContext) -> Result<Self, PackError> {
        let mut rules = shared.description.rules(&context.settings);
        if shared.options.on_crash == OnCrash::SkipRows {
            rules.push(crashed_rule());
        }
        let mut pack = Self {
            shared,
            context: context.clone(),
            rules,
            seat: None,
            spent: Duration::ZERO,
            hurry: None,
            reached: None,
        };
        match pack.sit().map(drop) {
            Ok(()) => Ok(pack),
            Err(trouble) => Err(pack.tell(trouble)),
        }
    }

    /// Makes sure that there is a seat, and that it is in this run.
    pub(crate) fn sit(&mut self) -> Result<&mut Seat, Trouble> {
        let mut seat = match self.seat.take() {
            Some(seat) => seat,
            None => {
                let seat = self.shared.seat(self.context.limits);
                let mut seat = seat.map_err(|error| Trouble::Fault(None, Box::new(error)))?;
                match &mut seat {
                    Seat::Worker(worker) => {
                        worker.begin(&self.context).map_err(Trouble::Death)?;
                    }
                    Seat::Inside(guest) => {
                        let settings = Json::Object(self.context.settings.clone()).to_string();
                        guest.begin(self.context.as_of, self.context.seed, &settings);
                    }
                }
                seat
            }
        };
        if let Seat::Worker(worker) = &mut seat {
            worker.pass_on_printed();
        }
        Ok(self.seat.insert(seat))
    }

    fn step(&self, place: usize) -> Result<Step, PackError> {
        self.shared.manifest.steps.get(place).cloned().ok_or_else(|| {
            self.shared.error(FailureKind::Host, format!("the pack has no step {place}"))
        })
    }

    /// Runs one call in the seat. A worker that died is not used again.
    pub(crate) fn call(
        &mut self,
        rows: usize,
        work: impl FnOnce(&mut Seat, Duration) -> Result<Answer, Death>,
    ) -> Result<Answer, Trouble> {
        let limit = self.hurry.unwrap_or_else(|| limit_of(&self.context, rows, self.spent));
        let begun = Instant::now();
        let result = work(self.sit()?, limit);
        self.spent += begun.elapsed();
        match result {
            Ok(answer) => self.accept(answer),
            Err(death) => {
                self.seat = None;
                Err(Trouble::Death(death))
            }
        }
    }

    /// Makes an error of an answer that is none.
    fn accept(&self, answer: Answer) -> Result<Answer, Trouble> {
        let fault = |kind, row: i64, said: String| {
            let row = usize::try_from(row).ok();
            Err(Trouble::Fault(row, Box::new(self.shared.error(kind, said))))
        };
        match (answer.code, answer.failure) {
            (abi::OK, None) => Ok(Answer { failure: None, ..answer }),
            (abi::OK, Some((row, said))) => {
                let said = format!("it returned KEHU_OK, but told of a failure: {said}");
                fault(FailureKind::Result, row, said)
            }
            (abi::PANIC, Some((row, said))) => {
                fault(FailureKind::Runtime, row, format!("it panicked: {said}"))
            }
            (abi::CANCELLED, _) => fault(
                FailureKind::TimeLimit,
                -1,
                "it took too long, and stopped as asked".to_owned(),
            ),
            (_, Some((row, said))) => fault(FailureKind::Runtime, row, said),
            (code, None) => {
                fault(FailureKind::Runtime, -1, format!("it returned {code} without a word"))
            }
        }
    }

    /// Makes sure that the step has an instance with this state.
    pub(crate) fn create(&mut self, place: usize, state: &[u8]) -> Result<(), Trouble> {
        let work = |seat: &mut Seat, _| match seat {
            Seat::Worker(worker) => worker.create(place, state),
            Seat::Inside(guest) if guest.has(place, state) => Ok(Answer::default()),
            Seat::Inside(guest) => Ok(guest.create(place, state)),
        };
        self.call(1, work).map(drop)
    }

    pub(crate) fn lending<'a>(
        &self,
        made: Result<Lending<'a>, String>,
    ) -> Result<Lending<'a>, Trouble> {
        made.map_err(|what| self.failed(what))
    }

    /// Tells a person what happened.
    pub(crate) fn describe(&self, trouble: Trouble, about: &About<'_>) -> PackError {
        PackError { step: Some((about.step.hook, about.step.name.clone())), ..self.tell(trouble) }
    }

    /// The worker that it has just now.
    pub(crate) fn worker(&self) -> Option<&Worker> {
        match &self.seat {
            Some(Seat::Worker(worker)) => Some(worker),
            _ => None,
        }
    }

    /// What has changed in the plugin's process since before it was loaded.
    pub(crate) fn survey(&mut self) -> Result<Vec<(Trace, String)>, Trouble> {
        match self.sit()? {
            Seat::Worker(worker) => worker.survey().map_err(Trouble::Death),
            Seat::Inside(_) => Ok(Vec::new()),
        }
    }

    /// How many threads the plugin's process has; none where the system does not tell.
    pub(crate) fn threads(&mut self) -> Result<Option<usize>, Trouble> {
        match self.sit()? {
            Seat::Worker(worker) => Ok(worker.threads()),
            Seat::Inside(_) => Ok(None),
        }
    }

    /// Begins another run in the same process, so that the instances of this one are destroyed.
    pub(crate) fn end_run(&mut self) -> Result<(), Trouble> {
        self.context.seed = self.context.seed.wrapping_add(1);
        let context = self.context.clone();
        match self.sit()? {
            Seat::Worker(worker) => worker.begin(&context).map_err(Trouble::Death),
            Seat::Inside(_) => Ok(()),
        }
    }

    /// True if half of the run's time is used up.
    pub(crate) fn is_spent(&self) -> bool {
        self.spent > self.context.limits.run / 2
    }

    /// What trouble is called where no step is known.
    pub(crate) fn tell(&self, trouble: Trouble) -> PackError {
        match trouble {
            Trouble::Fault(_, error) => *error,
            Trouble::Death(death) => self.of_death(&death),
        }
    }

    fn of_death(&self, death: &Death) -> PackError {
        let kind = match death {
            Death::TooSlow(_) => FailureKind::TimeLimit,
            Death::Host(_) => FailureKind::Host,
            Death::Signal(_, said) | Death::Exit(_, said)
                if said.contains("memory allocation of") =>
            {
                FailureKind::MemoryLimit
            }
            _ => FailureKind::Runtime,
        };
        let words = match death {
            Death::Host(what) => what.clone(),
            death => format!("the plugin {}", death.words()),
        };
        let mut error = self.shared.error(kind, words);
        error.hint = match death {
            Death::Forbidden(_) => {
                Some("tell its author: a plugin gets all that it may know as columns and settings, and gives all that it has to say as results".to_owned())
            }
            death => death.is_crash().then(|| "tell its author".to_owned()),
        };
        error
    }

    /// What somebody can do about a plugin that dies at a customer.
    pub(crate) fn advice(&self, step: &Step) -> String {
        let name = self.shared.name();
        let others = match step.hook {
            Hook::FollowUp => "the others are asked about",
            Hook::PlanVisits => "the others are planned",
            _ => "the others are scored",
        };
        match self.on_crash() {
            OnCrash::Fail => format!(
                "tell its author; with on_crash = \"skip-rows\" in [plugins.{name}] {others}"
            ),
            OnCrash::SkipRows => "tell its author".to_owned(),
        }
    }

    /// What becomes of customers at whom it dies.
    pub(crate) fn on_crash(&self) -> OnCrash {
        self.shared.options.on_crash
    }

    pub(crate) fn note_death(&self, death: &Death) {
        self.shared.note_death(death);
    }

    /// Notes a customer that is passed over.
    pub(crate) fn note_crash(&self, step: &Step, customer: i64, death: &Death) {
        self.shared.note_crash(Crash {
            plugin: self.shared.name().to_owned(),
            step: step.name.clone(),
            customer,
            what: death.words(),
        });
    }

    /// Does something under a limit that stands for all others.
    pub(crate) fn hurried<T>(
        &mut self,
        limit: Option<Duration>,
        work: impl FnOnce(&mut Self) -> T,
    ) -> T {
        self.hurry = limit;
        let result = work(self);
        self.hurry = None;
        result
    }

    /// Takes out the row to which the plugin came before it died, where that can be seen.
    pub(crate) fn take_reached(&mut self) -> Option<usize> {
        self.reached.take()
    }

    pub(crate) fn set_reached(&mut self, row: Option<usize>) {
        self.reached = row;
    }

    pub(crate) fn seat(&self) -> Option<&Seat> {
        self.seat.as_ref()
    }

    pub(crate) fn description(&self) -> &Description {
        &self.shared.description
    }

    pub(crate) fn manifest(&self) -> &Manifest {
        &self.shared.manifest
    }

    pub(crate) fn context(&self) -> &RunContext {
        &self.context
    }

    pub(crate) fn settings(&self) -> &Map<String, Json> {
        &self.context.settings
    }

    /// The rules that the plugin declares: without the host's own, which stands behind them.
    pub(crate) fn own_rules(&self) -> &[Rule] {
        &self.rules[..self.shared.description.rules.len()]
    }

    /// The place of the host's own rule, where customers are passed over.
    pub(crate) fn crashed_rule(&self) -> u16 {
        self.shared.description.rules.len() as u16
    }

    /// Trouble with what the plugin gave, perhaps at a row.
    pub(crate) fn misuse(&self, row: Option<usize>, what: String) -> Trouble {
        Trouble::Fault(row, Box::new(self.shared.error(FailureKind::Result, what)))
    }

    /// Trouble of the host's own.
    pub(crate) fn failed(&self, what: String) -> Trouble {
        Trouble::Fault(None, Box::new(self.shared.error(FailureKind::Host, what)))
    }
}

/// The rule by which customers are explained that were passed over.
fn crashed_rule() -> Rule {
    Rule {
        id: "plugin_crashed".to_owned(),
        input: None,
        comparison: None,
        setting: None,
        limit: None,
        points: None,
        text: Text::new("the plugin failed at this customer", "插件在处理该客户时出错"),
        file: String::new(),
        line: 0,
        source: String::new(),
    }
}

/// A customer's inputs, in words.
pub(crate) fn inputs(columns: &Columns, row: usize) -> Vec<(String, String)> {
    let word = |value| match value {
        Value::Missing => "missing".to_owned(),
        Value::Flag(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => format!("\"{text}\""),
        Value::Day(day) => day.to_string(),
    };
    columns.iter().map(|(name, _, data)| (name.to_owned(), word(data.value(row)))).collect()
}

impl Pack for NativePack {
    fn rules(&self) -> &[Rule] {
        &self.rules
    }

    fn fit(&mut self, place: usize, base: &Columns) -> Result<Json, PackError> {
        let step = self.step(place)?;
        if step.fit.is_none() {
            return Ok(Json::Null);
        }
        let answer = self.lending(Lending::new(&step, base, None)).and_then(|lending| {
            self.call(base.rows(), |seat, limit| match seat {
                Seat::Worker(worker) => worker.fit(place, &lending, limit),
                Seat::Inside(guest) => Ok(guest.fit(place, &lending.in_place(&names(&step)))),
            })
        });
        let answer = answer.map_err(|trouble| {
            if let Trouble::Death(death) = &trouble {
                self.note_death(death);
            }
            PackError { step: Some((step.hook, step.name.clone())), ..self.tell(trouble) }
        })?;
        let bytes = answer.emitted.len();
        if bytes > STATE_BYTES {
            let message = format!("its fit gave {bytes} bytes, the limit is {STATE_BYTES}");
            return Err(self.shared.error(FailureKind::Result, message));
        }
        Ok(state::to_json(answer.emitted))
    }

    fn score(
        &mut self,
        place: usize,
        batch: &Batch,
        state: &Json,
    ) -> Result<Vec<ScoredColumn>, PackError> {
        let step = self.step(place)?;
        let state = state::from_json(state).ok_or_else(|| {
            self.shared.error(FailureKind::Host, "the state is none that a fit gave")
        })?;
        self.score_all(place, &step, batch, &state)
    }

    fn follow_up(
        &mut self,
        place: usize,
        batch: &Batch,
        cases: &[Case],
    ) -> Result<Vec<Proposal>, PackError> {
        let step = self.step(place)?;
        self.propose_all(place, &step, batch, cases)
    }

    fn review(&mut self, _: usize, _: &Batch, _: &[Proposal]) -> Result<Vec<Verdict>, PackError> {
        Err(self.shared.error(FailureKind::Host, "native plugins have no hook review"))
    }

    fn plan_visits(&mut self, place: usize, problem: &PlanningProblem) -> Result<Plan, PackError> {
        let step = self.step(place)?;
        self.plan_all(place, &step, problem)
    }
}

impl Drop for NativePack {
    fn drop(&mut self) {
        if let Some(Seat::Worker(mut worker)) = self.seat.take() {
            worker.pass_on_printed();
            self.shared.take_back(*worker);
        }
    }
}

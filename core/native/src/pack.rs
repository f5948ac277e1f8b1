//! A plugin that is loaded for a run, on one thread.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kehu_abi as abi;
use kehu_contract::{
    Batch, Case, Columns, FailureKind, LabelValue, Pack, PackError, Plan, PlanningProblem,
    Proposal, Rule, RunContext, ScoredColumn, Step, Text, Value, Verdict,
};
use serde_json::Value as Json;

use crate::bisect;
use crate::collect::{self, Source};
use crate::decide;
use crate::desk::Answer;
use crate::factory::{Crash, OnCrash, Shared};
use crate::file::hexadecimal;
use crate::guest::{Guest, Work};
use crate::host::{Death, Worker, limit_of, names};
use crate::lend::Lending;
use crate::room::Layout;

/// The largest state.
const STATE_BYTES: usize = 64 * 1024;

/// How long part of a batch may take, when the customer is looked for at whom a plugin hangs.
const HURRY: Duration = Duration::from_millis(250);

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
}

/// Why a call gave nothing.
pub(crate) enum Trouble {
    /// The worker ended.
    Death(Death),
    /// The plugin or the host says no, perhaps at a row.
    Fault(Option<usize>, Box<PackError>),
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
        };
        if let Err(trouble) = pack.sit().map(drop) {
            return Err(pack.describe(trouble, None, &[]));
        }
        Ok(pack)
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
            // What it printed between calls is of no use to anyone later.
            drop(worker.take_printed());
        }
        Ok(self.seat.insert(seat))
    }

    fn step(&self, place: usize) -> Result<Step, PackError> {
        self.shared.manifest.steps.get(place).cloned().ok_or_else(|| {
            self.shared.error(FailureKind::Host, format!("the pack has no step {place}"))
        })
    }

    /// Runs one call in the seat. A worker that died is not used again.
    fn call(
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

    /// Scores a batch as it is.
    pub(crate) fn score_once(
        &mut self,
        place: usize,
        step: &Step,
        batch: &Batch,
        state: &[u8],
    ) -> Result<Vec<ScoredColumn>, Trouble> {
        self.create(place, state)?;
        let lending = self.lending(Lending::of_batch(step, batch))?;
        let shape = &self.shared.description.steps[place];
        let is_inside = matches!(self.seat, Some(Seat::Inside(_)));
        let rules = &self.shared.description.rules;
        let layout = Layout::new(step, shape, rules, batch.ids.len(), !is_inside);
        let mut own = vec![0_u64; if is_inside { layout.size / 8 + 1 } else { 0 }];
        let base: *mut u8 = own.as_mut_ptr().cast();
        let answer = self.call(batch.ids.len(), |seat, limit| match seat {
            Seat::Worker(worker) => worker.score(place, &lending, &layout, limit),
            Seat::Inside(guest) => Ok(score_inside(guest, place, step, &lending, &layout, base)),
        })?;
        let given = match &self.seat {
            Some(Seat::Worker(worker)) => worker.given(),
            _ => base.cast_const(),
        };
        let labels = self.labels(step);
        let source = Source {
            description: &self.shared.description,
            rules: &self.rules,
            step,
            place,
            batch,
            texts: &answer.texts,
            labels: &labels,
        };
        #[expect(unsafe_code, reason = "the buffers are read")]
        // SAFETY: the memory was laid out by this very layout for this call.
        let read = unsafe { collect::columns(&source, &layout, given) };
        read.map_err(|(row, what)| {
            Trouble::Fault(row, Box::new(self.shared.error(FailureKind::Result, what)))
        })
    }

    fn labels(&self, step: &Step) -> Vec<Vec<LabelValue>> {
        let manifest = &self.shared.manifest;
        let settings = &self.context.settings;
        step.gives.iter().map(|give| manifest.label_values(give, settings)).collect()
    }

    fn lending<'a>(&self, made: Result<Lending<'a>, String>) -> Result<Lending<'a>, Trouble> {
        made.map_err(|what| {
            Trouble::Fault(None, Box::new(self.shared.error(FailureKind::Host, what)))
        })
    }

    /// Tells a person what happened.
    fn describe(&self, trouble: Trouble, step: Option<&Step>, batch: &[&Batch]) -> PackError {
        let (row, mut error) = match trouble {
            Trouble::Fault(row, error) => (row, *error),
            Trouble::Death(death) => (None, self.of_death(&death)),
        };
        error.step = step.map(|step| (step.hook, step.name.clone()));
        if let (Some(row), Some(batch)) = (row, batch.first())
            && let Some(customer) = batch.ids.get(row)
        {
            error.customer = Some(*customer);
            error.inputs = inputs(&batch.columns, row);
        }
        error
    }

    /// The worker that it has just now.
    pub(crate) fn worker(&self) -> Option<&Worker> {
        match &self.seat {
            Some(Seat::Worker(worker)) => Some(worker),
            _ => None,
        }
    }

    /// True if half of the run's time is used up.
    pub(crate) fn is_spent(&self) -> bool {
        self.spent > self.context.limits.run / 2
    }

    /// What trouble is called where no customer is known.
    pub(crate) fn tell(&self, trouble: Trouble) -> PackError {
        self.describe(trouble, None, &[])
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
            death => death
                .is_crash()
                .then(|| "tell its author; on_crash = \"skip-rows\" scores the others".to_owned()),
        };
        error
    }

    /// Scores a batch whose scoring killed a worker: finds the customer, or passes over it.
    fn after_crash(
        &mut self,
        place: usize,
        step: &Step,
        batch: &Batch,
        state: &[u8],
        death: &Death,
    ) -> Result<Vec<ScoredColumn>, PackError> {
        self.shared.note_death(death);
        match self.shared.options.on_crash {
            OnCrash::Fail => {
                let mut error = self.of_death(death);
                error.step = Some((step.hook, step.name.clone()));
                match bisect::find(self, place, step, batch, state, Death::is_crash) {
                    Some((row, death)) => {
                        error = PackError { step: error.step, ..self.of_death(&death) };
                        error.customer = batch.ids.get(row).copied();
                        error.inputs = inputs(&batch.columns, row);
                    }
                    None if batch.ids.is_empty() => error.message += "; there was no customer",
                    None => error.message += "; asked about parts of the batch it did not",
                }
                Err(error)
            }
            OnCrash::SkipRows => {
                let skipped = bisect::skip(self, place, step, batch, state);
                let (scored, crashes) =
                    skipped.map_err(|trouble| self.describe(trouble, Some(step), &[]))?;
                for (row, death) in crashes {
                    self.shared.note_crash(Crash {
                        plugin: self.shared.name().to_owned(),
                        step: step.name.clone(),
                        customer: batch.ids[row],
                        what: death.words(),
                    });
                }
                Ok(scored)
            }
        }
    }

    /// Names the customer at which scoring does not come to an end, if it is one.
    fn after_hang(
        &mut self,
        place: usize,
        step: &Step,
        batch: &Batch,
        state: &[u8],
        death: &Death,
    ) -> PackError {
        let is_hang = |death: &Death| matches!(death, Death::TooSlow(_));
        self.hurry = Some(HURRY);
        let found = bisect::find(self, place, step, batch, state, is_hang);
        self.hurry = None;
        let mut error = self.describe(Trouble::Death(death.clone()), Some(step), &[]);
        if let Some((row, _)) = found {
            // A busy machine may be slow anywhere: the customer is named who takes all the time there is.
            let one = bisect::part(batch, row, row + 1);
            let again = self.score_once(place, step, &one, state);
            if matches!(again, Err(Trouble::Death(death)) if is_hang(&death)) {
                error.customer = batch.ids.get(row).copied();
                error.inputs = inputs(&batch.columns, row);
            }
        }
        error
    }

    /// The columns of a customer that is passed over: missing, and a reason that says so.
    pub(crate) fn passed_over(&self, step: &Step) -> Vec<ScoredColumn> {
        let rule = self.shared.description.rules.len() as u16;
        step.gives.iter().map(|give| collect::missing(give.info.kind, rule)).collect()
    }
}

fn score_inside(
    guest: &mut Guest,
    place: usize,
    step: &Step,
    lending: &Lending<'_>,
    layout: &Layout,
    base: *mut u8,
) -> Answer {
    let names = names(step);
    let lent = lending.in_place(&names);
    #[expect(unsafe_code, reason = "the buffers are prefilled")]
    // SAFETY: the caller made the memory as large as the layout, of words.
    unsafe {
        layout.prefill(base);
    }
    guest.ask(place, &Work::Score { lent: &lent, layout, base })
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
        text: Text::new("the plugin crashed for this customer", "插件在处理该客户时崩溃"),
        file: String::new(),
        line: 0,
        source: String::new(),
    }
}

/// A customer's inputs, in words.
fn inputs(columns: &Columns, row: usize) -> Vec<(String, String)> {
    let word = |value| match value {
        Value::Missing => "missing".to_owned(),
        Value::Flag(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => format!("\"{text}\""),
        Value::Day(day) => day.to_string(),
    };
    columns.iter().map(|(name, _, data)| (name.to_owned(), word(data.value(row)))).collect()
}

/// A state as people may read it: JSON where it is an object that is written again as it was, else text,
/// else its bytes.
fn state_to_json(state: Vec<u8>) -> Json {
    match String::from_utf8(state) {
        Ok(text) => match serde_json::from_str(&text) {
            Ok(Json::Object(entries)) if !is_bytes(&entries) => {
                let json = Json::Object(entries);
                let again = json.to_string();
                if again == text { json } else { Json::String(text) }
            }
            _ => Json::String(text),
        },
        Err(error) => serde_json::json!({ "bytes": hexadecimal(error.as_bytes()) }),
    }
}

/// True for the object that stands for bytes.
fn is_bytes(entries: &serde_json::Map<String, Json>) -> bool {
    entries.len() == 1 && entries.contains_key("bytes")
}

fn state_from_json(state: &Json) -> Option<Vec<u8>> {
    match state {
        Json::Null => Some(Vec::new()),
        Json::String(text) => Some(text.clone().into_bytes()),
        Json::Object(entries) if is_bytes(entries) => {
            let digits = entries.get("bytes")?.as_str()?;
            let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
            (0..digits.len()).step_by(2).map(byte).collect()
        }
        Json::Object(_) => Some(state.to_string().into_bytes()),
        _ => None,
    }
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
                self.shared.note_death(death);
            }
            self.describe(trouble, Some(&step), &[])
        })?;
        let bytes = answer.emitted.len();
        if bytes > STATE_BYTES {
            let message = format!("its fit gave {bytes} bytes, the limit is {STATE_BYTES}");
            return Err(self.shared.error(FailureKind::Result, message));
        }
        Ok(state_to_json(answer.emitted))
    }

    fn score(
        &mut self,
        place: usize,
        batch: &Batch,
        state: &Json,
    ) -> Result<Vec<ScoredColumn>, PackError> {
        let step = self.step(place)?;
        let state = state_from_json(state).ok_or_else(|| {
            self.shared.error(FailureKind::Host, "the state is none that a fit gave")
        })?;
        match self.score_once(place, &step, batch, &state) {
            Ok(scored) => Ok(scored),
            Err(Trouble::Death(death)) if death.is_crash() => {
                self.after_crash(place, &step, batch, &state, &death)
            }
            Err(trouble) => {
                if let Trouble::Death(death) = &trouble {
                    self.shared.note_death(death);
                    if matches!(death, Death::TooSlow(_)) {
                        return Err(self.after_hang(place, &step, batch, &state, death));
                    }
                }
                Err(self.describe(trouble, Some(&step), &[batch]))
            }
        }
    }

    fn follow_up(
        &mut self,
        place: usize,
        batch: &Batch,
        cases: &[Case],
    ) -> Result<Vec<Proposal>, PackError> {
        let step = self.step(place)?;
        let result = self.propose(place, &step, batch, cases);
        result.map_err(|trouble| self.describe(trouble, Some(&step), &[batch]))
    }

    fn review(&mut self, _: usize, _: &Batch, _: &[Proposal]) -> Result<Vec<Verdict>, PackError> {
        Err(self.shared.error(FailureKind::Host, "native plugins have no hook review"))
    }

    fn plan_visits(&mut self, place: usize, problem: &PlanningProblem) -> Result<Plan, PackError> {
        let step = self.step(place)?;
        let result = self.plan(place, problem);
        result.map_err(|trouble| self.describe(trouble, Some(&step), &[]))
    }
}

impl NativePack {
    fn json<T: serde::Serialize + ?Sized>(&self, value: &T) -> Result<Vec<u8>, Trouble> {
        serde_json::to_vec(value).map_err(|error| {
            Trouble::Fault(None, Box::new(self.shared.error(FailureKind::Host, error.to_string())))
        })
    }

    fn misuse(&self, what: String) -> Trouble {
        Trouble::Fault(None, Box::new(self.shared.error(FailureKind::Result, what)))
    }

    fn propose(
        &mut self,
        place: usize,
        step: &Step,
        batch: &Batch,
        cases: &[Case],
    ) -> Result<Vec<Proposal>, Trouble> {
        self.create(place, &[])?;
        let text = self.json(cases)?;
        let lending = self.lending(Lending::of_batch(step, batch))?;
        let answer = self.call(batch.ids.len(), |seat, limit| match seat {
            Seat::Worker(worker) => worker.follow_up(place, &lending, &text, limit),
            Seat::Inside(guest) => {
                let names = names(step);
                let lent = lending.in_place(&names);
                Ok(guest.ask(place, &Work::FollowUp { lent: &lent, cases: &text }))
            }
        })?;
        let actions = &self.shared.manifest.actions;
        let known = decide::Known { rules: &self.rules, as_of: self.context.as_of };
        decide::proposals(&answer.emitted, &known, actions, batch, cases)
            .map_err(|what| self.misuse(what))
    }

    fn plan(&mut self, place: usize, problem: &PlanningProblem) -> Result<Plan, Trouble> {
        self.create(place, &[])?;
        let text = self.json(problem)?;
        let rows = problem.customers.len() + 1_000;
        let answer = self.call(rows, |seat, limit| match seat {
            Seat::Worker(worker) => worker.plan(place, &text, limit),
            Seat::Inside(guest) => Ok(guest.ask(place, &Work::Plan { problem: &text })),
        })?;
        let known = decide::Known { rules: &self.rules, as_of: self.context.as_of };
        decide::plan(&answer.emitted, &known).map_err(|what| self.misuse(what))
    }
}

impl Drop for NativePack {
    fn drop(&mut self) {
        if let Some(Seat::Worker(worker)) = self.seat.take() {
            self.shared.take_back(*worker);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_comes_back_to_the_byte() {
        for state in
            ["", "20", "{\"mean\":20.5,\"cuts\":[1,2]}", "{ \"a\": 1 }", "{\"bytes\":\"00\"}"]
        {
            let json = state_to_json(state.as_bytes().to_vec());
            assert_eq!(state_from_json(&json).as_deref(), Some(state.as_bytes()));
        }
        let json = state_to_json(vec![0xff, 0]);
        assert_eq!(json, serde_json::json!({ "bytes": "ff00" }));
        assert_eq!(state_from_json(&json), Some(vec![0xff, 0]));
        let json = state_to_json(b"{\"mean\":20.5}".to_vec());
        assert_eq!(json, serde_json::json!({ "mean": 20.5 }));
    }
}

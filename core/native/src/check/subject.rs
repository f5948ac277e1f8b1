//! The plugin under a check, and how a check ends early.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use kehu_contract::{
    Batch, FailureKind, Hook, Pack as _, PackError, RunContext, ScoredColumn, Step, plain,
};
use serde_json::Value as Json;

use super::rows::{self, Chance, Rows, TODAY};
use super::{Options, Outcome};
use crate::factory::NativeFactory;
use crate::pack::NativePack;

/// How many customers a fit sees.
const BASE: usize = 500;
/// How much of one line is shown.
const LINE: usize = 200;

/// Why a check ends before it passes.
pub(super) enum Stop {
    Failed { what: String, hint: Option<String> },
    Warned { what: String, hint: Option<String> },
    Skipped(String),
}

impl Stop {
    pub(super) fn failed(what: impl Into<String>, hint: &str) -> Self {
        Self::Failed { what: what.into(), hint: Some(hint.to_owned()) }
    }

    pub(super) fn skipped(why: impl Into<String>) -> Self {
        Self::Skipped(why.into())
    }

    pub(super) fn into_outcome(self) -> Outcome {
        match self {
            Self::Failed { what, hint } => Outcome::Failed { what, hint },
            Self::Warned { what, hint } => Outcome::Warned { what, hint },
            Self::Skipped(why) => Outcome::Skipped(why),
        }
    }
}

impl From<PackError> for Stop {
    fn from(mut error: PackError) -> Self {
        // How a workspace goes on in spite of it is no help to who checks a plugin.
        error.hint = None;
        let lines: Vec<String> = error.to_string().lines().map(|line| plain(line, LINE)).collect();
        let hint = match error.kind {
            FailureKind::TimeLimit => {
                "a call has 50 ms for each customer, 2 s at least; look at kehu_call.cancel in long loops"
            }
            FailureKind::MemoryLimit => {
                "give back in destroy what create took, and after each call the rest"
            }
            FailureKind::Result => {
                "write each row of each column: a value with its reasons, or missing"
            }
            _ => "score these inputs under a debugger, or with -fsanitize=address,undefined",
        };
        Self::failed(lines.join("\n"), hint)
    }
}

/// What fits gave, by step: a fit may take long, and its own check asks whether it is always the same.
pub(super) type States = RefCell<BTreeMap<usize, Json>>;

/// A plugin in a check, with workers of its own.
pub(super) struct Subject<'a> {
    factory: NativeFactory,
    states: &'a States,
    pub(super) options: &'a Options,
}

/// A step that gives columns, with all that is needed to ask it.
pub(super) struct Scored<'a> {
    pub(super) place: usize,
    pub(super) step: Step,
    pub(super) rows: Rows,
    pub(super) context: RunContext,
    pub(super) state: Json,
    factory: &'a NativeFactory,
    seed: u64,
}

impl<'a> Subject<'a> {
    pub(super) fn new(
        factory: &NativeFactory,
        options: &'a Options,
        states: &'a States,
    ) -> Result<Self, Stop> {
        let factory = factory
            .again()
            .map_err(|refusal| Stop::Failed { what: refusal.message, hint: refusal.hint })?;
        Ok(Self { factory, states, options })
    }

    pub(super) fn manifest(&self) -> &kehu_contract::Manifest {
        &self.factory.shared.manifest
    }

    /// The run that all checks are in, where they do not ask for another.
    pub(super) fn context(&self) -> RunContext {
        let settings = self.manifest().defaults();
        RunContext { as_of: TODAY, settings, seed: self.options.seed, limits: self.options.limits }
    }

    pub(super) fn chance(&self) -> Chance {
        Chance::new(self.options.seed)
    }

    /// Loads the plugin for a run.
    pub(super) fn pack(&self, context: &RunContext) -> Result<NativePack, PackError> {
        NativePack::new(Arc::clone(&self.factory.shared), context)
    }

    pub(super) fn rows(&self, step: &Step) -> Rows {
        Rows::new(self.manifest(), step, &self.options.kinds)
    }

    /// The steps of a hook, with their places.
    pub(super) fn steps(&self, hooks: &[Hook]) -> Result<Vec<(usize, Step)>, Stop> {
        let steps = self.manifest().steps.iter().enumerate();
        let found: Vec<(usize, Step)> = steps
            .filter(|(_, step)| hooks.contains(&step.hook))
            .map(|(place, step)| (place, step.clone()))
            .collect();
        if found.is_empty() {
            let names: Vec<&str> = hooks.iter().map(|hook| hook.name()).collect();
            return Err(Stop::skipped(format!("it has no step for {}", names.join(" or "))));
        }
        Ok(found)
    }

    /// Runs a check for each step that gives columns.
    pub(super) fn each_scored(
        &self,
        check: impl Fn(&Scored<'_>) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let mut skipped = None;
        for (place, step) in self.steps(&[Hook::Score, Hook::VisitNeed])? {
            let checked =
                self.scored(place, step, self.context()).and_then(|scored| check(&scored));
            match checked {
                Err(Stop::Skipped(why)) => skipped = Some(Stop::Skipped(why)),
                other => other?,
            }
        }
        skipped.map_or(Ok(()), Err)
    }

    /// A step, fitted under a run's settings.
    pub(super) fn scored(
        &'a self,
        place: usize,
        step: Step,
        context: RunContext,
    ) -> Result<Scored<'a>, Stop> {
        let rows = self.rows(&step);
        let factory = &self.factory;
        let seed = self.options.seed;
        let mut scored = Scored { place, step, rows, context, state: Json::Null, factory, seed };
        if scored.step.fit.is_some() {
            let is_usual = scored.context == self.context();
            let known = self.states.borrow().get(&place).cloned();
            scored.state = match known.filter(|_| is_usual) {
                Some(state) => state,
                None => scored.fit()?,
            };
            if is_usual {
                self.states.borrow_mut().insert(place, scored.state.clone());
            }
        }
        Ok(scored)
    }
}

impl Scored<'_> {
    /// What the step's fit gives for ordinary customers.
    pub(super) fn fit(&self) -> Result<Json, Stop> {
        let base = self.rows.ordinary(BASE, &mut Chance::new(self.seed));
        match self.pack()?.fit(self.place, &base) {
            Err(error) if is_refusal(&error) => {
                let said = plain(&error.message, LINE);
                Err(Stop::skipped(format!("its fit refuses made-up customers: {said}")))
            }
            state => Ok(state?),
        }
    }

    /// A batch of ordinary customers.
    pub(super) fn ordinary(&self, rows: usize) -> Batch {
        rows::batch(self.rows.ordinary(rows, &mut Chance::new(self.seed)))
    }

    pub(super) fn pack(&self) -> Result<NativePack, PackError> {
        NativePack::new(Arc::clone(&self.factory.shared), &self.context)
    }

    /// Scores a batch.
    pub(super) fn score(
        &self,
        pack: &mut NativePack,
        batch: &Batch,
    ) -> Result<Vec<ScoredColumn>, PackError> {
        pack.score(self.place, batch, &self.state)
    }

    /// Scores a batch in a process that is there for it alone.
    pub(super) fn score_anew(&self, batch: &Batch) -> Result<Vec<ScoredColumn>, PackError> {
        let factory = self.factory.again().map_err(|refusal| {
            PackError::new(FailureKind::Host, &self.step.name, refusal.message)
        })?;
        let mut pack = NativePack::new(Arc::clone(&factory.shared), &self.context)?;
        self.score(&mut pack, batch)
    }

    /// What a comparison says of a customer.
    pub(super) fn at(&self, batch: &Batch, row: usize, what: &str) -> String {
        let (name, customer) = (&self.step.name, batch.ids[row]);
        plain(&format!("step \"{name}\", customer C-{customer}: {what}"), 2 * LINE)
    }
}

/// True for an error by which a plugin says in its own words that it will not.
pub(super) fn is_refusal(error: &PackError) -> bool {
    error.kind == FailureKind::Runtime
        && !error.message.starts_with("the plugin ")
        && !error.message.starts_with("it panicked")
        && !error.message.starts_with("it returned")
}

/// The time that is left.
pub(super) fn is_before(end: Instant) -> bool {
    Instant::now() < end
}

//! How fast a plugin is: the figures behind `kehu plugin bench`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kehu_contract::{
    BATCH, Batch, ColumnType, FailureKind, Hook, Limits, PackError, PackFactory as _, RunContext,
    Step,
};
use serde_json::Value as Json;

use crate::check::{Chance, Rows, TODAY, batch};
use crate::factory::{Isolation, NativeFactory};

/// How often each figure is taken; the least counts, since other programs only ever add to it.
const TRIES: usize = 3;

/// Says how a plugin is measured.
#[derive(Debug, Clone)]
pub struct Options {
    /// How many customers are scored.
    pub rows: usize,
    /// True if it is measured in this process too: a crash then ends the program.
    pub in_process: bool,
    /// How much it may use.
    pub limits: Limits,
    /// From which the customers are drawn.
    pub seed: u64,
    /// The types of columns that the plugin needs and does not declare itself; those that are not
    /// named are numbers.
    pub kinds: BTreeMap<String, ColumnType>,
}

/// Holds how long one step takes for all customers.
#[derive(Debug, Clone, PartialEq)]
pub struct StepTime {
    /// The step.
    pub step: String,
    /// The customers.
    pub rows: usize,
    /// Its fit in a process of its own; none if it has no fit.
    pub fit: Option<Duration>,
    /// In a process of its own.
    pub isolated: Duration,
    /// In this process; none if that was not asked for.
    pub in_process: Option<Duration>,
}

impl StepTime {
    /// The customers a second that a time means.
    pub fn rows_a_second(&self, time: Duration) -> f64 {
        self.rows as f64 / time.as_secs_f64().max(1e-9)
    }
}

/// Holds what was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// From nothing to a worker that has loaded the plugin.
    pub first_load: Duration,
    /// The steps that give columns.
    pub steps: Vec<StepTime>,
}

/// Measures a plugin on customers that are made up.
///
/// # Errors
/// How the plugin failed.
pub fn run(factory: &NativeFactory, options: &Options) -> Result<Measured, PackError> {
    let anew = |isolation| {
        factory.again_in(isolation).map_err(|refusal| {
            let name = &factory.manifest().name;
            PackError {
                hint: refusal.hint,
                ..PackError::new(FailureKind::Load, name, refusal.message)
            }
        })
    };
    let settings = factory.manifest().defaults();
    let limits = options.limits;
    let context = RunContext { as_of: TODAY, settings, seed: options.seed, limits };
    let mut first_load = Duration::MAX;
    for _ in 0..TRIES {
        let factory = anew(Isolation::Worker)?;
        let begun = Instant::now();
        drop(factory.create(&context)?);
        first_load = first_load.min(begun.elapsed());
    }
    let isolated = anew(Isolation::Worker)?;
    let inside = options.in_process.then(|| anew(Isolation::InProcess)).transpose()?;
    let mut steps = Vec::new();
    for (place, step) in factory.manifest().steps.iter().enumerate() {
        if matches!(step.hook, Hook::Score | Hook::VisitNeed) {
            let task = Task::new(factory, (place, step), options, &context);
            let (state, fit) = task.fit(&isolated)?;
            let in_process =
                inside.as_ref().map(|inside| task.score(inside, &state)).transpose()?;
            let isolated = task.score(&isolated, &state)?;
            let (step, rows) = (step.name.clone(), options.rows);
            steps.push(StepTime { step, rows, fit, isolated, in_process });
        }
    }
    Ok(Measured { first_load, steps })
}

/// One step with its customers.
struct Task<'a> {
    place: usize,
    step: &'a Step,
    context: &'a RunContext,
    base: kehu_contract::Columns,
    batches: Vec<Batch>,
}

impl<'a> Task<'a> {
    fn new(
        factory: &NativeFactory,
        (place, step): (usize, &'a Step),
        options: &Options,
        context: &'a RunContext,
    ) -> Self {
        let rows = Rows::new(factory.manifest(), step, &options.kinds);
        let base = rows.ordinary(options.rows, &mut Chance::new(options.seed));
        let starts = (0..options.rows).step_by(BATCH);
        let batches = starts
            .map(|start| batch(base.slice(start, (start + BATCH).min(options.rows))))
            .collect();
        Self { place, step, context, base, batches }
    }

    fn fit(&self, factory: &NativeFactory) -> Result<(Json, Option<Duration>), PackError> {
        if self.step.fit.is_none() {
            return Ok((Json::Null, None));
        }
        let mut pack = factory.create(self.context)?;
        let begun = Instant::now();
        let state = pack.fit(self.place, &self.base)?;
        Ok((state, Some(begun.elapsed())))
    }

    fn score(&self, factory: &NativeFactory, state: &Json) -> Result<Duration, PackError> {
        let mut best = Duration::MAX;
        for _ in 0..TRIES {
            let mut pack = factory.create(self.context)?;
            let begun = Instant::now();
            for batch in &self.batches {
                pack.score(self.place, batch, state)?;
            }
            best = best.min(begun.elapsed());
        }
        Ok(best)
    }
}

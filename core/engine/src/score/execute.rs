//! The run: steps in order, batches over threads, reasons beside every value.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::ScopedJoinHandle;

use kehu_contract::{
    BATCH, Batch, ColumnData, ColumnType, Columns, FailureKind, Pack, PackError, Rule, RunContext,
    ScoredColumn, Step, Value, percentile_ranks,
};
use kehu_domain::{Currency, Day, Override};
use kehu_store::codec::encode_reasons;
use kehu_store::{AppliedOverride, RunColumn, RunPack};
use serde_json::Value as Json;

use super::order::{StepRef, is_chosen};
use crate::features::{Catalogue, FeatureTable};
use crate::packs::{EnabledPack, PackSet};
use crate::settings::Settings;

/// What a run is told.
#[derive(Debug, Clone, Copy)]
pub struct RunOptions {
    /// The day as of which all is seen.
    pub as_of: Day,
    /// The seed for scripts that draw lots.
    pub seed: u64,
    /// How many threads may work; the result does not depend on it.
    pub threads: usize,
}

/// Holds a run in memory.
#[derive(Debug)]
pub struct Scored {
    /// The customers, in id order.
    pub ids: Vec<i64>,
    /// All columns: features, then what the steps gave.
    pub values: Columns,
    /// What there is to know about each column, in the same order.
    pub columns: Vec<RunColumn>,
    /// For each column that a step gave, its reasons, batch by batch, as the store keeps them: so they
    /// take a fifth of the memory.
    pub reasons: BTreeMap<String, Vec<Vec<u8>>>,
    /// The packs that ran, with their rules and states.
    pub packs: Vec<RunPack>,
    /// Packs that were switched off, each with what it said.
    pub failures: Vec<(String, String)>,
    /// The overrides that counted.
    pub overrides: Vec<AppliedOverride>,
}

struct Run<'a> {
    settings: &'a Settings,
    options: RunOptions,
    overrides: &'a [Override],
    scored: Scored,
    ranks: BTreeMap<String, Arc<ColumnData>>,
    /// Columns that a pack gave which was switched off since, with the pack's name.
    lost: BTreeMap<String, String>,
}

/// Runs the steps over the features.
#[expect(clippy::too_many_arguments, reason = "a run joins all that the engine knows")]
pub(super) fn execute(
    settings: &Settings,
    packs: &PackSet,
    order: &[StepRef],
    catalogue: &Catalogue,
    table: FeatureTable,
    overrides: &[Override],
    options: RunOptions,
    observe: &mut dyn FnMut(&str),
) -> Scored {
    let columns = catalogue.declared().iter().map(|declared| RunColumn {
        info: declared.info.clone(),
        values: declared.labels(settings),
        given_by: None,
        inputs: Vec::new(),
    });
    let scored = Scored {
        ids: table.ids,
        values: table.columns,
        columns: columns.collect(),
        reasons: BTreeMap::new(),
        packs: packs.packs().iter().map(run_pack).collect(),
        failures: packs
            .absent()
            .iter()
            .filter(|pack| !pack.as_asked)
            .map(|pack| (pack.name.clone(), format!("pack {}: {}", pack.name, pack.reason)))
            .collect(),
        overrides: Vec::new(),
    };
    let (ranks, lost) = (BTreeMap::new(), BTreeMap::new());
    let mut run = Run { settings, options, overrides, scored, ranks, lost };
    for at in order {
        let pack = &packs.packs()[at.pack];
        let step = &pack.manifest().steps[at.step];
        observe(&format!("{}.{}", pack.name(), step.name));
        match run.step(*at, pack, step) {
            Ok(given) => run.keep(*at, pack, step, given),
            Err(failure) => run.switch_off(pack, step, failure),
        }
    }
    run.scored
}

fn run_pack(pack: &EnabledPack) -> RunPack {
    let manifest = pack.manifest();
    RunPack {
        name: manifest.name.clone(),
        version: manifest.version.clone(),
        hash: pack.factory.hash().to_owned(),
        settings: pack.settings.clone(),
        rules: Vec::new(),
        states: serde_json::Map::new(),
    }
}

/// What a step gave: its columns over the whole base.
struct Given {
    columns: Vec<(ColumnData, Vec<Vec<u8>>)>,
    rules: Vec<Rule>,
    state: Json,
}

impl Run<'_> {
    fn step(&mut self, at: StepRef, pack: &EnabledPack, step: &Step) -> Result<Given, String> {
        if self.scored.failures.iter().any(|(name, _)| name == pack.name()) {
            return Err(String::new());
        }
        for need in step.needs.iter().filter(|need| !need.optional) {
            if let Some(giver) = self.lost.get(&need.column) {
                return Err(format!(
                    "pack {}: switched off, because it needs \"{}\" of pack {giver}, which is switched off",
                    pack.name(),
                    need.column
                ));
            }
            if self.scored.values.get(&need.column).is_none() {
                return Err(format!(
                    "pack {}: switched off, because it needs \"{}\", which nobody gives while other packs are off",
                    pack.name(),
                    need.column
                ));
            }
        }
        let inputs = self.inputs(step);
        let batches = self.scored.ids.len().div_ceil(BATCH);
        let threads = self.options.threads.clamp(1, batches.max(1));
        let context = RunContext {
            as_of: self.options.as_of.number(),
            settings: pack.settings.clone(),
            seed: self.options.seed,
            limits: self.settings.limits_of(pack.name()),
        };
        let failure = |error: PackError| error.to_string();
        let mut first = pack.factory.create(&context).map_err(failure)?;
        let rules = first.rules().to_vec();
        let state = match step.fit {
            // Where there is nobody, there is nothing to learn from.
            Some(_) if batches > 0 => first.fit(at.step, &inputs).map_err(failure)?,
            _ => Json::Null,
        };
        drop(first);
        let work = Work { pack, context: &context, step: at.step, state: &state };
        let results = work.run(&self.scored.ids, &inputs, threads);
        let mut columns: Vec<(ColumnData, Vec<Vec<u8>>)> = step
            .gives
            .iter()
            .map(|give| (ColumnData::missing(give.info.kind, 0), Vec::new()))
            .collect();
        for result in results {
            let scored = result.map_err(failure)?;
            if scored.len() != columns.len() {
                return Err(format!(
                    "pack {}: the host gave {} columns, expected {}",
                    pack.name(),
                    scored.len(),
                    columns.len()
                ));
            }
            for ((whole, reasons), (part, why)) in columns.iter_mut().zip(scored) {
                whole.append(&part);
                reasons.push(why);
            }
        }
        for ((column, _), give) in columns.iter_mut().zip(&step.gives) {
            if give.info.kind == ColumnType::Money {
                let name = &give.info.name;
                round(column, &self.settings.currency).map_err(|row| {
                    let value = match column.value(row) {
                        Value::Number(number) => number,
                        _ => f64::NAN,
                    };
                    let said = format!(
                        "column \"{name}\" is {value:e}, more than an amount of {} can be",
                        self.settings.currency.code()
                    );
                    let mut error = PackError::new(FailureKind::Result, pack.name(), said);
                    error.step = Some((step.hook, step.name.clone()));
                    error.customer = self.scored.ids.get(row).copied();
                    failure(error)
                })?;
            }
        }
        Ok(Given { columns, rules, state })
    }

    /// Computes the ranks that a step needs and no step before it did, each on a thread of its own.
    fn rank(&mut self, step: &Step) {
        let needed = step.needs.iter().filter(|need| need.rank).map(|need| &need.column);
        let mut needed: Vec<&String> =
            needed.filter(|column| !self.ranks.contains_key(*column)).collect();
        needed.dedup();
        for some in needed.chunks(self.options.threads.max(1)) {
            let values = &self.scored.values;
            let ranks = std::thread::scope(|scope| {
                let rank = |name: &&String| {
                    let column = Arc::clone(values.get(name)?);
                    Some(((*name).clone(), scope.spawn(move || percentile_ranks(&column))))
                };
                let threads: Vec<_> = some.iter().filter_map(rank).collect();
                let join = |(name, thread): (String, ScopedJoinHandle<'_, _>)| {
                    (name, Arc::new(thread.join().unwrap_or_else(|panic| resume_unwind(panic))))
                };
                threads.into_iter().map(join).collect::<Vec<_>>()
            });
            self.ranks.extend(ranks);
        }
    }

    /// The needed columns over the whole base, each under the name by which scripts read it.
    fn inputs(&mut self, step: &Step) -> Columns {
        self.rank(step);
        let rows = self.scored.ids.len();
        let mut inputs = Columns::new(rows);
        for need in &step.needs {
            let kind = self.scored.values.kind(&need.column).unwrap_or(ColumnType::Number);
            let data = match self.scored.values.get(&need.column) {
                None => Arc::new(ColumnData::missing(ColumnType::Number, rows)),
                Some(column) if need.rank => self.ranks.get(&need.column).unwrap_or(column).clone(),
                Some(column) => Arc::clone(column),
            };
            let kind = if need.rank { ColumnType::Number } else { kind };
            inputs.insert(&need.name(), kind, data);
        }
        inputs
    }

    fn keep(&mut self, at: StepRef, pack: &EnabledPack, step: &Step, given: Given) {
        let inputs: Vec<String> = step.inputs();
        let record = &mut self.scored.packs[at.pack];
        record.rules = given.rules;
        if given.state != Json::Null {
            record.states.insert(step.name.clone(), given.state);
        }
        for (give, (mut column, reasons)) in step.gives.iter().zip(given.columns) {
            if !is_chosen(pack.name(), give, self.settings) {
                continue;
            }
            let name = &give.info.name;
            self.apply_overrides(name, give.info.kind, &mut column);
            self.scored.values.insert(name, give.info.kind, Arc::new(column));
            let values = pack.manifest().label_values(give, &pack.settings);
            self.scored.columns.push(RunColumn::given(
                give,
                values,
                pack.name(),
                &step.name,
                inputs.clone(),
            ));
            self.scored.reasons.insert(name.clone(), reasons);
        }
    }

    /// Puts people's words in place of the machine's values, which are kept beside them.
    fn apply_overrides(&mut self, name: &str, kind: ColumnType, column: &mut ColumnData) {
        for by_person in self.overrides.iter().filter(|each| each.column == *name) {
            let Ok(row) = self.scored.ids.binary_search(&by_person.customer.0) else { continue };
            let machine = super::show_value(&column.value(row));
            if super::overrides::put(column, kind, row, &by_person.value) {
                let by_person = by_person.clone();
                self.scored.overrides.push(AppliedOverride { by_person, machine });
            }
        }
    }

    /// Takes a pack out of the run: what it gave is missing, and it is asked no more.
    fn switch_off(&mut self, pack: &EnabledPack, step: &Step, failure: String) {
        if !failure.is_empty() {
            self.scored.failures.push((pack.name().to_owned(), failure));
        }
        for give in &step.gives {
            if is_chosen(pack.name(), give, self.settings) {
                self.lost.insert(give.info.name.clone(), pack.name().to_owned());
            }
        }
    }
}

/// What threads do with each batch of a step.
#[derive(Clone, Copy)]
struct Work<'a> {
    pack: &'a EnabledPack,
    context: &'a RunContext,
    step: usize,
    state: &'a Json,
}

/// What a batch gave: for each column its values, and its reasons as the store keeps them.
type Batched = Result<Vec<(ColumnData, Vec<u8>)>, PackError>;

impl Work<'_> {
    /// Lets threads take batches in order. When one fails, no further ones are begun; those before it
    /// have been, so that the failure that is shown is always the first one, whatever the threads.
    fn run(self, ids: &[i64], inputs: &Columns, threads: usize) -> Vec<Batched> {
        let batches = ids.len().div_ceil(BATCH);
        let next = AtomicUsize::new(0);
        let results: Mutex<BTreeMap<usize, Batched>> = Mutex::default();
        let keep = |at: usize, result| {
            results.lock().unwrap_or_else(PoisonError::into_inner).insert(at, result);
        };
        let work = || {
            let mut instance = match self.pack.factory.create(self.context) {
                Ok(instance) => instance,
                Err(error) => {
                    let at = next.swap(batches, Ordering::SeqCst);
                    return keep(at.min(batches), Err(error));
                }
            };
            loop {
                let at = next.fetch_add(1, Ordering::SeqCst);
                if at >= batches {
                    return;
                }
                let result = self.score(instance.as_mut(), &batch(ids, inputs, at));
                if result.is_err() {
                    next.store(batches, Ordering::SeqCst);
                }
                keep(at, result);
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(work);
            }
            work();
        });
        results.into_inner().unwrap_or_else(PoisonError::into_inner).into_values().collect()
    }

    fn score(self, instance: &mut dyn Pack, batch: &Batch) -> Batched {
        let scored = instance.score(self.step, batch, self.state)?;
        let keep = |column: ScoredColumn| (column.data, encode_reasons(&column.reasons));
        Ok(scored.into_iter().map(keep).collect())
    }
}

fn batch(ids: &[i64], inputs: &Columns, at: usize) -> Batch {
    let (start, end) = (at * BATCH, ((at + 1) * BATCH).min(ids.len()));
    Batch { ids: ids[start..end].to_vec(), columns: inputs.slice(start, end) }
}

/// Rounds money to whole minor units, half to even; an error is the row of an amount that has none.
fn round(column: &mut ColumnData, currency: &Currency) -> Result<(), usize> {
    let ColumnData::Number(values) = column else { return Ok(()) };
    for (row, value) in values.iter_mut().enumerate().filter(|(_, value)| !value.is_nan()) {
        *value = currency.to_major(currency.from_major(*value).ok_or(row)?);
    }
    Ok(())
}

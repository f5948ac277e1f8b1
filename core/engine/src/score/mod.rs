//! Scoring: from features through the packs' steps to a run with its reasons.

mod attempt;
mod belong;
mod compare;
mod execute;
mod explain;
mod freshness;
mod given;
mod order;
pub mod overrides;
mod place;
mod sequence;
mod view;

use kehu_contract::{Manifest, Value};
use kehu_domain::{Day, OperationDraft, RunId};
use kehu_store::{CustomerRange, Reader, Store, StoreError, StoredRun};

use crate::features::{self, Catalogue, CatalogueError};
use crate::packs::PackSet;
use crate::settings::Settings;

pub use attempt::{Attempt, AttemptError, attempt, attempt_follow_up};
pub use compare::{Given, Shift, compare};
pub use execute::{RunOptions, Scored};
pub use explain::{
    Explained, Explanation, InputShown, NotFired, OverrideShown, ReasonShown, explain,
    explain_alone, standing,
};
pub use freshness::{Changes, changes_since, last_fact};
pub use given::given_columns;
pub use kehu_contract::{fill, percentile_ranks, show_number};
pub use order::{OrderError, StepRef, is_chosen, order};
pub use place::{Misfit, all_misfits, misfits, placed};
pub use sequence::{Because, Turn, sequence};
pub use view::{RunView, label_changes};

/// Says why a run could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ScoreError {
    /// The packs' needs and gives do not fit together.
    #[error("{}", lines(.0))]
    Order(Vec<OrderError>),
    /// A pack's features are wrong.
    #[error("{}", lines(.0))]
    Catalogue(Vec<CatalogueError>),
    /// Packs failed, and nothing is to be kept without them: each with what it said.
    #[error("packs failed: {}", .0.iter().map(|(pack, _)| pack.as_str()).collect::<Vec<_>>().join(", "))]
    Strict(Vec<(String, String)>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn lines<E: std::fmt::Display>(errors: &[E]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Computes a run as of a day, of all customers or of a range, without writing anything.
///
/// # Errors
/// Why the run could not be made. A pack that fails is no error: it is switched off, and the run says so.
pub fn compute<'a>(
    store: &dyn Store,
    settings: &Settings,
    packs: &PackSet,
    range: CustomerRange,
    options: RunOptions,
    observe: &mut dyn FnMut(&str),
) -> Result<RunView<'a>, ScoreError> {
    let manifests: Vec<&Manifest> = packs.manifests();
    let catalogue = Catalogue::new(settings, &manifests).map_err(ScoreError::Catalogue)?;
    let order = order(packs, settings, &catalogue).map_err(ScoreError::Order)?;
    let mut readers = store.read_many(options.threads.max(1))?;
    let (base, overrides) = match readers.first() {
        Some(reader) => {
            (reader.last_operation()?, overrides::counting(reader.as_ref(), options.as_of)?)
        }
        None => (None, Vec::new()),
    };
    observe("features");
    let table = features::compute(&mut readers, settings, &catalogue, range, options.as_of)?;
    drop(readers);
    let scored =
        execute::execute(settings, packs, &order, &catalogue, table, &overrides, options, observe);
    Ok(RunView::of(scored, options, base))
}

/// Computes a run of all customers and keeps it, as one operation.
///
/// # Errors
/// Why the run could not be made or kept; then nothing of it is.
pub fn score(
    store: &dyn Store,
    settings: &Settings,
    packs: &PackSet,
    options: RunOptions,
    draft: &OperationDraft,
    strict: bool,
    observe: &mut dyn FnMut(&str),
) -> Result<(RunId, StoredRun), ScoreError> {
    let run = compute(store, settings, packs, CustomerRange::ALL, options, observe)?;
    if strict && !run.header().failures.is_empty() {
        return Err(ScoreError::Strict(run.header().failures.clone()));
    }
    observe("store");
    let reader = store.read()?;
    let before = run_before(reader.as_ref(), options.as_of)?;
    let before = before.map(|header| RunView::stored(header, reader.as_ref()));
    let mut writer = store.write(draft)?;
    let id = run.store(writer.as_mut(), before.as_ref())?;
    writer.thin_runs(settings.keep_runs)?;
    writer.commit()?;
    Ok((id, run.header().clone()))
}

/// Finds the run that a reading command shows: the named one, else the latest of `as_of` if a day is
/// given, else the latest of all.
///
/// # Errors
/// What the store says.
pub fn find_run(
    reader: &dyn Reader,
    run: Option<RunId>,
    as_of: Option<Day>,
) -> Result<Option<StoredRun>, StoreError> {
    match run {
        Some(id) => reader.run(id),
        None => Ok(reader
            .runs()?
            .into_iter()
            .filter(|run| as_of.is_none_or(|day| run.as_of == day))
            .find(|run| run.whole)),
    }
}

/// The run with which a new one of a day is compared: the latest of the same day, else of the nearest day
/// before it, so that a look back at the past says nothing about the present.
///
/// # Errors
/// What the store says.
pub fn run_before(reader: &dyn Reader, as_of: Day) -> Result<Option<StoredRun>, StoreError> {
    let earlier = reader.runs()?.into_iter().filter(|run| run.whole && run.as_of <= as_of);
    Ok(earlier.max_by_key(|run| (run.as_of, run.id)))
}

/// The run that is kept whole of a later day than another run's, the latest of the last such day: a run
/// that was made last may look at the past.
///
/// # Errors
/// What the store says.
pub fn newer_day(reader: &dyn Reader, run: &StoredRun) -> Result<Option<StoredRun>, StoreError> {
    let later = reader.runs()?.into_iter().filter(|each| each.whole && each.as_of > run.as_of);
    Ok(later.max_by_key(|each| (each.as_of, each.id)))
}

/// Shows a value as people write it in commands; none if it is missing.
pub fn show_value(value: &Value) -> Option<String> {
    match value {
        Value::Missing => None,
        Value::Flag(flag) => Some(if *flag { "yes" } else { "no" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Text(text) => Some(text.clone()),
        Value::Day(day) => Day::from_number(*day).map(|day| day.to_string()),
    }
}

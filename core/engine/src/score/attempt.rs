//! One step of a pack for one customer, without a run of its own: what an author tries while the pack
//! changes.

use std::sync::Arc;

use kehu_contract::{
    Batch, ColumnData, ColumnInfo, ColumnType, Columns, FailureKind, PackError, Proposal,
    RunContext, Value, did_you_mean, percentile_ranks,
};
use kehu_domain::{CustomerId, Day};
use kehu_store::{CustomerRange, Reader, StoreError};
use serde_json::Value as Json;

use super::explain::{ReasonShown, reasons_of};
use super::view::RunView;
use crate::day::cases::Cases;
use crate::day::{Because, because};
use crate::packs::EnabledPack;
use crate::settings::Settings;

/// Holds what a step gave for one customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// What it read.
    pub inputs: Vec<(String, Value)>,
    /// What it gave: each column with its value and reasons.
    pub columns: Vec<(ColumnInfo, Value, Vec<ReasonShown>)>,
}

/// Says why a step could not be tried.
#[derive(Debug, thiserror::Error)]
pub enum AttemptError {
    /// The customer is not in the run that the inputs are taken from.
    #[error("{0} is not in the run of {1}")]
    NotInRun(CustomerId, Day),
    /// The run lacks a column that the step needs.
    #[error("the run has no column \"{name}\", which the step needs; {hint}")]
    NoInput {
        /// The column.
        name: String,
        /// The nearest name, or all.
        hint: String,
    },
    /// The pack failed.
    #[error("{0}")]
    Pack(Box<PackError>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Asks a step about one customer, with the inputs that a run has. A step that looks at the whole base
/// first does so anew, so that what it learns is of the pack as it is now.
///
/// # Errors
/// Why there is no answer.
pub fn attempt(
    run: &RunView<'_>,
    settings: &Settings,
    pack: &EnabledPack,
    step: usize,
    customer: CustomerId,
) -> Result<Attempt, AttemptError> {
    let (inputs, asked) = batch_of(run, pack, step, customer)?;
    let failure = |error: PackError| AttemptError::Pack(Box::new(error));
    let mut instance = pack.factory.create(&context(run, settings, pack)).map_err(failure)?;
    let declared = &pack.manifest().steps[step];
    let state = if declared.fit.is_some() {
        let mut base = Columns::new(run.header().customers);
        for need in &declared.needs {
            let (kind, column) = match run.column_info(&need.column) {
                Some(_) if need.rank => {
                    (ColumnType::Number, percentile_ranks(&whole(run, &need.column)?))
                }
                Some(info) => (info.info.kind, whole(run, &need.column)?),
                None => missing(run, need.optional, &need.column, run.header().customers)?,
            };
            base.insert(&need.name(), kind, Arc::new(column));
        }
        instance.fit(step, &base).map_err(failure)?
    } else {
        Json::Null
    };
    let given = instance.score(step, &asked, &state).map_err(failure)?;
    let columns = declared.gives.iter().zip(given).map(|(give, given)| {
        let value = given.data.value(0);
        let reasons = reasons_of(run, settings, pack, instance.rules(), &given.reasons, &value);
        (give.info.clone(), value, reasons)
    });
    Ok(Attempt { inputs, columns: columns.collect() })
}

/// Asks a step of `follow_up` about one customer: what it proposes, with its reasons, before any cap.
///
/// # Errors
/// Why there is no answer.
pub fn attempt_follow_up(
    run: &RunView<'_>,
    reader: &dyn Reader,
    settings: &Settings,
    pack: &EnabledPack,
    step: usize,
    customer: CustomerId,
) -> Result<Vec<(Proposal, Vec<Because>)>, AttemptError> {
    let (_, asked) = batch_of(run, pack, step, customer)?;
    let mut found = None;
    let alone = CustomerRange::one(customer);
    reader.customers(alone, run.as_of(), &mut |customer| {
        found = Some(customer.clone());
        Ok(())
    })?;
    let found = found.ok_or(AttemptError::NotInRun(customer, run.as_of()))?;
    let case = Cases::new(reader, settings, run.as_of())?.read(&found)?;
    let failure = |error: PackError| AttemptError::Pack(Box::new(error));
    let mut instance = pack.factory.create(&context(run, settings, pack)).map_err(failure)?;
    let proposals = instance.follow_up(step, &asked, &[case]).map_err(failure)?;
    let with_reasons = |proposal: Proposal| {
        let because = because(pack, instance.rules(), &proposal.causes);
        because.map(|because| (proposal, because)).map_err(|message| {
            failure(PackError::new(
                FailureKind::Result,
                pack.name(),
                format!("a proposal {message}"),
            ))
        })
    };
    proposals.into_iter().map(with_reasons).collect()
}

fn context(run: &RunView<'_>, settings: &Settings, pack: &EnabledPack) -> RunContext {
    RunContext {
        as_of: run.as_of().number(),
        settings: pack.settings.clone(),
        seed: run.header().seed,
        limits: settings.limits_of(pack.name()),
    }
}

/// What a step reads.
type Inputs = Vec<(String, Value)>;

/// What a step reads of one customer, in words and as the batch that it is asked about.
fn batch_of(
    run: &RunView<'_>,
    pack: &EnabledPack,
    step: usize,
    customer: CustomerId,
) -> Result<(Inputs, Batch), AttemptError> {
    let Some((batch, row)) = run.find(customer)? else {
        return Err(AttemptError::NotInRun(customer, run.as_of()));
    };
    let mut columns = Columns::new(1);
    for need in &pack.manifest().steps[step].needs {
        let (kind, column) = match run.column_info(&need.column) {
            Some(_) if need.rank => {
                let at = batch * kehu_contract::BATCH + row;
                let ranks = percentile_ranks(&whole(run, &need.column)?);
                (ColumnType::Number, ranks.slice(at, at + 1))
            }
            Some(info) => (info.info.kind, run.values(&need.column, batch)?.slice(row, row + 1)),
            None => missing(run, need.optional, &need.column, 1)?,
        };
        columns.insert(&need.name(), kind, Arc::new(column));
    }
    let inputs = columns.iter().map(|(name, _, column)| (name.to_owned(), column.value(0)));
    Ok((inputs.collect(), Batch { ids: vec![customer.0], columns }))
}

/// A column of the whole run.
fn whole(run: &RunView<'_>, name: &str) -> Result<ColumnData, StoreError> {
    let kind = run.column_info(name).map_or(ColumnType::Number, |column| column.info.kind);
    let mut whole = ColumnData::missing(kind, 0);
    for batch in 0..run.batches() {
        whole.append(&run.values(name, batch)?);
    }
    Ok(whole)
}

fn missing(
    run: &RunView<'_>,
    optional: bool,
    name: &str,
    rows: usize,
) -> Result<(ColumnType, ColumnData), AttemptError> {
    if optional {
        return Ok((ColumnType::Number, ColumnData::missing(ColumnType::Number, rows)));
    }
    let known = run.header().columns.iter().map(|column| column.info.name.as_str());
    Err(AttemptError::NoInput { name: name.to_owned(), hint: did_you_mean(name, known) })
}

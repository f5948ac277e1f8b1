//! A rep's customers as rows, with the columns of a run.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kehu_contract::{BATCH, Batch, ColumnData, ColumnType, Columns, Hook, Need, Value};
use kehu_domain::CustomerId;

use super::{DayError, Work};
use crate::features::{self, Catalogue, FeatureTable, SomeFeatures};
use crate::packs::{EnabledPack, PackSet};
use crate::score::{RunView, ScoreError, changes_since, percentile_ranks};

/// Shows some customers' columns: scores from the run, features as they are at the end of the day.
pub(super) struct Sheet<'a> {
    run: &'a RunView<'a>,
    packs: &'a PackSet,
    /// The customers, in id order.
    pub(super) ids: Vec<i64>,
    /// For each customer its row in the run; none for one that came after the run.
    rows: Vec<Option<usize>>,
    /// The features anew, where records were written since the run.
    live: Option<FeatureTable>,
    /// Those of them of which no row of these customers carries what is summed.
    uncarried: Vec<String>,
    seen: RefCell<BTreeMap<(String, bool), Arc<ColumnData>>>,
}

impl<'a> Sheet<'a> {
    /// Lays out customers; `ids` are in order.
    ///
    /// A list that grows shorter while it is worked off must count the contacts made since the run,
    /// so features are folded anew where records were written since.
    pub(super) fn new(work: &Work<'a>, ids: Vec<i64>) -> Result<Self, DayError> {
        let is_needed = is_outdated(work)? && !ids.is_empty();
        let live = is_needed.then(|| live_features(work, None)).transpose()?;
        Self::with(work, ids, live)
    }

    /// Lays out one customer, folded anew for itself where the run does not show it as it is.
    pub(super) fn of_one(work: &Work<'a>, customer: CustomerId) -> Result<Self, DayError> {
        let live = is_outdated(work)?.then(|| live_features(work, Some(customer))).transpose()?;
        Self::with(work, vec![customer.0], live)
    }

    fn with(work: &Work<'a>, ids: Vec<i64>, live: Option<SomeFeatures>) -> Result<Self, DayError> {
        let mut rows = Vec::with_capacity(ids.len());
        let mut batch: Option<(usize, Vec<i64>)> = None;
        for id in &ids {
            let first_ids = &work.run.header().first_ids;
            let Some(at) = first_ids.partition_point(|first| first <= id).checked_sub(1) else {
                rows.push(None);
                continue;
            };
            if batch.as_ref().is_none_or(|(known, _)| *known != at) {
                batch = Some((at, work.run.ids(at)?));
            }
            let row = batch.as_ref().and_then(|(_, ids)| ids.binary_search(id).ok());
            rows.push(row.map(|row| at * BATCH + row));
        }
        let (live, uncarried) = live.map(|live| (live.table, live.uncarried)).unzip();
        let uncarried = uncarried.unwrap_or_default();
        let (run, packs) = (work.run, work.packs);
        Ok(Self { run, packs, ids, rows, live, uncarried, seen: RefCell::default() })
    }

    /// The type of a column; none if the run has no such column.
    pub(super) fn kind(&self, name: &str) -> Option<ColumnType> {
        let live = self.live.as_ref().and_then(|table| table.columns.kind(name));
        live.or_else(|| self.run.column_info(name).map(|column| column.info.kind))
    }

    /// The values of a column, or their percentile ranks in the whole run, in the order of the ids.
    pub(super) fn column(&self, name: &str, rank: bool) -> Result<Arc<ColumnData>, DayError> {
        let key = (name.to_owned(), rank);
        if let Some(known) = self.seen.borrow().get(&key) {
            return Ok(Arc::clone(known));
        }
        let mut live = self.live.as_ref().filter(|_| !rank);
        if self.uncarried.iter().any(|each| each == name) && !is_carried(self.run, name)? {
            live = None;
        }
        let column = match live.and_then(|table| Some((table, table.columns.get(name)?))) {
            Some((table, column)) => {
                let row = |id: &i64| table.ids.binary_search(id).ok();
                pick(column, self.ids.iter().map(row))
            }
            None => self.run_column(name, rank)?,
        };
        let column = Arc::new(column);
        self.seen.borrow_mut().insert(key, Arc::clone(&column));
        Ok(column)
    }

    fn run_column(&self, name: &str, rank: bool) -> Result<ColumnData, DayError> {
        let Some(info) = self.run.column_info(name) else {
            return Ok(ColumnData::missing(ColumnType::Number, self.ids.len()));
        };
        if rank {
            let mut whole = ColumnData::missing(info.info.kind, 0);
            for batch in 0..self.run.batches() {
                whole.append(&self.run.values(name, batch)?);
            }
            return Ok(pick(&percentile_ranks(&whole), self.rows.iter().copied()));
        }
        let mut column = ColumnData::missing(info.info.kind, 0);
        let mut at = 0;
        while at < self.rows.len() {
            let batch = self.rows[at].map(|row| row / BATCH);
            let here = self.rows[at..].iter().take_while(|row| row.map(|row| row / BATCH) == batch);
            let here: Vec<Option<usize>> = here.map(|row| row.map(|row| row % BATCH)).collect();
            at += here.len();
            column.append(&match batch {
                Some(batch) => pick(&self.run.values(name, batch)?, here.into_iter()),
                None => ColumnData::missing(info.info.kind, here.len()),
            });
        }
        Ok(column)
    }

    /// One value.
    pub(super) fn value(&self, name: &str, row: usize) -> Result<Value, DayError> {
        Ok(self.column(name, false)?.value(row))
    }

    /// One number; none if it is missing or no number.
    pub(super) fn number(&self, name: &str, row: usize) -> Result<Option<f64>, DayError> {
        Ok(match self.value(name, row)? {
            Value::Number(number) => Some(number),
            _ => None,
        })
    }

    /// The columns that a step reads; the outer error is the store's, the inner one says why the step
    /// cannot run.
    pub(super) fn inputs(
        &self,
        pack: &EnabledPack,
        step: usize,
    ) -> Result<Result<Columns, String>, DayError> {
        let step = &pack.manifest().steps[step];
        let mut inputs = Columns::new(self.ids.len());
        for need in &step.needs {
            let kind = match self.kind(&need.column) {
                Some(_) if need.rank => ColumnType::Number,
                Some(kind) => kind,
                None if need.optional => ColumnType::Number,
                None => return Ok(Err(self.refusal(pack, step.hook, need))),
            };
            inputs.insert(&need.name(), kind, self.column(&need.column, need.rank)?);
        }
        Ok(Ok(inputs))
    }

    fn refusal(&self, pack: &EnabledPack, hook: Hook, need: &Need) -> String {
        let header = self.run.header();
        let known = header.columns.iter().map(|column| column.info.name.as_str());
        let hint = self.packs.remedy(&need.column, known);
        let failed: Vec<&str> = header.failures.iter().map(|(name, _)| name.as_str()).collect();
        let off = if failed.is_empty() {
            String::new()
        } else {
            format!(" (switched off in it: {})", failed.join(", "))
        };
        format!(
            "pack {}, {}: switched off, because it needs \"{}\", which the run does not have{off}; {hint}",
            pack.name(),
            hook.name(),
            need.column
        )
    }

    /// Cuts columns of all rows into batches with fixed borders.
    pub(super) fn batches(&self, inputs: &Columns) -> Vec<Batch> {
        (0..self.ids.len())
            .step_by(BATCH)
            .map(|start| {
                let end = (start + BATCH).min(self.ids.len());
                Batch { ids: self.ids[start..end].to_vec(), columns: inputs.slice(start, end) }
            })
            .collect()
    }
}

/// True if the run does not show features as they are at the end of the day.
fn is_outdated(work: &Work<'_>) -> Result<bool, DayError> {
    let header = work.run.header();
    // A run without an id was computed just now.
    Ok(header.as_of != work.as_of
        || header.id.0 != 0 && changes_since(work.reader, header, work.packs)?.data)
}

/// The features as they are at the end of the day, of all customers or of one.
fn live_features(work: &Work<'_>, one: Option<CustomerId>) -> Result<SomeFeatures, DayError> {
    let manifests = work.packs.manifests();
    let catalogue = Catalogue::new(work.settings, &manifests).map_err(ScoreError::Catalogue)?;
    if let Some(customer) = one {
        let wanted = BTreeSet::from([customer.0]);
        let Work { reader, settings, as_of, .. } = *work;
        return Ok(features::compute_some(reader, settings, &catalogue, &wanted, as_of)?);
    }
    let mut readers = work.store.read_many(1)?;
    let all = kehu_store::CustomerRange::ALL;
    let table = features::compute(&mut readers, work.settings, &catalogue, all, work.as_of)?;
    Ok(SomeFeatures { table, uncarried: Vec::new() })
}

/// True unless a run has seen that no row of the whole base carries what a feature sums: the sum is
/// missing then, not 0.
pub(crate) fn is_carried(run: &RunView<'_>, name: &str) -> kehu_store::Result<bool> {
    if run.column_info(name).is_none() {
        return Ok(true);
    }
    for batch in 0..run.batches() {
        let column = run.values(name, batch)?;
        if (0..column.len()).any(|row| !column.is_missing(row)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Some rows of a column, in a given order; missing where there is none.
pub(crate) fn pick(column: &ColumnData, rows: impl Iterator<Item = Option<usize>>) -> ColumnData {
    use kehu_contract::{MISSING_CODE, MISSING_DAY, MISSING_FLAG};
    match column {
        ColumnData::Number(values) => {
            ColumnData::Number(rows.map(|row| row.map_or(f64::NAN, |row| values[row])).collect())
        }
        ColumnData::Text { codes, values } => ColumnData::Text {
            codes: rows.map(|row| row.map_or(MISSING_CODE, |row| codes[row])).collect(),
            values: Arc::clone(values),
        },
        ColumnData::Flag(values) => {
            ColumnData::Flag(rows.map(|row| row.map_or(MISSING_FLAG, |row| values[row])).collect())
        }
        ColumnData::Day(values) => {
            ColumnData::Day(rows.map(|row| row.map_or(MISSING_DAY, |row| values[row])).collect())
        }
    }
}

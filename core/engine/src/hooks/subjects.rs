//! The columns of the customers that a command is about, as they are now.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kehu_contract::{BATCH, Batch, ColumnData, ColumnType, Columns, Hook, Manifest, Need, Step};
use kehu_domain::CustomerId;
use kehu_store::{Reader, StoreError};

use super::Asking;
use crate::day::sheet::{is_carried, pick};
use crate::features::{self, Catalogue, FeatureTable};
use crate::packs::PackSet;
use crate::score::{RunView, find_run, given_columns, percentile_ranks};

/// Shows some customers' columns: features as they are now, scores from the latest run that is kept.
pub(super) struct Subjects<'a> {
    packs: &'a PackSet,
    /// For each row its customer; 0 where there is none.
    ids: Vec<i64>,
    live: FeatureTable,
    /// The features of which none of these customers has a row that carries what is summed.
    uncarried: Vec<String>,
    run: Option<RunView<'a>>,
    /// What the packs give, whether or not a run holds it.
    given: Vec<String>,
    ranks: RefCell<BTreeMap<String, ColumnData>>,
    unscored: RefCell<BTreeSet<String>>,
}

/// Why no columns could be had.
pub(super) enum Hindrance {
    /// The store failed.
    Store(StoreError),
    /// The packs' own features are wrong; each line says what.
    Features(String),
}

impl From<StoreError> for Hindrance {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<'a> Subjects<'a> {
    /// Lays out the columns of customers; a row without one has no value in any column.
    pub(super) fn read(
        asking: &Asking<'a>,
        reader: &'a dyn Reader,
        rows: &[Option<CustomerId>],
    ) -> Result<Self, Hindrance> {
        let Asking { desk, packs, .. } = asking;
        let manifests: Vec<&Manifest> = packs.manifests();
        let catalogue = Catalogue::new(desk.settings, &manifests).map_err(|errors| {
            let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Hindrance::Features(lines.join("\n"))
        })?;
        let ids: Vec<i64> = rows.iter().map(|row| row.map_or(0, |customer| customer.0)).collect();
        let wanted: BTreeSet<i64> = ids.iter().copied().filter(|id| *id != 0).collect();
        let some =
            features::compute_some(reader, desk.settings, &catalogue, &wanted, desk.act.today)?;
        let run = find_run(reader, None, None)?.map(|header| RunView::stored(header, reader));
        let given = given_columns(packs, desk.settings);
        Ok(Self {
            packs,
            ids,
            live: some.table,
            uncarried: some.uncarried,
            run,
            given: given.into_iter().map(|column| column.info.name).collect(),
            ranks: RefCell::default(),
            unscored: RefCell::default(),
        })
    }

    /// Needed columns that no run holds yet.
    pub(super) fn unscored(&self) -> Vec<String> {
        self.unscored.borrow().iter().cloned().collect()
    }

    /// The columns that a step reads, as one batch; the inner error says why the step cannot be asked.
    pub(super) fn batch(
        &self,
        pack: &str,
        step: &Step,
    ) -> Result<Result<Batch, String>, StoreError> {
        let mut columns = Columns::new(self.ids.len());
        for need in &step.needs {
            match self.column(need)? {
                Some((kind, column)) => columns.insert(&need.name(), kind, Arc::new(column)),
                None if need.optional => {
                    let missing = ColumnData::missing(ColumnType::Number, self.ids.len());
                    columns.insert(&need.name(), ColumnType::Number, Arc::new(missing));
                }
                None => return Ok(Err(self.refusal(pack, step.hook, need))),
            }
        }
        Ok(Ok(Batch { ids: self.ids.clone(), columns }))
    }

    /// A needed column with its type; none if nobody declares it.
    fn column(&self, need: &Need) -> Result<Option<(ColumnType, ColumnData)>, StoreError> {
        let name = need.column.as_str();
        let kind = self.live.columns.kind(name);
        if need.rank {
            let is_known = kind.is_some() || self.given.iter().any(|given| given == name);
            let ranks = self.run_column(name, true)?;
            return Ok(match ranks {
                Some((_, ranks)) => Some((ColumnType::Number, ranks)),
                None if is_known => {
                    Some((ColumnType::Number, self.unscored_column(&format!("{name}:rank"))))
                }
                None => None,
            });
        }
        if let (Some(kind), Some(column)) = (kind, self.live.columns.get(name)) {
            if self.uncarried.iter().any(|each| each == name) && !self.is_carried(name)? {
                return Ok(Some((kind, ColumnData::missing(kind, self.ids.len()))));
            }
            let row = |id: &i64| self.live.ids.binary_search(id).ok();
            return Ok(Some((kind, pick(column, self.ids.iter().map(row)))));
        }
        if let Some(found) = self.run_column(name, false)? {
            return Ok(Some(found));
        }
        let is_given = self.given.iter().any(|given| given == name);
        Ok(is_given.then(|| (ColumnType::Number, self.unscored_column(name))))
    }

    fn unscored_column(&self, name: &str) -> ColumnData {
        self.unscored.borrow_mut().insert(name.to_owned());
        ColumnData::missing(ColumnType::Number, self.ids.len())
    }

    /// A sum over what no row of the whole base carries is missing, not 0; the last run has seen the base.
    fn is_carried(&self, name: &str) -> Result<bool, StoreError> {
        self.run.as_ref().map_or(Ok(true), |run| is_carried(run, name))
    }

    /// A column of the run, or its percentile ranks; none if there is no run, or none with it.
    fn run_column(
        &self,
        name: &str,
        rank: bool,
    ) -> Result<Option<(ColumnType, ColumnData)>, StoreError> {
        let Some(run) = &self.run else { return Ok(None) };
        let Some(info) = run.column_info(name) else { return Ok(None) };
        if rank && !self.ranks.borrow().contains_key(name) {
            let mut whole = ColumnData::missing(info.info.kind, 0);
            for batch in 0..run.batches() {
                whole.append(&run.values(name, batch)?);
            }
            self.ranks.borrow_mut().insert(name.to_owned(), percentile_ranks(&whole));
        }
        let mut column =
            ColumnData::missing(if rank { ColumnType::Number } else { info.info.kind }, 0);
        for id in &self.ids {
            let found = run.find(CustomerId(*id))?;
            column.append(&match (found, rank) {
                (Some((batch, row)), false) => {
                    pick(&run.values(name, batch)?, [Some(row)].into_iter())
                }
                (Some((batch, row)), true) => {
                    let row = Some(batch * BATCH + row);
                    pick(&self.ranks.borrow()[name], [row].into_iter())
                }
                (None, true) => ColumnData::missing(ColumnType::Number, 1),
                (None, false) => ColumnData::missing(info.info.kind, 1),
            });
        }
        Ok(Some((info.info.kind, column)))
    }

    fn refusal(&self, pack: &str, hook: Hook, need: &Need) -> String {
        let features = self.live.columns.iter().map(|(name, ..)| name);
        let known: Vec<&str> = features.chain(self.given.iter().map(String::as_str)).collect();
        super::refusal(pack, hook, need, &self.packs.remedy(&need.column, known))
    }
}

//! A view of a run, whether it is kept in the store or was computed just now.

use std::borrow::Cow;
use std::collections::BTreeMap;

use kehu_contract::{BATCH, ColumnData, MISSING_CODE, Reasons, Value};
use kehu_domain::{CustomerId, Day, OperationId, RunId};
use kehu_store::{LabelChange, Reader, Result, RunColumn, StoreError, StoredRun, Writer, codec};

use super::execute::{RunOptions, Scored};

/// Shows a run's columns and reasons, batch by batch.
pub struct RunView<'a> {
    header: Cow<'a, StoredRun>,
    source: Source<'a>,
}

enum Source<'a> {
    Memory(Box<Scored>),
    Stored(&'a dyn Reader),
}

impl<'a> RunView<'a> {
    /// Shows a run that was computed just now.
    pub fn of(scored: Scored, options: RunOptions, base: Option<OperationId>) -> Self {
        let header = StoredRun {
            id: RunId(0),
            operation: OperationId(0),
            base,
            as_of: options.as_of,
            customers: scored.ids.len(),
            seed: options.seed,
            first_ids: scored.ids.iter().step_by(BATCH).copied().collect(),
            overrides: scored.overrides.clone(),
            packs: scored.packs.clone(),
            columns: scored.columns.clone(),
            failures: scored.failures.clone(),
            whole: true,
            stale: false,
        };
        Self { header: Cow::Owned(header), source: Source::Memory(Box::new(scored)) }
    }

    /// Shows a run that is kept.
    pub fn stored(header: StoredRun, reader: &'a dyn Reader) -> Self {
        Self { header: Cow::Owned(header), source: Source::Stored(reader) }
    }

    /// Shows a run that is kept, whose header is at hand.
    pub fn kept(header: &'a StoredRun, reader: &'a dyn Reader) -> Self {
        Self { header: Cow::Borrowed(header), source: Source::Stored(reader) }
    }

    /// Everything about the run but its values.
    pub fn header(&self) -> &StoredRun {
        &self.header
    }

    /// The day as of which the run saw all.
    pub fn as_of(&self) -> Day {
        self.header.as_of
    }

    /// The number of batches.
    pub fn batches(&self) -> usize {
        self.header.customers.div_ceil(BATCH)
    }

    /// What there is to know about a column.
    pub fn column_info(&self, name: &str) -> Option<&RunColumn> {
        self.header.columns.iter().find(|column| column.info.name == name)
    }

    /// The customers of a batch.
    ///
    /// # Errors
    /// What the store says.
    pub fn ids(&self, batch: usize) -> Result<Vec<i64>> {
        match &self.source {
            Source::Memory(scored) => Ok(rows(&scored.ids, batch).to_vec()),
            Source::Stored(reader) => decode(&self.part(*reader, "ids", batch)?, codec::decode_ids),
        }
    }

    /// The values of a column in a batch; all missing if there is no such column.
    ///
    /// # Errors
    /// What the store says.
    pub fn values(&self, name: &str, batch: usize) -> Result<ColumnData> {
        let size = (self.header.customers - batch * BATCH).min(BATCH);
        let Some(info) = self.column_info(name) else {
            return Ok(ColumnData::missing(kehu_contract::ColumnType::Number, size));
        };
        match &self.source {
            Source::Memory(scored) => {
                let start = batch * BATCH;
                Ok(scored.values.get(name).map_or_else(
                    || ColumnData::missing(info.info.kind, size),
                    |column| column.slice(start, start + size),
                ))
            }
            Source::Stored(reader) => {
                decode(&self.part(*reader, &format!("value {name}"), batch)?, codec::decode_column)
            }
        }
    }

    /// The reasons of a column in a batch; none for a feature.
    ///
    /// # Errors
    /// What the store says.
    pub fn reasons(&self, name: &str, batch: usize) -> Result<Option<Reasons>> {
        if self.column_info(name).is_none_or(|column| column.given_by.is_none()) {
            return Ok(None);
        }
        match &self.source {
            Source::Memory(scored) => {
                let part = scored.reasons.get(name).and_then(|batches| batches.get(batch));
                part.map(|part| decode(part, codec::decode_reasons)).transpose()
            }
            Source::Stored(reader) => {
                let part = self.part(*reader, &format!("reason {name}"), batch)?;
                decode(&part, codec::decode_reasons).map(Some)
            }
        }
    }

    fn part(&self, reader: &dyn Reader, name: &str, batch: usize) -> Result<Vec<u8>> {
        reader.run_part(self.header.id, name, batch)?.ok_or_else(|| {
            StoreError::Io(format!("run {} keeps no {name} for batch {batch}", self.header.id))
        })
    }

    /// Finds a customer: its batch and its row there.
    ///
    /// # Errors
    /// What the store says.
    pub fn find(&self, customer: CustomerId) -> Result<Option<(usize, usize)>> {
        let after = self.header.first_ids.partition_point(|first| *first <= customer.0);
        let Some(batch) = after.checked_sub(1) else { return Ok(None) };
        Ok(self.ids(batch)?.binary_search(&customer.0).ok().map(|row| (batch, row)))
    }

    /// One value of one customer.
    ///
    /// # Errors
    /// What the store says.
    pub fn value(&self, name: &str, customer: CustomerId) -> Result<Value> {
        match self.find(customer)? {
            Some((batch, row)) => Ok(self.values(name, batch)?.value(row)),
            None => Ok(Value::Missing),
        }
    }

    /// Writes a run that was computed just now, with the changes of its labels since `before`.
    ///
    /// # Errors
    /// What the store says.
    pub fn store(&self, writer: &mut dyn Writer, before: Option<&RunView<'_>>) -> Result<RunId> {
        let id = writer.put_run(&StoredRun {
            operation: writer.operation(),
            ..self.header.clone().into_owned()
        })?;
        let Source::Memory(scored) = &self.source else { return Ok(id) };
        let batches = self.batches();
        // One thread makes the parts while this one writes them.
        std::thread::scope(|scope| {
            let (send, parts) = std::sync::mpsc::sync_channel(2);
            scope.spawn(move || {
                (0..batches).all(|batch| send.send(encode_batch(scored, batch)).is_ok())
            });
            for (batch, parts) in parts.into_iter().enumerate() {
                for (name, bytes) in parts {
                    writer.put_run_part(id, &name, batch, &bytes)?;
                }
            }
            Ok::<_, StoreError>(())
        })?;
        if let Some(before) = before {
            let changes = label_changes(before, self)?;
            writer.put_label_changes(id, &changes)?;
        }
        Ok(id)
    }
}

/// The parts of a batch, each with its name.
fn encode_batch(scored: &Scored, batch: usize) -> Vec<(String, Cow<'_, [u8]>)> {
    let ids = rows(&scored.ids, batch);
    let start = batch * BATCH;
    let mut parts = vec![("ids".to_owned(), Cow::Owned(codec::encode_ids(ids)))];
    for column in &scored.columns {
        let name = &column.info.name;
        let values = scored.values.get(name).map_or_else(
            || ColumnData::missing(column.info.kind, ids.len()),
            |values| values.slice(start, start + ids.len()),
        );
        parts.push((format!("value {name}"), Cow::Owned(codec::encode_column(&values))));
        if let Some(reasons) = scored.reasons.get(name).and_then(|batches| batches.get(batch)) {
            parts.push((format!("reason {name}"), Cow::Borrowed(reasons.as_slice())));
        }
    }
    parts
}

fn rows<T>(all: &[T], batch: usize) -> &[T] {
    &all[(batch * BATCH).min(all.len())..((batch + 1) * BATCH).min(all.len())]
}

fn decode<T, E: std::fmt::Display>(
    bytes: &[u8],
    decode: impl Fn(&[u8]) -> std::result::Result<T, E>,
) -> Result<T> {
    decode(bytes).map_err(|error| StoreError::Io(format!("a part of a run is damaged: {error}")))
}

/// The labels of all customers of a run, column by column.
fn labels(run: &RunView<'_>, name: &str) -> Result<BTreeMap<i64, String>> {
    let mut labels = BTreeMap::new();
    for batch in 0..run.batches() {
        if let ColumnData::Text { codes, values } = run.values(name, batch)? {
            for (id, code) in run.ids(batch)?.into_iter().zip(codes) {
                if code != MISSING_CODE {
                    labels.insert(id, values[code as usize].clone());
                }
            }
        }
    }
    Ok(labels)
}

/// The customers whose labels differ between two runs; columns that one of them lacks are passed
/// over.
///
/// # Errors
/// What the store says.
pub fn label_changes(before: &RunView<'_>, after: &RunView<'_>) -> Result<Vec<LabelChange>> {
    let mut changes = Vec::new();
    for column in after.header.columns.iter().filter(|column| !column.values.is_empty()) {
        let name = &column.info.name;
        if before.column_info(name).is_none() || !before.header.whole {
            continue;
        }
        let (old, new) = (labels(before, name)?, labels(after, name)?);
        let everyone: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).collect();
        for id in everyone {
            if old.get(id) != new.get(id) {
                changes.push(LabelChange {
                    customer: CustomerId(*id),
                    column: name.clone(),
                    from: old.get(id).cloned(),
                    to: new.get(id).cloned(),
                });
            }
        }
    }
    Ok(changes)
}

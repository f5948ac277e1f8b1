//! The use cases of single records: what `customer add`, `deal move` or `log` do.
//!
//! Every use case takes a [`Desk`]: the store, the settings, and who acts when. Texts come as people
//! type them; names work wherever an id does ([`names`]). Each call that writes is one operation, so
//! that it is kept whole or not at all, and can be undone.
//!
//! - [`customers`], [`contacts`], [`deals`] and their [`moves`], [`interactions`], [`tasks`], [`reps`], [`products`] and
//!   [`targets`] hold the use cases of one sort each; the change itself is a struct of facts, in
//!   which a fact that is not given is left as it is and an empty one is cleared.
//! - [`alike`] finds customers whose names are like a new one's.
//! - [`erasure`] exports what is on file about a customer, and erases it for good.
//! - [`threads`] finds interactions by what people call them: the open complaint, the last visit.
//! - [`page`] gathers what belongs on one customer's page.
//! - [`RecordError`] says what was wrong, and what to do next.

pub mod alike;
pub mod contacts;
pub mod customers;
pub mod deals;
pub mod erasure;
mod error;
pub mod interactions;
pub mod moves;
pub mod names;
pub mod page;
pub mod products;
pub mod reps;
pub mod targets;
pub mod tasks;
pub mod threads;
pub mod values;

use std::cell::Cell;

use kehu_domain::{Day, Entity, OperationDraft, OperationId, Record, RepId};
use kehu_store::{Reader, Store, StoreError, Writer};

use self::moves::Judged;

use crate::settings::Settings;
pub use error::{RecordError, Result, choose_one};

/// How often a change is judged again because another operation came between.
const ATTEMPTS: usize = 5;

/// Writes what was judged, with what stood against it; returns its result and a line that says what was
/// done.
type JudgedChange<'c, T> =
    &'c mut dyn FnMut(&mut dyn Writer, Option<String>) -> Result<(T, String)>;

/// Says who acts, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// The person.
    pub by: String,
    /// The moment in UTC, `YYYY-MM-DDTHH:MM:SSZ`.
    pub at: String,
    /// The day of that moment where the workspace is.
    pub today: Day,
}

/// Remembers the operation that a use case wrote, for those who are told of it afterwards.
#[derive(Debug, Default)]
pub struct Written(Cell<Option<OperationId>>);

impl Written {
    /// Notes an operation.
    pub fn note(&self, operation: OperationId) {
        self.0.set(Some(operation));
    }

    /// Takes out the last one that was noted.
    pub fn take(&self) -> Option<OperationId> {
        self.0.take()
    }
}

/// Holds what every use case needs.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// Where the records are.
    pub store: &'a dyn Store,
    /// What the workspace declares.
    pub settings: &'a Settings,
    /// Who acts, and when.
    pub act: &'a Act,
    /// What was written.
    pub written: &'a Written,
}

impl std::fmt::Debug for Desk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("act", self.act).finish_non_exhaustive()
    }
}

impl Desk<'_> {
    /// Describes an operation by the one who acts; the summary is set at its end.
    pub fn draft(&self, kind: &str) -> OperationDraft {
        OperationDraft {
            kind: kind.to_owned(),
            by: self.act.by.clone(),
            at: self.act.at.clone(),
            summary: String::new(),
            source: None,
            cause: None,
        }
    }

    /// Runs one operation: `change` writes, and returns its result and a line that says what was
    /// done. Nothing is kept if it fails.
    pub fn write<T>(
        &self,
        kind: &str,
        change: impl FnOnce(&mut dyn Writer) -> Result<(T, String)>,
    ) -> Result<T> {
        let mut writer = self.store.write(&self.draft(kind))?;
        let (result, summary) = change(&mut *writer)?;
        writer.set_summary(&summary);
        self.written.note(writer.commit()?);
        Ok(result)
    }

    /// Runs one operation that others have a say in: `ask` judges it by a state of the store, and what is
    /// judged is what is written: if another operation came between, it is asked again. No lock is held
    /// meanwhile. None if it was stopped.
    pub(crate) fn write_judged<T>(
        &self,
        kind: &str,
        ask: &mut dyn FnMut(&dyn Reader) -> Result<Judged>,
        change: JudgedChange<'_, T>,
    ) -> Result<Option<T>> {
        for _ in 0..ATTEMPTS {
            let reader = self.store.read()?;
            let seen = reader.last_operation()?.map_or(0, |last| last.0);
            let Judged::Go(overruled) = ask(&*reader)? else { return Ok(None) };
            drop(reader);
            let mut writer = self.store.write(&self.draft(kind))?;
            // Operations are numbered without gaps.
            if writer.operation().0 != seen + 1 {
                continue;
            }
            let (result, summary) = change(&mut *writer, overruled)?;
            writer.set_summary(&summary);
            self.written.note(writer.commit()?);
            return Ok(Some(result));
        }
        Err(StoreError::Moved.into())
    }

    /// Writes a record that holds from today; returns it with its id.
    pub fn put<T>(&self, writer: &mut dyn Writer, record: T) -> Result<T>
    where
        T: Into<Record> + TryFrom<Record>,
    {
        let mut record: Record = record.into();
        let id = writer.put(&record, self.act.today)?;
        record.set_id(id);
        T::try_from(record)
            .map_err(|_| RecordError::invalid("a record changed its sort while it was written"))
    }

    /// The rep who bears the name of the one who acts, if there is just one.
    pub fn acting_rep(&self, reader: &dyn Reader) -> Result<Option<RepId>> {
        let found = reader.find(Entity::Rep, &self.act.by, names::CANDIDATES)?;
        let mut same = found.iter().filter(|rep| names::same(&rep.name, &self.act.by));
        Ok(match (same.next(), same.next()) {
            (Some(rep), None) => Some(RepId(rep.id)),
            _ => None,
        })
    }

    /// The day on which a fact became known, where that is another day than the one it happened on.
    pub fn known(&self, happened: Day) -> Option<Day> {
        (happened != self.act.today).then_some(self.act.today)
    }

    /// Checks that a day on which something happened has come.
    pub fn happened(&self, on: Option<Day>) -> Result<Day> {
        let day = on.unwrap_or(self.act.today);
        if day > self.act.today {
            return Err(RecordError::invalid(format!(
                "{day} has not come yet: today is {}",
                self.act.today
            ))
            .hint("what is still to be done is a task: kehu task add"));
        }
        Ok(day)
    }
}

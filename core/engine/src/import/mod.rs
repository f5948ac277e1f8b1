//! Import: rows of other systems become records, by a mapping that a person writes.
//!
//! - [`Mapping`] is read from TOML and checked against the workspace's `Settings`.
//! - [`Import`] takes it to a store: reads each table's rows, finds the records that they are about,
//!   and stages what is new or changed; the dry run stops before the merge.
//! - [`ImportReport`] says what came of it, [`Refusal`] which row was refused and why.
//! - [`Observer`] hears of each row as it goes.
//! - Packs that are on may look at each row before it becomes a record: change what it says, or refuse it.
//!   One that fails stops everything: no row slips in that it would have refused.
//!
//! A bad row is refused and the rest goes on; a bad file or mapping, and a table of which every row is
//! refused for the same reason, stop everything, and nothing is written. Importing the same files twice changes nothing. An empty cell says nothing: what is
//! stored stays. Within one table a record is stated once; a second row that says the same is
//! passed over, one that says otherwise is refused.

mod book;
mod check;
mod date;
mod deal;
mod declare;
mod interaction;
mod judge;
mod mapping;
mod reading;
mod records;
mod report;
mod run;
mod value;
mod vocabulary;

#[cfg(test)]
mod tests;

use kehu_domain::rows::{RowSource, SourceError};
use kehu_domain::{Day, Entity, OperationDraft};
use kehu_store::{Store, StoreError};

pub use declare::Declarations;
pub use mapping::{Mapping, TableSpec};
pub use report::{
    Besides, ImportError, ImportReport, Observer, PackReport, Progress, REFUSALS_NAMED, Refusal,
    Silent, TableReport,
};

use crate::packs::PackSet;
use judge::Judges;
use run::{Open, Run};

/// How often an import is matched again because another operation came between.
const ATTEMPTS: usize = 5;

/// Opens the file of a table.
pub type OpenTable<'o> = &'o mut dyn FnMut(&TableSpec) -> Result<Box<dyn RowSource>, SourceError>;

/// Takes a mapping's tables to a store.
pub struct Import<'a> {
    /// Where to.
    pub store: &'a dyn Store,
    /// How.
    pub mapping: &'a Mapping,
    /// The packs that look at the rows.
    pub packs: &'a PackSet,
    /// Who acts, when, and from which file.
    pub draft: &'a OperationDraft,
    /// The day from which changed values of customers hold; what happened did so by its end.
    pub today: Day,
    /// True to stop before anything is written.
    pub dry_run: bool,
}

impl Import<'_> {
    /// Runs the import; `sources` opens a table's file, and is asked for all of them first.
    ///
    /// # Errors
    /// Why nothing was imported. Rows that were refused are no error: the report has them.
    pub fn run(
        &self,
        sources: OpenTable<'_>,
        observer: &mut dyn Observer,
    ) -> Result<ImportReport, ImportError> {
        let mut attempt = 1;
        loop {
            match self.attempt(sources, observer) {
                Err(ImportError::Store(StoreError::Moved)) if attempt < ATTEMPTS => {
                    attempt += 1;
                    observer.again();
                }
                result => return result,
            }
        }
    }

    fn attempt(
        &self,
        sources: OpenTable<'_>,
        observer: &mut dyn Observer,
    ) -> Result<ImportReport, ImportError> {
        let mut problems = Vec::new();
        let mut tables = Vec::new();
        for spec in &self.mapping.tables {
            tables.push(Open::new(spec, sources(spec)?, &mut problems));
        }
        if !problems.is_empty() {
            return Err(ImportError::Mapping(problems));
        }
        let staging = self.store.stage()?;
        let reader = self.store.read()?;
        if reader.last_operation()? != staging.base() {
            return Err(StoreError::Moved.into());
        }
        let mut run = Run::new(self.mapping, reader, staging, self.today, self.dry_run);
        let judges = Judges::new(self.packs, &self.mapping.settings, self.today);
        for (at, open) in tables.iter_mut().enumerate() {
            run.table(at, open, judges.as_ref(), observer)?;
        }
        run.hand_over()?;
        self.finish(run, observer)
    }

    /// Matches the interactions, and merges all if this is no dry run.
    fn finish(
        &self,
        run: Run<'_>,
        observer: &mut dyn Observer,
    ) -> Result<ImportReport, ImportError> {
        let Run { mut staging, mut report, reader, tables, .. } = run;
        observer.progress(&Progress { file: "", rows: 0, read: 0, total: 0 });
        staging.finish(&mut |table, line, fate| {
            if let Some(of_rows) = report.tables.get_mut(table) {
                of_rows.count(fate);
                observer.row(table, line, fate);
            } else if let Some(of_rows) = report.tables.get_mut(table.saturating_sub(tables)) {
                of_rows.count_besides(Entity::Interaction, fate);
            }
        })?;
        drop(reader);
        if !self.dry_run && report.changes_anything() {
            let summary = summary(&report);
            let draft = OperationDraft { summary, ..self.draft.clone() };
            report.operation = Some(staging.merge(&draft, self.today)?);
        }
        Ok(report)
    }
}

/// One line that says what an import did.
fn summary(report: &ImportReport) -> String {
    let total = report.total();
    let refused =
        if report.refused > 0 { format!(", {} refused", report.refused) } else { String::new() };
    let mut summary =
        format!("{}: {} new, {} changed{refused}", report.mapping, total.created, total.changed);
    for PackReport { pack, changed, refused, .. } in report.packs.iter().filter(|it| it.has_acted())
    {
        summary += &format!("; {pack} changed {changed}, refused {refused}");
    }
    summary
}

fn no_rows(file: &str) -> SourceError {
    SourceError::new(file, "has a header, but no rows", None)
}

//! The rows of a table, one after the other, or batch by batch where packs look at them.

use kehu_contract::BATCH;
use kehu_domain::rows::{BadRow, Row, RowError, RowSource};

use super::judge::{Judged, Judges};
use super::mapping::TableSpec;
use super::report::{ImportError, Observer, Progress, Refusal, TableReport};
use super::run::{Fault, Here, Open, Run};
use super::value::Bad;
use crate::day::Because;

/// How many rows pass between two words on the progress.
const ROWS_A_WORD: u64 = 8_192;

impl Run<'_> {
    /// Reads a table to its end.
    pub(super) fn table(
        &mut self,
        at: usize,
        open: &mut Open,
        judges: Option<&Judges<'_>>,
        observer: &mut dyn Observer,
    ) -> Result<(), ImportError> {
        let Open { spec, source } = open;
        self.report.tables.push(TableReport::new(source.name(), source.encoding(), spec.into));
        self.prepare(spec)?;
        match judges {
            None => self.each(at, spec, &mut **source, observer)?,
            Some(judges) => self.each_judged(at, spec, &mut **source, judges, observer)?,
        }
        if self.report.tables[at].rows == 0 {
            return Err(super::no_rows(source.name()).into());
        }
        self.settle_parents(at, spec, source.name(), observer)?;
        self.fits(at)
    }

    /// Takes rows one after the other.
    fn each(
        &mut self,
        at: usize,
        spec: &TableSpec,
        source: &mut dyn RowSource,
        observer: &mut dyn Observer,
    ) -> Result<(), ImportError> {
        let mut row = Row::default();
        loop {
            let read = match source.next(&mut row) {
                Ok(false) => return Ok(()),
                Ok(true) => Ok(&row),
                Err(RowError::Broken(error)) => return Err(error.into()),
                Err(RowError::Bad(bad)) => Err(bad),
            };
            self.take(at, spec, source.name(), read, None, observer)?;
            self.tell_progress(at, source, observer);
        }
    }

    /// Takes rows batch by batch, as packs leave them.
    fn each_judged(
        &mut self,
        at: usize,
        spec: &TableSpec,
        source: &mut dyn RowSource,
        judges: &Judges<'_>,
        observer: &mut dyn Observer,
    ) -> Result<(), ImportError> {
        let mut is_last = false;
        while !is_last {
            // Rows that can be read, and the others each with the place before which it stands.
            let (mut rows, mut bad): (Vec<Row>, Vec<(usize, BadRow)>) = (Vec::new(), Vec::new());
            while rows.len() + bad.len() < BATCH {
                let mut row = Row::default();
                match source.next(&mut row) {
                    Ok(false) => {
                        is_last = true;
                        break;
                    }
                    Ok(true) => rows.push(row),
                    Err(RowError::Broken(error)) => return Err(error.into()),
                    Err(RowError::Bad(row)) => bad.push((rows.len(), row)),
                }
            }
            let reports = &mut self.report.packs;
            let judged =
                judges.ask(spec, source.name(), &rows, reports).map_err(ImportError::Pack)?;
            let mut bad = bad.into_iter().peekable();
            for (place, (row, judged)) in rows.iter().zip(&judged).enumerate() {
                while let Some((_, bad)) = bad.next_if(|(before, _)| *before <= place) {
                    self.take(at, spec, source.name(), Err(bad), None, observer)?;
                }
                self.take(at, spec, source.name(), Ok(row), Some(judged), observer)?;
            }
            for (_, bad) in bad {
                self.take(at, spec, source.name(), Err(bad), None, observer)?;
            }
            let (read, total) = source.progress();
            let rows = self.report.tables[at].rows;
            observer.progress(&Progress { file: source.name(), rows, read, total });
        }
        Ok(())
    }

    fn tell_progress(&self, at: usize, source: &dyn RowSource, observer: &mut dyn Observer) {
        let rows = self.report.tables[at].rows;
        if rows.is_multiple_of(ROWS_A_WORD) {
            let (read, total) = source.progress();
            observer.progress(&Progress { file: source.name(), rows, read, total });
        }
    }

    /// Takes a row, or refuses it.
    fn take(
        &mut self,
        at: usize,
        spec: &TableSpec,
        file: &str,
        row: Result<&Row, BadRow>,
        judged: Option<&Judged>,
        observer: &mut dyn Observer,
    ) -> Result<(), ImportError> {
        self.report.tables[at].rows += 1;
        let file = file.to_owned();
        let row = match row {
            Ok(row) => row,
            Err(BadRow { line, column, why, hint }) => {
                let (value, because) = (None, Vec::new());
                let refusal = Refusal { file, line, column, value, why, hint, because };
                self.refuse(at, refusal, observer);
                return Ok(());
            }
        };
        let line = row.line();
        if let Some((pack, because)) = judged.and_then(|judged| judged.refused.clone()) {
            self.refuse(at, refused_by(file, line, &pack, because), observer);
            return Ok(());
        }
        let changes = judged.map(|judged| &judged.changes);
        let here = Here { table: at, spec, line, changes };
        match self.row(here, row) {
            Ok(Some(fate)) => self.fate(at, line, fate, observer),
            Ok(None) => {}
            Err(Fault::Store(error)) => return Err(error.into()),
            Err(Fault::Row { column, value, bad: Bad { why, hint } }) => {
                let because = Vec::new();
                let refusal = Refusal { file, line, column, value, why, hint, because };
                self.refuse(at, refusal, observer);
            }
        }
        Ok(())
    }
}

/// A row that a pack refuses.
fn refused_by(file: String, line: u64, pack: &str, because: Vec<Because>) -> Refusal {
    let said = |because: &Because| {
        let Because { text, file, line, .. } = because;
        format!("{} ({file}:{line})", text.en)
    };
    let said: Vec<String> = because.iter().map(said).collect();
    let why = format!("pack {pack} refuses: {}", said.join("; "));
    Refusal { file, line, column: None, value: None, why, hint: None, because }
}

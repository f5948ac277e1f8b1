//! CSV, and tables whose cells are parted by blanks.

mod split;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::Encoding;
use kehu_domain::rows::{BadRow, Row, RowError, RowSource, SourceError, TextFormat};

use crate::encoding::{decoded, is_checked_as_bytes, sniff, unreadable};
use split::{Split, Splitter};

/// Gives the rows of a CSV file.
pub struct CsvSource {
    name: String,
    label: &'static str,
    encoding: &'static Encoding,
    columns: Vec<String>,
    rows: Splitter,
    read: Arc<AtomicU64>,
    total: u64,
}

impl std::fmt::Debug for CsvSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CsvSource")
            .field("name", &self.name)
            .field("encoding", &self.label)
            .field("columns", &self.columns)
            .finish_non_exhaustive()
    }
}

/// Opens a file; `name` is what messages call it.
///
/// # Errors
/// What is wrong with the file as a whole: it is not there, empty, no text, in an unknown encoding,
/// or its header cannot be used.
pub fn open(path: &Path, name: &str, format: &TextFormat) -> Result<CsvSource, SourceError> {
    let file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => SourceError::new(name, "is not there", None),
        _ => unreadable(name, &error),
    })?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(SourceError::new(name, "is a folder, not a file", None));
    }
    read(name, file, format)
}

/// Reads from a file that is open, or from bytes in memory.
///
/// # Errors
/// As for [`open`].
pub fn read(
    name: &str,
    input: impl Read + Seek + Send + 'static,
    format: &TextFormat,
) -> Result<CsvSource, SourceError> {
    let mut input = Box::new(input);
    let sniffed = sniff(name, input.as_mut(), format.encoding.as_deref())?;
    let read = Arc::new(AtomicU64::new(0));
    let text = decoded(input, &sniffed, &read).map_err(|error| unreadable(name, &error))?;
    let mut source = CsvSource {
        name: name.to_owned(),
        label: sniffed.label,
        encoding: sniffed.encoding,
        columns: Vec::new(),
        rows: Splitter::new(text, format.delimiter),
        read,
        total: sniffed.total,
    };
    source.columns = match &format.names {
        Some(names) => names.clone(),
        None => source.header()?,
    };
    source.refuse_duplicates()?;
    Ok(source)
}

impl CsvSource {
    fn header(&mut self) -> Result<Vec<String>, SourceError> {
        let mut row = Row::default();
        match self.read_row(&mut row) {
            Ok(true) => {
                Ok((0..row.len()).map(|at| row.cell(at).trim().to_owned()).collect::<Vec<_>>())
            }
            Ok(false) => Err(SourceError::new(&self.name, "is empty", None)),
            Err(RowError::Broken(error)) => Err(error),
            Err(RowError::Bad(bad)) => {
                let message = format!("the header {}", bad.why);
                Err(SourceError::new(&self.name, message, bad.hint).at_line(bad.line))
            }
        }
    }

    /// Columns without a name cannot be mapped, so that any number of them does no harm.
    fn refuse_duplicates(&self) -> Result<(), SourceError> {
        let mut seen = BTreeSet::new();
        let twice = self.columns.iter().find(|name| !name.is_empty() && !seen.insert(*name));
        twice.map_or(Ok(()), |name| {
            let mut error = SourceError::new(
                &self.name,
                format!("two columns are called \"{name}\""),
                Some("give each column of the header a name of its own".to_owned()),
            )
            .at_line(self.rows.start_line());
            error.column = Some(name.clone());
            Err(error)
        })
    }

    fn bad(&self, column: Option<usize>, why: String, hint: Option<&str>) -> RowError {
        RowError::Bad(BadRow {
            line: self.rows.start_line(),
            column: column.map(|at| self.column_name(at)),
            why,
            hint: hint.map(str::to_owned),
        })
    }

    fn column_name(&self, at: usize) -> String {
        match self.columns.get(at) {
            Some(name) if !name.is_empty() => name.clone(),
            _ => format!("{}", at + 1),
        }
    }

    fn read_row(&mut self, row: &mut Row) -> Result<bool, RowError> {
        let split = self.rows.next().map_err(|error| {
            RowError::Broken(unreadable(&self.name, &error).at_line(self.rows.line()))
        })?;
        match split {
            Split::End => Ok(false),
            Split::Row => self.take(row).map(|()| true),
            Split::TooLong(cell) => Err(self.bad(
                Some(cell),
                "holds more than 1 MiB in a cell".to_owned(),
                Some("look for a quote that is opened and never closed"),
            )),
            Split::TooWide => Err(self.bad(None, "has more than 65536 cells".to_owned(), None)),
            Split::Unclosed => {
                let (first, last) = (self.rows.start_line(), self.rows.line());
                let why = if last > first {
                    format!("opens a quote that is never closed; lines {first} to {last} are lost")
                } else {
                    "opens a quote that is never closed".to_owned()
                };
                Err(self.bad(None, why, Some("close the quote, or double it inside a cell")))
            }
        }
    }

    fn take(&self, row: &mut Row) -> Result<(), RowError> {
        let (bytes, ends) = self.rows.row();
        let label = self.label;
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let cell = ends.partition_point(|end| *end <= error.valid_up_to());
            let hint = "save the file as UTF-8, or name its encoding in the mapping";
            self.bad(Some(cell), format!("holds bytes that are not {label}"), Some(hint))
        })?;
        if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
            let cell = ends.partition_point(|end| *end <= at);
            return Err(self.bad(Some(cell), "holds a NUL byte".to_owned(), None));
        }
        if !is_checked_as_bytes(self.encoding)
            && let Some(at) = text.find('\u{FFFD}')
        {
            let cell = ends.partition_point(|end| *end <= at);
            let why = format!("holds bytes that are not {label}");
            return Err(self.bad(Some(cell), why, None));
        }
        row.fill(self.rows.start_line(), text, ends);
        Ok(())
    }

    fn check_width(&self, row: &Row) -> Result<(), RowError> {
        let (found, expected) = (row.len(), self.columns.len());
        if found == expected {
            return Ok(());
        }
        let lines = self.rows.line().saturating_sub(self.rows.start_line());
        let cells = if found == 1 { "cell" } else { "cells" };
        let hint = (lines > 1).then(|| {
            let last = self.rows.line() - 1;
            format!("the row goes on to line {last}: look for a quote that is not closed")
        });
        let why = format!("has {found} {cells}, expected {expected}");
        Err(self.bad(None, why, hint.as_deref()))
    }
}

impl RowSource for CsvSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn encoding(&self) -> &str {
        self.label
    }

    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next(&mut self, row: &mut Row) -> Result<bool, RowError> {
        loop {
            if !self.read_row(row)? {
                return Ok(false);
            }
            // A line of blanks at the end of a file is no row.
            let blank = row.is_empty() || (row.len() == 1 && row.cell(0).trim().is_empty());
            if !blank || self.columns.len() == 1 && !row.is_empty() {
                return self.check_width(row).map(|()| true);
            }
        }
    }

    fn progress(&self) -> (u64, u64) {
        (self.read.load(Ordering::Relaxed).min(self.total), self.total)
    }
}

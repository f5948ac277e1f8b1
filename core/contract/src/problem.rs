//! What is wrong with a file, and where: bounded, since the file may be somebody else's.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Arc;

use crate::text::plain;

/// How many characters of a long line are shown.
const LINE: usize = 200;
/// How much of a file's name is shown.
const FILE_BYTES: usize = 500;
/// The longest that a message about a file, or its hint, becomes.
pub(crate) const WORDS_BYTES: usize = 2_000;
/// How many problems of one document are kept, and how many are told: nobody mends more at once.
const KEPT: usize = 200;
const TOLD: usize = 20;

/// Says where in a file something stands, and shows the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as the person named it.
    pub file: Arc<str>,
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1; 0 where only the line is known.
    pub column: u32,
    /// The text of the line.
    pub source: Arc<str>,
}

impl Place {
    /// The text of the line as it is shown: fit for a terminal, and of a long line the part around the
    /// column; empty where there is none.
    pub fn shown(&self) -> String {
        let text = self.source.trim_end();
        let column = (self.column as usize).saturating_sub(1);
        let from =
            if text.chars().nth(LINE).is_some() { column.saturating_sub(LINE / 3) } else { 0 };
        let mut rest = text.chars().skip(from);
        let part: String = rest.by_ref().take(LINE).collect();
        let before = if from > 0 { "…" } else { "" };
        let after = if rest.next().is_some() { "…" } else { "" };
        format!("{before}{}{after}", plain(&part.replace('\t', " "), usize::MAX))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", plain(&self.file, FILE_BYTES), self.line)?;
        if self.column > 0 { write!(f, ":{}", self.column) } else { Ok(()) }
    }
}

/// Describes one thing that is wrong with a file, for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands.
    pub place: Place,
    /// What is wrong, and what was expected.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl Problem {
    /// Says what is wrong with a whole file.
    pub fn of_file(file: &str, message: impl Into<String>) -> Self {
        let place = Place { file: file.into(), line: 1, column: 1, source: "".into() };
        Self { place, message: message.into(), hint: None }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)?;
        let source = self.place.shown();
        if !source.trim().is_empty() {
            write!(f, "\n  {} | {source}", self.place.line)?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}

/// Gathers what is wrong while a document is read.
///
/// The files may be other people's, so all is bounded: the words of each problem, how many are kept, and how
/// many are told.
#[derive(Debug, Default)]
pub struct Problems {
    kept: RefCell<Vec<Problem>>,
    /// How many more there were.
    more: Cell<usize>,
}

impl Problems {
    /// Notes a problem.
    pub fn add(&self, place: &Place, message: impl Into<String>, hint: Option<String>) {
        let mut kept = self.kept.borrow_mut();
        if kept.len() >= KEPT {
            self.more.set(self.more.get() + 1);
            return;
        }
        let message = plain(&message.into(), WORDS_BYTES);
        let hint = hint.map(|hint| plain(&hint, WORDS_BYTES));
        kept.push(Problem { place: place.clone(), message, hint });
    }

    /// True if further problems are only counted, so that their words need not be found.
    pub fn is_full(&self) -> bool {
        self.kept.borrow().len() >= KEPT
    }

    /// Takes out what was gathered, in the order of the file: the first ones, and how many more there are.
    pub fn take(&self) -> Vec<Problem> {
        let mut problems = self.kept.take();
        problems.sort_by_key(|problem| (problem.place.line, problem.place.column));
        let more = problems.len().saturating_sub(TOLD) + self.more.take();
        problems.truncate(TOLD);
        if let (Some(last), true) = (problems.last(), more > 0) {
            let place = Place { source: "".into(), ..last.place.clone() };
            let message = match more {
                1 => "1 more thing is wrong with this file".to_owned(),
                more => format!("{more} more things are wrong with this file"),
            };
            problems.push(Problem { place, message, hint: None });
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(source: &str, column: u32) -> Place {
        Place { file: "pack.toml".into(), line: 3, column, source: source.into() }
    }

    #[test]
    fn of_a_long_line_the_part_around_the_column_is_shown() {
        let line = format!("{}\u{1b}[31m客{}", "a".repeat(500), "b".repeat(500));
        let shown = place(&line, 503).shown();
        assert!(shown.starts_with("…aaa") && shown.ends_with("bbb…"), "{shown}");
        assert!(shown.contains("a\\u{1b}[31m客b") && shown.chars().count() < 220, "{shown}");
        assert_eq!(place("\tname = \"客户\"  ", 2).shown(), " name = \"客户\"");
    }

    #[test]
    fn a_file_with_countless_problems_is_told_of_the_first_ones() {
        let problems = Problems::default();
        for column in 1..=50_000 {
            problems.add(&place("x", column), "\u{1b}".repeat(10_000), None);
        }
        let told = problems.take();
        assert_eq!(told.len(), TOLD + 1);
        assert!(told.iter().all(|each| each.to_string().len() < 3_000));
        assert_eq!(told[TOLD].message, "49980 more things are wrong with this file");
        assert!(problems.take().is_empty());
    }

    #[test]
    fn a_name_of_a_file_cannot_begin_another_line() {
        let at = Place { file: "a\nerror: x".into(), ..place("", 1) };
        assert_eq!(at.to_string(), "a\\nerror: x:3:1");
    }
}

//! Rows that come from outside: what an import reads, whatever the format of the file.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Gives the rows of a file one after another, with the lines where they stand.
pub trait RowSource: Send {
    /// The file, as the person named it.
    fn name(&self) -> &str;

    /// The encoding that was found, such as `UTF-8` or `GBK`.
    fn encoding(&self) -> &str;

    /// The names of the columns, in their order.
    fn columns(&self) -> &[String];

    /// Reads the next row into a buffer that is used again for each; false after the last.
    ///
    /// # Errors
    /// [`RowError::Bad`] concerns one row: the next call goes on behind it. After
    /// [`RowError::Broken`] nothing more can be read.
    fn next(&mut self, row: &mut Row) -> Result<bool, RowError>;

    /// How much was read, of how much: bytes, for a file.
    fn progress(&self) -> (u64, u64);
}

/// Says how a file of text is laid out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextFormat {
    /// The encoding by name; none where it is to be found out.
    pub encoding: Option<String>,
    /// What stands between cells.
    pub delimiter: Delimiter,
    /// The names of the columns where the first row does not give them.
    pub names: Option<Vec<String>>,
}

impl Default for TextFormat {
    fn default() -> Self {
        Self { encoding: None, delimiter: Delimiter::Character(b','), names: None }
    }
}

/// Says what stands between the cells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delimiter {
    /// One ASCII character; cells may be quoted.
    Character(u8),
    /// One or more blanks or tabs; cells are never quoted.
    Whitespace,
}

/// Holds one row: a buffer that is filled again and again, with no allocation for a cell.
///
/// ```
/// use kehu_domain::rows::Row;
/// let mut row = Row::default();
/// row.fill(7, "Anna2017", &[4, 8]);
/// assert_eq!((row.line(), row.cell(1)), (7, "2017"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Row {
    line: u64,
    text: String,
    ends: Vec<usize>,
}

impl Row {
    /// The line where the row starts, counted from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The number of cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True if there is no cell.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell at a place, counted from 0; empty beyond the last.
    pub fn cell(&self, at: usize) -> &str {
        let Some(end) = self.ends.get(at) else { return "" };
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        self.text.get(start..*end).unwrap_or_default()
    }

    /// Replaces the row: the cells' texts one behind the other, and where each of them ends.
    pub fn fill(&mut self, line: u64, text: &str, ends: &[usize]) {
        self.line = line;
        self.text.clear();
        self.text.push_str(text);
        self.ends.clear();
        self.ends.extend_from_slice(ends);
    }

    /// Replaces the row with cells that stand apart.
    pub fn fill_cells<'a>(&mut self, line: u64, cells: impl IntoIterator<Item = &'a str>) {
        self.line = line;
        self.text.clear();
        self.ends.clear();
        for cell in cells {
            self.text.push_str(cell);
            self.ends.push(self.text.len());
        }
    }
}

/// Says why a row cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowError {
    /// This row is bad; the source can go on.
    Bad(BadRow),
    /// The source cannot go on.
    Broken(SourceError),
}

/// Describes a row that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The line where it starts.
    pub line: u64,
    /// The column at fault, by name, if it is one.
    pub column: Option<String>,
    /// What is wrong.
    pub why: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Describes a file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceError {
    /// The file, as the person named it.
    pub file: String,
    /// The line, where one is at fault.
    pub line: Option<u64>,
    /// The column by name, where one is at fault.
    pub column: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl SourceError {
    /// Makes an error of a whole file.
    pub fn new(file: &str, message: impl Into<String>, hint: Option<String>) -> Self {
        Self { file: file.to_owned(), line: None, column: None, message: message.into(), hint }
    }

    /// Adds the line.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column \"{column}\"")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for SourceError {}

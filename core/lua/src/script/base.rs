//! What a script that is no pack works with: records that it may read, and a place to write to.

use std::io;

use kehu_contract::{ColumnType, Columns, PackError};
use serde_json::{Map, Value as Json};

/// Says why a question about the records has no answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// The error of a pack that was asked, which says all itself.
    pub pack: Option<Box<PackError>>,
}

impl Refusal {
    /// Says what is wrong, and what to do next.
    pub fn new(message: impl Into<String>, hint: Option<String>) -> Self {
        Self { message: message.into(), hint, pack: None }
    }
}

impl From<PackError> for Refusal {
    fn from(error: PackError) -> Self {
        let message = format!("{} error: {}", error.kind.name(), error.message);
        Self { message, hint: error.hint.clone(), pack: Some(Box::new(error)) }
    }
}

/// Asks for rows of one sort of record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// The condition.
    pub condition: Option<String>,
    /// The columns, in their order; nothing for the usual ones.
    pub columns: Vec<String>,
    /// What to sort by, each with `-` before it for the greatest first.
    pub sort: Vec<String>,
    /// The most rows; 0 for all.
    pub limit: usize,
    /// The id of the customer that the rows are or belong to.
    pub customer: Option<i64>,
}

/// Names the sorts of record that a script reads, by the function that reads them.
pub const SUBJECTS: [&str; 8] =
    ["customers", "deals", "interactions", "moves", "planned_visits", "reps", "targets", "tasks"];

/// Describes a column of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedColumn {
    /// The name.
    pub name: String,
    /// What its values are.
    pub kind: ColumnType,
    /// What stands before the number of an id, such as `C`; nothing for what is no id.
    pub prefix: Option<&'static str>,
}

/// The records of a workspace, as a script may read them: all as of one day, in one state.
///
/// The host calls it on the script's thread; what it takes counts as the script's time, except in
/// [`Base::prepare`].
pub trait Base {
    /// Gets ready for a question; what is computed here is computed once, and costs the script nothing.
    ///
    /// # Errors
    /// Why it cannot be answered.
    fn prepare(&self, subject: &str, ask: &Ask) -> Result<(), Refusal>;

    /// Opens a list of rows.
    ///
    /// # Errors
    /// What is wrong with the question.
    fn open(&self, subject: &str, ask: &Ask) -> Result<(usize, Vec<AskedColumn>), Refusal>;

    /// The next rows of a list; none at its end.
    ///
    /// # Errors
    /// Why there are none, such as a file that cannot be read.
    fn next(&self, list: usize) -> Result<Option<Columns>, Refusal>;

    /// What people call the values of a column of customers, by key and in the order in which they are
    /// declared; nothing for what is no label.
    fn labels(&self, column: &str) -> Vec<(String, String)>;

    /// The names of all columns that rows of a sort have.
    fn columns(&self, subject: &str) -> Vec<String>;

    /// Finds a customer by name or id.
    ///
    /// # Errors
    /// That there is none, or several.
    fn find(&self, customer: &str) -> Result<i64, Refusal>;

    /// Says why a customer has the value that it has in a column.
    ///
    /// # Errors
    /// That there is no such column or customer.
    fn explain(&self, customer: i64, column: &str) -> Result<Json, Refusal>;

    /// The functions of a pack.
    ///
    /// # Errors
    /// That there is no such pack.
    fn functions(&self, pack: &str) -> Result<Functions, Refusal>;

    /// Tries a function of a pack on a customer: gives each column with its value and reasons, or a list
    /// of proposals.
    ///
    /// # Errors
    /// What is wrong with the pack, or that the customer is not there.
    fn attempt(&self, pack: &str, function: &str, customer: i64) -> Result<Json, Refusal>;
}

/// Names the functions of a pack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Functions {
    /// Those that can be tried on one customer.
    pub offered: Vec<String>,
    /// Those about something else than one customer, such as a plan or a move of a deal.
    pub others: Vec<String>,
}

/// Says how the values of a table's column are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// As they are.
    #[default]
    Plain,
    /// Days, counted from 1970-01-01.
    Day,
    /// Amounts in major units.
    Money,
    /// Shares of 1, as percent.
    Percent,
    /// Ids, with what stands before the number.
    Id(&'static str),
}

/// One value of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum TableCell {
    /// There is none.
    Missing,
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

/// A column of a table that a script shows.
#[derive(Debug, Clone, PartialEq)]
pub struct TableColumn {
    /// Its key for programs.
    pub key: String,
    /// What stands above it.
    pub title: String,
    /// How its values are shown.
    pub shape: Shape,
    /// How many digits follow the point; as many as needed if nothing is said.
    pub digits: Option<usize>,
    /// What people call its values, by key; what is not here is shown as it is.
    pub labels: Vec<(String, String)>,
    /// True if people do not see it where no row says anything in it.
    pub is_optional: bool,
}

/// A table that a script shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptTable {
    /// Its key for programs, where there are several.
    pub name: Option<String>,
    /// What stands above it.
    pub title: Option<String>,
    /// How many rows more there are than it holds, since nobody wants to see them.
    pub hidden: usize,
    /// Its columns.
    pub columns: Vec<TableColumn>,
    /// Its rows, each with a value for every column.
    pub rows: Vec<Vec<TableCell>>,
}

/// Where a script writes.
pub trait Output {
    /// Writes text that may have several lines, and ends the last one. It is fit for a terminal.
    ///
    /// # Errors
    /// That nobody reads it any more, or that it cannot be written.
    fn text(&self, text: &str) -> io::Result<()>;

    /// The most rows of a table that are wanted, if the table itself says how many people want to see;
    /// none for all.
    fn most(&self, limit: Option<usize>) -> Option<usize>;

    /// Writes a table, unless that takes more than so many bytes, blanks included: then nothing of it is
    /// written. Gives how many it took.
    ///
    /// # Errors
    /// As with [`Output::text`].
    fn table(&self, table: &ScriptTable, room: usize) -> io::Result<Option<usize>>;

    /// Writes figures that lines say to people, for programs.
    ///
    /// # Errors
    /// As with [`Output::text`].
    fn facts(&self, facts: Map<String, Json>) -> io::Result<()>;

    /// An amount in major units as people read it.
    fn amount(&self, number: f64) -> String;
}

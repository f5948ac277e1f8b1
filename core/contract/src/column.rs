//! Columns: how the values of many customers cross a border in one call.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The row number that stands for "no entry" in a dictionary column.
pub const MISSING_CODE: u32 = u32::MAX;
/// The day number that stands for "no day".
pub const MISSING_DAY: i32 = i32::MIN;
/// The flag that stands for "not known".
pub const MISSING_FLAG: u8 = 2;
/// Customers per batch: the unit of calls, of fresh script environments and of stored blobs.
pub const BATCH: usize = 8_192;

/// Says what the values of a column mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// A plain number.
    Number,
    /// An amount in major units of the workspace's currency.
    Money,
    /// One of a set of declared values.
    Label,
    /// Free text.
    Text,
    /// Yes or no.
    Flag,
    /// A day, counted from 1970-01-01.
    Day,
}

impl ColumnType {
    /// All types, in the order in which help shows them.
    pub const ALL: [Self; 6] =
        [Self::Number, Self::Money, Self::Label, Self::Text, Self::Flag, Self::Day];

    /// The word for this type in TOML, Lua and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Money => "money",
            Self::Label => "label",
            Self::Text => "text",
            Self::Flag => "flag",
            Self::Day => "day",
        }
    }

    /// Parses the word for a type.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == word)
    }
}

/// Holds the values of one column, one entry a customer.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnData {
    /// Numbers and money; NaN is missing.
    Number(Vec<f64>),
    /// Labels and texts: a code for each row into a dictionary; [`MISSING_CODE`] is missing.
    Text {
        /// For each row, the place of its value in `values`.
        codes: Vec<u32>,
        /// The distinct values, in order of first use.
        values: Arc<Vec<String>>,
    },
    /// 0 is no, 1 is yes, [`MISSING_FLAG`] is missing.
    Flag(Vec<u8>),
    /// Days since 1970-01-01; [`MISSING_DAY`] is missing.
    Day(Vec<i32>),
}

/// Holds one value of a column, as a person would see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// There is none.
    Missing,
    /// Yes or no.
    Flag(bool),
    /// A number, or an amount in major units.
    Number(f64),
    /// A label or a text.
    Text(String),
    /// A day, counted from 1970-01-01; serialised by whoever knows the calendar.
    #[serde(skip)]
    Day(i32),
}

impl ColumnData {
    /// Makes a column of `rows` missing values of a type.
    pub fn missing(kind: ColumnType, rows: usize) -> Self {
        match kind {
            ColumnType::Number | ColumnType::Money => Self::Number(vec![f64::NAN; rows]),
            ColumnType::Label | ColumnType::Text => {
                Self::Text { codes: vec![MISSING_CODE; rows], values: Arc::default() }
            }
            ColumnType::Flag => Self::Flag(vec![MISSING_FLAG; rows]),
            ColumnType::Day => Self::Day(vec![MISSING_DAY; rows]),
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Number(values) => values.len(),
            Self::Text { codes, .. } => codes.len(),
            Self::Flag(values) => values.len(),
            Self::Day(values) => values.len(),
        }
    }

    /// True if there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// True if `row` has no value.
    pub fn is_missing(&self, row: usize) -> bool {
        match self {
            Self::Number(values) => values[row].is_nan(),
            Self::Text { codes, .. } => codes[row] == MISSING_CODE,
            Self::Flag(values) => values[row] == MISSING_FLAG,
            Self::Day(values) => values[row] == MISSING_DAY,
        }
    }

    /// The value of `row`.
    pub fn value(&self, row: usize) -> Value {
        if self.is_missing(row) {
            return Value::Missing;
        }
        match self {
            Self::Number(values) => Value::Number(values[row]),
            Self::Text { codes, values } => Value::Text(values[codes[row] as usize].clone()),
            Self::Flag(values) => Value::Flag(values[row] == 1),
            Self::Day(values) => Value::Day(values[row]),
        }
    }

    /// Copies the rows from `start` to before `end`; a text column keeps its dictionary.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> Self {
        match self {
            Self::Number(values) => Self::Number(values[start..end].to_vec()),
            Self::Text { codes, values } => {
                Self::Text { codes: codes[start..end].to_vec(), values: Arc::clone(values) }
            }
            Self::Flag(values) => Self::Flag(values[start..end].to_vec()),
            Self::Day(values) => Self::Day(values[start..end].to_vec()),
        }
    }

    /// Adds the rows of `other` at the end.
    ///
    /// # Panics
    /// If the two columns hold different kinds of data: a slip of the host, never of its input.
    pub fn append(&mut self, other: &Self) {
        match (self, other) {
            (Self::Number(to), Self::Number(from)) => to.extend_from_slice(from),
            (Self::Flag(to), Self::Flag(from)) => to.extend_from_slice(from),
            (Self::Day(to), Self::Day(from)) => to.extend_from_slice(from),
            (Self::Text { codes, values }, Self::Text { codes: more, values: others }) => {
                let mut places: HashMap<&str, u32> = HashMap::new();
                let mut merged = Vec::clone(values);
                for (place, value) in values.iter().enumerate() {
                    places.insert(value, place as u32);
                }
                let translation: Vec<u32> = others
                    .iter()
                    .map(|value| {
                        *places.entry(value).or_insert_with(|| {
                            merged.push(value.clone());
                            merged.len() as u32 - 1
                        })
                    })
                    .collect();
                codes.extend(more.iter().map(|code| match *code {
                    MISSING_CODE => MISSING_CODE,
                    code => translation[code as usize],
                }));
                *values = Arc::new(merged);
            }
            _ => unreachable!("two parts of one column hold the same kind of data"),
        }
    }
}

/// Builds a text column row by row.
#[derive(Debug, Default)]
pub struct TextBuilder {
    codes: Vec<u32>,
    values: Vec<String>,
    places: HashMap<String, u32>,
}

impl TextBuilder {
    /// Adds a row.
    pub fn push(&mut self, value: Option<&str>) {
        let code = match value {
            None => MISSING_CODE,
            Some(value) => {
                if let Some(place) = self.places.get(value) {
                    *place
                } else {
                    let place = self.values.len() as u32;
                    self.values.push(value.to_owned());
                    self.places.insert(value.to_owned(), place);
                    place
                }
            }
        };
        self.codes.push(code);
    }

    /// Ends the column.
    pub fn finish(self) -> ColumnData {
        ColumnData::Text { codes: self.codes, values: Arc::new(self.values) }
    }
}

/// Names a column and says what it means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnInfo {
    /// The name, as in needs, gives, `--where` and JSON.
    pub name: String,
    /// What its values mean.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// The unit of a number, such as `days`; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// One line that says what it is.
    #[serde(default)]
    pub doc: crate::Text,
    /// What people call it, in a word or two, where it heads a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<crate::Text>,
}

impl ColumnInfo {
    /// What heads it: its title; without one its name in English, and what it is in Chinese.
    pub fn heading(&self, language: crate::Language) -> &str {
        match &self.title {
            Some(title) => title.get(language),
            None if language == crate::Language::Zh && !self.doc.zh.is_empty() => &self.doc.zh,
            None => &self.name,
        }
    }
}

/// Holds named columns of the same length: a batch, or the whole base.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    rows: usize,
    names: Vec<String>,
    kinds: Vec<ColumnType>,
    data: Vec<Arc<ColumnData>>,
}

impl Columns {
    /// Makes an empty set of columns of `rows` rows.
    pub fn new(rows: usize) -> Self {
        Self { rows, ..Self::default() }
    }

    /// The number of customers.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Adds a column, or replaces the one of that name.
    ///
    /// # Panics
    /// If its length is not [`Columns::rows`]: a slip of the host, never of its input.
    pub fn insert(&mut self, name: &str, kind: ColumnType, data: Arc<ColumnData>) {
        assert_eq!(data.len(), self.rows, "column {name} has as many rows as its batch");
        if let Some(place) = self.names.iter().position(|known| known == name) {
            self.kinds[place] = kind;
            self.data[place] = data;
        } else {
            self.names.push(name.to_owned());
            self.kinds.push(kind);
            self.data.push(data);
        }
    }

    /// The column of a name.
    pub fn get(&self, name: &str) -> Option<&Arc<ColumnData>> {
        let place = self.names.iter().position(|known| known == name)?;
        Some(&self.data[place])
    }

    /// The type of the column of a name.
    pub fn kind(&self, name: &str) -> Option<ColumnType> {
        let place = self.names.iter().position(|known| known == name)?;
        Some(self.kinds[place])
    }

    /// All columns, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&str, ColumnType, &Arc<ColumnData>)> {
        self.names
            .iter()
            .zip(&self.kinds)
            .zip(&self.data)
            .map(|((name, kind), data)| (name.as_str(), *kind, data))
    }

    /// The rows from `start` to before `end`, of every column.
    #[must_use]
    pub fn slice(&self, start: usize, end: usize) -> Self {
        Self {
            rows: end - start,
            names: self.names.clone(),
            kinds: self.kinds.clone(),
            data: self.data.iter().map(|data| Arc::new(data.slice(start, end))).collect(),
        }
    }
}

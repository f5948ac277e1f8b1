//! TOML that answers for itself: every value knows its line, every unknown key its nearest name.
//!
//! A [`Document`] is read through [`Table`]s. Each call that asks for a key marks it as known, so
//! that [`Table::finish`] can report the others. Problems are gathered, not returned one by one: a
//! person who mends a file wants to see all of them.
//!
//! ```
//! use kehu_contract::document::{Document, Problems};
//! let document = Document::parse("kehu.toml", "[calendar]\ncountri = \"CN\"\n").unwrap();
//! let problems = Problems::default();
//! let table = document.table(&problems);
//! let calendar = table.table("calendar").unwrap();
//! calendar.text("country");
//! calendar.finish();
//! let problem = &problems.take()[0];
//! assert_eq!(
//!     problem.to_string(),
//!     "kehu.toml:2:1: unknown key \"countri\" in [calendar]\n  2 | countri = \"CN\"\nhint: did you mean \"country\"?"
//! );
//! ```

use std::cell::{OnceCell, RefCell};
use std::collections::HashSet;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use crate::problem::WORDS_BYTES;
pub use crate::problem::{Place, Problem, Problems};
use crate::text::{did_you_mean, plain};

/// Holds one value with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub value: ItemValue,
}

/// Holds a value of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemValue {
    /// A text, or a bare date in its ISO form.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Number(f64),
    /// `true` or `false`.
    Flag(bool),
    /// A list.
    List(Vec<Item>),
    /// A table, in the order of the file, each key with its own place.
    Table(Vec<(String, Place, Item)>),
}

impl Item {
    /// The word for what it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self.value {
            ItemValue::Text(_) => "a text",
            ItemValue::Integer(_) => "a whole number",
            ItemValue::Number(_) => "a number",
            ItemValue::Flag(_) => "true or false",
            ItemValue::List(_) => "a list",
            ItemValue::Table(_) => "a table",
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            ItemValue::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, whole or not, if it is one.
    pub fn as_number(&self) -> Option<f64> {
        match self.value {
            ItemValue::Integer(number) => Some(number as f64),
            ItemValue::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The whole number, if it is one.
    pub fn as_integer(&self) -> Option<i64> {
        match self.value {
            ItemValue::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// The flag, if it is one.
    pub fn as_flag(&self) -> Option<bool> {
        match self.value {
            ItemValue::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    /// The list, if it is one.
    pub fn as_list(&self) -> Option<&[Self]> {
        match &self.value {
            ItemValue::List(items) => Some(items),
            _ => None,
        }
    }

    /// The value as JSON, for settings and for the state that scripts see.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            ItemValue::Text(text) => text.as_str().into(),
            ItemValue::Integer(number) => (*number).into(),
            ItemValue::Number(number) => (*number).into(),
            ItemValue::Flag(flag) => (*flag).into(),
            ItemValue::List(items) => items.iter().map(Self::to_json).collect(),
            ItemValue::Table(entries) => entries
                .iter()
                .map(|(key, _, item)| (key.clone(), item.to_json()))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        }
    }
}

/// Holds a parsed file, or several that lie over one another.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    root: Item,
}

impl Document {
    /// Parses a file's text; `file` is its name in messages.
    ///
    /// # Errors
    /// The first place at which the text is not TOML.
    pub fn parse(file: &str, text: &str) -> Result<Self, Problem> {
        let lines = Lines::new(file, text);
        match DeTable::parse(text) {
            Ok(table) => {
                let place = lines.place(0);
                Ok(Self { root: Item { place, value: lines.table(table.get_ref()) } })
            }
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                let key = text.get(span.clone()).unwrap_or_default();
                let (message, hint) = match error.message() {
                    "duplicate key" => {
                        let hint = "keep one of the two, and take the other out".to_owned();
                        (format!("the key \"{key}\" stands here a second time"), Some(hint))
                    }
                    other => (other.replace('\n', ", "), None),
                };
                let message = plain(&message, WORDS_BYTES);
                Err(Problem { place: lines.place(span.start), message, hint })
            }
        }
    }

    /// Parses a file's text as [`Document::parse`] does, if it has at most so many bytes.
    ///
    /// # Errors
    /// That it is longer, or the first place at which it is not TOML.
    pub fn parse_within(file: &str, text: &str, bytes: usize) -> Result<Self, Problem> {
        if text.len() > bytes {
            let message = format!("the file has {} bytes, the limit is {bytes}", text.len());
            return Err(Problem::of_file(file, message));
        }
        Self::parse(file, text)
    }

    /// Makes a document of entries that stand in some file.
    pub fn of(entries: Vec<(String, Place, Item)>) -> Self {
        let mut document = Self::default();
        document.root.value = ItemValue::Table(entries);
        document
    }

    /// Puts another document over this one: tables are merged key by key, lists of tables with a
    /// `name` entry by entry, all else is replaced.
    pub fn overlay(&mut self, other: Self) {
        overlay(&mut self.root, other.root);
    }

    /// Every value that is no table, with its path, in the order of the files.
    pub fn leaves(&self) -> Vec<(String, &Item)> {
        let mut leaves = Vec::new();
        collect_leaves("", &self.root, &mut leaves);
        leaves
    }

    /// Reads the document from its top.
    pub fn table<'a>(&'a self, problems: &'a Problems) -> Table<'a> {
        Table::new("", &self.root, problems).expect("a document's root is a table")
    }
}

impl Default for Document {
    fn default() -> Self {
        let place = Place { file: "".into(), line: 1, column: 1, source: "".into() };
        Self { root: Item { place, value: ItemValue::Table(Vec::new()) } }
    }
}

fn overlay(under: &mut Item, over: Item) {
    match (&mut under.value, over.value) {
        (ItemValue::Table(entries), ItemValue::Table(others)) => {
            for (key, place, item) in others {
                match entries.iter_mut().find(|(name, ..)| *name == key) {
                    Some(entry) => {
                        entry.1 = place;
                        overlay(&mut entry.2, item);
                    }
                    None => entries.push((key, place, item)),
                }
            }
        }
        (ItemValue::List(items), ItemValue::List(others))
            if others.iter().all(|item| name_of(item).is_some())
                && items.iter().all(|item| name_of(item).is_some()) =>
        {
            for item in others {
                match items.iter_mut().find(|known| name_of(known) == name_of(&item)) {
                    Some(known) => *known = item,
                    None => items.push(item),
                }
            }
        }
        (_, value) => *under = Item { place: over.place, value },
    }
}

/// The `name` of a table, by which an entry of a list is known.
fn name_of(item: &Item) -> Option<&str> {
    match &item.value {
        ItemValue::Table(entries) => {
            entries.iter().find(|(key, ..)| key == "name").and_then(|(.., item)| item.as_text())
        }
        _ => None,
    }
}

fn collect_leaves<'a>(path: &str, item: &'a Item, leaves: &mut Vec<(String, &'a Item)>) {
    let join = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match &item.value {
        ItemValue::Table(entries) => {
            for (key, _, item) in entries {
                collect_leaves(&join(key), item, leaves);
            }
        }
        ItemValue::List(items) if items.iter().any(|item| name_of(item).is_some()) => {
            for item in items {
                collect_leaves(&join(name_of(item).unwrap_or("?")), item, leaves);
            }
        }
        _ => leaves.push((path.to_owned(), item)),
    }
}

/// Finds the line of a byte. All places of a line share its text, and no place costs the whole line: a file
/// of one line may have as many places as bytes.
struct Lines<'a> {
    file: Arc<str>,
    text: &'a str,
    lines: Vec<Line>,
}

struct Line {
    start: usize,
    end: usize,
    source: OnceCell<Arc<str>>,
    /// How many characters begin before every [`STRIDE`]th byte of the line.
    before: OnceCell<Vec<u32>>,
}

/// The bytes between two places of a line at which characters are counted.
const STRIDE: usize = 1_024;

impl<'a> Lines<'a> {
    fn new(file: &str, text: &'a str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let ends = newlines.map(|(at, _)| at).chain([text.len()]);
        let mut start = 0;
        let lines = ends.map(|end| {
            let (source, before) = (OnceCell::new(), OnceCell::new());
            Line { start: std::mem::replace(&mut start, end + 1), end, source, before }
        });
        Self { file: file.into(), text, lines: lines.collect() }
    }

    fn place(&self, byte: usize) -> Place {
        let at = self.lines.partition_point(|line| line.start <= byte).saturating_sub(1);
        let line = &self.lines[at];
        let text = &self.text[line.start..line.end];
        let source = line.source.get_or_init(|| text.trim_end_matches('\r').into());
        Place {
            file: Arc::clone(&self.file),
            line: at as u32 + 1,
            column: line.characters(text.as_bytes(), byte.saturating_sub(line.start)) + 1,
            source: Arc::clone(source),
        }
    }

    fn table(&self, table: &DeTable<'_>) -> ItemValue {
        let entries = table.iter().map(|(key, value)| {
            let place = self.place(key.span().start);
            (key.get_ref().to_string(), place, self.item(value))
        });
        ItemValue::Table(entries.collect())
    }

    fn item(&self, value: &toml::Spanned<DeValue<'_>>) -> Item {
        let place = self.place(value.span().start);
        let value = match value.get_ref() {
            DeValue::String(text) => ItemValue::Text(text.to_string()),
            DeValue::Integer(number) => {
                match i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()) {
                    Ok(number) => ItemValue::Integer(number),
                    Err(_) => ItemValue::Text(number.as_str().to_owned()),
                }
            }
            DeValue::Float(number) => match number.as_str().replace('_', "").parse() {
                Ok(number) => ItemValue::Number(number),
                Err(_) => ItemValue::Text(number.as_str().to_owned()),
            },
            DeValue::Boolean(flag) => ItemValue::Flag(*flag),
            DeValue::Datetime(day) => ItemValue::Text(day.to_string()),
            DeValue::Array(items) => {
                ItemValue::List(items.iter().map(|item| self.item(item)).collect())
            }
            DeValue::Table(table) => self.table(table),
        };
        Item { place, value }
    }
}

impl Line {
    /// How many characters begin before a byte of the line.
    fn characters(&self, text: &[u8], byte: usize) -> u32 {
        let begin = |bytes: &[u8]| bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count() as u32;
        let before = self.before.get_or_init(|| {
            let mut sums = vec![0];
            sums.extend(text.chunks(STRIDE).scan(0, |sum, part| {
                *sum += begin(part);
                Some(*sum)
            }));
            sums
        });
        let byte = byte.min(text.len());
        let stride = byte / STRIDE;
        before[stride] + begin(&text[stride * STRIDE..byte])
    }
}

/// Reads one table of a document.
#[derive(Debug)]
pub struct Table<'a> {
    path: String,
    place: &'a Place,
    entries: &'a [(String, Place, Item)],
    known: RefCell<Vec<String>>,
    problems: &'a Problems,
}

impl<'a> Table<'a> {
    /// Reads an item as a table; notes a problem if it is something else.
    pub fn new(path: impl Into<String>, item: &'a Item, problems: &'a Problems) -> Option<Self> {
        let path = path.into();
        if let ItemValue::Table(entries) = &item.value {
            Some(Self { path, place: &item.place, entries, known: RefCell::default(), problems })
        } else {
            problems.add(
                &item.place,
                format!("[{path}] is {}, expected a table", item.kind()),
                None,
            );
            None
        }
    }

    /// Where the table stands.
    pub fn place(&self) -> &'a Place {
        self.place
    }

    /// The table's own name with those around it, such as `packs.tiers`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Notes a problem at a place of this table.
    pub fn problem(&self, place: &Place, message: impl Into<String>, hint: Option<String>) {
        self.problems.add(place, message, hint);
    }

    /// The value of a key, of whatever kind; marks the key as known.
    pub fn item(&self, key: &str) -> Option<&'a Item> {
        self.known.borrow_mut().push(key.to_owned());
        self.entries.iter().find(|(name, ..)| name == key).map(|(.., item)| item)
    }

    /// All entries in the order of the file; marks every key as known.
    pub fn entries(&self) -> impl Iterator<Item = (&'a str, &'a Place, &'a Item)> {
        self.known.borrow_mut().extend(self.entries.iter().map(|(name, ..)| name.clone()));
        self.entries.iter().map(|(name, place, item)| (name.as_str(), place, item))
    }

    /// The keys whose values are tables; what is read of them is yet to be said.
    pub fn names_of_tables(&self) -> Vec<&'a str> {
        let is_table = |item: &Item| matches!(item.value, ItemValue::Table(_));
        let tables = self.entries.iter().filter(|(.., item)| is_table(item));
        tables.map(|(name, ..)| name.as_str()).collect()
    }

    /// All entries as tables; marks every key as known and notes those that are no table.
    pub fn subtables(&self) -> Vec<(&'a str, Table<'a>)> {
        self.entries()
            .filter_map(|(name, _, item)| {
                Some((name, Table::new(self.name(name), item, self.problems)?))
            })
            .collect()
    }

    fn name(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn typed<T>(
        &self,
        key: &str,
        expected: &str,
        read: impl FnOnce(&'a Item) -> Option<T>,
    ) -> Option<T> {
        let item = self.item(key)?;
        let value = read(item);
        if value.is_none() {
            let message = format!("\"{}\" is {}, expected {expected}", self.name(key), item.kind());
            self.problems.add(&item.place, message, None);
        }
        value
    }

    /// The text of a key.
    pub fn text(&self, key: &str) -> Option<String> {
        self.typed(key, "a text", |item| item.as_text().map(str::to_owned))
    }

    /// The number of a key.
    pub fn number(&self, key: &str) -> Option<f64> {
        self.typed(key, "a number", Item::as_number)
    }

    /// The whole number of a key.
    pub fn integer(&self, key: &str) -> Option<i64> {
        self.typed(key, "a whole number", Item::as_integer)
    }

    /// The flag of a key.
    pub fn flag(&self, key: &str) -> Option<bool> {
        self.typed(key, "true or false", Item::as_flag)
    }

    /// The texts of a key: a list of them, or one alone.
    pub fn texts(&self, key: &str) -> Option<Vec<String>> {
        self.typed(key, "a text or a list of texts", |item| match item.as_text() {
            Some(text) => Some(vec![text.to_owned()]),
            None => item.as_list()?.iter().map(|item| Some(item.as_text()?.to_owned())).collect(),
        })
    }

    /// What a key may be: a list of texts, or of `{ key = …, en = …, zh = … }` where people call a
    /// choice otherwise than its key.
    pub fn choices(&self, key: &str) -> Vec<(String, crate::Text)> {
        let items = self.typed(key, "a list of choices", Item::as_list).unwrap_or_default();
        let read = |item: &'a Item| {
            if let Some(text) = item.as_text() {
                return Some((text.to_owned(), crate::Text::default()));
            }
            let table = Table::new(self.name(key), item, self.problems)?;
            let key = table.required_text("key");
            let en = table.text("en").unwrap_or_default();
            let zh = table.text("zh").unwrap_or_default();
            table.finish();
            Some((key?, crate::Text::new(en, zh)))
        };
        items.iter().filter_map(read).collect()
    }

    /// The text of a key in both languages: `{ en = …, zh = … }`, or one text for both.
    pub fn bilingual(&self, key: &str) -> Option<crate::Text> {
        let item = self.item(key)?;
        if let Some(text) = item.as_text() {
            return Some(crate::Text::new(text, ""));
        }
        let table = Table::new(self.name(key), item, self.problems)?;
        let en = table.required_text("en");
        let zh = table.text("zh").unwrap_or_default();
        table.finish();
        Some(crate::Text::new(en?, zh))
    }

    /// The text of a key that must be there.
    pub fn required_text(&self, key: &str) -> Option<String> {
        self.require(key);
        self.text(key)
    }

    /// Notes a problem if a key is not there.
    pub fn require(&self, key: &str) {
        if self.item(key).is_none() {
            let whose = if self.path.is_empty() {
                "the file".to_owned()
            } else {
                format!("[{}]", self.path)
            };
            self.problems.add(self.place, format!("{whose} needs \"{key}\""), None);
        }
    }

    /// The table of a key.
    pub fn table(&self, key: &str) -> Option<Table<'a>> {
        Table::new(self.name(key), self.item(key)?, self.problems)
    }

    /// The tables of a key, as written with `[[key]]`.
    pub fn tables(&self, key: &str) -> Vec<Table<'a>> {
        let items = self.typed(key, "a list of tables", Item::as_list).unwrap_or_default();
        items.iter().filter_map(|item| Table::new(self.name(key), item, self.problems)).collect()
    }

    /// The value of a key, if it is one of a choice.
    pub fn choice<T>(&self, key: &str, names: &[&str], parse: fn(&str) -> Option<T>) -> Option<T> {
        let item = self.item(key)?;
        let word = self.text(key)?;
        let value = parse(&word);
        if value.is_none() {
            let message = format!("\"{}\" is \"{word}\"", self.name(key));
            let hint = did_you_mean(&word, names.iter().copied());
            self.problems.add(&item.place, message, Some(hint));
        }
        value
    }

    /// Reports every key that nobody asked for, with the nearest name.
    pub fn finish(&self) {
        let known = self.known.borrow();
        let asked: HashSet<&str> = known.iter().map(String::as_str).collect();
        for (name, place, _) in self.entries {
            if !asked.contains(name.as_str()) {
                let whose = if self.path.is_empty() {
                    String::new()
                } else {
                    format!(" in [{}]", self.path)
                };
                if self.problems.is_full() {
                    self.problems.add(place, "", None);
                    continue;
                }
                let hint = did_you_mean(name, known.iter().map(String::as_str));
                self.problems.add(place, format!("unknown key \"{name}\"{whose}"), Some(hint));
            }
        }
    }
}

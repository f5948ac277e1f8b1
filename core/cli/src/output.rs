//! What commands show: listings and pages, as tables for people or as JSON.
//!
//! The same cells feed both forms. In JSON every listing is an array of objects whose keys are the
//! columns' keys: ids are texts (`"C-12"`), references objects of `id` and `name`, amounts numbers in
//! major units, days texts in ISO form, what is not known `null`. Nothing in it depends on when or
//! where the command ran.

use kehu_contract::Language;
use kehu_engine::records::values::is_unprintable;
use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::locale::{Label, NOTHING, said, spoken, usual_word};
use crate::printer::Printer;
use crate::table::{Layout, clean, cut, lay_out, wrap};

/// How far the sentences below a row are moved in.
const INDENT: usize = 4;

/// Holds one value in both forms.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Cell {
    /// For people.
    pub(crate) show: String,
    /// For programs.
    pub(crate) json: Value,
}

impl Cell {
    /// What is not known.
    pub(crate) fn empty() -> Self {
        Self { show: String::new(), json: Value::Null }
    }

    /// A text that is the same in both forms.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { json: Value::from(text.as_str()), show: text }
    }

    /// A sentence of ours: programs read the English one.
    pub(crate) fn said(text: impl Into<String>) -> Self {
        let cell = Self::text(text);
        Self { show: said(&cell.show).into_owned(), ..cell }
    }
}

/// Names a column's heading: a word of ours, or one that the workspace declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heading {
    /// From the table of words.
    Label(Label),
    /// As declared.
    Text(String),
}

/// Describes a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its key in JSON and in `--columns`.
    pub(crate) key: String,
    /// What stands above it.
    pub(crate) heading: Heading,
    /// How it is laid out.
    pub(crate) layout: Layout,
    /// True for sentences, which stand whole on lines of their own below the row.
    pub(crate) beneath: bool,
}

impl Column {
    /// A column of texts, cut where there is no room.
    pub(crate) fn text(key: &str, label: Label) -> Self {
        Self::new(key, Heading::Label(label), Layout { right: false, whole: false })
    }

    /// A column of ids, days and other words that are never cut.
    pub(crate) fn whole(key: &str, label: Label) -> Self {
        Self::new(key, Heading::Label(label), Layout { right: false, whole: true })
    }

    /// A column of numbers.
    pub(crate) fn number(key: &str, label: Label) -> Self {
        Self::new(key, Heading::Label(label), Layout { right: true, whole: true })
    }

    /// A column of sentences, which people read on lines of their own below the row.
    pub(crate) fn beneath(key: &str, label: Label) -> Self {
        Self { beneath: true, ..Self::text(key, label) }
    }

    /// A column of any sort.
    pub(crate) fn new(key: &str, heading: Heading, layout: Layout) -> Self {
        Self { key: key.to_owned(), heading, layout, beneath: false }
    }

    /// What stands above it.
    pub(crate) fn title(&self, language: Language) -> String {
        match &self.heading {
            Heading::Label(label) => label.get(language).to_owned(),
            Heading::Text(text) => text.clone(),
        }
    }
}

/// Holds rows under columns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Listing {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

impl Listing {
    pub(crate) fn new(columns: Vec<Column>) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Takes a column out, where a page says the same for all rows.
    pub(crate) fn remove(&mut self, key: &str) {
        if let Some(at) = self.columns.iter().position(|column| column.key == key) {
            self.columns.remove(at);
            for row in &mut self.rows {
                row.remove(at);
            }
        }
    }

    /// The rows as objects.
    pub(crate) fn json(&self) -> Value {
        let object = |row: &Vec<Cell>| -> Value {
            let pairs = self.columns.iter().zip(row);
            pairs
                .map(|(column, cell)| (column.key.clone(), cell.json.clone()))
                .collect::<Map<_, _>>()
                .into()
        };
        self.rows.iter().map(object).collect()
    }

    /// The lines of the table, the heading first; below each row the sentences that belong to it.
    fn lines(&self, language: Language, width: Option<usize>) -> Vec<String> {
        let beside: Vec<usize> =
            (0..self.columns.len()).filter(|&at| !self.columns[at].beneath).collect();
        let layouts: Vec<Layout> = beside.iter().map(|&at| self.columns[at].layout).collect();
        let heading: Vec<String> =
            beside.iter().map(|&at| self.columns[at].title(language)).collect();
        let cells = |row: &Vec<Cell>| beside.iter().map(|&at| row[at].show.clone()).collect();
        let rows: Vec<Vec<String>> = self.rows.iter().map(cells).collect();
        let mut laid_out = lay_out(&layouts, &heading, &rows, width).into_iter();
        let mut lines: Vec<String> = laid_out.next().into_iter().collect();
        for (row, line) in self.rows.iter().zip(laid_out) {
            lines.push(line);
            lines.extend(self.beneath(row, language, width));
        }
        lines
    }

    /// The sentences of a row, each after the title of its column.
    fn beneath(&self, row: &[Cell], language: Language, width: Option<usize>) -> Vec<String> {
        let colon = if language == Language::Zh { "：" } else { ": " };
        let said = self.columns.iter().zip(row);
        said.filter(|(column, cell)| column.beneath && !cell.show.is_empty())
            .flat_map(|(column, cell)| {
                let text = format!("{}{colon}{}", column.title(language), clean(&cell.show));
                wrap(&text, width, INDENT)
            })
            .collect()
    }

    /// The listing as a form shows it: all columns for programs, for people those that say something.
    pub(crate) fn for_form(self, form: Form) -> Self {
        if form.json { self } else { self.without_empty() }
    }

    /// The listing with what people read said in the language of talk.
    pub(crate) fn said(mut self) -> Self {
        for cell in self.rows.iter_mut().flatten() {
            cell.show = usual_word(&said(&cell.show), spoken()).to_owned();
        }
        self
    }

    /// The listing without the columns in which no row says anything.
    fn without_empty(&self) -> Self {
        let said = |at: &usize| self.rows.iter().any(|row| !row[*at].show.is_empty());
        let kept: Vec<usize> = (0..self.columns.len()).filter(said).collect();
        let rows = self.rows.iter().map(|row| kept.iter().map(|at| row[*at].clone()).collect());
        Self {
            columns: kept.iter().map(|at| self.columns[*at].clone()).collect(),
            rows: rows.collect(),
        }
    }
}

/// Says how output is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Form {
    /// JSON instead of tables.
    pub(crate) json: bool,
    /// The language of headings.
    pub(crate) language: Language,
    /// The most rows; none for all.
    pub(crate) limit: Option<usize>,
}

/// Shows a listing; says on stderr how many rows are not shown. For people, columns in which no row
/// says anything are left out.
pub(crate) fn show_listing(printer: &mut Printer, form: Form, mut listing: Listing) -> Result {
    let hidden = form.limit.map_or(0, |limit| listing.rows.len().saturating_sub(limit));
    listing.rows.truncate(listing.rows.len() - hidden);
    show_rows(printer, form, &listing.for_form(form), hidden)
}

/// Shows the rows of a listing, of which some are hidden already, with all its columns.
pub(crate) fn show_rows(
    printer: &mut Printer,
    form: Form,
    listing: &Listing,
    hidden: usize,
) -> Result {
    if form.json {
        show_json(printer, listing.json())?;
    } else if listing.rows.is_empty() {
        Printer::talk(NOTHING.get(form.language));
    } else {
        let lines = listing.lines(form.language, printer.width());
        for (at, line) in lines.iter().enumerate() {
            if at == 0 { printer.heading(line)? } else { printer.line(line)? }
        }
    }
    tell_hidden(printer, form.language, hidden)
}

/// Says how many rows are not shown.
pub(crate) fn tell_hidden(printer: &mut Printer, language: Language, hidden: usize) -> Result {
    if hidden > 0 {
        // On a terminal the remark belongs below the table.
        printer.finish()?;
        Printer::talk(&match language {
            Language::En => format!("{hidden} more; --limit 0 shows all"),
            Language::Zh => format!("还有 {hidden} 条；--limit 0 显示全部"),
        });
    }
    Ok(())
}

/// Shows a value as JSON.
pub(crate) fn show_json(printer: &mut Printer, value: Value) -> Result {
    Ok(printer.line(&json_text(value))?)
}

/// A value as JSON that cannot steer a terminal: what is unprintable is written as an escape, which programs read
/// as the character that it is.
pub(crate) fn json_text(mut value: Value) -> String {
    write_evenly(&mut value);
    let text = format!("{value:#}");
    // Outside of texts JSON has none of these, but for its line breaks.
    let is_raw = |each: char| each != '\n' && is_unprintable(each);
    if !text.contains(is_raw) {
        return text;
    }
    text.chars().fold(String::with_capacity(text.len()), |mut escaped, each| {
        if is_raw(each) {
            escaped += &format!("\\u{:04x}", u32::from(each));
        } else {
            escaped.push(each);
        }
        escaped
    })
}

/// Writes every number in one way, wherever it comes from: whole ones without a fraction, and sums without
/// the last digits that only the arithmetic has made.
pub(crate) fn write_evenly(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            let Some(number) = number.as_f64().map(without_noise) else { return };
            if number.fract() == 0.0 && number.abs() < 1e15 {
                *value = json!(number as i64);
            } else {
                *value = json!(number);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(write_evenly),
        Value::Object(pairs) => pairs.values_mut().for_each(write_evenly),
        _ => {}
    }
}

/// The number of at most twelve digits that a number is but for the error of its arithmetic; else itself.
fn without_noise(number: f64) -> f64 {
    let short: f64 = format!("{number:.11e}").parse().unwrap_or(number);
    if (short - number).abs() <= 1e-13 * number.abs() { short } else { number }
}

/// Holds what is to be said about one thing: a title, facts, and tables below.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Page {
    /// The title, as people see it.
    pub(crate) title: String,
    /// The facts, each under its column; empty ones, and those that the title says, are shown in JSON
    /// only.
    pub(crate) facts: Vec<(Column, Cell)>,
    /// The tables, each with its key, heading and the number of rows that are not shown.
    pub(crate) tables: Vec<(&'static str, Label, Listing, usize)>,
}

/// Shows a page.
pub(crate) fn show_page(printer: &mut Printer, form: Form, page: &Page) -> Result {
    if form.json {
        let facts = page.facts.iter().map(|(column, cell)| (column.key.clone(), cell.json.clone()));
        let tables = page.tables.iter().map(|(key, _, table, _)| ((*key).to_owned(), table.json()));
        return show_json(printer, json!(facts.chain(tables).collect::<Map<_, _>>()));
    }
    printer.heading(&clean(&page.title))?;
    show_facts(printer, form, &page.facts)?;
    for (_, heading, table, hidden) in &page.tables {
        if table.rows.is_empty() {
            continue;
        }
        printer.line("")?;
        let more = if *hidden > 0 { format!(" (+{hidden})") } else { String::new() };
        printer.heading(&format!("{}{more}", heading.get(form.language)))?;
        let width = printer.width().map(|width| width.saturating_sub(2));
        for line in table.without_empty().lines(form.language, width) {
            printer.line(&format!("  {line}"))?;
        }
    }
    Ok(())
}

/// True for facts that the title of a page has said.
fn in_title(column: &Column) -> bool {
    matches!(column.key.as_str(), "id" | "name")
}

fn show_facts(printer: &mut Printer, form: Form, facts: &[(Column, Cell)]) -> Result {
    let said: Vec<Vec<String>> = facts
        .iter()
        .filter(|(column, cell)| !in_title(column) && !cell.show.is_empty())
        .map(|(column, cell)| vec![format!("  {}", column.title(form.language)), cell.show.clone()])
        .collect();
    let Some((first, rest)) = said.split_first() else { return Ok(()) };
    let layout = Layout { right: false, whole: true };
    for line in lay_out(&[layout; 2], first, rest, None) {
        printer.line(&match printer.width() {
            Some(width) => cut(&line, width),
            None => line,
        })?;
    }
    Ok(())
}

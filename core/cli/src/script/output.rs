//! Where scripts write: lines as they are, tables for people, as JSON or as CSV.

use std::cell::RefCell;
use std::io;

use kehu_contract::Language;
use kehu_domain::{Currency, Day};
use kehu_engine::score::show_number;
use kehu_lua::script::{Output, ScriptTable, Shape, TableCell, TableColumn};
use serde_json::{Map, Value, json};

use crate::error::{CommandError, Kind, Result};
use crate::locale::{self, COLON, Label};
use crate::output::{self, Cell, Column, Heading, Listing, show_rows};
use crate::printer::Printer;
use crate::table::Layout;

/// The columns whose values are mostly words of ours.
const USUAL: [&str; 4] = ["state", "channel", "mood", "outcome"];
const NONE: Label = Label::new("none", "无");

/// Says how tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people.
    Table,
    /// Each table as an array of objects.
    Json,
    /// Each table with a line of headings.
    Csv,
}

/// Shows what scripts write.
#[derive(Debug)]
pub(crate) struct Screen {
    pub(crate) printer: RefCell<Printer>,
    pub(crate) form: Form,
    pub(crate) language: Language,
    /// The most rows of a table, 0 for all; none leaves it to the table.
    pub(crate) limit: Option<usize>,
    /// True if a person watches.
    pub(crate) is_watched: bool,
    /// The currency of amounts, where there is a workspace.
    pub(crate) currency: Option<Currency>,
    /// What a report shows, in JSON one object; nothing for any other script.
    pub(crate) report: RefCell<Option<Whole>>,
}

/// Holds what a report has shown so far.
#[derive(Debug, Default)]
pub(crate) struct Whole {
    /// The object that programs read.
    pub(crate) json: Map<String, Value>,
    /// True once there was a table or a line: what follows stands apart.
    has_begun: bool,
}

impl Whole {
    /// Begins with what is known before the report runs.
    pub(crate) fn new(json: Map<String, Value>) -> Self {
        Self { json, has_begun: false }
    }
}

impl Screen {
    /// Writes what is left.
    pub(crate) fn finish(&self) -> Result {
        Ok(self.printer.borrow_mut().finish()?)
    }

    /// Writes the report as one object, where that was asked for.
    pub(crate) fn whole(&self) -> Result {
        match self.report.take() {
            Some(report) if self.form == Form::Json => {
                output::show_json(&mut self.printer.borrow_mut(), Value::Object(report.json))
            }
            _ => Ok(()),
        }
    }

    fn show(&self, table: &ScriptTable) -> Result {
        let mut printer = self.printer.borrow_mut();
        if let Some(report) = &mut *self.report.borrow_mut()
            && self.form != Form::Json
            && std::mem::replace(&mut report.has_begun, true)
        {
            printer.line("")?;
        }
        if let (Form::Table, Some(title)) = (self.form, &table.title) {
            if table.rows.is_empty() {
                let none = NONE.get(self.language);
                return Ok(printer.heading(&format!("{title}{}{none}", COLON.get(self.language)))?);
            }
            printer.heading(title)?;
        }
        if self.form == Form::Csv {
            return self.csv(&mut printer, table);
        }
        let is_report = self.report.borrow().is_some();
        let mut listing = Listing::new(table.columns.iter().map(column(table)).collect());
        let most = self.most(table);
        for row in table.rows.iter().take(most) {
            let cells = row.iter().zip(&table.columns);
            listing.rows.push(cells.map(|(cell, column)| self.cell(cell, column)).collect());
        }
        let hidden = table.rows.len() - listing.rows.len();
        if let (Some(report), Form::Json) = (&mut *self.report.borrow_mut(), self.form) {
            let key = table.name.clone().unwrap_or_else(|| "table".to_owned());
            if report.json.insert(key.clone(), listing.json()).is_some() {
                return Err(CommandError::failed(format!(
                    "the report shows two tables called \"{key}\""
                ))
                .hint("give each a name of its own: kehu.table{ name = \"…\", … }"));
            }
            return Ok(());
        }
        let form =
            output::Form { json: self.form == Form::Json, language: self.language, limit: None };
        // Other scripts choose their columns themselves, for one base.
        let listing = if is_report { listing.for_form(form) } else { listing };
        show_rows(&mut printer, form, &listing, hidden)
    }

    /// How many rows of a table are shown.
    fn most(&self, table: &ScriptTable) -> usize {
        let of_table = table.limit.filter(|_| self.form == Form::Table);
        match self.limit {
            Some(0) => usize::MAX,
            given => given.or(of_table).unwrap_or(usize::MAX),
        }
    }

    fn csv(&self, printer: &mut Printer, table: &ScriptTable) -> Result {
        let heading = table.columns.iter().map(|column| quoted(&column.key));
        printer.line(&heading.collect::<Vec<_>>().join(","))?;
        for row in table.rows.iter().take(self.most(table)) {
            let cells = row.iter().zip(&table.columns).map(|(cell, column)| {
                match self.cell(cell, column).json {
                    Value::Null => String::new(),
                    Value::String(text) => quoted(&text),
                    mut other => {
                        output::write_evenly(&mut other);
                        other.to_string()
                    }
                }
            });
            printer.line(&cells.collect::<Vec<_>>().join(","))?;
        }
        Ok(())
    }

    fn cell(&self, cell: &TableCell, column: &TableColumn) -> Cell {
        match (cell, column.shape) {
            (TableCell::Missing, _) => Cell::empty(),
            (TableCell::Text(text), _) => {
                let label = column.labels.iter().find(|(key, _)| key == text);
                let show = match label {
                    Some((_, label)) => label,
                    None if USUAL.contains(&column.key.as_str()) => {
                        locale::usual_word(text, self.language)
                    }
                    None => text,
                };
                Cell { show: show.to_owned(), json: json!(text) }
            }
            (TableCell::Flag(flag), _) => Cell {
                show: locale::yes_or_no(*flag).get(self.language).to_owned(),
                json: json!(flag),
            },
            (TableCell::Number(number), Shape::Day) => {
                let day = (number.fract() == 0.0).then(|| Day::from_number(*number as i32));
                match day.flatten() {
                    Some(day) => Cell::text(day.to_string()),
                    None => plain(*number, column.digits),
                }
            }
            (TableCell::Number(number), Shape::Money) => self.money(*number),
            (TableCell::Number(number), Shape::Percent) => Cell {
                show: format!("{:.*}%", column.digits.unwrap_or(1), number * 100.0),
                json: json!(number),
            },
            (TableCell::Number(number), Shape::Id(prefix)) => {
                Cell::text(format!("{prefix}-{}", *number as i64))
            }
            (TableCell::Number(number), Shape::Plain) => plain(*number, column.digits),
        }
    }

    /// An amount; sums of many are rounded to what money there is.
    fn money(&self, number: f64) -> Cell {
        let money = self.currency.as_ref().and_then(|currency| {
            currency
                .from_major(number)
                .map(|money| (currency.show_grouped(money), currency.to_major(money)))
        });
        match money {
            Some((show, major)) => Cell { show, json: json!(major) },
            None => plain(number, Some(2)),
        }
    }
}

impl Output for Screen {
    fn text(&self, text: &str) -> io::Result<()> {
        let mut printer = self.printer.borrow_mut();
        if let Some(report) = &mut *self.report.borrow_mut() {
            if self.form != Form::Table {
                // Programs read the tables and figures of a report; its lines are talk.
                Printer::talk(text);
                return Ok(());
            }
            report.has_begun = true;
        }
        printer.line(text)?;
        // Who watches sees what a long script says when it says it.
        if self.is_watched { printer.finish() } else { Ok(()) }
    }

    fn table(&self, table: &ScriptTable) -> io::Result<()> {
        self.show(table).map_err(|error| match error {
            CommandError { kind: Kind::Closed, .. } => io::ErrorKind::BrokenPipe.into(),
            CommandError { message, .. } => io::Error::other(message),
        })
    }

    fn facts(&self, facts: Map<String, Value>) -> io::Result<()> {
        match &mut *self.report.borrow_mut() {
            Some(report) => report.json.extend(facts),
            None if self.form == Form::Json => {
                let shown = output::show_json(&mut self.printer.borrow_mut(), Value::Object(facts));
                return shown.map_err(|error| io::Error::other(error.message));
            }
            None => {}
        }
        Ok(())
    }

    fn amount(&self, number: f64) -> String {
        self.money(number).show
    }
}

/// How a column is laid out: numbers to the right, unless a text stands among them.
fn column(table: &ScriptTable) -> impl Fn(&TableColumn) -> Column {
    move |column| {
        let at = table.columns.iter().position(|each| std::ptr::eq(each, column)).unwrap_or(0);
        let cells = || table.rows.iter().filter_map(|row| row.get(at));
        let has_text = cells().any(|cell| matches!(cell, TableCell::Text(_)));
        let has_number = cells().any(|cell| matches!(cell, TableCell::Number(_)));
        let is_name = matches!(column.shape, Shape::Day | Shape::Id(_));
        let layout = Layout { right: has_number && !has_text && !is_name, whole: !has_text };
        Column::new(&column.key, Heading::Text(column.title.clone()), layout)
    }
}

fn plain(number: f64, digits: Option<usize>) -> Cell {
    let show = match digits {
        Some(digits) => format!("{number:.digits$}"),
        None => show_number(number),
    };
    Cell { show, json: json!(number) }
}

/// A text of a CSV file: in quotes where it would be misread without, and never a formula.
fn quoted(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@']) && text.parse::<f64>().is_err() {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains(['"', ',', '\n', '\r']) || text.trim() != text {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

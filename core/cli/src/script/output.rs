//! Where scripts write: lines as they are, tables for people, as JSON or as CSV.

use std::cell::RefCell;
use std::io;

use kehu_contract::{Language, printable};
use kehu_domain::{Currency, Day};
use kehu_engine::score::show_number;
use kehu_lua::script::{Output, ScriptTable, Shape, TableCell, TableColumn};
use serde_json::{Map, Value, json};

use crate::error::{CommandError, Kind, Result};
use crate::locale::{self, COLON, Label};
use crate::output::{self, Cell};
use crate::printer::Printer;
use crate::table::{Layout, Widths, clean};

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

    /// Shows a table, if it is no longer than there is room; gives how long it was.
    fn show(&self, table: &ScriptTable, room: usize) -> Result<Option<usize>> {
        let rows = table.rows.as_slice();
        let mut sheet = Sheet { text: String::new(), room };
        let all = match self.form {
            Form::Table => self.lines(table, rows, &mut sheet),
            Form::Json if self.report.borrow().is_some() => {
                return self.keep_for_report(table, rows, sheet);
            }
            Form::Json => self.json(table, rows, &mut sheet),
            Form::Csv => self.csv(table, rows, &mut sheet),
        };
        if all.is_none() {
            return Ok(None);
        }
        let mut printer = self.printer.borrow_mut();
        if let Some(report) = &mut *self.report.borrow_mut()
            && std::mem::replace(&mut report.has_begun, true)
        {
            printer.line("")?;
        }
        if self.form != Form::Table {
            printer.line(sheet.text.strip_suffix('\n').unwrap_or_default())?;
        } else {
            self.print(&mut printer, table, &sheet.text)?;
        }
        if self.form != Form::Csv {
            output::tell_hidden(&mut printer, self.language, table.hidden)?;
        }
        Ok(Some(sheet.text.len()))
    }

    /// Prints the lines of a table, of which there are none if it has no rows, below its title.
    fn print(&self, printer: &mut Printer, table: &ScriptTable, text: &str) -> Result {
        let Some((heading, lines)) = text.split_once('\n') else {
            if let Some(title) = &table.title {
                let none = NONE.get(self.language);
                printer.heading(&format!("{title}{}{none}", COLON.get(self.language)))?;
            } else {
                Printer::talk(locale::NOTHING.get(self.language));
            }
            return Ok(());
        };
        if let Some(title) = &table.title {
            printer.heading(title)?;
        }
        printer.heading(heading)?;
        Ok(lines.lines().try_for_each(|line| printer.line(line))?)
    }

    /// Keeps a table for the one object that programs read of a report.
    fn keep_for_report(
        &self,
        table: &ScriptTable,
        rows: &[Vec<TableCell>],
        mut sheet: Sheet,
    ) -> Result<Option<usize>> {
        if self.json(table, rows, &mut sheet).is_none() {
            return Ok(None);
        }
        let objects = rows.iter().map(|row| Value::Object(self.object(table, row))).collect();
        let key = table.name.clone().unwrap_or_else(|| "table".to_owned());
        let mut report = self.report.borrow_mut();
        let known = report.as_mut().and_then(|report| report.json.insert(key.clone(), objects));
        if known.is_some() {
            let message = format!("the report shows two tables called \"{key}\"");
            return Err(CommandError::failed(message)
                .hint("give each a name of its own: kehu.table{ name = \"…\", … }"));
        }
        Ok(Some(sheet.text.len()))
    }

    /// A row as programs read it.
    fn object(&self, table: &ScriptTable, row: &[TableCell]) -> Map<String, Value> {
        let cells = row.iter().zip(&table.columns);
        cells.map(|(cell, column)| (column.key.clone(), self.cell(cell, column).json)).collect()
    }

    /// The table for people; nothing if it has no rows, none if there is no room.
    fn lines(&self, table: &ScriptTable, rows: &[Vec<TableCell>], sheet: &mut Sheet) -> Option<()> {
        if rows.is_empty() {
            return Some(());
        }
        let heading = table.columns.iter().map(|column| clean(&column.title)).collect();
        let shown = |row: &Vec<TableCell>| {
            let cells = row.iter().zip(&table.columns);
            cells.map(|(cell, column)| clean(&self.cell(cell, column).show)).collect()
        };
        let mut all: Vec<Vec<String>> =
            std::iter::once(heading).chain(rows.iter().map(shown)).collect();
        let mut layouts: Vec<Layout> =
            (0..table.columns.len()).map(|at| layout(table, at)).collect();
        if table.columns.iter().any(|column| column.is_optional) {
            let says = |at: usize| all[1..].iter().any(|row| !row[at].is_empty());
            let stays = |(at, column): (usize, &TableColumn)| !column.is_optional || says(at);
            let stays: Vec<bool> = table.columns.iter().enumerate().map(stays).collect();
            let keep = |row: &mut Vec<String>| {
                let mut stays = stays.iter();
                row.retain(|_| stays.next() == Some(&true));
            };
            all.iter_mut().for_each(keep);
            let mut stays = stays.iter();
            layouts.retain(|_| stays.next() == Some(&true));
        }
        let width = self.printer.borrow().width();
        let widths = Widths::of(&layouts, all.iter().map(Vec::as_slice), width);
        all.iter().try_for_each(|row| sheet.line(&widths.line(row)))
    }

    fn json(&self, table: &ScriptTable, rows: &[Vec<TableCell>], sheet: &mut Sheet) -> Option<()> {
        if rows.is_empty() {
            return sheet.line("[]");
        }
        sheet.line("[")?;
        for (at, row) in rows.iter().enumerate() {
            let object = self.object(table, row);
            let text = output::json_text(object.into()).replace('\n', "\n  ");
            let comma = if at + 1 < rows.len() { "," } else { "" };
            sheet.line(&format!("  {text}{comma}"))?;
        }
        sheet.line("]")
    }

    fn csv(&self, table: &ScriptTable, rows: &[Vec<TableCell>], sheet: &mut Sheet) -> Option<()> {
        let heading: Vec<String> = table.columns.iter().map(|column| quoted(&column.key)).collect();
        sheet.line(&heading.join(","))?;
        for row in rows {
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
            sheet.line(&cells.collect::<Vec<_>>().join(","))?;
        }
        Some(())
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

    fn most(&self, limit: Option<usize>) -> Option<usize> {
        match self.limit {
            Some(0) => None,
            given => given.or(limit.filter(|_| self.form == Form::Table)),
        }
    }

    fn table(&self, table: &ScriptTable, room: usize) -> io::Result<Option<usize>> {
        self.show(table, room).map_err(|error| match error {
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

/// What is about to be written, as long as it may be.
struct Sheet {
    text: String,
    room: usize,
}

impl Sheet {
    /// Adds a line; none if there is no room for it.
    fn line(&mut self, line: &str) -> Option<()> {
        if self.text.len() + line.len() >= self.room {
            return None;
        }
        self.text += line;
        self.text.push('\n');
        Some(())
    }
}

/// How a column is laid out: numbers to the right, unless a text stands among them.
fn layout(table: &ScriptTable, at: usize) -> Layout {
    let cells = || table.rows.iter().filter_map(|row| row.get(at));
    let has_text = cells().any(|cell| matches!(cell, TableCell::Text(_)));
    let has_number = cells().any(|cell| matches!(cell, TableCell::Number(_)));
    let is_name = matches!(table.columns[at].shape, Shape::Day | Shape::Id(_));
    Layout { right: has_number && !has_text && !is_name, whole: !has_text }
}

fn plain(number: f64, digits: Option<usize>) -> Cell {
    let show = match digits {
        Some(digits) => format!("{number:.digits$}"),
        None => show_number(number),
    };
    Cell { show, json: json!(number) }
}

/// A text of a CSV file: in quotes where it would be misread without, never a formula, and nothing that steers
/// a terminal.
fn quoted(text: &str) -> String {
    let mut text = printable(text, usize::MAX).unwrap_or_default();
    // Programs pass over blanks when they look for the sign of a formula.
    if text.trim_start().starts_with(['=', '+', '-', '@']) && text.parse::<f64>().is_err() {
        text = format!("'{text}").into();
    }
    if text.contains(['"', ',', '\n']) || text.trim() != text {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_a_file_is_no_formula_and_steers_no_terminal() {
        for (text, expected) in [
            ("客户, \"A\"", "\"客户, \"\"A\"\"\""),
            ("-5", "-5"),
            ("=1+1", "'=1+1"),
            ("\t=1+1", "'\t=1+1"),
            ("\n@x", "\"'\n@x\""),
            ("\r=1+1", "\\r=1+1"),
            ("a\u{1b}[31m\0\u{9b}\u{202e}", "a\\u{1b}[31m\\u{0}\\u{9b}\\u{202e}"),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }
}

//! Pages of short lines: parts one after the other, broken where the terminal ends.

use unicode_width::UnicodeWidthStr as _;

use crate::error::Result;
use crate::printer::Printer;
use crate::table::{clean, wrap};

/// Up to which width a part of a line stays whole.
const SHORT: usize = 30;

/// A blank at which no line ends.
const NO_BREAK: &str = "\u{a0}";

/// From this width on there is room for columns.
const WIDE: usize = 80;

/// Holds a line of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PageLine {
    text: String,
    is_heading: bool,
}

/// Gathers the lines of a page.
#[derive(Debug)]
pub(crate) struct PageLines {
    width: Option<usize>,
    lines: Vec<PageLine>,
}

impl PageLines {
    /// Begins a page of a width; of any width if none is given.
    pub(crate) fn new(width: Option<usize>) -> Self {
        Self { width, lines: Vec::new() }
    }

    /// True where there is room for columns.
    pub(crate) fn is_wide(&self) -> bool {
        self.width.is_none_or(|width| width >= WIDE)
    }

    /// A heading; a long one is broken like a text.
    pub(crate) fn heading(&mut self, text: &str) {
        let lines = wrap(&clean(text), self.width, 0);
        self.lines.extend(lines.into_iter().map(|text| PageLine { text, is_heading: true }));
    }

    /// An empty line.
    pub(crate) fn gap(&mut self) {
        self.lines.push(PageLine { text: String::new(), is_heading: false });
    }

    /// Words that are moved in.
    pub(crate) fn text(&mut self, indent: usize, text: &str) {
        self.broken(indent, &clean(text));
    }

    /// The parts that say something, one after the other. Short ones are not broken.
    pub(crate) fn item(&mut self, indent: usize, parts: &[String]) {
        let said: Vec<String> = parts
            .iter()
            .map(|part| clean(part.trim()))
            .filter(|part| !part.is_empty())
            .map(|part| if part.width() <= SHORT { part.replace(' ', NO_BREAK) } else { part })
            .collect();
        self.broken(indent, &said.join(&format!("{NO_BREAK}· ")));
    }

    /// Words beside a title that takes so much room.
    pub(crate) fn beside(&mut self, title: &str, room: usize, text: &str) {
        let title = clean(title);
        let pad = " ".repeat(room.saturating_sub(title.width()));
        let lines = wrap(&clean(text), self.width, room + 4);
        let first = lines.first().map(|line| line.trim_start().to_owned()).unwrap_or_default();
        self.push(format!("  {title}{pad}  {first}"));
        for line in lines.into_iter().skip(1) {
            self.push(line);
        }
    }

    /// Words that are moved in, with a key before them; the key stands in the room that they leave.
    pub(crate) fn keyed(&mut self, indent: usize, key: &str, text: &str) {
        let at = self.lines.len();
        self.text(indent, text);
        let line = self.lines.get_mut(at).filter(|_| key.width() + 4 <= indent);
        if let Some(line) = line {
            let text = line.text.trim_start();
            line.text = format!("  {key}{}{text}", " ".repeat(indent - 2 - key.width()));
        }
    }

    fn broken(&mut self, indent: usize, text: &str) {
        for line in wrap(text, self.width, indent) {
            self.push(line.replace(NO_BREAK, " "));
        }
    }

    fn push(&mut self, text: String) {
        self.lines.push(PageLine { text, is_heading: false });
    }

    /// Writes the page.
    pub(crate) fn show(self, printer: &mut Printer) -> Result {
        for line in self.lines {
            if line.is_heading {
                printer.heading(&line.text)?;
            } else {
                printer.line(&line.text)?;
            }
        }
        Ok(())
    }
}

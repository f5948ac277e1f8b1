//! Tables that align Chinese and fit the terminal.

use std::borrow::Cow;

use kehu_engine::records::values::is_unprintable;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The space between two columns.
const GAP: usize = 2;

/// The width below which no column is cut.
const LEAST: usize = 8;

/// The widest that a column becomes for the sake of one cell; a longer one stands out of its column, so that it
/// does not fill all others with blanks.
const WIDEST: usize = 200;

/// How much further than the first line of a text the others are moved in.
const HANGING: usize = 2;

/// Marks that do not begin a line.
const CLOSING: &str = "，。；：！？、）】》”’%";

/// Marks that do not end a line.
const OPENING: &str = "（【《“‘";

/// Holds how a column is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    /// True for numbers, which end at the column's right.
    pub(crate) right: bool,
    /// True for what loses its meaning when it is cut, such as ids and amounts.
    pub(crate) whole: bool,
}

/// Lays out rows below a heading; nothing is cut if no width is given.
pub(crate) fn lay_out(
    layouts: &[Layout],
    heading: &[String],
    rows: &[Vec<String>],
    width: Option<usize>,
) -> Vec<String> {
    let clean_row = |row: &[String]| row.iter().map(|text| clean(text)).collect();
    let all: Vec<Vec<String>> =
        std::iter::once(heading).chain(rows.iter().map(Vec::as_slice)).map(clean_row).collect();
    let widths = Widths::of(layouts, all.iter().map(Vec::as_slice), width);
    all.iter().map(|row| widths.line(row)).collect()
}

/// Holds how wide the columns of a table are.
#[derive(Debug)]
pub(crate) struct Widths<'a> {
    layouts: &'a [Layout],
    widths: Vec<usize>,
    /// True if cells are cut to the width of their column.
    cuts: bool,
}

impl<'a> Widths<'a> {
    /// Measures rows of harmless text, the heading among them.
    pub(crate) fn of<'r>(
        layouts: &'a [Layout],
        rows: impl Iterator<Item = &'r [String]>,
        width: Option<usize>,
    ) -> Self {
        let mut widths = vec![0; layouts.len()];
        for row in rows {
            for (width, text) in widths.iter_mut().zip(row) {
                *width = (*width).max(text.width());
            }
        }
        for widest in &mut widths {
            *widest = (*widest).min(WIDEST);
        }
        if let Some(width) = width {
            shrink(layouts, &mut widths, width);
        }
        Self { layouts, widths, cuts: width.is_some() }
    }
}

/// Takes width from the widest columns that may be cut, until all fit.
fn shrink(layouts: &[Layout], widths: &mut [usize], width: usize) {
    let gaps = GAP * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > width {
        let widest = (0..widths.len())
            .filter(|at| !layouts[*at].whole && widths[*at] > LEAST)
            .max_by_key(|at| widths[*at]);
        match widest {
            Some(at) => widths[at] -= 1,
            None => return,
        }
    }
}

impl Widths<'_> {
    /// Lays a row out.
    pub(crate) fn line(&self, row: &[String]) -> String {
        let mut line = String::new();
        for ((text, width), layout) in row.iter().zip(&self.widths).zip(self.layouts) {
            let shown = if self.cuts && !layout.whole { &cut(text, *width) } else { text };
            let padding = " ".repeat(width.saturating_sub(shown.width()));
            let (before, after) = if layout.right { (&*padding, "") } else { ("", &*padding) };
            line += before;
            line += shown;
            line += after;
            line += &" ".repeat(GAP);
        }
        line.truncate(line.trim_end().len());
        line
    }
}

/// Cuts a text to a width; `…` says that there is more.
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for each in text.chars() {
        let next = used + each.width().unwrap_or(0);
        if next + 1 > width {
            break;
        }
        used = next;
        kept.push(each);
    }
    kept + "…"
}

/// Breaks a text into lines of at most a width, all moved in, those after the first a little more. Latin
/// words stay whole; Chinese breaks anywhere but before a closing mark.
pub(crate) fn wrap(text: &str, width: Option<usize>, indent: usize) -> Vec<String> {
    let room = width.map_or(usize::MAX, |width| width.saturating_sub(indent + HANGING).max(LEAST));
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        if !line.is_empty() && line.width() + piece.trim_end().width() > room {
            lines.push(std::mem::take(&mut line));
        }
        line += piece;
    }
    lines.push(line);
    let moved = |(at, line): (usize, &String)| {
        let hanging = if at == 0 { 0 } else { HANGING };
        format!("{}{}", " ".repeat(indent + hanging), line.trim_end())
    };
    lines.iter().enumerate().map(moved).collect()
}

/// The parts of a text that stay together, each with the blanks that follow it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before = ' ';
    for (at, each) in text.char_indices() {
        let wide = [before, each].iter().any(|each| each.width() == Some(2));
        let parts = each != ' ' && (before == ' ' || wide);
        if at > start && parts && !CLOSING.contains(each) && !OPENING.contains(before) {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = each;
    }
    pieces.push(&text[start..]);
    pieces
}

/// Makes text of several lines harmless for a terminal: line breaks and tabs stay, other control characters
/// become `�`.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    let is_harmful = |each: char| !matches!(each, '\n' | '\t') && is_unprintable(each);
    // Nearly all text is: this is quick about it.
    let is_suspect = |byte: u8| byte < b' ' || matches!(byte, 0x7f | 0xc2 | 0xe2);
    if !text.bytes().any(is_suspect) || !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|each| if is_harmful(each) { '\u{fffd}' } else { each }).collect()
}

/// Cuts words of any length to so many bytes, for messages; `…` says that there is more.
pub(crate) fn within(words: &str, bytes: usize) -> Cow<'_, str> {
    if words.len() <= bytes {
        return Cow::Borrowed(words);
    }
    let end = (0..=bytes).rev().find(|at| words.is_char_boundary(*at)).unwrap_or(0);
    Cow::Owned(format!("{}…", &words[..end]))
}

/// Makes a text harmless for a terminal: line breaks and tabs become spaces, other control
/// characters `�`.
pub(crate) fn clean(text: &str) -> String {
    let harmless = |each| match each {
        '\n' | '\t' => ' ',
        each if is_unprintable(each) => '\u{fffd}',
        each => each,
    };
    text.chars().map(harmless).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CUT: Layout = Layout { right: false, whole: false };
    const WHOLE: Layout = Layout { right: true, whole: true };

    fn table(width: Option<usize>) -> Vec<String> {
        let heading = ["name".to_owned(), "amount".to_owned()];
        let rows = [
            vec!["武汉钢铁集团有限公司".to_owned(), "1,200.00".to_owned()],
            vec!["a\u{1b}[31mb\nc".to_owned(), "5.00".to_owned()],
        ];
        lay_out(&[CUT, WHOLE], &heading, &rows, width)
    }

    #[test]
    fn wide_characters_take_two_columns_and_control_characters_none_of_their_effects() {
        assert_eq!(
            table(None),
            [
                "name                    amount",
                "武汉钢铁集团有限公司  1,200.00",
                "a\u{fffd}[31mb c                 5.00",
            ]
        );
    }

    #[test]
    fn a_sentence_is_wrapped_and_never_cut() {
        assert_eq!(
            wrap("why: no visit yet, 4 a month wanted", Some(20), 4),
            ["    why: no visit", "      yet, 4 a month", "      wanted"]
        );
        assert_eq!(
            wrap("为什么：尚未拜访，应每月 4 次", Some(20), 4),
            ["    为什么：尚未拜", "      访，应每月 4", "      次"]
        );
        assert_eq!(wrap("as long as it is", None, 0), ["as long as it is"]);
    }

    #[test]
    fn one_long_cell_does_not_fill_all_others_with_blanks() {
        let rows = ["x".repeat(100_000), "y".to_owned()].map(|text| vec![text, "1".to_owned()]);
        for width in [None, Some(80)] {
            let lines = lay_out(&[CUT, WHOLE], &["a".into(), "b".into()], &rows, width);
            assert!(lines[2].len() <= WIDEST + GAP + 1 && lines[2].ends_with("  1"), "{lines:?}");
            assert_eq!(lines[1].contains('…'), width.is_some());
            assert!(lines[1].ends_with("  1"));
        }
    }

    #[test]
    fn text_of_several_lines_is_harmless_whatever_stands_in_it() {
        assert_eq!(harmless("a\tb\n客户 👩‍🏭"), "a\tb\n客户 👩‍🏭");
        assert_eq!(harmless("\u{1b}[31m\r\0\u{9b}\u{202e}\u{7f}"), "�[31m�����");
        assert_eq!(within("客户", 4), "客…");
    }

    #[test]
    fn a_narrow_terminal_cuts_names_and_never_amounts() {
        assert_eq!(table(Some(20))[1], "武汉钢铁…   1,200.00");
        assert!(table(Some(5)).iter().all(|line| line.ends_with(['t', '0'])));
    }
}

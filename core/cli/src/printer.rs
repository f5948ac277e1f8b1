//! The one place that writes to the terminal: data to stdout, talk to stderr.

use std::io::{self, BufWriter, IsTerminal as _, Stdout, Write as _};

use crate::environment;
use crate::error::{CommandError, Kind};
use crate::locale;
use crate::progress;
use crate::table::harmless;

/// Says when colour is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Writes what commands have to show.
#[derive(Debug)]
pub(crate) struct Printer {
    out: BufWriter<Stdout>,
    width: Option<usize>,
    muted: bool,
    colour_out: bool,
    colour_talk: bool,
}

impl Printer {
    pub(crate) fn new(colour: Colour) -> Self {
        let wanted = |terminal: bool| match colour {
            Colour::Auto => terminal && !environment::no_colour(),
            Colour::Always => true,
            Colour::Never => false,
        };
        Self {
            out: BufWriter::new(io::stdout()),
            width: environment::width(),
            muted: false,
            colour_out: wanted(io::stdout().is_terminal()),
            colour_talk: wanted(io::stderr().is_terminal()),
        }
    }

    /// The columns that a table may fill; none if it may be as wide as it is.
    pub(crate) fn width(&self) -> Option<usize> {
        self.width
    }

    /// True if a person watches stderr: progress may be shown.
    pub(crate) fn is_watched() -> bool {
        io::stderr().is_terminal()
    }

    /// Drops all data, or writes it again: for steps of a longer command that nobody asked to see.
    pub(crate) fn mute(&mut self, muted: bool) {
        self.muted = muted;
    }

    /// Writes a line of data, or several: whatever they hold, they do not steer the terminal.
    pub(crate) fn line(&mut self, text: &str) -> io::Result<()> {
        if self.muted {
            return Ok(());
        }
        writeln!(self.out, "{}", harmless(text))
    }

    /// Writes a heading within the data.
    pub(crate) fn heading(&mut self, text: &str) -> io::Result<()> {
        if self.colour_out && !self.muted {
            return writeln!(self.out, "\u{1b}[1m{}\u{1b}[0m", harmless(text));
        }
        self.line(text)
    }

    /// Writes what is left.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Says something to the person. There is nobody to tell if that fails.
    pub(crate) fn talk(text: &str) {
        Self::say(&harmless(&locale::said(text)));
    }

    fn say(text: &str) {
        progress::aside(|| {
            writeln!(io::stderr(), "{text}").ok();
        });
    }

    /// Shows what went wrong.
    pub(crate) fn error(&self, error: &CommandError) {
        if error.kind == Kind::Closed {
            return;
        }
        let word = locale::ERROR.get(locale::spoken());
        let page = if self.colour_talk {
            error.page(&format!(
                "\u{1b}[1;31m{}\u{1b}[0m{}",
                word.trim_end(),
                &word[word.trim_end().len()..]
            ))
        } else {
            error.page(word)
        };
        // The page is harmless, but for the colour.
        Self::say(&page);
    }
}

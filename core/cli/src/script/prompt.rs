//! Where lines come from: a person at a terminal, or a pipe.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::PathBuf;
use std::rc::Rc;

use kehu_lua::script::{Session, is_incomplete};
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Config, Context, Editor, Helper};

use crate::environment;
use crate::error::{CommandError, Result};

/// How many lines are remembered.
const REMEMBERED: usize = 1_000;

/// How many bytes of one entry are looked at line by line, counted each time.
const LOOKED: usize = 16 * 1024 * 1024;

/// The words that begin with a colon.
pub(crate) const COMMANDS: [&str; 5] = [":customer", ":doc", ":help", ":quit", ":why"];

/// What came from whoever types.
pub(crate) enum Typed {
    /// Something to do.
    Line(String),
    /// The line was given up.
    Nothing,
    /// There is no more.
    End,
}

/// Asks for lines.
pub(crate) enum Prompt {
    Terminal(Box<Editor<Words, FileHistory>>, Option<PathBuf>),
    Pipe(Vec<String>),
}

impl Prompt {
    /// At a terminal it edits, completes and remembers lines; else it reads them.
    pub(crate) fn open(session: &Rc<Session>) -> Result<Self> {
        if !io::stdin().is_terminal() {
            let lines = io::stdin().lock().lines().collect::<io::Result<Vec<_>>>();
            let lines = lines.map_err(|error| {
                CommandError::failed(format!("the standard input cannot be read: {error}"))
            })?;
            return Ok(Self::Pipe(lines.into_iter().rev().collect()));
        }
        let config = Config::builder().auto_add_history(true).max_history_size(REMEMBERED);
        let config = config.map_err(|error| refused(&error))?.build();
        let remembered = FileHistory::with_config(&config);
        let mut editor =
            Editor::with_history(config, remembered).map_err(|error| refused(&error))?;
        editor.set_helper(Some(Words { session: Rc::clone(session) }));
        let history = history();
        if let Some(path) = &history {
            // Nothing is remembered yet at the first time.
            editor.load_history(path).ok();
        }
        Ok(Self::Terminal(Box::new(editor), history))
    }

    /// The next line, or several that belong together.
    pub(crate) fn next(&mut self) -> Result<Typed> {
        match self {
            Self::Terminal(editor, _) => match editor.readline("kehu> ") {
                Ok(line) => Ok(Typed::Line(line)),
                Err(ReadlineError::Interrupted) => Ok(Typed::Nothing),
                Err(ReadlineError::Eof) => Ok(Typed::End),
                Err(error) => Err(refused(&error)),
            },
            Self::Pipe(lines) => {
                let Some(text) = lines.pop() else { return Ok(Typed::End) };
                Ok(Typed::Line(whole(text, lines)))
            }
        }
    }

    /// Remembers what was typed; the file is the user's alone.
    pub(crate) fn close(self) {
        if let Self::Terminal(mut editor, Some(path)) = self {
            editor.save_history(&path).ok();
        }
    }
}

/// A line with those after it that belong to it.
fn whole(mut text: String, lines: &mut Vec<String>) -> String {
    // To look after each line costs the square of the lines: once that adds up, it is done now and then.
    let (mut read, mut looked) = (0, 0);
    while !text.trim_start().starts_with(':') {
        let after = read + text.len();
        let last = text.rsplit('\n').next().unwrap_or_default();
        let closes = ["}", "end", ")", "]"].iter().any(|word| last.starts_with(word));
        let grew = text.len() > looked + looked / 16;
        let is_last = lines.last().is_none_or(|next| next.starts_with(':'));
        if after <= LOOKED || (closes && after <= LOOKED * 4) || grew || is_last {
            (read, looked) = (after, text.len());
            if !is_incomplete(&text) {
                break;
            }
        }
        let Some(line) = lines.pop() else { break };
        text.push('\n');
        text += &line;
    }
    text
}

fn refused(error: &ReadlineError) -> CommandError {
    CommandError::failed(format!("the terminal cannot be read: {error}"))
}

/// The file of the lines that were typed before.
fn history() -> Option<PathBuf> {
    let folder = environment::state_folder()?;
    std::fs::create_dir_all(&folder).ok()?;
    Some(folder.join("repl-history"))
}

/// Completes words, and knows whether more must be typed.
pub(crate) struct Words {
    session: Rc<Session>,
}

impl Completer for Words {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        place: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let before = &line[..place];
        if before.starts_with(':') && !before.contains(' ') {
            let fit = COMMANDS.iter().filter(|word| word.starts_with(before));
            return Ok((0, fit.map(|word| format!("{word} ")).collect()));
        }
        let is_word = |each: char| each.is_alphanumeric() || matches!(each, '_' | '.' | ':');
        let start = before
            .rfind(|each| !is_word(each))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let word = &before[start..];
        if before.starts_with(":why ") {
            let columns = self.session.names(&format!("c.{word}"));
            return Ok((start, columns.iter().map(|name| name[2..].to_owned()).collect()));
        }
        Ok((start, self.session.names(word)))
    }
}

impl Validator for Words {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        let is_more = !text.trim_start().starts_with(':') && is_incomplete(text);
        Ok(if is_more { ValidationResult::Incomplete } else { ValidationResult::Valid(None) })
    }
}

impl Hinter for Words {
    type Hint = String;
}

impl Highlighter for Words {}

impl Helper for Words {}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(text: &str) -> Vec<String> {
        let mut lines: Vec<String> = text.lines().rev().map(str::to_owned).collect();
        let mut entries = Vec::new();
        while let Some(text) = lines.pop() {
            entries.push(whole(text, &mut lines));
        }
        entries
    }

    #[test]
    fn lines_that_belong_together_are_one_entry() {
        assert_eq!(
            entries("x = {\n  1,\n}\n:why tier\nif x then\nprint(1)\nend\nx = ["),
            ["x = {\n  1,\n}", ":why tier", "if x then\nprint(1)\nend", "x = ["]
        );
    }

    #[test]
    fn an_entry_of_a_great_many_lines_is_read_in_time() {
        let long = format!("x = {{\n{}}}\n:why tier", "1,\n".repeat(60_000));
        let read = entries(&long);
        assert_eq!(read.len(), 2);
        assert!(read[0].ends_with("\n}"));
    }
}

//! The error page: one struct, and every conversion into it.

use std::path::Path;
use std::process::ExitCode;

use kehu_contract::document::{Place, Problem};
use kehu_contract::{Language, plain};
use kehu_domain::Entity;
use kehu_domain::rows::SourceError;
use kehu_engine::day::DayError;
use kehu_engine::import::ImportError;
use kehu_engine::query::ConditionError;
use kehu_engine::records::{RecordError, choose_one};
use kehu_store::StoreError;
use unicode_width::UnicodeWidthStr as _;

use crate::choose::Which;
use crate::locale;
use crate::table::{clean, harmless, within};

/// The longest that a message or a hint becomes, in bytes.
const WORDS_BYTES: usize = 5_000;
/// The most further errors that are shown.
const ALSO: usize = 50;

/// The result of a command.
pub(crate) type Result<T = (), E = CommandError> = std::result::Result<T, E>;

/// Says how a command ended badly; each has its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It could not be done: 1.
    Failed,
    /// It was asked for in a way that makes no sense: 2.
    Usage,
    /// The reader of the output has gone, such as `head`: 0.
    Closed,
}

/// Tells a person what went wrong, where, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommandError {
    pub(crate) kind: Kind,
    /// One sentence without a full stop.
    pub(crate) message: String,
    /// The place in a file that the person wrote.
    pub(crate) place: Option<Place>,
    /// What was typed, with a mark under the place that is wrong.
    pub(crate) typed: Vec<String>,
    /// What to do next, one line each.
    pub(crate) hints: Vec<String>,
    /// Further things that are wrong, where a file has several.
    pub(crate) also: Vec<Self>,
    /// What could be meant, where a name fits several records: a person can be asked.
    pub(crate) which: Option<Box<Which>>,
    /// A word that nobody declares, with its sort: a pack that is not on may bring it.
    pub(crate) undeclared: Option<Box<(&'static str, String)>>,
}

impl CommandError {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            place: None,
            typed: Vec::new(),
            hints: Vec::new(),
            also: Vec::new(),
            which: None,
            undeclared: None,
        }
    }

    /// Says that it could not be done.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(Kind::Failed, message)
    }

    /// Says that it was asked for in a way that makes no sense.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// Adds what to do next.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Says which file could not be read or written, and why.
    pub(crate) fn file(done: &str, path: &Path, error: &std::io::Error) -> Self {
        let error = error.to_string();
        let reason = error.split(" (os error").next().unwrap_or(&error).to_lowercase();
        Self::failed(format!("{} cannot be {done}: {reason}", shown(path)))
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self.kind {
            Kind::Closed => 0,
            Kind::Failed => 1,
            Kind::Usage => 2,
        })
    }

    /// The page as it is shown, in the language of talk; `error` is the word that opens it.
    pub(crate) fn page(&self, error: &str) -> String {
        // Much of it comes from files and scripts of other people: none of it is endless, or steers the terminal.
        let fit = |words: &str| harmless(&within(words, WORDS_BYTES)).into_owned();
        let mut lines = vec![format!("{error}{}", locale::said(&fit(&self.message)))];
        if let Some(place) = &self.place {
            lines.push(format!(" --> {place}"));
            let source = place.shown();
            if !source.trim().is_empty() {
                lines.push(format!("  {} | {source}", place.line));
            }
        }
        lines.extend(self.typed.iter().map(|line| format!("  {}", fit(line))));
        let opening = locale::HINT.get(locale::spoken());
        lines
            .extend(self.hints.iter().map(|hint| format!("{opening}{}", locale::said(&fit(hint)))));
        lines.extend(self.also.iter().take(ALSO).map(|other| other.page(error)));
        if self.also.len() > ALSO {
            lines.push(format!("… {}", self.also.len() - ALSO));
        }
        lines.join("\n")
    }
}

/// A path as messages show it, on one line whatever its name holds.
pub(crate) fn shown(path: &Path) -> String {
    plain(&path.display().to_string(), 500)
}

impl From<std::io::Error> for CommandError {
    /// Only writing to the standard output gives bare errors; files go through [`Self::file`].
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::new(Kind::Closed, ""),
            _ => Self::failed(format!("the output cannot be written: {error}")),
        }
    }
}

impl From<Problem> for CommandError {
    fn from(problem: Problem) -> Self {
        Self {
            place: Some(problem.place),
            hints: problem.hint.into_iter().collect(),
            ..Self::failed(problem.message)
        }
    }
}

impl From<Vec<Problem>> for CommandError {
    fn from(problems: Vec<Problem>) -> Self {
        let mut pages = problems.into_iter().map(Self::from);
        match pages.next() {
            Some(first) => Self { also: pages.collect(), ..first },
            None => Self::failed("a file cannot be used, and does not say why"),
        }
    }
}

impl From<RecordError> for CommandError {
    fn from(error: RecordError) -> Self {
        let hints = error.hints();
        let message = error.to_string();
        match error {
            RecordError::Store(error) => error.into(),
            RecordError::Invalid { .. } => Self { hints, ..Self::usage(message) },
            RecordError::NoChoice { choices, .. } => {
                Self::usage(message).hint(choose_one(&choices, locale::spoken()))
            }
            RecordError::Undeclared { sort, name, .. } => {
                let undeclared = Some(Box::new((sort, name)));
                Self { hints, undeclared, ..Self::usage(message) }
            }
            RecordError::Ambiguous { entity, text, candidates, more, option } => {
                let names = candidates.iter().map(|(id, name)| format!("{id} {name}"));
                let names = names.chain(more.then(|| "…".to_owned())).collect::<Vec<_>>();
                let error = if let Some(option) = option {
                    Self::usage(message)
                        .hint(format!("say which one with {option}: {}", names.join("; ")))
                } else if entity == Entity::Interaction {
                    Self::usage(message).hint(format!("say which one: {}", names.join("; ")))
                } else {
                    let names = names.join(", ");
                    Self::failed(message).hint(format!("say which one by its id: {names}"))
                };
                Self { which: Some(Box::new(Which { text, candidates, option })), ..error }
            }
            RecordError::Unknown { .. } | RecordError::Refused { .. } => {
                Self { hints, ..Self::failed(message) }
            }
        }
    }
}

impl From<ConditionError> for CommandError {
    fn from(error: ConditionError) -> Self {
        let typed = typed(&error.text, error.column);
        Self { hints: error.hints, typed, ..Self::usage(error.message) }
    }
}

/// A condition with a mark under one of its characters.
fn typed(text: &str, column: Option<usize>) -> Vec<String> {
    const OPTION: &str = "--where ";
    let mut lines = vec![format!("{OPTION}{}", clean(text))];
    if let Some(column) = column {
        let before: String = text.chars().take(column - 1).collect();
        let blanks = " ".repeat(OPTION.len() + clean(&before).width());
        lines.push(match locale::spoken() {
            Language::En => format!("{blanks}^ column {column}"),
            Language::Zh => format!("{blanks}^ 第 {column} 个字符"),
        });
    }
    lines
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        let page = Self::failed(error.to_string());
        match error {
            StoreError::Gone { .. } => page
                .hint("put the file back where it was, or take a backup")
                .hint("a new workspace is made with: kehu init DIR"),
            StoreError::Exists { .. } => page.hint("use it as it is, or move it away first"),
            StoreError::Foreign { path } => page.hint(format!(
                "if {} should be the workspace's data, restore it from a backup",
                path.display()
            )),
            StoreError::Corrupt { path, .. } => page
                .hint("kehu doctor says what can still be read")
                .hint(format!("restore {} from a backup", path.display())),
            StoreError::Newer { .. } => page.hint("use the newer kehu that wrote it"),
            StoreError::Locked { .. } => page.hint("wait until it is done, then try again"),
            StoreError::ReadOnly { .. } => page.hint(
                "check who may write the file and its folder, and whether the disk is writable",
            ),
            StoreError::Full => page.hint("make room on the disk, then try again"),
            StoreError::Moved => page.hint("run the command again"),
            StoreError::Refused { by } => by.iter().take(5).fold(page, |page, operation| {
                page.hint(format!("undo {} first: {}", operation.id, operation.summary))
            }),
            StoreError::NothingToUndo(_) => page.hint("kehu history lists what was done"),
            StoreError::Needed { by, .. } => page.hint(format!("take {by} away first")),
            StoreError::Missing { .. } | StoreError::Io(_) | StoreError::Stopped => page,
        }
    }
}

impl From<DayError> for CommandError {
    fn from(error: DayError) -> Self {
        let message = error.to_string();
        match error {
            DayError::Score(error) => error.into(),
            DayError::Store(error) => error.into(),
            DayError::NoPlanner => Self::failed(message)
                .hint("turn one on in kehu.toml: [packs] on = [\"day-planner\"]"),
            DayError::Period(_) | DayError::Answer(_) => Self::usage(message),
            _ => Self::failed(message),
        }
    }
}

impl From<ImportError> for CommandError {
    fn from(error: ImportError) -> Self {
        let message = error.to_string();
        match error {
            ImportError::NothingFits { first, .. } => {
                Self { hints: first.hint.iter().cloned().collect(), ..Self::failed(message) }
                    .hint(format!("the first is line {} of {}", first.line, first.file))
            }
            ImportError::Pack(_) => Self::failed(message)
                .hint("nothing was written; to import without a pack: --without PACK"),
            ImportError::Mapping(problems) => problems.into(),
            ImportError::Source(error) => error.into(),
            ImportError::Store(error) => error.into(),
        }
    }
}

impl From<SourceError> for CommandError {
    fn from(error: SourceError) -> Self {
        Self { hints: error.hint.iter().cloned().collect(), ..Self::failed(error.to_string()) }
    }
}

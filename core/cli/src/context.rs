//! What was typed for every command, and the way to the workspace.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use kehu_contract::{Language, LogLevel};

use crate::Shipped;
use crate::error::Result;
use crate::locale;
use crate::output::Form;
use crate::printer::{Colour, Printer};
use crate::said;
use crate::workspace::{UserConfig, Workspace};

/// How many rows are shown where nothing is said.
const ROWS: usize = 50;

/// Holds the options that every command takes, as typed.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Globals {
    /// Works in this folder's workspace instead of the one around the current folder
    #[arg(short = 'C', long = "workspace", value_name = "DIR", global = true)]
    pub(crate) folder: Option<PathBuf>,

    /// Acts as this person [default: the user's own settings, else the login name]
    #[arg(long, value_name = "NAME", global = true)]
    pub(crate) user: Option<String>,

    /// Speaks English or Chinese [default: the user's own settings, else the workspace's]
    #[arg(long, value_name = "en|zh", global = true, value_parser = tongue)]
    pub(crate) lang: Option<Tongue>,

    /// Gives data as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Shows at most this many rows, 0 for all [default: 50; all with --json]
    #[arg(long, value_name = "N", global = true)]
    pub(crate) limit: Option<usize>,

    /// Uses colour: auto, always or never
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        default_value = "auto",
        hide_default_value = true
    )]
    #[arg(hide_possible_values = true)]
    pub(crate) color: Colour,

    /// Computes with this many threads [default: one a processor]
    #[arg(long, value_name = "N", global = true, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,

    /// Leaves native plugins out
    #[arg(long, global = true)]
    pub(crate) no_plugins: bool,

    /// Shows what packs log from this level on: debug, info, warning or error [default: warning]
    #[arg(long, alias = "plugin-log", value_name = "LEVEL", global = true, value_parser = said::level)]
    pub(crate) log: Option<LogLevel>,

    /// Fails unless every pack and plugin that is on is the very one of kehu.lock
    #[arg(long, global = true)]
    pub(crate) locked: bool,
}

impl Globals {
    /// The language that was asked for.
    pub(crate) fn language(&self) -> Option<Language> {
        self.lang.and_then(Tongue::spoken)
    }
}

/// What `--lang` names: the language that is spoken, or, for a new plugin, the one it is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    Spoken(Language),
    C,
    Rust,
}

impl Tongue {
    fn spoken(self) -> Option<Language> {
        match self {
            Self::Spoken(language) => Some(language),
            Self::C | Self::Rust => None,
        }
    }
}

fn tongue(text: &str) -> Result<Tongue, String> {
    let language = Language::parse(text).map(Tongue::Spoken);
    language.ok_or_else(|| "write en or zh".to_owned())
}

/// Reads the language that a plugin is to be written in.
pub(crate) fn written(text: &str) -> Result<Tongue, String> {
    match text {
        "c" => Ok(Tongue::C),
        "rust" => Ok(Tongue::Rust),
        _ => Err("write c or rust".to_owned()),
    }
}

/// Holds what a command works with.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) globals: Globals,
    pub(crate) printer: Printer,
    pub(crate) shipped: Shipped<'a>,
    opened: RefCell<Option<Rc<Workspace>>>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(globals: Globals, shipped: Shipped<'a>) -> Self {
        let printer = Printer::new(globals.color);
        let user = UserConfig::read().ok().and_then(|user| user.language);
        locale::speak(globals.language().or(user).unwrap_or_default());
        Self { globals, printer, shipped, opened: RefCell::default() }
    }

    /// Opens the workspace around the folder, with its settings, its store and the one who acts.
    pub(crate) fn open(&self) -> Result<Rc<Workspace>> {
        let workspace =
            Rc::new(Workspace::open(&self.globals, &UserConfig::read()?, self.shipped)?);
        self.opened.replace(Some(Rc::clone(&workspace)));
        Ok(workspace)
    }

    /// The workspace that the command opened last.
    pub(crate) fn opened(&self) -> Option<Rc<Workspace>> {
        self.opened.borrow().clone()
    }

    /// The language where no workspace is open.
    pub(crate) fn language(&self) -> Result<Language> {
        let user = UserConfig::read()?.language;
        Ok(self.globals.language().or(user).unwrap_or_default())
    }

    /// How output is wanted.
    pub(crate) fn form(&self, language: Language) -> Form {
        let limit = match self.globals.limit {
            Some(0) => None,
            Some(limit) => Some(limit),
            None if self.globals.json => None,
            None => Some(ROWS),
        };
        Form { json: self.globals.json, language, limit }
    }
}

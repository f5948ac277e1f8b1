//! The command line of kehu: what is typed and shown, around the engine's use cases.
//!
//! - [`main`] is the whole program; [`Shipped`] is what the binary carries: packs in Lua
//!   ([`ShippedPack`]), native plugins ([`Linked`]) and workspaces to begin with ([`ShippedTemplate`]).
//! - `commands` has one file for each command: its arguments, whose doc comments are the help, and
//!   one function. They are joined by one flat match.
//! - `context` holds what was typed for every command, and opens the workspace.
//! - `output` holds what is shown, as a table for people or as JSON; `table` lays it out, `locale` has
//!   its words, `chinese` its sentences, and `printer` alone writes to the terminal.
//! - `error` is the error page: one struct, and every conversion into it.
//! - `choose` asks a person at the terminal which record a name means.
//! - `environment` alone reads variables and the clock.

mod arguments;
mod cells;
mod chinese;
mod chinese_api;
mod chinese_author;
mod chinese_hooks;
mod chinese_host;
mod chinese_lua;
mod chinese_packs;
mod chinese_plugins;
mod chinese_records;
mod chinese_reports;
mod chinese_scripts;
mod chinese_show;
mod chinese_validate;
mod choose;
mod commands;
mod context;
mod environment;
mod error;
mod events;
mod help;
mod hooks;
mod locale;
mod lock;
mod machine;
mod output;
mod packs;
mod page_lines;
mod panics;
mod plugins;
mod printer;
mod progress;
mod runs;
mod said;
mod script;
mod settings_file;
mod table;
mod translate;
mod workspace;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser};
pub use kehu_native::Linked;

use crate::commands::Command;
use crate::context::{Context, Globals};
use crate::error::CommandError;

/// Holds a pack that the binary carries: its name and its files, each with its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShippedPack {
    /// The pack's name.
    pub name: &'static str,
    /// Its files: path within the pack, and text.
    pub files: &'static [(&'static str, &'static str)],
}

/// Holds a workspace to begin with, embedded in the binary, which `kehu init --template` writes out.
#[derive(Debug, Clone, Copy)]
pub struct ShippedTemplate {
    /// The template's name.
    pub name: &'static str,
    /// Whom it suits, in English and Chinese.
    pub title: [&'static str; 2],
    /// Its files: path within the workspace, and text. `README.zh.md` is written as `README.md` where
    /// the workspace speaks Chinese.
    pub files: &'static [(&'static str, &'static str)],
}

/// Holds what the binary carries.
#[derive(Debug, Clone, Copy)]
pub struct Shipped<'a> {
    /// Packs in Lua.
    pub packs: &'a [ShippedPack],
    /// Native plugins, each under its pack's name.
    pub plugins: &'a [Linked],
    /// Workspaces to begin with.
    pub templates: &'a [ShippedTemplate],
}

/// A CRM that you program: customers, interactions and stages in one file, decisions in Lua
#[derive(Debug, Parser)]
#[command(name = "kehu", version, disable_help_subcommand = false)]
#[command(subcommand_required = true, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// Runs the program: reads the arguments, does what they say, and tells how it ended.
///
/// Exit codes: 0 done, 1 failed, 2 asked for in a way that makes no sense, 3 partly done.
pub fn main(shipped: Shipped<'_>) -> ExitCode {
    panics::guard(|| run(std::env::args_os(), shipped))
}

fn run(arguments: impl Iterator<Item = OsString>, shipped: Shipped<'_>) -> ExitCode {
    let mut arguments = help::with_topics(arguments.collect());
    loop {
        let error = match once(&arguments, shipped) {
            Ok(code) => return code,
            Err(error) => error,
        };
        let which = error.which.as_deref().filter(|which| choose::can_ask(which, &arguments));
        if !which.is_some_and(|which| choose::chosen(which, &mut arguments)) {
            return error.exit_code();
        }
    }
}

/// Runs what was typed; an error is shown already, unless a person can be asked what was meant.
fn once(arguments: &[OsString], shipped: Shipped<'_>) -> Result<ExitCode, CommandError> {
    let parsed = help::grouped(Cli::command())
        .try_get_matches_from(arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let Cli { globals, command } = match parsed {
        Ok(cli) => cli,
        Err(refusal) => return Ok(help::answer(&refusal, arguments, Cli::command())),
    };
    let mut context = Context::new(globals, shipped);
    let outcome = commands::run(&mut context, command)
        .map_err(|error| packs::vocabulary::with_givers(error, shipped))
        .and_then(|code| context.printer.finish().map(|()| code).map_err(Into::into));
    if let Err(error) = &outcome {
        // What was shown before the error still counts as shown.
        context.printer.finish().ok();
        if !error.which.as_deref().is_some_and(|which| choose::can_ask(which, arguments)) {
            context.printer.error(error);
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_of_every_command_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_stands_in_one_group_of_the_help() {
        let listed: Vec<&str> =
            help::GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let command = Cli::command();
        let mut known: Vec<&str> = command
            .get_subcommands()
            .filter(|command| !command.is_hide_set())
            .map(clap::Command::get_name)
            .collect();
        let mut sorted = listed.clone();
        sorted.sort_unstable();
        known.sort_unstable();
        assert_eq!(sorted, known);
    }
}

//! `kehu pack`: the packs of a workspace, what they promise, and how they come and go.

mod contract;
mod list;
mod show;
mod words;

use std::process::ExitCode;

use clap::Subcommand;

use crate::context::Context;
use crate::error::Result;

/// Lists packs and shows what they promise
///
/// A pack is a folder with pack.toml and main.lua, or a native plugin: a method, or several. Packs come from
/// the workspace, from the one that it extends, and with kehu; of two by one name the nearer one counts.
#[derive(Debug, Subcommand)]
pub(crate) enum Args {
    List(list::Args),
    Show(show::Args),
}

pub(crate) fn run(context: &mut Context<'_>, args: Args) -> Result<ExitCode> {
    match args {
        Args::List(args) => list::run(context, &args),
        Args::Show(args) => show::run(context, &args),
    }
}

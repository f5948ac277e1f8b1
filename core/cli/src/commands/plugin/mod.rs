//! `kehu plugin`: native plugins, from their making to their removal.

mod add;
mod inspect;
mod list;
mod new;
mod page;
mod remove;
mod retry;
mod validate;

use std::process::ExitCode;

use clap::Subcommand;

use crate::context::Context;
use crate::error::Result;

/// Adds native plugins, looks at them, and helps to write them
///
/// A native plugin is a pack in machine code: a shared library. Nothing runs unless it was added; what
/// was added is pinned by its SHA-256 in kehu.lock, and each machine allows each file once. Plugins run
/// in processes of their own, under limits.
#[derive(Debug, Subcommand)]
pub(crate) enum Args {
    Add(add::Args),
    Allow(add::AllowArgs),
    List(list::Args),
    Inspect(inspect::Args),
    Remove(remove::Args),
    Retry(retry::Args),
    New(new::Args),
    Validate(validate::Args),
}

pub(crate) fn run(context: &mut Context<'_>, args: Args) -> Result<ExitCode> {
    match args {
        Args::Add(args) => add::run(context, &args),
        Args::Allow(args) => add::allow(context, &args),
        Args::List(args) => list::run(context, &args),
        Args::Inspect(args) => inspect::run(context, &args),
        Args::Remove(args) => remove::run(context, &args),
        Args::Retry(args) => retry::run(context, &args),
        Args::New(args) => new::run(context, &args),
        Args::Validate(args) => return validate::run(context, &args),
    }
    .map(|()| ExitCode::SUCCESS)
}

//! `kehu pack`: the packs of a workspace, what they promise, and how they come and go.

mod add;
mod bench;
mod check;
mod contract;
mod copy;
mod diff;
mod difference;
mod fitting;
mod incoming;
mod install;
mod labels;
mod list;
mod lock;
mod new;
mod remove;
mod report;
mod show;
mod source;
mod subject;
mod test;
mod upgrade;
mod watch;
mod words;

use std::process::ExitCode;

use clap::Subcommand;

use crate::context::Context;
use crate::error::Result;

/// Lists packs, shows what they promise, adds and upgrades them
///
/// A pack is a folder with pack.toml and main.lua, or a native plugin: a method, or several. Packs come from
/// the workspace, from the one that it extends, and with kehu; of two by one name the nearer one counts.
#[derive(Debug, Subcommand)]
pub(crate) enum Args {
    List(list::Args),
    Show(show::Args),
    Add(add::Args),
    Copy(copy::Args),
    Remove(remove::Args),
    Lock(lock::Args),
    Diff(diff::Args),
    Upgrade(upgrade::Args),
    New(new::Args),
    Check(check::Args),
    Test(test::Args),
    Bench(bench::Args),
}

pub(crate) fn run(context: &mut Context<'_>, args: Args) -> Result<ExitCode> {
    match args {
        Args::List(args) => return list::run(context, &args),
        Args::Show(args) => return show::run(context, &args),
        Args::Add(args) => add::run(context, &args),
        Args::Copy(args) => copy::run(context, &args),
        Args::Remove(args) => remove::run(context, &args),
        Args::Lock(args) => lock::run(context, &args),
        Args::Diff(args) => diff::run(context, &args),
        Args::Upgrade(args) => upgrade::run(context, &args),
        Args::New(args) => return new::run(context, &args),
        Args::Check(args) => return check::run(context, &args),
        Args::Test(args) => return test::run(context, &args),
        Args::Bench(args) => return bench::run(context, &args),
    }
    .map(|()| ExitCode::SUCCESS)
}

//! `kehu plugin`: native plugins, from their making to their removal.

mod add;
mod bench;
mod inspect;
mod list;
mod named;
mod new;
mod page;
mod remove;
mod retry;
mod template;
mod validate;

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Subcommand;
use kehu_contract::ColumnType;
use kehu_engine::features::Catalogue;
use kehu_engine::settings::Settings;

use crate::context::Context;
use crate::error::{CommandError, Result};

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
    Bench(bench::Args),
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
        Args::Bench(args) => bench::run(context, &args),
        Args::Validate(args) => return validate::run(context, &args),
    }
    .map(|()| ExitCode::SUCCESS)
}

/// The types of the columns that every workspace has.
fn kinds() -> Result<BTreeMap<String, ColumnType>> {
    let settings = Settings::read(&[])?;
    let catalogue = Catalogue::new(&settings, &[]).map_err(|errors| {
        CommandError::failed(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })?;
    let declared = catalogue.declared().iter();
    Ok(declared.map(|each| (each.info.name.clone(), each.info.kind)).collect())
}

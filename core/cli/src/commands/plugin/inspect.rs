use std::path::{Path, PathBuf};

use kehu_contract::Limits;
use kehu_native::{Library, Refusal};

use super::page::Page;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::output::show_json;
use crate::plugins;

/// Shows what a plugin says of itself, and its hash, without adding it
///
/// The file is checked, then loaded in a process of its own, under limits.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu plugin inspect ./libsilence.so
  kehu plugin inspect ./libsilence.so --json")]
pub(crate) struct Args {
    /// The shared library
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let page = look(&args.file)?;
    let language = context.language()?;
    if context.form(language).json {
        return show_json(&mut context.printer, page.json());
    }
    for line in page.lines(language) {
        context.printer.line(&line)?;
    }
    Ok(())
}

/// Checks a file and asks it what it is.
pub(crate) fn look(file: &Path) -> Result<Page> {
    let library = Library::open(&plugins::absolute(file)?).map_err(refused)?;
    describe(library)
}

/// Asks a checked file what it is.
pub(crate) fn describe(library: Library) -> Result<Page> {
    let limits = Limits::default();
    let description =
        kehu_native::inspect(&library, &plugins::worker()?, limits).map_err(refused)?;
    let manifest = description.parse("pack.toml").map_err(CommandError::failed)?;
    Ok(Page { manifest, description, library: Some(library) })
}

/// The error page of a refusal.
pub(crate) fn refused(refusal: Refusal) -> CommandError {
    let page = CommandError::failed(refusal.message);
    refusal.hint.into_iter().fold(page, CommandError::hint)
}

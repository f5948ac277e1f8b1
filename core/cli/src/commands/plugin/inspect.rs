use std::path::PathBuf;

use super::named;
use crate::context::Context;
use crate::error::Result;
use crate::output::show_json;

/// Shows what a plugin says of itself, and its hash, without adding it
///
/// The file is checked, then loaded in a process of its own, under limits.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu plugin inspect ./libsilence.so
  kehu plugin inspect clv --json")]
pub(crate) struct Args {
    /// The shared library, or the name of a plugin of the workspace or of kehu
    #[arg(value_name = "FILE|NAME")]
    file: PathBuf,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let page = named::look(context, &args.file)?;
    let language = context.language()?;
    if context.form(language).json {
        return show_json(&mut context.printer, page.json());
    }
    for line in page.lines(language) {
        context.printer.line(&line)?;
    }
    Ok(())
}

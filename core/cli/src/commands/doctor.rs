use std::process::ExitCode;

use kehu_store::Store as _;

use crate::context::Context;
use crate::error::Result;
use crate::locale::{KEY, VALUE};
use crate::output::{Cell, Column, Listing, show_rows};
use crate::printer::Printer;

/// Looks after the database: says what it is, and looks for damage
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu doctor                      exit code 1 if anything is damaged")]
pub(crate) struct Args {}

pub(crate) fn run(context: &mut Context<'_>, _: &Args) -> Result<ExitCode> {
    let workspace = context.open()?;
    let mut listing = Listing::new(vec![Column::whole("key", KEY), Column::text("value", VALUE)]);
    for (key, value) in workspace.store.describe()? {
        listing.rows.push(vec![Cell::text(key), Cell::text(value)]);
    }
    let form = context.form(workspace.language);
    show_rows(&mut context.printer, form, &listing, 0)?;
    let found = workspace.store.check()?;
    for damage in &found {
        Printer::talk(&format!("damage: {damage}"));
    }
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

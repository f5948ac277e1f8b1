use crate::cells::Cells;
use crate::context::Context;
use crate::error::Result;
use crate::locale::{AT, BY, COMMAND, FILE, ID, SUMMARY, UNDONE_BY};
use crate::output::{Cell, Column, Listing, show_listing};

/// Lists what was done: each command that wrote, the latest first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu history --limit 10          the last ten operations
  kehu undo O-12                   takes one of them back")]
pub(crate) struct Args {}

pub(crate) fn run(context: &mut Context<'_>, _: &Args) -> Result {
    let workspace = context.open()?;
    let form = context.form(workspace.language);
    // One more than is shown tells whether there are more.
    let wanted = form.limit.map_or(usize::MAX, |limit| limit.saturating_add(1));
    let mut listing = Listing::new(vec![
        Column::whole("id", ID),
        Column::whole("at", AT),
        Column::text("by", BY),
        Column::whole("command", COMMAND),
        Column::text("summary", SUMMARY),
        Column::text("file", FILE),
        Column::whole("undone_by", UNDONE_BY),
    ]);
    for operation in workspace.read()?.operations(wanted)? {
        listing.rows.push(vec![
            Cell::text(operation.id.to_string()),
            Cell::text(operation.at),
            Cell::text(operation.by),
            Cell::text(operation.kind),
            Cell::text(operation.summary),
            Cells::text(operation.source.as_deref()),
            operation.undone_by.map_or_else(Cell::empty, |id| Cell::text(id.to_string())),
        ]);
    }
    show_listing(&mut context.printer, form, listing)
}

use crate::cells::Cells;
use crate::context::Context;
use crate::environment;
use crate::error::Result;
use crate::locale::{AT, BY, CAUSE, COMMAND, FILE, ID, SUMMARY, UNDONE_BY};
use crate::output::{Cell, Column, Listing, show_rows};
use crate::printer::Printer;
use crate::workspace::NAMELESS;

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
    let reader = workspace.read()?;
    let mut listing = Listing::new(vec![
        Column::whole("id", ID),
        Column::whole("at", AT),
        Column::text("by", BY),
        Column::whole("command", COMMAND),
        Column::text("summary", SUMMARY),
        Column::text("file", FILE),
        Column::whole("cause", CAUSE),
        Column::whole("undone_by", UNDONE_BY),
    ]);
    let mut oldest = 1;
    let mut is_nameless = false;
    for operation in reader.operations(form.limit.unwrap_or(usize::MAX))? {
        oldest = operation.id.0;
        is_nameless |= operation.by == NAMELESS;
        listing.rows.push(vec![
            Cell::text(operation.id.to_string()),
            Cell::text(operation.at),
            Cell::text(operation.by),
            Cell::text(operation.kind),
            Cell::said(operation.summary),
            Cells::text(operation.source.as_deref()),
            operation.cause.map_or_else(Cell::empty, |id| Cell::text(id.to_string())),
            operation.undone_by.map_or_else(Cell::empty, |id| Cell::text(id.to_string())),
        ]);
    }
    // Operations are numbered without gaps from 1.
    let hidden = usize::try_from(oldest - 1).unwrap_or(0);
    show_rows(&mut context.printer, form, &listing.for_form(form), hidden)?;
    if is_nameless {
        context.printer.finish()?;
        Printer::talk(&format!(
            "hint: {NAMELESS} is whoever gave no name; set [user] name in {}, or give --user NAME",
            environment::user_folder().unwrap_or_default().join("config.toml").display()
        ));
    }
    Ok(())
}

use kehu_domain::{Entity, RunId};
use serde_json::json;

use crate::cells::Cells;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::locale;
use crate::output::{Cell, Column, Listing, show_listing};
use crate::runs;

/// Lists the runs of the scoring packs, and whose labels they changed
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Args {
    List(List),
    Changes(Changes),
}

/// Lists the runs, the latest first
#[derive(Debug, clap::Args)]
pub(crate) struct List {}

/// Lists whose labels a run changed
///
/// A run is compared with the one before it of the same day, else of the nearest earlier day.
#[derive(Debug, clap::Args)]
pub(crate) struct Changes {
    /// The run, such as S-3 [default: the latest]
    run: Option<String>,
}

pub(crate) fn run(context: &mut Context<'_>, args: Args) -> Result {
    match args {
        Args::List(_) => list(context),
        Args::Changes(args) => changes(context, &args),
    }
}

/// Reads the id of a run.
pub(crate) fn run_id(text: &str) -> Result<RunId> {
    RunId::parse(text).ok_or_else(|| {
        CommandError::usage(format!("\"{text}\" is no run")).hint("write for example S-3")
    })
}

fn list(context: &mut Context<'_>) -> Result {
    let workspace = context.open()?;
    let reader = workspace.read()?;
    let mut listing = Listing::new(vec![
        Column::whole("id", locale::ID),
        Column::whole("as_of", locale::AS_OF),
        Column::number("customers", locale::CUSTOMERS),
        Column::whole("operation", locale::OPERATION),
        Column::whole("at", locale::AT),
        Column::text("packs", locale::PACKS),
        Column::text("state", locale::STATE),
    ]);
    for run in reader.runs()? {
        let operation = reader.operation(run.operation)?;
        let names: Vec<String> =
            run.packs.iter().map(|pack| format!("{} {}", pack.name, pack.version)).collect();
        let packs = run.packs.iter();
        let packs = packs.map(|pack| json!({ "name": pack.name, "version": pack.version }));
        let mut state = Vec::new();
        if run.stale {
            state.push("stale".to_owned());
        }
        if !run.whole {
            state.push("thinned".to_owned());
        }
        state.extend(run.failures.iter().map(|(pack, _)| format!("without {pack}")));
        listing.rows.push(vec![
            Cell::text(run.id.to_string()),
            Cell::text(run.as_of.to_string()),
            Cell { show: run.customers.to_string(), json: json!(run.customers) },
            Cell::text(run.operation.to_string()),
            operation.map_or_else(Cell::empty, |operation| Cell::text(operation.at)),
            Cell { show: names.join(", "), json: packs.collect() },
            Cell { show: said_states(&state), ..Cells::list(&state) },
        ]);
    }
    let form = context.form(workspace.language);
    show_listing(&mut context.printer, form, listing)
}

fn said_states(states: &[String]) -> String {
    states.iter().map(|state| locale::said(state)).collect::<Vec<_>>().join(", ")
}

fn changes(context: &mut Context<'_>, args: &Changes) -> Result {
    let workspace = context.open()?;
    let reader = workspace.read()?;
    let id = match &args.run {
        Some(text) => run_id(text)?,
        None => match reader.runs()?.first() {
            Some(run) => run.id,
            None => {
                return Err(
                    CommandError::failed("nothing has been scored yet").hint("first: kehu score")
                );
            }
        },
    };
    let Some(run) = reader.run(id)? else {
        return Err(CommandError::failed(format!("there is no run {id}"))
            .hint("kehu runs list shows those that there are"));
    };
    let mut listing = Listing::new(vec![
        Column::text("customer", locale::CUSTOMER),
        Column::text("column", locale::COLUMN),
        Column::text("from", locale::FROM),
        Column::text("to", locale::TO),
    ]);
    let form = context.form(workspace.language);
    let cells = Cells::new(&workspace.settings, form.language, reader.as_ref());
    for change in reader.label_changes(id, None)? {
        let column = run.columns.iter().find(|column| column.info.name == change.column);
        let title = column.map(|column| runs::column_title(column, form.language));
        let word = |key: Option<String>| {
            let label = column.into_iter().flat_map(|column| &column.values);
            let label = label.into_iter().find(|label| Some(&label.key) == key.as_ref());
            let cell = key.map_or_else(Cell::empty, Cell::text);
            match label {
                Some(label) => Cell { show: label.text.get(form.language).to_owned(), ..cell },
                None => cell,
            }
        };
        listing.rows.push(vec![
            cells.link(Entity::Customer, Some(change.customer.0))?,
            Cell { show: title.unwrap_or_default(), ..Cell::text(change.column.clone()) },
            word(change.from),
            word(change.to),
        ]);
    }
    show_listing(&mut context.printer, form, listing)
}

use kehu_domain::Entity;
use kehu_engine::records::targets::{self, TargetFacts};

use crate::arguments::{DayWord, day};
use crate::cells::Cells;
use crate::context::Context;
use crate::error::Result;
use crate::locale::{FROM, ID, MEASURE, REACHED, REP, TO, VALUE};
use crate::output::{Column, Listing, show_listing};
use crate::printer::Printer;

/// Adds and lists targets: what is to be reached in a period
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Args {
    Add(Add),
    List(List),
}

/// Adds a target
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu target add amount 500000 --from 2024-01-01 --to 2024-03-31 --rep 李伟
  kehu target add visits 120 --from 2024-01-01 --to 2024-03-31")]
pub(crate) struct Add {
    /// What is measured: amount or margin (of purchases), deals (won), or a kind of interaction, such as
    /// visits, of which the number counts
    measure: String,
    /// What is to be reached
    value: f64,
    /// The first day
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: DayWord,
    /// The last day
    #[arg(long, value_name = "DAY", value_parser = day)]
    to: DayWord,
    /// Whose it is, by name or id [default: the whole firm's]
    #[arg(long)]
    rep: Option<String>,
}

/// Lists the targets with what has been reached by today
#[derive(Debug, clap::Args)]
pub(crate) struct List {}

pub(crate) fn run(context: &mut Context<'_>, args: Args) -> Result {
    match args {
        Args::Add(args) => add(context, args),
        Args::List(List {}) => list(context),
    }
}

fn add(context: &mut Context<'_>, args: Add) -> Result {
    let workspace = context.open()?;
    let today = workspace.act.today;
    let facts = TargetFacts {
        measure: args.measure,
        value: args.value,
        from: args.from.on(today),
        to: args.to.on(today),
        rep: args.rep,
    };
    let target = targets::add(&workspace.desk(), &facts)?;
    Printer::talk(&format!("Added target {}.", target.measure));
    super::show_id(context, Entity::Target, target.id)
}

fn list(context: &mut Context<'_>) -> Result {
    let workspace = context.open()?;
    let reader = workspace.read()?;
    let cells = Cells::new(&workspace.settings, workspace.language, &*reader);
    let mut listing = Listing::new(vec![
        Column::whole("id", ID),
        Column::text("measure", MEASURE),
        Column::number("value", VALUE),
        Column::number("reached", REACHED),
        Column::whole("from", FROM),
        Column::whole("to", TO),
        Column::text("rep", REP),
    ]);
    let targets = targets::list(&*reader)?;
    let today = workspace.act.today;
    let reached = targets::reached(&workspace.settings, &*reader, &targets, today)?;
    for (target, reached) in targets.iter().zip(reached) {
        listing.rows.push(vec![
            Cells::id(Entity::Target, target.id),
            Cells::text(Some(&target.measure)),
            Cells::number(Some(target.value)),
            Cells::number(reached.map(|number| (number * 100.0).round() / 100.0)),
            Cells::day(Some(target.from)),
            Cells::day(Some(target.to)),
            cells.link(Entity::Rep, target.rep.map(|id| id.0))?,
        ]);
    }
    let form = context.form(workspace.language);
    show_listing(&mut context.printer, form, listing)
}

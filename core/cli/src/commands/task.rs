use kehu_domain::{Entity, Task, TaskState};
use kehu_engine::records::names;
use kehu_engine::records::tasks::{self, TaskFacts, TaskFilter};

use crate::arguments::{DayWord, day};
use crate::cells::Cells;
use crate::context::Context;
use crate::error::Result;
use crate::locale::{
    CUSTOMER, DEAL, DONE, DUE, ID, OPEN, REASON, REP, SINCE, SKIPPED, SNOOZED, STATE, WHAT,
};
use crate::output::{Cell, Column, Listing, show_listing};
use crate::printer::Printer;

/// Adds, lists and closes tasks
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Args {
    Add(Add),
    List(List),
    Done(Done),
}

/// Adds a task
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu task add '送样品' --customer 武汉钢铁 --due tomorrow
  kehu task add 'send the offer' --deal D-7 --due 2024-03-15 --rep 李伟")]
pub(crate) struct Add {
    /// What is to be done
    what: String,
    /// For which customer, by name or id
    #[arg(long)]
    customer: Option<String>,
    /// About which deal, by name or id
    #[arg(long)]
    deal: Option<String>,
    /// Who is to do it, by name or id [default: who acts]
    #[arg(long)]
    rep: Option<String>,
    /// By when [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    due: Option<DayWord>,
}

/// Lists the open tasks in the order in which they are due
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu task list --rep 李伟 --due today
  kehu task list --customer 武汉钢铁 --closed")]
pub(crate) struct List {
    /// Only those for this customer
    #[arg(long)]
    customer: Option<String>,
    /// Only those of this rep
    #[arg(long)]
    rep: Option<String>,
    /// Only those due on this day or earlier
    #[arg(long, value_name = "DAY", value_parser = day)]
    due: Option<DayWord>,
    /// Those that are done or skipped too
    #[arg(long)]
    closed: bool,
}

/// Marks a task as done
#[derive(Debug, clap::Args)]
pub(crate) struct Done {
    /// Its id, such as T-4
    id: String,
    /// What there is to say about it
    #[arg(long)]
    reason: Option<String>,
}

pub(crate) fn run(context: &mut Context<'_>, args: Args) -> Result {
    match args {
        Args::Add(args) => add(context, args),
        Args::List(args) => list(context, args),
        Args::Done(args) => {
            let workspace = context.open()?;
            let task = tasks::done(&workspace.desk(), &args.id, args.reason.as_deref())?;
            Printer::talk(&format!("Done: {}.", task.what));
            super::show_id(context, Entity::Task, task.id)
        }
    }
}

fn add(context: &mut Context<'_>, args: Add) -> Result {
    let workspace = context.open()?;
    let Add { what, customer, deal, rep, due } = args;
    let due = due.map(|due| due.on(workspace.act.today));
    let named = rep.is_some();
    let task = tasks::add(&workspace.desk(), &TaskFacts { what, customer, deal, rep, due })?;
    super::tell_if_nobodys(&workspace, named, task.rep);
    Printer::talk(&match task.customer {
        Some(customer) => {
            let reader = workspace.read()?;
            let name = names::Directory::new(&*reader).name(Entity::Customer, customer.0)?;
            format!("To be done by {} for {name}: {}.", task.due, task.what)
        }
        None => format!("To be done by {}: {}.", task.due, task.what),
    });
    super::show_id(context, Entity::Task, task.id)
}

fn list(context: &mut Context<'_>, args: List) -> Result {
    let workspace = context.open()?;
    let reader = workspace.read()?;
    let List { customer, rep, due, closed } = args;
    let due = due.map(|due| due.on(workspace.act.today));
    let found = tasks::list(&*reader, &TaskFilter { customer, rep, closed, due })?;
    let cells = Cells::new(&workspace.settings, workspace.language, &*reader);
    let listing = listing(&cells, &found)?;
    let form = context.form(workspace.language);
    show_listing(&mut context.printer, form, listing)
}

/// The table of tasks, as lists and pages show it.
pub(crate) fn listing(cells: &Cells<'_>, tasks: &[Task]) -> Result<Listing> {
    let mut listing = Listing::new(vec![
        Column::whole("id", ID),
        Column::whole("due", DUE),
        Column::text("what", WHAT),
        Column::text("customer", CUSTOMER),
        Column::whole("deal", DEAL),
        Column::text("rep", REP),
        Column::whole("state", STATE),
        Column::whole("since", SINCE),
        Column::text("reason", REASON),
    ]);
    for task in tasks {
        listing.rows.push(vec![
            Cells::id(Entity::Task, task.id),
            Cells::day(Some(task.due)),
            Cells::text(Some(&task.what)),
            cells.link(Entity::Customer, task.customer.map(|id| id.0))?,
            task.deal.map_or_else(Cell::empty, |id| Cells::id(Entity::Deal, id.0)),
            cells.link(Entity::Rep, task.rep.map(|id| id.0))?,
            match task.state {
                TaskState::Open => cells.word("open", OPEN),
                TaskState::Done => cells.word("done", DONE),
                TaskState::Snoozed => cells.word("snoozed", SNOOZED),
                TaskState::Skipped => cells.word("skipped", SKIPPED),
            },
            Cells::day(task.since),
            Cells::text(task.reason.as_deref()),
        ]);
    }
    Ok(listing)
}

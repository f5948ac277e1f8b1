use std::collections::BTreeMap;

use kehu_domain::{Entity, Interaction};
use kehu_engine::records::{interactions, names};

use super::log::Facts;
use crate::cells::Cells;
use crate::context::Context;
use crate::error::Result;
use crate::locale::{
    ABOUT, AMOUNT, CHANNEL, CONTACT, CUSTOMER, DAY, DEAL, DUE, ID, KIND, KNOWN, MARGIN, MOOD,
    OUTCOME, PRODUCT, QUANTITY, REP, STATE, TEXT, TIME,
};
use crate::output::{Cell, Column, Listing, Page, show_listing, show_page};
use crate::printer::Printer;

/// Lists, shows, corrects and voids what was logged
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Args {
    List(List),
    Show(Show),
    Edit(Box<Edit>),
    Void(Void),
}

/// Lists what happened with a customer, the latest first
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// The customer, by name or id
    customer: String,
    /// Only this kind
    #[arg(long)]
    kind: Option<String>,
}

/// Shows one interaction
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu interaction show I-5
  kehu interaction show complaint --customer 武汉钢铁")]
pub(crate) struct Show {
    /// Its id, such as I-5; with --customer its kind or some of its words
    id: String,
    /// With this customer, by name or id
    #[arg(long)]
    customer: Option<String>,
}

/// Corrects an interaction: what is named is replaced, an empty text clears
///
/// The customer and the day stay. If they are wrong, void it and log it anew. With --customer a kind
/// names the one that is open, such as the complaint, or the last one, such as the call.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu interaction edit I-5 --amount 12800
  kehu interaction edit complaint --customer 武汉钢铁 --field cause=错发 --field improvement=复核
  kehu interaction edit call --customer 武汉钢铁 --mood falling
  kehu interaction edit I-5 --mood ''")]
pub(crate) struct Edit {
    /// Its id, such as I-5; with --customer its kind or some of its words
    id: String,
    /// With this customer, by name or id
    #[arg(long)]
    customer: Option<String>,
    /// What it was
    #[arg(long)]
    kind: Option<String>,
    #[command(flatten)]
    facts: Facts,
}

/// Voids an interaction that did not happen, or not so
#[derive(Debug, clap::Args)]
pub(crate) struct Void {
    /// Its id, such as I-5; with --customer its kind or some of its words
    id: String,
    /// With this customer, by name or id
    #[arg(long)]
    customer: Option<String>,
    /// Why
    #[arg(long)]
    reason: Option<String>,
}

pub(crate) fn run(context: &mut Context<'_>, args: Args) -> Result {
    match args {
        Args::List(args) => list(context, &args),
        Args::Show(args) => show(context, &args),
        Args::Edit(args) => {
            let workspace = context.open()?;
            let desk = workspace.desk();
            let facts = args.facts.facts(desk.settings, desk.act.today);
            let customer = args.customer.as_deref();
            let kind = args.kind.as_deref();
            let edited = interactions::edit(&desk, customer, &args.id, kind, &facts)?;
            Printer::talk(&format!("Corrected the {} of {}.", edited.kind, edited.happened));
            super::show_id(context, Entity::Interaction, edited.id)
        }
        Args::Void(args) => {
            let workspace = context.open()?;
            let void = interactions::void(
                &workspace.desk(),
                args.customer.as_deref(),
                &args.id,
                args.reason.as_deref(),
            )?;
            Printer::talk(&format!("Voided the {} of {}.", void.kind, void.happened));
            super::show_id(context, Entity::Interaction, void.id)
        }
    }
}

fn list(context: &mut Context<'_>, args: &List) -> Result {
    let workspace = context.open()?;
    let reader = workspace.read()?;
    let customer = names::customer(&*reader, &args.customer)?;
    let kind = args.kind.as_deref().map(|text| interactions::kind(&workspace.settings, text));
    let kind = kind.transpose()?.map(|kind| &kind.name);
    let mut found = interactions::list(&*reader, customer)?;
    show_where_threads_stand(&mut found);
    found.retain(|each| kind.is_none_or(|kind| each.kind == *kind));
    let cells = Cells::new(&workspace.settings, workspace.language, &*reader);
    let listing = listing(&cells, &found)?;
    let form = context.form(workspace.language);
    show_listing(&mut context.printer, form, listing)
}

/// Gives what begins a thread the state into which a later step has put it.
fn show_where_threads_stand(latest_first: &mut [Interaction]) {
    let mut states = BTreeMap::new();
    for each in latest_first.iter() {
        if let (Some(about), Some(state)) = (each.about, &each.state) {
            states.entry(about.0).or_insert_with(|| state.clone());
        }
    }
    for each in latest_first.iter_mut().filter(|each| each.about.is_none()) {
        if let Some(state) = states.remove(&each.id) {
            each.state = Some(state);
        }
    }
}

/// The table of interactions, as lists and pages show it.
pub(crate) fn listing(cells: &Cells<'_>, interactions: &[Interaction]) -> Result<Listing> {
    let mut listing = Listing::new(vec![
        Column::whole("id", ID),
        Column::whole("day", DAY),
        Column::whole("time", TIME),
        Column::whole("kind", KIND),
        Column::number("amount", AMOUNT),
        Column::text("rep", REP),
        Column::text("contact", CONTACT),
        Column::whole("deal", DEAL),
        Column::whole("about", ABOUT),
        Column::text("state", STATE),
        Column::text("outcome", OUTCOME),
        Column::text("mood", MOOD),
        Column::text("text", TEXT),
    ]);
    for each in interactions {
        listing.rows.push(vec![
            Cells::id(Entity::Interaction, each.id),
            Cells::day(Some(each.happened)),
            Cells::minute(each.minute),
            cells.kind(&each.kind),
            cells.money(each.amount),
            cells.link(Entity::Rep, each.rep.map(|id| id.0))?,
            cells.link(Entity::Contact, each.contact.map(|id| id.0))?,
            each.deal.map_or_else(Cell::empty, |id| Cells::id(Entity::Deal, id.0)),
            each.about.map_or_else(Cell::empty, |id| Cells::id(Entity::Interaction, id.0)),
            cells.state(&each.kind, each.state.as_deref()),
            cells.usual_word(each.outcome.as_deref()),
            cells.usual_word(each.mood.as_deref()),
            Cells::text(each.text.as_deref()),
        ]);
    }
    Ok(listing)
}

fn show(context: &mut Context<'_>, args: &Show) -> Result {
    let workspace = context.open()?;
    let reader = workspace.read()?;
    let desk = workspace.desk();
    let id = interactions::find(&desk, &*reader, args.customer.as_deref(), &args.id)?;
    let each: Interaction = names::get(&*reader, Entity::Interaction, id.0)?;
    let cells = Cells::new(&workspace.settings, workspace.language, &*reader);
    let mut facts = vec![
        (Column::whole("id", ID), Cells::id(Entity::Interaction, each.id)),
        (Column::whole("kind", KIND), cells.kind(&each.kind)),
        (Column::text("customer", CUSTOMER), cells.link(Entity::Customer, Some(each.customer.0))?),
        (Column::whole("day", DAY), Cells::day(Some(each.happened))),
        (Column::whole("time", TIME), Cells::minute(each.minute)),
        (Column::number("amount", AMOUNT), cells.money(each.amount)),
        (Column::number("margin", MARGIN), cells.money(each.margin)),
        (Column::number("quantity", QUANTITY), Cells::number(each.quantity)),
        (Column::text("rep", REP), cells.link(Entity::Rep, each.rep.map(|id| id.0))?),
        (
            Column::text("contact", CONTACT),
            cells.link(Entity::Contact, each.contact.map(|id| id.0))?,
        ),
        (Column::text("deal", DEAL), cells.link(Entity::Deal, each.deal.map(|id| id.0))?),
        (
            Column::text("product", PRODUCT),
            cells.link(Entity::Product, each.product.map(|id| id.0))?,
        ),
        (Column::text("channel", CHANNEL), cells.usual_word(each.channel.as_deref())),
        (Column::text("outcome", OUTCOME), cells.usual_word(each.outcome.as_deref())),
        (Column::text("mood", MOOD), cells.usual_word(each.mood.as_deref())),
        (
            Column::whole("about", ABOUT),
            each.about.map_or_else(Cell::empty, |id| Cells::id(Entity::Interaction, id.0)),
        ),
        (Column::text("state", STATE), cells.state(&each.kind, each.state.as_deref())),
        (Column::whole("due", DUE), Cells::day(each.due)),
        (Column::whole("known", KNOWN), Cells::day(each.known)),
        (Column::text("text", TEXT), Cells::text(each.text.as_deref())),
    ];
    for field in workspace.settings.fields_of(Entity::Interaction) {
        facts.push((cells.field_column(field), cells.field(field, &each.fields)));
    }
    let title = format!("{id}  {}  {}", cells.kind(&each.kind).show, each.happened);
    let form = context.form(workspace.language);
    show_page(&mut context.printer, form, &Page { title, facts, tables: Vec::new() })
}

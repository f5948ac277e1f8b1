use std::process::ExitCode;

use kehu_contract::Hook;
use kehu_domain::Entity;
use kehu_engine::hooks::stage;
use kehu_engine::records::deals::{self, DealChange, DealFacts, DealFilter, NewDeal};
use kehu_engine::records::moves::Move;

use super::{deal_page, deal_review, deal_said};
use crate::arguments::{DayWord, day, minute};
use crate::cells::Cells;
use crate::context::Context;
use crate::error::Result;
use crate::hooks::Asked;
use crate::output::show_listing;
use crate::printer::Printer;
use crate::workspace::Workspace;

/// Opens, moves, edits, reviews, lists, shows and assigns deals
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Args {
    Add(Box<Add>),
    Move(MoveArgs),
    Edit(Edit),
    Review(deal_review::Args),
    List(List),
    Show(Show),
    Assign(Assign),
}

/// Opens a deal; without a customer if only one word is given
///
/// The packs that are on have a say, as with kehu deal move.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu deal add 武汉钢铁 '年度合同' --amount 500000 --rep 李伟
  kehu deal add 'Trade fair lead' --on yesterday        no customer yet")]
pub(crate) struct Add {
    /// The customer, by name or id, and the deal's name; or the name alone
    #[arg(value_name = "[CUSTOMER] NAME", required = true, num_args = 1..=2)]
    words: Vec<String>,
    /// The pipeline [default: the first that kehu.toml declares]
    #[arg(long)]
    pipeline: Option<String>,
    /// The stage [default: the pipeline's first]
    #[arg(long)]
    stage: Option<String>,
    /// Why it is opened there
    #[arg(long)]
    reason: Option<String>,
    /// Opens it although packs refuse; the deal's history keeps the reason and what stood against it
    #[arg(long, requires = "reason")]
    overrule: bool,
    /// Fails if any pack does, and writes nothing
    #[arg(long)]
    strict: bool,
    /// The expected amount [default: the product's price]
    #[arg(long, allow_hyphen_values = true)]
    amount: Option<String>,
    /// Whose it is, by name or id [default: who acts]
    #[arg(long)]
    rep: Option<String>,
    /// What is to be sold, by name or id
    #[arg(long)]
    product: Option<String>,
    /// The day on which it was opened [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    on: Option<DayWord>,
    /// The day on which it is expected to close
    #[arg(long, value_name = "DAY", value_parser = day)]
    expected_close: Option<DayWord>,
    /// A field of your own; may be given several times
    #[arg(long = "field", value_name = "NAME=VALUE")]
    fields: Vec<String>,
}

/// Moves a deal to another stage
///
/// Passing over a stage, moving back, or leaving a closed stage needs a reason. Entering a won stage
/// writes one purchase, as soon as the deal has a customer. The packs that are on are asked first: a
/// warning is shown and the move is done, a refusal writes nothing unless it is overruled.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu deal move D-7 intent
  kehu deal move 年度合同 signed --amount 480000 --reason '老板当场签字'
  kehu deal move D-7 lost --reason 'tied to a competitor' --on yesterday
  kehu deal move D-7 intent --overrule --reason '总经理已同意'")]
pub(crate) struct MoveArgs {
    /// The deal, by name or id
    deal: String,
    /// The stage that it enters
    stage: String,
    /// Why
    #[arg(long)]
    reason: Option<String>,
    /// Moves it although packs refuse; the deal's history keeps the reason and what stood against it
    #[arg(long, requires = "reason")]
    overrule: bool,
    /// Fails if any pack does, and writes nothing
    #[arg(long)]
    strict: bool,
    /// The amount from now on
    #[arg(long, allow_hyphen_values = true)]
    amount: Option<String>,
    /// The day on which it happened [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    on: Option<DayWord>,
    /// The time of day
    #[arg(long, value_name = "HH:MM", value_parser = minute)]
    at: Option<u16>,
    /// Who moved it, by name or id [default: who acts]
    #[arg(long, value_name = "REP")]
    by: Option<String>,
}

/// Changes what is known of a deal: what is named is replaced, an empty text clears
///
/// Where it stands is changed by kehu deal move.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu deal edit D-7 --expected-close 2024-06-30 --amount 480000
  kehu deal edit 年度合同 --rep 王芳")]
pub(crate) struct Edit {
    /// The deal, by name or id
    deal: String,
    /// The name
    #[arg(long)]
    name: Option<String>,
    /// The expected amount
    #[arg(long, allow_hyphen_values = true)]
    amount: Option<String>,
    /// Whose it is, by name or id
    #[arg(long)]
    rep: Option<String>,
    /// What is to be sold, by name or id
    #[arg(long)]
    product: Option<String>,
    /// The day on which it is expected to close
    #[arg(long, value_name = "DAY", value_parser = day)]
    expected_close: Option<DayWord>,
    /// A field of your own; may be given several times
    #[arg(long = "field", value_name = "NAME=VALUE")]
    fields: Vec<String>,
}

/// Lists deals as they stand today
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu deal list --open --rep 李伟
  kehu deal list --no-customer
  kehu deal list --stage intent --json")]
pub(crate) struct List {
    /// Only those with this customer, by name or id
    #[arg(long, conflicts_with = "no_customer")]
    customer: Option<String>,
    /// Only those that have no customer yet
    #[arg(long)]
    no_customer: bool,
    /// Only those of this rep, by name or id
    #[arg(long)]
    rep: Option<String>,
    /// Only those in this stage
    #[arg(long)]
    stage: Option<String>,
    /// Only those that are neither won nor lost
    #[arg(long)]
    open: bool,
}

/// Shows a deal with every move: who, when, why
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The deal, by name or id
    deal: String,
}

/// Gives a deal its customer; if it is won already, its purchase is written now
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu deal assign D-7 武汉钢铁")]
pub(crate) struct Assign {
    /// The deal, by name or id
    deal: String,
    /// The customer, by name or id
    customer: String,
}

pub(crate) fn run(context: &mut Context<'_>, args: Args) -> Result<ExitCode> {
    match args {
        Args::Add(args) => return add(context, *args),
        Args::Move(args) => return move_to(context, args),
        Args::Review(args) => return deal_review::run(context, args),
        Args::Show(args) => return deal_page::show(context, &args.deal),
        Args::List(args) => list(context, args),
        Args::Edit(args) => edit(context, args),
        Args::Assign(args) => {
            let workspace = context.open()?;
            let change = deals::assign(&workspace.desk(), &args.deal, &args.customer)?;
            tell(context, &workspace, &change)
        }
    }
    .map(|()| ExitCode::SUCCESS)
}

fn add(context: &mut Context<'_>, args: Add) -> Result<ExitCode> {
    let workspace = context.open()?;
    let today = workspace.act.today;
    let mut words = args.words;
    let name = words.pop().unwrap_or_default();
    let new = NewDeal {
        customer: words.pop(),
        name,
        pipeline: args.pipeline,
        stage: args.stage,
        reason: args.reason,
        amount: args.amount,
        rep: args.rep,
        product: args.product,
        on: args.on.map(|on| on.on(today)),
        expected_close: args.expected_close.map(|on| on.on(today)),
        fields: args.fields,
    };
    workspace.strict.set(args.strict);
    let asked = Asked::find(context, &workspace, Hook::Stage)?.strictly(args.strict)?;
    let (change, heard) = stage::add(&asked.asking(&workspace), &new, args.overrule)?;
    let code = asked.tell(&heard.unheard);
    asked.refused(&heard.unheard)?;
    let Some(change) = change else { return Err(deal_said::refusal(&heard)) };
    super::tell_if_nobodys(&workspace, new.rep.is_some(), change.state.deal.rep);
    if new.pipeline.is_none() && workspace.settings.pipelines.len() > 1 {
        let taken = &change.state.deal.pipeline;
        Printer::talk(&format!("Took the pipeline {taken}; --pipeline names another one."));
    }
    deal_said::tell(&heard, args.overrule);
    tell(context, &workspace, &change)?;
    Ok(code)
}

fn move_to(context: &mut Context<'_>, args: MoveArgs) -> Result<ExitCode> {
    let workspace = context.open()?;
    let on = args.on.map(|on| on.on(workspace.act.today));
    let MoveArgs { deal, stage, reason, overrule, strict, amount, at, by, .. } = args;
    let to = Move { stage, reason, amount, on, minute: at, by };
    workspace.strict.set(strict);
    let asked = Asked::find(context, &workspace, Hook::Stage)?.strictly(strict)?;
    let (change, heard) = stage::move_to(&asked.asking(&workspace), &deal, &to, overrule)?;
    let code = asked.tell(&heard.unheard);
    asked.refused(&heard.unheard)?;
    let Some(change) = change else { return Err(deal_said::refusal(&heard)) };
    deal_said::tell(&heard, overrule);
    tell(context, &workspace, &change)?;
    Ok(code)
}

fn edit(context: &mut Context<'_>, args: Edit) -> Result {
    let workspace = context.open()?;
    let facts = DealFacts {
        name: args.name,
        amount: args.amount,
        rep: args.rep,
        product: args.product,
        expected_close: args.expected_close.map(|on| on.on(workspace.act.today)),
        fields: args.fields,
    };
    let change = deals::edit(&workspace.desk(), &args.deal, &facts)?;
    tell(context, &workspace, &change)
}

fn list(context: &mut Context<'_>, args: List) -> Result {
    let workspace = context.open()?;
    let reader = workspace.read()?;
    let List { customer, no_customer, rep, stage, open } = args;
    let filter = DealFilter { customer, without_customer: no_customer, rep, stage, open };
    let states = deals::list(&workspace.desk(), &*reader, &filter)?;
    let cells = Cells::new(&workspace.settings, workspace.language, &*reader);
    let listing = deal_page::listing(&cells, &states)?;
    let form = context.form(workspace.language);
    show_listing(&mut context.printer, form, listing)
}

/// Says where a deal stands now, and which purchase it has.
fn tell(context: &mut Context<'_>, workspace: &Workspace, change: &DealChange) -> Result {
    let reader = workspace.read()?;
    let cells = Cells::new(&workspace.settings, workspace.language, &*reader);
    let deal = &change.state.deal;
    let stage = cells.stage(&deal.pipeline, change.state.stage()).show;
    Printer::talk(&match deal.customer {
        Some(id) => {
            let customer = cells.link(Entity::Customer, Some(id.0))?.show;
            format!("{} with {customer} is in {stage}.", deal.name)
        }
        None => format!("{} is in {stage}; it has no customer yet.", deal.name),
    });
    match (change.purchase, change.earlier_purchase) {
        (Some(purchase), _) => {
            let amount = cells.money(change.state.amount()).show;
            let amount = if amount.is_empty() { "no amount".to_owned() } else { amount };
            Printer::talk(&format!("Wrote purchase {purchase} of {amount}."));
        }
        (None, Some(earlier)) => Printer::talk(&format!(
            "Purchase {earlier} stands; if it was not to be: kehu interaction void {earlier}."
        )),
        (None, None) => {}
    }
    super::show_id(context, Entity::Deal, deal.id)
}

//! What packs say of deals that stay where they are.

use std::process::ExitCode;

use kehu_contract::{Hook, Judgement, Language};
use kehu_domain::Entity;
use kehu_engine::hooks::stage::{self, Said};
use kehu_engine::records::deals::{DealFilter, DealState};
use serde_json::json;

use crate::cells::Cells;
use crate::context::Context;
use crate::error::Result;
use crate::hooks::{Asked, sentences};
use crate::locale::{
    ADVICE, AMOUNT, CUSTOMER, DAYS, DEAL, ID, JUDGEMENT, LONGEST_STAY, PACK, REP, STAGE, WHY,
    counted,
};
use crate::output::{Cell, Column, Listing, show_listing};
use crate::printer::Printer;

/// Lists the open deals of which the packs have something to say: those that stay too long, lack what
/// their stage asks for, and the like
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu deal review --rep 李伟
  kehu deal review --stage intent --all --json")]
pub(crate) struct Args {
    /// Only those with this customer, by name or id
    #[arg(long)]
    customer: Option<String>,
    /// Only those of this rep, by name or id
    #[arg(long)]
    rep: Option<String>,
    /// Only those in this stage
    #[arg(long)]
    stage: Option<String>,
    /// Those of which nothing is said, too
    #[arg(long)]
    all: bool,
}

pub(super) fn run(context: &mut Context<'_>, args: Args) -> Result<ExitCode> {
    let workspace = context.open()?;
    let reader = workspace.read()?;
    let asked = Asked::find(context, &workspace, Hook::Stage)?;
    let Args { customer, rep, stage, all } = args;
    let filter = DealFilter { customer, rep, stage, open: true, without_customer: false };
    let (deals, unheard) = stage::review(&asked.asking(&workspace), reader.as_ref(), &filter)?;
    let count = deals.len();
    let quiet = deals.iter().filter(|(_, said)| !says_something(said)).count();
    let cells = Cells::new(&workspace.settings, workspace.language, reader.as_ref());
    let mut listing = listing();
    for (state, said) in deals.iter().filter(|(_, said)| all || says_something(said)) {
        let days = state.last().map(|event| workspace.act.today.since(event.happened));
        let stage = workspace.settings.stage(&state.deal.pipeline, state.stage());
        let stays = [days, stage.and_then(|stage| stage.longest_stay)];
        listing.rows.extend(rows(&cells, state, stays, said, workspace.language)?);
    }
    let form = context.form(workspace.language);
    show_listing(&mut context.printer, form, listing)?;
    context.printer.finish()?;
    if count > 0 && !asked.answers(&workspace, Hook::Stage) {
        Printer::talk(
            "note: no pack that is on answers the hook stage, so nothing is said of any deal",
        );
    } else if quiet > 0 && !all {
        Printer::talk(&match crate::locale::spoken() {
            Language::En => {
                let deals = counted(quiet, ["open deal", "open deals"]);
                let them = if quiet == 1 { "it" } else { "them" };
                format!("nothing is said of {deals}; --all shows {them}")
            }
            Language::Zh => format!("{quiet} 个进行中的商机无可说明；--all 可查看"),
        });
    }
    Ok(asked.tell(&unheard))
}

fn says_something(said: &[Said]) -> bool {
    said.iter().any(|said| said.judgement != Judgement::Allow || !said.advice.is_empty())
}

fn listing() -> Listing {
    Listing::new(vec![
        Column::whole("id", ID),
        Column::text("deal", DEAL),
        Column::text("customer", CUSTOMER),
        Column::whole("stage", STAGE),
        Column::number("days", DAYS),
        Column::number("longest_stay", LONGEST_STAY),
        Column::number("amount", AMOUNT),
        Column::text("rep", REP),
        Column::text("pack", PACK),
        Column::whole("judgement", JUDGEMENT),
        Column::beneath("why", WHY),
        Column::beneath("advice", ADVICE),
    ])
}

/// A deal's rows: one for each pack that says something, or one without.
fn rows(
    cells: &Cells<'_>,
    state: &DealState,
    [days, longest]: [Option<i32>; 2],
    said: &[Said],
    language: Language,
) -> Result<Vec<Vec<Cell>>> {
    let deal = &state.deal;
    let facts = vec![
        Cells::id(Entity::Deal, deal.id),
        Cells::text(Some(&deal.name)),
        cells.link(Entity::Customer, deal.customer.map(|id| id.0))?,
        cells.stage(&deal.pipeline, state.stage()),
        Cells::number(days.map(f64::from)),
        Cells::number(longest.map(f64::from)),
        cells.money(state.amount()),
        cells.link(Entity::Rep, deal.rep.map(|id| id.0))?,
    ];
    let told = |said: &Said| {
        let mut row = facts.clone();
        row.extend(said_cells(cells, said, language));
        row
    };
    if said.is_empty() {
        let mut row = facts.clone();
        row.extend((0..4).map(|_| Cell::empty()));
        return Ok(vec![row]);
    }
    Ok(said.iter().map(told).collect())
}

/// What a pack says, as cells: pack, judgement, why, advice.
pub(super) fn said_cells(cells: &Cells<'_>, said: &Said, language: Language) -> [Cell; 4] {
    // There is nothing to refuse where a deal stays: it is a warning.
    let word = match said.judgement {
        Judgement::Allow => "allow",
        Judgement::Warn | Judgement::Refuse => "warn",
    };
    let reasons = |because: &[_]| Cell { show: sentences(because, language), json: json!(because) };
    [
        Cell::text(&said.pack),
        cells.usual_word(Some(word)),
        reasons(&said.because),
        reasons(&said.advice),
    ]
}

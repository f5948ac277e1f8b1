//! The tables and the page of deals.

use std::process::ExitCode;

use kehu_contract::{Hook, Language};
use kehu_domain::{DealId, Entity, StageRole};
use kehu_engine::hooks::stage::Said;
use kehu_engine::records::deals::{self, DealState};
use kehu_engine::records::names;

use super::deal_review::said_cells;
use crate::cells::Cells;
use crate::context::Context;
use crate::error::Result;
use crate::hooks::Asked;
use crate::locale::{
    ADVICE, AMOUNT, BY, CUSTOMER, DAY, EVENTS, EXPECTED_CLOSE, ID, JUDGEMENT, KNOWN, NAME,
    OVERRULED, OWNER_ROLE, PACK, PACKS_SAY, PIPELINE, PRODUCT, REASON, REP, SINCE, STAGE, TIME,
    WHY,
};
use crate::output::{Column, Listing, Page, show_page};

/// The table of deals, as lists and pages show it.
pub(crate) fn listing(cells: &Cells<'_>, states: &[DealState]) -> Result<Listing> {
    let mut listing = Listing::new(vec![
        Column::whole("id", ID),
        Column::text("name", NAME),
        Column::text("customer", CUSTOMER),
        Column::text("pipeline", PIPELINE),
        Column::whole("stage", STAGE),
        Column::whole("since", SINCE),
        Column::number("amount", AMOUNT),
        Column::text("rep", REP),
        Column::whole("expected_close", EXPECTED_CLOSE),
    ]);
    for state in states {
        let deal = &state.deal;
        listing.rows.push(vec![
            Cells::id(Entity::Deal, deal.id),
            Cells::text(Some(&deal.name)),
            cells.link(Entity::Customer, deal.customer.map(|id| id.0))?,
            cells.pipeline(&deal.pipeline),
            cells.stage(&deal.pipeline, state.stage()),
            Cells::day(state.last().map(|event| event.happened)),
            cells.money(state.amount()),
            cells.link(Entity::Rep, deal.rep.map(|id| id.0))?,
            Cells::day(deal.expected_close),
        ]);
    }
    Ok(listing)
}

/// Shows a deal with every event: who, when, why; and what the packs say of one that is open.
pub(crate) fn show(context: &mut Context<'_>, deal: &str) -> Result<ExitCode> {
    let workspace = context.open()?;
    let reader = workspace.read()?;
    let id = names::deal(&*reader, deal)?;
    let state = deals::state(&workspace.desk(), &*reader, id)?;
    let cells = Cells::new(&workspace.settings, workspace.language, &*reader);
    let deal = &state.deal;
    let pipeline = workspace.settings.pipeline(&deal.pipeline);
    let stage = pipeline.and_then(|pipeline| pipeline.stage(state.stage()));
    let owner_role = stage.and_then(|stage| stage.owner_role.as_deref());
    let mut facts = vec![
        (Column::whole("id", ID), Cells::id(Entity::Deal, deal.id)),
        (Column::text("name", NAME), Cells::text(Some(&deal.name))),
        (
            Column::text("customer", CUSTOMER),
            cells.link(Entity::Customer, deal.customer.map(|id| id.0))?,
        ),
        (Column::text("pipeline", PIPELINE), cells.pipeline(&deal.pipeline)),
        (Column::whole("stage", STAGE), cells.stage(&deal.pipeline, state.stage())),
        (Column::text("owner_role", OWNER_ROLE), Cells::text(owner_role)),
        (Column::number("amount", AMOUNT), cells.money(state.amount())),
        (Column::text("rep", REP), cells.link(Entity::Rep, deal.rep.map(|id| id.0))?),
        (
            Column::text("product", PRODUCT),
            cells.link(Entity::Product, deal.product.map(|id| id.0))?,
        ),
        (Column::whole("expected_close", EXPECTED_CLOSE), Cells::day(deal.expected_close)),
    ];
    for field in workspace.settings.fields_of(Entity::Deal) {
        facts.push((cells.field_column(field), cells.field(field, &deal.fields)));
    }
    let mut tables = vec![("events", EVENTS, events(&cells, &state)?, 0)];
    let mut code = ExitCode::SUCCESS;
    if state.role(&workspace.settings) == StageRole::Open {
        let asked = Asked::find(context, &workspace, Hook::Stage)?;
        let states = std::slice::from_ref(&state);
        let (said, unheard) = asked.asking(&workspace).about_stays(&*reader, states)?;
        code = asked.tell(&unheard);
        if asked.answers(&workspace, Hook::Stage) {
            let said = said.into_iter().flatten();
            tables.push(("said", PACKS_SAY, advice(&cells, said, workspace.language), 0));
        }
    }
    let title = format!("{}  {}", DealId(deal.id), deal.name);
    let form = context.form(workspace.language);
    show_page(&mut context.printer, form, &Page { title, facts, tables })?;
    Ok(code)
}

/// What packs say of a deal that stays where it is.
fn advice(cells: &Cells<'_>, said: impl Iterator<Item = Said>, language: Language) -> Listing {
    let mut listing = Listing::new(vec![
        Column::text("pack", PACK),
        Column::whole("judgement", JUDGEMENT),
        Column::beneath("why", WHY),
        Column::beneath("advice", ADVICE),
    ]);
    listing.rows.extend(said.map(|said| said_cells(cells, &said, language).to_vec()));
    listing
}

fn events(cells: &Cells<'_>, state: &DealState) -> Result<Listing> {
    let mut listing = Listing::new(vec![
        Column::whole("day", DAY),
        Column::whole("time", TIME),
        Column::whole("stage", STAGE),
        Column::text("by", BY),
        Column::number("amount", AMOUNT),
        Column::text("reason", REASON),
        Column::text("overruled", OVERRULED),
        Column::whole("known", KNOWN),
    ]);
    for event in &state.events {
        listing.rows.push(vec![
            Cells::day(Some(event.happened)),
            Cells::minute(event.minute),
            cells.stage(&state.deal.pipeline, &event.stage),
            cells.link(Entity::Rep, event.by.map(|id| id.0))?,
            cells.money(event.amount),
            Cells::text(event.reason.as_deref()),
            Cells::text(event.overruled.as_deref()),
            Cells::day(event.known),
        ]);
    }
    Ok(listing)
}

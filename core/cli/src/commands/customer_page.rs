//! The page of one customer.

use kehu_contract::{ColumnType, Hook, Language};
use kehu_domain::CustomerId;
use kehu_engine::records::{names, page};
use kehu_engine::score::{self, RunView};
use kehu_store::{Reader, RunColumn, StoredRun};

use super::{contact, customer_columns, deal_page, interaction, task};
use crate::cells::Cells;
use crate::context::Context;
use crate::error::Result;
use crate::locale::{AS_OF, COLUMN, SCORES, VALUE};
use crate::locale::{CONTACTS, LAST_INTERACTIONS, OPEN_DEALS, OPEN_TASKS};
use crate::output::{Cell, Column, Listing, Page, show_page};
use crate::runs;

/// How many interactions a page shows.
const INTERACTIONS: usize = 10;

pub(crate) fn show(context: &mut Context<'_>, customer: &str) -> Result {
    let workspace = context.open()?;
    let desk = workspace.desk();
    let reader = workspace.read()?;
    let id = names::customer(&*reader, customer)?;
    let page = page::of(&desk, &*reader, id)?;
    let cells = Cells::new(&workspace.settings, workspace.language, &*reader);
    let columns = customer_columns::all(&workspace.settings, &cells);
    let facts: Result<Vec<_>> = columns
        .iter()
        .map(|each| Ok((each.column.clone(), (each.cell)(&page.customer)?)))
        .collect();
    let shown = page.interactions.len().min(context.globals.limit.unwrap_or(INTERACTIONS));
    let mut contacts = contact::listing(&cells, &page.contacts)?;
    let mut tasks = task::listing(&cells, &page.tasks)?;
    let mut deals = deal_page::listing(&cells, &page.open_deals)?;
    for table in [&mut contacts, &mut tasks, &mut deals] {
        table.remove("customer");
    }
    let interactions = interaction::listing(&cells, &page.interactions[..shown])?;
    let hidden = page.interactions.len() - shown;
    let page = Page {
        title: format!("{}  {}", CustomerId(page.customer.id), page.customer.name),
        facts: facts?,
        tables: vec![
            ("scores", SCORES, scores(&*reader, &cells, id, workspace.language)?, 0),
            ("contacts", CONTACTS, contacts, 0),
            ("open_deals", OPEN_DEALS, deals, 0),
            ("interactions", LAST_INTERACTIONS, interactions, hidden),
            ("tasks", OPEN_TASKS, tasks, 0),
        ],
    };
    let form = context.form(workspace.language);
    show_page(&mut context.printer, form, &page)
}

/// What the latest run says of a customer: its labels, and the figures that they rest on.
fn scores(
    reader: &dyn Reader,
    cells: &Cells<'_>,
    customer: CustomerId,
    language: Language,
) -> Result<Listing> {
    let mut listing = Listing::new(vec![
        Column::text("column", COLUMN),
        Column::text("value", VALUE),
        Column::whole("as_of", AS_OF),
    ]);
    let Some(header) = score::find_run(reader, None, None)? else { return Ok(listing) };
    let run = RunView::stored(header, reader);
    for column in run.header().columns.iter().filter(|column| is_main(column, run.header())) {
        let value = run.value(&column.info.name, customer)?;
        let value = runs::cell(cells, &value, column.info.kind == ColumnType::Money);
        let label = column.values.iter().find(|label| label.key == value.show);
        let title = label.map(|label| label.text.get(language).to_owned());
        let show = title.unwrap_or_else(|| value.show.clone());
        if !show.is_empty() {
            let name = Cell {
                show: runs::column_title(column, language),
                json: column.info.name.as_str().into(),
            };
            listing.rows.push(vec![name, Cell { show, ..value }, Cells::day(Some(run.as_of()))]);
        }
    }
    Ok(listing)
}

/// True for a label of a scoring step, and for a number that a label of the same pack is made from.
fn is_main(column: &RunColumn, run: &StoredRun) -> bool {
    let Some((pack, step)) = &column.given_by else { return false };
    if step == Hook::VisitNeed.name() {
        return false;
    }
    let rests_on_it = |label: &RunColumn| {
        let same_pack = label.given_by.as_ref().is_some_and(|(giver, _)| giver == pack);
        let is_label = label.info.kind == ColumnType::Label;
        is_label && same_pack && label.inputs.contains(&column.info.name)
    };
    column.info.kind == ColumnType::Label || run.columns.iter().any(rests_on_it)
}

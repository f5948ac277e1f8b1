//! The page of one customer.

use kehu_domain::CustomerId;
use kehu_engine::records::{names, page};

use super::{contact, customer_columns, deal_page, interaction, task};
use crate::cells::Cells;
use crate::context::Context;
use crate::error::Result;
use crate::locale::{CONTACTS, LAST_INTERACTIONS, OPEN_DEALS, OPEN_TASKS};
use crate::output::{Page, show_page};

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
            ("contacts", CONTACTS, contacts, 0),
            ("open_deals", OPEN_DEALS, deals, 0),
            ("interactions", LAST_INTERACTIONS, interactions, hidden),
            ("tasks", OPEN_TASKS, tasks, 0),
        ],
    };
    let form = context.form(workspace.language);
    show_page(&mut context.printer, form, &page)
}

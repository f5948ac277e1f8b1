//! The facts and fields of customers as columns, each with the way to its value.

use kehu_domain::{Customer, CustomerType, Entity};
use kehu_engine::settings::Settings;
use serde_json::json;

use crate::cells::Cells;
use crate::error::Result;
use crate::locale::{
    ARCHIVED, BIRTHDAY, CONSENT, EMAIL, EXTERNAL_IDS, ID, KNOWN, LAT, LON, NAME, ORGANISATION,
    OWNER, PARENT, PERSON, PHONE, PLACE, SOURCE, TAGS, TYPE,
};
use crate::output::{Cell, Column};

/// What is shown where nothing is asked for.
pub(crate) const USUAL: [&str; 5] = ["id", "name", "owner", "place", "tags"];

type Get<'a> = Box<dyn Fn(&Customer) -> Result<Cell> + 'a>;

/// Holds a column and the way from a customer to its value.
pub(crate) struct CustomerColumn<'a> {
    pub(crate) column: Column,
    pub(crate) cell: Get<'a>,
}

/// All columns that there are, facts first, then the fields that the workspace declares.
pub(crate) fn all<'a>(settings: &'a Settings, cells: &'a Cells<'a>) -> Vec<CustomerColumn<'a>> {
    let mut columns = facts(cells);
    for field in settings.fields_of(Entity::Customer) {
        columns.push(CustomerColumn {
            column: cells.field_column(field),
            cell: Box::new(move |customer| Ok(cells.field(field, &customer.fields))),
        });
    }
    columns
}

fn facts<'a>(cells: &'a Cells<'a>) -> Vec<CustomerColumn<'a>> {
    fn of<'a>(column: Column, cell: impl Fn(&Customer) -> Result<Cell> + 'a) -> CustomerColumn<'a> {
        CustomerColumn { column, cell: Box::new(cell) }
    }
    let text = |text: &Option<String>| Ok(Cells::text(text.as_deref()));
    vec![
        of(Column::whole("id", ID), |each| Ok(Cells::id(Entity::Customer, each.id))),
        of(Column::text("name", NAME), |each| Ok(Cells::text(Some(&each.name)))),
        of(Column::whole("type", TYPE), |each| {
            Ok(match each.kind {
                CustomerType::Organisation => cells.word("organisation", ORGANISATION),
                CustomerType::Person => cells.word("person", PERSON),
            })
        }),
        of(Column::text("owner", OWNER), |each| cells.link(Entity::Rep, each.owner.map(|id| id.0))),
        of(Column::text("place", PLACE), move |each| text(&each.place)),
        of(Column::number("lat", LAT), |each| Ok(Cells::number(each.lat))),
        of(Column::number("lon", LON), |each| Ok(Cells::number(each.lon))),
        of(Column::text("phone", PHONE), move |each| text(&each.phone)),
        of(Column::text("email", EMAIL), move |each| text(&each.email)),
        of(Column::whole("birthday", BIRTHDAY), |each| Ok(Cells::day(each.birthday))),
        of(Column::text("parent", PARENT), |each| {
            cells.link(Entity::Customer, each.parent.map(|id| id.0))
        }),
        of(Column::text("source", SOURCE), |each| Ok(cells.usual_word(each.source.as_deref()))),
        of(Column::whole("consent", CONSENT), |each| Ok(cells.flag(each.consent))),
        of(Column::text("tags", TAGS), |each| Ok(Cells::list(&each.tags))),
        of(Column::text("external_ids", EXTERNAL_IDS), |each| Ok(external_ids(each))),
        of(Column::whole("archived", ARCHIVED), |each| Ok(Cells::day(each.archived))),
        of(Column::whole("known", KNOWN), |each| Ok(Cells::day(each.known))),
    ]
}

fn external_ids(customer: &Customer) -> Cell {
    let shown: Vec<String> =
        customer.external_ids.iter().map(|(system, id)| format!("{system}={id}")).collect();
    Cell { show: shown.join(", "), json: json!(customer.external_ids) }
}

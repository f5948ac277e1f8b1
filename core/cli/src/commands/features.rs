use kehu_engine::features::Catalogue;

use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::locale;
use crate::output::{Cell, Column, Listing, show_listing};
use crate::packs;

/// Lists the features: what is counted, summed or dated for every customer
///
/// Features come from the core, from the kinds of interaction and the custom fields of kehu.toml, and
/// from the packs that are on. They can be named in needs of packs and in customer list --where.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

pub(crate) fn run(context: &mut Context<'_>, _: &Args) -> Result {
    let workspace = context.open()?;
    let packs = packs::enabled(&workspace, context.shipped)?;
    let catalogue = Catalogue::new(&workspace.settings, &packs.manifests()).map_err(|errors| {
        CommandError::failed(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })?;
    let mut listing = Listing::new(vec![
        Column::whole("name", locale::NAME),
        Column::whole("type", locale::TYPE),
        Column::whole("unit", locale::UNIT),
        Column::whole("pack", locale::PACK),
        Column::text("doc", locale::MEANING),
    ]);
    let form = context.form(workspace.language);
    for declared in catalogue.declared() {
        let info = &declared.info;
        listing.rows.push(vec![
            Cell::text(&info.name),
            Cell::text(info.kind.name()),
            Cell::text(&info.unit),
            declared.pack.as_ref().map_or_else(Cell::empty, Cell::text),
            Cell::text(info.doc.get(form.language)),
        ]);
    }
    show_listing(&mut context.printer, form, listing)
}

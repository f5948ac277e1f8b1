use kehu_domain::{Day, Entity, Override};
use kehu_engine::records::names;
use kehu_engine::score::{given_columns, overrides};
use kehu_store::Store as _;

use crate::arguments::{DayWord, day};
use crate::cells::Cells;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::locale;
use crate::output::{Cell, Column, Listing, show_listing};
use crate::packs;
use crate::printer::Printer;
use crate::workspace::Workspace;

/// Puts your word in place of a pack's value, visibly and with a reason
///
/// It counts from today until the given day in every run of those days; later steps see it, and explain
/// shows it beside what the pack said. Without arguments, lists the overrides that there are.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu override 武汉钢铁 tier A --until 2025-12-31 --reason 'reference customer of the region'
  kehu override")]
pub(crate) struct Args {
    /// The customer, by name or id
    #[arg(requires = "value")]
    customer: Option<String>,
    /// The column, such as tier
    column: Option<String>,
    /// The value that counts instead
    #[arg(requires = "reason")]
    value: Option<String>,
    /// The last day on which it counts [default: it counts for good]
    #[arg(long, value_name = "DAY", value_parser = day)]
    until: Option<DayWord>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let workspace = context.open()?;
    match (&args.customer, &args.column, &args.value, &args.reason) {
        (Some(customer), Some(column), Some(value), Some(reason)) => {
            add(context, &workspace, args, [customer, column, value, reason])
        }
        _ => list(context, &workspace),
    }
}

fn add(
    context: &Context<'_>,
    workspace: &Workspace,
    args: &Args,
    [customer, column, value, reason]: [&String; 4],
) -> Result {
    let packs = packs::enabled(workspace, context.shipped)?;
    let columns = given_columns(&packs, &workspace.settings);
    let Some(known) = columns.iter().find(|each| each.info.name == *column) else {
        let names = columns.iter().map(|column| column.info.name.as_str());
        return Err(CommandError::usage(format!("no pack that is on gives \"{column}\""))
            .hint(kehu_contract::did_you_mean(column, names)));
    };
    overrides::check(known, value).map_err(|error| {
        let (message, hint) = error.split_once("; ").unwrap_or((&error, ""));
        let page = CommandError::usage(message);
        if hint.is_empty() { page } else { page.hint(hint) }
    })?;
    if reason.trim().is_empty() {
        return Err(CommandError::usage("--reason is empty").hint("say why your word counts"));
    }
    let today = workspace.act.today;
    let until: Option<Day> = args.until.map(|word| word.on(today));
    if until.is_some_and(|until| until < today) {
        return Err(CommandError::usage("--until has passed: the override would never count"));
    }
    let reader = workspace.read()?;
    let customer = names::customer(reader.as_ref(), customer)?;
    let name = names::Directory::new(reader.as_ref()).name(Entity::Customer, customer.0)?;
    let record = Override {
        id: 0,
        customer,
        column: column.clone(),
        value: value.clone(),
        until,
        reason: reason.clone(),
        by: workspace.act.by.clone(),
        known: today,
    };
    let mut draft = workspace.desk().draft("override");
    draft.summary = format!("override {column} of {name} ({customer}) with {value}");
    let mut writer = workspace.store.write(&draft)?;
    writer.put(&record.into(), today)?;
    writer.commit()?;
    Printer::talk(&format!(
        "{column} of {name} is {value} in every run as of {today} or later; next: kehu score"
    ));
    Ok(())
}

fn list(context: &mut Context<'_>, workspace: &Workspace) -> Result {
    let reader = workspace.read()?;
    let mut listing = Listing::new(vec![
        Column::whole("id", locale::ID),
        Column::text("customer", locale::CUSTOMER),
        Column::whole("column", locale::COLUMN),
        Column::whole("value", locale::VALUE),
        Column::whole("known", locale::SINCE),
        Column::whole("until", locale::UNTIL),
        Column::text("by", locale::BY),
        Column::text("reason", locale::REASON),
    ]);
    let mut found = Vec::new();
    reader.each(Entity::Override, None, &mut |record| {
        found.extend(Override::try_from(record).ok());
        Ok(())
    })?;
    let cells = Cells::new(&workspace.settings, workspace.language, reader.as_ref());
    for each in found {
        listing.rows.push(vec![
            Cells::id(Entity::Override, each.id),
            cells.link(Entity::Customer, Some(each.customer.0))?,
            Cell::text(each.column),
            Cell::text(each.value),
            Cells::day(Some(each.known)),
            Cells::day(each.until),
            Cell::text(each.by),
            Cell::text(each.reason),
        ]);
    }
    let form = context.form(workspace.language);
    show_listing(&mut context.printer, form, listing)
}

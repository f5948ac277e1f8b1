use kehu_domain::{CustomerId, Day, Entity, Override};
use kehu_engine::records::names;
use kehu_engine::score::{given_columns, overrides};
use kehu_store::{Reader, Store as _};

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
/// shows it beside what the pack said. A new one for the same customer and column replaces the one
/// before, and --end takes it out from today on. Without arguments, lists the overrides that there are.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu override 武汉钢铁 tier A --until 2025-12-31 --reason 'reference customer of the region'
  kehu override 武汉钢铁 tier --end
  kehu override list")]
pub(crate) struct Args {
    /// The customer, by name or id; or the word list
    customer: Option<String>,
    /// The column, such as tier
    column: Option<String>,
    /// The value that counts instead
    #[arg(requires = "reason", conflicts_with = "end")]
    value: Option<String>,
    /// The last day on which it counts [default: it counts for good]
    #[arg(long, value_name = "DAY", value_parser = day, requires = "value")]
    until: Option<DayWord>,
    /// Ends the override that counts: from today on the pack's value does
    #[arg(long, requires = "column")]
    end: bool,
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
        (Some(customer), Some(column), None, _) if args.end => {
            end(&workspace, customer, column, args.reason.as_deref())
        }
        (Some(_), Some(column), ..) => {
            let message = format!("the value that counts instead of {column} is missing");
            Err(CommandError::usage(message)
                .hint("write for example: kehu override NAME tier A --reason TEXT")
                .hint("to end one: kehu override NAME tier --end"))
        }
        (Some(customer), ..) if customer != "list" => {
            let reader = workspace.read()?;
            let customer = names::customer(reader.as_ref(), customer)?;
            list(context, &workspace, Some(customer))
        }
        _ => list(context, &workspace, None),
    }
}

/// The override of a customer and column that counts today.
fn counting_now(
    workspace: &Workspace,
    reader: &dyn Reader,
    customer: CustomerId,
    column: &str,
) -> Result<Option<Override>> {
    let counting = overrides::counting(reader, workspace.act.today)?;
    Ok(counting.into_iter().find(|each| each.customer == customer && each.column == column))
}

fn end(workspace: &Workspace, customer: &str, column: &str, reason: Option<&str>) -> Result {
    let today = workspace.act.today;
    let reader = workspace.read()?;
    let customer = names::customer(reader.as_ref(), customer)?;
    let name = names::Directory::new(reader.as_ref()).name(Entity::Customer, customer.0)?;
    let Some(found) = counting_now(workspace, reader.as_ref(), customer, column)? else {
        let message = format!("no override of {column} of {name} counts today");
        return Err(CommandError::failed(message).hint("kehu override list shows which there are"));
    };
    let ended = Override { until: Some(today.plus_days(-1)), ..found };
    let mut draft = workspace.desk().draft("override");
    let why = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    draft.summary = format!("ended the override of {column} of {name} ({customer}){why}");
    let mut writer = workspace.store.write(&draft)?;
    writer.put(&ended.into(), today)?;
    writer.commit()?;
    Printer::talk(&format!(
        "{column} of {name} is the pack's again in every run as of {today} or later; next: kehu score"
    ));
    Ok(())
}

fn add(
    context: &Context<'_>,
    workspace: &Workspace,
    args: &Args,
    [customer, column, value, reason]: [&String; 4],
) -> Result {
    check(context, workspace, column, value)?;
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
    let before = counting_now(workspace, reader.as_ref(), customer, column)?;
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
    let days = until.map_or("or later".to_owned(), |until| format!("to {until}"));
    Printer::talk(&format!(
        "{column} of {name} is {value} in every run as of {today} {days}; next: kehu score"
    ));
    if let Some(before) = before {
        let id = names::show_id(Entity::Override, before.id);
        Printer::talk(&format!("It replaces {id}: {} ({})", before.value, before.reason));
    }
    Ok(())
}

/// Checks that a pack gives a column, and that it may have a value.
fn check(context: &Context<'_>, workspace: &Workspace, column: &str, value: &str) -> Result {
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
    })
}

fn list(context: &mut Context<'_>, workspace: &Workspace, customer: Option<CustomerId>) -> Result {
    let reader = workspace.read()?;
    let counting = overrides::counting(reader.as_ref(), workspace.act.today)?;
    let mut listing = Listing::new(vec![
        Column::whole("id", locale::ID),
        Column::text("customer", locale::CUSTOMER),
        Column::whole("column", locale::COLUMN),
        Column::whole("value", locale::VALUE),
        Column::whole("counts", locale::COUNTS),
        Column::whole("known", locale::SINCE),
        Column::whole("until", locale::UNTIL),
        Column::text("by", locale::BY),
        Column::text("reason", locale::REASON),
    ]);
    let mut found = Vec::new();
    reader.each(Entity::Override, customer, &mut |record| {
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
            cells.flag(Some(counting.iter().any(|counts| counts.id == each.id))),
            Cells::day(Some(each.known)),
            Cells::day(each.until),
            Cell::text(each.by),
            Cell::text(each.reason),
        ]);
    }
    let form = context.form(workspace.language);
    show_listing(&mut context.printer, form, listing)
}

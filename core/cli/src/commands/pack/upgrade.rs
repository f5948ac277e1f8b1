use std::path::PathBuf;

use kehu_contract::Value;
use kehu_domain::Entity;
use kehu_engine::packs::{PackSet, checked_settings};
use kehu_engine::records::names;
use kehu_engine::score::{self, Given, Shift, show_number, show_value};
use kehu_engine::settings::Settings;
use serde_json::json;

use super::difference::{self, Side};
use super::{add, diff, incoming, install, words};
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::locale;
use crate::lock::{self, LOCK, LockedPack};
use crate::output::{Cell, Column, Form, Listing, show_json, show_listing};
use crate::packs::locked::{self, Locks, Standing};
use crate::packs::sources::{self, FOLDER};
use crate::packs::{self, Located};
use crate::printer::Printer;
use crate::runs;
use crate::workspace::{Workspace, seen_from};

/// How many ways in which a column changes are shown.
const WAYS: usize = 12;

/// Puts another version of a pack in the place of the one in the workspace
///
/// What it would change is shown first: what the pack promises, the workspace's settings that would no longer fit,
/// and, where the pack is on, for how many customers which value would be another today. The folder, and the lock with
/// it, change in one step or not at all.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu pack upgrade credit-risk ../shared/credit-risk --dry-run
  kehu pack upgrade credit-risk ../shared/credit-risk")]
pub(crate) struct Args {
    /// The pack
    #[arg(value_name = "NAME")]
    name: String,
    /// The folder of the other version, or one script that carries its manifest
    #[arg(value_name = "DIR|FILE")]
    from: PathBuf,
    /// Shows what would change, and changes nothing
    #[arg(long)]
    dry_run: bool,
    /// Upgrades even if settings would no longer fit, or the pack was edited or never locked
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let workspace = context.open()?;
    install::mend(&workspace.root)?;
    let old = own(&workspace, args)?;
    let new = incoming::read(&args.from)?;
    let called = &new.factory.manifest().name;
    if *called != args.name {
        let message = format!("{} holds the pack \"{called}\"", args.from.display());
        return Err(CommandError::failed(message)
            .hint(format!("to add it beside: kehu pack add {}", args.from.display())));
    }
    add::sound(context, &workspace, &new).map_err(|error| error.hint("nothing was changed"))?;
    let misfits = checked_settings(new.factory.manifest(), &workspace.settings).err();
    let is_on = workspace.settings.packs_on.contains(&args.name);
    let shifts = match (&misfits, is_on) {
        (None, true) => {
            let (after, settings) = add::fits(context, &workspace, &new)
                .map_err(|error| error.hint("nothing was changed"))?;
            let before = packs::enabled(&workspace, context.shipped)?;
            let before = given(context, &workspace, &workspace.settings, &before)?;
            Some(score::compare(&before, &given(context, &workspace, &settings, &after)?))
        }
        _ => None,
    };
    show(context, &workspace, [&old, &new], shifts.as_deref(), misfits.as_deref())?;
    let misfits = misfits.map(CommandError::from);
    if args.dry_run {
        if let Some(misfits) = misfits {
            context.printer.finish()?;
            Printer::talk("note: these settings of the workspace would no longer fit:");
            context.printer.error(&misfits);
        }
        Printer::talk("Nothing was written: this was a dry run.");
        return Ok(());
    }
    match misfits {
        Some(misfits) if !args.force => Err(misfits
            .hint("nothing was changed: these settings of the workspace would no longer fit")
            .hint("to upgrade all the same, and mend kehu.toml after it: --force")),
        _ => replace(&workspace, args, &new),
    }
}

/// The pack that lies in the workspace itself; one that holds work of somebody's is only replaced by force.
fn own(workspace: &Workspace, args: &Args) -> Result<Located> {
    let name = &args.name;
    let own = sources::all(workspace, &[])?
        .into_iter()
        .find(|each| each.name == *name && each.origin == kehu_contract::Origin::Workspace);
    let Some(source) = own else {
        let message = format!("{FOLDER} has no pack \"{name}\"");
        let hint = format!(
            "to put one in front of others of its name: kehu pack add {}",
            args.from.display()
        );
        return Err(CommandError::failed(message).hint(hint));
    };
    let kept = match Locks::read(workspace)?.standing(&source) {
        Standing::AsLocked => None,
        Standing::NotLocked => Some(format!("{FOLDER}/{name} was never locked")),
        Standing::Edited(edits) => Some(locked::told(&format!("{FOLDER}/{name}"), &edits)),
    };
    match kept {
        Some(why) if !args.force && !args.dry_run => Err(CommandError::failed(why)
            .hint("nothing was changed, since its text may be nowhere else")
            .hint("to see what is different: --dry-run; to upgrade all the same: --force")),
        Some(why) => {
            Printer::talk(&format!("note: {why}"));
            Located::script(source)
        }
        None => Located::script(source),
    }
}

fn replace(workspace: &Workspace, args: &Args, new: &Located) -> Result {
    let name = &args.name;
    let mut lock = lock::read(&workspace.root)?;
    let version = new.factory.manifest().version.clone();
    let before = lock.packs.insert(
        name.clone(),
        LockedPack {
            version: version.clone(),
            source: seen_from(&workspace.root, &args.from),
            files: locked::hashes(&new.files),
        },
    );
    let staged = install::stage(&workspace.root, name, &new.files)?;
    let lock = lock::prepare(&workspace.root, &lock)?;
    let put = staged.put()?;
    lock.put()?;
    put.keep();
    let before = before.map(|locked| locked.version).unwrap_or_default();
    Printer::talk(&format!(
        "Upgraded {name} from {before} to {version}, pinned in {LOCK}; next: kehu score"
    ));
    Ok(())
}

/// What packs give today. Only that is kept of a run: two whole ones may not fit into memory.
fn given(
    context: &Context<'_>,
    workspace: &Workspace,
    settings: &Settings,
    packs: &PackSet,
) -> Result<Given> {
    let (run, _) =
        runs::compute_with(context, workspace, settings, packs, workspace.act.today, None)?;
    Ok(Given::of(&run)?)
}

fn show(
    context: &mut Context<'_>,
    workspace: &Workspace,
    [old, new]: [&Located; 2],
    shifts: Option<&[Shift]>,
    misfits: Option<&[kehu_contract::document::Problem]>,
) -> Result {
    let form = context.form(workspace.language);
    let (before, after) = (Side::of(workspace, old)?, Side::of(workspace, new)?);
    let listing = difference::promises(&before, &after, form.language);
    let changes = shifts.map(|shifts| changes(workspace, shifts)).transpose()?;
    if form.json {
        let misfits: Vec<String> =
            misfits.unwrap_or_default().iter().map(ToString::to_string).collect();
        return show_json(
            &mut context.printer,
            json!({
                "from": before.shown(),
                "to": after.shown(),
                "differences": listing.json(),
                "settings_that_no_longer_fit": misfits,
                "customers": changes.as_ref().map(Listing::json),
            }),
        );
    }
    context.printer.heading(&format!("{} → {}", before.shown(), after.shown()))?;
    if listing.rows.is_empty() {
        Printer::talk("What it promises stays as it is.");
    }
    diff::show_differences(context, form.language, listing)?;
    match changes {
        None => Ok(()),
        Some(changes) if changes.rows.is_empty() => {
            Printer::talk("No customer's value would be another today.");
            Ok(())
        }
        Some(changes) => {
            context.printer.line("")?;
            context.printer.heading(words::WHOM.get(form.language))?;
            show_listing(&mut context.printer, Form { limit: None, ..form }, changes)
        }
    }
}

/// The shifts as a table: the commonest ways of each column.
fn changes(workspace: &Workspace, shifts: &[Shift]) -> Result<Listing> {
    let reader = workspace.read()?;
    let mut listing = Listing::new(vec![
        Column::whole("column", locale::COLUMN),
        Column::number("customers", locale::CUSTOMERS),
        Column::whole("from", words::BEFORE),
        Column::whole("to", words::AFTER),
        Column::text("examples", words::SUCH_AS),
    ]);
    for shifts in shifts.chunk_by(|one, next| one.column.name == next.column.name) {
        for shift in shifts.iter().take(WAYS) {
            let mut named = Vec::new();
            for (id, ..) in &shift.examples {
                let record = reader.get(Entity::Customer, id.0)?;
                named.extend(record.map(|record| names::name_of(&record).to_owned()));
            }
            listing.rows.push(vec![
                Cell::text(&shift.column.name),
                Cell { show: shift.customers.to_string(), json: shift.customers.into() },
                value(&shift.from),
                value(&shift.to),
                Cell { show: named.join(", "), json: json!(named) },
            ]);
        }
    }
    Ok(listing)
}

fn value(value: &Value) -> Cell {
    match value {
        Value::Number(number) => Cell { show: show_number(*number), json: (*number).into() },
        Value::Missing => Cell { show: "–".to_owned(), json: serde_json::Value::Null },
        other => show_value(other).map_or_else(Cell::empty, Cell::text),
    }
}

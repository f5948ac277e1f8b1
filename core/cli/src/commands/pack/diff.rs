use std::path::PathBuf;

use kehu_contract::Origin;
use serde_json::json;

use super::difference::{self, FileDifference, Side};
use super::{incoming, words};
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::lock;
use crate::output::{Listing, show_json, show_listing};
use crate::packs::locked::{self, Locks, Standing};
use crate::packs::{self, Located, sources};
use crate::printer::Printer;
use crate::workspace::Workspace;

/// Shows how a pack differs from another: what they promise, and their files in short
///
/// Without a second folder it is compared with the one that it stands in front of, a base's or kehu's own, else with the
/// folder that kehu.lock names as its source. The other one is before, the workspace's own after; a folder that is
/// named is after, as an upgrade would make it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu pack diff tiers
  kehu pack diff tiers ../shared/tiers --json")]
pub(crate) struct Args {
    /// The pack
    #[arg(value_name = "NAME")]
    name: String,
    /// The folder of another version
    #[arg(value_name = "DIR")]
    other: Option<PathBuf>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let workspace = context.open()?;
    let own = packs::locate(&workspace, context.shipped, &args.name)?;
    tell_edits(&workspace, &args.name)?;
    match &args.other {
        Some(other) => show(context, &workspace, &own, &incoming::read(other)?),
        None => show(context, &workspace, &behind(context, &workspace, &args.name)?, &own),
    }
}

fn tell_edits(workspace: &Workspace, name: &str) -> Result {
    let sources = sources::all(workspace, &[])?;
    let Some(source) = sources.iter().find(|source| source.name == name) else { return Ok(()) };
    if let (Standing::Edited(edits), Ok(files)) =
        (Locks::read(workspace)?.standing(source), &source.files)
    {
        Printer::talk(&format!("note: {}", locked::told(&files.dir, &edits)));
    }
    Ok(())
}

/// The pack that one stands in front of, or the one that it was copied from.
fn behind(context: &Context<'_>, workspace: &Workspace, name: &str) -> Result<Located> {
    let sources = sources::all(workspace, context.shipped.packs)?;
    let mut named = sources.into_iter().filter(|source| source.name == name);
    let first = named.next();
    if let Some(source) = named.next() {
        return Located::script(source);
    }
    let own = first.is_some_and(|source| source.origin == Origin::Workspace);
    let locked = lock::read(&workspace.root)?.packs.remove(name).filter(|_| own);
    match locked.map(|locked| workspace.root.join(locked.source)) {
        Some(source) if source.exists() && source != workspace.root => incoming::read(&source),
        _ => Err(CommandError::failed(format!("there is nothing to compare pack {name} with"))
            .hint(format!("name the folder of another version: kehu pack diff {name} DIR"))),
    }
}

/// Shows how two packs differ.
fn show(context: &mut Context<'_>, workspace: &Workspace, from: &Located, to: &Located) -> Result {
    let form = context.form(workspace.language);
    let (before, after) = (Side::of(workspace, from)?, Side::of(workspace, to)?);
    let listing = difference::promises(&before, &after, form.language);
    let files = difference::files(from, to);
    if form.json {
        let files: Vec<_> = files.iter().map(FileDifference::json).collect();
        let page = json!({
            "from": before.shown(),
            "to": after.shown(),
            "differences": listing.json(),
            "files": files,
        });
        return show_json(&mut context.printer, page);
    }
    context.printer.heading(&format!("{} → {}", before.shown(), after.shown()))?;
    if listing.rows.is_empty() && files.is_empty() {
        Printer::talk("They do not differ.");
        return Ok(());
    }
    show_differences(context, form.language, listing)?;
    if !files.is_empty() {
        context.printer.line("")?;
        context.printer.heading(words::FILES_HEAD.get(form.language))?;
    }
    for line in files.iter().flat_map(FileDifference::shown) {
        context.printer.line(&format!("  {line}"))?;
    }
    Ok(())
}

/// Shows what two packs promise differently.
pub(super) fn show_differences(
    context: &mut Context<'_>,
    language: kehu_contract::Language,
    listing: Listing,
) -> Result {
    if listing.rows.is_empty() {
        return Ok(());
    }
    let mut form = context.form(language);
    form.limit = context.globals.limit.filter(|limit| *limit > 0);
    show_listing(&mut context.printer, form, listing)
}

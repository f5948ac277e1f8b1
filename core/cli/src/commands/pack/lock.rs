use std::collections::BTreeMap;

use kehu_contract::Origin;
use serde_json::json;

use super::words;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::locale::{self, Label};
use crate::lock::{self, LockedPack};
use crate::output::{Cell, Column, Listing, show_rows};
use crate::packs::locked;
use crate::packs::{self, sources};

/// Writes kehu.lock anew from the packs that lie in the workspace
///
/// What was edited is accepted as it is now, packs that are gone are taken out, and native plugins stay as they
/// are. Only files that decide are locked: pack.toml and scripts, not pages and tests.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu pack lock
  kehu pack lock credit-risk")]
pub(crate) struct Args {
    /// Only these packs [default: all in the folder scripts]
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let workspace = context.open()?;
    let mut lock = lock::read(&workspace.root)?;
    let before = lock.packs.clone();
    if args.names.is_empty() {
        lock.packs.clear();
    }
    let mut present = BTreeMap::new();
    for source in sources::all(&workspace, &[])? {
        if source.origin == Origin::Workspace {
            present.insert(source.name.clone(), source);
        }
    }
    if let Some(unknown) = args.names.iter().find(|name| !present.contains_key(*name)) {
        let known = present.keys().map(String::as_str);
        let hint = kehu_contract::did_you_mean(unknown, known);
        let message = format!("{} has no pack \"{unknown}\"", sources::FOLDER);
        return Err(CommandError::failed(message).hint(hint));
    }
    let mut listing = Listing::new(vec![
        Column::whole("name", locale::NAME),
        Column::whole("version", locale::VERSION),
        Column::whole("state", locale::STATE),
        Column::text("files", words::FILES),
    ]);
    let form = context.form(workspace.language);
    let mut row = |name: &str, version: &str, state: Label, files: &[String]| {
        listing.rows.push(vec![
            Cell::text(name),
            Cell::text(version),
            super::list::word(state, form.language),
            Cell { show: files.join(", "), json: json!(files) },
        ]);
    };
    for (name, source) in present {
        let known = before.get(&name);
        if !args.names.is_empty() && !args.names.contains(&name) {
            continue;
        }
        let pack = packs::Located::script(source)?;
        let files = locked::hashes(&pack.files);
        let version = pack.factory.manifest().version.clone();
        let source = known.map(|known| known.source.clone()).unwrap_or_default();
        let edits = known.map(|known| locked::edits(known, &pack.files));
        let state = match &edits {
            None => words::NEW,
            Some(edits) if edits.is_empty() => words::SAME,
            Some(_) => words::EDITED,
        };
        row(&name, &version, state, &edits.unwrap_or_default());
        lock.packs.insert(name, LockedPack { version, source, files });
    }
    for (name, gone) in before.iter().filter(|(name, _)| !lock.packs.contains_key(*name)) {
        row(name, &gone.version, words::GONE, &[]);
    }
    lock::write(&workspace.root, &lock)?;
    show_rows(&mut context.printer, form, &listing, 0)
}

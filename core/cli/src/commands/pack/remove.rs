use std::fs;
use std::path::Path;

use super::{fitting, install};
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::lock;
use crate::packs::locked::{self, Locks, Standing};
use crate::packs::sources::{self, FOLDER};
use crate::packs::{self, Change};
use crate::printer::Printer;
use crate::settings_file::{self, Replacement};
use crate::workspace::{SETTINGS, seen_from, shell_word};

/// Takes a pack out of the workspace: its folder, kehu.lock, [packs]
///
/// A pack that was edited since it was locked, or never locked, is kept unless --force says so: its text
/// may be nowhere else. What needs its columns, or still sets something of it, stops the removal too. kehu undo
/// takes back what is in the records: it does not bring a pack back.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  kehu pack remove credit-risk")]
pub(crate) struct Args {
    /// The pack
    #[arg(value_name = "NAME")]
    name: String,
    /// Removes it even if it was edited or never locked
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let workspace = context.open()?;
    install::mend(&workspace.root)?;
    let name = &args.name;
    let sources = sources::all(&workspace, &[])?;
    let own = sources
        .iter()
        .find(|each| each.name == *name && each.origin == kehu_contract::Origin::Workspace);
    let Some(source) = own else {
        let lies = sources.iter().find(|each| each.name == *name);
        let message = format!("{FOLDER} has no pack \"{name}\"");
        return Err(CommandError::failed(message).hint(match lies {
            Some(_) => "it lies in a workspace that this one extends; remove it there",
            None => "what is not in the workspace is turned off in [packs] on of kehu.toml",
        }));
    };
    let kept = match Locks::read(&workspace)?.standing(source) {
        Standing::AsLocked => None,
        Standing::NotLocked => Some(format!("{FOLDER}/{name} was never locked")),
        Standing::Edited(edits) => Some(locked::told(&format!("{FOLDER}/{name}"), &edits)),
    };
    if let (Some(why), false) = (kept, args.force) {
        return Err(CommandError::failed(why)
            .hint("nothing was removed, since its text may be nowhere else")
            .hint("to remove it all the same: --force"));
    }
    let path = workspace.root.join(SETTINGS);
    let text =
        fs::read_to_string(&path).map_err(|error| CommandError::file("read", &path, &error))?;
    // Another one of its name counts again, and stays on.
    let all = sources::all(&workspace, context.shipped.packs)?;
    let behind = all.iter().filter(|each| each.name == *name).nth(1);
    let off = match behind {
        Some(_) => None,
        None => settings_file::with_pack_off(&text, name)?,
    };
    let off_name = off.is_some().then(|| name.clone());
    let change = Change { off: off_name, gone: Some(name.clone()), ..Change::default() };
    let left = packs::newly_misfit(&workspace, context.shipped, change);
    left.and_then(|(misfits, ..)| fitting::refuse(misfits).map_or(Ok(()), Err)).map_err(
        |error| error.hint("this is how it would be without the pack; nothing was removed"),
    )?;
    let settings = off.map(|text| Replacement::prepare(&path, &text)).transpose()?;
    let mut lock = lock::read(&workspace.root)?;
    let locked = lock.packs.remove(name);
    let version = locked.as_ref().map(|locked| locked.version.clone());
    let lock = version.is_some().then(|| lock::prepare(&workspace.root, &lock)).transpose()?;
    let put = install::take_out(&workspace.root, name)?;
    settings.map(Replacement::put).transpose()?;
    lock.map(Replacement::put).transpose()?;
    put.keep();
    Printer::talk(&format!("Removed {name} {}.", version.unwrap_or_default()).replace(" .", "."));
    if behind.is_some() {
        Printer::talk(&format!(
            "The other pack {name} counts again; kehu pack list shows where it lies."
        ));
    }
    let source = locked.map(|locked| locked.source).filter(|source| !source.is_empty());
    Printer::talk(&match source.map(|source| workspace.root.join(source)) {
        Some(source) if source.exists() => format!(
            "hint: kehu undo takes back records, not files; to have it again: kehu pack add {}",
            shell_word(&seen_from(Path::new("."), &source))
        ),
        _ => "hint: kehu undo takes back records, not files".to_owned(),
    });
    Ok(())
}

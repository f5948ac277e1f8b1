use std::fs;

use super::add::take_away;
use super::named;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::lock::Locked;
use crate::packs;
use crate::plugins;
use crate::printer::Printer;
use crate::settings_file::{self, Replacement};
use crate::workspace::{SETTINGS, Workspace};

/// Takes a plugin out of kehu.lock and out of [packs], and its copy away
///
/// Where a pack by its name comes with kehu, that one counts again, and stays on if the plugin was on.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  kehu plugin remove silence")]
pub(crate) struct Args {
    /// The plugin
    #[arg(value_name = "NAME")]
    name: String,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let workspace = context.open()?;
    let name = &args.name;
    let _held = plugins::hold(&workspace.root)?;
    let mut lock = plugins::read_lock(&workspace.root)?;
    let is_on = workspace.settings.packs_on.contains(name);
    let locked = lock.plugins.remove(name);
    if locked.is_none() && (!is_on || named::carried(context, name).is_none()) {
        let message = format!("{} has no plugin \"{name}\"", plugins::LOCK);
        return Err(CommandError::failed(message).hint("see which there are: kehu plugin list"));
    }
    let locked = locked.unwrap_or_default();
    let was_file = !locked.files.is_empty();
    let other = if was_file { other(context, &workspace, name)? } else { None };
    if workspace.locked && locked != Locked::default() {
        let message = format!("with --locked, {} stays as it is", plugins::LOCK);
        return Err(CommandError::failed(message));
    }
    if other.is_none() {
        turn_off(&workspace, name)?;
    }
    plugins::write_lock(&workspace.root, &lock)?;
    take_away(&workspace.root, &locked, &lock)?;
    let version = if locked.version.is_empty() { "of kehu" } else { &locked.version };
    Printer::talk(&format!("Removed {name} {version}."));
    match other {
        Some(other) if is_on => Printer::talk(&format!("Now {other} counts again, and is on.")),
        Some(other) => Printer::talk(&format!("Now {other} counts again; it is off.")),
        None => {}
    }
    Ok(())
}

/// What has the name too, once the plugin is gone.
fn other(context: &Context<'_>, workspace: &Workspace, name: &str) -> Result<Option<String>> {
    if let Some(at) = packs::script_of(workspace, name)? {
        return Ok(Some(at));
    }
    for base in &workspace.bases {
        if plugins::read_lock(base)?.plugins.contains_key(name) {
            return Ok(Some(format!("the plugin {name} of {}", base.display())));
        }
    }
    let is_shipped = packs::is_shipped(context.shipped, name);
    Ok(is_shipped.then(|| format!("the pack {name} that comes with kehu")))
}

fn turn_off(workspace: &Workspace, name: &str) -> Result {
    let path = workspace.root.join(SETTINGS);
    let text =
        fs::read_to_string(&path).map_err(|error| CommandError::file("read", &path, &error))?;
    match settings_file::with_pack_off(&text, name)? {
        Some(text) => Replacement::prepare(&path, &text)?.put(),
        None => Ok(()),
    }
}

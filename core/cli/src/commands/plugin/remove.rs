use std::fs;

use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::plugins;
use crate::printer::Printer;
use crate::settings_file::{self, Replacement};
use crate::workspace::SETTINGS;

/// Takes a plugin out of kehu.lock and out of [packs], and its files away
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
    let mut lock = plugins::read_lock(&workspace.root)?;
    let Some(locked) = lock.plugins.remove(&args.name) else {
        let message = format!("{} has no plugin \"{}\"", plugins::LOCK, args.name);
        return Err(CommandError::failed(message).hint("see which there are: kehu plugin list"));
    };
    let path = workspace.root.join(SETTINGS);
    let text =
        fs::read_to_string(&path).map_err(|error| CommandError::file("read", &path, &error))?;
    if let Some(text) = settings_file::with_pack_off(&text, &args.name)? {
        Replacement::prepare(&path, &text)?.put()?;
    }
    plugins::write_lock(&workspace.root, &lock)?;
    for file in locked.files.values() {
        let path = workspace.root.join(&file.path);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(CommandError::file("removed", &path, &error));
            }
            _ => {}
        }
    }
    Printer::talk(&format!("Removed {} {}.", args.name, locked.version));
    Ok(())
}

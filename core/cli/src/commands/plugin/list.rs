use kehu_engine::settings::PluginSettings;
use kehu_native::platform;

use crate::context::Context;
use crate::error::Result;
use crate::locale;
use crate::machine::Machine;
use crate::output::{Cell, Column, Listing, show_rows};
use crate::plugins::{self, Hindrance};
use crate::workspace::Workspace;

/// Lists the plugins of the workspace and those that kehu carries, and whether they run here
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu plugin list
  kehu plugin list --json")]
pub(crate) struct Args {}

pub(crate) fn run(context: &mut Context<'_>, _: &Args) -> Result {
    let workspace = context.open()?;
    let machine = Machine::read()?;
    let mut listing = Listing::new(vec![
        Column::whole("name", locale::NAME),
        Column::whole("version", locale::VERSION),
        Column::whole("from", locale::FROM),
        Column::whole("state", locale::STATE),
        Column::text("file", locale::FILE),
    ]);
    let roots = std::iter::once(("workspace", &workspace.root));
    let roots = roots.chain(workspace.bases.iter().map(|base| ("base", base)));
    let mut names: Vec<String> = Vec::new();
    for (from, root) in roots {
        let lock = plugins::read_lock(root)?;
        for (name, locked) in lock.plugins.iter().filter(|(_, locked)| locked.build.is_none()) {
            let state = match plugins::open_locked(root, locked, &machine) {
                Ok(library) if machine.rests(library.blake3()) => Hindrance::Rests.word(),
                Ok(_) => on_or_off(&workspace, name),
                Err(hindrance) => hindrance.word(),
            };
            let here = plugins::file_here(locked).map(|file| file.path.clone());
            let file = here.unwrap_or_else(|| format!("none for {}", platform()));
            listing.rows.push(row(name, &locked.version, from, state, &file));
            names.push(name.clone());
        }
    }
    for (name, entry) in context.shipped.plugins {
        if names.iter().any(|known| known == name) {
            continue;
        }
        let factory = plugins::carried((*name, *entry), PluginSettings::default())?;
        let (hash, version) = {
            use kehu_contract::PackFactory as _;
            (factory.hash().to_owned(), factory.manifest().version.clone())
        };
        let rests = machine.rests(&hash);
        let state = if rests { Hindrance::Rests.word() } else { on_or_off(&workspace, name) };
        listing.rows.push(row(name, &version, "kehu", state, ""));
    }
    let form = context.form(workspace.language);
    show_rows(&mut context.printer, form, &listing, 0)
}

fn on_or_off(workspace: &Workspace, name: &str) -> &'static str {
    if workspace.settings.packs_on.iter().any(|on| on == name) { "on" } else { "off" }
}

fn row(name: &str, version: &str, from: &str, state: &str, file: &str) -> Vec<Cell> {
    let file = if file.is_empty() { Cell::empty() } else { Cell::text(file) };
    vec![Cell::text(name), Cell::text(version), Cell::text(from), Cell::text(state), file]
}

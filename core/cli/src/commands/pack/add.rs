use std::fs;
use std::path::PathBuf;

use kehu_contract::Origin;
use kehu_engine::packs::PackSet;
use kehu_engine::score;
use kehu_engine::settings::Settings;
use kehu_lua::PackFiles;
use kehu_lua::check::{self, Level};
use serde_json::json;

use super::contract::json_cell;
use super::{fitting, incoming, install, subject, words};
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::locale;
use crate::lock::{self, LOCK, LockedPack};
use crate::output::{Cell, Column, Page, show_page};
use crate::packs::sources::{self, FOLDER};
use crate::packs::{self, Change, Located, locked, survey};
use crate::printer::Printer;
use crate::settings_file::{self, Replacement};
use crate::workspace::{SETTINGS, Workspace, seen_from};

/// Adds a pack: checks it, copies it into the workspace, pins it in kehu.lock, and turns it on
///
/// What it is and what it would do is shown. It is checked as kehu pack check does, and beside the packs that are
/// on: errors, two that give one column, needs that nobody gives, or a circle are refused, and nothing is changed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu pack add ../shared/credit-risk
  kehu pack add ../shared/credit-risk --off
  kehu pack add silence.lua --dry-run      one script that begins with --[=[ pack.toml, its manifest, ]=]")]
pub(crate) struct Args {
    /// The folder of the pack, or one script that carries its manifest
    #[arg(value_name = "DIR|FILE")]
    from: PathBuf,
    /// Does not turn it on in [packs]
    #[arg(long)]
    off: bool,
    /// Shows what it is, and changes nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let workspace = context.open()?;
    install::mend(&workspace.root)?;
    let located = incoming::read(&args.from)?;
    let manifest = located.factory.manifest().clone();
    let name = &manifest.name;
    let before = survey::all(&workspace, context.shipped)?;
    let before = before.into_iter().find(|seen| seen.name == *name);
    if workspace.root.join(FOLDER).join(name).symlink_metadata().is_ok() {
        let version = before.map(|seen| seen.version).filter(|version| !version.is_empty());
        let version = version.map_or(String::new(), |version| format!(", version {version}"));
        let message = format!("{FOLDER}/{name} is there already{version}");
        return Err(CommandError::failed(message)
            .hint(format!("to put another in its place: kehu pack upgrade {name} DIR"))
            .hint("to lock it as it is: kehu pack lock"));
    }
    sound(context, &workspace, &located).map_err(|error| error.hint("nothing was added"))?;
    let is_on = workspace.settings.packs_on.contains(name);
    if !args.off || is_on {
        fits(context, &workspace, &located).map(drop).map_err(|error| {
            let error = error.hint("nothing was added");
            if is_on { error } else { error.hint("to add it without turning it on: --off") }
        })?;
    }
    let replaces = before.map(|seen| format!("{} {}", survey_place(&seen), seen.version));
    show(context, &workspace, &located, replaces)?;
    if args.dry_run {
        Printer::talk("Nothing was written: this was a dry run.");
        return Ok(());
    }
    let mut lock = lock::read(&workspace.root)?;
    lock.packs.insert(
        name.clone(),
        LockedPack {
            version: manifest.version.clone(),
            source: seen_from(&workspace.root, &args.from),
            files: locked::hashes(&located.files),
        },
    );
    let staged = install::stage(&workspace.root, name, &located.files)?;
    let lock = lock::prepare(&workspace.root, &lock)?;
    let settings = if args.off || is_on { None } else { Some(turn_on(&workspace, name)?) };
    let put = staged.put()?;
    lock.put()?;
    put.keep();
    Printer::talk(&format!(
        "Added {name} {}: {FOLDER}/{name}, pinned in {LOCK}.",
        manifest.version
    ));
    if let Some(settings) = settings {
        settings.put()?;
        Printer::talk(&format!("Turned it on in {SETTINGS}; score runs it."));
    } else if !is_on {
        Printer::talk(&format!("It is off; to turn it on, name it in [packs] on of {SETTINGS}."));
    }
    Ok(())
}

fn survey_place(seen: &survey::Seen) -> String {
    if seen.lies.is_empty() { "kehu".to_owned() } else { seen.lies.clone() }
}

/// Checks the pack as `kehu pack check` does; its remarks are left to that.
pub(super) fn sound(context: &Context<'_>, workspace: &Workspace, located: &Located) -> Result {
    let files = PackFiles {
        origin: Origin::Workspace,
        dir: located.lies.clone(),
        files: located.files.clone(),
    };
    let name = located.factory.manifest().name.as_str();
    let lying = sources::all(workspace, &[])?;
    let named = std::iter::once((name, &files));
    let known = subject::known(context, &workspace.settings, named, &lying)?;
    let errors = check::check(&files, &known);
    let errors = errors.into_iter().filter(|finding| finding.level == Level::Error);
    match fitting::pages(errors) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// Checks that a pack goes together with those that are on; gives the packs, and the settings, as they would be.
/// What is wrong with the others already is none of its business.
pub(super) fn fits(
    context: &Context<'_>,
    workspace: &Workspace,
    located: &Located,
) -> Result<(PackSet, Settings)> {
    let factory = std::sync::Arc::clone(&located.factory);
    let change = Change { with: Some(factory), ..Change::default() };
    let (misfits, packs, settings) = packs::newly_misfit(workspace, context.shipped, change)?;
    match fitting::refuse(misfits) {
        Some(error) => Err(error),
        None => Ok((score::placed(packs, &settings), settings)),
    }
}

/// Prepares `kehu.toml` with a pack on; says so where the workspace gets a list of its own by that.
pub(super) fn turn_on(workspace: &Workspace, name: &str) -> Result<Replacement> {
    let path = workspace.root.join(SETTINGS);
    let text =
        fs::read_to_string(&path).map_err(|error| CommandError::file("read", &path, &error))?;
    let on = settings_file::with_pack_on(&text, &workspace.settings.packs_on, name)?;
    if let (Some(base), false) = (workspace.base_names.first(), settings_file::has_packs_on(&text))
    {
        Printer::talk(&format!(
            "note: [packs] on of {SETTINGS} lists from now on what runs here; what {base} turns on later is to be added to it"
        ));
    }
    Replacement::prepare(&path, &on)
}

/// Shows what a pack is and would do, in short.
fn show(
    context: &mut Context<'_>,
    workspace: &Workspace,
    located: &Located,
    replaces: Option<String>,
) -> Result {
    let form = context.form(workspace.language);
    let manifest = located.factory.manifest();
    let list = |names: Vec<String>| Cell { show: names.join(", "), json: json!(names) };
    let steps = || manifest.steps.iter();
    let gives = steps().flat_map(|step| &step.gives);
    let settings = manifest.settings.iter();
    let mut hooks: Vec<String> = steps().map(|step| step.hook.name().to_owned()).collect();
    hooks.dedup();
    let mut needs: Vec<String> = steps().flat_map(kehu_contract::Step::inputs).collect();
    needs.sort();
    needs.dedup();
    let facts = vec![
        (Column::whole("name", locale::NAME), Cell::text(&manifest.name)),
        (
            Column::whole("version", locale::VERSION),
            Cell { show: String::new(), ..Cell::text(&manifest.version) },
        ),
        (Column::text("summary", words::DOES), Cell::text(manifest.summary.get(form.language))),
        (Column::text("hooks", words::HOOK), list(hooks)),
        (Column::text("needs", words::ITS_NEEDS), list(needs)),
        (
            Column::text("gives", words::ITS_GIVES),
            list(
                gives
                    .map(|give| format!("{} ({})", give.info.name, give.info.kind.name()))
                    .collect(),
            ),
        ),
        (
            Column::text("features", words::ITS_FEATURES),
            list(manifest.features.iter().map(|each| each.info.name.clone()).collect()),
        ),
        (
            Column::text("settings", words::ITS_SETTINGS),
            list(
                settings
                    .map(|each| match &each.default {
                        serde_json::Value::Array(_) | serde_json::Value::Object(_) => {
                            each.name.clone()
                        }
                        simple => format!("{} = {}", each.name, json_cell(simple).show),
                    })
                    .collect(),
            ),
        ),
        (
            Column::text("files", words::FILES),
            list(located.files.iter().map(|(path, _)| path.clone()).collect()),
        ),
        (Column::text("replaces", words::REPLACES), replaces.map_or_else(Cell::empty, Cell::text)),
    ];
    let title = manifest.title.get(form.language);
    let title = format!("{} {}: {title}", manifest.name, manifest.version);
    show_page(&mut context.printer, form, &Page { title, facts, tables: Vec::new() })
}

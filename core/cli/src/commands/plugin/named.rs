//! The plugin that is meant on the command line: a file, or one by its name.

use std::path::Path;

use kehu_contract::Limits;
use kehu_engine::settings::PluginSettings;
use kehu_native::{Library, Linked, NativeFactory, Refusal};

use super::page::{Page, Source};
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::plugins;

/// Finds what is meant, checks it, and asks it what it is. A file of that name counts first; a folder, such
/// as that of its sources, does not.
pub(super) fn look(context: &Context<'_>, meant: &Path) -> Result<Page> {
    match by_name(context, meant)? {
        Some(page) => Ok(page),
        None => describe(open(meant)?),
    }
}

/// Checks a file.
pub(super) fn open(file: &Path) -> Result<Library> {
    let absolute = plugins::absolute(file)?;
    Library::open(&absolute).map_err(|refusal| {
        let page = refused(refusal);
        let may_be_name = file.to_str().is_some_and(is_name) && !absolute.exists();
        if may_be_name { page.hint("see which there are: kehu plugin list") } else { page }
    })
}

/// The plugin of the workspace, or of the program, that has this name; none for a file.
fn by_name(context: &Context<'_>, meant: &Path) -> Result<Option<Page>> {
    let Some(name) = meant.to_str().filter(|name| is_name(name) && !meant.is_file()) else {
        return Ok(None);
    };
    // Outside of a workspace there are still those of the program.
    if let Ok(workspace) = context.open() {
        for root in std::iter::once(&workspace.root).chain(&workspace.bases) {
            let lock = plugins::read_lock(root)?;
            let Some(locked) = lock.plugins.get(name).filter(|locked| locked.build.is_none())
            else {
                continue;
            };
            let Some(file) = plugins::file_here(locked) else {
                let reason = plugins::Hindrance::OtherPlatform.reason(name);
                return Err(CommandError::failed(format!("plugin {name}: {reason}")));
            };
            let library = Library::verify(&root.join(&file.path), &file.sha256).map_err(refused)?;
            return describe(library).map(Some);
        }
    }
    carried(context, name).map(of_program).transpose()
}

/// The plugin of the program that has this name.
pub(super) fn carried(context: &Context<'_>, name: &str) -> Option<Linked> {
    context.shipped.plugins.iter().find(|plugin| plugin.0 == name).copied()
}

/// What a plugin of the program says of itself.
pub(super) fn of_program(plugin: Linked) -> Result<Page> {
    let factory = plugins::carried(plugin, PluginSettings::default())?;
    let description = factory.description().clone();
    let manifest = description.parse("pack.toml").map_err(CommandError::failed)?;
    Ok(Page { manifest, description, source: Source::Program(plugin) })
}

fn is_name(text: &str) -> bool {
    text.split('-').all(kehu_contract::is_name)
}

/// Asks a checked file what it is.
pub(super) fn describe(library: Library) -> Result<Page> {
    let limits = Limits::default();
    let description =
        kehu_native::inspect(&library, &plugins::worker()?, limits).map_err(refused)?;
    let manifest = description.parse("pack.toml").map_err(CommandError::failed)?;
    Ok(Page { manifest, description, source: Source::File(library) })
}

/// What makes the instances of a plugin that was looked at.
pub(super) fn factory(page: &Page) -> Result<NativeFactory> {
    match &page.source {
        Source::Program(plugin) => plugins::carried(*plugin, PluginSettings::default()),
        Source::File(library) => {
            let options =
                plugins::options(PluginSettings::default(), kehu_contract::Origin::Workspace)?;
            let (library, description) = (library.clone(), page.description.clone());
            NativeFactory::of_library(library, description, options).map_err(refused)
        }
    }
}

/// The error page of a refusal.
pub(super) fn refused(refusal: Refusal) -> CommandError {
    let page = CommandError::failed(refusal.message);
    refusal.hint.into_iter().fold(page, CommandError::hint)
}

//! The packs that an author works on: by name, by folder, or all of the workspace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kehu_contract::document::Problem;
use kehu_contract::{ColumnType, Origin, Vocabulary, did_you_mean};
use kehu_engine::features::Catalogue;
use kehu_engine::settings::Settings;
use kehu_lua::PackFiles;

use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::packs::sources::{self, FOLDER, MANIFEST};
use crate::workspace;

/// Holds one of the packs.
#[derive(Debug)]
pub(super) struct Subject {
    /// The name of its folder.
    pub(super) name: String,
    /// Its folder; none if it comes with the program.
    pub(super) folder: Option<PathBuf>,
    /// Its files, or why they cannot be taken.
    pub(super) files: Result<PackFiles, Vec<Problem>>,
    /// True if the person named it, false if it is one of all.
    pub(super) named: bool,
}

/// Holds the packs, and what is known around them.
#[derive(Debug)]
pub(super) struct Subjects {
    pub(super) packs: Vec<Subject>,
    /// The types of all columns that are known: features, custom fields, and what packs give.
    pub(super) kinds: BTreeMap<String, ColumnType>,
}

/// Finds the packs of these names or folders; without any, that of the current folder, else all that lie in
/// the workspace.
pub(super) fn find(context: &Context<'_>, named: &[String]) -> Result<Subjects> {
    let around = around(context)?;
    let packs = if named.is_empty() {
        all(&around)?
    } else {
        named.iter().map(|name| one(context, &around, name)).collect::<Result<_>>()?
    };
    let kinds = kinds(context, &around, &packs)?;
    Ok(Subjects { packs, kinds })
}

/// What lies around: the folder in which the command runs, and its workspace, if there is one.
struct Around {
    here: PathBuf,
    roots: Vec<PathBuf>,
    settings: Settings,
}

fn around(context: &Context<'_>) -> Result<Around> {
    let here = context.globals.folder.clone().unwrap_or_else(|| PathBuf::from("."));
    let Ok(root) = workspace::find(&context.globals) else {
        return Ok(Around { here, roots: Vec::new(), settings: Settings::read(&[])? });
    };
    let workspace::Layers { settings, bases, .. } = workspace::read_layers(&root, context.shipped)?;
    let roots = std::iter::once(root).chain(bases).collect();
    Ok(Around { here, roots, settings })
}

fn all(around: &Around) -> Result<Vec<Subject>> {
    if around.here.join(MANIFEST).is_file() {
        return Ok(vec![in_folder(&around.here, true)?]);
    }
    let Some(root) = around.roots.first() else {
        let message = "there is no pack here, and no workspace around";
        return Err(CommandError::usage(message)
            .hint("name a pack, or its folder")
            .hint("begin one with: kehu pack new NAME"));
    };
    let mut found = Vec::new();
    for folder in sources::sorted(&root.join(FOLDER))? {
        if folder.join(MANIFEST).is_file() {
            found.push(in_folder(&folder, false)?);
        }
    }
    if found.is_empty() {
        let message = format!("there is no pack in {FOLDER} of the workspace");
        return Err(CommandError::failed(message).hint("begin one with: kehu pack new NAME"));
    }
    Ok(found)
}

fn one(context: &Context<'_>, around: &Around, name: &str) -> Result<Subject> {
    let folder = around.here.join(name);
    if name.contains(['/', '\\', '.']) || folder.join(MANIFEST).is_file() {
        return match folder.is_dir() {
            true => in_folder(&folder, true),
            false => Err(CommandError::failed(format!("there is no folder {name}"))),
        };
    }
    let lying = around.roots.iter().map(|root| root.join(FOLDER).join(name));
    for folder in lying {
        if folder.join(MANIFEST).is_file() {
            return in_folder(&folder, true);
        }
    }
    let shipped = context.shipped.packs;
    if let Some(pack) = shipped.iter().find(|pack| pack.name == name) {
        let files = Ok(sources::from_binary(pack));
        return Ok(Subject { name: name.to_owned(), folder: None, files, named: true });
    }
    let mut known: Vec<String> = shipped.iter().map(|pack| pack.name.to_owned()).collect();
    for root in &around.roots {
        let folders = sources::sorted(&root.join(FOLDER))?;
        let names = folders.iter().filter_map(|folder| folder.file_name()?.to_str());
        known.extend(names.map(str::to_owned));
    }
    let hint = did_you_mean(name, known.iter().map(String::as_str));
    Err(CommandError::failed(format!("there is no pack \"{name}\"")).hint(hint))
}

fn in_folder(folder: &Path, named: bool) -> Result<Subject> {
    let whole = std::fs::canonicalize(folder)
        .map_err(|error| CommandError::file("read", folder, &error))?;
    let name = whole.file_name().and_then(|name| name.to_str()).unwrap_or("pack").to_owned();
    // Seen from where the command runs, so that an editor finds it.
    let current = std::fs::canonicalize(".").unwrap_or_default();
    let shown = whole.strip_prefix(&current).map_or(whole.as_path(), |path| path);
    let shown = if shown.as_os_str().is_empty() { "." } else { &shown.display().to_string() };
    let files = sources::read(&whole, shown.to_owned(), Origin::Workspace)?;
    Ok(Subject { name, folder: Some(whole), files, named })
}

/// The types of the columns that the workspace has, and of those that packs give.
fn kinds(
    context: &Context<'_>,
    around: &Around,
    packs: &[Subject],
) -> Result<BTreeMap<String, ColumnType>> {
    let lying = || packs.iter().filter_map(|pack| Some((&pack.name, pack.files.as_ref().ok()?)));
    let mut settings = around.settings.clone();
    let words = lying().filter(|(name, _)| !settings.packs_on.contains(name)).filter_map(
        |(name, files)| {
            let words = Vocabulary::parse(MANIFEST, manifest_of(files)?).ok()?;
            (!words.is_empty()).then(|| (name.clone(), words))
        },
    );
    let words: Vec<(String, Vocabulary)> = words.collect();
    // What contradicts the workspace is told when the pack is turned on.
    settings.add_vocabulary(&words).ok();
    let catalogue = Catalogue::new(&settings, &[]).map_err(|errors| {
        CommandError::failed(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })?;
    let features = catalogue.declared().iter();
    let mut kinds: BTreeMap<String, ColumnType> =
        features.map(|each| (each.info.name.clone(), each.info.kind)).collect();
    let shipped = context.shipped.packs.iter().map(sources::from_binary);
    for files in shipped.chain(lying().map(|(_, files)| files.clone())) {
        let Some(text) = manifest_of(&files) else { continue };
        // What is wrong with a manifest is told where the pack itself is looked at.
        let Ok(manifest) = kehu_contract::Manifest::parse(MANIFEST, text) else { continue };
        for step in &manifest.steps {
            kinds.extend(step.gives.iter().map(|give| (give.info.name.clone(), give.info.kind)));
        }
    }
    Ok(kinds)
}

fn manifest_of(files: &PackFiles) -> Option<&str> {
    let (_, text) = files.files.iter().find(|(path, _)| path == MANIFEST)?;
    std::str::from_utf8(text).ok()
}

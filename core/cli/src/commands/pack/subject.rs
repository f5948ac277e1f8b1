//! The packs that an author works on: by name, by folder, or all of the workspace.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use kehu_contract::document::Problem;
use kehu_contract::{Origin, Vocabulary, did_you_mean};
use kehu_engine::day::known_channels;
use kehu_engine::features::Catalogue;
use kehu_engine::settings::Settings;
use kehu_lua::PackFiles;
use kehu_lua::check::Known;

use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::packs::sources::{self, FOLDER, MANIFEST, Source};
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
    /// True if it lies where the workspace, or one that it extends, looks for packs.
    pub(super) in_scripts: bool,
}

/// Holds the packs, and what is known around them.
#[derive(Debug)]
pub(super) struct Subjects {
    pub(super) packs: Vec<Subject>,
    /// What there is around them: the workspace's words, and what packs give.
    pub(super) known: Known,
    /// What the workspace sets.
    pub(super) settings: Settings,
    /// True if there is a workspace around.
    pub(super) in_workspace: bool,
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
    let mut lying = Vec::new();
    for root in &around.roots {
        sources::in_workspace(root, "", Origin::Workspace, &mut lying)?;
    }
    let named = packs.iter().filter_map(named_files);
    let known = known(context, &around.settings, named, &lying)?;
    let in_workspace = !around.roots.is_empty();
    Ok(Subjects { packs, known, settings: around.settings, in_workspace })
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
        return Ok(vec![in_folder(around, &around.here, true)?]);
    }
    let Some(root) = around.roots.first() else {
        let message = "there is no pack here, and no workspace around";
        return Err(CommandError::usage(message)
            .hint("name a pack, or its folder")
            .hint("begin one with: kehu pack new NAME"));
    };
    let mut sources = Vec::new();
    let scripts = root.join(FOLDER);
    sources::in_workspace(root, &shown(&scripts), Origin::Workspace, &mut sources)?;
    if sources.is_empty() {
        let message = format!("there is no pack in {FOLDER} of the workspace");
        return Err(CommandError::failed(message).hint("begin one with: kehu pack new NAME"));
    }
    let subject = |source: Source| Subject {
        folder: Some(scripts.join(&source.name)),
        name: source.name,
        files: source.files,
        named: false,
        in_scripts: true,
    };
    Ok(sources.into_iter().map(subject).collect())
}

fn one(context: &Context<'_>, around: &Around, name: &str) -> Result<Subject> {
    let folder = around.here.join(name);
    let is_pack = |folder: &Path| folder.join(MANIFEST).is_file() || folder.is_symlink();
    if name.contains(['/', '\\', '.']) || is_pack(&folder) {
        return match folder.is_dir() || folder.is_symlink() {
            true => in_folder(around, &folder, true),
            false => Err(CommandError::failed(format!("there is no folder {name}"))),
        };
    }
    let lying = || around.roots.iter().map(|root| root.join(FOLDER).join(name));
    if let Some(folder) = lying().find(|folder| is_pack(folder)) {
        return in_folder(around, &folder, true);
    }
    let shipped = context.shipped.packs;
    if let Some(pack) = shipped.iter().find(|pack| pack.name == name) {
        let files = Ok(sources::from_binary(pack));
        let (name, folder) = (name.to_owned(), None);
        return Ok(Subject { name, folder, files, named: true, in_scripts: true });
    }
    if let Some(folder) = lying().chain([folder]).find(|folder| folder.is_dir()) {
        let message = format!("{} is no pack: it has no {MANIFEST}", shown(&folder));
        return Err(CommandError::failed(message).hint(
            "a pack is a folder with pack.toml and main.lua; kehu pack new NAME begins one",
        ));
    }
    let mut known: Vec<String> = shipped.iter().map(|pack| pack.name.to_owned()).collect();
    for root in &around.roots {
        let folders = sources::sorted(&root.join(FOLDER))?.into_iter();
        let packs = folders.filter(|folder| is_pack(folder));
        known.extend(packs.filter_map(|pack| Some(pack.file_name()?.to_str()?.to_owned())));
    }
    let hint = did_you_mean(name, known.iter().map(String::as_str));
    Err(CommandError::failed(format!("there is no pack \"{name}\"")).hint(hint))
}

fn in_folder(around: &Around, folder: &Path, named: bool) -> Result<Subject> {
    let canonical = |path: &Path| {
        std::fs::canonicalize(path).map_err(|error| CommandError::file("read", path, &error))
    };
    // A link keeps the name that it has where it lies.
    let whole = match (folder.parent(), folder.file_name()) {
        (Some(parent), Some(name)) if folder.is_symlink() => {
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            canonical(parent)?.join(name)
        }
        _ => canonical(folder)?,
    };
    let name = whole.file_name().and_then(|name| name.to_str()).unwrap_or("pack").to_owned();
    let is_of = |root: &&PathBuf| {
        let scripts = std::fs::canonicalize(root.join(FOLDER)).ok();
        scripts.is_some() && whole.parent() == scripts.as_deref()
    };
    let root = around.roots.iter().find(is_of);
    let dir = shown(&whole);
    let files = match root {
        Some(root) => sources::in_place(root, &whole, dir, Origin::Workspace)?,
        None => sources::read(&whole, dir, Origin::Workspace)?,
    };
    Ok(Subject { name, folder: Some(whole), files, named, in_scripts: root.is_some() })
}

/// A folder as it is seen from where the command runs, so that an editor finds it.
fn shown(folder: &Path) -> String {
    let current = std::fs::canonicalize(".").unwrap_or_default();
    let whole = match (folder.parent().map(std::fs::canonicalize), folder.file_name()) {
        (Some(Ok(parent)), Some(name)) => parent.join(name),
        _ => folder.to_owned(),
    };
    let path = whole.strip_prefix(&current).unwrap_or(&whole);
    if path.as_os_str().is_empty() { ".".to_owned() } else { path.display().to_string() }
}

fn named_files(pack: &Subject) -> Option<(&str, &PackFiles)> {
    Some((&pack.name, pack.files.as_ref().ok()?))
}

/// What the workspace has, what all packs give that lie there or come with the program, and what these bring.
pub(super) fn known<'a>(
    context: &Context<'_>,
    settings: &Settings,
    packs: impl Iterator<Item = (&'a str, &'a PackFiles)>,
    lying: &[Source],
) -> Result<Known> {
    let packs: Vec<(&str, &PackFiles)> = packs.collect();
    let mut settings = settings.clone();
    let words = packs.iter().filter(|(name, _)| !settings.packs_on.iter().any(|on| on == name));
    let words = words.filter_map(|(name, files)| {
        let words = Vocabulary::parse(MANIFEST, manifest_of(files)?).ok()?;
        (!words.is_empty()).then(|| ((*name).to_owned(), words))
    });
    let words: Vec<(String, Vocabulary)> = words.collect();
    // What contradicts the workspace is told where the pack is looked at beside the others.
    settings.add_vocabulary(&words).ok();
    let catalogue = Catalogue::new(&settings, &[]).map_err(|errors| {
        CommandError::failed(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })?;
    let mut known = words_of(&settings);
    let features = catalogue.declared().iter();
    known.columns = features.map(|each| (each.info.name.clone(), each.info.kind)).collect();
    let shipped = context.shipped.packs.iter().map(sources::from_binary);
    let lying = lying.iter().filter_map(|source| source.files.as_ref().ok());
    let lying = lying.chain(packs.iter().map(|(_, files)| *files));
    for files in shipped.map(Cow::Owned).chain(lying.map(Cow::Borrowed)) {
        let Some(text) = manifest_of(&files) else { continue };
        // What is wrong with a manifest is told where the pack itself is looked at.
        let Ok(manifest) = kehu_contract::Manifest::parse(MANIFEST, text) else { continue };
        for step in &manifest.steps {
            let gives = step.gives.iter();
            known.columns.extend(gives.map(|give| (give.info.name.clone(), give.info.kind)));
        }
    }
    Ok(known)
}

/// The words that a workspace declares.
fn words_of(settings: &Settings) -> Known {
    let pipelines = settings.pipelines.iter();
    Known {
        kinds: settings.kinds.iter().map(|kind| kind.name.clone()).collect(),
        states: settings.kinds.iter().flat_map(|kind| kind.states.clone()).collect(),
        channels: known_channels(settings),
        stages: pipelines.flat_map(|each| &each.stages).map(|stage| stage.name.clone()).collect(),
        fields: settings.fields.iter().map(|(_, field)| field.name.clone()).collect(),
        ..Known::default()
    }
}

fn manifest_of(files: &PackFiles) -> Option<&str> {
    let (_, text) = files.files.iter().find(|(path, _)| path == MANIFEST)?;
    std::str::from_utf8(text).ok()
}

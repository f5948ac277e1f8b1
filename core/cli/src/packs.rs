//! Finds packs: in the workspace, then in those that it extends, then among the shipped ones.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kehu_contract::document::Problem;
use kehu_contract::{Hook, Origin, PackFactory};
use kehu_engine::packs::{BrokenPack, PackSet, PackSetError};
use kehu_lua::{PackFiles, Refused};

use crate::error::{CommandError, Result};
use crate::plugins;
use crate::workspace::Workspace;
use crate::{Shipped, ShippedPack};

/// The folder of a workspace that holds its Lua packs, one folder each.
const FOLDER: &str = "scripts";
/// The manifest that makes a folder a pack.
const MANIFEST: &str = "pack.toml";
/// No file of a pack is larger; a script may be far smaller still.
const LARGEST: u64 = 4 * 1024 * 1024;
/// No pack has more files, or folders more deeply within one another.
const MOST_FILES: usize = 500;
const DEEPEST: usize = 8;

/// Loads the packs that the workspace turns on, with their settings checked.
pub(crate) fn enabled(workspace: &Workspace, shipped: Shipped<'_>) -> Result<PackSet> {
    enabled_but(workspace, shipped, &[])
}

/// Loads them as if some were not on.
pub(crate) fn enabled_but(
    workspace: &Workspace,
    shipped: Shipped<'_>,
    but: &[String],
) -> Result<PackSet> {
    let mut settings = Cow::Borrowed(&workspace.settings);
    if !but.is_empty() {
        settings.to_mut().packs_on.retain(|name| !but.contains(name));
    }
    let (mut available, broken) = available(workspace, shipped)?;
    let nearer = available.iter().filter(|pack| pack.origin() != Origin::Shipped);
    let scripts: Vec<String> = nearer
        .map(|pack| pack.manifest().name.clone())
        .chain(broken.iter().map(|(name, _)| name.clone()))
        .collect();
    // A pack that nobody turned on may be half-written: it troubles nobody.
    let on = &settings.packs_on;
    let problems: Vec<Problem> = broken
        .into_iter()
        .filter(|(name, _)| on.contains(name))
        .flat_map(|(_, problems)| problems)
        .collect();
    if !problems.is_empty() {
        return Err(CommandError::from(problems)
            .hint("mend it, or take the pack out of [packs] on in kehu.toml to go on without it"));
    }
    let plugins::Found { factories, absent } = plugins::find(workspace, shipped, &scripts)?;
    // A plugin of the workspace stands in for a shipped script of its name.
    let factories = factories.into_iter().map(|factory| Arc::new(factory) as Arc<dyn PackFactory>);
    available.splice(..0, factories);
    PackSet::new(&settings, &available, absent).map_err(|errors| {
        let mut errors = errors.into_iter().map(|error| match error {
            PackSetError::Setting(problem) => CommandError::from(problem),
            PackSetError::Unknown { name, hint } => {
                CommandError::failed(format!("there is no pack \"{name}\"")).hint(hint)
            }
        });
        match errors.next() {
            Some(first) => CommandError { also: errors.collect(), ..first },
            None => CommandError::failed("the packs cannot be used, and do not say why"),
        }
    })
}

/// True if a pack that is on may have a step at a hook: its manifest at least has the word. So commands
/// that few packs are asked about load none for nothing. Native plugins have none of these hooks.
pub(crate) fn may_answer(
    workspace: &Workspace,
    shipped: Shipped<'_>,
    hook: Hook,
    but: &[String],
) -> Result<bool> {
    let word = hook.name();
    for name in workspace.settings.packs_on.iter().filter(|name| !but.contains(name)) {
        let roots = std::iter::once(&workspace.root).chain(&workspace.bases);
        let path = roots.map(|root| root.join(FOLDER).join(name).join(MANIFEST));
        let manifest = match path.into_iter().find(|path| path.is_file()) {
            Some(path) => {
                let bytes =
                    fs::read(&path).map_err(|error| CommandError::file("read", &path, &error))?;
                String::from_utf8_lossy(&bytes).into_owned()
            }
            None => {
                let pack = shipped.packs.iter().find(|pack| pack.name == name);
                let files = pack.map_or(&[][..], |pack| pack.files);
                let manifest = files.iter().find(|(path, _)| *path == MANIFEST);
                manifest.map_or("", |(_, text)| text).to_owned()
            }
        };
        if manifest.contains(word) {
            return Ok(true);
        }
    }
    Ok(false)
}

type Found = (Vec<Arc<dyn PackFactory>>, Vec<(String, Vec<Problem>)>);

/// Loads every pack that can be found; of two by the same name the nearer one. The second list names
/// those that do not even say what they are.
fn available(workspace: &Workspace, shipped: Shipped<'_>) -> Result<Found> {
    let mut sources = Vec::new();
    for (at, root) in std::iter::once(&workspace.root).chain(&workspace.bases).enumerate() {
        let origin = if at == 0 { Origin::Workspace } else { Origin::Base };
        sources.extend(in_folder(&root.join(FOLDER), &shown(root, &workspace.root), origin)?);
    }
    sources.extend(shipped.packs.iter().map(|pack| (pack.name.to_owned(), from_binary(pack))));
    let (mut packs, mut broken): Found = (Vec::new(), Vec::new());
    let mut seen: Vec<String> = Vec::new();
    for (name, files) in sources {
        if seen.contains(&name) {
            continue;
        }
        let origin = files.origin;
        match kehu_lua::load(files) {
            Ok(pack) => packs.push(Arc::new(pack)),
            Err(Refused { manifest: Some(manifest), problems }) => {
                packs.push(Arc::new(BrokenPack::new(*manifest, origin, problems)));
            }
            Err(Refused { manifest: None, problems }) => broken.push((name.clone(), problems)),
        }
        seen.push(name);
    }
    Ok((packs, broken))
}

/// How a folder of packs is named in messages: from the workspace, not from the root of the disk.
fn shown(root: &Path, workspace: &Path) -> String {
    if root == workspace {
        return FOLDER.to_owned();
    }
    root.join(FOLDER).display().to_string()
}

fn from_binary(pack: &ShippedPack) -> PackFiles {
    let files = pack.files.iter();
    PackFiles {
        origin: Origin::Shipped,
        dir: format!("{FOLDER}/{}", pack.name),
        files: files
            .map(|(path, text)| ((*path).to_owned(), Cow::Borrowed(text.as_bytes())))
            .collect(),
    }
}

fn in_folder(folder: &Path, shown: &str, origin: Origin) -> Result<Vec<(String, PackFiles)>> {
    let mut packs = Vec::new();
    for path in sorted(folder)? {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if path.join(MANIFEST).is_file() {
            let mut files = Vec::new();
            collect(&path, "", 0, &mut files)?;
            let dir = format!("{shown}/{name}");
            packs.push((name.to_owned(), PackFiles { origin, dir, files }));
        }
    }
    Ok(packs)
}

/// The entries of a folder in the order of their names; none if there is no such folder.
fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(CommandError::file("read", folder, &error)),
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    Ok(paths)
}

/// Reads the files of a pack. Links are passed over: a pack is what lies in its folder.
fn collect(
    folder: &Path,
    prefix: &str,
    depth: usize,
    files: &mut Vec<(String, Cow<'static, [u8]>)>,
) -> Result {
    for path in sorted(folder)? {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let about = fs::symlink_metadata(&path)
            .map_err(|error| CommandError::file("read", &path, &error))?;
        if name.starts_with('.') || about.is_symlink() {
            continue;
        }
        if about.is_dir() {
            if depth < DEEPEST {
                collect(&path, &format!("{prefix}{name}/"), depth + 1, files)?;
            }
            continue;
        }
        if about.len() > LARGEST || files.len() >= MOST_FILES {
            let message = format!("{} is too large for a pack", path.display());
            return Err(CommandError::failed(message)
                .hint("a pack has at most 500 files of at most 4 MiB each"));
        }
        let bytes = fs::read(&path).map_err(|error| CommandError::file("read", &path, &error))?;
        files.push((format!("{prefix}{name}"), Cow::Owned(bytes)));
    }
    Ok(())
}

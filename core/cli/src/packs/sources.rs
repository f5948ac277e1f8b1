//! Where packs in Lua lie: in the workspace, in those that it extends, in the program; and their files, read.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kehu_contract::Origin;
use kehu_contract::document::{Place, Problem};
use kehu_lua::PackFiles;

use crate::ShippedPack;
use crate::error::{self, CommandError, Result};
use crate::workspace::Workspace;

/// The folder of a workspace that holds its Lua packs, one folder each.
pub(crate) const FOLDER: &str = "scripts";
/// The manifest that makes a folder a pack.
pub(crate) const MANIFEST: &str = "pack.toml";
/// No file of a pack is larger; a script may be far smaller still.
pub(crate) const LARGEST: u64 = 4 * 1024 * 1024;
/// No pack has more files, or folders more deeply within one another.
const MOST_FILES: usize = 500;
const DEEPEST: usize = 8;

/// Holds a pack that was found, as it lies there.
#[derive(Debug)]
pub(crate) struct Source {
    /// The name of its folder.
    pub(crate) name: String,
    /// Where it was found.
    pub(crate) origin: Origin,
    /// Its files, or why they cannot be taken.
    pub(crate) files: Result<PackFiles, Vec<Problem>>,
}

/// Finds all packs, the nearest first: of several by one name the first is the one that counts.
pub(crate) fn all(workspace: &Workspace, shipped: &[ShippedPack]) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    in_workspace(&workspace.root, FOLDER, Origin::Workspace, &mut sources)?;
    for (root, name) in workspace.bases.iter().zip(&workspace.base_names) {
        in_workspace(root, &format!("{name}/{FOLDER}"), Origin::Base, &mut sources)?;
    }
    sources.extend(shipped.iter().map(|pack| Source {
        name: pack.name.to_owned(),
        origin: Origin::Shipped,
        files: Ok(from_binary(pack)),
    }));
    Ok(sources)
}

/// The files of a pack that the program carries.
pub(crate) fn from_binary(pack: &ShippedPack) -> PackFiles {
    let files = pack.files.iter();
    PackFiles {
        origin: Origin::Shipped,
        dir: format!("{FOLDER}/{}", pack.name),
        files: files
            .map(|(path, text)| ((*path).to_owned(), Cow::Borrowed(text.as_bytes())))
            .collect(),
    }
}

/// Finds the packs in the folder of one workspace; `shown` is its name in messages.
pub(crate) fn in_workspace(
    root: &Path,
    shown: &str,
    origin: Origin,
    sources: &mut Vec<Source>,
) -> Result {
    for path in sorted(&root.join(FOLDER))? {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let manifest = path.join(MANIFEST);
        let has_manifest = manifest.symlink_metadata().is_ok();
        if name.starts_with('.') || !(has_manifest || leads_nowhere(&path)) {
            continue;
        }
        let dir = if shown.is_empty() { name.to_owned() } else { format!("{shown}/{name}") };
        let files = if has_manifest && !manifest.is_file() {
            // A pipe would be waited for, and a link may lead nowhere.
            let message = format!("{MANIFEST} is no plain file");
            let hint = "put a copy of the file in its place";
            Err(vec![problem(&format!("{dir}/{MANIFEST}"), message, hint)])
        } else {
            in_place(root, &path, dir, origin)?
        };
        sources.push(Source { name: name.to_owned(), origin, files });
    }
    Ok(())
}

/// Reads a pack that lies in a workspace, unless its folder is a link that leads elsewhere.
pub(crate) fn in_place(
    root: &Path,
    folder: &Path,
    dir: String,
    origin: Origin,
) -> Result<Result<PackFiles, Vec<Problem>>> {
    let message = if leads_nowhere(folder) {
        "the pack is a link that leads nowhere".to_owned()
    } else if let Some(target) = leads_out(root, folder) {
        format!("the pack is a link that leads out of its workspace, to {target}")
    } else {
        return read(folder, dir, origin);
    };
    let hint = "put a copy in its place: kehu pack add DIR";
    Ok(Err(vec![problem(&dir, message, hint)]))
}

fn leads_nowhere(folder: &Path) -> bool {
    folder.is_symlink() && fs::metadata(folder).is_err()
}

/// Where a folder really lies, if that is not within the workspace.
fn leads_out(root: &Path, folder: &Path) -> Option<String> {
    let (root, folder) = (fs::canonicalize(root).ok()?, fs::canonicalize(folder).ok()?);
    (!folder.starts_with(root)).then(|| error::shown(&folder))
}

/// Says that a pack and its folder have different names.
pub(crate) fn misnamed(dir: &str, called: &str, folder: &str) -> Problem {
    problem(
        &format!("{dir}/{MANIFEST}"),
        format!("the pack is called \"{called}\", its folder \"{folder}\""),
        "give both the same name",
    )
}

/// Reads the files of a pack's folder; `dir` is its name in messages.
pub(crate) fn read(
    folder: &Path,
    dir: String,
    origin: Origin,
) -> Result<Result<PackFiles, Vec<Problem>>> {
    let mut files = Vec::new();
    Ok(match collect(folder, "", 0, &mut files)? {
        Some(large) => Err(vec![too_large(&format!("{dir}/{large}"))]),
        None => Ok(PackFiles { origin, dir, files }),
    })
}

/// Says that a file is larger than a pack may have, or one too many.
pub(crate) fn too_large(file: &str) -> Problem {
    let message = "the file is too large for a pack, or lies too deep".to_owned();
    let hint = "a pack has at most 500 files of at most 4 MiB each, in folders at most 8 deep";
    problem(file, message, hint)
}

/// Finds a link within a pack's folder.
pub(crate) fn link_within(folder: &Path) -> Result<Option<PathBuf>> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in sorted(&folder)? {
            if path.is_symlink() {
                return Ok(Some(path));
            }
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    Ok(None)
}

/// Says what is wrong with a whole file or folder.
pub(crate) fn problem(file: &str, message: String, hint: &str) -> Problem {
    let place = Place { file: Arc::from(file), line: 1, column: 1, source: Arc::from("") };
    Problem { place, message, hint: Some(hint.to_owned()) }
}

/// The entries of a folder in the order of their names; none if there is no such folder.
pub(crate) fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(CommandError::file("read", folder, &error)),
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    Ok(paths)
}

/// Reads the files of a pack; gives the first one that is too large, too deep, or one too many. Links are passed
/// over: a pack is what lies in its folder.
fn collect(
    folder: &Path,
    prefix: &str,
    depth: usize,
    files: &mut Vec<(String, Cow<'static, [u8]>)>,
) -> Result<Option<String>> {
    for path in sorted(folder)? {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let about = fs::symlink_metadata(&path)
            .map_err(|error| CommandError::file("read", &path, &error))?;
        if name.starts_with('.') || !(about.is_dir() || about.is_file()) {
            continue;
        }
        if about.is_dir() {
            if depth >= DEEPEST {
                return Ok(Some(format!("{prefix}{name}")));
            }
            let large = collect(&path, &format!("{prefix}{name}/"), depth + 1, files)?;
            if large.is_some() {
                return Ok(large);
            }
            continue;
        }
        if about.len() > LARGEST || files.len() >= MOST_FILES {
            return Ok(Some(format!("{prefix}{name}")));
        }
        let bytes = fs::read(&path).map_err(|error| CommandError::file("read", &path, &error))?;
        files.push((format!("{prefix}{name}"), Cow::Owned(bytes)));
    }
    Ok(None)
}

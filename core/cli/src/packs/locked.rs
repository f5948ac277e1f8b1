//! Whether the packs of a workspace are those of its lock.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::sources::{self, FOLDER, Source};
use crate::error::{CommandError, Result};
use crate::lock::{self, LOCK, LockedPack};
use crate::printer::Printer;
use crate::workspace::{Workspace, seen_from, shell_word};

/// SHA-256 of each file that decides what a pack does, or shows what there is.
pub(crate) fn hashes(files: &[(String, Cow<'static, [u8]>)]) -> BTreeMap<String, String> {
    let deciding =
        files.iter().filter(|(path, _)| kehu_lua::decides(path) || kehu_lua::is_report(path));
    deciding.map(|(path, bytes)| (path.clone(), hexadecimal(&Sha256::digest(bytes)))).collect()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The files that were changed, added or taken away since a pack was locked, in the order of their names.
pub(crate) fn edits(locked: &LockedPack, files: &[(String, Cow<'static, [u8]>)]) -> Vec<String> {
    let now = hashes(files);
    let paths = locked.files.keys().chain(now.keys());
    let changed = paths.filter(|path| locked.files.get(*path) != now.get(*path));
    let mut changed: Vec<String> = changed.cloned().collect();
    changed.sort();
    changed.dedup();
    changed
}

/// What the lock says of a pack that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The lock does not name it.
    NotLocked,
    /// It is the very one.
    AsLocked,
    /// These files differ.
    Edited(Vec<String>),
}

/// Holds the locks of a workspace and of those that it extends.
#[derive(Debug)]
pub(crate) struct Locks(Vec<(String, BTreeMap<String, LockedPack>)>);

impl Locks {
    pub(crate) fn read(workspace: &Workspace) -> Result<Self> {
        let of = |root: &Path, folder: String| Ok((folder, lock::read(root)?.packs));
        let own = std::iter::once(of(&workspace.root, FOLDER.to_owned()));
        let bases = workspace.bases.iter().zip(&workspace.base_names);
        let bases = bases.map(|(root, name)| of(root, format!("{name}/{FOLDER}")));
        own.chain(bases).collect::<Result<_>>().map(Self)
    }

    /// How a pack in Lua stands to the lock of its own workspace.
    pub(crate) fn standing(&self, source: &Source) -> Standing {
        let Ok(files) = &source.files else { return Standing::NotLocked };
        let folder = files.dir.strip_suffix(&source.name).unwrap_or_default();
        let lock = self.0.iter().find(|(name, _)| *name == folder.trim_end_matches('/'));
        match lock.and_then(|(_, packs)| packs.get(&source.name)) {
            None => Standing::NotLocked,
            Some(locked) => match edits(locked, &files.files) {
                same if same.is_empty() => Standing::AsLocked,
                edits => Standing::Edited(edits),
            },
        }
    }
}

/// The packs in Lua that are on and count, but for those that come with the program, each with its standing.
fn counting(workspace: &Workspace) -> Result<Vec<(String, Standing)>> {
    let locks = Locks::read(workspace)?;
    let mut found: Vec<(String, String, Standing)> = Vec::new();
    for source in sources::all(workspace, &[])? {
        let is_on = workspace.settings.packs_on.contains(&source.name);
        let is_known = found.iter().any(|(name, ..)| *name == source.name);
        if let (true, false, Ok(files)) = (is_on, is_known, &source.files) {
            found.push((source.name.clone(), files.dir.clone(), locks.standing(&source)));
        }
    }
    Ok(found.into_iter().map(|(_, dir, standing)| (dir, standing)).collect())
}

/// What is told of a pack that was edited.
pub(crate) fn told(dir: &str, edits: &[String]) -> String {
    format!("{dir} was edited since it was locked: {}", edits.join(", "))
}

/// The packs that are on and were edited since they were locked, each with the files that differ.
pub(crate) fn edited(workspace: &Workspace) -> Result<Vec<(String, Vec<String>)>> {
    let edited = counting(workspace)?.into_iter().filter_map(|(dir, standing)| match standing {
        Standing::Edited(edits) => Some((dir, edits)),
        _ => None,
    });
    Ok(edited.collect())
}

/// Says on stderr which packs that are on were edited since they were locked.
pub(crate) fn tell(workspace: &Workspace) -> Result {
    for (dir, edits) in edited(workspace)? {
        Printer::talk(&format!("note: {}", told(&dir, &edits)));
    }
    Ok(())
}

/// Refuses packs that are on and are not those of the lock.
pub(crate) fn demand(workspace: &Workspace) -> Result {
    let mut errors = Vec::new();
    let mut remedies: Vec<String> = Vec::new();
    for (dir, standing) in counting(workspace)? {
        let (lock, remedy) = remedy(workspace, &dir);
        let error = match standing {
            Standing::AsLocked => continue,
            Standing::NotLocked => CommandError::failed(format!("{dir} is not in {lock}")),
            Standing::Edited(edits) => CommandError::failed(told(&dir, &edits)),
        };
        errors.push(error);
        if !remedies.contains(&remedy) {
            remedies.push(remedy);
        }
    }
    let mut errors = errors.into_iter();
    let Some(first) = errors.next() else { return Ok(()) };
    let error = CommandError { also: errors.collect(), ..first }
        .hint("with --locked every pack that is on must be the very one of kehu.lock");
    Err(remedies.into_iter().fold(error, |error, remedy| {
        error.hint(format!("if that is meant, lock it as it is: {remedy}"))
    }))
}

/// The lock that a pack belongs to, and the command that writes that one anew: each workspace has its own.
fn remedy(workspace: &Workspace, dir: &str) -> (String, String) {
    let of_base = workspace.bases.iter().zip(&workspace.base_names).find(|(_, name)| {
        dir.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(&format!("/{FOLDER}/")))
    });
    match of_base {
        None => (LOCK.to_owned(), "kehu pack lock".to_owned()),
        Some((root, name)) => {
            let folder = shell_word(&seen_from(Path::new("."), root));
            (format!("{name}/{LOCK}"), format!("kehu -C {folder} pack lock"))
        }
    }
}

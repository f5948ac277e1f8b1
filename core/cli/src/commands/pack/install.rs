//! A pack's folder, put into a workspace or taken out of it in one step.

use std::borrow::Cow;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::new;
use crate::error::{CommandError, Result};
use crate::packs::sources::FOLDER;

/// Holds the folder of a pack that is about to be put in its place; dropped, it is taken away again.
#[derive(Debug)]
pub(super) struct Staged {
    beside: PathBuf,
    place: PathBuf,
    old: PathBuf,
}

/// Writes the files of a pack beside its place, so that they are known to be on the disk.
pub(super) fn stage(
    root: &Path,
    name: &str,
    files: &[(String, Cow<'static, [u8]>)],
) -> Result<Staged> {
    let staged = at(root, name);
    let write = |path: &Path, bytes: &[u8]| -> std::io::Result<()> {
        fs::create_dir_all(path.parent().unwrap_or(&staged.beside))?;
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    let editors = new::hidden();
    let editors = editors.iter().map(|(path, text)| (path, text.as_bytes()));
    let files = files.iter().map(|(path, bytes)| (path, &**bytes));
    for (path, bytes) in files.chain(editors) {
        let path = staged.beside.join(path);
        write(&path, bytes).map_err(|error| CommandError::file("written", &path, &error))?;
    }
    Ok(staged)
}

fn at(root: &Path, name: &str) -> Staged {
    let scripts = root.join(FOLDER);
    Staged {
        beside: scripts.join(format!(".{name}.new")),
        old: scripts.join(format!(".{name}.old")),
        place: scripts.join(name),
    }
}

/// Brings back what a step that was cut off has left aside, and takes away what it has left half-written.
pub(super) fn mend(root: &Path) -> Result {
    let Ok(entries) = fs::read_dir(root.join(FOLDER)) else { return Ok(()) };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(rest) = name.strip_prefix('.') else { continue };
        if let Some(name) = rest.strip_suffix(".old") {
            let place = path.with_file_name(name);
            if !place.exists() {
                fs::rename(&path, &place)
                    .map_err(|error| CommandError::file("written", &place, &error))?;
                continue;
            }
        } else if rest.strip_suffix(".new").is_none() {
            continue;
        }
        clear(&path).map_err(|error| CommandError::file("removed", &path, &error))?;
    }
    Ok(())
}

fn clear(folder: &Path) -> std::io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl Staged {
    /// Puts the folder in its place. What was there before is kept aside until [`Put::keep`].
    pub(super) fn put(self) -> Result<Put> {
        let failed = |error: std::io::Error| CommandError::file("written", &self.place, &error);
        let had = self.place.exists();
        if had && exchange(&self.beside, &self.place).is_ok() {
            fs::rename(&self.beside, &self.old).map_err(failed)?;
        } else {
            if had {
                fs::rename(&self.place, &self.old).map_err(failed)?;
            }
            if let Err(error) = fs::rename(&self.beside, &self.place) {
                fs::rename(&self.old, &self.place).ok();
                return Err(failed(error));
            }
        }
        Ok(Put { place: self.place.clone(), old: had.then(|| self.old.clone()), kept: false })
    }
}

/// Lets two folders change places in one step, where the system can.
#[cfg(target_os = "linux")]
fn exchange(one: &Path, other: &Path) -> rustix::io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

impl Drop for Staged {
    fn drop(&mut self) {
        // After `put` nothing is left there to take away.
        clear(&self.beside).ok();
    }
}

/// Takes a pack's folder out of its place, to be kept aside until [`Put::keep`].
pub(super) fn take_out(root: &Path, name: &str) -> Result<Put> {
    let staged = at(root, name);
    fs::rename(&staged.place, &staged.old)
        .map_err(|error| CommandError::file("removed", &staged.place, &error))?;
    Ok(Put { place: staged.place.clone(), old: Some(staged.old.clone()), kept: false })
}

/// Holds a step that can still be taken back; dropped without [`Put::keep`], it is.
#[derive(Debug)]
pub(super) struct Put {
    place: PathBuf,
    old: Option<PathBuf>,
    kept: bool,
}

impl Put {
    /// Lets the step stand.
    pub(super) fn keep(mut self) {
        self.kept = true;
        // What is left aside is taken away next time.
        self.old.iter().for_each(|old| {
            clear(old).ok();
        });
    }
}

impl Drop for Put {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        clear(&self.place).ok();
        self.old.iter().for_each(|old| {
            fs::rename(old, &self.place).ok();
        });
    }
}

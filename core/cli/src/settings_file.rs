//! A new text for `kehu.toml`, written beside it first and put in its place in one step.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{CommandError, Result};

/// Holds a new text of a file that lies beside it; dropped, it is taken away again.
#[derive(Debug)]
pub(crate) struct Replacement {
    path: PathBuf,
    beside: PathBuf,
}

impl Replacement {
    /// Writes the new text beside the file, so that it is known to be on the disk before anything
    /// is done that relies on it.
    pub(crate) fn prepare(path: &Path, text: &str) -> Result<Self> {
        let beside = path.with_extension("toml.new");
        let replacement = Self { path: path.to_owned(), beside };
        fs::write(&replacement.beside, text)
            .and_then(|()| fs::File::open(&replacement.beside)?.sync_all())
            .map_err(|error| CommandError::file("written", path, &error))?;
        Ok(replacement)
    }

    /// Puts the new text in the place of the old one.
    pub(crate) fn put(self) -> Result {
        fs::rename(&self.beside, &self.path)
            .map_err(|error| CommandError::file("written", &self.path, &error))
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        // After `put` nothing is left there to take away.
        fs::remove_file(&self.beside).ok();
    }
}

//! What this machine's user has said of native plugins, in a file of the user's own: which files may
//! run here, and which plugins rest because they crashed.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::environment;
use crate::error::{CommandError, Result};

/// So many crashes within so many minutes let a plugin rest.
const CRASHES: usize = 3;
const MINUTES: i64 = 10;

/// Holds the file's contents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Machine {
    /// The files that may run here, by SHA-256.
    allowed: BTreeMap<String, Allowed>,
    /// The plugins that crashed of late, by the hash of their code.
    crashed: BTreeMap<String, Crashed>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Allowed {
    name: String,
    version: String,
    at: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Crashed {
    name: String,
    /// The last moments, at most as many as let it rest.
    at: Vec<String>,
    rests: bool,
}

impl Machine {
    /// Reads the file; nothing is allowed if there is none.
    pub(crate) fn read() -> Result<Self> {
        let Some(path) = path() else { return Ok(Self::default()) };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(CommandError::file("read", &path, &error)),
        };
        toml::from_str(&text).map_err(|error| {
            let reason = error.message().to_owned();
            CommandError::failed(format!("{} cannot be understood: {reason}", path.display()))
                .hint("it is kept by kehu plugin add; remove it, and add the plugins again")
        })
    }

    /// Changes the file, as it is now, in one step; others who want to wait.
    fn change<T>(change: impl FnOnce(&mut Self) -> T) -> Result<T> {
        let Some(path) = path() else {
            return Err(CommandError::failed("this user has no folder to keep consent in")
                .hint("set HOME or XDG_CONFIG_HOME"));
        };
        let failed = |error: std::io::Error| CommandError::file("written", &path, &error);
        let folder = path.parent().unwrap_or(&path);
        fs::create_dir_all(folder).map_err(failed)?;
        let held = fs::File::open(folder).and_then(|folder| folder.lock().map(|()| folder));
        let _held = held.map_err(failed)?;
        let mut machine = Self::read()?;
        let changed = change(&mut machine);
        let text =
            toml::to_string(&machine).map_err(|error| CommandError::failed(error.to_string()))?;
        let beside = path.with_extension("toml.new");
        // What a killed program left there must not lend its rights to the new file.
        fs::remove_file(&beside).ok();
        let mut file = private(&beside).map_err(failed)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        fs::rename(&beside, &path).map_err(failed)?;
        Ok(changed)
    }

    /// True if a file may run here.
    pub(crate) fn allows(&self, sha256: &str) -> bool {
        self.allowed.contains_key(sha256)
    }

    /// Notes that a file may run here, at a moment in UTC.
    pub(crate) fn allow(sha256: &str, name: &str, version: &str, at: &str) -> Result {
        let [name, version, at] = [name, version, at].map(str::to_owned);
        Self::change(|machine| {
            machine.allowed.insert(sha256.to_owned(), Allowed { name, version, at });
        })
    }

    /// True if a plugin rests until somebody says that it may be tried again.
    pub(crate) fn rests(&self, hash: &str) -> bool {
        self.crashed.get(hash).is_some_and(|crashed| crashed.rests)
    }

    /// Notes that a plugin crashed; true if it rests from now on.
    pub(crate) fn note_crashes(hash: &str, name: &str, count: usize, at: &str) -> Result<bool> {
        Self::change(|machine| {
            let crashed = machine.crashed.entry(hash.to_owned()).or_default();
            name.clone_into(&mut crashed.name);
            crashed.note(count, at);
            crashed.rests
        })
    }

    /// Lets plugins of a name be tried again; true if one of them had rested or crashed.
    pub(crate) fn forget_crashes(name: &str) -> Result<bool> {
        let is_of = |crashed: &Crashed| crashed.name == name;
        if !Self::read()?.crashed.values().any(is_of) {
            return Ok(false);
        }
        Self::change(|machine| machine.crashed.retain(|_, crashed| !is_of(crashed)))?;
        Ok(true)
    }
}

impl Crashed {
    fn note(&mut self, count: usize, at: &str) {
        self.at.extend(std::iter::repeat_n(at.to_owned(), count.min(CRASHES)));
        let old = self.at.len().saturating_sub(CRASHES);
        self.at.drain(..old);
        let moment = |text: &String| text.parse::<DateTime<Utc>>().ok();
        let span = self.at.first().and_then(moment).zip(self.at.last().and_then(moment));
        self.rests |= self.at.len() == CRASHES
            && span.is_some_and(|(first, last)| last - first <= TimeDelta::minutes(MINUTES));
    }
}

fn path() -> Option<PathBuf> {
    environment::user_folder().map(|folder| folder.join("plugins.toml"))
}

/// A new file that only its owner may read.
fn private(path: &std::path::Path) -> std::io::Result<fs::File> {
    let mut options = fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_crashes_in_ten_minutes_let_a_plugin_rest_and_slower_ones_do_not() {
        let cases: [(&[(usize, &str)], bool); 5] = [
            (&[(1, "10:00"), (1, "10:05"), (1, "10:10")], true),
            (&[(1, "10:00"), (1, "10:05"), (1, "10:11")], false),
            (&[(1, "09:00"), (1, "10:01"), (1, "10:02"), (1, "10:03")], true),
            (&[(2, "10:00")], false),
            (&[(7, "10:00")], true),
        ];
        for (crashes, rests) in cases {
            let mut crashed = Crashed::default();
            for (count, at) in crashes {
                crashed.note(*count, &format!("2024-03-01T{at}:00Z"));
            }
            assert_eq!(crashed.rests, rests, "{crashes:?}");
            assert!(crashed.at.len() <= CRASHES);
        }
    }
}

//! The lock of a workspace, `kehu.lock`: its packs and plugins, down to the bytes of their files.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use kehu_contract::document::{Document, Problem, Problems, Table};

use crate::error::{CommandError, Result};
use crate::settings_file::Replacement;
use crate::workspace::{SETTINGS, seen_from};

/// The file that holds it.
pub(crate) const LOCK: &str = "kehu.lock";
/// The version of the lock's own format.
const FORMAT: i64 = 1;
/// What stands above the entries.
const HEADING: &str = "# The packs that were added here and the native plugins that may run, down to their bytes. Kept by\n\
                       # `kehu pack` and `kehu plugin`; commit it, so that everybody runs the same files.\n";

/// Reads a workspace's lock; an empty one if there is none.
pub(crate) fn read(root: &Path) -> Result<Lock> {
    let path = root.join(LOCK);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Lock::default()),
        Err(error) => return Err(CommandError::file("read", &path, &error)),
    };
    Ok(Lock::parse(&shown(root), &text)?)
}

/// The lock as messages show it: that of a workspace which is extended, or lies elsewhere, by its path.
fn shown(root: &Path) -> String {
    let here = fs::canonicalize(".").unwrap_or_default();
    let own = here.ancestors().find(|folder| folder.join(SETTINGS).is_file());
    if own == Some(root) { LOCK.to_owned() } else { seen_from(&here, &root.join(LOCK)) }
}

/// Writes a workspace's lock beside the old one, to be put in its place in one step.
pub(crate) fn prepare(root: &Path, lock: &Lock) -> Result<Replacement> {
    Replacement::prepare(&root.join(LOCK), &lock.to_toml())
}

/// Replaces a workspace's lock in one step.
pub(crate) fn write(root: &Path, lock: &Lock) -> Result {
    prepare(root, lock)?.put()
}

/// Holds the packs and plugins of a workspace by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Lock {
    /// The packs in Lua, in the order of their names.
    pub(crate) packs: BTreeMap<String, LockedPack>,
    /// The native plugins, in the order of their names.
    pub(crate) plugins: BTreeMap<String, Locked>,
}

/// Holds what the lock says of one pack in Lua.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct LockedPack {
    /// The version that was locked.
    pub(crate) version: String,
    /// From where it was copied, as that was typed; empty for one that was written in the workspace.
    pub(crate) source: String,
    /// SHA-256 of each file that decides what it does, by its path within the pack.
    pub(crate) files: BTreeMap<String, String>,
}

/// Holds what the lock says of one plugin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Locked {
    /// The version that was added.
    pub(crate) version: String,
    /// The hash of its code, for a plugin that is part of the program and has no files.
    pub(crate) build: Option<String>,
    /// Its files by platform: one library for each.
    pub(crate) files: BTreeMap<String, LockedFile>,
}

/// Names one library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LockedFile {
    /// From the workspace's folder, with `/`.
    pub(crate) path: String,
    /// SHA-256 of its bytes, 64 digits in lower case.
    pub(crate) sha256: String,
    /// True if the file is a copy that was made when the plugin was added: it goes with the plugin.
    pub(crate) copied: bool,
}

impl Lock {
    /// Reads a lock; `file` is its name in messages.
    ///
    /// # Errors
    /// Everything that is wrong with it, with places. A lock that is not understood allows nothing.
    pub(crate) fn parse(file: &str, text: &str) -> std::result::Result<Self, Vec<Problem>> {
        let document = Document::parse(file, text).map_err(|problem| vec![problem])?;
        let problems = Problems::default();
        let table = document.table(&problems);
        table.require("version");
        if let (Some(found), Some(item)) = (table.integer("version"), table.item("version"))
            && found != FORMAT
        {
            let hint = "use the newer kehu that wrote it".to_owned();
            let message = format!("the lock has version {found}, this build knows {FORMAT}");
            table.problem(&item.place, message, Some(hint));
        }
        let mut lock = Self::default();
        if let Some(packs) = table.table("pack") {
            for (name, entry) in packs.subtables() {
                lock.packs.insert(name.to_owned(), read_pack(&entry));
            }
        }
        if let Some(plugins) = table.table("plugin") {
            for (name, entry) in plugins.subtables() {
                lock.plugins.insert(name.to_owned(), read_plugin(&entry));
            }
            plugins.finish();
        }
        table.finish();
        match problems.take() {
            found if found.is_empty() => Ok(lock),
            found => Err(found),
        }
    }

    /// Writes the lock, always the same way.
    pub(crate) fn to_toml(&self) -> String {
        let mut text = format!("{HEADING}version = {FORMAT}\n");
        for (name, locked) in &self.packs {
            let _ = write!(text, "\n[pack.{name}]\nversion = {}\n", quoted(&locked.version));
            if !locked.source.is_empty() {
                let _ = writeln!(text, "source = {}", quoted(&locked.source));
            }
            let _ = writeln!(text, "[pack.{name}.files]");
            for (path, sha256) in &locked.files {
                let _ = writeln!(text, "{} = {}", quoted(path), quoted(sha256));
            }
        }
        for (name, locked) in &self.plugins {
            let _ = write!(text, "\n[plugin.{name}]\nversion = {}\n", quoted(&locked.version));
            if let Some(build) = &locked.build {
                let _ = writeln!(text, "build = {}", quoted(build));
            }
            for (platform, file) in &locked.files {
                let _ = write!(
                    text,
                    "[plugin.{name}.files.{platform}]\npath = {}\nsha256 = {}\n{}",
                    quoted(&file.path),
                    quoted(&file.sha256),
                    if file.copied { "copied = true\n" } else { "" }
                );
            }
        }
        text
    }
}

fn read_pack(entry: &Table<'_>) -> LockedPack {
    let mut locked = LockedPack {
        version: entry.required_text("version").unwrap_or_default(),
        source: entry.text("source").unwrap_or_default(),
        files: BTreeMap::new(),
    };
    if let Some(files) = entry.table("files") {
        for (path, place, item) in files.entries() {
            match item.as_text().filter(|text| is_sha256(text)) {
                Some(sha256) => {
                    locked.files.insert(path.to_owned(), sha256.to_owned());
                }
                None => {
                    let hint = "the lock was edited by hand; write it anew: kehu pack lock";
                    files.problem(place, NO_SHA256, Some(hint.to_owned()));
                }
            }
        }
    }
    entry.finish();
    locked
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn read_plugin(entry: &Table<'_>) -> Locked {
    let version = entry.required_text("version").unwrap_or_default();
    let mut locked = Locked { version, build: entry.text("build"), ..Locked::default() };
    if let Some(files) = entry.table("files") {
        for (platform, file) in files.subtables() {
            let (path, sha256) = (file.required_text("path"), file.required_text("sha256"));
            let copied = file.flag("copied").unwrap_or(false);
            file.finish();
            let (Some(path), Some(sha256)) = (path, sha256) else { continue };
            if !is_sha256(&sha256) {
                file.problem(file.place(), NO_SHA256, Some(added_again()));
            }
            if !is_inside(&path) {
                let message = format!("\"{path}\" lies outside the workspace");
                file.problem(file.place(), message, Some(added_again()));
            }
            locked.files.insert(platform.to_owned(), LockedFile { path, sha256, copied });
        }
        files.finish();
    }
    entry.finish();
    locked
}

const NO_SHA256: &str = "a SHA-256 has 64 digits, 0 to 9 and a to f";

fn added_again() -> String {
    "the lock was edited by hand; add the plugin again: kehu plugin add FILE".to_owned()
}

/// True for a path below the workspace's folder, written with `/`.
fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && !path.contains(['\\', ':', '\0'])
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Lock {
        let file = |path: &str, digit: &str| LockedFile {
            path: path.to_owned(),
            sha256: digit.repeat(64),
            copied: digit == "a",
        };
        let files = BTreeMap::from([
            ("linux-x86_64".to_owned(), file("plugins/silence-linux-x86_64.so", "a")),
            ("macos-aarch64".to_owned(), file("plugins/沉默 \"1\".dylib", "0")),
        ]);
        let locked = Locked { version: "1.0.0".to_owned(), files, ..Locked::default() };
        let build = Some("0f".to_owned());
        let linked = Locked { version: "0.1.0".to_owned(), build, ..Locked::default() };
        let plugins = [("silence".to_owned(), locked), ("clv".to_owned(), linked)];
        let pack = LockedPack {
            version: "1.1.0".to_owned(),
            source: "../shared/信用".to_owned(),
            files: BTreeMap::from([("lib/days.lua".to_owned(), "b".repeat(64))]),
        };
        Lock {
            packs: BTreeMap::from([("credit-risk".to_owned(), pack)]),
            plugins: BTreeMap::from(plugins),
        }
    }

    #[test]
    fn a_lock_that_is_written_is_read_as_it_was() {
        let text = sample().to_toml();
        assert_eq!(Lock::parse("kehu.lock", &text).unwrap(), sample());
        assert_eq!(Lock::parse("kehu.lock", &text).unwrap().to_toml(), text);
        assert_eq!(Lock::parse("kehu.lock", "version = 1\n").unwrap(), Lock::default());
    }

    #[test]
    fn a_lock_that_was_edited_by_hand_allows_nothing() {
        let good = sample().to_toml();
        let cases = [
            (good.replace("version = 1\n", "version = 2\n"), "has version 2, this build knows 1"),
            (good.replace("version = 1\n", ""), "version"),
            (good.replace(&"a".repeat(64), &"A".repeat(64)), "64 digits"),
            (good.replace(&"a".repeat(64), "abc"), "64 digits"),
            (good.replace("plugins/silence", "../silence"), "outside the workspace"),
            (good.replace("plugins/silence", "/tmp/silence"), "outside the workspace"),
            (good.replace("sha256", "sha1"), "sha1"),
            (good.replace(&"b".repeat(64), "b"), "kehu pack lock"),
            (good.replace("source", "sauce"), "sauce"),
            (format!("{good}\n[plugin.silence]\nversion = \"2\"\n"), "silence"),
            ("version = [".to_owned(), ""),
        ];
        for (text, expected) in cases {
            let problems = Lock::parse("kehu.lock", &text).expect_err(&text);
            let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
            assert!(told.join("\n").contains(expected), "{expected}: {told:?}");
            assert!(told[0].starts_with("kehu.lock:"), "{told:?}");
        }
    }
}

//! The lock: which plugin files may run in a workspace, down to their bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use kehu_contract::document::{Document, Problem, Problems, Table};

/// The version of the lock's own format.
const FORMAT: i64 = 1;
/// What stands above the entries.
const HEADING: &str = "# The native plugins that may run here, down to their bytes. Kept by `kehu plugin add` and `remove`;\n\
                       # commit it, so that everybody runs the same files.\n";

/// The platform that this program runs on, such as `linux-x86_64`.
pub fn platform() -> String {
    format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)
}

/// Holds the plugins of a workspace by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// The entries, in the order of their names.
    pub plugins: BTreeMap<String, Locked>,
}

/// Holds what the lock says of one plugin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Locked {
    /// The version that was added.
    pub version: String,
    /// Its files by platform: one library for each.
    pub files: BTreeMap<String, LockedFile>,
}

/// Names one library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedFile {
    /// From the workspace's folder, with `/`.
    pub path: String,
    /// SHA-256 of its bytes, 64 digits in lower case.
    pub sha256: String,
}

impl Lock {
    /// Reads a lock; `file` is its name in messages.
    ///
    /// # Errors
    /// Everything that is wrong with it, with places. A lock that is not understood allows nothing.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
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
        if let Some(plugins) = table.table("plugin") {
            for (name, entry) in plugins.subtables() {
                lock.plugins.insert(name.to_owned(), read(&entry));
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
    pub fn to_toml(&self) -> String {
        let mut text = format!("{HEADING}version = {FORMAT}\n");
        for (name, locked) in &self.plugins {
            let _ = write!(text, "\n[plugin.{name}]\nversion = {}\n", quoted(&locked.version));
            for (platform, file) in &locked.files {
                let _ = write!(
                    text,
                    "[plugin.{name}.files.{platform}]\npath = {}\nsha256 = {}\n",
                    quoted(&file.path),
                    quoted(&file.sha256)
                );
            }
        }
        text
    }
}

fn read(entry: &Table<'_>) -> Locked {
    let mut locked =
        Locked { version: entry.required_text("version").unwrap_or_default(), ..Locked::default() };
    if let Some(files) = entry.table("files") {
        for (platform, file) in files.subtables() {
            let (path, sha256) = (file.required_text("path"), file.required_text("sha256"));
            file.finish();
            let (Some(path), Some(sha256)) = (path, sha256) else { continue };
            let digits = sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            if sha256.len() != 64 || !digits {
                let message = "a SHA-256 has 64 digits, 0 to 9 and a to f";
                file.problem(file.place(), message, Some(added_again()));
            }
            if !is_inside(&path) {
                let message = format!("\"{path}\" lies outside the workspace");
                file.problem(file.place(), message, Some(added_again()));
            }
            locked.files.insert(platform.to_owned(), LockedFile { path, sha256 });
        }
        files.finish();
    }
    entry.finish();
    locked
}

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
        };
        let files = BTreeMap::from([
            ("linux-x86_64".to_owned(), file("plugins/silence-linux-x86_64.so", "a")),
            ("macos-aarch64".to_owned(), file("plugins/沉默 \"1\".dylib", "0")),
        ]);
        let locked = Locked { version: "1.0.0".to_owned(), files };
        Lock { plugins: BTreeMap::from([("silence".to_owned(), locked)]) }
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

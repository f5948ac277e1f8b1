//! The workspace: found upward from a folder, its settings read in layers, its store opened.

use std::cell::Cell;
use std::fs;
use std::path::{Component, Path, PathBuf};

use kehu_contract::document::{Document, Problems};
use kehu_contract::{Language, LogLevel};
use kehu_engine::records::{Act, Desk, Written};
use kehu_engine::settings::Settings;
use kehu_sqlite::SqliteStore;
use kehu_store::{Reader, Store as _};

use crate::context::Globals;
use crate::environment::{self, Moment};
use crate::error::{CommandError, Result};
use crate::{Shipped, locale, packs};

/// The file that makes a folder a workspace.
pub(crate) const SETTINGS: &str = "kehu.toml";

/// The file that holds its records.
pub(crate) const DATABASE: &str = "kehu.db";

/// Who acts where nobody is named.
pub(crate) const NAMELESS: &str = "unknown";

/// How many workspaces may extend one another.
const DEEPEST: usize = 16;

/// Holds what a user has set for all workspaces, in `kehu/config.toml` of the user's own folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct UserConfig {
    /// Who acts.
    pub(crate) name: Option<String>,
    /// The language that the user speaks.
    pub(crate) language: Option<Language>,
}

impl UserConfig {
    /// Reads the file; nothing is set if there is none.
    pub(crate) fn read() -> Result<Self> {
        let Some(path) = environment::user_folder().map(|folder| folder.join("config.toml")) else {
            return Ok(Self::default());
        };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(CommandError::file("read", &path, &error)),
        };
        let document = Document::parse(&path.display().to_string(), &text)?;
        let problems = Problems::default();
        let table = document.table(&problems);
        let mut config = Self::default();
        if let Some(user) = table.table("user") {
            config.name = user.text("name").filter(|name| !name.trim().is_empty());
            config.language = user.choice("language", &["en", "zh"], Language::parse);
            user.finish();
        }
        table.finish();
        match problems.take() {
            found if found.is_empty() => Ok(config),
            found => Err(found.into()),
        }
    }
}

/// Holds an open workspace.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// Its folder.
    pub(crate) root: PathBuf,
    /// The folders of the workspaces that it extends, the nearest first.
    pub(crate) bases: Vec<PathBuf>,
    /// The same folders as messages show them, seen from this workspace: `../base`.
    pub(crate) base_names: Vec<String>,
    /// What it sets.
    pub(crate) settings: Settings,
    /// Its records.
    pub(crate) store: SqliteStore,
    /// Who acts, and when.
    pub(crate) act: Act,
    /// What the command has written.
    pub(crate) written: Written,
    /// The language for the one who acts.
    pub(crate) language: Language,
    /// True if native plugins are left out.
    pub(crate) no_plugins: bool,
    /// True if each of them must be the very one of the lock.
    pub(crate) locked: bool,
    /// The least level at which what packs log is shown; none if nobody asked for it.
    pub(crate) log: Option<LogLevel>,
    /// True if what the command writes is taken back where a pack that is told of it fails.
    pub(crate) strict: Cell<bool>,
}

impl Workspace {
    /// Opens the workspace around the folder that is named or current.
    pub(crate) fn open(globals: &Globals, user: &UserConfig, shipped: Shipped<'_>) -> Result<Self> {
        let root = find(globals)?;
        let Layers { mut settings, bases, base_names } = read_layers(&root, shipped)?;
        let language = globals.language().or(user.language).unwrap_or(settings.language);
        locale::speak(language);
        let Moment { at, today, minute } = environment::now(settings.time_zone)?;
        settings.now = Some((today, minute));
        let by = acting(globals, user)?;
        let store = SqliteStore::open(&root.join(DATABASE))?;
        let Globals { no_plugins, locked, log, .. } = *globals;
        Ok(Self {
            root,
            bases,
            base_names,
            settings,
            store,
            act: Act { by, at, today },
            written: Written::default(),
            language,
            no_plugins,
            locked,
            log,
            strict: Cell::default(),
        })
    }

    /// What the engine's use cases need.
    pub(crate) fn desk(&self) -> Desk<'_> {
        let Self { store, settings, act, written, .. } = self;
        Desk { store, settings, act, written }
    }

    /// Opens a view of the records.
    pub(crate) fn read(&self) -> Result<Box<dyn Reader>> {
        Ok(self.store.read()?)
    }
}

fn acting(globals: &Globals, user: &UserConfig) -> Result<String> {
    let named = globals.user.clone().or_else(|| user.name.clone());
    let name = named.or_else(environment::login_name).unwrap_or_else(|| NAMELESS.to_owned());
    Ok(kehu_engine::records::values::name("user", &name)?)
}

/// The folder at which the search begins.
fn start(globals: &Globals) -> PathBuf {
    globals.folder.clone().unwrap_or_else(|| PathBuf::from("."))
}

/// Finds the nearest folder with settings, from a folder upward.
pub(crate) fn find(globals: &Globals) -> Result<PathBuf> {
    let start = start(globals);
    let folder =
        fs::canonicalize(&start).map_err(|error| CommandError::file("read", &start, &error))?;
    let found = folder.ancestors().find(|folder| folder.join(SETTINGS).is_file());
    found.map(Path::to_owned).ok_or_else(|| {
        let message =
            format!("{} lies in no workspace: no {SETTINGS} here or above", folder.display());
        CommandError::failed(message)
            .hint("name one with -C DIR")
            .hint("make one with: kehu init DIR")
    })
}

/// Reads a workspace's settings over those that it extends.
pub(crate) fn read_settings(root: &Path, shipped: Shipped<'_>) -> Result<Settings> {
    read_layers(root, shipped).map(|layers| layers.settings)
}

/// Reads what the files say, without the words that packs bring.
pub(crate) fn read_files(root: &Path) -> Result<Settings> {
    read_plain(root).map(|layers| layers.settings)
}

/// Holds a workspace's settings with the words that its packs bring, and the folders of those that it
/// extends, the nearest first.
pub(crate) struct Layers {
    pub(crate) settings: Settings,
    pub(crate) bases: Vec<PathBuf>,
    base_names: Vec<String>,
}

/// The folders in which packs may lie, the nearest first, each with its name for messages.
pub(crate) fn folders<'a>(
    root: &'a Path,
    bases: &'a [PathBuf],
    names: &'a [String],
) -> Vec<(&'a Path, &'a str)> {
    let bases = bases.iter().map(PathBuf::as_path).zip(names.iter().map(String::as_str));
    std::iter::once((root, "")).chain(bases).collect()
}

/// Reads a workspace's settings over those that it extends.
pub(crate) fn read_layers(root: &Path, shipped: Shipped<'_>) -> Result<Layers> {
    let mut layers = read_plain(root)?;
    let folders = folders(root, &layers.bases, &layers.base_names);
    let words = packs::vocabulary::find(&folders, shipped, &layers.settings.packs_on)?;
    layers.settings.add_vocabulary(&words)?;
    Ok(layers)
}

fn read_plain(root: &Path) -> Result<Layers> {
    let mut layers: Vec<(String, String)> = Vec::new();
    let mut seen: Vec<PathBuf> = Vec::new();
    let mut next = Some((SETTINGS.to_owned(), root.join(SETTINGS)));
    while let Some((name, path)) = next {
        let text =
            fs::read_to_string(&path).map_err(|error| CommandError::file("read", &path, &error))?;
        seen.push(fs::canonicalize(&path).unwrap_or_else(|_| path.clone()));
        next = extended(&name, &path, &text, &seen)?;
        layers.push((name, text));
    }
    let files: Vec<(&str, &str)> =
        layers.iter().rev().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let bases = seen.iter().skip(1).filter_map(|path| path.parent().map(Path::to_owned));
    let bases: Vec<PathBuf> = bases.collect();
    let names = layers.iter().skip(1).filter_map(|(name, _)| Path::new(name).parent());
    let base_names: Vec<String> = names.map(|folder| folder.display().to_string()).collect();
    Ok(Layers { settings: Settings::read(&files)?, bases, base_names })
}

/// The settings that a file extends, by the name for messages and the path.
fn extended(
    name: &str,
    path: &Path,
    text: &str,
    seen: &[PathBuf],
) -> Result<Option<(String, PathBuf)>> {
    let document = Document::parse(name, text)?;
    let problems = Problems::default();
    let table = document.table(&problems);
    let Some(item) = table.item("extends") else { return Ok(None) };
    let base = table.text("extends");
    let Some(base) = base else { return Err(problems.take().into()) };
    let refused = |message: String| CommandError {
        place: Some(item.place.clone()),
        ..CommandError::failed(message)
    };
    let target = path.parent().unwrap_or(Path::new("")).join(&base).join(SETTINGS);
    if !target.is_file() {
        return Err(refused(format!("\"{base}\" is no workspace that could be extended"))
            .hint(format!("write the folder of a {SETTINGS}, as seen from this one")));
    }
    let canonical = fs::canonicalize(&target).unwrap_or_else(|_| target.clone());
    if seen.contains(&canonical) || seen.len() >= DEEPEST {
        return Err(refused(format!("\"{base}\" extends this workspace in turn: a circle")));
    }
    let folder = Path::new(name).parent().unwrap_or(Path::new("")).join(base);
    Ok(Some((folder.join(SETTINGS).display().to_string(), target)))
}

/// A path as it is typed into a shell: in quotes where it has characters that a shell takes for its own.
pub(crate) fn shell_word(path: &str) -> String {
    let plain = |each: char| each.is_alphanumeric() || "/._-+:@%,~=".contains(each);
    if !path.is_empty() && path.chars().all(plain) {
        return path.to_owned();
    }
    format!("'{}'", path.replace('\'', r"'\''"))
}

/// A path as files of a workspace write it: from the workspace's folder, so that it holds on other machines and
/// wherever a command is typed.
pub(crate) fn seen_from(root: &Path, path: &Path) -> String {
    let (Ok(root), Ok(path)) = (fs::canonicalize(root), fs::canonicalize(path)) else {
        return path.display().to_string();
    };
    let shared = root.components().zip(path.components()).take_while(|(one, other)| one == other);
    let shared = shared.count();
    let up = root.components().skip(shared).map(|_| Component::ParentDir);
    let down = path.components().skip(shared);
    up.chain(down).collect::<PathBuf>().display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_in_a_hint_can_be_typed_as_it_stands() {
        assert_eq!(shell_word("../base"), "../base");
        assert_eq!(shell_word("目录/客户"), "目录/客户");
        assert_eq!(shell_word("cd now"), "'cd now'");
        assert_eq!(shell_word("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(shell_word(""), "''");
    }
}

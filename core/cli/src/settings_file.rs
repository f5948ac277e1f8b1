//! A new text for `kehu.toml` or `kehu.lock`, written beside it first and put in its place in one step.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{CommandError, Result};

/// The mark that some editors put at the beginning of a file.
const MARK: char = '\u{feff}';

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
        let mut beside = path.as_os_str().to_owned();
        beside.push(".new");
        let beside = PathBuf::from(beside);
        let replacement = Self { path: path.to_owned(), beside };
        let write = || {
            fs::write(&replacement.beside, text)?;
            if let Ok(about) = fs::metadata(path) {
                fs::set_permissions(&replacement.beside, about.permissions())?;
            }
            fs::File::open(&replacement.beside)?.sync_all()
        };
        write().map_err(|error| CommandError::file("written", path, &error))?;
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

/// The text of `kehu.toml` with a pack at the end of `[packs] on`; `on` is what is on so far, which
/// another file may say.
pub(crate) fn with_pack_on(text: &str, on: &[String], name: &str) -> Result<String> {
    // A list that the workspace, or what it extends, has already names it.
    if on.iter().any(|each| each == name) {
        return Ok(text.to_owned());
    }
    let mut document = parse(text)?;
    let packs = document.entry("packs").or_insert_with(toml_edit::table);
    let Some(packs) = packs.as_table_like_mut() else { return Err(no_list()) };
    let is_new = packs.get("on").is_none();
    if is_new {
        let inherited: toml_edit::Array = on.iter().map(String::as_str).collect();
        packs.insert("on", toml_edit::value(inherited));
    }
    let list = packs.get_mut("on").and_then(toml_edit::Item::as_array_mut).ok_or_else(no_list)?;
    if is_new {
        list.push(name);
        list.fmt();
        return Ok(written_like(text, &document));
    }
    // A new line of a list is written as those before it are.
    let decor = list.iter().last().map(|last| last.decor().clone());
    list.push(name);
    if let (Some(decor), Some(last)) = (decor, list.len().checked_sub(1)) {
        // The first of a list stands right after the bracket, which no other does.
        let prefix = match decor.prefix() {
            Some(prefix) if last > 1 || prefix.as_str() != Some("") => prefix.clone(),
            _ => " ".into(),
        };
        if let Some(value) = list.get_mut(last) {
            value.decor_mut().set_prefix(prefix);
        }
    }
    Ok(written_like(text, &document))
}

/// True if the text has a list of packs of its own.
pub(crate) fn has_packs_on(text: &str) -> bool {
    let document = parse(text).ok();
    document.is_some_and(|document| {
        let packs = document.get("packs").and_then(toml_edit::Item::as_table_like);
        packs.is_some_and(|packs| packs.contains_key("on"))
    })
}

/// The changed document with the mark at the beginning and the ends of lines that its text had.
fn written_like(text: &str, document: &toml_edit::DocumentMut) -> String {
    let (ends, crlf) = (text.matches('\n').count(), text.matches("\r\n").count());
    let mut written = document.to_string().replace("\r\n", "\n");
    if crlf * 2 > ends {
        written = written.replace('\n', "\r\n");
    }
    if text.starts_with(MARK) && !written.starts_with(MARK) {
        written.insert(0, MARK);
    }
    written
}

/// The text without a pack in `[packs] on`; none if it is not there.
pub(crate) fn with_pack_off(text: &str, name: &str) -> Result<Option<String>> {
    let mut document = parse(text)?;
    let list = document
        .get_mut("packs")
        .and_then(|packs| packs.as_table_like_mut()?.get_mut("on")?.as_array_mut());
    let Some(list) = list else { return Ok(None) };
    let before = list.len();
    list.retain(|value| value.as_str() != Some(name));
    let changed = list.len() < before;
    Ok(changed.then(|| written_like(text, &document)))
}

fn parse(text: &str) -> Result<toml_edit::DocumentMut> {
    text.strip_prefix(MARK).unwrap_or(text).parse().map_err(|error: toml_edit::TomlError| {
        CommandError::failed(format!("kehu.toml: {}", error.message()))
    })
}

fn no_list() -> CommandError {
    CommandError::failed("[packs] on in kehu.toml is no list of packs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_is_turned_on_and_off_as_a_person_would_write_it() {
        let one = "# mine\n[packs]\non = [\"rfm\", \"tiers\"] # all\n";
        let with = with_pack_on(one, &[], "clv").unwrap();
        assert_eq!(with, "# mine\n[packs]\non = [\"rfm\", \"tiers\", \"clv\"] # all\n");
        assert_eq!(with_pack_off(&with, "clv").unwrap().unwrap(), one);
        let single = with_pack_on("[packs]\non = [\"rfm\"]\n", &[], "clv").unwrap();
        assert_eq!(single, "[packs]\non = [\"rfm\", \"clv\"]\n");
        let lines = "[packs]\non = [\n  \"rfm\",\n  \"tiers\",\n]\n";
        let with = with_pack_on(lines, &[], "clv").unwrap();
        assert_eq!(with, "[packs]\non = [\n  \"rfm\",\n  \"tiers\",\n  \"clv\",\n]\n");
        assert_eq!(with_pack_off(lines, "clv").unwrap(), None);
        let inherited = with_pack_on("extends = \"../base\"\n", &["rfm".to_owned()], "clv");
        assert_eq!(
            inherited.unwrap(),
            "extends = \"../base\"\n\n[packs]\non = [\"rfm\", \"clv\"]\n"
        );
        assert!(with_pack_on("packs = 1\n", &[], "clv").is_err());
        let twice = with_pack_on("extends = \"../base\"\n", &["clv".to_owned()], "clv");
        assert_eq!(twice.unwrap(), "extends = \"../base\"\n", "the base has it on");
    }

    #[test]
    fn a_file_of_windows_stays_one() {
        let text = "\u{feff}# mine\r\n[packs]\r\non = [\"rfm\"]\r\n";
        let with = with_pack_on(text, &[], "clv").unwrap();
        assert_eq!(with, text.replace("\"rfm\"", "\"rfm\", \"clv\""));
        assert_eq!(with_pack_off(&with, "clv").unwrap().unwrap(), text);
    }
}

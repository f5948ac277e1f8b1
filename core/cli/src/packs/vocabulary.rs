//! The words that packs bring, read from their manifests without loading a pack.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use kehu_contract::Vocabulary;
use kehu_contract::document::Problems;
use kehu_engine::records::names;
use kehu_engine::settings::{read_fields, read_kinds};

use super::sources::{FOLDER, MANIFEST};
use crate::error::{CommandError, Result};
use crate::{Shipped, ShippedPack};

/// The manifest of a pack by name, as it would be found, with the file for messages; empty if there is
/// no script by this name. `folders` are those of the workspace and of what it extends, the nearest
/// first, each with its name for messages.
pub(super) fn manifest_of(
    folders: &[(&Path, &str)],
    shipped: Shipped<'_>,
    name: &str,
) -> Result<(String, Cow<'static, str>)> {
    for (folder, shown) in folders {
        let path = folder.join(FOLDER).join(name).join(MANIFEST);
        if path.is_file() {
            let bytes =
                fs::read(&path).map_err(|error| CommandError::file("read", &path, &error))?;
            let within = if shown.is_empty() { String::new() } else { format!("{shown}/") };
            let file = format!("{within}{FOLDER}/{name}/{MANIFEST}");
            return Ok((file, String::from_utf8_lossy(&bytes).into_owned().into()));
        }
    }
    let pack = shipped.packs.iter().find(|pack| pack.name == name);
    let files = pack.map_or(&[][..], |pack| pack.files);
    let manifest = files.iter().find(|(path, _)| *path == MANIFEST);
    let text = manifest.map_or("", |(_, text)| *text).to_owned();
    Ok((format!("{FOLDER}/{name}/{MANIFEST}"), text.into()))
}

/// What the packs that are on bring to the workspace's vocabulary. A manifest that cannot be read says so
/// where packs are loaded.
pub(crate) fn find(
    folders: &[(&Path, &str)],
    shipped: Shipped<'_>,
    on: &[String],
) -> Result<Vec<(String, Vocabulary)>> {
    let mut found = Vec::new();
    for name in on {
        let (file, text) = manifest_of(folders, shipped, name)?;
        // Most packs bring none: their manifests are not parsed for nothing.
        if !(text.contains("kind") || text.contains("fields")) {
            continue;
        }
        if let Ok(words) = Vocabulary::parse(&file, &text)
            && !words.is_empty()
        {
            found.push((name.clone(), words));
        }
    }
    Ok(found)
}

/// Adds to an error about a word that nobody declares which of the packs that come with kehu bring it.
pub(crate) fn with_givers(mut error: CommandError, shipped: Shipped<'_>) -> CommandError {
    let Some((sort, name)) = error.undeclared.as_deref() else { return error };
    let brings = |pack: &&ShippedPack| {
        let text = pack.files.iter().find(|(path, _)| *path == MANIFEST).map_or("", |(_, it)| it);
        Vocabulary::parse(MANIFEST, text).is_ok_and(|words| has_word(&words, sort, name))
    };
    let givers: Vec<&str> = shipped.packs.iter().filter(brings).map(|pack| pack.name).collect();
    if !givers.is_empty() {
        let givers = givers.join(" / ");
        let hint = format!("the pack {givers} brings it: add it to [packs] on in kehu.toml");
        error.hints.insert(0, hint);
    }
    error
}

/// True if a pack brings a kind, or a field of a sort of record, by its name or a title.
fn has_word(words: &Vocabulary, sort: &str, name: &str) -> bool {
    let document = words.to_document();
    let problems = Problems::default();
    let table = document.table(&problems);
    let is_it = |words: [&String; 3]| words.iter().any(|word| names::same(word, name));
    if sort == "kind" {
        return read_kinds(&table).iter().any(|kind| is_it([&kind.name, &kind.en, &kind.zh]));
    }
    let fields = read_fields(&table);
    let mut fields = fields.iter().filter(|(entity, _)| entity.name() == sort);
    fields.any(|(_, field)| is_it([&field.name, &field.en, &field.zh]))
}

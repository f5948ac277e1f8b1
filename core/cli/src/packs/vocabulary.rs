//! The words that packs bring, read from their manifests without loading a pack.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use kehu_contract::Vocabulary;

use super::sources::{FOLDER, MANIFEST};
use crate::Shipped;
use crate::error::{CommandError, Result};

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

//! A pack that lies anywhere: a folder, or one script that carries its manifest.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use kehu_contract::Origin;
use kehu_lua::PackFiles;

use crate::error::{CommandError, Result};
use crate::packs::Located;
use crate::packs::sources::{self, MANIFEST};

/// What opens the manifest within a script of one file.
const OPENING: &str = "--[=[ pack.toml";
/// What closes it.
const CLOSING: &str = "]=]";

/// Reads and checks a pack; nothing of it has run yet.
pub(super) fn read(path: &Path) -> Result<Located> {
    Located::incoming(files(path)?)
}

fn files(path: &Path) -> Result<PackFiles> {
    let shown = path.display().to_string();
    let about = fs::metadata(path).map_err(|error| CommandError::file("read", path, &error))?;
    if about.is_dir() {
        return of_folder(path, &shown);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if matches!(name, "main.lua" | MANIFEST) && folder.join(MANIFEST).is_file() {
        return of_folder(folder, &folder.display().to_string());
    }
    of_script(path, &shown, about.len())
}

fn of_folder(folder: &Path, shown: &str) -> Result<PackFiles> {
    if !folder.join(MANIFEST).is_file() {
        return Err(no_pack(shown));
    }
    let shown = shown.trim_end_matches('/').to_owned();
    if let Some(link) = sources::link_within(folder)? {
        let message = format!("{} is a link, and a pack holds its own files", link.display());
        return Err(CommandError::failed(message).hint("put a copy of the file in its place"));
    }
    sources::read(folder, shown, Origin::Workspace)?.map_err(CommandError::from)
}

fn no_pack(shown: &str) -> CommandError {
    CommandError::failed(format!("{shown} is no pack"))
        .hint("a pack is a folder with pack.toml and main.lua")
        .hint(format!("or one script that begins with {OPENING}, its manifest, and {CLOSING}"))
}

/// Takes the manifest out of a script; its lines keep their numbers.
fn of_script(path: &Path, shown: &str, size: u64) -> Result<PackFiles> {
    if size > sources::LARGEST {
        let problem = sources::too_large(shown);
        return Err(CommandError::from(problem));
    }
    let bytes = fs::read(path).map_err(|error| CommandError::file("read", path, &error))?;
    let manifest = manifest_within(&bytes).ok_or_else(|| no_pack(shown))?;
    Ok(PackFiles {
        origin: Origin::Workspace,
        dir: shown.to_owned(),
        files: vec![
            (MANIFEST.to_owned(), Cow::Owned(manifest)),
            ("main.lua".to_owned(), Cow::Owned(bytes)),
        ],
    })
}

fn manifest_within(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let rest = text.trim_start().strip_prefix(OPENING)?;
    let (manifest, _) = rest.split_once(CLOSING)?;
    let before = text.len() - text.trim_start().len();
    let lines = text[..before].matches('\n').count();
    Some(format!("{}{}", "\n".repeat(lines), manifest.trim_end()).into_bytes())
}

//! The rules of the house: who sees whom, sizes, what lies where.

use std::fs;
use std::path::{Path, PathBuf};

/// Which crates of ours each crate may see; dev-dependencies may look anywhere.
const EDGES: [(&str, &[&str]); 11] = [
    ("contract", &[]),
    ("abi", &[]),
    ("domain", &[]),
    ("store", &["domain", "contract"]),
    ("sqlite", &["domain", "contract", "store"]),
    ("lua", &["contract"]),
    ("native", &["contract", "abi"]),
    ("exchange", &["domain", "contract"]),
    ("sample", &["domain"]),
    ("engine", &["domain", "contract", "store"]),
    (
        "cli",
        &["contract", "domain", "store", "sqlite", "lua", "native", "exchange", "sample", "engine"],
    ),
];

/// What may lie at the top, beside dotfiles.
const TOP: [&str; 11] = [
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "core",
    "examples",
    "plugins",
    "scripts",
    "tests",
];

/// The most lines of a source file.
const LONGEST: usize = 600;

/// The most packages in the lock file.
const PACKAGES: usize = 300;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder, those that the build makes left out.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let hidden = name.to_string_lossy().starts_with('.');
        if hidden || name == "target" {
            continue;
        }
        if entry.path().is_dir() {
            files(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

/// Our crates that a manifest's own dependencies name.
fn seen_by(manifest: &str) -> Vec<String> {
    let mut seen = Vec::new();
    let mut within = false;
    for line in manifest.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            within = section.trim_end_matches(']').ends_with("dependencies")
                && !section.contains("dev-dependencies");
        } else if within && let Some(rest) = line.strip_prefix("kehu-") {
            let name: String = rest
                .chars()
                .take_while(|each| each.is_ascii_alphanumeric() || *each == '_')
                .collect();
            seen.push(name);
        }
    }
    seen
}

#[test]
fn every_crate_sees_only_those_that_it_may() {
    let mut strays = Vec::new();
    for entry in fs::read_dir(root().join("core")).unwrap().flatten() {
        let Ok(manifest) = fs::read_to_string(entry.path().join("Cargo.toml")) else { continue };
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some((_, allowed)) = EDGES.iter().find(|(each, _)| *each == name) else {
            strays.push(format!("core/{name} stands in no line of the table"));
            continue;
        };
        for seen in seen_by(&manifest) {
            if !allowed.contains(&seen.as_str()) {
                strays.push(format!("{name} sees {seen}"));
            }
        }
    }
    assert!(strays.is_empty(), "{strays:#?}");
}

#[test]
fn every_plugin_sees_the_sdk_only() {
    let mut strays = Vec::new();
    for entry in fs::read_dir(root().join("plugins")).unwrap().flatten() {
        let Ok(manifest) = fs::read_to_string(entry.path().join("Cargo.toml")) else { continue };
        let name = entry.file_name().to_string_lossy().into_owned();
        let allowed: &[&str] = if name == "sdk" { &["abi", "contract"] } else { &["plugin"] };
        let seen = seen_by(&manifest);
        strays.extend(
            seen.iter()
                .filter(|seen| !allowed.contains(&seen.as_str()))
                .map(|seen| format!("plugins/{name} sees {seen}")),
        );
    }
    assert!(strays.is_empty(), "{strays:#?}");
}

#[test]
fn no_source_file_is_too_long_to_be_read() {
    let mut found = Vec::new();
    files(root(), &mut found);
    let long: Vec<String> = found
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "rs" || end == "lua"))
        // Definitions for editors are written by the program and read by it.
        .filter(|path| !path.to_string_lossy().ends_with(".d.lua"))
        .filter_map(|path| {
            let lines = fs::read_to_string(path).ok()?.lines().count();
            (lines > LONGEST).then(|| format!("{}: {lines} lines", path.display()))
        })
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn only_what_belongs_there_lies_at_the_top() {
    let strays: Vec<String> = fs::read_dir(root())
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && name != "target" && !TOP.contains(&name.as_str()))
        .collect();
    assert!(strays.is_empty(), "{strays:?}");
}

#[test]
fn the_lock_file_stays_small() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let packages = lock.lines().filter(|line| *line == "[[package]]").count();
    assert!(packages < PACKAGES, "{packages} packages");
}

#[test]
fn no_test_file_is_forgotten() {
    let mut found = Vec::new();
    files(&root().join("tests"), &mut found);
    let forgotten: Vec<&PathBuf> = found
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .filter(|path| !path.ends_with("tests/main.rs") && !is_declared(path))
        .collect();
    assert!(forgotten.is_empty(), "{forgotten:#?}");
}

/// True if the file above a module names it: `main.rs` or `mod.rs` of its folder, or of the one above.
fn is_declared(path: &Path) -> bool {
    let (name, folder) = if path.ends_with("mod.rs") {
        let folder = path.parent().unwrap();
        (folder.file_name().unwrap(), folder.parent().unwrap())
    } else {
        (path.file_stem().unwrap(), path.parent().unwrap())
    };
    let line = format!("mod {};", name.to_string_lossy());
    ["main.rs", "mod.rs"].iter().any(|above| {
        let text = fs::read_to_string(folder.join(above)).unwrap_or_default();
        text.lines().any(|each| each.trim().trim_start_matches("pub(crate) ") == line)
    })
}

//! What a plugin says of itself, as a page and as JSON.

use kehu_contract::{Language, Manifest, Step};
use kehu_native::{Description, Library, Linked};
use serde_json::{Value as Json, json};

use crate::table::clean;

/// Holds a plugin that was looked at.
pub(crate) struct Page {
    pub(crate) manifest: Manifest,
    pub(crate) description: Description,
    pub(crate) source: Source,
}

/// Says where a plugin comes from.
#[derive(Debug)]
pub(crate) enum Source {
    /// A file, by its checked bytes.
    File(Library),
    /// The program itself.
    Program(Linked),
}

/// The lines about a file that can be told before it is loaded.
pub(crate) fn of_file(library: &Library) -> [String; 2] {
    let file = format!("{}, {} bytes", library.path().display(), library.size());
    [line("file", &clean(&file)), line("sha256", library.sha256())]
}

fn line(name: &str, value: &str) -> String {
    format!("{name:<9} {value}")
}

impl Page {
    /// The page, line by line.
    pub(crate) fn lines(&self, language: Language) -> Vec<String> {
        let mut lines = self.said(language);
        if let Source::File(library) = &self.source {
            lines.extend(of_file(library));
        }
        lines
    }

    /// What the plugin says of itself, line by line.
    pub(crate) fn said(&self, language: Language) -> Vec<String> {
        let Self { manifest, description, .. } = self;
        let title = clean(manifest.title.get(language));
        let mut lines = vec![format!("{} {}: {title}", manifest.name, clean(&manifest.version))];
        let mut add = |name: &str, value: String| {
            if !value.is_empty() {
                lines.push(line(name, &value));
            }
        };
        add("does", clean(manifest.summary.get(language)));
        add("by", clean(&description.vendor));
        add("license", clean(&description.license));
        add("built for", format!("ABI {}.{}", description.abi.0, description.abi.1));
        for step in &manifest.steps {
            add("step", shape(step));
        }
        for setting in &manifest.settings {
            let doc = clean(setting.doc.get(language));
            add("setting", format!("{} = {}  {doc}", setting.name, setting.default));
        }
        lines
    }

    /// The same for programs.
    pub(crate) fn json(&self) -> Json {
        let Self { manifest, description, source } = self;
        let library = match source {
            Source::File(library) => Some(library),
            Source::Program(_) => None,
        };
        json!({
            "name": manifest.name,
            "version": manifest.version,
            "title": manifest.title,
            "summary": manifest.summary,
            "vendor": description.vendor,
            "license": description.license,
            "abi": format!("{}.{}", description.abi.0, description.abi.1),
            "sha256": library.map(Library::sha256),
            "bytes": library.map(Library::size),
            "steps": manifest.steps,
            "settings": manifest.settings,
            "rules": description.rules,
        })
    }
}

/// A step in one line: what it answers, reads and gives.
fn shape(step: &Step) -> String {
    let needs: Vec<String> = step.needs.iter().map(kehu_contract::Need::name).collect();
    let gives: Vec<String> = step
        .gives
        .iter()
        .map(|give| format!("{} ({})", give.info.name, give.info.kind.name()))
        .collect();
    let part = |word: &str, names: &[String]| match names {
        [] => String::new(),
        names => format!(", {word} {}", names.join(", ")),
    };
    format!("{}{}{}", step.hook.name(), part("reads", &needs), part("gives", &gives))
}

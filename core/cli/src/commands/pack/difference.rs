//! Two packs side by side: what one promises and the other does not, and how their files differ.

use std::borrow::Cow;
use std::fmt::Write as _;

use kehu_contract::{Language, Manifest, Rule, RunContext};
use serde_json::{Map, Value as Json, json};
use similar::{ChangeTag, TextDiff};

use super::{contract, words};
use crate::error::{CommandError, Result};
use crate::locale::{self, Label};
use crate::output::{Cell, Column, Listing};
use crate::packs::Located;
use crate::table::clean;
use crate::workspace::Workspace;

/// How many lines of one file's differences are shown in text; `--json` has all.
const SHOWN: usize = 40;

/// Holds one side of a comparison.
pub(super) struct Side<'a> {
    pub(super) located: &'a Located,
    rules: Vec<Rule>,
}

impl<'a> Side<'a> {
    /// Loads a pack with its own defaults, so that two are compared and not two settings.
    pub(super) fn of(workspace: &Workspace, located: &'a Located) -> Result<Self> {
        let context = RunContext {
            as_of: workspace.act.today.number(),
            settings: located.factory.manifest().defaults(),
            seed: 0,
            limits: workspace.settings.limits,
        };
        let loaded = located.factory.create(&context);
        let pack = loaded.map_err(|error| CommandError::failed(error.to_string()))?;
        Ok(Self { located, rules: pack.rules().to_vec() })
    }

    fn manifest(&self) -> &Manifest {
        self.located.factory.manifest()
    }

    /// The pack in a word or two, for titles.
    pub(super) fn shown(&self) -> String {
        let lies = if self.located.lies.is_empty() { "kehu" } else { &self.located.lies };
        format!("{lies} {}", self.manifest().version)
    }

    /// All that it promises, each thing with its name and its words.
    fn promises(&self, language: Language) -> Vec<(Label, String, String)> {
        let manifest = self.manifest();
        let (major, minor) = manifest.api;
        let mut all = vec![
            (locale::VERSION, String::new(), manifest.version.clone()),
            (words::API, String::new(), format!("{major}.{minor}")),
        ];
        for step in &manifest.steps {
            let fit = step.fit.as_ref().map_or(String::new(), |fit| format!(", fit {fit}"));
            all.push((words::HOOK, step.name.clone(), format!("{}{fit}", step.hook.name())));
            for need in &step.needs {
                let optional = if need.optional { "?" } else { "" };
                all.push((
                    words::WRITTEN,
                    format!("{}: {}", step.name, need.name()),
                    format!("{}{optional}", need.column),
                ));
            }
        }
        for give in manifest.steps.iter().flat_map(|step| &step.gives) {
            let values = manifest.label_values(give, &manifest.defaults());
            let keys: Vec<&str> = values.iter().map(|value| value.key.as_str()).collect();
            let told = [
                give.info.kind.name(),
                &give.info.unit,
                &keys.join(" | "),
                give.info.doc.get(language),
            ];
            all.push((locale::COLUMN, give.info.name.clone(), joined(&told)));
        }
        for feature in &manifest.features {
            let told =
                [feature.info.kind.name(), &feature.declaration(), feature.info.doc.get(language)];
            all.push((words::FEATURE, feature.info.name.clone(), joined(&told)));
        }
        for (what, name, kind, title) in contract::brought(manifest) {
            let told = [&kind, title.get(language)];
            all.push((words::WORD, format!("{what}.{name}"), joined(&told)));
        }
        for setting in &manifest.settings {
            let default = contract::json_cell(&setting.default).show;
            let allowed = contract::allowed(setting).show;
            let told = [setting.kind.name(), &default, &allowed, setting.doc.get(language)];
            all.push((words::SETTING, setting.name.clone(), joined(&told)));
        }
        for rule in &self.rules {
            let points = rule.points.map_or(String::new(), |points| format!("{points:+}"));
            let test = contract::test(rule).show;
            let told = [&test, &points, rule.text.get(language)];
            all.push((words::RULE, rule.id.clone(), joined(&told)));
        }
        for action in &manifest.actions {
            all.push((words::ACTION, action.key.clone(), action.text.get(language).to_owned()));
        }
        all
    }
}

fn joined(parts: &[&str]) -> String {
    let said: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    said.join("; ")
}

/// What differs in what two packs promise.
pub(super) fn promises(from: &Side<'_>, to: &Side<'_>, language: Language) -> Listing {
    let mut listing = Listing::new(vec![
        Column::whole("what", words::WHAT),
        Column::whole("name", locale::NAME),
        Column::whole("change", words::CHANGE),
        Column::beneath("from", words::BEFORE),
        Column::beneath("to", words::AFTER),
    ]);
    let (before, after) = (from.promises(language), to.promises(language));
    let same = |one: &(Label, String, String), other: &(Label, String, String)| {
        one.0 == other.0 && one.1 == other.1
    };
    let gone = before.iter().filter(|each| !after.iter().any(|other| same(each, other)));
    let gone = gone.map(|each| (each, words::GONE, Some(&each.2), None));
    let changed =
        after.iter().filter_map(|each| match before.iter().find(|other| same(each, other)) {
            None => Some((each, words::NEW, None, Some(&each.2))),
            Some(other) if other.2 != each.2 => {
                Some((each, words::CHANGED, Some(&other.2), Some(&each.2)))
            }
            Some(_) => None,
        });
    for ((what, name, _), change, from, to) in changed.chain(gone) {
        let cell =
            |text: Option<&String>| text.map_or_else(Cell::empty, |text| Cell::text(text.clone()));
        listing.rows.push(vec![
            super::list::word(*what, language),
            Cell::text(name),
            super::list::word(change, language),
            cell(from),
            cell(to),
        ]);
    }
    listing
}

/// Holds how one file differs.
pub(super) struct FileDifference {
    path: String,
    added: usize,
    removed: usize,
    lines: Vec<String>,
}

/// How the files of two packs differ, in the order of their names.
pub(super) fn files(from: &Located, to: &Located) -> Vec<FileDifference> {
    let mut paths: Vec<&String> =
        from.files.iter().chain(&to.files).map(|(path, _)| path).collect();
    paths.sort();
    paths.dedup();
    paths.into_iter().filter_map(|path| file(path, from.file(path), to.file(path))).collect()
}

fn file(path: &str, from: Option<&[u8]>, to: Option<&[u8]>) -> Option<FileDifference> {
    if from == to {
        return None;
    }
    let text = |bytes: Option<&[u8]>| -> String {
        bytes.map_or(Cow::Borrowed(""), String::from_utf8_lossy).into_owned()
    };
    let (from, to) = (text(from), text(to));
    let diff = TextDiff::from_lines(&from, &to);
    let count = |tag| diff.iter_all_changes().filter(|change| change.tag() == tag).count();
    let (added, removed) = (count(ChangeTag::Insert), count(ChangeTag::Delete));
    let mut lines = Vec::new();
    for hunk in diff.unified_diff().context_radius(1).iter_hunks() {
        lines.push(hunk.header().to_string());
        for change in hunk.iter_changes() {
            lines.push(format!(
                "{}{}",
                change.tag(),
                change.value().trim_end_matches(['\n', '\r'])
            ));
        }
    }
    Some(FileDifference { path: path.to_owned(), added, removed, lines })
}

impl FileDifference {
    /// The lines for people, in short.
    pub(super) fn shown(&self) -> Vec<String> {
        let mut head = self.path.clone();
        let _ = write!(head, "  +{} -{}", self.added, self.removed);
        let shown = self.lines.iter().take(SHOWN).map(|line| format!("  {}", clean(line)));
        let more = self.lines.len().saturating_sub(SHOWN);
        let more = (more > 0).then(|| format!("  … {more}"));
        std::iter::once(head).chain(shown).chain(more).collect()
    }

    /// The same for programs, whole.
    pub(super) fn json(&self) -> Json {
        let mut object = Map::new();
        object.insert("path".to_owned(), json!(self.path));
        object.insert("added".to_owned(), json!(self.added));
        object.insert("removed".to_owned(), json!(self.removed));
        object.insert("lines".to_owned(), json!(self.lines));
        object.into()
    }
}

//! The places of what a manifest declares, and texts in one language alone.

use kehu_contract::Need;
use kehu_contract::document::{Document, Item, ItemValue, Place, Problems, Table};

use super::{Level, Subject};
use crate::files::PackFiles;

/// Keys whose texts people read.
const READ: [&str; 3] = ["title", "summary", "doc"];

/// Holds a manifest as it is written.
pub(super) struct Declared {
    document: Document,
}

impl Declared {
    /// Reads the manifest of a pack that loads.
    pub(super) fn read(files: &PackFiles) -> Self {
        let shown = format!("{}/pack.toml", files.dir);
        let bytes = files.files.iter().find(|(path, _)| path == "pack.toml");
        let bytes = bytes.map(|(_, bytes)| &**bytes).unwrap_or_default();
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        Self { document: Document::parse(&shown, text).unwrap_or_default() }
    }

    /// True if the manifest itself uses a setting: a feature as `"{period} months"`, the worklist by name.
    pub(super) fn uses(&self, setting: &str) -> bool {
        let named = format!("{{{setting}}}");
        self.document.leaves().into_iter().any(|(path, item)| {
            item.as_text().is_some_and(|text| {
                text.contains(&named) || (path.starts_with("worklist.") && text == setting)
            })
        })
    }

    fn with<T>(&self, read: impl FnOnce(&Table<'_>) -> T) -> T {
        let problems = Problems::default();
        read(&self.document.table(&problems))
    }

    /// Where a step names a need.
    pub(super) fn need(&self, step: usize, need: &Need) -> Place {
        self.step(step, |table| {
            let items = table.item("needs")?.as_list()?;
            let item = items
                .iter()
                .find(|item| item.as_text().and_then(Need::parse).as_ref() == Some(need))?;
            Some(item.place.clone())
        })
    }

    /// Where a step declares a column.
    pub(super) fn give(&self, step: usize, name: &str) -> Place {
        self.step(step, |table| {
            let gives = table.table("gives")?;
            let found = gives.entries().find(|(key, ..)| *key == name)?;
            Some(found.1.clone())
        })
    }

    /// Where a column is declared, else where it is first needed.
    pub(super) fn column(&self, name: &str) -> Place {
        let needs = |item: &&Item| {
            item.as_text().and_then(Need::parse).is_some_and(|need| need.column == name)
        };
        self.with(|table| {
            let steps = table.tables("step");
            let given = steps.iter().find_map(|step| {
                let gives = step.table("gives")?;
                let found = gives.entries().find(|(key, ..)| *key == name)?;
                Some(found.1.clone())
            });
            let needed = || {
                let items = steps.iter().filter_map(|step| step.item("needs")?.as_list());
                items.flatten().find(needs).map(|item| item.place.clone())
            };
            given.or_else(needed).unwrap_or_else(|| table.place().clone())
        })
    }

    /// Where a setting is declared.
    pub(super) fn setting(&self, name: &str) -> Place {
        self.with(|table| {
            let found = table.table("settings").and_then(|settings| {
                let found = settings.entries().find(|(key, ..)| *key == name)?;
                Some(found.1.clone())
            });
            found.unwrap_or_else(|| table.place().clone())
        })
    }

    fn step(&self, step: usize, find: impl FnOnce(&Table<'_>) -> Option<Place>) -> Place {
        self.with(|table| {
            let steps = table.tables("step");
            let Some(step) = steps.get(step) else { return table.place().clone() };
            find(step).unwrap_or_else(|| step.place().clone())
        })
    }
}

/// Notes texts for people that are there in English alone.
pub(super) fn check(subject: &mut Subject<'_>) {
    let mut found = Vec::new();
    subject.declared.with(|table| {
        for (key, _, item) in table.entries() {
            walk(key, item, &mut found);
        }
    });
    for (place, what) in found {
        let message = format!("{what} has no Chinese words");
        let hint = "write { en = \"…\", zh = \"…\" }".to_owned();
        subject.note(Level::Warning, "one-language", place, message, Some(hint));
    }
}

fn walk(key: &str, item: &Item, found: &mut Vec<(Place, String)>) {
    match &item.value {
        ItemValue::Text(_) if READ.contains(&key) => {
            found.push((item.place.clone(), format!("\"{key}\"")));
        }
        ItemValue::Table(entries) => {
            let has = |name: &str| entries.iter().any(|(key, ..)| key == name);
            let text = |name: &str| {
                let found = entries.iter().find(|(key, ..)| key == name);
                found.and_then(|(.., item)| item.as_text())
            };
            // A name such as RFM is the same in both; words are not.
            let copied = text("en").is_some_and(|en| text("zh") == Some(en) && has_words(en));
            if copied || (has("en") && !has("zh")) {
                found.push((item.place.clone(), format!("\"{key}\"")));
            }
            for (key, _, item) in entries {
                walk(key, item, found);
            }
        }
        ItemValue::List(items) => items.iter().for_each(|item| walk(key, item, found)),
        _ => {}
    }
}

/// True for English words: several, or one that is not written in capitals alone.
fn has_words(text: &str) -> bool {
    let letters = || text.chars().filter(|each| each.is_alphabetic());
    text.is_ascii() && letters().count() > 3 && letters().any(|each| each.is_ascii_lowercase())
}

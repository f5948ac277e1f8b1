//! Features that look at the pack's own settings: `within = "{complaint_days} days"`.

use serde_json::{Map, Value as Json};

use crate::Feature;
use crate::document::{Item, ItemValue, Problem, Problems, Table};

/// Holds the declaration of a feature that names settings, as written.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureTemplate {
    name: String,
    item: Item,
}

impl FeatureTemplate {
    /// Keeps a declaration, if it names a setting anywhere.
    pub(crate) fn of(name: &str, item: &Item) -> Option<Self> {
        names_setting(item).then(|| Self { name: name.to_owned(), item: item.clone() })
    }

    /// The feature's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The feature with the settings' values put in: a text that is no more than `{name}` becomes the
    /// value itself, be it a list; elsewhere the value stands in the text.
    ///
    /// # Errors
    /// What is wrong with it then, with its places.
    pub fn fill(&self, settings: &Map<String, Json>) -> Result<Feature, Vec<Problem>> {
        let problems = Problems::default();
        let filled = fill(&self.item, settings, &problems);
        let feature =
            Table::new(format!("features.{}", self.name), &filled, &problems).and_then(|table| {
                let feature = Feature::read(&self.name, &table);
                table.finish();
                feature
            });
        match (feature, problems.take()) {
            (Some(feature), problems) if problems.is_empty() => Ok(feature),
            (_, problems) => Err(problems),
        }
    }
}

/// The setting that a text names first, with what stands before and after it.
fn setting_in(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

fn names_setting(item: &Item) -> bool {
    match &item.value {
        ItemValue::Text(text) => setting_in(text).is_some(),
        ItemValue::List(items) => items.iter().any(names_setting),
        // What people read may have braces of its own.
        ItemValue::Table(entries) => {
            entries.iter().any(|(key, _, item)| key != "doc" && names_setting(item))
        }
        _ => false,
    }
}

fn fill(item: &Item, settings: &Map<String, Json>, problems: &Problems) -> Item {
    let value = match &item.value {
        ItemValue::Text(text) => filled_text(text, item, settings, problems),
        ItemValue::List(items) => {
            ItemValue::List(items.iter().map(|item| fill(item, settings, problems)).collect())
        }
        ItemValue::Table(entries) => {
            let entries = entries.iter().map(|(key, place, item)| {
                let item = if key == "doc" { item.clone() } else { fill(item, settings, problems) };
                (key.clone(), place.clone(), item)
            });
            ItemValue::Table(entries.collect())
        }
        other => other.clone(),
    };
    Item { place: item.place.clone(), value }
}

fn filled_text(
    text: &str,
    item: &Item,
    settings: &Map<String, Json>,
    problems: &Problems,
) -> ItemValue {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, name, after)) = setting_in(rest) {
        let Some(value) = settings.get(name) else {
            let known = settings.keys().map(String::as_str);
            let hint = crate::did_you_mean(name, known);
            problems.add(&item.place, format!("there is no setting \"{name}\""), Some(hint));
            return ItemValue::Text(String::new());
        };
        if filled.is_empty() && before.is_empty() && after.is_empty() {
            return of_json(value, item);
        }
        filled.push_str(before);
        filled.push_str(&word(value));
        rest = after;
    }
    filled.push_str(rest);
    ItemValue::Text(filled)
}

fn word(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        // Whole numbers are kept as 30.0, and windows are written 30.
        Json::Number(number) => number.as_f64().map_or_else(String::new, |it| it.to_string()),
        other => other.to_string(),
    }
}

fn of_json(value: &Json, item: &Item) -> ItemValue {
    match value {
        Json::Bool(flag) => ItemValue::Flag(*flag),
        Json::Number(number) => ItemValue::Number(number.as_f64().unwrap_or_default()),
        Json::Array(values) => ItemValue::List(
            values
                .iter()
                .map(|value| Item { place: item.place.clone(), value: of_json(value, item) })
                .collect(),
        ),
        other => ItemValue::Text(word(other)),
    }
}

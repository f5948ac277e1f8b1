//! Settings of packs: a schema in `pack.toml`, values in `kehu.toml`.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::document::{Item, Place, Table};
use crate::{Text, did_you_mean};

/// Says what a setting may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingType {
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// A text.
    Text,
    /// Yes or no.
    Flag,
    /// A list of numbers.
    Numbers,
    /// A list of texts.
    Texts,
    /// A number for each of some names, such as visits by tier.
    NumberByName,
    /// A text for each of some names.
    TextByName,
    /// The values of a label: a list of `{ key, en, zh }`.
    Labels,
}

impl SettingType {
    /// All types.
    pub const ALL: [Self; 9] = [
        Self::Number,
        Self::Integer,
        Self::Text,
        Self::Flag,
        Self::Numbers,
        Self::Texts,
        Self::NumberByName,
        Self::TextByName,
        Self::Labels,
    ];

    /// The word for it in `pack.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Text => "text",
            Self::Flag => "flag",
            Self::Numbers => "numbers",
            Self::Texts => "texts",
            Self::NumberByName => "number_by_name",
            Self::TextByName => "text_by_name",
            Self::Labels => "labels",
        }
    }

    /// Parses the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == word)
    }

    fn expected(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Integer => "a whole number",
            Self::Text => "a text",
            Self::Flag => "true or false",
            Self::Numbers => "a list of numbers",
            Self::Texts => "a list of texts",
            Self::NumberByName => "a table of numbers, such as { A = 4, B = 2 }",
            Self::TextByName => "a table of texts",
            Self::Labels => "a list of { key = …, en = …, zh = … }",
        }
    }
}

/// Checks one number or text of a setting.
type Check = fn(&Setting, &Item) -> Result<Json, (Place, String)>;

/// Declares one setting of a pack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// What it may hold.
    #[serde(rename = "type")]
    pub kind: SettingType,
    /// Its value where the workspace says nothing.
    pub default: Json,
    /// The least and the greatest number that it may hold, both included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<(f64, f64)>,
    /// The texts among which it chooses; any text if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// The label column whose values it names, such as `tier`: who calls them otherwise is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<String>,
    /// What it does.
    pub doc: Text,
    /// What people call it, in a word or two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
}

impl Setting {
    /// Reads the declaration of one setting.
    pub fn read(name: &str, table: &Table<'_>) -> Option<Self> {
        table.require("type");
        let kind =
            table.choice("type", &SettingType::ALL.map(SettingType::name), SettingType::parse);
        table.require("default");
        let default = table.item("default");
        let range = table.item("range").and_then(|item| {
            let numbers: Vec<f64> =
                item.as_list()?.iter().map(Item::as_number).collect::<Option<_>>()?;
            match numbers.as_slice() {
                [least, greatest] if least <= greatest => Some((*least, *greatest)),
                _ => None,
            }
        });
        if let (Some(item), None) = (table.item("range"), range) {
            table.problem(&item.place, "\"range\" is no pair [least, greatest]", None);
        }
        table.require("doc");
        let mut setting = Self {
            name: name.to_owned(),
            kind: kind?,
            default: Json::Null,
            range,
            choices: table.texts("choices").unwrap_or_default(),
            names: table.text("names"),
            title: table.bilingual("title"),
            doc: table.bilingual("doc")?,
        };
        match setting.check(default?) {
            Ok(value) => setting.default = value,
            Err((place, message)) => table.problem(&place, message, None),
        }
        Some(setting)
    }

    /// Checks a value and returns it in its normal form: whole numbers become numbers where the
    /// type says number, and labels get all three of their keys.
    ///
    /// # Errors
    /// The place and what was expected there.
    pub fn check(&self, item: &Item) -> Result<Json, (Place, String)> {
        let wrong = || {
            let message = format!(
                "setting \"{}\" is {}, expected {}",
                self.name,
                item.kind(),
                self.kind.expected()
            );
            (item.place.clone(), message)
        };
        match self.kind {
            SettingType::Number | SettingType::Integer => self.check_number(item),
            SettingType::Text => self.check_text(item),
            SettingType::Flag => item.as_flag().map(Json::from).ok_or_else(wrong),
            SettingType::Numbers => item
                .as_list()
                .ok_or_else(wrong)?
                .iter()
                .map(|item| self.check_number(item))
                .collect(),
            SettingType::Texts => {
                item.as_list().ok_or_else(wrong)?.iter().map(|item| self.check_text(item)).collect()
            }
            SettingType::NumberByName => self.by_name(item, Self::check_number, wrong),
            SettingType::TextByName => self.by_name(item, Self::check_text, wrong),
            SettingType::Labels => {
                item.as_list().ok_or_else(wrong)?.iter().map(|item| label(item, &wrong)).collect()
            }
        }
    }

    fn by_name(
        &self,
        item: &Item,
        check: Check,
        wrong: impl Fn() -> (Place, String),
    ) -> Result<Json, (Place, String)> {
        let crate::document::ItemValue::Table(entries) = &item.value else {
            return Err(wrong());
        };
        let values = entries.iter().map(|(name, _, item)| Ok((name.clone(), check(self, item)?)));
        Ok(Json::Object(values.collect::<Result<_, _>>()?))
    }

    fn check_number(&self, item: &Item) -> Result<Json, (Place, String)> {
        let number = match self.kind {
            SettingType::Integer => item.as_integer().map(|number| number as f64),
            _ => item.as_number().filter(|number| number.is_finite()),
        };
        let Some(number) = number else {
            let kind =
                if self.kind == SettingType::Integer { "a whole number" } else { "a number" };
            let message = format!("setting \"{}\" is {}, expected {kind}", self.name, item.kind());
            return Err((item.place.clone(), message));
        };
        match self.range {
            Some((least, greatest)) if number < least || number > greatest => {
                let message = format!(
                    "setting \"{}\" is {number}, expected {least} to {greatest}",
                    self.name
                );
                Err((item.place.clone(), message))
            }
            _ => Ok(number.into()),
        }
    }

    fn check_text(&self, item: &Item) -> Result<Json, (Place, String)> {
        let Some(text) = item.as_text() else {
            let message = format!("setting \"{}\" is {}, expected a text", self.name, item.kind());
            return Err((item.place.clone(), message));
        };
        if !self.choices.is_empty() && !self.choices.iter().any(|choice| choice == text) {
            let hint = did_you_mean(text, self.choices.iter().map(String::as_str));
            let message = format!("setting \"{}\" is \"{text}\"; {hint}", self.name);
            return Err((item.place.clone(), message));
        }
        Ok(text.into())
    }
}

fn label(item: &Item, wrong: &impl Fn() -> (Place, String)) -> Result<Json, (Place, String)> {
    let problems = crate::document::Problems::default();
    let Some(table) = Table::new("label", item, &problems) else {
        return Err(wrong());
    };
    let key = table.required_text("key");
    let en = table.text("en").or_else(|| key.clone());
    let zh = table.text("zh").unwrap_or_default();
    table.finish();
    match (problems.take().into_iter().next(), key, en) {
        (None, Some(key), Some(en)) => Ok(serde_json::json!({"key": key, "en": en, "zh": zh})),
        (Some(problem), ..) => Err((problem.place, problem.message)),
        _ => Err(wrong()),
    }
}

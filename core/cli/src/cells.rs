//! How the values of records are shown.

use kehu_contract::Language;
use kehu_domain::{Day, Entity, Field, FieldType, FieldValue, Fields, Money};
use kehu_engine::records::names::{Directory, show_id};
use kehu_engine::settings::Settings;
use kehu_store::Reader;
use serde_json::json;

use crate::error::Result;
use crate::locale::{Label, NO, YES, unit, usual_word};
use crate::output::{Cell, Column, Heading};
use crate::table::Layout;

/// Turns values into cells, in the workspace's currency and the user's language.
#[derive(Debug)]
pub(crate) struct Cells<'a> {
    settings: &'a Settings,
    language: Language,
    directory: Directory<'a>,
}

impl<'a> Cells<'a> {
    pub(crate) fn new(settings: &'a Settings, language: Language, reader: &'a dyn Reader) -> Self {
        Self { settings, language, directory: Directory::new(reader) }
    }

    /// An id.
    pub(crate) fn id(entity: Entity, id: i64) -> Cell {
        Cell::text(show_id(entity, id))
    }

    /// A text that may be missing.
    pub(crate) fn text(text: Option<&str>) -> Cell {
        text.map_or_else(Cell::empty, Cell::text)
    }

    /// A day that may be missing.
    pub(crate) fn day(day: Option<Day>) -> Cell {
        day.map_or_else(Cell::empty, |day| Cell::text(day.to_string()))
    }

    /// A minute of the day, as a time.
    pub(crate) fn minute(minute: Option<u16>) -> Cell {
        minute.map_or_else(Cell::empty, |minute| {
            Cell::text(format!("{:02}:{:02}", minute / 60, minute % 60))
        })
    }

    /// A number that may be missing.
    pub(crate) fn number(number: Option<f64>) -> Cell {
        number.map_or_else(Cell::empty, |number| Cell {
            show: number.to_string(),
            json: json!(number),
        })
    }

    /// An amount that may be missing: grouped for people, in major units for programs.
    pub(crate) fn money(&self, money: Option<Money>) -> Cell {
        let currency = &self.settings.currency;
        money.map_or_else(Cell::empty, |money| Cell {
            show: currency.show_grouped(money),
            json: Self::number(Some(currency.to_major(money))).json,
        })
    }

    /// An amount in major units, as packs and features give it.
    pub(crate) fn major(&self, number: f64) -> Cell {
        let show = match self.settings.currency.from_major(number) {
            Some(money) => self.settings.currency.show_grouped(money),
            None => number.to_string(),
        };
        Cell { show, json: json!(number) }
    }

    /// Yes, no, or not known.
    pub(crate) fn flag(&self, flag: Option<bool>) -> Cell {
        flag.map_or_else(Cell::empty, |flag| Cell {
            show: (if flag { YES } else { NO }).get(self.language).to_owned(),
            json: json!(flag),
        })
    }

    /// A word of ours: its key for programs.
    pub(crate) fn word(&self, key: &str, label: Label) -> Cell {
        Cell { show: label.get(self.language).to_owned(), json: json!(key) }
    }

    /// A word that nobody declares, such as a channel or an outcome: as written for programs.
    pub(crate) fn usual_word(&self, word: Option<&str>) -> Cell {
        word.map_or_else(Cell::empty, |word| {
            let said = match self.settings.word(word, self.language) {
                "" => usual_word(word, self.language),
                said => said,
            };
            let is_key = said == word && kehu_contract::is_name(word);
            let show = if is_key { word.replace('_', " ") } else { said.to_owned() };
            Cell { show, json: json!(word) }
        })
    }

    /// A reference to another record, by its name.
    pub(crate) fn link(&self, entity: Entity, id: Option<i64>) -> Result<Cell> {
        let Some(id) = id else { return Ok(Cell::empty()) };
        let name = self.directory.name(entity, id)?;
        let shown = show_id(entity, id);
        let json = json!({ "id": shown, "name": name });
        Ok(Cell { show: if name.is_empty() { shown } else { name }, json })
    }

    /// A kind of interaction, by its title.
    pub(crate) fn kind(&self, name: &str) -> Cell {
        let title = self.settings.kind(name).map(|kind| self.either(&kind.en, &kind.zh));
        Cell { show: title.unwrap_or_else(|| name.to_owned()), json: json!(name) }
    }

    /// The state of a thread of a kind, by the words that the kind declares for it.
    pub(crate) fn state(&self, kind: &str, state: Option<&str>) -> Cell {
        let Some(state) = state else { return Cell::empty() };
        // A call about a complaint has a state of the complaint.
        let mut kinds = self.settings.kind(kind).into_iter().chain(&self.settings.kinds);
        let title = kinds.find_map(|kind| kind.state_title(state));
        let title = title.map(|(en, zh)| self.either(en, zh)).filter(|title| !title.is_empty());
        let usual = || match usual_word(state, self.language) {
            same if same == state => state.replace('_', " "),
            other => other.to_owned(),
        };
        Cell { show: title.unwrap_or_else(usual), json: json!(state) }
    }

    /// A pipeline, by its title.
    pub(crate) fn pipeline(&self, name: &str) -> Cell {
        let title = self.settings.pipeline(name).map(|each| self.either(&each.en, &each.zh));
        Cell { show: title.unwrap_or_else(|| name.to_owned()), json: json!(name) }
    }

    /// A stage, by its title.
    pub(crate) fn stage(&self, pipeline: &str, name: &str) -> Cell {
        let stage = self.settings.stage(pipeline, name);
        let title = stage.map(|stage| self.either(&stage.en, &stage.zh));
        Cell { show: title.unwrap_or_else(|| name.to_owned()), json: json!(name) }
    }

    /// Several words.
    pub(crate) fn list(texts: &[String]) -> Cell {
        Cell { show: texts.join(", "), json: json!(texts) }
    }

    /// The column of a custom field.
    pub(crate) fn field_column(&self, field: &Field) -> Column {
        let title = self.either(&field.en, &field.zh);
        let number = matches!(field.kind, FieldType::Number | FieldType::Money);
        let layout = Layout { right: number, whole: number };
        Column::new(&field.name, Heading::Text(title), layout)
    }

    /// The value of a custom field.
    pub(crate) fn field(&self, field: &Field, fields: &Fields) -> Cell {
        match (fields.get(&field.name), field.kind) {
            (None, _) => Cell::empty(),
            (Some(FieldValue::Number(minor)), FieldType::Money) => {
                self.money(Some(Money(*minor as i64)))
            }
            (Some(FieldValue::Number(number)), _) => {
                let cell = Self::number(Some(*number));
                let unit = unit(&field.unit, cell.show == "1", self.language);
                let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
                Cell { show: cell.show + &unit, json: cell.json }
            }
            (Some(FieldValue::Flag(flag)), _) => self.flag(Some(*flag)),
            (Some(FieldValue::Text(text)), FieldType::Choice) => self.choice(field, text),
            (Some(FieldValue::Text(text)), _) => Cell::text(text),
        }
    }

    /// A choice, as people call it.
    pub(crate) fn choice(&self, field: &Field, key: &str) -> Cell {
        let at = field.choices.iter().position(|choice| choice == key);
        let titles = at.and_then(|at| field.choice_titles.get(at));
        let title = titles.map(|(en, zh)| self.either(en, zh)).filter(|title| !title.is_empty());
        Cell { show: title.unwrap_or_else(|| key.to_owned()), json: json!(key) }
    }

    fn either(&self, en: &str, zh: &str) -> String {
        let text = if self.language == Language::Zh && !zh.is_empty() { zh } else { en };
        text.to_owned()
    }
}

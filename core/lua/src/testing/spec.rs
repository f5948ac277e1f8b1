//! The table that a test hands over, read field by field.

use kehu_contract::document::{Item, ItemValue, Place};
use kehu_contract::{Manifest, RunContext, SettingType, did_you_mean};
use mlua::Value;
use serde_json::{Map, Value as Json};

use super::{AS_OF, Options};
use crate::api::parse_day;
use crate::convert;
use crate::evaluate::a;
use crate::fault::Fault;

/// What stands for a value that is missing: a text that no customer has.
pub(super) const MISSING: &str = "\u{0}missing";

/// The most bytes of one fixture, by and large.
const FIXTURE_BYTES: usize = 8 * 1024 * 1024;

/// Holds what a function of `test` was given.
#[derive(Debug)]
pub(super) struct Spec {
    /// The function, such as `test.score`.
    pub(super) call: &'static str,
    fields: Map<String, Json>,
}

impl Spec {
    /// Reads the one argument of a call: a table with these fields only.
    pub(super) fn read(call: &'static str, given: &[Value], known: &[&str]) -> Result<Self, Fault> {
        let [Value::Table(_)] = given else {
            let kind = given.first().map_or_else(|| "nothing".to_owned(), a);
            let message = if given.len() > 1 {
                format!("{call} takes one table, got {} values", given.len())
            } else {
                format!("{call} takes a table, got {kind}")
            };
            return Err(Fault::argument(message)
                .hint(format!("write {call}{{ customers = {{ … }} }}, with a dot")));
        };
        let Json::Object(fields) = convert::from_lua_within(&given[0], call, FIXTURE_BYTES)? else {
            let message = format!("{call} takes named fields, got a list");
            return Err(
                Fault::argument(message).hint(format!("write {call}{{ customers = {{ … }} }}"))
            );
        };
        for name in fields.keys() {
            if !known.contains(&name.as_str()) {
                let hint = did_you_mean(name, known.iter().copied());
                return Err(Fault::argument(format!("{call} has no field \"{name}\"")).hint(hint));
            }
        }
        Ok(Self { call, fields })
    }

    /// A field, if it says anything.
    pub(super) fn get(&self, name: &str) -> Option<&Json> {
        self.fields.get(name).filter(|value| !is_missing(value))
    }

    /// A field that is a text.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Fault> {
        match self.get(name) {
            None => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong(name, other, "a text")),
        }
    }

    /// What the pack is told of the run: the day, the settings with those of the test over them, the seed.
    pub(super) fn context(
        &self,
        manifest: &Manifest,
        options: &Options,
    ) -> Result<RunContext, Fault> {
        let as_of = match self.get("as_of") {
            None => AS_OF,
            Some(given) => day(given)
                .ok_or_else(|| self.wrong("as_of", given, "a day such as \"2025-03-01\""))?,
        };
        let seed = match self.get("seed") {
            None => options.seed,
            Some(given) => given
                .as_u64()
                .ok_or_else(|| self.wrong("seed", given, "a whole number of 0 or more"))?,
        };
        let settings = self.settings(manifest)?;
        Ok(RunContext { as_of, settings, seed, limits: options.limits })
    }

    fn settings(&self, manifest: &Manifest) -> Result<Map<String, Json>, Fault> {
        let mut settings = manifest.defaults();
        let given = match self.get("settings") {
            None => return Ok(settings),
            Some(Json::Object(given)) => given,
            Some(other) => return Err(self.wrong("settings", other, "a table of settings")),
        };
        let call = self.call;
        for (name, value) in given {
            let Some(setting) = manifest.setting(name) else {
                let known = manifest.settings.iter().map(|setting| setting.name.as_str());
                let message = format!("{call}: pack {} has no setting \"{name}\"", manifest.name);
                return Err(Fault::argument(message).hint(did_you_mean(name, known)));
            };
            let listed = matches!(
                setting.kind,
                SettingType::Numbers | SettingType::Texts | SettingType::Labels
            );
            // An empty table of Lua may be either.
            let is_empty = value.as_object().is_some_and(Map::is_empty);
            let empty = Json::Array(Vec::new());
            let checked = setting.check(&item(if listed && is_empty { &empty } else { value }));
            let checked =
                checked.map_err(|(_, message)| Fault::argument(format!("{call}: {message}")))?;
            settings.insert(name.clone(), checked);
        }
        Ok(settings)
    }

    /// Says that a field holds something else than it should.
    pub(super) fn wrong(&self, name: &str, given: &Json, expected: &str) -> Fault {
        let (call, kind) = (self.call, kind(given));
        Fault::argument(format!("{call}: {name} is {kind}, expected {expected}"))
    }
}

/// True for what a test writes as `test.missing`.
pub(super) fn is_missing(value: &Json) -> bool {
    value.is_null() || value.as_str() == Some(MISSING)
}

/// Reads a day: `"2025-03-01"`, or the number that `kehu.day` gives for it.
pub(super) fn day(given: &Json) -> Option<i32> {
    match given {
        Json::String(text) => i32::try_from(parse_day(text).ok()?).ok(),
        number => i32::try_from(number.as_i64()?).ok(),
    }
}

/// What a value is, with its article, and what it says where that is short.
pub(super) fn kind(value: &Json) -> String {
    match value {
        Json::Null => "nothing".to_owned(),
        Json::Bool(flag) => format!("{flag}"),
        Json::Number(number) => format!("the number {number}"),
        Json::String(text) if text == MISSING => "missing".to_owned(),
        Json::String(text) => format!("the text \"{}\"", crate::fault::plain_within(text, 60)),
        Json::Array(_) => "a list".to_owned(),
        Json::Object(fields) if fields.is_empty() => "an empty table".to_owned(),
        Json::Object(_) => "a table".to_owned(),
    }
}

/// A value as the settings' own check reads it.
fn item(value: &Json) -> Item {
    let place = || Place { file: "".into(), line: 1, column: 1, source: "".into() };
    let value = match value {
        Json::Null => ItemValue::Text(String::new()),
        Json::Bool(flag) => ItemValue::Flag(*flag),
        Json::Number(number) => number.as_i64().map_or_else(
            || ItemValue::Number(number.as_f64().unwrap_or(f64::NAN)),
            ItemValue::Integer,
        ),
        Json::String(text) => ItemValue::Text(text.clone()),
        Json::Array(items) => ItemValue::List(items.iter().map(item).collect()),
        Json::Object(fields) => {
            let entries = fields.iter();
            ItemValue::Table(
                entries.map(|(key, value)| (key.clone(), place(), item(value))).collect(),
            )
        }
    };
    Item { place: place(), value }
}

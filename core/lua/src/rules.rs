//! `kehu.rule{…}`: the rules that a pack declares while it loads.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use kehu_contract::{Comparison, FORMATS, Hook, Rule, Text, did_you_mean};
use mlua::{Function, Lua, Table, Value};

use crate::caller::caller;
use crate::evaluate::a;
use crate::factory::Shared;
use crate::fault::{Fault, plain_within};

/// The most rules of a pack.
const RULES: usize = 1_024;
/// The longest sentence of a rule.
const TEXT_BYTES: usize = 1_024;
/// The most arguments of a reason.
pub(crate) const ARGUMENTS: usize = 8;

const KEYS: [&str; 8] = ["id", "input", "op", "setting", "limit", "points", "en", "zh"];

/// Gathers the rules of one evaluation of a pack.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    gathered: RefCell<Gathered>,
}

#[derive(Debug, Default)]
struct Gathered {
    open: bool,
    rules: Vec<Rule>,
    /// Lists of rules that are applied together, each rule by its place.
    lists: Vec<Vec<u16>>,
    /// From a rule's table to its place; lists follow the rules.
    places: Option<Table>,
    list_tables: Vec<Table>,
}

/// What an evaluation declared.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    pub(crate) rules: Vec<Rule>,
    pub(crate) lists: Vec<Vec<u16>>,
    pub(crate) places: Option<Table>,
}

impl Registry {
    /// Begins an evaluation.
    pub(crate) fn begin(&self, lua: &Lua) -> mlua::Result<()> {
        let places = lua.create_table()?;
        self.gathered.replace(Gathered { open: true, places: Some(places), ..Gathered::default() });
        Ok(())
    }

    /// Ends it: from now on rules can be used, not declared.
    pub(crate) fn finish(&self) -> mlua::Result<Declared> {
        let mut gathered = self.gathered.borrow_mut();
        gathered.open = false;
        if let Some(places) = &gathered.places {
            for (at, table) in gathered.list_tables.iter().enumerate() {
                places.raw_set(table, (gathered.rules.len() + at) as f64)?;
            }
            places.set_readonly(true);
        }
        Ok(Declared {
            rules: gathered.rules.clone(),
            lists: gathered.lists.clone(),
            places: gathered.places.clone(),
        })
    }

    /// The place of a rule's table among the rules, counted from 0.
    pub(crate) fn place(&self, rule: &Value) -> Option<u16> {
        let gathered = self.gathered.borrow();
        let place: Option<f64> = gathered.places.as_ref()?.raw_get(rule).ok()?;
        Some(place? as u16).filter(|place| usize::from(*place) < gathered.rules.len())
    }

    /// The rule at a place.
    pub(crate) fn rule(&self, place: u16) -> Option<Rule> {
        self.gathered.borrow().rules.get(usize::from(place)).cloned()
    }

    /// Makes the function `kehu.rule`.
    pub(crate) fn function(
        self: &Rc<Self>,
        lua: &Lua,
        shared: &Arc<Shared>,
        settings: &serde_json::Map<String, serde_json::Value>,
    ) -> mlua::Result<Function> {
        let registry = Rc::clone(self);
        let shared = Arc::clone(shared);
        let settings = settings.clone();
        lua.create_function(move |lua, given: Value| {
            let Value::Table(given) = given else {
                let message = format!("kehu.rule takes a table, got {}", a(&given));
                return Err(Fault::argument(message)
                    .hint("write kehu.rule{ id = \"…\", … }")
                    .into());
            };
            if !registry.gathered.borrow().open {
                let fault = Fault::argument("kehu.rule is called while the pack works")
                    .hint("declare rules at the top level of main.lua, once");
                return Err(fault.into());
            }
            let mut rule = read(&given, &shared, &settings)?;
            locate(lua, &shared, &mut rule);
            registry.add(lua, rule)
        })
    }

    /// Makes the function `kehu.rules`: a list of rules that are applied in one go.
    pub(crate) fn list_function(self: &Rc<Self>, lua: &Lua) -> mlua::Result<Function> {
        let registry = Rc::clone(self);
        lua.create_function(move |_, given: Value| {
            let Value::Table(list) = &given else {
                let message = format!("kehu.rules takes a list of rules, got {}", a(&given));
                return Err(Fault::argument(message).into());
            };
            if list.raw_len() > RULES {
                let message = format!("kehu.rules: a list has at most {RULES} rules");
                return Err(Fault::argument(message).into());
            }
            let mut places = Vec::new();
            for at in 1..=list.raw_len() {
                let item: Value = list.raw_get(at)?;
                places.push(registry.testable(&item, at)?);
            }
            let mut gathered = registry.gathered.borrow_mut();
            if !gathered.open {
                let fault = Fault::argument("kehu.rules is called while the pack works")
                    .hint("declare lists of rules at the top level of main.lua, once");
                return Err(fault.into());
            }
            if places.is_empty() || gathered.lists.len() >= RULES {
                return Err(Fault::argument("kehu.rules: no rule, or too many lists").into());
            }
            list.set_readonly(true);
            gathered.lists.push(places);
            gathered.list_tables.push(list.clone());
            Ok(list.clone())
        })
    }

    fn testable(&self, item: &Value, at: usize) -> Result<u16, Fault> {
        let place = self.place(item).ok_or_else(|| {
            let kind = a(item);
            Fault::argument(format!("kehu.rules: item {at} is {kind}, expected a rule"))
        })?;
        match self.rule(place) {
            Some(rule) if rule.comparison.is_some() => Ok(place),
            _ => Err(Fault::argument(format!(
                "kehu.rules: item {at} has no op, so it cannot be tested"
            ))),
        }
    }

    fn add(&self, lua: &Lua, rule: Rule) -> mlua::Result<Table> {
        let mut gathered = self.gathered.borrow_mut();
        if let Some(other) = gathered.rules.iter().find(|other| other.id == rule.id) {
            let message = format!("rule \"{}\" is declared twice", rule.id);
            let hint = format!("the other one is at {}:{}", other.file, other.line);
            return Err(Fault::argument(message).hint(hint).into());
        }
        if gathered.rules.len() >= RULES {
            return Err(Fault::argument(format!("a pack has at most {RULES} rules")).into());
        }
        let object = object(lua, &rule)?;
        if let Some(places) = &gathered.places {
            places.raw_set(&object, gathered.rules.len() as f64)?;
        }
        gathered.rules.push(rule);
        Ok(object)
    }
}

/// What the script holds of a rule: a frozen table with its figures.
fn object(lua: &Lua, rule: &Rule) -> mlua::Result<Table> {
    let object = lua.create_table()?;
    object.raw_set("id", rule.id.as_str())?;
    object.raw_set("input", rule.input.as_deref())?;
    object.raw_set("op", rule.comparison.map(Comparison::sign))?;
    object.raw_set("setting", rule.setting.as_deref())?;
    object.raw_set("limit", rule.limit)?;
    object.raw_set("points", rule.points)?;
    object.raw_set("en", rule.text.en.as_str())?;
    object.raw_set("zh", rule.text.zh.as_str())?;
    object.set_readonly(true);
    Ok(object)
}

fn read(
    given: &Table,
    shared: &Shared,
    settings: &serde_json::Map<String, serde_json::Value>,
) -> Result<Rule, Fault> {
    for pair in given.pairs::<Value, Value>() {
        let (key, _) = pair.map_err(|_| Fault::argument("kehu.rule: unreadable table"))?;
        let key = crate::machine::key_in_words(&key);
        if !KEYS.contains(&key.as_str()) {
            let hint = did_you_mean(&key, KEYS);
            return Err(Fault::argument(format!("kehu.rule has no field \"{key}\"")).hint(hint));
        }
    }
    let id = text(given, "rule", "id")?.ok_or_else(|| {
        Fault::argument("kehu.rule needs an id").hint("write kehu.rule{ id = \"…\", en = \"…\" }")
    })?;
    if id.is_empty() || id.len() > 64 || id.chars().any(char::is_control) {
        return Err(Fault::argument("kehu.rule: the id has 1 to 64 characters"));
    }
    let input = text(given, &id, "input")?;
    if let Some(input) = &input {
        check_input(&id, input, shared)?;
    }
    let comparison = text(given, &id, "op")?
        .map(|sign| {
            Comparison::parse(&sign).ok_or_else(|| {
                let hint = did_you_mean(&sign, Comparison::ALL.map(Comparison::sign));
                Fault::argument(format!("rule \"{id}\": op \"{sign}\" is no comparison")).hint(hint)
            })
        })
        .transpose()?;
    let setting = text(given, &id, "setting")?;
    let stated = number(given, &id, "limit")?;
    let limit = match (&setting, stated) {
        (Some(name), stated) => Some(setting_value(&id, name, stated, shared, settings)?),
        (None, stated) => stated,
    };
    let points = number(given, &id, "points")?;
    let en = text(given, &id, "en")?.ok_or_else(|| {
        Fault::argument(format!("rule \"{id}\" needs a sentence"))
            .hint("add en = \"…\", and zh = \"…\" for the Chinese one")
    })?;
    let zh = text(given, &id, "zh")?.unwrap_or_default();
    if let Some(comparison) = comparison {
        check_test(&id, comparison, input.is_some(), limit.is_some())?;
    }
    for sentence in [&en, &zh] {
        check_placeholders(&id, sentence)?;
    }
    Ok(Rule {
        id,
        input,
        comparison,
        setting,
        limit,
        points,
        text: Text::new(en, zh),
        file: String::new(),
        line: 0,
        source: String::new(),
    })
}

fn check_input(id: &str, input: &str, shared: &Shared) -> Result<(), Fault> {
    let needs: Vec<String> = shared
        .manifest
        .steps
        .iter()
        .filter(|step| !matches!(step.hook, Hook::PlanVisits | Hook::ImportRow))
        .flat_map(|step| step.needs.iter().map(kehu_contract::Need::name))
        .collect();
    // A script that is tried without its manifest has no needs.
    if shared.manifest.steps.is_empty() || needs.iter().any(|need| need == input) {
        return Ok(());
    }
    let hint = match kehu_contract::nearest(input, needs.iter().map(String::as_str)) {
        // Either may be the slip: what there is, a script does not know.
        Some(near) => format!("needs in pack.toml has \"{near}\": write the same name in both"),
        None => format!("add \"{input}\" to the needs of its step in pack.toml"),
    };
    Err(Fault::argument(format!("rule \"{id}\": no step needs \"{input}\"")).hint(hint))
}

fn check_test(id: &str, comparison: Comparison, input: bool, limit: bool) -> Result<(), Fault> {
    let sign = comparison.sign();
    if !input {
        return Err(Fault::argument(format!("rule \"{id}\" has op \"{sign}\" and no input")));
    }
    match (comparison, limit) {
        (Comparison::Missing, true) => {
            Err(Fault::argument(format!("rule \"{id}\": op \"missing\" takes no limit")))
        }
        (Comparison::Missing, false) | (_, true) => Ok(()),
        (_, false) => Err(Fault::argument(format!("rule \"{id}\" has op \"{sign}\" and no limit"))
            .hint("add limit = a number, or setting = the name of a setting")),
    }
}

fn setting_value(
    id: &str,
    name: &str,
    stated: Option<f64>,
    shared: &Shared,
    settings: &serde_json::Map<String, serde_json::Value>,
) -> Result<f64, Fault> {
    if shared.manifest.setting(name).is_none() {
        let names = shared.manifest.settings.iter().map(|setting| setting.name.as_str());
        let hint = did_you_mean(name, names);
        return Err(Fault::argument(format!("rule \"{id}\": no setting \"{name}\"")).hint(hint));
    }
    let held = settings.get(name).and_then(serde_json::Value::as_f64);
    stated.or(held).ok_or_else(|| {
        Fault::argument(format!("rule \"{id}\": setting \"{name}\" is no number"))
            .hint("state the figure beside it: limit = kehu.settings.…")
    })
}

/// Finds the placeholders of a sentence and refuses those that nothing fills.
fn check_placeholders(id: &str, sentence: &str) -> Result<(), Fault> {
    let mut rest = sentence;
    while let Some(start) = rest.find('{') {
        let Some(end) = rest[start..].find('}') else { break };
        let word = &rest[start + 1..start + end];
        if placeholder(word).is_none() {
            let known = "{1} to {8}, {value} and {limit} are known, {1|day|days} and {1:amount}";
            return Err(
                Fault::argument(format!("rule \"{id}\": nothing fills {{{word}}}")).hint(known)
            );
        }
        rest = &rest[start + end + 1..];
    }
    Ok(())
}

fn placeholder(word: &str) -> Option<usize> {
    let (name, forms) = word.split_once('|').unwrap_or((word, "one|several"));
    if forms.split('|').count() != 2 {
        return None;
    }
    let (name, format) = name.split_once(':').unwrap_or((name, FORMATS[0]));
    if !FORMATS.contains(&format) {
        return None;
    }
    match name {
        "value" => Some(1),
        "limit" => Some(2),
        digits => digits.parse().ok().filter(|place| (1..=ARGUMENTS).contains(place)),
    }
}

/// The number of arguments that a rule's sentences use.
pub(crate) fn arity(rule: &Rule) -> usize {
    arity_of(&rule.text.en).max(arity_of(&rule.text.zh))
}

/// The number of arguments that a sentence uses.
pub(crate) fn arity_of(sentence: &str) -> usize {
    let places = sentence.split('{').skip(1);
    places.filter_map(|part| placeholder(part.split_once('}')?.0)).max().unwrap_or(0)
}

fn text(given: &Table, id: &str, key: &str) -> Result<Option<String>, Fault> {
    match given.raw_get::<Value>(key) {
        Ok(Value::Nil) => Ok(None),
        Ok(Value::String(text)) => {
            let text = text.to_string_lossy();
            if text.len() > TEXT_BYTES {
                let message = format!("rule \"{id}\": {key} has more than {TEXT_BYTES} bytes");
                return Err(Fault::argument(message));
            }
            Ok(Some(plain_within(&text, TEXT_BYTES)))
        }
        Ok(other) => {
            let message = format!("rule \"{id}\": {key} is {}, expected a text", a(&other));
            Err(Fault::argument(message))
        }
        Err(_) => Err(Fault::argument(format!("rule \"{id}\": {key} is unreadable"))),
    }
}

fn number(given: &Table, id: &str, key: &str) -> Result<Option<f64>, Fault> {
    let value = match given.raw_get::<Value>(key) {
        Ok(Value::Nil) => return Ok(None),
        Ok(Value::Integer(number)) => number as f64,
        Ok(Value::Number(number)) => number,
        Ok(other) => {
            let message = format!("rule \"{id}\": {key} is {}, expected a number", a(&other));
            return Err(Fault::argument(message));
        }
        Err(_) => return Err(Fault::argument(format!("rule \"{id}\": {key} is unreadable"))),
    };
    if value.is_finite() {
        Ok(Some(value))
    } else {
        Err(Fault::argument(format!("rule \"{id}\": {key} is not a finite number")))
    }
}

/// Notes the place of the nearest caller that is a script of the pack.
fn locate(lua: &Lua, shared: &Shared, rule: &mut Rule) {
    if let Some((path, line)) = caller(lua, shared) {
        rule.file = shared.shown(&path);
        rule.line = line;
        shared.line(&path, line).unwrap_or_default().clone_into(&mut rule.source);
    }
}

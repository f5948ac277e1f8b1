//! Names that nobody has declared: globals, and fields of the libraries.

use std::collections::{BTreeMap, BTreeSet};

use kehu_contract::{RunContext, did_you_mean, nearest};
use mlua::{Table, Value};

use super::facts::{Chain, Root};
use super::{Level, Script, Subject};
use crate::evaluate::Evaluator;
use crate::factory::LuaPackFactory;
use crate::machine::{ABSENT, Machine, key_in_words};
use crate::testing;

/// The names that a script sees, each with the names in it, if it is a library.
type Words = BTreeMap<String, Option<Library>>;

/// The names of a library, and of those in it.
struct Library(Words);

/// Libraries whose names are looked at.
const LIBRARIES: [&str; 7] = ["kehu", "math", "string", "table", "utf8", "bit32", "coroutine"];

/// Notes unknown and newly made globals, and unknown fields of libraries.
pub(super) fn check(subject: &mut Subject<'_>, factory: &LuaPackFactory, context: &RunContext) {
    let Ok(mut words) = words(factory, context) else { return };
    let mut notes = Vec::new();
    let own: BTreeSet<String> = set_by(&subject.scripts);
    for script in &subject.scripts {
        script_names(script, &words, &own, &mut notes);
    }
    for (name, fields) in testing::vocabulary() {
        let fields = fields.into_iter().map(|field| (field, None)).collect::<Words>();
        let library = (!fields.is_empty()).then_some(Library(fields));
        words.insert(name, library);
    }
    if let Some(tests) = &subject.tests {
        let own = set_by(std::slice::from_ref(tests));
        script_names(tests, &words, &own, &mut notes);
    }
    subject.findings.extend(notes);
}

fn set_by(scripts: &[Script]) -> BTreeSet<String> {
    let set = scripts.iter().flat_map(|script| &script.facts.globals_set);
    set.map(|(name, _)| name.clone()).collect()
}

fn script_names(
    script: &Script,
    words: &Words,
    own: &BTreeSet<String>,
    notes: &mut Vec<super::Finding>,
) {
    let mut note = |level, code, spot, message: String, hint: String| {
        let place = script.place(spot);
        notes.push(super::Finding { level, code, place, message, hint: Some(hint) });
    };
    for (name, spot) in &script.facts.globals_set {
        let message = format!("\"{name}\" becomes a global");
        let hint = format!("write local {name} = …, or local function {name}(…)");
        note(Level::Warning, "global", *spot, message, hint);
    }
    for chain in &script.facts.chains {
        let Root::Global(name) = &chain.root else { continue };
        match words.get(name) {
            Some(Some(library)) => {
                if let Some((whose, field, spot, hint)) = unknown_field(name, library, chain) {
                    let message = format!("{whose} has no \"{field}\"");
                    note(Level::Error, "unknown-name", spot, message, hint);
                }
            }
            Some(None) => {}
            None if own.contains(name) => {}
            None => {
                let (message, hint) = unknown_global(name, words);
                note(Level::Error, "unknown-global", chain.spot, message, hint);
            }
        }
    }
}

fn unknown_global(name: &str, words: &Words) -> (String, String) {
    if let Some((_, reason)) = ABSENT.iter().find(|(absent, _)| *absent == name) {
        return (format!("a pack has no \"{name}\""), (*reason).to_owned());
    }
    let hint = match nearest(name, words.keys().map(String::as_str)) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => "declare it with \"local\", above the place where it is used".to_owned(),
    };
    (format!("\"{name}\" has no value"), hint)
}

/// The first name of a chain that its library does not have.
fn unknown_field(
    name: &str,
    library: &Library,
    chain: &Chain,
) -> Option<(String, String, super::Spot, String)> {
    let (mut whose, mut library) = (name.to_owned(), library);
    for (field, spot) in &chain.fields {
        // The pack's own settings are looked at elsewhere.
        if whose == "kehu" && field == "settings" {
            return None;
        }
        match library.0.get(field) {
            Some(Some(inner)) => {
                whose = format!("{whose}.{field}");
                library = inner;
            }
            Some(None) => return None,
            None => {
                let hint = did_you_mean(field, library.0.keys().map(String::as_str));
                return Some((whose, field.clone(), *spot, hint));
            }
        }
    }
    None
}

/// All that a pack sees, as its own VM has it.
fn words(factory: &LuaPackFactory, context: &RunContext) -> mlua::Result<Words> {
    let shared = factory.shared();
    let machine = Machine::new("check", context)?;
    let evaluator = Evaluator::new(&machine, &shared, context)?;
    let globals = evaluator.globals(&machine)?;
    let mut words = Words::new();
    for pair in globals.pairs::<Value, Value>() {
        let (name, value) = pair?;
        let name = key_in_words(&name);
        let library = match value {
            Value::Table(table) if LIBRARIES.contains(&name.as_str()) => Some(library(&table)?),
            _ => None,
        };
        words.insert(name, library);
    }
    Ok(words)
}

fn library(table: &Table) -> mlua::Result<Library> {
    let mut words = Words::new();
    for pair in table.pairs::<Value, Value>() {
        let (name, value) = pair?;
        let inner = match value {
            Value::Table(inner) => Some(library(&inner)?),
            _ => None,
        };
        words.insert(key_in_words(&name), inner);
    }
    Ok(Library(words))
}

//! What a pack may ask of the host: one registry of it, and the table `kehu`.
//!
//! Every function and field that scripts see has an [`Entry`]. From the entries come the checks of
//! arguments, the reference for people, and the files for editors, so that none of them can differ from
//! the others; a test compares them with what the VM really offers.

mod arguments;
mod day;
mod entry;
mod hooks;
mod kehu;
mod log;
mod luacats;
mod luau;
mod markdown;
mod number;
mod report;
mod selene;
mod testing;
mod text;

use kehu_contract::{Language, RunContext, nearest};
use mlua::{Function, Table, Value};

use crate::convert::to_lua;
use crate::factory::Shared;
use crate::machine::{ABSENT, GLOBALS, LIBRARIES, Machine, strict_function};

pub(crate) use day::{in_words as day_in_words, parse as parse_day};
pub use entry::{Entry, Parameter, Shape, Subject, Type};
pub(crate) use log::{Ear, table as log_table};

/// Names a form in which the registry is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Markdown,
    /// Definitions for the Lua language servers: `LuaCATS`.
    LuaCats,
    /// Definitions for the Luau language server.
    Luau,
    /// The standard library for the checker selene.
    Selene,
}

/// Writes the whole registry. The files for editors are in English.
pub fn write(format: Format, language: Language) -> String {
    match format {
        Format::Markdown => markdown::write(language),
        Format::LuaCats => luacats::write(),
        Format::Luau => luau::write(),
        Format::Selene => selene::write(),
    }
}

/// What is said of an entry below its signature, without its example, as in the reference.
pub fn text(entry: &Entry, language: Language) -> String {
    markdown::text(entry, language)
}

/// All subjects, in the order of the reference.
pub fn subjects() -> impl Iterator<Item = &'static Subject> {
    const GENERAL: [&Subject; 8] = [
        &kehu::KEHU,
        &kehu::GLOBALS,
        &kehu::RULE,
        &day::SUBJECT,
        &text::SUBJECT,
        &number::NUMBER,
        &number::LIST,
        &log::SUBJECT,
    ];
    GENERAL.into_iter().chain(hooks::SUBJECTS)
}

/// All entries, each with its subject.
pub fn entries() -> impl Iterator<Item = (&'static Subject, &'static Entry)> {
    subjects().flat_map(|subject| subject.entries.iter().map(move |entry| (subject, entry)))
}

/// What scripts have that are no packs, each entry with its subject.
pub fn of_reports() -> impl Iterator<Item = (&'static Subject, &'static Entry)> {
    report::SUBJECT.entries.iter().map(|entry| (&report::SUBJECT, entry))
}

/// The tables that `tests.lua` alone has.
pub(crate) const OF_TESTS: [&Subject; 3] = [&testing::WORDS, &testing::CALLS, &testing::ASSERT];

/// What `tests.lua` has beside what packs have, each entry with its subject.
pub fn of_tests() -> impl Iterator<Item = (&'static Subject, &'static Entry)> {
    OF_TESTS.into_iter().flat_map(|of| of.entries.iter().map(move |entry| (of, entry)))
}

/// Everything that has a name: what packs have, what tests have, what reports have.
pub fn everything() -> impl Iterator<Item = (&'static Subject, &'static Entry)> {
    entries().chain(of_tests()).chain(of_reports())
}

/// The tables that a person means by a name: that of a subject, or the one by which scripts call it, such as
/// `ctx`, `case` or `deal`; of several hooks each has its own.
pub fn tables(name: &str) -> Vec<&'static Subject> {
    let all = || subjects().chain(OF_TESTS).chain([&report::SUBJECT]);
    let pick = |fits: &dyn Fn(&Subject) -> bool| all().filter(|each| fits(each)).collect();
    let called = |word: &str| -> Vec<&'static Subject> {
        // A row has columns, and no fields of its own.
        let row = if matches!(word, "c" | "row") { "kehu.Row" } else { "" };
        pick(&|each| {
            each.name == row
                || each
                    .entries
                    .iter()
                    .any(|entry| entry.name.split(['.', ':']).next() == Some(word))
        })
    };
    let exact: Vec<_> = pick(&|each| each.name == name);
    let ways = [exact, called(name), called(name.strip_suffix('s').unwrap_or(name))];
    ways.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// The entries that a person means by a name: a whole one, with a dot for a colon too, the last part of
/// one, or a subject.
pub fn find(name: &str) -> Vec<(&'static Subject, &'static Entry)> {
    let plain = |each: &str| each.replace(':', ".");
    let wanted = plain(name.trim_end_matches("()"));
    let fits = |rank: usize, subject: &Subject, entry: &Entry| match rank {
        0 => subject.name == wanted && subject.name != "kehu",
        1 => plain(entry.name) == wanted,
        _ => entry.short() == wanted,
    };
    let pick = |rank| everything().filter(move |(subject, entry)| fits(rank, subject, entry));
    (0..3)
        .map(|rank| pick(rank).collect::<Vec<_>>())
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

/// The name that lies nearest to one that [`find`] does not know.
pub fn nearest_name(name: &str) -> Option<&'static str> {
    let all = everything;
    let whole = all().map(|(_, entry)| entry.name);
    let short = || all().map(|(_, entry)| (entry.short(), entry.name));
    nearest(name, whole).or_else(|| {
        let near = nearest(name, short().map(|(short, _)| short))?;
        short().find(|(short, _)| *short == near).map(|(_, name)| name)
    })
}

/// The globals that every pack has: those of the language, and the host's own.
pub fn globals() -> impl Iterator<Item = &'static str> {
    let own = kehu::GLOBALS.entries.iter().map(|entry| entry.name);
    GLOBALS.iter().chain(&LIBRARIES).copied().chain(["kehu", "tostring", "_G"]).chain(own)
}

/// Globals of other Lua hosts that no pack has, each with the reason.
pub fn absent_globals() -> &'static [(&'static str, &'static str)] {
    &ABSENT
}

fn entry_of(name: &str) -> Option<&'static Entry> {
    entries().map(|(_, entry)| entry).find(|entry| entry.name == name)
}

/// Builds the frozen table `kehu`.
pub(crate) fn kehu_table(
    machine: &Machine,
    rule: Function,
    list: Function,
    settings: &Table,
    log: &Table,
) -> mlua::Result<Table> {
    kehu_with(machine, rule, list, settings, &[("log", Value::Table(log.clone()))])
}

/// Builds it with what scripts have that are no packs.
pub(crate) fn kehu_with(
    machine: &Machine,
    rule: Function,
    list: Function,
    settings: &Table,
    more: &[(&str, Value)],
) -> mlua::Result<Table> {
    let lua = &machine.lua;
    let kehu = lua.create_table()?;
    for (name, value) in more {
        kehu.raw_set(*name, value)?;
    }
    kehu.raw_set("rule", rule)?;
    kehu.raw_set("rules", list)?;
    kehu.raw_set("settings", settings)?;
    kehu.raw_set("none", Value::NULL)?;
    for (name, whose, table) in [
        ("day", "kehu.day", day::table(lua)?),
        ("text", "kehu.text", text::table(lua)?),
        ("number", "kehu.number", number::number_table(lua)?),
        ("list", "kehu.list", number::list_table(lua)?),
    ] {
        kehu.raw_set(name, strict(machine, whose, table)?)?;
    }
    strict(machine, "kehu", kehu)
}

/// Builds the frozen table of the settings; an unknown name is an error.
pub(crate) fn settings_table(
    machine: &Machine,
    shared: &Shared,
    context: &RunContext,
) -> mlua::Result<Table> {
    let table = machine.lua.create_table()?;
    for setting in &shared.manifest.settings {
        let value = context.settings.get(&setting.name).unwrap_or(&setting.default);
        table.raw_set(setting.name.as_str(), to_lua(&machine.lua, value)?)?;
    }
    strict(machine, "kehu.settings", table)
}

/// Freezes a table whose unknown names are errors.
pub(crate) fn strict(machine: &Machine, whose: &'static str, table: Table) -> mlua::Result<Table> {
    let mut names = Vec::new();
    for pair in table.pairs::<Value, Value>() {
        if let (Value::String(name), _) = pair? {
            names.push(name.to_string_lossy());
        }
    }
    names.sort();
    let meta = machine.lua.create_table()?;
    meta.raw_set("__index", strict_function(&machine.lua, whose, names)?)?;
    meta.set_readonly(true);
    table.set_metatable(Some(meta))?;
    table.set_readonly(true);
    Ok(table)
}

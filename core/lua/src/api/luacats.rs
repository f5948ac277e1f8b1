//! Definitions for the Lua language servers, in the annotations that they share (`LuaCATS`).

use std::fmt::Write as _;

use kehu_contract::Language;

use super::entry::{Entry, Parameter, Shape, Subject, Type};

const HEAD: &str = "---@meta kehu
-- Definitions of kehu for editors, written by: kehu api --format luacats
error(\"this file is for editors, it is never run\")

---A whole number of days from 1970-01-01.
---@alias kehu.Day integer
---A list of rules and of lists that begin with a rule, or one rule.
---@alias kehu.Reasons kehu.Rule|(kehu.Rule|table)[]
---What kehu.rules gives.
---@class kehu.Rules
";

/// Writes the whole of it.
pub(super) fn write() -> String {
    let mut file = String::from(HEAD);
    for subject in super::subjects().chain(super::OF_TESTS) {
        match subject.name {
            "globals" | "tests" => {
                subject.entries.iter().for_each(|entry| function(&mut file, entry, entry.name));
            }
            name if subject.is_global() => global(&mut file, subject, name),
            _ => class(&mut file, subject),
        }
    }
    report(&mut file, &super::report::SUBJECT);
    file
}

/// What the global table has beside that in scripts that are no packs.
fn report(file: &mut String, subject: &Subject) {
    let _ = write!(file, "\n-- {}\n", subject.en);
    functions(file, subject, "kehu");
    for entry in subject.entries {
        if let Shape::Field(kind, _) = entry.shape {
            let _ =
                write!(file, "\n---{}\n---@type {}\n{} = nil\n", entry.en, name(kind), entry.name);
        }
    }
}

/// A table that scripts reach by its name.
fn global(file: &mut String, subject: &Subject, name: &str) {
    let _ = write!(file, "\n---{}\n---@class {name}Library\n", subject.en);
    if name == "assert" {
        // Lua's own function goes on to be one.
        file.push_str("---@overload fun(value: any, note?: string, ...: any): any\n");
    }
    fields(file, subject);
    let _ = writeln!(file, "{name} = {{}}");
    functions(file, subject, name);
}

/// The type of something that scripts are given.
fn class(file: &mut String, subject: &Subject) {
    let like = if subject.like.is_empty() { String::new() } else { format!(": {}", subject.like) };
    let _ = write!(file, "\n---{}\n---@class {}{like}\n", subject.en, subject.name);
    fields(file, subject);
    if subject.name == "kehu.Row" {
        file.push_str("---@field [string] any\n");
    }
    if subject.entries.iter().any(|entry| matches!(entry.shape, Shape::Function { .. })) {
        let local = subject.name.replace('.', "_");
        let _ = writeln!(file, "local {local} = {{}}");
        functions(file, subject, &local);
    }
}

fn fields(file: &mut String, subject: &Subject) {
    for entry in subject.entries {
        if let Shape::Field(kind, optional) = entry.shape {
            let mark = if optional { "?" } else { "" };
            let _ = writeln!(file, "---@field {}{mark} {} {}", entry.short(), name(kind), entry.en);
        }
    }
}

fn functions(file: &mut String, subject: &Subject, owner: &str) {
    for entry in subject.entries {
        let sign = if entry.is_method() { ':' } else { '.' };
        function(file, entry, &format!("{owner}{sign}{}", entry.short()));
    }
}

fn function(file: &mut String, entry: &Entry, called: &str) {
    let Shape::Function { takes, gives } = entry.shape else { return };
    file.push('\n');
    for line in [entry.en, entry.more_en].iter().filter(|line| !line.is_empty()) {
        let _ = writeln!(file, "---{line}");
    }
    for parameter in takes {
        let (word, mark) = match parameter {
            Parameter { rest: true, .. } => ("...", ""),
            Parameter { optional: true, .. } => (parameter.name, "?"),
            _ => (parameter.name, ""),
        };
        let _ = writeln!(file, "---@param {word}{mark} {} {}", name(parameter.kind), parameter.en);
    }
    for given in gives {
        let mark = if given.optional { "?" } else { "" };
        let _ = writeln!(file, "---@return {}{mark} {}", name(given.kind), given.name);
    }
    let names: Vec<&str> =
        takes.iter().map(|each| if each.rest { "..." } else { each.name }).collect();
    let _ = writeln!(file, "function {called}({}) end", names.join(", "));
    *file = file.replace(" \n", "\n");
}

fn name(kind: Type) -> String {
    match kind {
        Type::Number => "number".to_owned(),
        Type::Whole => "integer".to_owned(),
        Type::Day => "kehu.Day".to_owned(),
        Type::Text => "string".to_owned(),
        Type::Flag => "boolean".to_owned(),
        Type::Any => "any".to_owned(),
        Type::Table => "table".to_owned(),
        Type::Fields(fields) => {
            let field = |field: &Parameter| {
                let mark = if field.optional { "?" } else { "" };
                format!("{}{mark}: {}", field.name, name(field.kind))
            };
            format!("{{ {} }}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
        Type::List(item) => match name(*item) {
            item if item.contains('|') => format!("({item})[]"),
            item => format!("{item}[]"),
        },
        Type::Choice(_) => kind.name(Language::En).replace(" | ", "|"),
        Type::Rule => "kehu.Rule".to_owned(),
        Type::Rules => "kehu.Rules".to_owned(),
        Type::Reasons => "kehu.Reasons".to_owned(),
        Type::Argument => "number|string|nil".to_owned(),
        Type::Of(name) if name.chars().any(|each| each.is_ascii_uppercase()) => name.to_owned(),
        Type::Of(name) => format!("{name}Library"),
    }
}

//! Definitions for the Luau language server.

use std::fmt::Write as _;

use super::entry::{Entry, Parameter, Shape, Subject, Type};

const HEAD: &str = "-- Definitions of kehu for editors, written by: kehu api --format luau

type Rules = { [number]: Rule }
type Reasons = Rule | { Rule | { any } }
";

/// Writes the whole of it.
pub(super) fn write() -> String {
    let mut file = String::from(HEAD);
    // Types first, then what is declared with them.
    for subject in super::subjects().filter(|subject| !subject.is_global()) {
        let body = if subject.name == "kehu.Row" { "{ [string]: any }" } else { &table(subject) };
        let _ = write!(file, "\n-- {}\nexport type {} = {body}\n", subject.en, short(subject.name));
    }
    for subject in
        super::subjects().filter(|subject| subject.is_global() && subject.name.contains('.'))
    {
        let _ = write!(
            file,
            "\n-- {}\ntype {} = {}\n",
            subject.en,
            library(subject.name),
            table(subject)
        );
    }
    let globals = super::subjects()
        .filter(|subject| subject.is_global() && !subject.name.contains('.'))
        .chain(super::OF_TESTS);
    for subject in globals {
        if matches!(subject.name, "globals" | "tests") {
            for entry in subject.entries.iter().filter(|entry| entry.name != "print") {
                let _ = write!(
                    file,
                    "\n-- {}\ndeclare {}: {}\n",
                    entry.en,
                    entry.name,
                    shape(entry, "")
                );
            }
        } else {
            // Lua's own function goes on to be one.
            let own = if subject.name == "assert" { "((any, ...any) -> any) & " } else { "" };
            let (name, table) = (subject.name, table(subject));
            let _ = write!(file, "\n-- {}\ndeclare {name}: {own}{table}\n", subject.en);
        }
    }
    file
}

/// A table type of all entries, those of the subject that it is like among them.
fn table(subject: &Subject) -> String {
    let like = super::subjects().find(|each| each.name == subject.like);
    let mut text = String::from("{\n");
    for entry in like.into_iter().chain([subject]).flat_map(|subject| subject.entries) {
        let me = if entry.is_method() { short(subject.name) } else { String::new() };
        let _ = writeln!(text, "  -- {}\n  {}: {},", entry.en, entry.short(), shape(entry, &me));
    }
    text + "}"
}

fn shape(entry: &Entry, me: &str) -> String {
    match entry.shape {
        Shape::Field(kind, optional) => name(kind, optional),
        Shape::Function { takes, gives } => {
            let this = if me.is_empty() { None } else { Some(format!("self: {me}")) };
            let parameter = |each: &Parameter| match each.rest {
                true => format!("...{}", name(each.kind, false)),
                false => format!("{}: {}", each.name, name(each.kind, each.optional)),
            };
            let takes: Vec<String> = this.into_iter().chain(takes.iter().map(parameter)).collect();
            let gives: Vec<String> =
                gives.iter().map(|each| name(each.kind, each.optional)).collect();
            let gives =
                if gives.len() == 1 { gives.concat() } else { format!("({})", gives.join(", ")) };
            format!("({}) -> {gives}", takes.join(", "))
        }
    }
}

fn name(kind: Type, optional: bool) -> String {
    let plain = match kind {
        Type::Number | Type::Whole | Type::Day => "number".to_owned(),
        Type::Text => "string".to_owned(),
        Type::Flag => "boolean".to_owned(),
        Type::Any => return "any".to_owned(),
        Type::Table => "{ [any]: any }".to_owned(),
        Type::Fields(fields) => {
            let field =
                |field: &Parameter| format!("{}: {}", field.name, name(field.kind, field.optional));
            format!("{{ {} }}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
        Type::List(item) => format!("{{ {} }}", name(*item, false)),
        Type::Choice(_) => format!("({})", kind.name(kehu_contract::Language::En)),
        Type::Rule => "Rule".to_owned(),
        Type::Rules => "Rules".to_owned(),
        Type::Reasons => "Reasons".to_owned(),
        Type::Argument => return "(number | string)?".to_owned(),
        Type::Of(name) if name.chars().any(|each| each.is_ascii_uppercase()) => short(name),
        Type::Of(name) => library(name),
    };
    if optional { format!("{plain}?") } else { plain }
}

fn short(name: &str) -> String {
    name.rsplit('.').next().unwrap_or(name).to_owned()
}

/// `kehu.day` is of the type `DayLibrary`.
fn library(name: &str) -> String {
    let short = short(name);
    let (first, rest) = short.split_at(1);
    format!("{}{rest}Library", first.to_uppercase())
}

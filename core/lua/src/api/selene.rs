//! The standard library for the checker selene.

use std::fmt::Write as _;

use super::entry::{Entry, Shape, Type};

/// Writes the whole of it.
pub(super) fn write() -> String {
    let mut file = String::from(
        "# What scripts of kehu see, written by: kehu api --format selene\n---\nname: kehu\nbase: lua51\nglobals:\n",
    );
    for (name, _) in super::absent_globals() {
        let _ = write!(file, "  {name}:\n    removed: true\n");
    }
    for subject in super::subjects().filter(|subject| subject.is_global()) {
        for entry in subject.entries {
            global(&mut file, entry);
        }
    }
    file
}

fn global(file: &mut String, entry: &Entry) {
    match entry.shape {
        Shape::Field(Type::Of(_), _) => {}
        Shape::Field(..) => {
            let _ = write!(file, "  {}:\n    any: true\n", entry.name);
        }
        Shape::Function { takes: [], .. } => {
            let _ = write!(file, "  {}:\n    args: []\n", entry.name);
        }
        Shape::Function { takes, .. } => {
            let _ = write!(file, "  {}:\n    args:\n", entry.name);
            for parameter in takes {
                let kind = if parameter.rest { "\"...\"" } else { name(parameter.kind) };
                let _ = writeln!(file, "      - type: {kind}");
                if parameter.optional {
                    file.push_str("        required: false\n");
                }
            }
        }
    }
}

fn name(kind: Type) -> &'static str {
    match kind {
        Type::Number | Type::Whole | Type::Day => "number",
        Type::Text | Type::Choice(_) => "string",
        Type::Flag => "bool",
        Type::Table | Type::Fields(_) | Type::List(_) | Type::Rule | Type::Rules => "table",
        Type::Any | Type::Reasons | Type::Argument | Type::Of(_) => "any",
    }
}

//! What plain Lua 5.1 does not read: it runs here, and other tools stumble over it.

use full_moon::Error;

use super::facts::{Chain, Root, Spot};
use super::{Level, Subject};

/// Functions that are there for old scripts only, with what to write instead.
const DEPRECATED: [(&str, &str, &str); 5] = [
    ("table", "getn", "write #list"),
    ("table", "foreach", "write for key, value in pairs(list) do … end"),
    ("table", "foreachi", "write for at, value in ipairs(list) do … end"),
    ("math", "pow", "write x ^ y"),
    ("string", "gfind", "write string.gmatch"),
];

/// The first error of a parse, with its place.
pub(super) fn first(errors: &[Error]) -> (Spot, String) {
    let Some(error) = errors.first() else { return (Spot::default(), String::new()) };
    let (start, _) = error.range();
    let spot = Spot { line: start.line() as u32, column: start.character() as u32 };
    (spot, error.error_message().into_owned())
}

/// Notes what lies outside of the common subset, and what is outdated.
pub(super) fn check(subject: &mut Subject<'_>) {
    let mut notes = Vec::new();
    for script in subject.scripts.iter().chain(&subject.tests) {
        if let Some((spot, _)) = &script.beyond {
            let place = script.place(*spot);
            let hint =
                "plain Lua 5.1 style runs here too, and editors and formatters for Lua read it";
            notes.push((Level::Style, "luau-only", place, "only Luau reads this".to_owned(), hint));
        }
        for chain in &script.facts.chains {
            if let Some((name, hint)) = deprecated(chain) {
                let message = format!("{name} is outdated");
                let spot = chain.fields.first().map_or(chain.spot, |(_, spot)| *spot);
                notes.push((Level::Style, "deprecated", script.place(spot), message, hint));
            }
        }
    }
    for (level, code, place, message, hint) in notes {
        subject.note(level, code, place, message, Some(hint.to_owned()));
    }
}

fn deprecated(chain: &Chain) -> Option<(String, &'static str)> {
    let Root::Global(library) = &chain.root else { return None };
    let name = chain.field(0)?;
    let found = DEPRECATED.iter().find(|(of, known, _)| of == library && *known == name)?;
    Some((format!("{library}.{name}"), found.2))
}

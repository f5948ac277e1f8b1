//! What to do about the common mistakes, as far as the engine's own words and the line tell.

use crate::api;
use crate::script::SUBJECTS;

/// The hint for an error that the engine raised at a line; `above` is the script up to that line.
pub(crate) fn hint(
    message: &str,
    source: &str,
    above: &str,
    inputs: &[(String, String)],
) -> Option<String> {
    let begins = |start: &str| message.starts_with(start);
    if begins("stack overflow") {
        return Some("a function calls itself without an end".to_owned());
    }
    if begins("attempt to yield") {
        return Some("a hook returns its result; it cannot wait".to_owned());
    }
    if begins("attempt to modify a readonly table") {
        return Some(
            "what the host hands over stays as it is; keep what is yours in a table of your own"
                .to_owned(),
        );
    }
    if begins("malformed pattern") || begins("missing '[' after '%f'") {
        return Some(
            "in a pattern % [ ( and . mean something; kehu.text has functions for plain texts"
                .to_owned(),
        );
    }
    if message.contains("nil")
        && let Some(name) = missing_input(source, inputs)
    {
        return Some(format!(
            "c.{name} is missing for this customer; test it first: if c.{name} then … end"
        ));
    }
    if begins("attempt to call") {
        return Some(of_call(message, source));
    }
    if let Some(field) = after(message, "attempt to index nil with '", '\'') {
        return Some(of_index(field, source, above));
    }
    if begins("attempt to iterate over a nil value") {
        return Some("there is no list here; test it first: if list then … end".to_owned());
    }
    of_types(message).map(str::to_owned).or_else(|| {
        message.contains("nil").then(|| "a value is nil here; test it before it is used".to_owned())
    })
}

/// The input that is missing and that a line of source reads.
fn missing_input<'a>(source: &str, inputs: &'a [(String, String)]) -> Option<&'a str> {
    let missing = inputs.iter().filter(|(_, value)| value == "missing").map(|(name, _)| name);
    missing.map(String::as_str).find(|name| {
        source.match_indices(&format!(".{name}")).any(|(at, found)| {
            let next = source[at + found.len()..].chars().next();
            !next.is_some_and(|next| next.is_ascii_alphanumeric() || next == '_')
        })
    })
}

/// Something is called that is no function: perhaps one that the host has elsewhere.
fn of_call(message: &str, source: &str) -> String {
    let method = after(message, "attempt to call missing method '", '\'');
    let called = method.map(str::to_owned).or_else(|| called(source));
    if let Some(name) = called {
        let global = |entry: &api::Entry| entry.name.starts_with("kehu.");
        let known = api::find(&name).into_iter().map(|(_, entry)| entry);
        if let Some(entry) = known.into_iter().find(|entry| global(entry)) {
            return format!("did you mean {}(…)?", entry.name);
        }
    }
    if message.contains("nil") || method.is_some() {
        "there is no such function; look at its spelling, and at : and .".to_owned()
    } else {
        "only functions can be called; look for a name that is used twice".to_owned()
    }
}

/// The last part of the first name that a line calls, of those that are fields: `string.trim(` gives `trim`.
fn called(source: &str) -> Option<String> {
    let is_name = |each: char| each.is_ascii_alphanumeric() || each == '_';
    source.match_indices('(').find_map(|(at, _)| {
        let before = &source[..at];
        let length: usize =
            before.chars().rev().take_while(|each| is_name(*each)).map(char::len_utf8).sum();
        let start = at - length;
        let is_field = before[..start].ends_with(['.', ':']);
        (is_field && length > 0).then(|| before[start..].to_owned())
    })
}

/// A field of nothing is read: says what is nil, where the line shows it.
fn of_index(field: &str, source: &str, above: &str) -> String {
    let is_path =
        |each: char| each.is_ascii_alphanumeric() || matches!(each, '_' | '.' | '[' | ']');
    let owner = source.match_indices(&format!(".{field}")).find_map(|(at, _)| {
        let before = &source[..at];
        let length: usize =
            before.chars().rev().take_while(|each| is_path(*each)).map(char::len_utf8).sum();
        // Of a path with a text in brackets only its end is found, which names nothing.
        let owner = &before[at - length..];
        owner.starts_with(|each: char| each.is_ascii_alphabetic() || each == '_').then_some(owner)
    });
    if let Some(owner) = owner
        && let Some(reader) = second_of_rows(owner, above)
    {
        return format!("{reader} gives one value a turn: for {owner} in {reader}{{…}} do");
    }
    match owner {
        Some(owner) => format!("{owner} is nil here; test it first: if {owner} then … end"),
        None => "what stands before it is nil; test it first".to_owned(),
    }
}

/// The function of rows whose second value a loop above takes under this name, as if they were a list.
fn second_of_rows(name: &str, above: &str) -> Option<String> {
    above.lines().rev().find_map(|line| {
        let (names, rows) = line.split_once("for ")?.1.split_once(" in ")?;
        let second = names.split(',').nth(1)?.trim();
        let rows = rows.trim_start().strip_prefix("kehu.")?;
        let subject = SUBJECTS.into_iter().find(|subject| rows.starts_with(subject))?;
        (second == name).then(|| format!("kehu.{subject}"))
    })
}

/// The hint for a text that the compiler does not take; `source` is the line that it names.
pub(crate) fn of_syntax(message: &str, source: &str) -> Option<String> {
    let code = source.split("--").next().unwrap_or_default().trim();
    let has_word = |word: &str| {
        code.match_indices(word).any(|(at, found)| {
            let is_name = |each: char| each.is_alphanumeric() || each == '_';
            let before = code[..at].chars().next_back().is_some_and(is_name);
            let after = code[at + found.len()..].chars().next().is_some_and(is_name);
            !before && !after
        })
    };
    if has_word("goto") || code.starts_with("::") {
        return Some(
            "scripts are Luau, which has no goto; continue ends one turn of a loop, break the loop"
                .to_owned(),
        );
    }
    if code.contains("<const>") || code.contains("<close>") {
        return Some("scripts are Luau, which has no <const> and <close>; write local".to_owned());
    }
    if code.contains("&&") || code.contains("||") {
        return Some("Lua has the words and, or, not".to_owned());
    }
    if ["&", "|", "<<", ">>"].iter().any(|sign| code.contains(sign)) {
        return Some("scripts are Luau, which has no & | << >>; bit32 has functions".to_owned());
    }
    if code.contains("!=") {
        return Some("not equal is ~= in Lua".to_owned());
    }
    if message.contains("got '='") && (code.starts_with("if ") || code.starts_with("elseif ")) {
        return Some("a comparison is ==".to_owned());
    }
    None
}

/// Values of the wrong type meet.
fn of_types(message: &str) -> Option<&'static str> {
    let operands = message.strip_prefix("attempt to ")?;
    let has = |word: &str| operands.contains(word);
    if has("nil") {
        return None;
    }
    if has("arithmetic") && has("table") {
        return Some("points are added with s:add(rule, points), not with +");
    }
    if has("boolean") {
        return Some("a flag is true or false, no figure; write: flag and 1 or 0");
    }
    if (has("compare") || has("arithmetic")) && has("string") {
        return Some("one of them is a text; tonumber(text) makes a number of it, or nil");
    }
    if has("concatenate") {
        return Some("only texts and numbers can be joined; tostring(value) makes a text");
    }
    None
}

/// What stands in a text after some words, up to a sign.
fn after<'a>(text: &'a str, words: &str, end: char) -> Option<&'a str> {
    let at = text.find(words)? + words.len();
    text[at..].split_once(end).map(|(found, _)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_plain_lua_has_and_luau_has_not_is_named() {
        for (source, expected) in [
            ("goto done", "no goto"),
            ("::done::", "no goto"),
            ("local x <const> = 5", "no <const>"),
            ("return a & b", "bit32"),
            ("if a != b then", "~="),
            ("if a && b then", "and, or, not"),
        ] {
            let hint = of_syntax("Incomplete statement", source);
            assert!(
                hint.as_ref().is_some_and(|hint| hint.contains(expected)),
                "{source}: {hint:?}"
            );
        }
        assert_eq!(of_syntax("Expected 'then'", "if forgotten -- goto"), None);
    }

    #[test]
    fn rows_that_are_read_like_a_list_are_explained() {
        let above = "for _, c in kehu.customers{} do\n  print(c.name)";
        let hint = hint("attempt to index nil with 'name'", "print(c.name)", above, &[]);
        assert_eq!(
            hint.as_deref(),
            Some("kehu.customers gives one value a turn: for c in kehu.customers{…} do")
        );
    }
}

//! The carets below the part of a line that an error means.

use unicode_width::UnicodeWidthStr as _;

/// Up to this width a whole line is marked; below a longer one it would say nothing.
const WHOLE: usize = 60;

/// What stands below the line: blanks, then carets. The engine tells lines only, so the part is found by
/// the names and signs that the message, or its hint, speaks of; where there is none it is the whole line.
pub(crate) fn below(source: &str, message: &str, hint: Option<&str>) -> Option<String> {
    if source.trim().is_empty() {
        return None;
    }
    let whole = || (source.width() <= WHOLE).then_some((0, source.len()));
    let (start, end) = part(source, message, hint).or_else(whole)?;
    let blanks = " ".repeat(source[..start].width());
    Some(blanks + &"^".repeat(source[start..end].width().max(1)))
}

fn part(source: &str, message: &str, hint: Option<&str>) -> Option<(usize, usize)> {
    let of_hint = || {
        let missing = [" is nil here", " is missing for"];
        let hint = hint.filter(|hint| missing.iter().any(|words| hint.contains(words)))?;
        word(source, hint.split(' ').next()?)
    };
    let of_call = || message.starts_with("attempt to call").then(|| call(source)).flatten();
    if message.starts_with("error was called") {
        return word(source, "error");
    }
    let named = names(message).find_map(|name| word(source, name));
    named.or_else(of_hint).or_else(|| sign(source, message)).or_else(of_call)
}

/// The names in a message: what stands in quotes, and `c.name`.
fn names(message: &str) -> impl Iterator<Item = &str> {
    let quoted = ['\'', '"'].into_iter().flat_map(|quote| message.split(quote).skip(1).step_by(2));
    let of_customer = message.split(' ').filter(|word| word.starts_with("c."));
    of_customer.chain(quoted).filter(|name| !name.is_empty())
}

/// Where a whole word stands.
fn word(source: &str, name: &str) -> Option<(usize, usize)> {
    let is_name = |each: char| each.is_alphanumeric() || each == '_';
    source.match_indices(name).find_map(|(at, found)| {
        let end = at + found.len();
        let before = source[..at].chars().next_back().is_some_and(is_name);
        let after = source[end..].chars().next().is_some_and(is_name);
        let within = before && name.starts_with(is_name) || after && name.ends_with(is_name);
        (!within).then_some((at, end))
    })
}

/// Where the sign of an operation stands.
fn sign(source: &str, message: &str) -> Option<(usize, usize)> {
    const SIGNS: [(&str, &[&str]); 10] = [
        ("(add)", &["+"]),
        ("(sub)", &["-"]),
        ("(mul)", &["*"]),
        ("(idiv)", &["//"]),
        ("(div)", &["/"]),
        ("(mod)", &["%"]),
        ("(pow)", &["^"]),
        ("(unm)", &["-"]),
        ("concatenate", &[".."]),
        ("compare", &["<=", ">=", "<", ">"]),
    ];
    let (_, signs) = SIGNS.iter().find(|(name, _)| message.contains(name))?;
    let only = |sign: &str| {
        let mut places = source.match_indices(sign);
        let (at, found) = places.next()?;
        // Of several nobody knows which one is meant.
        places.next().is_none().then_some((at, at + found.len()))
    };
    signs.iter().find_map(|sign| only(sign))
}

/// What stands before the only call of a line.
fn call(source: &str) -> Option<(usize, usize)> {
    let is_path = |each: char| each.is_alphanumeric() || matches!(each, '_' | '.' | ':');
    let mut calls = source.match_indices('(').filter_map(|(at, _)| {
        let before = &source[..at];
        let length: usize =
            before.chars().rev().take_while(|each| is_path(*each)).map(char::len_utf8).sum();
        (length > 0).then_some((at - length, at))
    });
    let first = calls.next()?;
    calls.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_part_of_the_line_that_is_meant_is_marked() {
        for (source, message, expected) in [
            ("return c.recency + 1", "c.recency is not in needs", "       ^^^^^^^^^"),
            (
                "local n = \"客户\" .. nothing",
                "attempt to concatenate string with nil",
                "                 ^^",
            ),
            ("if a < b then", "attempt to compare nil < number", "     ^"),
            ("x = string.trim(y)", "attempt to call a nil value", "    ^^^^^^^^^^^"),
            ("return helper", "global \"helper\" has no value", "       ^^^^^^"),
            (
                "return a + b + c",
                "attempt to perform arithmetic (add) on nil and number",
                "^^^^^^^^^^^^^^^^",
            ),
            ("客(户)", "attempt to call a nil value", "^^"),
        ] {
            assert_eq!(below(source, message, None).as_deref(), Some(expected), "{source}");
        }
        assert_eq!(below("", "x", None), None);
    }
}

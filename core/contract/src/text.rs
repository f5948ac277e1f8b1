//! Words for people, in the two languages that the product speaks.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Names one of the two languages in which every label, reason and guidance exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese, simplified.
    Zh,
}

impl Language {
    /// Parses `en` or `zh`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "en" => Some(Self::En),
            "zh" => Some(Self::Zh),
            _ => None,
        }
    }
}

/// Holds one text in English and Chinese.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Text {
    /// The English words.
    pub en: String,
    /// The Chinese words; empty means that the English ones serve.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub zh: String,
}

impl Text {
    /// Makes a text of both languages.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }

    /// Returns the words in `language`, or in English where there are none.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Zh if !self.zh.is_empty() => &self.zh,
            _ => &self.en,
        }
    }
}

/// Finds the valid name that lies nearest to a mistyped one.
///
/// Returns nothing when no candidate is similar enough to be a likely slip of the pen.
///
/// ```
/// use kehu_contract::nearest;
/// assert_eq!(nearest("recency", ["recency_days", "amount"]), Some("recency_days"));
/// assert_eq!(nearest("colour", ["recency_days", "amount"]), None);
/// ```
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Comparing takes the product of both lengths, and nobody mistypes a name as long as that.
    let is_name = |text: &str| text.len() <= LONGEST_NAME;
    candidates
        .into_iter()
        .filter(|name| is_name(wrong) && is_name(name))
        .map(|name| (strsim::jaro_winkler(wrong, name), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, name)| name)
}

/// The longest name that is compared with others, or shown whole, in bytes.
const LONGEST_NAME: usize = 200;

/// How many valid names a message lists; more would hide what it says.
const SHOWN: usize = 16;

/// Ends a message about an unknown name: the nearest valid one, else the whole choice.
pub fn did_you_mean<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let mut seen = std::collections::HashSet::new();
    let candidates: Vec<&str> =
        candidates.into_iter().filter(|candidate| seen.insert(*candidate)).collect();
    let listed = |names: &[&str]| {
        names.iter().map(|name| plain(name, LONGEST_NAME)).collect::<Vec<_>>().join(", ")
    };
    match nearest(wrong, candidates.iter().copied()) {
        Some(name) => format!("did you mean \"{name}\"?"),
        None if candidates.is_empty() => "none is declared".to_owned(),
        None if candidates.len() > SHOWN => {
            let more = candidates.len() - SHOWN;
            format!("known are: {} and {more} more", listed(&candidates[..SHOWN]))
        }
        None => format!("known are: {}", listed(&candidates)),
    }
}

/// Makes words of other people fit for a terminal: at most so many bytes and a mark of what was cut,
/// control characters escaped, and characters that turn the direction of writing or have no width
/// too, since they could make a message read as something else.
///
/// ```
/// assert_eq!(kehu_contract::plain("客户\u{1b}[31m", 100), "客户\\u{1b}[31m");
/// assert_eq!(kehu_contract::plain("abcdef", 3), "abc…");
/// ```
pub fn plain(text: &str, bytes: usize) -> String {
    let mut result = String::new();
    for each in text.chars() {
        if result.len() >= bytes {
            result.push('…');
            break;
        }
        push_plain(&mut result, each);
    }
    result
}

/// Makes text of several lines fit for a terminal, as [`plain`] does, but leaves line breaks and tabs; none if
/// that takes more than so many bytes. Escapes make a text up to six times as long, so nothing is built beyond.
///
/// ```
/// assert_eq!(kehu_contract::printable("a\tb\n\u{1b}c", 100).as_deref(), Some("a\tb\n\\u{1b}c"));
/// assert_eq!(kehu_contract::printable("\u{1b}\u{1b}", 6), None);
/// ```
pub fn printable(text: &str, bytes: usize) -> Option<Cow<'_, str>> {
    if text.len() > bytes {
        return None;
    }
    if text.bytes().all(|byte| matches!(byte, b'\n' | b'\t' | b' '..=b'~')) {
        return Some(Cow::Borrowed(text));
    }
    let mut result = String::with_capacity(text.len());
    for each in text.chars() {
        match each {
            '\n' | '\t' => result.push(each),
            each => push_plain(&mut result, each),
        }
        if result.len() > bytes {
            return None;
        }
    }
    Some(Cow::Owned(result))
}

fn push_plain(result: &mut String, each: char) {
    if each.is_control() || is_invisible(each) {
        result.extend(each.escape_default());
    } else {
        result.push(each);
    }
}

fn is_invisible(each: char) -> bool {
    matches!(each, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_asked_for_twice_is_offered_once() {
        let known = ["language", "currency", "language"];
        assert_eq!(did_you_mean("qqqqqqqq", known), "known are: language, currency");
    }

    #[test]
    fn names_as_long_as_a_book_are_neither_compared_nor_listed_whole() {
        let (one, other) = ("a".repeat(1_000_000), "a".repeat(999_999));
        assert_eq!(nearest(&one, [other.as_str()]), None);
        assert!(did_you_mean("x", [one.as_str(), &other]).len() < 500);
    }
}

//! How English is said in Chinese: whole sentences by their English, which is written where it is said.
//!
//! Sentences have places: `{}` for what stays as it is, `{s}` for a part that is said in Chinese too.
//! The places of the Chinese one are filled in order, or by number as `{2}`. Of those that fit the one counts
//! that says most. What is in no table is said in English.

use kehu_engine::wording::USUAL;

use crate::chinese::{OPENINGS, SENTENCES, WORDS};
use crate::{chinese_lua, chinese_show};

/// The sentences of all tables.
fn sentences() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let others = [
        crate::chinese_hooks::SENTENCES,
        crate::chinese_packs::SENTENCES,
        crate::chinese_records::SENTENCES,
        crate::chinese_api::SENTENCES,
        crate::chinese_scripts::SENTENCES,
        crate::chinese_reports::SENTENCES,
        crate::chinese_validate::SENTENCES,
        crate::chinese_plugins::SENTENCES,
        crate::chinese_author::SENTENCES,
        crate::chinese_show::SENTENCES,
        crate::chinese_lua::SENTENCES,
        crate::chinese_host::SENTENCES,
    ];
    OPENINGS.iter().chain(SENTENCES).chain(others.into_iter().flatten())
}

/// The words of all tables.
fn words() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    WORDS.iter().chain(USUAL).chain(chinese_show::WORDS).chain(chinese_lua::WORDS)
}

/// Says a line in Chinese, as far as the table has it.
pub(crate) fn say(line: &str) -> String {
    let blanks = line.len() - line.trim_start().len();
    let (indent, sentence) = line.split_at(blanks);
    match rated(sentence) {
        Some((_, said)) => format!("{indent}{said}"),
        None => line.to_owned(),
    }
}

/// A sentence in Chinese, with how many of its letters are said by tables; none if no table has it.
fn rated(sentence: &str) -> Option<(usize, String)> {
    if is_source(sentence) {
        return None;
    }
    if let Some(failure) = chinese_lua::failure(sentence, &say) {
        return Some((sentence.len(), failure));
    }
    // What opens a line counts before all that follows it.
    if let Some(opened) = OPENINGS.iter().find_map(|entry| said_as(entry, sentence)) {
        return Some(opened);
    }
    sentences().filter_map(|entry| said_as(entry, sentence)).fold(None, |best, each| match best {
        Some(best) if best.0 >= each.0 => Some(best),
        _ => Some(each),
    })
}

/// A sentence as an entry of a table says it.
fn said_as((english, chinese): &(&str, &str), sentence: &str) -> Option<(usize, String)> {
    let parts = fitting(english, sentence)?;
    let given: usize = parts.iter().map(|(part, _)| part.len()).sum();
    let mut letters = sentence.len() - given;
    let mut said = Vec::new();
    for (part, is_said) in parts {
        let known = words().find(|(english, _)| *english == part);
        said.push(match (known, is_said) {
            (_, false) => part.to_owned(),
            (Some((_, chinese)), true) => {
                letters += part.len();
                (*chinese).to_owned()
            }
            (None, true) => match rated(part) {
                Some((more, part)) => {
                    letters += more;
                    word(&part).to_owned()
                }
                None => part.to_owned(),
            },
        });
    }
    Some((letters, filled(chinese, &said)))
}

/// True for a line of a script that is shown with its number.
fn is_source(sentence: &str) -> bool {
    sentence.split_once(" | ").is_some_and(|(number, _)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Says a word in Chinese; one that is not in the table stays as it is.
pub(crate) fn word(word: &str) -> &str {
    words().find(|(english, _)| *english == word).map_or(word, |(_, chinese)| chinese)
}

/// The parts that stand in the places of an English sentence, each with whether it is said too; none if it
/// is another sentence. A place of a pattern that names what it is, as `{value}`, is no place.
fn fitting<'s>(english: &str, sentence: &'s str) -> Option<Vec<(&'s str, bool)>> {
    let mut parts = Vec::new();
    let mut rest = sentence;
    let mut pattern = english;
    while let Some((start, end)) = place(pattern) {
        rest = rest.strip_prefix(&pattern[..start])?;
        let is_said = &pattern[start..end] == "{s}";
        pattern = &pattern[end..];
        let after = &pattern[..place(pattern).map_or(pattern.len(), |(start, _)| start)];
        let length = if after.is_empty() {
            rest.len()
        } else if after.len() == pattern.len() {
            rest.strip_suffix(after)?.len()
        } else {
            rest.find(after)?
        };
        let part = &rest[..length];
        parts.push((part, is_said));
        rest = &rest[length..];
    }
    (rest == pattern).then_some(parts)
}

/// Where the first place of an English sentence lies.
fn place(english: &str) -> Option<(usize, usize)> {
    let find = |word: &str| english.find(word).map(|at| (at, at + word.len()));
    [find("{}"), find("{s}")].into_iter().flatten().min()
}

/// A Chinese sentence with its parts: in order, or by number.
fn filled(chinese: &str, parts: &[String]) -> String {
    let mut said = String::new();
    let mut rest = chinese;
    let mut next = 0;
    while let Some((before, number, after)) = chinese_place(rest) {
        said += before;
        next += 1;
        let place: usize = number.parse().unwrap_or(next);
        said += place.checked_sub(1).and_then(|at| parts.get(at)).map_or("", String::as_str);
        rest = after;
    }
    said + rest
}

/// The first place of a Chinese sentence, empty or with a number: what is before it, the number, the rest.
fn chinese_place(chinese: &str) -> Option<(&str, &str, &str)> {
    chinese.match_indices('{').find_map(|(at, _)| {
        let (number, after) = chinese[at + 1..].split_once('}')?;
        let is_place = number.bytes().all(|byte| byte.is_ascii_digit());
        is_place.then_some((&chinese[..at], number, after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_said_with_its_parts_in_the_order_of_chinese() {
        for (english, chinese) in [
            ("Logged visit with 武汉钢铁 on 2024-03-01.", "已记录 2024-03-01 与 武汉钢铁 的拜访。"),
            ("Voided the call of 2024-03-01.", "已作废 2024-03-01 的电话。"),
            ("hint: did you mean \"tier\"?", "提示：是不是 \"tier\"？"),
            (
                "note: data changed since the run of A; kehu score --as-of A brings it up to date",
                "注意：A 评分之后，数据已有变化；kehu score --as-of A 可更新",
            ),
            ("  hint: first: kehu score", "  提示：请先运行：kehu score"),
            ("nobody has said this", "nobody has said this"),
        ] {
            assert_eq!(say(english), chinese);
        }
    }

    #[test]
    fn every_sentence_has_as_many_places_in_both_languages() {
        for (english, chinese) in sentences() {
            let english_places = english.matches("{}").count() + english.matches("{s}").count();
            let mut rest = *chinese;
            let mut places = 0;
            while let Some((_, _, after)) = chinese_place(rest) {
                places += 1;
                rest = after;
            }
            assert_eq!(english_places, places, "{english}");
            assert!(fitting(english, &english.replace("{}", "x").replace("{s}", "x")).is_some());
        }
    }

    #[test]
    fn a_word_that_is_not_known_stays() {
        assert_eq!((word("phone"), word("semaphore")), ("电话", "semaphore"));
    }
}

//! What is wrong with a condition, in plain words, and where.

use kehu_contract::did_you_mean;
use sqlparser::ast::{self, Spanned as _};
use sqlparser::parser::ParserError;
use sqlparser::tokenizer::Location;

/// Says what is wrong with a condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConditionError {
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to write instead.
    pub hints: Vec<String>,
    /// The character at which it is wrong, counted from 1; none if that cannot be said.
    pub column: Option<usize>,
    /// The condition, as typed.
    pub text: String,
    location: Option<Location>,
}

impl ConditionError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hints: Vec::new(),
            column: None,
            text: String::new(),
            location: None,
        }
    }

    /// Says that a part of a condition is wrong.
    pub(super) fn at(expression: &ast::Expr, message: impl Into<String>) -> Self {
        Self::new(message).located(expression.span().start)
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        let hint = hint.into();
        if !hint.is_empty() {
            self.hints.push(hint);
        }
        self
    }

    /// Names the place, unless a part of the part has named its own.
    pub(super) fn located(mut self, location: Location) -> Self {
        if self.location.is_none() && location.line > 0 {
            self.location = Some(location);
        }
        self
    }

    /// Puts the whole condition beside the mistake.
    pub(super) fn within(mut self, text: &str) -> Self {
        self.column = self.column.or_else(|| self.location.map(|place| column(text, place)));
        text.clone_into(&mut self.text);
        self
    }

    /// Says that there is no such column, with the nearest one.
    pub(super) fn unknown_column<'a>(
        name: &ast::Ident,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let hint = did_you_mean(&name.value, known);
        let is_near = hint.starts_with("did you mean");
        let error = Self::new(format!("there is no column \"{}\"", name.value)).hint(hint);
        let error = error.located(name.span.start);
        if is_near { error } else { error.hint("a text stands in quotes, such as 'A'") }
    }

    /// Puts a parser's complaint into plain words.
    pub(super) fn syntax(text: &str, error: &ParserError) -> Self {
        let end = text.trim_end().chars().count() + 1;
        let message = match error {
            ParserError::RecursionLimitExceeded => {
                return Self::new("the condition is nested too deeply").within(text);
            }
            ParserError::TokenizerError(message) | ParserError::ParserError(message) => message,
        };
        let (message, place) = parted(message);
        let column = place.map_or(end, |place| column(text, place));
        let plain = if message.starts_with("Unterminated string") {
            Self::new("the text that begins here has no closing quote")
        } else if let Some((expected, found)) =
            message.strip_prefix("Expected: ").and_then(|message| message.rsplit_once(", found: "))
        {
            let expected = in_words(expected);
            match found {
                "EOF" => Self::new(format!("the condition ends where {expected} is expected")),
                found => Self::new(format!("\"{found}\" stands where {expected} is expected")),
            }
        } else {
            Self::new("this is not understood")
        };
        let plain = plain.hint("a condition reads like: tier = 'A' and recency_days > 90");
        Self { column: Some(column), ..plain }.within(text)
    }
}

/// Parts a parser's message from the place that ends it.
fn parted(message: &str) -> (&str, Option<Location>) {
    let Some((message, place)) = message.rsplit_once(" at Line: ") else { return (message, None) };
    let numbers = place.split_once(", Column: ");
    let location = numbers.and_then(|(line, column)| {
        Some(Location { line: line.parse().ok()?, column: column.parse().ok()? })
    });
    (message, location)
}

/// What the parser expects, as a person would say it.
fn in_words(expected: &str) -> &'static str {
    match expected {
        "an expression" => "a column or a value",
        "(" => "an opening bracket",
        "AND" => "\"and\"",
        _ if expected.ends_with(')') => "a closing bracket",
        _ if expected.contains("NULL") => "\"null\"",
        _ => "something else",
    }
}

/// The place of a character in the whole text, counted from 1.
fn column(text: &str, place: Location) -> usize {
    let lines = usize::try_from(place.line).unwrap_or(1).saturating_sub(1);
    let before: usize = text.split('\n').take(lines).map(|line| line.chars().count() + 1).sum();
    before + usize::try_from(place.column).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use crate::query::Condition;
    use crate::query::expression::tests::known;

    #[test]
    fn what_is_wrong_is_said_before_anything_is_read() {
        for (text, message, hint, column) in [
            ("teir = 'A'", "there is no column \"teir\"", "did you mean \"tier\"?", 1),
            ("tier = 'AA'", "tier cannot be compared with 'AA'", "did you mean \"A\"?", 8),
            ("amount = 'x'", "amount cannot be compared with 'x'", "", 10),
            (
                "vip and signed > 'soon'",
                "signed cannot be compared with 'soon'",
                "write a day as '2024-03-31'",
                18,
            ),
            ("amount", "this is a value, not a condition", "compare it with something", 1),
            (
                "amount > 1; drop table customer",
                "\";\" cannot follow here",
                "conditions are joined with and, or",
                11,
            ),
            (
                "name = '武汉' and amount >",
                "the condition ends where a column or a value is expected",
                "a condition reads like: tier = 'A' and recency_days > 90",
                25,
            ),
            (
                "amount > > 1",
                "\">\" stands where a column or a value is expected",
                "a condition reads like: tier = 'A' and recency_days > 90",
                10,
            ),
            (
                "tier in ('A'",
                "the condition ends where a closing bracket is expected",
                "a condition reads like: tier = 'A' and recency_days > 90",
                13,
            ),
            (
                "tier = 'A",
                "the text that begins here has no closing quote",
                "a condition reads like: tier = 'A' and recency_days > 90",
                8,
            ),
        ] {
            let error = Condition::parse(text, &known()).unwrap_err();
            let said = (error.message.as_str(), error.hints.join(" "), error.column);
            assert_eq!(said, (message, hint.to_owned(), Some(column)), "{text}");
        }
        for text in [
            "",
            "tier =",
            "(select 1)",
            "exists (select 1)",
            &"(".repeat(10_000),
            &"not ".repeat(10_000),
        ] {
            assert!(Condition::parse(text, &known()).is_err(), "{text}");
        }
    }
}

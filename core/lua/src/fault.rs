//! Faults that the host itself raises inside a script, and the bounds of their words.

use std::fmt;

use kehu_contract::FailureKind;

/// The longest message that a script can put into an error.
const MESSAGE_BYTES: usize = 4_096;

/// Describes a fault that the host raises while a script runs.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) kind: FailureKind,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Fault {
    pub(crate) fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None }
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Argument, message)
    }

    pub(crate) fn result(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Result, message)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

impl From<Fault> for mlua::Error {
    fn from(fault: Fault) -> Self {
        Self::external(fault)
    }
}

/// Makes words from a script fit for a terminal: bounded, and with control characters escaped.
pub(crate) fn plain(text: &str) -> String {
    plain_within(text, MESSAGE_BYTES)
}

/// As [`plain`], within `bytes`.
pub(crate) fn plain_within(text: &str, bytes: usize) -> String {
    let mut result = String::new();
    for each in text.chars() {
        if result.len() >= bytes {
            result.push('…');
            break;
        }
        if each.is_control() || is_invisible(each) {
            result.extend(each.escape_default());
        } else {
            result.push(each);
        }
    }
    result
}

/// True for characters that turn the direction of writing or have no width: they could make a
/// message read as something else.
fn is_invisible(each: char) -> bool {
    matches!(each, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_script_are_bounded_and_cannot_steer_a_terminal() {
        assert_eq!(plain("客户\u{1b}[31m\nok\u{202e}"), "客户\\u{1b}[31m\\nok\\u{202e}");
        let long = plain(&"x".repeat(10_000));
        assert_eq!(long.len(), MESSAGE_BYTES + '…'.len_utf8());
    }
}

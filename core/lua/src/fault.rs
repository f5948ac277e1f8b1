//! Faults that the host itself raises inside a script, and the bounds of their words.

use std::fmt;

pub(crate) use kehu_contract::plain as plain_within;
use kehu_contract::{FailureKind, Overstep};
use mlua::LuaString;

/// The longest message that a script can put into an error. Errors that a script caught and keeps lie outside its
/// memory, so each is bounded where it is made.
const MESSAGE_BYTES: usize = 4_096;

/// Describes a fault that the host raises while a script runs.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) kind: FailureKind,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) limit: Option<Overstep>,
}

impl Fault {
    pub(crate) fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: bounded(message.into()), hint: None, limit: None }
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(bounded(hint.into()));
        self
    }

    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Argument, message)
    }

    pub(crate) fn host(message: impl Into<String>) -> Self {
        Self::new(FailureKind::Host, message)
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

/// Cuts words that are too long for a message, and gives back what they took.
fn bounded(mut words: String) -> String {
    if words.len() > MESSAGE_BYTES {
        let end = (0..=MESSAGE_BYTES).rev().find(|at| words.is_char_boundary(*at));
        words.truncate(end.unwrap_or(0));
        words.push('…');
        words.shrink_to_fit();
    }
    words
}

/// The beginning of a script's text, of which no more is copied than a message holds.
pub(crate) fn words_of(text: &LuaString) -> String {
    let bytes = text.as_bytes();
    let most = MESSAGE_BYTES + 1;
    bounded(String::from_utf8_lossy(bytes.get(..most).unwrap_or(&bytes)).into_owned())
}

/// Makes a message of a script fit for a terminal.
pub(crate) fn plain(text: &str) -> String {
    plain_within(text, MESSAGE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_script_are_bounded_and_cannot_steer_a_terminal() {
        assert_eq!(plain("客户\u{1b}[31m\nok\u{202e}"), "客户\\u{1b}[31m\\nok\\u{202e}");
        let long = plain(&"x".repeat(10_000));
        assert_eq!(long.len(), MESSAGE_BYTES + '…'.len_utf8());
        let fault = Fault::argument("客".repeat(1_000_000)).hint("x".repeat(1_000_000));
        assert!(fault.message.ends_with("客…") && fault.message.len() < 4_100);
        assert!(fault.message.capacity() < 8_200 && fault.hint.is_some_and(|it| it.len() < 4_100));
    }
}

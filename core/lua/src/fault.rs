//! Faults that the host itself raises inside a script, and the bounds of their words.

use std::fmt;

pub(crate) use kehu_contract::plain as plain_within;
use kehu_contract::{FailureKind, Overstep};

/// The longest message that a script can put into an error.
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
        Self { kind, message: message.into(), hint: None, limit: None }
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
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
    }
}

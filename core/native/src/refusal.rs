//! Why a plugin is not taken.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Says why a plugin is refused, for the person who adds or runs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl Refusal {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Refusal {}

/// Makes words from a plugin fit for a terminal: bounded, and with control characters escaped.
pub(crate) fn plain(text: &str, bytes: usize) -> String {
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

/// True for characters that turn the direction of writing or have no width.
fn is_invisible(each: char) -> bool {
    matches!(each, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

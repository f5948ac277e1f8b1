//! What a pack says while it works, beside its results.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Says how much a line of a pack's log matters, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// For whoever writes the pack.
    Debug,
    /// What is good to know.
    Info,
    /// What the person should look at.
    Warning,
    /// What went wrong, though the pack goes on.
    Error,
}

impl LogLevel {
    /// All levels, the least first.
    pub const ALL: [Self; 4] = [Self::Debug, Self::Info, Self::Warning, Self::Error];

    /// The word for it on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// Parses the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == word)
    }
}

/// Holds one line of a pack's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// How much it matters.
    pub level: LogLevel,
    /// The name of the pack that says it.
    pub pack: String,
    /// Its words, in one line fit for a terminal: the host has passed them through [`crate::plain`].
    pub text: String,
}

/// Holds one thing that a pack says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// A line of its log.
    Log(LogLine),
    /// How much of what it was asked for is done.
    Progress {
        /// The name of the pack.
        pack: String,
        /// From 0 to 1.
        share: f64,
    },
}

/// Hears what packs say, at once, from whichever thread they run on.
pub type Listener = Arc<dyn Fn(Said) + Send + Sync>;

//! What can be wrong with a request about records.

use kehu_contract::{Language, Text};
use kehu_domain::Entity;
use kehu_store::StoreError;

use super::values;

/// The result of a use case.
pub type Result<T, E = RecordError> = std::result::Result<T, E>;

/// Says why a request about records cannot be met.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No record bears the id or name.
    #[error("there is no {} {text}", entity.name())]
    Unknown {
        /// The sort that was looked for.
        entity: Entity,
        /// What was asked for, as it is to be shown.
        text: String,
        /// What to do next.
        hint: Option<String>,
    },
    /// Several records bear the name.
    #[error("\"{text}\" may be any of several {}s", entity.name())]
    Ambiguous {
        /// The sort that was looked for.
        entity: Entity,
        /// What was asked for.
        text: String,
        /// Some of them: id and name.
        candidates: Vec<(String, String)>,
        /// True if there are more than those.
        more: bool,
        /// The option that says which one, where the text stands for something else as well.
        option: Option<&'static str>,
    },
    /// What was typed cannot be.
    #[error("{message}")]
    Invalid {
        /// What is wrong with it.
        message: String,
        /// What to do next.
        hint: Option<String>,
    },
    /// A text names none of the choices that there are.
    #[error("{what}: \"{text}\" is no choice")]
    NoChoice {
        /// The field or fact.
        what: String,
        /// What was typed.
        text: String,
        /// What there is to choose from, each with what it means, the nearest first.
        choices: Vec<(String, Text)>,
    },
    /// Neither the workspace nor a pack that is on declares the word.
    #[error("{message}")]
    Undeclared {
        /// What it is: `kind`, or the sort of record of which it is a field.
        sort: &'static str,
        /// The word.
        name: String,
        /// What is wrong.
        message: String,
        /// What to do next.
        hint: Option<String>,
    },
    /// What was asked for is against a rule, or needs a reason.
    #[error("{message}")]
    Refused {
        /// Which rule.
        message: String,
        /// What to do next.
        hint: Option<String>,
    },
}

impl RecordError {
    /// Says that what was typed cannot be.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid { message: message.into(), hint: None }
    }

    /// Says that nobody declares a word; `sort` is `kind`, or that of the record of which it is a field.
    pub fn undeclared(sort: &'static str, name: &str, message: impl Into<String>) -> Self {
        let (name, message) = (name.to_owned(), message.into());
        Self::Undeclared { sort, name, message, hint: None }
    }

    /// Says that a rule stands against it.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::Refused { message: message.into(), hint: None }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        match &mut self {
            Self::Unknown { hint, .. }
            | Self::Invalid { hint, .. }
            | Self::Undeclared { hint, .. }
            | Self::Refused { hint, .. } => *hint = Some(text.into()),
            Self::Store(_) | Self::Ambiguous { .. } | Self::NoChoice { .. } => {}
        }
        self
    }

    /// Adds another thing that may be done, on a line of its own.
    #[must_use]
    pub fn hint_more(self, text: &str) -> Self {
        let joined = match &self {
            Self::Unknown { hint: Some(hint), .. }
            | Self::Invalid { hint: Some(hint), .. }
            | Self::Undeclared { hint: Some(hint), .. }
            | Self::Refused { hint: Some(hint), .. } => format!("{hint}\n{text}"),
            _ => text.to_owned(),
        };
        self.hint(joined)
    }

    /// What to do next, one line each.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Unknown { hint, .. }
            | Self::Invalid { hint, .. }
            | Self::Undeclared { hint, .. }
            | Self::Refused { hint, .. } => {
                hint.iter().flat_map(|hint| hint.lines().map(str::to_owned)).collect()
            }
            Self::NoChoice { choices, .. } => vec![choose_one(choices, Language::En)],
            Self::Store(_) | Self::Ambiguous { .. } => Vec::new(),
        }
    }
}

/// Says what there is to choose from.
pub fn choose_one(choices: &[(String, Text)], language: Language) -> String {
    let shown = choices.iter().map(|choice| values::choice_shown(choice, language));
    format!("choose one of: {}", shown.collect::<Vec<_>>().join("; "))
}

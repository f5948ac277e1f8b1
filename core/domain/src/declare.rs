//! What a workspace declares: pipelines, kinds of interaction, custom fields.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Says what a stage means for the deal that is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageRole {
    /// The deal goes on.
    Open,
    /// The customer has signed; entering it writes a purchase.
    Won,
    /// The deal has come to nothing.
    Lost,
}

/// The most days in an open stage of which neither the stage nor its pipeline says any.
pub const LONGEST_STAY: i32 = 30;

/// Declares one stage of a pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// Its key, as written in commands and files.
    pub name: String,
    /// What people see, in English.
    pub en: String,
    /// What people see, in Chinese; empty where the English serves.
    pub zh: String,
    /// What it means.
    pub role: StageRole,
    /// The probability that a deal in it is won, 0 to 1.
    pub probability: Option<f64>,
    /// The most days that a deal should stay in it, after which it is stalled; where settings are read,
    /// every open stage has one.
    pub longest_stay: Option<i32>,
    /// What must be on file before a deal leaves it forward.
    pub exit_criteria: Vec<String>,
    /// Whose task it is, in the workspace's own words, such as `sales`.
    pub owner_role: Option<String>,
}

/// Declares a way that deals go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pipeline {
    /// Its key.
    pub name: String,
    /// What people see, in English.
    pub en: String,
    /// What people see, in Chinese.
    pub zh: String,
    /// Its stages in order.
    pub stages: Vec<Stage>,
}

impl Pipeline {
    /// The stage of a name.
    pub fn stage(&self, name: &str) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.name == name)
    }
}

/// Declares a kind of interaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// Its key.
    pub name: String,
    /// What people see, in English.
    pub en: String,
    /// What people see, in Chinese.
    pub zh: String,
    /// True if it reaches the customer: it counts as a contact.
    pub contact: bool,
    /// The states that one may be in, in order; none for most kinds.
    pub states: Vec<String>,
    /// Those of the states that close it.
    pub closing: Vec<String>,
    /// Those of the closing states that nothing follows; a complaint that is resolved is closed, and may yet be
    /// confirmed.
    #[serde(rename = "final")]
    pub finals: Vec<String>,
    /// What people call each state, in English and in Chinese; empty where its key says it.
    pub state_titles: Vec<(String, String)>,
}

impl Kind {
    /// What people call a state, in English and in Chinese; empty where its key says it.
    pub fn state_title(&self, state: &str) -> Option<(&str, &str)> {
        let at = self.states.iter().position(|each| each == state)?;
        let (en, zh) = self.state_titles.get(at)?;
        Some((en, zh))
    }
}

/// Says what a custom field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// Free text.
    Text,
    /// A number.
    Number,
    /// An amount.
    Money,
    /// A day.
    Day,
    /// Yes or no.
    Flag,
    /// One of the declared choices.
    Choice,
}

impl FieldType {
    /// All types, each with its word.
    pub const ALL: [(&'static str, Self); 6] = [
        ("text", Self::Text),
        ("number", Self::Number),
        ("money", Self::Money),
        ("day", Self::Day),
        ("flag", Self::Flag),
        ("choice", Self::Choice),
    ];

    /// Parses the word for a type.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, kind)| *kind)
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("text", |(name, _)| name)
    }
}

/// Says which numbers a field takes, the bounds included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Range {
    /// The least one; in major units where the field is an amount.
    pub least: f64,
    /// The greatest one; none where there is no limit.
    pub greatest: Option<f64>,
}

impl Range {
    /// What cannot be negative: counts, prices.
    pub const NOT_NEGATIVE: Self = Self { least: 0.0, greatest: None };

    /// True if a number lies within it.
    pub fn holds(&self, number: f64) -> bool {
        number >= self.least && self.greatest.is_none_or(|greatest| number <= greatest)
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.greatest {
            Some(greatest) => write!(f, "{} to {greatest}", self.least),
            None => write!(f, "{} or more", self.least),
        }
    }
}

/// Declares a custom field of an entity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Its key.
    pub name: String,
    /// What people see, in English.
    pub en: String,
    /// What people see, in Chinese.
    pub zh: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// What a choice may be.
    pub choices: Vec<String>,
    /// What people call each of them, in English and in Chinese; empty where its key says it.
    pub choice_titles: Vec<(String, String)>,
    /// The unit of a number.
    pub unit: String,
    /// Which numbers it takes; any where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
}

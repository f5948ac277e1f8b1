//! What a plugin says of itself, once it has been checked.

use kehu_contract::{Comparison, Manifest, Rule, Text};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// Holds what a plugin says of itself, as plain data: it can be kept beside the file's hash, so that
/// nothing needs to be loaded to know it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// The text of its `pack.toml`.
    pub manifest: String,
    /// Who made it; may be empty.
    pub vendor: String,
    /// Under which terms; may be empty.
    pub license: String,
    /// The version of the ABI that it was built for.
    pub abi: (u16, u16),
    /// Its rules, in the order in which reasons refer to them.
    pub rules: Vec<RuleText>,
    /// For each step of the manifest, what it gives.
    pub steps: Vec<StepShape>,
}

/// Holds one rule of a plugin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleText {
    /// Its name.
    pub id: String,
    /// Its sentence.
    pub text: Text,
    /// The column whose value is its first argument; empty if there is none.
    pub input: String,
    /// The setting whose value is its second argument; empty if there is none.
    pub setting: String,
    /// How it compares the one with the other; none if it is a sentence only.
    #[serde(default)]
    pub comparison: Option<Comparison>,
    /// The file that declares it.
    pub file: String,
    /// The line that declares it.
    pub line: u32,
    /// How many arguments the plugin writes itself.
    pub arguments: usize,
}

/// Says how a step's columns are explained; nothing for a step that gives none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StepShape {
    /// One for each of the step's gives.
    pub outputs: Vec<OutputShape>,
}

/// Says which rules explain a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutputShape {
    /// True if the value is the sum of its points.
    pub additive: bool,
    /// The places of the rules.
    pub factors: Vec<u16>,
}

impl Description {
    /// The manifest, parsed; `file` is its name in messages.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(&self, file: &str) -> Result<Manifest, String> {
        Manifest::parse(file, &self.manifest).map_err(|problems| {
            let first = problems.first().map(ToString::to_string).unwrap_or_default();
            match problems.len() {
                0 | 1 => first,
                more => format!("{first} (and {} more)", more - 1),
            }
        })
    }

    /// The rules as the contract knows them, with the limits that the settings hold.
    pub(crate) fn rules(&self, settings: &Map<String, Json>) -> Vec<Rule> {
        let named = |name: &String| Some(name.clone()).filter(|name| !name.is_empty());
        let rule = |rule: &RuleText| Rule {
            id: rule.id.clone(),
            input: named(&rule.input),
            comparison: rule.comparison,
            setting: named(&rule.setting),
            limit: settings.get(&rule.setting).and_then(Json::as_f64),
            points: None,
            text: rule.text.clone(),
            file: rule.file.clone(),
            line: rule.line,
            source: String::new(),
        };
        self.rules.iter().map(rule).collect()
    }
}

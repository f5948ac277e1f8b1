//! Asking packs, and putting their reasons into words.

use kehu_contract::{Cause, Pack, PackError, Rule, RunContext, Text};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Work;
use crate::packs::EnabledPack;
use crate::wording::Given;

/// The most arguments of a reason.
const ARGUMENTS: usize = 8;

/// Says why: one rule of a pack with its values put in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Because {
    /// The pack.
    pub pack: String,
    /// The rule's name.
    pub rule: String,
    /// The sentence.
    #[serde(flatten)]
    pub text: Text,
    /// The file that declares the rule.
    pub file: String,
    /// The line.
    pub line: u32,
}

/// Loads a pack for the run's day.
pub(super) fn load(work: &Work<'_>, pack: &EnabledPack) -> Result<Box<dyn Pack>, PackError> {
    pack.factory.create(&RunContext {
        as_of: work.as_of.number(),
        settings: pack.settings.clone(),
        seed: work.run.header().seed,
        limits: work.settings.limits_of(pack.name()),
    })
}

/// Puts causes into words; an error says what is wrong with them.
pub(crate) fn because(
    pack: &EnabledPack,
    rules: &[Rule],
    causes: &[Cause],
) -> Result<Vec<Because>, String> {
    if causes.is_empty() {
        return Err("has no reason".to_owned());
    }
    sentences(pack, rules, causes)
}

/// Puts causes into words, of which there may be none.
pub(super) fn sentences(
    pack: &EnabledPack,
    rules: &[Rule],
    causes: &[Cause],
) -> Result<Vec<Because>, String> {
    causes
        .iter()
        .map(|cause| {
            let rule = rules
                .get(usize::from(cause.rule))
                .ok_or_else(|| format!("refers to rule {}, which is not declared", cause.rule))?;
            let mut given: Vec<Given<'_>> = cause.arguments.iter().map(given).collect();
            // A script that gives a value that is nil, last of all, gives one argument less.
            given.resize(given.len().max(ARGUMENTS), Given::Missing);
            Ok(Because {
                pack: pack.name().to_owned(),
                rule: rule.id.clone(),
                text: pack.voice.tell(rule, &given, &|_| None),
                file: rule.file.clone(),
                line: rule.line,
            })
        })
        .collect()
}

fn given(argument: &Json) -> Given<'_> {
    match argument {
        Json::String(text) => Given::Text(text),
        Json::Bool(true) => Given::Text("true"),
        Json::Bool(false) => Given::Text("false"),
        other => other.as_f64().map_or(Given::Missing, Given::Number),
    }
}

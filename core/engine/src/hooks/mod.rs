//! Packs that are asked about what one command does: at the moves of deals, and after it has written.
//!
//! - [`Asking`] is who asks: the desk at which the command works, and the packs that are on.
//! - [`stage`] asks about deals that move, and about those that stay.
//! - [`event`] tells what a command has written, and applies what follows from it ([`effects`]).
//!
//! A pack that fails is passed over, and the answer says so: it can neither stop a command nor undo it.
//! Its columns are the customer's features as they are now, and the scores of the latest run that is
//! kept.

pub mod effects;
pub mod event;
pub mod stage;
mod subjects;
#[cfg(test)]
mod tests;
mod views;

use kehu_contract::{Hook, Need, Pack, PackError, RunContext};

use crate::features::Catalogue;
use crate::packs::{EnabledPack, PackSet};
use crate::records::Desk;
use crate::score::given_columns;
use crate::settings::Settings;

/// Holds who asks, and whom.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// Where the command works: the store, the settings, who acts and when.
    pub desk: Desk<'a>,
    /// The packs that are on.
    pub packs: &'a PackSet,
    /// True if nothing is done while any of them cannot be heard.
    pub strict: bool,
}

/// Says which packs could not be heard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unheard {
    /// Those that failed, each with what it said.
    pub failures: Vec<(String, String)>,
    /// Needed columns that no run holds yet: they were missing for everyone.
    pub unscored: Vec<String>,
}

impl Unheard {
    /// Adds what another answer could not hear.
    pub fn add(&mut self, other: Self) {
        self.failures.extend(other.failures);
        for column in other.unscored {
            if !self.unscored.contains(&column) {
                self.unscored.push(column);
            }
        }
    }

    fn fail(&mut self, pack: &EnabledPack, failure: String) {
        self.failures.push((pack.name().to_owned(), failure));
    }

    fn has_failed(&self, pack: &EnabledPack) -> bool {
        self.failures.iter().any(|(name, _)| name == pack.name())
    }
}

/// What packs need at the hooks of commands and nobody gives, each as a line; nothing if their features
/// are wrong, which is said elsewhere.
pub fn unknown_needs(packs: &PackSet, settings: &Settings) -> Vec<String> {
    let Ok(catalogue) = Catalogue::new(settings, &packs.manifests()) else { return Vec::new() };
    let given = given_columns(packs, settings);
    let features = catalogue.declared().iter().map(|declared| declared.info.name.as_str());
    let known: Vec<&str> =
        features.chain(given.iter().map(|column| column.info.name.as_str())).collect();
    let mut wrong = Vec::new();
    for hook in Hook::ALL.into_iter().filter(|hook| hook.is_of_commands()) {
        for (pack, step) in packs.answering(hook, settings) {
            let needs = pack.manifest().steps[step].needs.iter();
            let unknown = needs.filter(|need| !need.optional && !known.contains(&&*need.column));
            wrong.extend(unknown.map(|need| {
                let remedy = packs.remedy(&need.column, known.iter().copied());
                refusal(pack.name(), hook, need, &remedy)
            }));
        }
    }
    wrong
}

/// Says that a step cannot be asked, because nobody gives what it needs.
fn refusal(pack: &str, hook: Hook, need: &Need, remedy: &str) -> String {
    let (hook, column) = (hook.name(), &need.column);
    format!("pack {pack}, {hook}: it needs \"{column}\", which nobody gives; {remedy}")
}

impl Asking<'_> {
    /// Loads a pack for a command of today.
    fn load(&self, pack: &EnabledPack) -> Result<Box<dyn Pack>, PackError> {
        pack.factory.create(&RunContext {
            as_of: self.desk.act.today.number(),
            settings: pack.settings.clone(),
            seed: 0,
            limits: self.desk.settings.limits_of(pack.name()),
        })
    }
}

//! The packs of a workspace: which run, and with which settings.

mod broken;
mod strangers;

use std::collections::BTreeMap;
use std::sync::Arc;

use kehu_contract::document::{ItemValue, Place, Problem};
use kehu_contract::{Hook, Manifest, PackFactory, did_you_mean};
use serde_json::{Map, Value as Json};

use crate::score::show_number;
use crate::settings::Settings;
use crate::wording::{Voice, Wording};

pub use broken::BrokenPack;
pub use strangers::{Stranger, strangers};

/// Holds a pack that is on, with the values of its settings.
#[derive(Debug, Clone)]
pub struct EnabledPack {
    /// What makes its instances.
    pub factory: Arc<dyn PackFactory>,
    /// Its settings: the workspace's where it says something, else the pack's defaults.
    pub settings: Map<String, Json>,
    /// What tells its reasons in words.
    pub(crate) voice: Arc<Voice>,
}

impl EnabledPack {
    /// What the pack says of itself.
    pub fn manifest(&self) -> &Manifest {
        self.factory.manifest()
    }

    /// The pack's name.
    pub fn name(&self) -> &str {
        &self.manifest().name
    }
}

/// Holds the packs that are on, in the workspace's order.
#[derive(Debug, Clone, Default)]
pub struct PackSet {
    packs: Vec<EnabledPack>,
    absent: Vec<AbsentPack>,
    /// The packs that are not on, by the columns that they would give.
    offers: BTreeMap<String, Vec<String>>,
}

/// Names a pack that is on but cannot be had: nothing is known of what it would give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbsentPack {
    /// Its name.
    pub name: String,
    /// Why, and what to do next.
    pub reason: String,
    /// True if the person left it out of this command: that is no failure.
    pub as_asked: bool,
    /// True if it could be had, but has no place among the others.
    pub is_misfit: bool,
}

/// Says why the packs of a workspace cannot run.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PackSetError {
    /// A value in `kehu.toml` does not fit the pack's schema.
    #[error("{0}")]
    Setting(Problem),
    /// `kehu.toml` names a pack that is not there.
    #[error("there is no pack \"{name}\"; {hint}")]
    Unknown {
        /// The name as written.
        name: String,
        /// Where it is first written; none if nothing but the program names it.
        place: Option<Place>,
        /// The nearest name, or all.
        hint: String,
    },
    /// A pack brings words that cannot be taken from where it is.
    #[error("pack {name} declares {what}, which a native plugin cannot bring")]
    Vocabulary {
        /// The pack.
        name: String,
        /// The word.
        what: String,
    },
}

impl PackSet {
    /// Chooses the packs that `settings` turn on among those available, and checks their settings;
    /// `absent` are those that are there but cannot be had now.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn new(
        settings: &Settings,
        available: &[Arc<dyn PackFactory>],
        absent: Vec<AbsentPack>,
    ) -> Result<Self, Vec<PackSetError>> {
        let available_names = available.iter().map(|pack| pack.manifest().name.as_str());
        let names = || available_names.clone().chain(absent.iter().map(|pack| pack.name.as_str()));
        let mut errors = Vec::new();
        let mut unknown = |name: &str| {
            let hint = did_you_mean(name, names());
            let place = settings.first_named(name).cloned();
            errors.push(PackSetError::Unknown { name: name.to_owned(), place, hint });
        };
        let named = settings.packs_on.iter().chain(settings.pack_settings.keys());
        let named = named.chain(settings.pack_limits.keys());
        let named = named.chain(settings.column_givers.values());
        for name in named.chain(settings.hook_packs.values().flatten()) {
            if !names().any(|known| known == name) {
                unknown(name);
            }
        }
        let mut packs: Vec<(Arc<dyn PackFactory>, Map<String, Json>)> = Vec::new();
        for name in &settings.packs_on {
            let Some(factory) = available.iter().find(|pack| pack.manifest().name == *name) else {
                continue;
            };
            // Words are read from pack.toml before packs are loaded; a library's own cannot be.
            for what in settings.lacking(&factory.manifest().vocabulary) {
                errors.push(PackSetError::Vocabulary { name: name.clone(), what });
            }
            match checked_settings(factory.manifest(), settings) {
                Ok(values) => packs.push((Arc::clone(factory), values)),
                Err(problems) => errors.extend(problems.into_iter().map(PackSetError::Setting)),
            }
        }
        let is_on = |pack: &AbsentPack| settings.packs_on.contains(&pack.name);
        let absent = absent.into_iter().filter(is_on).collect();
        let offers = offers(settings, available);
        let packs = with_voices(packs, settings);
        if errors.is_empty() { Ok(Self { packs, absent, offers }) } else { Err(errors) }
    }

    /// What to do where nobody gives a column: turn on a pack that would, else the name that is likely meant.
    pub(crate) fn remedy<'a>(
        &self,
        column: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> String {
        match self.offers(column) {
            [] => did_you_mean(column, known),
            packs => {
                let packs = packs.join(", or ");
                format!("name the pack that gives it in [packs] on of kehu.toml: {packs}")
            }
        }
    }

    /// The packs that are not on and would give a column.
    pub fn offers(&self, column: &str) -> &[String] {
        self.offers.get(column).map(Vec::as_slice).unwrap_or_default()
    }

    /// The packs that are on but cannot be had.
    pub fn absent(&self) -> &[AbsentPack] {
        &self.absent
    }

    /// Takes a pack out; it is absent from now on.
    pub(crate) fn leave_out(&mut self, name: &str, reason: String) {
        let before = self.packs.len();
        self.packs.retain(|pack| pack.name() != name);
        if self.packs.len() < before {
            let (name, as_asked) = (name.to_owned(), false);
            self.absent.push(AbsentPack { name, reason, as_asked, is_misfit: true });
        }
    }

    /// The packs, in order.
    pub fn packs(&self) -> &[EnabledPack] {
        &self.packs
    }

    /// The manifests, in order.
    pub fn manifests(&self) -> Vec<&Manifest> {
        self.packs.iter().map(EnabledPack::manifest).collect()
    }

    /// The packs that answer a hook, in the order in which `settings` name them, else in the order
    /// of `[packs] on`; each with the place of its step.
    pub fn answering(&self, hook: Hook, settings: &Settings) -> Vec<(&EnabledPack, usize)> {
        let steps = |pack: &EnabledPack| -> Vec<usize> {
            let steps = pack.manifest().steps.iter().enumerate();
            steps.filter(|(_, step)| step.hook == hook).map(|(at, _)| at).collect()
        };
        let named = settings.hook_packs.get(&hook);
        let mut order: Vec<&EnabledPack> = self.packs.iter().collect();
        if let Some(named) = named {
            let place = |pack: &EnabledPack| {
                named.iter().position(|name| name == pack.name()).unwrap_or(usize::MAX)
            };
            order.sort_by_key(|pack| place(pack));
            if hook.has_one_owner() {
                order.retain(|pack| place(pack) < usize::MAX);
            }
        }
        order
            .into_iter()
            .flat_map(|pack| steps(pack).into_iter().map(move |at| (pack, at)))
            .collect()
    }
}

/// The packs, each with what it calls the keys that it and those beside it know.
fn with_voices(
    packs: Vec<(Arc<dyn PackFactory>, Map<String, Json>)>,
    settings: &Settings,
) -> Vec<EnabledPack> {
    let all: Vec<_> = packs.iter().map(|(pack, values)| (pack.manifest(), values)).collect();
    let workspace = Wording::of_workspace(settings);
    let voices: Vec<_> = all
        .iter()
        .map(|(manifest, _)| Arc::new(Voice::of_pack(manifest, &all, settings, &workspace)))
        .collect();
    let packs = packs.into_iter().zip(voices);
    packs.map(|((factory, settings), voice)| EnabledPack { factory, settings, voice }).collect()
}

fn offers(
    settings: &Settings,
    available: &[Arc<dyn PackFactory>],
) -> BTreeMap<String, Vec<String>> {
    let mut offers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let off = available.iter().map(|pack| pack.manifest());
    for manifest in off.filter(|manifest| !settings.packs_on.contains(&manifest.name)) {
        for give in manifest.steps.iter().flat_map(|step| &step.gives) {
            let packs = offers.entry(give.info.name.clone()).or_default();
            if !packs.contains(&manifest.name) {
                packs.push(manifest.name.clone());
            }
        }
    }
    offers
}

/// The values of a pack's settings: the workspace's over the defaults, checked.
///
/// # Errors
/// Values that the pack does not know or take, with their places.
pub fn checked_settings(
    manifest: &Manifest,
    settings: &Settings,
) -> Result<Map<String, Json>, Vec<Problem>> {
    let mut values = manifest.defaults();
    let mut problems = Vec::new();
    let Some(item) = settings.pack_settings.get(&manifest.name) else {
        return Ok(values);
    };
    let ItemValue::Table(entries) = &item.value else {
        return Ok(values);
    };
    for (name, place, item) in entries {
        let problem = match manifest.setting(name) {
            Some(setting) => match setting.check(item) {
                Ok(value) => {
                    values.insert(name.clone(), value);
                    continue;
                }
                Err((place, message)) => {
                    let default = simple(&setting.default);
                    let hint =
                        default.map(|default| format!("the pack's own default is {default}"));
                    Problem { place, message, hint }
                }
            },
            None => {
                let known = manifest.settings.iter().map(|setting| setting.name.as_str());
                Problem {
                    place: place.clone(),
                    message: format!("pack {} has no setting \"{name}\"", manifest.name),
                    hint: Some(did_you_mean(name, known)),
                }
            }
        };
        problems.push(problem);
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

/// A value in a word, as a person would write it; none for lists and tables.
fn simple(value: &Json) -> Option<String> {
    match value {
        Json::Number(number) => number.as_f64().map(show_number),
        Json::String(_) | Json::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

//! In which order packs are asked at each hook, and why.

use kehu_contract::{Hook, Manifest};

use super::order::{is_chosen, order};
use super::{ScoreError, StepRef};
use crate::features::Catalogue;
use crate::packs::PackSet;
use crate::settings::Settings;

/// Says why a step stands where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Because {
    /// It needs columns that steps before it give: each column, with the pack that gives it.
    Needs(Vec<(String, String)>),
    /// `[hooks]` names its pack for this hook, at this place, counted from 1.
    Named(usize),
    /// `[packs] on` names its pack at this place, counted from 1, and nothing else decides.
    Listed(usize),
    /// Several packs answer a hook that has one owner, and `[hooks]` does not say which.
    Contested,
    /// It is not asked: `[hooks]` names this pack as the owner.
    Displaced(String),
}

/// Holds one step in the order in which packs are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// At which decision.
    pub hook: Hook,
    /// The pack and its step.
    pub at: StepRef,
    /// The pack's name.
    pub pack: String,
    /// The step's name.
    pub step: String,
    /// Why it stands there.
    pub because: Because,
    /// What it gives and does not count, since `[columns]` names another pack: each column with that pack.
    pub unheard: Vec<(String, String)>,
}

/// Names every step, first those of a run in their order, then those of the other hooks in the order of
/// [`Hook::ALL`], at last those that are not asked.
///
/// # Errors
/// Why there is no order: needs that nobody gives, two givers, a circle.
pub fn sequence(packs: &PackSet, settings: &Settings) -> Result<Vec<Turn>, ScoreError> {
    let manifests: Vec<&Manifest> = packs.manifests();
    let catalogue = Catalogue::new(settings, &manifests).map_err(ScoreError::Catalogue)?;
    let of_run = order(packs, settings, &catalogue).map_err(ScoreError::Order)?;
    let mut turns: Vec<Turn> = Vec::new();
    for at in &of_run {
        let hook = manifests[at.pack].steps[at.step].hook;
        let needs = given_before(&manifests, settings, &turns, *at);
        let because = if needs.is_empty() {
            place(packs, settings, hook, *at)
        } else {
            Because::Needs(needs)
        };
        turns.push(turn(&manifests, settings, *at, because));
    }
    for hook in Hook::ALL.into_iter().filter(|hook| !matches!(hook, Hook::Score | Hook::VisitNeed))
    {
        let answering = packs.answering(hook, settings);
        let contested = hook.has_one_owner() && answering.len() > 1;
        for (pack, step) in answering {
            let Some(pack) = packs.packs().iter().position(|each| each.name() == pack.name())
            else {
                continue;
            };
            let at = StepRef { pack, step };
            let because =
                if contested { Because::Contested } else { place(packs, settings, hook, at) };
            turns.push(turn(&manifests, settings, at, because));
        }
    }
    for (pack, manifest) in manifests.iter().enumerate() {
        for (step, declared) in manifest.steps.iter().enumerate() {
            let at = StepRef { pack, step };
            let owner = settings.hook_packs.get(&declared.hook).and_then(|named| named.first());
            if let (Some(owner), false) = (owner, turns.iter().any(|turn| turn.at == at)) {
                turns.push(turn(&manifests, settings, at, Because::Displaced(owner.clone())));
            }
        }
    }
    Ok(turns)
}

fn turn(manifests: &[&Manifest], settings: &Settings, at: StepRef, because: Because) -> Turn {
    let (manifest, step) = (manifests[at.pack], &manifests[at.pack].steps[at.step]);
    let unheard = step.gives.iter().filter_map(|give| {
        let chosen = settings.column_givers.get(&give.info.name)?;
        (*chosen != manifest.name).then(|| (give.info.name.clone(), chosen.clone()))
    });
    Turn {
        hook: step.hook,
        at,
        pack: manifest.name.clone(),
        step: step.name.clone(),
        because,
        unheard: unheard.collect(),
    }
}

/// The columns that a step needs from those before it, each with the pack that gives it.
fn given_before(
    manifests: &[&Manifest],
    settings: &Settings,
    before: &[Turn],
    at: StepRef,
) -> Vec<(String, String)> {
    let inputs = manifests[at.pack].steps[at.step].inputs();
    let giver = |column: &String| {
        let gives = |turn: &&Turn| {
            let gives = &manifests[turn.at.pack].steps[turn.at.step].gives;
            gives
                .iter()
                .any(|give| give.info.name == *column && is_chosen(&turn.pack, give, settings))
        };
        before.iter().find(gives).map(|turn| (column.clone(), turn.pack.clone()))
    };
    inputs.iter().filter_map(giver).collect()
}

fn place(packs: &PackSet, settings: &Settings, hook: Hook, at: StepRef) -> Because {
    let name = packs.packs()[at.pack].name();
    let position = |names: &[String]| names.iter().position(|each| each == name).map(|at| at + 1);
    match settings.hook_packs.get(&hook).and_then(|names| position(names)) {
        Some(place) => Because::Named(place),
        None => Because::Listed(position(&settings.packs_on).unwrap_or(at.pack + 1)),
    }
}

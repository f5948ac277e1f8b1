//! What is asked of `ctx`: each hook has its own.

use std::collections::{BTreeMap, BTreeSet};

use kehu_contract::{Hook, did_you_mean};

use super::facts::{Facts, Root, Value};
use super::{Level, Script, Subject};
use crate::api;

type Names = BTreeSet<&'static str>;

/// Notes functions and fields that the `ctx` of a hook does not have.
pub(super) fn check(subject: &mut Subject<'_>) {
    let mut notes = Vec::new();
    for script in &subject.scripts {
        let mut contexts = contexts(subject, script);
        let points = names("kehu.Points");
        for (at, local) in script.facts.locals.iter().enumerate() {
            if local.value == Value::Points {
                contexts.insert(at, points.clone());
            }
        }
        let reads = script.facts.chains.iter().filter_map(|chain| {
            let (name, spot) = chain.fields.first()?;
            Some((chain, name, *spot))
        });
        let calls = script.facts.methods.iter().filter(|(chain, ..)| chain.fields.is_empty());
        let calls = calls.map(|(chain, name, spot)| (chain, name, *spot));
        for (chain, name, spot) in reads.chain(calls) {
            let resolved = script.facts.resolved(chain);
            let Root::Local(local) = resolved.root else { continue };
            // A local that stands for a field of it is none itself.
            if resolved.fields.first().is_some_and(|(first, _)| first != name) {
                continue;
            }
            if let Some(names) = contexts.get(&local)
                && !names.contains(name.as_str())
            {
                let whose = &script.facts.locals[local].name;
                let message = format!("{whose} has no \"{name}\" here");
                let hint = did_you_mean(name, names.iter().copied());
                notes.push((script.place(spot), message, hint));
            }
        }
    }
    for (place, message, hint) in notes {
        subject.note(Level::Error, "unknown-name", place, message, Some(hint));
    }
}

/// The locals that are a `ctx`, each with what it has.
fn contexts(subject: &Subject<'_>, script: &Script) -> BTreeMap<usize, Names> {
    let mut contexts: BTreeMap<usize, Names> = BTreeMap::new();
    let mut calls = Vec::new();
    for step in &subject.manifest.steps {
        calls.push((step.function.as_str(), names_of(step.hook), place(step.hook)));
        if let Some(fit) = &step.fit {
            calls.push((fit, names("kehu.FitContext"), 1));
        }
    }
    let all: Names = calls.iter().flat_map(|(_, names, _)| names.iter().copied()).collect();
    let own = |facts: &Facts, function: &str| facts.function(function);
    let mut taken = BTreeSet::new();
    if script.path == "main.lua" {
        for (function, names, place) in &calls {
            let Some(function) = own(&script.facts, function) else { continue };
            taken.insert(function);
            if let Some(local) = script.facts.functions[function].parameters.get(*place) {
                contexts.entry(*local).or_default().extend(names);
            }
        }
    }
    // A function that gets it passed on may serve any of the steps.
    for (at, function) in script.facts.functions.iter().enumerate() {
        for local in function.parameters.iter().filter(|_| !taken.contains(&at)) {
            if script.facts.locals[*local].name == "ctx" {
                contexts.entry(*local).or_default().extend(&all);
            }
        }
    }
    contexts
}

/// Which of a hook's parameters it is, counted from 0.
fn place(hook: Hook) -> usize {
    match hook {
        Hook::FollowUp | Hook::Stage | Hook::OnEvent => 2,
        Hook::Score | Hook::VisitNeed | Hook::PlanVisits | Hook::Review | Hook::ImportRow => 1,
    }
}

fn names_of(hook: Hook) -> Names {
    let of = api::subjects()
        .find(|subject| subject.hooks.contains(&hook) && subject.name.ends_with("Context"));
    of.map(|subject| names(subject.name)).unwrap_or_default()
}

/// The names in a subject of the registry, and in the one that it is like.
fn names(name: &str) -> Names {
    let Some(subject) = api::subjects().find(|subject| subject.name == name) else {
        return Names::new();
    };
    let mut found: Names = subject.entries.iter().map(api::Entry::short).collect();
    if !subject.like.is_empty() {
        found.extend(names(subject.like));
    }
    found
}

//! What is asked of `ctx`: each hook has its own.

use std::collections::{BTreeMap, BTreeSet};

use kehu_contract::{Hook, did_you_mean};

use super::facts::{Root, Value};
use super::{Level, Script, Subject};
use crate::api;

type Names = BTreeSet<&'static str>;

/// Notes functions and fields that the `ctx` of a hook does not have.
pub(super) fn check(subject: &mut Subject<'_>) {
    let mut notes = Vec::new();
    for script in &subject.scripts {
        let contexts = contexts(subject, script);
        let mut contexts: BTreeMap<usize, Names> =
            contexts.into_iter().map(|(local, context)| (local, context.names)).collect();
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
        let calls = script.facts.methods.iter().filter(|call| call.whose.fields.is_empty());
        let calls = calls.map(|call| (&call.whose, &call.name, call.spot));
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

/// What a local that is a `ctx` may stand for.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    /// What it has.
    names: Names,
    /// The subjects of the registry that it may be.
    pub(super) subjects: BTreeSet<&'static str>,
    /// The places of the steps that it may serve.
    pub(super) steps: BTreeSet<usize>,
}

impl Context {
    fn add(&mut self, subject: &'static str, step: usize) {
        self.names.extend(names(subject));
        self.subjects.insert(subject);
        self.steps.insert(step);
    }
}

/// The locals that are a `ctx`.
pub(super) fn contexts(subject: &Subject<'_>, script: &Script) -> BTreeMap<usize, Context> {
    let mut contexts: BTreeMap<usize, Context> = BTreeMap::new();
    let mut calls = Vec::new();
    for (at, step) in subject.manifest.steps.iter().enumerate() {
        let of_hook = api::subjects().find(|subject| {
            subject.hooks.contains(&step.hook) && subject.name.ends_with("Context")
        });
        if let Some(of_hook) = of_hook {
            calls.push((step.function.as_str(), of_hook.name, place(step.hook), at));
        }
        if let Some(fit) = &step.fit {
            calls.push((fit, "kehu.FitContext", 1, at));
        }
    }
    let mut taken = BTreeSet::new();
    if script.path == "main.lua" {
        for (function, name, place, step) in &calls {
            let Some(function) = script.facts.function(function) else { continue };
            taken.insert(function);
            if let Some(local) = script.facts.functions[function].parameters.get(*place) {
                contexts.entry(*local).or_default().add(name, *step);
            }
        }
    }
    // A function that gets it passed on may serve any of the steps.
    for (at, function) in script.facts.functions.iter().enumerate() {
        for local in function.parameters.iter().filter(|_| !taken.contains(&at)) {
            if script.facts.locals[*local].name == "ctx" {
                for (_, name, _, step) in &calls {
                    contexts.entry(*local).or_default().add(name, *step);
                }
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

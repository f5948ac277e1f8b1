//! Settings: used and not declared, declared and not used.

use std::collections::BTreeSet;

use kehu_contract::did_you_mean;

use super::facts::{Chain, Facts, Root};
use super::{Level, Subject};

/// Notes unknown and unused settings.
pub(super) fn check(subject: &mut Subject<'_>) {
    let known: BTreeSet<&str> =
        subject.manifest.settings.iter().map(|setting| setting.name.as_str()).collect();
    let mut used: BTreeSet<String> = BTreeSet::new();
    let (mut open, mut notes) = (false, Vec::new());
    for script in subject.scripts.iter().chain(&subject.reports) {
        for chain in &script.facts.chains {
            match setting_of(&script.facts, chain) {
                None => {}
                Some(Read::All) => open = true,
                Some(Read::One(name, spot)) => {
                    if !known.contains(name.as_str()) {
                        let hint = did_you_mean(&name, known.iter().copied());
                        notes.push((script.place(spot), name.clone(), hint));
                    }
                    used.insert(name);
                }
            }
        }
        for rule in &script.facts.rules {
            used.extend(rule.text("setting").map(str::to_owned));
            open |= rule.fields.contains("setting") && rule.text("setting").is_none();
        }
        if open {
            used.extend(script.facts.texts.iter().cloned());
        }
    }
    let by_manifest = known.iter().filter(|name| subject.declared.uses(name));
    used.extend(by_manifest.map(|name| (*name).to_owned()));
    let gives = subject.manifest.steps.iter().flat_map(|step| &step.gives);
    used.extend(gives.filter_map(|give| give.values_from.clone()));
    for (place, name, hint) in notes {
        let message = format!("the pack has no setting \"{name}\"");
        subject.note(Level::Error, "unknown-setting", place, message, Some(hint));
    }
    for setting in &subject.manifest.settings {
        if !used.contains(&setting.name) {
            let place = subject.declared.setting(&setting.name);
            let message = format!("setting \"{}\" is declared and never used", setting.name);
            let hint = "people would set it for nothing: use it, or take it out".to_owned();
            subject.findings.push(super::Finding {
                level: Level::Warning,
                code: "unused-setting",
                place,
                message,
                hint: Some(hint),
            });
        }
    }
}

enum Read {
    /// One setting, by its name.
    One(String, super::Spot),
    /// Any of them.
    All,
}

/// The setting that a chain reads: `kehu.settings.x`, `ctx.settings.x`, or a local that holds them.
fn setting_of(facts: &Facts, chain: &Chain) -> Option<Read> {
    let resolved = facts.resolved(chain);
    let at = match &resolved.root {
        Root::Global(name) if name == "kehu" && resolved.field(0) == Some("settings") => 0,
        Root::Local(local)
            if facts.locals[*local].name == "ctx" && resolved.field(0) == Some("settings") =>
        {
            0
        }
        _ => return None,
    };
    match resolved.fields.get(at + 1) {
        Some((name, spot)) => Some(Read::One(name.clone(), *spot)),
        // A local that takes the table is no use of it; what is done with the local is.
        None if resolved.open || chain_is_passed(facts, chain) => Some(Read::All),
        None => None,
    }
}

/// True for a local that holds the settings and is handed over as a whole.
fn chain_is_passed(facts: &Facts, chain: &Chain) -> bool {
    matches!(chain.root, Root::Local(local) if chain.fields.is_empty() && facts.locals[local].read_whole > 0)
}

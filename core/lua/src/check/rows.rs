//! Columns: read and not needed, needed and not read, given and never given.

use std::collections::{BTreeMap, BTreeSet};

use kehu_contract::{ColumnType, Hook, Need, VISIT_NEED_COLUMNS, did_you_mean, nearest};

use super::facts::{Facts, Root, Spot};
use super::{Finding, Level, Script, Subject};

/// What stands for a customer in a script: the locals, and the columns that they have.
struct Rows {
    /// For each local that is a customer, the columns of its steps.
    locals: Vec<(usize, BTreeSet<String>)>,
    /// The columns of all steps.
    all: BTreeSet<String>,
    /// True if proposals are reviewed: each has its customer as `c`.
    reviews: bool,
}

/// Notes what is wrong between the manifest's columns and the scripts.
pub(super) fn check(subject: &mut Subject<'_>, known: &BTreeMap<String, ColumnType>) {
    unknown(subject, known);
    let mut notes = Vec::new();
    let mut read: BTreeSet<String> = BTreeSet::new();
    let mut open = false;
    let names = row_names(subject);
    for script in &subject.scripts {
        let rows = rows(subject, script, &names);
        open |= walk(script, &rows, &mut notes, &mut read);
    }
    for rule in subject.scripts.iter().flat_map(|script| &script.facts.rules) {
        match rule.text("input") {
            Some(input) => {
                read.insert(input.to_owned());
            }
            None => open |= rule.fields.contains("input"),
        }
    }
    for (place, message, hint) in notes {
        subject.note(Level::Error, "not-needed", place, message, Some(hint));
    }
    unused(subject, &read, open);
    never_given(subject);
}

/// Needs that nobody gives, as far as can be seen from here: a workspace may have fields of its own.
pub(super) fn unknown(subject: &mut Subject<'_>, known: &BTreeMap<String, ColumnType>) {
    let manifest = subject.manifest;
    let own = manifest.steps.iter().flat_map(|step| &step.gives).map(|give| &give.info.name);
    let own = own.chain(manifest.features.iter().map(|feature| &feature.info.name));
    let names: BTreeSet<&str> = known.keys().chain(own).map(String::as_str).collect();
    let mut notes = Vec::new();
    for (at, step) in manifest.steps.iter().enumerate() {
        for need in step.needs.iter().filter(|need| !need.optional) {
            if !names.contains(need.column.as_str()) {
                let hint = match nearest(&need.column, names.iter().copied()) {
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => format!("write \"{}?\" if some workspaces have it", need.column),
                };
                notes.push((subject.declared.need(at, need), need.column.clone(), hint));
            }
        }
    }
    for (place, name, hint) in notes {
        let message = format!("no column \"{name}\" is known here");
        subject.note(Level::Warning, "unknown-column", place, message, Some(hint));
    }
}

/// True if a pack does not load because its manifest has a column's name wrong: the rule that has it right is
/// not to blame. Then the need is the error.
pub(super) fn explains(
    subject: &mut Subject<'_>,
    known: &BTreeMap<String, ColumnType>,
    failed: &Finding,
) -> bool {
    let Some((_, rest)) = failed.message.split_once(": no step needs \"") else { return false };
    let Some(input) = rest.strip_suffix('"') else { return false };
    let column = input.strip_suffix("_rank").unwrap_or(input);
    if !known.contains_key(column) {
        return false;
    }
    let meant = format!("did you mean \"{column}\"?");
    let mut found = subject.findings.iter_mut().filter(|finding| {
        finding.code == "unknown-column" && finding.hint.as_ref() == Some(&meant)
    });
    found.next().is_some_and(|finding| {
        finding.level = Level::Error;
        true
    })
}

/// How the pack calls a customer, by the first parameters of its hooks.
fn row_names(subject: &Subject<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let Some(main) = subject.scripts.iter().find(|script| script.path == "main.lua") else {
        return names;
    };
    for step in &subject.manifest.steps {
        if has_rows(step.hook)
            && let Some(local) = first_parameter(&main.facts, &step.function)
        {
            names.insert(main.facts.locals[local].name.clone());
        }
        if step.hook == Hook::Review {
            names.insert("c".to_owned());
        }
    }
    names
}

fn has_rows(hook: Hook) -> bool {
    !matches!(hook, Hook::PlanVisits | Hook::Review | Hook::ImportRow)
}

fn first_parameter(facts: &Facts, function: &str) -> Option<usize> {
    facts.functions[facts.function(function)?].parameters.first().copied()
}

fn rows(subject: &Subject<'_>, script: &Script, names: &BTreeSet<String>) -> Rows {
    let facts = &script.facts;
    let steps = &subject.manifest.steps;
    let all: BTreeSet<String> = steps.iter().flat_map(|step| &step.needs).map(Need::name).collect();
    let mut locals: Vec<(usize, BTreeSet<String>)> = Vec::new();
    let mut taken = BTreeSet::new();
    if script.path == "main.lua" {
        for step in steps {
            let needs: BTreeSet<String> = step.needs.iter().map(Need::name).collect();
            let hook = has_rows(step.hook).then_some(step.function.as_str());
            for function in [hook, step.fit.as_deref()].into_iter().flatten() {
                if let Some(local) = first_parameter(facts, function) {
                    locals.push((local, needs.clone()));
                }
            }
            for function in std::iter::once(step.function.as_str()).chain(step.fit.as_deref()) {
                taken.extend(facts.function(function));
            }
        }
    }
    // A function that gets a customer passed on most likely calls it by the same name.
    for (at, function) in facts.functions.iter().enumerate() {
        for local in &function.parameters {
            if !taken.contains(&at) && names.contains(&facts.locals[*local].name) {
                locals.push((*local, all.clone()));
            }
        }
    }
    // One function may serve several steps: it may read what any of them needs.
    let mut merged: Vec<(usize, BTreeSet<String>)> = Vec::new();
    for (local, needs) in locals {
        match merged.iter_mut().find(|(known, _)| *known == local) {
            Some((_, known)) => known.extend(needs),
            None => merged.push((local, needs)),
        }
    }
    let reviews = steps.iter().any(|step| step.hook == Hook::Review);
    Rows { locals: merged, all, reviews }
}

type Note = (kehu_contract::document::Place, String, String);

/// Looks at every chain; returns true if a customer's field is one that only the running script knows.
fn walk(script: &Script, rows: &Rows, notes: &mut Vec<Note>, read: &mut BTreeSet<String>) -> bool {
    let facts = &script.facts;
    let mut open = false;
    for chain in &facts.chains {
        // Read somewhere is read, whatever the table is called there.
        read.extend(chain.fields.iter().map(|(name, _)| name.clone()));
        let resolved = facts.resolved(chain);
        let Root::Local(local) = resolved.root else { continue };
        let row = rows.locals.iter().find(|(known, _)| *known == local);
        let within = rows.reviews.then(|| resolved.fields.iter().position(|(name, _)| name == "c"));
        let (needs, fields) = match (row, within.flatten()) {
            (Some((_, needs)), _) => (needs, &resolved.fields[..]),
            (None, Some(at)) => (&rows.all, &resolved.fields[at + 1..]),
            (None, None) => continue,
        };
        match fields {
            [] => open |= resolved.open,
            [(name, spot), ..] if !needs.contains(name) => {
                notes.push(not_needed(script, &facts.locals[local].name, name, *spot, needs));
            }
            _ => {}
        }
    }
    open
}

fn not_needed(
    script: &Script,
    row: &str,
    name: &str,
    spot: Spot,
    needs: &BTreeSet<String>,
) -> Note {
    let hint = match nearest(name, needs.iter().map(String::as_str)) {
        Some(near) => format!("did you mean {row}.{near}?"),
        None => format!("add \"{name}\" to needs in pack.toml"),
    };
    (script.place(spot), format!("{row}.{name} is not in needs"), hint)
}

fn unused(subject: &mut Subject<'_>, read: &BTreeSet<String>, open: bool) {
    let texts: BTreeSet<&String> =
        subject.scripts.iter().flat_map(|script| &script.facts.texts).collect();
    let mut notes = Vec::new();
    for (at, step) in subject.manifest.steps.iter().enumerate() {
        for need in &step.needs {
            let name = need.name();
            // Where a script makes up names, a text with the name counts as its use.
            let made_up = open && (texts.contains(&name) || texts.contains(&need.column));
            if !read.contains(&name) && !made_up {
                notes.push((at, need.clone(), name));
            }
        }
    }
    for (step, need, name) in notes {
        let place = subject.declared.need(step, &need);
        let message = format!("\"{name}\" is needed and never read");
        let hint = "take it out of needs: what is not needed is not computed".to_owned();
        subject.note(Level::Warning, "unused-need", place, message, Some(hint));
    }
}

fn never_given(subject: &mut Subject<'_>) {
    let scripts = || subject.scripts.iter().map(|script| &script.facts);
    let fields = scripts().flat_map(|facts| &facts.chains).flat_map(|chain| &chain.fields);
    let mut said: BTreeSet<&str> = fields.map(|(name, _)| name.as_str()).collect();
    said.extend(
        scripts().flat_map(|facts| facts.texts.iter().chain(&facts.keys)).map(String::as_str),
    );
    let mut notes = Vec::new();
    for (at, step) in subject.manifest.steps.iter().enumerate() {
        // Of the columns that the hook itself has, a pack gives those that it likes.
        let usual = step.hook == Hook::VisitNeed && step.gives.len() == VISIT_NEED_COLUMNS.len();
        for give in
            step.gives.iter().filter(|give| !usual && !said.contains(give.info.name.as_str()))
        {
            let hint = did_you_mean(&give.info.name, said.iter().copied());
            let hint = if hint.starts_with("did you mean") { Some(hint) } else { None };
            notes.push((at, give.info.name.clone(), hint));
        }
    }
    for (step, name, hint) in notes {
        let place = subject.declared.give(step, &name);
        let message = format!("column \"{name}\" is promised and never given");
        let usual = format!("return {{ {name} = … }}, or take it out of pack.toml");
        subject.note(Level::Warning, "never-given", place, message, Some(hint.unwrap_or(usual)));
    }
}

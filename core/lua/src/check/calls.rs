//! What is handed to functions of `ctx` as plain words, and what a step returns by name: columns, labels,
//! actions, channels, states, fields.
//!
//! A word that stands right there, or in a local that keeps it, is looked up as the host will look it up. What
//! the running script puts together is taken to be right.

use std::collections::BTreeSet;

use kehu_contract::{ColumnType, Give, Hook, Step, did_you_mean, nearest};

use super::context::{Context, contexts};
use super::facts::{Chain, Facts, MethodCall, Root, Spot, TableFact, Value};
use super::{Known, Level, Script, Subject};
use crate::api::{self, Entry, Parameter, Type};

type Note = (Level, &'static str, kehu_contract::document::Place, String, String);

/// Notes words that name nothing.
pub(super) fn check(subject: &mut Subject<'_>, known: &Known) {
    let mut notes = Vec::new();
    for script in &subject.scripts {
        let contexts = contexts(subject, script);
        for call in &script.facts.methods {
            let whose = script.facts.resolved(&call.whose);
            let Root::Local(local) = whose.root else { continue };
            if let (Some(context), true, false) =
                (contexts.get(&local), whose.fields.is_empty(), whose.open)
            {
                let mut reader = Reader { subject, script, context, known, notes: &mut notes };
                reader.call(call);
            }
        }
        returned(subject, script, &mut notes);
        words(script, known, &mut notes);
    }
    for (level, code, place, message, hint) in notes {
        subject.note(level, code, place, message, Some(hint));
    }
}

/// Reads the calls of one `ctx`.
struct Reader<'a, 'b> {
    subject: &'a Subject<'b>,
    script: &'a Script,
    context: &'a Context,
    known: &'a Known,
    notes: &'a mut Vec<Note>,
}

impl<'a> Reader<'a, '_> {
    fn note(&mut self, level: Level, code: &'static str, at: Spot, message: String, hint: String) {
        self.notes.push((level, code, self.script.place(at), message, hint));
    }

    fn call(&mut self, call: &MethodCall) {
        let is_score = self.context.subjects.contains("kehu.ScoreContext");
        match call.name.as_str() {
            "column" | "label" | "set" | "missing" if is_score => self.column(call),
            "propose" => self.proposal(call.arguments.first()),
            "change" => self.channel(call.arguments.get(1)),
            "flag" => self.flag(call.arguments.first()),
            _ => {}
        }
        if let Some(entry) = self.entry(&call.name) {
            for (parameter, given) in entry.takes().iter().zip(&call.arguments) {
                self.fields(&call.name, parameter, given);
            }
        }
    }

    /// The function of the registry, if all that this `ctx` may be have the same one.
    fn entry(&self, name: &str) -> Option<&'static Entry> {
        let subjects = api::subjects().filter(|each| self.context.subjects.contains(each.name));
        let mut entries = subjects.filter_map(|subject| subject.entry(name));
        let first = entries.next()?;
        entries.next().is_none().then_some(first)
    }

    fn gives(&self) -> impl Iterator<Item = &'a Give> {
        let (subject, context) = (self.subject, self.context);
        let steps = &subject.manifest.steps;
        context.steps.iter().filter_map(|at| steps.get(*at)).flat_map(|step| &step.gives)
    }

    fn column(&mut self, call: &MethodCall) {
        let facts = &self.script.facts;
        let Some((name, at)) = call.arguments.first().and_then(|given| facts.text_of(given)) else {
            return;
        };
        let Some(give) = self.gives().find(|give| give.info.name == name) else {
            let hint = did_you_mean(&name, self.gives().map(|give| give.info.name.as_str()));
            let message = format!("the step gives no column \"{name}\"");
            return self.note(Level::Error, "not-given", at, message, hint);
        };
        let kind = give.info.kind;
        let is_sum = matches!(kind, ColumnType::Number | ColumnType::Money);
        let usual = if kind == ColumnType::Label { "label" } else { "set" };
        let wrong = match call.name.as_str() {
            "column" if !is_sum => Some("a sum"),
            "label" if kind != ColumnType::Label => Some("a label"),
            _ => None,
        };
        if let Some(expected) = wrong {
            let message = format!("column \"{name}\" is a {}, not {expected}", kind.name());
            let hint = format!("use ctx:{usual}(column, value, rule, …)");
            return self.note(Level::Error, "not-given", at, message, hint);
        }
        if kind != ColumnType::Label || call.name == "missing" {
            return;
        }
        let manifest = self.subject.manifest;
        let values = manifest.label_values(give, &manifest.defaults());
        // Where a setting declares the values, a workspace may have more of them.
        let level = if give.values_from.is_some() { Level::Warning } else { Level::Error };
        let Some((value, at)) = call.arguments.get(1).and_then(|given| facts.text_of(given)) else {
            return;
        };
        if !values.iter().any(|each| each.key == value) {
            let hint = did_you_mean(&value, values.iter().map(|each| each.key.as_str()));
            let message = format!("label \"{name}\" has no value \"{value}\"");
            self.note(level, "unknown-label", at, message, hint);
        }
    }

    /// A plain text in a field of a table.
    fn text(&self, table: Option<&Value>, field: &str) -> Option<(String, Spot)> {
        let facts = &self.script.facts;
        facts.text_of(facts.table_of(table?)?.field(field)?)
    }

    fn proposal(&mut self, given: Option<&Value>) {
        if let Some((action, at)) = self.text(given, "action") {
            let actions = || self.subject.manifest.actions.iter().map(|action| action.key.as_str());
            if !actions().any(|known| known == action) {
                let hint = did_you_mean(&action, actions());
                let message =
                    format!("action \"{action}\" is not declared in [actions] of pack.toml");
                self.note(Level::Error, "unknown-action", at, message, hint);
            }
        }
        self.channel(given);
        if let Some((state, at)) = self.text(given, "state") {
            let message = format!("no kind of interaction has a state \"{state}\"");
            self.one_of(&state, at, &self.known.states, message, String::new());
        }
        let facts = &self.script.facts;
        let table = given.and_then(|given| facts.table_of(given));
        let fields = table.and_then(|table| facts.table_of(table.field("fields")?));
        for (name, at, _) in fields.map(|fields| fields.fields.clone()).unwrap_or_default() {
            self.custom_field(&name, at);
        }
    }

    fn channel(&mut self, given: Option<&Value>) {
        if let Some((channel, at)) = self.text(given, "channel") {
            let message = format!("\"{channel}\" is no channel that is known here");
            let else_ = "what is done by it is not logged: declare a [[kind]] of this name, or take another";
            self.one_of(&channel, at, &self.known.channels, message, else_.to_owned());
        }
    }

    fn flag(&mut self, given: Option<&Value>) {
        if let Some((field, at)) = self.text(given, "field") {
            self.custom_field(&field, at);
        }
    }

    fn custom_field(&mut self, name: &str, at: Spot) {
        let message = format!("no custom field \"{name}\" is known here");
        let else_ = "declare it under [fields] in kehu.toml or pack.toml".to_owned();
        self.one_of(name, at, &self.known.fields, message, else_);
    }

    fn one_of(&mut self, word: &str, at: Spot, known: &[String], message: String, else_: String) {
        if known.is_empty() || known.iter().any(|each| each == word) {
            return;
        }
        let names = || known.iter().map(String::as_str);
        let hint = match nearest(word, names()) {
            None if !else_.is_empty() => else_,
            _ => did_you_mean(word, names()),
        };
        self.note(Level::Warning, "unknown-word", at, message, hint);
    }

    /// The fields of a table that a function takes.
    fn fields(&mut self, function: &str, parameter: &Parameter, given: &Value) {
        let Type::Fields(known) = parameter.kind else { return };
        let facts = &self.script.facts;
        let (Some(table), call) = (facts.table_of(given), format!("ctx:{function}")) else {
            return;
        };
        let named = named_fields(facts, given, table);
        for (name, at) in &named {
            if !known.iter().any(|each| each.name == name) {
                let hint = did_you_mean(name, known.iter().map(|each| each.name));
                let message = format!("{call} has no field \"{name}\"");
                self.note(Level::Error, "unknown-name", *at, message, hint);
            }
        }
        // A table that a local holds may be given more elsewhere.
        if table.open || !matches!(given, Value::Table(_)) {
            return;
        }
        let needed = known.iter().filter(|each| !each.optional);
        for each in needed.filter(|each| !named.iter().any(|(name, _)| name == each.name)) {
            let message = format!("{call} needs \"{}\"", each.name);
            let kind = each.kind.name(kehu_contract::Language::En);
            let hint = if each.en.is_empty() {
                format!("add {} = a {kind}", each.name)
            } else {
                format!("add {} = …: {}", each.name, each.en)
            };
            self.note(Level::Error, "missing-field", table.spot, message, hint);
        }
    }
}

/// The names of a table's fields: those that are written in it, and those that are set of it later.
fn named_fields(facts: &Facts, given: &Value, table: &TableFact) -> Vec<(String, Spot)> {
    let mut named: Vec<(String, Spot)> =
        table.fields.iter().map(|(name, spot, _)| (name.clone(), *spot)).collect();
    if let Value::Chain(Chain { root: Root::Local(local), .. }) = given {
        let set = facts.fields_set.iter().filter(|(of, ..)| of == local);
        named.extend(set.map(|(_, name, spot)| (name.clone(), *spot)));
    }
    named
}

/// Columns that a step returns and does not give.
fn returned(subject: &Subject<'_>, script: &Script, notes: &mut Vec<Note>) {
    if script.path != "main.lua" {
        return;
    }
    let facts = &script.facts;
    let gives_columns = |step: &&Step| matches!(step.hook, Hook::Score | Hook::VisitNeed);
    let steps = || subject.manifest.steps.iter().filter(gives_columns);
    let mut seen = BTreeSet::new();
    for step in steps() {
        let Some(function) = facts.function(&step.function) else { continue };
        if !seen.insert(function) {
            continue;
        }
        // One function may serve several steps: it may return what any of them gives.
        let same = steps().filter(|other| facts.function(&other.function) == Some(function));
        let gives: BTreeSet<&str> =
            same.flat_map(|step| &step.gives).map(|give| give.info.name.as_str()).collect();
        for value in &facts.functions[function].returns {
            let Some(table) = facts.table_of(value) else { continue };
            for (name, spot) in named_fields(facts, value, table) {
                if !gives.contains(name.as_str()) {
                    let message = format!("the step gives no column \"{name}\"");
                    let hint = did_you_mean(&name, gives.iter().copied());
                    notes.push((Level::Error, "not-given", script.place(spot), message, hint));
                }
            }
        }
    }
}

/// Words that a field is compared with, and custom fields that are read. Only what is nearly another word is
/// told: what the table is, and what else might be in it, is not known.
fn words(script: &Script, known: &Known, notes: &mut Vec<Note>) {
    let mut note = |word: &str, spot: Spot, known: &[String], what: &str| {
        if known.is_empty() || known.iter().any(|each| each == word) {
            return;
        }
        if let Some(near) = nearest(word, known.iter().map(String::as_str)) {
            let message = format!("there is no {what} \"{word}\"");
            let hint = format!("did you mean \"{near}\"?");
            notes.push((Level::Warning, "unknown-word", script.place(spot), message, hint));
        }
    };
    for compared in &script.facts.compared {
        let (known, what) = match compared.field.as_str() {
            "kind" => (&known.kinds, "kind of interaction"),
            "state" => (&known.states, "state"),
            "channel" => (&known.channels, "channel"),
            "stage" => (&known.stages, "stage"),
            _ => continue,
        };
        note(&compared.text, compared.spot, known, what);
    }
    for chain in &script.facts.chains {
        let resolved = script.facts.resolved(chain);
        let at = resolved.fields.iter().position(|(name, _)| name == "fields");
        if let Some((name, spot)) = at.and_then(|at| resolved.fields.get(at + 1)) {
            note(name, *spot, &known.fields, "custom field");
        }
    }
}

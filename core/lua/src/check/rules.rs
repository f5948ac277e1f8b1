//! Rules: declared and never used, in one language alone, with places that nothing fills.

use kehu_contract::Rule;

use super::facts::{Facts, Mention, Root, RuleFact, TableFact, Value};
use super::{Level, Script, Subject};
use crate::rules::arity_of;

/// Notes what is wrong with rules; `declared` are those of the loaded pack.
pub(super) fn check(subject: &mut Subject<'_>, declared: &[Rule]) {
    let mut notes = Vec::new();
    for script in &subject.scripts {
        unused(script, &mut notes);
        unfilled(script, &mut notes);
        one_language(script, declared, &mut notes);
    }
    for (code, place, message, hint) in notes {
        subject.note(Level::Warning, code, place, message, Some(hint));
    }
}

/// The fields that hold reasons.
const REASONS: [&str; 5] = ["because", "advice", "guidance", "what", "text"];

type Note = (&'static str, kehu_contract::document::Place, String, String);

fn name_of(rule: &RuleFact) -> String {
    rule.text("id").map_or_else(|| "a rule".to_owned(), |id| format!("rule \"{id}\""))
}

fn unused(script: &Script, notes: &mut Vec<Note>) {
    let facts = &script.facts;
    for rule in &facts.rules {
        let Some((holder, field)) = &rule.holder else { continue };
        let is_used = match field {
            None => facts.locals[*holder].read > 0,
            // A table that is read as a whole, or by a field that only the script knows, may use any.
            Some(field) => facts.chains.iter().any(|chain| {
                chain.root == Root::Local(*holder)
                    && (chain.fields.is_empty() || chain.field(0) == Some(field))
            }),
        };
        if !is_used {
            let message = format!("{} is declared and never used", name_of(rule));
            let hint = "apply it, name it in a reason, or take it out".to_owned();
            notes.push(("unused-rule", script.place(rule.spot), message, hint));
        }
    }
    for local in
        facts.locals.iter().filter(|local| local.value == Value::RuleList && local.read == 0)
    {
        let message = format!("the list of rules \"{}\" is used nowhere", local.name);
        let hint = format!("apply it: s:apply({})", local.name);
        notes.push(("unused-rule", script.place(local.spot), message, hint));
    }
}

/// Sentences in which a place stays empty where the rule is named.
fn unfilled(script: &Script, notes: &mut Vec<Note>) {
    let bare = bare(&script.facts);
    for mention in script.facts.mentions.iter().chain(&bare) {
        let Some(rule) = rule_of(&script.facts, mention) else { continue };
        let sentences = [rule.text("en"), rule.text("zh")];
        let wanted = sentences.into_iter().flatten().map(arity_of).max().unwrap_or(0);
        let Some(given) = mention.arguments else { continue };
        let has = |name: &str| rule.fields.contains(name);
        let mut filled = given;
        if filled == 0 && mention.of_column && has("input") {
            filled = 1;
        }
        if filled == 1 && (has("limit") || has("setting")) {
            filled = 2;
        }
        if filled < wanted {
            let message = format!("{}: nothing fills {{{}}} here", name_of(rule), filled + 1);
            let hint = format!(
                "the sentence has {wanted} {}, and {filled} {} given; add the missing ones after the rule",
                if wanted == 1 { "place" } else { "places" },
                if filled == 1 { "argument is" } else { "arguments are" },
            );
            notes.push(("unfilled", script.place(mention.rule.spot), message, hint));
        }
    }
    for rule in &script.facts.rules {
        own_places(script, rule, notes);
    }
}

/// Reasons that are a rule alone: `because = rule`, `{ rule, other }`, `{ { rule } }`.
fn bare(facts: &Facts) -> Vec<Mention> {
    let tables = facts.methods.iter().flat_map(|call| &call.arguments);
    let tables = tables.filter_map(|value| facts.table_of(value));
    let fields = tables.flat_map(|table| &table.fields);
    let reasons = fields.filter(|(name, ..)| REASONS.contains(&name.as_str()));
    let mut bare = Vec::new();
    for (.., value) in reasons {
        match value {
            Value::Table(list) if is_reason(facts, list) => {}
            Value::Table(list) => list.items.iter().for_each(|item| alone(facts, item, &mut bare)),
            single => alone(facts, single, &mut bare),
        }
    }
    facts.listed.iter().filter(|item| matches!(item, Value::Table(_))).for_each(|item| {
        alone(facts, item, &mut bare);
    });
    bare
}

/// True for a rule with its arguments, where one reason alone is taken, as for the text of a note.
fn is_reason(facts: &Facts, list: &TableFact) -> bool {
    let is_rule = |value: &Value| match value {
        Value::Chain(chain) => facts.rule_of(&facts.resolved(chain)).is_some(),
        _ => false,
    };
    match list.items.as_slice() {
        [first, second, ..] => {
            is_rule(first) && !is_rule(second) && !matches!(second, Value::Table(_))
        }
        _ => false,
    }
}

fn alone(facts: &Facts, reason: &Value, bare: &mut Vec<Mention>) {
    let rule = match reason {
        Value::Table(TableFact { items, .. }) if items.len() == 1 => &items[0],
        other => other,
    };
    let Value::Chain(rule) = rule else { return };
    let named = facts.rule_of(&facts.resolved(rule)).map(|rule| &facts.rules[rule]);
    // A test that is applied elsewhere fills its places there; here it is named without anything.
    if named.is_some() {
        bare.push(Mention { rule: rule.clone(), arguments: Some(0), of_column: false });
    }
}

fn rule_of<'a>(facts: &'a Facts, mention: &Mention) -> Option<&'a RuleFact> {
    facts.rule_of(&facts.resolved(&mention.rule)).map(|rule| &facts.rules[rule])
}

/// A rule that tests fills its own first two places, and no more.
fn own_places(script: &Script, rule: &RuleFact, notes: &mut Vec<Note>) {
    let Some(op) = rule.text("op") else { return };
    let applied = script.facts.mentions.iter().any(|mention| {
        rule_of(&script.facts, mention).is_some_and(|named| std::ptr::eq(named, rule))
    });
    // Where it is named with arguments, those count.
    if applied {
        return;
    }
    let filled = if op == "missing" { 1 } else { 2 };
    for (language, sentence, spot) in &rule.texts {
        if (language == "en" || language == "zh") && arity_of(sentence) > filled {
            let message = format!("{}: nothing fills {{{}}}", name_of(rule), filled + 1);
            let hint =
                "a test fills {value} and {limit}; use s:add for further arguments".to_owned();
            notes.push(("unfilled", script.place(*spot), message, hint));
        }
    }
}

/// Rules as the loaded pack has them, so that sentences which a script puts together count too.
fn one_language(script: &Script, declared: &[Rule], notes: &mut Vec<Note>) {
    for rule in declared.iter().filter(|rule| rule.file == *script.shown && rule.text.zh.is_empty())
    {
        let known =
            script.facts.rules.iter().find(|fact| fact.text("id") == Some(rule.id.as_str()));
        let spot = known.map_or(super::Spot { line: rule.line, column: 1 }, |fact| fact.spot);
        let message = format!("rule \"{}\" has no Chinese sentence", rule.id);
        notes.push(("one-language", script.place(spot), message, "add zh = \"…\"".to_owned()));
    }
}

//! `test.stage`, `test.on_event` and `test.import_row`: what is about single records.

use std::collections::BTreeMap;

use kehu_contract::{
    Batch, Change, ColumnType, Consequence, DealView, Direction, Effect, Event, Hook,
    InteractionView, Judgement, MoveAsked, Pack as _, RowDecision, Rows, StageCase, ThreadView,
    Value as Given, Words, did_you_mean,
};
use mlua::Value;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json, json};

use super::columns::{self, Wanted, pick};
use super::customers::Customers;
use super::order;
use super::outcome::causes;
use super::runner::Stage;
use super::score::{columns_of, prepare, steps};
use super::shape::{self, CUSTOMER, EVENT, Holds, RECORDS, STAGE, STAGE_CASE, default, record};
use super::spec::Spec;
use crate::fault::Fault;
use crate::pack::LuaPack;

const FIELDS: [&str; 6] = ["customers", "customer", "settings", "as_of", "seed", "step"];

/// Asks about deals that move or stay; each customer has a `case`.
pub(super) fn stage(stage: &Stage, given: &[Value]) -> Result<Json, Fault> {
    let read = |name: &str, given: Option<Json>, as_of: i32, at: usize| {
        let mut case = stage_case(name, given, as_of, at)?;
        let words = Vocabulary::of(&stage.manifest().vocabulary);
        let mut customer = case.customer.take().unwrap_or_default();
        let has_customer = !customer.is_empty();
        words.complete(
            &mut customer,
            &mut case.contacts,
            &mut case.interactions,
            &mut case.threads,
        );
        case.customer = has_customer.then_some(customer);
        if let Some(Json::Object(fields)) = case.deal.get_mut("fields") {
            words.deal(fields);
        }
        Ok(case)
    };
    each(stage, "test.stage", Hook::Stage, "case", given, &read, &|pack, place, batch, cases| {
        let opinions = pack.stage(place, batch, cases)?;
        let mut answers =
            vec![json!({ "judgement": "none", "reasons": [], "advice": [] }); cases.len()];
        for opinion in opinions {
            let judgement = match opinion.judgement {
                Judgement::Allow => "allow",
                Judgement::Warn => "warn",
                Judgement::Refuse => "refuse",
            };
            answers[opinion.case] = json!({
                "judgement": judgement,
                "reasons": causes(&opinion.causes, pack.rules()),
                "advice": causes(&opinion.advice, pack.rules()),
            });
        }
        Ok(answers)
    })
}

/// Tells the pack what a command has written; each customer has an `event`.
pub(super) fn on_event(stage: &Stage, given: &[Value]) -> Result<Json, Fault> {
    each(
        stage,
        "test.on_event",
        Hook::OnEvent,
        "event",
        given,
        &|whose, given, as_of, at| {
            let mut event = event(whose, given, as_of, at)?;
            let words = Vocabulary::of(&stage.manifest().vocabulary);
            let mut customer = event.customer.take().unwrap_or_default();
            let has_customer = !customer.is_empty();
            words.complete(&mut customer, &mut event.contacts, &mut event.interactions, &mut []);
            event.customer = has_customer.then_some(customer);
            let sides = [&mut event.before, &mut event.after, &mut event.about];
            for record in sides.into_iter().flatten() {
                words.record(&event.record, record);
            }
            Ok(event)
        },
        &|pack, place, batch, events| {
            let followed = pack.on_event(place, batch, events)?;
            let mut answers: Vec<Vec<Json>> = vec![Vec::new(); events.len()];
            for each in followed {
                answers[each.event].push(consequence(&each, pack));
            }
            Ok(answers.into_iter().map(Json::from).collect())
        },
    )
}

type ReadCase<'a, T> = dyn Fn(&str, Option<Json>, i32, usize) -> Result<T, Fault> + 'a;
type AskCases<'a, T> =
    dyn Fn(&mut LuaPack, usize, &Batch, &[T]) -> Result<Vec<Json>, kehu_contract::PackError> + 'a;

/// Asks about customers that each have a case of their own.
pub(super) fn each<T: Clone>(
    stage: &Stage,
    call: &'static str,
    hook: Hook,
    field: &str,
    given: &[Value],
    read: &ReadCase<'_, T>,
    ask: &AskCases<'_, T>,
) -> Result<Json, Fault> {
    let spec = Spec::read(call, given, &FIELDS)?;
    let manifest = stage.manifest();
    let steps = steps(&spec, manifest, hook)?;
    let [place] = steps.as_slice() else {
        let message = format!("{call}: the pack has several steps of the hook {}", hook.name());
        return Err(Fault::argument(message).hint("say which one: step = \"…\""));
    };
    let context = spec.context(manifest, &stage.options)?;
    let mut customers = Customers::read(&spec, "customers", "customer")?;
    let given = customers.take(field);
    let cases = customers.names.iter().zip(given).enumerate();
    let cases: Vec<T> = cases
        .map(|(at, (name, given))| read(&format!("{call}: {name}"), given, context.as_of, at))
        .collect::<Result<_, _>>()?;
    let mut columns = columns_of(stage, &spec, &[*place], &customers)?;
    prepare(&mut columns, &manifest.steps[*place]);
    let ids = customers.ids();
    let answers = stage.with(&context, &customers.names, |pack| {
        order::answers(&customers.names, context.seed, &mut |rows| {
            let ids = rows.iter().map(|row| ids[*row]).collect();
            let batch = Batch { ids, columns: pick(&columns, rows) };
            let cases: Vec<T> = rows.iter().map(|row| cases[*row].clone()).collect();
            ask(pack, *place, &batch, &cases)
        })
    })?;
    Ok(customers.shape(answers))
}

/// Makes the host's own type of a record that was read by its shape.
pub(super) fn typed<T: DeserializeOwned>(whose: &str, record: Json) -> Result<T, Fault> {
    serde_json::from_value(record).map_err(|error| Fault::argument(format!("{whose}: {error}")))
}

fn stage_case(whose: &str, given: Option<Json>, as_of: i32, at: usize) -> Result<StageCase, Fault> {
    let whose = format!("{whose}.case");
    let given = given.unwrap_or_else(|| Json::Object(Map::new()));
    let mut case = record(&whose, &given, STAGE_CASE)?;
    let mut take = |name: &str| case.remove(name).unwrap_or(Json::Null);
    let mut deal = match take("deal") {
        Json::Object(deal) => deal,
        _ => record(&whose, &Json::Object(Map::new()), shape::DEAL)?,
    };
    let id = at as i64 + 1;
    let stage = match take("stage") {
        Json::Null => deal.get("stage").and_then(Json::as_str).map(|name| json!(name)),
        stage => Some(stage),
    };
    let stage = stage.map(|stage| stage_view(&whose, &stage, 1)).transpose()?;
    default(&mut deal, "name", format!("deal {id}"));
    default(&mut deal, "pipeline", "sales");
    if let Some(stage) = &stage {
        default(&mut deal, "id", id);
        default(&mut deal, "stage", stage.name.as_str());
        default(&mut deal, "days_in_stage", 0);
        let days = deal.get("days_in_stage").and_then(Json::as_i64).unwrap_or_default();
        default(&mut deal, "opened", i64::from(as_of) - days);
        default(&mut deal, "days_open", days);
        if let Some(probability) = stage.probability {
            default(&mut deal, "probability", probability);
        }
    }
    let asked = match take("move") {
        Json::Object(asked) => Some(move_asked(&whose, asked, as_of, stage.is_some())?),
        _ => None,
    };
    let history = take("history");
    let history = history.as_array().map(Vec::as_slice).unwrap_or_default().iter();
    let history = history.map(|moved| {
        let mut moved = moved.as_object().cloned().unwrap_or_default();
        default(&mut moved, "day", as_of);
        default(&mut moved, "stage", "");
        default(&mut moved, "days", 0);
        typed(&format!("{whose}.history"), moved.into())
    });
    let history = history.collect::<Result<_, _>>()?;
    let customer = take("customer").as_object().cloned();
    let contacts = maps(take("contacts"));
    let interactions = interactions(&whose, take("interactions"), as_of)?;
    let id = if stage.is_some() { id } else { 0 };
    let threads = threads(&whose, take("threads"), as_of)?;
    Ok(StageCase { id, deal, stage, asked, history, customer, contacts, interactions, threads })
}

fn stage_view(whose: &str, given: &Json, order: i32) -> Result<kehu_contract::StageView, Fault> {
    let whose = format!("{whose}.stage");
    let given = match given {
        Json::String(name) => json!({ "name": name }),
        other => other.clone(),
    };
    let mut stage = record(&whose, &given, STAGE)?;
    if stage.get("name").is_none_or(Json::is_null) {
        return Err(Fault::argument(format!("{whose} has no name")));
    }
    default(&mut stage, "order", order);
    default(&mut stage, "role", "open");
    typed(&whose, stage.into())
}

fn move_asked(
    whose: &str,
    mut asked: Map<String, Json>,
    as_of: i32,
    is_open: bool,
) -> Result<MoveAsked, Fault> {
    let whose = format!("{whose}.move");
    let to = asked.remove("to").filter(|to| !to.is_null());
    let to = to.ok_or_else(|| {
        Fault::argument(format!("{whose} has no stage to go to"))
            .hint("write move = { to = \"…\" }")
    })?;
    let to = stage_view(&whose, &to, 2)?;
    let usual = if is_open { Direction::Forward } else { Direction::Open };
    let direction = match asked.get("direction").and_then(Json::as_str) {
        None => usual,
        Some(word) => serde_json::from_value(json!(word)).map_err(|_| {
            let known = ["open", "forward", "skip", "back", "lose", "reopen"];
            Fault::argument(format!("{whose}: there is no direction \"{word}\""))
                .hint(did_you_mean(word, known))
        })?,
    };
    let get = |name: &str| asked.get(name).cloned().unwrap_or(Json::Null);
    Ok(MoveAsked {
        to,
        direction,
        passed: typed(&whose, get("passed"))?,
        day: get("day").as_i64().map_or(as_of, |day| day as i32),
        reason: get("reason").as_str().map(str::to_owned),
        amount: get("amount").as_f64(),
    })
}

pub(super) fn maps(records: Json) -> Vec<Map<String, Json>> {
    let Json::Array(records) = records else { return Vec::new() };
    records.into_iter().filter_map(|record| record.as_object().cloned()).collect()
}

/// Interactions that were read by their shape, with what follows from the day.
pub(super) fn interactions(
    whose: &str,
    given: Json,
    as_of: i32,
) -> Result<Vec<InteractionView>, Fault> {
    let given = maps(given).into_iter().enumerate();
    given
        .map(|(at, mut each)| {
            let whose = format!("{whose}.interactions[{}]", at + 1);
            if each.get("kind").is_none_or(Json::is_null) {
                return Err(Fault::argument(format!("{whose} has no kind"))
                    .hint("write for example kind = \"call\""));
            }
            days(&mut each, "happened", "days_ago", as_of);
            default(&mut each, "id", at as i64 + 1);
            typed(&whose, each.into())
        })
        .collect()
}

/// Threads that were read by their shape, with what follows from the day; a thread without steps has the
/// one that began it.
pub(super) fn threads(whose: &str, given: Json, as_of: i32) -> Result<Vec<ThreadView>, Fault> {
    let given = maps(given).into_iter().enumerate();
    given
        .map(|(at, mut each)| {
            let whose = format!("{whose}.threads[{}]", at + 1);
            let Some(kind) = each.get("kind").and_then(Json::as_str).map(str::to_owned) else {
                return Err(Fault::argument(format!("{whose} has no kind"))
                    .hint("write for example kind = \"complaint\""));
            };
            days(&mut each, "opened", "days_open", as_of);
            default(&mut each, "id", at as i64 + 1);
            default(&mut each, "open", true);
            let opened = each.get("opened").cloned().unwrap_or_default();
            let id = each.get("id").cloned().unwrap_or_default();
            if let Some(Json::Array(steps)) = each.get_mut("steps") {
                if steps.is_empty() {
                    steps.push(json!({ "kind": kind, "day": opened, "id": id }));
                }
                for step in steps.iter_mut().filter_map(Json::as_object_mut) {
                    for (name, usual) in
                        [("kind", json!(kind)), ("day", opened.clone()), ("id", id.clone())]
                    {
                        default(step, name, usual);
                    }
                }
            }
            // Seen at the end of the day, as every day that is past.
            let begun = each.get("steps").and_then(|steps| steps[0]["minute"].as_i64());
            let days = i64::from(as_of) - opened.as_i64().unwrap_or(i64::from(as_of));
            let minutes = days * 1_440 + 1_440 - begun.unwrap_or(1_440);
            default(&mut each, "hours_open", minutes.max(0) as f64 / 60.0);
            typed(&whose, each.into())
        })
        .collect()
}

/// The fields that a pack brings: in a workspace every record has them, known or not.
pub(super) struct Vocabulary {
    customer: Vec<String>,
    contact: Vec<String>,
    interaction: Vec<String>,
    deal: Vec<String>,
}

impl Vocabulary {
    pub(super) fn of(words: &kehu_contract::Vocabulary) -> Self {
        let fields = |sort| words.fields(sort);
        Self {
            customer: fields("customer"),
            contact: fields("contact"),
            interaction: fields("interaction"),
            deal: fields("deal"),
        }
    }

    /// Adds what the records of a case do not say.
    pub(super) fn complete(
        &self,
        customer: &mut Map<String, Json>,
        contacts: &mut [Map<String, Json>],
        interactions: &mut [InteractionView],
        threads: &mut [ThreadView],
    ) {
        complete_record(customer, &self.customer);
        for contact in contacts {
            complete_record(contact, &self.contact);
        }
        let interactions = interactions.iter_mut().map(|each| &mut each.fields);
        for fields in interactions.chain(threads.iter_mut().map(|each| &mut each.fields)) {
            complete(fields, &self.interaction);
        }
    }

    pub(super) fn deal(&self, fields: &mut Map<String, Json>) {
        complete(fields, &self.deal);
    }

    /// Adds what a record of a sort does not say.
    pub(super) fn record(&self, sort: &str, record: &mut Map<String, Json>) {
        let names = match sort {
            "customer" => &self.customer,
            "contact" => &self.contact,
            "interaction" => &self.interaction,
            "deal" => &self.deal,
            _ => return,
        };
        complete_record(record, names);
    }
}

fn complete_record(record: &mut Map<String, Json>, names: &[String]) {
    if let Some(Json::Object(fields)) = record.get_mut("fields") {
        complete(fields, names);
    }
}

fn complete(fields: &mut Map<String, Json>, names: &[String]) {
    for name in names {
        fields.entry(name.clone()).or_insert(Json::Null);
    }
}

/// Open deals that were read by their shape, with what follows from the day.
pub(super) fn deals(whose: &str, given: Json, as_of: i32) -> Result<Vec<DealView>, Fault> {
    let given = maps(given).into_iter().enumerate();
    given
        .map(|(at, mut each)| {
            let whose = format!("{whose}.deals[{}]", at + 1);
            if each.get("stage").is_none_or(Json::is_null) {
                return Err(Fault::argument(format!("{whose} has no stage"))
                    .hint("write for example stage = \"offer\""));
            }
            days(&mut each, "since", "days_in_stage", as_of);
            default(&mut each, "id", at as i64 + 1);
            default(&mut each, "name", format!("deal {}", at + 1));
            default(&mut each, "pipeline", "sales");
            typed(&whose, each.into())
        })
        .collect()
}

/// A day and the days since then, of which a test gives one or none.
fn days(record: &mut Map<String, Json>, day: &str, days: &str, as_of: i32) {
    let as_of = i64::from(as_of);
    let number = |record: &Map<String, Json>, name: &str| record.get(name).and_then(Json::as_i64);
    let since = number(record, days).unwrap_or_default();
    default(record, day, as_of - since);
    let at = number(record, day).unwrap_or(as_of);
    default(record, days, as_of - at);
}

fn event(whose: &str, given: Option<Json>, as_of: i32, at: usize) -> Result<Event, Fault> {
    let whose = format!("{whose}.event");
    let Some(Json::Object(mut given)) = given else {
        return Err(Fault::argument(format!("{whose} is missing"))
            .hint("write event = { record = \"contact\", after = { name = \"…\" } }"));
    };
    let word = given.get("record").and_then(Json::as_str).unwrap_or_default().to_owned();
    let known = RECORDS.iter().find(|(name, _)| *name == word);
    let Some((_, shape)) = known else {
        let message = if word.is_empty() {
            format!("{whose} names no record")
        } else {
            format!("{whose}: there is no record \"{word}\"")
        };
        let hint = did_you_mean(&word, RECORDS.map(|(name, _)| name));
        return Err(Fault::argument(message).hint(hint));
    };
    let mut side = |name: &str| {
        let side = given.remove(name).filter(|side| !super::spec::is_missing(side));
        side.map(|side| record(&format!("{whose}.{name}"), &side, shape)).transpose()
    };
    let (before, after) = (side("before")?, side("after")?);
    let no_customer = given.get("customer").is_some_and(super::spec::is_missing);
    let mut event = record(&whose, &given.into(), EVENT)?;
    let usual = match (&before, &after) {
        (Some(_), Some(_)) => "changed",
        (Some(_), None) => "removed",
        _ => "added",
    };
    let change = event.get("change").and_then(Json::as_str).unwrap_or(usual).to_owned();
    let change: Change = serde_json::from_value(json!(change)).map_err(|_| {
        Fault::argument(format!("{whose}: there is no change \"{change}\""))
            .hint(did_you_mean(&change, ["added", "changed", "removed"]))
    })?;
    let mut take = |name: &str| event.remove(name).unwrap_or(Json::Null);
    let id = take("id").as_i64().unwrap_or(at as i64 + 1);
    let kind = take("kind").as_str().map(str::to_owned);
    let kind = kind.or_else(|| Some(after.as_ref()?.get("kind")?.as_str()?.to_owned()));
    let customer = match take("customer") {
        Json::Object(customer) => Some(customer),
        _ if no_customer => None,
        _ => {
            let mut customer = record(&whose, &Json::Object(Map::new()), CUSTOMER)?;
            default(&mut customer, "id", at as i64 + 1);
            default(&mut customer, "name", format!("customer {}", at + 1));
            default(&mut customer, "kind", "organisation");
            Some(customer)
        }
    };
    Ok(Event {
        shown: format!("{}-{id}", word.chars().next().unwrap_or('X').to_ascii_uppercase()),
        change,
        id,
        kind: kind.filter(|_| word == "interaction"),
        record: word,
        command: take("command").as_str().unwrap_or("log").to_owned(),
        by: take("by").as_str().unwrap_or("tester").to_owned(),
        day: take("day").as_i64().map_or(as_of, |day| day as i32),
        before,
        after,
        about: take("about").as_object().cloned(),
        deal: take("deal").as_object().cloned(),
        customer,
        contacts: maps(take("contacts")),
        deals: deals(&whose, take("deals"), as_of)?,
        interactions: interactions(&whose, take("interactions"), as_of)?,
    })
}

/// What follows from an event: `what` it is, its own fields, and why.
fn consequence(each: &Consequence, pack: &LuaPack) -> Json {
    let rules = pack.rules();
    let words = |words: &Words| match words {
        Words::Text(text) => json!({ "en": text, "zh": text }),
        Words::Rule(cause) => causes(std::slice::from_ref(cause), rules)[0].take(),
    };
    let mut shown = match &each.effect {
        Effect::Task { what, due, rep, deal, fact_day } => {
            let what = words(what);
            json!({ "effect": "task", "what": what, "due": due, "rep": rep, "deal": deal, "fact_day": fact_day })
        }
        Effect::Tag(tag) => json!({ "effect": "tag", "tag": tag }),
        Effect::Untag(tag) => json!({ "effect": "untag", "tag": tag }),
        Effect::Note(text) => json!({ "effect": "note", "text": words(text) }),
        Effect::Edit(set) => json!({ "effect": "edit", "set": set }),
        Effect::Flag { field, value } => {
            json!({ "effect": "flag", "field": field, "value": value })
        }
        Effect::Warn { advice } => json!({ "effect": "warn", "advice": causes(advice, rules) }),
    };
    shown["reasons"] = causes(&each.causes, rules);
    shown
}

/// Shows rows of an import to the pack.
pub(super) fn import_row(stage: &Stage, given: &[Value]) -> Result<Json, Fault> {
    const CALL: &str = "test.import_row";
    let fields = ["rows", "row", "record", "file", "settings", "as_of", "seed", "step"];
    let spec = Spec::read(CALL, given, &fields)?;
    let manifest = stage.manifest();
    let steps = steps(&spec, manifest, Hook::ImportRow)?;
    let word = spec.text("record")?.unwrap_or("customer").to_owned();
    let known = ["customer", "contact", "interaction", "deal", "rep", "product"];
    let shape = RECORDS.iter().find(|(name, _)| *name == word && known.contains(name));
    let Some((_, shape)) = shape else {
        let message = format!("{CALL}: no import makes records of the sort \"{word}\"");
        return Err(Fault::argument(message).hint(did_you_mean(&word, known)));
    };
    let context = spec.context(manifest, &stage.options)?;
    let customers = Customers::read(&spec, "rows", "row")?;
    let mut mapped: Vec<&String> = customers.rows.iter().flat_map(Map::keys).collect();
    mapped.sort();
    mapped.dedup();
    let needs: Vec<_> = mapped
        .iter()
        .map(|name| kehu_contract::Need { column: (*name).clone(), optional: false, rank: false })
        .collect();
    // References are texts in a file, whatever they are in the record.
    let kinds = shape.iter().filter_map(|(name, holds)| {
        let kind = match holds {
            Holds::Day => ColumnType::Day,
            Holds::Number => ColumnType::Number,
            Holds::Flag => ColumnType::Flag,
            Holds::Text => ColumnType::Text,
            _ => return None,
        };
        Some(((*name).to_owned(), kind))
    });
    let kinds: BTreeMap<String, ColumnType> = kinds.collect();
    let wanted =
        Wanted { call: CALL, needs: needs.iter().collect(), given: BTreeMap::new(), kinds: &kinds };
    let columns = columns::of(&customers, &wanted)?;
    let unmapped = shape.iter().map(|(name, _)| (*name).to_owned());
    let unmapped: Vec<String> = unmapped.filter(|name| columns.get(name).is_none()).collect();
    let fixed = ["kind", "currency"].map(str::to_owned);
    let file = spec.text("file")?.unwrap_or("rows.csv").to_owned();
    let answers = stage.with(&context, &customers.names, |pack| {
        order::answers(&customers.names, context.seed, &mut |rows| {
            let shown = Rows {
                file: file.clone(),
                record: word.clone(),
                lines: rows.iter().map(|row| *row as u64 + 2).collect(),
                columns: pick(&columns, rows),
                unmapped: unmapped.clone(),
                fixed: fixed.to_vec(),
            };
            let mut answers = vec![
                json!({ "decision": "keep", "set": {}, "cleared": [], "reasons": [] });
                rows.len()
            ];
            for verdict in pack.import_row(steps[0], &shown)? {
                let reasons = causes(&verdict.causes, pack.rules());
                answers[verdict.row] = row_verdict(&verdict.decision, &reasons);
            }
            Ok(answers)
        })
    })?;
    Ok(customers.shape(answers))
}

fn row_verdict(decision: &RowDecision, reasons: &Json) -> Json {
    let RowDecision::Change(fields) = decision else {
        return json!({ "decision": "refuse", "set": {}, "cleared": [], "reasons": reasons });
    };
    let (mut set, mut cleared) = (Map::new(), Vec::new());
    for (name, value) in fields {
        let value = match value {
            Given::Missing => {
                cleared.push(name.as_str());
                continue;
            }
            Given::Flag(flag) => Json::from(*flag),
            Given::Number(number) => Json::from(*number),
            Given::Text(text) => Json::from(text.as_str()),
            Given::Day(day) => Json::from(*day),
        };
        set.insert(name.clone(), value);
    }
    json!({ "decision": "change", "set": set, "cleared": cleared, "reasons": reasons })
}

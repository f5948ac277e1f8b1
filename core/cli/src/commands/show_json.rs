//! The page of one customer as programs read it.

use kehu_contract::{Judgement, Text, ThreadView};
use kehu_domain::{Day, DealId, Entity, InteractionId};
use kehu_engine::hooks::stage::Said;
use kehu_engine::score::{Explanation, show_value};
use serde_json::{Map, Value, json};

use super::plan::{minutes, words};
use super::show::Shown;
use super::today::line_json;
use super::{contact, customer_columns, deal_page, interaction, task};
use crate::error::Result;

/// The whole page as one object.
pub(super) fn as_json(shown: &Shown<'_>) -> Result<Value> {
    let briefing = shown.briefing;
    let mut facts = Map::new();
    for each in customer_columns::all(&shown.workspace.settings, shown.cells) {
        facts.insert(each.column.key.clone(), (each.cell)(&briefing.customer)?.json);
    }
    let lines = |lines: &[kehu_engine::day::Line]| lines.iter().map(line_json).collect::<Vec<_>>();
    let run = shown.run.map(|run| {
        let id = run.header().id;
        let id = (id.0 != 0).then(|| id.to_string());
        json!({ "id": id, "as_of": run.as_of() })
    });
    let visit = briefing.next_visit.as_ref().map(|visit| {
        Ok::<_, crate::error::CommandError>(json!({
            "day": visit.day,
            "rep": shown.cells.link(Entity::Rep, Some(visit.rep.0))?.json,
            "key": visit.stop.key,
            "minutes": minutes(visit.stop.seconds),
            "purpose": words(&visit.stop.purpose),
            "topics": words(&visit.stop.topics),
            "because": visit.stop.because,
        }))
    });
    Ok(json!({
        "customer": facts,
        "as_of": shown.as_of,
        "run": run,
        "to_do": lines(&shown.list.lines),
        "withheld": lines(&shown.list.withheld),
        "later": shown.list.later,
        "threads": briefing.threads.iter().map(thread).collect::<Vec<_>>(),
        "open_deals": deals(shown)?,
        "contacts": contacts(shown)?,
        "standing": shown.standing.iter().map(|(_, each)| standing(each)).collect::<Vec<_>>(),
        "tasks": task::listing(shown.cells, &briefing.tasks)?.json(),
        "next_visit": visit.transpose()?,
        "interactions": interaction::listing(shown.cells, &briefing.interactions)?.json(),
        "failures": shown.failures_json(),
    }))
}

fn deals(shown: &Shown<'_>) -> Result<Value> {
    let mut deals = deal_page::listing(shown.cells, &shown.briefing.deals)?.json();
    let rows = deals.as_array_mut().into_iter().flatten();
    for ((row, state), said) in rows.zip(&shown.briefing.deals).zip(&shown.deals) {
        let stage = shown.workspace.settings.stage(&state.deal.pipeline, state.stage());
        let days = state.last().map(|event| shown.as_of.since(event.happened));
        row["days_in_stage"] = json!(days);
        row["longest_stay"] = json!(stage.and_then(|stage| stage.longest_stay));
        row["probability"] = json!(stage.and_then(|stage| stage.probability));
        row["said"] = said.stays.iter().map(opinion).collect();
        row["next"] = said.next.as_ref().map_or(Value::Null, |(stage, said)| {
            json!({ "stage": stage, "said": said.iter().map(opinion).collect::<Vec<_>>() })
        });
    }
    Ok(deals)
}

fn opinion(said: &Said) -> Value {
    let judgement = match said.judgement {
        Judgement::Allow => "allow",
        Judgement::Warn => "warn",
        Judgement::Refuse => "refuse",
    };
    json!({
        "pack": said.pack,
        "judgement": judgement,
        "because": said.because,
        "advice": said.advice,
    })
}

fn contacts(shown: &Shown<'_>) -> Result<Value> {
    let mut contacts = contact::listing(shown.cells, &shown.briefing.contacts)?.json();
    let rows = contacts.as_array_mut().into_iter().flatten();
    for (row, contact) in rows.zip(&shown.briefing.contacts) {
        for field in shown.workspace.settings.fields_of(Entity::Contact) {
            row[&field.name] = shown.cells.field(field, &contact.fields).json;
        }
        let mut theirs = shown.briefing.interactions.iter();
        let last = theirs.find(|each| each.contact.is_some_and(|id| id.0 == contact.id));
        row["last_contact"] = last.map_or(
            Value::Null,
            |last| json!({ "day": last.happened, "kind": last.kind, "mood": last.mood }),
        );
    }
    Ok(contacts)
}

fn thread(thread: &ThreadView) -> Value {
    let day = |number: Option<i32>| number.and_then(Day::from_number);
    let steps = thread.steps.iter().map(|step| {
        json!({
            "id": InteractionId(step.id).to_string(),
            "kind": step.kind,
            "day": day(Some(step.day)),
            "state": step.state,
            "by": step.by,
            "channel": step.channel,
            "text": step.text,
        })
    });
    json!({
        "id": InteractionId(thread.id).to_string(),
        "kind": thread.kind,
        "state": thread.state,
        "opened": day(Some(thread.opened)),
        "days_open": thread.days_open,
        "hours_open": thread.hours_open,
        "due": day(thread.due),
        "rep": thread.rep,
        "deal": thread.deal.map(|deal| DealId(deal).to_string()),
        "text": thread.text,
        "fields": thread.fields,
        "steps": steps.collect::<Vec<_>>(),
    })
}

/// What a pack says the customer is, with every reason.
fn standing(each: &Explanation) -> Value {
    let reasons = each.reasons.iter().map(|reason| {
        let Text { en, zh } = &reason.text;
        json!({
            "rule": reason.rule,
            "points": reason.points,
            "en": en,
            "zh": zh,
            "file": reason.file,
            "line": reason.line,
        })
    });
    json!({
        "column": each.column,
        "value": show_value(&each.value),
        "label": each.label,
        "pack": each.given_by.as_ref().map(|by| &by.pack),
        "override": each.overridden,
        "because": reasons.collect::<Vec<_>>(),
    })
}

//! The records that fixtures may give, field by field: as the host builds them, what is not said is missing.

use kehu_contract::did_you_mean;
use serde_json::{Map, Value as Json};

use super::spec::{day, is_missing, kind};
use crate::fault::Fault;

/// What a field of a record holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Holds {
    Text,
    Number,
    Whole,
    Flag,
    Day,
    Texts,
    /// A record, or its name alone.
    Named(Shape),
    /// A record.
    One(Shape),
    /// Records.
    Many(Shape),
    /// Fields of the workspace's own.
    Free,
}

use Holds::{Day, Flag, Free, Many, Named, Number, One, Text, Texts, Whole};

/// The fields of a record.
pub(super) type Shape = &'static [(&'static str, Holds)];

pub(super) const DEAL_VIEW: Shape = &[
    ("id", Whole),
    ("name", Text),
    ("pipeline", Text),
    ("stage", Text),
    ("probability", Number),
    ("amount", Number),
    ("since", Day),
    ("days_in_stage", Whole),
    ("longest_stay", Whole),
    ("expected_close", Day),
    ("rep", Text),
    ("fields", Free),
];
pub(super) const INTERACTION_VIEW: Shape = &[
    ("id", Whole),
    ("kind", Text),
    ("happened", Day),
    ("days_ago", Whole),
    ("channel", Text),
    ("outcome", Text),
    ("mood", Text),
    ("amount", Number),
    ("state", Text),
    ("about", Whole),
    ("by", Text),
    ("contact", Whole),
    ("deal", Whole),
    ("fields", Free),
];
const STEP: Shape = &[
    ("id", Whole),
    ("kind", Text),
    ("day", Day),
    ("minute", Whole),
    ("state", Text),
    ("by", Text),
    ("channel", Text),
    ("text", Text),
];
pub(super) const THREAD: Shape = &[
    ("id", Whole),
    ("kind", Text),
    ("state", Text),
    ("open", Flag),
    ("opened", Day),
    ("days_open", Whole),
    ("hours_open", Number),
    ("due", Day),
    ("rep", Text),
    ("deal", Whole),
    ("contact", Whole),
    ("about", Whole),
    ("text", Text),
    ("fields", Free),
    ("steps", Many(STEP)),
];
pub(super) const CASE: Shape = &[
    ("name", Text),
    ("customer", One(CUSTOMER)),
    ("contacts", Many(CONTACT)),
    ("tasks", Many(TASK)),
    ("deals", Many(DEAL_VIEW)),
    ("interactions", Many(INTERACTION_VIEW)),
    ("threads", Many(THREAD)),
];

pub(super) const STAGE: Shape = &[
    ("name", Text),
    ("order", Whole),
    ("role", Text),
    ("probability", Number),
    ("longest_stay", Whole),
    ("exit_criteria", Texts),
    ("owner_role", Text),
];
const MOVE: Shape = &[
    ("to", Named(STAGE)),
    ("direction", Text),
    ("passed", Texts),
    ("day", Day),
    ("reason", Text),
    ("amount", Number),
];
const MOVED: Shape = &[
    ("day", Day),
    ("stage", Text),
    ("days", Whole),
    ("by", Text),
    ("reason", Text),
    ("overruled", Text),
    ("amount", Number),
];
pub(super) const DEAL: Shape = &[
    ("id", Whole),
    ("name", Text),
    ("external_id", Text),
    ("customer", Whole),
    ("rep", Text),
    ("pipeline", Text),
    ("product", Whole),
    ("amount", Number),
    ("expected_close", Day),
    ("fields", Free),
    ("stage", Text),
    ("days_in_stage", Whole),
    ("opened", Day),
    ("days_open", Whole),
    ("probability", Number),
];
pub(super) const CUSTOMER: Shape = &[
    ("id", Whole),
    ("kind", Text),
    ("name", Text),
    ("external_ids", Free),
    ("owner", Text),
    ("place", Text),
    ("lat", Number),
    ("lon", Number),
    ("phone", Text),
    ("email", Text),
    ("birthday", Day),
    ("parent", Whole),
    ("source", Text),
    ("consent", Flag),
    ("tags", Texts),
    ("archived", Day),
    ("known", Day),
    ("fields", Free),
];
const CONTACT: Shape = &[
    ("id", Whole),
    ("customer", Whole),
    ("name", Text),
    ("external_id", Text),
    ("role", Text),
    ("department", Text),
    ("influence", Text),
    ("coach", Flag),
    ("birthday", Day),
    ("phone", Text),
    ("email", Text),
    ("wechat", Text),
    ("known", Day),
    ("fields", Free),
];
const INTERACTION: Shape = &[
    ("id", Whole),
    ("customer", Whole),
    ("happened", Day),
    ("minute", Whole),
    ("kind", Text),
    ("rep", Text),
    ("contact", Whole),
    ("deal", Whole),
    ("product", Whole),
    ("channel", Text),
    ("amount", Number),
    ("margin", Number),
    ("quantity", Number),
    ("outcome", Text),
    ("mood", Text),
    ("about", Whole),
    ("state", Text),
    ("due", Day),
    ("text", Text),
    ("external_id", Text),
    ("known", Day),
    ("fields", Free),
];
const DEAL_EVENT: Shape = &[
    ("id", Whole),
    ("deal", Whole),
    ("happened", Day),
    ("minute", Whole),
    ("stage", Text),
    ("by", Text),
    ("reason", Text),
    ("overruled", Text),
    ("amount", Number),
    ("known", Day),
];
const TASK: Shape = &[
    ("id", Whole),
    ("what", Text),
    ("customer", Whole),
    ("deal", Whole),
    ("rep", Text),
    ("due", Day),
    ("state", Text),
    ("since", Day),
    ("until", Day),
    ("reason", Text),
    ("origin", Text),
    ("key", Text),
    ("known", Day),
];
const REP: Shape = &[
    ("id", Whole),
    ("name", Text),
    ("external_id", Text),
    ("manager", Text),
    ("region", Text),
    ("email", Text),
    ("lat", Number),
    ("lon", Number),
    ("fields", Free),
];
const PRODUCT: Shape = &[
    ("id", Whole),
    ("name", Text),
    ("external_id", Text),
    ("category", Text),
    ("price", Number),
    ("fields", Free),
];
const TARGET: Shape = &[
    ("id", Whole),
    ("rep", Text),
    ("measure", Text),
    ("from", Day),
    ("to", Day),
    ("value", Number),
];
/// The records of which events tell.
pub(super) const RECORDS: [(&str, Shape); 9] = [
    ("customer", CUSTOMER),
    ("contact", CONTACT),
    ("interaction", INTERACTION),
    ("deal", DEAL),
    ("move", DEAL_EVENT),
    ("task", TASK),
    ("rep", REP),
    ("product", PRODUCT),
    ("target", TARGET),
];

pub(super) const STAGE_CASE: Shape = &[
    ("deal", One(DEAL)),
    ("stage", Named(STAGE)),
    ("move", One(MOVE)),
    ("history", Many(MOVED)),
    ("customer", One(CUSTOMER)),
    ("contacts", Many(CONTACT)),
    ("interactions", Many(INTERACTION_VIEW)),
    ("threads", Many(THREAD)),
];
/// What an event says beside its record before and after.
pub(super) const EVENT: Shape = &[
    ("record", Text),
    ("change", Text),
    ("id", Whole),
    ("kind", Text),
    ("command", Text),
    ("by", Text),
    ("day", Day),
    ("about", One(INTERACTION)),
    ("deal", One(DEAL)),
    ("customer", One(CUSTOMER)),
    ("contacts", Many(CONTACT)),
    ("deals", Many(DEAL_VIEW)),
    ("interactions", Many(INTERACTION_VIEW)),
];

const POINT: Shape = &[("lat", Number), ("lon", Number)];
const WORK_DAY: Shape = &[("day", Day), ("seconds", Whole), ("max_visits", Whole)];
const FIXED: Shape = &[("customer", Text), ("day", Day)];
pub(super) const PLAN_CUSTOMER: Shape = &[
    ("name", Text),
    ("place", One(POINT)),
    ("visits_per_month", Number),
    ("visits", Whole),
    ("visits_a_round", Whole),
    ("seconds", Whole),
    ("gap_days", Whole),
    ("last_visit", Day),
    ("mode", Text),
    ("purpose", Text),
    ("topics", Text),
    ("value", Number),
    ("group", Text),
];
pub(super) const PROBLEM: Shape = &[
    ("rep", Text),
    ("home", One(POINT)),
    ("days", Many(WORK_DAY)),
    ("from", Day),
    ("to", Day),
    ("fixed", Many(FIXED)),
    ("speed", Number),
    ("seconds_per_way", Whole),
    ("prospecting_share", Number),
];
pub(super) const PROPOSAL: Shape = &[
    ("customer", Text),
    ("deal", Whole),
    ("action", Text),
    ("channel", Text),
    ("due", Day),
    ("promised", Flag),
    ("contact", Flag),
    ("fact_day", Day),
    ("priority", Number),
    ("group", Text),
    ("about", Whole),
    ("state", Text),
];

/// Reads a record: unknown fields are refused, days become numbers, what is not said is null or an empty
/// list.
pub(super) fn record(whose: &str, given: &Json, shape: Shape) -> Result<Map<String, Json>, Fault> {
    let Json::Object(fields) = given else {
        return Err(wrong(whose, given, "a table"));
    };
    for name in fields.keys() {
        if !shape.iter().any(|(known, _)| known == name) {
            let hint = did_you_mean(name, shape.iter().map(|(known, _)| *known));
            return Err(Fault::argument(format!("{whose} has no field \"{name}\"")).hint(hint));
        }
    }
    let complete = shape.iter().map(|(name, holds)| {
        let value = fields.get(*name).filter(|value| !is_missing(value));
        let value = match (value, holds) {
            (Some(value), holds) => read(&format!("{whose}.{name}"), value, *holds)?,
            (None, Texts | Many(_)) => Json::Array(Vec::new()),
            (None, Free) => Json::Object(Map::new()),
            (None, _) => Json::Null,
        };
        Ok(((*name).to_owned(), value))
    });
    complete.collect()
}

/// Reads a list of records.
pub(super) fn records(whose: &str, given: &Json, shape: Shape) -> Result<Vec<Json>, Fault> {
    let items = list(whose, given)?.iter().enumerate();
    items
        .map(|(at, item)| record(&format!("{whose}[{}]", at + 1), item, shape).map(Json::Object))
        .collect()
}

fn list<'a>(whose: &str, given: &'a Json) -> Result<&'a [Json], Fault> {
    match given {
        Json::Array(items) => Ok(items),
        // An empty table of Lua may be either.
        Json::Object(fields) if fields.is_empty() => Ok(&[]),
        other => Err(wrong(whose, other, "a list")),
    }
}

fn read(whose: &str, value: &Json, holds: Holds) -> Result<Json, Fault> {
    let plain = |fits: bool, expected: &str| {
        if fits { Ok(value.clone()) } else { Err(wrong(whose, value, expected)) }
    };
    match holds {
        Text => plain(value.is_string(), "a text"),
        Number => plain(value.is_number(), "a number"),
        Whole => plain(value.is_i64() || value.is_u64(), "a whole number"),
        Flag => plain(value.is_boolean(), "true or false"),
        Day => day(value)
            .map(Json::from)
            .ok_or_else(|| wrong(whose, value, "a day such as \"2025-03-01\"")),
        Texts => {
            let items = list(whose, value)?;
            let stray = items.iter().find(|item| !item.is_string());
            stray.map_or_else(|| Ok(items.into()), |item| Err(wrong(whose, item, "texts")))
        }
        Named(shape) => match value {
            Json::String(name) => {
                let named = Map::from_iter([("name".to_owned(), name.as_str().into())]);
                record(whose, &named.into(), shape).map(Json::Object)
            }
            other => record(whose, other, shape).map(Json::Object),
        },
        One(shape) => record(whose, value, shape).map(Json::Object),
        Many(shape) => records(whose, value, shape).map(Json::Array),
        Free => match value {
            Json::Object(fields) => {
                let fields = fields.iter().map(|(name, value)| {
                    (name.clone(), if is_missing(value) { Json::Null } else { value.clone() })
                });
                Ok(Json::Object(fields.collect()))
            }
            other => Err(wrong(whose, other, "a table")),
        },
    }
}

fn wrong(whose: &str, given: &Json, expected: &str) -> Fault {
    Fault::argument(format!("{whose} is {}, expected {expected}", kind(given)))
}

/// Gives a field a value where the test says nothing of it.
pub(super) fn default(record: &mut Map<String, Json>, field: &str, value: impl Into<Json>) {
    if let Some(held) = record.get_mut(field)
        && held.is_null()
    {
        *held = value.into();
    }
}

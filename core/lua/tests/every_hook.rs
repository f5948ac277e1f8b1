//! A pack of all hooks, and what each hook is asked about.

use std::sync::Arc;

use kehu_contract::{
    Batch, Change, Columns, Event, Limits, Pack as _, PackError, PlanningProblem, Proposal, Rows,
    StageCase, StageView,
};
use kehu_lua::{LuaPack, LuaPackFactory};
use serde_json::{Map, Value as Json, json};

use crate::kit::{Base, context, factory, three};

pub(crate) const MANIFEST: &str = r#"name = "test"
version = "1.0.0"
api = "0.1"
[[step]]
hook = "score"
fit = "learn"
needs = ["recency_days", "amount", "name", "vip", "credit?"]
[step.gives.points]
type = "number"
[step.gives.tier]
type = "label"
values = [{ key = "A" }, { key = "B" }]
[step.gives.due]
type = "day"
[[step]]
hook = "follow_up"
needs = ["amount"]
[[step]]
hook = "review"
needs = ["amount"]
[[step]]
hook = "stage"
needs = ["amount"]
[[step]]
hook = "on_event"
needs = ["amount"]
[[step]]
hook = "import_row"
[[step]]
hook = "plan_visits"
[actions]
call = { en = "call", zh = "致电" }
[settings.silent_after]
type = "integer"
default = 60
range = [7, 365]
doc = { en = "days", zh = "天" }
"#;

/// Shows values as examples write them, and compares.
pub(crate) const PRELUDE: &str = r#"
local quiet = kehu.rule{ id = "quiet", input = "recency_days", op = ">", limit = 5, points = 3, en = "{value} > {limit}" }
local free = kehu.rule{ id = "free", en = "{1} {2} {3}" }
"#;

/// The functions with which examples are compared.
pub(crate) const EXPECT: &str = r##"
local function show(value)
  if type(value) == "string" then return '"' .. value .. '"' end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for i, item in ipairs(value) do parts[i] = show(item) end
  return "{ " .. table.concat(parts, ", ") .. " }"
end
local function expect(expected, ...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = show((select(i, ...))) end
  local got = table.concat(parts, ", ")
  if got ~= expected then error("gave " .. got .. ", not " .. expected, 2) end
end
"##;

/// The functions of the pack: name, what each is handed, and what it does if nothing is said.
const FUNCTIONS: [(&str, &str, &str); 8] = [
    ("learn", "columns, ctx", "return nil"),
    ("score", "c, ctx", "return {}"),
    ("follow_up", "c, case, ctx", ""),
    ("review", "proposals, ctx", ""),
    ("stage", "c, case, ctx", ""),
    ("on_event", "c, event, ctx", ""),
    ("import_row", "row, ctx", ""),
    ("plan_visits", "problem, ctx", "return { days = {} }"),
];

/// The file `main.lua` of a pack in which some functions have bodies of their own.
pub(crate) fn main_file(top: &str, bodies: &[(&str, &str)]) -> String {
    let mut main = format!("{PRELUDE}\n{EXPECT}\n{top}\nreturn {{\n");
    for (name, takes, usual) in FUNCTIONS {
        let body = bodies.iter().find(|(each, _)| *each == name).map_or(usual, |(_, body)| *body);
        main += &format!("{name} = function({takes})\n{body}\nend,\n");
    }
    main + "}\n"
}

/// Such a pack, checked.
pub(crate) fn pack_of(main: &str) -> LuaPackFactory {
    factory(MANIFEST, main).unwrap_or_else(|problems| panic!("{problems:?}\n{main}"))
}

/// Loads a pack under limits.
pub(crate) fn open_within(pack: &LuaPackFactory, limits: Limits) -> Result<LuaPack, PackError> {
    let mut context = context(pack);
    context.limits = limits;
    pack.open(&context)
}

/// Calls one of its functions about the first customers, and shows all that it gave.
pub(crate) fn call(pack: &mut LuaPack, function: &str, rows: usize) -> Result<String, PackError> {
    let ids: Vec<i64> = (1..=rows as i64).collect();
    let all = three().columns.slice(0, rows);
    let mut amounts = Columns::new(rows);
    for (name, kind, data) in all.iter().filter(|(name, ..)| *name == "amount") {
        amounts.insert(name, kind, Arc::clone(data));
    }
    let whole = Batch { ids: ids.clone(), columns: all };
    let some = Batch { ids, columns: amounts };
    Ok(match function {
        // A fit sees the whole base.
        "learn" => pack.fit(0, &three().columns)?.to_string(),
        "score" => format!("{:?}", pack.score(0, &whole, &Json::Null)?),
        "follow_up" => format!("{:?}", pack.follow_up(1, &some, &vec![case(); rows])?),
        "review" => {
            let about = |row| Proposal { customer: row as i64 + 1, ..proposal() };
            format!("{:?}", pack.review(2, &some, &(0..rows).map(about).collect::<Vec<_>>())?)
        }
        "stage" => format!("{:?}", pack.stage(3, &some, &vec![stage_case(); rows])?),
        "on_event" => format!("{:?}", pack.on_event(4, &some, &vec![event(); rows])?),
        "import_row" => format!("{:?}", pack.import_row(5, &import())?),
        _ => format!("{:?}", pack.plan_visits(6, &problem())?),
    })
}

fn map(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

fn read<T: serde::de::DeserializeOwned>(json: Json) -> T {
    serde_json::from_value(json).unwrap()
}

fn deal() -> Json {
    json!({ "id": 9, "name": "annual contract", "pipeline": "funnel", "stage": "offer", "probability": 0.5,
        "amount": 80_000.0, "since": 19_990, "days_in_stage": 10, "longest_stay": 30, "rep": "李伟",
        "fields": { "terms": null } })
}

fn phone_call() -> Json {
    json!({ "id": 5, "kind": "call", "happened": 19_995, "days_ago": 5, "channel": "phone",
        "outcome": "interested", "mood": null, "amount": null, "state": null, "about": null, "fields": { "terms": null } })
}

fn case() -> kehu_contract::Case {
    read(json!({ "name": "上海一号", "deals": [deal()], "interactions": [phone_call()],
        "customer": { "id": 1, "name": "上海一号" }, "contacts": [{ "id": 3, "name": "王总" }], "tasks": [],
        "threads": [{ "id": 4, "kind": "complaint", "state": "opened", "open": true, "opened": 19_992,
            "days_open": 8, "hours_open": 192.0, "due": null, "rep": "李伟", "deal": null, "contact": 3, "about": null,
            "text": "late", "fields": { "terms": null },
            "steps": [{ "id": 4, "kind": "complaint", "day": 19_992, "minute": null, "state": "opened",
                "by": "李伟", "channel": null, "text": "late" }] }] }))
}

fn proposal() -> Proposal {
    read(json!({ "customer": 1, "deal": null, "action": "call", "channel": "phone", "due": 20_001,
        "fact_day": 19_990, "priority": 70.0, "contact": true, "group": "middle", "causes": [] }))
}

fn stage_view() -> StageView {
    read(
        json!({ "name": "intent", "order": 2, "role": "open", "probability": 0.3, "longest_stay": 30,
        "exit_criteria": ["a recorded need"], "owner_role": "sales" }),
    )
}

fn stage_case() -> StageCase {
    read(
        json!({ "deal": deal(), "stage": stage_view(), "customer": { "id": 1, "name": "上海一号" },
        "move": { "to": stage_view(), "direction": "forward", "passed": [], "day": 20_000,
            "reason": null, "amount": null },
        "history": [{ "day": 19_950, "stage": "first", "days": 40, "by": "李伟", "reason": null,
            "overruled": null, "amount": null }],
        "contacts": [{ "id": 3, "name": "王总" }], "interactions": [phone_call()] }),
    )
}

fn event() -> Event {
    Event {
        shown: "P-3".into(),
        record: "contact".into(),
        change: Change::Added,
        id: 3,
        kind: None,
        command: "contact add".into(),
        by: "李伟".into(),
        day: 20_000,
        before: None,
        after: Some(map(json!({ "id": 3, "name": "王总", "role": null }))),
        about: None,
        deal: None,
        customer: Some(map(json!({ "id": 1, "name": "上海一号", "owner": "李伟" }))),
        contacts: Vec::new(),
        deals: vec![read(deal())],
        interactions: vec![read(phone_call())],
    }
}

fn import() -> Rows {
    Rows {
        file: "customers.csv".into(),
        record: "customer".into(),
        lines: vec![2],
        columns: Base::default()
            .texts("name", &[Some("上海一号")])
            .texts("city", &[Some("shanghai")])
            .columns(),
        unmapped: vec!["phone".into()],
        fixed: Vec::new(),
    }
}

fn problem() -> PlanningProblem {
    read(
        json!({ "rep": "李伟", "home": { "lat": 31.2, "lon": 121.5 }, "from": 20_001, "to": 20_005,
        "days": [{ "day": 20_001, "seconds": 28_800, "max_visits": 6 }],
        "customers": [{ "customer": 1, "name": "上海一号", "place": { "lat": 31.3, "lon": 121.4 },
            "visits_per_month": 4.0, "visits": 1, "visits_a_round": 1, "seconds": 3_600, "gap_days": 7,
            "last_visit": null, "mode": "rotating", "purpose": "care", "topics": "next order",
            "value": 12.0, "group": "middle" }],
        "fixed": [], "speed": 30.0, "seconds_per_way": 300, "prospecting_share": 0.2, "seed": 1 }),
    )
}

//! The registry: its examples run, the files written from it are up to date, and it names what there is.

use std::path::Path;

use kehu_contract::{
    Batch, Change, Columns, Event, Hook, Language, Pack as _, PackError, PlanningProblem, Proposal,
    Rows, StageCase, StageView,
};
use kehu_lua::LuaPack;
use kehu_lua::api::{self, Entry, Format, Shape, Subject};
use serde_json::{Map, Value as Json, json};

use crate::kit::{Base, open, three};

const MANIFEST: &str = r#"name = "test"
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
const PRELUDE: &str = r##"
local quiet = kehu.rule{ id = "quiet", input = "recency_days", op = ">", limit = 5, points = 3, en = "{value} > {limit}" }
local free = kehu.rule{ id = "free", en = "{1} {2} {3}" }
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

/// The functions of a pack of all hooks, with the body where it belongs.
fn pack(function: &str, body: &str) -> Result<LuaPack, PackError> {
    let functions = [
        ("learn", "columns, ctx", "return nil"),
        ("score", "c, ctx", "return {}"),
        ("follow_up", "c, case, ctx", ""),
        ("review", "proposals, ctx", ""),
        ("stage", "c, case, ctx", ""),
        ("on_event", "c, event, ctx", ""),
        ("import_row", "row, ctx", ""),
        ("plan_visits", "problem, ctx", "return { days = {} }"),
    ];
    let mut top = String::from(PRELUDE);
    let mut returned = String::from("return {\n");
    for (name, takes, usual) in functions {
        // Rules are declared at the top of the file.
        let body = match body {
            _ if name != function => usual,
            body if body.contains("kehu.rule") => {
                top += body;
                usual
            }
            body => body,
        };
        returned += &format!("{name} = function({takes})\n{body}\nend,\n");
    }
    open(MANIFEST, &format!("{top}\n{returned}}}\n"))
}

/// An example as a script that fails if it does not give what it says.
fn checked(example: &str) -> String {
    example
        .lines()
        .map(|line| match line.split_once(" --> ") {
            Some((expression, given)) => format!("expect({given:?}, {expression})\n"),
            None => format!("{line}\n"),
        })
        .collect()
}

/// Runs a body as the function of a hook, over the usual customers.
fn run(function: &str, body: &str) -> Result<(), PackError> {
    let at_the_top = body.contains("kehu.rule");
    let body = if function == "score" && !at_the_top && !body.contains("return") {
        format!("{body}\nreturn {{}}")
    } else {
        body.to_owned()
    };
    let mut pack = pack(function, &body)?;
    let mut batch = three();
    let rows = |names: &[&str], count: usize| {
        let mut columns = Columns::new(count);
        for (name, kind, data) in three().columns.slice(0, count).iter() {
            if names.contains(&name) {
                columns.insert(name, kind, std::sync::Arc::clone(data));
            }
        }
        columns
    };
    match function {
        "learn" => pack.fit(0, &batch.columns).map(|_| ()),
        "score" => {
            batch = Batch { ids: vec![1], columns: batch.columns.slice(0, 1) };
            pack.score(0, &batch, &Json::Null).map(|_| ())
        }
        "follow_up" => {
            let batch = Batch { ids: vec![1], columns: rows(&["amount"], 1) };
            pack.follow_up(1, &batch, &[case()]).map(|_| ())
        }
        "review" => {
            let batch = Batch { ids: vec![1], columns: rows(&["amount"], 1) };
            pack.review(2, &batch, &[proposal()]).map(|_| ())
        }
        "stage" => {
            let batch = Batch { ids: vec![1], columns: rows(&["amount"], 1) };
            pack.stage(3, &batch, &[stage_case()]).map(|_| ())
        }
        "on_event" => {
            let batch = Batch { ids: vec![1], columns: rows(&["amount"], 1) };
            pack.on_event(4, &batch, &[event()]).map(|_| ())
        }
        "import_row" => pack.import_row(5, &import()).map(|_| ()),
        _ => pack.plan_visits(6, &problem()).map(|_| ()),
    }
}

/// The function in which a subject's examples run.
fn function_of(subject: &Subject) -> &'static str {
    match (subject.name, subject.hooks.first()) {
        ("kehu.FitContext" | "kehu.Column", _) => "learn",
        (_, Some(Hook::FollowUp)) => "follow_up",
        (_, Some(Hook::Review)) => "review",
        (_, Some(Hook::Stage)) => "stage",
        (_, Some(Hook::OnEvent)) => "on_event",
        (_, Some(Hook::ImportRow)) => "import_row",
        (_, Some(Hook::PlanVisits)) => "plan_visits",
        _ => "score",
    }
}

/// A body that returns what the planner must.
fn plan_too(function: &str, body: &str) -> String {
    let end = if function == "plan_visits" { "return { days = {} }" } else { "" };
    format!("{body}\n{end}")
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
        "amount": 80_000.0, "since": 19_990, "days_in_stage": 10, "longest_stay": 30, "rep": "李伟" })
}

fn call() -> Json {
    json!({ "id": 5, "kind": "call", "happened": 19_995, "days_ago": 5, "channel": "phone",
        "outcome": "interested", "mood": null, "amount": null, "state": null, "about": null })
}

fn case() -> kehu_contract::Case {
    read(json!({ "name": "上海一号", "deals": [deal()], "interactions": [call()] }))
}

fn proposal() -> Proposal {
    read(json!({ "customer": 1, "deal": null, "action": "call", "channel": "phone", "due": 20_001,
        "fact_day": 19_990, "priority": 70.0, "group": "middle", "causes": [] }))
}

fn stage_view() -> StageView {
    read(
        json!({ "name": "intent", "order": 2, "role": "open", "probability": 0.3, "longest_stay": 30,
        "exit_criteria": ["a recorded need"] }),
    )
}

fn stage_case() -> StageCase {
    read(
        json!({ "deal": deal(), "stage": stage_view(), "customer": { "id": 1, "name": "上海一号" },
        "move": { "to": stage_view(), "direction": "forward", "passed": [], "day": 20_000,
            "reason": null, "amount": null },
        "history": [{ "day": 19_950, "stage": "first", "days": 40, "by": "李伟", "reason": null,
            "overruled": null, "amount": null }],
        "contacts": [{ "id": 3, "name": "王总" }], "interactions": [call()] }),
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
        interactions: vec![read(call())],
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

#[test]
fn every_example_gives_what_it_says() {
    let mut wrong = String::new();
    let of_entries = api::entries().map(|(subject, entry)| (subject, entry.name, entry.example));
    let of_subjects = api::subjects().map(|subject| (subject, subject.name, subject.example));
    let all = of_entries.chain(of_subjects).filter(|(.., example)| !example.is_empty());
    for (subject, name, example) in all {
        let function = function_of(subject);
        if let Err(error) = run(function, &plan_too(function, &checked(example))) {
            wrong += &format!("{name}: {error}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_entry_says_what_it_does_in_both_languages_and_shows_it() {
    let mut wrong = Vec::new();
    for (subject, entry) in api::entries() {
        let shown = if entry.example.is_empty() {
            matches!(entry.shape, Shape::Field(..))
                && subject.example.contains(&format!(".{}", entry.short()))
        } else {
            entry.example.contains(entry.short())
        };
        let told = [entry.en, entry.zh, subject.en, subject.zh].iter().all(|text| !text.is_empty());
        let paired = entry.more_en.is_empty() == entry.more_zh.is_empty();
        let ends = entry.en.ends_with('.') && entry.zh.ends_with('。');
        if !(shown && told && paired && ends && entry.since == "0.1") {
            wrong.push(entry.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// The names in a table of the VM.
fn seen(function: &str, table: &str) -> Vec<String> {
    let body = format!(
        "local names = {{}} for name in next, {table} do names[#names + 1] = name end table.sort(names) error(table.concat(names, \" \"), 0)"
    );
    let error = run(function, &body).unwrap_err();
    error.message.split_whitespace().map(str::to_owned).collect()
}

fn named(names: &[&str]) -> Vec<String> {
    let mut found: Vec<String> = api::subjects()
        .filter(|subject| names.contains(&subject.name))
        .flat_map(|subject| subject.entries.iter().map(|entry| entry.short().to_owned()))
        .collect();
    found.sort();
    found
}

#[test]
fn the_registry_names_what_scripts_see_and_nothing_else() {
    for name in ["kehu", "kehu.day", "kehu.text", "kehu.number", "kehu.list"] {
        assert_eq!(named(&[name]), seen("score", name), "{name}");
    }
    for (subject, function) in [
        ("kehu.FitContext", "learn"),
        ("kehu.FollowUpContext", "follow_up"),
        ("kehu.ReviewContext", "review"),
        ("kehu.StageContext", "stage"),
        ("kehu.EventContext", "on_event"),
        ("kehu.RowContext", "import_row"),
        ("kehu.PlanContext", "plan_visits"),
    ] {
        assert_eq!(named(&["kehu.Context", subject]), seen(function, "ctx"), "{subject}");
    }
    for (subject, function, table) in [
        ("kehu.Deal", "follow_up", "case.deals[1]"),
        ("kehu.Interaction", "follow_up", "case.interactions[1]"),
        ("kehu.Proposal", "review", "proposals[1]"),
        ("kehu.StageCase", "stage", "case"),
        ("kehu.Stage", "stage", "case.stage"),
        ("kehu.MoveAsked", "stage", "case.move"),
        ("kehu.Move", "stage", "case.history[1]"),
        ("kehu.Event", "on_event", "event"),
        ("kehu.Problem", "plan_visits", "problem"),
        ("kehu.WorkDay", "plan_visits", "problem.days[1]"),
        ("kehu.PlanCustomer", "plan_visits", "problem.customers[1]"),
        ("kehu.Point", "plan_visits", "problem.home"),
    ] {
        let named = named(&[subject]);
        // What is nil is not in a table: reading every name that is told finds no error, and all that is in
        // the table is told.
        let body = format!("local t = {table} local all = {{ {} }}", {
            let reads: Vec<String> = named.iter().map(|name| format!("t.{name}")).collect();
            reads.join(", ")
        });
        run(function, &plan_too(function, &body)).unwrap();
        for name in seen(function, table) {
            assert!(named.contains(&name), "{subject} has {name}");
        }
    }
    let mut score = named(&["kehu.Context", "kehu.ScoreContext"]);
    // Without a fit the state is nil, which a table does not hold.
    score.retain(|name| name != "state");
    assert_eq!(score, seen("score", "ctx"));
    assert_eq!(named(&["kehu.Points"]), seen("score", "ctx:column(\"points\")"));
    let globals: Vec<&str> = api::globals().collect();
    for name in seen("score", "_G") {
        assert!(globals.contains(&name.as_str()), "{name}");
    }
    for name in &globals {
        run("score", &format!("assert(_G[\"{name}\"] ~= nil)\n")).unwrap();
    }
}

#[test]
fn the_files_that_are_written_from_the_registry_are_up_to_date() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts");
    let files = [
        ("reference.md", Format::Markdown, Language::En, "kehu api --format markdown"),
        ("reference.zh.md", Format::Markdown, Language::Zh, "kehu --lang zh api --format markdown"),
        ("types/kehu.d.lua", Format::LuaCats, Language::En, "kehu api --format luacats"),
        ("types/kehu.d.luau", Format::Luau, Language::En, "kehu api --format luau"),
        ("types/kehu.yml", Format::Selene, Language::En, "kehu api --format selene"),
    ];
    for (name, format, language, command) in files {
        let kept = std::fs::read_to_string(scripts.join(name)).unwrap_or_default();
        assert!(
            kept == api::write(format, language),
            "scripts/{name} is out of date; write it anew: cargo run -- {} > scripts/{name}",
            command.trim_start_matches("kehu ")
        );
    }
}

#[test]
fn the_files_for_editors_are_lua_that_can_be_read() {
    let lua = api::write(Format::LuaCats, Language::En);
    crate::kit::factory(MANIFEST, &lua).unwrap();
    let luau = api::write(Format::Luau, Language::En);
    // The compiler reads types, not declarations.
    let mut types = String::new();
    for line in luau.lines() {
        types += &match line.strip_prefix("declare ").and_then(|rest| rest.split_once(": ")) {
            Some((name, kind)) => format!("type Declared_{name} = {kind}\n"),
            None => format!("{line}\n"),
        };
    }
    crate::kit::factory(MANIFEST, &types)
        .unwrap_or_else(|problems| panic!("{problems:?}\n{types}"));
    for (subject, entry) in api::entries().filter(|(subject, _)| subject.is_global()) {
        let in_lua = lua.contains(&format!("function {}(", entry.name))
            || lua.contains(&format!("---@field {} ", entry.short()));
        assert!(in_lua, "{} {}", subject.name, entry.name);
    }
}

#[test]
fn a_wrong_argument_is_told_by_its_place_name_and_type() {
    let cases = [
        (
            "kehu.day.add_months(1, \"3\")",
            "kehu.day.add_months: argument 2 'months': whole number expected, got text \"3\"",
        ),
        ("kehu.day.format()", "kehu.day.format: argument 1 'day': day expected, got nothing"),
        ("kehu.day.format(1.5)", "kehu.day.format: argument 1 'day': day expected, got number 1.5"),
        (
            "kehu.day.format(1e9)",
            "kehu.day.format: argument 1 'day': day expected, got number 1000000000",
        ),
        (
            "kehu.day.parse(\"2025-13-01\")",
            "kehu.day.parse: argument 1 'text': a day such as \"2025-03-01\" expected, got text \"2025-13-01\"",
        ),
        ("kehu.day.of(2023, 2, 29)", "kehu.day.of: there is no day 2023-2-29"),
        (
            "kehu.day.add_months(0, 2^53)",
            "kehu.day.add_months: argument 2 'months': that leaves the calendar",
        ),
        (
            "kehu.day:format(1)",
            "kehu.day.format: argument 1 'day': day expected, got table | write a dot: kehu.day.format(…)",
        ),
        (
            "kehu.text.len(0/0)",
            "kehu.text.len: argument 1 'text': text expected, got not a number (0/0)",
        ),
        (
            "kehu.text.len(\"\\255\")",
            "kehu.text.len: argument 1 'text': text expected, got bytes that are no text (UTF-8)",
        ),
        (
            "kehu.text.pad(\"a\", 3, \"lift\")",
            "kehu.text.pad: argument 3 'side': one of its words expected, got text \"lift\" | did you mean \"left\"?",
        ),
        (
            "kehu.text.split(\"a\", \"\")",
            "kehu.text.split: argument 2 'separator': text expected, got an empty one",
        ),
        (
            "kehu.list.mean({ 1, \"2\" })",
            "kehu.list.mean: argument 1 'list': item 2: number expected, got text \"2\"",
        ),
        (
            "kehu.list.quantile({ 1 }, 50)",
            "kehu.list.quantile: argument 2 'share': 0 to 1 expected, got number 50",
        ),
        (
            "kehu.number.clamp(1, 9, 3)",
            "kehu.number.clamp: argument 3 'most': 3 is below the least, 9",
        ),
        (
            "kehu.number.round(1, 99)",
            "kehu.number.round: argument 2 'digits': -15 to 15 expected, got number 99",
        ),
    ];
    let mut wrong = String::new();
    for (call, expected) in cases {
        let error = run("score", call).unwrap_err();
        let hint = error.hint.map(|hint| format!(" | {hint}")).unwrap_or_default();
        let told = format!("{}{hint}", error.message);
        if told != expected || error.kind.name() != "argument" {
            wrong += &format!("{call}\n  got      {told}\n  expected {expected}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_name_is_found_however_it_is_written() {
    let found = |name: &str| -> Vec<&str> {
        api::find(name).iter().map(|(_, entry): &(_, &Entry)| entry.name).collect()
    };
    assert_eq!(found("kehu.day.parse"), ["kehu.day.parse"]);
    assert_eq!(found("ctx.column"), ["ctx:column"]);
    assert_eq!(found("add_months"), ["kehu.day.add_months"]);
    assert_eq!(found("ctx:warn").len(), 2);
    assert!(found("kehu.list").len() > 5);
    assert!(found("kehu.dya").is_empty());
    assert_eq!(api::nearest_name("kehu.day.prase"), Some("kehu.day.parse"));
    assert_eq!(api::nearest_name("add_month"), Some("kehu.day.add_months"));
}

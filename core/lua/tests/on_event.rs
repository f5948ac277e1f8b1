//! What a command has written, and what packs make of it.

use kehu_contract::{
    Batch, Cause, Change, Consequence, Effect, Event, FailureKind, Pack as _, PackError, Words,
};
use kehu_lua::LuaPack;
use serde_json::{Map, Value as Json, json};

use crate::kit::{Base, NONE, open};

const MANIFEST: &str = "name = \"test\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"on_event\"\nneeds = [\"days\"]\n";

fn pack(body: &str) -> Result<LuaPack, PackError> {
    let main = format!(
        "local kept\nlocal why = kehu.rule{{ id = \"why\", en = \"{{1}} is new\" }}\nlocal ask = kehu.rule{{ id = \"ask\", en = \"ask the coach\", zh = \"问教练\" }}\nreturn {{ on_event = function(c, event, ctx)\n{body}\nend }}"
    );
    open(MANIFEST, &main)
}

fn map(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

fn events() -> Vec<Event> {
    let blank = Event {
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
        customer: Some(map(json!({ "id": 1, "name": "武汉钢铁", "owner": "李伟" }))),
        contacts: Vec::new(),
        deals: Vec::new(),
        interactions: Vec::new(),
    };
    let rep = Event {
        shown: "R-2".into(),
        record: "rep".into(),
        id: 2,
        change: Change::Changed,
        customer: None,
        deal: Some(map(json!({ "id": 9, "name": "d" }))),
        ..blank.clone()
    };
    vec![blank, rep]
}

fn batch() -> Batch {
    Batch { ids: vec![1, 0], columns: Base::default().numbers("days", &[4.0, NONE]).columns() }
}

fn made(body: &str) -> Result<Vec<Consequence>, PackError> {
    pack(body)?.on_event(0, &batch(), &events())
}

#[test]
fn a_pack_sees_what_was_written_and_by_whom() {
    let seen = made(
        "if event.record == \"rep\" then
           assert(event.customer == nil and c.days == nil and event.change == \"changed\")
           return ctx:task{ what = \"look\", due = ctx.as_of, deal = 9, because = ask }
         end
         assert(event.change == \"added\" and event.command == \"contact add\" and event.by == \"李伟\")
         assert(event.after.name == \"王总\" and event.after.role == nil and event.before == nil)
         assert(event.customer.name == \"武汉钢铁\" and c.days == 4 and #event.interactions == 0)
         assert(event.kind == nil and event.about == nil and event.day == 20000)",
    );
    assert_eq!(seen.unwrap().len(), 1);
}

#[test]
fn what_follows_carries_what_it_says_and_why() {
    let made = made(
        "if not event.customer then return end
         return {
           ctx:task{ what = ask, due = event.day + 1, rep = \"王芳\", because = { { why, event.after.name } } },
           ctx:tag{ tag = \"重点\", because = ask },
           ctx:untag{ tag = \"旧\", because = ask },
           ctx:note{ text = \"looked at\", because = ask },
           ctx:flag{ field = \"at_risk\", value = false, because = ask },
           ctx:edit{ set = { owner = kehu.none, place = \"武汉\" }, because = ask },
           ctx:warn{ because = ask, advice = ask },
         }",
    );
    let cause = |rule, arguments| Cause { rule, points: 0.0, arguments };
    let ask = || vec![cause(1, Vec::new())];
    let owned = |(field, value): (&str, &str)| (field.to_owned(), value.to_owned());
    let one = |effect, causes| Consequence { event: 0, effect, causes };
    let task = Effect::Task {
        what: Words::Rule(cause(1, Vec::new())),
        due: 20_001,
        rep: Some("王芳".into()),
        deal: None,
        fact_day: 20_000,
    };
    let expected = [
        one(task, vec![cause(0, vec!["王总".into()])]),
        one(Effect::Tag("重点".into()), ask()),
        one(Effect::Untag("旧".into()), ask()),
        one(Effect::Note(Words::Text("looked at".into())), ask()),
        one(Effect::Flag { field: "at_risk".into(), value: false }, ask()),
        one(Effect::Edit([("owner", ""), ("place", "武汉")].map(owned).into()), ask()),
        one(Effect::Warn { advice: ask() }, ask()),
    ];
    assert_eq!(made.unwrap(), expected);
}

#[test]
fn what_cannot_follow_is_refused_with_the_record_and_the_line() {
    let cases = [
        ("return 7", "returned a number, expected what ctx makes"),
        ("return { 7 }", "returned a number at place 1, expected what ctx makes"),
        ("local t = {} t[1] = t return t", "returned a table at place 1"),
        (
            "local t = { ctx:tag{ tag = \"a\", because = ask } } t.more = t return t",
            "a list with a field \"more\"",
        ),
        (
            "local t = {} for i = 1, 21 do t[i] = ctx:tag{ tag = \"a\", because = ask } end return t",
            "more than 20 at once",
        ),
        ("return ctx:task{ what = \"a\", due = 1 }", "because is nothing"),
        ("return ctx:task{ due = 1, because = ask }", "what is nothing, expected a text"),
        ("return ctx:task{ what = \" \", due = 1, because = ask }", "what is empty"),
        (
            "return ctx:task{ what = (\"x\"):rep(2000), due = 1, because = ask }",
            "longer than 1000 bytes",
        ),
        ("return ctx:task{ what = { 7 }, due = 1, because = ask }", "what: a reason begins with a"),
        ("return ctx:task{ what = \"a\", because = ask }", "needs \"due\""),
        (
            "return ctx:task{ what = \"a\", due = 0/0, because = ask }",
            "due is not a number (0/0), expected a finite number",
        ),
        ("return ctx:task{ what = \"a\", due = \"tomorrow\", because = ask }", "due is a string"),
        (
            "return ctx:task{ what = \"a\", due = 1, deal = 9, because = ask }",
            "deal 9 is no open deal of this customer",
        ),
        (
            "return ctx:task{ what = \"a\", due = 1, who = \"x\", because = ask }",
            "has no field \"who\"",
        ),
        ("return ctx:tag{ because = ask }", "needs \"tag\""),
        ("return ctx:tag{ tag = 7, because = ask }", "tag is a"),
        ("return ctx:note{ text = {}, because = ask }", "text: a reason begins with"),
        (
            "return ctx:flag{ field = \"x\", value = 1, because = ask }",
            "value is a number, expected true or false",
        ),
        ("return ctx:purge{}", "purge"),
        ("return event.after.nme", "after has no \"nme\""),
        ("return event.who", "event has no \"who\""),
    ];
    let mut wrong = String::new();
    for (body, expected) in cases {
        let error = made(body).unwrap_err();
        if !error.message.contains(expected) {
            wrong.push_str(&format!("{body}\nwants {expected}\n{error}\n\n"));
        }
        assert_eq!(error.subject.as_deref(), Some("contact P-3"), "{body}: {error}");
        assert_eq!(error.customer, Some(1), "{error}");
        assert!(error.place.is_some(), "{error}");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_belongs_to_no_customer_cannot_be_tagged() {
    let error = made("if not event.customer then return ctx:tag{ tag = \"a\", because = ask } end")
        .unwrap_err();
    assert_eq!(
        error.to_string().lines().next().unwrap(),
        "pack test, on_event, rep R-2: result error: ctx:tag: the event belongs to no customer"
    );
}

#[test]
fn a_step_that_never_ends_is_stopped() {
    let error = made("while true do end").unwrap_err();
    assert_eq!(error.kind, FailureKind::TimeLimit);
    assert_eq!(error.subject.as_deref(), Some("contact P-3"));
    let error = made("kept = kept or ctx:task{ what = \"a\", due = 1, because = ask } return kept")
        .unwrap_err();
    assert!(error.message.contains("made for one is returned for another"), "{error}");
}

//! Deals that move or stay, and what packs say of them.

use kehu_contract::{
    Batch, Cause, Direction, FailureKind, InteractionView, Judgement, MoveAsked, MoveView, Opinion,
    Pack as _, PackError, StageCase, StageView,
};
use kehu_lua::LuaPack;
use serde_json::{Map, Value as Json, json};

use crate::kit::{Base, NONE, open};

const MANIFEST: &str = "name = \"test\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"stage\"\nneeds = [\"days\"]\n";

pub(crate) fn pack(body: &str) -> Result<LuaPack, PackError> {
    let main = format!(
        "local kept\nlocal need = kehu.rule{{ id = \"need\", en = \"no need is recorded\" }}\nlocal long = kehu.rule{{ id = \"long\", en = \"{{1}} days, more than {{2}}\", limit = 30 }}\nreturn {{ stage = function(c, case, ctx)\n{body}\nend }}"
    );
    open(MANIFEST, &main)
}

fn map(json: Json) -> Map<String, Json> {
    match json {
        Json::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

fn stage(name: &str, order: i32) -> StageView {
    StageView {
        name: name.into(),
        order,
        role: "open".into(),
        probability: Some(0.3),
        longest_stay: Some(30),
        exit_criteria: vec!["a recorded need".into()],
        owner_role: Some("sales".into()),
    }
}

pub(crate) fn cases() -> Vec<StageCase> {
    let asked = MoveAsked {
        to: stage("offer", 3),
        direction: Direction::Skip,
        passed: vec!["intent".into()],
        day: 20_000,
        reason: Some("in a hurry".into()),
        amount: None,
    };
    let moved = MoveView {
        day: 19_950,
        stage: "first".into(),
        days: 50,
        by: Some("Li".into()),
        reason: None,
        overruled: None,
        amount: None,
    };
    let called = InteractionView {
        id: 4,
        kind: "call".into(),
        happened: 19_990,
        days_ago: 10,
        mood: Some("rising".into()),
        ..InteractionView::default()
    };
    let deal = json!({ "id": 7, "name": "年度合同", "amount": null, "days_in_stage": 50,
        "fields": { "terms": null } });
    vec![
        StageCase {
            id: 7,
            deal: map(deal),
            stage: Some(stage("first", 1)),
            asked: Some(asked),
            history: vec![moved],
            customer: Some(map(json!({ "id": 1, "name": "武汉钢铁", "tags": ["重点"] }))),
            contacts: vec![map(json!({ "id": 3, "name": "王总", "coach": true }))],
            interactions: vec![called],
            threads: Vec::new(),
        },
        StageCase {
            id: 8,
            deal: map(json!({ "id": 8, "name": "lead", "days_in_stage": 3 })),
            stage: Some(stage("first", 1)),
            asked: None,
            history: Vec::new(),
            customer: None,
            contacts: Vec::new(),
            interactions: Vec::new(),
            threads: Vec::new(),
        },
    ]
}

pub(crate) fn batch() -> Batch {
    let columns = Base::default().numbers("days", &[40.0, NONE]).columns();
    Batch { ids: vec![1, 0], columns }
}

fn opinions(body: &str) -> Result<Vec<Opinion>, PackError> {
    pack(body)?.stage(0, &batch(), &cases())
}

#[test]
fn a_pack_sees_the_deal_its_history_and_where_it_is_to_go() {
    let seen = opinions(
        "if not case.move then
           assert(case.customer == nil and #case.contacts == 0 and c.days == nil)
           return
         end
         assert(case.move.direction == \"skip\" and case.move.passed[1] == \"intent\")
         assert(case.move.to.name == \"offer\" and case.move.to.exit_criteria[1] == \"a recorded need\")
         assert(case.move.reason == \"in a hurry\" and case.move.amount == nil)
         assert(case.stage.order == 1 and case.stage.longest_stay == 30)
         assert(case.deal.name == \"年度合同\" and case.deal.amount == nil and case.deal.fields.terms == nil)
         assert(case.history[1].by == \"Li\" and case.history[1].days == 50)
         assert(case.customer.tags[1] == \"重点\" and case.contacts[1].coach)
         assert(case.interactions[1].mood == \"rising\" and c.days == 40 and ctx.as_of == 20000)
         return ctx:allow{ because = { need } }",
    );
    assert_eq!(seen.unwrap().len(), 1);
}

#[test]
fn an_opinion_carries_its_reasons_and_its_advice() {
    let said = opinions(
        "if case.move then
           return ctx:refuse{ because = { { long, c.days } }, advice = { need } }
         end
         return ctx:warn{ because = need }",
    );
    let cause = |rule, arguments| Cause { rule, points: 0.0, arguments };
    let expected = [
        Opinion {
            case: 0,
            judgement: Judgement::Refuse,
            causes: vec![cause(1, vec![40.0.into(), 30.0.into()])],
            advice: vec![cause(0, Vec::new())],
        },
        Opinion {
            case: 1,
            judgement: Judgement::Warn,
            causes: vec![cause(0, Vec::new())],
            advice: Vec::new(),
        },
    ];
    assert_eq!(said.unwrap(), expected);
    assert_eq!(opinions("return").unwrap(), []);
}

#[test]
fn what_is_no_opinion_is_refused_with_the_deal_and_the_line() {
    let circle = "local t = {} t.t = t return t";
    let cases = [
        ("return 7", "returned a number, expected an opinion"),
        ("return 0/0", "returned a number, expected an opinion"),
        ("return { ctx:allow{ because = need } }", "returned a table, expected an opinion"),
        (circle, "returned a table, expected an opinion"),
        ("return (\"x\"):rep(1000000)", "returned a string, expected an opinion"),
        ("return ctx:allow{}", "because is nothing, expected a list of reasons"),
        ("return ctx:allow{ because = {} }", "has no reason"),
        ("return ctx:warn{ because = need, points = 1 }", "has no field \"points\""),
        ("return ctx:warn{ because = need, advice = 7 }", "advice is a number, expected a list"),
        ("return ctx:refuse{ because = need }", "ctx:refuse has no advice"),
        (
            "return ctx:refuse{ because = { { need, 0/0 + math.huge * 0, {} } }, advice = need }",
            "an argument of a reason is a table",
        ),
        ("return ctx:refuse(need)", "ctx:refuse has no field"),
        ("return ctx.refuse{ because = need }", "takes a table, got nothing"),
        ("return ctx:forbid{ because = need }", "forbid"),
        ("return case.stages", "case has no \"stages\""),
        ("return case.deal.fields.term", "fields has no \"term\""),
        ("return case.history[1].why", "move has no \"why\""),
        ("case.deal.name = 1", "readonly"),
        ("return c.amount", "c.amount is not in needs"),
    ];
    let mut wrong = String::new();
    for (body, expected) in cases {
        let error = opinions(body).unwrap_err();
        if !error.message.contains(expected) {
            wrong.push_str(&format!("{body}\nwants {expected}\n{error}\n\n"));
        }
        assert_eq!(error.subject.as_deref(), Some("deal D-7"), "{body}: {error}");
        assert_eq!(error.customer, Some(1), "{error}");
        assert_eq!(
            error.place.clone().map(|(file, _)| file).as_deref(),
            Some("scripts/test/main.lua"),
            "{error}"
        );
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn an_error_at_a_deal_without_a_customer_names_the_deal_alone() {
    let error = opinions("if not case.customer then error(\"none\") end").unwrap_err();
    assert_eq!(
        error.to_string().lines().next().unwrap(),
        "pack test, stage, deal D-8: runtime error: none"
    );
}

#[test]
fn an_opinion_about_one_deal_does_not_serve_for_another() {
    let error = opinions("kept = kept or ctx:allow{ because = need } return kept").unwrap_err();
    assert!(error.message.contains("made for one is returned for another"), "{error}");
}

#[test]
fn a_stage_step_that_never_ends_is_stopped() {
    let error = opinions("while true do end").unwrap_err();
    assert_eq!(error.kind, FailureKind::TimeLimit);
    assert_eq!(error.subject.as_deref(), Some("deal D-7"));
    let error = opinions("local t = {} while true do t[#t + 1] = { #t } end").unwrap_err();
    assert!(matches!(error.kind, FailureKind::TimeLimit | FailureKind::MemoryLimit), "{error}");
}

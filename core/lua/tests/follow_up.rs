//! Proposals, their review, and plans.

use kehu_contract::{
    Batch, Case, Cause, DealView, Decision, Pack as _, PackError, Plan, PlanCustomer,
    PlanningProblem, Proposal, StepView, ThreadView, WorkDay,
};
use kehu_lua::LuaPack;

use crate::kit::{Base, NONE, open};

const MANIFEST: &str = "name = \"test\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"follow_up\"\nneeds = [\"days\"]\n[[step]]\nhook = \"review\"\nneeds = [\"days\"]\n[[step]]\nhook = \"plan_visits\"\n[actions]\ncall = { en = \"call\", zh = \"致电\" }\n";

fn pack(follow_up: &str, review: &str, plan: &str) -> Result<LuaPack, PackError> {
    let main = format!(
        "local old = kehu.rule{{ id = \"old\", en = \"{{1}} days, more than {{2}}\", limit = 30 }}\nlocal cap = kehu.rule{{ id = \"cap\", en = \"capped\" }}\nreturn {{ follow_up = function(c, case, ctx)\n{follow_up}\nend, review = function(proposals, ctx)\n{review}\nend, plan_visits = function(problem, ctx)\n{plan}\nend }}"
    );
    open(MANIFEST, &main)
}

fn batch() -> Batch {
    Base::default().numbers("days", &[40.0, NONE]).batch()
}

fn cases() -> Vec<Case> {
    let deal = DealView {
        id: 9,
        name: "d".into(),
        pipeline: "p".into(),
        stage: "offer".into(),
        probability: Some(0.5),
        amount: None,
        since: 19_990,
        days_in_stage: 10,
        ..DealView::default()
    };
    vec![
        Case { name: "上海一号".into(), deals: vec![deal], ..Case::default() },
        Case { name: "Li".into(), ..Case::default() },
    ]
}

const PROPOSE: &str = "
    if not c.days then return end
    local deal = case.deals[1]
    return { ctx:propose{ action = \"call\", channel = \"phone\", due = ctx.as_of + 1, fact_day = deal.since,
      priority = 70, deal = deal.amount == nil and deal.id, because = { { old, c.days, points = 2 }, cap } } }";

#[test]
fn a_proposal_carries_what_it_says_and_why() {
    let mut pack = pack(PROPOSE, "", "").unwrap();
    let proposals = pack.follow_up(0, &batch(), &cases()).unwrap();
    assert_eq!(
        proposals,
        [Proposal {
            customer: 1,
            deal: Some(9),
            action: "call".into(),
            channel: "phone".into(),
            due: 20_001,
            fact_day: 19_990,
            priority: 70.0,
            causes: vec![
                Cause { rule: 0, points: 2.0, arguments: vec![40.0.into(), 30.0.into()] },
                Cause { rule: 1, points: 0.0, arguments: vec![] },
            ],
            ..Proposal::default()
        }]
    );
}

#[test]
fn a_proposal_that_does_not_hold_is_refused() {
    let cases_of = [
        (
            "return { ctx:propose{ action = \"call\", channel = \"phone\", due = 1, because = { cap }, edit = { place = kehu.none, owner = {} } } }",
            "field owner is a table, expected a text, number or flag",
        ),
        (
            "return { ctx:propose{ action = \"cal\", channel = \"phone\", due = 1, because = { cap } } }",
            "action \"cal\" is not declared",
        ),
        (
            "return { ctx:propose{ action = \"call\", channel = \"phone\", due = 1 } }",
            "because is nothing, expected a list of reasons",
        ),
        (
            "return { ctx:propose{ action = \"call\", channel = \"phone\", due = 1, because = {} } }",
            "has no reason",
        ),
        (
            "return { ctx:propose{ action = \"call\", channel = \"phone\", due = 1.5, because = { cap } } }",
            "due is 1.5, expected a whole number",
        ),
        (
            "return { ctx:propose{ action = \"call\", channel = \"phone\", due = 1, deal = 10, because = { cap } } }",
            "deal 10 is no open deal of this customer",
        ),
        (
            "return { ctx:propose{ action = \"call\", chanel = \"phone\", due = 1, because = { cap } } }",
            "has no field \"chanel\"",
        ),
        ("return { {} }", "returned a table at place 1, expected a proposal"),
        ("return case.deal", "case has no \"deal\""),
        ("return case.deals[1].stages", "deal has no \"stages\""),
    ];
    for (body, expected) in cases_of {
        let error = pack(body, "", "").unwrap().follow_up(0, &batch(), &cases()).unwrap_err();
        assert!(error.message.contains(expected), "{body}: {error}");
        assert_eq!(error.customer, Some(1), "{error}");
    }
}

#[test]
fn a_review_withholds_and_changes_with_a_reason() {
    let review = "
        local p, q = proposals[1], proposals[2]
        assert(p.c.days == 40 and ctx.rows[1] == p.c and p.action == \"call\")
        return { ctx:withhold(p, cap), ctx:change(q, { due = p.due + 7 }, old, 40) }";
    let mut pack = pack(PROPOSE, review, "").unwrap();
    let proposal = pack.follow_up(0, &batch(), &cases()).unwrap().remove(0);
    let verdicts = pack.review(1, &batch(), &[proposal.clone(), proposal]).unwrap();
    assert_eq!(verdicts[0].decision, Decision::Withhold);
    assert_eq!(verdicts[1].proposal, 1);
    assert_eq!(
        verdicts[1].decision,
        Decision::Change { due: Some(20_008), channel: None, priority: None, group: None }
    );
    assert_eq!(verdicts[1].causes[0].arguments, [serde_json::json!(40.0), serde_json::json!(30.0)]);
}

#[test]
fn a_proposal_moves_the_thread_that_it_is_about_and_says_how_to_talk() {
    let body = "
        local thread = case.threads[1]
        assert(case.customer.name == \"上海一号\" and case.contacts[1].coach and #case.tasks == 0)
        assert(thread.steps[1].minute == 540 and thread.fields.cause == nil)
        return ctx:propose{ action = \"call\", channel = \"phone\", due = ctx.as_of, about = thread.id,
          state = \"acknowledged\", fields = { strategy = \"trial\", score = 4, first = true },
          because = cap, guidance = { { old, 3 }, cap } }";
    let mut cases = cases();
    cases[0].customer = [("name".to_owned(), "上海一号".into())].into_iter().collect();
    cases[0].contacts = vec![[("coach".to_owned(), true.into())].into_iter().collect()];
    cases[0].threads = vec![ThreadView {
        id: 40,
        kind: "complaint".into(),
        fields: [("cause".to_owned(), serde_json::Value::Null)].into_iter().collect(),
        steps: vec![StepView { minute: Some(540), ..StepView::default() }],
        ..ThreadView::default()
    }];
    let one = Batch { ids: vec![1], columns: batch().columns.slice(0, 1) };
    let made = pack(body, "", "").unwrap().follow_up(0, &one, &cases[..1]).unwrap().remove(0);
    assert_eq!((made.about, made.state.as_deref()), (Some(40), Some("acknowledged")));
    let fields: Vec<(&str, &str)> =
        made.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(fields, [("first", "yes"), ("score", "4"), ("strategy", "trial")]);
    assert_eq!(made.guidance.len(), 2);
    for (body, expected) in [
        (
            "return ctx:propose{ action = \"call\", channel = \"phone\", due = 1, about = 7, because = cap }",
            "7 is no interaction of this customer",
        ),
        (
            "return ctx:propose{ action = \"call\", channel = \"phone\", due = 1, fields = { x = {} }, because = cap }",
            "field x is a table",
        ),
        ("return case.threads[1].states", "thread has no \"states\""),
    ] {
        let error = pack(body, "", "").unwrap().follow_up(0, &one, &cases[..1]).unwrap_err();
        assert!(error.message.contains(expected), "{body}: {error}");
    }
}

#[test]
fn a_review_advises_as_often_as_it_likes() {
    let review = "
        local p = proposals[1]
        return { ctx:advise(p, old, 3), ctx:change(p, { group = \"overdue\" }, { cap, { old, 9 } }), ctx:advise(p, cap) }";
    let mut pack = pack(PROPOSE, review, "").unwrap();
    let proposal = pack.follow_up(0, &batch(), &cases()).unwrap().remove(0);
    let verdicts = pack.review(1, &batch(), &[proposal]).unwrap();
    assert_eq!(verdicts.iter().filter(|it| it.decision == Decision::Advise).count(), 2);
    assert_eq!(verdicts[1].causes.len(), 2);
    let group = Some("overdue".to_owned());
    assert_eq!(
        verdicts[1].decision,
        Decision::Change { due: None, channel: None, priority: None, group }
    );
}

#[test]
fn guidance_without_end_is_refused() {
    for (review, expected) in [
        (
            "while true do ctx:advise(proposals[1], cap) end",
            "at most 20 verdicts for each proposal",
        ),
        (
            "local list, one = {}, ctx:advise(proposals[1], cap) for at = 1, 1000 do list[at] = one end return list",
            "one again and again",
        ),
    ] {
        let mut pack = pack(PROPOSE, review, "").unwrap();
        let proposal = pack.follow_up(0, &batch(), &cases()).unwrap().remove(0);
        let error = pack.review(1, &batch(), &[proposal]).unwrap_err();
        assert!(error.message.contains(expected), "{error}");
    }
}

fn problem() -> PlanningProblem {
    let customer = |customer| PlanCustomer {
        customer,
        name: "x".into(),
        place: None,
        visits_per_month: 1.0,
        visits: 1,
        visits_a_round: 1,
        seconds: 1_800,
        gap_days: 7,
        last_visit: None,
        mode: String::new(),
        purpose: String::new(),
        topics: String::new(),
        value: 1.0,
        group: String::new(),
    };
    PlanningProblem {
        rep: "王".into(),
        home: None,
        days: vec![WorkDay { day: 20_000, seconds: 28_800, max_visits: 8 }],
        from: 20_000,
        to: 20_004,
        customers: vec![customer(1), customer(2)],
        fixed: Vec::new(),
        speed: 30.0,
        seconds_per_way: 300,
        prospecting_share: 0.2,
        seed: 1,
    }
}

#[test]
fn a_plan_is_read_and_checked() {
    let plan =
        |body: &str| -> Result<Plan, PackError> { pack("", "", body)?.plan_visits(2, &problem()) };
    let good = plan(
        "local stops = {}
         for _, c in ipairs(problem.customers) do
           if c.last_visit == nil and #stops == 0 then
             stops[1] = { customer = c.customer, because = { { old, 31 } } }
           end
         end
         return { days = { { day = problem.days[1].day, stops = stops } },
                  left_out = { { customer = 2, missing = 1, because = { cap } } } }",
    )
    .unwrap();
    assert_eq!(good.days[0].stops[0].seconds, 1_800);
    assert_eq!(good.left_out[0].customer, 2);
    for (body, expected) in [
        (
            "return { days = { { day = 20001, stops = {} } } }",
            "days[1]: 20001 is no working day of the problem",
        ),
        (
            "return { days = { { day = 20000, stops = { { customer = 7, because = { cap } } } } } }",
            "days[1].stops[1]: customer 7 is not in the problem",
        ),
        (
            "return { days = { { day = 20000, stops = { { customer = 1 } } } } }",
            "days[1].stops[1]: because is nothing",
        ),
        ("return nil", "the plan is nothing, expected a table"),
    ] {
        let error = plan(body).unwrap_err();
        assert!(error.message.contains(expected), "{body}: {error}");
    }
}

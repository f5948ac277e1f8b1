//! The shipped packs of the day, around every threshold.

use kehu_contract::{
    Batch, Case, ColumnType, Columns, DealView, Decision, Language, Pack as _, PackFactory as _,
    Proposal, TextBuilder, Value,
};
use kehu_lua::LuaPack;
use serde_json::{Value as Json, json};

use crate::kit::{Base, label, reasons, shipped, shipped_factory, value};

const PACKS: &[&str] = &[
    "visit-frequency",
    "day-planner",
    "lifecycle-follow-up",
    "funnel-follow-up",
    "contact-caps",
    "complaints",
    "priority",
    "dealer-attitude",
    "prospects",
    "ownership",
    "customer-file",
    "growth",
    "loyalty",
    "stage-rules",
    "guidance",
    "follow-up-strategies",
    "care",
    "key-accounts",
    "service-policy",
    "first-recommendation",
    "visit-results",
    "feedback",
    "forecast",
    "competitors",
    "development-plan",
];

#[test]
fn every_setting_action_and_rule_speaks_both_languages() {
    for name in PACKS {
        let factory = shipped_factory(name);
        let manifest = factory.manifest();
        for setting in &manifest.settings {
            assert!(
                !setting.doc.en.is_empty() && !setting.doc.zh.is_empty(),
                "{name}: {setting:?}"
            );
            let numbers = ["number", "integer", "number_by_name"];
            let is_number = numbers.contains(&setting.kind.name());
            assert!(!is_number || setting.range.is_some(), "{name}: {} has a range", setting.name);
        }
        assert!(manifest.actions.iter().all(|action| !action.text.zh.is_empty()), "{name}");
        for rule in shipped(name, &json!({})).unwrap().rules() {
            assert!(!rule.text.en.is_empty() && !rule.text.zh.is_empty(), "{name}: {rule:?}");
        }
    }
}

fn deal(id: i64, probability: Option<f64>) -> DealView {
    DealView {
        id,
        name: format!("deal {id}"),
        pipeline: "sales".to_owned(),
        stage: "intent".to_owned(),
        probability,
        amount: None,
        since: 19_990,
        days_in_stage: 10,
        longest_stay: Some(30),
        ..DealView::default()
    }
}

fn follow_funnel(settings: &Json, deal: &DealView, last_contact: f64) -> Proposal {
    let mut pack = shipped("funnel-follow-up", settings).unwrap();
    let batch = Base::default().numbers("last_contact_days", &[last_contact]).batch();
    let case = Case { name: "Wuhan".to_owned(), deals: vec![deal.clone()], ..Case::default() };
    let mut proposals = pack.follow_up(1, &batch, &[case]).unwrap();
    assert_eq!(proposals.len(), 1);
    proposals.remove(0)
}

#[test]
fn a_quarter_and_three_quarters_belong_to_the_middle_of_the_funnel() {
    for (probability, group, action) in [
        (Some(1.0), "bottom", "close_deal"),
        (Some(0.750_001), "bottom", "close_deal"),
        (Some(0.75), "middle", "advance_deal"),
        (Some(0.5), "middle", "advance_deal"),
        (Some(0.25), "middle", "advance_deal"),
        (Some(0.249_999), "top", "develop_deal"),
        (Some(0.0), "top", "develop_deal"),
        (None, "unknown", "develop_deal"),
    ] {
        let found = follow_funnel(&json!({}), &deal(7, probability), f64::NAN);
        assert_eq!((&*found.group, &*found.action), (group, action), "{probability:?}");
        assert_eq!(found.deal, Some(7));
    }
    let mut pack = shipped("funnel-follow-up", &json!({})).unwrap();
    let shares = [0.76, 0.75, 0.25, 0.24, f64::NAN];
    let batch = Base::default().numbers("probability", &shares).batch();
    let given = pack.score(0, &batch, &Json::Null).unwrap();
    let parts: Vec<_> = (0..5).map(|row| label(&given[0], row)).collect();
    let expected = [Some("bottom"), Some("middle"), Some("middle"), Some("top"), None];
    assert_eq!(parts, expected.map(|part| part.map(str::to_owned)));
}

#[test]
fn the_bottom_comes_before_the_middle_and_that_before_the_top() {
    let priority =
        |probability| follow_funnel(&json!({}), &deal(1, probability), f64::NAN).priority;
    let order = [priority(Some(0.9)), priority(Some(0.5)), priority(Some(0.1)), priority(None)];
    assert!(order.windows(2).all(|pair| pair[0] > pair[1]), "{order:?}");
    let stalled = DealView { days_in_stage: 31, ..deal(1, Some(0.5)) };
    let at_limit = DealView { days_in_stage: 30, ..deal(1, Some(0.5)) };
    let raised = |deal| follow_funnel(&json!({}), deal, f64::NAN).priority - order[1];
    assert!((raised(&stalled) - 5.0).abs() < 1e-9);
    assert!(raised(&at_limit).abs() < 1e-9);
}

#[test]
fn a_deal_is_due_again_some_days_after_the_last_contact() {
    // The deal entered its stage on day 19,990; today is 20,000.
    for (last_contact, due, fact) in [
        (f64::NAN, 20_000, 19_990),
        (50.0, 19_990, 19_990),
        (10.0, 19_997, 19_990),
        (7.0, 20_000, 19_993),
        (1.0, 20_006, 19_999),
        (0.0, 20_007, 20_000),
    ] {
        let found = follow_funnel(&json!({}), &deal(1, Some(0.5)), last_contact);
        assert_eq!((found.due, found.fact_day), (due, fact), "contact {last_contact} days ago");
    }
}

#[test]
fn a_funnel_upside_down_is_refused() {
    let error = shipped("funnel-follow-up", &json!({ "middle_from": 0.8 })).unwrap_err();
    assert!(error.message.contains("middle_from"), "{error}");
}

fn phases(phases: &[Option<&str>]) -> Base {
    Base::default().texts("lifecycle", phases)
}

fn follow_phase(
    phase: Option<&str>,
    recency: f64,
    purchases: f64,
    contact: f64,
) -> Option<Proposal> {
    let mut pack = shipped("lifecycle-follow-up", &json!({})).unwrap();
    let batch = phases(&[phase])
        .numbers("recency_days", &[recency])
        .numbers("purchases", &[purchases])
        .numbers("last_contact_days", &[contact])
        .batch();
    let mut proposals = pack.follow_up(0, &batch, &[Case::default()]).unwrap();
    assert!(proposals.len() < 2);
    proposals.pop()
}

#[test]
fn each_phase_has_its_own_follow_up() {
    let none = f64::NAN;
    for (phase, recency, contact, expected) in [
        ("active", 3.0, none, Some(("after_purchase", 20_000))),
        ("active", 2.0, none, Some(("after_purchase", 20_001))),
        ("active", 3.0, 5.0, Some(("after_purchase", 20_000))),
        ("active", 3.0, 2.0, None),
        ("silent", 60.0, none, Some(("keep_in_touch", 20_000))),
        ("silent", 60.0, 14.0, Some(("keep_in_touch", 20_000))),
        ("silent", 60.0, 13.0, Some(("keep_in_touch", 20_001))),
        ("fading", 120.0, 15.0, Some(("special_price", 20_000))),
        ("churned", 200.0, 90.0, Some(("wake_up", 20_000))),
        ("churned", 200.0, 89.0, Some(("wake_up", 20_001))),
        ("churned", 200.0, 300.0, Some(("wake_up", 19_890))),
    ] {
        let found = follow_phase(Some(phase), recency, 4.0, contact);
        let found = found.as_ref().map(|each| (&*each.action, each.due));
        assert_eq!(found, expected, "{phase}, bought {recency} and contacted {contact} days ago");
    }
    assert_eq!(follow_phase(None, none, 0.0, none), None);
}

#[test]
fn the_first_purchase_is_asked_about_before_later_ones() {
    let priority =
        |purchases| follow_phase(Some("active"), 3.0, purchases, f64::NAN).unwrap().priority;
    assert!(priority(1.0) > priority(2.0));
}

/// How many of some proposals for one customer are withheld.
fn withheld(settings: &Json, phase: Option<&str>, made: (f64, f64), groups: &[&str]) -> Vec<usize> {
    let mut pack = shipped("contact-caps", settings).unwrap();
    let batch = phases(&[phase])
        .numbers("contacts_30d", &[made.0])
        .numbers("contacts_90d", &[made.1])
        .numbers("open_complaints", &[0.0])
        .batch();
    let proposal = |group: &&str| Proposal {
        customer: 1,
        deal: None,
        action: "call".to_owned(),
        channel: "phone".to_owned(),
        due: 20_000,
        contact: true,
        fact_day: 20_000,
        priority: 50.0,
        group: (*group).to_owned(),
        ..Proposal::default()
    };
    let proposals: Vec<Proposal> = groups.iter().map(proposal).collect();
    let verdicts = pack.review(0, &batch, &proposals).unwrap();
    assert!(
        verdicts.iter().all(|each| each.decision == Decision::Withhold && !each.causes.is_empty())
    );
    verdicts.iter().map(|verdict| verdict.proposal).collect()
}

#[test]
fn a_fading_customer_is_contacted_twice_in_30_days_a_churned_one_once_in_90() {
    for (phase, made, expected) in [
        // What is said on one day is one contact.
        (Some("fading"), (1.0, 9.0), vec![]),
        (Some("fading"), (2.0, 9.0), vec![0, 1, 2]),
        (Some("fading"), (7.0, 9.0), vec![0, 1, 2]),
        (Some("churned"), (0.0, 0.0), vec![]),
        (Some("churned"), (0.0, 1.0), vec![0, 1, 2]),
        (Some("silent"), (9.0, 9.0), vec![]),
        (Some("active"), (9.0, 9.0), vec![]),
        (None, (9.0, 9.0), vec![]),
    ] {
        let found = withheld(&json!({}), phase, made, &["", "", ""]);
        assert_eq!(found, expected, "{phase:?} with {made:?} contacts");
    }
}

#[test]
fn what_is_exempt_is_never_withheld() {
    let settings = json!({ "exempt_groups": ["complaint"] });
    let found = withheld(&settings, Some("fading"), (2.0, 2.0), &["", "complaint", ""]);
    assert_eq!(found, [0, 2]);
}

#[test]
fn the_window_of_a_cap_is_a_setting() {
    let settings = json!({ "churned_window": "30", "churned_cap": 2 });
    assert_eq!(withheld(&settings, Some("churned"), (1.0, 9.0), &["", ""]), [0; 0]);
    assert_eq!(withheld(&settings, Some("churned"), (2.0, 9.0), &["", ""]), [0, 1]);
}

/// One customer of visit-frequency: tier, funnel part, purchases, visits, amount, deals, probability.
fn need(
    settings: &Json,
    tier: Option<&str>,
    part: Option<&str>,
    figures: [f64; 5],
) -> (LuaPack, Columns, Batch) {
    let pack = shipped("visit-frequency", settings).unwrap();
    let names = ["purchases", "visits", "amount_12m", "open_deal_amount", "probability"];
    let base = names
        .iter()
        .zip(figures)
        .fold(Base::default(), |base, (name, figure)| base.numbers(name, &[figure]));
    let batch = base.texts("tier", &[tier]).texts("funnel_part", &[part]).batch();
    (pack, batch.columns.clone(), batch)
}

fn wanted(settings: &Json, tier: Option<&str>) -> (Value, Value, Vec<String>) {
    let (mut pack, _, batch) = need(settings, tier, None, [0.0; 5]);
    let given = pack.score(0, &batch, &Json::Null).unwrap();
    let why = reasons(&pack, &given[0], 0, Language::En);
    (value(&given[0], 0), value(&given[2], 0), why)
}

#[test]
fn the_tier_says_how_often_a_customer_is_visited() {
    for (tier, visits, gap, why) in [
        (Some("A"), 4.0, 7.0, "tier A: 4 visits a month"),
        (Some("B"), 2.0, 15.0, "tier B: 2 visits a month"),
        (Some("C"), 1.0, 30.0, "tier C: 1 visit a month"),
        (Some("D"), 0.5, 60.0, "tier D: 0.5 visits a month"),
        (Some("VIP"), 1.0, 30.0, "tier VIP has no frequency of its own, so 1 visit a month"),
        (None, 1.0, 30.0, "no tier is known, so 1 visit a month"),
    ] {
        let found = wanted(&json!({}), tier);
        let expected = (Value::Number(visits), Value::Number(gap), vec![why.to_owned()]);
        assert_eq!(found, expected);
    }
    let own = json!({ "visits_by_tier": { "关键": 6.0, "D": 0.0 } });
    assert_eq!(wanted(&own, Some("关键")).0, Value::Number(6.0));
    assert_eq!(wanted(&own, Some("D")).0, Value::Number(0.0));
}

#[test]
fn digging_in_means_days_in_a_row_once_a_month() {
    let settings = json!({ "mode_by_tier": { "A": "dig_in" } });
    let (visits, gap, _) = wanted(&settings, Some("A"));
    assert_eq!((visits, gap), (Value::Number(3.0), Value::Number(30.0)));
    assert_eq!(wanted(&settings, Some("B")).0, Value::Number(2.0));
}

#[test]
fn before_the_first_purchase_four_visits_progress() {
    for (purchases, visits, purpose) in [
        (0.0, 0.0, "first_impression"),
        (0.0, 1.0, "listen"),
        (0.0, 2.0, "deepen"),
        (0.0, 3.0, "agree"),
        (0.0, 9.0, "agree"),
        (1.0, 0.0, "care"),
    ] {
        let (mut pack, _, batch) = need(&json!({}), None, None, [purchases, visits, 0.0, 0.0, 0.0]);
        let given = pack.score(0, &batch, &Json::Null).unwrap();
        assert_eq!(label(&given[4], 0).as_deref(), Some(purpose), "{purchases} {visits}");
        assert_eq!(label(&given[5], 0).as_deref(), Some(purpose), "{purchases} {visits}");
    }
}

#[test]
fn the_value_of_a_visit_is_the_sum_of_its_reasons() {
    let (mut pack, _, batch) =
        need(&json!({}), None, Some("bottom"), [2.0, 0.0, 1_000.0, 500.0, 0.8]);
    let given = pack.score(0, &batch, &Json::Null).unwrap();
    assert_eq!(value(&given[6], 0), Value::Number(1_400.0));
    assert!((given[6].reasons.points(0) - 1_400.0).abs() < f64::EPSILON);
    assert_eq!(value(&given[7], 0), Value::Text("bottom".to_owned()));
}

#[test]
fn a_customer_without_purchase_is_prospecting_unless_its_deal_has_come_far() {
    for (part, purchases, group) in [
        (None, 0.0, Value::Text("prospecting".to_owned())),
        (Some("top"), 0.0, Value::Text("prospecting".to_owned())),
        (Some("middle"), 0.0, Value::Text("middle".to_owned())),
        (Some("top"), 1.0, Value::Missing),
        (None, 1.0, Value::Missing),
    ] {
        let (mut pack, _, batch) = need(&json!({}), None, part, [purchases, 0.0, 0.0, 0.0, 0.0]);
        let given = pack.score(0, &batch, &Json::Null).unwrap();
        assert_eq!(value(&given[7], 0), group, "{part:?} {purchases}");
    }
}

/// Columns whose texts nobody has: an optional need that nobody gives is missing for everyone.
#[test]
fn without_tiers_and_funnel_every_customer_still_has_a_need() {
    let mut pack = shipped("visit-frequency", &json!({})).unwrap();
    let mut columns = Columns::new(1);
    for name in ["purchases", "visits", "amount_12m", "open_deal_amount", "probability"] {
        columns.insert(
            name,
            ColumnType::Number,
            std::sync::Arc::new(kehu_contract::ColumnData::Number(vec![f64::NAN])),
        );
    }
    for name in ["tier", "funnel_part"] {
        let mut builder = TextBuilder::default();
        builder.push(None);
        columns.insert(name, ColumnType::Text, std::sync::Arc::new(builder.finish()));
    }
    let given = pack.score(0, &Batch { ids: vec![1], columns }, &Json::Null).unwrap();
    assert_eq!(value(&given[0], 0), Value::Number(1.0));
}

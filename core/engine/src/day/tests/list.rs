//! Today's list.

use proptest::prelude::*;

use super::*;

const FOLLOW_UP: &str = "[[step]]\nhook = \"follow_up\"\nneeds = []\n";

/// A pack that proposes one action for everyone.
fn proposer(action: &str, priority: u32, reason: &str) -> String {
    format!(
        "local why = kehu.rule{{ id = \"why\", en = \"{reason}\" }}
return {{ follow_up = function(c, case, ctx)
  return ctx:propose{{ action = \"{action}\", channel = \"phone\", due = ctx.as_of, fact_day = 20000,
    priority = {priority}, because = {{ {{ why }} }} }}
end }}"
    )
}

#[test]
fn the_bottom_of_the_funnel_comes_first_and_all_open_deals_of_the_rep_are_there() {
    let office = Office::new("", &[]);
    let (ann, bob) = (office.rep("Ann"), office.rep("Bob"));
    let wuhan = office.customer("Wuhan", None);
    let hankou = office.customer("Hankou", Some(ann));
    let theirs = office.customer("Theirs", Some(bob));
    office.deal(Some(wuhan), ann, "prospect", "2025-02-20");
    office.deal(Some(wuhan), ann, "intent", "2025-02-21");
    office.deal(Some(theirs), ann, "stable_intent", "2025-02-22");
    office.deal(Some(wuhan), bob, "stable_intent", "2025-02-22");
    office.deal(Some(hankou), ann, "signed", "2025-02-22");
    office.deal(None, ann, "intent", "2025-02-22");
    let list = office.today(ann, "2025-03-03");
    assert_eq!(
        said(&list),
        [
            "Theirs: close_deal bottom",
            "Wuhan: advance_deal middle",
            "Wuhan: visit bottom",
            "Hankou: visit prospecting",
            "Theirs: visit bottom",
            "Wuhan: develop_deal top",
        ]
        .map(str::to_owned)
    );
    assert_eq!(list.portfolio.deals_without_customer, 1);
    assert_eq!(list.prospecting_seconds, 5_760);
}

#[test]
fn what_was_done_or_skipped_does_not_come_back_and_what_was_snoozed_does() {
    let office = Office::new("", &[("ring", FOLLOW_UP, &proposer("ring", 70, "because"))]);
    let ann = office.rep("Ann");
    office.customer("Wuhan", Some(ann));
    let open = |on: &str| {
        let list = office.today(ann, on);
        list.lines.iter().any(|line| line.action == "ring")
    };
    let key = |on: &str| {
        let list = office.today(ann, on);
        list.lines.iter().find(|line| line.action == "ring").unwrap().key.clone()
    };
    let first = key("2025-03-03");
    assert_eq!(first, key("2025-03-04"), "a key lasts");
    let until = day("2025-03-06");
    office.answer(ann, "2025-03-03", &first[..4], Closing::Snooze { until }).unwrap();
    assert_eq!(["2025-03-03", "2025-03-05", "2025-03-06"].map(open), [false, false, true]);
    let answered = office.answer(ann, "2025-03-06", &first, done()).unwrap();
    assert_eq!(answered.interaction.unwrap().1, "call");
    assert_eq!(["2025-03-06", "2025-04-06"].map(open), [false, false]);
    // As of a day on which nobody knew of the answers, the line is there.
    assert!(open("2025-03-02"));
}

#[test]
fn a_visit_that_was_made_closes_the_other_visits_to_the_customer() {
    let office = Office::new("", &[]);
    let ann = office.rep("Ann");
    let wuhan = office.customer("Wuhan", Some(ann));
    office.customer("Hankou", Some(ann));
    office.deal(Some(wuhan), ann, "stable_intent", "2025-02-20");
    office.deal(Some(wuhan), ann, "prospect", "2025-02-20");
    let list = office.today(ann, "2025-03-03");
    assert_eq!(
        said(&list),
        [
            "Wuhan: close_deal bottom",
            "Wuhan: visit bottom",
            "Hankou: visit prospecting",
            "Wuhan: develop_deal top"
        ]
        .map(str::to_owned)
    );
    let answered = office.answer(ann, "2025-03-03", &list.lines[0].key, done()).unwrap();
    assert_eq!(answered.also, [list.lines[1].clone()]);
    let left = office.today(ann, "2025-03-03");
    assert!(!said(&left).iter().any(|line| line.starts_with("Wuhan: visit")), "{:?}", said(&left));
    assert!(said(&left).contains(&"Hankou: visit prospecting".to_owned()));
}

#[test]
fn an_answer_must_name_a_line_and_make_sense() {
    let office = Office::new("", &[("ring", FOLLOW_UP, &proposer("ring", 70, "because"))]);
    let ann = office.rep("Ann");
    office.customer("Wuhan", Some(ann));
    let key = office.today(ann, "2025-03-03").lines[0].key.clone();
    let refused = |key: &str, closing: Closing| {
        office.answer(ann, "2025-03-03", key, closing).unwrap_err().to_string()
    };
    let until = day("2025-03-03");
    assert!(refused("????", done()).contains("kehu today shows the keys"));
    assert!(refused(&format!("{}?", &key[..6]), done()).contains(&format!("did you mean {key}?")));
    assert!(refused("", done()).contains("begins several keys"));
    assert!(refused(&key, Closing::Snooze { until }).contains("has come"));
    assert!(refused(&key, Closing::Skip { reason: " ".to_owned() }).contains("for a reason"));
}

#[test]
fn the_same_proposal_of_two_packs_is_one_line_with_the_reasons_of_both() {
    let office = Office::new(
        "",
        &[
            ("one", FOLLOW_UP, &proposer("visit", 20, "the first says so")),
            ("two", FOLLOW_UP, &proposer("visit", 80, "the second says so")),
        ],
    );
    let ann = office.rep("Ann");
    office.customer("Wuhan", Some(ann));
    let list = office.today(ann, "2025-03-03");
    assert_eq!(list.lines.len(), 1);
    let line = &list.lines[0];
    let reasons: Vec<_> = line.because.iter().map(|each| each.pack.as_str()).collect();
    assert_eq!(reasons, ["two", "day-planner", "day-planner", "one"]);
    assert_eq!((line.pack.as_str(), line.keys.len()), ("two", 3));
    assert!(line.visit.is_some(), "the planned visit is part of the line");
    let key = line.key.clone();
    office.answer(ann, "2025-03-03", &key, Closing::Skip { reason: "away".to_owned() }).unwrap();
    assert_eq!(said(&office.today(ann, "2025-03-03")), Vec::<String>::new());
}

#[test]
fn a_pack_that_fails_is_switched_off_and_the_others_go_on() {
    let broken = "return { follow_up = function(c, case, ctx) return c.nothing end }";
    let needy = "[[step]]\nhook = \"follow_up\"\nneeds = [\"tier\"]\n";
    let idle = "return { follow_up = function(c, case, ctx) return nil end }";
    let office = Office::new(
        "",
        &[
            ("broken", FOLLOW_UP, broken),
            ("needy", needy, idle),
            ("ring", FOLLOW_UP, &proposer("ring", 70, "because")),
        ],
    );
    let ann = office.rep("Ann");
    office.customer("Wuhan", Some(ann));
    let list = office.today(ann, "2025-03-03");
    let failed: Vec<_> = list.failures.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(failed, ["broken", "needy"]);
    assert!(list.failures[1].1.contains("it needs \"tier\""), "{}", list.failures[1].1);
    assert_eq!(said(&list)[0], "Wuhan: ring");
}

#[test]
fn contacts_made_since_the_run_count() {
    let office = Office::new("", &[("ring", FOLLOW_UP, &proposer("ring", 70, "because"))]);
    let ann = office.rep("Ann");
    let wuhan = office.customer("Wuhan", Some(ann));
    office.happened(wuhan, "purchase", "2024-08-01");
    office.score("2025-03-03");
    let list = office.today(ann, "2025-03-03");
    assert_eq!((list.lines.len(), list.withheld.len()), (1, 2), "churned: one contact in 90 days");
    office.answer(ann, "2025-03-03", &list.lines[0].key, done()).unwrap();
    let list = office.today(ann, "2025-03-03");
    assert_eq!((list.lines.len(), list.withheld.len()), (0, 1));
    assert!(list.withheld[0].withheld[0].text.en.starts_with("churned: 1 contact in 90 days"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever was bought, said and proposed: nobody is contacted more often than the caps allow.
    #[test]
    fn a_cap_is_never_exceeded_by_a_days_list(
        customers in prop::collection::vec(
            (0..400_i32, prop::collection::vec(0..120_i32, 0..4), 0..4_usize), 1..6),
    ) {
        let office = Office::new("", &[("ring", FOLLOW_UP, &proposer("ring", 70, "because"))]);
        let ann = office.rep("Ann");
        let today = day("2025-03-03");
        let ago = |days: i32| today.plus_days(-days).to_string();
        let mut allowed = Vec::new();
        for (bought, contacts, deals) in customers {
            let customer = office.customer("Wuhan", Some(ann));
            office.happened(customer, "purchase", &ago(bought));
            for days in &contacts {
                office.happened(customer, "call", &ago(*days));
            }
            for _ in 0..deals {
                office.deal(Some(customer), ann, "stable_intent", &ago(200));
            }
            let within = |window: i32| contacts.iter().filter(|days| **days < window).count();
            let most = match bought {
                0..=90 => usize::MAX,
                91..=180 => 2_usize.saturating_sub(within(30)),
                _ => 1_usize.saturating_sub(within(90)),
            };
            allowed.push((customer, most));
        }
        let list = office.today(ann, "2025-03-03");
        prop_assert!(list.failures.is_empty(), "{:?}", list.failures);
        for (customer, most) in allowed {
            let lines = list.lines.iter().filter(|line| line.customer == Some(customer)).count();
            prop_assert!(lines <= most, "{customer}: {lines} lines, at most {most}");
        }
        prop_assert!(list.withheld.iter().all(|line| !line.withheld.is_empty()));
    }
}

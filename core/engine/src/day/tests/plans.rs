//! Plans: the simple planner, and the check of what any planner returns.

use std::collections::BTreeMap;

use kehu_contract::{
    Cause, LeftOut, Limits, Plan, PlanCustomer, PlanDay, PlanningProblem, Point, RunContext, Stop,
    WorkDay,
};
use proptest::prelude::*;

use super::super::check::check;
use super::*;

fn wanted(customer: i64, visits: i32) -> PlanCustomer {
    PlanCustomer {
        customer,
        name: format!("customer {customer}"),
        place: None,
        visits_per_month: 4.0,
        visits,
        visits_a_round: 1,
        seconds: 3_600,
        gap_days: 7,
        last_visit: None,
        mode: "rotating".to_owned(),
        purpose: String::new(),
        topics: String::new(),
        value: customer as f64,
        group: String::new(),
    }
}

/// Days 20,000 to 20,000 + `days` − 1, all worked.
fn problem(days: i32, customers: Vec<PlanCustomer>) -> PlanningProblem {
    let work = |day| WorkDay { day: 20_000 + day, seconds: 28_800, max_visits: 8 };
    PlanningProblem {
        rep: "Ann".to_owned(),
        home: None,
        days: (0..days).map(work).collect(),
        from: 20_000,
        to: 20_000 + days - 1,
        customers,
        fixed: Vec::new(),
        speed: 40.0,
        seconds_per_way: 300,
        prospecting_share: 0.2,
        seed: 1,
    }
}

fn solve(problem: &PlanningProblem) -> Plan {
    let factory = shipped(&"day-planner");
    let context = RunContext {
        as_of: problem.from - 1,
        settings: factory.manifest().defaults(),
        seed: 1,
        limits: Limits::default(),
    };
    factory.create(&context).unwrap().plan_visits(0, problem).unwrap()
}

fn stop(customer: i64) -> Stop {
    let causes = vec![Cause { rule: 0, points: 0.0, arguments: vec![] }];
    Stop { customer, seconds: 3_600, travel_before: 1_800, causes }
}

fn on(day: i32, customers: &[i64]) -> PlanDay {
    PlanDay { day: 20_000 + day, stops: customers.iter().map(|each| stop(*each)).collect() }
}

fn left(customer: i64, missing: i32) -> LeftOut {
    LeftOut { customer, missing, causes: stop(customer).causes }
}

#[test]
fn a_wrong_plan_is_refused_by_its_place() {
    let problem = problem(3, vec![wanted(1, 1), wanted(2, 1)]);
    let long = Stop { seconds: 30_000, ..stop(1) };
    for (days, left_out, expected) in [
        (vec![on(0, &[1, 2])], vec![], Ok(())),
        (vec![on(0, &[1])], vec![left(2, 1)], Ok(())),
        (vec![on(0, &[1, 1])], vec![], Err("days[1].stops[2]: C-1 is visited twice on 2024-10-04")),
        (vec![on(5, &[1])], vec![], Err("days[1]: 2024-10-09 is no working day")),
        (vec![on(1, &[1]), on(0, &[2])], vec![], Err("days[2]: 2024-10-04 does not follow")),
        (vec![on(0, &[9])], vec![], Err("days[1].stops[1]: C-9 is not to be visited")),
        (
            vec![PlanDay { day: 20_000, stops: vec![long] }],
            vec![],
            Err("days[1]: 2024-10-04 takes 530 minutes, of which there are 480"),
        ),
        (
            vec![on(0, &[1])],
            vec![],
            Err("C-2 is to be visited 1 times, but the plan places or leaves out 0"),
        ),
        (
            vec![on(0, &[1, 2]), on(1, &[2])],
            vec![],
            Err("C-2 is to be visited 1 times, but the plan places or leaves out 2"),
        ),
        (
            vec![on(0, &[1, 2])],
            vec![left(2, 1)],
            Err("C-2 is to be visited 1 times, but the plan places or leaves out 2"),
        ),
        (
            vec![on(0, &[1])],
            vec![left(2, 1), left(2, 1)],
            Err("left_out[2]: C-2 is left out twice"),
        ),
        (
            vec![on(0, &[1])],
            vec![left(2, 0)],
            Err("left_out[1]: C-2 is left out, but misses no visit"),
        ),
    ] {
        let found = check(&problem, &Plan { days, left_out });
        match (&found, expected) {
            (Ok(()), Ok(())) => {}
            (Err(found), Err(expected)) => assert!(found.starts_with(expected), "{found}"),
            _ => panic!("{found:?}, expected {expected:?}"),
        }
    }
}

#[test]
fn what_does_not_fit_is_left_out_the_least_valuable_first() {
    // A day of eight hours keeps 20 % for new customers: four visits of an hour with half an hour's way.
    let plan = solve(&problem(1, (1..=6).map(|id| wanted(id, 1)).collect()));
    let placed: Vec<i64> = plan.days[0].stops.iter().map(|stop| stop.customer).collect();
    assert_eq!(placed, [6, 5, 4, 3]);
    let missing: Vec<i64> = plan.left_out.iter().map(|left| left.customer).collect();
    assert_eq!(missing, [2, 1]);
}

#[test]
fn the_bottom_goes_first_and_new_customers_have_their_own_time() {
    let group =
        |customer, group: &str| PlanCustomer { group: group.to_owned(), ..wanted(customer, 1) };
    let mut customers: Vec<PlanCustomer> = (1..=5).map(|id| wanted(100 + id, 1)).collect();
    customers.insert(0, group(1, "bottom"));
    customers.insert(1, group(2, "prospecting"));
    customers.insert(2, group(3, "middle"));
    let plan = solve(&problem(1, customers));
    let placed: Vec<i64> = plan.days[0].stops.iter().map(|stop| stop.customer).collect();
    assert_eq!(placed, [1, 2, 3, 105, 104]);
}

#[test]
fn a_round_of_several_days_is_made_in_a_row() {
    let dig_in =
        PlanCustomer { visits_a_round: 3, gap_days: 30, mode: "dig_in".to_owned(), ..wanted(1, 3) };
    let plan = solve(&problem(5, vec![dig_in]));
    let days: Vec<i32> = plan.days.iter().map(|day| day.day).collect();
    assert_eq!(days.len(), 3);
    assert_eq!(days[2] - days[0], 2);
}

#[test]
fn a_period_without_a_working_day_leaves_everyone_out() {
    let plan = solve(&problem(0, vec![wanted(1, 2)]));
    assert_eq!((plan.days.len(), plan.left_out[0].missing), (0, 2));
}

#[test]
fn a_plan_is_kept_and_today_shows_its_day() {
    let office = Office::new("[settings.visit-frequency]\nvisits_otherwise = 4\n", &[]);
    let ann = office.rep("Ann");
    office.customer("Wuhan", Some(ann));
    let planned = office.plan(ann, "2025-02-28", "2025-03-03", "2025-03-28").unwrap();
    let days: Vec<String> = planned
        .plan
        .days
        .iter()
        .filter(|day| !day.visits.is_empty())
        .map(|day| day.day.to_string())
        .collect();
    assert_eq!(days, ["2025-03-03", "2025-03-10", "2025-03-17", "2025-03-24"]);
    assert_eq!(planned.plan.notes, []);
    let visits = |on: &str| office.today(ann, on).lines.len();
    assert_eq!(["2025-03-03", "2025-03-04", "2025-03-10"].map(visits), [1, 0, 1]);
    // Outside the plan the one day is planned in memory.
    assert_eq!(visits("2025-03-31"), 1);
    let key = office.today(ann, "2025-03-03").lines[0].key.clone();
    assert_eq!(key, planned.plan.days[0].visits[0].key);
    office.answer(ann, "2025-03-03", &key, done()).unwrap();
    assert_eq!(["2025-03-03", "2025-03-10"].map(visits), [0, 1]);
}

#[test]
fn nobody_is_visited_on_a_holiday_and_a_year_without_data_is_named() {
    let office = Office::new("[settings.visit-frequency]\nvisits_otherwise = 4\n", &[]);
    let ann = office.rep("Ann");
    office.customer("Wuhan", Some(ann));
    let planned = office.plan(ann, "2025-09-30", "2025-10-01", "2025-10-08").unwrap();
    assert_eq!(planned.plan.days, []);
    assert_eq!(planned.plan.left_out[0].missing, 2);
    let list = office.today(ann, "2025-10-01");
    assert_eq!(
        list.notes[0].en,
        "2025-10-01 is a public holiday: National Day and Mid-Autumn Festival"
    );
    let planned = office.plan(ann, "2026-12-30", "2026-12-31", "2027-01-05").unwrap();
    let note = "the public holidays of 2027 are not known: only weekends are off";
    assert_eq!(planned.plan.notes[0].en, note);
}

#[test]
fn a_period_must_be_one() {
    let office = Office::new("", &[]);
    let ann = office.rep("Ann");
    let refused = |from, to| office.plan(ann, "2025-03-01", from, to).unwrap_err().to_string();
    assert!(refused("2025-03-05", "2025-03-04").contains("before"));
    assert!(refused("2025-03-05", "2026-03-06").contains("at most 366 days"));
}

fn any_customer(id: i64) -> impl Strategy<Value = PlanCustomer> {
    let place = prop::option::of((30.0..31.0_f64, 114.0..115.0_f64));
    let group = prop::sample::select(vec!["bottom", "prospecting", "middle", "", "own"]);
    let numbers = (1..20_i32, 1..4_i32, 1..40_i32, 0..40_000_i32);
    (numbers, place, prop::option::of(-60..0_i32), 0..5_i32, group).prop_map(
        move |((visits, a_round, gap_days, seconds), place, last, value, group)| PlanCustomer {
            visits: visits * a_round,
            visits_a_round: a_round,
            gap_days,
            seconds,
            place: place.map(|(lat, lon)| Point { lat, lon }),
            last_visit: last.map(|days| 20_000 + days),
            value: f64::from(value),
            group: group.to_owned(),
            ..wanted(id, 1)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Whatever is asked for: the plan passes the engine's check, so that every visit is placed or left
    /// out, and rounds keep the least gap.
    #[test]
    fn every_visit_asked_for_is_in_exactly_one_account(
        customers in (0..12_i64).prop_flat_map(|count| {
            (1..=count).map(any_customer).collect::<Vec<_>>()
        }),
        days in 0..12_i32,
        max_visits in 1..9_i32,
        home in prop::option::of((30.0..31.0_f64, 114.0..115.0_f64)),
    ) {
        let mut problem = problem(days, customers);
        problem.home = home.map(|(lat, lon)| Point { lat, lon });
        for day in &mut problem.days {
            day.max_visits = max_visits;
        }
        let plan = solve(&problem);
        prop_assert_eq!(check(&problem, &plan), Ok(()));
        prop_assert_eq!(&plan, &solve(&problem), "the same problem has the same plan");
        let mut visited: BTreeMap<i64, Vec<i32>> = BTreeMap::new();
        for day in &plan.days {
            for stop in &day.stops {
                visited.entry(stop.customer).or_default().push(day.day);
            }
        }
        for customer in problem.customers.iter().filter(|each| each.visits_a_round == 1) {
            let least = (f64::from(customer.gap_days) * 0.7).ceil() as i32;
            let days = visited.get(&customer.customer).cloned().unwrap_or_default();
            let days: Vec<i32> = customer.last_visit.into_iter().chain(days).collect();
            prop_assert!(days.windows(2).all(|pair| pair[1] - pair[0] >= least), "{days:?}");
        }
    }
}

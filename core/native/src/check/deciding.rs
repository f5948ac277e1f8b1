//! The checks of planners and follow-ups.

use std::time::{Duration, Instant};

use kehu_contract::{
    Case, FixedVisit, Hook, InteractionView, Pack as _, Plan, PlanCustomer, PlanningProblem, Point,
    WorkDay,
};

use super::rows::{self, Chance, TODAY};
use super::subject::{Stop, Subject};
use crate::host::Death;
use crate::pack::{Seat, Trouble};

/// How long a planner has before it is asked to stop.
const BEGUN: Duration = Duration::from_millis(20);
/// How long it has then.
const HEEDED: Duration = Duration::from_millis(100);
/// How often a busy machine may look like a slow planner.
const TRIES: usize = 3;

/// A rep with so many customers around a town, and twenty working days.
pub(super) fn problem(customers: usize, chance: &mut Chance) -> PlanningProblem {
    let day = |day: i32| WorkDay { day, seconds: 8 * 3_600, max_visits: 10 };
    let mut place = || {
        let mut near = |centre: f64| centre + (chance.share() - 0.5) / 2.0;
        Some(Point { lat: near(31.2), lon: near(121.5) })
    };
    let customers: Vec<PlanCustomer> = (1..=customers as i64)
        .map(|customer| PlanCustomer {
            customer,
            name: format!("客户 {customer}"),
            place: place(),
            visits_per_month: 1.0,
            visits: 1 + (customer % 3) as i32,
            visits_a_round: 1,
            seconds: 1_800,
            gap_days: 5,
            last_visit: (customer % 2 == 0).then_some(TODAY - 30),
            mode: String::new(),
            purpose: String::new(),
            topics: String::new(),
            value: (customer * 7 % 100) as f64,
            group: String::new(),
        })
        .collect();
    let fixed = customers.first().map(|first| FixedVisit { customer: first.customer, day: TODAY });
    PlanningProblem {
        rep: "李伟".to_owned(),
        home: place(),
        days: (0..28).filter(|day| day % 7 < 5).map(|later| day(TODAY + later)).collect(),
        from: TODAY,
        to: TODAY + 27,
        customers,
        fixed: fixed.into_iter().collect(),
        speed: 30.0,
        seconds_per_way: 300,
        prospecting_share: 0.1,
        seed: 1,
    }
}

/// What is wrong with a plan that a run would refuse.
fn flaw(problem: &PlanningProblem, plan: &Plan) -> Option<String> {
    let stops = |customer: i64| {
        let all = plan.days.iter().flat_map(|day| &day.stops);
        all.filter(|stop| stop.customer == customer).count() as i64
    };
    for day in &plan.days {
        if !problem.days.iter().any(|each| each.day == day.day) {
            return Some(format!("day {} is no working day of the problem", day.day));
        }
    }
    for customer in &problem.customers {
        let id = customer.customer;
        let left = plan.left_out.iter().filter(|left| left.customer == id);
        let left: i64 = left.map(|left| i64::from(left.missing)).sum();
        let accounted = stops(id).saturating_add(left);
        if accounted != i64::from(customer.visits) {
            let visits = customer.visits;
            return Some(format!(
                "customer C-{id} is to be visited {visits} times, but the plan places or leaves out {accounted}"
            ));
        }
    }
    let kept = |fixed: &FixedVisit| {
        let mut on = plan.days.iter().filter(|day| day.day == fixed.day);
        on.any(|day| day.stops.iter().any(|stop| stop.customer == fixed.customer))
    };
    let lost = problem.fixed.iter().find(|fixed| !kept(fixed))?;
    Some(format!("the visit of C-{} that is agreed for day {} is missing", lost.customer, lost.day))
}

pub(super) fn plans(subject: &Subject<'_>) -> Result<(), Stop> {
    let mut warned = None;
    for (place, step) in subject.steps(&[Hook::PlanVisits])? {
        for customers in [0, 1, 30] {
            let problem = problem(customers, &mut subject.chance());
            let mut pack = subject.pack(&subject.context())?;
            let first = pack.plan_visits(place, &problem)?;
            let second = pack.plan_visits(place, &problem)?;
            let third = subject.pack(&subject.context())?.plan_visits(place, &problem)?;
            if first != second || first != third {
                let name = &step.name;
                return Err(Stop::failed(
                    format!("step \"{name}\": another plan for the same {customers} customers"),
                    "draw chance from the problem's seed, and count steps instead of time",
                ));
            }
            let name = &step.name;
            if let Some(what) = flaw(&problem, &first) {
                return Err(Stop::failed(
                    format!("step \"{name}\": {what}"),
                    "place each visit of each customer on a day, or name it in left_out",
                ));
            }
            // One visit is agreed: that it stands there is no merit of the planner.
            let placed: usize = first.days.iter().map(|day| day.stops.len()).sum();
            if customers > 1 && placed <= problem.fixed.len() {
                let days = problem.days.len();
                warned = Some(Stop::Warned {
                    what: format!(
                        "step \"{name}\": {days} free days and {customers} customers, and it plans no visit"
                    ),
                    hint: Some("leave out what does not fit, and no more".to_owned()),
                });
            }
        }
    }
    warned.map_or(Ok(()), Err)
}

pub(super) fn cancel(subject: &Subject<'_>) -> Result<(), Stop> {
    for (place, step) in subject.steps(&[Hook::PlanVisits])? {
        let text = serde_json::to_vec(&problem(400, &mut subject.chance())).unwrap_or_default();
        let mut taken = Duration::MAX;
        for _ in 0..TRIES {
            taken = taken.min(until_heeded(subject, place, &text)?);
            if taken <= HEEDED {
                break;
            }
        }
        if taken > HEEDED {
            let (name, most) = (&step.name, HEEDED.as_millis());
            return Err(Stop::failed(
                format!("step \"{name}\": asked to stop, it went on for more than {most} ms"),
                "look at kehu_call.cancel in each round, and emit the best plan so far",
            ));
        }
    }
    Ok(())
}

/// How long a planner goes on after it is asked to stop.
fn until_heeded(subject: &Subject<'_>, place: usize, problem: &[u8]) -> Result<Duration, Stop> {
    let mut pack = subject.pack(&subject.context())?;
    pack.create(place, &[]).map_err(|trouble| Stop::from(pack.tell(trouble)))?;
    let begun = Instant::now();
    let planned = pack.hurried(Some(BEGUN), |pack| {
        pack.call(1, |seat, limit| match seat {
            Seat::Worker(worker) => worker.plan(place, problem, limit),
            Seat::Inside(_) => Err(Death::Host("it has no worker".to_owned())),
        })
    });
    match planned {
        Err(Trouble::Death(death)) if death.is_hang() => Ok(Duration::MAX),
        Err(Trouble::Death(death)) => Err(pack.tell(Trouble::Death(death)).into()),
        // What it says of itself then is no matter here.
        _ => Ok(begun.elapsed().saturating_sub(BEGUN)),
    }
}

pub(super) fn case(row: usize) -> Case {
    let interaction = |days_ago: i32| InteractionView {
        id: i64::from(days_ago),
        kind: "purchase".to_owned(),
        happened: TODAY - days_ago,
        days_ago,
        amount: Some(12.5),
        ..InteractionView::default()
    };
    let interactions = (0..row as i32 % 4).map(|turn| interaction(1 + 30 * turn)).collect();
    Case { name: format!("客户 {row}"), interactions, ..Case::default() }
}

pub(super) fn proposals(subject: &Subject<'_>) -> Result<(), Stop> {
    for (place, step) in subject.steps(&[Hook::FollowUp])? {
        for count in [0, 1, 200] {
            let batch = rows::batch(subject.rows(&step).ordinary(count, &mut subject.chance()));
            let cases: Vec<Case> = (0..count).map(case).collect();
            let mut pack = subject.pack(&subject.context())?;
            let first = pack.follow_up(place, &batch, &cases)?;
            if pack.follow_up(place, &batch, &cases)? != first {
                let name = &step.name;
                return Err(Stop::failed(
                    format!("step \"{name}\": other proposals for the same {count} customers"),
                    "keep nothing from call to call but what create made",
                ));
            }
        }
    }
    Ok(())
}

//! A native plugin in one file: visits day by day, those of most value first, until the day is full.
//!
//! Built as a shared library: `cargo build --example planner`.

use kehu_plugin::contract::{Cause, LeftOut, Plan, PlanDay, PlanningProblem, Stop};
use kehu_plugin::{Call, Context, Planner, Result, Rule};

kehu_plugin::rules! {
    AGREED = Rule::new("agreed", "agreed for this day", "已约定在当日");
    VALUE = Rule::new("value", "a visit is worth {1}", "一次拜访价值 {1}");
    NO_ROOM = Rule::new("no_room", "no day has room for it", "没有一天排得下");
}

fn because(rule: kehu_plugin::RuleId, arguments: &[f64]) -> Vec<Cause> {
    let arguments = arguments.iter().map(|each| (*each).into()).collect();
    vec![Cause { rule: rule.0 as u16, points: 0.0, arguments }]
}

struct Greedy;

impl Planner for Greedy {
    fn new(_: &Context<'_>) -> Result<Self> {
        Ok(Self)
    }

    fn plan(&mut self, problem: &PlanningProblem, call: &Call<'_>) -> Result<Plan> {
        let seconds_of = |id: i64| {
            let customer = problem.customers.iter().find(|each| each.customer == id);
            customer.map_or(0, |each| each.seconds)
        };
        let way = problem.seconds_per_way;
        let mut plan = Plan::default();
        for day in &problem.days {
            let agreed = problem.fixed.iter().filter(|fixed| fixed.day == day.day);
            let stops = agreed.map(|fixed| Stop {
                customer: fixed.customer,
                seconds: seconds_of(fixed.customer),
                travel_before: way,
                causes: because(AGREED, &[]),
            });
            plan.days.push(PlanDay { day: day.day, stops: stops.collect() });
        }
        let mut customers: Vec<_> = problem.customers.iter().collect();
        customers.sort_by(|one, other| other.value.total_cmp(&one.value));
        for customer in customers {
            let is_theirs = |stop: &Stop| stop.customer == customer.customer;
            let agreed = plan.days.iter().flat_map(|day| &day.stops).filter(|stop| is_theirs(stop));
            let mut missing = customer.visits - agreed.count() as i32;
            let mut last = customer.last_visit;
            for (day, room) in plan.days.iter_mut().zip(&problem.days) {
                // Where kehu asks to stop, the plan so far is the answer.
                if missing <= 0 || call.is_cancelled() {
                    break;
                }
                let used: i32 =
                    day.stops.iter().map(|stop| stop.seconds + stop.travel_before).sum();
                let is_soon = last.is_some_and(|last| day.day - last < customer.gap_days);
                let is_full = used + customer.seconds + 2 * way > room.seconds
                    || day.stops.len() as i32 >= room.max_visits
                    || day.stops.iter().any(is_theirs);
                if is_soon || is_full {
                    continue;
                }
                day.stops.push(Stop {
                    customer: customer.customer,
                    seconds: customer.seconds,
                    travel_before: way,
                    causes: because(VALUE, &[customer.value]),
                });
                last = Some(day.day);
                missing -= 1;
            }
            if missing > 0 {
                let (customer, causes) = (customer.customer, because(NO_ROOM, &[]));
                plan.left_out.push(LeftOut { customer, missing, causes });
            }
        }
        Ok(plan)
    }
}

kehu_plugin::plugin! {
    manifest: r#"
name = "greedy-planner"
version = "1.0.0"
api = "0.1"
title = { en = "Greedy planner", zh = "按价值排访" }

[[step]]
hook = "plan_visits"
"#,
    rules: RULES,
    vendor: "kehu",
    license: "MIT OR Apache-2.0",
    steps: { "plan_visits" => Planner(Greedy) },
}

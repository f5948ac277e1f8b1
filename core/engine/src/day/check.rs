//! Checking a plan that a pack returns before it is believed.

use std::collections::{BTreeMap, BTreeSet};

use kehu_contract::{Plan, PlanCustomer, PlanDay, PlanningProblem, WorkDay};
use kehu_domain::{CustomerId, Day};

/// Finds the first place at which a plan breaks the problem; the message begins with the place.
pub(super) fn check(problem: &PlanningProblem, plan: &Plan) -> Result<(), String> {
    let customers: BTreeMap<i64, &PlanCustomer> =
        problem.customers.iter().map(|each| (each.customer, each)).collect();
    let mut placed: BTreeMap<i64, i32> = BTreeMap::new();
    let mut last = i32::MIN;
    for (at, day) in plan.days.iter().enumerate() {
        let place = format!("days[{}]", at + 1);
        if day.day <= last {
            return Err(format!("{place}: {} does not follow the day before it", show(day.day)));
        }
        last = day.day;
        let working = problem.days.iter().find(|each| each.day == day.day);
        let working =
            working.ok_or_else(|| format!("{place}: {} is no working day", show(day.day)))?;
        check_day(&place, day, working, &customers)?;
        for stop in &day.stops {
            *placed.entry(stop.customer).or_default() += 1;
        }
    }
    check_fixed(problem, plan)?;
    check_accounts(plan, &customers, placed)
}

fn check_day(
    place: &str,
    day: &PlanDay,
    working: &WorkDay,
    customers: &BTreeMap<i64, &PlanCustomer>,
) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let mut seconds = 0_i64;
    for (at, stop) in day.stops.iter().enumerate() {
        let place = format!("{place}.stops[{}]", at + 1);
        let customer = CustomerId(stop.customer);
        if !customers.contains_key(&stop.customer) {
            return Err(format!("{place}: {customer} is not to be visited"));
        }
        if !seen.insert(stop.customer) {
            return Err(format!("{place}: {customer} is visited twice on {}", show(day.day)));
        }
        if stop.seconds < 0 || stop.travel_before < 0 {
            return Err(format!("{place}: the visit of {customer} takes less than no time"));
        }
        seconds += i64::from(stop.seconds) + i64::from(stop.travel_before);
    }
    if seconds > i64::from(working.seconds) {
        let (asked, there) = (seconds / 60, working.seconds / 60);
        let day = show(day.day);
        return Err(format!("{place}: {day} takes {asked} minutes, of which there are {there}"));
    }
    if day.stops.len() as i64 > i64::from(working.max_visits) {
        let (visits, most) = (day.stops.len(), working.max_visits);
        return Err(format!("{place}: {} has {visits} visits, at most {most}", show(day.day)));
    }
    Ok(())
}

fn check_fixed(problem: &PlanningProblem, plan: &Plan) -> Result<(), String> {
    for fixed in &problem.fixed {
        let kept = plan.days.iter().any(|day| {
            day.day == fixed.day && day.stops.iter().any(|stop| stop.customer == fixed.customer)
        });
        if !kept {
            let (customer, day) = (CustomerId(fixed.customer), show(fixed.day));
            return Err(format!("days: the visit of {customer} agreed for {day} is missing"));
        }
    }
    Ok(())
}

/// Every visit that is asked for is either placed or left out, and a customer is left out once.
fn check_accounts(
    plan: &Plan,
    customers: &BTreeMap<i64, &PlanCustomer>,
    mut accounted: BTreeMap<i64, i32>,
) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for (at, left) in plan.left_out.iter().enumerate() {
        let place = format!("left_out[{}]", at + 1);
        let customer = CustomerId(left.customer);
        if !customers.contains_key(&left.customer) {
            return Err(format!("{place}: {customer} is not to be visited"));
        }
        if !seen.insert(left.customer) {
            return Err(format!("{place}: {customer} is left out twice"));
        }
        if left.missing < 1 {
            return Err(format!("{place}: {customer} is left out, but misses no visit"));
        }
        let sum = accounted.entry(left.customer).or_default();
        *sum = sum.saturating_add(left.missing);
    }
    for (id, customer) in customers {
        let sum = accounted.get(id).copied().unwrap_or(0);
        if sum != customer.visits {
            return Err(format!(
                "{} is to be visited {} times, but the plan places or leaves out {sum}",
                CustomerId(*id),
                customer.visits
            ));
        }
    }
    Ok(())
}

fn show(day: i32) -> String {
    Day::from_number(day).map_or_else(|| day.to_string(), |day| day.to_string())
}

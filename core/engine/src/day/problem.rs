//! The planning problem: what the visit needs of a rep's customers ask of some days.

use kehu_contract::{PlanCustomer, PlanningProblem, Point, Value, WorkDay};
use kehu_domain::{Customer, Day};

use super::calendar::Calendar;
use super::portfolio::Portfolio;
use super::sheet::Sheet;
use super::{DayError, Work, capacity};

/// Days in a month, as far as "visits a month" goes.
const MONTH: f64 = 30.0;

/// States the problem of visiting a rep's customers on the working days of a period.
pub(super) fn state(
    work: &Work<'_>,
    portfolio: &Portfolio,
    sheet: &Sheet<'_>,
    from: Day,
    to: Day,
) -> Result<PlanningProblem, DayError> {
    let planning = &work.settings.planning;
    let seconds = capacity::day_seconds(work.settings, work.rep);
    let days = Calendar::of(&work.settings.country).working_days(from, to);
    let mut customers = Vec::new();
    for (row, id) in sheet.ids.iter().enumerate() {
        if let Some(customer) = portfolio.customers.get(id) {
            customers.extend(need(work, sheet, row, customer, from, to)?);
        }
    }
    Ok(PlanningProblem {
        rep: work.rep.name.clone(),
        home: point(work.rep.lat, work.rep.lon),
        days: days
            .into_iter()
            .map(|day| WorkDay { day: day.number(), seconds, max_visits: planning.visits_a_day })
            .collect(),
        from: from.number(),
        to: to.number(),
        customers,
        fixed: Vec::new(),
        speed: planning.kilometres_an_hour,
        seconds_per_way: (planning.minutes_a_way * 60.0).round() as i32,
        prospecting_share: planning.prospecting_share,
        seed: work.run.header().seed,
    })
}

fn point(lat: Option<f64>, lon: Option<f64>) -> Option<Point> {
    let (lat, lon) = (lat?, lon?);
    let on_earth = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
    on_earth.then_some(Point { lat, lon })
}

/// What a customer asks for; none if nobody says that it is to be visited in the period.
fn need(
    work: &Work<'_>,
    sheet: &Sheet<'_>,
    row: usize,
    customer: &Customer,
    from: Day,
    to: Day,
) -> Result<Option<PlanCustomer>, DayError> {
    let number = |name: &str| sheet.number(name, row);
    let text = |name: &str| -> Result<String, DayError> {
        Ok(match sheet.value(name, row)? {
            Value::Text(text) => text,
            _ => String::new(),
        })
    };
    let a_month = number("visits_per_month")?.filter(|number| *number > 0.0);
    let Some(visits_per_month) = a_month else { return Ok(None) };
    let gap = number("visit_gap_days")?.unwrap_or(MONTH / visits_per_month);
    let gap_days = gap.round().clamp(1.0, 3_660.0) as i32;
    let last_visit = number("last_visit_days")?.map(|days| work.as_of.number() - days as i32);
    let visits_a_round = visits_a_round(visits_per_month, gap_days);
    let visits = visits_a_round * rounds(last_visit, gap_days, from.number(), to.number());
    if visits == 0 {
        return Ok(None);
    }
    let minutes = number("visit_minutes")?.unwrap_or(0.0).clamp(0.0, 1_440.0);
    Ok(Some(PlanCustomer {
        customer: customer.id,
        name: customer.name.clone(),
        place: point(customer.lat, customer.lon),
        visits_per_month,
        visits,
        visits_a_round,
        seconds: (minutes * 60.0).round() as i32,
        gap_days,
        last_visit,
        mode: text("visit_mode")?,
        purpose: text("visit_purpose")?,
        topics: text("visit_topics")?,
        value: number("visit_value")?.unwrap_or(0.0),
        group: text("visit_group")?,
    }))
}

/// How many visits follow each other in a round: as many as the frequency asks for in one gap.
fn visits_a_round(visits_per_month: f64, gap_days: i32) -> i32 {
    ((visits_per_month * f64::from(gap_days) / MONTH).round() as i32).max(1)
}

/// How many rounds fall due in a period: the first one gap after the last visit, or at once.
fn rounds(last_visit: Option<i32>, gap_days: i32, from: i32, to: i32) -> i32 {
    let due = last_visit.map_or(from, |day| from.max(day.saturating_add(gap_days)));
    if due > to { 0 } else { 1 + (to - due) / gap_days }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_fall_due_a_gap_after_the_last_one() {
        for (last, gap, from, to, expected) in [
            (None, 7, 100, 125, 4),
            (None, 7, 100, 106, 1),
            (None, 7, 100, 107, 2),
            (Some(99), 7, 100, 105, 0),
            (Some(99), 7, 100, 106, 1),
            (Some(10), 60, 100, 125, 1),
            (Some(90), 60, 100, 125, 0),
            (Some(65), 60, 100, 125, 1),
            (Some(100), 7, 100, 100, 0),
        ] {
            assert_eq!(rounds(last, gap, from, to), expected, "{last:?} {gap} {from}..{to}");
        }
    }

    #[test]
    fn a_round_holds_what_the_frequency_asks_for_in_one_gap() {
        for (a_month, gap, expected) in
            [(4.0, 7, 1), (2.0, 15, 1), (1.0, 30, 1), (0.5, 60, 1), (3.0, 30, 3), (8.0, 30, 8)]
        {
            assert_eq!(visits_a_round(a_month, gap), expected, "{a_month} every {gap} days");
        }
    }
}

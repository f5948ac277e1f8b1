//! The planning problem, and the plan: one rep, some days, many customers.

use serde::{Deserialize, Serialize};

use crate::Cause;

/// A place on the map, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
}

/// One working day of the rep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkDay {
    /// The day, counted from 1970-01-01.
    pub day: i32,
    /// The seconds that can be worked.
    pub seconds: i32,
    /// The most visits that can be made.
    pub max_visits: i32,
}

/// A visit that is already agreed and must stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FixedVisit {
    /// The customer.
    pub customer: i64,
    /// The day.
    pub day: i32,
}

/// One customer that may be visited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanCustomer {
    /// Its id.
    pub customer: i64,
    /// Its name.
    pub name: String,
    /// Where it is, if known.
    pub place: Option<Point>,
    /// How many visits a month it should have.
    pub visits_per_month: f64,
    /// How many visits fall due in the period: each is to be placed or to be named as left out.
    pub visits: i32,
    /// How many of them make one round; those of a round follow each other from day to day.
    pub visits_a_round: i32,
    /// How long a visit takes, in seconds.
    pub seconds: i32,
    /// The days that should lie between two rounds.
    pub gap_days: i32,
    /// The last visit before the plan begins.
    pub last_visit: Option<i32>,
    /// How the customer is worked: `rotating`, `anchored`, `dig_in` or a pack's own word.
    pub mode: String,
    /// What the visit is for.
    pub purpose: String,
    /// What to talk about.
    pub topics: String,
    /// What a visit is worth; those of least value are left out first.
    pub value: f64,
    /// The part of the order of work that it belongs to: `bottom`, `prospecting`, `middle` or empty.
    pub group: String,
}

/// Holds all that a planner may know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanningProblem {
    /// The rep's name.
    pub rep: String,
    /// Where the rep starts and ends the day, if known.
    pub home: Option<Point>,
    /// The working days, in order; holidays and days off are not among them.
    pub days: Vec<WorkDay>,
    /// The first day of the period, working or not.
    pub from: i32,
    /// The last day of the period.
    pub to: i32,
    /// The customers, in id order.
    pub customers: Vec<PlanCustomer>,
    /// What is agreed already.
    pub fixed: Vec<FixedVisit>,
    /// Travel speed in kilometres an hour.
    pub speed: f64,
    /// Seconds that each way takes beside its length.
    pub seconds_per_way: i32,
    /// The share of the working time that is kept for finding new customers, 0 to 1.
    pub prospecting_share: f64,
    /// The seed of the run.
    pub seed: u64,
}

/// One visit of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// The customer.
    pub customer: i64,
    /// The seconds of the visit.
    pub seconds: i32,
    /// The seconds of the way there.
    pub travel_before: i32,
    /// Why this customer on this day; at least one.
    pub causes: Vec<Cause>,
}

/// One day of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanDay {
    /// The day.
    pub day: i32,
    /// The visits, in order.
    pub stops: Vec<Stop>,
}

/// Visits that did not fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The customer.
    pub customer: i64,
    /// How many of its visits are missing.
    pub missing: i32,
    /// Why; at least one.
    pub causes: Vec<Cause>,
}

/// Says which customer is visited on which day.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The days, in order.
    pub days: Vec<PlanDay>,
    /// What did not fit.
    pub left_out: Vec<LeftOut>,
}

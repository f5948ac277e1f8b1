//! Plans: made by the pack that owns `plan_visits`, checked, kept and found again.

use std::collections::{BTreeMap, BTreeSet};

use kehu_contract::{Hook, PlanCustomer, PlanningProblem, Rule, Stop, Text};
use kehu_domain::{CustomerId, Day, Entity, PlanId, Record, RepId, StoredPlan};
use kehu_store::{Reader, StoreError, Writer};
use serde::{Deserialize, Serialize};

use super::ask::{self, Because};
use super::calendar::Calendar;
use super::check::check;
use super::key::key;
use super::portfolio::{self, Portfolio};
use super::sheet::Sheet;
use super::{DayError, Work, problem};
use crate::packs::EnabledPack;

/// The action of a planned visit.
pub(super) const VISIT: &str = "visit";

/// How many days a plan may span.
const LONGEST: i32 = 366;

/// Holds a rep's visits in a period, with their reasons in words.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct VisitPlan {
    /// The pack that made it.
    pub pack: String,
    /// The working days, in order, those without visits too.
    pub days: Vec<VisitDay>,
    /// What did not fit, the least valuable first.
    pub left_out: Vec<LeftOutVisits>,
    /// What is to be said of the plan as a whole.
    pub notes: Vec<Text>,
}

/// Holds one day of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitDay {
    /// The day.
    pub day: Day,
    /// The seconds kept for finding new customers.
    pub prospecting_seconds: i32,
    /// The visits, in order.
    pub visits: Vec<VisitStop>,
}

/// Holds one visit of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitStop {
    /// Its lasting key.
    pub key: String,
    /// The customer.
    pub customer: CustomerId,
    /// The customer's name.
    pub name: String,
    /// The seconds of the visit.
    pub seconds: i32,
    /// The seconds of the way there.
    pub travel_seconds: i32,
    /// How the customer is worked.
    pub mode: String,
    /// What the visit is for.
    pub purpose: Text,
    /// What to talk about.
    pub topics: Text,
    /// What it is worth.
    pub value: f64,
    /// The part of the order of work.
    pub group: String,
    /// The day on which the visit fell due.
    pub fact_day: Day,
    /// Why this customer on this day.
    pub because: Vec<Because>,
}

/// Holds visits that did not fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeftOutVisits {
    /// The customer.
    pub customer: CustomerId,
    /// The customer's name.
    pub name: String,
    /// How many of its visits are missing.
    pub missing: i32,
    /// What a visit is worth.
    pub value: f64,
    /// Why.
    pub because: Vec<Because>,
}

/// Holds a plan that was made just now.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// The plan.
    pub plan: VisitPlan,
    /// Whose customers it is about.
    pub portfolio: Portfolio,
}

impl Work<'_> {
    /// Plans the rep's visits from one day to another, both included.
    ///
    /// # Errors
    /// Why there is no plan: nobody plans, the planner failed, or its plan breaks the problem.
    pub fn plan(&self, from: Day, to: Day) -> Result<Planned, DayError> {
        if to < from {
            return Err(DayError::Period(format!("the period ends on {to}, before {from}")));
        }
        if to.since(from) >= LONGEST {
            return Err(DayError::Period(format!("a plan spans at most {LONGEST} days")));
        }
        let portfolio = portfolio::find(self, &BTreeSet::new())?;
        let sheet = Sheet::new(self, portfolio.customers.keys().copied().collect())?;
        let plan = self.plan_for(&portfolio, &sheet, from, to)?;
        Ok(Planned { plan, portfolio })
    }

    pub(super) fn plan_for(
        &self,
        portfolio: &Portfolio,
        sheet: &Sheet<'_>,
        from: Day,
        to: Day,
    ) -> Result<VisitPlan, DayError> {
        let (pack, step) = self.planner()?;
        let problem = problem::state(self, portfolio, sheet, from, to)?;
        let failed = |error: String| DayError::Planner(error);
        let mut instance = ask::load(self, pack).map_err(|error| failed(error.to_string()))?;
        let rules = instance.rules().to_vec();
        let plan =
            instance.plan_visits(step, &problem).map_err(|error| failed(error.to_string()))?;
        let wrong =
            |message: String| failed(format!("pack {}, plan_visits: {message}", pack.name()));
        check(&problem, &plan).map_err(wrong)?;
        let writer = PlanWriter { work: self, pack, rules: &rules, problem: &problem };
        writer.write(&plan, from, to).map_err(wrong)
    }

    fn planner(&self) -> Result<(&EnabledPack, usize), DayError> {
        match self.packs.answering(Hook::PlanVisits, self.settings)[..] {
            [] => Err(DayError::NoPlanner),
            [one] => Ok(one),
            [first, ref others @ ..] => {
                let names = std::iter::once(&first).chain(others).map(|(pack, _)| pack.name());
                let mut names: Vec<String> = names.map(str::to_owned).collect();
                names.dedup();
                // Several steps of one pack: the first one plans.
                if names.len() == 1 { Ok(first) } else { Err(DayError::ManyPlanners(names)) }
            }
        }
    }
}

/// Puts a checked plan into words.
struct PlanWriter<'a> {
    work: &'a Work<'a>,
    pack: &'a EnabledPack,
    rules: &'a [Rule],
    problem: &'a PlanningProblem,
}

impl PlanWriter<'_> {
    fn write(&self, plan: &kehu_contract::Plan, from: Day, to: Day) -> Result<VisitPlan, String> {
        let customers: BTreeMap<i64, &PlanCustomer> =
            self.problem.customers.iter().map(|each| (each.customer, each)).collect();
        let mut before: BTreeMap<i64, Option<i32>> =
            customers.iter().map(|(id, each)| (*id, each.last_visit)).collect();
        let mut days = Vec::new();
        for working in &self.problem.days {
            let planned = plan.days.iter().enumerate().find(|(_, day)| day.day == working.day);
            let mut visits = Vec::new();
            for (at, stop) in planned.iter().flat_map(|(_, day)| day.stops.iter().enumerate()) {
                let place = planned.map_or(0, |(place, _)| place + 1);
                let Some(customer) = customers.get(&stop.customer) else { continue };
                let last = before.insert(stop.customer, Some(working.day)).flatten();
                let visit = self.visit(customer, stop, working.day, last);
                visits.push(
                    visit.map_err(|error| format!("days[{place}].stops[{}] {error}", at + 1))?,
                );
            }
            let share = self.problem.prospecting_share;
            days.push(VisitDay {
                day: day(working.day),
                prospecting_seconds: (f64::from(working.seconds) * share).round() as i32,
                visits,
            });
        }
        let left_out = self.left_out(plan, &customers)?;
        Ok(VisitPlan {
            pack: self.pack.name().to_owned(),
            days,
            left_out,
            notes: notes(&self.work.settings.country, from, to),
        })
    }

    fn visit(
        &self,
        customer: &PlanCustomer,
        stop: &Stop,
        on: i32,
        last: Option<i32>,
    ) -> Result<VisitStop, String> {
        let fact = fell_due(on, last, customer.gap_days);
        Ok(VisitStop {
            key: key(self.pack.name(), customer.customer, None, VISIT, fact),
            customer: CustomerId(customer.customer),
            name: customer.name.clone(),
            seconds: stop.seconds,
            travel_seconds: stop.travel_before,
            mode: customer.mode.clone(),
            purpose: self.words("visit_purpose", &customer.purpose),
            topics: self.words("visit_topics", &customer.topics),
            value: customer.value,
            group: customer.group.clone(),
            fact_day: day(fact),
            because: ask::because(self.pack, self.rules, &stop.causes)?,
        })
    }

    fn left_out(
        &self,
        plan: &kehu_contract::Plan,
        customers: &BTreeMap<i64, &PlanCustomer>,
    ) -> Result<Vec<LeftOutVisits>, String> {
        let mut left_out = Vec::new();
        for (at, left) in plan.left_out.iter().enumerate() {
            let Some(customer) = customers.get(&left.customer) else { continue };
            let because = ask::because(self.pack, self.rules, &left.causes)
                .map_err(|error| format!("left_out[{}] {error}", at + 1))?;
            left_out.push(LeftOutVisits {
                customer: CustomerId(left.customer),
                name: customer.name.clone(),
                missing: left.missing,
                value: customer.value,
                because,
            });
        }
        left_out.sort_by(|left, right| {
            left.value.total_cmp(&right.value).then(left.customer.cmp(&right.customer))
        });
        Ok(left_out)
    }

    /// What people call a label's value; a plain text stands for itself.
    fn words(&self, column: &str, value: &str) -> Text {
        let values = self.work.run.column_info(column).map(|column| &column.values);
        values
            .and_then(|values| values.iter().find(|each| each.key == value))
            .map_or_else(|| Text::new(value, ""), |each| each.text.clone())
    }
}

fn day(number: i32) -> Day {
    Day::from_number(number).unwrap_or(Day::MIN)
}

/// The day on which a visit fell due: whole gaps after the visit before it. Without one, gaps are
/// counted from a fixed day, so that a visit that a person has closed comes back after a gap.
fn fell_due(on: i32, last: Option<i32>, gap: i32) -> i32 {
    let gap = gap.max(1);
    match last {
        Some(last) if on - last >= gap => last + (on - last) / gap * gap,
        Some(_) => on,
        None => on.div_euclid(gap) * gap,
    }
}

/// Says of which years the holidays are not known.
pub(super) fn notes(country: &str, from: Day, to: Day) -> Vec<Text> {
    let years = Calendar::of(country).unknown_years(from, to);
    let note = |year: &i32| {
        Text::new(
            format!("the public holidays of {year} are not known: only weekends are off"),
            format!("没有{year}年的节假日数据：只有周末休息"),
        )
    };
    years.iter().map(note).collect()
}

/// Keeps a plan; `today` is the day on which it is kept.
///
/// # Errors
/// What the store says.
pub fn keep_plan(
    writer: &mut dyn Writer,
    work: &Work<'_>,
    from: Day,
    to: Day,
    plan: &VisitPlan,
    today: Day,
) -> kehu_store::Result<PlanId> {
    let body = serde_json::to_value(plan)
        .map_err(|error| StoreError::Io(format!("a plan cannot be written: {error}")))?;
    let rep = RepId(work.rep.id);
    let stored = StoredPlan { id: 0, rep, from, to, as_of: work.as_of, body };
    writer.put(&Record::Plan(stored), today).map(PlanId)
}

/// The latest plan of a rep that covers a day and was made from no later knowledge.
///
/// # Errors
/// What the store says, or that the plan is damaged.
pub fn latest_plan(
    reader: &dyn Reader,
    rep: RepId,
    on: Day,
) -> Result<Option<(StoredPlan, VisitPlan)>, DayError> {
    let mut found: Option<StoredPlan> = None;
    reader.each(Entity::Plan, None, &mut |record| {
        if let Ok(plan) = StoredPlan::try_from(record)
            && plan.rep == rep
            && plan.from <= on
            && on <= plan.to
            && plan.as_of <= on
        {
            found = Some(plan);
        }
        Ok(())
    })?;
    let Some(stored) = found else { return Ok(None) };
    let plan = read_plan(&stored)?;
    Ok(Some((stored, plan)))
}

/// Reads a plan that is kept; an error says that it is damaged.
pub(crate) fn read_plan(stored: &StoredPlan) -> Result<VisitPlan, DayError> {
    serde_json::from_value(stored.body.clone()).map_err(|error| {
        let id = PlanId(stored.id).to_string();
        DayError::DamagedPlan { id, message: error.to_string() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_keeps_the_day_on_which_it_fell_due_until_the_next_one_does() {
        for (on, last, gap, expected) in [
            (107, Some(100), 7, 107),
            (113, Some(100), 7, 107),
            (114, Some(100), 7, 114),
            (103, Some(100), 7, 103),
            (105, None, 7, 105),
            (111, None, 7, 105),
            (112, None, 7, 112),
        ] {
            assert_eq!(fell_due(on, last, gap), expected, "on {on} after {last:?}");
        }
    }
}

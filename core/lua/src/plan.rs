//! A planning problem through a pack's `plan_visits`.

use kehu_contract::{FailureKind, LeftOut, Plan, PlanDay, PlanningProblem, Stop};
use mlua::{Function, Table, Value};

use crate::batch::plain_context;
use crate::causes::{self, check_keys, needed, whole};
use crate::convert::to_lua;
use crate::evaluate::a;
use crate::fault::Fault;
use crate::gate::Work;
use crate::pack::{LuaPack, Trouble};
use crate::rules::Registry;

/// The most visits of one day.
const STOPS: usize = 200;

/// Calls the author's function and reads the plan that it returns.
pub(crate) fn run(
    pack: &LuaPack,
    author: &Function,
    problem: &PlanningProblem,
) -> Result<Plan, Trouble> {
    let machine = &pack.machine;
    let json = serde_json::to_value(problem)
        .map_err(|error| Fault::new(FailureKind::Host, error.to_string()))?;
    let given = to_lua(&machine.lua, &json)?;
    let ctx = plain_context(machine, &pack.evaluator, &pack.context)?;
    machine.gate.enter(Work::Whole, None);
    let returned: Value = author.call((given, ctx))?;
    machine.gate.pause();
    let reader = Reader { registry: &pack.evaluator.registry, problem };
    Ok(reader.plan(&returned)?)
}

struct Reader<'a> {
    registry: &'a Registry,
    problem: &'a PlanningProblem,
}

impl Reader<'_> {
    fn plan(&self, returned: &Value) -> Result<Plan, Fault> {
        let table = table(returned, "the plan")?;
        check_keys(table, &["days", "left_out"], "the plan")?;
        let days = list(table, "days", "the plan", self.problem.days.len())?
            .iter()
            .enumerate()
            .map(|(at, day)| self.day(day, &format!("days[{}]", at + 1)))
            .collect::<Result<Vec<_>, _>>()?;
        if days.windows(2).any(|pair| pair[0].day >= pair[1].day) {
            return Err(Fault::result("the days of the plan are not in order, each once"));
        }
        let customers = self.problem.customers.len() + self.problem.fixed.len();
        let left_out = list(table, "left_out", "the plan", customers)?
            .iter()
            .enumerate()
            .map(|(at, left)| self.left_out(left, &format!("left_out[{}]", at + 1)))
            .collect::<Result<_, _>>()?;
        Ok(Plan { days, left_out })
    }

    fn day(&self, given: &Value, whose: &str) -> Result<PlanDay, Fault> {
        let day = table(given, whose)?;
        check_keys(day, &["day", "stops"], whose)?;
        let number = needed(whole(day, "day", whose)?, "day", whose)?;
        if !self.problem.days.iter().any(|work| work.day == number) {
            return Err(Fault::result(format!(
                "{whose}: {number} is no working day of the problem"
            )));
        }
        let stops = list(day, "stops", whose, STOPS)?
            .iter()
            .enumerate()
            .map(|(at, stop)| self.stop(stop, &format!("{whose}.stops[{}]", at + 1)))
            .collect::<Result<_, _>>()?;
        Ok(PlanDay { day: number, stops })
    }

    fn stop(&self, given: &Value, whose: &str) -> Result<Stop, Fault> {
        let stop = table(given, whose)?;
        check_keys(stop, &["customer", "seconds", "travel_before", "because"], whose)?;
        let customer = self.customer(stop, whose)?;
        let usual = self.problem.customers.iter().find(|each| each.customer == customer);
        let seconds = whole(stop, "seconds", whose)?
            .or_else(|| usual.map(|each| each.seconds))
            .unwrap_or_default();
        let travel_before = whole(stop, "travel_before", whose)?.unwrap_or_default();
        if seconds < 0 || travel_before < 0 {
            return Err(Fault::result(format!("{whose}: seconds are negative")));
        }
        Ok(Stop { customer, seconds, travel_before, causes: self.causes(stop, whose)? })
    }

    fn left_out(&self, given: &Value, whose: &str) -> Result<LeftOut, Fault> {
        let left = table(given, whose)?;
        check_keys(left, &["customer", "missing", "because"], whose)?;
        let missing = whole(left, "missing", whose)?.unwrap_or(1);
        Ok(LeftOut {
            customer: self.customer(left, whose)?,
            missing,
            causes: self.causes(left, whose)?,
        })
    }

    fn customer(&self, table: &Table, whose: &str) -> Result<i64, Fault> {
        let number = needed(causes::number(table, "customer", whose)?, "customer", whose)?;
        let known = self.problem.customers.iter().map(|each| each.customer);
        known
            .chain(self.problem.fixed.iter().map(|visit| visit.customer))
            .find(|id| (*id as f64).total_cmp(&number).is_eq())
            .ok_or_else(|| {
                Fault::result(format!("{whose}: customer {number} is not in the problem"))
            })
    }

    fn causes(&self, table: &Table, whose: &str) -> Result<Vec<kehu_contract::Cause>, Fault> {
        let because = table.raw_get("because").unwrap_or(Value::Nil);
        causes::read(&because, whose, self.registry)
    }
}

fn table<'a>(given: &'a Value, whose: &str) -> Result<&'a Table, Fault> {
    match given {
        Value::Table(table) => Ok(table),
        other => Err(Fault::result(format!("{whose} is {}, expected a table", a(other)))
            .hint("return { days = { { day = …, stops = { … } } }, left_out = { … } }")),
    }
}

/// The items of a list, of which there are so many at most.
fn list(table: &Table, key: &str, whose: &str, most: usize) -> Result<Vec<Value>, Fault> {
    match table.raw_get::<Value>(key) {
        Ok(Value::Nil) => Ok(Vec::new()),
        Ok(Value::Table(list)) if list.raw_len() > most => Err(Fault::result(format!(
            "{whose}: {key} has {} items, expected {most} at most",
            list.raw_len()
        ))),
        Ok(Value::Table(list)) => (1..=list.raw_len())
            .map(|at| list.raw_get(at).map_err(|_| Fault::result(format!("{whose}: unreadable"))))
            .collect(),
        Ok(other) => {
            Err(Fault::result(format!("{whose}: {key} is {}, expected a list", a(&other))))
        }
        Err(_) => Err(Fault::result(format!("{whose}: {key} is unreadable"))),
    }
}

//! Tasks and planned visits as rows: the work of reps.

use std::collections::BTreeMap;

use kehu_contract::{ColumnType, Columns, Value};
use kehu_domain::{Day, Entity, RepId, StoredPlan, Task, TaskState};

use super::deal_rows::{Names, customer_name};
use super::list::QueryError;
use super::rep_rows::text;
use super::rows::{Checked, RowColumn, RowQuery, RowSource};
use crate::day::{VisitDay, VisitStop, read_plan};

/// The columns of tasks.
pub(super) fn task_columns() -> Vec<RowColumn> {
    use ColumnType::{Day, Text};
    let mut columns = vec![
        RowColumn::id("id", Entity::Task),
        RowColumn::new("what", Text),
        RowColumn::id("customer", Entity::Customer),
        RowColumn::new("customer_name", Text),
        RowColumn::id("deal", Entity::Deal),
    ];
    for (name, kind) in [
        ("rep", Text),
        ("due", Day),
        ("state", Text),
        ("since", Day),
        ("until", Day),
        ("reason", Text),
        ("origin", Text),
        ("known", Day),
    ] {
        columns.push(RowColumn::new(name, kind));
    }
    columns
}

/// Reads the tasks that were written down by the day, in the order of their ids, or as the query says.
pub(super) fn read_tasks(
    source: &RowSource<'_>,
    query: &RowQuery,
    checked: &Checked,
) -> Result<Columns, QueryError> {
    let names = Names::read(source.reader, &checked.read)?;
    let mut rows = Vec::new();
    source.reader.each(Entity::Task, query.customer, &mut |record| {
        source.go_on()?;
        let Ok(task) = Task::try_from(record) else { return Ok(()) };
        if task.known > source.as_of {
            return Ok(());
        }
        let mut row = Vec::with_capacity(checked.read.len());
        for name in &checked.read {
            row.push(match name.as_str() {
                "customer_name" => match task.customer {
                    Some(id) => customer_name(source.reader, id.0)?,
                    None => Value::Missing,
                },
                _ => of_task(&names, &task, source.as_of, name),
            });
        }
        if checked.wants(&row) {
            rows.push(row);
        }
        Ok(())
    })?;
    Ok(checked.finish(rows, query.limit))
}

fn of_task(names: &Names, task: &Task, as_of: Day, name: &str) -> Value {
    let id = |id: Option<i64>| id.map_or(Value::Missing, |id| Value::Number(id as f64));
    let day = |day: Option<Day>| day.map_or(Value::Missing, |day| Value::Day(day.number()));
    // What was done since had not been done by the day.
    let is_later = task.since.is_some_and(|since| since > as_of);
    let state = if is_later { TaskState::Open } else { task.state };
    match name {
        "id" => Value::Number(task.id as f64),
        "what" => Value::Text(task.what.clone()),
        "customer" => id(task.customer.map(|id| id.0)),
        "deal" => id(task.deal.map(|id| id.0)),
        "rep" => names.rep(task.rep.map(|id| id.0)),
        "due" => Value::Day(task.due.number()),
        "state" => text(Some(match state {
            TaskState::Open => "open",
            TaskState::Done => "done",
            TaskState::Snoozed => "snoozed",
            TaskState::Skipped => "skipped",
        })),
        "since" if is_later => Value::Missing,
        "since" => day(task.since),
        "until" if is_later => Value::Missing,
        "until" => day(task.until),
        "reason" => text(task.reason.as_deref()),
        "origin" => text(task.origin.as_deref()),
        "known" => Value::Day(task.known.number()),
        _ => Value::Missing,
    }
}

/// The columns of planned visits.
pub(super) fn visit_columns() -> Vec<RowColumn> {
    use ColumnType::{Day, Number, Text};
    let mut columns = vec![
        RowColumn::new("day", Day),
        RowColumn::new("place", Number),
        RowColumn::new("rep", Text),
        RowColumn::id("customer", Entity::Customer),
    ];
    for (name, kind) in [
        ("customer_name", Text),
        ("minutes", Number),
        ("mode", Text),
        ("purpose", Text),
        ("group", Text),
    ] {
        columns.push(RowColumn::new(name, kind));
    }
    columns
}

/// Reads the visits of each rep's latest plan for each day, by day and rep, or as the query says. Plans
/// that were made later than the day as of which all is seen, or than the planned day, do not count.
pub(super) fn read_visits(
    source: &RowSource<'_>,
    query: &RowQuery,
    checked: &Checked,
) -> Result<Columns, QueryError> {
    // The rep's name is needed for the order, whatever is asked for.
    let names = Names::read(source.reader, &["rep".to_owned()])?;
    let mut days: BTreeMap<(Day, RepId), VisitDay> = BTreeMap::new();
    source.reader.each(Entity::Plan, None, &mut |record| {
        source.go_on()?;
        let Ok(stored) = StoredPlan::try_from(record) else { return Ok(()) };
        // A plan that cannot be read is as good as none here; doctor tells of it.
        let Ok(plan) = read_plan(&stored) else { return Ok(()) };
        for day in plan.days {
            if stored.as_of <= source.as_of && stored.as_of <= day.day {
                days.insert((day.day, stored.rep), day);
            }
        }
        Ok(())
    })?;
    let mut rows = Vec::new();
    for ((day, rep), planned) in &days {
        let wanted =
            |visit: &&VisitStop| query.customer.is_none_or(|customer| visit.customer == customer);
        for (at, visit) in planned.visits.iter().enumerate().filter(|(_, visit)| wanted(visit)) {
            let value = |name: &String| match name.as_str() {
                "day" => Value::Day(day.number()),
                "place" => Value::Number(at as f64 + 1.0),
                "rep" => names.rep(Some(rep.0)),
                "customer" => Value::Number(visit.customer.0 as f64),
                "customer_name" => Value::Text(visit.name.clone()),
                "minutes" => Value::Number(f64::from(visit.seconds) / 60.0),
                "mode" => text(Some(visit.mode.as_str()).filter(|mode| !mode.is_empty())),
                "purpose" => {
                    let purpose = visit.purpose.get(source.settings.language);
                    text(Some(purpose).filter(|purpose| !purpose.is_empty()))
                }
                "group" => text(Some(visit.group.as_str()).filter(|group| !group.is_empty())),
                _ => Value::Missing,
            };
            let row: Vec<Value> = checked.read.iter().map(value).collect();
            if checked.wants(&row) {
                rows.push(row);
            }
        }
    }
    Ok(checked.finish(rows, query.limit))
}

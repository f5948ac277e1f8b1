//! Targets as rows, with what is reached.

use kehu_contract::{ColumnType, Columns, Value};
use kehu_domain::{Entity, Target};

use super::deal_rows::Names;
use super::list::QueryError;
use super::rows::{Checked, RowColumn, RowQuery, RowSource};
use crate::records::targets;

/// The columns.
pub(super) fn columns() -> Vec<RowColumn> {
    use ColumnType::{Day, Number, Text};
    let mut columns = vec![RowColumn::id("id", Entity::Target)];
    for (name, kind) in [
        ("measure", Text),
        ("value", Number),
        ("reached", Number),
        ("from", Day),
        ("to", Day),
        ("rep", Text),
    ] {
        columns.push(RowColumn::new(name, kind));
    }
    columns
}

/// Reads them in the order of their ids, or as the query says.
pub(super) fn read(
    source: &RowSource<'_>,
    query: &RowQuery,
    checked: &Checked,
) -> Result<Columns, QueryError> {
    let names = Names::read(source.reader, &checked.read)?;
    let targets = targets::list(source.reader)?;
    // What is reached takes a scan of all records: only where it is asked for.
    let reached = if checked.read.iter().any(|name| name == "reached") {
        targets::reached(source.settings, source.reader, &targets, source.as_of)?
    } else {
        vec![None; targets.len()]
    };
    source.go_on()?;
    let rows = targets.iter().zip(reached).map(|(target, reached)| {
        let value = |name: &String| value(&names, target, reached, name);
        checked.read.iter().map(value).collect::<Vec<Value>>()
    });
    Ok(checked.finish(rows.filter(|row| checked.wants(row)).collect(), query.limit))
}

fn value(names: &Names, target: &Target, reached: Option<f64>, name: &str) -> Value {
    match name {
        "id" => Value::Number(target.id as f64),
        "measure" => Value::Text(target.measure.clone()),
        "value" => Value::Number(target.value),
        "reached" => reached.map_or(Value::Missing, Value::Number),
        "from" => Value::Day(target.from.number()),
        "to" => Value::Day(target.to.number()),
        "rep" => names.rep(target.rep.map(|id| id.0)),
        _ => Value::Missing,
    }
}

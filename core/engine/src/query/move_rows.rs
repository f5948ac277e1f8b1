//! The moves of deals as rows: each stage that a deal has entered.

use kehu_contract::{ColumnType, Columns, Value};
use kehu_domain::{Deal, DealEvent, Entity, StageRole};
use kehu_store::{CustomerRange, StoreError};

use super::deal_rows::{Names, customer_name};
use super::list::QueryError;
use super::rep_rows::text;
use super::rows::{Checked, RowColumn, RowQuery, RowSource};

/// The columns.
pub(super) fn columns() -> Vec<RowColumn> {
    use ColumnType::{Day, Money, Number, Text};
    let mut columns = vec![
        RowColumn::id("deal", Entity::Deal),
        RowColumn::new("name", Text),
        RowColumn::id("customer", Entity::Customer),
    ];
    for (name, kind) in [
        ("customer_name", Text),
        ("rep", Text),
        ("pipeline", Text),
        ("stage", Text),
        ("stage_order", Number),
        ("role", Text),
        ("probability", Number),
        ("happened", Day),
        ("days", Number),
        ("amount", Money),
        ("reason", Text),
    ] {
        columns.push(RowColumn::new(name, kind));
    }
    columns
}

/// Reads them by deal, each deal's in their order, or as the query says.
pub(super) fn read(
    source: &RowSource<'_>,
    query: &RowQuery,
    checked: &Checked,
) -> Result<Columns, QueryError> {
    let names = Names::read(source.reader, &checked.read)?;
    let mut rows: Vec<(i64, Vec<Value>)> = Vec::new();
    let mut visit = |deal: &Deal, events: &[DealEvent]| {
        source.go_on()?;
        for (at, event) in events.iter().enumerate() {
            let move_of = Move { deal, event, next: events.get(at + 1) };
            let row = checked
                .read
                .iter()
                .map(|name| move_of.value(source, &names, name))
                .collect::<Result<Vec<_>, _>>()?;
            if checked.wants(&row) {
                rows.push((deal.id, row));
            }
        }
        Ok(())
    };
    let range = query.customer.map_or(CustomerRange::ALL, CustomerRange::one);
    source.reader.deals(range, source.as_of, &mut visit)?;
    if query.customer.is_none() {
        source.reader.deals_without_customer(source.as_of, &mut visit)?;
    }
    rows.sort_by_key(|(id, _)| *id);
    Ok(checked.finish(rows.into_iter().map(|(_, row)| row).collect(), query.limit))
}

/// A deal that enters a stage, and the move that ends its stay there.
struct Move<'a> {
    deal: &'a Deal,
    event: &'a DealEvent,
    next: Option<&'a DealEvent>,
}

impl Move<'_> {
    fn value(
        &self,
        source: &RowSource<'_>,
        names: &Names,
        name: &str,
    ) -> Result<Value, StoreError> {
        let Self { deal, event, next } = self;
        let settings = source.settings;
        let number = |number: Option<f64>| number.map_or(Value::Missing, Value::Number);
        let stages = settings.pipeline(&deal.pipeline).map_or(&[][..], |each| &each.stages);
        let at = stages.iter().position(|stage| stage.name == event.stage);
        Ok(match name {
            "deal" => Value::Number(deal.id as f64),
            "name" => Value::Text(deal.name.clone()),
            "customer" => number(deal.customer.map(|id| id.0 as f64)),
            "customer_name" => match deal.customer {
                Some(id) => customer_name(source.reader, id.0)?,
                None => Value::Missing,
            },
            "rep" => names.rep(deal.rep.map(|id| id.0)),
            "pipeline" => Value::Text(deal.pipeline.clone()),
            "stage" => Value::Text(event.stage.clone()),
            "stage_order" => number(at.map(|at| at as f64 + 1.0)),
            "role" => text(at.map(|at| match stages[at].role {
                StageRole::Open => "open",
                StageRole::Won => "won",
                StageRole::Lost => "lost",
            })),
            "probability" => number(at.and_then(|at| stages[at].probability)),
            "happened" => Value::Day(event.happened.number()),
            "days" => {
                let end = next.map_or(source.as_of, |next| next.happened);
                Value::Number(f64::from(end.since(event.happened)))
            }
            "amount" => number(event.amount.map(|amount| settings.currency.to_major(amount))),
            "reason" => text(event.reason.as_deref()),
            _ => Value::Missing,
        })
    }
}

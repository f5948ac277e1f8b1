//! Deals as rows, each as it stands.

use std::collections::BTreeMap;

use kehu_contract::{ColumnType, Columns, Value};
use kehu_domain::{Day, Deal, DealEvent, Entity, StageRole};
use kehu_store::{CustomerRange, Reader, StoreError};

use super::list::{QueryError, custom};
use super::rep_rows::{add_fields, text};
use super::rows::{Checked, RowColumn, RowQuery, RowSource};
use crate::records::names::name_of;
use crate::settings::Settings;

/// The columns, those that the workspace declares last.
pub(super) fn columns(settings: &Settings) -> Vec<RowColumn> {
    use ColumnType::{Day, Flag, Money, Number, Text};
    let mut columns = vec![
        RowColumn::id("id", Entity::Deal),
        RowColumn::new("name", Text),
        RowColumn::id("customer", Entity::Customer),
    ];
    for (name, kind) in [
        ("customer_name", Text),
        ("rep", Text),
        ("product", Text),
        ("pipeline", Text),
        ("stage", Text),
        ("stage_order", Number),
        ("probability", Number),
        ("amount", Money),
        ("weighted", Money),
        ("opened", Day),
        ("days_open", Number),
        ("days_in_stage", Number),
        ("closed", Day),
        ("expected_close", Day),
        ("open", Flag),
        ("won", Flag),
        ("lost", Flag),
    ] {
        columns.push(RowColumn::new(name, kind));
    }
    add_fields(&mut columns, settings, Entity::Deal);
    columns
}

/// Reads them in the order of their ids, or as the query says.
pub(super) fn read(
    source: &RowSource<'_>,
    query: &RowQuery,
    checked: &Checked,
) -> Result<Columns, QueryError> {
    let names = Names::read(source.reader, &checked.read)?;
    let mut rows: Vec<(i64, Vec<Value>)> = Vec::new();
    let mut visit = |deal: &Deal, events: &[DealEvent]| {
        source.go_on()?;
        let view = View { source, names: &names, deal, events };
        let row =
            checked.read.iter().map(|name| view.value(name)).collect::<Result<Vec<_>, _>>()?;
        if checked.wants(&row) {
            rows.push((deal.id, row));
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

/// The names of reps and products, and those of customers as they are met.
#[derive(Debug, Default)]
pub(super) struct Names {
    reps: BTreeMap<i64, String>,
    products: BTreeMap<i64, String>,
}

impl Names {
    /// Reads the names that the columns need.
    pub(super) fn read(reader: &dyn Reader, columns: &[String]) -> Result<Self, StoreError> {
        let mut names = Self::default();
        for (column, entity, into) in [
            ("rep", Entity::Rep, &mut names.reps),
            ("product", Entity::Product, &mut names.products),
        ] {
            if columns.iter().any(|name| name == column) {
                reader.each(entity, None, &mut |record| {
                    into.insert(record.id(), name_of(&record).to_owned());
                    Ok(())
                })?;
            }
        }
        Ok(names)
    }

    /// The name of a rep.
    pub(super) fn rep(&self, id: Option<i64>) -> Value {
        text(id.and_then(|id| self.reps.get(&id)).map(String::as_str))
    }

    /// The name of a product.
    pub(super) fn product(&self, id: Option<i64>) -> Value {
        text(id.and_then(|id| self.products.get(&id)).map(String::as_str))
    }
}

struct View<'a> {
    source: &'a RowSource<'a>,
    names: &'a Names,
    deal: &'a Deal,
    events: &'a [DealEvent],
}

impl View<'_> {
    fn value(&self, name: &str) -> Result<Value, StoreError> {
        let Self { source, names, deal, events } = self;
        let (settings, as_of) = (source.settings, source.as_of);
        let last = events.last();
        let stages = settings.pipeline(&deal.pipeline).map_or(&[][..], |each| &each.stages);
        let at = last.and_then(|last| stages.iter().position(|stage| stage.name == last.stage));
        let stage = at.map(|at| &stages[at]);
        let role = stage.map_or(StageRole::Open, |stage| stage.role);
        let number = |number: Option<f64>| number.map_or(Value::Missing, Value::Number);
        let day = |day: Option<Day>| day.map_or(Value::Missing, |day| Value::Day(day.number()));
        let since = |day: Option<Day>| number(day.map(|day| f64::from(as_of.since(day))));
        let opened = events.first().map(|event| event.happened);
        Ok(match name {
            "id" => Value::Number(deal.id as f64),
            "name" => Value::Text(deal.name.clone()),
            "customer" => number(deal.customer.map(|id| id.0 as f64)),
            "customer_name" => match deal.customer {
                Some(id) => customer_name(source.reader, id.0)?,
                None => Value::Missing,
            },
            "rep" => names.rep(deal.rep.map(|id| id.0)),
            "product" => names.product(deal.product.map(|id| id.0)),
            "pipeline" => Value::Text(deal.pipeline.clone()),
            "stage" => text(last.map(|event| event.stage.as_str())),
            "stage_order" => number(at.map(|at| at as f64 + 1.0)),
            "probability" => number(stage.and_then(|stage| stage.probability)),
            "amount" => number(self.amount()),
            "weighted" => {
                let probability = stage.filter(|_| role == StageRole::Open);
                let probability = probability.and_then(|stage| stage.probability);
                number(probability.zip(self.amount()).map(|(share, amount)| share * amount))
            }
            "opened" => day(opened),
            "days_open" if role == StageRole::Open => since(opened),
            "days_open" => number(
                opened.zip(last).map(|(opened, last)| f64::from(last.happened.since(opened))),
            ),
            "days_in_stage" => since(last.map(|event| event.happened)),
            "closed" if role != StageRole::Open => day(last.map(|event| event.happened)),
            "closed" => Value::Missing,
            "expected_close" => day(deal.expected_close),
            "open" => Value::Flag(role == StageRole::Open),
            "won" => Value::Flag(role == StageRole::Won),
            "lost" => Value::Flag(role == StageRole::Lost),
            _ => settings.field(Entity::Deal, name).map_or(Value::Missing, |field| {
                custom(settings, field.kind, deal.fields.get(name))
            }),
        })
    }
}

impl View<'_> {
    /// The amount in major units: that of the latest move that has one, else the deal's own.
    fn amount(&self) -> Option<f64> {
        let amount = self.events.iter().rev().find_map(|event| event.amount).or(self.deal.amount);
        amount.map(|amount| self.source.settings.currency.to_major(amount))
    }
}

/// The name of a customer.
pub(super) fn customer_name(reader: &dyn Reader, id: i64) -> Result<Value, StoreError> {
    Ok(match reader.get(Entity::Customer, id)? {
        Some(record) => Value::Text(name_of(&record).to_owned()),
        None => Value::Missing,
    })
}

//! Reps as rows.

use kehu_contract::{ColumnType, Columns, Value};
use kehu_domain::{Entity, Rep};

use super::list::{QueryError, custom, field_kind};
use super::rows::{Checked, RowColumn, RowQuery, RowSource};
use crate::settings::Settings;

/// The columns, those that the workspace declares last.
pub(super) fn columns(settings: &Settings) -> Vec<RowColumn> {
    let mut columns = vec![RowColumn::id("id", Entity::Rep)];
    for name in ["name", "region", "manager", "email"] {
        columns.push(RowColumn::new(name, ColumnType::Text));
    }
    add_fields(&mut columns, settings, Entity::Rep);
    columns
}

/// Adds the custom fields of a sort of record, unless a column is called so already.
pub(super) fn add_fields(columns: &mut Vec<RowColumn>, settings: &Settings, entity: Entity) {
    for field in settings.fields_of(entity) {
        if columns.iter().all(|column| column.name != field.name) {
            columns.push(RowColumn {
                values: field.choices.clone(),
                ..RowColumn::new(&field.name, field_kind(field.kind))
            });
        }
    }
}

/// Reads them.
pub(super) fn read(
    source: &RowSource<'_>,
    query: &RowQuery,
    checked: &Checked,
) -> Result<Columns, QueryError> {
    let mut rows = Vec::new();
    source.reader.each(Entity::Rep, None, &mut |record| {
        source.go_on()?;
        let Ok(rep) = Rep::try_from(record) else { return Ok(()) };
        let row: Vec<Value> =
            checked.read.iter().map(|name| value(source.settings, &rep, name)).collect();
        if checked.wants(&row) {
            rows.push(row);
        }
        Ok(())
    })?;
    Ok(checked.finish(rows, query.limit))
}

fn value(settings: &Settings, rep: &Rep, name: &str) -> Value {
    match name {
        "id" => Value::Number(rep.id as f64),
        "name" => Value::Text(rep.name.clone()),
        "region" => text(rep.region.as_deref()),
        "manager" => text(rep.manager.as_deref()),
        "email" => text(rep.email.as_deref()),
        _ => settings
            .field(Entity::Rep, name)
            .map_or(Value::Missing, |field| custom(settings, field.kind, rep.fields.get(name))),
    }
}

/// A text that may be missing.
pub(super) fn text(text: Option<&str>) -> Value {
    text.map_or(Value::Missing, |text| Value::Text(text.to_owned()))
}

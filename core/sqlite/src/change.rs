//! What an operation does to records: it makes, replaces and removes them, and keeps what was.

use std::collections::BTreeSet;

use kehu_domain::{Day, Entity, Operation, OperationDraft, OperationId, Record};
use kehu_store::{Change, StoreError};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::fault::{Done, Fault};
use crate::rows;
use crate::table::table;

/// Enters an operation; its id is the next.
pub(crate) fn begin(connection: &Connection, draft: &OperationDraft) -> Done<i64> {
    let sql = "INSERT INTO operation (id, kind, \"by\", at, summary, source, cause)
         SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ?, ?, ? FROM operation RETURNING id";
    let OperationDraft { kind, by, at, summary, source, cause } = draft;
    let row = params![kind, by, at, summary, source, cause.map(|cause| cause.0)];
    Ok(connection.prepare_cached(sql)?.query_row(row, |row| row.get(0))?)
}

/// The last operation.
pub(crate) fn last(connection: &Connection) -> Done<Option<OperationId>> {
    let sql = "SELECT max(id) FROM operation";
    let found: Option<i64> = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    Ok(found.map(OperationId))
}

/// Operations that satisfy a condition, the latest first.
pub(crate) fn operations(
    connection: &Connection,
    condition: &str,
    parameters: impl rusqlite::Params,
) -> Done<Vec<Operation>> {
    let sql = format!(
        "SELECT id, kind, \"by\", at, summary, source, cause, undone_by FROM operation {condition}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_map(parameters, read_operation)?;
    Ok(found.collect::<Result<_, _>>()?)
}

fn read_operation(row: &Row<'_>) -> rusqlite::Result<Operation> {
    Ok(Operation {
        id: OperationId(row.get(0)?),
        kind: row.get(1)?,
        by: row.get(2)?,
        at: row.get(3)?,
        summary: row.get(4)?,
        source: row.get(5)?,
        cause: row.get::<_, Option<i64>>(6)?.map(OperationId),
        undone_by: row.get::<_, Option<i64>>(7)?.map(OperationId),
    })
}

/// How many records of each sort an operation made or changed.
pub(crate) fn touched(connection: &Connection, operation: i64) -> Done<Vec<(Entity, u64)>> {
    let sql = "SELECT made + changed FROM touched WHERE operation = ? AND entity = ?";
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = Vec::new();
    for entity in Entity::ALL {
        let count: Option<i64> = statement
            .query_row(params![operation, table(entity).name], |row| row.get(0))
            .optional()?;
        if let Some(count) = count.filter(|count| *count > 0) {
            found.push((entity, count.cast_unsigned()));
        }
    }
    Ok(found)
}

/// What an operation did to each record that it made, replaced or removed: how it was before and after;
/// in the order of sorts and ids. Nothing if it is undone.
pub(crate) fn changes(connection: &Connection, operation: i64) -> Done<Vec<Change>> {
    let mut found = Vec::new();
    for entity in Entity::ALL {
        let name = table(entity).name;
        let sql = "SELECT id FROM superseded WHERE replaced_by = ?1 AND entity = ?2
             UNION SELECT id FROM superseded WHERE made_by = ?1 AND entity = ?2";
        let mut ids = numbers(connection, sql, params![operation, name])?;
        let sql = format!(
            "SELECT id FROM touched JOIN \"{name}\" ON id BETWEEN first AND last
             WHERE touched.operation = ?1 AND entity = ?2"
        );
        ids.extend(numbers(connection, &sql, params![operation, name])?);
        for id in ids {
            let before = version(connection, entity, id, "replaced_by", operation)?;
            let after = match rows::get(connection, entity, id)? {
                Some((record, made_by)) if made_by == operation => Some(record),
                _ => version(connection, entity, id, "made_by", operation)?,
            };
            if before.is_some() || after.is_some() {
                found.push((before, after));
            }
        }
    }
    Ok(found)
}

fn numbers(
    connection: &Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
) -> Done<BTreeSet<i64>> {
    let mut statement = connection.prepare_cached(sql)?;
    let found = statement.query_map(parameters, |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// The version of a record that an operation replaced, or made and another one replaced.
fn version(
    connection: &Connection,
    entity: Entity,
    id: i64,
    column: &str,
    operation: i64,
) -> Done<Option<Record>> {
    let sql = format!("SELECT body FROM superseded WHERE entity = ? AND id = ? AND {column} = ?");
    let body: Option<String> = connection
        .prepare_cached(&sql)?
        .query_row(params![table(entity).name, id, operation], |row| row.get(0))
        .optional()?;
    Ok(body.map(|body| serde_json::from_str(&body)).transpose()?)
}

/// Gives `count` ids of a sort, and returns the first.
pub(crate) fn take_ids(connection: &Connection, sort: &str, count: i64) -> Done<i64> {
    let sql = "INSERT INTO sequence (entity, next, \"rows\") VALUES (?1, 1 + ?2, 0)
         ON CONFLICT DO UPDATE SET next = next + ?2 RETURNING next - ?2";
    Ok(connection.prepare_cached(sql)?.query_row(params![sort, count], |row| row.get(0))?)
}

/// The operation that gave an id.
pub(crate) fn maker(connection: &Connection, entity: Entity, id: i64) -> Done<Option<Operation>> {
    let condition = "WHERE id = (SELECT operation FROM touched
           WHERE entity = ?1 AND made > 0 AND ?2 BETWEEN first AND last
           ORDER BY operation LIMIT 1)";
    Ok(operations(connection, condition, params![table(entity).name, id])?.pop())
}

/// Counts records that have come or, with a negative number, gone.
pub(crate) fn count_rows(connection: &Connection, entity: Entity, more: i64) -> Done<()> {
    let sql = "UPDATE sequence SET \"rows\" = \"rows\" + ? WHERE entity = ?";
    connection.prepare_cached(sql)?.execute(params![more, table(entity).name])?;
    Ok(())
}

/// Notes what an operation did to a sort: the range of ids it gave, and how many it made and changed.
pub(crate) fn note(
    connection: &Connection,
    operation: i64,
    entity: Entity,
    range: Option<(i64, i64)>,
    made: i64,
    changed: i64,
) -> Done<()> {
    let sql = "INSERT INTO touched (operation, entity, first, last, made, changed)
         VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
           first = coalesce(first, excluded.first), last = coalesce(excluded.last, last),
           made = made + excluded.made, changed = changed + excluded.changed";
    let (first, last) = range.unzip();
    let row = params![operation, table(entity).name, first, last, made, changed];
    connection.prepare_cached(sql)?.execute(row)?;
    Ok(())
}

/// Writes a record and returns its id: one without an id is new, another replaces what is there.
pub(crate) fn put(
    connection: &Connection,
    operation: i64,
    record: &Record,
    today: Day,
) -> Done<i64> {
    rows::check_references(connection, record)?;
    if record.id() != 0 {
        replace(connection, operation, record, today)?;
        return Ok(record.id());
    }
    let entity = record.entity();
    let id = take_ids(connection, table(entity).name, 1)?;
    let mut record = record.clone();
    record.set_id(id);
    rows::insert(connection, &record, operation)?;
    count_rows(connection, entity, 1)?;
    note(connection, operation, entity, Some((id, id)), 1, 0)?;
    Ok(id)
}

/// Replaces a record and returns whether anything changed.
pub(crate) fn replace(
    connection: &Connection,
    operation: i64,
    record: &Record,
    today: Day,
) -> Done<bool> {
    let (entity, id) = (record.entity(), record.id());
    let (old, made_by) =
        rows::get(connection, entity, id)?.ok_or_else(|| rows::missing(entity, id))?;
    if old == *record {
        return Ok(false);
    }
    if made_by != operation {
        let until = (entity == Entity::Customer).then(|| today.number());
        supersede(connection, &old, made_by, operation, until)?;
    }
    rows::delete(connection, &old)?;
    rows::insert(connection, record, operation)?;
    Ok(true)
}

/// Takes a record away.
pub(crate) fn remove(connection: &Connection, operation: i64, entity: Entity, id: i64) -> Done<()> {
    let (old, made_by) =
        rows::get(connection, entity, id)?.ok_or_else(|| rows::missing(entity, id))?;
    if let Some((by, other)) = rows::referrer(connection, entity, id)? {
        return Err(StoreError::Needed {
            entity: entity.name(),
            id: format!("{}-{id}", entity.prefix()),
            by: format!("{}-{other}", by.prefix()),
        }
        .into());
    }
    if made_by != operation {
        supersede(connection, &old, made_by, operation, None)?;
    } else if made_here(connection, operation, entity, id)? {
        note(connection, operation, entity, None, -1, 0)?;
    }
    rows::delete(connection, &old)?;
    count_rows(connection, entity, -1)
}

fn made_here(connection: &Connection, operation: i64, entity: Entity, id: i64) -> Done<bool> {
    let sql =
        "SELECT 1 FROM touched WHERE operation = ? AND entity = ? AND ? BETWEEN first AND last";
    Ok(connection.prepare_cached(sql)?.exists(params![operation, table(entity).name, id])?)
}

/// Keeps a version that an operation replaces or removes.
fn supersede(
    connection: &Connection,
    old: &Record,
    made_by: i64,
    replaced_by: i64,
    until: Option<i32>,
) -> Done<()> {
    let entity = old.entity();
    let body = serde_json::to_string(old).map_err(|error| Fault::Damaged(error.to_string()))?;
    let sql = "INSERT INTO superseded (entity, id, made_by, replaced_by, until, body)
         VALUES (?, ?, ?, ?, ?, ?)";
    let row = params![table(entity).name, old.id(), made_by, replaced_by, until, body];
    connection.prepare_cached(sql)?.execute(row)?;
    note(connection, replaced_by, entity, None, 0, 1)
}

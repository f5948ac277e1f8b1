//! Taking an operation back.

use std::collections::BTreeSet;

use kehu_domain::{Entity, Operation, OperationId, Record};
use kehu_store::StoreError;
use rusqlite::{Connection, params};

use crate::change;
use crate::erase;
use crate::fault::Done;
use crate::rows;
use crate::run;
use crate::table::{self, table};

/// The kind of the operations that take others back.
pub(crate) const KIND: &str = "undo";

/// The ids that an operation gave to records of one sort.
struct Range {
    operation: i64,
    entity: Entity,
    first: i64,
    last: i64,
}

/// The operation that is to be taken back.
pub(crate) fn target(connection: &Connection, named: Option<OperationId>) -> Done<Operation> {
    let nothing = |message: String| StoreError::NothingToUndo(message).into();
    let Some(named) = named else {
        let last = "WHERE undone_by IS NULL AND kind <> ? ORDER BY id DESC LIMIT 1";
        let found = change::operations(connection, last, [KIND])?.pop();
        let found = found.ok_or_else(|| nothing("there is nothing to undo".to_owned()))?;
        return is_no_erasure(found);
    };
    let found = change::operations(connection, "WHERE id = ?", [named.0])?.pop();
    let Some(found) = found else { return Err(nothing(format!("there is no operation {named}"))) };
    if let Some(by) = found.undone_by {
        return Err(nothing(format!("{named} is undone already, by {by}")));
    }
    if found.kind == KIND {
        return Err(nothing(format!("{named} is an undo, which cannot be undone")));
    }
    is_no_erasure(found)
}

/// What was erased is nowhere: no undo brings it back.
fn is_no_erasure(operation: Operation) -> Done<Operation> {
    if operation.kind == erase::KIND {
        let message = format!("{} erased for good, which cannot be undone", operation.id);
        return Err(StoreError::NothingToUndo(message).into());
    }
    Ok(operation)
}

/// The operations to which one gave rise and that are not undone, the latest first.
pub(crate) fn consequences(connection: &Connection, cause: OperationId) -> Done<Vec<Operation>> {
    change::operations(
        connection,
        "WHERE cause = ? AND undone_by IS NULL ORDER BY id DESC",
        [cause.0],
    )
}

/// Takes an operation back on behalf of the operation `by`.
pub(crate) fn undo(connection: &Connection, target: OperationId, by: i64) -> Done<()> {
    let target = target.0;
    let made = ranges(connection, "operation = ?", target)?;
    let in_the_way = conflicts(connection, target, &made)?;
    refuse(connection, &in_the_way)?;
    run::forget(connection, target)?;
    let mut changes_facts = false;
    for range in made.iter().rev() {
        let deleted = delete(connection, range)?;
        change::count_rows(connection, range.entity, -deleted)?;
        change::note(connection, by, range.entity, None, 0, deleted)?;
        changes_facts |= range.entity != Entity::Plan;
    }
    let restored = restore(connection, target, by)?;
    changes_facts |= !restored.is_empty();
    refuse(connection, &removers(connection, &restored)?)?;
    if changes_facts {
        connection.execute("UPDATE run SET stale = 1 WHERE base >= ?", [target])?;
    }
    connection.execute("UPDATE operation SET undone_by = ? WHERE id = ?", [by, target])?;
    Ok(())
}

fn refuse(connection: &Connection, in_the_way: &BTreeSet<i64>) -> Done<()> {
    if in_the_way.is_empty() {
        return Ok(());
    }
    let mut by = Vec::new();
    for id in in_the_way.iter().rev() {
        by.extend(change::operations(connection, "WHERE id = ?", [*id])?);
    }
    Err(StoreError::Refused { by }.into())
}

/// The ids that operations gave; those of operations that are undone are gone.
fn ranges(connection: &Connection, which: &str, operation: i64) -> Done<Vec<Range>> {
    let sql = format!(
        "SELECT operation, first, last FROM touched JOIN operation ON operation.id = operation
         WHERE {which} AND entity = ? AND first IS NOT NULL AND undone_by IS NULL"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = Vec::new();
    for entity in Entity::ALL {
        let mut rows = statement.query(params![operation, table(entity).name])?;
        while let Some(row) = rows.next()? {
            let operation = row.get(0)?;
            found.push(Range { operation, entity, first: row.get(1)?, last: row.get(2)? });
        }
    }
    Ok(found)
}

/// The later operations that changed what this one touched, or refer to what it made.
fn conflicts(connection: &Connection, target: i64, made: &[Range]) -> Done<BTreeSet<i64>> {
    let mut found = BTreeSet::new();
    let changed = "SELECT later.replaced_by FROM superseded AS own JOIN superseded AS later
         ON later.entity = own.entity AND later.id = own.id
         WHERE own.replaced_by = ?1 AND later.replaced_by > ?1";
    collect(connection, changed, [target], &mut found)?;
    for range in made {
        let sql = "SELECT DISTINCT replaced_by FROM superseded
             WHERE entity = ? AND id BETWEEN ? AND ? AND replaced_by > ?";
        let name = table(range.entity).name;
        collect(connection, sql, params![name, range.first, range.last, target], &mut found)?;
    }
    let later = ranges(connection, "operation > ?", target)?;
    for entity in Entity::ALL {
        let name = table(entity).name;
        let own = naming(entity, made, &|column| format!("row.\"{column}\""));
        if own.is_empty() {
            continue;
        }
        let own = own.join(" OR ");
        let sql = format!("SELECT 1 FROM \"{name}\" AS row WHERE id BETWEEN ? AND ? AND ({own})");
        let mut statement = connection.prepare(&sql)?;
        for range in later.iter().filter(|range| range.entity == entity) {
            if statement.exists([range.first, range.last])? {
                found.insert(range.operation);
            }
        }
        let sql = format!(
            "SELECT DISTINCT replaced_by FROM superseded JOIN \"{name}\" AS row USING (id)
             WHERE superseded.entity = '{name}' AND replaced_by > ? AND ({own})"
        );
        collect(connection, &sql, [target], &mut found)?;
        let kept =
            naming(entity, made, &|column| format!("json_extract(body, '$.{name}.{column}')"))
                .join(" OR ");
        let sql = format!(
            "SELECT DISTINCT made_by FROM superseded
             WHERE entity = '{name}' AND made_by > ? AND ({kept})"
        );
        collect(connection, &sql, [target], &mut found)?;
    }
    Ok(found)
}

/// Conditions under which a row of a sort names a record in one of the ranges.
fn naming(entity: Entity, made: &[Range], term: &dyn Fn(&str) -> String) -> Vec<String> {
    let mut found = Vec::new();
    for (_, column, refers) in table(entity).references() {
        for range in made.iter().filter(|range| range.entity == refers) {
            found.push(format!("{} BETWEEN {} AND {}", term(column), range.first, range.last));
        }
    }
    found
}

fn collect(
    connection: &Connection,
    sql: &str,
    parameters: impl rusqlite::Params,
    found: &mut BTreeSet<i64>,
) -> Done<()> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query(parameters)?;
    while let Some(row) = rows.next()? {
        found.insert(row.get(0)?);
    }
    Ok(())
}

/// Deletes what an operation made of one sort; returns how many there were.
fn delete(connection: &Connection, range: &Range) -> Done<i64> {
    let name = table(range.entity).name;
    let bounds = [range.first, range.last];
    // Each of the two is found at an end of the index; asked for together they take a scan.
    let sql = format!(
        "SELECT (SELECT min(id) FROM \"{name}\") >= ? AND (SELECT max(id) FROM \"{name}\") <= ?"
    );
    let all: Option<bool> = connection.query_row(&sql, bounds, |row| row.get(0))?;
    if all == Some(true) {
        // Emptying a table takes no time, however long it is.
        let deleted = connection.execute(&format!("DELETE FROM \"{name}\""), [])?;
        connection.execute("DELETE FROM lookup WHERE entity = ?", [name])?;
        if range.entity == Entity::Customer {
            connection.execute("DELETE FROM external_id", [])?;
        }
        return Ok(deleted as i64);
    }
    let deleted =
        connection.execute(&format!("DELETE FROM \"{name}\" WHERE id BETWEEN ? AND ?"), bounds)?;
    let sql = "DELETE FROM lookup WHERE entity = ? AND id BETWEEN ? AND ?";
    connection.execute(sql, params![name, range.first, range.last])?;
    if range.entity == Entity::Customer {
        connection.execute("DELETE FROM external_id WHERE customer BETWEEN ? AND ?", bounds)?;
    }
    Ok(deleted as i64)
}

/// Puts back what an operation replaced or removed; returns it.
fn restore(connection: &Connection, target: i64, by: i64) -> Done<Vec<(Entity, i64)>> {
    let sql = "SELECT entity, id, made_by, body FROM superseded WHERE replaced_by = ?";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([target])?;
    let mut restored = Vec::new();
    while let Some(row) = rows.next()? {
        let record: Record = serde_json::from_str(row.get_ref(3)?.as_str().map_err(|_| {
            crate::fault::Fault::Damaged("a superseded record is no text".to_owned())
        })?)?;
        let (entity, id) = (record.entity(), record.id());
        match rows::get(connection, entity, id)? {
            Some((current, _)) => rows::delete(connection, &current)?,
            None => change::count_rows(connection, entity, 1)?,
        }
        rows::insert(connection, &record, row.get(2)?)?;
        change::note(connection, by, entity, None, 0, 1)?;
        restored.push((entity, id));
    }
    connection.execute("DELETE FROM superseded WHERE replaced_by = ?", [target])?;
    Ok(restored)
}

/// The operations that removed what restored records name.
fn removers(connection: &Connection, restored: &[(Entity, i64)]) -> Done<BTreeSet<i64>> {
    let mut found = BTreeSet::new();
    for (entity, id) in restored {
        let Some((record, _)) = rows::get(connection, *entity, *id)? else { continue };
        let values = table::values(&record);
        for (place, _, refers) in table(*entity).references() {
            let Some(named) = rows::reference(&values[place]) else { continue };
            if !rows::exists(connection, refers, named)? {
                let sql = "SELECT replaced_by FROM superseded WHERE entity = ? AND id = ?
                     ORDER BY replaced_by DESC LIMIT 1";
                collect(connection, sql, params![table(refers).name, named], &mut found)?;
            }
        }
    }
    Ok(found)
}

//! Rows of records: one way of reading, writing and finding them for all sorts.

use kehu_domain::{Entity, Record};
use kehu_store::{Found, StoreError};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};

use crate::fault::{Done, Fault};
use crate::fold::fold;
use crate::table::{Column, record, table, values};

/// True of the one column that holds the number of a word.
fn is_kind(entity: Entity, column: &Column) -> bool {
    entity == Entity::Interaction && column.name == "kind"
}

/// What a query of whole records selects: all columns, then `operation`.
pub(crate) fn selection(entity: Entity) -> String {
    let table = table(entity);
    let column = |column: &Column| {
        if is_kind(entity, column) {
            "(SELECT name FROM kind WHERE number = interaction.kind)".to_owned()
        } else {
            format!("\"{}\".\"{}\"", table.name, column.name)
        }
    };
    let columns: Vec<_> = table.columns.iter().map(column).collect();
    format!("SELECT {1}, \"{0}\".operation FROM \"{0}\"", table.name, columns.join(", "))
}

/// What inserts rows: for each a parameter for each of some columns, then one for `operation`.
///
/// A row that breaks a rule rolls the whole operation back: no operation goes on after that, and
/// SQLite need not remember how to take back one statement alone.
pub(crate) fn insertion(entity: Entity, columns: &[&Column], kind: &str, rows: usize) -> String {
    let names: Vec<_> = columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    let place = |column: &&Column| if is_kind(entity, column) { kind } else { "?" };
    let places: Vec<_> = columns.iter().map(place).collect();
    let row = format!("({}, ?)", places.join(", "));
    format!(
        "INSERT OR ROLLBACK INTO \"{}\" ({}, operation) VALUES {}",
        table(entity).name,
        names.join(", "),
        vec![row; rows].join(", ")
    )
}

/// Reads what [`selection`] selects: the record and the operation that made it.
pub(crate) fn read(entity: Entity, row: &Row<'_>) -> Done<(Record, i64)> {
    let count = table(entity).columns.len();
    let mut values = Vec::with_capacity(count);
    for place in 0..count {
        values.push(row.get_ref(place)?);
    }
    let found = record(entity, &values)
        .ok_or_else(|| Fault::Damaged(format!("a {} cannot be read", entity.name())))?;
    Ok((found, row.get(count)?))
}

/// One record and the operation that made it as it is.
pub(crate) fn get(connection: &Connection, entity: Entity, id: i64) -> Done<Option<(Record, i64)>> {
    let mut statement =
        connection.prepare_cached(&format!("{} WHERE id = ?", selection(entity)))?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(|row| read(entity, row)).transpose()
}

/// True if there is such a record.
pub(crate) fn exists(connection: &Connection, entity: Entity, id: i64) -> Done<bool> {
    let sql = format!("SELECT 1 FROM \"{}\" WHERE id = ?", table(entity).name);
    Ok(connection.prepare_cached(&sql)?.exists([id])?)
}

/// The largest id of a sort; 0 if there is none.
pub(crate) fn last_id(connection: &Connection, entity: Entity) -> Done<i64> {
    let sql = format!("SELECT coalesce(max(id), 0) FROM \"{}\"", table(entity).name);
    Ok(connection.prepare_cached(&sql)?.query_row([], |row| row.get(0))?)
}

/// The number of records of a sort.
pub(crate) fn count(connection: &Connection, entity: Entity) -> Done<u64> {
    let sql = "SELECT \"rows\" FROM sequence WHERE entity = ?";
    let found = connection
        .prepare_cached(sql)?
        .query_row([table(entity).name], |row| row.get::<_, i64>(0))
        .optional()?;
    Ok(found.map_or(0, i64::cast_unsigned))
}

/// Visits the records of a sort in id order.
pub(crate) fn each(
    connection: &Connection,
    entity: Entity,
    customer: Option<i64>,
    visit: &mut dyn FnMut(Record) -> kehu_store::Result<()>,
) -> Done<()> {
    let narrow = match (customer, entity) {
        (None, _) => "?1 IS NULL",
        (Some(_), Entity::Customer) => "id = ?1",
        (Some(_), Entity::DealEvent) => "deal IN (SELECT id FROM deal WHERE customer = ?1)",
        (Some(_), entity) if table(entity).place("customer").is_some() => "customer = ?1",
        // Nothing else belongs to a customer.
        (Some(_), _) => return Ok(()),
    };
    let sql = format!("{} WHERE {narrow} ORDER BY id", selection(entity));
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([customer])?;
    while let Some(row) = rows.next()? {
        visit(read(entity, row)?.0)?;
    }
    Ok(())
}

/// Inserts a record that has its id.
pub(crate) fn insert(connection: &Connection, record: &Record, operation: i64) -> Done<()> {
    let entity = record.entity();
    if let Record::Interaction(interaction) = record {
        kind_number(connection, &interaction.kind)?;
    }
    let columns: Vec<_> = table(entity).columns.iter().collect();
    let sql = insertion(entity, &columns, "(SELECT number FROM kind WHERE name = ?)", 1);
    let mut given = values(record);
    given.push(ToSqlOutput::Owned(Value::Integer(operation)));
    connection.prepare_cached(&sql)?.execute(params_from_iter(given))?;
    add_names(connection, record)
}

/// Deletes a record that is there.
pub(crate) fn delete(connection: &Connection, record: &Record) -> Done<()> {
    let sql = format!("DELETE FROM \"{}\" WHERE id = ?", table(record.entity()).name);
    connection.prepare_cached(&sql)?.execute([record.id()])?;
    each_name(record, &mut |name, external| {
        let sql = "DELETE FROM lookup WHERE entity = ? AND folded = ? AND id = ? AND external = ?";
        let key = params![table(record.entity()).name, fold(name), record.id(), external];
        connection.prepare_cached(sql)?.execute(key)?;
        Ok(())
    })?;
    if let Record::Customer(customer) = record {
        let sql = "DELETE FROM external_id WHERE system = ? AND external = ? AND customer = ?";
        for (system, external) in &customer.external_ids {
            connection.prepare_cached(sql)?.execute(params![system, external, customer.id])?;
        }
    }
    Ok(())
}

/// Enters the names by which a record is found.
fn add_names(connection: &Connection, record: &Record) -> Done<()> {
    each_name(record, &mut |name, external| {
        let sql = "INSERT OR IGNORE INTO lookup (entity, folded, id, external) VALUES (?, ?, ?, ?)";
        let row = params![table(record.entity()).name, fold(name), record.id(), external];
        connection.prepare_cached(sql)?.execute(row)?;
        Ok(())
    })?;
    if let Record::Customer(customer) = record {
        let sql = "INSERT INTO external_id (system, external, customer) VALUES (?, ?, ?)";
        for (system, external) in &customer.external_ids {
            connection.prepare_cached(sql)?.execute(params![system, external, customer.id])?;
        }
    }
    Ok(())
}

/// Visits the names (false) and external ids (true) by which a record is found.
pub(crate) fn each_name(
    record: &Record,
    visit: &mut dyn FnMut(&str, bool) -> Done<()>,
) -> Done<()> {
    let (name, external_id) = match record {
        Record::Rep(rep) => (&rep.name, &rep.external_id),
        Record::Product(product) => (&product.name, &product.external_id),
        Record::Contact(contact) => (&contact.name, &contact.external_id),
        Record::Deal(deal) => (&deal.name, &deal.external_id),
        Record::Customer(customer) => {
            for external in customer.external_ids.values() {
                visit(external, true)?;
            }
            (&customer.name, &None)
        }
        _ => return Ok(()),
    };
    visit(name, false)?;
    external_id.as_deref().map_or(Ok(()), |external| visit(external, true))
}

/// Finds records by name or external id: exact ones first, then those that contain the text.
pub(crate) fn find(
    connection: &Connection,
    entity: Entity,
    text: &str,
    limit: usize,
) -> Done<Vec<Found>> {
    let folded = fold(text);
    let table = table(entity).name;
    if folded.is_empty() || !matches!(table, "rep" | "product" | "customer" | "contact" | "deal") {
        return Ok(Vec::new());
    }
    let exact = format!(
        "SELECT id, name FROM \"{table}\" WHERE id IN
           (SELECT id FROM lookup WHERE entity = ?1 AND folded = ?2)
         ORDER BY id LIMIT ?3"
    );
    let within = format!(
        "SELECT id, (SELECT name FROM \"{table}\" AS named WHERE named.id = lookup.id) FROM lookup
         WHERE entity = ?1 AND external = 0 AND instr(folded, ?2) > 0 AND id NOT IN
           (SELECT id FROM lookup WHERE entity = ?1 AND folded = ?2)
         ORDER BY id LIMIT ?3"
    );
    let mut found = Vec::new();
    for (sql, exact) in [(exact, true), (within, false)] {
        let room = i64::try_from(limit - found.len()).unwrap_or(i64::MAX);
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params![table, folded, room])?;
        while let Some(row) = rows.next()? {
            found.push(Found { id: row.get(0)?, name: row.get(1)?, exact });
        }
    }
    Ok(found)
}

/// The number of a kind of interactions; a new one gets the next.
pub(crate) fn kind_number(connection: &Connection, name: &str) -> Done<i64> {
    let known = connection
        .prepare_cached("SELECT number FROM kind WHERE name = ?")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    if let Some(number) = known {
        return Ok(number);
    }
    let sql = "INSERT INTO kind (number, name) SELECT count(*), ? FROM kind RETURNING number";
    Ok(connection.prepare_cached(sql)?.query_row([name], |row| row.get(0))?)
}

/// The number in a value that names another record.
pub(crate) fn reference(value: &ToSqlOutput<'_>) -> Option<i64> {
    match value {
        ToSqlOutput::Borrowed(ValueRef::Integer(id)) | ToSqlOutput::Owned(Value::Integer(id)) => {
            Some(*id)
        }
        _ => None,
    }
}

/// Makes sure that the records are there that a record names.
pub(crate) fn check_references(connection: &Connection, record: &Record) -> Done<()> {
    let given = values(record);
    for (place, _, refers) in table(record.entity()).references() {
        if let Some(id) = reference(&given[place])
            && !exists(connection, refers, id)?
        {
            return Err(missing(refers, id));
        }
    }
    Ok(())
}

/// Says that a record is not there.
pub(crate) fn missing(entity: Entity, id: i64) -> Fault {
    missing_named(entity.name(), format!("{}-{id}", entity.prefix()))
}

/// Says that what has this id is not there.
pub(crate) fn missing_named(entity: &'static str, id: String) -> Fault {
    StoreError::Missing { entity, id }.into()
}

/// A record that names this one.
pub(crate) fn referrer(
    connection: &Connection,
    entity: Entity,
    id: i64,
) -> Done<Option<(Entity, i64)>> {
    for other in Entity::ALL {
        for (_, column, _) in table(other).references().filter(|(_, _, refers)| *refers == entity) {
            let sql = format!("SELECT id FROM \"{}\" WHERE \"{column}\" = ?", table(other).name);
            let found =
                connection.prepare_cached(&sql)?.query_row([id], |row| row.get(0)).optional()?;
            if let Some(found) = found {
                return Ok(Some((other, found)));
            }
        }
    }
    Ok(None)
}

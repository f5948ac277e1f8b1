//! Runs: their headers, their parts and the packs that they share.

use kehu_domain::{CustomerId, Day, OperationId, RunId};
use kehu_store::{AppliedOverride, LabelChange, RunColumn, RunPack, StoredRun};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::change::take_ids;
use crate::fault::{Done, Fault};
use crate::rows::missing_named;

/// What a row of `run` has no column for.
#[derive(Serialize, Deserialize)]
struct Header {
    customers: usize,
    seed: u64,
    first_ids: Vec<i64>,
    overrides: Vec<AppliedOverride>,
    /// For each pack, its row and the states that its fits returned.
    packs: Vec<(i64, Map<String, Value>)>,
    columns: Vec<RunColumn>,
    failures: Vec<(String, String)>,
}

/// Writes a run's header; one that this operation wrote before is replaced.
pub(crate) fn put(connection: &Connection, operation: i64, run: &StoredRun) -> Done<RunId> {
    let mut packs = Vec::new();
    for pack in &run.packs {
        packs.push((put_pack(connection, pack)?, pack.states.clone()));
    }
    let header = Header {
        customers: run.customers,
        seed: run.seed,
        first_ids: run.first_ids.clone(),
        overrides: run.overrides.clone(),
        packs,
        columns: run.columns.clone(),
        failures: run.failures.clone(),
    };
    let header = serde_json::to_string(&header)?;
    let id = if run.id.0 == 0 { take_ids(connection, "run", 1)? } else { run.id.0 };
    let sql = "INSERT INTO run (id, operation, base, as_of, whole, stale, header)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET base = excluded.base, as_of = excluded.as_of,
           whole = excluded.whole, stale = excluded.stale, header = excluded.header
         WHERE operation = excluded.operation";
    let base = run.base.map(|base| base.0);
    let row = params![id, operation, base, run.as_of.number(), run.whole, run.stale, header];
    match connection.prepare_cached(sql)?.execute(row)? {
        0 => Err(missing_named("run", RunId(id).to_string())),
        _ => Ok(RunId(id)),
    }
}

/// Keeps a pack once for all runs that use it as it is; the states of its fits belong to the run.
fn put_pack(connection: &Connection, pack: &RunPack) -> Done<i64> {
    let body = serde_json::to_string(&RunPack { states: Map::new(), ..pack.clone() })?;
    let sql = "SELECT id FROM pack WHERE name = ? AND hash = ? AND body = ?";
    let row = params![pack.name, pack.hash, body];
    let known = connection.prepare_cached(sql)?.query_row(row, |row| row.get(0)).optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let sql = "INSERT INTO pack (name, hash, body) VALUES (?, ?, ?)";
    Ok(connection.prepare_cached(sql)?.insert(row)?)
}

/// The run of an id, or all of them, the latest first.
pub(crate) fn runs(connection: &Connection, id: Option<RunId>) -> Done<Vec<StoredRun>> {
    let sql = "SELECT id, operation, base, as_of, whole, stale, header FROM run
         WHERE id = ?1 OR ?1 IS NULL ORDER BY id DESC";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([id.map(|id| id.0)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(connection, row)?);
    }
    Ok(found)
}

fn read(connection: &Connection, row: &Row<'_>) -> Done<StoredRun> {
    let header: Header = serde_json::from_str(&row.get::<_, String>(6)?)?;
    let mut packs = Vec::new();
    for (id, states) in header.packs {
        let mut statement = connection.prepare_cached("SELECT body FROM pack WHERE id = ?")?;
        let body: String = statement.query_row([id], |row| row.get(0))?;
        packs.push(RunPack { states, ..serde_json::from_str(&body)? });
    }
    let as_of = Day::from_number(row.get(3)?)
        .ok_or_else(|| Fault::Damaged("a run has no day".to_owned()))?;
    Ok(StoredRun {
        id: RunId(row.get(0)?),
        operation: OperationId(row.get(1)?),
        base: row.get::<_, Option<i64>>(2)?.map(OperationId),
        as_of,
        customers: header.customers,
        seed: header.seed,
        first_ids: header.first_ids,
        overrides: header.overrides,
        packs,
        columns: header.columns,
        failures: header.failures,
        whole: row.get(4)?,
        stale: row.get(5)?,
    })
}

/// Writes a part of a run, compressed.
pub(crate) fn put_part(
    connection: &Connection,
    run: RunId,
    name: &str,
    batch: usize,
    bytes: &[u8],
) -> Done<()> {
    let sql = "INSERT INTO run_part (run, name, batch, bytes) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET bytes = excluded.bytes";
    let bytes = lz4_flex::compress_prepend_size(bytes);
    connection.prepare_cached(sql)?.execute(params![run.0, name, batch as i64, bytes])?;
    Ok(())
}

/// A part of a run.
pub(crate) fn part(
    connection: &Connection,
    run: RunId,
    name: &str,
    batch: usize,
) -> Done<Option<Vec<u8>>> {
    let sql = "SELECT bytes FROM run_part WHERE run = ? AND name = ? AND batch = ?";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![run.0, name, batch as i64])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let damaged = || Fault::Damaged(format!("part {batch} of {name} of {run} cannot be read"));
    let bytes = row.get_ref(0)?.as_blob().map_err(|_| damaged())?;
    lz4_flex::decompress_size_prepended(bytes).map(Some).map_err(|_| damaged())
}

/// Writes the changes of labels that a run brought.
pub(crate) fn put_label_changes(
    connection: &Connection,
    run: RunId,
    changes: &[LabelChange],
) -> Done<()> {
    let sql = "INSERT INTO label_change (run, customer, \"column\", \"from\", \"to\")
         VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET \"from\" = excluded.\"from\", \"to\" = excluded.\"to\"";
    let mut statement = connection.prepare_cached(sql)?;
    for change in changes {
        let LabelChange { customer, column, from, to } = change;
        statement.execute(params![run.0, customer.0, column, from, to])?;
    }
    Ok(())
}

/// The changes of labels that a run brought, of one customer or of all.
pub(crate) fn label_changes(
    connection: &Connection,
    run: RunId,
    customer: Option<CustomerId>,
) -> Done<Vec<LabelChange>> {
    let narrow = if customer.is_some() { "customer = ?2" } else { "?2 IS NULL" };
    let sql = format!(
        "SELECT customer, \"column\", \"from\", \"to\" FROM label_change
         WHERE run = ?1 AND {narrow} ORDER BY customer, \"column\""
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_map(params![run.0, customer.map(|one| one.0)], |row| {
        Ok(LabelChange {
            customer: CustomerId(row.get(0)?),
            column: row.get(1)?,
            from: row.get(2)?,
            to: row.get(3)?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Takes the parts from all runs but the last ones.
pub(crate) fn thin(connection: &Connection, keep: usize) -> Done<()> {
    let keep = i64::try_from(keep).unwrap_or(i64::MAX);
    let old = "SELECT id FROM run ORDER BY id DESC LIMIT -1 OFFSET ?";
    connection.execute(&format!("DELETE FROM run_part WHERE run IN ({old})"), [keep])?;
    connection.execute(&format!("UPDATE run SET whole = 0 WHERE id IN ({old})"), [keep])?;
    Ok(())
}

/// Deletes the runs of an operation that is taken back.
pub(crate) fn forget(connection: &Connection, operation: i64) -> Done<()> {
    for name in ["run_part", "label_change"] {
        let sql =
            format!("DELETE FROM {name} WHERE run IN (SELECT id FROM run WHERE operation = ?)");
        connection.execute(&sql, [operation])?;
    }
    connection.execute("DELETE FROM run WHERE operation = ?", [operation])?;
    Ok(())
}

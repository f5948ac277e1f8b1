//! Names and external ids of many records, entered in their own order: SQLite then finds the place
//! of the next one beside that of the last one.

use kehu_domain::Record;
use rusqlite::{Connection, Statement, ToSql};

use crate::fault::Done;
use crate::fold::fold;
use crate::rows::each_name;

/// How many names are sorted at once.
const MANY: usize = 200_000;
/// How many rows one statement inserts.
const ROWS: usize = 64;

/// Gathers names of one sort of records.
pub(crate) struct Names<'c> {
    connection: &'c Connection,
    table: &'static str,
    names: Vec<(String, i64, bool)>,
    external_ids: Vec<(String, String, i64)>,
}

impl<'c> Names<'c> {
    pub(crate) fn new(connection: &'c Connection, table: &'static str) -> Self {
        Self { connection, table, names: Vec::new(), external_ids: Vec::new() }
    }

    /// Takes the names of a record.
    pub(crate) fn add(&mut self, record: &Record) -> Done<()> {
        let (names, id) = (&mut self.names, record.id());
        each_name(record, &mut |name, external| {
            names.push((fold(name), id, external));
            Ok(())
        })?;
        if let Record::Customer(customer) = record {
            let ids = customer.external_ids.iter();
            self.external_ids
                .extend(ids.map(|(system, id)| (system.clone(), id.clone(), customer.id)));
        }
        if self.names.len() >= MANY { self.enter() } else { Ok(()) }
    }

    /// Enters all that was taken.
    pub(crate) fn enter(&mut self) -> Done<()> {
        self.names.sort_unstable();
        // Two systems may know a customer by the same id.
        self.names.dedup();
        let table = self.table;
        let sql = "INSERT OR ROLLBACK INTO lookup (entity, folded, id, external) VALUES";
        self.insert(sql, &self.names, |(folded, id, external)| [&table, folded, id, external])?;
        self.names.clear();
        self.external_ids.sort_unstable();
        let sql = "INSERT OR ROLLBACK INTO external_id (system, external, customer) VALUES";
        self.insert(sql, &self.external_ids, |(system, external, id)| [system, external, id])?;
        self.external_ids.clear();
        Ok(())
    }

    fn insert<'r, T, const N: usize>(
        &self,
        sql: &str,
        rows: &'r [T],
        values: impl Fn(&'r T) -> [&'r dyn ToSql; N],
    ) -> Done<()> {
        let row = format!("({})", ["?"; N].join(", "));
        let statement = |count: usize| {
            self.connection.prepare(&format!("{sql} {}", vec![row.as_str(); count].join(", ")))
        };
        let fill = |statement: &mut Statement<'_>, rows: &'r [T]| -> Done<()> {
            for (place, value) in rows.iter().flat_map(&values).enumerate() {
                statement.raw_bind_parameter(place + 1, value)?;
            }
            statement.raw_execute()?;
            Ok(())
        };
        let (chunks, rest) = rows.as_chunks::<ROWS>();
        let mut many = statement(ROWS)?;
        for chunk in chunks {
            fill(&mut many, chunk)?;
        }
        let mut one = statement(1)?;
        for row in rest {
            fill(&mut one, std::slice::from_ref(row))?;
        }
        Ok(())
    }
}

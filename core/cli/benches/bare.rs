//! The same work as bare loops: what a figure is to be compared with.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use rusqlite::{Connection, params};

use crate::Outcome;

/// Holds what the formula needs of one customer.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Facts {
    last: i32,
    purchases: u32,
    amount: i64,
    amount_12m: i64,
    margin_12m: i64,
}

/// Inserts the rows of the two files as they stand, checking nothing.
pub(crate) fn insert(data: &Path, database: &Path) -> Outcome<()> {
    let mut connection = Connection::open(database)?;
    connection.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
         CREATE TABLE customers (id, name, city, credit);
         CREATE TABLE interactions (customer, day, kind, amount, margin, channel);",
    )?;
    let transaction = connection.transaction()?;
    for (file, sql, cells) in [
        ("customers.csv", "INSERT INTO customers VALUES (?, ?, ?, ?)", 4),
        ("interactions.csv", "INSERT INTO interactions VALUES (?, ?, ?, ?, ?, ?)", 6),
    ] {
        let mut statement = transaction.prepare(sql)?;
        for line in BufReader::new(File::open(data.join(file))?).lines().skip(1) {
            let line = line?;
            for (cell, at) in line.split(',').zip(1..=cells) {
                statement.raw_bind_parameter(at, cell)?;
            }
            statement.raw_execute()?;
        }
    }
    Ok(transaction.commit()?)
}

/// Lets `sqlite3 .import` read the two files; false if there is no such program.
pub(crate) fn import_by_sqlite3(data: &Path, database: &Path) -> Outcome<bool> {
    let file = |name: &str| data.join(name).display().to_string();
    let mut command = Command::new("sqlite3");
    command.arg(database).stdout(Stdio::null()).stderr(Stdio::null());
    command.arg("PRAGMA journal_mode = OFF").arg("PRAGMA synchronous = OFF").arg(".mode csv");
    for table in ["customers", "interactions"] {
        command.arg(format!(".import {} {table}", file(&format!("{table}.csv"))));
    }
    Ok(command.status().is_ok_and(|status| status.success()))
}

/// Folds the stored interactions in one ordered pass, as the features do.
pub(crate) fn fold(database: &Path, as_of: i32, year_ago: i32) -> Outcome<Vec<Facts>> {
    let connection = Connection::open(database)?;
    let purchase: i64 =
        connection
            .query_row("SELECT number FROM kind WHERE name = 'purchase'", [], |row| row.get(0))?;
    let customers: i64 =
        connection.query_row("SELECT max(id) FROM customer", [], |row| row.get(0))?;
    let mut facts = vec![Facts::default(); customers as usize + 1];
    let mut statement = connection.prepare(
        "SELECT customer, happened, kind, amount, margin FROM interaction
         WHERE happened <= ? ORDER BY customer, happened, id",
    )?;
    let mut rows = statement.query([as_of])?;
    while let Some(row) = rows.next()? {
        if row.get_ref(2)?.as_i64()? != purchase {
            continue;
        }
        let of = &mut facts[row.get_ref(0)?.as_i64()? as usize];
        let day = row.get_ref(1)?.as_i64()? as i32;
        let amount = row.get_ref(3)?.as_i64().unwrap_or(0);
        of.last = day;
        of.purchases += 1;
        of.amount += amount;
        if day > year_ago {
            of.amount_12m += amount;
            of.margin_12m += row.get_ref(4)?.as_i64().unwrap_or(0);
        }
    }
    Ok(facts)
}

/// Segment, tier and phase of every customer in bare Rust; the sum of all keeps the work in.
pub(crate) fn formula(facts: &[Facts], as_of: i32) -> (Vec<[u8; 3]>, u64) {
    let buyers: Vec<&Facts> = facts.iter().filter(|facts| facts.purchases > 0).collect();
    let mean = |of: fn(&Facts) -> f64| {
        buyers.iter().map(|facts| of(facts)).sum::<f64>() / buyers.len().max(1) as f64
    };
    let last = mean(|facts| f64::from(facts.last));
    let purchases = mean(|facts| f64::from(facts.purchases));
    let amount = mean(|facts| facts.amount as f64);
    let amounts = ranks(&facts.iter().map(|facts| facts.amount_12m).collect::<Vec<_>>());
    let margins = ranks(&facts.iter().map(|facts| facts.margin_12m).collect::<Vec<_>>());
    let index: Vec<f64> =
        amounts.iter().zip(&margins).map(|(amount, margin)| 0.6 * amount + 0.4 * margin).collect();
    let mut sorted = index.clone();
    sorted.sort_by(|one, other| other.total_cmp(one));
    let cuts = [0.2, 0.5, 0.8].map(|share| sorted[(share * (sorted.len() - 1) as f64) as usize]);
    let labels: Vec<[u8; 3]> = facts
        .iter()
        .zip(&index)
        .map(|(facts, index)| {
            let segment = u8::from(f64::from(facts.last) >= last)
                + 2 * u8::from(f64::from(facts.purchases) >= purchases)
                + 4 * u8::from(facts.amount as f64 >= amount);
            let tier = cuts.iter().filter(|cut| *index < **cut).count() as u8;
            let phase = [30, 90, 180].iter().filter(|days| as_of - facts.last > **days).count();
            [segment, tier, phase as u8]
        })
        .collect();
    let sum = labels.iter().flatten().map(|label| u64::from(*label)).sum();
    (labels, sum)
}

/// The percentile rank of each value; equal ones share the mean of their places.
fn ranks(values: &[i64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by_key(|at| values[*at]);
    let mut ranks = vec![0.5; values.len()];
    let mut begin = 0;
    while begin < order.len() {
        let value = values[order[begin]];
        let end = begin + order[begin..].iter().take_while(|at| values[**at] == value).count();
        let mean = (begin + end - 1) as f64 / 2.0;
        for at in &order[begin..end] {
            ranks[*at] = mean / (values.len() - 1).max(1) as f64;
        }
        begin = end;
    }
    ranks
}

/// Reads one customer's rows.
pub(crate) fn page(connection: &Connection, customer: i64) -> Outcome<i64> {
    let sum = "SELECT count(*), sum(amount) FROM interaction WHERE customer = ?";
    Ok(connection.query_row(sum, params![customer], |row| row.get(0))?)
}

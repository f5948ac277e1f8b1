//! What there is to know about the file, and whether it is sound.

use kehu_domain::Entity;
use rusqlite::Connection;

use crate::fault::{Done, Fault, is_damage};
use crate::table::table;
use crate::{change, migrate, rows};

/// The version of the schema, beside the one that this program writes where that is another.
fn schema(version: &str) -> String {
    let newest = migrate::VERSION.to_string();
    if version == newest {
        format!("{version}, the newest")
    } else {
        format!("{version}, the newest is {newest}")
    }
}

/// Facts about the store as names and values.
pub(crate) fn describe(connection: &Connection) -> Done<Vec<(String, String)>> {
    let pragma = |name: &str| -> Done<String> {
        let value = connection.query_row(&format!("PRAGMA {name}"), [], |row| {
            row.get::<_, rusqlite::types::Value>(0)
        })?;
        Ok(match value {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(words) => words,
            _ => String::new(),
        })
    };
    let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
    let mut found = vec![
        ("sqlite".to_owned(), rusqlite::version().to_owned()),
        ("schema".to_owned(), schema(&pragma("user_version")?)),
        ("journal".to_owned(), pragma("journal_mode")?),
        ("page size".to_owned(), page.to_string()),
        ("size".to_owned(), (page * pages).to_string()),
        ("free pages".to_owned(), pragma("freelist_count")?),
    ];
    let last = change::last(connection).map(|last| last.map_or(String::new(), |id| id.to_string()));
    found.push(("last operation".to_owned(), readable(last)?));
    for entity in Entity::ALL {
        let count = rows::count(connection, entity).map(|count| count.to_string());
        found.push((entity.name().to_owned(), readable(count)?));
    }
    Ok(found)
}

/// What is known in spite of damage: the check says more of it.
fn readable(value: Done<String>) -> Done<String> {
    match value {
        Err(Fault::Sqlite(error)) if is_damage(&error) => Ok("cannot be read".to_owned()),
        other => other,
    }
}

/// Looks for damage: broken pages, rows that name what is not there, wrong counts, and tables that
/// cannot be read to their end. What breaks one look does not stop the others.
pub(crate) fn check(connection: &Connection) -> Done<Vec<String>> {
    let mut found = Vec::new();
    if let Err(fault) = broken_pages(connection, &mut found) {
        found.push(unreadable("the file", fault)?);
    }
    if let Err(fault) = loose_rows(connection, &mut found) {
        found.push(unreadable("what rows refer to", fault)?);
    }
    for entity in Entity::ALL {
        if let Err(fault) = wrong_count(connection, entity, &mut found) {
            found.push(unreadable(table(entity).name, fault)?);
        }
    }
    Ok(found)
}

/// The words for a table whose pages are damaged; any other fault is the caller's.
fn unreadable(what: &str, fault: Fault) -> Done<String> {
    match &fault {
        Fault::Sqlite(error) if is_damage(error) => {
            Ok(format!("{what} cannot be read to its end: {error}"))
        }
        _ => Err(fault),
    }
}

fn broken_pages(connection: &Connection, found: &mut Vec<String>) -> Done<()> {
    let mut statement = connection.prepare("PRAGMA quick_check(5)")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let words: String = row.get(0)?;
        if words != "ok" {
            let lines = words.lines().filter(|line| !line.starts_with("***"));
            found.extend(lines.map(str::to_owned));
        }
    }
    Ok(())
}

fn loose_rows(connection: &Connection, found: &mut Vec<String>) -> Done<()> {
    let sql = "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (table, parent, count): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        found.push(format!("{count} rows of {table} name a {parent} that is not there"));
    }
    Ok(())
}

fn wrong_count(connection: &Connection, entity: Entity, found: &mut Vec<String>) -> Done<()> {
    let name = table(entity).name;
    // An index would be counted instead of the rows, were there no mention of one.
    let sql = format!("SELECT count(*) FROM \"{name}\" NOT INDEXED");
    let there: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
    let counted = rows::count(connection, entity)?;
    if there.cast_unsigned() != counted {
        found.push(format!("{name} has {there} rows, {counted} were counted"));
    }
    Ok(())
}

//! What there is to know about the file, and whether it is sound.

use kehu_domain::Entity;
use rusqlite::Connection;

use crate::fault::Done;
use crate::table::table;
use crate::{change, migrate, rows};

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
        ("schema".to_owned(), format!("{} of {}", pragma("user_version")?, migrate::VERSION)),
        ("journal".to_owned(), pragma("journal_mode")?),
        ("page size".to_owned(), page.to_string()),
        ("size".to_owned(), (page * pages).to_string()),
        ("free pages".to_owned(), pragma("freelist_count")?),
    ];
    let last = change::last(connection)?;
    found.push(("last operation".to_owned(), last.map_or(String::new(), |id| id.to_string())));
    for entity in Entity::ALL {
        found.push((entity.name().to_owned(), rows::count(connection, entity)?.to_string()));
    }
    Ok(found)
}

/// Looks for damage: broken pages, rows that name what is not there, wrong counts.
pub(crate) fn check(connection: &Connection) -> Done<Vec<String>> {
    let mut found = Vec::new();
    let mut statement = connection.prepare("PRAGMA quick_check")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let words: String = row.get(0)?;
        if words != "ok" {
            found.push(words);
        }
    }
    let sql = "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (table, parent, count): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        found.push(format!("{count} rows of {table} name a {parent} that is not there"));
    }
    for entity in Entity::ALL {
        let name = table(entity).name;
        let sql = format!("SELECT count(*) FROM \"{name}\"");
        let there: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
        let counted = rows::count(connection, entity)?;
        if there.cast_unsigned() != counted {
            found.push(format!("{name} has {there} rows, {counted} were counted"));
        }
    }
    Ok(found)
}

//! Erasing a person: the one thing that changes what history says.

use std::collections::BTreeSet;

use kehu_domain::{Day, ERASED, Entity, Record};
use kehu_store::{Erased, Mention, StoreError};
use rusqlite::{Connection, Row, params};
use serde_json::Value as Json;

use crate::fault::Done;
use crate::table::table;
use crate::{rows, run};

/// The kind of the operations that erase.
pub(crate) const KIND: &str = "erase";

/// How many places that still name the person are told.
const MENTIONS: usize = 20;

/// Puts the journal's pages into the file and empties it, so that nothing stays there of what was; false
/// if a reader stands in the way.
pub(crate) fn sweep(connection: &Connection) -> Done<bool> {
    let busy: i64 =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(busy == 0)
}

/// What belongs to a customer beside its own record, those first that others refer to.
const BELONGING: [Entity; 6] = [
    Entity::Contact,
    Entity::Deal,
    Entity::DealEvent,
    Entity::Interaction,
    Entity::Task,
    Entity::Override,
];

/// Erases a customer with all that belongs to it, or a contact with what was said to it.
pub(crate) fn erase(connection: &Connection, entity: Entity, id: i64, today: Day) -> Done<Erased> {
    let own = rows::get(connection, entity, id)?;
    let (own, _) = own.ok_or_else(|| rows::missing(entity, id))?;
    let mut ids: Vec<(Entity, i64)> = vec![(entity, id)];
    match own {
        Record::Customer(_) => {
            for sort in BELONGING {
                belonging(connection, sort, id, &mut ids)?;
            }
        }
        Record::Contact(_) => with_contact(connection, id, &mut ids)?,
        other => {
            let message = format!("a {} is no person: nothing to erase", other.entity().name());
            return Err(StoreError::Io(message).into());
        }
    }
    let (mut erased, mut words) = (Erased::default(), Words::default());
    for (sort, id) in ids {
        if let Some((record, made_by)) = rows::get(connection, sort, id)? {
            words.take(&record, [made_by]);
            let mut bare = record.erased();
            if let Record::Customer(customer) = &mut bare {
                customer.archived.get_or_insert(today);
            }
            rows::delete(connection, &record)?;
            rows::insert(connection, &bare, made_by)?;
            erased.records += 1;
        }
        erased.versions += versions(connection, sort, id, &mut words)?;
    }
    let personal = longest_first(&words.personal);
    summaries(connection, &personal, &words)?;
    plans(connection, &personal)?;
    // Reasons of runs repeat what records said; the figures come anew with the next run.
    run::thin(connection, 0)?;
    connection.execute("UPDATE run SET stale = 1", [])?;
    erased.sources = sources(connection)?;
    erased.mentions = mentions(connection, &personal)?;
    Ok(erased)
}

/// The words that are to go.
#[derive(Default)]
struct Words {
    /// By which the person is known: they go from everywhere.
    personal: BTreeSet<String>,
    /// What the records said beside: it goes from what history says of the operations below.
    own: BTreeSet<String>,
    /// The operations that made or replaced the records.
    operations: BTreeSet<i64>,
}

impl Words {
    fn take<const N: usize>(&mut self, record: &Record, operations: [i64; N]) {
        self.personal.extend(record.personal_words().into_iter().map(str::to_owned));
        self.own.extend(record.own_words().into_iter().map(str::to_owned));
        self.operations.extend(operations);
    }
}

/// The longer first: "Ann" is a part of "Ann Lee".
fn longest_first(words: &BTreeSet<String>) -> Vec<String> {
    let mut words: Vec<String> = words.iter().cloned().collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
}

/// The ids of a sort that belong to a customer, or did before they were changed or removed.
fn belonging(
    connection: &Connection,
    sort: Entity,
    customer: i64,
    ids: &mut Vec<(Entity, i64)>,
) -> Done<()> {
    let mut found = BTreeSet::new();
    rows::each(connection, sort, Some(customer), &mut |record| {
        found.insert(record.id());
        Ok(())
    })?;
    let (column, owners) = if sort == Entity::DealEvent {
        let deals = ids.iter().filter(|(sort, _)| *sort == Entity::Deal);
        ("deal", deals.map(|(_, id)| *id).collect())
    } else {
        ("customer", vec![customer])
    };
    once(connection, sort, column, &owners, &mut found)?;
    ids.extend(found.into_iter().map(|id| (sort, id)));
    Ok(())
}

/// The interactions with a contact.
fn with_contact(connection: &Connection, contact: i64, ids: &mut Vec<(Entity, i64)>) -> Done<()> {
    let mut found = BTreeSet::new();
    let sql = "SELECT id FROM interaction WHERE contact = ?";
    let mut statement = connection.prepare(sql)?;
    for id in statement.query_map([contact], |row| row.get(0))? {
        found.insert(id?);
    }
    once(connection, Entity::Interaction, "contact", &[contact], &mut found)?;
    ids.extend(found.into_iter().map(|id| (Entity::Interaction, id)));
    Ok(())
}

/// The ids of records of which an earlier version named one of the owners.
fn once(
    connection: &Connection,
    sort: Entity,
    column: &str,
    owners: &[i64],
    found: &mut BTreeSet<i64>,
) -> Done<()> {
    let name = table(sort).name;
    let sql = format!(
        "SELECT DISTINCT superseded.id FROM superseded, json_each(?2) AS owner
         WHERE entity = ?1 AND json_extract(body, '$.{name}.{column}') = owner.value"
    );
    let owners = Json::from(owners.to_vec()).to_string();
    let mut statement = connection.prepare(&sql)?;
    for id in statement.query_map(params![name, owners], |row| row.get(0))? {
        found.insert(id?);
    }
    Ok(())
}

/// Erases the earlier versions of a record, and returns how many there were.
fn versions(connection: &Connection, sort: Entity, id: i64, words: &mut Words) -> Done<u64> {
    let name = table(sort).name;
    let sql = "SELECT replaced_by, made_by, body FROM superseded WHERE entity = ? AND id = ?";
    let mut statement = connection.prepare_cached(sql)?;
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let found: Vec<(i64, i64, String)> =
        statement.query_map(params![name, id], row)?.collect::<Result<_, _>>()?;
    for (replaced_by, made_by, body) in &found {
        let record: Record = serde_json::from_str(body)?;
        words.take(&record, [*replaced_by, *made_by]);
        let bare = serde_json::to_string(&record.erased())?;
        let sql = "UPDATE superseded SET body = ? WHERE entity = ? AND id = ? AND replaced_by = ?";
        connection.prepare_cached(sql)?.execute(params![bare, name, id, replaced_by])?;
    }
    Ok(found.len() as u64)
}

/// Takes the words out of what history says of operations.
fn summaries(connection: &Connection, personal: &[String], words: &Words) -> Done<()> {
    let sql = "UPDATE operation SET summary = replace(summary, ?1, ?2)
         WHERE instr(summary, ?1) > 0";
    let mut everywhere = connection.prepare(sql)?;
    for word in personal {
        everywhere.execute(params![word, ERASED])?;
    }
    let own = longest_first(&words.own);
    let mut read = connection.prepare("SELECT summary FROM operation WHERE id = ?")?;
    let mut write = connection.prepare("UPDATE operation SET summary = ? WHERE id = ?")?;
    for operation in &words.operations {
        let summary: String = read.query_row([operation], |row| row.get(0))?;
        let bare = own.iter().fold(summary.clone(), |said, word| said.replace(word, ERASED));
        if bare != summary {
            write.execute(params![bare, operation])?;
        }
    }
    Ok(())
}

/// Takes the words out of stored plans, the replaced ones too.
fn plans(connection: &Connection, words: &[String]) -> Done<()> {
    for (select, update) in [
        ("SELECT id, 0, body FROM plan", "UPDATE plan SET body = ?1 WHERE id = ?2 AND ?3 = 0"),
        (
            "SELECT id, replaced_by, body FROM superseded WHERE entity = 'plan'",
            "UPDATE superseded SET body = ?1
             WHERE entity = 'plan' AND id = ?2 AND replaced_by = ?3",
        ),
    ] {
        let mut statement = connection.prepare(select)?;
        let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let found: Vec<(i64, i64, String)> =
            statement.query_map([], row)?.collect::<Result<_, _>>()?;
        for (id, replaced_by, body) in found {
            let mut json: Json = serde_json::from_str(&body)?;
            if take_out(&mut json, words) {
                let row = params![json.to_string(), id, replaced_by];
                connection.prepare_cached(update)?.execute(row)?;
            }
        }
    }
    Ok(())
}

/// Takes the words out of all texts, and says whether there were any; names of fields stay.
fn take_out(json: &mut Json, words: &[String]) -> bool {
    match json {
        Json::String(text) => {
            let with: Vec<&String> = words.iter().filter(|word| text.contains(*word)).collect();
            for word in &with {
                *text = text.replace(word.as_str(), ERASED);
            }
            !with.is_empty()
        }
        Json::Array(items) => items.iter_mut().fold(false, |any, item| take_out(item, words) | any),
        Json::Object(fields) => {
            fields.values_mut().fold(false, |any, item| take_out(item, words) | any)
        }
        _ => false,
    }
}

/// The files that were imported: they may still hold the person.
fn sources(connection: &Connection) -> Done<Vec<String>> {
    let sql = "SELECT DISTINCT source FROM operation WHERE source IS NOT NULL ORDER BY source";
    let mut statement = connection.prepare(sql)?;
    let found = statement.query_map([], |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Where people write words of their own.
const WRITTEN: [(Entity, &str); 11] = [
    (Entity::Customer, "name"),
    (Entity::Customer, "fields"),
    (Entity::Contact, "name"),
    (Entity::Contact, "fields"),
    (Entity::Deal, "name"),
    (Entity::Deal, "fields"),
    (Entity::DealEvent, "reason"),
    (Entity::Interaction, "text"),
    (Entity::Interaction, "fields"),
    (Entity::Task, "what"),
    (Entity::Override, "reason"),
];

/// Records of others that still hold one of the words.
fn mentions(connection: &Connection, words: &[String]) -> Done<Vec<Mention>> {
    let mut found = BTreeSet::new();
    for (entity, column) in WRITTEN {
        let name = table(entity).name;
        let sql =
            format!("SELECT id FROM \"{name}\" WHERE instr(\"{column}\", ?) > 0 LIMIT {MENTIONS}");
        let mut statement = connection.prepare(&sql)?;
        for word in words {
            for id in statement.query_map([word], |row| row.get(0))? {
                found.insert((entity, id?));
            }
        }
    }
    let told = found.into_iter().take(MENTIONS);
    Ok(told.map(|(entity, id)| Mention { entity, id }).collect())
}

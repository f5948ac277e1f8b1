//! The scans that scoring folds over: customers, interactions and deals as of a day.

use kehu_domain::{Customer, Day, Deal, DealEvent, Entity, Record};
use kehu_store::{CustomerRange, CustomerRow, InteractionRow, StoreError, Wanted};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Rows, params};

use crate::fault::{Done, Fault};
use crate::rows::{read, selection};

/// Visits customers as they were at the end of a day.
pub(crate) fn customers(
    connection: &Connection,
    range: CustomerRange,
    as_of: Day,
    visit: &mut dyn FnMut(&Customer) -> kehu_store::Result<()>,
) -> Done<()> {
    let sql = format!("{} WHERE id > ? AND id <= ? ORDER BY id", selection(Entity::Customer));
    let mut current = connection.prepare_cached(&sql)?;
    let mut current = current.query([range.after, range.through])?;
    let any = replaced_since(connection, as_of)?;
    let sql = "SELECT id, until, replaced_by, body FROM superseded
         WHERE entity = 'customer' AND id > ? AND id <= ? AND until > ? ORDER BY id, replaced_by";
    let mut versions = connection.prepare_cached(sql)?;
    let rows = versions.query(params![range.after, range.through, as_of.number()])?;
    let mut versions = Versions { rows: any.then_some(rows), ahead: None };
    while let Some(row) = current.next()? {
        let customer = match versions.of(row.get(0)?)? {
            Some(body) => serde_json::from_str(&body)?,
            None => read(Entity::Customer, row)?.0,
        };
        if let Record::Customer(customer) = customer
            && customer.known.is_none_or(|known| known <= as_of)
        {
            visit(&customer)?;
        }
    }
    Ok(())
}

/// True if any customer was another one at the end of a day: today none was.
fn replaced_since(connection: &Connection, as_of: Day) -> Done<bool> {
    let sql = "SELECT 1 FROM superseded WHERE until > ?";
    Ok(connection.prepare_cached(sql)?.exists([as_of.number()])?)
}

/// Visits the same customers, of each only what features need.
pub(crate) fn customer_rows(
    connection: &Connection,
    range: CustomerRange,
    as_of: Day,
    visit: &mut dyn FnMut(&CustomerRow<'_>) -> kehu_store::Result<()>,
) -> Done<()> {
    if replaced_since(connection, as_of)? {
        return customers(connection, range, as_of, &mut |customer| {
            let Customer { id, birthday, archived, parent, .. } = *customer;
            let (name, parent) = (customer.name.as_str(), parent.map(|parent| parent.0));
            let fields = match serde_json::to_string(&customer.fields) {
                Ok(fields) => Some(fields).filter(|_| !customer.fields.is_empty()),
                Err(error) => return Err(StoreError::Io(error.to_string())),
            };
            let fields = fields.as_deref();
            visit(&CustomerRow { id, name, parent, birthday, archived, fields })
        });
    }
    let sql = "SELECT id, name, parent, birthday, archived, fields FROM customer
         WHERE id > ?1 AND id <= ?2 AND (known IS NULL OR known <= ?3) ORDER BY id";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params![range.after, range.through, as_of.number()])?;
    while let Some(row) = rows.next()? {
        visit(&CustomerRow {
            id: number(row, 0)?,
            name: text(row, 1)?.unwrap_or_default(),
            parent: integer(row, 2)?,
            birthday: date(row, 3)?,
            archived: date(row, 4)?,
            fields: text(row, 5)?,
        })?;
    }
    Ok(())
}

fn date(row: &Row<'_>, place: usize) -> Done<Option<Day>> {
    let Some(number) = integer(row, place)? else { return Ok(None) };
    number.try_into().ok().and_then(Day::from_number).map(Some).ok_or_else(damaged)
}

/// Walks through the superseded versions of customers beside the current ones.
struct Versions<'s> {
    rows: Option<Rows<'s>>,
    ahead: Option<Version>,
}

struct Version {
    id: i64,
    /// The day until which it held; among equals the one that was replaced first.
    held: (i64, i64),
    body: String,
}

impl Versions<'_> {
    /// The version of a customer that held; none if it is the current one. Ids must come in order.
    fn of(&mut self, id: i64) -> Done<Option<String>> {
        let mut best: Option<Version> = None;
        loop {
            if self.ahead.is_none() {
                self.ahead = self.read()?;
            }
            match self.ahead.take_if(|version| version.id <= id) {
                None => return Ok(best.map(|version| version.body)),
                Some(version) if version.id == id => {
                    if best.as_ref().is_none_or(|best| version.held < best.held) {
                        best = Some(version);
                    }
                }
                Some(_) => {}
            }
        }
    }

    fn read(&mut self) -> Done<Option<Version>> {
        let Some(rows) = &mut self.rows else { return Ok(None) };
        let Some(row) = rows.next()? else {
            self.rows = None;
            return Ok(None);
        };
        let held = (row.get(1)?, row.get(2)?);
        Ok(Some(Version { id: row.get(0)?, held, body: row.get(3)? }))
    }
}

/// Says which columns a scan selects, and where in the row each group of them begins.
struct Selected {
    columns: Vec<&'static str>,
    money: Option<usize>,
    links: Option<usize>,
    words: Option<usize>,
    thread: Option<usize>,
    fields: Option<usize>,
    text: Option<usize>,
}

impl Selected {
    fn new(wanted: Wanted) -> Self {
        let mut columns = vec!["customer", "happened", "id", "kind"];
        let mut take = |wanted: bool, names: &[&'static str]| {
            let start = columns.len();
            wanted.then(|| columns.extend(names)).map(|()| start)
        };
        let money = take(wanted.money, &["amount", "margin"]);
        let links = take(wanted.links, &["rep", "contact", "deal", "product", "quantity"]);
        let words = take(wanted.words, &["minute", "channel", "outcome", "mood"]);
        let thread = take(wanted.thread, &["about", "state", "due"]);
        let fields = take(wanted.fields, &["fields"]);
        let said = take(wanted.text, &["text"]);
        Self { columns, money, links, words, thread, fields, text: said }
    }

    fn read<'r>(&self, row: &'r Row<'_>) -> Done<InteractionRow<'r>> {
        let mut found = InteractionRow {
            customer: number(row, 0)?,
            happened: number(row, 1)?,
            id: number(row, 2)?,
            kind: number(row, 3)?,
            ..InteractionRow::default()
        };
        if let Some(at) = self.money {
            found.amount = integer(row, at)?;
            found.margin = integer(row, at + 1)?;
        }
        if let Some(at) = self.links {
            found.rep = integer(row, at)?;
            found.contact = integer(row, at + 1)?;
            found.deal = integer(row, at + 2)?;
            found.product = integer(row, at + 3)?;
            found.quantity = row.get(at + 4)?;
        }
        if let Some(at) = self.words {
            found.minute = integer(row, at)?.and_then(|minute| minute.try_into().ok());
            found.channel = text(row, at + 1)?;
            found.outcome = text(row, at + 2)?;
            found.mood = text(row, at + 3)?;
        }
        if let Some(at) = self.thread {
            found.about = integer(row, at)?;
            found.state = text(row, at + 1)?;
            found.due = integer(row, at + 2)?.and_then(|day| day.try_into().ok());
        }
        if let Some(at) = self.fields {
            found.fields = text(row, at)?;
        }
        if let Some(at) = self.text {
            found.text = text(row, at)?;
        }
        Ok(found)
    }
}

fn damaged() -> Fault {
    Fault::Damaged("a row cannot be read".to_owned())
}

fn integer(row: &Row<'_>, place: usize) -> Done<Option<i64>> {
    match row.get_ref(place)? {
        ValueRef::Integer(number) => Ok(Some(number)),
        ValueRef::Null => Ok(None),
        _ => Err(damaged()),
    }
}

fn number<T: TryFrom<i64>>(row: &Row<'_>, place: usize) -> Done<T> {
    integer(row, place)?.and_then(|number| number.try_into().ok()).ok_or_else(damaged)
}

fn text<'r>(row: &'r Row<'_>, place: usize) -> Done<Option<&'r str>> {
    match row.get_ref(place)? {
        ValueRef::Text(words) => std::str::from_utf8(words).map(Some).map_err(|_| damaged()),
        ValueRef::Null => Ok(None),
        _ => Err(damaged()),
    }
}

/// Visits interactions in the order in which they are stored.
pub(crate) fn interactions(
    connection: &Connection,
    range: CustomerRange,
    as_of: Day,
    wanted: Wanted,
    visit: &mut dyn FnMut(&InteractionRow<'_>) -> kehu_store::Result<()>,
) -> Done<()> {
    let selected = Selected::new(wanted);
    let sql = format!(
        "SELECT {} FROM interaction WHERE customer > ?1 AND customer <= ?2
           AND happened <= ?3 AND (known IS NULL OR known <= ?3)
         ORDER BY customer, happened, id",
        selected.columns.join(", ")
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![range.after, range.through, as_of.number()])?;
    while let Some(row) = rows.next()? {
        visit(&selected.read(row)?)?;
    }
    Ok(())
}

/// Visits deals that satisfy a condition, each with its events up to a day.
pub(crate) fn deals(
    connection: &Connection,
    condition: &str,
    parameters: impl rusqlite::Params,
    as_of: Day,
    visit: &mut dyn FnMut(&Deal, &[DealEvent]) -> kehu_store::Result<()>,
) -> Done<()> {
    let sql = format!("{} WHERE {condition} ORDER BY customer, id", selection(Entity::Deal));
    let mut deals = connection.prepare_cached(&sql)?;
    let mut deals = deals.query(parameters)?;
    let sql = format!(
        "{} WHERE deal = ?1 AND happened <= ?2 AND (known IS NULL OR known <= ?2)
         ORDER BY happened, minute, id",
        selection(Entity::DealEvent)
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut events = Vec::new();
    while let Some(row) = deals.next()? {
        let (Record::Deal(deal), _) = read(Entity::Deal, row)? else { continue };
        events.clear();
        let mut rows = statement.query(params![deal.id, as_of.number()])?;
        while let Some(row) = rows.next()? {
            if let (Record::DealEvent(event), _) = read(Entity::DealEvent, row)? {
                events.push(event);
            }
        }
        // A deal is open from its first event on.
        if !events.is_empty() {
            visit(&deal, &events)?;
        }
    }
    Ok(())
}

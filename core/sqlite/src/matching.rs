//! Which staged interactions are stored already.

use std::collections::{HashMap, HashSet};

use kehu_domain::{Entity, Record};
use kehu_store::RowFate;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::fault::Done;
use crate::rows;
use crate::spool::Values;
use crate::staging::{Referred, torn};
use crate::table::{record, table};

/// Decides, in the order of customers and days, what becomes of interactions.
pub(crate) struct Matching<'c> {
    connection: &'c Connection,
    places: Places,
    /// The customer whose identities are at hand.
    customer: i64,
    stored: Vec<Stored>,
    created: i64,
    wanted: &'c HashSet<i64>,
    referred: HashMap<i64, Referred>,
}

/// Where a row has what matching looks at.
struct Places {
    customer: usize,
    happened: usize,
    id: usize,
    kind: usize,
    external_id: usize,
    identity: usize,
}

/// A stored interaction that has an identity.
struct Stored {
    happened: i64,
    identity: i64,
    id: i64,
    /// How many of its equals are matched; kept by the first of them.
    used: usize,
}

impl<'c> Matching<'c> {
    pub(crate) fn new(connection: &'c Connection, wanted: &'c HashSet<i64>) -> Self {
        let at = |name: &str| table(Entity::Interaction).place(name).unwrap_or_default();
        Self {
            connection,
            places: Places {
                customer: at("customer"),
                happened: at("happened"),
                id: at("id"),
                kind: at("kind"),
                external_id: at("external_id"),
                identity: at("identity"),
            },
            customer: 0,
            stored: Vec::new(),
            created: 0,
            wanted,
            referred: HashMap::new(),
        }
    }

    /// What became of the interactions that others are about.
    pub(crate) fn referred(self) -> HashMap<i64, Referred> {
        self.referred
    }

    /// Says what becomes of a row, and the id of the stored one that it is; 0 if it is new.
    pub(crate) fn decide(&mut self, row: &Values<'_>) -> Done<(RowFate, i64)> {
        let own = row.number(self.places.id).unwrap_or_default();
        let (fate, id) = self.find(row, own)?;
        if self.wanted.contains(&own) {
            let place = if id == 0 { Referred::New(self.created) } else { Referred::Stored(id) };
            self.referred.insert(own, place);
        }
        if id == 0 {
            self.created += 1;
        }
        Ok((fate, id))
    }

    fn find(&mut self, row: &Values<'_>, own: i64) -> Done<(RowFate, i64)> {
        if own > 0 {
            return Ok((self.compare(row, own)?, own));
        }
        if let Some(external_id) = row.text(self.places.external_id) {
            let sql = "SELECT id FROM interaction WHERE external_id = ? AND kind =
                 (SELECT number FROM kind WHERE name = ?) ORDER BY id LIMIT 1";
            let kind = row.text(self.places.kind);
            let mut statement = self.connection.prepare_cached(sql)?;
            let found = statement.query_row(params![external_id, kind], |row| row.get(0));
            return match found.optional()? {
                Some(id) => Ok((self.compare(row, id)?, id)),
                None => Ok((RowFate::Created, 0)),
            };
        }
        if let Some(identity) = row.number(self.places.identity)
            && let Some(id) = self.next_equal(row, identity)?
        {
            return Ok((RowFate::Unchanged, id));
        }
        Ok((RowFate::Created, 0))
    }

    /// The next stored row with the same customer, day and identity: as many as there are.
    fn next_equal(&mut self, row: &Values<'_>, identity: i64) -> Done<Option<i64>> {
        let Some(customer) = row.number(self.places.customer).filter(|customer| *customer > 0)
        else {
            return Ok(None);
        };
        if self.customer != customer {
            self.load(customer)?;
        }
        let happened = row.number(self.places.happened).unwrap_or_default();
        let key = (happened, identity);
        let first = self.stored.partition_point(|one| (one.happened, one.identity) < key);
        let Some(used) = self.stored.get(first).map(|one| one.used) else { return Ok(None) };
        let equal = self.stored.get(first + used);
        let Some(id) = equal.filter(|one| (one.happened, one.identity) == key).map(|one| one.id)
        else {
            return Ok(None);
        };
        self.stored[first].used += 1;
        Ok(Some(id))
    }

    fn load(&mut self, customer: i64) -> Done<()> {
        self.customer = customer;
        self.stored.clear();
        let sql = "SELECT happened, identity, id FROM interaction
             WHERE customer = ? AND identity IS NOT NULL";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([customer])?;
        while let Some(row) = rows.next()? {
            let (happened, identity, id) = (row.get(0)?, row.get(1)?, row.get(2)?);
            self.stored.push(Stored { happened, identity, id, used: 0 });
        }
        self.stored.sort_unstable_by_key(|one| (one.happened, one.identity, one.id));
        Ok(())
    }

    /// Tells whether a row says anything else than the stored one of an id.
    fn compare(&self, row: &Values<'_>, id: i64) -> Done<RowFate> {
        let entity = Entity::Interaction;
        let (stored, _) =
            rows::get(self.connection, entity, id)?.ok_or_else(|| rows::missing(entity, id))?;
        let mut given = record(entity, row.all()).ok_or_else(torn)?;
        given.set_id(id);
        if let Record::Interaction(given) = &mut given
            && let Some(about) = &mut given.about
            && let Some(Referred::Stored(stored)) = self.referred.get(&about.0)
        {
            about.0 = *stored;
        }
        Ok(if given == stored { RowFate::Unchanged } else { RowFate::Changed })
    }
}

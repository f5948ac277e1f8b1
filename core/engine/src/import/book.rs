//! Finds records by name or external id: those stored, and those that this import has met.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use kehu_contract::nearest;
use kehu_domain::{Customer, Entity, Record};
use kehu_store::{Reader, Result};

/// Beyond so many names no nearest one is looked for: it would cost a look at each of them.
const NEAREST_AMONG: usize = 20_000;

/// Says what a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    One(i64),
    /// Several records have the name.
    Many,
    None,
}

/// Finds the records of one sort.
#[derive(Debug, Default)]
pub(super) struct Book {
    external: HashMap<Box<str>, i64>,
    /// Contacts stand under their customer's id and their name.
    names: HashMap<Box<str>, Option<i64>>,
    external_loaded: bool,
    names_loaded: bool,
    last_new: i64,
    /// The rows of the current table by the record that they are about (interactions by a hash of
    /// kind and external id): a digest and the line.
    stated: HashMap<i64, (i64, u64)>,
    /// Records that only a reference has named so far: their table, line and name.
    implied: BTreeMap<i64, (usize, u64, String)>,
    /// Records whose own parent has not been met yet.
    waiting: HashSet<i64>,
}

/// The key of a contact's name.
pub(super) fn contact_key(customer: i64, name: &str) -> String {
    format!("{customer}\u{1f}{name}")
}

impl Book {
    /// Reads the external ids of a sort, if that was not done yet.
    pub(super) fn load_external(
        &mut self,
        entity: Entity,
        system: &str,
        reader: &dyn Reader,
    ) -> Result<()> {
        if entity != Entity::Customer {
            return self.load_names(entity, reader);
        }
        if !self.external_loaded {
            self.external_loaded = true;
            let external = &mut self.external;
            reader.external_ids(system, &mut |text, id| {
                external.entry(text.into()).or_insert(id);
            })?;
        }
        Ok(())
    }

    /// Reads the names of a sort, and with them all external ids but those of customers.
    pub(super) fn load_names(&mut self, entity: Entity, reader: &dyn Reader) -> Result<()> {
        if self.names_loaded {
            return Ok(());
        }
        self.names_loaded = true;
        if reader.count(entity)? == 0 {
            return Ok(());
        }
        reader.each(entity, None, &mut |record| {
            let (id, name, external) = keys(&record);
            self.remember(id, &name, external);
            Ok(())
        })
    }

    /// Notes under which name and external id a record is found.
    pub(super) fn remember(&mut self, id: i64, name: &str, external: Option<&str>) {
        if !name.is_empty() {
            self.names
                .entry(name.into())
                .and_modify(|known| {
                    if *known != Some(id) {
                        *known = None;
                    }
                })
                .or_insert(Some(id));
        }
        if let Some(external) = external {
            self.external.entry(external.into()).or_insert(id);
        }
    }

    /// Takes back what was noted of a record.
    pub(super) fn forget(&mut self, id: i64, name: &str, external: Option<&str>) {
        if self.names.get(name) == Some(&Some(id)) {
            self.names.remove(name);
        }
        if let Some(external) = external
            && self.external.get(external) == Some(&id)
        {
            self.external.remove(external);
        }
        self.stated.remove(&id);
    }

    pub(super) fn by_external(&self, text: &str) -> Found {
        self.external.get(text).map_or(Found::None, |id| Found::One(*id))
    }

    pub(super) fn by_name(&self, name: &str) -> Found {
        match self.names.get(name) {
            Some(Some(id)) => Found::One(*id),
            Some(None) => Found::Many,
            None => Found::None,
        }
    }

    /// A provisional id for a new record.
    pub(super) fn new_id(&mut self) -> i64 {
        self.last_new -= 1;
        self.last_new
    }

    /// Makes a record of which only the name is known.
    pub(super) fn imply(&mut self, table: usize, line: u64, name: &str) -> i64 {
        let id = self.new_id();
        self.remember(id, name, Some(name));
        self.implied.insert(id, (table, line, name.to_owned()));
        id
    }

    /// True if only a reference has named the record so far; from now on a row has.
    pub(super) fn claim(&mut self, id: i64) -> bool {
        self.implied.remove(&id).is_some()
    }

    /// The records that only references have named.
    pub(super) fn take_implied(&mut self) -> BTreeMap<i64, (usize, u64, String)> {
        std::mem::take(&mut self.implied)
    }

    /// Begins another table.
    pub(super) fn turn_page(&mut self) {
        self.stated.clear();
    }

    /// Notes what a row says under a key; returns what an earlier row of the table said, if one did.
    pub(super) fn repeat(&mut self, key: i64, digest: i64, line: u64) -> Option<(i64, u64)> {
        match self.stated.entry(key) {
            Entry::Occupied(earlier) => Some(*earlier.get()),
            Entry::Vacant(free) => {
                free.insert((digest, line));
                None
            }
        }
    }

    /// What an earlier row of the table said about a record: a digest and the line.
    pub(super) fn stated(&self, id: i64) -> Option<(i64, u64)> {
        self.stated.get(&id).copied()
    }

    pub(super) fn state(&mut self, id: i64, digest: i64, line: u64) {
        self.stated.insert(id, (digest, line));
    }

    pub(super) fn wait(&mut self, id: i64) {
        self.waiting.insert(id);
    }

    pub(super) fn settle(&mut self, id: i64) {
        self.waiting.remove(&id);
    }

    pub(super) fn is_waiting(&self, id: i64) -> bool {
        self.waiting.contains(&id)
    }

    /// The nearest name to one that is not there.
    pub(super) fn nearest(&self, text: &str) -> Option<String> {
        if self.names.len() > NEAREST_AMONG {
            return None;
        }
        // In order, so that of two names equally near the same is shown each time.
        let mut names: Vec<&str> = self.names.keys().map(|name| shown(name)).collect();
        names.sort_unstable();
        nearest(text, names).map(str::to_owned)
    }
}

fn shown(key: &str) -> &str {
    key.split_once('\u{1f}').map_or(key, |(_, name)| name)
}

/// The id, name and external id by which a record is found.
fn keys(record: &Record) -> (i64, String, Option<&str>) {
    match record {
        Record::Rep(rep) => (rep.id, rep.name.clone(), rep.external_id.as_deref()),
        Record::Product(product) => {
            (product.id, product.name.clone(), product.external_id.as_deref())
        }
        Record::Customer(Customer { id, name, .. }) => (*id, name.clone(), None),
        Record::Contact(contact) => (
            contact.id,
            contact_key(contact.customer.0, &contact.name),
            contact.external_id.as_deref(),
        ),
        Record::Deal(deal) => (deal.id, deal.name.clone(), deal.external_id.as_deref()),
        Record::Interaction(one) => (one.id, String::new(), one.external_id.as_deref()),
        other => (other.id(), String::new(), None),
    }
}

//! Rows that become reps, products, customers and contacts.

use std::collections::BTreeMap;

use kehu_domain::rows::Row;
use kehu_domain::{
    Contact, Customer, CustomerId, CustomerType, Day, Entity, Fields, Product, Record, Rep, RepId,
};
use kehu_store::{RowFate, StoreError};

use super::book::{Found, contact_key};
use super::mapping::{Match, TableSpec};
use super::report::{ImportError, Observer, Refusal, shortened};
use super::run::{Fault, Here, Run, ambiguous};
use super::value::{Bad, Column, Identity, Value};
use super::vocabulary::{Holds, Target};

/// The values of a row, each with its column.
pub(super) type Values<'r> = Vec<(&'r Column, Value<'r>)>;

/// A customer whose parent stands further down in the file, or nowhere.
pub(super) struct Deferred {
    line: u64,
    customer: Customer,
    stored: Option<Customer>,
    key: Keys,
    parent: String,
    column: String,
}

/// By what a record is found.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    pub(super) name: String,
    pub(super) external: Option<String>,
}

/// What a row's references came to.
type References<'r> = Vec<(&'r Column, i64)>;

/// A parent as a row names it.
type Parent<'r> = Option<(&'r Column, &'r str)>;

impl Run<'_> {
    /// Takes a row of reps, products, customers or contacts; none if its fate is known later.
    pub(super) fn plain_record(
        &mut self,
        here: Here<'_>,
        row: &Row,
    ) -> Result<Option<RowFate>, Fault> {
        let (values, digest) = self.values(here, row)?;
        let entity = here.spec.into;
        let (references, parent) = self.references(here, &values)?;
        let keys = keys(&values, &references)?;
        let found = self.matching(here, &keys)?;
        if let Some(fate) = self.said_before(here, found, digest)? {
            return Ok(Some(fate));
        }
        let stored = match found {
            Some(id) => self.current(entity, id)?,
            None => None,
        };
        let mut record = stored.clone().unwrap_or_else(|| empty(entity, &keys));
        for (column, value) in &values {
            set(&mut record, self.system, column, *value);
        }
        for (column, id) in references {
            set_reference(&mut record, column.target, id);
        }
        let book = self.books.entry(entity).or_default();
        let id = found.unwrap_or_else(|| book.new_id());
        record.set_id(id);
        book.claim(id);
        book.remember(id, &keys.name, keys.external.as_deref());
        book.state(id, digest, here.line);
        if let (Some((column, parent)), Record::Customer(customer)) = (parent, &record) {
            let customer = customer.clone();
            self.defer(here, customer, stored, keys, column, parent)?;
            return Ok(None);
        }
        self.note_price(&record);
        let fate = fate(stored.as_ref(), &record);
        if fate != RowFate::Unchanged {
            self.keep(here.table, here.line, record)?;
        }
        Ok(Some(fate))
    }

    /// Reads all values of a row, and the digest of them.
    pub(super) fn values<'r>(
        &self,
        here: Here<'r>,
        row: &'r Row,
    ) -> Result<(Values<'r>, i64), Fault> {
        let mut values = Vec::with_capacity(here.spec.columns.len());
        let mut digest = Identity::new();
        for (at, column) in here.spec.columns.iter().enumerate() {
            let value = here
                .read(at, column, row, &self.settings.currency)
                .map_err(|bad| Fault::of(column, column.text(row), bad))?;
            let Some(value) = value else {
                // A deal can go by its id alone; whatever has a name in its file must have one.
                if column.target == Target::Name && here.spec.into != Entity::Deal {
                    let bad = Bad::new("is empty")
                        .hint("name it there, or leave the column out to go by the external id");
                    return Err(Fault::of(column, None, bad));
                }
                continue;
            };
            if column.target == Target::Currency {
                self.check_currency(column, value)?;
                continue;
            }
            digest.add(&column.field, value);
            values.push((column, value));
        }
        Ok((values, digest.finish()))
    }

    /// Refuses amounts in another currency than the workspace's.
    pub(super) fn check_currency(&self, column: &Column, value: Value<'_>) -> Result<(), Fault> {
        let (Value::Text(code), ours) = (value, self.settings.currency.code()) else {
            return Ok(());
        };
        if code == ours {
            return Ok(());
        }
        let why = format!("is another currency than the workspace's {ours}");
        Err(Fault::of(column, Some(code), Bad::new(why)))
    }

    /// Finds what a row refers to; a parent that is not there yet comes back as text.
    fn references<'r>(
        &mut self,
        here: Here<'_>,
        values: &Values<'r>,
    ) -> Result<(References<'r>, Parent<'r>), Fault> {
        let (mut found, mut unknown, mut parent) = (Vec::new(), Vec::new(), None);
        for (column, value) in values {
            let (Holds::Reference(entity), Value::Text(text)) = (&column.holds, *value) else {
                continue;
            };
            if column.target == Target::Parent {
                parent = Some((*column, text));
                continue;
            }
            match self.refer_by(here, column, *entity, text)? {
                Some(id) => found.push((*column, id)),
                None => unknown.push((*column, *entity, text)),
            }
        }
        // What is unknown is made only now, when nothing can refuse the row any more.
        for (column, entity, text) in unknown {
            found.push((column, self.imply(here, entity, text)));
        }
        Ok((found, parent))
    }

    /// Finds the record that a cell refers to; a refusal names the column.
    pub(super) fn refer_by(
        &mut self,
        here: Here<'_>,
        column: &Column,
        entity: Entity,
        text: &str,
    ) -> Result<Option<i64>, Fault> {
        self.refer(here, entity, text).map_err(|fault| match fault {
            Fault::Row { bad, .. } => Fault::of(column, Some(text), bad),
            other @ Fault::Store(_) => other,
        })
    }

    /// Finds the record that a row is about.
    pub(super) fn matching(&mut self, here: Here<'_>, keys: &Keys) -> Result<Option<i64>, Fault> {
        let entity = here.spec.into;
        let book = self.books.entry(entity).or_default();
        let by_id = here.spec.matched != Match::Name;
        let found = if let (Some(external), true) = (&keys.external, by_id) {
            book.by_external(external)
        } else {
            book.load_names(entity, &*self.reader)?;
            book.by_name(&keys.name)
        };
        match found {
            Found::One(id) => Ok(Some(id)),
            Found::None => Ok(None),
            Found::Many => {
                let value = Some(shortened(shown(&keys.name)));
                Err(Fault::Row { column: None, value, bad: ambiguous(entity) })
            }
        }
    }

    /// Compares a row with an earlier one of the table about the same record.
    pub(super) fn said_before(
        &self,
        here: Here<'_>,
        found: Option<i64>,
        digest: i64,
    ) -> Result<Option<RowFate>, Fault> {
        let book = self.books.get(&here.spec.into);
        match found.and_then(|id| book?.stated(id)) {
            None => Ok(None),
            Some((earlier, _)) if earlier == digest => Ok(Some(RowFate::Unchanged)),
            Some((_, line)) => Err(Fault::row(otherwise(here.spec.into, line))),
        }
    }

    pub(super) fn note_price(&mut self, record: &Record) {
        if let Record::Product(Product { id, price: Some(price), .. }) = record {
            self.prices.insert(*id, *price);
        }
    }

    fn defer(
        &mut self,
        here: Here<'_>,
        customer: Customer,
        stored: Option<Record>,
        key: Keys,
        column: &Column,
        parent: &str,
    ) -> Result<(), StoreError> {
        let book = self.books.entry(Entity::Customer).or_default();
        book.load_names(Entity::Customer, &*self.reader)?;
        if customer.id < 0 {
            book.wait(customer.id);
        }
        let stored = stored.and_then(|record| Customer::try_from(record).ok());
        self.deferred.push(Deferred {
            line: here.line,
            customer,
            stored,
            key,
            parent: parent.to_owned(),
            column: column.label().to_owned(),
        });
        Ok(())
    }

    /// Joins the customers of a table with their parents, wherever in the file those stood.
    pub(super) fn settle_parents(
        &mut self,
        table: usize,
        spec: &TableSpec,
        file: &str,
        observer: &mut dyn Observer,
    ) -> Result<(), ImportError> {
        let (mut ready, mut lost) = (Vec::new(), Vec::new());
        let mut dependents: BTreeMap<i64, Vec<Deferred>> = BTreeMap::new();
        for deferred in std::mem::take(&mut self.deferred) {
            let here = Here { table, spec, line: deferred.line, changes: None };
            match self.refer(here, Entity::Customer, &deferred.parent) {
                Ok(Some(id)) if self.is_waiting(id) => {
                    dependents.entry(id).or_default().push(deferred);
                }
                Ok(Some(id)) => ready.push((deferred, id)),
                Ok(None) => {
                    let id = self.imply(here, Entity::Customer, &deferred.parent);
                    ready.push((deferred, id));
                }
                Err(Fault::Store(error)) => return Err(error.into()),
                Err(Fault::Row { bad, .. }) => lost.push((deferred, bad)),
            }
        }
        while let Some((mut deferred, parent)) = ready.pop() {
            deferred.customer.parent = Some(CustomerId(parent));
            let id = deferred.customer.id;
            let children = dependents.remove(&id).unwrap_or_default();
            ready.extend(children.into_iter().map(|child| (child, id)));
            self.settle(table, deferred, observer)?;
        }
        let circle = || Bad::new("leads back to the customer itself, or to one that was refused");
        loop {
            while let Some((deferred, bad)) = lost.pop() {
                let children = dependents.remove(&deferred.customer.id).unwrap_or_default();
                lost.extend(children.into_iter().map(|child| (child, circle())));
                self.lose(table, file, deferred, bad, observer);
            }
            match dependents.pop_first() {
                Some((_, rest)) => lost.extend(rest.into_iter().map(|child| (child, circle()))),
                None => return Ok(()),
            }
        }
    }

    fn is_waiting(&self, id: i64) -> bool {
        self.books.get(&Entity::Customer).is_some_and(|book| book.is_waiting(id))
    }

    fn settle(
        &mut self,
        table: usize,
        deferred: Deferred,
        observer: &mut dyn Observer,
    ) -> Result<(), StoreError> {
        let Deferred { line, customer, stored, .. } = deferred;
        self.books.entry(Entity::Customer).or_default().settle(customer.id);
        let record = Record::Customer(customer);
        let fate = fate(stored.map(Record::Customer).as_ref(), &record);
        if fate != RowFate::Unchanged {
            self.keep(table, line, record)?;
        }
        self.fate(table, line, fate, observer);
        Ok(())
    }

    fn lose(
        &mut self,
        table: usize,
        file: &str,
        deferred: Deferred,
        bad: Bad,
        observer: &mut dyn Observer,
    ) {
        let Deferred { line, customer, key, parent, column, .. } = deferred;
        if customer.id < 0 {
            let book = self.books.entry(Entity::Customer).or_default();
            book.forget(customer.id, &key.name, key.external.as_deref());
        }
        let refusal = Refusal {
            file: file.to_owned(),
            line,
            column: Some(column),
            value: Some(shortened(&parent)),
            why: bad.why,
            hint: bad.hint,
            because: Vec::new(),
        };
        self.refuse(table, refusal, observer);
    }
}

/// Says that two rows of a table contradict each other.
pub(super) fn otherwise(entity: Entity, line: u64) -> Bad {
    let why = format!("line {line} says otherwise about the same {}", entity.name());
    Bad::new(why).hint("keep one of the two rows")
}

/// What a row means for a stored record, or for none.
pub(super) fn fate<T: PartialEq>(stored: Option<&T>, now: &T) -> RowFate {
    match stored {
        None => RowFate::Created,
        Some(stored) if stored == now => RowFate::Unchanged,
        Some(_) => RowFate::Changed,
    }
}

fn shown(key: &str) -> &str {
    key.split_once('\u{1f}').map_or(key, |(_, name)| name)
}

/// The name and external id of a row; one of them must be there.
fn keys(values: &Values<'_>, references: &References<'_>) -> Result<Keys, Fault> {
    let text = |target: Target| {
        values.iter().find_map(|(column, value)| match value {
            Value::Text(text) if column.target == target => Some((*text).to_owned()),
            _ => None,
        })
    };
    let external = text(Target::ExternalId);
    let Some(name) = text(Target::Name).or_else(|| external.clone()) else {
        return Err(Fault::row(Bad::new("has neither a name nor an external id")));
    };
    let customer = references.iter().find(|(column, _)| column.target == Target::Customer);
    let name = customer.map_or(name.clone(), |(_, id)| contact_key(*id, &name));
    Ok(Keys { name, external })
}

fn empty(entity: Entity, keys: &Keys) -> Record {
    let name = shown(&keys.name).to_owned();
    match entity {
        Entity::Rep => Rep { name, ..Rep::default() }.into(),
        Entity::Product => Product { name, ..Product::default() }.into(),
        Entity::Contact => Contact {
            id: 0,
            customer: CustomerId(0),
            name,
            external_id: None,
            role: None,
            department: None,
            influence: None,
            coach: None,
            birthday: None,
            phone: None,
            email: None,
            wechat: None,
            known: None,
            fields: Fields::new(),
        }
        .into(),
        _ => Customer { name, ..Customer::default() }.into(),
    }
}

fn set(record: &mut Record, system: &str, column: &Column, value: Value<'_>) {
    if column.target == Target::Custom {
        let fields = match record {
            Record::Rep(rep) => &mut rep.fields,
            Record::Product(product) => &mut product.fields,
            Record::Customer(customer) => &mut customer.fields,
            Record::Contact(contact) => &mut contact.fields,
            _ => return,
        };
        fields.insert(column.field.clone(), Column::custom(value));
        return;
    }
    match record {
        Record::Rep(rep) => set_rep(rep, column.target, value),
        Record::Product(product) => set_product(product, column.target, value),
        Record::Customer(customer) => set_customer(customer, system, column.target, value),
        Record::Contact(contact) => set_contact(contact, column.target, value),
        _ => {}
    }
}

fn set_rep(rep: &mut Rep, target: Target, value: Value<'_>) {
    match target {
        Target::Name => rep.name = value.into_text(),
        Target::ExternalId => rep.external_id = Some(value.into_text()),
        Target::Manager => rep.manager = Some(value.into_text()),
        Target::Region => rep.region = Some(value.into_text()),
        Target::Email => rep.email = Some(value.into_text()),
        Target::Lat => rep.lat = value.number(),
        Target::Lon => rep.lon = value.number(),
        _ => {}
    }
}

fn set_product(product: &mut Product, target: Target, value: Value<'_>) {
    match target {
        Target::Name => product.name = value.into_text(),
        Target::ExternalId => product.external_id = Some(value.into_text()),
        Target::Category => product.category = Some(value.into_text()),
        Target::Price => product.price = value.money(),
        _ => {}
    }
}

fn set_customer(customer: &mut Customer, system: &str, target: Target, value: Value<'_>) {
    match target {
        Target::Name => customer.name = value.into_text(),
        Target::ExternalId => {
            customer.external_ids.insert(system.to_owned(), value.into_text());
        }
        Target::Type if value == Value::Text("person") => customer.kind = CustomerType::Person,
        Target::Type => customer.kind = CustomerType::Organisation,
        Target::Place => customer.place = Some(value.into_text()),
        Target::Lat => customer.lat = value.number(),
        Target::Lon => customer.lon = value.number(),
        Target::Phone => customer.phone = Some(value.into_text()),
        Target::Email => customer.email = Some(value.into_text()),
        Target::Birthday => customer.birthday = value.day(),
        Target::Source => customer.source = Some(value.into_text()),
        Target::Consent => customer.consent = value.flag(),
        Target::Tags => customer.tags = words(&value.into_text()),
        Target::Archived => customer.archived = value.day(),
        Target::Known => customer.known = value.day(),
        _ => {}
    }
}

fn set_contact(contact: &mut Contact, target: Target, value: Value<'_>) {
    match target {
        Target::Name => contact.name = value.into_text(),
        Target::ExternalId => contact.external_id = Some(value.into_text()),
        Target::Role => contact.role = Some(value.into_text()),
        Target::Department => contact.department = Some(value.into_text()),
        Target::Influence => contact.influence = Some(value.into_text()),
        Target::Coach => contact.coach = value.flag(),
        Target::Birthday => contact.birthday = value.day(),
        Target::Phone => contact.phone = Some(value.into_text()),
        Target::Email => contact.email = Some(value.into_text()),
        Target::Wechat => contact.wechat = Some(value.into_text()),
        Target::Known => contact.known = value.day(),
        _ => {}
    }
}

fn set_reference(record: &mut Record, target: Target, id: i64) {
    match (record, target) {
        (Record::Customer(customer), Target::Owner) => customer.owner = Some(RepId(id)),
        (Record::Contact(contact), Target::Customer) => contact.customer = CustomerId(id),
        _ => {}
    }
}

fn words(text: &str) -> Vec<String> {
    let parts = text.split([';', ',', '|', '；', '，', '、']);
    let mut words: Vec<String> = Vec::new();
    for word in parts.map(str::trim).filter(|word| !word.is_empty()) {
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    words
}

impl Value<'_> {
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Text(text) => text.to_owned(),
            _ => String::new(),
        }
    }

    pub(super) fn number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn money(self) -> Option<kehu_domain::Money> {
        match self {
            Self::Money(money) => Some(money),
            _ => None,
        }
    }

    pub(super) fn day(self) -> Option<Day> {
        match self {
            Self::Moment(day, _) => Some(day),
            _ => None,
        }
    }

    pub(super) fn flag(self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(flag),
            _ => None,
        }
    }
}

//! One attempt at an import: reads every table, and stages what is new or changed.

use std::collections::{BTreeMap, HashMap};

use kehu_contract::document::Problem;
use kehu_domain::rows::{Row, RowSource};
use kehu_domain::{Currency, Customer, Day, Entity, Money, Product, Record, Rep};
use kehu_store::{Reader, RowFate, Staging, StoreError};

use super::book::{Book, Found};
use super::deal::Deals;
use super::judge::Changes;
use super::mapping::{Mapping, TableSpec, unknown_column};
use super::records::Deferred;
use super::report::{
    ImportError, ImportReport, Observer, REFUSALS_NAMED, Refusal, TableReport, shortened,
};
use super::value::{Bad, Column, Value};
use super::vocabulary::{Holds, Target};
use crate::settings::Settings;

/// Says why a row does not become a record.
pub(super) enum Fault {
    /// The row is refused.
    Row { column: Option<String>, value: Option<String>, bad: Bad },
    /// The store failed.
    Store(StoreError),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Fault {
    pub(super) fn of(column: &Column, value: Option<&str>, bad: Bad) -> Self {
        let value = value.map(shortened);
        Self::Row { column: Some(column.label().to_owned()), value, bad }
    }

    pub(super) fn row(bad: Bad) -> Self {
        Self::Row { column: None, value: None, bad }
    }
}

/// What a row is read with: its table and line.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    pub(super) table: usize,
    pub(super) spec: &'a TableSpec,
    pub(super) line: u64,
    /// What packs have put in the place of what the row says.
    pub(super) changes: Option<&'a Changes>,
}

impl<'a> Here<'a> {
    /// What a row says in the column at a place of the table, as packs leave it.
    pub(super) fn read<'r>(
        self,
        at: usize,
        column: &'r Column,
        row: &'r Row,
        currency: &Currency,
    ) -> Result<Option<Value<'r>>, Bad>
    where
        'a: 'r,
    {
        match self.changes.and_then(|changes| changes.of(at)) {
            Some(put) => Ok(put.value()),
            None => column.read(row, currency),
        }
    }
}

/// A record that is kept back until all tables are read.
pub(super) struct Held {
    table: usize,
    line: u64,
    record: Record,
}

/// One attempt at an import.
pub(super) struct Run<'a> {
    pub(super) settings: &'a Settings,
    pub(super) system: &'a str,
    pub(super) today: Day,
    pub(super) reader: Box<dyn Reader>,
    pub(super) staging: Box<dyn Staging>,
    pub(super) books: BTreeMap<Entity, Book>,
    pub(super) prices: HashMap<i64, Money>,
    pub(super) deals: Deals,
    /// Customers whose parents are not known yet.
    pub(super) deferred: Vec<Deferred>,
    pub(super) report: ImportReport,
    /// The sorts that several tables describe: their records are kept back until all have spoken.
    shared: Vec<Entity>,
    held: BTreeMap<(Entity, i64), Held>,
    pub(super) tables: usize,
    /// True if interactions name earlier ones that they are about.
    pub(super) threads: bool,
    /// The first refusal of the table that is read, if all others are for the same reason.
    alike: Option<(usize, Refusal)>,
}

impl Run<'_> {
    /// Refuses a day on which something is to have happened and that has not come: most often the order
    /// of day and month is another one.
    pub(super) fn check_come(&self, column: &Column, row: &Row, day: Day) -> Result<(), Fault> {
        if day <= self.today {
            return Ok(());
        }
        let bad = Bad::new(format!("has not come yet: today is {}", self.today)).hint(
            "check date_order of the mapping; what is still to come is a task or expected_close",
        );
        Err(Fault::of(column, column.text(row), bad))
    }
}

/// An open table: its file, and its columns' places in it.
pub(super) struct Open {
    pub(super) spec: TableSpec,
    pub(super) source: Box<dyn RowSource>,
}

impl Open {
    /// Finds the mapping's columns in a file.
    pub(super) fn new(
        spec: &TableSpec,
        source: Box<dyn RowSource>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut spec = spec.clone();
        let (file, names) = (source.name(), source.columns());
        let columns = spec.columns.iter_mut();
        let of_events = spec.events.iter_mut().flat_map(|event| event.columns.iter_mut());
        for column in columns.chain(of_events) {
            let super::value::Origin::Column(name) = &column.origin else { continue };
            column.at = names.iter().position(|each| each == name);
            if column.at.is_none() {
                problems.push(unknown_column(column, file, names));
            }
        }
        Self { spec, source }
    }
}

impl<'a> Run<'a> {
    pub(super) fn new(
        mapping: &'a Mapping,
        reader: Box<dyn Reader>,
        staging: Box<dyn Staging>,
        today: Day,
        dry_run: bool,
    ) -> Self {
        let mut shared: Vec<Entity> = Vec::new();
        for (at, table) in mapping.tables.iter().enumerate() {
            if mapping.tables[..at].iter().any(|other| other.into == table.into) {
                shared.push(table.into);
            }
        }
        let report = ImportReport {
            mapping: mapping.name.clone(),
            dry_run,
            declarations: mapping.declarations.clone(),
            ..ImportReport::default()
        };
        Self {
            settings: &mapping.settings,
            system: &mapping.name,
            today,
            reader,
            staging,
            books: BTreeMap::new(),
            prices: HashMap::new(),
            deals: Deals::default(),
            deferred: Vec::new(),
            report,
            shared,
            held: BTreeMap::new(),
            tables: mapping.tables.len(),
            alike: None,
            threads: mapping
                .tables
                .iter()
                .flat_map(|table| &table.columns)
                .any(|column| column.target == Target::About),
        }
    }

    pub(super) fn fate(
        &mut self,
        table: usize,
        line: u64,
        fate: RowFate,
        observer: &mut dyn Observer,
    ) {
        self.report.tables[table].count(fate);
        observer.row(table, line, fate);
    }

    /// Fails if all rows of a table, and they are several, were refused for the same reason.
    pub(super) fn fits(&self, table: usize) -> Result<(), ImportError> {
        let TableReport { rows, refused, .. } = self.report.tables[table];
        match &self.alike {
            Some((at, first)) if *at == table && rows > 1 && refused == rows => {
                Err(ImportError::NothingFits { rows, first: Box::new(first.clone()) })
            }
            _ => Ok(()),
        }
    }

    /// Notes the first refusal of a table, as long as the others are like it.
    fn compare(&mut self, table: usize, refusal: &Refusal) {
        if self.report.tables[table].refused == 0 {
            self.alike = Some((table, refusal.clone()));
        } else if let Some((_, first)) = &self.alike
            && (&first.column, &first.why) != (&refusal.column, &refusal.why)
        {
            self.alike = None;
        }
    }

    pub(super) fn refuse(&mut self, table: usize, refusal: Refusal, observer: &mut dyn Observer) {
        observer.refused(&refusal);
        self.compare(table, &refusal);
        self.report.refused += 1;
        self.report.tables[table].refused += 1;
        if self.report.refusals.len() < REFUSALS_NAMED {
            self.report.refusals.push(refusal);
        }
    }

    /// Reads what is stored of the sorts that a table speaks of.
    pub(super) fn prepare(&mut self, spec: &TableSpec) -> Result<(), StoreError> {
        let references = spec
            .columns
            .iter()
            .chain(spec.events.iter().flat_map(|event| &event.columns))
            .filter_map(|column| match column.holds {
                Holds::Reference(entity) => Some(entity),
                _ => None,
            });
        let own = (spec.into != Entity::Interaction).then_some(spec.into);
        for entity in references.chain(own) {
            let book = self.books.entry(entity).or_default();
            book.load_external(entity, self.system, &*self.reader)?;
        }
        if let Some(book) = self.books.get_mut(&spec.into) {
            book.turn_page();
            if spec.matched == super::mapping::Match::Name {
                book.load_names(spec.into, &*self.reader)?;
            }
        }
        if spec.into == Entity::Deal {
            self.load_prices()?;
            self.deals.load(&*self.reader)?;
        }
        Ok(())
    }

    fn load_prices(&mut self) -> Result<(), StoreError> {
        let prices = &mut self.prices;
        self.reader.each(Entity::Product, None, &mut |record| {
            if let Record::Product(product) = record
                && let Some(price) = product.price
            {
                prices.entry(product.id).or_insert(price);
            }
            Ok(())
        })
    }

    pub(super) fn row(&mut self, here: Here<'_>, row: &Row) -> Result<Option<RowFate>, Fault> {
        match here.spec.into {
            Entity::Interaction => self.interaction(here, row),
            Entity::Deal => self.deal(here, row).map(Some),
            _ => self.plain_record(here, row),
        }
    }

    /// Finds the record that a cell refers to; none where it may be made.
    pub(super) fn refer(
        &mut self,
        here: Here<'_>,
        entity: Entity,
        text: &str,
    ) -> Result<Option<i64>, Fault> {
        let book = self.books.entry(entity).or_default();
        if let Found::One(id) = book.by_external(text) {
            return Ok(Some(id));
        }
        book.load_names(entity, &*self.reader)?;
        match book.by_name(text) {
            Found::One(id) => Ok(Some(id)),
            Found::None if here.spec.create.contains(&entity) => Ok(None),
            Found::None => Err(Fault::row(self.missing(here, entity, text))),
            Found::Many => Err(Fault::row(ambiguous(entity))),
        }
    }

    pub(super) fn missing(&self, here: Here<'_>, entity: Entity, text: &str) -> Bad {
        let word = entity.name();
        let bad = Bad::new(format!("is no {word} that is known"));
        let may_create = matches!(entity, Entity::Customer | Entity::Rep | Entity::Product);
        // The nearest name is for those who read it: the refusals that are listed.
        let near = (self.report.refused < REFUSALS_NAMED as u64)
            .then(|| self.books.get(&entity).and_then(|book| book.nearest(text)))
            .flatten();
        match near {
            Some(near) => bad.hint(format!(
                "did you mean \"{near}\"? An alias in the mapping says so for all rows"
            )),
            None if may_create && !here.spec.create.contains(&entity) => bad.hint(format!(
                "import the {word}s first, or say create_{word}s = true in the table"
            )),
            None => bad.hint(format!("import the {word}s first")),
        }
    }

    /// Makes a record of which a row knows only the name.
    pub(super) fn imply(&mut self, here: Here<'_>, entity: Entity, name: &str) -> i64 {
        let book = self.books.entry(entity).or_default();
        book.imply(here.table, here.line, name)
    }

    /// The record that this import has kept back, or the stored one.
    pub(super) fn current(&self, entity: Entity, id: i64) -> Result<Option<Record>, StoreError> {
        match self.held.get(&(entity, id)) {
            Some(held) => Ok(Some(held.record.clone())),
            None if id > 0 => self.reader.get(entity, id),
            None => Ok(None),
        }
    }

    /// Hands a new or changed record to the store, now or when all tables are read.
    pub(super) fn keep(
        &mut self,
        table: usize,
        line: u64,
        record: Record,
    ) -> Result<(), StoreError> {
        let entity = record.entity();
        if self.shared.contains(&entity) {
            self.held.insert((entity, record.id()), Held { table, line, record });
            return Ok(());
        }
        self.staging.push(table, line, record)
    }

    /// Hands over what was kept back, and what only references have named.
    pub(super) fn hand_over(&mut self) -> Result<(), StoreError> {
        for (_, Held { table, line, record }) in std::mem::take(&mut self.held) {
            self.staging.push(table, line, record)?;
        }
        for (entity, book) in &mut self.books {
            for (id, (table, line, name)) in book.take_implied() {
                let record = implied_record(*entity, id, self.system, name);
                self.report.tables[table].count_besides(*entity, RowFate::Created);
                self.staging.push(table, line, record)?;
            }
        }
        Ok(())
    }
}

pub(super) fn ambiguous(entity: Entity) -> Bad {
    let word = entity.name();
    Bad::new(format!("is the name of several {word}s"))
        .hint("give their external ids, which tell them apart")
}

fn implied_record(entity: Entity, id: i64, system: &str, name: String) -> Record {
    match entity {
        Entity::Rep => Rep { id, external_id: Some(name.clone()), name, ..Rep::default() }.into(),
        Entity::Product => {
            Product { id, external_id: Some(name.clone()), name, ..Product::default() }.into()
        }
        _ => {
            let external_ids = [(system.to_owned(), name.clone())].into();
            Customer { id, name, external_ids, ..Customer::default() }.into()
        }
    }
}

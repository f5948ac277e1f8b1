//! The list of customers: fields as they are now, features and scores from a run.

use std::cmp::Ordering;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};

use kehu_contract::{ColumnData, ColumnType, Language, Text, Value, did_you_mean};
use kehu_domain::{Customer, Day, Entity, FieldType, FieldValue, Record, Rep, RepId};
use kehu_store::{CustomerRange, Reader, StoreError};

use super::expression::{Condition, KnownColumn};
use super::mistake::ConditionError;
use crate::score::RunView;
use crate::settings::Settings;

/// Asks for a list of customers.
#[derive(Debug, Clone, Default)]
pub struct CustomerQuery {
    /// The condition, as typed.
    pub condition: Option<String>,
    /// The columns to sort by, as typed: `amount`, or `-amount` for the greatest first.
    pub sort: Vec<String>,
    /// The columns to show.
    pub columns: Vec<String>,
    /// The most rows; 0 for all.
    pub limit: usize,
    /// True if only archived customers are listed; else only the others are.
    pub archived: bool,
    /// Only customers of this rep.
    pub owner: Option<RepId>,
    /// Only customers with this tag.
    pub tag: Option<String>,
}

impl CustomerQuery {
    /// True if nothing is asked that only the customer's own record tells.
    fn only_the_run_knows(&self) -> bool {
        !self.archived && self.owner.is_none() && self.tag.is_none()
    }

    fn wants(&self, customer: &Customer, today: Day) -> bool {
        let archived = customer.archived.is_some_and(|day| day <= today);
        let same = |tag: &String| customer.tags.iter().any(|each| each.eq_ignore_ascii_case(tag));
        archived == self.archived
            && self.owner.is_none_or(|owner| customer.owner == Some(owner))
            && self.tag.as_ref().is_none_or(same)
    }
}

/// Names a column to sort by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub column: String,
    /// True if the greatest comes first.
    pub descending: bool,
}

/// Describes a column of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListColumn {
    /// The name.
    pub name: String,
    /// What its values are.
    pub kind: ColumnType,
    /// What heads it.
    pub heading: Text,
    /// What people call the values of a label, by key.
    pub labels: Vec<(String, Text)>,
}

/// Holds a list of customers.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerList {
    /// The columns.
    pub columns: Vec<ListColumn>,
    /// The rows: each customer with the values of the columns.
    pub rows: Vec<(Customer, Vec<Value>)>,
    /// How many there are in all, before the limit.
    pub total: usize,
}

/// Says why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The condition is wrong.
    #[error(transparent)]
    Condition(#[from] ConditionError),
    /// A column to show or to sort by is unknown.
    #[error("there is no column \"{name}\"; {hint}")]
    UnknownColumn {
        /// The name.
        name: String,
        /// The nearest name, or all.
        hint: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The fields that every customer has, as columns.
const FIELDS: [(&str, ColumnType, &str, &str); 16] = [
    ("id", ColumnType::Number, "id", "编号"),
    ("name", ColumnType::Text, "name", "名称"),
    ("type", ColumnType::Label, "organisation or person", "类别"),
    ("owner", ColumnType::Text, "the rep responsible", "负责人"),
    ("place", ColumnType::Text, "place", "地点"),
    ("phone", ColumnType::Text, "telephone", "电话"),
    ("email", ColumnType::Text, "e-mail", "邮箱"),
    ("source", ColumnType::Text, "source", "来源"),
    ("tags", ColumnType::Text, "tags", "标签"),
    ("birthday", ColumnType::Day, "birthday", "生日"),
    ("consent", ColumnType::Flag, "consent", "授权"),
    ("parent", ColumnType::Number, "the customer it belongs to", "上级客户"),
    ("archived", ColumnType::Day, "archived since", "归档日期"),
    ("known", ColumnType::Day, "known since", "得知日期"),
    ("lat", ColumnType::Number, "latitude", "纬度"),
    ("lon", ColumnType::Number, "longitude", "经度"),
];

pub(super) struct Lister<'a> {
    reader: &'a dyn Reader,
    settings: &'a Settings,
    run: Option<&'a RunView<'a>>,
    owners: HashMap<i64, String>,
}

/// A row that has passed the condition, with what it is sorted by.
pub(super) struct Hit {
    pub(super) id: i64,
    keys: Vec<Value>,
}

/// The rows that have passed the condition, in their order, and how many there were before the limit.
pub(super) type Hits = (Vec<Hit>, usize);

/// Lists customers as they are at the end of `today`, with the columns of a run if there is one.
///
/// Without a condition, sort or column that reads the run, customers are listed whether or not the run
/// knows them; what the run does not know is missing.
///
/// # Errors
/// What is wrong with the query, or what the store says.
pub fn list_customers(
    reader: &dyn Reader,
    settings: &Settings,
    run: Option<&RunView<'_>>,
    query: &CustomerQuery,
    today: Day,
) -> Result<CustomerList, QueryError> {
    let lister = Lister::new(reader, settings, run)?;
    let (hits, total) = lister.hits(query, today)?;
    let columns = query.columns.iter().map(|name| lister.column(name)).collect();
    let rows = lister.rows(&hits, &query.columns)?;
    Ok(CustomerList { columns, rows, total })
}

/// The columns that a query may name: facts and fields of customers, then those of a run.
pub fn known_columns(
    reader: &dyn Reader,
    settings: &Settings,
    run: Option<&RunView<'_>>,
) -> Vec<String> {
    let lister = Lister { reader, settings, run, owners: HashMap::new() };
    lister.known().into_iter().map(|column| column.name).collect()
}

/// True if a column is a fact or a field of the customer itself, not a feature or a score.
pub fn is_field(settings: &Settings, name: &str) -> bool {
    FIELDS.iter().any(|(field, ..)| *field == name)
        || settings.field(Entity::Customer, name).is_some()
}

/// The columns that a query reads to choose and to order, in the order in which it names them: worth
/// showing beside the usual ones.
pub fn columns_read(query: &CustomerQuery, known: &[String]) -> Vec<String> {
    let mut read = Vec::new();
    let words = query.condition.iter().flat_map(|text| {
        text.split(|each: char| !(each.is_alphanumeric() || each == '_')).map(str::to_owned)
    });
    let sorts = query.sort.iter().map(|sort| sort.trim_start_matches(['-', '+']).to_owned());
    for name in words.chain(sorts) {
        if known.contains(&name) && !read.contains(&name) {
            read.push(name);
        }
    }
    read
}

pub(super) fn check_name(name: &str, known: &[KnownColumn]) -> Result<(), QueryError> {
    if known.iter().any(|column| column.name == name) {
        return Ok(());
    }
    let hint = did_you_mean(name, known.iter().map(|column| column.name.as_str()));
    Err(QueryError::UnknownColumn { name: name.to_owned(), hint })
}

pub(super) fn parse_sort(text: &str, known: &[KnownColumn]) -> Result<Sort, QueryError> {
    let (column, descending) = match text.strip_prefix('-') {
        Some(column) => (column, true),
        None => (text.strip_prefix('+').unwrap_or(text), false),
    };
    check_name(column, known)?;
    Ok(Sort { column: column.to_owned(), descending })
}

/// Compares two rows by what they are sorted by; a missing value comes last either way.
pub(super) fn compare(sorts: &[Sort], left: &[Value], right: &[Value]) -> Ordering {
    for (sort, (left, right)) in sorts.iter().zip(left.iter().zip(right)) {
        let order = match (left, right) {
            (Value::Missing, Value::Missing) => Ordering::Equal,
            (Value::Missing, _) => return Ordering::Greater,
            (_, Value::Missing) => return Ordering::Less,
            (Value::Number(left), Value::Number(right)) => left.total_cmp(right),
            (Value::Text(left), Value::Text(right)) => left.cmp(right),
            (Value::Day(left), Value::Day(right)) => left.cmp(right),
            (Value::Flag(left), Value::Flag(right)) => left.cmp(right),
            _ => Ordering::Equal,
        };
        let order = if sort.descending { order.reverse() } else { order };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

/// Sorts by the keys, then by id; those without a value come last either way.
fn sort(hits: &mut Vec<Hit>, sorts: &[Sort], limit: usize) {
    let compare = |left: &Hit, right: &Hit| {
        compare(sorts, &left.keys, &right.keys).then(left.id.cmp(&right.id))
    };
    if limit > 0 && limit < hits.len() {
        hits.select_nth_unstable_by(limit, compare);
        hits.truncate(limit);
    }
    hits.sort_unstable_by(compare);
}

impl<'a> Lister<'a> {
    pub(super) fn new(
        reader: &'a dyn Reader,
        settings: &'a Settings,
        run: Option<&'a RunView<'a>>,
    ) -> Result<Self, StoreError> {
        let mut lister = Self { reader, settings, run, owners: HashMap::new() };
        lister.load_owners()?;
        Ok(lister)
    }

    /// Chooses and orders: nothing but what the condition and the order read is read.
    pub(super) fn hits(&self, query: &CustomerQuery, today: Day) -> Result<Hits, QueryError> {
        let known = self.known();
        let condition = match &query.condition {
            Some(text) => Some(Condition::parse(text, &known)?),
            None => None,
        };
        let sorts = query
            .sort
            .iter()
            .map(|text| parse_sort(text, &known))
            .collect::<Result<Vec<_>, _>>()?;
        for name in &query.columns {
            check_name(name, &known)?;
        }
        let mut read: Vec<String> =
            condition.iter().flat_map(|condition| condition.columns().to_vec()).collect();
        read.extend(sorts.iter().map(|sort| sort.column.clone()));
        let conditions = condition.as_ref().map_or(0, |condition| condition.columns().len());
        let mut hits = Vec::new();
        let mut take = |id: i64, values: Vec<Value>| {
            if condition.as_ref().is_none_or(|condition| condition.holds(&values[..conditions])) {
                hits.push(Hit { id, keys: values[conditions..].to_vec() });
            }
        };
        // Where only the run is asked, it alone is read: a million customers need not be.
        let only_run = !read.is_empty() && read.iter().all(|name| !self.is_field(name));
        if only_run && query.only_the_run_knows() {
            self.scan_run(&read, &mut take)?;
        } else {
            self.scan_customers(&read, query, today, &mut take)?;
        }
        let total = hits.len();
        sort(&mut hits, &sorts, query.limit);
        Ok((hits, total))
    }

    /// True for what is read from the customer as it is now.
    pub(super) fn is_field(&self, name: &str) -> bool {
        is_field(self.settings, name)
    }

    pub(super) fn known(&self) -> Vec<KnownColumn> {
        let mut known: Vec<KnownColumn> = FIELDS
            .iter()
            .map(|(name, kind, ..)| KnownColumn {
                name: (*name).to_owned(),
                kind: *kind,
                values: if *name == "type" {
                    vec!["organisation".to_owned(), "person".to_owned()]
                } else {
                    Vec::new()
                },
            })
            .collect();
        known.extend(self.settings.fields_of(Entity::Customer).map(|field| KnownColumn {
            name: field.name.clone(),
            kind: field_kind(field.kind),
            values: field.choices.clone(),
        }));
        for column in self.run.iter().flat_map(|run| &run.header().columns) {
            if !known.iter().any(|each| each.name == column.info.name) {
                known.push(KnownColumn {
                    name: column.info.name.clone(),
                    kind: column.info.kind,
                    values: column.values.iter().map(|value| value.key.clone()).collect(),
                });
            }
        }
        known
    }

    fn column(&self, name: &str) -> ListColumn {
        if let Some((_, kind, en, zh)) = FIELDS.iter().find(|(field, ..)| *field == name) {
            let doc = Text::new(*en, *zh);
            return ListColumn {
                name: name.to_owned(),
                kind: *kind,
                heading: doc,
                labels: Vec::new(),
            };
        }
        if let Some(field) = self.settings.field(Entity::Customer, name) {
            let doc = Text::new(&field.en, &field.zh);
            let kind = field_kind(field.kind);
            let titles = field.choice_titles.iter().map(|(en, zh)| Text::new(en, zh));
            let labels = field.choices.iter().cloned().zip(titles);
            let labels = labels.filter(|(_, text)| !text.en.is_empty()).collect();
            return ListColumn { name: name.to_owned(), kind, heading: doc, labels };
        }
        let column = self.run.and_then(|run| run.column_info(name));
        ListColumn {
            name: name.to_owned(),
            kind: column.map_or(ColumnType::Text, |column| column.info.kind),
            heading: column.map_or_else(
                || Text::new(name, ""),
                |column| {
                    let heading = |language| column.info.heading(language).to_owned();
                    Text::new(heading(Language::En), heading(Language::Zh))
                },
            ),
            labels: column
                .iter()
                .flat_map(|column| &column.values)
                .map(|value| (value.key.clone(), value.text.clone()))
                .collect(),
        }
    }

    fn load_owners(&mut self) -> Result<(), StoreError> {
        let owners = &mut self.owners;
        self.reader.each(Entity::Rep, None, &mut |record| {
            if let Ok(rep) = Rep::try_from(record) {
                owners.insert(rep.id, rep.name);
            }
            Ok(())
        })
    }

    fn scan_run(
        &self,
        names: &[String],
        take: &mut dyn FnMut(i64, Vec<Value>),
    ) -> Result<(), StoreError> {
        let Some(run) = self.run else { return Ok(()) };
        for batch in 0..run.batches() {
            let columns =
                names.iter().map(|name| run.values(name, batch)).collect::<Result<Vec<_>, _>>()?;
            for (row, id) in run.ids(batch)?.into_iter().enumerate() {
                take(id, columns.iter().map(|column| column.value(row)).collect());
            }
        }
        Ok(())
    }

    fn scan_customers(
        &self,
        names: &[String],
        query: &CustomerQuery,
        today: Day,
        take: &mut dyn FnMut(i64, Vec<Value>),
    ) -> Result<(), StoreError> {
        let mut from_run = RunCursor::new(self.run, names, |name| !self.is_field(name));
        self.reader.customers(CustomerRange::ALL, today, &mut |customer| {
            if query.wants(customer, today) {
                let mut values = Vec::with_capacity(names.len());
                for (place, name) in names.iter().enumerate() {
                    values.push(match self.field(customer, name) {
                        Some(value) => value,
                        None => from_run.value(customer.id, place)?,
                    });
                }
                take(customer.id, values);
            }
            Ok(())
        })
    }

    /// The value of a field; none if the name is no field but a column of the run.
    pub(super) fn field(&self, customer: &Customer, name: &str) -> Option<Value> {
        let text = |text: &Option<String>| text.clone().map_or(Value::Missing, Value::Text);
        let day = |day: Option<Day>| day.map_or(Value::Missing, |day| Value::Day(day.number()));
        let value = match name {
            "id" => Value::Number(customer.id as f64),
            "name" => Value::Text(customer.name.clone()),
            "type" => Value::Text(
                match customer.kind {
                    kehu_domain::CustomerType::Organisation => "organisation",
                    kehu_domain::CustomerType::Person => "person",
                }
                .to_owned(),
            ),
            "owner" => text(&customer.owner.and_then(|rep| self.owners.get(&rep.0).cloned())),
            "place" => text(&customer.place),
            "phone" => text(&customer.phone),
            "email" => text(&customer.email),
            "source" => text(&customer.source),
            "tags" if customer.tags.is_empty() => Value::Missing,
            "tags" => Value::Text(customer.tags.join(", ")),
            "birthday" => day(customer.birthday),
            "consent" => customer.consent.map_or(Value::Missing, Value::Flag),
            "parent" => customer.parent.map_or(Value::Missing, |id| Value::Number(id.0 as f64)),
            "archived" => day(customer.archived),
            "known" => day(customer.known),
            "lat" => customer.lat.map_or(Value::Missing, Value::Number),
            "lon" => customer.lon.map_or(Value::Missing, Value::Number),
            _ => {
                let field = self.settings.field(Entity::Customer, name)?;
                custom(self.settings, field.kind, customer.fields.get(name))
            }
        };
        Some(value)
    }

    /// The shown values of the rows; customers that are there no more are left out.
    fn rows(
        &self,
        hits: &[Hit],
        names: &[String],
    ) -> Result<Vec<(Customer, Vec<Value>)>, StoreError> {
        let mut from_run = RunCursor::new(self.run, names, |name| !self.is_field(name));
        let mut rows = Vec::with_capacity(hits.len());
        for hit in hits {
            let Some(Record::Customer(customer)) = self.reader.get(Entity::Customer, hit.id)?
            else {
                continue;
            };
            let mut values = Vec::with_capacity(names.len());
            for (place, name) in names.iter().enumerate() {
                values.push(match self.field(&customer, name) {
                    Some(value) => value,
                    None => from_run.value(hit.id, place)?,
                });
            }
            rows.push((customer, values));
        }
        Ok(rows)
    }
}

/// The value of a custom field.
pub(super) fn custom(settings: &Settings, kind: FieldType, value: Option<&FieldValue>) -> Value {
    match (kind, value) {
        (FieldType::Money, Some(FieldValue::Number(number))) => {
            Value::Number(settings.currency.to_major(kehu_domain::Money(*number as i64)))
        }
        (FieldType::Day, Some(FieldValue::Text(text))) => {
            Day::parse(text).map_or(Value::Missing, |day| Value::Day(day.number()))
        }
        (_, Some(FieldValue::Number(number))) => Value::Number(*number),
        (_, Some(FieldValue::Text(text))) => Value::Text(text.clone()),
        (_, Some(FieldValue::Flag(flag))) => Value::Flag(*flag),
        (_, None) => Value::Missing,
    }
}

pub(super) fn field_kind(kind: FieldType) -> ColumnType {
    match kind {
        FieldType::Text => ColumnType::Text,
        FieldType::Choice => ColumnType::Label,
        FieldType::Number => ColumnType::Number,
        FieldType::Money => ColumnType::Money,
        FieldType::Day => ColumnType::Day,
        FieldType::Flag => ColumnType::Flag,
    }
}

/// Reads columns of a run customer by customer; each batch is read once.
pub(super) struct RunCursor<'a> {
    run: Option<&'a RunView<'a>>,
    names: Vec<Option<String>>,
    batches: BTreeMap<usize, LoadedBatch>,
}

struct LoadedBatch {
    ids: Vec<i64>,
    columns: Vec<Option<ColumnData>>,
}

impl<'a> RunCursor<'a> {
    /// Reads the names that are wanted; the others keep their places and are missing.
    pub(super) fn new(
        run: Option<&'a RunView<'a>>,
        names: &[String],
        wanted: impl Fn(&str) -> bool,
    ) -> Self {
        let names = names.iter().map(|name| wanted(name).then(|| name.clone())).collect();
        Self { run, names, batches: BTreeMap::new() }
    }

    pub(super) fn value(&mut self, customer: i64, place: usize) -> Result<Value, StoreError> {
        let Some(run) = self.run else { return Ok(Value::Missing) };
        let batch =
            run.header().first_ids.partition_point(|first| *first <= customer).checked_sub(1);
        let Some(batch) = batch else { return Ok(Value::Missing) };
        let loaded = match self.batches.entry(batch) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let mut columns = Vec::with_capacity(self.names.len());
                for name in &self.names {
                    columns.push(match name {
                        Some(name) => Some(run.values(name, batch)?),
                        None => None,
                    });
                }
                entry.insert(LoadedBatch { ids: run.ids(batch)?, columns })
            }
        };
        Ok(match (loaded.ids.binary_search(&customer), &loaded.columns[place]) {
            (Ok(row), Some(column)) => column.value(row),
            _ => Value::Missing,
        })
    }
}

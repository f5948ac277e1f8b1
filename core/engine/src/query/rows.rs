//! Rows of any sort of record as columns, part by part: what reports read.
//!
//! A [`RowQuery`] says which rows, a [`RowSource`] opens it and reads it on. A [`RowCursor`] holds no
//! more than where the reading stands, so that a report over a million customers costs one part at a
//! time. All is seen as of one day.

use std::sync::atomic::{AtomicBool, Ordering};

use kehu_contract::{BATCH, ColumnData, ColumnType, Columns, Text, TextBuilder, Value};
use kehu_domain::{CustomerId, Day, Entity};
use kehu_store::{CustomerRange, Reader, StoreError};

use super::expression::{Condition, KnownColumn};
use super::list::{
    CustomerQuery, Lister, QueryError, RunCursor, Sort, check_name, compare, parse_sort,
};
use super::{deal_rows, interaction_rows, move_rows, rep_rows, target_rows, work_rows};
use crate::score::RunView;
use crate::settings::Settings;

/// The first part is small, for whoever looks at a few rows only.
const FIRST: usize = 256;

/// Names a sort of record that can be read in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Customers, with their fields, features and scores.
    Customers,
    /// Deals, each as it stands.
    Deals,
    /// Interactions, each customer's in the order of days.
    Interactions,
    /// The moves of deals: each stage that a deal has entered.
    Moves,
    /// Reps.
    Reps,
    /// Visits that are planned, by day and rep.
    PlannedVisits,
    /// Targets, with what is reached.
    Targets,
    /// Tasks, open or not.
    Tasks,
}

impl Subject {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Customers,
        Self::Deals,
        Self::Interactions,
        Self::Moves,
        Self::PlannedVisits,
        Self::Reps,
        Self::Targets,
        Self::Tasks,
    ];

    /// The word for several of them.
    pub fn name(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::Deals => "deals",
            Self::Interactions => "interactions",
            Self::Moves => "moves",
            Self::Reps => "reps",
            Self::PlannedVisits => "planned_visits",
            Self::Targets => "targets",
            Self::Tasks => "tasks",
        }
    }
}

/// Asks for rows.
#[derive(Debug, Clone, Default)]
pub struct RowQuery {
    /// The condition, as typed.
    pub condition: Option<String>,
    /// The columns to sort by: `amount`, or `-amount` for the greatest first.
    pub sort: Vec<String>,
    /// The columns to read; nothing for all that the rows themselves have.
    pub columns: Vec<String>,
    /// The most rows; 0 for all.
    pub limit: usize,
    /// Only this customer, or what belongs to it.
    pub customer: Option<CustomerId>,
}

/// Describes a column of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowColumn {
    /// The name.
    pub name: String,
    /// What its values are.
    pub kind: ColumnType,
    /// Whose ids they are, where they are ids.
    pub entity: Option<Entity>,
    /// The values of a label; any text if there are none.
    pub values: Vec<String>,
}

impl RowColumn {
    pub(super) fn new(name: &str, kind: ColumnType) -> Self {
        Self { name: name.to_owned(), kind, entity: None, values: Vec::new() }
    }

    pub(super) fn id(name: &str, entity: Entity) -> Self {
        Self { entity: Some(entity), ..Self::new(name, ColumnType::Number) }
    }

    fn known(&self) -> KnownColumn {
        KnownColumn { name: self.name.clone(), kind: self.kind, values: self.values.clone() }
    }
}

/// Holds what rows are read from.
#[derive(Clone, Copy)]
pub struct RowSource<'a> {
    /// One consistent view of the records.
    pub reader: &'a dyn Reader,
    /// What the workspace declares.
    pub settings: &'a Settings,
    /// The run that features and scores are taken from.
    pub run: Option<&'a RunView<'a>>,
    /// The day as of which all is seen.
    pub as_of: Day,
    /// Set by whoever wants the reading to stop.
    pub stop: &'a AtomicBool,
}

impl std::fmt::Debug for RowSource<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowSource").field("as_of", &self.as_of).finish_non_exhaustive()
    }
}

/// Holds where the reading of rows stands.
#[derive(Debug)]
pub struct RowCursor {
    columns: Vec<RowColumn>,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Customers whose ids are known, and the place of the next one.
    Customers { ids: Vec<i64>, at: usize, is_ascending: bool },
    /// Rows that are read, and the place of the next one.
    Ready { rows: Columns, at: usize },
    /// Interactions, customer by customer.
    Interactions(interaction_rows::Walk),
}

impl RowCursor {
    /// The columns of its rows.
    pub fn columns(&self) -> &[RowColumn] {
        &self.columns
    }
}

/// What a query reads, once its names are checked.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) condition: Option<Condition>,
    pub(super) sorts: Vec<Sort>,
    pub(super) columns: Vec<RowColumn>,
    /// The columns that a row must be read with: those of the condition, of the order, and its own.
    pub(super) read: Vec<String>,
}

impl Checked {
    fn new(query: &RowQuery, known: &[RowColumn]) -> Result<Self, QueryError> {
        let named: Vec<KnownColumn> = known.iter().map(RowColumn::known).collect();
        let condition =
            query.condition.as_ref().map(|text| Condition::parse(text, &named)).transpose()?;
        let sorts = query
            .sort
            .iter()
            .map(|text| parse_sort(text, &named))
            .collect::<Result<Vec<_>, _>>()?;
        let columns: Vec<RowColumn> = if query.columns.is_empty() {
            known.to_vec()
        } else {
            let mut columns: Vec<RowColumn> = Vec::new();
            for name in &query.columns {
                check_name(name, &named)?;
                let is_new = columns.iter().all(|column| column.name != *name);
                columns.extend(known.iter().find(|each| each.name == *name && is_new).cloned());
            }
            columns
        };
        let mut read: Vec<String> = condition.iter().flat_map(|it| it.columns().to_vec()).collect();
        read.extend(sorts.iter().map(|sort| sort.column.clone()));
        read.extend(columns.iter().map(|column| column.name.clone()));
        Ok(Self { condition, sorts, columns, read })
    }

    /// True if a row, read as [`Checked::read`] says, is wanted.
    pub(super) fn wants(&self, row: &[Value]) -> bool {
        self.condition.as_ref().is_none_or(|it| it.holds(&row[..it.columns().len()]))
    }

    /// How many columns at the beginning of a row the condition reads.
    pub(super) fn tested(&self) -> usize {
        self.condition.as_ref().map_or(0, |it| it.columns().len())
    }

    /// True if the condition reads one of some columns.
    pub(super) fn tests(&self, names: &[&str]) -> bool {
        let mut read = self.condition.iter().flat_map(Condition::columns);
        read.any(|name| names.contains(&name.as_str()))
    }

    fn keys<'r>(&self, row: &'r [Value]) -> &'r [Value] {
        let from = self.tested();
        &row[from..from + self.sorts.len()]
    }

    /// Rows in their order, cut and made columns.
    pub(super) fn finish(&self, mut rows: Vec<Vec<Value>>, limit: usize) -> Columns {
        if !self.sorts.is_empty() {
            rows.sort_by(|left, right| compare(&self.sorts, self.keys(left), self.keys(right)));
        }
        if limit > 0 {
            rows.truncate(limit);
        }
        let from = self.read.len() - self.columns.len();
        let mut columns = Columns::new(rows.len());
        for (place, column) in self.columns.iter().enumerate() {
            let values = rows.iter().map(|row| &row[from + place]);
            columns.insert(&column.name, column.kind, build(column.kind, values).into());
        }
        columns
    }
}

/// Makes a column of values of one type.
fn build<'v>(kind: ColumnType, values: impl Iterator<Item = &'v Value>) -> ColumnData {
    match kind {
        ColumnType::Number | ColumnType::Money => ColumnData::Number(
            values
                .map(|value| if let Value::Number(number) = value { *number } else { f64::NAN })
                .collect(),
        ),
        ColumnType::Day => {
            ColumnData::Day(
                values
                    .map(|value| {
                        if let Value::Day(day) = value { *day } else { kehu_contract::MISSING_DAY }
                    })
                    .collect(),
            )
        }
        ColumnType::Flag => ColumnData::Flag(
            values
                .map(|value| match value {
                    Value::Flag(flag) => u8::from(*flag),
                    _ => kehu_contract::MISSING_FLAG,
                })
                .collect(),
        ),
        ColumnType::Label | ColumnType::Text => {
            let mut builder = TextBuilder::default();
            for value in values {
                builder.push(if let Value::Text(text) = value { Some(text) } else { None });
            }
            builder.finish()
        }
    }
}

impl RowSource<'_> {
    /// The columns that rows of a sort have.
    ///
    /// # Errors
    /// What the store says.
    pub fn columns(&self, subject: Subject) -> Result<Vec<RowColumn>, QueryError> {
        Ok(match subject {
            Subject::Customers => self.customer_columns()?,
            Subject::Deals => deal_rows::columns(self.settings),
            Subject::Interactions => interaction_rows::columns(self.settings),
            Subject::Moves => move_rows::columns(),
            Subject::Reps => rep_rows::columns(self.settings),
            Subject::PlannedVisits => work_rows::visit_columns(),
            Subject::Targets => target_rows::columns(),
            Subject::Tasks => work_rows::task_columns(),
        })
    }

    /// What people call the values of a column, by key and in the order in which they are declared: those
    /// of a label of the run, else of `stage`, `pipeline`, `kind` or `state`, else of a custom field that is a choice.
    pub fn labels(&self, column: &str) -> Vec<(String, Text)> {
        if let Some(column) = self.run.and_then(|run| run.column_info(column)) {
            let values = column.values.iter();
            return values.map(|value| (value.key.clone(), value.text.clone())).collect();
        }
        let pipelines = &self.settings.pipelines;
        let label = |name: &String, en: &String, zh: &String| (name.clone(), Text::new(en, zh));
        match column {
            "pipeline" => pipelines.iter().map(|it| label(&it.name, &it.en, &it.zh)).collect(),
            "stage" => {
                let stages = pipelines.iter().flat_map(|pipeline| &pipeline.stages);
                stages.map(|it| label(&it.name, &it.en, &it.zh)).collect()
            }
            "kind" => {
                self.settings.kinds.iter().map(|it| label(&it.name, &it.en, &it.zh)).collect()
            }
            "state" => {
                let kinds = self.settings.kinds.iter();
                let states = kinds.flat_map(|kind| kind.states.iter().zip(&kind.state_titles));
                let titled = states.filter(|(_, (en, zh))| !en.is_empty() || !zh.is_empty());
                titled.map(|(key, (en, zh))| label(key, en, zh)).collect()
            }
            _ => self.choices(column),
        }
    }

    /// What people call the choices of a custom field, whatever records have it.
    fn choices(&self, name: &str) -> Vec<(String, Text)> {
        let fields = Entity::ALL.iter().filter_map(|entity| self.settings.field(*entity, name));
        let titled = fields.flat_map(|field| field.choices.iter().zip(&field.choice_titles));
        let titled = titled.filter(|(_, (en, zh))| !en.is_empty() || !zh.is_empty());
        let text = |key: &String, en: &String| if en.is_empty() { key.clone() } else { en.clone() };
        titled.map(|(key, (en, zh))| (key.clone(), Text::new(text(key, en), zh))).collect()
    }

    /// Checks the names and the condition of a query, and reads nothing of its rows.
    ///
    /// # Errors
    /// What is wrong with the query.
    pub fn check(&self, subject: Subject, query: &RowQuery) -> Result<(), QueryError> {
        Checked::new(query, &self.columns(subject)?).map(|_| ())
    }

    /// Opens a query: what is wrong with it is said here, before a row is read.
    ///
    /// # Errors
    /// What is wrong with the query, or what the store says.
    pub fn open(&self, subject: Subject, query: &RowQuery) -> Result<RowCursor, QueryError> {
        let checked = Checked::new(query, &self.columns(subject)?)?;
        let state = match subject {
            Subject::Customers => self.open_customers(query, &checked)?,
            Subject::Deals => State::ready(deal_rows::read(self, query, &checked)?),
            Subject::Moves => State::ready(move_rows::read(self, query, &checked)?),
            Subject::Reps => State::ready(rep_rows::read(self, query, &checked)?),
            Subject::PlannedVisits => State::ready(work_rows::read_visits(self, query, &checked)?),
            Subject::Targets => State::ready(target_rows::read(self, query, &checked)?),
            Subject::Tasks => State::ready(work_rows::read_tasks(self, query, &checked)?),
            Subject::Interactions if checked.sorts.is_empty() => {
                let last = self.reader.last_id(Entity::Customer)?;
                let walk = interaction_rows::Walk::new(query, last);
                return Ok(RowCursor {
                    columns: checked.columns.clone(),
                    state: State::Interactions(walk.checked(checked)),
                });
            }
            Subject::Interactions => {
                State::ready(interaction_rows::read_all(self, query, &checked)?)
            }
        };
        Ok(RowCursor { columns: checked.columns, state })
    }

    /// Reads the next rows; none at the end.
    ///
    /// # Errors
    /// What the store says.
    pub fn next(&self, cursor: &mut RowCursor) -> Result<Option<Columns>, QueryError> {
        self.go_on()?;
        match &mut cursor.state {
            State::Ready { rows, at } => {
                let end = (*at + BATCH).min(rows.rows());
                let part = (*at < end).then(|| rows.slice(*at, end));
                *at = end;
                Ok(part)
            }
            State::Interactions(walk) => walk.next(self),
            State::Customers { ids, at, is_ascending } => {
                let size = match (*is_ascending, *at) {
                    // Read in another order than they lie, all are read at once.
                    (false, _) => ids.len(),
                    (true, 0) => FIRST,
                    (true, _) => BATCH,
                };
                let end = (*at + size).min(ids.len());
                if *at >= end {
                    return Ok(None);
                }
                let part = self.customers(&ids[*at..end], *is_ascending, &cursor.columns)?;
                *at = end;
                if *is_ascending {
                    return Ok(Some(part));
                }
                cursor.state = State::ready(part);
                self.next(cursor)
            }
        }
    }

    /// Stops a scan if somebody wants that.
    pub(super) fn go_on(&self) -> Result<(), StoreError> {
        if self.stop.load(Ordering::Relaxed) { Err(StoreError::Stopped) } else { Ok(()) }
    }

    fn customer_columns(&self) -> Result<Vec<RowColumn>, StoreError> {
        let lister = Lister::new(self.reader, self.settings, self.run)?;
        let columns = lister.known().into_iter().map(|column| RowColumn {
            entity: matches!(column.name.as_str(), "id" | "parent").then_some(Entity::Customer),
            name: column.name,
            kind: column.kind,
            values: column.values,
        });
        Ok(columns.collect())
    }

    fn open_customers(&self, query: &RowQuery, checked: &Checked) -> Result<State, QueryError> {
        let is_ascending = checked.sorts.is_empty();
        let of_base = self.run.filter(|run| run.as_of() == self.as_of);
        let ids = match (query.customer, of_base) {
            (Some(customer), _) => vec![customer.0],
            (None, Some(run)) if checked.condition.is_none() && is_ascending => {
                let mut ids = Vec::with_capacity(run.header().customers);
                for batch in 0..run.batches() {
                    self.go_on()?;
                    ids.extend(run.ids(batch)?);
                }
                if query.limit > 0 {
                    ids.truncate(query.limit);
                }
                ids
            }
            _ => {
                let lister = Lister::new(self.reader, self.settings, self.run)?;
                let query = CustomerQuery {
                    condition: query.condition.clone(),
                    sort: query.sort.clone(),
                    limit: query.limit,
                    ..CustomerQuery::default()
                };
                let (hits, _) = lister.hits(&query, self.as_of)?;
                hits.into_iter().map(|hit| hit.id).collect()
            }
        };
        Ok(State::Customers { ids, at: 0, is_ascending })
    }

    /// Reads columns of customers, in the order in which they are named.
    fn customers(
        &self,
        ids: &[i64],
        is_ascending: bool,
        columns: &[RowColumn],
    ) -> Result<Columns, QueryError> {
        let lister = Lister::new(self.reader, self.settings, self.run)?;
        let mut order: Vec<usize> = (0..ids.len()).collect();
        if !is_ascending {
            order.sort_unstable_by_key(|at| ids[*at]);
        }
        let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
        let mut from_run = RunCursor::new(self.run, &names, |name| !lister.is_field(name));
        let mut rows: Vec<Vec<Value>> = vec![Vec::new(); ids.len()];
        let reads_records = names.iter().any(|name| name != "id" && lister.is_field(name));
        let mut take = |at: usize, customer: Option<&kehu_domain::Customer>| {
            let row = &mut rows[at];
            row.reserve_exact(names.len());
            for (place, name) in names.iter().enumerate() {
                row.push(match customer.and_then(|customer| lister.field(customer, name)) {
                    Some(value) => value,
                    None if name == "id" => Value::Number(ids[at] as f64),
                    None => from_run.value(ids[at], place)?,
                });
            }
            Ok::<(), StoreError>(())
        };
        if !reads_records {
            for at in &order {
                take(*at, None)?;
            }
        } else {
            let mut next = order.iter().copied().peekable();
            for range in ranges(ids, &order) {
                self.go_on()?;
                self.reader.customers(range, self.as_of, &mut |customer| {
                    while next.next_if(|at| ids[*at] < customer.id).is_some() {}
                    match next.next_if(|at| ids[*at] == customer.id) {
                        Some(at) => take(at, Some(customer)),
                        None => Ok(()),
                    }
                })?;
            }
        }
        // A customer that a run knows and the records no longer do has no row.
        rows.retain(|row| row.len() == names.len());
        let mut read = Columns::new(rows.len());
        for (place, column) in columns.iter().enumerate() {
            let values = rows.iter().map(|row| &row[place]);
            read.insert(&column.name, column.kind, build(column.kind, values).into());
        }
        Ok(read)
    }
}

impl State {
    fn ready(rows: Columns) -> Self {
        Self::Ready { rows, at: 0 }
    }
}

/// The stretches of ids in which customers are read: one where they lie close together, else one for
/// each.
fn ranges(ids: &[i64], order: &[usize]) -> Vec<CustomerRange> {
    let (Some(first), Some(last)) = (order.first(), order.last()) else { return Vec::new() };
    let (first, last) = (ids[*first], ids[*last]);
    let span = usize::try_from(last - first).unwrap_or(usize::MAX);
    if span <= ids.len().saturating_mul(8) {
        return vec![CustomerRange { after: first - 1, through: last }];
    }
    order.iter().map(|at| CustomerRange::one(CustomerId(ids[*at]))).collect()
}

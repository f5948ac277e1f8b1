//! Interactions as rows, customer by customer, with the state of the threads that they begin.

use std::collections::HashMap;

use kehu_contract::{ColumnType, Columns, Value};
use kehu_domain::{CustomerId, Day, Entity, FieldValue, Fields, Money};
use kehu_store::{CustomerRange, InteractionRow, Result, StoreError, Wanted};

use super::deal_rows::{Names, customer_name};
use super::list::{QueryError, custom};
use super::rep_rows::{add_fields, text};
use super::rows::{Checked, RowColumn, RowQuery, RowSource};
use crate::settings::Settings;

/// How many customers the first part looks at, and how many rows a part aims at.
const CUSTOMERS: i64 = 64;
const ROWS: usize = 4_096;

/// The columns, those that the workspace declares last.
pub(super) fn columns(settings: &Settings) -> Vec<RowColumn> {
    use ColumnType::{Day, Flag, Label, Money, Number, Text};
    let mut columns = vec![
        RowColumn::id("id", Entity::Interaction),
        RowColumn::id("customer", Entity::Customer),
        RowColumn::new("customer_name", Text),
        RowColumn {
            values: settings.kinds.iter().map(|kind| kind.name.clone()).collect(),
            ..RowColumn::new("kind", Label)
        },
    ];
    for (name, kind) in [
        ("happened", Day),
        ("days_ago", Number),
        ("month", Text),
        ("rep", Text),
        ("product", Text),
        ("channel", Text),
        ("amount", Money),
        ("margin", Money),
        ("quantity", Number),
        ("outcome", Text),
        ("mood", Text),
        ("state", Text),
        ("open", Flag),
        ("closed", Day),
        ("hours_open", Number),
        ("due", Day),
        ("text", Text),
    ] {
        columns.push(RowColumn::new(name, kind));
    }
    columns.push(RowColumn::id("about", Entity::Interaction));
    columns.push(RowColumn::id("deal", Entity::Deal));
    add_fields(&mut columns, settings, Entity::Interaction);
    columns
}

/// Where the reading of interactions stands.
#[derive(Debug)]
pub(super) struct Walk {
    checked: Option<Checked>,
    after: i64,
    last: i64,
    stride: i64,
    left: Option<usize>,
}

impl Walk {
    pub(super) fn new(query: &RowQuery, last: i64) -> Self {
        let (after, last) = match query.customer {
            Some(CustomerId(id)) => (id - 1, id),
            None => (0, last),
        };
        let left = Some(query.limit).filter(|limit| *limit > 0);
        Self { checked: None, after, last, stride: CUSTOMERS, left }
    }

    pub(super) fn checked(self, checked: Checked) -> Self {
        Self { checked: Some(checked), ..self }
    }

    /// Reads the next part.
    pub(super) fn next(&mut self, source: &RowSource<'_>) -> Result<Option<Columns>, QueryError> {
        let Some(checked) = &self.checked else { return Ok(None) };
        while self.after < self.last && self.left != Some(0) {
            let through = self.after.saturating_add(self.stride).min(self.last);
            let range = CustomerRange { after: self.after, through };
            let (rows, seen) = read(source, checked, range)?;
            self.after = through;
            if seen < ROWS {
                self.stride = self.stride.saturating_mul(2);
            } else if seen > 4 * ROWS {
                self.stride = (self.stride / 2).max(1);
            }
            if !rows.is_empty() {
                let part = checked.finish(rows, self.left.unwrap_or(0));
                self.left = self.left.map(|left| left - part.rows());
                return Ok(Some(part));
            }
        }
        Ok(None)
    }
}

/// Reads all of them, for an order of their own.
pub(super) fn read_all(
    source: &RowSource<'_>,
    query: &RowQuery,
    checked: &Checked,
) -> Result<Columns, QueryError> {
    let range = query.customer.map_or(CustomerRange::ALL, CustomerRange::one);
    let (rows, _) = read(source, checked, range)?;
    Ok(checked.finish(rows, query.limit))
}

/// How a thread stands: its state, when it began, and when a step brought it into that state, or
/// closed it.
#[derive(Debug, Clone)]
struct Thread {
    state: Option<String>,
    begun: Moment,
    changed: Option<Moment>,
}

/// A day, and the minute of it where one is recorded.
type Moment = (i32, Option<u16>);

/// The hours that a closed thread was open: by days alone where a time of day is not recorded.
fn hours_open((begun, from): Moment, (closed, to): Moment) -> f64 {
    let minutes = from.zip(to).map_or(0, |(from, to)| i32::from(to) - i32::from(from));
    (f64::from(closed - begun) * 24.0 + f64::from(minutes) / 60.0).max(0.0)
}

/// Reads the wanted rows of a range, and tells how many there were in all.
fn read(
    source: &RowSource<'_>,
    checked: &Checked,
    range: CustomerRange,
) -> Result<(Vec<Vec<Value>>, usize), QueryError> {
    let kinds = source.reader.kinds()?;
    let names = Names::read(source.reader, &checked.read)?;
    let reads = |names: &[&str]| checked.read.iter().any(|each| names.contains(&each.as_str()));
    let threads = reads(&["state", "open", "closed", "hours_open"]);
    let fields =
        checked.read.iter().any(|name| source.settings.field(Entity::Interaction, name).is_some());
    let wanted = Wanted {
        money: reads(&["amount", "margin"]),
        links: reads(&["rep", "deal", "product", "quantity"]),
        words: reads(&["channel", "outcome", "mood", "hours_open"]),
        thread: threads || reads(&["about", "due"]),
        fields,
        text: reads(&["text"]),
    };
    let is_early = !checked.tests(&["state", "open", "closed", "hours_open"]);
    let mut rows: Vec<Vec<Value>> = Vec::new();
    let mut seen = 0;
    // Of the threads of kinds with states: the row that begins each, and how it stands.
    let mut heads: HashMap<i64, (usize, usize, Thread)> = HashMap::new();
    source.reader.interactions(range, source.as_of, wanted, &mut |row| {
        source.go_on()?;
        seen += 1;
        let kind = kinds.get(row.kind).map_or("", String::as_str);
        let states = source.settings.kind(kind).filter(|it| threads && !it.states.is_empty());
        // A row about an earlier one of its kind moves that one, and is none of its own; one of a kind
        // without states, such as a call about a complaint, moves it too.
        let head = row.about.and_then(|about| heads.get_mut(&about));
        let is_step = match head.filter(|head| head.1 == row.kind || states.is_none()) {
            Some((at, of, thread)) => {
                let said = row.fields.and_then(|text| serde_json::from_str::<Fields>(text).ok());
                if let (Some(said), Some(first)) = (said, rows.get_mut(*at)) {
                    fill(source.settings, &checked.read, &said, first);
                }
                let known = kinds.get(*of).and_then(|kind| source.settings.kind(kind));
                let is_known = |state: &str| {
                    known.is_some_and(|kind| kind.states.iter().any(|it| it == state))
                };
                if let Some(own) = row.state.filter(|state| is_known(state)) {
                    let closes = |state: &str| {
                        known.is_some_and(|kind| kind.closing.iter().any(|it| it == state))
                    };
                    // What is confirmed after it was resolved was closed by then.
                    if !(closes(own) && thread.state.as_deref().is_some_and(closes)) {
                        thread.changed = Some((row.happened, row.minute));
                    }
                    thread.state = Some(own.to_owned());
                }
                *of == row.kind
            }
            None => false,
        };
        // Most rows are refused by their kind or day: what else they say need not be read.
        let view = View { source, names: &names, kind, row };
        let (tested, rest) = checked.read.split_at(checked.tested());
        let mut values: Vec<Value> =
            tested.iter().map(|name| view.value(name)).collect::<Result<_>>()?;
        if is_early && !checked.wants(&values) {
            return Ok(());
        }
        values.reserve_exact(rest.len());
        for name in rest {
            values.push(view.value(name)?);
        }
        if let (Some(states), false) = (states, is_step) {
            let state = row.state.map(str::to_owned).or_else(|| states.states.first().cloned());
            let begun = (row.happened, row.minute);
            let thread = Thread { state, begun, changed: None };
            heads.insert(row.id, (rows.len(), row.kind, thread));
        }
        rows.push(values);
        Ok(())
    })?;
    let mut beginnings: Vec<_> = heads.into_values().collect();
    beginnings.sort_unstable_by_key(|(at, ..)| *at);
    for (at, kind, thread) in beginnings {
        let closing = kinds.get(kind).and_then(|kind| source.settings.kind(kind));
        let is_closed = thread
            .state
            .as_ref()
            .is_some_and(|state| closing.is_some_and(|kind| kind.closing.contains(state)));
        for (name, value) in checked.read.iter().zip(&mut rows[at]) {
            match name.as_str() {
                "state" => *value = text(thread.state.as_deref()),
                "open" => *value = Value::Flag(!is_closed),
                "closed" if is_closed => {
                    *value = Value::Day(thread.changed.unwrap_or(thread.begun).0);
                }
                // What was recorded as closed from the beginning does not say how long it took.
                "hours_open" if is_closed => {
                    let hours = thread.changed.map(|end| hours_open(thread.begun, end));
                    *value = hours.map_or(Value::Missing, Value::Number);
                }
                "hours_open" => *value = Value::Number(source.hours_since(thread.begun)),
                _ => {}
            }
        }
    }
    rows.retain(|row| checked.wants(row));
    Ok((rows, seen))
}

/// Lets the row that begins a thread say what it does not and a later step does, such as the cause of a
/// complaint.
fn fill(settings: &Settings, names: &[String], said: &Fields, first: &mut [Value]) {
    for (name, value) in names.iter().zip(first) {
        if let (Value::Missing, Some(field), Some(own)) =
            (&value, settings.field(Entity::Interaction, name), said.get(name))
        {
            *value = custom(settings, field.kind, Some(own));
        }
    }
}

impl RowSource<'_> {
    /// The hours from a moment to the one as of which all is seen.
    fn hours_since(&self, (day, minute): Moment) -> f64 {
        let day = Day::from_number(day).unwrap_or(self.as_of);
        self.settings.hours_until(self.as_of, day, minute)
    }
}

struct View<'a> {
    source: &'a RowSource<'a>,
    names: &'a Names,
    kind: &'a str,
    row: &'a InteractionRow<'a>,
}

impl View<'_> {
    fn value(&self, name: &str) -> Result<Value, StoreError> {
        let Self { source, names, kind, row } = self;
        let settings = source.settings;
        let number = |number: Option<f64>| number.map_or(Value::Missing, Value::Number);
        let amount = |minor: Option<i64>| {
            number(minor.map(|minor| settings.currency.to_major(Money(minor))))
        };
        let id = |id: Option<i64>| number(id.map(|id| id as f64));
        Ok(match name {
            "id" => Value::Number(row.id as f64),
            "customer" => Value::Number(row.customer as f64),
            "customer_name" => customer_name(source.reader, row.customer)?,
            "kind" => Value::Text((*kind).to_owned()),
            "happened" => Value::Day(row.happened),
            "days_ago" => Value::Number(f64::from(source.as_of.number() - row.happened)),
            "month" => Day::from_number(row.happened)
                .map_or(Value::Missing, |day| Value::Text(day.to_string()[..7].to_owned())),
            "rep" => names.rep(row.rep),
            "product" => names.product(row.product),
            "channel" => text(row.channel),
            "amount" => amount(row.amount),
            "margin" => amount(row.margin),
            "quantity" => number(row.quantity),
            "outcome" => text(row.outcome),
            "mood" => text(row.mood),
            "state" => text(row.state),
            "open" | "closed" | "hours_open" => Value::Missing,
            "due" => row.due.map_or(Value::Missing, Value::Day),
            "about" => id(row.about),
            "deal" => id(row.deal),
            "text" => text(row.text),
            _ => match settings.field(Entity::Interaction, name) {
                Some(field) => custom(settings, field.kind, self.own(name).as_ref()),
                None => Value::Missing,
            },
        })
    }

    /// The value of a custom field.
    fn own(&self, name: &str) -> Option<FieldValue> {
        let fields: Fields = serde_json::from_str(self.row.fields?).ok()?;
        fields.get(name).cloned()
    }
}

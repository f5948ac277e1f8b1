//! Two runs side by side: for whom which value is another.

use std::collections::BTreeMap;

use kehu_contract::{ColumnData, ColumnInfo, ColumnType, Value};
use kehu_domain::CustomerId;

use super::{RunView, show_value};
use kehu_store::Result;

/// How many customers are named for each shift.
const EXAMPLES: usize = 3;

/// Holds the columns that the packs of a run gave, without the features beneath them.
#[derive(Debug, Clone, Default)]
pub struct Given {
    ids: Vec<i64>,
    columns: Vec<(ColumnInfo, ColumnData)>,
}

impl Given {
    /// Takes the given columns out of a run.
    ///
    /// # Errors
    /// The store's, where the run is a kept one.
    pub fn of(run: &RunView<'_>) -> Result<Self> {
        let mut given = Self::default();
        for batch in 0..run.batches() {
            given.ids.extend(run.ids(batch)?);
        }
        for column in run.header().columns.iter().filter(|column| column.given_by.is_some()) {
            let mut data = ColumnData::missing(column.info.kind, 0);
            for batch in 0..run.batches() {
                data.append(&run.values(&column.info.name, batch)?);
            }
            given.columns.push((column.info.clone(), data));
        }
        Ok(given)
    }

    fn column(&self, name: &str) -> Option<&ColumnData> {
        self.columns.iter().find(|(info, _)| info.name == name).map(|(_, data)| data)
    }
}

/// Holds the customers whose value of one column goes the same way.
#[derive(Debug, Clone, PartialEq)]
pub struct Shift {
    /// The column.
    pub column: ColumnInfo,
    /// The value before; of numbers the mean over these customers.
    pub from: Value,
    /// The value after, likewise.
    pub to: Value,
    /// How many customers there are.
    pub customers: usize,
    /// The first of them, each with its own values.
    pub examples: Vec<(CustomerId, Value, Value)>,
}

/// The way a value goes: numbers by direction, all else by both values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Rises,
    Falls,
    Appears,
    Vanishes,
    From(Option<String>, Option<String>),
}

/// Compares what the packs of two runs gave, column by column, the commonest shifts first; a customer that
/// only one of the runs has is passed over.
pub fn compare(before: &Given, after: &Given) -> Vec<Shift> {
    let gone = before.columns.iter().filter(|(info, _)| after.column(&info.name).is_none());
    let infos = after.columns.iter().chain(gone).map(|(info, _)| info);
    infos.flat_map(|info| shifts(info, before, after)).collect()
}

fn shifts(info: &ColumnInfo, before: &Given, after: &Given) -> Vec<Shift> {
    let (from, to) = (before.column(&info.name), after.column(&info.name));
    let value =
        |column: Option<&ColumnData>, row| column.map_or(Value::Missing, |data| data.value(row));
    let is_number = matches!(info.kind, ColumnType::Number | ColumnType::Money);
    let mut ways: BTreeMap<Way, (Shift, f64, f64)> = BTreeMap::new();
    for (row, other, id) in common(&before.ids, &after.ids) {
        let (from, to) = (value(from, row), value(to, other));
        let Some(way) = way(&from, &to, is_number) else { continue };
        let (shift, before_sum, after_sum) = ways.entry(way).or_insert_with(|| {
            let shift = Shift {
                column: info.clone(),
                from: from.clone(),
                to: to.clone(),
                customers: 0,
                examples: Vec::new(),
            };
            (shift, 0.0, 0.0)
        });
        shift.customers += 1;
        if let Value::Number(number) = from {
            *before_sum += number;
        }
        if let Value::Number(number) = to {
            *after_sum += number;
        }
        if shift.examples.len() < EXAMPLES {
            shift.examples.push((CustomerId(id), from, to));
        }
    }
    let mut shifts: Vec<Shift> = ways
        .into_values()
        .map(|(mut shift, before_sum, after_sum)| {
            let mean = |value: &Value, sum: f64| match value {
                Value::Number(_) => Value::Number(sum / shift.customers as f64),
                other => other.clone(),
            };
            (shift.from, shift.to) = (mean(&shift.from, before_sum), mean(&shift.to, after_sum));
            shift
        })
        .collect();
    shifts.sort_by_key(|shift| std::cmp::Reverse(shift.customers));
    shifts
}

/// The rows of the customers that two lists in id order share, with their ids.
fn common<'a>(one: &'a [i64], other: &'a [i64]) -> impl Iterator<Item = (usize, usize, i64)> + 'a {
    let mut next = 0;
    one.iter().enumerate().filter_map(move |(row, id)| {
        while next < other.len() && other[next] < *id {
            next += 1;
        }
        (other.get(next) == Some(id)).then_some((row, next, *id))
    })
}

/// None if the value stays.
fn way(from: &Value, to: &Value, is_number: bool) -> Option<Way> {
    match (from, to) {
        (Value::Number(from), Value::Number(to)) if is_number => {
            match (from + 0.0).total_cmp(&(to + 0.0)) {
                std::cmp::Ordering::Less => Some(Way::Rises),
                std::cmp::Ordering::Greater => Some(Way::Falls),
                std::cmp::Ordering::Equal => None,
            }
        }
        (Value::Missing, Value::Missing) => None,
        (Value::Missing, _) if is_number => Some(Way::Appears),
        (_, Value::Missing) if is_number => Some(Way::Vanishes),
        _ => {
            let (from, to) = (show_value(from), show_value(to));
            (from != to).then_some(Way::From(from, to))
        }
    }
}

#[cfg(test)]
mod tests {
    use kehu_contract::{Text, TextBuilder};

    use super::*;

    fn info(name: &str, kind: ColumnType) -> ColumnInfo {
        ColumnInfo {
            name: name.to_owned(),
            kind,
            unit: String::new(),
            doc: Text::default(),
            title: None,
        }
    }

    fn given(ids: &[i64], index: &[f64], tiers: &[Option<&str>]) -> Given {
        let mut labels = TextBuilder::default();
        for tier in tiers {
            labels.push(*tier);
        }
        Given {
            ids: ids.to_vec(),
            columns: vec![
                (info("index", ColumnType::Number), ColumnData::Number(index.to_vec())),
                (info("tier", ColumnType::Label), labels.finish()),
            ],
        }
    }

    #[test]
    fn values_are_compared_customer_by_customer_and_counted_by_the_way_they_go() {
        let before = given(
            &[1, 2, 3, 5],
            &[10.0, 20.0, f64::NAN, 1.0],
            &[Some("A"), Some("A"), None, Some("C")],
        );
        let after = given(
            &[1, 2, 3, 4, 5],
            &[20.0, 40.0, 7.0, 9.0, -0.0 + 1.0],
            &[Some("B"), Some("B"), Some("C"), Some("A"), Some("C")],
        );
        let told: Vec<String> = compare(&before, &after)
            .iter()
            .map(|shift| {
                let shown = |value: &Value| show_value(value).unwrap_or("-".to_owned());
                let named: Vec<i64> = shift.examples.iter().map(|(id, ..)| id.0).collect();
                let (from, to) = (shown(&shift.from), shown(&shift.to));
                format!("{} {from} → {to}: {} {named:?}", shift.column.name, shift.customers)
            })
            .collect();
        assert_eq!(
            told,
            [
                "index 15 → 30: 2 [1, 2]",
                "index - → 7: 1 [3]",
                "tier A → B: 2 [1, 2]",
                "tier - → C: 1 [3]",
            ]
        );
        assert_eq!(compare(&before, &before), []);
        let without = Given { columns: before.columns[..1].to_vec(), ..before.clone() };
        assert_eq!(compare(&before, &without).len(), 2, "a column that is gone is missing for all");
    }
}

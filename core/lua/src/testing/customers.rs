//! The customers of a fixture: one, a list of them, or each under a name of its own.

use kehu_contract::did_you_mean;
use serde_json::{Map, Value as Json};

use super::spec::{Spec, kind};
use crate::fault::Fault;

/// The most customers of a fixture: several batches, so that borders can be tested too.
const MOST: usize = 50_000;

/// Holds the rows of a fixture with the names by which the test calls them.
#[derive(Debug)]
pub(super) struct Customers {
    /// The names: those of the test, else `customer 1`, `customer 2` and so on.
    pub(super) names: Vec<String>,
    /// What each row says.
    pub(super) rows: Vec<Map<String, Json>>,
    given: Given,
}

/// How the test gave them, and so gets its results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    One,
    List,
    ByName,
}

impl Customers {
    /// Reads `customers` or `customer`, or `rows` and `row`.
    pub(super) fn read(spec: &Spec, many: &str, one: &str) -> Result<Self, Fault> {
        let call = spec.call;
        let (names, items, given): (Vec<String>, Vec<&Json>, Given) =
            match (spec.get(many), spec.get(one)) {
                (None, None) => {
                    return Err(Fault::argument(format!("{call} has neither {many} nor {one}"))
                        .hint(format!("write {call}{{ {one} = {{ … }} }}")));
                }
                (Some(_), Some(_)) => {
                    let message = format!("{call} has both {many} and {one}; give one of them");
                    return Err(Fault::argument(message));
                }
                (None, Some(row)) => (vec![format!("the {one}")], vec![row], Given::One),
                (Some(Json::Array(items)), None) => {
                    let names = (1..=items.len()).map(|at| format!("{one} {at}"));
                    (names.collect(), items.iter().collect(), Given::List)
                }
                (Some(Json::Object(items)), None) if !items.is_empty() => {
                    let mut items: Vec<(&String, &Json)> = items.iter().collect();
                    items.sort_by_key(|(name, _)| *name);
                    let names = items.iter().map(|(name, _)| (*name).clone()).collect();
                    (names, items.into_iter().map(|(_, row)| row).collect(), Given::ByName)
                }
                (Some(Json::Object(_)), None) => (Vec::new(), Vec::new(), Given::List),
                (Some(other), None) => {
                    return Err(spec.wrong(many, other, "a list, or a table from name to row"));
                }
            };
        if items.len() > MOST {
            let message = format!("{call}: {many} has {} rows, at most {MOST}", items.len());
            return Err(Fault::argument(message));
        }
        let mut rows = Vec::with_capacity(items.len());
        for (name, item) in names.iter().zip(items) {
            match item {
                Json::Object(row) => rows.push(row.clone()),
                other => {
                    let kind = kind(other);
                    let message = format!("{call}: {name} is {kind}, expected a table");
                    return Err(Fault::argument(message));
                }
            }
        }
        Ok(Self { names, rows, given })
    }

    /// The ids of the rows: 1, 2, 3, …
    pub(super) fn ids(&self) -> Vec<i64> {
        (1..=self.rows.len() as i64).collect()
    }

    /// Takes a field out of every row.
    pub(super) fn take(&mut self, field: &str) -> Vec<Option<Json>> {
        self.rows.iter_mut().map(|row| row.remove(field)).collect()
    }

    /// The results, given as the customers were.
    pub(super) fn shape(&self, results: Vec<Json>) -> Json {
        match self.given {
            Given::One => results.into_iter().next().unwrap_or(Json::Null),
            Given::List => Json::Array(results),
            Given::ByName => Json::Object(self.names.iter().cloned().zip(results).collect()),
        }
    }

    /// The id of the customer that a test names: by its name, or by its place in the list.
    pub(super) fn find(&self, call: &str, given: &Json) -> Result<i64, Fault> {
        let place = match given {
            Json::String(name) => self.names.iter().position(|each| each == name),
            number => number
                .as_u64()
                .and_then(|place| (place as usize).checked_sub(1))
                .filter(|place| *place < self.rows.len() && self.given == Given::List),
        };
        place.map(|place| place as i64 + 1).ok_or_else(|| {
            let hint = match given {
                Json::String(name) => did_you_mean(name, self.names.iter().map(String::as_str)),
                _ => "write its name, or its place in the list".to_owned(),
            };
            let kind = kind(given);
            Fault::argument(format!("{call}: there is no customer {kind}")).hint(hint)
        })
    }

    /// How the test calls the customer of an id.
    pub(super) fn called(&self, id: i64) -> Json {
        match self.given {
            Given::ByName => {
                let name = usize::try_from(id - 1).ok().and_then(|at| self.names.get(at));
                name.map_or(Json::Null, |name| name.as_str().into())
            }
            Given::One | Given::List => id.into(),
        }
    }
}

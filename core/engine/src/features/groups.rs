//! Groups: a customer with those that belong to it, at all levels, and those that it belongs to.
//!
//! Who belongs to whom may cross the parts into which the base is cut, so this comes after the fold.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use kehu_contract::{Aggregate, ColumnData, ColumnType, Feature, MISSING_DAY, Source, Value};
use kehu_domain::{Day, FieldType};
use kehu_store::{CustomerRange, CustomerRow, Reader, Result};

use super::FeatureTable;
use super::catalogue::Catalogue;
use super::field::{Datum, FieldRef, Row};
use super::fold::Folder;
use crate::settings::Settings;

/// Says to whom a customer belongs.
pub(super) struct Link {
    id: i64,
    parent: Option<i64>,
    name: String,
}

impl Link {
    pub(super) fn of(customer: &CustomerRow<'_>) -> Self {
        Self { id: customer.id, parent: customer.parent, name: customer.name.to_owned() }
    }
}

/// Reads who belongs to whom, of all customers.
pub(super) fn read(reader: &dyn Reader, as_of: Day) -> Result<Vec<Link>> {
    let mut links = Vec::new();
    reader.customer_rows(CustomerRange::ALL, as_of, &mut |customer| {
        links.push(Link::of(customer));
        Ok(())
    })?;
    Ok(links)
}

/// Some customers with all that belong to them and all to which they belong.
pub(super) fn around(links: &[Link], customers: &BTreeSet<i64>) -> BTreeSet<i64> {
    let parents = parents(links);
    let mut found = customers.clone();
    for id in customers {
        found.extend(chain(&parents, *id));
    }
    let below = links.iter().map(|link| link.id);
    found.extend(below.filter(|id| chain(&parents, *id).iter().any(|it| customers.contains(it))));
    found
}

fn parents(links: &[Link]) -> HashMap<i64, i64> {
    links.iter().filter_map(|link| Some((link.id, link.parent?))).collect()
}

/// The customers above one, the nearest first. A circle, which no command makes, is left where it closes.
fn chain(parents: &HashMap<i64, i64>, id: i64) -> Vec<i64> {
    let mut above = Vec::new();
    let mut at = id;
    while let Some(parent) = parents.get(&at) {
        if *parent == id || above.contains(parent) {
            break;
        }
        above.push(*parent);
        at = *parent;
    }
    above
}

/// Holds who is above and below whom, by rows of the base. An archived customer has no row, and yet
/// joins those below it to those above.
pub(super) struct Groups<'a> {
    above: BTreeMap<usize, Vec<usize>>,
    below: BTreeMap<usize, Vec<usize>>,
    names: Vec<&'a str>,
}

impl<'a> Groups<'a> {
    pub(super) fn new(links: &'a [Link], ids: &[i64]) -> Self {
        let parents = parents(links);
        let (mut above, mut below) = (BTreeMap::new(), BTreeMap::<usize, Vec<usize>>::new());
        for (row, id) in ids.iter().enumerate().filter(|(_, id)| parents.contains_key(id)) {
            let chain = chain(&parents, *id);
            let rows: Vec<usize> =
                chain.iter().filter_map(|above| ids.binary_search(above).ok()).collect();
            for above in &rows {
                below.entry(*above).or_default().push(row);
            }
            above.insert(row, rows);
        }
        let mut names = links.iter().peekable();
        let name = |id: &i64| {
            while names.next_if(|link| link.id < *id).is_some() {}
            names.peek().filter(|link| link.id == *id).map_or("", |link| link.name.as_str())
        };
        let names = ids.iter().map(name).collect();
        Self { above, below, names }
    }

    /// Puts the columns in that look at groups, and gives the names of sums of which no row carries what is
    /// summed.
    pub(super) fn fold(
        &self,
        table: &mut FeatureTable,
        settings: &Settings,
        catalogue: &Catalogue,
        as_of: Day,
    ) -> Vec<String> {
        let mut uncarried = Vec::new();
        let factor = 10_f64.powi(settings.currency.scale().cast_signed());
        for (_, feature) in catalogue.features() {
            let others = match feature.source {
                Source::Members => &self.below,
                Source::Parents => &self.above,
                _ if feature.with_members => {
                    self.add_members(table, feature, factor);
                    continue;
                }
                _ => continue,
            };
            let mut folder = Folder::new(feature, settings, as_of);
            for row in 0..table.ids.len() {
                for other in others.get(&row).into_iter().flatten() {
                    folder.add(&Other { row: *other, factor, table, names: &self.names }, 0);
                }
                folder.flush(&|_| None);
            }
            if !folder.seen {
                uncarried.push(feature.info.name.clone());
            }
            let (kind, column) = (feature.info.kind, folder.finish());
            table.columns.insert(&feature.info.name, kind, Arc::new(column));
        }
        uncarried
    }

    fn add_members(&self, table: &mut FeatureTable, feature: &Feature, factor: f64) {
        let name = &feature.info.name;
        let Some(ColumnData::Number(own)) = table.columns.get(name).map(AsRef::as_ref) else {
            return;
        };
        let mut values = own.clone();
        for (row, members) in &self.below {
            let members = members.iter().map(|member| own[*member]);
            let value = members.fold(own[*row], |left, right| join(feature.aggregate, left, right));
            // Sums of many amounts in major units would else show what a fraction of a cent weighs.
            values[*row] = match feature.info.kind {
                ColumnType::Money => (value * factor).round() / factor,
                _ => value,
            };
        }
        table.columns.insert(name, feature.info.kind, Arc::new(ColumnData::Number(values)));
    }
}

/// The value of two customers together; a missing one leaves the other.
fn join(aggregate: Aggregate, left: f64, right: f64) -> f64 {
    match aggregate {
        _ if left.is_nan() => right,
        _ if right.is_nan() => left,
        Aggregate::Min | Aggregate::DaysSince | Aggregate::HoursSince => left.min(right),
        Aggregate::Max | Aggregate::DaysSinceFirst | Aggregate::HoursSinceFirst => left.max(right),
        _ => left + right,
    }
}

/// Another customer of the group, as features see it.
struct Other<'a> {
    row: usize,
    factor: f64,
    table: &'a FeatureTable,
    names: &'a [&'a str],
}

impl Row for Other<'_> {
    fn day(&self) -> i32 {
        // Known since ever: a window is no matter of members.
        MISSING_DAY + 1
    }

    fn get(&self, field: &FieldRef) -> Datum<'_> {
        let (name, is_money) = match field {
            FieldRef::Name => return Datum::Text(self.names[self.row]),
            FieldRef::Custom(name, kind) => (name, *kind == FieldType::Money),
            _ => return Datum::Missing,
        };
        match self.table.columns.get(name).map(AsRef::as_ref) {
            Some(ColumnData::Text { codes, values }) => {
                let text = values.get(codes[self.row] as usize);
                text.map_or(Datum::Missing, |text| Datum::Text(text))
            }
            Some(column) => match column.value(self.row) {
                Value::Number(number) if is_money => Datum::Number(number * self.factor),
                Value::Number(number) => Datum::Number(number),
                Value::Day(day) => Datum::Day(day),
                Value::Flag(flag) => Datum::Flag(flag),
                _ => Datum::Missing,
            },
            None => Datum::Missing,
        }
    }
}

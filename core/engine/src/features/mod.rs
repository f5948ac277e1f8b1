//! Features: what is counted, summed or dated over a customer's records, as of a day.
//!
//! All declared features are folded in one ordered pass over the rows that the store gives, a range
//! of customers a thread. What the declarations cannot say is a named [`Primitive`].

mod base;
mod catalogue;
mod customers;
mod field;
mod fold;
mod groups;
mod interactions;
mod related;
#[cfg(test)]
mod tests;
mod when;

use std::collections::BTreeSet;
use std::sync::Arc;

use kehu_contract::{ColumnData, ColumnInfo, ColumnType, Columns};
use kehu_domain::{CustomerId, Day, Entity};
use kehu_store::{CustomerRange, Reader, Result, StoreError};

use self::groups::{Groups, Link};
use crate::day::sheet::pick;
use crate::settings::Settings;

pub use catalogue::{Catalogue, CatalogueError, Declared, Primitive};

/// Holds the features of the base as of a day.
#[derive(Debug, Clone)]
pub struct FeatureTable {
    /// The customers of the base, in id order: known and not archived as of the day.
    pub ids: Vec<i64>,
    /// One column a feature and a custom field, in the catalogue's order.
    pub columns: Columns,
}

/// Folds all features of a catalogue over the customers of a range.
///
/// `readers` see the same last operation; each works on its own part of the range, and the result
/// does not depend on how many they are.
///
/// # Errors
/// What the store says.
pub fn compute(
    readers: &mut [Box<dyn Reader>],
    settings: &Settings,
    catalogue: &Catalogue,
    range: CustomerRange,
    as_of: Day,
) -> Result<FeatureTable> {
    let Some(first) = readers.first() else {
        return Err(StoreError::Io("no view of the store was opened".to_owned()));
    };
    let last = first.last_id(Entity::Customer)?.min(range.through);
    let names = field::Names::load(first.as_ref())?;
    let links = customers::Links::read(first.as_ref(), catalogue, as_of)?;
    let parts = split(CustomerRange { through: last, ..range }, readers.len());
    let work = |reader: &dyn Reader, part: CustomerRange| {
        compute_part(reader, settings, catalogue, &names, &links, part, as_of)
    };
    let tables: Vec<Result<Part>> = std::thread::scope(|scope| {
        let threads: Vec<_> = readers
            .iter_mut()
            .zip(parts)
            .map(|(reader, part)| scope.spawn(move || work(reader.as_ref(), part)))
            .collect();
        let died = || Err(StoreError::Io("a thread that folded features died".to_owned()));
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| died())).collect()
    });
    let (mut table, links) = join(catalogue, tables.into_iter().collect::<Result<Vec<_>>>()?);
    if catalogue.looks_at_groups() {
        let groups = Groups::new(&links, &table.ids);
        for name in groups.fold(&mut table, settings, catalogue, as_of) {
            let kind = table.columns.kind(&name).unwrap_or(ColumnType::Number);
            let missing = ColumnData::missing(kind, table.ids.len());
            table.columns.insert(&name, kind, Arc::new(missing));
        }
    }
    Ok(table)
}

/// Holds the features of some customers.
#[derive(Debug, Clone)]
pub struct SomeFeatures {
    /// Those of them that are in the base.
    pub table: FeatureTable,
    /// The sums of which no row of these customers carries what is summed. If no row of the whole base
    /// does, they are missing and not 0; only a look at all of it can tell.
    pub uncarried: Vec<String>,
}

/// From so many customers on, one pass over the whole base is quicker than a look at each of them.
const MANY: usize = 256;

/// Folds all features of a catalogue over some customers: as quickly as few of them allow.
///
/// # Errors
/// What the store says.
pub fn compute_some(
    reader: &dyn Reader,
    settings: &Settings,
    catalogue: &Catalogue,
    customers: &BTreeSet<i64>,
    as_of: Day,
) -> Result<SomeFeatures> {
    let names = field::Names::load(reader)?;
    let around = match catalogue.looks_at_groups() {
        true => Some(groups::around(&groups::read(reader, as_of)?, customers)),
        false => None,
    };
    let asked = customers;
    let customers = around.as_ref().unwrap_or(asked);
    let links = customers::Links::read(reader, catalogue, as_of)?;
    let fold = |range| compute_part(reader, settings, catalogue, &names, &links, range, as_of);
    let parts = if customers.len() > MANY {
        let last = reader.last_id(Entity::Customer)?;
        vec![fold(CustomerRange { through: last, ..CustomerRange::ALL })?]
    } else {
        let one = |id: &i64| fold(CustomerRange::one(CustomerId(*id)));
        customers.iter().map(one).collect::<Result<Vec<_>>>()?
    };
    let carried = |at: usize| parts.iter().any(|part| part.seen[at]);
    let uncarried = (0..catalogue.len()).filter(|at| !carried(*at));
    let mut uncarried: Vec<String> = uncarried.map(|at| catalogue.info(at).name.clone()).collect();
    let parts = parts.into_iter().map(|part| Part { seen: vec![true; catalogue.len()], ..part });
    let (mut table, links) = join(catalogue, parts.collect());
    if around.is_some() {
        let groups = Groups::new(&links, &table.ids);
        uncarried.extend(groups.fold(&mut table, settings, catalogue, as_of));
        table = only(&table, asked);
    }
    Ok(SomeFeatures { table, uncarried })
}

/// What one thread has folded.
struct Part {
    ids: Vec<i64>,
    columns: Vec<ColumnData>,
    /// For each column, whether any row of the part carried what it sums.
    seen: Vec<bool>,
    links: Vec<Link>,
}

impl Part {
    fn empty(catalogue: &Catalogue) -> Self {
        let column = |at| ColumnData::missing(catalogue.info(at).kind, 0);
        let columns = (0..catalogue.len()).map(column).collect();
        Self { ids: Vec::new(), columns, seen: vec![true; catalogue.len()], links: Vec::new() }
    }
}

/// Cuts a range of ids into parts of about the same size; small ranges stay whole.
fn split(range: CustomerRange, parts: usize) -> Vec<CustomerRange> {
    let width = (range.through - range.after).max(0);
    let parts = if width < 2_000 { 1 } else { parts as i64 };
    (0..parts)
        .map(|part| CustomerRange {
            after: range.after + width * part / parts,
            through: range.after + width * (part + 1) / parts,
        })
        .collect()
}

fn compute_part(
    reader: &dyn Reader,
    settings: &Settings,
    catalogue: &Catalogue,
    names: &field::Names,
    links: &customers::Links,
    range: CustomerRange,
    as_of: Day,
) -> Result<Part> {
    let base = base::read(reader, settings, range, as_of, catalogue.looks_at_groups())?;
    let mut columns: Vec<Option<ColumnData>> = vec![None; catalogue.len()];
    let mut seen = vec![true; catalogue.len()];
    let mut place = |at: usize, column: ColumnData, carried: bool| {
        columns[at] = Some(column);
        seen[at] = carried;
    };
    let met =
        interactions::fold(reader, settings, catalogue, names, &base, range, as_of, &mut place)?;
    related::fold(reader, settings, catalogue, names, &base, &met, range, as_of, &mut place)?;
    customers::fold(reader, settings, catalogue, names, links, &base, range, as_of, &mut place)?;
    for (at, field) in catalogue.fields() {
        place(at, base.field(field, settings.currency.scale()), true);
    }
    let rows = base.ids.len();
    let columns = columns
        .into_iter()
        .enumerate()
        .map(|(at, column)| {
            column.unwrap_or_else(|| ColumnData::missing(catalogue.info(at).kind, rows))
        })
        .collect();
    Ok(Part { ids: base.ids, columns, seen, links: base.links })
}

/// Puts the parts together; a sum of what no row of the base carries is missing for everyone.
fn join(catalogue: &Catalogue, parts: Vec<Part>) -> (FeatureTable, Vec<Link>) {
    let mut parts = parts.into_iter();
    let mut whole = parts.next().unwrap_or_else(|| Part::empty(catalogue));
    for part in parts {
        whole.ids.extend(part.ids);
        whole.links.extend(part.links);
        for (column, more) in whole.columns.iter_mut().zip(&part.columns) {
            column.append(more);
        }
        for (seen, also) in whole.seen.iter_mut().zip(part.seen) {
            *seen |= also;
        }
    }
    let rows = whole.ids.len();
    let mut columns = Columns::new(rows);
    for (at, (column, seen)) in whole.columns.into_iter().zip(whole.seen).enumerate() {
        let info: &ColumnInfo = catalogue.info(at);
        let column = if seen { column } else { ColumnData::missing(info.kind, rows) };
        columns.insert(&info.name, info.kind, Arc::new(column));
    }
    (FeatureTable { ids: whole.ids, columns }, whole.links)
}

/// The rows of some customers.
fn only(table: &FeatureTable, customers: &BTreeSet<i64>) -> FeatureTable {
    let rows: Vec<usize> =
        (0..table.ids.len()).filter(|row| customers.contains(&table.ids[*row])).collect();
    let mut columns = Columns::new(rows.len());
    for (name, kind, column) in table.columns.iter() {
        columns.insert(name, kind, Arc::new(pick(column, rows.iter().copied().map(Some))));
    }
    FeatureTable { ids: rows.iter().map(|row| table.ids[*row]).collect(), columns }
}

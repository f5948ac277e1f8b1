//! Whether a stored run still tells the truth.

use kehu_contract::ColumnData;
use kehu_domain::{Day, Operation};
use kehu_store::{Reader, Result, StoredRun};

use super::{RunView, overrides};
use crate::packs::PackSet;

/// Says what has changed since a run was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changes {
    /// Records have been written, changed or taken back.
    pub data: bool,
    /// Packs or their settings differ from those that the run used.
    pub packs: bool,
}

impl Changes {
    /// True if anything has changed.
    pub fn any(self) -> bool {
        self.data || self.packs
    }
}

/// The commands whose operations leave what a run computes from as it is.
const HARMLESS: [&str; 2] = ["score", "plan"];

/// The commands that only add what is known from the day of the command on: no earlier day sees it.
const KNOWN_FROM_THEN_ON: [&str; 2] = ["log", "customer add"];

/// The command whose operations count in a run only where the overrides differ from those that it took.
const OVERRIDE: &str = "override";

/// The features that say how many days ago something was recorded.
const AGES: [&str; 3] = ["recency_days", "last_contact_days", "days_in_stage"];

/// The day of the last purchase, contact or move of an open deal that a run knows of; none if it knows of
/// nothing.
///
/// # Errors
/// What the store says.
pub fn last_fact(run: &RunView<'_>) -> Result<Option<Day>> {
    let mut least: Option<f64> = None;
    for name in AGES.iter().filter(|name| run.column_info(name).is_some()) {
        for batch in 0..run.batches() {
            let data = run.values(name, batch)?;
            let ColumnData::Number(ages) = &data else { continue };
            let known = (0..ages.len()).filter(|&row| !data.is_missing(row)).map(|row| ages[row]);
            least = known.chain(least).min_by(f64::total_cmp);
        }
    }
    Ok(least.map(|days| run.as_of().plus_days(-(days as i32))))
}

/// Finds out what has changed since a run.
///
/// # Errors
/// What the store says.
pub fn changes_since(reader: &dyn Reader, run: &StoredRun, packs: &PackSet) -> Result<Changes> {
    let same_packs = run.packs.len() == packs.packs().len()
        && run.packs.iter().zip(packs.packs()).all(|(then, now)| {
            then.name == now.name()
                && then.hash == now.factory.hash()
                && then.settings == now.settings
        });
    Ok(Changes { data: run.stale || written_since(reader, run)?, packs: !same_packs })
}

fn written_since(reader: &dyn Reader, run: &StoredRun) -> Result<bool> {
    let Some(last) = reader.last_operation()? else { return Ok(false) };
    if last <= run.operation {
        return Ok(false);
    }
    let later = (last.0 - run.operation.0).unsigned_abs() as usize;
    let operations = reader.operations(later)?;
    let later = operations.iter().filter(|each| each.id > run.operation);
    let (overrides, others): (Vec<_>, Vec<_>) = later.partition(|each| each.kind == OVERRIDE);
    if others.into_iter().any(|each| touches(each, run.as_of)) {
        return Ok(true);
    }
    Ok(!overrides.is_empty() && override_differs(reader, run)?)
}

/// True if an operation may have changed what was known on a day.
fn touches(operation: &Operation, as_of: Day) -> bool {
    let kind = operation.kind.as_str();
    // The moment is in UTC: anywhere on earth it is at most a day earlier.
    let day = operation.at.get(..10).and_then(Day::parse).map(|day| day.plus_days(-1));
    let is_later = KNOWN_FROM_THEN_ON.contains(&kind) && day.is_some_and(|day| as_of < day);
    !HARMLESS.contains(&kind) && !is_later
}

/// True if the overrides that count on a run's day are not those that it took.
fn override_differs(reader: &dyn Reader, run: &StoredRun) -> Result<bool> {
    let view = RunView::stored(run.clone(), reader);
    let mut counting = Vec::new();
    for each in overrides::counting(reader, run.as_of)? {
        if view.column_info(&each.column).is_some() && view.find(each.customer)?.is_some() {
            counting.push((each.id, each.value));
        }
    }
    let taken = run.overrides.iter().map(|each| &each.by_person);
    let mut taken: Vec<_> = taken.map(|each| (each.id, each.value.clone())).collect();
    counting.sort();
    taken.sort();
    Ok(counting != taken)
}

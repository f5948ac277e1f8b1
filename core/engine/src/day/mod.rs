//! The day: from visit needs through the plan and the follow-up proposals to one worklist.
//!
//! - [`Calendar`] knows which days are worked.
//! - [`run_of_day`] finds or computes the run that a day's work rests on.
//! - [`Work`] is one rep's work as of a day: [`Work::plan`] makes a [`VisitPlan`], [`Work::today`] the
//!   [`Worklist`].
//! - [`keep_plan`] and [`latest_plan`] store and find plans; [`answer`] closes a line of the list.
//!
//! A worklist holds what packs propose (`follow_up`) and the day's visits, merged where they are the
//! same, without what a person has closed, as far as the packs of `review` let it pass.

mod answer;
mod ask;
mod calendar;
mod cases;
mod check;
mod error;
mod key;
mod plan;
mod portfolio;
mod problem;
mod review;
mod sheet;
mod worklist;

use kehu_domain::{Day, OperationId, Rep};
use kehu_store::{CustomerRange, Reader, Store};

use crate::packs::PackSet;
use crate::score::{self, RunOptions, RunView, ScoreError};
use crate::settings::Settings;

pub use answer::{Answer, Answered, Closing, answer};
pub use ask::Because;
pub use calendar::Calendar;
pub use error::DayError;
pub use plan::{LeftOutVisits, Planned, VisitDay, VisitPlan, VisitStop, keep_plan, latest_plan};
pub use portfolio::Portfolio;
pub use worklist::{Line, VisitDetails, Worklist};

/// Holds what a rep's day is made from.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// Where the records are.
    pub store: &'a dyn Store,
    /// The view of them that is read.
    pub reader: &'a dyn Reader,
    /// What the workspace sets.
    pub settings: &'a Settings,
    /// The packs that are on.
    pub packs: &'a PackSet,
    /// The run whose columns count.
    pub run: &'a RunView<'a>,
    /// Whose work it is.
    pub rep: &'a Rep,
    /// The day as of which records are seen.
    pub as_of: Day,
}

impl std::fmt::Debug for Work<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Work").field("rep", &self.rep.name).field("as_of", &self.as_of).finish()
    }
}

/// The run that a day's work rests on: the latest one as of that day, else one computed in memory.
///
/// # Errors
/// What the store says, or why no run could be made.
pub fn run_of_day<'r>(
    store: &dyn Store,
    reader: &'r dyn Reader,
    settings: &Settings,
    packs: &PackSet,
    options: RunOptions,
) -> Result<RunView<'r>, ScoreError> {
    match score::find_run(reader, None, Some(options.as_of))? {
        Some(header) => Ok(RunView::stored(header, reader)),
        None => {
            score::compute(store, settings, packs, CustomerRange::ALL, options, &mut |_: &str| {})
        }
    }
}

/// True if records were written after `base` was the last operation; runs and plans are none.
///
/// # Errors
/// What the store says.
pub fn data_changed_since(
    reader: &dyn Reader,
    base: Option<OperationId>,
) -> kehu_store::Result<bool> {
    const AT_ONCE: usize = 64;
    let base = base.map_or(0, |id| id.0);
    let Some(last) = reader.last_operation()? else { return Ok(false) };
    if last.0 - base > AT_ONCE as i64 {
        return Ok(true);
    }
    let later = reader.operations(AT_ONCE)?;
    Ok(later
        .iter()
        .any(|each| each.id.0 > base && !["score", "plan"].contains(&each.kind.as_str())))
}

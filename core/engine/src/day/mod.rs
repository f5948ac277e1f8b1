//! The day: from visit needs through the plan and the follow-up proposals to one worklist.
//!
//! - [`Calendar`] knows which days are worked.
//! - [`Work`] is one rep's work as of a day: [`Work::plan`] makes a [`VisitPlan`], [`Work::today`] the
//!   [`Worklist`].
//! - [`Work::about`] makes one customer's part of the list, [`Briefing`] gathers what is known of it.
//! - [`keep_plan`] and [`latest_plan`] store and find plans; [`answer`] closes a line of the list.
//!
//! A worklist holds what packs propose (`follow_up`) and the day's visits, joined where they are the
//! same, without what a person has closed, as far as the packs of `review` let it pass. What then reaches
//! one customer becomes one contact. The rep's own tasks that are due stand beside them: a person has promised
//! them, so no pack withholds them. Each line says whether the working day has room for it.

mod answer;
mod ask;
mod briefing;
mod calendar;
mod capacity;
pub(crate) mod cases;
mod check;
mod contacts;
mod error;
pub(crate) mod key;
mod order;
mod plan;
mod portfolio;
mod problem;
mod review;
pub(crate) mod sheet;
mod tasks;
#[cfg(test)]
mod tests;
mod worklist;

use kehu_domain::{Day, Rep, RepId};
use kehu_store::{Reader, Store};

use crate::packs::PackSet;
use crate::score::RunView;
use crate::settings::Settings;

pub use answer::{Answer, Answered, Closing, answer, known_channels};
pub use ask::Because;
pub(crate) use ask::because;
pub use briefing::{Briefing, NextVisit};
pub use calendar::Calendar;
pub use error::DayError;
pub(crate) use plan::read_plan;
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
    /// Whose work it is; one without an id stands for the work that no rep has.
    pub rep: &'a Rep,
    /// The day as of which records are seen.
    pub as_of: Day,
}

impl Work<'_> {
    /// The rep; none where it is the work that no rep has.
    fn rep_id(&self) -> Option<RepId> {
        (self.rep.id != 0).then_some(RepId(self.rep.id))
    }
}

impl std::fmt::Debug for Work<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Work").field("rep", &self.rep.name).field("as_of", &self.as_of).finish()
    }
}

//! What the registry says of each hook's `ctx`, and of what is handed over beside it.

mod cases;
mod records;
mod score;
mod work;

use super::entry::Subject;

/// All of them, in the order of the reference.
pub(super) const SUBJECTS: [&Subject; 28] = [
    &score::CONTEXT,
    &score::SCORE,
    &score::POINTS,
    &work::CUSTOMER,
    &score::FIT,
    &score::COLUMN,
    &work::FOLLOW_UP,
    &records::CASE,
    &records::DEAL,
    &records::INTERACTION,
    &records::THREAD,
    &records::THREAD_STEP,
    &work::REVIEW,
    &records::PROPOSAL,
    &cases::STAGE,
    &records::STAGE_CASE,
    &records::STAGE,
    &records::ASKED,
    &records::MOVE,
    &cases::EVENT,
    &records::EVENT,
    &cases::ROW,
    &work::PLAN,
    &records::PROBLEM,
    &records::WORK_DAY,
    &records::VISITED,
    &records::POINT,
    &work::TOKEN,
];

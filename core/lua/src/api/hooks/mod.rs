//! What the registry says of each hook's `ctx`, and of what is handed over beside it.

mod cases;
mod score;
mod work;

use super::entry::Subject;

/// All of them, in the order of the reference.
pub(super) const SUBJECTS: [&Subject; 13] = [
    &score::CONTEXT,
    &score::SCORE,
    &score::POINTS,
    &score::FIT,
    &score::COLUMN,
    &work::FOLLOW_UP,
    &work::REVIEW,
    &work::PLAN,
    &cases::STAGE,
    &cases::EVENT,
    &cases::ROW,
    &work::TOKEN,
    &work::CUSTOMER,
];

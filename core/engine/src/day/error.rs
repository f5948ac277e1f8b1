//! Why a day's work could not be laid out.

use kehu_store::StoreError;

use crate::score::ScoreError;

/// Says why a plan or a worklist could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DayError {
    /// The run could not be made.
    #[error(transparent)]
    Score(#[from] ScoreError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No pack that is on plans visits.
    #[error("no pack that is on plans visits")]
    NoPlanner,
    /// Several packs plan visits, and the workspace does not say which counts.
    #[error("packs {} all plan visits; say which in kehu.toml: [hooks] plan_visits = \"{}\"", .0.join(", "), .0[0])]
    ManyPlanners(Vec<String>),
    /// The pack that plans failed, or its plan is wrong.
    #[error("{0}")]
    Planner(String),
    /// The period ends before it begins, or is too long.
    #[error("{0}")]
    Period(String),
    /// No line of the list has the key.
    #[error("no line of today's list has the key \"{key}\"; {hint}")]
    UnknownKey {
        /// The key as typed.
        key: String,
        /// The nearest one, or where to look.
        hint: String,
    },
    /// Several lines have keys that begin so.
    #[error("\"{key}\" begins several keys: {}", .keys.join(", "))]
    AmbiguousKey {
        /// The key as typed.
        key: String,
        /// The keys.
        keys: Vec<String>,
    },
    /// The answer itself makes no sense.
    #[error("{0}")]
    Answer(String),
    /// A stored plan cannot be read.
    #[error("the stored plan {id} is damaged: {message}")]
    DamagedPlan {
        /// Its id.
        id: String,
        /// What is wrong.
        message: String,
    },
}

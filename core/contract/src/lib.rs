//! What a hook sees and gives, as plain data, and the two traits that every host of packs implements.
//!
//! The engine asks packs for decisions; packs are written in Lua or as native libraries. Both sides
//! know this crate and nothing of each other, so that nobody can tell from the outside in which
//! language a pack is written.
//!
//! - [`Columns`] carry the values of many customers across the border in one call.
//! - [`Manifest`] is a pack's own word on what it answers ([`Step`]), reads ([`Need`]), gives
//!   ([`Give`]), counts ([`Feature`]) and lets a workspace change ([`Setting`]).
//! - [`Rule`]s are declared once; [`Reasons`] say which of them fired for which customer.
//! - [`PackFactory`] and [`Pack`] are what a host implements; a [`Listener`] hears what packs say
//!   meanwhile ([`LogLine`]).
//! - [`Case`], [`Proposal`], [`Verdict`], [`PlanningProblem`] and [`Plan`] serve the day's work.
//! - [`StageCase`] and [`Opinion`] serve the moves of deals, [`Event`] and [`Consequence`] what commands
//!   have written, [`Rows`] and [`RowVerdict`] the rows of imports.
//! - [`document`] reads TOML so that every complaint names a line and the nearest valid name.
//!
//! ```
//! use kehu_contract::{Hook, Manifest};
//! let manifest = Manifest::parse(
//!     "pack.toml",
//!     r#"
//!     name = "silence"
//!     version = "1.0.0"
//!     api = "0.1"
//!
//!     [[step]]
//!     hook = "score"
//!     needs = ["recency_days"]
//!     [step.gives.silence]
//!     type = "number"
//!     "#,
//! )
//! .unwrap();
//! assert_eq!(manifest.steps[0].hook, Hook::Score);
//! ```

mod column;
pub mod document;
mod event;
mod feature;
mod follow_up;
mod import_row;
mod manifest;
mod pack;
mod plan;
mod problem;
mod rank;
mod report;
mod rule;
mod said;
mod sentence;
mod settings;
mod stage;
mod template;
mod text;
mod told;
mod version;
mod vocabulary;

pub use column::{
    BATCH, ColumnData, ColumnInfo, ColumnType, Columns, MISSING_CODE, MISSING_DAY, MISSING_FLAG,
    TextBuilder, Value,
};
pub use event::{Change, Consequence, Effect, Event, Words};
pub use feature::{Aggregate, Feature, FieldTest, Source, Span};
pub use follow_up::{
    Case, Cause, DealView, Decision, InteractionView, Proposal, StepView, ThreadView, Verdict,
};
pub use import_row::{RowDecision, RowVerdict, Rows};
pub use manifest::{
    API, Give, Hook, LabelValue, Manifest, Need, Step, VISIT_NEED_COLUMNS, is_name,
};
pub use pack::{
    Batch, FailureKind, Limits, Origin, Overstep, Pack, PackError, PackFactory, RunContext,
    ScoredColumn,
};
pub use plan::{
    FixedVisit, LeftOut, Plan, PlanCustomer, PlanDay, PlanningProblem, Point, Stop, WorkDay,
};
pub use rank::percentile_ranks;
pub use report::{REPORTS, Report, ReportOption};
pub use rule::{Argument, Comparison, Reason, Reasons, Rule};
pub use said::{Listener, LogLevel, LogLine, Said};
pub use sentence::{FORMATS, Slot, fill, fill_with, show_number, show_unlike};
pub use settings::{Setting, SettingType};
pub use stage::{Direction, Judgement, MoveAsked, MoveView, Opinion, StageCase, StageView};
pub use template::FeatureTemplate;
pub use text::{Language, Text, did_you_mean, nearest, plain, printable};
pub use told::ToldFailure;
pub use version::parse_version;
pub use vocabulary::Vocabulary;

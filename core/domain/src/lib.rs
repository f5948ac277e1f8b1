//! The facts that kehu keeps, as pure types and rules: no file, clock or database is touched here.
//!
//! - [`Customer`], [`Contact`], [`Interaction`], [`Deal`] with its [`DealEvent`]s, [`Task`],
//!   [`Rep`], [`Product`], [`Target`], [`Override`] and [`StoredPlan`] are the records; [`Record`]
//!   holds any of them, [`Entity`] names their sorts.
//! - [`Pipeline`], [`Kind`] and [`Field`] are what a workspace declares.
//! - [`Day`], [`Money`] and the ids (`C-12`) are the small values.
//! - [`Operation`] is one command that wrote, and can be taken back.
//! - [`rows`] are what an import reads, whatever the format of the file.
//!
//! ```
//! use kehu_domain::{CustomerId, Day, Interaction};
//! let day = Day::parse("2017-03-01").unwrap();
//! let call = Interaction::new(CustomerId(12), day, "call");
//! assert_eq!(call.customer.to_string(), "C-12");
//! ```

mod day;
mod declare;
mod erase;
mod id;
mod money;
mod operation;
mod record;
pub mod rows;

pub use day::Day;
pub use declare::{Field, FieldType, Kind, LONGEST_STAY, Pipeline, Range, Stage, StageRole};
pub use erase::ERASED;
pub use id::{
    ContactId, CustomerId, DealEventId, DealId, InteractionId, OperationId, OverrideId, PlanId,
    ProductId, RepId, RunId, TargetId, TaskId,
};
pub use money::{Currency, Money, MoneyError};
pub use operation::{Operation, OperationDraft};
pub use record::{
    Contact, Customer, CustomerType, Deal, DealEvent, Entity, FieldValue, Fields, Interaction,
    Override, Product, Record, Rep, StoredPlan, Target, Task, TaskState,
};

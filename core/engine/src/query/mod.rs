//! Lists of customers and of other records: which, in which order, with which columns.

mod deal_rows;
mod expression;
mod interaction_rows;
mod list;
mod mistake;
mod move_rows;
mod rep_rows;
mod rows;
mod target_rows;
mod work_rows;

pub use expression::{Condition, KnownColumn};
pub use list::{
    CustomerList, CustomerQuery, ListColumn, QueryError, Sort, columns_read, is_field,
    known_columns, list_customers,
};
pub use mistake::ConditionError;
pub use rows::{RowColumn, RowCursor, RowQuery, RowSource, Subject};

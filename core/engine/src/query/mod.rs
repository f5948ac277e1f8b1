//! Lists of customers: which, in which order, with which columns.

mod expression;
mod list;
mod mistake;

pub use expression::{Condition, KnownColumn};
pub use list::{
    CustomerList, CustomerQuery, ListColumn, QueryError, Sort, columns_read, is_field,
    known_columns, list_customers,
};
pub use mistake::ConditionError;

//! Lists of customers: which, in which order, with which columns.

mod expression;
mod list;

pub use expression::{Condition, ConditionError, KnownColumn};
pub use list::{
    CustomerList, CustomerQuery, ListColumn, QueryError, Sort, columns_read, is_field,
    known_columns, list_customers,
};

//! What belongs on one customer's page.

use kehu_domain::{Contact, Customer, CustomerId, Entity, Interaction, Task};
use kehu_store::Reader;

use super::deals::{self, DealFilter, DealState};
use super::tasks::{self, TaskFilter};
use super::{Desk, Result, contacts, interactions, names};

/// Holds what is known of one customer.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerPage {
    /// The customer.
    pub customer: Customer,
    /// The people there.
    pub contacts: Vec<Contact>,
    /// The deals that are open.
    pub open_deals: Vec<DealState>,
    /// The interactions, the latest first.
    pub interactions: Vec<Interaction>,
    /// The tasks that are open, in the order in which they are due.
    pub tasks: Vec<Task>,
}

/// Gathers a customer's page as of today.
pub fn of(desk: &Desk<'_>, reader: &dyn Reader, customer: CustomerId) -> Result<CustomerPage> {
    let id = customer.to_string();
    let open = DealFilter { customer: Some(id.clone()), open: true, ..DealFilter::default() };
    Ok(CustomerPage {
        customer: names::get(reader, Entity::Customer, customer.0)?,
        contacts: contacts::list(reader, Some(customer))?,
        open_deals: deals::list(desk, reader, &open)?,
        interactions: interactions::list(reader, customer)?,
        tasks: tasks::list(reader, &TaskFilter { customer: Some(id), ..TaskFilter::default() })?,
    })
}

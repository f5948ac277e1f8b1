//! Contacts: the people at a customer.

use kehu_domain::{Contact, ContactId, CustomerId, Entity};
use kehu_store::Reader;

use super::customers::nothing_changed;
use super::{Desk, Result, names, values};

/// Holds what is to be said about a contact; what is not given stays as it is, an empty text clears.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactFacts {
    /// The name.
    pub name: Option<String>,
    /// The position.
    pub role: Option<String>,
    /// The department.
    pub department: Option<String>,
    /// The influence on decisions.
    pub influence: Option<String>,
    /// Whether the person is our coach there.
    pub coach: Option<bool>,
    /// The birthday.
    pub birthday: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The WeChat name.
    pub wechat: Option<String>,
    /// Custom fields, as `name=value`.
    pub fields: Vec<String>,
}

/// Adds a contact at a customer.
pub fn add(desk: &Desk<'_>, customer: &str, facts: &ContactFacts) -> Result<Contact> {
    desk.write("contact add", |writer| {
        let customer = names::customer(writer.reader(), customer)?;
        let mut contact = empty(customer);
        contact.known = Some(desk.act.today);
        apply(desk, facts, &mut contact)?;
        let contact = desk.put(writer, contact)?;
        let id = ContactId(contact.id);
        let summary = format!("added {id} {} at {customer}", contact.name);
        Ok((contact, summary))
    })
}

/// Changes a contact, by name among those of a customer, if one is given.
pub fn edit(
    desk: &Desk<'_>,
    customer: Option<&str>,
    contact: &str,
    facts: &ContactFacts,
) -> Result<Contact> {
    desk.write("contact edit", |writer| {
        let customer = customer.map(|text| names::customer(writer.reader(), text)).transpose()?;
        let id = names::contact(writer.reader(), customer, contact)?;
        let mut contact: Contact = names::get(writer.reader(), Entity::Contact, id.0)?;
        let before = contact.clone();
        apply(desk, facts, &mut contact)?;
        if contact == before {
            return Err(nothing_changed(&id.to_string()));
        }
        let contact = desk.put(writer, contact)?;
        let summary = format!("edited {id} {}", contact.name);
        Ok((contact, summary))
    })
}

/// The contacts of a customer, or all, in id order.
pub fn list(reader: &dyn Reader, customer: Option<CustomerId>) -> Result<Vec<Contact>> {
    let mut contacts = Vec::new();
    reader.each(Entity::Contact, customer, &mut |record| {
        contacts.extend(Contact::try_from(record));
        Ok(())
    })?;
    Ok(contacts)
}

fn empty(customer: CustomerId) -> Contact {
    Contact {
        id: 0,
        customer,
        name: String::new(),
        external_id: None,
        role: None,
        department: None,
        influence: None,
        coach: None,
        birthday: None,
        phone: None,
        email: None,
        wechat: None,
        known: None,
        fields: kehu_domain::Fields::new(),
    }
}

fn apply(desk: &Desk<'_>, facts: &ContactFacts, contact: &mut Contact) -> Result<()> {
    if let Some(name) = &facts.name {
        contact.name = values::name("name", name)?;
    }
    for (what, fact, place) in [
        ("role", &facts.role, &mut contact.role),
        ("department", &facts.department, &mut contact.department),
        ("influence", &facts.influence, &mut contact.influence),
        ("wechat", &facts.wechat, &mut contact.wechat),
    ] {
        if let Some(text) = fact {
            *place = values::line(what, text)?;
        }
    }
    if let Some(phone) = &facts.phone {
        contact.phone = values::phone(phone)?;
    }
    if let Some(email) = &facts.email {
        contact.email = values::email(email)?;
    }
    if let Some(birthday) = &facts.birthday {
        contact.birthday = names::day("birthday", birthday)?;
    }
    contact.coach = facts.coach.or(contact.coach);
    values::set_fields(desk.settings, Entity::Contact, &mut contact.fields, &facts.fields)
}

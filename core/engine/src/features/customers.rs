//! Features over the customers' own records, and over those of the customers that name them.

use std::collections::HashMap;

use kehu_contract::{ColumnData, Source};
use kehu_domain::{Customer, CustomerType, Day, Entity, FieldValue};
use kehu_store::{CustomerRange, Reader, Result};

use super::base::Base;
use super::catalogue::Catalogue;
use super::field::{Datum, FieldRef, Names, Row, number, text};
use super::fold::{Folder, NEVER};
use super::related::field_value;
use crate::records::names::{self, parse_id};
use crate::settings::Settings;

/// A customer's record as features see it: its day is the one on which the firm learned of it.
struct CustomerRow<'a> {
    customer: &'a Customer,
    names: &'a Names,
}

impl Row for CustomerRow<'_> {
    fn day(&self) -> i32 {
        self.customer.known.map_or(NEVER, Day::number)
    }

    fn get(&self, field: &FieldRef) -> Datum<'_> {
        let customer = self.customer;
        let day = |day: Option<Day>| day.map_or(Datum::Missing, |day| Datum::Day(day.number()));
        match field {
            FieldRef::Name => Datum::Text(&customer.name),
            FieldRef::Type => Datum::Text(match customer.kind {
                CustomerType::Organisation => "organisation",
                CustomerType::Person => "person",
            }),
            FieldRef::Owner => self.names.rep(customer.owner.map(|owner| owner.0)),
            FieldRef::Place => text(customer.place.as_deref()),
            FieldRef::Phone => text(customer.phone.as_deref()),
            FieldRef::Email => text(customer.email.as_deref()),
            FieldRef::Birthday => day(customer.birthday),
            FieldRef::Parent => number(customer.parent.map(|parent| parent.0 as f64)),
            FieldRef::Source => text(customer.source.as_deref()),
            FieldRef::Consent => customer.consent.map_or(Datum::Missing, Datum::Flag),
            FieldRef::Known => day(customer.known),
            FieldRef::Custom(name, kind) => field_value(customer.fields.get(name), *kind),
            _ => Datum::Missing,
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "the pass joins all that the computation knows")]
pub(super) fn fold(
    reader: &dyn Reader,
    settings: &Settings,
    catalogue: &Catalogue,
    names: &Names,
    links: &Links,
    base: &Base,
    range: CustomerRange,
    as_of: Day,
    place: &mut dyn FnMut(usize, ColumnData, bool),
) -> Result<()> {
    let features = catalogue.features().filter(|(_, each)| each.source == Source::Customers);
    let mut folders: Vec<_> = features
        .map(|(at, feature)| {
            let link = feature.linked_by.as_deref().and_then(|field| links.named(field));
            (at, link, Folder::new(feature, settings, as_of))
        })
        .collect();
    if folders.is_empty() {
        return Ok(());
    }
    let mut expected = base.ids.iter();
    reader.customers(range, as_of, &mut |customer| {
        // Both come in the order of ids; who is archived is not in the base.
        if expected.as_slice().first() != Some(&customer.id) {
            return Ok(());
        }
        expected.next();
        for (_, link, folder) in &mut folders {
            match link {
                None => folder.add(&CustomerRow { customer, names }, 0),
                Some(named) => {
                    for customer in named.those_who_name(customer) {
                        folder.add(&CustomerRow { customer, names }, 0);
                    }
                }
            }
            folder.flush(&|_| None);
        }
        Ok(())
    })?;
    for (at, _, folder) in folders {
        let seen = folder.seen;
        place(at, folder.finish(), seen);
    }
    Ok(())
}

/// The customers of the base that name another one, by the field in which they do.
///
/// They are read once for all parts of a computation: whoever names a customer may be anywhere in the base.
#[derive(Default)]
pub(super) struct Links {
    fields: Vec<(String, Named)>,
}

#[derive(Default)]
struct Named {
    by_id: HashMap<i64, Vec<Customer>>,
    by_name: HashMap<String, Vec<Customer>>,
}

impl Links {
    /// Reads them, if any feature of the catalogue asks for them.
    pub(super) fn read(reader: &dyn Reader, catalogue: &Catalogue, as_of: Day) -> Result<Self> {
        let mut links = Self::default();
        for (_, feature) in catalogue.features() {
            if let Some(field) = &feature.linked_by
                && links.named(field).is_none()
            {
                links.fields.push((field.clone(), Named::default()));
            }
        }
        if links.fields.is_empty() {
            return Ok(links);
        }
        reader.customers(CustomerRange::ALL, as_of, &mut |customer| {
            if customer.archived.is_none_or(|day| day > as_of) {
                for (field, named) in &mut links.fields {
                    named.add(field, customer);
                }
            }
            Ok(())
        })?;
        Ok(links)
    }

    fn named(&self, field: &str) -> Option<&Named> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, named)| named)
    }
}

impl Named {
    /// The customers that name this one, those known first at first; itself is none of them.
    fn those_who_name(&self, customer: &Customer) -> Vec<&Customer> {
        let by_name = self.by_name.get(&names::fold(&customer.name));
        let found = self.by_id.get(&customer.id).into_iter().chain(by_name).flatten();
        let mut found: Vec<&Customer> = found.filter(|each| each.id != customer.id).collect();
        found.sort_by_key(|each| (each.known, each.id));
        found
    }

    /// Notes whom a customer names in the field, if anybody.
    fn add(&mut self, field: &str, customer: &Customer) {
        if let Some(FieldValue::Text(named)) = customer.fields.get(field) {
            match parse_id(Entity::Customer, named.trim()) {
                Some(id) => self.by_id.entry(id).or_default().push(customer.clone()),
                None => self.by_name.entry(names::fold(named)).or_default().push(customer.clone()),
            }
        }
    }
}

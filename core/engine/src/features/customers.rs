//! Features over the customers' own records, and over those of the customers that name them.

use std::collections::HashMap;

use kehu_domain::{Customer, CustomerType, Day, Entity, FieldValue};
use kehu_store::{CustomerRange, Reader, Result};

use super::base::Base;
use super::catalogue::Catalogue;
use super::field::{Datum, FieldRef, Names, Row, number, text};
use super::fold::NEVER;
use super::related::{ByCustomer, field_value};
use crate::records::names::{fold, parse_id};

/// A customer's record as features see it: its day is the one on which the firm learned of it.
pub(super) struct CustomerRow<'a> {
    customer: Customer,
    names: &'a Names,
}

impl Row for CustomerRow<'_> {
    fn day(&self) -> i32 {
        self.customer.known.map_or(NEVER, Day::number)
    }

    fn get(&self, field: &FieldRef) -> Datum<'_> {
        let customer = &self.customer;
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

/// The own records of the base's customers, one row each.
pub(super) fn own<'a>(
    reader: &dyn Reader,
    names: &'a Names,
    base: &Base,
    range: CustomerRange,
    as_of: Day,
) -> Result<ByCustomer<CustomerRow<'a>>> {
    let mut rows = ByCustomer::new();
    reader.customers(range, as_of, &mut |customer| {
        if let Ok(at) = base.ids.binary_search(&customer.id) {
            rows.insert(at, vec![CustomerRow { customer: customer.clone(), names }]);
        }
        Ok(())
    })?;
    Ok(rows)
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

    /// For each customer of `own`, the records of those that name it in the field; itself is none of them.
    pub(super) fn rows<'a>(
        &self,
        field: &str,
        names: &'a Names,
        own: &ByCustomer<CustomerRow<'_>>,
    ) -> ByCustomer<CustomerRow<'a>> {
        let Some(named) = self.named(field) else { return ByCustomer::new() };
        let one = |(at, rows): (&usize, &Vec<CustomerRow<'_>>)| {
            let customer = &rows.first()?.customer;
            let by_name = named.by_name.get(&fold(&customer.name));
            let found = named.by_id.get(&customer.id).into_iter().chain(by_name).flatten();
            let mut found: Vec<&Customer> = found.filter(|each| each.id != customer.id).collect();
            found.sort_by_key(|each| (each.known, each.id));
            let rows = found.into_iter();
            let rows = rows.map(|each| CustomerRow { customer: each.clone(), names });
            Some((*at, rows.collect()))
        };
        own.iter().filter_map(one).collect()
    }
}

impl Named {
    /// Notes whom a customer names in the field, if anybody.
    fn add(&mut self, field: &str, customer: &Customer) {
        if let Some(FieldValue::Text(named)) = customer.fields.get(field) {
            match parse_id(Entity::Customer, named.trim()) {
                Some(id) => self.by_id.entry(id).or_default().push(customer.clone()),
                None => self.by_name.entry(fold(named)).or_default().push(customer.clone()),
            }
        }
    }
}

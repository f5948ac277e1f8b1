//! Fields of records, as features name them.

use std::collections::HashMap;

use kehu_contract::Source;
use kehu_domain::{Entity, FieldType, Product, Rep};
use kehu_store::{Reader, Result};

use super::related::field_value;
use crate::settings::Settings;

/// Names a field of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FieldRef {
    Amount,
    Margin,
    Quantity,
    Minute,
    Channel,
    Outcome,
    Mood,
    State,
    Open,
    Due,
    Happened,
    Rep,
    Product,
    Category,
    Pipeline,
    Stage,
    Role,
    Probability,
    Weighted,
    DaysInStage,
    Opened,
    DaysOpen,
    ExpectedClose,
    Stalled,
    Name,
    Department,
    Influence,
    Coach,
    Birthday,
    Source,
    Owner,
    Place,
    Type,
    Phone,
    Email,
    Consent,
    Parent,
    Known,
    Custom(String, FieldType),
    /// A field of the product that the row is about.
    OfProduct(String, FieldType),
    /// The days from a day of that product to the row's.
    SinceProduct(String),
}

const INTERACTION: [(&str, FieldRef); 14] = [
    ("amount", FieldRef::Amount),
    ("margin", FieldRef::Margin),
    ("quantity", FieldRef::Quantity),
    ("minute", FieldRef::Minute),
    ("channel", FieldRef::Channel),
    ("outcome", FieldRef::Outcome),
    ("mood", FieldRef::Mood),
    ("state", FieldRef::State),
    ("open", FieldRef::Open),
    ("due", FieldRef::Due),
    ("happened", FieldRef::Happened),
    ("rep", FieldRef::Rep),
    ("product", FieldRef::Product),
    ("category", FieldRef::Category),
];
const DEAL: [(&str, FieldRef); 16] = [
    ("amount", FieldRef::Amount),
    ("pipeline", FieldRef::Pipeline),
    ("stage", FieldRef::Stage),
    ("role", FieldRef::Role),
    ("probability", FieldRef::Probability),
    ("weighted", FieldRef::Weighted),
    ("days_in_stage", FieldRef::DaysInStage),
    ("opened", FieldRef::Opened),
    ("days_open", FieldRef::DaysOpen),
    ("expected_close", FieldRef::ExpectedClose),
    ("stalled", FieldRef::Stalled),
    ("happened", FieldRef::Happened),
    ("rep", FieldRef::Rep),
    ("product", FieldRef::Product),
    ("category", FieldRef::Category),
    ("name", FieldRef::Name),
];
const TASK: [(&str, FieldRef); 4] = [
    ("state", FieldRef::State),
    ("due", FieldRef::Due),
    ("rep", FieldRef::Rep),
    ("open", FieldRef::Open),
];
const MEMBER: [(&str, FieldRef); 1] = [("name", FieldRef::Name)];
const CONTACT: [(&str, FieldRef); 6] = [
    ("name", FieldRef::Name),
    ("role", FieldRef::Role),
    ("department", FieldRef::Department),
    ("influence", FieldRef::Influence),
    ("coach", FieldRef::Coach),
    ("birthday", FieldRef::Birthday),
];
const CUSTOMER: [(&str, FieldRef); 11] = [
    ("name", FieldRef::Name),
    ("type", FieldRef::Type),
    ("owner", FieldRef::Owner),
    ("place", FieldRef::Place),
    ("phone", FieldRef::Phone),
    ("email", FieldRef::Email),
    ("birthday", FieldRef::Birthday),
    ("parent", FieldRef::Parent),
    ("source", FieldRef::Source),
    ("consent", FieldRef::Consent),
    ("known", FieldRef::Known),
];

impl FieldRef {
    /// Finds a field of a source by name; the error is the list of the names that there are.
    pub(super) fn parse(
        source: &Source,
        name: &str,
        settings: &Settings,
    ) -> std::result::Result<Self, Vec<String>> {
        let (own, entity): (&[(&str, Self)], _) = match source {
            Source::Interactions(_) => (&INTERACTION, Some(Entity::Interaction)),
            Source::Deals => (&DEAL, Some(Entity::Deal)),
            Source::Tasks => (&TASK, None),
            Source::Contacts => (&CONTACT, Some(Entity::Contact)),
            Source::Members | Source::Parents => (&MEMBER, Some(Entity::Customer)),
            Source::Customers => (&CUSTOMER, Some(Entity::Customer)),
        };
        if let Some((_, field)) = own.iter().find(|(each, _)| *each == name) {
            return Ok(field.clone());
        }
        let is_about_products = matches!(source, Source::Interactions(_) | Source::Deals);
        if let Some(field) = Self::of_product(name, settings).filter(|_| is_about_products) {
            return Ok(field);
        }
        let custom = entity.and_then(|entity| settings.field(entity, name));
        match custom {
            Some(field) => Ok(Self::Custom(name.to_owned(), field.kind)),
            None => {
                let mut names: Vec<String> =
                    own.iter().map(|(name, _)| (*name).to_owned()).collect();
                let custom = entity.into_iter().flat_map(|entity| settings.fields_of(entity));
                names.extend(custom.map(|field| field.name.clone()));
                Err(names)
            }
        }
    }

    /// A product's field, as `product.launched`, or the days since one, as `product.launched.age`.
    fn of_product(name: &str, settings: &Settings) -> Option<Self> {
        let name = name.strip_prefix("product.")?;
        let (name, is_age) = name.strip_suffix(".age").map_or((name, false), |name| (name, true));
        let field = settings.field(Entity::Product, name)?;
        match (is_age, field.kind) {
            (true, FieldType::Day) => Some(Self::SinceProduct(name.to_owned())),
            (true, _) => None,
            (false, kind) => Some(Self::OfProduct(name.to_owned(), kind)),
        }
    }

    /// True if the row's product is looked at.
    pub(super) fn is_of_product(&self) -> bool {
        matches!(self, Self::Product | Self::Category | Self::OfProduct(..) | Self::SinceProduct(_))
    }

    /// True if the stored number is in minor units.
    pub(super) fn is_money(&self) -> bool {
        matches!(
            self,
            Self::Amount
                | Self::Margin
                | Self::Weighted
                | Self::Custom(_, FieldType::Money)
                | Self::OfProduct(_, FieldType::Money)
        )
    }

    /// True if it is known only when the customer's later rows are.
    pub(super) fn is_late(&self) -> bool {
        matches!(self, Self::State | Self::Open)
    }
}

/// Holds the value of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Datum<'a> {
    Missing,
    Number(f64),
    Text(&'a str),
    Flag(bool),
    Day(i32),
}

impl Datum<'_> {
    /// The number that it counts as in sums and comparisons.
    pub(super) fn number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Day(day) => Some(f64::from(day)),
            Self::Flag(flag) => Some(f64::from(u8::from(flag))),
            Self::Missing | Self::Text(_) => None,
        }
    }
}

/// Gives the fields of a row.
pub(super) trait Row {
    /// The day that windows look at.
    fn day(&self) -> i32;
    /// True for a return: it counts in sums only.
    fn is_return(&self) -> bool {
        false
    }
    /// The value of a field.
    fn get(&self, field: &FieldRef) -> Datum<'_>;
}

/// Holds the names that ids stand for, since features show names.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) reps: HashMap<i64, String>,
    pub(super) products: HashMap<i64, Product>,
}

impl Names {
    pub(super) fn load(reader: &dyn Reader) -> Result<Self> {
        let mut names = Self::default();
        reader.each(Entity::Rep, None, &mut |record| {
            if let Ok(rep) = Rep::try_from(record) {
                names.reps.insert(rep.id, rep.name);
            }
            Ok(())
        })?;
        reader.each(Entity::Product, None, &mut |record| {
            if let Ok(product) = Product::try_from(record) {
                names.products.insert(product.id, product);
            }
            Ok(())
        })?;
        Ok(names)
    }

    pub(super) fn rep(&self, id: Option<i64>) -> Datum<'_> {
        text(id.and_then(|id| self.reps.get(&id)).map(String::as_str))
    }

    pub(super) fn product(&self, id: Option<i64>) -> Datum<'_> {
        text(id.and_then(|id| self.products.get(&id)).map(|product| product.name.as_str()))
    }

    pub(super) fn category(&self, id: Option<i64>) -> Datum<'_> {
        text(
            id.and_then(|id| self.products.get(&id))
                .and_then(|product| product.category.as_deref()),
        )
    }

    /// A field of a product, for a row of some day.
    pub(super) fn of_product(&self, field: &FieldRef, id: Option<i64>, day: i32) -> Datum<'_> {
        let value = |name: &str, kind: FieldType| {
            let product = id.and_then(|id| self.products.get(&id));
            field_value(product.and_then(|product| product.fields.get(name)), kind)
        };
        match field {
            FieldRef::OfProduct(name, kind) => value(name, *kind),
            FieldRef::SinceProduct(name) => match value(name, FieldType::Day) {
                Datum::Day(since) => Datum::Number(f64::from(day - since)),
                _ => Datum::Missing,
            },
            _ => Datum::Missing,
        }
    }
}

pub(super) fn text(text: Option<&str>) -> Datum<'_> {
    text.map_or(Datum::Missing, Datum::Text)
}

pub(super) fn number(number: Option<f64>) -> Datum<'static> {
    number.map_or(Datum::Missing, Datum::Number)
}

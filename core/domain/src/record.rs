//! The records that a workspace holds.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    ContactId, CustomerId, Day, DealEventId, DealId, InteractionId, Money, OverrideId, PlanId,
    ProductId, RepId, TargetId, TaskId,
};

/// Holds the value of a custom field.
///
/// A day is held as a text in ISO form and money as a number of minor units; the field's
/// declaration says which.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum FieldValue {
    /// Yes or no.
    Flag(bool),
    /// A number, or minor units of money.
    Number(f64),
    /// A text, a choice, or a day in ISO form.
    Text(String),
}

// Derived, it would try one variant after the other and word an error for each that does not fit.
impl<'de> Deserialize<'de> for FieldValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValue;

        impl Visitor<'_> for AnyValue {
            type Value = FieldValue;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("true or false, a number or a text")
            }

            fn visit_bool<E>(self, flag: bool) -> Result<FieldValue, E> {
                Ok(FieldValue::Flag(flag))
            }

            fn visit_i64<E>(self, number: i64) -> Result<FieldValue, E> {
                Ok(FieldValue::Number(number as f64))
            }

            fn visit_u64<E>(self, number: u64) -> Result<FieldValue, E> {
                Ok(FieldValue::Number(number as f64))
            }

            fn visit_f64<E>(self, number: f64) -> Result<FieldValue, E> {
                Ok(FieldValue::Number(number))
            }

            fn visit_str<E>(self, text: &str) -> Result<FieldValue, E> {
                Ok(FieldValue::Text(text.to_owned()))
            }
        }

        deserializer.deserialize_any(AnyValue)
    }
}

/// Holds the custom fields of a record by name.
pub type Fields = BTreeMap<String, FieldValue>;

/// Tells a firm from a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomerType {
    /// A firm or another organisation.
    #[default]
    Organisation,
    /// A private customer.
    Person,
}

/// Holds a customer: a person or an organisation.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Customer {
    /// The id; 0 until the store has given one.
    pub id: i64,
    /// What it is.
    pub kind: CustomerType,
    /// The name.
    pub name: String,
    /// The ids that it has in other systems, by system.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub external_ids: BTreeMap<String, String>,
    /// The rep who is responsible.
    pub owner: Option<RepId>,
    /// Where it is, in words.
    pub place: Option<String>,
    /// Degrees north.
    pub lat: Option<f64>,
    /// Degrees east.
    pub lon: Option<f64>,
    /// How to reach it by telephone.
    pub phone: Option<String>,
    /// How to reach it by e-mail.
    pub email: Option<String>,
    /// The birthday of a private customer.
    pub birthday: Option<Day>,
    /// The customer that this one belongs to.
    pub parent: Option<CustomerId>,
    /// Where it was heard of first.
    pub source: Option<String>,
    /// Whether it has agreed that its data is used; none if not asked.
    pub consent: Option<bool>,
    /// Free words to find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The day from which it is archived.
    pub archived: Option<Day>,
    /// The day on which the firm learned of it; none means since ever.
    pub known: Option<Day>,
    /// Custom fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: Fields,
}

/// Holds a contact: a person at a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// The id; 0 until the store has given one.
    pub id: i64,
    /// At which customer.
    pub customer: CustomerId,
    /// The name.
    pub name: String,
    /// The id in the system that it came from.
    pub external_id: Option<String>,
    /// The position, such as `purchasing manager`.
    pub role: Option<String>,
    /// The department.
    pub department: Option<String>,
    /// The influence on decisions, in the workspace's own words.
    pub influence: Option<String>,
    /// Whether the person is our coach there.
    pub coach: Option<bool>,
    /// The birthday.
    pub birthday: Option<Day>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The WeChat name.
    pub wechat: Option<String>,
    /// The day on which the firm learned of the person; none means since ever.
    pub known: Option<Day>,
    /// Custom fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: Fields,
}

/// Holds an interaction: anything that happened with a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interaction {
    /// The id; 0 until the store has given one.
    pub id: i64,
    /// With whom.
    pub customer: CustomerId,
    /// On which day, where the workspace is.
    pub happened: Day,
    /// At which minute of that day, if known.
    pub minute: Option<u16>,
    /// What: `purchase`, `receipt`, `call`, … or a kind of the workspace's own.
    pub kind: String,
    /// By whom.
    pub rep: Option<RepId>,
    /// With which person.
    pub contact: Option<ContactId>,
    /// About which deal.
    pub deal: Option<DealId>,
    /// About which product.
    pub product: Option<ProductId>,
    /// By which channel.
    pub channel: Option<String>,
    /// The amount; negative for a return.
    pub amount: Option<Money>,
    /// What was earned by it.
    pub margin: Option<Money>,
    /// How many pieces.
    pub quantity: Option<f64>,
    /// What came of it.
    pub outcome: Option<String>,
    /// How the customer felt.
    pub mood: Option<String>,
    /// The earlier interaction that this one is about.
    pub about: Option<InteractionId>,
    /// The state that it puts its thread into, for a kind with states.
    pub state: Option<String>,
    /// By when a promise is to be kept.
    pub due: Option<Day>,
    /// Words.
    pub text: Option<String>,
    /// The id in the system that it came from.
    pub external_id: Option<String>,
    /// A hash of what was imported, by which an import without ids knows its rows again.
    pub identity: Option<i64>,
    /// The day on which the firm learned of it, where that is another day.
    pub known: Option<Day>,
    /// Custom fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: Fields,
}

impl Interaction {
    /// Makes an interaction that says no more than with whom, when and what.
    pub fn new(customer: CustomerId, happened: Day, kind: impl Into<String>) -> Self {
        Self {
            id: 0,
            customer,
            happened,
            minute: None,
            kind: kind.into(),
            rep: None,
            contact: None,
            deal: None,
            product: None,
            channel: None,
            amount: None,
            margin: None,
            quantity: None,
            outcome: None,
            mood: None,
            about: None,
            state: None,
            due: None,
            text: None,
            external_id: None,
            identity: None,
            known: None,
            fields: Fields::new(),
        }
    }
}

/// Holds a deal: one way through a pipeline. Where it stands is told by its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deal {
    /// The id; 0 until the store has given one.
    pub id: i64,
    /// The name.
    pub name: String,
    /// The id in the system that it came from.
    pub external_id: Option<String>,
    /// With whom; a deal may have no customer yet.
    pub customer: Option<CustomerId>,
    /// Whose it is.
    pub rep: Option<RepId>,
    /// The pipeline that it goes through.
    pub pipeline: String,
    /// What is to be sold.
    pub product: Option<ProductId>,
    /// The expected amount, until an event states another.
    pub amount: Option<Money>,
    /// The day on which it is expected to close.
    pub expected_close: Option<Day>,
    /// Custom fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: Fields,
}

/// Holds one event of a deal: it enters a stage. The first one opens it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DealEvent {
    /// The id; 0 until the store has given one.
    pub id: i64,
    /// Which deal.
    pub deal: DealId,
    /// On which day.
    pub happened: Day,
    /// At which minute of that day, if known.
    pub minute: Option<u16>,
    /// The stage that it enters.
    pub stage: String,
    /// Who moved it.
    pub by: Option<RepId>,
    /// Why.
    pub reason: Option<String>,
    /// The rules of packs that stood against it and were overruled, each as `pack.rule: sentence`; the
    /// reason says why.
    #[serde(default)]
    pub overruled: Option<String>,
    /// The amount as of then.
    pub amount: Option<Money>,
    /// The day on which the firm learned of it, where that is another day.
    pub known: Option<Day>,
}

/// Says how a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// It is to be done.
    #[default]
    Open,
    /// It is done.
    Done,
    /// It comes back on a later day.
    Snoozed,
    /// It will not be done.
    Skipped,
}

/// Holds a task: who, what, by when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// The id; 0 until the store has given one.
    pub id: i64,
    /// What is to be done.
    pub what: String,
    /// For which customer.
    pub customer: Option<CustomerId>,
    /// About which deal.
    pub deal: Option<DealId>,
    /// Who is to do it.
    pub rep: Option<RepId>,
    /// By when.
    pub due: Day,
    /// How it stands.
    pub state: TaskState,
    /// The day since which it stands so.
    pub since: Option<Day>,
    /// The day until which it is snoozed.
    pub until: Option<Day>,
    /// Why it was made by a pack, or snoozed or skipped by a person.
    pub reason: Option<String>,
    /// The pack and hook that proposed it.
    pub origin: Option<String>,
    /// The lasting key of the worklist line that it answers, or of the event from which it follows.
    pub key: Option<String>,
    /// The day on which it was written down.
    pub known: Day,
}

/// Holds a sales representative.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Rep {
    /// The id; 0 until the store has given one.
    pub id: i64,
    /// The name.
    pub name: String,
    /// The id in the system that it came from.
    pub external_id: Option<String>,
    /// The manager's name.
    pub manager: Option<String>,
    /// The office or region.
    pub region: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// Degrees north of where the day begins.
    pub lat: Option<f64>,
    /// Degrees east of where the day begins.
    pub lon: Option<f64>,
    /// Custom fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: Fields,
}

/// Holds a product.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Product {
    /// The id; 0 until the store has given one.
    pub id: i64,
    /// The name.
    pub name: String,
    /// The id in the system that it came from.
    pub external_id: Option<String>,
    /// The category or series.
    pub category: Option<String>,
    /// The price.
    pub price: Option<Money>,
    /// Custom fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: Fields,
}

/// Holds a target: what is to be reached in a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Target {
    /// The id; 0 until the store has given one.
    pub id: i64,
    /// Whose it is; none for the whole firm.
    pub rep: Option<RepId>,
    /// What is measured, such as `amount`.
    pub measure: String,
    /// The first day of the period.
    pub from: Day,
    /// The last day of the period.
    pub to: Day,
    /// What is to be reached, in major units where it is money.
    pub value: f64,
}

/// Holds a person's word against a machine's value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Override {
    /// The id; 0 until the store has given one.
    pub id: i64,
    /// For which customer.
    pub customer: CustomerId,
    /// Which column.
    pub column: String,
    /// The value that counts instead, as people write it.
    pub value: String,
    /// The last day on which it counts; none means for good.
    pub until: Option<Day>,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// The day on which it was said.
    pub known: Day,
}

/// Holds a plan as it was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredPlan {
    /// The id; 0 until the store has given one.
    pub id: i64,
    /// For which rep.
    pub rep: RepId,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// The day as of which it was planned.
    pub as_of: Day,
    /// The plan itself with its reasons, as JSON.
    pub body: serde_json::Value,
}

/// Names the sorts of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    /// Reps.
    Rep,
    /// Products.
    Product,
    /// Customers.
    Customer,
    /// Contacts.
    Contact,
    /// Deals.
    Deal,
    /// Events of deals.
    DealEvent,
    /// Interactions.
    Interaction,
    /// Tasks.
    Task,
    /// Targets.
    Target,
    /// Overrides.
    Override,
    /// Plans.
    Plan,
}

impl Entity {
    /// All sorts, those that others refer to first.
    pub const ALL: [Self; 11] = [
        Self::Rep,
        Self::Product,
        Self::Customer,
        Self::Contact,
        Self::Deal,
        Self::DealEvent,
        Self::Interaction,
        Self::Task,
        Self::Target,
        Self::Override,
        Self::Plan,
    ];

    /// The word for one of them.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rep => "rep",
            Self::Product => "product",
            Self::Customer => "customer",
            Self::Contact => "contact",
            Self::Deal => "deal",
            Self::DealEvent => "deal event",
            Self::Interaction => "interaction",
            Self::Task => "task",
            Self::Target => "target",
            Self::Override => "override",
            Self::Plan => "plan",
        }
    }

    /// The letter before its numbers.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Rep => RepId::PREFIX,
            Self::Product => ProductId::PREFIX,
            Self::Customer => CustomerId::PREFIX,
            Self::Contact => ContactId::PREFIX,
            Self::Deal => DealId::PREFIX,
            Self::DealEvent => DealEventId::PREFIX,
            Self::Interaction => InteractionId::PREFIX,
            Self::Task => TaskId::PREFIX,
            Self::Target => TargetId::PREFIX,
            Self::Override => OverrideId::PREFIX,
            Self::Plan => PlanId::PREFIX,
        }
    }
}

macro_rules! records {
    ($($entity:ident($type:ident),)*) => {
        /// Holds a record of any sort.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Record {
            $(
                #[doc = concat!("Holds a [`", stringify!($type), "`].")]
                $entity($type),
            )*
        }

        impl Record {
            /// Which sort it is.
            pub fn entity(&self) -> Entity {
                match self { $(Self::$entity(_) => Entity::$entity,)* }
            }

            /// Its id; 0 if the store has given none yet.
            pub fn id(&self) -> i64 {
                match self { $(Self::$entity(record) => record.id,)* }
            }

            /// Puts in the id that the store gives.
            pub fn set_id(&mut self, id: i64) {
                match self { $(Self::$entity(record) => record.id = id,)* }
            }
        }

        $(
            impl From<$type> for Record {
                fn from(record: $type) -> Self {
                    Self::$entity(record)
                }
            }

            impl TryFrom<Record> for $type {
                type Error = Record;

                fn try_from(record: Record) -> Result<Self, Record> {
                    match record {
                        Record::$entity(record) => Ok(record),
                        other => Err(other),
                    }
                }
            }
        )*
    };
}

records! {
    Rep(Rep),
    Product(Product),
    Customer(Customer),
    Contact(Contact),
    Deal(Deal),
    DealEvent(DealEvent),
    Interaction(Interaction),
    Task(Task),
    Target(Target),
    Override(Override),
    Plan(StoredPlan),
}

//! The words of a mapping: which fields each sort of record has, and what they hold.

use kehu_contract::Text;
use kehu_domain::{Entity, Field, FieldType, Range};

use crate::records::values;

/// Names what a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    // Those that others need come first: columns are read in this order.
    Currency,
    Customer,
    Rep,
    Product,
    Contact,
    Deal,
    ExternalId,
    Name,
    Known,
    Pipeline,
    Stage,
    Kind,
    Day,
    Manager,
    Region,
    Email,
    Lat,
    Lon,
    Category,
    Price,
    Type,
    Owner,
    Place,
    Phone,
    Birthday,
    Parent,
    Source,
    Consent,
    Tags,
    Archived,
    Role,
    Department,
    Influence,
    Coach,
    Wechat,
    Amount,
    ExpectedClose,
    Channel,
    Margin,
    Quantity,
    Outcome,
    Mood,
    State,
    About,
    Due,
    Text,
    By,
    Reason,
    Custom,
}

/// Says what the cells of a column hold.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Holds {
    Text,
    Number,
    Latitude,
    Longitude,
    Money,
    /// A day, with a minute where the field has one.
    Day,
    Flag,
    /// Words parted by `;`, `,` or `|`.
    Words,
    /// One of the words given, each with what people call it.
    Choice(Vec<(String, Text)>),
    /// The name or external id of a record.
    Reference(Entity),
}

type Word = (&'static str, Target, Holds);

/// The word for a sort of record in `into`.
pub(super) const SORTS: [(&str, Entity); 6] = [
    ("rep", Entity::Rep),
    ("product", Entity::Product),
    ("customer", Entity::Customer),
    ("contact", Entity::Contact),
    ("deal", Entity::Deal),
    ("interaction", Entity::Interaction),
];

/// The built-in fields of a sort of record, by the words of a mapping.
pub(super) fn fields(entity: Entity) -> Vec<Word> {
    use Holds::{Day, Flag, Latitude, Longitude, Money, Number, Reference, Text, Words};
    let mut fields = vec![("external_id", Target::ExternalId, Text)];
    fields.extend(match entity {
        Entity::Rep => vec![
            ("name", Target::Name, Text),
            ("manager", Target::Manager, Text),
            ("region", Target::Region, Text),
            ("email", Target::Email, Text),
            ("lat", Target::Lat, Latitude),
            ("lon", Target::Lon, Longitude),
        ],
        Entity::Product => vec![
            ("name", Target::Name, Text),
            ("category", Target::Category, Text),
            ("price", Target::Price, Money),
            ("currency", Target::Currency, Text),
        ],
        Entity::Customer => vec![
            ("name", Target::Name, Text),
            ("type", Target::Type, choice(&["organisation", "person"])),
            ("owner", Target::Owner, Reference(Entity::Rep)),
            ("place", Target::Place, Text),
            ("lat", Target::Lat, Latitude),
            ("lon", Target::Lon, Longitude),
            ("phone", Target::Phone, Text),
            ("email", Target::Email, Text),
            ("birthday", Target::Birthday, Day),
            ("parent", Target::Parent, Reference(Entity::Customer)),
            ("source", Target::Source, Text),
            ("consent", Target::Consent, Flag),
            ("tags", Target::Tags, Words),
            ("archived", Target::Archived, Day),
            ("known", Target::Known, Day),
        ],
        Entity::Contact => vec![
            ("customer", Target::Customer, Reference(Entity::Customer)),
            ("name", Target::Name, Text),
            ("role", Target::Role, Text),
            ("department", Target::Department, Text),
            ("influence", Target::Influence, Text),
            ("coach", Target::Coach, Flag),
            ("birthday", Target::Birthday, Day),
            ("phone", Target::Phone, Text),
            ("email", Target::Email, Text),
            ("wechat", Target::Wechat, Text),
            ("known", Target::Known, Day),
        ],
        Entity::Deal => vec![
            ("name", Target::Name, Text),
            ("customer", Target::Customer, Reference(Entity::Customer)),
            ("rep", Target::Rep, Reference(Entity::Rep)),
            ("pipeline", Target::Pipeline, Text),
            ("product", Target::Product, Reference(Entity::Product)),
            ("amount", Target::Amount, Money),
            ("expected_close", Target::ExpectedClose, Day),
            ("stage", Target::Stage, Text),
            ("currency", Target::Currency, Text),
            ("known", Target::Known, Day),
        ],
        _ => vec![
            ("customer", Target::Customer, Reference(Entity::Customer)),
            ("kind", Target::Kind, Text),
            ("day", Target::Day, Day),
            ("rep", Target::Rep, Reference(Entity::Rep)),
            ("contact", Target::Contact, Reference(Entity::Contact)),
            ("deal", Target::Deal, Reference(Entity::Deal)),
            ("product", Target::Product, Reference(Entity::Product)),
            ("channel", Target::Channel, Text),
            ("amount", Target::Amount, Money),
            ("margin", Target::Margin, Money),
            ("quantity", Target::Quantity, Number),
            ("outcome", Target::Outcome, Text),
            ("mood", Target::Mood, Text),
            ("state", Target::State, Text),
            ("about", Target::About, Reference(Entity::Interaction)),
            ("due", Target::Due, Day),
            ("text", Target::Text, Text),
            ("currency", Target::Currency, Text),
            ("known", Target::Known, Day),
        ],
    });
    fields
}

/// The parts of a deal's event.
pub(super) fn event_fields() -> Vec<Word> {
    vec![
        ("day", Target::Day, Holds::Day),
        ("stage", Target::Stage, Holds::Text),
        ("amount", Target::Amount, Holds::Money),
        ("by", Target::By, Holds::Reference(Entity::Rep)),
        ("reason", Target::Reason, Holds::Text),
    ]
}

/// Which numbers a built-in field takes; any where nothing is said.
pub(super) fn range(entity: Entity, target: Target) -> Option<Range> {
    let is_worth = matches!(
        (entity, target),
        (Entity::Product, Target::Price) | (Entity::Deal, Target::Amount)
    );
    is_worth.then_some(Range::NOT_NEGATIVE)
}

/// What the cells of a custom field hold.
pub(super) fn custom(field: &Field) -> Holds {
    match field.kind {
        FieldType::Text => Holds::Text,
        FieldType::Number => Holds::Number,
        FieldType::Money => Holds::Money,
        FieldType::Day => Holds::Day,
        FieldType::Flag => Holds::Flag,
        FieldType::Choice => Holds::Choice(values::choices(field)),
    }
}

fn choice(words: &[&str]) -> Holds {
    Holds::Choice(words.iter().map(|word| ((*word).to_owned(), Text::default())).collect())
}

/// The fields that a sort of record cannot be without.
pub(super) fn required(entity: Entity) -> &'static [&'static str] {
    match entity {
        Entity::Contact => &["customer"],
        Entity::Interaction => &["customer", "kind", "day"],
        _ => &[],
    }
}

/// The word for a sort of record with its article.
pub(super) fn one(entity: Entity) -> String {
    let article = if entity == Entity::Interaction { "an" } else { "a" };
    format!("{article} {}", entity.name())
}

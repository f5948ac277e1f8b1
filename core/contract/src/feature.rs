//! Declarations of features: what is counted, summed or dated over a customer's records.
//!
//! The words are the same in a pack's `[features]`, in the core's own list and in `kehu features`:
//!
//! | key | what it says |
//! |---|---|
//! | `count`, `days`, `days_since`, `days_since_first` | rows; distinct days; days since the last or the first row: of the named source |
//! | `hours_since`, `hours_since_first` | hours since the moment of the last or the first row; without a time of day, since the end of its day, and 0 until then |
//! | `sum`, `mean`, `min`, `max`, `first`, `last`, `top` | over a field, with `of = source`; `top` is its commonest value |
//! | `where` | tests that rows must pass: `{ channel = "phone", amount = "> 100", outcome = ["won", "lost"] }` |
//! | `within`, `back` | a window `"30 days"`, `"12 months"` that ends on the as-of day, or that many windows back |
//! | `after_first_day` | leaves out the rows of the customer's first day |
//! | `without`, `with` | leaves out, or takes alone, rows that one of another kind follows: `{ kind = "complaint", within = "30 days" }` |
//! | `with_members` | takes what belongs to the customer's members in, at all levels: for `count`, `sum`, `min`, `max`, `days_since`, `hours_since` and so on |
//! | `by_meeting` | with the source `contact`: each stands on the day on which it was last met, in that order; those never met come first, on no day |
//! | `linked_by` | with the source `customer`: not the customer's own record, but those of the customers that name it in this text field |
//! | `type`, `unit`, `doc`, `title` | what the values mean, and what heads them |
//!
//! A field of the product that a row is about is `product.NAME`, and where it is a day, `product.NAME.age`
//! are the days from it to the row's day.
//!
//! A test may name any value (`"*"`), the as-of day (`"< today"`), and stretches of days
//! (`"2024-06-01..2024-06-18"`, or every year's `"06-01..06-18"`). A text may name a setting of the pack:
//! `within = "{complaint_days} days"`.
//!
//! A source is a kind of interaction (`purchase`), several of them, `interaction` for all, or
//! `deal`, `task`, `contact`; `member` and `parent`: the customers that belong to this one, and those
//! that it belongs to, the nearest first; or `customer`: the one row that is the customer's own record.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::document::{Item, Table};
use crate::{ColumnInfo, ColumnType};

/// Says how the rows are made into one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// The number of rows.
    Count,
    /// The number of distinct days.
    Days,
    /// The days from the last row to the as-of day.
    DaysSince,
    /// The days from the first row to the as-of day.
    DaysSinceFirst,
    /// The hours from the last row's moment to the as-of moment.
    HoursSince,
    /// The hours from the first row's moment to the as-of moment.
    HoursSinceFirst,
    /// The sum of a field.
    Sum,
    /// The arithmetic mean of a field.
    Mean,
    /// The smallest value of a field.
    Min,
    /// The largest value of a field.
    Max,
    /// The field's value in the first row.
    First,
    /// The field's value in the last row.
    Last,
    /// The field's commonest value; among equals the one that came first.
    Top,
}

impl Aggregate {
    /// All aggregates, each with its key.
    pub const ALL: [(&'static str, Self); 13] = [
        ("count", Self::Count),
        ("days", Self::Days),
        ("days_since", Self::DaysSince),
        ("days_since_first", Self::DaysSinceFirst),
        ("hours_since", Self::HoursSince),
        ("hours_since_first", Self::HoursSinceFirst),
        ("sum", Self::Sum),
        ("mean", Self::Mean),
        ("min", Self::Min),
        ("max", Self::Max),
        ("first", Self::First),
        ("last", Self::Last),
        ("top", Self::Top),
    ];

    /// True if the value of several customers follows from theirs.
    fn adds_up(self) -> bool {
        !matches!(self, Self::Days | Self::Mean | Self::First | Self::Last | Self::Top)
    }

    /// True if it counts hours.
    pub fn counts_hours(self) -> bool {
        matches!(self, Self::HoursSince | Self::HoursSinceFirst)
    }

    /// True if its key names the source itself, not a field of it.
    pub fn counts_rows(self) -> bool {
        use Aggregate::{Count, Days, DaysSince, DaysSinceFirst};
        matches!(self, Count | Days | DaysSince | DaysSinceFirst) || self.counts_hours()
    }
}

/// Names the records that a feature is folded over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Interactions of these kinds; of every kind if there is none.
    Interactions(Vec<String>),
    /// The customer's deals.
    Deals,
    /// The customer's tasks.
    Tasks,
    /// The customer's contacts.
    Contacts,
    /// The customers that belong to it, at all levels.
    Members,
    /// The customers that it belongs to, the nearest first.
    Parents,
    /// The customer's own record, or with `linked_by` those of the customers that name it.
    Customers,
}

impl Source {
    /// True if its rows are other customers.
    pub fn is_group(&self) -> bool {
        matches!(self, Self::Members | Self::Parents)
    }

    /// The words for it in a declaration.
    fn words(&self) -> Vec<&str> {
        match self {
            Self::Interactions(kinds) if kinds.is_empty() => vec!["interaction"],
            Self::Interactions(kinds) => kinds.iter().map(String::as_str).collect(),
            Self::Deals => vec!["deal"],
            Self::Tasks => vec!["task"],
            Self::Contacts => vec!["contact"],
            Self::Members => vec!["member"],
            Self::Parents => vec!["parent"],
            Self::Customers => vec!["customer"],
        }
    }

    fn parse(words: &[String]) -> Self {
        match words {
            [word] if word == "deal" => Self::Deals,
            [word] if word == "task" => Self::Tasks,
            [word] if word == "contact" => Self::Contacts,
            [word] if word == "member" => Self::Members,
            [word] if word == "parent" => Self::Parents,
            [word] if word == "customer" => Self::Customers,
            [word] if word == "interaction" => Self::Interactions(Vec::new()),
            kinds => Self::Interactions(kinds.to_vec()),
        }
    }
}

/// A stretch of time: calendar months or days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// So many days.
    Days(u32),
    /// So many calendar months.
    Months(u32),
}

impl Span {
    /// Parses `"30 days"`, `"2 weeks"`, `"12 months"` or `"1 year"`; at most a hundred years.
    pub fn parse(text: &str) -> Option<Self> {
        let (count, unit) = text.trim().split_once(' ')?;
        let count: u32 = count.parse().ok().filter(|count| (1..=36_525).contains(count))?;
        match unit.trim() {
            "day" | "days" => Some(Self::Days(count)),
            "week" | "weeks" if count <= 5_218 => Some(Self::Days(count * 7)),
            "month" | "months" if count <= 1_200 => Some(Self::Months(count)),
            "year" | "years" if count <= 100 => Some(Self::Months(count * 12)),
            _ => None,
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = match *self {
            Self::Days(count) => (count, "day"),
            Self::Months(count) => (count, "month"),
        };
        write!(f, "{count} {unit}{}", if count == 1 { "" } else { "s" })
    }
}

/// Tests one field of a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldTest {
    /// The field.
    pub field: String,
    /// The sign: `==`, `~=`, `<`, `<=`, `>` or `>=`.
    pub comparison: crate::Comparison,
    /// The values to compare with; for `==` any of them, for `~=` none of them.
    pub values: Vec<Json>,
}

/// Declares one feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// Name, type, unit and doc line.
    pub info: ColumnInfo,
    /// How rows become a value.
    pub aggregate: Aggregate,
    /// The field that is aggregated; none where rows are counted.
    pub field: Option<String>,
    /// Which records.
    pub source: Source,
    /// Tests that a row must pass, all of them.
    pub tests: Vec<FieldTest>,
    /// The window that ends on the as-of day.
    pub within: Option<Span>,
    /// How many windows further back.
    pub back: u32,
    /// True if the rows of the customer's first day of this source are left out.
    pub after_first_day: bool,
    /// Leaves out rows that an interaction of this kind follows within so many days.
    pub without: Option<(String, u32)>,
    /// Takes such rows alone.
    pub with: Option<(String, u32)>,
    /// True if what belongs to the customer's members counts too.
    #[serde(default)]
    pub with_members: bool,
    /// True if contacts stand in the order in which they were last met, on that day.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_meeting: bool,
    /// The custom field in which other customers name this one, by name or id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked_by: Option<String>,
}

const TESTS: [(&str, crate::Comparison); 6] = [
    (">=", crate::Comparison::AtLeast),
    ("<=", crate::Comparison::AtMost),
    ("~=", crate::Comparison::Unequal),
    ("!=", crate::Comparison::Unequal),
    (">", crate::Comparison::More),
    ("<", crate::Comparison::Less),
];

impl Feature {
    /// The kind whose rows are looked for after each row, within so many days, and whether they must be
    /// there.
    pub fn following(&self) -> Option<(&str, u32, bool)> {
        let with = self.with.as_ref().map(|(kind, days)| (kind.as_str(), *days, true));
        with.or_else(|| self.without.as_ref().map(|(kind, days)| (kind.as_str(), *days, false)))
    }

    /// Reads the table of one feature; what is wrong is noted with the table's problems.
    pub fn read(name: &str, table: &Table<'_>) -> Option<Self> {
        let chosen: Vec<_> =
            Aggregate::ALL.iter().filter(|(key, _)| table.item(key).is_some()).collect();
        let [(key, aggregate)] = chosen.as_slice() else {
            let keys: Vec<&str> = Aggregate::ALL.iter().map(|(key, _)| *key).collect();
            let message = format!("feature \"{name}\" needs exactly one of: {}", keys.join(", "));
            table.problem(table.place(), message, None);
            return None;
        };
        let (field, source) = if aggregate.counts_rows() {
            (None, table.texts(key)?)
        } else {
            table.require("of");
            (Some(table.text(key)?), table.texts("of")?)
        };
        let within = table.text("within").and_then(|text| {
            let span = Span::parse(&text);
            if span.is_none() {
                let place = &table.item("within")?.place;
                table.problem(
                    place,
                    format!("\"{text}\" is no window"),
                    Some("write for example \"30 days\" or \"12 months\"".to_owned()),
                );
            }
            span
        });
        let kind = table
            .choice("type", &ColumnType::ALL.map(ColumnType::name), ColumnType::parse)
            .unwrap_or(match (aggregate, field.as_deref()) {
                (Aggregate::Top, _) => ColumnType::Label,
                (_, Some("amount" | "margin" | "weighted")) => ColumnType::Money,
                (_, Some("happened" | "due" | "opened" | "closed")) => ColumnType::Day,
                _ => ColumnType::Number,
            });
        let default_unit = match aggregate {
            Aggregate::Days | Aggregate::DaysSince | Aggregate::DaysSinceFirst => "days",
            Aggregate::HoursSince | Aggregate::HoursSinceFirst => "hours",
            _ => "",
        };
        let back = table.integer("back").unwrap_or(0);
        let feature = Self {
            info: ColumnInfo {
                name: name.to_owned(),
                kind,
                unit: table.text("unit").unwrap_or_else(|| default_unit.to_owned()),
                doc: table.bilingual("doc").unwrap_or_default(),
                title: table.bilingual("title"),
            },
            aggregate: *aggregate,
            field,
            source: Source::parse(&source),
            tests: table.table("where").map(|tests| read_tests(&tests)).unwrap_or_default(),
            within,
            back: u32::try_from(back).unwrap_or(0),
            after_first_day: table.flag("after_first_day").unwrap_or(false),
            without: table.table("without").and_then(|without| read_following(&without)),
            with: table.table("with").and_then(|with| read_following(&with)),
            with_members: table.flag("with_members").unwrap_or(false),
            by_meeting: table.flag("by_meeting").unwrap_or(false),
            linked_by: table.text("linked_by"),
        };
        feature.check_members(table);
        if feature.source.is_group() && (key.starts_with("days") || aggregate.counts_hours()) {
            let message = format!("feature \"{name}\": members and parents have no day");
            table.problem(table.place(), message, Some("count them, or take a field".to_owned()));
        }
        if feature.by_meeting && feature.source != Source::Contacts {
            let message =
                format!("feature \"{name}\" has \"by_meeting\", which goes with \"contact\" alone");
            table.problem(table.place(), message, None);
        }
        if feature.linked_by.is_some() && feature.source != Source::Customers {
            let message =
                format!("feature \"{name}\" has \"linked_by\", which goes with \"customer\" alone");
            table.problem(table.place(), message, None);
        }
        if feature.with.is_some() && feature.without.is_some() {
            let message = format!("feature \"{name}\" has both \"with\" and \"without\"");
            table.problem(table.place(), message, None);
        }
        if feature.back > 0 && feature.within.is_none() {
            table.problem(
                table.place(),
                format!("feature \"{name}\" goes back without a window"),
                Some("add for example within = \"12 months\"".to_owned()),
            );
        }
        if !(0..=100).contains(&back) {
            table.problem(table.place(), "\"back\" is out of range, expected 0 to 100", None);
        }
        Some(feature)
    }

    /// Notes a value that cannot be put together from those of members: it would need their rows.
    fn check_members(&self, table: &Table<'_>) {
        let can = self.aggregate.adds_up()
            && matches!(self.info.kind, ColumnType::Number | ColumnType::Money)
            && !self.source.is_group();
        if self.with_members && !can {
            let name = &self.info.name;
            table.problem(
                table.place(),
                format!("feature \"{name}\" has \"with_members\", which it cannot have"),
                Some(
                    "it goes with count, sum, min, max, days_since, hours_since and so on, where the \
                     value is a number or money"
                        .to_owned(),
                ),
            );
        }
    }

    /// How rows become a value, as `pack.toml` would say it: `{ sum = "amount", of = "purchase" }`.
    pub fn declaration(&self) -> String {
        let mut parts = Vec::new();
        let words: Vec<Json> = self.source.words().into_iter().map(Json::from).collect();
        let source = written(&words);
        let key = Aggregate::ALL.iter().find(|(_, each)| *each == self.aggregate);
        let key = key.map_or("", |(key, _)| key);
        match &self.field {
            Some(field) => parts.push(format!("{key} = {}, of = {source}", quoted(field))),
            None => parts.push(format!("{key} = {source}")),
        }
        let tests: Vec<String> = self.tests.iter().map(FieldTest::declaration).collect();
        if !tests.is_empty() {
            parts.push(format!("where = {{ {} }}", tests.join(", ")));
        }
        parts.extend(self.within.map(|span| format!("within = \"{span}\"")));
        if self.back > 0 {
            parts.push(format!("back = {}", self.back));
        }
        if self.after_first_day {
            parts.push("after_first_day = true".to_owned());
        }
        if self.with_members {
            parts.push("with_members = true".to_owned());
        }
        if self.by_meeting {
            parts.push("by_meeting = true".to_owned());
        }
        if let Some((kind, days)) = &self.without {
            let (kind, span) = (quoted(kind), Span::Days(*days));
            parts.push(format!("without = {{ kind = {kind}, within = \"{span}\" }}"));
        }
        parts.extend(self.linked_by.as_ref().map(|field| format!("linked_by = {}", quoted(field))));
        format!("{{ {} }}", parts.join(", "))
    }
}

impl FieldTest {
    fn declaration(&self) -> String {
        let sign = TESTS.iter().find(|(_, comparison)| *comparison == self.comparison);
        let value = match (sign, self.values.as_slice()) {
            (Some((sign, _)), [value]) => {
                let bare = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                quoted(&format!("{sign} {bare}"))
            }
            (_, values) => written(values),
        };
        // A field of a product has dots in its name.
        let field = if self.field.contains('.') { quoted(&self.field) } else { self.field.clone() };
        format!("{field} = {value}")
    }
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// One value, or a list of several.
fn written(values: &[Json]) -> String {
    let one = |value: &Json| value.as_str().map_or_else(|| value.to_string(), quoted);
    match values {
        [value] => one(value),
        values => format!("[{}]", values.iter().map(one).collect::<Vec<_>>().join(", ")),
    }
}

fn read_following(table: &Table<'_>) -> Option<(String, u32)> {
    let kind = table.required_text("kind");
    let within = table.required_text("within").map(|text| Span::parse(&text));
    if let (Some(item), Some(None | Some(Span::Months(_)))) = (table.item("within"), within) {
        // A month has no fixed number of days, and this window starts anew at each row.
        let message = "\"within\" is here a number of days, such as \"30 days\"";
        table.problem(&item.place, message, None);
    }
    table.finish();
    match within? {
        Some(Span::Days(days)) => Some((kind?, days)),
        _ => None,
    }
}

fn read_tests(table: &Table<'_>) -> Vec<FieldTest> {
    table.entries().map(|(field, _, item)| read_test(field, item)).collect()
}

fn read_test(field: &str, item: &Item) -> FieldTest {
    if let Some(text) = item.as_text() {
        for (sign, comparison) in TESTS {
            if let Some(rest) = text.strip_prefix(sign) {
                let rest = rest.trim();
                let value = match rest.parse::<f64>() {
                    Ok(number) => number.into(),
                    Err(_) => rest.into(),
                };
                return FieldTest { field: field.to_owned(), comparison, values: vec![value] };
            }
        }
    }
    let values = match item.as_list() {
        Some(items) => items.iter().map(Item::to_json).collect(),
        None => vec![item.to_json()],
    };
    FieldTest { field: field.to_owned(), comparison: crate::Comparison::Equal, values }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Document, Problems};

    fn read(text: &str) -> Feature {
        let document = Document::parse("pack.toml", &format!("feature = {text}")).unwrap();
        let problems = Problems::default();
        let feature =
            Feature::read("feature", &document.table(&problems).table("feature").unwrap());
        assert!(problems.take().is_empty());
        feature.unwrap()
    }

    #[test]
    fn a_declaration_is_read_as_it_is_written() {
        for text in [
            "{ count = \"interaction\" }",
            "{ days = [\"purchase\", \"receipt\"], within = \"1 day\" }",
            "{ sum = \"amount\", of = \"purchase\", within = \"12 months\", back = 1, after_first_day = true }",
            "{ top = \"channel\", of = \"deal\", where = { amount = \"> 100\", outcome = [\"won\", \"lost\"], \
             open = true, channel = \"phone\" } }",
            "{ sum = \"amount\", of = \"purchase\", within = \"1 year\", with_members = true }",
            "{ count = \"member\" }",
            "{ count = \"purchase\", where = { \"product.launched.age\" = \"<= 365\" } }",
            "{ last = \"name\", of = \"parent\" }",
            "{ last = \"source\", of = \"customer\" }",
            "{ count = \"customer\", linked_by = \"referred_by\" }",
            "{ count = \"purchase\", without = { kind = \"complaint\", within = \"30 days\" } }",
        ] {
            let feature = read(text);
            assert_eq!(read(&feature.declaration()), feature, "{text}");
        }
    }
}

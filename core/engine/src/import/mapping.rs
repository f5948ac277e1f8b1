//! Reads a mapping: which table of a folder becomes what, column by column.

use std::collections::HashMap;

use kehu_contract::document::{Document, Item, ItemValue, Place, Problem, Problems, Table};
use kehu_contract::{did_you_mean, is_name};
use kehu_domain::rows::{Delimiter, TextFormat};
use kehu_domain::{Day, Entity, Range};

use super::check::complete;
use super::date::{DateForm, DateOrder, Zone, parse_pattern};
use super::declare::Declarations;
use super::value::{Column, Origin};
use super::vocabulary::{self, Holds, SORTS, Target};
use crate::settings::{Settings, TimeZone};

/// Holds a mapping, checked against the settings of its workspace.
#[derive(Debug, Clone)]
pub struct Mapping {
    pub(super) name: String,
    pub(super) tables: Vec<TableSpec>,
    pub(super) declarations: Declarations,
    /// The workspace's settings with what the mapping declares.
    pub(super) settings: Settings,
}

/// Says how a row finds the record that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Match {
    ExternalId,
    Name,
    /// By all that is mapped.
    Row,
}

/// Describes one table of a mapping: what a caller must know to open its file.
#[derive(Debug, Clone)]
pub struct TableSpec {
    /// The file within the imported folder; none where a single file is imported.
    pub file: Option<String>,
    /// How the file is laid out.
    pub format: TextFormat,
    /// What its rows become.
    pub into: Entity,
    /// Where the table stands in the mapping.
    pub place: Place,
    pub(super) matched: Match,
    pub(super) columns: Vec<Column>,
    pub(super) events: Vec<EventSpec>,
    pub(super) create: Vec<Entity>,
    pub(super) undated_on: Option<Day>,
}

/// One dated event of a deal, by columns.
#[derive(Debug, Clone)]
pub(super) struct EventSpec {
    pub(super) columns: Vec<Column>,
}

impl Mapping {
    /// Reads a mapping for a workspace; `file` is its name in messages.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the file.
    pub fn parse(file: &str, text: &str, settings: &Settings) -> Result<Self, Vec<Problem>> {
        let document = Document::parse(file, text).map_err(|problem| vec![problem])?;
        let problems = Problems::default();
        let mapping = read(&document.table(&problems), settings);
        let found = problems.take();
        match mapping {
            Some(mapping) if found.is_empty() => Ok(mapping),
            _ => Err(found),
        }
    }

    /// The name of the system that the files come from: external ids are kept under it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The tables in the order in which they are imported.
    pub fn tables(&self) -> &[TableSpec] {
        &self.tables
    }

    /// What it declares that the workspace does not have yet.
    pub fn declarations(&self) -> &Declarations {
        &self.declarations
    }

    /// The workspace's settings with what the mapping declares.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }
}

fn read(table: &Table<'_>, settings: &Settings) -> Option<Mapping> {
    let name = table.required_text("name");
    if let (Some(name), Some(item)) = (&name, table.item("name"))
        && !is_name(name)
    {
        let message = format!("\"{name}\" is no name: lower-case letters, digits and _");
        table.problem(&item.place, message, None);
    }
    refuse_other_currency(table, settings);
    let declarations = Declarations::read(table, settings);
    let settings = declarations.over(settings);
    let undated_on = day(table, "undated_on");
    table.require("table");
    let tables = table.tables("table");
    let reader = TableReader { settings: &settings, undated_on, alone: tables.len() == 1 };
    let specs: Vec<_> = tables.iter().filter_map(|table| reader.table(table)).collect();
    table.finish();
    Some(Mapping { name: name?, tables: specs, declarations, settings })
}

fn refuse_other_currency(table: &Table<'_>, settings: &Settings) {
    let Some(code) = table.text("currency") else { return };
    let ours = settings.currency.code();
    if code != ours
        && let Some(item) = table.item("currency")
    {
        let hint = "a workspace keeps one currency: set it in kehu.toml before the first import, or convert the amounts";
        let message = format!("the amounts are in {code}, the workspace's currency is {ours}");
        table.problem(&item.place, message, Some(hint.to_owned()));
    }
}

fn day(table: &Table<'_>, key: &str) -> Option<Day> {
    let text = table.text(key)?;
    let day = Day::parse(&text);
    if day.is_none()
        && let Some(item) = table.item(key)
    {
        let hint = "write it as 2017-12-31".to_owned();
        table.problem(&item.place, format!("\"{text}\" is no day"), Some(hint));
    }
    day
}

/// What a table's columns have in common where they say nothing themselves.
#[derive(Clone)]
struct Manner {
    date: DateForm,
    zone: Zone,
    nulls: Vec<String>,
    decimal_comma: bool,
}

struct TableReader<'a> {
    settings: &'a Settings,
    undated_on: Option<Day>,
    alone: bool,
}

impl TableReader<'_> {
    fn table(&self, table: &Table<'_>) -> Option<TableSpec> {
        table.require("into");
        let into = table.choice("into", &SORTS.map(|(word, _)| word), |word| {
            SORTS.iter().find(|(name, _)| *name == word).map(|(_, entity)| *entity)
        });
        let file = table.text("file");
        if file.is_none() && !self.alone {
            table.require("file");
        }
        let format = read_format(table);
        let manner = read_manner(table, &self.manner());
        let create = read_create(table);
        let undated_on = day(table, "undated_on").or(self.undated_on);
        let events = table.tables("event");
        let matched = table.choice("match", &["external_id", "name"], |word| match word {
            "external_id" => Some(Match::ExternalId),
            "name" => Some(Match::Name),
            _ => None,
        });
        table.require("columns");
        let columns = table.table("columns");
        let read = into.zip(columns.as_ref());
        let columns = read.map(|(into, columns)| self.columns(into, columns, &manner));
        let events = events.iter().map(|event| read_event(event, &manner)).collect();
        table.finish();
        let spec = TableSpec {
            file,
            format,
            into: into?,
            place: table.place().clone(),
            matched: matched.unwrap_or(Match::Row),
            columns: columns?,
            events,
            create,
            undated_on,
        };
        Some(complete(table, spec, matched, self.settings))
    }

    fn manner(&self) -> Manner {
        let zone = match self.settings.time_zone {
            TimeZone::Offset(seconds) => Zone::Offset(seconds),
            TimeZone::Local => Zone::Unfixed,
        };
        let nulls = ["NULL", "null", "\\N"].map(str::to_owned).to_vec();
        Manner { date: DateForm::YearFirst, zone, nulls, decimal_comma: false }
    }

    fn columns(&self, into: Entity, table: &Table<'_>, manner: &Manner) -> Vec<Column> {
        let built_in = vocabulary::fields(into);
        let mut columns = Vec::new();
        for (name, place, item) in table.entries() {
            let known = built_in.iter().find(|(field, ..)| *field == name);
            let field = match known {
                Some((_, target, holds)) => {
                    Some((*target, holds.clone(), vocabulary::range(into, *target)))
                }
                None => self
                    .settings
                    .field(into, name)
                    .map(|field| (Target::Custom, vocabulary::custom(field), field.range)),
            };
            let Some(field) = field else {
                self.unknown_field(into, name, place, table);
                continue;
            };
            columns.extend(read_column(name, field, item, table, manner));
        }
        // Read in a fixed order, whatever the order in the mapping: a row's identity rests on it.
        columns
            .sort_by(|left, right| (left.target, &left.field).cmp(&(right.target, &right.field)));
        columns
    }

    fn unknown_field(&self, into: Entity, name: &str, place: &Place, table: &Table<'_>) {
        let built_in = vocabulary::fields(into);
        let declared = self.settings.fields_of(into).map(|field| field.name.as_str());
        let known: Vec<&str> = built_in.iter().map(|(name, ..)| *name).chain(declared).collect();
        let word = into.name();
        let hint = match kehu_contract::nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None => {
                format!("declare it in [fields.{word}.{name}], or use one of: {}", known.join(", "))
            }
        };
        table.problem(
            place,
            format!("{} has no field \"{name}\"", vocabulary::one(into)),
            Some(hint),
        );
    }
}

fn read_event(table: &Table<'_>, manner: &Manner) -> EventSpec {
    let mut columns = Vec::new();
    table.require("day");
    for (name, target, holds) in vocabulary::event_fields() {
        let Some(item) = table.item(name) else { continue };
        let range = vocabulary::range(Entity::Deal, target);
        if target == Target::Stage && item.as_text().is_some() {
            // A stage that is written out is the stage itself; columns are named by stage_from.
            columns.push(constant(name, (target, holds, range), item, manner));
        } else {
            columns.extend(read_column(name, (target, holds, range), item, table, manner));
        }
    }
    if let Some(item) = table.item("stage_from") {
        columns.extend(read_column(
            "stage",
            (Target::Stage, Holds::Text, None),
            item,
            table,
            manner,
        ));
    }
    let stages = columns.iter().filter(|column| column.target == Target::Stage).count();
    if stages != 1 {
        let hint = "stage = \"Won\" names a stage, stage_from = \"status\" a column".to_owned();
        let message = "an event needs one of \"stage\" and \"stage_from\"";
        table.problem(table.place(), message, Some(hint));
    }
    table.finish();
    EventSpec { columns }
}

fn read_format(table: &Table<'_>) -> TextFormat {
    let delimiter = match table.text("delimiter").as_deref() {
        None => Delimiter::Character(b','),
        Some("whitespace") => Delimiter::Whitespace,
        Some("tab") => Delimiter::Character(b'\t'),
        Some(text) if text.len() == 1 && !matches!(text, "\"" | "\r" | "\n") => {
            Delimiter::Character(text.as_bytes()[0])
        }
        Some(text) => {
            if let Some(item) = table.item("delimiter") {
                let hint = "say one character such as \";\", or \"tab\", or \"whitespace\"";
                table.problem(
                    &item.place,
                    format!("\"{text}\" is no delimiter"),
                    Some(hint.into()),
                );
            }
            Delimiter::Character(b',')
        }
    };
    let header = table.flag("header").unwrap_or(true);
    let names = table.texts("names");
    if header == names.is_some() {
        let message = if header {
            "\"names\" are for files without a header: say header = false"
        } else {
            "a file without a header needs \"names\", one a column"
        };
        table.problem(table.place(), message, None);
    }
    let encoding = table.text("encoding").filter(|encoding| encoding != "auto");
    TextFormat { encoding, delimiter, names }
}

fn read_manner(table: &Table<'_>, outer: &Manner) -> Manner {
    let mut manner = outer.clone();
    if let Some(nulls) = table.texts("null") {
        manner.nulls = nulls;
    }
    if let Some(pattern) = table.text("date_format") {
        match (parse_pattern(&pattern), table.item("date_format")) {
            (Ok(parts), _) => manner.date = DateForm::Pattern(parts),
            (Err(why), Some(item)) => {
                let hint = "write it with %Y, %m, %b, %d, %H, %M and %S".to_owned();
                table.problem(&item.place, format!("\"{pattern}\": {why}"), Some(hint));
            }
            _ => {}
        }
    }
    if let Some(order) = table.choice("date_order", &DateOrder::NAMES, DateOrder::parse) {
        manner.date = DateForm::Order(order);
    }
    let as_written = table.choice("time_zone", &["as_written"], |word| {
        (word == "as_written").then_some(Zone::AsWritten)
    });
    manner.zone = as_written.unwrap_or(manner.zone);
    let comma = table.choice("decimal", &[".", ","], |word| match word {
        "," => Some(true),
        "." => Some(false),
        _ => None,
    });
    manner.decimal_comma = comma.unwrap_or(manner.decimal_comma);
    manner
}

fn read_create(table: &Table<'_>) -> Vec<Entity> {
    let mut create = Vec::new();
    for (key, entity) in [
        ("create_customers", Entity::Customer),
        ("create_reps", Entity::Rep),
        ("create_products", Entity::Product),
    ] {
        if table.flag(key) == Some(true) {
            create.push(entity);
        }
    }
    create
}

/// What a column is for, what its cells hold, and which numbers it takes.
type Field = (Target, Holds, Option<Range>);

fn read_column(
    name: &str,
    field: Field,
    item: &Item,
    parent: &Table<'_>,
    manner: &Manner,
) -> Option<Column> {
    let blank = constant(name, field, item, manner);
    if let Some(from) = item.as_text() {
        return Some(Column { origin: Origin::Column(from.to_owned()), ..blank });
    }
    let problems = Problems::default();
    let table = Table::new(format!("{}.{name}", parent.path()), item, &problems);
    let column = table.and_then(|table| {
        let own = read_manner(&table, manner);
        let origin = read_origin(&table, &blank);
        let default = table.text("default");
        let aliases = read_aliases(&table);
        table.finish();
        let Manner { date, zone, nulls, decimal_comma } = own;
        Some(Column {
            origin: origin?,
            default,
            aliases,
            date,
            zone,
            nulls,
            decimal_comma,
            ..blank
        })
    });
    for problem in problems.take() {
        parent.problem(&problem.place, problem.message, problem.hint);
    }
    column
}

fn read_origin(table: &Table<'_>, column: &Column) -> Option<Origin> {
    let from = table.text("from").map(Origin::Column);
    let value = table.item("value").map(|item| Origin::Constant(plain(item)));
    let price = table.choice("price_of", &["product"], |word| {
        (word == "product").then_some(Origin::ProductPrice)
    });
    if price.is_some() && column.target != Target::Amount {
        table.problem(table.place(), "\"price_of\" is for amounts only", None);
    }
    let mut given: Vec<Origin> = [from, value, price].into_iter().flatten().collect();
    if given.len() != 1 {
        let hint = "from = \"column\" reads a column, value = \"…\" is the same for all rows";
        let message = format!("\"{}\" needs one of \"from\" and \"value\"", column.field);
        table.problem(table.place(), message, Some(hint.to_owned()));
    }
    given.pop()
}

fn read_aliases(table: &Table<'_>) -> HashMap<String, String> {
    let Some(aliases) = table.table("aliases") else { return HashMap::new() };
    aliases.entries().map(|(name, _, item)| (name.to_owned(), plain(item))).collect()
}

/// A value of the mapping as the text that a cell would hold.
fn plain(item: &Item) -> String {
    match &item.value {
        ItemValue::Text(text) => text.clone(),
        other => Item { place: item.place.clone(), value: other.clone() }.to_json().to_string(),
    }
}

fn constant(name: &str, (target, holds, range): Field, item: &Item, manner: &Manner) -> Column {
    Column {
        field: name.to_owned(),
        target,
        holds,
        range,
        origin: Origin::Constant(plain(item)),
        default: None,
        aliases: HashMap::new(),
        nulls: manner.nulls.clone(),
        date: manner.date.clone(),
        zone: manner.zone,
        decimal_comma: manner.decimal_comma,
        place: item.place.clone(),
        at: None,
    }
}

/// Says that a file has no column of the name that the mapping uses.
pub(super) fn unknown_column(column: &Column, file: &str, columns: &[String]) -> Problem {
    let name = column.label();
    let known = columns.iter().map(String::as_str).filter(|name| !name.is_empty());
    let hint = match columns {
        [only] if only.contains([';', '\t', '|']) => {
            "the header is one cell: say which delimiter stands between the columns".to_owned()
        }
        _ => did_you_mean(name, known),
    };
    let message = format!("{file} has no column \"{name}\"");
    Problem { place: column.place.clone(), message, hint: Some(hint) }
}

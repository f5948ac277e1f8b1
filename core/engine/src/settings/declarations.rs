//! Reads what a workspace or a mapping declares: pipelines, kinds, custom fields.

use kehu_contract::document::{Item, Table};
use kehu_contract::{Text, is_name};
use kehu_domain::{
    Entity, Field, FieldType, Kind, LONGEST_STAY, Pipeline, Range, Stage, StageRole,
};

/// The sorts of records that may have custom fields, each with its word in TOML.
pub const WITH_FIELDS: [(&str, Entity); 6] = [
    ("customer", Entity::Customer),
    ("contact", Entity::Contact),
    ("interaction", Entity::Interaction),
    ("deal", Entity::Deal),
    ("rep", Entity::Rep),
    ("product", Entity::Product),
];

/// Reads every `[[pipeline]]` of a table; the built-in ones come after those that somebody declares.
pub fn read_pipelines(table: &Table<'_>) -> Vec<Pipeline> {
    let mut tables = table.tables("pipeline");
    tables.sort_by_key(|pipeline| &*pipeline.place().file == super::BUILT_IN);
    let pipelines: Vec<Pipeline> = tables.iter().filter_map(read_pipeline).collect();
    for (at, pipeline) in pipelines.iter().enumerate() {
        if pipelines[..at].iter().any(|other| other.name == pipeline.name) {
            let message = format!("two pipelines are called \"{}\"", pipeline.name);
            table.problem(table.place(), message, None);
        }
    }
    pipelines
}

fn read_pipeline(table: &Table<'_>) -> Option<Pipeline> {
    let name = table.required_text("name");
    let title = table.bilingual("title");
    table.require("stage");
    let most = stay(table).unwrap_or(LONGEST_STAY);
    let mut stages: Vec<Stage> = table.tables("stage").iter().filter_map(read_stage).collect();
    for stage in stages.iter_mut().filter(|stage| stage.role == StageRole::Open) {
        stage.longest_stay.get_or_insert(most);
    }
    for (at, stage) in stages.iter().enumerate() {
        if stages[..at].iter().any(|other| other.name == stage.name) {
            let message = format!("two stages are called \"{}\"", stage.name);
            table.problem(table.place(), message, None);
        }
    }
    table.finish();
    let name = name?;
    let Text { en, zh } = title.unwrap_or_else(|| Text::new(&name, ""));
    Some(Pipeline { name, en, zh, stages })
}

fn read_stage(table: &Table<'_>) -> Option<Stage> {
    let name = table.required_text("name");
    let title = table.bilingual("title");
    let role = table
        .choice("role", &["open", "won", "lost"], |word| match word {
            "open" => Some(StageRole::Open),
            "won" => Some(StageRole::Won),
            "lost" => Some(StageRole::Lost),
            _ => None,
        })
        .unwrap_or(StageRole::Open);
    let probability = ranged(table, "probability", 0.0, 1.0);
    let longest_stay = stay(table);
    let exit_criteria = table.texts("exit_criteria").unwrap_or_default();
    let owner_role = table.text("owner_role");
    table.finish();
    let name = name?;
    let Text { en, zh } = title.unwrap_or_else(|| Text::new(&name, ""));
    Some(Stage { name, en, zh, role, probability, longest_stay, exit_criteria, owner_role })
}

/// The most days in a stage, where they are said.
fn stay(table: &Table<'_>) -> Option<i32> {
    ranged(table, "longest_stay", 1.0, 3_660.0).map(|days| days as i32)
}

/// Reads a number and checks that it lies between two bounds, both included.
pub fn ranged(table: &Table<'_>, key: &str, least: f64, greatest: f64) -> Option<f64> {
    let number = table.number(key)?;
    if (least..=greatest).contains(&number) {
        return Some(number);
    }
    let message = format!("\"{key}\" is {number}, expected {least} to {greatest}");
    table.problem(&table.item(key)?.place, message, None);
    None
}

/// Reads every `[[kind]]` of a table.
pub fn read_kinds(table: &Table<'_>) -> Vec<Kind> {
    table.tables("kind").iter().filter_map(read_kind).collect()
}

pub(super) fn read_kind(table: &Table<'_>) -> Option<Kind> {
    let name = checked_name(table);
    let title = table.bilingual("title");
    let contact = table.flag("contact").unwrap_or(false);
    let states = table.choices("states");
    let closing = table.texts("closing").unwrap_or_default();
    let (states, titles): (Vec<String>, Vec<Text>) = states.into_iter().unzip();
    let finals = table.texts("final");
    let stray = |key: &str, given: &[String], known: &[String], what: &str| {
        let Some(stray) = given.iter().find(|state| !known.contains(state)) else { return };
        let place = table.item(key).map_or(table.place(), |item| &item.place);
        let hint = kehu_contract::did_you_mean(stray, known.iter().map(String::as_str));
        table.problem(place, format!("\"{stray}\" is none of the {what}"), Some(hint));
    };
    stray("closing", &closing, &states, "states");
    stray("final", finals.as_deref().unwrap_or_default(), &closing, "states that close it");
    table.finish();
    let name = name?;
    let Text { en, zh } = title.unwrap_or_else(|| Text::new(&name, ""));
    let finals = finals.unwrap_or_else(|| closing.clone());
    let state_titles = titles.into_iter().map(|title| (title.en, title.zh)).collect();
    Some(Kind { name, en, zh, contact, states, closing, finals, state_titles })
}

fn checked_name(table: &Table<'_>) -> Option<String> {
    let name = table.required_text("name")?;
    if !is_name(&name) {
        let message = format!("\"{name}\" is no name: lower-case letters, digits and _");
        table.problem(&table.item("name")?.place, message, None);
    }
    Some(name)
}

/// Reads `[fields]`: for each sort of record, its custom fields.
pub fn read_fields(table: &Table<'_>) -> Vec<(Entity, Field)> {
    let Some(sorts) = table.table("fields") else {
        return Vec::new();
    };
    let mut fields = Vec::new();
    for (word, entity) in WITH_FIELDS {
        let Some(declared) = sorts.table(word) else { continue };
        for (name, field) in declared.subtables() {
            fields.extend(read_field(name, &field).map(|field| (entity, field)));
        }
    }
    sorts.finish();
    fields
}

pub(super) fn read_field(name: &str, table: &Table<'_>) -> Option<Field> {
    if !is_name(name) {
        let message = format!("\"{name}\" is no name: lower-case letters, digits and _");
        table.problem(table.place(), message, None);
    }
    table.require("type");
    let kind = table.choice("type", &FieldType::ALL.map(|(word, _)| word), FieldType::parse);
    let title = table.bilingual("title").unwrap_or_else(|| Text::new(name.replace('_', " "), ""));
    let choices = table.choices("choices");
    let unit = table.text("unit").unwrap_or_default();
    if kind == Some(FieldType::Choice) && choices.is_empty() {
        table.problem(table.place(), "a choice needs \"choices\"", None);
    }
    let range = read_range(table, kind);
    table.finish();
    let (choices, titles): (Vec<String>, Vec<Text>) = choices.into_iter().unzip();
    Some(Field {
        name: name.to_owned(),
        en: title.en,
        zh: title.zh,
        kind: kind?,
        choices,
        choice_titles: titles.into_iter().map(|title| (title.en, title.zh)).collect(),
        unit,
        range,
    })
}

/// Reads which numbers a field takes: `[1, 5]`, or `[0]` for 0 or more.
fn read_range(table: &Table<'_>, kind: Option<FieldType>) -> Option<Range> {
    let item = table.item("range")?;
    let numbers = item.as_list().unwrap_or_default().iter().map(Item::as_number);
    let numbers: Vec<f64> = numbers.map(|number| number.unwrap_or(f64::NAN)).collect();
    let range = match numbers[..] {
        [least] if least.is_finite() => Range { least, greatest: None },
        [least, greatest] if least <= greatest => Range { least, greatest: Some(greatest) },
        _ => {
            let hint = "range = [1, 5] takes 1 to 5, range = [0] takes 0 or more".to_owned();
            table.problem(&item.place, "\"range\" is no list of one or two numbers", Some(hint));
            return None;
        }
    };
    if !matches!(kind, None | Some(FieldType::Number | FieldType::Money)) {
        table.problem(&item.place, "\"range\" is for numbers and amounts only", None);
    }
    Some(range)
}

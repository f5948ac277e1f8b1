//! Checks a table of a mapping as a whole, and the words that it writes out for all rows.

use kehu_contract::did_you_mean;
use kehu_contract::document::{Place, Table};
use kehu_domain::Entity;

use super::mapping::{Match, TableSpec};
use super::value::{Column, Origin};
use super::vocabulary::{self, Target};
use crate::settings::Settings;

/// Chooses the match key where none is named, and checks that a table has what its sort needs.
pub(super) fn complete(
    table: &Table<'_>,
    mut spec: TableSpec,
    matched: Option<Match>,
    settings: &Settings,
) -> TableSpec {
    let has = |target: Target| spec.columns.iter().any(|column| column.target == target);
    let problem = |message: String, hint: Option<String>| {
        let place = table.item("columns").map_or(table.place(), |item| &item.place);
        table.problem(place, message, hint);
    };
    let one = vocabulary::one(spec.into);
    for field in vocabulary::required(spec.into) {
        if !spec.columns.iter().any(|column| column.field == *field) {
            problem(format!("{one} needs \"{field}\""), None);
        }
    }
    let named = has(Target::Name) || has(Target::ExternalId);
    if !named && !matches!(spec.into, Entity::Interaction | Entity::Deal) {
        problem(format!("{one} needs \"name\" or \"external_id\""), None);
    }
    match matched {
        Some(Match::ExternalId) if !has(Target::ExternalId) => {
            problem("match = \"external_id\" needs a column for \"external_id\"".to_owned(), None);
        }
        Some(Match::Name) if spec.into == Entity::Interaction || !has(Target::Name) => {
            problem("match = \"name\" needs a column for \"name\"".to_owned(), None);
        }
        Some(_) => {}
        None if has(Target::ExternalId) => spec.matched = Match::ExternalId,
        None if has(Target::Name) && spec.into != Entity::Deal => spec.matched = Match::Name,
        None => spec.matched = Match::Row,
    }
    if spec.into == Entity::Deal && spec.events.is_empty() && !has(Target::Stage) {
        let hint = "say [[table.event]] with day and stage, or a column for \"stage\"".to_owned();
        problem("a deal needs a stage".to_owned(), Some(hint));
    }
    if spec.into != Entity::Deal && !spec.events.is_empty() {
        table.problem(table.place(), "only deals have events", None);
    }
    check_words(table, &spec, settings);
    spec
}

/// Checks the kinds, pipelines and stages that a mapping writes out: a slip there would refuse
/// every row.
fn check_words(table: &Table<'_>, spec: &TableSpec, settings: &Settings) {
    let unknown = |place: &Place, word: &str, what: &str, known: &[&str]| {
        let hint = did_you_mean(word, known.iter().copied());
        table.problem(place, format!("\"{word}\" is no {what}"), Some(hint));
    };
    let kinds: Vec<&str> = settings.kinds.iter().map(|kind| kind.name.as_str()).collect();
    let pipelines: Vec<&str> = settings.pipelines.iter().map(|each| each.name.as_str()).collect();
    if let Some((column, kind)) = written_out(&spec.columns, Target::Kind)
        && !kinds.contains(&kind)
    {
        unknown(&column.place, kind, "kind of interaction", &kinds);
    }
    let pipeline = written_out(&spec.columns, Target::Pipeline);
    if let Some((column, pipeline)) = pipeline
        && !pipelines.contains(&pipeline)
    {
        unknown(&column.place, pipeline, "pipeline", &pipelines);
        return;
    }
    let stages: Vec<&str> = settings
        .pipelines
        .iter()
        .filter(|each| pipeline.is_none_or(|(_, name)| each.name == name))
        .flat_map(|each| each.stages.iter().map(|stage| stage.name.as_str()))
        .collect();
    let of_events = spec.events.iter().map(|event| event.columns.as_slice());
    for columns in of_events.chain([spec.columns.as_slice()]) {
        if let Some((column, stage)) = written_out(columns, Target::Stage)
            && !stages.contains(&stage)
        {
            unknown(&column.place, stage, "stage", &stages);
        }
    }
}

/// What a mapping writes out for a field of all rows.
fn written_out(columns: &[Column], target: Target) -> Option<(&Column, &str)> {
    columns.iter().find_map(|column| match &column.origin {
        Origin::Constant(text) if column.target == target => Some((column, text.as_str())),
        _ => None,
    })
}

//! What a pack gave, as a test reads it.

use kehu_contract::{
    Argument, Cause, ColumnData, Reasons, Rule, ScoredColumn, Value, fill, show_number,
};
use serde_json::{Map, Value as Json, json};

/// A value of a column; days are numbers, as scripts see them.
pub(super) fn value(data: &ColumnData, row: usize) -> Json {
    match data.value(row) {
        Value::Missing => Json::Null,
        Value::Flag(flag) => flag.into(),
        Value::Number(number) => number.into(),
        Value::Text(text) => text.into(),
        Value::Day(day) => day.into(),
    }
}

/// Values by column, with their reasons.
#[derive(Debug, Default, Clone)]
pub(super) struct Scored {
    values: Map<String, Json>,
    reasons: Map<String, Json>,
}

impl Scored {
    /// Adds a column of one row.
    pub(super) fn add(&mut self, name: &str, column: &ScoredColumn, row: usize, rules: &[Rule]) {
        self.values.insert(name.to_owned(), value(&column.data, row));
        self.reasons.insert(name.to_owned(), reasons(&column.reasons, row, rules));
    }

    /// The table of a result: each value under its column's name, all of them under `values`, and the
    /// reasons of each column under `reasons`.
    pub(super) fn finish(self) -> Json {
        let mut fields = self.values.clone();
        fields.insert("values".to_owned(), self.values.into());
        fields.insert("reasons".to_owned(), self.reasons.into());
        fields.into()
    }
}

fn reasons(reasons: &Reasons, row: usize, rules: &[Rule]) -> Json {
    let shown = reasons.of(row).filter_map(|(reason, arguments)| {
        let arguments = arguments.iter().map(|argument| match argument {
            Argument::Number(number) if number.is_nan() => Json::Null,
            Argument::Number(number) => (*number).into(),
            Argument::Text(place) => {
                reasons.texts.get(*place as usize).map_or(Json::Null, |text| text.as_str().into())
            }
        });
        Some(shown(
            rules.get(usize::from(reason.rule))?,
            reason.points,
            &arguments.collect::<Vec<_>>(),
        ))
    });
    shown.collect()
}

/// The reasons of a proposal, a verdict or a visit.
pub(super) fn causes(causes: &[Cause], rules: &[Rule]) -> Json {
    let shown = causes.iter().filter_map(|cause| {
        Some(shown(rules.get(usize::from(cause.rule))?, cause.points, &cause.arguments))
    });
    shown.collect()
}

fn shown(rule: &Rule, points: f64, arguments: &[Json]) -> Json {
    let words: Vec<String> = arguments.iter().map(word).collect();
    let mut shown = json!({
        "rule": rule.id,
        "points": points,
        "en": fill(&rule.text.en, &words),
        "zh": fill(&rule.text.zh, &words),
        "line": rule.line,
    });
    // A missing argument leaves a hole, which a list of Lua cannot have.
    let arguments: Vec<Json> = arguments
        .iter()
        .map(|argument| if argument.is_null() { "–".into() } else { argument.clone() })
        .collect();
    shown["arguments"] = arguments.into();
    shown
}

fn word(argument: &Json) -> String {
    match argument {
        Json::Number(number) => number.as_f64().map(show_number).unwrap_or_default(),
        Json::String(text) => text.clone(),
        _ => "–".to_owned(),
    }
}

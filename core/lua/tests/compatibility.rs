//! Packs that were written for an earlier version of the contract, and what they gave then: they give it still.
//!
//! Each folder of `compatibility/VERSION` holds a pack, what it is given, and what it gave. None of these files
//! is ever changed: what runs today runs on every later version of the same major one. For a new one, a first run with
//! `KEHU_KEEP_RESULTS=1` writes down what it gives, to be read through before it is kept.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kehu_contract::{
    API, Argument, Batch, ColumnData, ColumnType, Columns, Hook, Origin, Pack as _,
    PlanningProblem, Reasons, Rows, TextBuilder, Value,
};
use kehu_lua::{LuaPack, PackFiles, load};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json, json};

use crate::kit::context;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compatibility")
}

/// The entries of a folder, in the order of their names.
fn within(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// Loads the pack of a folder with the settings that it is given.
fn open(folder: &Path, given: &Json) -> LuaPack {
    let mut files: Vec<(String, Cow<'static, [u8]>)> = Vec::new();
    for path in within(folder) {
        if path.extension().is_some_and(|ending| ending != "json") {
            files.push((name(&path), Cow::Owned(fs::read(&path).unwrap())));
        }
    }
    let dir = format!("scripts/{}", name(folder));
    let factory = load(PackFiles { origin: Origin::Workspace, dir, files });
    let factory = factory.unwrap_or_else(|refused| panic!("{}: {refused:#?}", folder.display()));
    let mut context = context(&factory);
    for (key, value) in given["settings"].as_object().into_iter().flatten() {
        assert!(context.settings.insert(key.clone(), value.clone()).is_some(), "{key}");
    }
    factory.open(&context).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
}

fn column(kind: ColumnType, values: &[Json]) -> ColumnData {
    match kind {
        ColumnType::Number | ColumnType::Money => ColumnData::Number(
            values.iter().map(|value| value.as_f64().unwrap_or(f64::NAN)).collect(),
        ),
        ColumnType::Label | ColumnType::Text => {
            let mut builder = TextBuilder::default();
            for value in values {
                builder.push(value.as_str());
            }
            builder.finish()
        }
        ColumnType::Flag => ColumnData::Flag(
            values.iter().map(|value| value.as_bool().map_or(2, u8::from)).collect(),
        ),
        ColumnType::Day => {
            let day = |value: &Json| value.as_i64().map_or(i32::MIN, |day| day as i32);
            ColumnData::Day(values.iter().map(day).collect())
        }
    }
}

fn columns(given: &Json) -> Columns {
    let entries: Vec<(&String, &Json)> =
        given["columns"].as_object().into_iter().flatten().collect();
    let rows = entries.first().map_or(0, |(_, entry)| entry["values"].as_array().unwrap().len());
    let mut columns = Columns::new(rows);
    for (name, entry) in entries {
        let kind = ColumnType::parse(entry["type"].as_str().unwrap()).unwrap();
        let data = column(kind, entry["values"].as_array().unwrap());
        columns.insert(name, kind, Arc::new(data));
    }
    columns
}

fn batch(given: &Json) -> Batch {
    Batch { ids: part(given, "ids"), columns: columns(given) }
}

fn part<T: DeserializeOwned>(given: &Json, key: &str) -> T {
    serde_json::from_value(given[key].clone()).unwrap_or_else(|error| panic!("{key}: {error}"))
}

fn rows(given: &Json) -> Rows {
    Rows {
        file: part(given, "file"),
        record: part(given, "record"),
        lines: part(given, "lines"),
        columns: columns(given),
        unmapped: part(given, "unmapped"),
        fixed: part(given, "fixed"),
    }
}

fn value(value: &Value) -> Json {
    match value {
        Value::Day(day) => json!(day),
        other => json!(other),
    }
}

/// The reasons of a row: rule, points, arguments.
fn reasons(pack: &LuaPack, reasons: &Reasons, row: usize) -> Json {
    let argument = |argument: &Argument| match argument {
        Argument::Number(number) => json!(number),
        Argument::Text(at) => json!(reasons.texts[*at as usize]),
    };
    reasons
        .of(row)
        .map(|(reason, arguments)| {
            let rule = &pack.rules()[usize::from(reason.rule)].id;
            json!([rule, reason.points, arguments.iter().map(argument).collect::<Vec<_>>()])
        })
        .collect()
}

/// All that the steps of a pack give.
fn given_by(folder: &Path) -> Json {
    let given: Json =
        serde_json::from_str(&fs::read_to_string(folder.join("given.json")).unwrap()).unwrap();
    let mut pack = open(folder, &given);
    let text = fs::read_to_string(folder.join("pack.toml")).unwrap();
    let manifest = kehu_contract::Manifest::parse("pack.toml", &text).unwrap();
    let mut gave = Map::new();
    for (at, step) in manifest.steps.iter().enumerate() {
        let state = match &step.fit {
            Some(_) => pack.fit(at, &columns(&given)).unwrap(),
            None => Json::Null,
        };
        let result = match step.hook {
            Hook::Score | Hook::VisitNeed => {
                let scored = pack.score(at, &batch(&given), &state).unwrap();
                let entry =
                    |(give, column): (&kehu_contract::Give, &kehu_contract::ScoredColumn)| {
                        let cell = |row| {
                            json!([
                                value(&column.data.value(row)),
                                reasons(&pack, &column.reasons, row)
                            ])
                        };
                        (give.info.name.clone(), (0..column.data.len()).map(cell).collect::<Json>())
                    };
                let entries: Map<String, Json> =
                    step.gives.iter().zip(&scored).map(entry).collect();
                json!({ "state": state, "columns": entries })
            }
            Hook::PlanVisits => {
                let problem: PlanningProblem = part(&given, "problem");
                json!(pack.plan_visits(at, &problem).unwrap())
            }
            Hook::FollowUp => {
                json!(pack.follow_up(at, &batch(&given), &part::<Vec<_>>(&given, "cases")).unwrap())
            }
            Hook::Review => {
                json!(
                    pack.review(at, &batch(&given), &part::<Vec<_>>(&given, "proposals")).unwrap()
                )
            }
            Hook::Stage => {
                json!(pack.stage(at, &batch(&given), &part::<Vec<_>>(&given, "cases")).unwrap())
            }
            Hook::OnEvent => {
                json!(pack.on_event(at, &batch(&given), &part::<Vec<_>>(&given, "events")).unwrap())
            }
            Hook::ImportRow => json!(pack.import_row(at, &rows(&given)).unwrap()),
        };
        gave.insert(step.name.clone(), result);
    }
    let rules =
        pack.rules().iter().map(|rule| json!([rule.id, rule.line, rule.text.en, rule.text.zh]));
    json!({ "rules": rules.collect::<Vec<_>>(), "steps": gave })
}

/// What was given, without the fields that came later and of which the pack says nothing.
fn known_then(gave: Json, kept: &Json) -> Json {
    match (gave, kept) {
        (Json::Object(gave), Json::Object(kept)) => {
            let silent = |value: &Json| match value {
                Json::Array(items) => items.is_empty(),
                Json::Object(fields) => fields.is_empty(),
                other => other.is_null(),
            };
            let known =
                gave.into_iter().filter(|(key, value)| kept.contains_key(key) || !silent(value));
            let known = known.map(|(key, value)| {
                let value = known_then(value, kept.get(&key).unwrap_or(&Json::Null));
                (key, value)
            });
            Json::Object(known.collect())
        }
        (Json::Array(gave), Json::Array(kept)) if gave.len() == kept.len() => Json::Array(
            gave.into_iter().zip(kept).map(|(gave, kept)| known_then(gave, kept)).collect(),
        ),
        (gave, _) => gave,
    }
}

#[test]
fn packs_that_were_written_for_an_earlier_version_give_what_they_gave() {
    for version in within(&folder()) {
        let (major, _) = name(&version)
            .split_once('.')
            .map(|(one, two)| (one.to_owned(), two.to_owned()))
            .unwrap();
        assert_eq!(major, API.0.to_string(), "only packs of this major version have to run");
        for pack in within(&version) {
            let path = pack.join("gave.json");
            let gave = given_by(&pack);
            if !path.exists() && std::env::var_os("KEHU_KEEP_RESULTS").is_some() {
                fs::write(&path, format!("{gave:#}\n")).unwrap();
            }
            let kept: Json = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            let gave = format!("{:#}", known_then(gave, &kept));
            assert_eq!(gave, format!("{kept:#}"), "{}", pack.display());
        }
    }
}

#[test]
fn every_hook_has_a_pack_of_the_first_version() {
    let kept: Vec<String> = within(&folder().join("0.1")).iter().map(|path| name(path)).collect();
    for hook in Hook::ALL.map(Hook::name).into_iter().chain(["fit"]) {
        assert!(kept.iter().any(|each| each == hook), "{hook}");
    }
    for pack in within(&folder().join("0.1")) {
        let manifest = fs::read_to_string(pack.join("pack.toml")).unwrap();
        assert!(manifest.contains("api = \"0.1\""), "{}", pack.display());
    }
}

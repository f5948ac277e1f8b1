//! What a pack promises, gathered and shown: the same page for packs in Lua and native ones.

use kehu_contract::document::{ItemValue, Place, Problems};
use kehu_contract::{
    ColumnInfo, Give, Hook, LabelValue, Language, Manifest, Rule, RunContext, Setting, Text,
};
use kehu_domain::FieldType;
use kehu_engine::features::Catalogue;
use kehu_engine::packs::checked_settings;
use kehu_engine::score::show_number;
use kehu_engine::settings::{WITH_FIELDS, read_fields, read_kinds};
use serde_json::{Map, Value as Json, json};

use super::{list, words};
use crate::Shipped;
use crate::error::{CommandError, Result};
use crate::locale;
use crate::output::{Cell, Column, Listing, Page, write_evenly};
use crate::packs::{self, Located};
use crate::workspace::Workspace;

/// Holds everything that a pack promises, as it stands in a workspace.
pub(super) struct Contract {
    pub(super) located: Located,
    /// True if it is on.
    is_on: bool,
    /// Its settings: the value in force, and where it is said; none for the pack's own default.
    settings: Vec<(Json, Option<Place>)>,
    /// For each step, what is known of its needs.
    needs: Vec<Vec<Known>>,
    rules: Vec<Rule>,
    limits: [(&'static str, String); 5],
    /// What is wrong with its settings or its code.
    pub(super) wrong: Option<CommandError>,
}

/// Says what is known of a column that a step needs.
struct Known {
    /// As the manifest writes it: `amount_12m:rank`, `credit?`.
    written: String,
    /// As scripts read it.
    read_as: String,
    /// What it is; none if nobody gives it.
    info: Option<ColumnInfo>,
    /// The pack that gives it; none for the core's features and custom fields.
    pack: Option<String>,
}

impl Contract {
    pub(super) fn of(
        workspace: &Workspace,
        shipped: Shipped<'_>,
        located: Located,
    ) -> Result<Self> {
        let manifest = located.factory.manifest();
        let settings = &workspace.settings;
        let mut wrong = None;
        let values = checked_settings(manifest, settings).unwrap_or_else(|problems| {
            wrong = Some(CommandError::from(problems));
            manifest.defaults()
        });
        let context = RunContext {
            as_of: workspace.act.today.number(),
            settings: values.clone(),
            seed: 0,
            limits: settings.limits_of(&manifest.name),
        };
        let rules = match located.factory.create(&context) {
            Ok(pack) => pack.rules().to_vec(),
            Err(error) => {
                wrong.get_or_insert_with(|| CommandError::failed(error.to_string()));
                Vec::new()
            }
        };
        let limits = limits(workspace, &manifest.name);
        let said = said(workspace, &manifest.name);
        let in_force = |setting: &Setting| {
            let place = said.iter().find(|(name, _)| *name == setting.name);
            let value = values.get(&setting.name).cloned().unwrap_or(Json::Null);
            (value, place.map(|(_, place)| place.clone()))
        };
        Ok(Self {
            is_on: settings.packs_on.contains(&manifest.name),
            settings: manifest.settings.iter().map(in_force).collect(),
            needs: known_needs(workspace, shipped, manifest),
            rules,
            limits,
            wrong,
            located,
        })
    }
}

/// Where the workspace, or one that it extends, says something of a pack's settings.
fn said(workspace: &Workspace, pack: &str) -> Vec<(String, Place)> {
    match workspace.settings.pack_settings.get(pack).map(|item| &item.value) {
        Some(ItemValue::Table(entries)) => {
            entries.iter().map(|(name, place, _)| (name.clone(), place.clone())).collect()
        }
        _ => Vec::new(),
    }
}

/// What it may use, and where that is said: for this pack alone, or for all.
fn limits(workspace: &Workspace, pack: &str) -> [(&'static str, String); 5] {
    let values = workspace.settings.values();
    let said = |key: &'static str, unit: &str| {
        let find = |path: String| values.iter().find(|(each, ..)| *each == path);
        let found = find(format!("limits.{pack}.{key}")).or_else(|| find(format!("limits.{key}")));
        let told = found.map(|(_, value, place)| format!("{value} {unit}, {place}"));
        (key, told.unwrap_or_default())
    };
    [
        said("call_milliseconds", "ms"),
        said("batch_seconds", "s"),
        said("run_seconds", "s"),
        said("load_milliseconds", "ms"),
        said("memory_mib", "MiB"),
    ]
}

/// What is known of the needs of each step: from the core, the custom fields, this pack and those that are on.
fn known_needs(
    workspace: &Workspace,
    shipped: Shipped<'_>,
    manifest: &Manifest,
) -> Vec<Vec<Known>> {
    // What other packs have wrong must not hide what this one promises.
    let packs = packs::enabled(workspace, shipped).unwrap_or_default();
    let mut manifests = packs.manifests();
    manifests.retain(|each| each.name != manifest.name);
    manifests.push(manifest);
    let catalogue = Catalogue::new(&workspace.settings, &manifests);
    let catalogue = catalogue.or_else(|_| Catalogue::new(&workspace.settings, &[]));
    let features = catalogue.as_ref().map(Catalogue::declared).unwrap_or_default();
    let known = |column: &str| -> Option<(ColumnInfo, Option<String>)> {
        let feature = features.iter().find(|each| each.info.name == column);
        if let Some(feature) = feature {
            return Some((feature.info.clone(), feature.pack.clone()));
        }
        manifests.iter().find_map(|each| {
            let mut gives = each.steps.iter().flat_map(|step| &step.gives);
            let give = gives.find(|give| give.info.name == column)?;
            Some((give.info.clone(), Some(each.name.clone())))
        })
    };
    let of_step = |step: &kehu_contract::Step| {
        let needs = step.needs.iter().map(|need| {
            let found = known(&need.column);
            let (optional, rank) =
                (if need.optional { "?" } else { "" }, if need.rank { ":rank" } else { "" });
            let pack = found.as_ref().and_then(|(_, pack)| pack.clone());
            Known {
                written: format!("{}{optional}{rank}", need.column),
                read_as: need.name(),
                info: found.map(|(info, _)| info),
                pack,
            }
        });
        needs.collect()
    };
    manifest.steps.iter().map(of_step).collect()
}

/// The page of a contract.
pub(super) fn page(contract: &Contract, language: Language) -> Page {
    let Contract { located, .. } = contract;
    let manifest = located.factory.manifest();
    let state = if contract.is_on { words::ON } else { words::OFF };
    let text = |text: &Text| Cell { show: text.get(language).to_owned(), json: json!(text) };
    let title = manifest.title.get(language);
    let mut facts = vec![
        (Column::whole("name", locale::NAME), Cell::text(&manifest.name)),
        (Column::whole("version", locale::VERSION), hidden(Cell::text(&manifest.version))),
        (Column::whole("title", words::TITLE), hidden(text(&manifest.title))),
        (Column::text("summary", words::DOES), text(&manifest.summary)),
        (Column::whole("state", locale::STATE), list::word(state, language)),
        (
            Column::whole("from", words::FROM),
            list::word(list::origin(located.factory.origin()), language),
        ),
        (Column::whole("lies", words::FOLDER), Cell::text(&located.lies)),
        (
            Column::whole("written_in", words::WRITTEN_IN),
            Cell::text(if located.is_native { "native" } else { "Lua" }),
        ),
        (Column::whole("api", words::API), api(manifest)),
        (Column::whole("hash", words::HASH), Cell::text(located.factory.hash())),
    ];
    for (key, told) in &contract.limits {
        let label = match *key {
            "call_milliseconds" => words::LIMIT_CALL,
            "batch_seconds" => words::LIMIT_BATCH,
            "run_seconds" => words::LIMIT_RUN,
            "load_milliseconds" => words::LIMIT_LOAD,
            _ => words::LIMIT_MEMORY,
        };
        facts.push((Column::whole(key, label), Cell::text(told)));
    }
    Page {
        title: format!("{} {}: {title}", manifest.name, manifest.version),
        facts,
        tables: vec![
            ("steps", words::STEPS, steps(manifest), 0),
            ("needs", words::NEEDS, needs(contract, language), 0),
            ("gives", words::GIVES, gives(contract, language), 0),
            ("features", words::FEATURES, features(manifest, language), 0),
            ("vocabulary", words::VOCABULARY, vocabulary(manifest, language), 0),
            ("settings", words::SETTINGS, settings(contract, language), 0),
            ("rules", words::RULES, rules(&contract.rules, language), 0),
            ("actions", words::ACTIONS, actions(manifest, language), 0),
        ],
    }
}

/// A fact that the title says.
fn hidden(cell: Cell) -> Cell {
    Cell { show: String::new(), ..cell }
}

/// The versions of the contract that the pack runs on.
fn api(manifest: &Manifest) -> Cell {
    let (major, minor) = manifest.api;
    Cell {
        show: format!("{major}.{minor} – {major}.x"),
        json: json!({ "at_least": format!("{major}.{minor}"), "before": format!("{}.0", major + 1) }),
    }
}

fn doc(text: &Text, language: Language) -> Cell {
    Cell { show: text.get(language).to_owned(), json: json!(text) }
}

fn steps(manifest: &Manifest) -> Listing {
    let mut listing = Listing::new(vec![
        Column::whole("step", locale::STEP),
        Column::whole("hook", words::HOOK),
        Column::whole("function", words::FUNCTION),
        Column::whole("fit", locale::FIT),
    ]);
    for step in &manifest.steps {
        listing.rows.push(vec![
            Cell::text(&step.name),
            Cell::text(step.hook.name()),
            Cell::text(&step.function),
            step.fit.as_ref().map_or_else(Cell::empty, Cell::text),
        ]);
    }
    listing
}

fn needs(contract: &Contract, language: Language) -> Listing {
    let mut listing = Listing::new(vec![
        Column::whole("step", locale::STEP),
        Column::whole("need", words::WRITTEN),
        Column::whole("read_as", words::READ_AS),
        Column::whole("type", locale::TYPE),
        Column::whole("unit", locale::UNIT),
        Column::whole("given_by", words::GIVEN_BY),
        Column::beneath("doc", locale::MEANING),
    ]);
    let manifest = contract.located.factory.manifest();
    for (step, needs) in manifest.steps.iter().zip(&contract.needs) {
        for need in needs {
            let info = need.info.as_ref();
            let giver = match (&need.pack, info) {
                (Some(pack), _) => Cell::text(pack),
                (None, Some(_)) => Cell::empty(),
                (None, None) => list::word(words::NOBODY, language),
            };
            listing.rows.push(vec![
                Cell::text(&step.name),
                Cell::text(&need.written),
                Cell::text(&need.read_as),
                info.map_or_else(Cell::empty, |info| Cell::text(info.kind.name())),
                info.map_or_else(Cell::empty, |info| unit(info, language)),
                giver,
                info.map_or_else(Cell::empty, |info| doc(&info.doc, language)),
            ]);
        }
    }
    listing
}

fn unit(info: &ColumnInfo, language: Language) -> Cell {
    Cell {
        show: locale::usual_word(&info.unit, language).to_owned(),
        json: info.unit.as_str().into(),
    }
}

fn gives(contract: &Contract, language: Language) -> Listing {
    let mut listing = Listing::new(vec![
        Column::whole("step", locale::STEP),
        Column::whole("column", locale::COLUMN),
        Column::text("title", words::TITLE),
        Column::whole("type", locale::TYPE),
        Column::whole("unit", locale::UNIT),
        Column::beneath("doc", locale::MEANING),
        Column::beneath("values", locale::VALUES),
    ]);
    let manifest = contract.located.factory.manifest();
    let values = contract.values();
    let giving =
        manifest.steps.iter().filter(|step| matches!(step.hook, Hook::Score | Hook::VisitNeed));
    for step in giving {
        for give in &step.gives {
            listing.rows.push(vec![
                Cell::text(&step.name),
                Cell::text(&give.info.name),
                give.info.title.as_ref().map_or_else(Cell::empty, |title| doc(title, language)),
                Cell::text(give.info.kind.name()),
                unit(&give.info, language),
                doc(&give.info.doc, language),
                labels(manifest, give, &values, language),
            ]);
        }
    }
    listing
}

impl Contract {
    /// The values of its settings by name.
    pub(super) fn values(&self) -> Map<String, Json> {
        let manifest = self.located.factory.manifest();
        let values = manifest.settings.iter().zip(&self.settings);
        values.map(|(setting, (value, _))| (setting.name.clone(), value.clone())).collect()
    }
}

fn labels(
    manifest: &Manifest,
    give: &Give,
    values: &Map<String, Json>,
    language: Language,
) -> Cell {
    let labels = manifest.label_values(give, values);
    let shown: Vec<String> = labels.iter().map(|value| label(value, language)).collect();
    Cell { show: shown.join(", "), json: json!(labels) }
}

fn label(value: &LabelValue, language: Language) -> String {
    match value.text.get(language) {
        same if same == value.key => value.key.clone(),
        text => format!("{} ({text})", value.key),
    }
}

fn features(manifest: &Manifest, language: Language) -> Listing {
    let mut listing = Listing::new(vec![
        Column::whole("feature", locale::NAME),
        Column::whole("type", locale::TYPE),
        Column::whole("unit", locale::UNIT),
        Column::text("declared", words::DECLARED),
        Column::beneath("doc", locale::MEANING),
    ]);
    for feature in &manifest.features {
        listing.rows.push(vec![
            Cell::text(&feature.info.name),
            Cell::text(feature.info.kind.name()),
            unit(&feature.info, language),
            Cell::text(feature.declaration()),
            doc(&feature.info.doc, language),
        ]);
    }
    listing
}

/// A kind of interaction or a custom field that a pack brings: what it is, its name and type, its words.
pub(super) fn brought(manifest: &Manifest) -> Vec<(String, String, String, Text)> {
    let document = manifest.vocabulary.to_document();
    let problems = Problems::default();
    let table = document.table(&problems);
    let kinds = read_kinds(&table).into_iter().map(|kind| {
        let states = kind.states.join(" | ");
        ("kind".to_owned(), kind.name, states, Text::new(kind.en, kind.zh))
    });
    let fields = read_fields(&table).into_iter().map(|(entity, field)| {
        let of = WITH_FIELDS.iter().find(|(_, each)| *each == entity);
        let kind = FieldType::ALL.iter().find(|(_, each)| *each == field.kind);
        let range = field.range.map(|range| range.to_string()).unwrap_or_default();
        let choices = field.choices.join(" | ");
        let told = [kind.map_or("", |(word, _)| word), &range, &field.unit, &choices];
        let told: Vec<&str> = told.into_iter().filter(|part| !part.is_empty()).collect();
        let what = format!("fields.{}", of.map_or("", |(word, _)| word));
        (what, field.name, told.join("; "), Text::new(field.en, field.zh))
    });
    kinds.chain(fields).collect()
}

fn vocabulary(manifest: &Manifest, language: Language) -> Listing {
    let mut listing = Listing::new(vec![
        Column::whole("what", words::WHAT),
        Column::whole("name", locale::NAME),
        Column::text("type", locale::TYPE),
        Column::text("title", words::TITLE),
    ]);
    for (what, name, kind, title) in brought(manifest) {
        let cells = [Cell::text(what), Cell::text(name), Cell::text(kind), doc(&title, language)];
        listing.rows.push(cells.into());
    }
    listing
}

fn settings(contract: &Contract, language: Language) -> Listing {
    let mut listing = Listing::new(vec![
        Column::whole("setting", words::SETTING),
        Column::text("title", words::TITLE),
        Column::whole("type", locale::TYPE),
        Column::text("value", locale::VALUE),
        Column::whole("set_at", locale::SET_AT),
        Column::text("default", words::DEFAULT),
        Column::text("allowed", words::ALLOWED),
        Column::beneath("doc", locale::MEANING),
    ]);
    let manifest = contract.located.factory.manifest();
    for (setting, (value, place)) in manifest.settings.iter().zip(&contract.settings) {
        listing.rows.push(vec![
            Cell::text(&setting.name),
            setting.title.as_ref().map_or_else(Cell::empty, |title| doc(title, language)),
            Cell::text(setting.kind.name()),
            json_cell(value),
            place.as_ref().map_or_else(
                || Cell { show: "–".to_owned(), json: Json::Null },
                |place| Cell::text(format!("{}:{}", place.file, place.line)),
            ),
            json_cell(&setting.default),
            allowed(setting),
            doc(&setting.doc, language),
        ]);
    }
    listing
}

pub(super) fn json_cell(value: &Json) -> Cell {
    let mut value = value.clone();
    write_evenly(&mut value);
    Cell { show: value.to_string(), json: value }
}

pub(super) fn allowed(setting: &Setting) -> Cell {
    match (setting.range, setting.choices.as_slice()) {
        (Some((least, greatest)), _) => Cell {
            show: format!("{} – {}", show_number(least), show_number(greatest)),
            json: json!({ "least": least, "greatest": greatest }),
        },
        (None, []) => Cell::empty(),
        (None, choices) => Cell { show: choices.join(" | "), json: json!(choices) },
    }
}

fn rules(rules: &[Rule], language: Language) -> Listing {
    let mut listing = Listing::new(vec![
        Column::whole("rule", words::RULE),
        Column::whole("test", words::TEST),
        Column::number("points", words::POINTS),
        Column::whole("at", words::DECLARED_AT),
        Column::beneath("says", words::SAYS),
    ]);
    for rule in rules {
        listing.rows.push(vec![
            Cell::text(&rule.id),
            test(rule),
            rule.points.map_or_else(Cell::empty, |points| Cell {
                show: show_number(points),
                json: points.into(),
            }),
            Cell::text(format!("{}:{}", rule.file, rule.line)),
            doc(&rule.text, language),
        ]);
    }
    listing
}

/// What a rule tests, in words of scripts: `recency_days > 60 (silent_after)`.
pub(super) fn test(rule: &Rule) -> Cell {
    let (input, sign) =
        (rule.input.as_deref(), rule.comparison.map(kehu_contract::Comparison::sign));
    let limit = rule.limit.map(show_number);
    let show = match (input, sign) {
        (Some(input), Some("missing")) => format!("{input} missing"),
        (Some(input), Some(sign)) => {
            let setting = rule.setting.as_ref().map(|name| format!(" ({name})"));
            let limit = limit.unwrap_or_default();
            format!("{input} {sign} {limit}{}", setting.unwrap_or_default())
        }
        (Some(input), None) => input.to_owned(),
        (None, _) => String::new(),
    };
    Cell {
        show,
        json: json!({ "input": input, "op": sign, "limit": rule.limit, "setting": rule.setting }),
    }
}

fn actions(manifest: &Manifest, language: Language) -> Listing {
    let mut listing = Listing::new(vec![
        Column::whole("action", words::ACTION),
        Column::text("title", words::TITLE),
    ]);
    for action in &manifest.actions {
        listing.rows.push(vec![Cell::text(&action.key), doc(&action.text, language)]);
    }
    listing
}

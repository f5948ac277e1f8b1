//! The manifest of a pack: `pack.toml`.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::document::{Document, Item, ItemValue, Place, Problem, Problems, Table};
use crate::{
    ColumnInfo, ColumnType, Feature, FeatureTemplate, Report, Setting, SettingType, Text,
    Vocabulary, did_you_mean, parse_version, report,
};

/// The longest manifest, in bytes: far more than a large pack needs.
const BYTES: usize = 256 * 1024;

/// The version of the pack contract that this build speaks.
pub const API: (u32, u32) = (0, 1);

/// Names a decision at which packs are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hook {
    /// Columns from columns, for every customer.
    Score,
    /// How often, how long and why a customer is to be visited.
    VisitNeed,
    /// Which customer on which day.
    PlanVisits,
    /// What to do next, and why.
    FollowUp,
    /// Which proposals stay.
    Review,
    /// Whether a deal may enter a stage, and what is to be done where it stays.
    Stage,
    /// What follows from what a command has written.
    OnEvent,
    /// Which rows of an import are taken, and how.
    ImportRow,
}

impl Hook {
    /// All hooks: those of a day's work in its order, then those of single commands.
    pub const ALL: [Self; 8] = [
        Self::Score,
        Self::VisitNeed,
        Self::PlanVisits,
        Self::FollowUp,
        Self::Review,
        Self::Stage,
        Self::OnEvent,
        Self::ImportRow,
    ];

    /// The word for it in TOML and Lua.
    pub fn name(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::VisitNeed => "visit_need",
            Self::PlanVisits => "plan_visits",
            Self::FollowUp => "follow_up",
            Self::Review => "review",
            Self::Stage => "stage",
            Self::OnEvent => "on_event",
            Self::ImportRow => "import_row",
        }
    }

    /// Parses the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hook| hook.name() == word)
    }

    /// True if one pack owns the hook; otherwise all that have it are heard.
    pub fn has_one_owner(self) -> bool {
        matches!(self, Self::VisitNeed | Self::PlanVisits)
    }

    /// True if the hook is asked about what one command does, not about the whole base: a step of it
    /// has no fit.
    pub fn is_of_commands(self) -> bool {
        matches!(self, Self::Stage | Self::OnEvent | Self::ImportRow)
    }
}

const GIVES: usize = 256;
/// The columns that `visit_need` gives where its step declares none, each with its type and unit.
///
/// A step may declare them itself, for example to make `visit_purpose` a label with words in both
/// languages. What it does not give is missing.
pub const VISIT_NEED_COLUMNS: [(&str, ColumnType, &str); 8] = [
    ("visits_per_month", ColumnType::Number, "visits a month"),
    ("visit_minutes", ColumnType::Number, "minutes"),
    ("visit_gap_days", ColumnType::Number, "days"),
    ("visit_mode", ColumnType::Text, ""),
    ("visit_purpose", ColumnType::Text, ""),
    ("visit_topics", ColumnType::Text, ""),
    ("visit_value", ColumnType::Number, ""),
    ("visit_group", ColumnType::Text, ""),
];

/// Names a column that a step reads.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Need {
    /// The feature, custom field or column of another step.
    pub column: String,
    /// True if an undeclared column reads as missing (`credit?`).
    pub optional: bool,
    /// True if the percentile rank is wanted, not the value (`amount_12m:rank`).
    pub rank: bool,
}

impl Need {
    /// Parses `name`, `name?`, `name:rank` or `name?:rank`.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, rank) = match text.split_once(':') {
            Some((name, "rank")) => (name, true),
            Some(_) => return None,
            None => (text, false),
        };
        let (column, optional) = match name.strip_suffix('?') {
            Some(column) => (column, true),
            None => (name, false),
        };
        is_name(column).then(|| Self { column: column.to_owned(), optional, rank })
    }

    /// The name by which scripts read it: `amount_12m`, or `amount_12m_rank` for a rank.
    pub fn name(&self) -> String {
        if self.rank { format!("{}_rank", self.column) } else { self.column.clone() }
    }
}

/// True for a name in `snake_case` that starts with a letter.
pub fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .chars()
            .all(|each| each.is_ascii_lowercase() || each.is_ascii_digit() || each == '_')
        && text.len() <= 64
}

/// Declares a column that a step gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Give {
    /// Name, type, unit and doc line.
    #[serde(flatten)]
    pub info: ColumnInfo,
    /// The values that a label may have, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<LabelValue>,
    /// The setting of type `labels` that holds those values instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values_from: Option<String>,
}

/// One value of a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelValue {
    /// What is stored, filtered and scripted.
    pub key: String,
    /// What people see.
    #[serde(flatten)]
    pub text: Text,
}

/// Declares one step: a hook that the pack answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its name within the pack.
    pub name: String,
    /// At which decision it is asked.
    pub hook: Hook,
    /// The function in the table that `main.lua` returns.
    pub function: String,
    /// The function that looks at the whole base first, and whose result the step gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fit: Option<String>,
    /// The columns that it reads.
    pub needs: Vec<Need>,
    /// The columns that it gives.
    pub gives: Vec<Give>,
}

impl Step {
    /// The columns that it reads, each once: a column and its rank are one.
    pub fn inputs(&self) -> Vec<String> {
        let mut inputs: Vec<String> = Vec::new();
        for need in &self.needs {
            if !inputs.contains(&need.column) {
                inputs.push(need.column.clone());
            }
        }
        inputs
    }
}

/// Holds what a pack says of itself.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Manifest {
    /// Its name, in kebab-case.
    pub name: String,
    /// Its version, as semantic versioning has it: `1.0.0`.
    pub version: String,
    /// The contract version that it was written for.
    pub api: (u32, u32),
    /// What people call it.
    pub title: Text,
    /// What it does, in a sentence.
    pub summary: Text,
    /// What it answers, in order.
    pub steps: Vec<Step>,
    /// What it counts, beside the core's own features.
    pub features: Vec<Feature>,
    /// What a workspace can set.
    pub settings: Vec<Setting>,
    /// The actions that its proposals name.
    pub actions: Vec<LabelValue>,
    /// The kinds of interaction and custom fields that it brings to a workspace.
    #[serde(skip)]
    pub vocabulary: Vocabulary,
    /// The reports that it brings; a native plugin's are not asked for.
    #[serde(skip)]
    pub reports: Vec<Report>,
    /// Those of its features that look at its settings; in `features` they have the defaults.
    #[serde(skip)]
    pub templates: Vec<FeatureTemplate>,
    /// The setting of type `texts` that holds the order of the worklist's groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worklist_order: Option<String>,
}

impl Manifest {
    /// Reads a manifest from its text; `file` is its name in messages.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let document =
            Document::parse_within(file, text, BYTES).map_err(|problem| vec![problem])?;
        let problems = Problems::default();
        let manifest = read(&document.table(&problems));
        let problems = problems.take();
        match manifest {
            Some(manifest) if problems.is_empty() => Ok(manifest),
            _ => Err(problems),
        }
    }

    /// The setting of a name.
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.name == name)
    }

    /// The settings' values where the workspace says nothing.
    pub fn defaults(&self) -> serde_json::Map<String, Json> {
        self.settings.iter().map(|each| (each.name.clone(), each.default.clone())).collect()
    }

    /// What it counts under given settings.
    ///
    /// # Errors
    /// What is wrong with a feature once its settings are put in.
    pub fn features_under(
        &self,
        settings: &serde_json::Map<String, Json>,
    ) -> Result<Vec<Feature>, Vec<Problem>> {
        let mut features = self.features.clone();
        for template in &self.templates {
            let filled = template.fill(settings)?;
            if let Some(feature) = features.iter_mut().find(|it| it.info.name == template.name()) {
                *feature = filled;
            }
        }
        Ok(features)
    }

    /// The values of a label column under given settings.
    pub fn label_values(
        &self,
        give: &Give,
        settings: &serde_json::Map<String, Json>,
    ) -> Vec<LabelValue> {
        match &give.values_from {
            Some(name) => settings
                .get(name)
                .and_then(|value| serde_json::from_value(value.clone()).ok())
                .unwrap_or_default(),
            None => give.values.clone(),
        }
    }
}

fn read(table: &Table<'_>) -> Option<Manifest> {
    let name = table.required_text("name");
    if let (Some(name), Some(item)) = (&name, table.item("name"))
        && !report::is_kebab(name)
    {
        table.problem(&item.place, format!("pack name \"{name}\" is not in kebab-case"), None);
    }
    let version = table.required_text("version");
    if let (Some(version), Some(item)) = (&version, table.item("version"))
        && parse_version(version).is_none()
    {
        let message = format!("version \"{version}\" is not numbers with points between");
        table.problem(&item.place, message, Some("write one such as \"1.0.0\"".to_owned()));
    }
    // What a newer contract means by its keys is not known here: its version is the one complaint.
    let api = read_api(table);
    if api.is_none() && table.item("api").is_some() {
        return None;
    }
    let title = table.bilingual("title");
    let summary = table.bilingual("summary");
    let settings: Vec<Setting> = named(table, "settings", Setting::read);
    let templates = read_templates(table);
    let features = read_features(table, &settings, &templates);
    let worklist_order = read_worklist(table, &settings);
    let actions = named(table, "actions", |key, table| {
        let en = table.required_text("en");
        let zh = table.text("zh").unwrap_or_default();
        Some(LabelValue { key: key.to_owned(), text: Text::new(en?, zh) })
    });
    let vocabulary = Vocabulary::read(table);
    let reports = report::read(table);
    if vocabulary.is_empty() && reports.is_empty() {
        table.require("step");
    }
    let steps: Vec<Step> =
        table.tables("step").into_iter().filter_map(|step| read_step(&step, &settings)).collect();
    for (at, step) in steps.iter().enumerate() {
        if steps[..at].iter().any(|other| other.name == step.name) {
            table.problem(
                table.place(),
                format!("two steps are called \"{}\"", step.name),
                Some("give one of them another \"name\"".to_owned()),
            );
        }
    }
    let title = title.unwrap_or_else(|| Text::new(name.clone().unwrap_or_default(), ""));
    let summary = summary.unwrap_or_default();
    table.finish();
    Some(Manifest {
        name: name?,
        version: version?,
        api: api?,
        title,
        summary,
        steps,
        features,
        settings,
        actions,
        vocabulary,
        reports,
        templates,
        worklist_order,
    })
}

/// The declarations of features that name settings.
fn read_templates(table: &Table<'_>) -> Vec<FeatureTemplate> {
    let Some(ItemValue::Table(entries)) = table.item("features").map(|item| &item.value) else {
        return Vec::new();
    };
    entries.iter().filter_map(|(name, _, item)| FeatureTemplate::of(name, item)).collect()
}

/// The features, those that name settings with the defaults put in.
fn read_features(
    table: &Table<'_>,
    settings: &[Setting],
    templates: &[FeatureTemplate],
) -> Vec<Feature> {
    let defaults = settings.iter().map(|each| (each.name.clone(), each.default.clone())).collect();
    named(table, "features", |name, entry| {
        let Some(template) = templates.iter().find(|it| it.name() == name) else {
            return Feature::read(name, entry);
        };
        entry.entries().for_each(drop);
        match template.fill(&defaults) {
            Ok(feature) => Some(feature),
            Err(problems) => {
                for problem in problems {
                    table.problem(&problem.place, problem.message, problem.hint);
                }
                None
            }
        }
    })
}

/// The setting that `[worklist] order` names.
fn read_worklist(table: &Table<'_>, settings: &[Setting]) -> Option<String> {
    let worklist = table.table("worklist")?;
    let name = worklist.required_text("order");
    worklist.finish();
    let name = name?;
    let found = settings.iter().any(|it| it.name == name && it.kind == SettingType::Texts);
    if !found {
        let place = worklist.item("order").map_or(worklist.place(), |item| &item.place);
        table.problem(place, format!("there is no setting \"{name}\" of type \"texts\""), None);
    }
    Some(name)
}

fn named<T>(table: &Table<'_>, key: &str, read: impl Fn(&str, &Table<'_>) -> Option<T>) -> Vec<T> {
    let Some(entries) = table.table(key) else {
        return Vec::new();
    };
    let mut result = Vec::new();
    for (name, entry) in entries.subtables() {
        if !is_name(name) {
            entry.problem(
                entry.place(),
                format!("\"{name}\" is no name: lower-case letters, digits and _"),
                None,
            );
        }
        result.extend(read(name, &entry));
        entry.finish();
    }
    result
}

fn read_api(table: &Table<'_>) -> Option<(u32, u32)> {
    let text = table.required_text("api")?;
    let place = &table.item("api")?.place;
    let version = text
        .split_once('.')
        .and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    let (ours, theirs) = (format!("{}.{}", API.0, API.1), &text);
    match version {
        None => table.problem(
            place,
            format!("api \"{theirs}\" is no version; this build speaks {ours}"),
            None,
        ),
        Some(version) if version.0 != API.0 || version.1 > API.1 => table.problem(
            place,
            format!("the pack is written for api {theirs}; this build speaks {ours}"),
            Some("use a newer kehu, or an older version of the pack".to_owned()),
        ),
        Some(version) => return Some(version),
    }
    None
}

fn read_step(table: &Table<'_>, settings: &[Setting]) -> Option<Step> {
    table.require("hook");
    let hook = table.choice("hook", &Hook::ALL.map(Hook::name), Hook::parse);
    let name = table.text("name").or_else(|| Some(hook?.name().to_owned()));
    let function = table.text("function").or_else(|| name.clone());
    let fit = table.text("fit");
    let needs = table.item("needs").map(|item| read_needs(table, item)).unwrap_or_default();
    let mut gives = Vec::new();
    if let Some(declared) = table.table("gives") {
        for (name, give) in declared.subtables() {
            gives.extend(read_give(name, &give, settings));
            give.finish();
        }
    }
    match hook {
        Some(Hook::Score) if gives.len() > GIVES => {
            let message = format!("the step gives more than {GIVES} columns; split it");
            table.problem(table.place(), message, None);
        }
        Some(Hook::Score) if gives.is_empty() => {
            table.problem(
                table.place(),
                "a score step gives at least one column",
                Some("add for example [step.gives.score] type = \"number\"".to_owned()),
            );
        }
        Some(Hook::VisitNeed) if gives.is_empty() => {
            gives.extend(VISIT_NEED_COLUMNS.map(|(name, kind, unit)| Give {
                info: ColumnInfo {
                    name: name.to_owned(),
                    kind,
                    unit: unit.to_owned(),
                    doc: Text::default(),
                    title: None,
                },
                values: Vec::new(),
                values_from: None,
            }));
        }
        Some(Hook::VisitNeed) => check_visit_need(table, &gives),
        Some(Hook::Score) | None => {}
        Some(hook) if !gives.is_empty() => {
            let place = table.item("gives").map_or(table.place(), |item| &item.place);
            table.problem(
                place,
                format!("a {} step gives no columns of its own", hook.name()),
                None,
            );
        }
        Some(_) => {}
    }
    if let (Some(hook), Some(item)) = (hook, table.item("fit"))
        && hook.is_of_commands()
    {
        table.problem(&item.place, format!("a {} step has no fit", hook.name()), None);
    }
    if let (Some(Hook::ImportRow), Some(item)) = (hook, table.item("needs")) {
        let message = "an import_row step needs no columns: it reads the rows' own fields";
        table.problem(&item.place, message, None);
    }
    table.finish();
    Some(Step { name: name?, hook: hook?, function: function?, fit, needs, gives })
}

/// A column that nobody asks for would be a slip: only the known ones can be declared.
fn check_visit_need(table: &Table<'_>, gives: &[Give]) {
    let known = VISIT_NEED_COLUMNS.map(|(name, ..)| name);
    for give in gives.iter().filter(|give| !known.contains(&give.info.name.as_str())) {
        let name = &give.info.name;
        table.problem(
            table.item("gives").map_or(table.place(), |item| &item.place),
            format!("a visit_need step gives no column \"{name}\""),
            Some(did_you_mean(name, known)),
        );
    }
}

fn read_needs(table: &Table<'_>, item: &Item) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    let Some(items) = item.as_list() else {
        table.problem(
            &item.place,
            format!("\"needs\" is {}, expected a list of texts", item.kind()),
            None,
        );
        return needs;
    };
    for item in items {
        match item.as_text().and_then(Need::parse) {
            Some(need) if needs.contains(&need) => {
                table.problem(&item.place, format!("\"{}\" is needed twice", need.name()), None);
            }
            Some(need) => needs.push(need),
            None => table.problem(
                &item.place,
                "a need is a column's name",
                Some("write \"name\", \"name?\" if it may be undeclared, \"name:rank\" for its percentile rank".to_owned()),
            ),
        }
    }
    needs
}

fn read_give(name: &str, table: &Table<'_>, settings: &[Setting]) -> Option<Give> {
    table.require("type");
    let kind = table.choice("type", &ColumnType::ALL.map(ColumnType::name), ColumnType::parse)?;
    let values_from = table.text("values_from");
    let mut values = Vec::new();
    for value in table.tables("values") {
        let key = value.required_text("key");
        let en = value.text("en").or_else(|| key.clone());
        let zh = value.text("zh").unwrap_or_default();
        value.finish();
        if let (Some(key), Some(en)) = (key, en) {
            values.push(LabelValue { key, text: Text::new(en, zh) });
        }
    }
    if let Some(from) = &values_from {
        let found =
            settings.iter().any(|each| each.name == *from && each.kind == SettingType::Labels);
        if !found {
            let place: &Place = table.item("values_from").map_or(table.place(), |item| &item.place);
            table.problem(
                place,
                format!("there is no setting \"{from}\" of type \"labels\""),
                None,
            );
        }
    }
    if kind == ColumnType::Label && values.is_empty() && values_from.is_none() {
        table.problem(
            table.place(),
            format!("label \"{name}\" declares no values"),
            Some(
                "add values = [{ key = …, en = …, zh = … }, …] or values_from = a setting"
                    .to_owned(),
            ),
        );
    }
    let info = ColumnInfo {
        name: name.to_owned(),
        kind,
        unit: table.text("unit").unwrap_or_default(),
        doc: table.bilingual("doc").unwrap_or_default(),
        title: table.bilingual("title"),
    };
    Some(Give { info, values, values_from })
}

//! The catalogue: all features of a workspace, from the core, its kinds and its packs.

use kehu_contract::document::{Document, Place, Problem, Problems};
use kehu_contract::{
    Aggregate, ColumnInfo, ColumnType, Feature, LabelValue, Manifest, Source, Span, Text,
    did_you_mean,
};
use kehu_domain::{Entity, Field, FieldType};

use super::field::FieldRef;
use crate::packs::checked_settings;
use crate::settings::Settings;

const CORE: &str = include_str!("core.toml");

/// Names what the declarations cannot say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Primitive {
    /// The win probability of the customer's most likely open deal.
    Probability,
    /// The days that this deal has been in its stage.
    DaysInStage,
    /// The days to the next birthday of the customer or of one of its contacts.
    BirthdayInDays,
}

#[derive(Debug, Clone)]
enum How {
    Fold(Feature),
    Primitive(Primitive),
    Field(Field),
}

/// Holds one feature with whoever declares it.
#[derive(Debug, Clone)]
pub struct Declared {
    /// Name, type, unit and doc line.
    pub info: ColumnInfo,
    /// The pack that declares it; none for the core and for custom fields.
    pub pack: Option<String>,
    how: How,
}

impl Declared {
    /// What people call the values of a choice: of the field itself, or of the field that is read.
    pub(crate) fn labels(&self, settings: &Settings) -> Vec<LabelValue> {
        let field = match &self.how {
            How::Field(field) => Some(field),
            How::Fold(Feature { field: Some(name), info, .. })
                if matches!(info.kind, ColumnType::Text | ColumnType::Label) =>
            {
                let mut fields = settings.fields.iter().map(|(_, field)| field);
                fields.find(|field| field.name == *name && field.kind == FieldType::Choice)
            }
            How::Fold(_) | How::Primitive(_) => None,
        };
        let choices =
            field.into_iter().flat_map(|field| field.choices.iter().zip(&field.choice_titles));
        choices
            .filter(|(_, (en, zh))| !(en.is_empty() && zh.is_empty()))
            .map(|(key, (en, zh))| LabelValue { key: key.clone(), text: Text::new(en, zh) })
            .collect()
    }
}

/// Says what is wrong with a pack's features.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("pack {pack}, feature \"{feature}\": {message}")]
pub struct CatalogueError {
    /// The pack.
    pub pack: String,
    /// The feature.
    pub feature: String,
    /// What is wrong, and the nearest valid name.
    pub message: String,
}

/// Holds all features of a workspace, in the order of their columns.
#[derive(Debug, Clone)]
pub struct Catalogue {
    declared: Vec<Declared>,
}

impl Catalogue {
    /// Gathers the features of the core, of the workspace's kinds and fields, and of packs.
    ///
    /// # Errors
    /// Features that name an unknown kind or field, or that two packs declare in different ways.
    pub fn new(settings: &Settings, packs: &[&Manifest]) -> Result<Self, Vec<CatalogueError>> {
        let mut catalogue = Self { declared: core_features(settings) };
        catalogue.add_contacts_by_kind(settings);
        for field in settings.fields_of(Entity::Customer) {
            if catalogue.position(&field.name).is_none() {
                let info = field_info(field);
                catalogue.declared.push(Declared {
                    info,
                    pack: None,
                    how: How::Field(field.clone()),
                });
            }
        }
        let mut errors = Vec::new();
        for pack in packs {
            // Settings that do not fit are told where packs are chosen.
            let values = checked_settings(pack, settings).unwrap_or_else(|_| pack.defaults());
            let features = pack.features_under(&values).unwrap_or_else(|problems| {
                let told = |problem: Problem| CatalogueError {
                    pack: pack.name.clone(),
                    feature: problem.place.to_string(),
                    message: problem.message,
                };
                errors.extend(problems.into_iter().map(told));
                Vec::new()
            });
            for feature in &features {
                if let Err(message) = catalogue.add(feature, &pack.name, settings) {
                    let (pack, feature) = (pack.name.clone(), feature.info.name.clone());
                    errors.push(CatalogueError { pack, feature, message });
                }
            }
        }
        if errors.is_empty() { Ok(catalogue) } else { Err(errors) }
    }

    fn add_contacts_by_kind(&mut self, settings: &Settings) {
        for kind in settings.kinds.iter().filter(|kind| kind.contact) {
            for days in [30, 90] {
                let name = format!("{}_{days}d", kind.name);
                if self.position(&name).is_some() {
                    continue;
                }
                let doc = Text::new(
                    format!("number of \"{}\" in the last {days} days", kind.en),
                    format!("近{days}天{}次数", kind.zh),
                );
                let (number, unit) = (ColumnType::Number, String::new());
                let info = ColumnInfo { name, kind: number, unit, doc, title: None };
                let feature = Feature {
                    info: info.clone(),
                    aggregate: Aggregate::Count,
                    field: None,
                    source: Source::Interactions(vec![kind.name.clone()]),
                    tests: Vec::new(),
                    within: Some(Span::Days(days)),
                    back: 0,
                    after_first_day: false,
                    without: None,
                    with: None,
                    with_members: false,
                    by_meeting: false,
                    linked_by: None,
                };
                self.declared.push(Declared { info, pack: None, how: How::Fold(feature) });
            }
        }
    }

    fn add(&mut self, feature: &Feature, pack: &str, settings: &Settings) -> Result<(), String> {
        let feature = resolve(feature, settings);
        check(&feature, settings)?;
        match self.declared.iter().find(|each| each.info.name == feature.info.name) {
            None => {
                self.declared.push(Declared {
                    info: feature.info.clone(),
                    pack: Some(pack.to_owned()),
                    how: How::Fold(feature),
                });
                Ok(())
            }
            Some(Declared { how: How::Fold(known), .. }) if same(known, &feature) => Ok(()),
            Some(known) => {
                let whose = known
                    .pack
                    .as_ref()
                    .map_or("the core".to_owned(), |pack| format!("pack {pack}"));
                Err(format!(
                    "{whose} declares a feature of this name in another way; choose another name"
                ))
            }
        }
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.declared.iter().position(|each| each.info.name == name)
    }

    /// All features, in the order of their columns.
    pub fn declared(&self) -> &[Declared] {
        &self.declared
    }

    /// The number of features.
    pub fn len(&self) -> usize {
        self.declared.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.declared.is_empty()
    }

    pub(super) fn info(&self, at: usize) -> &ColumnInfo {
        &self.declared[at].info
    }

    pub(super) fn features(&self) -> impl Iterator<Item = (usize, &Feature)> {
        self.declared.iter().enumerate().filter_map(|(at, each)| match &each.how {
            How::Fold(feature) => Some((at, feature)),
            _ => None,
        })
    }

    pub(super) fn primitives(&self) -> impl Iterator<Item = (usize, Primitive)> {
        self.declared.iter().enumerate().filter_map(|(at, each)| match each.how {
            How::Primitive(primitive) => Some((at, primitive)),
            _ => None,
        })
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = (usize, &Field)> {
        self.declared.iter().enumerate().filter_map(|(at, each)| match &each.how {
            How::Field(field) => Some((at, field)),
            _ => None,
        })
    }

    /// True if a feature looks at other customers of a group.
    pub(super) fn looks_at_groups(&self) -> bool {
        self.features().any(|(_, feature)| feature.with_members || feature.source.is_group())
    }

    pub(super) fn has(&self, primitive: Primitive) -> bool {
        self.primitives().any(|(_, each)| each == primitive)
    }
}

/// Two declarations that count the same; their words may differ.
fn same(left: &Feature, right: &Feature) -> bool {
    let info = left.info.clone();
    *left == Feature { info, ..right.clone() } && left.info.kind == right.info.kind
}

/// Puts the workspace's contact kinds in for the word that stands for them.
fn resolve(feature: &Feature, settings: &Settings) -> Feature {
    let mut feature = feature.clone();
    if feature.source == Source::Interactions(vec!["contact_kinds".to_owned()]) {
        let kinds = settings.kinds.iter().filter(|kind| kind.contact);
        feature.source = Source::Interactions(kinds.map(|kind| kind.name.clone()).collect());
    }
    feature
}

fn check(feature: &Feature, settings: &Settings) -> Result<(), String> {
    let kinds: &[String] = match &feature.source {
        Source::Interactions(kinds) => kinds,
        _ => &[],
    };
    let kinds = kinds.iter().map(String::as_str);
    for kind in kinds.chain(feature.following().map(|(kind, ..)| kind)) {
        if settings.kind(kind).is_none() {
            let known = settings.kinds.iter().map(|kind| kind.name.as_str());
            let others = [
                "interaction",
                "contact_kinds",
                "deal",
                "task",
                "contact",
                "customer",
                "member",
                "parent",
            ];
            let hint = did_you_mean(kind, known.chain(others));
            return Err(format!("there is no kind \"{kind}\"; {hint}"));
        }
    }
    if let Some(link) = &feature.linked_by {
        let texts = settings.fields_of(Entity::Customer);
        let texts = texts.filter(|field| field.kind == FieldType::Text);
        let known: Vec<&str> = texts.map(|field| field.name.as_str()).collect();
        if !known.contains(&link.as_str()) {
            let hint = did_you_mean(link, known);
            return Err(format!("no text field \"{link}\" of customers names another one; {hint}"));
        }
    }
    for name in feature.field.iter().chain(feature.tests.iter().map(|test| &test.field)) {
        if let Err(known) = FieldRef::parse(&feature.source, name, settings) {
            let hint = did_you_mean(name, known.iter().map(String::as_str));
            return Err(format!("there is no field \"{name}\"; {hint}"));
        }
    }
    Ok(())
}

fn field_info(field: &Field) -> ColumnInfo {
    let kind = match field.kind {
        FieldType::Text => ColumnType::Text,
        FieldType::Number => ColumnType::Number,
        FieldType::Money => ColumnType::Money,
        FieldType::Day => ColumnType::Day,
        FieldType::Flag => ColumnType::Flag,
        FieldType::Choice => ColumnType::Label,
    };
    let doc = Text::new(&field.en, &field.zh);
    let title = Some(doc.clone());
    ColumnInfo { name: field.name.clone(), kind, unit: field.unit.clone(), doc, title }
}

fn core_features(settings: &Settings) -> Vec<Declared> {
    match read_core() {
        Ok(features) => features
            .into_iter()
            .map(|each| match each.how {
                How::Fold(feature) => {
                    Declared { how: How::Fold(resolve(&feature, settings)), ..each }
                }
                _ => each,
            })
            .collect(),
        Err(problems) => unreachable!("the core's own features are well-formed: {problems:?}"),
    }
}

fn read_core() -> Result<Vec<Declared>, Vec<Problem>> {
    let document = Document::parse("core.toml", CORE).map_err(|problem| vec![problem])?;
    let problems = Problems::default();
    let mut declared = Vec::new();
    for (name, table) in document.table(&problems).subtables() {
        let how = match table.text("primitive").as_deref() {
            None => Feature::read(name, &table).map(How::Fold),
            Some("probability") => Some(How::Primitive(Primitive::Probability)),
            Some("days_in_stage") => Some(How::Primitive(Primitive::DaysInStage)),
            Some("birthday_in_days") => Some(How::Primitive(Primitive::BirthdayInDays)),
            Some(other) => {
                let place: &Place = table.place();
                table.problem(place, format!("there is no primitive {other}"), None);
                None
            }
        };
        let info = match &how {
            Some(How::Fold(feature)) => feature.info.clone(),
            _ => ColumnInfo {
                name: name.to_owned(),
                kind: ColumnType::Number,
                unit: table.text("unit").unwrap_or_default(),
                doc: table.bilingual("doc").unwrap_or_default(),
                title: table.bilingual("title"),
            },
        };
        table.item("type");
        table.finish();
        declared.extend(how.map(|how| Declared { info, pack: None, how }));
    }
    let problems = problems.take();
    if problems.is_empty() { Ok(declared) } else { Err(problems) }
}

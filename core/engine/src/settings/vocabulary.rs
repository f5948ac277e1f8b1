//! What packs bring to a workspace's vocabulary: kinds of interaction and custom fields.
//!
//! The workspace's own declaration of a name counts, if the pack can work with it: a kind may have
//! more states, a choice more choices. Two packs that bring one name must mean the same by it.

use kehu_contract::Vocabulary;
use kehu_contract::document::{Document, Item, ItemValue, Place, Problem, Problems, Table};
use kehu_domain::{Entity, Field, FieldType, Kind, Range};

use super::Settings;
use super::declarations::{WITH_FIELDS, read_field, read_kind};

/// Something that a pack declares, with its place and whoever declared it.
struct Brought<'a, T> {
    pack: &'a str,
    place: Place,
    what: T,
}

/// Gathers what packs bring beside what stands already.
struct Merge<'s, 'a> {
    settings: &'s Settings,
    kinds: Vec<Brought<'a, Kind>>,
    fields: Vec<Brought<'a, (Entity, Field)>>,
    /// The ranges of packs for fields that the workspace declares without one.
    ranges: Vec<(Entity, String, Range)>,
    problems: Vec<Problem>,
}

impl Settings {
    /// Adds the vocabulary of the packs that are on, each by its name, in their order.
    ///
    /// # Errors
    /// Every declaration that contradicts another one, naming both places.
    pub fn add_vocabulary(&mut self, packs: &[(String, Vocabulary)]) -> Result<(), Vec<Problem>> {
        let documents: Vec<(&str, Document)> =
            packs.iter().map(|(name, words)| (name.as_str(), words.to_document())).collect();
        let mut merge = Merge::new(self);
        for (pack, document) in &documents {
            let problems = Problems::default();
            merge.read(pack, &document.table(&problems));
            merge.problems.extend(problems.take());
        }
        let Merge { kinds, fields, ranges, problems, .. } = merge;
        if !problems.is_empty() {
            return Err(problems);
        }
        let is_new_kind = |name: &str| kinds.iter().any(|kind| kind.what.name == name);
        let is_new_field = |sort: &str, name: &str| {
            fields.iter().any(|field| {
                let (entity, field) = &field.what;
                WITH_FIELDS.contains(&(sort, *entity)) && field.name == name
            })
        };
        for (_, document) in &documents {
            self.document.overlay(only_new(document, &is_new_kind, &is_new_field));
        }
        for (entity, name, range) in ranges {
            let stands = |(of, field): &&mut (Entity, Field)| *of == entity && field.name == name;
            if let Some((_, field)) = self.fields.iter_mut().find(stands) {
                field.range.get_or_insert(range);
            }
        }
        self.kinds.extend(kinds.into_iter().map(|kind| kind.what));
        self.fields.extend(fields.into_iter().map(|field| field.what));
        Ok(())
    }

    /// Says what a pack declares that the workspace does not have: nothing once
    /// [`Settings::add_vocabulary`] has taken it.
    pub fn lacking(&self, vocabulary: &Vocabulary) -> Vec<String> {
        let document = vocabulary.to_document();
        let problems = Problems::default();
        let table = document.table(&problems);
        let kinds = table.tables("kind");
        let kinds =
            kinds.iter().filter_map(read_kind).filter(|kind| self.kind(&kind.name).is_none());
        let mut lacking: Vec<String> =
            kinds.map(|kind| format!("the kind \"{}\"", kind.name)).collect();
        for_each_field(&table, &mut |sort, entity, name, _| {
            if self.field(entity, name).is_none() {
                lacking.push(format!("the field \"{name}\" of a {sort}"));
            }
        });
        lacking
    }

    /// Where the workspace, or what it extends, declares a kind.
    fn place_of_kind(&self, name: &str) -> Option<Place> {
        let problems = Problems::default();
        let table = self.document.table(&problems);
        let kinds = table.tables("kind");
        let kind = kinds.iter().find(|kind| kind.text("name").as_deref() == Some(name))?;
        Some(kind.place().clone())
    }

    fn place_of_field(&self, sort: &str, name: &str) -> Option<Place> {
        let problems = Problems::default();
        let fields = self.document.table(&problems).table("fields")?.table(sort)?;
        let found = fields.subtables().into_iter().find(|(each, _)| *each == name)?;
        Some(found.1.place().clone())
    }
}

fn for_each_field(table: &Table<'_>, visit: &mut dyn FnMut(&str, Entity, &str, &Table<'_>)) {
    let Some(sorts) = table.table("fields") else { return };
    for (sort, entity) in WITH_FIELDS {
        let Some(declared) = sorts.table(sort) else { continue };
        for (name, field) in declared.subtables() {
            visit(sort, entity, name, &field);
        }
    }
    sorts.finish();
}

impl<'s, 'a> Merge<'s, 'a> {
    fn new(settings: &'s Settings) -> Self {
        let (kinds, fields, ranges, problems) = Default::default();
        Self { settings, kinds, fields, ranges, problems }
    }

    fn read(&mut self, pack: &'a str, table: &Table<'_>) {
        for declared in table.tables("kind") {
            if let Some(kind) = read_kind(&declared) {
                self.add_kind(pack, declared.place(), kind);
            }
        }
        for_each_field(table, &mut |sort, entity, name, declared| {
            if let Some(field) = read_field(name, declared) {
                self.add_field(pack, declared.place(), sort, entity, field);
            }
        });
    }

    fn add_kind(&mut self, pack: &'a str, place: &Place, kind: Kind) {
        let name = &kind.name;
        if let Some(standing) = self.settings.kind(name) {
            if let Some(why) = kind_misfit(&kind, standing) {
                let standing = self.settings.place_of_kind(name).unwrap_or_else(|| place.clone());
                let message = format!("kind \"{name}\" {why}");
                self.problems.push(contradiction(standing, message, pack, place));
            }
        } else if let Some(other) = self.kinds.iter().find(|each| each.what.name == *name) {
            let Kind { contact, states, closing, .. } = &other.what;
            if (*contact, states, closing) != (kind.contact, &kind.states, &kind.closing) {
                let message = format!(
                    "packs {} and {pack} mean different things by kind \"{name}\"",
                    other.pack
                );
                self.problems.push(contradiction(other.place.clone(), message, pack, place));
            }
        } else {
            self.kinds.push(Brought { pack, place: place.clone(), what: kind });
        }
    }

    fn add_field(
        &mut self,
        pack: &'a str,
        place: &Place,
        sort: &str,
        entity: Entity,
        field: Field,
    ) {
        let name = &field.name;
        let is_same = |each: &Brought<'_, (Entity, Field)>| {
            each.what.0 == entity && each.what.1.name == *name
        };
        if let Some(standing) = self.settings.field(entity, name) {
            if let Some(why) = field_misfit(&field, standing) {
                let place_of = self.settings.place_of_field(sort, name);
                let standing = place_of.unwrap_or_else(|| place.clone());
                let message = format!("field \"{name}\" of a {sort} {why}");
                self.problems.push(contradiction(standing, message, pack, place));
            } else if let (None, Some(range)) = (standing.range, field.range) {
                self.ranges.push((entity, field.name, range));
            }
        } else if let Some(other) = self.fields.iter_mut().find(|each| is_same(each)) {
            let Field { kind, choices, unit, range, .. } = &other.what.1;
            let is_other_range = range.is_some() && field.range.is_some() && *range != field.range;
            if (*kind, choices, unit) != (field.kind, &field.choices, &field.unit) || is_other_range
            {
                let message = format!(
                    "packs {} and {pack} mean different things by field \"{name}\" of a {sort}",
                    other.pack
                );
                self.problems.push(contradiction(other.place.clone(), message, pack, place));
            } else {
                other.what.1.range = other.what.1.range.or(field.range);
            }
        } else {
            self.fields.push(Brought { pack, place: place.clone(), what: (entity, field) });
        }
    }
}

fn contradiction(at: Place, message: String, pack: &str, place: &Place) -> Problem {
    let Place { file, line, .. } = place;
    let hint = format!(
        "pack {pack} declares it at {file}:{line}; let the two agree, or take a pack out of [packs] on"
    );
    Problem { place: at, message, hint: Some(hint) }
}

/// Why a pack cannot work with the kind that stands; nothing if it can.
fn kind_misfit(wanted: &Kind, standing: &Kind) -> Option<String> {
    for state in &wanted.states {
        if !standing.states.contains(state) {
            return Some(format!("has no state \"{state}\""));
        }
        match (wanted.closing.contains(state), standing.closing.contains(state)) {
            (true, false) => return Some(format!("is not closed by the state \"{state}\"")),
            (false, true) => return Some(format!("is closed by the state \"{state}\"")),
            _ => {}
        }
    }
    None
}

/// Why a pack cannot work with the field that stands; nothing if it can.
fn field_misfit(wanted: &Field, standing: &Field) -> Option<String> {
    let is_words = |kind| matches!(kind, FieldType::Text | FieldType::Choice);
    if wanted.kind != standing.kind && !(wanted.kind == FieldType::Text && is_words(standing.kind))
    {
        let (standing, wanted) = (standing.kind.name(), wanted.kind.name());
        return Some(format!("is a {standing}, where a {wanted} is needed"));
    }
    let lacks = wanted.choices.iter().find(|choice| !standing.choices.contains(choice))?;
    (standing.kind == FieldType::Choice).then(|| format!("has no choice \"{lacks}\""))
}

/// A pack's declarations without those whose names stood already, for `config show`.
fn only_new(
    document: &Document,
    is_new_kind: &dyn Fn(&str) -> bool,
    is_new_field: &dyn Fn(&str, &str) -> bool,
) -> Document {
    let problems = Problems::default();
    let table = document.table(&problems);
    let mut entries = Vec::new();
    for (key, place, item) in table.entries() {
        let value = match (&item.value, key) {
            (ItemValue::List(kinds), "kind") => {
                let name = |kind: &Item| match &kind.value {
                    ItemValue::Table(entries) => entries
                        .iter()
                        .find(|(key, ..)| key == "name")
                        .and_then(|(.., name)| name.as_text().map(str::to_owned)),
                    _ => None,
                };
                let is_new = |kind: &&Item| name(kind).is_some_and(|name| is_new_kind(&name));
                ItemValue::List(kinds.iter().filter(is_new).cloned().collect())
            }
            (ItemValue::Table(sorts), "fields") => {
                let kept = sorts.iter().map(|(sort, place, item)| {
                    let ItemValue::Table(fields) = &item.value else {
                        return (sort.clone(), place.clone(), item.clone());
                    };
                    let is_new = |(name, ..): &&(String, Place, Item)| is_new_field(sort, name);
                    let fields = fields.iter().filter(is_new).cloned().collect();
                    let item = Item { place: item.place.clone(), value: ItemValue::Table(fields) };
                    (sort.clone(), place.clone(), item)
                });
                ItemValue::Table(kept.collect())
            }
            _ => continue,
        };
        entries.push((key.to_owned(), place.clone(), Item { place: item.place.clone(), value }));
    }
    Document::of(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "[[kind]]\nname = \"obstacle\"\ntitle = { en = \"obstacle\", zh = \"阻碍因素\" }\nstates = [\"open\", \"removed\"]\nclosing = [\"removed\"]\n\n[fields.contact.style]\ntype = \"choice\"\nchoices = [\"driver\", \"amiable\"]\n";

    fn with(own: &str, packs: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
        let mut settings = Settings::read(&[("kehu.toml", own)]).unwrap();
        let words = |(name, text): &(&str, &str)| {
            let file = format!("scripts/{name}/pack.toml");
            ((*name).to_owned(), Vocabulary::parse(&file, text).unwrap())
        };
        let packs: Vec<_> = packs.iter().map(words).collect();
        let added = settings.add_vocabulary(&packs);
        let told = |found: Vec<Problem>| found.iter().map(ToString::to_string).collect::<Vec<_>>();
        added.map_err(told)?;
        assert!(packs.iter().all(|(_, words)| settings.lacking(words).is_empty()));
        Ok(settings)
    }

    #[test]
    fn a_pack_brings_kinds_and_fields_and_every_one_knows_its_file() {
        let settings = with("", &[("stage-rules", WORDS), ("guidance", WORDS)]).unwrap();
        assert_eq!(settings.kind("obstacle").unwrap().closing, ["removed"]);
        assert_eq!(settings.kinds.iter().filter(|kind| kind.name == "obstacle").count(), 1);
        assert_eq!(settings.field(Entity::Contact, "style").unwrap().choices.len(), 2);
        let values = settings.values();
        let at = |path: &str| values.iter().find(|(each, ..)| each == path).unwrap().2.clone();
        assert_eq!(at("fields.contact.style.type"), "scripts/guidance/pack.toml:8");
    }

    #[test]
    fn the_workspaces_own_declaration_counts_where_the_pack_can_work_with_it() {
        let own = "[[kind]]\nname = \"obstacle\"\nstates = [\"open\", \"shelved\", \"removed\"]\nclosing = [\"removed\", \"shelved\"]\n[fields.contact.style]\ntype = \"choice\"\nchoices = [\"amiable\", \"driver\", \"owl\"]\n";
        let settings = with(own, &[("stage-rules", WORDS)]).unwrap();
        assert_eq!(settings.kind("obstacle").unwrap().states.len(), 3);
        assert_eq!(settings.field(Entity::Contact, "style").unwrap().choices[2], "owl");
        assert!(with("", &[("empty", "name = \"empty\"\n")]).is_ok());
    }

    #[test]
    fn contradictions_name_both_places() {
        let hint = |pack: &str, line: u32| {
            format!(
                "\nhint: pack {pack} declares it at scripts/{pack}/pack.toml:{line}; let the two agree, or take a pack out of [packs] on"
            )
        };
        let own = "[[kind]]\nname = \"obstacle\"\nstates = [\"open\"]\n";
        let told = with(own, &[("stage-rules", WORDS)]).unwrap_err();
        assert_eq!(
            told,
            [format!(
                "kehu.toml:1:1: kind \"obstacle\" has no state \"removed\"\n  1 | [[kind]]{}",
                hint("stage-rules", 1)
            )]
        );
        let own = "[fields.contact.style]\ntype = \"number\"\n";
        let told = with(own, &[("stage-rules", WORDS)]).unwrap_err();
        assert!(
            told[0].starts_with(
                "kehu.toml:1:1: field \"style\" of a contact is a number, where a choice is needed"
            ),
            "{told:?}"
        );
        let other = "[[kind]]\nname = \"obstacle\"\ncontact = true\n";
        let told = with("", &[("one", WORDS), ("two", other)]).unwrap_err();
        assert_eq!(
            told,
            [format!(
                "scripts/one/pack.toml:1:1: packs one and two mean different things by kind \"obstacle\"\n  1 | [[kind]]{}",
                hint("two", 1)
            )]
        );
        let told = with("", &[("one", "[[kind]]\nname = \"Bad\"\n")]).unwrap_err();
        assert!(told[0].contains("is no name"), "{told:?}");
    }
}

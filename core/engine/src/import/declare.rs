//! What a mapping declares for its workspace: pipelines, kinds and fields.

use std::fmt::Write as _;

use kehu_contract::document::{Document, Problem, Table};
use kehu_domain::{Entity, Field, Kind, Pipeline, Range, StageRole};
use serde::Serialize;

use crate::settings::{Settings, WITH_FIELDS, read_fields, read_kinds, read_pipelines};

/// Holds what a mapping declares that its workspace does not have yet.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Declarations {
    /// The ways that its deals go.
    pub pipelines: Vec<Pipeline>,
    /// Its kinds of interaction.
    pub kinds: Vec<Kind>,
    /// Its custom fields.
    pub fields: Vec<(Entity, Field)>,
}

impl Declarations {
    /// Reads what a mapping declares; what the workspace has already stays as it is there.
    pub(super) fn read(table: &Table<'_>, settings: &Settings) -> Self {
        let mut pipelines = read_pipelines(table);
        let mut kinds = read_kinds(table);
        let mut fields = read_fields(table);
        pipelines.retain(|pipeline| settings.pipeline(&pipeline.name).is_none());
        kinds.retain(|kind| settings.kind(&kind.name).is_none());
        fields.retain(|(entity, field)| settings.field(*entity, &field.name).is_none());
        Self { pipelines, kinds, fields }
    }

    /// True if there is nothing new.
    pub fn is_empty(&self) -> bool {
        self.pipelines.is_empty() && self.kinds.is_empty() && self.fields.is_empty()
    }

    pub(super) fn over(&self, settings: &Settings) -> Settings {
        let mut settings = settings.clone();
        settings.pipelines.extend(self.pipelines.iter().cloned());
        settings.kinds.extend(self.kinds.iter().cloned());
        settings.fields.extend(self.fields.iter().cloned());
        settings
    }

    /// The declarations as they are written in `kehu.toml`.
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        for pipeline in &self.pipelines {
            write_pipeline(&mut text, pipeline);
        }
        for kind in &self.kinds {
            write_kind(&mut text, kind);
        }
        for (entity, field) in &self.fields {
            write_field(&mut text, *entity, field);
        }
        text
    }

    /// The text of a `kehu.toml` with the declarations behind it; what stood there stays as it is.
    ///
    /// # Errors
    /// Why the two do not fit together, such as fields that are written in one line already.
    pub fn append_to(&self, file: &str, text: &str, heading: &str) -> Result<String, Problem> {
        let mut whole = text.trim_end().to_owned();
        if !whole.is_empty() {
            whole.push_str("\n\n");
        }
        let _ = writeln!(whole, "# {heading}");
        whole.push_str(&self.to_toml());
        Document::parse(file, &whole).map(|_| whole)
    }
}

fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

fn title(text: &mut String, en: &str, zh: &str) {
    if zh.is_empty() {
        let _ = writeln!(text, "title = {}", quoted(en));
    } else {
        let _ = writeln!(text, "title = {{ en = {}, zh = {} }}", quoted(en), quoted(zh));
    }
}

fn list(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", ")
}

fn write_pipeline(text: &mut String, pipeline: &Pipeline) {
    let _ = writeln!(text, "[[pipeline]]\nname = {}", quoted(&pipeline.name));
    title(text, &pipeline.en, &pipeline.zh);
    for stage in &pipeline.stages {
        let _ = writeln!(text, "\n[[pipeline.stage]]\nname = {}", quoted(&stage.name));
        title(text, &stage.en, &stage.zh);
        match stage.role {
            StageRole::Open => {}
            StageRole::Won => text.push_str("role = \"won\"\n"),
            StageRole::Lost => text.push_str("role = \"lost\"\n"),
        }
        if let Some(probability) = stage.probability {
            let _ = writeln!(text, "probability = {probability:?}");
        }
        if let Some(days) = stage.longest_stay {
            let _ = writeln!(text, "longest_stay = {days}");
        }
        if !stage.exit_criteria.is_empty() {
            let _ = writeln!(text, "exit_criteria = [{}]", list(&stage.exit_criteria));
        }
        if let Some(role) = &stage.owner_role {
            let _ = writeln!(text, "owner_role = {}", quoted(role));
        }
    }
    text.push('\n');
}

fn write_kind(text: &mut String, kind: &Kind) {
    let _ = writeln!(text, "[[kind]]\nname = {}", quoted(&kind.name));
    title(text, &kind.en, &kind.zh);
    if kind.contact {
        text.push_str("contact = true\n");
    }
    if !kind.states.is_empty() {
        let _ = writeln!(text, "states = [{}]", list(&kind.states));
        let _ = writeln!(text, "closing = [{}]", list(&kind.closing));
        if kind.finals != kind.closing {
            let _ = writeln!(text, "final = [{}]", list(&kind.finals));
        }
    }
    text.push('\n');
}

/// A choice as `kehu.toml` says it, with what people call it.
fn choice(key: &str, en: &str, zh: &str) -> String {
    let titles = [("en", en), ("zh", zh)].into_iter().filter(|(_, title)| !title.is_empty());
    let titles: Vec<String> =
        titles.map(|(word, title)| format!("{word} = {}", quoted(title))).collect();
    if titles.is_empty() {
        return quoted(key);
    }
    format!("{{ key = {}, {} }}", quoted(key), titles.join(", "))
}

fn write_field(text: &mut String, entity: Entity, field: &Field) {
    let sort = WITH_FIELDS.iter().find(|(_, of)| *of == entity).map_or("", |(word, _)| word);
    let _ = writeln!(text, "[fields.{sort}.{}]", field.name);
    let _ = writeln!(text, "type = {}", quoted(field.kind.name()));
    title(text, &field.en, &field.zh);
    if !field.choices.is_empty() {
        let choices = field.choices.iter().zip(&field.choice_titles);
        let choices: Vec<String> = choices.map(|(key, (en, zh))| choice(key, en, zh)).collect();
        let _ = writeln!(text, "choices = [{}]", choices.join(", "));
    }
    if !field.unit.is_empty() {
        let _ = writeln!(text, "unit = {}", quoted(&field.unit));
    }
    match field.range {
        Some(Range { least, greatest: Some(greatest) }) => {
            let _ = writeln!(text, "range = [{least}, {greatest}]");
        }
        Some(Range { least, greatest: None }) => {
            let _ = writeln!(text, "range = [{least}]");
        }
        None => {}
    }
    text.push('\n');
}

use kehu_contract::{Language, Text};
use kehu_domain::Range;
use kehu_engine::records::values;
use kehu_engine::settings::Settings;

use crate::context::Context;
use crate::error::Result;
use crate::locale::Label;
use crate::page_lines::PageLines;

/// Shows how to record all that the packs ask for: kehu help recording
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// The page in both languages; a test runs every command of it.
const PAGES: [(Language, &str); 2] = [
    (Language::En, include_str!("../../help/recording.md")),
    (Language::Zh, include_str!("../../help/recording.zh.md")),
];

const FIELDS: Label = Label::new(
    "What fields take here, by key or by words",
    "本工作区各字段可填的内容（可写键或文字）",
);

/// The room for the name of a field.
const ROOM: usize = 34;

pub(crate) fn run(context: &mut Context<'_>, _args: &Args) -> Result {
    // Within a workspace it speaks as the workspace does, and says what its fields take.
    let workspace = context.open().ok();
    let language = match &workspace {
        Some(workspace) => workspace.language,
        None => context.language()?,
    };
    let page = PAGES.iter().find(|(each, _)| *each == language).map_or("", |(_, page)| page);
    for line in page.lines() {
        match line.strip_prefix("# ").or_else(|| line.strip_prefix("## ")) {
            Some(title) => context.printer.heading(title)?,
            None => context.printer.line(line)?,
        }
    }
    let Some(workspace) = workspace else { return Ok(()) };
    let mut page = PageLines::new(context.printer.width());
    page.gap();
    page.heading(FIELDS.get(language));
    for (name, takes) in fields(&workspace.settings, language) {
        page.beside(&name, ROOM, &takes);
    }
    page.show(&mut context.printer)
}

/// A range as people read it.
fn numbers(range: Range, unit: &str, language: Language) -> String {
    let unit = if unit == "%" { " %" } else { "" };
    let said = match (language, range.greatest) {
        (Language::En, _) => range.to_string(),
        (Language::Zh, Some(greatest)) => format!("{} 至 {greatest}", range.least),
        (Language::Zh, None) => format!("不小于 {}", range.least),
    };
    said + unit
}

/// What the facts and fields take that do not take everything: name and choices, or range.
fn fields(settings: &Settings, language: Language) -> Vec<(String, String)> {
    let listed = |choices: &[(String, Text)]| {
        let shown = choices.iter().map(|choice| values::choice_shown(choice, language));
        shown.collect::<Vec<_>>().join("; ")
    };
    let facts = settings.choices.iter().map(|(fact, choices)| (fact.clone(), listed(choices)));
    let own = settings.fields.iter().filter_map(|(entity, field)| {
        let takes = match field.range {
            Some(range) => numbers(range, &field.unit, language),
            None if field.choices.is_empty() => return None,
            None => listed(&values::choices(field)),
        };
        Some((format!("{}.{}", entity.name(), field.name), takes))
    });
    facts.filter(|(_, takes)| !takes.is_empty()).chain(own).collect()
}

//! The reference for people.

use std::fmt::Write as _;

use kehu_contract::Language;

use super::entry::{Entry, Parameter, Shape, Subject, Type};

/// Writes the whole of it in a language.
pub(super) fn write(language: Language) -> String {
    let mut page = String::from(match language {
        Language::En => {
            "# Reference\n\nWhat scripts see of kehu; `kehu api --format markdown` writes this page, and `kehu api NAME` shows\none entry of it. How a pack is made stands in [README.md](README.md). In examples, what follows `-->` is what the\nline gives.\n"
        }
        Language::Zh => {
            "# 参考手册\n\n脚本可用的全部内容。本页由 `kehu --lang zh api --format markdown` 生成，`kehu api 名称` 显示其中一条。脚本包的写法见\n[README.md](README.md)。示例中 `-->` 之后是该行给出的结果。\n"
        }
    });
    let others = super::OF_TESTS.into_iter().chain([&super::report::SUBJECT]);
    for subject in super::subjects().chain(others) {
        write_subject(&mut page, subject, language);
    }
    page
}

fn write_subject(page: &mut String, subject: &Subject, language: Language) {
    let _ = write!(page, "\n## {}\n\n{}\n", heading(subject), subject.doc(language));
    if !subject.like.is_empty() {
        let also = word(language, "It also has what stands under", "另有该处所列内容：");
        let _ = write!(page, "\n{also} `{}`.\n", subject.like);
    }
    let fields: Vec<&Entry> =
        subject.entries.iter().filter(|entry| entry.example.is_empty()).collect();
    if !fields.is_empty() {
        let heads = word(language, "| field | type | meaning |", "| 字段 | 类型 | 含义 |");
        let _ = write!(page, "\n{heads}\n|---|---|---|\n");
        for entry in fields {
            let Shape::Field(kind, optional) = entry.shape else { continue };
            let kind = kind.or_nil(optional, language).replace('|', "\\|");
            let _ = writeln!(page, "| `{}` | {kind} | {} |", entry.name, entry.doc(language));
        }
    }
    if !subject.example.is_empty() {
        let _ = write!(page, "\n```lua\n{}\n```\n", subject.example);
    }
    for entry in subject.entries.iter().filter(|entry| !entry.example.is_empty()) {
        let _ = write!(page, "\n### `{}`\n\n", entry.signature(language));
        page.push_str(&text(entry, language));
        let _ = write!(page, "\n```lua\n{}\n```\n", entry.example);
    }
}

/// How a subject is called in a heading: its hooks, where it has some.
fn heading(subject: &Subject) -> String {
    if subject.hooks.is_empty() {
        return format!("`{}`", subject.name);
    }
    let hooks: Vec<&str> = subject.hooks.iter().map(|hook| hook.name()).collect();
    format!("`{}` ({})", subject.name, hooks.join(", "))
}

/// What is said of an entry below its signature, without its example.
pub(super) fn text(entry: &Entry, language: Language) -> String {
    let mut text = format!("{}\n", entry.doc(language));
    let more = entry.more_doc(language);
    if !more.is_empty() {
        let _ = write!(text, "\n{more}\n");
    }
    let takes = parameters(entry.takes());
    let told: Vec<String> = takes.iter().map(|parameter| line(parameter, language)).collect();
    if !told.is_empty() {
        let _ = write!(text, "\n{}\n", told.join("\n"));
    }
    let (since, end) = (word(language, "Since", "始于版本"), word(language, ".", "。"));
    let _ = write!(text, "\n{since} {}{end}\n", entry.since);
    text
}

/// The parameters that are told one by one: the fields of a table in place of the table itself.
fn parameters(takes: &'static [Parameter]) -> Vec<Parameter> {
    let fields = |parameter: &Parameter| match parameter.kind {
        Type::Fields(fields) => fields.to_vec(),
        _ => vec![*parameter],
    };
    takes.iter().flat_map(fields).collect()
}

fn line(parameter: &Parameter, language: Language) -> String {
    let kind = parameter.kind.name(language);
    let may = match (parameter.rest, parameter.optional) {
        (true, _) => word(language, ", any number of them", "，可有多个"),
        (false, true) => word(language, ", may be left out", "，可省略"),
        _ => "",
    };
    let doc = parameter.doc(language);
    let colon = if doc.is_empty() { "" } else { word(language, ": ", "：") };
    format!("- `{}` ({kind}{may}){colon}{doc}", parameter.name)
}

fn word(language: Language, en: &'static str, zh: &'static str) -> &'static str {
    match language {
        Language::En => en,
        Language::Zh => zh,
    }
}

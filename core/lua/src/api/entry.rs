//! What the registry says of one function or field.

use kehu_contract::{Hook, Language};

/// Names the type of an argument, a result or a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Type {
    /// A finite number.
    Number,
    /// A number without a fraction.
    Whole,
    /// A whole number of days from 1970-01-01, within the years 0 to 9999.
    Day,
    /// A text in UTF-8, at most 1 MiB.
    Text,
    /// True or false.
    Flag,
    /// Whatever there is.
    Any,
    /// A table of any fields.
    Table,
    /// A table with these fields.
    Fields(&'static [Parameter]),
    /// A list.
    List(&'static Type),
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// What `kehu.rule` gives.
    Rule,
    /// What `kehu.rules` gives.
    Rules,
    /// A rule, or a list of rules and of `{ rule, arguments… }`.
    Reasons,
    /// A number or a text that fills a place of a rule's sentence.
    Argument,
    /// A subject of the registry, by its name.
    Of(&'static str),
}

/// Describes an argument, a result, or a field of a table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub kind: Type,
    /// True if it may be nil.
    pub optional: bool,
    /// True if any number of them may follow.
    pub rest: bool,
    /// What it is, in English; empty where name and type say it.
    pub en: &'static str,
    /// The same in Chinese.
    pub zh: &'static str,
}

/// Says what an entry is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// Something that is called.
    Function {
        /// What it takes.
        takes: &'static [Parameter],
        /// What it gives, one for each result.
        gives: &'static [Parameter],
    },
    /// Something that is read; nil where the second is true.
    Field(Type, bool),
}

/// Describes one function or field that scripts see.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// The name as scripts write it, such as `kehu.day.parse` or `ctx:column`.
    pub name: &'static str,
    /// What it takes and gives, or its type.
    pub shape: Shape,
    /// The first api version that has it.
    pub since: &'static str,
    /// What it does, in one English sentence.
    pub en: &'static str,
    /// The same in Chinese.
    pub zh: &'static str,
    /// What else there is to know, in English; may be empty.
    pub more_en: &'static str,
    /// The same in Chinese.
    pub more_zh: &'static str,
    /// Lua that shows it. In a line with `-->`, what follows is what the expression before it gives.
    /// Empty for a field that the example of its subject shows.
    pub example: &'static str,
}

/// Holds the entries of one table that scripts see.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Subject {
    /// Its name in the files for editors, such as `kehu.day` or `kehu.ScoreContext`.
    pub name: &'static str,
    /// The subject whose entries it has too; empty for none.
    pub like: &'static str,
    /// The hooks in which it is seen; none means everywhere.
    pub hooks: &'static [Hook],
    /// What it is, in English.
    pub en: &'static str,
    /// The same in Chinese.
    pub zh: &'static str,
    /// Lua that shows its fields; empty where each entry has an example of its own.
    pub example: &'static str,
    /// What it has.
    pub entries: &'static [Entry],
}

pub(super) const fn need(name: &'static str, kind: Type) -> Parameter {
    Parameter { name, kind, optional: false, rest: false, en: "", zh: "" }
}

pub(super) const fn may(name: &'static str, kind: Type) -> Parameter {
    Parameter { optional: true, ..need(name, kind) }
}

pub(super) const fn rest(name: &'static str, kind: Type) -> Parameter {
    Parameter { rest: true, ..may(name, kind) }
}

pub(super) const fn function(
    name: &'static str,
    takes: &'static [Parameter],
    gives: &'static [Parameter],
) -> Entry {
    entry(name, Shape::Function { takes, gives })
}

pub(super) const fn field(name: &'static str, kind: Type) -> Entry {
    entry(name, Shape::Field(kind, false))
}

pub(super) const fn field_or_nil(name: &'static str, kind: Type) -> Entry {
    entry(name, Shape::Field(kind, true))
}

const fn entry(name: &'static str, shape: Shape) -> Entry {
    Entry { name, shape, since: "0.1", en: "", zh: "", more_en: "", more_zh: "", example: "" }
}

impl Parameter {
    pub(super) const fn says(self, en: &'static str, zh: &'static str) -> Self {
        Self { en, zh, ..self }
    }

    /// What it is, in a language; empty where name and type say it.
    pub fn doc(&self, language: Language) -> &'static str {
        in_language(language, self.en, self.zh)
    }
}

impl Entry {
    pub(super) const fn says(self, en: &'static str, zh: &'static str) -> Self {
        Self { en, zh, ..self }
    }

    pub(super) const fn more(self, more_en: &'static str, more_zh: &'static str) -> Self {
        Self { more_en, more_zh, ..self }
    }

    pub(super) const fn example(self, example: &'static str) -> Self {
        Self { example, ..self }
    }

    /// The last part of the name.
    pub fn short(&self) -> &'static str {
        self.name.rsplit(['.', ':']).next().unwrap_or(self.name)
    }

    /// True if it is called with a colon.
    pub fn is_method(&self) -> bool {
        self.name.contains(':')
    }

    /// What it takes; nothing for a field.
    pub fn takes(&self) -> &'static [Parameter] {
        match self.shape {
            Shape::Function { takes, .. } => takes,
            Shape::Field(..) => &[],
        }
    }

    /// What it gives; nothing for a field.
    pub fn gives(&self) -> &'static [Parameter] {
        match self.shape {
            Shape::Function { gives, .. } => gives,
            Shape::Field(..) => &[],
        }
    }

    /// What it does, in a language.
    pub fn doc(&self, language: Language) -> &'static str {
        in_language(language, self.en, self.zh)
    }

    /// What else there is to know, in a language.
    pub fn more_doc(&self, language: Language) -> &'static str {
        in_language(language, self.more_en, self.more_zh)
    }

    /// The name with what it takes and gives, such as `kehu.day.parse(text) → day`.
    pub fn signature(&self, language: Language) -> String {
        let Shape::Function { takes, gives } = self.shape else {
            let Shape::Field(kind, optional) = self.shape else { return String::new() };
            return format!("{}: {}", self.name, kind.or_nil(optional, language));
        };
        let named = |parameter: &Parameter| match parameter {
            Parameter { rest: true, .. } => format!("{}…", parameter.name),
            Parameter { optional: true, .. } => format!("[{}]", parameter.name),
            _ => parameter.name.to_owned(),
        };
        let opened = match takes {
            [Parameter { name, kind: Type::Fields(_), .. }] => format!("{{ {name} }}"),
            takes => format!("({})", takes.iter().map(named).collect::<Vec<_>>().join(", ")),
        };
        let given = |given: &Parameter| given.kind.or_nil(given.optional, language);
        let gives: Vec<String> = gives.iter().map(given).collect();
        let arrow = if gives.is_empty() { "" } else { " → " };
        format!("{}{opened}{arrow}{}", self.name, gives.join(", "))
    }
}

impl Subject {
    /// What it is, in a language.
    pub fn doc(&self, language: Language) -> &'static str {
        in_language(language, self.en, self.zh)
    }

    /// True if scripts find it under the global `kehu`, or it is that global.
    pub fn is_global(&self) -> bool {
        self.entries.iter().all(|entry| !entry.is_method())
            && self.name.chars().all(|each| !each.is_ascii_uppercase())
    }

    /// The entry of a short name.
    pub fn entry(&self, short: &str) -> Option<&'static Entry> {
        self.entries.iter().find(|entry| entry.short() == short)
    }
}

impl Type {
    /// The words for it.
    pub fn name(self, language: Language) -> String {
        let (en, zh) = match self {
            Self::Number => ("number", "数字"),
            Self::Whole => ("whole number", "整数"),
            Self::Day => ("day", "日期"),
            Self::Text => ("text", "文本"),
            Self::Flag => ("true or false", "真或假"),
            Self::Any => ("anything", "任意值"),
            Self::Table | Self::Fields(_) => ("table", "表"),
            Self::Rule => ("rule", "规则"),
            Self::Rules => ("list of rules", "规则列表"),
            Self::Reasons => ("rule, or list of reasons", "规则或理由列表"),
            Self::Argument => ("number or text", "数字或文本"),
            Self::List(item) => {
                let item = item.name(language);
                return match language {
                    Language::En => format!("list of {item}s"),
                    Language::Zh => format!("{item}列表"),
                };
            }
            Self::Choice(words) => {
                return words
                    .iter()
                    .map(|word| format!("\"{word}\""))
                    .collect::<Vec<_>>()
                    .join(" | ");
            }
            Self::Of(name) => return name.to_owned(),
        };
        in_language(language, en, zh).to_owned()
    }

    /// The same where there may be nil instead.
    pub fn or_nil(self, optional: bool, language: Language) -> String {
        let name = self.name(language);
        match (optional, language) {
            (false, _) => name,
            (true, Language::En) => format!("{name} or nil"),
            (true, Language::Zh) => format!("{name}或 nil"),
        }
    }
}

fn in_language(language: Language, en: &'static str, zh: &'static str) -> &'static str {
    if language == Language::Zh && !zh.is_empty() { zh } else { en }
}

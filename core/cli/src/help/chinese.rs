//! The help in Chinese: the words of every command and those of the parser, in the place of the
//! English ones.
//!
//! What is said lies in `zh.toml`, each text under its English; a test names what is missing there.

use std::collections::HashMap;
use std::sync::LazyLock;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};
use serde::Deserialize;

use crate::locale;

const TEXTS: &str = include_str!("zh.toml");

const TEMPLATE: &str = "{before-help}{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

#[derive(Deserialize)]
struct Table {
    text: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    en: String,
    zh: String,
}

/// The Chinese text of each English one; both without blanks at their ends.
static CHINESE: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let table: Table = toml::from_str(TEXTS).unwrap_or(Table { text: Vec::new() });
    let trimmed = |text: String| text.trim().to_owned();
    table.text.into_iter().map(|entry| (trimmed(entry.en), trimmed(entry.zh))).collect()
});

/// Says a text of the help in Chinese, part by part; what the table does not have stays English.
pub(super) fn said(text: &str) -> String {
    if is_examples(text) {
        return text.lines().map(example).collect::<Vec<_>>().join("\n");
    }
    if let Some(whole) = CHINESE.get(text.trim()) {
        return whole.clone();
    }
    let part = |part| CHINESE.get(part).map_or(part, String::as_str);
    text.trim().split("\n\n").map(part).collect::<Vec<_>>().join("\n\n")
}

/// Headings of examples and the like.
const HEADINGS: [(&str, &str); 4] = [
    ("Examples:", "示例："),
    ("Example:", "示例："),
    ("Lines:", "每一行："),
    ("Templates:", "模板："),
];

fn is_examples(text: &str) -> bool {
    HEADINGS.iter().any(|(heading, _)| text.trim_start().starts_with(heading))
}

/// A line of examples: its heading, or what stands behind the command.
fn example(line: &str) -> String {
    if let Some((_, heading)) = HEADINGS.iter().find(|(heading, _)| line.trim() == *heading) {
        return (*heading).to_owned();
    }
    match behind(line).and_then(|words| Some((words, CHINESE.get(words)?))) {
        Some((words, said)) => line.replacen(words, said, 1),
        None => line.to_owned(),
    }
}

/// What a line of examples says behind its command, at two blanks or more.
fn behind(line: &str) -> Option<&str> {
    let (_, words) = line.trim_start().split_once("  ")?;
    Some(words.trim()).filter(|words| !words.is_empty())
}

/// Puts Chinese words in the place of all English ones of a command and those below it.
pub(super) fn translated(command: Command) -> Command {
    let mut command = command;
    command.build();
    below(command)
}

fn below(command: Command) -> Command {
    let about = command.get_about().map(styled);
    let long_about = command.get_long_about().map(styled);
    let after_help = command.get_after_help().map(styled);
    let mut command = command
        .subcommand_help_heading("命令")
        .help_template(TEMPLATE)
        .mut_args(argument)
        .mut_subcommands(below);
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(long_about) = long_about {
        command = command.long_about(long_about);
    }
    if let Some(after_help) = after_help {
        command = command.after_help(after_help);
    }
    command
}

fn styled(text: &StyledStr) -> String {
    said(&text.to_string())
}

fn argument(argument: Arg) -> Arg {
    let heading = match argument.get_help_heading() {
        Some(_) => "所有命令的选项",
        None if argument.is_positional() => "参数",
        None => "选项",
    };
    let default: Vec<_> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    // The parser would say the default in English.
    let says_default =
        argument.get_action().takes_values() && !argument.is_hide_default_value_set();
    let said_default =
        (!default.is_empty() && says_default).then(|| format!(" [默认：{}]", default.join(" ")));
    let with_default = |text: &StyledStr| styled(text) + said_default.as_deref().unwrap_or("");
    let help = argument.get_help().map(with_default);
    let long_help = argument.get_long_help().map(with_default);
    let choices: Vec<String> =
        argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let says_choices = !choices.is_empty()
        && !argument.is_hide_possible_values_set()
        && argument.get_action().takes_values();
    let said_choices =
        if says_choices { format!(" [可选：{}]", choices.join("、")) } else { String::new() };
    let mut argument =
        argument.help_heading(heading).hide_default_value(true).hide_possible_values(true);
    if let Some(help) = help {
        argument = argument.help(help + &said_choices);
    }
    if let Some(long_help) = long_help {
        argument = argument.long_help(long_help + &said_choices);
    }
    argument
}

/// Says in Chinese why the arguments make no sense; none where the parser's own words must do.
pub(super) fn refusal(error: &clap::Error) -> Option<String> {
    let of = |kind| error.get(kind).map(value);
    let argument = || of(ContextKind::InvalidArg).unwrap_or_default();
    let given = || of(ContextKind::InvalidValue).unwrap_or_default();
    let what = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            format!("没有命令“{}”", of(ContextKind::InvalidSubcommand)?)
        }
        ErrorKind::UnknownArgument => format!("不认识参数“{}”", argument()),
        ErrorKind::InvalidValue if given().is_empty() => format!("“{}”缺少值", argument()),
        ErrorKind::InvalidValue => format!("“{}”不能用于“{}”", given(), argument()),
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            format!("“{}”不能用于“{}”：{}", given(), argument(), locale::said(&why))
        }
        ErrorKind::MissingRequiredArgument => format!("缺少必需的参数：{}", argument()),
        ErrorKind::MissingSubcommand => "缺少子命令".to_owned(),
        ErrorKind::ArgumentConflict => {
            let other = of(ContextKind::PriorArg).unwrap_or_default();
            format!("“{}”不能与“{other}”同时使用", argument())
        }
        ErrorKind::TooManyValues => format!("“{}”的值太多：“{}”", argument(), given()),
        ErrorKind::NoEquals => format!("“{}”的值须用 = 连接", argument()),
        _ => return None,
    };
    let mut lines = vec![format!("错误：{what}")];
    let near =
        [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    if let Some(near) = near.into_iter().find_map(of) {
        lines.push(format!("提示：是否想写 {near}？"));
    }
    if let Some(choices) = of(ContextKind::ValidValue) {
        lines.push(format!("提示：可选：{choices}"));
    }
    if let Some(usage) = of(ContextKind::Usage) {
        lines.push(format!("\n{}", usage.replace("Usage: ", "用法：")));
    }
    lines.push("\n更多说明：--help".to_owned());
    Some(lines.join("\n"))
}

fn value(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join("、"),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::StyledStrs(texts) => {
            texts.iter().map(ToString::to_string).collect::<Vec<_>>().join("、")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::CommandFactory as _;

    use super::*;
    use crate::Cli;

    /// Every part of what a command and those below it say.
    fn parts(command: &Command, into: &mut BTreeSet<String>) {
        let mut keep = |text: Option<&StyledStr>| {
            let text = text.map(ToString::to_string).unwrap_or_default();
            if is_examples(&text) {
                into.extend(text.lines().filter_map(behind).map(str::to_owned));
            } else {
                into.extend(text.trim().split("\n\n").map(str::to_owned));
            }
        };
        keep(command.get_about());
        keep(command.get_long_about());
        keep(command.get_after_help());
        for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
            keep(argument.get_help());
            keep(argument.get_long_help());
        }
        for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
            parts(below, into);
        }
    }

    #[test]
    fn every_part_of_the_help_is_said_in_chinese_too_and_no_other() {
        let mut command = Cli::command();
        command.build();
        let mut all = BTreeSet::new();
        parts(&command, &mut all);
        all.remove("");
        all.extend(super::super::GROUPS.iter().map(|(title, _)| (*title).to_owned()));
        all.insert(super::super::LAST.trim().to_owned());
        let table: Table = toml::from_str(TEXTS).unwrap();
        let known: BTreeSet<String> = table.text.iter().map(|entry| entry.en.clone()).collect();
        let missing: Vec<&String> = all.difference(&known).collect();
        let idle: Vec<&String> = known.difference(&all).collect();
        assert!(
            missing.is_empty() && idle.is_empty(),
            "core/cli/src/help/zh.toml lacks\n{missing:#?}\nand nobody says\n{idle:#?}"
        );
        assert_eq!(known.len(), table.text.len(), "a text stands there twice");
        assert!(table.text.iter().all(|entry| !entry.zh.is_empty()));
    }
}

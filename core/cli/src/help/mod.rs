//! The help: its front page, with the commands in groups in the order in which they are read, and all of
//! it in the language of the person.

mod chinese;

use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Command;
use kehu_contract::Language;

use crate::context::Globals;
use crate::locale;
use crate::printer::Printer;
use crate::workspace::{self, UserConfig};

/// The groups of commands; a test keeps every command in one of them.
pub(crate) const GROUPS: [(&str, &[&str]); 7] = [
    ("Set up a workspace", &["init", "demo", "import", "config"]),
    ("Know customers", &["show", "customer", "contact", "log", "note", "interaction"]),
    ("Win deals, do the work", &["today", "plan", "deal", "task", "target"]),
    (
        "Decide, and say why",
        &["score", "explain", "report", "override", "runs", "features", "pack", "plugin"],
    ),
    ("Write packs and reports of your own", &["run", "repl", "api"]),
    ("Keep the firm's own lists", &["rep", "product"]),
    ("Look back, take back, look after", &["history", "undo", "doctor", "completions"]),
];

const TEMPLATE: &str = "{about}\n\n{usage-heading} {usage}\n{after-help}\nOptions:\n{options}\n";

const LAST: &str = "\
Names work wherever an id does: kehu show 武汉钢铁, or kehu show C-12.
Data goes to stdout, talk to stderr; every listing has --json. kehu help COMMAND says more.
Exit codes: 0 done, 1 failed, 2 asked for in a way that makes no sense, 3 partly done.
";

/// Pages of the help that are about no one command: what is typed after `help`.
const TOPICS: [&str; 1] = ["recording"];

/// The arguments with `help recording` in the form in which it is a command.
pub(crate) fn with_topics(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let is_topic = |pair: &[OsString]| {
        pair[0] == "help" && TOPICS.iter().any(|topic| pair[1].to_str() == Some(topic))
    };
    if let Some(at) = arguments.windows(2).position(is_topic) {
        arguments.remove(at);
    }
    arguments
}

/// Shows the help that was asked for, or says why the arguments make no sense, in the person's language.
pub(crate) fn answer(refusal: &clap::Error, arguments: &[OsString], command: Command) -> ExitCode {
    let code = ExitCode::from(if refusal.use_stderr() { 2 } else { 0 });
    if language(arguments) == Language::En {
        // Help goes to stdout, refusals to stderr; a reader that has gone is no failure.
        refusal.print().ok();
        return code;
    }
    locale::speak(Language::Zh);
    let command = chinese_front(chinese::translated(command));
    if let Err(refusal) = command.try_get_matches_from(arguments) {
        match chinese::refusal(&refusal) {
            Some(words) => Printer::talk(&words),
            None => drop(refusal.print()),
        }
    }
    code
}

/// The language that the arguments name, else the user's, else that of the workspace.
fn language(arguments: &[OsString]) -> Language {
    let after = |name: &str| {
        let next = arguments.iter().skip_while(|word| *word != name).nth(1);
        let joined = arguments
            .iter()
            .find_map(|word| word.to_str()?.strip_prefix(&format!("{name}=")).map(OsStr::new));
        next.map(OsString::as_os_str).or(joined)
    };
    let named = after("--lang").and_then(|word| Language::parse(word.to_str()?));
    let user = || UserConfig::read().ok().and_then(|user| user.language);
    let folder = after("-C").or_else(|| after("--workspace")).map(PathBuf::from);
    let globals = Globals { folder, ..Globals::default() };
    let workspaces = || {
        let root = workspace::find(&globals).ok()?;
        Some(workspace::read_files(&root).ok()?.language)
    };
    named.or_else(user).or_else(workspaces).unwrap_or_default()
}

/// Replaces clap's one long list of commands by the groups.
pub(crate) fn grouped(command: Command) -> Command {
    let text = front(&command, str::to_owned);
    command.after_help(text).help_template(TEMPLATE)
}

fn chinese_front(command: Command) -> Command {
    let text = front(&command, chinese::said);
    let template = TEMPLATE.replace("{usage-heading} ", "用法：").replace("Options:", "选项：");
    command.after_help(text).help_template(template)
}

fn front(command: &Command, said: fn(&str) -> String) -> String {
    let mut text = String::new();
    for (title, names) in GROUPS {
        writeln!(text, "{}:", said(title)).ok();
        for subcommand in names.iter().filter_map(|name| command.find_subcommand(name)) {
            let about = subcommand.get_about().map(ToString::to_string).unwrap_or_default();
            writeln!(text, "  {:<12} {about}", subcommand.get_name()).ok();
        }
        text.push('\n');
    }
    text += said(LAST).trim_end();
    text.push('\n');
    text
}

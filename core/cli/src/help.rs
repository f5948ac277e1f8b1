//! The front page of the help: the commands in groups, in the order in which they are read.

use std::fmt::Write as _;

use clap::Command;

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

/// Replaces clap's one long list of commands by the groups.
pub(crate) fn grouped(command: Command) -> Command {
    let mut text = String::new();
    for (title, names) in GROUPS {
        writeln!(text, "{title}:").ok();
        for subcommand in names.iter().filter_map(|name| command.find_subcommand(name)) {
            let about = subcommand.get_about().map(ToString::to_string).unwrap_or_default();
            writeln!(text, "  {:<12} {about}", subcommand.get_name()).ok();
        }
        text.push('\n');
    }
    text += LAST;
    command.after_help(text).help_template(TEMPLATE)
}

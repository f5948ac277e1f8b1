use std::process::ExitCode;
use std::rc::Rc;

use kehu_lua::check::{self, Finding, Level};
use serde_json::{Value as Json, json};

use super::subject::{self, Subjects};
use super::watch;
use super::{fitting, labels};
use crate::context::Context;
use crate::error::Result;
use crate::locale::{self, Label, counted, said};
use crate::output::show_json;
use crate::printer::Printer;
use crate::table::clean;
use crate::workspace::Workspace;

/// Looks for mistakes in packs without asking them about anybody
///
/// The manifest, the syntax, names that nobody declared, columns that are read and not needed or needed and
/// not read, settings and rules that nothing uses, sentences in one language alone or with places that
/// nothing fills, and what only Luau reads. The exit code is 1 if there is an error.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu pack check
  kehu pack check silence --strict
  kehu pack check ./scripts/silence --json")]
pub(crate) struct Args {
    /// The packs, by name or folder [default: that of this folder, else all in the workspace]
    #[arg(value_name = "NAME|DIR")]
    packs: Vec<String>,
    /// Takes warnings and remarks on style for errors
    #[arg(long)]
    strict: bool,
    /// Checks again whenever a file of the packs changes
    #[arg(long)]
    watch: bool,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result<ExitCode> {
    if args.watch {
        return watch::rounds(context, &args.packs, |context| round(context, args));
    }
    round(context, args)
}

fn round(context: &mut Context<'_>, args: &Args) -> Result<ExitCode> {
    let subjects = subject::find(context, &args.packs)?;
    checked(context, subjects, args.strict)
}

fn checked(context: &mut Context<'_>, subjects: Subjects, strict: bool) -> Result<ExitCode> {
    let workspace = around(context, &subjects);
    let mut all: Vec<(String, Vec<Finding>)> = Vec::new();
    for pack in subjects.packs {
        let found = match &pack.files {
            Ok(files) => {
                let beside = fitting::findings(context, workspace.as_deref(), &pack, files);
                joined(check::check(files, &subjects.known), beside)
            }
            Err(problems) => problems.iter().cloned().map(check::of_problem).collect(),
        };
        all.push((pack.name, found));
    }
    let form = context.form(context.language()?);
    if form.json {
        let findings =
            all.iter().flat_map(|(pack, found)| found.iter().map(|finding| as_json(pack, finding)));
        let findings: Vec<Json> = findings.collect();
        show_json(&mut context.printer, json!(findings))?;
    } else {
        for finding in all.iter().flat_map(|(_, found)| found) {
            for line in lines(finding) {
                context.printer.line(&line)?;
            }
        }
    }
    context.printer.finish()?;
    let mut wrong = false;
    for (pack, found) in &all {
        let count = |level: Level| found.iter().filter(|finding| finding.level == level).count();
        let (errors, warnings, styles) =
            (count(Level::Error), count(Level::Warning), count(Level::Style));
        wrong |= errors > 0 || (strict && !found.is_empty());
        Printer::talk(&match (errors, warnings + styles) {
            (0, 0) => format!("{pack}: nothing to mend."),
            (0, rest) => format!("{pack}: {}.", counted(rest, ["remark", "remarks"])),
            (errors, 0) => format!("{pack}: {}.", counted(errors, ["error", "errors"])),
            (errors, rest) => format!(
                "{pack}: {}, {}.",
                counted(errors, ["error", "errors"]),
                counted(rest, ["remark", "remarks"])
            ),
        });
    }
    Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The workspace around, if there is one with records: packs are looked at beside those that are on.
fn around(context: &Context<'_>, subjects: &Subjects) -> Option<Rc<Workspace>> {
    if !subjects.in_workspace {
        return None;
    }
    match context.open() {
        Ok(workspace) => Some(workspace),
        Err(error) => {
            let why = &error.message;
            Printer::talk(&format!("note: not looked at beside the packs that are on: {why}"));
            None
        }
    }
}

/// What was found in a pack, and beside the others. That nobody gives a column is said once.
fn joined(mut found: Vec<Finding>, beside: Vec<Finding>) -> Vec<Finding> {
    found.retain(|finding| {
        let same = |other: &Finding| other.code == "misfit" && other.place == finding.place;
        finding.code != "unknown-column" || !beside.iter().any(same)
    });
    found.extend(beside);
    check::in_order(&mut found);
    found
}

fn word(level: Level) -> Label {
    match level {
        Level::Error => labels::LEVEL_ERROR,
        Level::Warning => labels::LEVEL_WARNING,
        Level::Style => labels::LEVEL_STYLE,
    }
}

fn lines(finding: &Finding) -> Vec<String> {
    let language = locale::spoken();
    let level = word(finding.level).get(language);
    let colon = locale::COLON.get(language);
    let mut lines =
        vec![format!("{}: {level}{colon}{}", finding.place, said(&clean(&finding.message)))];
    let source = finding.place.shown();
    if !source.trim().is_empty() {
        lines.push(format!("  {} | {source}", finding.place.line));
    }
    if let Some(hint) = &finding.hint {
        lines.push(format!("  {}{}", locale::HINT.get(language), said(&clean(hint))));
    }
    lines
}

fn as_json(pack: &str, finding: &Finding) -> Json {
    let place = &finding.place;
    json!({
        "pack": pack,
        "level": finding.level.name(),
        "code": finding.code,
        "file": *place.file,
        "line": place.line,
        "column": place.column,
        "source": place.shown(),
        "message": finding.message,
        "hint": finding.hint,
    })
}

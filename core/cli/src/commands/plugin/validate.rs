use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use kehu_contract::Limits;
use kehu_native::check::{self, Finding, Outcome};
use serde_json::{Value as Json, json};

use super::{kinds, named};
use crate::arguments::duration;
use crate::context::Context;
use crate::error::Result;
use crate::output::{Cell, Column, Listing, show_json, show_rows};
use crate::progress::Progress;
use crate::table::clean;
use crate::{locale, printer::Printer};

/// Checks whether a plugin keeps to the rules: every check in a process of its own
///
/// The plugin is asked about customers of all sorts, alone and among others, twice, in another order, on
/// another day. The exit code is 1 if a check fails.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu plugin validate ./libsilence.so
  kehu plugin validate ./libsilence.so --fuzz 60s --seed 7")]
pub(crate) struct Args {
    /// The shared library, or the name of a plugin of the workspace or of kehu
    #[arg(value_name = "FILE|NAME")]
    file: PathBuf,
    /// From which the customers are drawn
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// For how long customers are drawn at random besides, such as 60, 90s or "2 minutes"
    #[arg(long, value_name = "TIME", value_parser = duration)]
    fuzz: Option<Duration>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result<ExitCode> {
    let page = named::look(context, &args.file)?;
    let factory = named::factory(&page)?;
    let options = check::Options {
        limits: Limits::default(),
        seed: args.seed,
        fuzz: args.fuzz.unwrap_or_default(),
        kinds: kinds()?,
        clock: check::CLOCK,
    };
    let findings = {
        let mut progress = Progress::steps();
        check::all(&factory, &options, &mut |finding| progress.step(finding.check))
    };
    show(context, &findings)?;
    let failed = findings.iter().filter(|each| is_failed(each)).count();
    let name = &page.manifest.name;
    match failed {
        0 => Printer::talk(&format!("{name} keeps to the rules.")),
        1 => Printer::talk(&format!("{name} breaks a rule.")),
        more => Printer::talk(&format!("{name} breaks {more} rules.")),
    }
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn is_failed(finding: &Finding) -> bool {
    matches!(finding.outcome, Outcome::Failed { .. })
}

/// A word for how a check went, what happened, and what to do next.
fn parts(outcome: &Outcome) -> (&'static str, String, String) {
    match outcome {
        Outcome::Passed => ("ok", String::new(), String::new()),
        Outcome::Failed { what, hint } => {
            ("failed", what.clone(), hint.clone().unwrap_or_default())
        }
        Outcome::Warned { what, hint } => {
            ("warning", what.clone(), hint.clone().unwrap_or_default())
        }
        Outcome::Skipped(why) => ("skipped", why.clone(), String::new()),
    }
}

fn show(context: &mut Context<'_>, findings: &[Finding]) -> Result {
    let form = context.form(context.language()?);
    if form.json {
        let rows: Vec<Json> = findings.iter().map(as_json).collect();
        return show_json(&mut context.printer, json!(rows));
    }
    let mut listing = Listing::new(vec![
        Column::whole("state", locale::STATE),
        Column::whole("check", locale::CHECK),
        Column::text("about", locale::ASKED),
        Column::beneath("found", locale::FOUND),
        Column::beneath("advice", locale::ADVICE),
    ]);
    for finding in findings {
        let (state, found, advice) = parts(&finding.outcome);
        let cell =
            |text: String| if text.is_empty() { Cell::empty() } else { Cell::said(clean(&text)) };
        listing.rows.push(vec![
            Cell::said(state),
            Cell::text(finding.check),
            Cell::said(finding.about),
            cell(found),
            cell(advice),
        ]);
    }
    show_rows(&mut context.printer, form, &listing, 0)
}

fn as_json(finding: &Finding) -> Json {
    let (state, found, advice) = parts(&finding.outcome);
    json!({
        "state": state,
        "check": finding.check,
        "about": finding.about,
        "found": found,
        "advice": advice,
    })
}

use std::collections::BTreeMap;
use std::process::ExitCode;

use kehu_contract::{Hook, Origin};
use kehu_engine::day::Calendar;
use kehu_engine::hooks;
use kehu_engine::packs::{PackSet, strangers};
use kehu_engine::score;
use kehu_store::{CustomerRange, Store as _};

use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::locale::{ADVICE, CHECK, FOUND, STATE};
use crate::output::{Cell, Column, Listing, show_listing};
use crate::packs;
use crate::runs;
use crate::workspace::Workspace;

/// Looks after the workspace: says what it is made of, and what is wrong
///
/// Each line is ok, a warning or an error, with advice. The exit code is 1 if there is any error.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu doctor
  kehu doctor --json")]
pub(crate) struct Args {}

/// Says how a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Ok,
    Warning,
    Error,
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Gathers what was found.
struct Report {
    listing: Listing,
    worst: Status,
}

impl Report {
    fn new() -> Self {
        let listing = Listing::new(vec![
            Column::whole("status", STATE),
            Column::text("check", CHECK),
            Column::text("found", FOUND),
            Column::text("advice", ADVICE),
        ]);
        Self { listing, worst: Status::Ok }
    }

    fn add(&mut self, status: Status, check: &str, found: impl Into<String>, advice: &str) {
        if status == Status::Error || self.worst == Status::Ok {
            self.worst = status;
        }
        let advice = if advice.is_empty() { Cell::empty() } else { Cell::text(advice) };
        self.listing.rows.push(vec![
            Cell::text(status.word()),
            Cell::text(check),
            Cell::text(found),
            advice,
        ]);
    }

    fn ok(&mut self, check: &str, found: impl Into<String>) {
        self.add(Status::Ok, check, found, "");
    }

    /// A size: for people in the unit that fits, for programs in bytes.
    fn size(&mut self, check: &str, bytes: u64) {
        self.ok(check, human_readable(bytes));
        if let Some(found) = self.listing.rows.last_mut().and_then(|row| row.get_mut(2)) {
            found.json = bytes.into();
        }
    }

    /// An error page: its place belongs to what was found, its hints are the advice.
    fn error(&mut self, check: &str, error: &CommandError) {
        let place = error.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        let found = format!("{place}{}", error.message);
        let hints = error.hints.iter().filter(|hint| !hint.starts_with("kehu doctor"));
        let advice = hints.cloned().collect::<Vec<_>>().join("; ");
        self.add(Status::Error, check, found, &advice);
        for other in &error.also {
            self.error(check, other);
        }
    }
}

pub(crate) fn run(context: &mut Context<'_>, _: &Args) -> Result<ExitCode> {
    let mut report = Report::new();
    report.ok("kehu", env!("CARGO_PKG_VERSION"));
    let language = match context.open() {
        Ok(workspace) => {
            look(context, &workspace, &mut report);
            workspace.language
        }
        Err(error) => {
            report.error("workspace", &error);
            context.language()?
        }
    };
    let mut form = context.form(language);
    form.limit = context.globals.limit.filter(|limit| *limit > 0);
    show_listing(&mut context.printer, form, report.listing.said())?;
    Ok(if report.worst == Status::Error { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Looks at everything: what is wrong in one place does not hide the others.
fn look(context: &Context<'_>, workspace: &Workspace, report: &mut Report) {
    report.ok("workspace", workspace.root.display().to_string());
    report.ok("settings", format!("{} values", workspace.settings.values().len()));
    if let Err(error) = look_at_store(workspace, report) {
        report.error("database", &error);
    }
    if let Err(error) = look_at_stages(workspace, report) {
        report.error("deals", &error);
    }
    match packs::enabled(workspace, context.shipped) {
        Ok(packs) => {
            look_at_packs(workspace, &packs, report);
            if let Err(error) = look_at_runs(workspace, &packs, report) {
                report.error("last run", &error);
            }
        }
        Err(error) => report.error("packs", &error),
    }
    look_at_calendar(workspace, report);
}

fn human_readable(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["bytes", "KiB", "MiB", "GiB"];
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    let whole = unit == 0 || size.fract() == 0.0;
    format!("{size:.*} {}", usize::from(!whole), UNITS[unit])
}

fn look_at_store(workspace: &Workspace, report: &mut Report) -> Result {
    for (key, value) in workspace.store.describe()? {
        match value.parse() {
            Ok(bytes) if key.ends_with("size") => report.size(&key, bytes),
            _ => report.ok(&key, value),
        }
    }
    let mut advice = "keep a copy of kehu.db as it is, then restore it from a backup";
    for damage in workspace.store.check()? {
        report.add(Status::Error, "database", damage, std::mem::take(&mut advice));
    }
    Ok(())
}

/// Finds deals in stages that kehu.toml no longer declares: they have no probability and no part of the funnel.
fn look_at_stages(workspace: &Workspace, report: &mut Report) -> Result {
    let settings = &workspace.settings;
    let mut strays: BTreeMap<(String, String), u64> = BTreeMap::new();
    let today = workspace.act.today;
    workspace.read()?.deals(CustomerRange::ALL, today, &mut |deal, events| {
        if let Some(last) = events.last()
            && settings.stage(&deal.pipeline, &last.stage).is_none()
        {
            *strays.entry((last.stage.clone(), deal.pipeline.clone())).or_default() += 1;
        }
        Ok(())
    })?;
    for ((stage, pipeline), count) in strays {
        let found = format!("{count} in the stage {stage} of {pipeline}, which is not declared");
        let advice = "declare the stage again in kehu.toml, or move them: kehu deal move";
        report.add(Status::Warning, "deals", found, advice);
    }
    Ok(())
}

fn look_at_packs(workspace: &Workspace, packs: &PackSet, report: &mut Report) {
    for pack in packs.packs() {
        let manifest = pack.manifest();
        let origin = match pack.factory.origin() {
            Origin::Workspace => "workspace",
            Origin::Base => "base",
            Origin::Shipped => "shipped",
        };
        let hash = pack.factory.hash();
        let hash = hash.get(..12).unwrap_or(hash);
        let found = format!("{} {}, {origin}, {hash}", manifest.name, manifest.version);
        if pack.factory.problems().is_empty() {
            report.ok("pack", found);
        }
        for problem in pack.factory.problems() {
            report.error("pack", &CommandError::from(problem.clone()));
        }
    }
    for (dir, edits) in packs::locked::edited(workspace).unwrap_or_default() {
        report.add(Status::Warning, "pack", packs::locked::told(&dir, &edits), "kehu pack lock");
    }
    for pack in packs.absent() {
        let (found, advice) = pack.reason.split_once("\nhint: ").unwrap_or((&pack.reason, ""));
        let status = if pack.as_asked { Status::Ok } else { Status::Error };
        report.add(status, "pack", format!("{}: {found}", pack.name), advice);
    }
    let settings = &workspace.settings;
    for hook in Hook::ALL.into_iter().filter(|hook| hook.is_of_commands()) {
        let answering = packs.answering(hook, settings);
        let mut names: Vec<&str> = answering.iter().map(|(pack, _)| pack.name()).collect();
        names.dedup();
        if !names.is_empty() {
            report.ok(hook.name(), names.join(", "));
        }
    }
    for stranger in strangers(packs) {
        let (found, advice) = runs::of_stranger(&stranger);
        report.add(Status::Warning, "setting", found, &advice);
    }
    for wrong in hooks::unknown_needs(packs, settings) {
        report.add(Status::Error, "packs", wrong, "");
    }
    for (hook, what) in [
        (Hook::VisitNeed, "no pack says how often customers are visited"),
        (Hook::PlanVisits, "no pack plans visits"),
        (Hook::FollowUp, "no pack proposes follow-ups"),
    ] {
        if packs.answering(hook, settings).is_empty() {
            report.add(Status::Warning, "packs", what, "see [packs] on in kehu.toml");
        }
    }
}

fn look_at_runs(workspace: &Workspace, packs: &PackSet, report: &mut Report) -> Result {
    let reader = workspace.read()?;
    let Some(run) = score::find_run(reader.as_ref(), None, None)? else {
        report.add(Status::Warning, "last run", "nothing has been scored yet", "kehu score");
        return Ok(());
    };
    let changes = score::changes_since(reader.as_ref(), &run, packs)?;
    let found = format!("{} as of {}, {} customers", run.id, run.as_of, run.customers);
    match (changes.data, changes.packs) {
        (false, false) => report.ok("last run", found),
        (data, _) => {
            let what = if data { "data" } else { "packs or their settings" };
            let found = format!("{found}; {what} changed since");
            report.add(Status::Warning, "last run", found, "kehu score");
        }
    }
    for (pack, failure) in &run.failures {
        let first = failure.lines().next().unwrap_or_default();
        report.add(
            Status::Warning,
            "last run",
            format!("without {pack}: {first}"),
            "mend the pack, then kehu score",
        );
    }
    Ok(())
}

fn look_at_calendar(workspace: &Workspace, report: &mut Report) {
    let country = &workspace.settings.country;
    let calendar = Calendar::of(country);
    let years: Vec<String> = calendar.years().iter().map(ToString::to_string).collect();
    let today = workspace.act.today;
    if years.is_empty() {
        report.ok("calendar", "weekends only");
    } else if calendar.unknown_years(today, today).is_empty() {
        report.ok("calendar", format!("{country}, holidays of {}", years.join(", ")));
    } else {
        let found =
            format!("{country}, holidays of {}, none of {}", years.join(", "), today.year());
        report.add(
            Status::Warning,
            "calendar",
            found,
            "a newer kehu may know them; until then only weekends are off",
        );
    }
}

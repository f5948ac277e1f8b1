//! What the commands that read or make runs share.

use kehu_contract::{Language, ToldFailure, Value};
use kehu_domain::{Day, Entity, RunId};
use kehu_engine::packs::{PackSet, Stranger, strangers};
use kehu_engine::records::names::Directory;
use kehu_engine::score::{self, RunOptions, RunView, ScoreError};
use kehu_engine::settings::Settings;
use kehu_store::{CustomerRange, Reader, RunColumn, StoredRun};
use serde_json::{Value as Json, json};

use crate::cells::Cells;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::output::Cell;
use crate::plugins;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::table::clean;
use crate::workspace::Workspace;

/// How many days without any record are unusual.
const LONG: i32 = 90;

/// How a run is to be made.
pub(crate) fn options(context: &Context<'_>, as_of: Day, seed: Option<u64>) -> RunOptions {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    RunOptions {
        as_of,
        seed: seed.unwrap_or(0),
        threads: context.globals.threads.map_or(processors, usize::from),
    }
}

/// Computes a run without keeping it.
pub(crate) fn compute<'r>(
    context: &Context<'_>,
    workspace: &Workspace,
    packs: &PackSet,
    as_of: Day,
) -> Result<RunView<'r>> {
    compute_all(context, workspace, packs, as_of, None).map(|(run, _)| run)
}

/// Computes a run without keeping it; true if plugins passed customers over.
pub(crate) fn compute_all<'r>(
    context: &Context<'_>,
    workspace: &Workspace,
    packs: &PackSet,
    as_of: Day,
    seed: Option<u64>,
) -> Result<(RunView<'r>, bool)> {
    compute_with(context, workspace, &workspace.settings, packs, as_of, seed)
}

/// Computes a run as it would be with other settings.
pub(crate) fn compute_with<'r>(
    context: &Context<'_>,
    workspace: &Workspace,
    settings: &Settings,
    packs: &PackSet,
    as_of: Day,
    seed: Option<u64>,
) -> Result<(RunView<'r>, bool)> {
    let mut progress = Progress::steps();
    let run = score::compute(
        &workspace.store,
        settings,
        packs,
        CustomerRange::ALL,
        options(context, as_of, seed),
        &mut |step| progress.step(step),
    )?;
    drop(progress);
    tell_failures(workspace.read()?.as_ref(), run.header())?;
    plugins::tell_left_out(packs);
    let passed_over = plugins::tell(workspace, packs)?;
    Ok((run, passed_over))
}

/// The run of a day: the latest one that is kept, else one that is computed now.
pub(crate) fn of_day<'r>(
    context: &Context<'_>,
    workspace: &Workspace,
    packs: &PackSet,
    reader: &'r dyn Reader,
    as_of: Day,
) -> Result<RunView<'r>> {
    match score::find_run(reader, None, Some(as_of))? {
        Some(header) => {
            tell_changes(reader, &header, packs)?;
            Ok(RunView::stored(header, reader))
        }
        None => compute(context, workspace, packs, as_of),
    }
}

/// The run that is named, else the latest one; an error if there is none.
pub(crate) fn kept<'r>(
    reader: &'r dyn Reader,
    packs: &PackSet,
    run: Option<RunId>,
) -> Result<RunView<'r>> {
    let Some(header) = score::find_run(reader, run, None)? else {
        return Err(match run {
            Some(id) => CommandError::failed(format!("there is no run {id}"))
                .hint("kehu runs list shows those that there are"),
            None => CommandError::failed("nothing has been scored yet").hint("first: kehu score"),
        });
    };
    if !header.whole {
        return Err(CommandError::failed(format!(
            "run {} is an old one: only its changes of labels are kept",
            header.id
        ))
        .hint("[runs] keep in kehu.toml says how many runs are kept whole"));
    }
    if run.is_none() {
        tell_day(reader, &header)?;
        tell_changes(reader, &header, packs)?;
    }
    Ok(RunView::stored(header, reader))
}

/// Says on stderr which day is read if there is a run of a later one: the run that was made last counts.
pub(crate) fn tell_day(reader: &dyn Reader, run: &StoredRun) -> Result {
    if let Some(newer) = score::newer_day(reader, run)? {
        let (day, id, later) = (run.as_of, newer.id, newer.as_of);
        Printer::talk(&format!("note: the last run is of {day}, and there is one of {later}"));
        Printer::talk(&format!("hint: to read that one: --as-of {later}, or --run {id}"));
    }
    Ok(())
}

/// Says on stderr if a run no longer tells the truth.
pub(crate) fn tell_changes(reader: &dyn Reader, run: &StoredRun, packs: &PackSet) -> Result {
    let changes = score::changes_since(reader, run, packs)?;
    let what = match (changes.data, changes.packs) {
        (false, false) => return Ok(()),
        (true, false) => "data",
        (false, true) => "packs or their settings",
        (true, true) => "data and packs",
    };
    Printer::talk(&format!(
        "note: {what} changed since the run of {}; kehu score --as-of {} brings it up to date",
        run.as_of, run.as_of
    ));
    Ok(())
}

/// Says on stderr which settings name values that are called otherwise here.
pub(crate) fn tell_strangers(packs: &PackSet) {
    for stranger in strangers(packs) {
        let (found, advice) = of_stranger(&stranger);
        Printer::talk(&format!("note: {found}"));
        Printer::talk(&format!("hint: {advice}"));
    }
}

/// What is wrong with such a setting, and what to do next.
pub(crate) fn of_stranger(stranger: &Stranger) -> (String, String) {
    let Stranger { pack, setting, names, column, known } = stranger;
    let (names, known) = (names.join(", "), known.join(", "));
    let found =
        format!("the setting {setting} of {pack} names {names}: {column} has no such value");
    (found, format!("name one of {known} in [settings.{pack}] of kehu.toml"))
}

/// Says on stderr if nothing was recorded for long before a run's day, so that all customers look alike.
pub(crate) fn tell_silence(run: &RunView<'_>) -> Result {
    let as_of = run.as_of();
    if let Some(last) = score::last_fact(run)?
        && as_of.since(last) > LONG
    {
        let days = as_of.since(last);
        Printer::talk(&format!(
            "note: the last recorded fact is of {last}, {days} days before {as_of}"
        ));
        Printer::talk(&format!("hint: to see the base as it was then: --as-of {last}"));
    }
    Ok(())
}

/// Says on stderr which packs were switched off.
pub(crate) fn tell_failures(reader: &dyn Reader, run: &StoredRun) -> Result {
    for (pack, failure) in &run.failures {
        Printer::talk(&format!("error: {}", with_names(reader, failure)?));
        Printer::talk(&format!("pack {pack} was switched off for this run; the others went on"));
    }
    Ok(())
}

/// Puts the names of customers behind their ids, which are all that packs know; in the first line, which
/// is the host's own.
pub(crate) fn with_names(reader: &dyn Reader, text: &str) -> Result<String> {
    let (first, rest) = text.split_at(text.find('\n').unwrap_or(text.len()));
    let directory = Directory::new(reader);
    let mut parts = first.split("C-");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|each: char| !each.is_ascii_digit()).unwrap_or(part.len());
        let (digits, after) = part.split_at(end);
        let begins = !whole.ends_with(|each: char| each.is_alphanumeric() || each == '-');
        let name = match digits.parse() {
            Ok(id) if begins => clean(&directory.name(Entity::Customer, id)?),
            _ => String::new(),
        };
        whole += "C-";
        whole += digits;
        if !name.is_empty() && !after.starts_with(&format!(" {name}")) {
            whole += " ";
            whole += &name;
        }
        whole += after;
    }
    Ok(whole + rest)
}

/// What a column of a run is called: by its title, else by its name, or in Chinese by what it is.
pub(crate) fn column_title(column: &RunColumn, language: Language) -> String {
    column.info.heading(language).to_owned()
}

/// A value of a run as a cell.
pub(crate) fn cell(cells: &Cells<'_>, value: &Value, is_money: bool) -> Cell {
    match value {
        Value::Missing => Cell::empty(),
        Value::Number(number) if is_money => cells.major(*number),
        Value::Number(number) => Cell { show: score::show_number(*number), json: json!(number) },
        Value::Flag(flag) => cells.flag(Some(*flag)),
        Value::Text(text) => Cell::text(text),
        Value::Day(day) => Cells::day(Day::from_number(*day)),
    }
}

/// What is said where packs failed, and nothing may be done without them.
pub(crate) fn strict_error(failures: &[(String, String)]) -> CommandError {
    let names: Vec<&str> = failures.iter().map(|(pack, _)| pack.as_str()).collect();
    let message = match names.as_slice() {
        [] => "packs could not be loaded, and --strict does nothing without them".to_owned(),
        names => format!("packs failed: {}; --strict does nothing without them", names.join(", ")),
    };
    CommandError::failed(message)
        .hint("nothing was written; without --strict the other packs go on")
}

/// Stops a command whose packs failed, if it is strict.
pub(crate) fn check_strict(strict: bool, failures: &[(String, String)]) -> Result {
    if strict && !failures.is_empty() { Err(strict_error(failures)) } else { Ok(()) }
}

/// What a failed pack said, part by part, for programs; with the customer's name.
pub(crate) fn failure_json(reader: &dyn Reader, pack: &str, failure: &str) -> Result<Json> {
    let text = with_names(reader, failure)?;
    let first = failure.lines().next();
    let mut shown = json!({ "pack": pack, "kind": null, "message": first, "error": text });
    if let (Some(told), Some(shown)) = (ToldFailure::read(failure), shown.as_object_mut()) {
        let name = match told.customer {
            Some(id) => Some(clean(&Directory::new(reader).name(Entity::Customer, id)?)),
            None => None,
        };
        if let Ok(Json::Object(parts)) = serde_json::to_value(&told) {
            shown.extend(parts);
        }
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            shown.insert("name".to_owned(), name.into());
        }
    }
    Ok(shown)
}

/// The error page for a run that could not be made, with the names of customers.
pub(crate) fn of_score(reader: &dyn Reader, error: ScoreError) -> CommandError {
    let ScoreError::Strict(failures) = error else { return error.into() };
    let named = failures.into_iter().map(|(pack, failure)| {
        let text = with_names(reader, &failure).unwrap_or(failure);
        (pack, text)
    });
    ScoreError::Strict(named.collect()).into()
}

impl From<ScoreError> for CommandError {
    fn from(error: ScoreError) -> Self {
        match error {
            ScoreError::Store(error) => error.into(),
            ScoreError::Strict(failures) => {
                let said = failures.iter().map(|(_, failure)| Self::failed(failure.clone()));
                Self { also: said.collect(), ..strict_error(&failures) }
            }
            other => Self::failed(other.to_string()),
        }
    }
}

use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

use kehu_contract::{Report, ReportOption, did_you_mean};
use kehu_domain::Day;
use kehu_engine::packs::{EnabledPack, PackSet};
use kehu_engine::records::names;
use kehu_lua::script::{Asked, Script};
use serde_json::{Map, json};

use crate::arguments::{DayWord, day};
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::locale::{Label, NAME, PACK};
use crate::output::{Cell, Column, Listing, show_listing};
use crate::packs::{self, sources};
use crate::script::{self, Limits, Prepared, Whole};
use crate::workspace::Workspace;

const TITLE: Label = Label::new("title", "标题");
const TAKES: Label = Label::new("takes", "可用选项");
const SHOWS: Label = Label::new("shows", "内容");

/// Shows a report of a pack that is on, or lists the reports that there are
///
/// A report reads the records and never writes. All is seen as of one day: that of --as-of, else that of
/// the latest run; a report of the day's work is as of today. With --json a report is one object, with a
/// list for each of its tables.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu report
  kehu report funnel --rep 王芳
  kehu report tiers --as-of 2024-06-30 --json")]
pub(crate) struct Args {
    /// The report; without it the reports are listed
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Words for the report, if it takes some
    #[arg(value_name = "WORD")]
    words: Vec<String>,
    /// Shows one rep alone
    #[arg(long, value_name = "REP")]
    rep: Option<String>,
    /// The first day that counts
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: Option<DayWord>,
    /// The last day that counts
    #[arg(long, value_name = "DAY", value_parser = day)]
    to: Option<DayWord>,
    /// The day as of which all is seen [default: that of the latest run, else today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    as_of: Option<DayWord>,
    /// Gives tables as CSV
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// The processor time that it may use
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = script::time)]
    time: Duration,
    /// The memory that it may use, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 512, value_parser = clap::value_parser!(u16).range(8..=16384))]
    memory: u16,
    /// How much it may write, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=16384))]
    output: u16,
}

pub(crate) fn run(context: &mut Context<'_>, args: Args) -> Result<ExitCode> {
    let workspace = context.open()?;
    let packs = packs::enabled(&workspace, context.shipped)?;
    let Some(name) = &args.name else {
        return list(context, &workspace, &packs).map(|()| ExitCode::SUCCESS);
    };
    let (pack, report) = find(context, &workspace, &packs, name)?;
    check_options(report, &args)?;
    let script = script_of(context, &workspace, pack, report)?;
    let prepared = prepare(context, &workspace, report, args)?;
    prepared.run(script)
}

/// The reports of the packs that are on, in their order.
fn reports(packs: &PackSet) -> impl Iterator<Item = (&EnabledPack, &Report)> {
    packs
        .packs()
        .iter()
        .flat_map(|pack| pack.manifest().reports.iter().map(move |report| (pack, report)))
}

fn list(context: &mut Context<'_>, workspace: &Workspace, packs: &PackSet) -> Result {
    let form = context.form(workspace.language);
    let mut listing = Listing::new(vec![
        Column::whole("name", NAME),
        Column::text("title", TITLE),
        Column::whole("pack", PACK),
        Column::whole("takes", TAKES),
        Column::beneath("doc", SHOWS),
    ]);
    for (pack, report) in reports(packs) {
        let takes: Vec<&str> = report.takes.iter().map(|option| option.name()).collect();
        listing.rows.push(vec![
            Cell::text(&report.name),
            Cell::text(report.title.get(form.language)),
            Cell::text(pack.name()),
            Cell { show: takes.join(", "), json: json!(takes) },
            Cell::text(report.doc.get(form.language)),
        ]);
    }
    show_listing(&mut context.printer, form, listing)
}

/// The one report of a name.
fn find<'a>(
    context: &Context<'_>,
    workspace: &Workspace,
    packs: &'a PackSet,
    name: &str,
) -> Result<(&'a EnabledPack, &'a Report)> {
    let mut found = reports(packs).filter(|(_, report)| report.name == name);
    match (found.next(), found.next()) {
        (Some((one, _)), Some((other, _))) => {
            let (one, other) = (one.name(), other.name());
            let message = format!("the packs {one} and {other} both have a report \"{name}\"");
            Err(CommandError::failed(message)
                .hint("take one of them out of [packs] on in kehu.toml"))
        }
        (Some(only), None) => Ok(only),
        (None, _) => Err(unknown(context, workspace, packs, name)?),
    }
}

/// Says that there is no such report, and which pack would have it.
fn unknown(
    context: &Context<'_>,
    workspace: &Workspace,
    packs: &PackSet,
    name: &str,
) -> Result<CommandError> {
    let error = CommandError::failed(format!("there is no report \"{name}\""));
    for source in sources::all(workspace, context.shipped.packs)? {
        let is_on = packs.packs().iter().any(|pack| pack.name() == source.name);
        // A pack that does not load has nothing to show.
        let Ok(pack) = (if is_on { continue } else { packs::Located::script(source) }) else {
            continue;
        };
        let manifest = pack.factory.manifest();
        if manifest.reports.iter().any(|report| report.name == name) {
            return Ok(error.hint(format!(
                "the pack {} has it: add it to [packs] on in kehu.toml, then run kehu score",
                manifest.name
            )));
        }
    }
    let known: Vec<&str> = reports(packs).map(|(_, report)| report.name.as_str()).collect();
    if known.is_empty() {
        return Ok(error.hint("no pack that is on has reports; see kehu pack list"));
    }
    Ok(error.hint(did_you_mean(name, known)))
}

/// Refuses what the report would not heed.
fn check_options(report: &Report, args: &Args) -> Result {
    let given = [
        (ReportOption::Rep, "--rep", args.rep.is_some()),
        (ReportOption::From, "--from", args.from.is_some()),
        (ReportOption::To, "--to", args.to.is_some()),
        (ReportOption::Words, "words of its own", !args.words.is_empty()),
    ];
    let takes = |option: ReportOption| report.takes.contains(&option);
    for (option, called, is_given) in given {
        if is_given && !takes(option) {
            let message = format!("the report {} does not take {called}", report.name);
            let known: Vec<&str> =
                given.iter().filter(|(option, ..)| takes(*option)).map(|it| it.1).collect();
            let known = if known.is_empty() { "nothing".to_owned() } else { known.join(", ") };
            return Err(CommandError::usage(message)
                .hint(format!("beside --as-of, --json and --csv it takes {known}")));
        }
    }
    Ok(())
}

/// The script of a report, from the pack that counts in the workspace.
fn script_of(
    context: &Context<'_>,
    workspace: &Workspace,
    pack: &EnabledPack,
    report: &Report,
) -> Result<Script> {
    let named = |source: &sources::Source| source.name == pack.name();
    let found = sources::all(workspace, context.shipped.packs)?.into_iter().find(named);
    let Some(source) = found else {
        let message = format!("the report {} of {} has no script", report.name, pack.name());
        return Err(CommandError::failed(message).hint("a native plugin brings no reports"));
    };
    let files = source.files?;
    Ok(Script::of_report(&files, pack.manifest(), report, pack.settings.clone())?)
}

fn prepare(
    context: &Context<'_>,
    workspace: &Rc<Workspace>,
    report: &Report,
    args: Args,
) -> Result<Prepared> {
    let today = workspace.act.today;
    let number = |word: Option<DayWord>| word.map(|word| word.on(today).number());
    let (from, to) = (number(args.from), number(args.to));
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        let message = "--from is a later day than --to";
        return Err(CommandError::usage(message).hint("give the first day, then the last one"));
    }
    let rep = match &args.rep {
        Some(rep) => Some(names::rep(&*workspace.read()?, rep)?.0),
        None => None,
    };
    let of_today = report.of_today.then_some(DayWord::FromToday(0));
    let limits = Limits { time: args.time, memory: args.memory, output: args.output };
    let mut prepared = script::prepare_in(
        context,
        Some(Rc::clone(workspace)),
        args.as_of.or(of_today),
        limits,
        args.words,
        args.csv,
    )?;
    let as_of = Day::from_number(prepared.options.as_of).map(|day| day.to_string());
    let mut whole = Map::new();
    whole.insert("report".to_owned(), json!(report.name));
    whole.insert("as_of".to_owned(), json!(as_of));
    prepared.begin(Whole::new(whole));
    prepared.options.asked = Asked { name: Some(report.name.clone()), rep, from, to };
    Ok(prepared)
}

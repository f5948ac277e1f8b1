use std::cell::RefCell;
use std::process::ExitCode;

use kehu_contract::Language;
use kehu_domain::{Day, Entity, Rep};
use kehu_engine::day::{Line, Work, Worklist};
use kehu_engine::score::RunView;
use kehu_store::Reader;
use serde_json::{Value, json};

use super::plan::{minutes, rep, tell_deals_without_customer, weekday, words};
use super::today_answer::{self, Answers};
use super::today_page::TodayPage;
use crate::arguments::{DayWord, day};
use crate::cells::Cells;
use crate::context::Context;
use crate::error::Result;
use crate::locale;
use crate::output::show_json;
use crate::page_lines::PageLines;
use crate::printer::Printer;
use crate::workspace::Workspace;
use crate::{packs, plugins, runs};

/// Shows what a rep is to do today: who, what, why, when and by which channel
///
/// The list joins the day's visits (of the rep's latest plan, else planned now) with what the packs
/// propose and the rep's open tasks that are due, the most important first. What is to be said to one
/// customer is one contact, by the most personal channel, with its purposes below it. The list holds what
/// the working day has room for, less the time kept for finding new customers; what is overdue is always on
/// it, and --all shows what waits. Each line has a key, by which it is closed; a line that was done or
/// skipped does not come back. Each purpose has its main reason, and a key by which it is closed alone;
/// --why shows all reasons. Whoever is no rep sees the days of all reps, one after the other.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu today
  kehu today --why --limit 10
  kehu today --rep 李伟 --as-of 2024-03-01
  kehu today --all-reps --json
  kehu today done 3f7k2 --text '样品已送到'
  kehu today snooze 3f7k2 --until +3
  kehu today skip 3f7k2 --reason '客户出差'")]
pub(crate) struct Args {
    /// Whose day, by name or id [default: who acts]
    #[arg(long, global = true)]
    rep: Option<String>,
    /// The days of all reps, and what is for customers that no rep has
    #[arg(long, conflicts_with = "rep")]
    all_reps: bool,
    /// Shows what the day has no room for, too
    #[arg(long)]
    all: bool,
    /// Another day, seen as it was at its end [default: today]
    #[arg(long, value_name = "DAY", value_parser = day, global = true)]
    as_of: Option<DayWord>,
    /// Shows every reason, also why a line stands at its place
    #[arg(long)]
    why: bool,
    /// Shows what was withheld, too
    #[arg(long)]
    withheld: bool,
    /// Fails if any pack does, and shows and writes nothing
    #[arg(long, global = true)]
    strict: bool,
    #[command(subcommand)]
    answer: Option<Answers>,
}

pub(crate) fn run(context: &mut Context<'_>, args: Args) -> Result<ExitCode> {
    let workspace = context.open()?;
    let packs = packs::enabled(&workspace, context.shipped)?;
    let as_of = args.as_of.map_or(workspace.act.today, |word| word.on(workspace.act.today));
    let reader = workspace.read()?;
    let reps = whose(&workspace, reader.as_ref(), &args)?;
    let run = runs::of_day(context, &workspace, &packs, reader.as_ref(), as_of)?;
    let all = Work {
        store: &workspace.store,
        reader: reader.as_ref(),
        settings: &workspace.settings,
        packs: &packs,
        run: &run,
        rep: &reps[0],
        as_of,
    };
    let mut days = Vec::with_capacity(reps.len());
    for rep in &reps {
        let list = Work { rep, ..all }.today();
        days.push(RepDay { rep, list: list? });
        let answered = args.answer.as_ref().map(Answers::key);
        if answered.is_some_and(|key| days.last().is_some_and(|day| day.list.has(key))) {
            days.drain(..days.len() - 1);
            break;
        }
    }
    let passed_over = plugins::tell(&workspace, &packs)?;
    let failures = failures(&days);
    tell_failures(reader.as_ref(), &failures, &run)?;
    runs::check_strict(args.strict, &failures)?;
    match args.answer {
        Some(answer) => {
            let day = &days[days.len() - 1];
            let work = Work { rep: day.rep, ..all };
            today_answer::run(context, &workspace, &work, &day.list, answer)?;
        }
        None => {
            let shown = Shown {
                reader: reader.as_ref(),
                as_of,
                days: &days,
                failures: &failures,
                all: args.all,
                withheld: args.withheld,
                whole: args.why,
            };
            show(context, &workspace, &shown)?;
            runs::tell_silence(&run)?;
        }
    }
    let is_whole = failures.is_empty() && !passed_over;
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

/// Whose days are asked for: one rep's, or all of them; a workspace without reps has one list for everyone.
fn whose(workspace: &Workspace, reader: &dyn Reader, args: &Args) -> Result<Vec<Rep>> {
    let acting = workspace.desk().acting_rep(reader)?;
    if args.rep.is_some() || acting.is_some() && !args.all_reps {
        return Ok(vec![rep(workspace, reader, args.rep.as_deref())?]);
    }
    let mut reps: Vec<Rep> = Vec::new();
    reader.each(Entity::Rep, None, &mut |record| {
        reps.extend(Rep::try_from(record));
        Ok(())
    })?;
    if reps.len() != 1 || args.all_reps {
        // What no rep has stands at the end.
        reps.push(Rep::default());
    }
    Ok(reps)
}

/// Holds one rep's day; a rep without an id stands for what no rep has.
struct RepDay<'a> {
    rep: &'a Rep,
    list: Worklist,
}

/// The packs that were switched off for any of the days.
fn failures(days: &[RepDay<'_>]) -> Vec<(String, String)> {
    let mut failures: Vec<(String, String)> = Vec::new();
    for failure in days.iter().flat_map(|day| &day.list.failures) {
        if !failures.contains(failure) {
            failures.push(failure.clone());
        }
    }
    failures
}

/// Names the packs that were switched off; those of a run that was computed now are named already.
fn tell_failures(reader: &dyn Reader, failures: &[(String, String)], run: &RunView<'_>) -> Result {
    let told = if run.header().id.0 == 0 { run.header().failures.len() } else { 0 };
    for (pack, failure) in failures.iter().skip(told) {
        Printer::talk(&format!("error: {}", runs::with_names(reader, failure)?));
        Printer::talk(&format!("pack {pack} was switched off for this list; the others went on"));
    }
    Ok(())
}

struct Shown<'a> {
    reader: &'a dyn Reader,
    as_of: Day,
    days: &'a [RepDay<'a>],
    failures: &'a [(String, String)],
    /// True if what the day has no room for is shown.
    all: bool,
    withheld: bool,
    /// True if every reason is shown.
    whole: bool,
}

fn show(context: &mut Context<'_>, workspace: &Workspace, shown: &Shown<'_>) -> Result {
    let form = context.form(workspace.language);
    if form.json {
        return show_json(&mut context.printer, as_json(shown)?);
    }
    let cells = Cells::new(&workspace.settings, workspace.language, shown.reader);
    let writer = TodayPage {
        cells: &cells,
        language: form.language,
        today: shown.as_of,
        whole: shown.whole,
        told: RefCell::default(),
    };
    let mut page = PageLines::new(context.printer.width());
    let (mut hidden, mut idle) = (0, Vec::new());
    for (at, day) in shown.days.iter().enumerate() {
        // What was told to one rep was not told to the next.
        writer.told.borrow_mut().clear();
        let is_idle = day.list.lines.is_empty() && day.list.withheld.is_empty();
        if is_idle && shown.days.len() > 1 {
            idle.extend((day.rep.id != 0).then_some(day.rep.name.as_str()));
            continue;
        }
        if at > 0 {
            page.gap();
        }
        hidden += write_day(&mut page, &writer, shown, day, form.limit);
    }
    if !idle.is_empty() {
        page.gap();
        page.heading(&match form.language {
            Language::En => format!("nothing to do: {}", idle.join(", ")),
            Language::Zh => format!("无待办：{}", idle.join("、")),
        });
    }
    page.show(&mut context.printer)?;
    context.printer.finish()?;
    tell_hidden(hidden, form.language);
    tell(shown, form.language);
    Ok(())
}

/// Writes one rep's day; returns how many lines the limit left out.
fn write_day(
    page: &mut PageLines,
    writer: &TodayPage<'_>,
    shown: &Shown<'_>,
    day: &RepDay<'_>,
    limit: Option<usize>,
) -> usize {
    let (list, language) = (&day.list, writer.language);
    let (lines, waiting): (Vec<&Line>, Vec<&Line>) =
        list.lines.iter().partition(|line| line.fits || shown.all);
    let is_one = shown.days.len() == 1;
    page.heading(&heading(day, is_one, lines.len(), shown.as_of, language));
    let mut hidden = writer.write(page, &lines, limit);
    if shown.withheld {
        hidden += writer.write(page, &list.withheld.iter().collect::<Vec<_>>(), limit);
    }
    if let Some(first) = waiting.first() {
        page.gap();
        let (count, title) = (waiting.len(), first.title.get(language));
        let who = if first.name.is_empty() { title } else { &first.name };
        page.text(
            0,
            &match language {
                Language::En if count == 1 => {
                    format!("1 more waits for another day: {who}, {title}; kehu today --all shows it")
                }
                Language::En => format!(
                    "{count} more wait for another day, the first: {who}, {title}; kehu today --all shows them"
                ),
                Language::Zh => format!(
                    "另有 {count} 项今天排不下，第一项：{who}，{title}；kehu today --all 可查看"
                ),
            },
        );
    }
    hidden
}

/// Whose day it is, how much there is to do, and how long it takes.
fn heading(day: &RepDay<'_>, is_one: bool, count: usize, as_of: Day, language: Language) -> String {
    let (date, list) = (weekday(as_of, language), &day.list);
    let [used, whole] = [list.used_seconds, list.day_seconds].map(|it| hours(it, language));
    let name = match (day.rep.id, language) {
        // A workspace without reps has one list.
        (0, _) if is_one => String::new(),
        (0, Language::En) => "without a rep, ".to_owned(),
        (0, Language::Zh) => "无负责人，".to_owned(),
        (_, Language::En) => format!("{}, ", day.rep.name),
        (_, Language::Zh) => format!("{}，", day.rep.name),
    };
    match language {
        Language::En => format!("{name}{date}: {count} to do, {used} of {whole}"),
        Language::Zh => format!("{name}{date}：{count} 项，用时 {used}，全天 {whole}"),
    }
}

/// Seconds as hours and minutes.
fn hours(seconds: i32, language: Language) -> String {
    let minutes = minutes(seconds);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    match (hours, minutes, language) {
        (0, minutes, Language::En) => format!("{minutes} min"),
        (hours, 0, Language::En) => format!("{hours} h"),
        (hours, minutes, Language::En) => format!("{hours} h {minutes} min"),
        (0, minutes, Language::Zh) => format!("{minutes} 分钟"),
        (hours, 0, Language::Zh) => format!("{hours} 小时"),
        (hours, minutes, Language::Zh) => format!("{hours} 小时 {minutes} 分"),
    }
}

/// A channel by its word, or by the title of the kind of interaction that it is.
pub(super) fn channel(cells: &Cells<'_>, name: &str, language: Language) -> String {
    let word = locale::usual_word(name, language);
    if word == name { cells.kind(name).show } else { word.to_owned() }
}

/// How late something is by some days.
pub(super) fn late(days: i32, language: Language) -> String {
    let (count, en, zh) = match days {
        ..=60 => (days, ["day", "days"], "天"),
        61..=730 => (days / 30, ["month", "months"], "个月"),
        _ => (days / 365, ["year", "years"], "年"),
    };
    match language {
        Language::En => format!("{count} {} late", en[usize::from(count != 1)]),
        Language::Zh => format!("已过 {count} {zh}"),
    }
}

/// Says on stderr how many lines are not shown.
fn tell_hidden(hidden: usize, language: Language) {
    if hidden > 0 {
        Printer::talk(&match language {
            Language::En => format!("{hidden} more; --limit 0 shows all"),
            Language::Zh => format!("还有 {hidden} 条；--limit 0 显示全部"),
        });
    }
}

/// Says on stderr what the lists themselves do not show.
fn tell(shown: &Shown<'_>, language: Language) {
    let lists = || shown.days.iter().map(|day| &day.list);
    let mut notes: Vec<&str> = Vec::new();
    for note in lists().flat_map(|list| &list.notes).map(|it| it.get(language)) {
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    for note in notes {
        Printer::talk(&format!("note: {note}"));
    }
    let sum = |count: fn(&Worklist) -> usize| lists().map(count).sum::<usize>();
    let prospecting = lists().next().map_or(0, |list| minutes(list.prospecting_seconds));
    let counts = [
        (
            if shown.days.len() > 1 { 0 } else { prospecting.unsigned_abs() as usize },
            [
                "minute is kept for finding new customers",
                "minutes are kept for finding new customers",
            ],
            "分钟留给开发新客户",
        ),
        (
            if shown.withheld { 0 } else { sum(|list| list.withheld.len()) },
            ["withheld; --withheld shows it", "withheld; --withheld shows them"],
            "项暂缓；--withheld 可查看",
        ),
        (sum(|list| list.later), ["due on a later day"; 2], "项之后到期"),
        (sum(|list| list.closed), ["closed already"; 2], "项已处理"),
    ];
    for (count, en, zh) in counts {
        if count > 0 {
            Printer::talk(&match language {
                Language::En => format!("{count} {}", en[usize::from(count != 1)]),
                Language::Zh => format!("{count} {zh}"),
            });
        }
    }
    tell_deals_without_customer(sum(|list| list.portfolio.deals_without_customer), language);
}

/// The days as data: what is asked of one rep has the rep's figures beside the lines, of several a list of them.
fn as_json(shown: &Shown<'_>) -> Result<Value> {
    let failures = shown.failures.iter();
    let failures = failures
        .map(|(pack, failure)| runs::failure_json(shown.reader, pack, failure))
        .collect::<Result<Vec<_>>>()?;
    let of = |pick: fn(&Worklist) -> &Vec<Line>| -> Vec<Value> {
        let lines = |day: &RepDay<'_>| {
            let lines = pick(&day.list).iter();
            lines.map(|line| of_rep(day, line_json(line))).collect::<Vec<_>>()
        };
        shown.days.iter().flat_map(lines).collect()
    };
    let mut notes: Vec<Value> = Vec::new();
    for note in shown.days.iter().flat_map(|day| &day.list.notes).map(words) {
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    let mut given = json!({
        "day": shown.as_of,
        "lines": of(|list| &list.lines),
        "withheld": of(|list| &list.withheld),
        "notes": notes,
        "failures": failures,
    });
    let reps = shown.days.iter().map(|day| of_rep(day, day_json(day)));
    match shown.days {
        [one] => {
            if let (Value::Object(given), Value::Object(more)) =
                (&mut given, of_rep(one, day_json(one)))
            {
                given.extend(more);
            }
        }
        _ => given["reps"] = reps.collect(),
    }
    Ok(given)
}

/// The figures of one rep's day.
fn day_json(day: &RepDay<'_>) -> Value {
    let list = &day.list;
    json!({
        "day_minutes": minutes(list.day_seconds),
        "used_minutes": minutes(list.used_seconds),
        "prospecting_minutes": minutes(list.prospecting_seconds),
        "waiting": list.lines.iter().filter(|line| !line.fits).count(),
        "later": list.later,
        "closed": list.closed,
        "deals_without_customer": list.portfolio.deals_without_customer,
    })
}

/// A value that says whose day it is of; null for what no rep has.
fn of_rep(day: &RepDay<'_>, mut value: Value) -> Value {
    value["rep"] = if day.rep.id == 0 { Value::Null } else { day.rep.name.clone().into() };
    value
}

pub(super) fn line_json(line: &Line) -> Value {
    let visit = line.visit.as_ref().map(|visit| {
        json!({
            "minutes": minutes(visit.seconds),
            "way_minutes": minutes(visit.travel_seconds),
            "purpose": words(&visit.purpose),
            "topics": words(&visit.topics),
        })
    });
    let deal = line.deal.as_ref().map(|(id, name)| json!({ "id": id.to_string(), "name": name }));
    json!({
        "key": line.key,
        "customer": line.customer.map(|id| json!({ "id": id.to_string(), "name": line.name })),
        "deal": deal,
        "amount": line.amount,
        "task": line.task.map(|id| id.to_string()),
        "action": line.action,
        "title": words(&line.title),
        "channel": line.channel,
        "contact": line.contact,
        "minutes": minutes(line.seconds),
        "fits": line.fits,
        "due": line.due,
        "promised": line.promised,
        "priority": line.priority,
        "value": line.value,
        "group": line.group,
        "pack": line.pack,
        "visit": visit,
        "about": line.about.as_ref().map(|(id, kind)| json!({ "id": id.to_string(), "kind": kind })),
        "state": line.state,
        "fields": line.fields,
        "edit": line.edit,
        "because": line.because,
        "placed_because": line.placed,
        "guidance": line.guidance,
        "withheld_because": line.withheld,
        "merged": line.merged.iter().map(line_json).collect::<Vec<_>>(),
    })
}

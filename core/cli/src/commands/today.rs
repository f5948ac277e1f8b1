use std::process::ExitCode;

use kehu_contract::Language;
use kehu_domain::{Day, Rep};
use kehu_engine::day::{Because, Line, Work, Worklist};
use kehu_engine::score::RunView;
use kehu_store::Reader;
use serde_json::{Value, json};

use super::plan::{minutes, rep, tell_deals_without_customer, weekday, why, words};
use super::today_answer::{self, Answers};
use crate::arguments::{DayWord, day};
use crate::cells::Cells;
use crate::context::Context;
use crate::error::Result;
use crate::locale;
use crate::locale::{
    AMOUNT, ANSWER_KEY, CHANNEL, CUSTOMER, DEAL, DUE, HOW, PURPOSE, TO_DO, WHY, WITHHELD_BECAUSE,
};
use crate::output::{Cell, Column, Form, Listing, show_json, show_listing};
use crate::printer::Printer;
use crate::workspace::Workspace;
use crate::{packs, plugins, runs};

/// Shows what a rep is to do today: who, what, why, when and by which channel
///
/// The list joins the day's visits (of the rep's latest plan, else planned now) with what the packs
/// propose and the rep's open tasks that are due, the most important first. Each line has a key, by which
/// it is closed; a line that was done or skipped does not come back. The lines of a customer stand
/// together; a reason that is also that of the line above is not repeated.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu today
  kehu today --rep 李伟 --as-of 2024-03-01
  kehu today done 3f7k2 --text '样品已送到'
  kehu today snooze 3f7k2 --until +3
  kehu today skip 3f7k2 --reason '客户出差'")]
pub(crate) struct Args {
    /// Whose day, by name or id [default: who acts]
    #[arg(long, global = true)]
    rep: Option<String>,
    /// Another day, seen as it was at its end [default: today]
    #[arg(long, value_name = "DAY", value_parser = day, global = true)]
    as_of: Option<DayWord>,
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
    let rep = rep(&workspace, reader.as_ref(), args.rep.as_deref())?;
    let run = runs::of_day(context, &workspace, &packs, reader.as_ref(), as_of)?;
    let work = Work {
        store: &workspace.store,
        reader: reader.as_ref(),
        settings: &workspace.settings,
        packs: &packs,
        run: &run,
        rep: &rep,
        as_of,
    };
    let list = work.today();
    let passed_over = plugins::tell(&workspace, &packs)?;
    let list = list?;
    tell_failures(reader.as_ref(), &list, &run)?;
    runs::check_strict(args.strict, &list.failures)?;
    match args.answer {
        Some(answer) => today_answer::run(context, &workspace, &work, &list, answer)?,
        None => {
            let reader = reader.as_ref();
            let shown = Shown { reader, rep: &rep, as_of, list: &list, withheld: args.withheld };
            show(context, &workspace, &shown)?;
            runs::tell_silence(&run)?;
        }
    }
    let is_whole = list.failures.is_empty() && !passed_over;
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

/// Names the packs that were switched off; those of a run that was computed now are named already.
fn tell_failures(reader: &dyn Reader, list: &Worklist, run: &RunView<'_>) -> Result {
    let told = if run.header().id.0 == 0 { run.header().failures.len() } else { 0 };
    for (pack, failure) in list.failures.iter().skip(told) {
        Printer::talk(&format!("error: {}", runs::with_names(reader, failure)?));
        Printer::talk(&format!("pack {pack} was switched off for this list; the others went on"));
    }
    Ok(())
}

struct Shown<'a> {
    reader: &'a dyn Reader,
    rep: &'a Rep,
    as_of: Day,
    list: &'a Worklist,
    withheld: bool,
}

fn show(context: &mut Context<'_>, workspace: &Workspace, shown: &Shown<'_>) -> Result {
    let form = context.form(workspace.language);
    if form.json {
        return show_json(&mut context.printer, as_json(shown)?);
    }
    let list = shown.list;
    let (rep, count) = (&shown.rep.name, list.lines.len());
    let day = weekday(shown.as_of, form.language);
    context.printer.heading(&match form.language {
        Language::En => format!("{rep}, {day}: {count} to do"),
        Language::Zh => format!("{rep}，{day}：{count} 项"),
    })?;
    context.printer.line("")?;
    let cells = Cells::new(&workspace.settings, workspace.language, shown.reader);
    show_lines(context, form, &cells, &list.lines, shown.as_of)?;
    if shown.withheld && !list.withheld.is_empty() {
        context.printer.line("")?;
        show_lines(context, form, &cells, &list.withheld, shown.as_of)?;
    }
    context.printer.finish()?;
    tell(shown, form.language);
    Ok(())
}

/// The lines of each customer together, in the place of the first of them: a person is with one customer
/// at a time.
fn by_customer(lines: &[Line]) -> Vec<Vec<&Line>> {
    let mut groups: Vec<Vec<&Line>> = Vec::new();
    for line in lines {
        match groups.iter_mut().find(|group| group[0].customer == line.customer) {
            Some(group) => group.push(line),
            None => groups.push(vec![line]),
        }
    }
    groups
}

fn show_lines(
    context: &mut Context<'_>,
    form: Form,
    cells: &Cells<'_>,
    lines: &[Line],
    today: Day,
) -> Result {
    let mut listing = Listing::new(vec![
        Column::text("customer", CUSTOMER),
        Column::whole("key", ANSWER_KEY),
        Column::text("deal", DEAL),
        Column::number("amount", AMOUNT),
        Column::text("action", TO_DO),
        Column::whole("channel", CHANNEL),
        Column::whole("due", DUE),
        Column::beneath("withheld", WITHHELD_BECAUSE),
        Column::beneath("purpose", PURPOSE),
        Column::beneath("why", WHY),
        Column::beneath("how", HOW),
    ]);
    let mut before: Option<&Line> = None;
    let mut guided: Vec<&Because> = Vec::new();
    for line in by_customer(lines).into_iter().flatten() {
        if before.is_some_and(|before| before.customer != line.customer) {
            guided.clear();
        }
        let new = line.guidance.iter().filter(|each| !guided.contains(each));
        let guidance: Vec<Because> = new.cloned().collect();
        guided.extend(&line.guidance);
        listing.rows.push(row(cells, form.language, line, before, &guidance, today));
        before = Some(line);
    }
    show_listing(&mut context.printer, form, listing)
}

/// A line below another one; what both say is said once. `guidance` is what no line of the customer above
/// has said.
fn row(
    cells: &Cells<'_>,
    language: Language,
    line: &Line,
    before: Option<&Line>,
    guidance: &[Because],
    today: Day,
) -> Vec<Cell> {
    let reasons = reasons(line, language);
    let is_theirs = before.is_some_and(|before| before.customer == line.customer);
    let is_said = before.is_some_and(|before| self::reasons(before, language) == reasons);
    vec![
        if is_theirs { Cell::empty() } else { Cell::text(&line.name) },
        Cell::text(&line.key),
        line.deal.as_ref().map_or_else(Cell::empty, |(id, name)| deal_cell(*id, name)),
        line.amount.map_or_else(Cell::empty, |amount| cells.major(amount)),
        Cell::text(line.title.get(language)),
        Cell::text(channel(cells, &line.channel, language)),
        Cell::text(due(line.due, today, language)),
        Cell::text(why(&line.withheld, language)),
        line.visit
            .as_ref()
            .map_or_else(Cell::empty, |visit| Cell::text(visit.purpose.get(language))),
        if is_said { Cell::empty() } else { Cell::text(reasons) },
        Cell::text(why(guidance, language)),
    ]
}

/// Why a line is there, and why at its place.
fn reasons(line: &Line, language: Language) -> String {
    let all: Vec<Because> = line.because.iter().chain(&line.placed).cloned().collect();
    why(&all, language)
}

/// A channel by its word, or by the title of the kind of interaction that it is.
pub(super) fn channel(cells: &Cells<'_>, name: &str, language: Language) -> String {
    let word = locale::usual_word(name, language);
    if word == name { cells.kind(name).show } else { word.to_owned() }
}

/// When a line is due, and how late it is; nothing if it is due today.
fn due(due: Day, today: Day, language: Language) -> String {
    let days = today.since(due);
    if days <= 0 {
        return if days == 0 { String::new() } else { due.to_string() };
    }
    let late = late(days, language);
    match language {
        Language::En => format!("{due}, {late}"),
        Language::Zh => format!("{due}，{late}"),
    }
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

fn deal_cell(id: kehu_domain::DealId, name: &str) -> Cell {
    Cell::text(if name.is_empty() { id.to_string() } else { format!("{id} {name}") })
}

/// Says on stderr what the list itself does not show.
fn tell(shown: &Shown<'_>, language: Language) {
    let list = shown.list;
    for note in &list.notes {
        Printer::talk(&format!("note: {}", note.get(language)));
    }
    let prospecting = minutes(list.prospecting_seconds);
    let counts = [
        (
            prospecting.unsigned_abs() as usize,
            [
                "minute is kept for finding new customers",
                "minutes are kept for finding new customers",
            ],
            "分钟留给开发新客户",
        ),
        (
            if shown.withheld { 0 } else { list.withheld.len() },
            ["withheld; --withheld shows it", "withheld; --withheld shows them"],
            "项暂缓；--withheld 可查看",
        ),
        (list.later, ["due on a later day"; 2], "项之后到期"),
        (list.closed, ["closed already"; 2], "项已处理"),
    ];
    for (count, en, zh) in counts {
        if count > 0 {
            Printer::talk(&match language {
                Language::En => format!("{count} {}", en[usize::from(count != 1)]),
                Language::Zh => format!("{count} {zh}"),
            });
        }
    }
    tell_deals_without_customer(list.portfolio.deals_without_customer, language);
}

fn as_json(shown: &Shown<'_>) -> Result<Value> {
    let list = shown.list;
    let failures = list.failures.iter();
    let failures = failures
        .map(|(pack, failure)| runs::failure_json(shown.reader, pack, failure))
        .collect::<Result<Vec<_>>>()?;
    Ok(json!({
        "rep": shown.rep.name,
        "day": shown.as_of,
        "lines": list.lines.iter().map(line_json).collect::<Vec<_>>(),
        "withheld": list.withheld.iter().map(line_json).collect::<Vec<_>>(),
        "later": list.later,
        "closed": list.closed,
        "prospecting_minutes": minutes(list.prospecting_seconds),
        "notes": list.notes.iter().map(words).collect::<Vec<_>>(),
        "deals_without_customer": list.portfolio.deals_without_customer,
        "failures": failures,
    }))
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
        "due": line.due,
        "priority": line.priority,
        "value": line.value,
        "group": line.group,
        "pack": line.pack,
        "visit": visit,
        "about": line.about.as_ref().map(|(id, kind)| json!({ "id": id.to_string(), "kind": kind })),
        "state": line.state,
        "fields": line.fields,
        "because": line.because,
        "placed_because": line.placed,
        "guidance": line.guidance,
        "withheld_because": line.withheld,
    })
}

use std::process::ExitCode;

use kehu_contract::Language;
use kehu_domain::{Day, Rep};
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
/// propose and the rep's open tasks that are due, the most important first. Each line has a key, by which
/// it is closed; a line that was done or skipped does not come back. The lines of a customer stand
/// together, with how to talk below them; 〃 is the same thing to do as above. Each line has its main
/// reason, --why shows them all.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu today
  kehu today --why --limit 10
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
            let (withheld, whole) = (args.withheld, args.why);
            let shown = Shown { reader, rep: &rep, as_of, list: &list, withheld, whole };
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
    /// True if every reason is shown.
    whole: bool,
}

fn show(context: &mut Context<'_>, workspace: &Workspace, shown: &Shown<'_>) -> Result {
    let form = context.form(workspace.language);
    if form.json {
        return show_json(&mut context.printer, as_json(shown)?);
    }
    let list = shown.list;
    let (rep, count) = (&shown.rep.name, list.lines.len());
    let day = weekday(shown.as_of, form.language);
    let mut page = PageLines::new(context.printer.width());
    page.heading(&match form.language {
        Language::En => format!("{rep}, {day}: {count} to do"),
        Language::Zh => format!("{rep}，{day}：{count} 项"),
    });
    let cells = Cells::new(&workspace.settings, workspace.language, shown.reader);
    let writer = TodayPage {
        cells: &cells,
        language: form.language,
        today: shown.as_of,
        whole: shown.whole,
    };
    let mut hidden = writer.write(&mut page, &list.lines, form.limit);
    if shown.withheld {
        hidden += writer.write(&mut page, &list.withheld, form.limit);
    }
    page.show(&mut context.printer)?;
    context.printer.finish()?;
    tell_hidden(hidden, form.language);
    tell(shown, form.language);
    Ok(())
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
        "edit": line.edit,
        "because": line.because,
        "placed_because": line.placed,
        "guidance": line.guidance,
        "withheld_because": line.withheld,
    })
}

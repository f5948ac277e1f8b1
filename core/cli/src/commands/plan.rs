use std::process::ExitCode;

use kehu_contract::{Language, Text};
use kehu_domain::{Day, Entity, Rep};
use kehu_engine::day::{Because, LeftOutVisits, Planned, VisitPlan, Work, keep_plan};
use kehu_engine::records::names;
use kehu_store::{Reader, Store as _};
use serde_json::{Value, json};

use crate::arguments::{DayWord, day};
use crate::cells::Cells;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::locale::counted;
use crate::locale::{ANSWER_KEY, CUSTOMER, DAY, MINUTES, PURPOSE, TOPICS, VALUE, VISITS, WAY, WHY};
use crate::output::{Cell, Column, Listing, show_json, show_rows};
use crate::printer::Printer;
use crate::workspace::Workspace;
use crate::{packs, plugins, runs};

/// Plans a rep's visits for some days, and keeps the plan
///
/// The plan is about the customers that the rep owns and those with an open deal of the rep. What
/// does not fit is listed with the reason, the least valuable first.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu plan --rep 李伟 --from 2024-03-01 --to 2024-03-31
  kehu plan --from tomorrow --to +14 --dry-run --json")]
pub(crate) struct Args {
    /// Whose visits, by name or id [default: who acts]
    #[arg(long)]
    rep: Option<String>,
    /// The first day
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: DayWord,
    /// The last day
    #[arg(long, value_name = "DAY", value_parser = day)]
    to: DayWord,
    /// The day as of which customers are seen [default: today, or the day before --from]
    #[arg(long, value_name = "DAY", value_parser = day)]
    as_of: Option<DayWord>,
    /// Shows the plan, and does not keep it
    #[arg(long)]
    dry_run: bool,
    /// Fails if any pack does, and writes nothing
    #[arg(long)]
    strict: bool,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result<ExitCode> {
    let workspace = context.open()?;
    let packs = packs::enabled(&workspace, context.shipped)?;
    let today = workspace.act.today;
    let (from, to) = (args.from.on(today), args.to.on(today));
    let as_of = args.as_of.map_or(today.min(from.plus_days(-1)), |word| word.on(today));
    let reader = workspace.read()?;
    let rep = rep(&workspace, reader.as_ref(), args.rep.as_deref())?;
    let run = runs::of_day(context, &workspace, &packs, reader.as_ref(), as_of)?;
    runs::check_strict(args.strict, &run.header().failures)?;
    let work = Work {
        store: &workspace.store,
        reader: reader.as_ref(),
        settings: &workspace.settings,
        packs: &packs,
        run: &run,
        rep: &rep,
        as_of,
    };
    let planned = work.plan(from, to);
    let passed_over = plugins::tell(&workspace, &packs)?;
    let planned = planned?;
    if !args.dry_run {
        let mut draft = workspace.desk().draft("plan");
        draft.summary = format!("plan of {}, {from} to {to}", rep.name);
        let mut writer = workspace.store.write(&draft)?;
        keep_plan(writer.as_mut(), &work, from, to, &planned.plan, today)?;
        writer.commit()?;
    }
    let shown = Shown { rep: &rep, from, to, as_of, planned: &planned };
    show(context, &workspace, reader.as_ref(), &shown)?;
    let is_whole = run.header().failures.is_empty() && !passed_over;
    Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

/// The rep that is named, else the one who acts. What is written needs the whole name.
pub(super) fn rep(workspace: &Workspace, reader: &dyn Reader, named: Option<&str>) -> Result<Rep> {
    let id = match named {
        Some(text) => names::rep(reader, text)?,
        None => workspace.desk().acting_rep(reader)?.ok_or_else(|| {
            CommandError::usage(format!("{} is no rep of this workspace", workspace.act.by))
                .hint("say whose work it is: --rep NAME")
                .hint("see which there are: kehu rep list")
        })?,
    };
    Ok(names::get(reader, Entity::Rep, id.0)?)
}

/// Says how many of the rep's open deals are in no list.
pub(super) fn tell_deals_without_customer(count: usize, language: Language) {
    if count > 0 {
        Printer::talk(&match language {
            Language::En if count == 1 => {
                "note: 1 open deal has no customer and is in no list; kehu deal list --no-customer shows it"
                    .to_owned()
            }
            Language::En => format!(
                "note: {count} open deals have no customer and are in no list; kehu deal list --no-customer shows them"
            ),
            Language::Zh => format!(
                "注意：{count} 个进行中的商机没有客户，不在清单中；kehu deal list --no-customer 可查看"
            ),
        });
    }
}

/// The reasons in one line.
pub(super) fn why(because: &[Because], language: Language) -> String {
    let separator = if language == Language::Zh { "；" } else { "; " };
    because.iter().map(|each| each.text.get(language)).collect::<Vec<_>>().join(separator)
}

/// Seconds as whole minutes.
pub(super) fn minutes(seconds: i32) -> i32 {
    (seconds + 30) / 60
}

pub(super) fn words(text: &Text) -> Value {
    json!({ "en": text.en, "zh": text.zh })
}

struct Shown<'a> {
    rep: &'a Rep,
    from: Day,
    to: Day,
    as_of: Day,
    planned: &'a Planned,
}

fn show(
    context: &mut Context<'_>,
    workspace: &Workspace,
    reader: &dyn Reader,
    shown: &Shown<'_>,
) -> Result {
    let form = context.form(workspace.language);
    if form.json {
        return show_json(&mut context.printer, as_json(shown));
    }
    let cells = Cells::new(&workspace.settings, form.language, reader);
    let plan = &shown.planned.plan;
    let visits: usize = plan.days.iter().map(|day| day.visits.len()).sum();
    let missing: i32 = plan.left_out.iter().map(|left| left.missing).sum();
    let (rep, from, to, days) = (&shown.rep.name, shown.from, shown.to, plan.days.len());
    context.printer.heading(&match form.language {
        Language::En => format!(
            "{rep}, {from} to {to}: {} on {}, {missing} left out",
            counted(visits, ["visit", "visits"]),
            counted(days, ["working day", "working days"]),
        ),
        Language::Zh => {
            format!("{rep}，{from} 至 {to}：{days} 个工作日，{visits} 次拜访，{missing} 次未排入")
        }
    })?;
    context.printer.line("")?;
    show_rows(&mut context.printer, form, &visit_rows(plan, form.language).for_form(form), 0)?;
    if !plan.left_out.is_empty() {
        context.printer.line("")?;
        let listing = left_out_rows(&plan.left_out, &cells, form.language);
        show_rows(&mut context.printer, form, &listing.for_form(form), 0)?;
    }
    context.printer.finish()?;
    for note in &plan.notes {
        Printer::talk(&format!("note: {}", note.get(form.language)));
    }
    tell_deals_without_customer(shown.planned.portfolio.deals_without_customer, form.language);
    Ok(())
}

fn visit_rows(plan: &VisitPlan, language: Language) -> Listing {
    let mut listing = Listing::new(vec![
        Column::whole("day", DAY),
        Column::whole("key", ANSWER_KEY),
        Column::text("customer", CUSTOMER),
        Column::number("minutes", MINUTES),
        Column::number("way", WAY),
        Column::beneath("purpose", PURPOSE),
        Column::beneath("topics", TOPICS),
        Column::beneath("why", WHY),
    ]);
    for day in &plan.days {
        for (at, visit) in day.visits.iter().enumerate() {
            listing.rows.push(vec![
                if at == 0 { Cell::text(weekday(day.day, language)) } else { Cell::empty() },
                Cell::text(&visit.key),
                Cell::text(&visit.name),
                Cell::text(minutes(visit.seconds).to_string()),
                Cell::text(minutes(visit.travel_seconds).to_string()),
                Cell::text(visit.purpose.get(language)),
                Cell::text(visit.topics.get(language)),
                Cell::text(why(&visit.because, language)),
            ]);
        }
    }
    listing
}

fn left_out_rows(left_out: &[LeftOutVisits], cells: &Cells<'_>, language: Language) -> Listing {
    let mut listing = Listing::new(vec![
        Column::text("customer", CUSTOMER),
        Column::number("visits", VISITS),
        Column::number("value", VALUE),
        Column::beneath("why", WHY),
    ]);
    for left in left_out {
        listing.rows.push(vec![
            Cell::text(&left.name),
            Cell::text(left.missing.to_string()),
            cells.major(left.value),
            Cell::text(why(&left.because, language)),
        ]);
    }
    listing
}

/// A day with the day of the week.
pub(super) fn weekday(day: Day, language: Language) -> String {
    const EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const ZH: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    let names = if language == Language::Zh { ZH } else { EN };
    format!("{day} {}", names[day.weekday() as usize % 7])
}

fn as_json(shown: &Shown<'_>) -> Value {
    let plan = &shown.planned.plan;
    let days: Vec<Value> = plan
        .days
        .iter()
        .map(|day| {
            let visits = day.visits.iter().map(|visit| {
                json!({
                    "key": visit.key,
                    "customer": { "id": visit.customer.to_string(), "name": visit.name },
                    "minutes": minutes(visit.seconds),
                    "way_minutes": minutes(visit.travel_seconds),
                    "mode": visit.mode,
                    "purpose": words(&visit.purpose),
                    "topics": words(&visit.topics),
                    "value": visit.value,
                    "group": visit.group,
                    "because": visit.because,
                })
            });
            json!({
                "day": day.day,
                "prospecting_minutes": minutes(day.prospecting_seconds),
                "visits": visits.collect::<Vec<_>>(),
            })
        })
        .collect();
    let left_out = plan.left_out.iter().map(|left| {
        json!({
            "customer": { "id": left.customer.to_string(), "name": left.name },
            "missing": left.missing,
            "value": left.value,
            "because": left.because,
        })
    });
    json!({
        "rep": shown.rep.name,
        "from": shown.from,
        "to": shown.to,
        "as_of": shown.as_of,
        "pack": plan.pack,
        "days": days,
        "left_out": left_out.collect::<Vec<_>>(),
        "notes": plan.notes.iter().map(words).collect::<Vec<_>>(),
        "deals_without_customer": shown.planned.portfolio.deals_without_customer,
    })
}

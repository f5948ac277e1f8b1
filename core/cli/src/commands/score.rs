use std::collections::BTreeMap;
use std::process::ExitCode;

use kehu_contract::{ColumnData, ColumnType, Language};
use kehu_domain::{Currency, Day};
use kehu_engine::score::{self, RunView, show_number};
use kehu_store::{RunColumn, StoredRun};
use serde_json::{Map, json};

use crate::arguments::{DayWord, day};
use crate::context::Context;
use crate::error::Result;
use crate::locale::{self, counted};
use crate::output::{Cell, Column, Listing, show_json, show_rows};
use crate::packs;
use crate::plugins;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::runs;
use crate::workspace::Workspace;

const TITLE: locale::Label = locale::Label::new("title", "名称");

/// Scores all customers with the packs that are on, and keeps the run with its reasons
///
/// What happened or became known after the day does not count. A pack that fails is switched off for
/// the run, the others go on, and the exit code is 3.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu score
  kehu score --as-of 2024-06-30
  kehu score --dry-run --json")]
pub(crate) struct Args {
    /// The day as of which all is seen [default: today]
    #[arg(long, value_name = "DAY", value_parser = day)]
    as_of: Option<DayWord>,
    /// The seed for packs that draw lots
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Shows what would come out, and keeps nothing
    #[arg(long)]
    dry_run: bool,
    /// Fails if any pack does, and writes nothing
    #[arg(long)]
    strict: bool,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result<ExitCode> {
    let workspace = context.open()?;
    let packs = packs::enabled(&workspace, context.shipped)?;
    packs::locked::tell(&workspace)?;
    runs::tell_strangers(&packs);
    let as_of = args.as_of.map_or(workspace.act.today, |word| word.on(workspace.act.today));
    let options = runs::options(context, as_of, args.seed);
    let (failures, passed_over, customers) = if args.dry_run {
        let (run, passed_over) = runs::compute_all(context, &workspace, &packs, as_of, args.seed)?;
        runs::check_strict(args.strict, &run.header().failures)?;
        show(context, &workspace, &run)?;
        runs::tell_silence(&run)?;
        (run.header().failures.len(), passed_over, run.header().customers)
    } else {
        let mut draft = workspace.desk().draft("score");
        draft.summary = format!("score as of {as_of}");
        let before = score::run_before(workspace.read()?.as_ref(), as_of)?.map(|run| run.as_of);
        let (id, header) = {
            let mut progress = Progress::steps();
            score::score(
                &workspace.store,
                &workspace.settings,
                &packs,
                options,
                &draft,
                args.strict,
                &mut |step| progress.step(step),
            )
        }
        .map_err(|error| match workspace.read() {
            Ok(reader) => runs::of_score(reader.as_ref(), error),
            Err(_) => error.into(),
        })?;
        runs::tell_failures(workspace.read()?.as_ref(), &header)?;
        plugins::tell_left_out(&packs);
        let passed_over = plugins::tell(&workspace, &packs)?;
        let reader = workspace.read()?;
        let stored = reader.run(id)?.unwrap_or(header);
        let changes = reader.label_changes(id, None)?.len();
        tell(&stored, before.map(|day| (day, changes)), workspace.language);
        let run = RunView::stored(stored.clone(), reader.as_ref());
        show(context, &workspace, &run)?;
        runs::tell_silence(&run)?;
        (stored.failures.len(), passed_over, stored.customers)
    };
    if customers == 0 {
        Printer::talk("note: no customer is known as of that day, so there was nothing to score");
    }
    Ok(if failures > 0 || passed_over { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

fn tell(run: &StoredRun, changes: Option<(Day, usize)>, language: Language) {
    let (customers, as_of, id) = (run.customers, run.as_of, run.id);
    let scored = match language {
        Language::En => {
            let customers = counted(customers, ["customer", "customers"]);
            format!("Scored {customers} as of {as_of}: run {id}")
        }
        Language::Zh => format!("已按 {as_of} 为 {customers} 位客户评分：运行 {id}"),
    };
    let changed = match (language, changes) {
        (_, None) => String::new(),
        (Language::En, Some((day, changes))) => {
            let labels = counted(changes, ["label", "labels"]);
            format!(", {labels} changed since the run of {day}")
        }
        (Language::Zh, Some((day, changes))) => {
            format!("，与 {day} 的评分相比 {changes} 个标签有变化")
        }
    };
    Printer::talk(&(scored + &changed));
}

/// What came out for one column.
struct Outcome {
    present: usize,
    missing: usize,
    counts: BTreeMap<String, usize>,
    sum: f64,
    least: f64,
    greatest: f64,
}

fn outcome(run: &RunView<'_>, column: &RunColumn) -> Result<Outcome> {
    let mut outcome = Outcome {
        present: 0,
        missing: 0,
        counts: column.values.iter().map(|value| (value.key.clone(), 0)).collect(),
        sum: 0.0,
        least: f64::INFINITY,
        greatest: f64::NEG_INFINITY,
    };
    for batch in 0..run.batches() {
        let data = run.values(&column.info.name, batch)?;
        for row in 0..data.len() {
            if data.is_missing(row) {
                outcome.missing += 1;
                continue;
            }
            outcome.present += 1;
            match &data {
                ColumnData::Number(values) => {
                    outcome.sum += values[row];
                    outcome.least = outcome.least.min(values[row]);
                    outcome.greatest = outcome.greatest.max(values[row]);
                }
                ColumnData::Text { codes, values } if column.info.kind == ColumnType::Label => {
                    *outcome.counts.entry(values[codes[row] as usize].clone()).or_default() += 1;
                }
                ColumnData::Flag(flags) => {
                    let key = if flags[row] == 1 { "yes" } else { "no" };
                    *outcome.counts.entry(key.to_owned()).or_default() += 1;
                }
                _ => {}
            }
        }
    }
    Ok(outcome)
}

/// The counts in the order in which the label declares its values.
fn ordered(column: &RunColumn, counts: &BTreeMap<String, usize>) -> Vec<(String, usize)> {
    let mut ordered: Vec<(String, usize)> = column
        .values
        .iter()
        .filter_map(|value| Some((value.key.clone(), *counts.get(&value.key)?)))
        .collect();
    for (key, count) in counts {
        if !ordered.iter().any(|(known, _)| known == key) {
            ordered.push((key.clone(), *count));
        }
    }
    ordered
}

/// What people call a label, as lists show it.
fn label<'a>(column: &'a RunColumn, key: &'a str, language: Language) -> &'a str {
    let value = column.values.iter().find(|value| value.key == key);
    value.map_or(key, |value| value.text.get(language))
}

/// A figure of a column: an amount as lists show it, or a number.
fn figure(column: &RunColumn, number: f64, currency: &Currency) -> String {
    let is_money = column.info.kind == ColumnType::Money;
    let money = currency.from_major(number).filter(|_| is_money);
    money.map_or_else(|| show_number(number), |money| currency.show_grouped(money))
}

fn show(context: &mut Context<'_>, workspace: &Workspace, run: &RunView<'_>) -> Result {
    let form = context.form(workspace.language);
    let given: Vec<&RunColumn> =
        run.header().columns.iter().filter(|column| column.given_by.is_some()).collect();
    // In English the names themselves are words.
    let is_titled = form.language == Language::Zh;
    let mut columns = vec![Column::whole("column", locale::COLUMN)];
    columns.extend(is_titled.then(|| Column::text("title", TITLE)));
    columns.extend([
        Column::whole("pack", locale::PACK),
        Column::number("present", locale::PRESENT),
        Column::number("missing", locale::MISSING),
        Column::text("values", locale::VALUES),
    ]);
    let mut listing = Listing::new(columns);
    let mut columns = Vec::new();
    for column in given {
        let outcome = outcome(run, column)?;
        let counts = ordered(column, &outcome.counts);
        let pack = column.given_by.as_ref().map(|(pack, _)| pack.clone()).unwrap_or_default();
        let is_number = matches!(column.info.kind, ColumnType::Number | ColumnType::Money);
        let range = (is_number && outcome.present > 0)
            .then(|| [outcome.least, outcome.sum / outcome.present as f64, outcome.greatest]);
        let words = match range {
            Some([least, mean, greatest]) => {
                let currency = &workspace.settings.currency;
                let [least, mean, greatest] =
                    [least, mean, greatest].map(|number| figure(column, number, currency));
                format!("{least} … {greatest}, {} {mean}", locale::MEAN.get(form.language))
            }
            None => counts
                .iter()
                .map(|(key, count)| {
                    let word = match (column.info.kind, key.as_str()) {
                        (ColumnType::Flag, key) => {
                            locale::yes_or_no(key == "yes").get(form.language)
                        }
                        (_, key) => label(column, key, form.language),
                    };
                    format!("{word} {count}")
                })
                .collect::<Vec<_>>()
                .join("  "),
        };
        columns.push(json!({
            "column": column.info.name,
            "title": column.info.title,
            "pack": pack,
            "present": outcome.present,
            "missing": outcome.missing,
            "counts": counts.iter().map(|(key, count)| (key.clone(), json!(count))).collect::<Map<_, _>>(),
            "least": range.map(|range| range[0]),
            "mean": range.map(|range| range[1]),
            "greatest": range.map(|range| range[2]),
        }));
        let mut row = vec![Cell::text(&column.info.name)];
        row.extend(is_titled.then(|| Cell::text(runs::column_title(column, form.language))));
        row.extend([
            Cell::text(pack),
            Cell::text(outcome.present.to_string()),
            Cell::text(outcome.missing.to_string()),
            Cell::text(words),
        ]);
        listing.rows.push(row);
    }
    if !form.json {
        return show_rows(&mut context.printer, form, &listing, 0);
    }
    let header = run.header();
    let reader = workspace.read()?;
    let failures = header.failures.iter();
    let failures = failures
        .map(|(pack, failure)| runs::failure_json(reader.as_ref(), pack, failure))
        .collect::<Result<Vec<_>>>()?;
    show_json(
        &mut context.printer,
        json!({
            "as_of": header.as_of.to_string(),
            "customers": header.customers,
            "columns": columns,
            "failures": failures,
        }),
    )
}

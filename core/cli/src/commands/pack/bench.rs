use std::borrow::Cow;
use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kehu_contract::{
    BATCH, Batch, Case, ColumnData, ColumnType, Columns, Hook, Limits, MISSING_FLAG, Manifest,
    Need, Pack, PackFactory as _, RunContext, Step, TextBuilder, percentile_ranks,
};
use kehu_lua::{LuaPackFactory, PackFiles};
use serde_json::{Value as Json, json};

use super::labels;
use super::report::page;
use super::subject;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::locale;
use crate::output::{Cell, Column, Listing, show_json, show_rows};
use crate::printer::Printer;
use crate::progress::Progress;

/// The day as of which all is seen.
const AS_OF: i32 = 20_089;

/// Measures how many customers a second a pack handles, on one thread
///
/// With its reasons and under its limits, beside a pack with the same manifest that does nothing: what is
/// between the two is the script's own. The customers are made up, and one in twenty optional values is
/// missing. Steps about single records and plans are not measured.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu pack bench silence
  kehu pack bench ./scripts/silence --customers 1000000")]
pub(crate) struct Args {
    /// The pack, by name or folder
    #[arg(value_name = "NAME|DIR")]
    pack: String,
    /// How many customers
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    customers: u32,
}

/// What was measured of one step.
struct Measured {
    step: String,
    fit: Option<Duration>,
    own: Duration,
    empty: Duration,
    reasons: usize,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result<ExitCode> {
    let subjects = subject::find(context, std::slice::from_ref(&args.pack))?;
    let kinds = subjects.known.columns;
    let Some(pack) = subjects.packs.into_iter().next() else { return Ok(ExitCode::SUCCESS) };
    let files = pack.files?;
    let load = |files: PackFiles| kehu_lua::load(files).map_err(|refused| refused.problems);
    let empty = load(doing_nothing(&files)?)?;
    let own = load(files)?;
    let customers = args.customers as usize;
    let mut progress = Progress::steps();
    let mut measured = Vec::new();
    for (place, step) in own.manifest().steps.iter().enumerate() {
        if matches!(step.hook, Hook::Score | Hook::VisitNeed | Hook::FollowUp) {
            progress.step(&step.name);
            let columns = made_up(step, &kinds, own.manifest(), customers);
            measured.push(measure([&own, &empty], place, &columns)?);
        }
    }
    drop(progress);
    if measured.is_empty() {
        let message = "the pack has no step about all customers, so there is nothing to measure";
        return Err(CommandError::failed(message));
    }
    let form = context.form(context.language()?);
    if form.json {
        let steps: Vec<Json> = measured.iter().map(|each| as_json(each, customers)).collect();
        show_json(&mut context.printer, json!(steps))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut listing = Listing::new(vec![
        Column::whole("step", locale::STEP),
        Column::number("customers_a_second", labels::SPEED),
        Column::number("each", labels::EACH),
        Column::number("empty", labels::EMPTY),
        Column::number("reasons", labels::REASONS),
        Column::number("fit", locale::FIT),
    ]);
    for each in &measured {
        let cell = |text: String| Cell::text(text);
        listing.rows.push(vec![
            Cell::text(&each.step),
            cell(format!("{:.0}", customers as f64 / each.own.as_secs_f64())),
            cell(a_customer(each.own, customers)),
            cell(a_customer(each.empty, customers)),
            cell(format!("{:.1}", each.reasons as f64 / customers as f64)),
            each.fit.map_or_else(Cell::empty, |time| cell(format!("{time:.1?}"))),
        ]);
    }
    show_rows(&mut context.printer, form, &listing.for_form(form), 0)?;
    context.printer.finish()?;
    Printer::talk(&format!("{customers} made-up customers, one thread."));
    Ok(ExitCode::SUCCESS)
}

fn a_customer(time: Duration, customers: usize) -> String {
    format!("{:.2} µs", time.as_secs_f64() * 1e6 / customers as f64)
}

fn as_json(each: &Measured, customers: usize) -> Json {
    json!({
        "step": each.step,
        "customers": customers,
        "customers_a_second": (customers as f64 / each.own.as_secs_f64()).round(),
        "seconds": each.own.as_secs_f64(),
        "empty_seconds": each.empty.as_secs_f64(),
        "fit_seconds": each.fit.map(|time| time.as_secs_f64()),
        "reasons": each.reasons,
    })
}

/// The same manifest with functions that do nothing.
fn doing_nothing(files: &PackFiles) -> Result<PackFiles> {
    let manifest = files.files.iter().find(|(path, _)| path == "pack.toml");
    let text = manifest.and_then(|(_, text)| std::str::from_utf8(text).ok()).unwrap_or_default();
    let parsed = Manifest::parse(&format!("{}/pack.toml", files.dir), text)?;
    let names = parsed.steps.iter().flat_map(|step| {
        let nothing =
            if matches!(step.hook, Hook::Score | Hook::VisitNeed) { "return {}" } else { "" };
        let fit = step.fit.as_ref().map(|fit| format!("[\"{fit}\"] = function() return {{}} end"));
        [Some(format!("[\"{}\"] = function() {nothing} end", step.function)), fit]
    });
    let script = format!("return {{ {} }}", names.flatten().collect::<Vec<_>>().join(", "));
    Ok(PackFiles {
        files: vec![
            ("pack.toml".to_owned(), Cow::Owned(text.as_bytes().to_vec())),
            ("main.lua".to_owned(), Cow::Owned(script.into_bytes())),
        ],
        ..files.clone()
    })
}

fn measure(packs: [&LuaPackFactory; 2], place: usize, columns: &Columns) -> Result<Measured> {
    let mut times = [Duration::ZERO; 2];
    let (mut fit, mut reasons) = (None, 0);
    let step = &packs[0].manifest().steps[place];
    for (at, factory) in packs.into_iter().enumerate() {
        let context = RunContext {
            as_of: AS_OF,
            settings: factory.manifest().defaults(),
            seed: 1,
            limits: Limits::default(),
        };
        let mut pack = factory.open(&context).map_err(|error| page(&error))?;
        let mut state = Json::Null;
        if step.fit.is_some() {
            let begun = Instant::now();
            state = pack.fit(place, columns).map_err(|error| page(&error))?;
            if at == 0 {
                fit = Some(begun.elapsed());
            }
        }
        for start in (0..columns.rows()).step_by(BATCH) {
            let end = columns.rows().min(start + BATCH);
            let ids = (start as i64 + 1..=end as i64).collect();
            let batch = Batch { ids, columns: columns.slice(start, end) };
            let begun = Instant::now();
            let given = one_batch(&mut pack, step, place, &batch, &state);
            times[at] += begun.elapsed();
            let given = given.map_err(|error| page(&error))?;
            if at == 0 {
                reasons += given;
            }
        }
    }
    let [own, empty] = times;
    Ok(Measured { step: step.name.clone(), fit, own, empty, reasons })
}

/// Asks about one batch; gives the number of reasons.
fn one_batch(
    pack: &mut dyn Pack,
    step: &Step,
    place: usize,
    batch: &Batch,
    state: &Json,
) -> Result<usize, kehu_contract::PackError> {
    if step.hook == Hook::FollowUp {
        let cases = vec![Case::default(); batch.ids.len()];
        let proposals = pack.follow_up(place, batch, &cases)?;
        return Ok(proposals.iter().map(|proposal| proposal.causes.len()).sum());
    }
    let columns = pack.score(place, batch, state)?;
    Ok(columns.iter().map(|column| column.reasons.entries.len()).sum())
}

/// Columns of made-up customers for all needs of a step. Only what is optional is missing here and there:
/// nobody knows which other values may be.
fn made_up(
    step: &Step,
    kinds: &BTreeMap<String, ColumnType>,
    manifest: &Manifest,
    customers: usize,
) -> Columns {
    let own = |name: &str| {
        let gives = manifest.steps.iter().flat_map(|step| &step.gives);
        gives.map(|give| &give.info).find(|info| info.name == name).map(|info| info.kind)
    };
    let mut columns = Columns::new(customers);
    for need in &step.needs {
        let kind = own(&need.column).or_else(|| kinds.get(&need.column).copied());
        let kind = kind.unwrap_or(ColumnType::Number);
        let column = drawn(need, kind, customers);
        if need.rank {
            let ranks = percentile_ranks(&column);
            columns.insert(&need.name(), ColumnType::Number, Arc::new(ranks));
        } else {
            columns.insert(&need.name(), kind, Arc::new(column));
        }
    }
    columns
}

/// The same column for the same name, wherever it is needed.
fn drawn(need: &Need, kind: ColumnType, customers: usize) -> ColumnData {
    let seed =
        need.column.bytes().fold(0, |seed: u64, byte| seed.wrapping_mul(31) + u64::from(byte));
    let draws = (0..customers).map(|row| draw(seed, row as u64));
    let is_there = |draw: &u64| !need.optional || !draw.is_multiple_of(20);
    let share = |draw: u64| (draw >> 11) as f64 / (1_u64 << 53) as f64;
    let number = |draw: u64| if is_there(&draw) { share(draw) * 400.0 } else { f64::NAN };
    match kind {
        ColumnType::Number => ColumnData::Number(draws.map(number).map(f64::floor).collect()),
        ColumnType::Money => ColumnData::Number(draws.map(number).collect()),
        ColumnType::Flag => {
            let flag =
                |draw: u64| if is_there(&draw) { (draw >> 40 & 1) as u8 } else { MISSING_FLAG };
            ColumnData::Flag(draws.map(flag).collect())
        }
        ColumnType::Day => {
            ColumnData::Day(draws.map(|draw| AS_OF - (share(draw) * 1_000.0) as i32).collect())
        }
        ColumnType::Label | ColumnType::Text => {
            let mut builder = TextBuilder::default();
            for draw in draws {
                let words = ["A", "B", "C", "D"];
                let word = words[(draw >> 40) as usize % words.len()];
                builder.push(is_there(&draw).then_some(word));
            }
            builder.finish()
        }
    }
}

/// A number for a column and a customer: Steele, Lea and Flood's `SplitMix64`.
fn draw(column: u64, row: u64) -> u64 {
    let mut mixed = (row + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (column << 32);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

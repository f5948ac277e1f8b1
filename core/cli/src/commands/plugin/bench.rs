use std::path::PathBuf;
use std::time::Duration;

use kehu_contract::Limits;
use kehu_native::measure::{self, StepTime};
use serde_json::json;

use super::{kinds, named};
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::locale;
use crate::output::{Cell, Column, Listing, show_json, show_rows};
use crate::printer::Printer;
use crate::progress::Progress;

/// Measures how many customers a second a plugin scores
///
/// In a process of its own, as it runs in earnest, and on request within kehu. The customers are made up.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu plugin bench ./libsilence.so
  kehu plugin bench ./libsilence.so --rows 100000 --in-process")]
pub(crate) struct Args {
    /// The shared library, or the name of a plugin of the workspace or of kehu
    #[arg(value_name = "FILE|NAME")]
    file: PathBuf,
    /// How many customers
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
    rows: u32,
    /// Measures it within kehu too, where a crash ends kehu
    #[arg(long)]
    in_process: bool,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result {
    let factory = named::factory(&named::look(context, &args.file)?)?;
    let options = measure::Options {
        rows: args.rows as usize,
        in_process: args.in_process,
        limits: Limits::default(),
        seed: 1,
        kinds: kinds()?,
    };
    let mut progress = Progress::steps();
    progress.step("customers that are made up");
    let measured = measure::run(&factory, &options)
        .map_err(|error| CommandError::failed(error.to_string()))?;
    drop(progress);
    let form = context.form(context.language()?);
    if form.json {
        let steps: Vec<_> = measured.steps.iter().map(as_json).collect();
        let first_load = measured.first_load.as_secs_f64();
        return show_json(
            &mut context.printer,
            json!({ "first_load_seconds": first_load, "steps": steps }),
        );
    }
    let mut listing = Listing::new(vec![
        Column::whole("step", locale::STEP),
        Column::number("rows", locale::ROWS),
        Column::number("fit", locale::FIT),
        Column::number("isolated", locale::ISOLATED),
        Column::number("in_process", locale::IN_PROCESS),
    ]);
    for step in &measured.steps {
        let speed = |time: Option<Duration>| time.map_or_else(Cell::empty, |time| rate(step, time));
        let fit = step.fit.map_or_else(Cell::empty, |time| Cell::text(format!("{time:.1?}")));
        let rows = Cell::text(step.rows.to_string());
        listing.rows.push(vec![
            Cell::text(&step.step),
            rows,
            fit,
            speed(Some(step.isolated)),
            speed(step.in_process),
        ]);
    }
    show_rows(&mut context.printer, form, &listing, 0)?;
    context.printer.finish()?;
    Printer::talk(&format!("It was loaded in {:.1?}, process and all.", measured.first_load));
    Ok(())
}

fn rate(step: &StepTime, time: Duration) -> Cell {
    Cell::text(format!("{:.2} M/s", step.rows_a_second(time) / 1e6))
}

/// Durations are what is asked for here, unlike in listings of data.
fn as_json(step: &StepTime) -> serde_json::Value {
    let seconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
    json!({
        "step": step.step,
        "rows": step.rows,
        "fit_seconds": seconds(step.fit),
        "isolated_seconds": seconds(Some(step.isolated)),
        "in_process_seconds": seconds(step.in_process),
    })
}

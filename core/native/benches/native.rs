//! What a process of its own costs a plugin, what the border itself costs, and how long plugins take
//! to be loaded and fitted. Other programs on the machine only ever add to a figure: the least of
//! several is shown.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and may fail")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kehu_contract::{
    ColumnData, ColumnType, Columns, Limits, Origin, PackFactory as _, RunContext,
};
use kehu_native::measure::{self, Measured};
use kehu_native::{
    Isolation, Library, Linked, NativeFactory, OnCrash, Options, WorkerCommand, inspect,
    worker_main,
};

/// A plugin of one additive column over some needs.
macro_rules! sum_of {
    ($module:ident, [$($need:literal),*], $manifest:literal) => {
        mod $module {
            use kehu_plugin::{Batch, Context, Given, Output, Result, Rule, Scorer};

            kehu_plugin::rules! { SUM = Rule::new("sum", "the sum", ""); }

            const NEEDS: &[&str] = &[$($need),*];

            struct Sum;

            impl Scorer for Sum {
                const OUTPUTS: &'static [Output] = &[Output::sum("total", &[SUM])];

                fn new(_: &Context<'_>) -> Result<Self> {
                    Ok(Self)
                }

                fn score(&mut self, batch: &Batch<'_>, given: &Given<'_>) -> Result {
                    let columns: Vec<_> =
                        NEEDS.iter().map(|name| batch.numbers(name)).collect::<Result<_, _>>()?;
                    let mut total = given.sum("total")?;
                    for row in 0..batch.rows() {
                        total.add(row, SUM, columns.iter().map(|each| each.values()[row]).sum());
                    }
                    Ok(())
                }
            }

            kehu_plugin::entry! {
                manifest: $manifest,
                rules: RULES,
                steps: { "score" => Scorer(Sum) },
            }
        }
    };
}

sum_of!(
    one,
    ["a"],
    "name = \"one\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"score\"\nneeds = [\"a\"]\n[step.gives.total]\ntype = \"number\"\n"
);
sum_of!(
    twelve,
    ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"],
    "name = \"twelve\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"score\"\nneeds = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"i\", \"j\", \"k\", \"l\"]\n[step.gives.total]\ntype = \"number\"\n"
);

const PLUGINS: &[Linked] =
    &[("one", &one::ENTRY), ("twelve", &twelve::ENTRY), ("clv", &kehu_clv::ENTRY)];

/// The argument with which this program is a worker.
const WORKER: &str = "plugin-worker";
const CUSTOMERS: usize = 1_000_000;

fn limits() -> Limits {
    Limits { run: Duration::from_mins(10), ..Limits::default() }
}

fn options() -> Options {
    Options {
        worker: WorkerCommand {
            program: std::env::current_exe().unwrap(),
            arguments: vec![WORKER.into()],
        },
        isolation: Isolation::Worker,
        on_crash: OnCrash::Fail,
        origin: Origin::Shipped,
    }
}

fn measured(factory: &NativeFactory, rows: usize) -> Measured {
    let (in_process, kinds) = (true, BTreeMap::new());
    let options = measure::Options { rows, in_process, limits: limits(), seed: 1, kinds };
    measure::run(factory, &options).unwrap()
}

fn report(name: &str, figure: f64, unit: &str, goal: f64) {
    let met = if figure <= goal { "met" } else { "missed" };
    println!("{name:<60} {figure:>9.1} {unit:<3} goal {goal:>5} {met}");
}

fn linked(place: usize) -> NativeFactory {
    NativeFactory::of_linked(PLUGINS[place], options()).unwrap()
}

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == WORKER) {
        return worker_main(PLUGINS);
    }
    let step = &measured(&linked(0), CUSTOMERS).steps[0];
    let each = |time: Duration| time.as_nanos() as f64 / CUSTOMERS as f64;
    report(
        "a trivial scorer of one column, in process",
        each(step.in_process.unwrap()),
        "ns",
        50.0,
    );
    let step = &measured(&linked(1), CUSTOMERS).steps[0];
    let inside = step.in_process.unwrap();
    println!(
        "1,000,000 customers of twelve columns: {inside:?} in process, {:?} isolated",
        step.isolated
    );
    let more = step.isolated.saturating_sub(inside).as_secs_f64() * 1e3;
    report("what isolation adds to 1,000,000 customers of 12 columns", more, "ms", 100.0);
    if let Some(load) = first_load() {
        report("first load of a library", load.as_secs_f64() * 1e3, "ms", 20.0);
    }
    if let Some((buyers, time)) = fit() {
        println!("{buyers} buyers");
        report("fit of lifetime values to CDNOW", time.as_secs_f64() * 1e3, "ms", 100.0);
    }
    ExitCode::SUCCESS
}

/// How long the example in C takes to be loaded; none without a compiler.
fn first_load() -> Option<Duration> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap().join("silence.so");
    let built = Command::new("cc")
        .args(["-std=c99", "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-I"])
        .arg(root.join("core/abi"))
        .arg(root.join("examples/plugin-in-c/silence.c"))
        .arg("-o")
        .arg(&path)
        .status();
    built.ok().filter(ExitStatus::success)?;
    let library = Library::open(&path).unwrap();
    let description = inspect(&library, &options().worker, limits()).unwrap();
    let factory = NativeFactory::of_library(library, description, options()).unwrap();
    (0..5).map(|_| measured(&factory, 1).first_load).min()
}

/// How long the model takes to be fitted to the buyers of CDNOW; none without the data.
fn fit() -> Option<(usize, Duration)> {
    let base = cdnow()?;
    let factory = linked(2);
    let settings = factory.manifest().defaults();
    let context = RunContext { as_of: 20_000, settings, seed: 1, limits: limits() };
    let mut pack = factory.create(&context).unwrap();
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let begun = Instant::now();
        pack.fit(0, &base).unwrap();
        best = best.min(begun.elapsed());
    }
    Some((base.rows(), best))
}

/// One buyer's purchases: day and amount.
type Purchases = Vec<(f64, f64)>;

/// The sample of CDNOW: lines of id, id in the sample, day, discs, amount.
fn cdnow() -> Option<Columns> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path: PathBuf = root.join("../../../shared/data/cdnow/CDNOW_sample.txt");
    let text = std::fs::read_to_string(path).ok()?;
    let mut buyers: BTreeMap<&str, Purchases> = BTreeMap::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let (Some(buyer), Some(day), Some(amount)) = (words.next(), words.nth(1), words.nth(1))
        else {
            continue;
        };
        buyers.entry(buyer).or_default().push((day_number(day)?, amount.parse().ok()?));
    }
    let end = day_number("19980630")?;
    let mut columns = Columns::new(buyers.len());
    let mut insert = |name: &str, kind, of: fn(&Purchases, f64) -> f64| {
        let values = buyers.values().map(|bought| of(bought, end)).collect();
        columns.insert(name, kind, Arc::new(ColumnData::Number(values)));
    };
    insert("first_purchase_days", ColumnType::Number, |bought, end| end - bought[0].0);
    insert("recency_days", ColumnType::Number, |bought, end| end - bought[bought.len() - 1].0);
    insert("clv_purchase_days", ColumnType::Number, |bought, _| {
        let mut days: Vec<f64> = bought.iter().map(|(day, _)| *day).collect();
        days.dedup();
        days.len() as f64
    });
    insert("clv_repeat_amount", ColumnType::Money, |bought, _| {
        bought.iter().filter(|(day, _)| *day > bought[0].0).map(|(_, amount)| amount).sum()
    });
    Some(columns)
}

/// A day such as 19970118, counted from some day.
fn day_number(word: &str) -> Option<f64> {
    let number: i64 = word.parse().ok()?;
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    Some((365 * year + year / 4 + (153 * month + 2) / 5 + day) as f64)
}

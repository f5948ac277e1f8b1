//! How long the whole takes at a size, each figure beside a bare loop in the same run.
//!
//! `cargo bench --bench whole` takes 1,000,000 customers with 10,000,000 interactions and some
//! 3 GB of disk; `cargo bench --bench whole -- 10000` takes that many customers, each with ten.
//! `KEHU_BENCH_DIR` names the folder to work in. The figures of a scripted formula alone are in
//! `cargo bench -p kehu-lua`, those of the store alone in `cargo bench -p kehu-sqlite`.

#![expect(clippy::print_stdout, reason = "a benchmark shows its figures")]

mod bare;

use std::borrow::Cow;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kehu_contract::{Origin, PackFactory};
use kehu_domain::Day;
use kehu_engine::features::{self, Catalogue};
use kehu_engine::packs::PackSet;
use kehu_engine::score::{self, RunOptions};
use kehu_engine::settings::Settings;
use kehu_lua::PackFiles;
use kehu_sample::Crowd;
use kehu_sqlite::SqliteStore;
use kehu_store::{CustomerRange, Store as _};

pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const SETTINGS: &str = "[packs]\non = [\"rfm\", \"tiers\", \"lifecycle\"]\n
[fields.customer.credit]\ntype = \"number\"\n";
const PACKS: [&str; 3] = ["rfm", "tiers", "lifecycle"];
const THREADS: usize = 2;
const TODAY: &str = "2026-06-30";

fn main() -> Outcome<()> {
    let given = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let customers: u64 = given.unwrap_or(1_000_000);
    let room = match std::env::var_os("KEHU_BENCH_DIR") {
        Some(base) => tempfile::tempdir_in(base)?,
        None => tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?,
    };
    let bench = Bench::new(room.path(), customers)?;
    println!("{customers} customers, {} interactions", bench.crowd.interactions);
    println!("{:<34} {:>12} {:>12} {:>8}  goal", "what", "figure", "bare loop", "ratio");
    bench.generate()?;
    bench.start_up()?;
    bench.import()?;
    bench.score()?;
    bench.steps()?;
    bench.read()
}

/// Holds where the files are, and what lies in them.
struct Bench {
    room: PathBuf,
    crowd: Crowd,
    today: Day,
}

/// What a process took.
struct Took {
    time: Duration,
    /// The most memory that it held at once, where the system tells.
    peak_mib: Option<u64>,
}

impl Bench {
    fn new(room: &Path, customers: u64) -> Outcome<Self> {
        let today = Day::parse(TODAY).ok_or("no day")?;
        let crowd = Crowd { seed: 1, customers, interactions: customers * 10, last_day: today };
        fs::create_dir(room.join("data"))?;
        Ok(Self { room: room.to_owned(), crowd, today })
    }

    fn data(&self) -> PathBuf {
        self.room.join("data")
    }

    fn database(&self) -> PathBuf {
        self.room.join("shop").join("kehu.db")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kehu"));
        command.args(words).current_dir(&self.room).stdout(Stdio::null()).stderr(Stdio::piped());
        command.env_clear().env("HOME", &self.room).env("USER", "bench");
        command.env("KEHU_NOW", format!("{TODAY}T09:00"));
        command
    }

    /// Runs the binary to its end and watches its memory.
    fn run(&self, words: &[&str]) -> Outcome<Took> {
        let begin = Instant::now();
        let mut child = self.command(words).spawn()?;
        let status = format!("/proc/{}/status", child.id());
        let mut peak_mib = None;
        // Short commands are over before the first look; their memory is of no interest.
        while child.try_wait()?.is_none() {
            peak_mib = peak(&status).or(peak_mib);
            let pause = if begin.elapsed() < Duration::from_millis(200) { 500 } else { 20_000 };
            std::thread::sleep(Duration::from_micros(pause));
        }
        let time = begin.elapsed();
        let output = child.wait_with_output()?;
        if !output.status.success() {
            let told = String::from_utf8_lossy(&output.stderr);
            return Err(format!("kehu {}\n{told}", words.join(" ")).into());
        }
        Ok(Took { time, peak_mib })
    }

    fn generate(&self) -> Outcome<()> {
        let rows = self.crowd.interactions;
        let create = |name: &str| File::create(self.data().join(name));
        self.crowd.write_customers(&mut create(Crowd::CUSTOMERS)?)?;
        let time =
            timed(|| Ok(self.crowd.write_interactions(&mut create(Crowd::INTERACTIONS)?)?))?;
        let path = self.data().join(Crowd::INTERACTIONS);
        let copy = timed(|| Ok(fs::copy(&path, self.room.join("copy.csv")).map(|_| ())?))?;
        fs::remove_file(self.room.join("copy.csv"))?;
        let met = rows as f64 / time.as_secs_f64() >= 1e6;
        show("generate (bare: copy)", time, Some(copy), Some(("1 M rows/s", met)));
        Ok(())
    }

    fn start_up(&self) -> Outcome<()> {
        let kehu = best(20, || self.run(&["--version"]).map(|_| ()))?;
        let bare = best(20, || Ok(Command::new("true").status().map(|_| ())?))?;
        let met = kehu < Duration::from_millis(10);
        show("start-up (bare: true)", kehu, Some(bare), Some(("10 ms", met)));
        self.run(&["init", "shop"])?;
        fs::write(self.room.join("shop").join("kehu.toml"), SETTINGS)?;
        fs::write(self.room.join("map.toml"), Crowd::MAPPING)?;
        let open = best(10, || self.run(&["-C", "shop", "rep", "list"]).map(|_| ()))?;
        show("start-up, store opened", open, Some(bare), None);
        Ok(())
    }

    fn import(&self) -> Outcome<()> {
        let took = self.run(&["-C", "shop", "import", "data", "--map", "map.toml"])?;
        let database = self.room.join("bare.db");
        let mut sqlite3 = None;
        let dot_import = timed(|| {
            sqlite3 = Some(bare::import_by_sqlite3(&self.data(), &database)?);
            Ok(())
        })?;
        fs::remove_file(&database).ok();
        if sqlite3 == Some(true) {
            let met = took.time <= dot_import;
            show(
                "import (bare: sqlite3 .import)",
                took.time,
                Some(dot_import),
                Some(("1.00", met)),
            );
        }
        let insert = timed(|| bare::insert(&self.data(), &database))?;
        fs::remove_file(&database)?;
        show("import (bare: inserts)", took.time, Some(insert), None);
        show_memory("import, memory", &took, None);
        let again = self.run(&["-C", "shop", "import", "data", "--map", "map.toml"])?;
        show("import again, unchanged", again.time, Some(insert), None);
        Ok(())
    }

    fn score(&self) -> Outcome<()> {
        let as_of = self.today.number();
        let year_ago = self.today.minus_months(12).number();
        let mut sum = 0;
        let bare = timed(|| {
            sum = bare::formula(&bare::fold(&self.database(), as_of, year_ago)?, as_of).1;
            Ok(())
        })?;
        std::hint::black_box(sum);
        let took = self.run(&["-C", "shop", "score"])?;
        let met = took.time <= Duration::from_secs(6);
        show("whole run (bare: fold, formula)", took.time, Some(bare), Some(("6 s", met)));
        show_memory("whole run, memory", &took, Some(1_024));
        Ok(())
    }

    /// The parts of a run, within this process.
    fn steps(&self) -> Outcome<()> {
        let as_of = self.today.number();
        let settings = Settings::read(&[("kehu.toml", SETTINGS)]).map_err(|_| "settings")?;
        let packs = PackSet::new(&settings, &packs()?, Vec::new()).map_err(|_| "packs")?;
        let catalogue = Catalogue::new(&settings, &packs.manifests()).map_err(|_| "catalogue")?;
        let store = SqliteStore::open(&self.database())?;
        let mut readers = store.read_many(THREADS)?;
        let all = CustomerRange::ALL;
        let time = timed(|| {
            features::compute(&mut readers, &settings, &catalogue, all, self.today)?;
            Ok(())
        })?;
        let mut facts = Vec::new();
        let fold = timed(|| {
            facts = bare::fold(&self.database(), as_of, self.today.minus_months(12).number())?;
            Ok(())
        })?;
        show("features (bare: one fold)", time, Some(fold), None);
        let options = RunOptions { as_of: self.today, seed: 0, threads: THREADS };
        let mut marks: Vec<(String, Instant)> = Vec::new();
        score::compute(&store, &settings, &packs, all, options, &mut |step| {
            marks.push((step.to_owned(), Instant::now()));
        })?;
        marks.push((String::new(), Instant::now()));
        let formula =
            timed(|| Ok(std::hint::black_box(bare::formula(&facts, as_of)).1).map(|_| ()))?;
        let steps = || marks.windows(2).filter(|pair| pair[0].0 != "features");
        let lua: Duration = steps().map(|pair| pair[1].1 - pair[0].1).sum();
        show("Lua packs (bare: formula)", lua, Some(formula), None);
        for pair in steps() {
            show(&format!("  {}", pair[0].0), pair[1].1 - pair[0].1, None, None);
        }
        Ok(())
    }

    /// What is asked of a base that is scored.
    fn read(&self) -> Outcome<()> {
        let facts = bare::fold(&self.database(), self.today.number(), 0)?;
        let (labels, _) = bare::formula(&facts, self.today.number());
        let bare = best(5, || {
            std::hint::black_box(labels.iter().filter(|of| of[1] == 0 && of[2] == 1).count());
            Ok(())
        })?;
        let filter = "tier = 'A' and lifecycle = 'silent'";
        let list = ["-C", "shop", "customer", "list", "--where", filter, "--limit", "20"];
        let time = best(5, || self.run(&list).map(|_| ()))?;
        let met = time <= Duration::from_millis(200);
        show("filter (bare: two labels)", time, Some(bare), Some(("0.2 s", met)));
        let middle = self.crowd.customers.div_ceil(2) as i64;
        let connection = rusqlite::Connection::open(self.database())?;
        let bare = best(5, || bare::page(&connection, middle).map(|_| ()))?;
        let page = ["-C", "shop", "customer", "show", &format!("C-{middle}")];
        let time = best(5, || self.run(&page).map(|_| ()))?;
        let met = time <= Duration::from_millis(20);
        show("one customer's page (bare: query)", time, Some(bare), Some(("20 ms", met)));
        Ok(())
    }
}

/// The packs of the folder `scripts`.
fn packs() -> Outcome<Vec<Arc<dyn PackFactory>>> {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts");
    let mut packs: Vec<Arc<dyn PackFactory>> = Vec::new();
    for name in PACKS {
        let mut files = Vec::new();
        for file in ["pack.toml", "main.lua"] {
            let bytes = fs::read(scripts.join(name).join(file))?;
            files.push((file.to_owned(), Cow::Owned(bytes)));
        }
        let files = PackFiles { origin: Origin::Shipped, dir: format!("scripts/{name}"), files };
        packs.push(Arc::new(kehu_lua::load(files).map_err(|_| format!("pack {name}"))?));
    }
    Ok(packs)
}

/// The most memory that a process has held, in MiB.
fn peak(status: &str) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1_024)
}

fn timed(work: impl FnOnce() -> Outcome<()>) -> Outcome<Duration> {
    let begin = Instant::now();
    work()?;
    Ok(begin.elapsed())
}

/// The shortest of several runs: the one that others disturbed least.
fn best(times: usize, mut work: impl FnMut() -> Outcome<()>) -> Outcome<Duration> {
    let mut best = Duration::MAX;
    for _ in 0..times {
        best = best.min(timed(&mut work)?);
    }
    Ok(best)
}

fn show(what: &str, time: Duration, bare: Option<Duration>, goal: Option<(&str, bool)>) {
    let ratio = bare.map(|bare| format!("{:.2}", time.as_secs_f64() / bare.as_secs_f64()));
    let bare = bare.map(|bare| format!("{bare:.2?}")).unwrap_or_default();
    line(what, &format!("{time:.2?}"), &bare, &ratio.unwrap_or_default(), goal);
}

fn show_memory(what: &str, took: &Took, goal_mib: Option<u64>) {
    let Some(peak) = took.peak_mib else { return };
    let goal = goal_mib.map(|goal| (format!("{goal} MiB"), peak <= goal));
    let goal = goal.as_ref().map(|(goal, met)| (goal.as_str(), *met));
    line(what, &format!("{peak} MiB"), "", "", goal);
}

fn line(what: &str, figure: &str, bare: &str, ratio: &str, goal: Option<(&str, bool)>) {
    let goal = goal.map(|(goal, met)| format!("{goal}, {}", if met { "met" } else { "not met" }));
    let goal = goal.unwrap_or_default();
    println!("{}", format!("{what:<34} {figure:>12} {bare:>12} {ratio:>8}  {goal}").trim_end());
}

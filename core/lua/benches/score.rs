//! How many customers a second go through a script of seven inputs, against the same formula in
//! bare Rust, and what reasons, sandbox and limits cost of it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::format_push_string,
    reason = "a benchmark prints, may fail, and writes its scripts once"
)]

use std::borrow::Cow;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kehu_contract::{
    BATCH, Batch, ColumnData, ColumnType, Columns, Limits, Origin, Pack, PackFactory as _,
    RunContext,
};
use kehu_lua::{LuaPackFactory, PackFiles, load};
use mlua::{Function, Lua, VmState};

/// Input, comparison, limit, points.
const RULES: [(&str, &str, f64, f64); 7] = [
    ("recency_days", "<=", 30.0, 20.0),
    ("purchases", ">=", 5.0, 15.0),
    ("amount", ">=", 500.0, 25.0),
    ("margin", "<", 0.0, -10.0),
    ("last_contact_days", "<=", 14.0, 5.0),
    ("open_complaints", ">", 0.0, -20.0),
    ("visits", ">=", 3.0, 10.0),
];

fn manifest() -> String {
    let needs: Vec<String> = RULES.iter().map(|rule| format!("\"{}\"", rule.0)).collect();
    format!(
        "name = \"bench\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"score\"\nneeds = [{}]\n[step.gives.points]\ntype = \"number\"\n",
        needs.join(", ")
    )
}

/// The script as an author writes it: one rule a line, applied one by one.
fn with_rules() -> String {
    let mut script = String::new();
    for (input, op, limit, points) in RULES {
        script += &format!(
            "local {input} = kehu.rule{{ id = \"{input}\", input = \"{input}\", op = \"{op}\", limit = {limit}, points = {points}, en = \"{{value}} against {{limit}}\" }}\n"
        );
    }
    script += "return { score = function(c, ctx)\n  local s = ctx:column(\"points\")\n";
    for (input, ..) in RULES {
        script += &format!("  s:apply({input})\n");
    }
    script + "  return { points = s }\nend }\n"
}

/// The same rules as one list.
fn with_list() -> String {
    let names: Vec<&str> = RULES.iter().map(|rule| rule.0).collect();
    let mut script = with_rules();
    let start = script.find("return {").unwrap();
    script.truncate(start);
    script += &format!("local all = kehu.rules{{ {} }}\n", names.join(", "));
    script
        + "return { score = function(c, ctx)\n  local s = ctx:column(\"points\")\n  s:apply(all)\n  return { points = s }\nend }\n"
}

/// The same formula in free code, with one reason in all.
fn in_free_code() -> String {
    let mut script = String::from(
        "local sum = kehu.rule{ id = \"sum\", en = \"sum\" }\nreturn { score = function(c, ctx)\n  local p = 0\n",
    );
    for (input, op, limit, points) in RULES {
        script += &format!("  if c.{input} and c.{input} {op} {limit} then p = p + {points} end\n");
    }
    script + "  local s = ctx:column(\"points\")\n  s:add(sum, p)\n  return { points = s }\nend }\n"
}

fn pack(script: &str, limits: Limits) -> Box<dyn Pack> {
    let files = vec![
        ("pack.toml".to_owned(), Cow::Owned(manifest().into_bytes())),
        ("main.lua".to_owned(), Cow::Owned(script.as_bytes().to_vec())),
    ];
    let factory: LuaPackFactory =
        load(PackFiles { origin: Origin::Shipped, dir: "scripts/bench".to_owned(), files })
            .unwrap();
    let settings = factory.manifest().defaults();
    factory.create(&RunContext { as_of: 20_000, settings, seed: 1, limits }).unwrap()
}

/// A batch with a tenth of the values missing; the same in every run.
fn batch() -> Batch {
    let mut state = 1_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut columns = Columns::new(BATCH);
    for (place, (input, ..)) in RULES.iter().enumerate() {
        let scale = [120.0, 12.0, 1_500.0, 400.0, 60.0, 2.0, 8.0][place];
        let values =
            (0..BATCH).map(|_| if next() < 0.1 { f64::NAN } else { (next() * scale).floor() });
        columns.insert(input, ColumnType::Number, Arc::new(ColumnData::Number(values.collect())));
    }
    Batch { ids: (1..=BATCH as i64).collect(), columns }
}

/// The formula in bare Rust, columns in, column out.
fn bare(columns: &[&[f64]]) -> Vec<f64> {
    (0..BATCH)
        .map(|row| {
            let holds = |place: usize| {
                let (value, (_, op, limit, points)) = (columns[place][row], RULES[place]);
                let holds = match op {
                    "<=" => value <= limit,
                    ">=" => value >= limit,
                    "<" => value < limit,
                    _ => value > limit,
                };
                if holds { points } else { 0.0 }
            };
            (0..7).map(holds).sum()
        })
        .collect()
}

/// What a loop in bare Luau has of the host.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum With {
    Nothing,
    Sandbox,
    Limits,
}

/// The loop without the host: rows as tables, a number back, no reasons.
///
/// With a sandbox the rows are frozen and know what they do not have, as those of the host. With limits
/// memory is bounded and every edge of the script asks whether it may go on: the host asks once a
/// millisecond only, so that this is the most that limits can cost.
fn naked(batch: &Batch, with: With) -> Duration {
    let lua = Lua::new();
    // Without this the engine does not trust its own library and calls it the slow way.
    lua.sandbox(true).unwrap();
    if with >= With::Limits {
        lua.set_memory_limit(256 << 20).unwrap();
        lua.set_interrupt(|_| Ok(VmState::Continue));
    }
    let mut source = String::from(
        "local frame, out = ...\nlocal meta = table.freeze{ __index = function(_, key) if key == nil then error(\"nil\") end return nil end }\nlocal function score(c)\n  local p = 0\n",
    );
    for (input, op, limit, points) in RULES {
        source += &format!("  if c.{input} and c.{input} {op} {limit} then p = p + {points} end\n");
    }
    source +=
        "  return p\nend\nreturn function(rows)\n  for at = 0, rows - 1 do\n    local c = {\n";
    for (place, (input, ..)) in RULES.iter().enumerate() {
        source += &format!("      {input} = buffer.readf64(frame, at * 56 + {}),\n", place * 8);
    }
    source += "    }\n";
    if with >= With::Sandbox {
        source += "    table.freeze(setmetatable(c, meta))\n";
    }
    source += "    buffer.writef64(out, at * 8, score(c))\n  end\nend\n";
    let data: Vec<&ColumnData> = batch.columns.iter().map(|(_, _, data)| &**data).collect();
    let mut bytes = Vec::new();
    for row in 0..BATCH {
        for column in &data {
            if let ColumnData::Number(values) = column {
                bytes.extend(values[row].to_le_bytes());
            }
        }
    }
    let frame = lua.create_buffer(bytes).unwrap();
    let out = lua.create_buffer_with_capacity(BATCH * 8).unwrap();
    let run: Function = lua.load(source).call((frame, out)).unwrap();
    best(|| run.call::<()>(BATCH).unwrap())
}

/// The shortest of many runs: the one that others disturbed least.
fn best(mut work: impl FnMut()) -> Duration {
    let begin = Instant::now();
    let mut best = Duration::MAX;
    while begin.elapsed() < Duration::from_secs(2) {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed());
    }
    best
}

fn report(name: &str, time: Duration, against: Duration) {
    let each = time.as_nanos() as f64 / BATCH as f64;
    let ratio = time.as_secs_f64() / against.as_secs_f64();
    println!(
        "{name:<44} {each:>8.1} ns a row {:>8.2} M rows/s {ratio:>8.1} x bare",
        1_000.0 / each
    );
}

fn main() {
    let batch = batch();
    let columns: Vec<Vec<f64>> = batch
        .columns
        .iter()
        .filter_map(|(_, _, data)| match &**data {
            ColumnData::Number(values) => Some(values.clone()),
            _ => None,
        })
        .collect();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let bare_time = best(|| {
        black_box(bare(black_box(&columns)));
    });
    report("bare Rust", bare_time, bare_time);
    for (name, with) in [
        ("bare Luau", With::Nothing),
        ("  + sandbox: frozen rows", With::Sandbox),
        ("  + limits of memory and time, at most", With::Limits),
    ] {
        report(name, naked(&batch, with), bare_time);
    }
    for (name, script) in [
        ("the host: free code, one reason", in_free_code()),
        ("the host: seven rules one by one", with_rules()),
        ("the host: seven rules as a list", with_list()),
    ] {
        let mut pack = pack(&script, Limits { run: Duration::from_mins(10), ..Limits::default() });
        let time = best(|| {
            black_box(pack.score(0, &batch, &serde_json::Value::Null).unwrap());
        });
        report(name, time, bare_time);
    }
    two_threads(&batch, "seven rules one by one, two threads", &with_rules());
    two_threads(&batch, "seven rules as a list, two threads", &with_list());
}

/// Two threads, each with a VM of its own.
fn two_threads(batch: &Batch, name: &str, script: &str) {
    let start = Instant::now();
    let rows: usize = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let limits = Limits { run: Duration::from_mins(10), ..Limits::default() };
                    let mut pack = pack(script, limits);
                    for _ in 0..60 {
                        black_box(pack.score(0, batch, &serde_json::Value::Null).unwrap());
                    }
                    60 * BATCH
                })
            })
            .collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    let rate = rows as f64 / start.elapsed().as_secs_f64() / 1.0e6;
    println!("{name:<44} {rate:>20.2} M rows/s");
}

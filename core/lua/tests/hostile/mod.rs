//! Scripts that want out, up or never to end: each is stopped, and the pack serves on.
//!
//! The attacks stand in tables by their aim: what it tries, the body of a hook, and how it ends. A body
//! that runs to its end has found nothing: bodies raise `escaped` themselves where they got somewhere.

mod api;
mod compile;
mod cpu;
mod errors;
mod honest;
mod host;
mod isolation;
mod lasting;
mod memory;
mod results;

use std::time::{Duration, Instant};

use kehu_contract::{FailureKind, Limits, PackError};

use crate::every_hook::{call, main_file, open_within, pack_of};

/// Says how an attack ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum End {
    /// The script runs to its end, or raises an error of its own that is no `escaped`.
    Nothing,
    /// Its time is up.
    Time,
    /// Its memory is used up, or its time before that.
    Memory,
    /// An error of one of these kinds, whose message contains these words.
    Error(&'static str, &'static str),
    /// The script is honest: it must run to its end.
    Done,
}

/// One attack: what it tries, the hook, its body, and how it ends.
pub(crate) type Attack = (&'static str, &'static str, &'static str, End);

/// Looks at everything that an attack could have changed for those after it.
const PROBE: &str = r##"
  local seen = {}
  local function note(...) for i = 1, select("#", ...) do seen[#seen + 1] = tostring((select(i, ...))) end end
  local names = {}
  for name in pairs(_G) do names[#names + 1] = name end
  table.sort(names)
  note(table.concat(names, " "))
  for _, library in ipairs({ string, table, math, utf8, bit32, coroutine, kehu, kehu.day, kehu.text }) do
    local parts = {}
    for name, value in next, library do parts[#parts + 1] = name .. type(value) end
    table.sort(parts)
    note(table.concat(parts, " "))
  end
  note(math.floor(1.5), tostring(1), ("x"):upper(), #("客户"), kehu.text.len("客户"), kehu.day.parse("1970-01-02"))
  note(getmetatable("").__index == string, getmetatable(_G), rawget(_G, "leak"), columns.amount:sum())
  note(kehu.settings.silent_after, ctx.as_of, quiet.points, free.en, pcall(rawset, string, "x", 1))
  return { seen = seen }
"##;

/// Small limits, so that the attacks are over soon.
fn limits() -> Limits {
    Limits {
        call: Duration::from_millis(100),
        batch: Duration::from_secs(5),
        run: Duration::from_secs(1),
        load: Duration::from_millis(500),
        memory: 32 * 1024 * 1024,
    }
}

/// What an honest fit sees in a pack where nothing has happened.
fn untouched() -> String {
    let pack = pack_of(&main_file("", &[("learn", PROBE)]));
    call(&mut open_within(&pack, limits()).unwrap(), "learn", 2).unwrap()
}

/// Runs attacks and tells which of them did not end as they should.
fn run(attacks: &[Attack]) {
    let untouched = untouched();
    let mut wrong = String::new();
    for (tries, hook, body, end) in attacks {
        let begin = Instant::now();
        if let Err(what) = one(hook, body, *end, &untouched) {
            wrong += &format!("{tries} ({hook}): {what}\n");
        }
        // Processor time is limited, but this machine may be busy: this says that nothing hangs.
        if begin.elapsed() > Duration::from_secs(20) {
            wrong += &format!("{tries} ({hook}): took {:?}\n", begin.elapsed());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn one(hook: &str, body: &str, end: End, untouched: &str) -> Result<(), String> {
    // An attack at load stands at the top of the file.
    let main = if hook == "load" {
        main_file(body, &[("learn", PROBE)])
    } else if hook == "learn" {
        main_file("", &[("learn", body)])
    } else {
        main_file("", &[("learn", PROBE), (hook, body)])
    };
    let pack = pack_of(&main);
    let mut limits = limits();
    if end == End::Done {
        limits =
            Limits { memory: 64 * 1024 * 1024, call: Duration::from_secs(10), ..Limits::default() };
    }
    let mut open = match open_within(&pack, limits) {
        Ok(open) => open,
        Err(error) if hook == "load" => return judge(Err(&error), end),
        Err(error) => return Err(format!("does not load: {error}")),
    };
    let hook = if hook == "load" { "score" } else { hook };
    let first = call(&mut open, hook, 2);
    judge(first.as_ref(), end)?;
    // The same pack serves on, and finds everything as it was; unless its time for the run is over.
    let over = end == End::Time && ["review", "plan_visits"].contains(&hook);
    if hook != "learn" && !over {
        match call(&mut open, "learn", 2) {
            Ok(seen) if seen == *untouched => {}
            Ok(seen) => return Err(format!("left something behind: {seen}")),
            Err(error) => return Err(format!("the next call failed: {error}")),
        }
    }
    if !matches!(end, End::Time | End::Memory) {
        let again = call(&mut open, hook, 2);
        let same = match (&first, &again) {
            (Ok(first), Ok(again)) => first == again,
            (Err(first), Err(again)) => first.to_string() == again.to_string(),
            _ => false,
        };
        if !same {
            return Err(format!("ended otherwise the second time: {first:?} then {again:?}"));
        }
    }
    Ok(())
}

fn judge(outcome: Result<&String, &PackError>, end: End) -> Result<(), String> {
    let error = match outcome {
        Ok(_) if matches!(end, End::Nothing | End::Done) => return Ok(()),
        Ok(_) => return Err(format!("ran to its end, expected {end:?}")),
        Err(error) => error,
    };
    let told = error.to_string();
    if error.message.contains("escaped") {
        return Err(told);
    }
    // Whatever happens, it is told within bounds, and no host fault.
    if error.kind == FailureKind::Host || error.message.len() > 5_000 || told.contains('\u{1b}') {
        return Err(told);
    }
    let fits = match end {
        End::Nothing => {
            matches!(error.kind, FailureKind::Runtime | FailureKind::Argument | FailureKind::Load)
        }
        End::Time => error.kind == FailureKind::TimeLimit && error.limit.is_some(),
        End::Memory => {
            matches!(error.kind, FailureKind::MemoryLimit | FailureKind::TimeLimit)
                && error.limit.is_some()
        }
        End::Error(kind, words) => {
            kind.split('|').any(|kind| kind == error.kind.name()) && told.contains(words)
        }
        End::Done => false,
    };
    // An error says where the script was.
    let placed = error.place.is_some() || error.kind == FailureKind::Load;
    if fits && placed { Ok(()) } else { Err(format!("{end:?} expected: {told}")) }
}

#[test]
fn nothing_of_the_machine_is_within_reach() {
    run(host::ATTACKS);
}

#[test]
fn what_is_shared_cannot_be_changed_and_nothing_stays() {
    run(isolation::ATTACKS);
}

#[test]
fn loops_of_every_sort_are_stopped() {
    run(cpu::IN_SCRIPTS);
}

#[test]
fn library_functions_that_take_long_are_stopped() {
    run(cpu::IN_LIBRARIES);
}

#[test]
fn memory_and_stack_are_bounded() {
    run(memory::ATTACKS);
}

#[test]
fn errors_are_told_as_they_are_and_within_bounds() {
    run(errors::ATTACKS);
}

#[test]
fn what_a_hook_may_not_give_is_refused() {
    run(results::ATTACKS);
}

#[test]
fn functions_of_the_host_take_no_nonsense() {
    run(api::ATTACKS);
}

#[test]
fn honest_scripts_run_to_their_end() {
    run(honest::SCRIPTS);
}

//! What lasts: memory over many calls, the same bytes in every run, and the scripts that other hosts are
//! measured with.

use std::time::{Duration, Instant};

use kehu_contract::{Batch, Limits, Pack as _};

use super::honest::SCRIPTS;
use crate::every_hook::{call, main_file, open_within, pack_of};
use crate::kit::{context, factory, open, score, three, usual, usual_main};

#[test]
fn memory_does_not_grow_from_call_to_call() {
    let body = "local s = ctx:column(\"points\") s:add(free, 1, (\"n\"):rep(500) .. c_counter()) return { points = s }";
    let main = usual_main(body).replace(
        "return { score",
        "local n = 0 local function counter() n = n + 1 return n end c_counter = counter\nreturn { score",
    );
    let factory = factory(&usual(), &main).unwrap();
    let mut pack = factory.open(&context(&factory)).unwrap();
    for _ in 0..20 {
        score(&mut pack, &three()).unwrap();
    }
    let before = pack.memory();
    for _ in 0..300 {
        score(&mut pack, &three()).unwrap();
    }
    let after = pack.memory();
    assert!(after < before + 512 * 1024, "{before} then {after}");
}

/// The host-neutral scripts that other hosts are measured with, where they lie beside the project.
#[test]
fn the_common_suite_of_hostile_scripts_is_contained() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let places = ["../../../shared/hostile-lua", "../../../../shared/hostile-lua"];
    let Some(dir) = places.iter().map(|place| root.join(place)).find(|dir| dir.is_dir()) else {
        return;
    };
    let mut paths: Vec<_> =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "lua"));
    paths.sort();
    let mut wrong = String::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        if text.contains("--@engine lua54") {
            continue;
        }
        let main = format!(
            "local function attack(...)\n{text}\nend\nreturn {{ score = function(c, ctx)\n  local r, detail = attack()\n  if type(r) == \"table\" and rawget(r, \"score\") then return r.score(c) end\n  if r ~= \"contained\" then error(tostring(r) .. \" \" .. tostring(detail)) end\n  return {{}}\nend }}\n"
        );
        let factory = factory(&usual(), &main).unwrap_or_else(|problems| panic!("{problems:?}"));
        let mut context = context(&factory);
        let must_pass = text.contains("--@expect ok");
        let call = Duration::from_millis(if must_pass { 5_000 } else { 200 });
        context.limits =
            Limits { call, run: Duration::from_secs(20), memory: 64 << 20, ..Limits::default() };
        let begin = Instant::now();
        let result = factory.open(&context).and_then(|mut pack| {
            let first = score(&mut pack, &three()).map(|_| ());
            // The VM serves on after whatever happened.
            if !must_pass {
                let _again = score(&mut pack, &three());
            }
            first
        });
        let told = result.as_ref().map_or_else(ToString::to_string, |()| "ok".to_owned());
        let slow = begin.elapsed() > Duration::from_secs(12);
        if told.contains("ESCAPED") || (must_pass && result.is_err()) || slow {
            wrong += &format!("{}: {told} after {:?}\n", path.display(), begin.elapsed());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn memory_does_not_grow_while_a_pack_fails_again_and_again() {
    let bodies = [
        "error({})",
        "local t = {} for i = 1, 1000 do t[i] = { i } end error(t)",
        "return coroutine.wrap(function() local t = table.create(1000, 1) error('x') end)()",
        "return { points = 1 }",
        "return c.nothing",
    ];
    for body in bodies {
        let mut pack = open(&usual(), &usual_main(body)).unwrap();
        for _ in 0..20 {
            score(&mut pack, &three()).unwrap_err();
        }
        let before = pack.memory();
        for _ in 0..200 {
            score(&mut pack, &three()).unwrap_err();
        }
        let after = pack.memory();
        assert!(after < before + 256 * 1024, "{body}: {before} then {after}");
    }
}

#[test]
fn every_pack_gives_the_same_bytes_in_a_vm_of_its_own() {
    for (tries, hook, body, _) in SCRIPTS {
        let pack = pack_of(&main_file("", &[(hook, body)]));
        let limits = Limits { call: Duration::from_secs(10), ..Limits::default() };
        let run = || call(&mut open_within(&pack, limits).unwrap(), hook, 2).unwrap();
        assert_eq!(run(), run(), "{tries}");
    }
}

#[test]
fn the_order_of_customers_cannot_be_seen() {
    let body = "local t = {} for i = 1, 50 do t['k' .. i .. (c.name or '')] = i end
        local order = {} for k in pairs(t) do order[#order + 1] = k end
        return { note = ctx:set('note', table.concat(order, ' ', 1, 9) .. ctx.random(1, 1e6), free) }";
    let whole = three();
    let one_by_one = |row: usize| {
        let columns = whole.columns.slice(row, row + 1);
        let batch = Batch { ids: vec![whole.ids[row]], columns };
        let mut pack = open(&usual(), &usual_main(body)).unwrap();
        pack.score(0, &batch, &serde_json::Value::Null).unwrap()[2].data.value(0)
    };
    let mut pack = open(&usual(), &usual_main(body)).unwrap();
    let together = score(&mut pack, &whole).unwrap();
    for row in [2, 0, 1] {
        assert_eq!(together[2].data.value(row), one_by_one(row));
    }
}

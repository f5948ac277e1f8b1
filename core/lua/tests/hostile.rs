//! Scripts that want out, up or never to end: each is stopped, and the pack serves on.

use std::time::{Duration, Instant};

use kehu_contract::{FailureKind, Limits, PackError};
use kehu_lua::LuaPack;

use crate::kit::{context, factory, score, three, usual, usual_main};

/// Runs a body as the hook under small limits.
fn attack(body: &str) -> Result<LuaPack, PackError> {
    attack_main(&usual_main(body))
}

fn attack_main(main: &str) -> Result<LuaPack, PackError> {
    let factory = factory(&usual(), main).unwrap_or_else(|problems| panic!("{problems:?}"));
    let mut context = context(&factory);
    context.limits = Limits {
        call: Duration::from_millis(50),
        run: Duration::from_secs(20),
        memory: 32 * 1024 * 1024,
    };
    let mut pack = factory.open(&context)?;
    score(&mut pack, &three())?;
    Ok(pack)
}

#[test]
fn what_runs_too_long_is_stopped_with_its_line() {
    let bodies = [
        "while true do end",
        "for i = 1, 2^53 do end",
        "local function f(n) if n == 0 then while true do end end pcall(f, n - 1) pcall(f, n - 1) end f(150)",
        "while true do pcall(function() while true do end end) end",
        "xpcall(function() while true do end end, function() while true do end end)",
        "coroutine.wrap(function() while true do end end)()",
        "table.sort({ 3, 1, 2 }, function() while true do end end)",
        "local s = (\"ab\"):rep(4000) return s:gsub(\"(.*)(.*)(.*)(.*)%1%2%3%4c\", \"\")",
        "return setmetatable({}, { __index = function() while true do end end }).x",
        "repeat local t = {} until false",
        "local t = {} for i = 1, 3e5 do t[i] = (i * 7919) % 300007 end while true do table.sort(t) t[1] = 9 end",
        "local s = (\"x\"):rep(1e6) while true do s:find(\"y\", 1, true) end",
        "local t = {} for i = 1, 1e5 do t[i] = \"x\" end while true do table.concat(t) end",
        "while true do print((\"x\"):rep(1000)) end",
        "error(setmetatable({}, { __tostring = function() while true do end end }))",
    ];
    for body in bodies {
        let begin = Instant::now();
        let error = attack(body).map(|_| ()).unwrap_err();
        assert_eq!(error.kind, FailureKind::TimeLimit, "{body}: {error}");
        assert_eq!(error.customer, Some(1), "{body}: {error}");
        assert_eq!(error.place.as_ref().map(|(_, line)| *line), Some(4), "{body}: {error}");
        assert!(begin.elapsed() < Duration::from_secs(8), "{body}: {:?}", begin.elapsed());
    }
}

#[test]
fn what_grows_without_bound_is_stopped_and_the_memory_comes_back() {
    let bodies = [
        "local t = {} while true do t[#t + 1] = { #t } end",
        "local s = \"x\" while true do s = s .. s end",
        "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end",
        "local t = {} while true do t[#t + 1] = (\"x\"):rep(1e6) .. #t end",
        "table.create(2^26)",
        "string.pack(\"c\" .. 2^30, \"x\")",
        "local t = {} while true do pcall(function() while true do t[#t + 1] = (\"y\"):rep(1e6) .. #t end end) end",
    ];
    for body in bodies {
        let error = attack(body).map(|_| ()).unwrap_err();
        let stopped = matches!(error.kind, FailureKind::MemoryLimit | FailureKind::TimeLimit);
        assert!(stopped || error.kind == FailureKind::Runtime, "{body}: {error}");
    }
}

#[test]
fn an_honest_script_with_much_garbage_runs_to_its_end() {
    let body = "local live = {} for i = 1, 3000 do live[i] = { i } end
        local n = 0 for i = 1, 20000 do local t = { i, i, i } n = n + #t end
        return {}";
    let mut pack = attack(body).unwrap();
    for _ in 0..50 {
        score(&mut pack, &three()).unwrap();
    }
}

#[test]
fn library_calls_that_no_interrupt_reaches_are_bounded() {
    for (body, expected) in [
        (
            "local s = (\"a\"):rep(2^21) return s:find((\"a\"):rep(2^20) .. \"b\", 1, true)",
            "string.find would need",
        ),
        (
            "local s = (\"a\"):rep(2^21) return s:split((\"a\"):rep(2^20) .. \"b\")",
            "string.split would need",
        ),
        ("return (\"x\"):rep(2^29)", "string.rep would make a text of 536870912 bytes"),
        ("table.move({}, 1, 1e8, 2)", "table.move moves at most 1000000 values"),
    ] {
        let begin = Instant::now();
        let error = attack(body).map(|_| ()).unwrap_err();
        assert!(error.message.contains(expected), "{body}: {error}");
        assert_eq!(error.place.map(|(_, line)| line), Some(4));
        assert!(begin.elapsed() < Duration::from_secs(3), "{body}");
    }
}

#[test]
fn recursion_ends_in_an_error_and_not_in_a_crash() {
    for body in [
        "local function f(n) return 1 + f(n + 1) end return f(1)",
        "local function f(n) return coroutine.wrap(f)(n + 1) end return f(1)",
        "local function f(s) return (s:gsub(\".\", f)) end return f(\"x\")",
        "local t = setmetatable({}, {}) getmetatable(t).__index = function(x, k) return x[k] end return t.x",
        "local p = (\"(a?)\"):rep(31) .. (\"a?\"):rep(200000) return (\"a\"):rep(300000):find(p)",
        "local t = {} for i = 1, 100000 do t = { t } end error(t)",
    ] {
        let error = attack(body).map(|_| ()).unwrap_err();
        assert_ne!(error.kind, FailureKind::Host, "{body}: {error}");
    }
}

#[test]
fn a_script_finds_no_way_out() {
    let probes = [
        "for _, name in ipairs{ \"io\", \"os\", \"debug\", \"package\", \"load\", \"loadstring\", \"getfenv\", \"setfenv\", \"newproxy\", \"gcinfo\", \"collectgarbage\", \"buffer\", \"vector\" } do if rawget(_G, name) ~= nil then error(\"found \" .. name) end end",
        "assert(string.dump == nil and math.randomseed == nil)",
        "assert(getmetatable(\"\").__index == string and not pcall(function() getmetatable(\"\").__index = {} end))",
        "assert(getmetatable(_G) == false and not pcall(setmetatable, _G, {}))",
        "assert(not pcall(function() math.floor = nil end) and not pcall(rawset, string, \"find\", 1))",
        "assert(not pcall(rawset, kehu, \"x\", 1) and not pcall(rawset, kehu.day, \"x\", 1) and not pcall(rawset, kehu.settings, \"x\", 1))",
        "assert(not pcall(rawset, c, \"amount\", 1) and not pcall(rawset, ctx, \"column\", 1) and not pcall(setmetatable, c, {}))",
        "assert(not pcall(rawset, quiet, \"points\", 99) and not pcall(rawset, getmetatable(c), \"__index\", 1))",
        "assert(not pcall(rawset, ctx:column(\"points\"), \"apply\", 1))",
        "assert(tostring({}) == \"table\" and tostring(print) == \"function\" and string.format(\"%s\", {}) == \"table\")",
        "assert(not tostring(coroutine.create(print)):find(\"0x\") and not (`{c}`):find(\"0x\"))",
        "local _, e = pcall(error, {}) assert(tostring(e) == \"table\")",
    ];
    for probe in probes {
        let body = format!("{probe}\nreturn {{}}");
        attack(&body).unwrap_or_else(|error| panic!("{probe}: {error}"));
    }
}

#[test]
fn every_function_of_the_host_answers_nonsense_with_an_error() {
    let body = "
        local bad = { 0/0, math.huge, -1, 2^63, -2^63, \"\\255\\254\", \"a\\0b\", (\"x\"):rep(1e5), {}, function() end, true, c, ctx, quiet }
        local cyc = {} cyc.c = cyc bad[#bad + 1] = cyc
        local s = ctx:column(\"points\")
        local places = { kehu, kehu.day, kehu.text, ctx, s }
        for _, place in ipairs(places) do
          for name, f in next, place do
            if type(f) == \"function\" then
              pcall(f)
              for _, v in ipairs(bad) do
                pcall(f, v) pcall(f, v, v) pcall(f, place, v) pcall(f, place, \"tier\", v, v) pcall(f, place, quiet, v, v)
              end
              local many = {} for i = 1, 5000 do many[i] = i end
              pcall(f, table.unpack(many))
            end
          end
        end
        return {}";
    // What was given on the way may be refused; that nothing panics is the point.
    if let Err(error) = attack(body) {
        assert_ne!(error.kind, FailureKind::Host, "{error}");
    }
}

#[test]
fn results_are_read_without_running_the_script() {
    let spin = "local function spin() while true do end end
        return setmetatable({}, { __index = spin, __len = spin, __iter = spin, __tostring = spin, __eq = spin })";
    // Raw reading finds an empty table: nothing is given.
    attack(spin).unwrap();
    let error = attack("return setmetatable({ points = setmetatable({}, { __eq = function() return true end }) }, {})")
        .map(|_| ())
        .unwrap_err();
    assert!(error.message.contains("bare table"), "{error}");
}

#[test]
fn memory_does_not_grow_from_call_to_call() {
    let body = "local s = ctx:column(\"points\") s:add(free, 1, (\"n\"):rep(500) .. c_counter()) return { points = s }";
    let main = usual_main(body).replace(
        "return { score",
        "local n = 0 local function counter() n = n + 1 return n end c_counter = counter\nreturn { score",
    );
    let mut pack = attack_main(&main).unwrap();
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
        context.limits = Limits { call, run: Duration::from_secs(20), memory: 64 << 20 };
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

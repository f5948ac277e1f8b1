//! Scripts that want out, up, or never to end, run by themselves: each ends with a plain exit code.

use std::process::Output;

use crate::kit::Kit;

/// What a script comes to.
#[derive(Debug, Clone, Copy)]
enum End {
    /// It runs to its end.
    Done,
    /// It is stopped, and these words say why.
    Stopped(&'static str),
    /// Either way, as long as it is contained.
    Contained,
}
use End::{Contained, Done, Stopped};

const TIME: End = Stopped("the script took more than 100 ms");
const MEMORY: End = Stopped("the script used more than 32 MiB");

fn run(kit: &Kit, script: &[u8], time: &str) -> Output {
    std::fs::write(kit.path().join("hostile.lua"), script).unwrap();
    let limits = ["run", "hostile.lua", "--time", time, "--memory", "32", "--output", "1"];
    kit.command(&limits).output().unwrap()
}

fn check(kit: &Kit, script: &[u8], end: End) {
    // What is to fail at its memory has time enough to get there.
    let time = if matches!(end, Stopped(words) if words.contains("MiB")) { "20s" } else { "100ms" };
    judge(script, &run(kit, script, time), end);
}

fn judge(script: &[u8], output: &Output, end: End) {
    let shown = String::from_utf8_lossy(script);
    let shown = shown.chars().take(200).collect::<String>();
    let (out, talk) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let told = format!("{shown}\n{}\n{talk}", out.chars().take(500).collect::<String>());
    assert!(!out.contains("ESCAPED") && !talk.contains("panicked"), "{told}");
    assert!(matches!(output.status.code(), Some(0 | 1)), "{told}");
    assert!(out.len() <= 1_100_000 && talk.len() < 8_000, "{} {} {told}", out.len(), talk.len());
    match end {
        Done => assert!(output.status.success(), "{told}"),
        Stopped(words) => {
            assert!(talk.contains(words) && !output.status.success(), "wants {words}\n{told}");
            assert!(talk.contains("hostile.lua:"), "names the line\n{told}");
        }
        Contained => {}
    }
}

#[test]
fn what_never_ends_is_stopped() {
    let kit = Kit::new();
    for script in [
        "while true do end",
        "repeat until false",
        "for i = 1, math.huge do end",
        "local function f(n) if n == 0 then while true do end end pcall(f, n - 1) pcall(f, n - 1) end f(99)",
        "xpcall(function() while true do end end, function() while true do end end)",
        "local co = coroutine.create(function() while true do coroutine.yield() end end) while true do coroutine.resume(co) end",
        "setmetatable({}, { __index = function() while true do end end }).x = nil local _ = setmetatable({}, { __index = function() while true do end end }).x",
        "print(setmetatable({}, { __tostring = function() while true do end end }))",
        "table.sort({ 3, 1, 2 }, function() while true do end end)",
        "kehu.sort({ { a = 1 }, { a = 2 } }, 'a') kehu.group(function() return {} end, { k = function() return 1 end })",
        "kehu.sum(function() return { x = 1 } end, 'x')",
        "kehu.table{ 'x', rows = function() while true do end end }",
        "while true do pcall(kehu.fail, 'x') end",
        "while true do pcall(error) end",
        "local s = ('a'):rep(5000) s:gsub('(.*)(.*)(.*)%1%2%3b', '')",
        "string.gsub(('x'):rep(1e6), '.', function() while true do end end)",
        "while true do kehu.text.len(('长'):rep(1e5)) end",
    ] {
        check(&kit, script.as_bytes(), TIME);
    }
}

#[test]
fn what_grows_is_stopped() {
    let kit = Kit::new();
    for script in [
        "local t = {} while true do t[#t + 1] = {} end",
        "local t = {} for i = 1, 1e9 do t[i] = i .. '' end",
        "local s = 'x' while true do s = s .. s end",
        "local t = {} while true do t[#t + 1] = coroutine.create(print) end",
        "kehu.gather(function() return {} end)",
    ] {
        check(&kit, script.as_bytes(), if script.contains("..") { Contained } else { MEMORY });
    }
    check(&kit, b"while true do print(('x'):rep(1000)) end", Stopped("wrote more than 1 MiB"));
    check(&kit, b"while true do pcall(print, ('x'):rep(1000)) end", TIME);
    check(
        &kit,
        b"local i = 0 kehu.table{ 'x', rows = function() i += 1 return { x = i } end }",
        Contained,
    );
}

#[test]
fn what_is_shown_is_counted_as_it_will_stand_there() {
    let kit = Kit::new();
    let too_much = Stopped("wrote more than 1 MiB");
    for (script, end) in [
        // Many cells of a script are one and the same text; to the host each would be another.
        (
            "local s = ('x'):rep(2^23) local r = {} for i = 1, 2000 do r[i] = { s } end kehu.table{ 'a', rows = r }",
            too_much,
        ),
        // One long cell must not be paid for by all others in blanks.
        (
            "local r = {} for i = 1, 3000 do r[i] = { a = 'x', b = 1 } end r[1].a = ('y'):rep(1e5) kehu.table{ 'a', 'b', rows = r }",
            Done,
        ),
        (
            "local r = {} for i = 1, 9000 do r[i] = { a = 'x', b = 1 } end r[1].a = ('y'):rep(1e5) kehu.table{ 'a', 'b', rows = r }",
            too_much,
        ),
        (
            "local c = { rows = {} } for i = 1, 64 do c[i] = 'c' .. i end for i = 1, 17000 do c.rows[i] = {} end kehu.table(c)",
            too_much,
        ),
        // Escapes make a text six times as long.
        ("print(('\\27'):rep(5e5))", too_much),
        ("print(('\\255'):rep(2^23))", too_much),
        ("local s = ('\\27'):rep(2^23) return s, s, s, s, s, s, s, s", Contained),
        (
            "local t = {} for i = 1, 7000 do t[i] = {} for k = 1, 90 do t[i][k] = k end end return unpack(t)",
            Contained,
        ),
    ] {
        let output = run(&kit, script.as_bytes(), "20s");
        if matches!(end, Contained) {
            let talk = String::from_utf8_lossy(&output.stderr);
            assert!(talk.contains("wrote more than 1 MiB"), "{script}\n{talk}");
        }
        assert!(output.stdout.len() <= 1_048_576, "{script}: {}", output.stdout.len());
        judge(script.as_bytes(), &output, end);
    }
    std::fs::write(
        kit.path().join("wide.lua"),
        "local r = {} for i = 1, 3000 do r[i] = { a = 'x', b = 1 } end r[1].a = ('y'):rep(1e5) kehu.table{ 'a', 'b', rows = r }",
    )
    .unwrap();
    for form in ["--json", "--csv"] {
        let output = kit.command(&["run", "wide.lua", form, "--output", "1"]).output().unwrap();
        assert!(output.status.success() && output.stdout.len() < 500_000, "{form}");
    }
}

#[test]
fn a_value_without_an_end_is_shown_in_time() {
    let kit = Kit::new();
    for script in [
        "local t = {} for i = 1, 100 do t[i] = t end return t",
        "local u = {} for i = 1, 20000 do u['k' .. i] = i end local t = {} for i = 1, 100 do t[i] = u end local v = {} for i = 1, 100 do v[i] = t end return v",
        "local t = {} for i = 1, 100 do t[i] = {} for k = 1, 100 do t[i][k] = {} end end local v = {} for i = 1, 100 do v[i] = t end return v",
        "return { score = function() local t = {} for i = 1, 100 do t[i] = t end return t end }",
    ] {
        let begin = std::time::Instant::now();
        check(&kit, script.as_bytes(), Contained);
        assert!(begin.elapsed().as_secs() < 30, "{script}");
    }
    // The limit on time holds for what is returned, too.
    let many = "local t = {} for i = 1, 1e5 do t[i + 0.5] = i end local v = {} for i = 1, 100 do v[i] = t end return v";
    let output = kit_run(&kit, many, &["--time", "60ms"]);
    assert!(output.contains("time limit") || output.contains("more"), "{output}");
    assert_eq!(
        kit_run(
            &kit,
            "local t = { 7, x = 1, [true] = 2, [-1] = 0, a = {} } for i = 1, 150 do t['k' .. i] = i end return #t, { 1, nil, 3, b = 2, a = 1 }",
            &[]
        ),
        "1\t{ 1, nil, 3, a = 1, b = 2 }\n"
    );
}

#[test]
fn no_address_shows() {
    let kit = Kit::new();
    for (script, expected) in [
        ("print(setmetatable({}, { __metatable = { __tostring = 0 } }))", "table\n"),
        ("return tostring(setmetatable({}, { __metatable = { __tostring = 0 } }))", "table\n"),
        ("return ('%s'):format(setmetatable({}, { __metatable = { __tostring = 0 } }))", "table\n"),
        ("return `{setmetatable({}, { __metatable = { __tostring = 0 } })}`", "table\n"),
        (
            "return tostring(setmetatable({}, { __metatable = false, __tostring = function() return 'mine' end }))",
            "mine\n",
        ),
    ] {
        assert_eq!(kit_run(&kit, script, &[]), expected, "{script}");
    }
    let thrown =
        kit_run(&kit, "error(setmetatable({}, { __metatable = { __tostring = 1 } }))", &[]);
    assert!(!thrown.contains("0x"), "{thrown}");
    let keys = "local t = {} for i = 1, 50 do t[{}] = i t[function() end] = { i } end return t";
    let first = kit_run(&kit, keys, &[]);
    assert_eq!(first, kit_run(&kit, keys, &[]));
    assert!(first.contains("[{…}] = 50") && first.contains("[function] = { 50 }"), "{first}");
}

/// What a script says in the end, with its exit code if it failed.
fn kit_run(kit: &Kit, script: &str, options: &[&str]) -> String {
    std::fs::write(kit.path().join("hostile.lua"), script).unwrap();
    let arguments = [&["run", "hostile.lua"], options].concat();
    kit.told(&kit.command(&arguments).output().unwrap())
}

#[test]
fn there_is_no_way_out() {
    let kit = Kit::shop();
    for script in [
        "local f = io.open('/etc/passwd') return 'ESCAPED'",
        "os.execute('true') return 'ESCAPED'",
        "return pcall(require, '/etc/passwd') and 'ESCAPED'",
        "return pcall(require, '../secret') and 'ESCAPED'",
        "if pcall(function() kehu.customers = 1 end) then return 'ESCAPED' end",
        "if pcall(rawset, kehu, 'x', 1) then return 'ESCAPED' end",
        "if pcall(setmetatable, kehu, {}) then return 'ESCAPED' end",
        "if pcall(function() kehu.args[1] = 1 end) then return 'ESCAPED' end",
        "if pcall(function() string.find = nil end) then return 'ESCAPED' end",
        "if pcall(function() getmetatable('').__index = nil end) then return 'ESCAPED' end",
        "local c = kehu.customers()() if pcall(function() c.name = 1 end) or pcall(rawset, c, 'x', 1) then return 'ESCAPED' end",
        "local m = getmetatable(kehu.customers()()) if pcall(function() m.__index = nil end) then return 'ESCAPED' end",
        "local c = kehu.customers() coroutine.wrap(c)() return rawget(_G, 'io') and 'ESCAPED'",
        "return getfenv and 'ESCAPED'",
        "return debug and 'ESCAPED'",
        "return load('return 1')() and 'ESCAPED'",
        "kehu.customers{ where = \"1 = 1; drop table customer\" }",
        "kehu.customers{ where = \"name = '' or exists (select 1)\" }",
        "kehu.customers{ columns = { \"name' or 1=1 --\" } }",
        "kehu.customers{ where = ('('):rep(5000) }",
        "kehu.customers{ sort = { 'name', false } }",
        "kehu.customers{ limit = -1 }",
        "kehu.customers{ limit = 0/0 }",
        "kehu.customers(setmetatable({}, { __index = function() while true do end end }))",
        "kehu.customers{ customer = setmetatable({}, { __index = { id = 1 } }) }",
        "kehu.customer(2^62)",
        "kehu.customer('')",
        "kehu.customer('\\255\\254')",
        "kehu.explain(1, ('x'):rep(1e6))",
        "kehu.table{ rows = {} }",
        "kehu.table{ 'x', rows = { { x = {} } } }",
        "kehu.table{ 'x', rows = { { x = 0/0 }, { x = 1/0 }, {} } }",
        "kehu.table{ { 'x', digits = 1e9 }, rows = { { x = 1 } } }",
        "kehu.table{ { 'x', as = 'day' }, rows = { { x = 1e300 } } }",
        "kehu.table{ { 'x', as = 'money' }, rows = { { x = 1e300 } } }",
        "kehu.table{ { ('x'):rep(1e6) }, rows = { { x = 1 } } }",
        "kehu.group({ { a = {} } }, 'a')",
        "kehu.group({ { a = 0/0 }, { a = 1 } }, 'a')",
        "kehu.sort({ { a = 1 }, { a = 'x' }, { a = true }, { a = {} }, {} }, 'a', '-a')",
        "local t = {} t.t = t return t, t",
        "local t = {} for i = 1, 1000 do t = { t } end return t",
        "return { score = function() return setmetatable({}, { __index = function() while true do end end }) end }",
        "return { score = function() coroutine.yield() end }",
        "return { score = function(c, ctx) return { x = ctx:set('x', 0/0, {}) } end }",
        "error({ 1 })",
        "error(nil)",
        "error(setmetatable({}, { __tostring = function() error('x') end }))",
        "error(('x'):rep(1e6))",
        "local function f(n) return 1 + f(n + 1) end f(1)",
        "local function f() return coroutine.wrap(f)() end f()",
        "local t = setmetatable({}, {}) getmetatable(t).__index = t return t.x",
        "for i = 1, 200 do kehu.customers() end",
        "local first = kehu.customers() for i = 1, 100 do kehu.deals() end first()",
    ] {
        check(&kit, script.as_bytes(), Contained);
    }
    let told = kit.told(&run(&kit, b"print('\\27[31mred\\7', '\\255', '\\226\\128\\174')", "20s"));
    assert_eq!(told, "\\u{1b}[31mred\\u{7}\t\u{fffd}\t\\u{202e}\n");
}

#[test]
fn a_file_that_is_no_text_is_refused_before_it_runs() {
    let kit = Kit::new();
    for (script, words) in [
        (&b"\x1bLua\x54\x00\x19\x93"[..], "compiled code"),
        (&b"return \x00"[..], "characters that are no text"),
        (&b"print('\xb0\xa1')"[..], "not UTF-8"),
        (&b"goto x"[..], "load error"),
    ] {
        let told = kit.told(&run(&kit, script, "20s"));
        assert!(told.contains(words) || told.contains("hostile.lua:1"), "{told}");
        assert!(told.ends_with("[exit 1]\n"), "{told}");
    }
    let deep = format!("return {}", "(".repeat(100_000));
    check(&kit, deep.as_bytes(), Stopped("recursion depth"));
    check(&kit, b"\xef\xbb\xbfprint('BOM')\r\nreturn 1\r\n", Done);
    let honest = "local live = {} for i = 1, 20000 do live[i] = { i } end
        local n = 0 for i = 1, 50000 do local t = { i, i } n = n + #t end return n";
    let output = kit.command(&["run", "-C", "."]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "a script is needed");
    std::fs::write(kit.path().join("honest.lua"), honest).unwrap();
    assert_eq!(kit.run("run honest.lua --memory 16"), "100000\n");
}

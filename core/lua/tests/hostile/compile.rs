//! Sources that keep a compiler busy, or are none.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use kehu_contract::Limits;

use crate::every_hook::MANIFEST;
use crate::kit::{context, files};

/// Numbered parts, one after the other.
fn numbered(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect::<Vec<_>>().concat()
}

/// Sources of less than 256 KiB that are cheap to write and dear to compile; each is refused or runs.
fn bombs() -> Vec<(&'static str, String)> {
    let many = |part: &str, bytes: usize| part.repeat(bytes / part.len());
    let room = 250_000;
    vec![
        (
            "nested closures",
            "local a\n".to_owned()
                + &many(
                    "a = function() return function() return function() return 1 end end end\n",
                    room,
                ),
        ),
        ("open brackets", format!("return {}", many("(", room))),
        ("nested brackets", format!("return {}1{}", many("(", 100_000), many(")", 100_000))),
        ("nested tables", format!("return {}{}", many("{", 100_000), many("}", 100_000))),
        (
            "nested functions",
            format!("{}{}", many("return function() ", 150_000), many("end ", 30_000)),
        ),
        ("nested blocks", format!("{}{}", many("do ", 100_000), many("end ", 100_000))),
        ("nested conditions", format!("{}{}", many("if a then ", 100_000), many("end ", 40_000))),
        ("a chain of else", format!("if a then {} end", many("elseif a then ", 200_000))),
        ("a chain of texts", format!("return \"a\"{}", many("..\"a\"", room))),
        ("a chain of sums", format!("return 1{}", many("+1", room))),
        ("a chain of powers", format!("return 1{}", many("^1", room))),
        ("a chain of fields", format!("return a{}", many(".b", room))),
        ("a chain of calls", format!("return a{}", many("()", room))),
        ("a chain of methods", format!("return a{}", many(":b()", room))),
        ("a chain of signs", format!("return {}1", many("- ", room))),
        ("a chain of not", format!("return {}1", many("not ", room))),
        ("more locals than fit", many("local a\n", room)),
        ("more names than fit", {
            let names: Vec<String> = (0..300).map(|at| format!("a{at}")).collect();
            format!("local {} = 1", names.join(", "))
        }),
        ("more upvalues than fit", {
            let locals = numbered(190, |at| format!("local a{at} = {at}\n"));
            let used: Vec<String> = (0..190).map(|at| format!("a{at}")).collect();
            format!(
                "{locals}{}",
                many(&format!("local function f() return {} end ", used.join("+")), 100_000)
            )
        }),
        ("more constants than fit", {
            let items = numbered(25_000, |at| format!("{at}.5,"));
            format!("return {{ {items} }}")
        }),
        ("a table of functions", format!("return {{ {} }}", many("function() end,", room))),
        ("an interpolated text", format!("return {}1{}", many("`{", 60_000), many("}`", 60_000))),
        ("a type in types", format!("local a: {}number{}", many("{", 60_000), many("}", 60_000))),
        ("a type with parts", format!("type T = number{}", many("|number", room))),
        ("a type of functions", format!("type T = {}number", many("() -> ", room))),
        ("a type with parameters", format!("type T{} = number", many("<T", room))),
        ("a number without an end", format!("return {}", many("9", room))),
        ("a text without an end", format!("return \"{}", many("a", room))),
        ("a long text without an end", format!("return [=[{}", many("a", room))),
        ("a comment without an end", format!("--[[{}", many("a", room))),
        ("many escapes", format!("return \"{}\"", many("\\u{10ffff}", room))),
        ("one long name", format!("local {} = 1", many("a", room))),
        ("only signs", many("%$#@!", room)),
        ("only line ends", many("\n", room)),
        ("attributes", many("@native function f() end\n", room)),
        (
            "pragmas",
            format!(
                "--!native\n--!optimize 2\n--!strict\n{}",
                many("for i = 1, 8 do for j = 1, 8 do end end\n", room)
            ),
        ),
        ("if as an expression", format!("return {}1{}", many("if a then 1 else ", 100_000), "")),
        ("loops in loops", format!("{}{}", many("for i = 1, 9 do ", 1_500), many("end ", 400))),
        ("a call with many arguments", format!("f({}1)", many("1,", room))),
        ("a function with many parameters", {
            let names: Vec<String> = (0..300).map(|at| format!("a{at}")).collect();
            format!("return function({}) end", names.join(","))
        }),
        ("nothing", String::new()),
        ("a line for a shell", "#!/usr/bin/lua\nreturn {}".to_owned()),
    ]
}

#[test]
fn a_source_is_refused_or_compiled_within_moments() {
    let mut wrong = String::new();
    for (name, source) in bombs() {
        assert!(source.len() <= 256 * 1024, "{name}: {}", source.len());
        let begin = Instant::now();
        match kehu_lua::load(files(MANIFEST, &[("main.lua", &source)])) {
            Ok(factory) => {
                let mut context = context(&factory);
                context.limits = Limits { memory: 64 * 1024 * 1024, ..Limits::default() };
                // None of them is a pack: it fails, and is told.
                match factory.open(&context) {
                    Ok(_) => wrong += &format!("{name}: is a pack\n"),
                    Err(error) if error.to_string().len() > 8_000 => {
                        wrong += &format!("{name}: tells too much\n");
                    }
                    Err(_) => {}
                }
            }
            Err(refused) => {
                let told: usize =
                    refused.problems.iter().map(|problem| problem.to_string().len()).sum();
                if told > 8_000 {
                    wrong += &format!("{name}: tells {told} bytes\n");
                }
            }
        }
        if begin.elapsed() > Duration::from_secs(20) {
            wrong += &format!("{name}: took {:?}\n", begin.elapsed());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn bytes_that_are_no_source_are_refused() {
    let sources: [(&str, Vec<u8>); 9] = [
        ("bytecode of Lua 5.4", b"\x1bLua\x54\x00\x19\x93\r\n\x1a\n".to_vec()),
        ("bytecode of LuaJIT", b"\x1bLJ\x02".to_vec()),
        ("bytecode of Luau", vec![6, 3, 1, 0]),
        ("a zero within", b"return {}\0".to_vec()),
        ("UTF-16", "return {}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("GBK", b"-- \xbf\xcd\xbb\xa7\nreturn {}".to_vec()),
        ("an executable", b"\x7fELF\x02\x01\x01\0".to_vec()),
        ("50 MB", vec![b' '; 50_000_000]),
        ("half a character", b"return \"\xe5\xae\"".to_vec()),
    ];
    for (name, bytes) in sources {
        let mut given = files(MANIFEST, &[]);
        given.files.push(("main.lua".to_owned(), Cow::Owned(bytes)));
        let refused = kehu_lua::load(given).unwrap_err();
        let told = refused.problems[0].to_string();
        assert!(
            told.starts_with("scripts/test/main.lua:1") && told.len() < 500
                || told.contains("bytes"),
            "{name}: {told}"
        );
    }
}

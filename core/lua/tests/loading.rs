//! Files that are refused before anything runs.

use std::borrow::Cow;

use kehu_contract::PackFactory as _;
use kehu_lua::load;

use crate::kit::{factory, files, usual};

const MAIN: &str = "return { score = function() return {} end }\n";

#[test]
fn a_file_that_is_no_lua_text_is_refused_with_its_line() {
    let cases: [(&[u8], &str); 5] = [
        (b"\x1bLua\x54", "scripts/test/main.lua:1:1: this is compiled code; a script is text"),
        (b"\x06\x01\x02", "scripts/test/main.lua:1:1: this is compiled code; a script is text"),
        (
            b"-- ok\nlocal x = \"\xbf\xcd\xbb\xa7\"\n",
            "scripts/test/main.lua:2:1: the file is not UTF-8\n  2 | local x = \"\u{fffd}\u{37b}\u{fffd}\"\nhint: save the file as UTF-8; an editor may have written GBK",
        ),
        (
            b"local x = 1\nif x then\n",
            "scripts/test/main.lua:3:1: Expected 'end' (to close 'then' at line 2), got <eof>",
        ),
        (
            b"return }",
            "scripts/test/main.lua:1:1: Expected identifier when parsing expression, got '}'\n  1 | return }",
        ),
    ];
    for (bytes, expected) in cases {
        let mut given = files(&usual(), &[]);
        given.files.push(("main.lua".to_owned(), Cow::Owned(bytes.to_vec())));
        let problems = load(given).unwrap_err().problems;
        assert_eq!(problems[0].to_string(), expected);
    }
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let main = "\u{feff}local rule = kehu.rule{ id = \"a\", en = \"b\" }\r\nreturn { score = function() return {} end }\r\n";
    let factory = factory(&usual(), main).unwrap();
    factory.open(&crate::kit::context(&factory)).unwrap();
}

#[test]
fn a_script_that_would_keep_the_compiler_busy_is_refused() {
    let main = "-- filler\n".repeat(30_000);
    let problems = factory(&usual(), &main).unwrap_err();
    assert!(problems[0].message.contains("the limit is 262144"), "{problems:?}");
}

#[test]
fn missing_files_and_every_fault_of_the_manifest_are_told() {
    let problems = load(files("name = \"test\"\nversio = \"1\"\n", &[])).unwrap_err().problems;
    let told: Vec<String> = problems.iter().map(|problem| problem.message.clone()).collect();
    assert!(told.contains(&"the pack has no main.lua".to_owned()), "{told:?}");
    assert!(told.contains(&"unknown key \"versio\"".to_owned()), "{told:?}");
}

#[test]
fn the_hash_follows_names_and_contents_and_not_the_order_of_files() {
    let one = load(files(&usual(), &[("main.lua", MAIN), ("a.lua", ""), ("b.lua", "")])).unwrap();
    let other = load(files(&usual(), &[("b.lua", ""), ("main.lua", MAIN), ("a.lua", "")])).unwrap();
    assert_eq!(one.hash(), other.hash());
    let renamed =
        load(files(&usual(), &[("c.lua", ""), ("main.lua", MAIN), ("a.lua", "")])).unwrap();
    assert_ne!(one.hash(), renamed.hash());
    assert_eq!(one.hash().len(), 64);
    let told = [("README.md", "# x"), ("tests.lua", "")];
    let about = [&[("main.lua", MAIN), ("a.lua", ""), ("b.lua", "")][..], &told].concat();
    assert_eq!(one.hash(), load(files(&usual(), &about)).unwrap().hash(), "a page changes no run");
}

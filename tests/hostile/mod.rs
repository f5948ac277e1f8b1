//! What people and other programs do wrong: every refusal is a sentence, never a panic.

mod database;
mod files;
mod repl;
mod run;
mod scripts;
mod words;

use crate::kit::Kit;
use insta::assert_snapshot;

#[test]
fn names_that_would_spoil_a_terminal_are_refused() {
    let kit = Kit::new();
    for name in ["a\nb", "a\u{1b}[31mb", "a\u{202e}b", "", "   ", "C-12"] {
        let output = kit.command(&["customer", "add", name]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{name:?}");
    }
    let long = "长".repeat(301);
    assert_snapshot!(kit.run(&format!("customer add {long}")), @r"
    [stderr]
    error: name: 301 characters are too long, at most 300 are kept
    [exit 2]
    ");
    kit.done("customer add '👩‍🏭 工厂'");
    assert_snapshot!(kit.run("customer list"), @r"
    id   name     owner  place  tags
    C-1  👩‍🏭 工厂
    ");
}

#[test]
fn a_narrow_terminal_cuts_names_not_ids() {
    let kit = Kit::new();
    kit.done("customer add 武汉钢铁集团有限公司第二炼钢厂采购处 --place 湖北省武汉市青山区");
    let mut command = kit.command(&["customer", "list", "--columns", "id,name,place,known"]);
    assert_snapshot!(kit.told(&command.env("COLUMNS", "40").output().unwrap()), @r"
    id   name        place       known since
    C-1  武汉钢铁…   湖北省武…   2024-03-01
    ");
}

#[test]
fn numbers_that_no_id_can_be_are_no_ids() {
    let kit = Kit::shop();
    for id in ["C--1", "C-0", "C-99999999999999999999", "C-+1", "I-1x"] {
        assert!(kit.run(&format!("customer show {id}")).ends_with("[exit 1]\n"), "{id}");
    }
    assert!(kit.run("customer show -1").ends_with("[exit 2]\n"));
    assert_snapshot!(kit.run("interaction show 5"), @r#"
    [stderr]
    error: there is no interaction "5"
    hint: write its id, such as I-5
    [exit 1]
    "#);
}

#[test]
fn settings_that_are_no_toml_are_shown_with_their_line() {
    let kit = Kit::new();
    kit.write("kehu.toml", "language = \"en\"\n[packs\n");
    assert_snapshot!(kit.run("customer list"), @r"
    [stderr]
    error: unclosed table, expected `]`
     --> kehu.toml:2:7
      2 | [packs
    [exit 1]
    ");
    kit.write("kehu.toml", "extends = 5\n");
    assert_snapshot!(kit.run("customer list"), @r#"
    [stderr]
    error: "extends" is a whole number, expected a text
     --> kehu.toml:1:11
      1 | extends = 5
    [exit 1]
    "#);
}

#[test]
fn a_clock_or_a_user_that_cannot_be_is_refused() {
    let kit = Kit::new().at("yesterday");
    assert_snapshot!(kit.run("customer list"), @r#"
    [stderr]
    error: KEHU_NOW is "yesterday", which is no moment
    hint: write YYYY-MM-DDTHH:MM[:SS], with Z or an offset if it is not local
    [exit 2]
    "#);
    let kit = Kit::new();
    assert!(kit.run("--user '' customer add x").ends_with("[exit 2]\n"));
    kit.write("../home/.config/kehu/config.toml", "[user]\nlanguage = \"fr\"\n");
    assert_snapshot!(kit.run("customer list"), @r#"
    [stderr]
    error: "user.language" is "fr"
     --> $DIR/home/.config/kehu/config.toml:2:12
      2 | language = "fr"
    hint: known are: en, zh
    [exit 1]
    "#);
}

#[test]
fn a_reader_that_has_gone_is_no_failure() {
    let kit = Kit::shop();
    let mut child = kit
        .command(&["config", "show"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", kit.told(&output));
    assert!(output.stderr.is_empty());
}

//! What the READMEs of the templates tell a new user to type, and what they say comes out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use insta::assert_snapshot;

use crate::kit::Kit;

/// Set, it writes what comes out into the READMEs, instead of comparing.
const UPDATE: &str = "KEHU_UPDATE_README";

/// Parts the output of one block from that of the next.
const MARK: &str = "---- end of block ----";

fn folder(template: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/templates").join(template)
}

/// All templates that there are.
fn templates() -> Vec<String> {
    let all = fs::read_dir(folder("")).unwrap();
    let mut names: Vec<String> =
        all.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The blocks of commands of a page, each with the output that the page shows below it.
fn blocks(page: &str) -> Vec<(&str, Option<&str>)> {
    page.split("```sh\n")
        .skip(1)
        .map(|part| {
            let (commands, rest) = part.split_once("```\n").unwrap();
            let output = rest.strip_prefix("```text\n");
            (commands, output.map(|output| output.split_once("```").unwrap().0))
        })
        .collect()
}

/// Types all commands of a page in a new workspace, and returns what each block gave.
fn typed(kit: &Kit, template: &str, language: &str, page: &str) -> Vec<String> {
    kit.done(&format!("--lang {language} init club --template {template}"));
    let mut script = String::from("set -e\n");
    for (commands, shown) in blocks(page) {
        // A page may show what is refused, and how.
        if shown.is_some_and(|shown| shown.starts_with("error:") || shown.starts_with("错误："))
        {
            script += &format!("({commands}) 2>&1 && exit 1\n");
        } else {
            script += commands;
        }
        script += &format!("echo '{MARK}'\n");
    }
    let program = Path::new(assert_cmd::cargo::cargo_bin!("kehu"));
    let path = std::env::join_paths(
        std::iter::once(program.parent().unwrap().to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(kit.path().join("club"))
        .env_clear()
        .env("PATH", path.unwrap())
        .env("HOME", kit.path().join("../home"))
        .env("USER", "ann")
        .output()
        .unwrap();
    assert!(output.status.success(), "{template}, {language}: {}", kit.told(&output));
    let out = String::from_utf8(output.stdout).unwrap();
    out.split(&format!("{MARK}\n")).map(str::to_owned).collect()
}

fn told_as_shown(template: &str, language: &str, file: &str) {
    let path = folder(template).join(file);
    let page = fs::read_to_string(&path).unwrap();
    let given = typed(&Kit::empty(), template, language, &page);
    let mut updated = page.clone();
    for ((commands, shown), given) in blocks(&page).into_iter().zip(&given) {
        let Some(shown) = shown else { continue };
        updated = updated.replace(
            &format!("{commands}```\n```text\n{shown}```"),
            &format!("{commands}```\n```text\n{given}```"),
        );
        if std::env::var_os(UPDATE).is_none() {
            assert_eq!(shown, given, "{file} of {template}; {UPDATE}=1 writes it anew");
        }
    }
    if std::env::var_os(UPDATE).is_some() {
        fs::write(&path, updated).unwrap();
    }
}

#[test]
fn a_template_works_as_its_readme_tells() {
    for template in templates() {
        told_as_shown(&template, "en", "README.md");
    }
}

#[test]
fn a_template_works_as_its_chinese_readme_tells() {
    for template in templates() {
        told_as_shown(&template, "zh", "README.zh.md");
    }
}

#[test]
fn init_lists_the_templates_and_writes_over_nothing() {
    let kit = Kit::empty();
    let help = kit.run("init --help");
    let mistyped = kit.run("init club --template retail");
    for template in templates() {
        assert!(help.contains(&format!("  {template} ")), "{help}");
    }
    assert_snapshot!(mistyped, @r#"
    [stderr]
    error: there is no template "retail"
    hint: did you mean "retail-membership"?
    [exit 2]
    "#);
    fs::create_dir(kit.path().join("club")).unwrap();
    fs::write(kit.path().join("club/map.toml"), "mine").unwrap();
    assert_snapshot!(kit.run("init club --template retail-membership"), @"
    [stderr]
    error: club/map.toml is there already
    hint: name a folder that is not there yet
    [exit 1]
    ");
    assert_eq!(fs::read_to_string(kit.path().join("club/map.toml")).unwrap(), "mine");
    assert!(!kit.path().join("club/kehu.toml").exists());
}

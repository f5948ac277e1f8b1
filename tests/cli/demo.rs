use std::path::Path;
use std::process::{Command, Output};

use crate::kit::Kit;
use insta::assert_snapshot;

fn lines(output: &Output) -> Vec<String> {
    String::from_utf8(output.stderr.clone()).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn every_segment_tier_phase_and_part_of_the_funnel_occurs_in_the_demo() {
    let kit = Kit::empty();
    kit.done("demo");
    let segments = ["value", "develop", "reengage"];
    let mut tests: Vec<String> = segments
        .iter()
        .flat_map(|name| [format!("important_{name}"), format!("ordinary_{name}")])
        .chain(["important_winback", "no_intent"].map(str::to_owned))
        .map(|segment| format!("rfm_segment = '{segment}'"))
        .collect();
    tests.extend(["A", "B", "C", "D"].map(|tier| format!("tier = '{tier}'")));
    tests.extend(
        ["active", "silent", "fading", "churned"].map(|phase| format!("lifecycle = '{phase}'")),
    );
    tests.extend(
        ["probability < 0.25", "probability between 0.25 and 0.75", "probability > 0.75"]
            .map(str::to_owned),
    );
    tests.push("purchases = 0".to_owned());
    for test in tests {
        let list = ["-C", "kehu-demo", "customer", "list", "--where", &test, "--json"];
        let output = kit.command(&list).output().unwrap();
        assert!(output.status.success(), "{test}: {}", kit.told(&output));
        let found: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
        assert!(!found.is_empty(), "{test}");
    }
}

#[test]
fn what_the_demo_says_to_try_next_works_as_printed() {
    let kit = Kit::empty();
    let output = kit.command(&["demo"]).output().unwrap();
    assert!(output.status.success(), "{}", kit.told(&output));
    let told = lines(&output);
    let next = told.iter().skip_while(|line| *line != "Try next:").skip(1);
    // What stands behind two blanks says why.
    let commands: Vec<&str> =
        next.map(|line| line.trim_start().split("  ").next().unwrap()).collect();
    assert!(commands.len() >= 5, "{told:#?}");
    let folder = Path::new(assert_cmd::cargo::cargo_bin!("kehu")).parent().unwrap();
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let environment = kit.command(&[]);
    let mut shell = Command::new("/bin/sh");
    shell.args(["-e", "-c", &commands.join("\n")]).current_dir(kit.path()).env_clear();
    shell.envs(environment.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = shell.env("PATH", path).output().unwrap();
    assert!(output.status.success(), "{commands:#?}\n{}", kit.told(&output));
}

#[test]
fn the_same_day_gives_the_same_demo() {
    let (one, other) = (Kit::empty(), Kit::empty());
    assert_eq!(one.run("demo"), other.run("demo"));
}

#[test]
fn a_folder_that_is_not_empty_is_refused() {
    let kit = Kit::empty();
    kit.write("mine/list.txt", "");
    assert_snapshot!(kit.run("demo mine"), @r"
    [stderr]
    error: mine is not empty: the demo would mix with it
    hint: name a folder that is not there yet: kehu demo DIR
    [exit 1]
    ");
}

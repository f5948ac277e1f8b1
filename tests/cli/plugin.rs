//! Native plugins from the command line: begun, built, added, run, moved to another machine, removed.

use std::path::{Path, PathBuf};
use std::process::Command;

use insta::assert_snapshot;

use crate::kit::Kit;
use crate::native;

/// A workspace in which 武汉钢铁 and Ann Lee have bought.
fn shop() -> Kit {
    let kit = Kit::shop();
    kit.done("log purchase 武汉钢铁 --on 2024-01-05 --amount 30000");
    kit.done("log purchase 'Ann Lee' --on 2024-02-20 --amount 400");
    kit
}

/// Begins a plugin and builds it with the command that `plugin new` tells.
fn begun(kit: &Kit, name: &str) -> PathBuf {
    let told = kit.run(&format!("plugin new {name} --lang c"));
    let command = told.lines().find_map(|line| line.strip_prefix("next: cc ")).unwrap();
    let built = Command::new("cc").args(command.split(' ')).current_dir(kit.path()).output();
    let built = built.unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    kit.path().join(name).join(format!("{name}.so"))
}

/// Takes out what differs from compiler to compiler.
fn steady(told: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in told.lines() {
        let line = match line.split_once("sha256    ") {
            Some(_) => "sha256    …".to_owned(),
            None => line.to_owned(),
        };
        let line = match line.split_once(" bytes") {
            Some((before, _)) => format!("{}, … bytes", before.rsplit_once(", ").unwrap().0),
            None => line,
        };
        lines.push(line.replace(&kehu_native::platform(), "PLATFORM"));
    }
    lines.join("\n")
}

#[test]
fn a_plugin_in_c_is_begun_built_added_and_explains_its_scores() {
    let kit = shop();
    begun(&kit, "credit-risk");
    assert_snapshot!(steady(&kit.run("plugin add credit-risk/credit-risk.so --yes")), @r"
    [stderr]
    file      $DIR/shop/credit-risk/credit-risk.so, … bytes
    sha256    …
    credit-risk 1.0.0: Credit risk
    built for ABI 0.2
    step      score, reads recency_days, amount, gives credit_risk (number)
    Added credit-risk 1.0.0: plugins/credit-risk-PLATFORM.so, pinned in kehu.lock.
    Turned it on in kehu.toml; score runs it.
    ");
    assert_snapshot!(steady(&kit.run("plugin list")), @r"
    name         version  from       state  file
    credit-risk  1.0.0    workspace  on     plugins/credit-risk-PLATFORM.so
    clv          0.1.0    kehu       off
    ");
    kit.done("score");
    assert_snapshot!(kit.run("explain 武汉钢铁 credit_risk"), @r"
    武汉钢铁 (C-1), 2024-03-01

    credit_risk = 8.6  [credit-risk 1.0.0, score]
      +5.6 silent for 56 days  credit-risk/credit-risk.c:25
      +3 has bought for 30,000.00  credit-risk/credit-risk.c:26
      recency_days = 56 days  days since the last purchase
      amount = 30,000.00  sum of all purchases less returns
    ");
    assert_snapshot!(kit.run("--lang zh explain 武汉机械 credit_risk"), @"
    武汉机械 (C-2), 2024-03-01

    Credit risk：得分 (credit_risk) = 缺失  [credit-risk 1.0.0, score]
      · 从未购买  credit-risk/credit-risk.c:27
      距上次购买的天数 (recency_days) = 缺失
      累计购买金额（扣除退货） (amount) = 0.00
    ");
    assert_snapshot!(kit.run("plugin remove credit-risk"), @r"
    [stderr]
    Removed credit-risk 1.0.0.
    ");
    assert_eq!(std::fs::read_dir(kit.path().join("plugins")).unwrap().count(), 0);
    assert!(!kit.run("score").contains("credit_risk"));
}

#[test]
fn nothing_is_added_unless_somebody_says_so_and_nothing_is_begun_twice() {
    let kit = shop();
    begun(&kit, "credit-risk");
    let told = kit.run("plugin add credit-risk/credit-risk.so");
    assert!(
        told.ends_with(
            "error: nobody is there to be asked\nhint: with --yes nothing is asked\n[exit 2]\n"
        ),
        "{told}"
    );
    assert!(!kit.path().join("kehu.lock").exists());
    assert_snapshot!(kit.run("plugin new credit-risk"), @r"
    [stderr]
    error: credit-risk is there already
    hint: take another name, or move it away
    [exit 1]
    ");
    assert_snapshot!(kit.run("plugin new 'Credit Risk'"), @r#"
    [stderr]
    error: "Credit Risk" is no name of a plugin
    hint: write words of small letters and digits, joined by -, such as credit-risk; each begins with a letter
    [exit 2]
    "#);
    assert_snapshot!(kit.run("plugin new credit-limit --lang rust"), @r"
    [stderr]
    error: a plugin in Rust needs the folder plugins/sdk of kehu's sources
    hint: name it with --sdk DIR
    [exit 2]
    ");
    assert_snapshot!(kit.run("plugin add nowhere.so"), @r"
    [stderr]
    error: $DIR/shop/nowhere.so cannot be read: No such file or directory (os error 2)
    [exit 1]
    ");
    kit.write("text.so", "no library");
    assert_snapshot!(kit.run("plugin inspect text.so"), @r"
    [stderr]
    error: $DIR/shop/text.so is not a shared library
    [exit 1]
    ");
    assert_snapshot!(kit.run("plugin remove silence"), @r#"
    [stderr]
    error: kehu.lock has no plugin "silence"
    hint: see which there are: kehu plugin list
    [exit 1]
    "#);
    assert_snapshot!(kit.run("plugin retry silence"), @r#"
    [stderr]
    error: no plugin "silence" has crashed on this machine
    hint: see which there are: kehu plugin list
    [exit 1]
    "#);
}

#[test]
fn on_another_machine_a_plugin_waits_until_somebody_allows_it() {
    let kit = shop();
    begun(&kit, "credit-risk");
    kit.done("plugin add credit-risk/credit-risk.so --yes");
    let consent = kit.path().join("../home/.config/kehu/plugins.toml");
    std::fs::remove_file(&consent).unwrap();
    let told = kit.run("score");
    assert!(
        told.contains("pack credit-risk: it has not been allowed on this machine yet"),
        "{told}"
    );
    assert!(told.contains("tiers") && told.ends_with("[exit 3]\n"), "{told}");
    assert!(kit.run("plugin list").contains("not allowed here"));
    let told = kit.run("--locked score");
    assert!(told.contains("must be the very one of kehu.lock") && told.ends_with("[exit 1]\n"));
    kit.done("plugin allow credit-risk --yes");
    kit.done("--locked score");
    let told = kit.run("--no-plugins score");
    assert!(told.contains("--no-plugins leaves native plugins out"), "{told}");
}

#[test]
fn a_file_or_a_lock_that_was_changed_is_refused_before_anything_runs() {
    let kit = shop();
    begun(&kit, "credit-risk");
    kit.done("plugin add credit-risk/credit-risk.so --yes");
    let file = kit.path().join(format!("plugins/credit-risk-{}.so", kehu_native::platform()));
    let good = std::fs::read(&file).unwrap();
    std::fs::write(&file, [&good[..], b"x"].concat()).unwrap();
    let told = kit.run("score");
    assert!(told.contains("is another file than the one that was added"), "{told}");
    std::fs::remove_file(&file).unwrap();
    assert!(kit.run("score").contains("No such file"), "{}", kit.run("score"));
    std::fs::write(&file, good).unwrap();
    kit.done("score");
    let lock = kit.path().join("kehu.lock");
    let text = std::fs::read_to_string(&lock).unwrap();
    std::fs::write(&lock, text.replace("plugins/", "../plugins/")).unwrap();
    let told = kit.run("score");
    assert!(told.contains("lies outside the workspace") && told.ends_with("[exit 1]\n"), "{told}");
}

#[test]
fn a_plugin_may_be_called_as_words_of_its_language_and_columns_are() {
    let kit = shop();
    for name in ["int", "row", "days", "amount", "given"] {
        let built = begun(&kit, name);
        let told = kit.run(&format!("plugin add {} --yes", built.display()));
        assert!(told.contains("Turned it on"), "{name}: {told}");
        assert!(!told.contains("ilence"), "{name}: {told}");
    }
    let told = kit.run("score");
    assert!(told.contains("amount_score") && !told.contains("[exit"), "{told}");
}

#[test]
fn a_follow_up_in_c_is_begun_and_proposes() {
    let kit = shop();
    let told = kit.run("plugin new call-list --hook follow_up");
    let command = told.lines().find_map(|line| line.strip_prefix("next: cc ")).unwrap();
    let built = Command::new("cc").args(command.split(' ')).current_dir(kit.path()).output();
    assert!(built.unwrap().status.success());
    kit.done("plugin add call-list/call-list.so --yes");
    kit.done("plugin validate call-list");
    assert_snapshot!(kit.run("plugin new route --hook plan_visits"), @r"
    [stderr]
    error: there is no example of plan_visits in C to begin with
    hint: begin it in Rust: --lang rust --sdk DIR
    [exit 2]
    ");
}

#[test]
fn the_checks_of_a_plugin_are_told_in_chinese() {
    let kit = shop();
    begun(&kit, "credit-risk");
    let told = kit.run("--lang zh plugin validate credit-risk/credit-risk.so");
    let is_chinese = |line: &str| line.chars().any(|each| ('\u{4e00}'..'\u{9fff}').contains(&each));
    let states: Vec<&str> = told.lines().filter(|line| !is_chinese(line)).collect();
    assert_eq!(states, ["[stderr]"], "{told}");
    assert!(!told.contains("脚本包"), "{told}");
}

/// A plugin that crashes at who has been silent for so many days.
fn crashing(kit: &Kit, days: u32) -> Option<PathBuf> {
    let bench = native::kit::Bench::new();
    let row = format!("if (days == {days}) *(volatile int *)8 = 1;");
    let source = native::kit::at_row(&row)
        .replace("needs = [\\\"days\\\"]", "needs = [\\\"recency_days\\\"]")
        .replace("KEHU_RULE_OF(\"quiet\", \"days\"", "KEHU_RULE_OF(\"quiet\", \"recency_days\"");
    let built = bench.compile("fixture", &source);
    let path = kit.path().join("fixture.so");
    std::fs::copy(built, &path).unwrap();
    Some(path)
}

fn add(kit: &Kit, path: &Path) {
    kit.done(&format!("plugin add {} --yes", path.display()));
}

#[test]
fn the_customer_at_which_a_plugin_crashes_is_named_and_the_others_are_scored_if_that_is_wanted() {
    let kit = shop();
    let Some(path) = crashing(&kit, 10) else { return };
    add(&kit, &path);
    let told = kit.run("score");
    assert!(
        told.contains(
            "pack fixture, score, customer C-3 Ann Lee: runtime error: the plugin crashed (SIGSEGV)"
        ),
        "{told}"
    );
    assert!(
        told.contains("pack fixture was switched off") && told.ends_with("[exit 3]\n"),
        "{told}"
    );
    kit.set("\n[plugins.fixture]\non_crash = \"skip-rows\"\n");
    let told = kit.run("score");
    assert!(
        told.contains("passed over: at customer C-3 Ann Lee plugin fixture crashed (SIGSEGV)"),
        "{told}"
    );
    assert!(told.ends_with("[exit 3]\n"), "{told}");
    let rows = kit.json("customer list --columns name,silence");
    let silence = |row: usize| rows[row]["silence"].clone();
    assert_eq!([silence(0), silence(2)], [serde_json::json!(26), serde_json::Value::Null]);
}

#[test]
fn a_plugin_that_crashes_three_times_rests_until_it_is_to_be_tried_again() {
    let kit = shop();
    let Some(path) = crashing(&kit, 10) else { return };
    add(&kit, &path);
    for _ in 0..2 {
        assert!(!kit.run("score").contains("it rests now"));
    }
    let told = kit.run("score");
    assert!(told.contains("fixture crashed three times in ten minutes: it rests now"), "{told}");
    let told = kit.run("score");
    assert!(told.contains("it rests after three crashes in ten minutes"), "{told}");
    assert!(!told.contains("SIGSEGV"), "it is not run any more: {told}");
    assert!(kit.run("plugin list").contains("rests"));
    kit.done("plugin retry fixture");
    assert!(kit.run("score").contains("SIGSEGV"));
}

#[test]
fn lifetime_value_is_missing_with_the_reason_where_a_base_tells_nothing() {
    let kit = Kit::shop();
    kit.done("log purchase 武汉钢铁 --on 2024-01-05 --amount 30000");
    let settings = kit.path().join("kehu.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, text.replacen("on = [", "on = [\"clv\", ", 1)).unwrap();
    kit.done("score --strict");
    let told = kit.run("explain 武汉钢铁 lifetime_value");
    assert!(told.contains("0 of 1 customers bought on a second day, 30 are needed"), "{told}");
}

#[test]
fn a_new_plugin_keeps_to_the_rules_and_one_that_remembers_does_not() {
    let kit = shop();
    begun(&kit, "credit-risk");
    let told = kit.run("plugin validate credit-risk/credit-risk.so --seed 3");
    assert!(told.contains("ok       company"), "{told}");
    assert!(told.ends_with("[stderr]\ncredit-risk keeps to the rules.\n"), "{told}");
    let measured = kit.json("plugin bench credit-risk/credit-risk.so --rows 20000");
    assert_eq!(measured["steps"][0]["rows"], 20_000);
    assert!(measured["steps"][0]["isolated_seconds"].as_f64() > Some(0.0), "{measured}");
    let bench = native::kit::Bench::new();
    let remembers = native::kit::scorer("static double seen; seen += 1;", "days += seen;", "");
    let path = bench.compile("remembers", &remembers);
    let told = kit.run(&format!("plugin validate {}", path.display()));
    assert!(told.contains("failed   again"), "{told}");
    assert!(told.ends_with("[exit 1]\n"), "{told}");
}

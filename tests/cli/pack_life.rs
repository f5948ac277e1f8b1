//! Packs of a client: added, locked, compared, upgraded, removed; and what is wrong with those that are refused.

use std::fs;

use insta::assert_snapshot;

use super::pack::{SILENCE, manifest, silence};
use crate::kit::Kit;

/// A shop with three customers who have bought, and a pack beside the workspace.
fn shop() -> Kit {
    let kit = Kit::shop();
    kit.write("kehu.toml", "[packs]\non = [\"lifecycle\"]\n");
    kit.done("log purchase 武汉钢铁 --on 2024-01-05 --amount 30000");
    kit.done("log purchase 武汉机械 --on 2023-11-05 --amount 100");
    kit.done("log purchase 'Ann Lee' --on 2024-02-20 --amount 400");
    silence(&kit, "../shared/silence", "1.0.0");
    kit
}

fn read(kit: &Kit, path: &str) -> String {
    fs::read_to_string(kit.path().join(path)).unwrap_or_default()
}

/// Everything in the workspace but its records, to see that nothing was changed.
fn all_files(kit: &Kit) -> Vec<(String, Vec<u8>)> {
    fn gather(folder: &std::path::Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.symlink_metadata().unwrap().is_symlink() {
                continue;
            }
            if path.is_dir() {
                found.push((path.display().to_string(), Vec::new()));
                gather(&path, found);
            } else if !path.file_name().unwrap().to_str().unwrap().starts_with("kehu.db") {
                found.push((path.display().to_string(), fs::read(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    gather(&kit.path(), &mut found);
    found.sort();
    found
}

#[test]
fn a_pack_is_added_pinned_and_turned_on_and_edits_are_noticed() {
    let kit = shop();
    let before = all_files(&kit);
    assert_snapshot!(kit.run("pack add ../shared/silence --dry-run"), @r"
    silence 1.0.0: Silence
      hook      score
      needs     recency_days
      gives     silence (number)
      settings  silent_after = 60
      files     main.lua, pack.toml
    [stderr]
    Nothing was written: this was a dry run.
    ");
    assert_eq!(all_files(&kit), before, "a dry run changes nothing");
    assert_snapshot!(kit.run("pack add ../shared/silence --lang zh").split("[stderr]").nth(1).unwrap(), @r"
    已添加 silence 1.0.0：scripts/silence，已锁定在 kehu.lock。
    已在 kehu.toml 中启用，评分时运行。
    ");
    assert_snapshot!(read(&kit, "kehu.lock"), @r#"
    # The packs that were added here and the native plugins that may run, down to their bytes. Kept by
    # `kehu pack` and `kehu plugin`; commit it, so that everybody runs the same files.
    version = 1

    [pack.silence]
    version = "1.0.0"
    source = "../shared/silence"
    [pack.silence.files]
    "main.lua" = "1d9b1e95bb2faa891a9bfdb0fb036a20c070dca69d9a2dcf08448b618aac6c7f"
    "pack.toml" = "d9992be70f58d8472f3a3df0ab45d8b1fe9c692daf2c8d7f0b0218fcfb1e344d"
    "#);
    assert_eq!(read(&kit, "kehu.toml"), "[packs]\non = [\"lifecycle\", \"silence\"]\n");
    kit.done("score --locked");
    assert_snapshot!(kit.run("pack add ../shared/silence"), @r"
    [stderr]
    error: scripts/silence is there already, version 1.0.0
    hint: to put another in its place: kehu pack upgrade silence DIR
    hint: to lock it as it is: kehu pack lock
    [exit 1]
    ");

    kit.write("scripts/silence/main.lua", &SILENCE.replace("40", "50"));
    kit.write("scripts/silence/README.md", "# Silence\n");
    let told = kit.run("score");
    let note = "note: scripts/silence was edited since it was locked: main.lua\n";
    assert!(told.contains(note), "{told}");
    assert_snapshot!(kit.run("score --locked"), @r"
    [stderr]
    error: scripts/silence was edited since it was locked: main.lua
    hint: with --locked every pack that is on must be the very one of kehu.lock
    hint: if that is meant, lock it as it is: kehu pack lock
    [exit 1]
    ");
    let list = kit.json("pack list");
    assert_eq!(list["packs"][1]["edited"], serde_json::json!(["main.lua"]));
    assert_snapshot!(kit.run("pack remove silence"), @r"
    [stderr]
    error: scripts/silence was edited since it was locked: main.lua
    hint: nothing was removed, since its text may be nowhere else
    hint: to remove it all the same: --force
    [exit 1]
    ");
    assert_snapshot!(kit.run("pack lock"), @r"
    name     version  state   files
    silence  1.0.0    edited  main.lua
    ");
    kit.done("score --locked");
    assert_snapshot!(kit.run("pack remove silence"), @"
    [stderr]
    Removed silence 1.0.0.
    hint: kehu undo takes back records, not files; to have it again: kehu pack add ../shared/silence
    ");
    assert_eq!(read(&kit, "kehu.toml"), "[packs]\non = [\"lifecycle\"]\n");
    assert!(!kit.path().join("scripts/silence").exists());
    assert!(!read(&kit, "kehu.lock").contains("silence"));
}

#[test]
fn a_pack_of_the_base_is_compared_with_the_clients_own() {
    let kit = shop();
    kit.write("../base/kehu.toml", "[packs]\non = [\"silence\"]\n");
    silence(&kit, "../base/scripts/silence", "1.0.0");
    kit.write("kehu.toml", "extends = \"../base\"\n");
    let changed = manifest("1.1.0")
        .replace("default = 60", "default = 45")
        .replace("needs = [\"recency_days\"]", "needs = [\"recency_days\", \"credit?\"]");
    kit.write("../new/silence/pack.toml", &changed);
    kit.write("../new/silence/main.lua", &SILENCE.replace("points = 40", "points = 50"));
    kit.done("pack add ../new/silence");
    assert_snapshot!(kit.run("pack diff silence"), @r#"
    ../base/scripts/silence 1.0.0 → scripts/silence 1.1.0
    what     name           change
    version                 changed
        before: 1.0.0
        after: 1.1.0
    need     score: credit  new
        after: credit?
    setting  silent_after   changed
        before: integer; 60; 7 – 365; Days without a purchase before the points rise
        after: integer; 45; 7 – 365; Days without a purchase before the points rise
    rule     quiet          changed
        before: recency_days > 60 (silent_after); +40; silent for {value} days, more than {limit}
        after: recency_days > 45 (silent_after); +50; silent for {value} days, more than {limit}

    Files
      main.lua  +1 -1
        @@ -1,3 +1,3 @@
         local quiet = kehu.rule{
        -  id = "quiet", input = "recency_days", op = ">", setting = "silent_after", points = 40,
        +  id = "quiet", input = "recency_days", op = ">", setting = "silent_after", points = 50,
           en = "silent for {value} days, more than {limit}", zh = "{value} 天未购买，超过 {limit} 天",
      pack.toml  +3 -3
        @@ -1,3 +1,3 @@
         name = "silence"
        -version = "1.0.0"
        +version = "1.1.0"
         api = "0.1"
        @@ -6,3 +6,3 @@
         hook = "score"
        -needs = ["recency_days"]
        +needs = ["recency_days", "credit?"]
         [step.gives.silence]
        @@ -12,3 +12,3 @@
         type = "integer"
        -default = 60
        +default = 45
         range = [7, 365]
    "#);
    let json = kit.json("pack diff silence");
    assert_eq!(json["files"][0]["path"], "main.lua");
    assert_eq!(json["files"][0]["added"], 1);
}

#[test]
fn an_upgrade_says_first_whom_it_would_change() {
    let kit = shop();
    kit.done("pack add ../shared/silence");
    kit.set("[settings.silence]\nsilent_after = 50\n");
    let renamed =
        manifest("2.0.0").replace("[7, 365]", "[7, 40]").replace("default = 60", "default = 40");
    kit.write("../shared/silence/pack.toml", &renamed);
    let before = all_files(&kit);
    assert_snapshot!(kit.run("pack upgrade silence ../shared/silence"), @r#"
    scripts/silence 1.0.0 → ../shared/silence 2.0.0
    what     name          change
    version                changed
        before: 1.0.0
        after: 2.0.0
    setting  silent_after  changed
        before: integer; 60; 7 – 365; Days without a purchase before the points rise
        after: integer; 40; 7 – 40; Days without a purchase before the points rise
    rule     quiet         changed
        before: recency_days > 60 (silent_after); +40; silent for {value} days, more than {limit}
        after: recency_days > 40 (silent_after); +40; silent for {value} days, more than {limit}
    [stderr]
    error: setting "silent_after" is 50, expected 7 to 40
     --> kehu.toml:4:16
      4 | silent_after = 50
    hint: the pack's own default is 40
    hint: nothing was changed: these settings of the workspace would no longer fit
    hint: to upgrade all the same, and mend kehu.toml after it: --force
    [exit 1]
    "#);
    assert_eq!(all_files(&kit), before, "nothing is changed where settings would no longer fit");
    kit.write("../shared/silence/pack.toml", &manifest("2.0.0"));
    kit.write("../shared/silence/main.lua", &SILENCE.replace("points = 40", "points = 55"));
    let before = all_files(&kit);
    assert_snapshot!(kit.run("pack upgrade silence ../shared/silence --dry-run"), @r"
    scripts/silence 1.0.0 → ../shared/silence 2.0.0
    what     name   change
    version         changed
        before: 1.0.0
        after: 2.0.0
    rule     quiet  changed
        before: recency_days > 60 (silent_after); +40; silent for {value} days, more than {limit}
        after: recency_days > 60 (silent_after); +55; silent for {value} days, more than {limit}

    Whom it would change, as of today
    column   customers  before  after  such as
    silence          2  40      55     武汉钢铁, 武汉机械
    [stderr]
    Nothing was written: this was a dry run.
    ");
    assert_eq!(all_files(&kit), before, "a dry run changes nothing");
    assert_snapshot!(kit.run("pack upgrade silence ../shared/silence --lang zh").split("[stderr]").nth(1).unwrap(), @r"silence 已从 1.0.0 升级到 2.0.0，已锁定在 kehu.lock；下一步：kehu score");
    assert!(read(&kit, "scripts/silence/main.lua").contains("points = 55"));
    assert!(read(&kit, "kehu.lock").contains("version = \"2.0.0\""));
    kit.done("score --locked");
}

#[test]
fn one_script_may_carry_its_manifest() {
    let kit = shop();
    let script = format!("--[=[ pack.toml\n{}]=]\n{SILENCE}", manifest("1.0.0"));
    kit.write("../silence.lua", &script);
    kit.done("pack add ../silence.lua --off");
    assert_eq!(read(&kit, "kehu.toml"), "[packs]\non = [\"lifecycle\"]\n");
    let rule = kit.json("pack show silence")["rules"][0]["at"].clone();
    let line = script.lines().position(|line| line.starts_with("local quiet")).unwrap() + 1;
    assert_eq!(rule, format!("scripts/silence/main.lua:{line}"));
    kit.write("../silence.lua", &script.replace("type = \"integer\"", "type = \"intiger\""));
    let told = kit.run("pack add ../silence.lua");
    let line = script.lines().position(|line| line.starts_with("type = \"integer\"")).unwrap() + 1;
    assert!(told.contains(&format!("../silence.lua/pack.toml:{line}:")), "{told}");
}

/// What is wrong with a pack that somebody hands over, and what is told of it.
#[test]
fn what_is_wrong_with_a_pack_is_told_and_nothing_is_installed() {
    let kit = shop();
    let good = manifest("1.0.0");
    let gives = |column: &str| good.replace("step.gives.silence", &format!("step.gives.{column}"));
    let giving = |column: &str| {
        let main = SILENCE.replace("\"silence\"", &format!("\"{column}\""));
        main.replace("{ silence = s }", &format!("{{ {column} = s }}")).into_bytes()
    };
    let huge = format!("--{}", "x".repeat(50 * 1024 * 1024));
    let cases: [(&str, String, Vec<u8>, &str); 14] = [
        ("UTF-16", good.clone(), b"\xff\xfer\0e\0t\0".to_vec(), "the file is UTF-16"),
        (
            "compiled code",
            good.clone(),
            b"\x1bLuaQ\0\x01".to_vec(),
            "this is compiled code; a script is text",
        ),
        (
            "luau bytecode",
            good.clone(),
            b"\x06\x03\0rest".to_vec(),
            "this is compiled code; a script is text",
        ),
        (
            "not UTF-8",
            good.clone(),
            b"-- \xbf\xcd\xbb\xa7\nreturn {}".to_vec(),
            "the file is not UTF-8",
        ),
        ("50 MB", good.clone(), huge.into_bytes(), "the file is too large for a pack"),
        (
            "two same keys",
            format!("{good}default = 61\n"),
            SILENCE.into(),
            "the key \"default\" stands here a second time",
        ),
        (
            "a default out of range",
            good.replace("default = 60", "default = 3"),
            SILENCE.into(),
            "setting \"silent_after\" is 3, expected 7 to 365",
        ),
        (
            "a newer api",
            good.replace("api = \"0.1\"", "api = \"0.2\""),
            SILENCE.into(),
            "the pack is written for api 0.2; this build speaks 0.1",
        ),
        (
            "two givers",
            gives("lifecycle"),
            giving("lifecycle"),
            "silence gives \"lifecycle\", which pack lifecycle gives",
        ),
        (
            "a feature's name",
            gives("purchases"),
            giving("purchases"),
            "gives \"purchases\", which is the name of a feature",
        ),
        (
            "nobody gives",
            good.replace("\"recency_days\"", "\"recency_days\", \"recency_dayz\""),
            SILENCE.into(),
            "needs \"recency_dayz\", which nobody gives",
        ),
        (
            "a circle",
            good.replace("\"recency_days\"", "\"recency_days\", \"silence\""),
            SILENCE.into(),
            "circle: silence.score → silence.score",
        ),
        ("a slip at the top", good.clone(), b"local x = nil + 1\nreturn {}".to_vec(), "main.lua:1"),
        ("no function", good.clone(), b"return {}".to_vec(), "score"),
    ];
    let before = all_files(&kit);
    for (what, manifest, main, expected) in cases {
        kit.write("../bad/silence/pack.toml", &manifest);
        fs::write(kit.path().join("../bad/silence/main.lua"), main).unwrap();
        let told = kit.run("pack add ../bad/silence");
        assert!(told.contains(expected), "{what}: {told}");
        assert!(told.ends_with("[exit 1]\n"), "{what}: {told}");
        assert!(!told.contains("panicked"), "{what}: {told}");
        assert_eq!(all_files(&kit), before, "{what}: nothing is installed");
    }
    assert_snapshot!(kit.run("pack add ../shared"), @r"
    [stderr]
    error: ../shared is no pack
    hint: a pack is a folder with pack.toml and main.lua
    hint: or one script that begins with --[=[ pack.toml, its manifest, and ]=]
    [exit 1]
    ");
    assert_snapshot!(kit.run("pack add ../nowhere"), @r"
    [stderr]
    error: ../nowhere cannot be read: no such file or directory
    [exit 1]
    ");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_no_mistake() {
    let kit = shop();
    let crlf = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    kit.write("../shared/silence/pack.toml", &crlf(&manifest("1.0.0")));
    kit.write("../shared/silence/main.lua", &crlf(SILENCE));
    kit.done("pack add ../shared/silence");
    kit.done("score --locked");
    let told = kit.run("explain 武汉机械 silence");
    assert!(told.contains("silent for 117 days, more than 60"), "{told}");
}

#[test]
fn a_link_that_leads_out_of_the_workspace_is_no_pack() {
    let kit = shop();
    fs::create_dir_all(kit.path().join("scripts")).unwrap();
    std::os::unix::fs::symlink("../../shared/silence", kit.path().join("scripts/silence")).unwrap();
    kit.set("[limits]\nrun_seconds = 30\n");
    assert!(kit.run("pack list").contains("leads out of its workspace"), "told where it is off");
    kit.done("score");
    kit.write("kehu.toml", "[packs]\non = [\"silence\"]\n");
    assert_snapshot!(kit.run("score"), @r"
    [stderr]
    error: the pack is a link that leads out of its workspace, to $DIR/shared/silence
     --> scripts/silence:1:1
    hint: put a copy in its place: kehu pack add DIR
    hint: mend it, or take the pack out of [packs] on in kehu.toml to go on without it
    [exit 1]
    ");
    assert_snapshot!(kit.run("pack add ../shared/silence"), @r"
    [stderr]
    error: scripts/silence is there already
    hint: to put another in its place: kehu pack upgrade silence DIR
    hint: to lock it as it is: kehu pack lock
    [exit 1]
    ");
    std::os::unix::fs::symlink("/etc/passwd", kit.path().join("../shared/silence/more.lua"))
        .unwrap();
    fs::remove_file(kit.path().join("scripts/silence")).unwrap();
    assert_snapshot!(kit.run("pack add ../shared/silence"), @r"
    [stderr]
    error: ../shared/silence/more.lua is a link, and a pack holds its own files
    hint: put a copy of the file in its place
    [exit 1]
    ");
}

#[test]
fn a_pack_brings_its_own_words_along() {
    let kit = shop();
    let words = "[[kind]]\nname = \"sample\"\ntitle = { en = \"sample\", zh = \"样品\" }\n\
                 [fields.customer]\ncredit_days = { type = \"number\", unit = \"days\" }\n\
                 [features]\nsamples = { count = \"sample\", doc = \"samples sent\" }\n";
    let needs = manifest("1.0.0")
        .replace("[\"recency_days\"]", "[\"recency_days\", \"samples\", \"credit_days\"]");
    kit.write("../shared/silence/pack.toml", &format!("{needs}{words}"));
    kit.done("pack add ../shared/silence");
    let shown = kit.json("pack show silence");
    assert_eq!(shown["vocabulary"][0]["name"], "sample");
    assert_eq!(shown["vocabulary"][1]["type"], "number; days");
    assert_eq!(shown["needs"][1]["given_by"], "silence");
    kit.done("score --locked");
    kit.write(
        "../shared/silence/pack.toml",
        &format!("{needs}{}", words.replace("sample", "trial")),
    );
    let told = kit.run("pack upgrade silence ../shared/silence --dry-run");
    assert!(told.contains("nobody gives"), "the step still needs samples: {told}");
}

#[test]
fn what_others_need_or_kehu_toml_still_names_is_not_removed() {
    let kit = shop();
    kit.done("pack add ../shared/silence");
    let other = manifest("1.0.0").replace("silence", "quiet").replace("recency_days", "silence");
    kit.write("../shared/quiet/pack.toml", &other);
    kit.write("../shared/quiet/main.lua", "return { score = function(c, ctx) return {} end }\n");
    kit.done("pack add ../shared/quiet");
    let before = all_files(&kit);
    let told = kit.run("pack remove silence");
    let needed = "error: quiet needs \"silence\", which nobody gives";
    assert!(told.contains(needed), "{told}");
    assert!(told.ends_with("without the pack; nothing was removed\n[exit 1]\n"), "{told}");
    kit.done("pack remove quiet");
    kit.set("[settings.silence]\nsilent_after = 50\n");
    let told = kit.run("pack remove silence --lang zh");
    assert!(told.contains("错误：没有脚本包 \"silence\"\n --> kehu.toml:3:1\n"), "{told}");
    assert!(told.contains("提示：若无此脚本包即会如此；未移除任何内容\n[exit 1]\n"), "{told}");
    kit.write("kehu.toml", "[packs]\non = [\"lifecycle\", \"silence\"]\n");
    kit.done("pack remove silence");
    assert_ne!(all_files(&kit), before);
}

#[test]
fn steps_that_need_one_another_are_shown_as_the_circle_that_they_are() {
    let kit = shop();
    for (name, needs) in [("one", "two"), ("two", "one")] {
        let text = manifest("1.0.0").replace("silence", name).replace("recency_days", needs);
        kit.write(&format!("scripts/{name}/pack.toml"), &text);
        kit.write(
            &format!("scripts/{name}/main.lua"),
            "return { score = function() return {} end }",
        );
    }
    kit.write("kehu.toml", "[packs]\non = [\"one\", \"two\"]\n");
    assert_snapshot!(kit.run("pack list").split("[stderr]").nth(1).unwrap(), @r"

    error: pack one: it has steps that need one another in a circle: one.score → two.score → one.score
    hint: let one of them need less
    error: pack two: it has steps that need one another in a circle: one.score → two.score → one.score
    hint: let one of them need less
    [exit 3]
    ");
    assert_snapshot!(kit.run("score"), @r"
    [stderr]
    error: pack one: it has steps that need one another in a circle: one.score → two.score → one.score
    hint: let one of them need less
    pack one was switched off for this run; the others went on
    error: pack two: it has steps that need one another in a circle: one.score → two.score → one.score
    hint: let one of them need less
    pack two was switched off for this run; the others went on
    Scored 3 customers as of 2024-03-01: run S-1
    nothing to show
    [exit 3]
    ");
}

#[test]
fn a_step_that_was_cut_off_is_mended_by_the_next_one() {
    let kit = shop();
    kit.done("pack add ../shared/silence");
    // As if the power had failed between the two names of an upgrade.
    let scripts = kit.path().join("scripts");
    fs::rename(scripts.join("silence"), scripts.join(".silence.old")).unwrap();
    kit.write("scripts/.silence.new/main.lua", "half-writ");
    kit.done("pack upgrade silence ../shared/silence");
    let left: Vec<_> =
        fs::read_dir(&scripts).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["silence"]);
    kit.done("score --locked");
}

#[test]
fn the_example_of_a_client_runs_as_it_is_described() {
    let kit = Kit::empty();
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/clients");
    for file in [
        "base/kehu.toml",
        "base/kehu.lock",
        "base/scripts/credit-risk/pack.toml",
        "base/scripts/credit-risk/main.lua",
        "steel-trade/kehu.toml",
    ] {
        kit.write(file, &fs::read_to_string(examples.join(file)).unwrap());
    }
    assert_snapshot!(kit.run("init steel-trade"), @r"
    [stderr]
    Made an empty kehu.db beside steel-trade/kehu.toml.
    ");
    kit.done("-C steel-trade customer add 武汉钢铁 --field credit_days=60");
    kit.done("-C steel-trade score --locked");
    assert_snapshot!(kit.run("-C steel-trade explain 武汉钢铁 credit_risk"), @r"
    武汉钢铁 (C-1), 2024-03-01

    credit_risk = low  [credit-risk 1.0.0, score]
      · pays after 60 days, 90 are allowed  ../base/scripts/credit-risk/main.lua:5
      credit_days = 60 days  credit days
    ");
    kit.done("init base");
    kit.done("init other --extends base");
    assert_snapshot!(read(&kit, "other/kehu.toml").lines().nth(1).unwrap(), @r#"extends = "../base""#);
    kit.done("-C other customer add 武汉钢铁 --field credit_days=60");
    kit.done("-C other score --locked");
    assert_snapshot!(kit.run("-C other explain 武汉钢铁 credit_risk"), @r"
    武汉钢铁 (C-1), 2024-03-01

    credit_risk = high  [credit-risk 1.0.0, score]
      · pays after 60 days, 45 are allowed  ../base/scripts/credit-risk/main.lua:1
      credit_days = 60 days  credit days
    ");
    assert_snapshot!(kit.run("init other"), @r"
    [stderr]
    error: other is a workspace already
    hint: work in it with: kehu -C other …
    [exit 1]
    ");
    assert_snapshot!(kit.run("init another --extends nowhere"), @r"
    [stderr]
    error: nowhere is no workspace that could be extended
    hint: write the folder of a kehu.toml
    [exit 1]
    ");
}

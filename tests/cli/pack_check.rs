//! What checking a pack finds before anybody runs it: in its words, where it lies, and beside the others.

use std::fs;

use insta::assert_snapshot;

use super::pack::{SILENCE, manifest, silence};
use crate::kit::Kit;

/// A workspace with the packs that are named on.
fn shop(on: &[&str]) -> Kit {
    let kit = Kit::shop();
    kit.write("kehu.toml", &format!("[packs]\non = {on:?}\n"));
    kit
}

/// A pack like the one of silence, by another name, which needs and gives other columns.
fn like(kit: &Kit, folder: &str, name: &str, needs: &str, gives: &str) {
    let text = manifest("1.0.0").replace("silence", name);
    let text = text.replace(&format!("step.gives.{name}"), &format!("step.gives.{gives}"));
    kit.write(&format!("{folder}/pack.toml"), &text.replace("\"recency_days\"", needs));
    let main = SILENCE.replace("\"silence\"", &format!("\"{gives}\""));
    kit.write(
        &format!("{folder}/main.lua"),
        &main.replace("{ silence = s }", &format!("{{ {gives} = s }}")),
    );
}

#[test]
fn what_check_calls_an_error_is_not_installed() {
    let kit = shop(&["lifecycle"]);
    silence(&kit, "../shared/silence", "1.0.0");
    kit.write("../shared/silence/main.lua", &SILENCE.replace("s:apply(quiet)", "s:aply(quiet)"));
    assert_snapshot!(kit.run("pack add ../shared/silence"), @r#"
    [stderr]
    error: s has no "aply" here
     --> ../shared/silence/main.lua:7:5
      7 |   s:aply(quiet)
    hint: did you mean "apply"?
    hint: nothing was added
    [exit 1]
    "#);
    assert!(!kit.path().join("scripts/silence").exists());
    // A word that the step does not give fails for every customer.
    let wrong = SILENCE.replace("ctx:column(\"silence\")", "ctx:column(\"silense\")");
    kit.write("../shared/silence/main.lua", &wrong);
    assert_snapshot!(kit.run("pack add ../shared/silence --lang zh"), @r#"
    [stderr]
    错误：该步骤不给出列 "silense"
     --> ../shared/silence/main.lua:6:24
      6 |   local s = ctx:column("silense")
    提示：是不是 "silence"？
    提示：未添加任何内容
    [exit 1]
    "#);
    silence(&kit, "../shared/silence", "1.0.0");
    kit.done("pack add ../shared/silence");
    kit.write("../shared/silence/main.lua", &wrong);
    let told = kit.run("pack upgrade silence ../shared/silence --dry-run");
    assert!(told.contains("the step gives no column \"silense\""), "{told}");
}

#[test]
fn check_says_what_score_will_say_of_packs_beside_one_another() {
    let kit = shop(&["one", "two", "circle", "round", "needy", "lost"]);
    like(&kit, "scripts/one", "one", "\"recency_days\"", "points");
    like(&kit, "scripts/two", "two", "\"recency_days\"", "points");
    like(&kit, "scripts/circle", "circle", "\"recency_days\", \"b\"", "a");
    like(&kit, "scripts/round", "round", "\"recency_days\", \"a\"", "b");
    like(&kit, "scripts/needy", "needy", "\"recency_days\", \"tier\"", "needed");
    like(&kit, "scripts/lost", "lost", "\"recency_days\", \"tire\"", "found");
    silence(&kit, "scripts/quiet", "1.0.0");
    like(&kit, "scripts/off", "off", "\"recency_days\"", "needed");
    assert_snapshot!(kit.run("pack check"), @r#"
    scripts/circle/pack.toml:1:1: error: it has steps that need one another in a circle: circle.score → round.score → circle.score
      1 | name = "circle"
      hint: let one of them need less
    scripts/circle/pack.toml:7:26: warning: "b" is needed and never read
      7 | needs = ["recency_days", "b"]
      hint: take it out of needs: what is not needed is not computed
    scripts/lost/pack.toml:7:26: error: it needs "tire", which nobody gives (step score); known are: recency_days, first_purchase_days, purchases, amount, margin, amount_12m, amount_previous_12m, margin_12m, margin_previous_12m, last_contact_days, contacts_30d, contacts_90d, visits, last_visit_days, complaints, open_complaints and 20 more
      7 | needs = ["recency_days", "tire"]
      hint: turn on the pack that gives it, or write "tire?" where it may be missing
    scripts/lost/pack.toml:7:26: warning: "tire" is needed and never read
      7 | needs = ["recency_days", "tire"]
      hint: take it out of needs: what is not needed is not computed
    scripts/needy/pack.toml:7:26: error: it needs "tier", which nobody gives (step score)
      7 | needs = ["recency_days", "tier"]
      hint: name the pack that gives it in [packs] on of kehu.toml: tiers
    scripts/needy/pack.toml:7:26: warning: "tier" is needed and never read
      7 | needs = ["recency_days", "tier"]
      hint: take it out of needs: what is not needed is not computed
    scripts/one/pack.toml:8:13: warning: pack two is left out beside it: it gives "points", which pack one gives
      8 | [step.gives.points]
      hint: say which counts in kehu.toml: [columns] points = "one"
    scripts/quiet/pack.toml:1:1: error: the pack is called "silence", its folder "quiet"
      hint: give both the same name
    scripts/round/pack.toml:1:1: warning: pack circle is left out beside it: it has steps that need one another in a circle: circle.score → round.score → circle.score
      1 | name = "round"
      hint: let one of them need less
    scripts/round/pack.toml:7:26: warning: "a" is needed and never read
      7 | needs = ["recency_days", "a"]
      hint: take it out of needs: what is not needed is not computed
    scripts/two/pack.toml:8:13: error: it gives "points", which pack one gives
      8 | [step.gives.points]
      hint: say which counts in kehu.toml: [columns] points = "one"
    [stderr]
    note: pack off is off; turned on, it gives "needed", which pack needy gives
    circle: 1 error, 1 remark.
    lost: 1 error, 1 remark.
    needy: 1 error, 1 remark.
    off: nothing to mend.
    one: 1 remark.
    quiet: 1 error.
    round: 2 remarks.
    two: 1 error.
    [exit 1]
    "#);
    assert_snapshot!(kit.run("pack check circle --lang zh"), @r#"
    scripts/circle/pack.toml:1:1: 错误：它的步骤相互依赖成环：circle.score → round.score → circle.score
      1 | name = "circle"
      提示：请让其中一个少依赖一些
    scripts/circle/pack.toml:7:26: 警告：needs 中的 "b" 从未读取
      7 | needs = ["recency_days", "b"]
      提示：请从 needs 中去掉：不需要的列不计算
    [stderr]
    circle：1 处错误，1 条提醒。
    [exit 1]
    "#);
    // Settings that it does not take, and another pack that it would put out of its place.
    kit.write(
        "kehu.toml",
        "[packs]\non = [\"tiers\", \"one\"]\n[settings.one]\nsilent_after = 3\n",
    );
    like(&kit, "scripts/one", "one", "\"recency_days\"", "tier");
    assert_snapshot!(kit.run("pack check one"), @r#"
    kehu.toml:4:16: error: setting "silent_after" is 3, expected 7 to 365
      4 | silent_after = 3
      hint: the pack's own default is 60
    [stderr]
    one: 1 error.
    [exit 1]
    "#);
    // Without a workspace, or without its records, what can be said is said.
    fs::remove_file(kit.path().join("kehu.db")).unwrap();
    assert_snapshot!(kit.run("pack check off"), @"
    [stderr]
    note: not looked at beside the packs that are on: $DIR/shop/kehu.db is not there
    off: nothing to mend.
    ");
    fs::remove_file(kit.path().join("kehu.toml")).unwrap();
    assert_snapshot!(kit.run("pack check scripts/quiet"), @r#"
    scripts/quiet/pack.toml:1:1: warning: the pack is called "silence", its folder "quiet"
      hint: in scripts both must have the same name
    [stderr]
    quiet: 1 remark.
    "#);
}

#[test]
fn a_broken_pack_keeps_nobody_from_adding_upgrading_or_removing_another() {
    let kit = shop(&["broken", "unread", "lifecycle"]);
    like(&kit, "scripts/broken", "broken", "\"recency_days\", \"nope\"", "breach");
    kit.write("scripts/unread/pack.toml", "name = \n");
    silence(&kit, "../shared/silence", "1.0.0");
    kit.done("pack add ../shared/silence");
    silence(&kit, "../shared/silence", "1.1.0");
    kit.write("scripts/unread/pack.toml", &manifest("1.0.0").replace("silence", "unread"));
    kit.done("pack upgrade silence ../shared/silence");
    kit.write("scripts/unread/pack.toml", "name = \n");
    kit.done("pack remove silence");
    kit.write("scripts/unread/pack.toml", &manifest("1.0.0").replace("silence", "unread"));
    // What it would itself bring out of order is refused as before.
    like(&kit, "../shared/silence", "silence", "\"recency_days\", \"gone\"", "silence");
    let told = kit.run("pack add ../shared/silence");
    assert!(told.contains("error: silence needs \"gone\", which nobody gives"), "{told}");
    assert!(!told.contains("nope"), "{told}");
}

#[test]
fn links_are_followed_by_no_command_and_folders_without_a_manifest_are_no_packs() {
    let kit = shop(&["a"]);
    like(&kit, "scripts/a", "a", "\"recency_days\"", "points");
    silence(&kit, "../away/b", "1.0.0");
    let link = |target: &str, name: &str| {
        let path = kit.path().join("scripts").join(name);
        std::os::unix::fs::symlink(target, path).unwrap();
    };
    link("../../away/b", "b");
    link("nowhere", "c");
    link("d", "d");
    link("a", "e");
    fs::create_dir(kit.path().join("scripts/f")).unwrap();
    assert_snapshot!(kit.run("pack check"), @r#"
    scripts/b:1:1: error: the pack is a link that leads out of its workspace, to $DIR/away/b
      hint: put a copy in its place: kehu pack add DIR
    scripts/c:1:1: error: the pack is a link that leads nowhere
      hint: put a copy in its place: kehu pack add DIR
    scripts/d:1:1: error: the pack is a link that leads nowhere
      hint: put a copy in its place: kehu pack add DIR
    scripts/e/pack.toml:1:1: error: the pack is called "a", its folder "e"
      hint: give both the same name
    [stderr]
    a: nothing to mend.
    b: 1 error.
    c: 1 error.
    d: 1 error.
    e: 1 error.
    [exit 1]
    "#);
    for command in ["pack test b", "pack check ./scripts/b", "pack check b", "pack bench b"] {
        let told = kit.run(command);
        assert!(told.contains("leads out of its workspace"), "{command}: {told}");
    }
    kit.write("kehu.toml", "[packs]\non = [\"c\"]\n");
    assert_snapshot!(kit.run("score"), @"
    [stderr]
    error: the pack is a link that leads nowhere
     --> scripts/c:1:1
    hint: put a copy in its place: kehu pack add DIR
    hint: mend it, or take the pack out of [packs] on in kehu.toml to go on without it
    [exit 1]
    ");
    assert_snapshot!(kit.run("pack check f"), @"
    [stderr]
    error: scripts/f is no pack: it has no pack.toml
    hint: a pack is a folder with pack.toml and main.lua; kehu pack new NAME begins one
    [exit 1]
    ");
}

#[test]
fn tests_run_under_the_limits_of_the_workspace() {
    let kit = shop(&["silence"]);
    silence(&kit, "scripts/silence", "1.0.0");
    let slow = "local s = ctx:column(\"silence\")\n  for i = 1, 1e12 do end\n";
    kit.write(
        "scripts/silence/main.lua",
        &SILENCE.replace("local s = ctx:column(\"silence\")\n", slow),
    );
    let test = "it(\"ends\", function() test.score{ customer = { recency_days = 1 } } end)\n";
    kit.write("scripts/silence/tests.lua", test);
    kit.set("[limits]\ncall_milliseconds = 30\n");
    let told = kit.run("pack test silence");
    assert!(told.contains("the limit is 30 ms"), "{told}");
    kit.set("[limits.silence]\ncall_milliseconds = 20\n");
    let told = kit.run("pack test silence");
    assert!(told.contains("the limit is 20 ms"), "{told}");
}

#[test]
fn the_text_of_a_pack_of_kehu_is_shown_and_copied_to_be_changed() {
    let kit = shop(&["rfm", "tiers"]);
    let whole = kit.run("pack show tiers --source");
    assert_eq!(whole, include_str!("../../scripts/tiers/main.lua"));
    let told = kit.run("pack show tiers --source scripts/tiers/main.lua:53");
    assert!(told.contains("\n> 53 | ") && told.lines().count() == 11, "{told}");
    assert!(kit.run("pack show tiers --source pack.toml").starts_with("name = \"tiers\""));
    assert_snapshot!(kit.run("pack show tiers --source mian.lua"), @r#"
    [stderr]
    error: pack tiers has no file "mian.lua"
    hint: did you mean "main.lua"?
    [exit 1]
    "#);
    assert_snapshot!(kit.run("pack copy tiers"), @"
    [stderr]
    Copied tiers 0.1.0 to scripts/tiers, pinned in kehu.lock.
    next: change scripts/tiers/main.lua
    next: kehu pack test tiers
    next: kehu pack diff tiers
    ");
    kit.done("pack test tiers");
    kit.done("score --locked --no-plugins");
    assert!(kit.path().join("scripts/tiers/.kehu/kehu.d.lua").is_file(), "editors know the words");
    let main = fs::read_to_string(kit.path().join("scripts/tiers/main.lua")).unwrap();
    kit.write("scripts/tiers/main.lua", &format!("-- ours\n{main}"));
    let told = kit.run("pack diff tiers");
    assert!(told.contains("+-- ours"), "{told}");
    assert!(kit.run("pack copy tiers").contains("scripts/tiers is there already"));
    assert_snapshot!(kit.run("pack remove tiers --force"), @"
    [stderr]
    Removed tiers 0.1.0.
    The other pack tiers counts again; kehu pack list shows where it lies.
    hint: kehu undo takes back records, not files
    ");
    kit.done("score");
    assert!(kit.run("pack copy clv").contains("clv is a native plugin"));
}

#[test]
fn a_new_pack_in_a_clients_workspace_troubles_nobody() {
    let kit = shop(&["a"]);
    like(&kit, "../base/scripts/dealer-risk", "dealer-risk", "\"recency_days\"", "points");
    kit.write("../base/kehu.toml", "[packs]\non = [\"rfm\", \"dealer-risk\"]\n");
    let client = "\u{feff}extends = \"../base\"\r\n# mine\r\n";
    kit.write("kehu.toml", client);
    assert_snapshot!(kit.run("pack new dealer-risk"), @"
    [stderr]
    error: a pack dealer-risk lies in $DIR/base/scripts/dealer-risk
    hint: take another name: yours would stand in its place
    hint: to change that one for this workspace: kehu pack copy dealer-risk
    [exit 1]
    ");
    assert_eq!(fs::read_to_string(kit.path().join("kehu.toml")).unwrap(), client);
    assert_snapshot!(kit.run("pack new call-back --hook follow_up"), @"
    [stderr]
    Began scripts/call-back: pack.toml, main.lua, tests.lua, README.md, README.zh.md, selene.toml, .luarc.json, .kehu/kehu.d.lua, kehu.yml
    note: [packs] on of kehu.toml lists from now on what runs here; what ../base turns on later is to be added to it
    Turned it on in kehu.toml, under [packs] on.
    next: kehu pack test call-back
    next: kehu pack check call-back
    ");
    let settings = fs::read_to_string(kit.path().join("kehu.toml")).unwrap();
    let on = "[packs]\r\non = [\"rfm\", \"dealer-risk\", \"call-back\"]\r\n";
    assert!(settings.starts_with("\u{feff}extends") && settings.contains(on), "{settings:?}");
    assert_eq!(settings.matches('\n').count(), settings.matches("\r\n").count(), "{settings:?}");
    let manifest = fs::read_to_string(kit.path().join("scripts/call-back/pack.toml")).unwrap();
    assert!(manifest.contains("en = \"Call back\", zh = \"跟进建议（call-back）\""), "{manifest}");
    let page = fs::read_to_string(kit.path().join("scripts/call-back/README.zh.md")).unwrap();
    assert!(page.starts_with("# 跟进建议（call-back）\n"), "{page}");
    kit.write(
        "scripts/call-back/pack.toml",
        &manifest.replace("跟进建议（call-back）", "Call back"),
    );
    assert!(kit.run("pack check call-back").contains("\"title\" has no Chinese words"));
    // Each workspace has its own lock, and messages name it.
    kit.done("init ../base");
    kit.done("-C ../base pack lock");
    kit.done("pack lock");
    kit.write("../base/scripts/dealer-risk/main.lua", &format!("{SILENCE}\n"));
    assert_snapshot!(kit.run("score --locked --no-plugins"), @"
    [stderr]
    error: ../base/scripts/dealer-risk was edited since it was locked: main.lua
    hint: with --locked every pack that is on must be the very one of kehu.lock
    hint: if that is meant, lock it as it is: kehu -C ../base pack lock
    [exit 1]
    ");
    kit.write("../base/kehu.lock", "version = 9\n");
    let told = kit.run("pack list");
    assert!(told.contains("--> ../base/kehu.lock:1:11"), "{told}");
}

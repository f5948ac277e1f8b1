//! Adding plugins to a workspace and taking them out: what is asked, refused, pinned and left alone.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use insta::assert_snapshot;

use crate::kit::Kit;
use crate::native::kit::{Bench, changed};

/// A plugin that differs from the usual one of these tests.
struct Plugin {
    name: &'static str,
    version: &'static str,
    needs: &'static str,
    gives: &'static str,
}

const USUAL: Plugin =
    Plugin { name: "fixture", version: "1.0.0", needs: "recency_days", gives: "silence" };

impl Plugin {
    /// Compiles it into the workspace's folder.
    fn build(&self, kit: &Kit, bench: &Bench, file: &str) -> PathBuf {
        let Self { name, version, needs, gives } = self;
        let source = changed(&[
            ("name = \\\"fixture\\\"", &format!("name = \\\"{name}\\\"")),
            ("version = \\\"1.0.0\\\"", &format!("version = \\\"{version}\\\"")),
            ("needs = [\\\"days\\\"]", &format!("needs = [\\\"{needs}\\\"]")),
            ("KEHU_RULE_OF(\"quiet\", \"days\"", &format!("KEHU_RULE_OF(\"quiet\", \"{needs}\"")),
            ("[step.gives.silence]", &format!("[step.gives.{gives}]")),
            ("KEHU_STR(\"silence\")", &format!("KEHU_STR(\"{gives}\")")),
        ]);
        let path = kit.path().join(file);
        std::fs::copy(bench.compile("built", &source), &path).unwrap();
        path
    }

    fn add(&self, kit: &Kit, bench: &Bench) {
        let path = self.build(kit, bench, "plugin.so");
        kit.done(&format!("plugin add {} --yes", path.display()));
    }
}

fn shop() -> (Kit, Bench) {
    let bench = Bench::new();
    let kit = Kit::shop();
    kit.done("log purchase 武汉钢铁 --on 2024-01-05 --amount 30000");
    (kit, bench)
}

/// Takes out what differs from compiler to compiler: what is said of the file, and hashes.
fn steady(told: &str) -> String {
    let is_shown = |line: &&str| {
        let openings = ["file ", "sha256 ", "built for ", "step ", "setting "];
        !openings.iter().any(|opening| line.starts_with(opening))
    };
    let lines = told.lines().filter(is_shown).map(|line| match line.split_once("sha256 ") {
        Some((before, _)) => format!("{before}sha256 ….\n"),
        None => line.replace(&kehu_native::platform(), "PLATFORM") + "\n",
    });
    lines.collect()
}

fn turn_on(kit: &Kit, name: &str) {
    let settings = kit.path().join("kehu.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, text.replacen("on = [", &format!("on = [\"{name}\", "), 1)).unwrap();
}

#[test]
fn a_plugin_that_has_no_place_here_is_not_turned_on_and_switches_nobody_else_off() {
    let (kit, bench) = shop();
    Plugin { needs: "recency_day", ..USUAL }.build(&kit, &bench, "needy.so");
    assert_snapshot!(steady(&kit.run("plugin add needy.so --yes")), @r#"
    [stderr]
    fixture 1.0.0: fixture
    error: fixture needs "recency_day", which nobody gives (step score); did you mean "recency_days"?
    hint: turn on the pack that gives it, or write "recency_day?" where it may be missing
    hint: to add it without turning it on: --off
    [exit 1]
    "#);
    assert!(!kit.path().join("kehu.lock").exists());
    Plugin { name: "other-tiers", gives: "tier", ..USUAL }.build(&kit, &bench, "clash.so");
    assert_snapshot!(steady(&kit.run("plugin add clash.so --yes")), @r#"
    [stderr]
    other-tiers 1.0.0: other-tiers
    error: other-tiers gives "tier", which pack tiers gives
    hint: say which counts in kehu.toml: [columns] tier = "tiers"
    hint: to add it without turning it on: --off
    [exit 1]
    "#);
    Plugin { name: "amount", gives: "amount", ..USUAL }.build(&kit, &bench, "feature.so");
    assert_snapshot!(steady(&kit.run("plugin add feature.so --yes")), @r#"
    [stderr]
    amount 1.0.0: amount
    error: amount gives "amount", which is the name of a feature or a custom field
    hint: rename one of them
    hint: to add it without turning it on: --off
    [exit 1]
    "#);
    kit.done("plugin add needy.so --yes --off");
    kit.done("score");
    turn_on(&kit, "fixture");
    let told = kit.run("score");
    assert!(told.contains("pack fixture: it needs \"recency_day\""), "{told}");
    assert!(told.contains("tiers") && told.ends_with("[exit 3]\n"), "{told}");
    let told = kit.run("doctor");
    assert!(told.contains("fixture: it needs \"recency_day\""), "{told}");
    let told = kit.run("pack list");
    assert!(told.contains("it needs \"recency_day\""), "{told}");
}

#[test]
fn with_columns_said_in_the_settings_two_packs_may_give_the_same() {
    let (kit, bench) = shop();
    kit.set("\n[columns]\nsilence = \"fixture\"\n");
    let settings = kit.path().join("kehu.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, text.replace("silence = \"fixture\"", "tier = \"tiers\"")).unwrap();
    Plugin { gives: "tier", ..USUAL }.add(&kit, &bench);
    kit.done("score");
}

#[test]
fn a_plugin_by_the_name_of_a_pack_of_kehu_says_so_and_gives_the_place_back() {
    let (kit, bench) = shop();
    let rfm = Plugin { name: "rfm", ..USUAL };
    rfm.build(&kit, &bench, "rfm.so");
    assert_snapshot!(steady(&kit.run("plugin add rfm.so --yes")), @r"
    [stderr]
    rfm 1.0.0: rfm
    It takes the place of the pack rfm that comes with kehu.
    hint: to have that one again: kehu plugin remove rfm
    Added rfm 1.0.0: plugins/rfm-PLATFORM.so, pinned in kehu.lock.
    It is on in kehu.toml already; score runs it.
    ");
    assert!(kit.run("score").contains("silence"));
    assert_snapshot!(steady(&kit.run("plugin remove rfm")), @r"
    [stderr]
    Removed rfm 1.0.0.
    Now the pack rfm that comes with kehu counts again, and is on.
    ");
    let told = kit.run("score");
    assert!(told.contains("rfm_recency") && !told.contains("silence"), "{told}");
}

#[test]
fn of_a_script_and_a_plugin_by_one_name_the_script_counts_and_that_is_said() {
    let (kit, bench) = shop();
    USUAL.add(&kit, &bench);
    kit.write(
        "scripts/fixture/pack.toml",
        "name = \"fixture\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"score\"\nneeds = [\"recency_days\"]\n[step.gives.loudness]\ntype = \"number\"\n",
    );
    kit.write(
        "scripts/fixture/main.lua",
        "local r = kehu.rule{ id = \"r\", en = \"r\", zh = \"r\" }\nreturn { score = function(c, ctx) local s = ctx:column(\"loudness\") s:add(r, 1) return { loudness = s } end }",
    );
    let told = kit.run("score");
    assert!(
        told.contains("note: pack fixture is the one in scripts; the plugin of that name in kehu.lock does not count"),
        "{told}"
    );
    assert!(told.contains("loudness") && !told.contains("silence"), "{told}");
    assert_snapshot!(steady(&kit.run("plugin add plugin.so --yes")), @r"
    [stderr]
    fixture 1.0.0: fixture
    error: scripts/fixture is a pack by the name fixture too, and it would count
    hint: take it away, or give one of the two another name
    [exit 1]
    ");
}

#[test]
fn what_is_replaced_is_shown_and_a_locked_workspace_stays_as_it_is() {
    let (kit, bench) = shop();
    Plugin { version: "1.2.0", ..USUAL }.add(&kit, &bench);
    Plugin { version: "1.10.0", ..USUAL }.build(&kit, &bench, "newer.so");
    let before = std::fs::read_to_string(kit.path().join("kehu.lock")).unwrap();
    assert_snapshot!(steady(&kit.run("--locked plugin add newer.so --yes")), @r"
    [stderr]
    fixture 1.10.0: fixture
    It takes the place of fixture 1.2.0, sha256 ….
    error: with --locked, kehu.lock stays as it is
    hint: leave --locked out to pin another file
    [exit 1]
    ");
    assert_eq!(std::fs::read_to_string(kit.path().join("kehu.lock")).unwrap(), before);
    kit.done("--locked plugin add plugin.so --yes");
    assert_snapshot!(steady(&kit.run("plugin add newer.so --yes")), @r"
    [stderr]
    fixture 1.10.0: fixture
    It takes the place of fixture 1.2.0, sha256 ….
    Added fixture 1.10.0: plugins/fixture-PLATFORM.so, pinned in kehu.lock.
    It is on in kehu.toml already; score runs it.
    ");
    assert_snapshot!(steady(&kit.run("plugin add plugin.so --yes")), @r"
    [stderr]
    fixture 1.2.0: fixture
    It takes the place of fixture 1.10.0, sha256 ….
    note: 1.2.0 is older than 1.10.0
    Added fixture 1.2.0: plugins/fixture-PLATFORM.so, pinned in kehu.lock.
    It is on in kehu.toml already; score runs it.
    ");
    Plugin { version: "1.2.0", needs: "amount", ..USUAL }.build(&kit, &bench, "same.so");
    assert_snapshot!(steady(&kit.run("plugin add same.so --yes")), @r"
    [stderr]
    fixture 1.2.0: fixture
    It takes the place of fixture 1.2.0, sha256 ….
    note: the version is the same, the file is another one
    Added fixture 1.2.0: plugins/fixture-PLATFORM.so, pinned in kehu.lock.
    It is on in kehu.toml already; score runs it.
    ");
    assert!(kit.run("--locked plugin remove fixture").contains("stays as it is"));
    Plugin { version: "one", ..USUAL }.build(&kit, &bench, "one.so");
    assert_snapshot!(steady(&kit.run("plugin add one.so --yes")), @r#"
    [stderr]
    error: pack.toml:2:11: version "one" is not numbers with points between
      2 | version = "one"
    hint: write one such as "1.0.0"
    [exit 1]
    "#);
}

#[test]
fn a_file_that_calls_itself_otherwise_than_the_lock_is_refused() {
    let (kit, bench) = shop();
    USUAL.add(&kit, &bench);
    let lock = kit.path().join("kehu.lock");
    let text = std::fs::read_to_string(&lock).unwrap();
    std::fs::write(&lock, text.replace("[plugin.fixture", "[plugin.other")).unwrap();
    let settings = kit.path().join("kehu.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, text.replace("\"fixture\"", "\"other\"")).unwrap();
    let told = kit.run("score");
    assert!(
        told.contains("pack other: kehu.lock calls it other, its file calls itself fixture"),
        "{told}"
    );
    assert!(told.ends_with("[exit 3]\n"), "{told}");
}

#[test]
fn only_copies_go_with_a_plugin() {
    let (kit, bench) = shop();
    USUAL.add(&kit, &bench);
    let copy = kit.path().join(format!("plugins/fixture-{}.so", kehu_native::platform()));
    assert!(copy.exists());
    // The author builds right into the folder from now on: the copy is of no use any more.
    std::fs::rename(kit.path().join("plugin.so"), kit.path().join("plugins/mine.so")).unwrap();
    kit.done("plugin add plugins/mine.so --yes");
    assert!(!copy.exists());
    assert_snapshot!(steady(&kit.run("plugin remove fixture")), @r"
    [stderr]
    note: plugins/mine.so stays where it is
    Removed fixture 1.0.0.
    ");
    assert!(kit.path().join("plugins/mine.so").exists());
    kit.done("plugin add plugins/mine.so --yes");
    std::fs::remove_file(kit.path().join("plugins/mine.so")).unwrap();
    kit.done("plugin remove fixture");
    USUAL.add(&kit, &bench);
    std::fs::write(&copy, "mine now").unwrap();
    let told = kit.run("plugin remove fixture");
    assert!(told.contains("stays where it is") && copy.exists(), "{told}");
}

#[test]
fn a_column_of_a_plugin_that_is_off_now_is_still_explained_and_its_pack_is_named() {
    let (kit, bench) = shop();
    USUAL.add(&kit, &bench);
    assert_snapshot!(kit.run("explain 武汉钢铁 silence"), @r"
    [stderr]
    error: nothing has been scored yet
    hint: first: kehu score
    [exit 1]
    ");
    kit.done("score");
    kit.done("plugin remove fixture");
    assert!(kit.run("explain 武汉钢铁 silence").contains("silence = 26"));
    kit.done("score");
    assert_snapshot!(kit.run("explain 武汉钢铁 silence"), @r#"
    [stderr]
    error: the run of 2024-03-01 has no column "silence"
    hint: pack fixture gave it, and has been removed
    hint: run S-1 of 2024-03-01 still has it: --run S-1
    [exit 1]
    "#);
    assert_snapshot!(kit.run("explain 武汉钢铁 silense"), @r#"
    [stderr]
    error: the run of 2024-03-01 has no column "silense"
    hint: known are: recency_days, first_purchase_days, purchases, amount, margin, amount_12m, amount_previous_12m, margin_12m, margin_previous_12m, last_contact_days, contacts_30d, contacts_90d, visits, last_visit_days, complaints, open_complaints and 36 more
    [exit 2]
    "#);
    assert!(kit.run("explain 武汉钢铁 silence --run S-1").contains("silence = 26"));
    USUAL.add(&kit, &bench);
    std::fs::remove_file(
        kit.path().join(format!("plugins/fixture-{}.so", kehu_native::platform())),
    )
    .unwrap();
    assert!(kit.run("score").ends_with("[exit 3]\n"));
    assert_snapshot!(kit.run("explain 武汉钢铁 silence").replace(&kehu_native::platform(), "PLATFORM"), @r#"
    [stderr]
    error: the run of 2024-03-01 has no column "silence"
    hint: pack fixture gave it, and is off now: $DIR/shop/plugins/fixture-PLATFORM.so cannot be read: No such file or directory (os error 2)
    hint: run S-1 of 2024-03-01 still has it: --run S-1
    [exit 1]
    "#);
}

#[test]
fn what_the_person_leaves_out_is_no_failure() {
    let (kit, bench) = shop();
    USUAL.add(&kit, &bench);
    let told = kit.run("--no-plugins score");
    assert!(
        told.contains("note: plugin fixture was left out: --no-plugins leaves native plugins out"),
        "{told}"
    );
    assert!(!told.contains("error") && !told.contains("[exit"), "{told}");
    assert!(
        !kit.run("--no-plugins doctor").contains("error"),
        "{}",
        kit.run("--no-plugins doctor")
    );
}

#[test]
fn where_nobody_is_known_there_is_nothing_to_fit() {
    let kit = Kit::new();
    turn_on(&kit, "clv");
    let told = kit.run("score");
    assert!(
        told.contains("note: no customer is known as of that day, so there was nothing to score"),
        "{told}"
    );
    assert!(!told.contains("error") && !told.contains("[exit"), "{told}");
}

#[test]
fn a_plugin_of_kehu_is_meant_by_its_name_and_pinned_by_its_build() {
    let kit = Kit::shop();
    assert_snapshot!(kit.run("plugin add clv"), @r"
    [stderr]
    Added clv 0.1.0 of kehu, pinned in kehu.lock.
    Turned it on in kehu.toml; score runs it.
    ");
    assert_snapshot!(kit.run("plugin add clv"), @r"
    [stderr]
    Added clv 0.1.0 of kehu, pinned in kehu.lock.
    It is on in kehu.toml already; score runs it.
    ");
    kit.done("--locked plugin list");
    let lock = kit.path().join("kehu.lock");
    let text = std::fs::read_to_string(&lock).unwrap();
    assert!(text.contains("[plugin.clv]\nversion = \"0.1.0\"\nbuild = \""), "{text}");
    std::fs::write(&lock, text.replace("build = \"", "build = \"0")).unwrap();
    let told = kit.run("--locked score");
    assert!(
        told.contains("another build than the one of kehu.lock") && told.ends_with("[exit 1]\n"),
        "{told}"
    );
    assert!(!kit.run("score").contains("another build"));
    assert_snapshot!(kit.run("plugin remove clv"), @r"
    [stderr]
    Removed clv 0.1.0.
    ");
    assert!(kit.run("plugin list").contains("off"));
    let page = kit.run("plugin inspect clv");
    assert!(page.starts_with("clv 0.1.0: ") && !page.contains("sha256"), "{page}");
    assert!(
        kit.run("plugin inspect clw")
            .ends_with("hint: see which there are: kehu plugin list\n[exit 1]\n")
    );
}

#[test]
fn a_plugin_of_the_workspace_is_meant_by_its_name() {
    let (kit, bench) = shop();
    USUAL.add(&kit, &bench);
    assert!(kit.run("plugin inspect fixture").contains("plugins/fixture-"));
    assert!(kit.run("plugin validate fixture --fuzz 0.1s").contains("fixture keeps to the rules."));
    assert!(kit.run("plugin bench fixture --rows 1000").contains("It was loaded in"));
    let told = kit.run("plugin validate fixture --fuzz soon");
    assert!(told.contains("no such time; write seconds, or a number with s, min or h"), "{told}");
}

#[test]
fn consent_of_many_at_once_is_kept_and_nobody_else_can_read_it() {
    let (kit, bench) = shop();
    let names = ["a", "b", "c", "d", "e", "f"];
    let mut running = Vec::new();
    for name in names {
        let column: &'static str = format!("{name}_silence").leak();
        Plugin { name, gives: column, ..USUAL }.build(&kit, &bench, &format!("{name}.so"));
        let file = format!("{name}.so");
        let mut command = kit.command(&["plugin", "add", &file, "--yes", "--off"]);
        running.push(
            command
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap(),
        );
    }
    for mut each in running {
        assert!(each.wait().unwrap().success());
    }
    let lock = std::fs::read_to_string(kit.path().join("kehu.lock")).unwrap();
    let consent = kit.path().join("../home/.config/kehu/plugins.toml");
    let allowed = std::fs::read_to_string(&consent).unwrap();
    for name in names {
        assert!(lock.contains(&format!("[plugin.{name}]")), "{lock}");
        assert!(allowed.contains(&format!("name = \"{name}\"")), "{allowed}");
    }
    assert_eq!(std::fs::metadata(&consent).unwrap().permissions().mode() & 0o777, 0o600);
}

//! What those who write packs do: begin, test, check, measure.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::Duration;

use crate::kit::Kit;
use insta::assert_snapshot;

/// The hooks that a pack may begin with.
const HOOKS: [&str; 9] = [
    "score",
    "fit",
    "visit_need",
    "plan_visits",
    "follow_up",
    "review",
    "stage",
    "on_event",
    "import_row",
];

#[test]
fn a_pack_begins_with_a_method_that_works_at_every_hook() {
    let kit = Kit::new();
    assert_snapshot!(kit.run("pack new credit-risk"), @"
    [stderr]
    Began scripts/credit-risk: pack.toml, main.lua, tests.lua, README.md, README.zh.md, selene.toml, .luarc.json, .kehu/kehu.d.lua, kehu.yml
    Turned it on in kehu.toml, under [packs] on.
    next: kehu pack test credit-risk
    next: kehu pack check credit-risk
    next: kehu score
    ");
    for hook in HOOKS {
        let name = format!("a-{}", hook.replace('_', "-"));
        kit.done(&format!("pack new {name} --hook {hook}"));
        let told = kit.run(&format!("pack check {name} --strict"));
        // Of some hooks another pack has the say: that is told, and is no mistake.
        assert!(told.ends_with(&format!("{name}: nothing to mend.\n")), "{told}");
        kit.done(&format!("pack test {name}"));
    }
    // What only one pack may answer stays with the one that answers it.
    let settings = std::fs::read_to_string(kit.path().join("kehu.toml")).unwrap();
    assert!(
        settings.contains("\"a-score\"") && !settings.contains("\"a-visit-need\""),
        "{settings}"
    );
    kit.done("score");
    assert_snapshot!(kit.run("pack new Credit_Risk"), @r#"
    [stderr]
    error: "Credit_Risk" is no name of a pack
    hint: write words of small letters and digits, joined by -, such as credit-risk
    [exit 2]
    "#);
    assert_snapshot!(kit.run("pack new credit-risk"), @"
    [stderr]
    error: $DIR/shop/scripts/credit-risk is there already
    hint: take another name, or move it away
    [exit 1]
    ");
    assert_snapshot!(kit.run("pack new tiers"), @"
    [stderr]
    error: a pack tiers comes with kehu
    hint: take another name: yours would stand in its place
    hint: to begin from its text: kehu pack copy tiers
    [exit 1]
    ");
}

#[test]
fn the_packs_that_come_with_kehu_pass_their_tests_and_every_check() {
    let kit = Kit::new();
    let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts")).unwrap();
    let packs = folders.flatten().filter(|folder| folder.path().join("pack.toml").is_file());
    let mut names: Vec<String> =
        packs.map(|folder| folder.file_name().into_string().unwrap()).collect();
    names.sort();
    assert!(names.len() >= 13, "{names:?}");
    let all = names.join(" ");
    let checked = kit.run(&format!("pack check {all} --strict"));
    let clean = names.join(": nothing to mend.\n") + ": nothing to mend.\n";
    assert_eq!(checked, format!("[stderr]\n{clean}"));
    // A pack of reports alone has nothing that a test of packs could ask; tests/cli/report.rs tries them.
    names.retain(|name| name != "rep-reports");
    let all = names.join(" ");
    let packs = kit.json(&format!("pack test {all} --coverage"));
    for pack in packs.as_array().unwrap() {
        let coverage = &pack["coverage"][0];
        let (lines, covered) = (&coverage["lines"], &coverage["covered"]);
        let share = covered.as_f64().unwrap() / lines.as_f64().unwrap();
        assert!(share > 0.9, "{} runs {covered} of {lines} lines: {coverage}", pack["pack"]);
    }
}

/// The block of a page that begins with a comment of these words.
fn block(page: &str, comment: &str) -> String {
    let from = page.find(comment).unwrap_or_else(|| panic!("the page has no {comment}"));
    page[from..].split("```").next().unwrap().to_owned()
}

#[test]
fn the_pack_of_the_page_for_authors_passes_its_own_tests_and_every_check() {
    let page = include_str!("../../scripts/README.md");
    let kit = Kit::new();
    for name in ["pack.toml", "main.lua", "tests.lua"] {
        let mark = if name == "pack.toml" { "#" } else { "--" };
        let path = format!("scripts/silence/{name}");
        kit.write(&path, &block(page, &format!("{mark} {path}")));
    }
    assert_snapshot!(kit.run("pack check silence --strict"), @"
    [stderr]
    silence: nothing to mend.
    ");
    assert_snapshot!(kit.run("pack test silence --coverage"), @"
    silence
      ok  the mood > turns to alarm after silent_after days
      ok  the mood > follows the setting

    file                      lines    ran
    scripts/silence/main.lua     14  100 %
    [stderr]
    2 tests passed.
    ");
}

/// A pack whose tests fail in several ways.
fn failing() -> Kit {
    let kit = Kit::new();
    kit.done("pack new silence");
    kit.write(
        "scripts/silence/tests.lua",
        r#"describe("silence", function()
  it("rises", function() assert.equal(30, test.score{ customer = { recency_days = 61 } }.silence) end)
  it("is <calm> & quiet", function() assert.equal(0, test.score{ customer = { recency_days = 1 } }.silence) end)
  it("takes a day", function() test.score{ customer = { recency_days = "long" } } end)
  pending("counts # visits")
end)
"#,
    );
    kit
}

#[test]
fn failing_tests_are_told_to_people_and_to_programs() {
    let kit = failing();
    assert_snapshot!(kit.run("pack test silence"), @r#"
    silence
      failed  silence > rises
          expected 30, got 40
          --> scripts/silence/tests.lua:2
           2 | it("rises", function() assert.equal(30, test.score{ customer = { recency_days = 61 } }.silence) end)
      ok  silence > is <calm> & quiet
      failed  silence > takes a day
          test.score: the customer: recency_days is the text "long", expected a number
          --> scripts/silence/tests.lua:4
           4 | it("takes a day", function() test.score{ customer = { recency_days = "long" } } end)
      pending  silence > counts # visits
    [stderr]
    2 of 4 tests failed.
    [exit 1]
    "#);
    assert_snapshot!(kit.run("pack test silence --lang zh --filter rises"), @r#"
    silence
      失败  silence > rises
          应为 30，实得 40
          --> scripts/silence/tests.lua:2
           2 | it("rises", function() assert.equal(30, test.score{ customer = { recency_days = 61 } }.silence) end)
    [stderr]
    1 项测试中有 1 项失败。
    [exit 1]
    "#);
    assert_snapshot!(kit.run("pack test silence --format tap"), @r#"
    TAP version 14
    1..4
    not ok 1 - silence: silence > rises
      ---
      message: |
        expected 30, got 40
        --> scripts/silence/tests.lua:2
         2 | it("rises", function() assert.equal(30, test.score{ customer = { recency_days = 61 } }.silence) end)
      ...
    ok 2 - silence: silence > is <calm> & quiet
    not ok 3 - silence: silence > takes a day
      ---
      message: |
        test.score: the customer: recency_days is the text "long", expected a number
        --> scripts/silence/tests.lua:4
         4 | it("takes a day", function() test.score{ customer = { recency_days = "long" } } end)
      ...
    ok 4 - silence: silence > counts \# visits # SKIP pending
    [stderr]
    2 of 4 tests failed.
    [exit 1]
    "#);
    assert_snapshot!(kit.run("pack test silence --format junit"), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites>
      <testsuite name="silence" tests="4" failures="1" errors="1" skipped="1">
        <testcase classname="silence: silence" name="rises" file="scripts/silence/tests.lua" line="2"><failure message="expected 30, got 40">expected 30, got 40
    --&gt; scripts/silence/tests.lua:2
     2 | it(&quot;rises&quot;, function() assert.equal(30, test.score{ customer = { recency_days = 61 } }.silence) end)</failure></testcase>
        <testcase classname="silence: silence" name="is &lt;calm&gt; &amp; quiet" file="scripts/silence/tests.lua" line="3"/>
        <testcase classname="silence: silence" name="takes a day" file="scripts/silence/tests.lua" line="4"><error message="test.score: the customer: recency_days is the text &quot;long&quot;, expected a number">test.score: the customer: recency_days is the text &quot;long&quot;, expected a number
    --&gt; scripts/silence/tests.lua:4
     4 | it(&quot;takes a day&quot;, function() test.score{ customer = { recency_days = &quot;long&quot; } } end)</error></testcase>
        <testcase classname="silence: silence" name="counts # visits" file="scripts/silence/tests.lua" line="5"><skipped/></testcase>
      </testsuite>
    </testsuites>
    [stderr]
    2 of 4 tests failed.
    [exit 1]
    "#);
    assert_snapshot!(kit.run("pack test silence --json --filter rises"), @r#"
    [
      {
        "pack": "silence",
        "passed": 0,
        "failed": 1,
        "pending": 0,
        "left_out": 3,
        "tests": [
          {
            "name": "silence > rises",
            "file": "scripts/silence/tests.lua",
            "line": 2,
            "outcome": "failed",
            "printed": [],
            "message": "expected 30, got 40",
            "at": {
              "file": "scripts/silence/tests.lua",
              "line": 2
            },
            "hint": null,
            "differences": [],
            "pack_error": null,
            "depends_on_order": false
          }
        ],
        "coverage": []
      }
    ]
    [stderr]
    1 of 1 test failed.
    [exit 1]
    "#);
    assert_snapshot!(kit.run("pack test silence --filter nothing"), @"
    [stderr]
    error: no test ran
    hint: no test's name contains what --filter says
    [exit 1]
    ");
    assert_snapshot!(kit.run("pack test silenc"), @r#"
    [stderr]
    error: there is no pack "silenc"
    hint: did you mean "silence"?
    [exit 1]
    "#);
    assert_snapshot!(kit.run("pack test --format tap --json"), @"
    [stderr]
    error: --json and --format are two ways to tell it; give one
    [exit 2]
    ");
    kit.write("scripts/silence/tests.lua", "it(\"x\"");
    assert_snapshot!(kit.run("pack test"), @r#"
    silence
    error: Expected ')' (to close '(' at column 3), got <eof>
     --> scripts/silence/tests.lua:1:1
      1 | it("x"
    [stderr]
    The tests of 1 pack could not run.
    [exit 1]
    "#);
}

#[test]
fn coverage_names_the_lines_that_no_test_runs() {
    let kit = Kit::new();
    kit.done("pack new mean --hook fit");
    assert_snapshot!(kit.run("pack test mean --coverage --filter 'of all customers'"), @"
    mean
      ok  the mean > is that of all customers of the base

    file                   lines   ran  did not run
    scripts/mean/main.lua     13  53 %  22-29
    [stderr]
    1 test passed.
    ");
}

#[test]
fn mistakes_are_found_before_anybody_is_scored() {
    let kit = Kit::new();
    kit.done("pack new silence");
    let path = kit.path().join("scripts/silence/main.lua");
    let main = std::fs::read_to_string(&path).unwrap();
    let main = main.replace(
        "points:apply(tests)",
        "points:aply(test)\n  if c.recency_day > 3 then total = 1 end",
    );
    std::fs::write(&path, main).unwrap();
    assert_snapshot!(kit.run("pack check silence"), @r#"
    scripts/silence/main.lua:11:7: warning: the list of rules "tests" is used nowhere
      11 | local tests = kehu.rules{ quiet, never }
      hint: apply it: s:apply(tests)
    scripts/silence/main.lua:16:10: error: points has no "aply" here
      16 |   points:aply(test)
      hint: did you mean "apply"?
    scripts/silence/main.lua:16:15: error: "test" has no value
      16 |   points:aply(test)
      hint: declare it with "local", above the place where it is used
    scripts/silence/main.lua:17:8: error: c.recency_day is not in needs
      17 |   if c.recency_day > 3 then total = 1 end
      hint: did you mean c.recency_days?
    scripts/silence/main.lua:17:29: warning: "total" becomes a global
      17 |   if c.recency_day > 3 then total = 1 end
      hint: write local total = …, or local function total(…)
    [stderr]
    silence: 3 errors, 2 remarks.
    [exit 1]
    "#);
    assert_snapshot!(kit.run("pack check silence --lang zh"), @r#"
    scripts/silence/main.lua:11:7: 警告：规则列表 "tests" 从未使用
      11 | local tests = kehu.rules{ quiet, never }
      提示：请应用它：s:apply(tests)
    scripts/silence/main.lua:16:10: 错误：points 在此处没有 "aply"
      16 |   points:aply(test)
      提示：是不是 "apply"？
    scripts/silence/main.lua:16:15: 错误："test" 没有值
      16 |   points:aply(test)
      提示：请在使用处之前用 local 声明
    scripts/silence/main.lua:17:8: 错误：c.recency_day 不在 needs 中
      17 |   if c.recency_day > 3 then total = 1 end
      提示：是不是 c.recency_days？
    scripts/silence/main.lua:17:29: 警告："total" 成为全局变量
      17 |   if c.recency_day > 3 then total = 1 end
      提示：请写 local total = …，或 local function total(…)
    [stderr]
    silence：3 处错误，2 条提醒。
    [exit 1]
    "#);
    let found = kit.command(&["pack", "check", "silence", "--json"]).output().unwrap();
    let found: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_snapshot!(format!("{:#}", found[0]), @r#"
    {
      "pack": "silence",
      "level": "warning",
      "code": "unused-rule",
      "file": "scripts/silence/main.lua",
      "line": 11,
      "column": 7,
      "source": "local tests = kehu.rules{ quiet, never }",
      "message": "the list of rules \"tests\" is used nowhere",
      "hint": "apply it: s:apply(tests)"
    }
    "#);
}

#[test]
fn tests_run_again_when_a_file_changes() {
    let kit = failing();
    let mut child = kit
        .command(&["pack", "test", "silence", "--watch", "--filter", "rises"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (said, heard) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        lines.map_while(Result::ok).take_while(|line| said.send(line.clone()).is_ok()).count()
    });
    // Nothing is waited for longer than a busy machine needs.
    let until = |wanted: &str| {
        let next = || heard.recv_timeout(Duration::from_secs(60)).ok();
        std::iter::from_fn(next).any(|line| line.contains(wanted))
    };
    let failed = until("failed  silence > rises");
    let tests = kit.path().join("scripts/silence/tests.lua");
    let text = std::fs::read_to_string(&tests).unwrap();
    std::fs::write(&tests, text.replace("assert.equal(30", "assert.equal(40")).unwrap();
    let passed = until("ok  silence > rises");
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap();
    assert!(failed && passed);
}

#[test]
fn what_a_pack_costs_is_measured() {
    let kit = Kit::new();
    kit.done("pack new silence");
    let steps = kit.json("pack bench silence --customers 500");
    assert_eq!(steps[0]["step"], "score");
    assert!(steps[0]["customers_a_second"].as_f64().unwrap() > 0.0);
    assert!(steps[0]["reasons"].as_u64().unwrap() > 0);
    let told = kit.run("pack bench tiers --customers 500");
    assert!(
        told.contains("empty loop") && told.contains("index") && told.contains("tier"),
        "{told}"
    );
    for pack in ["rfm", "visit-frequency", "lifecycle-follow-up", "funnel-follow-up", "lifecycle"] {
        kit.done(&format!("pack bench {pack} --customers 300"));
    }
    kit.done("pack new call-back --hook on_event");
    assert_snapshot!(kit.run("pack bench call-back"), @"
    [stderr]
    error: the pack has no step about all customers, so there is nothing to measure
    [exit 1]
    ");
}

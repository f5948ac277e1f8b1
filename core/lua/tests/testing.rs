//! The runner of a pack's own tests.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use kehu_contract::{ColumnType, Limits};
use kehu_lua::testing::{Options, Outcome, Report, Suite};

use crate::kit::files;

const MANIFEST: &str = r#"name = "silence"
version = "1.0.0"
api = "0.1"

[[step]]
hook = "score"
needs = ["recency_days", "amount_12m", "amount_12m:rank", "vip?"]
[step.gives.risk]
type = "number"
[step.gives.mood]
type = "label"
values = [{ key = "calm" }, { key = "alarm" }]

[settings.silent_after]
type = "integer"
default = 60
range = [7, 365]
doc = { en = "Days without a purchase before the risk rises" }
"#;

const MAIN: &str = r#"local quiet = kehu.rule{
  id = "quiet", input = "recency_days", op = ">", setting = "silent_after", points = 40,
  en = "silent for {value} days, more than {limit}", zh = "{value} 天未购买，超过 {limit} 天",
}
local never = kehu.rule{ id = "never", input = "recency_days", op = "missing", points = 10, en = "never bought" }
local big = kehu.rule{ id = "big", en = "ahead of {1} % of customers" }
local calm = kehu.rule{ id = "calm", en = "nothing alarming" }

local function mood(ctx)
  if ctx:holds(quiet) then
    return ctx:label("mood", "alarm", quiet)
  end
  return ctx:label("mood", "calm", calm)
end

return { score = function(c, ctx)
  local s = ctx:column("risk")
  s:apply(quiet)
  s:apply(never)
  if c.amount_12m_rank then
    s:add(big, 20 * c.amount_12m_rank, math.floor(100 * c.amount_12m_rank))
  end
  if c.vip then
    print("a vip")
  end
  return { risk = s, mood = mood(ctx) }
end }
"#;

fn kinds() -> BTreeMap<String, ColumnType> {
    [("recency_days", ColumnType::Number), ("amount_12m", ColumnType::Money)]
        .map(|(name, kind)| (name.to_owned(), kind))
        .into()
}

fn run(main: &str, tests: &str, options: &Options) -> Report {
    let files = files(MANIFEST, &[("main.lua", main), ("tests.lua", tests)]);
    let suite = Suite::new(files, true).unwrap_or_else(|refused| panic!("{refused:#?}"));
    suite.run(options).unwrap_or_else(|error| panic!("{error}"))
}

/// What came of each test, as text.
fn told(report: &Report) -> String {
    let mut text = String::new();
    for test in &report.tests {
        let _ = match &test.outcome {
            Outcome::Passed => writeln!(text, "ok {}", test.name()),
            Outcome::Pending => writeln!(text, "pending {}", test.name()),
            Outcome::Failed(failure) => {
                let _ = writeln!(text, "failed {}", test.name());
                let error = &failure.error;
                let place = error.place.as_ref().map(|(file, line)| format!("{file}:{line}"));
                let _ = writeln!(text, "  {}", error.message);
                for difference in &failure.differences {
                    let _ = writeln!(text, "    {difference}");
                }
                let _ = writeln!(text, "  --> {}", place.unwrap_or_default());
                if let Some(hint) = &error.hint {
                    let _ = writeln!(text, "  hint: {hint}");
                }
                match &failure.pack {
                    Some(pack) => writeln!(text, "  {}", pack.to_string().replace('\n', "\n  ")),
                    None => Ok(()),
                }
            }
        };
    }
    text
}

fn told_of(tests: &str) -> String {
    told(&run(MAIN, tests, &Options { kinds: kinds(), ..Options::default() }))
}

#[test]
fn customers_are_given_by_name_or_in_a_list_or_alone() {
    let told = told_of(
        r#"
describe("silence", function()
  local r
  before_each(function()
    r = test.score{
      customers = {
        fresh = { recency_days = 3, amount_12m = 100 },
        quiet = { recency_days = 61, amount_12m = 300 },
        new = { amount_12m = test.missing, recency_days = test.missing },
      },
    }
  end)
  it("gives values and reasons", function()
    assert.equal(60, r.quiet.risk)
    assert.equal("alarm", r.quiet.mood)
    assert.same({ risk = 0, mood = "calm" }, r.fresh.values)
    local why = assert.reason(r.quiet, "quiet", 40)
    assert.equal("silent for 61 days, more than 60", why.en)
    assert.equal("61 天未购买，超过 60 天", why.zh)
    assert.same({ 61, 60 }, why.arguments)
    assert.reason(r.quiet, "big", { points = 20, en = "ahead of 100 % of customers" })
    assert.no_reason(r.fresh, "quiet")
    assert.reason(r.new, "never")
    assert(r.new.risk == 10, "never bought")
  end)
  it("takes settings, and one customer", function()
    local one = test.score{ customer = { recency_days = 61 }, settings = { silent_after = 90 } }
    assert.equal("calm", one.mood)
  end)
  it("takes a list", function()
    local list = test.score{ customers = { { recency_days = 1 }, { recency_days = 99 } }, as_of = "2025-03-01" }
    assert.equal(2, #list)
    assert.near(40, list[2].risk, 0.001)
    assert.error(function() error("it is so") end, "so")
    assert.matches("^ala", list[2].mood)
  end)
  pending("counts returns")
end)
"#,
    );
    insta::assert_snapshot!(told, @"
    ok silence > gives values and reasons
    ok silence > takes settings, and one customer
    ok silence > takes a list
    pending silence > counts returns
    ");
}

#[test]
fn what_is_not_as_expected_is_told_with_its_line_and_what_differs() {
    let told = told_of(
        r#"local function quiet() return test.score{ customer = { recency_days = 61 } } end
it("equal", function() assert.equal(30, quiet().risk) end)
it("equal tables", function() assert.equal({}, {}) end)
it("same", function()
  assert.same({ risk = 30, mood = "alarm", why = { 1, 2 } }, quiet().values)
end)
it("near", function() assert.near(39.5, quiet().risk, 0.1, "the risk") end)
it("true", function() assert.is_true(quiet().risk) end)
it("reason", function() assert.reason(quiet(), "calm") end)
it("points", function() assert.reason(quiet(), "quiet", { points = 30, en = "silent" }) end)
it("no reason", function() assert.no_reason(quiet(), "quiet") end)
it("no such rule", function() assert.no_reason(quiet(), "quite") end)
it("no error", function() assert.error(quiet) end)
it("another error", function() assert.error(function() error("a") end, "b") end)
it("plain assert", function() assert(false) end)
it("no such assertion", function() assert.equals(1, 1) end)
it("no such value", function() return quiet().rsk end)
it("no such global", function() return quite() end)
it("its own slip", function() return nil + 1 end)
it("of the wrong result", function() assert.reason(test.score{ customers = { a = { recency_days = 1 } } }, "calm") end)
"#,
    );
    insta::assert_snapshot!(told, @r#"
    failed equal
      expected 30, got 40
      --> scripts/test/tests.lua:2
    failed equal tables
      expected {}, got {}
      --> scripts/test/tests.lua:3
      hint: two tables are equal if they are the very same one; assert.same compares what is in them
    failed same
      the tables differ
        .risk: expected 30, got 40
        .why: expected { 1, 2 }, got nil
      --> scripts/test/tests.lua:5
    failed near
      the risk: expected 39.5 give or take 0.1, got 40
      --> scripts/test/tests.lua:7
    failed true
      expected true, got 40
      --> scripts/test/tests.lua:8
    failed reason
      expected the reason "calm"; there are: quiet, quiet +40
      --> scripts/test/tests.lua:9
    failed points
      the reason "quiet" is another than expected
        en: expected "silent", got "silent for 61 days, more than 60"
        points: expected 30, got 0
      --> scripts/test/tests.lua:10
    failed no reason
      did not expect the reason "quiet": silent for 61 days, more than 60
      --> scripts/test/tests.lua:11
    failed no such rule
      the pack declares no rule "quite"
      --> scripts/test/tests.lua:12
      hint: did you mean "quiet"?
    failed no error
      expected an error, but there was none
      --> scripts/test/tests.lua:13
    failed another error
      expected an error that says "b"
        it said: tests.lua:14: a
      --> scripts/test/tests.lua:14
    failed plain assert
      expected a true value, got false
      --> scripts/test/tests.lua:15
    failed no such assertion
      assert has no "equals"
      --> scripts/test/tests.lua:16
      hint: did you mean "equal"?
    failed no such value
      result has no "rsk"
      --> scripts/test/tests.lua:17
      hint: did you mean "risk"?
    failed no such global
      global "quite" has no value
      --> scripts/test/tests.lua:18
      hint: declare it with "local", or give it a value first
    failed its own slip
      attempt to perform arithmetic (add) on nil and number
      --> scripts/test/tests.lua:19
      hint: a value is nil here; test it before it is used
    failed of the wrong result
      this has no reasons: { a = { mood = "calm", reasons = { mood = {…}, risk = {…} }, risk = 0, values = { mood = "calm", risk = 0 } } }
      --> scripts/test/tests.lua:20
      hint: hand over the result of one customer: result.name or result[1]
    "#);
}

#[test]
fn fixtures_are_checked_against_what_the_pack_needs() {
    let told = told_of(
        r#"it("column", function() test.score{ customer = { recency_day = 1 } } end)
it("type", function() test.score{ customers = { late = { recency_days = "ninety" } } } end)
it("amount", function() test.score{ customers = { { amount_12m = true } } } end)
it("mixed", function() test.score{ customers = { { vip = true }, { vip = "yes" } } } end)
it("setting", function() test.score{ customer = {}, settings = { silent_aftr = 1 } } end)
it("setting out of range", function() test.score{ customer = {}, settings = { silent_after = 1 } } end)
it("day", function() test.score{ customer = {}, as_of = "1 March" } end)
it("field", function() test.score{ custmers = {} } end)
it("neither", function() test.score{} end)
it("colon", function() test:score{ customer = {} } end)
it("hook", function() test.follow_up{ customer = {} } end)
it("step", function() test.score{ customer = {}, step = "scor" } end)
it("state", function() test.score{ customer = {}, state = {} } end)
it("a rule", function() kehu.rule{ id = "x", en = "x" } end)
it("within", function() it("inner", function() end) end)
"#,
    );
    insta::assert_snapshot!(told, @r#"
    failed column
      test.score: the customer: the pack needs no column "recency_day"
      --> scripts/test/tests.lua:1
      hint: did you mean "recency_days"?
    failed type
      test.score: late: recency_days is the text "ninety", expected a number
      --> scripts/test/tests.lua:2
    failed amount
      test.score: customer 1: amount_12m is true, expected an amount, as a number
      --> scripts/test/tests.lua:3
    failed mixed
      test.score: customer 2: vip is the text "yes", expected true or false
      --> scripts/test/tests.lua:4
    failed setting
      test.score: pack silence has no setting "silent_aftr"
      --> scripts/test/tests.lua:5
      hint: did you mean "silent_after"?
    failed setting out of range
      test.score: setting "silent_after" is 1, expected 7 to 365
      --> scripts/test/tests.lua:6
    failed day
      test.score: as_of is the text "1 March", expected a day such as "2025-03-01"
      --> scripts/test/tests.lua:7
    failed field
      test.score has no field "custmers"
      --> scripts/test/tests.lua:8
      hint: did you mean "customers"?
    failed neither
      test.score has neither customers nor customer
      --> scripts/test/tests.lua:9
      hint: write test.score{ customer = { … } }
    failed colon
      test.score takes one table, got 2 values
      --> scripts/test/tests.lua:10
      hint: write test.score{ customers = { … } }, with a dot
    failed hook
      test.follow_up: pack silence has no step of the hook follow_up
      --> scripts/test/tests.lua:11
      hint: known are: score
    failed step
      test.score: there is no step "scor"
      --> scripts/test/tests.lua:12
      hint: did you mean "score"?
    failed state
      test.score: the step has no fit, so no state
      --> scripts/test/tests.lua:13
    failed a rule
      kehu.rule is called while the pack works
      --> scripts/test/tests.lua:14
      hint: declare rules at the top level of main.lua, once
    failed within
      it is called while a test runs
      --> scripts/test/tests.lua:15
      hint: declare tests at the top level of tests.lua, or within describe
    "#);
}

#[test]
fn an_error_of_the_pack_is_shown_as_it_is_to_its_users() {
    let main = MAIN.replace("if c.vip then", "if c.amount_12m > 5 then");
    let tests = r#"it("fails", function() test.score{ customers = { poor = { recency_days = 3 } } } end)
it("is expected to fail", function()
  assert.error(function() test.score{ customer = {} } end, "c.amount_12m is missing for this customer")
end)
"#;
    let options = Options { kinds: kinds(), ..Options::default() };
    insta::assert_snapshot!(told(&run(&main, tests, &options)), @"
    failed fails
      score failed: attempt to compare number < nil
      --> scripts/test/tests.lua:1
      pack silence, score, poor: runtime error: attempt to compare number < nil
        --> scripts/test/main.lua:23
        23 | if c.amount_12m > 5 then
           |    ^^^^^^^^^^^^
        called from scripts/test/main.lua:23 in score
        recency_days = 3
        amount_12m = missing
        amount_12m_rank = missing
        vip = missing
      hint: c.amount_12m is missing for this customer; test it first: if c.amount_12m then … end
    ok is expected to fail
    ");
}

#[test]
fn what_a_pack_keeps_from_one_customer_to_the_next_is_found() {
    let counting = MAIN
        .replace("local function mood", "local seen = 0\nlocal function mood")
        .replace("  s:apply(never)\n", "  seen = seen + 1\n  s:add(big, seen, 1)\n");
    let tests = r#"it("several", function()
  test.score{ customers = { a = { recency_days = 1 }, b = { recency_days = 2 } } }
end)
it("one", function() test.score{ customer = { recency_days = 1 } } end)
it("swallows it", function()
  pcall(function() test.score{ customer = { recency_days = 1 } } end)
end)
"#;
    let options = Options { kinds: kinds(), ..Options::default() };
    let report = run(&counting, tests, &options);
    insta::assert_snapshot!(told(&report), @"
    failed several
      b gets another answer when the order is another one: risk is 2, then 1
      --> scripts/test/tests.lua:2
      hint: declare what changes inside of the function; what is of all customers belongs into a fit
    failed one
      the customer gets another answer when all are asked about twice: risk is 1, then 2
      --> scripts/test/tests.lua:4
      hint: declare what changes inside of the function; what is of all customers belongs into a fit
    failed swallows it
      the customer gets another answer when all are asked about twice: risk is 1, then 2
      -->
    ");
    let flagged = |outcome: &Outcome| match outcome {
        Outcome::Failed(failure) => failure.depends_on_order,
        _ => false,
    };
    assert!(report.tests.iter().all(|test| flagged(&test.outcome)));
}

#[test]
fn chance_that_the_host_gives_does_not_depend_on_order() {
    let drawn = MAIN.replace("  s:apply(never)\n", "  s:add(big, ctx.random(), 1)\n");
    let tests = "it(\"draws\", function()\n  local r = test.score{ customers = { {}, {}, {} } }\n  assert.not_equal(r[1].risk, r[2].risk)\nend)\nit(\"keeps the seed\", function()\n  assert.equal(test.score{ customer = {}, seed = 4 }.risk, test.score{ customer = {}, seed = 4 }.risk)\n  assert.not_equal(test.score{ customer = {}, seed = 4 }.risk, test.score{ customer = {}, seed = 5 }.risk)\nend)";
    insta::assert_snapshot!(told(&run(&drawn, tests, &Options::default())), @"
    ok draws
    ok keeps the seed
    ");
}

#[test]
fn the_lines_that_ran_are_counted_and_the_filter_leaves_tests_out() {
    let tests = r#"it("one", function() test.score{ customer = { recency_days = 1 } } end)
it("two", function() test.score{ customer = { recency_days = 99, vip = true } } end)
"#;
    let options = Options { filter: Some("ONE".into()), kinds: kinds(), ..Options::default() };
    let report = run(MAIN, tests, &options);
    assert_eq!((report.tests.len(), report.left_out), (1, 1));
    let file = &report.coverage[0];
    let lines = |ranges: &[(u32, u32)]| -> Vec<String> {
        let line = |at: u32| MAIN.lines().nth(at as usize - 1).unwrap().trim().to_owned();
        ranges.iter().map(|(from, _)| line(*from)).collect()
    };
    assert_eq!(file.file, "scripts/test/main.lua");
    assert_eq!(
        lines(&file.uncovered()),
        [
            "return ctx:label(\"mood\", \"alarm\", quiet)",
            "s:add(big, 20 * c.amount_12m_rank, math.floor(100 * c.amount_12m_rank))",
            "print(\"a vip\")"
        ]
    );
    let all = run(MAIN, tests, &Options { kinds: kinds(), ..Options::default() });
    assert_eq!(all.tests[1].printed[0], "a vip");
    assert!(all.coverage[0].covered() > file.covered());
}

#[test]
fn tests_live_in_the_same_sandbox_under_the_same_limits() {
    let limits = Limits { call: Duration::from_millis(25), memory: 16 << 20, ..Limits::default() };
    let options = Options { kinds: kinds(), limits, ..Options::default() };
    let tests = r#"it("loops", function() while true do end end)
it("loops within pcall", function() while true do pcall(function() while true do end end) end end)
it("loops within assert.error", function() assert.error(function() while true do end end) end)
it("eats memory", function() local t = {} while true do t[#t + 1] = string.rep("x", 100000) .. #t end end)
it("reads files", function() io.open("/etc/passwd") end)
it("spoils assertions", function() assert.equal = nil end)
it("spoils the library", function() string.format = nil end)
it("throws a table", function() error({ code = 7 }) end)
it("goes on", function() assert.equal(1, 1) end)
"#;
    let told = told(&run(MAIN, tests, &options));
    insta::assert_snapshot!(told, @r#"
    failed loops
      one test took more than 500 ms
      --> scripts/test/tests.lua:1
      hint: look for a loop that does not end; processor time counts, not waiting
    failed loops within pcall
      one test took more than 500 ms
      --> scripts/test/tests.lua:2
      hint: look for a loop that does not end; processor time counts, not waiting
    failed loops within assert.error
      one test took more than 500 ms
      --> scripts/test/tests.lua:3
      hint: look for a loop that does not end; processor time counts, not waiting
    failed eats memory
      the pack used more than 16 MiB
      --> scripts/test/tests.lua:4
      hint: look for a table or text that grows with every turn of a loop
    failed reads files
      a pack has no "io"
      --> scripts/test/tests.lua:5
      hint: a pack has no files
    failed spoils assertions
      attempt to modify a readonly table
      --> scripts/test/tests.lua:6
      hint: what the host hands over stays as it is; keep what is yours in a table of your own
    failed spoils the library
      attempt to modify a readonly table
      --> scripts/test/tests.lua:7
      hint: what the host hands over stays as it is; keep what is yours in a table of your own
    failed throws a table
      error was called with { code = 7 }
      --> scripts/test/tests.lua:8
      hint: give it a text: error("…")
    ok goes on
    "#);
}

#[test]
fn a_file_of_tests_that_cannot_be_read_says_why() {
    let refused = |tests: Option<&str>| {
        let mut scripts = vec![("main.lua", MAIN)];
        scripts.extend(tests.map(|tests| ("tests.lua", tests)));
        match Suite::new(files(MANIFEST, &scripts), false) {
            Err(refused) => refused.problems[0].to_string(),
            Ok(suite) => suite.run(&Options::default()).map_or_else(
                |error| error.to_string(),
                |report| format!("{} tests", report.tests.len()),
            ),
        }
    };
    insta::assert_snapshot!(refused(None), @r#"
    scripts/test/tests.lua:1:1: the pack has no tests.lua
    hint: write it("…", function() … end) there; kehu pack new shows how
    "#);
    insta::assert_snapshot!(refused(Some("it(\"x\" function() end)")), @r#"
    scripts/test/tests.lua:1:1: Expected ')' (to close '(' at column 3), got 'function'
      1 | it("x" function() end)
    "#);
    insta::assert_snapshot!(refused(Some("it(\"x\")")), @r#"
    pack silence: load error: it takes a name and a function
      --> scripts/test/tests.lua:1
      1 | it("x")
        | ^^^^^^^
      called from scripts/test/tests.lua:1 in the main chunk
    hint: write it("…", function() … end)
    "#);
    insta::assert_snapshot!(refused(Some("describe(\"x\", function() local x = nil .. 1 end)")), @r#"
    pack silence: load error: attempt to concatenate nil with number
      --> scripts/test/tests.lua:1
      1 | describe("x", function() local x = nil .. 1 end)
        |                                        ^^
      called from scripts/test/tests.lua:1 in a function
      called from scripts/test/tests.lua:1 in the main chunk
    hint: a value is nil here; test it before it is used
    "#);
    insta::assert_snapshot!(refused(Some("-- nothing yet")), @"0 tests");
}

#[test]
fn every_assertion_is_known_to_the_check() {
    let told = told_of("it(\"x\", function() return assert.none end)");
    let names = "equal, error, is_false, is_nil, is_not_nil, is_true, matches, near, no_reason, not_equal, reason, same";
    assert!(told.contains(&format!("known are: {names}")), "{told}");
}

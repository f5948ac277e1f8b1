//! The first pack of a person who knows Lua and has read `scripts/README.md`: it scores dealers by credit
//! days and share of wallet. Then it is broken on purpose, and what is said must be enough to mend it.

use crate::kit::Kit;
use insta::assert_snapshot;

const MANIFEST: &str = r#"name = "dealer-credit"
version = "1.0.0"
api = "0.1"
title = { en = "Dealer credit", zh = "经销商信用" }

[fields.customer.credit_days]
type = "number"
title = { en = "credit days", zh = "账期天数" }

[fields.customer.share_of_wallet]
type = "number"
title = { en = "share of wallet", zh = "采购份额" }

[[step]]
hook = "score"
needs = ["credit_days", "share_of_wallet"]

[step.gives.dealer_score]
type = "number"
unit = "points"
doc = { en = "Points for prompt payment and for our share", zh = "付款及时与份额得分" }

[step.gives.dealer_class]
type = "label"
values = [{ key = "core", en = "core", zh = "核心" }, { key = "ordinary", en = "ordinary", zh = "一般" }]
doc = { en = "What the points come to", zh = "得分对应的类别" }

[settings.longest_credit]
type = "integer"
default = 60
range = [0, 365]
doc = { en = "Credit days up to which a dealer pays promptly", zh = "付款及时的最长账期" }

[settings.core_from]
type = "number"
default = 50
range = [0, 100]
doc = { en = "Points from which a dealer is core", zh = "核心经销商的最低得分" }
"#;

const MAIN: &str = r#"local settings = kehu.settings

local prompt = kehu.rule{
  id = "prompt", input = "credit_days", op = "<=", setting = "longest_credit", points = 40,
  en = "pays after {value} days, at most {limit}", zh = "{value} 天付款，不超过 {limit} 天",
}
local share = kehu.rule{
  id = "share", input = "share_of_wallet",
  en = "buys {2} % of what it needs from us", zh = "向我方采购占其需求的 {2}%",
}
local unknown = kehu.rule{
  id = "unknown", input = "share_of_wallet", op = "missing",
  en = "its share of wallet is not known", zh = "采购份额未知",
}
local reached = kehu.rule{ id = "reached", en = "{1} points, core from {2}", zh = "{1} 分，{2} 分起为核心" }

local function score(c, ctx)
  local s = ctx:column("dealer_score")
  s:apply(prompt)
  s:apply(unknown)
  local points = ctx:holds(prompt) and 40 or 0
  if c.share_of_wallet then
    local percent = 100 * c.share_of_wallet
    s:add(share, 60 * c.share_of_wallet, c.share_of_wallet, percent)
    points = points + 60 * c.share_of_wallet
  end
  local class = points >= settings.core_from and "core" or "ordinary"
  return {
    dealer_score = s,
    dealer_class = ctx:label("dealer_class", class, reached, points, settings.core_from),
  }
end

return { score = score }
"#;

const TESTS: &str = r#"describe("a dealer", function()
  it("gets points for paying promptly, up to the longest credit", function()
    local r = test.score{ customers = { prompt = { credit_days = 60 }, late = { credit_days = 61 } } }
    assert.equal(40, r.prompt.dealer_score)
    assert.reason(r.prompt, "prompt", 40)
    assert.equal(0, r.late.dealer_score)
    assert.no_reason(r.late, "prompt")
    assert.reason(r.late, "unknown")
  end)

  it("is core from 50 points on", function()
    local r = test.score{
      customers = {
        core = { credit_days = 30, share_of_wallet = 0.25 },
        ordinary = { credit_days = 90, share_of_wallet = 0.25 },
      },
    }
    assert.equal("core", r.core.dealer_class)
    assert.equal("ordinary", r.ordinary.dealer_class)
    assert.equal("buys 25 % of what it needs from us", assert.reason(r.core, "share", 15).en)
    assert.equal("15 分，50 分起为核心", assert.reason(r.ordinary, "reached").zh)
  end)
end)
"#;

/// A workspace with the finished pack and three dealers, of one of whom the share is not known.
fn written() -> Kit {
    let kit = Kit::new();
    kit.write("kehu.toml", "[packs]\non = []\n");
    kit.done("pack new dealer-credit --hook score");
    kit.write("scripts/dealer-credit/pack.toml", MANIFEST);
    kit.write("scripts/dealer-credit/main.lua", MAIN);
    kit.write("scripts/dealer-credit/tests.lua", TESTS);
    for dealer in [
        "武汉钢铁 --field credit_days=30 --field share_of_wallet=0.5",
        "江汉物资 --field credit_days=90 --field share_of_wallet=0.2",
        "'Li & Sons' --field credit_days=45",
    ] {
        kit.done(&format!("customer add {dealer}"));
    }
    kit
}

/// Breaks the pack: one piece of its script stands for another.
fn broken(from: &str, to: &str) -> Kit {
    let kit = written();
    assert!(MAIN.contains(from), "{from}");
    kit.write("scripts/dealer-credit/main.lua", &MAIN.replace(from, to));
    kit
}

#[test]
fn a_first_pack_is_written_checked_tested_and_explained() {
    let kit = written();
    assert_snapshot!(kit.run("pack check dealer-credit"), @"
    [stderr]
    dealer-credit: nothing to mend.
    ");
    assert_snapshot!(kit.run("pack test dealer-credit --coverage"), @"
    dealer-credit
      ok  a dealer > gets points for paying promptly, up to the longest credit
      ok  a dealer > is core from 50 points on

    file                            lines    ran
    scripts/dealer-credit/main.lua     19  100 %
    [stderr]
    2 tests passed.
    ");
    kit.done("score");
    assert_snapshot!(kit.run("explain 武汉钢铁 dealer_score"), @"
    武汉钢铁 (C-1), 2024-03-01

    dealer_score = 70 points  [dealer-credit 1.0.0, score]
      +40 pays after 30 days, at most 60  scripts/dealer-credit/main.lua:3
      +30 buys 50 % of what it needs from us  scripts/dealer-credit/main.lua:7
      credit_days = 30  credit days
      share_of_wallet = 0.5  share of wallet
    ");
    assert_snapshot!(kit.run("explain 'Li & Sons' dealer_class --lang zh"), @"
    Li & Sons (C-3), 2024-03-01

    得分对应的类别 (dealer_class) = 一般 (ordinary)  [dealer-credit 1.0.0, score]
      · 40 分，50 分起为核心  scripts/dealer-credit/main.lua:15
      账期天数 (credit_days) = 45
      采购份额 (share_of_wallet) = 缺失
    ");
}

#[test]
fn first_slip_a_column_is_misspelt() {
    let kit = broken("100 * c.share_of_wallet", "100 * c.share_of_walet");
    assert_snapshot!(kit.run("pack check dealer-credit"), @"
    scripts/dealer-credit/main.lua:23:29: error: c.share_of_walet is not in needs
      23 |     local percent = 100 * c.share_of_walet
      hint: did you mean c.share_of_wallet?
    [stderr]
    dealer-credit: 1 error.
    [exit 1]
    ");
    assert_snapshot!(kit.run("pack test dealer-credit --filter 50"), @"
    dealer-credit
      failed  a dealer > is core from 50 points on
          score failed: c.share_of_walet is not in needs
          --> scripts/dealer-credit/tests.lua:12
           12 | local r = test.score{
          pack dealer-credit, score, core: argument error: c.share_of_walet is not in needs
            --> scripts/dealer-credit/main.lua:23
            23 | local percent = 100 * c.share_of_walet
               |                       ^^^^^^^^^^^^^^^^
            called from scripts/dealer-credit/main.lua:23 in score
            credit_days = 30
            share_of_wallet = 0.25
          hint: did you mean share_of_wallet?
    [stderr]
    1 of 1 test failed.
    [exit 1]
    ");
    assert_snapshot!(kit.run("score"), @"
    [stderr]
    error: pack dealer-credit, score, customer C-1 武汉钢铁: argument error: c.share_of_walet is not in needs
      --> scripts/dealer-credit/main.lua:23
      23 | local percent = 100 * c.share_of_walet
         |                       ^^^^^^^^^^^^^^^^
      called from scripts/dealer-credit/main.lua:23 in score
      credit_days = 30
      share_of_wallet = 0.5
    hint: did you mean share_of_wallet?
    pack dealer-credit was switched off for this run; the others went on
    Scored 3 customers as of 2024-03-01: run S-1
    nothing to show
    [exit 3]
    ");
}

#[test]
fn second_slip_a_missing_value_is_compared() {
    let kit = broken("if c.share_of_wallet then", "if c.share_of_wallet > 0 then");
    assert_snapshot!(kit.run("score"), @"
    [stderr]
    error: pack dealer-credit, score, customer C-3 Li & Sons: runtime error: attempt to compare number < nil
      --> scripts/dealer-credit/main.lua:22
      22 | if c.share_of_wallet > 0 then
         |    ^^^^^^^^^^^^^^^^^
      called from scripts/dealer-credit/main.lua:22 in score
      credit_days = 45
      share_of_wallet = missing
    hint: c.share_of_wallet is missing for this customer; test it first: if c.share_of_wallet then … end
    pack dealer-credit was switched off for this run; the others went on
    Scored 3 customers as of 2024-03-01: run S-1
    nothing to show
    [exit 3]
    ");
}

#[test]
fn third_slip_a_value_has_no_reason() {
    let kit = broken("dealer_score = s,", "dealer_score = points,");
    assert_snapshot!(kit.run("pack test dealer-credit --filter 50"), @r#"
    dealer-credit
      failed  a dealer > is core from 50 points on
          score failed: column "dealer_score" is a bare number, without a reason
          --> scripts/dealer-credit/tests.lua:12
           12 | local r = test.score{
          pack dealer-credit, score, core: result error: column "dealer_score" is a bare number, without a reason
            --> scripts/dealer-credit/main.lua:17
            17 | local function score(c, ctx)
            credit_days = 30
            share_of_wallet = 0.25
          hint: use ctx:column, ctx:label or ctx:set
    [stderr]
    1 of 1 test failed.
    [exit 1]
    "#);
}

#[test]
fn fourth_slip_an_end_is_missing() {
    let kit = broken(
        "    points = points + 60 * c.share_of_wallet\n  end\n",
        "    points = points + 60 * c.share_of_wallet\n",
    );
    assert_snapshot!(kit.run("pack check dealer-credit"), @"
    scripts/dealer-credit/main.lua:34:1: error: Expected 'end' (to close 'function' at line 17), got <eof>; did you forget to close 'then' at line 22?
    [stderr]
    dealer-credit: 1 error.
    [exit 1]
    ");
    assert_snapshot!(kit.run("score"), @"
    [stderr]
    error: pack dealer-credit: load error: Expected 'end' (to close 'function' at line 17), got <eof>; did you forget to close 'then' at line 22?
      --> scripts/dealer-credit/main.lua:34
    pack dealer-credit was switched off for this run; the others went on
    Scored 3 customers as of 2024-03-01: run S-1
    nothing to show
    [exit 3]
    ");
}

#[test]
fn fifth_slip_something_is_kept_from_one_dealer_to_the_next() {
    let kit = broken(
        "local function score(c, ctx)\n",
        "local points = 0\nlocal function score(c, ctx)\n",
    );
    let text = MAIN
        .replace(
            "local function score(c, ctx)\n",
            "local points = 0\nlocal function score(c, ctx)\n",
        )
        .replace(
            "local points = ctx:holds(prompt) and 40 or 0",
            "points = points + (ctx:holds(prompt) and 40 or 0)",
        );
    kit.write("scripts/dealer-credit/main.lua", &text);
    assert_snapshot!(kit.run("pack test dealer-credit --filter 50"), @r#"
    dealer-credit
      failed  a dealer > is core from 50 points on
          ordinary gets another answer when the order is another one: dealer_class is "core", then "ordinary"
          --> scripts/dealer-credit/tests.lua:12
           12 | local r = test.score{
          hint: declare what changes inside of the function; what is of all customers belongs into a fit
    [stderr]
    1 of 1 test failed.
    [exit 1]
    "#);
}

#[test]
fn sixth_slip_a_label_and_a_setting_are_not_declared() {
    let kit = broken("and \"core\" or", "and \"gold\" or");
    assert_snapshot!(kit.run("pack test dealer-credit --filter 50"), @r#"
    dealer-credit
      failed  a dealer > is core from 50 points on
          score failed: label "dealer_class" has no value "gold"
          --> scripts/dealer-credit/tests.lua:12
           12 | local r = test.score{
          pack dealer-credit, score, core: result error: label "dealer_class" has no value "gold"
            --> scripts/dealer-credit/main.lua:30
            30 | dealer_class = ctx:label("dealer_class", class, reached, points, settings.core_from),
               | ^^^^^^^^^^^^
            called from scripts/dealer-credit/main.lua:30 in score
            credit_days = 30
            share_of_wallet = 0.25
          hint: known are: core, ordinary
    [stderr]
    1 of 1 test failed.
    [exit 1]
    "#);
    kit.write(
        "scripts/dealer-credit/main.lua",
        &MAIN.replace("settings.core_from and", "settings.core_form and"),
    );
    assert_snapshot!(kit.run("pack check dealer-credit"), @r#"
    scripts/dealer-credit/main.lua:27:36: error: the pack has no setting "core_form"
      27 |   local class = points >= settings.core_form and "core" or "ordinary"
      hint: did you mean "core_from"?
    [stderr]
    dealer-credit: 1 error.
    [exit 1]
    "#);
    kit.write("scripts/dealer-credit/main.lua", MAIN);
    kit.set("\n[settings.dealer-credit]\nlongest_credit = 900\n");
    assert_snapshot!(kit.run("score"), @r#"
    [stderr]
    error: setting "longest_credit" is 900, expected 0 to 365
     --> kehu.toml:5:18
      5 | longest_credit = 900
    hint: the pack's own default is 60
    [exit 1]
    "#);
}

#[test]
fn seventh_slip_the_tests_themselves_are_wrong() {
    let kit = written();
    let tests =
        TESTS.replace("credit_days = 61", "credit_day = 61").replace("\"reached\"", "\"reach\"");
    kit.write("scripts/dealer-credit/tests.lua", &tests);
    assert_snapshot!(kit.run("pack test dealer-credit"), @r#"
    dealer-credit
      failed  a dealer > gets points for paying promptly, up to the longest credit
          test.score: late: the pack needs no column "credit_day"
          --> scripts/dealer-credit/tests.lua:3
           3 | local r = test.score{ customers = { prompt = { credit_days = 60 }, late = { credit_day = 61 } } }
          hint: did you mean "credit_days"?
      failed  a dealer > is core from 50 points on
          the pack declares no rule "reach"
          --> scripts/dealer-credit/tests.lua:21
           21 | assert.equal("15 分，50 分起为核心", assert.reason(r.ordinary, "reach").zh)
          hint: did you mean "reached"?
    [stderr]
    2 of 2 tests failed.
    [exit 1]
    "#);
}

//! Looking at packs as texts.

use std::collections::BTreeMap;

use kehu_contract::ColumnType;
use kehu_lua::check::check;

use crate::kit::files;

const MANIFEST: &str = r#"name = "silence"
version = "1.0.0"
api = "0.1"
title = { en = "Silence", zh = "沉默" }

[[step]]
hook = "score"
fit = "fit"
needs = ["recency_days", "amount_12m", "amount_12m:rank", "credit?"]
[step.gives.risk]
type = "number"
doc = { en = "Risk", zh = "风险" }
[step.gives.mood]
type = "label"
values = [{ key = "calm", en = "calm", zh = "平静" }, { key = "alarm", en = "alarm", zh = "告警" }]
doc = { en = "Mood", zh = "心情" }

[settings.silent_after]
type = "integer"
default = 60
doc = { en = "Days", zh = "天数" }
"#;

const MAIN: &str = r#"local quiet = kehu.rule{
  id = "quiet", input = "recency_days", op = ">", setting = "silent_after", points = 40,
  en = "silent for {value} days, more than {limit}", zh = "{value} 天未购买，超过 {limit} 天",
}
local words = {
  calm = kehu.rule{ id = "calm", en = "nothing alarming, {1} of {2}", zh = "无异常 {1} {2}" },
  alarm = kehu.rule{ id = "alarm", en = "alarming", zh = "告警" },
}
local tests = kehu.rules{ quiet }

local function mood(row, ctx)
  if ctx:holds(quiet) then return ctx:label("mood", "alarm", words.alarm) end
  return ctx:label("mood", "calm", words.calm, row.amount_12m_rank, row.credit)
end

local function fit(columns)
  return { mean = columns.amount_12m:mean() }
end

local function score(row, ctx)
  local s = ctx:column("risk")
  s:apply(tests)
  return { risk = s, mood = mood(row, ctx) }
end

return { score = score, fit = fit }
"#;

fn known() -> BTreeMap<String, ColumnType> {
    ["recency_days", "amount_12m", "last_visit_days"]
        .map(|name| (name.to_owned(), ColumnType::Number))
        .into()
}

/// What is found in a pack, a line each.
fn found(manifest: &str, scripts: &[(&str, &str)]) -> String {
    let findings = check(&files(manifest, scripts), &known());
    let lines = findings.iter().map(|finding| {
        let hint = finding.hint.as_deref().unwrap_or_default();
        let (level, code) = (finding.level.name(), finding.code);
        format!("{} {level} {code}: {} ({hint})", finding.place, finding.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn found_in(main: &str) -> String {
    found(MANIFEST, &[("main.lua", main)])
}

#[test]
fn a_pack_without_mistakes_gives_no_remark() {
    insta::assert_snapshot!(found_in(MAIN), @"");
}

#[test]
fn names_that_nobody_declared_are_found() {
    let main = MAIN
        .replace("local function fit(columns)", "local function fit(columns)\n  total = 0\n  local day = kehu.day.pars(\"2025-01-01\")\n  local t = os.time()\n  local u = unpak(math.flor(1)), total, string.format(\"%d\", day)")
        .replace("local s = ctx", "local s = contxt");
    insta::assert_snapshot!(found_in(&main), @r#"
    scripts/test/main.lua:17:3 warning global: "total" becomes a global (write local total = …, or local function total(…))
    scripts/test/main.lua:18:24 error unknown-name: kehu.day has no "pars" (did you mean "parse"?)
    scripts/test/main.lua:19:13 error unknown-global: a pack has no "os" (a pack has no clock and no system; use ctx.as_of and kehu.day)
    scripts/test/main.lua:20:13 error unknown-global: "unpak" has no value (did you mean "unpack"?)
    scripts/test/main.lua:20:24 error unknown-name: math has no "flor" (did you mean "floor"?)
    scripts/test/main.lua:25:13 error unknown-global: "contxt" has no value (declare it with "local", above the place where it is used)
    "#);
}

#[test]
fn each_hook_has_a_context_of_its_own() {
    let main = MAIN
        .replace("ctx:column(\"risk\")", "ctx:colum(\"risk\")")
        .replace("ctx:holds(quiet)", "ctx:propose(quiet)")
        .replace("{ mean =", "{ day = columns.recency_days and kehu.settings.silent_after, mean =")
        .replace("fit(columns)\n", "fit(columns, ctx)\n  local label = ctx.label or ctx.as_of\n");
    insta::assert_snapshot!(found_in(&main), @r#"
    scripts/test/main.lua:12:10 error unknown-name: ctx has no "propose" here (known are: as_of, column, holds, label, log, missing, random, set, settings, state)
    scripts/test/main.lua:17:21 error unknown-name: ctx has no "label" here (known are: as_of, log, random, settings)
    scripts/test/main.lua:22:17 error unknown-name: ctx has no "colum" here (did you mean "column"?)
    "#);
}

#[test]
fn columns_are_compared_with_the_manifest() {
    let main = MAIN
        .replace("row.amount_12m_rank, row.credit", "row.amount_12_rank, row.amount_12m")
        .replace(
            "s:apply(tests)",
            "s:apply(tests)\n  if row.recency_day and row.favourite_colour then return {} end",
        )
        .replace("columns.amount_12m:mean()", "columns.amount_13m:mean()");
    insta::assert_snapshot!(found_in(&main), @r#"
    scripts/test/main.lua:13:52 error not-needed: row.amount_12_rank is not in needs (did you mean row.amount_12m_rank?)
    scripts/test/main.lua:17:27 error not-needed: columns.amount_13m is not in needs (did you mean columns.amount_12m?)
    scripts/test/main.lua:23:10 error not-needed: row.recency_day is not in needs (did you mean row.recency_days?)
    scripts/test/main.lua:23:30 error not-needed: row.favourite_colour is not in needs (add "favourite_colour" to needs in pack.toml)
    scripts/test/pack.toml:9:40 warning unused-need: "amount_12m_rank" is needed and never read (take it out of needs: what is not needed is not computed)
    scripts/test/pack.toml:9:59 warning unused-need: "credit" is needed and never read (take it out of needs: what is not needed is not computed)
    "#);
    let manifest = MANIFEST
        .replace("\"recency_days\", ", "\"recency_days\", \"last_visit_day\", ")
        .replace("[settings", "[step.gives.moods]\ntype = \"text\"\n[settings")
        .replace("doc = { en = \"Days\", zh = \"天数\" }", "doc = \"Days\"\n[settings.idle]\ntype = \"flag\"\ndefault = true\ndoc = { en = \"Idle\" }");
    insta::assert_snapshot!(found(&manifest, &[("main.lua", MAIN)]), @r#"
    scripts/test/pack.toml:9:26 warning unused-need: "last_visit_day" is needed and never read (take it out of needs: what is not needed is not computed)
    scripts/test/pack.toml:9:26 warning unknown-column: no column "last_visit_day" is known here (did you mean "last_visit_days"?)
    scripts/test/pack.toml:18:13 warning never-given: column "moods" is promised and never given (did you mean "mood"?)
    scripts/test/pack.toml:23:7 warning one-language: "doc" has no Chinese words (write { en = "…", zh = "…" })
    scripts/test/pack.toml:24:11 warning unused-setting: setting "idle" is declared and never used (people would set it for nothing: use it, or take it out)
    scripts/test/pack.toml:27:7 warning one-language: "doc" has no Chinese words (write { en = "…", zh = "…" })
    "#);
}

#[test]
fn rules_and_settings_are_used_and_filled() {
    let main = MAIN
        .replace("local tests", "local idle = kehu.rule{ id = \"idle\", en = \"idle\" }\nlocal more = kehu.rules{ quiet }\nlocal tests")
        .replace(", row.amount_12m_rank, row.credit)", ", row.credit)")
        .replace("words.alarm)", "quiet)")
        .replace("s:apply(tests)", "s:apply(tests)\n  if kehu.settings.silent_aftr then return {} end");
    insta::assert_snapshot!(found_in(&main), @r#"
    scripts/test/main.lua:7:11 warning unused-rule: rule "alarm" is declared and never used (apply it, name it in a reason, or take it out)
    scripts/test/main.lua:9:14 warning one-language: rule "idle" has no Chinese sentence (add zh = "…")
    scripts/test/main.lua:9:14 warning unused-rule: rule "idle" is declared and never used (apply it, name it in a reason, or take it out)
    scripts/test/main.lua:10:7 warning unused-rule: the list of rules "more" is used nowhere (apply it: s:apply(more))
    scripts/test/main.lua:15:36 warning unfilled: rule "calm": nothing fills {2} here (the sentence has 2 places, and 1 argument is given; add the missing ones after the rule)
    scripts/test/main.lua:25:20 error unknown-setting: the pack has no setting "silent_aftr" (did you mean "silent_after"?)
    scripts/test/pack.toml:9:40 warning unused-need: "amount_12m_rank" is needed and never read (take it out of needs: what is not needed is not computed)
    "#);
}

#[test]
fn what_only_the_running_script_knows_is_taken_to_be_right() {
    let main = MAIN
        .replace(
            "row.amount_12m_rank, row.credit",
            "row[(\"amount_12m\") .. \"_rank\"], row[\"credit\"]",
        )
        .replace("words.calm", "words[ctx.as_of > 0 and \"calm\" or \"alarm\"]")
        .replace("words.alarm", "words[\"alarm\"]");
    insta::assert_snapshot!(found_in(&main), @"");
}

#[test]
fn what_stops_a_pack_from_loading_is_told_with_its_place() {
    insta::assert_snapshot!(found_in(&MAIN.replace("op = \">\"", "op = \"=>\"")), @r#"scripts/test/main.lua:1:1 error load: rule "quiet": op "=>" is no comparison (known are: <, <=, >, >=, ==, ~=, missing)"#);
    insta::assert_snapshot!(found_in(&MAIN.replace("return { score", "retrun { score")), @r#"scripts/test/main.lua:26:1 error unknown-global: "retrun" has no value (declare it with "local", above the place where it is used)"#);
    insta::assert_snapshot!(found_in("return { score = function() end }"), @r#"scripts/test/main.lua:1:1 error load: main.lua returns no function "fit" (a step in pack.toml names it; add fit = function(…) … end)"#);
    insta::assert_snapshot!(found(&MANIFEST.replace("hook = \"score\"", "hook = \"scor\""), &[("main.lua", MAIN)]), @r#"scripts/test/pack.toml:7:8 error load: "step.hook" is "scor" (did you mean "score"?)"#);
    let deep = format!("local x = {}1{}\nreturn {{}}", "(".repeat(900), ")".repeat(900));
    assert!(!found_in(&deep).is_empty());
}

#[test]
fn tests_are_looked_at_too_and_what_only_luau_reads_is_told() {
    let tests = r#"describe("a", function()
  it("b", function()
    local n = 1
    n += 1
    assert.equals(1, test.scor{ customer = {} })
    befor_each(function() end)
    table.foreach({}, print)
  end)
end)
"#;
    insta::assert_snapshot!(found(MANIFEST, &[("main.lua", MAIN), ("tests.lua", tests)]), @r#"
    scripts/test/tests.lua:4:7 style luau-only: only Luau reads this (plain Lua 5.1 style runs here too, and editors and formatters for Lua read it)
    scripts/test/tests.lua:5:12 error unknown-name: assert has no "equals" (did you mean "equal"?)
    scripts/test/tests.lua:5:27 error unknown-name: test has no "scor" (did you mean "score"?)
    scripts/test/tests.lua:6:5 error unknown-global: "befor_each" has no value (did you mean "before_each"?)
    scripts/test/tests.lua:7:11 style deprecated: table.foreach is outdated (write for key, value in pairs(list) do … end)
    "#);
    insta::assert_snapshot!(found(MANIFEST, &[("main.lua", MAIN), ("tests.lua", "it(")]), @"scripts/test/tests.lua:1:1 error load: Expected identifier when parsing expression, got <eof> ()");
}

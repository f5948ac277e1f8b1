//! Looking at packs as texts.

use kehu_contract::ColumnType;
use kehu_lua::check::{Known, check};

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

fn known() -> Known {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Known {
        columns: ["recency_days", "amount_12m", "last_visit_days"]
            .map(|name| (name.to_owned(), ColumnType::Number))
            .into(),
        kinds: words(&["call", "visit", "complaint"]),
        states: words(&["opened", "resolved"]),
        channels: words(&["call", "visit", "phone", "message"]),
        stages: words(&["offer", "won"]),
        fields: words(&["terms", "key_account"]),
    }
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

#[test]
fn words_that_name_nothing_are_found_where_they_stand() {
    let main = MAIN
        .replace("ctx:column(\"risk\")", "ctx:column(\"rsk\")")
        .replace("ctx:label(\"mood\", \"alarm\"", "ctx:label(\"mood\", \"alrm\"")
        .replace("ctx:label(\"mood\", \"calm\"", "ctx:label(MOOD, \"calm\"")
        .replace("local function mood", "local MOOD = \"mod\"\nlocal function mood")
        .replace("{ risk = s, mood", "{ risk = s, moods");
    insta::assert_snapshot!(found_in(&main), @r#"
    scripts/test/main.lua:13:53 error unknown-label: label "mood" has no value "alrm" (did you mean "alarm"?)
    scripts/test/main.lua:14:20 error not-given: the step gives no column "mod" (did you mean "mood"?)
    scripts/test/main.lua:22:24 error not-given: the step gives no column "rsk" (did you mean "risk"?)
    scripts/test/main.lua:24:22 error not-given: the step gives no column "moods" (did you mean "mood"?)
    "#);
    let mixed = MAIN
        .replace("ctx:column(\"risk\")", "ctx:column(\"mood\")")
        .replace("ctx:label(\"mood\", \"alarm\"", "ctx:label(\"risk\", \"alarm\"")
        .replace(
            "return { risk = s, mood = mood(row, ctx) }",
            "local given = {}\n  given.risk = s\n  given.mod = mood(row, ctx)\n  return given",
        );
    insta::assert_snapshot!(found_in(&mixed), @r#"
    scripts/test/main.lua:12:45 error not-given: column "risk" is a number, not a label (use ctx:set(column, value, rule, …))
    scripts/test/main.lua:21:24 error not-given: column "mood" is a label, not a sum (use ctx:label(column, value, rule, …))
    scripts/test/main.lua:25:9 error not-given: the step gives no column "mod" (did you mean "mood"?)
    "#);
    // What the running script makes up, or changes, is taken to be right.
    let made_up = MAIN
        .replace("ctx:column(\"risk\")", "ctx:column(\"ri\" .. \"sk\")")
        .replace(
            "local function mood",
            "local word = \"alrm\"\nword = \"alarm\"\nlocal function mood",
        )
        .replace("ctx:label(\"mood\", \"alarm\"", "ctx:label(\"mood\", word");
    insta::assert_snapshot!(found_in(&made_up), @"");
}

const FOLLOW: &str = r#"name = "call-back"
version = "1.0.0"
api = "0.1"
title = { en = "Call back", zh = "回访" }
[[step]]
hook = "follow_up"
needs = ["recency_days"]
[actions]
call_again = { en = "Call again", zh = "再次致电" }
"#;

#[test]
fn proposals_name_actions_channels_states_and_fields_that_there_are() {
    let main = r#"local quiet = kehu.rule{ id = "quiet", en = "silent for {1} days", zh = "沉默 {1} 天" }
local function follow_up(c, case, ctx)
  if c.recency_days == nil then return end
  local reasons = {}
  reasons[#reasons + 1] = { quiet }
  for _, thread in ipairs(case.threads) do
    if thread.kind == "complant" and thread.state ~= "resolvd" and thread.fields.trms then
      return ctx:propose{
        action = "cal_again", channel = "fone", due = ctx.as_of, prority = 3, about = thread.id,
        state = "closd", fields = { term = "cash" }, because = { { quiet } },
      }
    end
  end
  return { ctx:propose{ action = "call_again", channel = "phone", because = reasons, guidance = quiet },
    ctx:propose{ action = "call_again", channel = "message", due = ctx.as_of, because = { { quiet, c.recency_days }, { quiet } } } }
end
return { follow_up = follow_up }
"#;
    insta::assert_snapshot!(found(FOLLOW, &[("main.lua", main)]), @r#"
    scripts/test/main.lua:5:29 warning unfilled: rule "quiet": nothing fills {1} here (the sentence has 1 place, and 0 arguments are given; add the missing ones after the rule)
    scripts/test/main.lua:7:23 warning unknown-word: there is no kind of interaction "complant" (did you mean "complaint"?)
    scripts/test/main.lua:7:54 warning unknown-word: there is no state "resolvd" (did you mean "resolved"?)
    scripts/test/main.lua:7:82 warning unknown-word: there is no custom field "trms" (did you mean "terms"?)
    scripts/test/main.lua:9:18 error unknown-action: action "cal_again" is not declared in [actions] of pack.toml (did you mean "call_again"?)
    scripts/test/main.lua:9:41 warning unknown-word: "fone" is no channel that is known here (what is done by it is not logged: declare a [[kind]] of this name, or take another)
    scripts/test/main.lua:9:66 error unknown-name: ctx:propose has no field "prority" (did you mean "priority"?)
    scripts/test/main.lua:10:17 warning unknown-word: no kind of interaction has a state "closd" (known are: opened, resolved)
    scripts/test/main.lua:10:37 warning unknown-word: no custom field "term" is known here (did you mean "terms"?)
    scripts/test/main.lua:10:68 warning unfilled: rule "quiet": nothing fills {1} here (the sentence has 1 place, and 0 arguments are given; add the missing ones after the rule)
    scripts/test/main.lua:14:23 error missing-field: ctx:propose needs "due" (add due = …: by when)
    scripts/test/main.lua:14:97 warning unfilled: rule "quiet": nothing fills {1} here (the sentence has 1 place, and 0 arguments are given; add the missing ones after the rule)
    scripts/test/main.lua:15:120 warning unfilled: rule "quiet": nothing fills {1} here (the sentence has 1 place, and 0 arguments are given; add the missing ones after the rule)
    "#);
}

#[test]
fn a_need_that_nobody_gives_is_to_blame_and_not_the_rule_that_has_it_right() {
    let manifest = MANIFEST.replace("[\"recency_days\",", "[\"recency_day\",");
    insta::assert_snapshot!(found(&manifest, &[("main.lua", MAIN)]), @r#"
    scripts/test/pack.toml:9:10 error unknown-column: no column "recency_day" is known here (did you mean "recency_days"?)
    "#);
    // Where the need is right, the rule is to blame.
    let main = MAIN.replace("input = \"recency_days\"", "input = \"recency_dys\"");
    insta::assert_snapshot!(found_in(&main), @r#"
    scripts/test/main.lua:1:1 error load: rule "quiet": no step needs "recency_dys" (needs in pack.toml has "recency_days": write the same name in both)
    "#);
}

#[test]
fn of_countless_findings_the_first_are_told_errors_before_the_rest() {
    let main = "x.y = nowhere; ".repeat(8_000);
    let main = format!("local x = {{}}\n{main}\nreturn {{}}");
    let found = check(&files(MANIFEST, &[("main.lua", &main)]), &Known::default());
    assert!(found.len() <= 101, "{}", found.len());
    let last = &found[found.len() - 1];
    assert!(last.message.ends_with("more things were found in this pack"), "{}", last.message);
    assert!(found.iter().any(|finding| finding.message.contains("nowhere")));
    assert!(
        std::sync::Arc::ptr_eq(&found[1].place.source, &found[2].place.source),
        "a line is shared"
    );
}

//! Packs that are asked about what one command does.

use crate::kit::Kit;
use insta::assert_snapshot;

/// A pack that knows when a deal may move on, and when it has stayed too long.
const PROCESS: [(&str, &str); 2] = [
    (
        "scripts/process/pack.toml",
        r#"name = "process"
version = "1.0.0"
api = "0.1"
[[step]]
hook = "stage"
needs = ["need?", "purchases"]
"#,
    ),
    (
        "scripts/process/main.lua",
        r#"local no_need = kehu.rule{ id = "no_need", en = "no need is recorded", zh = "尚未记录需求" }
local record = kehu.rule{ id = "record", en = "record it: kehu customer edit {1} --field need=…", zh = "请记录：kehu customer edit {1} --field need=…" }
local skips = kehu.rule{ id = "skips", en = "passes over {1}: {2}", zh = "跳过 {1}：{2}" }
local stalled = kehu.rule{ id = "stalled", en = "{1} days in {2}, at most {3}", zh = "在 {2} 已 {1} 天，最长 {3} 天" }
local meet = kehu.rule{ id = "meet", en = "arrange a meeting with whoever decides", zh = "请约见决策人" }
return { stage = function(c, case, ctx)
  if case.move then
    if case.move.to.role == "open" and case.move.to.order > 1 and not c.need and case.customer then
      return ctx:refuse{ because = no_need, advice = { { record, "C-" .. string.format("%d", case.customer.id) } } }
    end
    if case.move.direction == "skip" then
      return ctx:warn{ because = { { skips, case.move.passed[1], case.move.reason } } }
    end
    return
  end
  if case.stage.longest_stay and case.deal.days_in_stage > case.stage.longest_stay then
    return ctx:warn{ because = { { stalled, case.deal.days_in_stage, case.stage.name, case.stage.longest_stay } }, advice = meet }
  end
end }
"#,
    ),
];

/// A workspace with some packs that are on beside the usual ones.
pub(super) fn shop_with(packs: &[&[(&str, &str)]]) -> Kit {
    let kit = Kit::shop();
    let settings = kit.path().join("kehu.toml");
    let mut text = std::fs::read_to_string(&settings).unwrap();
    for pack in packs {
        for (path, content) in *pack {
            kit.write(path, content);
        }
        let name = pack[0].0.split('/').nth(1).unwrap();
        text = text.replacen("on = [", &format!("on = [\"{name}\", "), 1);
    }
    text.push_str(
        "\n[fields.customer]\nneed = { type = \"text\" }\nat_risk = { type = \"flag\" }\n",
    );
    std::fs::write(&settings, text).unwrap();
    kit
}

#[test]
fn a_pack_refuses_a_move_and_says_what_would_satisfy_it() {
    let kit = shop_with(&[&PROCESS]);
    kit.done("deal add 武汉钢铁 年度合同 --on 2024-01-10");
    assert_snapshot!(kit.run("deal move 年度合同 intent"), @r"
    [stderr]
    error: pack process refuses: no need is recorded
      scripts/process/main.lua:1
    hint: record it: kehu customer edit C-1 --field need=…
    hint: to do it all the same: --overrule --reason WHY; the deal's history keeps both
    [exit 1]
    ");
    assert_eq!(kit.json("deal list")[0]["stage"], "prospect", "a refusal writes nothing");
    assert_snapshot!(kit.run("--lang zh deal move 年度合同 intent"), @r"
    [stderr]
    错误：脚本包 process 拒绝：尚未记录需求
      scripts/process/main.lua:1
    提示：请记录：kehu customer edit C-1 --field need=…
    提示：仍要执行：--overrule --reason 原因；两者都会记入商机历史
    [exit 1]
    ");
    kit.done("customer edit 武汉钢铁 --field need=冷轧板");
    assert_snapshot!(kit.run("deal move 年度合同 intent"), @r"
    D-1
    [stderr]
    年度合同 with 武汉钢铁 is in intent.
    ");
}

#[test]
fn a_warning_is_shown_and_the_move_is_done() {
    let kit = shop_with(&[&PROCESS]);
    kit.done("customer edit 武汉钢铁 --field need=冷轧板");
    kit.done("deal add 武汉钢铁 年度合同 --on 2024-01-10");
    assert_snapshot!(kit.run("deal move 年度合同 stable_intent --reason '客户着急'"), @r"
    D-1
    [stderr]
    warning: process: passes over intent: 客户着急 (scripts/process/main.lua:3)
    年度合同 with 武汉钢铁 is in stable intent.
    ");
}

#[test]
fn a_refusal_may_be_overruled_for_a_reason_that_the_history_keeps() {
    let kit = shop_with(&[&PROCESS]);
    kit.done("deal add 武汉钢铁 年度合同");
    assert_snapshot!(kit.run("deal move 年度合同 intent --overrule"), @r"
    [stderr]
    error: the following required arguments were not provided:
      --reason <REASON>

    Usage: kehu deal move --reason <REASON> --overrule <DEAL> <STAGE>

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(kit.run("deal move 年度合同 intent --overrule --reason '总经理已同意'"), @r"
    D-1
    [stderr]
    overruled: process: no need is recorded (scripts/process/main.lua:1)
    年度合同 with 武汉钢铁 is in intent.
    ");
    assert_snapshot!(kit.run("deal show 年度合同"), @r"
    D-1  年度合同
      customer  武汉钢铁
      pipeline  sales
      stage     intent
      rep       李伟

    History
      day         stage     by    reason        overruled
      2024-03-01  prospect  李伟
      2024-03-01  intent    李伟  总经理已同意  process.no_need: no need is recorded
    ");
    assert_snapshot!(kit.run("deal move 年度合同 lost --overrule --reason '不要了'"), @r"
    D-1
    [stderr]
    note: no pack refuses, so there was nothing to overrule
    年度合同 with 武汉钢铁 is in lost.
    ");
}

#[test]
fn opening_a_deal_further_on_is_asked_about_too() {
    let kit = shop_with(&[&PROCESS]);
    assert_snapshot!(kit.run("deal add 武汉钢铁 年度合同 --stage intent"), @r"
    [stderr]
    error: pack process refuses: no need is recorded
      scripts/process/main.lua:1
    hint: record it: kehu customer edit C-1 --field need=…
    hint: to do it all the same: --overrule --reason WHY; the deal's history keeps both
    [exit 1]
    ");
    assert_eq!(kit.json("deal list").as_array().unwrap().len(), 0);
    kit.done("deal add 武汉钢铁 年度合同 --stage intent --overrule --reason old");
    assert_eq!(
        kit.json("deal show 年度合同")["events"][0]["overruled"],
        "process.no_need: no need is recorded"
    );
}

#[test]
fn deals_that_stay_too_long_are_reviewed() {
    let kit = shop_with(&[&PROCESS]);
    kit.done("deal add 武汉钢铁 年度合同 --on 2024-01-10 --amount 480000");
    kit.done("deal add 武汉机械 试用 --on 2024-02-20");
    kit.done("deal add lead --on 2023-12-01");
    assert_snapshot!(kit.run("deal review"), @r"
    id   deal      customer  stage     days  at most      amount  rep   pack     judgement
    D-1  年度合同  武汉钢铁  prospect    51       30  480,000.00  李伟  process  warn
        why: 51 days in prospect, at most 30
        advice: arrange a meeting with whoever decides
    D-3  lead                prospect    91       30              李伟  process  warn
        why: 91 days in prospect, at most 30
        advice: arrange a meeting with whoever decides
    [stderr]
    nothing is said of 1 open deal; --all shows it
    ");
    assert_snapshot!(kit.run("--lang zh deal review --rep 李伟 --stage prospect --limit 1"), @"
    编号  商机      客户      阶段  天数  最长        金额  业务员  脚本包   意见
    D-1   年度合同  武汉钢铁  潜在    51    30  480,000.00  李伟    process  警告
        为什么：在潜在已 51 天，最长 30 天
        建议：请约见决策人
    [stderr]
    还有 1 条；--limit 0 显示全部
    1 个进行中的商机无可说明；--all 可查看
    ");
    assert_snapshot!(kit.run("deal show 年度合同"), @r"
    D-1  年度合同
      customer  武汉钢铁
      pipeline  sales
      stage     prospect
      amount    480,000.00
      rep       李伟

    History
      day         stage     by    known since
      2024-01-10  prospect  李伟  2024-03-01

    What the packs say
      pack     judgement
      process  warn
          why: 51 days in prospect, at most 30
          advice: arrange a meeting with whoever decides
    ");
    let all = kit.json("deal review --all");
    assert_eq!(all.as_array().unwrap().len(), 3);
    assert_eq!(all[0]["why"][0]["rule"], "stalled");
    assert!(all[1]["why"].is_null());
}

#[test]
fn without_a_pack_for_it_a_review_says_so() {
    let kit = Kit::shop();
    kit.done("deal add 武汉钢铁 年度合同");
    assert_snapshot!(kit.run("deal review"), @r"
    [stderr]
    nothing to show
    note: no pack that is on answers the hook stage, so nothing is said of any deal
    ");
}

#[test]
fn a_broken_pack_does_not_hold_a_deal_and_the_others_decide() {
    let broken = [
        (
            "scripts/broken/pack.toml",
            "name = \"broken\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"stage\"\n",
        ),
        (
            "scripts/broken/main.lua",
            "return { stage = function(c, case, ctx)\n  while true do end\nend }",
        ),
    ];
    let kit = shop_with(&[&PROCESS, &broken]);
    kit.done("customer edit 武汉机械 --field need=x");
    let told = kit.run("deal add 武汉钢铁 年度合同");
    assert!(told.contains("D-1") && told.ends_with("[exit 3]\n"), "{told}");
    assert_snapshot!(kit.run("deal move 年度合同 intent"), @r"
    [stderr]
    error: pack broken, stage, customer C-1, deal D-1: time limit error: one deal took more than 50 ms
      --> scripts/broken/main.lua:2
      2 | while true do end
        | ^^^^^^^^^^^^^^^^^
      called from scripts/broken/main.lua:2 in stage
      used …, the limit is 50 ms: call_milliseconds in [limits]
    hint: look for a loop that does not end; processor time counts, not waiting
    pack broken could not be heard; the others were
    error: pack process refuses: no need is recorded
      scripts/process/main.lua:1
    hint: record it: kehu customer edit C-1 --field need=…
    hint: to do it all the same: --overrule --reason WHY; the deal's history keeps both
    [exit 1]
    ");
    assert_eq!(kit.json("deal list")[0]["stage"], "prospect", "the others decide");
    kit.write("scripts/broken/main.lua", "return { stage = function() return {} end");
    let told = kit.run("deal add 武汉机械 试用 --stage intent");
    assert!(told.contains("load error") && told.ends_with("[exit 3]\n"), "{told}");
    kit.write("scripts/broken/pack.toml", "name = \"broken\"\nhook = \"stage\"\n");
    assert_snapshot!(kit.run("deal move 试用 prospect --reason back"), @r#"
    D-2
    [stderr]
    error: the file needs "version"
     --> scripts/broken/pack.toml:1:1
      1 | name = "broken"
    hint: mend it, or take the pack out of [packs] on in kehu.toml to go on without it
    error: the file needs "api"
     --> scripts/broken/pack.toml:1:1
      1 | name = "broken"
    error: the file needs "step"
     --> scripts/broken/pack.toml:1:1
      1 | name = "broken"
    error: unknown key "hook"
     --> scripts/broken/pack.toml:2:1
      2 | hook = "stage"
    hint: known are: name, version, api, title, summary, settings, features, worklist, actions, kind, fields, report, step
    error: Expected '}' (to close '{' at column 8), got <eof>
     --> scripts/broken/main.lua:1:1
      1 | return { stage = function() return {} end
    no pack was asked at the hook stage, because the packs cannot be loaded
    试用 with 武汉机械 is in prospect.
    [exit 3]
    "#);
}

#[test]
fn doctor_says_who_answers_and_what_nobody_gives() {
    let greedy = [
        (
            "scripts/greedy/pack.toml",
            "name = \"greedy\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"stage\"\nneeds = [\"purchase\"]\n",
        ),
        ("scripts/greedy/main.lua", "return { stage = function() end }"),
    ];
    let kit = shop_with(&[&PROCESS, &greedy]);
    kit.set("[hooks]\nstage = [\"process\", \"greedy\"]\n");
    let told = kit.run("doctor");
    let line = |word: &str| told.lines().find(|line| line.contains(word)).unwrap_or_default();
    assert!(line("stage").contains("process, greedy"), "{told}");
    assert!(told.contains("did you mean \"purchases\"?"), "{told}");
    let shown = kit.run("config show hooks");
    assert!(shown.contains("process, greedy") || shown.contains("greedy"), "{shown}");
    kit.set("stages = [\"process\"]\n");
    let told = kit.run("config show hooks");
    assert!(told.contains("did you mean \"stage\"?"), "{told}");
}

#[test]
fn a_score_that_is_needed_before_anything_is_scored_is_missing_and_said_so() {
    let careful = [
        (
            "scripts/careful/pack.toml",
            "name = \"careful\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"stage\"\nneeds = [\"tier\", \"amount_12m\", \"amount_12m:rank\"]\n",
        ),
        (
            "scripts/careful/main.lua",
            "local seen = kehu.rule{ id = \"seen\", en = \"tier {1}, amount {2}\" }\nreturn { stage = function(c, case, ctx)\n  return ctx:warn{ because = { { seen, c.tier, c.amount_12m } } }\nend }",
        ),
    ];
    let kit = shop_with(&[&careful]);
    kit.done("log purchase 武汉钢铁 --amount 100 --on 2024-02-01");
    assert_snapshot!(kit.run("deal add 武汉钢铁 年度合同"), @r"
    D-1
    [stderr]
    note: the packs went without amount_12m:rank, tier, which no run holds yet; next: kehu score
    warning: careful: tier –, amount 100 (scripts/careful/main.lua:1)
    年度合同 with 武汉钢铁 is in prospect.
    ");
    kit.done("score");
    kit.done("log purchase 武汉钢铁 --amount 900 --on 2024-02-02");
    assert_snapshot!(kit.run("deal move 年度合同 lost"), @r"
    D-1
    [stderr]
    warning: careful: tier A, amount 1000 (scripts/careful/main.lua:1)
    年度合同 with 武汉钢铁 is in lost.
    ");
    kit.write("scripts/careful/pack.toml", "name = \"careful\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"stage\"\nneeds = [\"tir\"]\n");
    assert_snapshot!(kit.run("deal add 武汉机械 试用"), @r#"
    D-2
    [stderr]
    error: pack careful, stage: it needs "tir", which nobody gives; did you mean "tier"?
    pack careful could not be heard; the others were
    试用 with 武汉机械 is in prospect.
    [exit 3]
    "#);
}

/// A pack that writes telephone numbers in one way, and refuses customers without one.
const TIDY: [(&str, &str); 2] = [
    (
        "scripts/tidy/pack.toml",
        "name = \"tidy\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"import_row\"\n",
    ),
    (
        "scripts/tidy/main.lua",
        r#"local code = kehu.rule{ id = "code", en = "written with its country code", zh = "补上国家代码" }
local none = kehu.rule{ id = "none", en = "{1} has no telephone number", zh = "{1} 没有电话号码" }
return { import_row = function(row, ctx)
  if ctx.record ~= "customer" then return end
  if not row.phone then return ctx:refuse{ because = { { none, row.name } } } end
  if kehu.text.sub(row.phone, 1, 1) ~= "+" then
    return ctx:change{ set = { phone = "+86 " .. row.phone }, because = code }
  end
end }
"#,
    ),
];

const PEOPLE: &str = "name,phone\n上海重工,021 5555\n天津港,\nAcme,+1 555\n";
const MAP: &str = "name = \"crm\"\n[[table]]\ninto = \"customer\"\n[table.columns]\nname = \"name\"\nphone = \"phone\"\n";

#[test]
fn an_import_tells_what_packs_changed_and_refused() {
    let kit = shop_with(&[&TIDY]);
    kit.write("people.csv", PEOPLE);
    kit.write("map.toml", MAP);
    assert_snapshot!(kit.run("import people.csv --map map.toml --dry-run"), @r"
    file        encoding  into      rows  new  changed  unchanged  refused
    people.csv  UTF-8     customer     3    2        0          0        1
    [stderr]
    Nothing was written: this was a dry run.
    refused: people.csv:3: pack tidy refuses: 天津港 has no telephone number (scripts/tidy/main.lua:2)
    pack tidy changed 1 row and refused 1 (1 code, 1 none)
    [exit 3]
    ");
    assert_snapshot!(kit.run("--lang zh import people.csv --map map.toml"), @r"
    文件        编码   导入为    行数  新增  变更  未变  拒绝
    people.csv  UTF-8  customer     3     2     0     0     1
    [stderr]
    已拒绝：people.csv:3：脚本包 tidy 拒绝：天津港 没有电话号码 (scripts/tidy/main.lua:2)
    脚本包 tidy 修改了 1 行，拒绝了 1 行 (1 code, 1 none)
    [exit 3]
    ");
    assert_eq!(kit.json("customer show 上海重工")["phone"], "+86 021 5555");
    assert_snapshot!(kit.run("history --limit 1"), @r"
    id   when (UTC)            by    command  what was done                                                file
    O-7  2024-03-01T01:30:00Z  李伟  import   crm: 2 new, 0 changed, 1 refused; tidy changed 1, refused 1  people.csv
    [stderr]
    6 more; --limit 0 shows all
    ");
}

#[test]
fn a_pack_that_fails_stops_the_import_unless_it_is_left_out() {
    let kit = shop_with(&[&TIDY]);
    kit.write("people.csv", PEOPLE);
    kit.write("map.toml", MAP);
    kit.write(
        "scripts/tidy/main.lua",
        "return { import_row = function(row, ctx)\n  return row.phon\nend }",
    );
    assert_snapshot!(kit.run("import people.csv --map map.toml"), @r#"
    [stderr]
    error: pack tidy, import_row, people.csv:2: argument error: a row of a customer has no "phon"
      --> scripts/tidy/main.lua:2
      2 | return row.phon
        |            ^^^^
      called from scripts/tidy/main.lua:2 in import_row
      name = "上海重工"
      phone = "021 5555"
    hint: did you mean row.phone?
    hint: nothing was written; to import without a pack: --without PACK
    [exit 1]
    "#);
    assert_eq!(kit.json("customer list").as_array().unwrap().len(), 3);
    kit.write(
        "scripts/tidy/main.lua",
        "return { import_row = function(row, ctx)\n  while true do end\nend }",
    );
    let told = kit.run("import people.csv --map map.toml --dry-run");
    assert!(told.contains("time limit error") && told.ends_with("[exit 1]\n"), "{told}");
    kit.write("scripts/tidy/pack.toml", "name = \"tidy\"\nhook = \"import_row\"\n");
    let told = kit.run("import people.csv --map map.toml");
    assert!(told.contains("--without PACK") && told.ends_with("[exit 1]\n"), "{told}");
    assert_snapshot!(kit.run("import people.csv --map map.toml --without tidie"), @r#"
    [stderr]
    error: --without: no pack "tidie" is on
    hint: did you mean "tidy"?
    [exit 2]
    "#);
    assert_snapshot!(kit.run("import people.csv --map map.toml --without tidy"), @r"
    file        encoding  into      rows  new  changed  unchanged  refused
    people.csv  UTF-8     customer     3    3        0          0        0
    ");
}

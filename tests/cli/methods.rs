//! The shipped methods together, as a rep meets them.

use crate::kit::Kit;
use insta::assert_snapshot;

/// A shop with some more of the shipped packs on, in this order before `contact-caps`.
pub(super) fn shop_with(packs: &[&str]) -> Kit {
    let kit = Kit::shop();
    let path = kit.path().join("kehu.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    let caps = "    \"contact-caps\",\n";
    let lines: Vec<String> = packs.iter().map(|name| format!("    \"{name}\",\n")).collect();
    let lines = lines.concat();
    std::fs::write(path, settings.replace(caps, &format!("{lines}{caps}"))).unwrap();
    kit
}

#[test]
fn an_overdue_complaint_stands_first_and_says_how_to_talk() {
    let kit = shop_with(&["complaints", "guidance", "priority"]);
    for line in [
        "log purchase 武汉钢铁 --amount 5000 --on 2024-02-26",
        "deal add 武汉钢铁 年度合同 --on 2024-02-20",
        "contact add 武汉钢铁 王总 --field style=driver",
        "log message 武汉钢铁 --mood rising --on 2024-02-27",
        "log complaint 武汉钢铁 --text 送错货 --on 2024-02-28 --at 15:00",
        "log promise 武汉钢铁 --text 样品 --due 2024-03-01",
    ] {
        kit.done(line);
    }
    assert_snapshot!(kit.run("today"), @"
    李伟, 2024-03-01 Fri: 1 to do, 1 h 30 min of 8 h

    武汉钢铁  C-1 · important and urgent
      jzsw0ra  visit · 90 min · 1 day late
               • acknowledge the complaint — complaint of 2024-02-28 not acknowledged in 24 hours: overdue since 2024-02-29 15:00
      7sbq4tv  • keep the promise — promised by 李伟 on 2024-03-01 for 2024-03-01: 样品
      sady63t  • find a coach · D-1 年度合同 — key customer with an open deal in prospect, and no coach is known
      566bvxw  • care for the customer — no visit yet, 4 a month wanted
               → hear the customer out, do not argue; say what happens next, and by when
               → 王总 is a driver: open at once with the matter, leave when it is settled
               → driver: forceful, the point first; ask his view first, let him decide; no concession on principle, indifferent to the rest
               → mood rising: the best moment to approach
               → no acquaintance inside is known: survey the whole organisation, the key person of each department
               → nobody is known in management
               → nobody is known in the technical department
               → nobody is known in finance
               → nobody is known in purchasing
               → nobody is known in administration
               → nobody is known in logistics
               → begin with whoever is easiest to approach
    [stderr]
    96 minutes are kept for finding new customers
    1 due on a later day
    ");
    assert_snapshot!(kit.run("--lang zh today --limit 2"), @"
    李伟，2024-03-01 周五：1 项，用时 1 小时 30 分，全天 8 小时

    武汉钢铁  C-1 · 重要且紧急
      jzsw0ra  拜访 · 90 分钟 · 已过 1 天
               • 受理投诉 — 2024-02-28 的投诉未在 24 小时内受理：2024-02-29 15:00 起已超时
      7sbq4tv  • 兑现承诺 — 李伟 于 2024-03-01 承诺，2024-03-01 前兑现：样品
      sady63t  • 寻找教练 · D-1 年度合同 — 重点客户，商机处于潜在，尚无教练
      566bvxw  • 客户维护 — 尚未拜访，应每月 4 次
               → 听客户说完，不争辩；告知下一步与时间
               → 王总是驾驭型：开门见山，谈完即走
               → 驾驭型：语言有力，先说要点；先问他的看法，让他拍板；原则问题不让步，其余无所谓
               → 心情上升：接近的最好时机
               → 没有内部熟人：摸清整个组织，找出各部门的关键人物
               → 管理部门尚无认识的人
               → 技术部门尚无认识的人
               → 财务部门尚无认识的人
               → 采购部门尚无认识的人
               → 行政部门尚无认识的人
               → 物流部门尚无认识的人
               → 从最容易接近的人开始
    [stderr]
    96 分钟留给开发新客户
    1 项之后到期
    ");
    let key = kit.json("today")["lines"][0]["key"].as_str().unwrap().to_owned();
    kit.done(&format!("today done {key} --text 已道歉"));
    let kit = kit.at("2024-03-02T09:00");
    let lines = kit.purposes();
    let steps: Vec<&str> = lines.iter().filter_map(|line| line["state"].as_str()).collect();
    assert_eq!(
        steps,
        ["kept", "resolved"],
        "the promise, which nobody has said was kept, and the complaint's next step"
    );
}

#[test]
fn a_deal_moves_on_once_needs_are_met_and_obstacles_are_removed() {
    let kit = shop_with(&["stage-rules"]);
    kit.done("deal add 武汉钢铁 年度合同 --on 2024-02-20");
    kit.done("score");
    assert_snapshot!(kit.run("log presentation 武汉钢铁"), @"
    I-1
    [stderr]
    Logged presentation with 武汉钢铁 on 2024-03-01.
    warning: stage-rules: a presentation before any need is recorded: presenting before the need is known is the commonest mistake (AIDMAS) (scripts/stage-rules/main.lua:169)
    advice: stage-rules: draw out the need by continued talk and record it: kehu log need C-1 --text …
    ");
    assert_snapshot!(kit.run("--lang zh deal move 年度合同 intent"), @"
    [stderr]
    错误：脚本包 stage-rules 拒绝：尚未记录需求，阶段潜在要求先有需求
      scripts/stage-rules/main.lua:50
    提示：引出真实需求并记录：kehu log need C-1 --text …
    提示：仍要执行：--overrule --reason 原因；两者都会记入商机历史
    [exit 1]
    ");
    for line in [
        "log need 武汉钢铁 --text 交期",
        "deal move 年度合同 intent",
        "log 阻碍因素 武汉钢铁 --deal 年度合同 --text 价格",
    ] {
        kit.done(line);
    }
    assert_snapshot!(kit.run("deal move 年度合同 stable_intent"), @r"
    [stderr]
    error: pack stage-rules refuses: a need is not met yet: 交期
      scripts/stage-rules/main.lua:62
      an obstacle is open: 价格 (scripts/stage-rules/main.lua:70)
    hint: show the functions that meet it, on site where needed; then: kehu log need C-1 --about I-2 --state met
    hint: work on the plan against it, with a manager if needed; then: kehu log obstacle C-1 --about I-3 --state removed
    hint: to do it all the same: --overrule --reason WHY; the deal's history keeps both
    [exit 1]
    ");
    kit.done("log need 武汉钢铁 --about I-2 --state met");
    kit.done("log obstacle 武汉钢铁 --about I-3 --state removed");
    kit.done("deal move 年度合同 stable_intent");
}

#[test]
fn what_was_presented_before_a_need_was_on_file_is_reported() {
    let kit = shop_with(&["stage-rules"]);
    for line in [
        "log presentation 武汉钢铁 --on 2024-02-01 --rep 王芳",
        "log need 武汉钢铁 --on 2024-02-02 --text 交期",
        "log proposal 武汉钢铁 --on 2024-02-02",
        "log presentation 'Ann Lee' --on 2024-02-20",
    ] {
        kit.done(line);
    }
    assert_snapshot!(kit.run("report aidmas"), @"
    3 presentations and proposals as of 2024-03-01, 2 of them before a need was on file

    By rep
    rep   presented  before a need   share
    李伟          2              1   50.0%
    王芳          1              1  100.0%

    Presented before a need was on file: ask for the need first
    id   day         what          customer  rep   need recorded
    I-4  2024-02-20  presentation  Ann Lee   李伟
    I-1  2024-02-01  presentation  武汉钢铁  王芳  2024-02-02
    ");
    assert_snapshot!(kit.run("--lang zh report aidmas --rep 王芳 --from 2024-02-01"), @"
    截至 2024-03-01：产品演示与方案 1 次，其中 1 次在未记录需求时进行

    按业务员
    业务员  介绍次数  未知需求    占比
    王芳           1         1  100.0%

    未记录需求就介绍产品：先了解需求
    编号  日期        方式      客户      业务员  需求记录于
    I-1   2024-02-01  产品演示  武汉钢铁  王芳    2024-02-02
    ");
    assert_eq!(
        kit.json("report aidmas --from 2024-02-02")["before_a_need"][0]["need"],
        serde_json::Value::Null
    );
}

#[test]
fn settings_that_name_tiers_of_another_scheme_are_told() {
    let kit = shop_with(&["service-policy"]);
    assert!(!kit.run("score").contains("has no such value"));
    kit.set(
        r#"
[settings.tiers]
shares = [0.5, 0.5]
labels = [
  { key = "strategic", en = "strategic", zh = "战略" },
  { key = "prospect", en = "prospect", zh = "潜在" },
]
[settings.service-policy]
contact_days = { strategic = 7, A = 3 }
"#,
    );
    let told = kit.run("score");
    let about = |setting: &str| {
        told.contains(&format!("note: the setting {setting} of service-policy names "))
    };
    assert!(about("key_account_as") && about("terms") && !about("contact_days"), "{told}");
    let hint = "hint: name one of strategic, prospect in [settings.service-policy] of kehu.toml";
    assert!(told.contains(hint), "{told}");
    let doctor = kit.run("--lang zh doctor");
    assert!(
        doctor.contains("service-policy 的设置 key_account_as 写的是 A：tier 没有这样的值"),
        "{doctor}"
    );
}

#[test]
fn deals_in_a_stage_that_was_renamed_are_told_by_the_doctor() {
    let kit = Kit::shop();
    kit.done("deal add 武汉钢铁 年度合同 --on 2024-02-20");
    let told = "1 in the stage prospect of sales, which is not declared";
    assert!(!kit.run("doctor").contains(told));
    kit.set(
        r#"
[[pipeline]]
name = "sales"
stage = [{ name = "lead", probability = 0.1 }, { name = "won", role = "won" }]
"#,
    );
    let doctor = kit.run("doctor");
    assert!(doctor.contains(told), "{doctor}");
}

#[test]
fn a_list_of_interactions_says_where_a_thread_stands() {
    let kit = Kit::shop();
    kit.done("log complaint 武汉钢铁 --on 2024-02-01 --text 错发");
    kit.done("log call 武汉钢铁 --about complaint --state resolved --on 2024-02-02");
    let list = kit.json("interaction list 武汉钢铁 --kind complaint");
    assert_eq!(list[0]["state"], "resolved");
}

#[test]
fn all_packs_that_come_with_kehu_go_together() {
    let kit = Kit::shop();
    let packs = kit.json("pack list");
    let names: Vec<String> =
        packs["packs"].as_array().unwrap().iter().map(|pack| pack["name"].to_string()).collect();
    assert!(names.len() > 20, "{names:?}");
    let path = kit.path().join("kehu.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = settings.split_once("on = [").unwrap();
    let (_, after) = rest.split_once("]\n").unwrap();
    std::fs::write(&path, format!("{before}on = [{}]\n{after}", names.join(", "))).unwrap();
    kit.done("log purchase 武汉钢铁 --amount 5000 --on 2024-02-26");
    kit.done("score --strict");
    kit.done("today --strict");
    kit.done("doctor");
}

#[test]
fn the_index_of_methods_names_reports_and_packs_that_are_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let index = std::fs::read_to_string(root.join("scripts/methods.md")).unwrap();
    let manifests: Vec<(String, String)> = std::fs::read_dir(root.join("scripts"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|folder| {
            let text = std::fs::read_to_string(folder.join("pack.toml")).ok()?;
            Some((folder.file_name()?.to_str()?.to_owned(), text))
        })
        .collect();
    for (name, _) in &manifests {
        assert!(index.contains(&format!("`{name}`")), "{name} stands in no row of the index");
    }
    let named: Vec<&str> =
        index.split("`kehu report ").skip(1).map(|rest| rest.split('`').next().unwrap()).collect();
    assert!(named.len() > 15, "{named:?}");
    for report in named {
        let declared = format!("[[report]]\nname = \"{report}\"");
        assert!(manifests.iter().any(|(_, text)| text.contains(&declared)), "{report}");
    }
}

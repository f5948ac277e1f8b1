//! The reports that packs bring.

use insta::assert_snapshot;

use crate::kit::Kit;

/// A shop with deals in every part of the funnel, whose stages have probabilities around its bounds.
fn funnel() -> Kit {
    let kit = Kit::shop();
    kit.set(
        r#"
[[pipeline]]
name = "steel"
title = { en = "steel", zh = "钢材" }
stage = [
  { name = "lead", title = { en = "lead", zh = "线索" }, probability = 0.24 },
  { name = "offer", title = { en = "offer", zh = "报价" }, probability = 0.25 },
  { name = "talks", title = { en = "talks", zh = "谈判" }, probability = 0.75 },
  { name = "ready", title = { en = "ready", zh = "待签" }, probability = 0.76 },
  { name = "odd", title = { en = "odd", zh = "其他" } },
  { name = "won", title = { en = "won", zh = "赢单" }, role = "won" },
  { name = "lost", title = { en = "lost", zh = "丢单" }, role = "lost" },
]
"#,
    );
    for line in [
        "deal add 武汉钢铁 冷轧大单 --amount 90000 --on 2024-02-01 --stage ready",
        "deal add 武汉钢铁 热轧 --amount 20000 --on 2024-02-10 --stage talks",
        "deal add 武汉机械 试用 --amount 3000 --on 2024-02-25 --rep 王芳 --stage offer",
        "deal add 武汉机械 配件 --amount 1000 --on 2024-02-26 --rep 王芳 --stage lead",
        "deal add 武汉机械 备件 --on 2024-02-26 --rep 王芳 --stage lead",
        "deal add 'Ann Lee' odd --amount 500 --on 2024-02-27 --stage odd",
    ] {
        kit.done(line);
    }
    kit
}

#[test]
fn the_funnel_has_its_parts_at_their_exact_bounds_and_says_whether_it_is_healthy() {
    let kit = funnel();
    assert_snapshot!(kit.run("report funnel"), @"
    Sales funnel as of 2024-03-01: 6 open deals, 114,500.00, weighted 84,390.00
    Not healthy: the top has 2 deals, the middle 2, the bottom 1. The most should be at the top: keep time for finding new customers.
    1 deal has no amount, and counts nothing in the amounts.

    Parts: top below 25 %, middle 25 to 75 %, bottom above 75 %
    part            deals  share     amount   weighted  longest stay, days
    top                 2  40.0%   1,000.00     240.00                   4
    middle              2  40.0%  23,000.00  15,750.00                  20
    bottom              1  20.0%  90,000.00  68,400.00                  29
    no probability      1            500.00       0.00                   3

    Stages
    pipeline  stage  probability  deals     amount   weighted  longest stay, days
    steel     lead           24%      2   1,000.00     240.00                   4
    steel     offer          25%      1   3,000.00     750.00                   5
    steel     talks          75%      1  20,000.00  15,000.00                  20
    steel     ready          76%      1  90,000.00  68,400.00                  29
    steel     odd                     1     500.00       0.00                   3

    Reps
    rep   deals  top  middle  bottom      amount   weighted
    李伟      3    0       1       1  110,500.00  83,400.00
    王芳      3    2       1       0    4,000.00     990.00

    Order of work: close the bottom, keep time for new customers, then the middle
    id   part            deal      customer  rep   stage  probability     amount  days in stage
    D-1  bottom          冷轧大单  武汉钢铁  李伟  ready          76%  90,000.00             29
    D-2  middle          热轧      武汉钢铁  李伟  talks          75%  20,000.00             20
    D-3  middle          试用      武汉机械  王芳  offer          25%   3,000.00              5
    D-4  top             配件      武汉机械  王芳  lead           24%   1,000.00              4
    D-5  top             备件      武汉机械  王芳  lead           24%                         4
    D-6  no probability  odd       Ann Lee   李伟  odd                    500.00              3
    ");
    assert_snapshot!(kit.run("report funnel --rep 王芳 --lang zh"), @"
    销售漏斗（王芳），截至 2024-03-01：进行中商机 3 个，金额 4,000.00，加权 990.00
    漏斗健康：顶部商机最多（2），底部最少（0）。
    1 个商机没有金额，不计入金额。

    各部分：顶部低于 25%，中部 25% 至 75%，底部高于 75%
    部分  商机数   占比      金额  加权金额  最长停留天数
    顶部       2  66.7%  1,000.00    240.00             4
    中部       1  33.3%  3,000.00    750.00             5
    底部       0   0.0%      0.00      0.00

    各阶段
    流程  阶段  赢单概率  商机数      金额  加权金额  最长停留天数
    钢材  线索       24%       2  1,000.00    240.00             4
    钢材  报价       25%       1  3,000.00    750.00             5

    工作顺序：先促成底部，再留出时间开发新客户，然后推进中部
    编号  部分  商机  客户      业务员  阶段  赢单概率      金额  停留天数
    D-3   中部  试用  武汉机械  王芳    报价       25%  3,000.00         5
    D-4   顶部  配件  武汉机械  王芳    线索       24%  1,000.00         4
    D-5   顶部  备件  武汉机械  王芳    线索       24%                   4
    ");
    let json = kit.json("report funnel");
    assert_eq!((&json["report"], &json["as_of"]), (&"funnel".into(), &"2024-03-01".into()));
    assert_eq!(json["healthy"], false);
    let middle = &json["parts"][1];
    assert_eq!(
        (&middle["part"], &middle["deals"], &middle["amount"], &middle["weighted"]),
        (&"middle".into(), &2.into(), &23000.into(), &15750.into())
    );
    assert_eq!(json["work"][0]["id"], "D-1");
}

#[test]
fn what_is_asked_of_a_report_must_be_there_and_be_taken() {
    let kit = Kit::shop();
    let mut all = String::new();
    for line in [
        "report funnle",
        "report funnel --from 2024-01-01",
        "report funnel 王芳",
        "report funnel --rep 王",
        "report funnel --rep nobody",
    ] {
        all += &format!("$ kehu {line}\n{}", kit.run(line));
    }
    assert_snapshot!(all, @r#"
    $ kehu report funnle
    [stderr]
    error: there is no report "funnle"
    hint: did you mean "funnel"?
    [exit 1]
    $ kehu report funnel --from 2024-01-01
    [stderr]
    error: the report funnel does not take --from
    hint: beside --as-of, --json and --csv it takes --rep
    [exit 2]
    $ kehu report funnel 王芳
    [stderr]
    error: the report funnel does not take words of its own
    hint: beside --as-of, --json and --csv it takes --rep
    [exit 2]
    $ kehu report funnel --rep 王
    Sales funnel of 王芳 as of 2024-03-01: 0 open deals, 0.00, weighted 0.00
    $ kehu report funnel --rep nobody
    [stderr]
    error: there is no rep "nobody"
    hint: see which there are: kehu rep list
    [exit 1]
    "#);
}

#[test]
fn tiers_say_whether_a_fifth_brings_four_fifths_of_the_profit() {
    let kit = Kit::new();
    for (name, amount) in [("甲", 800), ("乙", 60), ("丙", 50), ("丁", 50), ("戊", 40)] {
        kit.done(&format!("customer add {name}"));
        kit.done(&format!("log purchase {name} --amount {amount} --on 2024-01-15"));
    }
    kit.done("score");
    // Exactly 80 % are enough.
    assert_snapshot!(kit.run("report tiers"), @"
    Value tiers as of 2024-03-01: 5 customers, 1,000.00 amount in 12 months
    No purchase of the 12 months has a margin, so amounts stand for profit.
    Do 20 % of customers bring 80 % here? Yes: the first 20 % (1 of 5) bring 80.0 % of the amount; 80 % come from the first 1 (20.0 %).
    B holds 3 customers, 60.0 % rather than 30 %: many have the same index, and those who tie at a cut-off go to the higher tier.

    Tiers
    tier  customers  by the scheme  share  together  amount  share of amount  together  amount a customer
    A             1            20%  20.0%     20.0%  800.00            80.0%     80.0%             800.00
    B             3            30%  60.0%     80.0%  160.00            16.0%     96.0%              53.33
    C             0            30%   0.0%     80.0%    0.00             0.0%     96.0%
    D             1            20%  20.0%    100.0%   40.00             4.0%    100.0%              40.00

    What the first customers bring
    first  customers  share of amount
       1%          1            80.0%
       5%          1            80.0%
      10%          1            80.0%
      20%          1            80.0%
      30%          2            86.0%
      50%          3            91.0%
      80%          4            96.0%
     100%          5           100.0%
    ");
    // Margins tell another story than amounts.
    kit.done("log purchase 戊 --amount 100 --margin 90 --on 2024-02-20");
    kit.done("log purchase 甲 --amount 10 --margin 10 --on 2024-02-20");
    kit.done("score");
    assert_snapshot!(kit.run("report tiers --lang zh"), @"
    客户分级，截至 2024-03-01：客户 5 个，近 12 个月毛利 100.00
    3 个客户在近 12 个月有购买而未记录毛利：此处不计其毛利，并不表示没有毛利。
    20% 的客户是否带来 80% 的毛利？是：前 20%（5 个中的 1 个）带来 90.0%；80% 来自前 1 个客户（20.0%）。
    在近 12 个月有毛利的 2 个客户中，前 20%（1 个）带来 90.0%。

    各级客户
    级别  客户数  设定比例   占比    累计    金额   毛利  毛利占比    累计  户均毛利
    A 级       1       20%  20.0%   20.0%  140.00  90.00     90.0%   90.0%     90.00
    B 级       2       30%  40.0%   60.0%  870.00  10.00     10.0%  100.0%      5.00
    C 级       2       30%  40.0%  100.0%  100.00   0.00      0.0%  100.0%      0.00
    D 级       0       20%   0.0%  100.0%    0.00   0.00      0.0%  100.0%

    前列客户的贡献
      前  客户数  毛利占比
      1%       1     90.0%
      5%       1     90.0%
     10%       1     90.0%
     20%       1     90.0%
     30%       2    100.0%
     50%       3    100.0%
     80%       4    100.0%
    100%       5    100.0%
    ");
    let json = kit.json("report tiers");
    let fact = |name: &str| json[name].clone();
    assert_eq!((fact("measure"), fact("total")), ("margin".into(), 100.into()));
    assert_eq!((fact("first_fifth"), fact("first_fifth_share")), (1.into(), 0.9.into()));
    assert_eq!(fact("brings_four_fifths"), true);
    let tiers = json["tiers"].as_array().unwrap();
    assert_eq!(tiers.iter().filter_map(|tier| tier["customers"].as_i64()).sum::<i64>(), 5);
}

/// A shop with complaints of every standing, as of 2024-03-01: a deadline of 72 hours, 90 days of patience.
fn complaints() -> Kit {
    let kit = super::methods::shop_with(&["complaints"]);
    for line in [
        // In time, bought on a later day.
        "log complaint 武汉钢铁 --on 2023-10-01",
        "log call 武汉钢铁 --about I-1 --state resolved --on 2023-10-04",
        "log purchase 武汉钢铁 --amount 100 --on 2023-10-05",
        // In time, bought on the same day only.
        "log complaint 武汉机械 --on 2023-10-01 --field cause=late",
        "log call 武汉机械 --about I-4 --state resolved --on 2023-10-02",
        "log purchase 武汉机械 --amount 100 --on 2023-10-02",
        // Late, bought again.
        "log complaint 'Ann Lee' --on 2023-10-01",
        "log call 'Ann Lee' --about I-7 --state resolved --on 2023-10-05",
        "log purchase 'Ann Lee' --amount 100 --on 2023-12-01",
        // Too recent to tell, and two that are open: one in its time, one not.
        "log complaint 'Ann Lee' --on 2024-02-01",
        "log call 'Ann Lee' --about I-10 --state resolved --on 2024-02-02",
        "log complaint 武汉机械 --on 2024-02-29 --field cause=late",
        "log complaint 武汉钢铁 --on 2024-02-26",
        "log promise 武汉钢铁 --text 样品 --due 2024-02-28 --on 2024-02-20",
        "score",
    ] {
        kit.done(line);
    }
    kit
}

#[test]
fn complaints_count_who_bought_again_only_after_time_enough() {
    let kit = complaints();
    assert_snapshot!(kit.run("report complaints"), @"
    Complaints as of 2024-03-01: 6, 2 open, of which 1 overdue; 4 closed; of the 4 whose closing has a time, 3 within 72 hours
    Of 2 complaining customers served in time, with at least 90 days since, 1 bought again: 50.0 %. The practitioners' claim is 85.0 %: too few here to tell.
    1 complaint was closed less than 90 days ago and is not counted there.

    Open by age
    age          open  overdue
    0 to 1 days     1        0
    4 to 7 days     1        1

    Causes
    cause                complaints  share  open  overdue
    (no cause recorded)           4  66.7%     1        1
    late                          2  33.3%     1        0

    Reps
    rep   complaints  open  overdue
    李伟           6     2        1

    Bought again after a complaint that was served
    served       customers  bought again   share
    in 72 hours          2             1   50.0%
    later                1             1  100.0%

    Open, the oldest first
    id    customer  day         days  state   overdue  cause  rep
    I-13  武汉钢铁  2024-02-26     4  opened  yes             李伟
    I-12  武汉机械  2024-02-29     1  opened  no       late   李伟

    Promises
    rep   promises  open  overdue  kept  broken
    李伟         1     1        1     0       0
    ");
    let json = kit.json("report complaints --from 2023-10-01 --to 2023-12-31");
    let fact = |name: &str| json[name].clone();
    assert_eq!((fact("complaints"), fact("open_complaints")), (3.into(), 0.into()));
    assert_eq!((fact("served_well"), fact("served_well_bought_again")), (2.into(), 1.into()));
    assert_eq!((fact("served_well_share"), fact("claimed_share")), (0.5.into(), 0.85.into()));
}

#[test]
fn a_day_and_a_week_of_a_rep_are_told_from_the_records() {
    let kit = super::methods::shop_with(&["visit-results", "rep-reports"]);
    for line in [
        "log visit 武汉钢铁 --outcome interested --mood calm --text '要小包装' --on 2024-02-28",
        "log visit 武汉机械 --rep 王芳 --field failure=d --on 2024-02-29",
        "log call 武汉钢铁 --text '下周报价'",
        "log purchase 武汉钢铁 --amount 1200",
        "log complaint 武汉机械 --text 送错货 --rep 王芳",
        "log finding 武汉钢铁 --field heading=changed_needs --text 小包装 --field measure=问厂方",
        "deal add 武汉钢铁 冷轧 --amount 5000 --on 2024-02-20",
        "deal move 冷轧 intent --reason 有预算",
        "task add 寄样品 --customer 武汉钢铁 --due 2024-02-27",
        "task add 报价 --customer 武汉钢铁 --due 2024-03-04",
    ] {
        kit.done(line);
    }
    assert_snapshot!(kit.run("report day --rep 李伟"), @"
    Daily report of 李伟 for 2024-03-01: 0 visits, 1 call, 1,200.00 sold

    What was done
    rep   planned  of them made  visits  calls  messages  failed  purchases    amount  collected  complaints  deals moved  won  won amount  lost  tasks done  overdue
    李伟        0             0       0      1         0       0          1  1,200.00       0.00           0            1    0        0.00     0           0        1

    Planned visits: none

    Visits and calls
    day         rep   kind  customer  learned
    2024-03-01  李伟  call  武汉钢铁  下周报价

    New facts: none

    Needs, satisfaction, competitors
    rep   heading        customer  learned  measure
    李伟  changed needs  武汉钢铁  小包装   问厂方

    Deals that moved
    day         rep   deal  name  customer  into    reason
    2024-03-01  李伟  D-1   冷轧  武汉钢铁  intent  有预算

    Next steps, up to 2024-03-08
    day         rep   what    customer  days late
    2024-02-27  李伟  寄样品  武汉钢铁          3
    2024-03-04  李伟  报价    武汉钢铁
    ");
    assert_snapshot!(kit.run("report week --lang zh"), @"
    工作报告，2024-02-26 至 2024-03-03：拜访 2 次，电话 1 次，成交 1,200.00

    完成情况
    业务员  计划拜访  其中完成  拜访  电话  消息  失败  成交      金额  回款  投诉  商机推进  赢单  赢单金额  丢单  完成待办  超期待办
    李伟           0         0     1     1     0     0     1  1,200.00  0.00     0         1     0      0.00     0         0         1
    王芳           0         0     1     0     0     1     0      0.00  0.00     1         0     0      0.00     0         0         0

    计划的拜访：无

    拜访与电话
    日期        业务员  类型  客户      结果    心情  失败原因                     内容
    2024-02-28  李伟    拜访  武汉钢铁  有意向  平静                               要小包装
    2024-02-29  王芳    拜访  武汉机械                d：有意向，但受竞争对手牵制
    2024-03-01  李伟    电话  武汉钢铁                                             下周报价

    新情况
    日期        业务员  类型  客户      内容
    2024-03-01  王芳    投诉  武汉机械  送错货

    需求、满意度、竞争对手
    业务员  栏目      客户      内容    措施
    李伟    需求变化  武汉钢铁  小包装  问厂方

    商机变动
    日期        业务员  编号  商机  客户      进入阶段  原因
    2024-03-01  李伟    D-1   冷轧  武汉钢铁  意向      有预算

    下一步，至 2024-03-10
    日期        业务员  事项    客户      超期天数
    2024-02-27  李伟    寄样品  武汉钢铁         3
    2024-03-04  李伟    报价    武汉钢铁
    ");
    let json = kit.json("report week --from 2024-02-28 --to 2024-02-29");
    assert_eq!((&json["visits"], &json["calls"]), (&2.into(), &0.into()));
    assert_eq!((&json["from"], &json["moves"]), (&"2024-02-28".into(), &serde_json::json!([])));
}

#[test]
fn every_report_has_something_to_say_of_a_base_without_records() {
    let kit = super::methods::shop_with(&[
        "complaints",
        "growth",
        "loyalty",
        "dealer-attitude",
        "rep-reports",
    ]);
    let empty = Kit::new();
    std::fs::copy(kit.path().join("kehu.toml"), empty.path().join("kehu.toml")).unwrap();
    for name in [
        "funnel",
        "tiers",
        "segments",
        "lifecycle",
        "complaints",
        "growth",
        "loyalty",
        "attitude",
        "day",
        "week",
    ] {
        for kit in [&empty, &kit] {
            let told = kit.run(&format!("report {name} --as-of 2024-02-01"));
            assert!(!told.contains("error") && !told.contains("[exit"), "{name}\n{told}");
            let json = kit.json(&format!("report {name} --lang zh"));
            assert_eq!((&json["report"], &json["as_of"]), (&name.into(), &"2024-03-01".into()));
        }
    }
}

#[test]
fn a_workspace_has_reports_of_its_own_and_a_broken_one_stops_no_run() {
    let kit = Kit::shop();
    let on = std::fs::read_to_string(kit.path().join("kehu.toml")).unwrap();
    let on = on.replace("    \"contact-caps\",\n", "    \"contact-caps\",\n    \"ours\",\n");
    std::fs::write(kit.path().join("kehu.toml"), on).unwrap();
    kit.write(
        "scripts/ours/pack.toml",
        r#"
name = "ours"
version = "1"
api = "0.1"
[settings.least]
type = "number"
default = 2
doc = { en = "least", zh = "最少" }
[[report]]
name = "owners"
title = { en = "Owners", zh = "负责人" }
takes = ["words"]
[[report]]
name = "broken"
title = "Broken"
[[report]]
name = "gone"
title = "Gone"
"#,
    );
    kit.write(
        "scripts/ours/reports/owners.lua",
        "local many = require('many')\nprint(kehu.settings.least, kehu.args[1], many(), kehu.report.rep)\nkehu.table{ name = 'owners', title = { en = 'Owners', zh = '负责人' }, 'owner', 'count', rows = kehu.group(kehu.customers(), 'owner') }",
    );
    kit.write(
        "scripts/ours/many.lua",
        "return function() return #kehu.gather(kehu.customers()) end",
    );
    kit.write("scripts/ours/reports/broken.lua", "local n = 0\nif n then");
    kit.done("score");
    let mut all = String::new();
    for line in ["report owners Q1", "report owners Q1 --json", "report broken", "report gone"] {
        all += &format!("$ kehu {line}\n{}", kit.run(line));
    }
    kit.write(
        "scripts/ours/reports/owners.lua",
        "local n = kehu.customers{ columns = 'tiers' }\nprint(kehu.report.form)",
    );
    all += &kit.run("report owners");
    assert_snapshot!(all, @r#"
    $ kehu report owners Q1
    2	Q1	3	nil

    Owners
    owner  count
    李伟       1
    王芳       1
               1
    $ kehu report owners Q1 --json
    {
      "report": "owners",
      "as_of": "2024-03-01",
      "owners": [
        {
          "owner": "李伟",
          "count": 1
        },
        {
          "owner": "王芳",
          "count": 1
        },
        {
          "owner": null,
          "count": 1
        }
      ]
    }
    [stderr]
    2	Q1	3	nil
    $ kehu report broken
    [stderr]
    error: Expected 'end' (to close 'then' at column 6), got <eof>
     --> scripts/ours/reports/broken.lua:2:1
      2 | if n then
    [exit 1]
    $ kehu report gone
    [stderr]
    error: the pack declares the report "gone" and has no reports/gone.lua
     --> scripts/ours/reports/gone.lua:1:1
    hint: write it, or take [[report]] out
    [exit 1]
    [stderr]
    error: argument error: there is no column "tiers"
     --> scripts/ours/reports/owners.lua:1
      1 | local n = kehu.customers{ columns = 'tiers' }
        |                                      ^^^^^
    hint: did you mean "tier"?
    [exit 1]
    "#);
    let manifest = kit.path().join("scripts/ours/pack.toml");
    let text = std::fs::read_to_string(&manifest).unwrap().replace("\"owners\"", "\"funnel\"");
    std::fs::write(&manifest, text).unwrap();
    assert_snapshot!(kit.run("report funnel"), @r#"
    [stderr]
    error: the packs funnel-follow-up and ours both have a report "funnel"
    hint: take one of them out of [packs] on in kehu.toml
    [exit 1]
    "#);
}

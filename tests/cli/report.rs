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
    let mut all = kit.run("report");
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
    name    title   pack              takes
    funnel  Funnel  funnel-follow-up  rep
        shows: Open deals at the top, in the middle and at the bottom with their amounts, whether that is healthy, and the order of work
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

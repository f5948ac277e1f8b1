//! The reports of selling: what managers read of visits, deals, suggestions, competitors and plans.

use insta::assert_snapshot;
use serde_json::json;

use super::methods::shop_with;
use crate::kit::Kit;

fn shop() -> Kit {
    shop_with(&["visit-results", "feedback", "forecast", "competitors", "development-plan"])
}

#[test]
fn the_forecast_is_probability_times_amount_by_month_and_rep() {
    let kit = shop();
    for line in [
        // 0.3 × 90,000 and 0.1 × 10,000 in March, 0.8 × 50,000 in May.
        "deal add 武汉钢铁 年度合同 --amount 90000 --stage intent --reason x --expected-close 2024-03-20",
        "deal add 武汉钢铁 配件 --amount 10000 --expected-close 2024-03-01",
        "deal add 武汉机械 产线 --amount 50000 --stage stable_intent --reason x --expected-close 2024-05-31 --rep 王芳",
        "deal add 武汉机械 试用 --amount 3000 --expected-close 2024-02-29 --rep 王芳",
        "deal add 武汉机械 备件 --amount 2000 --rep 王芳",
        "deal add 武汉机械 询价 --expected-close 2024-03-05 --rep 王芳",
        "log purchase 武汉钢铁 --amount 4000 --on 2024-03-01",
        "log purchase 武汉钢铁 --amount 20000 --on 2023-03-15",
        "log purchase 武汉钢铁 --amount -2000 --on 2023-03-16",
        // 91 days: 31 of them in March.
        "target add amount 91000 --from 2024-03-01 --to 2024-05-30",
        "score",
    ] {
        kit.done(line);
    }
    kit.set("\n[settings.forecast]\nmarket_trend = 10\n");
    assert_snapshot!(kit.run("report forecast"), @"
    By expected close month
    month    deals      amount   forecast   reached     target  gap to target  market trend
    2024-03      3  100,000.00  28,000.00  4,000.00  31,000.00      -1,000.00     19,800.00
    2024-04      0        0.00       0.00            30,000.00      30,000.00
    2024-05      1   50,000.00  40,000.00            30,000.00     -10,000.00

    By month and rep
    month    rep   deals      amount   forecast  target
    2024-03  李伟      2  100,000.00  28,000.00
    2024-03  王芳      1        0.00       0.00
    2024-05  王芳      1   50,000.00  40,000.00

    The whole
    part                           deals      amount   forecast  without amount or probability
    in the months above                4  150,000.00  68,000.00                              1
    expected close day has passed      1    3,000.00     300.00                              0
    no expected close day              1    2,000.00     200.00                              0
    all open deals                     6  155,000.00  68,500.00                              1

    Calibration: how often past deals at a stage were won: none

    Expected close day has passed: ask anew
    deal  name  customer  rep   stage       amount  forecast  expected close
    D-4   试用  武汉机械  王芳  prospect  3,000.00    300.00  2024-02-29

    No expected close day: in no month
    deal  name  customer  rep   stage       amount  forecast  days open
    D-5   备件  武汉机械  王芳  prospect  2,000.00    200.00          0

    Not counted: no amount, or no win probability
    deal  name  customer  rep   stage     amount  forecast
    D-6   询价  武汉机械  王芳  prospect
    ");
    let report = kit.json("report forecast");
    let march = &report["months"][0];
    assert_eq!(
        json!([
            march["month"],
            march["deals"],
            march["weighted"],
            march["reached"],
            march["target"],
            march["gap"],
            march["trend"]
        ]),
        json!(["2024-03", 3, 28000, 4000, 31000, -1000, 19800])
    );
    let parts = report["parts"].as_array().unwrap();
    let whole: Vec<_> =
        parts.iter().map(|part| json!([part["part"], part["deals"], part["weighted"]])).collect();
    assert_eq!(
        json!(whole),
        json!([["dated", 4, 68000], ["overdue", 1, 300], ["undated", 1, 200], ["all", 6, 68500]])
    );
    let hers = kit.json("report forecast --rep 王芳 --to 2024-03-31");
    assert_eq!(hers["parts"][0]["weighted"], 0);
    assert_eq!(hers["months"].as_array().unwrap().len(), 1);
}

#[test]
fn win_probabilities_stand_beside_what_became_of_past_deals() {
    let kit = shop();
    for (name, end) in [("一", "signed"), ("二", "signed"), ("三", "signed"), ("四", "lost")] {
        kit.done(&format!("deal add 武汉钢铁 {name} --on 2024-01-10"));
        kit.done(&format!("deal move {name} intent --on 2024-01-20"));
        kit.done(&format!("deal move {name} prospect --on 2024-01-21 --reason x"));
        kit.done(&format!("deal move {name} intent --on 2024-01-22"));
        kit.done(&format!("deal move {name} {end} --on 2024-02-01 --reason x"));
    }
    kit.done("deal add 武汉钢铁 五");
    kit.set("\n[settings.forecast]\nfew_deals = 4\n");
    let stages = kit.json("report forecast")["calibration"].as_array().unwrap().clone();
    let told: Vec<_> = stages
        .iter()
        .map(|it| json!([it["stage"], it["closed"], it["won"], it["share"], it["verdict"]]))
        .collect();
    assert_eq!(
        json!(told),
        json!([["prospect", 4, 3, 0.75, "too_low"], ["intent", 4, 3, 0.75, "too_low"]])
    );
}

#[test]
fn failures_are_counted_by_code_and_weeks_have_three_headings() {
    let kit = shop();
    for line in [
        "log visit 武汉钢铁 --on 2024-02-01 --field failure=a",
        "log visit 武汉钢铁 --on 2024-02-08 --field failure=a",
        "log visit 武汉钢铁 --on 2024-02-15",
        "log visit 武汉机械 --on 2024-02-27 --field failure=d --rep 王芳",
        "log finding 武汉钢铁 --field heading=competitors --text 华新降价 --field measure=请经理同访",
        "log finding 武汉钢铁 --field heading=需求变化 --text 要小包装 --field none_because=量太小",
        "log finding 武汉钢铁 --field heading=product_satisfaction --text 满意",
    ] {
        kit.done(line);
    }
    assert_snapshot!(kit.run("report failures"), @"
    By code
    code  the visit failed because              failed  share  customers
    a     our offer does not meet the need           2  66.7%          1
    b     no match in size or ideas                  0   0.0%          0
    c     short of money, or hindered                0   0.0%          0
    d     interested, but tied to a competitor       1  33.3%          1
    e     other                                      0   0.0%          0

    By rep
    rep   failed  share  a  b  c  d  e
    李伟       2  66.7%  2  0  0  0  0
    王芳       1  33.3%  0  0  0  1  0

    Failed again for the same reason
    customer  code  the visit failed because          times  last
    武汉钢铁  a     our offer does not meet the need      2  2024-02-08
    3 of 4 visits failed, 75 %.
    ");
    assert_snapshot!(kit.run("--lang zh report weekly-headings"), @"
    每周三栏
    周（周一）  业务员  栏目        客户      内容      结论      措施或原因
    2024-02-26  李伟    需求变化    武汉钢铁  要小包装  无，因为  量太小
    2024-02-26  李伟    产品满意度  武汉钢铁  满意      尚无措施
    2024-02-26  李伟    竞争对手    武汉钢铁  华新降价  措施      请经理同访
    2024-02-26  王芳    需求变化                        无记录
    2024-02-26  王芳    产品满意度                      无记录
    2024-02-26  王芳    竞争对手                        无记录
    2024-02-26 至 2024-03-01 共 3 条，其中 1 条尚无措施。
    ");
    let june = kit.json("report failures --from 2024-06-01");
    assert_eq!((&june["failed"], &june["codes"][0]["share"]), (&json!(0), &json!(null)));
    let hers = kit.json("report failures --rep 王芳");
    assert_eq!((&hers["visits"], &hers["codes"][3]["share"]), (&json!(1), &json!(1)));
}

#[test]
fn suggestions_competitors_and_plans_have_their_reports() {
    let kit = shop();
    for line in [
        "log suggestion 武汉钢铁 --text 小包装 --field suggested_by=customer --on 2024-02-01 --field urgency=high",
        "log suggestion 武汉机械 --text 夜间送货 --field suggested_by=员工 --on 2024-02-02 --rep 王芳",
        "log suggestion 武汉机械 --about I-2 --state evaluated --field effect=少等半天 --field reward=200 --on 2024-02-20",
        "log objection 武汉钢铁 --text 太贵 --on 2024-02-10",
        "log objection 武汉钢铁 --about I-4 --state answered --on 2024-02-14",
        "log objection 武汉机械 --text 太远 --on 2024-02-20 --rep 王芳",
        "log competitor 武汉钢铁 --field competitor=华新 --field competitor_price=每吨4100 --field tied_until=2024-06-30 --on 2024-02-20",
        "customer edit 武汉机械 --field competitor_in_use=华新",
        "log promotion 武汉钢铁 --text 店庆周 --due 2024-03-05",
        "log visit 武汉钢铁 --on 2024-03-01",
        "target add visits 10 --from 2024-03-01 --to 2024-03-31 --rep 李伟",
        "rep edit 李伟 --field manager_note=每周两次",
        "score",
    ] {
        kit.done(line);
    }
    assert_snapshot!(kit.run("report suggestions"), @"
    Suggestions by source
    from       suggestions  collected  assessed  in work  evaluated  with an effect  rewarded
    customers            1          1         0        0          0               0         0
    prospects            0          0         0        0          0               0         0
    staff                1          0         0        0          1               1         1
    not said             0          0         0        0          0               0         0

    Open suggestions
    id   suggestion  from       state      feasibility  priority  owner  due  since
    I-1  小包装      customers  collected               high      李伟        2024-02-01

    What suggestions brought
    id   suggestion  from   owner  effect    reward  evaluated
    I-2  夜间送货    staff  王芳   少等半天  200     2024-02-20

    Open objections
    id   customer  objection  owner  days open  answer prepared
    I-6  武汉机械  太远       王芳          10

    Answers
    objections  answered  days to the answer, mean
             2         1                       4.0
    ");
    assert_snapshot!(kit.run("--lang zh report competitors"), @"
    按区域
    区域  竞争对手  客户数  受牵制  可争取或共享  我方近12个月销售额  最近记录
    武汉  华新           2       1             0                0.00  2024-02-20

    受竞争对手牵制的客户
    客户      区域  业务员  竞争对手  我方近12个月销售额
    武汉钢铁  武汉  李伟    华新

    所了解的情况
    区域  竞争对手  日期        客户      政策  品种  价格      促销  能否争取  受牵制至    说明
    武汉  华新      2024-02-20  武汉钢铁              每吨4100                  2024-06-30
    3 个客户中 2 个已知有竞争对手。
    ");
    assert_snapshot!(kit.run("report development-plan"), @"
    Goals
    rep   measure  from        to          goal  reached  share  of the time  stands
    李伟  visit    2024-03-01  2024-03-31    10        1  10.0%         3.2%  ahead

    By class
    class     strategy           customers  visits planned  by now  made  due and not seen  visits stand  sales of 12 months  goal  reached
    prospect  win as a customer          3             3.0     0.1     1                 0  ahead                       0.00

    Visit schedule by rep
    rep   customers  visits planned  by now  made  due and not seen  visits stand
    李伟          1             1.0     0.0     1                 0  ahead
    王芳          1             1.0     0.0     0                 0
                  1             1.0     0.0     0                 0

    Promotion plan
    id   day         customer  rep   promotion  state    effect
    I-8  2024-03-05  武汉钢铁  李伟  店庆周     planned

    The plan in words
    rep   goals  promotions  manager  manager's note
    李伟                              每周两次
    Plan from 2024-03-01 to 2024-03-31; 0 customers without a class of the plan.
    ");
}

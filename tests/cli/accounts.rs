//! Groups, key customers, service by tier and the first recommendation, as a rep and a manager meet them.

use insta::assert_snapshot;

use super::methods::shop_with;
use crate::kit::Kit;

/// A holding with two members, one of them on the key list by hand, and a customer of no group.
fn shop() -> Kit {
    let kit = shop_with(&["dealer-attitude", "key-accounts", "service-policy"]);
    for line in [
        "customer add 华中集团 --owner 李伟 --field goal_sales=200000 --field account_strategy=一体化供货",
        "customer edit 武汉钢铁 --parent 华中集团 --field overdue_amount=5000",
        "customer edit 武汉机械 --parent 华中集团 --field key_customer=true --field key_reason=打开机械行业 --field key_review=2024-03-10",
        "customer edit 武汉机械 --field contract_end=2024-04-30 --field risk_credit=high --field risk_reviewed=2024-02-01",
        "log purchase 武汉钢铁 --amount 120000 --on 2024-02-10",
        "log purchase 武汉钢铁 --amount -20000 --on 2024-02-12",
        "log purchase 武汉机械 --amount 10000 --on 2023-11-01",
        "log purchase 武汉机械 --amount 7000 --on 2024-01-05",
        "log purchase 华中集团 --amount 3000 --on 2024-01-06",
        "log purchase 'Ann Lee' --amount 80000 --on 2024-01-07",
        "log visit 武汉机械 --on 2024-02-20 --rep 王芳 --field minutes=240",
        "log call 武汉钢铁 --on 2024-02-21",
        "log complaint 武汉机械 --text 晚到 --on 2024-01-10",
        "log complaint 武汉机械 --text 晚到 --on 2024-01-20",
        "log complaint 武汉机械 --text 晚到 --on 2024-01-30",
        "score",
    ] {
        kit.done(line);
    }
    kit
}

#[test]
fn a_group_adds_up_its_members_and_the_key_list_stands_beside_the_tier() {
    let kit = shop();
    assert_snapshot!(kit.run("report groups"), @"
    Groups
    group     rep   members   12 months  growth  margin  open deals  of all sales  of its goal  strategy    team
    华中集团  李伟        2  120,000.00                                     60.0%        60.0%  一体化供货

    Members
    group     customer  place              rep   12 months, alone  of the group
    华中集团  武汉钢铁  member             李伟        100,000.00         83.3%
    华中集团  武汉机械  member             王芳         17,000.00         14.2%
    华中集团  华中集团  head of the group  李伟          3,000.00          2.5%

    Customers of no group
    customers  12 months
            1  80,000.00
    ");
    assert_snapshot!(kit.run("explain 武汉机械 key_list"), @"
    武汉机械 (C-2), 2024-03-01

    key_list = key list, by hand (by_hand)  [key-accounts 0.1.0, key_list]
      · put on the key list for its strategic significance: 打开机械行业  scripts/key-accounts/main.lua:85
      · to be reviewed on 2024-03-10  scripts/key-accounts/main.lua:92
      · the computed tier is C; the list counts before it, as A  scripts/key-accounts/main.lua:99
      on the key list (key_customer) = yes
      strategic significance (key_reason) = 打开机械行业
      review of the key list (key_review) = 2024-03-10
      tier = C  [tiers 0.1.0, tier]
        · index 33.33, at or above the cut-off 0 of tier C  scripts/tiers/main.lua:56
        learned from all customers: cuts 1 = 100, cuts 2 = 66.67, cuts 3 = 0
        value_index = 33.33 points  [tiers 0.1.0, index]
          +33.33 amount of 12 months 17,000.00: percentile rank 33.3, weight 100 %  scripts/tiers/main.lua:29
          · margin of 12 months is missing: its weight of 30 % is shared out over the others  scripts/tiers/main.lua:34
          · credit is missing: its weight of 20 % is shared out over the others  scripts/tiers/main.lua:34
          amount_12m = 17,000.00  purchases of the last 12 months less returns
          margin_12m = missing  margin of the last 12 months
          rfm_frequency = 2  Number of purchases or visits
    ");
    assert_snapshot!(kit.run("--lang zh report risk"), @"
    重点客户风险
    客户      业务员  重点客户名单          风险  分    近12个月  评审日      合同到期    预警                                                                                                                              缺少资料（项）
    武汉机械  王芳    重点客户名单（人工）  高    65   17,000.00  2024-02-01  2024-04-30  信用风险：高；3 个月内订货由 10,000.00 降到 7,000.00，下降 30%；10 天没有联系，超过间隔 7 天；合同于 2024-04-30 到期，还有 60 天               5
    武汉钢铁  李伟    按等级为重点          高    45  100,000.00                          逾期货款 5,000.00，高于 0.00；9 天没有联系，超过间隔 7 天；从未评审风险                                                                        7

    缺少资料，未能判断
    客户      业务员  内容
    武汉钢铁  李伟    未评市场风险；未做信用评估；未评合同风险；此前数月没有购买，无法比较订货；两个时段的满意度不全；未记录由谁发起；未登记合同到期日
    武汉机械  王芳    未评市场风险；未评合同风险；未记录逾期货款；两个时段的满意度不全；未记录由谁发起

    人工重点客户名单
    客户      业务员  计算等级  战略意义      复审日      重点客户名单
    武汉机械  王芳    C 级      打开机械行业  2024-03-10  重点客户名单（人工）
    ");
}

#[test]
fn effort_is_held_against_value_and_the_way_up_is_an_amount() {
    let kit = shop();
    assert_snapshot!(kit.run("report effort"), @"
    Over-served: effort above the median, results below it
    customer  rep   tier  hours  visits  calls     result   an hour  complaints
    武汉机械  王芳  C       4.0       1      0  17,000.00  4,250.00           3

    Under-served: results above the median, effort below it
    customer  rep  tier  hours  visits  calls     result  an hour  complaints
    Ann Lee        B       0.0       0      0  80,000.00                    0

    Problem customers: work them, do not flee them
    customer  rep   tier  hours  visits  calls     result   an hour  complaints
    武汉机械  王芳  C       4.0       1      0  17,000.00  4,250.00           3

    Where the time of each rep goes, hours
    rep   all  first type  second type  third, able  third, unable  not known  said
    王芳  4.0         0.0          0.0          4.0            0.0        0.0
    李伟  0.2         0.0          0.2          0.0            0.0        0.0
    ");
    assert_snapshot!(kit.run("report upgrade --limit 2"), @"
    Short of the next tier, the nearest first
    customer  rep   tier  index  points short  shortest indicator   12 months  more than this lifts it
    Ann Lee         B     66.67         33.33  amount of 12 months  80,000.00                20,000.00
    武汉机械  王芳  C     33.33         33.33  amount of 12 months  17,000.00                63,000.00
    [stderr]
    1 more; --limit 0 shows all
    ");
    // One yuan more than it says lifts the customer.
    let upgrades = kit.json("report upgrade");
    let first = &upgrades["upgrades"][0];
    let more = first["more"].as_f64().unwrap() + 1.0;
    let name = first["customer"].as_str().unwrap().to_owned();
    kit.done(&format!("log purchase '{name}' --amount {more}"));
    kit.done("score");
    let upgrades = kit.json("report upgrade");
    let left = upgrades["upgrades"].as_array().unwrap().iter();
    assert!(left.clone().count() > 0 && left.clone().all(|row| row["customer"] != *name), "{name}");
}

#[test]
fn an_activity_counts_with_the_owner_and_an_outcome() {
    let kit = shop_with(&["first-recommendation"]);
    assert_snapshot!(kit.run("log activity 武汉钢铁 --field owner_on_site=false"), @"
    I-1
    [stderr]
    Logged joint activity with 武汉钢铁 on 2024-03-01.
    warning: first-recommendation: without the owner on site it does not count towards the first recommendation (scripts/first-recommendation/main.lua:263)
    advice: first-recommendation: complete what is on file of I-1: kehu interaction edit I-1 --outcome … --field owner_on_site=… --field owner_took_part=…
    ");
    for _ in 0..3 {
        kit.done(
            "log activity 武汉钢铁 --outcome 进第一排 --field owner_on_site=true --field owner_took_part=true",
        );
    }
    kit.done("product edit 冷轧板 --field launched=2023-06-01");
    kit.done("log purchase 武汉钢铁 --amount 300 --product 冷轧板 --on 2024-02-01");
    kit.done("log purchase 武汉钢铁 --amount 100 --on 2024-02-02");
    kit.done("score");
    assert_snapshot!(kit.run("explain 武汉钢铁 first_recommendation"), @"
    武汉钢铁 (C-1), 2024-03-01

    first_recommendation = first recommendation (reached)  [first-recommendation 0.1.0, first_recommendation]
      · 3 effective joint activities, 3 are needed  scripts/first-recommendation/main.lua:54
      joint_activities = 4  joint activities
      activities_site_unsaid = 0  joint activities of which it is not recorded whether the owner was on site
      activities_without_owner = 1  joint activities without the owner on site
      activities_part_unsaid = 0  joint activities of which it is not recorded whether the owner took part
      activities_owner_idle = 0  joint activities with the owner on site who did not take part
      activities_without_outcome = 0  joint activities with the owner, without an outcome
      activities_no_breakthrough = 0  joint activities with the owner, whose outcome was not beyond what was expected
      activities_with_outcome = 3  joint activities with the owner on site and taking part, and an outcome
    ");
    assert_snapshot!(kit.run("explain 武汉钢铁 new_product_share"), @"
    武汉钢铁 (C-1), 2024-03-01

    share of new products (new_product_share) = 75 %  [first-recommendation 0.1.0, comfort_trap]
      · new products 300.00 of 400.00 in 6 months; new for 365 days after the launch  scripts/first-recommendation/main.lua:119
      learned from all customers: known = 1
      rapport = missing
      talks_lately = 4  contacts within contact_days days
      talks_before = 0  contacts within the contact_days days before those
      bought_lately = 400.00  purchases of share_months months less returns
      bought_before = 0.00  the same of the months before those
      new_lately = 300.00  of these, products that were new on the day of the purchase
      new_before = 0.00  the same of the months before those
      launch_known = 1  purchases of products whose launch is recorded
    ");
}

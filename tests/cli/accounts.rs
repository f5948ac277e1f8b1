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
    assert_snapshot!(kit.run("report groups"), @"");
    assert_snapshot!(kit.run("explain 武汉机械 key_list"), @"");
    assert_snapshot!(kit.run("--lang zh report risk"), @"");
}

#[test]
fn effort_is_held_against_value_and_the_way_up_is_an_amount() {
    let kit = shop();
    assert_snapshot!(kit.run("report effort"), @"");
    assert_snapshot!(kit.run("report upgrade 2"), @"");
    // One yuan more than it says lifts the customer.
    let upgrades = kit.json("report upgrade");
    let first = &upgrades["upgrades"][0];
    let more = first["more"].as_f64().unwrap() + 1.0;
    let name = first["customer"].as_str().unwrap();
    kit.done(&format!("log purchase {name} --amount {more}"));
    kit.done("score");
    assert_snapshot!(kit.run(&format!("customer list --columns name,tier --where \"name = '{name}'\"")), @"");
}

#[test]
fn an_activity_counts_with_the_owner_and_an_outcome() {
    let kit = shop_with(&["first-recommendation"]);
    assert_snapshot!(kit.run("log activity 武汉钢铁 --field owner_on_site=false"), @"");
    for _ in 0..3 {
        kit.done(
            "log activity 武汉钢铁 --outcome 进第一排 --field owner_on_site=true --field owner_took_part=true",
        );
    }
    kit.done("product edit 冷轧板 --field launched=2023-06-01");
    kit.done("log purchase 武汉钢铁 --amount 300 --product 冷轧板 --on 2024-02-01");
    kit.done("log purchase 武汉钢铁 --amount 100 --on 2024-02-02");
    kit.done("score");
    assert_snapshot!(kit.run("explain 武汉钢铁 first_recommendation"), @"");
    assert_snapshot!(kit.run("explain 武汉钢铁 new_product_share"), @"");
}

//! The reports of `examples/reports`, on the demo.

use insta::assert_snapshot;

use crate::kit::Kit;

/// The first lines that a report of the examples shows on the demo.
fn report(kit: &Kit, name: &str, lines: usize) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/reports").join(name);
    let output = kit.command(&["run", path.to_str().unwrap(), "-C", "demo"]).output().unwrap();
    let told = kit.told(&output);
    assert!(output.status.success(), "{told}");
    let source = std::fs::read_to_string(&path).unwrap();
    let code = source.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("--"));
    assert!((8..=20).contains(&code.count()), "{name} is ten to twenty lines");
    told.split_inclusive('\n').take(lines).collect()
}

#[test]
fn five_questions_have_an_answer_in_a_few_lines_of_lua() {
    let kit = Kit::empty();
    kit.done("demo demo");
    assert_snapshot!(report(&kit, "top_customers.lua", 5), @r"
    290 customers have bought, as of 2024-03-01
    place  name              owner         amount  share  together
        1  孝感桐岭超市      周晓岚  2,092,500.00   1.2%      1.2%
        2  杭州棠畔商贸      王海涛  2,033,278.00   1.2%      2.5%
        3  武汉谷亭粮油商行  周晓岚  2,022,185.00   1.2%      3.7%
    ");
    assert_snapshot!(report(&kit, "deals_by_stage.lua", 5), @r"
    stage                  deals        amount    weighted  longest stay, days
    sales 1 prospect          30  2,460,000.00  246,000.00                  69
    sales 2 intent            20  1,715,000.00  514,500.00                  71
    sales 3 stable_intent     10    980,000.00  784,000.00                  62
    ");
    assert_snapshot!(report(&kit, "silent_customers.lua", 9), @r"
    69 customers have not bought for more than 90 days
    rep        customers  bought so far
    周晓岚            14   8,731,466.00
    Grace Lim         15   7,799,074.00
    王海涛            12   6,240,503.00
    陈志远            16   4,562,410.00
    李文静            12   3,104,960.00

    id     name                         owner      recency_days        amount
    ");
    assert_snapshot!(report(&kit, "purchases_by_month.lua", 5), @r"
    month    purchases  customers         amount  change
    2022-09        132         53   1,278,092.00
    2022-10        420        130   6,869,019.00  437.4%
    2022-11        547        159   8,613,832.00   25.4%
    2022-12        576        177   9,105,665.00    5.7%
    ");
    assert_snapshot!(report(&kit, "complaint_ageing.lua", 9), @r"
    age           complaints
    0 to 2 days            3
    3 to 7 days           10
    8 to 30 days           3

    id       customer_name           happened    days_ago  state         rep
    I-23908  成都榕笛酒水批发        2024-02-16        14  in_work       陈志远
    I-23535  武汉青苑粮油商行        2024-02-18        12  in_work       周晓岚
    I-2501   佛山苔坪酒水批发        2024-02-21         9  in_work       Grace Lim
    ");
}

use crate::kit::Kit;
use insta::assert_snapshot;

#[test]
fn a_deal_goes_its_way_and_writes_one_purchase_when_it_is_won() {
    let kit = Kit::shop();
    assert_snapshot!(kit.run("deal add 武汉钢铁 年度合同 --product 冷轧板 --on 2024-01-10"), @"");
    kit.done("deal move 年度合同 intent --on 2024-02-01");
    kit.done("deal move 年度合同 'stable intent' --on 2024-02-20 --amount 5000");
    assert_snapshot!(kit.run("deal move 年度合同 签约 --on 2024-02-28 --by 王芳"), @"");
    assert_snapshot!(kit.run("deal show 年度合同"), @"");
    assert_snapshot!(kit.run("interaction show I-1"), @"");
    kit.done("deal move D-1 lost --reason cancelled");
    assert_snapshot!(kit.run("deal move D-1 signed --reason 'back again'"), @"");
    assert_eq!(kit.json("interaction list 武汉钢铁").as_array().unwrap().len(), 1);
}

#[test]
fn leaving_the_order_of_the_stages_needs_a_reason() {
    let kit = Kit::shop();
    kit.done("deal add 武汉钢铁 合同");
    assert_snapshot!(kit.run("deal move 合同 signed"), @"");
    assert_snapshot!(kit.run("deal move 合同 prospect"), @"");
    assert_snapshot!(kit.run("deal move 合同 singed"), @"");
    kit.done("deal move 合同 intent");
    assert_snapshot!(kit.run("deal move 合同 prospect"), @"");
    kit.done("deal move 合同 lost");
    assert_snapshot!(kit.run("deal move 合同 intent"), @"");
    assert_snapshot!(kit.run("deal move 合同 intent --reason again --on 2024-02-01"), @"");
}

#[test]
fn a_deal_may_find_its_customer_late() {
    let kit = Kit::shop();
    kit.done("deal add 'Trade fair lead' --amount 700");
    assert_snapshot!(kit.run("deal list --no-customer"), @"");
    kit.done("deal move 'Trade fair' signed --reason 'on the spot'");
    assert_snapshot!(kit.run("deal assign D-1 'Ann Lee'"), @"");
    assert_snapshot!(kit.run("deal assign D-1 武汉钢铁"), @"");
    kit.done("undo");
    kit.done("deal assign D-1 武汉钢铁");
}

#[test]
fn undoing_a_win_takes_its_purchase_back() {
    let kit = Kit::shop();
    kit.done("deal add 武汉钢铁 合同 --amount 5");
    kit.done("deal move 合同 signed --reason quick");
    kit.done("undo");
    assert_eq!(kit.json("interaction list 武汉钢铁"), serde_json::json!([]));
    assert_eq!(kit.json("deal show 合同")["stage"], "prospect");
}

#[test]
fn deals_are_listed_by_what_is_asked_for() {
    let kit = Kit::shop();
    kit.done("deal add 武汉钢铁 合同 --amount 1234567.5");
    kit.done("deal add 'Ann Lee' order --rep 王芳");
    kit.done("deal move order lost");
    assert_snapshot!(kit.run("deal list"), @"");
    assert_snapshot!(kit.run("deal list --open --json"), @"");
    assert_snapshot!(kit.run("deal list --rep 王芳 --stage 失败 --customer Ann"), @"");
}

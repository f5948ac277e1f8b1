use crate::kit::Kit;
use insta::assert_snapshot;

#[test]
fn what_happened_is_logged_on_its_day_and_known_today() {
    let kit = Kit::shop();
    assert_snapshot!(
        kit.run("log purchase 武汉钢铁 --on 2024-01-31 --amount 12,800 --margin 1900 --product 冷轧板"),
        @""
    );
    assert_snapshot!(kit.run("interaction show I-1"), @"");
    assert_snapshot!(kit.run("interaction show I-1 --json"), @"");
    kit.done("log purchase 武汉钢铁 --amount -500");
    kit.done("note 武汉钢铁 '在换采购系统'");
    assert_snapshot!(kit.run("interaction list 武汉钢铁"), @"");
}

#[test]
fn a_complaint_goes_through_the_states_that_its_kind_declares() {
    let kit = Kit::shop();
    kit.done("log complaint 武汉钢铁 --text 'wrong delivery'");
    assert_snapshot!(kit.run("log call 武汉钢铁 --about I-1 --state resolvd"), @"");
    assert_snapshot!(kit.run("log call 武汉钢铁 --state resolved"), @"");
    assert_snapshot!(kit.run("log call 'Ann Lee' --about I-1 --state resolved"), @"");
    kit.done("log call 武汉钢铁 --about I-1 --state resolved");
    assert_snapshot!(kit.run("interaction list 武汉钢铁"), @"");
    assert_snapshot!(kit.run("interaction void I-1"), @"");
}

#[test]
fn a_slip_is_corrected_or_voided() {
    let kit = Kit::shop();
    kit.done("log purchase 武汉钢铁 --amount 128 --outcome good");
    assert_snapshot!(kit.run("interaction edit I-1 --amount 12800 --outcome ''"), @"");
    let purchase = &kit.json("interaction list 武汉钢铁")[0];
    assert_eq!(
        (purchase["amount"].as_f64(), &purchase["outcome"]),
        (Some(12_800.0), &serde_json::Value::Null)
    );
    assert_snapshot!(kit.run("interaction void I-1 --reason 'not theirs'"), @"");
    assert_snapshot!(kit.run("interaction list 武汉钢铁"), @"");
}

#[test]
fn what_cannot_be_is_refused_with_the_nearest_name() {
    let kit = Kit::shop();
    kit.done("contact add 'Ann Lee' 'Bob Lee'");
    assert_snapshot!(kit.run("log purchse 武汉钢铁"), @"");
    assert_snapshot!(kit.run("log visit 武汉钢铁 --on 2024-02-30"), @"");
    assert_snapshot!(kit.run("log visit 武汉钢铁 --on tomorrow"), @"");
    assert_snapshot!(kit.run("log purchase 武汉钢铁 --amount '$5'"), @"");
    assert_snapshot!(kit.run("log purchase 武汉钢铁 --amount 1.234"), @"");
    assert_snapshot!(kit.run("log visit 武汉钢铁 --contact Bob"), @"");
    assert_snapshot!(kit.run("log visit 武汉钢铁 --contact P-1"), @"");
    assert_snapshot!(kit.run("log visit 武汉钢铁 --field mod=x"), @"");
}

use crate::kit::Kit;
use insta::assert_snapshot;

#[test]
fn the_people_at_customers_are_listed_and_edited() {
    let kit = Kit::shop();
    kit.done("contact add 武汉钢铁 张敏 --role 采购经理 --birthday 1980-05-17");
    kit.done("contact add 'Ann Lee' 'Bob Lee' --coach no");
    kit.done("contact edit 张敏 --role 采购总监 --wechat zhangmin");
    assert_snapshot!(kit.run("contact list"), @"");
    assert_snapshot!(kit.run("contact list Ann --json"), @"");
}

#[test]
fn tasks_are_listed_as_they_fall_due_and_closed() {
    let kit = Kit::shop();
    kit.done("task add 送样品 --customer 武汉钢铁 --due +3");
    kit.done("task add 'call back' --customer 'Ann Lee' --rep 王芳");
    assert_snapshot!(kit.run("task list"), @"");
    assert_snapshot!(kit.run("task done T-2 --reason 'she called'"), @"");
    assert_snapshot!(kit.run("task done T-2"), @"");
    assert_snapshot!(kit.run("task list --closed --json"), @"");
    assert_snapshot!(kit.run("task list --due today"), @"");
}

#[test]
fn the_firms_own_lists_are_kept() {
    let kit = Kit::shop();
    assert_snapshot!(kit.run("rep list"), @"");
    assert_snapshot!(kit.run("rep add 王芳"), @"");
    assert_snapshot!(kit.run("product list"), @"");
    kit.done("target add amount 500000 --from 2024-01-01 --to 2024-03-31 --rep 李伟");
    assert_snapshot!(kit.run("target list"), @"");
    assert_snapshot!(kit.run("target add amount 5 --from 2024-02-01 --to 2024-01-01"), @"");
}

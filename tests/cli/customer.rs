use crate::kit::Kit;
use insta::assert_snapshot;

#[test]
fn a_customer_is_added_and_shown_on_one_page() {
    let kit = Kit::shop();
    kit.done("contact add 武汉钢铁 张敏 --role 采购经理 --coach yes");
    kit.done("log visit 武汉钢铁 --on yesterday --at 14:30 --contact 张敏 --text 谈年度合同");
    kit.done("deal add 武汉钢铁 年度合同 --amount 500000");
    kit.done("task add 送样品 --customer 武汉钢铁 --due tomorrow");
    assert_snapshot!(kit.run("customer show 武汉钢铁"), @"");
    assert_snapshot!(kit.run("--lang zh customer show c-1"), @"");
}

#[test]
fn a_page_for_programs_has_every_fact() {
    let kit = Kit::shop();
    kit.set("\n[fields.customer]\ncredit = { type = \"money\" }\n");
    kit.done("customer edit 'ann lee' --birthday 1980-05-17 --field credit=1,000.50");
    assert_snapshot!(kit.run("customer show 'Ann Lee' --json"), @"");
}

#[test]
fn names_work_wherever_an_id_does() {
    let kit = Kit::shop();
    assert_snapshot!(kit.run("customer show 武汉"), @"");
    assert_snapshot!(kit.run("customer show 武汉刚铁"), @"");
    assert_snapshot!(kit.run("customer show C-9"), @"");
    assert_snapshot!(kit.run("customer show D-1"), @"");
    kit.done("customer show 钢铁");
    kit.done("customer show ＡＮＮ");
}

#[test]
fn a_second_customer_of_the_same_name_must_be_meant() {
    let kit = Kit::shop();
    assert_snapshot!(kit.run("customer add 'ann  LEE'"), @"");
    kit.done("customer add 'ann LEE' --force");
}

#[test]
fn an_edit_changes_what_is_named_and_clears_what_is_empty() {
    let kit = Kit::shop();
    kit.done("customer edit 武汉钢铁 --place '' --tag 大客户 --untag 重点 --owner 王芳");
    assert_snapshot!(kit.run("customer show 武汉钢铁"), @"");
    assert_snapshot!(kit.run("customer edit 武汉钢铁 --owner 王芳"), @"");
    assert_snapshot!(kit.run("customer edit 武汉钢铁 --untag 重电"), @"");
    assert_snapshot!(kit.run("customer edit 武汉钢铁 --parent 武汉钢铁"), @"");
}

#[test]
fn a_list_has_the_columns_the_order_and_the_length_that_are_asked_for() {
    let kit = Kit::shop();
    kit.set("\n[fields.customer]\nsize = { type = \"number\", unit = \"people\" }\n");
    kit.done("customer edit C-1 --field size=900");
    kit.done("customer edit C-2 --field size=1200");
    assert_snapshot!(kit.run("customer list"), @"");
    assert_snapshot!(kit.run("customer list --columns name,size --sort -size --limit 2"), @"");
    assert_snapshot!(kit.run("customer list --columns id,sise"), @"");
    assert_snapshot!(kit.run("customer list --owner 王芳 --json"), @"");
}

#[test]
fn an_archived_customer_is_kept_but_not_listed() {
    let kit = Kit::shop();
    kit.done("customer archive C-3");
    assert_eq!(kit.json("customer list").as_array().unwrap().len(), 2);
    assert_snapshot!(kit.run("customer list --archived --columns id,name,archived"), @"");
    assert_snapshot!(kit.run("customer archive C-3"), @"");
    kit.done("customer restore C-3");
    assert_eq!(kit.json("customer list").as_array().unwrap().len(), 3);
}

use crate::kit::Kit;
use insta::assert_snapshot;

#[test]
fn a_customer_is_added_and_shown_on_one_page() {
    let kit = Kit::shop();
    kit.done("contact add 武汉钢铁 张敏 --role 采购经理 --coach yes");
    kit.done("log visit 武汉钢铁 --on yesterday --at 14:30 --contact 张敏 --text 谈年度合同");
    kit.done("deal add 武汉钢铁 年度合同 --amount 500000");
    kit.done("task add 送样品 --customer 武汉钢铁 --due tomorrow");
    assert_snapshot!(kit.run("customer show 武汉钢铁"), @r"
    C-1  武汉钢铁
      type         organisation
      owner        李伟
      place        武汉
      tags         重点
      known since  2024-03-01

    Contacts
      id   name  role      coach
      P-1  张敏  采购经理  yes

    Open deals
      id   name      pipeline  stage     since           amount  rep
      D-1  年度合同  sales     prospect  2024-03-01  500,000.00  李伟

    Last interactions
      id   day         time   kind   rep   contact  text
      I-1  2024-02-29  14:30  visit  李伟  张敏     谈年度合同

    Tasks
      id   due         what    rep   state
      T-1  2024-03-02  送样品  李伟  open
    ");
    assert_snapshot!(kit.run("--lang zh customer show c-1"), @r"
    C-1  武汉钢铁
      类型    商业客户
      负责人  李伟
      地点    武汉
      标签    重点
      得知    2024-03-01

    联系人
      编号  名称  职务      教练
      P-1   张敏  采购经理  是

    进行中的商机
      编号  名称      流程  阶段  自                金额  业务员
      D-1   年度合同  销售  潜在  2024-03-01  500,000.00  李伟

    最近互动
      编号  日期        时间   类型  业务员  联系人  内容
      I-1   2024-02-29  14:30  拜访  李伟    张敏    谈年度合同

    待办
      编号  期限        事项    业务员  状态
      T-1   2024-03-02  送样品  李伟    未完成
    ");
}

#[test]
fn a_page_for_programs_has_every_fact() {
    let kit = Kit::shop();
    kit.set("\n[fields.customer]\ncredit = { type = \"money\" }\n");
    kit.done("customer edit 'ann lee' --birthday 1980-05-17 --field credit=1,000.50");
    assert_snapshot!(kit.run("customer show 'Ann Lee' --json"), @r#"
    {
      "id": "C-3",
      "name": "Ann Lee",
      "type": "person",
      "owner": null,
      "place": null,
      "lat": null,
      "lon": null,
      "phone": null,
      "email": null,
      "birthday": "1980-05-17",
      "parent": null,
      "source": null,
      "consent": null,
      "tags": [],
      "external_ids": {},
      "archived": null,
      "known": "2024-03-01",
      "credit": 1000.5,
      "scores": [],
      "contacts": [],
      "open_deals": [],
      "interactions": [],
      "tasks": []
    }
    "#);
}

#[test]
fn names_work_wherever_an_id_does() {
    let kit = Kit::shop();
    assert_snapshot!(kit.run("customer show 武汉"), @r#"
    [stderr]
    error: "武汉" may be any of several customers
    hint: say which one by its id: C-1 武汉钢铁, C-2 武汉机械
    [exit 1]
    "#);
    assert_snapshot!(kit.run("customer show 武汉刚铁"), @r#"
    [stderr]
    error: there is no customer "武汉刚铁"
    hint: did you mean 武汉钢铁 (C-1)?
    [exit 1]
    "#);
    assert_snapshot!(kit.run("customer show C-9"), @r"
    [stderr]
    error: there is no customer C-9
    [exit 1]
    ");
    assert_snapshot!(kit.run("customer show D-1"), @r#"
    [stderr]
    error: there is no customer "D-1"
    hint: D-1 is the id of a deal
    [exit 1]
    "#);
    kit.done("customer show 钢铁");
    kit.done("customer show ＡＮＮ");
}

#[test]
fn a_second_customer_of_the_same_name_must_be_meant() {
    let kit = Kit::shop();
    assert_snapshot!(kit.run("customer add 'ann  LEE'"), @r"
    [stderr]
    error: C-3 is called Ann Lee already
    hint: change that one with kehu customer edit C-3
    hint: --force adds a second one of that name
    [exit 1]
    ");
    kit.done("customer add 'ann LEE' --force");
}

#[test]
fn whoever_adds_a_customer_is_told_of_like_names() {
    let kit = Kit::shop();
    kit.done("customer add 大明商贸有限公司");
    assert_snapshot!(kit.run("customer add 大明商贸"), @"
    C-5
    [stderr]
    A like name is on file: 大明商贸有限公司 (C-4)
    If it is the same customer: kehu undo, and work with that one.
    Added customer 大明商贸.
    ");
    assert_snapshot!(kit.run("--lang zh customer add 大明商贸公司"), @"
    C-6
    [stderr]
    已有相似名称：大明商贸 (C-5), 大明商贸有限公司 (C-4)
    若为同一客户：kehu undo 撤销，沿用已有客户。
    已添加客户 大明商贸公司。
    ");
    assert_snapshot!(kit.run("customer add 小明商贸有限公司"), @"
    C-7
    [stderr]
    Added customer 小明商贸有限公司.
    ");
}

#[test]
fn an_edit_changes_what_is_named_and_clears_what_is_empty() {
    let kit = Kit::shop();
    kit.done("customer edit 武汉钢铁 --place '' --tag 大客户 --untag 重点 --owner 王芳");
    assert_snapshot!(kit.run("customer show 武汉钢铁"), @r"
    C-1  武汉钢铁
      type         organisation
      owner        王芳
      tags         大客户
      known since  2024-03-01
    ");
    assert_snapshot!(kit.run("customer edit 武汉钢铁 --owner 王芳"), @r"
    [stderr]
    error: nothing is changed: C-1 says so already
    hint: name what is to be changed; see --help
    [exit 1]
    ");
    assert_snapshot!(kit.run("customer edit 武汉钢铁 --untag 重电"), @r#"
    [stderr]
    error: there is no tag "重电" to take off
    hint: known are: 大客户
    [exit 2]
    "#);
    assert_snapshot!(kit.run("customer edit 武汉钢铁 --parent 武汉钢铁"), @r"
    [stderr]
    error: C-1 belongs to C-1 itself
    [exit 1]
    ");
}

#[test]
fn a_list_has_the_columns_the_order_and_the_length_that_are_asked_for() {
    let kit = Kit::shop();
    kit.set("\n[fields.customer]\nsize = { type = \"number\", unit = \"people\" }\n");
    kit.done("customer edit C-1 --field size=900");
    kit.done("customer edit C-2 --field size=1200");
    assert_snapshot!(kit.run("customer list"), @r"
    id   name      owner  place  tags
    C-1  武汉钢铁  李伟   武汉   重点
    C-2  武汉机械  王芳   武汉
    C-3  Ann Lee
    ");
    assert_snapshot!(kit.run("customer list --columns name,size --sort -size --limit 2"), @r"
    name             size
    武汉机械  1200 people
    武汉钢铁   900 people
    [stderr]
    1 more; --limit 0 shows all
    ");
    assert_snapshot!(kit.run("customer list --columns id,sise"), @r#"
    [stderr]
    error: there is no column "sise"
    hint: did you mean "size"?
    hint: features and scores are there once kehu score has run
    [exit 2]
    "#);
    assert_snapshot!(kit.run("customer list --owner 王芳 --json"), @r#"
    [
      {
        "id": "C-2",
        "name": "武汉机械",
        "owner": {
          "id": "R-2",
          "name": "王芳"
        },
        "place": "武汉",
        "tags": []
      }
    ]
    "#);
}

#[test]
fn an_archived_customer_is_kept_but_not_listed() {
    let kit = Kit::shop();
    kit.done("customer archive C-3");
    assert_eq!(kit.json("customer list").as_array().unwrap().len(), 2);
    assert_snapshot!(kit.run("customer list --archived --columns id,name,archived"), @r"
    id   name     archived
    C-3  Ann Lee  2024-03-01
    ");
    assert_snapshot!(kit.run("customer archive C-3"), @r"
    [stderr]
    error: C-3 is archived since 2024-03-01
    [exit 1]
    ");
    kit.done("customer restore C-3");
    assert_eq!(kit.json("customer list").as_array().unwrap().len(), 3);
}

#[test]
fn a_part_of_one_name_alone_names_a_record_and_the_whole_name_is_told() {
    let kit = Kit::shop();
    kit.done("deal add 武汉钢铁 年度合同 --on 2024-02-20");
    for (line, told) in [
        ("log call 钢铁 --on 2024-02-01", "Logged call with 武汉钢铁"),
        ("log visit 钢铁 --rep 王 --deal 年度", "Logged visit with 武汉钢铁"),
        ("task add call --customer ann", "To be done by 2024-03-01 for Ann Lee: call."),
        ("customer edit ann --place x", "Changed customer Ann Lee."),
        ("contact add 机械 王总", "Added contact 王总 at 武汉机械."),
        ("contact edit 王 --role 总监", "Changed contact 王总 at 武汉机械."),
        ("customer archive 机械", "Archived customer 武汉机械."),
    ] {
        let said = kit.run(line);
        assert!(said.contains(told), "{said}");
    }
    // An external name or a whole name goes before a part of another one.
    kit.done("customer add 'Ann Lee Trade'");
    assert!(kit.run("log visit 'ANN LEE'").contains("with Ann Lee on"));
    assert_snapshot!(kit.run("log visit ann"), @r#"
    [stderr]
    error: "ann" may be any of several customers
    hint: say which one by its id: C-3 Ann Lee, C-4 Ann Lee Trade
    [exit 1]
    "#);
    // What cannot be taken back needs the whole name.
    assert_snapshot!(kit.run("customer erase 钢 --forever"), @r#"
    [stderr]
    error: there is no customer "钢"
    hint: did you mean 武汉钢铁 (C-1)? What is done for good needs a whole name or an id
    [exit 1]
    "#);
}

#[test]
fn what_cannot_be_a_phone_or_an_address_is_refused() {
    let kit = Kit::shop();
    assert_snapshot!(kit.run("customer edit 'Ann Lee' --phone abc"), @r#"
    [stderr]
    error: phone: "abc" is no telephone number
    hint: write it with its digits, such as +86 27 8888 0000
    [exit 2]
    "#);
    assert_snapshot!(kit.run("customer edit 'Ann Lee' --phone 110 --email foo"), @r#"
    [stderr]
    error: email: "foo" is no e-mail address
    hint: write it as name@example.com
    [exit 2]
    "#);
    for wrong in ["a@b@c", "@b.cn", "a@", "a b@c.cn", "a@b..cn"] {
        let told = kit.run(&format!("contact add 'Ann Lee' Bob --email '{wrong}'"));
        assert!(told.contains("is no e-mail address"), "{told}");
    }
    kit.done("customer edit 'Ann Lee' --phone '+86 (27) 8888-0000 转 12' --email ann.lee@例子.cn");
    kit.done("customer edit 'Ann Lee' --phone '' --email ''");
}

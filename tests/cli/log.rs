use crate::kit::Kit;
use insta::assert_snapshot;

#[test]
fn what_happened_is_logged_on_its_day_and_known_today() {
    let kit = Kit::shop();
    assert_snapshot!(
        kit.run("log purchase 武汉钢铁 --on 2024-01-31 --amount 12,800 --margin 1900 --product 冷轧板"),
        @r"
    I-1
    [stderr]
    Logged purchase with 武汉钢铁 on 2024-01-31.
    "
    );
    assert_snapshot!(kit.run("interaction show I-1"), @r"
    I-1  purchase  2024-01-31
      kind         purchase
      customer     武汉钢铁
      day          2024-01-31
      amount       12,800.00
      margin       1,900.00
      rep          李伟
      product      冷轧板
      known since  2024-03-01
    ");
    assert_snapshot!(kit.run("interaction show I-1 --json"), @r#"
    {
      "id": "I-1",
      "kind": "purchase",
      "customer": {
        "id": "C-1",
        "name": "武汉钢铁"
      },
      "day": "2024-01-31",
      "time": null,
      "amount": 12800,
      "margin": 1900,
      "quantity": null,
      "rep": {
        "id": "R-1",
        "name": "李伟"
      },
      "contact": null,
      "deal": null,
      "product": {
        "id": "G-1",
        "name": "冷轧板"
      },
      "channel": null,
      "outcome": null,
      "mood": null,
      "about": null,
      "state": null,
      "due": null,
      "known": "2024-03-01",
      "text": null
    }
    "#);
    kit.done("log purchase 武汉钢铁 --amount -500");
    kit.done("note 武汉钢铁 '在换采购系统'");
    assert_snapshot!(kit.run("interaction list 武汉钢铁"), @r"
    id   day         kind         amount  rep   text
    I-3  2024-03-01  note                 李伟  在换采购系统
    I-2  2024-03-01  purchase    -500.00  李伟
    I-1  2024-01-31  purchase  12,800.00  李伟
    ");
}

#[test]
fn a_complaint_goes_through_the_states_that_its_kind_declares() {
    let kit = Kit::shop();
    kit.done("log complaint 武汉钢铁 --text 'wrong delivery'");
    assert_snapshot!(kit.run("log call 武汉钢铁 --about I-1 --state resolvd"), @r#"
    [stderr]
    error: "resolvd" is no state of a complaint
    hint: did you mean "resolved"?
    [exit 2]
    "#);
    assert_snapshot!(kit.run("log call 武汉钢铁 --state resolved"), @"
    [stderr]
    error: a call has no states
    hint: say what it is about: --about complaint
    [exit 2]
    ");
    assert_snapshot!(kit.run("log call 'Ann Lee' --about I-1 --state resolved"), @r"
    [stderr]
    error: I-1 happened with C-1, not with C-3
    [exit 1]
    ");
    kit.done("log call 武汉钢铁 --about I-1 --state resolved");
    assert_snapshot!(kit.run("interaction list 武汉钢铁"), @"
    id   day         time   kind       rep   about  state     text
    I-2  2024-03-01  09:30  call       李伟  I-1    resolved
    I-1  2024-03-01  09:30  complaint  李伟         resolved  wrong delivery
    ");
    assert_snapshot!(kit.run("interaction void I-1"), @r"
    [stderr]
    error: interaction I-1 cannot be removed: I-2 refers to it
    hint: take I-2 away first
    [exit 1]
    ");
}

#[test]
fn a_slip_is_corrected_or_voided() {
    let kit = Kit::shop();
    kit.done("log purchase 武汉钢铁 --amount 128 --outcome good");
    assert_snapshot!(kit.run("interaction edit I-1 --amount 12800 --outcome ''"), @r"
    I-1
    [stderr]
    Corrected the purchase of 2024-03-01.
    ");
    let purchase = &kit.json("interaction list 武汉钢铁")[0];
    assert_eq!(
        (purchase["amount"].as_f64(), &purchase["outcome"]),
        (Some(12_800.0), &serde_json::Value::Null)
    );
    assert_snapshot!(kit.run("interaction void I-1 --reason 'not theirs'"), @r"
    I-1
    [stderr]
    Voided the purchase of 2024-03-01.
    ");
    assert_snapshot!(kit.run("interaction list 武汉钢铁"), @r"
    [stderr]
    nothing to show
    ");
}

#[test]
fn what_cannot_be_is_refused_with_the_nearest_name() {
    let kit = Kit::shop();
    kit.done("contact add 'Ann Lee' 'Bob Lee'");
    assert_snapshot!(kit.run("log purchse 武汉钢铁"), @r#"
    [stderr]
    error: unknown kind of interaction "purchse"
    hint: did you mean "purchase"?
    [exit 2]
    "#);
    assert_snapshot!(kit.run("log visit 武汉钢铁 --on 2024-02-30"), @r"
    [stderr]
    error: invalid value '2024-02-30' for '--on <DAY>': no such day; write YYYY-MM-DD, today, yesterday, tomorrow or +DAYS

    For more information, try '--help'.
    [exit 2]
    ");
    assert_snapshot!(kit.run("log visit 武汉钢铁 --on tomorrow"), @r"
    [stderr]
    error: 2024-03-02 has not come yet: today is 2024-03-01
    hint: what is still to be done is a task: kehu task add
    [exit 2]
    ");
    assert_snapshot!(kit.run("log purchase 武汉钢铁 --amount '$5'"), @r#"
    [stderr]
    error: amount: "$5" is in USD, another currency than the workspace's
    hint: amounts are in CNY, such as 1234.50
    [exit 2]
    "#);
    assert_snapshot!(kit.run("log purchase 武汉钢铁 --amount 1.234"), @r#"
    [stderr]
    error: amount: "1.234" has more decimal places than the currency
    hint: amounts are in CNY, such as 1234.50
    [exit 2]
    "#);
    assert_snapshot!(kit.run("log visit 武汉钢铁 --contact Bob"), @r#"
    [stderr]
    error: there is no contact "Bob" at C-1
    hint: add the person first: kehu contact add C-1 NAME
    [exit 1]
    "#);
    assert_snapshot!(kit.run("log visit 武汉钢铁 --contact P-1"), @r"
    [stderr]
    error: Bob Lee (P-1) is a contact at Ann Lee (C-3), not at C-1
    [exit 1]
    ");
    assert_snapshot!(kit.run("log visit 武汉钢铁 --field mod=x"), @r#"
    [stderr]
    error: no interaction field "mod" is declared
    hint: declare it in kehu.toml: [fields.interaction.mod]
    [exit 2]
    "#);
}

#[test]
fn work_of_someone_who_is_no_rep_says_that_it_is_nobodys() {
    let kit = Kit::shop();
    assert_snapshot!(kit.run("--user unknown log call 'Ann Lee'"), @r"
    I-1
    [stderr]
    note: no rep is recorded, because unknown is no rep of this workspace; use --rep NAME, or set [user] name
    Logged call with Ann Lee on 2024-03-01.
    ");
    for line in ["task add call", "deal add 'Ann Lee' offer", "note 'Ann Lee' hello"] {
        let told = kit.run(&format!("--user guest {line}"));
        assert!(told.contains("note: no rep is recorded, because guest is no rep"), "{told}");
        assert!(!kit.run(line).contains("no rep is recorded"), "{line}");
    }
    assert!(!kit.run("--user guest task add call --rep 王芳").contains("no rep is recorded"));
    assert!(
        kit.run("--lang zh --user 客人 task add 打电话").contains("注意：未记录业务员，因为 客人")
    );
}

#[test]
fn a_purchase_without_an_amount_is_noted() {
    let kit = Kit::shop();
    assert_snapshot!(kit.run("log purchase 'Ann Lee'"), @r"
    I-1
    [stderr]
    note: the purchase has no amount, so it adds nothing to any sum; kehu interaction edit I-1 --amount AMOUNT
    Logged purchase with Ann Lee on 2024-03-01.
    ");
    assert!(!kit.run("log purchase 'Ann Lee' --amount 0").contains("note:"));
}

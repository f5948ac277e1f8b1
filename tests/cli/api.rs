use crate::kit::Kit;
use insta::assert_snapshot;

#[test]
fn a_function_is_explained_with_what_it_takes_and_an_example() {
    let kit = Kit::empty();
    assert_snapshot!(kit.run("api add_months"), @r#"
    kehu.day.add_months(day, months) → day
    Moves a day by calendar months, back if they are negative.

    The 31st becomes the last day of a shorter month.

    - `day` (day)
    - `months` (whole number)

    Since 0.1.

        kehu.day.format(kehu.day.add_months(kehu.day.parse("2024-01-31"), 1)) --> "2024-02-29"
    "#);
    assert_snapshot!(kit.run("--lang zh api kehu.day.add_months"), @r#"
    kehu.day.add_months(day, months) → 日期
    按日历月移动日期，负数为向前。

    31 日在较短的月份变为该月最后一天。

    - `day` (日期)
    - `months` (整数)

    始于版本 0.1。

        kehu.day.format(kehu.day.add_months(kehu.day.parse("2024-01-31"), 1)) --> "2024-02-29"
    "#);
    assert_snapshot!(kit.run("api kehu.day.add_month"), @r#"
    [stderr]
    error: scripts have no "kehu.day.add_month"
    hint: did you mean "kehu.day.add_months"?
    [exit 1]
    "#);
    let entry = kit.json("api ctx:task")[0].clone();
    assert_eq!(entry["hooks"][0], "on_event");
    assert_eq!(entry["takes"][0]["fields"][1]["name"], "due");
}

#[test]
fn the_whole_is_listed_and_written_for_editors() {
    let kit = Kit::empty();
    let all = kit.json("api");
    assert!(all.as_array().unwrap().len() > 80);
    assert!(kit.run("api --limit 0").contains("kehu.text.starts_with"));
    assert!(kit.run("api --format luacats").starts_with("---@meta kehu\n"));
    assert!(kit.run("api --format selene").contains("  kehu.day.parse:\n    args:\n"));
    assert!(kit.run("--lang zh api --format markdown").starts_with("# 参考手册\n"));
}

#[test]
fn a_table_is_told_by_the_name_by_which_scripts_call_it() {
    let kit = Kit::empty();
    assert_snapshot!(kit.run("api case"), @r#"
    kehu.Case  (follow_up)
    case in follow_up: what is known of the customer beside its columns.

    name                                          meaning
    case.name: text                               The customer's name.
    case.customer: table                          The customer's record.
    case.contacts: list of tables                 The people at the customer.
    case.tasks: list of tables                    The open tasks about the customer.
    case.threads: list of kehu.Threads            Its threads, the earliest first, closed ones too.
    case.deals: list of kehu.Deals                Its open deals, in the order of their ids.
    case.interactions: list of kehu.Interactions  Its last 20 interactions, the latest first.

        case.name --> "上海一号"
        case.customer.id --> 1
        #case.contacts --> 1
        #case.tasks --> 0
        #case.deals --> 1
        #case.interactions --> 1
        case.threads[1].state --> "opened"

    kehu.StageCase  (stage)
    case in stage: a deal that moves to another stage, is opened, or stays.

    name                                          meaning
    case.deal: table                              The deal's record, with stage, days_in_stage, opened, days_open, probability, amount and its own fields.
    case.stage: kehu.Stage or nil                 The stage that it is in; nil while it is being opened.
    case.move: kehu.MoveAsked or nil              The move that is asked about; nil for a deal that stays.
    case.history: list of kehu.Moves              Its moves so far, the earliest first.
    case.customer: table or nil                   The customer's record; nil if the deal has none yet.
    case.contacts: list of tables                 The people at the customer.
    case.interactions: list of kehu.Interactions  The customer's last 20 interactions, the latest first.
    case.threads: list of kehu.Threads            The customer's threads, the earliest first, closed ones too.

        case.deal.days_in_stage --> 10
        case.stage.name --> "intent"
        case.move.direction --> "forward"
        case.history[1].stage --> "first"
        case.customer.name --> "上海一号"
        case.contacts[1].name --> "王总"
        case.interactions[1].kind --> "call"
        #case.threads --> 0
    "#);
    for name in ["ctx", "event", "kehu", "c", "row", "proposals", "test", "assert"] {
        kit.done(&format!("api {name}"));
    }
    assert_snapshot!(kit.run("--lang zh api assert.near"), @"
    assert.near(expected, actual, [tolerance], [note]) → 任意值  (tests.lua)
    期望数字相差不超过容差。

    省略时为 0.000000001。

    - `expected` (数字)
    - `actual` (任意值)
    - `tolerance` (数字，可省略)
    - `note` (文本，可省略)：写在提示之前的说明

    始于版本 0.1。

        assert.near(0.33, 1 / 3, 0.01)
    ");
    let entry = kit.json("api test.score")[0].clone();
    assert_eq!(entry["takes"][0]["fields"][0]["name"], "customers");
    assert!(kit.run("api --limit 0").contains("test.plan_visits"));
}

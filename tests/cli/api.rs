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

use crate::kit::Kit;
use insta::assert_snapshot;

/// A shop with two open deals, a purchase and a deal that nobody has.
fn shop() -> Kit {
    let kit = Kit::shop();
    for line in [
        "log purchase 武汉钢铁 --amount 5000 --on 2024-02-26",
        "deal add 武汉钢铁 年度合同 --product 冷轧板 --on 2024-02-20",
        "deal add 武汉机械 试用 --rep 李伟 --on 2024-02-21",
        "deal move 年度合同 intent --on 2024-02-25",
    ] {
        kit.done(line);
    }
    kit
}

#[test]
fn today_says_who_what_why_when_and_by_which_channel() {
    let kit = shop();
    assert_snapshot!(kit.run("today"), @"");
    let lines = kit.json("today")["lines"].clone();
    assert!(lines.as_array().unwrap().iter().all(|line| !line["because"][0]["en"].is_null()));
}

#[test]
fn a_line_is_done_snoozed_or_skipped_by_its_key() {
    let kit = shop();
    let lines = kit.json("today")["lines"].as_array().unwrap().clone();
    let key = |at: usize| lines[at]["key"].as_str().unwrap().to_owned();
    assert_snapshot!(kit.run(&format!("today done {} --text 样品已送到", key(0))), @"");
    assert_snapshot!(kit.run(&format!("today snooze {} --until +3", key(1))), @"");
    assert_snapshot!(kit.run(&format!("today skip {} --reason 出差", key(2))), @"");
    assert_snapshot!(kit.run("history --limit 3"), @"");
    assert_snapshot!(kit.run("today skip zzzz --reason 出差"), @"");
    assert_snapshot!(kit.run("today --rep 赵云"), @"");
}

#[test]
fn a_plan_names_its_days_and_what_did_not_fit() {
    let kit = shop();
    assert_snapshot!(kit.run("plan --from 2024-03-04 --to 2024-03-15"), @"");
    assert_snapshot!(kit.run("plan --from 2024-03-15 --to 2024-03-04"), @"");
    assert_snapshot!(kit.run("--lang zh plan --from 2027-01-01 --to 2027-01-03 --dry-run"), @"");
}

#[test]
fn the_doctor_names_what_is_wrong_with_packs() {
    let kit = Kit::new();
    let told = kit.run("doctor");
    assert!(told.contains("nothing has been scored yet"), "{told}");
    assert!(!told.contains("[exit"), "{told}");
    kit.set("[settings.contact-caps]\nfading_cap = -1\n");
    let told = kit.run("doctor");
    assert!(told.contains("expected 0 to 1000") && told.ends_with("[exit 1]\n"), "{told}");
}

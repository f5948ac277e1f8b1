use std::fmt::Write as _;

use crate::kit::Kit;
use insta::assert_snapshot;

/// Three customers with purchases on known days; what happened after the first of March does not count
/// before it happens.
fn scored() -> Kit {
    let kit = Kit::shop();
    kit.set("\n[fields.customer]\ncredit = { type = \"number\" }\n");
    for line in [
        "customer edit C-1 --field credit=80",
        "log purchase 武汉钢铁 --on 2024-02-20 --amount 9000 --margin 1800",
        "log purchase 武汉钢铁 --on 2023-11-05 --amount 3000 --margin 300",
        "log purchase 武汉机械 --on 2023-08-01 --amount 500 --margin 50",
        "log purchase 武汉机械 --on 2023-08-02 --amount -100",
    ] {
        kit.done(line);
    }
    kit
}

#[test]
fn every_value_says_why_down_to_the_line() {
    let kit = scored();
    assert_snapshot!(kit.run("explain 武汉钢铁 tier"), @"");
    assert_snapshot!(kit.run("score"), @"");
    assert_snapshot!(kit.run("explain 武汉钢铁 tier"), @"");
    assert_snapshot!(kit.run("--lang zh explain 武汉机械 lifecycle --why-not"), @"");
    assert_snapshot!(kit.run("explain 'Ann Lee' rfm_segment"), @"");
    assert_snapshot!(kit.run("explain 'Ann Lee' teir"), @"");
}

#[test]
fn customers_are_listed_by_features_and_scores() {
    let kit = scored();
    kit.done("score");
    let list = "customer list --where 'recency_days > 5 and tier is not null' --sort -amount";
    assert_snapshot!(kit.run(list), @"");
    assert_snapshot!(kit.run("customer list --where tier=AA"), @"");
    assert_snapshot!(kit.run("customer list --where 'teir = 1'"), @"");
    assert_snapshot!(kit.run("customer list --where 'amount >' "), @"");
}

#[test]
fn a_persons_word_stands_beside_the_machines() {
    let kit = scored();
    kit.done("score");
    assert_snapshot!(kit.run("override 武汉机械 tier AA --reason 'reference customer'"), @"");
    kit.done("override 武汉机械 tier A --until 2024-06-30 --reason 'reference customer'");
    assert_snapshot!(kit.run("override"), @"");
    assert_snapshot!(kit.run("score --json"), @"");
    assert_snapshot!(kit.run("runs changes"), @"");
    let told = kit.run("explain 武汉机械 tier");
    assert!(told.contains("overridden by 李伟: reference customer, until 2024-06-30"), "{told}");
    // After its last day the machine's value counts again.
    let later = kit.at("2024-07-01T09:00");
    later.done("score");
    assert!(!later.run("explain 武汉机械 tier").contains("overridden"));
}

#[test]
fn the_past_is_seen_as_it_was() {
    let kit = scored();
    let amount = |day: &str| {
        let list = format!("customer list --as-of {day} --columns id,amount,recency_days");
        kit.json(&list)
    };
    // Typed in today: on the day itself nobody knew of it yet.
    assert_eq!(amount("2024-02-25")[0]["amount"], serde_json::Value::Null);
    assert_eq!(amount("2024-03-01")[0]["amount"], 12_000.0);
    assert_eq!(amount("2024-03-01")[1]["amount"], 400.0);
}

#[test]
fn a_pack_that_fails_is_switched_off_and_the_others_go_on() {
    let kit = scored();
    kit.write(
        "scripts/broken/pack.toml",
        "name = \"broken\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"score\"\nneeds = [\"recency_days\"]\n[step.gives.broken_score]\ntype = \"number\"\n",
    );
    kit.write(
        "scripts/broken/main.lua",
        "local M = {}\nfunction M.score(c, ctx)\n  return { broken_score = c.recency + 1 }\nend\nreturn M\n",
    );
    let settings = kit.path().join("kehu.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, text.replacen("on = [", "on = [\"broken\", ", 1)).unwrap();
    assert_snapshot!(kit.run("score"), @"");
    let loops = "local M = {}\nfunction M.score(c, ctx)\n  while true do end\nend\nreturn M\n";
    kit.write("scripts/broken/main.lua", loops);
    let told = kit.run("score");
    assert!(told.contains("time limit"), "{told}");
    assert!(told.contains("[exit 3]"), "{told}");
}

/// Enough customers for three batches, in the shape of an export.
fn crowd(kit: &Kit) {
    let mut text = String::from("who,day,amount\n");
    for row in 0_u32..24_000 {
        let (who, day) = (row * 7 % 17_000, row * 13 % 700);
        let day = kehu_domain::Day::parse("2022-03-01").unwrap().plus_days(day.cast_signed());
        writeln!(text, "N{who:05},{day},{}.{:02}", row % 977, row % 100).unwrap();
    }
    kit.write("sales.csv", &text);
    kit.write(
        "map.toml",
        "name = \"till\"\n[[table]]\ninto = \"interaction\"\ncreate_customers = true\n[table.columns]\nkind = { value = \"purchase\" }\ncustomer = \"who\"\nday = \"day\"\namount = \"amount\"\n",
    );
}

#[test]
fn the_same_data_gives_the_same_bytes_whatever_the_threads_and_undo_leaves_no_trace() {
    let kit = Kit::shop();
    let lists = ["customer list", "rep list", "deal list", "interaction list C-1", "task list"];
    let seen = |kit: &Kit| lists.map(|list| kit.run(&format!("{list} --json")));
    let before = seen(&kit);
    crowd(&kit);
    kit.done("import sales.csv --map map.toml");
    let shown = |threads: u32| {
        kit.done(&format!("--threads {threads} score"));
        let list = kit.run(&format!("--threads {threads} customer list --columns all --json"));
        (list, kit.run("explain N00007 --json"))
    };
    let one = shown(1);
    assert!(one.0.len() > 100_000 && one.1.contains("scripts/tiers/main.lua"), "{}", one.1);
    assert_eq!(one, shown(2));
    assert_eq!(one, shown(2));
    for _ in 0..4 {
        kit.done("undo");
    }
    assert_eq!(before, seen(&kit));
}

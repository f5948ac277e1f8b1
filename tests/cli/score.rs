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
    assert_snapshot!(kit.run("explain 武汉钢铁 tier"), @r"
    [stderr]
    error: nothing has been scored yet
    hint: first: kehu score
    [exit 1]
    ");
    assert_snapshot!(kit.run("score"), @"
    column                 pack              with a value  missing  values
    rfm_recency            rfm                          2        1  10 … 213, mean 111.5
    rfm_frequency          rfm                          2        1  1 … 2, mean 1.5
    rfm_monetary           rfm                          2        1  400.00 … 12,000.00, mean 6,200.00
    rfm_segment            rfm                          2        1  important: value 1  important: develop 0  important: re-engage 0  important: win back 0  ordinary: value 0  ordinary: develop 0  ordinary: re-engage 0  no intent 1
    value_index            tiers                        3        0  0 … 90, mean 46.67
    index_share_amount     tiers                        3        0  0.5 … 0.625, mean 0.5833
    index_share_margin     tiers                        3        0  0.3 … 0.375, mean 0.35
    index_share_credit     tiers                        1        2  0.2 … 0.2, mean 0.2
    index_share_frequency  tiers                        3        0  0 … 0, mean 0
    tier                   tiers                        3        0  A 1  B 1  C 1  D 0
    tier_gap               tiers                        2        1  40 … 50, mean 45
    lifecycle              lifecycle                    2        1  active 1  silent 0  fading 0  churned 1
    funnel_part            funnel-follow-up             0        3  bottom 0  middle 0  top 0
    visits_per_month       visit-frequency              3        0  1 … 4, mean 2.333
    visit_minutes          visit-frequency              3        0  60 … 60, mean 60
    visit_gap_days         visit-frequency              3        0  7 … 30, mean 17.33
    visit_mode             visit-frequency              3        0  rotating 3  anchored 0  dig-in 0
    visit_purpose          visit-frequency              3        0  leave a good impression, learn the basic facts 1  listen, collect information, explore cooperation 0  go deep, show willingness and posture 0  agree the terms of signing 0  care for the customer 2
    visit_topics           visit-frequency              3        0  introduce ourselves; their business, people and plans 1  needs, competitor in use; ask high terms rather than low 0  what both sides bring; answers to open questions 0  price, delivery, payment; the next step and its day 0  use so far, changed needs, complaints, next order 2
    visit_value            visit-frequency              3        0  0.00 … 12,000.00, mean 4,133.33
    visit_group            visit-frequency              1        2
    [stderr]
    Scored 3 customers as of 2024-03-01: run S-1
    ");
    assert_snapshot!(kit.run("explain 武汉钢铁 tier"), @"
    武汉钢铁 (C-1), 2024-03-01

    tier = A  [tiers 0.1.0, tier]
      · index 90, at or above the cut-off 90 of tier A  scripts/tiers/main.lua:56
      learned from all customers: cuts 1 = 90, cuts 2 = 50, cuts 3 = 0
      value_index = 90 points  [tiers 0.1.0, index]
        +50 amount of 12 months 12,000.00: percentile rank 100, weight 50 %  scripts/tiers/main.lua:29
        +30 margin of 12 months 2,100.00: percentile rank 100, weight 30 %  scripts/tiers/main.lua:29
        +10 credit 80: percentile rank 50, weight 20 %  scripts/tiers/main.lua:29
        amount_12m = 12,000.00  purchases of the last 12 months less returns
        margin_12m = 2,100.00  margin of the last 12 months
        credit = 80
        rfm_frequency = 2  Number of purchases or visits
    ");
    assert_snapshot!(kit.run("--lang zh explain 武汉机械 lifecycle --why-not"), @"
    武汉机械 (C-2), 2024-03-01

    生命周期 (lifecycle) = 流失期 (churned)  [lifecycle 0.1.0, score]
      · 上次购买在 213 天前，超过 180 天  scripts/lifecycle/main.lua:27
      未触发 active: recency_days = 213, 应为 <= 30 (设置 active_days)  scripts/lifecycle/main.lua:15
      未触发 silent: recency_days = 213, 应为 <= 90 (设置 silent_days)  scripts/lifecycle/main.lua:19
      未触发 fading: recency_days = 213, 应为 <= 180 (设置 fading_days)  scripts/lifecycle/main.lua:23
      未触发 never_bought: recency_days = 213, 应为 缺失  scripts/lifecycle/main.lua:31
      距上次购买的天数 (recency_days) = 213 天
      距首次购买的天数 (first_purchase_days) = 213 天
    ");
    assert_snapshot!(kit.run("explain 'Ann Lee' rfm_segment"), @r"
    Ann Lee (C-3), 2024-03-01

    rfm_segment = missing  [rfm 0.1.0, score]
      · no purchase yet, so no segment  scripts/rfm/main.lua:10
      learned from all customers: recency = 111.5, monetary = 6200, frequency = 1.5
      recency_days = missing  days since the last purchase
      purchases = 0  number of purchases
      amount = 0.00  sum of all purchases less returns
      last_visit_days = missing  days since the last visit
      visits = 0  number of visits
    ");
    assert_snapshot!(kit.run("explain 'Ann Lee' teir"), @r#"
    [stderr]
    error: the run of 2024-03-01 has no column "teir"
    hint: did you mean "tier"?
    [exit 2]
    "#);
}

#[test]
fn all_that_packs_give_is_explained_once_and_fits_on_two_screens() {
    let kit = scored();
    kit.done("score");
    let told = kit.run("explain 武汉钢铁");
    assert!(told.lines().count() < 64, "{told}");
    assert_eq!(told.matches("learned from all customers: recency").count(), 1, "{told}");
    assert_eq!(told.matches("\n  value_index = 90 points\n").count(), 1, "{told}");
    assert!(told.contains("read: value_index = 90 points (see above), "), "{told}");
    // No rule refers to an indicator of weight 0, so it is not explained below the index.
    let index = kit.run("explain 武汉钢铁 value_index");
    assert!(index.contains("\n  rfm_frequency = 2  "), "{index}");
    assert!(!index.contains("2 purchases"), "{index}");
}

#[test]
fn the_page_of_a_customer_shows_its_labels_with_their_day() {
    let kit = scored();
    assert!(!kit.run("customer show 武汉钢铁").contains("Scores"));
    kit.done("score");
    let told = kit.run("customer show 武汉钢铁");
    let scores: Vec<_> = told.lines().skip_while(|line| *line != "Scores").take(6).collect();
    assert_snapshot!(scores.join("\n"), @"
    Scores
      column       value             as of
      RFM segment  important: value  2024-03-01
      value index  90                2024-03-01
      tier         A                 2024-03-01
      lifecycle    active            2024-03-01
    ");
    let scores = &kit.json("customer show 武汉钢铁")["scores"];
    assert_eq!(
        scores[0],
        serde_json::json!({ "column": "rfm_segment", "value": "important_value", "as_of": "2024-03-01" })
    );
}

#[test]
fn tests_that_did_not_fire_are_listed_where_they_belong() {
    let kit = scored();
    kit.done("score");
    let not_fired = |customer: &str, column: &str| -> Vec<String> {
        let told = kit.json(&format!("explain {customer} {column} --why-not"));
        let rules = told["explanations"][0]["not_fired"].as_array().cloned().unwrap_or_default();
        rules.iter().map(|rule| rule["rule"].as_str().unwrap().to_owned()).collect()
    };
    // The step of the tier reads the credit, too, but its absence counts in the index alone.
    assert_eq!(not_fired("武汉钢铁", "value_index"), ["credit_missing"]);
    assert_eq!(not_fired("武汉钢铁", "tier"), [""; 0]);
    // Nobody is silent or fading, and only one column can have these rules.
    assert_eq!(not_fired("武汉机械", "lifecycle"), ["active", "silent", "fading", "never_bought"]);
}

#[test]
fn customers_are_listed_by_features_and_scores() {
    let kit = scored();
    kit.done("score");
    let list = "customer list --where 'recency_days > 5 and tier is not null' --sort -amount";
    assert_snapshot!(kit.run(list), @r"
    id   name      owner  place  tags  recency_days  tier     amount
    C-1  武汉钢铁  李伟   武汉   重点            10  A     12,000.00
    C-2  武汉机械  王芳   武汉                  213  B        400.00
    ");
    assert_snapshot!(kit.run("customer list --where tier=AA"), @r#"
    [stderr]
    error: there is no column "AA"
      --where tier=AA
                   ^ column 6
    hint: known are: id, name, type, owner, place, phone, email, source, tags, birthday, consent, parent, archived, known, lat, lon and 53 more
    hint: a text stands in quotes, such as 'A'
    [exit 2]
    "#);
    assert_snapshot!(kit.run("customer list --where 'teir = 1'"), @r#"
    [stderr]
    error: there is no column "teir"
      --where teir = 1
              ^ column 1
    hint: did you mean "tier"?
    [exit 2]
    "#);
    assert_snapshot!(kit.run("customer list --where 'amount >' "), @r"
    [stderr]
    error: the condition ends where a column or a value is expected
      --where amount >
                      ^ column 9
    hint: a condition reads like: tier = 'A' and recency_days > 90
    [exit 2]
    ");
}

#[test]
fn what_is_wrong_with_a_condition_is_shown_at_its_place() {
    let kit = scored();
    kit.done("score");
    assert_snapshot!(kit.run("customer list --where 'name = \"武汉\" and tire = \"A\"'"), @r#"
    [stderr]
    error: there is no column "tire"
      --where name = "武汉" and tire = "A"
                                ^ column 17
    hint: did you mean "tier"?
    [exit 2]
    "#);
    assert_snapshot!(kit.run("customer list --where 'tier = \"A'"), @r#"
    [stderr]
    error: the text that begins here has no closing quote
      --where tier = "A
                     ^ column 8
    hint: a condition reads like: tier = 'A' and recency_days > 90
    [exit 2]
    "#);
    assert_snapshot!(kit.run("customer list --where 'tier in (\"A\", \"E\")'"), @r#"
    [stderr]
    error: tier is never "E"
      --where tier in ("A", "E")
                            ^ column 15
    hint: known are: A, B, C, D
    [exit 2]
    "#);
    assert_snapshot!(kit.run("explain 武汉机械 teir"), @r#"
    [stderr]
    error: the run of 2024-03-01 has no column "teir"
    hint: did you mean "tier"?
    [exit 2]
    "#);
}

#[test]
fn a_persons_word_stands_beside_the_machines() {
    let kit = scored();
    kit.done("score");
    assert_snapshot!(kit.run("override 武汉机械 tier AA --reason 'reference customer'"), @r#"
    [stderr]
    error: tier is never "AA"
    hint: did you mean "A"?
    [exit 2]
    "#);
    assert_snapshot!(kit.run("override 武汉机械 tier A --until 2024-06-30 --reason 'reference customer'"), @r"
    [stderr]
    tier of 武汉机械 is A in every run as of 2024-03-01 to 2024-06-30; next: kehu score
    ");
    assert_snapshot!(kit.run("override"), @r"
    id   customer  column  value  counts today  since       until       by    reason
    V-1  武汉机械  tier    A      yes           2024-03-01  2024-06-30  李伟  reference customer
    ");
    let scored = kit.json("score");
    let columns = scored["columns"].as_array().unwrap();
    let tier = columns.iter().find(|column| column["column"] == "tier").unwrap();
    assert_eq!(tier["counts"].to_string(), r#"{"A":2,"B":0,"C":1,"D":0}"#);
    assert_snapshot!(kit.run("runs changes"), @r"
    customer  column  from  to
    武汉机械  tier    B     A
    ");
    let told = kit.run("explain 武汉机械 tier");
    assert!(told.contains("overridden by 李伟: reference customer, until 2024-06-30"), "{told}");
    // After its last day the machine's value counts again.
    let later = kit.at("2024-07-01T09:00");
    later.done("score");
    assert!(!later.run("explain 武汉机械 tier").contains("overridden"));
}

#[test]
fn an_override_is_replaced_and_ended() {
    let kit = scored();
    kit.done("override 武汉机械 tier A --reason 'reference customer'");
    assert_snapshot!(kit.run("override 武汉机械 tier C --reason 'moved away'"), @r"
    [stderr]
    tier of 武汉机械 is C in every run as of 2024-03-01 or later; next: kehu score
    It replaces V-1: A (reference customer)
    ");
    let kit = kit.at("2024-03-05T09:00");
    assert_snapshot!(kit.run("override 武汉机械 tier"), @r"
    [stderr]
    error: the value that counts instead of tier is missing
    hint: write for example: kehu override NAME tier A --reason TEXT
    hint: to end one: kehu override NAME tier --end
    [exit 2]
    ");
    assert_snapshot!(kit.run("override 武汉机械 tier --end --reason 'came back'"), @r"
    [stderr]
    tier of 武汉机械 is the pack's again in every run as of 2024-03-05 or later; next: kehu score
    ");
    assert_snapshot!(kit.run("override list"), @r"
    id   customer  column  value  counts today  since       until       by    reason
    V-1  武汉机械  tier    A      no            2024-03-01              李伟  reference customer
    V-2  武汉机械  tier    C      no            2024-03-01  2024-03-04  李伟  moved away
    ");
    assert_snapshot!(kit.run("override 武汉机械 tier --end"), @r"
    [stderr]
    error: no override of tier of 武汉机械 counts today
    hint: kehu override list shows which there are
    [exit 1]
    ");
    kit.done("score");
    assert!(!kit.run("explain 武汉机械 tier").contains("overridden"));
    kit.done("score --as-of 2024-03-04");
    assert!(kit.run("explain 武汉机械 tier").contains("overridden by 李伟: moved away"));
    assert_snapshot!(kit.run("history --limit 3"), @r"
    id    when (UTC)            by    command   what was done
    O-16  2024-03-05T01:00:00Z  李伟  score     score as of 2024-03-04
    O-15  2024-03-05T01:00:00Z  李伟  score     score as of 2024-03-05
    O-14  2024-03-05T01:00:00Z  李伟  override  ended the override of tier of 武汉机械 (C-2): came back
    [stderr]
    13 more; --limit 0 shows all
    ");
}

#[test]
fn what_a_day_cannot_know_does_not_make_its_run_old() {
    let kit = scored();
    kit.done("score");
    let changed = "changed since the run of 2024-03-01";
    let kit = kit.at("2024-03-05T09:00");
    kit.done("override 武汉机械 tier A --reason 'reference customer'");
    kit.done("log call 武汉机械 --on 2024-02-29");
    let told = kit.run("explain 武汉机械 tier");
    assert!(!told.contains(changed), "{told}");
    // A correction counts on every day, and so does what is taken back.
    kit.done("interaction edit I-1 --amount 9100");
    assert!(kit.run("explain 武汉机械 tier").contains(changed));
    kit.done("score --as-of 2024-03-01");
    assert!(!kit.run("explain 武汉机械 tier").contains(changed));
    // On its own day an override does count.
    kit.done("score");
    kit.done("override 武汉机械 tier C --reason 'moved away'");
    assert!(kit.run("explain 武汉机械 tier").contains("changed since the run of 2024-03-05"));
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
    assert_eq!(amount("2024-03-01")[0]["amount"], 12_000);
    assert_eq!(amount("2024-03-01")[1]["amount"], 400);
}

#[test]
fn a_look_back_says_which_day_is_read_and_is_compared_with_what_lies_before_it() {
    let kit = scored().at("2024-07-01T09:00");
    kit.done("score --as-of 2024-03-01");
    kit.done("score");
    let told = kit.run("score --as-of 2024-06-01");
    assert!(told.contains("1 label changed since the run of 2024-03-01\n"), "{told}");
    let hint = "note: the last run is of 2024-06-01, and there is one of 2024-07-01\nhint: to read that one: --as-of 2024-07-01, or --run S-2\n";
    assert!(kit.run("explain 武汉钢铁 tier").contains(hint));
    assert!(kit.run("customer list --sort tier").contains(hint));
    assert!(!kit.run("customer list --sort tier --run S-3").contains("hint"));
    assert!(!kit.run("customer list").contains("hint"));
    // The present is compared with the present, not with the look back.
    let told = kit.run("score");
    assert!(told.contains("0 labels changed since the run of 2024-07-01\n"), "{told}");
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
    assert_snapshot!(kit.run("score"), @"
    column                 pack              with a value  missing  values
    rfm_recency            rfm                          2        1  10 … 213, mean 111.5
    rfm_frequency          rfm                          2        1  1 … 2, mean 1.5
    rfm_monetary           rfm                          2        1  400.00 … 12,000.00, mean 6,200.00
    rfm_segment            rfm                          2        1  important: value 1  important: develop 0  important: re-engage 0  important: win back 0  ordinary: value 0  ordinary: develop 0  ordinary: re-engage 0  no intent 1
    value_index            tiers                        3        0  0 … 90, mean 46.67
    index_share_amount     tiers                        3        0  0.5 … 0.625, mean 0.5833
    index_share_margin     tiers                        3        0  0.3 … 0.375, mean 0.35
    index_share_credit     tiers                        1        2  0.2 … 0.2, mean 0.2
    index_share_frequency  tiers                        3        0  0 … 0, mean 0
    tier                   tiers                        3        0  A 1  B 1  C 1  D 0
    tier_gap               tiers                        2        1  40 … 50, mean 45
    lifecycle              lifecycle                    2        1  active 1  silent 0  fading 0  churned 1
    funnel_part            funnel-follow-up             0        3  bottom 0  middle 0  top 0
    visits_per_month       visit-frequency              3        0  1 … 4, mean 2.333
    visit_minutes          visit-frequency              3        0  60 … 60, mean 60
    visit_gap_days         visit-frequency              3        0  7 … 30, mean 17.33
    visit_mode             visit-frequency              3        0  rotating 3  anchored 0  dig-in 0
    visit_purpose          visit-frequency              3        0  leave a good impression, learn the basic facts 1  listen, collect information, explore cooperation 0  go deep, show willingness and posture 0  agree the terms of signing 0  care for the customer 2
    visit_topics           visit-frequency              3        0  introduce ourselves; their business, people and plans 1  needs, competitor in use; ask high terms rather than low 0  what both sides bring; answers to open questions 0  price, delivery, payment; the next step and its day 0  use so far, changed needs, complaints, next order 2
    visit_value            visit-frequency              3        0  0.00 … 12,000.00, mean 4,133.33
    visit_group            visit-frequency              1        2
    [stderr]
    error: pack broken, score, customer C-1 武汉钢铁: argument error: c.recency is not in needs
      --> scripts/broken/main.lua:3
      3 | return { broken_score = c.recency + 1 }
        |                         ^^^^^^^^^
      called from scripts/broken/main.lua:3 in score
      recency_days = 10
    hint: did you mean recency_days?
    pack broken was switched off for this run; the others went on
    Scored 3 customers as of 2024-03-01: run S-1
    [exit 3]
    ");
    let loops = "local M = {}\nfunction M.score(c, ctx)\n  while true do end\nend\nreturn M\n";
    kit.write("scripts/broken/main.lua", loops);
    let told = kit.run("score");
    assert!(told.contains("time limit"), "{told}");
    assert!(told.contains("[exit 3]"), "{told}");
}

/// Enough customers for two batches, in the shape of an export.
fn crowd(kit: &Kit) {
    let mut text = String::from("who,day,amount\n");
    for row in 0_u32..12_000 {
        let (who, day) = (row * 7 % 9_000, row * 13 % 700);
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
    assert!(one.0.len() > 1_000_000 && one.1.contains("scripts/tiers/main.lua"), "{}", one.1);
    assert_eq!(one, shown(2));
    assert_eq!(one, shown(2));
    for _ in 0..4 {
        kit.done("undo");
    }
    assert_eq!(before, seen(&kit));
}

#[test]
fn json_has_numbers_as_numbers_written_in_one_way() {
    let kit = scored();
    kit.done("score");
    kit.done("override 武汉机械 tier A --reason 'reference customer'");
    kit.done("score");
    let rfm = kit.json("explain 武汉钢铁 rfm_recency --why-not");
    assert_eq!(rfm["explanations"][0]["value"], 10);
    let index = kit.json("explain 武汉机械 value_index");
    let margin = &index["explanations"][0]["reasons"][1]["points"];
    assert!(margin.is_number(), "{index}");
    let tier = &kit.json("explain 武汉机械 tier")["explanations"][0];
    assert_eq!(tier["value"], "A");
    assert_eq!(tier["override"]["machine"], "B");
    let lifecycle = kit.json("explain 武汉机械 lifecycle --why-not");
    assert_eq!(lifecycle["explanations"][0]["not_fired"][0]["actual"], 213);
    let never = kit.json("explain 'Ann Lee' rfm_recency");
    assert_eq!(never["explanations"][0]["value"], serde_json::Value::Null);
    for line in ["explain 武汉钢铁", "today", "score", "customer list --columns all"] {
        let shown = kit.run(&format!("{line} --json"));
        assert!(!shown.lines().any(|line| line.trim_end_matches(',').ends_with(".0")), "{shown}");
    }
    let runs = kit.json("runs list");
    let rfm = serde_json::json!({ "name": "rfm", "version": "0.1.0" });
    assert_eq!(runs[0]["packs"][0], rfm);
    let customer = serde_json::json!({ "id": "C-2", "name": "武汉机械" });
    assert_eq!(lifecycle["customer"], customer);
    assert_eq!(kit.json("runs changes S-2")[0]["customer"], customer);
    assert_eq!(runs[0]["state"], serde_json::json!([]));
}

#[test]
fn a_base_that_ended_long_ago_is_said_to_have_ended() {
    let kit = scored().at("2026-03-01T09:00");
    let told = kit.run("score");
    assert!(told.contains("S-1\nnote: the last recorded fact is of 2024-02-20, 740 days before 2026-03-01\nhint: to see the base as it was then: --as-of 2024-02-20\n"), "{told}");
    assert!(kit.run("today").contains("note: the last recorded fact is of 2024-02-20"));
    assert!(!kit.run("today --as-of 2024-03-01").contains("last recorded fact"));
    let zh = kit.run("--lang zh score --dry-run");
    assert!(
        zh.contains("注意：最后一条记录在 2024-02-20，距 2026-03-01 已 740 天\n提示：要看当时"),
        "{zh}"
    );
}

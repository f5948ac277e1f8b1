//! Recording what the methods need without knowing an id.

use crate::kit::Kit;
use insta::assert_snapshot;

/// A shop with the packs on that bring kinds and fields to record with.
fn recorder() -> Kit {
    let kit = Kit::shop();
    let path = kit.path().join("kehu.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    let more = ["stage-rules", "complaints", "guidance", "care", "visit-results", "competitors"];
    let more = more.map(|name| format!("    \"{name}\",\n")).concat();
    let more = more + "    \"feedback\",\n    \"first-recommendation\",\n";
    let caps = "    \"contact-caps\",\n";
    std::fs::write(path, settings.replace(caps, &format!("{more}{caps}"))).unwrap();
    kit
}

/// The commands of the help page, each without the word `kehu`.
fn commands(page: &str) -> Vec<String> {
    page.lines().filter_map(|line| line.strip_prefix("  kehu ")).map(str::to_owned).collect()
}

#[test]
fn every_line_of_the_page_about_recording_can_be_typed_in_both_languages() {
    for language in ["en", "zh"] {
        let kit = recorder();
        let page = kit.run(&format!("--lang {language} help recording"));
        let lines = commands(&page);
        assert!(lines.len() > 30, "{page}");
        for line in &lines {
            kit.done(line);
        }
        // What was recorded is what the packs read, whichever language it was typed in.
        let shown = kit.json("show 武汉钢铁");
        let person = &shown["contacts"][0];
        assert_eq!(person["style"], "driver");
        assert_eq!((&person["buyer"], &person["coach"]), (&"rational".into(), &true.into()));
        let open = |kind: &str| {
            let threads = shown["threads"].as_array().unwrap();
            threads.iter().filter(|thread| thread["kind"] == kind).count()
        };
        for kind in ["need", "obstacle", "objection", "promise", "complaint", "competitor"] {
            assert_eq!(open(kind), 0, "{language}: {kind}");
        }
        assert_eq!(open("suggestion"), 1);
        let all = kit.json("interaction list 武汉钢铁 --kind complaint");
        let complaint = all[0]["id"].as_str().unwrap();
        let complaint = kit.json(&format!("interaction show {complaint}"));
        assert!(complaint["cause"].is_string() && complaint["improvement"].is_string());
        let call = kit.json("interaction list 武汉钢铁 --kind call");
        let moods: Vec<_> = call.as_array().unwrap().iter().map(|call| &call["mood"]).collect();
        assert!(moods.contains(&&"calm".into()), "{moods:?}");
        let visits = kit.json("interaction list 武汉钢铁 --kind visit");
        let failed = visits.as_array().unwrap().iter().find(|visit| visit["outcome"] == "failed");
        let failed = failed.unwrap()["id"].as_str().unwrap();
        assert_eq!(kit.json(&format!("interaction show {failed}"))["failure"], "d");
    }
}

#[test]
fn the_only_open_one_of_a_kind_is_found_and_several_are_told_apart() {
    let kit = recorder();
    assert_snapshot!(kit.run("log call 武汉钢铁 --about complaint --state resolved"), @"");
    kit.done("log complaint 武汉钢铁 --text 送错货 --on 2024-02-20");
    assert_snapshot!(kit.run("log call 钢铁 --about complaint --state resolved"), @"");
    // Resolved is not yet confirmed.
    assert_snapshot!(kit.run("log call 武汉钢铁 --about complaint --state confirmed"), @"");
    assert_snapshot!(kit.run("--lang zh log call 武汉钢铁 --about complaint"), @"");
    kit.done("deal add 武汉钢铁 年度合同");
    kit.done("log complaint 武汉钢铁 --text 少送一件 --on 2024-02-22 --deal 年度合同");
    kit.done("log complaint 武汉钢铁 --text 来得太晚 --on 2024-02-23");
    assert_snapshot!(kit.run("log call 武汉钢铁 --about complaint --state in_work"), @"");
    assert_snapshot!(kit.run("log call 武汉钢铁 --about 少送 --state in_work"), @"");
    assert_snapshot!(kit.run("log call 武汉钢铁 --about 多送"), @"");
    assert_snapshot!(kit.run("log complaint 武汉钢铁 --state resolved --text 又来"), @"");
    // Another customer's complaint is none of this one's.
    assert!(kit.run("log call 武汉机械 --about complaint").contains("has no open complaint"));
}

#[test]
fn what_was_logged_is_corrected_by_its_kind_or_words() {
    let kit = recorder();
    kit.done("log call 武汉钢铁 --mood rising --on 2024-02-20");
    kit.done("log call 武汉钢铁 --mood rising --text 询价 --on 2024-02-21");
    kit.done("interaction edit call --customer 武汉钢铁 --mood 下降");
    let calls = kit.json("interaction list 武汉钢铁 --kind call");
    assert_eq!((&calls[0]["mood"], &calls[1]["mood"]), (&"falling".into(), &"rising".into()));
    kit.done("interaction edit 询价 --customer 武汉钢铁 --outcome interested");
    assert_snapshot!(kit.run("interaction edit 报价 --customer 武汉钢铁 --mood calm"), @"");
    assert_snapshot!(kit.run("interaction show I-1 --customer 武汉机械"), @"");
    assert_snapshot!(kit.run("interaction void visit --customer 武汉机械"), @"");
    kit.done("interaction void call --customer 武汉钢铁 --reason 记错");
    assert_eq!(kit.json("interaction list 武汉钢铁").as_array().unwrap().len(), 1);
}

#[test]
fn people_of_one_name_are_told_apart_by_their_customer() {
    let kit = recorder();
    kit.done("contact add 武汉钢铁 张敏");
    kit.done("contact add 武汉机械 张敏");
    kit.done("contact add 武汉机械 王敏");
    assert_snapshot!(kit.run("contact edit 张敏 --coach yes"), @"");
    assert_snapshot!(kit.run("contact edit 敏 --customer 武汉机械 --coach yes"), @"");
    assert_snapshot!(kit.run("contact edit 张 --customer 机械 --field style=amiable"), @"");
    assert_snapshot!(kit.run("contact edit 李 --customer 武汉机械 --coach yes"), @"");
}

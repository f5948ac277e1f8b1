//! Scripts with mistakes: each switches its own pack off, is shown with its line, and harms nobody.

use crate::kit::Kit;

const MANIFEST: &str = r#"name = "odd"
version = "1.0.0"
api = "0.1"
[[step]]
hook = "score"
needs = ["recency_days"]
[step.gives.odd_score]
type = "number"
"#;

/// A workspace in which a pack of one's own runs before the shipped ones.
fn shop_with(main: &str) -> Kit {
    let kit = Kit::shop();
    kit.write("scripts/odd/pack.toml", MANIFEST);
    kit.write("scripts/odd/main.lua", main);
    let settings = kit.path().join("kehu.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, text.replacen("on = [", "on = [\"odd\", ", 1)).unwrap();
    kit
}

#[test]
fn a_mistake_in_a_script_switches_its_pack_off_and_the_others_go_on() {
    let cases = [
        ("local x = = 1\nreturn {}", ["load error: Expected identifier", "main.lua:1"]),
        (
            "return { score = function(c, ctx)\n return nil + 1 end }",
            ["runtime error", "main.lua:2"],
        ),
        (
            "return { score = function(c, ctx)\n while true do end end }",
            ["time limit", "main.lua:2"],
        ),
        ("return { score = function(c, ctx)\n return 7 end }", ["result error", "odd"]),
        (
            "return { score = function(c, ctx)\n return { odd_score = \"x\" } end }",
            ["result error", "odd_score"],
        ),
        ("return { scores = function() return {} end }", ["load error", "score"]),
        ("error(\"not today\")", ["not today", "main.lua:1"]),
    ];
    for (main, expected) in cases {
        let kit = shop_with(main);
        let told = kit.run("score");
        for words in expected {
            assert!(told.contains(words), "{main}\nwants {words}\n{told}");
        }
        assert!(told.contains("pack odd was switched off for this run"), "{main}\n{told}");
        assert!(told.contains("tiers") && told.ends_with("[exit 3]\n"), "{main}\n{told}");
        let row = &kit.json("customer list --columns visits_per_month")[0];
        assert!(row["visits_per_month"].is_number(), "{row}");
    }
}

#[test]
fn what_depends_on_a_pack_that_is_off_says_so() {
    let kit = shop_with("local x = = 1");
    let needs = MANIFEST.replace("\"odd\"", "\"next\"").replace("recency_days", "odd_score");
    kit.write("scripts/next/pack.toml", &needs.replace("gives.odd_score", "gives.next_score"));
    kit.write("scripts/next/main.lua", "return { score = function(c, ctx) return {} end }");
    let settings = kit.path().join("kehu.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, text.replacen("on = [", "on = [\"next\", ", 1)).unwrap();
    let told = kit.run("score");
    assert!(
        told.contains("pack next: switched off, because it needs \"odd_score\" of pack odd"),
        "{told}"
    );
    let told = kit.run("today --rep 李伟");
    assert!(told.contains("武汉钢铁"), "the day goes on without them\n{told}");
}

#[test]
fn a_column_that_nobody_gives_is_named_with_the_nearest_one() {
    let kit = shop_with("return { score = function() return {} end }");
    kit.write("scripts/odd/pack.toml", &MANIFEST.replace("recency_days", "recency_day"));
    let told = kit.run("score");
    assert!(told.contains("needs \"recency_day\", which nobody gives"), "{told}");
    assert!(told.contains("did you mean \"recency_days\"?"), "{told}");
    assert!(told.contains("tiers") && told.ends_with("[exit 3]\n"), "{told}");
}

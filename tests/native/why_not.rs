//! Why a rule of a plugin did not hold, in a workspace.

use insta::assert_snapshot;

use super::kit::{Bench, changed};
use crate::kit::Kit;

#[test]
fn a_declared_test_says_why_it_did_not_hold() {
    let bench = Bench::new();
    let kit = Kit::shop();
    for (name, day) in [("武汉钢铁", "2024-01-22"), ("'Ann Lee'", "2024-02-20")] {
        kit.done(&format!("log purchase {name} --on {day} --amount 400"));
    }
    let source = changed(&[
        ("needs = [\\\"days\\\"]", "needs = [\\\"recency_days\\\"]"),
        (
            "KEHU_RULE_OF(\"quiet\", \"days\", \"limit\",",
            "KEHU_TEST(\"quiet\", \"recency_days\", \">\", \"limit\",",
        ),
    ]);
    let path = bench.compile("fixture", &source);
    kit.done(&format!("plugin add {} --yes", path.display()));
    kit.done("score");
    let told = kit.run("explain 'Ann Lee' silence --why-not");
    let file = bench.path("fixture.c").display().to_string();
    assert_snapshot!(told.replace(&file, "fixture.c"), @r"
    Ann Lee (C-3), 2024-03-01

    silence = 0  [fixture 1.0.0, score]
      did not fire quiet: recency_days = 10, expected > 30 (setting limit)  fixture.c:14
      recency_days = 10 days  days since the last purchase
    ");
}

//! What plugins say while they work, and what of it a person sees.

use std::path::Path;

use insta::assert_snapshot;

use crate::kit::Kit;
use crate::native::kit::{Bench, changed, scorer};

/// Adds a plugin whose scorer has this code before the rows and at each.
fn shop(before: &str, row: &str) -> Kit {
    let bench = Bench::new();
    let kit = Kit::shop();
    kit.done("log purchase 武汉钢铁 --on 2024-01-05 --amount 30000");
    kit.done("log purchase 'Ann Lee' --on 2024-02-20 --amount 400");
    add(&kit, &bench.compile("fixture", &about_recency(&scorer(before, row, ""))));
    kit
}

/// The source with a column of every workspace in the place of its own.
fn about_recency(source: &str) -> String {
    source
        .replace("needs = [\\\"days\\\"]", "needs = [\\\"recency_days\\\"]")
        .replace("KEHU_RULE_OF(\"quiet\", \"days\"", "KEHU_RULE_OF(\"quiet\", \"recency_days\"")
}

fn add(kit: &Kit, built: &Path) {
    let path = kit.path().join("fixture.so");
    std::fs::copy(built, &path).unwrap();
    kit.done("plugin add fixture.so --yes");
}

/// What was said on stderr, but for what was scored.
fn talk(told: &str) -> String {
    let talk = told.split_once("[stderr]\n").map_or("", |(_, talk)| talk);
    let is_scored = |line: &&str| line.starts_with("Scored ") || line.starts_with("已按 ");
    let lines = talk.lines().filter(|line| !is_scored(line));
    lines.flat_map(|line| [line, "\n"]).collect()
}

const SAY: &str = r#"
#define SAY(level, text) call->log(call->context, level, text, sizeof text - 1)
SAY(KEHU_DEBUG, "look here");
SAY(KEHU_INFO, "the table is of 2023");
SAY(KEHU_WARN, "no region has a\033[31m manager");
SAY(KEHU_ERROR, "the table is torn");
puts("printed");
"#;

#[test]
fn warnings_and_errors_of_a_plugin_are_shown_and_the_rest_on_request() {
    let kit = shop(SAY, "call->log(call->context, KEHU_WARN, \"strange\", 7);");
    assert_snapshot!(talk(&kit.run("score")), @r"
    warning: pack fixture: no region has a\u{1b}[31m manager
    error: pack fixture: the table is torn
    warning: pack fixture: strange
    note: pack fixture said the same 2 times more
    ");
    assert_snapshot!(talk(&kit.run("--log debug score")), @r"
    debug: pack fixture: look here
    note: pack fixture: the table is of 2023
    warning: pack fixture: no region has a\u{1b}[31m manager
    error: pack fixture: the table is torn
    warning: pack fixture: strange
    note: pack fixture: printed
    note: pack fixture said the same 2 times more
    ");
    assert_snapshot!(talk(&kit.run("--log error --lang zh score")), @r"
    错误：fixture：the table is torn
    ");
    assert_snapshot!(kit.run("--log loud score"), @r"
    [stderr]
    error: invalid value 'loud' for '--log <LEVEL>': write debug, info, warning or error

    For more information, try '--help'.
    [exit 2]
    ");
}

#[test]
fn a_plugin_that_never_stops_talking_is_cut_short() {
    let row = r#"
    { char line[32]; int at;
      for (at = 0; at < 2000; at++) {
        int len = snprintf(line, sizeof line, "line %d of %d", at, (int)days);
        call->log(call->context, KEHU_WARN, line, len);
      }
    }"#;
    let kit = shop("", row);
    let told = talk(&kit.run("score"));
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 21, "{told}");
    assert_eq!(lines[0], "warning: pack fixture: line 0 of 56");
    assert_eq!(lines[20], "note: pack fixture said 981 more lines");
    assert!(talk(&kit.run("--log info score")).lines().count() <= 1_001);
}

#[test]
fn a_plugin_that_talks_instead_of_working_is_ended_in_time() {
    let forever = r"for (;;) call->progress(call->context, (double)(seen++ % 100) / 100);";
    let kit = shop("static long seen;", forever);
    kit.set("\n[limits]\nrun_seconds = 1\n");
    let told = kit.run("score");
    assert!(told.contains("took longer than") && told.ends_with("[exit 3]\n"), "{told}");
}

#[test]
fn what_a_plugin_said_before_it_crashed_is_heard() {
    let row = "if (days == 10) { call->log(call->context, KEHU_WARN, \"at ten\", 6); *(volatile int *)8 = 1; }";
    let kit = shop("", row);
    let told = talk(&kit.run("score"));
    assert!(told.starts_with("warning: pack fixture: at ten\n"), "{told}");
    assert!(
        told.contains("customer C-3 Ann Lee: runtime error: the plugin crashed (SIGSEGV)"),
        "{told}"
    );
}

#[test]
fn what_is_said_within_kehu_is_heard_too() {
    let kit = shop(SAY, "");
    kit.set("\n[plugins.fixture]\nin_process = true\n");
    let told = talk(&kit.run("score"));
    assert!(told.contains("error: pack fixture: the table is torn"), "{told}");
}

#[test]
fn a_thread_of_a_plugin_that_speaks_between_calls_spoils_nothing() {
    let bench = Bench::new();
    let source = changed(&[
        (
            "static int32_t score(",
            "#include <pthread.h>\nstatic const kehu_call *mine;\nstatic void *talk(void *it) { for (;;) { mine->log(mine->context, KEHU_WARN, \"aside\", 5); usleep(10); } return it; }\nstatic int32_t score(",
        ),
        (
            "(void)instance; (void)call;",
            "static kehu_call kept; static pthread_t thread; (void)instance; kept = *call; mine = &kept; if (!thread) pthread_create(&thread, NULL, talk, NULL);",
        ),
    ]);
    let kit = Kit::shop();
    kit.done("log purchase 武汉钢铁 --on 2024-01-05 --amount 30000");
    add(
        &kit,
        &bench.compile_with("cc", &["-std=gnu99", "-pthread"], "fixture", &about_recency(&source)),
    );
    for _ in 0..5 {
        let told = kit.run("score");
        assert!(!told.contains("[exit"), "{told}");
    }
}

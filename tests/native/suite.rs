//! What plugins do to a workspace's commands: the command ends, the rest of it stands.

use super::kit::{Bench, changed, scorer};
use crate::kit::Kit;

/// A plugin over the days since the last purchase.
fn recency(source: &str) -> String {
    source
        .replace("needs = [\\\"days\\\"]", "needs = [\\\"recency_days\\\"]")
        .replace("KEHU_RULE_OF(\"quiet\", \"days\"", "KEHU_RULE_OF(\"quiet\", \"recency_days\"")
}

/// A workspace with three customers, two of whom have bought, and this plugin.
fn with(bench: &Bench, name: &str, source: &str) -> Kit {
    let kit = Kit::shop();
    for (name, day) in [("武汉钢铁", "2024-01-22"), ("'Ann Lee'", "2024-02-20")] {
        kit.done(&format!("log purchase {name} --on {day} --amount 400"));
    }
    let path = bench.compile(name, &recency(source));
    kit.done(&format!("plugin add {} --yes", path.display()));
    kit
}

#[test]
fn what_half_of_a_batch_gave_is_kept_by_nobody() {
    let bench = Bench::new();
    let unwritten = scorer("", "if (batch->ids[row] == 3) continue;", "");
    let failed = scorer(
        "",
        "if (batch->ids[row] == 3) { call->fail(call->context, row, \"no table\", 8); return KEHU_FAILED; }",
        "",
    );
    let left = scorer("", "if (batch->ids[row] == 3) exit(0);", "");
    let socket = "#include <sys/socket.h>\n".to_owned()
        + &scorer("", "if (batch->ids[row] == 3) socket(AF_INET, SOCK_STREAM, 0);", "");
    for (name, source, expected) in [
        (
            "unwritten",
            unwritten,
            "result error: column \"silence\" was not written for this customer",
        ),
        ("failed", failed, "runtime error: no table"),
        ("left", left, "runtime error: the plugin ended the process (exit 0)"),
        (
            "socket",
            socket,
            "runtime error: the plugin tried to open a network connection (socket), which no plugin may",
        ),
    ] {
        let kit = with(&bench, name, &source);
        let told = kit.run("score");
        let error = format!("error: pack fixture, score, customer C-3 Ann Lee: {expected}");
        assert!(told.contains(&error), "{name}: {told}");
        assert!(told.contains("\ntier ") && !told.contains("\nsilence "), "{name}: {told}");
        assert!(told.ends_with("[exit 3]\n"), "{name}: {told}");
        let told = kit.run("customer list --columns name,silence");
        assert!(told.contains("there is no column \"silence\""), "{name}: {told}");
        let rows = kit.json("customer list --columns name,tier");
        assert!(rows.as_array().unwrap().iter().all(|row| !row["tier"].is_null()), "{rows}");
    }
}

#[test]
fn nothing_of_the_environment_or_of_preloaded_code_reaches_a_plugin() {
    let bench = Bench::new();
    let preloaded = bench.compile(
        "preloaded",
        "__attribute__((visibility(\"default\"))) int kehu_preloaded(void) { return 1; }",
    );
    let looks = "#include <dlfcn.h>\nextern char **environ;\n".to_owned()
        + &scorer(
            "if ((environ && *environ) || dlsym(RTLD_DEFAULT, \"kehu_preloaded\")) abort();",
            "",
            "",
        );
    let kit = with(&bench, "looks", &looks);
    let mut command = kit.command(&["score"]);
    command.env("LD_PRELOAD", &preloaded).env("LD_LIBRARY_PATH", "/tmp").env("SECRET", "x");
    let told = kit.told(&command.output().unwrap());
    assert!(told.contains("silence") && !told.contains("crashed"), "{told}");
    assert!(!told.contains("[exit"), "{told}");
}

#[test]
fn an_instance_that_cannot_be_destroyed_holds_up_no_command_and_is_found() {
    let bench = Bench::new();
    for (name, code, expected) in
        [("hangs", "for (;;) ;", "took longer than"), ("dies", "abort();", "crashed (SIGABRT)")]
    {
        let destroy =
            format!("static void destroy(void *instance) {{ {code} }}\nstatic int32_t score(");
        let source = changed(&[
            ("static int32_t score(", destroy.as_str()),
            ("#define DESTROY NULL", "#define DESTROY destroy"),
        ]);
        let kit = with(&bench, name, &source);
        kit.done("score");
        if name == "dies" {
            let file = format!("plugins/fixture-{}.so", kehu_native::platform());
            let told = kit.run(&format!("plugin validate {file}"));
            let failed = told.lines().filter(|line| line.starts_with("failed")).count();
            assert!(failed == 1 && told.contains("failed   ends"), "{told}");
            assert!(told.contains(expected), "{told}");
        }
    }
}

/// Emits what a test wants as proposals.
const EMITS: &str = r#"
#include "kehu_plugin.h"
#include <stdlib.h>
static const kehu_rule rules[] = {KEHU_RULE("any", "everybody", "")};
static int32_t follow_up(void *instance, const kehu_call *call, const kehu_batch *batch,
                         const char *cases, size_t len) {
  (void)instance; (void)batch; (void)cases; (void)len;
  EMIT
  return KEHU_OK;
}
static const kehu_follow_up calls = {sizeof(kehu_follow_up), 0, NULL, follow_up, NULL};
static const void *get_extension(const char *id, size_t len, const char *step, size_t step_len) {
  (void)step; (void)step_len;
  return kehu_is(id, len, KEHU_FOLLOW_UP) ? &calls : NULL;
}
static const kehu_entry entry = {
  KEHU_ENTRY_HEAD,
  KEHU_STR("name = \"emits\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[actions.call]\nen = \"call\"\n"
           "[[step]]\nhook = \"follow_up\"\nneeds = [\"recency_days\"]\n"),
  KEHU_NO_STR, KEHU_NO_STR, rules, 1, sizeof(kehu_rule), get_extension};
const kehu_entry *kehu_plugin_entry_v1(void) { return &entry; }
"#;

#[test]
fn proposals_that_are_none_change_no_worklist() {
    let bench = Bench::new();
    let one = r#"{\"customer\":1,\"action\":\"call\",\"channel\":\"phone\",\"due\":1,\"causes\":[{\"rule\":0}]}"#;
    let many = format!(
        "call->emit(call->context, \"[\", 1); for (int i = 0; i < 60; i++) {{ if (i) call->emit(call->context, \",\", 1); call->emit(call->context, \"{one}\", strlen(\"{one}\")); }} call->emit(call->context, \"]\", 1);"
    );
    let cases = [
        (
            "gigabyte",
            "char *more = calloc(1, 1 << 20); for (int i = 0; i < 1024; i++) call->emit(call->context, more, 1 << 20);",
            "it emitted more than 16777216 bytes",
        ),
        ("nothing", "", "the proposals was not emitted"),
        ("endless", "call->emit(call->context, \"[[[[[[[[\", 8);", "the proposals is no JSON"),
        ("many", many.as_str(), "customer 1 has more than 50"),
    ];
    for (name, code, expected) in cases {
        let kit = with(&bench, name, &EMITS.replace("EMIT", code));
        kit.done("score");
        let told = kit.run("today");
        assert!(
            told.contains("error: pack emits, follow_up") && told.contains(expected),
            "{name}: {told}"
        );
        assert!(told.contains("武汉钢铁") && told.ends_with("[exit 3]\n"), "{name}: {told}");
        assert!(!told.contains("everybody"), "{name}: {told}");
    }
}

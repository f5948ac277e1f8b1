//! What `kehu plugin validate` finds: one slip, one finding.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use kehu_contract::{ColumnType, Origin};
use kehu_native::check::{self, Outcome};
use kehu_native::{Isolation, NativeFactory, OnCrash, Options};

use super::kit::{Bench, at_row, changed, factory, limits, scorer, worker};

fn options(fuzz: Duration) -> check::Options {
    let (kinds, clock) = (BTreeMap::new(), Duration::ZERO);
    check::Options { limits: limits(), seed: 7, fuzz, kinds, clock }
}

/// The checks that fail, each with the first line of what it says.
fn failed(factory: &NativeFactory, options: &check::Options) -> Vec<(&'static str, String)> {
    let mut told = 0;
    let findings = check::all(factory, options, &mut |_| told += 1);
    assert_eq!(told, findings.len());
    let failed = findings.into_iter().filter_map(|finding| match finding.outcome {
        Outcome::Failed { what, hint } => {
            assert!(hint.is_some());
            Some((finding.check, what.lines().next().unwrap_or_default().to_owned()))
        }
        _ => None,
    });
    failed.collect()
}

fn failed_of(bench: &Bench, name: &str, source: &str) -> Vec<(&'static str, String)> {
    let factory = factory(&bench.compile(name, source), OnCrash::Fail, Isolation::Worker);
    failed(&factory, &options(Duration::ZERO))
}

#[test]
fn a_plugin_that_keeps_to_the_rules_passes() {
    let bench = Bench::new();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/plugin-in-c/silence.c");
    let source = std::fs::read_to_string(path).unwrap();
    for source in [source, at_row("")] {
        let factory = factory(&bench.compile("good", &source), OnCrash::Fail, Isolation::Worker);
        let options = options(Duration::from_millis(300));
        let findings = check::all(&factory, &options, &mut |_| ());
        for finding in &findings {
            assert!(!matches!(finding.outcome, Outcome::Failed { .. }), "{finding:?}");
        }
        let passed = findings.iter().filter(|finding| finding.outcome == Outcome::Passed);
        assert!(passed.count() >= 13, "{findings:#?}");
    }
}

#[test]
fn the_plugin_that_is_shipped_passes() {
    let options = Options {
        worker: worker(),
        isolation: Isolation::Worker,
        on_crash: OnCrash::Fail,
        origin: Origin::Shipped,
    };
    let factory = NativeFactory::of_linked(("clv", &kehu_clv::ENTRY), options).unwrap();
    let mut options = self::options(Duration::from_millis(300));
    options.limits.run = Duration::from_mins(1);
    let findings = check::all(&factory, &options, &mut |_| ());
    for finding in &findings {
        assert!(!matches!(finding.outcome, Outcome::Failed { .. }), "{finding:?}");
    }
    let passed = |name: &str| {
        findings.iter().any(|each| each.check == name && each.outcome == Outcome::Passed)
    };
    for name in ["fit", "rows", "missing", "numbers", "settings", "company", "memory", "fuzz"] {
        assert!(passed(name), "{findings:#?}");
    }
}

#[test]
fn a_plugin_with_a_clock_of_its_own_is_found_out() {
    let bench = Bench::new();
    let source = at_row(
        "static long began; extern long time(long *); if (!began) began = time(NULL); if (days > 100) days += began % 100;",
    );
    // Which check finds it depends on when the clock moves on; the last of these waits for that.
    let mut options = options(Duration::ZERO);
    options.clock = check::CLOCK;
    let found = failed(
        &factory(&bench.compile("clock", &source), OnCrash::Fail, Isolation::Worker),
        &options,
    );
    let checks = ["again", "company", "order", "instances", "day"];
    assert!(found.first().is_some_and(|first| checks.contains(&first.0)), "{found:?}");
}

#[test]
fn each_slip_fails_its_own_check() {
    let bench = Bench::new();
    let cases = [
        ("answers", at_row("if (row == 7) abort();"), "crashed (SIGABRT)"),
        ("written", at_row("if (row == 7) continue;"), "was not written for this customer"),
        (
            "points",
            at_row("if (row == 7) days += 0, given->points[0][row] = 1e9;").replace(
                "given->points[0][row] = days - 30; given",
                "given->points[0][row] = days - 29; given",
            ),
            "its points add up to",
        ),
        ("rows", scorer("if (batch->n_rows == 0) abort();", "", ""), "crashed (SIGABRT)"),
        ("missing", at_row("if (kehu_is_missing(days)) abort();"), "crashed (SIGABRT)"),
        (
            "numbers",
            at_row("static int table[9999]; if (days > 0) table[(long)days]++;"),
            "crashed (SIGSEGV)",
        ),
        (
            "again",
            at_row("static int calls; if (row == 0) calls++; if (days > 100) days += calls;"),
            "asked a second time",
        ),
        (
            "company",
            at_row(
                "static double before; double now = days; if (row > 0 && before > days) days += 1; before = now;",
            ),
            "asked alone",
        ),
        (
            "order",
            at_row("if (row > 0 && batch->ids[row] < batch->ids[row - 1]) days += 1;"),
            "in another order",
        ),
        ("memory", scorer("memset(malloc(50000), 1, 50000);", "", ""), "for good"),
    ];
    for (name, source, expected) in cases {
        let found = failed_of(&bench, name, &source);
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        assert_eq!(found[0].0, name, "{found:?}");
        assert!(found[0].1.contains(expected), "{found:?}");
    }
}

#[test]
fn settings_and_texts_are_tried_at_their_ends() {
    let bench = Bench::new();
    let create = "static int32_t create(const kehu_call *call, const char *settings, size_t len, const void *state, size_t state_len, void **instance) { if (strstr(settings, \"\\\"limit\\\":400\")) abort(); return KEHU_OK; }\nstatic int32_t score(";
    let found = failed_of(
        &bench,
        "settings",
        &changed(&[
            ("static int32_t score(", create),
            ("#define CREATE NULL", "#define CREATE create"),
            ("default = 30", "range = [0, 400]\\ndefault = 30"),
        ]),
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].1.starts_with("with limit = 400.0: pack fixture"), "{found:?}");

    let source = changed(&[
        ("needs = [\\\"days\\\"]", "needs = [\\\"days\\\", \\\"note\\\"]"),
        (
            "given->numbers[row] = 0;",
            "const kehu_column *note = batch->columns[1]; uint32_t code = note->codes[row]; char room[4096]; if (code != KEHU_MISSING_CODE) { size_t len = note->offsets[code + 1] - note->offsets[code]; memcpy(room, note->bytes + note->offsets[code], len); } given->numbers[row] = 0;",
        ),
    ]);
    let factory = factory(&bench.compile("texts", &source), OnCrash::Fail, Isolation::Worker);
    let mut options = options(Duration::ZERO);
    options.kinds.insert("note".to_owned(), ColumnType::Text);
    let found = failed(&factory, &options);
    assert_eq!(found.iter().map(|each| each.0).collect::<Vec<_>>(), ["texts"], "{found:?}");
}

#[test]
fn a_rare_slip_is_found_by_chance_and_told_with_its_seed() {
    let bench = Bench::new();
    let source = at_row(
        "if (row > 1 && days == -1 && batch->columns[0]->numbers[row - 1] > 1e18 && kehu_is_missing(batch->columns[0]->numbers[row - 2])) abort();",
    );
    let path = bench.compile("rare", &source);
    let factory = factory(&path, OnCrash::Fail, Isolation::Worker);
    let found = failed(&factory, &options(Duration::from_secs(20)));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].1.starts_with("seed 7, batch "), "{found:?}");
}

/// Keeps the visit that is agreed, of C-1, and one of C-2 if `MORE`; leaves all others out.
const PLANNER: &str = r#"
#include "kehu_plugin.h"
#include <stdio.h>
#include <stdlib.h>
static const kehu_rule rules[] = {KEHU_RULE("no_time", "there is no time", "")};
static void say(const kehu_call *call, const char *text) { call->emit(call->context, text, strlen(text)); }
static int32_t plan(void *instance, const kehu_call *call, const char *problem, size_t len) {
  static int turn;
  char *text = malloc(len + 1), part[200];
  const char *at = text;
  int count = 0;
  (void)instance; turn++;
  memcpy(text, problem, len); text[len] = 0;
  BEFORE
  say(call, "{\"days\":[");
  if (strstr(text, "\"visits\":")) say(call, "{\"day\":20000,\"stops\":[{\"customer\":1,\"seconds\":60,\"causes\":[{\"rule\":0}]}]}");
  if (MORE && strstr(text, "{\"customer\":2,")) say(call, ",{\"day\":20001,\"stops\":[{\"customer\":2,\"seconds\":60,\"causes\":[{\"rule\":0}]}]}");
  say(call, "],\"left_out\":[");
  while ((at = strstr(at, "{\"customer\":")) && strstr(at, "\"visits\":")) {
    int customer = atoi(at + 12), missing = atoi(strstr(at, "\"visits\":") + 9) - (customer <= 1 + MORE);
    at += 12;
    if (missing <= 0) continue;
    snprintf(part, 200, "%s{\"customer\":%d,\"missing\":%d,\"causes\":[{\"rule\":0}]}", count++ ? "," : "", customer, missing);
    say(call, part);
  }
  say(call, "]}");
  free(text);
  return KEHU_OK;
}
static const kehu_planner planner = {sizeof(kehu_planner), 0, NULL, plan, NULL};
static const void *get_extension(const char *id, size_t len, const char *step, size_t step_len) {
  (void)step; (void)step_len;
  return kehu_is(id, len, KEHU_PLANNER) ? &planner : NULL;
}
static const kehu_entry entry = {
  KEHU_ENTRY_HEAD,
  KEHU_STR("name = \"plans\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[[step]]\nhook = \"plan_visits\"\n"),
  KEHU_NO_STR, KEHU_NO_STR, rules, 1, sizeof(kehu_rule), get_extension};
const kehu_entry *kehu_plugin_entry_v1(void) { return &entry; }
"#;

#[test]
fn a_planner_is_asked_twice_and_to_stop() {
    let bench = Bench::new();
    let of = |name: &str, before: &str, more: &str| {
        let source = PLANNER.replace("BEFORE", before).replace("MORE", more);
        factory(&bench.compile(name, &source), OnCrash::Fail, Isolation::Worker)
    };
    let with = |name: &str, before: &str| failed(&of(name, before, "1"), &options(Duration::ZERO));
    let polite = "while (len > 20000 && !*call->cancel) { }";
    assert_eq!(with("polite", polite), []);
    let cases = [
        ("deaf", "while (len > 20000) { }", "cancel", "it went on for more than 100 ms"),
        (
            "fickle",
            "if (turn % 2) { say(call, \"{}\"); return KEHU_OK; }",
            "plans",
            "another plan for the same 1 customers",
        ),
        (
            "forgets",
            "say(call, \"{}\"); return KEHU_OK;",
            "plans",
            "customer C-1 is to be visited 2 times, but the plan places or leaves out 0",
        ),
    ];
    for (name, before, check, expected) in cases {
        let found = with(name, before);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].0 == check && found[0].1.contains(expected), "{found:?}");
    }
    let findings = check::all(&of("idle", "", "0"), &options(Duration::ZERO), &mut |_| ());
    let plans = findings.iter().find(|finding| finding.check == "plans").unwrap();
    let Outcome::Warned { what, .. } = &plans.outcome else { panic!("{plans:?}") };
    assert!(what.ends_with("20 free days and 30 customers, and it plans no visit"), "{what}");
}

#[test]
fn what_a_plugin_leaves_behind_is_found_by_name() {
    let bench = Bench::new();
    let headers =
        "#include <locale.h>\n#include <fenv.h>\n#include <pthread.h>\n#include <sys/eventfd.h>\n";
    let rest = "static void *rest(void *none) { for (;;) pause(); }\nstatic int32_t score(";
    let used = headers.to_owned()
        + &scorer(
            "fesetround(FE_UPWARD); signal(SIGINT, SIG_IGN); eventfd(0, 0); eventfd(0, 0); setenv(\"TZ\", \"CST-8\", 1); pthread_t one; pthread_create(&one, NULL, rest, NULL);",
            "",
            "",
        )
        .replace("static int32_t score(", rest);
    let found = failed_of(&bench, "used", &used);
    let expected = [
        ("rounding", "when it is used, it rounds numbers another way"),
        ("signals", "when it is used, it set another handler for signal 2"),
        ("files", "when it is used, it left 2 files open"),
        ("variables", "when it is used, it set \"TZ=CST-8\" in the environment"),
        ("threads", "when it is used, it leaves "),
    ];
    for (check, what) in expected {
        let said = found.iter().find(|(name, _)| *name == check).map(|(_, said)| said.as_str());
        assert!(said.is_some_and(|said| said.starts_with(what)), "{check}: {found:#?}");
    }
    assert_eq!(found.len(), 5, "{found:#?}");
    let loaded = headers.to_owned()
        + &scorer("", "", "")
        + "__attribute__((constructor)) static void early(void) { sigset_t some; sigemptyset(&some); sigaddset(&some, SIGUSR1); sigprocmask(SIG_BLOCK, &some, NULL); close(1); setlocale(LC_ALL, \"C.UTF-8\"); FLUSH }";
    let flush = match cfg!(target_arch = "x86_64") {
        true => "__builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);",
        false => "",
    };
    let mut found = failed_of(&bench, "loaded", &loaded.replace("FLUSH", flush));
    let mut expected = vec![
        ("signals", "when it is loaded, it blocked the signals [10]"),
        ("files", "when it is loaded, it closed 1 files that are not its own"),
    ];
    if !flush.is_empty() {
        expected.push(("rounding", "when it is loaded, it takes the smallest numbers for zero"));
    }
    for (check, what) in expected {
        let at = found.iter().position(|(name, said)| *name == check && said.starts_with(what));
        found.remove(at.unwrap_or_else(|| panic!("{check}: {found:#?}")));
    }
    // A system without locales has none that could be set.
    for (check, said) in found {
        assert_eq!(check, "locale");
        assert!(said.starts_with("when it is loaded, it set the locale from \"C\" to "), "{said}");
    }
}

#[test]
fn a_plugin_is_measured_in_both_processes() {
    use kehu_native::measure;
    let bench = Bench::new();
    let path = bench.compile("measured", &at_row(""));
    let factory = factory(&path, OnCrash::Fail, Isolation::Worker);
    let (rows, kinds) = (20_000, BTreeMap::new());
    for in_process in [false, true] {
        let kinds = kinds.clone();
        let options = measure::Options { rows, in_process, limits: limits(), seed: 1, kinds };
        let measured = measure::run(&factory, &options).unwrap();
        assert!(measured.first_load > Duration::ZERO);
        let [step] = measured.steps.as_slice() else { panic!("one step") };
        assert_eq!((step.step.as_str(), step.rows, step.fit), ("score", rows, None));
        assert_eq!(step.in_process.is_some(), in_process);
        assert!(step.rows_a_second(step.isolated) > 0.0);
    }
}

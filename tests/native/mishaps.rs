//! What goes wrong while customers are scored: the host goes on, and says what and where.

use std::time::Instant;

use kehu_contract::ColumnData;
use kehu_native::{Isolation, OnCrash};

use super::kit::{Bench, at_row, batch, changed, context, factory, said, score, scorer};

/// C-105 has 39 days of silence.
#[test]
fn a_crash_names_the_customer_and_the_signal() {
    let bench = Bench::new();
    let at = "pack fixture, score, customer C-105: runtime error: the plugin ";
    let cases = [
        ("null", "*(volatile int *)8 = 1;", "crashed (SIGSEGV)"),
        ("jump", "((void (*)(void))16)();", "crashed (SIGSEGV)"),
        ("illegal", "__builtin_trap();", "crashed (SIGILL)"),
        ("division", "volatile int zero = 0; zero = 7 / zero;", "crashed (SIGFPE)"),
        ("abort", "abort();", "crashed (SIGABRT)"),
        ("killed", "raise(SIGKILL);", "crashed (SIGKILL)"),
        ("leaves", "exit(0);", "ended the process (exit 0)"),
        ("fails", "_exit(7);", "ended the process (exit 7)"),
        ("input", "((double *)batch->columns[0]->numbers)[row] = 1;", "crashed (SIGSEGV)"),
        ("overrun", "given->numbers[batch->n_rows] = 1;", "crashed (SIGSEGV)"),
        ("points", "given->points[0][batch->n_rows] = 1;", "crashed (SIGSEGV)"),
        ("underrun", "given->numbers[-1000] = 1;", "crashed (SIGSEGV)"),
    ];
    for (name, code, expected) in cases {
        if !cfg!(target_arch = "x86_64") && ["illegal", "division"].contains(&name) {
            continue;
        }
        let source = at_row(&format!("if (days == 39) {{ {code} }}"));
        let told = said(&bench, name, &source);
        assert!(told.starts_with(&format!("{at}{expected}")), "{name}: {told}");
    }
}

#[test]
fn words_before_the_end_are_kept() {
    let bench = Bench::new();
    let code = "if (days == 39) { fprintf(stderr, \"no table for 39\\n\"); abort(); }";
    assert_eq!(
        said(&bench, "words", &at_row(code)),
        "pack fixture, score, customer C-105: runtime error: the plugin crashed (SIGABRT): no table for 39"
    );
}

#[test]
fn a_stack_without_end_is_a_crash() {
    let bench = Bench::new();
    let deep = "static int deep(volatile int n) { volatile char room[4096]; room[0] = (char)n; return deep(n + 1) + room[0]; }\nstatic int32_t score(";
    let source = at_row("if (days == 39) deep(0);").replace("static int32_t score(", deep);
    let told = said(&bench, "stack", &source);
    assert!(told.contains("customer C-105") && told.contains("crashed (SIG"), "{told}");
}

#[test]
fn memory_has_a_limit() {
    let bench = Bench::new();
    let code = "if (days == 39) for (;;) { char *more = malloc(1 << 20); if (!more) { call->fail(call->context, row, \"no memory\", 9); return KEHU_FAILED; } memset(more, 1, 1 << 20); }";
    assert_eq!(
        said(&bench, "memory", &at_row(code)),
        "pack fixture, score, customer C-105: runtime error: no memory"
    );
}

#[test]
fn a_loop_is_stopped_at_its_limit() {
    let bench = Bench::new();
    let begun = Instant::now();
    assert_eq!(
        said(&bench, "loop", &at_row("while (days == 39) { }")),
        "pack fixture, score, customer C-105: time limit error: the plugin took longer than 2000 ms"
    );
    assert!(begun.elapsed().as_secs() < 20);
    assert_eq!(
        said(
            &bench,
            "polite",
            &at_row("while (days == 39) if (*call->cancel) return KEHU_CANCELLED;")
        ),
        "pack fixture, score: time limit error: it took too long, and stopped as asked"
    );
}

#[test]
fn an_exception_that_nobody_catches_is_a_crash() {
    let bench = Bench::new();
    let source = at_row("if (days == 39) throw 7;").replace("#define _GNU_SOURCE", "").replace(
        "const kehu_entry *kehu_plugin_entry_v1(void)",
        "extern \"C\" const kehu_entry *kehu_plugin_entry_v1(void)",
    );
    let path = bench.compile_with("c++", &["-std=c++11", "-x", "c++"], "throws", &source);
    let error = score(&factory(&path, OnCrash::Fail, Isolation::Worker), &[39.0]).unwrap_err();
    assert!(
        error.to_string().contains("C-101: runtime error: the plugin crashed (SIGABRT)"),
        "{error}"
    );
}

#[test]
fn what_is_given_wrongly_is_told_with_its_customer() {
    let bench = Bench::new();
    let cases = [
        (
            "unwritten",
            at_row("if (days == 39) continue;"),
            "customer C-105: result error: column \"silence\" was not written for this customer",
        ),
        (
            "infinite",
            at_row("if (days == 39) { given->numbers[row] = 1e308 * 10; continue; }"),
            "customer C-105: result error: column \"silence\" is infinite",
        ),
        (
            "sum",
            at_row(
                "if (days == 39) { given->points[0][row] = 1; given->numbers[row] = 2; continue; }",
            ),
            "customer C-105: result error: column \"silence\" is 2, its points add up to 1",
        ),
        (
            "unknown",
            at_row("if (days == 39) { given->points[0][row] = 9; given->numbers[row] = kehu_missing(); continue; }"),
            "customer C-105: result error: column \"silence\" is missing, but has points that add up to 9",
        ),
        (
            "argument",
            changed(&[(
                "KEHU_RULE_OF(\"quiet\", \"days\", \"limit\", \"silent",
                "KEHU_RULE_WITH(\"quiet\", 2, \"silent",
            )])
            .replace(
                "if (days > 30) {",
                "if (days > 30) { given->arguments[0][row] = days; if (days != 39) given->arguments[1][row] = kehu_missing();",
            ),
            "customer C-105: result error: column \"silence\" has reason \"quiet\", but nothing fills place 2 of its sentence",
        ),
        (
            "money",
            changed(&[("type = \\\"number\\\"\\n\"\nstatic", "type = \\\"money\\\"\\n\"\nstatic")])
                .replace("if (days > 30) {", "if (days == 39) { given->points[0][row] = given->numbers[row] = -1e16; } else if (days > 30) {"),
            "customer C-105: result error: column \"silence\" is -1e16, more than any amount of money",
        ),
        (
            "day",
            changed(&[
                ("type = \\\"number\\\"\\n\"\nstatic", "type = \\\"day\\\"\\n\"\nstatic"),
                ("KEHU_ADDITIVE, 1, factors", "0, 1, factors"),
                ("given->numbers[row] = 0;", "given->days[row] = days == 39 ? 2932897 : 2932896; given->points[0][row] = 0; continue;"),
            ]),
            "customer C-105: result error: column \"silence\" is day 2932897, outside of the years 0001 to 9999",
        ),
        (
            "half",
            scorer("", "if (days == 39) return KEHU_FAILED;", ""),
            "pack fixture, score: runtime error: it returned -1 without a word",
        ),
        (
            "code",
            scorer("", "", "return 4711;"),
            "pack fixture, score: runtime error: it returned 4711 without a word",
        ),
        (
            "both",
            scorer("", "", "call->fail(call->context, -1, \"oh\", 2);"),
            "result error: it returned KEHU_OK, but told of a failure: oh",
        ),
        (
            "panic",
            scorer(
                "",
                "",
                "call->fail(call->context, -1, \"index 7 of 3\", 12); return KEHU_PANIC;",
            ),
            "runtime error: it panicked: index 7 of 3",
        ),
        (
            "value",
            changed(&[("KEHU_ADDITIVE, 1, factors", "0, 1, factors")])
                .replace("if (days > 30)", "given->numbers[row] = 1; if (days > 35)"),
            "customer C-101: result error: column \"silence\" has a value and no reason",
        ),
    ];
    for (name, source, expected) in cases {
        let told = said(&bench, name, &source);
        assert!(told.contains(expected), "{name}: {told}");
    }
}

#[test]
fn a_missing_value_needs_no_reason_and_a_value_of_its_own_needs_one() {
    let bench = Bench::new();
    let source =
        at_row("if (kehu_is_missing(days)) { given->numbers[row] = kehu_missing(); continue; }");
    let factory = factory(&bench.compile("missing", &source), OnCrash::Fail, Isolation::Worker);
    let scored = score(&factory, &[f64::NAN, 31.0]).unwrap();
    assert!(scored.data.is_missing(0));
    assert_eq!(scored.reasons.ends, [0, 1]);
}

#[test]
fn garbage_on_the_socket_is_no_answer() {
    let bench = Bench::new();
    let code = "if (days == 39) for (int fd = 100; fd < 1024; fd++) write(fd, \"garbage garbage garbage\", 23);";
    let told = said(&bench, "garbage", &at_row(code));
    assert!(
        told.contains("customer C-105") && told.contains("spoiled the worker's own words"),
        "{told}"
    );
}

#[test]
fn a_plugin_that_crashes_only_in_company_is_not_blamed_on_a_customer() {
    let bench = Bench::new();
    let told = said(&bench, "company", &scorer("if (batch->n_rows > 5) abort();", "", ""));
    assert_eq!(
        told,
        "pack fixture, score: runtime error: the plugin crashed (SIGABRT); asked about parts of the batch it did not"
    );
}

#[test]
fn instances_are_made_and_destroyed_as_promised() {
    let bench = Bench::new();
    let create = "static int32_t create(const kehu_call *call, const char *settings, size_t len, const void *state, size_t state_len, void **instance) { CODE }\nstatic int32_t score(";
    let with = |name: &str, code: &str| {
        let source = changed(&[
            ("static int32_t score(", &create.replace("CODE", code)),
            ("#define CREATE NULL", "#define CREATE create"),
        ]);
        said(&bench, name, &source)
    };
    assert_eq!(with("nothing", "*instance = NULL; return KEHU_OK;"), "scored");
    let told = with(
        "refuses",
        "*instance = (void *)call; call->fail(call->context, -1, \"no\\0t\\xff now\", 9); return KEHU_FAILED;",
    );
    assert_eq!(told, "pack fixture, score: runtime error: no\\u{0}t\u{fffd} now");
    let told = with(
        "huge",
        "char *words = calloc(10, 1 << 20); memset(words, 'x', 10 << 20); call->fail(call->context, -1, words, 10 << 20); return KEHU_FAILED;",
    );
    assert!(told.ends_with("x…") && told.len() < 5_000);
    let settings =
        "if (!strstr(settings, \"\\\"limit\\\":30\")) return KEHU_FAILED; return KEHU_OK;";
    assert_eq!(with("settings", settings), "scored");
}

#[test]
fn prints_of_a_plugin_go_nowhere_and_stop_nothing() {
    let bench = Bench::new();
    let code = "for (int line = 0; line < 2000; line++) puts(\"a line that nobody asked for, and that is not short\"); fflush(stdout);";
    assert_eq!(said(&bench, "prints", &at_row(code)), "scored");
}

#[test]
fn a_worker_serves_batches_and_instances_one_after_another() {
    use kehu_contract::PackFactory as _;
    let bench = Bench::new();
    let factory = factory(&bench.compile("many", &at_row("")), OnCrash::Fail, Isolation::Worker);
    for rows in [1, 0, 8_192, 3, 60_000] {
        let mut pack = factory.create(&context(&factory)).unwrap();
        for _ in 0..3 {
            let days = vec![31.0; rows];
            let scored = pack.score(0, &batch(&days), &serde_json::Value::Null).unwrap();
            assert_eq!(scored[0].data, ColumnData::Number(vec![1.0; rows]));
        }
    }
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| score(&factory, &[31.0; 100]).unwrap());
        }
    });
}

#[test]
fn a_customer_at_whom_it_crashes_alone_is_no_matter_of_empty_batches() {
    let bench = Bench::new();
    let path = bench.compile("empty", &scorer("if (batch->n_rows == 0) abort();", "", ""));
    let error = score(&factory(&path, OnCrash::Fail, Isolation::Worker), &[]).unwrap_err();
    assert!(error.to_string().contains("crashed (SIGABRT); there was no customer"), "{error}");
}

/// Its words come too late, or from a thread that was not asked.
#[test]
fn what_is_said_after_a_call_or_beside_it_is_not_heard() {
    let bench = Bench::new();
    let thread = "#include <pthread.h>\nstatic kehu_call kept;\nstatic int during;\nstatic void *talk(void *wait) { if (wait) usleep(20000); for (int i = 0; i < 100; i++) { kept.fail(kept.context, 0, \"late\", 4); kept.emit(kept.context, \"late\", 4); kept.text(kept.context, \"late\", 4); } return NULL; }\nstatic int32_t score(";
    let beside = "kept = *call; pthread_t other; pthread_create(&other, NULL, talk, NULL); pthread_join(other, NULL);";
    let after = "kept = *call; static pthread_t other; if (!other) pthread_create(&other, NULL, talk, &kept); else pthread_join(other, NULL);";
    for (name, before) in [("beside", beside), ("after", after)] {
        let source = scorer(before, "", "").replace("static int32_t score(", thread);
        let path = bench.compile(name, &source);
        let factory = factory(&path, OnCrash::Fail, Isolation::Worker);
        let mut pack = kehu_contract::PackFactory::create(&factory, &context(&factory)).unwrap();
        for _ in 0..2 {
            let scored = pack.score(0, &batch(&[31.0]), &serde_json::Value::Null).unwrap();
            assert_eq!(scored[0].data, ColumnData::Number(vec![1.0]), "{name}");
            std::thread::sleep(std::time::Duration::from_millis(40));
        }
    }
}

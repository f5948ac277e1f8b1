//! Entries that are refused, each by the field that differs.

use super::kit::{Bench, changed, refusal};

const ENTRY: &str = "const kehu_entry *kehu_plugin_entry_v1(void) { return &entry; }";

#[test]
fn an_entry_that_is_none_is_refused_by_name() {
    let bench = Bench::new();
    let cases = [
        ("missing", ENTRY, "", "does not export kehu_plugin_entry_v1"),
        (
            "wrong",
            "kehu_plugin_entry_v1(void) {",
            "kehu_plugin_entry_v9(void) {",
            "does not export kehu_plugin_entry_v1",
        ),
        ("null", "return &entry;", "return NULL;", "kehu_plugin_entry_v1 returned NULL"),
        (
            "misaligned",
            "return &entry;",
            "return (const kehu_entry *)((const char *)&entry + 4);",
            "kehu_plugin_entry_v1 returned a pointer that is not aligned to 8 bytes",
        ),
        (
            "magic",
            "KEHU_ENTRY_HEAD, KEHU",
            "7, sizeof(kehu_entry), 0, 1, 1, 8, 0, KEHU_LAYOUT_PROBE, KEHU",
            "magic is 0x0000000000000007, expected 0x31474c505548454b",
        ),
        (
            "major",
            "KEHU_ENTRY_HEAD, KEHU",
            "KEHU_MAGIC, sizeof(kehu_entry), 2, 0, 0, 8, 0, KEHU_LAYOUT_PROBE, KEHU",
            "abi_major is 2, this kehu speaks 0",
        ),
        (
            "minor",
            "KEHU_ENTRY_HEAD, KEHU",
            "KEHU_MAGIC, sizeof(kehu_entry), 0, 9, 9, 8, 0, KEHU_LAYOUT_PROBE, KEHU",
            "min_host_minor is 9, this kehu has minor 2",
        ),
        (
            "short",
            "KEHU_ENTRY_HEAD, KEHU",
            "KEHU_MAGIC, 64, 0, 1, 1, 8, 0, KEHU_LAYOUT_PROBE, KEHU",
            "the entry: struct_size is 64, at least 96 is needed",
        ),
        (
            "absurd",
            "KEHU_ENTRY_HEAD, KEHU",
            "KEHU_MAGIC, 0x80000000u, 0, 1, 1, 8, 0, KEHU_LAYOUT_PROBE, KEHU",
            "the entry: struct_size is 2147483648, at most 65536 is believed",
        ),
        (
            "order",
            "KEHU_ENTRY_HEAD, KEHU",
            "KEHU_MAGIC, sizeof(kehu_entry), 0, 1, 1, 8, 0, 0x04030201, KEHU",
            "layout_probe is 0x04030201, expected 0x01020304",
        ),
        (
            "width",
            "KEHU_ENTRY_HEAD, KEHU",
            "KEHU_MAGIC, sizeof(kehu_entry), 0, 1, 1, 4, 0, KEHU_LAYOUT_PROBE, KEHU",
            "pointer_bytes is 4, expected 8",
        ),
        (
            "function",
            "CREATE, score,",
            "CREATE, NULL,",
            "step \"score\": the function score is NULL",
        ),
        ("getter", "  get_extension};", "  NULL};", "get_extension is NULL"),
        (
            "extension",
            "KEHU_SCORER) ?",
            "\"kehu.scorer/9\") ?",
            "get_extension has no kehu.scorer/1 for step \"score\"",
        ),
        (
            "fit",
            "hook = \\\"score\\\"\\n",
            "hook = \\\"score\\\"\\nfit = \\\"mean\\\"\\n",
            "step \"score\": the function fit is NULL",
        ),
        (
            "review",
            "hook = \\\"score\\\"\\nneeds = [\\\"days\\\"]\\n\" \\\n  \"[step.gives.silence]\\ntype = \\\"number\\\"\\n",
            "hook = \\\"review\\\"\\nneeds = [\\\"days\\\"]\\n",
            "step \"review\": the hook review has no native extension yet",
        ),
        (
            "stage",
            "hook = \\\"score\\\"\\nneeds = [\\\"days\\\"]\\n\" \\\n  \"[step.gives.silence]\\ntype = \\\"number\\\"\\n",
            "hook = \\\"stage\\\"\\nneeds = [\\\"days\\\"]\\n",
            "step \"stage\": the hook stage has no native extension yet",
        ),
        (
            "on_event",
            "hook = \\\"score\\\"\\nneeds = [\\\"days\\\"]\\n\" \\\n  \"[step.gives.silence]\\ntype = \\\"number\\\"\\n",
            "hook = \\\"on_event\\\"\\nneeds = [\\\"days\\\"]\\n",
            "step \"on_event\": the hook on_event has no native extension yet",
        ),
        (
            "outputs",
            "outputs, 1, sizeof",
            "outputs, 2, sizeof",
            "step \"score\": n_outputs is 2, pack.toml gives 1 columns",
        ),
        (
            "column",
            "KEHU_STR(\"silence\")",
            "KEHU_STR(\"silent\")",
            "step \"score\": output 0 is \"silent\", pack.toml gives \"silence\"",
        ),
        (
            "built",
            "KEHU_ENTRY_HEAD, KEHU",
            "KEHU_MAGIC, sizeof(kehu_entry), 0, 0, 1, 8, 0, KEHU_LAYOUT_PROBE, KEHU",
            "min_host_minor is 1, but abi_minor says that it was built for 0",
        ),
        (
            "stride",
            "rules, 1, sizeof(kehu_rule)",
            "rules, 1, sizeof(kehu_rule) + 4",
            "rule_size is 124, which is no multiple of 8",
        ),
        (
            "narrow",
            "rules, 1, sizeof(kehu_rule)",
            "rules, 1, 64",
            "rule_size: struct_size is 64, at least 104 is needed",
        ),
        (
            "flags",
            "KEHU_ADDITIVE, 1, factors",
            "KEHU_ADDITIVE | 8, 1, factors",
            "output \"silence\": flags has 0x8, which this kehu does not know",
        ),
        (
            "sign",
            "KEHU_RULE_OF(\"quiet\", \"days\", \"limit\",",
            "KEHU_TEST(\"quiet\", \"days\", \"=>\", \"limit\",",
            "rule \"quiet\": comparison is \"=>\", expected <, <=, >, >=, ==, ~=, missing",
        ),
        (
            "unlimited",
            "KEHU_RULE_OF(\"quiet\", \"days\", \"limit\",",
            "KEHU_TEST(\"quiet\", \"days\", \">\", \"\",",
            "rule \"quiet\": comparison is \">\", but input or setting is empty",
        ),
        (
            "place",
            "more than {limit}",
            "more than {limit}, {3}",
            "rule \"quiet\": nothing fills place 3 of its sentence",
        ),
        (
            "value",
            "KEHU_RULE_OF(\"quiet\", \"days\", \"limit\",",
            "KEHU_RULE_OF(\"quiet\", \"\", \"limit\",",
            "rule \"quiet\": nothing fills place 1 of its sentence",
        ),
        (
            "factor",
            "factors[] = {0}",
            "factors[] = {7}",
            "step \"score\": output \"silence\": factor 7 is no rule: there are 1",
        ),
    ];
    for (name, from, to, expected) in cases {
        let path = bench.compile(name, &changed(&[(from, to)]));
        assert_eq!(refusal(&path), expected, "{name}");
    }
}

#[test]
fn texts_that_are_none_are_refused_by_name() {
    let bench = Bench::new();
    let manifest = "KEHU_STR(MANIFEST)";
    let rule = "KEHU_RULE_OF(\"quiet\", \"days\", \"limit\",";
    let cases = [
        ("name", "name = \\\"fixture\\\"", "name = \\\"a/b c\\\"", "is not in kebab-case"),
        ("empty", "name = \\\"fixture\\\"", "name = \\\"\\\"", "is not in kebab-case"),
        ("toml", "[settings.limit]", "[settings.limit", "pack.toml:"),
        ("bytes", manifest, "{\"\\xff\\xfe\", 2}", "the manifest is no UTF-8 at byte 0"),
        (
            "endless",
            manifest,
            "{\"x\", (size_t)-1}",
            "the manifest has 18446744073709551615 bytes, at most 1048576",
        ),
        ("nowhere", manifest, "{NULL, 5}", "the manifest has 5 bytes at NULL"),
        (
            "long",
            "name = \\\"fixture\\\"",
            &format!("name = \\\"{}\\\"", "a".repeat(300)),
            "is not in kebab-case",
        ),
        (
            "long_rule",
            rule,
            &format!("KEHU_RULE_OF(\"{}\", \"days\", \"limit\",", "a".repeat(300)),
            "id of rule 0 has 300 bytes, at most 64",
        ),
        (
            "twice_named",
            "factors[] = {0};\nstatic const kehu_output outputs[] = {{KEHU_STR(\"silence\"), KEHU_ADDITIVE, 1,",
            "factors[] = {0, 0};\nstatic const kehu_output outputs[] = {{KEHU_STR(\"silence\"), KEHU_ADDITIVE, 2,",
            "factor 0 is named twice",
        ),
        (
            "factors",
            "KEHU_ADDITIVE, 1, factors",
            "KEHU_ADDITIVE, 100000, factors",
            "n_factors is 100000, at most 1024 are taken",
        ),
        ("wild", manifest, "{(const char *)64, 5}", "it crashed (SIGSEGV) while it was loaded"),
        (
            "rule",
            rule,
            "KEHU_RULE_OF(\"\", \"days\", \"limit\",",
            "id of rule 0 is \"\", which is no name",
        ),
        (
            "input",
            rule,
            "KEHU_RULE_OF(\"quiet\", \"dais\", \"limit\",",
            "rule \"quiet\": no step needs \"dais\"; did you mean \"days\"?",
        ),
        (
            "setting",
            rule,
            "KEHU_RULE_OF(\"quiet\", \"days\", \"limits\",",
            "rule \"quiet\": there is no setting \"limits\"; did you mean \"limit\"?",
        ),
        (
            "many",
            "rules, 1, sizeof",
            "rules, 100000, sizeof",
            "n_rules is 100000, at most 1024 are taken",
        ),
    ];
    for (name, from, to, expected) in cases {
        let path = bench.compile(name, &changed(&[(from, to)]));
        let said = refusal(&path);
        assert!(said.contains(expected), "{name}: {said}");
    }
    let twice = changed(&[
        (
            "static const uint32_t factors",
            "static const kehu_rule both[] = {KEHU_RULE(\"a\", \"b\", \"\"), KEHU_RULE(\"a\", \"c\", \"\")};\nstatic const uint32_t factors",
        ),
        ("rules, 1, sizeof", "both, 2, sizeof"),
    ]);
    assert_eq!(refusal(&bench.compile("twice", &twice)), "rule \"a\" is declared twice");
}

#[test]
fn code_that_runs_before_any_check_harms_the_worker_only() {
    let bench = Bench::new();
    let cases = [
        ("leaves", "exit(0);", "it ended the process (exit 0) while it was loaded"),
        ("crashes", "*(volatile int *)8 = 1;", "it crashed (SIGSEGV) while it was loaded"),
        ("prints", "puts(\"{}\"); fflush(stdout);", "taken"),
        ("closes", "fclose(stdout); close(0);", "taken"),
    ];
    for (name, code, expected) in cases {
        let early = format!("__attribute__((constructor)) static void early(void) {{ {code} }}");
        let path = bench.compile(name, &(changed(&[]) + &early));
        assert_eq!(refusal(&path), expected, "{name}");
    }
    let path = bench.compile("entry", &changed(&[("return &entry;", "abort();")]));
    assert_eq!(refusal(&path), "it crashed (SIGABRT) while it was loaded");
}

#[test]
fn a_table_that_changes_later_changes_nothing() {
    let bench = Bench::new();
    let source = changed(&[
        ("static const kehu_scorer scorer = {", "static kehu_scorer scorer = {"),
        (
            "return kehu_is(id, len, KEHU_SCORER) ? &scorer : NULL;",
            "static int asked; return asked++ ? NULL : &scorer;",
        ),
        ("static int32_t score(", "static kehu_scorer scorer;\nstatic int32_t score("),
        (
            "given->numbers[row] = 0;",
            "scorer.score = NULL; scorer.create = (kehu_create)8; given->numbers[row] = 0;",
        ),
    ]);
    let path = bench.compile("moves", &source);
    let factory =
        super::kit::factory(&path, kehu_native::OnCrash::Fail, kehu_native::Isolation::Worker);
    for _ in 0..2 {
        let scored = super::kit::score(&factory, &[31.0, 32.0]).unwrap();
        assert_eq!(scored.data, kehu_contract::ColumnData::Number(vec![1.0, 2.0]));
    }
}

#[test]
fn a_plugin_that_does_not_let_itself_be_loaded_is_left() {
    let bench = Bench::new();
    let begin = |code: &str| {
        format!("__attribute__((constructor)) static void begin(void) {{ {code} }}\n{ENTRY}")
    };
    let hangs = "took longer than 2000 ms while it was loaded";
    let cases = [
        ("sleeps", begin("for (;;) pause();"), hangs),
        ("sleeps_later", ENTRY.replace("return", "for (;;) pause(); return"), hangs),
        ("crashes", begin("abort();"), "it crashed (SIGABRT) while it was loaded"),
        ("leaves", begin("exit(0);"), "it ended the process (exit 0) while it was loaded"),
        ("prints", begin("puts(\"hello\"); fflush(stdout);"), "taken"),
        (
            "later",
            ENTRY.replace("return", "*(volatile int *)8 = 1; return"),
            "it crashed (SIGSEGV) while it was loaded",
        ),
    ];
    for (name, entry, expected) in cases {
        let told = refusal(&bench.compile(name, &changed(&[(ENTRY, &entry)])));
        assert!(told.contains(expected), "{name}: {told}");
    }
}

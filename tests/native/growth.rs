//! Plugins that are newer or older than this host.

use kehu_contract::ColumnData;
use kehu_native::{Isolation, OnCrash};

use super::kit::{Bench, changed, factory, score};

#[test]
fn a_newer_or_an_older_plugin_is_served() {
    let bench = Bench::new();
    let cases = [
        (
            "longer",
            changed(&[
                (
                    "static const kehu_entry entry = {",
                    "static const struct { kehu_entry known; uint64_t more[8]; } entry = {{",
                ),
                (
                    "KEHU_ENTRY_HEAD, KEHU",
                    "KEHU_MAGIC, sizeof(kehu_entry) + 64, 0, 1, 1, 8, 0, KEHU_LAYOUT_PROBE, KEHU",
                ),
                ("  get_extension};", "  get_extension}, {7, 7, 7, 7, 7, 7, 7, 7}};"),
                ("return &entry;", "return &entry.known;"),
            ]),
        ),
        (
            "newer",
            changed(&[(
                "KEHU_ENTRY_HEAD, KEHU",
                "KEHU_MAGIC, sizeof(kehu_entry), 0, 9, 1, 8, 0, KEHU_LAYOUT_PROBE, KEHU",
            )]),
        ),
        (
            "older",
            changed(&[
                (
                    "static const kehu_rule rules[] = {\n  KEHU_RULE_OF(\"quiet\", \"days\", \"limit\", \"silent for {value} days, more than {limit}\", \"沉默 {value} 天\")\n};",
                    "static const struct { kehu_str id, en, zh, input, setting, file; uint32_t line, n_arguments; } rules[] = {{KEHU_STR(\"quiet\"), KEHU_STR(\"silent for {value} days, more than {limit}\"), KEHU_NO_STR, KEHU_STR(\"days\"), KEHU_STR(\"limit\"), KEHU_NO_STR, 7, 0}};",
                ),
                (
                    "KEHU_ENTRY_HEAD, KEHU",
                    "KEHU_MAGIC, sizeof(kehu_entry), 0, 1, 1, 8, 0, KEHU_LAYOUT_PROBE, KEHU",
                ),
                ("rules, 1, sizeof(kehu_rule)", "(const kehu_rule *)rules, 1, sizeof(rules[0])"),
            ]),
        ),
        ("shorter", changed(&[("  sizeof(kehu_scorer), 0,", "  offsetof(kehu_scorer, fit), 0,")])),
        (
            "wider",
            changed(&[
                (
                    "static const kehu_output outputs[] = {{KEHU_STR(\"silence\"), KEHU_ADDITIVE, 1, factors}};",
                    "static const struct { kehu_output known; uint64_t more; } outputs[] = {{{KEHU_STR(\"silence\"), KEHU_ADDITIVE, 1, factors}, 7}};",
                ),
                ("outputs, 1, sizeof(kehu_output)", "&outputs[0].known, 1, sizeof(outputs[0])"),
            ]),
        ),
    ];
    for (name, source) in cases {
        let factory = factory(&bench.compile(name, &source), OnCrash::Fail, Isolation::Worker);
        let scored = score(&factory, &[10.0, 35.0]).unwrap();
        assert_eq!(scored.data, ColumnData::Number(vec![0.0, 5.0]), "{name}");
    }
}

#[test]
fn a_longer_call_is_no_trouble_for_a_plugin_in_cxx() {
    let bench = Bench::new();
    let source = changed(&[(
        "const kehu_entry *kehu_plugin_entry_v1(void)",
        "extern \"C\" const kehu_entry *kehu_plugin_entry_v1(void)",
    )]);
    let source = source.replace("#define _GNU_SOURCE", "");
    let path = bench.compile_with("c++", &["-std=c++11", "-x", "c++"], "plus", &source);
    for isolation in [Isolation::Worker, Isolation::InProcess] {
        let factory = factory(&path, OnCrash::Fail, isolation);
        let scored = score(&factory, &[10.0, 35.0, f64::NAN]).unwrap();
        assert_eq!(scored.data, ColumnData::Number(vec![0.0, 5.0, 0.0]));
        let reasons: Vec<_> = scored.reasons.of(1).collect();
        assert_eq!(reasons.len(), 1);
        assert_eq!(format!("{:?}", reasons[0].1), "[Number(35.0), Number(30.0)]");
    }
}

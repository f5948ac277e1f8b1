//! Going on in spite of a plugin that dies at some customers: who is named, who is passed over.

use kehu_contract::{BATCH, Case, ColumnData, PackFactory as _, PlanningProblem};
use kehu_native::{Isolation, NativeFactory, OnCrash};

use super::kit::{Bench, at_row, batch, context, factory, score};
use crate::kit::Kit;

fn skipping(bench: &Bench, name: &str, source: &str) -> NativeFactory {
    factory(&bench.compile(name, source), OnCrash::SkipRows, Isolation::Worker)
}

fn crashes(factory: &NativeFactory) -> Vec<String> {
    factory.take_crashes().iter().map(ToString::to_string).collect()
}

#[test]
fn poisoned_customers_are_passed_over_and_the_others_scored() {
    let bench = Bench::new();
    let plain = at_row("if (days == 39) abort();");
    // Written before it crashes, and written only when all rows are read: neither leaves where it was.
    let late = at_row("").replace(
        "if (days > 30)",
        "if (days == 39) { given->numbers[row] = 1; abort(); } if (days > 30)",
    );
    let blind = super::kit::scorer(
        "for (int64_t row = 0; row < batch->n_rows; row++) if (batch->columns[0]->numbers[row] == 39) abort();",
        "",
        "",
    );
    for (name, source) in [("plain", plain), ("late", late), ("blind", blind)] {
        let factory = skipping(&bench, name, &source);
        let mut days: Vec<f64> = (0..BATCH).map(|row| (row % 8) as f64 + 31.0).collect();
        days[17] = 39.0;
        days[18] = 39.0;
        days[8_000] = 39.0;
        let scored = score(&factory, &days).unwrap();
        let ColumnData::Number(values) = &scored.data else { panic!("no numbers") };
        assert_eq!((values.len(), scored.reasons.ends.len()), (BATCH, BATCH), "{name}");
        for (row, value) in values.iter().enumerate() {
            match row {
                17 | 18 | 8_000 => assert!(value.is_nan()),
                row => assert!((value - (days[row] - 30.0)).abs() < 1e-12, "{name} {row}"),
            }
        }
        assert!((scored.reasons.points(8_001) - values[8_001]).abs() < 1e-12);
        let at = |customer| format!("at customer C-{customer} plugin fixture crashed (SIGABRT)");
        assert_eq!(crashes(&factory), [at(118), at(119), at(8_101)], "{name}");
        assert_eq!(factory.take_crash_count(), 0, "{name}");
    }
}

#[test]
fn customers_at_whom_it_hangs_are_passed_over_as_well() {
    let bench = Bench::new();
    let source = at_row("while (days == 39) { } if (days == 41) abort();");
    let factory = skipping(&bench, "hangs", &source);
    let scored = score(&factory, &[38.0, 39.0, 40.0, 41.0, 42.0]).unwrap();
    let ColumnData::Number(values) = &scored.data else { panic!("no numbers") };
    assert_eq!(format!("{values:?}"), "[8.0, NaN, 10.0, NaN, 12.0]");
    assert_eq!(
        crashes(&factory),
        [
            "at customer C-102 plugin fixture took longer than 2000 ms",
            "at customer C-104 plugin fixture crashed (SIGABRT)"
        ]
    );
}

#[test]
fn too_many_poisoned_customers_are_no_slip() {
    let bench = Bench::new();
    let factory = skipping(&bench, "many", &at_row("if (days >= 39) abort();"));
    let days: Vec<f64> = (0..70).map(|row| f64::from(row) + 38.0).collect();
    let said = score(&factory, &days).unwrap_err().to_string();
    assert_eq!(
        said,
        "pack fixture, score: runtime error: the plugin dies at more than 64 customers of one batch, the first is C-102: it crashed (SIGABRT)\nhint: tell its author: so many are not passed over"
    );
    assert_eq!((crashes(&factory).len(), factory.take_crash_count()), (0, 1));
}

/// Proposes a call to each customer, and leaves all out of the plan; dies at those of whom it is told.
const DECIDES: &str = r#"
#include "kehu_plugin.h"
#include <stdio.h>
#include <stdlib.h>
static const kehu_rule rules[] = {KEHU_RULE("any", "everybody is called", "都要联系")};
static int32_t plan(void *instance, const kehu_call *call, const char *problem, size_t len) {
  char *text = malloc(len + 1), part[200];
  const char *at;
  int count = 0;
  (void)instance;
  memcpy(text, problem, len); text[len] = 0;
  at = strstr(text, "\"customers\":");
  call->emit(call->context, "{\"left_out\":[", 13);
  while ((at = strstr(at, "{\"customer\":"))) {
    long customer = atol(at + 12);
    if (!strstr(at, "\"visits\":")) break;
    if (customer == 7) *(volatile int *)8 = 1;
    call->emit(call->context, part, snprintf(part, 200,
        "%s{\"customer\":%ld,\"missing\":%d,\"causes\":[{\"rule\":0}]}", count++ ? "," : "", customer,
        atoi(strstr(at, "\"visits\":") + 9)));
    at += 12;
  }
  free(text);
  call->emit(call->context, "]}", 2);
  return KEHU_OK;
}
static int32_t follow_up(void *instance, const kehu_call *call, const kehu_batch *batch,
                         const char *cases, size_t len) {
  char part[200];
  int64_t row;
  (void)instance; (void)cases; (void)len;
  call->emit(call->context, "[", 1);
  for (row = 0; row < batch->n_rows; row++) {
    if (batch->columns[0]->numbers[row] == 39) *(volatile int *)8 = 1;
    call->emit(call->context, part, snprintf(part, 200,
        "%s{\"customer\":%ld,\"action\":\"call\",\"channel\":\"phone\",\"due\":%d,\"causes\":[{\"rule\":\"any\"}]}",
        row ? "," : "", (long)batch->ids[row], (int)call->as_of_day));
  }
  call->emit(call->context, "]", 1);
  return KEHU_OK;
}
static const kehu_planner planner = {sizeof(kehu_planner), 0, NULL, plan, NULL};
static const kehu_follow_up calls = {sizeof(kehu_follow_up), 0, NULL, follow_up, NULL};
static const void *get_extension(const char *id, size_t len, const char *step, size_t step_len) {
  (void)step; (void)step_len;
  if (kehu_is(id, len, KEHU_PLANNER)) return &planner;
  return kehu_is(id, len, KEHU_FOLLOW_UP) ? &calls : NULL;
}
static const kehu_entry entry = {
  KEHU_ENTRY_HEAD,
  KEHU_STR("name = \"decides\"\nversion = \"1.0.0\"\napi = \"0.1\"\n[actions.call]\nen = \"call\"\n"
           STEPS "[[step]]\nhook = \"follow_up\"\nneeds = [\"DAYS\"]\n"),
  KEHU_NO_STR, KEHU_NO_STR, rules, 1, sizeof(kehu_rule), get_extension};
const kehu_entry *kehu_plugin_entry_v1(void) { return &entry; }
"#;

fn decides() -> String {
    DECIDES.replace("STEPS", r#""[[step]]\nhook = \"plan_visits\"\n""#).replace("DAYS", "days")
}

#[test]
fn a_crash_while_proposing_names_the_customer_or_passes_over_it() {
    let bench = Bench::new();
    let path = bench.compile("decides", &decides());
    let days: Vec<f64> = (0..40).map(|row| f64::from(row) + 10.0).collect();
    let cases: Vec<Case> =
        (0..40).map(|row| Case { name: format!("客户 {row}"), ..Case::default() }).collect();
    let fails = factory(&path, OnCrash::Fail, Isolation::Worker);
    let mut pack = fails.create(&context(&fails)).unwrap();
    assert_eq!(
        pack.follow_up(1, &batch(&days), &cases).unwrap_err().to_string(),
        "pack decides, follow_up, customer C-130: runtime error: the plugin crashed (SIGSEGV)\n  days = 39\nhint: tell its author; with on_crash = \"skip-rows\" in [plugins.decides] the others are asked about"
    );
    assert_eq!(fails.take_crash_count(), 1);
    let skips = factory(&path, OnCrash::SkipRows, Isolation::Worker);
    let mut pack = skips.create(&context(&skips)).unwrap();
    let proposals = pack.follow_up(1, &batch(&days), &cases).unwrap();
    let called: Vec<i64> = proposals.iter().map(|each| each.customer).collect();
    assert_eq!(called, (101..141).filter(|id| *id != 130).collect::<Vec<_>>());
    assert_eq!(crashes(&skips), ["at customer C-130 plugin decides crashed (SIGSEGV)"]);
    assert_eq!(skips.take_crash_count(), 0);
}

fn problem(fixed: &str) -> PlanningProblem {
    let customer = |id: i32| {
        format!(
            r#"{{"customer": {id}, "name": "客户 {id}", "place": null, "visits_per_month": 1, "visits": 2, "visits_a_round": 1, "seconds": 60, "gap_days": 5, "last_visit": null, "mode": "", "purpose": "", "topics": "", "value": 1, "group": ""}}"#
        )
    };
    let customers: Vec<String> = (1..=20).map(customer).collect();
    let text = format!(
        r#"{{"rep": "李伟", "home": null, "days": [], "from": 1, "to": 2, "fixed": [{fixed}], "speed": 30, "seconds_per_way": 60, "prospecting_share": 0.2, "seed": 1, "customers": [{}]}}"#,
        customers.join(",")
    );
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_crash_while_planning_names_the_customer_or_leaves_it_out() {
    let bench = Bench::new();
    let path = bench.compile("decides", &decides());
    let plan = |on_crash, fixed: &str| {
        let factory = factory(&path, on_crash, Isolation::Worker);
        let mut pack = factory.create(&context(&factory)).unwrap();
        let planned = pack.plan_visits(0, &problem(fixed)).map_err(|error| error.to_string());
        (planned, crashes(&factory), factory.take_crash_count(), pack.rules().to_vec())
    };
    let (planned, _, count, _) = plan(OnCrash::Fail, "");
    let said = planned.unwrap_err();
    assert_eq!(
        said,
        "pack decides, plan_visits, customer C-7: runtime error: the plugin crashed (SIGSEGV)\nhint: tell its author; with on_crash = \"skip-rows\" in [plugins.decides] the others are planned"
    );
    assert_eq!(count, 1);
    let (planned, crashes, count, rules) = plan(OnCrash::SkipRows, "");
    let planned = planned.unwrap();
    assert_eq!(planned.left_out.len(), 20);
    let left = planned.left_out.iter().find(|left| left.customer == 7).unwrap();
    assert_eq!(left.missing, 2);
    assert_eq!(rules[usize::from(left.causes[0].rule)].id, "plugin_crashed");
    assert_eq!(crashes, ["at customer C-7 plugin decides crashed (SIGSEGV)"]);
    assert_eq!(count, 0);
    let (planned, crashes, count, _) = plan(OnCrash::SkipRows, r#"{"customer": 7, "day": 1}"#);
    let said = planned.unwrap_err();
    assert!(said.contains("a visit is agreed there, so that it cannot be left out"), "{said}");
    assert_eq!((crashes.len(), count), (0, 1));
}

#[test]
fn in_a_workspace_a_plugin_that_skips_never_rests_and_customers_are_named() {
    let bench = Bench::new();
    let kit = Kit::shop();
    for (name, day) in [("武汉钢铁", "2024-01-22"), ("'Ann Lee'", "2024-02-20")] {
        kit.done(&format!("log purchase {name} --on {day} --amount 400"));
    }
    let source = DECIDES.replace("STEPS", "").replace("DAYS", "recency_days");
    let path = bench.compile("decides", &source);
    kit.done(&format!("plugin add {} --yes", path.display()));
    kit.done("score");
    let told = kit.run("today");
    assert!(
        told.contains(
            "error: pack decides, follow_up, customer C-1 武汉钢铁: runtime error: the plugin crashed (SIGSEGV)"
        ) && told.ends_with("[exit 3]\n"),
        "{told}"
    );
    kit.set("\n[plugins.decides]\non_crash = \"skip-rows\"\n");
    for _ in 0..4 {
        let told = kit.run("today");
        let passed = "passed over: at customer C-1 武汉钢铁 plugin decides crashed (SIGSEGV)";
        assert!(told.contains(passed) && told.ends_with("[exit 3]\n"), "{told}");
        assert!(!told.contains("rests"), "{told}");
    }
}

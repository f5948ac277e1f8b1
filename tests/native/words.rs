//! Plans and proposals from C: JSON in, JSON out, reasons by the names of rules.

use kehu_contract::{Case, PackFactory as _, Plan, PlanningProblem, Proposal};
use kehu_native::{Isolation, OnCrash};

use super::kit::{Bench, batch, context, factory};

const SOURCE: &str = r#"
#include "kehu_plugin.h"
static const kehu_rule rules[] = {
  KEHU_RULE("no_time", "there is no time", "没有时间"), KEHU_RULE("silent", "silent for {1} days", ""),
  KEHU_RULE_OF("long", "days", "limit", "silent for {value} days, more than {limit}", "")};
static int32_t plan(void *instance, const kehu_call *call, const char *problem, size_t len) {
  static const char text[] = PLAN;
  (void)instance; (void)problem; (void)len;
  call->emit(call->context, text, 10);
  call->emit(call->context, text + 10, sizeof text - 11);
  return KEHU_OK;
}
static int32_t follow_up(void *instance, const kehu_call *call, const kehu_batch *batch,
                         const char *cases, size_t len) {
  static const char text[] = PROPOSALS;
  (void)instance; (void)batch; (void)cases; (void)len;
  call->emit(call->context, text, sizeof text - 1);
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
           "[settings.limit]\ntype = \"number\"\ndefault = 30\ndoc = \"days\"\n"
           "[[step]]\nhook = \"plan_visits\"\n[[step]]\nhook = \"follow_up\"\nneeds = [\"days\"]\n"),
  KEHU_NO_STR, KEHU_NO_STR, rules, 3, sizeof(kehu_rule), get_extension};
const kehu_entry *kehu_plugin_entry_v1(void) { return &entry; }
"#;

const PROBLEM: &str = r#"{"rep": "李伟", "home": null, "days": [], "from": 1, "to": 2, "fixed": [],
    "speed": 30, "seconds_per_way": 60, "prospecting_share": 0.2, "seed": 1, "customers": []}"#;

fn answers(
    bench: &Bench,
    name: &str,
    plan: &str,
    proposals: &str,
) -> (Result<Plan, String>, Result<Vec<Proposal>, String>) {
    let source = SOURCE
        .replace("= PLAN", &format!("= {plan:?}"))
        .replace("= PROPOSALS", &format!("= {proposals:?}"));
    let factory = factory(&bench.compile(name, &source), OnCrash::Fail, Isolation::Worker);
    let mut pack = factory.create(&context(&factory)).unwrap();
    let problem: PlanningProblem = serde_json::from_str(PROBLEM).unwrap();
    let planned = pack.plan_visits(0, &problem).map_err(|error| error.to_string());
    let cases = [Case::default(), Case::default()];
    let proposed = pack.follow_up(1, &batch(&[1.0, 2.0]), &cases);
    (planned, proposed.map_err(|error| error.to_string()))
}

#[test]
fn decisions_come_back_with_their_reasons() {
    let bench = Bench::new();
    let plan = r#"{"left_out": [{"customer": 7, "causes": [{"rule": "no_time"}]}]}"#;
    let proposals = r#"[{"customer": 102, "action": "call", "channel": "phone", "due": 19001, "causes": [{"rule": "silent", "arguments": [40]}]}]"#;
    let (plan, proposals) = answers(&bench, "good", plan, proposals);
    let plan = plan.unwrap();
    assert_eq!((plan.left_out[0].missing, plan.left_out[0].causes[0].rule), (1, 0));
    let proposals = proposals.unwrap();
    assert_eq!((proposals[0].fact_day, proposals[0].causes[0].rule), (19_000, 1));
}

#[test]
fn the_sentence_of_a_proposal_is_filled_by_the_rule_itself_or_refused() {
    let bench = Bench::new();
    let with = |name: &str, cause: &str| {
        let proposal = format!(
            r#"[{{"customer": 102, "action": "call", "channel": "phone", "due": 1, "causes": [{cause}]}}]"#
        );
        let (_, proposed) = answers(&bench, name, "{}", &proposal);
        proposed.map(|all| serde_json::to_string(&all[0].causes[0].arguments).unwrap())
    };
    assert_eq!(with("own", r#"{"rule": "long"}"#).unwrap(), "[2.0,30.0]");
    assert_eq!(with("one", r#"{"rule": "long", "arguments": [7]}"#).unwrap(), "[7,30.0]");
    assert_eq!(with("none", r#"{"rule": "silent", "arguments": [null]}"#).unwrap(), "[null]");
    let said = with("empty", r#"{"rule": "silent"}"#).unwrap_err();
    assert!(
        said.contains(
            "a cause of proposal 0: the sentence of rule \"silent\" has 1 places, arguments fill 0"
        ),
        "{said}"
    );
    let plan = r#"{"left_out": [{"customer": 7, "causes": [{"rule": "long"}]}]}"#;
    let said = answers(&bench, "planned", plan, "[]").0.unwrap_err();
    assert!(said.contains("rule \"long\" has 2 places, arguments fill 0"), "{said}");
}

#[test]
fn decisions_that_are_none_are_told() {
    let bench = Bench::new();
    let cases = [
        ("json", "{\"days\": 1, no", "[1", "the plan is no JSON", "the proposals is no JSON"),
        (
            "shape",
            "{\"days\": 12345}",
            "{\"a\": 1}",
            "\"days\" is a number, expected a list",
            "the proposals are an object",
        ),
        (
            "reasons",
            r#"{"left_out": [{"customer": 7, "causes": []}]}"#,
            r#"[{"customer": 102, "action": "call", "channel": "phone", "due": 1, "causes": [{"rule": "silend"}]}]"#,
            "a customer that is left out has no causes",
            "there is no rule \"silend\"; did you mean \"silent\"?",
        ),
        (
            "stranger",
            r#"{"left_out": [{"customer": 7, "causes": [{"rule": 9}]}]}"#,
            r#"[{"customer": 7, "action": "call", "channel": "phone", "due": 1, "causes": [{"rule": 1, "arguments": [2]}]}]"#,
            "rule 9 is none of 3",
            "customer 7 is not in the batch",
        ),
        (
            "action",
            r#"{"left_out": [{"causes": [{"rule": 0}]}]}"#,
            r#"[{"customer": 101, "action": "cal", "channel": "phone", "due": 1, "causes": [{"rule": 1, "arguments": [2]}]}]"#,
            "missing field `customer`",
            "action \"cal\" is not declared in [actions]; did you mean \"call\"?",
        ),
    ];
    for (name, plan, proposals, plan_said, proposals_said) in cases {
        let (planned, proposed) = answers(&bench, name, plan, proposals);
        let (planned, proposed) = (planned.unwrap_err(), proposed.unwrap_err());
        assert!(planned.contains("result error") && planned.contains(plan_said), "{planned}");
        assert!(
            proposed.contains("result error") && proposed.contains(proposals_said),
            "{proposed}"
        );
    }
}

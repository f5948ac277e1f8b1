//! Plans and proposals.

use kehu_plugin::contract::{Case, Cause, LeftOut, Plan, PlanningProblem, Proposal};
use kehu_plugin::testing::Kit;
use kehu_plugin::{Batch, Call, Context, FollowUp, Planner, Result, Rule};

kehu_plugin::rules! {
    NO_TIME = Rule::new("no_time", "there is no time", "没有时间");
    SILENT = Rule::new("silent", "silent for {1} days", "{1} 天未购买");
}

const MANIFEST: &str = r#"
name = "decisions"
version = "1.0.0"
api = "0.1"
[actions.call]
en = "call"
[[step]]
hook = "plan_visits"
[[step]]
hook = "follow_up"
needs = ["recency_days"]
"#;

struct Idle;

impl Planner for Idle {
    fn new(_: &Context<'_>) -> Result<Self> {
        Ok(Self)
    }

    fn plan(&mut self, problem: &PlanningProblem, call: &Call<'_>) -> Result<Plan> {
        call.progress(0.5);
        let causes = vec![Cause { rule: NO_TIME.0 as u16, points: 0.0, arguments: Vec::new() }];
        let left_out = problem.customers.iter().map(|each| LeftOut {
            customer: each.customer,
            missing: each.visits,
            causes: causes.clone(),
        });
        Ok(Plan { days: Vec::new(), left_out: left_out.collect() })
    }
}

struct Calls(i32);

impl FollowUp for Calls {
    fn new(context: &Context<'_>) -> Result<Self> {
        Ok(Self(context.as_of()))
    }

    fn follow_up(&mut self, batch: &Batch<'_>, cases: &[Case]) -> Result<Vec<Proposal>> {
        let recency = batch.numbers("recency_days")?;
        let mut proposals = Vec::new();
        for (row, case) in cases.iter().enumerate() {
            let Some(days) = recency.get(row).filter(|_| case.name != "nobody") else { continue };
            proposals.push(Proposal {
                customer: batch.ids()[row],
                deal: None,
                action: "call".to_owned(),
                channel: "phone".to_owned(),
                due: self.0 + 1,
                fact_day: self.0 - days as i32,
                priority: 50.0,
                causes: vec![Cause {
                    rule: SILENT.0 as u16,
                    points: 0.0,
                    arguments: vec![days.into()],
                }],
                ..Proposal::default()
            });
        }
        Ok(proposals)
    }
}

kehu_plugin::entry! {
    manifest: MANIFEST,
    rules: RULES,
    steps: { "plan_visits" => Planner(Idle), "follow_up" => FollowUp(Calls) },
}

#[test]
fn a_planner_and_a_follow_up_answer() {
    let kit = Kit::new(&ENTRY).as_of(100);
    let problem: PlanningProblem = kehu_plugin::serde_json::from_str(
        r#"{"rep": "李伟", "home": null, "days": [], "from": 1, "to": 2, "fixed": [], "speed": 30,
        "seconds_per_way": 60, "prospecting_share": 0.2, "seed": 1, "customers": [{"customer": 7,
        "name": "武汉", "place": null, "visits_per_month": 1, "visits": 2, "visits_a_round": 1,
        "seconds": 600, "gap_days": 1, "last_visit": null, "mode": "", "purpose": "", "topics": "",
        "value": 1, "group": ""}]}"#,
    )
    .unwrap();
    let plan = kit.plan("plan_visits", &problem).unwrap();
    assert_eq!((plan.left_out[0].customer, plan.left_out[0].missing), (7, 2));

    let customers = kit.customers(2).numbers("recency_days", [Some(40.0), Some(50.0)]);
    let cases = [Case { name: "nobody".to_owned(), ..Case::default() }, Case::default()];
    let proposals = kit.follow_up("follow_up", &customers, &cases).unwrap();
    assert_eq!(proposals.len(), 1);
    assert_eq!((proposals[0].customer, proposals[0].due, proposals[0].fact_day), (2, 101, 50));
}

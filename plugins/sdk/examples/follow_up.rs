//! A native plugin in one file: whom to call, because they have been silent for long.
//!
//! Built as a shared library: `cargo build --example follow_up`.

use kehu_plugin::contract::{Case, Cause, Proposal};
use kehu_plugin::{Batch, Context, FollowUp, Result, Rule};

kehu_plugin::rules! {
    SILENT = Rule::new("silent", "silent for {1} days, more than {2}", "{1} 天未购买，超过 {2} 天");
}

struct Calls {
    today: i32,
    limit: f64,
}

impl FollowUp for Calls {
    fn new(context: &Context<'_>) -> Result<Self> {
        Ok(Self { today: context.as_of(), limit: context.number("limit")? })
    }

    fn follow_up(&mut self, batch: &Batch<'_>, cases: &[Case]) -> Result<Vec<Proposal>> {
        let recency = batch.numbers("recency_days")?;
        let mut proposals = Vec::new();
        for (row, case) in cases.iter().enumerate() {
            // Who has an open deal is worked on already.
            let Some(days) = recency.get(row).filter(|_| case.deals.is_empty()) else { continue };
            if days <= self.limit {
                continue;
            }
            proposals.push(Proposal {
                customer: batch.ids()[row],
                action: "call".to_owned(),
                channel: "phone".to_owned(),
                due: self.today,
                fact_day: self.today - days as i32,
                priority: (days / 10.0).min(100.0),
                causes: vec![Cause {
                    rule: SILENT.0 as u16,
                    points: 0.0,
                    arguments: vec![days.into(), self.limit.into()],
                }],
                ..Proposal::default()
            });
        }
        Ok(proposals)
    }
}

kehu_plugin::plugin! {
    manifest: r#"
name = "silence-calls"
version = "1.0.0"
api = "0.1"
title = { en = "Calls after silence", zh = "沉默客户回访" }

[settings.limit]
type = "number"
default = 60
doc = { en = "Days without a purchase after which a customer is called", zh = "多少天未购买后回访" }

[actions.call]
en = "call"
zh = "致电"

[[step]]
hook = "follow_up"
needs = ["recency_days"]
"#,
    rules: RULES,
    vendor: "kehu",
    license: "MIT OR Apache-2.0",
    steps: { "follow_up" => FollowUp(Calls) },
}

//! A native plugin in one file: how long a customer has been silent, as a number and as a label.
//!
//! Built as a shared library: `cargo build --example scorer`.

use kehu_plugin::{Batch, Context, Given, Output, Result, Rule, Scorer};

kehu_plugin::rules! {
    QUIET = Rule::new("quiet", "silent for {value} days, more than {limit}", "{value} 天未购买，超过 {limit} 天")
        .input("recency_days").setting("limit");
    LARGE = Rule::new("large", "has bought for {value}", "累计购买 {value}").input("amount");
    OVER = Rule::new("over", "index {1} is at least 20", "指数 {1} 不低于 20").arguments(1);
    UNDER = Rule::new("under", "index {1} is below 20", "指数 {1} 低于 20").arguments(1);
    NEVER = Rule::new("never", "has never bought", "从未购买");
}

struct Silence {
    limit: f64,
}

impl Scorer for Silence {
    const OUTPUTS: &'static [Output] = &[
        Output::sum("silence_index", &[QUIET, LARGE, NEVER]),
        Output::value("silence", &[OVER, UNDER, NEVER]),
    ];

    fn new(context: &Context<'_>) -> Result<Self> {
        Ok(Self { limit: context.number("limit")? })
    }

    fn score(&mut self, batch: &Batch<'_>, given: &Given<'_>) -> Result {
        let (recency, amount) = (batch.numbers("recency_days")?, batch.numbers("amount")?);
        let mut index = given.sum("silence_index")?;
        let mut label = given.labels("silence")?;
        let (loud, quiet) = (label.code("loud")?, label.code("quiet")?);
        for row in 0..batch.rows() {
            let Some(days) = recency.get(row) else {
                index.missing(row, NEVER);
                label.missing(row, NEVER);
                continue;
            };
            if days > self.limit {
                index.add(row, QUIET, (days - self.limit) / 10.0);
            }
            if let Some(amount) = amount.get(row).filter(|amount| *amount > 10_000.0) {
                index.add(row, LARGE, amount / 10_000.0);
            }
            let sum = index.get(row);
            let (code, rule) = if sum >= 20.0 { (quiet, OVER) } else { (loud, UNDER) };
            label.set_code(row, code, rule, &[sum]);
        }
        Ok(())
    }
}

kehu_plugin::plugin! {
    manifest: r#"
name = "silence"
version = "1.0.0"
api = "0.1"
title = { en = "Silence", zh = "沉默度" }

[settings.limit]
type = "number"
default = 30
doc = { en = "Days without a purchase that are nothing unusual", zh = "不算沉默的天数" }

[[step]]
hook = "score"
needs = ["recency_days", "amount"]

[step.gives.silence_index]
type = "number"
doc = { en = "How silent the customer is", zh = "沉默指数" }

[step.gives.silence]
type = "label"
values = [{ key = "loud", en = "loud", zh = "活跃" }, { key = "quiet", en = "quiet", zh = "沉默" }]
"#,
    rules: RULES,
    vendor: "kehu",
    license: "MIT OR Apache-2.0",
    steps: { "score" => Scorer(Silence) },
}

//! Columns of every type, through a scorer with a fit.

use kehu_plugin::testing::Kit;
use kehu_plugin::{Batch, Context, Error, Given, Output, Result, Rule, Scorer};

kehu_plugin::rules! {
    LONG = Rule::new("long", "silent for {value} days", "{value} 天未购买").input("recency_days");
    MEAN = Rule::new("mean", "above the mean of {1}", "高于平均 {1}").arguments(1);
    OPEN = Rule::new("open", "has consented", "已同意").input("consent");
    NONE = Rule::new("none", "nothing is known", "没有资料");
}

const MANIFEST: &str = r#"
name = "all-types"
version = "1.0.0"
api = "0.1"
[settings.weight]
type = "number"
default = 2
doc = "points"
[[step]]
hook = "score"
fit = "mean"
needs = ["recency_days", "consent", "since", "city"]
[step.gives.index]
type = "number"
[step.gives.price]
type = "money"
[step.gives.class]
type = "label"
values = [{ key = "high" }, { key = "low" }]
[step.gives.greeting]
type = "text"
[step.gives.may_call]
type = "flag"
[step.gives.next]
type = "day"
"#;

struct AllTypes {
    mean: f64,
    weight: f64,
    as_of: i32,
}

impl Scorer for AllTypes {
    const OUTPUTS: &'static [Output] = &[
        Output::sum("index", &[LONG, MEAN]),
        Output::value("price", &[MEAN]),
        Output::value("class", &[MEAN, NONE]),
        Output::value("greeting", &[NONE]),
        Output::value("may_call", &[OPEN]),
        Output::value("next", &[LONG]),
    ];

    fn new(context: &Context<'_>) -> Result<Self> {
        let mean = std::str::from_utf8(context.state()).ok().and_then(|text| text.parse().ok());
        let mean = mean.ok_or("the state is no number")?;
        Ok(Self { mean, weight: context.number("weight")?, as_of: context.as_of() })
    }

    fn fit(_: &Context<'_>, base: &Batch<'_>) -> Result<Vec<u8>> {
        let recency = base.numbers("recency_days")?;
        let known: Vec<f64> = recency.iter().flatten().collect();
        Ok((known.iter().sum::<f64>() / known.len() as f64).to_string().into_bytes())
    }

    fn score(&mut self, batch: &Batch<'_>, given: &Given<'_>) -> Result {
        let (recency, consent) = (batch.numbers("recency_days")?, batch.flags("consent")?);
        let (since, city) = (batch.days("since")?, batch.texts("city")?);
        let mut index = given.sum("index")?;
        let mut price = given.numbers("price")?;
        let mut class = given.labels("class")?;
        let mut greeting = given.texts("greeting")?;
        let mut may_call = given.flags("may_call")?;
        let mut next = given.days("next")?;
        for row in 0..batch.rows() {
            batch.call().check()?;
            if let Some(city) = city.get(row) {
                greeting.set(row, &format!("你好，{city}"), NONE);
            }
            if let Some(consent) = consent.get(row) {
                may_call.set(row, consent, OPEN);
            }
            let Some(days) = recency.get(row) else {
                class.missing(row, NONE);
                continue;
            };
            index.add(row, LONG, days);
            if days > self.mean {
                index.add_with(row, MEAN, self.weight, &[self.mean]);
                price.set_with(row, days * 2.0, MEAN, &[self.mean]);
            }
            class.set(row, if days > self.mean { "high" } else { "low" }, MEAN)?;
            let since = since.get(row).ok_or_else(|| Error::new("since is missing").at(row))?;
            next.set(row, self.as_of + since, LONG);
        }
        Ok(())
    }
}

kehu_plugin::entry! {
    manifest: MANIFEST,
    rules: RULES,
    steps: { "score" => Scorer(AllTypes) },
}

#[test]
fn columns_of_every_type_come_back_with_their_reasons() {
    let kit = Kit::new(&ENTRY).setting("weight", 0.5).as_of(100);
    let customers = kit
        .customers(3)
        .numbers("recency_days", [Some(10.0), None, Some(30.0)])
        .flags("consent", [Some(true), Some(false), None])
        .days("since", [Some(5), None, Some(7)])
        .texts("city", [Some("武汉"), None, Some("")]);
    let scored = kit.score("score", &customers).unwrap();
    assert_eq!(scored.numbers("index"), [Some(10.0), Some(0.0), Some(30.5)]);
    assert_eq!(scored.reasons("index", 2), [("long", 30.0), ("mean", 0.5)]);
    assert_eq!(scored.arguments("index", 2, "mean"), Some(&[20.0][..]));
    assert_eq!(scored.numbers("price"), [None, None, Some(60.0)]);
    assert_eq!(scored.texts("class"), [Some("low"), None, Some("high")]);
    assert_eq!(scored.reasons("class", 1), [("none", 0.0)]);
    assert_eq!(scored.texts("greeting"), [Some("你好，武汉"), None, Some("你好，")]);
    let shown = |name: &str| format!("{:?}", scored.values(name));
    assert_eq!(shown("may_call"), "[Flag(true), Flag(false), Missing]");
    assert_eq!(shown("next"), "[Day(105), Missing, Day(107)]");
}

#[test]
fn an_error_names_its_row() {
    let kit = Kit::new(&ENTRY);
    let customers = kit
        .customers(2)
        .numbers("recency_days", [Some(10.0), Some(5.0)])
        .flags("consent", [None, None])
        .days("since", [Some(5), None])
        .texts("city", [None, None]);
    assert_eq!(kit.score("score", &customers).unwrap_err(), "row 1: since is missing");
    let without = kit.customers(1);
    assert_eq!(
        kit.score("score", &without).unwrap_err(),
        "column \"consent\" is of type number, not of flags"
    );
}

//! What authors do wrong is told in a sentence, and no panic leaves the plugin.

use kehu_plugin::testing::Kit;
use kehu_plugin::{Batch, Context, Given, Output, Result, Rule, Scorer};

kehu_plugin::rules! {
    WHY = Rule::new("why", "because", "因为");
    OTHER = Rule::new("other", "otherwise", "否则");
}

const MANIFEST: &str = r#"
name = "slips"
version = "1.0.0"
api = "0.1"
[settings.slip]
type = "text"
default = ""
doc = "what goes wrong"
[[step]]
hook = "score"
needs = ["amount"]
[step.gives.index]
type = "number"
[step.gives.class]
type = "label"
values = [{ key = "high" }, { key = "low" }]
"#;

struct Slips {
    slip: String,
    calls: usize,
}

/// A payload whose end panics again.
struct Spiteful;

impl Drop for Spiteful {
    fn drop(&mut self) {
        panic!("even its end panics");
    }
}

impl Drop for Slips {
    fn drop(&mut self) {
        assert!(self.slip != "drop", "the instance's end panics");
    }
}

impl Scorer for Slips {
    const OUTPUTS: &'static [Output] =
        &[Output::sum("index", &[WHY]), Output::value("class", &[WHY])];

    fn new(context: &Context<'_>) -> Result<Self> {
        let slip = context.text("slip")?.to_owned();
        if slip == "new" {
            return Err("it does not want to".into());
        }
        Ok(Self { slip, calls: 0 })
    }

    fn score(&mut self, batch: &Batch<'_>, given: &Given<'_>) -> Result {
        let mut index = given.sum("index")?;
        self.calls += 1;
        match self.slip.as_str() {
            "panic" => panic!("a mistake in row {}", 0),
            "spite" => std::panic::panic_any(Spiteful),
            "stranger" => index.add(0, OTHER, 1.0),
            "twice" => drop(given.sum("index")?),
            "kind" => drop(given.labels("index")?),
            "unknown" => drop(given.sum("indx")?),
            "need" => drop(batch.numbers("amout")?.get(0)),
            "label" => given.labels("class")?.set(0, "middle", WHY)?,
            "neighbours" => index.add(0, WHY, batch.rows() as f64),
            "memory" => index.add(0, WHY, self.calls as f64),
            "unwritten" => return Ok(()),
            "infinite" => index.add(0, WHY, f64::INFINITY),
            _ => {}
        }
        drop(given.labels("class").ok());
        Ok(())
    }
}

kehu_plugin::entry! {
    manifest: MANIFEST,
    rules: RULES,
    vendor: "somebody",
    steps: { "score" => Scorer(Slips) },
}

fn said(slip: &str) -> String {
    let kit = Kit::new(&ENTRY).setting("slip", slip);
    let customers = kit.customers(2).numbers("amount", [Some(1.0), None]);
    kit.score("score", &customers).map_or_else(|said| said, |_| "nothing".to_owned())
}

#[test]
fn slips_are_told() {
    let expected = [
        ("", "nothing"),
        ("drop", "nothing"),
        ("new", "it does not want to"),
        ("panic", "a mistake in row 0"),
        ("spite", "a panic that says nothing"),
        ("stranger", "rule 1 is not among the rules of this column in OUTPUTS"),
        ("twice", "column \"index\" was taken before"),
        ("kind", "pack.toml does not declare \"index\" as a label"),
        ("unknown", "OUTPUTS has no column \"indx\""),
        ("need", "add \"amout\" to the step's needs in pack.toml"),
        ("label", "row 0: \"middle\" is none of the values: high, low"),
        ("neighbours", "row 0 gets another answer when it is asked alone"),
        ("memory", "the second answer to the same call is another one"),
        ("unwritten", "column \"class\", row 0: it was not written"),
        ("infinite", "column \"index\", row 0: it is infinite"),
    ];
    for (slip, expected) in expected {
        assert_eq!(said(slip), expected, "{slip}");
    }
}

#[test]
fn the_wrong_step_is_told() {
    let kit = Kit::new(&ENTRY);
    let customers = kit.customers(0);
    assert_eq!(kit.score("scor", &customers).unwrap_err(), "pack.toml has no step \"scor\"");
    let cases = kit.follow_up("score", &customers, &[]).unwrap_err();
    assert_eq!(cases, "step \"score\" serves the hook score");
    assert_eq!(kit.fit("score", &customers).unwrap_err().split(',').count(), 2);
}

//! Plugins made with the SDK and linked in, through the very same tables of functions.

use kehu_contract::{ColumnData, Origin, PackFactory as _};
use kehu_native::{Isolation, NativeFactory, OnCrash, Options};
use kehu_plugin::{Batch, Context, Given, Output, Result, Rule, Scorer};
use serde_json::Value as Json;

use super::kit::{batch, context, worker};

kehu_plugin::rules! {
    LONG = Rule::new("long", "silent for {value} days, the mean is {1}", "{1}").arguments(2);
}

struct Careless {
    mean: f64,
}

impl Scorer for Careless {
    const OUTPUTS: &'static [Output] =
        &[Output::sum("index", &[LONG]), Output::value("note", &[LONG])];

    fn new(context: &Context<'_>) -> Result<Self> {
        let text = std::str::from_utf8(context.state()).map_err(|error| error.to_string())?;
        Ok(Self { mean: text.parse().map_err(|_| "the state is no number")? })
    }

    fn fit(_: &Context<'_>, base: &Batch<'_>) -> Result<Vec<u8>> {
        let days = base.numbers("days")?;
        let sum: f64 = days.values().iter().sum();
        Ok((sum / base.rows() as f64).to_string().into_bytes())
    }

    fn score(&mut self, batch: &Batch<'_>, given: &Given<'_>) -> Result {
        let days = batch.numbers("days")?;
        let (mut index, mut note) = (given.sum("index")?, given.texts("note")?);
        for row in 0..batch.rows() {
            let days = days.get(row).unwrap_or_default();
            assert!(days < 100.0, "row {row} is older than the table");
            index.add_with(row, LONG, days - self.mean, &[days, self.mean]);
            let text = if days > self.mean { "久" } else { "近" };
            note.set_with(row, text, LONG, &[days, self.mean]);
        }
        Ok(())
    }
}

kehu_plugin::entry! {
    manifest: r#"
name = "careless"
version = "1.0.0"
api = "0.1"
[[step]]
hook = "score"
fit = "mean"
needs = ["days"]
[step.gives.index]
type = "number"
[step.gives.note]
type = "text"
"#,
    rules: RULES,
    steps: { "score" => Scorer(Careless) },
}

fn inside() -> NativeFactory {
    let options = Options {
        worker: worker(),
        isolation: Isolation::InProcess,
        on_crash: OnCrash::Fail,
        origin: Origin::Shipped,
    };
    NativeFactory::of_linked(("careless", &ENTRY), options).unwrap()
}

#[test]
fn a_linked_plugin_fits_and_scores() {
    let factory = inside();
    let mut pack = factory.create(&context(&factory)).unwrap();
    let batch = batch(&[10.0, 30.0]);
    let state = pack.fit(0, &batch.columns).unwrap();
    assert_eq!(state, Json::from("20"));
    let scored = pack.score(0, &batch, &state).unwrap();
    assert_eq!(scored[0].data, ColumnData::Number(vec![-10.0, 10.0]));
    let reasons: Vec<_> = scored[0].reasons.of(1).map(|(_, arguments)| arguments).collect();
    assert_eq!(format!("{reasons:?}"), "[[Number(30.0), Number(20.0)]]");
    let ColumnData::Text { codes, values } = &scored[1].data else { panic!("no texts") };
    assert_eq!((codes.as_slice(), values.join("")), (&[0, 1][..], "近久".to_owned()));
    assert!(pack.rules()[0].file.ends_with("linked.rs"));
    assert_eq!(pack.rules()[0].line, 11);
}

#[test]
fn a_panic_is_told_and_the_next_call_gets_a_new_instance() {
    let factory = inside();
    let mut pack = factory.create(&context(&factory)).unwrap();
    let said = pack.score(0, &batch(&[1.0, 200.0]), &"5".into()).unwrap_err().to_string();
    assert_eq!(
        said,
        "pack careless, score: runtime error: it panicked: row 1 is older than the table"
    );
    let scored = pack.score(0, &batch(&[7.0]), &"5".into()).unwrap();
    assert_eq!(scored[0].data, ColumnData::Number(vec![2.0]));
    let said = pack.score(0, &batch(&[7.0]), &"five".into()).unwrap_err().to_string();
    assert_eq!(said, "pack careless, score: runtime error: the state is no number");
}

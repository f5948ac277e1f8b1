//! The step that kehu calls.

use std::collections::HashMap;

use kehu_plugin::{Batch, Context, Given, Numbers, Output, Result, Rule, RuleId, Scorer};
use serde::{Deserialize, Serialize};

use crate::{History, LEAST_REPEATERS, Model, Refusal, Spending};

kehu_plugin::rules! {
    BOUGHT = Rule::new(
        "bought",
        "{1} days of purchase after the first, the last {2} weeks after it, seen for {3} weeks",
        "首购后又有 {1} 个购买日，最后一次在首购后 {2} 周，观察 {3} 周",
    ).arguments(3);
    ALIVE = Rule::new(
        "alive",
        "silent for {1} weeks, against {2} weeks between purchases before",
        "已 {1} 周未购买，此前平均间隔 {2} 周",
    ).arguments(2);
    NEVER_BACK = Rule::new(
        "never_back",
        "no repeat yet: drop-out is only seen after one",
        "尚无复购：流失只能在复购之后看出",
    );
    OWN_SPEND = Rule::new(
        "own_spend",
        "{1} a day of purchase on {2} days, drawn towards {3}, the mean of all",
        "{2} 个购买日平均 {1}，向总体均值 {3} 收缩",
    ).arguments(3);
    SPEND_OF_ALL = Rule::new(
        "spend_of_all",
        "no repeat yet, so the mean of all: {1}",
        "尚无复购，取总体均值 {1}",
    ).arguments(1);
    WORTH = Rule::new(
        "worth",
        "{1} days of purchase in {2} months, {3} once discounted, of {4} each",
        "{2} 个月内预计 {1} 个购买日，折现后 {3} 个，每次 {4}",
    ).arguments(4);
    NEVER = Rule::new("never", "has never bought", "从未购买");
    NO_AMOUNTS = Rule::new(
        "no_amounts",
        "amounts are known of {1} customers who came back, {2} are needed to tell what a day of purchase brings",
        "仅有 {1} 位复购客户有金额记录，至少需要 {2} 位才能估计每次金额",
    ).arguments(2);
    AMOUNTS_ALIKE = Rule::new(
        "amounts_alike",
        "the amounts of {1} repeat customers are too much alike, or too wild, to tell how customers differ: no mean amount explains them best",
        "{1} 位复购客户的金额过于相近或过于离散，无法区分客户：没有最合适的平均金额",
    ).arguments(1);
    TOO_FEW = Rule::new(
        "too_few",
        "{1} of {2} customers bought on a second day, {3} are needed to tell how customers differ",
        "{2} 位客户中仅 {1} 位在第二个日子购买过，至少需要 {3} 位才能区分客户",
    ).arguments(3);
    PURCHASES_ALIKE = Rule::new(
        "purchases_alike",
        "the purchases of {1} customers are too much alike to tell how customers differ: no rates of purchase and of drop-out explain them best",
        "{1} 位客户的购买过于相近，无法区分客户：没有最合适的购买率与流失率",
    ).arguments(1);
}

/// What a run has learned: a model, or why these customers settle none.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Learned {
    Model(Model),
    Nothing(Refusal),
}

/// A week in days.
const WEEK: f64 = 7.0;

/// Values customers for one run.
struct Lifetime {
    learned: Learned,
    months: u32,
    discount: f64,
    margin: f64,
    /// What is ahead of a history; most customers share theirs with others.
    known: HashMap<[u64; 3], (f64, f64)>,
}

impl Scorer for Lifetime {
    const OUTPUTS: &'static [Output] = &[
        Output::value("expected_purchases", &[BOUGHT, NEVER, TOO_FEW, PURCHASES_ALIKE]),
        Output::value("probability_alive", &[ALIVE, NEVER_BACK, NEVER, TOO_FEW, PURCHASES_ALIKE]),
        Output::value(
            "expected_spend",
            &[OWN_SPEND, SPEND_OF_ALL, NEVER, NO_AMOUNTS, AMOUNTS_ALIKE, TOO_FEW, PURCHASES_ALIKE],
        ),
        Output::value(
            "lifetime_value",
            &[WORTH, NEVER, NO_AMOUNTS, AMOUNTS_ALIKE, TOO_FEW, PURCHASES_ALIKE],
        ),
    ];

    fn new(context: &Context<'_>) -> Result<Self> {
        Ok(Self {
            learned: serde_json::from_slice(context.state())?,
            months: context.number("horizon_months")? as u32,
            discount: context.number("discount")?,
            margin: context.number("margin")?,
            known: HashMap::new(),
        })
    }

    fn fit(context: &Context<'_>, base: &Batch<'_>) -> Result<Vec<u8>> {
        let customers = Customers::of(base)?;
        let buyers: Vec<_> = (0..base.rows()).filter_map(|row| customers.get(row)).collect();
        let most = context.number("fit_customers")? as usize;
        let fitted = Model::fit(&spread(buyers, most));
        Ok(serde_json::to_vec(&fitted.map_or_else(Learned::Nothing, Learned::Model))?)
    }

    fn score(&mut self, batch: &Batch<'_>, given: &Given<'_>) -> Result {
        let customers = Customers::of(batch)?;
        let model = match &self.learned {
            Learned::Model(model) => *model,
            Learned::Nothing(refusal) => return nothing(refusal, &customers, batch, given),
        };
        let mut purchases = given.numbers("expected_purchases")?;
        let mut alive = given.numbers("probability_alive")?;
        let mut spend = given.numbers("expected_spend")?;
        let mut value = given.numbers("lifetime_value")?;
        let unknown = unknown_spend(&model);
        for row in 0..batch.rows() {
            let Some((history, spending)) = customers.get(row) else {
                purchases.missing(row, NEVER);
                alive.missing(row, NEVER);
                spend.missing(row, NEVER);
                value.missing(row, NEVER);
                continue;
            };
            let History { repeats, last, age } = history;
            let (expected, discounted) = self.ahead(model, history);
            purchases.set_with(row, expected, BOUGHT, &[repeats, last, age]);
            let probability = model.purchases.alive(history);
            if repeats > 0.0 {
                alive.set_with(row, probability, ALIVE, &[age - last, last / repeats]);
            } else {
                alive.set(row, probability, NEVER_BACK);
            }
            let Some(amounts) = model.spend else {
                spend.missing_with(row, unknown.0, &unknown.1);
                value.missing_with(row, unknown.0, &unknown.1);
                continue;
            };
            let (each, mean_of_all) = (amounts.expected(spending), amounts.expected(None));
            match spending {
                Some(own) => {
                    spend.set_with(row, each, OWN_SPEND, &[own.mean, own.repeats, mean_of_all]);
                }
                None => spend.set_with(row, each, SPEND_OF_ALL, &[mean_of_all]),
            }
            let worth = discounted * each * self.margin;
            let months = f64::from(self.months);
            value.set_with(row, worth, WORTH, &[expected, months, discounted, each * self.margin]);
        }
        Ok(())
    }
}

impl Lifetime {
    fn ahead(&mut self, model: Model, history: History) -> (f64, f64) {
        let key = [history.repeats, history.last, history.age].map(f64::to_bits);
        let (months, discount) = (self.months, self.discount);
        *self.known.entry(key).or_insert_with(|| model.ahead(history, months, discount))
    }
}

/// Gives no values, and says why the customers settle no model.
fn nothing(
    refusal: &Refusal,
    customers: &Customers<'_>,
    batch: &Batch<'_>,
    given: &Given<'_>,
) -> Result {
    let (rule, arguments) = match *refusal {
        Refusal::TooFew { repeaters, customers } => {
            (TOO_FEW, vec![repeaters as f64, customers as f64, LEAST_REPEATERS as f64])
        }
        Refusal::Purchases { customers } => (PURCHASES_ALIKE, vec![customers as f64]),
    };
    for name in ["expected_purchases", "probability_alive", "expected_spend", "lifetime_value"] {
        let mut column = given.numbers(name)?;
        for row in 0..batch.rows() {
            match customers.get(row) {
                Some(_) => column.missing_with(row, rule, &arguments),
                None => column.missing(row, NEVER),
            }
        }
    }
    Ok(())
}

/// Why the spend is unknown, where it is: too few amounts, or amounts that settle no model.
fn unknown_spend(model: &Model) -> (RuleId, Vec<f64>) {
    if model.spenders < LEAST_REPEATERS {
        (NO_AMOUNTS, vec![model.spenders as f64, LEAST_REPEATERS as f64])
    } else {
        (AMOUNTS_ALIKE, vec![model.spenders as f64])
    }
}

/// The columns that say who bought when, and for how much.
struct Customers<'a> {
    first: Numbers<'a>,
    recency: Numbers<'a>,
    days: Numbers<'a>,
    amount: Numbers<'a>,
}

impl<'a> Customers<'a> {
    fn of(batch: &Batch<'a>) -> Result<Self> {
        Ok(Self {
            first: batch.numbers("first_purchase_days")?,
            recency: batch.numbers("recency_days")?,
            days: batch.numbers("clv_purchase_days")?,
            amount: batch.numbers("clv_repeat_amount")?,
        })
    }

    /// When a customer bought and what they spent after the first day; none of who never bought.
    fn get(&self, row: usize) -> Option<(History, Option<Spending>)> {
        let (first, recency) = (self.first.get(row)?, self.recency.get(row)?);
        let repeats = self.days.get(row).unwrap_or(1.0).max(1.0) - 1.0;
        let history = History { repeats, last: (first - recency) / WEEK, age: first / WEEK };
        let mean = self.amount.get(row).unwrap_or_default() / repeats;
        // Whoever gave back all that they bought tells nothing of what they will spend.
        let spending = (repeats > 0.0 && mean > 0.0).then_some(Spending { repeats, mean });
        Some((history, spending))
    }
}

/// At most so many customers, evenly spread, so that the same base gives the same model.
fn spread<T>(all: Vec<T>, most: usize) -> Vec<T> {
    let count = all.len();
    if count <= most {
        return all;
    }
    // Row r is taken where the share taken so far rises to the next whole number.
    let taken = |row: usize| (row as u128 * most as u128 / count as u128) as usize;
    all.into_iter()
        .enumerate()
        .filter(|(row, _)| taken(row + 1) > taken(*row))
        .map(|(_, each)| each)
        .collect()
}

kehu_plugin::entry! {
    manifest: include_str!("../pack.toml"),
    rules: RULES,
    vendor: "kehu",
    license: "MIT OR Apache-2.0",
    steps: { "score" => Scorer(Lifetime) },
}

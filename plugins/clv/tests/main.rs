//! Lifetime value: the published figures, a base that is drawn by the models themselves, and bases
//! that tell nothing.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::float_cmp, reason = "what must be equal is equal to the last bit")]

mod chance;
mod pack;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chance::Chance;
use kehu_clv::{History, Model, Purchases, Refusal, Spend, Spending};

fn near(value: f64, expected: f64, within: f64) {
    assert!((value - expected).abs() <= within, "{value} is not {expected} ± {within}");
}

/// The published sample of CDNOW's customers, where it lies beside the project.
fn cdnow() -> Option<Vec<(History, Option<Spending>)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let find = |folder: &&str| -> Option<PathBuf> {
        let path = root.join(folder).join("cdnow/CDNOW_sample.txt");
        path.exists().then_some(path)
    };
    let path = ["../shared/data", "../../shared/data"].iter().find_map(find)?;
    let end = day("19970930");
    let mut bought: BTreeMap<String, BTreeMap<i32, f64>> = BTreeMap::new();
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (who, at, amount) = (fields[1], day(fields[2]), fields[4].parse::<f64>().unwrap());
        if at <= end {
            *bought.entry(who.to_owned()).or_default().entry(at).or_default() += amount;
        }
    }
    Some(bought.values().map(|days| customer(days, end)).collect())
}

/// Days on a line of days that counts every month as it is, from March on: Zeller's way.
fn day(digits: &str) -> i32 {
    let part = |range: std::ops::Range<usize>| digits[range].parse::<i32>().unwrap();
    let (year, month, day) = (part(0..4), part(4..6), part(6..8));
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    365 * year + year / 4 - year / 100 + year / 400 + (month * 306 + 5) / 10 + day
}

fn customer(days: &BTreeMap<i32, f64>, end: i32) -> (History, Option<Spending>) {
    let (first, last) = (*days.keys().next().unwrap(), *days.keys().last().unwrap());
    let repeats = (days.len() - 1) as f64;
    let weeks = |days: i32| f64::from(days) / 7.0;
    let history = History { repeats, last: weeks(last - first), age: weeks(end - first) };
    let mean = days.values().skip(1).sum::<f64>() / repeats;
    (history, (mean > 0.0).then_some(Spending { repeats, mean }))
}

#[test]
fn the_published_parameters_come_out() {
    let Some(customers) = cdnow() else { return };
    let model = Model::fit(&customers).unwrap();
    assert_eq!((model.customers, model.repeaters), (2_357, 946));
    let Purchases { r, alpha, a, b } = model.purchases;
    for (value, expected) in [(r, 0.243), (alpha, 4.414), (a, 0.793), (b, 2.426)] {
        near(value, expected, 0.000_5);
    }
    near(model.purchases_log_likelihood, -9_582.4, 0.05);
    let Spend { p, q, gamma } = model.spend.unwrap();
    for (value, expected) in [(p, 6.25), (q, 3.74), (gamma, 15.44)] {
        near(value, expected, 0.005);
    }
    let known = History { repeats: 2.0, last: 30.43, age: 38.86 };
    near(model.purchases.expected(known, 39.0), 1.226, 0.000_5);
}

#[test]
fn a_base_that_the_models_drew_gives_their_parameters_back() {
    let drawn = Purchases { r: 0.6, alpha: 8.0, a: 1.2, b: 4.0 };
    let spent = Spend { p: 5.0, q: 4.0, gamma: 30.0 };
    let mut chance = Chance::new(7);
    let customers: Vec<_> = (0..20_000).map(|_| chance.customer(drawn, spent, 78.0)).collect();
    let model = Model::fit(&customers).unwrap();
    // What customers are expected to do is known better than each parameter by itself.
    let fresh = History { repeats: 0.0, last: 0.0, age: 0.0 };
    let regular = History { repeats: 6.0, last: 70.0, age: 78.0 };
    for history in [fresh, regular] {
        let (found, true_) =
            (model.purchases.expected(history, 52.0), drawn.expected(history, 52.0));
        near(found / true_, 1.0, 0.03);
    }
    near(model.purchases.r, drawn.r, 0.05);
    near(model.spend.unwrap().expected(None) / spent.expected(None), 1.0, 0.03);
    near(model.spend.unwrap().p, spent.p, 0.5);
}

#[test]
fn purchases_that_do_happen_are_those_that_were_expected() {
    let drawn = Purchases { r: 0.6, alpha: 8.0, a: 1.2, b: 4.0 };
    let mut chance = Chance::new(11);
    let (mut expected, mut happened) = (0.0, 0.0);
    for _ in 0..50_000 {
        let (history, later) = chance.purchases(drawn, 52.0, 26.0);
        expected += drawn.expected(history, 26.0);
        happened += later;
    }
    near(expected / happened, 1.0, 0.02);
}

#[test]
fn a_base_that_tells_nothing_is_refused_with_the_reason() {
    let once = |age: f64| (History { repeats: 0.0, last: 0.0, age }, None);
    let spending = |mean: f64| Some(Spending { repeats: 3.0, mean });
    let thrice = |age: f64| History { repeats: 3.0, last: age / 2.0, age };
    let alike: Vec<_> = (0..200).map(|_| (thrice(40.0), spending(25.0))).collect();
    let cases: [(&str, Vec<_>, &str); 4] = [
        ("nobody", vec![], "0 of 0 customers bought on a second day"),
        ("one customer", vec![(thrice(40.0), spending(25.0))], "1 of 1 customers"),
        ("no repeats", (1..500).map(|age| once(f64::from(age))).collect(), "0 of 499 customers"),
        ("all alike", alike, "too much alike"),
    ];
    for (name, customers, expected) in cases {
        let refusal: Refusal = Model::fit(&customers).expect_err(name);
        assert!(refusal.to_string().contains(expected), "{name}: {refusal}");
    }
}

#[test]
fn amounts_that_are_all_alike_leave_the_model_of_purchases() {
    let same_amount: Vec<_> = cdnow_like()
        .into_iter()
        .map(|(history, spending)| (history, spending.map(|each| Spending { mean: 25.0, ..each })))
        .collect();
    let model = Model::fit(&same_amount).unwrap();
    assert_eq!(model.spend, None);
    assert!(model.spenders > 30);
}

/// A small base of the models' own drawing.
fn cdnow_like() -> Vec<(History, Option<Spending>)> {
    let purchases = Purchases { r: 0.25, alpha: 4.5, a: 0.8, b: 2.4 };
    let spend = Spend { p: 6.0, q: 3.7, gamma: 15.0 };
    let mut chance = Chance::new(3);
    (0..2_000).map(|_| chance.customer(purchases, spend, 39.0)).collect()
}

#[test]
fn silence_lowers_the_probability_to_be_alive_and_time_adds_purchases() {
    let model = Purchases { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
    let at = |age: f64| History { repeats: 4.0, last: 20.0, age };
    let ages = [20.0, 25.0, 40.0, 80.0, 400.0];
    for pair in ages.windows(2) {
        assert!(model.alive(at(pair[0])) > model.alive(at(pair[1])), "{pair:?}");
        assert!(model.expected(at(pair[0]), 39.0) > model.expected(at(pair[1]), 39.0));
    }
    let times = [0.0, 1.0, 10.0, 100.0, 10_000.0];
    for pair in times.windows(2) {
        assert!(model.expected(at(25.0), pair[0]) < model.expected(at(25.0), pair[1]), "{pair:?}");
    }
    near(model.expected(at(25.0), 0.0), 0.0, 1e-12);
    near(model.alive(History { repeats: 0.0, last: 0.0, age: 100.0 }), 1.0, 0.0);
}

#[test]
fn the_formula_holds_where_its_fraction_is_nought_by_nought() {
    let history = History { repeats: 3.0, last: 20.0, age: 30.0 };
    let with = |a: f64| Purchases { r: 0.5, alpha: 5.0, a, b: 3.0 }.expected(history, 26.0);
    near(with(1.0), f64::midpoint(with(0.999), with(1.001)), 1e-4);
    assert!(with(0.9) > with(1.0) && with(1.0) > with(1.1));
    // Regular customers of many years neither overflow nor vanish.
    let busy = History { repeats: 5_000.0, last: 1_000.0, age: 1_000.5 };
    near(Purchases { r: 0.5, alpha: 5.0, a: 0.1, b: 30.0 }.expected(busy, 10.0), 49.6, 0.5);
}

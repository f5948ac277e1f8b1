//! The step as kehu calls it.

use kehu_clv::{ENTRY, History, Purchases, Spend, Spending};
use kehu_plugin::testing::{Customers, Kit};

use crate::chance::Chance;

const BUYERS: usize = 600;

fn drawn() -> Vec<(History, Option<Spending>)> {
    let purchases = Purchases { r: 0.6, alpha: 8.0, a: 1.2, b: 4.0 };
    let spend = Spend { p: 5.0, q: 4.0, gamma: 30.0 };
    let mut chance = Chance::new(5);
    (0..BUYERS).map(|_| chance.customer(purchases, spend, 78.0)).collect()
}

/// Buyers as the models draw them, then one who never bought.
fn base(kit: &Kit) -> Customers {
    let buyers = drawn();
    let column = |of: fn(&(History, Option<Spending>)) -> f64| {
        let values: Vec<Option<f64>> = buyers.iter().map(|each| Some(of(each))).collect();
        values.into_iter().chain([None])
    };
    kit.customers(BUYERS + 1)
        .numbers("first_purchase_days", column(|(history, _)| history.age * 7.0))
        .numbers("recency_days", column(|(history, _)| (history.age - history.last) * 7.0))
        .numbers("clv_purchase_days", column(|(history, _)| history.repeats + 1.0))
        .numbers(
            "clv_repeat_amount",
            column(|(_, spent)| spent.map_or(0.0, |each| each.mean * each.repeats)),
        )
}

/// A buyer who came back, and one who did not.
fn examples() -> (usize, usize) {
    let buyers = drawn();
    let place = |back: bool| buyers.iter().position(|(history, _)| (history.repeats > 0.0) == back);
    (place(true).unwrap(), place(false).unwrap())
}

#[test]
fn every_buyer_has_all_four_columns_with_reasons_and_who_never_bought_has_none() {
    let kit = Kit::new(&ENTRY);
    let (back, once) = examples();
    let scored = kit.score("score", &base(&kit)).unwrap();
    for column in ["expected_purchases", "probability_alive", "expected_spend", "lifetime_value"] {
        let values = scored.numbers(column);
        assert!(
            values[..BUYERS].iter().all(|value| value.is_some_and(|value| value > 0.0)),
            "{column}"
        );
        assert_eq!(values[BUYERS], None);
        assert_eq!(scored.reasons(column, BUYERS), [("never", 0.0)]);
    }
    assert_eq!(scored.reasons("probability_alive", once), [("never_back", 0.0)]);
    assert_eq!(scored.numbers("probability_alive")[once], Some(1.0));
    assert_eq!(scored.reasons("expected_spend", once), [("spend_of_all", 0.0)]);
    let (history, spent) = drawn()[back];
    let bought = scored.arguments("expected_purchases", back, "bought").unwrap();
    assert_eq!(bought[0], history.repeats);
    assert!((bought[1] - history.last).abs() < 1e-9, "{bought:?}");
    let own = scored.arguments("expected_spend", back, "own_spend").unwrap();
    let (mean, value) = (spent.unwrap().mean, scored.numbers("expected_spend")[back].unwrap());
    assert!((own[0] - mean).abs() < 1e-9);
    assert!((value - mean) * (value - own[2]) <= 0.0, "between one's own mean and that of all");
}

#[test]
fn the_value_is_what_its_reason_says() {
    let (back, _) = examples();
    let kit = Kit::new(&ENTRY).setting("margin", 0.25).setting("horizon_months", 6);
    let scored = kit.score("score", &base(&kit)).unwrap();
    let value = scored.numbers("lifetime_value")[back].unwrap();
    let [expected, months, discounted, each] =
        scored.arguments("lifetime_value", back, "worth").unwrap()[..]
    else {
        panic!("four arguments")
    };
    assert_eq!(months, 6.0);
    assert!((value - discounted * each).abs() < 1e-9);
    assert!(discounted < expected && discounted > expected / 1.01_f64.powi(6));
    assert_eq!(scored.numbers("expected_purchases")[back], Some(expected));
    assert!((scored.numbers("expected_spend")[back].unwrap() * 0.25 - each).abs() < 1e-9);
    let plain = Kit::new(&ENTRY).setting("discount", 0);
    let scored = plain.score("score", &base(&plain)).unwrap();
    let worth = scored.arguments("lifetime_value", back, "worth").unwrap();
    assert!((worth[0] - worth[2]).abs() < 1e-9, "without discount nothing is lost: {worth:?}");
}

#[test]
fn a_base_without_repeats_has_no_values_and_says_why() {
    let kit = Kit::new(&ENTRY);
    let few = kit
        .customers(3)
        .numbers("first_purchase_days", [Some(10.0), Some(20.0), None])
        .numbers("recency_days", [Some(10.0), Some(20.0), None])
        .numbers("clv_purchase_days", [Some(1.0), Some(1.0), None]);
    let scored = kit.score("score", &few).unwrap();
    for column in ["expected_purchases", "probability_alive", "expected_spend", "lifetime_value"] {
        assert_eq!(scored.numbers(column), [None, None, None]);
        assert_eq!(scored.arguments(column, 0, "too_few").unwrap(), [0.0, 2.0, 30.0]);
        assert_eq!(scored.reasons(column, 2), [("never", 0.0)]);
    }
}

#[test]
fn without_amounts_the_days_are_expected_and_their_value_is_missing_with_the_reason() {
    let kit = Kit::new(&ENTRY);
    let scored =
        kit.score("score", &base(&kit).numbers("clv_repeat_amount", [None; BUYERS + 1])).unwrap();
    let (back, _) = examples();
    assert!(scored.numbers("expected_purchases")[back].is_some_and(|days| days > 0.0));
    assert!(scored.numbers("probability_alive")[back].is_some_and(|alive| alive > 0.0));
    for column in ["expected_spend", "lifetime_value"] {
        assert_eq!(scored.numbers(column)[back], None);
        assert_eq!(scored.reasons(column, back), [("no_amounts", 0.0)]);
        assert_eq!(scored.arguments(column, back, "no_amounts").unwrap(), [0.0, 30.0]);
    }
}

#[test]
fn the_model_is_the_same_on_a_share_of_the_base_each_time() {
    let kit = Kit::new(&ENTRY).setting("fit_customers", 300);
    let base = base(&kit);
    let state = String::from_utf8(kit.fit("score", &base).unwrap()).unwrap();
    assert_eq!(state, String::from_utf8(kit.fit("score", &base).unwrap()).unwrap());
    assert!(state.contains("\"customers\":300"), "{state}");
}

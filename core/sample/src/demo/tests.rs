use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::random::mix;

fn last_day() -> Day {
    Day::parse("2026-06-30").unwrap()
}

fn demo() -> Demo {
    Demo::new(7, last_day())
}

fn csv(demo: &Demo, sheet: Sheet) -> String {
    let mut out = Vec::new();
    demo.write(sheet, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The purchases that the signatures will make when the deals are imported.
fn signatures(demo: &Demo) -> impl Iterator<Item = Interaction> {
    demo.events.iter().filter(|event| event.stage == "signed").filter_map(|event| {
        let deal = &demo.deals[event.deal.0 as usize - 1];
        let purchase = Interaction::new(deal.customer?, event.happened, "purchase");
        Some(Interaction { amount: event.amount, deal: Some(event.deal), ..purchase })
    })
}

/// What the shipped methods look at: days since the last purchase, purchases, amount.
fn buyers(demo: &Demo) -> BTreeMap<i64, (i32, u32, i64)> {
    let mut buyers: BTreeMap<i64, (i32, u32, i64)> = BTreeMap::new();
    let signed: Vec<Interaction> = signatures(demo).collect();
    let purchases = demo.interactions.iter().chain(&signed).filter(|each| each.kind == "purchase");
    for purchase in purchases {
        let amount = purchase.amount.unwrap().0;
        let buyer = buyers.entry(purchase.customer.0).or_insert((i32::MAX, 0, 0));
        buyer.2 += amount;
        if amount >= 0 {
            buyer.0 = buyer.0.min(last_day().since(purchase.happened));
            buyer.1 += 1;
        }
    }
    buyers
}

#[test]
fn the_same_seed_gives_the_same_files_for_ever() {
    let demo = demo();
    assert_eq!(demo, Demo::new(7, last_day()));
    assert_ne!(demo, Demo::new(8, last_day()));
    let digest = |text: &str| text.bytes().fold(0, |digest, byte| mix(digest ^ u64::from(byte)));
    let digests: Vec<u64> = Sheet::ALL.iter().map(|sheet| digest(&csv(&demo, *sheet))).collect();
    // Whoever has worked with the demo base finds it again: a change here must be worth it.
    assert_eq!(
        digests,
        [
            11_269_070_892_508_577_783,
            15_024_898_923_431_836_452,
            3_642_601_407_231_563_950,
            14_125_194_447_587_147_413,
            4_903_591_319_456_551_432,
            15_130_448_899_278_822_091,
        ]
    );
}

#[test]
fn all_eight_rfm_segments_occur() {
    let buyers = buyers(&demo());
    let count = buyers.len() as f64;
    let mean = |of: fn(&(i32, u32, i64)) -> f64| buyers.values().map(of).sum::<f64>() / count;
    let recency = mean(|buyer| f64::from(buyer.0));
    let frequency = mean(|buyer| f64::from(buyer.1));
    let monetary = mean(|buyer| buyer.2 as f64);
    let mut segments: BTreeMap<[bool; 3], u32> = BTreeMap::new();
    for buyer in buyers.values() {
        let high = [
            f64::from(buyer.0) <= recency,
            f64::from(buyer.1) >= frequency,
            buyer.2 as f64 >= monetary,
        ];
        *segments.entry(high).or_default() += 1;
    }
    assert_eq!(segments.len(), 8, "{segments:?}");
    assert!(segments.values().all(|customers| *customers >= 4), "{segments:?}");
}

#[test]
fn all_phases_of_the_lifecycle_occur_and_some_have_never_bought() {
    let buyers = buyers(&demo());
    assert_eq!(buyers.len(), 290);
    let within = |least: i32, most: i32| {
        buyers.values().filter(|buyer| (least..=most).contains(&buyer.0)).count()
    };
    let phases = [within(0, 30), within(31, 90), within(91, 180), within(181, i32::MAX)];
    assert!(phases.iter().all(|customers| *customers >= 10), "{phases:?}");
}

#[test]
fn all_parts_of_the_funnel_occur() {
    let demo = demo();
    let mut stands: BTreeMap<i64, &str> = BTreeMap::new();
    for event in &demo.events {
        stands.insert(event.deal.0, &event.stage);
    }
    for stage in ["prospect", "intent", "stable_intent", "signed", "lost"] {
        assert!(stands.values().filter(|at| **at == stage).count() >= 10, "{stage}");
    }
    assert_eq!(demo.deals.iter().filter(|deal| deal.customer.is_none()).count(), 3);
}

#[test]
fn complaints_in_all_states_occur_and_promises_that_are_overdue() {
    let demo = demo();
    let states: BTreeSet<&str> = demo
        .interactions
        .iter()
        .filter(|each| each.kind == "complaint")
        .filter_map(|each| each.state.as_deref())
        .collect();
    assert_eq!(states.len(), 5, "{states:?}");
    let owed = |each: &&Interaction| {
        each.state.as_deref() == Some("made") && each.due.is_some_and(|due| due < last_day())
    };
    assert!(demo.interactions.iter().any(|each| owed(&each)));
}

#[test]
fn everything_happens_within_the_18_months() {
    let demo = demo();
    let first = last_day().minus_months(18).next();
    for each in &demo.interactions {
        assert!((first..=last_day()).contains(&each.happened), "{each:?}");
    }
    assert!(demo.interactions.iter().any(|each| each.happened.since(first) < 14));
    let mut latest: BTreeMap<i64, Day> = BTreeMap::new();
    for event in &demo.events {
        assert!((first..=last_day()).contains(&event.happened), "{event:?}");
        let before = latest.insert(event.deal.0, event.happened);
        assert!(before.is_none_or(|before| before <= event.happened), "{event:?}");
    }
}

#[test]
fn names_are_chinese_and_english_and_no_two_are_alike() {
    let demo = demo();
    let names: BTreeSet<&str> = demo.dealers.iter().map(|dealer| dealer.name.as_str()).collect();
    assert_eq!(names.len(), 300);
    let english = names.iter().filter(|name| name.is_ascii()).count();
    assert!((40..80).contains(&english), "{english}");
}

#[test]
fn on_any_day_the_base_can_be_made() {
    for day in ["2024-02-29", "2025-12-31", "2026-01-01", "1971-01-04"] {
        let last = Day::parse(day).unwrap();
        let demo = Demo::new(1, last);
        assert!(demo.interactions.iter().all(|each| each.happened <= last), "{day}");
    }
}

#[test]
fn the_files_have_a_cell_for_every_column() {
    let demo = demo();
    let counts: Vec<usize> =
        Sheet::ALL.iter().map(|sheet| csv(&demo, *sheet).lines().count() - 1).collect();
    let [reps, products, dealers, contacts, deals, interactions] = counts[..] else { panic!() };
    assert_eq!((reps, products, dealers, deals), (5, 24, 300, 104));
    assert!((450..700).contains(&contacts), "{contacts}");
    assert!((20_000..40_000).contains(&interactions), "{interactions}");
    for line in csv(&demo, Sheet::Reps).lines() {
        assert_eq!(line.matches(',').count(), 6, "{line}");
    }
}

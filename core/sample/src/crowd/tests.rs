use std::collections::BTreeMap;

use super::*;

fn crowd(customers: u64, interactions: u64) -> Crowd {
    Crowd { seed: 5, customers, interactions, last_day: Day::parse("2026-06-30").unwrap() }
}

fn written(write: impl Fn(&mut dyn io::Write) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn the_same_seed_gives_the_same_bytes_for_ever() {
    let crowd = crowd(1_000, 5_000);
    let customers = written(|out| crowd.write_customers(out));
    let interactions = written(|out| crowd.write_interactions(out));
    assert_eq!(interactions, written(|out| crowd.write_interactions(out)));
    // A change here changes every base that was ever measured: give it a new name instead.
    let digest = |text: &str| text.bytes().fold(0, |digest, byte| mix(digest ^ u64::from(byte)));
    assert_eq!(digest(&customers), 10_397_957_291_713_750_162);
    assert_eq!(digest(&interactions), 6_718_228_517_205_344_038);
}

#[test]
fn ids_are_eight_characters_and_amounts_have_two_places() {
    let mut buffer = Vec::new();
    push_id(&mut buffer, 0);
    push_id(&mut buffer, 9_999_999);
    push_id(&mut buffer, 41);
    push_money(&mut buffer, 1_205);
    assert_eq!(String::from_utf8(buffer).unwrap(), "K0000001K10000000K000004212.05");
}

#[test]
fn few_customers_make_most_of_the_trade_and_days_come_in_order() {
    let crowd = crowd(2_000, 40_000);
    let interactions = written(|out| crowd.write_interactions(out));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut last = "";
    for line in interactions.lines().skip(1) {
        let mut cells = line.split(',');
        let (customer, day) = (cells.next().unwrap(), cells.next().unwrap());
        assert!(day >= last, "{line}");
        last = day;
        *counts.entry(customer).or_default() += 1;
    }
    assert_eq!(last, "2026-06-30");
    let mut counts: Vec<usize> = counts.into_values().collect();
    counts.sort_unstable_by(|one, other| other.cmp(one));
    let of_a_fifth: usize = counts[..400].iter().sum();
    assert!((20_000..32_000).contains(&of_a_fifth), "{of_a_fifth}");
    assert!(counts.len() > 1_800, "{}", counts.len());
}

#[test]
fn an_empty_crowd_is_a_header() {
    assert_eq!(written(|out| crowd(0, 0).write_customers(out)).lines().count(), 1);
    assert_eq!(written(|out| crowd(0, 0).write_interactions(out)).lines().count(), 1);
}

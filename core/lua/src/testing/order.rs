//! Asking again in other ways: whoever answers otherwise keeps something from one customer to the next.

use kehu_contract::{PackError, show_number};
use serde_json::Value as Json;

use super::runner::Refusal;

/// Asks about rows, given by their places, in one batch; gives one answer a row.
pub(super) type Ask<'a> = dyn FnMut(&[usize]) -> Result<Vec<Json>, PackError> + 'a;

/// Asks about all rows as they stand, then in another order, in two batches and twice over.
pub(super) fn answers(
    names: &[String],
    seed: u64,
    ask: &mut Ask<'_>,
) -> Result<Vec<Json>, Refusal> {
    let all: Vec<usize> = (0..names.len()).collect();
    let base = ask(&all)?;
    let mut check = |batches: &[&[usize]], way: &str| {
        for batch in batches.iter().filter(|batch| !batch.is_empty()) {
            let failed = |error: PackError| {
                let message = error.message;
                Refusal::Order(format!("the pack fails when {way}: {message}"))
            };
            let again = ask(batch).map_err(failed)?;
            for (row, answer) in batch.iter().zip(&again) {
                if let Some(difference) = difference(&base[*row], answer, "") {
                    let name = &names[*row];
                    let message = format!("{name} gets another answer when {way}: {difference}");
                    return Err(Refusal::Order(message));
                }
            }
        }
        Ok(())
    };
    if let [_, _, ..] = names {
        check(&[&shuffled(&all, seed)], "the order is another one")?;
        let (first, second) = all.split_at(all.len() / 2);
        check(&[first, second], "there are two batches")?;
    }
    let twice: Vec<usize> = all.iter().chain(&all).copied().collect();
    check(&[&twice], "all are asked about twice")?;
    Ok(base)
}

/// The places in another order, the same one for the same seed.
fn shuffled(places: &[usize], seed: u64) -> Vec<usize> {
    let mut shuffled = places.to_vec();
    let mut state = seed;
    for at in (1..shuffled.len()).rev() {
        // Steele, Lea and Flood's SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        shuffled.swap(at, (mixed % (at as u64 + 1)) as usize);
    }
    if shuffled == places {
        shuffled.reverse();
    }
    shuffled
}

/// The first thing that differs between two answers.
fn difference(left: &Json, right: &Json, path: &str) -> Option<String> {
    match (left, right) {
        (Json::Object(one), Json::Object(other)) => one
            .iter()
            .find_map(|(key, value)| {
                let deeper = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                difference(value, other.get(key).unwrap_or(&Json::Null), &deeper)
            })
            .or_else(|| {
                let more = other.keys().find(|key| !one.contains_key(*key))?;
                Some(format!("{path} has \"{more}\" only then"))
            }),
        (Json::Array(one), Json::Array(other)) if one.len() == other.len() => {
            one.iter().zip(other).enumerate().find_map(|(at, (left, right))| {
                difference(left, right, &format!("{path}[{}]", at + 1))
            })
        }
        (Json::Array(one), Json::Array(other)) => {
            let path = if path.is_empty() { "the list" } else { path };
            Some(format!("{path} has {} entries, then {}", one.len(), other.len()))
        }
        (left, right) if left == right => None,
        (left, right) => Some(format!("{path} is {}, then {}", words(left), words(right))),
    }
}

fn words(value: &Json) -> String {
    match value {
        Json::Null => "missing".to_owned(),
        Json::Array(_) => "a list".to_owned(),
        Json::Object(_) => "a table".to_owned(),
        Json::Number(number) => number.as_f64().map(show_number).unwrap_or_default(),
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_order_is_another_one_and_has_everybody() {
        for seed in 0..50 {
            for count in 2..6 {
                let places: Vec<usize> = (0..count).collect();
                let mut other = shuffled(&places, seed);
                assert_ne!(other, places, "seed {seed}");
                assert_eq!(other, shuffled(&places, seed));
                other.sort_unstable();
                assert_eq!(other, places);
            }
        }
    }
}

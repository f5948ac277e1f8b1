//! Sentences of rules, with their arguments put in.

/// Names a place of a sentence that takes an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot<'s> {
    /// Which argument, counted from 0.
    pub place: usize,
    /// True for `{value}` and `{limit}`, which are shown as the rule's input is.
    pub is_named: bool,
    /// How it is to be shown: `amount` for `{1:amount}`.
    pub format: Option<&'s str>,
    /// True within a command that is to be typed, where keys stay keys.
    pub in_command: bool,
}

/// The ways of showing an argument that a sentence may ask for.
pub const FORMATS: [&str; 1] = ["amount"];

/// Puts arguments into a sentence: `{1}`, `{2}`, … and the names `{value}` and `{limit}` for the first
/// two; `{1|day|days}` is the word that goes with the first one. A place without an argument stays as it
/// is written.
pub fn fill(sentence: &str, arguments: &[String]) -> String {
    fill_with(sentence, &mut |slot| arguments.get(slot.place).cloned())
}

/// Puts into a sentence, as [`fill`] does, what `argument` gives for each of its places.
pub fn fill_with(sentence: &str, argument: &mut dyn FnMut(Slot<'_>) -> Option<String>) -> String {
    let mut filled = String::with_capacity(sentence.len() + 16);
    let mut rest = sentence;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        rest = &rest[start..];
        let Some(end) = rest.find('}') else { break };
        let (place, forms) = match rest[1..end].split_once('|') {
            Some((place, forms)) => (place, forms.split_once('|')),
            None => (&rest[1..end], None),
        };
        let (place, format) = match place.split_once(':') {
            Some((place, format)) if FORMATS.contains(&format) => (place, Some(format)),
            _ => (place, None),
        };
        let (number, is_named) = match place {
            "value" => (Some(1), forms.is_none()),
            "limit" => (Some(2), forms.is_none()),
            number => (number.parse::<usize>().ok(), false),
        };
        let said = number.and_then(|number| {
            let place = number.checked_sub(1)?;
            argument(Slot { place, is_named, format, in_command: in_command(&filled) })
        });
        match (said, forms) {
            (Some(said), Some((one, several))) => {
                filled.push_str(if said == "1" { one } else { several });
            }
            (Some(said), None) => filled.push_str(&said),
            (None, _) => filled.push_str(&rest[..=end]),
        }
        rest = &rest[end + 1..];
    }
    filled.push_str(rest);
    filled
}

/// True if what was said so far ends within a command: after `kehu`, or after an option of it.
fn in_command(said: &str) -> bool {
    let sentence = said.rsplit(['，', '。', '；', '：', '（', '）', ';']).next().unwrap_or(said);
    let after_option = |option: &str| !option.contains(' ') || option.split(' ').count() == 2;
    sentence.contains("kehu ")
        || sentence.rsplit_once("--").is_some_and(|(_, option)| after_option(option))
}

/// Shows numbers of one sentence for people: each as [`show_number`] does, but two that differ are never
/// shown alike, since a sentence that compares them would say what is not so. Differences that only the
/// arithmetic has made count for nothing.
///
/// ```
/// use kehu_contract::show_unlike;
/// assert_eq!(show_unlike(&[Some(24.999), Some(25.0)]), ["24.999", "25"]);
/// assert_eq!(show_unlike(&[Some(0.1 + 0.2), None, Some(0.3)]), ["0.3", "", "0.3"]);
/// ```
pub fn show_unlike(numbers: &[Option<f64>]) -> Vec<String> {
    let mut shown: Vec<String> =
        numbers.iter().map(|number| number.map(show_number).unwrap_or_default()).collect();
    for (at, one) in numbers.iter().enumerate() {
        for (other_at, other) in numbers.iter().enumerate().skip(at + 1) {
            let (Some(one), Some(other)) = (one, other) else { continue };
            let differ = (one - other).abs() > 1e-9 * one.abs().max(other.abs()).max(1e-3);
            if shown[at] != shown[other_at] || !differ {
                continue;
            }
            let told = |number: &f64, places: usize| trimmed(&format!("{number:.places$}"));
            let enough = (3..=15).find(|places| told(one, *places) != told(other, *places));
            let places = enough.unwrap_or(15);
            shown[at] = told(one, places);
            shown[other_at] = told(other, places);
        }
    }
    shown
}

/// A number with its decimal places, without those that say nothing.
fn trimmed(rounded: &str) -> String {
    let trimmed = match rounded.contains('.') {
        true => rounded.trim_end_matches('0').trim_end_matches('.'),
        false => rounded,
    };
    if trimmed == "-0" { "0".to_owned() } else { trimmed.to_owned() }
}

/// Shows a number for people: four significant digits, but at least two decimal places and at most four,
/// none that say nothing.
pub fn show_number(number: f64) -> String {
    let places = match number.abs() {
        size if size < 1.0 => 4,
        size if size < 10.0 => 3,
        _ => 2,
    };
    trimmed(&format!("{number:.places$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_takes_its_arguments_by_place_and_by_name() {
        let arguments = ["12".to_owned(), "30".to_owned()];
        assert_eq!(fill("{value} days, at most {limit}", &arguments), "12 days, at most 30");
        assert_eq!(fill("{2} > {1}, {3} {x} {", &arguments), "30 > 12, {3} {x} {");
        assert_eq!(fill("", &arguments), "");
        assert_eq!(fill("{0}", &arguments), "{0}");
        let one = ["1".to_owned()];
        assert_eq!(fill("{1} {value|day|days} ago", &one), "1 day ago");
        assert_eq!(fill("{1} {1|day|days} ago", &arguments), "12 days ago");
        let mut told = |slot: Slot<'_>| {
            let shown = if slot.is_named || slot.format.is_some() { "1.00" } else { "1" };
            (slot.place == 0).then(|| shown.to_owned())
        };
        let sentence = "{value} {value|coin|coins}, {1}, {1:amount}, {1:colour}";
        assert_eq!(fill_with(sentence, &mut told), "1.00 coin, 1, 1.00, {1:colour}");
    }

    #[test]
    fn a_place_knows_whether_it_stands_in_a_command() {
        let mut told =
            |slot: Slot<'_>| Some((if slot.in_command { "key" } else { "word" }).to_owned());
        for (sentence, filled) in [
            ("in {1}: kehu deal move D-1 {2}", "in word: kehu deal move D-1 key"),
            ("kehu log {1}，然后 {2}", "kehu log key，然后 word"),
            ("record it: --field {1}=… of {2}", "record it: --field key=… of word"),
        ] {
            assert_eq!(fill_with(sentence, &mut told), filled);
        }
    }

    #[test]
    fn numbers_that_differ_are_never_shown_alike() {
        for (numbers, shown) in [
            ([24.99, 25.0], ["24.99", "25"]),
            ([24.999, 25.0], ["24.999", "25"]),
            ([75.000_01, 75.0], ["75.00001", "75"]),
            ([80_000.001, 80_000.0], ["80000.001", "80000"]),
            ([0.1 + 0.2, 0.3], ["0.3", "0.3"]),
            ([0.0, 0.000_01], ["0", "0.00001"]),
            ([5.0, 5.0], ["5", "5"]),
        ] {
            assert_eq!(show_unlike(&numbers.map(Some)), shown);
        }
    }

    #[test]
    fn numbers_are_shown_without_idle_places() {
        for (number, shown) in [
            (1.0, "1"),
            (0.25, "0.25"),
            (1.0 / 3.0, "0.3333"),
            (4.0 / 3.0, "1.333"),
            (-19.2308, "-19.23"),
            (578_321.727_6, "578321.73"),
            (-0.000_01, "0"),
            (1e6, "1000000"),
        ] {
            assert_eq!(show_number(number), shown);
        }
    }
}

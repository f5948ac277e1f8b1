//! Sentences of rules, with their arguments put in.

/// Puts arguments into a sentence: `{1}`, `{2}`, … and the names `{value}` and `{limit}` for the first
/// two; `{1|day|days}` is the word that goes with the first one. A place without an argument stays as it
/// is written.
pub fn fill(sentence: &str, arguments: &[String]) -> String {
    fill_with(sentence, arguments, arguments)
}

/// Puts arguments into a sentence as [`fill`] does; `named` stand where their names are written.
pub fn fill_with(sentence: &str, arguments: &[String], named: &[String]) -> String {
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
        let (place, source) = match place {
            "value" => (Some(1), named),
            "limit" => (Some(2), named),
            number => (number.parse::<usize>().ok(), arguments),
        };
        let source = if forms.is_some() { arguments } else { source };
        let argument = place.and_then(|place| source.get(place.checked_sub(1)?));
        filled.push_str(match (argument, forms) {
            (Some(argument), Some((one, several))) => {
                if argument == "1" {
                    one
                } else {
                    several
                }
            }
            (Some(argument), None) => argument,
            (None, _) => &rest[..=end],
        });
        rest = &rest[end + 1..];
    }
    filled.push_str(rest);
    filled
}

/// Shows a number for people: four significant digits, but at least two decimal places and at most four,
/// none that say nothing.
pub fn show_number(number: f64) -> String {
    let places = match number.abs() {
        size if size < 1.0 => 4,
        size if size < 10.0 => 3,
        _ => 2,
    };
    let rounded = format!("{number:.places$}");
    let trimmed = match rounded.contains('.') {
        true => rounded.trim_end_matches('0').trim_end_matches('.'),
        false => &rounded,
    };
    if trimmed == "-0" { "0".to_owned() } else { trimmed.to_owned() }
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
        let money = ["12.00".to_owned()];
        let sentence = "{value} {value|coin|coins}, {1}";
        assert_eq!(fill_with(sentence, &one, &money), "12.00 coin, 1");
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

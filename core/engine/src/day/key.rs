//! Keys of worklist lines: short, and the same every day on which the line comes back.

/// Crockford's digits without letters that look like others.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// How many digits a key has: 35 bits, among the lines of one customer.
const LENGTH: usize = 7;

/// The key of what a pack proposes for a customer and deal, resting on a fact of a day.
pub(crate) fn key(pack: &str, customer: i64, deal: Option<i64>, action: &str, fact: i32) -> String {
    let deal = deal.map(|deal| deal.to_string()).unwrap_or_default();
    let text = format!("{pack}\n{customer}\n{deal}\n{action}\n{fact}");
    let hash = blake3::hash(text.as_bytes());
    let digit = |byte: &u8| char::from(DIGITS[usize::from(byte & 31)]);
    hash.as_bytes().iter().take(LENGTH).map(digit).collect()
}

/// A key as people may type it: case does not matter, and letters that look like digits are digits.
pub(super) fn folded(typed: &str) -> String {
    let narrow = |each: char| match each.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    };
    typed.trim().chars().map(narrow).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_lasts_and_every_part_of_it_counts() {
        let usual = key("funnel", 12, Some(7), "close", 17_000);
        assert_eq!(usual, "sh9f73a");
        assert_eq!(usual, key("funnel", 12, Some(7), "close", 17_000));
        for other in [
            key("funnel", 12, None, "close", 17_000),
            key("funnel", 12, Some(7), "close", 17_001),
            key("funnel", 1, Some(27), "close", 17_000),
            key("lifecycle", 12, Some(7), "close", 17_000),
        ] {
            assert_ne!(usual, other);
        }
    }

    #[test]
    fn a_key_is_read_as_people_type_it() {
        assert_eq!(folded(" Y0wOIl "), "y0w011");
    }
}

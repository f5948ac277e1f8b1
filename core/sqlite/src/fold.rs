//! The form in which names are compared.

use unicode_normalization::UnicodeNormalization as _;

/// Takes away what should not matter when a name is looked up: case, width, and how much space
/// stands between words or at the ends.
pub(crate) fn fold(name: &str) -> String {
    let folded = if name.is_ascii() {
        name.to_ascii_lowercase()
    } else {
        name.nfkc().collect::<String>().to_lowercase()
    };
    let mut words = folded.split_whitespace();
    match (words.next(), words.next()) {
        (Some(word), None) => word.to_owned(),
        _ => folded.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_and_width_do_not_matter() {
        assert_eq!(fold(" ＡＢＣ１２ "), "abc12");
        assert_eq!(fold("上海ﾃｽﾄ"), "上海テスト");
        assert_eq!(fold("Ann \u{3000} LEE"), "ann lee");
        assert_eq!(fold("Straße"), "straße");
        assert_eq!(fold("ÉCOLE"), fold("e\u{301}cole"));
    }
}

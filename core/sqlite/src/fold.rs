//! The form in which names are compared.

use unicode_normalization::UnicodeNormalization as _;

/// Takes away what should not matter when a name is looked up: case, width, space at the ends.
pub(crate) fn fold(name: &str) -> String {
    let name = name.trim();
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    name.nfkc().collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_and_width_do_not_matter() {
        assert_eq!(fold(" ＡＢＣ１２ "), "abc12");
        assert_eq!(fold("上海ﾃｽﾄ"), "上海テスト");
        assert_eq!(fold("Straße"), "straße");
        assert_eq!(fold("ÉCOLE"), fold("e\u{301}cole"));
    }
}

//! Names that are alike: the same firm written in another way is one customer, not two.

use kehu_domain::Entity;
use kehu_store::{Found, Reader};

use super::Result;
use super::names::{CANDIDATES, fold, same};

/// What firms add to their names, the longer first: it tells none from another.
const FORMS: [&str; 24] = [
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "有限公司",
    "商贸行",
    "经营部",
    "商行",
    "集团",
    "公司",
    "incorporated",
    "corporation",
    "co., ltd.",
    "co., ltd",
    "co.,ltd.",
    "co.,ltd",
    "co ltd",
    "company",
    "limited",
    "corp.",
    "gmbh",
    "inc.",
    "ltd.",
    "llc",
    "ltd",
];

/// The customers whose names contain this one without its legal form, or are it but for theirs; the
/// very same name is none of them.
pub fn customers(reader: &dyn Reader, name: &str) -> Result<Vec<Found>> {
    let bare = bare(name);
    if bare.chars().count() < 2 {
        return Ok(Vec::new());
    }
    let found = reader.find(Entity::Customer, &bare, CANDIDATES + 1)?;
    let mut alike: Vec<Found> = found.into_iter().filter(|each| !same(&each.name, name)).collect();
    alike.truncate(CANDIDATES);
    Ok(alike)
}

/// A name without its legal form.
fn bare(name: &str) -> String {
    let mut bare = fold(name);
    if FORMS.contains(&bare.as_str()) {
        return bare;
    }
    while let Some(form) = FORMS.iter().find(|form| ends_with_form(&bare, form)) {
        bare.truncate(bare.len() - form.len());
        bare.truncate(bare.trim_end_matches([' ', ',', '-']).len());
    }
    bare
}

/// True if a form ends the name and something stands before it; Latin ones are words of their own.
fn ends_with_form(name: &str, form: &str) -> bool {
    let Some(before) = name.strip_suffix(form) else { return false };
    let is_word = !form.is_ascii() || before.ends_with([' ', ',']);
    is_word && !before.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn a_legal_form_tells_no_firm_from_another() {
        for (name, expected) in [
            ("大明商贸有限公司", "大明商贸"),
            ("大明　集团股份有限公司", "大明"),
            ("Ａcme Trading Co., Ltd.", "acme trading"),
            ("Acme, Inc.", "acme"),
            ("Hallco", "hallco"),
            ("有限公司", "有限公司"),
            ("Ltd", "ltd"),
            ("", ""),
        ] {
            assert_eq!(bare(name), expected, "{name}");
        }
    }
}

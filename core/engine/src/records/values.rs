//! Values as people type them, checked before they are kept.

use kehu_contract::{Language, Text, did_you_mean, nearest};
use kehu_domain::{Day, Entity, Field, FieldType, FieldValue, Fields, Money, Range};

use super::names::{self, day, looks_like_id};
use super::{RecordError, Result};
use crate::settings::Settings;

/// The longest name and the longest line, in characters.
pub const LONGEST_LINE: usize = 300;

/// The longest text, in characters.
pub const LONGEST_TEXT: usize = 100_000;

/// Checks a name: one line that does not look like an id.
pub fn name(what: &str, text: &str) -> Result<String> {
    let name = line(what, text)?
        .ok_or_else(|| RecordError::invalid(format!("{what}: a name must not be empty")))?;
    if looks_like_id(&name).is_some() {
        return Err(RecordError::invalid(format!("{what}: \"{name}\" looks like an id")));
    }
    Ok(name)
}

/// Checks a text of one line and takes needless blanks out; none if it is empty.
pub fn line(what: &str, text: &str) -> Result<Option<String>> {
    if let Some(each) = text.chars().find(|each| is_unprintable(*each)) {
        return Err(RecordError::invalid(format!(
            "{what}: the text holds the unprintable character U+{:04X}",
            u32::from(each)
        ))
        .hint("write it on one line, without control characters"));
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    within(what, &words.join(" "), LONGEST_LINE)
}

/// Checks a telephone number: at least three digits, and more of them than letters.
pub fn phone(text: &str) -> Result<Option<String>> {
    let number = line("phone", text)?;
    let count = |is: fn(char) -> bool| text.chars().filter(|each| is(*each)).count();
    let (digits, letters) = (count(char::is_numeric), count(char::is_alphabetic));
    match number {
        Some(number) if digits < 3 || digits < letters => {
            Err(RecordError::invalid(format!("phone: \"{number}\" is no telephone number"))
                .hint("write it with its digits, such as +86 27 8888 0000"))
        }
        number => Ok(number),
    }
}

/// Checks an e-mail address, as far as its form tells.
pub fn email(text: &str) -> Result<Option<String>> {
    let address = line("email", text)?;
    let is_one = |address: &str| {
        let parts = address.split_once('@');
        let has_domain = |domain: &str| {
            !domain.contains('@') && domain.split('.').all(|label| !label.is_empty())
        };
        !address.contains(' ')
            && parts.is_some_and(|(name, domain)| !name.is_empty() && has_domain(domain))
    };
    match address {
        Some(address) if !is_one(&address) => {
            Err(RecordError::invalid(format!("email: \"{address}\" is no e-mail address"))
                .hint("write it as name@example.com"))
        }
        address => Ok(address),
    }
}

/// Checks a text of any number of lines; none if it is empty.
pub fn text(what: &str, text: &str) -> Result<Option<String>> {
    let text = text.replace("\r\n", "\n");
    if let Some(each) =
        text.chars().find(|each| is_unprintable(*each) && !matches!(each, '\n' | '\t'))
    {
        return Err(RecordError::invalid(format!(
            "{what}: the text holds the unprintable character U+{:04X}",
            u32::from(each)
        )));
    }
    within(what, text.trim(), LONGEST_TEXT)
}

fn within(what: &str, text: &str, longest: usize) -> Result<Option<String>> {
    let length = text.chars().count();
    if length > longest {
        return Err(RecordError::invalid(format!(
            "{what}: {length} characters are too long, at most {longest} are kept"
        )));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// True for characters that would spoil a terminal or hide what a name says: control characters,
/// line separators, and the marks that turn the direction of writing.
pub fn is_unprintable(each: char) -> bool {
    each.is_control()
        || matches!(each, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Reads an amount of the workspace's currency; none if it is empty.
pub fn amount(settings: &Settings, what: &str, text: &str) -> Result<Option<Money>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    if let Some(money) = in_ten_thousands(settings, text) {
        return Ok(Some(money));
    }
    settings.currency.parse(text).map(Some).map_err(|error| {
        let code = settings.currency.code();
        RecordError::invalid(format!("{what}: \"{text}\" {error}"))
            .hint(format!("amounts are in {code}, such as 1234.50"))
    })
}

/// An amount in units of 10,000 or 100,000,000, as `1.2万` and `3亿`.
fn in_ten_thousands(settings: &Settings, text: &str) -> Option<Money> {
    let text = text.trim();
    let (number, times) = [('万', 10_000), ('亿', 100_000_000)]
        .into_iter()
        .find_map(|(unit, times)| Some((text.strip_suffix(unit)?, times)))?;
    let number: f64 = number.trim().parse().ok().filter(|number: &f64| number.is_finite())?;
    settings.currency.from_major(number * f64::from(times))
}

/// Reads an amount that cannot be negative, such as a price.
pub fn worth(settings: &Settings, what: &str, text: &str) -> Result<Option<Money>> {
    let read = amount(settings, what, text)?;
    if let Some(money) = read {
        within_range(what, settings.currency.to_major(money), Some(Range::NOT_NEGATIVE))?;
    }
    Ok(read)
}

/// Checks that a number is one that its field takes.
fn within_range(what: &str, number: f64, range: Option<Range>) -> Result<()> {
    match range {
        Some(range) if !range.holds(number) => {
            Err(RecordError::invalid(format!("{what}: {number} is out of range, expected {range}")))
        }
        _ => Ok(()),
    }
}

/// Checks a latitude or longitude.
pub fn degrees(what: &str, number: f64, greatest: f64) -> Result<f64> {
    if number.abs() <= greatest {
        return Ok(number);
    }
    Err(RecordError::invalid(format!("{what}: {number} lies outside -{greatest} to {greatest}")))
}

/// Checks that a number can be counted with.
pub fn number(what: &str, number: f64) -> Result<f64> {
    if number.is_finite() {
        return Ok(number);
    }
    Err(RecordError::invalid(format!("{what}: {number} is no number that can be kept")))
}

/// Sets custom fields from texts of the form `name=value`, each by its name or title; an empty value clears
/// the field.
pub fn set_fields(
    settings: &Settings,
    entity: Entity,
    fields: &mut Fields,
    texts: &[String],
) -> Result<()> {
    for text in texts {
        let Some((name, value)) = text.split_once('=') else {
            return Err(RecordError::invalid(format!("\"{text}\" sets no field"))
                .hint("write --field NAME=VALUE"));
        };
        let name = name.trim();
        let titled = |field: &&Field| [&field.en, &field.zh].iter().any(|it| names::same(it, name));
        let known = settings.field(entity, name);
        let known = known.or_else(|| settings.fields_of(entity).find(titled));
        let field = known.or_else(|| field_by_part(settings, entity, name));
        let Some(field) = field else {
            return Err(undeclared(settings, entity, name));
        };
        match field_value(settings, field, value.trim())? {
            Some(value) => fields.insert(field.name.clone(), value),
            None => fields.remove(&field.name),
        };
    }
    Ok(())
}

/// The only field of a sort of record whose name or title begins so, or of which the text is a part.
fn field_by_part<'s>(settings: &'s Settings, entity: Entity, name: &str) -> Option<&'s Field> {
    let fields: Vec<&Field> = settings.fields_of(entity).collect();
    let called =
        |field: &&Field| [&field.name, &field.en, &field.zh].map(|name| names::fold(name)).to_vec();
    let names: Vec<Vec<String>> = fields.iter().map(called).collect();
    part_of_one(&names, name).map(|at| fields[at])
}

fn undeclared(settings: &Settings, entity: Entity, name: &str) -> RecordError {
    let sort = entity.name();
    let message = format!("no {sort} field \"{name}\" is declared");
    let error = RecordError::undeclared(sort, name, message);
    let title = |field: &'_ Field| -> String {
        let is_zh = settings.language == Language::Zh && !field.zh.is_empty();
        if is_zh { field.zh.clone() } else { field.name.clone() }
    };
    let declared: Vec<String> = settings.fields_of(entity).map(title).collect();
    if declared.is_empty() {
        return error.hint(format!("declare it in kehu.toml: [fields.{sort}.{name}]"));
    }
    error.hint(did_you_mean(name, declared.iter().map(String::as_str)))
}

fn field_value(settings: &Settings, field: &Field, value: &str) -> Result<Option<FieldValue>> {
    if value.is_empty() {
        return Ok(None);
    }
    let what = field.name.as_str();
    Ok(match field.kind {
        FieldType::Text => line(what, value)?.map(FieldValue::Text),
        FieldType::Number => {
            let plain =
                if field.unit == "%" { value.trim_end_matches(['%', '％']) } else { value };
            let parsed: f64 = plain
                .trim()
                .parse()
                .map_err(|_| RecordError::invalid(format!("{what}: \"{value}\" is no number")))?;
            within_range(what, number(what, parsed)?, field.range)?;
            Some(FieldValue::Number(parsed))
        }
        FieldType::Money => {
            let read = amount(settings, what, value)?;
            if let Some(money) = read {
                within_range(what, settings.currency.to_major(money), field.range)?;
            }
            read.map(|money| FieldValue::Number(money.0 as f64))
        }
        FieldType::Day => day(what, value)?.map(|day: Day| FieldValue::Text(day.to_string())),
        FieldType::Flag => Some(FieldValue::Flag(flag(what, value)?)),
        FieldType::Choice => {
            Some(FieldValue::Text(choose(what, &choices(field), value)?.to_owned()))
        }
    })
}

/// Reads a fact of the core that has words of its own, such as the mood; none if it is empty.
///
/// # Errors
/// That no mood is called so, since packs act on it, or that several sources begin so. Other facts may say
/// anything.
pub fn word(settings: &Settings, what: &str, text: &str) -> Result<Option<String>> {
    let Some(said) = line(what, text)? else { return Ok(None) };
    let choices = settings.choices.get(what).map_or(&[][..], Vec::as_slice);
    if what == "mood" && !choices.is_empty() {
        return choose(what, choices, &said).map(|key| Some(key.to_owned()));
    }
    let known = chosen(choices, &said).map(|at| choices[at].0.clone());
    if known.is_none() && what == "source" && choices.iter().any(|choice| may_be(choice, &said)) {
        return Err(no_choice(what, choices, &said));
    }
    Ok(Some(known.unwrap_or(said)))
}

/// Choices, each with what people call it.
pub type Choices = [(String, Text)];

/// The choices of a field.
pub fn choices(field: &Field) -> Vec<(String, Text)> {
    let titles = field.choice_titles.iter().map(|(en, zh)| Text::new(en, zh));
    field.choices.iter().cloned().zip(titles).collect()
}

/// The key of the choice that a text names.
fn choose<'c>(what: &str, choices: &'c Choices, text: &str) -> Result<&'c str> {
    match chosen(choices, text) {
        Some(at) => Ok(&choices[at].0),
        None => Err(no_choice(what, choices, text)),
    }
}

/// Says that a text is no choice, and what the choices mean, the nearest first.
fn no_choice(what: &str, choices: &Choices, text: &str) -> RecordError {
    let wanted = names::fold(text);
    let called: Vec<_> = choices.iter().map(names_of).collect();
    let near = nearest(&wanted, called.iter().flatten().map(String::as_str));
    let is_near = |at: &usize| {
        may_be(&choices[*at], text)
            || near.is_some_and(|near| called[*at].iter().any(|it| it == near))
    };
    let (first, others): (Vec<usize>, Vec<usize>) = (0..choices.len()).partition(is_near);
    let order = first.into_iter().chain(others);
    let (what, text) = (what.to_owned(), text.to_owned());
    let choices = order.map(|at| choices[at].clone()).collect();
    RecordError::NoChoice { what, text, choices }
}

/// The place of the choice that a text names: by its key, by what people call it in either language, or by
/// the beginning or a part of one alone.
fn chosen(choices: &Choices, text: &str) -> Option<usize> {
    called(choices, text).or_else(|| {
        let names: Vec<Vec<String>> = choices.iter().map(names_of).collect();
        part_of_one(&names, text)
    })
}

/// The place of the only one that bears a name which begins so, else of the only one of which the text is a part.
pub(super) fn part_of_one(names: &[Vec<String>], text: &str) -> Option<usize> {
    let wanted = names::fold(text);
    let only = |fits: &dyn Fn(&str) -> bool| {
        let mut found = (0..names.len()).filter(|at| names[*at].iter().any(|name| fits(name)));
        found.next().filter(|_| found.next().is_none())
    };
    // One letter is a part of too much.
    let is_part = wanted.chars().count() > 1;
    let begins = only(&|name| !wanted.is_empty() && name.starts_with(&wanted));
    begins.or_else(|| only(&|name| is_part && name.contains(&wanted)))
}

/// True if a text is a part of what a choice may be called.
fn may_be(choice: &(String, Text), text: &str) -> bool {
    let wanted = names::fold(text);
    !wanted.is_empty() && names_of(choice).iter().any(|name| name.contains(&wanted))
}

/// The place of the choice that is called so, by its key or in either language.
pub fn called(choices: &Choices, text: &str) -> Option<usize> {
    written(choices, text).or_else(|| {
        let wanted = names::fold(text);
        choices.iter().position(|choice| names_of(choice).contains(&wanted))
    })
}

/// The place of the choice whose key or title is written just so: cheap enough for each row of a file.
pub fn written(choices: &Choices, text: &str) -> Option<usize> {
    let known = choices.iter().position(|(key, _)| key == text);
    known.or_else(|| choices.iter().position(|(_, title)| title.en == text || title.zh == text))
}

/// All that a choice may be called: its key, with blanks too, and its titles, which may open with the key.
fn names_of((key, title): &(String, Text)) -> Vec<String> {
    let spaced = key.replace('_', " ");
    let mut names = vec![names::fold(key), names::fold(&spaced)];
    for title in [&title.en, &title.zh] {
        let title = names::fold(title);
        let rest = title.strip_prefix(&names[0]).and_then(|rest| rest.strip_prefix(':'));
        names.extend(rest.map(|rest| rest.trim().to_owned()));
        names.push(title);
    }
    names.retain(|name| !name.is_empty());
    names
}

/// A choice with what it means, such as `rising – 上升`.
pub fn choice_shown((key, title): &(String, Text), language: Language) -> String {
    let title = title.get(language);
    // "a: our offer" says its key itself.
    if title.strip_prefix(key.as_str()).is_some_and(|rest| rest.starts_with([':', '：'])) {
        return title.to_owned();
    }
    if title.is_empty() || names::same(title, &key.replace('_', " ")) {
        return key.clone();
    }
    format!("{key} – {title}")
}

fn flag(what: &str, value: &str) -> Result<bool> {
    match value.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "是" | "有" => Ok(true),
        "no" | "n" | "false" | "0" | "否" | "无" => Ok(false),
        _ => Err(RecordError::invalid(format!("{what}: \"{value}\" is neither yes nor no"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let text = "[fields.customer]\nsize = { type = \"number\" }\ncredit = { type = \"money\" }\n\
                    style = { type = \"choice\", choices = [\"driver\", { key = \"amiable\", zh = \"平易型\" }] }\n\
                    since = { type = \"day\" }\nvip = { type = \"flag\" }\n";
        Settings::read(&[("kehu.toml", text)]).unwrap()
    }

    #[test]
    fn a_field_is_kept_as_its_declaration_says() {
        let mut fields = Fields::new();
        let texts = ["size=12.5", "credit=1,000", "style=driver", "since=2024-02-29", "vip=是"];
        set_fields(&settings(), Entity::Customer, &mut fields, &texts.map(str::to_owned)).unwrap();
        assert_eq!(fields["credit"], FieldValue::Number(100_000.0));
        assert_eq!(fields["vip"], FieldValue::Flag(true));
        set_fields(&settings(), Entity::Customer, &mut fields, &["vip=".to_owned()]).unwrap();
        assert!(!fields.contains_key("vip"));
        set_fields(&settings(), Entity::Customer, &mut fields, &["style=平易型".to_owned()])
            .unwrap();
        assert_eq!(fields["style"], FieldValue::Text("amiable".to_owned()));
    }

    #[test]
    fn a_field_that_is_not_what_was_declared_is_refused() {
        let mut fields = Fields::new();
        for wrong in [
            "size=NaN",
            "size=x",
            "credit=$5",
            "style=drivr",
            "since=2024-02-30",
            "vip=x",
            "sise=1",
            "size",
        ] {
            let texts = [wrong.to_owned()];
            let result = set_fields(&settings(), Entity::Customer, &mut fields, &texts);
            assert!(result.is_err(), "{wrong}");
        }
        assert!(fields.is_empty());
    }

    #[test]
    fn a_name_is_one_printable_line_that_is_no_id() {
        assert_eq!(name("name", "  武汉钢铁 🏭 ").unwrap(), "武汉钢铁 🏭");
        for wrong in ["", "  ", "a\nb", "a\u{1b}[31m", "a\u{202e}b", "C-12"] {
            assert!(name("name", wrong).is_err(), "{wrong:?}");
        }
        assert!(name("name", &"长".repeat(301)).is_err());
    }
}

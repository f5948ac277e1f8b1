//! Money: whole minor units of the workspace's one currency.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Holds an amount in minor units, such as fen or cents.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Money(pub i64);

/// Names the workspace's currency and how many decimal places it has.
///
/// ```
/// use kehu_domain::{Currency, Money};
/// let yuan = Currency::new("CNY", 2).unwrap();
/// assert_eq!(yuan.parse("1,234.5"), Ok(Money(123_450)));
/// assert_eq!(yuan.show(Money(-5)), "-0.05");
/// assert_eq!(yuan.from_major(0.125), Some(Money(12)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Currency {
    code: String,
    scale: u32,
}

/// Says why a text is no amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoneyError {
    /// It is no number.
    NotANumber,
    /// It has more decimal places than the currency.
    TooFine,
    /// It is too large to be held.
    TooLarge,
    /// It names another currency.
    OtherCurrency(String),
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotANumber => f.write_str("is no amount"),
            Self::TooFine => f.write_str("has more decimal places than the currency"),
            Self::TooLarge => f.write_str("is too large"),
            Self::OtherCurrency(code) => {
                write!(f, "is in {code}, another currency than the workspace's")
            }
        }
    }
}

/// Signs and names by which the common currencies are written before or after an amount.
const SIGNS: [(&str, &str); 12] = [
    ("CNY", "CNY"),
    ("RMB", "CNY"),
    ("人民币", "CNY"),
    ("元", "CNY"),
    ("￥", "CNY"),
    ("¥", "CNY"),
    ("US$", "USD"),
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("HK$", "HKD"),
    ("円", "JPY"),
];

impl Currency {
    /// Makes a currency from its ISO code and its number of decimal places, 0 to 4.
    pub fn new(code: &str, scale: u32) -> Option<Self> {
        let valid = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        (valid && scale <= 4).then(|| Self { code: code.to_owned(), scale })
    }

    /// The ISO code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The number of decimal places.
    pub fn scale(&self) -> u32 {
        self.scale
    }

    fn factor(&self) -> i64 {
        10_i64.pow(self.scale)
    }

    /// Parses an amount in major units: an optional sign, digits with optional commas between
    /// groups of three, a decimal point, and the currency's sign or code before or after it.
    ///
    /// # Errors
    /// Why the text is no amount of this currency.
    pub fn parse(&self, text: &str) -> Result<Money, MoneyError> {
        let text = self.without_sign(text.trim())?;
        let (negative, digits) = match text.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let digits = self.without_sign(digits)?;
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let whole = ungrouped(whole).ok_or(MoneyError::NotANumber)?;
        if (whole.is_empty() && fraction.is_empty())
            || !fraction.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Err(MoneyError::NotANumber);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > self.scale as usize {
            return Err(MoneyError::TooFine);
        }
        let zeros = std::iter::repeat_n(b'0', self.scale as usize - fraction.len());
        let minor =
            whole.bytes().chain(fraction.bytes()).chain(zeros).try_fold(0_i64, |sum, digit| {
                sum.checked_mul(10)?.checked_add(i64::from(digit - b'0'))
            });
        let minor = minor.ok_or(MoneyError::TooLarge)?;
        Ok(Money(if negative { -minor } else { minor }))
    }

    fn without_sign<'a>(&self, text: &'a str) -> Result<&'a str, MoneyError> {
        // Nearly all amounts have none, and there are many signs to look for.
        if let [b'0'..=b'9' | b'-', .., b'0'..=b'9'] | [b'0'..=b'9'] = text.as_bytes() {
            return Ok(text);
        }
        for (sign, code) in SIGNS {
            if let Some(rest) = text.strip_prefix(sign).or_else(|| text.strip_suffix(sign)) {
                // The yen is written with the same sign as the yuan.
                let ours = code == self.code || (sign == "¥" && self.code == "JPY");
                return if ours {
                    Ok(rest.trim())
                } else {
                    Err(MoneyError::OtherCurrency(code.to_owned()))
                };
            }
        }
        let code: String = text.chars().take_while(char::is_ascii_uppercase).collect();
        let last = text.len() - text.trim_end_matches(|each: char| each.is_ascii_uppercase()).len();
        if code.len() == 3 {
            return if code == self.code {
                Ok(text[3..].trim())
            } else {
                Err(MoneyError::OtherCurrency(code))
            };
        }
        if last == 3 {
            let (rest, code) = text.split_at(text.len() - 3);
            return if code == self.code {
                Ok(rest.trim())
            } else {
                Err(MoneyError::OtherCurrency(code.to_owned()))
            };
        }
        Ok(text)
    }

    /// The amount in major units, as hooks see it.
    pub fn to_major(&self, money: Money) -> f64 {
        money.0 as f64 / self.factor() as f64
    }

    /// The nearest amount to a number of major units, half to even; none if it is no number or too
    /// large to be exact.
    pub fn from_major(&self, number: f64) -> Option<Money> {
        let minor = (number * self.factor() as f64).round_ties_even();
        (minor.abs() < 9_007_199_254_740_992.0).then_some(Money(minor as i64))
    }

    /// Shows an amount in major units with all decimal places and no grouping: the form for JSON,
    /// CSV and further work.
    pub fn show(&self, money: Money) -> String {
        let factor = self.factor().unsigned_abs();
        let (whole, rest) = (money.0.unsigned_abs() / factor, money.0.unsigned_abs() % factor);
        let sign = if money.0 < 0 { "-" } else { "" };
        match self.scale {
            0 => format!("{sign}{whole}"),
            scale => format!("{sign}{whole}.{rest:0width$}", width = scale as usize),
        }
    }

    /// Shows an amount with commas between groups of three: the form for people.
    pub fn show_grouped(&self, money: Money) -> String {
        let plain = self.show(money);
        let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
        let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
        let mut grouped = String::with_capacity(plain.len() + 6);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        format!("{sign}{grouped}{rest}")
    }
}

/// Takes commas out of digits that are grouped by three, or not grouped at all.
fn ungrouped(whole: &str) -> Option<Cow<'_, str>> {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if digits(whole) {
        return Some(Cow::Borrowed(whole));
    }
    let mut parts = whole.split([',', '，']);
    let first = parts.next().unwrap_or("");
    let rest: Vec<&str> = parts.collect();
    let grouped = rest.is_empty()
        || ((1..=3).contains(&first.len()) && rest.iter().all(|part| part.len() == 3));
    (grouped && digits(first) && rest.iter().all(|part| digits(part)))
        .then(|| Cow::Owned(format!("{first}{}", rest.concat())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_parsed_as_people_write_them() {
        let yuan = Currency::new("CNY", 2).unwrap();
        for (text, expected) in [
            ("0", Ok(0)),
            (".5", Ok(50)),
            ("5.", Ok(500)),
            ("-12.30", Ok(-1_230)),
            ("1,234,567.89", Ok(123_456_789)),
            ("¥ 8,000", Ok(800_000)),
            ("8000元", Ok(800_000)),
            ("-¥5", Ok(-500)),
            ("CNY 5", Ok(500)),
            ("5 CNY", Ok(500)),
            ("1.2300", Ok(123)),
            ("00012", Ok(1_200)),
            ("1.234", Err(MoneyError::TooFine)),
            ("1,23", Err(MoneyError::NotANumber)),
            ("", Err(MoneyError::NotANumber)),
            ("-", Err(MoneyError::NotANumber)),
            (".", Err(MoneyError::NotANumber)),
            ("1e5", Err(MoneyError::NotANumber)),
            ("NaN", Err(MoneyError::NotANumber)),
            ("99999999999999999999", Err(MoneyError::TooLarge)),
            ("$5", Err(MoneyError::OtherCurrency("USD".to_owned()))),
            ("5 EUR", Err(MoneyError::OtherCurrency("EUR".to_owned()))),
        ] {
            assert_eq!(yuan.parse(text), expected.map(Money), "{text}");
        }
    }

    #[test]
    fn results_are_rounded_half_to_even_and_shown_with_their_places() {
        let yuan = Currency::new("CNY", 2).unwrap();
        assert_eq!(yuan.from_major(2.675), Some(Money(268)));
        assert_eq!(yuan.from_major(0.375), Some(Money(38)));
        assert_eq!(yuan.from_major(f64::NAN), None);
        assert_eq!(yuan.from_major(1e300), None);
        assert_eq!(yuan.show_grouped(Money(-123_456_789)), "-1,234,567.89");
        assert_eq!(Currency::new("JPY", 0).unwrap().show_grouped(Money(1_000)), "1,000");
    }
}

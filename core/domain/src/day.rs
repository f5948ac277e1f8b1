//! Local days.

use std::fmt;

use chrono::{Datelike as _, Days, Months, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Holds a local day, counted from 1970-01-01; between the years 1 and 9999.
///
/// ```
/// use kehu_domain::Day;
/// let day = Day::parse("2024-03-31").unwrap();
/// assert_eq!(day.minus_months(1).to_string(), "2024-02-29");
/// assert_eq!(day.plus_days(1).since(day), 1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

const FIRST: i32 = -719_162; // 0001-01-01
const LAST: i32 = 2_932_896; // 9999-12-31

impl Day {
    /// The first day that can be held.
    pub const MIN: Self = Self(FIRST);
    /// The last day that can be held.
    pub const MAX: Self = Self(LAST);

    /// Makes a day from its number; none outside the years 1 to 9999.
    pub fn from_number(number: i32) -> Option<Self> {
        (FIRST..=LAST).contains(&number).then_some(Self(number))
    }

    /// Makes a day from year, month and day of the month; none if there is no such day.
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).and_then(Self::from_date)
    }

    /// Makes a day from a calendar date.
    pub fn from_date(date: NaiveDate) -> Option<Self> {
        Self::from_number(date.num_days_from_ce() - 719_163)
    }

    /// Parses `YYYY-MM-DD`, in exactly that form.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let number = |range: std::ops::Range<usize>| {
            let part = text.get(range)?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u32>().ok())?
        };
        Self::from_ymd(number(0..4)?.cast_signed(), number(5..7)?, number(8..10)?)
    }

    /// Reads a day as people write it: `2024-02-29`, `2024/2/29`, `2024.2.29` or `2024年2月29日`.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('日');
        let parts: Vec<&str> = text.split(['-', '/', '.', '年', '月']).collect();
        let [year, month, day] = parts[..] else { return None };
        let number = |part: &str, longest: usize| {
            let is_one = part.bytes().all(|byte| byte.is_ascii_digit());
            (is_one && part.len() <= longest).then(|| part.parse::<u32>().ok()).flatten()
        };
        if year.len() != 4 {
            return None;
        }
        Self::from_ymd(number(year, 4)?.cast_signed(), number(month, 2)?, number(day, 2)?)
    }

    /// The number of the day, counted from 1970-01-01.
    pub fn number(self) -> i32 {
        self.0
    }

    /// The calendar date.
    pub fn date(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.0 + 719_163)
            .expect("a day lies in years 1 to 9999")
    }

    /// The day `days` later, or the last one that can be held.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days).clamp(FIRST, LAST))
    }

    /// The same day of the month `months` earlier, or that month's last day.
    #[must_use]
    pub fn minus_months(self, months: u32) -> Self {
        self.date()
            .checked_sub_months(Months::new(months))
            .and_then(Self::from_date)
            .unwrap_or(Self::MIN)
    }

    /// The same day of the month `months` later, or that month's last day.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        self.date()
            .checked_add_months(Months::new(months))
            .and_then(Self::from_date)
            .unwrap_or(Self::MAX)
    }

    /// The days from `earlier` to this day; negative if `earlier` is later.
    pub fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.date().year()
    }

    /// The month, 1 to 12, and the day of the month.
    pub fn month_and_day(self) -> (u32, u32) {
        let date = self.date();
        (date.month(), date.day())
    }

    /// The day of the week: 0 is Monday, 6 is Sunday.
    pub fn weekday(self) -> u32 {
        self.date().weekday().num_days_from_monday()
    }

    /// The days from this day to the next return of its month and day, on or after `today`; a
    /// birthday on 29 February is kept on 28 February in other years.
    pub fn days_to_anniversary(self, today: Self) -> i32 {
        let (birthday, now) = (self.date(), today.date());
        let in_year = |year: i32| {
            NaiveDate::from_ymd_opt(year, birthday.month(), birthday.day())
                .or_else(|| NaiveDate::from_ymd_opt(year, birthday.month(), 28))
                .unwrap_or(now)
        };
        let this_year = in_year(now.year());
        let next = if this_year < now { in_year(now.year() + 1) } else { this_year };
        i32::try_from((next - now).num_days()).unwrap_or(0)
    }

    /// The day after, for loops over calendar days.
    #[must_use]
    pub fn next(self) -> Self {
        self.date().checked_add_days(Days::new(1)).and_then(Self::from_date).unwrap_or(Self::MAX)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date();
        write!(f, "{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("no day: {text}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_epoch_is_day_zero_and_the_bounds_hold() {
        assert_eq!(Day::parse("1970-01-01").unwrap().number(), 0);
        assert_eq!(Day::MIN.to_string(), "0001-01-01");
        assert_eq!(Day::MAX.to_string(), "9999-12-31");
        assert_eq!(Day::MAX.plus_days(1), Day::MAX);
        assert_eq!(Day::from_number(LAST + 1), None);
    }

    #[test]
    fn only_the_iso_form_of_a_day_that_exists_is_parsed() {
        for wrong in
            ["2024-2-1", "2023-02-29", "20240201", "2024-02-01 ", "２０24-02-01", "", "+024-02-01"]
        {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_birthday_on_leap_day_is_kept_on_the_28th_in_other_years() {
        let birthday = Day::parse("2000-02-29").unwrap();
        assert_eq!(birthday.days_to_anniversary(Day::parse("2023-02-27").unwrap()), 1);
        assert_eq!(birthday.days_to_anniversary(Day::parse("2023-03-01").unwrap()), 365);
        assert_eq!(birthday.days_to_anniversary(Day::parse("2024-02-29").unwrap()), 0);
    }
}

//! The calendar: which days are worked.

use std::collections::{BTreeMap, BTreeSet};

use kehu_contract::Text;
use kehu_domain::Day;

const HOLIDAYS_CN: &str = include_str!("holidays_cn.csv");

/// Says which days are worked, in a country or by weekends only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    /// Days that differ from what their weekday says: worked or not, and after which holiday.
    special: BTreeMap<Day, (bool, Text)>,
    /// The years of which all holidays are known; empty where no holidays count.
    years: BTreeSet<i32>,
    knows_holidays: bool,
}

impl Calendar {
    /// The calendar of a country: `CN`, or `none` for weekends only.
    pub fn of(country: &str) -> Self {
        if country != "CN" {
            return Self::default();
        }
        let lines = HOLIDAYS_CN.lines().filter(|line| !line.starts_with('#'));
        let special: BTreeMap<Day, (bool, Text)> = lines.filter_map(read_line).collect();
        let years = special.keys().map(|day| day.year()).collect();
        Self { special, years, knows_holidays: true }
    }

    /// True if the day is worked.
    pub fn is_working(&self, day: Day) -> bool {
        self.special.get(&day).map_or(day.weekday() < 5, |(worked, _)| *worked)
    }

    /// The public holiday that a day is off for.
    pub fn holiday(&self, day: Day) -> Option<&Text> {
        self.special.get(&day).filter(|(worked, _)| !worked).map(|(_, name)| name)
    }

    /// The working days from one day to another, both included.
    pub fn working_days(&self, from: Day, to: Day) -> Vec<Day> {
        days(from, to).filter(|day| self.is_working(*day)).collect()
    }

    /// The years whose holidays are known, for `doctor`; none where weekends alone count.
    pub fn years(&self) -> Vec<i32> {
        self.years.iter().copied().collect()
    }

    /// The years of a period whose holidays should count but are not known.
    pub fn unknown_years(&self, from: Day, to: Day) -> Vec<i32> {
        if !self.knows_holidays {
            return Vec::new();
        }
        (from.year()..=to.year()).filter(|year| !self.years.contains(year)).collect()
    }
}

fn read_line(line: &str) -> Option<(Day, (bool, Text))> {
    let mut fields = line.split(',');
    let (day, word) = (Day::parse(fields.next()?)?, fields.next()?);
    Some((day, (word == "work", Text::new(fields.next()?, fields.next()?))))
}

/// All days from one to another, both included.
pub(super) fn days(from: Day, to: Day) -> impl Iterator<Item = Day> {
    (from.number()..=to.number()).filter_map(Day::from_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn china_works_as_many_days_a_year_as_its_notices_say() {
        let china = Calendar::of("CN");
        for (year, worked) in [(2024, 251), (2025, 248), (2026, 248)] {
            let (from, to) = (day(&format!("{year}-01-01")), day(&format!("{year}-12-31")));
            assert_eq!(china.working_days(from, to).len(), worked, "{year}");
        }
        assert_eq!(china.years(), [2024, 2025, 2026]);
    }

    #[test]
    fn a_holiday_is_off_and_the_weekend_that_makes_up_for_it_is_worked() {
        let china = Calendar::of("CN");
        for (text, worked, name) in [
            ("2024-02-12", false, Some("春节")), // a Monday of Spring Festival
            ("2024-02-18", true, None),          // the Sunday that makes up for it
            ("2025-10-06", false, Some("国庆节、中秋节")),
            ("2026-01-04", true, None),          // a Sunday
            ("2026-01-03", false, Some("元旦")), // a Saturday, off anyway
            ("2024-03-16", false, None),         // any Saturday
            ("2024-03-15", true, None),          // any Friday
        ] {
            assert_eq!(china.is_working(day(text)), worked, "{text}");
            assert_eq!(china.holiday(day(text)).map(|text| text.zh.as_str()), name, "{text}");
        }
    }

    #[test]
    fn without_a_country_weekends_alone_are_off() {
        let plain = Calendar::of("none");
        assert!(plain.is_working(day("2024-02-12")));
        assert!(!plain.is_working(day("2024-02-18")));
        assert!(plain.unknown_years(day("2017-01-01"), day("2030-01-01")).is_empty());
    }

    #[test]
    fn a_year_without_data_is_named() {
        let china = Calendar::of("CN");
        assert_eq!(china.unknown_years(day("2023-12-01"), day("2024-01-31")), [2023]);
        assert_eq!(china.unknown_years(day("2026-12-01"), day("2028-01-31")), [2027, 2028]);
        assert!(china.unknown_years(day("2024-01-01"), day("2026-12-31")).is_empty());
    }
}

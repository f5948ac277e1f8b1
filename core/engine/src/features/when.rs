//! Days as tests of features name them: a day, the as-of day, or a stretch of days.

use kehu_domain::Day;

/// The word for the as-of day.
const TODAY: &str = "today";

/// The day that a text stands for: `2024-03-01`, or `today`.
pub(super) fn day(text: &str, as_of: i32) -> Option<i32> {
    if text == TODAY { Some(as_of) } else { Day::parse(text).map(Day::number) }
}

/// True if a day is the one that a text names, or within the stretch that it names: `2024-03-01`,
/// `today`, `2024-06-01..2024-06-18`, or every year's `06-01..06-18`.
pub(super) fn is_within(number: i32, text: &str, as_of: i32) -> bool {
    let Some((from, to)) = text.split_once("..") else {
        return match (day(text, as_of), yearly(text)) {
            (Some(other), _) => other == number,
            (None, Some(other)) => of_year(number) == Some(other),
            (None, None) => false,
        };
    };
    if let (Some(from), Some(to)) = (day(from, as_of), day(to, as_of)) {
        return (from..=to).contains(&number);
    }
    match (yearly(from), yearly(to), of_year(number)) {
        (Some(from), Some(to), Some(it)) if from <= to => from <= it && it <= to,
        // A stretch over the turn of the year.
        (Some(from), Some(to), Some(it)) => from <= it || it <= to,
        _ => false,
    }
}

/// Month and day of a text such as `06-18`.
fn yearly(text: &str) -> Option<(u32, u32)> {
    let (month, day) = text.split_once('-')?;
    // 2024 has every day that any year has.
    let day = Day::from_ymd(2024, month.parse().ok()?, day.parse().ok()?)?;
    of_year(day.number())
}

fn of_year(number: i32) -> Option<(u32, u32)> {
    Day::from_number(number).map(Day::month_and_day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_of_days_has_both_its_ends_and_comes_every_year_without_one() {
        let number = |text: &str| Day::parse(text).unwrap().number();
        let today = number("2024-06-10");
        for (day, text, expected) in [
            ("2024-06-01", "2024-06-01..2024-06-18", true),
            ("2024-06-18", "2024-06-01..2024-06-18", true),
            ("2024-05-31", "2024-06-01..2024-06-18", false),
            ("2023-06-18", "06-01..06-18", true),
            ("2023-06-19", "06-01..06-18", false),
            ("2024-12-31", "12-30..01-02", true),
            ("2025-01-02", "12-30..01-02", true),
            ("2025-01-03", "12-30..01-02", false),
            ("2025-11-11", "11-11", true),
            ("2024-06-10", "today", true),
            ("2024-06-09", "2024-06-09..today", true),
            ("2024-06-09", "2024-06-09", true),
            ("2024-06-09", "soon", false),
            ("2024-06-09", "13-01..14-02", false),
        ] {
            assert_eq!(is_within(number(day), text, today), expected, "{day} in {text}");
        }
    }
}

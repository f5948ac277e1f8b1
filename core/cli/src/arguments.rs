//! Arguments that several commands share, as they are typed.

use kehu_domain::Day;

/// Holds a day as typed: a date, or a word that leans on today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DayWord {
    /// `2024-02-29`.
    Day(Day),
    /// `today`, `yesterday`, `tomorrow`, `+3`.
    FromToday(i32),
}

impl DayWord {
    /// The day that is meant.
    pub(crate) fn on(self, today: Day) -> Day {
        match self {
            Self::Day(day) => day,
            Self::FromToday(days) => today.plus_days(days),
        }
    }
}

/// Reads a day.
pub(crate) fn day(text: &str) -> Result<DayWord, String> {
    let from_today = match text {
        "today" | "今天" => Some(0),
        "yesterday" | "昨天" => Some(-1),
        "tomorrow" | "明天" => Some(1),
        _ => text.strip_prefix('+').and_then(|days| days.parse::<u16>().ok()).map(i32::from),
    };
    from_today
        .map(DayWord::FromToday)
        .or_else(|| Day::parse(text).map(DayWord::Day))
        .ok_or_else(|| "no such day; write YYYY-MM-DD, today, yesterday, tomorrow or +DAYS".into())
}

/// Reads a time of day as the minute.
pub(crate) fn minute(text: &str) -> Result<u16, String> {
    let parsed = text.split_once(':').and_then(|(hours, minutes)| {
        let two = |part: &str| {
            let digits = part.bytes().all(|byte| byte.is_ascii_digit());
            (digits && (1..=2).contains(&part.len())).then(|| part.parse::<u16>().ok()).flatten()
        };
        let (hours, minutes) = (two(hours)?, two(minutes)?);
        (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
    });
    parsed.ok_or_else(|| "no such time; write HH:MM".to_owned())
}

/// Reads yes or no.
pub(crate) fn yes_or_no(text: &str) -> Result<bool, String> {
    match text {
        "yes" | "true" | "是" => Ok(true),
        "no" | "false" | "否" => Ok(false),
        _ => Err("write yes or no".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_a_date_or_leans_on_today() {
        let today = Day::parse("2024-02-28").unwrap();
        let on = |text| day(text).map(|word| word.on(today).to_string()).ok();
        assert_eq!(on("tomorrow").as_deref(), Some("2024-02-29"));
        assert_eq!(on("+2").as_deref(), Some("2024-03-01"));
        assert_eq!(on("2024-02-29").as_deref(), Some("2024-02-29"));
        for wrong in ["2024-02-30", "+-1", "soon", ""] {
            assert_eq!(on(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_time_has_hours_and_minutes() {
        assert_eq!(minute("07:30"), Ok(450));
        for wrong in ["24:00", "7", "7:60", "-1:30", "+7:30"] {
            assert!(minute(wrong).is_err(), "{wrong}");
        }
    }
}

//! Arguments that several commands share, as they are typed.

use std::time::Duration;

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
        .or_else(|| Day::read(text).map(DayWord::Day))
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

/// Reads how long something may take: a number of seconds, or one with a unit.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    const LONGEST: f64 = 86_400.0;
    let at = text.find(|each: char| !each.is_ascii_digit() && each != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    let seconds = match unit.trim() {
        "" | "s" | "sec" | "second" | "seconds" | "秒" => 1.0,
        "m" | "min" | "minute" | "minutes" | "分" | "分钟" => 60.0,
        "h" | "hour" | "hours" | "小时" => 3_600.0,
        _ => f64::NAN,
    };
    let seconds = number.parse::<f64>().map_or(f64::NAN, |number| number * seconds);
    if (0.0..=LONGEST).contains(&seconds) {
        return Ok(Duration::from_secs_f64(seconds));
    }
    Err("no such time; write seconds, or a number with s, min or h, up to a day".to_owned())
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
    fn a_duration_has_a_unit_or_is_in_seconds() {
        for (text, seconds) in
            [("60", 60), ("60s", 60), ("2 minutes", 120), ("1.5min", 90), ("1h", 3_600), ("0", 0)]
        {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for wrong in ["", "s", "-1", "1 fortnight", "2 days", "1e9", "25h", "1.2.3", "60 s s"] {
            assert!(duration(wrong).is_err(), "{wrong}");
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

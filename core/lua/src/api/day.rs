//! `kehu.day`: days are whole numbers counted from 1970-01-01.

use mlua::{Lua, Table};

use super::arguments::Builder;
use super::entry::{Entry, Subject, Type, function, need};
use crate::fault::{Fault, plain_within};

/// What the registry says of `kehu.day`.
pub(super) const SUBJECT: Subject = Subject {
    name: "kehu.day",
    like: "",
    hooks: &[],
    en: "Days. A day is a whole number, counted from 1970-01-01, so that days can be added and compared.",
    zh: "日期。日期是从 1970-01-01 起算的整数，可以直接加减和比较。",
    example: "",
    entries: ENTRIES,
};

const ENTRIES: &[Entry] = &[
    function("kehu.day.parse", &[need("text", Type::Text)], &[need("day", Type::Day)])
        .says("Reads a day that is written as year-month-day.", "读取写作“年-月-日”的日期。")
        .more("A text that is no such day is an error.", "不是这种日期的文本会报错。")
        .example("kehu.day.parse(\"1970-01-31\") --> 30"),
    function("kehu.day.format", &[need("day", Type::Day)], &[need("text", Type::Text)])
        .says("Writes a day as year-month-day.", "将日期写作“年-月-日”。")
        .example("kehu.day.format(ctx.as_of) --> \"2024-10-04\""),
    function(
        "kehu.day.of",
        &[need("year", Type::Whole), need("month", Type::Whole), need("day", Type::Whole)],
        &[need("day", Type::Day)],
    )
    .says("Makes a day of year, month and day of the month.", "由年、月、日得到日期。")
    .more("A day that is in no calendar, such as 30 February, is an error.", "日历中没有的日期（如 2 月 30 日）会报错。")
    .example("kehu.day.of(2024, 2, 29) --> 19782"),
    function(
        "kehu.day.parts",
        &[need("day", Type::Day)],
        &[need("year", Type::Whole), need("month", Type::Whole), need("day", Type::Whole)],
    )
    .says("Gives year, month and day of the month.", "给出年、月、日。")
    .example("kehu.day.parts(19782) --> 2024, 2, 29"),
    function("kehu.day.weekday", &[need("day", Type::Day)], &[need("weekday", Type::Whole)])
        .says("Gives the day of the week, from 1 for Monday to 7 for Sunday.", "给出星期几：1 为星期一，7 为星期日。")
        .example("kehu.day.weekday(kehu.day.parse(\"2025-03-01\")) --> 6"),
    function(
        "kehu.day.add_months",
        &[need("day", Type::Day), need("months", Type::Whole)],
        &[need("day", Type::Day)],
    )
    .says("Moves a day by calendar months, back if they are negative.", "按日历月移动日期，负数为向前。")
    .more("The 31st becomes the last day of a shorter month.", "31 日在较短的月份变为该月最后一天。")
    .example(
        "kehu.day.format(kehu.day.add_months(kehu.day.parse(\"2024-01-31\"), 1)) --> \"2024-02-29\"",
    ),
    function(
        "kehu.day.months_between",
        &[need("first", Type::Day), need("last", Type::Day)],
        &[need("months", Type::Whole)],
    )
    .says("Counts the whole calendar months from one day to another, negative if the second comes first.", "计算两个日期之间的整月数；后者较早时为负数。")
    .more("12 months or more are a year or more.", "满 12 个月即满一年。")
    .example(
        "local opened = kehu.day.parse(\"2023-11-30\")\nkehu.day.months_between(opened, kehu.day.parse(\"2024-02-29\")) --> 3\nkehu.day.months_between(opened, kehu.day.parse(\"2024-02-28\")) --> 2",
    ),
    function("kehu.day.month_start", &[need("day", Type::Day)], &[need("day", Type::Day)])
        .says("Gives the first day of a day's month.", "给出所在月份的第一天。")
        .example("kehu.day.format(kehu.day.month_start(19782)) --> \"2024-02-01\""),
    function("kehu.day.month_end", &[need("day", Type::Day)], &[need("day", Type::Day)])
        .says("Gives the last day of a day's month.", "给出所在月份的最后一天。")
        .example("kehu.day.format(kehu.day.month_end(19782)) --> \"2024-02-29\""),
];

/// Builds the functions.
pub(super) fn table(lua: &Lua) -> mlua::Result<Table> {
    let builder = Builder::new(lua)?;
    builder
        .add("kehu.day.parse", |_, given| {
            Ok(parse(&given.text(0)?).map_err(|what| given.wrong(0, &what))? as f64)
        })?
        .add("kehu.day.format", |_, given| Ok(in_words(given.whole(0)?)))?
        .add("kehu.day.of", |_, given| {
            let (year, month, day) = (given.whole(0)?, given.whole(1)?, given.whole(2)?);
            let found = of(year, month, day).ok_or_else(|| {
                Fault::argument(format!("kehu.day.of: there is no day {year}-{month}-{day}"))
            })?;
            Ok(found as f64)
        })?
        .add("kehu.day.parts", |_, given| {
            let (year, month, day) = parts(given.whole(0)?);
            Ok((year as f64, month as f64, day as f64))
        })?
        // 1970-01-01 was a Thursday.
        .add("kehu.day.weekday", |_, given| Ok(((given.whole(0)? + 3).rem_euclid(7) + 1) as f64))?
        .add("kehu.day.add_months", |_, given| {
            let moved = add_months(given.whole(0)?, given.whole(1)?);
            Ok(moved.ok_or_else(|| given.wrong(1, "that leaves the calendar"))? as f64)
        })?
        .add("kehu.day.months_between", |_, given| {
            Ok(months_between(given.whole(0)?, given.whole(1)?) as f64)
        })?
        .add("kehu.day.month_start", |_, given| Ok(month_start(given.whole(0)?) as f64))?
        .add("kehu.day.month_end", |_, given| Ok(month_end(given.whole(0)?) as f64))?;
    Ok(builder.table)
}

/// Parses `2025-03-01`.
pub(crate) fn parse(text: &str) -> Result<i64, String> {
    let mut fields = text.splitn(3, '-').map(|field| {
        (!field.is_empty() && field.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| field.parse::<i64>().ok())
            .flatten()
    });
    let day = match (fields.next().flatten(), fields.next().flatten(), fields.next().flatten()) {
        (Some(year), Some(month), Some(day)) => of(year, month, day),
        _ => None,
    };
    day.ok_or_else(|| {
        format!("a day such as \"2025-03-01\" expected, got text \"{}\"", plain_within(text, 40))
    })
}

/// Writes a day as `2025-03-01`; a number that lies in no calendar stays one.
pub(crate) fn in_words(day: i64) -> String {
    if i32::try_from(day).is_err() {
        return day.to_string();
    }
    let (year, month, day) = parts(day);
    format!("{year:04}-{month:02}-{day:02}")
}

fn of(year: i64, month: i64, day: i64) -> Option<i64> {
    let valid = (0..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=month_length(year, month)).contains(&day);
    valid.then(|| days_from_civil(year, month, day))
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Moves by calendar months; the 31st becomes the last day of a shorter month.
fn add_months(day: i64, months: i64) -> Option<i64> {
    let (year, month, day) = parts(day);
    let month0 = (year * 12 + month - 1).checked_add(months)?;
    let (year, month) = (month0.div_euclid(12), month0.rem_euclid(12) + 1);
    of(year, month, day.min(month_length(year, month)))
}

/// The months that fit between two days: as many as can be added to the first without passing the last.
fn months_between(first: i64, last: i64) -> i64 {
    if last < first {
        return -months_between(last, first);
    }
    let ((year, month, _), (last_year, last_month, _)) = (parts(first), parts(last));
    let months = (last_year - year) * 12 + last_month - month;
    months - i64::from(add_months(first, months).is_none_or(|moved| moved > last))
}

fn month_start(day: i64) -> i64 {
    day - parts(day).2 + 1
}

fn month_end(day: i64) -> i64 {
    let (year, month, _) = parts(day);
    month_start(day) + month_length(year, month) - 1
}

/// Howard Hinnant's algorithm: years begin in March, so that the leap day comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn parts(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month0 = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month0 + 2) / 5 + 1;
    let month = if month0 < 10 { month0 + 3 } else { month0 - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::arguments::{FIRST_DAY, LAST_DAY};

    #[test]
    fn every_day_of_the_calendar_comes_back() {
        for day in (FIRST_DAY..=LAST_DAY)
            .step_by(17)
            .chain([0, -1, 1, 59, 60, 11_016, FIRST_DAY, LAST_DAY])
        {
            let (year, month, of_month) = parts(day);
            assert_eq!(of(year, month, of_month), Some(day));
            assert_eq!(parse(&in_words(day)).ok(), Some(day));
        }
        assert_eq!(in_words(0), "1970-01-01");
        assert_eq!(in_words(19_782), "2024-02-29");
        assert_eq!(in_words(i64::MAX), i64::MAX.to_string());
    }

    #[test]
    fn months_end_where_they_end() {
        let day = |text: &str| parse(text).expect("a day");
        assert_eq!(add_months(day("2024-01-31"), 1), Some(day("2024-02-29")));
        assert_eq!(add_months(day("2024-02-29"), -12), Some(day("2023-02-28")));
        assert_eq!(months_between(day("2024-01-31"), day("2024-02-29")), 1);
        assert_eq!(months_between(day("2024-02-29"), day("2023-02-28")), -12);
        assert_eq!(months_between(day("2024-03-15"), day("2024-03-15")), 0);
        assert!(parse("2023-02-29").is_err());
        assert!(parse("2023-2").is_err());
    }
}

//! `kehu.day`: days are whole numbers counted from 1970-01-01.

use mlua::{Lua, Table, Value};

use crate::fault::{Fault, plain_within};

/// The first and the last day that can be written with four digits of a year.
const FIRST: i64 = -719_528;
const LAST: i64 = 2_932_896;

/// Builds the functions.
pub(crate) fn table(lua: &Lua) -> mlua::Result<Table> {
    let table = lua.create_table()?;
    table.raw_set(
        "parse",
        lua.create_function(|_, given: Value| Ok(parse(&text(&given)?)? as f64))?,
    )?;
    table.raw_set(
        "format",
        lua.create_function(|_, day: Value| Ok(in_words(whole(&day, "format", 1)?)))?,
    )?;
    table.raw_set(
        "of",
        lua.create_function(|_, (year, month, day): (Value, Value, Value)| {
            let (year, month, day) =
                (number(&year, "of", 1)?, number(&month, "of", 2)?, number(&day, "of", 3)?);
            Ok(of(year, month, day)
                .ok_or_else(|| Fault::argument("kehu.day.of: there is no such day"))?
                as f64)
        })?,
    )?;
    table.raw_set(
        "parts",
        lua.create_function(|_, day: Value| {
            let (year, month, day) = parts(whole(&day, "parts", 1)?);
            Ok((year as f64, month as f64, day as f64))
        })?,
    )?;
    table.raw_set(
        "weekday",
        lua.create_function(|_, day: Value| {
            // 1970-01-01 was a Thursday.
            Ok(((whole(&day, "weekday", 1)? + 3).rem_euclid(7) + 1) as f64)
        })?,
    )?;
    table.raw_set(
        "add_months",
        lua.create_function(|_, (day, months): (Value, Value)| {
            let (day, months) = (whole(&day, "add_months", 1)?, number(&months, "add_months", 2)?);
            let moved = add_months(day, months)
                .ok_or_else(|| Fault::argument("kehu.day.add_months: leaves the calendar"))?;
            Ok(moved as f64)
        })?,
    )?;
    Ok(table)
}

fn text(given: &Value) -> Result<String, Fault> {
    match given {
        Value::String(text) => Ok(text.to_string_lossy()),
        other => Err(Fault::argument(format!(
            "kehu.day.parse: argument 1 is a {}, expected a text such as \"2025-03-01\"",
            other.type_name()
        ))),
    }
}

fn number(given: &Value, function: &str, place: usize) -> Result<i64, Fault> {
    let number = match given {
        Value::Integer(number) => Some(*number as f64),
        Value::Number(number) => Some(*number),
        _ => None,
    };
    number
        .filter(|number| number.fract() == 0.0 && number.abs() < 1.0e9)
        .map(|number| number as i64)
        .ok_or_else(|| {
            let kind = given.type_name();
            Fault::argument(format!(
                "kehu.day.{function}: argument {place} is a {kind}, expected a whole number"
            ))
        })
}

fn whole(given: &Value, function: &str, place: usize) -> Result<i64, Fault> {
    let day = number(given, function, place)?;
    if (FIRST..=LAST).contains(&day) {
        Ok(day)
    } else {
        Err(Fault::argument(format!(
            "kehu.day.{function}: argument {place} is no day of the calendar"
        )))
    }
}

/// Parses `2025-03-01`.
pub(crate) fn parse(text: &str) -> Result<i64, Fault> {
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
        let text = plain_within(text, 40);
        Fault::argument(format!(
            "kehu.day.parse: \"{text}\" is no day, expected such as \"2025-03-01\""
        ))
    })
}

/// Writes a day as `2025-03-01`.
pub(crate) fn in_words(day: i64) -> String {
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
    let month0 = year * 12 + month - 1 + months;
    let (year, month) = (month0.div_euclid(12), month0.rem_euclid(12) + 1);
    of(year, month, day.min(month_length(year, month)))
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

    #[test]
    fn every_day_of_the_calendar_comes_back() {
        for day in (FIRST..=LAST).step_by(17).chain([0, -1, 1, 59, 60, 11_016, FIRST, LAST]) {
            let (year, month, of_month) = parts(day);
            assert_eq!(of(year, month, of_month), Some(day));
            assert_eq!(parse(&in_words(day)).ok(), Some(day));
        }
        assert_eq!(in_words(0), "1970-01-01");
        assert_eq!(in_words(19_782), "2024-02-29");
    }

    #[test]
    fn months_end_where_they_end() {
        let day = |text: &str| parse(text).expect("a day");
        assert_eq!(add_months(day("2024-01-31"), 1), Some(day("2024-02-29")));
        assert_eq!(add_months(day("2024-02-29"), -12), Some(day("2023-02-28")));
        assert!(parse("2023-02-29").is_err());
        assert!(parse("2023-2").is_err());
    }
}

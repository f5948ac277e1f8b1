//! Days as files write them; an ambiguous one is never guessed.

use kehu_domain::Day;

use super::value::Bad;

/// Says what becomes of a time that names its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// It is refused: the workspace's own zone is the machine's, which the engine does not know.
    Unfixed,
    /// It is taken as it stands.
    AsWritten,
    /// It is moved to this many seconds east of UTC.
    Offset(i32),
}

/// Says how the days of a column are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DateForm {
    /// Year first, as in 2017-03-04, 2017/3/4 or 2017年3月4日; anything else is asked about.
    YearFirst,
    /// Three numbers in a given order, whatever stands between.
    Order(DateOrder),
    /// The parts of a pattern such as `%Y%m%d`.
    Pattern(Vec<Part>),
}

/// The order of day, month and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateOrder {
    DayMonthYear,
    MonthDayYear,
    YearMonthDay,
}

impl DateOrder {
    pub(super) const NAMES: [&str; 3] = ["dmy", "mdy", "ymd"];

    pub(super) fn parse(word: &str) -> Option<Self> {
        match word {
            "dmy" => Some(Self::DayMonthYear),
            "mdy" => Some(Self::MonthDayYear),
            "ymd" => Some(Self::YearMonthDay),
            _ => None,
        }
    }
}

/// One part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Year,
    Month,
    MonthName,
    Day,
    Hour,
    Minute,
    Second,
    Literal(char),
}

/// Reads a pattern; says what is wrong with it.
pub(super) fn parse_pattern(text: &str) -> Result<Vec<Part>, String> {
    let parts = parts_of(text)?;
    let has = |part: &Part| parts.contains(part);
    if has(&Part::Year) && (has(&Part::Month) || has(&Part::MonthName)) && has(&Part::Day) {
        return Ok(parts);
    }
    Err("a date needs a year, a month and a day".to_owned())
}

fn parts_of(text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            parts.push(Part::Literal(letter));
            continue;
        }
        match letters.next() {
            Some('Y') => parts.push(Part::Year),
            Some('m') => parts.push(Part::Month),
            Some('b' | 'B') => parts.push(Part::MonthName),
            Some('d') => parts.push(Part::Day),
            Some('H') => parts.push(Part::Hour),
            Some('M') => parts.push(Part::Minute),
            Some('S') => parts.push(Part::Second),
            Some('%') => parts.push(Part::Literal('%')),
            Some('F') => parts.extend(parts_of("%Y-%m-%d")?),
            Some('T') => parts.extend(parts_of("%H:%M:%S")?),
            Some('y') => return Err("a year of two digits leaves the century open".to_owned()),
            other => {
                let other = other.map(String::from).unwrap_or_default();
                return Err(format!("\"%{other}\" is no part of a date"));
            }
        }
    }
    Ok(parts)
}

/// A day, and the minute where one is written.
pub(super) type Moment = (Day, Option<u16>);

/// Reads a day as its column writes it.
pub(super) fn read(text: &str, form: &DateForm, zone: Zone) -> Result<Moment, Bad> {
    match form {
        DateForm::Pattern(parts) => by_pattern(text, parts),
        DateForm::YearFirst => match Day::parse(text) {
            Some(day) => Ok((day, None)),
            None => three_numbers(text, None, zone),
        },
        DateForm::Order(order) => three_numbers(text, Some(*order), zone),
    }
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

fn by_pattern(text: &str, parts: &[Part]) -> Result<Moment, Bad> {
    let (mut year, mut month, mut day, mut hour, mut minute) = (0, 0, 0, None, 0);
    let mut rest = text;
    let unlike = || Bad::new("is not written as the mapping's date format says");
    // Without anything between them, the parts are told apart by their width alone.
    let least = if parts.iter().any(|part| matches!(part, Part::Literal(_))) { 1 } else { 2 };
    for part in parts {
        match part {
            Part::Year => year = digits(&mut rest, 4, 4).ok_or_else(unlike)?,
            Part::Month => month = digits(&mut rest, least, 2).ok_or_else(unlike)?,
            Part::Day => day = digits(&mut rest, least, 2).ok_or_else(unlike)?,
            Part::Hour => hour = Some(digits(&mut rest, least, 2).ok_or_else(unlike)?),
            Part::Minute => minute = digits(&mut rest, least, 2).ok_or_else(unlike)?,
            Part::Second => {
                digits(&mut rest, least, 2).filter(|second| *second < 61).ok_or_else(unlike)?;
            }
            Part::MonthName => month = month_name(&mut rest).ok_or_else(unlike)?,
            Part::Literal(letter) => rest = rest.strip_prefix(*letter).ok_or_else(unlike)?,
        }
    }
    if !rest.is_empty() {
        return Err(unlike());
    }
    let minute = hour.map(|hour| minute_of(hour, minute)).transpose()?;
    Ok((existing(year, month, day)?, minute))
}

fn digits(rest: &mut &str, least: usize, most: usize) -> Option<u32> {
    let count = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if count < least {
        return None;
    }
    let (number, after) = rest.split_at(count);
    *rest = after;
    number.parse().ok()
}

fn month_name(rest: &mut &str) -> Option<u32> {
    let count = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, after) = rest.split_at(count);
    let short = name.get(..3)?.to_ascii_lowercase();
    *rest = after;
    MONTHS.iter().position(|month| *month == short).map(|at| at as u32 + 1)
}

fn minute_of(hour: u32, minute: u32) -> Result<u16, Bad> {
    if hour < 24 && minute < 60 {
        return Ok((hour * 60 + minute) as u16);
    }
    Err(Bad::new("has no such time of day"))
}

fn existing(year: u32, month: u32, day: u32) -> Result<Day, Bad> {
    let found = i32::try_from(year).ok().and_then(|year| Day::from_ymd(year, month, day));
    found.ok_or_else(|| Bad::new("is no day of the calendar"))
}

/// Reads three numbers and what may follow: a time of day, and its zone.
fn three_numbers(text: &str, order: Option<DateOrder>, zone: Zone) -> Result<Moment, Bad> {
    let mut rest = text;
    let mut numbers = [(0, 0); 3];
    for (at, number) in numbers.iter_mut().enumerate() {
        let before = rest.len();
        let Some(value) = digits(&mut rest, 1, 4) else { return Err(no_date(text)) };
        *number = (value, before - rest.len());
        let separator = rest.chars().next();
        let expected = match (at, separator) {
            (0, Some('-' | '/' | '.' | '年')) | (1, Some('-' | '/' | '.' | '月')) => true,
            (2, Some('日' | '号')) => true,
            (2, _) => false,
            _ => return Err(no_date(text)),
        };
        if let (true, Some(letter)) = (expected, separator) {
            rest = &rest[letter.len_utf8()..];
        }
    }
    let [first, second, third] = numbers;
    let (year, month, day) = match order {
        None if first.1 == 4 => (first, second, third),
        None => return Err(question(text, first.0, second.0, third.1)),
        Some(DateOrder::YearMonthDay) => (first, second, third),
        Some(DateOrder::DayMonthYear) => (third, second, first),
        Some(DateOrder::MonthDayYear) => (third, first, second),
    };
    if year.1 != 4 || month.1 > 2 || day.1 > 2 {
        return Err(Bad::new("is not written in the order that the mapping says")
            .hint("a year has four digits; the order is said by date_order"));
    }
    let day = existing(year.0, month.0, day.0)?;
    with_time(day, rest, zone)
}

fn with_time(day: Day, rest: &str, zone: Zone) -> Result<Moment, Bad> {
    let rest = rest.trim_start_matches(['T', 't', ' ']);
    if rest.is_empty() {
        return Ok((day, None));
    }
    let wrong = || Bad::new("has no time of day behind the date that could be read");
    let mut time = rest;
    let hour = digits(&mut time, 1, 2).ok_or_else(wrong)?;
    time = time.strip_prefix(':').ok_or_else(wrong)?;
    let minute = minute_of(hour, digits(&mut time, 2, 2).ok_or_else(wrong)?)?;
    if let Some(seconds) = time.strip_prefix(':') {
        time = seconds;
        digits(&mut time, 2, 2).filter(|second| *second < 61).ok_or_else(wrong)?;
        if let Some(fraction) = time.strip_prefix(['.', ',']) {
            time = fraction.trim_start_matches(|letter: char| letter.is_ascii_digit());
        }
    }
    match time.trim() {
        "" => Ok((day, Some(minute))),
        written => in_zone(day, minute, offset(written).ok_or_else(wrong)?, zone),
    }
}

/// The seconds east of UTC that a suffix such as `Z` or `+08:00` says.
fn offset(text: &str) -> Option<i32> {
    if text.eq_ignore_ascii_case("z") || text.eq_ignore_ascii_case("utc") {
        return Some(0);
    }
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let mut rest = rest;
    let hours = digits(&mut rest, 2, 2)?;
    let mut rest = rest.strip_prefix(':').unwrap_or(rest);
    let minutes = if rest.is_empty() { 0 } else { digits(&mut rest, 2, 2)? };
    (rest.is_empty() && hours <= 14 && minutes < 60)
        .then_some(sign * (hours * 3_600 + minutes * 60).cast_signed())
}

fn in_zone(day: Day, minute: u16, written: i32, zone: Zone) -> Result<Moment, Bad> {
    let ours = match zone {
        Zone::Offset(ours) => ours,
        Zone::AsWritten => return Ok((day, Some(minute))),
        Zone::Unfixed => return Err(Bad::new("names a time zone, and the workspace's own is not fixed")
            .hint("say time_zone = \"+08:00\" in kehu.toml, or time_zone = \"as_written\" in the table to take the time as it stands")),
    };
    let minutes = i32::from(minute) + (ours - written) / 60;
    let day = day.plus_days(minutes.div_euclid(1_440));
    Ok((day, Some(minutes.rem_euclid(1_440) as u16)))
}

fn question(text: &str, first: u32, second: u32, width: usize) -> Bad {
    if width != 4 {
        return Bad::new("leaves the century open").hint("a year needs four digits");
    }
    let why = match (month_title(second), month_title(first)) {
        (Some(month), Some(other)) if first != second => format!(
            "is ambiguous: is {text} the {} of {month} or the {} of {other}?",
            ordinal(first),
            ordinal(second)
        ),
        _ => "does not say which number is the day and which the month".to_owned(),
    };
    Bad::new(why).hint("say date_order = \"dmy\" or date_order = \"mdy\" for this column")
}

fn month_title(month: u32) -> Option<&'static str> {
    const TITLES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    TITLES.get(month.checked_sub(1)? as usize).copied()
}

fn ordinal(number: u32) -> String {
    let suffix = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}

fn no_date(text: &str) -> Bad {
    let bad = Bad::new("is no date");
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return bad.hint("if it is written so on purpose, say date_format = \"%Y%m%d\"");
    }
    bad.hint("write it as 2017-03-04, or say how it is written with date_format or date_order")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str, form: &DateForm) -> String {
        match read(text, form, Zone::Offset(28_800)) {
            Ok((day, None)) => day.to_string(),
            Ok((day, Some(minute))) => format!("{day} {:02}:{:02}", minute / 60, minute % 60),
            Err(bad) => bad.why,
        }
    }

    #[test]
    fn a_date_with_its_year_first_is_read_as_it_stands() {
        for (text, expected) in [
            ("2017-03-04", "2017-03-04"),
            ("2017/3/4", "2017-03-04"),
            ("2017.03.04", "2017-03-04"),
            ("2017年3月4日", "2017-03-04"),
            ("2017-03-04 19:06", "2017-03-04 19:06"),
            ("2017-03-04T19:06:53.25Z", "2017-03-05 03:06"),
            ("2017-03-04T19:06:53+08:00", "2017-03-04 19:06"),
            ("2017年3月4日 9:05", "2017-03-04 09:05"),
        ] {
            assert_eq!(show(text, &DateForm::YearFirst), expected, "{text}");
        }
    }

    #[test]
    fn an_ambiguous_date_is_refused_with_the_question() {
        let bad = read("03/04/2017", &DateForm::YearFirst, Zone::Unfixed).unwrap_err();
        assert_eq!(bad.why, "is ambiguous: is 03/04/2017 the 3rd of April or the 4th of March?");
        assert_eq!(
            bad.hint.as_deref(),
            Some("say date_order = \"dmy\" or date_order = \"mdy\" for this column")
        );
        assert_eq!(show("3/4/17", &DateForm::YearFirst), "leaves the century open");
        assert_eq!(show("03/04/2017", &DateForm::Order(DateOrder::DayMonthYear)), "2017-04-03");
        assert_eq!(show("7/29/2013", &DateForm::Order(DateOrder::MonthDayYear)), "2013-07-29");
    }

    #[test]
    fn a_day_that_does_not_exist_is_refused() {
        for text in ["2017-02-30", "2017-13-01", "0000-01-01", "2017/2/29"] {
            assert_eq!(show(text, &DateForm::YearFirst), "is no day of the calendar", "{text}");
        }
        for text in ["", "-", "soon", "2017", "2017-03", "20170304", "2017-03-04x", "２０17-03-04"]
        {
            assert!(read(text, &DateForm::YearFirst, Zone::Unfixed).is_err(), "{text}");
        }
        assert_eq!(show("2017-03-04 25:00", &DateForm::YearFirst), "has no such time of day");
    }

    #[test]
    fn a_pattern_says_how_a_date_is_written() {
        let pattern = |text: &str| DateForm::Pattern(parse_pattern(text).unwrap());
        assert_eq!(show("19970118", &pattern("%Y%m%d")), "1997-01-18");
        assert_eq!(show("4 Mar 2017", &pattern("%d %b %Y")), "2017-03-04");
        assert_eq!(show("2017-03-04 05:06:07", &pattern("%F %T")), "2017-03-04 05:06");
        assert!(show("1997011", &pattern("%Y%m%d")).contains("date format"));
        for wrong in ["%Y", "%y-%m-%d", "%Q", "%"] {
            assert!(parse_pattern(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_time_of_another_zone_is_refused_where_ours_is_not_fixed() {
        let bad = read("2017-01-28T19:06:53Z", &DateForm::YearFirst, Zone::Unfixed).unwrap_err();
        assert!(bad.why.contains("time zone"), "{bad:?}");
    }
}

//! Whether two answers are the same to the bit.

use kehu_contract::{Argument, ColumnData, Reasons, ScoredColumn, Step, Value};

/// Says in which column two rows differ, and how; none if they are the same.
pub(super) fn difference(
    step: &Step,
    one: (&[ScoredColumn], usize),
    other: (&[ScoredColumn], usize),
) -> Option<String> {
    for ((give, left), right) in step.gives.iter().zip(one.0).zip(other.0) {
        let name = &give.info.name;
        let (before, now) = (word(&left.data, one.1), word(&right.data, other.1));
        if before != now {
            return Some(format!("column \"{name}\" is {before}, then {now}"));
        }
        if reasons(&left.reasons, one.1) != reasons(&right.reasons, other.1) {
            return Some(format!("column \"{name}\" is {now} twice, for other reasons"));
        }
    }
    None
}

/// A value in words that two values share only if they are the same: figures are written in full.
fn word(data: &ColumnData, row: usize) -> String {
    match data.value(row) {
        Value::Missing => "missing".to_owned(),
        Value::Number(number) => format!("{number:?}"),
        Value::Text(text) => format!("{text:?}"),
        Value::Day(day) => format!("day {day}"),
        Value::Flag(flag) => flag.to_string(),
    }
}

/// A rule that fired: its place, its points, and its arguments, which are numbers or texts.
type Fired<'a> = (u16, u64, Vec<Result<u64, &'a str>>);

/// The reasons of a row, with numbers as their bits.
fn reasons(reasons: &Reasons, row: usize) -> Vec<Fired<'_>> {
    let argument = |argument: &Argument| match *argument {
        // All missing arguments are alike.
        Argument::Number(number) if number.is_nan() => Ok(f64::NAN.to_bits()),
        Argument::Number(number) => Ok(number.to_bits()),
        Argument::Text(place) => Err(reasons.texts.get(place as usize).map_or("", String::as_str)),
    };
    reasons
        .of(row)
        .map(|(reason, arguments)| {
            (reason.rule, reason.points.to_bits(), arguments.iter().map(argument).collect())
        })
        .collect()
}

//! Reasons outside the columns: of proposals, verdicts and visits.

use kehu_contract::Cause;
use mlua::{Table, Value};
use serde_json::Value as Json;

use crate::evaluate::a;
use crate::fault::{Fault, plain_within};
use crate::rules::{ARGUMENTS, Registry};

/// The most causes of one thing.
const CAUSES: usize = 50;

/// Reads `because = { {rule, arguments…, points = 5}, rule, … }`; at least one is needed.
pub(crate) fn read(given: &Value, whose: &str, registry: &Registry) -> Result<Vec<Cause>, Fault> {
    named(given, "because", whose, registry)
}

/// Reads such a list from a field of any name.
pub(crate) fn of_field(
    table: &Table,
    key: &str,
    whose: &str,
    registry: &Registry,
) -> Result<Vec<Cause>, Fault> {
    let given = table.raw_get::<Value>(key);
    let given = given.map_err(|_| Fault::result(format!("{whose}: {key} is unreadable")))?;
    named(&given, key, whose, registry)
}

fn named(given: &Value, key: &str, whose: &str, registry: &Registry) -> Result<Vec<Cause>, Fault> {
    let Value::Table(list) = given else {
        let kind = a(given);
        return Err(Fault::result(format!("{whose}: {key} is {kind}, expected a list of reasons"))
            .hint(format!("write {key} = {{ {{rule, arguments…}} }}")));
    };
    if registry.place(given).is_some() {
        return Ok(vec![cause(given, whose, registry)?]);
    }
    let mut causes = Vec::new();
    for place in 1..=list.raw_len().min(CAUSES + 1) {
        let item: Value =
            list.raw_get(place).map_err(|_| Fault::result(format!("{whose}: unreadable")))?;
        causes.push(cause(&item, whose, registry)?);
    }
    match causes.len() {
        0 => Err(Fault::result(format!("{whose} has no reason"))
            .hint("write because = { {rule, arguments…} }")),
        count if count > CAUSES => {
            Err(Fault::result(format!("{whose} has more than {CAUSES} reasons")))
        }
        _ => Ok(causes),
    }
}

/// Reads one reason: a rule, or a list of a rule and its arguments.
pub(crate) fn one(item: &Value, whose: &str, registry: &Registry) -> Result<Cause, Fault> {
    cause(item, whose, registry)
}

fn cause(item: &Value, whose: &str, registry: &Registry) -> Result<Cause, Fault> {
    if registry.place(item).is_some() {
        return of_rule(item, &[], 0.0, whose, registry);
    }
    let Value::Table(table) = item else {
        return Err(no_rule(whose, item));
    };
    let get = |place: usize| table.raw_get::<Value>(place).unwrap_or(Value::Nil);
    let arguments: Vec<Value> = (2..=table.raw_len().min(ARGUMENTS + 2)).map(get).collect();
    let points = match table.raw_get::<Value>("points") {
        Ok(Value::Number(points)) if points.is_finite() => points,
        Ok(Value::Integer(points)) => points as f64,
        Ok(Value::Nil) => 0.0,
        _ => return Err(Fault::result(format!("{whose}: the points of a reason are no number"))),
    };
    of_rule(&get(1), &arguments, points, whose, registry)
}

/// Makes a cause of a rule and what was given beside it.
pub(crate) fn of_rule(
    rule: &Value,
    arguments: &[Value],
    points: f64,
    whose: &str,
    registry: &Registry,
) -> Result<Cause, Fault> {
    let place = registry.place(rule).ok_or_else(|| no_rule(whose, rule))?;
    if arguments.len() > ARGUMENTS {
        return Err(Fault::argument(format!(
            "{whose}: a reason has at most {ARGUMENTS} arguments"
        )));
    }
    let mut arguments: Vec<Json> = arguments
        .iter()
        .map(|argument| self::argument(argument, whose))
        .collect::<Result<_, _>>()?;
    // The rule's own limit is its second argument unless another is given.
    if let (1, Some(limit)) = (arguments.len(), registry.rule(place).and_then(|rule| rule.limit)) {
        arguments.push(limit.into());
    }
    Ok(Cause { rule: place, points, arguments })
}

fn argument(given: &Value, whose: &str) -> Result<Json, Fault> {
    match given {
        Value::Nil => Ok(Json::Null),
        Value::Integer(number) => Ok((*number as f64).into()),
        Value::Number(number) if number.is_nan() => Ok(Json::Null),
        Value::Number(number) if number.is_finite() => Ok((*number).into()),
        Value::String(text) => Ok(plain_within(&text.to_string_lossy(), 1_024).into()),
        other => {
            let kind = figure(other);
            Err(Fault::argument(format!(
                "{whose}: an argument of a reason is {kind}, expected a finite number or a text"
            )))
        }
    }
}

fn no_rule(whose: &str, given: &Value) -> Fault {
    Fault::result(format!("{whose}: a reason begins with {}, expected a rule", a(given)))
        .hint("write because = { {rule, arguments…} }; rules come from kehu.rule{…}")
}

/// A value's type with its article; of a number, why it is no figure.
pub(crate) fn figure(value: &Value) -> String {
    match value {
        Value::Number(number) if number.is_nan() => "not a number (0/0)".to_owned(),
        Value::Number(number) if number.is_infinite() => "infinite".to_owned(),
        other => a(other),
    }
}

/// True for a day as people write it.
fn is_day(text: &str) -> bool {
    let digits: String =
        text.chars().map(|each| if each.is_ascii_digit() { '0' } else { each }).collect();
    digits == "0000-00-00"
}

/// Reads a field of a table as a finite number.
pub(crate) fn number(table: &Table, key: &str, whose: &str) -> Result<Option<f64>, Fault> {
    match table.raw_get::<Value>(key) {
        Ok(Value::Nil) => Ok(None),
        Ok(Value::Integer(number)) => Ok(Some(number as f64)),
        Ok(Value::Number(number)) if number.is_finite() => Ok(Some(number)),
        Ok(other) => {
            let fault = Fault::result(format!(
                "{whose}: {key} is {}, expected a finite number",
                figure(&other)
            ));
            Err(match &other {
                Value::String(text) if is_day(&text.to_string_lossy()) => {
                    let text = text.to_string_lossy();
                    fault.hint(format!("days are numbers: kehu.day.parse(\"{text}\") gives one"))
                }
                _ => fault,
            })
        }
        Err(_) => Err(Fault::result(format!("{whose}: {key} is unreadable"))),
    }
}

/// Reads a field of a table as a whole number of days, seconds and the like.
pub(crate) fn whole(table: &Table, key: &str, whose: &str) -> Result<Option<i32>, Fault> {
    let Some(number) = number(table, key, whose)? else { return Ok(None) };
    if number.fract() == 0.0 && number > f64::from(i32::MIN) && number <= f64::from(i32::MAX) {
        Ok(Some(number as i32))
    } else {
        Err(Fault::result(format!("{whose}: {key} is {number}, expected a whole number")))
    }
}

/// Reads a field of a table as a short text.
pub(crate) fn text(table: &Table, key: &str, whose: &str) -> Result<Option<String>, Fault> {
    match table.raw_get::<Value>(key) {
        Ok(Value::Nil) => Ok(None),
        Ok(Value::String(text)) => Ok(Some(plain_within(&text.to_string_lossy(), 200))),
        Ok(other) => {
            let kind = a(&other);
            Err(Fault::result(format!("{whose}: {key} is {kind}, expected a text")))
        }
        Err(_) => Err(Fault::result(format!("{whose}: {key} is unreadable"))),
    }
}

/// Reads a field of a table as true or false.
pub(crate) fn flag(table: &Table, key: &str, whose: &str) -> Result<Option<bool>, Fault> {
    match table.raw_get::<Value>(key) {
        Ok(Value::Nil) => Ok(None),
        Ok(Value::Boolean(flag)) => Ok(Some(flag)),
        Ok(other) => {
            let kind = a(&other);
            Err(Fault::result(format!("{whose}: {key} is {kind}, expected true or false")))
        }
        Err(_) => Err(Fault::result(format!("{whose}: {key} is unreadable"))),
    }
}

/// A field that must be there.
pub(crate) fn needed<T>(value: Option<T>, key: &str, whose: &str) -> Result<T, Fault> {
    value.ok_or_else(|| Fault::result(format!("{whose} needs \"{key}\"")))
}

/// Refuses fields that nobody reads.
pub(crate) fn check_keys(table: &Table, known: &[&str], whose: &str) -> Result<(), Fault> {
    for pair in table.pairs::<Value, Value>() {
        let (key, _) = pair.map_err(|_| Fault::result(format!("{whose}: unreadable")))?;
        let key = crate::machine::key_in_words(&key);
        if !known.contains(&key.as_str()) {
            let hint = kehu_contract::did_you_mean(&key, known.iter().copied());
            return Err(Fault::argument(format!("{whose} has no field \"{key}\"")).hint(hint));
        }
    }
    Ok(())
}

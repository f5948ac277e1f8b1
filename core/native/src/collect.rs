//! From the buffers that a plugin filled to the contract's columns and reasons, all of it checked.

use std::collections::HashMap;
use std::sync::Arc;

use kehu_abi as abi;
use kehu_contract::{
    Argument, Batch, ColumnData, ColumnType, LabelValue, MISSING_CODE, MISSING_FLAG, Reason,
    Reasons, Rule, ScoredColumn, Step, Text, TextBuilder, Value,
};

use crate::description::{Description, OutputShape};
use crate::room::{Layout, Place};

/// How far a sum may lie from its points, in parts of itself: the order of adding changes last bits.
const TOLERANCE: f64 = 1e-9;

/// Beyond this no currency has an amount that is exact in its smallest unit.
const MOST_MONEY: f64 = 9_007_199_254_740_992.0;
/// The first day of year 1 and the last one of year 9999.
const DAYS: std::ops::RangeInclusive<i32> = -719_162..=2_932_896;

/// What is wrong with what a plugin gave, and at which row.
pub(crate) type Misuse = (Option<usize>, String);

/// What all columns of a batch share.
pub(crate) struct Source<'a> {
    pub(crate) description: &'a Description,
    pub(crate) rules: &'a [Rule],
    pub(crate) step: &'a Step,
    pub(crate) place: usize,
    pub(crate) batch: &'a Batch,
    /// The texts behind the codes of text columns.
    pub(crate) texts: &'a [String],
    pub(crate) labels: &'a [Vec<LabelValue>],
}

/// Reads all columns of a step.
///
/// # Safety
/// `base` refers to memory laid out as `layout` says. The plugin's process may still write to it:
/// everything is copied before it is looked at.
#[expect(unsafe_code, reason = "the buffers are read")]
pub(crate) unsafe fn columns(
    source: &Source<'_>,
    layout: &Layout,
    base: *const u8,
) -> Result<Vec<ScoredColumn>, Misuse> {
    let shape = &source.description.steps[source.place];
    let mut scored = Vec::new();
    for (at, (place, output)) in layout.columns.iter().zip(&shape.outputs).enumerate() {
        let name = &source.step.gives[at].info.name;
        // SAFETY: as the caller promises.
        let read = unsafe { read(source, at, place, layout.rows, base) };
        let mut data = read.map_err(|(row, what)| (row, format!("column \"{name}\" {what}")))?;
        // SAFETY: as the caller promises.
        let held = unsafe { Held::copy(place, output, layout.rows, base) };
        let reasons = explain(source, output, &held, &mut data)
            .map_err(|(row, what)| (row, format!("column \"{name}\" {what}")))?;
        scored.push(ScoredColumn { data, reasons });
    }
    Ok(scored)
}

/// Copies a buffer.
///
/// # Safety
/// It has `rows` values and is aligned for them.
#[expect(unsafe_code, reason = "the buffer is read")]
unsafe fn copy<T: Copy + Default>(buffer: *const u8, rows: usize) -> Vec<T> {
    let mut values = vec![T::default(); rows];
    // SAFETY: as the caller promises.
    unsafe { std::ptr::copy_nonoverlapping(buffer.cast::<T>(), values.as_mut_ptr(), rows) };
    values
}

fn unwritten(row: usize) -> Misuse {
    (Some(row), "was not written for this customer".to_owned())
}

/// Reads the values of a column.
#[expect(unsafe_code, reason = "the buffers are read")]
unsafe fn read(
    source: &Source<'_>,
    at: usize,
    place: &Place,
    rows: usize,
    base: *const u8,
) -> Result<ColumnData, Misuse> {
    // SAFETY: as the caller promises, here and below.
    let values = unsafe { base.add(place.values) };
    match place.kind {
        ColumnType::Number | ColumnType::Money => {
            // SAFETY: as above.
            let mut numbers: Vec<f64> = unsafe { copy(values, rows) };
            for (row, number) in numbers.iter_mut().enumerate() {
                if number.is_nan() {
                    if number.to_bits() == abi::UNWRITTEN_NUMBER {
                        return Err(unwritten(row));
                    }
                    *number = f64::NAN;
                } else if number.is_infinite() {
                    return Err((Some(row), "is infinite".to_owned()));
                } else if place.kind == ColumnType::Money && number.abs() >= MOST_MONEY {
                    let what = format!("is {number:e}, more than any amount of money");
                    return Err((Some(row), what));
                }
            }
            Ok(ColumnData::Number(numbers))
        }
        ColumnType::Day => {
            // SAFETY: as above.
            let days: Vec<i32> = unsafe { copy(values, rows) };
            let is_none = |day: &i32| !DAYS.contains(day) && *day != abi::MISSING_DAY;
            match days.iter().position(is_none) {
                Some(row) if days[row] == abi::UNWRITTEN_DAY => Err(unwritten(row)),
                Some(row) => {
                    let what = format!("is day {}, outside of the years 0001 to 9999", days[row]);
                    Err((Some(row), what))
                }
                None => Ok(ColumnData::Day(days)),
            }
        }
        ColumnType::Flag => {
            // SAFETY: as above.
            let flags: Vec<u8> = unsafe { copy(values, rows) };
            match flags.iter().position(|flag| *flag > MISSING_FLAG) {
                Some(row) if flags[row] == abi::UNWRITTEN_FLAG => Err(unwritten(row)),
                Some(row) => {
                    let flag = flags[row];
                    Err((Some(row), format!("is {flag}, expected 0, 1 or {MISSING_FLAG}")))
                }
                None => Ok(ColumnData::Flag(flags)),
            }
        }
        ColumnType::Label => {
            // SAFETY: as above.
            let codes: Vec<u32> = unsafe { copy(values, rows) };
            let keys: Vec<String> =
                source.labels[at].iter().map(|label| label.key.clone()).collect();
            check_codes(&codes, keys.len())?;
            Ok(ColumnData::Text { codes, values: Arc::new(keys) })
        }
        ColumnType::Text => {
            // SAFETY: as above.
            let codes: Vec<u32> = unsafe { copy(values, rows) };
            check_codes(&codes, source.texts.len())?;
            // Made anew, so that a text which no customer has leaves no trace.
            let mut builder = TextBuilder::default();
            for code in &codes {
                builder.push(source.texts.get(*code as usize).map(String::as_str));
            }
            Ok(builder.finish())
        }
    }
}

fn check_codes(codes: &[u32], known: usize) -> Result<(), Misuse> {
    let wrong = |code: &u32| *code as usize >= known && *code != MISSING_CODE;
    match codes.iter().position(wrong) {
        Some(row) if codes[row] == abi::UNWRITTEN_CODE => Err(unwritten(row)),
        Some(row) => Err((Some(row), format!("has code {}, of {known} values", codes[row]))),
        None => Ok(()),
    }
}

/// The points and arguments of a column, copied.
struct Held {
    points: Vec<Vec<f64>>,
    arguments: Vec<Vec<f64>>,
}

impl Held {
    #[expect(unsafe_code, reason = "the buffers are read")]
    unsafe fn copy(place: &Place, output: &OutputShape, rows: usize, base: *const u8) -> Self {
        debug_assert_eq!(place.points.len(), output.factors.len());
        // SAFETY: as the caller promises.
        let numbers = |at: &usize| unsafe { copy::<f64>(base.add(*at), rows) };
        Self {
            points: place.points.iter().map(numbers).collect(),
            arguments: place.arguments.iter().map(numbers).collect(),
        }
    }
}

/// One factor: its rule, and where its arguments are.
struct Factor<'a> {
    place: u16,
    own: std::ops::Range<usize>,
    input: Option<&'a ColumnData>,
    limit: Option<f64>,
    arity: usize,
    rule: &'a Rule,
}

/// Makes the reasons of a column, and an additive value what its reasons add up to.
fn explain(
    source: &Source<'_>,
    output: &OutputShape,
    held: &Held,
    data: &mut ColumnData,
) -> Result<Reasons, Misuse> {
    let factors = factors(source, output);
    let mut reasons = Reasons::default();
    let mut texts: HashMap<String, u32> = HashMap::new();
    for row in 0..data.len() {
        let (mut sum, before) = (0.0, reasons.entries.len());
        for (factor, points) in factors.iter().zip(&held.points) {
            let points = points[row];
            if points.is_nan() {
                continue;
            }
            if points.is_infinite() {
                return Err((Some(row), "has infinite points".to_owned()));
            }
            for (place, own) in factor.own.clone().enumerate() {
                let argument = held.arguments[own][row];
                if argument.to_bits() == abi::UNWRITTEN_NUMBER && place < factor.arity {
                    return Err((Some(row), unfilled(factor.rule, place + 1)));
                }
                reasons.arguments.push(Argument::Number(argument));
            }
            complete(factor, row, &mut reasons, &mut texts).map_err(|what| (Some(row), what))?;
            let arguments_end = reasons.arguments.len() as u32;
            reasons.entries.push(Reason { rule: factor.place, points, arguments_end });
            sum += points;
        }
        let has_reason = reasons.entries.len() > before;
        match data {
            // A reason may say why nothing is known, but what is counted is a value.
            ColumnData::Number(values) if output.additive && values[row].is_nan() && sum != 0.0 => {
                let what = format!("is missing, but has points that add up to {sum}");
                return Err((Some(row), what));
            }
            ColumnData::Number(values) if output.additive && values[row].is_nan() => {}
            ColumnData::Number(values) if output.additive => {
                let value = values[row];
                if (value - sum).abs() > TOLERANCE * value.abs().max(1.0) || !sum.is_finite() {
                    return Err((Some(row), format!("is {value}, its points add up to {sum}")));
                }
                values[row] = sum;
            }
            data if !has_reason && !data.is_missing(row) => {
                return Err((Some(row), "has a value and no reason".to_owned()));
            }
            _ => {}
        }
        reasons.ends.push(reasons.entries.len() as u32);
    }
    Ok(reasons)
}

fn factors<'a>(source: &Source<'a>, output: &OutputShape) -> Vec<Factor<'a>> {
    let mut first = 0;
    let factor = |place: &u16| {
        let rule = &source.rules[usize::from(*place)];
        let own = first..first + source.description.rules[usize::from(*place)].arguments;
        first = own.end;
        let input = rule.input.as_ref().and_then(|input| source.batch.columns.get(input));
        Factor {
            place: *place,
            own,
            input: input.map(|data| &**data),
            limit: rule.limit,
            arity: arity(&rule.text),
            rule,
        }
    };
    output.factors.iter().map(factor).collect()
}

/// What is said of a reason whose sentence has a place that nothing fills.
fn unfilled(rule: &Rule, place: usize) -> String {
    format!("has reason \"{}\", but nothing fills place {place} of its sentence", rule.id)
}

/// Adds what the rule itself knows: its input's value where the plugin wrote no argument, its limit
/// where it wrote no second one.
fn complete(
    factor: &Factor<'_>,
    row: usize,
    reasons: &mut Reasons,
    texts: &mut HashMap<String, u32>,
) -> Result<(), String> {
    let mut count = factor.own.len();
    if let (0, Some(input)) = (count, factor.input) {
        let argument = match input.value(row) {
            Value::Missing => Argument::Number(f64::NAN),
            Value::Number(number) => Argument::Number(number),
            Value::Day(day) => Argument::Number(f64::from(day)),
            Value::Flag(flag) => Argument::Number(f64::from(u8::from(flag))),
            Value::Text(text) => Argument::Text(*texts.entry(text).or_insert_with_key(|text| {
                reasons.texts.push(text.clone());
                reasons.texts.len() as u32 - 1
            })),
        };
        reasons.arguments.push(argument);
        count = 1;
    }
    if let (1, Some(limit)) = (count, factor.limit) {
        reasons.arguments.push(Argument::Number(limit));
        count = 2;
    }
    if count < factor.arity { Err(unfilled(factor.rule, count + 1)) } else { Ok(()) }
}

/// The number of arguments that sentences use.
pub(crate) fn arity(text: &Text) -> usize {
    let place = |word: &str| match word {
        "value" => Some(1),
        "limit" => Some(2),
        digits => digits.parse().ok().filter(|place| (1..=8_usize).contains(place)),
    };
    let count = |sentence: &str| {
        let words = sentence.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0));
        words.filter_map(place).max().unwrap_or(0)
    };
    count(&text.en).max(count(&text.zh))
}

/// Adds the rows of `more` to `whole`.
pub(crate) fn append(whole: &mut ScoredColumn, more: &ScoredColumn) {
    whole.data.append(&more.data);
    let (to, from) = (&mut whole.reasons, &more.reasons);
    let translation: Vec<u32> = from
        .texts
        .iter()
        .map(|text| {
            let known = to.texts.iter().position(|known| known == text);
            known.unwrap_or_else(|| {
                to.texts.push(text.clone());
                to.texts.len() - 1
            }) as u32
        })
        .collect();
    let (entries, arguments) = (to.entries.len() as u32, to.arguments.len() as u32);
    to.ends.extend(from.ends.iter().map(|end| end + entries));
    to.entries.extend(
        from.entries
            .iter()
            .map(|entry| Reason { arguments_end: entry.arguments_end + arguments, ..*entry }),
    );
    to.arguments.extend(from.arguments.iter().map(|argument| match argument {
        Argument::Text(place) => Argument::Text(translation[*place as usize]),
        number @ Argument::Number(_) => *number,
    }));
}

/// One row for which a column is missing, with a rule that says why.
pub(crate) fn missing(kind: ColumnType, rule: u16) -> ScoredColumn {
    let entries = vec![Reason { rule, points: 0.0, arguments_end: 0 }];
    let reasons = Reasons { ends: vec![1], entries, ..Reasons::default() };
    ScoredColumn { data: ColumnData::missing(kind, 1), reasons }
}

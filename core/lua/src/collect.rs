//! Columns and reasons on their way out of the VM: the loop's buffers become the contract's types.

use std::collections::HashMap;
use std::sync::Arc;

use kehu_contract::{
    Argument, ColumnData, ColumnType, LabelValue, MISSING_CODE, MISSING_DAY, MISSING_FLAG, Reason,
    Reasons, Rule, ScoredColumn, Value as Shown,
};
use mlua::Buffer;

use crate::fault::{Fault, plain_within};
use crate::frame::Frame;
use crate::rules;

/// The most reasons of one customer and column.
const REASONS: usize = 200;
/// What the loop notes for a row: a sum of points, a value, or missing with a reason.
const SUM: u8 = 1;
const GIVEN: u8 = 2;

/// What the loop's reader of a column returns.
pub(crate) type Read = (Buffer, Buffer, Buffer, Buffer, f64, Buffer, f64);

/// Describes a column that is being read.
pub(crate) struct Target<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: ColumnType,
    pub(crate) labels: &'a [LabelValue],
}

/// Holds what all columns of a batch share.
pub(crate) struct Given<'a> {
    pub(crate) rules: Vec<Known<'a>>,
    pub(crate) lists: &'a [Vec<u16>],
    /// The answers of all rules and lists, row by row.
    pub(crate) mask: &'a [u8],
    pub(crate) texts: &'a [String],
    pub(crate) rows: usize,
}

/// What a rule itself knows of a reason.
pub(crate) struct Known<'a> {
    input: Option<&'a ColumnData>,
    limit: Option<f64>,
    points: f64,
    arity: usize,
}

impl<'a> Known<'a> {
    pub(crate) fn new(rule: &Rule, frame: &'a Frame) -> Self {
        Self {
            input: rule.input.as_deref().and_then(|input| frame.column(input)),
            limit: rule.limit,
            points: rule.points.unwrap_or(0.0),
            arity: rules::arity(rule),
        }
    }
}

/// A fault with the row at which it showed.
pub(crate) type RowFault = (usize, Fault);

/// Reads one column.
pub(crate) fn column(
    target: &Target<'_>,
    read: &Read,
    given: &Given<'_>,
) -> Result<ScoredColumn, RowFault> {
    let (values, modes, ends, entries, n, extras, m) = read;
    let modes = modes.to_vec();
    let (values, ends) = (numbers(values, given.rows * 8), words(ends, given.rows * 4));
    let (entries, extras) = (words(entries, *n as usize), numbers(extras, *m as usize));
    let mut reader =
        Reader { given, extras: extras.iter(), reasons: Reasons::default(), texts: HashMap::new() };
    let mut sums = vec![f64::NAN; given.rows];
    let mut from = 0_usize;
    for row in 0..given.rows {
        let to = if modes[row] == 0 { from } else { ends[row] as usize / 4 };
        if to.saturating_sub(from) > REASONS {
            let message = format!(
                "column \"{}\" has more than {REASONS} reasons for one customer",
                target.name
            );
            return Err((row, Fault::result(message)));
        }
        let mut sum = 0.0;
        for entry in entries.get(from..to).unwrap_or_default() {
            sum = reader.entry(*entry, row, sum);
        }
        reader.reasons.ends.push(reader.reasons.entries.len() as u32);
        from = to;
        match modes[row] {
            SUM if !f64::is_finite(sum) => {
                let message =
                    format!("the points of column \"{}\" have no finite sum", target.name);
                return Err((row, Fault::result(message)));
            }
            SUM => sums[row] = sum,
            GIVEN => sums[row] = values[row],
            _ => {}
        }
    }
    let data = data(target, &sums, given.texts);
    Ok(ScoredColumn { data, reasons: reader.reasons })
}

/// Makes the column's values of the numbers that the loop wrote.
fn data(target: &Target<'_>, numbers: &[f64], texts: &[String]) -> ColumnData {
    match target.kind {
        ColumnType::Number | ColumnType::Money => ColumnData::Number(numbers.to_vec()),
        ColumnType::Flag => {
            let flag = |number: &f64| if number.is_nan() { MISSING_FLAG } else { *number as u8 };
            ColumnData::Flag(numbers.iter().map(flag).collect())
        }
        ColumnType::Day => {
            let day = |number: &f64| if number.is_nan() { MISSING_DAY } else { *number as i32 };
            ColumnData::Day(numbers.iter().map(day).collect())
        }
        ColumnType::Label => {
            let values = target.labels.iter().map(|value| value.key.clone()).collect();
            ColumnData::Text {
                codes: numbers.iter().copied().map(code).collect(),
                values: Arc::new(values),
            }
        }
        ColumnType::Text => {
            let mut builder = kehu_contract::TextBuilder::default();
            for number in numbers {
                let place = code(*number) as usize;
                builder.push(texts.get(place).map(String::as_str));
            }
            builder.finish()
        }
    }
}

fn code(number: f64) -> u32 {
    if number.is_nan() { MISSING_CODE } else { number as u32 }
}

struct Reader<'a> {
    given: &'a Given<'a>,
    extras: std::slice::Iter<'a, f64>,
    reasons: Reasons,
    texts: HashMap<String, u32>,
}

impl Reader<'_> {
    /// Reads one entry (its layout stands in `score.luau`) and returns the sum with its points, which
    /// are added in the order of the reasons, so that both always agree to the last bit.
    fn entry(&mut self, entry: u32, row: usize, sum: f64) -> f64 {
        let place = (entry & 0xffff) as u16;
        let given = self.given;
        let Some(rule) = given.rules.get(usize::from(place)) else {
            return self.list(usize::from(place) - given.rules.len(), row, sum);
        };
        let mut points = rule.points;
        if entry & 0x1_0000 == 0 {
            self.complete(rule, 0, row);
        } else {
            points = self.extras.next().copied().unwrap_or(0.0);
            let count = (entry >> 20) & 0xf;
            for at in 0..count {
                let argument = self.argument(entry >> (24 + at) & 1 == 1);
                self.reasons.arguments.push(argument);
            }
            self.complete(rule, count as usize, row);
        }
        let arguments_end = self.reasons.arguments.len() as u32;
        self.reasons.entries.push(Reason { rule: place, points, arguments_end });
        sum + points
    }

    /// Applies a list of rules: one entry in the loop, a reason here for each rule that holds.
    fn list(&mut self, list: usize, row: usize, mut sum: f64) -> f64 {
        let given = self.given;
        let from = row * (given.rules.len() + given.lists.len());
        for place in given.lists.get(list).map(Vec::as_slice).unwrap_or_default() {
            let holds = given.mask.get(from + usize::from(*place)) == Some(&1);
            if let (true, Some(rule)) = (holds, given.rules.get(usize::from(*place))) {
                self.complete(rule, 0, row);
                let arguments_end = self.reasons.arguments.len() as u32;
                let points = rule.points;
                self.reasons.entries.push(Reason { rule: *place, points, arguments_end });
                sum += points;
            }
        }
        sum
    }

    fn argument(&mut self, is_text: bool) -> Argument {
        let number = self.extras.next().copied().unwrap_or(f64::NAN);
        if !is_text {
            return Argument::Number(number);
        }
        let texts = self.given.texts;
        Argument::Text(self.text(texts.get(number as usize).map_or("", String::as_str)))
    }

    /// Adds what the rule itself knows to `count` arguments: its input's value where none was given,
    /// its limit where there is no second one, and missing values for what its sentence still lacks.
    fn complete(&mut self, rule: &Known<'_>, mut count: usize, row: usize) {
        if let (0, Some(input)) = (count, rule.input) {
            let argument = self.of_input(input, row);
            self.reasons.arguments.push(argument);
            count = 1;
        }
        if let (1, Some(limit)) = (count, rule.limit) {
            self.reasons.arguments.push(Argument::Number(limit));
            count = 2;
        }
        while count < rule.arity {
            self.reasons.arguments.push(Argument::Number(f64::NAN));
            count += 1;
        }
    }

    fn of_input(&mut self, input: &ColumnData, row: usize) -> Argument {
        match input {
            ColumnData::Number(values) => Argument::Number(values[row]),
            other => match other.value(row) {
                Shown::Missing => Argument::Number(f64::NAN),
                Shown::Number(number) => Argument::Number(number),
                Shown::Day(day) => Argument::Number(f64::from(day)),
                Shown::Flag(flag) => Argument::Number(f64::from(u8::from(flag))),
                Shown::Text(text) => Argument::Text(self.text(&text)),
            },
        }
    }

    /// The place of a text among the reasons' texts.
    fn text(&mut self, text: &str) -> u32 {
        let reasons = &mut self.reasons;
        if let Some(place) = self.texts.get(text) {
            return *place;
        }
        let place = reasons.texts.len() as u32;
        reasons.texts.push(plain_within(text, 1_024));
        self.texts.insert(text.to_owned(), place);
        place
    }
}

fn words(buffer: &Buffer, bytes: usize) -> Vec<u32> {
    let data = buffer.to_vec();
    let (words, _) = data[..bytes.min(data.len())].as_chunks::<4>();
    words.iter().map(|word| u32::from_le_bytes(*word)).collect()
}

fn numbers(buffer: &Buffer, bytes: usize) -> Vec<f64> {
    let data = buffer.to_vec();
    let (numbers, _) = data[..bytes.min(data.len())].as_chunks::<8>();
    numbers.iter().map(|number| f64::from_le_bytes(*number)).collect()
}

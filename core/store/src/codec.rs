//! How columns and reasons become bytes, the same for every store. Stores compress as they like.
//!
//! All is little-endian and begins with a version and a mark of what it is. What cannot have been
//! written here is refused when it is read, never trusted: every count is held against the bytes that
//! are left before anything is set aside for it, and every place against what it points into.
//!
//! ```
//! use kehu_store::codec::{decode_ids, encode_ids};
//! let bytes = encode_ids(&[7, 8, 12]);
//! assert_eq!(decode_ids(&bytes).unwrap(), [7, 8, 12]);
//! assert!(decode_ids(&bytes[1..]).is_err());
//! ```

use std::collections::HashMap;
use std::sync::Arc;

use kehu_contract::{Argument, ColumnData, MISSING_CODE, MISSING_FLAG, Reason, Reasons};

use crate::StoreError;

const VERSION: u8 = 1;

/// Marks what follows.
mod mark {
    pub(super) const IDS: u8 = b'i';
    pub(super) const NUMBER: u8 = b'n';
    pub(super) const TEXT: u8 = b't';
    pub(super) const FLAG: u8 = b'f';
    pub(super) const DAY: u8 = b'd';
    pub(super) const REASONS: u8 = b'r';
}

/// Says that bytes are not what this module wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored part of a run cannot be read: {0}")]
pub struct CodecError(&'static str);

impl From<CodecError> for StoreError {
    fn from(error: CodecError) -> Self {
        Self::Io(error.to_string())
    }
}

type Read<T> = std::result::Result<T, CodecError>;

/// Writes ids; those that rise by little take a byte each.
pub fn encode_ids(ids: &[i64]) -> Vec<u8> {
    let mut output = begin(mark::IDS, ids.len() * 2);
    write_number(ids.len() as u64, &mut output);
    let mut before = 0_i64;
    for id in ids {
        let step = id.wrapping_sub(before);
        write_number(((step << 1) ^ (step >> 63)).cast_unsigned(), &mut output);
        before = *id;
    }
    output
}

/// Reads what [`encode_ids`] wrote.
pub fn decode_ids(bytes: &[u8]) -> Read<Vec<i64>> {
    let (mut input, found) = Input::open(bytes)?;
    if found != mark::IDS {
        return Err(CodecError("it holds no ids"));
    }
    let count = input.count(1)?;
    let mut before = 0_i64;
    let ids = (0..count).map(|_| {
        let step = input.number()?;
        before = before.wrapping_add((step >> 1).cast_signed() ^ -(step & 1).cast_signed());
        Ok(before)
    });
    let ids = ids.collect::<Read<_>>()?;
    input.close(ids)
}

/// Writes the values of a column. Of a text column's dictionary only what its rows use is kept, in
/// the order of first use.
pub fn encode_column(column: &ColumnData) -> Vec<u8> {
    match column {
        ColumnData::Number(values) => {
            let mut output = begin(mark::NUMBER, values.len() * 8);
            write_number(values.len() as u64, &mut output);
            output.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            output
        }
        ColumnData::Day(values) => {
            let mut output = begin(mark::DAY, values.len() * 4);
            write_number(values.len() as u64, &mut output);
            output.extend(values.iter().flat_map(|value| value.to_le_bytes()));
            output
        }
        ColumnData::Flag(values) => {
            let mut output = begin(mark::FLAG, values.len());
            write_number(values.len() as u64, &mut output);
            output.extend_from_slice(values);
            output
        }
        ColumnData::Text { codes, values } => encode_text(codes, values),
    }
}

fn encode_text(codes: &[u32], values: &[String]) -> Vec<u8> {
    let mut places = Places::new(values.len(), codes.len());
    let mut used = Vec::new();
    let codes: Vec<u32> = codes
        .iter()
        .map(|code| match values.get(*code as usize) {
            None => MISSING_CODE,
            Some(value) => places.get(*code, || {
                used.push(value);
                used.len() as u32 - 1
            }),
        })
        .collect();
    let mut output = begin(mark::TEXT, codes.len() * 2);
    write_texts(&used, &mut output);
    write_number(codes.len() as u64, &mut output);
    match width(used.len()) {
        1 => output.extend(codes.iter().map(|code| *code as u8)),
        2 => output.extend(codes.iter().flat_map(|code| (*code as u16).to_le_bytes())),
        _ => output.extend(codes.iter().flat_map(|code| code.to_le_bytes())),
    }
    output
}

/// The bytes that a place in a dictionary takes; the greatest number is left for what is missing.
fn width(values: usize) -> usize {
    match values {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        _ => 4,
    }
}

/// Remembers new places for old codes: in a table, or, for few rows of a long dictionary, in a map.
enum Places {
    Table(Vec<u32>),
    Map(HashMap<u32, u32>),
}

impl Places {
    fn new(values: usize, rows: usize) -> Self {
        if values / 8 > rows {
            Self::Map(HashMap::new())
        } else {
            Self::Table(vec![MISSING_CODE; values])
        }
    }

    fn get(&mut self, code: u32, new: impl FnOnce() -> u32) -> u32 {
        match self {
            Self::Map(map) => *map.entry(code).or_insert_with(new),
            Self::Table(table) => {
                let place = &mut table[code as usize];
                if *place == MISSING_CODE {
                    *place = new();
                }
                *place
            }
        }
    }
}

/// Reads what [`encode_column`] wrote.
pub fn decode_column(bytes: &[u8]) -> Read<ColumnData> {
    let (mut input, found) = Input::open(bytes)?;
    let column = match found {
        mark::NUMBER => {
            let values = input.array::<8>()?;
            ColumnData::Number(values.map(f64::from_le_bytes).collect())
        }
        mark::DAY => ColumnData::Day(input.array::<4>()?.map(i32::from_le_bytes).collect()),
        mark::FLAG => {
            let count = input.count(1)?;
            let values = input.take(count)?.to_vec();
            if values.iter().any(|value| *value > MISSING_FLAG) {
                return Err(CodecError("a flag is neither yes nor no"));
            }
            ColumnData::Flag(values)
        }
        mark::TEXT => decode_text(&mut input)?,
        _ => return Err(CodecError("it holds no column")),
    };
    input.close(column)
}

fn decode_text(input: &mut Input<'_>) -> Read<ColumnData> {
    let values = input.texts()?;
    let (width, known) = (width(values.len()), values.len() as u32);
    let (codes, missing): (Vec<u32>, u32) = match width {
        1 => (input.array()?.map(u8::from_le_bytes).map(u32::from).collect(), 0xff),
        2 => (input.array()?.map(u16::from_le_bytes).map(u32::from).collect(), 0xffff),
        _ => (input.array()?.map(u32::from_le_bytes).collect(), MISSING_CODE),
    };
    if codes.iter().any(|code| *code >= known && *code != missing) {
        return Err(CodecError("a text is not in the dictionary"));
    }
    let widen = |code| if code == missing { MISSING_CODE } else { code };
    let codes = codes.into_iter().map(widen).collect();
    Ok(ColumnData::Text { codes, values: Arc::new(values) })
}

/// Writes the reasons of a column for a batch.
pub fn encode_reasons(reasons: &Reasons) -> Vec<u8> {
    let mut output = begin(mark::REASONS, reasons.entries.len() * 8);
    write_ends(reasons.ends.iter().copied(), &mut output);
    write_ends(reasons.entries.iter().map(|entry| entry.arguments_end), &mut output);
    for entry in &reasons.entries {
        write_number(entry.rule.into(), &mut output);
    }
    let points: Vec<f64> = reasons.entries.iter().map(|entry| entry.points).collect();
    write_floats(&points, &mut output);
    write_number(reasons.arguments.len() as u64, &mut output);
    let mut numbers = Vec::with_capacity(reasons.arguments.len());
    for argument in &reasons.arguments {
        // A number is 0, a text its place counted from 1.
        match argument {
            Argument::Number(number) => {
                output.push(0);
                numbers.push(*number);
            }
            Argument::Text(place) => write_number(u64::from(*place) + 1, &mut output),
        }
    }
    write_floats(&numbers, &mut output);
    write_texts(&reasons.texts, &mut output);
    output
}

/// Reads what [`encode_reasons`] wrote.
pub fn decode_reasons(bytes: &[u8]) -> Read<Reasons> {
    let (mut input, found) = Input::open(bytes)?;
    if found != mark::REASONS {
        return Err(CodecError("it holds no reasons"));
    }
    let ends = input.ends()?;
    let arguments_ends = input.ends()?;
    let mut rules = Vec::with_capacity(arguments_ends.len().min(input.0.len()));
    for _ in 0..arguments_ends.len() {
        rules.push(u16::try_from(input.number()?).map_err(|_| CodecError("no such rule"))?);
    }
    let points = input.floats()?;
    let count = input.count(1)?;
    let mut places = Vec::with_capacity(count);
    for _ in 0..count {
        places.push(input.number()?);
    }
    let mut numbers = input.floats()?.into_iter();
    let texts = input.texts()?;
    let argument = |place: &u64| match place.checked_sub(1) {
        None => numbers.next().map(Argument::Number),
        Some(place) if place < texts.len() as u64 => Some(Argument::Text(place as u32)),
        Some(_) => None,
    };
    let arguments: Option<Vec<Argument>> = places.iter().map(argument).collect();
    let arguments = arguments.ok_or(CodecError("an argument is missing"))?;
    let whole = points.len() == rules.len()
        && numbers.next().is_none()
        && ends.last().copied().unwrap_or(0) as usize == rules.len()
        && arguments_ends.last().copied().unwrap_or(0) as usize == arguments.len();
    if !whole {
        return Err(CodecError("its reasons do not fit together"));
    }
    let entries = rules.into_iter().zip(points).zip(arguments_ends);
    let entry = |((rule, points), arguments_end)| Reason { rule, points, arguments_end };
    let entries = entries.map(entry).collect();
    input.close(Reasons { ends, entries, arguments, texts })
}

fn begin(mark: u8, room: usize) -> Vec<u8> {
    let mut output = Vec::with_capacity(room + 16);
    output.extend([VERSION, mark]);
    output
}

/// Seven bits a byte, the lowest first.
fn write_number(mut number: u64, output: &mut Vec<u8>) {
    while number >= 0x80 {
        output.push(number as u8 | 0x80);
        number >>= 7;
    }
    output.push(number as u8);
}

/// Places that never fall, as the steps between them.
fn write_ends(ends: impl ExactSizeIterator<Item = u32>, output: &mut Vec<u8>) {
    write_number(ends.len() as u64, output);
    let mut before = 0_u32;
    for end in ends {
        write_number(end.wrapping_sub(before).into(), output);
        before = end;
    }
}

/// Numbers; if they are few different ones, as places in the list of these.
fn write_floats(numbers: &[f64], output: &mut Vec<u8>) {
    write_number(numbers.len() as u64, output);
    let mut places: HashMap<u64, u8> = HashMap::new();
    let mut distinct = Vec::new();
    let mut codes = Vec::with_capacity(numbers.len());
    let mut last = None;
    for number in numbers {
        let bits = number.to_bits();
        let code = match last {
            Some((known, code)) if known == bits => code,
            _ => match places.get(&bits) {
                Some(code) => *code,
                None if distinct.len() < 255 => {
                    let code = distinct.len() as u8;
                    distinct.push(*number);
                    places.insert(bits, code);
                    code
                }
                None => break,
            },
        };
        last = Some((bits, code));
        codes.push(code);
    }
    // 255 announces the numbers themselves.
    if codes.len() < numbers.len() {
        output.push(255);
        output.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    } else {
        output.push(distinct.len() as u8);
        output.extend(distinct.iter().flat_map(|number| number.to_le_bytes()));
        output.extend(codes);
    }
}

fn write_texts(texts: &[impl AsRef<str>], output: &mut Vec<u8>) {
    write_number(texts.len() as u64, output);
    for text in texts {
        write_number(text.as_ref().len() as u64, output);
        output.extend_from_slice(text.as_ref().as_bytes());
    }
}

/// Holds what is left to be read.
struct Input<'b>(&'b [u8]);

impl<'b> Input<'b> {
    fn open(bytes: &'b [u8]) -> Read<(Self, u8)> {
        match bytes {
            [VERSION, mark, rest @ ..] => Ok((Self(rest), *mark)),
            _ => Err(CodecError("its version is not known")),
        }
    }

    fn close<T>(self, read: T) -> Read<T> {
        if self.0.is_empty() { Ok(read) } else { Err(CodecError("something follows it")) }
    }

    fn take(&mut self, count: usize) -> Read<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(CodecError("it is cut off"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Read<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first().ok_or(CodecError("it is cut off"))?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(CodecError("a number is too long"))
    }

    /// A number of things of which each takes `size` bytes at least.
    fn count(&mut self, size: usize) -> Read<usize> {
        let count = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        if count > self.0.len() / size { Err(CodecError("it is cut off")) } else { Ok(count) }
    }

    fn array<const N: usize>(&mut self) -> Read<impl Iterator<Item = [u8; N]> + use<'b, N>> {
        let count = self.count(N)?;
        let (values, _) = self.take(count * N)?.as_chunks::<N>();
        Ok(values.iter().copied())
    }

    fn ends(&mut self) -> Read<Vec<u32>> {
        let count = self.count(1)?;
        let mut end = 0_u32;
        let ends = (0..count).map(|_| {
            let step = u32::try_from(self.number()?).ok();
            end = step.and_then(|step| end.checked_add(step)).ok_or(CodecError("too much"))?;
            Ok(end)
        });
        ends.collect()
    }

    fn floats(&mut self) -> Read<Vec<f64>> {
        let count = self.count(1)?;
        let [distinct] = *self.take(1)? else { return Err(CodecError("it is cut off")) };
        let read = |bytes: &'b [u8]| -> Vec<f64> {
            bytes.as_chunks::<8>().0.iter().copied().map(f64::from_le_bytes).collect()
        };
        if distinct == 255 {
            return Ok(read(self.take(count.saturating_mul(8))?));
        }
        let distinct = read(self.take(usize::from(distinct) * 8)?);
        let number = |code: &u8| distinct.get(usize::from(*code)).copied();
        let numbers: Option<Vec<f64>> = self.take(count)?.iter().map(number).collect();
        numbers.ok_or(CodecError("a number is not in the list"))
    }

    fn texts(&mut self) -> Read<Vec<String>> {
        let count = self.count(1)?;
        let texts = (0..count).map(|_| {
            let length = self.count(1)?;
            let text = std::str::from_utf8(self.take(length)?);
            text.map(str::to_owned).map_err(|_| CodecError("a text is none"))
        });
        texts.collect()
    }
}

#[cfg(test)]
mod tests;

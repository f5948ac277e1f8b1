//! Rows in temporary files: appended in any order, read back in the order of their keys.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, ValueRef};

/// Orders rows: customer, day, then the order in which they came.
pub(crate) type Key = (i64, i32, u64);

/// How many bytes of rows are sorted in memory at once.
const CHUNK: usize = 32 << 20;
/// The most columns that a row has.
const MOST: usize = 32;

/// Takes rows, and keeps no more than a chunk of them in memory.
pub(crate) struct Spool {
    folder: PathBuf,
    chunk: usize,
    keys: Vec<(Key, u32, u32)>,
    bytes: Vec<u8>,
    file: Option<BufWriter<File>>,
    /// Where each sorted part of the file ends.
    ends: Vec<u64>,
    written: u64,
    count: u64,
}

impl Spool {
    /// Begins a spool whose file, if it needs one, lies in a folder.
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            chunk: CHUNK,
            keys: Vec::new(),
            bytes: Vec::new(),
            file: None,
            ends: Vec::new(),
            written: 0,
            count: 0,
        }
    }

    /// The number of rows taken.
    pub(crate) fn len(&self) -> u64 {
        self.count
    }

    /// Takes a row: `fill` writes its bytes.
    pub(crate) fn push(
        &mut self,
        customer: i64,
        happened: i32,
        fill: impl FnOnce(&mut Vec<u8>),
    ) -> io::Result<()> {
        let start = self.bytes.len();
        fill(&mut self.bytes);
        let length = self.bytes.len() - start;
        self.keys.push(((customer, happened, self.count), start as u32, length as u32));
        self.count += 1;
        if self.bytes.len() >= self.chunk { self.spill() } else { Ok(()) }
    }

    /// Sorts what is in memory and writes it to the file.
    fn spill(&mut self) -> io::Result<()> {
        self.keys.sort_unstable();
        if self.file.is_none() {
            let file = temporary(&self.folder)?;
            self.file = Some(BufWriter::with_capacity(1 << 20, file));
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        for ((customer, happened, order), start, length) in self.keys.drain(..) {
            file.write_all(&customer.to_le_bytes())?;
            file.write_all(&happened.to_le_bytes())?;
            file.write_all(&order.to_le_bytes())?;
            file.write_all(&length.to_le_bytes())?;
            file.write_all(&self.bytes[start as usize..][..length as usize])?;
            self.written += HEAD as u64 + u64::from(length);
        }
        self.ends.push(self.written);
        self.bytes.clear();
        Ok(())
    }

    /// Ends the taking; the rows come back in order.
    pub(crate) fn sort(mut self) -> io::Result<Sorted> {
        if self.ends.is_empty() {
            self.keys.sort_unstable();
            let (keys, bytes) = (std::mem::take(&mut self.keys), std::mem::take(&mut self.bytes));
            return Ok(Sorted::Memory { keys, bytes, next: 0 });
        }
        self.spill()?;
        let Self { file, ends, .. } = self;
        let Some(file) = file else { return Ok(Sorted::Merged(BinaryHeap::new())) };
        let file = Arc::new(file.into_inner().map_err(io::IntoInnerError::into_error)?);
        let mut heap = BinaryHeap::new();
        let mut start = 0;
        for end in ends {
            let segment = Segment { file: Arc::clone(&file), at: start, end };
            let mut part = Part {
                key: Reverse((0, 0, 0)),
                row: Vec::new(),
                input: BufReader::with_capacity(256 << 10, segment),
            };
            if part.advance()? {
                heap.push(part);
            }
            start = end;
        }
        Ok(Sorted::Merged(heap))
    }
}

/// An unnamed file, gone with the process: beside the store, where there is room, if possible.
fn temporary(folder: &Path) -> io::Result<File> {
    tempfile::tempfile_in(folder).or_else(|_| tempfile::tempfile())
}

const HEAD: usize = 8 + 4 + 8 + 4;

/// Gives rows back in order.
pub(crate) enum Sorted {
    Memory { keys: Vec<(Key, u32, u32)>, bytes: Vec<u8>, next: usize },
    Merged(BinaryHeap<Part>),
}

impl Sorted {
    /// Puts the next row into `row`; false at the end.
    pub(crate) fn next(&mut self, row: &mut Vec<u8>) -> io::Result<bool> {
        row.clear();
        match self {
            Self::Memory { keys, bytes, next } => {
                let Some((_, start, length)) = keys.get(*next) else { return Ok(false) };
                row.extend_from_slice(&bytes[*start as usize..][..*length as usize]);
                *next += 1;
            }
            Self::Merged(heap) => {
                let Some(mut part) = heap.peek_mut() else { return Ok(false) };
                std::mem::swap(row, &mut part.row);
                if !part.advance()? {
                    PeekMut::pop(part);
                }
            }
        }
        Ok(true)
    }
}

/// Reads one sorted part of the file.
pub(crate) struct Part {
    key: Reverse<Key>,
    row: Vec<u8>,
    input: BufReader<Segment>,
}

impl Part {
    fn advance(&mut self) -> io::Result<bool> {
        let mut head = [0; HEAD];
        if let Err(error) = self.input.read_exact(&mut head) {
            let over = error.kind() == io::ErrorKind::UnexpectedEof;
            return if over { Ok(false) } else { Err(error) };
        }
        let (customer, rest) = head.split_at(8);
        let (happened, rest) = rest.split_at(4);
        let (order, length) = rest.split_at(8);
        self.key = Reverse((
            i64::from_le_bytes(array(customer)),
            i32::from_le_bytes(array(happened)),
            u64::from_le_bytes(array(order)),
        ));
        self.row.resize(u32::from_le_bytes(array(length)) as usize, 0);
        self.input.read_exact(&mut self.row)?;
        Ok(true)
    }
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("the head was cut at the lengths of its numbers")
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Part {}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Part {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

/// Reads a stretch of a file that others read elsewhere.
struct Segment {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl Read for Segment {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(buffer.len());
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(&*self.file, &mut buffer[..room], self.at)?;
        #[cfg(windows)]
        let read =
            std::os::windows::fs::FileExt::seek_read(&*self.file, &mut buffer[..room], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// Writes a number so that small ones are short.
pub(crate) fn write_number(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Reads what [`write_number`] wrote.
pub(crate) fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Writes the values of a row.
pub(crate) fn write_values(values: &[ToSqlOutput<'_>], bytes: &mut Vec<u8>) {
    for value in values {
        let value = match value {
            ToSqlOutput::Borrowed(value) => *value,
            ToSqlOutput::Owned(value) => value.into(),
            _ => ValueRef::Null,
        };
        match value {
            ValueRef::Null => bytes.push(0),
            ValueRef::Integer(number) => {
                bytes.push(1);
                write_number(((number << 1) ^ (number >> 63)).cast_unsigned(), bytes);
            }
            ValueRef::Real(number) => {
                bytes.push(2);
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            ValueRef::Text(words) | ValueRef::Blob(words) => {
                bytes.push(3);
                write_number(words.len() as u64, bytes);
                bytes.extend_from_slice(words);
            }
        }
    }
}

/// Holds the values of a row that lies in memory.
pub(crate) struct Values<'b> {
    values: [ValueRef<'b>; MOST],
    count: usize,
}

impl<'b> Values<'b> {
    /// Reads what [`write_values`] wrote.
    pub(crate) fn read(mut bytes: &'b [u8]) -> Option<Self> {
        let mut values = [ValueRef::Null; MOST];
        let mut count = 0;
        while let Some((tag, rest)) = bytes.split_first() {
            bytes = rest;
            *values.get_mut(count)? = match tag {
                0 => ValueRef::Null,
                1 => {
                    let number = read_number(&mut bytes)?;
                    ValueRef::Integer((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
                }
                2 => {
                    let (number, rest) = bytes.split_at_checked(8)?;
                    bytes = rest;
                    ValueRef::Real(f64::from_le_bytes(number.try_into().ok()?))
                }
                _ => {
                    let length = usize::try_from(read_number(&mut bytes)?).ok()?;
                    let (words, rest) = bytes.split_at_checked(length)?;
                    bytes = rest;
                    ValueRef::Text(words)
                }
            };
            count += 1;
        }
        Some(Self { values, count })
    }

    /// The value at a place.
    pub(crate) fn at(&mut self, place: usize) -> &mut ValueRef<'b> {
        &mut self.values[..self.count][place]
    }

    /// The number at a place, if there is one.
    pub(crate) fn number(&self, place: usize) -> Option<i64> {
        match self.values[place] {
            ValueRef::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// The text at a place, if there is one.
    pub(crate) fn text(&self, place: usize) -> Option<&'b str> {
        match self.values[place] {
            ValueRef::Text(words) => std::str::from_utf8(words).ok(),
            _ => None,
        }
    }

    /// All values.
    pub(crate) fn all(&self) -> &[ValueRef<'b>] {
        &self.values[..self.count]
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::*;

    #[test]
    fn rows_come_back_in_the_order_of_customer_and_day_and_equal_ones_as_they_came() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool { chunk: 1_000, ..Spool::new(folder.path()) };
        let mut expected = Vec::new();
        for order in 0_u64..5_000 {
            let (customer, happened) = ((order * 7_919 % 101) as i64, (order * 31 % 13) as i32);
            let words = format!("{customer} {happened} {order}");
            spool.push(customer, happened, |bytes| bytes.extend(words.bytes())).unwrap();
            expected.push(((customer, happened, order), words));
        }
        expected.sort();
        let mut sorted = spool.sort().unwrap();
        let mut row = Vec::new();
        for (_, words) in expected {
            assert!(sorted.next(&mut row).unwrap());
            assert_eq!(row, words.as_bytes());
        }
        assert!(!sorted.next(&mut row).unwrap());
    }

    #[test]
    fn values_come_back_as_they_were() {
        let values = [
            ToSqlOutput::Owned(Value::Integer(i64::MIN)),
            ToSqlOutput::Owned(Value::Integer(i64::MAX)),
            ToSqlOutput::Owned(Value::Integer(-1)),
            ToSqlOutput::Owned(Value::Null),
            ToSqlOutput::Owned(Value::Real(-0.5)),
            ToSqlOutput::Owned(Value::Text("华星".into())),
        ];
        let mut bytes = Vec::new();
        write_values(&values, &mut bytes);
        let read = Values::read(&bytes).unwrap();
        assert_eq!(read.number(0), Some(i64::MIN));
        assert_eq!(read.number(1), Some(i64::MAX));
        assert_eq!(read.number(2), Some(-1));
        assert_eq!(read.all()[3..5], [ValueRef::Null, ValueRef::Real(-0.5)]);
        assert_eq!(read.text(5), Some("华星"));
    }
}

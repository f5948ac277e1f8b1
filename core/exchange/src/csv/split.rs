//! Cuts a stream of UTF-8 into rows, and counts lines.

use std::io::BufRead;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use kehu_domain::rows::Delimiter;
use memchr::memchr_iter;

/// The longest cell, in bytes.
pub(crate) const CELL_LIMIT: usize = 1024 * 1024;
/// The longest row, in bytes: longer ones come from a quote that is never closed.
pub(crate) const ROW_LIMIT: usize = 16 * CELL_LIMIT;

/// The most cells in a row.
pub(crate) const MOST_CELLS: usize = 65_536;

/// What came of reading a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Split {
    /// A row lies in the buffers.
    Row,
    /// There is no further row.
    End,
    /// A cell is too long; it is counted from 0.
    TooLong(usize),
    /// There are too many cells.
    TooWide,
    /// The file ends inside quotes.
    Unclosed,
}

/// Cuts a stream into rows.
pub(crate) struct Splitter {
    input: Box<dyn BufRead + Send>,
    core: Option<Reader>,
    /// The cells' bytes, one behind the other.
    bytes: Vec<u8>,
    used: usize,
    ends: Vec<usize>,
    cells: usize,
    lines: Lines,
    start_line: u64,
}

impl Splitter {
    pub(crate) fn new(input: Box<dyn BufRead + Send>, delimiter: Delimiter) -> Self {
        let core = match delimiter {
            Delimiter::Character(byte) => Some(ReaderBuilder::new().delimiter(byte).build()),
            Delimiter::Whitespace => None,
        };
        Self {
            input,
            core,
            bytes: vec![0; 4096],
            used: 0,
            ends: vec![0; 64],
            cells: 0,
            lines: Lines { line: 1, last: 0 },
            start_line: 1,
        }
    }

    /// The line where the row starts.
    pub(crate) fn start_line(&self) -> u64 {
        self.start_line
    }

    /// The line that the next row would start in.
    pub(crate) fn line(&self) -> u64 {
        self.lines.line
    }

    /// The row's cells: their bytes, and where each ends.
    pub(crate) fn row(&self) -> (&[u8], &[usize]) {
        (&self.bytes[..self.used], &self.ends[..self.cells])
    }

    /// Reads a row; empty lines are none.
    pub(crate) fn next(&mut self) -> std::io::Result<Split> {
        (self.used, self.cells) = (0, 0);
        if !self.skip_line_ends()? {
            return Ok(Split::End);
        }
        self.start_line = self.lines.line;
        match self.core.take() {
            Some(mut core) => {
                let split = self.next_quoted(&mut core);
                self.core = Some(core);
                split
            }
            None => self.next_plain(),
        }
    }

    fn skip_line_ends(&mut self) -> std::io::Result<bool> {
        loop {
            let bytes = self.input.fill_buf()?;
            if bytes.is_empty() {
                return Ok(false);
            }
            let length = bytes.len();
            let blank = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            self.lines.count(&bytes[..blank]);
            self.input.consume(blank);
            if blank < length {
                return Ok(true);
            }
        }
    }

    fn next_quoted(&mut self, core: &mut Reader) -> std::io::Result<Split> {
        let (mut quotes, mut too_long, mut too_wide) = (0, None, false);
        loop {
            let bytes = self.input.fill_buf()?;
            let at_end = bytes.is_empty();
            let (result, read, written, ended) =
                core.read_record(bytes, &mut self.bytes[self.used..], &mut self.ends[self.cells..]);
            quotes += memchr_iter(b'"', &bytes[..read]).count();
            self.lines.count(&bytes[..read]);
            self.input.consume(read);
            self.used += written;
            self.cells += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => too_long = too_long.or(self.more_bytes()),
                ReadRecordResult::OutputEndsFull if self.ends.len() >= MOST_CELLS => {
                    (self.cells, too_wide) = (0, true);
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::End => return Ok(Split::End),
                ReadRecordResult::Record if at_end && quotes % 2 == 1 => {
                    return Ok(Split::Unclosed);
                }
                ReadRecordResult::Record if too_wide => return Ok(Split::TooWide),
                ReadRecordResult::Record => {
                    return Ok(too_long.or(self.long_cell()).map_or(Split::Row, Split::TooLong));
                }
            }
        }
    }

    /// Makes room for more bytes; beyond the limits the row is read on without being kept.
    fn more_bytes(&mut self) -> Option<usize> {
        let cell_start = self.cells.checked_sub(1).map_or(0, |last| self.ends[last]);
        if self.used.saturating_sub(cell_start) > CELL_LIMIT || self.bytes.len() >= ROW_LIMIT {
            self.used = 0;
            return Some(self.cells);
        }
        self.bytes.resize(self.bytes.len() * 2, 0);
        None
    }

    fn long_cell(&self) -> Option<usize> {
        if self.used <= CELL_LIMIT {
            return None;
        }
        (0..self.cells).find(|cell| {
            let start = cell.checked_sub(1).map_or(0, |last| self.ends[last]);
            self.ends[*cell].saturating_sub(start) > CELL_LIMIT
        })
    }

    fn next_plain(&mut self) -> std::io::Result<Split> {
        let mut too_long = false;
        loop {
            let bytes = self.input.fill_buf()?;
            let end = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let length = end.unwrap_or(bytes.len());
            let at_end = bytes.is_empty() || end.is_some();
            too_long |= self.used + length > CELL_LIMIT;
            if !too_long {
                self.bytes.resize(self.bytes.len().max(self.used + length), 0);
                self.bytes[self.used..self.used + length].copy_from_slice(&bytes[..length]);
                self.used += length;
            }
            self.lines.count(&bytes[..length]);
            self.input.consume(length);
            if at_end {
                break;
            }
        }
        if too_long {
            return Ok(Split::TooLong(0));
        }
        self.cut_at_blanks();
        Ok(Split::Row)
    }

    /// Moves the words of the line together and notes where each ends.
    fn cut_at_blanks(&mut self) {
        let (mut kept, mut inside) = (0, false);
        self.ends.clear();
        for at in 0..self.used {
            let byte = self.bytes[at];
            if matches!(byte, b' ' | b'\t') {
                if inside {
                    self.ends.push(kept);
                }
                inside = false;
            } else {
                self.bytes[kept] = byte;
                kept += 1;
                inside = true;
            }
        }
        if inside {
            self.ends.push(kept);
        }
        self.used = kept;
        self.cells = self.ends.len();
    }
}

/// Counts lines, whether they end in LF, CRLF or CR.
struct Lines {
    line: u64,
    last: u8,
}

impl Lines {
    fn count(&mut self, bytes: &[u8]) {
        let Some(last) = bytes.last() else { return };
        let newlines = memchr_iter(b'\n', bytes).count();
        let returns = memchr_iter(b'\r', bytes).count();
        // A pair is one end of line; one may lie over the border of two chunks.
        let mut pairs = usize::from(self.last == b'\r' && bytes[0] == b'\n');
        if returns > 0 {
            pairs += bytes.windows(2).filter(|pair| *pair == b"\r\n").count();
        }
        self.line += (newlines + returns - pairs) as u64;
        self.last = *last;
    }
}

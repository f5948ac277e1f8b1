//! Finds out in which encoding a file is, and decodes it as a stream.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, Encoding, GB18030, GBK, UTF_8};
use kehu_domain::rows::SourceError;
use memchr::memchr_iter;

const CHUNK: usize = 256 * 1024;
/// How much of a file, from its first letter beyond ASCII, the encoding is guessed from.
const SAMPLE: usize = 1024 * 1024;

/// What can be opened: a file, or bytes in memory.
pub(crate) trait Input: Read + Seek + Send {}
impl<T: Read + Seek + Send> Input for T {}

/// What was found out about a file before its rows are read.
#[derive(Debug)]
pub(crate) struct Sniffed {
    /// The encoding.
    pub(crate) encoding: &'static Encoding,
    /// Its name, as shown.
    pub(crate) label: &'static str,
    /// The length in bytes.
    pub(crate) total: u64,
    /// Where the text starts, behind a byte order mark.
    start: u64,
}

/// Marks by which files of other sorts are known.
const OTHER_FORMATS: [(&[u8], &str); 7] = [
    (b"PK\x03\x04", "an Excel workbook or another zip archive"),
    (b"\xD0\xCF\x11\xE0", "an old Excel workbook or another Office file"),
    (b"\x1F\x8B", "a gzip archive"),
    (b"\xFD7zXZ", "an xz archive"),
    (b"SQLite format 3", "a SQLite database"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
];

/// Finds out what a file is; reads it whole once, but for a mark at its beginning.
pub(crate) fn sniff(
    name: &str,
    input: &mut dyn Input,
    wanted: Option<&str>,
) -> Result<Sniffed, SourceError> {
    let fail = |error: &std::io::Error| unreadable(name, error);
    let total = input.seek(SeekFrom::End(0)).map_err(|error| fail(&error))?;
    input.rewind().map_err(|error| fail(&error))?;
    let mut head = Vec::new();
    Read::take(&mut *input, 4096).read_to_end(&mut head).map_err(|error| fail(&error))?;
    refuse_other_formats(name, &head)?;
    if head.is_empty() {
        return Err(SourceError::new(name, "is empty", None));
    }
    let found = |encoding: &'static Encoding, label: &'static str, start: u64| {
        if start == total {
            return Err(SourceError::new(name, "is empty", None));
        }
        Ok(Sniffed { encoding, label, total, start })
    };
    if let Some(label) = wanted.filter(|label| *label != "auto") {
        let encoding = named(name, label)?;
        let start = Encoding::for_bom(&head)
            .filter(|(marked, _)| *marked == encoding)
            .map_or(0, |(_, length)| length as u64);
        return found(encoding, encoding.name(), start);
    }
    if let Some((encoding, length)) = Encoding::for_bom(&head) {
        return found(encoding, encoding.name(), length as u64);
    }
    refuse_unmarked_utf16(name, &head)?;
    let survey = survey(input).map_err(|error| fail(&error))?;
    if survey.is_utf8() {
        return found(UTF_8, UTF_8.name(), 0);
    }
    let sample = sample(input, survey.first_high).map_err(|error| fail(&error))?;
    let (encoding, label) = guess(name, &sample, &survey)?;
    found(encoding, label, 0)
}

/// The error of a file that the system cannot read.
pub(crate) fn unreadable(name: &str, error: &std::io::Error) -> SourceError {
    SourceError::new(name, format!("cannot be read: {error}"), None)
}

fn refuse_other_formats(name: &str, head: &[u8]) -> Result<(), SourceError> {
    let known = OTHER_FORMATS.iter().find(|(mark, _)| head.starts_with(mark));
    known.map_or(Ok(()), |(_, what)| {
        let hint = "save it as CSV first, then import that file".to_owned();
        Err(SourceError::new(name, format!("is {what}, not a CSV file"), Some(hint)))
    })
}

fn named(name: &str, label: &str) -> Result<&'static Encoding, SourceError> {
    Encoding::for_label_no_replacement(label.as_bytes()).ok_or_else(|| {
        let known = ["utf-8", "gbk", "gb18030", "big5", "utf-16le", "utf-16be", "windows-1252"];
        let hint = kehu_contract::did_you_mean(label, known);
        SourceError::new(name, format!("\"{label}\" is no encoding"), Some(hint))
    })
}

/// Every second byte of Western or digits-only UTF-16 is zero.
fn refuse_unmarked_utf16(name: &str, head: &[u8]) -> Result<(), SourceError> {
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let (label, most) = if even > odd { ("utf-16be", even) } else { ("utf-16le", odd) };
    if most * 5 < head.len() {
        return Ok(());
    }
    let hint = format!("if it is UTF-16, say encoding = \"{label}\"; else save it as UTF-8");
    Err(SourceError::new(name, "looks like UTF-16 without a mark, or is no text", Some(hint)))
}

/// How a file looks, read as UTF-8.
#[derive(Default)]
struct Survey {
    first_high: u64,
    first_error_line: u64,
    letters: u64,
    errors: u64,
}

impl Survey {
    /// A few broken letters among many sound ones are a fault of their rows, not of the file.
    fn is_utf8(&self) -> bool {
        self.errors == 0 || self.letters >= self.errors.saturating_mul(100)
    }
}

fn survey(input: &mut dyn Input) -> std::io::Result<Survey> {
    input.rewind()?;
    let mut survey = Survey { first_high: u64::MAX, ..Survey::default() };
    let (mut buffer, mut held, mut offset, mut line) = (vec![0; CHUNK], 0, 0_u64, 1_u64);
    loop {
        let count = input.read(&mut buffer[held..])?;
        let bytes = &buffer[..held + count];
        if survey.first_high == u64::MAX
            && let Some(at) = bytes.iter().position(|byte| *byte >= 0x80)
        {
            survey.first_high = offset + at as u64;
        }
        let read = survey.chunk(bytes, count == 0, &mut line);
        let length = bytes.len();
        buffer.copy_within(read..length, 0);
        held = length - read;
        offset += read as u64;
        if count == 0 {
            return Ok(survey);
        }
    }
}

impl Survey {
    /// Takes a chunk; returns how much of it is done, all but a letter cut in half at its end.
    fn chunk(&mut self, bytes: &[u8], last: bool, line: &mut u64) -> usize {
        let mut done = 0;
        loop {
            let rest = &bytes[done..];
            let (sound, broken) = match std::str::from_utf8(rest) {
                Ok(_) => (rest.len(), None),
                Err(error) => (error.valid_up_to(), Some(error.error_len())),
            };
            self.letters += rest[..sound].iter().filter(|byte| **byte >= 0xC0).count() as u64;
            if self.errors == 0 {
                *line += memchr_iter(b'\n', &rest[..sound]).count() as u64;
            }
            done += sound;
            match broken {
                None => return done,
                Some(None) if !last => return done,
                Some(length) => {
                    if self.errors == 0 {
                        self.first_error_line = *line;
                    }
                    self.errors += 1;
                    done += length.unwrap_or(rest.len() - sound);
                }
            }
        }
    }
}

fn sample(input: &mut dyn Input, from: u64) -> std::io::Result<Vec<u8>> {
    // A few letters before help the detector see where words begin.
    input.seek(SeekFrom::Start(from.saturating_sub(64)))?;
    let mut sample = Vec::new();
    input.take(SAMPLE as u64).read_to_end(&mut sample)?;
    Ok(sample)
}

/// Takes the two encodings of Chinese for granted where they fit; any other must be named.
fn guess(
    name: &str,
    sample: &[u8],
    survey: &Survey,
) -> Result<(&'static Encoding, &'static str), SourceError> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let (guess, at_home) = (
        detector.guess(None, Utf8Detection::Deny),
        detector.guess(Some(b"cn"), Utf8Detection::Deny),
    );
    let chinese = |encoding| encoding == GBK || encoding == GB18030;
    // Too short a text is taken for something else unless the detector expects Chinese; but then it
    // takes Western texts for Chinese too.
    if chinese(guess) || (chinese(at_home) && looks_chinese(sample)) {
        return Ok((GB18030, if has_four_byte_letters(sample) { "GB18030" } else { "GBK" }));
    }
    let message = "is neither UTF-8 nor GBK or GB18030";
    let hint = format!(
        "it looks like {}: say encoding = \"{}\" in the mapping if it is",
        guess.name(),
        guess.name().to_lowercase()
    );
    Err(SourceError::new(name, message, Some(hint)).at_line(survey.first_error_line))
}

/// The letters of everyday Chinese have two high bytes; in Western texts one stands alone, mostly.
fn looks_chinese(sample: &[u8]) -> bool {
    let (mut pairs, mut others, mut at) = (0, 0, 0);
    while at + 1 < sample.len() {
        match (sample[at], sample[at + 1]) {
            (0xA1..=0xFE, 0xA1..=0xFE) => (pairs, at) = (pairs + 1, at + 2),
            (0x80.., _) => (others, at) = (others + 1, at + 2),
            _ => at += 1,
        }
    }
    pairs >= others * 4
}

fn has_four_byte_letters(sample: &[u8]) -> bool {
    let mut at = sample.iter().position(|byte| *byte >= 0x80).unwrap_or(sample.len());
    while at + 1 < sample.len() {
        match (sample[at], sample[at + 1]) {
            (0x81..=0xFE, 0x30..=0x39) => return true,
            (0x81..=0xFE, _) => at += 2,
            _ => at += 1,
        }
    }
    false
}

/// Opens the text of a file as UTF-8; letters that cannot be decoded stand as U+FFFD.
pub(crate) fn decoded(
    mut input: Box<dyn Input>,
    sniffed: &Sniffed,
    read: &Arc<AtomicU64>,
) -> std::io::Result<Box<dyn BufRead + Send>> {
    input.seek(SeekFrom::Start(sniffed.start))?;
    let counted = Counted { input, read: Arc::clone(read) };
    if sniffed.encoding == UTF_8 {
        return Ok(Box::new(BufReader::with_capacity(CHUNK, counted)));
    }
    Ok(Box::new(Decoded {
        input: BufReader::with_capacity(CHUNK, counted),
        decoder: sniffed.encoding.new_decoder_without_bom_handling(),
        text: vec![0; CHUNK],
        start: 0,
        end: 0,
        finished: false,
    }))
}

struct Counted {
    input: Box<dyn Input>,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

struct Decoded {
    input: BufReader<Counted>,
    decoder: Decoder,
    text: Vec<u8>,
    start: usize,
    end: usize,
    finished: bool,
}

impl BufRead for Decoded {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        while self.start == self.end && !self.finished {
            let bytes = self.input.fill_buf()?;
            let last = bytes.is_empty();
            let (result, read, written, _) =
                self.decoder.decode_to_utf8(bytes, &mut self.text, last);
            self.input.consume(read);
            (self.start, self.end) = (0, written);
            self.finished = last && result == CoderResult::InputEmpty;
        }
        Ok(&self.text[self.start..self.end])
    }

    fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }
}

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let bytes = self.fill_buf()?;
        let count = bytes.len().min(buffer.len());
        buffer[..count].copy_from_slice(&bytes[..count]);
        self.consume(count);
        Ok(count)
    }
}

/// True for the encodings whose broken letters are found in the bytes, not by their replacement.
pub(crate) fn is_checked_as_bytes(encoding: &'static Encoding) -> bool {
    encoding == UTF_8
}

//! The needed columns, lent to a call: in place within the process, or laid out in shared memory.

use std::collections::HashMap;

use kehu_abi as abi;
use kehu_contract::{Batch, ColumnData, ColumnType, Columns, MISSING_CODE, Need, Step};
use serde::{Deserialize, Serialize};

/// Where a column's parts begin, counted in bytes from the begin of the memory that holds them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Span {
    pub(crate) kind: u32,
    pub(crate) missing: i64,
    pub(crate) data: usize,
    pub(crate) offsets: usize,
    pub(crate) bytes: usize,
    pub(crate) values: u32,
}

/// The columns of a call, in shared memory.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Spans {
    pub(crate) rows: usize,
    /// Where the ids are; none in a fit.
    pub(crate) ids: Option<usize>,
    pub(crate) columns: Vec<Span>,
}

/// A text column in the form of the border.
struct Words {
    /// The codes, where they differ from the column's own.
    codes: Option<Vec<u32>>,
    offsets: Vec<i64>,
    bytes: Vec<u8>,
}

/// Columns of one call, ready to be lent or copied.
pub(crate) struct Lending<'a> {
    rows: usize,
    ids: Option<&'a [i64]>,
    columns: Vec<(ColumnType, &'a ColumnData, Option<Words>)>,
}

impl<'a> Lending<'a> {
    /// Gathers the columns that a step needs; the name of one that is not there is an error.
    pub(crate) fn new(
        step: &Step,
        columns: &'a Columns,
        ids: Option<&'a [i64]>,
    ) -> Result<Self, String> {
        let mut gathered = Vec::new();
        for name in step.needs.iter().map(Need::name) {
            let (Some(data), Some(kind)) = (columns.get(&name), columns.kind(&name)) else {
                return Err(format!("the batch lacks column \"{name}\""));
            };
            let words = match &**data {
                ColumnData::Text { codes, values } => Some(Words::new(codes, values)),
                _ => None,
            };
            gathered.push((kind, &**data, words));
        }
        Ok(Self { rows: columns.rows(), ids, columns: gathered })
    }

    /// Gathers the columns of a batch.
    pub(crate) fn of_batch(step: &Step, batch: &'a Batch) -> Result<Self, String> {
        if batch.ids.len() != batch.columns.rows() {
            return Err("the batch has another number of ids than of rows".to_owned());
        }
        Self::new(step, &batch.columns, Some(&batch.ids))
    }

    /// The bytes that they take in shared memory.
    pub(crate) fn size(&self) -> usize {
        self.parts(|_, _| {}).0
    }

    /// Writes them from `start` on, where there is room for [`Lending::size`].
    pub(crate) fn write(&self, memory: &mut [u8], start: usize) -> Spans {
        let (_, mut spans) = self.parts(|at, bytes| {
            memory[start + at..start + at + bytes.len()].copy_from_slice(bytes);
        });
        spans.ids = spans.ids.map(|at| at + start);
        for span in &mut spans.columns {
            span.data += start;
            span.offsets += start;
            span.bytes += start;
        }
        spans
    }

    /// Walks over all parts; each begins at a multiple of 64 bytes.
    fn parts(&self, mut put: impl FnMut(usize, &[u8])) -> (usize, Spans) {
        let mut end = 0;
        let mut place = |bytes: &[u8]| {
            let at = end;
            put(at, bytes);
            end += bytes.len().next_multiple_of(64);
            at
        };
        let ids = self.ids.map(|ids| place(as_bytes(ids)));
        let mut columns = Vec::new();
        for (kind, data, words) in &self.columns {
            let (mut offsets, mut bytes, mut values) = (0, 0, 0);
            let at = match (data, words) {
                (ColumnData::Number(all), _) => place(as_bytes(all)),
                (ColumnData::Day(all), _) => place(as_bytes(all)),
                (ColumnData::Flag(all), _) => place(all),
                (ColumnData::Text { codes, .. }, Some(words)) => {
                    offsets = place(as_bytes(&words.offsets));
                    bytes = place(&words.bytes);
                    values = words.offsets.len() as u32 - 1;
                    place(as_bytes(words.codes.as_ref().unwrap_or(codes)))
                }
                (ColumnData::Text { .. }, None) => 0,
            };
            let (kind, missing) = (code_of(*kind), count_missing(data));
            columns.push(Span { kind, missing, data: at, offsets, bytes, values });
        }
        (end, Spans { rows: self.rows, ids, columns })
    }

    /// Lends them where they are. The result is good for as long as `self` is.
    pub(crate) fn in_place(&self, names: &[String]) -> Lent {
        let ids = self.ids.map_or(std::ptr::null(), <[i64]>::as_ptr);
        let columns = self.columns.iter().zip(names).map(|((kind, data, words), name)| {
            let mut column = empty(code_of(*kind), count_missing(data), name);
            match (data, words) {
                (ColumnData::Number(all), _) => column.numbers = all.as_ptr(),
                (ColumnData::Day(all), _) => column.days = all.as_ptr(),
                (ColumnData::Flag(all), _) => column.flags = all.as_ptr(),
                (ColumnData::Text { codes, .. }, Some(words)) => {
                    column.codes = words.codes.as_ref().unwrap_or(codes).as_ptr();
                    column.offsets = words.offsets.as_ptr();
                    column.bytes = words.bytes.as_ptr();
                    column.n_values = words.offsets.len() as u32 - 1;
                }
                (ColumnData::Text { .. }, None) => {}
            }
            column
        });
        Lent::new(self.rows, ids, columns.collect())
    }
}

impl Words {
    /// Writes the dictionary out; a large one of which few values are used is made anew.
    fn new(codes: &[u32], values: &[String]) -> Self {
        if values.len() <= codes.len().max(1_024) {
            let (offsets, bytes) = join(values.iter().map(String::as_str));
            return Self { codes: None, offsets, bytes };
        }
        let mut places: HashMap<u32, u32> = HashMap::new();
        let mut used: Vec<&str> = Vec::new();
        let mut own = Vec::with_capacity(codes.len());
        for code in codes {
            own.push(match *code {
                MISSING_CODE => MISSING_CODE,
                code => *places.entry(code).or_insert_with(|| {
                    used.push(&values[code as usize]);
                    used.len() as u32 - 1
                }),
            });
        }
        let (offsets, bytes) = join(used.into_iter());
        Self { codes: Some(own), offsets, bytes }
    }
}

/// Puts texts behind one another.
pub(crate) fn join<'t>(values: impl Iterator<Item = &'t str>) -> (Vec<i64>, Vec<u8>) {
    let (mut offsets, mut bytes) = (vec![0], Vec::new());
    for value in values {
        bytes.extend_from_slice(value.as_bytes());
        offsets.push(bytes.len() as i64);
    }
    (offsets, bytes)
}

fn count_missing(data: &ColumnData) -> i64 {
    (0..data.len()).filter(|row| data.is_missing(*row)).count() as i64
}

/// The bytes of plain numbers.
fn as_bytes<T: Plain>(values: &[T]) -> &[u8] {
    let bytes = size_of_val(values);
    #[expect(unsafe_code, reason = "plain numbers are read as bytes")]
    // SAFETY: the values have no padding, and any byte may be read.
    unsafe {
        std::slice::from_raw_parts(values.as_ptr().cast(), bytes)
    }
}

/// Numbers without padding.
trait Plain: Copy {}
impl Plain for f64 {}
impl Plain for i64 {}
impl Plain for i32 {}
impl Plain for u32 {}

/// The ABI's figure for a type.
pub(crate) fn code_of(kind: ColumnType) -> u32 {
    match kind {
        ColumnType::Number => abi::NUMBER,
        ColumnType::Money => abi::MONEY,
        ColumnType::Label => abi::LABEL,
        ColumnType::Text => abi::TEXT,
        ColumnType::Flag => abi::FLAG,
        ColumnType::Day => abi::DAY,
    }
}

fn empty(kind: u32, missing: i64, name: &str) -> abi::Column {
    abi::Column {
        struct_size: size_of::<abi::Column>() as u32,
        kind,
        name: abi::Str { ptr: name.as_ptr(), len: name.len() },
        n_missing: missing,
        numbers: std::ptr::null(),
        days: std::ptr::null(),
        flags: std::ptr::null(),
        codes: std::ptr::null(),
        offsets: std::ptr::null(),
        bytes: std::ptr::null(),
        n_values: 0,
        reserved: 0,
    }
}

/// What a call is passed; its pointers refer to what [`Lending`] or the shared memory holds, and to
/// itself.
pub(crate) struct Lent {
    batch: abi::Batch,
    _columns: Vec<abi::Column>,
    _pointers: Vec<*const abi::Column>,
}

impl Lent {
    fn new(rows: usize, ids: *const i64, columns: Vec<abi::Column>) -> Self {
        let pointers: Vec<*const abi::Column> = columns.iter().map(std::ptr::from_ref).collect();
        let batch = abi::Batch {
            struct_size: size_of::<abi::Batch>() as u32,
            n_columns: pointers.len() as u32,
            n_rows: rows as i64,
            ids,
            columns: pointers.as_ptr(),
        };
        Self { batch, _columns: columns, _pointers: pointers }
    }

    /// Lends columns that lie in shared memory.
    pub(crate) fn shared(spans: &Spans, base: *const u8, names: &[String]) -> Self {
        let at = |offset: usize| base.wrapping_add(offset);
        let ids = spans.ids.map_or(std::ptr::null(), |ids| at(ids).cast());
        let columns = spans.columns.iter().zip(names).map(|(span, name)| {
            let mut column = empty(span.kind, span.missing, name);
            match span.kind {
                abi::NUMBER | abi::MONEY => column.numbers = at(span.data).cast(),
                abi::DAY => column.days = at(span.data).cast(),
                abi::FLAG => column.flags = at(span.data),
                _ => {
                    column.codes = at(span.data).cast();
                    column.offsets = at(span.offsets).cast();
                    column.bytes = at(span.bytes);
                    column.n_values = span.values;
                }
            }
            column
        });
        Self::new(spans.rows, ids, columns.collect())
    }

    pub(crate) fn batch(&self) -> *const abi::Batch {
        &raw const self.batch
    }
}

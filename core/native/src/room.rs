//! Room for what a step gives: where each buffer lies, and what it holds before it is written.

use kehu_abi as abi;
use kehu_contract::{ColumnType, LabelValue, Step};

use crate::description::{RuleText, StepShape};
use crate::lend::{code_of, join};

/// The size of a page, or of several: guards are whole pages, which are larger on some processors.
pub(crate) const PAGE: usize = if cfg!(target_arch = "x86_64") { 4_096 } else { 65_536 };

/// Where the buffers of a step's columns lie, counted in bytes.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) rows: usize,
    pub(crate) size: usize,
    pub(crate) columns: Vec<Place>,
    /// Pages that nobody may touch.
    pub(crate) guards: Vec<usize>,
}

/// Where the buffers of one column lie.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) kind: ColumnType,
    pub(crate) values: usize,
    pub(crate) points: Vec<usize>,
    pub(crate) arguments: Vec<usize>,
}

impl Layout {
    /// Lays out the buffers for so many rows. With `guarded`, each ends where a guard begins.
    pub(crate) fn new(
        step: &Step,
        shape: &StepShape,
        rules: &[RuleText],
        rows: usize,
        guarded: bool,
    ) -> Self {
        let mut cursor = Cursor { end: 0, guards: Vec::new(), guarded };
        if guarded {
            cursor.guard();
        }
        let columns = step.gives.iter().zip(&shape.outputs).map(|(give, output)| {
            let arguments: usize =
                output.factors.iter().map(|rule| rules[usize::from(*rule)].arguments).sum();
            Place {
                kind: give.info.kind,
                values: cursor.take(rows * width(give.info.kind)),
                points: output.factors.iter().map(|_| cursor.take(rows * 8)).collect(),
                arguments: (0..arguments).map(|_| cursor.take(rows * 8)).collect(),
            }
        });
        let columns = columns.collect();
        Self { rows, size: cursor.end, columns, guards: cursor.guards }
    }

    /// Writes into every buffer what it holds until the plugin writes: not written, not held.
    ///
    /// # Safety
    /// `base` refers to [`Layout::size`] bytes, aligned to 8.
    #[expect(unsafe_code, reason = "the buffers are written")]
    pub(crate) unsafe fn prefill(&self, base: *mut u8) {
        // SAFETY: as the caller promises; the buffers lie within the memory.
        unsafe {
            for place in &self.columns {
                let values = base.add(place.values);
                match place.kind {
                    ColumnType::Number | ColumnType::Money => {
                        fill(values, self.rows, f64::from_bits(abi::UNWRITTEN_NUMBER));
                    }
                    ColumnType::Label | ColumnType::Text => {
                        fill(values, self.rows, abi::UNWRITTEN_CODE);
                    }
                    ColumnType::Flag => fill(values, self.rows, abi::UNWRITTEN_FLAG),
                    ColumnType::Day => fill(values, self.rows, abi::UNWRITTEN_DAY),
                }
                for buffer in &place.points {
                    fill(base.add(*buffer), self.rows, f64::NAN);
                }
                for buffer in &place.arguments {
                    fill(base.add(*buffer), self.rows, f64::from_bits(abi::UNWRITTEN_NUMBER));
                }
            }
        }
    }
}

impl Layout {
    /// The first row of which a column is not written; all rows, if each is.
    ///
    /// # Safety
    /// `base` refers to [`Layout::size`] bytes, aligned to 8.
    #[expect(unsafe_code, reason = "the buffers are read")]
    pub(crate) unsafe fn reached(&self, base: *const u8) -> usize {
        let written = |place: &Place| {
            // SAFETY: as the caller promises; the buffers lie within the memory.
            unsafe {
                let values = base.add(place.values);
                match place.kind {
                    ColumnType::Number | ColumnType::Money => {
                        first(values, self.rows, abi::UNWRITTEN_NUMBER)
                    }
                    ColumnType::Label | ColumnType::Text => {
                        first(values, self.rows, abi::UNWRITTEN_CODE)
                    }
                    ColumnType::Flag => first(values, self.rows, abi::UNWRITTEN_FLAG),
                    ColumnType::Day => first(values, self.rows, abi::UNWRITTEN_DAY),
                }
            }
        };
        self.columns.iter().map(written).min().unwrap_or(self.rows)
    }
}

/// The first place at which a buffer still holds a value; its end, if none does.
///
/// # Safety
/// It has room for `rows` values and is aligned for them.
#[expect(unsafe_code, reason = "the buffer is read")]
unsafe fn first<T: Copy + PartialEq>(buffer: *const u8, rows: usize, value: T) -> usize {
    // SAFETY: as the caller promises.
    let values = unsafe { std::slice::from_raw_parts(buffer.cast::<T>(), rows) };
    values.iter().position(|each| *each == value).unwrap_or(rows)
}

/// Fills a buffer.
///
/// # Safety
/// It has room for `rows` values and is aligned for them.
#[expect(unsafe_code, reason = "the buffer is written")]
unsafe fn fill<T: Copy>(buffer: *mut u8, rows: usize, value: T) {
    // SAFETY: as the caller promises.
    unsafe { std::slice::from_raw_parts_mut(buffer.cast::<T>(), rows) }.fill(value);
}

/// The bytes of a value.
fn width(kind: ColumnType) -> usize {
    match kind {
        ColumnType::Number | ColumnType::Money => 8,
        ColumnType::Label | ColumnType::Text | ColumnType::Day => 4,
        ColumnType::Flag => 1,
    }
}

struct Cursor {
    end: usize,
    guards: Vec<usize>,
    guarded: bool,
}

impl Cursor {
    fn take(&mut self, bytes: usize) -> usize {
        if !self.guarded {
            let at = self.end;
            self.end += bytes.next_multiple_of(64);
            return at;
        }
        self.end += bytes.next_multiple_of(PAGE);
        let at = self.end - bytes;
        self.guard();
        at
    }

    fn guard(&mut self) {
        self.guards.push(self.end);
        self.end += PAGE;
    }
}

/// What a call is passed for its results; its pointers refer to the buffers and to itself.
pub(crate) struct Room {
    outcome: abi::Outcome,
    _given: Vec<abi::Given>,
    _pointers: Vec<*mut abi::Given>,
    _buffers: Vec<Vec<*mut f64>>,
    _labels: Vec<(Vec<i64>, Vec<u8>)>,
}

impl Room {
    /// Refers to buffers that begin at `base`; `labels` has the values of each label column.
    pub(crate) fn new(layout: &Layout, base: *mut u8, labels: &[Vec<LabelValue>]) -> Self {
        let (mut given, mut buffers, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for (place, labels) in layout.columns.iter().zip(labels) {
            let numbers = |places: &[usize]| -> Vec<*mut f64> {
                places.iter().map(|at| base.wrapping_add(*at).cast()).collect()
            };
            let (points, arguments) = (numbers(&place.points), numbers(&place.arguments));
            let words = join(labels.iter().map(|label| label.key.as_str()));
            given.push(raw(place, base.wrapping_add(place.values), &points, &arguments, &words));
            buffers.extend([points, arguments]);
            kept.push(words);
        }
        let pointers: Vec<*mut abi::Given> = given.iter_mut().map(std::ptr::from_mut).collect();
        let outcome = abi::Outcome {
            struct_size: size_of::<abi::Outcome>() as u32,
            n_columns: pointers.len() as u32,
            n_rows: layout.rows as i64,
            columns: pointers.as_ptr(),
        };
        Self { outcome, _given: given, _pointers: pointers, _buffers: buffers, _labels: kept }
    }

    pub(crate) fn outcome(&self) -> *const abi::Outcome {
        &raw const self.outcome
    }
}

fn raw(
    place: &Place,
    values: *mut u8,
    points: &[*mut f64],
    arguments: &[*mut f64],
    words: &(Vec<i64>, Vec<u8>),
) -> abi::Given {
    let mut given = abi::Given {
        struct_size: size_of::<abi::Given>() as u32,
        kind: code_of(place.kind),
        numbers: std::ptr::null_mut(),
        days: std::ptr::null_mut(),
        flags: std::ptr::null_mut(),
        codes: std::ptr::null_mut(),
        points: points.as_ptr(),
        arguments: arguments.as_ptr(),
        n_factors: points.len() as u32,
        n_arguments: arguments.len() as u32,
        n_labels: words.0.len() as u32 - 1,
        reserved: 0,
        label_offsets: words.0.as_ptr(),
        label_bytes: words.1.as_ptr(),
    };
    match place.kind {
        ColumnType::Number | ColumnType::Money => given.numbers = values.cast(),
        ColumnType::Label | ColumnType::Text => given.codes = values.cast(),
        ColumnType::Flag => given.flags = values,
        ColumnType::Day => given.days = values.cast(),
    }
    given
}

//! What the kit lends to a plugin: a call, the columns, room for what it gives.

use std::cell::RefCell;
use std::ffi::c_void;
use std::sync::Arc;

use kehu_abi as abi;
use kehu_contract::{ColumnData, ColumnType, Columns, Manifest, Step, Value};
use serde_json::{Map, Value as Json};

use super::Reasons;
use crate::batch::slice;

/// A text of a static entry.
#[expect(unsafe_code, reason = "a text of the entry is read")]
pub(super) fn text(text: &abi::Str) -> &'static str {
    // SAFETY: the entry of this very program is static, and so are its texts.
    std::str::from_utf8(unsafe { slice(text.ptr, text.len) }).unwrap_or("")
}

/// Serves one call.
pub(super) struct Desk {
    call: Box<abi::Call>,
    notes: Box<RefCell<Notes>>,
    _cancel: Box<u32>,
}

#[derive(Default)]
struct Notes {
    failure: Option<(i64, String)>,
    emitted: Vec<u8>,
    texts: Vec<String>,
}

impl Desk {
    pub(super) fn new(as_of: i32, seed: u64) -> Self {
        let notes = Box::<RefCell<Notes>>::default();
        let cancel = Box::new(0_u32);
        let call = Box::new(abi::Call {
            struct_size: size_of::<abi::Call>() as u32,
            flags: 0,
            context: (&raw const *notes).cast_mut().cast(),
            seed,
            as_of_day: as_of,
            reserved: 0,
            cancel: &raw const *cancel,
            fail: Some(fail),
            emit: Some(emit),
            text: Some(code),
            log: Some(log),
            progress: Some(progress),
        });
        Self { call, notes, _cancel: cancel }
    }

    pub(super) fn call(&self) -> *const abi::Call {
        &raw const *self.call
    }

    pub(super) fn texts(&self) -> Vec<String> {
        self.notes.borrow().texts.clone()
    }

    /// What was emitted, or what failed.
    pub(super) fn finish(self, code: i32) -> Result<Vec<u8>, String> {
        let notes = self.notes.take();
        match (code, notes.failure) {
            (abi::OK, None) => Ok(notes.emitted),
            (abi::OK, Some((_, said))) => {
                Err(format!("the call failed and said it was OK: {said}"))
            }
            (_, Some((-1, said))) => Err(said),
            (_, Some((row, said))) => Err(format!("row {row}: {said}")),
            (code, None) => Err(format!("code {code} without a word")),
        }
    }
}

/// The notes behind a call's context.
///
/// # Safety
/// `context` is that of a [`Desk`] that is still there.
#[expect(unsafe_code, reason = "the context becomes a reference")]
unsafe fn notes<'a>(context: *mut c_void) -> &'a RefCell<Notes> {
    // SAFETY: as the caller promises.
    unsafe { &*context.cast::<RefCell<Notes>>() }
}

/// A text that a plugin passes.
///
/// # Safety
/// It has `len` bytes.
#[expect(unsafe_code, reason = "the plugin's text becomes a slice")]
unsafe fn passed(text: *const u8, len: usize) -> String {
    // SAFETY: as the caller promises.
    String::from_utf8_lossy(unsafe { slice(text, len) }).into_owned()
}

#[expect(unsafe_code, reason = "a callback of the plugin")]
unsafe extern "C-unwind" fn fail(context: *mut c_void, row: i64, text: *const u8, len: usize) {
    // SAFETY: the plugin passes the context that it got, and a text of its own.
    unsafe { notes(context).borrow_mut().failure = Some((row, passed(text, len))) }
}

#[expect(unsafe_code, reason = "a callback of the plugin")]
unsafe extern "C-unwind" fn emit(context: *mut c_void, bytes: *const c_void, len: usize) -> i32 {
    // SAFETY: as above.
    unsafe { notes(context).borrow_mut().emitted.extend_from_slice(slice(bytes.cast(), len)) }
    abi::OK
}

#[expect(unsafe_code, reason = "a callback of the plugin")]
unsafe extern "C-unwind" fn code(context: *mut c_void, text: *const u8, len: usize) -> u32 {
    // SAFETY: as above.
    let (notes, text) = unsafe { (notes(context), passed(text, len)) };
    let texts = &mut notes.borrow_mut().texts;
    let place = texts.iter().position(|known| *known == text).unwrap_or_else(|| {
        texts.push(text);
        texts.len() - 1
    });
    place as u32
}

extern "C-unwind" fn log(_: *mut c_void, _: i32, _: *const u8, _: usize) {}
extern "C-unwind" fn progress(_: *mut c_void, _: f64) {}

/// Distinct texts in the form of the border.
#[derive(Default)]
struct Dictionary {
    offsets: Vec<i64>,
    bytes: Vec<u8>,
}

impl Dictionary {
    fn new<'t>(values: impl Iterator<Item = &'t str>) -> Self {
        let mut dictionary = Self { offsets: vec![0], bytes: Vec::new() };
        for value in values {
            dictionary.bytes.extend_from_slice(value.as_bytes());
            dictionary.offsets.push(dictionary.bytes.len() as i64);
        }
        dictionary
    }

    fn len(&self) -> u32 {
        self.offsets.len() as u32 - 1
    }
}

/// The needed columns of some customers.
pub(super) struct Input {
    batch: abi::Batch,
    _kept: Kept,
}

/// What the pointers of an [`Input`] refer to.
struct Kept {
    _ids: Vec<i64>,
    _data: Vec<Arc<ColumnData>>,
    _dictionaries: Vec<Dictionary>,
    _names: Vec<String>,
    _columns: Vec<abi::Column>,
    _pointers: Vec<*const abi::Column>,
}

impl Input {
    pub(super) fn new(step: &Step, columns: &Columns, with_ids: bool) -> Self {
        let rows = columns.rows();
        let ids: Vec<i64> = (1..=rows as i64).collect();
        let names: Vec<String> = step.needs.iter().map(kehu_contract::Need::name).collect();
        let (mut kept_data, mut dictionaries, mut raw) = (Vec::new(), Vec::new(), Vec::new());
        for name in &names {
            let missing = || Arc::new(ColumnData::missing(ColumnType::Number, rows));
            let data = columns.get(name).map_or_else(missing, Arc::clone);
            let kind = columns.kind(name).unwrap_or(ColumnType::Number);
            let dictionary = match &*data {
                ColumnData::Text { values, .. } => {
                    Dictionary::new(values.iter().map(String::as_str))
                }
                _ => Dictionary::default(),
            };
            raw.push(column(name, kind, &data, &dictionary));
            kept_data.push(data);
            dictionaries.push(dictionary);
        }
        let pointers: Vec<*const abi::Column> = raw.iter().map(std::ptr::from_ref).collect();
        let batch = abi::Batch {
            struct_size: size_of::<abi::Batch>() as u32,
            n_columns: pointers.len() as u32,
            n_rows: rows as i64,
            ids: if with_ids { ids.as_ptr() } else { std::ptr::null() },
            columns: pointers.as_ptr(),
        };
        let kept = Kept {
            _ids: ids,
            _data: kept_data,
            _dictionaries: dictionaries,
            _names: names,
            _columns: raw,
            _pointers: pointers,
        };
        Self { batch, _kept: kept }
    }

    pub(super) fn batch(&self) -> *const abi::Batch {
        &raw const self.batch
    }
}

fn column(name: &str, kind: ColumnType, data: &ColumnData, words: &Dictionary) -> abi::Column {
    let null = abi::Column {
        struct_size: size_of::<abi::Column>() as u32,
        kind: code_of(kind),
        name: abi::Str { ptr: name.as_ptr(), len: name.len() },
        n_missing: (0..data.len()).filter(|row| data.is_missing(*row)).count() as i64,
        numbers: std::ptr::null(),
        days: std::ptr::null(),
        flags: std::ptr::null(),
        codes: std::ptr::null(),
        offsets: std::ptr::null(),
        bytes: std::ptr::null(),
        n_values: 0,
        reserved: 0,
    };
    match data {
        ColumnData::Number(values) => abi::Column { numbers: values.as_ptr(), ..null },
        ColumnData::Day(values) => abi::Column { days: values.as_ptr(), ..null },
        ColumnData::Flag(values) => abi::Column { flags: values.as_ptr(), ..null },
        ColumnData::Text { codes, .. } => abi::Column {
            codes: codes.as_ptr(),
            offsets: words.offsets.as_ptr(),
            bytes: words.bytes.as_ptr(),
            n_values: words.len(),
            ..null
        },
    }
}

fn code_of(kind: ColumnType) -> u32 {
    match kind {
        ColumnType::Number => abi::NUMBER,
        ColumnType::Money => abi::MONEY,
        ColumnType::Label => abi::LABEL,
        ColumnType::Text => abi::TEXT,
        ColumnType::Flag => abi::FLAG,
        ColumnType::Day => abi::DAY,
    }
}

/// The values of one column to be given, marked as not yet written.
enum Cells {
    Numbers(Vec<f64>),
    Days(Vec<i32>),
    Flags(Vec<u8>),
    Codes(Vec<u32>),
}

impl Cells {
    fn new(kind: ColumnType, rows: usize) -> Self {
        match kind {
            ColumnType::Number | ColumnType::Money => {
                Self::Numbers(vec![f64::from_bits(abi::UNWRITTEN_NUMBER); rows])
            }
            ColumnType::Day => Self::Days(vec![abi::UNWRITTEN_DAY; rows]),
            ColumnType::Flag => Self::Flags(vec![abi::UNWRITTEN_FLAG; rows]),
            ColumnType::Label | ColumnType::Text => Self::Codes(vec![abi::UNWRITTEN_CODE; rows]),
        }
    }

    /// The value of a row; an error if it is none.
    fn value(&self, row: usize, words: &[String]) -> Result<Value, &'static str> {
        const UNWRITTEN: &str = "was not written";
        Ok(match self {
            Self::Numbers(all) if all[row].to_bits() == abi::UNWRITTEN_NUMBER => {
                return Err(UNWRITTEN);
            }
            Self::Numbers(all) if all[row].is_nan() => Value::Missing,
            Self::Numbers(all) if all[row].is_infinite() => return Err("is infinite"),
            Self::Numbers(all) => Value::Number(all[row]),
            Self::Days(all) => match all[row] {
                abi::UNWRITTEN_DAY => return Err(UNWRITTEN),
                abi::MISSING_DAY => Value::Missing,
                day => Value::Day(day),
            },
            Self::Flags(all) => match all[row] {
                0 => Value::Flag(false),
                1 => Value::Flag(true),
                abi::MISSING_FLAG => Value::Missing,
                abi::UNWRITTEN_FLAG => return Err(UNWRITTEN),
                _ => return Err("is no flag"),
            },
            Self::Codes(all) => match all[row] {
                abi::UNWRITTEN_CODE => return Err(UNWRITTEN),
                abi::MISSING_CODE => Value::Missing,
                code => Value::Text(words.get(code as usize).ok_or("has no such code")?.clone()),
            },
        })
    }
}

/// Room for one column.
struct Place {
    name: String,
    additive: bool,
    cells: Cells,
    labels: Option<Vec<String>>,
    dictionary: Dictionary,
    /// The rule of each factor, with the number of its arguments.
    factors: Vec<(String, usize)>,
    points: Vec<Vec<f64>>,
    arguments: Vec<Vec<f64>>,
    point_places: Vec<*mut f64>,
    argument_places: Vec<*mut f64>,
}

/// Room for all that a step gives.
pub(super) struct Room {
    rows: usize,
    places: Vec<Place>,
    _given: Vec<abi::Given>,
    _pointers: Vec<*mut abi::Given>,
    outcome: abi::Outcome,
}

impl Room {
    #[expect(unsafe_code, reason = "the plugin's outputs and rules become slices")]
    pub(super) fn new(
        entry: &'static abi::Entry,
        manifest: &Manifest,
        step: &Step,
        table: &abi::Scorer,
        settings: &Map<String, Json>,
        rows: usize,
    ) -> Result<Self, String> {
        // SAFETY: the tables of this very program are static and of this crate's own sizes.
        let (rules, outputs) = unsafe {
            (
                slice(entry.rules, entry.n_rules as usize),
                slice(table.outputs, table.n_outputs as usize),
            )
        };
        let given: Vec<&str> = outputs.iter().map(|output| text(&output.column)).collect();
        let declared: Vec<&str> = step.gives.iter().map(|give| give.info.name.as_str()).collect();
        if given != declared {
            return Err(format!("OUTPUTS gives {given:?}, pack.toml declares {declared:?}"));
        }
        let mut places = Vec::new();
        for (give, output) in step.gives.iter().zip(outputs) {
            let labels = (give.info.kind == ColumnType::Label).then(|| {
                let values = manifest.label_values(give, settings);
                values.into_iter().map(|value| value.key).collect::<Vec<_>>()
            });
            // SAFETY: as above.
            let factors = unsafe { slice(output.factors, output.n_factors as usize) };
            let factors = factors.iter().map(|place| {
                let rule = rules.get(*place as usize).ok_or("OUTPUTS names no rule of RULES")?;
                Ok((text(&rule.id).to_owned(), rule.n_arguments as usize))
            });
            let factors = factors.collect::<Result<Vec<_>, &str>>()?;
            let additive = output.flags & abi::ADDITIVE != 0;
            let name = give.info.name.clone();
            let cells = Cells::new(give.info.kind, rows);
            places.push(Place::new(name, additive, cells, labels, factors, rows));
        }
        let kinds = step.gives.iter().map(|give| give.info.kind);
        let mut given: Vec<abi::Given> =
            places.iter_mut().zip(kinds).map(|(place, kind)| place.given(kind)).collect();
        let pointers: Vec<*mut abi::Given> = given.iter_mut().map(std::ptr::from_mut).collect();
        let outcome = abi::Outcome {
            struct_size: size_of::<abi::Outcome>() as u32,
            n_columns: pointers.len() as u32,
            n_rows: rows as i64,
            columns: pointers.as_ptr(),
        };
        Ok(Self { rows, places, _given: given, _pointers: pointers, outcome })
    }

    pub(super) fn outcome(&self) -> *const abi::Outcome {
        &raw const self.outcome
    }

    /// Reads what was given and checks it.
    pub(super) fn read(
        &self,
        texts: &[String],
    ) -> Result<Vec<(String, Vec<Value>, Reasons)>, String> {
        self.places.iter().map(|place| place.read(self.rows, texts)).collect()
    }
}

impl Place {
    fn new(
        name: String,
        additive: bool,
        cells: Cells,
        labels: Option<Vec<String>>,
        factors: Vec<(String, usize)>,
        rows: usize,
    ) -> Self {
        let arguments: usize = factors.iter().map(|(_, count)| count).sum();
        let mut points = vec![vec![f64::NAN; rows]; factors.len()];
        let mut arguments = vec![vec![f64::NAN; rows]; arguments];
        let point_places = points.iter_mut().map(Vec::as_mut_ptr).collect();
        let argument_places = arguments.iter_mut().map(Vec::as_mut_ptr).collect();
        let dictionary = Dictionary::new(labels.iter().flatten().map(String::as_str));
        Self {
            name,
            additive,
            cells,
            labels,
            dictionary,
            factors,
            points,
            arguments,
            point_places,
            argument_places,
        }
    }

    fn given(&mut self, kind: ColumnType) -> abi::Given {
        let null = std::ptr::null_mut();
        let mut given = abi::Given {
            struct_size: size_of::<abi::Given>() as u32,
            kind: code_of(kind),
            numbers: null,
            days: std::ptr::null_mut(),
            flags: std::ptr::null_mut(),
            codes: std::ptr::null_mut(),
            points: self.point_places.as_ptr(),
            arguments: self.argument_places.as_ptr(),
            n_factors: self.points.len() as u32,
            n_arguments: self.arguments.len() as u32,
            n_labels: self.dictionary.len(),
            reserved: 0,
            label_offsets: self.dictionary.offsets.as_ptr(),
            label_bytes: self.dictionary.bytes.as_ptr(),
        };
        match &mut self.cells {
            Cells::Numbers(values) => given.numbers = values.as_mut_ptr(),
            Cells::Days(values) => given.days = values.as_mut_ptr(),
            Cells::Flags(values) => given.flags = values.as_mut_ptr(),
            Cells::Codes(values) => given.codes = values.as_mut_ptr(),
        }
        given
    }

    fn read(&self, rows: usize, texts: &[String]) -> Result<(String, Vec<Value>, Reasons), String> {
        let words = self.labels.as_deref().unwrap_or(texts);
        let (mut values, mut reasons) = (Vec::new(), Vec::new());
        for row in 0..rows {
            let wrong = |what: &str| format!("column \"{}\", row {row}: {what}", self.name);
            let value =
                self.cells.value(row, words).map_err(|what| wrong(&format!("it {what}")))?;
            let held = self.held(row);
            let sum = held.iter().fold(0.0, |sum, (_, points, _)| sum + points);
            match &value {
                Value::Number(value) if self.additive && !is_near(*value, sum) => {
                    return Err(wrong(&format!("it is {value}, its points add up to {sum}")));
                }
                Value::Number(_) if self.additive => {}
                Value::Missing => {}
                _ if held.is_empty() => return Err(wrong("it has a value and no reason")),
                _ => {}
            }
            values.push(value);
            reasons.push(held);
        }
        Ok((self.name.clone(), values, reasons))
    }

    /// The rules that hold for a row.
    fn held(&self, row: usize) -> Vec<(String, f64, Vec<f64>)> {
        let mut first = 0;
        let mut held = Vec::new();
        for ((rule, count), points) in self.factors.iter().zip(&self.points) {
            let arguments = &self.arguments[first..first + count];
            first += count;
            if !points[row].is_nan() {
                let arguments = arguments.iter().map(|column| column[row]).collect();
                held.push((rule.clone(), points[row], arguments));
            }
        }
        held
    }
}

/// True if a sum is what it should be; the order of adding may change its last bits.
fn is_near(value: f64, sum: f64) -> bool {
    (value - sum).abs() <= 1e-9 * value.abs().max(1.0)
}

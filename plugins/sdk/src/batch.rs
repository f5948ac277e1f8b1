//! The needed columns, as typed views.

use std::marker::PhantomData;

use kehu_abi as abi;

use crate::{Call, Error, Result};

/// The customers of a call, with the step's needed columns.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    raw: *const abi::Batch,
    call: Call<'a>,
    borrowed: PhantomData<&'a abi::Batch>,
}

/// Numbers and money of the customers.
#[derive(Debug, Clone, Copy)]
pub struct Numbers<'a>(&'a [f64]);

/// Days, counted from 1970-01-01.
#[derive(Debug, Clone, Copy)]
pub struct Days<'a>(&'a [i32]);

/// Yes or no.
#[derive(Debug, Clone, Copy)]
pub struct Flags<'a>(&'a [u8]);

/// Labels or texts: a code for each customer, into a list of distinct values.
#[derive(Debug, Clone, Copy)]
pub struct Codes<'a> {
    codes: &'a [u32],
    offsets: &'a [i64],
    bytes: &'a [u8],
}

#[expect(unsafe_code, reason = "the host's arrays become slices")]
impl<'a> Batch<'a> {
    /// Borrows what the host passed.
    ///
    /// # Safety
    /// Both are what the host passed to a callback that has not returned.
    pub(crate) unsafe fn new(raw: *const abi::Batch, call: Call<'a>) -> Self {
        Self { raw, call, borrowed: PhantomData }
    }

    fn raw(&self) -> &'a abi::Batch {
        // SAFETY: by `new` it lives as long as `'a`.
        unsafe { &*self.raw }
    }

    /// What the host lends to the call.
    pub fn call(&self) -> &Call<'a> {
        &self.call
    }

    /// The number of customers.
    pub fn rows(&self) -> usize {
        self.raw().n_rows as usize
    }

    /// The customers' ids; none in a fit.
    pub fn ids(&self) -> &'a [i64] {
        // SAFETY: the host's array has an id for each row, or is null.
        unsafe { slice(self.raw().ids, self.rows()) }
    }

    /// A column of numbers or money.
    ///
    /// # Errors
    /// The step does not need it, or it holds something else.
    pub fn numbers(&self, name: &str) -> Result<Numbers<'a>> {
        let column = self.column(name, &[abi::NUMBER, abi::MONEY], "numbers")?;
        // SAFETY: a column of this kind has a value for each row.
        Ok(Numbers(unsafe { slice(column.numbers, self.rows()) }))
    }

    /// A column of days.
    ///
    /// # Errors
    /// The step does not need it, or it holds something else.
    pub fn days(&self, name: &str) -> Result<Days<'a>> {
        let column = self.column(name, &[abi::DAY], "days")?;
        // SAFETY: as above.
        Ok(Days(unsafe { slice(column.days, self.rows()) }))
    }

    /// A column of flags.
    ///
    /// # Errors
    /// The step does not need it, or it holds something else.
    pub fn flags(&self, name: &str) -> Result<Flags<'a>> {
        let column = self.column(name, &[abi::FLAG], "flags")?;
        // SAFETY: as above.
        Ok(Flags(unsafe { slice(column.flags, self.rows()) }))
    }

    /// A column of labels or texts.
    ///
    /// # Errors
    /// The step does not need it, or it holds something else.
    pub fn texts(&self, name: &str) -> Result<Codes<'a>> {
        let column = self.column(name, &[abi::LABEL, abi::TEXT], "texts")?;
        let values = column.n_values as usize;
        // SAFETY: as above; the host's dictionary has an offset more than values, in order, and as
        // many bytes as the last of them says.
        unsafe {
            let offsets = slice(column.offsets, if values == 0 { 0 } else { values + 1 });
            let bytes = slice(column.bytes, offsets.last().map_or(0, |end| *end as usize));
            Ok(Codes { codes: slice(column.codes, self.rows()), offsets, bytes })
        }
    }

    fn columns(&self) -> impl Iterator<Item = &'a abi::Column> + use<'a> {
        let raw = self.raw();
        // SAFETY: the host's array has `n_columns` pointers to columns.
        let columns = unsafe { slice(raw.columns, raw.n_columns as usize) };
        // SAFETY: as above.
        columns.iter().map(|column| unsafe { &**column })
    }

    fn column(&self, name: &str, kinds: &[u32], expected: &str) -> Result<&'a abi::Column> {
        let column = self.columns().find(|column| {
            // SAFETY: the host's texts are valid for the time of the call.
            (unsafe { slice(column.name.ptr, column.name.len) }) == name.as_bytes()
        });
        match column {
            Some(column) if kinds.contains(&column.kind) => Ok(column),
            Some(column) => Err(Error::new(format!(
                "column \"{name}\" is of type {}, not of {expected}",
                kind_name(column.kind)
            ))),
            None => Err(Error::new(format!("add \"{name}\" to the step's needs in pack.toml"))),
        }
    }
}

fn kind_name(kind: u32) -> &'static str {
    let place = (kind as usize).wrapping_sub(1);
    ["number", "money", "label", "text", "flag", "day"].get(place).copied().unwrap_or("unknown")
}

/// Makes a slice; null is empty.
///
/// # Safety
/// A pointer that is not null has `len` values that do not change for `'a`.
#[expect(unsafe_code, reason = "an array of the host becomes a slice")]
pub(crate) unsafe fn slice<'a, T>(pointer: *const T, len: usize) -> &'a [T] {
    if pointer.is_null() || len == 0 {
        return &[];
    }
    // SAFETY: as the caller promises.
    unsafe { std::slice::from_raw_parts(pointer, len) }
}

impl<'a> Numbers<'a> {
    /// The customer's value; none if it is missing.
    pub fn get(&self, row: usize) -> Option<f64> {
        Some(self.0[row]).filter(|number| !number.is_nan())
    }

    /// All values; NaN is missing.
    pub fn values(&self) -> &'a [f64] {
        self.0
    }

    /// All values.
    pub fn iter(&self) -> impl Iterator<Item = Option<f64>> + use<'a> {
        self.0.iter().map(|number| Some(*number).filter(|number| !number.is_nan()))
    }
}

impl Days<'_> {
    /// The customer's day; none if it is missing.
    pub fn get(&self, row: usize) -> Option<i32> {
        Some(self.0[row]).filter(|day| *day != abi::MISSING_DAY)
    }
}

impl Flags<'_> {
    /// The customer's flag; none if it is missing.
    pub fn get(&self, row: usize) -> Option<bool> {
        match self.0[row] {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl<'a> Codes<'a> {
    /// The customer's text; none if it is missing.
    pub fn get(&self, row: usize) -> Option<&'a str> {
        let code = self.codes[row];
        if code == abi::MISSING_CODE { None } else { self.value(code) }
    }

    /// The customers' codes; [`kehu_abi::MISSING_CODE`] is missing.
    pub fn codes(&self) -> &'a [u32] {
        self.codes
    }

    /// The text of a code.
    pub fn value(&self, code: u32) -> Option<&'a str> {
        let start = *self.offsets.get(code as usize)?;
        let end = *self.offsets.get(code as usize + 1)?;
        std::str::from_utf8(self.bytes.get(start as usize..end as usize)?).ok()
    }
}

//! The columns that a step gives: values and their reasons, written together.

use std::cell::RefCell;
use std::marker::PhantomData;

use kehu_abi as abi;

use crate::batch::slice;
use crate::{Call, Error, Output, Result, Rule, RuleId};

/// Takes what a scorer gives.
///
/// Each column is taken out once, by a method for its type; from then on every row is missing until it
/// is given. Rows of a [`Sum`] are 0 instead.
#[derive(Debug)]
pub struct Given<'a> {
    raw: *const abi::Outcome,
    call: Call<'a>,
    outputs: &'static [Output],
    rules: &'static [Rule],
    taken: RefCell<Vec<bool>>,
    borrowed: PhantomData<&'a mut abi::Outcome>,
}

/// A number or amount that is the sum of its points.
#[derive(Debug)]
pub struct Sum<'a>(Cells<'a, f64>);

/// A number or amount that stands by itself.
#[derive(Debug)]
pub struct NumberColumn<'a>(Cells<'a, f64>);

/// A day, counted from 1970-01-01.
#[derive(Debug)]
pub struct DayColumn<'a>(Cells<'a, i32>);

/// Yes or no.
#[derive(Debug)]
pub struct FlagColumn<'a>(Cells<'a, u8>);

/// One of the declared values.
#[derive(Debug)]
pub struct LabelColumn<'a> {
    cells: Cells<'a, u32>,
    labels: Vec<&'a str>,
}

/// A text.
#[derive(Debug)]
pub struct TextColumn<'a> {
    cells: Cells<'a, u32>,
    call: Call<'a>,
}

impl<'a> Given<'a> {
    /// Borrows what the host passed.
    ///
    /// # Safety
    /// Both pointers are what the host passed to a callback that has not returned, and nothing else
    /// refers to the buffers of `raw`.
    #[expect(unsafe_code, reason = "the host's struct is trusted")]
    pub(crate) unsafe fn new(
        raw: *const abi::Outcome,
        call: Call<'a>,
        outputs: &'static [Output],
        rules: &'static [Rule],
    ) -> Self {
        let taken = RefCell::new(vec![false; outputs.len()]);
        Self { raw, call, outputs, rules, taken, borrowed: PhantomData }
    }

    /// Takes out a column that adds up: one declared with [`Output::sum`].
    ///
    /// # Errors
    /// There is none of that name, it is of another type, or it was taken before.
    pub fn sum(&self, name: &str) -> Result<Sum<'a>> {
        let (given, output) = self.take(name, &[abi::NUMBER, abi::MONEY], "a number")?;
        if !output.is_additive() {
            return Err(Error::new(format!("declare \"{name}\" with Output::sum, or use numbers")));
        }
        Ok(Sum(self.cells(given, given.numbers, 0.0, output)))
    }

    /// Takes out a column of numbers or money.
    ///
    /// # Errors
    /// There is none of that name, it is of another type, or it was taken before.
    pub fn numbers(&self, name: &str) -> Result<NumberColumn<'a>> {
        let (given, output) = self.take(name, &[abi::NUMBER, abi::MONEY], "a number")?;
        if output.is_additive() {
            return Err(Error::new(format!("declare \"{name}\" with Output::value, or use sum")));
        }
        Ok(NumberColumn(self.cells(given, given.numbers, f64::NAN, output)))
    }

    /// Takes out a column of days.
    ///
    /// # Errors
    /// There is none of that name, it is of another type, or it was taken before.
    pub fn days(&self, name: &str) -> Result<DayColumn<'a>> {
        let (given, output) = self.take(name, &[abi::DAY], "a day")?;
        Ok(DayColumn(self.cells(given, given.days, abi::MISSING_DAY, output)))
    }

    /// Takes out a column of flags.
    ///
    /// # Errors
    /// There is none of that name, it is of another type, or it was taken before.
    pub fn flags(&self, name: &str) -> Result<FlagColumn<'a>> {
        let (given, output) = self.take(name, &[abi::FLAG], "a flag")?;
        Ok(FlagColumn(self.cells(given, given.flags, abi::MISSING_FLAG, output)))
    }

    /// Takes out a column of labels.
    ///
    /// # Errors
    /// There is none of that name, it is of another type, or it was taken before.
    pub fn labels(&self, name: &str) -> Result<LabelColumn<'a>> {
        let (given, output) = self.take(name, &[abi::LABEL], "a label")?;
        let labels = labels(given)?;
        let cells = self.cells(given, given.codes, abi::MISSING_CODE, output);
        Ok(LabelColumn { cells, labels })
    }

    /// Takes out a column of texts.
    ///
    /// # Errors
    /// There is none of that name, it is of another type, or it was taken before.
    pub fn texts(&self, name: &str) -> Result<TextColumn<'a>> {
        let (given, output) = self.take(name, &[abi::TEXT], "a text")?;
        let cells = self.cells(given, given.codes, abi::MISSING_CODE, output);
        Ok(TextColumn { cells, call: self.call })
    }

    #[expect(unsafe_code, reason = "the host's struct is read")]
    fn take(
        &self,
        name: &str,
        kinds: &[u32],
        a: &str,
    ) -> Result<(&'a abi::Given, &'static Output)> {
        // SAFETY: the name of an output is a text of the plugin's own.
        let named = |output: &&Output| unsafe {
            slice(output.0.column.ptr, output.0.column.len) == name.as_bytes()
        };
        let place = self.outputs.iter().position(|output| named(&output));
        let place = place.ok_or_else(|| format!("OUTPUTS has no column \"{name}\""))?;
        // SAFETY: by `new` the struct lives as long as `'a`, and has a column for each output.
        let given = unsafe {
            let columns = slice((*self.raw).columns, (*self.raw).n_columns as usize);
            &**columns.get(place).ok_or("the host wants fewer columns than OUTPUTS has")?
        };
        if !kinds.contains(&given.kind) {
            return Err(Error::new(format!("pack.toml does not declare \"{name}\" as {a}")));
        }
        if std::mem::replace(&mut self.taken.borrow_mut()[place], true) {
            return Err(Error::new(format!("column \"{name}\" was taken before")));
        }
        Ok((given, &self.outputs[place]))
    }

    #[expect(unsafe_code, reason = "the host's buffers become slices")]
    fn cells<T: Copy>(
        &self,
        given: &'a abi::Given,
        values: *mut T,
        fill: T,
        output: &'static Output,
    ) -> Cells<'a, T> {
        // SAFETY: by `new` the struct lives as long as `'a`.
        let rows = unsafe { (*self.raw).n_rows } as usize;
        let values: &'a mut [T] = if values.is_null() {
            &mut []
        } else {
            // SAFETY: the host's buffer of the column's kind has a value for each row, and `take`
            // hands out each column once.
            unsafe { std::slice::from_raw_parts_mut(values, rows) }
        };
        values.fill(fill);
        // SAFETY: the factors are a slice of the plugin's own; the host's arrays have a buffer for
        // each factor and each argument.
        let (factors, points, arguments) = unsafe {
            (
                slice(output.0.factors, output.0.n_factors as usize),
                slice(given.points, given.n_factors as usize),
                slice(given.arguments, given.n_arguments as usize),
            )
        };
        let mut slots = vec![None; self.rules.len()];
        let mut first = 0;
        for (place, factor) in factors.iter().enumerate() {
            let count = self.rules[*factor as usize].0.n_arguments as usize;
            slots[*factor as usize] = Some(Slot { points: points[place], first, count });
            first += count;
        }
        Cells { values, slots, arguments, rows }
    }
}

#[expect(unsafe_code, reason = "the host's texts become slices")]
fn labels(given: &abi::Given) -> Result<Vec<&str>> {
    let count = given.n_labels as usize;
    // SAFETY: the host's list has an offset more than values, in order, and as many bytes as the last
    // of them says; it lives as long as `given`.
    let (offsets, bytes) = unsafe {
        let offsets = slice(given.label_offsets, if count == 0 { 0 } else { count + 1 });
        (offsets, slice(given.label_bytes, offsets.last().map_or(0, |end| *end as usize)))
    };
    let label = |pair: &[i64]| std::str::from_utf8(&bytes[pair[0] as usize..pair[1] as usize]);
    offsets
        .windows(2)
        .map(|pair| label(pair).map_err(|_| Error::new("a label is no valid text")))
        .collect()
}

/// Where the points and arguments of a factor go.
#[derive(Debug, Clone, Copy)]
struct Slot {
    points: *mut f64,
    first: usize,
    count: usize,
}

/// The values of one column with the buffers of its reasons.
#[derive(Debug)]
struct Cells<'a, T> {
    values: &'a mut [T],
    /// For each rule of the plugin.
    slots: Vec<Option<Slot>>,
    arguments: &'a [*mut f64],
    rows: usize,
}

#[expect(unsafe_code, reason = "the host's buffers are written, within their rows")]
impl<T: Copy> Cells<'_, T> {
    fn set(&mut self, row: usize, value: T, rule: RuleId, arguments: &[f64]) {
        self.values[row] = value;
        self.reason(row, rule, 0.0, arguments);
    }

    /// Notes that a rule holds for a row; points that it gave before are added to.
    #[inline]
    fn reason(&mut self, row: usize, rule: RuleId, points: f64, arguments: &[f64]) {
        let slot = self.slot(rule);
        assert!(row < self.rows, "row {row} of {}", self.rows);
        // SAFETY: the buffer of a factor has a place for each row, and `row` is one of them; nothing
        // else refers to it, as each column is taken out once.
        unsafe {
            let cell = slot.points.add(row);
            let before = cell.read();
            cell.write(if before.is_nan() { points } else { before + points });
        }
        assert!(
            arguments.len() <= slot.count,
            "rule {} is declared with {} arguments",
            rule.0,
            slot.count
        );
        for (place, argument) in arguments.iter().enumerate() {
            // SAFETY: as above; the factor's arguments are among the column's.
            unsafe { self.arguments[slot.first + place].add(row).write(*argument) }
        }
    }

    #[inline]
    fn slot(&self, rule: RuleId) -> Slot {
        match self.slots.get(rule.0 as usize) {
            Some(Some(slot)) => *slot,
            _ => no_factor(rule),
        }
    }
}

#[cold]
fn no_factor(rule: RuleId) -> ! {
    panic!("rule {} is not among the rules of this column in OUTPUTS", rule.0)
}

impl Sum<'_> {
    /// Adds points to a row's value, for a rule.
    ///
    /// # Panics
    /// If the rule is not one of the column's in [`crate::Scorer::OUTPUTS`].
    #[inline]
    pub fn add(&mut self, row: usize, rule: RuleId, points: f64) {
        self.add_with(row, rule, points, &[]);
    }

    /// As [`Sum::add`], with the arguments of the rule's sentence.
    ///
    /// # Panics
    /// As [`Sum::add`], and if the rule is declared with fewer arguments.
    #[inline]
    pub fn add_with(&mut self, row: usize, rule: RuleId, points: f64, arguments: &[f64]) {
        self.0.reason(row, rule, points, arguments);
        self.0.values[row] += points;
    }

    /// Makes the row's value missing, and says why.
    pub fn missing(&mut self, row: usize, rule: RuleId) {
        self.missing_with(row, rule, &[]);
    }

    /// As [`Sum::missing`], with the arguments of the rule's sentence.
    ///
    /// # Panics
    /// As [`Sum::add_with`].
    pub fn missing_with(&mut self, row: usize, rule: RuleId, arguments: &[f64]) {
        self.0.set(row, f64::NAN, rule, arguments);
    }

    /// The sum so far.
    pub fn get(&self, row: usize) -> f64 {
        self.0.values[row]
    }
}

/// The methods that all columns share whose values stand by themselves.
macro_rules! column {
    ($name:ident, $value:ty, $missing:expr, $to:expr) => {
        impl $name<'_> {
            /// Gives a row's value, and the rule that says why.
            ///
            /// # Panics
            /// If the rule is not one of the column's in [`crate::Scorer::OUTPUTS`].
            pub fn set(&mut self, row: usize, value: $value, rule: RuleId) {
                self.set_with(row, value, rule, &[]);
            }

            /// As `set`, with the arguments of the rule's sentence.
            ///
            /// # Panics
            /// As `set`, and if the rule is declared with fewer arguments.
            pub fn set_with(&mut self, row: usize, value: $value, rule: RuleId, arguments: &[f64]) {
                self.0.set(row, $to(value), rule, arguments);
            }

            /// Adds another rule that speaks for the row's value.
            ///
            /// # Panics
            /// As `set_with`.
            pub fn because(&mut self, row: usize, rule: RuleId, arguments: &[f64]) {
                self.0.reason(row, rule, 0.0, arguments);
            }

            /// Leaves the row's value missing, and says why.
            pub fn missing(&mut self, row: usize, rule: RuleId) {
                self.0.set(row, $missing, rule, &[]);
            }

            /// As `missing`, with arguments for the rule's sentence.
            ///
            /// # Panics
            /// If the rule is not one of the column's in [`crate::Scorer::OUTPUTS`].
            pub fn missing_with(&mut self, row: usize, rule: RuleId, arguments: &[f64]) {
                self.0.set(row, $missing, rule, arguments);
            }
        }
    };
}
column!(NumberColumn, f64, f64::NAN, std::convert::identity);
column!(DayColumn, i32, abi::MISSING_DAY, std::convert::identity);
column!(FlagColumn, bool, abi::MISSING_FLAG, u8::from);

impl LabelColumn<'_> {
    /// The code of a label, for [`LabelColumn::set_code`].
    ///
    /// # Errors
    /// The column declares no such value.
    pub fn code(&self, label: &str) -> Result<u32> {
        let place = self.labels.iter().position(|known| *known == label);
        place.map(|place| place as u32).ok_or_else(|| {
            Error::new(format!("\"{label}\" is none of the values: {}", self.labels.join(", ")))
        })
    }

    /// Gives a row's label, and the rule that says why.
    ///
    /// # Errors
    /// The column declares no such value.
    ///
    /// # Panics
    /// If the rule is not one of the column's in [`crate::Scorer::OUTPUTS`].
    pub fn set(&mut self, row: usize, label: &str, rule: RuleId) -> Result {
        let code = self.code(label).map_err(|error| error.at(row))?;
        self.set_code(row, code, rule, &[]);
        Ok(())
    }

    /// Gives a row's label by its code, with the arguments of the rule's sentence.
    ///
    /// # Panics
    /// As [`LabelColumn::set`], and if the rule is declared with fewer arguments.
    pub fn set_code(&mut self, row: usize, code: u32, rule: RuleId, arguments: &[f64]) {
        self.cells.set(row, code, rule, arguments);
    }

    /// Adds another rule that speaks for the row's label.
    ///
    /// # Panics
    /// As [`LabelColumn::set_code`].
    pub fn because(&mut self, row: usize, rule: RuleId, arguments: &[f64]) {
        self.cells.reason(row, rule, 0.0, arguments);
    }

    /// Leaves the row's label missing, and says why.
    pub fn missing(&mut self, row: usize, rule: RuleId) {
        self.cells.set(row, abi::MISSING_CODE, rule, &[]);
    }
}

impl TextColumn<'_> {
    /// Gives a row's text, and the rule that says why.
    ///
    /// # Panics
    /// If the rule is not one of the column's in [`crate::Scorer::OUTPUTS`].
    pub fn set(&mut self, row: usize, text: &str, rule: RuleId) {
        self.set_with(row, text, rule, &[]);
    }

    /// As [`TextColumn::set`], with the arguments of the rule's sentence.
    ///
    /// # Panics
    /// As [`TextColumn::set`], and if the rule is declared with fewer arguments.
    pub fn set_with(&mut self, row: usize, text: &str, rule: RuleId, arguments: &[f64]) {
        let code = self.call.code(text);
        self.cells.set(row, code, rule, arguments);
    }

    /// Adds another rule that speaks for the row's text.
    ///
    /// # Panics
    /// As [`TextColumn::set`], and if the rule is declared with fewer arguments.
    pub fn because(&mut self, row: usize, rule: RuleId, arguments: &[f64]) {
        self.cells.reason(row, rule, 0.0, arguments);
    }
}

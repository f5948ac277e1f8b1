//! What `fit` sees: column objects over the whole base. Every figure is computed here, in row
//! order, so that neither batches nor threads can be seen in it.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::sync::Arc;

use kehu_contract::{ColumnData, MISSING_CODE, MISSING_DAY, MISSING_FLAG, Step};
use mlua::{Lua, Table, UserData, UserDataMethods, UserDataRef, Value};

use crate::api;
use crate::causes::figure;
use crate::exact;
use crate::fault::{Fault, plain_within};
use crate::frame::Frame;
use crate::gate::{Gate, memory_fault};
use crate::machine::Machine;

/// The most distinct values that `count_by` tells apart.
const GROUPS: usize = 10_000;

/// One column of the base.
struct Column {
    name: String,
    data: Arc<ColumnData>,
    numbers: OnceCell<Option<Vec<f64>>>,
    sorted: OnceCell<Vec<f64>>,
    gate: Rc<Gate>,
    /// The bytes of columns that a script has made of others, which its VM knows nothing of.
    held: Rc<Cell<usize>>,
    /// How many of them are this column's.
    own: usize,
}

impl Drop for Column {
    fn drop(&mut self) {
        self.held.set(self.held.get().saturating_sub(self.own));
    }
}

/// Builds the table of columns that `fit` gets.
pub(crate) fn columns(machine: &Machine, step: &Step, frame: &Frame) -> mlua::Result<Table> {
    let table = machine.lua.create_table()?;
    let held = Rc::new(Cell::new(0));
    for need in &step.needs {
        let name = need.name();
        let Some(data) = frame.shared(&name) else { continue };
        let column = Column {
            name: name.clone(),
            data,
            numbers: OnceCell::new(),
            sorted: OnceCell::new(),
            gate: Rc::clone(&machine.gate),
            held: Rc::clone(&held),
            own: 0,
        };
        table.raw_set(name, machine.lua.create_userdata(column)?)?;
    }
    api::strict(machine, "needs", table)
}

impl Column {
    /// The values that are there, in row order.
    fn numbers(&self, method: &str) -> Result<&[f64], Fault> {
        let numbers = self.numbers.get_or_init(|| self.gate.exempt(|| numbers(&self.data)));
        numbers.as_deref().ok_or_else(|| {
            Fault::argument(format!("{}:{method}() needs a column of numbers", self.name))
                .hint("a label or text has count() and count_by()")
        })
    }

    /// The same, from small to large.
    fn sorted(&self, method: &str) -> Result<&[f64], Fault> {
        let numbers = self.numbers(method)?;
        Ok(self.sorted.get_or_init(|| {
            self.gate.exempt(|| {
                let mut sorted = numbers.to_vec();
                sorted.sort_unstable_by(f64::total_cmp);
                sorted
            })
        }))
    }

    fn sum(&self, method: &str) -> Result<f64, Fault> {
        let numbers = self.numbers(method)?;
        let sum = self.gate.exempt(|| exact::sum(numbers.iter().copied()));
        if sum.is_finite() {
            Ok(sum)
        } else {
            Err(Fault::argument(format!("the sum of {} is not finite", self.name)))
        }
    }

    fn mean(&self) -> Result<Option<f64>, Fault> {
        let (sum, count) = (self.sum("mean")?, self.numbers("mean")?.len());
        Ok((count > 0).then(|| exact::as_written(sum / count as f64)))
    }

    /// The quantile with linear interpolation between neighbours, as in pandas and R's type 7.
    fn quantile(&self, share: f64, method: &str) -> Result<Option<f64>, Fault> {
        if !(0.0..=1.0).contains(&share) {
            let message = format!("{}:{method}(q): q is {share}, expected 0 to 1", self.name);
            return Err(Fault::argument(message));
        }
        Ok(exact::quantile(self.sorted(method)?, share))
    }

    /// The value of the last customer of the top group of `count`; those who share it belong to it.
    fn cut(&self, count: usize, method: &str) -> Result<Option<f64>, Fault> {
        let sorted = self.sorted(method)?;
        let count = count.min(sorted.len());
        Ok(if count == 0 { None } else { sorted.get(sorted.len() - count).copied() })
    }

    fn cut_after(&self, share: f64) -> Result<Option<f64>, Fault> {
        if !(0.0..=1.0).contains(&share) {
            let message =
                format!("{}:cut_after(share): {share} is no share from 0 to 1", self.name);
            return Err(
                Fault::argument(message).hint("for a number of customers use cut_after_count(n)")
            );
        }
        let customers = self.sorted("cut_after")?.len() as f64 * share;
        // 0.1 + 0.2 is a little more than 0.3; that must not cost a customer its place.
        let count = (customers - 1.0e-9 * customers.max(1.0)).ceil().max(0.0);
        self.cut(count as usize, "cut_after")
    }

    fn count(&self) -> usize {
        (0..self.data.len()).filter(|row| !self.data.is_missing(*row)).count()
    }

    /// The column with the values of those customers only that have a value in `other`.
    fn restricted(&self, lua: &Lua, other: &Self) -> mlua::Result<Self> {
        let own = self.room(lua)?;
        let rows = self.data.len().min(other.data.len());
        let data = self.gate.exempt(|| {
            let mut data = self.data.slice(0, rows);
            for row in (0..rows).filter(|row| other.data.is_missing(*row)) {
                match &mut data {
                    ColumnData::Number(values) => values[row] = f64::NAN,
                    ColumnData::Text { codes, .. } => codes[row] = MISSING_CODE,
                    ColumnData::Flag(values) => values[row] = MISSING_FLAG,
                    ColumnData::Day(values) => values[row] = MISSING_DAY,
                }
            }
            data
        });
        Ok(Self {
            name: self.name.clone(),
            data: Arc::new(data),
            numbers: OnceCell::new(),
            sorted: OnceCell::new(),
            gate: Rc::clone(&self.gate),
            held: Rc::clone(&self.held),
            own,
        })
    }

    /// Takes room for one more column of this length: its values, and those in order.
    fn room(&self, lua: &Lua) -> mlua::Result<usize> {
        let own = self.data.len() * size_of::<f64>() * 3;
        let full = || self.held.get() + own > self.gate.memory();
        if full() {
            // Those that the script has let go of are freed when the VM collects.
            lua.gc_collect()?;
        }
        if full() {
            let used = format!("{} MiB", (self.held.get() + own).div_ceil(1024 * 1024));
            return Err(memory_fault("the pack", self.gate.memory(), &used).into());
        }
        self.held.set(self.held.get() + own);
        Ok(own)
    }

    /// How many customers have each value of a label, text or flag.
    fn count_by(&self, lua: &Lua) -> mlua::Result<Table> {
        let table = lua.create_table()?;
        match &*self.data {
            ColumnData::Text { codes, values } => {
                let counts = self.gate.exempt(|| {
                    let mut counts = vec![0_u64; values.len()];
                    for code in codes.iter().filter(|code| **code != MISSING_CODE) {
                        if let Some(count) = counts.get_mut(*code as usize) {
                            *count += 1;
                        }
                    }
                    counts
                });
                if counts.iter().filter(|count| **count > 0).count() > GROUPS {
                    let message = format!("{} has more than {GROUPS} distinct values", self.name);
                    return Err(Fault::argument(message).into());
                }
                for (value, count) in values.iter().zip(counts).filter(|(_, count)| *count > 0) {
                    table.raw_set(value.as_str(), count as f64)?;
                }
            }
            ColumnData::Flag(values) => {
                for (word, flag) in [("no", 0), ("yes", 1)] {
                    let count = values.iter().filter(|value| **value == flag).count();
                    table.raw_set(word, count as f64)?;
                }
            }
            ColumnData::Number(_) | ColumnData::Day(_) => {
                let message = format!("{}:count_by() needs a label, text or flag", self.name);
                return Err(Fault::argument(message).into());
            }
        }
        Ok(table)
    }
}

impl UserData for Column {
    fn add_methods<M: UserDataMethods<Self>>(methods: &mut M) {
        methods
            .add_method("count", |_, column, ()| Ok(column.gate.exempt(|| column.count()) as f64));
        methods.add_method("sum", |_, column, ()| Ok(column.sum("sum")?));
        methods.add_method("mean", |_, column, ()| Ok(column.mean()?));
        methods.add_method("min", |_, column, ()| Ok(column.sorted("min")?.first().copied()));
        methods.add_method("max", |_, column, ()| Ok(column.sorted("max")?.last().copied()));
        methods.add_method("median", |_, column, ()| Ok(column.quantile(0.5, "median")?));
        methods.add_method("quantile", |_, column, share: Value| {
            Ok(column.quantile(number(&share, &column.name, "quantile")?, "quantile")?)
        });
        methods.add_method("cut_after", |_, column, share: Value| {
            Ok(column.cut_after(number(&share, &column.name, "cut_after")?)?)
        });
        methods.add_method("cut_after_count", |_, column, count: Value| {
            let count = number(&count, &column.name, "cut_after_count")?;
            Ok(column.cut(count.max(0.0) as usize, "cut_after_count")?)
        });
        methods.add_method("where", |lua, column, other: UserDataRef<Self>| {
            column.restricted(lua, &other)
        });
        methods.add_method("count_by", |lua, column, ()| column.count_by(lua));
    }
}

fn number(given: &Value, column: &str, method: &str) -> Result<f64, Fault> {
    match given {
        Value::Integer(number) => Ok(*number as f64),
        Value::Number(number) if !number.is_nan() => Ok(*number),
        other => {
            let kind = figure(other);
            let column = plain_within(column, 100);
            Err(Fault::argument(format!(
                "{column}:{method}: the argument is {kind}, expected a number"
            )))
        }
    }
}

fn numbers(data: &ColumnData) -> Option<Vec<f64>> {
    match data {
        ColumnData::Number(values) => {
            Some(values.iter().copied().filter(|value| !value.is_nan()).collect())
        }
        ColumnData::Day(values) => Some(
            values.iter().filter(|day| **day != MISSING_DAY).map(|day| f64::from(*day)).collect(),
        ),
        ColumnData::Flag(values) => Some(
            values
                .iter()
                .filter(|flag| **flag != MISSING_FLAG)
                .map(|flag| f64::from(*flag))
                .collect(),
        ),
        ColumnData::Text { .. } => None,
    }
}

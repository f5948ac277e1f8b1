//! Chance that repeats: seeded by run, pack, step and customer.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use mlua::{Function, Lua, Value, Variadic};

use crate::fault::Fault;
use crate::gate::{Gate, NO_ROW};

/// The random numbers of one pack. Each customer has a sequence of its own, so that neither the
/// order of customers nor the border of a batch can be seen in it.
#[derive(Debug)]
pub(crate) struct Random {
    seed: u64,
    step: Cell<u64>,
    ids: RefCell<Vec<i64>>,
    row: Cell<u32>,
    state: Cell<u64>,
}

impl Random {
    pub(crate) fn new(seed: u64, pack: &str) -> Rc<Self> {
        let seed = mix(seed ^ hash(pack));
        Rc::new(Self {
            seed,
            step: Cell::new(0),
            ids: RefCell::default(),
            row: Cell::new(NO_ROW),
            state: Cell::new(seed),
        })
    }

    /// Begins a call of a step over these customers.
    pub(crate) fn begin(&self, step: &str, ids: &[i64]) {
        self.step.set(hash(step));
        self.ids.replace(ids.to_vec());
        self.seat(NO_ROW);
    }

    /// The customer of a row of the call; none for what is no customer.
    pub(crate) fn customer(&self, row: u32) -> Option<i64> {
        self.ids.borrow().get(row as usize).copied().filter(|id| *id != 0)
    }

    fn seat(&self, row: u32) {
        let customer = self.ids.borrow().get(row as usize).copied().unwrap_or(-1);
        self.row.set(row);
        self.state.set(mix(self.seed ^ mix(self.step.get() ^ mix(customer as u64))));
    }

    /// A number from 0 to before 1.
    fn next(&self, row: u32) -> f64 {
        if self.row.get() != row {
            self.seat(row);
        }
        let state = self.state.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.state.set(state);
        (mix(state) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// The function that scripts call: as `math.random`, with none, one or two whole numbers.
    pub(crate) fn function(self: &Rc<Self>, lua: &Lua, gate: Rc<Gate>) -> mlua::Result<Function> {
        let random = Rc::clone(self);
        lua.create_function(move |_, given: Variadic<Value>| {
            // `ctx:random()` hands over ctx itself.
            let bounds: Vec<&Value> = match given.first() {
                Some(Value::Table(_)) => given.iter().skip(1).collect(),
                _ => given.iter().collect(),
            };
            let whole = |place: usize| match bounds.get(place) {
                Some(Value::Integer(number)) => Ok(*number as f64),
                Some(Value::Number(number)) if number.fract() == 0.0 && number.abs() < 9.0e15 => {
                    Ok(*number)
                }
                _ => Err(Fault::argument(format!(
                    "random: argument {} is no whole number",
                    place + 1
                ))),
            };
            let (least, greatest) = match bounds.len() {
                0 => return Ok(random.next(gate.row_now())),
                1 => (1.0, whole(0)?),
                _ => (whole(0)?, whole(1)?),
            };
            if greatest < least {
                return Err(Fault::argument("random: the range is empty").into());
            }
            let drawn = random.next(gate.row_now());
            Ok(least + (drawn * (greatest - least + 1.0)).floor())
        })
    }
}

/// The finaliser of `SplitMix64`: every bit of the input reaches every bit of the output.
fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

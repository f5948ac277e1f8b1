//! The limits on time and memory, looked at from the VM's interrupt.
//!
//! The interrupt is set only now and then, when the [`Bell`] rings. Library functions that can run
//! long without an interrupt ask for a look ([`Gate::look_next`]).

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kehu_contract::{FailureKind, Limits, Overstep};
use mlua::{Buffer, Lua, VmState};
use rustix::time::{ClockId, clock_gettime};

use crate::bell::Bell;
use crate::caller;
use crate::fault::{Fault, plain_within};

const MIB: usize = 1024 * 1024;
/// The longest that is told of what a script raised, in bytes.
pub(crate) const RAISED_BYTES: usize = 500;
/// What a script is called that belongs to no pack.
pub(crate) const SCRIPT: &str = "the script";

/// How often in a stretch of work the host may work longer than a trifle without its counting.
const FAVOURS: u8 = 2;
/// Work of the host's own that takes no longer counts as the script's.
const TRIFLE: Duration = Duration::from_millis(20);

/// The row number that stands for "before the first customer".
pub(crate) const NO_ROW: u32 = u32::MAX;

/// Says what a stretch of processor time is spent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// Evaluating `main.lua`.
    Load,
    /// Looking at the whole base.
    Fit,
    /// Customer by customer, as the row buffer says.
    Customers,
    /// One by one, likewise, what is no customer: this is what they are called.
    Each(&'static str),
    /// One test of a pack's own; what the pack does in it counts for the pack.
    Test,
    /// One call about many customers or a plan.
    Whole,
    /// A script that is no pack: from its first line to its last.
    Script,
}

impl Work {
    /// How much it may take, and where that is set.
    fn limit(self, limits: Limits) -> (Duration, &'static str) {
        match self {
            Self::Load => (limits.load, "load_milliseconds in [limits]"),
            Self::Test => (limits.call * 20, "call_milliseconds in [limits]"),
            Self::Fit | Self::Customers | Self::Each(_) => {
                (limits.call, "call_milliseconds in [limits]")
            }
            Self::Script => (limits.call, "--time"),
            Self::Whole => (limits.run, "run_seconds in [limits]"),
        }
    }

    fn subject(self) -> &'static str {
        match self {
            Self::Load => "loading main.lua",
            Self::Fit => "fit",
            Self::Customers => "one customer",
            Self::Each(what) => what,
            Self::Test => "one test",
            Self::Whole => "the run",
            Self::Script => "the script",
        }
    }

    /// Whose memory it is.
    fn owner(self) -> &'static str {
        if self == Self::Script { SCRIPT } else { "the pack" }
    }
}

/// What was overstepped, and where the script then was.
#[derive(Debug, Clone)]
pub(crate) struct Overrun {
    pub(crate) fault: Fault,
    pub(crate) traceback: Option<String>,
}

/// Keeps the limits of one pack on one thread.
#[derive(Debug)]
pub(crate) struct Gate {
    limits: Limits,
    work: Cell<Work>,
    bell: RefCell<Option<Bell>>,
    armed: Cell<bool>,
    used: Cell<Duration>,
    entered: Cell<Duration>,
    looked: Cell<Duration>,
    since: Cell<Duration>,
    row: Cell<u32>,
    rows: RefCell<Option<Buffer>>,
    over: RefCell<Option<Overrun>>,
    /// The script and line that were running at the last look.
    seen: RefCell<Option<(String, u32)>>,
    /// What the script raised last that is no text, in words.
    raised: RefCell<Option<String>>,
    /// How often the host may still work long without its counting as the script's time.
    favours: Cell<u8>,
    /// Set from outside by whoever no longer waits for the script.
    stop: RefCell<Option<Arc<AtomicBool>>>,
}

impl Gate {
    pub(crate) fn new(limits: Limits) -> Rc<Self> {
        Rc::new(Self {
            limits,
            work: Cell::new(Work::Load),
            bell: RefCell::default(),
            armed: Cell::new(false),
            used: Cell::default(),
            entered: Cell::default(),
            looked: Cell::default(),
            since: Cell::default(),
            row: Cell::new(NO_ROW),
            rows: RefCell::default(),
            over: RefCell::default(),
            seen: RefCell::default(),
            raised: RefCell::default(),
            favours: Cell::default(),
            stop: RefCell::default(),
        })
    }

    /// Lets a flag stop the script at its next safe point.
    pub(crate) fn stop_at(&self, stop: Arc<AtomicBool>) {
        self.stop.replace(Some(stop));
    }

    /// True if somebody wants the script to stop.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.borrow().as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// Hangs the gate into the VM: interrupt first, allocator limit as the backstop.
    pub(crate) fn install(self: &Rc<Self>, lua: &Lua) -> mlua::Result<()> {
        let gate = Rc::clone(self);
        lua.set_interrupt(move |lua| gate.look(lua));
        let limit = self.limits.memory.saturating_add(self.limits.memory / 2);
        lua.set_memory_limit(limit)?;
        self.bell.replace(Bell::hang(lua));
        Ok(())
    }

    /// Takes the bell out of the VM, which is about to be gone.
    pub(crate) fn uninstall(&self) {
        self.bell.replace(None);
    }

    /// Begins a stretch of work; `rows` is where the script's loop notes the customer it is at.
    pub(crate) fn enter(&self, work: Work, rows: Option<Buffer>) {
        let now = processor_time();
        self.work.set(work);
        self.rows.replace(rows);
        self.over.replace(None);
        self.seen.replace(None);
        self.raised.replace(None);
        self.row.set(NO_ROW);
        self.favours.set(FAVOURS);
        for start in [&self.entered, &self.looked, &self.since] {
            start.set(now);
        }
        self.look_next();
        self.armed.set(true);
    }

    /// Ends the stretch and tells what was overstepped, even if the script swallowed the error or
    /// sat in a library function that no interrupt reaches.
    pub(crate) fn leave(&self) -> Option<Overrun> {
        let now = processor_time();
        if self.armed.get() && self.over.borrow().is_none() {
            self.judge(now, None);
        }
        self.armed.set(false);
        self.used.set(self.used.get() + now.saturating_sub(self.entered.get()));
        self.rows.replace(None);
        self.over.take()
    }

    /// Ends the script's part of a stretch: what follows is the host's reading of its results.
    pub(crate) fn pause(&self) {
        if self.armed.replace(false) && self.over.borrow().is_none() {
            self.judge(processor_time(), None);
        }
    }

    /// True once a limit of this stretch is overstepped: nothing may swallow that.
    pub(crate) fn is_over(&self) -> bool {
        self.over.borrow().is_some()
    }

    /// The script and line that were running when the gate last looked.
    pub(crate) fn seen(&self) -> Option<(String, u32)> {
        self.seen.borrow().clone()
    }

    /// Notes what a script raises that is no text.
    pub(crate) fn note_raised(&self, lines: &str) {
        let words: Vec<&str> = lines.lines().map(str::trim).collect();
        self.raised.replace(Some(plain_within(&words.join(" "), RAISED_BYTES)));
    }

    /// What the script raised last that is no text, in words.
    pub(crate) fn raised(&self) -> Option<String> {
        self.raised.borrow().clone()
    }

    /// True if what runs is a script that belongs to no pack.
    pub(crate) fn is_of_script(&self) -> bool {
        self.work.get() == Work::Script
    }

    /// How much memory the pack may use, in bytes.
    pub(crate) fn memory(&self) -> usize {
        self.limits.memory
    }

    /// The row that the script's loop is at.
    pub(crate) fn row_now(&self) -> u32 {
        self.rows.borrow().as_ref().map_or(NO_ROW, |rows| u32::from_le_bytes(rows.read_bytes(0)))
    }

    /// Makes the next interrupt look at the clock.
    pub(crate) fn look_next(&self) {
        if let Some(bell) = &*self.bell.borrow() {
            bell.ring();
        }
    }

    /// Runs work of the host's own that is done once, whoever asks first: it counts for the run, not for the
    /// call. A script of no pack has no limit for its run: it pays for what it has done again and again.
    pub(crate) fn exempt<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = processor_time();
        let result = work();
        let spent = processor_time().saturating_sub(before);
        if self.work.get() != Work::Script || self.favour(spent) {
            self.since.set(self.since.get() + spent);
        }
        self.look_next();
        result
    }

    /// True for long work, a few times.
    fn favour(&self, spent: Duration) -> bool {
        let left = self.favours.get();
        let granted = left > 0 && spent > TRIFLE;
        self.favours.set(left - u8::from(granted));
        granted
    }

    fn look(&self, lua: &Lua) -> mlua::Result<VmState> {
        if let Some(over) = &*self.over.borrow() {
            return Err(over.fault.clone().into());
        }
        if let Some(bell) = &*self.bell.borrow() {
            bell.quiet();
        }
        if !self.armed.get() {
            return Ok(VmState::Continue);
        }
        // The allocator's own limit is met where no traceback can be had.
        self.seen.replace(caller::nearest(lua));
        if self.is_stopped() {
            return self.refuse(Fault::new(FailureKind::TimeLimit, "stopped"), lua);
        }
        if lua.used_memory() > self.limits.memory {
            // The engine has no emergency collection: honest garbage gets its chance here.
            lua.gc_collect()?;
            let used = lua.used_memory();
            if used > self.limits.memory {
                return self.refuse(self.memory_fault(used), lua);
            }
        }
        self.judge(processor_time(), Some(lua));
        match &*self.over.borrow() {
            Some(over) => Err(over.fault.clone().into()),
            None => Ok(VmState::Continue),
        }
    }

    fn judge(&self, now: Duration, lua: Option<&Lua>) {
        let row = self.row_now();
        let before = self.row.replace(row);
        if row != before {
            // The customer began somewhere since the last look. It is the only one that can have
            // taken all the time since then, if it is the next one; else the doubt is in its favour,
            // since a busy machine may look late.
            let alone = row == before.wrapping_add(1);
            let spent = now.saturating_sub(self.looked.get());
            let whole = alone && spent > self.work.get().limit(self.limits).0;
            self.since.set(if whole { self.looked.get().max(self.since.get()) } else { now });
        }
        self.looked.set(now);
        if let Some(fault) = self.too_long(now) {
            self.note(fault, lua);
        }
    }

    /// The limit on time that is overstepped, the narrowest one first.
    fn too_long(&self, now: Duration) -> Option<Fault> {
        let (work, limits) = (self.work.get(), self.limits);
        let (call, key) = work.limit(limits);
        let entered = now.saturating_sub(self.entered.get());
        let batch = match work {
            Work::Customers | Work::Each(_) => entered,
            _ => Duration::ZERO,
        };
        let spent = [
            (work.subject(), now.saturating_sub(self.since.get()), call, key),
            ("the batch", batch, limits.batch, "batch_seconds in [limits]"),
            ("the run", self.used.get() + entered, limits.run, "run_seconds in [limits]"),
        ];
        let (subject, used, limit, key) =
            spent.into_iter().find(|(_, used, limit, _)| used > limit)?;
        let mut fault = Fault::new(
            FailureKind::TimeLimit,
            format!("{subject} took more than {}", in_words(limit)),
        )
        .hint("look for a loop that does not end; processor time counts, not waiting");
        fault.limit =
            Some(Overstep { set_by: key, used: exactly(used, limit), allowed: in_words(limit) });
        Some(fault)
    }

    fn memory_fault(&self, used: usize) -> Fault {
        let used = format!("{} MiB", used.div_ceil(MIB));
        memory_fault(self.work.get().owner(), self.limits.memory, &used)
    }

    fn refuse(&self, fault: Fault, lua: &Lua) -> mlua::Result<VmState> {
        self.note(fault.clone(), Some(lua));
        Err(fault.into())
    }

    fn note(&self, fault: Fault, lua: Option<&Lua>) {
        let traceback =
            lua.and_then(|lua| lua.traceback(None, 0).ok()).map(|text| text.to_string_lossy());
        // From now on every safe point raises the error, also where the script has swallowed it.
        self.look_next();
        self.over.replace(Some(Overrun { fault, traceback }));
    }
}

/// What is said of a pack or script that used more memory than it may.
pub(crate) fn memory_fault(owner: &str, limit: usize, used: &str) -> Fault {
    let allowed = format!("{} MiB", limit.div_ceil(MIB));
    let mut fault =
        Fault::new(FailureKind::MemoryLimit, format!("{owner} used more than {allowed}"))
            .hint("look for a table or text that grows with every turn of a loop");
    let set_by = if owner == SCRIPT { "--memory" } else { "memory_mib in [limits]" };
    fault.limit = Some(Overstep { set_by, used: used.to_owned(), allowed });
    fault
}

fn in_words(limit: Duration) -> String {
    if limit.subsec_millis() == 0 {
        format!("{} s", limit.as_secs())
    } else {
        format!("{} ms", limit.as_millis())
    }
}

/// What was used, in the limit's unit, rounded up so that it is told apart from a limit that it hardly exceeds.
fn exactly(used: Duration, limit: Duration) -> String {
    let tenths = used.as_micros().div_ceil(100);
    if limit.subsec_millis() == 0 {
        let thousandths = used.as_micros().div_ceil(1_000);
        format!("{}.{:03} s", thousandths / 1_000, thousandths % 1_000)
    } else {
        format!("{}.{} ms", tenths / 10, tenths % 10)
    }
}

/// The processor time of this thread: no clock that a script could see, and no waiting in it.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or(0);
    Duration::new(seconds, nanoseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_is_in_the_unit_of_the_limit_and_never_reads_like_it() {
        let minute = Duration::from_mins(1);
        assert_eq!(exactly(minute + Duration::from_micros(200), minute), "60.001 s");
        let fifty = Duration::from_millis(50);
        assert_eq!(exactly(fifty + Duration::from_micros(1), fifty), "50.1 ms");
        assert_eq!(exactly(Duration::from_micros(76_000), fifty), "76.0 ms");
    }
}

//! The bell that calls the gate into a running VM.
//!
//! An interrupt that is always set costs a call at every call, return and loop edge of a script, a
//! fifth of its time. So it is set only while the bell rings: every millisecond, by one thread for
//! all VMs. The engine allows that: its interrupt is "safe to set from an arbitrary thread".

use std::ffi::{c_int, c_void};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mlua::Lua;
use mlua::ffi::{lua_State, lua_callbacks};

/// How long a script runs between two looks at its limits.
const EVERY: Duration = Duration::from_millis(1);

type Interrupt = unsafe extern "C-unwind" fn(*mut lua_State, c_int);

/// Rings in one VM; taken down when it is dropped, which must be before the VM is.
#[derive(Debug)]
pub(crate) struct Bell(Cord);

/// Where a VM looks whether it is interrupted, and what is to be there while the bell rings.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cord {
    place: NonNull<*mut c_void>,
    interrupt: NonNull<c_void>,
}

#[expect(unsafe_code, reason = "a place in the VM is written to by the thread that rings")]
// SAFETY: the place is only ever used as an atomic, and the VM allows writes from any thread.
unsafe impl Send for Cord {}

struct Ringer {
    cords: Vec<Cord>,
    runs: bool,
}

static RINGER: Mutex<Ringer> = Mutex::new(Ringer { cords: Vec::new(), runs: false });

fn ringer() -> MutexGuard<'static, Ringer> {
    RINGER.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bell {
    /// Hangs a bell into a VM that has an interrupt. Without a thread to ring it there is none, and
    /// the interrupt stays set.
    pub(crate) fn hang(lua: &Lua) -> Option<Self> {
        let cord = cord(lua)?;
        let mut ringer = ringer();
        if !ringer.runs {
            std::thread::Builder::new().name("bell".to_owned()).spawn(ring_all).ok()?;
            ringer.runs = true;
        }
        ringer.cords.push(cord);
        Some(Self(cord))
    }

    /// Makes the VM's next safe point call the gate.
    pub(crate) fn ring(&self) {
        self.0.set(self.0.interrupt.as_ptr());
    }

    /// Lets the VM run on until the bell rings again.
    pub(crate) fn quiet(&self) {
        self.0.set(ptr::null_mut());
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        ringer().cords.retain(|cord| *cord != self.0);
        self.ring();
    }
}

impl Cord {
    #[expect(unsafe_code, reason = "a place in the VM is written to by the thread that rings")]
    fn set(self, interrupt: *mut c_void) {
        // SAFETY: the place lies in a VM that lives, since its bell is taken down before it and no
        // cord of a bell that was taken down is used; the VM reads it as one word.
        unsafe { AtomicPtr::from_ptr(self.place.as_ptr()) }.store(interrupt, Ordering::Relaxed);
    }
}

#[expect(unsafe_code, reason = "the host's library does not tell where the interrupt lies")]
fn cord(lua: &Lua) -> Option<Cord> {
    #[expect(clippy::redundant_closure_for_method_calls, reason = "the type has no public name")]
    let state = lua.exec_raw_lua(|raw| raw.state());
    // SAFETY: the state is that of a VM that lives, and its callbacks lie in it as long as it does.
    let place = unsafe { &raw mut (*lua_callbacks(state)).interrupt };
    // SAFETY: no script runs now, so that nothing writes to the place.
    let interrupt: Interrupt = unsafe { *place }?;
    Some(Cord {
        place: NonNull::new(place.cast::<*mut c_void>())?,
        interrupt: NonNull::new(interrupt as *mut c_void)?,
    })
}

fn ring_all() {
    loop {
        std::thread::sleep(EVERY);
        let mut ringer = ringer();
        if ringer.cords.is_empty() {
            ringer.runs = false;
            return;
        }
        for cord in &ringer.cords {
            cord.set(cord.interrupt.as_ptr());
        }
    }
}

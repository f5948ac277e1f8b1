//! What the host lends to a plugin's call: the functions of `kehu_call`.

use std::collections::HashMap;
use std::ffi::c_void;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ThreadId};

use kehu_abi as abi;
use kehu_contract::{LogLevel, plain};
use serde::{Deserialize, Serialize};

use crate::ear::{self, Word};

/// The most bytes that a call can emit, and its texts can have.
pub(crate) const EMIT_BYTES: usize = 16 * 1024 * 1024;
/// The longest words of an error.
const ERROR_BYTES: usize = 4_096;
/// The longest line of a log and of a text, and the most lines of a call.
const LINE_BYTES: usize = 4_096;
const LINES: usize = 1_000;
/// Progress below this share more is not worth telling.
const STRIDE: f64 = 0.01;

/// What came out of a call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// What the function returned.
    pub(crate) code: i32,
    /// What it told of its failure: the row, or -1, and the words.
    pub(crate) failure: Option<(i64, String)>,
    /// The texts behind the codes of text columns.
    pub(crate) texts: Vec<String>,
    /// What it emitted; travels beside the rest.
    #[serde(skip)]
    pub(crate) emitted: Vec<u8>,
}

/// Serves the calls of one plugin, one after another. It stays where it is for as long as the plugin
/// does, so that a context which a plugin kept is still one.
pub(crate) struct Desk {
    notes: Mutex<Notes>,
    mouth: Mouth,
}

/// Takes what a plugin says while a call is on.
pub(crate) type Mouth = Box<dyn Fn(Word) + Send + Sync>;

#[derive(Default)]
struct Notes {
    /// The thread of the call; none between calls.
    caller: Option<ThreadId>,
    answer: Answer,
    places: HashMap<String, u32>,
    text_bytes: usize,
    overflowed: bool,
    /// The lines that it logged.
    lines: usize,
    /// How far it last said that it was.
    share: f64,
}

impl Desk {
    pub(crate) fn new(mouth: Mouth) -> Box<Self> {
        Box::new(Self { notes: Mutex::default(), mouth })
    }

    /// Opens the desk for a call.
    pub(crate) fn open(&self, as_of: i32, seed: u64, cancel: *const u32) -> abi::Call {
        *self.lock() = Notes { caller: Some(thread::current().id()), ..Notes::default() };
        abi::Call {
            struct_size: size_of::<abi::Call>() as u32,
            flags: 0,
            context: std::ptr::from_ref(self).cast_mut().cast(),
            seed,
            as_of_day: as_of,
            reserved: 0,
            cancel,
            fail: Some(fail),
            emit: Some(emit),
            text: Some(code),
            log: Some(log),
            progress: Some(progress),
        }
    }

    /// Closes it: what comes from now on is not heard.
    pub(crate) fn close(&self, code: i32) -> Answer {
        let mut notes = std::mem::take(&mut *self.lock());
        notes.answer.code = code;
        if notes.lines > LINES {
            let more = notes.lines - LINES;
            let words = format!("{more} more lines of the log of one call were dropped");
            (self.mouth)(Word::Log(LogLevel::Warning, words));
        }
        if notes.overflowed {
            let words = format!("it emitted more than {EMIT_BYTES} bytes");
            notes.answer.failure = Some((-1, words));
            notes.answer.code = abi::FAILED;
        }
        notes.answer
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The notes of the call that this thread is in.
    fn of_call(&self) -> Option<std::sync::MutexGuard<'_, Notes>> {
        let notes = self.lock();
        (notes.caller == Some(thread::current().id())).then_some(notes)
    }
}

/// The desk behind a context.
#[expect(unsafe_code, reason = "the context becomes a reference")]
unsafe fn desk<'a>(context: *mut c_void) -> Option<&'a Desk> {
    // SAFETY: a plugin passes the context that it got; the desk lives as long as the plugin.
    unsafe { context.cast::<Desk>().as_ref() }
}

/// Bytes that a plugin passes.
#[expect(unsafe_code, reason = "the plugin's bytes become a slice")]
unsafe fn passed<'a>(bytes: *const u8, len: usize) -> &'a [u8] {
    if bytes.is_null() || len > isize::MAX as usize {
        return &[];
    }
    // SAFETY: as the plugin promises; where it lies, the process ends in which it runs.
    unsafe { std::slice::from_raw_parts(bytes, len) }
}

/// Words that a plugin passes, made fit for a terminal.
#[expect(unsafe_code, reason = "the plugin's bytes become a slice")]
unsafe fn words(bytes: *const u8, len: usize, most: usize) -> String {
    // SAFETY: as above; no more is read than is kept.
    let bytes = unsafe { passed(bytes, len.min(most * 2)) };
    plain(&String::from_utf8_lossy(bytes), most)
}

#[expect(unsafe_code, reason = "a callback of the plugin")]
unsafe extern "C-unwind" fn fail(context: *mut c_void, row: i64, text: *const u8, len: usize) {
    // SAFETY: as above.
    unsafe {
        if let Some(mut notes) = desk(context).and_then(Desk::of_call) {
            notes.answer.failure = Some((row, words(text, len, ERROR_BYTES)));
        }
    }
}

#[expect(unsafe_code, reason = "a callback of the plugin")]
unsafe extern "C-unwind" fn emit(context: *mut c_void, bytes: *const c_void, len: usize) -> i32 {
    // SAFETY: as above.
    unsafe {
        let Some(mut notes) = desk(context).and_then(Desk::of_call) else { return abi::FAILED };
        if len > EMIT_BYTES - notes.answer.emitted.len().min(EMIT_BYTES) {
            notes.overflowed = true;
            return abi::FAILED;
        }
        notes.answer.emitted.extend_from_slice(passed(bytes.cast(), len));
        abi::OK
    }
}

#[expect(unsafe_code, reason = "a callback of the plugin")]
unsafe extern "C-unwind" fn code(context: *mut c_void, text: *const u8, len: usize) -> u32 {
    // SAFETY: as above.
    unsafe {
        let Some(mut notes) = desk(context).and_then(Desk::of_call) else {
            return abi::MISSING_CODE;
        };
        let text = words(text, len, LINE_BYTES);
        if let Some(place) = notes.places.get(&text) {
            return *place;
        }
        notes.text_bytes += text.len();
        if notes.text_bytes > EMIT_BYTES / 2 {
            notes.overflowed = true;
            return abi::MISSING_CODE;
        }
        let place = notes.answer.texts.len() as u32;
        notes.answer.texts.push(text.clone());
        notes.places.insert(text, place);
        place
    }
}

#[expect(unsafe_code, reason = "a callback of the plugin")]
unsafe extern "C-unwind" fn log(context: *mut c_void, level: i32, text: *const u8, len: usize) {
    // SAFETY: as above.
    unsafe {
        let Some(desk) = desk(context) else { return };
        {
            let mut notes = desk.lock();
            notes.lines += usize::from(notes.caller.is_some());
            if notes.caller.is_none() || notes.lines > LINES {
                return;
            }
        }
        (desk.mouth)(Word::Log(ear::level(level), words(text, len, LINE_BYTES)));
    }
}

#[expect(unsafe_code, reason = "a callback of the plugin")]
unsafe extern "C-unwind" fn progress(context: *mut c_void, share: f64) {
    // SAFETY: as above.
    let Some(desk) = (unsafe { desk(context) }) else { return };
    {
        let mut notes = desk.lock();
        // What is no number is no progress.
        let is_further = share >= notes.share + STRIDE || (share >= 1.0 && notes.share < 1.0);
        if notes.caller.is_none() || !is_further {
            return;
        }
        notes.share = share;
    }
    (desk.mouth)(Word::Progress(share));
}

//! What a plugin could leave behind in its process: looked at before it is loaded, and later.

use std::hint::black_box;

use serde::{Deserialize, Serialize};

/// The signals that are looked at; those after them are the system's own.
const SIGNALS: std::ops::RangeInclusive<i32> = 1..=31;
/// The files that are looked at: more cannot be open, but for the socket to the host.
const FILES: i32 = 1_024;

/// What of a process can be changed for all that run in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Trace {
    /// How numbers, days and texts are written and sorted.
    Locale,
    /// How numbers are rounded.
    Floating,
    /// What happens at signals.
    Signals,
    /// What is open.
    Files,
    /// The environment's variables.
    Variables,
}

/// Holds how a process is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Survey {
    locale: String,
    floating: Vec<&'static str>,
    signals: Vec<(i32, usize)>,
    blocked: Vec<i32>,
    files: Vec<i32>,
    variables: Vec<String>,
}

impl Survey {
    /// Looks at this process.
    pub(crate) fn take() -> Self {
        let mut variables: Vec<String> = std::env::vars_os()
            .map(|(name, value)| format!("{}={}", name.display(), value.display()))
            .collect();
        variables.sort();
        Self {
            locale: locale(),
            floating: floating(),
            signals: SIGNALS.filter_map(|signal| Some((signal, handler(signal)?))).collect(),
            blocked: blocked(),
            files: (0..FILES).filter(|file| is_open(*file)).collect(),
            variables,
        }
    }

    /// What is different now, in words that follow "it".
    pub(crate) fn changes(&self, now: &Self) -> Vec<(Trace, String)> {
        let mut changes = Vec::new();
        if self.locale != now.locale {
            let (before, after) = (&self.locale, &now.locale);
            let what = format!("set the locale from {before:?} to {after:?}");
            changes.push((Trace::Locale, what));
        }
        for change in now.floating.iter().filter(|change| !self.floating.contains(change)) {
            changes.push((Trace::Floating, (*change).to_owned()));
        }
        for (signal, handler) in &now.signals {
            if !self.signals.contains(&(*signal, *handler)) {
                let what = format!("set another handler for signal {signal}");
                changes.push((Trace::Signals, what));
            }
        }
        if self.blocked != now.blocked {
            let what = format!("blocked the signals {:?}", now.blocked);
            changes.push((Trace::Signals, what));
        }
        let opened = now.files.iter().filter(|file| !self.files.contains(file)).count();
        let closed = self.files.iter().filter(|file| !now.files.contains(file)).count();
        if opened > 0 {
            changes.push((Trace::Files, format!("left {opened} files open")));
        }
        if closed > 0 {
            changes.push((Trace::Files, format!("closed {closed} files that are not its own")));
        }
        if self.variables != now.variables {
            let odd = now.variables.iter().find(|each| !self.variables.contains(each));
            let what = odd.map_or_else(
                || "took variables out of the environment".to_owned(),
                |each| format!("set {each:?} in the environment"),
            );
            changes.push((Trace::Variables, what));
        }
        changes
    }
}

#[expect(unsafe_code, reason = "the system is called")]
fn locale() -> String {
    // SAFETY: without a name it is only asked for; the text lives until it is set again.
    unsafe {
        let name = libc::setlocale(libc::LC_ALL, std::ptr::null());
        if name.is_null() {
            return String::new();
        }
        std::ffi::CStr::from_ptr(name).to_string_lossy().into_owned()
    }
}

/// How this processor reckons otherwise than it should, found by reckoning.
fn floating() -> Vec<&'static str> {
    let mut odd = Vec::new();
    let (one, tiny) = (black_box(1.0_f64), black_box(1e-30_f64));
    let rounded = [one + tiny, -one - tiny, one - tiny];
    if rounded.map(f64::to_bits) != [1.0_f64, -1.0, 1.0].map(f64::to_bits) {
        odd.push("rounds numbers another way");
    }
    let half = black_box(f64::MIN_POSITIVE) / black_box(2.0);
    let again = black_box(f64::from_bits(1)) * black_box(1e300);
    if half.to_bits() == 0 || again.to_bits() == 0 {
        odd.push("takes the smallest numbers for zero (-ffast-math does that)");
    }
    odd
}

#[expect(unsafe_code, reason = "the system is called")]
fn handler(signal: i32) -> Option<usize> {
    // SAFETY: zeros are a description; nothing is set.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        let code = libc::sigaction(signal, std::ptr::null(), &raw mut action);
        (code == 0).then_some(action.sa_sigaction)
    }
}

#[expect(unsafe_code, reason = "the system is called")]
fn blocked() -> Vec<i32> {
    // SAFETY: zeros are a mask; nothing is set.
    unsafe {
        let mut mask: libc::sigset_t = std::mem::zeroed();
        libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), &raw mut mask);
        SIGNALS.filter(|signal| libc::sigismember(&raw const mask, *signal) == 1).collect()
    }
}

#[expect(unsafe_code, reason = "the system is called")]
fn is_open(file: i32) -> bool {
    // SAFETY: the flags of a number that is no file are an error.
    unsafe { libc::fcntl(file, libc::F_GETFD) != -1 }
}

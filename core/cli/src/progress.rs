//! Progress on stderr, for what takes more than a second and is watched.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::printer::Printer;

/// Nothing is shown before this much time has passed: most commands are done by then.
const QUIET: Duration = Duration::from_millis(700);

/// What is under way, if anything is: packs tell how far they are, and talk must not break the bar.
static UNDER_WAY: Mutex<Option<UnderWay>> = Mutex::new(None);

struct UnderWay {
    bar: ProgressBar,
    step: String,
}

fn under_way() -> MutexGuard<'static, Option<UnderWay>> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Shows how far a command has come.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    /// Dropped, it lets the thread go that shows the bar.
    _waiting: Option<Sender<()>>,
}

impl Progress {
    /// Shows steps whose number is not known.
    pub(crate) fn steps() -> Self {
        Self::new(ProgressBar::new_spinner(), "{spinner} {msg} {elapsed}")
    }

    /// Shows how much of a known amount of bytes has been read.
    pub(crate) fn bytes(total: u64) -> Self {
        Self::new(ProgressBar::new(total), "{bar:30} {bytes}/{total_bytes} {msg} {eta}")
    }

    fn new(bar: ProgressBar, template: &str) -> Self {
        bar.set_draw_target(ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        *under_way() = Some(UnderWay { bar: bar.clone(), step: String::new() });
        let waiting = Printer::is_watched().then(|| show_later(bar.clone()));
        Self { bar, _waiting: waiting }
    }

    /// Names the step that begins.
    pub(crate) fn step(&mut self, name: &str) {
        if let Some(under_way) = &mut *under_way() {
            name.clone_into(&mut under_way.step);
        }
        self.bar.set_message(name.to_owned());
    }

    /// Says how many bytes have been read.
    pub(crate) fn at(&mut self, position: u64) {
        self.bar.set_position(position);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        *under_way() = None;
        self.bar.finish_and_clear();
    }
}

/// Shows a bar once it is worth it; a step may take long without saying anything.
fn show_later(bar: ProgressBar) -> Sender<()> {
    let (waiting, ended) = channel();
    thread::spawn(move || {
        if ended.recv_timeout(QUIET) == Err(RecvTimeoutError::Timeout) {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.enable_steady_tick(Duration::from_millis(120));
        }
    });
    waiting
}

/// Says how much of the step is done, 0 to 1.
pub(crate) fn part(share: f64) {
    if let Some(UnderWay { bar, step }) = &*under_way() {
        bar.set_message(format!("{step} {:.0} %", share * 100.0));
    }
}

/// Does something with the terminal as if nothing were shown on it.
pub(crate) fn aside(act: impl FnOnce()) {
    let bar = under_way().as_ref().map(|under_way| under_way.bar.clone());
    match bar {
        Some(bar) => bar.suspend(act),
        None => act(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_that_tells_how_far_it_is_moves_the_bar() {
        let mut progress = Progress::steps();
        progress.step("clv.score");
        part(0.456);
        assert_eq!(progress.bar.message(), "clv.score 46 %");
        progress.step("rfm.score");
        assert_eq!(progress.bar.message(), "rfm.score");
        drop(progress);
        part(0.5);
        aside(|| {});
    }
}

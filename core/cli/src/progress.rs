//! Progress on stderr, for what takes more than a second and is watched.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::printer::Printer;

/// Nothing is shown before this much time has passed: most commands are done by then.
const QUIET: Duration = Duration::from_millis(700);

/// Shows how far a command has come.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
    begun: Instant,
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
        Self { bar, begun: Instant::now() }
    }

    fn show(&self) {
        if self.bar.is_hidden() && Printer::is_watched() && self.begun.elapsed() > QUIET {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.enable_steady_tick(Duration::from_millis(120));
        }
    }

    /// Names the step that begins.
    pub(crate) fn step(&mut self, name: &str) {
        self.bar.set_message(name.to_owned());
        self.show();
    }

    /// Says how many bytes have been read.
    pub(crate) fn at(&mut self, position: u64) {
        self.bar.set_position(position);
        self.show();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

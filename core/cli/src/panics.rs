//! No panic reaches a person: it is a mistake of ours, told in one sentence.

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::Mutex;

use crate::printer::Printer;

/// What the last panic said, and where. The hook only notes it: packs may panic too, and their hosts
/// turn that into an error of the pack.
static LAST: Mutex<String> = Mutex::new(String::new());

/// Runs the program; a panic becomes one sentence and exit code 1.
pub(crate) fn guard(run: impl FnOnce() -> ExitCode) -> ExitCode {
    panic::set_hook(Box::new(|panicked| {
        let said = panicked.payload_as_str().unwrap_or("nothing was said");
        let place = panicked.location().map(|place| format!(" ({place})")).unwrap_or_default();
        if let Ok(mut last) = LAST.lock() {
            *last = format!("{said}{place}");
        }
    }));
    panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        let last = LAST.lock().map(|last| last.clone()).unwrap_or_default();
        Printer::talk(&format!(
            "error: kehu has made a mistake of its own and stopped; an operation that was not \
             finished was not kept: {last}"
        ));
        ExitCode::FAILURE
    })
}

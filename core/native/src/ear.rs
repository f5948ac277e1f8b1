//! What a plugin says during a call, and who hears it.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use kehu_abi as abi;
use kehu_contract::{Listener, LogLevel, LogLine, Said, plain};
use serde::{Deserialize, Serialize};

/// The longest line that is passed on, in bytes.
const LINE_BYTES: usize = 1_000;

/// One thing that a plugin says while a call is on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Word {
    Log(LogLevel, String),
    Progress(f64),
}

/// The level that a number of the border means; one that is not known is as the nearest that is.
pub(crate) fn level(number: i32) -> LogLevel {
    match number {
        ..=abi::DEBUG => LogLevel::Debug,
        abi::INFO => LogLevel::Info,
        abi::WARN => LogLevel::Warning,
        abi::ERROR.. => LogLevel::Error,
    }
}

/// Passes on what a plugin says to whoever listens, if somebody does.
#[derive(Default)]
pub(crate) struct Ear {
    pack: String,
    listener: Mutex<Option<Listener>>,
}

impl fmt::Debug for Ear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ear").field("pack", &self.pack).finish_non_exhaustive()
    }
}

impl Ear {
    pub(crate) fn of(pack: &str) -> Self {
        Self { pack: pack.to_owned(), listener: Mutex::default() }
    }

    pub(crate) fn listen(&self, listener: Listener) {
        *self.listener.lock().unwrap_or_else(PoisonError::into_inner) = Some(listener);
    }

    /// Passes on a word. It may come from the plugin's own process: nothing in it is believed.
    pub(crate) fn hear(&self, word: Word) {
        let listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(listener) = listener else { return };
        let pack = self.pack.clone();
        listener(match word {
            Word::Log(level, text) => {
                Said::Log(LogLine { level, pack, text: plain(text.trim(), LINE_BYTES) })
            }
            Word::Progress(share) => {
                Said::Progress { pack, share: if share > 0.0 { share.min(1.0) } else { 0.0 } }
            }
        });
    }

    /// Passes on what a plugin printed, line by line.
    pub(crate) fn hear_printed(&self, printed: &[u8]) {
        for line in String::from_utf8_lossy(printed).lines().filter(|line| !line.trim().is_empty())
        {
            self.hear(Word::Log(LogLevel::Info, line.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn whatever_a_plugin_says_is_fit_for_a_terminal() {
        let heard: Arc<Mutex<Vec<Said>>> = Arc::default();
        let ear = Ear::of("silence");
        ear.hear(Word::Progress(0.5));
        let kept = Arc::clone(&heard);
        ear.listen(Arc::new(move |said| kept.lock().unwrap().push(said)));
        ear.hear(Word::Log(level(7), " a\u{1b}[2J\nb ".to_owned()));
        ear.hear(Word::Log(level(-9), "x".repeat(5_000)));
        for share in [f64::NAN, f64::INFINITY, -1.0] {
            ear.hear(Word::Progress(share));
        }
        ear.hear_printed(b"\n one\xff\n\n");
        let heard = heard.lock().unwrap();
        let line = |at: usize| match &heard[at] {
            Said::Log(line) => (line.level, line.text.clone()),
            Said::Progress { .. } => panic!("no line"),
        };
        assert_eq!(line(0), (LogLevel::Error, "a\\u{1b}[2J\\nb".to_owned()));
        assert_eq!((line(1).0, line(1).1.len()), (LogLevel::Debug, LINE_BYTES + '…'.len_utf8()));
        let shares: Vec<f64> = heard
            .iter()
            .filter_map(|said| match said {
                Said::Progress { share, .. } => Some(*share),
                Said::Log(_) => None,
            })
            .collect();
        assert_eq!(shares, [0.0, 1.0, 0.0]);
        assert_eq!(line(5), (LogLevel::Info, "one\u{fffd}".to_owned()));
    }
}

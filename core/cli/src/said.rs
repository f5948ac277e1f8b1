//! What packs say while they work: shown as they say it, but neither over and over nor without end.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use kehu_contract::{Listener, LogLevel, LogLine, Said};
use kehu_engine::packs::PackSet;

use crate::locale::counted;
use crate::printer::Printer;
use crate::progress;

/// How many different lines of a pack are shown where nobody asked for its log, and where somebody did.
const USUAL: usize = 20;
const ASKED: usize = 1_000;

/// Reads the least level that is shown.
pub(crate) fn level(text: &str) -> Result<LogLevel, String> {
    LogLevel::parse(text).ok_or_else(|| "write debug, info, warning or error".to_owned())
}

/// Lets what the packs say be shown, from a level on; without one, their warnings and errors.
pub(crate) fn show(packs: &PackSet, asked: Option<LogLevel>) {
    let ears = Ears {
        least: asked.unwrap_or(LogLevel::Warning),
        most: if asked.is_some() { ASKED } else { USUAL },
        heard: Mutex::default(),
    };
    let ears = Arc::new(ears);
    for pack in packs.packs() {
        let ears = Arc::clone(&ears);
        let listener: Listener = Arc::new(move |said| match said {
            Said::Log(line) => {
                if let Some(words) = ears.hear(line) {
                    Printer::talk(&words);
                }
            }
            Said::Progress { share, .. } => progress::part(share),
        });
        pack.factory.listen(listener);
    }
}

/// Holds what was heard so far. When the packs have gone, tells what it did not show.
struct Ears {
    least: LogLevel,
    most: usize,
    heard: Mutex<BTreeMap<String, Heard>>,
}

#[derive(Default)]
struct Heard {
    shown: HashSet<(LogLevel, String)>,
    repeated: usize,
    dropped: usize,
}

impl Ears {
    /// The words with which a line is shown; none if it is not.
    fn hear(&self, line: LogLine) -> Option<String> {
        if line.level < self.least {
            return None;
        }
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = heard.entry(line.pack.clone()).or_default();
        let words = words(&line);
        let line = (line.level, line.text);
        if heard.shown.contains(&line) {
            heard.repeated += 1;
        } else if heard.shown.len() >= self.most {
            heard.dropped += 1;
        } else {
            heard.shown.insert(line);
            return Some(words);
        }
        None
    }

    /// What was not shown, a line each.
    fn rest(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rest = Vec::new();
        for (pack, Heard { repeated, dropped, .. }) in &*heard {
            if *dropped > 0 {
                let lines = counted(*dropped, ["more line", "more lines"]);
                rest.push(format!("note: pack {pack} said {lines}"));
            }
            if *repeated > 0 {
                let times = counted(*repeated, ["time", "times"]);
                rest.push(format!("note: pack {pack} said the same {times} more"));
            }
        }
        rest
    }
}

impl Drop for Ears {
    fn drop(&mut self) {
        for line in self.rest() {
            Printer::talk(&line);
        }
    }
}

fn words(line: &LogLine) -> String {
    let LogLine { level, pack, text } = line;
    let opening = match level {
        LogLevel::Info => "note",
        level => level.name(),
    };
    format!("{opening}: pack {pack}: {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_twice_or_without_end() {
        let ears = Ears { least: LogLevel::Warning, most: 2, heard: Mutex::default() };
        let say = |level, text: &str| {
            ears.hear(LogLine { level, pack: "clv".to_owned(), text: text.to_owned() })
        };
        assert_eq!(say(LogLevel::Warning, "one").as_deref(), Some("warning: pack clv: one"));
        assert_eq!(say(LogLevel::Info, "two"), None);
        assert_eq!(say(LogLevel::Warning, "one"), None);
        assert_eq!(say(LogLevel::Error, "one").as_deref(), Some("error: pack clv: one"));
        assert_eq!(say(LogLevel::Warning, "three"), None);
        assert_eq!(
            ears.rest(),
            ["note: pack clv said 1 more line", "note: pack clv said the same 1 time more"]
        );
        ears.heard.lock().unwrap().clear();
    }
}

//! Doing it again whenever a file of the packs changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use super::subject;
use crate::context::Context;
use crate::error::{CommandError, Kind, Result};
use crate::printer::Printer;

/// How often the files are looked at.
const PAUSE: Duration = Duration::from_millis(200);
/// How deep folders are looked into.
const DEEPEST: usize = 8;

/// Does a round, and another one after every change of a file of the packs. What goes wrong in a round is
/// shown, and the next one begins when something changes.
pub(super) fn rounds(
    context: &mut Context<'_>,
    named: &[String],
    round: impl Fn(&mut Context<'_>) -> Result<ExitCode>,
) -> Result<ExitCode> {
    let mut folders: Vec<PathBuf> = Vec::new();
    loop {
        // What changes while a round goes on is a change after it.
        if let Ok(subjects) = subject::find(context, named) {
            folders = subjects.packs.into_iter().filter_map(|pack| pack.folder).collect();
        }
        let before = stamps(&folders);
        let outcome = round(context);
        context.printer.finish()?;
        match outcome {
            Err(error) if error.kind == Kind::Closed || folders.is_empty() => return Err(error),
            Err(error) => context.printer.error(&error),
            Ok(_) if folders.is_empty() => {
                return Err(CommandError::failed("there is no file to watch"));
            }
            Ok(_) => {}
        }
        Printer::talk("waiting for a change; Ctrl-C ends");
        while stamps(&folders) == before {
            std::thread::sleep(PAUSE);
        }
        settle(&folders);
    }
}

/// Waits until an editor has written all it is about to write.
fn settle(folders: &[PathBuf]) {
    let mut last = stamps(folders);
    loop {
        std::thread::sleep(PAUSE);
        let now = stamps(folders);
        if now == last {
            return;
        }
        last = now;
    }
}

type Stamps = BTreeMap<PathBuf, (u64, Option<SystemTime>)>;

fn stamps(folders: &[PathBuf]) -> Stamps {
    let mut stamps = Stamps::new();
    for folder in folders {
        gather(folder, 0, &mut stamps);
    }
    stamps
}

fn gather(folder: &Path, depth: usize, stamps: &mut Stamps) {
    // A file that goes away meanwhile is a change like any other.
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        let Ok(about) = entry.metadata() else { continue };
        if hidden {
            continue;
        }
        if about.is_dir() && depth < DEEPEST {
            gather(&entry.path(), depth + 1, stamps);
        } else if about.is_file() {
            stamps.insert(entry.path(), (about.len(), about.modified().ok()));
        }
    }
}

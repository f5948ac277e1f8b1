//! Scripts that read the records: what `kehu run` and `kehu repl` share.

mod output;
mod prompt;
mod records;

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use kehu_contract::document::Place;
use kehu_contract::{Overstep, PackError};
use kehu_lua::script::{Asked, Options, SCRIPT_BYTES, Script, ScriptError, Session};
use signal_hook::consts::SIGINT;

use crate::arguments::DayWord;
use crate::context::Context;
use crate::error::{CommandError, Result, shown};
use crate::locale;
use crate::printer::Printer;
use crate::workspace::{self, Workspace};

pub(crate) use output::{Form, Screen, Whole};
pub(crate) use prompt::{COMMANDS, Prompt, Typed};
pub(crate) use records::Records;

/// The exit code of what was stopped by the person, as shells have it.
pub(crate) const STOPPED: u8 = 130;

/// How much a script may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// The processor time.
    pub(crate) time: Duration,
    /// The memory, in MiB.
    pub(crate) memory: u16,
    /// How much it may write, in MiB.
    pub(crate) output: u16,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_secs(10), memory: 256, output: 16 }
    }
}

/// What a session works with.
pub(crate) struct Prepared {
    pub(crate) records: Rc<Records>,
    pub(crate) screen: Rc<Screen>,
    pub(crate) options: Options,
}

impl Prepared {
    /// Says that a report is shown, whose tables belong together.
    pub(crate) fn begin(&self, whole: Whole) {
        self.screen.report.replace(Some(whole));
    }

    /// Runs a script to its end; the code says whether the person stopped it.
    pub(crate) fn run(self, script: Script) -> Result<ExitCode> {
        let screen = Rc::clone(&self.screen) as Rc<_>;
        let ended = Session::new(script, &self.options, self.records, screen)
            .and_then(|session| session.run());
        let whole = if ended.is_ok() { self.screen.whole() } else { Ok(()) };
        // What was written before a mistake still counts as written.
        let written = whole.and_then(|()| self.screen.finish());
        match ended.map_err(page) {
            Ok(()) => written.map(|()| ExitCode::SUCCESS),
            Err(Some(error)) => Err(error),
            Err(None) => {
                Printer::talk("stopped");
                Ok(ExitCode::from(STOPPED))
            }
        }
    }
}

/// Opens the records as of a day, and gets ready to show what comes out.
pub(crate) fn prepare(
    context: &Context<'_>,
    as_of: Option<DayWord>,
    limits: Limits,
    arguments: Vec<String>,
    csv: bool,
) -> Result<Prepared> {
    let workspace = workspace(context)?;
    prepare_in(context, workspace, as_of, limits, arguments, csv)
}

/// Does the same in a workspace that is open, or in none.
pub(crate) fn prepare_in(
    context: &Context<'_>,
    workspace: Option<Rc<Workspace>>,
    as_of: Option<DayWord>,
    limits: Limits,
    arguments: Vec<String>,
    csv: bool,
) -> Result<Prepared> {
    let language = match &workspace {
        Some(workspace) => workspace.language,
        None => context.language()?,
    };
    let today = workspace.as_ref().map(|workspace| workspace.act.today);
    let as_of = match (as_of, today) {
        (Some(word), Some(today)) => Some(word.on(today)),
        (Some(DayWord::Day(day)), None) => Some(day),
        _ => None,
    };
    let stop = stop_flag()?;
    let currency = workspace.as_ref().map(|workspace| workspace.settings.currency.clone());
    let records = Records::open(context, workspace, as_of, &stop)?;
    let form = match (context.globals.json, csv) {
        (true, _) => Form::Json,
        (_, true) => Form::Csv,
        _ => Form::Table,
    };
    let screen = Screen {
        printer: RefCell::new(Printer::new(context.globals.color)),
        form,
        language,
        is_watched: io::stdout().is_terminal(),
        limit: context.globals.limit,
        currency,
        report: RefCell::default(),
    };
    let options = Options {
        as_of: records.as_of().number(),
        arguments,
        language,
        asked: Asked::default(),
        time: limits.time,
        memory: usize::from(limits.memory) * 1024 * 1024,
        output: usize::from(limits.output) * 1024 * 1024,
        stop,
    };
    Ok(Prepared { records: Rc::new(records), screen: Rc::new(screen), options })
}

/// Opens the workspace, if there is one around the folder: a script need not have a base.
fn workspace(context: &Context<'_>) -> Result<Option<Rc<Workspace>>> {
    let is_named = context.globals.folder.is_some();
    if !is_named && workspace::find(&context.globals).is_err() {
        return Ok(None);
    }
    context.open().map(Some)
}

/// Reads a script; `-` is the standard input.
pub(crate) fn read(file: &Path) -> Result<Script> {
    let (dir, name, bytes) = if file == Path::new("-") {
        (String::new(), "stdin".to_owned(), contents(io::stdin().lock(), file)?)
    } else {
        let open = File::open(file).map_err(|error| CommandError::file("read", file, &error))?;
        if open.metadata().is_ok_and(|about| about.is_dir()) {
            let message = format!("{} is a folder, not a script", shown(file));
            return Err(CommandError::usage(message));
        }
        let dir = file.parent().map(|dir| dir.display().to_string()).unwrap_or_default();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (dir, name, contents(open, file)?)
    };
    Script::read(&dir, &name, &bytes).map_err(|problems| {
        let page = CommandError::from(problems);
        CommandError { message: format!("load error: {}", page.message), ..page }
    })
}

fn contents(source: impl io::Read, file: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let most = SCRIPT_BYTES as u64 + 1;
    source
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(|error| CommandError::file("read", file, &error))?;
    if bytes.len() as u64 == most {
        let message =
            format!("{} is too long for a script: more than {SCRIPT_BYTES} bytes", shown(file));
        return Err(CommandError::failed(message).hint("what holds data is imported: kehu import"));
    }
    Ok(bytes)
}

/// Makes Ctrl-C set a flag; the second one ends the program at once, which harms nothing: scripts do
/// not write.
fn stop_flag() -> Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let ends = signal_hook::flag::register_conditional_shutdown(
        SIGINT,
        i32::from(STOPPED),
        Arc::clone(&stop),
    );
    ends.and_then(|_| signal_hook::flag::register(SIGINT, Arc::clone(&stop)))
        .map_err(|error| CommandError::failed(format!("Ctrl-C cannot be watched: {error}")))?;
    Ok(stop)
}

/// The error page for a script that did not end well; none if the person stopped it.
pub(crate) fn page(error: ScriptError) -> Option<CommandError> {
    match error {
        ScriptError::Stopped => None,
        ScriptError::Told(message) => Some(CommandError::failed(message)),
        ScriptError::Output(error) => Some(error.into()),
        ScriptError::Failed(error) => Some(of_script(*error)),
        // It has the page that a run would show.
        ScriptError::Pack(error) => Some(CommandError::failed(error.to_string())),
    }
}

fn of_script(error: PackError) -> CommandError {
    let mut about = error.subject.clone().map(|subject| format!("{subject}, ")).unwrap_or_default();
    if let Some(id) = error.customer {
        about += &format!("customer C-{id}: ");
    }
    let message = format!("{about}{} error: {}", error.kind.name(), error.message);
    let mut page = CommandError::failed(message);
    let own = error.place.as_ref().map(|(file, line)| format!("{file}:{line} "));
    page.place = error.place.map(|(file, line)| Place {
        file: Arc::from(file),
        line,
        column: 0,
        source: Arc::from(error.source.unwrap_or_default()),
    });
    let is_own = |call: &str| own.as_ref().is_some_and(|own| call.starts_with(own));
    let calls = error.traceback.iter().enumerate();
    let calls = calls
        .filter(|(at, call)| *at > 0 || !is_own(call))
        .map(|(_, call)| locale::said(&format!("called from {call}")).into_owned());
    let below = page
        .place
        .as_ref()
        .zip(error.mark)
        .map(|(place, mark)| format!("{:1$} | {mark}", "", place.line.to_string().len()));
    let used = error.limit.map(|Overstep { set_by, used, allowed }| {
        locale::said(&format!("used {used}, the limit is {allowed}: {set_by}")).into_owned()
    });
    page.typed = below.into_iter().chain(calls).chain(used).collect();
    page.hints.extend(error.hint);
    page
}

/// Reads a stretch of time, such as `60s`, `500ms` or `2m`.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|each: char| each.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 1,
        "s" | "" => 1_000,
        "m" | "min" => 60_000,
        _ => 0,
    };
    let number = digits.parse::<u64>().ok().filter(|number| *number > 0 && unit > 0);
    let time =
        number.and_then(|number| number.checked_mul(unit)).filter(|time| *time <= 86_400_000);
    time.map(Duration::from_millis)
        .ok_or_else(|| "write a time of at most a day, such as 500ms, 60s or 5m".to_owned())
}

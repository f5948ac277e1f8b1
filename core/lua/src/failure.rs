//! Making an error of the VM into one for the person who wrote the pack.
//!
//! Positions are taken from the VM's own frames, never from the words of a message, which a script
//! can write as it likes; frames of the host are left out.

use std::sync::Arc;

use kehu_contract::{FailureKind, Hook, PackError};

use crate::factory::Shared;
use crate::fault::{Fault, plain, plain_within};
use crate::gate::{Gate, Overrun, SCRIPT, memory_fault};
use crate::{hints, mark};

/// The most calls that are shown.
const CALLS: usize = 12;

/// Says what the pack was doing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scene {
    pub(crate) step: Option<(Hook, String)>,
    pub(crate) customer: Option<i64>,
    /// The deal, record or row of a file, as people see it.
    pub(crate) subject: Option<String>,
    pub(crate) inputs: Vec<(String, String)>,
    /// Where the called function stands, for errors that no line of the pack raised.
    pub(crate) function: Option<(String, u32)>,
    /// True while the pack loads: an error is then one of loading.
    pub(crate) loading: bool,
    /// The memory that the pack may use, in bytes; 0 where nobody says it.
    pub(crate) memory: usize,
    /// Where the pack was when its limits were last looked at.
    pub(crate) seen: Option<(String, u32)>,
    /// What it raised that is no text, in words.
    pub(crate) raised: Option<String>,
    /// True for a script that belongs to no pack.
    pub(crate) is_script: bool,
}

impl Scene {
    /// Adds what the gate knows of a stretch of work.
    #[must_use]
    pub(crate) fn with(self, gate: &Gate) -> Self {
        Self { memory: gate.memory(), seen: gate.seen(), raised: gate.raised(), ..self }
    }
}

/// What an error says to a script that catches it: its message alone, behind the script's own file and line.
pub(crate) fn caught(error: &mlua::Error, is_script: bool) -> String {
    let raw = unwrap(error);
    let mut message = plain(&without_addresses(without_host(&raw.fault.message)));
    if is_script {
        message = of_scripts(&message);
    }
    let own = raw.traceback.lines().filter_map(|line| line.strip_prefix('\t'));
    let place = own.filter(|line| !line.starts_with('[')).find_map(|line| {
        let (path, rest) = line.split_once(':')?;
        let (number, _) = rest.split_once(':')?;
        Some(format!("{path}:{}", number.parse::<u32>().ok()?))
    });
    place.map_or_else(|| message.clone(), |place| format!("{place}: {message}"))
}

/// What an error says, in one text with its hint, for a test that expects it.
pub(crate) fn in_words(error: &mlua::Error) -> String {
    let fault = unwrap(error).fault;
    let message = plain(&without_addresses(&fault.message));
    match fault.hint {
        Some(hint) => format!("{message}\nhint: {hint}"),
        None => message,
    }
}

/// What functions without a name are called, and what stands in a file outside of functions.
const NAMELESS: &str = "a function";
const MAIN: &str = "the main chunk";

/// One frame of the pack: path, line, function.
type Frame = (String, u32, String);

/// Builds the error for what went wrong; an overstepped limit goes before what the script made of it.
pub(crate) fn describe(
    shared: &Shared,
    error: Option<&mlua::Error>,
    overrun: Option<Overrun>,
    scene: Scene,
) -> PackError {
    let mut raw = match (overrun, error) {
        (Some(overrun), _) => {
            Raw { fault: overrun.fault, traceback: overrun.traceback.unwrap_or_default() }
        }
        (None, Some(error)) => unwrap(error),
        (None, None) => Raw {
            fault: Fault::new(FailureKind::Host, "nothing is known of the failure"),
            traceback: String::new(),
        },
    };
    let frames = frames(&raw.traceback, shared, scene.is_script || scene.loading);
    let own = strip_position(&mut raw.fault.message, &frames);
    let message = without_host(&raw.fault.message).to_owned();
    raw.fault.message = message;
    if raw.fault.kind == FailureKind::Runtime
        && let Some(words) = &scene.raised
        && is_no_text(&without_addresses(&raw.fault.message))
    {
        raw.fault.message = format!("error was called with {words}");
        raw.fault.hint = Some("give it a text: error(\"…\")".to_owned());
    }
    if scene.loading && matches!(raw.fault.kind, FailureKind::Runtime | FailureKind::Argument) {
        raw.fault.kind = FailureKind::Load;
    }
    if raw.fault.kind == FailureKind::MemoryLimit && raw.fault.limit.is_none() && scene.memory > 0 {
        let most = scene.memory.saturating_add(scene.memory / 2).div_ceil(1024 * 1024);
        let owner = if scene.is_script { SCRIPT } else { "the pack" };
        raw.fault = memory_fault(owner, scene.memory, &format!("more than {most} MiB"));
    }
    let seen = || scene.seen.clone().filter(|_| raw.fault.kind == FailureKind::MemoryLimit);
    let seen = seen().map(|(path, line)| (path, line, String::new()));
    let place = own.or_else(|| frames.first().cloned()).or(seen);
    let raised = place.is_some();
    let place_text = place.as_ref().and_then(|(path, line, _)| shared.above(path, *line));
    let mut result = PackError::new(raw.fault.kind, &shared.manifest.name, "");
    result.source = place
        .as_ref()
        .and_then(|(path, line, _)| shared.line(path, *line))
        .map(|line| plain_within(line, 200));
    result.place = place
        .map(|(path, line, _)| (path, line))
        .or(scene.function)
        .map(|(path, line)| (shared.shown(&path), line));
    if result.source.is_none() {
        result.source = result.place.as_ref().and_then(|(shown, line)| {
            let path = shown.strip_prefix(&shared.dir)?.trim_start_matches('/');
            shared.line(path, *line).map(|line| plain_within(line, 200))
        });
    }
    result.traceback = frames
        .iter()
        .take(CALLS)
        .map(|(path, line, function)| format!("{}:{line} in {function}", shared.shown(path)))
        .collect();
    result.message = plain(&without_addresses(&raw.fault.message));
    let (message, source) = (&result.message, result.source.as_deref().unwrap_or_default());
    let above = place_text.as_deref().unwrap_or_default();
    result.hint = raw.fault.hint.or_else(|| hints::hint(message, source, above, &scene.inputs));
    if raised {
        result.mark = mark::below(source, message, result.hint.as_deref());
    }
    result.limit = raw.fault.limit;
    result.step = scene.step;
    result.customer = scene.customer;
    result.subject = scene.subject;
    result.inputs = scene.inputs;
    result
}

/// An error with the layers taken off that the binding put around it.
struct Raw {
    fault: Fault,
    traceback: String,
}

fn unwrap(error: &mlua::Error) -> Raw {
    match error {
        mlua::Error::CallbackError { traceback, cause } => {
            let inner = unwrap(cause);
            let traceback =
                if inner.traceback.is_empty() { traceback.clone() } else { inner.traceback };
            Raw { fault: inner.fault, traceback }
        }
        mlua::Error::WithContext { cause, .. } => unwrap(cause),
        mlua::Error::ExternalError(cause) => match cause.downcast_ref::<Fault>() {
            Some(fault) => Raw { fault: fault.clone(), traceback: String::new() },
            None => bare(FailureKind::Host, &cause.to_string()),
        },
        mlua::Error::RuntimeError(text) => {
            // The VM's own traceback comes last, whatever the message contains.
            let (message, traceback) = match text.rfind("\nstack traceback:") {
                Some(at) => (&text[..at], &text[at..]),
                None => (text.as_str(), ""),
            };
            let fault = Fault::new(FailureKind::Runtime, message);
            Raw { fault, traceback: traceback.to_owned() }
        }
        mlua::Error::MemoryError(_) => Raw {
            fault: Fault::new(FailureKind::MemoryLimit, "the pack used more memory than it may")
                .hint("look for a table or text that grows with every turn of a loop"),
            traceback: String::new(),
        },
        mlua::Error::BadArgument { to, pos, cause, .. } => {
            let to = to.as_deref().unwrap_or("the function");
            if let mlua::Error::FromLuaConversionError { to: wanted, .. } = &**cause
                && wanted == "userdata"
                && *pos <= 1
            {
                let method = to.rsplit(['.', ':']).next().unwrap_or(to);
                let fault = Fault::argument(format!("{method} got another object than a column"))
                    .hint(format!("write a colon: c.column:{method}(…)"));
                return Raw { fault, traceback: String::new() };
            }
            let inner = unwrap(cause).fault.message;
            bare(FailureKind::Argument, &format!("{to}: argument {pos}: {inner}"))
        }
        mlua::Error::FromLuaConversionError { from, to, .. } => {
            bare(FailureKind::Argument, &format!("a {from} stands where a {to} is expected"))
        }
        mlua::Error::UserDataTypeMismatch => {
            let fault = Fault::argument("the method got another object than its own")
                .hint("write a colon: column:mean(), not column.mean()");
            Raw { fault, traceback: String::new() }
        }
        mlua::Error::SyntaxError { message, .. } => bare(FailureKind::Load, message),
        other => bare(FailureKind::Runtime, &other.to_string()),
    }
}

fn bare(kind: FailureKind, message: &str) -> Raw {
    Raw { fault: Fault::new(kind, message), traceback: String::new() }
}

/// Reads the pack's frames out of a traceback: lines of `\tpath:line: in what`.
fn frames(traceback: &str, shared: &Shared, with_main: bool) -> Vec<Frame> {
    let mut frames: Vec<Frame> = traceback.lines().filter_map(|line| frame(line, shared)).collect();
    if let Some((_, _, function)) = frames.last_mut().filter(|_| with_main)
        && function == NAMELESS
    {
        MAIN.clone_into(function);
    }
    frames
}

fn frame(line: &str, shared: &Shared) -> Option<Frame> {
    let line = line.strip_prefix('\t')?;
    let script = shared.scripts.iter().find(|script| {
        line.strip_prefix(script.path.as_str()).is_some_and(|rest| rest.starts_with(':'))
    })?;
    let rest = &line[script.path.len() + 1..];
    let (number, what) = rest.split_once(':')?;
    let what = what.trim().strip_prefix("in ").unwrap_or(NAMELESS);
    let function = match what.strip_prefix("function ") {
        Some(name) if name.starts_with('<') => NAMELESS.to_owned(),
        Some(name) => plain_within(name.trim_matches('\''), 100),
        None => plain_within(what, 100),
    };
    Some((script.path.clone(), number.parse().ok()?, function))
}

/// Takes the VM's own position off a message, if one of the frames stands there.
fn strip_position(message: &mut String, frames: &[Frame]) -> Option<Frame> {
    let found = frames
        .iter()
        .find(|(path, line, _)| message.strip_prefix(&format!("{path}:{line}:")).is_some())?;
    let prefix = format!("{}:{}:", found.0, found.1);
    *message = message[prefix.len()..].trim_start().to_owned();
    Some(found.clone())
}

/// Words of the sandbox, which mostly holds packs, for scripts that are none.
pub(crate) fn of_scripts(text: &str) -> String {
    let text = ["a pack has no ", "a pack has ", "a pack cannot ", "the pack used "]
        .iter()
        .find_map(|word| {
            let rest = text.strip_prefix(word)?;
            Some(word.replace("pack", "script") + rest)
        })
        .unwrap_or_else(|| text.to_owned());
    text.replace("use ctx.as_of", "use kehu.as_of")
}

/// Takes a position within the host's own code off a message: it says nothing to anybody.
pub(crate) fn without_host(message: &str) -> &str {
    match message.strip_prefix("[kehu]:").and_then(|it| it.split_once(": ")) {
        Some((line, rest)) if line.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => message,
    }
}

/// True for what the engine writes for an error that is no text.
fn is_no_text(message: &str) -> bool {
    let word = message.trim_matches(|each| matches!(each, '<' | '>'));
    ["table", "nil", "true", "false", "function", "thread", "userdata", "buffer", "vector"]
        .contains(&word)
}

/// Takes the addresses out that the engine writes for an error that is no text.
fn without_addresses(message: &str) -> String {
    let mut result = String::new();
    let mut rest = message;
    while let Some(at) = rest.find(": 0x") {
        let word = rest[..at].rsplit(|each: char| !each.is_ascii_alphanumeric()).next();
        let digits = rest[at + 4..].chars().take_while(char::is_ascii_hexdigit).count();
        let is_value = matches!(
            word,
            Some("table" | "function" | "thread" | "userdata" | "buffer" | "vector")
        );
        let end = if is_value { at } else { at + 4 + digits };
        result.push_str(&rest[..end]);
        rest = &rest[at + 4 + digits..];
    }
    result + rest
}

/// Shortens a step to what a scene needs.
pub(crate) fn scene(shared: &Arc<Shared>, step: usize) -> Scene {
    let step = shared.manifest.steps.get(step).map(|step| (step.hook, step.name.clone()));
    Scene { step, ..Scene::default() }
}

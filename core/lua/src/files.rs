//! The files of a pack, given as data, and their check before any of it runs.

use std::borrow::Cow;
use std::sync::Arc;

use kehu_contract::document::{Place, Problem};
use kehu_contract::{Manifest, Origin, REPORTS, Report};
use mlua::chunk::Compiler;

use crate::factory::LuaPackFactory;
use crate::fault::{plain, plain_within};
use crate::hints;
use crate::testing::TESTS;

/// The longest script in bytes; the compiler cannot be interrupted.
pub const SCRIPT_BYTES: usize = 256 * 1024;
/// The most script text in a pack.
const PACK_BYTES: usize = 1024 * 1024;

/// How much of a line is shown in a complaint about it.
const SHOWN_BYTES: usize = 200;

/// Holds a pack's files as they were read by whoever may read files.
#[derive(Debug, Clone)]
pub struct PackFiles {
    /// Where the pack was found.
    pub origin: Origin,
    /// Its folder, as messages show it, such as `scripts/tiers`.
    pub dir: String,
    /// The files: paths relative to the folder, with `/`, and contents.
    pub files: Vec<(String, Cow<'static, [u8]>)>,
}

/// Holds one script of a pack.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    /// Relative to the pack, such as `main.lua`.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) code: Vec<u8>,
}

/// Says why a pack cannot run.
#[derive(Debug, Clone)]
pub struct Refused {
    /// What the pack says of itself, if only its scripts are wrong: then it is known what would be
    /// missing without it.
    pub manifest: Option<Box<Manifest>>,
    /// Everything that is wrong, each with its place.
    pub problems: Vec<Problem>,
}

/// Checks a pack's files, reads its manifest and compiles its scripts; nothing of it runs yet.
///
/// # Errors
/// Everything that is wrong with the files, each with its place.
pub fn load(files: PackFiles) -> Result<LuaPackFactory, Refused> {
    load_counted(files, false)
}

/// Loads a pack; if `counted`, so that it is noted which lines run.
pub(crate) fn load_counted(files: PackFiles, counted: bool) -> Result<LuaPackFactory, Refused> {
    let mut problems = Vec::new();
    let manifest = read_manifest(&files, &mut problems);
    let only_reports =
        manifest.as_ref().is_some_and(|it| it.steps.is_empty() && !it.reports.is_empty());
    let scripts = read_scripts(&files, counted, only_reports, &mut problems);
    match manifest {
        Some(manifest) if problems.is_empty() => {
            let hash = hash(&files.files);
            Ok(LuaPackFactory::new(manifest, files.origin, files.dir, hash, scripts))
        }
        manifest => Err(Refused { manifest: manifest.map(Box::new), problems }),
    }
}

fn read_manifest(files: &PackFiles, problems: &mut Vec<Problem>) -> Option<Manifest> {
    let shown = format!("{}/pack.toml", files.dir);
    let Some((_, bytes)) = files.files.iter().find(|(path, _)| path == "pack.toml") else {
        problems.push(problem(&shown, 1, "", "the pack has no pack.toml", None));
        return None;
    };
    let text = decode(&shown, bytes, problems)?;
    match Manifest::parse(&shown, text) {
        Ok(manifest) => Some(manifest),
        Err(found) => {
            problems.extend(found);
            None
        }
    }
}

/// Reads a pack's `tests.lua`, which no run of the pack sees.
pub(crate) fn tests(files: &PackFiles) -> Result<Script, Refused> {
    let mut problems = Vec::new();
    let script = match files.files.iter().find(|(path, _)| path == TESTS) {
        Some((path, bytes)) => read_script(&files.dir, path, bytes, false, &mut problems),
        None => {
            let shown = format!("{}/{TESTS}", files.dir);
            let hint = "write it(\"…\", function() … end) there; kehu pack new shows how";
            problems.push(problem(&shown, 1, "", "the pack has no tests.lua", Some(hint)));
            None
        }
    };
    script.ok_or(Refused { manifest: None, problems })
}

/// Reads the scripts that decide what a pack does; one of reports alone has no `main.lua`.
fn read_scripts(
    files: &PackFiles,
    counted: bool,
    only_reports: bool,
    problems: &mut Vec<Problem>,
) -> Vec<Script> {
    // A slip in the tests or in a report must not stop the pack.
    let mut sorted: Vec<&(String, Cow<'static, [u8]>)> =
        files.files.iter().filter(|(path, _)| decides(path) && is_script(path)).collect();
    sorted.sort_by(|left, right| left.0.cmp(&right.0));
    if !only_reports && !sorted.iter().any(|(path, _)| path == "main.lua") {
        let shown = format!("{}/main.lua", files.dir);
        problems.push(problem(&shown, 1, "", "the pack has no main.lua", None));
    }
    let total: usize = sorted.iter().map(|(_, bytes)| bytes.len()).sum();
    if total > PACK_BYTES {
        let message = format!("the pack's scripts hold {total} bytes, the limit is {PACK_BYTES}");
        problems.push(problem(&files.dir, 1, "", &message, None));
        return Vec::new();
    }
    sorted
        .into_iter()
        .filter_map(|(path, bytes)| read_script(&files.dir, path, bytes, counted, problems))
        .collect()
}

pub(crate) fn read_script(
    dir: &str,
    path: &str,
    bytes: &[u8],
    counted: bool,
    problems: &mut Vec<Problem>,
) -> Option<Script> {
    let shown = in_folder(dir, path);
    let mut refuse = |line, source: &str, message: &str, hint: Option<&str>| {
        problems.push(problem(&shown, line, source, message, hint));
        None
    };
    if path.len() > 200 || path.chars().any(char::is_control) {
        return refuse(1, "", "the file's name is too long, or has control characters", None);
    }
    if bytes.len() > SCRIPT_BYTES {
        let message = format!("the script has {} bytes, the limit is {SCRIPT_BYTES}", bytes.len());
        return refuse(1, "", &message, Some("split it, and use require"));
    }
    if is_utf16(bytes) {
        return refuse(1, "", "the file is UTF-16", Some("save the file as UTF-8"));
    }
    // The mark of Lua's compiled code, or the version with which Luau's begins.
    if bytes.starts_with(b"\x1bL") || bytes.first().is_some_and(|first| *first < 9) {
        return refuse(1, "", "this is compiled code; a script is text", None);
    }
    if let Some(at) = bytes.iter().position(|byte| matches!(*byte, 0 | 0x1b)) {
        let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
        let hint = "take them out; \\0 and \\27 in quotes write them";
        return refuse(line, "", "the file holds characters that are no text", Some(hint));
    }
    let text = decode(&shown, bytes, problems)?;
    let compiler = Compiler::new().set_optimization_level(1).set_debug_level(1);
    match compiler.set_coverage_level(if counted { 2 } else { 0 }).compile(text) {
        Ok(code) => Some(Script { path: path.to_owned(), text: text.to_owned(), code }),
        Err(error) => {
            let (line, message) = syntax(&error);
            let source = text.lines().nth(line as usize - 1).unwrap_or_default();
            let hint = hints::of_syntax(&message, source);
            problems.push(problem(&shown, line, source, &message, hint.as_deref()));
            None
        }
    }
}

/// A file's path as messages show it; a script that lies in no folder is called by its name alone.
pub(crate) fn in_folder(dir: &str, path: &str) -> String {
    if dir.is_empty() { path.to_owned() } else { format!("{dir}/{path}") }
}

/// True for a text that begins with the mark of UTF-16, as some editors on Windows write it.
fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")
}

/// Reads the line out of the compiler's message.
pub(crate) fn syntax(error: &mlua::Error) -> (u32, String) {
    let text = match error {
        mlua::Error::SyntaxError { message, .. } => message.clone(),
        other => other.to_string(),
    };
    if let Some((line, message)) = text.trim_start_matches(':').split_once(':')
        && let Ok(line) = line.trim().parse::<u32>()
    {
        return (line.max(1), plain(message.trim()));
    }
    (1, plain(&text))
}

fn decode<'a>(shown: &str, bytes: &'a [u8], problems: &mut Vec<Problem>) -> Option<&'a str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let before = &bytes[..error.valid_up_to()];
            let line = before.iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
            let source = bytes.split(|byte| *byte == b'\n').nth(line as usize - 1);
            let source = String::from_utf8_lossy(source.unwrap_or_default());
            let hint = "save the file as UTF-8; an editor may have written GBK";
            problems.push(problem(shown, line, &source, "the file is not UTF-8", Some(hint)));
            None
        }
    }
}

fn problem(file: &str, line: u32, source: &str, message: &str, hint: Option<&str>) -> Problem {
    Problem {
        place: Place {
            file: Arc::from(file),
            line,
            column: 1,
            source: Arc::from(plain_within(source, SHOWN_BYTES).as_str()),
        },
        message: message.to_owned(),
        hint: hint.map(str::to_owned),
    }
}

/// Reads the script of a report, and those of its pack that it may require.
pub(crate) fn report(files: &PackFiles, report: &Report) -> Result<Vec<Script>, Vec<Problem>> {
    let (path, mut problems) = (report.path(), Vec::new());
    let Some((_, bytes)) = files.files.iter().find(|(each, _)| *each == path) else {
        let shown = in_folder(&files.dir, &path);
        let message = format!("the pack declares the report \"{}\" and has no {path}", report.name);
        return Err(vec![problem(
            &shown,
            1,
            "",
            &message,
            Some("write it, or take [[report]] out"),
        )]);
    };
    let script = read_script(&files.dir, &path, bytes, false, &mut problems);
    let mut others = read_scripts(files, false, true, &mut problems);
    // What is wrong with another report is that one's matter.
    let siblings = files.files.iter().filter(|(each, _)| is_report(each) && *each != path);
    others.extend(
        siblings.filter_map(|(path, bytes)| {
            read_script(&files.dir, path, bytes, false, &mut Vec::new())
        }),
    );
    match script {
        Some(script) if problems.is_empty() => Ok([script].into_iter().chain(others).collect()),
        _ => Err(problems),
    }
}

/// True for the files that decide what a pack gives: its manifest and its scripts, but not their tests,
/// nor its reports, which show what there is.
pub fn decides(path: &str) -> bool {
    path == "pack.toml" || (is_script(path) && path != TESTS && !is_report(path))
}

/// True for the script of a report.
pub fn is_report(path: &str) -> bool {
    is_script(path) && path.split_once('/').is_some_and(|(folder, _)| folder == REPORTS)
}

fn is_script(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("lua"))
}

/// The hash over the files that decide, in the order of their names, each with its name's and its own
/// length, so that no two sets of files share one. A page about a pack can be mended, and its runs stay.
fn hash(files: &[(String, Cow<'static, [u8]>)]) -> String {
    let mut sorted: Vec<_> = files.iter().filter(|(path, _)| decides(path)).collect();
    sorted.sort_by(|left, right| left.0.cmp(&right.0));
    let mut hasher = blake3::Hasher::new();
    for (path, bytes) in sorted {
        hasher.update(&(path.len() as u64).to_le_bytes());
        hasher.update(path.as_bytes());
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    }
    hasher.finalize().to_hex().to_string()
}

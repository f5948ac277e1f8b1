//! Looking at a pack without asking it about anybody: what is wrong with it, and what is likely meant
//! otherwise.
//!
//! A pack is loaded with its default settings, so that what stops it from loading is found; then its scripts
//! are read as text: which names nobody has declared, which columns are read and not needed, or needed and not
//! read, which rules nothing names. What only the running script knows, such as `c[name]`, is taken to be
//! right.

mod calls;
mod context;
mod facts;
mod language;
mod manifest;
mod names;
mod rows;
mod rules;
mod settings;
mod walk;

use std::collections::BTreeMap;
use std::sync::Arc;

use full_moon::LuaVersion;
use kehu_contract::document::{Place, Problem};
use kehu_contract::{
    ColumnType, Limits, Manifest, Pack as _, PackError, PackFactory as _, RunContext,
};

use self::facts::{Facts, Spot};
use self::manifest::Declared;
use crate::factory::LuaPackFactory;
use crate::files::{PackFiles, load};
use crate::testing::{AS_OF, TESTS};

/// The stack of the thread that reads scripts: the parser calls itself for each nesting.
const STACK: usize = 256 * 1024 * 1024;

/// How many findings of a pack are told.
const TOLD: usize = 100;

/// Says how much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The pack fails, or will fail for some customer.
    Error,
    /// It runs, and likely means something else.
    Warning,
    /// It runs, and other tools for Lua do not read it.
    Style,
}

impl Level {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Style => "style",
        }
    }
}

/// Describes one thing that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it weighs.
    pub level: Level,
    /// What sort of thing it is, for programs, such as `unused-need`.
    pub code: &'static str,
    /// Where.
    pub place: Place,
    /// What was found.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// Names what there is beside the pack's own. What is empty is not known: nothing is said about it.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Features, custom fields, and what other packs give, each with its type.
    pub columns: BTreeMap<String, ColumnType>,
    /// The kinds of interaction.
    pub kinds: Vec<String>,
    /// The states of all of them.
    pub states: Vec<String>,
    /// The channels by which something can be done and logged.
    pub channels: Vec<String>,
    /// The stages of all pipelines.
    pub stages: Vec<String>,
    /// The custom fields of all records.
    pub fields: Vec<String>,
}

/// Looks at a pack; gives what was found in the order of files and lines.
pub fn check(files: &PackFiles, known: &Known) -> Vec<Finding> {
    let mut findings = match load(files.clone()) {
        Ok(factory) => loaded(files, &factory, known),
        Err(refused) => refused.problems.into_iter().map(of_problem).collect(),
    };
    in_order(&mut findings);
    the_first(findings)
}

/// Sorts findings by file and line, and takes out what is there twice.
pub fn in_order(findings: &mut Vec<Finding>) {
    findings.sort_by(|left, right| {
        let key = |finding: &Finding| {
            let place = &finding.place;
            (Arc::clone(&place.file), place.line, place.column, finding.level)
        };
        key(left).cmp(&key(right)).then_with(|| left.message.cmp(&right.message))
    });
    findings.dedup();
}

/// Where a manifest names a column: as what a step gives, else as what one needs; its first line if
/// nowhere.
pub fn place_of_column(files: &PackFiles, column: &str) -> Place {
    Declared::read(files).column(column)
}

/// The first findings, errors before what weighs less, and how many more there are: nobody mends more at once.
fn the_first(mut findings: Vec<Finding>) -> Vec<Finding> {
    if findings.len() <= TOLD {
        return findings;
    }
    findings.sort_by_key(|finding| finding.level);
    let rest = findings.split_off(TOLD);
    in_order(&mut findings);
    if let Some(next) = rest.first() {
        findings.push(Finding {
            level: next.level,
            code: "more",
            place: Place { source: "".into(), ..next.place.clone() },
            message: format!("{} more things were found in this pack", rest.len()),
            hint: None,
        });
    }
    findings
}

/// A problem with a file as a finding.
pub fn of_problem(problem: Problem) -> Finding {
    let Problem { place, message, hint } = problem;
    Finding { level: Level::Error, code: "load", place, message, hint }
}

/// One script, read.
struct Script {
    path: String,
    lines: Vec<Arc<str>>,
    shown: Arc<str>,
    facts: Facts,
    /// The first thing that plain Lua 5.1 does not read, with the place.
    beyond: Option<(Spot, String)>,
}

/// What all checks look at.
struct Subject<'a> {
    manifest: &'a Manifest,
    declared: Declared,
    /// The scripts of the pack, its tests not among them.
    scripts: Vec<Script>,
    /// The scripts of its reports: what they call is none of a hook's, the settings are the same.
    reports: Vec<Script>,
    tests: Option<Script>,
    findings: Vec<Finding>,
}

impl Subject<'_> {
    /// Notes something at a place of a script.
    fn note(
        &mut self,
        level: Level,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        self.findings.push(Finding { level, code, place, message: message.into(), hint });
    }
}

impl Script {
    /// A spot of the script as people see it.
    fn place(&self, spot: Spot) -> Place {
        let source = (spot.line as usize).checked_sub(1).and_then(|at| self.lines.get(at));
        Place {
            file: Arc::clone(&self.shown),
            line: spot.line.max(1),
            column: spot.column.max(1),
            source: source.map_or_else(|| "".into(), Arc::clone),
        }
    }
}

fn loaded(files: &PackFiles, factory: &LuaPackFactory, known: &Known) -> Vec<Finding> {
    let manifest = factory.manifest();
    let context = RunContext {
        as_of: AS_OF,
        settings: manifest.defaults(),
        seed: 1,
        limits: Limits::default(),
    };
    let Scripts { scripts, reports, tests, mut findings } = match read(files) {
        Ok(read) => read,
        Err(findings) => return findings,
    };
    let pack = factory.open(&context);
    let declared = Declared::read(files);
    let mut subject = Subject { manifest, declared, scripts, reports, tests, findings: Vec::new() };
    names::check(&mut subject, factory, &context);
    context::check(&mut subject);
    language::check(&mut subject);
    match &pack {
        // What is not used in a pack that does not load may be used in what is missing.
        Err(error) => {
            rows::unknown(&mut subject, &known.columns);
            let failed = of_error(files, &subject.scripts, error);
            if rows::explains(&mut subject, &known.columns, &failed) {
                findings.append(&mut subject.findings);
                return findings;
            }
            let same = |other: &Finding| {
                (&other.place.file, other.place.line) == (&failed.place.file, failed.place.line)
            };
            if !subject.findings.iter().any(|other| other.level == Level::Error && same(other)) {
                subject.findings.push(failed);
            }
        }
        Ok(pack) => {
            rows::check(&mut subject, &known.columns);
            calls::check(&mut subject, known);
            settings::check(&mut subject);
            rules::check(&mut subject, pack.rules());
            manifest::check(&mut subject);
        }
    }
    findings.append(&mut subject.findings);
    findings
}

/// What stops the pack from loading, where it stands.
fn of_error(files: &PackFiles, scripts: &[Script], error: &PackError) -> Finding {
    let place = error.place.as_ref().map(|(file, line)| {
        let source = scripts
            .iter()
            .find(|script| *script.shown == **file)
            .and_then(|script| script.lines.get((*line as usize).checked_sub(1)?));
        let indent = source.map_or(0, |text| text.chars().take_while(|each| *each == ' ').count());
        Place {
            file: file.as_str().into(),
            line: *line,
            column: indent as u32 + 1,
            source: source.map_or_else(|| "".into(), Arc::clone),
        }
    });
    let whole = || Place {
        file: format!("{}/main.lua", files.dir).into(),
        line: 1,
        column: 1,
        source: "".into(),
    };
    Finding {
        level: Level::Error,
        code: "load",
        place: place.unwrap_or_else(whole),
        message: error.message.clone(),
        hint: error.hint.clone(),
    }
}

/// All scripts of a pack, and what is wrong with how they are written.
#[derive(Default)]
struct Scripts {
    scripts: Vec<Script>,
    reports: Vec<Script>,
    tests: Option<Script>,
    findings: Vec<Finding>,
}

/// Reads all scripts, on a thread of its own, since the parser calls itself for each nesting.
fn read(files: &PackFiles) -> Result<Scripts, Vec<Finding>> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let reading = thread.spawn_scoped(scope, || read_all(files));
        // Without a thread, or if the parser fails, nothing more can be said of the scripts.
        reading.ok().and_then(|reading| reading.join().ok()).unwrap_or_else(|| Err(Vec::new()))
    })
}

fn read_all(files: &PackFiles) -> Result<Scripts, Vec<Finding>> {
    let mut read = Scripts::default();
    for (path, bytes) in &files.files {
        let is_report = crate::files::is_report(path);
        let decides = crate::files::decides(path) && path != "pack.toml";
        if path != TESTS && !is_report && !decides {
            continue;
        }
        let shown: Arc<str> = format!("{}/{path}", files.dir).into();
        let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
        if path == TESTS
            && let Err(refused) = crate::files::tests(files)
        {
            // The compiler's own word on it, as for any other script.
            read.findings.extend(refused.problems.into_iter().map(of_problem));
            continue;
        }
        let script = read_one(path, &shown, &text, &mut read.findings);
        if path == TESTS {
            read.tests = script;
        } else if is_report {
            read.reports.extend(script);
        } else {
            read.scripts.extend(script);
        }
    }
    Ok(read)
}

fn read_one(
    path: &str,
    shown: &Arc<str>,
    text: &str,
    findings: &mut Vec<Finding>,
) -> Option<Script> {
    let lines = text.lines().map(Arc::from).collect();
    let mut script = Script {
        path: path.to_owned(),
        lines,
        shown: Arc::clone(shown),
        facts: Facts::default(),
        beyond: None,
    };
    match full_moon::parse_fallible(text, LuaVersion::luau()).into_result() {
        Ok(ast) => script.facts = walk::facts(&ast),
        Err(errors) => {
            // The pack itself compiles, so this is about other tools alone.
            let (spot, message) = language::first(&errors);
            findings.push(Finding {
                level: Level::Style,
                code: "unreadable",
                place: script.place(spot),
                message: format!("tools for Lua do not read this: {message}"),
                hint: Some("write it in another way; its names were not checked".to_owned()),
            });
            return None;
        }
    }
    let plain = full_moon::parse_fallible(text, LuaVersion::lua51());
    if !plain.errors().is_empty() {
        script.beyond = Some(language::first(plain.errors()));
    }
    Some(script)
}

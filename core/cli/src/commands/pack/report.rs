//! How the tests of packs went: as text, TAP, `JUnit` or JSON.

use std::fmt::Write as _;

use kehu_contract::PackError;
use kehu_contract::document::Place;
use kehu_lua::testing::{FileCoverage, Outcome, Report, TestFailure, TestResult};
use serde_json::{Value as Json, json};

use super::labels as words;
use crate::error::{CommandError, Result};
use crate::locale::{self, said};
use crate::output::{Cell, Column, Form, Listing, show_json, show_rows};
use crate::printer::Printer;
use crate::table::clean;

/// Names the ways in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// The Test Anything Protocol, version 14
    Tap,
    /// The XML that build servers read
    Junit,
}

/// Holds what came of the tests of one pack.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) name: String,
    pub(super) told: Told,
}

/// What there is to tell of a pack.
#[derive(Debug)]
pub(super) enum Told {
    /// How its tests went.
    Report(Report),
    /// Why they could not run.
    Error(CommandError),
    /// It has none, and nobody asked for them.
    NoTests,
}

impl Verdict {
    /// How many of its tests failed.
    pub(super) fn failed(&self) -> usize {
        match &self.told {
            Told::Report(report) => report.failed(),
            Told::Error(_) | Told::NoTests => 0,
        }
    }

    fn tests(&self) -> &[TestResult] {
        match &self.told {
            Told::Report(report) => &report.tests,
            Told::Error(_) | Told::NoTests => &[],
        }
    }
}

/// An error of a pack as a page of errors.
pub(super) fn page(error: &PackError) -> CommandError {
    let place = error.place.as_ref().map(|(file, line)| Place {
        file: file.as_str().into(),
        line: *line,
        column: 1,
        source: error.source.as_deref().unwrap_or_default().into(),
    });
    let page = CommandError { place, ..CommandError::failed(error.message.as_str()) };
    error.hint.iter().fold(page, |page, hint| page.hint(hint.as_str()))
}

/// Shows it.
pub(super) fn show(
    printer: &mut Printer,
    form: Form,
    format: Format,
    verdicts: &[Verdict],
    counted: bool,
) -> Result {
    if form.json {
        let packs: Vec<Json> = verdicts.iter().map(as_json).collect();
        return show_json(printer, json!(packs));
    }
    match format {
        Format::Tap => lines(printer, &tap(verdicts)),
        Format::Junit => lines(printer, &junit(verdicts)),
        Format::Text => {
            for verdict in verdicts {
                text(printer, form, verdict)?;
            }
            if counted { coverage(printer, form, verdicts) } else { Ok(()) }
        }
    }
}

fn lines(printer: &mut Printer, text: &str) -> Result {
    text.lines().try_for_each(|line| Ok(printer.line(line)?))
}

fn text(printer: &mut Printer, form: Form, verdict: &Verdict) -> Result {
    let Told::Report(report) = &verdict.told else {
        if let Told::Error(error) = &verdict.told {
            printer.heading(&verdict.name)?;
            lines(printer, &error.page(locale::ERROR.get(form.language)))?;
        }
        return Ok(());
    };
    if report.tests.is_empty() {
        return Ok(());
    }
    printer.heading(&verdict.name)?;
    for test in &report.tests {
        let word = match &test.outcome {
            Outcome::Passed => words::PASSED,
            Outcome::Pending => words::PENDING,
            Outcome::Failed(_) => words::FAILED,
        };
        printer.line(&format!("  {}  {}", word.get(form.language), clean(&test.name())))?;
        if let Outcome::Failed(failure) = &test.outcome {
            for line in told(test, failure) {
                printer.line(&format!("      {}", said(&line)))?;
            }
        }
    }
    Ok(())
}

/// What is told of a failed test, line by line.
fn told(test: &TestResult, failure: &TestFailure) -> Vec<String> {
    let error = &failure.error;
    let mut told = vec![clean(&error.message)];
    told.extend(failure.differences.iter().map(|line| format!("  {}", clean(line))));
    let (file, line) = error.place.clone().unwrap_or_else(|| (test.file.clone(), test.line));
    told.push(format!("--> {file}:{line}"));
    if let Some(source) = &error.source {
        told.push(format!(" {line} | {}", clean(source)));
    }
    if let Some(hint) = &error.hint {
        told.push(format!("hint: {}", clean(hint)));
    }
    if let Some(pack) = &failure.pack {
        told.extend(pack.to_string().lines().map(clean));
    }
    told.extend(test.printed.iter().map(|line| format!("printed: {}", clean(line))));
    told
}

fn coverage(printer: &mut Printer, form: Form, verdicts: &[Verdict]) -> Result {
    let mut listing = Listing::new(vec![
        Column::whole("file", locale::FILE),
        Column::number("lines", words::LINES),
        Column::number("covered", words::COVERED),
        Column::text("uncovered", words::UNCOVERED),
    ]);
    for file in verdicts.iter().filter_map(covered).flatten() {
        let (total, covered) = (file.lines.len(), file.covered());
        // Rounded down: 100 % means all.
        let share = (covered * 100).checked_div(total).unwrap_or(100);
        listing.rows.push(vec![
            Cell::text(&file.file),
            Cell::text(total.to_string()),
            Cell::text(format!("{share} %")),
            Cell::text(ranges(file)),
        ]);
    }
    printer.line("")?;
    show_rows(printer, form, &listing.for_form(form), 0)
}

fn covered(verdict: &Verdict) -> Option<&[FileCoverage]> {
    match &verdict.told {
        Told::Report(report) => Some(&report.coverage),
        Told::Error(_) | Told::NoTests => None,
    }
}

/// The lines that did not run, such as `12, 20-24`.
fn ranges(file: &FileCoverage) -> String {
    let ranges = file
        .uncovered()
        .into_iter()
        .map(|(from, to)| if from == to { from.to_string() } else { format!("{from}-{to}") });
    ranges.collect::<Vec<_>>().join(", ")
}

fn as_json(verdict: &Verdict) -> Json {
    let report = match &verdict.told {
        Told::Report(report) => report,
        Told::Error(error) => return json!({ "pack": verdict.name, "error": error.page("") }),
        Told::NoTests => return json!({ "pack": verdict.name, "tests": [] }),
    };
    let tests: Vec<Json> = report.tests.iter().map(test_as_json).collect();
    let coverage = report.coverage.iter().map(|file| {
        json!({
            "file": file.file,
            "lines": file.lines.len(),
            "covered": file.covered(),
            "uncovered": file.uncovered(),
        })
    });
    let coverage: Vec<Json> = coverage.collect();
    json!({
        "pack": verdict.name,
        "passed": report.tests.len() - report.failed() - report.pending(),
        "failed": report.failed(),
        "pending": report.pending(),
        "left_out": report.left_out,
        "tests": tests,
        "coverage": coverage,
    })
}

fn test_as_json(test: &TestResult) -> Json {
    let mut shown = json!({
        "name": test.name(),
        "file": test.file,
        "line": test.line,
        "outcome": "passed",
        "printed": test.printed,
    });
    match &test.outcome {
        Outcome::Passed => {}
        Outcome::Pending => shown["outcome"] = "pending".into(),
        Outcome::Failed(failure) => {
            let error = &failure.error;
            shown["outcome"] = "failed".into();
            shown["message"] = error.message.as_str().into();
            shown["at"] = json!(
                error.place.as_ref().map(|(file, line)| json!({ "file": file, "line": line }))
            );
            shown["hint"] = json!(error.hint);
            shown["differences"] = json!(failure.differences);
            shown["pack_error"] = json!(failure.pack.as_ref().map(ToString::to_string));
            shown["depends_on_order"] = failure.depends_on_order.into();
        }
    }
    shown
}

fn tap(verdicts: &[Verdict]) -> String {
    let count = |verdict: &Verdict| match verdict.told {
        Told::Error(_) => 1,
        _ => verdict.tests().len(),
    };
    let total: usize = verdicts.iter().map(count).sum();
    let mut text = format!("TAP version 14\n1..{total}\n");
    let mut number = 0;
    for verdict in verdicts {
        let pack = tap_name(&verdict.name);
        if let Told::Error(error) = &verdict.told {
            number += 1;
            let _ = writeln!(text, "not ok {number} - {pack}");
            tap_block(&mut text, error.page("").lines());
        }
        for test in verdict.tests() {
            number += 1;
            let name = tap_name(&test.name());
            let _ = match &test.outcome {
                Outcome::Passed => writeln!(text, "ok {number} - {pack}: {name}"),
                Outcome::Pending => writeln!(text, "ok {number} - {pack}: {name} # SKIP pending"),
                Outcome::Failed(failure) => {
                    let _ = writeln!(text, "not ok {number} - {pack}: {name}");
                    let told = told(test, failure);
                    tap_block(&mut text, told.iter().map(String::as_str));
                    Ok(())
                }
            };
        }
    }
    text
}

/// A name without what the protocol would read as its own.
fn tap_name(name: &str) -> String {
    clean(name).replace('\\', "\\\\").replace('#', "\\#")
}

/// What went wrong, as YAML: one literal text.
fn tap_block<'a>(text: &mut String, lines: impl Iterator<Item = &'a str>) {
    text.push_str("  ---\n  message: |\n");
    for line in lines {
        let _ = writeln!(text, "    {}", clean(line));
    }
    text.push_str("  ...\n");
}

fn junit(verdicts: &[Verdict]) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for verdict in verdicts {
        let pack = xml(&verdict.name);
        if let Told::Error(error) = &verdict.told {
            let message = xml(&error.page(""));
            let _ = write!(
                text,
                "  <testsuite name=\"{pack}\" tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\">\n    <testcase classname=\"{pack}\" name=\"tests.lua\"><error>{message}</error></testcase>\n  </testsuite>\n"
            );
            continue;
        }
        let tests = verdict.tests();
        let failures = |unmet: bool| {
            let of = |test: &&TestResult| matches!(&test.outcome, Outcome::Failed(failure) if failure.unmet == unmet);
            tests.iter().filter(of).count()
        };
        let skipped = tests.iter().filter(|test| test.outcome == Outcome::Pending).count();
        let _ = writeln!(
            text,
            "  <testsuite name=\"{pack}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{skipped}\">",
            tests.len(),
            failures(true),
            failures(false),
        );
        for test in tests {
            let (group, name) = match test.path.split_last() {
                Some((name, groups)) if !groups.is_empty() => (groups.join(" > "), name.as_str()),
                _ => (String::new(), test.path.last().map_or("", String::as_str)),
            };
            let class =
                if group.is_empty() { pack.clone() } else { format!("{pack}: {}", xml(&group)) };
            let _ = write!(
                text,
                "    <testcase classname=\"{class}\" name=\"{}\" file=\"{}\" line=\"{}\"",
                xml(name),
                xml(&test.file),
                test.line
            );
            match &test.outcome {
                Outcome::Passed => text.push_str("/>\n"),
                Outcome::Pending => text.push_str("><skipped/></testcase>\n"),
                Outcome::Failed(failure) => {
                    let word = if failure.unmet { "failure" } else { "error" };
                    let body = xml(&told(test, failure).join("\n"));
                    let message = xml(&failure.error.message);
                    let _ =
                        writeln!(text, "><{word} message=\"{message}\">{body}</{word}></testcase>");
                }
            }
        }
        text.push_str("  </testsuite>\n");
    }
    text + "</testsuites>\n"
}

/// A text within XML, without what XML cannot hold.
fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for each in text.chars() {
        match each {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push('\n'),
            each if each.is_control() || matches!(each, '\u{fffe}' | '\u{ffff}') => {
                escaped.push('\u{fffd}');
            }
            each => escaped.push(each),
        }
    }
    escaped
}

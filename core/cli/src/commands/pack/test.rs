use std::process::ExitCode;

use kehu_lua::testing::{Options, Suite};

use super::report::{self, Format, Told, Verdict};
use super::subject::{self, Subject, Subjects};
use super::watch;
use crate::context::Context;
use crate::error::{CommandError, Result};
use crate::locale::counted;
use crate::printer::Printer;

/// Runs the tests that packs bring in tests.lua
///
/// Tests run as the pack does: in the same sandbox, under the same limits, with fixed customers, day and
/// seed. What is asked about customers one by one is asked again shuffled, in two batches and twice over;
/// a pack that then answers otherwise fails. Nothing is read from the workspace's records. The exit code
/// is 1 if a test fails.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  kehu pack test
  kehu pack test silence --filter 'after 60 days'
  kehu pack test ./scripts/silence --coverage
  kehu pack test --format junit > tests.xml")]
pub(crate) struct Args {
    /// The packs, by name or folder [default: that of this folder, else all in the workspace]
    #[arg(value_name = "NAME|DIR")]
    packs: Vec<String>,
    /// Runs only tests whose whole name contains this
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// How it is told
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Shows which lines did not run
    #[arg(long)]
    coverage: bool,
    /// From which random numbers and the order of customers are drawn
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Runs them again whenever a file of the packs changes
    #[arg(long)]
    watch: bool,
}

pub(crate) fn run(context: &mut Context<'_>, args: &Args) -> Result<ExitCode> {
    if context.globals.json && args.format != Format::Text {
        return Err(CommandError::usage("--json and --format are two ways to tell it; give one"));
    }
    if args.watch {
        return watch::rounds(context, &args.packs, |context| round(context, args));
    }
    round(context, args)
}

fn round(context: &mut Context<'_>, args: &Args) -> Result<ExitCode> {
    let subjects = subject::find(context, &args.packs)?;
    tested(context, subjects, args)
}

fn tested(context: &mut Context<'_>, subjects: Subjects, args: &Args) -> Result<ExitCode> {
    let Subjects { packs, known, settings, .. } = subjects;
    let mut options = Options {
        seed: args.seed,
        filter: args.filter.clone(),
        kinds: known.columns,
        limits: settings.limits,
    };
    let mut verdicts: Vec<Verdict> = Vec::new();
    for subject in packs {
        options.limits = settings.limits_of(&subject.name);
        verdicts.push(verdict(subject, &options, args.coverage));
    }
    let form = context.form(context.language()?);
    report::show(&mut context.printer, form, args.format, &verdicts, args.coverage)?;
    context.printer.finish()?;
    let ran = |verdict: &Verdict| match &verdict.told {
        Told::Report(report) => report.tests.len(),
        _ => 0,
    };
    let failed: usize = verdicts.iter().map(Verdict::failed).sum();
    let total: usize = verdicts.iter().map(ran).sum();
    let broken = verdicts.iter().filter(|verdict| matches!(verdict.told, Told::Error(_))).count();
    for verdict in &verdicts {
        if let Told::NoTests = verdict.told {
            Printer::talk(&format!("note: {} has no tests.lua", verdict.name));
        }
    }
    if total == 0 && broken == 0 {
        let page = CommandError::failed("no test ran");
        return Err(match &args.filter {
            Some(_) => page.hint("no test's name contains what --filter says"),
            None => page.hint("tests are declared in tests.lua: it(\"…\", function() … end)"),
        });
    }
    match (failed, total) {
        (0, 0) => {}
        (0, _) => Printer::talk(&format!("{} passed.", counted(total, ["test", "tests"]))),
        _ => Printer::talk(&format!("{failed} of {} failed.", counted(total, ["test", "tests"]))),
    }
    if broken > 0 {
        let packs = counted(broken, ["pack", "packs"]);
        Printer::talk(&format!("The tests of {packs} could not run."));
    }
    Ok(if failed + broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn verdict(subject: Subject, options: &Options, counted: bool) -> Verdict {
    let Subject { name, files, named, .. } = subject;
    let told = match files {
        Err(problems) => Told::Error(problems.into()),
        Ok(files) => {
            let has_tests = files.files.iter().any(|(path, _)| path == kehu_lua::testing::TESTS);
            if !named && !has_tests {
                Told::NoTests
            } else {
                match Suite::new(files, counted) {
                    Err(refused) => Told::Error(refused.problems.into()),
                    Ok(suite) => match suite.run(options) {
                        Ok(report) => Told::Report(report),
                        Err(error) => Told::Error(report::page(&error)),
                    },
                }
            }
        }
    };
    Verdict { name, told }
}

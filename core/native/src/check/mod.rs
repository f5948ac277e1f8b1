//! Whether a plugin keeps to the rules of the border: the checks behind `kehu plugin validate`.
//!
//! Each check runs in a worker of its own, so that a crash or a spoiled heap in one says nothing of
//! the others. A check that only means something where another one passed is skipped where that one
//! failed: one slip, one finding.

mod compare;
mod deciding;
mod rows;
mod scoring;
mod subject;
mod traces;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use kehu_contract::{ColumnType, Limits};

use crate::factory::NativeFactory;
pub(crate) use rows::{Chance, Rows, TODAY, batch};
use subject::{States, Stop, Subject};

/// Says how a plugin is checked.
#[derive(Debug, Clone)]
pub struct Options {
    /// How much the plugin may use in one check.
    pub limits: Limits,
    /// From which the customers are drawn; the same seed gives the same ones.
    pub seed: u64,
    /// How long batches are drawn at random; with zero, none are.
    pub fuzz: Duration,
    /// The types of columns that the plugin needs and does not declare itself; those that are not
    /// named are numbers.
    pub kinds: BTreeMap<String, ColumnType>,
    /// How long is waited for the clock to move on, before it is asked again about the same day;
    /// [`CLOCK`] unless there is a reason.
    pub clock: Duration,
}

/// In so long a clock that is read in seconds moves on.
pub const CLOCK: Duration = Duration::from_millis(1_100);

/// Tells how one check went.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The check's name.
    pub check: &'static str,
    /// What it asks for, as a sentence whose subject is the plugin.
    pub about: &'static str,
    /// How it went.
    pub outcome: Outcome,
    /// How long it took.
    pub seconds: f64,
}

/// Says how a check went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The plugin keeps to the rule.
    Passed,
    /// It does not.
    Failed {
        /// What happened.
        what: String,
        /// What to do next.
        hint: Option<String>,
    },
    /// It does, but in a way that is hardly meant.
    Warned {
        /// What happened.
        what: String,
        /// What to do next.
        hint: Option<String>,
    },
    /// It was not looked at, and why.
    Skipped(String),
}

/// One check.
struct Check {
    name: &'static str,
    about: &'static str,
    /// The checks without which it means nothing.
    after: &'static [&'static str],
    run: fn(&Subject<'_>) -> Result<(), Stop>,
}

/// All checks, each after those that it rests on.
const CHECKS: &[Check] = &[
    Check {
        name: "loads",
        about: "loads, and says the same of itself each time",
        after: &[],
        run: scoring::loads,
    },
    Check {
        name: "fit",
        about: "fits the same base to the same state, and takes a small one",
        after: &["loads"],
        run: scoring::fits,
    },
    Check {
        name: "answers",
        about: "scores ordinary customers",
        after: &["loads", "fit"],
        run: scoring::answers,
    },
    Check {
        name: "written",
        about: "writes every row",
        after: &["answers"],
        run: scoring::written,
    },
    Check {
        name: "points",
        about: "gives each value a reason, and points that add up to it",
        after: &["written"],
        run: scoring::points,
    },
    Check {
        name: "rows",
        about: "takes 0, 1 and 65,536 customers",
        after: &["points"],
        run: scoring::row_counts,
    },
    Check {
        name: "missing",
        about: "takes customers of whom some or all is unknown",
        after: &["points"],
        run: scoring::missing,
    },
    Check {
        name: "numbers",
        about: "takes infinite, largest and smallest numbers and days",
        after: &["points"],
        run: scoring::numbers,
    },
    Check {
        name: "texts",
        about: "takes Chinese, emoji, and texts of 64 KiB",
        after: &["points"],
        run: scoring::texts,
    },
    Check {
        name: "settings",
        about: "takes both ends of each setting",
        after: &["points"],
        run: scoring::settings,
    },
    Check {
        name: "again",
        about: "says the same of the same customers twice",
        after: &["points"],
        run: scoring::again,
    },
    Check {
        name: "company",
        about: "says the same of a customer alone and among others",
        after: &["again"],
        run: scoring::company,
    },
    Check {
        name: "order",
        about: "says the same in whatever order customers stand",
        after: &["company"],
        run: scoring::order,
    },
    Check {
        name: "instances",
        about: "says the same in two instances at once",
        after: &["again"],
        run: scoring::instances,
    },
    Check {
        name: "day",
        about: "knows no other day than the one that it is told",
        after: &["again"],
        run: scoring::day,
    },
    Check {
        name: "memory",
        about: "takes no more memory from call to call",
        after: &["points"],
        run: scoring::memory,
    },
    Check {
        name: "plans",
        about: "places each visit or leaves it out, the same way twice",
        after: &["loads"],
        run: deciding::plans,
    },
    Check {
        name: "cancel",
        about: "ends a plan within 100 ms of being asked to",
        after: &["plans"],
        run: deciding::cancel,
    },
    Check {
        name: "proposals",
        about: "proposes the same for the same customers twice",
        after: &["loads"],
        run: deciding::proposals,
    },
    Check {
        name: "ends",
        about: "lets go of its instances when a run ends",
        after: &["loads"],
        run: traces::ends,
    },
    Check {
        name: "locale",
        about: "leaves the locale as it was",
        after: &["ends"],
        run: traces::locale,
    },
    Check {
        name: "rounding",
        about: "leaves the way in which numbers are rounded",
        after: &["ends"],
        run: traces::floating,
    },
    Check {
        name: "signals",
        about: "leaves the handlers of signals",
        after: &["ends"],
        run: traces::signals,
    },
    Check {
        name: "files",
        about: "leaves no file open, and closes none of others",
        after: &["ends"],
        run: traces::files,
    },
    Check {
        name: "variables",
        about: "leaves the environment as it was",
        after: &["ends"],
        run: traces::variables,
    },
    Check {
        name: "threads",
        about: "leaves no thread behind",
        after: &["ends"],
        run: traces::threads,
    },
    Check {
        name: "fuzz",
        about: "takes batches drawn at random",
        after: &["missing", "numbers", "texts", "company"],
        run: scoring::fuzz,
    },
];

/// Checks a plugin, and tells of each check when it has ended.
///
/// The factory's own workers and its choice of what becomes of crashes are not used: a crash fails the
/// check in which it happens.
pub fn all(
    factory: &NativeFactory,
    options: &Options,
    tell: &mut dyn FnMut(&Finding),
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let states = States::default();
    let mut unsound: Vec<&str> = Vec::new();
    for check in CHECKS {
        let begun = Instant::now();
        let outcome = match check.after.iter().find(|name| unsound.contains(name)) {
            Some(name) => {
                unsound.push(check.name);
                Outcome::Skipped(format!("it means nothing before \"{name}\" passes"))
            }
            None => run(check, factory, options, &states),
        };
        if matches!(outcome, Outcome::Failed { .. }) {
            unsound.push(check.name);
        }
        let seconds = begun.elapsed().as_secs_f64();
        let finding = Finding { check: check.name, about: check.about, outcome, seconds };
        tell(&finding);
        findings.push(finding);
    }
    findings
}

fn run(check: &Check, factory: &NativeFactory, options: &Options, states: &States) -> Outcome {
    let subject = match Subject::new(factory, options, states) {
        Ok(subject) => subject,
        Err(stop) => return stop.into_outcome(),
    };
    (check.run)(&subject).map_or_else(Stop::into_outcome, |()| Outcome::Passed)
}

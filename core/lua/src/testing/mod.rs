//! Running a pack's `tests.lua`: with the real host, in the same sandbox, under the same limits.
//!
//! A [`Suite`] is a pack with its tests. [`Suite::run`] evaluates `tests.lua` in a VM of its own, which has
//! `describe`, `it`, `before_each`, `pending`, `assert` and `test`; the functions of `test` load the pack
//! as a run would and hand it the customers of a fixture, so that a test sees what people will see:
//! values with their reasons.
//!
//! What is asked about customers one by one is asked again with the customers shuffled, in two batches and
//! twice over. A pack that gives another answer then keeps something from one customer to the next, and
//! the test fails.

mod calls;
mod columns;
mod coverage;
mod customers;
mod day;
mod order;
mod outcome;
mod records;
mod runner;
mod score;
mod shape;
mod spec;

use std::collections::BTreeMap;
use std::sync::Arc;

use kehu_contract::{ColumnType, Limits, Manifest, PackError};

use crate::factory::{LuaPackFactory, Shared};
use crate::files::{self, PackFiles, Refused};

pub use coverage::FileCoverage;

/// The file that holds a pack's tests.
pub const TESTS: &str = "tests.lua";

/// The day as of which a test sees all if it names none: 2025-01-01.
pub const AS_OF: i32 = 20_089;

/// Says how tests are run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The seed of the runs, and of the order in which customers are shuffled.
    pub seed: u64,
    /// Only tests whose whole name contains this text, whatever its case.
    pub filter: Option<String>,
    /// The types of the columns that are known; others are as their values are.
    pub kinds: BTreeMap<String, ColumnType>,
    /// How much the pack, and `tests.lua` beside it, may use.
    pub limits: Limits,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, filter: None, kinds: BTreeMap::new(), limits: Limits::default() }
    }
}

/// Holds a pack with its tests.
#[derive(Debug, Clone)]
pub struct Suite {
    pack: LuaPackFactory,
    tests: Arc<Shared>,
}

impl Suite {
    /// Checks the files of a pack and its `tests.lua`; nothing of it runs yet. If `counted`, it is noted
    /// which lines run.
    ///
    /// # Errors
    /// Everything that is wrong with the files, each with its place.
    pub fn new(files: PackFiles, counted: bool) -> Result<Self, Refused> {
        let tests = files::tests(&files)?;
        let pack = files::load_counted(files, counted)?;
        let tests = pack.shared_with(tests);
        Ok(Self { pack, tests })
    }

    /// What the pack says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.tests.manifest
    }

    /// Runs the tests, one after the other, in the order of the file.
    ///
    /// # Errors
    /// Why `tests.lua` could not be evaluated. A test that fails is no error: the report says so.
    pub fn run(&self, options: &Options) -> Result<Report, Box<PackError>> {
        runner::run(&self.pack, &self.tests, options)
    }
}

/// The globals that `tests.lua` has beside those of a pack, each with the names in it.
pub(crate) fn vocabulary() -> Vec<(String, Vec<String>)> {
    let calls = calls::names();
    let assertions = runner::ASSERTIONS.map(str::to_owned).to_vec();
    [("test", calls), ("assert", assertions)]
        .into_iter()
        .chain(["describe", "it", "pending", "before_each"].map(|name| (name, Vec::new())))
        .map(|(name, fields)| (name.to_owned(), fields))
        .collect()
}

/// Holds what came of a pack's tests.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The tests that ran, in the order of the file.
    pub tests: Vec<TestResult>,
    /// How many the filter left out.
    pub left_out: usize,
    /// Which lines of the pack ran, by file; empty if nobody counted.
    pub coverage: Vec<FileCoverage>,
}

impl Report {
    /// How many tests failed.
    pub fn failed(&self) -> usize {
        self.tests.iter().filter(|test| matches!(test.outcome, Outcome::Failed(_))).count()
    }

    /// How many tests are still to be written.
    pub fn pending(&self) -> usize {
        self.tests.iter().filter(|test| test.outcome == Outcome::Pending).count()
    }
}

/// Holds what came of one test.
#[derive(Debug, Clone, PartialEq)]
pub struct TestResult {
    /// Its name, after the names of the groups that it lies in.
    pub path: Vec<String>,
    /// The file that declares it.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// How it went.
    pub outcome: Outcome,
    /// What it printed.
    pub printed: Vec<String>,
}

impl TestResult {
    /// Its whole name, such as `silence > rises after 60 days`.
    pub fn name(&self) -> String {
        self.path.join(" > ")
    }
}

/// Says how a test went.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// All that it expected was so.
    Passed,
    /// It is named, and not written yet.
    Pending,
    /// Something was not as expected, or could not be done.
    Failed(Box<TestFailure>),
}

/// Says why a test failed.
#[derive(Debug, Clone, PartialEq)]
pub struct TestFailure {
    /// What happened in `tests.lua`, and where.
    pub error: PackError,
    /// What differs, where tables were compared: one line each.
    pub differences: Vec<String>,
    /// What the pack itself failed with, where that is why.
    pub pack: Option<Box<PackError>>,
    /// True if an expectation was not met; false if the test could not be carried out.
    pub unmet: bool,
    /// True if the pack gave another answer when its customers came in another way.
    pub depends_on_order: bool,
}

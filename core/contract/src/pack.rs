//! The two traits that a host of packs implements, whatever language its packs are written in.

use std::fmt;
use std::time::Duration;

use serde_json::{Map, Value as Json};

use crate::document::Problem;
use crate::text::plain;
use crate::{
    Case, ColumnData, Columns, Consequence, Event, Hook, Listener, Manifest, Opinion, Plan,
    PlanningProblem, Proposal, Reasons, RowVerdict, Rows, Rule, StageCase, Verdict,
};

/// Says where a pack was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// In the workspace's own folder.
    Workspace,
    /// In the workspace that this one extends.
    Base,
    /// Among those that come with the program.
    Shipped,
}

/// Holds how much a pack may use before it is switched off for the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Processor time for one customer, or for a `fit`.
    pub call: Duration,
    /// Processor time for a batch of customers.
    pub batch: Duration,
    /// Processor time for a whole run, all calls together, per thread.
    pub run: Duration,
    /// Processor time for loading, which happens anew for each batch.
    pub load: Duration,
    /// Memory in bytes, per thread.
    pub memory: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            call: Duration::from_millis(50),
            batch: Duration::from_secs(20),
            run: Duration::from_mins(1),
            load: Duration::from_millis(200),
            memory: 256 * 1024 * 1024,
        }
    }
}

/// Says which limit was overstepped, and by how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overstep {
    /// Where the limit is set, such as `call_milliseconds in [limits]`.
    pub set_by: &'static str,
    /// What was used when it was noticed, with its unit.
    pub used: String,
    /// What may be used, with its unit.
    pub allowed: String,
}

/// Holds what a pack is told of the run that it is made for.
#[derive(Debug, Clone, PartialEq)]
pub struct RunContext {
    /// The day as of which all is seen, counted from 1970-01-01.
    pub as_of: i32,
    /// The settings' values, checked against the manifest.
    pub settings: Map<String, Json>,
    /// The seed of the run; a host mixes in pack, hook and customer.
    pub seed: u64,
    /// How much the pack may use.
    pub limits: Limits,
}

/// Holds the customers of one call, in id order.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The customers' ids.
    pub ids: Vec<i64>,
    /// The needed columns, each under [`crate::Need::name`].
    pub columns: Columns,
}

/// Holds one column that a step gave, with its reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredColumn {
    /// The values, one a customer of the batch.
    pub data: ColumnData,
    /// The reasons, one list a customer.
    pub reasons: Reasons,
}

/// Makes instances of one pack; each thread asks for its own.
pub trait PackFactory: Send + Sync + fmt::Debug {
    /// What the pack says of itself.
    fn manifest(&self) -> &Manifest;

    /// Where the pack was found.
    fn origin(&self) -> Origin;

    /// The BLAKE3 hash of the pack's files, in hexadecimal.
    fn hash(&self) -> &str;

    /// What can be seen to be wrong with the pack before it runs; then [`PackFactory::create`] fails.
    fn problems(&self) -> &[Problem] {
        &[]
    }

    /// Takes out what people should be told beside the results since the last time, such as which
    /// customers the pack was not asked about again because it crashed there.
    fn take_notices(&self) -> Vec<String> {
        Vec::new()
    }

    /// Takes out whether the pack has ended the process in which it runs since the last time: 1 or 0,
    /// however many threads saw it, and 0 if it could be gone on without those customers. A pack that
    /// is a script cannot.
    fn take_crash_count(&self) -> usize {
        0
    }

    /// Lets somebody hear what the pack says while it works: its log, and how far it has come. A host
    /// whose packs say nothing leaves this as it is.
    fn listen(&self, listener: Listener) {
        drop(listener);
    }

    /// Loads the pack for a run.
    ///
    /// # Errors
    /// What is wrong with its code, or which limit its loading broke.
    fn create(&self, context: &RunContext) -> Result<Box<dyn Pack>, PackError>;
}

/// A pack that is loaded for a run, on one thread.
///
/// `step` is always the place of a step in the manifest, and its hook is the method's. A call sees
/// nothing of the calls before it: hosts evaluate the pack anew for each.
pub trait Pack {
    /// The rules that the pack declared, in the order in which reasons refer to them.
    fn rules(&self) -> &[Rule];

    /// Looks at the whole base and returns a plain state of at most 64 KiB.
    fn fit(&mut self, step: usize, base: &Columns) -> Result<Json, PackError>;

    /// Gives the step's columns for a batch, in the order of [`crate::Step::gives`]; serves
    /// `score` and `visit_need`.
    fn score(
        &mut self,
        step: usize,
        batch: &Batch,
        state: &Json,
    ) -> Result<Vec<ScoredColumn>, PackError>;

    /// Proposes what to do with each customer of a batch; `cases` are in the batch's order.
    fn follow_up(
        &mut self,
        step: usize,
        batch: &Batch,
        cases: &[Case],
    ) -> Result<Vec<Proposal>, PackError>;

    /// Judges proposals; `batch` holds the customers that they are for. Proposals that get no
    /// verdict stay as they are.
    fn review(
        &mut self,
        step: usize,
        batch: &Batch,
        proposals: &[Proposal],
    ) -> Result<Vec<Verdict>, PackError>;

    /// Plans one rep's visits.
    fn plan_visits(&mut self, step: usize, problem: &PlanningProblem) -> Result<Plan, PackError>;

    /// Judges the moves and stays of deals, at most once each; a deal without an opinion may move.
    ///
    /// `batch` has a row for each of `cases`: its customer's, who may come again, or, for a deal
    /// without a customer, one with id 0 and no value. A host that does not have the hook refuses its
    /// steps when it loads a pack, and leaves this as it is.
    fn stage(
        &mut self,
        step: usize,
        batch: &Batch,
        cases: &[StageCase],
    ) -> Result<Vec<Opinion>, PackError> {
        let _ = (step, batch, cases);
        Err(PackError::without(Hook::Stage))
    }

    /// Says what follows from what a command has written.
    ///
    /// `batch` has a row for each of `events`: its customer's, or, for what belongs to no customer, one
    /// with id 0 and no value. A host may leave this as it is, as with [`Pack::stage`].
    fn on_event(
        &mut self,
        step: usize,
        batch: &Batch,
        events: &[Event],
    ) -> Result<Vec<Consequence>, PackError> {
        let _ = (step, batch, events);
        Err(PackError::without(Hook::OnEvent))
    }

    /// Judges rows of an import, at most once each; a row without a verdict is taken as it is. A host may
    /// leave this as it is, as with [`Pack::stage`].
    fn import_row(&mut self, step: usize, rows: &Rows) -> Result<Vec<RowVerdict>, PackError> {
        let _ = (step, rows);
        Err(PackError::without(Hook::ImportRow))
    }
}

/// Says what kind of failure a pack had; each has another remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// It could not be loaded.
    Load,
    /// It raised an error.
    Runtime,
    /// It used more time than it may.
    TimeLimit,
    /// It used more memory than it may.
    MemoryLimit,
    /// It returned what the hook does not take.
    Result,
    /// It called a function of the host with a wrong argument.
    Argument,
    /// The host itself failed.
    Host,
}

impl FailureKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::Load,
        Self::Runtime,
        Self::TimeLimit,
        Self::MemoryLimit,
        Self::Result,
        Self::Argument,
        Self::Host,
    ];

    /// The kind of a [`PackError`] that was kept as a text.
    ///
    /// ```
    /// use kehu_contract::{FailureKind, PackError};
    /// let error = PackError::new(FailureKind::TimeLimit, "silence", "one customer took long");
    /// assert_eq!(FailureKind::of_text(&error.to_string()), Some(FailureKind::TimeLimit));
    /// assert_eq!(FailureKind::of_text("it broke"), None);
    /// ```
    pub fn of_text(text: &str) -> Option<Self> {
        let line = text.lines().next()?;
        let at = |kind: Self| line.find(&format!(": {} error: ", kind.name()));
        // What the pack says comes last, so the first one counts.
        Self::ALL
            .into_iter()
            .filter_map(|kind| Some((at(kind)?, kind)))
            .min_by_key(|(at, _)| *at)
            .map(|(_, kind)| kind)
    }

    /// The words for it in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::Runtime => "runtime",
            Self::TimeLimit => "time limit",
            Self::MemoryLimit => "memory limit",
            Self::Result => "result",
            Self::Argument => "argument",
            Self::Host => "host fault",
        }
    }
}

/// Describes why a pack failed, for the person who wrote or runs it.
#[derive(Debug, Clone, PartialEq)]
pub struct PackError {
    /// What kind of failure it is.
    pub kind: FailureKind,
    /// The pack.
    pub pack: String,
    /// The hook and the step, where it had come so far.
    pub step: Option<(Hook, String)>,
    /// The customer at which it failed.
    pub customer: Option<i64>,
    /// The deal, record or row of a file at which it failed, as people see it.
    pub subject: Option<String>,
    /// What happened.
    pub message: String,
    /// File and line.
    pub place: Option<(String, u32)>,
    /// That line's text.
    pub source: Option<String>,
    /// Blanks and carets that stand below the part of the line that is meant.
    pub mark: Option<String>,
    /// The calls that led there, innermost first, as `file:line in function`.
    pub traceback: Vec<String>,
    /// The inputs that the customer had.
    pub inputs: Vec<(String, String)>,
    /// The limit that was overstepped, if it is that.
    pub limit: Option<Overstep>,
    /// What to do next.
    pub hint: Option<String>,
}

impl PackError {
    /// Says that a host does not have a hook.
    fn without(hook: Hook) -> Self {
        Self::new(FailureKind::Host, "", format!("its host has no hook {}", hook.name()))
    }

    /// Makes an error that knows no more than its kind and message.
    pub fn new(kind: FailureKind, pack: &str, message: impl Into<String>) -> Self {
        Self {
            kind,
            pack: pack.to_owned(),
            step: None,
            customer: None,
            subject: None,
            message: message.into(),
            place: None,
            source: None,
            mark: None,
            traceback: Vec::new(),
            inputs: Vec::new(),
            limit: None,
            hint: None,
        }
    }
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pack {}", self.pack)?;
        if let Some((hook, step)) = &self.step {
            write!(f, ", {}", hook.name())?;
            if step != hook.name() {
                write!(f, " step {step}")?;
            }
        }
        if let Some(customer) = self.customer {
            write!(f, ", customer C-{customer}")?;
        }
        if let Some(subject) = &self.subject {
            write!(f, ", {subject}")?;
        }
        write!(f, ": {} error: {}", self.kind.name(), self.message)?;
        if let Some((file, line)) = &self.place {
            write!(f, "\n  --> {}:{line}", plain(file, 500))?;
            if let Some(source) = &self.source {
                write!(f, "\n  {line} | {source}")?;
                if let Some(mark) = &self.mark {
                    write!(f, "\n  {:1$} | {mark}", "", line.to_string().len())?;
                }
            }
        }
        for call in &self.traceback {
            write!(f, "\n  called from {call}")?;
        }
        for (name, value) in &self.inputs {
            write!(f, "\n  {name} = {value}")?;
        }
        if let Some(Overstep { set_by, used, allowed }) = &self.limit {
            write!(f, "\n  used {used}, the limit is {allowed}: {set_by}")?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for PackError {}

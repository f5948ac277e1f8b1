//! The factory: a checked plugin, shared by all threads, and the workers that wait for work.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use kehu_abi as abi;
use kehu_contract::{
    FailureKind, Limits, Listener, Manifest, Origin as Found, Pack, PackError, PackFactory,
    RunContext,
};
use serde::{Deserialize, Serialize};

use crate::description::Description;
use crate::ear::Ear;
use crate::file::Library;
use crate::guest::Guest;
use crate::host::{Death, NoWorker, Origin, Worker};
use crate::pack::{NativePack, Seat};
use crate::refusal::Refusal;
use crate::spawn::WorkerCommand;
use crate::verify;
use crate::worker::{self, Linked};

/// How many workers of a plugin wait for work at most.
const WAITING: usize = 16;

/// Says in which process a plugin runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// In one of its own, with limits: whatever it does, kehu goes on.
    #[default]
    Worker,
    /// In kehu's. A crash ends kehu, a loop hangs it, no limit of time or memory holds, and what it
    /// changes (locale, signals, floating point) stays changed for all that follows.
    InProcess,
}

/// Says what becomes of a batch in which a plugin crashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnCrash {
    /// The plugin is switched off for the run; the error names the customer.
    #[default]
    Fail,
    /// The customers at which it crashes get no values, the others are scored.
    SkipRows,
}

/// Says how a plugin is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// How workers are started.
    pub worker: WorkerCommand,
    /// In which process it runs.
    pub isolation: Isolation,
    /// What becomes of a batch in which it crashes.
    pub on_crash: OnCrash,
    /// Where it was found.
    pub origin: Found,
}

/// Tells of a customer that was passed over, because the plugin crashes there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crash {
    /// The plugin.
    pub plugin: String,
    /// Its step.
    pub step: String,
    /// The customer.
    pub customer: i64,
    /// What it did.
    pub what: String,
}

impl fmt::Display for Crash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plugin, customer, what, .. } = self;
        write!(f, "at customer C-{customer} plugin {plugin} {what}")
    }
}

/// Makes instances of one pack that is a native plugin.
#[derive(Clone)]
pub struct NativeFactory {
    pub(crate) shared: Arc<Shared>,
}

/// What all threads share of a plugin.
pub(crate) struct Shared {
    pub(crate) description: Description,
    pub(crate) manifest: Manifest,
    pub(crate) options: Options,
    source: Origin,
    entry: Option<&'static abi::Entry>,
    hash: String,
    waiting: Mutex<Vec<Worker>>,
    crashes: Mutex<Vec<Crash>>,
    deaths: Mutex<Vec<String>>,
    ear: Arc<Ear>,
}

impl fmt::Debug for NativeFactory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared { manifest, source, options, .. } = &*self.shared;
        let mut debug = f.debug_struct("NativeFactory");
        debug.field("pack", &manifest.name).field("source", source).field("options", options);
        debug.finish_non_exhaustive()
    }
}

/// Loads a plugin in a worker, under limits, and tells what it says of itself.
///
/// # Errors
/// Why it is refused, or how the worker ended.
pub fn inspect(
    library: &Library,
    worker: &WorkerCommand,
    limits: Limits,
) -> Result<Description, Refusal> {
    let source = Origin::File(library.clone());
    let seconds = limits.run.as_secs().max(1);
    match Worker::start(worker, &source, limits.memory, seconds, &Arc::default()) {
        Ok((_, description)) => Ok(description),
        Err(NoWorker::Refused(refusal)) => Err(refusal),
        Err(NoWorker::Died(death)) => Err(while_loading(&death)),
    }
}

fn while_loading(death: &Death) -> Refusal {
    match death {
        Death::Host(what) => Refusal::new(what.clone()),
        Death::Forbidden(what) => Refusal::new(format!("while it was loaded, it {what}"))
            .hint("a plugin may do nothing but reckon: see plugins/README.md"),
        death => Refusal::new(format!("it {} while it was loaded", death.words())),
    }
}

impl NativeFactory {
    /// Makes the factory of a file that was inspected.
    ///
    /// # Errors
    /// The manifest is wrong.
    pub fn of_library(
        library: Library,
        description: Description,
        options: Options,
    ) -> Result<Self, Refusal> {
        let hash = library.blake3().to_owned();
        Self::new(Origin::File(library), None, description, hash, options)
    }

    /// Makes the factory of a plugin that is linked into the program; the worker's
    /// [`crate::worker_main`] is given it too.
    ///
    /// # Errors
    /// What is wrong with the entry.
    #[expect(unsafe_code, reason = "an entry of this very program is read")]
    pub fn of_linked(linked: Linked, options: Options) -> Result<Self, Refusal> {
        let (name, entry) = linked;
        // SAFETY: the entry is a static of this program, made by the SDK.
        let loaded = unsafe { verify::verify(std::ptr::from_ref(entry))? };
        let text = serde_json::to_vec(&loaded.description).unwrap_or_default();
        // Its code is the program's: another program, another plugin.
        let mut hash = blake3::Hasher::new();
        hash.update(&text).update(env!("CARGO_PKG_VERSION").as_bytes());
        let hash = hash.finalize().to_hex().to_string();
        Self::new(Origin::Linked(name), Some(entry), loaded.description, hash, options)
    }

    fn new(
        source: Origin,
        entry: Option<&'static abi::Entry>,
        description: Description,
        hash: String,
        options: Options,
    ) -> Result<Self, Refusal> {
        let manifest = description.parse("pack.toml").map_err(Refusal::new)?;
        let ear = Arc::new(Ear::of(&manifest.name));
        let shared = Shared {
            ear,
            description,
            manifest,
            options,
            source,
            entry,
            hash,
            waiting: Mutex::default(),
            crashes: Mutex::default(),
            deaths: Mutex::default(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The same plugin with workers of its own, in which a crash ends the call.
    pub(crate) fn again(&self) -> Result<Self, Refusal> {
        self.again_in(Isolation::Worker)
    }

    /// As [`NativeFactory::again`], in a process of choice.
    pub(crate) fn again_in(&self, isolation: Isolation) -> Result<Self, Refusal> {
        let Shared { source, entry, description, hash, options, .. } = &*self.shared;
        let options = Options { isolation, on_crash: OnCrash::Fail, ..options.clone() };
        Self::new(source.clone(), *entry, description.clone(), hash.clone(), options)
    }

    /// What the plugin says of itself.
    pub fn description(&self) -> &Description {
        &self.shared.description
    }

    /// Takes out the customers that were passed over since the last time.
    pub fn take_crashes(&self) -> Vec<Crash> {
        let mut crashes = std::mem::take(&mut *lock(&self.shared.crashes));
        crashes.sort_by_key(|crash| crash.customer);
        crashes
    }

    /// Takes out how workers of this plugin ended since the last time: one for each batch that failed,
    /// not for each try of finding the customer, and none for customers that were passed over.
    pub fn take_deaths(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.shared.deaths))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn name(&self) -> &str {
        &self.manifest.name
    }

    pub(crate) fn note_crash(&self, crash: Crash) {
        lock(&self.crashes).push(crash);
    }

    pub(crate) fn note_death(&self, death: &Death) {
        lock(&self.deaths).push(death.words());
    }

    /// A seat for an instance: a worker, one that waits if there is one; or this process.
    pub(crate) fn seat(&self, limits: Limits) -> Result<Seat, PackError> {
        match self.options.isolation {
            Isolation::Worker => Ok(Seat::Worker(Box::new(self.worker(limits)?))),
            Isolation::InProcess => Ok(Seat::Inside(Box::new(self.inside()?))),
        }
    }

    fn worker(&self, limits: Limits) -> Result<Worker, PackError> {
        if let Some(worker) = lock(&self.waiting).pop() {
            return Ok(worker);
        }
        // Its own end is for a worker that nobody watches any more.
        let seconds = limits.run.as_secs().saturating_mul(10).max(600);
        let (command, memory) = (&self.options.worker, limits.memory);
        let started = Worker::start(command, &self.source, memory, seconds, &self.ear);
        let (worker, description) = started.map_err(|error| match error {
            NoWorker::Refused(refusal) => self.refused(refusal),
            NoWorker::Died(Death::Host(what)) => self.error(FailureKind::Host, what),
            NoWorker::Died(death) => {
                self.note_death(&death);
                self.refused(while_loading(&death))
            }
        })?;
        if description != self.description {
            let what = "the plugin says something else of itself than before";
            return Err(self.error(FailureKind::Load, what));
        }
        Ok(worker)
    }

    /// Takes back a worker that did its work well.
    pub(crate) fn take_back(&self, worker: Worker) {
        let mut waiting = lock(&self.waiting);
        if waiting.len() < WAITING {
            waiting.push(worker);
        }
    }

    #[expect(unsafe_code, reason = "the plugin is loaded into this process, as was asked for")]
    fn inside(&self) -> Result<Guest, PackError> {
        let entry = match (&self.source, self.entry) {
            (_, Some(entry)) => std::ptr::from_ref(entry),
            (Origin::File(library), None) => {
                let memory = library.sealed().try_clone_to_owned();
                let memory =
                    memory.map_err(|error| self.error(FailureKind::Host, error.to_string()))?;
                worker::open(memory).map_err(|refusal| self.refused(refusal))?
            }
            (Origin::Linked(_), None) => {
                return Err(self.error(FailureKind::Host, "the plugin has no entry"));
            }
        };
        // SAFETY: the plugin stays loaded; that it may crash was accepted with the switch.
        let loaded = unsafe { verify::verify(entry) }.map_err(|refusal| self.refused(refusal))?;
        let ear = Arc::clone(&self.ear);
        Ok(Guest::new(loaded, None, Box::new(move |word| ear.hear(word))))
    }

    pub(crate) fn error(&self, kind: FailureKind, message: impl Into<String>) -> PackError {
        PackError::new(kind, self.name(), message)
    }

    fn refused(&self, refusal: Refusal) -> PackError {
        let hint = refusal.hint;
        PackError { hint, ..self.error(FailureKind::Load, refusal.message) }
    }
}

impl PackFactory for NativeFactory {
    fn manifest(&self) -> &Manifest {
        &self.shared.manifest
    }

    fn origin(&self) -> Found {
        self.shared.options.origin
    }

    fn hash(&self) -> &str {
        &self.shared.hash
    }

    fn take_notices(&self) -> Vec<String> {
        self.take_crashes().iter().map(ToString::to_string).collect()
    }

    fn take_crash_count(&self) -> usize {
        usize::from(!self.take_deaths().is_empty())
    }

    fn listen(&self, listener: Listener) {
        self.shared.ear.listen(listener);
    }

    fn create(&self, context: &RunContext) -> Result<Box<dyn Pack>, PackError> {
        Ok(Box::new(NativePack::new(Arc::clone(&self.shared), context)?))
    }
}

//! The host's side of a worker: asking, waiting, and telling how it ended.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, ErrorKind, PipeReader, Read as _};
use std::os::fd::BorrowedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Child;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kehu_abi as abi;
use kehu_contract::{RunContext, Step};

use crate::description::Description;
use crate::desk::Answer;
use crate::ear::Ear;
use crate::file::Library;
use crate::frame::{Ask, Channel, FROM_WORKER, Frame, Tell};
use crate::jail::{self, THREADS};
use crate::lend::{Lending, Spans};
use crate::memory::Arena;
use crate::refusal::Refusal;
use crate::room::{Layout, PAGE};
use crate::spawn::{self, WorkerCommand};
use crate::survey::Trace;
use kehu_contract::plain;

/// How long a plugin may take to be loaded.
const LOADING: Duration = Duration::from_secs(10);
/// How long a call has between being asked to stop and being stopped.
const GRACE: Duration = Duration::from_millis(500);
/// How long it has at least, when many parts of a batch are tried.
const HASTE: Duration = Duration::from_millis(250);
/// How often a worker is looked at while it works.
const WATCHED: Duration = Duration::from_millis(100);
/// How much of what a plugin prints is kept.
const PRINTED: usize = 16 * 1024;

/// Where a plugin comes from.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    /// A file, by its sealed bytes.
    File(Library),
    /// The program itself, by its name there.
    Linked(&'static str),
}

/// How a worker ended, or why it had to be ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Death {
    /// The system ended it: a crash.
    Signal(i32, String),
    /// It was ended for what it tried.
    Forbidden(String),
    /// It ended by itself.
    Exit(i32, String),
    /// It was too slow.
    TooSlow(Duration),
    /// It said what no worker says.
    Garbled(String),
    /// The host could not do its part.
    Host(String),
}

impl Death {
    /// True if the plugin's own code may have done it for one of the rows.
    pub(crate) fn is_crash(&self) -> bool {
        matches!(self, Self::Signal(..) | Self::Forbidden(_) | Self::Exit(..) | Self::Garbled(_))
    }

    /// True if it went on for too long.
    pub(crate) fn is_hang(&self) -> bool {
        matches!(self, Self::TooSlow(_))
    }

    /// True if the plugin did it, not the host.
    pub(crate) fn is_of_plugin(&self) -> bool {
        self.is_crash() || self.is_hang()
    }

    /// What happened, in words that follow "it".
    pub(crate) fn words(&self) -> String {
        let with = |what: String, said: &String| match said.is_empty() {
            true => what,
            false => format!("{what}: {said}"),
        };
        match self {
            Self::Signal(signal, said) => with(format!("crashed ({})", signal_name(*signal)), said),
            Self::Exit(code, said) => with(format!("ended the process (exit {code})"), said),
            Self::TooSlow(limit) => format!("took longer than {} ms", limit.as_millis()),
            Self::Garbled(what) => format!("spoiled the worker's own words: {what}"),
            Self::Forbidden(what) | Self::Host(what) => what.clone(),
        }
    }
}

fn signal_name(signal: i32) -> String {
    let names = [
        (libc::SIGSEGV, "SIGSEGV"),
        (libc::SIGBUS, "SIGBUS"),
        (libc::SIGILL, "SIGILL"),
        (libc::SIGFPE, "SIGFPE"),
        (libc::SIGABRT, "SIGABRT"),
        (libc::SIGKILL, "SIGKILL"),
        (libc::SIGTERM, "SIGTERM"),
        (libc::SIGXCPU, "SIGXCPU"),
        (libc::SIGXFSZ, "SIGXFSZ: it wrote to a file"),
        (libc::SIGPIPE, "SIGPIPE"),
        (libc::SIGTRAP, "SIGTRAP"),
        (libc::SIGSYS, "SIGSYS"),
    ];
    let known = names.iter().find(|(known, _)| *known == signal);
    known.map_or_else(|| format!("signal {signal}"), |(_, name)| (*name).to_owned())
}

/// A worker with its plugin loaded.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Child,
    channel: Channel,
    prints: PipeReader,
    printed: Vec<u8>,
    input: Arena,
    output: Option<Arena>,
    /// Who hears what the plugin says.
    ear: Arc<Ear>,
    begun: Option<RunContext>,
    /// The state with which each step's instance was made.
    created: BTreeMap<usize, Vec<u8>>,
}

/// Why a worker could not be had.
#[derive(Debug)]
pub(crate) enum NoWorker {
    Refused(Refusal),
    Died(Death),
}

impl Worker {
    /// Starts a worker and loads the plugin; `memory` is what the plugin may take.
    pub(crate) fn start(
        command: &WorkerCommand,
        origin: &Origin,
        memory: usize,
        seconds: u64,
        ear: &Arc<Ear>,
    ) -> Result<(Self, Description), NoWorker> {
        let host =
            |what: &str, error: &io::Error| NoWorker::Died(Death::Host(format!("{what}: {error}")));
        let input = Arena::for_input(PAGE).map_err(|error| host("no shared memory", &error))?;
        let started =
            spawn::start(command).map_err(|error| host("the worker cannot be started", &error))?;
        let nonce = RandomState::new().hash_one(started.child.id());
        let mut worker = Self {
            child: started.child,
            channel: Channel::new(started.socket, Some(nonce), FROM_WORKER),
            prints: started.prints,
            printed: Vec::new(),
            input,
            output: None,
            ear: Arc::clone(ear),
            begun: None,
            created: BTreeMap::new(),
        };
        worker.map_input().map_err(NoWorker::Died)?;
        let (linked, file) = match origin {
            Origin::File(library) => (None, Some(library.sealed())),
            Origin::Linked(name) => (Some((*name).to_owned()), None),
        };
        let ask = Ask::Load { linked, memory: memory as u64, seconds };
        // Whoever looks at a plugin may be less patient than who runs it.
        let patience = LOADING.min(Duration::from_secs(seconds));
        match worker.say(&ask, &[], file, patience).map_err(NoWorker::Died)?.content {
            Tell::Loaded(description) => Ok((worker, *description)),
            Tell::Refused(refusal) => Err(NoWorker::Refused(refusal)),
            _ => Err(NoWorker::Died(Death::Garbled("another answer than to Load".to_owned()))),
        }
    }

    fn map_input(&mut self) -> Result<(), Death> {
        let size = self.input.size();
        let memory = self.input.memory().try_clone_to_owned();
        let memory = memory.map_err(|error| Death::Host(error.to_string()))?;
        let ask = Ask::Map { input: true, size };
        let memory = Some(std::os::fd::AsFd::as_fd(&memory));
        self.say(&ask, &[], memory, LOADING).map(drop)
    }

    /// Sends a frame and waits for the answer to it.
    fn say(
        &mut self,
        ask: &Ask,
        tail: &[u8],
        memory: Option<BorrowedFd<'_>>,
        limit: Duration,
    ) -> Result<Frame<Tell>, Death> {
        let asked = Instant::now();
        let sent = self.channel.send(ask, tail, memory, Some(asked + limit + GRACE));
        let received = match sent {
            Ok(()) => self.wait(asked + limit, limit),
            Err(error) => Err(error),
        };
        self.listen();
        match received {
            Ok(Some(frame)) => Ok(frame),
            Ok(None) => Err(self.bury()),
            Err(error) if error.kind() == ErrorKind::TimedOut => {
                self.kill();
                Err(Death::TooSlow(limit))
            }
            Err(error) if error.kind() == ErrorKind::QuotaExceeded => {
                self.kill();
                Err(Death::Forbidden(error.to_string()))
            }
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                self.kill();
                Err(Death::Garbled(error.to_string()))
            }
            Err(_) => Err(self.bury()),
        }
    }

    /// Waits until the deadline, then asks the call to stop, and waits a little longer.
    fn wait(&mut self, deadline: Instant, limit: Duration) -> io::Result<Option<Frame<Tell>>> {
        match self.answer(deadline) {
            Err(error) if error.kind() == ErrorKind::TimedOut => {}
            other => return other,
        }
        self.set_cancel(1);
        let received = self.answer(Instant::now() + GRACE.min(limit.max(HASTE)));
        self.set_cancel(0);
        received
    }

    /// Waits for a frame until the deadline, and looks at the worker meanwhile; true if it is there.
    fn watch(&mut self, deadline: Instant) -> io::Result<bool> {
        loop {
            let turn = deadline.min(Instant::now() + WATCHED);
            if self.channel.is_ready(turn)? {
                return Ok(true);
            }
            self.look()?;
            if turn == deadline {
                return Ok(false);
            }
        }
    }

    /// Takes in what the worker printed, and counts its threads.
    fn look(&mut self) -> io::Result<()> {
        self.listen();
        if self.threads().is_some_and(|threads| threads > THREADS) {
            let words = format!("started more than {THREADS} threads, which no plugin may");
            return Err(io::Error::new(ErrorKind::QuotaExceeded, words));
        }
        Ok(())
    }

    /// The next frame that is an answer; what the plugin says before it is passed on.
    fn answer(&mut self, deadline: Instant) -> io::Result<Option<Frame<Tell>>> {
        let mut looked = Instant::now();
        while self.watch(deadline)? {
            match self.channel.receive(Some(deadline.max(Instant::now()) + GRACE))? {
                Some(Frame { content: Tell::Word(word), .. }) => self.ear.hear(word),
                other => return Ok(other),
            }
            // Who talks without end wins nothing by it.
            if Instant::now() >= deadline {
                break;
            }
            if looked.elapsed() > WATCHED {
                self.look()?;
                looked = Instant::now();
            }
        }
        Err(ErrorKind::TimedOut.into())
    }

    /// Writes the flag to stop: the first word of the input memory, which a call may read meanwhile.
    #[expect(unsafe_code, reason = "the worker reads the word at any time")]
    #[expect(clippy::cast_ptr_alignment, reason = "a mapping begins at a page")]
    fn set_cancel(&mut self, flag: u32) {
        // SAFETY: the mapping begins at a page and is larger than a word.
        unsafe { self.input.base().cast::<u32>().write_volatile(flag) }
    }

    /// Takes in what the plugin printed, so that there is room for more.
    fn listen(&mut self) {
        let mut part = [0; 4_096];
        while let Ok(bytes @ 1..) = self.prints.read(&mut part) {
            self.printed.extend_from_slice(&part[..bytes]);
            let surplus = self.printed.len().saturating_sub(PRINTED);
            self.printed.drain(..surplus);
        }
    }

    /// The memory that is the worker's alone, in bytes; none where the system does not tell.
    pub(crate) fn own_memory(&self) -> Option<u64> {
        let kibibytes: u64 = self.status("RssAnon:")?.trim_end_matches("kB").trim().parse().ok()?;
        Some(kibibytes * 1024)
    }

    /// How many threads the worker has; none where the system does not tell.
    pub(crate) fn threads(&self) -> Option<usize> {
        self.status("Threads:")?.parse().ok()
    }

    /// What the system says of the worker's process under a name.
    fn status(&self, name: &str) -> Option<String> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.trim().to_owned())
    }

    /// Passes on what the plugin has printed.
    pub(crate) fn pass_on_printed(&mut self) {
        self.listen();
        let printed = std::mem::take(&mut self.printed);
        self.ear.hear_printed(&printed);
    }

    /// The last line that the plugin printed.
    fn last_words(&mut self) -> String {
        self.listen();
        let printed = String::from_utf8_lossy(&self.printed);
        let mut lines = printed.lines().map(str::trim).filter(|line| !line.is_empty());
        // What Rust says beside a panic or an abort helps nobody.
        let last = lines.rfind(|line| !line.starts_with("note: "));
        plain(last.unwrap_or(""), 300)
    }

    fn kill(&mut self) {
        // It may have ended by itself meanwhile.
        self.child.kill().ok();
        self.child.wait().ok();
    }

    /// Tells how a worker ended that has closed its socket.
    fn bury(&mut self) -> Death {
        let deadline = Instant::now() + GRACE;
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                _ => {
                    self.kill();
                    return Death::Garbled("it closed the socket".to_owned());
                }
            }
        };
        let words = self.last_words();
        let death = match status.signal() {
            Some(libc::SIGSYS) => Death::Forbidden(jail::attempt(&self.printed)),
            Some(signal) => Death::Signal(signal, words),
            None => Death::Exit(status.code().unwrap_or_default(), words),
        };
        self.pass_on_printed();
        death
    }

    /// Begins a run, unless the worker is already in it.
    pub(crate) fn begin(&mut self, context: &RunContext) -> Result<(), Death> {
        if self.begun.as_ref() == Some(context) {
            return Ok(());
        }
        self.begun = None;
        self.created.clear();
        let settings = serde_json::Value::Object(context.settings.clone()).to_string();
        let ask = Ask::Begin { as_of: context.as_of, seed: context.seed };
        self.say(&ask, settings.as_bytes(), None, LOADING)?;
        self.begun = Some(context.clone());
        Ok(())
    }

    /// What has changed in the worker's process since before the plugin was loaded.
    pub(crate) fn survey(&mut self) -> Result<Vec<(Trace, String)>, Death> {
        match self.say(&Ask::Survey, &[], None, LOADING)?.content {
            Tell::Changed(changes) => Ok(changes),
            _ => Err(Death::Garbled("another answer than to Survey".to_owned())),
        }
    }

    /// Makes a step's instance with a state, unless there is one.
    pub(crate) fn create(&mut self, step: usize, state: &[u8]) -> Result<Answer, Death> {
        if self.created.get(&step).is_some_and(|made| made == state) {
            return Ok(Answer::default());
        }
        self.created.remove(&step);
        let answer = self.call(&Ask::Create { step }, state, LOADING)?;
        if answer.code == abi::OK {
            self.created.insert(step, state.to_owned());
        }
        Ok(answer)
    }

    fn call(&mut self, ask: &Ask, tail: &[u8], limit: Duration) -> Result<Answer, Death> {
        let frame = self.say(ask, tail, None, limit)?;
        let Tell::Answer(mut answer) = frame.content else {
            self.kill();
            return Err(Death::Garbled("another answer than to the call".to_owned()));
        };
        answer.emitted = frame.tail;
        Ok(answer)
    }

    /// Writes columns into the input memory, which grows if it must.
    fn lend(&mut self, lending: &Lending<'_>) -> Result<Spans, Death> {
        let host = |error: io::Error| Death::Host(format!("no shared memory: {error}"));
        // The first line belongs to the flag to stop.
        let needed = lending.size() + 64;
        if needed > self.input.size() {
            self.input = Arena::for_input(needed + needed / 4).map_err(host)?;
            self.map_input()?;
        }
        Ok(lending.write(self.input.bytes(), 64))
    }

    pub(crate) fn fit(
        &mut self,
        step: usize,
        lending: &Lending<'_>,
        limit: Duration,
    ) -> Result<Answer, Death> {
        let spans = self.lend(lending)?;
        self.call(&Ask::Fit { step, spans }, &[], limit)
    }

    /// Asks for a step's columns; what was given then lies at [`Worker::given`].
    pub(crate) fn score(
        &mut self,
        step: usize,
        lending: &Lending<'_>,
        layout: &Layout,
        limit: Duration,
    ) -> Result<Answer, Death> {
        let spans = self.lend(lending)?;
        self.make_room(layout)?;
        let answer = self.call(&Ask::Score { step, spans }, &[], limit)?;
        if answer.code == abi::PANIC {
            self.created.remove(&step);
        }
        Ok(answer)
    }

    #[expect(unsafe_code, reason = "the buffers are prefilled")]
    fn make_room(&mut self, layout: &Layout) -> Result<(), Death> {
        if self.output.as_ref().is_none_or(|output| output.size() < layout.size) {
            let output = Arena::for_output(layout.size.max(PAGE))
                .map_err(|error| Death::Host(format!("no shared memory: {error}")))?;
            let ask = Ask::Map { input: false, size: output.size() };
            let memory = output.memory().try_clone_to_owned();
            let memory = memory.map_err(|error| Death::Host(error.to_string()))?;
            let memory = Some(std::os::fd::AsFd::as_fd(&memory));
            self.say(&ask, &[], memory, LOADING)?;
            self.output = Some(output);
        }
        if let Some(output) = &self.output {
            // SAFETY: the memory is at least as large as the layout, and begins at a page.
            unsafe { layout.prefill(output.base()) };
        }
        Ok(())
    }

    /// The first row that the last call did not write: where it was when it ended.
    #[expect(unsafe_code, reason = "the buffers are read")]
    pub(crate) fn reached(&self, layout: &Layout) -> Option<usize> {
        let output = self.output.as_ref().filter(|output| output.size() >= layout.size)?;
        // SAFETY: the memory is at least as large as the layout, and begins at a page.
        Some(unsafe { layout.reached(output.base()) })
    }

    /// Where the buffers of the last call begin.
    pub(crate) fn given(&self) -> *const u8 {
        self.output.as_ref().map_or(std::ptr::null(), |output| output.base().cast_const())
    }

    pub(crate) fn plan(
        &mut self,
        step: usize,
        problem: &[u8],
        limit: Duration,
    ) -> Result<Answer, Death> {
        self.call(&Ask::Plan { step }, problem, limit)
    }

    pub(crate) fn follow_up(
        &mut self,
        step: usize,
        lending: &Lending<'_>,
        cases: &[u8],
        limit: Duration,
    ) -> Result<Answer, Death> {
        let spans = self.lend(lending)?;
        self.call(&Ask::FollowUp { step, spans }, cases, limit)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.kill();
    }
}

/// How long a call about so many customers may take: a share of the run, but never so little that a
/// busy machine alone would break it.
pub(crate) fn limit_of(context: &RunContext, rows: usize, spent: Duration) -> Duration {
    const LEAST: Duration = Duration::from_secs(2);
    let rows = u32::try_from(rows).unwrap_or(u32::MAX).max(1);
    let left = context.limits.run.saturating_sub(spent);
    context.limits.call.saturating_mul(rows).max(LEAST).min(left.max(LEAST))
}

/// The needs of a step, gathered from a batch's columns.
pub(crate) fn names(step: &Step) -> Vec<String> {
    step.needs.iter().map(kehu_contract::Need::name).collect()
}

//! The worker: the process in which plugins run.

use std::error::Error as _;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use kehu_abi as abi;
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use crate::desk::Answer;
use crate::ear::Word;
use crate::frame::{Ask, Channel, FROM_HOST, Frame, Tell};
use crate::guest::{Guest, Work};
use crate::lend::Lent;
use crate::memory::Mapping;
use crate::refusal::Refusal;
use crate::room::Layout;
use crate::survey::Survey;
use crate::{jail, verify};
use kehu_contract::plain;

/// Names a plugin that is linked into the program, with its entry.
pub type Linked = (&'static str, &'static abi::Entry);

/// Keeps a library for good; the figure is the same on Linux and the BSDs.
const RTLD_NODELETE: i32 = 0x1000;

/// Is the worker: serves the host at the other end of standard input until it goes.
///
/// The program calls this, and nothing else, when it is started with the arguments that it gave as
/// [`crate::WorkerCommand`].
pub fn worker_main(linked: &[Linked]) -> ExitCode {
    match serve(linked) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve(linked: &[Linked]) -> io::Result<()> {
    jail::follow_host()?;
    let mut channel = Channel::new(take_socket()?, None, FROM_HOST);
    let voice = Voice::of(&channel);
    let mut stage = Stage {
        linked,
        guest: None,
        input: None,
        output: None,
        guards: Vec::new(),
        voice: voice.clone(),
        before: None,
    };
    while let Some(frame) = channel.receive::<Ask>(None)? {
        voice.open(&channel);
        let mut answer = stage.answer(frame)?;
        let tail = match &mut answer {
            Tell::Answer(answer) => std::mem::take(&mut answer.emitted),
            _ => Vec::new(),
        };
        flush();
        voice.close(&answer, &tail)?;
    }
    Ok(())
}

/// Lets what a plugin in C printed out, which the C library would keep until the process ends.
#[expect(unsafe_code, reason = "a function of the C library is called")]
fn flush() {
    // SAFETY: null stands for all streams. Where none was used, nothing is done.
    unsafe { libc::fflush(std::ptr::null_mut()) };
}

/// What the worker says to the host: one answer to each question, and before it what the plugin says,
/// which may come from threads of its own.
#[derive(Clone)]
struct Voice(Arc<Mutex<Speech>>);

struct Speech {
    channel: Channel,
    /// True between a question and its answer.
    is_open: bool,
}

impl Voice {
    fn of(channel: &Channel) -> Self {
        Self(Arc::new(Mutex::new(Speech { channel: channel.clone(), is_open: false })))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Speech> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, channel: &Channel) {
        let mut speech = self.lock();
        speech.channel.answer_to(channel);
        speech.is_open = true;
    }

    fn say(&self, word: Word) {
        let mut speech = self.lock();
        if speech.is_open {
            // Where the host has gone, the answer will find out.
            speech.channel.send(&Tell::Word(word), &[], None, None).ok();
        }
    }

    fn close(&self, answer: &Tell, tail: &[u8]) -> io::Result<()> {
        let mut speech = self.lock();
        speech.is_open = false;
        speech.channel.send(answer, tail, None, None)
    }
}

/// Moves the socket away from standard input, where a plugin might read it, to a high number that is
/// not always the same, and closes what was inherited beside it.
#[expect(unsafe_code, reason = "inherited files are closed")]
fn take_socket() -> io::Result<OwnedFd> {
    // SAFETY: nothing in this process owns a file above 2 yet.
    unsafe { libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 0_u32) };
    let place = 100 + std::process::id() as i32 % 800;
    let socket = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdin(), place)?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    Ok(socket)
}

/// What the worker holds.
struct Stage<'a> {
    linked: &'a [Linked],
    guest: Option<Guest>,
    input: Option<Mapping>,
    output: Option<Mapping>,
    guards: Vec<usize>,
    voice: Voice,
    /// How the process was before the plugin was loaded.
    before: Option<Survey>,
}

impl Stage<'_> {
    fn answer(&mut self, frame: Frame<Ask>) -> io::Result<Tell> {
        let Frame { content, tail, memory } = frame;
        match content {
            Ask::Map { input, size } => {
                let memory = memory.ok_or(io::ErrorKind::InvalidData)?;
                let mapping = Mapping::new(memory.as_fd(), size, !input)?;
                if input {
                    if let Some(guest) = &mut self.guest {
                        guest.watch(mapping.base().cast());
                    }
                    self.input = Some(mapping);
                } else {
                    self.output = Some(mapping);
                    self.guards.clear();
                }
                return Ok(Tell::Done);
            }
            Ask::Load { linked, memory: most, seconds } => {
                let loaded = jail::enter(most, seconds)
                    .map_err(|error| unconfined(&error))
                    .and_then(|()| {
                        self.before = Some(Survey::take());
                        self.load(linked, memory)
                    })
                    .and_then(|told| {
                        jail::tighten().map_err(|error| unconfined(&error))?;
                        Ok(told)
                    });
                return Ok(loaded.unwrap_or_else(Tell::Refused));
            }
            Ask::Survey => {
                let before = self.before.as_ref().ok_or(io::ErrorKind::InvalidData)?;
                return Ok(Tell::Changed(before.changes(&Survey::take())));
            }
            _ => {}
        }
        let missing = || io::Error::from(io::ErrorKind::InvalidData);
        let guest = self.guest.as_mut().ok_or_else(missing)?;
        let input = self.input.as_ref().ok_or_else(missing)?.base();
        let answer = match content {
            Ask::Begin { as_of, seed } => {
                guest.begin(as_of, seed, &String::from_utf8_lossy(&tail));
                Answer::default()
            }
            Ask::Create { step } => guest.create(step, &tail),
            Ask::Fit { step, spans } => {
                let lent = Lent::shared(&spans, input, guest.needs(step));
                guest.fit(step, &lent)
            }
            Ask::Score { step, spans } => {
                let output = self.output.as_ref().ok_or_else(missing)?;
                let described = &guest.loaded.description;
                let (declared, shape) =
                    (&guest.loaded.manifest.steps[step], &described.steps[step]);
                let layout = Layout::new(declared, shape, &described.rules, spans.rows, true);
                close_guards(output, &mut self.guards, &layout)?;
                let lent = Lent::shared(&spans, input, guest.needs(step));
                let base = output.base();
                guest.ask(step, &Work::Score { lent: &lent, layout: &layout, base })
            }
            Ask::Plan { step } => guest.ask(step, &Work::Plan { problem: &tail }),
            Ask::FollowUp { step, spans } => {
                let lent = Lent::shared(&spans, input, guest.needs(step));
                guest.ask(step, &Work::FollowUp { lent: &lent, cases: &tail })
            }
            Ask::Map { .. } | Ask::Load { .. } | Ask::Survey => return Err(missing()),
        };
        Ok(Tell::Answer(answer))
    }

    #[expect(unsafe_code, reason = "the plugin's entry is read")]
    fn load(&mut self, linked: Option<String>, memory: Option<OwnedFd>) -> Result<Tell, Refusal> {
        let entry = match (linked, memory) {
            (Some(name), _) => {
                let found = self.linked.iter().find(|(known, _)| *known == name);
                let (_, entry) =
                    found.ok_or_else(|| Refusal::new(format!("no plugin {name} is linked in")))?;
                std::ptr::from_ref(*entry)
            }
            (None, Some(memory)) => open(memory)?,
            (None, None) => return Err(Refusal::new("there is nothing to load")),
        };
        // SAFETY: the entry came from a plugin that stays loaded, and this is the worker.
        let loaded = unsafe { verify::verify(entry)? };
        let described = Box::new(loaded.description.clone());
        // The host's flag to stop is the first word of the input memory.
        let cancel = self.input.as_ref().map(|input| input.base().cast_const().cast());
        let voice = self.voice.clone();
        self.guest = Some(Guest::new(loaded, cancel, Box::new(move |word| voice.say(word))));
        Ok(Tell::Loaded(described))
    }
}

/// Why nothing is loaded into a worker that could do what it likes.
fn unconfined(error: &io::Error) -> Refusal {
    Refusal::new(format!("cannot be run: this system does not confine its process ({error})"))
        .hint("a kernel with filters of system calls (seccomp) is needed")
}

/// Opens the guards of the call before and closes those of this one.
fn close_guards(output: &Mapping, closed: &mut Vec<usize>, layout: &Layout) -> io::Result<()> {
    if *closed == layout.guards {
        return Ok(());
    }
    for page in closed.drain(..) {
        output.guard(page, false)?;
    }
    for page in &layout.guards {
        output.guard(*page, true)?;
        closed.push(*page);
    }
    Ok(())
}

/// Loads a library for good and asks it for its entry.
#[expect(unsafe_code, reason = "foreign code is loaded and called")]
pub(crate) fn open(memory: OwnedFd) -> Result<*const abi::Entry, Refusal> {
    let path = format!("/proc/self/fd/{}", memory.as_raw_fd());
    // The loader knows libraries by their names: the number must never come again.
    std::mem::forget(memory);
    let flags = RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE;
    // SAFETY: the library's own code runs here; that is what the worker is for.
    let library = unsafe { Library::open(Some(&path), flags) };
    let library = library.map_err(|error| {
        let said = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        let said = plain(&said.replace(&path, "the plugin"), 1_000);
        let refusal = Refusal::new(format!("cannot be loaded: {said}"));
        if said.contains("cannot open shared object file: Permission denied") {
            return refusal.hint("a plugin finds libraries in the system's folders only: install that one there, or link it in statically");
        }
        if said.contains("cannot open shared object file") {
            return refusal.hint("install the library that it needs, or link it in statically");
        }
        if said.contains("version `GLIBC_") {
            return refusal.hint("build it on an older system, or ask its author to: it needs a newer C library than this system has");
        }
        refusal
    })?;
    // SAFETY: the symbol has this type by contract; where it has not, the worker ends.
    let symbol = unsafe { library.get::<abi::EntryFunction>(abi::ENTRY_SYMBOL.as_bytes()) };
    let Ok(symbol) = symbol else {
        return Err(Refusal::new(format!("does not export {}", abi::ENTRY_SYMBOL))
            .hint("export that function, with KEHU_EXPORT in C or kehu_plugin::plugin! in Rust"));
    };
    // SAFETY: as above.
    let entry = unsafe { symbol() };
    std::mem::forget(library);
    Ok(entry)
}

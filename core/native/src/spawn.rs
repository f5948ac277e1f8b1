//! Starting workers.

use std::ffi::OsString;
use std::io::{self, PipeReader};
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use rustix::fs::OFlags;
use rustix::net::{AddressFamily, SocketFlags, SocketType};

/// Says how a worker is started: the program, and the arguments with which it calls
/// [`crate::worker_main`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerCommand {
    /// The program: this very one, by its absolute path.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

/// A worker that has just been started.
pub(crate) struct Started {
    pub(crate) child: Child,
    pub(crate) socket: OwnedFd,
    /// What the plugin prints.
    pub(crate) prints: PipeReader,
}

/// Starts a worker: without environment, at the root folder, with a socket as its standard input.
pub(crate) fn start(command: &WorkerCommand) -> io::Result<Started> {
    let (ours, theirs) = rustix::net::socketpair(
        AddressFamily::UNIX,
        SocketType::STREAM,
        SocketFlags::CLOEXEC,
        None,
    )?;
    // A worker that is stuck must not make the host wait.
    rustix::fs::fcntl_setfl(&ours, OFlags::NONBLOCK)?;
    let (prints, printer) = io::pipe()?;
    // A plugin that prints more than anyone reads loses lines and goes on.
    rustix::fs::fcntl_setfl(&printer, OFlags::NONBLOCK)?;
    rustix::fs::fcntl_setfl(&prints, OFlags::NONBLOCK)?;
    let mut worker = Command::new(&command.program);
    worker
        .args(&command.arguments)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::from(theirs))
        .stdout(Stdio::from(printer.try_clone()?))
        .stderr(Stdio::from(printer));
    Ok(Started { child: spawn(worker)?, socket: ours, prints })
}

type Request = (Command, Sender<io::Result<Child>>);

/// Starts the process from a thread that lives as long as the program: a worker ends with the thread
/// that started it, and those that score come and go.
fn spawn(command: Command) -> io::Result<Child> {
    static SPAWNER: OnceLock<Mutex<Sender<Request>>> = OnceLock::new();
    let spawner = SPAWNER.get_or_init(|| {
        let (sender, requests) = channel::<Request>();
        thread::spawn(move || {
            for (mut command, reply) in requests {
                // Whoever asked may have gone.
                reply.send(command.spawn()).ok();
            }
        });
        Mutex::new(sender)
    });
    let (reply, answer) = channel();
    let gone = || io::Error::other("the thread that starts workers has gone");
    let sender = spawner.lock().unwrap_or_else(PoisonError::into_inner).clone();
    sender.send((command, reply)).map_err(|_| gone())?;
    answer.recv().map_err(|_| gone())?
}

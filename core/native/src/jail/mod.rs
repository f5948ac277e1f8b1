//! What a worker takes from itself before and after the code of a plugin is loaded.
//!
//! The order matters, because the loader must open libraries and run their first code:
//!
//! 1. [`enter`], before: limits of memory, processor time and files; no new privileges; Landlock, under
//!    which only the folders of the system's libraries can be read; and a filter of system calls that
//!    is a list of what is allowed. Opening a file to read is among it, so that `libstdc++` and its like
//!    are found.
//! 2. The plugin is loaded, and says what it is.
//! 3. [`tighten`], after: a second filter, without opening, for all threads that there are by now.
//!
//! What stays: reading and writing what is open (the socket, pipes to the host, shared columns), memory
//! of its own, threads, signals to itself, clocks and random numbers. A plugin can still ask whether a
//! file exists, since the call that does so is also how a program looks at what it has open.
//!
//! A call that is not allowed ends the worker by SIGSYS, after a note of which call it was; the host
//! makes words of it by [`attempt`]. A few that the system's own libraries try on the side, and do
//! without, are answered with an error instead.

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod calls;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod trap;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, RulesetError, Scope, path_beneath_rules,
};
use rustix::process::{Resource, Rlimit, Signal, setrlimit};

/// What the worker itself needs beside a plugin's memory.
const OWN_MEMORY: u64 = 64 * 1024 * 1024;
/// How much shared memory and code may be mapped beside it.
const MAPPED: u64 = 16 * 1024 * 1024 * 1024;
/// How many files can be open.
const FILES: u64 = 64;
/// How many threads a worker may have; the host counts them, since the system's own limit counts those
/// of a user's other programs, and none of root's.
pub(crate) const THREADS: usize = 64;
/// Where systems keep libraries, beside the folders of those that this program itself uses.
const LIBRARIES: [&str; 8] = [
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/local/lib64",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf.d",
];

/// Lets the worker end when the host does.
pub(crate) fn follow_host() -> io::Result<()> {
    Ok(rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?)
}

/// Puts the limits and the first filter on, while the worker has one thread and no foreign code.
///
/// # Errors
/// The system has no filters of system calls. Landlock, which not every kernel has, is left out there.
pub(crate) fn enter(memory: u64, seconds: u64) -> io::Result<()> {
    let memory = memory.saturating_add(OWN_MEMORY);
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Nofile, FILES)?;
    limit(Resource::Data, memory)?;
    limit(Resource::As, memory.saturating_add(MAPPED))?;
    limit(Resource::Cpu, seconds)?;
    rustix::thread::set_no_new_privs(true)?;
    shut_files().map_err(io::Error::other)?;
    filter(Stage::Loading)
}

/// Puts the second filter on, for all threads.
///
/// # Errors
/// A thread that the plugin has started has filters of its own.
pub(crate) fn tighten() -> io::Result<()> {
    filter(Stage::Loaded)
}

/// When a filter is put on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Loading,
    Loaded,
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let held = rustix::process::getrlimit(resource);
    let most = held.maximum.map_or(most, |maximum| most.min(maximum));
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?)
}

/// Shuts the file system but for libraries, and the network, as far as this kernel knows how to.
fn shut_files() -> Result<(), RulesetError> {
    let newest = ABI::V6;
    let mut folders: BTreeSet<PathBuf> = LIBRARIES.iter().map(PathBuf::from).collect();
    folders.extend(own_libraries());
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(newest))?
        .handle_access(AccessNet::from_all(newest))?
        .scope(Scope::from_all(newest))?
        .create()?
        .add_rules(path_beneath_rules(folders, AccessFs::ReadFile | AccessFs::ReadDir))?
        .restrict_self()?;
    Ok(())
}

/// The folders of the libraries that this program uses: not every system keeps them in the usual ones.
fn own_libraries() -> Vec<PathBuf> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let paths = maps.lines().filter_map(|line| line.find('/').map(|at| Path::new(&line[at..])));
    let libraries = paths
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().contains(".so")));
    libraries.filter_map(Path::parent).map(Path::to_owned).collect()
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
fn filter(stage: Stage) -> io::Result<()> {
    if stage == Stage::Loading {
        trap::set()?;
    }
    for program in calls::programs(stage).map_err(io::Error::other)? {
        seccompiler::apply_filter_all_threads(&program).map_err(io::Error::other)?;
    }
    Ok(())
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn filter(_: Stage) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// What a worker tried that was ended by SIGSYS, in words that follow "it": read from what it printed.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(crate) fn attempt(printed: &[u8]) -> String {
    let what = trap::noted(printed).map_or_else(
        // New processes are made with all signals shut off, so that there is no note of them.
        || "start a process, or another thing by the system".to_owned(),
        |(number, path)| calls::attempt(number, &path),
    );
    format!("tried to {what}, which no plugin may")
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(crate) fn attempt(_: &[u8]) -> String {
    "tried what no plugin may".to_owned()
}

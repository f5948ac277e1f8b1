//! The limits that a worker puts on itself before any code of a plugin runs.

use std::io;

use rustix::process::{Resource, Rlimit, Signal, setrlimit};

/// What the worker itself needs beside a plugin's memory.
const OWN_MEMORY: u64 = 64 * 1024 * 1024;
/// How much shared memory and code may be mapped beside it.
const MAPPED: u64 = 16 * 1024 * 1024 * 1024;
/// How many files can be open.
const FILES: u64 = 64;

/// Lets the worker end when the host does.
pub(crate) fn follow_host() -> io::Result<()> {
    Ok(rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?)
}

/// Puts the limits on: memory, processor time, no files to write, no processes, no core files.
pub(crate) fn enter(memory: u64, seconds: u64) -> io::Result<()> {
    let memory = memory.saturating_add(OWN_MEMORY);
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Nofile, FILES)?;
    limit(Resource::Nproc, 0)?;
    limit(Resource::Data, memory)?;
    limit(Resource::As, memory.saturating_add(MAPPED))?;
    limit(Resource::Cpu, seconds)?;
    rustix::thread::set_no_new_privs(true)?;
    // Where the system has no filters, the limits above are what there is.
    forbid_processes().ok();
    Ok(())
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let held = rustix::process::getrlimit(resource);
    let most = held.maximum.map_or(most, |maximum| most.min(maximum));
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?)
}

/// Forbids new processes and programs; threads stay allowed. The limit on processes does not bind
/// root, and counts those of other programs.
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[expect(unsafe_code, reason = "the system is called")]
fn forbid_processes() -> io::Result<()> {
    #[cfg(target_arch = "x86_64")]
    const ARCHITECTURE: u32 = 0xC000_003E;
    #[cfg(target_arch = "aarch64")]
    const ARCHITECTURE: u32 = 0xC000_00B7;
    const LOAD: u16 = 0x20;
    const EQUAL: u16 = 0x15;
    const ANY_BIT: u16 = 0x45;
    const RETURN: u16 = 0x06;
    const ALLOW: u32 = 0x7FFF_0000;
    const REFUSE: u32 = 0x0005_0000;
    let step = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let refuse = REFUSE | libc::EPERM as u32;
    let mut filter = vec![
        step(LOAD, 0, 0, 4),
        step(EQUAL, 1, 0, ARCHITECTURE),
        step(RETURN, 0, 0, refuse),
        step(LOAD, 0, 0, 0),
    ];
    let mut forbidden = vec![libc::SYS_execve, libc::SYS_execveat];
    #[cfg(target_arch = "x86_64")]
    forbidden.extend([libc::SYS_fork, libc::SYS_vfork]);
    for call in forbidden {
        filter.push(step(EQUAL, 0, 1, call as u32));
        filter.push(step(RETURN, 0, 0, refuse));
    }
    // Its flags lie in memory, which a filter cannot read; libraries then take the older call.
    filter.push(step(EQUAL, 0, 1, libc::SYS_clone3 as u32));
    filter.push(step(RETURN, 0, 0, REFUSE | libc::ENOSYS as u32));
    filter.push(step(EQUAL, 0, 3, libc::SYS_clone as u32));
    filter.push(step(LOAD, 0, 0, 16));
    filter.push(step(ANY_BIT, 1, 0, libc::CLONE_THREAD as u32));
    filter.push(step(RETURN, 0, 0, refuse));
    filter.push(step(RETURN, 0, 0, ALLOW));
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: the program and its steps live until the call returns, which copies them.
    let code = unsafe {
        libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program, 0, 0)
    };
    if code == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
fn forbid_processes() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

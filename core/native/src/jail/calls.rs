//! Which system calls a plugin may make, and what the others are called.

use std::collections::BTreeMap;

use kehu_contract::plain;
use libc::c_long;
use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule,
};

use super::Stage;

/// Numbers with names.
macro_rules! calls {
    ($($name:ident)*) => { &[$((libc::$name, stringify!($name))),*] };
}

type Call = (c_long, &'static str);

/// What is allowed whatever its arguments are.
const ALLOWED: &[Call] = calls![
    // What is open already.
    SYS_read SYS_write SYS_readv SYS_writev SYS_pread64 SYS_pwrite64 SYS_close SYS_close_range SYS_lseek
    SYS_fstat SYS_newfstatat SYS_statx SYS_fcntl SYS_dup SYS_dup3 SYS_pipe2 SYS_eventfd2 SYS_ppoll
    SYS_pselect6 SYS_epoll_create1 SYS_epoll_ctl SYS_epoll_pwait
    // The socket to the host: there is no other.
    SYS_recvmsg SYS_recvfrom SYS_sendmsg SYS_sendto
    // Memory of its own.
    SYS_brk SYS_munmap SYS_mremap SYS_mprotect SYS_madvise SYS_msync SYS_mincore SYS_mlock SYS_munlock
    SYS_membarrier
    // Threads; of clone3, see `programs`.
    SYS_clone3 SYS_exit SYS_exit_group SYS_futex SYS_set_robust_list SYS_get_robust_list SYS_rseq
    SYS_set_tid_address SYS_sched_yield SYS_sched_getaffinity SYS_sched_getparam
    SYS_sched_getscheduler SYS_getcpu
    // Signals, which it can send to itself only.
    SYS_rt_sigaction SYS_rt_sigprocmask SYS_rt_sigreturn SYS_rt_sigpending SYS_rt_sigtimedwait
    SYS_rt_sigsuspend SYS_sigaltstack SYS_restart_syscall
    // Clocks.
    SYS_clock_gettime SYS_clock_getres SYS_clock_nanosleep SYS_nanosleep SYS_gettimeofday SYS_times
    SYS_setitimer SYS_getitimer SYS_timer_create SYS_timer_settime SYS_timer_gettime
    SYS_timer_getoverrun SYS_timer_delete
    // What it may know of itself and of the system.
    SYS_getpid SYS_gettid SYS_getppid SYS_getuid SYS_geteuid SYS_getgid SYS_getegid SYS_getpgid
    SYS_getsid SYS_uname SYS_sysinfo SYS_getrusage SYS_getrandom
];

/// Older calls for the same, which only some processors have.
#[cfg(target_arch = "x86_64")]
const ALLOWED_OLDER: &[Call] = calls![
    SYS_poll SYS_select SYS_epoll_wait SYS_epoll_create SYS_dup2 SYS_pipe SYS_time SYS_pause SYS_alarm
    SYS_stat SYS_lstat SYS_arch_prctl SYS_getrlimit
];
#[cfg(not(target_arch = "x86_64"))]
const ALLOWED_OLDER: &[Call] = &[];

/// What the loader needs besides.
const LOADING: &[Call] = calls![
    SYS_readlinkat SYS_faccessat SYS_faccessat2 SYS_getcwd SYS_getdents64 SYS_seccomp
];
#[cfg(target_arch = "x86_64")]
const LOADING_OLDER: &[Call] = calls![SYS_readlink SYS_access];
#[cfg(not(target_arch = "x86_64"))]
const LOADING_OLDER: &[Call] = &[];

/// What libraries try on the side, and do without: answered with an error.
const ANSWERED: &[(&[Call], i32)] = &[
    (LOADING, libc::EACCES),
    (LOADING_OLDER, libc::EACCES),
    (LIMITING_OLDER, libc::EPERM),
    (calls![SYS_statfs SYS_fstatfs], libc::EACCES),
    (calls![SYS_ioctl], libc::ENOTTY),
    (calls![SYS_wait4 SYS_waitid], libc::ECHILD),
    (
        calls![
            SYS_sched_setaffinity SYS_sched_setparam SYS_sched_setscheduler SYS_sched_setattr
            SYS_sched_getattr SYS_setpriority SYS_getpriority SYS_ioprio_set SYS_mbind
            SYS_get_mempolicy SYS_set_mempolicy SYS_prctl SYS_prlimit64 SYS_capget
            SYS_fadvise64 SYS_ftruncate SYS_fsync SYS_fdatasync SYS_mlockall SYS_mlock2 SYS_umask
        ],
        libc::EPERM,
    ),
];

#[cfg(target_arch = "x86_64")]
const LIMITING_OLDER: &[Call] = calls![SYS_setrlimit];
#[cfg(not(target_arch = "x86_64"))]
const LIMITING_OLDER: &[Call] = &[];

/// Calls that open a file whose path is the second argument.
const OPENING_AT: &[Call] = calls![SYS_openat SYS_openat2];
/// Calls that open one whose path is the first argument.
#[cfg(target_arch = "x86_64")]
const OPENING: &[Call] = calls![SYS_open SYS_creat];
#[cfg(not(target_arch = "x86_64"))]
const OPENING: &[Call] = &[];

/// What calls that are not allowed are for.
const FORBIDDEN: &[(&str, &[Call])] = &[
    (
        "open a network connection",
        calls![
            SYS_socket SYS_socketpair SYS_connect SYS_bind SYS_listen SYS_accept SYS_accept4
            SYS_getsockopt SYS_setsockopt SYS_getsockname SYS_getpeername SYS_shutdown
            SYS_recvmmsg SYS_sendmmsg
        ],
    ),
    ("start a program", calls![SYS_execve SYS_execveat]),
    ("start a process", calls![SYS_clone]),
    ("start a process", STARTING_OLDER),
    (
        "reach into another process",
        calls![
            SYS_ptrace SYS_process_vm_readv SYS_process_vm_writev SYS_pidfd_open SYS_pidfd_getfd
            SYS_pidfd_send_signal SYS_kill SYS_tgkill SYS_tkill SYS_rt_sigqueueinfo
            SYS_rt_tgsigqueueinfo SYS_kcmp
        ],
    ),
    (
        "change files",
        calls![
            SYS_unlinkat SYS_renameat2 SYS_mkdirat SYS_linkat SYS_symlinkat SYS_mknodat SYS_fchmod
            SYS_fchmodat SYS_fchown SYS_fchownat SYS_truncate SYS_utimensat SYS_fallocate
        ],
    ),
    ("change files", CHANGING_OLDER),
    ("leave its folder", calls![SYS_chdir SYS_fchdir SYS_chroot SYS_mount SYS_umount2 SYS_unshare]),
    (
        "share memory with others",
        calls![SYS_mmap SYS_memfd_create SYS_shmget SYS_shmat SYS_msgget SYS_semget SYS_mq_open],
    ),
    (
        "drive the system itself",
        calls![
            SYS_bpf SYS_perf_event_open SYS_io_uring_setup SYS_userfaultfd SYS_init_module
            SYS_kexec_load SYS_reboot SYS_swapon SYS_settimeofday SYS_clock_settime SYS_setuid
            SYS_setgid SYS_setresuid SYS_setresgid SYS_setgroups SYS_sethostname SYS_keyctl
            SYS_add_key SYS_inotify_init1 SYS_fanotify_init SYS_setsid
        ],
    ),
];
#[cfg(target_arch = "x86_64")]
const STARTING_OLDER: &[Call] = calls![SYS_fork SYS_vfork];
#[cfg(not(target_arch = "x86_64"))]
const STARTING_OLDER: &[Call] = &[];
#[cfg(target_arch = "x86_64")]
const CHANGING_OLDER: &[Call] = calls![
    SYS_unlink SYS_rename SYS_renameat SYS_mkdir SYS_rmdir SYS_link SYS_symlink SYS_mknod SYS_chmod
    SYS_chown SYS_lchown SYS_utime SYS_utimes
];
#[cfg(not(target_arch = "x86_64"))]
const CHANGING_OLDER: &[Call] = &[];

/// What the system itself keeps, and its libraries look into by themselves.
const SYSTEM: [&[u8]; 8] = [
    b"/proc/",
    b"/sys/",
    b"/dev/",
    b"/usr/",
    b"/lib",
    b"/etc/localtime",
    b"/etc/ld.so.",
    b"/etc/nsswitch.conf",
];

/// The filters of a stage, each as a program for the kernel.
pub(super) fn programs(stage: Stage) -> Result<Vec<BpfProgram>, BackendError> {
    let architecture = std::env::consts::ARCH.try_into()?;
    let allowed = SeccompFilter::new(
        allowed(stage)?,
        SeccompAction::Trap,
        SeccompAction::Allow,
        architecture,
    )?;
    if stage == Stage::Loaded {
        return Ok(vec![allowed.try_into()?]);
    }
    // The flags of clone3 lie in memory, which a filter cannot read. Where it is said to be unknown,
    // libraries take clone.
    let unknown = SeccompFilter::new(
        BTreeMap::from([(libc::SYS_clone3, Vec::new())]),
        SeccompAction::Allow,
        SeccompAction::Errno(libc::ENOSYS as u32),
        architecture,
    )?;
    Ok(vec![unknown.try_into()?, allowed.try_into()?])
}

fn allowed(stage: Stage) -> Result<BTreeMap<i64, Vec<SeccompRule>>, BackendError> {
    let mut rules = BTreeMap::new();
    let plain = ALLOWED.iter().chain(ALLOWED_OLDER);
    rules.extend(plain.map(|(number, _)| (*number, Vec::new())));
    let own = u64::from(std::process::id());
    rules.insert(libc::SYS_tgkill, vec![equal(0, own)?]);
    rules.insert(libc::SYS_kill, vec![equal(0, own)?]);
    rules.insert(libc::SYS_clone, vec![masked(0, libc::CLONE_THREAD, libc::CLONE_THREAD)?]);
    // Memory that is shared and no file's counts for no limit; the host's columns are files.
    rules.insert(
        libc::SYS_mmap,
        vec![masked(3, libc::MAP_SHARED, 0)?, masked(3, libc::MAP_ANONYMOUS, 0)?],
    );
    // Asking for a limit, not setting one.
    rules.insert(libc::SYS_prlimit64, vec![equal_whole(2, 0)?]);
    let mut of_thread = vec![libc::PR_SET_NAME, libc::PR_GET_NAME, libc::PR_SET_VMA];
    if stage == Stage::Loading {
        of_thread.push(libc::PR_SET_NO_NEW_PRIVS);
        let loading = LOADING.iter().chain(LOADING_OLDER);
        rules.extend(loading.map(|(number, _)| (*number, Vec::new())));
        let writing = libc::O_ACCMODE | libc::O_CREAT | libc::O_TRUNC;
        rules.insert(libc::SYS_openat, vec![masked(2, writing, 0)?]);
    }
    let of_thread: Result<_, _> =
        of_thread.into_iter().map(|option| equal(0, option as u64)).collect();
    rules.insert(libc::SYS_prctl, of_thread?);
    Ok(rules)
}

fn rule(
    argument: u8,
    width: SeccompCmpArgLen,
    how: SeccompCmpOp,
    value: u64,
) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(vec![SeccompCondition::new(argument, width, how, value)?])
}

fn equal(argument: u8, value: u64) -> Result<SeccompRule, BackendError> {
    rule(argument, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)
}

fn equal_whole(argument: u8, value: u64) -> Result<SeccompRule, BackendError> {
    rule(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::Eq, value)
}

fn masked(argument: u8, mask: i32, value: i32) -> Result<SeccompRule, BackendError> {
    let how = SeccompCmpOp::MaskedEq(u64::from(mask as u32));
    rule(argument, SeccompCmpArgLen::Dword, how, u64::from(value as u32))
}

fn has(calls: &[Call], number: c_long) -> bool {
    calls.iter().any(|(known, _)| *known == number)
}

/// Which argument of a call is the path that it opens; none if it opens nothing.
pub(super) fn path_argument(number: c_long) -> Option<usize> {
    if has(OPENING_AT, number) {
        return Some(1);
    }
    has(OPENING, number).then_some(0)
}

/// The error with which a call is answered that libraries do without; none for one that ends the worker.
pub(super) fn answer(number: c_long, path: &[u8]) -> Option<i32> {
    if path_argument(number).is_some() {
        if path.is_empty() {
            return Some(libc::ENOENT);
        }
        return SYSTEM.iter().any(|begin| path.starts_with(begin)).then_some(libc::EACCES);
    }
    ANSWERED.iter().find(|(calls, _)| has(calls, number)).map(|(_, error)| *error)
}

/// What somebody tries by a call, in words that follow "tried to".
pub(super) fn attempt(number: c_long, path: &[u8]) -> String {
    if path_argument(number).is_some() {
        let path = plain(&String::from_utf8_lossy(path), 200);
        return format!("open the file {path}");
    }
    let bare = |name: &'static str| name.strip_prefix("SYS_").unwrap_or(name);
    for (what, calls) in FORBIDDEN {
        if let Some((_, name)) = calls.iter().find(|(known, _)| *known == number) {
            return format!("{what} ({})", bare(name));
        }
    }
    format!("make system call {number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_call_is_both_allowed_and_answered() {
        let allowed = allowed(Stage::Loaded).unwrap_or_default();
        for (number, name) in ANSWERED.iter().flat_map(|(calls, _)| *calls) {
            let is_free = allowed.get(number).is_some_and(Vec::is_empty);
            assert!(!is_free, "{name}");
        }
        for (number, name) in FORBIDDEN.iter().flat_map(|(_, calls)| *calls) {
            assert!(!allowed.get(number).is_some_and(Vec::is_empty), "{name}");
            assert_eq!(answer(*number, b""), None, "{name}");
        }
        assert!(!has(ALLOWED, libc::SYS_openat) && !allowed.contains_key(&libc::SYS_openat));
    }

    #[test]
    fn attempts_are_told_by_what_they_are_for() {
        let socket = attempt(libc::SYS_socket, b"");
        assert_eq!(socket, "open a network connection (socket)");
        assert_eq!(attempt(libc::SYS_openat, b"/etc/passwd"), "open the file /etc/passwd");
        assert_eq!(attempt(99_999, b""), "make system call 99999");
        assert_eq!(answer(libc::SYS_openat, b"/proc/self/maps"), Some(libc::EACCES));
        assert_eq!(answer(libc::SYS_openat, b"/home/rep/list"), None);
    }
}

//! What happens in a worker at a system call that is not allowed.

use std::ffi::c_void;
use std::io;

use libc::{c_int, c_long, siginfo_t, ucontext_t};

use super::calls;

/// What a note begins with: a byte that text does not have, so that no line of the plugin hides it.
const MARK: &[u8] = b"\x01kehu: no plugin may make call ";
/// How much of a path is noted.
const PATH: usize = 256;

/// The part of a signal's description that tells of a call.
#[repr(C)]
struct Trapped {
    signal: c_int,
    error: c_int,
    code: c_int,
    address: *const c_void,
    call: c_int,
    architecture: u32,
}

/// Sets the handler of the signal that such a call raises.
#[expect(unsafe_code, reason = "the system is called")]
pub(super) fn set() -> io::Result<()> {
    let handler: extern "C" fn(c_int, *mut siginfo_t, *mut c_void) = handle;
    // SAFETY: zeros are a mask of no signals; the handler is one for three arguments, as is said.
    let code = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as libc::sighandler_t;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigaction(libc::SIGSYS, &raw const action, std::ptr::null_mut())
    };
    if code == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Answers the call, or notes it and ends the process. Nothing here takes memory or a lock.
#[expect(unsafe_code, reason = "the signal's description and the registers are read")]
extern "C" fn handle(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: the system passes both, and they live until the handler returns.
    unsafe {
        let number = c_long::from((*info.cast::<Trapped>()).call);
        let context = &mut *context.cast::<ucontext_t>();
        let mut room = [0; PATH];
        let path = match calls::path_argument(number) {
            Some(argument) => read_path(argument_of(context, argument), &mut room),
            None => &[],
        };
        if let Some(error) = calls::answer(number, path) {
            *result_of(context) = -i64::from(error) as _;
            return;
        }
        note(number, path);
        libc::signal(signal, libc::SIG_DFL);
        // It is delivered when this handler returns, and not before.
        libc::raise(signal);
    }
}

/// Copies a path that ends with a zero.
///
/// # Safety
/// What the plugin passed to the system is read: where it is no path, the worker crashes.
#[expect(unsafe_code, reason = "the plugin's path is read")]
unsafe fn read_path(from: u64, room: &mut [u8; PATH]) -> &[u8] {
    let from = from as *const u8;
    let mut length = 0;
    while !from.is_null() && length < PATH {
        // SAFETY: as the caller promises; no more is read than up to the zero.
        let byte = unsafe { from.add(length).read() };
        if byte == 0 {
            break;
        }
        room[length] = byte;
        length += 1;
    }
    &room[..length]
}

/// Writes a note to where the host reads what is printed.
#[expect(unsafe_code, reason = "the system is called")]
fn note(number: c_long, path: &[u8]) {
    let mut text = [0; MARK.len() + 24 + PATH];
    let mut end = 0;
    let mut put = |bytes: &[u8]| {
        text[end..end + bytes.len()].copy_from_slice(bytes);
        end += bytes.len();
    };
    put(MARK);
    let mut digits = [b'0'; 8];
    let mut left = number.unsigned_abs();
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (left % 10) as u8;
        left /= 10;
    }
    put(&digits);
    put(b" ");
    put(path);
    put(b"\x01\n");
    // SAFETY: the bytes are there. If the pipe is full, the host does without the note.
    unsafe { libc::write(2, text.as_ptr().cast(), end) };
}

/// The call and the path of the last note in what a worker printed.
pub(super) fn noted(printed: &[u8]) -> Option<(c_long, Vec<u8>)> {
    let at = printed.windows(MARK.len()).rposition(|part| part == MARK)?;
    let (digits, rest) = printed[at + MARK.len()..].split_at_checked(8)?;
    let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
    let rest = rest.strip_prefix(b" ")?;
    let end = rest.iter().position(|byte| *byte == 1)?;
    Some((number, rest[..end].to_vec()))
}

#[cfg(target_arch = "x86_64")]
fn argument_of(context: &ucontext_t, argument: usize) -> u64 {
    let place = [libc::REG_RDI, libc::REG_RSI][argument];
    context.uc_mcontext.gregs[place as usize] as u64
}

#[cfg(target_arch = "x86_64")]
fn result_of(context: &mut ucontext_t) -> &mut i64 {
    &mut context.uc_mcontext.gregs[libc::REG_RAX as usize]
}

#[cfg(target_arch = "aarch64")]
fn argument_of(context: &ucontext_t, argument: usize) -> u64 {
    context.uc_mcontext.regs[argument]
}

#[cfg(target_arch = "aarch64")]
fn result_of(context: &mut ucontext_t) -> &mut u64 {
    &mut context.uc_mcontext.regs[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_whatever_else_is_printed() {
        let printed =
            b"begins\n\x01kehu: no plugin may make call 00000257 /etc/passwd\x01\nmore".as_slice();
        assert_eq!(noted(printed), Some((257, b"/etc/passwd".to_vec())));
        assert_eq!(noted(b"kehu: no plugin may make call 00000257 "), None);
        assert_eq!(noted(&printed[..50]), None);
    }
}

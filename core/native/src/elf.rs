//! Looks at the head of a file before the system's loader does, which may crash on what is cut off
//! and says "no such file" of what is built for another machine.

use crate::refusal::Refusal;

/// The figure of this machine in an ELF head, with its name.
#[cfg(target_arch = "x86_64")]
const MACHINE: u16 = 62;
#[cfg(target_arch = "aarch64")]
const MACHINE: u16 = 183;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const MACHINE: u16 = 0;

const MACHINES: [(u16, &str); 6] =
    [(3, "x86"), (40, "arm"), (62, "x86_64"), (183, "aarch64"), (243, "riscv"), (258, "loongarch")];

/// Checks that the bytes are a whole shared library for this machine.
pub(crate) fn check(bytes: &[u8]) -> Result<(), Refusal> {
    if cfg!(not(target_os = "linux")) {
        return Ok(());
    }
    if bytes.starts_with(b"!<arch>") {
        return Err(
            Refusal::new("is a static archive, not a shared library").hint("link it with -shared")
        );
    }
    if bytes.starts_with(b"MZ") || bytes.starts_with(&[0xCF, 0xFA, 0xED, 0xFE]) {
        return Err(Refusal::new("is built for another system than Linux"));
    }
    if !bytes.starts_with(b"\x7fELF") || bytes.len() < 64 {
        return Err(Refusal::new("is not a shared library"));
    }
    if bytes[4] != 2 {
        return Err(Refusal::new("is built for a 32-bit machine, this is a 64-bit one"));
    }
    if bytes[5] != 1 {
        return Err(Refusal::new("is built for a big-endian machine"));
    }
    let machine = u16_at(bytes, 18);
    if machine != MACHINE && MACHINE != 0 {
        let (theirs, ours) = (machine_name(machine), machine_name(MACHINE));
        return Err(Refusal::new(format!("is built for {theirs}, this is {ours}")));
    }
    match u16_at(bytes, 16) {
        1 => return Err(Refusal::new("is an object file (.o)").hint("link it with -shared")),
        2 => return Err(Refusal::new("is a program, not a shared library")),
        3 => {}
        _ => return Err(Refusal::new("is an ELF file, but not a shared library")),
    }
    check_whole(bytes)
}

/// Checks that what the head refers to lies within the file.
fn check_whole(bytes: &[u8]) -> Result<(), Refusal> {
    let size = bytes.len() as u64;
    let cut = |needed: u64| {
        Err(Refusal::new(format!("is cut off: it has {size} bytes and needs {needed}"))
            .hint("copy or build it again"))
    };
    let sections = u64_at(bytes, 40);
    let sections_end =
        sections.saturating_add(u64::from(u16_at(bytes, 58)) * u64::from(u16_at(bytes, 60)));
    if sections_end > size {
        return cut(sections_end);
    }
    let (start, width) = (u64_at(bytes, 32), u64::from(u16_at(bytes, 54)));
    let end = start.saturating_add(width * u64::from(u16_at(bytes, 56)));
    if width < 56 || end > size {
        return cut(end);
    }
    let mut interpreter = false;
    for at in (start..end).step_by(width as usize) {
        let head = &bytes[at as usize..(at + width) as usize];
        let kind = u32::from_le_bytes([head[0], head[1], head[2], head[3]]);
        let needed = u64_at(head, 8).saturating_add(u64_at(head, 32));
        interpreter |= kind == 3;
        if needed > size {
            return cut(needed);
        }
    }
    if interpreter {
        return Err(Refusal::new("is a program, not a shared library"));
    }
    Ok(())
}

fn machine_name(machine: u16) -> String {
    let known = MACHINES.iter().find(|(figure, _)| *figure == machine);
    known.map_or_else(|| format!("machine {machine}"), |(_, name)| (*name).to_owned())
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_library_is_named() {
        let said = |bytes: &[u8]| check(bytes).unwrap_err().message;
        assert_eq!(said(b""), "is not a shared library");
        assert_eq!(said(b"#!/bin/sh"), "is not a shared library");
        assert_eq!(said(b"!<arch>\n"), "is a static archive, not a shared library");
        let mut head = [0_u8; 64];
        head[..6].copy_from_slice(b"\x7fELF\x01\x01");
        assert_eq!(said(&head), "is built for a 32-bit machine, this is a 64-bit one");
        head[4] = 2;
        head[16] = 3;
        head[18] = 243;
        assert!(said(&head).starts_with("is built for riscv, this is "));
    }

    #[test]
    fn a_library_that_is_cut_off_anywhere_is_refused() {
        let whole = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        for share in [25, 50, 75, 90, 99] {
            let part = &whole[..whole.len() * share / 100];
            assert!(check(part).unwrap_err().message.starts_with("is cut off"), "{share} %");
        }
    }
}

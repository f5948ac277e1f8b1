//! Memory that host and worker share.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

use rustix::fs::{MemfdFlags, SealFlags};
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags};

use crate::room::PAGE;

/// A stretch of shared memory, mapped.
#[derive(Debug)]
pub(crate) struct Mapping {
    base: *mut u8,
    size: usize,
}

#[expect(unsafe_code, reason = "memory is mapped")]
impl Mapping {
    /// Maps all of a memory file.
    pub(crate) fn new(memory: BorrowedFd<'_>, size: usize, writable: bool) -> io::Result<Self> {
        let rights = if writable { ProtFlags::READ | ProtFlags::WRITE } else { ProtFlags::READ };
        // SAFETY: the system chooses the place, so that nothing is mapped over.
        let base = unsafe {
            rustix::mm::mmap(std::ptr::null_mut(), size, rights, MapFlags::SHARED, memory, 0)?
        };
        Ok(Self { base: base.cast(), size })
    }

    pub(crate) fn base(&self) -> *mut u8 {
        self.base
    }

    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Makes a page one that nobody can touch, or one that all can.
    pub(crate) fn guard(&self, page: usize, closed: bool) -> io::Result<()> {
        let rights = if closed {
            MprotectFlags::empty()
        } else {
            MprotectFlags::READ | MprotectFlags::WRITE
        };
        if page + PAGE > self.size {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        // SAFETY: the page lies within the mapping, and no reference into a guard is ever made.
        unsafe { rustix::mm::mprotect(self.base.add(page).cast(), PAGE, rights)? };
        Ok(())
    }
}

impl Drop for Mapping {
    #[expect(unsafe_code, reason = "memory is unmapped")]
    fn drop(&mut self) {
        // SAFETY: it was mapped with this size, and references into it end before.
        let unmapped = unsafe { rustix::mm::munmap(self.base.cast(), self.size) };
        debug_assert!(unmapped.is_ok());
    }
}

/// The host's side of a stretch of shared memory.
#[derive(Debug)]
pub(crate) struct Arena {
    memory: OwnedFd,
    mapping: Mapping,
}

impl Arena {
    /// Makes memory that the worker can only read.
    pub(crate) fn for_input(size: usize) -> io::Result<Self> {
        Self::new(size, SealFlags::FUTURE_WRITE)
    }

    /// Makes memory that the worker can write.
    pub(crate) fn for_output(size: usize) -> io::Result<Self> {
        Self::new(size, SealFlags::empty())
    }

    /// The host's own mapping is made before the seals, so that it stays writable.
    fn new(size: usize, seals: SealFlags) -> io::Result<Self> {
        let size = size.next_multiple_of(PAGE);
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let memory = rustix::fs::memfd_create("kehu-columns", flags | MemfdFlags::NOEXEC_SEAL)
            .or_else(|_| rustix::fs::memfd_create("kehu-columns", flags))?;
        rustix::fs::ftruncate(&memory, size as u64)?;
        let mapping = Mapping::new(memory.as_fd(), size, true)?;
        let seals = seals | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL;
        rustix::fs::fcntl_add_seals(&memory, seals)?;
        Ok(Self { memory, mapping })
    }

    pub(crate) fn memory(&self) -> BorrowedFd<'_> {
        self.memory.as_fd()
    }

    pub(crate) fn base(&self) -> *mut u8 {
        self.mapping.base()
    }

    pub(crate) fn size(&self) -> usize {
        self.mapping.size()
    }

    /// The bytes, to be written by the host.
    #[expect(unsafe_code, reason = "the mapping becomes a slice")]
    pub(crate) fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: the mapping has that many bytes; of input memory nobody else can write, and `self`
        // is borrowed for as long as the slice.
        unsafe { std::slice::from_raw_parts_mut(self.mapping.base(), self.mapping.size()) }
    }
}

#[expect(unsafe_code, reason = "the mapping moves between threads with its worker")]
// SAFETY: a mapping is owned, and used by the thread that has it.
unsafe impl Send for Mapping {}

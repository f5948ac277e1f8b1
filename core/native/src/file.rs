//! From a path to sealed bytes: everything is checked on the very bytes that are loaded later.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{MemfdFlags, Mode, OFlags, SealFlags};
use sha2::{Digest as _, Sha256};

use crate::elf;
use crate::refusal::Refusal;

/// The largest plugin.
const LARGEST: u64 = 256 * 1024 * 1024;
/// The longest path.
const PATH_BYTES: usize = 4_096;

/// Holds the bytes of a plugin's file in memory that nobody can change any more.
#[derive(Debug, Clone)]
pub struct Library {
    path: PathBuf,
    sealed: Arc<OwnedFd>,
    sha256: String,
    blake3: String,
    size: u64,
}

impl Library {
    /// Reads a file and seals what was read.
    ///
    /// The path is absolute; the file is a regular one, a shared library for this machine, and nobody
    /// but its owner, who is this user or root, can write to it or to the folders above it.
    ///
    /// # Errors
    /// Which of this does not hold.
    pub fn open(path: &Path) -> Result<Self, Refusal> {
        let named = |refusal: Refusal| {
            let message = format!("{} {}", path.display(), refusal.message);
            Refusal { message, hint: refusal.hint }
        };
        Self::read(path).map_err(named)
    }

    /// As [`Library::open`], for bytes with this SHA-256 (in hexadecimal) only.
    ///
    /// # Errors
    /// What is wrong with the file, or that its hash is another one.
    pub fn verify(path: &Path, sha256: &str) -> Result<Self, Refusal> {
        let library = Self::open(path)?;
        if library.sha256.eq_ignore_ascii_case(sha256) {
            return Ok(library);
        }
        let message = format!(
            "{} is another file than the one that was added: its SHA-256 is {}, expected {sha256}",
            path.display(),
            library.sha256
        );
        Err(Refusal::new(message).hint("if that is meant, add it again"))
    }

    fn read(path: &Path) -> Result<Self, Refusal> {
        check_path(path)?;
        let failed = |error: std::io::Error| Refusal::new(format!("cannot be read: {error}"));
        // Without NONBLOCK a FIFO would hang the program here.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::open(path, flags, Mode::empty()).map_err(|error| match error {
            rustix::io::Errno::LOOP => {
                Refusal::new("is a symbolic link").hint("name the file that it leads to")
            }
            error => failed(error.into()),
        })?;
        let mut file = File::from(file);
        let about = file.metadata().map_err(failed)?;
        if !about.is_file() {
            return Err(Refusal::new("is not a regular file"));
        }
        check_owner(&about, "is")?;
        check_folders(path)?;
        if about.len() > LARGEST {
            let most = LARGEST / 1024 / 1024;
            return Err(Refusal::new(format!("is larger than {most} MiB")));
        }
        let mut bytes = Vec::with_capacity(about.len() as usize);
        (&mut file).take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
        elf::check(&bytes)?;
        let sealed = seal(&bytes).map_err(|error| {
            Refusal::new(format!("cannot be copied into sealed memory: {error}"))
        })?;
        Ok(Self {
            path: path.to_owned(),
            sealed: Arc::new(sealed),
            sha256: hexadecimal(&Sha256::digest(&bytes)),
            blake3: blake3::hash(&bytes).to_hex().to_string(),
            size: bytes.len() as u64,
        })
    }

    /// Where the file was.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The SHA-256 of the bytes, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The number of bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Writes the verified bytes to a new file, which only its owner can change.
    ///
    /// # Errors
    /// What the file system says; a file that is there already is not overwritten.
    pub fn copy_to(&self, path: &Path) -> std::io::Result<()> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let mut bytes = vec![0; self.size as usize];
        let source = File::from(self.sealed.try_clone()?);
        std::os::unix::fs::FileExt::read_exact_at(&source, &mut bytes, 0)?;
        let mut options = File::options();
        let mut file = options.write(true).create_new(true).mode(0o644).open(path)?;
        file.write_all(&bytes)?;
        file.sync_all()
    }

    /// The BLAKE3 hash of the bytes, in hexadecimal, which a run keeps.
    pub fn blake3(&self) -> &str {
        &self.blake3
    }

    pub(crate) fn sealed(&self) -> BorrowedFd<'_> {
        self.sealed.as_fd()
    }
}

/// Two digits a byte.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn check_path(path: &Path) -> Result<(), Refusal> {
    let bytes = path.as_os_str().as_encoded_bytes();
    if bytes.is_empty() {
        return Err(Refusal::new("is no path: it is empty"));
    }
    if bytes.len() > PATH_BYTES {
        return Err(Refusal::new(format!("is longer than {PATH_BYTES} bytes")));
    }
    if bytes.contains(&0) {
        return Err(Refusal::new("is no path: it has a zero byte"));
    }
    if !path.is_absolute() {
        return Err(Refusal::new("is not an absolute path"));
    }
    Ok(())
}

/// Checks who could have written there.
fn check_owner(about: &std::fs::Metadata, what: &str) -> Result<(), Refusal> {
    let me = rustix::process::geteuid().as_raw();
    if about.uid() != me && about.uid() != 0 {
        return Err(Refusal::new(format!("{what} owned by user {}", about.uid()))
            .hint("own it yourself, or let root own it"));
    }
    let sticky = about.is_dir() && about.mode() & 0o1000 != 0;
    if about.mode() & 0o022 != 0 && !sticky {
        return Err(Refusal::new(format!(
            "{what} writable by others ({:o})",
            about.mode() & 0o7777
        ))
        .hint("take the right to write from group and others: chmod go-w"));
    }
    Ok(())
}

fn check_folders(path: &Path) -> Result<(), Refusal> {
    for folder in path.ancestors().skip(1) {
        let about = std::fs::metadata(folder).map_err(|error| {
            Refusal::new(format!("lies in {}, which cannot be read: {error}", folder.display()))
        })?;
        check_owner(&about, &format!("lies in {}, which is", folder.display()))?;
    }
    Ok(())
}

/// Copies bytes into memory that is then sealed for good.
fn seal(bytes: &[u8]) -> std::io::Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // Systems that forbid code in memory files by default want the flag; older ones do not know it.
    let memory = rustix::fs::memfd_create("kehu-plugin", flags | MemfdFlags::EXEC)
        .or_else(|_| rustix::fs::memfd_create("kehu-plugin", flags))?;
    let mut file = File::from(memory);
    file.write_all(bytes)?;
    let seals = SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE | SealFlags::SEAL;
    rustix::fs::fcntl_add_seals(&file, seals)?;
    Ok(file.into())
}

/// The platform that this program runs on, such as `linux-x86_64`.
pub fn platform() -> String {
    format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH)
}

//! What host and worker say to each other over a socket: frames with a head, JSON, and plain bytes.

use std::io::{self, ErrorKind, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::description::Description;
use crate::desk::Answer;
use crate::ear::Word;
use crate::lend::Spans;
use crate::refusal::Refusal;
use crate::survey::Trace;

/// The bytes of a head: nonce, length of the JSON, length of what follows it.
const HEAD: usize = 16;
/// The largest part of a frame that a worker may send: what a call can emit and its texts, in JSON.
pub(crate) const FROM_WORKER: usize = 40 * 1024 * 1024;
/// The largest part of a frame that the host sends.
pub(crate) const FROM_HOST: usize = 1024 * 1024 * 1024;

/// What the host asks of a worker.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Ask {
    /// Loads a plugin: the memory file that comes with the frame, or one that is linked in.
    Load { linked: Option<String>, memory: u64, seconds: u64 },
    /// Takes shared memory: the file comes with the frame.
    Map { input: bool, size: usize },
    /// Begins a run; the settings follow.
    Begin { as_of: i32, seed: u64 },
    /// Makes an instance; the state follows.
    Create { step: usize },
    /// Looks at the whole base.
    Fit { step: usize, spans: Spans },
    /// Gives columns.
    Score { step: usize, spans: Spans },
    /// Makes a plan; the problem follows.
    Plan { step: usize },
    /// Makes proposals; the cases follow.
    FollowUp { step: usize, spans: Spans },
    /// Tells what has changed in its process since before the plugin was loaded.
    Survey,
}

/// What a worker says.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Tell {
    /// The plugin is loaded.
    Loaded(Box<Description>),
    /// It is not.
    Refused(Refusal),
    /// The worker did it.
    Done,
    /// The plugin says something; the answer is still to come.
    Word(Word),
    /// A call ended; what it emitted follows.
    Answer(Answer),
    /// What has changed in the process.
    Changed(Vec<(Trace, String)>),
}

/// A frame that came.
pub(crate) struct Frame<T> {
    pub(crate) content: T,
    pub(crate) tail: Vec<u8>,
    pub(crate) memory: Option<OwnedFd>,
}

/// One end of the socket.
#[derive(Debug, Clone)]
pub(crate) struct Channel {
    socket: Arc<OwnedFd>,
    /// What the frame begins with that was sent or came last. The host counts on with each question;
    /// an answer begins as its question did.
    nonce: Option<u64>,
    is_host: bool,
    largest: usize,
}

impl Channel {
    pub(crate) fn new(socket: OwnedFd, nonce: Option<u64>, largest: usize) -> Self {
        Self { socket: Arc::new(socket), nonce, is_host: nonce.is_some(), largest }
    }

    /// Sends from now on as an answer to what `other`, the same end, received last.
    pub(crate) fn answer_to(&mut self, other: &Self) {
        self.nonce = other.nonce;
    }

    /// Sends a frame; with a memory file, if there is one.
    pub(crate) fn send<T: Serialize>(
        &mut self,
        content: &T,
        tail: &[u8],
        memory: Option<BorrowedFd<'_>>,
        deadline: Option<Instant>,
    ) -> io::Result<()> {
        let json = serde_json::to_vec(content)?;
        if json.len() > u32::MAX as usize || tail.len() > u32::MAX as usize {
            return Err(invalid("the frame is too large"));
        }
        if self.is_host {
            self.nonce = self.nonce.map(|nonce| nonce.wrapping_add(1));
        }
        let mut head = Vec::with_capacity(HEAD + json.len());
        head.extend_from_slice(&self.nonce.unwrap_or_default().to_le_bytes());
        head.extend_from_slice(&(json.len() as u32).to_le_bytes());
        head.extend_from_slice(&(tail.len() as u32).to_le_bytes());
        head.extend_from_slice(&json);
        let mut memory = memory;
        for mut part in [head.as_slice(), tail] {
            while !part.is_empty() {
                self.wait(PollFlags::OUT, deadline)?;
                let sent = self.send_some(part, memory.take())?;
                part = &part[sent..];
            }
        }
        Ok(())
    }

    fn send_some(&self, part: &[u8], memory: Option<BorrowedFd<'_>>) -> io::Result<usize> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        let files: Vec<BorrowedFd<'_>> = memory.into_iter().collect();
        if !files.is_empty() && !control.push(SendAncillaryMessage::ScmRights(&files)) {
            return Err(invalid("no room for a file"));
        }
        let flags = SendFlags::NOSIGNAL;
        Ok(rustix::net::sendmsg(&self.socket, &[IoSlice::new(part)], &mut control, flags)?)
    }

    /// Receives a frame; none if the other end has gone.
    pub(crate) fn receive<T: DeserializeOwned>(
        &mut self,
        deadline: Option<Instant>,
    ) -> io::Result<Option<Frame<T>>> {
        let mut head = [0_u8; HEAD];
        let mut memory = None;
        match self.fill(&mut head, &mut memory, deadline)? {
            0 => return Ok(None),
            HEAD => {}
            _ => return Err(invalid("half a frame")),
        }
        let number = |from: usize| {
            u32::from_le_bytes([head[from], head[from + 1], head[from + 2], head[from + 3]])
                as usize
        };
        let mut nonce = [0; 8];
        nonce.copy_from_slice(&head[..8]);
        let nonce = u64::from_le_bytes(nonce);
        let expected = match self.nonce {
            Some(last) if self.is_host => last,
            Some(last) => last.wrapping_add(1),
            None => nonce,
        };
        if expected != nonce {
            return Err(invalid("bytes that are no frame, or no answer to this question"));
        }
        self.nonce = Some(nonce);
        let (json, tail) = (number(8), number(12));
        if json > self.largest || tail > self.largest {
            return Err(invalid("a frame that is too large"));
        }
        let json = self.exactly(json, deadline)?;
        let tail = self.exactly(tail, deadline)?;
        let content = serde_json::from_slice(&json)
            .map_err(|error| invalid(&format!("a frame that is not understood: {error}")))?;
        Ok(Some(Frame { content, tail, memory }))
    }

    /// Waits until something comes, or the other end goes; false if the deadline comes first.
    pub(crate) fn is_ready(&self, deadline: Instant) -> io::Result<bool> {
        match self.wait(PollFlags::IN, Some(deadline)) {
            Err(error) if error.kind() == ErrorKind::TimedOut => Ok(false),
            other => other.map(|()| true),
        }
    }

    fn exactly(&self, bytes: usize, deadline: Option<Instant>) -> io::Result<Vec<u8>> {
        let mut buffer = vec![0; bytes];
        if self.fill(&mut buffer, &mut None, deadline)? < bytes {
            return Err(invalid("half a frame"));
        }
        Ok(buffer)
    }

    /// Fills a buffer, unless the other end goes; returns how much came.
    fn fill(
        &self,
        buffer: &mut [u8],
        memory: &mut Option<OwnedFd>,
        deadline: Option<Instant>,
    ) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            self.wait(PollFlags::IN, deadline)?;
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
            let mut control = RecvAncillaryBuffer::new(&mut space);
            let mut parts = [IoSliceMut::new(&mut buffer[filled..])];
            let flags = RecvFlags::CMSG_CLOEXEC;
            let received = rustix::net::recvmsg(&self.socket, &mut parts, &mut control, flags);
            let bytes = match received {
                Ok(message) => message.bytes,
                Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => continue,
                Err(rustix::io::Errno::CONNRESET) => 0,
                Err(error) => return Err(error.into()),
            };
            for message in control.drain() {
                if let RecvAncillaryMessage::ScmRights(files) = message {
                    *memory = files.last().or(memory.take());
                }
            }
            if bytes == 0 {
                break;
            }
            filled += bytes;
        }
        Ok(filled)
    }

    fn wait(&self, flags: PollFlags, deadline: Option<Instant>) -> io::Result<()> {
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let left = left.map(|left| Timespec {
                tv_sec: left.as_secs() as i64,
                tv_nsec: i64::from(left.subsec_nanos()),
            });
            let mut files = [PollFd::from_borrowed_fd(self.socket.as_fd(), flags)];
            match poll(&mut files, left.as_ref()) {
                Ok(0) => return Err(ErrorKind::TimedOut.into()),
                Ok(_) => return Ok(()),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn invalid(words: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, words)
}

//! The parent's side of one child process: the channel to it, and how it ended.

use std::fs::File;
use std::io;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::Signal;
use tokio::io::{AsyncReadExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::frame::{self, Frame, FrameLimits, is_gone};
use super::launcher::Launched;
use super::message::{Instruction, Message};
use super::options::Options;
use super::supervision::Ending;
use super::zygote::End;

/// A child that left the channel is given this long to end by itself.
const GRACE: Duration = Duration::from_secs(5);

/// What a child said.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) message: Message,
    /// What came with it, such as a picture.
    pub(super) attachment: Vec<u8>,
    /// Bytes it took.
    pub(super) bytes: usize,
}

/// A running child; killed when dropped.
#[derive(Debug)]
pub(super) struct ChildProcess {
    socket: BufReader<UnixStream>,
    lifeline: UnixStream,
    limits: FrameLimits,
    memory_bytes: u64,
}

impl ChildProcess {
    /// Starts a child that reads `source`, and tells it how.
    pub(super) async fn start(source: &File, options: &Options) -> io::Result<Self> {
        let Launched { channel, lifeline } = options.launcher.launch(source)?;
        let mut child = Self {
            socket: BufReader::with_capacity(1 << 16, asynchronous(channel)?),
            lifeline: asynchronous(lifeline)?,
            limits: FrameLimits::of_messages(options.limits.max_message_bytes),
            memory_bytes: options.limits.memory_bytes,
        };
        child.send(&Instruction::Open(options.orders()).into()).await?;
        Ok(child)
    }

    /// The next message; none when the child is gone.
    pub(super) async fn receive(&mut self) -> io::Result<Option<Received>> {
        match frame::receive(&mut self.socket, self.limits).await {
            Ok(received) => Ok(received.map(|(frame, bytes)| Received {
                message: frame.message,
                attachment: frame.attachment,
                bytes,
            })),
            // What was begun and not finished is lost with the child.
            Err(error) if is_gone(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Tells the child what to do next. That it is gone shows when it is listened to.
    pub(super) async fn send(&mut self, instruction: &Frame<Instruction>) -> io::Result<()> {
        match timeout(GRACE, frame::send(self.socket.get_mut(), instruction, self.limits)).await {
            Ok(Err(error)) if !is_gone(&error) => Err(error),
            _ => Ok(()),
        }
    }

    /// How the child ended, once it is gone from the channel. That nobody can tell is no fault of its document's: it could
    /// not be started, or the process that started it is gone.
    pub(super) async fn ending(&mut self) -> io::Result<Ending> {
        let mut bytes = [0; End::BYTES];
        match timeout(GRACE, self.lifeline.read_exact(&mut bytes)).await {
            Ok(read) => read.map(|_| ending_of(End::from_bytes(bytes), self.memory_bytes)),
            Err(_) => Ok(Ending::TimedOut),
        }
    }
}

fn asynchronous(socket: StdUnixStream) -> io::Result<UnixStream> {
    socket.set_nonblocking(true)?;
    UnixStream::from_std(socket)
}

/// Running into the address-space limit mostly aborts, in Rust as in PDFium; where it is the stack that cannot grow, or a
/// library that does not look, it faults. A kill that is not ours is the system's, for want of memory. Other bugs fault too.
fn ending_of(end: End, memory_limit: u64) -> Ending {
    let signal = ExitStatus::from_raw(end.status).signal().and_then(Signal::from_named_raw);
    // The other half of the address space is the program, its libraries, stacks, and gaps.
    let is_full = end.peak_bytes >= memory_limit / 2;
    match signal {
        Some(Signal::XCPU) => Ending::CpuSpent,
        Some(Signal::ABORT | Signal::KILL) => Ending::OutOfMemory,
        Some(Signal::SYS) => Ending::Forbidden,
        Some(_) if is_full => Ending::OutOfMemory,
        _ => Ending::Crashed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: u64 = 1 << 30;

    fn ending(signal: Signal, peak_bytes: u64) -> Ending {
        // The status of a process that a signal ended is the signal's number (wait(2)).
        ending_of(End { status: signal.as_raw(), peak_bytes }, LIMIT)
    }

    #[test]
    fn a_fault_in_a_full_address_space_is_for_want_of_memory_and_another_is_a_bug() {
        assert_eq!(ending(Signal::SEGV, 900 << 20), Ending::OutOfMemory);
        assert_eq!(ending(Signal::SEGV, 90 << 20), Ending::Crashed);
        assert_eq!(ending(Signal::ABORT, 90 << 20), Ending::OutOfMemory);
    }

    #[test]
    fn a_process_that_ended_by_itself_too_early_has_crashed() {
        assert_eq!(ending_of(End { status: 1 << 8, peak_bytes: LIMIT }, LIMIT), Ending::Crashed);
    }

    #[test]
    fn what_is_forbidden_and_what_takes_too_long_are_told_apart_from_bugs() {
        assert_eq!(ending(Signal::SYS, LIMIT), Ending::Forbidden);
        assert_eq!(ending(Signal::XCPU, LIMIT), Ending::CpuSpent);
    }
}

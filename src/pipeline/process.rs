//! The parent's side of one child process: its command line, the channel to it, and how it ended.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use tokio::io::BufReader;
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::extraction::Options;
use super::figures::Figures;
use super::frame::{self, Frame, FrameLimits};
use super::message::{Instruction, Message};
use super::supervision::Ending;
use crate::ocr::Tesseract;

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
    child: Child,
    socket: BufReader<UnixStream>,
    limits: FrameLimits,
}

impl ChildProcess {
    /// Starts a child with `source` as its standard input and the channel as its standard output. Its environment is
    /// empty: no secret reaches it.
    pub(super) fn start(source: &File, options: &Options) -> io::Result<Self> {
        let limits = &options.limits;
        let (ours, theirs) = StdUnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let mut command = Command::new(&options.executable);
        command.arg("extract").arg("--pdfium").arg(&options.pdfium);
        let numbers = [
            ("--max-pages", limits.max_pages.to_string()),
            ("--max-page-points", limits.max_page_points.to_string()),
            ("--max-page-characters", limits.max_page_characters.to_string()),
            ("--max-message-bytes", limits.max_message_bytes.to_string()),
            ("--memory-bytes", limits.memory_bytes.to_string()),
            ("--cpu-seconds", limits.cpu_seconds.to_string()),
        ];
        for (name, value) in numbers {
            command.arg(name).arg(value);
        }
        if let Some(Tesseract { settings, .. }) = &options.tesseract {
            command.arg("--ocr-dpi").arg(settings.dpi.to_string());
            command.arg("--ocr-max-pixels").arg(settings.max_pixels.to_string());
            command.arg("--ocr-page-seconds").arg(settings.page_seconds.to_string());
        }
        if let Some(Figures { crop, .. }) = options.figures {
            command.arg("--figure-dpi").arg(crop.dpi.to_string());
            command.arg("--figure-max-pixels").arg(crop.max_pixels.to_string());
        }
        let child = command
            .env_clear()
            .stdin(Stdio::from(source.try_clone()?))
            .stdout(Stdio::from(OwnedFd::from(theirs)))
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        Ok(Self {
            child,
            socket: BufReader::with_capacity(1 << 16, UnixStream::from_std(ours)?),
            limits: FrameLimits { head: limits.max_message_bytes, attachment: limits.max_message_bytes },
        })
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

    /// How the child ended, once it is gone from the channel.
    pub(super) async fn ending(&mut self) -> io::Result<Ending> {
        match timeout(GRACE, self.child.wait()).await {
            Ok(status) => Ok(ending_of(status?)),
            Err(_) => Ok(Ending::TimedOut),
        }
    }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)
}

/// Running into the address-space limit aborts, in Rust as in PDFium; a kill that is not ours is the system's, for want of
/// memory; other bugs fault.
fn ending_of(status: ExitStatus) -> Ending {
    let Some(signal) = status.signal().and_then(Signal::from_named_raw) else { return Ending::Crashed };
    match signal {
        Signal::XCPU => Ending::CpuSpent,
        Signal::ABORT | Signal::KILL => Ending::OutOfMemory,
        Signal::SYS => Ending::Forbidden,
        _ => Ending::Crashed,
    }
}

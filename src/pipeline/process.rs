//! One child process: its command line, its messages with a bound on their size, and how it ended.

use std::fs::File;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use super::extraction::Options;
use super::message::{LostPage, Message};

/// A child that closed its output is given this long to end by itself.
const GRACE: Duration = Duration::from_secs(5);

/// How a child was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    TimedOut,
    OutOfMemory,
    Crashed,
}

/// A running child; killed when dropped.
#[derive(Debug)]
pub(super) struct ChildProcess {
    child: Child,
    output: BufReader<ChildStdout>,
    max_message_bytes: usize,
}

impl ChildProcess {
    /// Starts a child with `source` as its standard input. Its environment is empty: no secret reaches it.
    pub(super) fn start(
        source: &File,
        options: &Options,
        first_page: u32,
        lost: &[LostPage],
    ) -> io::Result<Self> {
        let limits = &options.limits;
        let mut command = Command::new(&options.executable);
        command.arg("extract").arg("--pdfium").arg(&options.pdfium);
        let numbers = [
            ("--first-page", first_page.to_string()),
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
        for page in lost {
            command.arg("--lost").arg(page.to_string());
        }
        let mut child = command
            .env_clear()
            .stdin(Stdio::from(source.try_clone()?))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().ok_or_else(|| io::Error::other("the child has no output"))?;
        Ok(Self {
            child,
            output: BufReader::with_capacity(1 << 16, output),
            max_message_bytes: limits.max_message_bytes,
        })
    }

    /// The next message; none when the child closed its output.
    pub(super) async fn receive(&mut self) -> io::Result<Option<Message>> {
        let mut line = Vec::new();
        loop {
            let available = self.output.fill_buf().await?;
            if available.is_empty() {
                // What was begun and not finished is lost with the child.
                return Ok(None);
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            line.extend_from_slice(&available[..end.unwrap_or(available.len())]);
            let used = end.map_or(available.len(), |end| end + 1);
            self.output.consume(used);
            if line.len() > self.max_message_bytes {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a message is too large"));
            }
            if end.is_some() {
                return serde_json::from_slice(&line).map(Some).map_err(io::Error::from);
            }
        }
    }

    /// How the child ended, once it has closed its output.
    pub(super) async fn ending(&mut self) -> io::Result<Ending> {
        match timeout(GRACE, self.child.wait()).await {
            Ok(status) => Ok(ending_of(status?)),
            Err(_) => Ok(Ending::TimedOut),
        }
    }
}

/// Running into the address-space limit aborts, in Rust as in PDFium; other bugs fault.
fn ending_of(status: ExitStatus) -> Ending {
    let ended_by = |signal: Signal| status.signal() == Some(signal.as_raw());
    if ended_by(Signal::XCPU) || ended_by(Signal::KILL) {
        Ending::TimedOut
    } else if ended_by(Signal::ABORT) {
        Ending::OutOfMemory
    } else {
        Ending::Crashed
    }
}

//! `zoned extract`: the child process that holds PDFium; not for people.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::pdf::PageLimits;
use crate::pipeline::Crop;
use crate::pipeline::channel::Channel;
use crate::pipeline::child::{self, Limits};
use crate::pipeline::frame::FrameLimits;
use crate::pipeline::recognition::Recognition;

/// Most files open at once: the input, the outputs, the library and fonts, one after the other.
const MAX_OPEN_FILES: u64 = 64;
/// How long a child whose parent is gone may take to end by itself.
const GRACE: Duration = Duration::from_millis(500);

/// Read the PDF on standard input (a file) for the parent at the other end of standard output (a socket).
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The PDFium shared library.
    #[arg(long)]
    pdfium: PathBuf,
    /// Most pages of a document.
    #[arg(long)]
    max_pages: u32,
    /// Longest side of a page, points.
    #[arg(long)]
    max_page_points: f32,
    /// Most characters of a page.
    #[arg(long)]
    max_page_characters: usize,
    /// Most bytes of one message, and of its attachment.
    #[arg(long)]
    max_message_bytes: usize,
    /// Pixels an inch of the pictures the parent is asked to read; without it, it is asked for none.
    #[arg(long, requires_all = ["ocr_max_pixels", "ocr_page_seconds"])]
    ocr_dpi: Option<f32>,
    /// Most pixels of such a picture.
    #[arg(long, default_value_t = 0)]
    ocr_max_pixels: u64,
    /// What the parent gives one of them, seconds.
    #[arg(long, default_value_t = 0)]
    ocr_page_seconds: u64,
    /// Pixels an inch of the pictures of figures; without it, none are drawn.
    #[arg(long, requires = "figure_max_pixels")]
    figure_dpi: Option<f32>,
    /// Most pixels of such a picture.
    #[arg(long, default_value_t = 0)]
    figure_max_pixels: u64,
    /// Address space, bytes.
    #[arg(long)]
    memory_bytes: u64,
    /// Processor time, seconds.
    #[arg(long)]
    cpu_seconds: u64,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    limit_resources(args.memory_bytes, args.cpu_seconds)
        .context("cannot limit the resources of this process")?;
    let input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let socket = UnixStream::from(io::stdout().as_fd().try_clone_to_owned()?);
    end_with_parent(socket.try_clone()?.into())?;
    let frames = FrameLimits { head: args.max_message_bytes, attachment: args.max_message_bytes };
    let mut channel = Channel::new(socket, frames)?;
    let limits = Limits {
        max_pages: args.max_pages,
        page: PageLimits { max_points: args.max_page_points, max_characters: args.max_page_characters },
        ocr: args.ocr_dpi.map(|dpi| Recognition {
            dpi,
            max_pixels: args.ocr_max_pixels,
            page_seconds: args.ocr_page_seconds,
        }),
        crop: args.figure_dpi.map(|dpi| Crop { dpi, max_pixels: args.figure_max_pixels }),
    };
    match child::run(input, &args.pdfium, &limits, &mut channel) {
        // The parent is gone or has heard enough: nobody is left to tell.
        Err(error) if matches!(error.kind(), ErrorKind::BrokenPipe | ErrorKind::ConnectionReset) => {
            Ok(ExitCode::FAILURE)
        }
        outcome => outcome.map(|()| ExitCode::SUCCESS).context("the channel to the parent broke"),
    }
}

/// Limits that hold whatever the document makes PDFium do.
pub(super) fn limit_resources(memory_bytes: u64, cpu_seconds: u64) -> io::Result<()> {
    let limits = [
        (Resource::As, memory_bytes),
        (Resource::Cpu, cpu_seconds),
        (Resource::Core, 0),
        (Resource::Fsize, 0),
        (Resource::Nofile, MAX_OPEN_FILES),
    ];
    for (resource, limit) in limits {
        // Processor time: a signal that says so first, and then the end.
        let maximum = if matches!(resource, Resource::Cpu) { limit.saturating_add(1) } else { limit };
        setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(maximum) })?;
    }
    Ok(())
}

/// Ends this process when the parent has left the channel: one that hangs in PDFium would not notice. (A death signal
/// would be sent when the parent's *thread* ends, which is not the same.) It aborts, since the library cannot be taken down
/// while it works.
pub(super) fn end_with_parent(channel: OwnedFd) -> io::Result<()> {
    let gone = PollFlags::RDHUP | PollFlags::HUP | PollFlags::ERR;
    let wait = move || {
        let mut events = [PollFd::new(&channel, PollFlags::RDHUP)];
        while !events[0].revents().intersects(gone) {
            // Only a signal, which has no handler here, ends this wait early.
            let _ = poll(&mut events, None);
        }
        std::thread::sleep(GRACE);
        std::process::abort();
    };
    std::thread::Builder::new().name("parent".to_owned()).spawn(wait).map(drop)
}

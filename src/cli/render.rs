//! `zoned render`: the child process that draws one page; not for people.

use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use rustix::event::{PollFd, PollFlags, poll};

use crate::pdf::{Document, Library, PageLimits, View};
use crate::picture::PictureFormat;
use crate::pipeline::extraction::sandbox;

/// How long it may take to end by itself when nobody reads its output any more.
const GRACE: Duration = Duration::from_millis(500);

/// Draw a page of the PDF on standard input (a file, not a pipe) and write it as PNG.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The PDFium shared library.
    #[arg(long)]
    pdfium: PathBuf,
    /// The page, from 1.
    #[arg(long)]
    page: u32,
    /// Pixels an inch.
    #[arg(long)]
    dpi: f32,
    /// Most pixels.
    #[arg(long)]
    max_pixels: u64,
    /// Longest side of a page, points.
    #[arg(long)]
    max_page_points: f32,
    /// Address space, bytes.
    #[arg(long)]
    memory_bytes: u64,
    /// Processor time, seconds.
    #[arg(long)]
    cpu_seconds: u64,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    sandbox::limit_resources(args.memory_bytes, args.cpu_seconds)
        .context("cannot limit the resources of this process")?;
    end_with_parent(io::stdout().as_fd().try_clone_to_owned()?)?;
    let input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let length = input.metadata()?.len();
    let library = Library::load(&args.pdfium)?;
    sandbox::enter();
    let Ok(document) = Document::open(&library, input, length) else {
        anyhow::bail!("the document does not open");
    };
    let view = View { region: None, dpi: args.dpi, max_pixels: args.max_pixels };
    let limits = PageLimits { max_points: args.max_page_points, max_characters: 0 };
    let Ok(rendering) = document.render(args.page, &view, &limits) else {
        anyhow::bail!("the page cannot be drawn");
    };
    io::stdout().write_all(&rendering.picture.encode(PictureFormat::Png)?)?;
    Ok(ExitCode::SUCCESS)
}

/// Ends this process when nobody reads the output any more: one that hangs in PDFium would not notice. (A death signal
/// would be sent when the parent's *thread* ends, which is not the same.) It aborts, since the library cannot be taken down
/// while it works.
fn end_with_parent(channel: OwnedFd) -> io::Result<()> {
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

//! `zoned extract`: the process that child processes are forked from, which have PDFium; not for people.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use crate::pdf::Library;
use crate::pipeline::extraction::{child, zygote};

/// Fork a child that reads a PDF for each order that the parent sends to the socket at standard input.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The PDFium shared library.
    #[arg(long)]
    pdfium: PathBuf,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let control = zygote::take_control().context("standard input is no control socket")?;
    let library = Library::load(&args.pdfium);
    let read = |input, channel| {
        // One that was not there may be by now.
        let library = library.or_else(|_| Library::load(&args.pdfium));
        // An error means that the parent is gone or has heard enough: nobody is left to tell.
        i32::from(child::run(input, channel, library).is_err())
    };
    zygote::serve(control, read).context("the parent gave an order that cannot be read")?;
    Ok(ExitCode::SUCCESS)
}

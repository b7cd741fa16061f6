//! `zoned extract`: the process that child processes are forked from, which have PDFium and the layout model, if there is one; not for people.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use crate::layout_model::Detector;
use crate::pdf::Library;
use crate::pipeline::extraction::{child, zygote};

/// Fork a child that reads a PDF for each order that the parent sends to the socket at standard input.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The PDFium shared library.
    #[arg(long)]
    pdfium: PathBuf,
    /// The layout model's file.
    #[arg(long)]
    layout_model: Option<PathBuf>,
    /// What its classes are called, where its file does not say so.
    #[arg(long, value_delimiter = ',')]
    layout_labels: Vec<String>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let control = zygote::take_control().context("standard input is no control socket")?;
    let library = Library::load(&args.pdfium);
    let detector = args.layout_model.as_ref().map(|path| Detector::read(path, args.layout_labels.clone()));
    let read = |input, channel| {
        // One that was not there may be by now.
        let library = library.or_else(|_| Library::load(&args.pdfium));
        // An error means that the parent is gone or has heard enough: nobody is left to tell.
        i32::from(child::run(input, channel, library, detector).is_err())
    };
    zygote::serve(control, read).context("the parent gave an order that cannot be read")?;
    Ok(ExitCode::SUCCESS)
}

//! The pipeline on a local file: extracted once, written in every format asked for.

mod outputs;
mod request;

pub use self::request::{Destination, Request, output_name, stem};

use std::fs::File;
use std::io;
use std::path::PathBuf;

use serde::Serialize;

use self::outputs::Outputs;
use super::extraction::{Event, ExtractError, Extraction, Options};
use crate::export::PageImages;
use crate::layout::Page;

/// Told how it goes.
pub trait Observer {
    /// The document is open.
    fn opened(&mut self, pages: u32);
    /// A page is done or failed.
    fn page(&mut self, page: &Page);
}

/// What was done.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// Pages seen, failed ones included.
    pub pages: u32,
    /// Pages that carry an error.
    pub pages_failed: u32,
    /// Zones found.
    pub zones: usize,
    /// Files written.
    pub outputs: Vec<PathBuf>,
}

/// Why a file could not be processed.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// The file cannot be read.
    #[error("cannot read the file; check its name and permissions")]
    Read(#[source] io::Error),
    /// An output cannot be written.
    #[error("cannot write the output; check the folder's permissions and the free space")]
    Write(#[source] io::Error),
    /// The document, or the process reading it, failed.
    #[error(transparent)]
    Extract(#[from] ExtractError),
}

impl LocalError {
    /// For programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read(_) => "cannot_read",
            Self::Write(_) => "cannot_write",
            Self::Extract(ExtractError::Document(failure)) => failure.code.name(),
            Self::Extract(ExtractError::Process(_)) => "cannot_run",
        }
    }
}

/// Processes one file. Outputs appear under their names only once they are complete.
pub async fn process(
    request: &Request,
    mut options: Options,
    observer: &mut impl Observer,
) -> Result<Report, LocalError> {
    let (first_page, last_page) = request.export.page_bounds();
    options.first_page = options.first_page.max(first_page);
    let source = File::open(&request.file).map_err(LocalError::Read)?;
    if !source.metadata().map_err(LocalError::Read)?.is_file() {
        return Err(LocalError::Read(io::Error::other("it is not a regular file")));
    }
    let mut extraction = Extraction::start(source, options);
    let mut outputs = None;
    let mut report = Report::default();
    let mut images = PageImages::default();
    while let Some(event) = extraction.next().await? {
        match event {
            Event::Document(info) => {
                observer.opened(info.page_count);
                outputs = Some(Outputs::start(request, info).map_err(LocalError::Write)?);
            }
            Event::Figures(found) => images = found,
            Event::Page(page) => {
                observer.page(&page);
                report.pages += 1;
                report.pages_failed += u32::from(page.error.is_some());
                report.zones += page.zones.len();
                if let Some(outputs) = &mut outputs {
                    outputs.page(&page, std::mem::take(&mut images)).map_err(LocalError::Write)?;
                }
                if page.page_number >= last_page {
                    break;
                }
            }
        }
    }
    if let Some(outputs) = outputs {
        report.outputs = outputs.finish().map_err(LocalError::Write)?;
    }
    Ok(report)
}

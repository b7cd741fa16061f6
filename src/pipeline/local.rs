//! The pipeline on a local file: extracted once, written in every format asked for.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::extraction::{Event, ExtractError, Extraction, Options};
use super::outputs::Outputs;
use crate::export::{self, Format, PageImages};
use crate::layout::Page;

/// Where outputs go.
#[derive(Debug, Clone)]
pub enum Destination {
    /// Standard output.
    Stdout,
    /// Files named after the input in this folder.
    Folder(PathBuf),
}

/// What to do with one file.
#[derive(Debug, Clone)]
pub struct Request {
    /// The PDF.
    pub file: PathBuf,
    /// Where the outputs go.
    pub destination: Destination,
    /// What is written.
    pub formats: Vec<Format>,
    /// What goes into them. JSON and JSONL have page furniture whatever it says.
    pub export: export::Options,
}

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

/// The name of the file that this format of a document is written to. CSV has a file a table: theirs begin with this,
/// without the ending.
pub fn output_name(file: &Path, format: Format) -> String {
    let ending = if format == Format::Csv { "csv" } else { format.extension() };
    format!("{}.{ending}", stem(file))
}

/// The name of the folder that the pictures of a document's figures are written to.
pub fn image_folder(file: &Path) -> String {
    format!("{}.images", stem(file))
}

/// The name of the file without its ending.
pub fn stem(file: &Path) -> String {
    file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
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

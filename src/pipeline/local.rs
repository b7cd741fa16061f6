//! The pipeline on a local file: extracted once, written in every format asked for.

use std::fs::{File, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tempfile::NamedTempFile;

use super::extraction::{Event, ExtractError, Extraction, Options};
use crate::export::{self, Format, Header, Writer};
use crate::layout::{DocumentInfo, Page};

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
    /// What goes into Markdown; JSON and JSONL have every zone.
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

/// The name of the file without its ending.
pub fn stem(file: &Path) -> String {
    file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

/// Processes one file. Outputs appear under their names only once they are complete.
pub async fn process(
    request: &Request,
    options: Options,
    observer: &mut impl Observer,
) -> Result<Report, LocalError> {
    let source = File::open(&request.file).map_err(LocalError::Read)?;
    if !source.metadata().map_err(LocalError::Read)?.is_file() {
        return Err(LocalError::Read(io::Error::other("it is not a regular file")));
    }
    let mut extraction = Extraction::start(source, options);
    let mut outputs = None;
    let mut report = Report::default();
    while let Some(event) = extraction.next().await? {
        match event {
            Event::Document(info) => {
                observer.opened(info.page_count);
                outputs = Some(Outputs::start(request, info).map_err(LocalError::Write)?);
            }
            Event::Page(page) => {
                observer.page(&page);
                report.pages += 1;
                report.pages_failed += u32::from(page.error.is_some());
                report.zones += page.zones.len();
                if let Some(outputs) = &mut outputs {
                    outputs.page(&page).map_err(LocalError::Write)?;
                }
            }
        }
    }
    if let Some(outputs) = outputs {
        report.outputs = outputs.finish().map_err(LocalError::Write)?;
    }
    Ok(report)
}

/// One writer a format.
struct Outputs(Vec<(Writer<Sink>, Option<PathBuf>)>);

enum Sink {
    Stdout(io::Stdout),
    File(BufWriter<NamedTempFile>),
}

impl Outputs {
    fn start(request: &Request, info: DocumentInfo) -> io::Result<Self> {
        let name = request.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let header = Header { name, info };
        let start = |format: &Format| {
            let (sink, path) = match &request.destination {
                Destination::Stdout => (Sink::Stdout(io::stdout()), None),
                Destination::Folder(folder) => {
                    let path = folder.join(format!("{}.{}", stem(&request.file), format.extension()));
                    (Sink::file(folder)?, Some(path))
                }
            };
            let mut options = request.export.clone();
            options.headers_footers |= *format != Format::Markdown;
            Ok((Writer::start(*format, options, &header, sink)?, path))
        };
        request.formats.iter().map(start).collect::<io::Result<_>>().map(Self)
    }

    fn page(&mut self, page: &Page) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|(writer, _)| writer.page(page))
    }

    fn finish(self) -> io::Result<Vec<PathBuf>> {
        let mut paths = Vec::new();
        for (writer, path) in self.0 {
            let sink = writer.finish()?;
            if let (Sink::File(file), Some(path)) = (sink, path) {
                file.into_inner()?.persist(&path)?;
                paths.push(path);
            }
        }
        Ok(paths)
    }
}

impl Sink {
    fn file(folder: &Path) -> io::Result<Self> {
        // What any new file gets; temporary files are private by default.
        let permissions = Permissions::from_mode(0o666);
        let file = tempfile::Builder::new().prefix(".zoned-").permissions(permissions).tempfile_in(folder)?;
        Ok(Self::File(BufWriter::new(file)))
    }
}

impl Write for Sink {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(output) => output.write(buffer),
            Self::File(output) => output.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(output) => output.flush(),
            Self::File(output) => output.flush(),
        }
    }
}

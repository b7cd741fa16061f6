//! The files of one local document, which appear under their names only once they are complete.

use std::fs::Permissions;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use super::local::{Destination, Request, output_name, stem};
use crate::export::{Format, Header, TableFile, TableFiles, Writer};
use crate::layout::{DocumentInfo, Page};

/// What is written of a document, format by format.
pub(super) struct Outputs(Vec<Output>);

enum Output {
    Stdout(Writer<io::Stdout>),
    File(Writer<BufWriter<NamedTempFile>>, PathBuf),
    Tables(TableFolder),
}

impl Outputs {
    pub(super) fn start(request: &Request, info: DocumentInfo) -> io::Result<Self> {
        let name = request.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let header = Header { name, info, image_folder: format!("{}.images", stem(&request.file)) };
        let start = |format: &Format| Output::start(*format, request, &header);
        request.formats.iter().map(start).collect::<io::Result<_>>().map(Self)
    }

    pub(super) fn page(&mut self, page: &Page) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|output| match output {
            Output::Stdout(writer) => writer.page(page),
            Output::File(writer, _) => writer.page(page),
            Output::Tables(folder) => folder.page(page),
        })
    }

    /// Completes the files and gives their names.
    pub(super) fn finish(self) -> io::Result<Vec<PathBuf>> {
        let mut paths = Vec::new();
        for output in self.0 {
            match output {
                Output::Stdout(writer) => {
                    writer.finish()?;
                }
                Output::File(writer, path) => {
                    writer.finish()?.into_inner()?.persist(&path)?;
                    paths.push(path);
                }
                Output::Tables(folder) => paths.append(&mut folder.finish()?),
            }
        }
        Ok(paths)
    }
}

impl Output {
    fn start(format: Format, request: &Request, header: &Header) -> io::Result<Self> {
        let options = request.export.clone();
        match &request.destination {
            Destination::Stdout => Writer::start(format, options, header, io::stdout()).map(Self::Stdout),
            Destination::Folder(folder) if format == Format::Csv => Ok(Self::Tables(TableFolder {
                tables: TableFiles::new(options),
                folder: folder.clone(),
                stem: stem(&request.file),
                written: Vec::new(),
            })),
            Destination::Folder(folder) => {
                let file = BufWriter::new(temporary(folder)?);
                let path = folder.join(output_name(&request.file, format));
                Ok(Self::File(Writer::start(format, options, header, file)?, path))
            }
        }
    }
}

/// `NAME.table-1.csv` and so on.
struct TableFolder {
    tables: TableFiles,
    folder: PathBuf,
    stem: String,
    /// Closed files: a document can have more tables than a process may have files open.
    written: Vec<(TempPath, PathBuf)>,
}

impl TableFolder {
    fn page(&mut self, page: &Page) -> io::Result<()> {
        let files = self.tables.page(page)?;
        add(&mut self.written, &self.folder, &self.stem, files)
    }

    fn finish(mut self) -> io::Result<Vec<PathBuf>> {
        let files = self.tables.finish()?;
        add(&mut self.written, &self.folder, &self.stem, files)?;
        let persist = |(file, path): (TempPath, PathBuf)| {
            file.persist(&path)?;
            Ok(path)
        };
        self.written.into_iter().map(persist).collect()
    }
}

fn add(
    written: &mut Vec<(TempPath, PathBuf)>,
    folder: &Path,
    stem: &str,
    files: Vec<TableFile>,
) -> io::Result<()> {
    for TableFile { number, bytes } in files {
        let mut file = temporary(folder)?;
        file.write_all(&bytes)?;
        written.push((file.into_temp_path(), folder.join(format!("{stem}.table-{number}.csv"))));
    }
    Ok(())
}

fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    // What any new file gets; temporary files are private by default.
    let permissions = Permissions::from_mode(0o666);
    tempfile::Builder::new().prefix(".zoned-").permissions(permissions).tempfile_in(folder)
}

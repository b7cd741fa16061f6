//! The files of one local document, which appear under their names only once they are complete.

use std::fs::Permissions;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir, TempPath};

use super::request::{Destination, Request, image_folder, output_name, stem};
use crate::export::{self, Format, Header, PageImages, TableFile, TableFiles, Writer};
use crate::layout::{DocumentInfo, Page};

/// What is written of a document, format by format.
pub(super) struct Outputs {
    files: Vec<Output>,
    figures: Option<FigureFolder>,
    export: export::Options,
}

enum Output {
    Stdout(Writer<io::Stdout>),
    File(Writer<BufWriter<NamedTempFile>>, PathBuf),
    Tables(TableFolder),
}

impl Outputs {
    pub(super) fn start(request: &Request, info: DocumentInfo) -> io::Result<Self> {
        let name = request.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let header = Header { name, info, image_folder: image_folder(&request.file) };
        let start = |format: &Format| Output::start(*format, request, &header);
        let files = request.formats.iter().map(start).collect::<io::Result<_>>()?;
        let figures = match &request.destination {
            Destination::Folder(folder) => {
                Some(FigureFolder { folder: folder.join(&header.image_folder), waiting: None })
            }
            Destination::Stdout => None,
        };
        Ok(Self { files, figures, export: request.export.clone() })
    }

    /// Writes a page; of the pictures of its figures those that are wanted.
    pub(super) fn page(&mut self, page: &Page, mut images: PageImages) -> io::Result<()> {
        images.retain(|zone| page.zones.get(zone).is_some_and(|zone| self.export.wants_figure(page, zone)));
        if let Some(figures) = &mut self.figures {
            figures.page(page.page_number, &images)?;
        }
        self.files.iter_mut().try_for_each(|output| match output {
            Output::Stdout(writer) => writer.page_with_images(page, &images),
            Output::File(writer, _) => writer.page_with_images(page, &images),
            Output::Tables(folder) => folder.page(page),
        })
    }

    /// Completes the files and gives their names.
    pub(super) fn finish(self) -> io::Result<Vec<PathBuf>> {
        let mut paths = Vec::new();
        for output in self.files {
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
        if let Some(figures) = self.figures {
            paths.append(&mut figures.finish()?);
        }
        Ok(paths)
    }
}

/// `NAME.images/page-1-zone-4.png` and so on; there is no folder without a picture.
struct FigureFolder {
    folder: PathBuf,
    /// The pictures so far, in a folder under another name, with their own.
    waiting: Option<(TempDir, Vec<String>)>,
}

impl FigureFolder {
    fn page(&mut self, page_number: u32, images: &PageImages) -> io::Result<()> {
        for (zone, image) in images.iter() {
            let (folder, names) = match &mut self.waiting {
                Some(waiting) => waiting,
                None => self.waiting.insert((temporary_folder(&self.folder)?, Vec::new())),
            };
            let name = image.file_name(page_number, zone as u32);
            std::fs::write(folder.path().join(&name), &image.bytes)?;
            names.push(name);
        }
        Ok(())
    }

    /// Moves the pictures to their place, over those of the same name.
    fn finish(self) -> io::Result<Vec<PathBuf>> {
        let Some((from, names)) = self.waiting else { return Ok(Vec::new()) };
        std::fs::create_dir_all(&self.folder)?;
        let move_there = |name: String| {
            let path = self.folder.join(&name);
            std::fs::rename(from.path().join(&name), &path)?;
            Ok(path)
        };
        names.into_iter().map(move_there).collect()
    }
}

/// A folder beside this one, removed unless it is empty by then.
fn temporary_folder(beside: &Path) -> io::Result<TempDir> {
    tempfile::Builder::new().prefix(".zoned-").tempdir_in(beside.parent().unwrap_or(beside))
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

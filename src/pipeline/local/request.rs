//! What to do with a local file, and what its outputs are called.

use std::path::{Path, PathBuf};

use crate::export::{self, Format};

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

/// The name of the file that this format of a document is written to. CSV has a file a table: theirs begin with this,
/// without the ending.
pub fn output_name(file: &Path, format: Format) -> String {
    let ending = if format == Format::Csv { "csv" } else { format.extension() };
    format!("{}.{ending}", stem(file))
}

/// The name of the folder that the pictures of a document's figures are written to.
pub(super) fn image_folder(file: &Path) -> String {
    format!("{}.images", stem(file))
}

/// The name of the file without its ending.
pub fn stem(file: &Path) -> String {
    file.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

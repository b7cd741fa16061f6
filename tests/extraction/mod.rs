//! What the tests of extraction share: the executable and PDFs that are hard to read.
#![allow(dead_code)] // each test binary uses its part

pub(crate) mod pdfs;

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use zoned::config::Config;
use zoned::layout::{DocumentInfo, Page};
use zoned::pipeline::{Event, ExtractError, Extraction, Launcher, Options};

/// A fixture's path.
pub(crate) fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// The executable under test.
pub(crate) fn executable() -> PathBuf {
    env!("CARGO_BIN_EXE_zoned").into()
}

/// The default options, with the executable under test: the test's own is another one.
pub(crate) fn options() -> Options {
    let config = Config::load(None).unwrap();
    let mut options = Options::new(&config).unwrap();
    options.launcher = Launcher::new(executable(), options.launcher.pdfium().into());
    options
}

/// A file with these bytes and no name.
pub(crate) fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

/// The whole document.
pub(crate) async fn extract(
    source: File,
    options: Options,
) -> Result<(Option<DocumentInfo>, Vec<Page>), ExtractError> {
    let mut extraction = Extraction::start(source, options);
    let (mut info, mut pages) = (None, Vec::new());
    while let Some(event) = extraction.next().await? {
        match event {
            Event::Document(document) => info = Some(document),
            Event::Figures(_) => {}
            Event::Page(page) => pages.push(page),
        }
    }
    Ok((info, pages))
}

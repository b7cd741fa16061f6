//! Finding and loading the PDFium shared library.
#![allow(unsafe_code)] // the library is initialised through C functions

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::path::{Path, PathBuf};

use pdfium_render::prelude::{Pdfium, PdfiumLibraryBindings};

/// The loaded library.
pub struct Library {
    pub(super) calls: Box<dyn PdfiumLibraryBindings>,
}

/// PDFium could not be loaded.
#[derive(Debug, thiserror::Error)]
#[error(
    "PDFium cannot be loaded from {path}: {reason}; run `make setup`, or set pdfium.library in config.toml"
)]
pub struct LibraryError {
    path: String,
    reason: String,
}

/// The first fields of `FPDF_LIBRARY_CONFIG` (`fpdfview.h`), as its version 2 has them.
#[repr(C)]
struct Configuration {
    version: c_int,
    /// Folders of fonts, ended by a null pointer.
    user_font_paths: *const FontPaths,
    isolate: *const c_void,
    v8_embedder_slot: c_uint,
}

#[repr(transparent)]
struct FontPaths([*const c_char; 1]);

// SAFETY: null pointers, never written.
unsafe impl Sync for FontPaths {}
// SAFETY: pointers to constants, never written.
unsafe impl Sync for Configuration {}

/// No folder: what a page looks like, and with it the boxes of its text, must not depend on the fonts of the machine, and
/// a child looks for none in its sandbox. PDFium has fonts of its own for what is not embedded.
static NO_FONTS: FontPaths = FontPaths([std::ptr::null()]);
static CONFIG: Configuration = Configuration {
    version: 2,
    user_font_paths: &raw const NO_FONTS,
    isolate: std::ptr::null(),
    v8_embedder_slot: 0,
};

impl Library {
    /// Loads and initialises the library.
    pub fn load(path: &Path) -> Result<Self, LibraryError> {
        let calls = Pdfium::bind_to_library(path)
            .map_err(|error| LibraryError { path: path.display().to_string(), reason: error.to_string() })?;
        // SAFETY: called once, before any other function of the library, as PDFium requires; what it is given lives as
        // long as the process, and of this version's fields there are no more.
        unsafe { calls.FPDF_InitLibraryWithConfig(std::ptr::from_ref(&CONFIG).cast()) };
        Ok(Self { calls })
    }
}

/// The library to load: `configured` if it is not empty, else the first that exists in the usual places, else the
/// bare file name, which the system's loader looks up.
pub fn find_library(configured: &Path) -> PathBuf {
    if !configured.as_os_str().is_empty() {
        return configured.to_path_buf();
    }
    let name = PathBuf::from(Pdfium::pdfium_platform_library_name());
    candidates(&name).into_iter().find(|path| path.is_file()).unwrap_or(name)
}

fn candidates(name: &Path) -> Vec<PathBuf> {
    let executable = std::env::current_exe().ok();
    let beside = executable.iter().filter_map(|path| path.parent()).map(|folder| folder.join(name));
    let above_executable = executable.iter().flat_map(|path| path.ancestors().skip(1));
    let working_directory = std::env::current_dir().ok();
    let above_working_directory = working_directory.iter().flat_map(|path| path.ancestors());
    let in_cache = above_executable
        .chain(above_working_directory)
        .map(|folder| folder.join(".cache/pdfium/pypdfium2_raw").join(name));
    beside.chain(in_cache).collect()
}

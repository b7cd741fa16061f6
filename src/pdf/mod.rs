//! PDFium, only ever loaded in the child process: a document's pages as plain glyphs, rulings and boxes.
//!
//! PDFium is not thread-safe and hostile files can make it crash, hang or exhaust memory, so nothing outside
//! `zoned extract` uses this module. The raw C functions are called through pdfium-render's table: its wrappers
//! allocate per character, which costs more than the extraction itself.

mod annotations;
mod clip;
mod document;
mod fonts;
mod frame;
mod glyphs;
mod library;
mod objects;
mod open_page;
mod outline;
mod page;
mod paint;
mod reader;
mod render;
mod structure_tree;

pub use document::{Document, OpenError};
pub use library::{Library, LibraryError, find_library};
pub use open_page::{PageLimits, PageReadError};
pub use render::{POINTS_PER_INCH, Rendering, View};

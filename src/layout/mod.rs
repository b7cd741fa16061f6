//! Glyphs to zones: pure functions, no I/O.
//!
//! Each step is a file that can be read alone.

mod content;
mod geometry;
mod lines;
mod zone;

pub use content::{Axis, Direction, Glyph, PageContent, Ruling, Style};
pub use geometry::Rect;
pub use zone::{
    Bbox, Cell, DocumentInfo, ENGINE_VERSION, Metadata, Page, PageError, PageErrorCode, Table, TextSource,
    Zone, ZoneKind,
};

pub use analysis::{PreparedPage, prepare, zones};
mod analysis;

//! Glyphs to zones: pure functions, no I/O.
//!
//! `content` is what goes in, `zone` what comes out. The steps, in the order in which `page` and then `analysis` call them:
//!
//! - `glyphs`: what is drawn twice taken out, accents put on their letters, whether the characters say what is seen;
//!   `tags`: whether what the PDF says of them is sound; `scripts`: which are set vertically.
//! - `lines`: glyphs put together to words and segments of lines; `bullets`: drawn markers of items read as signs.
//! - `furniture`: what lies over the page and runs along its edges.
//! - `tables`: what rulings and fills make a table, and later what only lines up; `figures`: pictures and drawings.
//! - `columns`: everything left in reading order.
//! - `blocks`: lines joined; `kinds`: what each block is. `assembly` makes the zones of them.
//! - `headings`: what bookmarks name, the document's title; `fields`: those of forms.
//!
//! `region` makes one zone of what is under a box.
//!
//! # Confidence
//! A zone's confidence is the engine's estimate of the share of such zones whose kind and extent are right. Each rule has
//! its own, its hit rate on documents with known zones, public ones counted more often; `bench/quality` prints the rates
//! anew. What repeats across pages or is enclosed by rulings is near certain (.95), what the form of a text says by several
//! signs is likely (.8 to .95), what one sign says is a guess worth having (.4 to .75).

mod analysis;
mod assembly;
mod blocks;
mod bullets;
mod columns;
mod content;
mod fields;
mod figures;
mod furniture;
mod geometry;
mod glyphs;
mod headings;
mod kinds;
mod lines;
mod page;
mod region;
mod scripts;
mod tables;
mod tags;
mod text;
mod turn;
mod zone;

pub use analysis::zones;
pub use content::{Axis, Bookmark, Direction, FormField, Glyph, PageContent, Role, Ruling, Style, Tag};
pub use geometry::Rect;
pub use kinds::lists::items_of;
pub use page::{PreparedPage, prepare};
pub use region::{Region, read_region};
pub use zone::{
    Bbox, Cell, DocumentInfo, ENGINE_VERSION, ListItem, Metadata, Page, PageError, PageErrorCode, Table,
    TextSource, Zone, ZoneKind,
};

//! Glyphs to zones: pure functions, no I/O.
//!
//! The steps, a file each: `overprint` takes out what is drawn twice, `marks` puts accents on their letters, `legibility`
//! tells whether the characters say what is seen, `tags` whether what the PDF says of them is sound; `scripts` finds vertical text; `lines` puts glyphs together to words and
//! line segments, with `bidi` for text that runs to the left, `tracking` for spaced letters, `initials` for large ones `slanted` for those along other lines and `justified` for stretched spaces;
//! `watermarks`, `line_numbers` and `furniture` set apart what lies over the page and runs along its edges; `tables` finds what rulings and fills make a table, `figures`
//! pictures and drawings; `columns` puts everything left in reading order, by the valleys of its `profile` and what `sides` says of them; `tables` again finds what only lines up in
//! each column; `blocks` joins lines, `kinds` says what each block is and `lists` how items are nested.
//! `analysis` calls them in this order, `assembly` makes the zones,
//! `outline` raises the headings that bookmarks name, `titles` finds the document's own, `fields` adds those of forms. `content` is what goes in, `zone` what comes out;
//! `region` makes one zone of what is under a box.
//!
//! # Confidence
//! A zone's confidence is the engine's estimate of the share of such zones whose kind and extent are right. Each rule has
//! its own, its hit rate on documents with known zones, public ones counted more often; `bench/quality` prints the rates
//! anew. What repeats across pages or is enclosed by rulings is near certain (.95), what the form of a text says by several
//! signs is likely (.8 to .95), what one sign says is a guess worth having (.4 to .75).

mod analysis;
mod assembly;
mod bidi;
mod blocks;
mod bullets;
mod columns;
mod content;
mod corridors;
mod fields;
mod figures;
mod formulas;
mod furniture;
mod geometry;
mod initials;
mod justified;
mod kinds;
mod legibility;
mod line_numbers;
mod lines;
mod lists;
mod marks;
mod outline;
mod overprint;
mod profile;
mod region;
mod region_table;
mod scripts;
mod sides;
mod slanted;
mod tables;
mod tags;
mod text;
mod titles;
mod toc;
mod tracking;
mod turn;
mod watermarks;
mod zone;

pub use analysis::{PreparedPage, prepare, zones};
pub use content::{Axis, Direction, Glyph, PageContent, Ruling, Style};
pub use fields::FormField;
pub use geometry::Rect;
pub use lists::items_of;
pub use outline::Bookmark;
pub use region::{Region, read_region};
pub use tags::{Role, Tag};
pub use zone::{
    Bbox, Cell, DocumentInfo, ENGINE_VERSION, ListItem, Metadata, Page, PageError, PageErrorCode, Table,
    TextSource, Zone, ZoneKind,
};

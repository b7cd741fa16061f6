//! Tables: where they are and what their cells are.
//!
//! Where: `grid` takes rulings that make a full grid, `regions` the stretches of a page that rulings or fills enclose
//! without making one, `aligned` the rows of a column that line up with nothing drawn around them. What: a full grid gives
//! its cells itself; for the others `structure` asks `borders` for the columns, `header` for the rows of headings and
//! `rows` for those below, all from the `text_lines` of the table. `cells` fills cells with their words.
//!
//! The division into finding and recognising is that of M. Göbel et al., *ICDAR 2013 table competition*; each step names
//! the work it follows.

mod aligned;
mod borders;
mod cells;
mod extent;
mod grid;
mod header;
mod headline;
mod regions;
mod rows;
mod rulings;
mod structure;
mod subrows;
mod text_lines;

pub(super) use aligned::{Aligned, find as find_aligned};
pub(super) use cells::{FoundTable, cell_text, plain_text};
pub(super) use regions::find as find_ruled;
pub(super) use rulings::merged;

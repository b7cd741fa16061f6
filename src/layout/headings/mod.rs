//! What a document says of its headings beyond the form of each: `outline` raises those that bookmarks name, `titles` finds
//! the document's own.

pub(super) mod outline;
pub(super) mod titles;

/// A heading among the zones, by its index, and the size it is set in, points.
#[derive(Debug, Clone, Copy)]
pub(super) struct SetHeading {
    pub(super) index: usize,
    pub(super) size: f32,
}

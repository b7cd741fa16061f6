//! What a document says of its headings beyond the form of each: `outline` raises those that bookmarks name, `titles` finds
//! the document's own, `alike` those that are set as others of the page are.

pub(super) mod alike;
pub(super) mod outline;
pub(super) mod titles;

use super::content::Style;

/// A text among the zones, by its index, and how it is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct SetText {
    pub(super) index: usize,
    /// Its font size, points.
    pub(super) size: f32,
    pub(super) style: Style,
}

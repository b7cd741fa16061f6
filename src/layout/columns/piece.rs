//! What is put in reading order.

use crate::layout::geometry::Rect;
use crate::layout::lines::Segment;

/// What is put in order: a line of text, or a table or figure as a whole.
#[derive(Debug, Clone, Copy)]
pub(in crate::layout) struct Piece {
    pub(in crate::layout) rect: Rect,
    /// Number of characters; none for a table or figure.
    pub(in crate::layout) characters: Option<usize>,
    /// Font size; for a table or figure that of the body text.
    pub(in crate::layout) em: f32,
    /// What it stands on.
    pub(in crate::layout) baseline: f32,
    /// Whether it is bold or coloured, as headings are.
    pub(in crate::layout) is_marked: bool,
    /// Whether it begins with anything but a small letter.
    pub(in crate::layout) begins: bool,
}

impl From<&Segment> for Piece {
    fn from(segment: &Segment) -> Self {
        Self {
            rect: segment.rect,
            characters: Some(segment.glyphs),
            em: segment.size,
            baseline: segment.baseline,
            is_marked: segment.style.bold || segment.style.coloured,
            begins: !segment.text.starts_with(char::is_lowercase),
        }
    }
}

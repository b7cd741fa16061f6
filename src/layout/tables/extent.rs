//! Which rows and columns something takes up.

use crate::layout::geometry::Rect;

/// Text crosses a border when it reaches over it by more than this (points).
const CROSSING: f32 = 1.0;

/// A cell's first and last row and column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) top: usize,
    pub(super) left: usize,
    pub(super) bottom: usize,
    pub(super) right: usize,
}

/// The first and last column of what lies between borders `xs`.
pub(super) fn columns_of(rect: &Rect, xs: &[f32]) -> (usize, usize) {
    let last_column = xs.len().saturating_sub(2);
    let at = |x: f32| xs.iter().rposition(|border| *border <= x).unwrap_or(0).min(last_column);
    let (first, last) = (at(rect.left + CROSSING), at(rect.right - CROSSING));
    (first, last.max(first))
}

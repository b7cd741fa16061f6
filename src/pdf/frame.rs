//! Where things are on a page as displayed.

use crate::layout::Rect;

/// From PDF user space (origin bottom left, unrotated) to the page as displayed (origin top left).
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// The part of user space that is displayed; its `top` is the smaller y.
    pub(super) visible: Rect,
    /// How many clockwise quarter turns the page is displayed with.
    pub(super) quarter_turns: u16,
    /// Points displayed for a unit of user space.
    pub(super) scale: f32,
}

impl Frame {
    pub(super) fn point(&self, x: f32, y: f32) -> (f32, f32) {
        let visible = &self.visible;
        let (x, y) = match self.quarter_turns {
            0 => (x - visible.left, visible.bottom - y),
            1 => (y - visible.top, x - visible.left),
            2 => (visible.right - x, y - visible.top),
            _ => (visible.bottom - y, visible.right - x),
        };
        (x * self.scale, y * self.scale)
    }

    pub(super) fn rect(&self, x0: f32, y0: f32, x1: f32, y1: f32) -> Rect {
        let (left, top) = self.point(x0, y0);
        let (right, bottom) = self.point(x1, y1);
        Rect::from_corners(left, top, right, bottom)
    }
}

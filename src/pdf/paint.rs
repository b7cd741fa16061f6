//! What is painted over and under text, in drawing order: tells whether text can be seen.

use std::collections::HashMap;

use pdfium_render::prelude::FPDF_PAGEOBJECT;

use crate::layout::Rect;

/// A colour from this lightness on (each of red, green and blue) is white on white paper.
const NEAR_WHITE: u8 = 245;
/// The strongest part of a colour is this much stronger (of 255) than the weakest: dark blues of print have about as much.
const MIN_CHROMA: u8 = 48;
/// Most fills remembered of either sort.
const MAX_FILLS: usize = 256;

/// Red, green and blue.
pub(super) type Color = [u8; 3];

/// Whether text of this colour is lost on white paper.
pub(super) fn is_near_white(color: Color) -> bool {
    color.into_iter().all(|part| part >= NEAR_WHITE)
}

/// Whether the colour is told from black, grey and white at a glance.
pub(super) fn is_coloured(color: Color) -> bool {
    let (least, most) =
        color.into_iter().fold((u8::MAX, 0), |(least, most), part| (least.min(part), most.max(part)));
    most - least >= MIN_CHROMA
}

/// An area filled with one colour.
#[derive(Debug, Clone, Copy)]
struct Fill {
    rect: Rect,
    /// None for patterns and pictures.
    color: Option<Color>,
    /// How many objects were drawn before.
    order: u32,
}

/// The fills of a page and where its texts come between them.
#[derive(Debug, Default)]
pub(super) struct Paint {
    /// What may be under text.
    grounds: Vec<Fill>,
    /// What hides everything drawn before.
    covers: Vec<Fill>,
    texts: HashMap<FPDF_PAGEOBJECT, u32>,
    order: u32,
}

impl Paint {
    /// The next object is drawn.
    pub(super) fn advance(&mut self) {
        self.order = self.order.saturating_add(1);
    }

    /// The object that is drawn now is this text.
    pub(super) fn text(&mut self, object: FPDF_PAGEOBJECT) {
        self.texts.insert(object, self.order);
    }

    /// Whether a fill drawn now can hide text.
    pub(super) fn has_text(&self) -> bool {
        !self.texts.is_empty() && self.covers.len() < MAX_FILLS
    }

    /// The object that is drawn now fills this area.
    pub(super) fn ground(&mut self, rect: Rect, color: Option<Color>) {
        if self.grounds.len() < MAX_FILLS {
            self.grounds.push(Fill { rect, color, order: self.order });
        }
    }

    /// The object that is drawn now hides what was drawn in this area.
    pub(super) fn cover(&mut self, rect: Rect) {
        self.covers.push(Fill { rect, color: None, order: self.order });
    }

    /// When the text is drawn; none for one inside a form.
    pub(super) fn order_of(&self, object: FPDF_PAGEOBJECT) -> Option<u32> {
        self.texts.get(&object).copied()
    }

    /// Whether something drawn after `order` hides the point.
    pub(super) fn is_covered(&self, x: f32, y: f32, order: u32) -> bool {
        self.covers
            .iter()
            .rev()
            .take_while(|fill| fill.order > order)
            .any(|fill| fill.rect.contains_point(x, y))
    }

    /// Whether white text at the point has anything but white under it. What is not known counts as dark.
    pub(super) fn is_dark_below(&self, x: f32, y: f32, order: Option<u32>) -> bool {
        self.grounds.len() >= MAX_FILLS
            || self
                .grounds
                .iter()
                .rev()
                .filter(|fill| order.is_none_or(|order| fill.order < order))
                .find(|fill| fill.rect.contains_point(x, y))
                .is_some_and(|fill| fill.color.is_none_or(|color| !is_near_white(color)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: Rect = Rect { left: 0.0, top: 0.0, right: 10.0, bottom: 10.0 };

    #[test]
    fn white_text_needs_a_dark_ground() {
        let mut paint = Paint::default();
        paint.advance();
        paint.ground(BOX, Some([0, 0, 90]));
        assert!(paint.is_dark_below(5.0, 5.0, Some(2)));
        assert!(!paint.is_dark_below(15.0, 5.0, Some(2)));
        assert!(!paint.is_dark_below(5.0, 5.0, Some(1)), "drawn before the ground");
        paint.advance();
        paint.ground(BOX, Some([255, 255, 255]));
        assert!(!paint.is_dark_below(5.0, 5.0, Some(3)), "the last fill is what is seen");
    }

    #[test]
    fn only_what_is_drawn_later_hides() {
        let mut paint = Paint::default();
        paint.advance();
        paint.cover(BOX);
        assert!(paint.is_covered(5.0, 5.0, 0));
        assert!(!paint.is_covered(5.0, 5.0, 1));
        assert!(!paint.is_covered(5.0, 15.0, 0));
    }

    #[test]
    fn greys_are_no_colours() {
        assert!(is_coloured([31, 56, 100]) && is_coloured([192, 0, 0]));
        assert!(!is_coloured([0, 0, 0]) && !is_coloured([120, 120, 128]) && !is_coloured([255, 255, 255]));
    }
}

//! Which pixels of a picture are accounted for: those of words that were read, and of straight lines.

use super::word::Word;
use crate::layout::{Axis, Ruling};
use crate::picture::GreyPicture;

/// Pixels that words and lines cover.
pub(super) struct Mask {
    width: usize,
    height: usize,
    covered: Vec<bool>,
    /// How far words reach beyond their boxes, and lines beside their middle, pixels: print is blurred.
    margin: f32,
}

impl Mask {
    /// Of nothing, for a picture drawn `scale` pixels a point.
    pub(super) fn new(picture: &GreyPicture, scale: f32) -> Self {
        let (width, height) = (picture.width as usize, picture.height as usize);
        Self { width, height, covered: vec![false; width * height], margin: scale.max(1.0) }
    }

    /// Adds words.
    pub(super) fn add_words<'a>(&mut self, words: impl IntoIterator<Item = &'a Word>) {
        for word in words {
            let (left, top) = (word.left as f32, word.top as f32);
            let (right, bottom) = (left + word.width as f32, top + word.height as f32);
            let margin = self.margin;
            self.add(left - margin, top - margin, right + margin, bottom + margin);
        }
    }

    /// Adds lines, which are in points.
    pub(super) fn add_lines(&mut self, lines: &[Ruling], scale: f32) {
        let thick = 2.0 * self.margin;
        for line in lines {
            let (start, end, position) = (line.start * scale, line.end * scale, line.position * scale);
            match line.axis {
                Axis::Horizontal => self.add(start, position - thick, end, position + thick),
                Axis::Vertical => self.add(position - thick, start, position + thick, end),
            }
        }
    }

    fn add(&mut self, left: f32, top: f32, right: f32, bottom: f32) {
        let clamp = |value: f32, most: usize| (value.max(0.0) as usize).min(most);
        let (left, right) = (clamp(left, self.width), clamp(right, self.width));
        for y in clamp(top, self.height)..clamp(bottom, self.height) {
            self.covered[y * self.width + left..y * self.width + right.max(left)].fill(true);
        }
    }

    /// Whether the pixel is covered; those outside are not.
    pub(super) fn covers(&self, x: u32, y: u32) -> bool {
        (x as usize) < self.width
            && self.covered.get(y as usize * self.width + x as usize).is_some_and(|covered| *covered)
    }

    /// All pixels, row by row.
    pub(super) fn pixels(&self) -> &[bool] {
        &self.covered
    }
}

//! Turning a page by quarters, so that text of any upright direction can be treated as running to the right.

use super::content::{Axis, Direction, Glyph, Ruling};
use super::geometry::Rect;

/// Turns a page so that text of one direction runs to the right, and back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    /// The direction that will run to the right.
    pub(super) direction: Direction,
    /// Width of the page before turning, points.
    pub(super) width: f32,
    /// Height of the page before turning, points.
    pub(super) height: f32,
}

impl Turn {
    fn point(&self, x: f32, y: f32) -> (f32, f32) {
        match self.direction {
            Direction::Right | Direction::Slanted => (x, y),
            Direction::Down => (y, self.width - x),
            Direction::Left => (self.width - x, self.height - y),
            Direction::Up => (self.height - y, x),
        }
    }

    fn back(&self, x: f32, y: f32) -> (f32, f32) {
        match self.direction {
            Direction::Right | Direction::Slanted => (x, y),
            Direction::Down => (self.width - y, x),
            Direction::Left => (self.width - x, self.height - y),
            Direction::Up => (y, self.height - x),
        }
    }

    pub(super) fn rect(&self, rect: &Rect) -> Rect {
        map_corners(rect, |x, y| self.point(x, y))
    }

    pub(super) fn rect_back(&self, rect: &Rect) -> Rect {
        map_corners(rect, |x, y| self.back(x, y))
    }

    pub(super) fn glyph(&self, glyph: &Glyph) -> Glyph {
        Glyph {
            ink: self.rect(&glyph.ink),
            advance: self.rect(&glyph.advance),
            origin: self.point(glyph.origin.0, glyph.origin.1),
            direction: self.direction_after(glyph.direction),
            ..*glyph
        }
    }

    pub(super) fn ruling(&self, ruling: &Ruling) -> Ruling {
        let rect = self.rect(&ruling.rect());
        let turned = matches!(self.direction, Direction::Down | Direction::Up);
        match (ruling.axis, turned) {
            (Axis::Horizontal, false) | (Axis::Vertical, true) => {
                Ruling { axis: Axis::Horizontal, position: rect.top, start: rect.left, end: rect.right }
            }
            _ => Ruling { axis: Axis::Vertical, position: rect.left, start: rect.top, end: rect.bottom },
        }
    }

    /// The page's width and height after turning.
    pub(super) fn size(&self) -> (f32, f32) {
        match self.direction {
            Direction::Down | Direction::Up => (self.height, self.width),
            _ => (self.width, self.height),
        }
    }

    /// Which way text of `direction` runs after turning.
    fn direction_after(&self, direction: Direction) -> Direction {
        const CLOCKWISE: [Direction; 4] = [Direction::Right, Direction::Down, Direction::Left, Direction::Up];
        let quarter = |direction| CLOCKWISE.iter().position(|other| *other == direction);
        match (quarter(direction), quarter(self.direction)) {
            (Some(from), Some(by)) => CLOCKWISE[(from + 4 - by) % 4],
            _ => direction,
        }
    }
}

fn map_corners(rect: &Rect, map: impl Fn(f32, f32) -> (f32, f32)) -> Rect {
    let (x0, y0) = map(rect.left, rect.top);
    let (x1, y1) = map(rect.right, rect.bottom);
    Rect::from_corners(x0, y0, x1, y1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn turning_there_and_back_gives_the_same_rectangle(
            x in 0f32..600.0, y in 0f32..700.0, width in 1f32..100.0, height in 1f32..100.0, quarter in 0usize..4,
        ) {
            let direction =
                [Direction::Right, Direction::Down, Direction::Left, Direction::Up][quarter];
            let turn = Turn { direction, width: 700.0, height: 800.0 };
            let rect = Rect::from_corners(x, y, x + width, y + height);
            let back = turn.rect_back(&turn.rect(&rect));
            prop_assert!((back.left - rect.left).abs() < 0.01 && (back.bottom - rect.bottom).abs() < 0.01);
            prop_assert_eq!(turn.direction_after(direction), Direction::Right);
        }
    }
}

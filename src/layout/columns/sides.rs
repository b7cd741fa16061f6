//! What lies on both sides of a possible gutter: columns to be read one after the other, or rows to be read across.
//!
//! Length of lines tells running text from cells; where it does not, their places do. Keys of rows (times of a programme,
//! terms and what they mean) stand beside the beginning of what belongs to them. Lines of columns follow each other
//! closely on each side and do not care for those of the other.

use super::piece::Piece;

/// So many keys make rows, and this share of them must stand beside a line that begins something.
const MIN_KEYS: usize = 2;
/// Of fewer keys than this, all must.
const FEW_KEYS: usize = 5;
const BESIDE: f32 = 0.85;
/// Lines on one line differ in height by less (ems).
const SAME_LINE: f32 = 0.3;
/// Columns of short lines have so many on each side. Lines are close up to this distance (ems), and this share of them is.
const MIN_STACK: usize = 8;
const CLOSE: f32 = 1.7;
const MIN_CLOSE: f32 = 0.6;
/// Pairs of pieces compared at most; real pages need a hundredth.
const MAX_COMPARISONS: usize = 100_000;
/// Lines of a column begin within this (ems).
const INDENT: f32 = 4.0;
/// A block has so many lines at least, not further apart than this (ems), and so much white (ems) beside it.
const MIN_BLOCK: usize = 2;
const BLOCK_LEADING: f32 = 2.0;
const BLOCK_GAP: f32 = 3.0;
/// This share of the lines has none on the same line in the other column.
const MIN_ALONE: f32 = 0.4;

/// Whether each line of `keys` begins a row with one of `texts`.
pub(super) fn are_rows(keys: &[&Piece], texts: &[&Piece]) -> bool {
    let keys: Vec<&Piece> = keys.iter().copied().filter(|piece| piece.characters.is_some()).collect();
    if keys.len().saturating_mul(texts.len()) > MAX_COMPARISONS {
        return false;
    }
    let beginning = |key: &&&Piece| {
        texts.iter().any(|text| is_beside(key, text) && text.begins && text.characters.is_some())
    };
    let beside = keys.iter().filter(beginning).count();
    let all = keys.len() < FEW_KEYS && beside == keys.len();
    keys.len() >= MIN_KEYS && (all || beside as f32 >= BESIDE * keys.len() as f32 && keys.len() >= FEW_KEYS)
}

/// Whether both sides are columns of short lines.
pub(super) fn are_stacks(left: &[&Piece], right: &[&Piece]) -> bool {
    if left.len().saturating_mul(right.len()) > MAX_COMPARISONS {
        return false;
    }
    let (top, bottom) = (highest(left).max(highest(right)), lowest(left).min(lowest(right)));
    let within = |side: &[&Piece]| -> Vec<Piece> {
        let inside =
            |piece: &&&Piece| piece.characters.is_some() && (top..=bottom).contains(&piece.rect.center_y());
        let mut lines: Vec<Piece> = side.iter().filter(inside).map(|piece| **piece).collect();
        lines.sort_by(|a, b| a.rect.top.total_cmp(&b.rect.top));
        lines
    };
    let (left, mut right) = (within(left), within(right));
    // Of several columns on the right only the nearest one tells.
    let start = right.iter().map(|line| line.rect.left).fold(f32::INFINITY, f32::min);
    right.retain(|line| line.rect.left < start + INDENT * line.em);
    is_stack(&left) && is_stack(&right) && alone(&left, &right) && alone(&right, &left)
}

/// Whether the sides are two small blocks of text, such as an address and what it is about: their lines follow each other
/// closely and are not on the same height, as the cells of rows are.
pub(super) fn are_blocks(left: &[&Piece], right: &[&Piece]) -> bool {
    let lines = |side: &[&Piece]| -> Vec<Piece> {
        let mut lines: Vec<Piece> = side.iter().map(|piece| **piece).collect();
        lines.sort_by(|a, b| a.rect.top.total_cmp(&b.rect.top));
        lines
    };
    let (left, right) = (lines(left), lines(right));
    let is_block = |lines: &[Piece]| {
        (MIN_BLOCK..MIN_STACK).contains(&lines.len())
            && lines.iter().all(|line| line.characters.is_some())
            && lines.windows(2).all(|pair| pair[1].baseline - pair[0].baseline < BLOCK_LEADING * pair[1].em)
    };
    let white = left.iter().map(|line| line.rect.right).fold(f32::NEG_INFINITY, f32::max);
    let apart = right.iter().map(|line| line.rect.left).fold(f32::INFINITY, f32::min) - white;
    let em = left.first().map_or(0.0, |line| line.em);
    is_block(&left)
        && is_block(&right)
        && apart > BLOCK_GAP * em
        && alone(&left, &right)
        && alone(&right, &left)
}

fn highest(side: &[&Piece]) -> f32 {
    side.iter().map(|piece| piece.rect.top).fold(f32::INFINITY, f32::min)
}

fn lowest(side: &[&Piece]) -> f32 {
    side.iter().map(|piece| piece.rect.bottom).fold(f32::NEG_INFINITY, f32::max)
}

fn is_stack(lines: &[Piece]) -> bool {
    let close =
        lines.windows(2).filter(|pair| pair[1].baseline - pair[0].baseline < CLOSE * pair[1].em).count();
    lines.len() >= MIN_STACK && close as f32 >= MIN_CLOSE * (lines.len() - 1) as f32
}

fn alone(side: &[Piece], other: &[Piece]) -> bool {
    let alone = side.iter().filter(|line| !other.iter().any(|beside| is_beside(line, beside))).count();
    alone as f32 >= MIN_ALONE * side.len() as f32
}

fn is_beside(a: &Piece, b: &Piece) -> bool {
    (a.baseline - b.baseline).abs() < SAME_LINE * a.em.min(b.em)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::geometry::Rect;

    fn line(left: f32, baseline: f32, begins: bool) -> Piece {
        let rect = Rect::from_corners(left, baseline - 8.0, left + 60.0, baseline + 2.0);
        Piece { rect, characters: Some(12), em: 10.0, baseline, begins }
    }

    fn column(left: f32, from: f32, step: f32, count: u8) -> Vec<Piece> {
        (0..count).map(|row| line(left, from + step * f32::from(row), true)).collect()
    }

    #[test]
    fn times_stand_beside_what_happens_then() {
        let keys = column(50.0, 100.0, 24.0, 5);
        let mut texts = column(150.0, 100.0, 24.0, 5);
        texts.extend((0..5).map(|row| line(150.0, 112.0 + 24.0 * row as f32, false)));
        assert!(are_rows(&keys.iter().collect::<Vec<_>>(), &texts.iter().collect::<Vec<_>>()));
        // Names in a sidebar stand beside any line of a text.
        for text in &mut texts {
            text.begins = text.baseline > 190.0;
        }
        assert!(!are_rows(&keys.iter().collect::<Vec<_>>(), &texts.iter().collect::<Vec<_>>()));
    }

    #[test]
    fn an_address_and_what_stands_beside_it_are_two_blocks() {
        let (address, about) = (column(50.0, 100.0, 14.0, 3), column(300.0, 105.0, 12.0, 2));
        assert!(are_blocks(&address.iter().collect::<Vec<_>>(), &about.iter().collect::<Vec<_>>()));
        let row = column(300.0, 100.0, 14.0, 3);
        assert!(!are_blocks(&address.iter().collect::<Vec<_>>(), &row.iter().collect::<Vec<_>>()));
    }

    #[test]
    fn lines_of_columns_do_not_stand_on_the_same_height() {
        let left = column(50.0, 100.0, 12.0, 10);
        let (shifted, level) = (column(150.0, 105.0, 12.0, 10), column(150.0, 100.0, 12.0, 10));
        assert!(are_stacks(&left.iter().collect::<Vec<_>>(), &shifted.iter().collect::<Vec<_>>()));
        assert!(!are_stacks(&left.iter().collect::<Vec<_>>(), &level.iter().collect::<Vec<_>>()));
    }
}

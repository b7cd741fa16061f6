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
/// Columns with headings of their own have so many lines at least (no page has more than the second), one of so many a heading
/// at most; a heading is this many times larger than the text and has so many characters; so many of them stand beside lines
/// of the other column.
const MIN_HEADED: usize = 5;
const MAX_HEADED: usize = 600;
const HEADED: usize = 2;
const LARGER: f32 = 1.12;
/// Bold or coloured lines are headings where at most one of so many lines is.
const MARKED: usize = 3;
const MIN_HEAD: usize = 4;
const MIN_BESIDE: usize = 2;
/// What shares so much of its height with a heading is level with it.
const LEVEL: f32 = 0.4;
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

/// Whether both sides are columns with headings of their own: a heading unlike the text stands beside lines that go on in
/// the other column. In a table nothing stands beside what heads a part of it.
pub(super) fn are_headed(left: &[&Piece], right: &[&Piece]) -> bool {
    if left.len().max(right.len()) > MAX_HEADED {
        return false;
    }
    let lines = |side: &[&Piece]| -> Vec<Piece> {
        side.iter().filter(|piece| piece.characters.is_some()).map(|piece| **piece).collect()
    };
    let (left, right) = (lines(left), lines(right));
    let mut sizes: Vec<f32> = left.iter().chain(&right).map(|line| line.em).collect();
    sizes.sort_by(f32::total_cmp);
    let Some(usual) = sizes.get(sizes.len() / 2).copied() else { return false };
    let marked = left.iter().chain(&right).filter(|line| line.is_marked).count();
    let marks_tell = MARKED * marked <= left.len() + right.len();
    let is_head = |line: &&Piece| {
        line.characters >= Some(MIN_HEAD)
            && (line.em >= LARGER * usual || line.is_marked && marks_tell && line.em > 0.95 * usual)
    };
    let heads = |side: &[Piece]| side.iter().filter(is_head).count();
    // Headings of columns stand on one line, and so do a key and its value: neither tells columns from rows.
    let beside = |side: &[Piece], other: &[Piece]| {
        let is_single = |head: &Piece| side.iter().filter(|line| is_level(line, head)).count() == 1;
        let is_beside_text = |head: &Piece| {
            let away = |line: &Piece| -line.rect.overlap_x(&head.rect);
            other
                .iter()
                .filter(|line| is_level(line, head))
                .min_by(|a, b| away(a).total_cmp(&away(b)))
                .is_some_and(|nearest| !is_head(&nearest))
        };
        side.iter().filter(is_head).filter(|head| is_single(head) && is_beside_text(head)).count()
    };
    // The column right of the gutter, not the numbers of the one left of it.
    let start = right.iter().map(|line| line.rect.left).fold(f32::INFINITY, f32::min);
    let nearest: Vec<Piece> =
        right.iter().filter(|line| line.rect.left < start + INDENT * line.em).copied().collect();
    [&left, &nearest].iter().all(|side| side.len() >= MIN_HEADED && HEADED * heads(side) <= side.len())
        && heads(&left) > 0
        && heads(&nearest) > 0
        && beside(&left, &right) + beside(&nearest, &left) >= MIN_BESIDE
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

fn is_level(line: &Piece, head: &Piece) -> bool {
    line.rect.overlap_y(&head.rect) > LEVEL * line.rect.height()
}

fn is_beside(a: &Piece, b: &Piece) -> bool {
    (a.baseline - b.baseline).abs() < SAME_LINE * a.em.min(b.em)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::geometry::Rect;

    fn line(left: f32, baseline: f32, begins: bool) -> Piece {
        let is_marked = false;
        let rect = Rect::from_corners(left, baseline - 8.0, left + 60.0, baseline + 2.0);
        Piece { rect, characters: Some(12), em: 10.0, baseline, is_marked, begins }
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

    #[test]
    fn columns_with_headings_beside_text_of_the_other_are_no_rows() {
        let head = |left: f32, baseline: f32| Piece { em: 13.0, ..line(left, baseline, true) };
        let mut left = column(50.0, 112.0, 12.0, 9);
        left[4] = head(50.0, 160.0);
        let mut right = column(150.0, 112.0, 12.0, 9);
        right[7] = head(150.0, 196.0);
        assert!(are_headed(&left.iter().collect::<Vec<_>>(), &right.iter().collect::<Vec<_>>()));
        // What heads a part of a table has nothing beside it.
        right.retain(|piece| (piece.baseline - 160.0).abs() > 1.0);
        left.retain(|piece| (piece.baseline - 196.0).abs() > 1.0);
        assert!(!are_headed(&left.iter().collect::<Vec<_>>(), &right.iter().collect::<Vec<_>>()));
    }
}

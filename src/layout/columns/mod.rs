//! Columns and their reading order.
//!
//! A recursive cut as in the XY-cut (G. Nagy and S. Seth, *Hierarchical representation of optically scanned documents*,
//! ICPR 1984), with two changes. Vertical cuts come first and tolerate pieces that cross them: a title or a wide
//! figure that spans columns separates what is above it from what is below, as in XY-cut++ (S. Liu et al., 2025).
//! And a vertical cut needs text on its sides that looks like running text, so that tables are not read by column.
//! Gutters are the valleys of the region's `profile`; `sides` tells what lies on both sides of one.

mod frames;
mod piece;
mod profile;
mod sides;

pub(in crate::layout) use frames::order_framed;
pub(in crate::layout) use piece::Piece;

use profile::Profile;

use crate::layout::geometry::Rect;

/// A column: indexes of its pieces, top to bottom, and within a row left to right.
pub(in crate::layout) type Column = Vec<usize>;

/// A gutter is at least this wide, in ems and in points. The narrowest in use in print are about one pica (12 points)
/// at 9 points; ragged lines and italics reach into them.
const GUTTER_EMS: f32 = 0.6;
const GUTTER_POINTS: f32 = 5.0;
/// Running text has at least this many characters in its median line; table cells have fewer.
const TEXT_CHARACTERS: usize = 20;
/// In a narrow column lines may be as short as this, if most of them fill this share of it.
const NARROW_CHARACTERS: usize = 13;
const FULL_LINE: f32 = 0.7;
/// The other side of a gutter may be narrower, but not a column of numbers or markers.
const MIN_CHARACTERS: usize = 8;
/// Each side of a gutter has this many lines.
const MIN_LINES: usize = 3;
/// A headline is this many times larger than the text around it; fewer pieces above it are no article.
const HEADLINE: f32 = 1.3;
const HEADLINE_PIECES: usize = 6;
/// A heading beside its text, in the margin, is this many times larger.
const SIDE_HEADING: f32 = 1.4;
/// Pairs of pieces compared at most to find last lines; real pages need a hundredth.
const MAX_COMPARISONS: usize = 1_000_000;
/// A heading and what stands between it and its text have so many lines at most.
const MAX_ABOVE: usize = 4;
/// Recursion ends here, whatever the page holds; real pages need less than ten.
const MAX_DEPTH: usize = 48;

/// The columns of a page in reading order; the rightmost is first where text runs `leftward`.
pub(in crate::layout) fn order(pieces: &[Piece], leftward: bool) -> Vec<Column> {
    let all: Vec<usize> = (0..pieces.len()).collect();
    Cutter { pieces, leftward }
        .cut(all, 0)
        .into_iter()
        .map(|part| part.column)
        .filter(|column| !column.is_empty())
        .collect()
}

/// A part of the page, in order. Parts that were only cut apart horizontally are one column again.
struct Part {
    column: Column,
    /// Whether it lies beside another part.
    beside: bool,
}

/// What the lines on one side of a gutter look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Running text.
    Text,
    /// Short lines: headings, names, cells.
    Short,
    /// Numbers or markers.
    Marks,
}

struct Cutter<'a> {
    pieces: &'a [Piece],
    leftward: bool,
}

impl Cutter<'_> {
    fn cut(&self, mut region: Vec<usize>, depth: usize) -> Vec<Part> {
        if region.len() > 1 && depth < MAX_DEPTH {
            if let Some((above, below)) = self.split_at_headline(&region) {
                return self.cut(above, depth + 1).into_iter().chain(self.cut(below, depth + 1)).collect();
            }
            if let Some(gutter) = self.gutter(&region) {
                return self.cut_at_gutter(&region, gutter, depth);
            }
            if let Some((above, below)) = self.split_at_widest_gap(&region) {
                return joined(self.cut(above, depth + 1), self.cut(below, depth + 1));
            }
        }
        self.sort(&mut region);
        vec![Part { column: region, beside: false }]
    }

    fn sort(&self, region: &mut [usize]) {
        let rect = |index: &usize| self.pieces[*index].rect;
        region
            .sort_by(|a, b| rect(a).top.total_cmp(&rect(b).top).then(rect(a).left.total_cmp(&rect(b).left)));
    }

    /// Pieces that cross the gutter separate bands; in each band the left side comes before the right one.
    fn cut_at_gutter(&self, region: &[usize], gutter: f32, depth: usize) -> Vec<Part> {
        let crosses = |index: &usize| {
            let rect = self.pieces[*index].rect;
            rect.left < gutter - 1.0 && rect.right > gutter + 1.0
        };
        let (mut crossing, mut rest): (Vec<usize>, Vec<usize>) =
            region.iter().partition(|index| crosses(index));
        self.sort(&mut crossing);
        self.take_last_lines(&mut crossing, &mut rest);
        self.take_headings(&mut crossing, &mut rest);
        let mut parts = Vec::new();
        let mut spanning = Vec::new();
        for index in crossing {
            let middle = self.pieces[index].rect.center_y();
            let (above, below): (Vec<usize>, Vec<usize>) =
                rest.iter().partition(|other| self.pieces[**other].rect.center_y() < middle);
            rest = below;
            if !above.is_empty() {
                self.flush(&mut spanning, &mut parts, depth);
                self.sides(above, gutter, depth, &mut parts);
            }
            spanning.push(index);
        }
        self.flush(&mut spanning, &mut parts, depth);
        self.sides(rest, gutter, depth, &mut parts);
        parts
    }

    /// The last line of a spanning paragraph may be too short to cross the gutter: it goes with the line above when it
    /// begins where that one does, right below it, with nothing beside it.
    fn take_last_lines(&self, crossing: &mut Vec<usize>, rest: &mut Vec<usize>) {
        if crossing.len() * rest.len() > MAX_COMPARISONS {
            return;
        }
        let is_last_line = |index: &usize| {
            let piece = &self.pieces[*index];
            let continues = crossing.iter().any(|above| {
                let above = &self.pieces[*above];
                let gap = piece.rect.top - above.rect.bottom;
                above.characters.is_some()
                    && piece.characters.is_some()
                    && (above.rect.left - piece.rect.left).abs() < 1.5
                    && (above.em - piece.em).abs() < 0.05 * piece.em
                    && gap > -0.3 * piece.em
                    && gap < 0.8 * piece.em
            });
            continues
                && !rest
                    .iter()
                    .any(|other| other != index && self.pieces[*other].rect.overlap_y(&piece.rect) > 0.0)
        };
        let last_lines: Vec<usize> = rest.iter().copied().filter(|index| is_last_line(index)).collect();
        rest.retain(|index| !last_lines.contains(index));
        crossing.extend(last_lines);
        self.sort(crossing);
    }

    /// The heading of a spanning text may be too short to cross the gutter: it goes with the text when it begins where that
    /// does, right above it or above its by-line, with nothing beside it.
    fn take_headings(&self, crossing: &mut Vec<usize>, rest: &mut Vec<usize>) {
        if crossing.len() * rest.len() > MAX_COMPARISONS {
            return;
        }
        let piece = |index: &usize| &self.pieces[*index];
        let right_above = |below: &Piece| {
            rest.iter().copied().find(|index| {
                let above = piece(index);
                let gap = below.rect.top - above.rect.bottom;
                above.characters.is_some()
                    && (above.rect.left - below.rect.left).abs() < 0.3 * below.em
                    && (-0.3 * below.em..1.2 * below.em).contains(&gap)
                    && !rest
                        .iter()
                        .any(|other| other != index && piece(other).rect.overlap_y(&above.rect) > 0.0)
            })
        };
        let mut taken = Vec::new();
        for text in crossing.iter().map(piece).filter(|text| text.characters.is_some()) {
            let mut chain: Vec<usize> = Vec::new();
            while chain.len() < MAX_ABOVE
                && let Some(index) = right_above(chain.last().map_or(text, piece))
            {
                chain.push(index);
            }
            let is_heading = |index: &usize| {
                let head = piece(index);
                head.em >= 1.1 * text.em || head.is_marked && !text.is_marked
            };
            let heads = chain.iter().rposition(is_heading).map_or(0, |last| last + 1);
            taken.extend_from_slice(&chain[..heads]);
        }
        if !taken.is_empty() {
            rest.retain(|index| !taken.contains(index));
            crossing.extend(taken);
            crossing.sort_unstable();
            crossing.dedup();
            self.sort(crossing);
        }
    }

    fn flush(&self, spanning: &mut Vec<usize>, parts: &mut Vec<Part>, depth: usize) {
        if !spanning.is_empty() {
            parts.extend(beside(self.cut(std::mem::take(spanning), depth + 1)));
        }
    }

    fn sides(&self, band: Vec<usize>, gutter: f32, depth: usize, parts: &mut Vec<Part>) {
        let (left, right): (Vec<usize>, Vec<usize>) =
            band.into_iter().partition(|index| self.pieces[*index].rect.center_x() < gutter);
        for side in if self.leftward { [right, left] } else { [left, right] } {
            if !side.is_empty() {
                parts.extend(beside(self.cut(side, depth + 1)));
            }
        }
    }

    /// Where the region's best gutter is, if it has one.
    fn gutter(&self, region: &[usize]) -> Option<f32> {
        let bounds = Rect::around(region.iter().map(|index| self.pieces[*index].rect))?;
        let em = self.median_em(region);
        let profile = Profile::new(&bounds, region.iter().map(|index| self.pieces[*index].rect));
        let mut candidates = profile.valleys((GUTTER_EMS * em).max(GUTTER_POINTS));
        candidates.sort_by(|a, b| a.cover.total_cmp(&b.cover).then(b.width.total_cmp(&a.width)));
        candidates
            .into_iter()
            .take(8)
            .find(|valley| self.is_gutter(region, valley.middle))
            .map(|valley| valley.middle)
    }

    fn is_gutter(&self, region: &[usize], middle: f32) -> bool {
        let side = |of: fn(&Rect, f32) -> bool| -> Vec<usize> {
            region.iter().copied().filter(|index| of(&self.pieces[*index].rect, middle)).collect()
        };
        let left = side(|rect, middle| rect.right <= middle + 1.0);
        let right = side(|rect, middle| rect.left >= middle - 1.0);
        if self.is_side_heading(&left, &right) {
            return true;
        }
        let pieces =
            |side: &[usize]| -> Vec<&Piece> { side.iter().map(|index| &self.pieces[*index]).collect() };
        if left.len() + right.len() == region.len() && sides::are_blocks(&pieces(&left), &pieces(&right)) {
            return true;
        }
        if sides::are_headed(&pieces(&left), &pieces(&right)) {
            return true;
        }
        let (Some(left_reading), Some(right_reading)) = (self.reading(&left), self.reading(&right)) else {
            return false;
        };
        let is_text = left_reading == Reading::Text || right_reading == Reading::Text;
        let has_marks = left_reading == Reading::Marks || right_reading == Reading::Marks;
        if has_marks {
            return false;
        }
        if !is_text {
            return sides::are_stacks(&pieces(&left), &pieces(&right));
        }
        let keyed = left_reading == Reading::Short && sides::are_rows(&pieces(&left), &pieces(&right))
            || right_reading == Reading::Short
                && self.leftward
                && sides::are_rows(&pieces(&right), &pieces(&left));
        !keyed && self.overlap(&left, &right)
    }

    /// Whether the left side is only a heading, in the margin beside its text.
    fn is_side_heading(&self, left: &[usize], right: &[usize]) -> bool {
        let smallest = left.iter().map(|index| self.pieces[*index].em).fold(f32::INFINITY, f32::min);
        (1..MIN_LINES).contains(&left.len())
            && left.iter().all(|index| self.pieces[*index].characters.is_some())
            && self.reading(right) == Some(Reading::Text)
            && right.len() > MIN_LINES
            && smallest >= SIDE_HEADING * self.median_em(right)
    }

    /// Whether the sides lie beside each other for a few lines' height.
    fn overlap(&self, left: &[usize], right: &[usize]) -> bool {
        let around = |side: &[usize]| Rect::around(side.iter().map(|index| self.pieces[*index].rect));
        match (around(left), around(right)) {
            (Some(left_rect), Some(right_rect)) => {
                left_rect.overlap_y(&right_rect) >= 2.0 * self.median_em(left)
            }
            _ => false,
        }
    }

    /// How much a side reads as running text; none when there is too little to tell.
    fn reading(&self, side: &[usize]) -> Option<Reading> {
        let mut lines: Vec<(usize, f32)> = side
            .iter()
            .filter_map(|index| Some((self.pieces[*index].characters?, self.pieces[*index].rect.width())))
            .collect();
        if lines.len() < MIN_LINES {
            // Tables and figures stand in a column as text does.
            return (side.len() > lines.len()).then_some(Reading::Text);
        }
        let width = Rect::around(side.iter().map(|index| self.pieces[*index].rect))?.width();
        let middle = lines.len() / 2;
        let (_, median, _) = lines.select_nth_unstable_by_key(middle, |(characters, _)| *characters);
        let characters = median.0;
        let full = lines.iter().filter(|(_, line)| *line > FULL_LINE * width).count();
        let is_narrow_text = characters >= NARROW_CHARACTERS && 2 * full > lines.len();
        Some(if characters >= TEXT_CHARACTERS || is_narrow_text {
            Reading::Text
        } else if characters >= MIN_CHARACTERS {
            Reading::Short
        } else {
            Reading::Marks
        })
    }

    fn median_em(&self, region: &[usize]) -> f32 {
        let mut sizes: Vec<f32> = region.iter().map(|index| self.pieces[*index].em).collect();
        sizes.sort_by(f32::total_cmp);
        sizes.get(sizes.len() / 2).copied().unwrap_or(10.0)
    }

    /// The pieces above and below a white band across the whole region with a headline below it: in a newspaper all
    /// columns of an article end above the next one's headline.
    fn split_at_headline(&self, region: &[usize]) -> Option<(Vec<usize>, Vec<usize>)> {
        let em = self.median_em(region);
        let mut sorted = region.to_vec();
        self.sort(&mut sorted);
        let mut bottom = f32::NEG_INFINITY;
        for (place, index) in sorted.iter().enumerate() {
            let piece = &self.pieces[*index];
            let white = piece.rect.top - bottom;
            bottom = bottom.max(piece.rect.bottom);
            let is_headline = piece.characters.is_some() && piece.em >= HEADLINE * em;
            if place < HEADLINE_PIECES || white < 0.8 * em || !white.is_finite() || !is_headline {
                continue;
            }
            let (above, below): (Vec<usize>, Vec<usize>) =
                (sorted[..place].to_vec(), sorted[place..].to_vec());
            let alone = !below[1..].iter().any(|other| self.pieces[*other].rect.overlap_y(&piece.rect) > 0.0);
            if alone && self.gutter(&above).is_some() && self.gutter(&below).is_some() {
                return Some((above, below));
            }
        }
        None
    }

    /// The pieces above and below the widest horizontal gap; none when all rows touch.
    fn split_at_widest_gap(&self, region: &[usize]) -> Option<(Vec<usize>, Vec<usize>)> {
        let mut sorted = region.to_vec();
        self.sort(&mut sorted);
        let mut bottom = f32::NEG_INFINITY;
        let mut widest = None;
        for index in &sorted {
            let rect = self.pieces[*index].rect;
            let gap = rect.top - bottom;
            if gap.is_finite() && gap > 0.0 && widest.is_none_or(|(width, _)| gap > width) {
                widest = Some((gap, rect.top));
            }
            bottom = bottom.max(rect.bottom);
        }
        let (_, top) = widest?;
        Some(sorted.into_iter().partition(|index| self.pieces[*index].rect.top < top))
    }
}

fn beside(mut parts: Vec<Part>) -> Vec<Part> {
    for part in &mut parts {
        part.beside = true;
    }
    parts
}

/// Puts two stacked regions together: where neither has columns at the seam, their text is one column.
fn joined(mut above: Vec<Part>, below: Vec<Part>) -> Vec<Part> {
    let mut below = below.into_iter().peekable();
    if let (Some(last), Some(first)) = (above.last_mut(), below.peek_mut())
        && !last.beside
        && !first.beside
    {
        last.column.append(&mut first.column);
        below.next();
    }
    above.extend(below);
    above
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(left: f32, top: f32, width: f32) -> Piece {
        let rect = Rect::from_corners(left, top, left + width, top + 10.0);
        let characters = Some((width / 5.0) as usize);
        Piece { rect, characters, em: 10.0, baseline: top + 8.0, is_marked: false, begins: true }
    }

    /// Two columns of `lines` lines from `top` on.
    fn two_columns(top: f32, lines: u8) -> Vec<Piece> {
        (0..lines)
            .flat_map(|row| {
                let top = top + 12.0 * f32::from(row);
                [line(50.0, top, 240.0), line(310.0, top, 240.0)]
            })
            .collect()
    }

    #[test]
    fn the_left_column_is_read_before_the_right_one() {
        assert_eq!(order(&two_columns(100.0, 4), false), [[0, 2, 4, 6], [1, 3, 5, 7]]);
    }

    #[test]
    fn the_right_column_is_first_where_text_runs_to_the_left() {
        assert_eq!(order(&two_columns(100.0, 4), true), [[1, 3, 5, 7], [0, 2, 4, 6]]);
    }

    #[test]
    fn a_spanning_line_separates_what_is_above_from_what_is_below() {
        let mut pieces = two_columns(100.0, 4);
        pieces.push(line(50.0, 160.0, 500.0));
        pieces.extend(two_columns(180.0, 4));
        let order: Vec<usize> = order(&pieces, false).concat();
        assert_eq!(order, [0, 2, 4, 6, 1, 3, 5, 7, 8, 9, 11, 13, 15, 10, 12, 14, 16]);
    }

    #[test]
    fn rows_of_short_cells_are_not_columns() {
        let pieces: Vec<Piece> = (0..6)
            .flat_map(|row| {
                let top = 100.0 + 12.0 * row as f32;
                [line(50.0, top, 40.0), line(200.0, top, 40.0), line(350.0, top, 40.0)]
            })
            .collect();
        assert_eq!(order(&pieces, false), [(0..18).collect::<Vec<_>>()]);
    }

    proptest! {
        #[test]
        fn every_piece_is_read_once(
            boxes in prop::collection::vec((0f32..500.0, 0f32..700.0, 1f32..300.0), 0..80)
        ) {
            let pieces: Vec<Piece> =
                boxes.into_iter().map(|(left, top, width)| line(left, top, width)).collect();
            let mut read = order(&pieces, false).concat();
            read.sort_unstable();
            prop_assert_eq!(read, (0..pieces.len()).collect::<Vec<_>>());
        }
    }
}

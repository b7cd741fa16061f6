//! Rulings made sound: what was drawn in pieces or twice is one line, and lines at one height are one level.

use crate::layout::content::{Axis, Ruling};
use crate::layout::geometry::Rect;

/// Rulings this close (points) are the same line; drawn twice, or as both borders of neighbouring cells.
const SAME_POSITION: f32 = 2.5;
/// Rulings touch when their ends are this close (points).
pub(super) const TOUCH: f32 = 4.0;
/// Shorter rulings (points) are ticks or parts of drawings.
const MIN_LENGTH: f32 = 6.0;
/// Most rulings along one axis looked at, the longest first; a page of a map may have many thousands.
const MAX_RULINGS: usize = 800;
/// Pieces of a rule drawn a column at a time are this close (points); the gutter of a page is wider.
const PIECE_GAP: f32 = 9.0;

/// The rulings along one axis, collinear ones joined.
pub(in crate::layout) fn merged(rulings: &[Ruling], axis: Axis) -> Vec<Ruling> {
    let mut along: Vec<Ruling> = rulings.iter().filter(|ruling| ruling.axis == axis).copied().collect();
    along.sort_by(|a, b| a.position.total_cmp(&b.position).then(a.start.total_cmp(&b.start)));
    let mut bands: Vec<Vec<Ruling>> = Vec::new();
    for ruling in along {
        match bands.last_mut() {
            Some(band) if ruling.position - band[0].position <= SAME_POSITION => band.push(ruling),
            _ => bands.push(vec![ruling]),
        }
    }
    let mut joined: Vec<Ruling> = bands.into_iter().flat_map(|band| join_band(band, TOUCH)).collect();
    joined.retain(|ruling| ruling.length() >= MIN_LENGTH);
    if joined.len() > MAX_RULINGS {
        joined.sort_by(|a, b| b.length().total_cmp(&a.length()));
        joined.truncate(MAX_RULINGS);
        joined.sort_by(|a, b| a.position.total_cmp(&b.position).then(a.start.total_cmp(&b.start)));
    }
    joined
}

/// Merged horizontal rules once more joined over the small gaps printed tables leave between columns, top to bottom.
pub(super) fn levels(horizontal: &[Ruling]) -> Vec<Ruling> {
    let mut bands: Vec<Vec<Ruling>> = Vec::new();
    for ruling in horizontal {
        match bands.last_mut() {
            Some(band) if ruling.position - band[0].position <= SAME_POSITION => band.push(*ruling),
            _ => bands.push(vec![*ruling]),
        }
    }
    bands.into_iter().flat_map(|band| join_band(band, PIECE_GAP)).collect()
}

fn join_band(mut band: Vec<Ruling>, gap: f32) -> Vec<Ruling> {
    band.sort_by(|a, b| a.start.total_cmp(&b.start));
    let mut joined: Vec<Ruling> = Vec::new();
    for ruling in band {
        match joined.last_mut() {
            Some(last) if ruling.start - last.end <= gap => last.end = last.end.max(ruling.end),
            _ => joined.push(ruling),
        }
    }
    joined
}

/// How much of the stretch from `from` to `to` is covered by rulings within `TOUCH` of `position`, as a share.
pub(super) fn covered(rulings: &[Ruling], position: f32, from: f32, to: f32) -> f32 {
    let covered: f32 = rulings
        .iter()
        .filter(|ruling| (ruling.position - position).abs() <= TOUCH)
        .map(|ruling| (ruling.end.min(to) - ruling.start.max(from)).max(0.0))
        .sum();
    covered / (to - from).max(0.1)
}

/// Fills drawn side by side, a cell at a time, as the stripes they make together, top to bottom.
pub(super) fn stripes(boxes: &[Rect]) -> Vec<Rect> {
    let mut sorted: Vec<Rect> =
        boxes.iter().copied().filter(|rect| rect.height() < MAX_STRIPE).take(MAX_BOXES).collect();
    sorted.sort_by(|a, b| a.top.total_cmp(&b.top).then(a.left.total_cmp(&b.left)));
    let mut stripes: Vec<Rect> = Vec::new();
    for rect in sorted {
        let place = stripes.iter().rev().take_while(|stripe| rect.top - stripe.top < SAME_POSITION).position(
            |stripe| (stripe.bottom - rect.bottom).abs() < SAME_POSITION && stripe.overlap_x(&rect) > -TOUCH,
        );
        match place {
            Some(back) => {
                let index = stripes.len() - 1 - back;
                stripes[index] = stripes[index].union(&rect);
            }
            None => stripes.push(rect),
        }
    }
    stripes
}

/// A stripe of a striped table is lower than this (points); higher fills are backgrounds.
const MAX_STRIPE: f32 = 120.0;
/// Most boxes looked at.
const MAX_BOXES: usize = 4_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn horizontal(position: f32, start: f32, end: f32) -> Ruling {
        Ruling { axis: Axis::Horizontal, position, start, end }
    }

    #[test]
    fn a_rule_drawn_a_cell_at_a_time_is_one() {
        let pieces = [horizontal(10.0, 0.0, 50.0), horizontal(10.5, 50.5, 90.0), horizontal(30.0, 0.0, 90.0)];
        let merged = merged(&pieces, Axis::Horizontal);
        assert_eq!(
            merged.iter().map(|rule| (rule.start, rule.end)).collect::<Vec<_>>(),
            [(0.0, 90.0), (0.0, 90.0)]
        );
    }

    #[test]
    fn rules_of_neighbouring_page_columns_stay_apart() {
        let levels = levels(&[
            horizontal(10.0, 0.0, 100.0),
            horizontal(10.0, 107.0, 150.0),
            horizontal(10.0, 162.0, 260.0),
        ]);
        assert_eq!(
            levels.iter().map(|rule| (rule.start, rule.end)).collect::<Vec<_>>(),
            [(0.0, 150.0), (162.0, 260.0)]
        );
    }

    #[test]
    fn fills_of_the_cells_of_a_row_make_a_stripe() {
        let cell = |left: f32, top: f32| Rect { left, top, right: left + 50.0, bottom: top + 12.0 };
        let stripes = stripes(&[cell(50.0, 24.0), cell(0.0, 0.0), cell(50.0, 0.0), cell(0.0, 24.0)]);
        assert_eq!(stripes.len(), 2);
        assert!(stripes.iter().all(|stripe| stripe.width() > 99.0));
    }
}

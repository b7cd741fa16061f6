//! What runs: text at the same place on neighbouring pages, with the same words, numbers aside (X. Lin, *Header and
//! footer extraction by page-association*, SPIE 5010, 2003).

use super::sheet::{Edge, Sheet};
use crate::layout::lines::Segment;
use crate::layout::text::is_page_number;

/// How far the same running text may move from page to page (points).
const MOVED: f32 = 6.0;
/// How far a number may stand from where it does on the other page (points): more digits move its middle.
const SHIFTED: f32 = 12.0;
/// What stands for a number in a pattern.
const NUMBER: &str = "#";
/// Texts set at one place have the same size, give or take this share.
const SAME_SIZE: f32 = 0.06;

/// Whether the row, or most of it, is on a neighbouring page too.
pub(super) fn repeats(page: &Sheet<'_>, neighbours: &[Sheet<'_>], row: &[usize], edge: Edge) -> bool {
    let repeated = row
        .iter()
        .filter(|index| {
            let segment = &page.segments[**index];
            let pattern = pattern(&segment.text);
            neighbours.iter().any(|other| {
                other.segments.iter().any(|candidate| {
                    distance(page, segment, other, candidate, edge) < MOVED
                        && pattern == self::pattern(&candidate.text)
                        && (pattern != NUMBER || is_below(page, segment, other, candidate))
                })
            })
        })
        .count();
    !neighbours.is_empty() && 2 * repeated >= row.len()
}

/// The share of neighbouring pages that have some text of the same size at the row's place, whatever it says: chapter
/// titles that run change from page to page. None without neighbours.
pub(super) fn shares_place(
    page: &Sheet<'_>,
    neighbours: &[Sheet<'_>],
    row: &[usize],
    edge: Edge,
) -> Option<f32> {
    let segment = &page.segments[*row.first()?];
    let with = neighbours
        .iter()
        .filter(|other| {
            other.segments.iter().any(|candidate| {
                distance(page, segment, other, candidate, edge) < 0.5 * MOVED
                    && (candidate.size - segment.size).abs() < SAME_SIZE * segment.size
                    && candidate.style == segment.style
            })
        })
        .count();
    (!neighbours.is_empty()).then(|| with as f32 / neighbours.len() as f32)
}

/// Whether both stand at the same place across the page, or at the mirrored one: numbers of pages do, those of a table's
/// first row may be anywhere.
fn is_below(page: &Sheet<'_>, a: &Segment, other: &Sheet<'_>, b: &Segment) -> bool {
    let (here, there) = (a.rect.center_x(), b.rect.center_x());
    (here - there).abs() < SHIFTED || (page.width - here - there).abs() < SHIFTED || {
        let (right, left) = (page.width - a.rect.right, other.width - b.rect.right);
        (right - left).abs() < MOVED
    }
}

/// How far apart the two stand, each measured from its own page's edge.
fn distance(page: &Sheet<'_>, a: &Segment, other: &Sheet<'_>, b: &Segment, edge: Edge) -> f32 {
    match edge {
        Edge::Top => (a.rect.center_y() - b.rect.center_y()).abs(),
        Edge::Bottom => ((page.height - a.rect.center_y()) - (other.height - b.rect.center_y())).abs(),
    }
}

/// The text with every number replaced by a sign, roman page numbers too.
fn pattern(text: &str) -> String {
    if is_page_number(text) {
        return NUMBER.to_owned();
    }
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_digit() {
            if !pattern.ends_with('#') {
                pattern.push('#');
            }
        } else {
            pattern.push(character);
        }
    }
    pattern
}

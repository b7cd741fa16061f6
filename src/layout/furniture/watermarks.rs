//! Watermarks: words laid over or under a page, such as DRAFT across it.
//!
//! They are no part of the text they cross. Three signs: very large, across the page's text or along no axis, over
//! several of its lines; the same in the same place on a page nearby; the same words again and again, slanted.

use super::sheet::Sheet;
use crate::layout::content::Direction;
use crate::layout::geometry::Rect;
use crate::layout::lines::Segment;
use crate::layout::zone::{Zone, ZoneKind};

/// A watermark is at least so many times larger than the text, and so large (points).
const LARGER: f32 = 2.0;
const MIN_SIZE: f32 = 20.0;
/// It has so many characters at most.
const MAX_CHARACTERS: usize = 60;
/// It crosses so many lines of text; headings cross none.
const MIN_CROSSED: usize = 2;
/// So many slanted copies of one text are a pattern.
const MIN_COPIES: usize = 3;
/// Copies on other pages stand at the same place, give or take this much (points).
const SAME_PLACE: f32 = 6.0;
/// How sure a watermark is: repeated, and by its form alone.
const REPEATED: f32 = 0.95;
const BY_FORM: f32 = 0.85;
/// Pairs of segments compared at most; real pages need a thousandth.
const MAX_COMPARISONS: usize = 1_000_000;

/// Segments that are one watermark, by index.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::layout) struct Watermark {
    pub(in crate::layout) members: Vec<usize>,
    confidence: f32,
}

/// The watermarks of a page among its neighbours. `body_size` is the size of its text, points.
pub(in crate::layout) fn find(
    segments: &[Segment],
    neighbours: &[Sheet<'_>],
    body_size: f32,
) -> Vec<Watermark> {
    let candidates: Vec<usize> =
        (0..segments.len()).filter(|index| may_be(&segments[*index], body_size)).collect();
    if candidates.len() * segments.len() > MAX_COMPARISONS {
        return Vec::new();
    }
    let mut found: Vec<Watermark> = Vec::new();
    for index in &candidates {
        let segment = &segments[*index];
        let copies = candidates.iter().filter(|other| segments[**other].text == segment.text).count();
        let is_slanted = segment.direction == Direction::Slanted;
        let is_large = segment.size >= (LARGER * body_size).max(MIN_SIZE);
        let repeated =
            neighbours.iter().any(|sheet| sheet.segments.iter().any(|other| is_copy(segment, other)));
        let confidence = match () {
            () if is_slanted && (copies >= MIN_COPIES || is_large && repeated) => REPEATED,
            () if is_large && crosses_text(*index, segments) => {
                if repeated {
                    REPEATED
                } else {
                    BY_FORM
                }
            }
            () => continue,
        };
        let same = found.iter_mut().find(|mark| segments[mark.members[0]].text == segment.text);
        match same {
            Some(mark) => mark.members.push(*index),
            None => found.push(Watermark { members: vec![*index], confidence }),
        }
    }
    found
}

/// Each watermark as a zone around all its copies, with its words once.
pub(in crate::layout) fn zones(segments: &[Segment], watermarks: &[Watermark]) -> Vec<Zone> {
    watermarks
        .iter()
        .filter_map(|mark| {
            let members = || mark.members.iter().filter_map(|index| segments.get(*index));
            let rect = Rect::around(members().map(|segment| segment.rect))?;
            Some(Zone::plain(ZoneKind::Watermark, rect, members().next()?.text.clone(), mark.confidence))
        })
        .collect()
}

fn may_be(segment: &Segment, body_size: f32) -> bool {
    let letters = segment.text.chars().filter(|character| character.is_alphabetic()).count();
    let is_marked = segment.direction == Direction::Slanted || segment.size >= LARGER * body_size;
    is_marked && letters >= 3 && segment.glyphs <= MAX_CHARACTERS
}

fn is_copy(a: &Segment, b: &Segment) -> bool {
    a.text == b.text
        && a.direction == b.direction
        && (a.rect.center_x() - b.rect.center_x()).abs() < SAME_PLACE
        && (a.rect.center_y() - b.rect.center_y()).abs() < SAME_PLACE
}

/// Whether lines of smaller text lie in the middle of it: a heading, an initial or a figure's words have them beside.
fn crosses_text(index: usize, segments: &[Segment]) -> bool {
    let mark = &segments[index];
    let inner = mark.rect.grown(-0.15 * mark.rect.height().min(mark.rect.width()));
    segments
        .iter()
        .filter(|other| {
            other.direction == Direction::Right
                && other.size < mark.size / LARGER
                && other
                    .rect
                    .intersection(&inner)
                    .is_some_and(|common| common.height() > 0.8 * other.rect.height())
        })
        .take(MIN_CROSSED)
        .count()
        == MIN_CROSSED
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(text: &str, rect: Rect, size: f32, direction: Direction) -> Segment {
        Segment { size, direction, ..Segment::for_test(text, rect) }
    }

    fn lines() -> Vec<Segment> {
        (0..20u8)
            .map(|row| {
                let top = 100.0 + 14.0 * f32::from(row);
                segment(
                    "a line of text",
                    Rect::from_corners(72.0, top, 500.0, top + 8.0),
                    10.0,
                    Direction::Right,
                )
            })
            .collect()
    }

    fn marks(segments: &[Segment]) -> Vec<(Vec<usize>, f32)> {
        find(segments, &[], 10.0).into_iter().map(|mark| (mark.members, mark.confidence)).collect()
    }

    #[test]
    fn large_words_over_lines_of_text_are_a_watermark() {
        let mut page = lines();
        page.push(segment("DRAFT", Rect::from_corners(100.0, 120.0, 480.0, 360.0), 90.0, Direction::Slanted));
        assert_eq!(marks(&page), [(vec![20], BY_FORM)]);
        page[20] = segment("DRAFT", Rect::from_corners(100.0, 150.0, 480.0, 220.0), 90.0, Direction::Right);
        assert_eq!(marks(&page), [(vec![20], BY_FORM)]);
    }

    #[test]
    fn a_title_above_the_text_is_none() {
        let mut page = lines();
        page.push(segment("TIDES", Rect::from_corners(72.0, 40.0, 400.0, 90.0), 60.0, Direction::Right));
        assert_eq!(marks(&page), []);
    }

    #[test]
    fn slanted_copies_are_one_watermark_and_slanted_labels_none() {
        let copy = |x: f32, text: &str| {
            segment(text, Rect::from_corners(x, 400.0, x + 60.0, 440.0), 12.0, Direction::Slanted)
        };
        let copies = [copy(50.0, "COPY"), copy(150.0, "COPY"), copy(250.0, "COPY")];
        assert_eq!(marks(&copies), [(vec![0, 1, 2], REPEATED)]);
        assert_eq!(marks(&[copy(50.0, "Jan"), copy(150.0, "Feb"), copy(250.0, "Mar")]), []);
    }

    #[test]
    fn what_lies_at_the_same_place_on_the_next_page_is_surer() {
        let mut page = lines();
        page.push(segment("DRAFT", Rect::from_corners(100.0, 120.0, 480.0, 360.0), 90.0, Direction::Slanted));
        let next = Sheet { width: 612.0, height: 792.0, segments: &page, rulings: &[] };
        assert!(find(&page, &[next], 10.0)[0].confidence > BY_FORM);
    }
}

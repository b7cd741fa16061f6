//! Running headers and footers and page numbers: what belongs to the page and not to the text.
//!
//! What stands at the same place on a neighbouring page with the same words, numbers aside, is running (X. Lin, *Header
//! and footer extraction by page-association*, SPIE 5010, 2003). On a single page, position and form decide: a row set
//! apart at the very top or bottom that holds a page number, or is short and smaller than the text.

use super::lines::Segment;
use super::text::is_page_number;
use super::zone::ZoneKind;

/// Running text stands in the outer parts of the page: these shares of its height.
const TOP_BAND: f32 = 0.12;
const BOTTOM_BAND: f32 = 0.88;
/// Without neighbours to compare, only within these.
const TOP_EDGE: f32 = 0.09;
const BOTTOM_EDGE: f32 = 0.915;
/// How far the same running text may move from page to page (points).
const MOVED: f32 = 6.0;
/// Rows that run are within this many from the edge.
const MAX_ROWS: usize = 3;

/// A page as this step needs it.
pub(super) struct Sheet<'a> {
    pub(super) height: f32,
    pub(super) segments: &'a [Segment],
}

/// A segment that is furniture, by its index.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Furniture {
    pub(super) index: usize,
    pub(super) kind: ZoneKind,
    pub(super) confidence: f32,
}

/// The furniture of a page. `body_size` is the font size of its text.
pub(super) fn find(page: &Sheet<'_>, neighbours: &[Sheet<'_>], body_size: f32) -> Vec<Furniture> {
    let rows = rows(page.segments);
    let mut found = Vec::new();
    for edge in [Edge::Top, Edge::Bottom] {
        let mut ordered: Vec<&Vec<usize>> = rows.iter().collect();
        if edge == Edge::Bottom {
            ordered.reverse();
        }
        for (depth, row) in ordered.iter().take(MAX_ROWS).enumerate() {
            let Some(confidence) = running(page, neighbours, row, edge)
                .or_else(|| (depth == 0).then(|| alone(page, &ordered, edge, body_size)).flatten())
            else {
                break;
            };
            found.extend(row.iter().map(|index| Furniture {
                index: *index,
                kind: edge.kind(&page.segments[*index].text),
                confidence,
            }));
        }
    }
    found.sort_by_key(|furniture| furniture.index);
    found.dedup_by_key(|furniture| furniture.index);
    found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edge {
    Top,
    Bottom,
}

impl Edge {
    fn kind(self, text: &str) -> ZoneKind {
        match self {
            _ if is_page_number(text) => ZoneKind::PageNumber,
            Self::Top => ZoneKind::Header,
            Self::Bottom => ZoneKind::Footer,
        }
    }

    /// Whether the segment is within `share` of this edge.
    fn holds(self, page: &Sheet<'_>, segment: &Segment, top: f32, bottom: f32) -> bool {
        match self {
            Self::Top => segment.rect.bottom < top * page.height,
            Self::Bottom => segment.rect.top > bottom * page.height,
        }
    }
}

/// Indexes of segments that stand side by side, rows top to bottom.
fn rows(segments: &[Segment]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..segments.len()).collect();
    order.sort_by(|a, b| segments[*a].rect.center_y().total_cmp(&segments[*b].rect.center_y()));
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for index in order {
        let rect = &segments[index].rect;
        match rows.last_mut() {
            Some(row)
                if segments[row[0]].rect.overlap_y(rect)
                    > 0.4 * rect.height().min(segments[row[0]].rect.height()) =>
            {
                row.push(index);
            }
            _ => rows.push(vec![index]),
        }
    }
    rows
}

/// Whether the row, or most of it, is on a neighbouring page too; then how sure that makes.
fn running(page: &Sheet<'_>, neighbours: &[Sheet<'_>], row: &[usize], edge: Edge) -> Option<f32> {
    let inside = row.iter().all(|index| edge.holds(page, &page.segments[*index], TOP_BAND, BOTTOM_BAND));
    if !inside || neighbours.is_empty() {
        return None;
    }
    let repeats = |index: &&usize| {
        let segment = &page.segments[**index];
        let pattern = pattern(&segment.text);
        neighbours.iter().any(|other| {
            other.segments.iter().any(|candidate| {
                distance(page, segment, other, candidate, edge) < MOVED
                    && pattern == self::pattern(&candidate.text)
            })
        })
    };
    let repeated = row.iter().filter(repeats).count();
    (2 * repeated >= row.len()).then_some(0.95)
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
        return "#".to_owned();
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

/// Whether the outermost row looks like furniture by itself; then how sure that makes.
fn alone(page: &Sheet<'_>, rows: &[&Vec<usize>], edge: Edge, body_size: f32) -> Option<f32> {
    let row = rows.first()?;
    let segments: Vec<&Segment> = row.iter().map(|index| &page.segments[*index]).collect();
    if !segments.iter().all(|segment| edge.holds(page, segment, TOP_EDGE, BOTTOM_EDGE)) {
        return None;
    }
    let largest = segments.iter().map(|segment| segment.size).fold(0.0, f32::max);
    if largest > 1.15 * body_size {
        return None;
    }
    if segments.iter().any(|segment| is_page_number(&segment.text)) {
        return Some(0.85);
    }
    let gap = rows.get(1).map_or(f32::INFINITY, |next| {
        next.iter()
            .map(|index| page.segments[*index].rect)
            .map(|rect| -segments[0].rect.overlap_y(&rect))
            .fold(f32::INFINITY, f32::min)
    });
    let numbered = segments.iter().any(|segment| {
        let words: Vec<&str> = segment.text.split_whitespace().collect();
        [words.first(), words.last()].into_iter().flatten().any(|word| is_page_number(word))
    });
    let characters: usize = segments.iter().map(|segment| segment.glyphs).sum();
    let set_apart = gap > 1.2 * body_size;
    if set_apart && characters <= 120 && (numbered || largest < 0.95 * body_size || gap > 2.0 * body_size) {
        return Some(if numbered { 0.8 } else { 0.65 });
    }
    None
}

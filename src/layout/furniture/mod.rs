//! Running headers and footers and page numbers: what belongs to the page and not to the text.
//!
//! Rows are looked at from the edges of the page inwards. What repeats on neighbouring pages is certain (`repetition`);
//! for the rest, and on single pages, place and form decide (`form`). `watermarks` lie over the text, `line_numbers` beside it.

mod form;
pub(super) mod line_numbers;
mod repetition;
mod sheet;
pub(super) mod watermarks;

pub(super) use sheet::Sheet;

use super::geometry::Rect;
use super::lines::Segment;
use super::text::is_page_number;
use super::zone::ZoneKind;
use form::Group;
use sheet::Edge;

/// Rows that run are within this many from the edge.
const MAX_ROWS: usize = 4;
/// Addresses and accounts side by side at the foot of a letter have more rows, as their lines need not be level.
const MAX_GROUP_ROWS: usize = 7;
/// Rows of one group follow each other within this share of their size.
const GROUP_GAP: f32 = 0.75;
/// How sure what repeats is.
const REPEATED: f32 = 0.95;

/// Segments that are one piece of furniture, by their indexes in order of reading.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Furniture {
    pub(super) members: Vec<usize>,
    pub(super) kind: ZoneKind,
    pub(super) confidence: f32,
}

/// The furniture of a page, top to bottom. `body_size` is the font size of its text.
pub(super) fn find(page: &Sheet<'_>, neighbours: &[Sheet<'_>], body_size: f32) -> Vec<Furniture> {
    let mut rows = rows(page.segments);
    let mut found = Vec::new();
    for edge in [Edge::Top, Edge::Bottom] {
        if edge == Edge::Bottom {
            rows.reverse();
        }
        let mut taken = at_edge(page, neighbours, &rows, edge, body_size);
        if edge == Edge::Bottom {
            taken.reverse();
        }
        found.extend(pieces(page, &taken, edge));
    }
    found
}

/// Which rows, counted from the edge, are furniture, and how sure each is.
fn at_edge<'r>(
    page: &Sheet<'_>,
    neighbours: &[Sheet<'_>],
    rows: &'r [Vec<usize>],
    edge: Edge,
    body_size: f32,
) -> Vec<(&'r [usize], f32)> {
    let mut taken: Vec<(&[usize], f32)> = Vec::new();
    while let Some(row) = rows.get(taken.len()) {
        if taken.len() >= MAX_ROWS || !edge.holds_repeated(page, row) {
            break;
        }
        if repetition::repeats(page, neighbours, row, edge) {
            taken.push((row, REPEATED));
            continue;
        }
        if !edge.holds(page, row) {
            break;
        }
        let Some((count, confidence)) = by_form(page, neighbours, rows, taken.len(), edge, body_size) else {
            break;
        };
        for row in rows[taken.len()..].iter().take(count) {
            taken.push((row, confidence));
        }
    }
    taken
}

/// Whether the first of the rows, or the group it begins, is furniture by its form: how many rows, and how sure.
fn by_form(
    page: &Sheet<'_>,
    neighbours: &[Sheet<'_>],
    rows: &[Vec<usize>],
    first: usize,
    edge: Edge,
    body_size: f32,
) -> Option<(usize, f32)> {
    let rows = &rows[first..];
    let length = group_length(page, rows);
    let mut lengths = vec![length];
    if length > 1 {
        lengths.push(1);
    }
    lengths.into_iter().find_map(|length| {
        let mut ordered: Vec<&Vec<usize>> = rows[..length].iter().collect();
        if edge == Edge::Bottom {
            ordered.reverse();
        }
        let inside = length <= MAX_GROUP_ROWS && rows[..length].iter().all(|row| edge.holds(page, row));
        let group = Group {
            segments: ordered.into_iter().flatten().map(|index| &page.segments[*index]).collect(),
            rows: length,
            gap: rows.get(length).map_or(f32::INFINITY, |next| gap(page, &rows[length - 1], next)),
            is_entry: rows.get(1).is_some_and(|next| ends_alike(page, &rows[0], next)),
            is_inner: first > 0,
            shared: repetition::shares_place(page, neighbours, &rows[0], edge),
        };
        let confidence = inside.then(|| form::confidence(&group, page, edge, body_size)).flatten()?;
        Some((length, confidence))
    })
}

/// How many rows from the first on follow each other closely in one size.
fn group_length(page: &Sheet<'_>, rows: &[Vec<usize>]) -> usize {
    let size = |row: &[usize]| row.first().map_or(1.0, |index| page.segments[*index].size);
    1 + rows
        .windows(2)
        .take(2 * MAX_ROWS)
        .take_while(|pair| {
            let (first, second) = (size(&pair[0]), size(&pair[1]));
            (first - second).abs() < 0.12 * first.max(second)
                && gap(page, &pair[0], &pair[1]) < GROUP_GAP * first
        })
        .count()
}

/// Whether both rows end in a number at one place.
fn ends_alike(page: &Sheet<'_>, a: &[usize], b: &[usize]) -> bool {
    let end = |row: &[usize]| {
        let last = &page.segments[*row.last()?];
        (row.len() > 1 && is_page_number(&last.text)).then_some(last.rect.right)
    };
    matches!((end(a), end(b)), (Some(a), Some(b)) if (a - b).abs() < 4.0)
}

/// The white space between two rows, points.
fn gap(page: &Sheet<'_>, a: &[usize], b: &[usize]) -> f32 {
    let rect = |row: &[usize]| Rect::around(row.iter().map(|index| page.segments[*index].rect));
    match (rect(a), rect(b)) {
        (Some(a), Some(b)) => -a.overlap_y(&b),
        _ => f32::INFINITY,
    }
}

/// The rows, top to bottom, as pieces: lines of one text that stand under each other are one.
fn pieces(page: &Sheet<'_>, rows: &[(&[usize], f32)], edge: Edge) -> Vec<Furniture> {
    let mut pieces: Vec<Furniture> = Vec::new();
    for (row, confidence) in rows {
        for index in *row {
            let segment = &page.segments[*index];
            let kind = edge.kind(&segment.text);
            let above = pieces.iter_mut().find(|piece| {
                piece.kind == kind
                    && kind != ZoneKind::PageNumber
                    && piece.members.last().is_some_and(|last| continues(&page.segments[*last], segment))
            });
            match above {
                Some(piece) => piece.members.push(*index),
                None => pieces.push(Furniture { members: vec![*index], kind, confidence: *confidence }),
            }
        }
    }
    pieces
}

/// Whether the segment is the next line of the text above it.
fn continues(above: &Segment, segment: &Segment) -> bool {
    let below = segment.rect.top - above.rect.bottom;
    segment.rect.overlap_x(&above.rect) > 0.5 * segment.rect.width().min(above.rect.width())
        && (-0.3..GROUP_GAP).contains(&(below / segment.size.max(0.1)))
        && (segment.size - above.size).abs() < 0.12 * segment.size
}

/// Indexes of segments that stand side by side, rows top to bottom, left to right.
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
    for row in &mut rows {
        row.sort_by(|a, b| segments[*a].rect.left.total_cmp(&segments[*b].rect.left));
    }
    rows
}

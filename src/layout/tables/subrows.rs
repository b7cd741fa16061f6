//! Rows of a ruled table that have no ruling between them: their cells' lines stand side by side.

use super::cells::Placed;
use crate::layout::geometry::Rect;
use crate::layout::lines::WordBox;

/// So many lines must stand side by side in every column that has text: two may be one wrapped line by chance.
const MIN_LINES: usize = 3;
/// Lines are side by side when their middles differ by less than this share of their height.
const ASIDE: f32 = 0.5;

/// Splits the rows whose cells all have the same lines side by side into a row a line.
pub(super) fn split(cells: &[Placed], words: &[&WordBox]) -> Vec<Placed> {
    let rows = cells.iter().map(|cell| cell.row + cell.row_span).max().unwrap_or(0);
    let mut result = Vec::with_capacity(cells.len());
    let mut added = 0;
    for row in 0..rows {
        let in_row: Vec<&Placed> = cells.iter().filter(|cell| cell.row == row).collect();
        let spanned =
            cells.iter().any(|cell| cell.row_span > 1 && (cell.row..cell.row + cell.row_span).contains(&row));
        let lines = if spanned { None } else { shared_lines(&in_row, words) };
        for cell in in_row {
            match &lines {
                Some(lines) => result.extend(lines.iter().enumerate().map(|(line, (top, bottom))| Placed {
                    row: cell.row + added + line,
                    rect: Rect { top: *top, bottom: *bottom, ..cell.rect },
                    ..*cell
                })),
                None => result.push(Placed { row: cell.row + added, ..*cell }),
            }
        }
        added += lines.map_or(0, |lines| lines.len() - 1);
    }
    result
}

/// The tops and bottoms of the lines all cells with text share; none when they differ or are too few. Where two columns at
/// least, one of them of numbers, share all their lines, these are the rows, and the lines of the others between them are
/// wrapped.
fn shared_lines(cells: &[&Placed], words: &[&WordBox]) -> Option<Vec<(f32, f32)>> {
    let columns: Vec<Vec<Rect>> =
        cells.iter().map(|cell| lines(cell, words)).filter(|lines| !lines.is_empty()).collect();
    let first = columns.first()?;
    let (top, bottom) = (cells.first()?.rect.top, cells.first()?.rect.bottom);
    let middles: Vec<f32> = if columns.len() < 2 {
        return None;
    } else if first.len() >= MIN_LINES && columns.iter().all(|lines| are_aside(lines, first)) {
        first.windows(2).map(|pair| f32::midpoint(pair[0].bottom, pair[1].top)).collect()
    } else {
        let anchors = anchors(cells, words, &columns)?;
        anchors.windows(2).map(|pair| border(&pair[0], &pair[1], &columns, anchors)).collect()
    };
    let tops = std::iter::once(top).chain(middles.iter().copied());
    let bottoms = middles.iter().copied().chain(std::iter::once(bottom));
    Some(tops.zip(bottoms).collect())
}

fn are_aside(lines: &[Rect], others: &[Rect]) -> bool {
    lines.len() == others.len()
        && lines
            .iter()
            .zip(others)
            .all(|(line, other)| (line.center_y() - other.center_y()).abs() < ASIDE * other.height())
}

/// The lines of a column of numbers that another column has side by side with it, while no column has fewer.
fn anchors<'c>(cells: &[&Placed], words: &[&WordBox], columns: &'c [Vec<Rect>]) -> Option<&'c [Rect]> {
    let is_numeric = |lines: &&Vec<Rect>| {
        cells.iter().any(|cell| {
            let inside = || words.iter().filter(|word| cell.rect.contains_center(&word.rect));
            lines.first().is_some_and(|line| cell.rect.contains_center(line))
                && inside().all(|word| word.text.chars().all(|character| !character.is_alphabetic()))
        })
    };
    let is_shared = |lines: &&Vec<Rect>| {
        columns.iter().filter(|other| are_aside(lines, other)).count() > 1
            && columns.iter().all(|other| other.len() >= lines.len())
    };
    columns
        .iter()
        .filter(|lines| lines.len() >= MIN_LINES)
        .filter(is_numeric)
        .find(is_shared)
        .map(Vec::as_slice)
}

/// Where the row of one anchor ends and that of the next begins: above the next one's line where wrapped cells begin beside
/// their anchors, half way where they are centred on them.
fn border(above: &Rect, below: &Rect, columns: &[Vec<Rect>], anchors: &[Rect]) -> f32 {
    let begins_beside = |lines: &Vec<Rect>| {
        anchors.iter().all(|anchor| {
            lines.iter().any(|line| (line.center_y() - anchor.center_y()).abs() < ASIDE * anchor.height())
        })
    };
    if columns.iter().all(begins_beside) {
        let last =
            columns.iter().flatten().map(|line| line.bottom).filter(|bottom| *bottom < below.center_y());
        return f32::midpoint(last.fold(above.bottom, f32::max), below.top);
    }
    f32::midpoint(above.center_y(), below.center_y())
}

fn lines(cell: &Placed, words: &[&WordBox]) -> Vec<Rect> {
    let mut inside: Vec<Rect> =
        words.iter().map(|word| word.rect).filter(|rect| cell.rect.contains_center(rect)).collect();
    inside.sort_by(|a, b| a.center_y().total_cmp(&b.center_y()));
    let mut lines: Vec<Rect> = Vec::new();
    for rect in inside {
        match lines.last_mut() {
            Some(line) if line.overlap_y(&rect) > 0.4 * line.height().min(rect.height()) => {
                *line = line.union(&rect);
            }
            _ => lines.push(rect),
        }
    }
    lines
}

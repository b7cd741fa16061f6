//! The table under a box that somebody says is one: by its rulings, by what lines up, or else simply line by line.

use crate::layout::content::{Axis, PageContent, Ruling};
use crate::layout::geometry::Rect;
use crate::layout::lines::{Segment, WordBox};
use crate::layout::tables::{Aligned, FoundTable, cell_text, find_aligned, find_ruled, merged};
use crate::layout::zone::{Bbox, Cell, Table};

/// Rulings this far (points) outside the box are still the table's: people draw boxes along them.
const REACH: f32 = 3.0;
/// A table found under the box is the one meant when it has this share of the words.
const MIN_SHARE: f32 = 0.8;
/// Between columns is a gap this wide (ems): three usual spaces.
const COLUMN_GAP: f32 = 0.75;
/// The share of lines that may run across a gap between columns: headings over several.
const MAX_CROSSING: f32 = 0.1;
/// How sure a table is of which only its lines and gaps are known.
const CONFIDENCE: f32 = 0.4;

/// The table in `bounds`, of which `segments` are the text; none when there is no text.
pub(in crate::layout) fn find(segments: &[Segment], rulings: &[Ruling], bounds: &Rect) -> Option<FoundTable> {
    let rulings: Vec<Ruling> = rulings.iter().filter_map(|ruling| within(ruling, bounds)).collect();
    let words: Vec<&WordBox> = segments.iter().flat_map(|segment| &segment.words).collect();
    let has_most = |count: usize| count as f32 >= MIN_SHARE * words.len() as f32;
    let inside = |rect: &Rect| words.iter().filter(|word| rect.contains_center(&word.rect)).count();
    let content = PageContent { rulings: rulings.clone(), ..PageContent::default() };
    let ruled = find_ruled(&content, segments).into_iter().find(|table| has_most(inside(&table.rect)));
    ruled.or_else(|| by_alignment(segments, &rulings, has_most)).or_else(|| by_lines(&words))
}

/// The part of the ruling in the box.
fn within(ruling: &Ruling, bounds: &Rect) -> Option<Ruling> {
    let reach = bounds.grown(REACH);
    let (across, along) = match ruling.axis {
        Axis::Horizontal => ((reach.top, reach.bottom), (reach.left, reach.right)),
        Axis::Vertical => ((reach.left, reach.right), (reach.top, reach.bottom)),
    };
    let (start, end) = (ruling.start.max(along.0), ruling.end.min(along.1));
    ((across.0..=across.1).contains(&ruling.position) && start < end).then_some(Ruling {
        start,
        end,
        ..*ruling
    })
}

fn by_alignment(
    segments: &[Segment],
    rulings: &[Ruling],
    has_most: impl Fn(usize) -> bool,
) -> Option<FoundTable> {
    let mut texts: Vec<&Segment> = segments.iter().collect();
    texts.sort_by(|a, b| a.rect.top.total_cmp(&b.rect.top).then(a.rect.left.total_cmp(&b.rect.left)));
    let rules = merged(rulings, Axis::Horizontal);
    let words = |members: &[usize]| members.iter().map(|index| texts[*index].words.len()).sum::<usize>();
    find_aligned(&texts, &rules)
        .into_iter()
        .find(|Aligned { members, .. }| has_most(words(members)))
        .map(|Aligned { found, .. }| found)
}

/// A row a line, a column wherever nearly all lines leave a gap.
fn by_lines(words: &[&WordBox]) -> Option<FoundTable> {
    let rect = Rect::around(words.iter().map(|word| word.rect))?;
    let rows = rows(words);
    let ys = borders(&rows.iter().map(|row| extent(row)).collect::<Vec<_>>(), &rect);
    let xs = gaps(&rows, &rect);
    let mut cells = Vec::new();
    for (row, line) in rows.iter().enumerate() {
        for (column, edges) in xs.windows(2).enumerate() {
            let is_last = column + 2 == xs.len();
            let inside = |word: &&&WordBox| {
                let center = word.rect.center_x();
                (column == 0 || center >= edges[0]) && (is_last || center < edges[1])
            };
            cells.push(Cell {
                row: row as u32,
                column: column as u32,
                row_span: 1,
                column_span: 1,
                header: row == 0 && rows.len() > 1,
                content: cell_text(line.iter().filter(inside).copied().collect()),
                bbox: Bbox::from(Rect { left: edges[0], right: edges[1], top: ys[row], bottom: ys[row + 1] }),
            });
        }
    }
    let table = Table { rows: rows.len() as u32, columns: (xs.len() - 1) as u32, cells };
    Some(FoundTable { rect, table, confidence: CONFIDENCE })
}

/// Words that stand on one line, top to bottom.
fn rows<'a>(words: &[&'a WordBox]) -> Vec<Vec<&'a WordBox>> {
    let mut sorted = words.to_vec();
    sorted.sort_by(|a, b| a.rect.center_y().total_cmp(&b.rect.center_y()));
    let mut rows: Vec<Vec<&WordBox>> = Vec::new();
    for word in sorted {
        match rows.last_mut() {
            Some(row)
                if row[0].rect.overlap_y(&word.rect) > 0.3 * row[0].rect.height().min(word.rect.height()) =>
            {
                row.push(word);
            }
            _ => rows.push(vec![word]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| a.rect.left.total_cmp(&b.rect.left));
    }
    rows
}

fn extent(row: &[&WordBox]) -> (f32, f32) {
    let top = row.iter().map(|word| word.rect.top).fold(f32::INFINITY, f32::min);
    let bottom = row.iter().map(|word| word.rect.bottom).fold(f32::NEG_INFINITY, f32::max);
    (top, bottom)
}

/// The middles between one row and the next, and the outer edges.
fn borders(rows: &[(f32, f32)], rect: &Rect) -> Vec<f32> {
    let mut borders = vec![rect.top];
    borders.extend(rows.windows(2).map(|pair| f32::midpoint(pair[0].1, pair[1].0)));
    borders.push(rect.bottom);
    borders
}

/// The middles of the gaps, and the outer edges. Strips are a point wide, wider in very wide boxes.
fn gaps(rows: &[Vec<&WordBox>], rect: &Rect) -> Vec<f32> {
    let mut heights: Vec<f32> = rows.iter().flatten().map(|word| word.rect.height()).collect();
    heights.sort_by(f32::total_cmp);
    // The ink of a word is about three quarters of its size high.
    let em = heights.get(heights.len() / 2).copied().unwrap_or(10.0) / 0.75;
    let bins = (rect.width().ceil() as usize).clamp(1, 4096);
    let step = (rect.width() / bins as f32).max(0.001);
    let mut cover = vec![0usize; bins];
    for row in rows {
        for (left, right) in stretches(row, COLUMN_GAP * em) {
            let first = (((left - rect.left) / step).floor().max(0.0) as usize).min(bins);
            let last = (((right - rect.left) / step).ceil() as usize).min(bins);
            cover[first..last].iter_mut().for_each(|count| *count += 1);
        }
    }
    let allowed = (MAX_CROSSING * rows.len() as f32) as usize;
    let mut xs = vec![rect.left];
    let mut start = 0;
    for stretch in cover.chunk_by(|a, b| (*a <= allowed) == (*b <= allowed)) {
        let end = start + stretch.len();
        let is_gap = stretch[0] <= allowed && start > 0 && end < bins;
        if is_gap && stretch.len() as f32 * step >= COLUMN_GAP * em - 2.0 * step {
            xs.push(rect.left + f32::midpoint(start as f32, end as f32) * step);
        }
        start = end;
    }
    xs.push(rect.right);
    xs
}

/// From where to where the words of a row go on without a gap.
fn stretches(row: &[&WordBox], gap: f32) -> Vec<(f32, f32)> {
    let mut stretches: Vec<(f32, f32)> = Vec::new();
    for word in row {
        match stretches.last_mut() {
            Some((_, right)) if word.rect.left - *right < gap => *right = right.max(word.rect.right),
            _ => stretches.push((word.rect.left, word.rect.right)),
        }
    }
    stretches
}

//! Tables without a full grid: rows of cells that line up in columns.
//!
//! Rows with gaps are gathered as long as their gaps agree; the columns are the stretches between gaps that nearly all
//! rows leave free (T. G. Kieninger, *Table structure recognition based on robust block segmentation*, SPIE 3305,
//! 1998, from words up; here from gaps down). Horizontal rules, as printed tables have above and below, make it surer.

use super::cells::{FoundTable, Shape, assemble, filled_share};
use super::structure::{Drawn, Structure, recognise};
use super::text_lines::{self, Chunk, TextLine, same_line};
use crate::layout::content::Ruling;
use crate::layout::geometry::Rect;
use crate::layout::lines::{Segment, WordBox};
use crate::layout::text::{Marker, has_dot_leader, marker};

/// Between rules, a gap this wide (ems) is enough to lie between two cells.
const CELL_GAP: f32 = 0.75;
/// Rules whose ends differ by less (points) belong to one table, if they are not further apart than the second.
const SAME_EXTENT: f32 = 6.0;
const MAX_BAND: f32 = 400.0;
/// Rows further apart than this many ems are not one table, unless rules say so.
const ROW_DISTANCE: f32 = 2.8;
/// A line this many times larger heads what follows.
const HEADLINE: f32 = 1.15;
/// A bold line of its own further from the rows above than these are from each other, by this factor, does too.
const APART: f32 = 1.25;
/// So many rows come before it: those of headings differ in distance.
const MIN_ABOVE: usize = 4;
/// Cells of running text are not cells: with this many characters in the mean cell, it is a page in columns.
const MAX_MEAN_CELL: usize = 45;
/// A column of running text is at least this wide (ems): 25 characters.
const RUNNING_WIDTH: f32 = 12.0;
/// So many rows that begin with a time, a date or a number each are a table whatever is said of them.
const MIN_KEYED: usize = 5;
/// Labels of a chart line up here and there; cells fill most positions.
const MIN_FILLED: f32 = 0.5;
/// How sure an aligned table is, with rules and without.
const CONFIDENCE_WITH_RULES: f32 = 0.85;
const CONFIDENCE: f32 = 0.5;

/// A table found in a column of the page, and the places (in the column's list) of the segments that make it.
pub(in crate::layout) struct Aligned {
    pub(in crate::layout) found: FoundTable,
    pub(in crate::layout) members: Vec<usize>,
}

/// The words of one line of the page within a column, left to right.
struct Row<'a> {
    members: Vec<usize>,
    line: TextLine<'a>,
    rect: Rect,
    em: f32,
    /// Stretches of words without a gap between them.
    cells: Vec<Rect>,
    /// Of a list, of a list of contents, of a program or of a formula.
    is_text: bool,
}

/// The aligned tables among `segments`, which are sorted top to bottom. `rules` are the page's horizontal rulings.
pub(in crate::layout) fn find(segments: &[&Segment], rules: &[Ruling]) -> Vec<Aligned> {
    let rows = rows(segments, &bands(rules));
    let width = Rect::around(rows.iter().map(|row| row.rect)).map_or(0.0, |rect| rect.width());
    let mut tables = Vec::new();
    let mut start = 0;
    while start < rows.len() {
        let end = run_end(&rows, start, rules, width);
        if end > start + 1
            && let Some(table) = table(&rows[start..end], rules)
        {
            tables.push(table);
            start = end;
        } else {
            start += 1;
        }
    }
    tables
}

fn rows<'a>(segments: &[&'a Segment], bands: &[Rect]) -> Vec<Row<'a>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut order: Vec<usize> = (0..segments.len()).collect();
    order.sort_by(|a, b| segments[*a].rect.center_y().total_cmp(&segments[*b].rect.center_y()));
    for index in order {
        let segment = segments[index];
        match groups.last_mut() {
            Some(group) if same_line(segments[group[0]], segment) => group.push(index),
            _ => groups.push(vec![index]),
        }
    }
    groups.into_iter().filter_map(|members| row(segments, members, bands)).collect()
}

fn row<'a>(segments: &[&'a Segment], mut members: Vec<usize>, bands: &[Rect]) -> Option<Row<'a>> {
    members.sort_by(|a, b| segments[*a].rect.left.total_cmp(&segments[*b].rect.left));
    let rect = Rect::around(members.iter().map(|index| segments[*index].rect))?;
    let em = segments[members[0]].size;
    let words: Vec<&WordBox> = members.iter().flat_map(|index| &segments[*index].words).collect();
    let mut cells: Vec<Rect> = if bands.iter().any(|band| band.contains_center(&rect)) {
        stretches(&words, CELL_GAP * em)
    } else {
        members.iter().map(|index| segments[*index].rect).collect()
    };
    let text: String = words.iter().map(|word| word.text.as_str()).collect();
    let is_item = cells.len() == 2 && words.first().is_some_and(|word| marker(&word.text).is_some());
    if is_item {
        cells = vec![rect];
    }
    let set_apart = |segment: &&Segment| segment.style.monospaced || segment.style.mathematical;
    let own: Vec<&Segment> = members.iter().map(|index| segments[*index]).collect();
    let is_bullet = |(kind, _)| kind == Marker::Bullet;
    let is_listed =
        cells.len() == 1 && words.first().and_then(|word| marker(&word.text)).is_some_and(is_bullet);
    let is_text =
        is_listed || has_dot_leader(&text) || 2 * own.iter().copied().filter(set_apart).count() >= own.len();
    let line = text_lines::line(&own, None)?;
    Some(Row { members, line, rect, em, cells, is_text })
}

/// Words with less than `gap` between them.
fn stretches(words: &[&WordBox], gap: f32) -> Vec<Rect> {
    let mut stretches: Vec<Rect> = Vec::new();
    for word in words {
        match stretches.last_mut() {
            Some(last) if word.rect.left - last.right < gap => *last = last.union(&word.rect),
            _ => stretches.push(word.rect),
        }
    }
    stretches
}

/// The stretches of the page between rules of one extent, such as a printed table has above and below.
fn bands(rules: &[Ruling]) -> Vec<Rect> {
    let mut bands: Vec<(Rect, usize)> = Vec::new();
    for rule in rules {
        let same = bands.iter_mut().find(|(band, _)| {
            (band.left - rule.start).abs() < SAME_EXTENT
                && (band.right - rule.end).abs() < SAME_EXTENT
                && (band.bottom - rule.position).abs() < MAX_BAND
        });
        match same {
            Some((band, count)) => {
                *band = band.union(&rule.rect());
                *count += 1;
            }
            None => bands.push((rule.rect(), 1)),
        }
    }
    bands.into_iter().filter(|(_, count)| *count > 1).map(|(band, _)| band).collect()
}

/// Where the run of rows that could be one table, beginning at `start`, ends.
fn run_end(rows: &[Row<'_>], start: usize, rules: &[Ruling], width: f32) -> usize {
    let first = &rows[start];
    if first.cells.len() < 2 || first.is_text {
        return start;
    }
    let mut end = start + 1;
    let mut last_with_cells = start;
    let mut usual: f32 = 0.0;
    while end < rows.len() {
        let (above, row) = (&rows[end - 1], &rows[end]);
        let distance = row.rect.top - above.rect.bottom;
        let limit = if enclosed(rules, &above.rect, &row.rect) { 2.0 * ROW_DISTANCE } else { ROW_DISTANCE };
        let is_full_line = row.cells.len() == 1 && row.rect.width() > 0.75 * width;
        let is_below = end - start >= MIN_ABOVE && row.line.bold && !first.line.bold;
        let is_bold = is_below && distance > APART * usual + 1.0;
        let is_headline = row.cells.len() == 1 && (row.em >= HEADLINE * first.em || is_bold);
        usual = usual.max(distance);
        if row.is_text
            || is_headline
            || distance > limit * row.em
            || is_full_line
            || end - last_with_cells > 3
        {
            break;
        }
        if row.cells.len() > 1 {
            last_with_cells = end;
        }
        end += 1;
    }
    // A last line in the first column alone belongs to the row above when it is as close as lines of one cell are.
    let trailing = rows[last_with_cells + 1..end]
        .iter()
        .take_while(|row| {
            row.rect.top - rows[last_with_cells].rect.bottom < 0.7 * row.em
                && row.rect.left > first.rect.left + row.em
        })
        .count()
        .min(1);
    last_with_cells + 1 + trailing
}

/// Whether a rule lies below both rows, across them: then they may belong together though far apart.
fn enclosed(rules: &[Ruling], above: &Rect, below: &Rect) -> bool {
    rules.iter().any(|rule| {
        rule.position > below.bottom - 2.0
            && rule.position < below.bottom + 300.0
            && rule.start <= above.left.min(below.left) + 6.0
            && rule.end >= above.right.max(below.right) - 6.0
    })
}

fn table(rows: &[Row<'_>], rules: &[Ruling]) -> Option<Aligned> {
    let bounds = Rect::around(rows.iter().map(|row| row.rect))?;
    let with_rules = rules
        .iter()
        .filter(|rule| {
            rule.position > bounds.top - 14.0
                && rule.position < bounds.bottom + 14.0
                && rule.start.max(bounds.left) < rule.end.min(bounds.right)
                && rule.length() > 0.5 * bounds.width()
        })
        .count();
    let lines: Vec<TextLine<'_>> = rows.iter().map(|row| row.line.clone()).collect();
    let inside = |rule: &&Ruling| rule.position > bounds.top && rule.position < bounds.bottom;
    let drawn = Drawn { rules: rules.iter().filter(inside).copied().collect(), ..Drawn::default() };
    let Structure { xs, rows: row_count, header_rows, cells, .. } = recognise(&lines, &bounds, &drawn)?;
    if is_running_text(rows, &xs) || !is_plausible(rows, &xs, with_rules) {
        return None;
    }
    let words: Vec<&WordBox> =
        lines.iter().flat_map(|line| &line.chunks).flat_map(|chunk| chunk.words.iter().copied()).collect();
    let confidence = if with_rules >= 2 { CONFIDENCE_WITH_RULES } else { CONFIDENCE };
    let found = assemble(
        bounds,
        &Shape::without_blanks(xs.len() - 1, row_count, header_rows),
        cells,
        &words,
        confidence,
    )?;
    if filled_share(&found.table) < MIN_FILLED {
        return None;
    }
    let members = rows.iter().flat_map(|row| row.members.iter().copied()).collect();
    Some(Aligned { found, members })
}

/// Whether columns are running text: their lines fill the column and follow each other closely. One such column may
/// describe the others; of two columns it may not be one.
fn is_running_text(rows: &[Row<'_>], xs: &[f32]) -> bool {
    let running = xs
        .windows(2)
        .filter(|pair| {
            let cells: Vec<&Rect> = rows
                .iter()
                .flat_map(|row| &row.cells)
                .filter(|cell| (pair[0]..pair[1]).contains(&cell.center_x()))
                .collect();
            let Some(around) = Rect::around(cells.iter().map(|cell| **cell)) else { return false };
            let em = rows[0].em;
            let full = cells.iter().filter(|cell| cell.width() > 0.8 * around.width()).count();
            let close = around.height() < 1.6 * em * cells.len() as f32;
            cells.len() >= 3 && around.width() > RUNNING_WIDTH * em && 5 * full >= 3 * cells.len() && close
        })
        .count();
    running > 1 || (running == 1 && xs.len() == 3)
}

/// Whether what lines up reads as cells.
fn is_plausible(rows: &[Row<'_>], xs: &[f32], rules: usize) -> bool {
    let columns = xs.len() - 1;
    let full = rows.iter().filter(|row| row.line.chunks.len() > 1).count();
    let characters = |row: &Row<'_>| row.line.chunks.iter().map(Chunk::length).sum::<usize>();
    let cells: usize = rows.iter().map(|row| row.line.chunks.len()).sum();
    let mean_cell = rows.iter().map(characters).sum::<usize>() / cells.max(1);
    let values: Vec<&Chunk<'_>> =
        rows.iter().flat_map(|row| &row.line.chunks).filter(|chunk| chunk.rect.center_x() > xs[1]).collect();
    let numeric = 2 * values.iter().filter(|chunk| chunk.is_number()).count() > values.len();
    let digits: usize = rows
        .iter()
        .flat_map(|row| &row.line.chunks)
        .flat_map(|chunk| &chunk.words)
        .map(|word| word.text.chars().filter(char::is_ascii_digit).count())
        .sum();
    let dense = digits as f32 > 0.2 * rows.iter().map(characters).sum::<usize>() as f32;
    let keys = || {
        rows.iter().filter_map(|row| row.line.chunks.first()).filter(|chunk| chunk.rect.center_x() < xs[1])
    };
    let keyed = full >= MIN_KEYED && keys().filter(|key| key.is_number()).count() >= full;
    // Columns after the first have something in at least a third of the rows, but for one in three, as of notes.
    let is_used = |pair: &&[f32]| {
        let count = rows
            .iter()
            .filter(|row| {
                row.line.chunks.iter().any(|chunk| (pair[0]..pair[1]).contains(&chunk.rect.center_x()))
            })
            .count();
        3 * count >= full
    };
    let unused = columns - 1 - xs.windows(2).skip(1).filter(is_used).count();
    let used = 3 * unused < columns;
    let mostly_full = 2 * full >= rows.len();
    let enough = match (columns, rules >= 2, numeric) {
        (2, ..) if keyed => true,
        (2, false, _) if !dense => full >= 4 && mean_cell <= 20,
        (2, ..) => full >= 3,
        (_, false, false) => full >= 3 && mean_cell <= 30,
        _ => full >= 2,
    };
    used && mostly_full && enough && mean_cell <= MAX_MEAN_CELL
}

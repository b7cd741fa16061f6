//! Tables without a full grid: rows of cells that line up in columns.
//!
//! Rows with gaps are gathered as long as their gaps agree; the columns are the stretches between gaps that nearly all
//! rows leave free (T. G. Kieninger, *Table structure recognition based on robust block segmentation*, SPIE 3305,
//! 1998, from words up; here from gaps down). Horizontal rules, as printed tables have above and below, make it surer.

use super::content::Ruling;
use super::geometry::Rect;
use super::headings;
use super::lines::{Segment, WordBox};
use super::table::{FoundTable, Placed, assemble};
use super::text::{has_dot_leader, marker};

/// Between rules, a gap this wide (ems) is enough to lie between two cells.
const CELL_GAP: f32 = 0.75;
/// Once rows are known to be a table's, this gap is enough: no space between words is as wide.
const FINE_GAP: f32 = 0.55;
/// Rules whose ends differ by less (points) belong to one table, if they are not further apart than the second.
const SAME_EXTENT: f32 = 6.0;
const MAX_BAND: f32 = 400.0;
/// Rows further apart than this many ems are not one table, unless rules say so.
const ROW_DISTANCE: f32 = 2.8;
/// A column border may be crossed by this share of the rows: by headings over several columns.
const MAX_CROSSING: f32 = 0.26;
/// Cells of running text are not cells: with this many characters in the mean cell, it is a page in columns.
const MAX_MEAN_CELL: usize = 45;
/// A column of running text is at least this wide (ems): 25 characters.
const RUNNING_WIDTH: f32 = 12.0;
/// How sure an aligned table is, with rules and without.
const CONFIDENCE_WITH_RULES: f32 = 0.85;
const CONFIDENCE: f32 = 0.65;

/// A table found in a column of the page, and the places (in the column's list) of the segments that make it.
pub(super) struct Aligned {
    pub(super) found: FoundTable,
    pub(super) members: Vec<usize>,
}

/// The words of one line of the page within a column, left to right.
struct Row<'a> {
    members: Vec<usize>,
    words: Vec<&'a WordBox>,
    rect: Rect,
    em: f32,
    /// Stretches of words without a gap between them.
    cells: Vec<Rect>,
    is_text: bool,
    /// A marker and its item: not two cells.
    is_item: bool,
}

/// The aligned tables among `segments`, which are sorted top to bottom. `rules` are the page's horizontal rulings.
pub(super) fn find(segments: &[&Segment], rules: &[Ruling]) -> Vec<Aligned> {
    let mut rows = rows(segments, &bands(rules));
    let width = Rect::around(rows.iter().map(|row| row.rect)).map_or(0.0, |rect| rect.width());
    let mut tables = Vec::new();
    let mut start = 0;
    while start < rows.len() {
        let end = run_end(&rows, start, rules, width);
        if end > start + 1
            && let Some(table) = table(&mut rows[start..end], rules)
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
            Some(group) if same_row(segments[group[0]], segment) => group.push(index),
            _ => groups.push(vec![index]),
        }
    }
    groups.into_iter().filter_map(|members| row(segments, members, bands)).collect()
}

fn same_row(a: &Segment, b: &Segment) -> bool {
    (a.baseline - b.baseline).abs() < 0.4 * a.size.min(b.size)
        || a.rect.overlap_y(&b.rect) > 0.6 * a.rect.height().max(b.rect.height())
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
    let is_text = has_dot_leader(&text);
    Some(Row { members, words, rect, em, cells, is_text, is_item })
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
    while end < rows.len() {
        let (above, row) = (&rows[end - 1], &rows[end]);
        let distance = row.rect.top - above.rect.bottom;
        let limit = if enclosed(rules, &above.rect, &row.rect) { 2.0 * ROW_DISTANCE } else { ROW_DISTANCE };
        let is_full_line = row.cells.len() == 1 && row.rect.width() > 0.75 * width;
        if row.is_text || distance > limit * row.em || is_full_line || end - last_with_cells > 3 {
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

fn table(rows: &mut [Row<'_>], rules: &[Ruling]) -> Option<Aligned> {
    let bounds = Rect::around(rows.iter().map(|row| row.rect))?;
    if is_running_text(rows, &borders(rows, &bounds)?) {
        return None;
    }
    for row in rows.iter_mut().filter(|row| !row.is_item) {
        row.cells = stretches(&row.words, FINE_GAP * row.em);
    }
    let rows = &*rows;
    let xs = borders(rows, &bounds)?;
    let columns = xs.len() - 1;
    let with_rules = rules
        .iter()
        .filter(|rule| {
            rule.position > bounds.top - 14.0
                && rule.position < bounds.bottom + 14.0
                && rule.start.max(bounds.left) < rule.end.min(bounds.right)
                && rule.length() > 0.5 * bounds.width()
        })
        .count();
    if !is_plausible(rows, &xs, with_rules) {
        return None;
    }
    let groups = group_rows(rows, &xs, rules);
    if groups.len() < 2 {
        return None;
    }
    let ys = row_borders(&groups, &bounds);
    let cells = cells(&groups, &xs, &ys, columns);
    let words: Vec<&WordBox> = rows.iter().flat_map(|row| row.words.iter().copied()).collect();
    let confidence = if with_rules >= 2 { CONFIDENCE_WITH_RULES } else { CONFIDENCE };
    let cells = headings::span(cells, columns, &words);
    let found = assemble(bounds, columns, groups.len(), cells, &words, confidence)?;
    let members = rows.iter().flat_map(|row| row.members.iter().copied()).collect();
    Some(Aligned { found, members })
}

/// The vertical borders: the outer ones, and the middles of gaps that nearly all rows leave free.
fn borders(rows: &[Row<'_>], bounds: &Rect) -> Option<Vec<f32>> {
    let mut sizes: Vec<f32> = rows.iter().map(|row| row.em).collect();
    sizes.sort_by(f32::total_cmp);
    let em = *sizes.get(sizes.len() / 2)?;
    let bins = (bounds.width().ceil() as usize).clamp(1, 4096);
    let step = (bounds.width() / bins as f32).max(0.001);
    let mut cover = vec![0usize; bins];
    for cell in rows.iter().flat_map(|row| &row.cells) {
        let first = ((cell.left - bounds.left) / step).floor().max(0.0) as usize;
        let last = ((cell.right - bounds.left) / step).ceil() as usize;
        cover[first.min(bins)..last.min(bins)].iter_mut().for_each(|count| *count += 1);
    }
    let full = rows.iter().filter(|row| row.cells.len() > 1).count();
    let allowed = (MAX_CROSSING * full as f32) as usize;
    let mut xs = vec![bounds.left - 1.0];
    let mut index = 0;
    while index < bins {
        let start = index;
        while index < bins && cover[index] <= allowed {
            index += 1;
        }
        let least = cover[start..index].iter().copied().min();
        if let Some(least) = least
            && start > 0
            && index < bins
            && (index - start) as f32 * step >= 0.5 * em
        {
            // Within the valley, the middle of where it is lowest.
            let lowest: Vec<usize> = (start..index).filter(|bin| cover[*bin] == least).collect();
            xs.push(bounds.left + (lowest[lowest.len() / 2] as f32 + 0.5) * step);
        }
        index += 1;
    }
    xs.push(bounds.right + 1.0);
    (xs.len() > 2).then_some(xs)
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
    let full = rows.iter().filter(|row| row.cells.len() > 1).count();
    let characters = |row: &Row<'_>| row.words.iter().map(|word| word.text.chars().count()).sum::<usize>();
    let cells: usize = rows.iter().map(|row| row.cells.len()).sum();
    let mean_cell = rows.iter().map(characters).sum::<usize>() / cells.max(1);
    let digits: usize = rows
        .iter()
        .flat_map(|row| &row.words)
        .map(|word| word.text.chars().filter(char::is_ascii_digit).count())
        .sum();
    let numeric = digits as f32 > 0.2 * rows.iter().map(characters).sum::<usize>() as f32;
    // Every column after the first has something in at least a third of the rows.
    let used = xs.windows(2).skip(1).all(|pair| {
        let count = rows
            .iter()
            .filter(|row| row.cells.iter().any(|cell| (pair[0]..pair[1]).contains(&cell.center_x())))
            .count();
        3 * count >= full
    });
    let mostly_full = 2 * full >= rows.len();
    let enough = match (columns, rules >= 2, numeric) {
        (2, false, false) => full >= 4 && mean_cell <= 20,
        (2, true, _) | (2, _, true) => full >= 3,
        (_, false, false) => full >= 3 && mean_cell <= 30,
        _ => full >= 2,
    };
    used && mostly_full && enough && mean_cell <= MAX_MEAN_CELL
}

/// Lines that make one row of the table: separated by rules where the table has them, else a line that leaves the first
/// column empty and stands close continues the row above.
fn group_rows<'r, 'a>(rows: &'r [Row<'a>], xs: &[f32], rules: &[Ruling]) -> Vec<Vec<&'r Row<'a>>> {
    let ruled_between = |above: &Row<'_>, row: &Row<'_>| {
        rules.iter().any(|rule| {
            rule.position > above.rect.center_y()
                && rule.position < row.rect.center_y()
                && rule.start < row.rect.center_x()
                && rule.end > row.rect.center_x()
        })
    };
    let inner_rules = rows.windows(2).filter(|pair| ruled_between(&pair[0], &pair[1])).count();
    let by_rules = inner_rules >= 3 && 3 * inner_rules >= rows.len();
    let has_first = |row: &Row<'_>| row.words.iter().any(|word| word.rect.center_x() < xs[1]);
    let mut gaps: Vec<f32> = rows.windows(2).map(|pair| pair[1].rect.top - pair[0].rect.bottom).collect();
    gaps.sort_by(f32::total_cmp);
    let typical = gaps.get(gaps.len() / 2).copied().unwrap_or(0.0);
    let mut groups: Vec<Vec<&Row<'_>>> = Vec::new();
    for row in rows {
        let continues = groups.last().and_then(|group| group.last()).is_some_and(|above| {
            let gap = row.rect.top - above.rect.bottom;
            if by_rules {
                return !ruled_between(above, row);
            }
            let close = gap < 0.7 * row.em && gap <= typical + 0.1 * row.em;
            // A line of a cell stands closer than a row does.
            let closer = gap < 0.6 * typical && typical > 0.4 * row.em;
            let continues_cells = if has_first(row) { closer } else { close };
            continues_cells
                && groups.len() > 1
                && row.cells.len() < above.cells.len().max(2)
                && !ruled_between(above, row)
        });
        match groups.last_mut() {
            Some(group) if continues => group.push(row),
            _ => groups.push(vec![row]),
        }
    }
    groups
}

fn row_borders(groups: &[Vec<&Row<'_>>], bounds: &Rect) -> Vec<f32> {
    let extent = |group: &Vec<&Row<'_>>| {
        let top = group.iter().map(|row| row.rect.top).fold(f32::INFINITY, f32::min);
        let bottom = group.iter().map(|row| row.rect.bottom).fold(f32::NEG_INFINITY, f32::max);
        (top, bottom)
    };
    let mut ys = vec![bounds.top - 1.0];
    ys.extend(groups.windows(2).map(|pair| f32::midpoint(extent(&pair[0]).1, extent(&pair[1]).0)));
    ys.push(bounds.bottom + 1.0);
    ys
}

/// A cell for each position, but one over several columns where a row's text crosses their borders.
fn cells(groups: &[Vec<&Row<'_>>], xs: &[f32], ys: &[f32], columns: usize) -> Vec<Placed> {
    let mut cells = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let crossed = |border: f32| {
            group
                .iter()
                .flat_map(|row| &row.cells)
                .any(|cell| cell.left < border - 1.0 && cell.right > border + 1.0)
        };
        let mut column = 0;
        while column < columns {
            let mut last = column;
            while last + 1 < columns && crossed(xs[last + 1]) {
                last += 1;
            }
            cells.push(Placed::new(index, column, index, last, xs, ys));
            column = last + 1;
        }
    }
    cells
}

//! The rows of headings of a table: how many lines they take, and which heading stands over which columns.
//!
//! A heading stands over several columns when its text or the rule below it reaches over them, or when headings in a
//! line above others share these out among them, each in the middle of its own (nested column headings as in
//! X. Wang, *Tabular abstraction, editing, and formatting*, 1996).

use super::extent::{Extent, columns_of};
use super::text_lines::{Chunk, TextLine};
use crate::layout::content::Ruling;
use crate::layout::geometry::Rect;

/// Headings take at most this many lines.
const MAX_LINES: usize = 9;
/// A heading over columns stands over their middle, give or take this share of their width.
const OFF_CENTER: f32 = 0.3;
/// A heading is in line with a column when left edges, middles or right edges differ by less (ems).
const IN_LINE: f32 = 0.5;
/// A rule belongs to the heading above it within this distance (ems).
const RULE_DISTANCE: f32 = 1.3;

/// How many lines are headings. `separated[i]` says that a ruling or a stripe's edge lies between line `i - 1` and `i`.
pub(super) fn line_count(lines: &[TextLine<'_>], xs: &[f32], separated: &[bool]) -> usize {
    let most = lines.len().min(MAX_LINES + 1);
    let first = (1..most).find(|index| separated[*index]);
    if let Some(first) = first
        && !has_values(&lines[..first], xs)
    {
        let nested = lines[..first].iter().flat_map(|line| &line.chunks).any(|chunk| is_wide(chunk, xs));
        let second = (first + 1..most).find(|index| separated[*index]);
        return match second {
            Some(second)
                if nested && !has_values(&lines[..second], xs) && has_values(&lines[second..], xs) =>
            {
                second
            }
            _ if has_values(&lines[first..], xs) => {
                let values = before_values(&lines[..most], xs).unwrap_or(first);
                first.max(values.min(before_numbers(&lines[..most], xs)))
            }
            _ => first,
        };
    }
    let bold = lines[..most].iter().take_while(|line| line.bold).count();
    if bold > 0 && bold < most && !has_values(&lines[..bold], xs) {
        return bold;
    }
    let count = before_values(&lines[..most], xs).unwrap_or(0);
    if has_values(&lines[count..], xs) { count } else { 0 }
}

/// How many lines there are before the first line of values; none when there is no such line.
fn before_values(lines: &[TextLine<'_>], xs: &[f32]) -> Option<usize> {
    let values = |line: &TextLine<'_>| line.chunks.len() > 1 && has_values(std::slice::from_ref(line), xs);
    let count = lines.iter().position(values)?;
    // A line in the first column alone right above the values heads a section, not the columns.
    let is_section =
        |line: &TextLine<'_>| line.chunks.len() == 1 && columns_of(&line.chunks[0].rect, xs) == (0, 0);
    Some(count - lines[..count].iter().rev().take_while(|line| is_section(line)).count())
}

/// How many lines there are before the first with a number other than a year beside its first column.
fn before_numbers(lines: &[TextLine<'_>], xs: &[f32]) -> usize {
    let is_value =
        |chunk: &Chunk<'_>| columns_of(&chunk.rect, xs).0 > 0 && chunk.is_number() && !chunk.is_year();
    lines.iter().position(|line| line.chunks.iter().any(is_value)).unwrap_or(lines.len())
}

fn is_wide(chunk: &Chunk<'_>, xs: &[f32]) -> bool {
    let (first, last) = columns_of(&chunk.rect, xs);
    last > first
}

/// Whether most of what is not in the first column is numbers other than years.
fn has_values(lines: &[TextLine<'_>], xs: &[f32]) -> bool {
    let (mut numbers, mut all) = (0, 0);
    for chunk in lines.iter().flat_map(|line| &line.chunks).filter(|chunk| columns_of(&chunk.rect, xs).1 > 0)
    {
        numbers += usize::from(chunk.is_number() && !chunk.is_year());
        all += 1;
    }
    2 * numbers > all
}

/// The rows of headings: how the lines divide into them, and their cells.
pub(super) struct Header {
    /// For each row the index of its first line.
    pub(super) starts: Vec<usize>,
    pub(super) cells: Vec<Extent>,
}

/// A heading with the columns it stands over.
struct Over {
    first: usize,
    last: usize,
}

/// The headings in `lines`, which are all headings.
pub(super) fn rows(lines: &[TextLine<'_>], xs: &[f32], rules: &[Ruling], separated: &[bool]) -> Header {
    let mut over: Vec<Vec<Over>> = (0..lines.len())
        .map(|index| {
            lines[index].chunks.iter().map(|chunk| stands_over(chunk, index, lines, xs, rules)).collect()
        })
        .collect();
    let is_upper = |over: &[Vec<Over>], index: usize| over[index].iter().any(|over| over.last > over.first);
    if lines.len() > 1 && !(0..lines.len()).any(|index| is_upper(&over, index)) {
        share_out(lines, xs, &mut over);
    }
    let mut starts = vec![0];
    for index in 1..lines.len() {
        let above = is_upper(&over, index - 1);
        let wraps = above && same_extents(&over[index - 1], &over[index]) && !separated[index];
        if separated[index] || above && !wraps {
            starts.push(index);
        }
    }
    let levels = starts.len();
    let mut cells = Vec::new();
    let spans: Vec<Vec<(usize, usize)>> = (0..levels)
        .map(|level| {
            let end = starts.get(level + 1).copied().unwrap_or(lines.len());
            let mut spans: Vec<(usize, usize)> = over[starts[level]..end]
                .iter()
                .flatten()
                .filter(|over| over.last > over.first)
                .map(|over| (over.first, over.last))
                .collect();
            spans.sort_unstable();
            joined(spans)
        })
        .collect();
    for (row, spans) in spans.iter().enumerate() {
        cells.extend(spans.iter().map(|(first, last)| Extent {
            top: row,
            left: *first,
            bottom: row,
            right: *last,
        }));
    }
    let has_text = |level: usize, column: usize| {
        let end = starts.get(level + 1).copied().unwrap_or(lines.len());
        over[starts[level]..end].iter().flatten().any(|over| over.first <= column && column <= over.last)
    };
    for column in 0..xs.len() - 1 {
        let spanned =
            |level: usize| spans[level].iter().any(|(first, last)| (*first..=*last).contains(&column));
        let mut level = 0;
        while level < levels {
            if spanned(level) {
                level += 1;
                continue;
            }
            let top = level;
            while level + 1 < levels
                && !spanned(level + 1)
                && !(full_rule(separated, starts[level + 1])
                    && has_text(level + 1, column)
                    && (top..=level).any(|level| has_text(level, column)))
            {
                level += 1;
            }
            cells.push(Extent { top, left: column, bottom: level, right: column });
            level += 1;
        }
    }
    Header { starts, cells }
}

fn full_rule(separated: &[bool], line: usize) -> bool {
    separated.get(line).copied().unwrap_or(false)
}

/// Spans that overlap are one: lines of one heading.
fn joined(spans: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let mut joined: Vec<(usize, usize)> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.0 <= last.1 => last.1 = last.1.max(span.1),
            _ => joined.push(span),
        }
    }
    joined
}

fn same_extents(above: &[Over], below: &[Over]) -> bool {
    below
        .iter()
        .filter(|over| over.last > over.first)
        .any(|over| above.iter().any(|other| other.first == over.first && other.last == over.last))
}

fn stands_over(
    chunk: &Chunk<'_>,
    index: usize,
    lines: &[TextLine<'_>],
    xs: &[f32],
    rules: &[Ruling],
) -> Over {
    let (first, last) = columns_of(&chunk.rect, xs);
    let em = lines[index].em;
    let next = lines[index + 1..]
        .iter()
        .flat_map(|line| &line.chunks)
        .filter(|other| other.rect.overlap_x(&chunk.rect) > 0.0)
        .map(|other| other.rect.center_y())
        .fold(f32::INFINITY, f32::min);
    let limit = next.min(chunk.rect.bottom + RULE_DISTANCE * em);
    let width = xs[xs.len() - 1] - xs[0];
    let below = rules.iter().find(|rule| {
        rule.position > chunk.rect.center_y()
            && rule.position < limit
            && rule.start < chunk.rect.center_x()
            && rule.end > chunk.rect.center_x()
            && rule.length() < 0.9 * width
    });
    let Some(rule) = below else { return Over { first, last } };
    // The columns most of whose width the rule underlines.
    let under = |column: usize| {
        let shared = rule.end.min(xs[column + 1]) - rule.start.max(xs[column]);
        shared > 0.5 * (xs[column + 1] - xs[column])
    };
    let columns: Vec<usize> = (0..xs.len() - 1).filter(|column| under(*column)).collect();
    match (columns.first(), columns.last()) {
        (Some(&from), Some(&to)) if to > from => Over { first: from.min(first), last: to.max(last) },
        _ => Over { first, last },
    }
}

/// Shares the columns named by the lines below out among the headings of the first line.
fn share_out(lines: &[TextLine<'_>], xs: &[f32], over: &mut [Vec<Over>]) {
    let columns = xs.len() - 1;
    let mut lower: Vec<Option<Rect>> = vec![None; columns];
    for chunk in lines[1..].iter().flat_map(|line| &line.chunks) {
        let column = columns_of(&chunk.rect, xs).0;
        lower[column] = Some(lower[column].map_or(chunk.rect, |rect| rect.union(&chunk.rect)));
    }
    let upper: Vec<(usize, &Chunk<'_>)> =
        lines[0].chunks.iter().enumerate().filter(|(_, chunk)| columns_of(&chunk.rect, xs).0 > 0).collect();
    let named: Vec<(usize, Rect)> =
        lower.iter().enumerate().skip(1).filter_map(|(column, rect)| Some((column, (*rect)?))).collect();
    if columns < 3 || named.len() + 1 != columns || upper.is_empty() || upper.len() >= named.len() {
        return;
    }
    let nearest = |x: f32| {
        upper
            .iter()
            .enumerate()
            .min_by(|(_, a), (_, b)| {
                (a.1.rect.center_x() - x).abs().total_cmp(&(b.1.rect.center_x() - x).abs())
            })
            .map(|(index, _)| index)
    };
    let owners: Vec<usize> = named.iter().filter_map(|(_, rect)| nearest(rect.center_x())).collect();
    let mut shared = Vec::new();
    let mut out_of_line = false;
    for (index, (place, chunk)) in upper.iter().enumerate() {
        let (Some(first), Some(last)) = (
            owners.iter().position(|owner| *owner == index),
            owners.iter().rposition(|owner| *owner == index),
        ) else {
            return;
        };
        let around = named[first].1.union(&named[last].1);
        let off = (around.center_x() - chunk.rect.center_x()).abs();
        if off > OFF_CENTER * around.width().max(chunk.rect.width()) {
            return;
        }
        let own = columns_of(&chunk.rect, xs).0;
        out_of_line |= lower[own].is_none_or(|below| !is_in_line(&chunk.rect, &below, lines[0].em));
        shared.push((*place, named[first].0, named[last].0));
    }
    if !out_of_line {
        return;
    }
    for (place, first, last) in shared {
        over[0][place] = Over { first, last };
    }
}

fn is_in_line(a: &Rect, b: &Rect, em: f32) -> bool {
    [a.left - b.left, a.right - b.right, a.center_x() - b.center_x()]
        .iter()
        .any(|off| off.abs() < IN_LINE * em)
}

#[cfg(test)]
mod tests {
    use super::super::text_lines::tests::lines;
    use super::*;

    const XS: [f32; 4] = [-1.0, 45.0, 85.0, 130.0];

    fn cells(text: &[&str]) -> Vec<(usize, usize, usize, usize)> {
        let lines = lines(text);
        let header = rows(&lines, &XS, &[], &vec![false; lines.len()]);
        let mut cells: Vec<_> =
            header.cells.iter().map(|cell| (cell.top, cell.left, cell.bottom, cell.right)).collect();
        cells.sort_unstable();
        cells
    }

    #[test]
    fn wrapped_headings_are_one_row() {
        assert_eq!(
            cells(&["          first   second", "Name      year    year"]),
            [(0, 0, 0, 0), (0, 1, 0, 1), (0, 2, 0, 2)]
        );
    }

    #[test]
    fn a_heading_over_two_columns_spans_them_and_the_first_spans_both_rows() {
        assert_eq!(
            cells(&["          the two years", "Name      first   second"]),
            [(0, 0, 1, 0), (0, 1, 0, 2), (1, 1, 1, 1), (1, 2, 1, 2)]
        );
    }

    #[test]
    fn headings_end_where_values_begin() {
        let lines = lines(&[
            "          2019    2020",
            "Name      kg      kg",
            "Oslo      12      14",
            "Molde     13      15",
        ]);
        assert_eq!(line_count(&lines, &XS, &[false; 4]), 2);
    }
}

//! The rows, columns and spans of a table whose cells no grid draws.

use super::cells::Placed;
use super::extent::{Extent, columns_of};
use super::rows::Rows;
use super::rulings::covered;
use super::text_lines::TextLine;
use super::{borders, header, rows};
use crate::layout::content::Ruling;
use crate::layout::geometry::Rect;

/// What separates rows or columns covers this share of the table.
const SEPARATING_SHARE: f32 = 0.5;
/// Most rows times columns of one table.
const MAX_POSITIONS: usize = 20_000;

/// What is drawn in and around a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Drawn {
    /// Horizontal rulings.
    pub(super) rules: Vec<Ruling>,
    /// Vertical rulings.
    pub(super) verticals: Vec<Ruling>,
    /// Fills behind rows.
    pub(super) stripes: Vec<Rect>,
}

/// The grid of a table.
#[derive(Debug)]
pub(super) struct Structure {
    pub(super) xs: Vec<f32>,
    pub(super) rows: usize,
    pub(super) header_rows: usize,
    pub(super) cells: Vec<Placed>,
    /// How many pairs of lines a ruling or a stripe's edge separates.
    pub(super) separators: usize,
}

/// Recognises the structure of the table with these lines; none when it has only one column or row.
pub(super) fn recognise(lines: &[TextLine<'_>], bounds: &Rect, drawn: &Drawn) -> Option<Structure> {
    let em = median_em(lines)?;
    let verticals: Vec<f32> = drawn
        .verticals
        .iter()
        .filter(|ruling| {
            ruling.end.min(bounds.bottom) - ruling.start.max(bounds.top) > SEPARATING_SHARE * bounds.height()
        })
        .map(|ruling| ruling.position)
        .collect();
    let xs = without_sign_columns(borders::between_columns(lines, bounds, em, &verticals), lines);
    if xs.len() < 3 || lines.len() * xs.len() > MAX_POSITIONS {
        return None;
    }
    let lines: Vec<TextLine<'_>> = lines.iter().map(|line| line.cut_at(&xs)).collect();
    let lines = lines.as_slice();
    let separated = separated(lines, bounds, drawn);
    let headings = header::line_count(lines, &xs, &separated);
    let header =
        (headings > 0).then(|| header::rows(&lines[..headings], &xs, &drawn.rules, &separated[..headings]));
    let body = rows::group(lines, headings, &xs, &separated);
    let header_rows = header.as_ref().map_or(0, |header| header.starts.len());
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut extents = Vec::new();
    if let Some(header) = header {
        let ends = header.starts.iter().skip(1).copied().chain([headings]);
        groups.extend(header.starts.iter().zip(ends).map(|(start, end)| (*start..end).collect()));
        extents = header.cells;
    }
    extents.extend(body_cells(lines, &body, header_rows, &xs, drawn));
    groups.extend(body.groups);
    if groups.len() < 2 {
        return None;
    }
    let ys = row_borders(lines, &groups, bounds);
    let cells = extents
        .iter()
        .map(|cell| Placed::new(cell.top, cell.left, cell.bottom, cell.right, &xs, &ys))
        .collect();
    let separators = separated.iter().filter(|separated| **separated).count();
    Some(Structure { xs, rows: groups.len(), header_rows: header_rows.max(1), cells, separators })
}

pub(super) fn median_em(lines: &[TextLine<'_>]) -> Option<f32> {
    let mut sizes: Vec<f32> = lines.iter().map(|line| line.em).collect();
    sizes.sort_by(f32::total_cmp);
    sizes.get(sizes.len() / 2).copied()
}

/// A column of nothing but currency signs belongs to the numbers after it, one of percent signs to those before.
fn without_sign_columns(mut xs: Vec<f32>, lines: &[TextLine<'_>]) -> Vec<f32> {
    let mut column = 0;
    while column + 1 < xs.len() && xs.len() > 3 {
        let mut signs: Vec<String> = Vec::new();
        let mut others = 0;
        for chunk in lines
            .iter()
            .flat_map(|line| &line.chunks)
            .filter(|chunk| columns_of(&chunk.rect, &xs) == (column, column))
        {
            let text: String = chunk.words.iter().map(|word| word.text.as_str()).collect();
            if matches!(text.as_str(), "$" | "£" | "€" | "¥" | "US$" | "%" | ")" | "%)") {
                signs.push(text);
            } else {
                others += 1;
            }
        }
        let before = signs.iter().all(|sign| sign.ends_with(['%', ')']));
        if others > 0 || signs.is_empty() || before && column == 0 || !before && column + 2 >= xs.len() {
            column += 1;
        } else {
            xs.remove(if before { column } else { column + 1 });
        }
    }
    xs
}

/// For each line whether a ruling or the edge of a stripe lies between it and the one above.
fn separated(lines: &[TextLine<'_>], bounds: &Rect, drawn: &Drawn) -> Vec<bool> {
    let rules =
        drawn.rules.iter().map(|rule| rule.position).filter(|position| {
            covered(&drawn.rules, *position, bounds.left, bounds.right) >= SEPARATING_SHARE
        });
    let mut positions: Vec<f32> = rules.collect();
    positions.sort_by(f32::total_cmp);
    let ruled = |above: f32, below: f32| {
        let next = positions.partition_point(|position| *position <= above);
        positions.get(next).is_some_and(|position| *position < below)
    };
    let striped = |above: &Rect, below: &Rect| {
        let is_behind =
            |line: &Rect, stripe: &Rect| stripe.overlap_x(line) >= SEPARATING_SHARE * line.width();
        drawn.stripes.iter().filter(|stripe| is_behind(above, stripe) || is_behind(below, stripe)).any(
            |stripe| {
                [stripe.top, stripe.bottom]
                    .iter()
                    .any(|edge| *edge > above.center_y() && *edge < below.center_y())
            },
        )
    };
    let pair = |index: usize| (&lines[index - 1].rect, &lines[index].rect);
    (0..lines.len())
        .map(|index| {
            index > 0 && {
                let (above, below) = pair(index);
                ruled(above.center_y(), below.center_y()) || striped(above, below)
            }
        })
        .collect()
}

/// The cells below the headings: one for each position, but one over several columns where text crosses their borders,
/// and one over several rows where a text in the middle or a gap in the rules says so.
fn body_cells(
    lines: &[TextLine<'_>],
    body: &Rows,
    first_row: usize,
    xs: &[f32],
    drawn: &Drawn,
) -> Vec<Extent> {
    let columns = xs.len() - 1;
    let mut cells = Vec::new();
    let mut filled = vec![vec![false; columns]; body.groups.len()];
    for (index, group) in body.groups.iter().enumerate() {
        let chunks: Vec<(usize, usize)> = group
            .iter()
            .flat_map(|line| &lines[*line].chunks)
            .map(|chunk| columns_of(&chunk.rect, xs))
            .collect();
        for (first, last) in &chunks {
            filled[index][*first..=*last].fill(true);
        }
        let is_section = chunks.first().is_some_and(|first| first.0 == 0 && first.1 > 0)
            && chunks.len() == group.len()
            && chunks.iter().all(|(first, _)| *first == 0);
        let mut column = 0;
        while column < columns {
            let mut last = column;
            while let Some(further) =
                chunks.iter().filter(|(a, b)| *a <= last && *b > last).map(|(_, b)| *b).max()
            {
                last = further;
            }
            let last = if is_section { columns - 1 } else { last };
            cells.push(Extent {
                top: first_row + index,
                left: column,
                bottom: first_row + index,
                right: last,
            });
            column = last + 1;
        }
    }
    for column in 0..columns {
        let ends = centered_spans(lines, body, column, xs).unwrap_or_else(|| {
            (0..body.groups.len())
                .map(|row| rule_ends(lines, body, row, column, xs, drawn, &filled))
                .collect()
        });
        join_rows(&mut cells, first_row, column, &ends);
    }
    cells
}

/// Joins the column's cells of each row and the next unless the row ends a cell.
fn join_rows(cells: &mut Vec<Extent>, first_row: usize, column: usize, ends: &[bool]) {
    let mut row = 0;
    while row < ends.len() {
        let top = row;
        while row + 1 < ends.len() && !ends[row] {
            row += 1;
        }
        let inside = |cell: &Extent| {
            cell.left == column
                && cell.right == column
                && (first_row + top..=first_row + row).contains(&cell.top)
        };
        if row > top && cells.iter().filter(|cell| inside(cell)).count() == row - top + 1 {
            cells.retain(|cell| !inside(cell));
            cells.push(Extent { top: first_row + top, left: column, bottom: first_row + row, right: column });
        }
        row += 1;
    }
}

/// In a column with text between two rows all cells are centered: each reaches as far down as up. Which rows end a cell,
/// if that comes out even.
fn centered_spans(lines: &[TextLine<'_>], body: &Rows, column: usize, xs: &[f32]) -> Option<Vec<bool>> {
    let in_column = |line: &usize| {
        lines[*line].chunks.iter().any(|chunk| columns_of(&chunk.rect, xs) == (column, column))
    };
    if !body.between.iter().any(in_column) {
        return None;
    }
    // Twice the row's number, so that texts between rows have odd places.
    let mut places: Vec<usize> = body
        .groups
        .iter()
        .enumerate()
        .filter(|(_, group)| group.iter().any(in_column))
        .map(|(row, _)| 2 * row)
        .collect();
    let row_above =
        |line: usize| body.groups.iter().rposition(|group| group.first().is_some_and(|first| *first < line));
    places.extend(
        body.between.iter().filter(|line| in_column(line)).filter_map(|line| Some(2 * row_above(*line)? + 1)),
    );
    places.sort_unstable();
    let mut ends = vec![false; body.groups.len()];
    let mut start = 0;
    for place in places {
        let end = place.checked_sub(start)?;
        if end < start || end >= ends.len() {
            return None;
        }
        ends[end] = true;
        start = end + 1;
    }
    (start == ends.len()).then_some(ends)
}

/// Whether the cell in `row` and `column` ends there: it does unless rules separate the row from the next one everywhere
/// but in this column, and only one of both has text.
fn rule_ends(
    lines: &[TextLine<'_>],
    body: &Rows,
    row: usize,
    column: usize,
    xs: &[f32],
    drawn: &Drawn,
    filled: &[Vec<bool>],
) -> bool {
    let Some(next) = body.groups.get(row + 1) else { return true };
    if filled[row][column] && filled[row + 1][column] {
        return true;
    }
    let bottom =
        body.groups[row].iter().map(|line| lines[*line].rect.center_y()).fold(f32::NEG_INFINITY, f32::max);
    let top = next.iter().map(|line| lines[*line].rect.center_y()).fold(f32::INFINITY, f32::min);
    let Some(rule) = drawn.rules.iter().find(|rule| rule.position > bottom && rule.position < top) else {
        return true;
    };
    let share = |from: f32, to: f32| covered(&drawn.rules, rule.position, from, to);
    let all = share(xs[0], xs[xs.len() - 1]);
    !(share(xs[column], xs[column + 1]) < 0.2 && all > 0.3)
}

fn row_borders(lines: &[TextLine<'_>], groups: &[Vec<usize>], bounds: &Rect) -> Vec<f32> {
    let top =
        |group: &Vec<usize>| group.iter().map(|line| lines[*line].rect.top).fold(f32::INFINITY, f32::min);
    let bottom = |group: &Vec<usize>| {
        group.iter().map(|line| lines[*line].rect.bottom).fold(f32::NEG_INFINITY, f32::max)
    };
    let mut ys = vec![bounds.top - 1.0];
    ys.extend(groups.windows(2).map(|pair| f32::midpoint(bottom(&pair[0]), top(&pair[1]))));
    ys.push(bounds.bottom + 1.0);
    ys
}

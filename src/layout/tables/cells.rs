//! What all ways of finding tables share: cells with a place in a grid, and their text.

use crate::layout::geometry::Rect;
use crate::layout::lines::{Segment, WordBox};
use crate::layout::scripts;
use crate::layout::text::join_lines;
use crate::layout::zone::{Bbox, Cell, Table};

/// A table and where it is.
#[derive(Debug, Clone)]
pub(in crate::layout) struct FoundTable {
    pub(in crate::layout) rect: Rect,
    pub(in crate::layout) table: Table,
    pub(in crate::layout) confidence: f32,
}

/// A cell before its text is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub(super) row: usize,
    pub(super) column: usize,
    pub(super) row_span: usize,
    pub(super) column_span: usize,
    pub(super) rect: Rect,
}

impl Placed {
    /// The cell from `(top, left)` to `(bottom, right)`, counted in rows and columns, both ends included; `xs` and `ys`
    /// are the borders.
    pub(super) fn new(top: usize, left: usize, bottom: usize, right: usize, xs: &[f32], ys: &[f32]) -> Self {
        Self {
            row: top,
            column: left,
            row_span: bottom - top + 1,
            column_span: right - left + 1,
            rect: Rect { left: xs[left], top: ys[top], right: xs[right + 1], bottom: ys[bottom + 1] },
        }
    }
}

/// The words whose middle is inside.
pub(super) fn words_inside<'a>(segments: &'a [Segment], bounds: &Rect) -> Vec<&'a WordBox> {
    segments
        .iter()
        .filter(|segment| segment.rect.intersection(&bounds.grown(1.0)).is_some())
        .flat_map(|segment| &segment.words)
        .filter(|word| bounds.contains_center(&word.rect))
        .collect()
}

/// The grid that cells are placed in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) header_rows: usize,
    /// A column without any text is one of the table from this width on, points.
    pub(super) blank_width: f32,
}

impl Shape {
    /// A grid whose columns all have text.
    pub(super) fn without_blanks(columns: usize, rows: usize, header_rows: usize) -> Self {
        Self { columns, rows, header_rows, blank_width: f32::INFINITY }
    }
}

/// Fills the cells with their words. Rows and columns without any text are left out, but for wide columns; none when too
/// little remains.
pub(super) fn assemble(
    rect: Rect,
    shape: &Shape,
    cells: Vec<Placed>,
    words: &[&WordBox],
    confidence: f32,
) -> Option<FoundTable> {
    let Shape { columns, rows, header_rows, blank_width } = *shape;
    let mut filled: Vec<(Placed, String)> = cells
        .into_iter()
        .map(|cell| {
            let inside = words.iter().copied().filter(|word| cell.rect.contains_center(&word.rect)).collect();
            (cell, cell_text(inside))
        })
        .collect();
    filled.sort_by_key(|(cell, _)| (cell.row, cell.column));
    let kept_rows = kept(rows, &filled, |cell| (cell.row, cell.row_span));
    let mut kept_columns = kept(columns, &filled, |cell| (cell.column, cell.column_span));
    for (cell, _) in &filled {
        kept_columns[cell.column] |= cell.column_span == 1 && cell.rect.width() >= blank_width;
    }
    let row_count = kept_rows.iter().filter(|kept| **kept).count();
    let column_count = kept_columns.iter().filter(|kept| **kept).count();
    if row_count < 2 || column_count < 2 {
        return None;
    }
    if is_leftward(words) {
        mirror(&mut filled, columns);
        kept_columns.reverse();
    }
    let count =
        |kept: &[bool], from: usize, to: usize| kept[from..to].iter().filter(|kept| **kept).count() as u32;
    let cells: Vec<Cell> = filled
        .into_iter()
        .map(|(cell, content)| Cell {
            row: count(&kept_rows, 0, cell.row),
            column: count(&kept_columns, 0, cell.column),
            row_span: count(&kept_rows, cell.row, cell.row + cell.row_span),
            column_span: count(&kept_columns, cell.column, cell.column + cell.column_span),
            header: cell.row < header_rows,
            content,
            bbox: Bbox::from(cell.rect),
        })
        .filter(|cell| cell.row_span > 0 && cell.column_span > 0)
        .collect();
    let table = Table { rows: row_count as u32, columns: column_count as u32, cells };
    Some(FoundTable { rect, table, confidence })
}

/// Whether most letters are of a script that runs to the left: then the first column is the rightmost one.
fn is_leftward(words: &[&WordBox]) -> bool {
    let letters =
        || words.iter().flat_map(|word| word.text.chars()).filter(|character| character.is_alphabetic());
    let leftward = letters().filter(|character| scripts::is_leftward(*character)).count();
    2 * leftward > letters().count()
}

/// Counts the columns from the right.
fn mirror(cells: &mut [(Placed, String)], columns: usize) {
    for (cell, _) in cells.iter_mut() {
        cell.column = columns - cell.column - cell.column_span;
    }
    cells.sort_by_key(|(cell, _)| (cell.row, cell.column));
}

/// Which rows (or columns) hold the beginning of a cell with text, or lie within a spanning one that does not begin in
/// an empty row.
fn kept(count: usize, cells: &[(Placed, String)], extent: impl Fn(&Placed) -> (usize, usize)) -> Vec<bool> {
    let mut kept = vec![false; count];
    for (cell, text) in cells {
        let (start, span) = extent(cell);
        if !text.is_empty() && span == 1 {
            kept[start] = true;
        }
    }
    kept
}

/// The share of the grid's positions that have text.
pub(super) fn filled_share(table: &Table) -> f32 {
    let filled: u32 = table
        .cells
        .iter()
        .filter(|cell| !cell.content.is_empty())
        .map(|cell| cell.row_span * cell.column_span)
        .sum();
    filled as f32 / (table.rows * table.columns).max(1) as f32
}

/// Whether the table is a list of what is on which page: two columns, and numbers that never fall in the last.
pub(super) fn is_contents(table: &Table) -> bool {
    let numbers: Vec<Option<u32>> =
        table.cells.iter().filter(|cell| cell.column == 1).map(|cell| cell.content.parse().ok()).collect();
    let rising = numbers.windows(2).all(|pair| matches!(pair, [Some(a), Some(b)] if a <= b));
    table.columns == 2 && numbers.len() > 2 && rising
}

/// The words of a cell line by line.
pub(in crate::layout) fn cell_text(mut words: Vec<&WordBox>) -> String {
    words.sort_by(|a, b| a.rect.center_y().total_cmp(&b.rect.center_y()));
    let mut lines: Vec<Vec<&WordBox>> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line)
                if line[0].rect.overlap_y(&word.rect)
                    > 0.3 * line[0].rect.height().min(word.rect.height()) =>
            {
                line.push(word);
            }
            _ => lines.push(vec![word]),
        }
    }
    let lines: Vec<String> = lines.into_iter().map(line_text).collect();
    join_lines(lines.iter().map(String::as_str))
}

fn line_text(mut line: Vec<&WordBox>) -> String {
    line.sort_by(|a, b| a.rect.left.total_cmp(&b.rect.left));
    let mut text = String::new();
    for word in line {
        if word.after_space && !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&word.text);
    }
    text
}

/// The table as text: a line a row, tabs between cells.
pub(in crate::layout) fn plain_text(table: &Table) -> String {
    let mut text = String::new();
    let mut row = 0;
    for (index, cell) in table.cells.iter().enumerate() {
        if index > 0 {
            text.push(if cell.row == row { '\t' } else { '\n' });
        }
        row = cell.row;
        text.push_str(&cell.content);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_column_is_the_rightmost_where_text_runs_to_the_left() {
        let word = |text: &str, left: f32, top: f32| WordBox {
            text: text.to_owned(),
            rect: Rect::from_corners(left, top, left + 20.0, top + 8.0),
            after_space: true,
        };
        let words = [
            word("12", 10.0, 1.0),
            word("שלום", 60.0, 1.0),
            word("13", 10.0, 21.0),
            word("עולם", 60.0, 21.0),
        ];
        let (xs, ys) = ([0.0, 50.0, 100.0], [0.0, 20.0, 40.0]);
        let places = [(0, 0), (0, 1), (1, 0), (1, 1)];
        let cells = places.map(|(row, column)| Placed::new(row, column, row, column, &xs, &ys)).to_vec();
        let words: Vec<&WordBox> = words.iter().collect();
        let rect = Rect::from_corners(0.0, 0.0, 100.0, 40.0);
        let found =
            assemble(rect, &Shape::without_blanks(2, 2, 1), cells, &words, 1.0).map(|found| found.table);
        let texts: Vec<String> =
            found.into_iter().flat_map(|table| table.cells).map(|cell| cell.content).collect();
        assert_eq!(texts, ["שלום", "12", "עולם", "13"]);
    }
}

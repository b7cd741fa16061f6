//! Tables drawn with rulings: cells are the faces of the grid the rulings make.
//!
//! As in Anssi Nurminen's *Algorithmic extraction of data in tables in PDF documents* (2013): rulings that touch form a
//! grid; positions where no ruling separates two neighbours are one spanning cell.

use super::cells::{FoundTable, Placed, Shape, assemble, words_inside};
use super::rulings::{TOUCH, covered};
use super::subrows;
use crate::layout::content::{Axis, Ruling};
use crate::layout::geometry::Rect;
use crate::layout::lines::{Segment, WordBox};

/// A ruling separates two cells when it covers this share of their common border.
const SEPARATING_SHARE: f32 = 0.5;
/// Most rows times columns of one table.
const MAX_POSITIONS: usize = 20_000;
/// At least this share of a grid's positions must have text: charts have gridlines too, with nothing between them.
const MIN_FILLED: f32 = 0.25;
/// A curve over so many rulings is the line of a chart; so many such curves, or one and this share of the words on rulings,
/// and the grid is a chart's.
const CROSSED_RULINGS: usize = 2;
const MANY_CURVES: usize = 3;
const STRUCK_WORDS: f32 = 0.1;
/// What a ruling touches only along its edge, this share of its size, it does not run over.
const STRUCK_MARGIN: f32 = 0.2;
/// Text beyond the outermost vertical ruling makes a column without a border of its own; at least this wide (points).
const OPEN_COLUMN: f32 = 12.0;

/// The tables of a page that a full grid makes.
///
/// `curves` are the boxes of what is drawn with curves and slanted lines.
pub(super) fn find(
    horizontal: &[Ruling],
    vertical: &[Ruling],
    curves: &[Rect],
    segments: &[Segment],
) -> Vec<FoundTable> {
    let mut tables: Vec<FoundTable> = Vec::new();
    for (rows, columns) in components(horizontal, vertical) {
        if let Some(table) = table(&rows, &columns, curves, segments)
            && !tables.iter().any(|other| other.rect.contains_center(&table.rect))
        {
            tables.push(table);
        }
    }
    tables
}

/// Groups of rulings that touch each other, with at least two along each axis.
fn components(horizontal: &[Ruling], vertical: &[Ruling]) -> Vec<(Vec<Ruling>, Vec<Ruling>)> {
    let mut groups = Groups::new(horizontal.len() + vertical.len());
    for (row, across) in horizontal.iter().enumerate() {
        for (column, down) in vertical.iter().enumerate() {
            if crosses(across, down) {
                groups.join(row, horizontal.len() + column);
            }
        }
    }
    let mut found: Vec<(usize, Vec<Ruling>, Vec<Ruling>)> = Vec::new();
    for index in 0..horizontal.len() + vertical.len() {
        let root = groups.root(index);
        let place = found.iter().position(|(other, ..)| *other == root).unwrap_or_else(|| {
            found.push((root, Vec::new(), Vec::new()));
            found.len() - 1
        });
        if index < horizontal.len() {
            found[place].1.push(horizontal[index]);
        } else {
            found[place].2.push(vertical[index - horizontal.len()]);
        }
    }
    found
        .into_iter()
        .map(|(_, rows, columns)| (rows, columns))
        .filter(|(rows, columns)| rows.len() > 1 && !columns.is_empty())
        .collect()
}

/// Whether the rulings are the grid of a chart: curves run over several of them, and text stands on them. What is in a
/// table stands between them.
fn is_chart(bounds: &Rect, rows: &[Ruling], columns: &[Ruling], curves: &[Rect], words: &[&WordBox]) -> bool {
    let inner = |rulings: &[Ruling], from: f32, to: f32| -> Vec<Ruling> {
        let is_inner = |ruling: &&Ruling| ruling.position > from + TOUCH && ruling.position < to - TOUCH;
        rulings.iter().filter(is_inner).copied().collect()
    };
    let inner = [inner(rows, bounds.top, bounds.bottom), inner(columns, bounds.left, bounds.right)].concat();
    let crossed = |rect: &Rect| inner.iter().filter(|ruling| runs_over(rect, ruling)).count();
    let crossing = curves
        .iter()
        .filter(|curve| bounds.contains_center(curve) && crossed(curve) >= CROSSED_RULINGS)
        .take(MANY_CURVES)
        .count();
    if crossing == 0 || crossing == MANY_CURVES {
        return crossing > 0;
    }
    let struck = words.iter().filter(|word| crossed(&word.rect) > 0).count();
    struck as f32 >= STRUCK_WORDS * words.len() as f32
}

/// Whether the middle of the box lies on the ruling, rather than its edge.
fn runs_over(rect: &Rect, ruling: &Ruling) -> bool {
    let (from, to, side, other_side) = match ruling.axis {
        Axis::Horizontal => (rect.top, rect.bottom, rect.left, rect.right),
        Axis::Vertical => (rect.left, rect.right, rect.top, rect.bottom),
    };
    let margin = STRUCK_MARGIN * (to - from);
    (from + margin..to - margin).contains(&ruling.position) && side < ruling.end && other_side > ruling.start
}

fn crosses(across: &Ruling, down: &Ruling) -> bool {
    let reaches =
        |ruling: &Ruling, position: f32| position >= ruling.start - TOUCH && position <= ruling.end + TOUCH;
    reaches(across, down.position) && reaches(down, across.position)
}

/// Disjoint sets (B. A. Galler and M. J. Fischer, 1964).
struct Groups(Vec<usize>);

impl Groups {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn root(&mut self, mut index: usize) -> usize {
        while self.0[index] != index {
            self.0[index] = self.0[self.0[index]];
            index = self.0[index];
        }
        index
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a] = b;
    }
}

fn table(rows: &[Ruling], columns: &[Ruling], curves: &[Rect], segments: &[Segment]) -> Option<FoundTable> {
    let bounds = Rect::around(rows.iter().chain(columns).map(Ruling::rect))?;
    let words = words_inside(segments, &bounds);
    if is_chart(&bounds, rows, columns, curves, &words) {
        return None;
    }
    let ys = positions(rows, bounds.top, bounds.bottom, |_, _| true);
    let has_text = |from: f32, to: f32| {
        words.iter().any(|word| word.rect.center_x() > from && word.rect.center_x() < to)
    };
    let xs = positions(columns, bounds.left, bounds.right, has_text);
    if ys.len() < 3 || xs.len() < 3 || ys.len() * xs.len() > MAX_POSITIONS {
        return None;
    }
    let cells = subrows::split(&cells(&xs, &ys, rows, columns), &words);
    let rows = cells.iter().map(|cell| cell.row + cell.row_span).max()?;
    let filled =
        cells.iter().filter(|cell| words.iter().any(|word| cell.rect.contains_center(&word.rect))).count();
    if filled < 2 || (filled as f32) < MIN_FILLED * cells.len() as f32 {
        return None;
    }
    let shape = Shape { columns: xs.len() - 1, rows, header_rows: 1, blank_width: BLANK_WIDTH };
    assemble(bounds, &shape, cells, &words, RULED_CONFIDENCE)
}

/// A column as wide as this (points) is one to be filled in, though nothing stands in it; a narrower one lies between two
/// rulings of one line.
const BLANK_WIDTH: f32 = 36.0;
/// A full grid is the surest sign of a table there is.
const RULED_CONFIDENCE: f32 = 0.96;

/// The distinct positions of rulings, in order, with the bounds themselves where rulings across reach beyond the
/// outermost one and `open` says that there is something in between.
fn positions(rulings: &[Ruling], low: f32, high: f32, open: impl Fn(f32, f32) -> bool) -> Vec<f32> {
    let mut all: Vec<f32> = rulings.iter().map(|ruling| ruling.position).collect();
    all.sort_by(f32::total_cmp);
    all.dedup_by(|next, kept| *next - *kept <= TOUCH);
    if let Some(first) = all.first().copied()
        && first - low > OPEN_COLUMN
        && open(low, first)
    {
        all.insert(0, low);
    }
    if let Some(last) = all.last().copied()
        && high - last > OPEN_COLUMN
        && open(last, high)
    {
        all.push(high);
    }
    all
}

/// The faces of the grid. Neighbours without a ruling between them are one cell, if together they are a rectangle.
fn cells(xs: &[f32], ys: &[f32], rows: &[Ruling], columns: &[Ruling]) -> Vec<Placed> {
    let (width, height) = (xs.len() - 1, ys.len() - 1);
    let mut groups = Groups::new(width * height);
    for row in 0..height {
        for column in 0..width {
            let index = row * width + column;
            if column + 1 < width && !separated(columns, xs[column + 1], ys[row], ys[row + 1]) {
                groups.join(index, index + 1);
            }
            if row + 1 < height && !separated(rows, ys[row + 1], xs[column], xs[column + 1]) {
                groups.join(index, index + width);
            }
        }
    }
    let mut found: Vec<(usize, [usize; 4], usize)> = Vec::new();
    for row in 0..height {
        for column in 0..width {
            let root = groups.root(row * width + column);
            if let Some((_, extent, size)) = found.iter_mut().find(|(other, ..)| *other == root) {
                *extent =
                    [extent[0].min(row), extent[1].min(column), extent[2].max(row), extent[3].max(column)];
                *size += 1;
            } else {
                found.push((root, [row, column, row, column], 1));
            }
        }
    }
    found
        .into_iter()
        .flat_map(|(_, [top, left, bottom, right], size)| {
            if size == (bottom - top + 1) * (right - left + 1) {
                vec![Placed::new(top, left, bottom, right, xs, ys)]
            } else {
                let positions =
                    (top..=bottom).flat_map(|row| (left..=right).map(move |column| (row, column)));
                positions
                    .filter(|(row, column)| {
                        groups.root(row * width + column) == groups.root(top * width + left)
                    })
                    .map(|(row, column)| Placed::new(row, column, row, column, xs, ys))
                    .collect()
            }
        })
        .collect()
}

/// Whether rulings at `position` cover enough of the stretch from `from` to `to`.
fn separated(rulings: &[Ruling], position: f32, from: f32, to: f32) -> bool {
    covered(rulings, position, from, to) >= SEPARATING_SHARE
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five lines across and five down, 40 points apart.
    fn grid() -> (Vec<Ruling>, Vec<Ruling>) {
        let rulings = |axis| {
            (0..5)
                .map(move |index| Ruling { axis, position: 40.0 * index as f32, start: 0.0, end: 160.0 })
                .collect()
        };
        (rulings(Axis::Horizontal), rulings(Axis::Vertical))
    }

    /// Words with their middles at the same place between four lines each.
    fn words(x: f32, y: f32) -> Vec<Segment> {
        let word = |index: usize| {
            let (x, y) = (40.0 * (index % 4) as f32 + x, 40.0 * (index / 4) as f32 + y);
            let rect = Rect::from_corners(x - 6.0, y - 4.0, x + 6.0, y + 4.0);
            let word = WordBox { text: "12".to_owned(), rect, after_space: true };
            Segment { words: vec![word], ..Segment::for_test("12", rect) }
        };
        (0..16).map(word).collect()
    }

    #[test]
    fn labels_struck_by_the_lines_of_a_grid_with_a_curve_are_a_chart() {
        let (rows, columns) = grid();
        let curve = [Rect::from_corners(5.0, 5.0, 155.0, 155.0)];
        assert!(find(&rows, &columns, &curve, &words(30.0, 39.0)).is_empty());
        assert_eq!(find(&rows, &columns, &[], &words(30.0, 39.0)).len(), 1);
    }

    #[test]
    fn a_table_may_be_struck_out() {
        let (rows, columns) = grid();
        let stroke = [Rect::from_corners(5.0, 5.0, 155.0, 155.0)];
        assert_eq!(find(&rows, &columns, &stroke, &words(20.0, 20.0)).len(), 1);
    }

    #[test]
    fn signs_drawn_in_cells_leave_a_table_a_table() {
        let (rows, columns) = grid();
        let sign = |index: usize| {
            let left = 40.0 * index as f32 + 12.0;
            Rect::from_corners(left, 52.0, left + 16.0, 68.0)
        };
        let signs: Vec<Rect> = (0..4).map(sign).collect();
        assert_eq!(find(&rows, &columns, &signs, &words(20.0, 20.0)).len(), 1);
    }
}

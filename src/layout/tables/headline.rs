//! Headings in the first row of a table: a line with nothing beside it, larger than what the cells say, heads the section that the
//! table is in, and is framed with it.

use super::cells::FoundTable;
use crate::layout::lines::Segment;

/// Such a line is this many times larger than the text of the cells.
const LARGER: f32 = 1.2;
/// What is left must have so many rows to be a table.
const MIN_ROWS: u32 = 2;

/// The table without the heading over it.
pub(super) fn without(mut found: FoundTable, segments: &[Segment]) -> FoundTable {
    while found.table.rows > MIN_ROWS && has_headline(&found, segments) {
        let bottom = found.table.cells[0].bbox.rect().bottom;
        found.table.cells.retain(|cell| cell.row > 0);
        found.table.rows -= 1;
        for cell in &mut found.table.cells {
            cell.row -= 1;
        }
        if !found.table.cells.iter().any(|cell| cell.header) {
            for cell in found.table.cells.iter_mut().take_while(|cell| cell.row == 0) {
                cell.header = true;
            }
        }
        found.rect.top = bottom;
    }
    found
}

fn has_headline(found: &FoundTable, segments: &[Segment]) -> bool {
    let Some(first) = found.table.cells.first() else { return false };
    let row = || found.table.cells.iter().filter(|cell| cell.row == 0);
    if row().any(|cell| cell.row_span != 1) || row().skip(1).any(|cell| !cell.content.is_empty()) {
        return false;
    }
    let row = first.bbox.rect();
    let inside = segments.iter().filter(|segment| found.rect.contains_center(&segment.rect));
    let (above, below): (Vec<&Segment>, Vec<&Segment>) =
        inside.partition(|segment| segment.rect.center_y() < row.bottom);
    let mut sizes: Vec<f32> = below.iter().map(|segment| segment.size).collect();
    sizes.sort_by(f32::total_cmp);
    let Some(usual) = sizes.get(sizes.len() / 2) else { return false };
    above.len() == 1 && above.iter().all(|segment| segment.size >= LARGER * usual)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::geometry::Rect;
    use crate::layout::zone::{Bbox, Cell, Table};

    fn found(size: f32) -> FoundTable {
        let texts = [["Part 2. Tides", ""], ["Name", "Port"], ["Date", "Depth"]];
        let mut segments = Vec::new();
        let mut cells = Vec::new();
        for (row, texts) in texts.iter().enumerate() {
            for (column, text) in texts.iter().enumerate() {
                let (left, top) = (100.0 * column as f32, 20.0 * row as f32);
                let rect = Rect::from_corners(left, top, left + 100.0, top + 20.0);
                if !text.is_empty() {
                    let own = Segment::for_test(text, rect.grown(-4.0));
                    segments.push(Segment { size: if row == 0 { size } else { 10.0 }, ..own });
                }
                cells.push(Cell {
                    row: row as u32,
                    column: column as u32,
                    row_span: 1,
                    column_span: 1,
                    header: row == 0,
                    content: (*text).to_owned(),
                    bbox: Bbox::from(rect),
                });
            }
        }
        let rect = Rect::from_corners(0.0, 0.0, 200.0, 60.0);
        without(FoundTable { rect, table: Table { rows: 3, columns: 2, cells }, confidence: 0.9 }, &segments)
    }

    #[test]
    fn a_larger_line_over_the_columns_is_no_row() {
        let found = found(13.0);
        assert_eq!((found.table.rows, found.rect.top), (2, 20.0));
        assert!(found.table.cells.iter().all(|cell| cell.header == (cell.row == 0)));
    }

    #[test]
    fn a_line_of_the_cells_size_is_one() {
        assert_eq!(found(10.0).table.rows, 3);
    }
}

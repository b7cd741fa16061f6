//! Tables as exports need them: whoever made them, their cells lie within the grid and do not overlap.

use std::borrow::Cow;

use crate::layout::{Cell, Table, Zone, ZoneKind};

/// More positions than any page has; a larger grid is text, not a table.
pub(super) const MAX_POSITIONS: usize = 1_000_000;

/// What is at a position of the grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Slot<'a> {
    /// A cell begins here.
    Cell(&'a Cell),
    /// A cell that begins elsewhere covers it.
    Covered,
    /// Nothing.
    Empty,
}

/// The table of a zone, made sound: spans end at the grid's edge, and where cells overlap the first one stays. A table
/// without cells is read from its text: a line a row, tabs between cells. `None` when there is no grid to speak of.
pub(super) fn sound_table(zone: &Zone) -> Option<Table> {
    if zone.kind != ZoneKind::Table {
        return None;
    }
    let table = match &zone.table {
        Some(table) => Cow::Borrowed(table),
        None => Cow::Owned(from_text(zone)?),
    };
    table.made_sound(MAX_POSITIONS)
}

fn from_text(zone: &Zone) -> Option<Table> {
    let content = zone.content.trim_matches('\n');
    let columns = content.lines().map(|line| line.split('\t').count()).max()?;
    if columns < 2 {
        return None;
    }
    let cell = |row: usize, column: usize, text: &str| Cell {
        row: row as u32,
        column: column as u32,
        row_span: 1,
        column_span: 1,
        header: row == 0,
        content: text.trim().to_owned(),
        bbox: zone.bbox,
    };
    let cells = content
        .lines()
        .enumerate()
        .flat_map(|(row, line)| {
            line.split('\t').enumerate().map(move |(column, text)| cell(row, column, text))
        })
        .collect();
    Some(Table { rows: content.lines().count() as u32, columns: columns as u32, cells })
}

/// The positions of a sound table, row by row.
pub(super) fn slots(table: &Table) -> Vec<Vec<Slot<'_>>> {
    let mut slots = vec![vec![Slot::Empty; table.columns as usize]; table.rows as usize];
    for cell in &table.cells {
        for row in cell.row..cell.row + cell.row_span {
            for column in cell.column..cell.column + cell.column_span {
                slots[row as usize][column as usize] = Slot::Covered;
            }
        }
        slots[cell.row as usize][cell.column as usize] = Slot::Cell(cell);
    }
    slots
}

/// How many rows at the top hold nothing but headers.
pub(super) fn header_rows(table: &Table) -> u32 {
    let first_body = table.cells.iter().filter(|cell| !cell.header).map(|cell| cell.row).min();
    let last_header =
        table.cells.iter().filter(|cell| cell.header).map(|cell| cell.row + cell.row_span).max();
    first_body.unwrap_or(table.rows).min(last_header.unwrap_or(0))
}

/// The text of each position of a row; what is covered or empty is an empty text.
pub(super) fn row_texts(row: &[Slot<'_>]) -> Vec<String> {
    let text = |slot: &Slot<'_>| match slot {
        Slot::Cell(cell) => one_line(&cell.content),
        Slot::Covered | Slot::Empty => String::new(),
    };
    row.iter().map(text).collect()
}

/// Text without line breaks or runs of spaces.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{cell, table, zone};
    use super::*;

    #[test]
    fn a_table_without_cells_is_read_from_its_text() {
        let table = sound_table(&zone(ZoneKind::Table, "a\tb\nc\td\te")).unwrap();
        assert_eq!((table.rows, table.columns, table.cells.len()), (2, 3, 5));
        assert_eq!(sound_table(&zone(ZoneKind::Table, "no cells here")), None);
    }

    #[test]
    fn a_grid_larger_than_any_page_is_none() {
        assert_eq!(sound_table(&table(u32::MAX, u32::MAX, vec![cell(0, 0, 1, "a")])), None);
    }

    #[test]
    fn header_rows_are_those_at_the_top() {
        let two = table(2, 2, vec![cell(0, 0, 2, "a"), cell(1, 0, 1, "b"), cell(1, 1, 1, "c")]);
        assert_eq!(header_rows(two.table.as_ref().unwrap()), 1);
    }

    proptest! {
        #[test]
        fn cells_never_overlap_nor_leave_the_grid(
            rows in 1u32..6, columns in 1u32..6,
            cells in proptest::collection::vec((0u32..8, 0u32..8, 0u32..9, 0u32..9), 0..12),
        ) {
            let cells = cells
                .into_iter()
                .map(|(row, column, row_span, column_span)| Cell { row_span, column_span, ..cell(row, column, 1, "x") })
                .collect();
            let table = sound_table(&table(rows, columns, cells)).unwrap();
            let covered: u32 = table.cells.iter().map(|cell| cell.row_span * cell.column_span).sum();
            let filled = slots(&table).into_iter().flatten().filter(|slot| *slot != Slot::Empty).count();
            prop_assert_eq!(covered as usize, filled);
        }
    }
}

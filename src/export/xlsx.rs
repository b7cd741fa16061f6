//! Tables as an Office Open XML workbook, a sheet each: merged cells, head rows bold and frozen, numbers as numbers where
//! they are numbers beyond doubt.
//!
//! The library keeps a workbook in memory until it is saved, so the number of cells is limited.

use std::io::{self, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::continuation::Block;
use super::grid::{header_rows, one_line};
use super::numbers::{self, Number};
use super::spool::Spool;
use super::{BlockExporter, Header, Rest};
use crate::layout::{Cell, Table};

/// Most cells of a workbook, some hundred bytes of memory each.
const MAX_CELLS: usize = 500_000;
/// Limits of the file format (ECMA-376; Microsoft, "Excel specifications and limits").
const MAX_COLUMNS: u32 = 16_384;
const MAX_CELL_CHARACTERS: usize = 32_767;
/// The widest a column is made to fit its texts, pixels.
const MAX_WIDTH: u32 = 420;
/// The time of creation that every workbook has: the same tables give the same bytes.
const CREATED: (u16, u8, u8) = (2000, 1, 1);

const NO_TABLES: &str = "The document has no tables, or none among the pages and zones asked for.";

pub(super) struct Xlsx {
    state: State,
    sheets: u32,
    cells: usize,
}

enum State {
    Writing(Box<Workbook>),
    Complete(Spool),
    Broken,
}

impl Xlsx {
    pub(super) fn new() -> Self {
        Self { state: State::Writing(Box::new(Workbook::new())), sheets: 0, cells: 0 }
    }

    fn complete(&mut self) -> io::Result<Spool> {
        match std::mem::replace(&mut self.state, State::Broken) {
            State::Writing(mut workbook) => {
                if self.sheets == 0 {
                    let sheet = workbook.add_worksheet();
                    sheet
                        .set_name("No tables")
                        .and_then(|sheet| sheet.write_string(0, 0, NO_TABLES))
                        .map_err(broken)?;
                }
                let mut spool = Spool::new()?;
                workbook.save_to_writer(spool.file()?).map_err(broken)?;
                spool.rewind()?;
                Ok(spool)
            }
            State::Complete(spool) => Ok(spool),
            State::Broken => Err(io::Error::other("an earlier piece could not be written")),
        }
    }
}

impl BlockExporter for Xlsx {
    fn start(&mut self, header: &Header, _output: &mut dyn Write) -> io::Result<()> {
        let State::Writing(workbook) = &mut self.state else { return Ok(()) };
        let (year, month, day) = CREATED;
        let created = ExcelDateTime::from_ymd(year, month, day).map_err(broken)?;
        let title: String = header.name.chars().take(255).collect();
        workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&created));
        Ok(())
    }

    fn block(&mut self, block: &Block, _output: &mut dyn Write) -> io::Result<()> {
        let (Some(table), State::Writing(workbook)) = (&block.zone.table, &mut self.state) else {
            return Ok(());
        };
        self.cells += table.cells.len();
        if self.cells > MAX_CELLS || table.columns > MAX_COLUMNS {
            return Err(io::Error::other(format!(
                "the tables are too large for one workbook ({MAX_CELLS} cells, {MAX_COLUMNS} columns); choose csv, or fewer pages"
            )));
        }
        self.sheets += 1;
        let sheet = workbook.add_worksheet();
        let name = format!("Table {} (page {})", self.sheets, block.page_number());
        sheet.set_name(name).and_then(|sheet| fill(sheet, table)).map_err(broken)
    }

    fn finish(&mut self, output: &mut dyn Write) -> io::Result<Rest> {
        let mut spool = self.complete()?;
        let more = spool.pour(output)?;
        self.state = State::Complete(spool);
        Ok(if more { Rest::More } else { Rest::None })
    }
}

fn broken(error: XlsxError) -> io::Error {
    io::Error::other(error)
}

fn fill(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    for cell in &table.cells {
        write(sheet, cell)?;
    }
    let head = header_rows(table);
    if head > 0 && head < table.rows {
        sheet.set_freeze_panes(head, 0)?;
    }
    sheet.set_autofit_max_width(MAX_WIDTH).autofit();
    Ok(())
}

fn write(sheet: &mut Worksheet, cell: &Cell) -> Result<(), XlsxError> {
    let (row, column) = (cell.row, cell.column as u16);
    let (last_row, last_column) = (row + cell.row_span - 1, column + cell.column_span as u16 - 1);
    let text = one_line(&cell.content);
    let number = numbers::number(&text);
    let mut format = if cell.header { Format::new().set_bold() } else { Format::new() };
    if let Some(number) = number {
        format = format.set_num_format(shown_as(number));
    }
    let text: String = text.chars().take(MAX_CELL_CHARACTERS).collect();
    if (last_row, last_column) != (row, column) {
        sheet.merge_range(row, column, last_row, last_column, &text, &format)?;
    }
    match number {
        Some(number) => sheet.write_number_with_format(row, column, number.value, &format)?,
        None => sheet.write_string_with_format(row, column, text, &format)?,
    };
    Ok(())
}

/// The number format that shows a number as it was written.
fn shown_as(number: Number) -> String {
    let whole = if number.grouped { "#,##0" } else { "0" };
    let point = if number.decimals > 0 { "." } else { "" };
    let percent = if number.percent { "%" } else { "" };
    format!("{whole}{point}{}{percent}", "0".repeat(number.decimals))
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader as _, Xlsx as Workbook, open_workbook_from_rs};

    use super::super::tests::{bytes, cell, document, page, table};
    use super::super::{Format, Options, Writer};
    use super::*;

    type Opened = Workbook<io::Cursor<Vec<u8>>>;

    fn opened(bytes: Vec<u8>) -> Opened {
        open_workbook_from_rs(io::Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn each_table_is_a_sheet_with_its_values_and_spans() {
        let mut workbook = opened(bytes(Format::Xlsx, Options::default()));
        assert_eq!(workbook.sheet_names(), ["Table 1 (page 1)", "Table 2 (page 3)"]);
        let first = workbook.worksheet_range("Table 1 (page 1)").unwrap();
        assert_eq!(first.get_value((1, 0)), Some(&Data::String("A|B".into())));
        assert_eq!(first.get_value((1, 1)), Some(&Data::Float(3.0)), "a number is a number");
        let merged = workbook.merge_cells_by_sheet_name("Table 2 (page 3)").unwrap();
        assert_eq!(
            merged.iter().map(|cells| (cells.start, cells.end)).collect::<Vec<_>>(),
            [((0, 0), (0, 1))]
        );
    }

    #[test]
    fn codes_and_doubtful_figures_stay_text_and_shares_are_shares() {
        let texts = ["007", "1,234", "12%", "=1+1", "-3.50", "12/11"];
        let cells =
            (0..6).map(|column| Cell { row: 1, ..cell(0, column, 1, texts[column as usize]) }).collect();
        let (header, _) = document();
        let mut writer = Writer::start(Format::Xlsx, Options::default(), &header, Vec::new()).unwrap();
        writer.page(&page(1, vec![table(2, 6, cells)])).unwrap();
        let mut workbook = opened(writer.finish().unwrap());
        let range = workbook.worksheet_range_at(0).unwrap().unwrap();
        let text = |text: &str| Data::String(text.into());
        let expected =
            [text("007"), text("1,234"), Data::Float(0.12), text("=1+1"), Data::Float(-3.5), text("12/11")];
        for (column, expected) in expected.iter().enumerate() {
            assert_eq!(range.get_value((1, column as u32)), Some(expected));
        }
        assert!(workbook.worksheet_formula("Table 1 (page 1)").unwrap().is_empty(), "nothing is a formula");
    }

    #[test]
    fn a_document_without_tables_gives_a_sheet_that_says_so() {
        let options = Options { first_page: Some(2), last_page: Some(2), ..Options::default() };
        let mut workbook = opened(bytes(Format::Xlsx, options));
        assert_eq!(workbook.sheet_names(), ["No tables"]);
        let range = workbook.worksheet_range("No tables").unwrap();
        assert_eq!(range.get_value((0, 0)), Some(&Data::String(NO_TABLES.into())));
    }

    #[test]
    fn no_clock_is_in_the_bytes() {
        let bytes = bytes(Format::Xlsx, Options::default());
        let mut archive = zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap();
        for index in 0..archive.len() {
            assert_eq!(archive.by_index(index).unwrap().last_modified(), Some(zip::DateTime::default()));
        }
        let mut properties = String::new();
        io::Read::read_to_string(&mut archive.by_name("docProps/core.xml").unwrap(), &mut properties)
            .unwrap();
        assert_eq!(properties.matches("2000-01-01T00:00:00Z").count(), 2, "{properties}");
    }
}

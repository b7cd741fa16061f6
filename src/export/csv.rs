//! Tables as CSV (RFC 4180: commas, CRLF, quotes where needed; UTF-8), a file each.
//!
//! A merged cell's text stands at its first position; the others are empty. Spreadsheet programs run what begins with
//! `=`, `+`, `-` or `@` as a formula (<https://owasp.org/www-community/attacks/CSV_Injection>). Such a text, unless it is
//! a plain figure like `-3.5`, gets an apostrophe in front, and so does a text that begins with an apostrophe: taking one
//! leading apostrophe away gives every text back.

use std::fs::File;
use std::io::{self, Write};

use ::csv::{Terminator, WriterBuilder};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::continuation::{Block, Joiner};
use super::grid::{row_texts, slots};
use super::images::PageImages;
use super::spool::Spool;
use super::{BlockExporter, Format, Options, Rest};
use crate::layout::{Page, Table};

/// What is in the archive of a document without tables.
const NO_TABLES: &str = "No tables: the document has none, or none among the pages and zones asked for.\r\n";

/// A document's tables as CSV files, page by page.
pub struct TableFiles {
    joiner: Joiner,
    options: Options,
    count: u32,
}

/// One table's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFile {
    /// Its place among the document's tables, from 1.
    pub number: u32,
    /// The CSV.
    pub bytes: Vec<u8>,
}

impl TableFiles {
    /// Begins a document.
    pub fn new(options: Options) -> Self {
        Self { joiner: Joiner::new(true), options, count: 0 }
    }

    /// Adds a page, and gives the tables that are complete. Pages come in order.
    pub fn page(&mut self, page: &Page) -> io::Result<Vec<TableFile>> {
        if !self.options.wants_page(page.page_number) {
            return Ok(Vec::new());
        }
        let mut blocks = Vec::new();
        let options = &self.options;
        let wants = |zone: &_| options.wants_zone(Format::Csv, zone);
        self.joiner.page(page, &PageImages::default(), wants, &mut blocks);
        self.files(&blocks)
    }

    /// The tables that could still have gone on.
    pub fn finish(mut self) -> io::Result<Vec<TableFile>> {
        let blocks = self.joiner.finish();
        self.files(&blocks)
    }

    fn files(&mut self, blocks: &[Block]) -> io::Result<Vec<TableFile>> {
        let tables = blocks.iter().filter_map(|block| block.zone.table.as_ref());
        tables
            .map(|table| {
                self.count += 1;
                Ok(TableFile { number: self.count, bytes: csv(table)? })
            })
            .collect()
    }
}

/// The tables as files in a ZIP archive: `table-1.csv` and so on. One without tables holds a `README.txt` saying so.
pub(super) struct Archive {
    state: State,
    count: u32,
}

enum State {
    Writing(Box<ZipWriter<File>>, Spool),
    Complete(Spool),
    Broken,
}

impl Archive {
    pub(super) fn new() -> io::Result<Self> {
        let spool = Spool::new()?;
        Ok(Self { state: State::Writing(Box::new(ZipWriter::new(spool.file()?)), spool), count: 0 })
    }

    fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let State::Writing(zip, _) = &mut self.state else { return Err(io::Error::other("it is complete")) };
        // The earliest time the format knows, always: the same tables give the same bytes.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        zip.start_file(name, options)?;
        zip.write_all(bytes)
    }
}

impl BlockExporter for Archive {
    fn block(&mut self, block: &Block, _output: &mut dyn Write) -> io::Result<()> {
        let Some(table) = &block.zone.table else { return Ok(()) };
        self.count += 1;
        self.add(&format!("table-{}.csv", self.count), &csv(table)?)
    }

    fn finish(&mut self, output: &mut dyn Write) -> io::Result<Rest> {
        if self.count == 0 && matches!(self.state, State::Writing(..)) {
            self.add("README.txt", NO_TABLES.as_bytes())?;
        }
        let mut spool = match std::mem::replace(&mut self.state, State::Broken) {
            State::Writing(zip, mut spool) => {
                zip.finish()?;
                spool.rewind()?;
                spool
            }
            State::Complete(spool) => spool,
            State::Broken => return Err(io::Error::other("an earlier piece could not be written")),
        };
        let more = spool.pour(output)?;
        self.state = State::Complete(spool);
        Ok(if more { Rest::More } else { Rest::None })
    }
}

fn csv(table: &Table) -> io::Result<Vec<u8>> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for row in slots(table) {
        writer.write_record(row_texts(&row).iter().map(|text| guarded(text)))?;
    }
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

/// The text so that no program runs it. The full-width signs count too: some programs take them for the plain ones.
fn guarded(text: &str) -> String {
    let mut characters = text.chars();
    let runs = match characters.next() {
        Some('=' | '@' | '\'' | '\u{FF1D}' | '\u{FF20}' | '\u{FF0B}' | '\u{FF0D}') => true,
        Some('+' | '-') => !is_figure(characters.as_str()),
        _ => false,
    };
    if runs { format!("'{text}") } else { text.to_owned() }
}

/// Whether nothing but a figure, or nothing at all, follows the sign.
fn is_figure(rest: &str) -> bool {
    rest.chars().all(|character| character.is_ascii_digit() || matches!(character, '.' | ',' | '%' | ' '))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{bytes, cell, table};
    use super::*;

    #[test]
    fn formulas_do_not_run_and_numbers_stay_numbers() {
        assert_eq!(guarded("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(guarded("-2+3+cmd|' /C calc'!A0"), "'-2+3+cmd|' /C calc'!A0");
        assert_eq!(guarded("@SUM(1)"), "'@SUM(1)");
        assert_eq!(guarded("'=1"), "''=1");
        for plain in ["-3.5", "+4", "-12 %", "-", "−3", "3-4", "a=b", ""] {
            assert_eq!(guarded(plain), plain);
        }
    }

    #[test]
    fn the_tables_of_a_document_are_files_of_their_own() {
        let archive = bytes(Format::Csv, Options::default());
        let mut archive = zip::ZipArchive::new(io::Cursor::new(archive)).unwrap();
        let mut shown = String::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).unwrap();
            assert_eq!(file.last_modified(), Some(DateTime::default()), "no clock is in the bytes");
            shown.extend(["== ", &file.name().unwrap(), "\n"]);
            io::Read::read_to_string(&mut file, &mut shown).unwrap();
        }
        insta::assert_snapshot!(shown.replace("\r\n", "\n"));
    }

    #[test]
    fn a_document_without_tables_gives_an_archive_that_says_so() {
        let options = Options { first_page: Some(2), last_page: Some(2), ..Options::default() };
        let mut archive = zip::ZipArchive::new(io::Cursor::new(bytes(Format::Csv, options))).unwrap();
        assert_eq!(archive.file_names().collect::<Result<Vec<_>, _>>().unwrap(), ["README.txt"]);
        let mut text = String::new();
        io::Read::read_to_string(&mut archive.by_index(0).unwrap(), &mut text).unwrap();
        assert!(text.starts_with("No tables"));
    }

    proptest! {
        #[test]
        fn a_reader_gets_every_text_back(texts in proptest::collection::vec("[ -~\n\"',=+@é=-]{0,12}", 6)) {
            let cells = (0..6).map(|index| cell(index / 3, index % 3, 1, &texts[index as usize])).collect();
            let zone = table(2, 3, cells);
            let bytes = csv(&super::super::grid::sound_table(&zone).unwrap()).unwrap();
            let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
            let read: Vec<String> = reader
                .records()
                .flat_map(|record| record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
                .map(|text| text.strip_prefix('\'').unwrap_or(&text).to_owned())
                .collect();
            let written: Vec<String> = texts.iter().map(|text| super::super::grid::one_line(text)).collect();
            prop_assert_eq!(read, written);
        }
    }
}

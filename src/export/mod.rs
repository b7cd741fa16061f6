//! Zones to files people use, written page by page: memory is bounded by a page, a table or a chunk, whatever the
//! document's length.
//!
//! JSON and JSONL have the zones as they are. The other formats are for reading: `continuation` first joins what goes on
//! after a page or column break. A new format is one file that implements [`PageExporter`] or [`BlockExporter`] and one
//! line in each `match` below.

mod chunks;
mod continuation;
mod csv;
mod grid;
mod html;
mod html_list;
mod images;
mod json;
mod jsonl;
mod markdown;
mod markdown_escape;
mod numbers;
mod options;
pub mod overlay;
mod sentences;
mod spool;
mod text;
mod tokens;
mod xlsx;

use std::borrow::Cow;
use std::io::{self, Write};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::layout::{DocumentInfo, Page, Zone, ZoneKind, items_of};
use continuation::{Block, Joiner};

pub use csv::{TableFile, TableFiles};
pub use images::{Image, ImageType, PageImages};
pub use options::{Images, Options, OptionsError, PageRanges, PageRangesError, Tokenizer};

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// GitHub-flavoured Markdown.
    Markdown,
    /// One JSON object, described by `schemas/document.schema.json`.
    Json,
    /// One JSON object a zone, a line each, described by `schemas/zone.schema.json`.
    Jsonl,
    /// Pieces of text for retrieval, one JSON object a line, described by `schemas/chunk.schema.json`.
    Chunks,
    /// The tables, a CSV file each, in a ZIP archive.
    Csv,
    /// The tables as a workbook, a sheet each.
    Xlsx,
    /// One HTML page.
    Html,
    /// Plain text.
    Text,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 8] = [
        Self::Markdown,
        Self::Json,
        Self::Jsonl,
        Self::Chunks,
        Self::Csv,
        Self::Xlsx,
        Self::Html,
        Self::Text,
    ];

    /// As users name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Chunks => "chunks",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Html => "html",
            Self::Text => "text",
        }
    }

    /// The file name's ending, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Chunks => "chunks.jsonl",
            Self::Csv => "csv.zip",
            Self::Xlsx => "xlsx",
            Self::Html => "html",
            Self::Text => "txt",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Json => "application/json",
            Self::Jsonl | Self::Chunks => "application/x-ndjson",
            Self::Csv => "application/zip",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Html => "text/html; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    /// Whether running headers and footers are in it unless told otherwise: programs get every zone, readers the text.
    fn has_furniture(self) -> bool {
        matches!(self, Self::Json | Self::Jsonl)
    }

    fn exporter(self, options: &Options) -> io::Result<Exporter> {
        // Markdown keeps what is on one page in the order of the page.
        let joiner = Joiner::new(self != Self::Markdown);
        let blocks = |exporter: Box<dyn BlockExporter>| Exporter::Blocks(joiner, exporter);
        Ok(match self {
            Self::Json => Exporter::Pages(Box::new(json::Json::default())),
            Self::Jsonl => Exporter::Pages(Box::new(jsonl::Jsonl)),
            Self::Markdown => blocks(Box::new(markdown::Markdown::new(options))),
            Self::Chunks => blocks(Box::new(chunks::Chunks::new(options))),
            Self::Csv => blocks(Box::new(csv::Archive::new()?)),
            Self::Xlsx => blocks(Box::new(xlsx::Xlsx::new())),
            Self::Html => blocks(Box::new(html::Html::new(options))),
            Self::Text => blocks(Box::<text::Text>::default()),
        })
    }
}

/// The name is none of a format's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no format {0}; the formats are markdown, json, jsonl, chunks, csv, xlsx, html and text")]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .ok_or_else(|| UnknownFormat(name.chars().take(40).collect()))
    }
}

/// The document's identity in an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The name the user gave the file.
    pub name: String,
    /// What the document says about itself.
    pub info: DocumentInfo,
    /// Where pictures beside the document are, relative to it.
    pub image_folder: String,
}

/// Whether an export is all written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// Nothing is left.
    None,
    /// There may be more.
    More,
}

/// What a format does with the pages of a document, in order. Pages come with only the zones wanted.
trait PageExporter: Send {
    fn start(&mut self, header: &Header, output: &mut dyn Write) -> io::Result<()>;
    fn page(&mut self, page: &Page, output: &mut dyn Write) -> io::Result<()>;
    fn finish(&mut self, output: &mut dyn Write) -> io::Result<()>;
}

/// What a format does with the blocks of a document, in reading order.
trait BlockExporter: Send {
    fn start(&mut self, _header: &Header, _output: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
    fn block(&mut self, block: &Block, output: &mut dyn Write) -> io::Result<()>;
    /// Called until nothing is left; each call writes a bounded piece.
    fn finish(&mut self, output: &mut dyn Write) -> io::Result<Rest>;
}

enum Exporter {
    Pages(Box<dyn PageExporter>),
    Blocks(Joiner, Box<dyn BlockExporter>),
}

/// Writes one document in one format. The same document gives the same bytes.
pub struct Writer<W> {
    format: Format,
    exporter: Exporter,
    options: Options,
    output: W,
}

impl<W: Write> Writer<W> {
    /// Begins the export.
    pub fn start(format: Format, options: Options, header: &Header, mut output: W) -> io::Result<Self> {
        options.validate().map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let mut exporter = format.exporter(&options)?;
        match &mut exporter {
            Exporter::Pages(exporter) => exporter.start(header, &mut output)?,
            Exporter::Blocks(_, exporter) => exporter.start(header, &mut output)?,
        }
        Ok(Self { format, exporter, options, output })
    }

    /// Adds a page; pages come in order. A page that is not wanted is left out.
    pub fn page(&mut self, page: &Page) -> io::Result<()> {
        self.page_with_images(page, &PageImages::default())
    }

    /// Adds a page with pictures of its figures.
    pub fn page_with_images(&mut self, page: &Page, images: &PageImages) -> io::Result<()> {
        let (format, options) = (self.format, &self.options);
        if !options.wants_page(page.page_number) {
            return Ok(());
        }
        match &mut self.exporter {
            Exporter::Pages(exporter) => {
                exporter.page(&with_wanted_zones(format, options, page), &mut self.output)
            }
            Exporter::Blocks(joiner, exporter) => {
                let mut blocks = Vec::new();
                joiner.page(page, images, |zone| options.wants_zone(format, zone), &mut blocks);
                blocks.iter().try_for_each(|block| exporter.block(block, &mut self.output))
            }
        }
    }

    /// What was written to, to take the bytes written so far from it.
    pub fn output_mut(&mut self) -> &mut W {
        &mut self.output
    }

    /// Writes a bounded piece of the rest; no page may follow. To be called until nothing is left.
    pub fn finish_piece(&mut self) -> io::Result<Rest> {
        match &mut self.exporter {
            Exporter::Pages(exporter) => exporter.finish(&mut self.output).map(|()| Rest::None),
            Exporter::Blocks(joiner, exporter) => {
                joiner.finish().iter().try_for_each(|block| exporter.block(block, &mut self.output))?;
                exporter.finish(&mut self.output)
            }
        }
    }

    /// Ends the export and gives the output back.
    pub fn finish(mut self) -> io::Result<W> {
        while self.finish_piece()? == Rest::More {}
        self.output.flush()?;
        Ok(self.output)
    }
}

fn with_wanted_zones<'a>(format: Format, options: &Options, page: &'a Page) -> Cow<'a, Page> {
    let is_whole = |zone: &Zone| zone.kind != ZoneKind::List || zone.items.is_some();
    if page.zones.iter().all(|zone| options.wants_zone(format, zone) && is_whole(zone)) {
        return Cow::Borrowed(page);
    }
    let wanted = page.zones.iter().filter(|zone| options.wants_zone(format, zone));
    let zones = wanted.map(|zone| if is_whole(zone) { zone.clone() } else { with_items(zone) }).collect();
    Cow::Owned(Page { zones, ..page.clone() })
}

/// A list whose text was changed has its items from there.
fn with_items(list: &Zone) -> Zone {
    Zone { items: Some(items_of(&list.content, list.bbox)), ..list.clone() }
}

/// Writes the block with an empty line before it, unless it is the first; nothing when it is empty.
fn write_apart(text: &str, begun: &mut bool, output: &mut dyn Write) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    if std::mem::replace(begun, true) {
        output.write_all(b"\n")?;
    }
    output.write_all(text.as_bytes())?;
    output.write_all(b"\n")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::layout::{Bbox, Cell, Metadata, PageError, PageErrorCode, Table, TextSource};

    fn bbox() -> Bbox {
        Bbox { x: 72.0, y: 72.125, width: 100.0, height: 12.0 }
    }

    pub(crate) fn zone(kind: ZoneKind, content: &str) -> Zone {
        Zone {
            kind,
            bbox: bbox(),
            reading_order: 0,
            content: content.to_owned(),
            level: (kind == ZoneKind::Heading).then_some(2),
            table: None,
            items: None,
            confidence: 0.9,
        }
    }

    pub(crate) fn cell(row: u32, column: u32, column_span: u32, content: &str) -> Cell {
        let content = content.to_owned();
        Cell { row, column, row_span: 1, column_span, header: row == 0, content, bbox: bbox() }
    }

    pub(crate) fn table(rows: u32, columns: u32, cells: Vec<Cell>) -> Zone {
        Zone { table: Some(Table { rows, columns, cells }), ..zone(ZoneKind::Table, "") }
    }

    pub(crate) fn page(page_number: u32, mut zones: Vec<Zone>) -> Page {
        for (index, zone) in zones.iter_mut().enumerate() {
            zone.reading_order = index as u32;
        }
        let text_source = TextSource::Native;
        Page { page_number, width: 612.0, height: 792.0, rotation: 0, text_source, zones, error: None }
    }

    pub(crate) fn document() -> (Header, Vec<Page>) {
        let metadata = Metadata { title: Some("Tides".to_owned()), ..Metadata::default() };
        let info = DocumentInfo { page_count: 3, metadata, pdf_version: Some("1.7".to_owned()) };
        let image_folder = "tides.images".to_owned();
        let header = Header { name: "tides \"1\".pdf".to_owned(), info, image_folder };
        let first = page(
            1,
            vec![
                zone(ZoneKind::Header, "Tides of the north"),
                zone(ZoneKind::Heading, "1 Method"),
                zone(ZoneKind::Paragraph, "Water *rises* twice a day."),
                zone(ZoneKind::List, "- at dawn\n- at dusk"),
                table(
                    2,
                    2,
                    vec![cell(0, 0, 1, "Port"), cell(0, 1, 1, "m"), cell(1, 0, 1, "A|B"), cell(1, 1, 1, "3")],
                ),
                zone(ZoneKind::PageNumber, "1"),
            ],
        );
        let error =
            PageError { code: PageErrorCode::PageCrashed, message: "reading the page broke".to_owned() };
        let second = Page { error: Some(error), text_source: TextSource::None, ..page(2, Vec::new()) };
        let third = page(
            3,
            vec![
                table(2, 2, vec![cell(0, 0, 2, "Both"), cell(1, 0, 1, "<b>"), cell(1, 1, 1, "2")]),
                zone(ZoneKind::Figure, ""),
                zone(ZoneKind::Caption, "Figure 1. A gauge."),
            ],
        );
        (header, vec![first, second, third])
    }

    pub(crate) fn export(format: Format, options: Options) -> String {
        String::from_utf8(bytes(format, options)).unwrap()
    }

    pub(crate) fn bytes(format: Format, options: Options) -> Vec<u8> {
        let (header, pages) = document();
        let mut writer = Writer::start(format, options, &header, Vec::new()).unwrap();
        for page in &pages {
            writer.page(page).unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn page_furniture_is_left_out_unless_asked_for() {
        assert!(!export(Format::Markdown, Options::default()).contains("Tides of the north"));
        let options = Options { headers_footers: Some(true), ..Options::default() };
        assert!(export(Format::Markdown, options).contains("Tides of the north"));
    }

    #[test]
    fn only_the_wanted_pages_kinds_and_confidences_are_exported() {
        let options = Options { first_page: Some(2), ..Options::default() };
        assert!(!export(Format::Jsonl, options).contains("Method"));
        let options = Options { last_page: Some(1), ..Options::default() };
        assert!(!export(Format::Jsonl, options).contains("gauge"));
        let options = Options { kinds: vec![ZoneKind::Caption], ..Options::default() };
        assert_eq!(export(Format::Jsonl, options).lines().count(), 1);
        let options = Options { min_confidence: 0.95, ..Options::default() };
        assert_eq!(export(Format::Jsonl, options), "");
    }

    #[test]
    fn the_same_document_gives_the_same_bytes() {
        for format in Format::ALL {
            assert_eq!(
                bytes(format, Options::default()),
                bytes(format, Options::default()),
                "{}",
                format.name()
            );
        }
    }

    #[test]
    fn every_format_is_found_by_its_name() {
        for format in Format::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
        assert!("docx".parse::<Format>().is_err());
    }
}

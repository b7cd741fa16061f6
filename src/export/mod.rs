//! Zones to files people use, written page by page: memory is bounded by a page, whatever the document's length.
//!
//! A new format is one file that implements [`Exporter`] and one line in each `match` below.

mod json;
mod jsonl;
mod markdown;

use std::io::{self, Write};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::layout::{DocumentInfo, Page, Zone, ZoneKind};

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// GitHub-flavoured Markdown.
    Markdown,
    /// One JSON object, described by `schemas/document.schema.json`.
    Json,
    /// One JSON object a zone, a line each.
    Jsonl,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Markdown, Self::Json, Self::Jsonl];

    /// As users name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
        }
    }

    /// The file name's ending, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
        }
    }

    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Json => "application/json",
            Self::Jsonl => "application/x-ndjson",
        }
    }

    fn exporter(self) -> Box<dyn Exporter> {
        match self {
            Self::Markdown => Box::new(markdown::Markdown::default()),
            Self::Json => Box::new(json::Json::default()),
            Self::Jsonl => Box::new(jsonl::Jsonl),
        }
    }
}

/// The name is none of a format's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no format {0}; the formats are markdown, json and jsonl")]
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

/// What goes into an export.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Keep running headers and footers, page numbers and watermarks.
    pub headers_footers: bool,
    /// Only zones of these kinds; all when empty.
    pub kinds: Vec<ZoneKind>,
    /// Only zones at least this sure, 0 to 1.
    pub min_confidence: f32,
    /// Only pages from this number on, from 1.
    pub first_page: Option<u32>,
    /// Only pages up to this number.
    pub last_page: Option<u32>,
}

impl Options {
    fn wants_page(&self, page_number: u32) -> bool {
        self.first_page.is_none_or(|first| page_number >= first)
            && self.last_page.is_none_or(|last| page_number <= last)
    }

    fn wants_zone(&self, zone: &Zone) -> bool {
        (self.headers_footers || !zone.kind.is_page_furniture())
            && (self.kinds.is_empty() || self.kinds.contains(&zone.kind))
            && zone.confidence >= self.min_confidence
    }
}

/// The document's identity in an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The name the user gave the file.
    pub name: String,
    /// What the document says about itself.
    pub info: DocumentInfo,
}

/// What a format does with the parts of a document, in order. Pages come with only the zones wanted.
trait Exporter: Send {
    fn start(&mut self, header: &Header, output: &mut dyn Write) -> io::Result<()>;
    fn page(&mut self, page: &Page, output: &mut dyn Write) -> io::Result<()>;
    fn finish(&mut self, output: &mut dyn Write) -> io::Result<()>;
}

/// Writes one document in one format. The same document gives the same bytes.
pub struct Writer<W> {
    exporter: Box<dyn Exporter>,
    options: Options,
    output: W,
}

impl<W: Write> Writer<W> {
    /// Begins the export.
    pub fn start(format: Format, options: Options, header: &Header, mut output: W) -> io::Result<Self> {
        let mut exporter = format.exporter();
        exporter.start(header, &mut output)?;
        Ok(Self { exporter, options, output })
    }

    /// Adds a page; pages come in order. A page outside the wanted range is left out.
    pub fn page(&mut self, page: &Page) -> io::Result<()> {
        if !self.options.wants_page(page.page_number) {
            return Ok(());
        }
        let zones = page.zones.iter().filter(|zone| self.options.wants_zone(zone)).cloned().collect();
        self.exporter.page(&Page { zones, ..page.clone() }, &mut self.output)
    }

    /// What was written to, to take the bytes written so far from it.
    pub fn output_mut(&mut self) -> &mut W {
        &mut self.output
    }

    /// Ends the export and gives the output back.
    pub fn finish(mut self) -> io::Result<W> {
        self.exporter.finish(&mut self.output)?;
        self.output.flush()?;
        Ok(self.output)
    }
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

    fn page(page_number: u32, mut zones: Vec<Zone>) -> Page {
        for (index, zone) in zones.iter_mut().enumerate() {
            zone.reading_order = index as u32;
        }
        let text_source = TextSource::Native;
        Page { page_number, width: 612.0, height: 792.0, rotation: 0, text_source, zones, error: None }
    }

    pub(crate) fn document() -> (Header, Vec<Page>) {
        let metadata = Metadata { title: Some("Tides".to_owned()), ..Metadata::default() };
        let info = DocumentInfo { page_count: 3, metadata, pdf_version: Some("1.7".to_owned()) };
        let header = Header { name: "tides \"1\".pdf".to_owned(), info };
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
        let (header, pages) = document();
        let mut writer = Writer::start(format, options, &header, Vec::new()).unwrap();
        for page in &pages {
            writer.page(page).unwrap();
        }
        String::from_utf8(writer.finish().unwrap()).unwrap()
    }

    #[test]
    fn page_furniture_is_left_out_unless_asked_for() {
        assert!(!export(Format::Markdown, Options::default()).contains("Tides of the north"));
        let options = Options { headers_footers: true, ..Options::default() };
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
            assert_eq!(export(format, Options::default()), export(format, Options::default()));
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

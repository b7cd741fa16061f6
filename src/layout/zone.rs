//! What a document is made of once it is read: pages and their zones. The serde names are what is stored.

use serde::{Deserialize, Serialize, Serializer};

use super::geometry::Rect;

/// The engine's version, stored with every zone it makes; it changes when the same PDF would give other zones.
pub const ENGINE_VERSION: &str = "2";

/// What a zone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneKind {
    /// The title of the document.
    Title,
    /// A heading; its depth is the zone's level.
    Heading,
    /// Running text.
    Paragraph,
    /// A list as a whole, a line an item.
    List,
    /// One item of a list.
    ListItem,
    /// A table; its cells are the zone's table.
    Table,
    /// A picture, drawing or chart.
    Figure,
    /// The text that belongs to a figure or table.
    Caption,
    /// Running text at the top of pages.
    Header,
    /// Running text at the bottom of pages.
    Footer,
    /// The number of the page.
    PageNumber,
    /// A note at the foot of a page.
    Footnote,
    /// A formula set apart.
    Formula,
    /// Program text.
    Code,
    /// A field to fill in.
    FormField,
    /// A table of contents.
    Toc,
    /// Text laid over or under the page, or beside its text to count the lines.
    Watermark,
}

impl ZoneKind {
    /// Whether the zone belongs to the page rather than to the document's text.
    pub fn is_page_furniture(self) -> bool {
        matches!(self, Self::Header | Self::Footer | Self::PageNumber | Self::Watermark)
    }
}

/// A rectangle in points; origin top left of the page as displayed. Written with two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bbox {
    /// Distance of the left edge from the page's left edge.
    #[serde(serialize_with = "two_decimals")]
    pub x: f32,
    /// Distance of the top edge from the page's top edge.
    #[serde(serialize_with = "two_decimals")]
    pub y: f32,
    /// Horizontal extent.
    #[serde(serialize_with = "two_decimals")]
    pub width: f32,
    /// Vertical extent.
    #[serde(serialize_with = "two_decimals")]
    pub height: f32,
}

impl From<Rect> for Bbox {
    fn from(rect: Rect) -> Self {
        Self { x: rect.left, y: rect.top, width: rect.width(), height: rect.height() }
    }
}

impl Bbox {
    pub(super) fn rect(self) -> Rect {
        Rect::from_corners(self.x, self.y, self.x + self.width, self.y + self.height)
    }

    /// The part of it on the page; unchanged when it is off the page.
    pub(super) fn within(self, page: &Rect) -> Self {
        let rect = Rect::from_corners(self.x, self.y, self.x + self.width, self.y + self.height);
        rect.intersection(page).map_or(self, Self::from)
    }
}

/// Written as a double: a float rounded to two decimals would print its binary tail.
#[allow(clippy::trivially_copy_pass_by_ref)] // serde passes references
fn two_decimals<S: Serializer>(value: &f32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((f64::from(*value) * 100.0).round() / 100.0)
}

/// A region of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Zone {
    /// What it is.
    pub kind: ZoneKind,
    /// Where it is.
    pub bbox: Bbox,
    /// Its place in the reading order of the page: 0, 1, 2 … without gaps.
    pub reading_order: u32,
    /// Its text. Lines are joined; a list has a line an item, code keeps its lines; a table's cells are also here,
    /// a line a row, tabs between cells.
    pub content: String,
    /// The depth of a heading, 1 to 6; a title has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// The cells of a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<Table>,
    /// The items of a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<ListItem>>,
    /// How sure the engine is of kind and extent, 0 to 1; the `layout` module says how it is set.
    #[serde(serialize_with = "two_decimals")]
    pub confidence: f32,
}

impl Zone {
    /// A zone of text alone: no level, cells or items. Its place in the order is that of the page's first until it has its own.
    pub(crate) fn plain(kind: ZoneKind, bbox: impl Into<Bbox>, content: String, confidence: f32) -> Self {
        Self {
            kind,
            bbox: bbox.into(),
            reading_order: 0,
            content,
            level: None,
            table: None,
            items: None,
            confidence,
        }
    }
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListItem {
    /// How deep it is nested, from 1.
    pub level: u8,
    /// The bullet, number or letter it begins with, as printed.
    pub marker: Option<String>,
    /// Its text without the marker.
    pub content: String,
    /// Where it is.
    pub bbox: Bbox,
}

/// The grid of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Number of rows.
    pub rows: u32,
    /// Number of columns.
    pub columns: u32,
    /// The cells, by row and column; a position covered by a span has no cell of its own.
    pub cells: Vec<Cell>,
}

/// One cell of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Its first row, from 0.
    pub row: u32,
    /// Its first column, from 0.
    pub column: u32,
    /// How many rows it covers.
    pub row_span: u32,
    /// How many columns it covers.
    pub column_span: u32,
    /// Whether it names a row or column.
    pub header: bool,
    /// Its text.
    pub content: String,
    /// Where it is.
    pub bbox: Bbox,
}

impl Table {
    /// The table with cells that lie in the grid and do not overlap, sorted by row and column: spans end at the grid's
    /// edge, and where cells overlap the first one stays. None when it has more than `max_positions`, or none.
    pub fn made_sound(&self, max_positions: usize) -> Option<Self> {
        let (rows, columns) = (self.rows as usize, self.columns as usize);
        if rows == 0 || columns == 0 || rows.saturating_mul(columns) > max_positions {
            return None;
        }
        let mut taken = vec![false; rows * columns];
        let mut cells: Vec<Cell> =
            self.cells.iter().filter_map(|cell| cell.placed(rows, columns, &mut taken)).collect();
        cells.sort_by_key(|cell| (cell.row, cell.column));
        Some(Self { cells, ..*self })
    }
}

impl Cell {
    /// The cell within the grid, its positions taken; `None` when it lies outside or its first position is taken.
    fn placed(&self, rows: usize, columns: usize, taken: &mut [bool]) -> Option<Self> {
        let (row, column) = (self.row as usize, self.column as usize);
        if row >= rows || column >= columns || taken[row * columns + column] {
            return None;
        }
        let is_free = |taken: &[bool], row: usize, columns_of: std::ops::Range<usize>| {
            columns_of.into_iter().all(|column| !taken[row * columns + column])
        };
        let mut width = (self.column_span.max(1) as usize).min(columns - column);
        while !is_free(taken, row, column..column + width) {
            width -= 1;
        }
        let tallest = (self.row_span.max(1) as usize).min(rows - row);
        let height =
            (1..tallest).take_while(|below| is_free(taken, row + below, column..column + width)).count() + 1;
        for covered in row..row + height {
            taken[covered * columns + column..covered * columns + column + width].fill(true);
        }
        Some(Self { row_span: height as u32, column_span: width as u32, ..self.clone() })
    }
}

/// Where a page's text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextSource {
    /// From the PDF's own characters.
    Native,
    /// Recognised from the page's image.
    Ocr,
    /// There is none: the page is blank, or a picture nobody has read yet.
    None,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// From 1.
    pub page_number: u32,
    /// Width in points, as displayed.
    #[serde(serialize_with = "two_decimals")]
    pub width: f32,
    /// Height in points, as displayed.
    #[serde(serialize_with = "two_decimals")]
    pub height: f32,
    /// Clockwise rotation the PDF asks for: 0, 90, 180 or 270. Boxes are in the rotated page.
    pub rotation: u16,
    /// Where the text comes from.
    pub text_source: TextSource,
    /// In reading order.
    pub zones: Vec<Zone>,
    /// Why there are no zones, when the page could not be processed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<PageError>,
}

/// Why a page could not be processed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageError {
    /// For programs.
    pub code: PageErrorCode,
    /// For people: what was wrong and what to do.
    pub message: String,
}

/// What can go wrong with one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageErrorCode {
    /// Reading it ended the process.
    PageCrashed,
    /// Reading it took longer than allowed.
    PageTimedOut,
    /// Reading it needed more memory than allowed.
    PageMemory,
    /// Reading it made the process try what its sandbox forbids.
    PageForbidden,
    /// Its sides are longer than allowed.
    PageTooLarge,
    /// It has more characters or zones than allowed.
    PageTooComplex,
    /// Its content is not valid.
    PageDamaged,
}

/// What is known of a document as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentInfo {
    /// Number of pages.
    pub page_count: u32,
    /// What its author declared.
    pub metadata: Metadata,
    /// The format's version, such as `1.7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pdf_version: Option<String>,
}

/// The document information dictionary; each value at most 500 characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Author.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The program the document was written in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creator: Option<String>,
    /// The program that made the PDF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub producer: Option<String>,
    /// When it was made, as the PDF says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// When it was last changed, as the PDF says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
}

//! What the layout steps work on: the characters, rulings and pictures of a page, freed of PDF's coordinates, and what the
//! PDF says of them itself.

use super::geometry::Rect;

/// The raw content of one page. All geometry is in points, origin top left of the page as displayed.
#[derive(Debug, Clone, Default)]
pub struct PageContent {
    /// Width of the page.
    pub width: f32,
    /// Height of the page.
    pub height: f32,
    /// Clockwise rotation already applied: 0, 90, 180 or 270.
    pub rotation: u16,
    /// Whether it is the first page of its document.
    pub is_first: bool,
    /// The title the document declares; only the first page has it.
    pub declared_title: Option<String>,
    /// The characters in the order the PDF draws them.
    pub glyphs: Vec<Glyph>,
    /// Straight horizontal and vertical strokes, and fills as thin as strokes.
    pub rulings: Vec<Ruling>,
    /// Filled or outlined rectangles too thick for a ruling.
    pub boxes: Vec<Rect>,
    /// Curves and slanted lines.
    pub drawings: Vec<Rect>,
    /// Raster pictures.
    pub images: Vec<Rect>,
    /// The bookmarks that lead to the page, in the order of the outline.
    pub bookmarks: Vec<Bookmark>,
    /// The fields of forms.
    pub fields: Vec<FormField>,
}

/// One character.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glyph {
    /// The character.
    pub character: char,
    /// Its ink.
    pub ink: Rect,
    /// Its advance box: from where it starts to where the next one would, ascender to descender.
    pub advance: Rect,
    /// Where it stands on its baseline.
    pub origin: (f32, f32),
    /// Font size in points, as displayed.
    pub size: f32,
    /// How its font looks.
    pub style: Style,
    /// Which way its line runs.
    pub direction: Direction,
    /// Whether white space comes before it.
    pub after_space: bool,
    /// What a tagged PDF says it is part of.
    pub tag: Option<Tag>,
}

#[cfg(test)]
impl Glyph {
    /// A plain glyph of ten points, half an em wide, at the origin.
    pub(super) fn sample(character: char) -> Self {
        let advance = Rect { left: 0.0, top: -8.0, right: 5.0, bottom: 2.0 };
        Self {
            character,
            ink: Rect { left: 0.5, top: -5.0, right: 4.5, bottom: 0.0 },
            advance,
            origin: (0.0, 0.0),
            size: 10.0,
            style: Style::default(),
            direction: Direction::Right,
            after_space: false,
            tag: None,
        }
    }

    /// The same glyph, further right and down.
    pub(super) fn moved(self, x: f32, y: f32) -> Self {
        let moved = |rect: Rect| Rect {
            left: rect.left + x,
            right: rect.right + x,
            top: rect.top + y,
            bottom: rect.bottom + y,
        };
        let origin = (self.origin.0 + x, self.origin.1 + y);
        Self { ink: moved(self.ink), advance: moved(self.advance), origin, ..self }
    }
}

/// How text looks: its font, and what it is drawn in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools)] // independent properties
pub struct Style {
    /// Heavier than text.
    pub bold: bool,
    /// Slanted.
    pub italic: bool,
    /// Every character has the same width.
    pub monospaced: bool,
    /// A font of mathematical signs.
    pub mathematical: bool,
    /// Drawn in a colour: neither black nor white nor grey.
    pub coloured: bool,
}

/// Which way a line of text runs on the displayed page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// Left to right.
    #[default]
    Right,
    /// Top to bottom (turned clockwise).
    Down,
    /// Upside down.
    Left,
    /// Bottom to top (turned anticlockwise).
    Up,
    /// At another angle.
    Slanted,
}

/// A straight line along an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ruling {
    /// Along which axis.
    pub axis: Axis,
    /// Its distance from the page's top (horizontal) or left (vertical).
    pub position: f32,
    /// Where it starts on its axis.
    pub start: f32,
    /// Where it ends on its axis, after `start`.
    pub end: f32,
}

/// The axis of a ruling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// Left to right.
    Horizontal,
    /// Top to bottom.
    Vertical,
}

impl Ruling {
    /// Whether it runs left to right.
    pub fn is_horizontal(&self) -> bool {
        self.axis == Axis::Horizontal
    }

    /// Its length in points.
    pub fn length(&self) -> f32 {
        self.end - self.start
    }

    /// The rectangle it covers, without thickness.
    pub fn rect(&self) -> Rect {
        match self.axis {
            Axis::Horizontal => {
                Rect { left: self.start, right: self.end, top: self.position, bottom: self.position }
            }
            Axis::Vertical => {
                Rect { left: self.position, right: self.position, top: self.start, bottom: self.end }
            }
        }
    }
}

/// What the PDF says a text is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag {
    /// The element, counted in the order of the structure tree.
    pub element: u32,
    /// What the element is.
    pub role: Role,
}

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A heading, and its level if it is said.
    Heading(Option<u8>),
    /// A paragraph.
    Paragraph,
    /// An item of a list.
    ListItem,
    /// The caption of a figure or table.
    Caption,
    /// A footnote or endnote.
    Note,
    /// A cell of a table.
    Cell,
    /// Anything else.
    Other,
}

/// A bookmark of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bookmark {
    /// What it is called.
    pub title: String,
    /// How deep it is, from 1.
    pub level: u8,
}

/// A field to fill in.
#[derive(Debug, Clone, PartialEq)]
pub struct FormField {
    /// What it is called; empty where the PDF does not say.
    pub name: String,
    /// What is filled in; empty where nothing is.
    pub value: String,
    /// Where it is, points, on the page as displayed.
    pub rect: Rect,
}

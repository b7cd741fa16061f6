//! A page whose text is put together: what is known of it alone.

use super::content::{Direction, PageContent};
use super::furniture::Sheet;
use super::geometry::Rect;
use super::glyphs::{legibility, marks, overprint};
use super::lines::{self, Segment};
use super::turn::Turn;
use super::{bullets, scripts, tags};

/// A page whose text is put together, ready to be looked at beside its neighbours.
#[derive(Debug, Clone)]
pub struct PreparedPage {
    width: f32,
    height: f32,
    /// How the page was turned so that most of its text runs to the right; not at all on nearly all pages.
    pub(super) turn: Turn,
    /// Without glyphs, in the turned page.
    pub(super) content: PageContent,
    pub(super) segments: Vec<Segment>,
    legibility: f32,
}

impl PreparedPage {
    /// Width in points, as displayed.
    pub fn width(&self) -> f32 {
        self.width
    }

    /// Height in points, as displayed.
    pub fn height(&self) -> f32 {
        self.height
    }

    /// Clockwise rotation in degrees.
    pub fn rotation(&self) -> u16 {
        self.content.rotation
    }

    /// Whether the page has any text.
    pub fn has_text(&self) -> bool {
        !self.segments.is_empty()
    }

    /// The share of the page's characters that say what its glyphs show, 0 to 1; 1 for a page without text. Little where
    /// the PDF lacks the map from its fonts' codes to characters, or has a wrong one.
    pub fn legibility(&self) -> f32 {
        self.legibility
    }

    /// Whether the page's own text is worth keeping; if not, only reading the page's image helps.
    pub fn is_legible(&self) -> bool {
        self.legibility >= legibility::MIN_LEGIBLE
    }

    pub(super) fn sheet(&self) -> Sheet<'_> {
        Sheet {
            width: self.content.width,
            height: self.content.height,
            segments: &self.segments,
            rulings: &self.content.rulings,
        }
    }
}

/// Puts a page's text together; its glyphs are dropped.
pub fn prepare(mut content: PageContent) -> PreparedPage {
    overprint::remove(&mut content.glyphs);
    marks::compose_all(&mut content.glyphs);
    let legibility = legibility::of(&content.glyphs);
    tags::check(&mut content.glyphs);
    scripts::mark_vertical(&mut content.glyphs);
    let (width, height) = (content.width, content.height);
    let turn = Turn { direction: main_direction(&content), width, height };
    let mut content = if turn.direction == Direction::Right { content } else { turned(&content, &turn) };
    let mut segments = lines::segments(&content.glyphs, content.width, content.height);
    content.glyphs = Vec::new();
    bullets::read(&mut segments, &mut content);
    PreparedPage { width, height, turn, content, segments, legibility }
}

/// The direction of most characters; to the right when no other has more than half.
fn main_direction(content: &PageContent) -> Direction {
    [Direction::Down, Direction::Left, Direction::Up]
        .into_iter()
        .find(|direction| {
            let count = content.glyphs.iter().filter(|glyph| glyph.direction == *direction).count();
            2 * count > content.glyphs.len()
        })
        .unwrap_or_default()
}

fn turned(content: &PageContent, turn: &Turn) -> PageContent {
    let (width, height) = turn.size();
    let rects = |rects: &[Rect]| rects.iter().map(|rect| turn.rect(rect)).collect();
    PageContent {
        width,
        height,
        rotation: content.rotation,
        is_first: content.is_first,
        declared_title: content.declared_title.clone(),
        glyphs: content.glyphs.iter().map(|glyph| turn.glyph(glyph)).collect(),
        rulings: content.rulings.iter().map(|ruling| turn.ruling(ruling)).collect(),
        boxes: rects(&content.boxes),
        drawings: rects(&content.drawings),
        images: rects(&content.images),
        bookmarks: content.bookmarks.clone(),
        fields: content.fields.clone(),
    }
}

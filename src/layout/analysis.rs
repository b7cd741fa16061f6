//! The steps in order: what is known of one page alone, then its zones among its neighbours.

use super::content::PageContent;
use super::lines::{self, Segment};
use super::zone::{Bbox, Zone, ZoneKind};

/// A page whose text is put together, ready to be looked at beside its neighbours.
#[derive(Debug, Clone)]
pub struct PreparedPage {
    content: PageContent,
    segments: Vec<Segment>,
}

impl PreparedPage {
    /// Width in points, as displayed.
    pub fn width(&self) -> f32 {
        self.content.width
    }

    /// Height in points, as displayed.
    pub fn height(&self) -> f32 {
        self.content.height
    }

    /// Clockwise rotation in degrees.
    pub fn rotation(&self) -> u16 {
        self.content.rotation
    }

    /// Whether the page has any text.
    pub fn has_text(&self) -> bool {
        !self.segments.is_empty()
    }
}

/// Puts a page's text together; its glyphs are dropped.
pub fn prepare(mut content: PageContent) -> PreparedPage {
    let segments = lines::segments(&content.glyphs, content.width, content.height);
    content.glyphs = Vec::new();
    PreparedPage { content, segments }
}

/// The zones of a page. `neighbours` are the pages around it, a few before and after.
pub fn zones(page: &PreparedPage, _neighbours: &[&PreparedPage]) -> Vec<Zone> {
    page.segments
        .iter()
        .enumerate()
        .map(|(index, segment)| Zone {
            kind: ZoneKind::Paragraph,
            bbox: Bbox::from(segment.rect),
            reading_order: index as u32,
            content: segment.text.clone(),
            level: None,
            table: None,
            confidence: 0.5,
        })
        .collect()
}

//! A page and its edges, as running text is looked for.

use crate::layout::content::Ruling;
use crate::layout::lines::Segment;
use crate::layout::text::is_page_number;
use crate::layout::zone::ZoneKind;

/// What repeats from page to page may stand further in, if it is no longer than this (characters): small pages have wide
/// margins.
const REPEATED_TOP_BAND: f32 = 0.16;
const REPEATED_BOTTOM_BAND: f32 = 0.84;
const REPEATED_CHARACTERS: usize = 80;
/// A sentence has so many words at least.
const SENTENCE_WORDS: usize = 5;
/// Running text stands in the outer parts of the page: these shares of its height.
const TOP_BAND: f32 = 0.13;
const BOTTOM_BAND: f32 = 0.87;

/// A page as this step needs it.
pub(in crate::layout) struct Sheet<'a> {
    pub(in crate::layout) width: f32,
    pub(in crate::layout) height: f32,
    pub(in crate::layout) segments: &'a [Segment],
    pub(in crate::layout) rulings: &'a [Ruling],
}

/// The edge of a page that running text stands at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    Top,
    Bottom,
}

impl Edge {
    /// What a text at this edge is.
    pub(super) fn kind(self, text: &str) -> ZoneKind {
        match self {
            _ if is_page_number(text) => ZoneKind::PageNumber,
            Self::Top => ZoneKind::Header,
            Self::Bottom => ZoneKind::Footer,
        }
    }

    /// Whether the row is within the band of this edge.
    pub(super) fn holds(self, sheet: &Sheet<'_>, row: &[usize]) -> bool {
        self.is_within(sheet, row, TOP_BAND, BOTTOM_BAND)
    }

    /// Whether the row is where text that repeats from page to page may be. Further in than others it is no sentence: copies
    /// of a letter begin alike.
    pub(super) fn holds_repeated(self, sheet: &Sheet<'_>, row: &[usize]) -> bool {
        let characters: usize = row.iter().map(|index| sheet.segments[*index].glyphs).sum();
        self.holds(sheet, row)
            || characters <= REPEATED_CHARACTERS
                && self.is_within(sheet, row, REPEATED_TOP_BAND, REPEATED_BOTTOM_BAND)
                && !is_sentence(row.iter().map(|index| &sheet.segments[*index]))
    }

    fn is_within(self, sheet: &Sheet<'_>, row: &[usize], top: f32, bottom: f32) -> bool {
        row.iter().all(|index| {
            let rect = &sheet.segments[*index].rect;
            match self {
                Self::Top => rect.bottom < top * sheet.height,
                Self::Bottom => rect.top > bottom * sheet.height,
            }
        })
    }
}

/// Whether these words, in their order, end as a sentence and are enough to be one.
pub(super) fn is_sentence<'a>(segments: impl Iterator<Item = &'a Segment> + Clone) -> bool {
    let words: usize = segments.clone().map(|segment| segment.text.split(' ').count()).sum();
    words >= SENTENCE_WORDS && segments.last().is_some_and(|last| last.text.trim_end().ends_with('.'))
}

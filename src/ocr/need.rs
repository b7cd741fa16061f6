//! Which pages have to be read from their picture.

use crate::layout::{PageContent, Rect};

/// Fewer characters are a stamp or a page number, not the text of a page.
const FEW_GLYPHS: usize = 60;
/// Pictures over this share of the page may be the page itself.
const SCAN_COVERAGE: f32 = 0.4;
/// So many drawings and no text are letters drawn as outlines: a line of text has some forty of them.
const OUTLINED_LETTERS: usize = 150;
/// Above this share of characters that stand for nothing known, the text is not usable.
const UNKNOWN_SHARE: f32 = 0.3;
/// What stands for a character whose meaning the PDF does not tell.
const UNKNOWN: char = '\u{FFFD}';

/// Whether the page shows text that its characters do not tell: a scan, text drawn as outlines, or a font without meaning.
pub fn is_needed(content: &PageContent) -> bool {
    let unknown = content.glyphs.iter().filter(|glyph| glyph.character == UNKNOWN).count();
    let known = content.glyphs.len() - unknown;
    let is_broken = unknown as f32 > UNKNOWN_SHARE * content.glyphs.len() as f32;
    let is_bare = known < FEW_GLYPHS;
    is_broken || is_bare && (coverage(content) >= SCAN_COVERAGE || content.drawings.len() >= OUTLINED_LETTERS)
}

fn coverage(content: &PageContent) -> f32 {
    content.images.iter().map(Rect::area).sum::<f32>() / (content.width * content.height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{Direction, Glyph, Style};

    fn page(text: &str) -> PageContent {
        let rect = Rect { left: 1.0, top: 1.0, right: 2.0, bottom: 2.0 };
        let glyph = |character| Glyph {
            character,
            ink: rect,
            advance: rect,
            origin: (1.0, 2.0),
            size: 1.0,
            style: Style::default(),
            direction: Direction::Right,
            after_space: false,
            tag: None,
        };
        let glyphs = text.chars().map(glyph).collect();
        PageContent { width: 100.0, height: 100.0, glyphs, ..PageContent::default() }
    }

    fn part(share: f32) -> Rect {
        Rect { left: 0.0, top: 0.0, right: 100.0, bottom: 100.0 * share }
    }

    #[test]
    fn a_blank_page_needs_nothing() {
        assert!(!is_needed(&page("")));
    }

    #[test]
    fn a_picture_of_a_page_is_read_and_one_beside_text_is_not() {
        assert!(is_needed(&PageContent { images: vec![part(0.9)], ..page("stamp") }));
        assert!(!is_needed(&PageContent { images: vec![part(0.9)], ..page(&"text".repeat(50)) }));
        assert!(!is_needed(&PageContent { images: vec![part(0.1)], ..page("") }));
    }

    #[test]
    fn letters_drawn_as_outlines_are_read() {
        assert!(is_needed(&PageContent { drawings: vec![part(0.01); 500], ..page("") }));
    }

    #[test]
    fn text_of_unknown_characters_is_read() {
        assert!(is_needed(&page(&"\u{FFFD}a".repeat(200))));
        assert!(!is_needed(&page(&"\u{FFFD}aaaaaaaaa".repeat(200))));
    }
}

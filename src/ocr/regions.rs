//! Pictures on a page with text of its own: which of them may hold text, and what the words read in them make of them.

use super::ink::{self, Component, Contrast};
use super::mask::Mask;
use super::rulings;
use super::word::Word;
use crate::layout::{PageContent, Rect, Ruling};
use crate::picture::GreyPicture;

/// Most pictures of one page that are read, the largest first.
pub const MAX_REGIONS: usize = 4;
/// Smaller pictures (share of the page; points on a side) are logos and icons.
const MIN_SHARE: f32 = 0.02;
const MIN_SIDE: f32 = 36.0;
/// A picture with more characters over it than this is the ground of text, or has been read by its producer.
const MAX_GLYPHS_OVER: usize = 4;
/// Print has a ground: in photographs no level of grey is this frequent.
const MIN_GROUND: f32 = 0.55;
/// Letters are this high, points,
const LETTER_HEIGHT: std::ops::RangeInclusive<f32> = 2.5..=24.0;
/// at most this many times as wide as high (letters run together),
const LETTER_WIDTH: f32 = 6.0;
/// and this many of them are worth a reading.
const MIN_LETTERS: usize = 24;
/// A component that fills less of its box than this is a line, or a grid of them.
const LINE_FILL: f32 = 0.2;
/// In a picture of text this much of the ink that is not lines is letters; in charts bars are most of it.
const LETTER_INK: f32 = 0.7;
/// Words this sure count as read.
const SURE: f32 = 0.6;
/// So many words are needed, with this mean confidence.
const MIN_WORDS: usize = 4;
const MIN_MEAN: f32 = 0.6;
/// In a picture of text, words and straight lines are this much of the ink, and words cover this much of it.
const TEXT_INK: f32 = 0.8;
const TEXT_COVER: f32 = 0.05;

/// The pictures of a page that have no characters over them, largest first.
pub fn regions(content: &PageContent) -> Vec<Rect> {
    let page = content.width * content.height;
    let is_bare = |image: &Rect| {
        content.glyphs.iter().filter(|glyph| image.contains_center(&glyph.ink)).count() <= MAX_GLYPHS_OVER
    };
    let mut found: Vec<Rect> = content
        .images
        .iter()
        .filter(|image| image.area() >= MIN_SHARE * page && image.width().min(image.height()) >= MIN_SIDE)
        .filter(|image| is_bare(image))
        .copied()
        .collect();
    found.sort_by(|a, b| b.area().total_cmp(&a.area()));
    // Pictures drawn over each other, as a mask and what it masks, are read once.
    let mut apart: Vec<Rect> = Vec::new();
    for image in found {
        if !apart.iter().any(|larger| larger.grown(1.0).contains_center(&image)) {
            apart.push(image);
        }
    }
    apart.truncate(MAX_REGIONS);
    apart
}

/// Whether a picture drawn `scale` pixels a point looks as if text were most of it: a cheap look, before it is read.
pub fn looks_like_text(picture: &GreyPicture, scale: f32) -> bool {
    let (ground, share) = ink::ground(picture);
    if share < MIN_GROUND {
        return false;
    }
    let Some(components) = ink::components(picture, ground, Contrast::Ink) else { return false };
    let is_letter = |component: &Component| {
        let height = component.height as f32;
        LETTER_HEIGHT.contains(&(height / scale)) && component.width as f32 <= LETTER_WIDTH * height
    };
    let is_line = |component: &Component| {
        let box_area = component.width as f32 * component.height as f32;
        let thin = component.width.min(component.height) as f32 <= scale * 2.0;
        thin || (component.pixels as f32) < LINE_FILL * box_area
    };
    let (mut letters, mut letter_ink, mut other_ink) = (0, 0, 0);
    for component in &components {
        if is_letter(component) {
            letters += 1;
            letter_ink += component.pixels;
        } else if !is_line(component) {
            other_ink += component.pixels;
        }
    }
    letters >= MIN_LETTERS && letter_ink as f32 >= LETTER_INK * (letter_ink + other_ink) as f32
}

/// What a picture turns out to be.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Verdict {
    /// Text, with the straight lines among it, in points from the picture's corner.
    Text(Vec<Ruling>),
    /// A drawing, or nothing that could be read.
    Drawing,
}

/// Judges by the words that were read.
pub(super) fn judge(words: &[&Word], picture: &GreyPicture, scale: f32) -> Verdict {
    let mean = words.iter().map(|word| word.confidence).sum::<f32>() / words.len().max(1) as f32;
    let sure = words.iter().filter(|word| word.confidence >= SURE);
    if sure.clone().count() < MIN_WORDS || mean < MIN_MEAN {
        return Verdict::Drawing;
    }
    let area = picture.width as f32 * picture.height as f32;
    let cover: f32 = sure.map(|word| word.width as f32 * word.height as f32).sum();
    let lines = rulings::find(picture, scale);
    if cover >= TEXT_COVER * area && explained(words, &lines, picture, scale) >= TEXT_INK {
        Verdict::Text(lines)
    } else {
        Verdict::Drawing
    }
}

/// The share of the ink that words and lines are.
fn explained(words: &[&Word], lines: &[Ruling], picture: &GreyPicture, scale: f32) -> f32 {
    let (ground, _) = ink::ground(picture);
    let mut known = Mask::new(picture, scale);
    known.add_words(words.iter().copied());
    known.add_lines(lines, scale);
    let (mut inside, mut all) = (0u32, 0u32);
    for (pixel, known) in picture.pixels.iter().zip(known.pixels()) {
        let ink = u32::from(ink::is_ink(*pixel, ground));
        all += ink;
        inside += ink & u32::from(*known);
    }
    inside as f32 / all.max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{Direction, Glyph, Style};

    fn image(left: f32, top: f32, right: f32, bottom: f32) -> Rect {
        Rect { left, top, right, bottom }
    }

    fn page(images: Vec<Rect>, glyphs_at: &[(f32, f32)]) -> PageContent {
        let glyph = |&(x, y): &(f32, f32)| {
            let rect = image(x, y, x + 5.0, y + 8.0);
            Glyph {
                character: 'a',
                ink: rect,
                advance: rect,
                origin: (x, y + 8.0),
                size: 10.0,
                style: Style::default(),
                direction: Direction::Right,
                after_space: false,
                tag: None,
            }
        };
        let glyphs = glyphs_at.iter().map(glyph).collect();
        PageContent { width: 600.0, height: 800.0, images, glyphs, ..PageContent::default() }
    }

    #[test]
    fn large_pictures_without_characters_over_them_may_be_read() {
        let (bare, logo) = (image(50.0, 50.0, 350.0, 200.0), image(400.0, 50.0, 430.0, 80.0));
        assert_eq!(regions(&page(vec![bare, logo], &[])), [bare]);
        let over: Vec<(f32, f32)> = (0..10).map(|index| (60.0 + 6.0 * index as f32, 100.0)).collect();
        assert_eq!(regions(&page(vec![bare], &over)), []);
    }

    #[test]
    fn pictures_over_each_other_are_read_once_and_of_many_the_largest() {
        let bare = image(50.0, 50.0, 350.0, 200.0);
        assert_eq!(regions(&page(vec![bare, bare, image(60.0, 60.0, 340.0, 190.0)], &[])), [bare]);
        let many = (0..9)
            .map(|index| image(0.0, 88.0 * index as f32, 200.0 + index as f32, 88.0 * index as f32 + 80.0));
        let found = regions(&page(many.collect(), &[]));
        assert_eq!(found.len(), MAX_REGIONS);
        assert!((found[0].width() - 208.0).abs() < 0.01);
    }

    /// Words of five letters in lines, two pixels a point: letters of 5 by 7 points.
    fn text(width: u32, height: u32, lines: u32) -> (GreyPicture, Vec<Word>) {
        let mut picture = GreyPicture { width, height, pixels: vec![250; (width * height) as usize] };
        let mut words = Vec::new();
        for line in 0..lines {
            for word in 0..5 {
                let (left, top) = (20 + word * 90, 20 + line * 30);
                for letter in 0..5 {
                    fill(&mut picture, left + letter * 14, top, 3, 14);
                    fill(&mut picture, left + letter * 14, top, 10, 3);
                }
                let text = "eerie".to_owned();
                words.push(Word { text, left, top, width: 66, height: 14, confidence: 0.9, line });
            }
        }
        (picture, words)
    }

    fn fill(picture: &mut GreyPicture, left: u32, top: u32, width: u32, height: u32) {
        for y in top..(top + height).min(picture.height) {
            for x in left..(left + width).min(picture.width) {
                picture.pixels[(y * picture.width + x) as usize] = 20;
            }
        }
    }

    #[test]
    fn a_picture_of_a_table_is_text_with_lines() {
        let (mut picture, words) = text(500, 200, 5);
        for row in 0..6 {
            fill(&mut picture, 10, 12 + row * 30, 480, 2);
        }
        assert!(looks_like_text(&picture, 2.0));
        let words: Vec<&Word> = words.iter().collect();
        let Verdict::Text(lines) = judge(&words, &picture, 2.0) else { panic!("no text") };
        assert_eq!(lines.len(), 6);
    }

    #[test]
    fn a_chart_is_a_drawing_whatever_its_labels_say() {
        let (mut picture, words) = text(500, 400, 2);
        for bar in 0..8 {
            fill(&mut picture, 20 + bar * 50, 120, 40, 260);
        }
        assert!(!looks_like_text(&picture, 2.0));
        let words: Vec<&Word> = words.iter().collect();
        assert_eq!(judge(&words, &picture, 2.0), Verdict::Drawing);
    }

    #[test]
    fn words_nobody_is_sure_of_are_no_text() {
        let (picture, mut words) = text(500, 200, 5);
        for word in &mut words {
            word.confidence = 0.4;
        }
        assert_eq!(judge(&words.iter().collect::<Vec<_>>(), &picture, 2.0), Verdict::Drawing);
    }

    #[test]
    fn a_photograph_has_no_ground() {
        let pixels = (0..90_000u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        assert!(!looks_like_text(&GreyPicture { width: 300, height: 300, pixels }, 2.0));
    }
}

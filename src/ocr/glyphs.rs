//! Recognised words as characters on the page, with size, baseline and weight estimated from their boxes and pixels.

use super::ink::Contrast;
use super::regions::{self, Verdict};
use super::shapes::{self, Seen, Shapes};
use super::word::Word;
use super::{ink, rulings};
use crate::layout::{Direction, Glyph, PageContent, Rect, Ruling, Style, Zone};
use crate::picture::GreyPicture;

/// Words the engine is less sure of are mostly specks and parts of pictures.
const MIN_CONFIDENCE: f32 = 0.3;
/// Heights of Latin letters as shares of the font size, as in most text faces: of small letters without strokes up or
/// down, of capitals and letters that go up, and of the part below the baseline.
const X_HEIGHT: f32 = 0.47;
const CAP_HEIGHT: f32 = 0.69;
const DESCENT: f32 = 0.21;
/// Sizes this close to the page's main size are it: the estimate is no finer.
const SIZE_TOLERANCE: f32 = 0.1;
/// Strokes this many times as thick, for their size, as those of most words are bold: usually 1.4 to 1.7 times.
const BOLD_RATIO: f32 = 1.3;

/// A line this near to a word (points) may have been read as part of it.
const LINE_REACH: f32 = 2.0;

/// A word in its place on the page.
#[derive(Debug, Clone, PartialEq)]
pub struct RecognisedWord {
    /// In points.
    pub rect: Rect,
    /// 0 to 1.
    pub confidence: f32,
}

/// What a line of words has in common.
struct Line {
    size: f32,
    baseline: f32,
}

/// What was read from a picture of a page, or of a part of it.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// Its words.
    pub words: &'a [Word],
    /// What they were read from.
    pub picture: &'a GreyPicture,
    /// Pixels a point.
    pub scale: f32,
    /// Where the picture's corner is on the page, points.
    pub corner: (f32, f32),
}

impl Reading<'_> {
    fn words(&self) -> Vec<&Word> {
        self.words.iter().filter(|word| word.confidence >= MIN_CONFIDENCE).collect()
    }

    fn rect(&self, word: &Word) -> Rect {
        let x = |pixels: u32| self.corner.0 + pixels as f32 / self.scale;
        let y = |pixels: u32| self.corner.1 + pixels as f32 / self.scale;
        Rect {
            left: x(word.left),
            top: y(word.top),
            right: x(word.left + word.width),
            bottom: y(word.top + word.height),
        }
    }
}

/// Puts what was read from the picture of the whole page in the place of the page's characters, and the lines and shapes
/// drawn in it among its own.
pub fn put_page(content: &mut PageContent, reading: &Reading<'_>) -> Vec<RecognisedWord> {
    content.glyphs.clear();
    let (ground, _) = ink::ground(reading.picture);
    let components = ink::components(reading.picture, ground, Contrast::Ink).unwrap_or_default();
    let lines = rulings::find(reading.picture, reading.scale);
    let words = without_lines(&reading.words(), &lines, reading.scale);
    let words = shapes::with_bullets(&words.iter().collect::<Vec<_>>(), &components, reading.scale);
    let words: Vec<&Word> = words.iter().collect();
    let placed = put_words(content, reading, &words);
    let is_letter = |line: &Ruling| placed.iter().any(|word| rulings::is_stroke_of(line, &word.rect));
    let lines: Vec<Ruling> = lines.into_iter().filter(|line| !is_letter(line)).collect();
    // The page's own picture, and letters drawn as outlines, are what was read: they are no figures.
    let page = content.width * content.height;
    content.images.retain(|image| image.area() < 0.5 * page);
    content
        .drawings
        .retain(|drawing| !placed.iter().any(|word| word.rect.grown(2.0).contains_center(drawing)));
    let seen = Seen { picture: reading.picture, ground, scale: reading.scale, words: &words, lines: &lines };
    Shapes::find(&components, &seen).put(content);
    content.rulings.extend(lines);
    placed
}

/// Puts what was read from one of the page's pictures in that picture's place, if it is text, with the lines among it. A
/// drawing stays as it is.
pub fn put_region(content: &mut PageContent, reading: &Reading<'_>) -> Vec<RecognisedWord> {
    let words = reading.words();
    let Verdict::Text(lines) = regions::judge(&words, reading.picture, reading.scale) else {
        return Vec::new();
    };
    let words = without_lines(&words, &lines, reading.scale);
    let words: Vec<&Word> = words.iter().collect();
    let placed = put_words(content, reading, &words);
    let (x, y) = reading.corner;
    let lines = lines.into_iter().map(|line| {
        let (along, across) = if line.is_horizontal() { (x, y) } else { (y, x) };
        Ruling { position: line.position + across, start: line.start + along, end: line.end + along, ..line }
    });
    let is_letter = |line: &Ruling| placed.iter().any(|word| rulings::is_stroke_of(line, &word.rect));
    content.rulings.extend(lines.filter(|line| !is_letter(line)));
    let (width, height) = (reading.picture.width as f32, reading.picture.height as f32);
    let area = Rect { left: x, top: y, right: x + width / reading.scale, bottom: y + height / reading.scale };
    content
        .images
        .retain(|image| !area.grown(2.0).contains_center(image) || image.area() > 1.1 * area.area());
    placed
}

/// The words without the signs that lines of a table were taken for: `|` where an upright line runs.
fn without_lines(words: &[&Word], lines: &[Ruling], scale: f32) -> Vec<Word> {
    let is_crossed = |word: &Word| {
        let (left, top) = (word.left as f32 / scale, word.top as f32 / scale);
        let (right, bottom) = (left + word.width as f32 / scale, top + word.height as f32 / scale);
        lines.iter().any(|line| {
            !line.is_horizontal()
                && (left - LINE_REACH..=right + LINE_REACH).contains(&line.position)
                && line.start < bottom
                && line.end > top
        })
    };
    let mut kept = Vec::new();
    for word in words {
        let text = word.text.trim_matches('|');
        if text.len() == word.text.len() || !is_crossed(word) {
            kept.push((*word).clone());
        } else if !text.is_empty() {
            kept.push(Word { text: text.to_owned(), ..(*word).clone() });
        }
    }
    kept
}

fn put_words(content: &mut PageContent, reading: &Reading<'_>, words: &[&Word]) -> Vec<RecognisedWord> {
    let mut lines: Vec<Line> = lines(words).iter().map(|line| measure(line, reading)).collect();
    settle_sizes(&mut lines, words);
    let strokes: Vec<f32> = words.iter().map(|word| stroke(word, reading.picture)).collect();
    let usual = usual_stroke(&strokes, &lines, words);
    let mut placed = Vec::new();
    for ((line, members), line_words) in lines.iter().zip(self::lines(words)).zip(members(words)) {
        let bold_words = line_words
            .clone()
            .filter(|index| usual > 0.0 && strokes[*index] / line.size > BOLD_RATIO * usual)
            .count();
        let style = Style { bold: 2 * bold_words > members.len(), ..Style::default() };
        for word in members {
            let rect = reading.rect(word);
            place(content, word, &rect, line, style);
            placed.push(RecognisedWord { rect, confidence: word.confidence });
        }
    }
    placed
}

/// Lowers each zone's confidence by how unsure its words are.
pub fn weigh(zones: &mut [Zone], words: &[RecognisedWord]) {
    for zone in zones {
        let bbox = zone.bbox;
        let area = Rect::from_corners(bbox.x, bbox.y, bbox.x + bbox.width, bbox.y + bbox.height);
        let inside: Vec<f32> = words
            .iter()
            .filter(|word| area.contains_center(&word.rect))
            .map(|word| word.confidence)
            .collect();
        if !inside.is_empty() {
            zone.confidence *= inside.iter().sum::<f32>() / inside.len() as f32;
        }
    }
}

/// The words of each line.
fn lines<'a>(words: &[&'a Word]) -> Vec<Vec<&'a Word>> {
    members(words).map(|range| words[range].to_vec()).collect()
}

/// Where each line's words are among all words.
fn members(words: &[&Word]) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
    for (index, word) in words.iter().enumerate() {
        match ranges.last_mut() {
            Some(range) if words[range.start].line == word.line => range.end = index + 1,
            _ => ranges.push(index..index + 1),
        }
    }
    ranges.into_iter()
}

fn goes_down(text: &str) -> bool {
    text.contains(['g', 'j', 'p', 'q', 'y', 'Q', ',', ';', '(', ')', '[', ']', '{', '}', '|', '/'])
}

fn goes_up(text: &str) -> bool {
    text.chars().any(|character| {
        character.is_uppercase() || character.is_numeric() || "bdfhiklt()[]{}|/!?%&".contains(character)
    })
}

fn measure(words: &[&Word], reading: &Reading<'_>) -> Line {
    let scale = reading.scale;
    let size_of = |word: &&Word| {
        let up = if goes_up(&word.text) { CAP_HEIGHT } else { X_HEIGHT };
        let down = if goes_down(&word.text) { DESCENT } else { 0.0 };
        word.height as f32 / (up + down) / scale
    };
    let has_letters = |word: &&&Word| word.text.chars().any(char::is_alphanumeric);
    let mut sizes: Vec<f32> = words.iter().filter(has_letters).map(size_of).collect();
    if sizes.is_empty() {
        sizes = words.iter().map(size_of).collect();
    }
    let size = median(&mut sizes).max(1.0);
    let bottom_of = |word: &&Word| {
        let down = if goes_down(&word.text) { DESCENT * size } else { 0.0 };
        reading.rect(word).bottom - down
    };
    let mut bottoms: Vec<f32> = words.iter().filter(has_letters).map(bottom_of).collect();
    if bottoms.is_empty() {
        bottoms = words.iter().map(bottom_of).collect();
    }
    Line { size, baseline: median(&mut bottoms) }
}

fn median(values: &mut [f32]) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// Lines of nearly the same size have the same: the size of most letters first, then each other size in turn.
fn settle_sizes(lines: &mut [Line], words: &[&Word]) {
    let weights: Vec<usize> =
        members(words).map(|range| words[range].iter().map(|word| word.text.len()).sum()).collect();
    let mut open: Vec<usize> = (0..lines.len()).collect();
    while !open.is_empty() {
        let mut sorted: Vec<(f32, usize)> =
            open.iter().map(|index| (lines[*index].size, weights[*index])).collect();
        let main = densest(&mut sorted);
        open.retain(|index| {
            let near = (lines[*index].size - main).abs() <= SIZE_TOLERANCE * main;
            if near {
                lines[*index].size = main;
            }
            !near
        });
    }
}

/// The size that most weight lies near to.
fn densest(sizes: &mut [(f32, usize)]) -> f32 {
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut best = (0, sizes.first().map_or(1.0, |(size, _)| *size));
    let (mut from, mut weight) = (0, 0);
    let mut to = 0;
    for index in 0..sizes.len() {
        let size = sizes[index].0;
        while to < sizes.len() && sizes[to].0 <= size * (1.0 + SIZE_TOLERANCE) {
            weight += sizes[to].1;
            to += 1;
        }
        while from < index && sizes[from].0 < size * (1.0 - SIZE_TOLERANCE) {
            weight -= sizes[from].1;
            from += 1;
        }
        if weight > best.0 {
            best = (weight, size);
        }
    }
    best.1
}

/// The usual thickness of strokes as a share of the size: that of most letters.
fn usual_stroke(strokes: &[f32], lines: &[Line], words: &[&Word]) -> f32 {
    let mut ratios: Vec<f32> = lines
        .iter()
        .zip(members(words))
        .flat_map(|(line, range)| range.map(|index| strokes[index] / line.size))
        .filter(|ratio| *ratio > 0.0)
        .collect();
    median(&mut ratios)
}

/// The mean length of dark runs along the word's rows, pixels: stems are most of what a row crosses.
fn stroke(word: &Word, picture: &GreyPicture) -> f32 {
    let (mut dark, mut runs) = (0u32, 0u32);
    for y in word.top..(word.top + word.height).min(picture.height) {
        let start = y as usize * picture.width as usize;
        let (from, to) = (start + word.left as usize, start + (word.left + word.width) as usize);
        let Some(row) = picture.pixels.get(from..to) else { continue };
        let mut before = false;
        for pixel in row {
            let is_dark = *pixel < rulings::DARK;
            dark += u32::from(is_dark);
            runs += u32::from(is_dark && !before);
            before = is_dark;
        }
    }
    if runs == 0 { 0.0 } else { dark as f32 / runs as f32 }
}

/// The word's characters, each as wide as the others.
fn place(content: &mut PageContent, word: &Word, rect: &Rect, line: &Line, style: Style) {
    let count = word.text.chars().count().max(1) as f32;
    let step = rect.width() / count;
    for (index, character) in word.text.chars().enumerate() {
        let left = rect.left + index as f32 * step;
        let ink = Rect { left, right: left + step, ..*rect };
        content.glyphs.push(Glyph {
            character,
            ink,
            advance: Rect {
                top: line.baseline - (1.0 - DESCENT) * line.size,
                bottom: line.baseline + DESCENT * line.size,
                ..ink
            },
            origin: (left, line.baseline),
            size: line.size,
            style,
            direction: Direction::Right,
            after_space: index == 0,
            tag: None,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, left: u32, top: u32, height: u32, line: u32) -> Word {
        let width = 10 * text.len() as u32;
        Word { text: text.to_owned(), left, top, width, height, confidence: 0.9, line }
    }

    fn reading<'a>(words: &'a [Word], picture: &'a GreyPicture) -> Reading<'a> {
        Reading { words, picture, scale: 2.0, corner: (0.0, 0.0) }
    }

    fn page(words: &[Word]) -> PageContent {
        let mut content = PageContent { width: 300.0, height: 300.0, ..PageContent::default() };
        let picture = GreyPicture { width: 600, height: 600, pixels: vec![255; 360_000] };
        put_page(&mut content, &reading(words, &picture));
        content
    }

    #[test]
    fn letters_with_and_without_strokes_up_and_down_tell_the_same_size_and_baseline() {
        // Ten points at two pixels a point: small letters 9.4 pixels high, capitals 13.8, 4.2 below the baseline.
        let content =
            page(&[word("sea", 0, 91, 9, 0), word("Bar", 50, 86, 14, 0), word("pier", 100, 86, 18, 0)]);
        for glyph in &content.glyphs {
            assert!((glyph.size - 10.0).abs() < 0.7, "{glyph:?}");
            assert!((glyph.origin.1 - 50.0).abs() < 0.7, "{glyph:?}");
        }
    }

    #[test]
    fn nearly_equal_lines_have_one_size_and_a_heading_keeps_its_own() {
        let content =
            page(&[word("Heading", 0, 10, 27, 0), word("Text", 0, 60, 14, 1), word("Bolt", 0, 90, 15, 2)]);
        let size_of =
            |character| content.glyphs.iter().find(|glyph| glyph.character == character).unwrap().size;
        assert!((size_of('T') - size_of('B')).abs() < 1e-6);
        assert!(size_of('H') > 1.4 * size_of('T'));
    }

    #[test]
    fn words_hardly_recognised_are_left_out() {
        let unsure = Word { confidence: 0.1, ..word("~~", 0, 10, 10, 0) };
        assert!(page(&[unsure]).glyphs.is_empty());
    }

    #[test]
    fn lines_of_a_table_are_no_letters() {
        let words = [word("|", 0, 0, 14, 0), word("|Depth", 20, 0, 14, 0), word("a|b", 200, 0, 14, 0)];
        let line = |position| Ruling { axis: crate::layout::Axis::Vertical, position, start: 0.0, end: 50.0 };
        let kept = without_lines(&words.iter().collect::<Vec<_>>(), &[line(2.0), line(10.0)], 2.0);
        let texts: Vec<&str> = kept.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["Depth", "a|b"]);
        let kept = without_lines(&[&words[1]], &[], 2.0);
        assert_eq!(kept[0].text, "|Depth", "without a line it is what it says");
    }

    #[test]
    fn words_with_thick_strokes_are_bold() {
        let words: Vec<Word> = (0..6).map(|line| word("Text", 0, 20 + 40 * line, 14, line)).collect();
        let mut picture = GreyPicture { width: 600, height: 600, pixels: vec![255; 360_000] };
        for word in &words {
            let thickness = if word.line == 2 { 4 } else { 2 };
            for y in word.top..word.top + word.height {
                for x in (0..word.width).filter(|x| x % 10 < thickness) {
                    picture.pixels[(y * 600 + x) as usize] = 0;
                }
            }
        }
        let mut content = PageContent { width: 300.0, height: 300.0, ..PageContent::default() };
        put_page(&mut content, &reading(&words, &picture));
        let bold: Vec<bool> = content.glyphs.chunks(4).map(|word| word[0].style.bold).collect();
        assert_eq!(bold, [false, false, true, false, false, false]);
    }

    #[test]
    fn the_words_of_a_picture_of_text_take_its_place_on_the_page() {
        let words: Vec<Word> = (0..6).map(|line| word("soundings", 10, 10 + 24 * line, 14, line)).collect();
        let mut picture = GreyPicture { width: 200, height: 160, pixels: vec![255; 32_000] };
        for word in &words {
            for y in word.top..word.top + word.height {
                for x in (word.left..word.left + word.width).filter(|x| x % 10 < 3) {
                    picture.pixels[(y * 200 + x) as usize] = 0;
                }
            }
        }
        let (image, photograph) = (
            Rect { left: 50.0, top: 100.0, right: 150.0, bottom: 180.0 },
            Rect { left: 200.0, top: 100.0, right: 280.0, bottom: 180.0 },
        );
        let mut content = PageContent {
            width: 300.0,
            height: 300.0,
            images: vec![image, photograph],
            ..PageContent::default()
        };
        let placed =
            put_region(&mut content, &Reading { corner: (50.0, 100.0), ..reading(&words, &picture) });
        assert_eq!(placed.len(), 6);
        assert!(content.glyphs.iter().all(|glyph| image.contains_center(&glyph.ink)));
        assert_eq!(content.images, [photograph]);
        let unsure: Vec<Word> = words.iter().map(|word| Word { confidence: 0.4, ..word.clone() }).collect();
        let before = content.clone();
        assert_eq!(put_region(&mut content, &reading(&unsure, &picture)), []);
        assert_eq!(content.glyphs.len(), before.glyphs.len(), "junk is left out");
    }
}

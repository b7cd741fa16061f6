//! Segments: runs of words on one line without a gap wide enough to be a column gutter.

use super::bidi;
use super::word::{WORD_GAP, Word};
use crate::layout::content::{Direction, Style, Tag};
use crate::layout::geometry::Rect;
use crate::layout::scripts::is_spaceless;
use crate::layout::text::marker;
use crate::layout::turn::Turn;

/// From this share of bold glyphs on a line is bold, and so with colour: one with a bold beginning is not.
const BOLD_SHARE: f32 = 0.95;
/// How large small capitals are beside the others, and of how many characters runs of the others are: initials, numbers.
const SMALL_CAPITALS: std::ops::Range<f32> = 0.68..0.9;
const SMALL_CAPITALS_INITIALS: usize = 4;
/// Characters of scripts without spaces are set apart by a wider gap only (ems): punctuation has white in it.
const SPACELESS_GAP: f32 = 0.75;

/// A run of words on one line.
#[derive(Debug, Clone)]
pub(in crate::layout) struct Segment {
    pub(in crate::layout) text: String,
    /// The ink, on the displayed page.
    pub(in crate::layout) rect: Rect,
    /// In the segment's own frame, where it runs to the right; the same as on the page unless it is turned.
    pub(in crate::layout) baseline: f32,
    /// The size most of its glyphs have.
    pub(in crate::layout) size: f32,
    /// The style most of its glyphs have; bold or coloured only when nearly all are.
    pub(in crate::layout) style: Style,
    pub(in crate::layout) direction: Direction,
    /// How many glyphs it has.
    pub(in crate::layout) glyphs: usize,
    /// What all of it is part of, as a tagged PDF says.
    pub(in crate::layout) tag: Option<Tag>,
    /// Where its words are, left to right, for the table step.
    pub(in crate::layout) words: Vec<WordBox>,
}

/// A word of a segment.
#[derive(Debug, Clone)]
pub(in crate::layout) struct WordBox {
    pub(in crate::layout) text: String,
    pub(in crate::layout) rect: Rect,
    pub(in crate::layout) after_space: bool,
}

#[cfg(test)]
impl Segment {
    /// A plain segment of ten points.
    pub(in crate::layout) fn for_test(text: &str, rect: Rect) -> Self {
        Self {
            text: text.to_owned(),
            rect,
            baseline: rect.bottom,
            size: 10.0,
            style: Style::default(),
            direction: Direction::Right,
            glyphs: text.chars().filter(|character| !character.is_whitespace()).count(),
            tag: None,
            words: Vec::new(),
        }
    }
}

/// The segment of the words of one line, turned back to the page.
pub(super) fn segment(words: &[Word], turn: &Turn) -> Segment {
    let ink =
        Rect::around(words.iter().map(|word| word.ink)).unwrap_or(Rect::from_corners(0.0, 0.0, 0.0, 0.0));
    let (size, style) = dominant(words);
    let baseline = words
        .iter()
        .filter(|word| (word.size - size).abs() < 0.1 * size)
        .map(|word| word.baseline)
        .next()
        .unwrap_or(ink.bottom);
    Segment {
        text: text_of(words),
        rect: turn.rect_back(&ink),
        baseline,
        size,
        style,
        direction: turn.direction,
        glyphs: words.iter().map(|word| word.glyphs).sum(),
        tag: common_tag(words),
        words: boxes(words, turn),
    }
}

/// The size and style of most glyphs.
fn dominant(words: &[Word]) -> (f32, Style) {
    let weight = |word: &Word| {
        words
            .iter()
            .filter(|other| (other.size - word.size).abs() < 0.3 && other.style == word.style)
            .map(|other| other.glyphs)
            .sum::<usize>()
    };
    // A line has few words; a hostile one may have many, and the first hundred are enough to know it.
    let (size, style) = words
        .iter()
        .take(100)
        .max_by_key(|word| weight(word))
        .map_or((1.0, Style::default()), |word| (word.size, word.style));
    let size = small_capitals_size(words, size).unwrap_or(size);
    // Bullets come from fonts of their own.
    let is_bullet = |word: &Word| marker(&word.text).is_some_and(|(_, length)| length == word.text.len());
    let from = usize::from(words.len() > 1 && words.first().is_some_and(is_bullet));
    let telling = || words[from..].iter();
    let all: usize = telling().map(|word| word.glyphs).sum();
    let nearly_all = |is: fn(&Style) -> bool| {
        let count: usize = telling().filter(|word| is(&word.style)).map(|word| word.glyphs).sum();
        count as f32 >= BOLD_SHARE * all as f32
    };
    (
        size,
        Style { bold: nearly_all(|style| style.bold), coloured: nearly_all(|style| style.coloured), ..style },
    )
}

/// The tag of all words; none where they have different ones.
fn common_tag(words: &[Word]) -> Option<Tag> {
    let tag = words.first()?.tag?;
    words.iter().all(|word| word.tag.is_some_and(|other| other.element == tag.element)).then_some(tag)
}

/// The size of the font where a line is set in capitals of two sizes, the larger one for what would be capitals anyway:
/// small capitals are drawn at 70 to 85 percent of it.
fn small_capitals_size(words: &[Word], size: f32) -> Option<f32> {
    let characters = || words.iter().flat_map(|word| word.text.chars());
    let letters = characters().filter(|character| character.is_alphabetic()).count();
    if letters < 4 || characters().any(char::is_lowercase) {
        return None;
    }
    let larger = words.iter().map(|word| word.size).fold(size, f32::max);
    let is_initial = |word: &Word| word.glyphs <= SMALL_CAPITALS_INITIALS;
    let initials_only = words.iter().filter(|word| word.size > 0.5 * (larger + size)).all(is_initial);
    (SMALL_CAPITALS.contains(&(size / larger)) && initials_only).then_some(larger)
}

fn separated(word: &Word, next: &Word) -> bool {
    let em = word.size.min(next.size);
    let is_spaceless = |character: Option<char>| character.is_some_and(is_spaceless);
    if is_spaceless(word.text.chars().next_back()) && is_spaceless(next.text.chars().next()) {
        return next.advance.left - word.advance.right > SPACELESS_GAP * em;
    }
    next.after_space && next.advance.left - word.advance.right > -0.3 * em
        || next.advance.left - word.advance.right > WORD_GAP * em
}

fn text_of(words: &[Word]) -> String {
    let mut text = String::new();
    for (index, word) in words.iter().enumerate() {
        if index > 0 && separated(&words[index - 1], word) {
            text.push(' ');
        }
        text.push_str(&word.text);
    }
    bidi::in_reading_order(text)
}

fn boxes(words: &[Word], turn: &Turn) -> Vec<WordBox> {
    words
        .iter()
        .enumerate()
        .map(|(index, word)| WordBox {
            text: bidi::in_reading_order(word.text.clone()),
            rect: turn.rect_back(&word.ink),
            after_space: index == 0 || separated(&words[index - 1], word),
        })
        .collect()
}

//! Words: runs of glyphs on one baseline without a gap.

use unicode_normalization::char::is_combining_mark;

use crate::layout::content::{Glyph, Style, Tag};
use crate::layout::geometry::Rect;

/// A gap wider than this share of the font size separates words: half a usual space (0.25 em), as in most extractors.
pub(super) const WORD_GAP: f32 = 0.15;
/// A step back of this share of the font size starts a new word: kerning never exceeds it.
pub(super) const WORD_BACKSTEP: f32 = 0.5;
/// A mark may start this far (ems) outside its word.
const MARK_REACH: f32 = 0.3;

/// A run of glyphs without a gap.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) ink: Rect,
    /// From the first glyph's start to the last one's end, font ascent to descent.
    pub(super) advance: Rect,
    pub(super) baseline: f32,
    pub(super) size: f32,
    pub(super) style: Style,
    pub(super) after_space: bool,
    pub(super) glyphs: usize,
    pub(super) tag: Option<Tag>,
    /// Where its last glyph starts.
    last_left: f32,
}

/// The words of the glyphs, in the order they are drawn.
pub(super) fn words(glyphs: &[Glyph]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for glyph in glyphs {
        match words.last_mut() {
            Some(word) if continues(word, glyph) => extend(word, glyph),
            _ => words.push(start_word(glyph)),
        }
    }
    words
}

fn start_word(glyph: &Glyph) -> Word {
    let mut word = Word {
        text: String::new(),
        ink: glyph.ink,
        advance: glyph.advance,
        baseline: glyph.origin.1,
        size: glyph.size,
        style: glyph.style,
        after_space: glyph.after_space,
        glyphs: 1,
        tag: glyph.tag,
        last_left: glyph.advance.left,
    };
    push_character(&mut word.text, glyph.character);
    word
}

fn continues(word: &Word, glyph: &Glyph) -> bool {
    if glyph.after_space || word.style != glyph.style {
        return false;
    }
    let em = word.size.max(glyph.size);
    if is_mark(glyph.character) {
        let reach = MARK_REACH * em;
        return (word.advance.left - reach..word.advance.right + reach).contains(&glyph.ink.center_x())
            && (glyph.origin.1 - word.baseline).abs() < em;
    }
    let gap = glyph.advance.left - word.advance.right;
    // The letters of a ligature all stand where the ligature does.
    let is_ligature = (glyph.advance.left - word.last_left).abs() < 0.01 * em;
    let backstep = if word.text.chars().next_back().is_some_and(is_mark) { 1.0 } else { WORD_BACKSTEP };
    (is_ligature || (gap < WORD_GAP * em && gap > -backstep * em))
        && (glyph.origin.1 - word.baseline).abs() < 0.1 * em
        && (glyph.size - word.size).abs() < 0.1 * em
}

fn extend(word: &mut Word, glyph: &Glyph) {
    push_character(&mut word.text, glyph.character);
    word.ink = word.ink.union(&glyph.ink);
    word.advance = word.advance.union(&glyph.advance);
    word.glyphs += 1;
    word.last_left = glyph.advance.left;
}

fn is_mark(character: char) -> bool {
    !character.is_ascii() && is_combining_mark(character)
}

/// Ligatures are written as their letters (Unicode compatibility decompositions of U+FB00 to U+FB06).
fn push_character(text: &mut String, character: char) {
    match character {
        '\u{FB00}' => text.push_str("ff"),
        '\u{FB01}' => text.push_str("fi"),
        '\u{FB02}' => text.push_str("fl"),
        '\u{FB03}' => text.push_str("ffi"),
        '\u{FB04}' => text.push_str("ffl"),
        '\u{FB05}' | '\u{FB06}' => text.push_str("st"),
        _ => text.push(character),
    }
}

/// The line a run of words stands on.
pub(super) fn baseline_of(run: &[Word]) -> f32 {
    main_word(run).map_or(0.0, |word| word.baseline)
}

/// The font size of a run of words.
pub(super) fn size_of(run: &[Word]) -> f32 {
    main_word(run).map_or(1.0, |word| word.size)
}

/// The word that stands for the run: the longest of the largest.
fn main_word(run: &[Word]) -> Option<&Word> {
    run.iter().max_by(|a, b| a.size.total_cmp(&b.size).then(a.glyphs.cmp(&b.glyphs)))
}

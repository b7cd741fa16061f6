//! Letter-spaced text: the space after each letter is part of its advance, not a gap between words.

use crate::layout::content::Glyph;

/// Letters further apart than this (ems) are spaced; kerning moves them by a few hundredths.
const SPACED: f32 = 0.1;
/// Further apart than this they are columns.
const MAX_SPACING: f32 = 1.3;
/// So many letters make a word that is spaced on purpose.
const MIN_LETTERS: usize = 5;
/// In spaced text nearly all letters are: one in so many may be kerned to its neighbour.
const KERNED: usize = 4;

/// Closes the gaps between letters of spaced text and leaves those between its words.
pub(in crate::layout) fn close(glyphs: &mut [Glyph]) {
    let mut start = 0;
    while start < glyphs.len() {
        let end = (start + 1..glyphs.len())
            .find(|index| gap(&glyphs[index - 1], &glyphs[*index]).is_none())
            .unwrap_or(glyphs.len());
        close_strip(&mut glyphs[start..end]);
        start = end;
    }
}

/// The gap between glyphs that may belong to one spaced text, ems; it is wide between words.
fn gap(glyph: &Glyph, next: &Glyph) -> Option<f32> {
    let em = glyph.size;
    let gap = (next.advance.left - glyph.advance.right) / em;
    let is_word_gap = next.after_space && gap < 2.5 * MAX_SPACING;
    (is_letter(glyph)
        && is_letter(next)
        && (gap < MAX_SPACING || is_word_gap)
        && gap > -0.3
        && glyph.style == next.style
        && (glyph.size - next.size).abs() < 0.05 * em
        && (glyph.origin.1 - next.origin.1).abs() < 0.05 * em)
        .then_some(gap)
}

fn is_letter(glyph: &Glyph) -> bool {
    glyph.character.is_alphabetic() || matches!(glyph.character, '.' | ',' | ':' | '&' | '-' | '\'' | '’')
}

fn close_strip(strip: &mut [Glyph]) {
    if strip.len() < MIN_LETTERS {
        return;
    }
    let gaps: Vec<f32> =
        strip.windows(2).map(|pair| (pair[1].advance.left - pair[0].advance.right) / pair[0].size).collect();
    let close = gaps.iter().filter(|gap| **gap < SPACED).count();
    if KERNED * close > gaps.len() || !is_word_like(strip) {
        return;
    }
    let mut sorted = gaps.clone();
    sorted.sort_by(f32::total_cmp);
    // Most gaps are between letters; words are set apart by a space and the spacing around it.
    let spacing = sorted[sorted.len() / 3];
    let between_words = 1.5 * spacing + 0.12;
    for (index, gap) in gaps.iter().enumerate() {
        let is_space = *gap > between_words;
        let em = strip[index].size;
        let close = if is_space { spacing.min(*gap - 0.2) } else { *gap };
        strip[index].advance.right += close.max(0.0) * em;
        strip[index + 1].after_space = is_space;
    }
}

/// Single signs in a row of a table are spaced too, but repeat: `x x x x x`.
fn is_word_like(strip: &[Glyph]) -> bool {
    let mut letters: Vec<char> = strip.iter().map(|glyph| glyph.character).collect();
    letters.sort_unstable();
    letters.dedup();
    letters.len() >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with `spacing` ems after each letter and the same and a quarter em for a space.
    fn spaced(text: &str, spacing: f32) -> Vec<Glyph> {
        let mut left = 0.0;
        let mut glyphs: Vec<Glyph> = Vec::new();
        for character in text.chars() {
            if character == ' ' {
                left += 2.5 + 10.0 * spacing;
            } else {
                glyphs.push(Glyph { after_space: true, ..Glyph::sample(character).moved(left, 40.0) });
                left += 5.0 + 10.0 * spacing;
            }
        }
        close(&mut glyphs);
        glyphs
    }

    fn words(glyphs: &[Glyph]) -> String {
        let mut text = String::new();
        for (index, glyph) in glyphs.iter().enumerate() {
            if index > 0 && glyph.after_space {
                text.push(' ');
            }
            text.push(glyph.character);
        }
        text
    }

    #[test]
    fn letter_spaced_words_are_words() {
        for spacing in [0.15, 0.3, 0.6] {
            assert_eq!(words(&spaced("THE WATER BOOKS", spacing))[1..], "HE WATER BOOKS"[..], "{spacing}");
        }
    }

    #[test]
    fn rows_of_signs_stay_apart() {
        assert_eq!(words(&spaced("xoxoxo", 0.6)), " x o x o x o".trim_start());
    }

    #[test]
    fn closed_letters_touch() {
        let glyphs = spaced("SOUNDINGS", 0.3);
        assert!(glyphs.windows(2).all(|pair| (pair[0].advance.right - pair[1].advance.left).abs() < 0.01));
    }
}

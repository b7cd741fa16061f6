//! Accents drawn apart from their letters, put back on them.
//!
//! TeX draws an accent as a glyph of its own over or under the letter, other programs draw combining marks after it. Both
//! are one letter where Unicode has one (normalization form C, UAX #15).

use unicode_normalization::char::{compose, is_combining_mark};

use crate::layout::content::Glyph;

/// An accent has at least this share of its width over its letter.
const MIN_OVER: f32 = 0.6;

/// Joins accents with their letters.
pub(in crate::layout) fn compose_all(glyphs: &mut Vec<Glyph>) {
    if !glyphs.iter().any(|glyph| mark_of(glyph.character).is_some()) {
        return;
    }
    let mut composed: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    // An accent drawn before its letter waits here for it.
    let mut waiting: Option<Glyph> = None;
    for glyph in glyphs.drain(..) {
        if let Some(accent) = waiting.take() {
            match joined(&glyph, &accent) {
                Some(both) => {
                    composed.push(both);
                    continue;
                }
                None => composed.push(accent),
            }
        }
        if mark_of(glyph.character).is_some() {
            let both = composed.last().and_then(|letter| joined(letter, &glyph));
            match (both, composed.last_mut()) {
                (Some(both), Some(letter)) => *letter = both,
                _ => waiting = Some(glyph),
            }
        } else {
            composed.push(glyph);
        }
    }
    composed.extend(waiting);
    *glyphs = composed;
}

/// The letter with the accent on it, if the accent is drawn there and there is such a letter.
fn joined(letter: &Glyph, accent: &Glyph) -> Option<Glyph> {
    let mark = mark_of(accent.character)?;
    let width = accent.ink.width().max(0.1);
    let is_over = letter.ink.overlap_x(&accent.ink) >= MIN_OVER * width.min(letter.ink.width().max(0.1))
        && (accent.ink.center_y() - letter.ink.center_y()).abs() < 1.2 * letter.size
        && letter.direction == accent.direction;
    let base = match letter.character {
        'ı' => 'i',
        'ȷ' => 'j',
        other => other,
    };
    let character = if is_over { compose(base, mark)? } else { return None };
    Some(Glyph {
        character,
        ink: letter.ink.union(&accent.ink),
        after_space: letter.after_space || (accent.after_space && accent.origin.0 <= letter.origin.0),
        ..*letter
    })
}

/// The combining mark of an accent, which may be drawn as a sign of its own.
fn mark_of(character: char) -> Option<char> {
    let mark = match character {
        // What nearly all text consists of.
        '!'..='_' | 'a'..='~' => return None,
        '`' | 'ˋ' => '\u{300}',
        '´' | 'ˊ' => '\u{301}',
        'ˆ' => '\u{302}',
        '˜' => '\u{303}',
        '¯' | 'ˉ' => '\u{304}',
        '˘' => '\u{306}',
        '˙' => '\u{307}',
        '¨' => '\u{308}',
        '˚' => '\u{30A}',
        '˝' => '\u{30B}',
        'ˇ' => '\u{30C}',
        '¸' => '\u{327}',
        '˛' => '\u{328}',
        _ if is_combining_mark(character) => character,
        _ => return None,
    };
    Some(mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Glyphs at these distances from the left, all on one line.
    fn drawn(text: &[(char, f32)]) -> String {
        let mut glyphs: Vec<Glyph> =
            text.iter().map(|(character, left)| Glyph::sample(*character).moved(*left, 40.0)).collect();
        compose_all(&mut glyphs);
        glyphs.iter().map(|glyph| glyph.character).collect()
    }

    #[test]
    fn an_accent_over_a_letter_belongs_to_it() {
        assert_eq!(drawn(&[('s', 0.0), ('´', 5.2), ('e', 5.0), ('e', 10.0)]), "sée");
        assert_eq!(drawn(&[('n', 0.0), ('a', 5.0), ('¨', 5.1), ('ı', 10.0), ('ˆ', 10.1)]), "näî");
        assert_eq!(drawn(&[('c', 0.0), ('¸', 0.2), ('a', 5.0)]), "ça");
    }

    #[test]
    fn combining_marks_compose() {
        assert_eq!(drawn(&[('e', 0.0), ('\u{301}', 0.5), ('t', 5.0)]), "ét");
        assert_eq!(drawn(&[('=', 0.0), ('\u{338}', 0.1)]), "≠");
        assert_eq!(drawn(&[('\u{338}', 0.1), ('=', 0.0)]), "≠");
    }

    #[test]
    fn accents_beside_letters_stay() {
        assert_eq!(drawn(&[('a', 0.0), ('´', 5.0), ('e', 10.0)]), "a´e");
        assert_eq!(drawn(&[('´', 0.0)]), "´");
        assert_eq!(drawn(&[('5', 0.0), ('˚', 0.1)]), "5˚");
    }
}

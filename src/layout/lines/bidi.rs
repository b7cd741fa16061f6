//! Scripts that run to the left: glyphs in the order they stand in, and text in the order it is read in.

use unicode_bidi::{BidiInfo, Level};
use unicode_normalization::char::is_combining_mark;

use crate::layout::content::Glyph;
use crate::layout::scripts::is_leftward;

/// Glyphs whose baselines differ by less than this share of their size are on one line.
const SAME_LINE: f32 = 0.5;
/// Brackets and quotes that come in pairs, opening and closing.
const PAIRS: [(char, char); 4] = [('(', ')'), ('[', ']'), ('{', '}'), ('«', '»')];

/// Puts the glyphs of each line with such a script in the order they stand in, left to right. What order they were
/// drawn in says little: programs differ, and PDFium has a try of its own.
pub(in crate::layout) fn stand_in_order(glyphs: Vec<Glyph>) -> Vec<Glyph> {
    if !glyphs.iter().any(|glyph| is_leftward(glyph.character)) {
        return glyphs;
    }
    let mut ordered = Vec::with_capacity(glyphs.len());
    for line in glyphs.chunk_by(|a, b| (a.origin.1 - b.origin.1).abs() < SAME_LINE * a.size.min(b.size)) {
        if line.iter().any(|glyph| is_leftward(glyph.character)) {
            ordered.extend(left_to_right(line));
        } else {
            ordered.extend_from_slice(line);
        }
    }
    ordered
}

/// Marks are put before their letters: turned to reading order, they follow them.
fn left_to_right(line: &[Glyph]) -> Vec<Glyph> {
    let (marks, mut letters): (Vec<Glyph>, Vec<Glyph>) =
        line.iter().partition(|glyph| is_combining_mark(glyph.character));
    letters.sort_by(|a, b| a.ink.center_x().total_cmp(&b.ink.center_x()));
    let mut placed: Vec<(usize, Glyph)> = marks
        .into_iter()
        .map(|mark| {
            let center = mark.ink.center_x();
            let after = letters.partition_point(|letter| letter.ink.center_x() < center);
            let before = after.saturating_sub(1);
            let far = |index: usize| {
                letters.get(index).map_or(f32::INFINITY, |letter| (letter.ink.center_x() - center).abs())
            };
            (if far(before) < far(after) { before } else { after }, mark)
        })
        .collect();
    placed.sort_by_key(|(index, _)| *index);
    let mut marks = placed.into_iter().peekable();
    let mut ordered = Vec::with_capacity(line.len());
    for (index, letter) in letters.into_iter().enumerate() {
        while let Some((_, mark)) = marks.next_if(|(at, _)| *at <= index) {
            ordered.push(mark);
        }
        ordered.push(letter);
    }
    ordered.extend(marks.map(|(_, mark)| mark));
    // Gaps tell words apart; white space was told of in another order.
    for glyph in &mut ordered {
        glyph.after_space = false;
    }
    ordered
}

/// The text in the order it is read in, from the order it stands in. The rules that lead from reading order to standing
/// order (UAX #9) lead back when applied again: the levels of a line's parts are the same seen from either side.
pub(in crate::layout) fn in_reading_order(text: String) -> String {
    if !text.chars().any(is_leftward) {
        return text;
    }
    let leftward = text.chars().filter(|character| is_leftward(*character)).count();
    let rightward =
        text.chars().filter(|character| character.is_alphabetic() && !is_leftward(*character)).count();
    let level = if leftward >= rightward { Level::rtl() } else { Level::ltr() };
    let bidi = BidiInfo::new(&text, Some(level));
    let read: String = bidi
        .paragraphs
        .iter()
        .map(|paragraph| bidi.reorder_line(paragraph, paragraph.range.clone()))
        .collect::<Vec<_>>()
        .concat();
    with_brackets_facing(read)
}

/// Brackets in such text may be named by their shape or by their role. A pair that closes before it opens is named by
/// shape.
fn with_brackets_facing(text: String) -> String {
    let turned: Vec<(char, char)> = PAIRS
        .into_iter()
        .filter(|(open, close)| {
            let first = text.find(*open);
            let last = text.rfind(*close);
            text.find(*close).is_some_and(|close| first.is_none_or(|open| close < open))
                && first.is_some()
                && last.is_some_and(|last| text.rfind(*open).is_some_and(|open| open > last))
        })
        .collect();
    if turned.is_empty() {
        return text;
    }
    text.chars()
        .map(|character| {
            turned
                .iter()
                .find_map(|(open, close)| match character {
                    _ if character == *open => Some(*close),
                    _ if character == *close => Some(*open),
                    _ => None,
                })
                .unwrap_or(character)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(standing: &str) -> String {
        in_reading_order(standing.to_owned())
    }

    #[test]
    fn text_that_runs_to_the_left_is_read_from_the_right() {
        assert_eq!(read("תואגה תוחול"), "לוחות הגאות");
        assert_eq!(read("plain text"), "plain text");
    }

    #[test]
    fn numbers_and_foreign_words_in_it_keep_their_order() {
        assert_eq!(
            read(".ןודנולב Admiralty Office יפל הנש 200-מ רתוי"),
            "יותר מ-200 שנה לפי Admiralty Office בלונדון."
        );
        assert_eq!(read("12/5/2019 םויב"), "ביום 12/5/2019");
    }

    #[test]
    fn a_word_of_it_in_other_text_is_turned_alone() {
        assert_eq!(read("The word םולש means peace"), "The word שלום means peace");
    }

    #[test]
    fn brackets_open_before_they_close() {
        assert_eq!(read("(ןבלה) חלמה"), "המלח (הלבן)");
        assert_eq!(read(")ןבלה( חלמה"), "המלח (הלבן)");
    }

    #[test]
    fn marks_follow_their_letters() {
        let word = [('ת', 5.0), ('ד', 0.0), ('\u{5B8}', 5.2)];
        let glyphs: Vec<Glyph> =
            word.iter().map(|(character, left)| Glyph::sample(*character).moved(*left, 40.0)).collect();
        let standing: String = stand_in_order(glyphs).iter().map(|glyph| glyph.character).collect();
        assert_eq!(read(&standing), "ת\u{5B8}ד");
    }
}

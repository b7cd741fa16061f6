//! Tesseract's table of words: a line a word, fields separated by tabs (`tesseract … tsv`).

use super::word::Word;

/// Most words taken from one picture; a page of small print has 2000.
const MAX_WORDS: usize = 20_000;
/// Longest word kept, characters.
const MAX_WORD_CHARACTERS: usize = 200;
/// The level of words: pages are 1, blocks 2, paragraphs 3, lines 4.
const WORD_LEVEL: &str = "5";

/// The words of the table that lie in a picture of this size. What is not a word in it is passed over: the table comes from
/// outside.
pub fn parse(table: &str, width: u32, height: u32) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut line: Option<[&str; 3]> = None;
    let mut number = 0;
    for (place, mut word) in table.lines().filter_map(row) {
        if word.left.saturating_add(word.width) > width || word.top.saturating_add(word.height) > height {
            continue;
        }
        number += u32::from(line.is_some_and(|line| line != place));
        line = Some(place);
        word.line = number;
        words.push(word);
        if words.len() == MAX_WORDS {
            break;
        }
    }
    words
}

/// A row's place (block, paragraph, line) and word.
fn row(row: &str) -> Option<([&str; 3], Word)> {
    let fields: Vec<&str> = row.splitn(12, '\t').collect();
    let [WORD_LEVEL, _, block, paragraph, line, _, left, top, width, height, confidence, text] = fields[..]
    else {
        return None;
    };
    let text: String =
        text.chars().filter(|character| !character.is_control() && !character.is_whitespace()).collect();
    let confidence: f32 = confidence.parse().ok()?;
    let word = Word {
        left: left.parse().ok()?,
        top: top.parse().ok()?,
        width: width.parse().ok().filter(|width| *width > 0)?,
        height: height.parse().ok().filter(|height| *height > 0)?,
        confidence: (confidence / 100.0).clamp(0.0, 1.0),
        line: 0,
        text,
    };
    let usable = !word.text.is_empty()
        && word.text.chars().count() <= MAX_WORD_CHARACTERS
        && word.confidence.is_finite();
    usable.then_some(([block, paragraph, line], word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TABLE: &str = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
        4\t1\t1\t1\t1\t0\t10\t10\t80\t12\t-1\t\n\
        5\t1\t1\t1\t1\t1\t10\t10\t30\t12\t96.5\tNine\n\
        5\t1\t1\t1\t1\t2\t50\t10\t40\t12\t91\tparishes\n\
        5\t1\t1\t1\t2\t1\t10\t30\t40\t12\t40\tdues\n";

    #[test]
    fn words_come_with_place_line_and_confidence() {
        let words = parse(TABLE, 100, 100);
        let texts: Vec<(&str, u32)> = words.iter().map(|word| (word.text.as_str(), word.line)).collect();
        assert_eq!(texts, [("Nine", 0), ("parishes", 0), ("dues", 1)]);
        assert!((words[0].confidence - 0.965).abs() < 1e-6);
        assert_eq!((words[1].left, words[1].top, words[1].width, words[1].height), (50, 10, 40, 12));
    }

    #[test]
    fn words_outside_the_picture_are_passed_over() {
        assert_eq!(parse(TABLE, 60, 100).len(), 2);
        let huge = "5\t1\t1\t1\t1\t1\t4294967295\t0\t4294967295\t5\t96\tfar";
        assert_eq!(parse(huge, 100, 100), []);
    }

    #[test]
    fn rows_with_other_things_than_numbers_are_passed_over() {
        for confidence in ["NaN", "", "x"] {
            assert_eq!(parse(&format!("5\t1\t1\t1\t1\t1\t1\t1\t5\t5\t{confidence}\tword"), 100, 100), []);
        }
        assert_eq!(parse("5\t1\t1\t1\t1\t1\t-1\t1\t5\t5\t90\tword", 100, 100), []);
        assert_eq!(parse("5\t1\t1\t1\t1\t1\t1\t1\t0\t5\t90\tword", 100, 100), []);
    }

    proptest! {
        #[test]
        fn any_text_gives_words_within_the_picture(table in "([0-9]{1,3}\t){10}[0-9.]{1,3}\t[a-z]{0,3}\n|\\PC{0,80}") {
            for word in parse(&table, 500, 500) {
                prop_assert!(word.left + word.width <= 500 && word.top + word.height <= 500);
                prop_assert!((0.0..=1.0).contains(&word.confidence));
            }
        }
    }
}

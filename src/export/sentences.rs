//! Sentences of a text: the boundaries of Unicode Standard Annex 29, section 5, less those after abbreviations and
//! initials, which the annex leaves to the application.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

/// Words a full stop after which ends no sentence. A word too many makes a longer sentence, which does less harm than
/// a sentence cut in two.
const ABBREVIATIONS: [&str; 37] = [
    "al", "approx", "assoc", "bd", "bspw", "bzw", "ca", "cf", "ch", "co", "corp", "dr", "ed", "eds", "eq",
    "eqs", "etc", "ff", "fig", "figs", "inc", "jr", "ltd", "mr", "mrs", "ms", "nos", "nr", "pp", "prof",
    "ref", "sec", "sr", "st", "tab", "vgl", "vol",
];

/// Where the sentences are, in order; together they are the text but for white space between them.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (start, piece) in text.split_sentence_bound_indices() {
        let end = start + piece.trim_end().len();
        match found.last_mut() {
            Some(last) if end > start && !ends_sentence(&text[last.clone()]) => last.end = end,
            _ if piece.trim().is_empty() => {}
            _ => found.push(start + (piece.len() - piece.trim_start().len())..end),
        }
    }
    found
}

/// Whether a piece that the annex ends here is a whole sentence.
fn ends_sentence(piece: &str) -> bool {
    let Some(before) = piece.strip_suffix('.') else { return true };
    let word = before.rsplit(|character: char| !character.is_alphanumeric()).next().unwrap_or_default();
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    !is_initial && !ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn sentences_end_where_they_end() {
        assert_eq!(
            split("One rises. Two falls!  Why? Three."),
            ["One rises.", "Two falls!", "Why?", "Three."]
        );
        assert_eq!(split("水涨。水落。"), ["水涨。", "水落。"]);
        assert_eq!(
            split("See Fig. 3 and Smith et al. Tides, by Dr. J. Hale. Next."),
            ["See Fig. 3 and Smith et al. Tides, by Dr. J. Hale.", "Next."]
        );
        assert_eq!(split("It rose 3.5 m at 4 p.m. on the bar."), ["It rose 3.5 m at 4 p.m. on the bar."]);
        assert_eq!(split(" \n "), Vec::<&str>::new());
    }

    proptest! {
        #[test]
        fn nothing_but_white_space_is_lost(text in "[a-cA-C.!? \n。'\"é]{0,60}") {
            let whole: String = text.split_whitespace().collect();
            let joined: String = split(&text).concat().split_whitespace().collect();
            prop_assert_eq!(joined, whole);
        }
    }
}

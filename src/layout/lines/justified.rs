//! Justified lines of narrow columns: spaces stretched as wide as gutters are.
//!
//! A typesetter stretches all spaces of a line alike, which columns of a table never come out as: where a gap is as wide as
//! most others of its line, the line goes on. (D. E. Knuth and M. F. Plass, *Breaking paragraphs into lines*, 1981: one
//! stretch for all spaces of a line.)

use super::word::{Word, baseline_of, size_of};

/// Spaces of one line differ by less than this share, and this much (ems): kerning and slanted letters reach into them.
const SAME_WIDTH: f32 = 0.08;
const REACH: f32 = 0.03;
/// So many other gaps of the line must be as wide.
const MIN_ALIKE: usize = 2;
/// No space is stretched further (ems).
const MAX_SPACE: f32 = 4.0;
/// Baselines of one line differ by less (ems).
const SAME_LINE: f32 = 0.05;
/// Words of one text have one size, give or take this share: a large initial is none of them.
const SAME_SIZE: f32 = 0.1;
/// The share of words of letters: rows of numbers are evenly spaced too.
const MIN_WORDS: f32 = 0.75;

/// Joins the runs of words that one justified line fell into. The runs are sorted by baseline.
pub(in crate::layout) fn join(runs: Vec<Vec<Word>>) -> Vec<Vec<Word>> {
    let mut joined: Vec<Vec<Word>> = Vec::with_capacity(runs.len());
    let mut runs = runs.into_iter().peekable();
    while let Some(first) = runs.next() {
        let (baseline, em) = (baseline_of(&first), size_of(&first));
        let mut row = vec![first];
        while let Some(next) = runs.next_if(|next| (baseline_of(next) - baseline).abs() < SAME_LINE * em) {
            row.push(next);
        }
        if row.len() > 1 {
            row.sort_by(|a, b| left(a).total_cmp(&left(b)));
            row = join_row(row);
        }
        joined.extend(row);
    }
    joined
}

fn join_row(row: Vec<Vec<Word>>) -> Vec<Vec<Word>> {
    let words: Vec<&Word> = row.iter().flatten().collect();
    let gaps: Vec<f32> = words.windows(2).map(|pair| gap(pair[0], pair[1])).collect();
    let is_joint: Vec<bool> = (0..gaps.len()).map(|index| is_space(&words, &gaps, index)).collect();
    let mut place = 0;
    let mut joined: Vec<Vec<Word>> = Vec::new();
    for run in row {
        let count = run.len();
        match joined.last_mut() {
            Some(last) if is_joint[place - 1] => last.extend(run),
            _ => joined.push(run),
        }
        place += count;
    }
    joined
}

/// Whether the gap after word `index` is one of the line's spaces: as wide as those right beside it, and as some more.
fn is_space(words: &[&Word], gaps: &[f32], index: usize) -> bool {
    let (word, next) = (words[index], words[index + 1]);
    let em = word.size;
    let is_alike = |other: &f32| (other - gaps[index]).abs() < SAME_WIDTH * gaps[index] + REACH * em;
    let is_one_text = (word.size - next.size).abs() < SAME_SIZE * em;
    let beside = [index.checked_sub(1), Some(index + 1)].into_iter().flatten().filter_map(|at| gaps.get(at));
    if !is_one_text || gaps[index] > MAX_SPACE * em || !beside.into_iter().all(is_alike) {
        return false;
    }
    let alike: Vec<usize> = (0..gaps.len()).filter(|other| is_alike(&gaps[*other])).collect();
    let around = || alike.iter().flat_map(|at| [words[*at], words[at + 1]]);
    let lettered = around().filter(|word| word.text.chars().any(char::is_alphabetic)).count();
    alike.len() > MIN_ALIKE && lettered as f32 >= MIN_WORDS * around().count() as f32
}

fn gap(word: &Word, next: &Word) -> f32 {
    next.advance.left - word.advance.right
}

fn left(run: &[Word]) -> f32 {
    run.first().map_or(0.0, |word| word.advance.left)
}

#[cfg(test)]
mod tests {
    use super::super::word::words;
    use super::*;
    use crate::layout::content::Glyph;

    /// Runs of words of letters five points wide, set on one line: three points between the words of a run, these gaps between
    /// the runs (points).
    fn joined(runs: &[&str], gaps: &[f32]) -> Vec<String> {
        let mut x = 0.0;
        let mut set = Vec::new();
        for (index, run) in runs.iter().enumerate() {
            let mut glyphs = Vec::new();
            for character in run.chars() {
                if character == ' ' {
                    x += 3.0;
                    continue;
                }
                glyphs.push(Glyph::sample(character).moved(x, 100.0));
                x += 5.0;
            }
            set.push(words(&glyphs));
            x += gaps.get(index).copied().unwrap_or_default();
        }
        let text = |run: &Vec<Word>| run.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        join(set).iter().map(text).collect()
    }

    #[test]
    fn spaces_stretched_alike_part_nothing() {
        assert_eq!(joined(&["the", "bar", "of", "sand"], &[18.0, 18.1, 17.9]), ["the bar of sand"]);
    }

    #[test]
    fn gaps_of_different_widths_part_columns() {
        assert_eq!(joined(&["port", "depth of", "bar"], &[30.0, 22.0]), ["port", "depth of", "bar"]);
        // Columns of numbers are evenly spaced.
        assert_eq!(joined(&["12", "13", "14", "15"], &[18.0, 18.0, 18.0]).len(), 4);
    }
}

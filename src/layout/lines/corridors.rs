//! Narrow gutters: gaps not wider than a stretched space, but at the same place line after line.
//!
//! A stretched space in justified text has words above and below it; a gutter or the border of a table column has white
//! there. (L. O'Gorman's *document spectrum*, 1993, tells the two apart by width alone, which fails for tight gutters.)

use super::word::{Word, baseline_of, size_of};

/// A gap from this width on (ems) may be a gutter; spaces are narrower unless stretched.
const MIN_GAP: f32 = 0.6;
/// Lines this far above and below (ems) are looked at.
const REACH: f32 = 2.7;
/// At most this many lines each way.
const MAX_LINES: usize = 24;
/// So many of them must have white at the gap's place, and at most half as many must not.
const MIN_SUPPORT: usize = 2;
/// As many, where the gap is no wider than the spaces on both sides of it: those of narrow justified columns line up by chance.
const MIN_STRETCHED: usize = 5;
/// Spaces of a line differ by the side bearings of letters, by less than this share.
const STRETCHED: f32 = 0.1;
/// How exactly (ems) the lines of justified columns end and begin at a gutter.
const FLUSH: f32 = 0.3;

/// Splits lines at narrow gutters. The lines are sorted by baseline.
pub(in crate::layout) fn split(lines: Vec<Vec<Word>>) -> Vec<Vec<Word>> {
    let cuts: Vec<Vec<usize>> = (0..lines.len()).map(|index| cuts(&lines, index)).collect();
    lines.into_iter().zip(cuts).flat_map(|(line, cuts)| cut(line, &cuts)).collect()
}

/// Indexes of the words before which the line is to be cut.
fn cuts(lines: &[Vec<Word>], index: usize) -> Vec<usize> {
    let line = &lines[index];
    (1..line.len())
        .filter(|place| {
            let (from, to) = (line[place - 1].ink.right, line[*place].ink.left);
            let least = if is_stretched(line, *place) { MIN_STRETCHED } else { MIN_SUPPORT };
            to - from >= MIN_GAP * size_of(line) && is_corridor(lines, index, from, to, least)
        })
        .collect()
}

/// Whether the gaps before and after are as wide as the one before word `place`.
fn is_stretched(line: &[Word], place: usize) -> bool {
    let gap = |place: usize| Some(line.get(place)?.ink.left - line.get(place.checked_sub(1)?)?.ink.right);
    let Some(own) = gap(place) else { return false };
    let beside = [place.checked_sub(1).and_then(gap), gap(place + 1)];
    beside.into_iter().all(|other| other.is_some_and(|other| (other - own).abs() < STRETCHED * own))
}

fn is_corridor(lines: &[Vec<Word>], index: usize, from: f32, to: f32, least: usize) -> bool {
    let baseline = baseline_of(&lines[index]);
    let reach = REACH * size_of(&lines[index]);
    let near = |line: &&Vec<Word>| (baseline_of(line) - baseline).abs() <= reach;
    let above = lines[..index].iter().rev().take(MAX_LINES).take_while(near);
    let below = lines[index + 1..].iter().take(MAX_LINES).take_while(near);
    let flush = FLUSH * size_of(&lines[index]);
    let (mut support, mut against, mut ending, mut beginning) = (0, 0, 0, 0);
    for line in above.chain(below) {
        match crossing(line, from, to) {
            Crossing::White => support += 1,
            Crossing::Text => against += 1,
            Crossing::Before(right) => ending += usize::from((from - right).abs() < flush),
            Crossing::After(left) => beginning += usize::from((left - to).abs() < flush),
            Crossing::Elsewhere => {}
        }
    }
    // Where the lines of two columns do not stand on one height, those of each end or begin at the gap.
    let both = support > 0 || ending > 0 && beginning > 0;
    let flush_columns = against == 0 && both && 2 * support + ending + beginning >= 2 * least;
    flush_columns || (support >= least && support >= 2 * against)
}

enum Crossing {
    /// The line has words on both sides and none between.
    White,
    /// A word stands in the way.
    Text,
    /// The line ends here, before the gap.
    Before(f32),
    /// The line begins here, after the gap.
    After(f32),
    /// The line is empty.
    Elsewhere,
}

fn crossing(line: &[Word], from: f32, to: f32) -> Crossing {
    let middle = f32::midpoint(from, to);
    // A quarter of the gap at each side may be reached into: columns are ragged.
    let margin = 0.25 * (to - from);
    if line.iter().any(|word| word.ink.left < to - margin && word.ink.right > from + margin) {
        return Crossing::Text;
    }
    let ends = line.iter().map(|word| word.ink.right).filter(|right| *right <= middle).reduce(f32::max);
    let starts = line.iter().map(|word| word.ink.left).filter(|left| *left >= middle).reduce(f32::min);
    match (ends, starts) {
        (Some(_), Some(_)) => Crossing::White,
        (Some(right), None) => Crossing::Before(right),
        (None, Some(left)) => Crossing::After(left),
        (None, None) => Crossing::Elsewhere,
    }
}

fn cut(line: Vec<Word>, cuts: &[usize]) -> Vec<Vec<Word>> {
    let mut parts: Vec<Vec<Word>> = vec![Vec::new()];
    for (index, word) in line.into_iter().enumerate() {
        if cuts.contains(&index) {
            parts.push(Vec::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push(word);
        }
    }
    parts
}

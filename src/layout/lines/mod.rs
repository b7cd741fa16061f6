//! Glyphs → words → line segments.
//!
//! A *word* is a run of glyphs on one baseline without a gap. A *segment* is a run of words on one line without a gap
//! wide enough to be a column gutter: the unit the later steps arrange. Text that runs down or up is turned, put
//! together as if it ran to the right, and turned back.
//!
//! `bidi` is for text that runs to the left, `tracking` for spaced letters, `justified` for stretched spaces, `corridors` for
//! narrow gutters, `initials` for letters over several lines and `slanted` for text along other lines.

mod bidi;
mod corridors;
mod initials;
mod justified;
mod segment;
mod slanted;
mod tracking;
mod word;

pub(in crate::layout) use bidi::in_reading_order;
pub(in crate::layout) use segment::{Segment, WordBox};

use segment::segment;
use word::{WORD_BACKSTEP, Word, baseline_of, size_of, words};

use crate::layout::content::{Direction, Glyph};
use crate::layout::turn::Turn;

/// Baselines that differ by less than this share of the font size are the same line; sub- and superscripts are within.
const BASELINE_SHIFT: f32 = 0.45;
/// A gap wider than this many ems ends a segment. Justified text stretches spaces to about one em.
const SEGMENT_GAP: f32 = 1.15;
/// A following glyph must be at most this many times smaller to be a script of the one before.
const SCRIPT_RATIO: f32 = 0.85;

/// All segments of a page, by direction, then top to bottom.
pub(in crate::layout) fn segments(glyphs: &[Glyph], width: f32, height: f32) -> Vec<Segment> {
    let directions = [Direction::Right, Direction::Down, Direction::Left, Direction::Up];
    let mut segments: Vec<Segment> = directions
        .into_iter()
        .flat_map(|direction| {
            let turn = Turn { direction, width, height };
            let turned: Vec<Glyph> = glyphs
                .iter()
                .filter(|glyph| glyph.direction == direction)
                .map(|glyph| turn.glyph(glyph))
                .collect();
            let mut turned = bidi::stand_in_order(turned);
            tracking::close(&mut turned);
            let segments = corridors::split(justified::join(join_words(words(&turned))));
            segments.into_iter().map(move |words| segment(&words, &turn))
        })
        .chain(slanted::segments(glyphs))
        .filter(|segment| !segment.text.is_empty())
        .collect();
    initials::join(&mut segments);
    segments
}

/// Words that follow each other on a line. In drawing order first, as that is nearly always the order of reading;
/// what was drawn in pieces is then joined by position.
fn join_words(words: Vec<Word>) -> Vec<Vec<Word>> {
    let mut runs: Vec<Vec<Word>> = Vec::new();
    for word in words {
        match runs.last_mut() {
            Some(run) if run.last().is_some_and(|last| follows(last, &word)) => run.push(word),
            _ => runs.push(vec![word]),
        }
    }
    runs.sort_by(|a, b| baseline_of(a).total_cmp(&baseline_of(b)).then(left_of(a).total_cmp(&left_of(b))));
    join_runs(runs)
}

/// Joins runs drawn apart but standing on one line. `runs` are sorted by baseline, so only a few before each can match.
fn join_runs(runs: Vec<Vec<Word>>) -> Vec<Vec<Word>> {
    let mut lines: Vec<Vec<Word>> = Vec::new();
    for run in runs {
        let baseline = baseline_of(&run);
        let size = size_of(&run);
        let mut place = None;
        for (index, line) in lines.iter().enumerate().rev() {
            // Twice the largest plausible shift: earlier lines are further up still.
            if baseline - baseline_of(line) > 2.0 * size.max(size_of(line)) + 20.0 {
                break;
            }
            if line.last().is_some_and(|last| follows(last, &run[0]))
                || run.last().is_some_and(|last| follows(last, &line[0]))
            {
                place = Some(index);
                break;
            }
        }
        if let Some(index) = place {
            lines[index].extend(run);
            lines[index].sort_by(|a, b| a.advance.left.total_cmp(&b.advance.left));
        } else {
            lines.push(run);
        }
    }
    lines
}

fn left_of(run: &[Word]) -> f32 {
    run.first().map_or(0.0, |word| word.advance.left)
}

/// Whether `next` comes right after `word` on the same line.
fn follows(word: &Word, next: &Word) -> bool {
    let em = word.size.max(next.size);
    let smaller = word.size.min(next.size);
    if is_initial_of(word, next) {
        return false;
    }
    let gap = next.advance.left - word.advance.right;
    if gap > SEGMENT_GAP * em.min(1.2 * smaller) || gap < -WORD_BACKSTEP * em {
        return false;
    }
    let shift = (next.baseline - word.baseline).abs();
    if smaller < SCRIPT_RATIO * em {
        // A script, or a large initial: it must stand within the height of the larger word.
        shift < 0.6 * em && word.advance.overlap_y(&next.advance) > 0.3 * smaller
    } else {
        shift < BASELINE_SHIFT * smaller
    }
}

/// A large capital may stand on the baseline of any of the lines beside it: a later step finds its line.
fn is_initial_of(word: &Word, next: &Word) -> bool {
    word.size >= initials::MIN_RATIO * next.size
        && word.glyphs == 1
        && word.text.chars().all(char::is_uppercase)
}

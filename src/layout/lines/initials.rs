//! Large initials: a first letter over several lines belongs to the first of them.

use super::segment::{Segment, WordBox};
use crate::layout::content::Direction;

/// An initial is this many times larger than its text; the smallest in use span two lines.
pub(in crate::layout) const MIN_RATIO: f32 = 1.9;
/// How far (ems of the text) the text may be from it.
const MAX_GAP: f32 = 1.3;
/// `A` and `I` are words; the gap after them is wider than that within a word (ems of the text).
const WORD_GAP: f32 = 0.4;
/// Most initials of a page: more are something else.
const MAX_INITIALS: usize = 12;

/// Puts initials before the first words of their texts.
pub(in crate::layout) fn join(segments: &mut Vec<Segment>) {
    let initials: Vec<usize> =
        (0..segments.len()).filter(|index| is_initial(&segments[*index])).take(MAX_INITIALS + 1).collect();
    if initials.is_empty() || initials.len() > MAX_INITIALS {
        return;
    }
    let mut joined = vec![false; segments.len()];
    for index in initials {
        let beside = beside(segments, index);
        let Some(first) =
            beside.iter().copied().min_by(|a, b| segments[*a].rect.top.total_cmp(&segments[*b].rect.top))
        else {
            continue;
        };
        if !starts_with_letter(&segments[first]) {
            continue;
        }
        let initial = segments[index].clone();
        for line in beside {
            segments[line].rect.left = initial.rect.left;
        }
        put_before(&mut segments[first], &initial);
        joined[index] = true;
    }
    let mut joined = joined.into_iter();
    segments.retain(|_| !joined.next().unwrap_or(false));
}

/// A capital by itself, perhaps with a quote before it.
fn is_initial(segment: &Segment) -> bool {
    let letter = segment.text.trim_start_matches(['"', '“', '„', '«', '‘', '\'']);
    segment.direction == Direction::Right
        && segment.glyphs <= 2
        && letter.chars().count() == 1
        && letter.chars().all(char::is_uppercase)
}

fn starts_with_letter(segment: &Segment) -> bool {
    segment.text.chars().next().is_some_and(|first| first.is_alphabetic() || first == '’' || first == '\'')
}

/// The lines that stand right of the initial, within its height.
fn beside(segments: &[Segment], initial: usize) -> Vec<usize> {
    let cap = &segments[initial];
    (0..segments.len())
        .filter(|index| {
            let line = &segments[*index];
            let em = line.size;
            let gap = line.rect.left - cap.rect.right;
            *index != initial
                && line.direction == Direction::Right
                && cap.size >= MIN_RATIO * em
                && (-0.3 * em..MAX_GAP * em).contains(&gap)
                && cap.rect.overlap_y(&line.rect) > 0.5 * line.rect.height()
                && line.glyphs > 3
        })
        .collect()
}

fn put_before(line: &mut Segment, initial: &Segment) {
    let gap = line.words.first().map_or(0.0, |word| word.rect.left - initial.rect.right);
    let is_word = matches!(initial.text.as_str(), "A" | "I") && gap > WORD_GAP * line.size;
    if is_word {
        line.text.insert(0, ' ');
        line.words.insert(0, WordBox { text: initial.text.clone(), rect: initial.rect, after_space: true });
    } else if let Some(word) = line.words.first_mut() {
        word.text.insert_str(0, &initial.text);
        word.rect.left = initial.rect.left;
    }
    line.text.insert_str(0, &initial.text);
    line.glyphs += initial.glyphs;
}

//! Numbers that count the lines of a page, as patents have them between the columns, and transcripts, bills and editions at
//! the margin. They are no part of the text.
//!
//! They grow by one step at one place, and their distance is that of as many lines: numbers of items and rows stand
//! wherever these begin.

use crate::layout::content::Direction;
use crate::layout::geometry::Rect;
use crate::layout::lines::Segment;
use crate::layout::zone::{Zone, ZoneKind};

/// The steps in use, and how many numbers there must be.
const STEPS: [(u32, usize); 4] = [(1, 10), (2, 6), (5, 4), (10, 3)];
/// Numbers of one column are centred or flush at one place, give or take this much (ems).
const SAME_PLACE: f32 = 0.35;
/// The distance of two numbers differs from the usual one by less than this share.
const SAME_DISTANCE: f32 = 0.06;
/// Lines are this far apart (ems): from solid to double spacing.
const PITCH: std::ops::Range<f32> = 0.9..3.2;
/// The share of numbered lines that go on with a sentence: items and rows begin with a capital or a number.
const MIN_CONTINUED: f32 = 0.2;
/// The share of lines without a number of their own among those between the first number and the last, for greater steps.
const MIN_UNNUMBERED: f32 = 0.5;
/// More candidates than this are looked at no further: a page of numbers is a table.
const MAX_CANDIDATES: usize = 400;
/// How sure they are.
const CONFIDENCE: f32 = 0.95;

/// Columns of line numbers, each as the indexes of its segments.
pub(in crate::layout) fn find(segments: &[Segment]) -> Vec<Vec<usize>> {
    let mut candidates: Vec<(usize, u32)> = segments
        .iter()
        .enumerate()
        .filter(|(_, segment)| segment.direction == Direction::Right && segment.text.len() <= 3)
        .filter_map(|(index, segment)| Some((index, segment.text.parse().ok()?)))
        .collect();
    if candidates.len() > MAX_CANDIDATES {
        return Vec::new();
    }
    candidates.sort_by(|a, b| segments[a.0].rect.top.total_cmp(&segments[b.0].rect.top));
    let mut found: Vec<Vec<usize>> = Vec::new();
    for start in 0..candidates.len() {
        let is_taken = found.iter().flatten().any(|index| *index == candidates[start].0);
        for (step, least) in STEPS {
            let run = if is_taken { Vec::new() } else { run(segments, &candidates[start..], step) };
            if run.len() >= least
                && is_alone(segments, &candidates, &run)
                && counts_lines(segments, &run, step)
            {
                found.push(run);
                break;
            }
        }
    }
    found
}

/// The numbers as zones: what they say is of no use but to find a line.
pub(in crate::layout) fn zones(segments: &[Segment], found: &[Vec<usize>]) -> Vec<Zone> {
    found
        .iter()
        .filter_map(|run| {
            let members = || run.iter().filter_map(|index| segments.get(*index));
            let content = members().map(|segment| segment.text.as_str()).collect::<Vec<_>>().join("\n");
            let rect = Rect::around(members().map(|segment| segment.rect))?;
            Some(Zone::plain(ZoneKind::Watermark, rect, content, CONFIDENCE))
        })
        .collect()
}

/// The numbers that follow the first one by `step`, all at the same distance.
fn run(segments: &[Segment], candidates: &[(usize, u32)], step: u32) -> Vec<usize> {
    let Some(&(first, mut value)) = candidates.first() else { return Vec::new() };
    let mut run = vec![first];
    let mut usual: Option<f32> = None;
    for &(index, number) in &candidates[1..] {
        let (above, segment) = (&segments[run[run.len() - 1]], &segments[index]);
        let distance = (segment.baseline - above.baseline) / step as f32;
        let is_next = number == value + step
            && is_in_line(&segments[first].rect, &segment.rect, segment.size)
            && PITCH.contains(&(distance / segment.size.max(0.1)))
            && usual.is_none_or(|usual| (distance - usual).abs() < SAME_DISTANCE * usual);
        if is_next {
            run.push(index);
            value = number;
            usual = usual.or(Some(distance));
        }
    }
    run
}

/// Whether no other number stands in the same column between them: every fifth of the ranks of a table is no run.
fn is_alone(segments: &[Segment], candidates: &[(usize, u32)], run: &[usize]) -> bool {
    let Some(around) = Rect::around(run.iter().map(|index| segments[*index].rect)) else { return false };
    !candidates.iter().any(|(index, _)| {
        let segment = &segments[*index];
        !run.contains(index)
            && segment.rect.overlap_y(&around) > 0.0
            && is_in_line(&around, &segment.rect, segment.size)
    })
}

fn is_in_line(a: &Rect, b: &Rect, em: f32) -> bool {
    [a.right - b.right, a.center_x() - b.center_x(), a.left - b.left]
        .iter()
        .any(|off| off.abs() < SAME_PLACE * em)
}

/// Whether what stands beside the numbers is text and no row of a table, and no list.
fn counts_lines(segments: &[Segment], run: &[usize], step: u32) -> bool {
    let Some(around) = Rect::around(run.iter().map(|index| segments[*index].rect)) else { return false };
    let beside: Vec<&Segment> = segments
        .iter()
        .filter(|segment| segment.direction == Direction::Right && segment.rect.overlap_y(&around) > 0.0)
        .filter(|segment| segment.text.chars().any(char::is_alphabetic))
        .collect();
    let is_numbered = |segment: &&&Segment| {
        run.iter().any(|index| {
            segment.rect.overlap_y(&segments[*index].rect) > 0.5 * segments[*index].rect.height()
        })
    };
    let numbered = beside.iter().filter(is_numbered).count();
    if step > 2 {
        return (beside.len() - numbered) as f32 >= MIN_UNNUMBERED * beside.len() as f32
            && !beside.is_empty();
    }
    let continued = |segment: &&&Segment| segment.text.chars().next().is_some_and(char::is_lowercase);
    let continuing = beside.iter().filter(is_numbered).filter(continued).count();
    numbered > 0 && continuing as f32 >= MIN_CONTINUED * numbered as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(lines: usize, numbers: &[(usize, &str)], text: impl Fn(usize) -> String) -> Vec<Segment> {
        let at = |line: usize, left: f32, text: &str| {
            let top = 100.0 + 12.0 * line as f32;
            let rect = Rect::from_corners(left, top, left + 5.0 * text.len() as f32, top + 8.0);
            Segment::for_test(text, rect)
        };
        let lines = (0..lines).map(|line| at(line, 60.0, &text(line)));
        lines.chain(numbers.iter().map(|(line, number)| at(*line, 300.0, number))).collect()
    }

    fn sentence(line: usize) -> String {
        if line.is_multiple_of(3) { "The bar is" } else { "of sand and" }.to_owned()
    }

    #[test]
    fn every_fifth_line_is_numbered_in_a_patent() {
        let segments = page(24, &[(4, "5"), (9, "10"), (14, "15"), (19, "20")], sentence);
        assert_eq!(find(&segments), [vec![24, 25, 26, 27]]);
    }

    #[test]
    fn every_line_is_numbered_in_a_transcript() {
        let names: Vec<String> = (1..=20).map(|number| number.to_string()).collect();
        let numbers: Vec<(usize, &str)> =
            names.iter().enumerate().map(|(line, name)| (line, name.as_str())).collect();
        assert_eq!(find(&page(20, &numbers, sentence))[0].len(), 20);
        // Ranks of a table: each row begins anew.
        assert!(find(&page(20, &numbers, |line| format!("Town {line}"))).is_empty());
    }

    #[test]
    fn items_stand_where_they_begin() {
        let segments = page(24, &[(4, "5"), (8, "10"), (14, "15"), (19, "20")], sentence);
        assert!(find(&segments).is_empty());
    }
}

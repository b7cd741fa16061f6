//! The borders between columns: white corridors that all cells leave free.
//!
//! As in T. G. Kieninger, *Table structure recognition based on robust block segmentation* (SPIE 3305, 1998), columns come
//! from what lies above and below each other. Headings over several columns would close corridors, so chunks that stand
//! above or below several chunks of most other lines are left out first (the idea of T. Hassan and R. Baumgartner, *Table
//! recognition and understanding from PDF files*, ICDAR 2007).

use super::text_lines::{Chunk, TextLine};
use crate::layout::geometry::Rect;

/// A corridor is at least this wide (ems); narrower ones are spaces above each other.
const MIN_CORRIDOR: f32 = 0.3;
/// Chunks that overlap by less (ems) do not lie above each other.
const MIN_OVERLAP: f32 = 0.2;
/// Most lines that are compared with a line, evenly taken: tables longer than that tell nothing new.
const MAX_COMPARED: usize = 60;
/// Most steps along the table's width.
const MAX_STEPS: usize = 4096;
/// One line in this many may cross a corridor: a cell that runs over, a heading in the middle over two columns.
const LINES_PER_CROSSING: usize = 5;
/// From so many lines on, one may.
const CROSSABLE_LINES: usize = 4;
/// What stands between two corridors is a column if so many lines have it; a single one is what crosses a wide corridor.
const COLUMN_LINES: usize = 2;
/// A ruling this close (ems) to a corridor is its border.
const RULING_REACH: f32 = 0.4;

/// The borders from the left edge to the right one; `verticals` are the positions of rulings between columns.
pub(super) fn between_columns(lines: &[TextLine<'_>], bounds: &Rect, em: f32, verticals: &[f32]) -> Vec<f32> {
    let step_count = (bounds.width().ceil() as usize).clamp(1, MAX_STEPS);
    let step = (bounds.width() / step_count as f32).max(0.001);
    let mut cover = vec![0usize; step_count];
    let compared: Vec<&TextLine<'_>> = lines
        .iter()
        .filter(|line| line.chunks.len() > 1)
        .step_by(lines.len().div_ceil(MAX_COMPARED))
        .collect();
    for line in lines {
        for chunk in line.chunks.iter().filter(|chunk| !is_spanning(chunk, line, &compared)) {
            let first = ((chunk.rect.left - bounds.left) / step).floor().max(0.0) as usize;
            let last = ((chunk.rect.right - bounds.left) / step).ceil().max(0.0) as usize;
            cover[first.min(step_count)..last.min(step_count)].iter_mut().for_each(|count| *count += 1);
        }
    }
    let several = lines.iter().filter(|line| line.chunks.len() > 1).count();
    let allowed = (several / LINES_PER_CROSSING).max(usize::from(several >= CROSSABLE_LINES));
    let mut xs: Vec<f32> = valleys(&cover, allowed)
        .into_iter()
        .filter(|(start, end, _)| (end - start) as f32 * step >= MIN_CORRIDOR * em)
        .map(|(start, end, lowest)| {
            let (left, right) = (bounds.left + start as f32 * step, bounds.left + end as f32 * step);
            let ruling = verticals
                .iter()
                .copied()
                .find(|x| *x > left - RULING_REACH * em && *x < right + RULING_REACH * em);
            ruling.unwrap_or(bounds.left + lowest * step)
        })
        .collect();
    let inner = |x: f32| x > bounds.left + em && x < bounds.right - em;
    xs.extend(verticals.iter().copied().filter(|x| inner(*x)));
    xs.sort_by(f32::total_cmp);
    xs.dedup_by(|next, kept| *next - *kept < RULING_REACH * em);
    xs.insert(0, bounds.left - 1.0);
    xs.push(bounds.right + 1.0);
    xs
}

/// Stretches of little cover with more on both sides: start, end, and the middle of where it is lowest.
fn valleys(cover: &[usize], allowed: usize) -> Vec<(usize, usize, f32)> {
    let mut valleys = Vec::new();
    for (start, end) in stretches(cover, 0, cover.len(), allowed) {
        if start == 0 || end == cover.len() {
            continue;
        }
        let free = stretches(cover, start, end, allowed.min(COLUMN_LINES - 1));
        let parts = if free.is_empty() { vec![(start, end)] } else { free };
        for (start, end) in parts {
            let least = cover[start..end].iter().copied().min().unwrap_or(0);
            let lowest: Vec<usize> = (start..end).filter(|step| cover[*step] == least).collect();
            valleys.push((start, end, lowest[lowest.len() / 2] as f32 + 0.5));
        }
    }
    valleys
}

/// The longest stretches from `from` to `to` that no more than `most` cover.
fn stretches(cover: &[usize], from: usize, to: usize, most: usize) -> Vec<(usize, usize)> {
    let mut stretches = Vec::new();
    let mut index = from;
    while index < to {
        let start = index;
        while index < to && cover[index] <= most {
            index += 1;
        }
        if index > start {
            stretches.push((start, index));
        }
        index += 1;
    }
    stretches
}

/// Whether in most lines that have anything there, the chunk lies above or below several chunks.
fn is_spanning(chunk: &Chunk<'_>, own: &TextLine<'_>, compared: &[&TextLine<'_>]) -> bool {
    let (mut several, mut one) = (0, 0);
    for line in compared.iter().filter(|line| !std::ptr::eq(**line, own)) {
        let over = line
            .chunks
            .iter()
            .filter(|other| other.rect.overlap_x(&chunk.rect) > MIN_OVERLAP * own.em.min(line.em))
            .count();
        several += usize::from(over > 1);
        one += usize::from(over == 1);
    }
    several > one
}

#[cfg(test)]
mod tests {
    use super::super::text_lines::tests::lines;
    use super::*;

    fn columns(text: &[&str]) -> usize {
        let lines = lines(text);
        let bounds = Rect::around(lines.iter().map(|line| line.rect)).unwrap();
        between_columns(&lines, &bounds, 10.0, &[]).len() - 1
    }

    #[test]
    fn a_heading_over_several_columns_closes_no_corridor() {
        assert_eq!(
            columns(&[
                "          men and women",
                "Name      first   second",
                "Oslo        1       2",
                "Bergen      3       4"
            ]),
            3
        );
    }

    #[test]
    fn a_heading_in_the_middle_of_two_columns_stands_in_no_column_of_its_own() {
        let text = [
            "          both",
            "Name    one     two",
            "Oslo      1      22",
            "Molde     3      44",
            "Voss      5      66",
        ];
        assert_eq!(columns(&text), 3);
    }

    #[test]
    fn a_column_with_a_single_entry_is_a_column() {
        assert_eq!(
            columns(&[
                "Item      note    year",
                "Cash                12",
                "Goodwill    3       15",
                "Stock               17"
            ]),
            3
        );
    }

    #[test]
    fn spaces_above_each_other_are_no_corridor() {
        assert_eq!(columns(&["one two three", "six one eight", "two six seven"]), 1);
    }
}

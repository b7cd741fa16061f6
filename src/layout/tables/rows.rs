//! The rows of a table below its headings: which lines are the wrapped lines of one row.
//!
//! Rulings and stripes separate rows for certain. Without them three signs decide, in this order: two numbers in one
//! column are never one cell; where the lines of a cell stand closer together than rows do, the distance of the baselines
//! tells; else a line continues a cell only if the cell's line above was full, since a line is broken only where the next
//! word would not fit. (The last is the greedy line breaking of every typesetter read backwards; the distance of lines
//! as a sign is in A. Shigarov et al., *Configurable table structure recognition in untagged PDF documents*, 2016.)

use super::extent::columns_of;
use super::text_lines::{Chunk, TextLine};

/// Lines closer than this (ems) cannot be rows of their own: their letters would touch.
const SAME_ROW: f32 = 0.8;
/// Lines of one cell are not further apart than this (ems).
const MAX_LEADING: f32 = 1.6;
/// Rows stand apart by this factor more than lines of a cell, for the distance to be a sign.
const DISTANCE_RATIO: f32 = 1.1;
/// So many of so many bands between separators must be single rows.
const ROW_BANDS: (usize, usize) = (3, 4);
/// A line may fall short of a full one by this much (ems).
const FULL_SLACK: f32 = 0.4;
/// In columns narrower than this (ems) lines are broken anywhere, and rows are as short as lines.
const MIN_WRAPPED: f32 = 5.0;

/// Lines of the body, grouped to rows, by index; and the lines that stand between two rows, each in the middle of a cell
/// that spans them.
pub(super) struct Rows {
    pub(super) groups: Vec<Vec<usize>>,
    pub(super) between: Vec<usize>,
}

/// Groups `lines[from..]`. `separated[i]` says that a ruling or the edge of a stripe lies between line `i - 1` and `i`.
pub(super) fn group(lines: &[TextLine<'_>], from: usize, xs: &[f32], separated: &[bool]) -> Rows {
    let grouping = Grouping::new(lines, from, xs, separated);
    let mut rows = Rows { groups: Vec::new(), between: Vec::new() };
    for index in from..lines.len() {
        if grouping.is_between(index) {
            rows.between.push(index);
            continue;
        }
        match rows.groups.last_mut() {
            Some(group) if grouping.continues(group, index) => group.push(index),
            _ => rows.groups.push(vec![index]),
        }
    }
    rows
}

struct Grouping<'l, 'a> {
    lines: &'l [TextLine<'a>],
    from: usize,
    xs: &'l [f32],
    separated: &'l [bool],
    /// The widest text of each column.
    widths: Vec<f32>,
    /// Whether rulings or stripes separate all rows.
    by_separators: bool,
    /// Baselines closer than this are lines of one cell, where distances tell.
    within_cells: Option<f32>,
}

impl<'l, 'a> Grouping<'l, 'a> {
    fn new(lines: &'l [TextLine<'a>], from: usize, xs: &'l [f32], separated: &'l [bool]) -> Self {
        let mut widths = vec![0f32; xs.len() - 1];
        for chunk in lines[from..].iter().flat_map(|line| &line.chunks) {
            let (first, last) = columns_of(&chunk.rect, xs);
            if first == last {
                widths[first] = widths[first].max(chunk.rect.width());
            }
        }
        let mut grouping =
            Self { lines, from, xs, separated, widths, by_separators: false, within_cells: None };
        grouping.by_separators = grouping.is_separated();
        grouping.within_cells = grouping.distance_within_cells();
        grouping
    }

    fn distance(&self, index: usize) -> f32 {
        (self.lines[index].baseline - self.lines[index - 1].baseline) / self.lines[index].em.max(0.1)
    }

    fn inner(&self) -> std::ops::Range<usize> {
        self.from + 1..self.lines.len()
    }

    fn is_separated(&self) -> bool {
        let separators = self.inner().filter(|index| self.separated[*index]).count();
        separators >= 2
            && (3 * separators >= self.inner().len() || self.bands_are_rows())
            && self.inner().all(|index| {
                self.separated[index]
                    || !self.both_numbers(index - 1, index)
                    || self.distance(index) < SAME_ROW
            })
    }

    /// Whether what lies between separators is one row nearly everywhere: some cell of it, such as a number or a name, has a
    /// single line, or much fewer lines than another. Of several rows every column has about as many.
    fn bands_are_rows(&self) -> bool {
        let mut bands: Vec<Vec<usize>> = Vec::new();
        for index in self.from..self.lines.len() {
            match bands.last_mut() {
                Some(band) if !self.separated[index] => band.push(index),
                _ => bands.push(vec![index]),
            }
        }
        bands.retain(|band| band.len() > 1);
        let is_row = |band: &&Vec<usize>| {
            let counts = (0..self.xs.len() - 1)
                .map(|column| band.iter().filter(|line| self.in_column(**line, column).is_some()).count())
                .filter(|count| *count > 0);
            let (least, most) =
                counts.fold((usize::MAX, 0), |(least, most), count| (least.min(count), most.max(count)));
            least == 1 || 3 * least.min(most) <= 2 * most
        };
        ROW_BANDS.0 * bands.len() <= ROW_BANDS.1 * bands.iter().filter(is_row).count()
    }

    /// Half way between the distance of lines in cells and that of rows, when the two differ.
    fn distance_within_cells(&self) -> Option<f32> {
        let mut distances: Vec<f32> = self
            .inner()
            .filter(|index| !self.separated[*index])
            .map(|index| self.distance(index))
            .filter(|distance| *distance >= SAME_ROW)
            .collect();
        distances.sort_by(f32::total_cmp);
        let (_, limit) = distances
            .windows(2)
            .filter(|pair| pair[0] <= MAX_LEADING && pair[1] > DISTANCE_RATIO * pair[0])
            .map(|pair| (pair[1] / pair[0], f32::midpoint(pair[0], pair[1])))
            .max_by(|a, b| a.0.total_cmp(&b.0))?;
        let close: Vec<usize> = self
            .inner()
            .filter(|index| !self.separated[*index] && (SAME_ROW..limit).contains(&self.distance(*index)))
            .collect();
        let rows = close.iter().filter(|index| self.both_numbers(**index - 1, **index)).count();
        let full = close.iter().filter(|index| self.columns(**index).len() + 1 >= self.xs.len()).count();
        (rows == 0 && 2 * full <= close.len()).then_some(limit)
    }

    /// The columns a line has text in, with the chunk.
    fn columns(&self, index: usize) -> Vec<(usize, usize, &Chunk<'a>)> {
        self.lines[index]
            .chunks
            .iter()
            .map(|chunk| {
                let (first, last) = columns_of(&chunk.rect, self.xs);
                (first, last, chunk)
            })
            .collect()
    }

    fn in_column(&self, index: usize, column: usize) -> Option<&Chunk<'a>> {
        self.lines[index].chunks.iter().find(|chunk| columns_of(&chunk.rect, self.xs) == (column, column))
    }

    fn both_numbers(&self, above: usize, below: usize) -> bool {
        self.columns(below).iter().any(|(first, last, chunk)| {
            first == last
                && *first > 0
                && chunk.is_number()
                && self.in_column(above, *first).is_some_and(Chunk::is_number)
        })
    }

    /// Whether the line stands half way between two rows, beside both.
    fn is_between(&self, index: usize) -> bool {
        if index <= self.from || index + 1 >= self.lines.len() {
            return false;
        }
        let (above, below) = (self.distance(index), self.distance(index + 1));
        let beside = |other: usize| {
            self.columns(index)
                .iter()
                .all(|(first, last, _)| self.columns(other).iter().all(|(a, b, _)| b < first || a > last))
        };
        above < SAME_ROW
            && below < SAME_ROW
            && above + below > 1.0
            && beside(index - 1)
            && beside(index + 1)
            && self.both_numbers(index - 1, index + 1)
    }

    fn continues(&self, group: &[usize], index: usize) -> bool {
        let Some(&above) = group.last() else { return false };
        if (above + 1..=index).any(|line| self.separated[line]) {
            return false;
        }
        let distance =
            (self.lines[index].baseline - self.lines[above].baseline) / self.lines[index].em.max(0.1);
        if distance < SAME_ROW {
            return !group.iter().any(|line| self.both_numbers(*line, index));
        }
        if self.both_numbers(above, index) {
            return false;
        }
        if self.by_separators {
            return true;
        }
        match self.within_cells {
            Some(limit) => distance < limit,
            None => {
                distance < MAX_LEADING && (self.is_wrapped(above, index) || self.ends_below(group, index))
            }
        }
    }

    /// Whether every text of the line continues a full one above it.
    fn is_wrapped(&self, above: usize, index: usize) -> bool {
        let columns = self.columns(index);
        columns.len() < self.columns(above).len().max(2)
            && columns.iter().all(|(first, last, chunk)| {
                first == last
                    && !chunk.is_number()
                    && self.in_column(above, *first).is_some_and(|full| self.is_full(full, chunk, *first))
            })
    }

    /// Whether the group is the beginning of a first cell that ends on this line, beside the row's other cells.
    fn ends_below(&self, group: &[usize], index: usize) -> bool {
        let only_first = group.iter().all(|line| self.lines[*line].chunks.len() == 1);
        let above = group.last().and_then(|line| self.in_column(*line, 0));
        match (above, self.in_column(index, 0)) {
            (Some(above), Some(chunk)) if only_first && self.lines[index].chunks.len() > 1 => {
                let indent = chunk.rect.left - above.rect.left;
                self.is_full(above, chunk, 0)
                    && (chunk.starts_lowercase()
                        || indent.abs() < 0.3 * self.lines[index].em && above.words.len() > 2)
            }
            _ => false,
        }
    }

    /// Whether the next line's first word would not have fitted.
    fn is_full(&self, above: &Chunk<'_>, next: &Chunk<'_>, column: usize) -> bool {
        let em = self.lines[self.from].em;
        let space = 0.25 * em;
        self.widths[column] > MIN_WRAPPED * em
            && above.rect.width() + space + next.first_word_width() > self.widths[column] - FULL_SLACK * em
    }
}

#[cfg(test)]
mod tests {
    use super::super::text_lines::tests::lines;
    use super::*;

    fn groups(text: &[&str], xs: &[f32], separated: &[usize]) -> Vec<Vec<usize>> {
        let lines = lines(text);
        let separated: Vec<bool> = (0..lines.len()).map(|index| separated.contains(&index)).collect();
        group(&lines, 0, xs, &separated).groups
    }

    #[test]
    fn a_line_that_would_have_fitted_above_is_a_row_of_its_own() {
        let xs = [0.0, 50.0, 300.0];
        let text = [
            "Oslo      a text about the town that is",
            "          continued here",
            "Bergen    short",
            "          not above",
        ];
        assert_eq!(groups(&text, &xs, &[]), [vec![0, 1], vec![2], vec![3]]);
    }

    #[test]
    fn numbers_above_each_other_are_two_rows() {
        let xs = [0.0, 50.0, 120.0];
        assert_eq!(groups(&["Oslo      12", "          13"], &xs, &[]), [vec![0], vec![1]]);
    }

    #[test]
    fn between_rulings_all_lines_are_one_row() {
        let xs = [0.0, 50.0, 120.0];
        let text = ["Oslo      city", "          port", "Bergen    town", "Molde     town", "          hall"];
        assert_eq!(groups(&text, &xs, &[2, 3]), [vec![0, 1], vec![2], vec![3, 4]]);
    }

    #[test]
    fn between_few_rulings_lines_are_one_row_where_a_cell_has_a_single_one() {
        let xs = [0.0, 50.0, 120.0, 300.0];
        let text = [
            "1         all of it     a text of",
            "                        several lines",
            "                        in one cell",
            "                        and more",
            "2         none          another one",
            "                        of several",
            "                        lines here",
            "3         some          the last one",
            "                        of them all",
        ];
        assert_eq!(groups(&text, &xs, &[4, 7]), [vec![0, 1, 2, 3], vec![4, 5, 6], vec![7, 8]]);
    }
}

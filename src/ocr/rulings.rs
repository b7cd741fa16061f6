//! Straight lines drawn in a picture, by the runs of dark pixels along its rows and columns.

use crate::layout::{Axis, Rect, Ruling};
use crate::picture::GreyPicture;

/// Darker pixels are ink: half way between black and white.
pub(super) const DARK: u8 = 128;
/// Shorter lines (points) are strokes of letters.
const MIN_HORIZONTAL: f32 = 36.0;
const MIN_VERTICAL: f32 = 18.0;
/// Thicker lines (points) are areas.
const MAX_THICKNESS: f32 = 4.0;
/// Lines may be interrupted by this much (points): noise breaks thin ones.
const MAX_BREAK: f32 = 0.8;
/// Runs of adjacent rows are one line when they share this part of the shorter one.
const SHARED: f32 = 0.7;
/// Runs of rows this far apart may be of one line: noise takes a row out.
const MAX_STEP: usize = 2;
/// Pixels looked at together.
const PIECE: usize = 32;
/// Most runs looked at: a picture with more is no drawing.
const MAX_RUNS: usize = 20_000;

/// The lines of a picture drawn `scale` pixels a point, in points; some may be strokes of large letters.
pub(super) fn find(picture: &GreyPicture, scale: f32) -> Vec<Ruling> {
    let max_break = (MAX_BREAK * scale) as usize;
    let mut found = lines(row_runs(picture, max_break, MIN_HORIZONTAL * scale), Axis::Horizontal, scale);
    found.extend(lines(column_runs(picture, max_break, MIN_VERTICAL * scale), Axis::Vertical, scale));
    found
}

/// Whether the line is a stroke of the word in this box.
pub(super) fn is_stroke_of(ruling: &Ruling, word: &Rect) -> bool {
    word.contains_center(&ruling.rect()) && ruling.length() <= 1.1 * word.width().max(word.height())
}

/// A line so far, pixels: from `start` to `end` along it, from `first` to `last` across it.
struct Bar {
    start: usize,
    end: usize,
    first: usize,
    last: usize,
}

/// Dark pixels along a row, or a column, from `start` to before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Run {
    /// Which row or column.
    place: usize,
    start: usize,
    end: usize,
}

impl Run {
    fn length(&self) -> f32 {
        (self.end - self.start) as f32
    }
}

/// Lines of runs along one axis, which come in the order of their places.
fn lines(runs: impl IntoIterator<Item = Run>, axis: Axis, scale: f32) -> Vec<Ruling> {
    let mut open: Vec<Bar> = Vec::new();
    let mut done: Vec<Bar> = Vec::new();
    for Run { place, start, end } in runs.into_iter().take(MAX_RUNS) {
        done.extend(open.extract_if(.., |bar| bar.last + MAX_STEP < place));
        let shares = |bar: &&mut Bar| {
            let common = end.min(bar.end).saturating_sub(start.max(bar.start));
            common as f32 >= SHARED * (end - start).min(bar.end - bar.start) as f32
        };
        if let Some(bar) = open.iter_mut().find(shares) {
            (bar.start, bar.end, bar.last) = (bar.start.min(start), bar.end.max(end), place);
        } else {
            open.push(Bar { start, end, first: place, last: place });
        }
    }
    done.extend(open);
    let point = |pixels: f32| pixels / scale;
    done.into_iter()
        .filter(|bar| point((bar.last - bar.first + 1) as f32) <= MAX_THICKNESS)
        .map(|bar| Ruling {
            axis,
            position: point((bar.first + bar.last + 1) as f32 / 2.0),
            start: point(bar.start as f32),
            end: point(bar.end as f32),
        })
        .collect()
}

/// Runs along rows with at least this length, those apart by at most `max_break` taken together.
fn row_runs(picture: &GreyPicture, max_break: usize, min_length: f32) -> Vec<Run> {
    let mut found = Vec::new();
    for (place, row) in picture.pixels.chunks_exact(picture.width.max(1) as usize).enumerate() {
        let mut run = Run { place, start: 0, end: 0 };
        for at in dark(row) {
            if run.end > 0 && at <= run.end + max_break {
                run.end = at + 1;
            } else {
                found.extend(long(run, min_length));
                run = Run { place, start: at, end: at + 1 };
            }
        }
        found.extend(long(run, min_length));
    }
    found
}

/// The same along columns. The picture is gone through row by row, as it lies in memory.
fn column_runs(picture: &GreyPicture, max_break: usize, min_length: f32) -> Vec<Run> {
    let mut found = Vec::new();
    let mut runs: Vec<Run> =
        (0..picture.width as usize).map(|place| Run { place, start: 0, end: 0 }).collect();
    for (at, row) in picture.pixels.chunks_exact(picture.width.max(1) as usize).enumerate() {
        for place in dark(row) {
            let run = &mut runs[place];
            if run.end > 0 && at <= run.end + max_break {
                run.end = at + 1;
            } else {
                found.extend(long(*run, min_length));
                *run = Run { place, start: at, end: at + 1 };
            }
        }
    }
    found.extend(runs.into_iter().filter_map(|run| long(run, min_length)));
    found.sort_unstable();
    found
}

/// The run, if it is long enough.
fn long(run: Run, min_length: f32) -> Option<Run> {
    (run.length() >= min_length).then_some(run)
}

/// Where a row's dark pixels are. Most of a page is paper: it is passed over a piece at a time.
fn dark(row: &[u8]) -> impl Iterator<Item = usize> {
    row.chunks(PIECE).enumerate().filter(|(_, piece)| piece.iter().copied().min() < Some(DARK)).flat_map(
        |(index, piece)| {
            let is_dark = |(_, pixel): &(usize, &u8)| **pixel < DARK;
            piece.iter().enumerate().filter(is_dark).map(move |(at, _)| index * PIECE + at)
        },
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn columns_have_the_runs_of_the_rows_of_the_picture_laid_on_its_side(
            (width, pixels) in (1u32..90).prop_flat_map(|width| (
                Just(width),
                proptest::collection::vec(prop_oneof![Just(0u8), Just(255)], (width * 11) as usize),
            )),
            max_break in 0usize..3,
        ) {
            let at = |x: u32, y: u32| pixels[(y * width + x) as usize];
            let on_its_side: Vec<u8> =
                (0..width).flat_map(|x| (0..11).map(move |y| (x, y))).map(|(x, y)| at(x, y)).collect();
            let on_its_side = GreyPicture { width: 11, height: width, pixels: on_its_side };
            let picture = GreyPicture { width, height: 11, pixels: pixels.clone() };
            let columns = column_runs(&picture, max_break, 2.0);
            prop_assert_eq!(&columns, &row_runs(&on_its_side, max_break, 2.0));
            let is_ink = |run: &Run| at(run.place as u32, run.start as u32) == 0 && run.length() >= 2.0;
            prop_assert!(columns.iter().all(is_ink));
        }
    }

    fn picture(dark: &[(u32, u32, u32, u32)]) -> GreyPicture {
        let mut picture = GreyPicture { width: 400, height: 300, pixels: vec![255; 120_000] };
        for &(left, top, width, height) in dark {
            for y in top..top + height {
                for x in left..left + width {
                    picture.pixels[(y * 400 + x) as usize] = 0;
                }
            }
        }
        picture
    }

    #[test]
    fn a_grid_is_found_line_by_line() {
        let picture = picture(&[(20, 40, 300, 2), (20, 100, 300, 2), (20, 40, 2, 62), (318, 40, 2, 62)]);
        let found = find(&picture, 2.0);
        let (rows, columns): (Vec<Ruling>, Vec<Ruling>) =
            found.iter().partition(|ruling| ruling.axis == Axis::Horizontal);
        assert_eq!(rows.iter().map(|ruling| ruling.position).collect::<Vec<_>>(), [20.5, 50.5]);
        assert_eq!(columns.iter().map(|ruling| ruling.position).collect::<Vec<_>>(), [10.5, 159.5]);
        assert!(rows.iter().all(|ruling| (ruling.start, ruling.end) == (10.0, 160.0)));
    }

    #[test]
    fn areas_are_no_lines() {
        assert_eq!(find(&picture(&[(20, 40, 300, 60)]), 2.0), []);
    }

    #[test]
    fn strokes_of_a_word_are_no_lines() {
        let [stem] = find(&picture(&[(20, 40, 4, 60)]), 2.0)[..] else { panic!("one line") };
        assert!(is_stroke_of(&stem, &Rect { left: 5.0, top: 18.0, right: 60.0, bottom: 52.0 }));
        assert!(!is_stroke_of(&stem, &Rect { left: 5.0, top: 18.0, right: 20.0, bottom: 22.0 }));
    }

    #[test]
    fn a_line_broken_by_noise_is_one() {
        assert_eq!(find(&picture(&[(20, 40, 100, 2), (121, 40, 100, 2)]), 2.0).len(), 1);
    }
}

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
/// Most runs looked at: a picture with more is no drawing.
const MAX_RUNS: usize = 20_000;

/// The lines of a picture drawn `scale` pixels a point, in points; some may be strokes of large letters.
pub(super) fn find(picture: &GreyPicture, scale: f32) -> Vec<Ruling> {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let horizontal = |row: usize, at: usize| picture.pixels[row * width + at] < DARK;
    let vertical = |column: usize, at: usize| picture.pixels[at * width + column] < DARK;
    let mut found = lines(height, width, horizontal, Axis::Horizontal, MIN_HORIZONTAL, scale);
    found.extend(lines(width, height, vertical, Axis::Vertical, MIN_VERTICAL, scale));
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

/// Lines along one axis of a picture with `across` rows (or columns) of `along` pixels.
fn lines(
    across: usize,
    along: usize,
    is_dark: impl Fn(usize, usize) -> bool,
    axis: Axis,
    min_length: f32,
    scale: f32,
) -> Vec<Ruling> {
    let min_run = (min_length * scale) as usize;
    let max_break = (MAX_BREAK * scale) as usize;
    let mut open: Vec<Bar> = Vec::new();
    let mut done: Vec<Bar> = Vec::new();
    let mut runs_left = MAX_RUNS;
    for row in 0..across {
        for (start, end) in runs(along, max_break, |at| is_dark(row, at)) {
            if end - start < min_run || runs_left == 0 {
                continue;
            }
            runs_left -= 1;
            let shares = |bar: &&mut Bar| {
                let common = end.min(bar.end).saturating_sub(start.max(bar.start));
                common as f32 >= SHARED * (end - start).min(bar.end - bar.start) as f32
            };
            if let Some(bar) = open.iter_mut().find(shares) {
                (bar.start, bar.end, bar.last) = (bar.start.min(start), bar.end.max(end), row);
            } else {
                open.push(Bar { start, end, first: row, last: row });
            }
        }
        done.extend(open.extract_if(.., |bar| bar.last + 1 < row));
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

/// Runs of dark pixels, those apart by at most `max_break` taken together.
fn runs(length: usize, max_break: usize, is_dark: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for at in (0..length).filter(|at| is_dark(*at)) {
        match runs.last_mut() {
            Some((_, end)) if at <= *end + max_break => *end = at + 1,
            _ => runs.push((at, at + 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

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

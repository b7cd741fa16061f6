//! What is drawn in a picture: its pixels that stand out from the ground, and those that touch each other together.
//!
//! Connected-component labelling by runs with union-find (L. He, Y. Chao, K. Suzuki, *A run-based two-scan labeling
//! algorithm*, IEEE Transactions on Image Processing 17, 2008), with four neighbours.

use crate::picture::GreyPicture;

/// Levels this near to the most frequent one are ground: compression and scanners blur it.
const GROUND_REACH: u8 = 14;
/// Pixels that differ from the ground by this much are ink: half of what grey print has.
const INK_CONTRAST: u8 = 56;
/// The palest fills in use differ by a twentieth of the scale; scanners' noise, mostly less.
const FILL_CONTRAST: u8 = 12;
/// Levels of grey.
const LEVELS: usize = 256;
/// Pixels looked at together.
const PIECE: usize = 32;
/// Most runs looked at: a picture with more is a photograph.
const MAX_RUNS: usize = 400_000;

/// Pixels that touch each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) left: u32,
    pub(super) top: u32,
    /// Pixels.
    pub(super) width: u32,
    /// Pixels.
    pub(super) height: u32,
    /// How many pixels it has.
    pub(super) pixels: u32,
}

/// The level of a picture's ground, and the share of the pixels that have it.
pub(super) fn ground(picture: &GreyPicture) -> (u8, f32) {
    // Neighbours are mostly alike: counted in tables of their own, they need not wait for each other.
    let mut counts = [[0u32; LEVELS]; 4];
    let pieces = picture.pixels.chunks_exact(counts.len());
    pieces.remainder().iter().for_each(|pixel| counts[0][usize::from(*pixel)] += 1);
    for piece in pieces {
        for (counts, pixel) in counts.iter_mut().zip(piece) {
            counts[usize::from(*pixel)] += 1;
        }
    }
    main_of(&std::array::from_fn(|level| counts.iter().map(|counts| counts[level]).sum()))
}

/// The most frequent level, and the share of the pixels near it.
pub(super) fn main_level(pixels: impl Iterator<Item = u8>) -> (u8, f32) {
    let mut counts = [0u32; LEVELS];
    pixels.for_each(|pixel| counts[usize::from(pixel)] += 1);
    main_of(&counts)
}

fn main_of(counts: &[u32; LEVELS]) -> (u8, f32) {
    let level = (0..=u8::MAX).max_by_key(|level| counts[usize::from(*level)]).unwrap_or(u8::MAX);
    let near = level.saturating_sub(GROUND_REACH)..=level.saturating_add(GROUND_REACH);
    let count: u32 = near.map(|level| counts[usize::from(level)]).sum();
    (level, count as f32 / counts.iter().sum::<u32>().max(1) as f32)
}

/// How far a pixel's level is from the ground's when it is ink, and when it is anything drawn, such as the pale fills behind
/// a table's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contrast {
    Ink,
    Fill,
}

impl Contrast {
    fn levels(self) -> u8 {
        match self {
            Self::Ink => INK_CONTRAST,
            Self::Fill => FILL_CONTRAST,
        }
    }
}

/// Whether a pixel of this level stands out from the ground.
pub(super) fn is_ink(pixel: u8, ground: u8) -> bool {
    pixel.abs_diff(ground) >= INK_CONTRAST
}

/// A run of ink in a row, from `start` to before `end`.
struct Run {
    row: u32,
    start: u32,
    end: u32,
}

/// What is drawn on the ground of this level; none when it is too much.
pub(super) fn components(picture: &GreyPicture, ground: u8, contrast: Contrast) -> Option<Vec<Component>> {
    let levels = contrast.levels();
    let mut runs: Vec<Run> = Vec::new();
    let mut parents: Vec<u32> = Vec::new();
    let mut above = 0..0;
    for (row, pixels) in picture.pixels.chunks_exact(picture.width.max(1) as usize).enumerate() {
        let first = runs.len();
        find_runs(row as u32, pixels, |pixel| pixel.abs_diff(ground), levels, &mut runs);
        parents.extend(first as u32..runs.len() as u32);
        if runs.len() > MAX_RUNS {
            return None;
        }
        join(&runs, above, first..runs.len(), &mut parents);
        above = first..runs.len();
    }
    Some(collect(&runs, &mut parents))
}

/// Adds a row's runs of pixels that differ from the ground by so many levels. Most of a page is ground: it is passed over a
/// piece at a time.
fn find_runs(row: u32, pixels: &[u8], difference: impl Fn(u8) -> u8, levels: u8, runs: &mut Vec<Run>) {
    let mut start = None;
    let mut close = |start: &mut Option<u32>, end: u32| {
        if let Some(start) = start.take() {
            runs.push(Run { row, start, end });
        }
    };
    for (index, piece) in pixels.chunks(PIECE).enumerate() {
        let left = (index * PIECE) as u32;
        let most = piece.iter().fold(0, |most, pixel| difference(*pixel).max(most));
        if most < levels {
            close(&mut start, left);
            continue;
        }
        for (x, pixel) in (left..).zip(piece) {
            if difference(*pixel) >= levels {
                start.get_or_insert(x);
            } else {
                close(&mut start, x);
            }
        }
    }
    close(&mut start, pixels.len() as u32);
}

/// Joins the runs of a row with those of the row above that they touch; both are in order.
fn join(runs: &[Run], above: std::ops::Range<usize>, below: std::ops::Range<usize>, parents: &mut [u32]) {
    let (mut upper, mut lower) = (above.start, below.start);
    while upper < above.end && lower < below.end {
        let (a, b) = (&runs[upper], &runs[lower]);
        if a.start < b.end && b.start < a.end {
            let (a, b) = (root(parents, upper as u32), root(parents, lower as u32));
            parents[a.max(b) as usize] = a.min(b);
        }
        if a.end < b.end {
            upper += 1;
        } else {
            lower += 1;
        }
    }
}

fn root(parents: &mut [u32], mut index: u32) -> u32 {
    while parents[index as usize] != index {
        let parent = parents[index as usize];
        parents[index as usize] = parents[parent as usize];
        index = parent;
    }
    index
}

fn collect(runs: &[Run], parents: &mut [u32]) -> Vec<Component> {
    let mut places: Vec<Option<usize>> = vec![None; runs.len()];
    // Left, top, right, bottom, pixels.
    let mut found: Vec<(u32, u32, u32, u32, u32)> = Vec::new();
    for (index, run) in runs.iter().enumerate() {
        let root = root(parents, index as u32) as usize;
        let place = *places[root].get_or_insert_with(|| {
            found.push((run.start, run.row, run.end, run.row + 1, 0));
            found.len() - 1
        });
        let (left, _, right, bottom, pixels) = &mut found[place];
        (*left, *right) = ((*left).min(run.start), (*right).max(run.end));
        *bottom = run.row + 1;
        *pixels += run.end - run.start;
    }
    found
        .into_iter()
        .map(|(left, top, right, bottom, pixels)| Component {
            left,
            top,
            width: right - left,
            height: bottom - top,
            pixels,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn picture(rows: &[&str]) -> GreyPicture {
        let pixels = rows.concat().bytes().map(|byte| if byte == b'#' { 0 } else { 250 }).collect();
        GreyPicture { width: rows[0].len() as u32, height: rows.len() as u32, pixels }
    }

    #[test]
    fn what_touches_is_one_component() {
        let found = components(&picture(&["#.#..", "###..", "....#", "#.###"]), 250, Contrast::Ink).unwrap();
        let of = |left, top, width, height, pixels| Component { left, top, width, height, pixels };
        assert_eq!(found, [of(0, 0, 3, 2, 5), of(2, 2, 3, 2, 4), of(0, 3, 1, 1, 1)]);
    }

    #[test]
    fn the_ground_is_the_most_frequent_level_and_its_neighbours() {
        let pixels = [vec![250; 6], vec![245; 2], vec![0; 2]].concat();
        let (level, share) = ground(&GreyPicture { width: 5, height: 2, pixels });
        assert_eq!(level, 250);
        assert!((share - 0.8).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn every_dark_pixel_is_in_one_component(
            (width, pixels) in (1u32..80).prop_flat_map(|width| (
                Just(width),
                proptest::collection::vec(prop_oneof![1 => Just(0u8), 3 => Just(255)], (width * 12) as usize),
            ))
        ) {
            let dark: u32 = pixels.iter().map(|pixel| u32::from(*pixel == 0)).sum();
            let found = components(&GreyPicture { width, height: 12, pixels }, 255, Contrast::Ink).unwrap();
            prop_assert_eq!(found.iter().map(|component| component.pixels).sum::<u32>(), dark);
        }
    }
}

//! The projection of a region's pieces on its width, and the valleys in it: where gutters may be (the *projection profile*
//! of G. Nagy and S. Seth's XY-cut, ICPR 1984).

use crate::layout::geometry::Rect;

/// The share of a gutter's height that spanning pieces may cover.
const MAX_CROSSING: f32 = 0.2;

/// How much of each vertical strip is covered, in points of height.
pub(super) struct Profile {
    left: f32,
    bin: f32,
    cover: Vec<f32>,
}

/// A stretch of strips that few pieces cross: its middle, its width, and what its freest strip is covered by; points.
pub(super) struct Valley {
    pub(super) middle: f32,
    pub(super) width: f32,
    pub(super) cover: f32,
}

impl Profile {
    /// Strips are a point wide, wider on very wide pages.
    pub(super) fn new(bounds: &Rect, rects: impl Iterator<Item = Rect>) -> Self {
        let bins = (bounds.width().ceil() as usize).clamp(1, 4096);
        let bin = (bounds.width() / bins as f32).max(0.001);
        let mut change = vec![0.0f32; bins + 1];
        for rect in rects {
            let first = (((rect.left - bounds.left) / bin) as usize).min(bins);
            let last = (((rect.right - bounds.left) / bin).ceil() as usize).min(bins);
            change[first] += rect.height();
            change[last] -= rect.height();
        }
        let mut sum = 0.0;
        let cover = change[..bins]
            .iter()
            .map(|step| {
                sum += step;
                sum
            })
            .collect();
        Self { left: bounds.left, bin, cover }
    }

    /// Strips at least `width` wide that few pieces cross, with more on either side.
    pub(super) fn valleys(&self, width: f32) -> Vec<Valley> {
        let count = self.cover.len();
        let before = running_max(self.cover.iter().copied());
        let mut after = running_max(self.cover.iter().rev().copied());
        after.reverse();
        let is_low =
            |index: usize| self.cover[index] <= MAX_CROSSING * before[index].min(after[index]) + 0.01;
        let mut valleys = Vec::new();
        let mut start = None;
        for index in 0..=count {
            let low = index < count && is_low(index) && before[index] > 0.0 && after[index] > 0.0;
            match (low, start) {
                (true, None) => start = Some(index),
                (false, Some(first)) => {
                    start = None;
                    let points = (index - first) as f32 * self.bin;
                    if points >= width && first > 0 && index < count {
                        valleys.push(self.valley(first, index));
                    }
                }
                _ => {}
            }
        }
        valleys
    }

    fn valley(&self, first: usize, end: usize) -> Valley {
        Valley {
            middle: self.left + f32::midpoint(first as f32, end as f32) * self.bin,
            width: (end - first) as f32 * self.bin,
            cover: self.cover[first..end].iter().copied().fold(f32::INFINITY, f32::min),
        }
    }
}

fn running_max(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut max = 0.0f32;
    values
        .map(|value| {
            max = max.max(value);
            max
        })
        .collect()
}

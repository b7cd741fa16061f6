//! How a document is divided into parts, each read by one child in one go.

use std::ops::RangeInclusive;

/// Most pages of a part: bounds what waits for a slower part before it. Reading [`super::child::CONTEXT_PAGES`] on either
/// side of a part again is then a tenth of the work at most.
const MAX_PAGES: u32 = 64;
/// Fewest pages worth a child of their own: it takes as long to start as some pages to read.
const MIN_PAGES: u32 = 16;

/// The pages `first..=last` in parts of nearly equal size: one for each process, where the document is large enough, and
/// more where it is so large that parts would be too large.
pub(super) fn parts(first: u32, last: u32, processes: usize) -> Vec<RangeInclusive<u32>> {
    if first > last {
        return Vec::new();
    }
    let pages = last - first + 1;
    let processes = u32::try_from(processes).unwrap_or(u32::MAX);
    let count = (pages / MIN_PAGES).min(processes).max(pages.div_ceil(MAX_PAGES)).max(1);
    let start = |index: u32| first + (u64::from(pages) * u64::from(index) / u64::from(count)) as u32;
    (0..count).map(|index| start(index)..=start(index + 1) - 1).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn small_documents_are_one_part_and_larger_ones_one_for_each_process() {
        assert_eq!(parts(1, 31, 8), [1..=31]);
        assert_eq!(parts(1, 32, 8), [1..=16, 17..=32]);
        assert_eq!(parts(1, 100, 2), [1..=50, 51..=100]);
        assert_eq!(parts(5, 4, 2), []);
    }

    #[test]
    fn large_documents_are_more_parts_than_processes() {
        assert_eq!(parts(1, 200, 2), [1..=50, 51..=100, 101..=150, 151..=200]);
        assert_eq!(parts(1, 65, 1), [1..=32, 33..=65]);
    }

    proptest! {
        #[test]
        fn every_page_is_in_exactly_one_part_of_bounded_size(
            first in 1u32..50, pages in 1u32..6000, processes in 1usize..70,
        ) {
            let last = first + pages - 1;
            let parts = parts(first, last, processes);
            let all: Vec<u32> = parts.iter().cloned().flatten().collect();
            prop_assert_eq!(all, (first..=last).collect::<Vec<_>>());
            prop_assert!(parts.iter().all(|part| part.clone().count() <= MAX_PAGES as usize));
        }
    }
}

//! What a `PicoDet`'s outputs say: boxes with a kind and a score.
//!
//! For each of a few grids laid over the picture there are two tables with a row a cell: how likely the cell is the middle
//! of a thing of each class, and how far away that thing's left, top, right and bottom are, each as a distribution over
//! whole cells (X. Li et al., *Generalized Focal Loss*, arXiv:2006.04388). A thing is found by several cells; of those that
//! overlap the most likely one stays (non-maximum suppression).

use crate::layout::{Rect, ZoneKind};

/// Pixels from cell to cell in the grids, from fine to coarse.
const STRIDES: [usize; 4] = [8, 16, 32, 64];
/// Left, top, right, bottom.
const SIDES: usize = 4;
/// Boxes of one kind that share this part of the area they cover together are of one thing, as in the model's training.
const SAME_THING: f32 = 0.5;
/// Most boxes looked at, the likeliest first: a page has some tens of things.
const MAX_CANDIDATES: usize = 2000;

/// A table of numbers that a model puts out.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Output {
    /// How many numbers a row has.
    pub(super) columns: usize,
    /// Row by row.
    pub(super) values: Vec<f32>,
}

impl Output {
    fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.columns.max(1))
    }

    fn len(&self) -> usize {
        self.rows().count()
    }
}

/// Something a model sees on a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detection {
    /// What it takes it for.
    pub kind: ZoneKind,
    /// Where it is, as shares of the page's width and height.
    pub rect: Rect,
    /// How sure it is, 0 to 1; no hit rate.
    pub score: f32,
}

/// The things with at least this score; none when the outputs are not a `PicoDet`'s for pictures of this size.
pub(super) fn find(
    outputs: &[Output],
    (width, height): (u32, u32),
    labels: &[String],
    min_score: f32,
) -> Option<Vec<Detection>> {
    let kinds: Vec<Option<ZoneKind>> = labels.iter().map(|label| kind(label)).collect();
    let (scores, distances): (Vec<&Output>, Vec<&Output>) =
        outputs.iter().partition(|output| output.columns == labels.len());
    if scores.is_empty() || scores.len() != distances.len() {
        return None;
    }
    let size = (width as usize, height as usize);
    let mut found = Vec::new();
    for scores in scores {
        let cells = scores.len();
        let stride =
            *STRIDES.iter().find(|stride| size.0.div_ceil(**stride) * size.1.div_ceil(**stride) == cells)?;
        let distances = distances.iter().find(|output| output.len() == cells)?;
        if distances.columns < 2 * SIDES || !distances.columns.is_multiple_of(SIDES) {
            return None;
        }
        let grid = Grid { stride, columns: size.0.div_ceil(stride), size };
        for (cell, (scores, distances)) in scores.rows().zip(distances.rows()).enumerate() {
            let sure = scores.iter().zip(&kinds).filter(|(score, _)| **score >= min_score);
            found.extend(sure.filter_map(|(score, kind)| {
                Some(Detection { kind: (*kind)?, rect: grid.rect(cell, distances)?, score: *score })
            }));
        }
    }
    Some(suppress(found))
}

/// What zones are called that models call by this name: those of CDLA, `DocLayNet` and `PubLayNet`. None when there is nothing
/// like it.
fn kind(label: &str) -> Option<ZoneKind> {
    Some(match label.trim().to_lowercase().replace([' ', '-'], "_").as_str() {
        "text" | "reference" => ZoneKind::Paragraph,
        "title" | "section_header" => ZoneKind::Heading,
        "figure" | "picture" => ZoneKind::Figure,
        "figure_caption" | "table_caption" | "caption" => ZoneKind::Caption,
        "table" => ZoneKind::Table,
        "header" | "page_header" => ZoneKind::Header,
        "footer" | "page_footer" => ZoneKind::Footer,
        "footnote" => ZoneKind::Footnote,
        "equation" | "formula" => ZoneKind::Formula,
        "list" => ZoneKind::List,
        "list_item" => ZoneKind::ListItem,
        _ => return None,
    })
}

/// Cells over a picture, row by row.
struct Grid {
    /// Pixels.
    stride: usize,
    columns: usize,
    /// The picture's, pixels.
    size: (usize, usize),
}

impl Grid {
    /// The box around a cell's middle with these distances; none when it has no inside.
    fn rect(&self, cell: usize, distances: &[f32]) -> Option<Rect> {
        let stride = self.stride as f32;
        let middle = |index: usize| (index as f32 + 0.5) * stride;
        let (x, y) = (middle(cell % self.columns), middle(cell / self.columns));
        let mut reach =
            distances.chunks_exact(distances.len() / SIDES).map(|side| expectation(side) * stride);
        let mut next = || reach.next().unwrap_or(0.0);
        let (left, top, right, bottom) = (x - next(), y - next(), x + next(), y + next());
        let share = |value: f32, whole: usize| (value / whole as f32).clamp(0.0, 1.0);
        let rect = Rect {
            left: share(left, self.size.0),
            top: share(top, self.size.1),
            right: share(right, self.size.0),
            bottom: share(bottom, self.size.1),
        };
        (rect.width() > 0.0 && rect.height() > 0.0).then_some(rect)
    }
}

/// The mean of a distribution over 0, 1, 2 … given by its logits.
fn expectation(logits: &[f32]) -> f32 {
    let most = logits.iter().copied().fold(f32::MIN, f32::max);
    let weights = || logits.iter().map(|logit| (logit - most).exp());
    let sum: f32 = weights().sum();
    weights().enumerate().map(|(value, weight)| value as f32 * weight / sum).sum()
}

/// Without those that overlap a likelier one of their kind.
fn suppress(mut found: Vec<Detection>) -> Vec<Detection> {
    found.retain(|detection| detection.score.is_finite());
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found.truncate(MAX_CANDIDATES);
    let mut kept: Vec<Detection> = Vec::new();
    for detection in found {
        let is_seen = |other: &Detection| {
            other.kind == detection.kind && overlap(&other.rect, &detection.rect) >= SAME_THING
        };
        if !kept.iter().any(is_seen) {
            kept.push(detection);
        }
    }
    kept
}

/// The area two boxes share as a part of what they cover together.
pub(super) fn overlap(a: &Rect, b: &Rect) -> f32 {
    let shared = a.intersection(b).map_or(0.0, |rect| rect.area());
    let all = a.area() + b.area() - shared;
    if all > 0.0 { shared / all } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LABELS: [&str; 2] = ["text", "Page-header"];
    /// Bins of a distribution.
    const BINS: usize = 8;

    fn labels() -> Vec<String> {
        LABELS.map(str::to_owned).to_vec()
    }

    /// The two tables of a picture of 128 by 64 pixels and a stride of 64: two cells, of which one sees something.
    fn outputs(scores: [f32; 2], reach: [usize; SIDES]) -> Vec<Output> {
        let mut distances = vec![0.0; 2 * SIDES * BINS];
        for (side, bin) in reach.into_iter().enumerate() {
            distances[SIDES * BINS + side * BINS + bin] = 100.0;
        }
        vec![
            Output { columns: 2, values: [[0.0; 2], scores].concat() },
            Output { columns: SIDES * BINS, values: distances },
        ]
    }

    #[test]
    fn a_box_reaches_from_its_cells_middle_as_far_as_its_distances_say() {
        let found = find(&outputs([0.9, 0.1], [1, 0, 0, 0]), (128, 64), &labels(), 0.5).unwrap();
        assert_eq!(found, [], "it has no inside");
        let found = find(&outputs([0.9, 0.1], [1, 1, 1, 1]), (128, 64), &labels(), 0.5).unwrap();
        let rect = Rect { left: 0.25, top: 0.0, right: 1.0, bottom: 1.0 };
        assert_eq!(found, [Detection { kind: ZoneKind::Paragraph, rect, score: 0.9 }]);
    }

    #[test]
    fn names_of_other_sets_of_classes_are_understood_and_unknown_classes_passed_over() {
        let found = find(&outputs([0.2, 0.9], [1, 1, 1, 1]), (128, 64), &labels(), 0.5).unwrap();
        assert_eq!(found[0].kind, ZoneKind::Header);
        let others = ["stamp".to_owned(), "seal".to_owned()];
        assert_eq!(find(&outputs([0.9, 0.9], [1, 1, 1, 1]), (128, 64), &others, 0.5).unwrap(), []);
    }

    #[test]
    fn outputs_of_another_network_are_told() {
        assert_eq!(find(&outputs([0.9, 0.1], [1; 4])[..1], (128, 64), &labels(), 0.5), None);
        assert_eq!(find(&outputs([0.9, 0.1], [1; 4]), (1280, 64), &labels(), 0.5), None);
        assert_eq!(find(&[], (128, 64), &labels(), 0.5), None);
    }

    #[test]
    fn of_boxes_of_one_kind_and_place_the_likeliest_stays() {
        let rect = Rect { left: 0.1, top: 0.1, right: 0.5, bottom: 0.2 };
        let of = |kind, score| Detection { kind, rect, score };
        let found = suppress(vec![
            of(ZoneKind::Paragraph, 0.6),
            of(ZoneKind::Paragraph, 0.8),
            of(ZoneKind::Caption, 0.7),
            of(ZoneKind::Paragraph, f32::NAN),
        ]);
        assert_eq!(found, [of(ZoneKind::Paragraph, 0.8), of(ZoneKind::Caption, 0.7)]);
    }

    proptest! {
        #[test]
        fn whatever_a_network_puts_out_boxes_lie_on_the_page(
            scores in proptest::collection::vec(proptest::num::f32::ANY, 4),
            distances in proptest::collection::vec(proptest::num::f32::ANY, 2 * SIDES * BINS),
        ) {
            let outputs =
                [Output { columns: 2, values: scores }, Output { columns: SIDES * BINS, values: distances }];
            for Detection { rect, .. } in find(&outputs, (128, 64), &labels(), 0.3).unwrap() {
                prop_assert!(rect.left >= 0.0 && rect.top >= 0.0 && rect.right <= 1.0 && rect.bottom <= 1.0);
                prop_assert!(rect.left < rect.right && rect.top < rect.bottom);
            }
        }
    }
}

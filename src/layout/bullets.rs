//! Bullets that are drawn and not typed: browsers print the markers of lists as small filled shapes.
//!
//! A small square or round shape right before a line's start, in the height of its small letters, at the same place
//! before other lines too, is the bullet of that line.

use super::content::{Direction, PageContent};
use super::geometry::Rect;
use super::lines::{Segment, WordBox};
use super::text::marker;

/// Sides of a bullet, in ems, and how much longer one may be than the other.
const MIN_SIDE: f32 = 0.12;
const MAX_SIDE: f32 = 0.75;
const MAX_ASPECT: f32 = 1.4;
/// White space between bullet and text, ems.
const MIN_GAP: f32 = 0.15;
const MAX_GAP: f32 = 3.0;
/// Bullets of one list stand under each other, give or take this much (points); one alone may be an ornament.
const SAME_PLACE: f32 = 1.5;
const MIN_BULLETS: usize = 2;
/// Text this close to the left (ems) makes the shape a sign in a row, as in a chart's legend.
const FREE_LEFT: f32 = 12.0;
/// Shapes looked at, at most: a drawing has more, and no bullets.
const MAX_SHAPES: usize = 400;

/// Gives the lines their drawn bullets as text, and takes the shapes from the page's drawings.
pub(super) fn read(segments: &mut [Segment], content: &mut PageContent) {
    let shapes: Vec<Rect> = content.boxes.iter().chain(&content.drawings).copied().filter(is_small).collect();
    if shapes.is_empty() || shapes.len() > MAX_SHAPES {
        return;
    }
    let candidates: Vec<(usize, Rect)> = (0..segments.len())
        .filter_map(|index| Some((index, bullet_of(&segments[index], segments, &shapes)?)))
        .collect();
    let bullets: Vec<(usize, Rect)> = candidates
        .iter()
        .filter(|(_, shape)| {
            let alike = |other: &&(usize, Rect)| (other.1.left - shape.left).abs() < SAME_PLACE;
            candidates.iter().filter(alike).count() >= MIN_BULLETS
        })
        .copied()
        .collect();
    for (index, shape) in &bullets {
        prepend(&mut segments[*index], *shape);
    }
    let is_bullet =
        |rect: &Rect| bullets.iter().any(|(_, shape)| shape.contains_center(rect) && is_small(rect));
    content.boxes.retain(|rect| !is_bullet(rect));
    content.drawings.retain(|rect| !is_bullet(rect));
}

/// Small enough for the bullet of the largest text in use, 24 points.
fn is_small(rect: &Rect) -> bool {
    rect.width().max(rect.height()) <= MAX_SIDE * 24.0 && rect.width().min(rect.height()) > 0.5
}

fn bullet_of(segment: &Segment, segments: &[Segment], shapes: &[Rect]) -> Option<Rect> {
    if segment.direction != Direction::Right || marker(&segment.text).is_some() {
        return None;
    }
    let em = segment.size.max(1.0);
    let shape = shapes.iter().find(|shape| {
        let (long, short) = (shape.width().max(shape.height()), shape.width().min(shape.height()));
        let rise = (segment.baseline - shape.center_y()) / em;
        (MIN_SIDE * em..MAX_SIDE * em).contains(&long)
            && long <= MAX_ASPECT * short
            && (0.0..0.7).contains(&rise)
            && (MIN_GAP * em..MAX_GAP * em).contains(&(segment.rect.left - shape.right))
    })?;
    let is_free = !segments.iter().any(|other| {
        other.rect.overlap_y(&segment.rect) > 0.3 * em
            && other.rect.right < shape.right
            && shape.left - other.rect.right < FREE_LEFT * em
            && other.glyphs <= 24
    });
    is_free.then_some(*shape)
}

fn prepend(segment: &mut Segment, shape: Rect) {
    segment.text.insert_str(0, "• ");
    segment.rect = segment.rect.union(&shape);
    segment.glyphs += 1;
    if let Some(first) = segment.words.first_mut() {
        first.after_space = true;
    }
    segment.words.insert(0, WordBox { text: "•".to_owned(), rect: shape, after_space: true });
}

#[cfg(test)]
mod tests {
    use super::super::content::{Glyph, Style};
    use super::super::lines;
    use super::*;

    fn page(lines: &[(f32, f32)], shapes: &[(f32, f32)]) -> (Vec<Segment>, PageContent) {
        let glyphs: Vec<Glyph> = lines
            .iter()
            .flat_map(|(left, baseline)| {
                (0..6).map(move |place| {
                    let left = left + 5.0 * place as f32;
                    let rect = Rect { left, top: baseline - 7.0, right: left + 5.0, bottom: *baseline };
                    Glyph {
                        character: 'a',
                        ink: rect,
                        advance: rect,
                        origin: (left, *baseline),
                        size: 10.0,
                        style: Style::default(),
                        direction: Direction::Right,
                        after_space: false,
                        tag: None,
                    }
                })
            })
            .collect();
        let boxes = shapes.iter().map(|(x, y)| Rect::from_corners(*x, *y, x + 4.0, y + 4.0)).collect();
        let content = PageContent { width: 300.0, height: 300.0, boxes, ..PageContent::default() };
        (lines::segments(&glyphs, 300.0, 300.0), content)
    }

    #[test]
    fn shapes_before_lines_are_their_bullets() {
        let (mut segments, mut content) =
            page(&[(60.0, 100.0), (60.0, 115.0)], &[(48.0, 94.0), (48.0, 109.0), (200.0, 200.0)]);
        read(&mut segments, &mut content);
        assert!(segments.iter().all(|segment| segment.text == "• aaaaaa" && segment.rect.left < 49.0));
        assert_eq!(content.boxes.len(), 1);
    }

    #[test]
    fn a_single_shape_is_an_ornament() {
        let (mut segments, mut content) = page(&[(60.0, 100.0), (60.0, 115.0)], &[(48.0, 94.0)]);
        read(&mut segments, &mut content);
        assert_eq!((segments[0].text.as_str(), content.boxes.len()), ("aaaaaa", 1));
    }
}

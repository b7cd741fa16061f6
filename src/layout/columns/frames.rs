//! Boxes drawn around or behind text, such as sidebars and notes: what stands in one beside other text is read as a whole.
//!
//! (Regions that the page's drawing encloses come before white space in J. Ha et al., *Document page decomposition by the
//! bounding-box projection technique*, ICDAR 1995.)

use super::{Column, Piece, order};
use crate::layout::geometry::Rect;

/// A frame holds so many lines, and is at least so wide (ems).
const MIN_LINES: usize = 3;
const MIN_WIDTH: f32 = 8.0;
/// A wider one (share of the text's width) has nothing beside it.
const MAX_SHARE: f32 = 0.75;
/// So many lines stand beside it.
const MIN_BESIDE: usize = 2;
/// Text may stick out of its frame by this (ems).
const STICKS_OUT: f32 = 0.5;
/// Fills behind a column of a table hold shorter lines (characters) than text has, level with those beside them: this share.
const TEXT_CHARACTERS: usize = 20;
const MAX_LEVEL: f32 = 0.5;
/// Baselines of one row differ by less (ems).
const SAME_LINE: f32 = 0.3;
/// Most pieces of a page and boxes looked at, and frames of a page; real pages have a tenth.
const MAX_PIECES: usize = 2_000;
const MAX_BOXES: usize = 400;
const MAX_FRAMES: usize = 12;

/// The columns of a page in reading order, those of each frame one after the other.
pub(in crate::layout) fn order_framed(pieces: &[Piece], boxes: &[Rect], leftward: bool) -> Vec<Column> {
    let frames = frames(pieces, boxes);
    if frames.is_empty() {
        return order(pieces, leftward);
    }
    let frame_of = |piece: &Piece| frames.iter().position(|frame| frame.contains_center(&piece.rect));
    let homes: Vec<Option<usize>> = pieces.iter().map(frame_of).collect();
    let members = |home: Option<usize>| -> Vec<usize> {
        (0..pieces.len()).filter(|index| homes[*index] == home).collect()
    };
    let outside = members(None);
    let mut all: Vec<Piece> = outside.iter().map(|index| pieces[*index]).collect();
    all.extend(frames.iter().map(|frame| whole(frame, pieces)));
    let mut columns = Vec::new();
    for column in order(&all, leftward) {
        let mut current = Column::new();
        for index in column {
            if let Some(piece) = outside.get(index) {
                current.push(*piece);
                continue;
            }
            columns.push(std::mem::take(&mut current));
            let inside = members(Some(index - outside.len()));
            let framed: Vec<Piece> = inside.iter().map(|index| pieces[*index]).collect();
            columns.extend(
                order(&framed, leftward)
                    .into_iter()
                    .map(|column| column.into_iter().map(|index| inside[index]).collect::<Column>()),
            );
        }
        columns.push(current);
    }
    columns.retain(|column| !column.is_empty());
    columns
}

/// The frame as one piece.
fn whole(frame: &Rect, pieces: &[Piece]) -> Piece {
    let em = pieces.iter().find(|piece| frame.contains_center(&piece.rect)).map_or(10.0, |piece| piece.em);
    Piece { rect: *frame, characters: None, em, baseline: frame.bottom, is_marked: false, begins: true }
}

/// The largest boxes that frame text with other text beside them.
fn frames(pieces: &[Piece], boxes: &[Rect]) -> Vec<Rect> {
    if pieces.len() > MAX_PIECES {
        return Vec::new();
    }
    let Some(bounds) = Rect::around(pieces.iter().map(|piece| piece.rect)) else { return Vec::new() };
    let mut boxes: Vec<Rect> = boxes
        .iter()
        .take(MAX_BOXES)
        .filter(|frame| frame.width() < MAX_SHARE * bounds.width())
        .copied()
        .collect();
    boxes.sort_by(|a, b| b.area().total_cmp(&a.area()));
    let mut frames: Vec<Rect> = Vec::new();
    for frame in boxes {
        let is_free = !frames.iter().any(|other| other.intersection(&frame).is_some());
        if is_free && frames.len() < MAX_FRAMES && is_frame(&frame, pieces) {
            frames.push(frame);
        }
    }
    frames
}

fn is_frame(frame: &Rect, pieces: &[Piece]) -> bool {
    let (inside, outside): (Vec<&Piece>, Vec<&Piece>) =
        pieces.iter().partition(|piece| frame.contains_center(&piece.rect));
    let lines: Vec<&Piece> = inside.iter().copied().filter(|piece| piece.characters.is_some()).collect();
    let Some(em) = lines.iter().map(|line| line.em).reduce(f32::min) else { return false };
    if lines.len() < MIN_LINES || frame.width() < MIN_WIDTH * em {
        return false;
    }
    let holds = |piece: &&Piece| {
        let reach = frame.grown(STICKS_OUT * piece.em);
        piece.rect.left >= reach.left
            && piece.rect.right <= reach.right
            && piece.rect.top >= reach.top
            && piece.rect.bottom <= reach.bottom
    };
    let crosses = |piece: &&Piece| {
        frame.intersection(&piece.rect).is_some_and(|common| common.area() > 0.1 * piece.rect.area())
    };
    let beside: Vec<&Piece> = outside
        .iter()
        .copied()
        .filter(|piece| piece.characters.is_some() && piece.rect.overlap_y(frame) > 0.5 * piece.rect.height())
        .collect();
    inside.iter().all(holds)
        && !outside.iter().any(crosses)
        && beside.len() >= MIN_BESIDE
        && (reads_as_text(&lines) || !are_cells(&lines, &beside))
}

fn reads_as_text(lines: &[&Piece]) -> bool {
    let mut characters: Vec<usize> = lines.iter().filter_map(|line| line.characters).collect();
    characters.sort_unstable();
    characters.get(characters.len() / 2).is_some_and(|median| *median >= TEXT_CHARACTERS)
}

/// Whether the lines are level with those beside them, as the cells of a column are.
fn are_cells(lines: &[&Piece], beside: &[&Piece]) -> bool {
    let is_level = |line: &&&Piece| {
        beside.iter().any(|other| (other.baseline - line.baseline).abs() < SAME_LINE * line.em.min(other.em))
    };
    lines.iter().filter(is_level).count() as f32 > MAX_LEVEL * lines.len() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(left: f32, top: f32, width: f32, count: u8) -> Vec<Piece> {
        (0..count)
            .map(|row| {
                let top = top + 12.0 * f32::from(row);
                let rect = Rect::from_corners(left, top, left + width, top + 10.0);
                let characters = Some((width / 5.0) as usize);
                Piece { rect, characters, em: 10.0, baseline: top + 8.0, is_marked: false, begins: true }
            })
            .collect()
    }

    #[test]
    fn a_box_of_text_is_read_as_a_whole() {
        let mut pieces = column(50.0, 100.0, 250.0, 6);
        pieces.extend(column(330.0, 103.0, 110.0, 4));
        let frame = Rect::from_corners(320.0, 98.0, 450.0, 155.0);
        let columns = order_framed(&pieces, &[frame], false);
        assert_eq!(columns, [vec![0, 1, 2, 3, 4, 5], vec![6, 7, 8, 9]]);
    }

    #[test]
    fn a_fill_behind_cells_is_no_frame() {
        let mut pieces = column(50.0, 100.0, 90.0, 4);
        pieces.extend(column(200.0, 100.0, 90.0, 4));
        let fill = Rect::from_corners(190.0, 98.0, 300.0, 150.0);
        assert!(frames(&pieces, &[fill]).is_empty());
    }
}

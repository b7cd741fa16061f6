//! Headings of table columns in two rows: the upper ones each stand over several columns.

use super::geometry::Rect;
use super::lines::WordBox;
use super::table::Placed;

/// A heading over columns stands over their middle, give or take this share of their width.
const OFF_CENTER: f32 = 0.3;

/// Makes the first row's cells span the columns they stand over, and its first cell span both rows, when the second row
/// reads as headings below headings: it names every column but the first, and the first row does not.
pub(super) fn span(cells: Vec<Placed>, columns: usize, words: &[&WordBox]) -> Vec<Placed> {
    two_rows(&cells, columns, words).unwrap_or(cells)
}

fn two_rows(cells: &[Placed], columns: usize, words: &[&WordBox]) -> Option<Vec<Placed>> {
    let text = |cell: &Placed| {
        Rect::around(words.iter().filter(|word| cell.rect.contains_center(&word.rect)).map(|word| word.rect))
    };
    let row = |row: usize| cells.iter().filter(move |cell| cell.row == row);
    let upper: Vec<(&Placed, Rect)> = row(0).filter_map(|cell| Some((cell, text(cell)?))).collect();
    let lower: Vec<(&Placed, Rect)> = row(1).filter_map(|cell| Some((cell, text(cell)?))).collect();
    let named: Vec<usize> = lower.iter().map(|(cell, _)| cell.column).collect();
    let below_headings = (1..columns).collect::<Vec<_>>();
    let single = |cells: &[(&Placed, Rect)]| cells.iter().all(|(cell, _)| cell.column_span == 1);
    if named != below_headings || !single(&lower) || columns < 3 {
        return None;
    }
    let (corner, over): (Vec<_>, Vec<_>) =
        upper.into_iter().partition(|(cell, _)| cell.column == 0 && cell.column_span == 1);
    let groups = groups(&over, &lower)?;
    let mut spanned: Vec<Placed> = cells.iter().filter(|cell| cell.row > 0).copied().collect();
    for (first, last, rect) in groups {
        let (left, right) = (lower[first].0, lower[last].0);
        let rect = Rect { left: left.rect.left, right: right.rect.right, ..rect };
        spanned.push(Placed {
            row: 0,
            column: left.column,
            row_span: 1,
            column_span: last - first + 1,
            rect,
        });
    }
    if let Some((corner, _)) = corner.first() {
        spanned.retain(|cell| !(cell.row == 1 && cell.column == 0));
        let below = cells.iter().find(|cell| cell.row == 1 && cell.column == 0)?;
        spanned.push(Placed { row_span: 2, rect: corner.rect.union(&below.rect), ..**corner });
    } else {
        spanned
            .extend(cells.iter().filter(|cell| cell.row == 0 && cell.column == 0 && cell.column_span == 1));
    }
    Some(spanned)
}

/// For each upper heading the first and last of the lower ones it stands over, and its own cell's box; none when some
/// lower heading is left over or a heading is far from the middle of its own.
fn groups(over: &[(&Placed, Rect)], lower: &[(&Placed, Rect)]) -> Option<Vec<(usize, usize, Rect)>> {
    if over.is_empty() || over.len() >= lower.len() {
        return None;
    }
    let nearest = |x: f32| {
        over.iter()
            .enumerate()
            .min_by(|(_, a), (_, b)| (a.1.center_x() - x).abs().total_cmp(&(b.1.center_x() - x).abs()))
            .map(|(index, _)| index)
    };
    let owners: Vec<usize> = lower.iter().filter_map(|(_, rect)| nearest(rect.center_x())).collect();
    let mut groups = Vec::new();
    for (index, (cell, text)) in over.iter().enumerate() {
        let first = owners.iter().position(|owner| *owner == index)?;
        let last = owners.iter().rposition(|owner| *owner == index)?;
        let around = lower[first].1.union(&lower[last].1);
        let off = (around.center_x() - text.center_x()).abs();
        if off > OFF_CENTER * around.width().max(text.width()) {
            return None;
        }
        groups.push((first, last, cell.rect));
    }
    Some(groups)
}

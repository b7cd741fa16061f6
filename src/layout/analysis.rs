//! The zones of a page among its neighbours: the steps in order.

use std::collections::BTreeMap;

use super::assembly::Assembly;
use super::content::Direction;
use super::furniture::watermarks::{self, Watermark};
use super::furniture::{self, Furniture, Sheet, line_numbers};
use super::geometry::Rect;
use super::headings::{outline, titles};
use super::kinds::Body;
use super::lines::Segment;
use super::page::PreparedPage;
use super::turn::Turn;
use super::zone::{Bbox, Zone};
use super::{fields, figures, tables, tags};

/// More positions than the table of any page has.
pub(super) const MAX_POSITIONS: usize = 1_000_000;

/// Sizes are counted in tenths of a point; those two tenths apart are one.
const STEPS_A_POINT: f32 = 10.0;
const SAME_STEPS: u32 = 2;

/// The zones of a page. `neighbours` are the pages around it, a few before and after.
pub fn zones(page: &PreparedPage, neighbours: &[&PreparedPage]) -> Vec<Zone> {
    let body = body(page, neighbours);
    let sheets: Vec<Sheet<'_>> = neighbours.iter().map(|page| page.sheet()).collect();
    let over = watermarks::find(&page.segments, &sheets, body.size);
    let numbers = line_numbers::find(&page.segments);
    let beneath = without(&page.segments, &over, &numbers);
    let furniture = furniture::find(&Sheet { segments: &beneath, ..page.sheet() }, &sheets, body.size);
    let (main, aside) = split(&beneath, &furniture);
    let tables = tables::find_ruled(&page.content, &main);
    let outside: Vec<Segment> = main
        .into_iter()
        .filter(|segment| !tables.iter().any(|table| table.rect.contains_center(&segment.rect)))
        .collect();
    let figures = figures::find(&page.content, &outside, &aside, &tables);
    let titles = outline::keys(&page.content.bookmarks);
    let mut assembly = Assembly::new(&beneath, &furniture, body, titles, page.content.is_first);
    assembly.body(outside, aside, tables, figures, &page.content);
    let (mut zones, headings) = assembly.finish();
    outline::apply(&mut zones, &page.content.bookmarks);
    if page.content.is_first {
        titles::mark(&mut zones, &headings, page, neighbours, body.size);
    }
    tags::order(&mut zones, &page.segments);
    zones.extend(watermarks::zones(&page.segments, &over));
    zones.extend(line_numbers::zones(&page.segments, &numbers));
    let sheet = Rect { left: 0.0, top: 0.0, right: page.content.width, bottom: page.content.height };
    for zone in &mut zones {
        zone.table = zone.table.take().and_then(|table| table.made_sound(MAX_POSITIONS));
        zone.bbox = zone.bbox.within(&sheet);
        turn_back(zone, &page.turn);
    }
    fields::insert(&mut zones, &page.content.fields);
    for (index, zone) in zones.iter_mut().enumerate() {
        zone.reading_order = index as u32;
    }
    zones
}

/// The segments that are none of these.
fn without(segments: &[Segment], watermarks: &[Watermark], numbers: &[Vec<usize>]) -> Vec<Segment> {
    let mut taken = vec![false; segments.len()];
    for index in watermarks.iter().flat_map(|watermark| &watermark.members).chain(numbers.iter().flatten()) {
        taken[*index] = true;
    }
    segments.iter().zip(taken).filter(|(_, taken)| !taken).map(|(segment, _)| segment.clone()).collect()
}

/// The page's running text, and what stands across it (turned or slanted text).
fn split(segments: &[Segment], furniture: &[Furniture]) -> (Vec<Segment>, Vec<Segment>) {
    let mut taken = vec![false; segments.len()];
    for index in furniture.iter().flat_map(|found| &found.members) {
        taken[*index] = true;
    }
    segments
        .iter()
        .zip(taken)
        .filter(|(_, taken)| !taken)
        .map(|(segment, _)| segment.clone())
        .partition(|segment| segment.direction == Direction::Right)
}

pub(super) fn body(page: &PreparedPage, neighbours: &[&PreparedPage]) -> Body {
    let mut sizes: BTreeMap<u32, (usize, f32)> = BTreeMap::new();
    let (mut bold, mut italic, mut monospaced, mut coloured, mut all) = (0, 0, 0, 0, 0);
    for segment in neighbours.iter().chain([&page]).flat_map(|page| &page.segments) {
        let (count, sum) = sizes.entry((segment.size * STEPS_A_POINT).round() as u32).or_default();
        *count += segment.glyphs;
        *sum += segment.size * segment.glyphs as f32;
        all += segment.glyphs;
        bold += if segment.style.bold { segment.glyphs } else { 0 };
        italic += if segment.style.italic { segment.glyphs } else { 0 };
        coloured += if segment.style.coloured { segment.glyphs } else { 0 };
        monospaced += if segment.style.monospaced { segment.glyphs } else { 0 };
    }
    Body {
        size: usual_size(&sizes).unwrap_or(10.0),
        is_bold: 2 * bold > all,
        is_italic: 2 * italic > all,
        is_monospaced: 2 * monospaced > all,
        is_coloured: 2 * coloured > all,
        tags_tell_headings: neighbours.iter().chain([&page]).any(|page| tags::tell_headings(&page.segments)),
        page_height: page.content.height,
    }
}

/// The size of most characters, of which there are so many, with the sum of their sizes, in steps of a tenth of a point.
/// Sizes of one text differ by rounding: those a quarter of a point apart are counted as one, and the most frequent of
/// them is the size.
fn usual_size(sizes: &BTreeMap<u32, (usize, f32)>) -> Option<f32> {
    let around = |step: u32| sizes.range(step.saturating_sub(SAME_STEPS)..=step + SAME_STEPS);
    let most = sizes.keys().copied().max_by_key(|step| {
        (
            around(*step).map(|(_, (count, _))| count).sum::<usize>(),
            sizes.get(step).map(|(count, _)| *count),
            *step,
        )
    })?;
    let (_, (count, sum)) = around(most).max_by_key(|(step, (count, _))| (*count, **step))?;
    (*count > 0).then(|| sum / *count as f32)
}

pub(super) fn turn_back(zone: &mut Zone, turn: &Turn) {
    if turn.direction == Direction::Right {
        return;
    }
    let back = |bbox: &mut Bbox| {
        let rect = Rect::from_corners(bbox.x, bbox.y, bbox.x + bbox.width, bbox.y + bbox.height);
        *bbox = Bbox::from(turn.rect_back(&rect));
    };
    back(&mut zone.bbox);
    for cell in zone.table.iter_mut().flat_map(|table| &mut table.cells) {
        back(&mut cell.bbox);
    }
    for item in zone.items.iter_mut().flatten() {
        back(&mut item.bbox);
    }
}

//! What a tagged PDF says of its text: used where it is sound, left aside where it is not.
//!
//! Tags are the author's program's word for what a text is, and programs differ: some tag every line as a paragraph, some
//! everything as a heading. A page's tags are believed when most of its text has one and what they say is plausible; their
//! order only where it runs down the page as the text does.

use super::content::{Glyph, Role, Tag};
use super::lines::Segment;
use super::zone::{Zone, ZoneKind};

/// The share of the glyphs that have a tag where tags are sound: running heads have none.
const MIN_TAGGED: f32 = 0.7;
/// More headings than this share of the glyphs, and the tags are those of a program that calls everything one.
const MAX_HEADINGS: f32 = 0.4;
/// Order is believed when this share of the zones that stand under each other is in the order of the page.
const MIN_AGREEING: f32 = 0.95;
/// More zones than this keep their order: the check grows with their square.
const MAX_ORDERED: usize = 300;

/// Takes the tags off when they are not sound.
pub(super) fn check(glyphs: &mut [Glyph]) {
    let all = glyphs.len() as f32;
    let count = |is: fn(&Tag) -> bool| glyphs.iter().filter_map(|glyph| glyph.tag).filter(is).count() as f32;
    let tagged = count(|_| true);
    let headings = count(|tag| matches!(tag.role, Role::Heading(_)));
    if tagged > 0.0 && (tagged < MIN_TAGGED * all || headings > MAX_HEADINGS * all) {
        for glyph in glyphs {
            glyph.tag = None;
        }
    }
}

/// Whether the tags tell headings apart from text.
pub(super) fn tell_headings(segments: &[Segment]) -> bool {
    let is = |is: fn(Role) -> bool| segments.iter().filter_map(|segment| segment.tag).any(|tag| is(tag.role));
    is(|role| matches!(role, Role::Heading(_))) && is(|role| role == Role::Paragraph)
}

/// Puts the zones in the order of the tags, if it agrees with their places. Zones without tags stay behind the one before.
pub(super) fn order(zones: &mut Vec<Zone>, segments: &[Segment]) {
    if zones.len() > MAX_ORDERED || !segments.iter().any(|segment| segment.tag.is_some()) {
        return;
    }
    let places: Vec<Option<u32>> = zones.iter().map(|zone| place(zone, segments)).collect();
    let tagged = places.iter().flatten().count();
    if 2 * tagged < zones.len() || !agree(zones, &places) {
        return;
    }
    let mut last = 0;
    let mut keyed: Vec<(u32, Zone)> = Vec::with_capacity(zones.len());
    for (zone, place) in zones.drain(..).zip(places) {
        last = place.unwrap_or(last);
        keyed.push((last, zone));
    }
    keyed.sort_by_key(|(place, _)| *place);
    zones.extend(keyed.into_iter().map(|(_, zone)| zone));
}

/// The first element of the text in the zone; furniture keeps its place at the ends.
fn place(zone: &Zone, segments: &[Segment]) -> Option<u32> {
    let rect = zone.bbox.rect();
    let inside = segments.iter().filter(|segment| rect.contains_center(&segment.rect));
    match zone.kind {
        ZoneKind::Header => Some(0),
        ZoneKind::Footer => Some(u32::MAX),
        ZoneKind::PageNumber if inside.clone().all(|segment| segment.tag.is_none()) => None,
        _ => inside.filter_map(|segment| segment.tag).map(|tag| tag.element).min(),
    }
}

fn agree(zones: &[Zone], places: &[Option<u32>]) -> bool {
    let (mut agreeing, mut all) = (0, 0);
    for (index, (zone, place)) in zones.iter().zip(places).enumerate() {
        let Some(place) = place else { continue };
        let rect = zone.bbox.rect();
        for (other, other_place) in zones.iter().zip(places).skip(index + 1) {
            let (Some(other_place), below) = (other_place, other.bbox.rect()) else { continue };
            let shared = rect.overlap_x(&below) > 0.5 * rect.width().min(below.width());
            if shared && rect.overlap_y(&below) <= 1.0 {
                all += 1;
                agreeing += usize::from((rect.top < below.top) == (place <= other_place));
            }
        }
    }
    agreeing as f32 >= MIN_AGREEING * all as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Rect;

    fn glyphs(roles: &[(Option<Role>, usize)]) -> Vec<Glyph> {
        let glyph = |role: Option<Role>| Glyph {
            tag: role.map(|role| Tag { element: 1, role }),
            ..Glyph::sample('a')
        };
        roles.iter().flat_map(|(role, count)| vec![glyph(*role); *count]).collect()
    }

    fn survives(roles: &[(Option<Role>, usize)]) -> bool {
        let mut glyphs = glyphs(roles);
        check(&mut glyphs);
        glyphs.iter().any(|glyph| glyph.tag.is_some())
    }

    #[test]
    fn tags_are_believed_when_they_cover_the_page_and_are_not_all_headings() {
        let (heading, text) = (Some(Role::Heading(Some(1))), Some(Role::Paragraph));
        assert!(survives(&[(heading, 10), (text, 80), (None, 10)]));
        assert!(!survives(&[(heading, 10), (text, 40), (None, 50)]));
        assert!(!survives(&[(heading, 60), (text, 40)]));
    }

    fn zone(left: f32, top: f32) -> Zone {
        let rect = Rect::from_corners(left, top, left + 100.0, top + 10.0);
        Zone::plain(ZoneKind::Paragraph, rect, String::new(), 0.9)
    }

    fn segment(left: f32, top: f32, element: u32) -> Segment {
        let rect = Rect::from_corners(left + 1.0, top + 1.0, left + 99.0, top + 9.0);
        Segment { tag: Some(Tag { element, role: Role::Paragraph }), ..Segment::for_test("a", rect) }
    }

    fn tops(mut zones: Vec<Zone>, segments: &[Segment]) -> Vec<(f32, f32)> {
        order(&mut zones, segments);
        zones.iter().map(|zone| (zone.bbox.x, zone.bbox.y)).collect()
    }

    #[test]
    fn zones_beside_each_other_are_read_as_the_tags_say() {
        let places = [(0.0, 0.0), (200.0, 0.0), (0.0, 50.0), (200.0, 50.0)];
        let zones = || places.iter().map(|(left, top)| zone(*left, *top)).collect::<Vec<_>>();
        let tagged = |order: [u32; 4]| {
            places
                .iter()
                .zip(order)
                .map(|((left, top), element)| segment(*left, *top, element))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            tops(zones(), &tagged([1, 3, 2, 4])),
            [(0.0, 0.0), (0.0, 50.0), (200.0, 0.0), (200.0, 50.0)]
        );
        // From the bottom up nobody reads.
        assert_eq!(tops(zones(), &tagged([4, 3, 2, 1])), places);
    }
}

//! What zones take from a model: the kind, where the rules are unsure of it and the model sees a thing in that very place.

use serde::{Deserialize, Serialize};

use super::detections::{Detection, overlap};
use crate::layout::{Page, Rect, Zone, ZoneKind};

/// Kinds whose zones differ in nothing but their name. A table's cells, a list's items and what is left out of a figure
/// depend on the kind: those stay as the rules have them.
const EXCHANGEABLE: [ZoneKind; 8] = [
    ZoneKind::Title,
    ZoneKind::Heading,
    ZoneKind::Paragraph,
    ZoneKind::Caption,
    ZoneKind::Header,
    ZoneKind::Footer,
    ZoneKind::Footnote,
    ZoneKind::Formula,
];
/// The level of a heading with no other before it: below the title.
const FIRST_LEVEL: u8 = 2;

/// When the model is asked, and when it is believed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Zones with a lower confidence are unsure.
    pub unsure_below: f32,
    /// Lower scores of the model's are not looked at.
    pub min_score: f32,
    /// Box and zone are one when the area they share has at least this part of the area they cover together.
    pub min_overlap: f32,
}

/// Whether a model is to be asked about the zone.
pub fn is_unsure(zone: &Zone, thresholds: &Thresholds) -> bool {
    zone.confidence < thresholds.unsure_below && EXCHANGEABLE.contains(&zone.kind)
}

/// Gives unsure zones the kind the model sees in their place. Their confidence stays: two opinions differ.
pub fn settle(page: &mut Page, detections: &[Detection], thresholds: &Thresholds) {
    let (width, height) = (page.width, page.height);
    for index in 0..page.zones.len() {
        let zone = &page.zones[index];
        if !is_unsure(zone, thresholds) {
            continue;
        }
        let bbox = zone.bbox;
        let share = Rect::from_corners(
            bbox.x / width,
            bbox.y / height,
            (bbox.x + bbox.width) / width,
            (bbox.y + bbox.height) / height,
        );
        let seen = detections
            .iter()
            .filter(|detection| detection.score >= thresholds.min_score)
            .filter(|detection| overlap(&detection.rect, &share) >= thresholds.min_overlap)
            .max_by(|a, b| a.score.total_cmp(&b.score));
        if let Some(Detection { kind, .. }) = seen
            && EXCHANGEABLE.contains(kind)
            && !agree(*kind, zone.kind)
        {
            let level = (*kind == ZoneKind::Heading).then(|| level_before(&page.zones[..index]));
            (page.zones[index].kind, page.zones[index].level) = (*kind, level);
        }
    }
}

/// Whether a model that sees `seen` says the same as rules that found `found`, which know more kinds.
fn agree(seen: ZoneKind, found: ZoneKind) -> bool {
    seen == found
        || matches!(
            (seen, found),
            (ZoneKind::Heading, ZoneKind::Title)
                | (ZoneKind::Paragraph, ZoneKind::Footnote | ZoneKind::Caption)
        )
}

/// The level of the last heading among these zones.
fn level_before(zones: &[Zone]) -> u8 {
    let mut headings = zones.iter().rev().filter(|zone| zone.kind == ZoneKind::Heading);
    headings.next().and_then(|heading| heading.level).unwrap_or(FIRST_LEVEL)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::layout::{Bbox, TextSource};

    const THRESHOLDS: Thresholds = Thresholds { unsure_below: 0.9, min_score: 0.7, min_overlap: 0.6 };

    fn zone(kind: ZoneKind, confidence: f32) -> Zone {
        let bbox = Bbox { x: 20.0, y: 20.0, width: 100.0, height: 40.0 };
        Zone::plain(kind, bbox, "Depth of the harbour".to_owned(), confidence)
    }

    fn page(zones: Vec<Zone>) -> Page {
        Page {
            page_number: 1,
            width: 200.0,
            height: 400.0,
            rotation: 0,
            text_source: TextSource::Native,
            zones,
            error: None,
        }
    }

    fn detection(kind: ZoneKind, score: f32) -> Detection {
        Detection { kind, rect: Rect { left: 0.1, top: 0.05, right: 0.6, bottom: 0.15 }, score }
    }

    fn settled(zone: Zone, detections: &[Detection]) -> Zone {
        let mut page = page(vec![zone]);
        settle(&mut page, detections, &THRESHOLDS);
        page.zones.remove(0)
    }

    #[test]
    fn an_unsure_zone_takes_the_kind_seen_in_its_place_and_nothing_else() {
        let before = zone(ZoneKind::Heading, 0.5);
        let after = settled(before.clone(), &[detection(ZoneKind::Caption, 0.8)]);
        assert_eq!(after, Zone { kind: ZoneKind::Caption, ..before });
    }

    #[test]
    fn a_sure_zone_an_unsure_model_and_another_place_change_nothing() {
        for (confidence, score, right) in [(0.9, 0.8, 0.6), (0.5, 0.6, 0.6), (0.5, 0.8, 1.0)] {
            let mut seen = detection(ZoneKind::Caption, score);
            seen.rect.right = right;
            let before = zone(ZoneKind::Heading, confidence);
            assert_eq!(settled(before.clone(), &[seen]), before);
        }
    }

    #[test]
    fn the_likeliest_box_decides() {
        let seen = [detection(ZoneKind::Caption, 0.75), detection(ZoneKind::Heading, 0.8)];
        assert_eq!(settled(zone(ZoneKind::Heading, 0.5), &seen).kind, ZoneKind::Heading);
    }

    #[test]
    fn what_depends_on_its_kind_keeps_it() {
        let table = zone(ZoneKind::Table, 0.5);
        assert_eq!(settled(table.clone(), &[detection(ZoneKind::Paragraph, 0.9)]), table);
        let text = zone(ZoneKind::Paragraph, 0.5);
        assert_eq!(settled(text.clone(), &[detection(ZoneKind::Figure, 0.9)]), text);
    }

    #[test]
    fn a_title_is_a_heading_to_a_model_and_a_footnote_text() {
        for (found, seen) in [(ZoneKind::Title, ZoneKind::Heading), (ZoneKind::Footnote, ZoneKind::Paragraph)]
        {
            assert_eq!(settled(zone(found, 0.5), &[detection(seen, 0.9)]).kind, found);
        }
    }

    #[test]
    fn a_new_heading_has_the_level_of_the_one_before_and_an_old_one_loses_its_own() {
        let above = Zone { level: Some(3), ..zone(ZoneKind::Heading, 0.95) };
        let mut page = page(vec![above, zone(ZoneKind::Paragraph, 0.5)]);
        settle(&mut page, &[detection(ZoneKind::Heading, 0.9)], &THRESHOLDS);
        assert_eq!((page.zones[1].kind, page.zones[1].level), (ZoneKind::Heading, Some(3)));
        let heading = Zone { level: Some(3), ..zone(ZoneKind::Heading, 0.5) };
        assert_eq!(settled(heading, &[detection(ZoneKind::Footer, 0.9)]).level, None);
    }

    proptest! {
        #[test]
        fn text_boxes_order_and_confidence_stay_whatever_is_seen(
            kinds in proptest::collection::vec((0..EXCHANGEABLE.len(), 0.0f32..1.0), 0..8),
            seen in proptest::collection::vec((0..EXCHANGEABLE.len(), 0.0f32..1.0), 0..8),
        ) {
            let zones = kinds.iter().map(|(kind, confidence)| zone(EXCHANGEABLE[*kind], *confidence)).collect();
            let before = page(zones);
            let seen: Vec<_> = seen.iter().map(|(kind, score)| detection(EXCHANGEABLE[*kind], *score)).collect();
            let mut after = before.clone();
            settle(&mut after, &seen, &THRESHOLDS);
            for (after, before) in after.zones.iter_mut().zip(&before.zones) {
                prop_assert_eq!(after.level.is_some(), after.kind == ZoneKind::Heading && after.kind != before.kind);
                (after.kind, after.level) = (before.kind, before.level);
            }
            prop_assert_eq!(after, before);
        }
    }
}

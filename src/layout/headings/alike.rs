//! Headings known by the others of the page: an author sets all of one rank alike.

use super::SetText;
use crate::layout::zone::{Zone, ZoneKind};

/// How sure a heading is that is only set as another is.
const CONFIDENCE: f32 = 0.7;
/// Sizes that differ by less than this share are the same.
const SAME_SIZE: f32 = 0.03;

/// Makes headings of those texts among `set_apart` that are set as one of the `headings` is, of the same level.
pub(in crate::layout) fn promote(zones: &mut [Zone], headings: &mut Vec<SetText>, set_apart: &[SetText]) {
    let known = headings.len();
    for text in set_apart {
        let alike = headings[..known].iter().find(|heading| is_alike(heading, text));
        let level = alike.and_then(|heading| zones.get(heading.index)?.level);
        if let (Some(level), Some(zone)) = (level, zones.get_mut(text.index)) {
            zone.kind = ZoneKind::Heading;
            zone.level = Some(level);
            zone.confidence = CONFIDENCE;
            headings.push(*text);
        }
    }
    headings.sort_by_key(|heading| heading.index);
}

fn is_alike(heading: &SetText, text: &SetText) -> bool {
    heading.style == text.style && (heading.size - text.size).abs() < SAME_SIZE * heading.size
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Rect;
    use crate::layout::content::Style;

    fn zone(kind: ZoneKind, level: Option<u8>) -> Zone {
        let rect = Rect::from_corners(0.0, 0.0, 100.0, 10.0);
        Zone { level, ..Zone::plain(kind, rect, "Tides".to_owned(), 0.5) }
    }

    #[test]
    fn a_text_set_as_a_heading_is_has_its_level() {
        let set = |index, size| SetText { index, size, style: Style::default() };
        let mut zones = vec![
            zone(ZoneKind::Heading, Some(3)),
            zone(ZoneKind::Paragraph, None),
            zone(ZoneKind::Paragraph, None),
        ];
        let mut headings = vec![set(0, 12.0)];
        promote(&mut zones, &mut headings, &[set(1, 12.1), set(2, 14.0)]);
        let found: Vec<(ZoneKind, Option<u8>)> = zones.iter().map(|zone| (zone.kind, zone.level)).collect();
        assert_eq!(
            found,
            [(ZoneKind::Heading, Some(3)), (ZoneKind::Heading, Some(3)), (ZoneKind::Paragraph, None)]
        );
        assert_eq!(headings.len(), 2);
    }
}

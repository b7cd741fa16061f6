//! Fields of forms as zones, each after the text that stands before it.

use super::content::FormField;
use super::geometry::Rect;
use super::zone::{Bbox, Zone, ZoneKind};

/// The PDF says itself that it is a field.
const CONFIDENCE: f32 = 0.98;

/// Adds a zone for each field. Zones and fields are on the page as displayed.
pub(super) fn insert(zones: &mut Vec<Zone>, fields: &[FormField]) {
    let mut fields: Vec<&FormField> = fields.iter().collect();
    fields.sort_by(|a, b| a.rect.top.total_cmp(&b.rect.top).then(a.rect.left.total_cmp(&b.rect.left)));
    for field in fields {
        let place = zones
            .iter()
            .rposition(|zone| is_before(&zone.bbox, &field.rect) && !zone.kind.is_page_furniture())
            .map_or_else(
                || zones.iter().take_while(|zone| zone.kind == ZoneKind::Header).count(),
                |at| at + 1,
            );
        zones.insert(place, zone(field));
    }
}

/// Whether the zone begins above the field's middle: its label does, beside it or over it.
fn is_before(bbox: &Bbox, field: &Rect) -> bool {
    bbox.y < field.center_y() && bbox.x < field.right
}

fn zone(field: &FormField) -> Zone {
    let content = match (field.name.as_str(), field.value.as_str()) {
        ("", value) => value.to_owned(),
        (name, "") => name.to_owned(),
        (name, value) => format!("{name}: {value}"),
    };
    Zone::plain(ZoneKind::FormField, field.rect, content, CONFIDENCE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_follow_their_labels() {
        let label = |content: &str, top: f32| Zone {
            kind: ZoneKind::Paragraph,
            content: content.to_owned(),
            ..zone(&FormField {
                name: String::new(),
                value: String::new(),
                rect: Rect::from_corners(10.0, top, 60.0, top + 10.0),
            })
        };
        let field = |name: &str, value: &str, top: f32| FormField {
            name: name.to_owned(),
            value: value.to_owned(),
            rect: Rect::from_corners(70.0, top, 200.0, top + 12.0),
        };
        let mut zones = vec![label("Name", 20.0), label("Port", 50.0)];
        insert(&mut zones, &[field("port", "", 49.0), field("name", "A. Marrow", 19.0)]);
        let contents: Vec<&str> = zones.iter().map(|zone| zone.content.as_str()).collect();
        assert_eq!(contents, ["Name", "name: A. Marrow", "Port", "port"]);
    }
}

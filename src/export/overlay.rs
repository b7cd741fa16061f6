//! Zones drawn over the picture of their page: boxes coloured by kind, each with its kind, place in the reading order and
//! confidence.

use font8x8::{BASIC_FONTS, UnicodeFonts as _};

use crate::layout::{Bbox, Zone, ZoneKind};
use crate::picture::Picture;

/// Thickness of a box's edge, pixels.
const EDGE: i64 = 2;
/// Side of a letter's cell in the font, pixels.
const LETTER: i64 = 8;
/// Free pixels around a label's letters.
const PADDING: i64 = 2;
/// Pages drawn at this many pixels a point or more get letters of twice the size.
const LARGE_SCALE: f32 = 2.8;

/// Draws the zones, `scale` pixels a point.
pub fn draw(picture: &mut Picture, zones: &[Zone], scale: f32) {
    let letter_scale = if scale >= LARGE_SCALE { 2 } else { 1 };
    for zone in zones {
        let colour = colour(zone.kind);
        let area = Area::of(&zone.bbox, scale);
        for cell in zone.table.iter().flat_map(|table| &table.cells) {
            outline(picture, &Area::of(&cell.bbox, scale), 1, colour);
        }
        outline(picture, &area, EDGE, colour);
        label(picture, &area, &text(zone), colour, letter_scale);
    }
}

/// Such as `heading2 #4 .83`.
fn text(zone: &Zone) -> String {
    let level = zone.level.map(|level| level.to_string()).unwrap_or_default();
    let confidence = format!("{:.2}", zone.confidence);
    let confidence = confidence.strip_prefix('0').unwrap_or(&confidence);
    format!("{}{level} #{} {confidence}", name(zone.kind), zone.reading_order)
}

/// As the kind is stored.
fn name(kind: ZoneKind) -> String {
    serde_json::to_value(kind).ok().and_then(|name| Some(name.as_str()?.to_owned())).unwrap_or_default()
}

fn colour(kind: ZoneKind) -> [u8; 3] {
    match kind {
        ZoneKind::Title => [0xC0, 0x00, 0x60],
        ZoneKind::Heading => [0xD0, 0x20, 0x20],
        ZoneKind::Paragraph => [0x20, 0x60, 0xD0],
        ZoneKind::List => [0x10, 0x80, 0x80],
        ZoneKind::ListItem => [0x00, 0xA0, 0xA0],
        ZoneKind::Table => [0x10, 0x90, 0x20],
        ZoneKind::Figure => [0xE0, 0x80, 0x00],
        ZoneKind::Caption => [0xA0, 0x60, 0x20],
        ZoneKind::Header | ZoneKind::Footer => [0x70, 0x70, 0x70],
        ZoneKind::PageNumber => [0x40, 0x40, 0x40],
        ZoneKind::Footnote => [0x60, 0x60, 0xA0],
        ZoneKind::Formula => [0x90, 0x20, 0xC0],
        ZoneKind::Code => [0x50, 0x30, 0x90],
        ZoneKind::FormField => [0x00, 0x80, 0xC0],
        ZoneKind::Toc => [0x60, 0x80, 0x00],
        ZoneKind::Watermark => [0xB0, 0xA0, 0x90],
    }
}

/// Pixels, the far edges excluded.
struct Area {
    left: i64,
    top: i64,
    right: i64,
    bottom: i64,
}

impl Area {
    fn of(bbox: &Bbox, scale: f32) -> Self {
        let pixel = |points: f32| (points * scale).round() as i64;
        Self {
            left: pixel(bbox.x),
            top: pixel(bbox.y),
            right: pixel(bbox.x + bbox.width),
            bottom: pixel(bbox.y + bbox.height),
        }
    }
}

fn outline(picture: &mut Picture, area: &Area, edge: i64, colour: [u8; 3]) {
    let Area { left, top, right, bottom } = *area;
    fill(picture, &Area { left: left - edge, top: top - edge, right: right + edge, bottom: top }, colour);
    fill(
        picture,
        &Area { left: left - edge, top: bottom, right: right + edge, bottom: bottom + edge },
        colour,
    );
    fill(picture, &Area { left: left - edge, top, right: left, bottom }, colour);
    fill(picture, &Area { left: right, top, right: right + edge, bottom }, colour);
}

fn fill(picture: &mut Picture, area: &Area, colour: [u8; 3]) {
    let (right, bottom) = (i64::from(picture.width()), i64::from(picture.height()));
    for y in area.top.max(0)..area.bottom.min(bottom) {
        for x in area.left.max(0)..area.right.min(right) {
            picture.set_pixel(x as u32, y as u32, colour);
        }
    }
}

/// White letters on the zone's colour, above the zone where there is room, else inside.
fn label(picture: &mut Picture, area: &Area, text: &str, colour: [u8; 3], letter_scale: i64) {
    let height = LETTER * letter_scale + 2 * PADDING;
    let width = text.chars().count() as i64 * LETTER * letter_scale + 2 * PADDING;
    let left = (area.left - EDGE).min(i64::from(picture.width()) - width).max(0);
    let top = if area.top - EDGE >= height { area.top - EDGE - height } else { area.top.max(0) };
    fill(picture, &Area { left, top, right: left + width, bottom: top + height }, colour);
    for (index, character) in text.chars().enumerate() {
        let x = left + PADDING + index as i64 * LETTER * letter_scale;
        letter(picture, x, top + PADDING, character, letter_scale);
    }
}

fn letter(picture: &mut Picture, left: i64, top: i64, character: char, letter_scale: i64) {
    let Some(rows) = BASIC_FONTS.get(character) else { return };
    for (row, bits) in (0..).zip(rows) {
        for column in (0..LETTER).filter(|column| bits >> column & 1 == 1) {
            let (x, y) = (left + column * letter_scale, top + row * letter_scale);
            let dot = Area { left: x, top: y, right: x + letter_scale, bottom: y + letter_scale };
            fill(picture, &dot, [255; 3]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(kind: ZoneKind, bbox: Bbox) -> Zone {
        Zone {
            kind,
            bbox,
            reading_order: 4,
            content: String::new(),
            level: Some(2),
            table: None,
            items: None,
            confidence: 0.83,
        }
    }

    #[test]
    fn a_label_names_kind_order_and_confidence() {
        let bbox = Bbox { x: 0.0, y: 0.0, width: 1.0, height: 1.0 };
        assert_eq!(text(&zone(ZoneKind::Heading, bbox)), "heading2 #4 .83");
    }

    #[test]
    fn a_zone_is_framed_in_its_colour_and_its_inside_left_as_it_is() {
        let mut picture = Picture::new(200, 100, vec![255; 200 * 100 * 3]).unwrap();
        let bbox = Bbox { x: 20.0, y: 30.0, width: 60.0, height: 20.0 };
        draw(&mut picture, &[zone(ZoneKind::Table, bbox)], 2.0);
        assert_eq!(picture.pixel(39, 80), colour(ZoneKind::Table));
        assert_eq!(picture.pixel(160, 80), colour(ZoneKind::Table));
        assert_eq!(picture.pixel(100, 80), [255; 3]);
    }

    #[test]
    fn a_zone_that_reaches_over_the_page_is_cut_off() {
        let mut picture = Picture::new(20, 10, vec![255; 20 * 10 * 3]).unwrap();
        let bbox = Bbox { x: -50.0, y: -50.0, width: 1e9, height: 1e9 };
        draw(&mut picture, &[zone(ZoneKind::Figure, bbox)], 2.0);
        assert_eq!((picture.width(), picture.height()), (20, 10));
    }
}

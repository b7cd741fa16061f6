//! By how much a scan was laid askew: the angle at which its lines of text are best told from the gaps between them.
//!
//! The projection profile method (W. Postl, *Detection of linear oblique structures and skew scan in digitized documents*,
//! ICPR 1986): the ink is projected along lines of each angle, and the angle is right where the sums of neighbouring
//! lines differ most. First a coarse search on a small picture, then finer ones around its best angle.

use crate::layout::{Bbox, Rect, Zone};
use crate::picture::GreyPicture;

/// Steeper pages (degrees) are turned on purpose, or no text.
const MAX_DEGREES: f32 = 8.0;
/// The steps of the searches, degrees; each looks one step of the one before to either side.
const STEPS: [f32; 3] = [0.5, 0.1, 0.02];
/// Smaller angles (degrees) are left: over a line of 450 points they are a shift by less than two.
const MIN_DEGREES: f32 = 0.2;
/// The picture is reduced to about this many rows: a line of text is still some eight of them.
const ROWS: u32 = 900;
/// An angle is believed when lines differ there this many times as much as they do upright.
const GAIN: f32 = 1.15;
/// Fewer dark pixels in the small picture are no lines of text.
const MIN_INK: usize = 400;
/// Darker pixels are ink.
const DARK: u32 = 160;
/// The coarse search looks at every so many columns: letters are wider.
const THINNED: usize = 3;
/// Slopes are whole numbers of this part of a pixel.
const FRACTION_BITS: u32 = 16;

/// How a scan lies on its page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Skew {
    /// The angle of the lines of text, degrees, positive where they fall to the right.
    degrees: f32,
}

impl Skew {
    /// None when the page stands straight, or has no lines to tell by.
    pub fn of(picture: &GreyPicture) -> Option<Self> {
        angle(picture).map(|degrees| Self { degrees })
    }

    /// The picture with its lines level: turned about its middle.
    pub fn straightened(&self, picture: &GreyPicture) -> GreyPicture {
        picture.turned(-self.degrees)
    }

    /// Puts zones found on the straightened page (its size in points) where they are on the scan.
    pub fn put_back(&self, zones: &mut [Zone], width: f32, height: f32) {
        let back = |bbox: &mut Bbox| *bbox = self.back(bbox, width, height);
        for zone in zones {
            back(&mut zone.bbox);
            zone.table.iter_mut().flat_map(|table| &mut table.cells).for_each(|cell| back(&mut cell.bbox));
        }
    }

    /// The box around the turned one, as far as it is on the page.
    fn back(self, bbox: &Bbox, width: f32, height: f32) -> Bbox {
        let (sin, cos) = self.degrees.to_radians().sin_cos();
        let corner = |x: f32, y: f32| {
            let (dx, dy) = (x - width / 2.0, y - height / 2.0);
            let (x, y) = (width / 2.0 + dx * cos - dy * sin, height / 2.0 + dx * sin + dy * cos);
            Rect { left: x, right: x, top: y, bottom: y }
        };
        let (right, bottom) = (bbox.x + bbox.width, bbox.y + bbox.height);
        let corners =
            [corner(bbox.x, bbox.y), corner(right, bbox.y), corner(bbox.x, bottom), corner(right, bottom)];
        let page = Rect { left: 0.0, top: 0.0, right: width, bottom: height };
        Rect::around(corners).and_then(|rect| rect.intersection(&page)).map_or(*bbox, Bbox::from)
    }
}

fn angle(picture: &GreyPicture) -> Option<f32> {
    let ink = Ink::of(picture);
    if ink.places.len() < MIN_INK {
        return None;
    }
    let [coarse, finer @ ..] = STEPS;
    let mut best = steepest(&ink.thinned(), 0.0, MAX_DEGREES, coarse);
    let mut reach = coarse;
    for step in finer {
        best = steepest(&ink, best, reach, step);
        reach = step;
    }
    let is_clear = ink.contrast(best) > GAIN * ink.contrast(0.0);
    (best.abs() >= MIN_DEGREES && best.abs() < MAX_DEGREES && is_clear).then_some(best)
}

/// The angle around this one, as far as `reach`, at which neighbouring lines differ most; itself unless one is better.
fn steepest(ink: &Ink, around: f32, reach: f32, step: f32) -> f32 {
    let (mut best, mut most) = (around, ink.contrast(around));
    let count = (reach / step).round() as i32;
    for index in (-count..=count).filter(|index| *index != 0) {
        let degrees = around + index as f32 * step;
        let contrast = ink.contrast(degrees);
        if contrast > most {
            (best, most) = (degrees, contrast);
        }
    }
    best
}

/// The dark pixels of a picture made small.
struct Ink {
    /// Column and row of each.
    places: Vec<(u32, u32)>,
    columns: usize,
    rows: usize,
}

impl Ink {
    fn of(picture: &GreyPicture) -> Self {
        let factor = (picture.height / ROWS).max(1) as usize;
        let (width, height) = (picture.width as usize, picture.height as usize);
        let (columns, rows) = (width / factor, height / factor);
        let limit = DARK * (factor * factor) as u32;
        let mut places = Vec::new();
        let mut sums = vec![0u32; columns];
        for row in 0..rows {
            sums.fill(0);
            for line in picture.pixels[row * factor * width..].chunks_exact(width).take(factor) {
                for (sum, pixels) in sums.iter_mut().zip(line.chunks_exact(factor)) {
                    *sum += pixels.iter().map(|pixel| u32::from(*pixel)).sum::<u32>();
                }
            }
            let dark = sums.iter().enumerate().filter(|(_, sum)| **sum < limit);
            places.extend(dark.map(|(column, _)| (column as u32, row as u32)));
        }
        Self { places, columns, rows }
    }

    /// Some of its columns.
    fn thinned(&self) -> Self {
        let is_kept = |(column, _): &&(u32, u32)| (*column as usize).is_multiple_of(THINNED);
        Self { places: self.places.iter().filter(is_kept).copied().collect(), ..*self }
    }

    /// How much the sums of neighbouring lines at this angle differ: the sum of the squares.
    fn contrast(&self, degrees: f32) -> f32 {
        let slope = (degrees.to_radians().tan() * (1 << FRACTION_BITS) as f32).round() as i64;
        let rise = slope * self.columns as i64;
        // The first line is the one through the corner that lies highest, seen along the lines.
        let first = (-rise).min(0) >> FRACTION_BITS;
        let offset = (1 << (FRACTION_BITS - 1)) - (first << FRACTION_BITS);
        let mut sums = vec![0i32; self.rows + (rise.unsigned_abs() >> FRACTION_BITS) as usize + 3];
        for &(column, row) in &self.places {
            let line =
                ((i64::from(row) << FRACTION_BITS) - slope * i64::from(column) + offset) >> FRACTION_BITS;
            sums[line as usize] += 1;
        }
        sums.windows(2).map(|pair| ((pair[1] - pair[0]) as f32).powi(2)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of words, falling to the right by this angle.
    fn page(degrees: f32) -> GreyPicture {
        let (width, height) = (850u32, 1100u32);
        let slope = degrees.to_radians().tan();
        let mut pixels = vec![255; (width * height) as usize];
        for y in 0..height {
            for x in 60..width - 60 {
                let line = y as f32 - slope * (x as f32 - 425.0);
                let is_text = (100.0..1000.0).contains(&line) && line % 20.0 < 9.0;
                // Letters and words of changing widths.
                if is_text && (x * 7 / 5) % 5 < 3 && (x / 9) % 6 != 0 {
                    pixels[(y * width + x) as usize] = 0;
                }
            }
        }
        GreyPicture { width, height, pixels }
    }

    #[test]
    fn the_angle_of_lines_is_found_to_a_tenth_of_a_degree() {
        for degrees in [-5.0, -1.3, -0.4, 0.5, 2.0, 6.2] {
            let found = angle(&page(degrees)).unwrap();
            assert!((found - degrees).abs() < 0.1, "{found} for {degrees}");
        }
    }

    #[test]
    fn a_straight_page_is_left_alone() {
        assert_eq!(angle(&page(0.0)), None);
        assert_eq!(angle(&page(0.05)), None);
    }

    #[test]
    fn a_page_without_lines_has_no_angle() {
        let blank = GreyPicture { width: 300, height: 300, pixels: vec![255; 90_000] };
        assert_eq!(angle(&blank), None);
        let noise = (0..90_000u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        assert_eq!(angle(&GreyPicture { pixels: noise, ..blank }), None);
    }

    #[test]
    fn a_straightened_page_stands_straight() {
        let page = page(3.0);
        let skew = Skew::of(&page).unwrap();
        assert_eq!(Skew::of(&skew.straightened(&page)), None);
    }

    #[test]
    fn boxes_go_back_to_where_their_text_is_on_the_scan() {
        let skew = Skew { degrees: 90.0 };
        let bbox = Bbox { x: 10.0, y: 40.0, width: 20.0, height: 10.0 };
        let back = skew.back(&bbox, 100.0, 100.0);
        let expected = Bbox { x: 50.0, y: 10.0, width: 10.0, height: 20.0 };
        for (value, wanted) in [
            (back.x, expected.x),
            (back.y, expected.y),
            (back.width, expected.width),
            (back.height, expected.height),
        ] {
            assert!((value - wanted).abs() < 0.01, "{back:?}");
        }
    }
}

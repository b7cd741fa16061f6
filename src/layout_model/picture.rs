//! A picture as the numbers a model takes.

use crate::picture::Picture;

/// Mean and spread of red, green and blue in the pictures such models learn from (`ImageNet`), as shares of full light.
const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const SPREAD: [f32; 3] = [0.229, 0.224, 0.225];

/// The picture stretched to this width and height: all red, then all green, then all blue, row by row.
pub(super) fn values(picture: &Picture, (width, height): (u32, u32)) -> Vec<f32> {
    let columns: Vec<Place> = (0..width).map(|x| Place::of(x, width, picture.width())).collect();
    let rows: Vec<Place> = (0..height).map(|y| Place::of(y, height, picture.height())).collect();
    let mut values = vec![0.0; width as usize * height as usize * MEAN.len()];
    let (reds, others) = values.split_at_mut(width as usize * height as usize);
    let (greens, blues) = others.split_at_mut(reds.len());
    let places = rows.iter().flat_map(|row| columns.iter().map(move |column| (row, column)));
    for (index, (row, column)) in places.enumerate() {
        let corner = |x: u32, y: u32| picture.pixel(x, y).map(f32::from);
        let upper = column.between(corner(column.before, row.before), corner(column.after, row.before));
        let lower = column.between(corner(column.before, row.after), corner(column.after, row.after));
        [reds[index], greens[index], blues[index]] = row.between(upper, lower);
    }
    for (plane, (mean, spread)) in [reds, greens, blues].into_iter().zip(MEAN.into_iter().zip(SPREAD)) {
        for value in plane {
            *value = (*value / f32::from(u8::MAX) - mean) / spread;
        }
    }
    values
}

/// Where along a side a pixel of the stretched picture is in the picture.
struct Place {
    before: u32,
    after: u32,
    /// How far from the one before to the one after.
    share: f32,
}

impl Place {
    fn of(index: u32, length: u32, original: u32) -> Self {
        let last = original.saturating_sub(1);
        let at = (index as f32 + 0.5) * original as f32 / length as f32 - 0.5;
        let at = at.clamp(0.0, last as f32);
        let before = at as u32;
        Self { before, after: (before + 1).min(last), share: at - before as f32 }
    }

    fn between(&self, before: [f32; 3], after: [f32; 3]) -> [f32; 3] {
        std::array::from_fn(|colour| before[colour] + (after[colour] - before[colour]) * self.share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_one_after_the_other_around_their_means() {
        let picture = Picture::new(2, 1, vec![255, 0, 0, 0, 0, 255]).unwrap();
        let light = |value: f32, colour: usize| (value - MEAN[colour]) / SPREAD[colour];
        let expected =
            [light(1.0, 0), light(0.0, 0), light(0.0, 1), light(0.0, 1), light(0.0, 2), light(1.0, 2)];
        for (value, wanted) in values(&picture, (2, 1)).into_iter().zip(expected) {
            assert!((value - wanted).abs() < 1e-5, "{value} {wanted}");
        }
    }

    #[test]
    fn a_stretched_picture_goes_evenly_from_pixel_to_pixel() {
        let picture = Picture::new(2, 1, vec![0, 0, 0, 200, 200, 200]).unwrap();
        let reds = &values(&picture, (4, 2))[..4];
        let grey = |value: &f32| ((value * SPREAD[0] + MEAN[0]) * 255.0).round() as u8;
        assert_eq!(reds.iter().map(grey).collect::<Vec<_>>(), [0, 50, 150, 200]);
    }
}

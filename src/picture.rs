//! Pictures in memory: eight bits a channel, encoded as PNG or WebP.

use std::io::Cursor;

use serde::{Deserialize, Serialize};

/// A colour picture, three bytes (red, green, blue) a pixel, rows from the top without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

/// A grey picture, a byte a pixel (0 is black), rows from the top without padding.
#[derive(Clone, PartialEq, Eq)]
pub struct GreyPicture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// `width` times `height` bytes.
    pub pixels: Vec<u8>,
}

/// How a picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureFormat {
    /// Portable Network Graphics (ISO/IEC 15948).
    Png,
    /// WebP, lossless (RFC 9649).
    Webp,
}

impl PictureFormat {
    /// The ending of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }
}

impl std::str::FromStr for PictureFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "png" => Ok(Self::Png),
            "webp" => Ok(Self::Webp),
            other => Err(format!("{other} is no picture format; the formats are png and webp")),
        }
    }
}

/// Why a picture could not be encoded or decoded.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// A side is 0, or longer than the format allows.
    #[error("a picture of {width} by {height} pixels cannot be written")]
    Size {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
    /// The bytes are no picture of the kind expected.
    #[error("the picture cannot be read: {0}")]
    Decode(String),
}

impl Picture {
    /// A picture of these pixels; none if they are not three bytes for each.
    pub fn new(width: u32, height: u32, pixels: Vec<u8>) -> Option<Self> {
        let expected = u64::from(width) * u64::from(height) * 3;
        (pixels.len() as u64 == expected).then_some(Self { width, height, pixels })
    }

    /// In pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// In pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Red, green and blue of the pixel; white outside.
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        self.offset(x, y).map_or([255; 3], |at| [self.pixels[at], self.pixels[at + 1], self.pixels[at + 2]])
    }

    /// Sets the pixel; does nothing outside.
    pub fn set_pixel(&mut self, x: u32, y: u32, colour: [u8; 3]) {
        if let Some(at) = self.offset(x, y) {
            self.pixels[at..at + 3].copy_from_slice(&colour);
        }
    }

    fn offset(&self, x: u32, y: u32) -> Option<usize> {
        (x < self.width && y < self.height).then(|| (y as usize * self.width as usize + x as usize) * 3)
    }

    /// Three bytes (red, green, blue) a pixel.
    pub fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }

    /// The picture as the bytes of a file.
    pub fn encode(&self, format: PictureFormat) -> Result<Vec<u8>, PictureError> {
        match format {
            PictureFormat::Png => {
                png(self.width, self.height, png::ColorType::Rgb, png::Compression::Balanced, &self.pixels)
            }
            PictureFormat::Webp => self.webp(),
        }
    }

    fn webp(&self) -> Result<Vec<u8>, PictureError> {
        let mut bytes = Vec::new();
        image_webp::WebPEncoder::new(&mut bytes)
            .encode(&self.pixels, self.width, self.height, image_webp::ColorType::Rgb8)
            .map_err(|_| PictureError::Size { width: self.width, height: self.height })?;
        Ok(bytes)
    }

    /// Reads what [`Self::encode`] wrote as PNG.
    pub fn from_png(bytes: &[u8], max_pixels: u64) -> Result<Self, PictureError> {
        let decode = |error: png::DecodingError| PictureError::Decode(error.to_string());
        let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().map_err(decode)?;
        let (width, height) = (reader.info().width, reader.info().height);
        let is_colour = reader.output_color_type() == (png::ColorType::Rgb, png::BitDepth::Eight);
        if !is_colour || u64::from(width) * u64::from(height) > max_pixels {
            return Err(PictureError::Decode("it has another form or is too large".to_owned()));
        }
        let mut pixels = vec![0; width as usize * height as usize * 3];
        reader.next_frame(&mut pixels).map_err(decode)?;
        Self::new(width, height, pixels).ok_or_else(|| PictureError::Decode("it is cut off".to_owned()))
    }
}

impl GreyPicture {
    /// The picture as a PNG, packed in a hurry. It is read once and thrown away; but readers that take a pipe byte by byte,
    /// as Tesseract does, take longer over a larger file than it costs to make it smaller.
    pub fn png(&self) -> Result<Vec<u8>, PictureError> {
        png(self.width, self.height, png::ColorType::Grayscale, png::Compression::Fastest, &self.pixels)
    }

    /// The picture turned about its middle, clockwise for positive degrees, in its old frame: what comes in at the edges is
    /// white. Between pixels it is interpolated linearly.
    #[must_use]
    pub fn turned(&self, degrees: f32) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let (middle_x, middle_y) = (self.width as f32 / 2.0 - 0.5, self.height as f32 / 2.0 - 0.5);
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..self.height {
            for x in 0..self.width {
                let (dx, dy) = (x as f32 - middle_x, y as f32 - middle_y);
                pixels.push(self.between(middle_x + dx * cos + dy * sin, middle_y - dx * sin + dy * cos));
            }
        }
        Self { pixels, ..*self }
    }

    /// The level between the four pixels around the point.
    fn between(&self, x: f32, y: f32) -> u8 {
        let (left, top) = (x.floor(), y.floor());
        let (right_share, bottom_share) = (x - left, y - top);
        let level = |x: f32, y: f32| {
            let inside = x >= 0.0 && y >= 0.0 && x < self.width as f32 && y < self.height as f32;
            if inside { f32::from(self.pixels[y as usize * self.width as usize + x as usize]) } else { 255.0 }
        };
        let upper = level(left, top) * (1.0 - right_share) + level(left + 1.0, top) * right_share;
        let lower = level(left, top + 1.0) * (1.0 - right_share) + level(left + 1.0, top + 1.0) * right_share;
        (upper * (1.0 - bottom_share) + lower * bottom_share).round() as u8
    }
}

fn png(
    width: u32,
    height: u32,
    colour: png::ColorType,
    compression: png::Compression,
    pixels: &[u8],
) -> Result<Vec<u8>, PictureError> {
    let error = |_| PictureError::Size { width, height };
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(colour);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(compression);
    let mut writer = encoder.write_header().map_err(error)?;
    writer.write_image_data(pixels).map_err(error)?;
    writer.finish().map_err(error)?;
    Ok(bytes)
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Picture({} x {})", self.width, self.height)
    }
}

impl std::fmt::Debug for GreyPicture {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "GreyPicture({} x {})", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn picture() -> impl Strategy<Value = Picture> {
        (1u32..20, 1u32..20).prop_flat_map(|(width, height)| {
            proptest::collection::vec(any::<u8>(), (width * height * 3) as usize)
                .prop_map(move |pixels| Picture::new(width, height, pixels).unwrap())
        })
    }

    proptest! {
        #[test]
        fn a_png_reads_back_as_it_was(picture in picture()) {
            let bytes = picture.encode(PictureFormat::Png).unwrap();
            prop_assert_eq!(Picture::from_png(&bytes, 400).unwrap(), picture);
        }

        #[test]
        fn a_webp_reads_back_as_it_was(picture in picture()) {
            let bytes = picture.encode(PictureFormat::Webp).unwrap();
            let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).unwrap();
            let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
            decoder.read_image(&mut pixels).unwrap();
            prop_assert_eq!(pixels, picture.pixels);
        }

        #[test]
        fn bytes_that_are_no_picture_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Picture::from_png(&bytes, 400).is_err());
        }
    }

    #[test]
    fn a_picture_larger_than_expected_is_refused() {
        let picture = Picture::new(30, 30, vec![7; 2700]).unwrap();
        assert!(Picture::from_png(&picture.encode(PictureFormat::Png).unwrap(), 899).is_err());
    }

    #[test]
    fn a_quarter_turn_moves_every_pixel_to_its_place() {
        let picture = GreyPicture { width: 3, height: 3, pixels: vec![1, 2, 3, 4, 5, 6, 7, 8, 9] };
        assert_eq!(picture.turned(90.0).pixels, [7, 4, 1, 8, 5, 2, 9, 6, 3]);
        assert_eq!(picture.turned(0.0), picture);
    }

    #[test]
    fn a_grey_picture_is_written_as_it_is() {
        let picture = GreyPicture { width: 2, height: 2, pixels: vec![9, 8, 7, 255] };
        let bytes = picture.png().unwrap();
        let mut reader = png::Decoder::new(Cursor::new(&bytes)).read_info().unwrap();
        assert_eq!(reader.output_color_type(), (png::ColorType::Grayscale, png::BitDepth::Eight));
        let mut pixels = vec![0; 4];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels, picture.pixels);
    }
}

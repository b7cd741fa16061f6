//! Pictures of a page's figures, cut out on request: the child draws them and sends pixels, the parent encodes them, so that
//! what is written is a picture whatever a document has done to its child.

use std::io;

use serde::{Deserialize, Serialize};

use super::channel::Channel;
use super::frame::Frame;
use super::message::{FigurePixels, Message};
use crate::export::{Image, ImageType};
use crate::layout::{Page, Rect, ZoneKind};
use crate::pdf::{Document, PageLimits, View};
use crate::picture::{Picture, PictureFormat};

/// Most figures of one page that are drawn, in reading order.
pub(super) const MAX_FIGURES: usize = 32;
/// A figure is drawn with this much around it, points: its box may cut the outer half of a line.
const MARGIN: f32 = 1.0;

/// How figures are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Crop {
    /// Pixels an inch.
    pub dpi: f32,
    /// Most pixels of one; a larger figure is drawn less finely.
    pub max_pixels: u64,
}

/// How figures are drawn and written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// What the child is told.
    pub crop: Crop,
    /// What they are encoded as.
    pub format: PictureFormat,
}

impl Crop {
    /// The child's side: sends the pictures of the page's figures, one at a time. One that cannot be drawn is left out.
    pub(super) fn send(
        &self,
        page: &Page,
        document: &Document<'_>,
        limits: &PageLimits,
        channel: &mut Channel,
    ) -> io::Result<()> {
        let figures = page.zones.iter().enumerate().filter(|(_, zone)| zone.kind == ZoneKind::Figure);
        for (index, zone) in figures.take(MAX_FIGURES) {
            let bbox = zone.bbox;
            let area = Rect::from_corners(bbox.x, bbox.y, bbox.x + bbox.width, bbox.y + bbox.height);
            let view = View { region: Some(area.grown(MARGIN)), dpi: self.dpi, max_pixels: self.max_pixels };
            let Ok(rendering) = document.render(page.page_number, &view, limits) else { continue };
            let picture = rendering.picture;
            let message = Message::Figure(FigurePixels {
                zone: index as u32,
                width: picture.width(),
                height: picture.height(),
            });
            channel.send(&Frame { message, attachment: picture.into_pixels() })?;
        }
        Ok(())
    }
}

impl Figures {
    /// The parent's side: the file of a figure; none when the pixels are not those said. Takes the time that encoding takes,
    /// without blocking others.
    pub(super) async fn encode(self, figure: FigurePixels, pixels: Vec<u8>) -> Option<Image> {
        let encode = move || Picture::new(figure.width, figure.height, pixels)?.encode(self.format).ok();
        let bytes = tokio::task::spawn_blocking(encode).await.ok()??;
        let image_type = match self.format {
            PictureFormat::Png => ImageType::Png,
            PictureFormat::Webp => ImageType::Webp,
        };
        Some(Image { image_type, bytes: bytes.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn pixels_that_are_not_those_said_are_no_picture() {
        let figures = Figures { crop: Crop { dpi: 72.0, max_pixels: 100 }, format: PictureFormat::Png };
        let figure = FigurePixels { zone: 0, width: 2, height: 2 };
        let image = figures.encode(figure, vec![7; 12]).await.unwrap();
        assert_eq!(Picture::from_png(&image.bytes, 4).unwrap().pixel(1, 1), [7; 3]);
        assert_eq!(figures.encode(figure, vec![7; 11]).await, None);
    }
}

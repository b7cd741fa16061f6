//! Pictures of a page's figures, cut out on request: the child draws them and sends pixels, the parent encodes them, so that
//! what is written is a picture whatever a document has done to its child.

use std::io;

use super::channel::Channel;
use super::frame::Frame;
use super::message::{Crop, Drawing, FigurePixels, Message};
use crate::export::{Image, ImageType};
use crate::layout::{Page, Rect, Zone};
use crate::pdf::{Document, PageLimits, View};
use crate::picture::{Picture, PictureFormat};

/// Most figures of one page that are drawn, in reading order.
pub(super) const MAX_FIGURES: usize = 32;
/// A figure is drawn with this much around it, points: its box may cut the outer half of a line.
const MARGIN: f32 = 1.0;

/// How figures are drawn and written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// What the child is told.
    pub crop: Crop,
    /// What they are encoded as.
    pub format: PictureFormat,
}

impl Drawing {
    /// Of the zones of a page for which this holds; none if there are none.
    pub(in crate::pipeline) fn of(page: &Page, mut is_wanted: impl FnMut(&Zone) -> bool) -> Option<Self> {
        let wanted = page.zones.iter().enumerate().filter(|(_, zone)| is_wanted(zone));
        let areas: Vec<_> = wanted.map(|(index, zone)| (index as u32, zone.bbox)).take(MAX_FIGURES).collect();
        (!areas.is_empty()).then_some(Self { page_number: page.page_number, areas })
    }
}

impl Crop {
    /// The child's side: sends the pictures of the page's figures, one at a time. One that cannot be drawn is left out.
    pub(super) fn send(
        &self,
        drawing: &Drawing,
        document: &Document<'_>,
        limits: &PageLimits,
        channel: &mut Channel,
    ) -> io::Result<()> {
        for (zone, bbox) in drawing.areas.iter().take(MAX_FIGURES) {
            let area = Rect::from_corners(bbox.x, bbox.y, bbox.x + bbox.width, bbox.y + bbox.height);
            let view = View { region: Some(area.grown(MARGIN)), dpi: self.dpi, max_pixels: self.max_pixels };
            let Ok(rendering) = document.render(drawing.page_number, &view, limits) else { continue };
            let picture = rendering.picture;
            let message = Message::Figure(FigurePixels {
                zone: *zone,
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
    use crate::layout::{Bbox, TextSource, ZoneKind};

    #[test]
    fn only_so_many_figures_of_a_page_are_drawn_and_none_is_no_drawing() {
        let bbox = Bbox { x: 1.0, y: 2.0, width: 3.0, height: 4.0 };
        let zone = Zone::plain(ZoneKind::Figure, bbox, String::new(), 1.0);
        let text = Zone { kind: ZoneKind::Paragraph, ..zone.clone() };
        let page = |zones| Page {
            page_number: 3,
            width: 9.0,
            height: 9.0,
            rotation: 0,
            text_source: TextSource::Native,
            zones,
            error: None,
        };
        let of = |zones| Drawing::of(&page(zones), |zone| zone.kind == ZoneKind::Figure);
        assert_eq!(of(vec![text.clone()]), None);
        let drawing = of(vec![text, zone.clone()]).unwrap();
        assert_eq!((drawing.page_number, drawing.areas), (3, vec![(1, zone.bbox)]));
        assert_eq!(of(vec![zone; MAX_FIGURES + 9]).unwrap().areas.len(), MAX_FIGURES);
    }

    #[tokio::test]
    async fn pixels_that_are_not_those_said_are_no_picture() {
        let figures = Figures { crop: Crop { dpi: 72.0, max_pixels: 100 }, format: PictureFormat::Png };
        let figure = FigurePixels { zone: 0, width: 2, height: 2 };
        let image = figures.encode(figure, vec![7; 12]).await.unwrap();
        assert_eq!(Picture::from_png(&image.bytes, 4).unwrap().pixel(1, 1), [7; 3]);
        assert_eq!(figures.encode(figure, vec![7; 11]).await, None);
    }
}

//! Pictures of the figures of a document that was processed before, for an export: drawn from its source, where its zones
//! are now, whoever drew them.

use std::sync::Arc;

use super::extraction::{Crop, Drawing, Figures, Lane, Options, Source};
use super::protocol::Claim;
use super::source::begin;
use super::step::{Services, StepError};
use crate::export::{self, PageImages};
use crate::layout::Page;
use crate::picture::PictureFormat;

/// Pictures of one page take no more bytes than this; those beyond are left out.
const MAX_PAGE_BYTES: usize = 32 << 20;
/// Nor those of one document: a browser has to hold the file.
const MAX_BYTES: usize = 256 << 20;

/// Draws figures page by page, by a child process that is started with the first one.
#[derive(Debug)]
pub(super) struct Illustrator {
    source: Arc<Source>,
    lane: Option<Lane>,
    export: export::Options,
    bytes_left: usize,
}

impl Illustrator {
    /// For the figures that this export wants, as WebP, which every browser shows and which is smaller than PNG.
    pub(super) async fn fetch(
        services: &Services,
        claim: &Claim,
        export: export::Options,
        extract: &Options,
    ) -> Result<Self, StepError> {
        let (file, _) = begin(services, claim, 0, claim.page_count, extract.limits.max_input_bytes).await?;
        let limits = &extract.limits;
        let crop = Crop { dpi: f32::from(limits.figure_dpi), max_pixels: limits.figure_max_pixels };
        let figures = Some(Figures { crop, format: PictureFormat::Webp });
        let options = Options { figures, ..extract.clone() };
        let source = Arc::new(Source::new(file, options));
        Ok(Self { source, lane: None, export, bytes_left: MAX_BYTES })
    }

    /// The pictures of the page's figures that are wanted and can be drawn.
    pub(super) async fn draw(&mut self, page: &Page) -> Result<PageImages, StepError> {
        let Some(drawing) = Drawing::of(page, |zone| self.export.wants_figure(page, zone)) else {
            return Ok(PageImages::default());
        };
        let lane = if let Some(lane) = &mut self.lane {
            lane
        } else {
            self.lane.insert(Lane::reserve(self.source.clone()).await?)
        };
        let mut images = lane.draw(&drawing).await?;
        self.bytes_left -= images.keep_within(MAX_PAGE_BYTES.min(self.bytes_left));
        Ok(images)
    }
}

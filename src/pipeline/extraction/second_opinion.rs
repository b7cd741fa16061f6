//! The child's side of the layout model: draws a page with unsure zones and asks the model what it sees there.

use crate::layout::Page;
use crate::layout_model::{Detector, Thresholds, is_unsure, settle};
use crate::pdf::{Document, POINTS_PER_INCH, PageLimits, View};

/// A page is drawn with at most this many times the pixels the model sees: very long ones are stretched.
const MAX_STRETCH: u64 = 4;

/// A model and a document to look at.
#[derive(Clone, Copy)]
pub(super) struct SecondOpinion<'a> {
    pub(super) detector: &'a Detector,
    pub(super) thresholds: Thresholds,
    pub(super) document: &'a Document<'a>,
    pub(super) limits: &'a PageLimits,
}

impl SecondOpinion<'_> {
    /// Asks about the page's unsure zones, if there are any. A page that cannot be drawn or looked at stays as it is: that the
    /// model works was tried before.
    pub(super) fn settle(&self, page: &mut Page) {
        if !page.zones.iter().any(|zone| is_unsure(zone, &self.thresholds)) {
            return;
        }
        let Ok((width, height)) = self.detector.picture_size() else { return };
        let scale = (width as f32 / page.width).max(height as f32 / page.height);
        let max_pixels = MAX_STRETCH * u64::from(width) * u64::from(height);
        let view = View { region: None, dpi: scale * POINTS_PER_INCH, max_pixels };
        let Ok(rendering) = self.document.render(page.page_number, &view, self.limits) else { return };
        let Ok(seen) = self.detector.look(&rendering.picture, self.thresholds.min_score) else { return };
        settle(page, &seen, &self.thresholds);
    }
}

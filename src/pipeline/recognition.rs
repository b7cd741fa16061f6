//! The child's side of OCR: draws a page without usable text and asks the parent what it says.

use std::io;
use std::time::Duration;

use super::channel::Channel;
use super::frame::Frame;
use super::message::{Instruction, Message, PictureOfText};
use crate::layout::PageContent;
use crate::ocr::{self, RecognisedWord};
use crate::pdf::{Document, PageLimits, View};

/// The parent ends a reading that takes too long; this much more (seconds) and it is the parent that hangs.
const GRACE_SECONDS: u64 = 10;
/// Points in an inch.
const POINTS_PER_INCH: f32 = 72.0;

/// How pages are drawn to be read.
#[derive(Debug, Clone, Copy)]
pub struct Recognition {
    /// Pixels an inch.
    pub dpi: f32,
    /// Most pixels of a page.
    pub max_pixels: u64,
    /// What the parent gives one page, seconds.
    pub page_seconds: u64,
}

impl Recognition {
    /// Puts the words of the page's picture into `content` if it needs them and the parent finds any.
    pub(super) fn complete(
        &self,
        content: &mut PageContent,
        document: &Document<'_>,
        page_number: u32,
        limits: &PageLimits,
        channel: &mut Channel,
    ) -> io::Result<Option<Vec<RecognisedWord>>> {
        if !ocr::is_needed(content) {
            return Ok(None);
        }
        let view = View { region: None, dpi: self.dpi, max_pixels: self.max_pixels };
        // A page that can be read and not drawn stays without text.
        let Ok(rendering) = document.render(page_number, &view, limits) else { return Ok(None) };
        let grey = rendering.picture.grey();
        let Ok(png) = grey.png() else { return Ok(None) };
        let question = Message::Recognise(PictureOfText {
            width: grey.width,
            height: grey.height,
            dpi: (rendering.scale * POINTS_PER_INCH).round() as u32,
        });
        let limit = Duration::from_secs(self.page_seconds + GRACE_SECONDS);
        let answer = channel.ask(&Frame { message: question, attachment: png }, limit)?;
        let Instruction::Recognised(words) = answer.message else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let words = words.filter(|words| !words.is_empty());
        Ok(words.map(|words| ocr::put_into(content, &words, &grey, rendering.scale)))
    }
}

//! The child's side of OCR: draws a page without usable text, or a picture on a page with text, and asks the parent what
//! it says.

use std::io;
use std::time::Duration;

use super::channel::Channel;
use super::frame::Frame;
use super::message::{Instruction, Message, PictureOfText, Recognition};
use crate::layout::{Page, PageContent, Rect, TextSource};
use crate::ocr::{self, Reading, RecognisedWord, Skew, Word};
use crate::pdf::{Document, POINTS_PER_INCH, PageLimits, View};
use crate::picture::GreyPicture;

/// The parent ends a reading that takes too long; this much more and it is the parent that hangs.
const GRACE: Duration = Duration::from_secs(10);

/// What of a page was read from pictures.
#[derive(Debug)]
pub(super) struct Recognised {
    words: Vec<RecognisedWord>,
    /// All of it, not some pictures beside its own text.
    is_whole_page: bool,
    /// How the page lay that was turned straight.
    skew: Option<Skew>,
}

impl Recognised {
    /// Says on the page that it was read, how surely, and puts its zones where they are on a page laid askew.
    pub(super) fn mark(&self, page: &mut Page) {
        if self.is_whole_page && page.text_source == TextSource::Native {
            page.text_source = TextSource::Ocr;
        }
        ocr::weigh(&mut page.zones, &self.words);
        if let Some(skew) = &self.skew {
            skew.put_back(&mut page.zones, page.width, page.height);
        }
    }
}

/// A page to be read.
pub(super) struct Reader<'a> {
    pub(super) recognition: &'a Recognition,
    pub(super) document: &'a Document<'a>,
    pub(super) page_number: u32,
    pub(super) limits: &'a PageLimits,
}

impl Reader<'_> {
    /// Puts words read from pictures into `content` where it needs them and the parent finds any: those of the whole page
    /// if it has no text of its own, else those of its pictures of text.
    pub(super) fn complete(
        &self,
        content: &mut PageContent,
        channel: &mut Channel,
    ) -> io::Result<Option<Recognised>> {
        if ocr::is_needed(content) {
            return self.read_page(content, channel);
        }
        let mut words = Vec::new();
        for region in ocr::regions(content) {
            words.append(&mut self.read_region(region, content, channel)?);
        }
        Ok((!words.is_empty()).then_some(Recognised { words, is_whole_page: false, skew: None }))
    }

    /// Puts the words of the page's picture in the place of its text, if the parent finds any.
    pub(super) fn read_page(
        &self,
        content: &mut PageContent,
        channel: &mut Channel,
    ) -> io::Result<Option<Recognised>> {
        // A page that can be read and not drawn stays without text.
        let Some((mut picture, scale, _)) = self.draw(None) else { return Ok(None) };
        let skew = Skew::of(&picture);
        if let Some(skew) = &skew {
            picture = skew.straightened(&picture);
        }
        let Some(words) = self.ask(&mut picture, scale, channel)? else { return Ok(None) };
        let reading = Reading { words: &words, picture: &picture, scale, corner: (0.0, 0.0) };
        let words = ocr::put_page(content, &reading);
        Ok(Some(Recognised { words, is_whole_page: true, skew }))
    }

    fn read_region(
        &self,
        region: Rect,
        content: &mut PageContent,
        channel: &mut Channel,
    ) -> io::Result<Vec<RecognisedWord>> {
        let Some((mut picture, scale, region)) = self.draw(Some(region)) else { return Ok(Vec::new()) };
        if !ocr::looks_like_text(&picture, scale) {
            return Ok(Vec::new());
        }
        let Some(words) = self.ask(&mut picture, scale, channel)? else { return Ok(Vec::new()) };
        let reading = Reading { words: &words, picture: &picture, scale, corner: (region.left, region.top) };
        Ok(ocr::put_region(content, &reading))
    }

    fn draw(&self, region: Option<Rect>) -> Option<(GreyPicture, f32, Rect)> {
        let view = View { region, dpi: self.recognition.dpi, max_pixels: self.recognition.max_pixels };
        let rendering = self.document.render_grey(self.page_number, &view, self.limits).ok()?;
        Some((rendering.picture, rendering.scale, rendering.region))
    }

    /// The words of the picture; none when there are none, or it cannot be read.
    fn ask(
        &self,
        picture: &mut GreyPicture,
        scale: f32,
        channel: &mut Channel,
    ) -> io::Result<Option<Vec<Word>>> {
        let question = Message::Recognise(PictureOfText {
            width: picture.width,
            height: picture.height,
            dpi: (scale * POINTS_PER_INCH).round() as u32,
        });
        // It may wait for another child's reading of the same picture, and when that fails, read it itself.
        let limit = 2 * ocr::patience(self.recognition.page_seconds) + GRACE;
        // Lent for the question: a page has megabytes of them.
        let frame = Frame { message: question, attachment: std::mem::take(&mut picture.pixels) };
        let answer = channel.ask(&frame, limit);
        picture.pixels = frame.attachment;
        let Instruction::Recognised(words) = answer?.message else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        Ok(words.filter(|words| !words.is_empty()))
    }
}

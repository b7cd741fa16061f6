//! The child process: reads the PDF it was given, and says what it finds over its channel.
//!
//! The page being worked on needs its neighbours (running headers and footers repeat), so pages are read
//! [`CONTEXT_PAGES`] ahead and kept as long behind. A part of the document that starts at page N begins with reading the
//! pages before it, and ends with reading those behind it: its pages are the same as those of any other part they are in.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::unix::net::UnixStream;

use super::channel::Channel;
use super::failure::{Failure, FailureCode};
use super::frame::{Frame, FrameLimits};
use super::message::{Drawing, Instruction, Message, Orders, Part, Stage, Work};
use super::recognition::{Reader, Recognised};
use super::sandbox;
use super::second_opinion::SecondOpinion;
use crate::layout::{
    self, DocumentInfo, Page, PageContent, PageError, PageErrorCode, PreparedPage, Region, TextSource, Zone,
    ZoneKind,
};
use crate::layout_model::{Detector, LayoutModelError};
use crate::pdf::{Document, Library, LibraryError, OpenError, PageLimits, PageReadError};

/// How many pages before and after a page are looked at to find what repeats.
pub const CONTEXT_PAGES: u32 = 3;
/// A PDF's header must begin within this many bytes (ISO 32000-1, annex H, implementation note 13).
const HEADER_WINDOW: u64 = 1024;
/// Most bytes of the first instruction, which says how many the others may have.
const MAX_ORDERS_BYTES: usize = 1 << 16;

/// Reads the parts of `input` that the parent at the other end of `socket` asks for, in a sandbox from before its first byte
/// on. An error means the parent is gone or does not keep to the protocol.
pub fn run(
    input: File,
    socket: UnixStream,
    library: Result<Library, LibraryError>,
    detector: Option<Result<Detector, LayoutModelError>>,
) -> io::Result<()> {
    let mut channel = Channel::new(socket, FrameLimits::of_messages(MAX_ORDERS_BYTES))?;
    let Some(Frame { message: Instruction::Open(orders), .. }) = channel.take()? else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    channel.set_limits(FrameLimits::of_messages(orders.max_message_bytes));
    sandbox::limit_resources(orders.memory_bytes, orders.cpu_seconds)?;
    let library = match library {
        Ok(library) => library,
        Err(error) => {
            return fail(&mut channel, Failure::new(FailureCode::EngineUnavailable, error.to_string()));
        }
    };
    let detector = match detector.transpose() {
        Ok(detector) => detector,
        Err(error) => {
            return fail(&mut channel, Failure::new(FailureCode::EngineUnavailable, error.to_string()));
        }
    };
    if let Some(detector) = &detector {
        detector.prepare();
    }
    let length = match input.metadata() {
        Ok(metadata) => metadata.len(),
        Err(_) => return fail(&mut channel, Failure::damaged()),
    };
    channel.put(&Message::Ready(sandbox::enter()).into())?;
    read(&library, detector.as_ref(), input, length, &orders, &mut channel)?;
    // Taking the library down takes longer than ending without.
    std::mem::forget(library);
    Ok(())
}

fn read(
    library: &Library,
    detector: Option<&Detector>,
    input: File,
    length: u64,
    orders: &Orders,
    channel: &mut Channel,
) -> io::Result<()> {
    let (document, info) = match open(library, input, length, orders) {
        Ok(opened) => opened,
        Err(failure) => return fail(channel, failure),
    };
    let page_count = info.page_count;
    let second_opinion = detector.zip(orders.layout_model).map(|(detector, thresholds)| SecondOpinion {
        detector,
        thresholds,
        document: &document,
        limits: &orders.page,
    });
    channel.send(&Message::Document(info).into())?;
    while let Some(instruction) = channel.take()? {
        let (part, region) = match instruction.message {
            Instruction::Read(part) => (part, None),
            Instruction::ReadRegion { part, region } => (part, Some(region)),
            Instruction::Draw(drawing) => {
                if let Some(crop) = &orders.crop {
                    crop.send(&drawing, &document, &orders.page, channel)?;
                }
                channel.send(&Message::PartDone.into())?;
                continue;
            }
            Instruction::Open(_) | Instruction::Recognised(_) => {
                return Err(io::ErrorKind::InvalidData.into());
            }
        };
        let window = VecDeque::new();
        let pages = Pages { document: &document, orders, page_count, region, second_opinion, window };
        pages.write(&part, channel)?;
        channel.send(&Message::PartDone.into())?;
    }
    Ok(())
}

fn fail(channel: &mut Channel, failure: Failure) -> io::Result<()> {
    channel.send(&Message::Failed(failure).into())
}

fn open<'a>(
    library: &'a Library,
    input: File,
    length: u64,
    orders: &Orders,
) -> Result<(Document<'a>, DocumentInfo), Failure> {
    if length == 0 {
        return Err(Failure::empty_file());
    }
    let has_header = has_header(&input).map_err(|_| Failure::damaged())?;
    let document = Document::open(library, input, length).map_err(|error| match error {
        OpenError::Encrypted => Failure::encrypted(),
        OpenError::Invalid if has_header => Failure::damaged(),
        OpenError::Invalid => Failure::not_a_pdf(),
    })?;
    match document.page_count() {
        0 => Err(Failure::no_pages()),
        pages if pages > orders.max_pages => Err(Failure::too_many_pages(pages, orders.max_pages)),
        _ => {
            let info = document.info();
            Ok((document, info))
        }
    }
}

fn has_header(input: &File) -> io::Result<bool> {
    use std::os::unix::fs::FileExt as _;
    let mut start = [0; HEADER_WINDOW as usize];
    let length = input.read_at(&mut start, 0)?;
    Ok(start[..length].windows(5).any(|window| window == b"%PDF-"))
}

/// A page that was read, or why it was not.
struct ReadPage {
    page_number: u32,
    outcome: Result<PreparedPage, PageError>,
    /// What was read from pictures, if anything.
    recognised: Option<Recognised>,
}

/// The pages of a part, a window of them in memory.
struct Pages<'a> {
    document: &'a Document<'a>,
    orders: &'a Orders,
    page_count: u32,
    /// Of each page, only this.
    region: Option<Region>,
    second_opinion: Option<SecondOpinion<'a>>,
    window: VecDeque<ReadPage>,
}

impl Pages<'_> {
    fn write(mut self, part: &Part, channel: &mut Channel) -> io::Result<()> {
        let first = part.first_page.max(1);
        let mut next_to_read = first.saturating_sub(CONTEXT_PAGES).max(1);
        for page_number in first..=part.last_page.min(self.page_count) {
            while next_to_read <= page_number.saturating_add(CONTEXT_PAGES).min(self.page_count) {
                let page = self.read(next_to_read, part, channel)?;
                self.window.push_back(page);
                next_to_read += 1;
            }
            while self.window.front().is_some_and(|page| page.page_number + CONTEXT_PAGES < page_number) {
                self.window.pop_front();
            }
            let page = self.finish(page_number, part, channel)?;
            let drawing = || Drawing::of(&page, |zone| zone.kind == ZoneKind::Figure);
            if let Some(crop) = &self.orders.crop
                && let Some(drawing) = drawing()
            {
                crop.send(&drawing, self.document, &self.orders.page, channel)?;
            }
            put_page(channel, page)?;
        }
        Ok(())
    }

    fn read(&self, page_number: u32, part: &Part, channel: &mut Channel) -> io::Result<ReadPage> {
        let work = Work { page_number, stage: Stage::Reading };
        if let Err(error) = begin(work, part, channel)? {
            return Ok(ReadPage { page_number, outcome: Err(error), recognised: None });
        }
        let limits = &self.orders.page;
        let content = match self.document.read_page(page_number, limits) {
            Ok(content) => content,
            Err(error) => {
                let outcome = Err(page_error(error, limits));
                return Ok(ReadPage { page_number, outcome, recognised: None });
            }
        };
        let (page, recognised) = self.recognise(page_number, content, channel)?;
        Ok(ReadPage { page_number, outcome: Ok(page), recognised })
    }

    /// The page with what is read from pictures, if anything is to be.
    fn recognise(
        &self,
        page_number: u32,
        mut content: PageContent,
        channel: &mut Channel,
    ) -> io::Result<(PreparedPage, Option<Recognised>)> {
        let limits = &self.orders.page;
        let Some(recognition) = &self.orders.ocr else { return Ok((layout::prepare(content), None)) };
        let reader = Reader { recognition, document: self.document, page_number, limits };
        let recognised = reader.complete(&mut content, channel)?;
        let page = layout::prepare(content);
        if recognised.is_some() || page.is_legible() {
            return Ok((page, recognised));
        }
        // Its characters do not say what is seen. What it draws beside them was used up, and is asked for again.
        let Ok(mut content) = self.document.read_page(page_number, limits) else { return Ok((page, None)) };
        match reader.read_page(&mut content, channel)? {
            Some(recognised) => Ok((layout::prepare(content), Some(recognised))),
            None => Ok((page, None)),
        }
    }

    fn finish(&self, page_number: u32, part: &Part, channel: &mut Channel) -> io::Result<Page> {
        let (page, recognised) = match self.window.iter().find(|page| page.page_number == page_number) {
            None => return Ok(failed_page(page_number, damaged_page())),
            Some(ReadPage { outcome: Err(error), .. }) => return Ok(failed_page(page_number, error.clone())),
            Some(ReadPage { outcome: Ok(page), recognised, .. }) => (page, recognised),
        };
        if let Err(error) = begin(Work { page_number, stage: Stage::Layout }, part, channel)? {
            return Ok(failed_page(page_number, error));
        }
        let neighbours: Vec<&PreparedPage> = self
            .window
            .iter()
            .filter(|page| page.page_number != page_number)
            .filter_map(|page| page.outcome.as_ref().ok())
            .collect();
        let zones = match &self.region {
            None => layout::zones(page, &neighbours),
            Some(region) => layout::read_region(page, &neighbours, region).into_iter().collect(),
        };
        let mut page = finished_page(page_number, page, zones);
        if let Some(recognised) = recognised {
            recognised.mark(&mut page);
        }
        if self.region.is_none()
            && let Some(opinion) = &self.second_opinion
        {
            opinion.settle(&mut page);
        }
        Ok(page)
    }
}

/// Says that the work begins, unless it cost an earlier child its life.
fn begin(work: Work, part: &Part, channel: &mut Channel) -> io::Result<Result<(), PageError>> {
    match part.lost.iter().find(|lost| lost.work == work) {
        Some(lost) => Ok(Err(lost.error())),
        None => channel.send(&Message::Working(work).into()).map(Ok),
    }
}

/// Sends the page, or that it is too large to send.
fn put_page(channel: &mut Channel, page: Page) -> io::Result<()> {
    let page_number = page.page_number;
    let Err(limit) = channel.put_page(page)? else { return Ok(()) };
    let error = PageError {
        code: PageErrorCode::PageTooComplex,
        message: format!("the page's zones take more than {limit} bytes; split it"),
    };
    channel.put(&Message::Page(failed_page(page_number, error)).into())
}

fn finished_page(page_number: u32, prepared: &PreparedPage, mut zones: Vec<Zone>) -> Page {
    if !prepared.is_legible() {
        // Nothing could read its picture: the boxes may be right, the text is not to be trusted.
        for zone in &mut zones {
            zone.confidence *= prepared.legibility();
        }
    }
    let text_source = if prepared.has_text() { TextSource::Native } else { TextSource::None };
    Page {
        page_number,
        width: prepared.width(),
        height: prepared.height(),
        rotation: prepared.rotation(),
        text_source,
        zones,
        error: None,
    }
}

fn failed_page(page_number: u32, error: PageError) -> Page {
    Page {
        page_number,
        width: 0.0,
        height: 0.0,
        rotation: 0,
        text_source: TextSource::None,
        zones: Vec::new(),
        error: Some(error),
    }
}

fn damaged_page() -> PageError {
    PageError {
        code: PageErrorCode::PageDamaged,
        message: "the page's content is damaged and cannot be read; export the PDF again".to_owned(),
    }
}

fn page_error(error: PageReadError, limits: &PageLimits) -> PageError {
    match error {
        PageReadError::Damaged => damaged_page(),
        PageReadError::TooLarge { width, height } => PageError {
            code: PageErrorCode::PageTooLarge,
            message: format!(
                "the page measures {width:.0} by {height:.0} points and at most {:.0} are accepted; scale it down",
                limits.max_points
            ),
        },
        PageReadError::TooComplex { characters } => PageError {
            code: PageErrorCode::PageTooComplex,
            message: format!(
                "the page has {characters} characters and at most {} are accepted; split it",
                limits.max_characters
            ),
        },
    }
}

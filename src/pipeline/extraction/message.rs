//! What parent and child say to each other.
//!
//! A child is started with the PDF, open, and one end of a socket pair ([`super::zygote`]). Over the socket both sides send
//! [frames](super::frame): the child [`Message`]s, the parent [`Instruction`]s.
//!
//! ```text
//! child                                          parent
//!                                 ◀──  Open(orders)
//!   Ready                         ──▶
//!   Document | Failed             ──▶
//!                                 ◀──  Read(part) | ReadRegion | Draw for each part of the document it is given
//!   Working(page, reading) …      ──▶                                 what follows is this page's doing
//!   Working(page, layout), Page … ──▶
//!   Figure + pixels …             ──▶                                 if asked for: the next page's figures
//!   Recognise + pixels            ──▶                                 a page, or a picture on it, to be read
//!                                 ◀──  Recognised(words)
//!   PartDone                      ──▶
//!                                 ◀──  (end of the stream)            no more parts: the child ends
//! ```
//!
//! A child that needs something done which its sandbox forbids asks: it sends a message, with what is needed attached, and
//! waits for the one instruction that answers it ([`super::channel::Channel::ask`]); the parent answers from where it
//! receives the child's messages. A new question is a variant here on either side, an `ask` in the child and an arm in
//! the parent. Limits hold on both sides: each states the most bytes it accepts of a message and of its attachment before
//! it reads one; the parent waits for a child no longer than the page it is at may take, the child no longer for an
//! answer than it was told; and a child whose parent is gone ends.

use serde::{Deserialize, Serialize};

use super::failure::Failure;
use super::sandbox::Sandbox;
use crate::layout::{Bbox, DocumentInfo, Page, PageError, PageErrorCode, Region};
use crate::layout_model::Thresholds;
use crate::ocr::Word;
use crate::pdf::PageLimits;

/// What a child says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Message {
    /// The child has everything it needs and has given up the rest; no byte of the document has been looked at yet.
    Ready(Sandbox),
    /// The document is open.
    Document(DocumentInfo),
    /// A page is about to be worked on: if nothing follows, this page is to blame.
    Working(Work),
    /// What does the attached picture (a byte of grey a pixel) say? Answered by [`Instruction::Recognised`].
    Recognise(PictureOfText),
    /// The attached picture (red, green and blue of each pixel) is that of a figure on the page that comes next.
    Figure(FigurePixels),
    /// A page is done.
    Page(Page),
    /// All pages of the part are done.
    PartDone,
    /// The document cannot be processed; nothing follows.
    Failed(Failure),
}

/// What a parent says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "content", rename_all = "snake_case")]
pub enum Instruction {
    /// Open the document.
    Open(Orders),
    /// Read these pages.
    Read(Part),
    /// Read this region of the part's pages: each has the region as its only zone, or none when it lies beside the page.
    ReadRegion {
        /// The pages, mostly one.
        part: Part,
        /// The region.
        region: Region,
    },
    /// Draw these areas of a page: each comes as [`Message::Figure`], or not at all when it cannot be drawn.
    Draw(Drawing),
    /// The words of a picture; none when it could not be read.
    Recognised(Option<Vec<Word>>),
}

/// What holds for all of the document.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Orders {
    /// Most pages it may have.
    pub max_pages: u32,
    /// Limits of one page.
    pub page: PageLimits,
    /// How pages are drawn for the parent to read; none if it reads none.
    pub ocr: Option<Recognition>,
    /// When the layout model is asked and believed; none if there is none.
    pub layout_model: Option<Thresholds>,
    /// How figures are drawn; none if they are not.
    pub crop: Option<Crop>,
    /// Most bytes of one message, and of its attachment.
    pub max_message_bytes: usize,
    /// Address space, bytes.
    pub memory_bytes: u64,
    /// Processor time, seconds.
    pub cpu_seconds: u64,
}

/// How pages are drawn to be read.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Recognition {
    /// Pixels an inch.
    pub dpi: f32,
    /// Most pixels of a page.
    pub max_pixels: u64,
    /// What the parent gives one picture, seconds of a processor.
    pub page_seconds: u64,
}

/// How figures are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Crop {
    /// Pixels an inch.
    pub dpi: f32,
    /// Most pixels of one; a larger figure is drawn less finely.
    pub max_pixels: u64,
}

/// Areas of a page to be drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drawing {
    /// From 1.
    pub page_number: u32,
    /// By the place of their zone in the page's list.
    pub areas: Vec<(u32, Bbox)>,
}

/// A picture attached to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureOfText {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Pixels an inch.
    pub dpi: u32,
}

/// A picture of a figure, attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigurePixels {
    /// The figure's place in the page's list of zones.
    pub zone: u32,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Pages to be read in one go; they come out in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The first page wanted, from 1.
    pub first_page: u32,
    /// The last page wanted; the document's last one if that is earlier.
    pub last_page: u32,
    /// Pages that cost an earlier child its life, in the part or beside it.
    pub lost: Vec<LostPage>,
}

/// Work on one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Counted from 1.
    pub page_number: u32,
    /// What is done to it.
    pub stage: Stage,
}

/// What is done to a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Its content is read from the PDF.
    Reading,
    /// Its zones are found among its neighbours.
    Layout,
}

/// A page that cost a child its life. One lost while it was read is not read again; one lost in layout still is, for its
/// neighbours' sake: so the other pages' zones are the same whichever child meets the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostPage {
    /// What the child was at.
    pub work: Work,
    /// How it was lost.
    pub code: PageErrorCode,
}

impl LostPage {
    /// What the page carries instead of zones.
    pub fn error(&self) -> PageError {
        let message = match self.code {
            PageErrorCode::PageTimedOut => {
                "reading the page took longer than allowed, so it was left out; print it to a new PDF and try again"
            }
            PageErrorCode::PageMemory => {
                "reading the page needed more memory than allowed, so it was left out: it may be large, or repeat its \
                 content over and over; print it to a new PDF and try again"
            }
            PageErrorCode::PageForbidden => {
                "reading the page tried what its sandbox forbids, so it was left out; do not trust this file"
            }
            _ => "reading the page broke the reader, so it was left out; print it to a new PDF and try again",
        };
        PageError { code: self.code, message: message.to_owned() }
    }
}

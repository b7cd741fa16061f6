//! The parent's side of extraction: a stream of pages that survives whatever a document does to the child process.
//!
//! A child that dies or hangs on a page costs that page: it becomes a page with an error, and a new child goes on
//! after it. Memory is bounded by one message: the child blocks on its pipe while nobody asks for the next event.

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use tokio::time::timeout;

use super::failure::Failure;
use super::frame::Frame;
use super::message::{Instruction, LostPage, Message, Part, PictureOfText, Work};
use super::process::{ChildProcess, Ending};
use crate::config::{Config, Extract};
use crate::layout::{DocumentInfo, Page, PageErrorCode, Region};
use crate::ocr::{Tesseract, Word};
use crate::pdf::find_library;

/// How often opening is tried before the document is blamed.
const OPEN_ATTEMPTS: u32 = 2;

/// How to extract.
#[derive(Debug, Clone)]
pub struct Options {
    /// The `zoned` executable.
    pub executable: PathBuf,
    /// The PDFium shared library.
    pub pdfium: PathBuf,
    /// The first page wanted, from 1; later ones follow.
    pub first_page: u32,
    /// Only this region of the first page, if there is one.
    pub region: Option<Region>,
    /// Limits in time and size.
    pub limits: Extract,
    /// What reads pictures of text; none if nothing does.
    pub tesseract: Option<Tesseract>,
}

impl Options {
    /// As the settings say, from the first page, with the running executable.
    pub fn new(config: &Config) -> std::io::Result<Self> {
        Ok(Self {
            executable: std::env::current_exe()?,
            pdfium: find_library(&config.pdfium.library),
            first_page: 1,
            region: None,
            limits: config.extract.clone(),
            tesseract: Tesseract::find(&config.ocr),
        })
    }
}

impl Options {
    /// The last page wanted; the document's last one if that is earlier.
    fn last_page(&self) -> u32 {
        if self.region.is_some() { self.first_page } else { u32::MAX }
    }

    fn instruction(&self, part: Part) -> Instruction {
        match self.region {
            None => Instruction::Read(part),
            Some(region) => Instruction::ReadRegion { part, region },
        }
    }
}

/// What an extraction yields: the document once, then its pages in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The document is open.
    Document(DocumentInfo),
    /// A page is done, or carries the error it failed with.
    Page(Page),
}

/// Why an extraction ends early.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// The document cannot be processed; trying again gives the same.
    #[error(transparent)]
    Document(#[from] Failure),
    /// Reading it did not work here; another try may.
    #[error("the extraction process cannot be run: {0}")]
    Process(#[from] std::io::Error),
}

/// A running extraction. Dropping it kills the child process.
#[derive(Debug)]
pub struct Extraction {
    source: File,
    options: Options,
    child: Option<ChildProcess>,
    /// Whether the document was announced.
    opened: bool,
    /// The page to be yielded next.
    next_page: u32,
    /// What the child said it is at.
    working: Option<Work>,
    lost: Vec<LostPage>,
    failed_openings: u32,
    finished: bool,
}

impl Extraction {
    /// Prepares to extract `source`, a regular file; the child process starts with the first call of [`Self::next`].
    pub fn start(source: File, options: Options) -> Self {
        let next_page = options.first_page.max(1);
        Self {
            source,
            options,
            child: None,
            opened: false,
            next_page,
            working: None,
            lost: Vec::new(),
            failed_openings: 0,
            finished: false,
        }
    }

    /// The next event; none after the last page. After an error there is nothing more.
    pub async fn next(&mut self) -> Result<Option<Event>, ExtractError> {
        if self.finished {
            return Ok(None);
        }
        let outcome = self.advance().await;
        if !matches!(outcome, Ok(Some(_))) {
            self.finished = true;
            self.child = None;
        }
        outcome
    }

    async fn advance(&mut self) -> Result<Option<Event>, ExtractError> {
        loop {
            let limit = Duration::from_secs(if self.working.is_none() {
                self.options.limits.open_seconds
            } else {
                self.options.limits.page_seconds
            });
            let last_page = self.options.last_page();
            let part = Part { first_page: self.next_page, last_page, lost: self.lost.clone() };
            let instruction = self.options.instruction(part);
            let tesseract = self.options.tesseract.clone();
            let child = self.child()?;
            let received = timeout(limit, child.receive()).await;
            match received {
                Ok(Ok(Some(Frame { message: Message::PartDone, .. }))) => return Ok(None),
                Ok(Ok(Some(Frame { message: Message::Recognise(picture), attachment }))) => {
                    let words = recognise(tesseract.as_ref(), picture, &attachment).await;
                    child.send(Instruction::Recognised(words)).await?;
                }
                Ok(Ok(Some(Frame { message, .. }))) => {
                    if matches!(message, Message::Document(_)) {
                        child.send(instruction).await?;
                    }
                    if let Some(event) = self.accept(message)? {
                        return Ok(Some(event));
                    }
                }
                Ok(Ok(None)) => {
                    let ending = child.ending().await?;
                    self.recover(ending)?;
                }
                Ok(Err(error)) => return Err(error.into()),
                Err(_) => self.recover(Ending::TimedOut)?,
            }
        }
    }

    fn child(&mut self) -> Result<&mut ChildProcess, ExtractError> {
        match &mut self.child {
            Some(child) => Ok(child),
            empty => {
                check_length(&self.source, self.options.limits.max_input_bytes)?;
                let child = ChildProcess::start(&self.source, &self.options)?;
                Ok(empty.insert(child))
            }
        }
    }

    fn accept(&mut self, message: Message) -> Result<Option<Event>, ExtractError> {
        match message {
            Message::Document(info) => {
                self.failed_openings = 0;
                let first = !std::mem::replace(&mut self.opened, true);
                Ok(first.then_some(Event::Document(info)))
            }
            Message::Working(work) => {
                self.working = Some(work);
                Ok(None)
            }
            Message::Page(page) => {
                self.next_page = page.page_number + 1;
                Ok(Some(Event::Page(page)))
            }
            Message::Failed(failure) => Err(failure.into()),
            // Both are dealt with where they are received.
            Message::PartDone | Message::Recognise(_) => Ok(None),
        }
    }

    /// Decides what a lost child costs: another try at opening, a page, or the document.
    fn recover(&mut self, ending: Ending) -> Result<(), ExtractError> {
        self.child = None;
        let Some(work) = self.working.take() else {
            self.failed_openings += 1;
            return if self.failed_openings < OPEN_ATTEMPTS && ending != Ending::TimedOut {
                Ok(())
            } else {
                Err(self.opening_failure(ending).into())
            };
        };
        let code = match ending {
            Ending::TimedOut => PageErrorCode::PageTimedOut,
            Ending::OutOfMemory => PageErrorCode::PageMemory,
            Ending::Crashed => PageErrorCode::PageCrashed,
        };
        self.lost.push(LostPage { work, code });
        if self.lost.len() as u32 > self.options.limits.max_restarts {
            return Err(Failure::too_many_failures(self.options.limits.max_restarts).into());
        }
        Ok(())
    }

    fn opening_failure(&self, ending: Ending) -> Failure {
        match ending {
            Ending::TimedOut => Failure::open_timed_out(self.options.limits.open_seconds),
            Ending::OutOfMemory | Ending::Crashed => Failure::open_crashed(),
        }
    }
}

/// The words of the picture; none when it cannot be read, which costs the page its text and nothing else.
async fn recognise(tesseract: Option<&Tesseract>, picture: PictureOfText, png: &[u8]) -> Option<Vec<Word>> {
    let words = tesseract?.read(png, picture.width, picture.height, picture.dpi).await;
    words.inspect_err(|error| tracing::warn!("a page stays without text: {error}")).ok()
}

fn check_length(source: &File, limit: u64) -> Result<(), ExtractError> {
    match source.metadata()?.len() {
        0 => Err(Failure::empty_file().into()),
        length if length > limit => Err(Failure::file_too_large(length, limit).into()),
        _ => Ok(()),
    }
}

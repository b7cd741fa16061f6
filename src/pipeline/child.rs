//! The child process: reads the PDF on its standard input, writes messages on its standard output.
//!
//! The page being worked on needs its neighbours (running headers and footers repeat), so pages are read
//! [`CONTEXT_PAGES`] ahead and kept as long behind. A child that starts at page N first reads the pages before it:
//! its pages are the same as those of a child that started at page 1.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use super::failure::{Failure, FailureCode};
use super::message::{LostPage, Message};
use crate::layout::{self, DocumentInfo, Page, PageError, PageErrorCode, PreparedPage, TextSource};
use crate::pdf::{Document, Library, OpenError, PageLimits, PageReadError};

/// How many pages before and after a page are looked at to find what repeats.
const CONTEXT_PAGES: u32 = 3;
/// A PDF's header must begin within this many bytes (ISO 32000-1, annex H, implementation note 13).
const HEADER_WINDOW: u64 = 1024;

/// What the child is told on its command line.
#[derive(Debug, Clone)]
pub struct Task {
    /// The first page wanted, from 1.
    pub first_page: u32,
    /// Pages not to be read.
    pub lost: Vec<LostPage>,
    /// Most pages a document may have.
    pub max_pages: u32,
    /// Most bytes of one message.
    pub max_message_bytes: usize,
    /// Limits of one page.
    pub page: PageLimits,
}

/// Reads `input` and writes its messages to `output`. An error means the reader of the output is gone.
pub fn run(input: File, library: &Path, task: &Task, output: impl Write) -> io::Result<()> {
    let mut writer = MessageWriter { output, limit: task.max_message_bytes };
    match extract(input, library, task, &mut writer)? {
        Ok(()) => writer.send(&Message::End),
        Err(failure) => writer.send(&Message::Failed(failure)),
    }
}

fn extract<W: Write>(
    input: File,
    library: &Path,
    task: &Task,
    writer: &mut MessageWriter<W>,
) -> io::Result<Result<(), Failure>> {
    let library = match Library::load(library) {
        Ok(library) => library,
        Err(error) => return Ok(Err(Failure::new(FailureCode::EngineUnavailable, error.to_string()))),
    };
    let (document, info) = match open(&library, input, task) {
        Ok(opened) => opened,
        Err(failure) => return Ok(Err(failure)),
    };
    let page_count = info.page_count;
    writer.send(&Message::Document(info))?;
    Pages { document: &document, task, page_count, window: VecDeque::new() }.write(writer).map(Ok)
}

fn open<'a>(library: &'a Library, input: File, task: &Task) -> Result<(Document<'a>, DocumentInfo), Failure> {
    let length = input.metadata().map_err(|_| Failure::damaged())?.len();
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
        pages if pages > task.max_pages => Err(Failure::too_many_pages(pages, task.max_pages)),
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
}

/// The pages of a document, a window of them in memory.
struct Pages<'a> {
    document: &'a Document<'a>,
    task: &'a Task,
    page_count: u32,
    window: VecDeque<ReadPage>,
}

impl Pages<'_> {
    fn write<W: Write>(&mut self, writer: &mut MessageWriter<W>) -> io::Result<()> {
        let first = self.task.first_page.max(1);
        let mut next_to_read = first.saturating_sub(CONTEXT_PAGES).max(1);
        for page_number in first..=self.page_count {
            while next_to_read <= (page_number + CONTEXT_PAGES).min(self.page_count) {
                let page = self.read(next_to_read, writer)?;
                self.window.push_back(page);
                next_to_read += 1;
            }
            while self.window.front().is_some_and(|page| page.page_number + CONTEXT_PAGES < page_number) {
                self.window.pop_front();
            }
            writer.send_page(self.finish(page_number))?;
        }
        Ok(())
    }

    fn read<W: Write>(&self, page_number: u32, writer: &mut MessageWriter<W>) -> io::Result<ReadPage> {
        let lost = self.task.lost.iter().find(|lost| lost.page_number == page_number);
        let outcome = if let Some(lost) = lost {
            Err(lost.error())
        } else {
            writer.send(&Message::Reading { page_number })?;
            self.document
                .read_page(page_number, &self.task.page)
                .map(layout::prepare)
                .map_err(|error| page_error(error, &self.task.page))
        };
        Ok(ReadPage { page_number, outcome })
    }

    fn finish(&self, page_number: u32) -> Page {
        let Some(index) = self.window.iter().position(|page| page.page_number == page_number) else {
            return failed_page(page_number, damaged_page());
        };
        match &self.window[index].outcome {
            Err(error) => failed_page(page_number, error.clone()),
            Ok(prepared) => {
                let neighbours: Vec<&PreparedPage> = self
                    .window
                    .iter()
                    .filter(|page| page.page_number != page_number)
                    .filter_map(|page| page.outcome.as_ref().ok())
                    .collect();
                finished_page(page_number, prepared, &neighbours)
            }
        }
    }
}

fn finished_page(page_number: u32, prepared: &PreparedPage, neighbours: &[&PreparedPage]) -> Page {
    let text_source = if prepared.has_text() { TextSource::Native } else { TextSource::None };
    Page {
        page_number,
        width: prepared.width(),
        height: prepared.height(),
        rotation: prepared.rotation(),
        text_source,
        zones: layout::zones(prepared, neighbours),
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

struct MessageWriter<W> {
    output: W,
    limit: usize,
}

impl<W: Write> MessageWriter<W> {
    fn send(&mut self, message: &Message) -> io::Result<()> {
        let line = serde_json::to_vec(message)?;
        self.send_line(line)
    }

    /// Sends the page, or that it is too large to send.
    fn send_page(&mut self, page: Page) -> io::Result<()> {
        let page_number = page.page_number;
        let line = serde_json::to_vec(&Message::Page(page))?;
        if line.len() < self.limit {
            return self.send_line(line);
        }
        let error = PageError {
            code: PageErrorCode::PageTooComplex,
            message: format!("the page's zones take more than {} bytes; split it", self.limit),
        };
        self.send(&Message::Page(failed_page(page_number, error)))
    }

    fn send_line(&mut self, mut line: Vec<u8>) -> io::Result<()> {
        line.push(b'\n');
        self.output.write_all(&line)?;
        self.output.flush()
    }
}

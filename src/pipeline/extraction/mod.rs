//! Extraction: a stream of pages that survives whatever a document does to the child processes that read it.
//!
//! In the parent, a document is opened by one child; a large one is divided into parts ([`plan`]), each read by one of
//! several children ([`lane`]) as far as the pool has places ([`pool`]). Their pages come out in order ([`queue`]), the same
//! whatever the number of children. What a lost child costs is decided in [`supervision`]. Memory is bounded: children block
//! on their sockets while nobody takes their pages.
//!
//! Children are forked from a process that has PDFium loaded ([`launcher`], [`zygote`]; [`child_process`] is the parent's
//! side of one). A child ([`child`]) enters its [`sandbox`] and reads pages, its end of the socket being a [`channel`]. What
//! both sides say is in [`message`], how it travels in [`frame`].

pub mod channel;
pub mod child;
mod child_process;
mod failure;
mod figures;
pub mod frame;
mod lane;
mod launcher;
pub mod message;
mod options;
mod plan;
pub mod pool;
mod queue;
mod readings;
pub mod recognition;
pub mod sandbox;
mod second_opinion;
mod supervision;
pub mod zygote;

pub use self::failure::{ExtractError, Failure, FailureCode};
pub use self::figures::Figures;
pub(super) use self::lane::{Lane, Source};
pub use self::launcher::Launcher;
pub use self::message::Crop;
pub(super) use self::message::Drawing;
pub use self::options::{Options, OptionsError};

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use self::lane::Opened;
use self::pool::ChildPool;
use self::queue::{Next, Pages};
use self::sandbox::Sandbox;
use crate::export::PageImages;
use crate::layout::{DocumentInfo, Page};

/// What an extraction yields: the document once, then its pages in order.
#[derive(Debug, Clone)]
pub enum Event {
    /// The document is open.
    Document(DocumentInfo),
    /// Pictures of figures on the page that comes next; only if they are asked for and there are any.
    Figures(PageImages),
    /// A page is done, or carries the error it failed with.
    Page(Page),
}

/// A running extraction. Dropping it kills its child processes.
#[derive(Debug)]
pub struct Extraction {
    options: Options,
    state: State,
    sandbox: Option<Sandbox>,
}

#[derive(Debug)]
enum State {
    Waiting(File),
    Reading(Reading),
    Finished,
}

impl Extraction {
    /// Prepares to extract `source`, a regular file; a child process starts with the first call of [`Self::next`].
    pub fn start(source: File, options: Options) -> Self {
        Self { options, state: State::Waiting(source), sandbox: None }
    }

    /// The next event; none after the last page. After an error there is nothing more.
    pub async fn next(&mut self) -> Result<Option<Event>, ExtractError> {
        let outcome = self.advance().await;
        if !matches!(outcome, Ok(Some(_))) {
            self.state = State::Finished;
        }
        outcome
    }

    /// What keeps the child processes in their place; known once the document is open.
    pub fn sandbox(&self) -> Option<Sandbox> {
        self.sandbox
    }

    async fn advance(&mut self) -> Result<Option<Event>, ExtractError> {
        match &mut self.state {
            State::Finished => Ok(None),
            State::Reading(reading) => reading.next().await,
            State::Waiting(file) => {
                check_length(file, self.options.limits.max_input_bytes)?;
                let source = Arc::new(Source::new(file.try_clone()?, self.options.clone()));
                let place =
                    self.options.pool.take().await.ok_or_else(|| std::io::Error::other("no places"))?;
                let mut lane = Lane::new(source.clone(), place);
                let Opened { info, sandbox } = lane.open().await?;
                self.sandbox = Some(sandbox);
                self.state = State::Reading(Reading::start(lane, source, &self.options, &info));
                Ok(Some(Event::Document(info)))
            }
        }
    }
}

/// A document whose pages are being read.
#[derive(Debug)]
struct Reading {
    source: Arc<Source>,
    pages: Pages,
    pool: ChildPool,
    /// Ended, and their children with them, when this is dropped.
    lanes: JoinSet<()>,
    deadline: Instant,
    document_seconds: u64,
    /// A page whose figures were handed out just now.
    page: Option<Page>,
}

impl Reading {
    fn start(lane: Lane, source: Arc<Source>, options: &Options, info: &DocumentInfo) -> Self {
        let limits = &options.limits;
        let last_page = info.page_count.min(options.last_page());
        let parts = plan::parts(options.first_page.max(1), last_page, options.pool.size());
        // Twice the children: nobody who is done with a part has to wait for a slower one next to it.
        let ahead = 2 * options.pool.size();
        let pages = queue::queues(parts, ahead, limits.max_waiting_bytes);
        let mut lanes = JoinSet::new();
        let assignments = pages.assignments();
        // The first child has the document open already: the first part is its own.
        let first = assignments.next().now_or_never().flatten();
        lanes.spawn(lane.work(first, assignments.clone(), false));
        let deadline = Instant::now() + Duration::from_secs(limits.document_seconds);
        let pool = options.pool.clone();
        let mut reading = Self {
            source,
            pages,
            pool,
            lanes,
            deadline,
            document_seconds: limits.document_seconds,
            page: None,
        };
        reading.recruit();
        reading
    }

    /// Adds children while there are parts for them and places that nobody else wants.
    fn recruit(&mut self) {
        while self.lanes.try_join_next().is_some() {}
        let assignments = self.pages.assignments().clone();
        while !assignments.is_empty() && self.lanes.len() < self.pool.size() {
            let Some(place) = self.pool.try_take() else { return };
            let lane = Lane::new(self.source.clone(), place);
            self.lanes.spawn(lane.work(None, assignments.clone(), true));
        }
    }

    async fn next(&mut self) -> Result<Option<Event>, ExtractError> {
        if let Some(page) = self.page.take() {
            return Ok(Some(Event::Page(page)));
        }
        loop {
            let next = timeout_at(self.deadline, self.pages.next())
                .await
                .map_err(|_| Failure::document_timed_out(self.document_seconds))??;
            match next {
                Some(Next::Page(page, images)) if images.is_empty() => return Ok(Some(Event::Page(page))),
                Some(Next::Page(page, images)) => {
                    self.page = Some(page);
                    return Ok(Some(Event::Figures(images)));
                }
                Some(Next::PartEnd) => self.recruit(),
                None => return Ok(None),
            }
        }
    }
}

fn check_length(source: &File, limit: u64) -> Result<(), ExtractError> {
    match source.metadata()?.len() {
        0 => Err(Failure::empty_file().into()),
        length if length > limit => Err(Failure::file_too_large(length, limit).into()),
        _ => Ok(()),
    }
}

/// A page with nothing on it.
#[cfg(test)]
fn blank_page(page_number: u32) -> crate::layout::Page {
    crate::layout::Page {
        page_number,
        width: 1.0,
        height: 1.0,
        rotation: 0,
        text_source: crate::layout::TextSource::None,
        zones: Vec::new(),
        error: None,
    }
}

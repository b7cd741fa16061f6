//! One child process after another, working through parts of a document.

use std::fs::File;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::child_process::{ChildProcess, Received};
use super::failure::{ExtractError, Failure};
use super::message::{Drawing, Instruction, Message, PictureOfText};
use super::options::Options;
use super::pool::Place;
use super::queue::{Assignment, Assignments, Sender};
use super::readings::Readings;
use super::sandbox::Sandbox;
use super::supervision::{Ending, LostPages, OPEN_ATTEMPTS, Step, Supervision, opening_failure};
use crate::export::PageImages;
use crate::layout::DocumentInfo;
use crate::ocr::{self, Tesseract, Word};
use crate::picture::GreyPicture;
use crate::telemetry::metrics::metrics;

/// Most pictures of one page that are read: its pictures of text, or all of it after those were of no use.
const MAX_QUESTIONS: usize = ocr::MAX_REGIONS + 1;

/// What the lanes of one document share.
#[derive(Debug)]
pub(in crate::pipeline) struct Source {
    file: File,
    options: Options,
    lost: Mutex<LostPages>,
    /// Of pages that more than one part looks at.
    readings: Readings,
    /// Bytes of pages so far.
    output: AtomicU64,
}

impl Source {
    pub(in crate::pipeline) fn new(file: File, options: Options) -> Self {
        Self {
            file,
            options,
            lost: Mutex::default(),
            readings: Readings::default(),
            output: AtomicU64::new(0),
        }
    }

    fn lost(&self) -> MutexGuard<'_, LostPages> {
        // Nothing that holds the lock panics half-way through a change.
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count_output(&self, bytes: usize) -> Result<(), Failure> {
        let limit = self.options.limits.max_output_bytes;
        let before = self.output.fetch_add(bytes as u64, Ordering::Relaxed);
        if before + bytes as u64 > limit { Err(Failure::output_too_large(limit)) } else { Ok(()) }
    }

    /// The words of the picture; none when it cannot be read, which costs the page its text and nothing else.
    async fn recognise(
        &self,
        PictureOfText { width, height, dpi }: PictureOfText,
        pixels: Vec<u8>,
        is_shared: bool,
    ) -> Option<Vec<Word>> {
        let is_whole = pixels.len() as u64 == u64::from(width) * u64::from(height);
        let picture = is_whole.then_some(GreyPicture { width, height, pixels })?;
        let tesseract = self.options.tesseract.as_ref()?;
        let read = read_picture(tesseract, &picture, dpi);
        if is_shared { self.readings.of(&picture, dpi, read).await } else { read.await }
    }
}

/// A place for a child, and the child in it.
#[derive(Debug)]
pub(in crate::pipeline) struct Lane {
    source: Arc<Source>,
    child: Option<ChildProcess>,
    _place: Place,
}

/// What a child says once the document is open.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) info: DocumentInfo,
    pub(super) sandbox: Sandbox,
}

impl Lane {
    /// In a place of its own, as soon as there is one.
    pub(in crate::pipeline) async fn reserve(source: Arc<Source>) -> Result<Self, ExtractError> {
        let place = source.options.pool.take().await.ok_or_else(|| std::io::Error::other("no places"))?;
        Ok(Self::new(source, place))
    }

    pub(super) fn new(source: Arc<Source>, place: Place) -> Self {
        Self { source, child: None, _place: place }
    }

    /// Starts a child and has it open the document.
    pub(super) async fn open(&mut self) -> Result<Opened, ExtractError> {
        let mut attempts = 0;
        loop {
            let begun = Instant::now();
            let ending = match self.try_open().await? {
                Ok(opened) => {
                    metrics().stage("open", begun.elapsed());
                    return Ok(opened);
                }
                Err(ending) => ending,
            };
            metrics().child_lost(ending.name());
            self.child = None;
            attempts += 1;
            if attempts == OPEN_ATTEMPTS || ending == Ending::TimedOut {
                return Err(opening_failure(ending, &self.source.options.limits).into());
            }
        }
    }

    async fn try_open(&mut self) -> Result<Result<Opened, Ending>, ExtractError> {
        let limits = &self.source.options.limits;
        metrics().child_started();
        let child = self.child.insert(ChildProcess::start(&self.source.file, &self.source.options).await?);
        let patience = Duration::from_secs(limits.open_seconds);
        let mut sandbox = None;
        loop {
            let message = match listen(child, patience).await? {
                Ok(received) => received.message,
                Err(ending) => return Ok(Err(ending)),
            };
            match (message, sandbox) {
                (Message::Ready(state), None) => sandbox = Some(state),
                (Message::Document(info), Some(sandbox))
                    if (1..=limits.max_pages).contains(&info.page_count) =>
                {
                    say_once(sandbox);
                    return Ok(Ok(Opened { info, sandbox }));
                }
                (Message::Failed(failure), _) => return Err(failure.shortened().into()),
                _ => return Ok(Err(Ending::Garbled)),
            }
        }
    }

    /// Works until no part is left, or, if it may, until somebody else waits for the place.
    pub(super) async fn work(
        mut self,
        first: Option<Assignment>,
        assignments: Arc<Assignments>,
        may_leave: bool,
    ) {
        let mut next = first;
        loop {
            if next.is_none() {
                next = assignments.next().await;
            }
            let Some(Assignment { pages, queue }) = next.take() else { return };
            let outcome = self.read(Supervision::new(pages), &queue).await;
            let is_over = outcome.is_err();
            queue.end(outcome);
            if is_over || may_leave && self.source.options.pool.is_wanted() {
                return;
            }
        }
    }

    /// Pictures of areas of a page, as far as they can be drawn: a page that breaks its child has those that came before.
    /// The child stays for the next page.
    pub(in crate::pipeline) async fn draw(&mut self, drawing: &Drawing) -> Result<PageImages, ExtractError> {
        let source = self.source.clone();
        let mut images = PageImages::default();
        let Some(figures) = source.options.figures else { return Ok(images) };
        if self.child.is_none() {
            self.open().await?;
        }
        let Some(child) = &mut self.child else { return Ok(images) };
        child.send(&Instruction::Draw(drawing.clone()).into()).await?;
        let patience = Duration::from_secs(source.options.limits.page_seconds);
        // One more message than pictures: that there are no more.
        for _ in 0..=drawing.areas.len() {
            match listen(child, patience).await? {
                Ok(Received { message: Message::Figure(figure), attachment, .. }) => {
                    if let Some(image) = figures.encode(figure, attachment).await {
                        images.insert(figure.zone as usize, image);
                    }
                }
                Ok(Received { message: Message::PartDone, .. }) => return Ok(images),
                Ok(_) => break,
                Err(ending) => {
                    metrics().child_lost(ending.name());
                    break;
                }
            }
        }
        self.child = None;
        let lost = {
            let mut lost = source.lost();
            lost.lose_child(source.options.limits.max_restarts)
        };
        lost.map(|()| images).map_err(ExtractError::from)
    }

    async fn read(&mut self, mut part: Supervision, queue: &Sender) -> Result<(), ExtractError> {
        let source = self.source.clone();
        let limits = &source.options.limits;
        loop {
            if self.child.is_none() {
                self.open().await?;
            }
            let Some(child) = &mut self.child else { continue };
            let instruction = source.options.instruction(part.part(&source.lost()));
            child.send(&instruction.into()).await?;
            match follow(child, &mut part, &source, queue).await? {
                None => return Ok(()),
                Some(ending) => {
                    self.child = None;
                    metrics().child_lost(ending.name());
                    part.lose(ending, limits, &mut source.lost())?;
                }
            }
        }
    }
}

/// Hands on a child's pages until it has no more, or is lost.
async fn follow(
    child: &mut ChildProcess,
    part: &mut Supervision,
    source: &Source,
    queue: &Sender,
) -> Result<Option<Ending>, ExtractError> {
    let mut questions_left = 0;
    let mut images = PageImages::default();
    let mut image_bytes = 0;
    let mut begun = Instant::now();
    loop {
        let received = match listen(child, part.patience(&source.options.limits)).await? {
            Ok(received) => received,
            Err(ending) => return Ok(Some(ending)),
        };
        if let Message::Recognise(picture) = received.message {
            // A page has so many pictures: a child that goes on asking would keep its place for ever.
            let Some(left) = usize::checked_sub(questions_left, 1) else { return Ok(Some(Ending::Garbled)) };
            questions_left = left;
            let words = source.recognise(picture, received.attachment, part.is_at_shared_page()).await;
            child.send(&Instruction::Recognised(words).into()).await?;
            continue;
        }
        match part.accept(received.message) {
            Ok(Step::Wait) => questions_left = MAX_QUESTIONS,
            Ok(Step::Figure(figure)) => {
                let Some(figures) = source.options.figures else { return Ok(Some(Ending::Garbled)) };
                if let Some(image) = figures.encode(figure, received.attachment).await {
                    image_bytes += image.bytes.len();
                    images.insert(figure.zone as usize, image);
                }
            }
            Ok(Step::Page(page)) => {
                let bytes = received.bytes + std::mem::take(&mut image_bytes);
                source.count_output(bytes)?;
                metrics().stage("page", begun.elapsed());
                queue.page(page, std::mem::take(&mut images), bytes).await;
                // Waiting for whoever takes the page is none of the next one's time.
                begun = Instant::now();
            }
            Ok(Step::Done) => return Ok(None),
            Ok(Step::Failed(failure)) => return Err(failure.into()),
            Err(_) => return Ok(Some(Ending::Garbled)),
        }
    }
}

async fn read_picture(tesseract: &Tesseract, picture: &GreyPicture, dpi: u32) -> Option<Vec<Word>> {
    let begun = Instant::now();
    let words = tesseract.read(picture, dpi).await;
    metrics().stage("recognise", begun.elapsed());
    words.inspect_err(|error| tracing::warn!("a page stays without text: {error}")).ok()
}

/// The child's next message, or how it was lost.
async fn listen(child: &mut ChildProcess, patience: Duration) -> std::io::Result<Result<Received, Ending>> {
    match timeout(patience, child.receive()).await {
        Ok(Ok(Some(received))) => Ok(Ok(received)),
        Ok(Ok(None)) => child.ending().await.map(Err),
        Ok(Err(_)) => Ok(Err(Ending::Garbled)),
        Err(_) => Ok(Err(Ending::TimedOut)),
    }
}

/// That children cannot be confined is worth a line, not one for each child.
fn say_once(sandbox: Sandbox) {
    static SAID: Once = Once::new();
    if sandbox == Sandbox::Unavailable {
        SAID.call_once(|| {
            tracing::info!("this system cannot confine child processes: only resource limits hold for them");
        });
    }
}

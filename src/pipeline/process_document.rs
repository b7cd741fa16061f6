//! The job `process_document`: a PDF from storage to pages and zones in the database.

use futures_util::future::OptionFuture;
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use tokio::time::Instant;

use super::batch::{Batch, BatchLimits};
use super::extraction::{Event, ExtractError, Extraction, Options};
use super::progress::Progress;
use super::protocol::{Claim, Lease, Outcome, ProgressReport, SavedPages, Stage};
use super::source;
use super::step::{Services, StepError, still_ours};
use crate::layout::{DocumentInfo, Page};
use crate::supabase::storage::Transferred;
use crate::telemetry::metrics::metrics;

/// How documents are processed.
#[derive(Debug, Clone)]
pub struct DocumentOptions {
    /// How PDFs are read; the first page is the job's matter.
    pub extract: Options,
    /// How pages are saved.
    pub batch: BatchLimits,
}

/// Does the job, continuing where an earlier attempt got to. Memory is bounded by two batches and one page; the source
/// is in an unnamed temporary file, which vanishes with the process whatever happens.
pub async fn process_document(
    services: &Services,
    claim: &Claim,
    options: &DocumentOptions,
) -> Result<(), StepError> {
    let lease = claim.lease();
    let first_page = claim.checkpoint.next_page;
    let (pages_done, limit) = (first_page.saturating_sub(1), options.extract.limits.max_input_bytes);
    let (file, source) = source::begin(services, claim, pages_done, claim.page_count, limit).await?;

    let extraction = Extraction::start(file, Options { first_page, ..options.extract.clone() });
    let progress = Progress::new(pages_done, claim.page_count, Instant::now());
    let saver = Saver {
        services,
        lease,
        source,
        progress,
        batch: Batch::new(options.batch),
        failed_pages: 0,
        failed_in_batch: 0,
    };
    let failed_pages = saver.run(extraction).await?;

    let message = match failed_pages {
        0 => None,
        1 => Some("1 page could not be read".to_owned()),
        pages => Some(format!("{pages} pages could not be read")),
    };
    still_ours(
        services.rpc.finish(lease, &json!({ "failed_pages": failed_pages, "message": message })).await?,
    )
}

/// Reads pages and saves them, both at once: while one batch is being saved the next one is being read.
struct Saver<'a> {
    services: &'a Services,
    lease: Lease,
    source: Transferred,
    progress: Progress,
    batch: Batch,
    failed_pages: u32,
    /// Of the batch being filled.
    failed_in_batch: u32,
}

impl Saver<'_> {
    /// Until the last page is saved; answers how many pages carry an error.
    async fn run(mut self, extraction: Extraction) -> Result<u32, StepError> {
        // A stream keeps its unfinished read when it is not polled to the end; `Extraction::next` alone would lose it.
        let events = stream::try_unfold(extraction, |mut extraction| async move {
            Ok::<_, ExtractError>(extraction.next().await?.map(|event| (event, extraction)))
        });
        tokio::pin!(events);
        let mut saving = OptionFuture::from(None);
        let mut is_saving = false;
        let mut ended = false;
        loop {
            if !is_saving && self.should_save(ended) {
                let (pages, last_page) = self.take();
                let failed = std::mem::take(&mut self.failed_in_batch);
                saving = Some(Box::pin(save(self.services, self.lease, pages, last_page, failed))).into();
                is_saving = true;
            }
            if ended && !is_saving && self.batch.is_empty() {
                return Ok(self.failed_pages);
            }
            let due = self.batch.due();
            tokio::select! {
                saved = &mut saving, if is_saving => {
                    is_saving = false;
                    saving = None.into();
                    self.saved(saved.transpose()?.flatten());
                }
                event = events.next(), if !ended && !self.batch.is_full() => match event.transpose()? {
                    Some(Event::Document(info)) => self.opened(&info),
                    Some(Event::Page(page)) => self.read(&page)?,
                    Some(Event::Figures(_)) => {}
                    None => ended = true,
                },
                () = tokio::time::sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() && !is_saving => {}
            }
        }
    }

    fn should_save(&self, ended: bool) -> bool {
        let due = self.batch.due().is_some_and(|due| Instant::now() >= due);
        !self.batch.is_empty() && (due || ended || self.batch.is_full())
    }

    fn opened(&mut self, info: &DocumentInfo) {
        self.progress.set_total(info.page_count);
        let document = json!({
            "page_count": info.page_count,
            "sha256": self.source.sha256,
            "metadata": info.metadata,
        });
        self.batch.set_document(document, Instant::now());
    }

    fn read(&mut self, page: &Page) -> Result<(), StepError> {
        self.failed_pages += u32::from(page.error.is_some());
        self.failed_in_batch += u32::from(page.error.is_some());
        self.batch.push(page, Instant::now()).map_err(|error| {
            tracing::error!(%error, page_number = page.page_number, "a page cannot be written as JSON");
            StepError::passing("engine_unavailable", "A page could not be stored. It is tried again.")
        })
    }

    /// The batch with the progress its saving will be.
    fn take(&mut self) -> (SavedPages, Option<u32>) {
        let (mut pages, last_page) = self.batch.take();
        let now = Instant::now();
        if self.progress.is_due(now) || last_page.is_some() && last_page == self.progress.total() {
            pages.progress = Some(ProgressReport {
                stage: Stage::Pages,
                pages_done: last_page.unwrap_or(self.progress.done()),
                pages_total: self.progress.total(),
                eta_seconds: self.progress.eta_seconds(),
                message: None,
            });
        }
        (pages, last_page)
    }

    fn saved(&mut self, last_page: Option<u32>) {
        if let Some(last_page) = last_page {
            self.progress.reached(last_page, Instant::now());
        }
    }
}

async fn save(
    services: &Services,
    lease: Lease,
    pages: SavedPages,
    last_page: Option<u32>,
    failed: u32,
) -> Result<Option<u32>, StepError> {
    let begun = Instant::now();
    let outcome: Outcome = services.rpc.save_pages(lease, &pages).await?;
    metrics().stage("save", begun.elapsed());
    if outcome == Outcome::Ok {
        metrics().pages((pages.pages.len() as u32).saturating_sub(failed), failed);
    }
    still_ours(outcome).map(|()| last_page)
}

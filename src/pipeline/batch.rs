//! Pages on their way to the database.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::protocol::{Checkpoint, SavedPages};
use crate::layout::{ENGINE_VERSION, Page};

/// When a batch is full or due.
#[derive(Debug, Clone, Copy)]
pub struct BatchLimits {
    /// Most pages.
    pub pages: usize,
    /// Most bytes of JSON; one page may exceed it alone.
    pub bytes: usize,
    /// Longest wait of the first page.
    pub wait: Duration,
}

/// Pages read and not yet being saved.
#[derive(Debug)]
pub(super) struct Batch {
    limits: BatchLimits,
    pages: Vec<Box<RawValue>>,
    bytes: usize,
    document: Option<Value>,
    last_page: Option<u32>,
    due: Option<Instant>,
}

#[derive(Serialize)]
struct Versioned<'a> {
    #[serde(flatten)]
    page: &'a Page,
    engine_version: &'static str,
}

impl Batch {
    pub(super) fn new(limits: BatchLimits) -> Self {
        Self { limits, pages: Vec::new(), bytes: 0, document: None, last_page: None, due: None }
    }

    /// The document's facts; the user should see them at once.
    pub(super) fn set_document(&mut self, document: Value, now: Instant) {
        self.document = Some(document);
        self.due = Some(now);
    }

    /// Adds a page.
    pub(super) fn push(&mut self, page: &Page, now: Instant) -> Result<(), serde_json::Error> {
        let page_number = page.page_number;
        let text = serde_json::to_string(&Versioned { page, engine_version: ENGINE_VERSION })?;
        self.bytes += text.len();
        self.pages.push(RawValue::from_string(text)?);
        self.last_page = Some(page_number);
        self.due.get_or_insert(now + self.limits.wait);
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pages.is_empty() && self.document.is_none()
    }

    /// No further page may be added.
    pub(super) fn is_full(&self) -> bool {
        self.pages.len() >= self.limits.pages.max(1) || self.bytes >= self.limits.bytes
    }

    /// When it should be saved though it is not full.
    pub(super) fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Takes what is there, leaving the batch empty. The second value is the last page of it.
    pub(super) fn take(&mut self) -> (SavedPages, Option<u32>) {
        let full = std::mem::replace(self, Self::new(self.limits));
        let checkpoint = full.last_page.map(|page| Checkpoint { next_page: page + 1 });
        let saved = SavedPages { pages: full.pages, document: full.document, progress: None, checkpoint };
        (saved, full.last_page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::TextSource;

    fn page(page_number: u32) -> Page {
        let text_source = TextSource::None;
        Page { page_number, width: 1.0, height: 1.0, rotation: 0, text_source, zones: vec![], error: None }
    }

    fn batch(pages: usize, bytes: usize) -> Batch {
        Batch::new(BatchLimits { pages, bytes, wait: Duration::from_millis(250) })
    }

    #[test]
    fn a_batch_is_full_by_pages_or_by_bytes() {
        let now = Instant::now();
        let (mut by_pages, mut by_bytes) = (batch(2, 1 << 20), batch(100, 1));
        by_pages.push(&page(1), now).unwrap();
        by_bytes.push(&page(1), now).unwrap();
        assert!(!by_pages.is_full() && by_bytes.is_full());
        by_pages.push(&page(2), now).unwrap();
        assert!(by_pages.is_full());
    }

    #[test]
    fn it_is_due_when_its_first_page_has_waited() {
        let now = Instant::now();
        let mut batch = batch(10, 1 << 20);
        batch.push(&page(1), now).unwrap();
        batch.push(&page(2), now + Duration::from_millis(100)).unwrap();
        assert_eq!(batch.due(), Some(now + Duration::from_millis(250)));
        batch.take();
        assert!(batch.is_empty() && batch.due().is_none());
    }

    #[test]
    fn what_is_taken_says_where_to_continue_and_which_engine_it_was() {
        let mut batch = batch(10, 1 << 20);
        batch.push(&page(7), Instant::now()).unwrap();
        let (saved, last_page) = batch.take();
        assert_eq!((saved.checkpoint, last_page), (Some(Checkpoint { next_page: 8 }), Some(7)));
        let stored: Value = serde_json::from_str(saved.pages[0].get()).unwrap();
        assert_eq!((&stored["page_number"], &stored["engine_version"]), (&7.into(), &ENGINE_VERSION.into()));
    }
}
